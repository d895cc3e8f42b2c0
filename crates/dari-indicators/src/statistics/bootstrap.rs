//! Stability intervals: how a weighted mean of a unit moves when its works are drawn again.

use rand::Rng;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Estimate;
use super::binomial::binomial;
use super::random::{generator, normal};
use crate::IndicatorError;

// Works that a resample draws one by one.
const MOST_WORKS: u64 = 4_096;
// Classes that a resample draws one by one. A unit with more, and more works, has them gathered into groups of nearly equal value and weight.
const MOST_GROUPS: usize = 512;
// Draws below which a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 50_000;

/// Values of a unit's works with their weights, works with the same value and weight counted as one class. The indicator is Σ w·v / Σ w.
///
/// Filled work by work and merged in any order with the same result. Memory: about 30 bytes a class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeightedValues {
    classes: FxHashMap<(u64, u64), u64>,
    works: u64,
}

impl WeightedValues {
    /// Without works.
    pub fn new() -> Self {
        WeightedValues::default()
    }

    /// Adds a work.
    ///
    /// # Errors
    /// If the value is no finite number or the weight not finite and above 0.
    pub fn add(&mut self, value: f64, weight: f64) -> Result<(), IndicatorError> {
        self.add_works(value, weight, 1)
    }

    /// Adds a number of works of one value and weight.
    ///
    /// # Errors
    /// If the value is no finite number or the weight not finite and above 0.
    pub fn add_works(&mut self, value: f64, weight: f64, works: u64) -> Result<(), IndicatorError> {
        if !value.is_finite() {
            return Err(IndicatorError::Range { what: "value of a work".to_owned(), found: value, expected: "a finite number" });
        }
        if !weight.is_finite() || weight <= 0.0 {
            return Err(IndicatorError::Range { what: "weight of a work".to_owned(), found: weight, expected: "a finite number above 0" });
        }
        if works > 0 {
            // Adding 0 makes −0 and 0 one value.
            *self.classes.entry(((value + 0.0).to_bits(), weight.to_bits())).or_default() += works;
            self.works += works;
        }
        Ok(())
    }

    /// Adds the works of another part of the unit.
    pub fn merge(&mut self, other: &WeightedValues) {
        for (class, works) in &other.classes {
            *self.classes.entry(*class).or_default() += works;
        }
        self.works += other.works;
    }

    /// Number of works.
    pub fn works(&self) -> u64 {
        self.works
    }

    /// The weighted mean Σ w·v / Σ w. None without works.
    pub fn mean(&self) -> Option<f64> {
        mean(&self.sorted())
    }

    fn sorted(&self) -> Vec<Class> {
        let class =
            |(&(value, weight), &works): (&(u64, u64), &u64)| Class { value: f64::from_bits(value), weight: f64::from_bits(weight), works };
        let mut all: Vec<Class> = self.classes.iter().map(class).collect();
        all.sort_unstable_by(|a, b| a.value.total_cmp(&b.value).then(a.weight.total_cmp(&b.weight)));
        all
    }
}

#[derive(Debug, Clone, Copy)]
struct Class {
    value: f64,
    weight: f64,
    works: u64,
}

// In the order of the classes, so that the sum is the same to the last bit however they were filled.
fn mean(classes: &[Class]) -> Option<f64> {
    let (sum, weight) = classes.iter().fold((0.0, 0.0), |sums, class| {
        let weight = class.works as f64 * class.weight;
        (sums.0 + weight * class.value, sums.1 + weight)
    });
    (weight > 0.0).then(|| sum / weight)
}

/// How resamples are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Resamples, at least 40 for the interval to have ends.
    pub resamples: u32,
    /// The user's seed.
    pub seed: u64,
    /// Threads at most. They change the time, not a bit of the result.
    pub threads: usize,
}

impl Bootstrap {
    /// 1,000 resamples (METHODS.md, "Stability interval") on one thread.
    pub fn new(seed: u64) -> Self {
        Bootstrap { resamples: 1_000, seed, threads: 1 }
    }

    /// The weighted mean with its 95 % stability interval: the values between which it lies in 95 % of the resamples of the unit's works,
    /// each as many works as the unit has, drawn with replacement (CWTS Leiden Ranking, "Stability intervals"; percentile interval, Efron
    /// 1979, with CWTS's order statistics: of 1,000 the 26th and the 976th). It says how much the value rests on single works, nothing of
    /// errors in the data; of one work it has no width. None without works.
    ///
    /// `stream` names the unit and the indicator: the draws of one do not depend on which others are computed.
    ///
    /// Up to 4,096 works are drawn one by one. Of more, a resample is one multinomial draw over the classes of works, which is the same. A
    /// unit of more than 512 classes has its nearest ones gathered: the number of works drawn from a group is exact, and what the works drawn add to the sums
    /// around the group's mean is drawn for all groups together from the normal distribution with the exact covariance. The spread within
    /// groups is a small part of the whole and the sum of thousands of works, so that the interval has the right mean and variance and only
    /// the skewness of that small part is lost.
    ///
    /// # Errors
    /// If there are fewer than 40 resamples.
    pub fn interval(&self, works: &WeightedValues, stream: &str) -> Result<Option<Estimate>, IndicatorError> {
        if self.resamples < 40 {
            return Err(IndicatorError::Range { what: "resamples".to_owned(), found: f64::from(self.resamples), expected: "at least 40" });
        }
        let classes = works.sorted();
        let Some(value) = mean(&classes) else { return Ok(None) };
        let sample = Sample::new(classes, works.works, MOST_GROUPS);
        let mut means = self.means(&sample, stream);
        means.sort_unstable_by(f64::total_cmp);
        let place = |thousandths: usize| means[(means.len() * thousandths / 1_000).min(means.len() - 1)];
        Ok(Some(Estimate { value, low: place(25), high: place(975) }))
    }

    fn means(&self, sample: &Sample, stream: &str) -> Vec<f64> {
        let mut means = vec![0.0; self.resamples as usize];
        // Every resample has its own stream of random numbers, so that it does not matter which thread draws it.
        let fill = |first: usize, part: &mut [f64]| {
            for (index, mean) in part.iter_mut().enumerate() {
                *mean = sample.resample(&mut generator(self.seed, &format!("{stream} resample {}", first + index)));
            }
        };
        let worth = (sample.groups.len().max(sample.single.len()) * means.len() / WORTH_A_THREAD).max(1);
        let threads = self.threads.clamp(1, worth);
        let length = means.len().div_ceil(threads);
        if threads == 1 {
            fill(0, &mut means);
            return means;
        }
        std::thread::scope(|scope| {
            for (index, part) in means.chunks_mut(length).enumerate() {
                let fill = &fill;
                scope.spawn(move || fill(index * length, part));
            }
        });
        means
    }
}

/// Works of nearly the same value and weight: means of w·v and w, and how they vary within the group.
#[derive(Debug, Clone, Copy)]
struct Group {
    works: u64,
    product: f64,
    weight: f64,
    product_variance: f64,
    covariance: f64,
    weight_variance: f64,
}

impl Group {
    fn of(classes: &[Class]) -> Group {
        let works: u64 = classes.iter().map(|class| class.works).sum();
        let mean = |of: &dyn Fn(&Class) -> f64| {
            // A group of one class is that class to the last bit.
            if let [class] = classes {
                of(class)
            } else {
                classes.iter().map(|class| class.works as f64 * of(class)).sum::<f64>() / works as f64
            }
        };
        let (product, weight) = (mean(&|class| class.weight * class.value), mean(&|class| class.weight));
        Group {
            works,
            product,
            weight,
            product_variance: mean(&|class| (class.weight * class.value - product).powi(2)),
            covariance: mean(&|class| (class.weight * class.value - product) * (class.weight - weight)),
            weight_variance: mean(&|class| (class.weight - weight).powi(2)),
        }
    }
}

/// A unit's works, ready to be drawn from.
struct Sample {
    /// w·v and w of every work, where there are few.
    single: Vec<(f64, f64)>,
    groups: Vec<Group>,
    works: u64,
    gathered: bool,
}

impl Sample {
    fn new(mut classes: Vec<Class>, works: u64, most: usize) -> Sample {
        // Where most classes are of single works, drawing works is less to do than drawing how many of each class.
        if works <= MOST_WORKS && works < 8 * classes.len() as u64 {
            let single =
                classes.iter().flat_map(|class| std::iter::repeat_n((class.weight * class.value, class.weight), class.works as usize));
            return Sample { single: single.collect(), groups: Vec::new(), works, gathered: false };
        }
        // Leading bits of value and weight: with all 52 of the mantissa every class is its own group, with 4 a group is at most 6 % wide.
        let key = |class: &Class, bits: u32| {
            let leading = |number: f64| number.to_bits() >> (52 - bits);
            (leading(class.value), leading(class.weight))
        };
        let mut bits = 52;
        if classes.len() > most {
            let fits = |bits: u32| {
                let mut keys = FxHashSet::default();
                classes.iter().all(|class| {
                    keys.insert(key(class, bits));
                    keys.len() <= most
                })
            };
            bits = (0..=12).rev().find(|bits| fits(*bits)).unwrap_or(0);
            classes.sort_unstable_by_key(|class| (key(class, bits), class.value.to_bits(), class.weight.to_bits()));
        }
        let mut groups: Vec<Group> = classes.chunk_by(|a, b| key(a, bits) == key(b, bits)).map(Group::of).collect();
        // Largest first: after a few draws little is left to be drawn. The sort is stable, so that equal groups keep the order of their
        // keys.
        groups.sort_by_key(|group| std::cmp::Reverse(group.works));
        Sample { single: Vec::new(), gathered: groups.len() < classes.len(), groups, works }
    }

    /// The weighted mean of one resample. The multinomial draw is a binomial draw for each group from what the groups before have left.
    fn resample(&self, rng: &mut impl Rng) -> f64 {
        if !self.single.is_empty() {
            let works = self.single.len();
            let (product, weight) = (0..works).fold((0.0, 0.0), |sums: (f64, f64), _| {
                let (product, weight) = self.single[rng.random_range(0..works)];
                (sums.0 + product, sums.1 + weight)
            });
            return product / weight;
        }
        let (mut left, mut population) = (self.works, self.works);
        let (mut product, mut weight) = (0.0, 0.0);
        let (mut product_variance, mut covariance, mut weight_variance) = (0.0, 0.0, 0.0);
        for group in &self.groups {
            if left == 0 {
                break;
            }
            let drawn = if group.works == population { left } else { binomial(left, group.works as f64 / population as f64, rng) };
            left -= drawn;
            population -= group.works;
            let drawn = drawn as f64;
            product += drawn * group.product;
            weight += drawn * group.weight;
            if self.gathered {
                product_variance += drawn * group.product_variance;
                covariance += drawn * group.covariance;
                weight_variance += drawn * group.weight_variance;
            }
        }
        if self.gathered {
            let (first, second) = (normal(rng), normal(rng));
            let deviation = weight_variance.sqrt();
            let slope = if deviation > 0.0 { covariance / deviation } else { 0.0 };
            weight += first * deviation;
            product += first * slope + second * (product_variance - slope * slope).max(0.0).sqrt();
        }
        product / weight
    }
}

#[cfg(test)]
mod tests;
