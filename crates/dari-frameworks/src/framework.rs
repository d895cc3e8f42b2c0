//! A framework as its file says it.

use dari_model::date;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use toml::value::Datetime;

use crate::error::Error;
use crate::validate::validate;

/// A list of technologies that an authority published, with the topics dari ties them to. Valid by construction: see [`Framework::parse`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Short name typed on the command line: `kr-nst-2023`.
    pub id: String,
    /// Whether the authority adopted it.
    pub status: Status,
    /// The first day it holds, as days since 1970-01-01.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// The first day it no longer holds, as days since 1970-01-01; `None` while nothing replaced it.
    #[serde(default, deserialize_with = "some_day")]
    pub valid_to: Option<i32>,
    /// Name.
    pub name: Bilingual,
    /// Who published it.
    pub authority: Bilingual,
    /// Where it was published.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// What is not official or not verified, one sentence each.
    #[serde(default)]
    pub unofficial: Vec<String>,
    /// Fields and technologies, in the order of the file.
    #[serde(default)]
    pub entries: Vec<Entry>,
}

/// Whether an authority adopted a framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Adopted or published.
    Official,
    /// Proposed.
    Draft,
}

/// A text in English and Korean.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    // A missing language is left to the validation, which can name the entry.
    /// English.
    #[serde(default)]
    pub en: String,
    /// Korean.
    #[serde(default)]
    pub ko: String,
}

/// Where a framework was published.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the publication.
    pub title: String,
    /// Publication, date, number.
    pub reference: String,
}

/// A field or technology of a framework.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Stable slug; that of a child is the parent's, a dot, and its own.
    pub id: String,
    /// The entry above it.
    #[serde(default)]
    pub parent: Option<String>,
    /// Name.
    pub name: Bilingual,
    /// Its own topics, each at most once; those of entries below it come on top ([`Framework::technologies`]).
    #[serde(default)]
    pub topics: Vec<TopicClaim>,
    /// Words that titles about it hold.
    #[serde(default)]
    pub words: Option<Words>,
}

/// The claim that works of a topic are about a technology.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TopicClaim {
    /// OpenAlex topic (T10018 is 10018).
    #[serde(rename(deserialize = "id"))]
    pub topic: i32,
    /// Its name.
    pub name: String,
    /// How much of the topic.
    pub strength: Strength,
    /// A work counts only if its title matches the entry's words too, because the topic is coarse or polluted.
    #[serde(default)]
    pub needs_words: bool,
    /// The reason, where the two names do not give it away.
    #[serde(default)]
    pub why: Option<String>,
}

/// How much of a topic is about a technology. Ordered: core is more than related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// A sizeable minority of its works.
    Related,
    /// Most of its works.
    Core,
}

impl Strength {
    /// Weight of a topic in a crosswalk: core 1, related 0.5.
    pub fn weight(self) -> f64 {
        match self {
            Strength::Core => 1.0,
            Strength::Related => 0.5,
        }
    }
}

/// Phrases to look for in titles. A phrase is one or more whole words; `*` at the end of a word stands for any ending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// A title matches if it holds one of these …
    #[serde(default)]
    pub any: Vec<String>,
    /// … and none of these.
    #[serde(default)]
    pub none: Vec<String>,
}

impl Framework {
    /// Reads and validates a framework file of the name `file` (used in errors only).
    ///
    /// # Errors
    /// [`Error::Parse`] for anything but TOML of the known keys, [`Error::Invalid`] for ids, parents,
    /// dates, languages, topics or words that break the rules of the format; the latter lists all it found.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let framework: Framework = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start.min(text.len()));
            Error::Parse {
                file: file.to_owned(),
                line: text[..offset].matches('\n').count() + 1,
                entry: entry_at(text, offset),
                message: error.message().to_owned(),
            }
        })?;
        validate(file, &framework)?;
        Ok(framework)
    }

    /// Whether the framework holds on a day (days since 1970-01-01).
    pub fn valid_on(&self, day: i32) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

/// The id of the entry that a place in the file belongs to: the first quoted id after the last `[[entries]]` before it.
fn entry_at(text: &str, offset: usize) -> Option<String> {
    const HEAD: &str = "[[entries]]";
    // The place may be the head itself: serde points there when a key is missing.
    let start = text.get(..(offset + HEAD.len()).min(text.len())).unwrap_or(&text[..offset]).rfind(HEAD)?;
    let entry = &text[start + HEAD.len()..];
    let entry = &entry[..entry.find(HEAD).unwrap_or(entry.len())];
    entry.lines().find_map(|line| {
        let value = line.trim().strip_prefix("id")?.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?;
        value.split_once('"').map(|(id, _)| id.to_owned())
    })
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let value = Datetime::deserialize(deserializer)?;
    let (Some(day), None) = (value.date, value.time) else {
        return Err(D::Error::custom(format!("expected a date such as 2023-08-29, found {value}")));
    };
    date::days(i32::from(day.year), u32::from(day.month), u32::from(day.day))
        .ok_or_else(|| D::Error::custom(format!("there is no day {value}")))
}

fn some_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    day(deserializer).map(Some)
}
