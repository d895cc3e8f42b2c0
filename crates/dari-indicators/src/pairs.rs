//! Joint works of pairs of countries, year by year and summed over a window.

use std::collections::BTreeMap;

use crate::quality::breaks::Breaks;
use crate::{IndicatorError, Period, country_code};

/// Two countries, the alphabetically first one first.
pub type Pair = (&'static str, &'static str);

/// Joint works of every pair and year (full counting: a work of three countries counts in three pairs). Years between the first and the last
/// of the data that a pair has no row for count no joint works.
#[derive(Debug, Clone, PartialEq)]
pub struct PairSeries {
    years: Period,
    works: BTreeMap<Pair, Vec<u64>>,
}

impl PairSeries {
    /// First and last year of the data.
    pub fn years(&self) -> Period {
        self.years
    }

    /// Every pair with its joint works, one number a year from the first; alphabetical.
    pub fn pairs(&self) -> impl Iterator<Item = (Pair, &[u64])> {
        self.works.iter().map(|(pair, works)| (*pair, works.as_slice()))
    }

    /// Joint works of two countries, one number a year from the first. None if they have none in any year.
    ///
    /// # Errors
    /// If a code is no country or the two are one.
    pub fn of(&self, a: &str, b: &str) -> Result<Option<&[u64]>, IndicatorError> {
        Ok(self.works.get(&ordered(a, b)?).map(Vec::as_slice))
    }

    /// Sums over the years of a window that the data hold. With `breaks`, a broken pair-year counts as its neighbours would have it: leaving
    /// the year out for one pair alone would make pairs incomparable.
    ///
    /// # Errors
    /// If the data have no year in the window.
    pub fn window(&self, window: Period, breaks: Option<&Breaks>) -> Result<PairCounts, IndicatorError> {
        let all = self.years();
        let years = Period { from: window.from.max(all.from), to: window.to.min(all.to) };
        if years.from > years.to {
            return Err(IndicatorError::Window(window));
        }
        let places = (years.from - all.from) as usize..=(years.to - all.from) as usize;
        let mut joint = BTreeMap::new();
        for (pair, works) in &self.works {
            let mut sum: f64 = works[places.clone()].iter().map(|works| *works as f64).sum();
            for test in breaks.into_iter().flat_map(|breaks| breaks.flagged(*pair)) {
                if test.year >= years.from && test.year <= years.to {
                    sum += test.expected - test.works as f64;
                }
            }
            joint.insert(*pair, sum);
        }
        Ok(PairCounts::new(years, joint))
    }
}

/// The pair's codes in order.
pub(crate) fn ordered(a: &str, b: &str) -> Result<Pair, IndicatorError> {
    let (a, b) = (country_code(a)?, country_code(b)?);
    match a.cmp(b) {
        std::cmp::Ordering::Less => Ok((a, b)),
        std::cmp::Ordering::Greater => Ok((b, a)),
        std::cmp::Ordering::Equal => Err(IndicatorError::CountrySet(vec![a.to_owned(), b.to_owned()])),
    }
}

/// Collects rows into a [`PairSeries`].
#[derive(Debug, Default)]
pub struct PairSeriesBuilder {
    works: BTreeMap<Pair, BTreeMap<i16, u64>>,
}

impl PairSeriesBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        PairSeriesBuilder::default()
    }

    /// Adds the joint works of two countries (in any order) in a year.
    ///
    /// # Errors
    /// A count below zero, a code that is no country, a country with itself, a second row for the pair and year.
    pub fn row(&mut self, year: i16, a: &str, b: &str, works: i64) -> Result<(), IndicatorError> {
        let pair = ordered(a, b)?;
        let cell = || format!("{}-{}, {year}", pair.0, pair.1);
        let works = u64::try_from(works).map_err(|_| IndicatorError::Negative { what: cell(), found: works })?;
        match self.works.entry(pair).or_default().insert(year, works) {
            None => Ok(()),
            Some(_) => Err(IndicatorError::Twice(cell())),
        }
    }

    /// The series of all rows so far.
    ///
    /// # Errors
    /// If there are no rows.
    pub fn build(self) -> Result<PairSeries, IndicatorError> {
        let years = || self.works.values().flat_map(|series| series.keys().copied());
        let (Some(from), Some(to)) = (years().min(), years().max()) else { return Err(IndicatorError::Empty) };
        let years = Period { from, to };
        let place = |year: i16| (i32::from(year) - i32::from(from)) as usize;
        let mut works = BTreeMap::new();
        for (pair, series) in self.works {
            let mut dense = vec![0; place(to) + 1];
            for (year, count) in series {
                dense[place(year)] = count;
            }
            works.insert(pair, dense);
        }
        Ok(PairSeries { years, works })
    }
}

/// Joint works of pairs in a window, with margins.
#[derive(Debug, Clone, PartialEq)]
pub struct PairCounts {
    years: Period,
    joint: BTreeMap<Pair, f64>,
    margins: BTreeMap<&'static str, f64>,
    total: f64,
}

impl PairCounts {
    fn new(years: Period, joint: BTreeMap<Pair, f64>) -> Self {
        let mut margins = BTreeMap::new();
        for ((a, b), works) in &joint {
            *margins.entry(*a).or_insert(0.0) += works;
            *margins.entry(*b).or_insert(0.0) += works;
        }
        let total = margins.values().sum();
        PairCounts { years, joint, margins, total }
    }

    /// The years summed.
    pub fn years(&self) -> Period {
        self.years
    }

    /// Joint works of a pair given in order; 0 if the data have none.
    pub fn joint(&self, pair: Pair) -> f64 {
        self.joint.get(&pair).copied().unwrap_or(0.0)
    }

    /// Every country's joint works with all others; a work of three countries counts twice for each.
    pub fn margins(&self) -> &BTreeMap<&'static str, f64> {
        &self.margins
    }

    /// Sum of the margins: twice the sum over pairs.
    pub fn total(&self) -> f64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_series_and_margins() -> Result<(), IndicatorError> {
        let mut builder = PairSeriesBuilder::new();
        builder.row(2020, "US", "KR", 5)?;
        builder.row(2022, "KR", "US", 7)?;
        builder.row(2021, "JP", "KR", 2)?;
        assert!(matches!(builder.row(2020, "KR", "US", 5), Err(IndicatorError::Twice(_))));
        assert!(matches!(builder.row(2020, "KR", "KR", 5), Err(IndicatorError::CountrySet(_))));
        assert!(matches!(builder.row(2020, "KR", "XX", 5), Err(IndicatorError::Country(_))));
        assert!(matches!(builder.row(2019, "KR", "US", -5), Err(IndicatorError::Negative { .. })));
        let series = builder.build()?;
        assert_eq!(series.of("US", "KR")?, Some(&[5, 0, 7][..]));
        assert_eq!(series.of("US", "JP")?, None);
        let counts = series.window(Period { from: 2021, to: 2030 }, None)?;
        // 2021 and 2022: KR-US 7, JP-KR 2; margins KR 9, US 7, JP 2, together 18.
        assert_eq!(counts.years(), Period { from: 2021, to: 2022 });
        assert_eq!((counts.joint(("KR", "US")), counts.margins()["KR"], counts.total()), (7.0, 9.0, 18.0));
        assert!(matches!(series.window(Period { from: 2023, to: 2025 }, None), Err(IndicatorError::Window(_))));
        Ok(())
    }
}
