//! How often such advice came true: the last years are hidden and foretold.

use std::sync::atomic::{AtomicUsize, Ordering};

use dari_indicators::statistics::Estimate;
use dari_indicators::statistics::bootstrap::{Bootstrap, WeightedValues};
use dari_indicators::statistics::random::generator;
use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{BoostOptions, Boosted, Corpus, Describer, Error, Example, Heuristic, Past};

/// How predictions are evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvaluationOptions {
    /// The last year that is known.
    pub until: i16,
    /// Years after it in which first joint works are foretold.
    pub horizon: i16,
    /// The most pairs that are foretold, drawn from all.
    pub pairs: usize,
    /// Pairs that did not come together, for each side of one that did.
    pub negatives: usize,
    /// The most pairs that are learned from.
    pub learned: usize,
    /// Seed of all draws.
    pub seed: u64,
    /// Resamples behind the intervals.
    pub resamples: u32,
    /// How the model grows.
    pub boost: BoostOptions,
}

impl EvaluationOptions {
    /// 2,000 pairs against 250 on each side, learned from 20,000.
    pub fn new(until: i16, horizon: i16) -> EvaluationOptions {
        let boost = BoostOptions::default();
        EvaluationOptions { until, horizon, pairs: 2_000, negatives: 250, learned: 20_000, seed: 1, resamples: 1_000, boost }
    }
}

/// Which links are foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Links {
    /// All.
    All,
    /// Those between members of different countries; against pairs that are international too.
    International,
}

/// Against which pairs that did not come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hardness {
    /// Drawn at random.
    Random,
    /// Those that heuristics rank first ([`Describer::likely`]).
    Hard,
}

/// How well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Share of pairs among the first 50 of those of both sides.
    Hits50,
    /// Mean of 1 / rank.
    Mrr,
    /// Average precision of a member's list, mean over members.
    AveragePrecision,
    /// Normalised discounted cumulative gain of the first 20 of a member's list, mean over members.
    Ndcg20,
}

impl Measure {
    /// All.
    pub const ALL: [Measure; 4] = [Measure::Hits50, Measure::Mrr, Measure::AveragePrecision, Measure::Ndcg20];
}

/// One figure of the evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The model, or a heuristic.
    pub method: &'static str,
    /// Which links.
    pub links: Links,
    /// Against which pairs.
    pub hardness: Hardness,
    /// Which measure.
    pub measure: Measure,
    /// Its value, from 0 to 1, with the 95 % interval over resamples of pairs (or members).
    pub value: Estimate,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// All figures; the model's stand first.
    pub scores: Vec<Score>,
    /// The pairs foretold: two samples, of all and of international ones, that are drawn apart.
    pub samples: Vec<Sample>,
}

/// Pairs that were foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Of which links.
    pub links: Links,
    /// How many were drawn. There are no figures where they are too few.
    pub drawn: usize,
    /// From how many.
    pub of: usize,
}

/// Told how many members pairs were described of, of how many; from any thread.
pub type Watch<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The name of the model among methods.
const MODEL: &str = "dari";
/// Methods: the model, then the heuristics.
const METHODS: usize = 1 + Heuristic::ALL.len();
/// Pairs without which nothing can be learned or said.
pub const LEAST: usize = 30;
/// Pairs that did not come together to learn from, for each that did: hard ones and random ones.
const LEARNED_HARD: usize = 20;
const LEARNED_RANDOM: usize = 40;

/// Pairs of members known by a year that had not worked together by then and did in the years after, in order.
fn first_links(corpus: &Corpus, past: &Past, from: i16, to: i16) -> Vec<(u32, u32)> {
    let known = |member: u32| past.member(member).works > 0;
    let mut pairs: Vec<(u32, u32)> = corpus.between(from, to).iter().flat_map(|work| work.pairs()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.retain(|(a, b)| known(*a) && known(*b) && past.graph().weight(*a, *b).is_none());
    pairs
}

/// Pairs drawn from all, in order.
fn drawn(mut pairs: Vec<(u32, u32)>, most: usize, seed: u64, stream: &str) -> Vec<(u32, u32)> {
    if pairs.len() > most {
        pairs.shuffle(&mut generator(seed, stream));
        pairs.truncate(most);
        pairs.sort_unstable();
    }
    pairs
}

/// Members with those they came together with.
fn by_source(pairs: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, Vec<u32>)> {
    let mut sources: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (source, other) in pairs {
        sources.entry(source).or_default().push(other);
    }
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort_unstable();
    sources
}

/// Describes pairs of every source on all threads; gives the results in the order of the sources.
fn for_sources<R: Send>(
    past: &Past,
    sources: &[(u32, Vec<u32>)],
    watch: Watch<'_>,
    work: impl Fn(&Describer<'_>, u32, &[u32]) -> R + Sync,
) -> Vec<R> {
    let done = AtomicUsize::new(0);
    // A describer holds numbers for every member: one a thread and few more.
    let part = sources.len().div_ceil(4 * rayon::current_num_threads()).max(1);
    let of_part = |part: &[(u32, Vec<u32>)]| {
        let mut describer = Describer::new(past);
        let mut one = |(source, others): &(u32, Vec<u32>)| {
            describer.turn_to(*source);
            let result = work(&describer, *source, others);
            watch(done.fetch_add(1, Ordering::Relaxed) + 1, sources.len());
            result
        };
        part.iter().map(&mut one).collect::<Vec<R>>()
    };
    sources.par_chunks(part).flat_map_iter(of_part).collect()
}

/// Members that a source has not come together with by the end of the years foretold.
struct Strangers<'a> {
    past: &'a Past,
    known: Vec<u32>,
    later: FxHashSet<(u32, u32)>,
}

impl<'a> Strangers<'a> {
    fn new(corpus: &Corpus, past: &'a Past, from: i16, to: i16) -> Strangers<'a> {
        Strangers { past, known: past.known().collect(), later: first_links(corpus, past, from, to).into_iter().collect() }
    }

    fn allows(&self, source: u32, other: u32, links: Links) -> bool {
        source != other
            && self.past.member(other).works > 0
            && (links == Links::All || self.past.is_international(source, other))
            && self.past.graph().weight(source, other).is_none()
            && !self.later.contains(&(source.min(other), source.max(other)))
    }

    /// Some at random that `wanted` lets through too, without repetition, fewer where there are hardly any; and how many there are in all, by the share of
    /// draws that hit one.
    fn random(&self, source: u32, links: Links, count: usize, rng: &mut impl Rng, wanted: impl Fn(u32) -> bool) -> (Vec<u32>, f64) {
        let (mut taken, mut found) = (FxHashSet::default(), Vec::new());
        let (mut draws, mut hits) = (0u32, 0u32);
        for _ in 0..20 * count {
            if found.len() >= count || self.known.is_empty() {
                break;
            }
            let other = self.known[rng.random_range(0..self.known.len())];
            draws += 1;
            if self.allows(source, other, links) && wanted(other) {
                hits += 1;
                if taken.insert(other) {
                    found.push(other);
                }
            }
        }
        let there = self.known.len() as f64 * f64::from(hits) / f64::from(draws.max(1));
        (found, there)
    }
}

/// Learns from the pairs that came together in the `horizon` years up to `until`, described by what was known before.
///
/// # Errors
/// If there are too few.
pub fn learn(corpus: &Corpus, options: &EvaluationOptions, watch: Watch<'_>) -> Result<Boosted, Error> {
    let (cut, until) = (options.until - options.horizon, options.until);
    let past = Past::new(corpus, cut);
    let pairs = drawn(first_links(corpus, &past, cut + 1, until), options.learned, options.seed, "learned pairs");
    if pairs.len() < LEAST {
        return Err(Error::FewPairs { found: pairs.len(), from: cut + 1, to: until, least: LEAST });
    }
    let strangers = Strangers::new(corpus, &past, cut + 1, until);
    // Each pair from one of its sides, in turn.
    let sources = by_source(pairs.iter().enumerate().map(|(number, (a, b))| if number % 2 == 0 { (*a, *b) } else { (*b, *a) }));
    let rows: Vec<Vec<Example>> = for_sources(&past, &sources, watch, |describer, source, others| {
        let mut rng = generator(options.seed, &format!("learned from {source}"));
        let mut rows: Vec<Example> = Vec::new();
        // Against pairs of the same kind, so that it is not learned that most pairs are of one country.
        let (international, domestic): (Vec<u32>, Vec<u32>) = others.iter().partition(|other| past.is_international(source, **other));
        for (links, others) in [(Links::International, international), (Links::All, domestic)] {
            if others.is_empty() {
                continue;
            }
            let likely = describer.likely(options.negatives, |other| strangers.allows(source, other, links));
            let is_likely: FxHashSet<u32> = likely.iter().copied().collect();
            for other in others {
                rows.push(Example { features: describer.features(other), together: true, weight: 1.0 });
                // Few stand for many: those drawn from the likely ones for these, those drawn from the others for all others.
                let hard: Vec<u32> = likely.choose_multiple(&mut rng, LEARNED_HARD).copied().collect();
                let (random, there) = strangers.random(source, links, LEARNED_RANDOM, &mut rng, |other| !is_likely.contains(&other));
                for (strangers, there) in [(hard, likely.len() as f64), (random, there)] {
                    let weight = there / strangers.len().max(1) as f64;
                    let example = |stranger| Example { features: describer.features(stranger), together: false, weight };
                    rows.extend(strangers.into_iter().map(example));
                }
            }
        }
        rows
    });
    Ok(Boosted::learn(&rows.concat(), &options.boost))
}

/// What a member's list says of each method: for each of those it came together with how many stand above (equal ones half), and how good the list is.
struct Query {
    source: u32,
    above: Vec<(u32, [f64; METHODS])>,
    precision: [f64; METHODS],
    gain: [f64; METHODS],
}

/// Hides the years after `until`, foretells the pairs that came together for the first time in the `horizon` years after, and measures how well; beside heuristics.
///
/// # Errors
/// If too few pairs came together.
pub fn evaluate(corpus: &Corpus, model: &Boosted, options: &EvaluationOptions, watch: Watch<'_>) -> Result<Evaluation, Error> {
    let past = Past::new(corpus, options.until);
    let (from, to) = (options.until + 1, options.until + options.horizon);
    let all = first_links(corpus, &past, from, to);
    if all.len() < LEAST {
        return Err(Error::FewPairs { found: all.len(), from, to, least: LEAST });
    }
    let international: Vec<(u32, u32)> = all.iter().copied().filter(|(a, b)| past.is_international(*a, *b)).collect();
    let strangers = Strangers::new(corpus, &past, from, to);
    let (mut scores, mut samples) = (Vec::new(), Vec::new());
    for (links, pairs, stream) in
        [(Links::All, all, "foretold pairs"), (Links::International, international, "foretold international pairs")]
    {
        let of = pairs.len();
        let pairs = drawn(pairs, options.pairs.max(LEAST), options.seed, stream);
        samples.push(Sample { links, drawn: pairs.len(), of });
        if pairs.len() < LEAST {
            continue;
        }
        let sources = by_source(pairs.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]));
        for hardness in [Hardness::Random, Hardness::Hard] {
            let queries = for_sources(&past, &sources, watch, |describer, source, others| {
                let against = match hardness {
                    Hardness::Random => {
                        let mut rng = generator(options.seed, &format!("against {source}"));
                        strangers.random(source, links, options.negatives, &mut rng, |_| true).0
                    }
                    Hardness::Hard => describer.likely(options.negatives, |other| strangers.allows(source, other, links)),
                };
                ask(describer, model, source, others, &against)
            });
            scores.extend(measured(&queries, links, hardness, options));
        }
    }
    Ok(Evaluation { scores, samples })
}

/// Ranks those that a source came together with among those that it did not.
fn ask(describer: &Describer<'_>, model: &Boosted, source: u32, others: &[u32], against: &[u32]) -> Query {
    let scores = |member: u32| -> [f64; METHODS] {
        let mut scores = [0.0; METHODS];
        scores[0] = model.log_odds(&describer.features(member));
        for (score, heuristic) in scores[1..].iter_mut().zip(Heuristic::ALL) {
            *score = describer.score(heuristic, member);
        }
        scores
    };
    let true_ones: Vec<[f64; METHODS]> = others.iter().map(|other| scores(*other)).collect();
    let false_ones: Vec<[f64; METHODS]> = against.iter().map(|other| scores(*other)).collect();
    let above = |own: &[f64; METHODS]| {
        let mut above = [0.0; METHODS];
        for (method, above) in above.iter_mut().enumerate() {
            for other in &false_ones {
                *above += if other[method] > own[method] {
                    1.0
                } else if other[method] == own[method] {
                    0.5
                } else {
                    0.0
                };
            }
        }
        above
    };
    let above: Vec<[f64; METHODS]> = true_ones.iter().map(above).collect();
    let (mut precision, mut gain) = ([0.0; METHODS], [0.0; METHODS]);
    for method in 0..METHODS {
        // Where each true one stands: behind false ones above and true ones above; equal ones count half.
        let mut standing: Vec<f64> = above.iter().map(|above| above[method]).collect();
        standing.sort_unstable_by(f64::total_cmp);
        let ranks: Vec<f64> = standing.iter().enumerate().map(|(number, above)| above + number as f64 + 1.0).collect();
        precision[method] = ranks.iter().enumerate().map(|(number, rank)| (number as f64 + 1.0) / rank).sum::<f64>() / ranks.len() as f64;
        let discounted = |rank: f64| if rank <= 20.0 { 1.0 / (rank + 1.0).log2() } else { 0.0 };
        let best: f64 = (1..=ranks.len()).map(|rank| discounted(rank as f64)).sum();
        gain[method] = ranks.iter().map(|rank| discounted(*rank)).sum::<f64>() / best;
    }
    Query { source, above: others.iter().copied().zip(above).collect(), precision, gain }
}

fn measured(queries: &[Query], links: Links, hardness: Hardness, options: &EvaluationOptions) -> Vec<Score> {
    // A pair's rank is among the false ones of both its sides.
    let mut pairs: FxHashMap<(u32, u32), [f64; METHODS]> = FxHashMap::default();
    for query in queries {
        for (other, above) in &query.above {
            let sums = pairs.entry((query.source.min(*other), query.source.max(*other))).or_insert([0.0; METHODS]);
            sums.iter_mut().zip(above).for_each(|(sum, above)| *sum += above);
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable_by_key(|(pair, _)| *pair);
    let bootstrap = Bootstrap { resamples: options.resamples.max(40), ..Bootstrap::new(options.seed) };
    let mut scores = Vec::new();
    for measure in Measure::ALL {
        for method in 0..METHODS {
            let of_pairs = |of: &dyn Fn(f64) -> f64| -> Vec<f64> { pairs.iter().map(|(_, above)| of(above[method] + 1.0)).collect() };
            let values = match measure {
                Measure::Hits50 => of_pairs(&|rank| f64::from(u8::from(rank <= 50.0))),
                Measure::Mrr => of_pairs(&|rank| 1.0 / rank),
                Measure::AveragePrecision => queries.iter().map(|query| query.precision[method]).collect(),
                Measure::Ndcg20 => queries.iter().map(|query| query.gain[method]).collect(),
            };
            let mut unit = WeightedValues::new();
            // Ranks are finite numbers and weights 1: nothing is refused.
            let added = values.iter().try_for_each(|value| unit.add(*value, 1.0));
            let name = if method == 0 { MODEL } else { Heuristic::ALL[method - 1].name() };
            let stream = format!("{name} {links:?} {hardness:?} {measure:?}");
            if let (Ok(()), Ok(Some(value))) = (added, bootstrap.interval(&unit, &stream)) {
                scores.push(Score { method: name, links, hardness, measure, value });
            }
        }
    }
    scores
}
