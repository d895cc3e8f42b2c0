//! Entries resolved: each with the topics and words of everything below it.

use std::collections::BTreeMap;

use dari_model::text::normalise;
use serde::Serialize;

use crate::error::Error;
use crate::framework::{Bilingual, Entry, Framework, TopicClaim, Words};
use crate::near::near;

/// Which entries of a framework to work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Entries without a parent.
    #[default]
    Field,
    /// Entries without children: the finest there are. In a list without levels these are the fields.
    Technology,
    /// Every entry.
    All,
}

/// An entry with the topics and words of its own and of all entries below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Technology {
    /// The entry's id.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// Claims by topic. Of several claims to one topic the stronger stands: core before related, unconditional before `needs_words`.
    pub topics: BTreeMap<i32, TopicClaim>,
    /// A title matches if it matches one of these; each `none` holds for its own block alone.
    pub words: Vec<Words>,
}

impl Framework {
    /// The technologies of a level, in the order of the file.
    pub fn technologies(&self, level: Level) -> Vec<Technology> {
        self.entries.iter().filter(|entry| self.is_at(entry, level)).map(|entry| self.resolve(entry)).collect()
    }

    /// The technology that a person means: an id, the last part of an id if no other has it, or an English or Korean name; in any case,
    /// punctuation and accents aside.
    ///
    /// # Errors
    /// [`Error::UnknownTechnology`] with near matches, [`Error::AmbiguousTechnology`] with the ids it may be.
    pub fn find(&self, asked: &str) -> Result<Technology, Error> {
        let id = asked.trim().to_lowercase();
        if let Some(entry) = self.entries.iter().find(|entry| entry.id == id) {
            return Ok(self.resolve(entry));
        }
        let name = normalise(asked);
        let by_last_part: Vec<&Entry> = self.entries.iter().filter(|entry| last_part(&entry.id) == id).collect();
        let by_name = || self.entries.iter().filter(|entry| [&entry.name.en, &entry.name.ko].iter().any(|text| normalise(text) == name));
        let found = if by_last_part.is_empty() { by_name().collect() } else { by_last_part };
        match found[..] {
            [entry] => Ok(self.resolve(entry)),
            [] => Err(Error::UnknownTechnology {
                framework: self.id.clone(),
                asked: asked.to_owned(),
                near: near(asked, self.entries.iter().flat_map(names)),
            }),
            _ => Err(Error::AmbiguousTechnology {
                framework: self.id.clone(),
                asked: asked.to_owned(),
                candidates: found.iter().map(|entry| entry.id.clone()).collect(),
            }),
        }
    }

    /// The entry of an id and all entries below it.
    pub(crate) fn subtree(&self, id: &str) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.id.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }

    fn is_at(&self, entry: &Entry, level: Level) -> bool {
        match level {
            Level::Field => entry.parent.is_none(),
            Level::Technology => self.subtree(&entry.id).count() == 1,
            Level::All => true,
        }
    }

    fn resolve(&self, entry: &Entry) -> Technology {
        let mut topics: BTreeMap<i32, TopicClaim> = BTreeMap::new();
        for claim in self.subtree(&entry.id).flat_map(|part| &part.topics) {
            let rank = |claim: &TopicClaim| (claim.strength, !claim.needs_words);
            if topics.get(&claim.topic).is_none_or(|known| rank(known) < rank(claim)) {
                topics.insert(claim.topic, claim.clone());
            }
        }
        let words = self.subtree(&entry.id).filter_map(|part| part.words.clone()).collect();
        Technology { id: entry.id.clone(), name: entry.name.clone(), topics, words }
    }
}

fn last_part(id: &str) -> &str {
    id.rsplit('.').next().unwrap_or(id)
}

fn names(entry: &Entry) -> [(&str, &str); 4] {
    [&entry.id, last_part(&entry.id), &entry.name.en, &entry.name.ko].map(|name| (entry.id.as_str(), name))
}
