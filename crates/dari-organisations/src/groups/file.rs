//! A group as its file says it.

use dari_model::country::Country;
use dari_model::date;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// The role of a word in a file.
    pub(super) fn parse(text: &str) -> Option<Role> {
        [Role::Observer, Role::Member, Role::Lead].into_iter().find(|role| role.as_str() == text)
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

    /// The days as a clause.
    pub(super) fn said(self) -> Bilingual {
        match (self.from.map(date::format), self.to.map(date::format)) {
            (Some(from), Some(to)) => Bilingual::new(format!("from {from} to {to}"), format!("{from}부터 {to}까지")),
            (Some(from), None) => Bilingual::new(format!("from {from} on"), format!("{from}부터")),
            (None, Some(to)) => Bilingual::new(format!("up to {to}"), format!("{to}까지")),
            (None, None) => Bilingual::new("at all times", "모든 기간"),
        }
    }
}

/// A text in English and Korean. In a file a plain text, or `{ en = "…", ko = "…" }`; without Korean the English stands for both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

impl Bilingual {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, ko: impl Into<String>) -> Self {
        Bilingual { en: en.into(), ko: ko.into() }
    }
}

/// Where membership is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What members cite it by.
    pub key: String,
    /// Title and publisher.
    pub title: String,
    /// Address.
    pub url: Option<String>,
    /// Day of publication, as days since 1970-01-01.
    pub date: Option<i32>,
}

/// What belongs into a group but could not be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Who or what.
    pub name: String,
    /// Why it is not in.
    pub why: String,
}

impl Group {
    /// The organisations and groups it is made of; empty for a set of countries.
    pub fn organisations(&self) -> &[Entry<Who>] {
        match &self.members {
            Members::Organisations(entries) => entries,
            Members::Countries(_) => &[],
        }
    }
}
