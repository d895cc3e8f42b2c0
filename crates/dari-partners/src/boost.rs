//! Gradient boosting of small trees for a probability (Friedman 2001, with second-order leaves as in Chen & Guestrin 2016): few lines, no randomness, the same on
//! every machine and number of threads.

use crate::Features;

/// How trees are grown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoostOptions {
    /// Trees.
    pub trees: usize,
    /// Levels of each tree.
    pub depth: usize,
    /// How much of a tree's correction is taken.
    pub rate: f64,
    /// Draws leaves towards 0.
    pub shrinkage: f64,
    /// Least Σ p(1 − p) in a leaf.
    pub leaf: f64,
}

impl Default for BoostOptions {
    /// 250 trees of 5 levels at a rate of 0.08.
    fn default() -> Self {
        BoostOptions { trees: 250, depth: 5, rate: 0.08, shrinkage: 1.0, leaf: 5.0 }
    }
}

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

/// Values of a feature are told apart by up to this many bounds.
const BOUNDS: usize = 63;
const COUNT: usize = crate::FEATURES.len();

/// A node of a tree: goes to `left` where the feature is at most `bound`, else to the next after it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Node {
    Split { feature: usize, bound: f32, left: u32 },
    Leaf(f64),
}

/// Trees that give a pair's chance to come together.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    start: f64,
    trees: Vec<Vec<Node>>,
    /// How much each feature's splits gained.
    gains: [f64; COUNT],
}

/// Σ gradients and Σ hessians.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    hessian: f64,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
    }

    fn less(self, other: Sums) -> Sums {
        Sums { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    fn gain(self, shrinkage: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + shrinkage)
    }
}

fn chance(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Boosted {
    /// Learns from pairs, each standing for as many as its weight says.
    pub fn learn(pairs: &[Example], options: &BoostOptions) -> Boosted {
        let all: f64 = pairs.iter().map(|pair| pair.weight).sum();
        let positives: f64 = pairs.iter().filter(|pair| pair.together).map(|pair| pair.weight).sum();
        let share = ((positives + 0.5) / (all + 1.0)).clamp(1e-9, 1.0 - 1e-9);
        let mut boosted = Boosted { start: (share / (1.0 - share)).ln(), trees: Vec::new(), gains: [0.0; COUNT] };
        let bounds: Vec<Vec<f32>> = (0..COUNT).map(|feature| bounds(pairs, feature)).collect();
        // Column by column, for that is how sums are made.
        let columns: Vec<Vec<u8>> = (0..COUNT)
            .map(|feature| {
                let place = |pair: &Example| bounds[feature].partition_point(|bound| *bound < pair.features[feature]) as u8;
                pairs.iter().map(place).collect()
            })
            .collect();
        let mut scores = vec![boosted.start; pairs.len()];
        for _ in 0..options.trees {
            let sums: Vec<Sums> = pairs
                .iter()
                .zip(&scores)
                .map(|(pair, score)| {
                    let chance = chance(*score);
                    let gradient = f64::from(u8::from(pair.together)) - chance;
                    Sums { gradient: pair.weight * gradient, hessian: pair.weight * chance * (1.0 - chance) }
                })
                .collect();
            let (tree, leaves) = boosted.grow(&sums, &columns, &bounds, options);
            for (score, leaf) in scores.iter_mut().zip(leaves) {
                if let Some(Node::Leaf(value)) = tree.get(leaf as usize) {
                    *score += value;
                }
            }
            boosted.trees.push(tree);
        }
        boosted
    }

    /// Grows a tree, level by level; gives it with the leaf of every pair.
    fn grow(&mut self, sums: &[Sums], columns: &[Vec<u8>], bounds: &[Vec<f32>], options: &BoostOptions) -> (Vec<Node>, Vec<u32>) {
        let mut tree = vec![Node::Leaf(0.0)];
        let mut at = vec![0u32; sums.len()];
        let mut open: Vec<u32> = vec![0];
        for level in 0..=options.depth {
            // Places of open nodes among the sums of this level.
            let mut place = vec![usize::MAX; tree.len()];
            open.iter().enumerate().for_each(|(number, node)| place[*node as usize] = number);
            let mut totals = vec![Sums::default(); open.len()];
            for (node, sum) in at.iter().zip(sums) {
                if let Some(total) = totals.get_mut(place[*node as usize]) {
                    total.add(*sum);
                }
            }
            let best = if level < options.depth {
                self.splits(sums, &at, &place, &totals, columns, bounds, options)
            } else {
                vec![None; open.len()]
            };
            let mut next = Vec::new();
            let mut splits: Vec<Option<(usize, u8, u32)>> = vec![None; tree.len()];
            for ((node, total), best) in open.iter().zip(&totals).zip(best) {
                match best {
                    Some((gain, feature, bin)) => {
                        let left = tree.len() as u32;
                        self.gains[feature] += gain;
                        tree[*node as usize] = Node::Split { feature, bound: bounds[feature][usize::from(bin)], left };
                        splits[*node as usize] = Some((feature, bin, left));
                        tree.extend([Node::Leaf(0.0), Node::Leaf(0.0)]);
                        next.extend([left, left + 1]);
                    }
                    None => tree[*node as usize] = Node::Leaf(options.rate * total.gradient / (total.hessian + options.shrinkage)),
                }
            }
            for (row, node) in at.iter_mut().enumerate() {
                if let Some(Some((feature, bin, left))) = splits.get(*node as usize) {
                    *node = left + u32::from(columns[*feature][row] > *bin);
                }
            }
            open = next;
            if open.is_empty() {
                break;
            }
        }
        (tree, at)
    }

    /// The best split of every open node: gain, feature, bin.
    #[allow(clippy::too_many_arguments)]
    fn splits(
        &self,
        sums: &[Sums],
        at: &[u32],
        place: &[usize],
        totals: &[Sums],
        columns: &[Vec<u8>],
        bounds: &[Vec<f32>],
        options: &BoostOptions,
    ) -> Vec<Option<(f64, usize, u8)>> {
        let of_feature = |feature: usize| -> Vec<Option<(f64, usize, u8)>> {
            let mut bins = vec![Sums::default(); totals.len() * (BOUNDS + 1)];
            for ((node, sum), bin) in at.iter().zip(sums).zip(&columns[feature]) {
                let place = place[*node as usize];
                if place != usize::MAX {
                    bins[place * (BOUNDS + 1) + usize::from(*bin)].add(*sum);
                }
            }
            let best = |(number, total): (usize, &Sums)| {
                let mut left = Sums::default();
                let mut best: Option<(f64, usize, u8)> = None;
                for bin in 0..bounds[feature].len() {
                    left.add(bins[number * (BOUNDS + 1) + bin]);
                    let right = total.less(left);
                    if left.hessian < options.leaf || right.hessian < options.leaf {
                        continue;
                    }
                    let gain = left.gain(options.shrinkage) + right.gain(options.shrinkage) - total.gain(options.shrinkage);
                    if gain > best.map_or(1e-6, |best| best.0) {
                        best = Some((gain, feature, bin as u8));
                    }
                }
                best
            };
            totals.iter().enumerate().map(best).collect()
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(COUNT);
        let share = |thread: usize| (thread..COUNT).step_by(threads).map(of_feature).collect::<Vec<_>>();
        let share = &share;
        let found: Vec<Vec<Option<(f64, usize, u8)>>> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || share(thread))).collect();
            handles.into_iter().flat_map(|handle| handle.join().unwrap_or_default()).collect()
        });
        // Of equal gains the feature with the lower number.
        let better = |a: &(f64, usize, u8), b: &(f64, usize, u8)| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1));
        (0..totals.len()).map(|node| found.iter().filter_map(|of| of[node]).max_by(better)).collect()
    }

    /// Logarithm of the odds that a pair comes together: 0 is even.
    pub fn log_odds(&self, features: &Features) -> f64 {
        let leaf = |tree: &Vec<Node>| {
            let mut at = 0;
            loop {
                match tree[at] {
                    Node::Leaf(value) => return value,
                    Node::Split { feature, bound, left } => at = left as usize + usize::from(features[feature] > bound),
                }
            }
        };
        self.start + self.trees.iter().map(leaf).sum::<f64>()
    }

    /// Features with the share of the gain that their splits brought, most first.
    pub fn importance(&self) -> Vec<(&'static str, f64)> {
        let total: f64 = self.gains.iter().sum::<f64>().max(1e-12);
        let mut all: Vec<_> = crate::FEATURES.into_iter().zip(self.gains.map(|gain| gain / total)).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }
}

/// Bounds between the values of a feature, about as many pairs between each two.
fn bounds(pairs: &[Example], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = pairs.iter().map(|pair| pair.features[feature]).collect();
    values.sort_unstable_by(f32::total_cmp);
    let mut bounds: Vec<f32> = (1..=BOUNDS).filter_map(|part| values.get(part * values.len() / (BOUNDS + 1)).copied()).collect();
    bounds.dedup();
    // Nothing is above the largest value.
    if bounds.last() == values.last() {
        bounds.pop();
    }
    // Rare values at the end are told apart too: most pairs have nothing in common.
    let mut distinct = values;
    distinct.dedup();
    if distinct.len() <= BOUNDS {
        distinct.pop();
        return distinct;
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(values: &[(usize, f32)]) -> Features {
        let mut features = [0.0; COUNT];
        values.iter().for_each(|(place, value)| features[*place] = *value);
        features
    }

    fn example(values: &[(usize, f32)], together: bool, weight: f64) -> Example {
        Example { features: pair(values), together, weight }
    }

    #[test]
    fn learns_what_is_there() {
        // Pairs come together where the first feature is above 3 and the second below 2, or the third is 1: no single split says it.
        let mut pairs = Vec::new();
        for a in 0..10u8 {
            for b in 0..10u8 {
                for c in 0..2u8 {
                    let values = [(0, f32::from(a)), (1, f32::from(b)), (2, f32::from(c))];
                    pairs.push(example(&values, (a > 3 && b < 2) || c == 1, 5.0));
                }
            }
        }
        let boosted = Boosted::learn(&pairs, &BoostOptions::default());
        for pair in &pairs {
            let chance = chance(boosted.log_odds(&pair.features));
            assert!(if pair.together { chance > 0.9 } else { chance < 0.1 }, "{pair:?} {chance}");
        }
        let important: Vec<&str> = boosted.importance().into_iter().take(3).map(|(name, _)| name).collect();
        assert!(important.contains(&crate::FEATURES[2]) && important.contains(&crate::FEATURES[0]), "{important:?}");
    }

    #[test]
    fn knows_nothing_from_nothing_but_how_many_there_are() {
        // One of two, but the one that did not come together stands for nine: a tenth.
        let pairs: Vec<Example> = (0..100).map(|number| example(&[], number % 2 == 0, if number % 2 == 0 { 1.0 } else { 9.0 })).collect();
        let boosted = Boosted::learn(&pairs, &BoostOptions::default());
        assert!((chance(boosted.log_odds(&pair(&[(3, 9.0)]))) - 0.1).abs() < 0.01);
        assert!(Boosted::learn(&[], &BoostOptions::default()).log_odds(&pair(&[])).is_finite());
    }
}
