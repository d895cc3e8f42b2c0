//! The course of cooperation of a pair or set of countries.

use std::collections::BTreeMap;

use crate::between::Basis;
use crate::pairs::PairSeries;
use crate::quality::breaks::Breaks;
use crate::statistics::Estimate;
use crate::statistics::robust::theil_sen;
use crate::{IndicatorError, Period, country_set};

/// A year of a course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendYear {
    /// The year.
    pub year: i16,
    /// Joint works; of a larger set the sum over its pairs, in which a work of three of its countries counts three times.
    pub works: u64,
    /// Joint works with every broken pair-year as its neighbours would have it.
    pub mended: f64,
    /// Whether the year is broken for a pair of the set.
    pub broken: bool,
}

/// The course of a pair or set.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The countries, alphabetical.
    pub countries: Vec<&'static str>,
    /// What the numbers rest on.
    pub basis: Basis,
    /// Years of the window, in order.
    pub years: Vec<TrendYear>,
    /// Theil-Sen slope of ln(works + ½) a year with Sen's 95 % interval, over all years. None with fewer than two years.
    pub growth: Option<Estimate>,
    /// The same without the broken years.
    pub growth_without_broken: Option<Estimate>,
}

/// The course of two or more countries' joint works over the years of a window that the data hold, with broken years ([`Breaks::find`]) marked
/// and the growth with and without them (Theil 1950, Sen 1968).
///
/// # Errors
/// If the set is not two or more different countries, or the data have no year in the window.
pub fn trend(series: &PairSeries, breaks: &Breaks, set: &[&str], window: Period) -> Result<Trend, IndicatorError> {
    let countries = country_set(set)?;
    let all = series.years();
    let (from, to) = (window.from.max(all.from), window.to.min(all.to));
    if from > to {
        return Err(IndicatorError::Window(window));
    }
    let empty = |year| (year, TrendYear { year, works: 0, mended: 0.0, broken: false });
    let mut years: BTreeMap<i16, TrendYear> = (from..=to).map(empty).collect();
    for (index, a) in countries.iter().enumerate() {
        for b in &countries[index + 1..] {
            for (place, works) in series.of(a, b)?.unwrap_or_default().iter().enumerate() {
                if let Some(year) = years.get_mut(&(all.from + place as i16)) {
                    year.works += works;
                    year.mended += *works as f64;
                }
            }
            for test in breaks.flagged((a, b)) {
                if let Some(year) = years.get_mut(&test.year) {
                    year.broken = true;
                    year.mended += test.expected - test.works as f64;
                }
            }
        }
    }
    let years: Vec<TrendYear> = years.into_values().collect();
    let slope = |keep: &dyn Fn(&TrendYear) -> bool| {
        let kept = years.iter().filter(|year| keep(year));
        let points: Vec<(f64, f64)> = kept.map(|year| (f64::from(year.year), (year.works as f64 + 0.5).ln())).collect();
        theil_sen(&points).map(|line| Estimate { value: line.slope, low: line.low, high: line.high })
    };
    let (growth, growth_without_broken) = (slope(&|_| true), slope(&|year| !year.broken));
    let basis = if countries.len() == 2 { Basis::Pair } else { Basis::PairsOfSet };
    Ok(Trend { countries, basis, years, growth, growth_without_broken })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PairSeriesBuilder;
    use crate::quality::breaks::BreakOptions;

    #[test]
    fn a_broken_year_is_marked_mended_and_left_out() -> Result<(), IndicatorError> {
        let mut builder = PairSeriesBuilder::new();
        for year in 0..11_i16 {
            // KR-US doubles every year but for a year of eight times as much; others hold still.
            let works = 100_i64 << year;
            builder.row(2010 + year, "KR", "US", if year == 5 { works * 8 } else { works })?;
            for (a, b) in [("DE", "FR"), ("DE", "GB"), ("FR", "GB"), ("JP", "KR"), ("JP", "US")] {
                builder.row(2010 + year, a, b, 1_000)?;
            }
        }
        let series = builder.build()?;
        let breaks = Breaks::find(&series, &BreakOptions::default());
        let pair = trend(&series, &breaks, &["US", "KR"], Period { from: 2010, to: 2020 })?;
        let broken: Vec<i16> = pair.years.iter().filter(|year| year.broken).map(|year| year.year).collect();
        assert_eq!(broken, [2015]);
        // 100·2⁵ = 3,200 where 25,600 were counted.
        assert!(pair.years[5].works == 25_600 && (pair.years[5].mended - 3_200.0).abs() < 5.0, "{:?}", pair.years[5]);
        let without = pair.growth_without_broken;
        assert!(without.is_some_and(|g| (g.value - 2.0_f64.ln()).abs() < 1e-3 && g.high - g.low < 1e-2), "{without:?}");
        // Two years, 1,600 then 25,600: ln 16 a year; without the broken one a single year has no growth.
        let two = trend(&series, &breaks, &["US", "KR"], Period { from: 2014, to: 2015 })?;
        assert!(two.growth.is_some_and(|g| (g.value - 16.0_f64.ln()).abs() < 1e-3) && two.growth_without_broken.is_none());
        // With Japan: three pairs a year, 2,000 of them with Japan.
        let three = trend(&series, &breaks, &["JP", "KR", "US"], Period { from: 2015, to: 2016 })?;
        assert_eq!((three.basis, three.years[0].works, three.years[0].broken), (Basis::PairsOfSet, 27_600, true));
        assert_eq!((three.years[1].works, three.years[1].broken), (8_400, false));
        assert!(trend(&series, &breaks, &["KR", "US"], Period { from: 1990, to: 1999 }).is_err());
        Ok(())
    }
}
