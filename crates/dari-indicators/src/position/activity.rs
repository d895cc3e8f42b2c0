//! Activity index: how much of its effort a country gives to a technology, against the world.

use crate::statistics::Estimate;
use crate::statistics::gamma_poisson::GammaPrior;

/// Works a country would have in a technology if it gave it the reference's share: P_c · P_wt / P_w. 0 if the reference has no works.
pub fn expected(country_total: f64, reference_technology: f64, reference_total: f64) -> f64 {
    if reference_total > 0.0 { country_total * reference_technology / reference_total } else { 0.0 }
}

/// Activity index or revealed comparative advantage (Balassa 1965; Frame 1977 for publications): (P_ct / P_c) / (P_wt / P_w), from 0 up,
/// 1 for the world itself. None if the country or the reference has no works to divide by.
pub fn activity_index(technology: f64, country_total: f64, reference_technology: f64, reference_total: f64) -> Option<f64> {
    let expected = expected(country_total, reference_technology, reference_total);
    (expected > 0.0).then(|| technology / expected)
}

/// Symmetric form (RCA − 1) / (RCA + 1), from −1 up to 1, 0 for the world (Laursen 2015).
pub fn symmetric(activity: f64) -> f64 {
    if activity.is_infinite() { 1.0 } else { (activity - 1.0) / (activity + 1.0) }
}

/// A country's activity index, raw and shrunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Activity {
    /// As counted (Balassa 1965). None if the country has no works at all.
    pub raw: Option<f64>,
    /// Shrunk towards the mean of the countries by as much as its count is small, with a 95 % credible interval
    /// ([`GammaPrior`]: empirical Bayes over the countries of the technology).
    pub shrunk: Estimate,
    /// Symmetric form of the shrunk value and its interval.
    pub symmetric: Estimate,
}

impl Activity {
    /// Of a country with `works` where `expected` would be the reference's share.
    pub fn new(prior: GammaPrior, works: f64, expected: f64) -> Self {
        let shrunk = prior.estimate(works, expected);
        let symmetric = Estimate { value: symmetric(shrunk.value), low: symmetric(shrunk.low), high: symmetric(shrunk.high) };
        Activity { raw: (expected > 0.0).then(|| works / expected), shrunk, symmetric }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // 30 of 100 works against the world's 1,000 of 10,000: 0.3/0.1 = 3; symmetric 2/4.
        assert!(activity_index(30.0, 100.0, 1_000.0, 10_000.0).is_some_and(|rca| (rca - 3.0).abs() < 1e-12));
        assert_eq!(symmetric(3.0), 0.5);
        assert_eq!((symmetric(0.0), symmetric(1.0), symmetric(f64::INFINITY)), (-1.0, 0.0, 1.0));
        assert_eq!(activity_index(0.0, 0.0, 10.0, 100.0), None);
    }

    proptest! {
        #[test]
        fn of_the_world_is_one_and_scale_does_not_matter(t in 1_u32..1000, rest in 0_u32..9000, p in 0_u32..500, r in 1_u32..500, k in 2_u32..9) {
            let (t, all, k) = (f64::from(t), f64::from(t + rest), f64::from(k));
            prop_assert!(activity_index(t, all, t, all).is_some_and(|rca| (rca - 1.0).abs() < 1e-12));
            let (p, c) = (f64::from(p), f64::from(p + r));
            let (small, large) = (activity_index(p, c, t, all), activity_index(k * p, k * c, t, all));
            prop_assert!(small.zip(large).is_some_and(|(a, b)| (a - b).abs() <= 1e-9 * a));
            prop_assert!(small.is_some_and(|rca| (-1.0..=1.0).contains(&symmetric(rca))));
        }
    }
}
