//! How many joint works a pair would have if partners were chosen without preference.

use std::collections::BTreeMap;

use crate::pairs::{Pair, PairCounts};

/// The rule behind an expected number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expectation {
    /// N_i N_j / N from the margins (Zitt, Bassecoulard & Okubo 2000). As it lets a country work with itself, it expects too few
    /// joint works of large countries with others.
    Independence,
    /// x_i x_j with x chosen so that the expected numbers of a country with all others add up to its margin: independence where the diagonal
    /// cannot be (quasi-independence, Goodman 1968; a gravity model whose masses are fitted and whose distance plays no part).
    #[default]
    QuasiIndependence,
}

/// Expected joint works of every pair of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    masses: BTreeMap<&'static str, f64>,
}

impl Expected {
    /// Fits the rule to the margins. Quasi-independence by damped iterative proportional fitting to a relative error of 1e-10, at most 2,000
    /// rounds (margins that no such table can have, a country with half of everything, stay approximate).
    pub fn fit(counts: &PairCounts, rule: Expectation) -> Self {
        let root = counts.total().sqrt();
        let start = counts.margins().iter().map(|(code, margin)| (*code, if root > 0.0 { margin / root } else { 0.0 }));
        let mut masses: BTreeMap<&'static str, f64> = start.collect();
        if rule == Expectation::QuasiIndependence {
            for _ in 0..2_000 {
                let sum: f64 = masses.values().sum();
                let mut error: f64 = 0.0;
                for (mass, margin) in masses.values_mut().zip(counts.margins().values()).filter(|(_, margin)| **margin > 0.0) {
                    let ratio = margin / (*mass * (sum - *mass));
                    error = error.max((ratio - 1.0).abs());
                    *mass *= ratio.sqrt();
                }
                if error < 1e-10 {
                    break;
                }
            }
        }
        Expected { masses }
    }

    /// Expected joint works of a pair; 0 if one of the two works with nobody.
    pub fn of(&self, pair: Pair) -> f64 {
        let mass = |code| self.masses.get(code).copied().unwrap_or(0.0);
        mass(pair.0) * mass(pair.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IndicatorError, PairSeriesBuilder, Period};

    fn counts(rows: &[(&str, &str, i64)]) -> Result<PairCounts, IndicatorError> {
        let mut builder = PairSeriesBuilder::new();
        for (a, b, works) in rows {
            builder.row(2020, a, b, *works)?;
        }
        builder.build()?.window(Period { from: 2020, to: 2020 }, None)
    }

    #[test]
    fn independence_by_hand() -> Result<(), IndicatorError> {
        // Margins JP 30, KR 40, US 50, N = 120: KR-US 40·50/120.
        let counts = counts(&[("JP", "KR", 10), ("JP", "US", 20), ("KR", "US", 30)])?;
        let expected = Expected::fit(&counts, Expectation::Independence).of(("KR", "US"));
        assert!((expected - 2_000.0 / 120.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn quasi_independence_gives_back_a_table_without_preferences() -> Result<(), IndicatorError> {
        // Masses CN 1, JP 2, KR 3, US 10: every pair is the product, so it is what is expected.
        let counts = counts(&[("CN", "JP", 2), ("CN", "KR", 3), ("CN", "US", 10), ("JP", "KR", 6), ("JP", "US", 20), ("KR", "US", 30)])?;
        let expected = Expected::fit(&counts, Expectation::QuasiIndependence);
        for pair in [("CN", "JP"), ("KR", "US"), ("CN", "US")] {
            assert!((expected.of(pair) - counts.joint(pair)).abs() < 1e-6, "{pair:?} {}", expected.of(pair));
        }
        // Plain independence expects fewer of the largest pair: margins KR 39, US 60, N 142: 16.5 instead of 30.
        assert!(Expected::fit(&counts, Expectation::Independence).of(("KR", "US")) < 17.0);
        assert_eq!(expected.of(("DE", "US")), 0.0);
        Ok(())
    }
}
