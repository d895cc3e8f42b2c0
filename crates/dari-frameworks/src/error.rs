//! What can go wrong, said so that the user can mend it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use dari_model::date;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder holds no framework.
    #[error("no framework in {}: expected files that end in .toml", path.display())]
    NoFramework {
        /// The folder.
        path: PathBuf,
    },
    /// A framework file is not TOML of the expected form.
    #[error("{file}, line {line}{}: {message}", entry.as_ref().map(|id| format!(", entry {id}")).unwrap_or_default())]
    Parse {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The entry the line stands in, where there is one.
        entry: Option<String>,
        /// What was expected and found.
        message: String,
    },
    /// A framework contradicts itself or the topic list.
    #[error("{file} is not a valid framework:{}", list(problems))]
    Invalid {
        /// The file.
        file: String,
        /// Everything found wrong, in file order.
        problems: Vec<Problem>,
    },
    /// Two files of one folder hold the same framework.
    #[error("framework {id} is in two files, {first} and {second}: rename or remove one")]
    TwoFiles {
        /// The framework.
        id: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// No framework has this id.
    #[error("no framework {asked}{}; there are: {}", did_you_mean(near), known.join(", "))]
    UnknownFramework {
        /// What was asked for.
        asked: String,
        /// Ids like it, nearest first.
        near: Vec<String>,
        /// All ids.
        known: Vec<String>,
    },
    /// No technology of the framework has this id or name.
    #[error("no technology {asked:?} in {framework}{}; give an id, its last part, or an English or Korean name", did_you_mean(near))]
    UnknownTechnology {
        /// The framework.
        framework: String,
        /// What was asked for.
        asked: String,
        /// Ids like it, nearest first.
        near: Vec<String>,
    },
    /// Several technologies of the framework go by this name.
    #[error("{asked:?} in {framework} may be {}: give the whole id", candidates.join(" or "))]
    AmbiguousTechnology {
        /// The framework.
        framework: String,
        /// What was asked for.
        asked: String,
        /// The ids it may mean.
        candidates: Vec<String>,
    },
    /// A framework is not valid at the date asked for.
    #[error("{framework} is not valid on {}: it holds {}", date::format(*day), period(*valid_from, *valid_to))]
    NotValid {
        /// The framework.
        framework: String,
        /// The date asked for, days since 1970-01-01.
        day: i32,
        /// The first day it holds.
        valid_from: i32,
        /// The first day it no longer holds.
        valid_to: Option<i32>,
    },
    /// A topic list has no field of this name.
    #[error("no topic has the field {asked:?}{}", did_you_mean(near))]
    UnknownField {
        /// What was asked for.
        asked: String,
        /// Names like it, nearest first.
        near: Vec<String>,
    },
    /// A file of labelled titles cannot be used.
    #[error("{file}, line {line}: {message}")]
    Labels {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What was expected and found.
        message: String,
    },
    /// The phrases are too many for one automaton.
    #[error("cannot compile the words of the framework: {0}")]
    Automaton(#[from] aho_corasick::BuildError),
    /// Not one prediction per labelled title.
    #[error("{predictions} predictions for {titles} labelled titles: give one set, perhaps empty, per title in the same order")]
    Predictions {
        /// Sets given.
        predictions: usize,
        /// Titles.
        titles: usize,
    },
}

/// One thing wrong in a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The entry's id; `None` for the framework as a whole.
    pub entry: Option<String>,
    /// The key of the file: `topics`, `name.ko`.
    pub field: &'static str,
    /// What was expected and found.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.entry {
            write!(f, "entry {entry}, ")?;
        }
        write!(f, "{}: {}", self.field, self.message)
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) }
}

fn period(from: i32, to: Option<i32>) -> String {
    match to {
        Some(to) => format!("from {} until before {}", date::format(from), date::format(to)),
        None => format!("from {} on", date::format(from)),
    }
}
