//! Measures of association of two or more countries from their joint works.

use crate::statistics::Estimate;
use crate::statistics::special::poisson_interval;

/// Salton's cosine N_ij / √(N_i N_j), in [0, 1] if the joint works are among both sides' (Salton & McGill 1983). None if a side has no works.
pub fn salton(joint: f64, a: f64, b: f64) -> Option<f64> {
    (a > 0.0 && b > 0.0).then(|| joint / (a * b).sqrt())
}

/// Jaccard's index N_ij / (N_i + N_j − N_ij): joint works over the works of either (Jaccard 1901). None if there are none.
pub fn jaccard(joint: f64, a: f64, b: f64) -> Option<f64> {
    let union = a + b - joint;
    (union > 0.0).then(|| joint / union)
}

/// Probabilistic affinity index N_ij N / (N_i N_j), 1 where the two work together as often as independent partners would (Zitt, Bassecoulard &
/// Okubo 2000). `total` is N, the sum of the margins N_i. None if a side has no works.
pub fn affinity(joint: f64, a: f64, b: f64, total: f64) -> Option<f64> {
    observed_over_expected(joint, &[a, b], total).map(|estimate| estimate.value)
}

/// Joint works of two, three or more countries over what independence would give, N Π (N_k / N), with a 95 % interval from the exact interval
/// of a Poisson count (Garwood 1936). For two countries it is the probabilistic affinity index. The interval says how little a small count
/// means; it knows nothing of how the data were made. None if a margin or the total is 0.
pub fn observed_over_expected(joint: f64, margins: &[f64], total: f64) -> Option<Estimate> {
    let expected = total * margins.iter().map(|margin| margin / total).product::<f64>();
    ratio(joint, expected)
}

/// A Poisson count over a known expectation. None if nothing is expected.
pub(crate) fn ratio(observed: f64, expected: f64) -> Option<Estimate> {
    (expected > 0.0).then(|| {
        let interval = poisson_interval(observed);
        Estimate { value: observed / expected, low: interval.low / expected, high: interval.high / expected }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // 20 joint works of 100 and 400: 20/√40,000 = 0.1; 20/480; with N = 1,000: 20·1,000/40,000 = 0.5.
        assert_eq!(salton(20.0, 100.0, 400.0), Some(0.1));
        assert_eq!(jaccard(20.0, 100.0, 400.0), Some(20.0 / 480.0));
        assert!(affinity(20.0, 100.0, 400.0, 1_000.0).is_some_and(|index| (index - 0.5).abs() < 1e-12));
        // Three of 100, 200 and 500 in 1,000: 1,000·0.1·0.2·0.5 = 10 expected, 25 seen.
        assert!(observed_over_expected(25.0, &[100.0, 200.0, 500.0], 1_000.0).is_some_and(|r| (r.value - 2.5).abs() < 1e-12));
        assert_eq!((salton(0.0, 0.0, 4.0), jaccard(0.0, 0.0, 0.0), affinity(0.0, 0.0, 1.0, 2.0)), (None, None, None));
    }

    #[test]
    fn an_interval_says_how_little_a_small_count_means() {
        // Garwood: 10 events 4.795 to 18.390; with 5 expected 0.959 to 3.678.
        let found = observed_over_expected(10.0, &[50.0, 100.0], 1_000.0);
        assert!(
            found.is_some_and(|r| (r.value - 2.0).abs() < 1e-12 && (r.low - 0.959).abs() < 1e-3 && (r.high - 3.678).abs() < 1e-3),
            "{found:?}"
        );
    }

    proptest! {
        #[test]
        fn ranges_symmetry_and_scale(a in 1_u32..5_000, b in 1_u32..5_000, part in 0.0_f64..1.0, k in 2_u32..50) {
            let (a, b, k) = (f64::from(a), f64::from(b), f64::from(k));
            let joint = (a.min(b) * part).floor();
            let (Some(s), Some(j)) = (salton(joint, a, b), jaccard(joint, a, b)) else { return Err(TestCaseError::fail("none")) };
            prop_assert!((0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&j) && j <= s + 1e-12);
            prop_assert_eq!(salton(joint, b, a), Some(s));
            let larger = affinity(k * joint, k * a, k * b, k * 20_000.0);
            prop_assert!(larger.zip(affinity(joint, a, b, 20_000.0)).is_some_and(|(x, y)| (x - y).abs() < 1e-9 * (1.0 + y)));
        }
    }
}
