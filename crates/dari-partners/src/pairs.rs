//! Pairs that came together and pairs that did not.

use std::sync::atomic::{AtomicUsize, Ordering};

use dari_indicators::statistics::random::generator;
use rand::Rng;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Corpus, Describer, Features, Links, Past};

/// Told how many members pairs were described of, of how many; from any thread.
pub type Watch<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Pairs of members known by a year that had not worked together by then and did in the years after, in order.
pub(crate) fn first_links(corpus: &Corpus, past: &Past, from: i16, to: i16) -> Vec<(u32, u32)> {
    let known = |member: u32| past.member(member).works > 0;
    let mut pairs: Vec<(u32, u32)> = corpus.between(from, to).iter().flat_map(|work| work.pairs()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.retain(|(a, b)| known(*a) && known(*b) && past.graph().weight(*a, *b).is_none());
    pairs
}

/// Pairs drawn from all, in order.
pub(crate) fn drawn(mut pairs: Vec<(u32, u32)>, most: usize, seed: u64, stream: &str) -> Vec<(u32, u32)> {
    if pairs.len() > most {
        pairs.shuffle(&mut generator(seed, stream));
        pairs.truncate(most);
        pairs.sort_unstable();
    }
    pairs
}

/// Members with those they came together with.
pub(crate) fn by_source(pairs: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, Vec<u32>)> {
    let mut sources: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (source, other) in pairs {
        sources.entry(source).or_default().push(other);
    }
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort_unstable();
    sources
}

/// Describes pairs of every source on all threads; gives the results in the order of the sources.
pub(crate) fn for_sources<R: Send>(
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
pub(crate) struct Strangers<'a> {
    past: &'a Past,
    known: Vec<u32>,
    later: FxHashSet<(u32, u32)>,
    /// Members of two sides, in order.
    sides: [Vec<u32>; 2],
}

impl<'a> Strangers<'a> {
    pub(crate) fn new(corpus: &Corpus, past: &'a Past, from: i16, to: i16) -> Strangers<'a> {
        let later = first_links(corpus, past, from, to).into_iter().collect();
        Strangers { past, known: past.known().collect(), later, sides: Default::default() }
    }

    /// Sets the sides of [`Links::Between`].
    pub(crate) fn set_sides(&mut self, mut sides: [Vec<u32>; 2]) {
        for side in &mut sides {
            side.retain(|member| self.past.member(*member).works > 0);
            side.sort_unstable();
            side.dedup();
        }
        self.sides = sides;
    }

    fn is_on(&self, side: usize, member: u32) -> bool {
        self.sides[side].binary_search(&member).is_ok()
    }

    /// Whether a pair is one of these.
    pub(crate) fn is_of(&self, a: u32, b: u32, links: Links) -> bool {
        match links {
            Links::All => true,
            Links::International => self.past.is_international(a, b),
            Links::Between => (self.is_on(0, a) && self.is_on(1, b)) || (self.is_on(1, a) && self.is_on(0, b)),
        }
    }

    pub(crate) fn allows(&self, source: u32, other: u32, links: Links) -> bool {
        source != other
            && self.past.member(other).works > 0
            && self.is_of(source, other, links)
            && self.past.graph().weight(source, other).is_none()
            && !self.later.contains(&(source.min(other), source.max(other)))
    }

    /// Some at random that `wanted` lets through too, without repetition, fewer where there are hardly any; and how many there are in all, by the share of
    /// draws that hit one.
    pub(crate) fn random(
        &self,
        source: u32,
        links: Links,
        count: usize,
        rng: &mut impl Rng,
        wanted: impl Fn(u32) -> bool,
    ) -> (Vec<u32>, f64) {
        // Of two sides a small one is drawn from, not all members.
        let one_sided = |side: usize| self.is_on(side, source) && !self.is_on(1 - side, source);
        let from = match links {
            Links::Between if one_sided(0) => &self.sides[1],
            Links::Between if one_sided(1) => &self.sides[0],
            _ => &self.known,
        };
        let (mut taken, mut found) = (FxHashSet::default(), Vec::new());
        let (mut draws, mut hits) = (0u32, 0u32);
        for _ in 0..20 * count {
            if found.len() >= count || from.is_empty() {
                break;
            }
            let other = from[rng.random_range(0..from.len())];
            draws += 1;
            if self.allows(source, other, links) && wanted(other) {
                hits += 1;
                if taken.insert(other) {
                    found.push(other);
                }
            }
        }
        let there = from.len() as f64 * f64::from(hits) / f64::from(draws.max(1));
        (found, there)
    }
}

/// Members that a sample of all pairs is drawn of.
const SAMPLED: usize = 400;
/// Pairs of each at random, beside those that heuristics rank first.
const SAMPLED_RANDOM: usize = 100;

/// A sample of all pairs that did not come together, each with how many it stands for.
pub(crate) fn sample(past: &Past, strangers: &Strangers<'_>, likely: usize, seed: u64, watch: Watch<'_>) -> Vec<(Features, f64)> {
    let mut members: Vec<u32> = past.known().collect();
    let all = members.len() as f64;
    members.shuffle(&mut generator(seed, "sampled"));
    members.truncate(SAMPLED);
    members.sort_unstable();
    // A pair has two sides that it can be drawn from.
    let of_member = all / members.len().max(1) as f64 / 2.0;
    let sources: Vec<(u32, Vec<u32>)> = members.into_iter().map(|member| (member, Vec::new())).collect();
    let found = for_sources(past, &sources, watch, |describer, source, _| {
        let likely = describer.likely(likely, |other| strangers.allows(source, other, Links::All));
        let is_likely: FxHashSet<u32> = likely.iter().copied().collect();
        let mut rng = generator(seed, &format!("sampled {source}"));
        let (random, there) = strangers.random(source, Links::All, SAMPLED_RANDOM, &mut rng, |other| !is_likely.contains(&other));
        let of_random = there / random.len().max(1) as f64;
        let weighted = likely.into_iter().map(|other| (other, 1.0)).chain(random.into_iter().map(|other| (other, of_random)));
        weighted.map(|(other, weight)| (describer.features(other), of_member * weight)).collect::<Vec<_>>()
    });
    found.concat()
}
