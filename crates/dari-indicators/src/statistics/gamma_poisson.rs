//! Ratios of small counts, shrunk towards their common mean.

use super::special::gamma_interval;
use super::{Estimate, Interval};

/// How ratios of observed to expected counts scatter: Gamma(shape, rate), whose mean is shape / rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaPrior {
    /// Shape.
    pub shape: f64,
    /// Rate: how many expected works the prior is worth.
    pub rate: f64,
}

impl GammaPrior {
    /// Fits the prior to units with (observed, expected) counts by the method of moments weighted with the expected counts (empirical Bayes;
    /// Clayton & Kaldor 1987, Marshall 1991).
    ///
    /// m = ΣO/ΣE; s² = ΣE(O/E − m)²/ΣE; variance A = s² − m/Ē with Ē the mean of E. Where the counts scatter no more than chance does
    /// (A ≤ 0), A is m/ΣE, the variance with which m itself is known, so that an interval never has no width.
    /// Units with nothing expected are left out. None if nothing was observed.
    pub fn fit(units: impl Iterator<Item = (f64, f64)> + Clone) -> Option<GammaPrior> {
        let units = units.filter(|unit| unit.1 > 0.0);
        let (observed, expected, count) = units.clone().fold((0.0, 0.0, 0.0), |sum, (o, e)| (sum.0 + o, sum.1 + e, sum.2 + 1.0));
        if observed <= 0.0 || expected <= 0.0 {
            return None;
        }
        let mean = observed / expected;
        let scatter = units.map(|(o, e)| e * (o / e - mean).powi(2)).sum::<f64>() / expected;
        let variance = (scatter - mean * count / expected).max(mean / expected);
        Some(GammaPrior { shape: mean * mean / variance, rate: mean / variance })
    }

    /// Posterior mean of a unit's ratio: (shape + observed) / (rate + expected).
    pub fn mean(self, observed: f64, expected: f64) -> f64 {
        (self.shape + observed) / (self.rate + expected)
    }

    /// Posterior mean with the equal-tailed 95 % credible interval of Gamma(shape + observed, rate + expected).
    pub fn estimate(self, observed: f64, expected: f64) -> Estimate {
        let Interval { low, high } = gamma_interval(self.shape + observed, self.rate + expected);
        Estimate { value: self.mean(observed, expected), low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // O = 30, 10; E = 20, 20: m = 40/40 = 1; s² = (20·0.5² + 20·0.5²)/40 = 0.25; A = 0.25 − 1·2/40 = 0.2; shape 1/0.2 = 5, rate 5.
        let prior = GammaPrior::fit([(30.0, 20.0), (10.0, 20.0)].into_iter());
        assert!(prior.is_some_and(|p| (p.shape - 5.0).abs() < 1e-12 && (p.rate - 5.0).abs() < 1e-12), "{prior:?}");
        // (5 + 30)/(5 + 20) = 1.4: between the raw 1.5 and the mean 1.
        assert!(prior.is_some_and(|p| (p.mean(30.0, 20.0) - 1.4).abs() < 1e-12));
    }

    #[test]
    fn no_more_scatter_than_chance_gives_the_mean() {
        // Equal ratios of 2: s² = 0, so A = m/ΣE = 2/100: shape 4/0.02 = 200, rate 100.
        let prior = GammaPrior::fit([(100.0, 50.0), (100.0, 50.0)].into_iter());
        assert!(prior.is_some_and(|p| (p.shape - 200.0).abs() < 1e-9 && (p.rate - 100.0).abs() < 1e-9), "{prior:?}");
        assert_eq!(GammaPrior::fit([(0.0, 5.0)].into_iter()), None);
    }

    proptest! {
        #[test]
        fn shrinks_between_raw_and_mean(units in prop::collection::vec((0_u32..500, 1_u32..500), 2..20)) {
            let units: Vec<(f64, f64)> = units.into_iter().map(|(o, e)| (f64::from(o), f64::from(e))).collect();
            if let Some(prior) = GammaPrior::fit(units.iter().copied()) {
                let mean = prior.shape / prior.rate;
                for (o, e) in units {
                    let estimate = prior.estimate(o, e);
                    let (low, high) = if o / e < mean { (o / e, mean) } else { (mean, o / e) };
                    prop_assert!(estimate.value >= low - 1e-9 && estimate.value <= high + 1e-9);
                    prop_assert!(estimate.low <= estimate.value && estimate.value <= estimate.high);
                }
            }
        }
    }
}
