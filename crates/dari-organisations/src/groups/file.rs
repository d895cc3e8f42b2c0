//! A group as its file says it.

use std::collections::BTreeSet;

use dari_model::country::{self, Country};
use dari_model::date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::value::Datetime;

use crate::Error;
use dari_model::ror;

/// A named set of organisations, or of countries. Valid by construction but for the groups it names: see [`Group::parse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Short name typed on the command line: `kr-gri`.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// What it is.
    pub about: Bilingual,
    /// Where its membership is published.
    pub sources: Vec<Source>,
    /// Its members, in the order of the file.
    pub members: Members,
    /// What belongs into it but could not be entered.
    pub missing: Vec<Missing>,
    /// The file it was read from.
    pub file: String,
}

/// What a group is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Members {
    /// Organisations, and groups of them.
    Organisations(Vec<Entry<Who>>),
    /// Countries.
    Countries(Vec<Entry<&'static Country>>),
}

/// A member with its dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<T> {
    /// The member.
    pub who: T,
    /// Its role; `None`: none is said. A role said of a group is the highest its members have by way of it.
    pub role: Option<Role>,
    /// When it is a member.
    pub validity: Validity,
    /// Keys of the [`Source`]s that say so.
    pub sources: Vec<String>,
    /// What a reader should know.
    pub note: Option<String>,
    /// The line of the file, from 1.
    pub line: usize,
}

/// An organisation or a group as a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// An organisation.
    Organisation {
        /// ROR id without resolver.
        ror: String,
        /// Its name, for readers of the file and where no register is at hand.
        name: Bilingual,
    },
    /// The id of a group.
    Group(String),
}

/// Roles in a group, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Takes part without being a member.
    Observer,
    /// A member like others; the role of whom nothing else is said.
    Member,
    /// Leads the group.
    Lead,
}

impl Role {
    /// The role as files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Observer => "observer",
            Role::Member => "member",
            Role::Lead => "lead",
        }
    }
}

/// The days on which something holds, as days since 1970-01-01; both ends are days on which it holds, an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub from: Option<i32>,
    /// The last day.
    pub to: Option<i32>,
}

impl Validity {
    /// Whether it holds on a day.
    pub fn holds(self, day: i32) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// The days in both; `None`: there are none.
    pub fn and(self, other: Validity) -> Option<Validity> {
        // None is the least of options, which fits a first day but not a last one.
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let none = from.zip(to).is_some_and(|(from, to)| from > to);
        (!none).then_some(Validity { from, to })
    }
}

/// A text in English and Korean. In a file a plain text, or `{ en = "…", ko = "…" }`; without Korean the English stands for both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Text")]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "expected a text in quotes, or { en = \"…\", ko = \"…\" }")]
enum Text {
    Plain(String),
    Both { en: String, ko: Option<String> },
}

impl From<Text> for Bilingual {
    fn from(text: Text) -> Self {
        match text {
            Text::Plain(en) => Bilingual { ko: en.clone(), en },
            Text::Both { en, ko } => Bilingual { ko: ko.unwrap_or_else(|| en.clone()), en },
        }
    }
}

/// Where membership is published.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What members cite it by.
    pub key: String,
    /// Title and publisher.
    pub title: String,
    /// Address.
    pub url: Option<String>,
    /// Day of publication, as days since 1970-01-01.
    #[serde(default, deserialize_with = "day")]
    pub date: Option<i32>,
}

/// What belongs into a group but could not be entered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Who or what.
    pub name: String,
    /// Why it is not in.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    id: String,
    name: Bilingual,
    #[serde(default)]
    about: Bilingual,
    #[serde(default)]
    source: Vec<Source>,
    #[serde(default)]
    member: Vec<Spanned<MemberTable>>,
    #[serde(default)]
    country: Vec<Spanned<CountryTable>>,
    #[serde(default)]
    missing: Vec<Missing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberTable {
    #[serde(default, deserialize_with = "ror")]
    ror: Option<String>,
    name: Option<Bilingual>,
    group: Option<String>,
    role: Option<Role>,
    #[serde(default, deserialize_with = "day")]
    from: Option<i32>,
    #[serde(default, deserialize_with = "day")]
    to: Option<i32>,
    #[serde(default)]
    source: Vec<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountryTable {
    #[serde(deserialize_with = "code")]
    code: &'static Country,
    #[serde(default, deserialize_with = "day")]
    from: Option<i32>,
    #[serde(default, deserialize_with = "day")]
    to: Option<i32>,
    #[serde(default)]
    source: Vec<String>,
    note: Option<String>,
}

impl Group {
    /// Reads a group file of the name `file` (used in errors only).
    ///
    /// # Errors
    /// [`Error::Group`] with the line for anything but TOML of the known keys, malformed ids, dates and codes, a member with neither or both of `ror`
    /// and `group`, dates that end before they begin or overlap for the same member, and sources that are cited but not given.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let whole = |message: String| Error::Group { file: file.to_owned(), message };
        let line_of = |offset: usize| text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
        let read: GroupFile = toml::from_str(text).map_err(|error| match error.span() {
            Some(span) => whole(format!("line {}: {}", line_of(span.start), error.message())),
            None => whole(error.message().to_owned()),
        })?;
        let GroupFile { id, name, about, source: sources, member, country, missing } = read;
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            return Err(whole(format!("the id '{id}' is not of small letters, digits and hyphens")));
        }
        let mut keys = BTreeSet::new();
        if let Some(twice) = sources.iter().find(|source| !keys.insert(source.key.as_str())) {
            return Err(whole(format!("two sources have the key '{}'", twice.key)));
        }
        let members = match (member.is_empty(), country.is_empty()) {
            (false, true) => {
                let entry = |member: Spanned<MemberTable>| {
                    let line = line_of(member.span().start);
                    member.into_inner().entry(line).map_err(|message| whole(format!("line {line}: {message}")))
                };
                let entries = member.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
                check(&entries, &keys, Who::key).map_err(whole)?;
                Members::Organisations(entries)
            }
            (true, false) => {
                let entry = |country: Spanned<CountryTable>| {
                    let line = line_of(country.span().start);
                    let CountryTable { code: who, from, to, source: sources, note } = country.into_inner();
                    Entry { who, role: None, validity: Validity { from, to }, sources, note, line }
                };
                let entries: Vec<_> = country.into_iter().map(entry).collect();
                check(&entries, &keys, |country| ("country", country.code, country.name_en)).map_err(whole)?;
                Members::Countries(entries)
            }
            (both, _) => {
                let found = if both { "neither" } else { "both" };
                return Err(whole(format!("expected [[member]] tables (organisations) or [[country]] tables, found {found}")));
            }
        };
        Ok(Group { id, name, about, sources, members, missing, file: file.to_owned() })
    }

    /// The organisations and groups it is made of; empty for a set of countries.
    pub fn organisations(&self) -> &[Entry<Who>] {
        match &self.members {
            Members::Organisations(entries) => entries,
            Members::Countries(_) => &[],
        }
    }
}

impl MemberTable {
    fn entry(self, line: usize) -> Result<Entry<Who>, String> {
        let who = match (self.ror, self.name, self.group) {
            (Some(ror), Some(name), None) => Who::Organisation { ror, name },
            (Some(ror), None, None) => return Err(format!("member {ror} needs a name")),
            (None, None, Some(group)) => Who::Group(group),
            (None, Some(name), Some(group)) => return Err(format!("member '{}': group '{group}' has a name of its own", name.en)),
            (Some(ror), _, Some(group)) => return Err(format!("a member has ror ({ror}) or group ({group}), not both")),
            (None, Some(name), None) => return Err(format!("member '{}' has neither ror nor group", name.en)),
            (None, None, None) => return Err("a member has neither ror nor group".to_owned()),
        };
        let validity = Validity { from: self.from, to: self.to };
        Ok(Entry { who, role: self.role, validity, sources: self.source, note: self.note, line })
    }
}

impl Who {
    /// What kind of member it is, the id that makes it the same as another, and its name.
    fn key(&self) -> (&'static str, &str, &str) {
        match self {
            Who::Organisation { ror, name } => ("organisation", ror, &name.en),
            Who::Group(id) => ("group", id, ""),
        }
    }
}

/// Checks what entries say of each other and of the sources.
fn check<T>(entries: &[Entry<T>], keys: &BTreeSet<&str>, key: impl Fn(&T) -> (&'static str, &str, &str)) -> Result<(), String> {
    for (place, entry) in entries.iter().enumerate() {
        let (kind, id, name) = key(&entry.who);
        let wrong =
            |message: String| Err(format!("line {}, {kind} {id}{}{name}: {message}", entry.line, if name.is_empty() { "" } else { " " }));
        if let Validity { from: Some(from), to: Some(to) } = entry.validity
            && from > to
        {
            return wrong(format!("ends on {}, before it begins on {}", date::format(to), date::format(from)));
        }
        if let Some(unknown) = entry.sources.iter().find(|source| !keys.contains(source.as_str())) {
            return wrong(format!("cites the source '{unknown}', but no [[source]] has that key"));
        }
        for earlier in &entries[..place] {
            let (earlier_kind, earlier_id, _) = key(&earlier.who);
            if (kind, id) == (earlier_kind, earlier_id)
                && let Some(both) = entry.validity.and(earlier.validity)
            {
                return wrong(format!("is a member already by line {} {}; its dates must not overlap", earlier.line, period(both)));
            }
        }
    }
    Ok(())
}

fn period(validity: Validity) -> String {
    match (validity.from.map(date::format), validity.to.map(date::format)) {
        (Some(from), Some(to)) => format!("from {from} to {to}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => "at all times".to_owned(),
    }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let value = Datetime::deserialize(deserializer)?;
    let (Some(day), None) = (value.date, value.time) else {
        return Err(D::Error::custom(format!("expected a date such as 2024-05-26, found {value}")));
    };
    let days = date::days(i32::from(day.year), u32::from(day.month), u32::from(day.day));
    days.map(Some).ok_or_else(|| D::Error::custom(format!("there is no day {value}")))
}

fn ror<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    ror::checked(&String::deserialize(deserializer)?).map(Some).map_err(D::Error::custom)
}

fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Country, D::Error> {
    let text = String::deserialize(deserializer)?;
    country::by_code(&text).ok_or_else(|| D::Error::custom(format!("'{text}' is no country code of ISO 3166-1; one looks like KR")))
}
