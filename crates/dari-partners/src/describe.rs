//! Pairs as numbers: what their past says, the same from both sides.

use dari_network::{Graph, Near, Nearness, Walk};
use rustc_hash::FxHashMap;

use crate::past::Circle;
use crate::{Member, Past};

/// What a pair is described by, in order.
pub const FEATURES: [&str; 41] = [
    "common neighbours",
    "Adamic-Adar",
    "resource allocation",
    "weighted resource allocation",
    "Katz",
    "Jaccard",
    "walks",
    "recent walks",
    "recent weighted resource allocation",
    "distance",
    "neighbours of the one with fewer",
    "neighbours of the one with more",
    "preferential attachment",
    "topic cosine",
    "topics of both",
    "works of the one with fewer",
    "works of the one with more",
    "recent works of the one with fewer",
    "recent works of the one with more",
    "years since the later one's last work",
    "years since the earlier one's last work",
    "years since the later one's first work",
    "years since the earlier one's first work",
    "affiliates of both",
    "joint works of their affiliates",
    "resource allocation of their affiliates",
    "same country",
    "affinity of their countries",
    "affiliates known",
    "words in common",
    "words in common with the other's circle",
    "co-authors in the other's country",
    "share of co-authors in the other's country",
    "co-authors with the other's affiliates",
    "affiliates of both, ever",
    "international works of the one with fewer",
    "international works of the one with more",
    "share of international works, if of two countries",
    "two steps apart",
    "three steps apart",
    "of two countries and two steps apart",
];

/// Features that the model takes as they are: steps, and what is a logarithm already.
pub(crate) const AS_THEY_ARE: [&str; 16] = [
    "walks",
    "recent walks",
    "distance",
    "neighbours of the one with fewer",
    "neighbours of the one with more",
    "preferential attachment",
    "works of the one with fewer",
    "works of the one with more",
    "affiliates of both",
    "joint works of their affiliates",
    "affinity of their countries",
    "co-authors in the other's country",
    "co-authors with the other's affiliates",
    "affiliates of both, ever",
    "international works of the one with fewer",
    "international works of the one with more",
];

/// Walks are followed to this part; what is less is noise.
const LEAST_WALKS: f64 = 1e-5;

/// The numbers that describe a pair.
pub type Features = [f32; FEATURES.len()];

/// Rules that others foretell links with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heuristic {
    /// Neighbours that both have.
    CommonNeighbours,
    /// Adamic & Adar (2003).
    AdamicAdar,
    /// Zhou, Lü & Zhang (2009).
    ResourceAllocation,
    /// Katz (1953), paths of up to three.
    Katz,
    /// Personalised PageRank from the one to the other.
    PageRank,
    /// Cosine of the two's works by topic.
    TopicCosine,
}

impl Heuristic {
    /// All.
    pub const ALL: [Heuristic; 6] = [
        Heuristic::CommonNeighbours,
        Heuristic::AdamicAdar,
        Heuristic::ResourceAllocation,
        Heuristic::Katz,
        Heuristic::PageRank,
        Heuristic::TopicCosine,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Heuristic::CommonNeighbours => "common neighbours",
            Heuristic::AdamicAdar => "Adamic-Adar",
            Heuristic::ResourceAllocation => "resource allocation",
            Heuristic::Katz => "Katz",
            Heuristic::PageRank => "personalised PageRank",
            Heuristic::TopicCosine => "topic cosine",
        }
    }
}

/// Describes pairs; every thread has its own.
pub struct Describer<'p> {
    past: &'p Past,
    nearness: Nearness<'p>,
    walk: Walk<'p>,
    recent_nearness: Nearness<'p>,
    recent_walk: Walk<'p>,
    /// The weight of all links of each member, above 0; recent ones.
    strengths: Vec<f64>,
    recent_strengths: Vec<f64>,
    source: Source,
}

/// The member that pairs are described from, with all that is near it.
#[derive(Default)]
struct Source {
    member: u32,
    near: FxHashMap<u32, Near>,
    walks: FxHashMap<u32, f64>,
    recent_walks: FxHashMap<u32, f64>,
    recent_near: FxHashMap<u32, f64>,
    topics: FxHashMap<u32, f32>,
    /// Links of its affiliates, and resource allocation to others, summed.
    affiliates: FxHashMap<u32, f64>,
    near_affiliates: FxHashMap<u32, f64>,
    circle: Circle,
}

fn strengths(graph: &Graph) -> Vec<f64> {
    let strength = |node| graph.of(node).iter().map(|edge| f64::from(edge.weight)).sum::<f64>().max(1e-9);
    (0..graph.nodes()).map(strength).collect()
}

/// Σ of products of the parts that both have.
fn cosine(a: &[(u32, f32)], b: &[(u32, f32)]) -> f64 {
    let (mut a, mut b, mut sum) = (a.iter().peekable(), b.iter().peekable(), 0.0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.0.cmp(&y.0) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                sum += f64::from(x.1 * y.1);
                a.next();
                b.next();
            }
        }
    }
    sum
}

/// How many two lists in order have in common.
fn shared(a: &[u32], b: &[u32]) -> f64 {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|one| many.binary_search(one).is_ok()).count() as f64
}

impl<'p> Describer<'p> {
    /// For pairs of a past.
    pub fn new(past: &'p Past) -> Describer<'p> {
        Describer {
            past,
            nearness: Nearness::new(past.graph()),
            walk: Walk::new(past.graph(), LEAST_WALKS),
            recent_nearness: Nearness::new(past.recent()),
            recent_walk: Walk::new(past.recent(), LEAST_WALKS),
            strengths: strengths(past.graph()),
            recent_strengths: strengths(past.recent()),
            source: Source::default(),
        }
    }

    /// Turns to a member; the pairs described next are its.
    ///
    /// # Panics
    /// If the corpus has no such member.
    pub fn turn_to(&mut self, member: u32) {
        let mut topics: FxHashMap<u32, f32> = FxHashMap::default();
        for (topic, part) in &self.past.member(member).topics {
            for (other, of_other) in self.past.of_topic(*topic).iter().filter(|(other, _)| *other != member) {
                *topics.entry(*other).or_default() += part * of_other;
            }
        }
        let (mut affiliates, mut near_affiliates): (FxHashMap<u32, f64>, FxHashMap<u32, f64>) = Default::default();
        let graph = self.past.affiliates();
        for own in &self.past.member(member).affiliates {
            for first in graph.of(*own) {
                *affiliates.entry(first.to).or_default() += f64::from(first.weight);
                let part = 1.0 / graph.degree(first.to) as f64;
                for second in graph.of(first.to).iter().filter(|second| second.to != *own) {
                    *near_affiliates.entry(second.to).or_default() += part;
                }
            }
        }
        self.source = Source {
            member,
            near: self.nearness.of(member).into_iter().map(|near| (near.node, near)).collect(),
            walks: self.walk.of(member).into_iter().filter(|(node, _)| *node != member).collect(),
            recent_walks: self.recent_walk.of(member).into_iter().filter(|(node, _)| *node != member).collect(),
            recent_near: self.recent_nearness.of(member).into_iter().map(|near| (near.node, near.weighted)).collect(),
            topics,
            affiliates,
            near_affiliates,
            circle: self.past.circle(member),
        };
    }

    /// What a heuristic says of the pair with another member.
    pub fn score(&self, heuristic: Heuristic, other: u32) -> f64 {
        let near = |of: fn(&Near) -> f64| self.source.near.get(&other).map_or(0.0, of);
        match heuristic {
            Heuristic::CommonNeighbours => near(|near| f64::from(near.common)),
            Heuristic::AdamicAdar => near(|near| near.adamic_adar),
            Heuristic::ResourceAllocation => near(|near| near.resource_allocation),
            Heuristic::Katz => near(|near| near.katz),
            Heuristic::PageRank => self.source.walks.get(&other).copied().unwrap_or(0.0),
            Heuristic::TopicCosine => self.source.topics.get(&other).map_or(0.0, |cosine| f64::from(*cosine)),
        }
    }

    /// The members that some heuristic ranks first (each of resource allocation, PageRank and topic cosine from the top, in turn), as many as asked for among those
    /// that `allowed` lets through: what is hard to tell from who will come together (HeaRT; Li et al. 2023).
    pub fn likely(&self, count: usize, allowed: impl Fn(u32) -> bool) -> Vec<u32> {
        let ranked = |scores: Vec<(u32, f64)>| {
            let mut scores: Vec<(u32, f64)> = scores.into_iter().filter(|(member, score)| *score > 0.0 && allowed(*member)).collect();
            let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
            if scores.len() > count {
                scores.select_nth_unstable_by(count, order);
                scores.truncate(count);
            }
            scores.sort_unstable_by(order);
            scores
        };
        let lists = [
            ranked(self.source.near.values().map(|near| (near.node, near.resource_allocation)).collect()),
            ranked(self.source.walks.iter().map(|(member, walks)| (*member, *walks)).collect()),
            ranked(self.source.topics.iter().map(|(member, cosine)| (*member, f64::from(*cosine))).collect()),
        ];
        let mut taken = rustc_hash::FxHashSet::default();
        let mut found = Vec::new();
        for rank in 0..count {
            for (member, _) in lists.iter().filter_map(|list| list.get(rank)) {
                if found.len() < count && taken.insert(*member) {
                    found.push(*member);
                }
            }
        }
        found
    }

    /// The features of the pair with another member.
    pub fn features(&self, other: u32) -> Features {
        let (past, source) = (self.past, &self.source);
        let (a, b) = (past.member(source.member), past.member(other));
        let near = source.near.get(&other);
        let of_near = |of: fn(&Near) -> f64| near.map_or(0.0, of);
        let degree = |member: u32| past.graph().degree(member) as f64;
        let (degree_a, degree_b) = (degree(source.member), degree(other));
        let union = degree_a + degree_b - of_near(|near| f64::from(near.common));
        // Walks end at a member in proportion to its links: divided by them they are the same from both sides.
        let of = |all: &FxHashMap<u32, f64>| all.get(&other).copied().unwrap_or(0.0);
        let walks = of(&source.walks) / self.strengths[other as usize];
        let recent_walks = of(&source.recent_walks) / self.recent_strengths[other as usize];
        let distance = match near {
            Some(near) if near.common > 0 => 2.0,
            Some(_) => 3.0,
            None if walks > 0.0 => 4.0,
            None => 5.0,
        };
        let both = |a: f64, b: f64| (a.min(b), a.max(b));
        let log = |value: f64| (value + 1.0).ln();
        let (fewer, more) = both(log(degree_a), log(degree_b));
        let (works_fewer, works_more) = both(log(f64::from(a.works)), log(f64::from(b.works)));
        let (recent_fewer, recent_more) = both(f64::from(a.recent), f64::from(b.recent));
        let since = |year: i16| f64::from(past.until()) - f64::from(year);
        let (last_later, last_earlier) = both(since(a.last), since(b.last));
        let (first_later, first_earlier) = both(since(a.first), since(b.first));
        let shared_topics = a.topics.iter().filter(|(topic, _)| b.topics.binary_search_by_key(topic, |(topic, _)| *topic).is_ok()).count();
        let of_affiliates =
            |all: &FxHashMap<u32, f64>| -> f64 { b.affiliates.iter().map(|affiliate| all.get(affiliate).copied().unwrap_or(0.0)).sum() };
        let (joint, near_affiliates) = (of_affiliates(&source.affiliates), of_affiliates(&source.near_affiliates));
        let countries = a.country.zip(b.country);
        let words = cosine(&a.words, &b.words);
        let count = |all: &[(u16, u32)], country: Option<u16>| {
            let place = country.and_then(|country| all.binary_search_by_key(&country, |(country, _)| *country).ok());
            place.map_or(0.0, |place| f64::from(all[place].1))
        };
        let of_affiliates = |all: &[(u32, u32)], affiliates: &[u32]| {
            let one = |affiliate: &u32| all.binary_search_by_key(affiliate, |(affiliate, _)| *affiliate).ok();
            affiliates.iter().filter_map(one).map(|place| f64::from(all[place].1)).sum::<f64>()
        };
        let (there, back) = (count(&a.by_country, b.country), count(&b.by_country, a.country));
        let in_affiliate = log(of_affiliates(&a.by_affiliate, &b.affiliates)) + log(of_affiliates(&b.by_affiliate, &a.affiliates));
        let (international_fewer, international_more) = both(log(f64::from(a.international)), log(f64::from(b.international)));
        let abroad = |member: &Member| f64::from(member.international) / f64::from(member.works.max(1));
        let two = past.is_international(source.member, other);
        let circle = cosine(&source.circle, &b.words) + cosine(&a.words, &past.circle(other));
        [
            of_near(|near| f64::from(near.common)),
            of_near(|near| near.adamic_adar),
            of_near(|near| near.resource_allocation),
            of_near(|near| near.weighted),
            of_near(|near| near.katz),
            if union > 0.0 { of_near(|near| f64::from(near.common)) / union } else { 0.0 },
            (walks + LEAST_WALKS).ln(),
            (recent_walks + LEAST_WALKS).ln(),
            of(&source.recent_near),
            distance,
            fewer,
            more,
            fewer + more,
            source.topics.get(&other).map_or(0.0, |cosine| f64::from(*cosine)),
            shared_topics as f64,
            works_fewer,
            works_more,
            recent_fewer,
            recent_more,
            last_later,
            last_earlier,
            first_later,
            first_earlier,
            log(shared(&a.affiliates, &b.affiliates)),
            log(joint),
            near_affiliates,
            countries.map_or(0.5, |(a, b)| f64::from(u8::from(a == b))),
            countries.map_or(0.0, |(a, b)| past.affinity(a, b)),
            f64::from(u8::from(!a.affiliates.is_empty()) + u8::from(!b.affiliates.is_empty())),
            words,
            circle,
            log(there) + log(back),
            there / degree_a.max(1.0) + back / degree_b.max(1.0),
            in_affiliate,
            log(shared(&a.all_affiliates, &b.all_affiliates)),
            international_fewer,
            international_more,
            if two { abroad(a) + abroad(b) } else { 0.0 },
            f64::from(u8::from(distance == 2.0)),
            f64::from(u8::from(distance == 3.0)),
            f64::from(u8::from(two && distance == 2.0)),
        ]
        .map(|value| value as f32)
    }
}
