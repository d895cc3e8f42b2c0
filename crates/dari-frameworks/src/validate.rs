//! The rules a framework file keeps, and errors that name the entry and the field.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Problem};
use crate::framework::{Bilingual, Entry, Framework};
use crate::words::Phrase;

/// Checks everything that can be checked without a topic list.
pub(crate) fn validate(file: &str, framework: &Framework) -> Result<(), Error> {
    let mut problems = Problems::default();
    if !is_slug(&framework.id) {
        problems.add(None, "id", format!("expected lower-case letters, digits and hyphens, found {:?}", framework.id));
    }
    if framework.valid_to.is_some_and(|end| end <= framework.valid_from) {
        problems.add(None, "valid_to", "must be later than valid_from; leave it out while the list holds".to_owned());
    }
    problems.both_languages(None, ["name.en", "name.ko"], &framework.name);
    problems.both_languages(None, ["authority.en", "authority.ko"], &framework.authority);
    if framework.entries.is_empty() {
        problems.add(None, "entries", "there are none".to_owned());
    }

    let mut ids = BTreeSet::new();
    for entry in &framework.entries {
        if !ids.insert(entry.id.as_str()) {
            problems.add(Some(&entry.id), "id", "another entry has it too".to_owned());
        }
    }
    let mut names: BTreeMap<i32, &str> = BTreeMap::new();
    for entry in &framework.entries {
        let id = Some(entry.id.as_str());
        problems.place(entry, &ids);
        problems.both_languages(id, ["name.en", "name.ko"], &entry.name);
        let below: Vec<&Entry> = framework.subtree(&entry.id).collect();
        if below.iter().all(|part| part.topics.is_empty()) {
            problems.add(id, "topics", "neither it nor an entry below it has a topic".to_owned());
        }
        let mut own = BTreeSet::new();
        for claim in &entry.topics {
            if !own.insert(claim.topic) {
                problems.add(id, "topics", format!("{} is there twice", claim.topic));
            }
            let known = *names.entry(claim.topic).or_insert(&claim.name);
            if known != claim.name {
                problems.add(id, "topics", format!("{} is called {:?} here and {known:?} before", claim.topic, claim.name));
            }
            if claim.needs_words && below.iter().all(|part| part.words.is_none()) {
                problems.add(id, "topics", format!("{} has needs_words, but there are no words", claim.topic));
            }
        }
        problems.words(entry);
    }
    problems.into_result(file)
}

impl Framework {
    /// Checks ids and names of all topics against a topic list (id → name); `file` names the framework's origin in the error.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every topic that the list does not have or calls otherwise.
    pub fn check_topics(&self, file: &str, names: &BTreeMap<i32, String>) -> Result<(), Error> {
        let mut problems = Problems::default();
        for entry in &self.entries {
            for claim in &entry.topics {
                match names.get(&claim.topic) {
                    None => problems.add(Some(&entry.id), "topics", format!("the topic list has no {} ({})", claim.topic, claim.name)),
                    Some(name) if *name != claim.name => problems.add(
                        Some(&entry.id),
                        "topics",
                        format!("{} is {name:?} in the topic list, here {:?}", claim.topic, claim.name),
                    ),
                    Some(_) => {}
                }
            }
        }
        problems.into_result(file)
    }
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, entry: Option<&str>, field: &'static str, message: String) {
        self.0.push(Problem { entry: entry.map(str::to_owned), field, message });
    }

    fn both_languages(&mut self, entry: Option<&str>, fields: [&'static str; 2], text: &Bilingual) {
        for (field, text) in fields.into_iter().zip([&text.en, &text.ko]) {
            if text.trim().is_empty() {
                self.add(entry, field, "missing or empty: English and Korean are both needed".to_owned());
            }
        }
    }

    /// The entry's id is made of slugs, and all but the last of them are its parent, which exists.
    fn place(&mut self, entry: &Entry, ids: &BTreeSet<&str>) {
        let id = Some(entry.id.as_str());
        if !entry.id.split('.').all(is_slug) {
            self.add(id, "id", "expected lower-case letters, digits and hyphens, a dot between parent and child".to_owned());
        }
        let above = entry.id.rsplit_once('.').map(|(above, _)| above);
        match (above, entry.parent.as_deref()) {
            (None, None) => {}
            (Some(above), None) => self.add(id, "parent", format!("missing: expected {above:?}")),
            (above, Some(parent)) if above != Some(parent) => {
                self.add(id, "parent", format!("is {parent:?}, so the id must be {parent}.<its own slug>"));
            }
            (_, Some(parent)) if !ids.contains(parent) => self.add(id, "parent", format!("there is no entry {parent:?}")),
            _ => {}
        }
    }

    fn words(&mut self, entry: &Entry) {
        let Some(words) = &entry.words else { return };
        if words.any.is_empty() {
            self.add(Some(&entry.id), "words.any", "missing or empty: nothing would match".to_owned());
        }
        for (field, phrases) in [("words.any", &words.any), ("words.none", &words.none)] {
            for phrase in phrases {
                if let Err(message) = Phrase::parse(phrase) {
                    self.add(Some(&entry.id), field, message);
                }
            }
        }
    }

    fn into_result(self, file: &str) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid { file: file.to_owned(), problems: self.0 }) }
    }
}

fn is_slug(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
