//! Random numbers that depend on seed, purpose and index alone, so that any part of the world can be made by itself and in any order.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014) is written out here because the bytes
//! of a world must not change with the version of a library.

/// What a stream of numbers is for. Streams of one purpose are independent of those of another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The permutation from places in files to works.
    Order = 1,
    /// Organisations.
    Organisation,
    /// Sources and funders.
    Venue,
    /// What is planted.
    Planted,
    /// A work's day.
    Day,
    /// A work's topic, countries, organisations, authors and the rest.
    Work,
    /// A work's references.
    References,
    /// An author's name.
    Author,
    /// Errors in a record.
    Dirt,
}

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    pub(crate) fn new(seed: u64, purpose: Purpose, index: u64) -> Random {
        let seed = mix(seed.wrapping_add(GOLDEN));
        Random(mix(seed ^ mix(index.wrapping_add(GOLDEN).wrapping_mul(GOLDEN) ^ ((purpose as u64) << 56))))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Below `n`, which is not 0; even to within n / 2^64.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// From 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of a list that is not empty.
    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

/// Draws from given weights in constant time (Walker's alias method as by Vose, 1991).
#[derive(Debug, Clone, Default)]
pub(crate) struct Alias {
    /// The column's own outcome is taken below this, the other one from it on; in 2^-32.
    cut: Box<[u32]>,
    other: Box<[u16]>,
}

impl Alias {
    /// Weights need not sum to 1; at most 65,536 of them. With none above 0 all are alike.
    pub(crate) fn new(weights: &[f64]) -> Alias {
        let n = weights.len();
        let total: f64 = weights.iter().sum();
        let scale = if total > 0.0 { n as f64 / total } else { 0.0 };
        let mut left: Vec<f64> = weights.iter().map(|weight| if scale > 0.0 { weight * scale } else { 1.0 }).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&at| left[at] < 1.0);
        let mut alias = Alias { cut: vec![u32::MAX; n].into(), other: (0..n).map(|at| at as u16).collect() };
        while let (Some(&low), Some(&high)) = (small.last(), large.last()) {
            small.pop();
            alias.cut[low] = (left[low] * 4_294_967_296.0) as u32;
            alias.other[low] = high as u16;
            left[high] -= 1.0 - left[low];
            if left[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        alias
    }

    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let bits = random.next();
        let at = (((bits >> 32) * self.cut.len() as u64) >> 32) as usize;
        if (bits as u32) < self.cut[at] || self.cut[at] == u32::MAX { at } else { usize::from(self.other[at]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_come_as_often_as_their_weights_say() {
        let weights = [0.0, 1.0, 2.0, 5.0];
        let alias = Alias::new(&weights);
        let mut random = Random::new(7, Purpose::Work, 3);
        let mut counts = [0u32; 4];
        for _ in 0..80_000 {
            counts[alias.draw(&mut random)] += 1;
        }
        assert_eq!(counts[0], 0);
        for (count, weight) in counts.iter().zip(weights) {
            // 80,000 draws: the standard deviation is below 142.
            assert!((f64::from(*count) - weight * 10_000.0).abs() < 600.0, "{counts:?}");
        }
    }

    #[test]
    fn streams_differ_by_seed_purpose_and_index() {
        let first = |seed, purpose, index| Random::new(seed, purpose, index).next();
        let one = first(1, Purpose::Work, 1);
        assert_eq!(one, first(1, Purpose::Work, 1));
        for other in [first(2, Purpose::Work, 1), first(1, Purpose::Day, 1), first(1, Purpose::Work, 2)] {
            assert_ne!(one, other);
        }
    }
}
