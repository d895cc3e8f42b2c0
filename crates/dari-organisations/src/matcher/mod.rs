//! Free-text affiliations to organisations.
//!
//! An affiliation is cut into parts (`;`) and segments (`,`). Every run of words in a segment is looked up among the names of the register and what people
//! write instead of them (`names`): whole names, initials, company names without their country, names whose second half stands in another segment, Korean
//! names in other Latin letters, and, where nothing else fits, names with one letter wrong. A logistic model (`features`) turns what speaks for and
//! against each candidate (country, city, parent, namesakes, words left and right of it) into a probability; of overlapping candidates the best is
//! kept, of an organisation and its part the part. What is below the threshold is unknown. Nothing depends on the order of segments.

mod candidates;
pub mod features;
pub(crate) mod names;
pub(crate) mod segments;

use rustc_hash::FxHashSet;

use crate::places::{Evidence, Places};
use crate::register::{Index, Register};
use crate::spelling::Spelling;
use crate::words::{Key, Words};
use candidates::{Candidate, Finder};
use features::{Features, Model};
use names::Names;
use segments::Segmented;

/// The confidence from which a candidate counts as found.
pub const THRESHOLD: f32 = 0.5;

/// The confidence from which a candidate that is not sure enough still says something of the country.
const LIKELY: f32 = 0.25;

/// Matches affiliations against one register.
#[derive(Debug)]
pub struct Matcher<'r> {
    register: &'r Register,
    names: Names,
    places: Places,
    spelling: Spelling,
    model: Model,
    today: Vec<Index>,
    prominence: Vec<f32>,
    /// The key of each organisation's city, 0 where it has none.
    cities: Vec<u64>,
}

/// Room for matching, reused from one affiliation to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    text: Segmented,
    finder: Finder,
    candidates: Vec<Candidate>,
}

/// What an affiliation names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matched {
    /// Organisations found, the surest first; empty: unknown.
    pub organisations: Vec<Match>,
    /// The country, where one is certain.
    pub country: Option<(&'static str, CountryBy)>,
}

/// An organisation found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The organisation as it is today.
    pub organisation: Index,
    /// The one that is named, if it has ended and the other follows it; else the same.
    pub named: Index,
    /// Probability that it is right, calibrated, from the threshold to 1.
    pub confidence: f32,
}

/// What a country was told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountryBy {
    /// The organisations found.
    Organisation,
    /// The text names it.
    Text(Evidence),
    /// All organisations that it may be are there.
    Candidates,
}

impl CountryBy {
    /// As the lake writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            CountryBy::Organisation => "organisation",
            CountryBy::Text(Evidence::Named) => "named",
            CountryBy::Text(Evidence::Mention) => "mentioned",
            CountryBy::Text(Evidence::City) => "city",
            CountryBy::Candidates => "candidates",
        }
    }
}

/// A candidate with its features, for fitting the model.
#[derive(Debug, Clone)]
pub struct Example {
    /// The organisation as it is today.
    pub organisation: Index,
    /// Place of its form of name in the model.
    pub form: usize,
    /// What speaks for and against it.
    pub features: Features,
}

impl<'r> Matcher<'r> {
    /// A matcher with the model that ships.
    pub fn new(register: &'r Register) -> Matcher<'r> {
        Matcher::with_model(register, Model::shipped())
    }

    /// A matcher with a model of one's own.
    pub fn with_model(register: &'r Register, model: Model) -> Matcher<'r> {
        let count = register.all().len() as Index;
        let prominence = |one: &crate::Organisation| (1.0 + one.relations.len() as f32 + one.names.len() as f32 / 2.0).ln();
        // The words of the register and its names take about as long to gather; neither needs the other.
        let (spelling, (places, names)) = std::thread::scope(|scope| {
            let spelling = scope.spawn(|| Spelling::new(register));
            let places = Places::new(register);
            let names = Names::new(register, &places);
            (spelling.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), (places, names))
        });
        Matcher {
            names,
            places,
            spelling,
            model,
            today: (0..count).map(|index| register.today(index)).collect(),
            prominence: register.all().iter().map(prominence).collect(),
            cities: cities(register),
            register,
        }
    }

    /// The version of the model, with a fingerprint of its weights.
    pub fn version(&self) -> String {
        self.model.fingerprint()
    }

    /// Finds the organisations that an affiliation names, with at least the confidence `threshold` ([`THRESHOLD`] by default).
    pub fn find(&self, affiliation: &str, threshold: f32, scratch: &mut Scratch) -> Matched {
        scratch.text.read(affiliation);
        let mut found: Vec<Match> = Vec::new();
        let mut doubtful: FxHashSet<Option<&'static str>> = FxHashSet::default();
        let mut named: Vec<Option<(&'static str, Evidence)>> = Vec::new();
        for part in 0..scratch.text.parts.len() {
            scratch.finder.run(self, &scratch.text, part, &mut scratch.candidates);
            if scratch.finder.place.best().is_some() {
                named.push(scratch.finder.place.only());
            }
            let likely = scratch.candidates.iter().filter(|candidate| candidate.confidence >= LIKELY && !candidate.covered);
            doubtful.extend(likely.map(|candidate| self.register.get(candidate.organisation).country));
            let chosen = self.choose(&mut scratch.candidates, &scratch.text, threshold);
            for candidate in chosen {
                let one = Match {
                    organisation: self.today[candidate.organisation as usize],
                    named: candidate.organisation,
                    confidence: candidate.confidence,
                };
                match found.iter_mut().find(|other| other.organisation == one.organisation) {
                    Some(other) if other.confidence < one.confidence => *other = one,
                    Some(_) => {}
                    None => found.push(one),
                }
            }
        }
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.organisation.cmp(&b.organisation)));
        let country = self.country(&found, &doubtful, &named);
        Matched { organisations: found, country }
    }

    /// All candidates of an affiliation with their features, for fitting the model.
    pub fn examples(&self, affiliation: &str, scratch: &mut Scratch) -> Vec<Example> {
        scratch.text.read(affiliation);
        let mut examples = Vec::new();
        for part in 0..scratch.text.parts.len() {
            scratch.finder.run(self, &scratch.text, part, &mut scratch.candidates);
            let example = |candidate: &Candidate| Example {
                organisation: self.today[candidate.organisation as usize],
                form: candidate.form as usize,
                features: candidate.features,
            };
            examples.extend(scratch.candidates.iter().filter(|candidate| !candidate.covered).map(example));
        }
        examples
    }

    /// Of the candidates of a part those that stand: sure enough, not inside a surer one, not whole where a part of it is meant.
    fn choose(&self, candidates: &mut Vec<Candidate>, text: &Segmented, threshold: f32) -> Vec<Candidate> {
        candidates.retain(|candidate| candidate.confidence >= threshold && !candidate.covered);
        candidates.sort_by(|a, b| {
            let surest = b.confidence.total_cmp(&a.confidence);
            let longest = b.length().cmp(&a.length());
            surest.then(longest).then_with(|| a.organisation.cmp(&b.organisation))
        });
        let mut chosen: Vec<Candidate> = Vec::new();
        for candidate in candidates.iter() {
            if !chosen.iter().any(|other| other.overlaps(candidate)) {
                chosen.push(candidate.clone());
            }
        }
        // A part displaces the whole it belongs to if it is certain, unless the text lists both ("Argonne National Laboratory and University of Chicago").
        let all = chosen.clone();
        chosen.retain(|candidate| {
            let own = self.today[candidate.organisation as usize];
            !all.iter().any(|other| {
                let part = self.today[other.organisation as usize];
                part != own && other.confidence >= THRESHOLD && self.register.is_part_of(part, own) && !candidate.listed_with(other, text)
            })
        });
        chosen
    }

    /// The country: that of the organisations found, else the one named, else the one all candidates share.
    fn country(
        &self,
        found: &[Match],
        doubtful: &FxHashSet<Option<&'static str>>,
        named: &[Option<(&'static str, Evidence)>],
    ) -> Option<(&'static str, CountryBy)> {
        let mut countries: FxHashSet<&'static str> = FxHashSet::default();
        countries.extend(found.iter().filter_map(|one| self.register.get(one.organisation).country));
        match countries.len() {
            1 => return countries.into_iter().next().map(|code| (code, CountryBy::Organisation)),
            0 => {}
            _ => return None,
        }
        if let Some(first) = named.first() {
            // All parts that name a country are to name the same.
            let (code, _) = (*first)?;
            let best = named
                .iter()
                .map(|part| part.filter(|(other, _)| *other == code).map(|(_, evidence)| evidence))
                .collect::<Option<Vec<_>>>()?;
            return best.into_iter().max().map(|evidence| (code, CountryBy::Text(evidence)));
        }
        let shared = doubtful.iter().next().copied().flatten().filter(|_| doubtful.len() == 1);
        shared.map(|code| (code, CountryBy::Candidates))
    }
}

fn cities(register: &Register) -> Vec<u64> {
    let mut words = Words::default();
    let key = |one: &crate::Organisation| {
        words.read(one.city.as_deref().unwrap_or_default());
        if words.words.is_empty() { 0 } else { Key::of(&words).0 }
    };
    register.all().iter().map(key).collect()
}
