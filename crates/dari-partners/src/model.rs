//! The model: a logistic regression whose weights are drawn strongly towards 0.

use rayon::prelude::*;

use crate::{FEATURES, Feature, Features, Kind};

/// A pair to learn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example {
    /// What describes it.
    pub features: Features,
    /// Whether it came together.
    pub together: bool,
    /// How many pairs it stands for, above 0.
    pub weight: f64,
}

/// Gives a pair's chance to come together.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    start: f64,
    /// What a feature is divided by before the logarithm of it and one is taken: the mean of those that are not 0. None for those taken as they are.
    scales: [Option<f64>; COUNT],
    means: [f64; COUNT],
    weights: [f64; COUNT],
    /// From the logarithm of the odds to that of odds that come true: start and slope.
    chances: (f64, f64),
    /// How far every feature moves the logarithm of the odds.
    importance: [f64; COUNT],
}

const COUNT: usize = FEATURES.len();
/// Precision of the normal prior of each weight, for features of deviation 1. Large: of some hundred pairs that came together most of what weights could learn is chance, and
/// where there are thousands it does not matter.
const PRIOR: f64 = 1000.0;
/// Steps of Newton's method, at most; a dozen are needed. And halvings of one.
const STEPS: usize = 100;
const HALVINGS: usize = 30;
/// Rows that are summed at once.
const PART: usize = 8_192;

impl Model {
    /// Learns from pairs, each standing for as many as its weight says; features of the kinds `without` say nothing.
    pub fn learn(pairs: &[Example], without: &[Kind]) -> Model {
        let mut model = Model {
            start: 0.0,
            scales: [None; COUNT],
            means: [0.0; COUNT],
            weights: [0.0; COUNT],
            chances: (0.0, 1.0),
            importance: [0.0; COUNT],
        };
        for ((feature, about), scale) in FEATURES.iter().enumerate().zip(&mut model.scales) {
            if about.as_it_is {
                continue;
            }
            let values = pairs.iter().map(|pair| f64::from(pair.features[feature]).abs()).filter(|value| *value > 0.0);
            let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            *scale = Some(if count > 0.0 { sum / count } else { 1.0 });
        }
        let mut rows: Vec<[f64; COUNT]> = pairs.iter().map(|pair| model.scaled(&pair.features)).collect();
        let count = rows.len().max(1) as f64;
        let mut deviations = [0.0; COUNT];
        for (feature, deviation) in deviations.iter_mut().enumerate() {
            let mean = rows.iter().map(|row| row[feature]).sum::<f64>() / count;
            *deviation = (rows.iter().map(|row| (row[feature] - mean).powi(2)).sum::<f64>() / count).sqrt();
            model.means[feature] = mean;
            // What is the same everywhere says nothing.
            if without.contains(&FEATURES[feature].kind) {
                *deviation = 0.0;
            }
            let by = if *deviation > 1e-9 { *deviation } else { f64::INFINITY };
            rows.iter_mut().for_each(|row| row[feature] = (row[feature] - mean) / by);
        }
        let outcomes: Vec<(bool, f64)> = pairs.iter().map(|pair| (pair.together, pair.weight)).collect();
        let weights = newton(&rows, &outcomes, PRIOR);
        model.start = weights[COUNT];
        for (feature, deviation) in deviations.into_iter().enumerate().filter(|(_, deviation)| *deviation > 1e-9) {
            model.weights[feature] = weights[feature] / deviation;
            model.importance[feature] = weights[feature].abs();
        }
        model
    }

    fn scaled(&self, features: &Features) -> [f64; COUNT] {
        let mut row = [0.0; COUNT];
        for ((value, feature), scale) in row.iter_mut().zip(features).zip(self.scales) {
            let feature = f64::from(*feature);
            *value = scale.map_or(feature, |scale| feature.signum() * (feature.abs() / scale).ln_1p());
        }
        row
    }

    /// What every feature adds to the logarithm of the odds, against a pair of means.
    pub fn terms(&self, features: &Features) -> [f64; COUNT] {
        let mut terms = self.scaled(features);
        for ((term, mean), weight) in terms.iter_mut().zip(self.means).zip(self.weights) {
            *term = (*term - mean) * weight;
        }
        terms
    }

    /// Logarithm of the odds that a pair comes together: 0 is even.
    pub fn log_odds(&self, features: &Features) -> f64 {
        self.start + self.terms(features).iter().sum::<f64>()
    }

    /// The chance that a pair comes together.
    pub fn chance(&self, features: &Features) -> f64 {
        chance(self.chances.0 + self.chances.1 * self.log_odds(features))
    }

    /// From now on chances are those of a line through the logarithms of odds, made by [`chances`].
    pub(crate) fn set_chances(&mut self, chances: (f64, f64)) {
        self.chances = chances;
    }

    /// Features with how far they move the logarithm of the odds (the deviation of their terms over what was learned from), most first.
    pub fn importance(&self) -> Vec<(Feature, f64)> {
        let mut all: Vec<(Feature, f64)> = FEATURES.into_iter().zip(self.importance).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// The model as numbers, to be kept.
    pub fn numbers(&self) -> Vec<f64> {
        let scales = self.scales.iter().map(|scale| scale.unwrap_or(0.0));
        let of_features = scales.chain(self.means).chain(self.weights).chain(self.importance);
        [self.start, self.chances.0, self.chances.1].into_iter().chain(of_features).collect()
    }

    /// The model of [these numbers](Model::numbers); None if they are none's.
    pub fn from_numbers(numbers: &[f64]) -> Option<Model> {
        let (&[start, from, slope], of_features) = numbers.split_first_chunk()?;
        let parts: Vec<[f64; COUNT]> = of_features.chunks(COUNT).map(|part| part.try_into().ok()).collect::<Option<_>>()?;
        let [scales, means, weights, importance] = parts.try_into().ok()?;
        if numbers.iter().any(|number| !number.is_finite()) {
            return None;
        }
        // Scales are means of what is above 0.
        let scales = scales.map(|scale| (scale > 0.0).then_some(scale));
        Some(Model { start, scales, means, weights, chances: (from, slope), importance })
    }
}

fn chance(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The line from logarithms of odds, as a model gives them, to those that make chances come true (Platt 1999), from (log odds, came together, weight).
pub(crate) fn chances(pairs: &[(f64, bool, f64)]) -> (f64, f64) {
    let rows: Vec<[f64; 1]> = pairs.iter().map(|pair| [pair.0]).collect();
    let outcomes: Vec<(bool, f64)> = pairs.iter().map(|pair| (pair.1, pair.2)).collect();
    let weights = newton(&rows, &outcomes, 0.0);
    (weights[1], weights[0])
}

/// Weights of the columns and, last, the start, by Newton's method from the odds of all; a step that leads away from the best is halved.
fn newton<const N: usize>(rows: &[[f64; N]], outcomes: &[(bool, f64)], prior: f64) -> Vec<f64> {
    let size = N + 1;
    let of = |wanted: bool| outcomes.iter().filter(|(together, _)| *together == wanted).map(|(_, weight)| weight).sum::<f64>() + 0.5;
    let mut weights = vec![0.0; size];
    weights[N] = (of(true) / of(false)).ln();
    let mut best = loss(rows, outcomes, &weights, prior);
    for _ in 0..STEPS {
        let (mut gradient, mut hessian) = slopes(rows, outcomes, &weights);
        for column in 0..size {
            // The start has no prior but what keeps the system solvable.
            let prior = if column < N { prior } else { 0.0 };
            gradient[column] -= prior * weights[column];
            hessian[column * size + column] += prior + 1e-9;
        }
        let Some(step) = solve(hessian, gradient) else { break };
        let mut part = 1.0;
        let better = (0..HALVINGS).find_map(|_| {
            let next: Vec<f64> = weights.iter().zip(&step).map(|(weight, step)| weight + part * step).collect();
            part /= 2.0;
            let loss = loss(rows, outcomes, &next, prior);
            (loss < best).then_some((next, loss))
        });
        let Some((next, loss)) = better else { break };
        let gained = best - loss;
        (weights, best) = (next, loss);
        if gained < 1e-9 * best.abs() {
            break;
        }
    }
    weights
}

fn log_odds<const N: usize>(row: &[f64; N], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(x, weight)| x * weight).sum::<f64>() + weights[N]
}

/// Minus the logarithm of the likelihood, and of the prior. Parts of a fixed size are summed in their order: the same on any number of threads.
fn loss<const N: usize>(rows: &[[f64; N]], outcomes: &[(bool, f64)], weights: &[f64], prior: f64) -> f64 {
    let of_one = |(row, (together, weight)): (&[f64; N], &(bool, f64))| {
        let odds = log_odds(row, weights);
        let against = if *together { -odds } else { odds };
        // ln(1 + e^x), for large x too.
        weight * (against.max(0.0) + (-against.abs()).exp().ln_1p())
    };
    let of_part = |(rows, outcomes): (&[[f64; N]], &[(bool, f64)])| rows.iter().zip(outcomes).map(of_one).sum::<f64>();
    let parts: Vec<f64> = rows.par_chunks(PART).zip(outcomes.par_chunks(PART)).map(of_part).collect();
    parts.into_iter().sum::<f64>() + prior / 2.0 * weights[..N].iter().map(|weight| weight * weight).sum::<f64>()
}

/// Gradient, and minus the lower half of the Hessian, of the logarithm of the likelihood.
fn slopes<const N: usize>(rows: &[[f64; N]], outcomes: &[(bool, f64)], weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let size = N + 1;
    let of_part = |(rows, outcomes): (&[[f64; N]], &[(bool, f64)])| {
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
        let mut x = vec![1.0; size];
        for (row, (together, weight)) in rows.iter().zip(outcomes) {
            x[..N].copy_from_slice(row);
            let chance = chance(log_odds(row, weights));
            let (slope, curve) = (weight * (f64::from(u8::from(*together)) - chance), weight * chance * (1.0 - chance));
            for a in 0..size {
                gradient[a] += slope * x[a];
                let of_a = curve * x[a];
                hessian[a * size..=a * size + a].iter_mut().zip(&x).for_each(|(sum, x)| *sum += of_a * x);
            }
        }
        (gradient, hessian)
    };
    let parts: Vec<_> = rows.par_chunks(PART).zip(outcomes.par_chunks(PART)).map(of_part).collect();
    let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
    for (of_gradient, of_hessian) in parts {
        gradient.iter_mut().zip(of_gradient).for_each(|(sum, part)| *sum += part);
        hessian.iter_mut().zip(of_hessian).for_each(|(sum, part)| *sum += part);
    }
    (gradient, hessian)
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

    fn example(values: &[(usize, f32)], together: bool, weight: f64) -> Example {
        let mut features = [0.0; COUNT];
        values.iter().for_each(|(place, value)| features[*place] = *value);
        Example { features, together, weight }
    }

    #[test]
    fn learns_what_is_there_and_finds_nothing_in_noise() {
        // Pairs come together in proportion to the first feature; the second is as often high for those that did as for others.
        let pairs: Vec<Example> = (0..20_000u32)
            .map(|number| {
                let (a, b) = (number % 10, number / 10 % 10);
                example(&[(0, a as f32), (1, b as f32)], number / 100 % 10 < a, 1.0)
            })
            .collect();
        let model = Model::learn(&pairs, &[]);
        let at = |a: f32, b: f32| model.chance(&example(&[(0, a), (1, b)], false, 1.0).features);
        assert!(at(9.0, 5.0) > 0.7 && at(1.0, 5.0) < 0.3, "{} {}", at(9.0, 5.0), at(1.0, 5.0));
        assert!((at(5.0, 9.0) - at(5.0, 0.0)).abs() < 0.01);
        assert_eq!(model.importance()[0].0, FEATURES[0]);
        assert_eq!(Model::from_numbers(&model.numbers()), Some(model.clone()));
        assert_eq!(Model::from_numbers(&model.numbers()[1..]), None);
        // Without links, of which the first feature is, nothing is left that tells.
        let blind = Model::learn(&pairs, &[Kind::Links]);
        let spread = blind.chance(&example(&[(0, 9.0)], false, 1.0).features) - blind.chance(&example(&[(0, 0.0)], false, 1.0).features);
        assert!(spread == 0.0 && blind.importance()[0].1 == 0.0);
        // Of a dozen pairs nothing is learned but how many come together.
        let few = Model::learn(&pairs[..12], &[]);
        let spread = few.chance(&example(&[(0, 9.0)], false, 1.0).features) - few.chance(&example(&[(0, 0.0)], false, 1.0).features);
        assert!(spread.abs() < 0.02, "{spread}");
    }

    #[test]
    fn knows_nothing_from_nothing_but_how_many_there_are() {
        // One of two, but the one that did not come together stands for nine: a tenth.
        let pairs: Vec<Example> = (0..100).map(|number| example(&[], number % 2 == 0, if number % 2 == 0 { 1.0 } else { 9.0 })).collect();
        let model = Model::learn(&pairs, &[]);
        assert!((model.chance(&example(&[(3, 9.0)], true, 1.0).features) - 0.1).abs() < 0.01);
        assert!(Model::learn(&[], &[]).log_odds(&example(&[], true, 1.0).features).is_finite());
    }

    #[test]
    fn a_step_too_far_is_halved() {
        // Pairs that one feature all but separates, and rare: full steps of Newton's method run away here.
        let rows: Vec<[f64; 2]> = (0..2_000).map(|n| [f64::from(n % 50) - 25.0, if n % 1_000 == 999 { 30.0 } else { 0.0 }]).collect();
        let outcomes: Vec<(bool, f64)> = (0..2_000).map(|n| (n % 1_000 == 999, if n % 1_000 == 999 { 1.0 } else { 500.0 })).collect();
        let weights = newton(&rows, &outcomes, 1e-3);
        let (gradient, _) = slopes(&rows, &outcomes, &weights);
        // At the best the slope of the likelihood is that of the prior.
        assert!(
            (0..2).all(|column| (gradient[column] - 1e-3 * weights[column]).abs() < 1e-2) && gradient[2].abs() < 1e-2,
            "{gradient:?} {weights:?}"
        );
    }

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
