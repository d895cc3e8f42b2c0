//! Years in which a pair's joint works break out of its series.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::pairs::{Pair, PairSeries};
use crate::statistics::robust::{RobustCentre, theil_sen};

/// How a break is told from an ordinary year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakOptions {
    /// Years on each side whose trend says what a year should hold.
    pub neighbours: i16,
    /// Robust deviations from which a year counts as broken; 3.5 by Iglewicz & Hoaglin 1993.
    pub threshold: f64,
    /// Pair-years whose neighbours promise fewer works are not tested.
    pub minimum_expected: f64,
    /// Pairs of similar size that a pair is compared with in the same year.
    pub peers: usize,
    /// Scatter of log counts below which a series is not believed to be steadier.
    pub minimum_scale: f64,
}

impl Default for BreakOptions {
    /// Three neighbours a side, 3.5 deviations, 25 works, 100 peers, scatter of 0.02 (2 %).
    fn default() -> Self {
        BreakOptions { neighbours: 3, threshold: 3.5, minimum_expected: 25.0, peers: 100, minimum_scale: 0.02 }
    }
}

/// A pair-year against its neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearTest {
    /// The year.
    pub year: i16,
    /// Joint works.
    pub works: u64,
    /// Joint works that the trend of the neighbouring years promises.
    pub expected: f64,
    /// ln((works + ½) / (expected + ½)).
    pub departure: f64,
    /// Departure in robust deviations of the pair's own departures over all years.
    pub own: f64,
    /// Departure in robust deviations of pairs of similar size in the same year.
    pub peers: f64,
    /// Both are beyond the threshold, on the same side.
    pub broken: bool,
}

/// All tested pair-years.
#[derive(Debug, Clone, PartialEq)]
pub struct Breaks {
    tests: BTreeMap<Pair, Vec<YearTest>>,
}

impl Breaks {
    /// Tests every pair and year of a series.
    ///
    /// A year departs by the difference of its log count from the Theil-Sen line through the log counts of the neighbouring years, itself
    /// left out (a Hampel filter around a local robust trend; Hampel 1974, Sen 1968). It is broken if the departure is beyond the threshold
    /// both against the scatter of the pair's own departures, widened by the Poisson noise 1/expected, and against the departures of pairs
    /// of similar size in the same year: what all pairs do in a year (a pandemic, a change of the database) is no break of one pair. The first
    /// and last year are not tested, nor years with fewer than four neighbours.
    pub fn find(series: &PairSeries, options: &BreakOptions) -> Self {
        let first = series.years().from;
        let pairs: Vec<(Pair, &[u64])> = series.pairs().collect();
        let mut tests: Vec<(Pair, Vec<YearTest>)> =
            pairs.par_iter().map(|(pair, works)| (*pair, departures(first, works, options))).collect();
        compare_with_peers(&mut tests, options);
        for test in tests.iter_mut().flat_map(|(_, tests)| tests) {
            test.broken = test.own.abs() > options.threshold && test.peers.abs() > options.threshold && test.own * test.peers > 0.0;
        }
        Breaks { tests: tests.into_iter().filter(|(_, tests)| !tests.is_empty()).collect() }
    }

    /// Every pair with its tested years, alphabetical.
    pub fn pairs(&self) -> impl Iterator<Item = (Pair, &[YearTest])> {
        self.tests.iter().map(|(pair, tests)| (*pair, tests.as_slice()))
    }

    /// Tested years of a pair given in order.
    pub fn of(&self, pair: Pair) -> &[YearTest] {
        self.tests.get(&pair).map_or(&[], Vec::as_slice)
    }

    /// Broken years of a pair given in order.
    pub fn flagged(&self, pair: Pair) -> impl Iterator<Item = &YearTest> {
        self.of(pair).iter().filter(|test| test.broken)
    }
}

fn departures(first: i16, works: &[u64], options: &BreakOptions) -> Vec<YearTest> {
    // A trend of small counts promises nothing worth testing: spares nearly all pairs.
    if works.iter().all(|works| (*works as f64) < options.minimum_expected) {
        return Vec::new();
    }
    let logs: Vec<f64> = works.iter().map(|works| (*works as f64 + 0.5).ln()).collect();
    let reach = options.neighbours as usize;
    let mut tests = Vec::new();
    for year in 1..works.len().saturating_sub(1) {
        let window = year.saturating_sub(reach)..(year + reach + 1).min(works.len());
        let points: Vec<(f64, f64)> =
            window.filter(|&other| other != year).map(|other| (other as f64 - year as f64, logs[other])).collect();
        if points.len() < 4 {
            continue;
        }
        let Some(line) = theil_sen(&points) else { continue };
        let (expected, departure) = (line.intercept.exp() - 0.5, logs[year] - line.intercept);
        tests.push(YearTest { year: first + year as i16, works: works[year], expected, departure, own: 0.0, peers: 0.0, broken: false });
    }
    let mut values: Vec<f64> = tests.iter().map(|test| test.departure).collect();
    let Some(centre) = RobustCentre::of(&mut values) else { return tests };
    tests.retain(|test| test.expected >= options.minimum_expected);
    for test in &mut tests {
        let noise = (centre.scale.max(options.minimum_scale).powi(2) + 1.0 / test.expected).sqrt();
        test.own = (test.departure - centre.median) / noise;
    }
    tests
}

/// Sets `peers`: within a year, pairs are lined up by expected works and cut into blocks of similar size.
fn compare_with_peers(tests: &mut [(Pair, Vec<YearTest>)], options: &BreakOptions) {
    let mut years: BTreeMap<i16, Vec<&mut YearTest>> = BTreeMap::new();
    for test in tests.iter_mut().flat_map(|(_, tests)| tests) {
        years.entry(test.year).or_default().push(test);
    }
    for year in years.values_mut() {
        // The sort is stable and the pairs come in order, so that ties fall the same way each time.
        year.sort_by(|a, b| b.expected.total_cmp(&a.expected));
        let blocks = (year.len() / options.peers.max(1)).max(1);
        let size = year.len().div_ceil(blocks);
        for block in year.chunks_mut(size) {
            let mut values: Vec<f64> = block.iter().map(|test| test.departure).collect();
            if let Some(centre) = RobustCentre::of(&mut values) {
                block.iter_mut().for_each(|test| test.peers = centre.z(test.departure, options.minimum_scale));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IndicatorError, PairSeriesBuilder};

    const CODES: [&str; 12] = ["AT", "BE", "CA", "CH", "CN", "DE", "FR", "GB", "IT", "JP", "KR", "US"];

    /// All pairs of twelve countries, growing by about 5 % a year with a scatter that repeats; `shape` adds what happens to a pair in a year.
    fn series(shape: impl Fn(&str, &str, i16) -> f64) -> Result<PairSeries, IndicatorError> {
        let mut builder = PairSeriesBuilder::new();
        for (i, a) in CODES.iter().enumerate() {
            for (j, b) in CODES.iter().enumerate().skip(i + 1) {
                for year in 2005..=2023_i16 {
                    let scatter = 0.05 * (f64::from(year) * 1.7 + (i * 5 + j * 3) as f64).sin();
                    let log = 6.0 + 0.05 * f64::from(year - 2005) + scatter + shape(a, b, year);
                    builder.row(year, a, b, log.exp() as i64)?;
                }
            }
        }
        builder.build()
    }

    fn broken(series: &PairSeries) -> Vec<(Pair, i16)> {
        let breaks = Breaks::find(series, &BreakOptions::default());
        breaks.pairs().flat_map(|(pair, tests)| tests.iter().filter(|t| t.broken).map(move |t| (pair, t.year))).collect()
    }

    #[test]
    fn one_pairs_jump_is_a_break_and_everybodys_is_not() -> Result<(), IndicatorError> {
        let jump = series(|a, b, year| if (a, b, year) == ("KR", "US", 2020) { 0.5 } else { 0.0 })?;
        assert_eq!(broken(&jump), [(("KR", "US"), 2020)]);
        let everybody = series(|_, _, year| if year == 2020 { 0.5 } else { 0.0 })?;
        assert_eq!(broken(&everybody), []);
        Ok(())
    }

    #[test]
    fn korea_and_the_united_states_jump_in_2020_only() -> Result<(), IndicatorError> {
        // Joint works 2005-2023 as counted in OpenAlex in August 2024.
        let counted =
            [4674, 5340, 5654, 6299, 6883, 8052, 9137, 9869, 11189, 11489, 12044, 12206, 11991, 12434, 13433, 23409, 16866, 16442, 16019];
        let place = |year: i16| (year - 2005) as usize;
        let ordinary = |year: i16| 6.0 + 0.05 * f64::from(year - 2005) + 0.05 * (f64::from(year) * 1.7 + (10 * 5 + 11 * 3) as f64).sin();
        let real =
            |a: &str, b: &str, year| if (a, b) == ("KR", "US") { f64::ln(f64::from(counted[place(year)])) - ordinary(year) } else { 0.0 };
        assert_eq!(broken(&series(real)?), [(("KR", "US"), 2020)]);
        Ok(())
    }

    #[test]
    fn steady_growth_is_no_break_and_the_expected_lies_on_it() -> Result<(), IndicatorError> {
        assert_eq!(broken(&series(|a, _, year| if a == "CN" { 0.2 * f64::from(year - 2005) } else { 0.0 })?), []);
        // 100 doubled every year: the neighbours promise 1,600 (and a half) in the fifth.
        let mut builder = PairSeriesBuilder::new();
        for year in 0..9_i16 {
            builder.row(2000 + year, "KR", "US", 100 << year)?;
        }
        let breaks = Breaks::find(&builder.build()?, &BreakOptions::default());
        let fifth = breaks.of(("KR", "US")).iter().find(|test| test.year == 2004);
        assert!(fifth.is_some_and(|test| (test.expected - 1_600.0).abs() < 2.0 && test.departure.abs() < 2e-3), "{fifth:?}");
        Ok(())
    }

    #[test]
    fn small_pairs_and_the_ends_are_not_tested() -> Result<(), IndicatorError> {
        let mut builder = PairSeriesBuilder::new();
        for year in 2010..=2020 {
            builder.row(year, "IS", "KR", if year == 2015 { 24 } else { 2 })?;
            builder.row(year, "JP", "KR", 500)?;
        }
        let breaks = Breaks::find(&builder.build()?, &BreakOptions::default());
        assert_eq!(breaks.of(("IS", "KR")), []);
        let years: Vec<i16> = breaks.of(("JP", "KR")).iter().map(|test| test.year).collect();
        assert_eq!(years, (2011..=2019).collect::<Vec<_>>());
        Ok(())
    }
}
