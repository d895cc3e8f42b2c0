//! Gradient boosting of small trees (Friedman 2001, with second-order leaves as in Chen & Guestrin 2016) on a logistic regression: no randomness, the same on every
//! number of threads.

use rayon::prelude::*;

use crate::Features;
use crate::linear::{Linear, chance};

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
    /// 60 trees of 4 levels at a rate of 0.04: few and slow, for what more of them learn is not so in other years.
    fn default() -> Self {
        BoostOptions { trees: 60, depth: 4, rate: 0.04, shrinkage: 1.0, leaf: 30.0 }
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
pub(crate) const COUNT: usize = crate::FEATURES.len();

/// A node of a tree: goes to `left` where the feature is at most `bound`, else to the next after it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Node {
    Split { feature: usize, bound: f32, left: u32 },
    Leaf(f64),
}

/// A regression and trees on it that give a pair's chance to come together.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    linear: Linear,
    trees: Vec<Vec<Node>>,
    /// From the logarithm of the odds to that of odds that come true: start and slope.
    chances: (f64, f64),
    /// How far features, and trees, move the logarithm of the odds.
    importance: Vec<(&'static str, f64)>,
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

/// The leaf that a pair comes to.
fn leaf(tree: &[Node], features: &Features) -> f64 {
    let mut at = 0;
    loop {
        match tree[at] {
            Node::Leaf(value) => return value,
            Node::Split { feature, bound, left } => at = left as usize + usize::from(features[feature] > bound),
        }
    }
}

/// Pairs that a tree sees, at least.
const PAIRS_OF_TREE: usize = 50_000;
/// Parts of the pairs, at most.
const MOST_PARTS: usize = 8;

/// Pairs that some of the trees are grown on.
struct Part<'a> {
    pairs: Vec<&'a Example>,
    table: Table,
    /// Logarithms of odds by as many trees as were added.
    scores: Vec<f64>,
    trees: usize,
}

impl Part<'_> {
    fn catch_up(&mut self, trees: &[Vec<Node>]) {
        let new = &trees[self.trees..];
        for (score, pair) in self.scores.iter_mut().zip(&self.pairs) {
            *score += new.iter().map(|tree| leaf(tree, &pair.features)).sum::<f64>();
        }
        self.trees = trees.len();
    }
}

impl Boosted {
    /// Learns from pairs, each standing for as many as its weight says.
    pub fn learn(pairs: &[Example], options: &BoostOptions) -> Boosted {
        let linear = Linear::learn(pairs);
        let importance = linear.importance(pairs);
        let mut boosted = Boosted { linear, trees: Vec::new(), chances: (0.0, 1.0), importance };
        // Of many pairs each tree sees a part, in turn: as good as all, and in a fraction of the time.
        let count = (pairs.len() / PAIRS_OF_TREE).clamp(1, MOST_PARTS);
        let mut parts: Vec<Part<'_>> = (0..count)
            .map(|number| {
                let pairs: Vec<&Example> = pairs.iter().skip(number).step_by(count).collect();
                let scores = pairs.iter().map(|pair| boosted.linear.log_odds(&pair.features)).collect();
                Part { table: Table::new(&pairs), pairs, scores, trees: 0 }
            })
            .collect();
        for number in 0..options.trees {
            let part = &mut parts[number % count];
            part.catch_up(&boosted.trees);
            let sums: Vec<Sums> = part
                .pairs
                .iter()
                .zip(&part.scores)
                .map(|(pair, score)| {
                    let (chance, weight) = (chance(*score), pair.weight * count as f64);
                    let gradient = f64::from(u8::from(pair.together)) - chance;
                    Sums { gradient: weight * gradient, hessian: weight * chance * (1.0 - chance) }
                })
                .collect();
            boosted.trees.push(grow(&sums, &part.table, options));
        }
        let mut moved = 0.0;
        for part in &mut parts {
            part.catch_up(&boosted.trees);
            let of_pair = |(pair, score): (&&Example, &f64)| (score - boosted.linear.log_odds(&pair.features)).powi(2);
            moved += part.pairs.iter().zip(&part.scores).map(of_pair).sum::<f64>();
        }
        boosted.importance.push(("trees", (moved / pairs.len().max(1) as f64).sqrt()));
        boosted
    }

    /// Logarithm of the odds that a pair comes together: 0 is even.
    pub fn log_odds(&self, features: &Features) -> f64 {
        self.linear.log_odds(features) + self.trees.iter().map(|tree| leaf(tree, features)).sum::<f64>()
    }

    /// The chance that a pair comes together.
    pub fn chance(&self, features: &Features) -> f64 {
        chance(self.chances.0 + self.chances.1 * self.log_odds(features))
    }

    /// What every feature adds to the logarithm of the odds, against a pair of means; what trees add is not among it.
    pub fn terms(&self, features: &Features) -> [f64; COUNT] {
        self.linear.terms(features)
    }

    pub(crate) fn set_chances(&mut self, chances: (f64, f64)) {
        self.chances = chances;
    }

    /// Features, and all trees together, with how far they move the logarithm of the odds (the root of the mean square over what was learned from), most first.
    pub fn importance(&self) -> Vec<(&'static str, f64)> {
        let mut all = self.importance.clone();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }
}

/// Grows a tree, level by level.
fn grow(sums: &[Sums], table: &Table, options: &BoostOptions) -> Vec<Node> {
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
            table.splits(&Level { sums, at: &at, place: &place, totals: &totals }, options)
        } else {
            vec![None; open.len()]
        };
        let mut next = Vec::new();
        let mut splits: Vec<Option<(usize, u8, u32)>> = vec![None; tree.len()];
        for ((node, total), best) in open.iter().zip(&totals).zip(best) {
            match best {
                Some((_, feature, bin)) => {
                    let left = tree.len() as u32;
                    tree[*node as usize] = Node::Split { feature, bound: table.bounds[feature][usize::from(bin)], left };
                    splits[*node as usize] = Some((feature, bin, left));
                    tree.extend([Node::Leaf(0.0), Node::Leaf(0.0)]);
                    next.extend([left, left + 1]);
                }
                None => tree[*node as usize] = Node::Leaf(options.rate * total.gradient / (total.hessian + options.shrinkage)),
            }
        }
        for (row, node) in at.iter_mut().enumerate() {
            if let Some(Some((feature, bin, left))) = splits.get(*node as usize) {
                *node = left + u32::from(table.columns[*feature][row] > *bin);
            }
        }
        open = next;
        if open.is_empty() {
            break;
        }
    }
    tree
}

/// Pairs feature by feature, for that is how sums are made: of every pair the number of bounds below its value.
struct Table {
    columns: Vec<Vec<u8>>,
    bounds: Vec<Vec<f32>>,
}

/// A level of a tree that grows.
struct Level<'a> {
    sums: &'a [Sums],
    /// The node of every pair.
    at: &'a [u32],
    /// The place of every node among the open ones; `usize::MAX` of others.
    place: &'a [usize],
    /// Sums of the open nodes.
    totals: &'a [Sums],
}

/// A split: gain, feature, bin.
type Split = (f64, usize, u8);

impl Table {
    fn new(pairs: &[&Example]) -> Table {
        let bounds: Vec<Vec<f32>> = (0..COUNT).into_par_iter().map(|feature| bounds(pairs, feature)).collect();
        let column = |(feature, bounds): (usize, &Vec<f32>)| {
            let place = |pair: &&Example| bounds.partition_point(|bound| *bound < pair.features[feature]) as u8;
            pairs.iter().map(place).collect()
        };
        let columns = bounds.par_iter().enumerate().map(column).collect();
        Table { columns, bounds }
    }

    /// The best split of every open node.
    fn splits(&self, level: &Level<'_>, options: &BoostOptions) -> Vec<Option<Split>> {
        let found: Vec<Vec<Option<Split>>> = (0..COUNT).into_par_iter().map(|feature| self.splits_by(feature, level, options)).collect();
        // Of equal gains the feature with the lower number.
        let better = |a: &Split, b: &Split| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1));
        (0..level.totals.len()).map(|node| found.iter().filter_map(|of| of[node]).max_by(better)).collect()
    }

    fn splits_by(&self, feature: usize, level: &Level<'_>, options: &BoostOptions) -> Vec<Option<Split>> {
        let mut bins = vec![Sums::default(); level.totals.len() * (BOUNDS + 1)];
        for ((node, sum), bin) in level.at.iter().zip(level.sums).zip(&self.columns[feature]) {
            let place = level.place[*node as usize];
            if place != usize::MAX {
                bins[place * (BOUNDS + 1) + usize::from(*bin)].add(*sum);
            }
        }
        let best = |(number, total): (usize, &Sums)| {
            let mut left = Sums::default();
            let mut best: Option<Split> = None;
            for bin in 0..self.bounds[feature].len() {
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
        level.totals.iter().enumerate().map(best).collect()
    }
}

/// Bounds between the values of a feature: about as many pairs that came together between each two of one half of them, others of the other half. Those
/// that came together are few, and most of them lie where of the others hardly any do.
fn bounds(pairs: &[&Example], feature: usize) -> Vec<f32> {
    let sorted = |wanted: &dyn Fn(&&&Example) -> bool| {
        let mut values: Vec<f32> = pairs.iter().filter(wanted).map(|pair| pair.features[feature]).collect();
        values.sort_unstable_by(f32::total_cmp);
        values
    };
    let mut distinct = sorted(&|_| true);
    let largest = distinct.last().copied();
    distinct.dedup();
    if distinct.len() <= BOUNDS {
        // Nothing is above the largest value.
        distinct.pop();
        return distinct;
    }
    let half = BOUNDS / 2 + 1;
    let quantiles = |values: Vec<f32>| (1..half).filter_map(|part| values.get(part * values.len() / half).copied()).collect::<Vec<_>>();
    let mut bounds = quantiles(sorted(&|pair| pair.together));
    bounds.extend(quantiles(sorted(&|pair| !pair.together)));
    bounds.sort_unstable_by(f32::total_cmp);
    bounds.dedup();
    bounds.retain(|bound| Some(*bound) != largest);
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
        let boosted = Boosted::learn(&pairs, &BoostOptions { trees: 600, rate: 0.08, leaf: 2.0, ..BoostOptions::default() });
        for pair in &pairs {
            let chance = chance(boosted.log_odds(&pair.features));
            assert!(if pair.together { chance > 0.9 } else { chance < 0.1 }, "{pair:?} {chance}");
        }
        let important: Vec<&str> = boosted.importance().into_iter().take(3).map(|(name, _)| name).collect();
        // What no single feature says is the trees'.
        assert!(important.contains(&crate::FEATURES[2]) && important.contains(&"trees"), "{important:?}");
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
