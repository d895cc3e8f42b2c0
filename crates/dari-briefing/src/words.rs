//! The sentences of a briefing: a file a language, which a ministry can word anew.
//!
//! A sentence names what is put into it in braces: `{share}`. In Korean `{country:은/는}` adds the particle that fits how the word is read.

use std::collections::BTreeMap;

use crate::document::{Figure, Sentence};
use crate::error::{Error, Result};
use crate::text::particle;

/// Sentences, titles and names of columns in one language, by their keys: `position.ahead`.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    file: String,
    words: BTreeMap<String, String>,
}

/// What is put into a sentence.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// A name or text.
    Text(String),
    /// A figure of a table.
    Figure(Figure),
}

impl From<&str> for Piece {
    fn from(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Piece {
        Piece::Text(text)
    }
}

impl From<Figure> for Piece {
    fn from(figure: Figure) -> Piece {
        Piece::Figure(figure)
    }
}

impl Piece {
    fn shown(&self) -> &str {
        match self {
            Piece::Text(text) => text,
            Piece::Figure(figure) => &figure.shown,
        }
    }
}

impl Words {
    /// Reads a file of words: groups of keys with a text each.
    ///
    /// # Errors
    /// Where it is no such file.
    pub(crate) fn read(file: &str, text: &str) -> Result<Words> {
        let groups: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text).map_err(|error| Error::template(file, error))?;
        let words = groups
            .into_iter()
            .flat_map(|(group, keys)| keys.into_iter().map(move |(key, text)| (format!("{group}.{key}"), text)))
            .collect();
        Ok(Words { file: file.to_owned(), words })
    }

    /// The text of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    /// All keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// A title or another text into which nothing is put.
    pub(crate) fn title(&self, key: &str) -> Result<String> {
        self.get(key).map(str::to_owned).ok_or_else(|| Error::template(&self.file, format!("'{key}' is missing")))
    }

    /// A sentence with its pieces put in.
    pub(crate) fn say(&self, key: &str, pieces: &[(&str, Piece)]) -> Result<Sentence> {
        let template = self.get(key).ok_or_else(|| Error::template(&self.file, format!("'{key}' is missing")))?;
        let mut sentence = Sentence { key: key.to_owned(), text: String::new(), figures: Vec::new() };
        for part in parts(template) {
            match part {
                Part::Text(text) => sentence.text.push_str(text),
                Part::Hole(name, pair) => {
                    let piece = pieces.iter().find(|(known, _)| *known == name).map(|(_, piece)| piece);
                    let piece = piece.ok_or_else(|| {
                        let known: Vec<&str> = pieces.iter().map(|(known, _)| *known).collect();
                        Error::template(&self.file, format!("'{key}' has no '{{{name}}}'; there are {}", known.join(", ")))
                    })?;
                    sentence.text.push_str(piece.shown());
                    if let Some((after_consonant, after_vowel)) = pair {
                        sentence.text.push_str(&particle(piece.shown(), after_consonant, after_vowel));
                    }
                    if let Piece::Figure(figure) = piece {
                        sentence.figures.push(figure.clone());
                    }
                }
            }
        }
        // The article of a country begins a sentence large.
        if sentence.text.starts_with("the ") {
            sentence.text.replace_range(..1, "T");
        }
        Ok(sentence)
    }

    /// Names that a text has in braces.
    pub(crate) fn holes(text: &str) -> impl Iterator<Item = &str> {
        parts(text).filter_map(|part| match part {
            Part::Hole(name, _) => Some(name),
            Part::Text(_) => None,
        })
    }
}

enum Part<'a> {
    Text(&'a str),
    Hole(&'a str, Option<(&'a str, &'a str)>),
}

/// The parts of a sentence in their order. A brace that is not closed is text.
fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('{')
            && let Some(end) = inside.find('}')
        {
            let hole = &inside[..end];
            rest = &inside[end + 1..];
            let (name, pair) = hole.split_once(':').map_or((hole, None), |(name, pair)| (name, pair.split_once('/')));
            return Some(Part::Hole(name, pair));
        }
        let from = usize::from(rest.starts_with('{'));
        let end = rest[from..].find('{').map_or(rest.len(), |at| at + from);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Part::Text(text))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sentences_with_particles() {
        let words = Words::read("words.ko.toml", "[a]\nb = \"{country:은/는} {share:을/를} 차지한다.\"\nc = \"{nobody}\"").unwrap();
        let said = words.say("a.b", &[("country", "한국".into()), ("share", "3.1 %".into())]).unwrap();
        assert_eq!(said.text, "한국은 3.1 %를 차지한다.");
        assert!(words.say("a.c", &[("country", "".into())]).unwrap_err().to_string().contains("{nobody}"));
        assert!(words.say("a.d", &[]).is_err());
        assert_eq!(Words::holes("{a} b {c:이/가} {").collect::<Vec<_>>(), ["a", "c"]);
    }
}
