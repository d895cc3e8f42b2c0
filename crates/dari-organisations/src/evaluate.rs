//! How well a matcher does on labelled affiliations.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use dari_model::proportion::Proportion;
use dari_model::ror;

use crate::matcher::{Matcher, Scratch};
use crate::register::{Index, Register};
use crate::{Error, register};

/// An affiliation and the organisations a reader finds in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The affiliation as printed.
    pub affiliation: String,
    /// ROR ids of the organisations it names; empty: none.
    pub expected: BTreeSet<String>,
    /// ROR ids that count neither for nor against: other levels a fair reader would accept.
    pub also: BTreeSet<String>,
}

/// Reads CSV with the columns `affiliation` and `ror_ids` (or `ror_id`): ids separated by `|`, or `none`. A column `also` may name further ids that
/// count neither for nor against; other columns are passed over. `file` names it in errors.
///
/// # Errors
/// [`Error::Labels`] with the line: a column missing, an id that is no ROR id, an empty label, no lines.
pub fn read_labels(file: &str, reader: impl Read) -> Result<Vec<Labelled>, Error> {
    let fail = |line: u64, message: String| Error::Labels { file: file.to_owned(), line, message };
    let bad_csv = |error: csv::Error| fail(error.position().map_or(1, csv::Position::line), error.to_string());
    let mut csv = csv::Reader::from_reader(reader);
    let header = csv.headers().map_err(bad_csv)?.clone();
    let place = |names: &[&str]| header.iter().position(|column| names.contains(&column.trim_start_matches('\u{feff}')));
    let affiliation = place(&["affiliation"]).ok_or_else(|| fail(1, "no column affiliation".to_owned()))?;
    let ids = place(&["ror_ids", "ror_id"]).ok_or_else(|| fail(1, "no column ror_ids".to_owned()))?;
    let also = place(&["also"]);
    let mut all = Vec::new();
    for record in csv.records() {
        let record = record.map_err(bad_csv)?;
        let line = record.position().map_or(0, csv::Position::line);
        let set = |text: &str| -> Result<BTreeSet<String>, Error> {
            let parts = text.split('|').map(str::trim).filter(|part| !part.is_empty() && *part != "none");
            parts
                .map(|id| ror::key(id).ok_or_else(|| fail(line, format!("'{id}' is no ROR id (nine characters, as in 04h9pn542)"))))
                .collect()
        };
        let label = record.get(ids).unwrap_or_default();
        if label.trim().is_empty() {
            return Err(fail(line, "expected ROR ids or none, found nothing".to_owned()));
        }
        all.push(Labelled {
            affiliation: record.get(affiliation).unwrap_or_default().to_owned(),
            expected: set(label)?,
            also: set(also.and_then(|place| record.get(place)).unwrap_or_default())?,
        });
    }
    if all.is_empty() { Err(fail(1, "no labelled affiliations".to_owned())) } else { Ok(all) }
}

/// Figures at one threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// The confidence from which a match counts.
    pub threshold: f32,
    /// Share of affiliations with all expected organisations found and no other.
    pub accuracy: Option<Proportion>,
    /// Share of matches that are right.
    pub precision: Option<Proportion>,
    /// Share of expected organisations that were found.
    pub recall: Option<Proportion>,
    /// Share of the affiliations without any organisation of the register that were given one.
    pub false_matches: Option<Proportion>,
}

/// Matches of about the same confidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// Mean confidence of the matches.
    pub confidence: f64,
    /// Share that is right.
    pub right: Proportion,
}

/// An affiliation that was not matched as expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The affiliation.
    pub affiliation: String,
    /// Organisations that should have been found and were not.
    pub missed: Vec<Index>,
    /// Organisations that were found and should not have been, with the confidence.
    pub wrong: Vec<(Index, f32)>,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Affiliations.
    pub affiliations: usize,
    /// Labels whose organisation is not in the register: they are left out of account.
    pub not_in_register: usize,
    /// Figures at each threshold asked for.
    pub scores: Vec<Scores>,
    /// Reliability: what share of the matches of a confidence is right. In tenths of confidence.
    pub reliability: Vec<Bin>,
    /// What was not as expected at the first threshold.
    pub misses: Vec<Miss>,
}

/// The lowest confidence that reliability looks at.
const LEAST: f32 = 0.05;

/// Matches labelled affiliations and compares.
pub fn evaluate(matcher: &Matcher<'_>, register: &Register, labelled: &[Labelled], thresholds: &[f32]) -> Evaluation {
    let mut scratch = Scratch::default();
    let mut not_in_register = 0;
    let mut counts = vec![Counts::default(); thresholds.len()];
    let mut bins: BTreeMap<usize, (f64, u64, u64)> = BTreeMap::new();
    let mut misses = Vec::new();
    for one in labelled {
        let mut resolve = |ids: &BTreeSet<String>, count: bool| -> BTreeSet<register::Index> {
            let found = ids.iter().filter_map(|id| register.by_ror(id)).map(|index| register.today(index)).collect();
            not_in_register += if count { ids.iter().filter(|id| register.by_ror(id).is_none()).count() } else { 0 };
            found
        };
        let (expected, also) = (resolve(&one.expected, true), resolve(&one.also, false));
        for (place, &threshold) in thresholds.iter().enumerate() {
            let found = matcher.find(&one.affiliation, threshold, &mut scratch).organisations;
            let right = found.iter().filter(|found| expected.contains(&found.organisation)).count() as u64;
            let wrong: Vec<(Index, f32)> = found
                .iter()
                .filter(|found| !expected.contains(&found.organisation) && !also.contains(&found.organisation))
                .map(|found| (found.organisation, found.confidence))
                .collect();
            let missed: Vec<Index> =
                expected.iter().copied().filter(|index| !found.iter().any(|found| found.organisation == *index)).collect();
            counts[place].add(right, wrong.len() as u64, expected.len() as u64);
            if place == 0 && !(missed.is_empty() && wrong.is_empty()) {
                misses.push(Miss { affiliation: one.affiliation.clone(), missed, wrong });
            }
        }
        for found in matcher.find(&one.affiliation, LEAST, &mut scratch).organisations {
            if also.contains(&found.organisation) && !expected.contains(&found.organisation) {
                continue;
            }
            let bin = bins.entry(((found.confidence * 10.0) as usize).min(9)).or_default();
            bin.0 += f64::from(found.confidence);
            bin.1 += u64::from(expected.contains(&found.organisation));
            bin.2 += 1;
        }
    }
    let bin = |(sum, right, all): (f64, u64, u64)| Some(Bin { confidence: sum / all as f64, right: Proportion::wilson(right, all)? });
    Evaluation {
        affiliations: labelled.len(),
        not_in_register,
        scores: thresholds.iter().zip(&counts).map(|(threshold, counts)| counts.scores(*threshold)).collect(),
        reliability: bins.into_values().filter_map(bin).collect(),
        misses,
    }
}

#[derive(Debug, Clone, Default)]
struct Counts {
    affiliations: u64,
    exact: u64,
    right: u64,
    wrong: u64,
    expected: u64,
    none: u64,
    none_wrong: u64,
}

impl Counts {
    fn add(&mut self, right: u64, wrong: u64, expected: u64) {
        self.affiliations += 1;
        self.exact += u64::from(wrong == 0 && right == expected);
        self.right += right;
        self.wrong += wrong;
        self.expected += expected;
        if expected == 0 {
            self.none += 1;
            self.none_wrong += u64::from(wrong > 0);
        }
    }

    fn scores(&self, threshold: f32) -> Scores {
        Scores {
            threshold,
            accuracy: Proportion::wilson(self.exact, self.affiliations),
            precision: Proportion::wilson(self.right, self.right + self.wrong),
            recall: Proportion::wilson(self.right, self.expected),
            false_matches: Proportion::wilson(self.none_wrong, self.none),
        }
    }
}
