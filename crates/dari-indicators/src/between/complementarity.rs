//! Complementarity of profiles over the topics of a technology.

use crate::position::activity::{expected, symmetric};
use crate::statistics::gamma_poisson::GammaPrior;

/// A topic as the basis of profiles: its works and how countries' profiles scatter on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfileTopic {
    /// Works of the reference on the topic, times the topic's weight: what the topic counts for.
    pub reference: f64,
    /// How the countries' specialisation scatters; shrinks that of small counts.
    pub prior: Option<GammaPrior>,
}

/// A country's specialisation on each topic within the technology, in [−1, 1]: the symmetric activity index (Balassa 1965, Laursen 2015)
/// with the technology in place of all science, so that being strong or weak in the technology as a whole plays no part. `works` are the
/// country's, weighted as the topics are. 0 on topics that nobody works on and for a country without works.
pub fn profile(topics: &[ProfileTopic], works: &[f64]) -> Vec<f64> {
    let (all, reference): (f64, f64) = (works.iter().sum(), topics.iter().map(|topic| topic.reference).sum());
    let on = |topic: &ProfileTopic, works: f64| match topic.prior {
        Some(prior) if all > 0.0 => symmetric(prior.mean(works, expected(all, topic.reference, reference))),
        _ => 0.0,
    };
    topics.iter().zip(works).map(|(topic, works)| on(topic, *works)).collect()
}

/// What one side's specialisation adds where the other's is weak, for one topic: √(s_a⁺ · s_b⁻) with s⁺ = max(0, s) and s⁻ = max(0, −s).
pub fn adds(own: f64, other: f64) -> f64 {
    (own.max(0.0) * (-other).max(0.0)).sqrt()
}

/// Complementarity of two profiles, in [0, 1]: C = 2 √(A · B), where A = Σ w_i √(s_ai⁺ · s_bi⁻) is what the first side adds, B what the
/// second does, and w_i is the topic's share of the reference's works.
///
/// 0 where the profiles are equal or only one side adds; near 1 where each side is strong exactly where the other is absent (A + B ≤ 1, so
/// 2√(AB) ≤ 1). In the spirit of Balassa's index turned into a measure of fit between two partners; symmetric in the two.
pub fn complementarity(topics: &[ProfileTopic], a: &[f64], b: &[f64]) -> f64 {
    let all: f64 = topics.iter().map(|topic| topic.reference).sum();
    if all <= 0.0 {
        return 0.0;
    }
    let (mut first, mut second) = (0.0, 0.0);
    for ((topic, a), b) in topics.iter().zip(a).zip(b) {
        first += topic.reference / all * adds(*a, *b);
        second += topic.reference / all * adds(*b, *a);
    }
    (2.0 * (first * second).sqrt()).min(1.0)
}

/// Complementarity of two and more profiles: the mean over all pairs of [`complementarity`]. 0 with fewer than two.
pub fn complementarity_of_set(topics: &[ProfileTopic], profiles: &[Vec<f64>]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (index, a) in profiles.iter().enumerate() {
        for b in &profiles[index + 1..] {
            sum += complementarity(topics, a, b);
            pairs += 1.0;
        }
    }
    if pairs > 0.0 { sum / pairs } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn topics(reference: &[f64]) -> Vec<ProfileTopic> {
        // A prior worth nothing, to see the formula bare.
        let prior = Some(GammaPrior { shape: 0.0, rate: 0.0 });
        reference.iter().map(|&reference| ProfileTopic { reference, prior }).collect()
    }

    #[test]
    fn two_countries_that_mirror_each_other() {
        // World 500 and 500. A has 30 and 10: index 0.75/0.5 = 1.5 and 0.5, symmetric 0.2 and −1/3; B the reverse.
        let topics = topics(&[500.0, 500.0]);
        let (a, b) = (profile(&topics, &[30.0, 10.0]), profile(&topics, &[10.0, 30.0]));
        assert!((a[0] - 0.2).abs() < 1e-12 && (a[1] + 1.0 / 3.0).abs() < 1e-12, "{a:?}");
        // Each adds ½·√(0.2/3) = 0.1291 on one topic: C = 2·0.1291 = √(0.2/3).
        assert!((complementarity(&topics, &a, &b) - (0.2_f64 / 3.0).sqrt()).abs() < 1e-12);
        // Equal profiles: nothing. A third like A: pairs AB, AA, BA: two thirds.
        assert_eq!(complementarity(&topics, &a, &a), 0.0);
        let three = complementarity_of_set(&topics, &[a.clone(), a, b]);
        assert!((three - 2.0 / 3.0 * (0.2_f64 / 3.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn adding_one_way_only_is_not_complementary() {
        // B has the world's profile (0, 0): it is weak nowhere.
        let topics = topics(&[500.0, 500.0]);
        let (a, b) = (profile(&topics, &[30.0, 10.0]), profile(&topics, &[20.0, 20.0]));
        assert_eq!(complementarity(&topics, &a, &b), 0.0);
    }

    proptest! {
        #[test]
        fn within_bounds_symmetric_and_blind_to_size(
            cells in prop::collection::vec((1_u32..1000, 0_u32..200, 0_u32..200), 2..20), k in 2_u32..20) {
            let topics = topics(&cells.iter().map(|c| f64::from(c.0)).collect::<Vec<_>>());
            let works = |scale: f64, pick: &dyn Fn(&(u32, u32, u32)) -> u32| cells.iter().map(|c| scale * f64::from(pick(c))).collect::<Vec<_>>();
            let (a, b) = (profile(&topics, &works(1.0, &|c| c.1)), profile(&topics, &works(1.0, &|c| c.2)));
            let c = complementarity(&topics, &a, &b);
            prop_assert!((0.0..=1.0).contains(&c));
            prop_assert_eq!(complementarity(&topics, &b, &a), c);
            let large = profile(&topics, &works(f64::from(k), &|c| c.1));
            prop_assert!((complementarity(&topics, &large, &b) - c).abs() < 1e-9);
        }
    }
}
