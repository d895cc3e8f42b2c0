//! Pairs of two sides that are likely to work together for the first time, with what speaks for them.

use std::collections::hash_map::Entry;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::pairs::{by_source, for_sources};
use crate::{FEATURES, Model, Past, Watch};

/// How many are suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuggestOptions {
    /// The most pairs.
    pub pairs: usize,
    /// The most pairs of one member, so that a list is not about one of them.
    pub of_one: usize,
    /// Members of the other side that are looked at for each of one side, those that heuristics rank first; all if the sides are small.
    pub candidates: usize,
}

impl Default for SuggestOptions {
    /// 20 pairs, 3 of one member, of 200 candidates each.
    fn default() -> Self {
        SuggestOptions { pairs: 20, of_one: 3, candidates: 200 }
    }
}

/// Sides whose pairs are fewer are looked at pair by pair.
const FEW: usize = 20_000;
/// Who could introduce two members, at most.
const INTRODUCERS: usize = 3;
/// Steps that a way of introductions may have.
const STEPS: usize = 4;

/// A pair that has not worked together.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Of the first side.
    pub a: u32,
    /// Of the second side.
    pub b: u32,
    /// The chance of a first joint work in the years that the model learned to foretell.
    pub chance: f64,
    /// Features that speak for the pair, with how much each adds to the logarithm of the odds, most first.
    pub reasons: Vec<(&'static str, f64)>,
    /// Those that both worked with, the closest first.
    pub introducers: Vec<u32>,
    /// Where there are none: who knows whom from `a` to `b`, both left out; empty if nobody leads there in four steps.
    pub way: Vec<u32>,
    /// Topics of both, those with the largest part first.
    pub topics: Vec<u32>,
}

/// What was found between two sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// Pairs that have not worked together, the likeliest first.
    pub suggestions: Vec<Suggestion>,
    /// Pairs that work together already, with the weight of their links, the closest first.
    pub together: Vec<(u32, u32, f32)>,
    /// Pairs looked at.
    pub looked_at: usize,
}

/// Suggests pairs of a member of one side and a member of the other. The same pairs with the same chances are found whichever side comes first.
pub fn suggest(past: &Past, model: &Model, sides: [&[u32]; 2], options: &SuggestOptions, watch: Watch<'_>) -> Between {
    let known = |side: &[u32]| {
        let mut side: Vec<u32> = side.iter().copied().filter(|member| past.member(*member).works > 0).collect();
        side.sort_unstable();
        side.dedup();
        side
    };
    let (a, b) = (known(sides[0]), known(sides[1]));
    let in_a: FxHashSet<u32> = a.iter().copied().collect();
    let in_b: FxHashSet<u32> = b.iter().copied().collect();
    let mut together: FxHashMap<(u32, u32), f32> = FxHashMap::default();
    for member in &a {
        for edge in past.graph().of(*member).iter().filter(|edge| in_b.contains(&edge.to)) {
            together.insert((*member.min(&edge.to), *member.max(&edge.to)), edge.weight);
        }
    }
    // The lower number first, so that nothing depends on the order of the sides.
    let mut pairs: Vec<(u32, u32)> = if a.len() * b.len() <= FEW {
        a.iter().flat_map(|a| b.iter().map(move |b| (*a.min(b), *a.max(b)))).filter(|(a, b)| a != b).collect()
    } else {
        let (fewer, others) = if (a.len(), &a) <= (b.len(), &b) { (&a, &in_b) } else { (&b, &in_a) };
        let sources: Vec<(u32, Vec<u32>)> = fewer.iter().map(|member| (*member, Vec::new())).collect();
        let found = for_sources(past, &sources, watch, |describer, source, _| {
            let allowed = |other: u32| other != source && others.contains(&other) && past.graph().weight(source, other).is_none();
            let likely = describer.likely(options.candidates, allowed);
            likely.into_iter().map(|other| (source.min(other), source.max(other))).collect::<Vec<_>>()
        });
        found.concat()
    };
    pairs.retain(|pair| !together.contains_key(pair));
    pairs.par_sort_unstable();
    pairs.dedup();
    let looked_at = pairs.len();
    let described = for_sources(past, &by_source(pairs.into_iter()), watch, |describer, source, others| {
        others.iter().map(|other| (source, *other, model.chance(&describer.features(*other)))).collect::<Vec<_>>()
    });
    let mut ranked: Vec<(u32, u32, f64)> = described.concat();
    ranked.par_sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    let mut times: FxHashMap<u32, usize> = FxHashMap::default();
    ranked.retain(|(x, y, _)| {
        let free = |member: &u32| times.get(member).is_none_or(|times| *times < options.of_one);
        let keep = free(x) && free(y);
        if keep {
            [*x, *y].into_iter().for_each(|member| *times.entry(member).or_default() += 1);
        }
        keep
    });
    ranked.truncate(options.pairs);
    let sources = by_source(ranked.iter().map(|(x, y, _)| (*x, *y)));
    let reasons: FxHashMap<(u32, u32), Vec<(&'static str, f64)>> = for_sources(past, &sources, &|_, _| (), |describer, source, others| {
        let of = |other: &u32| ((source, *other), reasons(model, &describer.features(*other)));
        others.iter().map(of).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    let suggestion = |(x, y, chance): &(u32, u32, f64)| {
        let (a, b) = if in_a.contains(x) && in_b.contains(y) { (*x, *y) } else { (*y, *x) };
        let introducers = introducers(past, a, b);
        let way = if introducers.is_empty() { way(past, a, b) } else { Vec::new() };
        Suggestion {
            a,
            b,
            chance: *chance,
            reasons: reasons.get(&(*x, *y)).cloned().unwrap_or_default(),
            introducers,
            way,
            topics: shared_topics(past, a, b),
        }
    };
    let suggestions = ranked.iter().map(suggestion).collect();
    let mut together: Vec<(u32, u32, f32)> = together
        .into_iter()
        .map(|((x, y), weight)| if in_a.contains(&x) && in_b.contains(&y) { (x, y, weight) } else { (y, x, weight) })
        .collect();
    together.sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0.min(x.1), x.0.max(x.1)).cmp(&(y.0.min(y.1), y.0.max(y.1)))));
    Between { suggestions, together, looked_at }
}

fn reasons(model: &Model, features: &crate::Features) -> Vec<(&'static str, f64)> {
    let mut terms: Vec<(&'static str, f64)> = FEATURES.into_iter().zip(model.terms(features)).filter(|(_, term)| *term > 0.1).collect();
    terms.sort_by(|a, b| b.1.total_cmp(&a.1));
    terms.truncate(4);
    terms
}

/// Those that both worked with, by the weaker of the two links.
fn introducers(past: &Past, a: u32, b: u32) -> Vec<u32> {
    let graph = past.graph();
    let both = graph.of(a).iter().filter_map(|edge| Some((edge.weight.min(graph.weight(edge.to, b)?), edge.to)));
    let mut both: Vec<(f32, u32)> = both.collect();
    both.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    both.into_iter().take(INTRODUCERS).map(|(_, member)| member).collect()
}

/// The shortest way between two members, both left out; of several the one by the lowest numbers.
fn way(past: &Past, a: u32, b: u32) -> Vec<u32> {
    let mut from: FxHashMap<u32, u32> = FxHashMap::from_iter([(a, a)]);
    let mut edge_of = vec![a];
    for _ in 0..STEPS {
        let mut next = Vec::new();
        for member in &edge_of {
            for edge in past.graph().of(*member) {
                if let Entry::Vacant(new) = from.entry(edge.to) {
                    new.insert(*member);
                    next.push(edge.to);
                }
            }
        }
        if from.contains_key(&b) {
            let mut way = Vec::new();
            let mut at = from[&b];
            while at != a {
                way.push(at);
                at = from[&at];
            }
            way.reverse();
            return way;
        }
        next.sort_unstable();
        edge_of = next;
    }
    Vec::new()
}

fn shared_topics(past: &Past, a: u32, b: u32) -> Vec<u32> {
    let of_b = &past.member(b).topics;
    let part = |topic: &u32| of_b.binary_search_by_key(topic, |(topic, _)| *topic).ok().map(|place| of_b[place].1);
    let mut shared: Vec<(f32, u32)> =
        past.member(a).topics.iter().filter_map(|(topic, of_a)| Some((of_a * part(topic)?, *topic))).collect();
    shared.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    shared.into_iter().map(|(_, topic)| topic).collect()
}
