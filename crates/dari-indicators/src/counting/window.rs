//! Citations within a window of years, and what they were counted from.

use crate::Period;

/// What the citations of a work were counted from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CitationSource {
    /// References of the works that cite it, by their year.
    References,
    /// The source's counts by year. OpenAlex gives those of about the last ten years.
    CountsByYear,
    /// The source's total: all years, for want of better. Works of one cohort had the same time to be cited, so it still compares.
    Total,
}

/// Citations of a work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedCitations {
    /// How many.
    pub citations: u32,
    /// What they were counted from.
    pub source: CitationSource,
    /// Whether the whole window has passed and been seen. A total has no window and never is.
    pub complete: bool,
}

/// Years in which citations count: from the publication year to `years_after` years later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CitationWindow {
    /// Years after the publication year, 0 or more.
    pub years_after: u8,
}

impl CitationWindow {
    /// To the third year after the publication year (OpenAlex documentation, "Field-Weighted Citation Impact").
    pub const OPENALEX: CitationWindow = CitationWindow { years_after: 3 };

    /// The window of a work of a publication year.
    pub fn years(self, publication_year: i16) -> Period {
        Period { from: publication_year, to: publication_year.saturating_add(i16::from(self.years_after)) }
    }

    /// Whether a citation of a year counts for a work of a publication year.
    pub fn holds(self, publication_year: i16, citing_year: i16) -> bool {
        let years = self.years(publication_year);
        years.from <= citing_year && citing_year <= years.to
    }

    /// Citations counted from references: one citing year a citing work. `now` is the last year of the data; later citing years are
    /// wrong and do not count.
    pub fn from_references(self, publication_year: i16, citing_years: impl IntoIterator<Item = i16>, now: i16) -> CountedCitations {
        let counts = |year: &i16| *year <= now && self.holds(publication_year, *year);
        let citations = citing_years.into_iter().filter(counts).fold(0_u32, |sum, _| sum.saturating_add(1));
        CountedCitations { citations, source: CitationSource::References, complete: self.years(publication_year).to <= now }
    }

    /// Citations counted from counts by year, rows of (year, citations), a year without row having none. `seen` are the years that the
    /// source gives counts for. None if it does not see the window from its beginning: a part would be too few.
    pub fn from_counts_by_year(
        self,
        publication_year: i16,
        counts: impl IntoIterator<Item = (i16, u32)>,
        seen: Period,
    ) -> Option<CountedCitations> {
        let years = self.years(publication_year);
        if seen.from > years.from || seen.to < years.from {
            return None;
        }
        let within = counts.into_iter().filter(|(year, _)| *year <= seen.to && self.holds(publication_year, *year));
        let citations = within.fold(0_u32, |sum, (_, count)| sum.saturating_add(count));
        Some(CountedCitations { citations, source: CitationSource::CountsByYear, complete: years.to <= seen.to })
    }
}

impl CountedCitations {
    /// The total of a source, where nothing better is at hand.
    pub fn from_total(citations: u32) -> Self {
        CountedCitations { citations, source: CitationSource::Total, complete: false }
    }
}

/// How many works had their citations counted from what. A cohort should hold one source: a total beside windowed counts compares unlike
/// things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CitationSources {
    /// Works counted from references.
    pub references: u64,
    /// Works counted from counts by year.
    pub counts_by_year: u64,
    /// Works with a total only.
    pub total: u64,
    /// Works whose window has not passed; those with a total only are not among them.
    pub incomplete: u64,
}

impl CitationSources {
    /// Notes a work.
    pub fn note(&mut self, counted: &CountedCitations) {
        match counted.source {
            CitationSource::References => self.references += 1,
            CitationSource::CountsByYear => self.counts_by_year += 1,
            CitationSource::Total => self.total += 1,
        }
        self.incomplete += u64::from(counted.source != CitationSource::Total && !counted.complete);
    }

    /// Adds the numbers of another part of the works.
    pub fn merge(&mut self, other: &CitationSources) {
        self.references += other.references;
        self.counts_by_year += other.counts_by_year;
        self.total += other.total;
        self.incomplete += other.incomplete;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: CitationWindow = CitationWindow::OPENALEX;

    #[test]
    fn windows_by_hand() {
        // A work of 2015: 2014 is too early, 2019 too late; 2 + 3 + 1 = 6 in 2015-2018.
        let counts = [(2014, 9), (2015, 2), (2017, 3), (2018, 1), (2019, 50)];
        let seen = |from, to| Period { from, to };
        let found = WINDOW.from_counts_by_year(2015, counts, seen(2012, 2024));
        assert_eq!(found, Some(CountedCitations { citations: 6, source: CitationSource::CountsByYear, complete: true }));
        // In 2017 the window is open: 2 + 3 so far. With counts from 2016 on, or of years before it was published, nothing can be said.
        let open = WINDOW.from_counts_by_year(2015, counts, seen(2012, 2017));
        assert_eq!(open.map(|found| (found.citations, found.complete)), Some((5, false)));
        assert_eq!(WINDOW.from_counts_by_year(2015, counts, seen(2016, 2024)), None);
        assert_eq!(WINDOW.from_counts_by_year(2015, counts, seen(2000, 2014)), None);
        let references = WINDOW.from_references(2015, [2014, 2015, 2015, 2018, 2019, 2030], 2024);
        assert_eq!(references, CountedCitations { citations: 3, source: CitationSource::References, complete: true });
        assert_eq!(WINDOW.from_references(2023, [2023, 2024, 2026], 2024).citations, 2);
        // Beyond the calendar nothing overflows.
        assert_eq!(WINDOW.years(i16::MAX).to, i16::MAX);
    }

    #[test]
    fn sources_are_told_apart() {
        let mut sources = CitationSources::default();
        sources.note(&WINDOW.from_references(2015, [2015], 2024));
        sources.note(&WINDOW.from_references(2023, [2023], 2024));
        sources.note(&CountedCitations::from_total(7));
        let mut twice = sources;
        twice.merge(&sources);
        assert_eq!(twice, CitationSources { references: 4, counts_by_year: 0, total: 2, incomplete: 2 });
    }
}
