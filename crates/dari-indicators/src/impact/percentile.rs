//! The percentile of a work in its cohort as OpenAlex publishes it.

use std::str::FromStr;

use rustc_hash::FxHashMap;

use super::Citations;
use crate::IndicatorError;

/// How works are told to be among the top x % of their cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Percentile {
    /// Ties treated exactly: works on the threshold weigh what is left (CWTS; [`Citations::threshold`]). Option value `cwts`.
    #[default]
    Cwts,
    /// Ties broken by work id, for parity with OpenAlex ([`OpenAlexRanks`]). Which of the tied works is among the top is an accident of its
    /// number. Option value `openalex`.
    OpenAlex,
}

impl FromStr for Percentile {
    type Err = IndicatorError;

    fn from_str(text: &str) -> Result<Self, IndicatorError> {
        match text {
            "cwts" => Ok(Percentile::Cwts),
            "openalex" => Ok(Percentile::OpenAlex),
            _ => Err(IndicatorError::Option { what: "percentile", found: text.to_owned(), expected: "cwts or openalex" }),
        }
    }
}

/// OpenAlex's `citation_normalized_percentile`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpenAlexPercentile {
    /// (rank − 1)/(works − 1) by (citations, work id), fewest first, rounded half up to 8 decimals; in [0, 1], 0 in a cohort of one work.
    pub value: f64,
    /// `is_in_top_10_percent`: the percentile before rounding is at least 0.90.
    pub top_10: bool,
    /// `is_in_top_1_percent`: at least 0.99.
    pub top_1: bool,
}

impl OpenAlexPercentile {
    /// Of the work at `place`, counted from 0, among `works` sorted by (citations, work id): SQL's `percent_rank` (OpenAlex documentation,
    /// "Citation normalized percentile", and the code of its pipeline).
    pub fn at(place: u64, works: u64) -> Self {
        let (place, last) = (u128::from(place), u128::from(works.saturating_sub(1)));
        if last == 0 {
            return OpenAlexPercentile { value: 0.0, top_10: false, top_1: false };
        }
        let value = ((2 * place * 100_000_000 + last) / (2 * last)) as f64 / 1e8;
        OpenAlexPercentile { value, top_10: place * 100 >= last * 90, top_1: place * 100 >= last * 99 }
    }
}

/// Gives the works of one cohort their percentiles as they stream by in the order of their ids. Holds a number for each value of citations,
/// no list of works.
#[derive(Debug, Clone)]
pub struct OpenAlexRanks {
    works: u64,
    next: FxHashMap<u32, (u64, u64)>,
    last_id: Option<i64>,
}

impl OpenAlexRanks {
    /// Of a cohort whose citations are all known.
    pub fn new(cohort: &Citations) -> Self {
        let mut below = 0;
        let mut next = FxHashMap::default();
        for (citations, works) in cohort.iter() {
            next.insert(citations, (below, below + works));
            below += works;
        }
        OpenAlexRanks { works: below, next, last_id: None }
    }

    /// The percentile of the next work.
    ///
    /// # Errors
    /// If the id is not above the one before, or the cohort holds no (further) work with as many citations: the works are not those of the
    /// cohort.
    pub fn next(&mut self, id: i64, citations: u32) -> Result<OpenAlexPercentile, IndicatorError> {
        if self.last_id.is_some_and(|last| last >= id) {
            return Err(IndicatorError::Order { what: "work", found: id });
        }
        self.last_id = Some(id);
        match self.next.get_mut(&citations) {
            Some((place, end)) if *place < *end => {
                *place += 1;
                Ok(OpenAlexPercentile::at(*place - 1, self.works))
            }
            _ => Err(IndicatorError::NotOfCohort { id, citations }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() -> Result<(), IndicatorError> {
        // Ids 1 to 5 with 3, 0, 3, 7, 0 citations. By (citations, id): 2, 5, 1, 3, 4: percentiles 0, ¼, ½, ¾, 1.
        let works = [(1, 3), (2, 0), (3, 3), (4, 7), (5, 0)];
        let mut ranks = OpenAlexRanks::new(&works.iter().map(|work| work.1).collect());
        let mut found = Vec::new();
        for (id, citations) in works {
            found.push(ranks.next(id, citations)?);
        }
        assert_eq!(found.iter().map(|percentile| percentile.value).collect::<Vec<_>>(), [0.5, 0.0, 0.75, 1.0, 0.25]);
        assert_eq!(found.iter().filter(|percentile| percentile.top_10 && percentile.top_1).count(), 1);
        assert!(matches!(ranks.next(5, 3), Err(IndicatorError::Order { .. })));
        assert!(matches!(ranks.next(6, 3), Err(IndicatorError::NotOfCohort { .. })));
        // Thirds round to 8 decimals; the ninth of ten steps is on the threshold and in.
        assert_eq!(OpenAlexPercentile::at(2, 4).value, 0.666_666_67);
        assert!(OpenAlexPercentile::at(9, 11).top_10 && !OpenAlexPercentile::at(8, 11).top_10);
        assert_eq!(OpenAlexPercentile::at(0, 1), OpenAlexPercentile { value: 0.0, top_10: false, top_1: false });
        Ok(())
    }

    #[test]
    fn the_default_is_exact() {
        assert_eq!((Percentile::default(), "openalex".parse().ok()), (Percentile::Cwts, Some(Percentile::OpenAlex)));
        assert!("best".parse::<Percentile>().is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_sort(counts in prop::collection::vec(0_u32..12, 1..150)) {
            let works: Vec<(i64, u32)> = counts.iter().enumerate().map(|(index, citations)| (7 * index as i64, *citations)).collect();
            let mut sorted = works.clone();
            sorted.sort_by_key(|(id, citations)| (*citations, *id));
            let mut ranks = OpenAlexRanks::new(&counts.iter().copied().collect());
            for work in works {
                let found = ranks.next(work.0, work.1)?;
                let place = sorted.iter().position(|other| *other == work).unwrap_or(usize::MAX);
                prop_assert_eq!(found, OpenAlexPercentile::at(place as u64, sorted.len() as u64));
            }
        }
    }
}
