//! Venues and funders of the world.

use crate::demo::Topic;
use crate::margins::Margins;
use crate::names;
use crate::random::{Purpose, Random};

/// The first id of a source.
pub(crate) const FIRST_SOURCE: u64 = 7_000_000_000;
/// The first id of a funder.
pub(crate) const FIRST_FUNDER: u64 = 7_000_000_000;
/// Venues a subfield has: journals, then a conference, then a repository.
const IN_SUBFIELD: usize = 8;
/// Funders a country has.
const IN_COUNTRY: usize = 3;

/// A journal, conference or repository.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) issn: Option<String>,
    pub(crate) country: usize,
}

/// A funder.
#[derive(Debug)]
pub(crate) struct Funder {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) country: usize,
}

/// Venues by subfield, funders by country.
#[derive(Debug)]
pub(crate) struct Venues {
    pub(crate) sources: Vec<Source>,
    pub(crate) funders: Vec<Funder>,
}

impl Venues {
    /// `subfields` gives one topic of each.
    pub(crate) fn new(seed: u64, subfields: &[&Topic], margins: &Margins) -> Venues {
        const FORMS: [&str; IN_SUBFIELD] =
            ["Journal of", "Annals of", "Reviews in", "Letters on", "Advances in", "Archives of", "Conference on", "Repository of"];
        let mut sources = Vec::new();
        for topic in subfields {
            for (at, form) in FORMS.iter().enumerate() {
                let mut random = Random::new(seed, Purpose::Venue, sources.len() as u64);
                let kind = ["journal", "conference", "repository"][at.saturating_sub(IN_SUBFIELD - 3)];
                let issn = (kind == "journal").then(|| issn(&mut random));
                let id = FIRST_SOURCE + sources.len() as u64;
                sources.push(Source { id, name: format!("{form} {}", topic.subfield.1), kind, issn, country: random.below(12) as usize });
            }
        }
        let mut funders = Vec::new();
        for (country, code) in margins.countries.iter().enumerate() {
            let known = dari_model::country::by_code(std::str::from_utf8(code).unwrap_or_default());
            let name = known.map_or("", |country| country.name_en);
            let mut random = Random::new(seed, Purpose::Venue, 1_000_000 + country as u64);
            let town = names::town(names::culture(*code), &mut random);
            for form in [format!("National Science Council of {name}"), format!("Ministry of Research of {name}"), format!("{town} Trust")]
            {
                funders.push(Funder { id: FIRST_FUNDER + funders.len() as u64, name: form, country });
            }
        }
        Venues { sources, funders }
    }

    /// A venue for a kind of work of a subfield.
    pub(crate) fn source(&self, subfield: usize, kind: &str, random: &mut Random) -> usize {
        let at = match kind {
            "conference-paper" => IN_SUBFIELD - 2,
            "preprint" | "dataset" => IN_SUBFIELD - 1,
            // The first ones print most.
            _ => (random.unit() * random.unit() * (IN_SUBFIELD - 2) as f64) as usize,
        };
        subfield * IN_SUBFIELD + at
    }

    /// A funder of a country.
    pub(crate) fn funder(&self, country: usize, random: &mut Random) -> usize {
        country * IN_COUNTRY + (random.unit() * random.unit() * IN_COUNTRY as f64) as usize
    }
}

/// An ISSN whose last character checks the others.
fn issn(random: &mut Random) -> String {
    let digits = 9_000_000 + random.below(999_999);
    let sum: u64 = (0..7u32).map(|at| digits / 10u64.pow(6 - at) % 10 * u64::from(8 - at)).sum();
    let check = match (11 - sum % 11) % 11 {
        10 => "X".to_owned(),
        check => check.to_string(),
    };
    format!("{:04}-{:03}{check}", digits / 1000, digits % 1000)
}
