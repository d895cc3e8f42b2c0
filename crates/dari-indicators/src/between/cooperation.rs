//! Cooperation of a set of countries from pair counts.

use super::similarity::{affinity, jaccard, ratio, salton};
use super::{Expectation, Expected};
use crate::pairs::{Pair, PairCounts};
use crate::statistics::Estimate;
use crate::{IndicatorError, Period, country_set};

/// What the figures of a set rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The set is a pair.
    Pair,
    /// The set is larger, the data hold pairs only: figures are of its pairs, not of works that all of them wrote together.
    PairsOfSet,
}

/// Figures of a pair. "Works" of a side are its joint works with all other countries, for the pair series holds no others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairFigures {
    /// The pair.
    pub pair: Pair,
    /// Joint works in the window.
    pub joint: f64,
    /// Each side's joint works with all others.
    pub margins: (f64, f64),
    /// Joint works of the pair as shares of [`margins`](Self::margins).
    pub shares: (Option<f64>, Option<f64>),
    /// Salton's cosine (Salton & McGill 1983).
    pub salton: Option<f64>,
    /// Jaccard's index (Jaccard 1901).
    pub jaccard: Option<f64>,
    /// Probabilistic affinity index (Zitt, Bassecoulard & Okubo 2000).
    pub affinity: Option<f64>,
    /// Joint works expected under the chosen rule.
    pub expected: f64,
    /// Joint works over the expected, with a 95 % interval of the count (Garwood 1936). None if nothing is expected.
    pub intensity: Option<Estimate>,
}

/// Figures of a set of countries.
#[derive(Debug, Clone, PartialEq)]
pub struct SetFigures {
    /// Years of the counts.
    pub years: Period,
    /// The rule of the expected numbers.
    pub expectation: Expectation,
    /// What the figures rest on.
    pub basis: Basis,
    /// Every pair of the set, alphabetical.
    pub pairs: Vec<PairFigures>,
    /// The smallest intensity of a pair: a set is held back by its weakest link. None if a pair has no expectation.
    pub weakest: Option<f64>,
    /// Geometric mean of the pairs' intensities (0 if a pair never worked together). None if a pair has no expectation.
    pub mean: Option<f64>,
}

impl SetFigures {
    /// Unrealised cooperation 1 / (1 + mean intensity), in [0, 1]: ½ where the countries work together as much as expected, 1 where they
    /// never do. None if the mean is.
    pub fn unrealised(&self) -> Option<f64> {
        self.mean.map(|intensity| 1.0 / (1.0 + intensity))
    }

    /// Joint works a year by which the pairs of the set fall short of the expected, summed over the pairs that do.
    pub fn shortfall_per_year(&self) -> f64 {
        self.pairs.iter().map(|pair| (pair.expected - pair.joint).max(0.0)).sum::<f64>() / self.years.years()
    }
}

/// Figures of two or more countries from joint works of pairs (METHODS.md, "Between countries"). The order of the countries does not matter.
///
/// # Errors
/// If the set has fewer than two countries, names one twice or holds a code that is no country.
pub fn cooperation(counts: &PairCounts, set: &[&str], expectation: Expectation) -> Result<SetFigures, IndicatorError> {
    let set = country_set(set)?;
    let expected = Expected::fit(counts, expectation);
    let mut pairs = Vec::new();
    for (index, a) in set.iter().enumerate() {
        pairs.extend(set[index + 1..].iter().map(|b| figures(counts, &expected, (a, b))));
    }
    let intensities: Option<Vec<f64>> = pairs.iter().map(|pair| pair.intensity.map(|intensity| intensity.value)).collect();
    let weakest = intensities.as_ref().map(|all| all.iter().copied().fold(f64::INFINITY, f64::min));
    let mean = intensities.map(|all| (all.iter().map(|value| value.ln()).sum::<f64>() / all.len() as f64).exp());
    let basis = if set.len() == 2 { Basis::Pair } else { Basis::PairsOfSet };
    Ok(SetFigures { years: counts.years(), expectation, basis, pairs, weakest, mean })
}

fn figures(counts: &PairCounts, expected: &Expected, pair: Pair) -> PairFigures {
    let joint = counts.joint(pair);
    let margin = |code| counts.margins().get(code).copied().unwrap_or(0.0);
    let (a, b) = (margin(pair.0), margin(pair.1));
    let share = |margin: f64| (margin > 0.0).then(|| joint / margin);
    PairFigures {
        pair,
        joint,
        margins: (a, b),
        shares: (share(a), share(b)),
        salton: salton(joint, a, b),
        jaccard: jaccard(joint, a, b),
        affinity: affinity(joint, a, b, counts.total()),
        expected: expected.of(pair),
        intensity: ratio(joint, expected.of(pair)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PairSeriesBuilder;

    fn counts() -> Result<PairCounts, IndicatorError> {
        let mut builder = PairSeriesBuilder::new();
        for (a, b, works) in [("JP", "KR", 10), ("JP", "US", 20), ("KR", "US", 30)] {
            builder.row(2020, a, b, works)?;
            builder.row(2021, a, b, works)?;
        }
        builder.build()?.window(Period { from: 2020, to: 2021 }, None)
    }

    #[test]
    fn a_pair_by_hand() -> Result<(), IndicatorError> {
        let found = cooperation(&counts()?, &["US", "KR"], Expectation::Independence)?;
        // Two years: joint 60, margins KR 80, US 100, N = 240; expected 80·100/240 = 33.3; intensity 60·240/8,000 = 1.8.
        let pair = found.pairs[0];
        assert_eq!((pair.pair, pair.joint, pair.margins, pair.shares), (("KR", "US"), 60.0, (80.0, 100.0), (Some(0.75), Some(0.6))));
        assert!(pair.affinity.is_some_and(|index| (index - 1.8).abs() < 1e-12));
        assert!(found.mean.is_some_and(|mean| (mean - 1.8).abs() < 1e-12) && found.basis == Basis::Pair);
        assert!(found.unrealised().is_some_and(|u| (u - 1.0 / 2.8).abs() < 1e-12));
        assert_eq!(found.shortfall_per_year(), 0.0);
        Ok(())
    }

    #[test]
    fn three_countries_whichever_way_they_are_written() -> Result<(), IndicatorError> {
        let found = cooperation(&counts()?, &["US", "KR", "JP"], Expectation::Independence)?;
        // Margins JP 60, KR 80, US 100: intensities 20·240/4,800 = 1, 40·240/6,000 = 1.6, 1.8; mean (1·1.6·1.8)^(1/3).
        assert!(found.weakest.is_some_and(|w| (w - 1.0).abs() < 1e-12));
        assert!(found.mean.is_some_and(|mean| (mean - 2.88_f64.cbrt()).abs() < 1e-12));
        assert_eq!((found.basis, found.pairs.len()), (Basis::PairsOfSet, 3));
        assert_eq!(cooperation(&counts()?, &["JP", "US", "KR"], Expectation::Independence)?, found);
        assert!(cooperation(&counts()?, &["JP"], Expectation::Independence).is_err());
        Ok(())
    }

    #[test]
    fn a_stranger_has_no_intensity() -> Result<(), IndicatorError> {
        let found = cooperation(&counts()?, &["DE", "US"], Expectation::QuasiIndependence)?;
        assert_eq!((found.mean, found.weakest, found.unrealised()), (None, None, None));
        Ok(())
    }
}
