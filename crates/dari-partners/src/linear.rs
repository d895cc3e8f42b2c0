//! Logistic regression: what goes on and on is foretold beyond what was learned from, which trees cannot do.

use rayon::prelude::*;

use crate::boost::{COUNT, Example};
use crate::{FEATURES, Features};

/// Weights of features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linear {
    start: f64,
    /// What a feature is divided by before the logarithm of it and one is taken: the mean of those that are not 0.
    scales: [f64; COUNT],
    means: [f64; COUNT],
    weights: [f64; COUNT],
}

/// Precision of the normal prior of each weight, for features of deviation 1: draws weights towards 0.
const PRIOR: f64 = 1.0;
/// Steps of Newton's method; a handful are needed.
const STEPS: usize = 20;
/// Rows that are summed at once.
const PART: usize = 8_192;

impl Linear {
    pub(crate) fn learn(pairs: &[Example]) -> Linear {
        let mut linear = Linear { start: 0.0, scales: [1.0; COUNT], means: [0.0; COUNT], weights: [0.0; COUNT] };
        for (feature, scale) in linear.scales.iter_mut().enumerate() {
            let values = pairs.iter().map(|pair| f64::from(pair.features[feature]).abs()).filter(|value| *value > 0.0);
            let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            if count > 0.0 {
                *scale = sum / count;
            }
        }
        let mut rows: Vec<[f64; COUNT]> = pairs.iter().map(|pair| linear.logarithms(&pair.features)).collect();
        let count = rows.len().max(1) as f64;
        let mut deviations = [0.0; COUNT];
        for (feature, deviation) in deviations.iter_mut().enumerate() {
            let mean = rows.iter().map(|row| row[feature]).sum::<f64>() / count;
            *deviation = (rows.iter().map(|row| (row[feature] - mean).powi(2)).sum::<f64>() / count).sqrt();
            linear.means[feature] = mean;
            // What is the same everywhere says nothing.
            let by = if *deviation > 1e-9 { *deviation } else { f64::INFINITY };
            rows.iter_mut().for_each(|row| row[feature] = (row[feature] - mean) / by);
        }
        let outcomes: Vec<(bool, f64)> = pairs.iter().map(|pair| (pair.together, pair.weight)).collect();
        let weights = newton(&rows, &outcomes, PRIOR);
        linear.start = weights[COUNT];
        for (feature, deviation) in deviations.into_iter().enumerate().filter(|(_, deviation)| *deviation > 1e-9) {
            linear.weights[feature] = weights[feature] / deviation;
        }
        linear
    }

    fn logarithms(&self, features: &Features) -> [f64; COUNT] {
        let mut row = [0.0; COUNT];
        for ((value, feature), scale) in row.iter_mut().zip(features).zip(self.scales) {
            let scaled = f64::from(*feature) / scale;
            *value = scaled.signum() * scaled.abs().ln_1p();
        }
        row
    }

    /// What every feature adds to the logarithm of the odds, against a pair of means.
    pub(crate) fn terms(&self, features: &Features) -> [f64; COUNT] {
        let mut terms = self.logarithms(features);
        for ((term, mean), weight) in terms.iter_mut().zip(self.means).zip(self.weights) {
            *term = (*term - mean) * weight;
        }
        terms
    }

    /// Logarithm of the odds.
    pub(crate) fn log_odds(&self, features: &Features) -> f64 {
        self.start + self.terms(features).iter().sum::<f64>()
    }

    /// How far each feature moves the logarithm of the odds: the deviation of its [term](Self::terms).
    pub(crate) fn importance(&self, pairs: &[Example]) -> Vec<(&'static str, f64)> {
        let count = pairs.len().max(1) as f64;
        let mut squares = [0.0; COUNT];
        for pair in pairs {
            squares.iter_mut().zip(self.terms(&pair.features)).for_each(|(square, term)| *square += term * term / count);
        }
        FEATURES.into_iter().zip(squares.map(f64::sqrt)).collect()
    }
}

pub(crate) fn chance(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The line from logarithms of odds, as a model gives them, to those that make chances come true (Platt 1999), from (log odds, came together, weight).
pub(crate) fn chances(pairs: &[(f64, bool, f64)]) -> (f64, f64) {
    let rows: Vec<[f64; 1]> = pairs.iter().map(|pair| [pair.0]).collect();
    let outcomes: Vec<(bool, f64)> = pairs.iter().map(|pair| (pair.1, pair.2)).collect();
    let weights = newton(&rows, &outcomes, 0.0);
    (weights[1], weights[0])
}

/// Weights of the columns and, last, the start, by Newton's method from the odds of all.
fn newton<const N: usize>(rows: &[[f64; N]], outcomes: &[(bool, f64)], prior: f64) -> Vec<f64> {
    let size = N + 1;
    let of = |wanted: bool| outcomes.iter().filter(|(together, _)| *together == wanted).map(|(_, weight)| weight).sum::<f64>() + 0.5;
    let mut weights = vec![0.0; size];
    weights[N] = (of(true) / of(false)).ln();
    for _ in 0..STEPS {
        let of_part = |(rows, outcomes): (&[[f64; N]], &[(bool, f64)])| {
            let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
            let mut x = vec![1.0; size];
            for (row, (together, weight)) in rows.iter().zip(outcomes) {
                x[..N].copy_from_slice(row);
                let chance = chance(x.iter().zip(&weights).map(|(x, weight)| x * weight).sum());
                let (slope, curve) = (weight * (f64::from(u8::from(*together)) - chance), weight * chance * (1.0 - chance));
                for a in 0..size {
                    gradient[a] += slope * x[a];
                    let of_a = curve * x[a];
                    hessian[a * size..=a * size + a].iter_mut().zip(&x).for_each(|(sum, x)| *sum += of_a * x);
                }
            }
            (gradient, hessian)
        };
        // Parts of a fixed size, summed in their order: the same on any number of threads.
        let parts: Vec<_> = rows.par_chunks(PART).zip(outcomes.par_chunks(PART)).map(of_part).collect();
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
        for (of_gradient, of_hessian) in parts {
            gradient.iter_mut().zip(of_gradient).for_each(|(sum, part)| *sum += part);
            hessian.iter_mut().zip(of_hessian).for_each(|(sum, part)| *sum += part);
        }
        for column in 0..size {
            // The start has no prior but what keeps the system solvable.
            let prior = if column < N { prior } else { 0.0 };
            gradient[column] -= prior * weights[column];
            hessian[column * size + column] += prior + 1e-9;
        }
        let Some(step) = solve(hessian, gradient) else { break };
        let largest = step.iter().fold(0.0_f64, |most, step| most.max(step.abs()));
        let part = if largest > 2.0 { 2.0 / largest } else { 1.0 };
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += part * step);
        if largest < 1e-7 {
            break;
        }
    }
    weights
}

/// Solves a system with a symmetric positive matrix, of which the lower half is given (Cholesky); None if it is not positive.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for row in 0..size {
        for column in 0..=row {
            let sum: f64 = (0..column).map(|k| matrix[row * size + k] * matrix[column * size + k]).sum();
            let left = matrix[row * size + column] - sum;
            if row == column && left.is_nan() | (left <= 0.0) {
                return None;
            }
            matrix[row * size + column] = if row == column { left.sqrt() } else { left / matrix[column * size + column] };
        }
        right[row] = (right[row] - (0..row).map(|k| matrix[row * size + k] * right[k]).sum::<f64>()) / matrix[row * size + row];
    }
    for row in (0..size).rev() {
        right[row] = (right[row] - (row + 1..size).map(|k| matrix[k * size + row] * right[k]).sum::<f64>()) / matrix[row * size + row];
    }
    Some(right)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn odds_of_a_table_by_hand() {
        // Of 1 where x is 0 and 3 where it is 1, out of 4 each: odds 1/3 and 3, so a start of −ln 3 and a weight of 2 ln 3.
        let rows = [[0.0], [0.0], [1.0], [1.0]];
        let outcomes = [(true, 1.0), (false, 3.0), (true, 3.0), (false, 1.0)];
        let weights = newton(&rows, &outcomes, 0.0);
        assert!((weights[0] - 2.0 * 3f64.ln()).abs() < 1e-6 && (weights[1] + 3f64.ln()).abs() < 1e-6, "{weights:?}");
    }

    #[test]
    fn a_line_makes_chances_come_true() {
        // A model says even odds and e² to 1; in truth it is 1 in 4 and 3 in 4.
        let (start, slope) = chances(&[(0.0, true, 1.0), (0.0, false, 3.0), (2.0, true, 3.0), (2.0, false, 1.0)]);
        assert!((chance(start) - 0.25).abs() < 1e-6 && (chance(start + 2.0 * slope) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn solves_a_system_by_hand() {
        // 4x + 2y = 10, 2x + 3y = 11: x = 1, y = 3.
        let found = solve(vec![4.0, 0.0, 2.0, 3.0], vec![10.0, 11.0]).unwrap();
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 3.0).abs() < 1e-12);
        assert_eq!(solve(vec![0.0], vec![1.0]), None);
    }
}
