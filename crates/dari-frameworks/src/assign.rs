//! The technologies of a work or an award, from its title and its topics.

use std::collections::HashMap;

use serde::Serialize;

use crate::error::Error;
use crate::framework::{Framework, Strength, Words};
use crate::technology::{Level, Technology};
use crate::words::{Titles, WordMatcher};

/// Which topic claims count for a single work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claims {
    /// Topics most of whose works are about the technology.
    #[default]
    Core,
    /// Also topics of which a sizeable minority is.
    CoreAndRelated,
}

/// Why a work was given a technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By this topic: the first of the work's that counts.
    Topic(i32),
    /// By words of its title.
    Words,
    /// By this topic and by words of its title.
    TopicAndWords(i32),
}

/// Gives works and awards the technologies of one level of a framework.
///
/// A work belongs to an entry if the entry claims one of its topics (`needs_words`: and its title matches the entry's words), or if its
/// title matches the entry's words. A work that belongs to an entry belongs to all entries above it. A word's `none` keeps a title from
/// matching words; it takes nothing from a topic claimed without condition, so that counts by topic and by work agree.
#[derive(Debug, Clone)]
pub struct Assigner {
    technologies: Vec<Technology>,
    claims: HashMap<i32, Vec<Claim>>,
    matcher: WordMatcher,
    /// The technologies of each block of words.
    owners: Vec<Vec<usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Claim {
    technology: usize,
    needs_words: bool,
}

/// Room for assigning, to be used again and again.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    titles: Titles,
    by_words: Vec<bool>,
    by_topic: Vec<Option<i32>>,
    found: Vec<(usize, How)>,
}

impl Assigner {
    /// Compiles a level of a framework.
    ///
    /// # Errors
    /// Those of [`WordMatcher::new`].
    pub fn new(framework: &Framework, level: Level, counted: Claims) -> Result<Self, Error> {
        let technologies = framework.technologies(level);
        let mut claims: HashMap<i32, Vec<Claim>> = HashMap::new();
        let mut blocks: Vec<&Words> = Vec::new();
        let mut owners: Vec<Vec<usize>> = Vec::new();
        for entry in &framework.entries {
            // The technologies that this entry is part of: itself and those above it, as far as they are of the level.
            let parts: Vec<usize> = (0..technologies.len())
                .filter(|&index| framework.subtree(&technologies[index].id).any(|part| part.id == entry.id))
                .collect();
            for claim in &entry.topics {
                if claim.strength == Strength::Core || counted == Claims::CoreAndRelated {
                    let needs_words = claim.needs_words;
                    let list = claims.entry(claim.topic).or_default();
                    list.extend(parts.iter().map(|&technology| Claim { technology, needs_words }));
                }
            }
            if let Some(words) = &entry.words {
                blocks.push(words);
                owners.push(parts);
            }
        }
        Ok(Assigner { technologies, claims, matcher: WordMatcher::new(blocks)?, owners })
    }

    /// The technologies, in the order of the file; assignments are indices into them.
    pub fn technologies(&self) -> &[Technology] {
        &self.technologies
    }

    /// The technologies of a title (empty where there is none) and of topics in the order of their rank, each technology once, ascending.
    pub fn assign<'s>(&self, title: &str, topics: &[i32], scratch: &'s mut Scratch) -> &'s [(usize, How)] {
        let Scratch { titles, by_words, by_topic, found } = scratch;
        found.clear();
        by_words.clear();
        by_words.resize(self.technologies.len(), false);
        by_topic.clear();
        by_topic.resize(self.technologies.len(), None);
        for &block in self.matcher.matches(title, titles) {
            for &technology in &self.owners[block] {
                by_words[technology] = true;
            }
        }
        for &topic in topics {
            for claim in self.claims.get(&topic).into_iter().flatten() {
                // Words of any entry below are enough here: they alone would make the work belong.
                if !claim.needs_words || by_words[claim.technology] {
                    by_topic[claim.technology].get_or_insert(topic);
                }
            }
        }
        found.extend(by_topic.iter().zip(by_words.iter()).enumerate().filter_map(|(technology, (topic, &words))| {
            let how = match (*topic, words) {
                (Some(topic), true) => How::TopicAndWords(topic),
                (Some(topic), false) => How::Topic(topic),
                (None, true) => How::Words,
                (None, false) => return None,
            };
            Some((technology, how))
        }));
        found
    }
}
