//! How often such advice came true: the last years are hidden and foretold.

use dari_indicators::statistics::Estimate;
use dari_indicators::statistics::bootstrap::{Bootstrap, WeightedValues};
use dari_indicators::statistics::random::generator;
use rustc_hash::FxHashMap;

use crate::learn::LEAST;
use crate::pairs::{Strangers, by_source, drawn, first_links, for_sources, sample};
use crate::{Corpus, Describer, Error, Features, Heuristic, Model, Past, Watch};

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
    /// The most pairs that are learned from, of each of the spans of years learned from.
    pub learned: usize,
    /// Seed of all draws.
    pub seed: u64,
    /// Resamples behind the intervals.
    pub resamples: u32,
}

impl EvaluationOptions {
    /// 2,000 pairs against 250 on each side, learned from up to 5,000 of each span of years.
    pub fn new(until: i16, horizon: i16) -> EvaluationOptions {
        EvaluationOptions { until, horizon, pairs: 2_000, negatives: 250, learned: 5_000, seed: 1, resamples: 1_000 }
    }
}

/// Which links are foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Links {
    /// All.
    All,
    /// Those between members of different countries; against pairs that are international too.
    International,
    /// Those between a member of one side and a member of the other; against pairs across the sides too.
    Between,
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
    /// How far the model is ahead of it, pair by pair (or member by member): the mean of the differences, with the 95 % interval over resamples of the same. None
    /// for the model itself.
    pub ahead: Option<Estimate>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// All figures; the model's stand first.
    pub scores: Vec<Score>,
    /// The pairs foretold: two samples, of all and of international ones, that are drawn apart; or one of those between two sides.
    pub samples: Vec<Sample>,
    /// How chances came true, over all pairs of members known by then, of whatever side.
    pub foretold: Vec<Foretold>,
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

/// Pairs that were foretold with about the same chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foretold {
    /// The least chance.
    pub from: f64,
    /// The chance that is too high.
    pub to: f64,
    /// Pairs, estimated from a sample.
    pub pairs: f64,
    /// Σ of their chances: how many were to come together.
    pub expected: f64,
    /// How many did.
    pub together: f64,
}

/// Bounds of the chances in [`Foretold`].
const CHANCES: [f64; 9] = [0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 1.0];

/// The name of the model among methods.
const MODEL: &str = "dari";
/// Methods: the model, then the heuristics.
const METHODS: usize = 1 + Heuristic::ALL.len();
/// What a member's list says of each method: for each of those it came together with how many stand above (equal ones half), and how good the list is.
struct Query {
    source: u32,
    above: Vec<(u32, [f64; METHODS])>,
    precision: [f64; METHODS],
    gain: [f64; METHODS],
}

/// The members of two sides by what is known of the past.
pub type Sides<'a> = &'a dyn Fn(&Past) -> [Vec<u32>; 2];

/// Hides the years after `until`, foretells the pairs that came together for the first time in the `horizon` years after, and measures how well; beside heuristics.
/// Of all links and of international ones, or of those between two sides.
///
/// # Errors
/// If too few pairs came together.
pub fn evaluate(
    corpus: &Corpus,
    model: &Model,
    options: &EvaluationOptions,
    sides: Option<Sides<'_>>,
    watch: Watch<'_>,
) -> Result<Evaluation, Error> {
    let past = Past::new(corpus, options.until);
    let (from, to) = (options.until + 1, options.until + options.horizon);
    let all = first_links(corpus, &past, from, to);
    if all.len() < LEAST {
        return Err(Error::FewPairs { found: all.len(), from, to, least: LEAST });
    }
    let mut strangers = Strangers::new(corpus, &past, from, to);
    let foretold = foretold(model, &past, &strangers, &all, options, watch);
    let kinds: &[(Links, &str)] = match sides {
        None => &[(Links::All, "foretold pairs"), (Links::International, "foretold international pairs")],
        Some(sides) => {
            strangers.set_sides(sides(&past));
            &[(Links::Between, "foretold pairs between the sides")]
        }
    };
    let (mut scores, mut samples) = (Vec::new(), Vec::new());
    for (links, stream) in kinds.iter().copied() {
        let pairs: Vec<(u32, u32)> = all.iter().copied().filter(|(a, b)| strangers.is_of(*a, *b, links)).collect();
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
    Ok(Evaluation { scores, samples, foretold })
}

/// Sets chances beside what came.
fn foretold(
    model: &Model,
    past: &Past,
    strangers: &Strangers<'_>,
    together: &[(u32, u32)],
    options: &EvaluationOptions,
    watch: Watch<'_>,
) -> Vec<Foretold> {
    let mut all: Vec<Foretold> =
        CHANCES.windows(2).map(|bounds| Foretold { from: bounds[0], to: bounds[1], pairs: 0.0, expected: 0.0, together: 0.0 }).collect();
    let mut add = |features: &Features, weight: f64, together: bool| {
        let chance = model.chance(features);
        if let Some(of) = all.iter_mut().rev().find(|of| chance >= of.from) {
            of.pairs += weight;
            of.expected += weight * chance;
            of.together += if together { weight } else { 0.0 };
        }
    };
    let sources = by_source(together.iter().copied());
    let described = for_sources(past, &sources, watch, |describer, _, others| {
        others.iter().map(|other| describer.features(*other)).collect::<Vec<_>>()
    });
    described.iter().flatten().for_each(|features| add(features, 1.0, true));
    for (features, weight) in sample(past, strangers, options.negatives, options.seed, watch) {
        add(&features, weight, false);
    }
    all
}

/// Ranks those that a source came together with among those that it did not.
fn ask(describer: &Describer<'_>, model: &Model, source: u32, others: &[u32], against: &[u32]) -> Query {
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
        let of_pairs =
            |method: usize, of: &dyn Fn(f64) -> f64| -> Vec<f64> { pairs.iter().map(|(_, above)| of(above[method] + 1.0)).collect() };
        let values: Vec<Vec<f64>> = (0..METHODS)
            .map(|method| match measure {
                Measure::Hits50 => of_pairs(method, &|rank| f64::from(u8::from(rank <= 50.0))),
                Measure::Mrr => of_pairs(method, &|rank| 1.0 / rank),
                Measure::AveragePrecision => queries.iter().map(|query| query.precision[method]).collect(),
                Measure::Ndcg20 => queries.iter().map(|query| query.gain[method]).collect(),
            })
            .collect();
        let estimate = |values: &[f64], stream: &str| {
            let mut unit = WeightedValues::new();
            // Ranks are finite numbers and weights 1: nothing is refused.
            values.iter().try_for_each(|value| unit.add(*value, 1.0)).ok()?;
            bootstrap.interval(&unit, stream).ok().flatten()
        };
        for (method, own) in values.iter().enumerate() {
            let name = if method == 0 { MODEL } else { Heuristic::ALL[method - 1].name() };
            let stream = format!("{name} {links:?} {hardness:?} {measure:?}");
            let differences = || values[0].iter().zip(own).map(|(ours, theirs)| ours - theirs).collect::<Vec<_>>();
            let ahead = if method == 0 { None } else { estimate(&differences(), &format!("ahead of {stream}")) };
            if let Some(value) = estimate(own, &stream) {
                scores.push(Score { method: name, links, hardness, measure, value, ahead });
            }
        }
    }
    scores
}
