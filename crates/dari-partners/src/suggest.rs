//! Pairs of two sides that are likely to work together for the first time, with what speaks for them.

use std::collections::hash_map::Entry;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::pairs::{by_source, for_sources};
use crate::{FEATURES, Feature, Model, Past, Watch};

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
    /// The part of what the two have in common that is in the topics asked for ([`part_within`]); None if none were.
    pub within: Option<f64>,
    /// Features that speak for the pair, with how much each adds to the logarithm of the odds, most first.
    pub reasons: Vec<(Feature, f64)>,
    /// Those that both worked with, the closest first.
    pub introducers: Vec<u32>,
    /// Where there are none: who knows whom from `a` to `b`, both left out; empty if nobody leads there in four steps.
    pub way: Vec<u32>,
    /// Topics of both, those asked for and then those with the largest part first.
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

/// Who is on a side.
struct On(Vec<bool>);

impl On {
    fn new(past: &Past, side: &[u32]) -> On {
        let mut on = vec![false; past.graph().nodes() as usize];
        side.iter().for_each(|member| on[*member as usize] = true);
        On(on)
    }

    fn contains(&self, member: u32) -> bool {
        self.0[member as usize]
    }
}

/// The chances of all pairs of a member of one side and a member of the other that have not worked together, the lower number first, in order. Meant for sides
/// of some hundred members.
pub fn chances_between(past: &Past, model: &Model, sides: [&[u32]; 2], watch: Watch<'_>) -> Vec<(u32, u32, f64)> {
    let apart = |a: u32, b: u32| a != b && past.graph().weight(a, b).is_none();
    let pairs = sides[0].iter().flat_map(|a| sides[1].iter().map(move |b| (*a, *b)));
    // From the members of the smaller side, as suggestions are.
    let from_first = (sides[0].len(), sides[0]) <= (sides[1].len(), sides[1]);
    let pairs = pairs.filter(|(a, b)| apart(*a, *b)).map(|(a, b)| if from_first { (a, b) } else { (b, a) });
    let found = for_sources(past, &by_source(pairs), watch, |describer, source, others| {
        let chance = |other: &u32| (source.min(*other), source.max(*other), model.chance(&describer.features(*other)));
        others.iter().map(chance).collect::<Vec<_>>()
    });
    let mut found = found.concat();
    found.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
    found.dedup_by_key(|(a, b, _)| (*a, *b));
    found
}

/// The part of what two members have in common that is in some topics, from 0 to 1: of the products of their parts in each topic, summed, those of these topics. Of
/// members without a topic in common, the geometric mean of both's parts in them.
pub fn part_within(past: &Past, a: u32, b: u32, topics: &FxHashSet<u32>) -> f64 {
    let (a, b) = (&past.member(a).topics, &past.member(b).topics);
    let (mut all, mut within) = (0.0, 0.0);
    for (topic, of_a) in a {
        if let Ok(place) = b.binary_search_by_key(topic, |(topic, _)| *topic) {
            let product = f64::from(of_a * b[place].1);
            all += product;
            within += if topics.contains(topic) { product } else { 0.0 };
        }
    }
    // Squares of parts sum to 1.
    let own =
        |of: &[(u32, f32)]| of.iter().filter(|(topic, _)| topics.contains(topic)).map(|(_, part)| f64::from(part * part)).sum::<f64>();
    if all > 0.0 { within / all } else { (own(a) * own(b)).sqrt().min(1.0) }
}

/// Suggests pairs of a member of one side and a member of the other, the likeliest first; where topics are asked for, by the chance times the
/// [part](part_within) of what the two have in common that is in them. The same pairs with the same chances are found whichever side comes first.
pub fn suggest(
    past: &Past,
    model: &Model,
    sides: [&[u32]; 2],
    topics: Option<&FxHashSet<u32>>,
    options: &SuggestOptions,
    watch: Watch<'_>,
) -> Between {
    let known = |side: &[u32]| {
        let mut side: Vec<u32> = side.iter().copied().filter(|member| past.member(*member).works > 0).collect();
        side.sort_unstable();
        side.dedup();
        side
    };
    let (a, b) = (known(sides[0]), known(sides[1]));
    let [in_a, in_b] = [&a, &b].map(|side| On::new(past, side));
    let mut together: FxHashMap<(u32, u32), f32> = FxHashMap::default();
    for member in &a {
        for edge in past.graph().of(*member).iter().filter(|edge| in_b.contains(edge.to)) {
            together.insert((*member.min(&edge.to), *member.max(&edge.to)), edge.weight);
        }
    }
    // From the members of the smaller side, so that a question about one member looks around it alone; the lower number first, so that nothing depends on the
    // order of the sides.
    let (fewer, others) = if (a.len(), &a) <= (b.len(), &b) { ((&a, &in_a), (&b, &in_b)) } else { ((&b, &in_b), (&a, &in_a)) };
    let all = a.len() * b.len() <= FEW;
    let sources: Vec<(u32, Vec<u32>)> = fewer.0.iter().map(|member| (*member, Vec::new())).collect();
    let described = for_sources(past, &sources, watch, |describer, source, _| {
        // A pair whose members are on both sides is described from the lower one alone, if all are looked at.
        let twice = |other: u32| all && other < source && fewer.1.contains(other) && others.1.contains(source);
        let allowed =
            |other: u32| other != source && others.1.contains(other) && past.graph().weight(source, other).is_none() && !twice(other);
        let looked_at = if all {
            others.0.iter().copied().filter(|other| allowed(*other)).collect()
        } else {
            describer.likely(options.candidates, allowed)
        };
        let described = |other: u32| {
            let chance = model.chance(&describer.features(other));
            let (a, b) = (source.min(other), source.max(other));
            (a, b, chance * topics.map_or(1.0, |topics| part_within(past, a, b, topics)))
        };
        looked_at.into_iter().map(described).collect::<Vec<_>>()
    });
    // With what pairs are ranked by.
    let mut ranked: Vec<(u32, u32, f64)> = described.concat();
    // Of a pair that was described from both its members, one description stays.
    ranked.par_sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
    ranked.dedup_by_key(|(x, y, _)| (*x, *y));
    let looked_at = ranked.len();
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
    let sources = by_source(ranked.iter().map(|(x, y, _)| if fewer.1.contains(*x) && others.1.contains(*y) { (*x, *y) } else { (*y, *x) }));
    type Said = (f64, Vec<(Feature, f64)>);
    let said: FxHashMap<(u32, u32), Said> = for_sources(past, &sources, &|_, _| (), |describer, source, others| {
        let of = |other: &u32| {
            let features = describer.features(*other);
            ((source.min(*other), source.max(*other)), (model.chance(&features), reasons(model, &features)))
        };
        others.iter().map(of).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    let suggestion = |(x, y, _): &(u32, u32, f64)| {
        let (a, b) = if in_a.contains(*x) && in_b.contains(*y) { (*x, *y) } else { (*y, *x) };
        let introducers = introducers(past, a, b);
        let way = if introducers.is_empty() { way(past, a, b) } else { Vec::new() };
        let (chance, reasons) = said.get(&(*x, *y)).cloned().unwrap_or_default();
        Suggestion {
            a,
            b,
            chance,
            within: topics.map(|topics| part_within(past, a, b, topics)),
            reasons,
            introducers,
            way,
            topics: shared_topics(past, a, b, topics),
        }
    };
    let suggestions = ranked.iter().map(suggestion).collect();
    let mut together: Vec<(u32, u32, f32)> = together
        .into_iter()
        .map(|((x, y), weight)| if in_a.contains(x) && in_b.contains(y) { (x, y, weight) } else { (y, x, weight) })
        .collect();
    together.sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0.min(x.1), x.0.max(x.1)).cmp(&(y.0.min(y.1), y.0.max(y.1)))));
    Between { suggestions, together, looked_at }
}

fn reasons(model: &Model, features: &crate::Features) -> Vec<(Feature, f64)> {
    let mut terms: Vec<(Feature, f64)> = FEATURES.into_iter().zip(model.terms(features)).filter(|(_, term)| *term > 0.1).collect();
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

fn shared_topics(past: &Past, a: u32, b: u32, first: Option<&FxHashSet<u32>>) -> Vec<u32> {
    let of_b = &past.member(b).topics;
    let part = |topic: &u32| of_b.binary_search_by_key(topic, |(topic, _)| *topic).ok().map(|place| of_b[place].1);
    let is_first = |topic: &u32| first.is_some_and(|topics| topics.contains(topic));
    let mut shared: Vec<(bool, f32, u32)> =
        past.member(a).topics.iter().filter_map(|(topic, of_a)| Some((is_first(topic), of_a * part(topic)?, *topic))).collect();
    shared.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(y.1.total_cmp(&x.1)).then(x.2.cmp(&y.2)));
    shared.into_iter().map(|(.., topic)| topic).collect()
}
