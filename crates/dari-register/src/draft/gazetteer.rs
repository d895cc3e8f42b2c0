//! Names of organisations to look for: those shipped, and those of a register.

use std::collections::HashMap;
use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use serde::Deserialize;

use super::fold::Folded;
use super::words::ends_name;
use crate::text::is_hangul;

/// Why the gazetteer could not be made.
#[derive(Debug)]
pub enum GazetteerError {
    /// The data that are compiled in cannot be read.
    Data(toml::de::Error),
    /// The names are too many for one search.
    Search(aho_corasick::BuildError),
}

impl fmt::Display for GazetteerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GazetteerError::Data(error) => write!(f, "the gazetteer of organisations cannot be read: {error}"),
            GazetteerError::Search(error) => write!(f, "the gazetteer of organisations cannot be searched: {error}"),
        }
    }
}

impl std::error::Error for GazetteerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            GazetteerError::Data(error) => Some(error),
            GazetteerError::Search(error) => Some(error),
        }
    }
}

#[derive(Deserialize)]
struct Shipped {
    organisation: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    others: Vec<String>,
    #[serde(default)]
    korean: Vec<String>,
    /// Names that count only where one of `context` is in the text.
    #[serde(default)]
    unsure: Vec<String>,
    #[serde(default)]
    context: Vec<String>,
}

/// A name as it is written in a text.
#[derive(Debug, Clone)]
struct Name {
    /// The place of the canonical name.
    of: usize,
    /// The place of the words one of which the text must have, if the name alone is not enough.
    context: Option<usize>,
}

/// Names of organisations with the canonical name of each.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    canonical: Vec<String>,
    contexts: Vec<Vec<String>>,
    /// By the written name, folded; a name may be that of several organisations in different contexts.
    names: HashMap<String, Vec<Name>>,
    search: Search,
}

/// Finds all written names of a gazetteer at once.
#[derive(Debug, Clone)]
struct Search {
    /// Names written as they are: abbreviations, and all in Korean.
    exact: AhoCorasick,
    exact_names: Vec<String>,
    /// Names of several English words, in any case.
    words: AhoCorasick,
    words_names: Vec<String>,
}

/// A name found in folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit<'a> {
    pub(super) canonical: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Gazetteer {
    /// The organisations that ship with dari.
    ///
    /// # Errors
    /// The data that are compiled in are faulty.
    pub fn shipped() -> Result<Gazetteer, GazetteerError> {
        let shipped: Shipped = toml::from_str(include_str!("../../data/draft-organisations.toml")).map_err(GazetteerError::Data)?;
        let mut gazetteer = Gazetteer {
            canonical: Vec::new(),
            contexts: Vec::new(),
            names: HashMap::new(),
            search: Search::new(&HashMap::new()).map_err(GazetteerError::Search)?,
        };
        for entry in shipped.organisation {
            let of = gazetteer.canonical.len();
            let context = (!entry.context.is_empty()).then(|| {
                gazetteer.contexts.push(entry.context);
                gazetteer.contexts.len() - 1
            });
            for name in std::iter::once(&entry.name).chain(&entry.others).chain(&entry.korean) {
                gazetteer.add(name, Name { of, context: None });
            }
            for name in &entry.unsure {
                gazetteer.add(name, Name { of, context });
            }
            gazetteer.canonical.push(entry.name);
        }
        gazetteer.search = Search::new(&gazetteer.names).map_err(GazetteerError::Search)?;
        Ok(gazetteer)
    }

    /// Names of a register's own organisations besides: what to call it (a canonical name or the register's id) and a name as written. They come before
    /// the shipped ones where both know a name.
    #[must_use]
    pub fn with(mut self, names: impl IntoIterator<Item = (String, String)>) -> Gazetteer {
        let mut places: HashMap<String, usize> = HashMap::new();
        let before = self.clone();
        for (canonical, name) in names {
            let of = *places.entry(canonical).or_insert_with_key(|canonical| {
                self.canonical.push(canonical.clone());
                self.canonical.len() - 1
            });
            for written in variants(&name) {
                self.names.entry(written).or_default().insert(0, Name { of, context: None });
            }
        }
        match Search::new(&self.names) {
            Ok(search) => {
                self.search = search;
                self
            }
            // Only a gazetteer of billions of bytes gets here; the shipped names go on being found.
            Err(_) => before,
        }
    }

    fn add(&mut self, name: &str, found: Name) {
        for written in variants(name) {
            let known = self.names.entry(written).or_default();
            // The same name of another organisation needs a context; the first without one keeps it.
            if found.context.is_some() || known.iter().all(|other| other.context.is_some()) {
                known.push(found.clone());
            }
        }
    }

    /// The names in a folded text, overlapping ones included, each with the edges a name has.
    pub(super) fn hits(&self, text: &Folded) -> Vec<Hit<'_>> {
        let mut contexts: Vec<Option<bool>> = vec![None; self.contexts.len()];
        let mut hits = Vec::new();
        self.search.each(&text.text, &mut |name, start, end| {
            let Some(names) = self.names.get(name) else { return };
            // A name that a context makes sure of comes before one that needs none.
            let sure = names.iter().find(|name| {
                name.context.is_some_and(|context| {
                    *contexts[context].get_or_insert_with(|| self.contexts[context].iter().any(|word| text.text.contains(word.as_str())))
                })
            });
            if let Some(name) = sure.or_else(|| names.iter().find(|name| name.context.is_none())) {
                hits.push(Hit { canonical: &self.canonical[name.of], start, end });
            }
        });
        hits
    }

    /// Whether a name, as it is written, is known for sure.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|names| names.iter().any(|name| name.context.is_none()))
    }
}

/// The ways a name is written: with its spaces, and a Korean one without as well.
fn variants(name: &str) -> Vec<String> {
    let folded = Folded::new(name).text.trim().to_owned();
    if folded.chars().count() < 2 {
        return Vec::new();
    }
    let mut all = vec![folded];
    if name.contains(' ') && name.chars().any(is_hangul) {
        all.push(all[0].replace(' ', ""));
    }
    all
}

/// Whether a name is words, which titles write in other cases; an abbreviation is not.
fn is_words(name: &str) -> bool {
    name.contains(' ') && !name.chars().any(is_hangul) && name.split(' ').any(|word| word.len() > 3 && word.chars().any(char::is_lowercase))
}

impl Search {
    fn new(names: &HashMap<String, Vec<Name>>) -> Result<Search, aho_corasick::BuildError> {
        let (mut words_names, mut exact_names): (Vec<String>, Vec<String>) = names.keys().cloned().partition(|name| is_words(name));
        words_names.sort_unstable();
        exact_names.sort_unstable();
        Ok(Search {
            exact: AhoCorasick::new(&exact_names)?,
            words: AhoCorasickBuilder::new().ascii_case_insensitive(true).build(&words_names)?,
            exact_names,
            words_names,
        })
    }

    fn each<'a>(&'a self, text: &str, found: &mut dyn FnMut(&'a str, usize, usize)) {
        for hit in self.exact.find_overlapping_iter(text) {
            if has_edges(text, hit.start(), hit.end()) {
                found(&self.exact_names[hit.pattern().as_usize()], hit.start(), hit.end());
            }
        }
        for hit in self.words.find_overlapping_iter(text) {
            // "the office of science" may be any.
            let named = text[hit.range()].chars().next().is_some_and(char::is_uppercase)
                || self.words_names[hit.pattern().as_usize()].starts_with(char::is_lowercase);
            if named && has_edges(text, hit.start(), hit.end()) {
                found(&self.words_names[hit.pattern().as_usize()], hit.start(), hit.end());
            }
        }
    }
}

/// Whether what is at `start..end` is a name of its own and not a part of a longer word.
pub(super) fn has_edges(text: &str, start: usize, end: usize) -> bool {
    let Some(first) = text[start..end].chars().next() else { return false };
    let mut back = text[..start].chars().rev();
    let previous = back.next();
    let left = match previous {
        Some(sign) if is_hangul(first) => !is_hangul(sign) || (sign == '미' && !back.next().is_some_and(is_hangul)),
        Some(sign) => is_hangul(sign) || !(sign.is_alphanumeric() || sign == '_' || sign == '@'),
        None => true,
    };
    let rest = &text[end..];
    let right = match rest.chars().next() {
        Some(sign) if is_hangul(sign) => ends_name(rest),
        Some(sign) => !(sign.is_alphanumeric() || sign == '_' || sign == '@'),
        None => true,
    };
    left && right
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let gazetteer = Gazetteer::shipped().unwrap();
        let folded = Folded::new(text);
        gazetteer.hits(&folded).into_iter().map(|hit| (hit.canonical.to_owned(), folded.text[hit.start..hit.end].to_owned())).collect()
    }

    #[test]
    fn ships_enough_in_both_languages() {
        let gazetteer = Gazetteer::shipped().unwrap();
        assert!(gazetteer.canonical.len() > 150);
        let shipped: Shipped = toml::from_str(include_str!("../../data/draft-organisations.toml")).unwrap();
        assert!(shipped.organisation.iter().filter(|entry| !entry.korean.is_empty()).count() > 150);
        // Every name leads to its own organisation or, where two have it, to one of them by context.
        let mut seen = std::collections::HashSet::new();
        for entry in &shipped.organisation {
            assert!(seen.insert(entry.name.clone()), "{} is there twice", entry.name);
            assert!(entry.unsure.is_empty() || !entry.context.is_empty(), "{} has unsure names without a context", entry.name);
            for name in std::iter::once(&entry.name).chain(&entry.others).chain(&entry.korean) {
                let written = Folded::new(name).text;
                let of = gazetteer.names.get(&written).unwrap().iter().find(|name| name.context.is_none()).unwrap().of;
                assert_eq!(gazetteer.canonical[of], entry.name, "{name} is a name of two");
            }
        }
    }

    #[test]
    fn edges() {
        assert_eq!(found("KISTEP").len(), 1);
        assert_eq!(found("SKIST KISTA").len(), 0);
        assert_eq!(found("DOE와 NSF는").len(), 2);
        assert_eq!(found("외교부에서").len(), 1);
        assert_eq!(found("외교부장급").len(), 0);
        assert_eq!(found("dOE doe").len(), 0);
        assert_eq!(found("DOE-MSIT").len(), 2);
    }

    #[test]
    fn context_decides_between_two_of_one_name() {
        assert_eq!(found("NRC in Ottawa")[0].0, "National Research Council Canada");
        assert_eq!(found("NRC").len(), 0);
    }

    #[test]
    fn a_register_brings_its_own() {
        let gazetteer = Gazetteer::shipped()
            .unwrap()
            .with([("org-7".to_owned(), "Dari Institute".to_owned()), ("org-8".to_owned(), "MSIT".to_owned())]);
        let folded = Folded::new("The Dari  Institute and MSIT");
        let found: Vec<&str> = gazetteer.hits(&folded).into_iter().map(|hit| hit.canonical).collect();
        assert!(found.contains(&"org-7") && found.contains(&"org-8"), "{found:?}");
    }
}
