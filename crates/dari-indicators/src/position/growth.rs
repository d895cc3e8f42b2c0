//! Growth between periods.

use crate::Period;
use crate::statistics::robust::theil_sen;
use crate::statistics::{Estimate, Z95};

/// Annualised growth of log counts per year, one count a period: 0.07 is about 7 % a year. Against `reference` counts it is the difference
/// of the two growths (METHODS.md, "Momentum").
///
/// Counts x become ln((x + ½) / years of the period), so that zero has a logarithm and periods of different length compare.
/// - Two periods: difference of the logs over the years between the midpoints; 95 % interval from the variance Σ 1/(x + ½) of Poisson counts
///   (a country is part of the reference, which makes the interval of a momentum a little too wide).
/// - Three and more: Theil-Sen slope of the logs over the midpoints with Sen's interval (Theil 1950, Sen 1968).
///
/// None with fewer than two periods, or if the lengths differ.
pub fn growth(periods: &[Period], counts: &[f64], reference: Option<&[f64]>) -> Option<Estimate> {
    if periods.len() < 2 || counts.len() != periods.len() || reference.is_some_and(|r| r.len() != periods.len()) {
        return None;
    }
    let log = |p: usize| {
        let own = ((counts[p] + 0.5) / periods[p].years()).ln();
        own - reference.map_or(0.0, |reference| ((reference[p] + 0.5) / periods[p].years()).ln())
    };
    if periods.len() > 2 {
        let points: Vec<(f64, f64)> = periods.iter().enumerate().map(|(p, period)| (period.midpoint(), log(p))).collect();
        return theil_sen(&points).map(|line| Estimate { value: line.slope, low: line.low, high: line.high });
    }
    let years = periods[1].midpoint() - periods[0].midpoint();
    let variance: f64 = counts.iter().chain(reference.unwrap_or_default()).map(|count| 1.0 / (count + 0.5)).sum();
    let value = (log(1) - log(0)) / years;
    let half = Z95 * variance.sqrt() / years;
    Some(Estimate { value, low: value - half, high: value + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [Period; 2] = [Period { from: 2010, to: 2014 }, Period { from: 2020, to: 2024 }];

    #[test]
    fn two_periods_by_hand() {
        // ln(199.5 + ½) − ln(99.5 + ½) = ln 2 over 10 years; variance 1/100 + 1/200 = 0.015.
        let found = growth(&TWO, &[99.5, 199.5], None);
        let half = 1.959_964 * 0.015_f64.sqrt() / 10.0;
        assert!(
            found.is_some_and(|g| (g.value - 2.0_f64.ln() / 10.0).abs() < 1e-12 && (g.high - g.value - half).abs() < 1e-7),
            "{found:?}"
        );
        // Against a reference that grew as much: nothing is left, and the interval is wider.
        let momentum = growth(&TWO, &[99.5, 199.5], Some(&[999.5, 1_999.5]));
        assert!(momentum.zip(found).is_some_and(|(m, g)| m.value.abs() < 1e-12 && m.high > g.high - g.value));
    }

    #[test]
    fn periods_of_different_length_compare_per_year() {
        // 100 works in 5 years and 20 in one year are the same pace.
        let periods = [TWO[0], Period { from: 2020, to: 2020 }];
        assert!(growth(&periods, &[99.5, 19.5], None).is_some_and(|g| g.value.abs() < 1e-12));
    }

    #[test]
    fn three_periods_by_theil_sen() {
        // Logs 0, ln 2, ln 8 at midpoints 0, 1, 2 years apart: slopes ln 2, 2 ln 2, 1.5 ln 2.
        let year = |y| Period { from: y, to: y };
        let found = growth(&[year(2000), year(2001), year(2002)], &[0.5, 1.5, 7.5], None);
        assert!(found.is_some_and(|g| (g.value - 1.5 * 2.0_f64.ln()).abs() < 1e-9 && (g.low - 2.0_f64.ln()).abs() < 1e-9), "{found:?}");
        assert_eq!(growth(&TWO[..1], &[1.0], None), None);
    }
}
