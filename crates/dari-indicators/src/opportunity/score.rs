//! The score: a weighted geometric mean of the components.

use super::Components;
use crate::IndicatorError;

/// What each component counts for: 0 or more, not all 0; only the ratios matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Weight of [`Components::strength`].
    pub strength: f64,
    /// Weight of [`Components::complementarity`].
    pub complementarity: f64,
    /// Weight of [`Components::momentum`].
    pub momentum: f64,
    /// Weight of [`Components::unrealised`].
    pub unrealised: f64,
    /// Weight of [`Components::investment`].
    pub investment: f64,
    /// Weight of [`Components::policy`].
    pub policy: f64,
}

impl Default for Weights {
    /// All 1.
    fn default() -> Self {
        Weights::of([1.0; 6])
    }
}

impl Weights {
    fn of([strength, complementarity, momentum, unrealised, investment, policy]: [f64; 6]) -> Self {
        Weights { strength, complementarity, momentum, unrealised, investment, policy }
    }

    /// In the order of the fields.
    pub fn values(&self) -> [f64; 6] {
        [self.strength, self.complementarity, self.momentum, self.unrealised, self.investment, self.policy]
    }

    /// Whether the weights can be used.
    ///
    /// # Errors
    /// If one is below 0 or not finite, or all are 0.
    pub fn check(&self) -> Result<(), IndicatorError> {
        let fail = |found| IndicatorError::Range { what: "weight of a component".to_owned(), found, expected: "0 or more, and not all 0" };
        match self.values().into_iter().find(|weight| !(*weight >= 0.0 && weight.is_finite())) {
            Some(weight) => Err(fail(weight)),
            None if self.values().iter().all(|weight| *weight == 0.0) => Err(fail(0.0)),
            None => Ok(()),
        }
    }

    /// Places of the weights above 0 and the concentrations of the Dirichlet distribution around them: the weights scaled to a mean of 1, so
    /// that its mean is the user's weights and equal weights draw evenly from all possible ones. A weight of 0 stays 0.
    pub fn concentrations(&self) -> (Vec<usize>, Vec<f64>) {
        let values = self.values();
        let places: Vec<usize> = (0..values.len()).filter(|&place| values[place] > 0.0).collect();
        let sum: f64 = values.iter().sum();
        let concentrations = places.iter().map(|&place| values[place] / sum * places.len() as f64).collect();
        (places, concentrations)
    }

    pub(super) fn from_shares(shares: &[f64], places: &[usize]) -> Self {
        let mut values = [0.0; 6];
        for (share, place) in shares.iter().zip(places) {
            values[*place] = *share;
        }
        Weights::of(values)
    }
}

// What a component of 0 is worth: low enough to weigh, high enough that the others still show.
const FLOOR: f64 = 0.05;

/// Weighted geometric mean of the components that exist (the aggregation of the Human Development Index, UNDP 2010), in [0, 1]:
/// S = (Π (ε + (1 − ε) c_k)^(w_k / Σw) − ε) / (1 − ε) with ε = 0.05. The lift by ε keeps one zero from hiding everything; taking it off
/// again gives 0 for all zeros and c for all equal c. Rises with every component of positive weight. None if no component with positive weight exists, or
/// none is known of what the countries do in the technology: what is left would rank it by its absence.
pub fn score(components: &Components, weights: &Weights) -> Option<f64> {
    components.strength.or(components.complementarity).or(components.momentum)?;
    let (mut sum, mut logs) = (0.0, 0.0);
    for (component, weight) in components.values().into_iter().zip(weights.values()) {
        if let Some(component) = component {
            sum += weight;
            logs += weight * (FLOOR + (1.0 - FLOOR) * component).ln();
        }
    }
    (sum > 0.0).then(|| (((logs / sum).exp() - FLOOR) / (1.0 - FLOOR)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some(values: [f64; 6]) -> Components {
        let [strength, complementarity, momentum, unrealised, investment, policy] = values.map(Some);
        Components { strength, complementarity, momentum, unrealised, investment, policy }
    }

    #[test]
    fn worked_by_hand() {
        // Two components that exist, 0 and 1, equal weights: (√(0.05·1) − 0.05)/0.95.
        let two = Components { strength: Some(0.0), momentum: Some(1.0), ..Components::default() };
        let equal = Weights::default();
        assert!(score(&two, &equal).is_some_and(|s| (s - (0.05_f64.sqrt() - 0.05) / 0.95).abs() < 1e-12));
        // Three times the weight on momentum: (0.05^¼ − 0.05)/0.95.
        let more = Weights { momentum: 3.0, ..equal };
        assert!(score(&two, &more).is_some_and(|s| (s - (0.05_f64.powf(0.25) - 0.05) / 0.95).abs() < 1e-12));
        assert_eq!(score(&Components::default(), &equal), None);
        assert_eq!(score(&two, &Weights { strength: 0.0, momentum: 0.0, ..equal }), None);
    }

    #[test]
    fn weights_that_cannot_be_used() {
        assert!(Weights { policy: -1.0, ..Weights::default() }.check().is_err());
        assert!(Weights::of([0.0; 6]).check().is_err());
        assert!(Weights { policy: f64::NAN, ..Weights::default() }.check().is_err());
        // Weights 1, 3 and four zeros: places 0 and 1, concentrations 0.5 and 1.5.
        assert_eq!(Weights::of([1.0, 3.0, 0.0, 0.0, 0.0, 0.0]).concentrations(), (vec![0, 1], vec![0.5, 1.5]));
    }

    proptest! {
        #[test]
        fn in_bounds_monotone_and_blind_to_the_scale_of_weights(
            values in prop::array::uniform6(0.0_f64..0.9), weights in prop::array::uniform6(0.01_f64..5.0), k in 0_usize..6, scale in 0.1_f64..9.0) {
            let (components, weights) = (some(values), Weights::of(weights));
            let Some(base) = score(&components, &weights) else { return Err(TestCaseError::fail("no score")) };
            prop_assert!((0.0..=1.0).contains(&base));
            let mut higher = values;
            higher[k] += 0.1;
            prop_assert!(score(&some(higher), &weights).is_some_and(|s| s > base));
            let scaled = Weights::of(weights.values().map(|weight| weight * scale));
            prop_assert!(score(&components, &scaled).is_some_and(|s| (s - base).abs() < 1e-12));
            prop_assert!(score(&some([values[0]; 6]), &weights).is_some_and(|s| (s - values[0]).abs() < 1e-12));
        }
    }
}
