//! A work as it is written. Its buffers are used again for the next one.

use crate::layout::Cell;
use crate::shape::{YEAR_COUNT, YEARS};

/// A text within [`Work::texts`].
pub(crate) type Span = std::ops::Range<usize>;

/// A list within one of the work's lists.
pub(crate) type Run = std::ops::Range<usize>;

/// An author of a work.
#[derive(Debug, Clone)]
pub(crate) struct Authorship {
    /// The author's id, and the name; `None` where the author is not known.
    pub(crate) author: Option<(u64, Span)>,
    pub(crate) raw_name: Span,
    /// Within [`Work::institutions`].
    pub(crate) institutions: Run,
    /// Within [`Work::author_countries`].
    pub(crate) countries: Run,
    /// Within [`Work::affiliations`].
    pub(crate) affiliations: Run,
}

/// An affiliation of an author.
#[derive(Debug, Clone)]
pub(crate) struct Affiliation {
    pub(crate) raw: Span,
    /// Within [`Work::affiliated`].
    pub(crate) institutions: Run,
}

/// A work.
#[derive(Debug, Default, Clone)]
pub struct Work {
    pub(crate) place: u64,
    pub(crate) cell: Option<Cell>,
    pub(crate) id: u64,
    /// Ids are written short (`W8000000000`), not as addresses.
    pub(crate) short_ids: bool,
    pub(crate) doi: bool,
    pub(crate) title: Option<Span>,
    pub(crate) year: i32,
    /// Days since 1970.
    pub(crate) date: Option<i32>,
    pub(crate) kind: &'static str,
    pub(crate) language: Option<&'static str>,
    pub(crate) retracted: bool,
    pub(crate) xpac: bool,
    /// Place in the world's list of sources; without one the location is null or has none.
    pub(crate) source: Option<usize>,
    pub(crate) location: bool,
    /// Places in the world's list of topics, with scores.
    pub(crate) topics: Vec<(usize, f64)>,
    pub(crate) authorships: Vec<Authorship>,
    pub(crate) affiliations: Vec<Affiliation>,
    pub(crate) institutions: Vec<u32>,
    pub(crate) author_countries: Vec<u16>,
    pub(crate) affiliated: Vec<u32>,
    /// Each country of the work once.
    pub(crate) countries: Vec<u16>,
    /// Each organisation of the work once.
    pub(crate) organisations: Vec<u32>,
    /// Places of the works cited, in order.
    pub(crate) references: Vec<u64>,
    pub(crate) funders: Vec<usize>,
    /// Funder and number.
    pub(crate) awards: Vec<(usize, u32)>,
    pub(crate) cited_by: [u32; YEAR_COUNT],
    /// Day of the last change, in days since 1970, and the second within it.
    pub(crate) updated: (i32, u32),
    pub(crate) texts: String,
}

impl Work {
    /// Makes the work an empty one, keeping its memory.
    pub(crate) fn clear(&mut self) {
        self.topics.clear();
        self.authorships.clear();
        self.affiliations.clear();
        self.institutions.clear();
        self.author_countries.clear();
        self.affiliated.clear();
        self.countries.clear();
        self.organisations.clear();
        self.references.clear();
        self.funders.clear();
        self.awards.clear();
        self.texts.clear();
        self.cited_by = [0; YEAR_COUNT];
        self.title = None;
    }

    pub(crate) fn text(&self, span: &Span) -> &str {
        &self.texts[span.clone()]
    }

    /// Years in which the work was cited, with how often, the latest first.
    pub(crate) fn counts_by_year(&self) -> impl Iterator<Item = (i32, u32)> + '_ {
        self.cited_by.iter().enumerate().rev().filter(|(_, count)| **count > 0).map(|(at, count)| (YEARS.start() + at as i32, *count))
    }

    /// Year of publication.
    pub fn year(&self) -> i32 {
        self.year
    }

    /// Number of authors.
    pub fn authors(&self) -> usize {
        self.authorships.len()
    }

    /// Countries, each once, by their place in [`crate::World::countries`].
    pub fn countries(&self) -> &[u16] {
        &self.countries
    }

    /// Organisations, each once.
    pub fn organisations(&self) -> &[u32] {
        &self.organisations
    }

    /// Place of the main topic in the world's list.
    pub fn topic(&self) -> usize {
        self.topics.first().map_or(0, |(topic, _)| *topic)
    }

    /// Number of references.
    pub fn references(&self) -> usize {
        self.references.len()
    }
}
