//! Proportions with intervals.

use serde::Serialize;

/// Two-sided 95 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A share of counted cases with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Proportion {
    /// Cases that count.
    pub hits: u64,
    /// All cases, at least 1.
    pub of: u64,
    /// hits / of.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Proportion {
    /// The proportion with the Wilson score interval (Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference"):
    /// (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.96. `None` without cases, or with more hits than cases.
    pub fn wilson(hits: u64, of: u64) -> Option<Self> {
        if of == 0 || hits > of {
            return None;
        }
        let n = of as f64;
        let value = hits as f64 / n;
        let centre = value + Z * Z / (2.0 * n);
        let half = Z * (value * (1.0 - value) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        // Exactly 0 and 1 at the ends, where rounding would leave a trace.
        let low = if hits == 0 { 0.0 } else { (centre - half) / scale };
        let high = if hits == of { 1.0 } else { (centre + half) / scale };
        Some(Proportion { hits, of, value, low, high })
    }
}

/// Cohen's kappa of two readers who say yes or no (Cohen 1960, "A Coefficient of Agreement for Nominal Scales"): (p_o − p_e) / (1 − p_e), where
/// p_o is the share of cases they agree on and p_e what chance would give. Counts: both yes, first alone, second alone, neither.
/// `None` where chance alone gives full agreement (both always say the same one thing) or without cases.
pub fn kappa(both: u64, first: u64, second: u64, neither: u64) -> Option<f64> {
    let n = (both + first + second + neither) as f64;
    let observed = (both + neither) as f64 / n;
    let (yes_1, yes_2) = ((both + first) as f64 / n, (both + second) as f64 / n);
    let chance = yes_1 * yes_2 + (1.0 - yes_1) * (1.0 - yes_2);
    (n > 0.0 && chance < 1.0).then(|| (observed - chance) / (1.0 - chance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wilson_by_hand() {
        // p = 0.8, n = 10: z² = 3.841459; centre 0.8 + 0.192073 = 0.992073; half 1.959964 × √(0.016 + 0.00960365) = 1.959964 × 0.160011 = 0.313616;
        // scale 1.3841459: (0.678457, 1.305689) / 1.3841459 = (0.490163, 0.943318).
        let Some(share) = Proportion::wilson(8, 10) else { unreachable!() };
        assert!((share.value - 0.8).abs() < 1e-12);
        assert!((share.low - 0.490_163).abs() < 2e-6 && (share.high - 0.943_318).abs() < 2e-6, "{share:?}");
        // No hit in 10: upper end z²/(n + z²) = 3.841459 / 13.841459 = 0.277533.
        let Some(none) = Proportion::wilson(0, 10) else { unreachable!() };
        assert!(none.low == 0.0 && (none.high - 0.277_533).abs() < 1e-6, "{none:?}");
        assert_eq!(Proportion::wilson(0, 0), None);
        assert_eq!(Proportion::wilson(2, 1), None);
    }

    #[test]
    fn kappa_by_hand() {
        // Textbook case: 20 both, 5 first alone, 10 second alone, 15 neither; p_o = 0.7, p_e = 0.5 × 0.6 + 0.5 × 0.4 = 0.5; kappa 0.4.
        assert!(kappa(20, 5, 10, 15).is_some_and(|kappa| (kappa - 0.4).abs() < 1e-12));
        assert_eq!(kappa(0, 0, 0, 9), None);
        assert_eq!(kappa(0, 0, 0, 0), None);
        assert!(kappa(3, 0, 0, 4).is_some_and(|kappa| (kappa - 1.0).abs() < 1e-12));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_value(of in 1u64..2000, part in 0.0f64..=1.0) {
            let hits = (part * of as f64) as u64;
            let Some(share) = Proportion::wilson(hits, of) else { return Err(TestCaseError::fail("none")) };
            prop_assert!(0.0 <= share.low && share.low <= share.value && share.value <= share.high && share.high <= 1.0, "{share:?}");
        }
    }
}
