//! What is known up to a year.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use dari_network::{Graph, GraphBuilder};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{Corpus, Place, Who, Work};

/// What is known of a member.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Member {
    /// Works.
    pub works: u32,
    /// Works of the last three years.
    pub recent: u32,
    /// First year with a work; 0 without works.
    pub first: i16,
    /// Last year with a work; 0 without works.
    pub last: i16,
    /// The country of the last work that says one; of several the one said most often.
    pub country: Option<u16>,
    /// Organisations of the last work that says any.
    pub affiliates: Vec<u32>,
    /// (topic, part of the works), in order of topics; the squares sum to 1.
    pub topics: Vec<(u32, f32)>,
    /// (word, part of the works' titles, rare ones for more), in order of words; the squares sum to 1.
    pub words: Vec<(u32, f32)>,
    /// Works of two and more countries.
    pub international: u32,
    /// All affiliates that a work said, in order.
    pub all_affiliates: Vec<u32>,
    /// (country, others of it that the member wrote with), in order of countries.
    pub by_country: Vec<(u16, u32)>,
    /// (affiliate, others of it that the member wrote with), in order of affiliates.
    pub by_affiliate: Vec<(u32, u32)>,
    /// Where it is, or its organisations are, as far as known.
    pub places: Vec<Place>,
}

/// Where a researcher was last.
#[derive(Debug, Clone, Default)]
struct Latest {
    /// Number of the work, in order of time.
    work: Option<usize>,
    members: Vec<u32>,
}

impl Latest {
    fn see(&mut self, work: usize, member: u32) {
        if self.work != Some(work) {
            self.work = Some(work);
            self.members.clear();
        }
        self.members.push(member);
    }
}

/// Works of more affiliates than this say nothing of who of them knows whom.
const MOST_AFFILIATES: usize = 50;

/// What is left of a link's weight after a year.
const FADING: f32 = 0.75;

/// How much words tell.
struct Telling {
    works: usize,
    /// Works by word.
    of_word: FxHashMap<u32, u32>,
}

impl Telling {
    fn new(works: &[Work]) -> Telling {
        let mut of_word: FxHashMap<u32, u32> = FxHashMap::default();
        for work in works {
            work.words.chunk_by(|a, b| a == b).filter_map(|words| words.first()).for_each(|word| *of_word.entry(*word).or_default() += 1);
        }
        Telling { works: works.len(), of_word }
    }

    /// The logarithm of how rare a word is; None for words of a single work, which nobody shares.
    fn weight(&self, word: u32) -> Option<f32> {
        let works = *self.of_word.get(&word)?;
        (works > 1).then(|| (self.works as f32 / works as f32).ln())
    }
}

/// Divided by the root of the sum of squares, in order; nothing where all are 0.
fn of_length_one(mut parts: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    parts.retain(|(_, part)| *part > 0.0);
    parts.sort_unstable_by_key(|(number, _)| *number);
    let length = parts.iter().map(|(_, part)| part * part).sum::<f32>().sqrt();
    parts.iter_mut().for_each(|(_, part)| *part /= length);
    parts
}

/// Words that are kept of a member and of its circle: those that weigh most.
const WORDS: usize = 64;
const WORDS_OF_CIRCLE: usize = 192;
/// Circles that are kept, of at most 1.5 KB each.
const MOST_CIRCLES: usize = 200_000;

/// Words of those that a member wrote with, with their parts.
pub(crate) type Circle = Arc<[(u32, f32)]>;

/// The heaviest parts.
fn heaviest(mut parts: Vec<(u32, f32)>, most: usize) -> Vec<(u32, f32)> {
    if parts.len() > most {
        parts.select_nth_unstable_by(most, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        parts.truncate(most);
    }
    parts
}

/// Kilometres between two places along the globe (haversine formula; the mean radius of the Earth is 6,371 km).
fn km(a: Place, b: Place) -> f64 {
    let [(lat_a, lng_a), (lat_b, lng_b)] = [a, b].map(|[lat, lng]| (f64::from(lat).to_radians(), f64::from(lng).to_radians()));
    let half = ((lat_b - lat_a) / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * ((lng_b - lng_a) / 2.0).sin().powi(2);
    2.0 * 6371.0 * half.sqrt().min(1.0).asin()
}

/// How often each occurs, in order.
fn counted<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Vec<(T, u32)> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// Works by member, as places in a list of works.
struct OfMembers {
    /// Where the works of each member begin; one more than there are members.
    starts: Vec<usize>,
    works: Vec<u32>,
}

impl OfMembers {
    fn new(works: &[Work], members: u32) -> OfMembers {
        let mut starts = vec![0usize; members as usize + 1];
        works.iter().flat_map(Work::members).for_each(|member| starts[member as usize + 1] += 1);
        for member in 1..starts.len() {
            starts[member] += starts[member - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0u32; starts.last().copied().unwrap_or(0)];
        for (place, work) in (0..).zip(works) {
            for member in work.members() {
                let next = &mut next[member as usize];
                places[*next] = place;
                *next += 1;
            }
        }
        OfMembers { starts, works: places }
    }

    fn of(&self, member: u32) -> &[u32] {
        &self.works[self.starts[member as usize]..self.starts[member as usize + 1]]
    }
}

/// Room for sums of one member after the other.
#[derive(Default)]
struct Room {
    topics: FxHashMap<u32, f32>,
    words: FxHashMap<u32, f32>,
}

/// What its own works say of a member; its works come in order of time.
fn member(corpus: &Corpus, until: i16, number: u32, works: &[Work], own: &[u32], telling: &Telling, room: &mut Room) -> Member {
    let mut member = Member::default();
    room.topics.clear();
    room.words.clear();
    for work in own.iter().map(|place| &works[*place as usize]) {
        let parts = work.parts_of(number);
        member.works += 1;
        member.recent += u32::from(i32::from(until) - i32::from(work.year) < 3);
        if member.works == 1 {
            member.first = work.year;
        }
        member.last = work.year;
        // Works come in order of years, so that the last word counts.
        let said: Vec<u16> = parts.iter().filter_map(|part| part.country).collect();
        let often = |country: &u16| (said.iter().filter(|other| *other == country).count(), std::cmp::Reverse(*country));
        member.country = said.iter().copied().max_by_key(often).or(member.country);
        let mut affiliates: Vec<u32> = parts.iter().filter_map(|part| part.affiliate).collect();
        affiliates.sort_unstable();
        affiliates.dedup();
        member.international += u32::from(work.countries().len() > 1);
        member.all_affiliates.extend(&affiliates);
        if corpus.who() == Who::Researchers && !affiliates.is_empty() {
            member.affiliates = affiliates;
        }
        for word in &work.words {
            if let Some(weight) = telling.weight(*word) {
                *room.words.entry(*word).or_default() += weight;
            }
        }
        if let Some(topic) = work.topic {
            *room.topics.entry(topic).or_default() += 1.0;
        }
    }
    member.topics = of_length_one(room.topics.drain().collect());
    member.words = of_length_one(heaviest(room.words.drain().collect(), WORDS));
    member.all_affiliates.sort_unstable();
    member.all_affiliates.dedup();
    member.places = match corpus.who() {
        Who::Researchers => member.affiliates.iter().filter_map(|affiliate| corpus.place(*affiliate)).collect(),
        Who::Organisations => corpus.place(number).into_iter().collect(),
    };
    member
}

/// A corpus up to a year.
pub struct Past {
    until: i16,
    members: Vec<Member>,
    graph: Graph,
    recent: Graph,
    affiliates: Graph,
    /// Members by topic, with their part.
    by_topic: Vec<Vec<(u32, f32)>>,
    /// Circles, as far as they were asked for.
    circles: Vec<OnceLock<Circle>>,
    circles_kept: AtomicUsize,
    /// Logarithm of joint works of two countries over what independence would give, both counted with one work more.
    countries: FxHashMap<(u16, u16), f64>,
}

impl Past {
    /// What the works up to a year say.
    pub fn new(corpus: &Corpus, until: i16) -> Past {
        let works = corpus.between(i16::MIN, until);
        let telling = Telling::new(works);
        let of_members = OfMembers::new(works, corpus.members());
        let mut members: Vec<Member> = (0..corpus.members())
            .into_par_iter()
            .map_init(Default::default, |room, number| member(corpus, until, number, works, of_members.of(number), &telling, room))
            .collect();
        drop(of_members);
        let (mut pairs, mut recent) = (GraphBuilder::new(corpus.members()), GraphBuilder::new(corpus.members()));
        let mut joint = GraphBuilder::new(corpus.affiliates());
        let mut latest = vec![Latest::default(); if corpus.who() == Who::Organisations { corpus.affiliates() as usize } else { 0 }];
        let mut together: FxHashMap<(u16, u16), f64> = FxHashMap::default();
        let mut margins: FxHashMap<u16, f64> = FxHashMap::default();
        let mut total = 0.0;
        for (number, work) in works.iter().enumerate() {
            let count = work.members().count();
            let countries = work.countries();
            if corpus.who() == Who::Organisations {
                for part in &work.parts {
                    part.affiliate.into_iter().for_each(|researcher| latest[researcher as usize].see(number, part.member));
                }
            }
            if count > 1 {
                // Each member's links of a work sum to 1.
                let weight = 1.0 / (count - 1) as f32;
                let faded = weight * FADING.powi(i32::from(until) - i32::from(work.year)).max(1e-6);
                for (a, b) in work.pairs() {
                    // Members are of the corpus and weights above 0: nothing is refused.
                    let _ = pairs.add(a, b, weight);
                    let _ = recent.add(a, b, faded);
                }
            }
            if countries.len() > 1 {
                total += 1.0;
                for (place, a) in countries.iter().enumerate() {
                    *margins.entry(*a).or_default() += 1.0;
                    countries[place + 1..].iter().for_each(|b| *together.entry((*a, *b)).or_default() += 1.0);
                }
            }
            let mut affiliates: Vec<u32> = work.parts.iter().filter_map(|part| part.affiliate).collect();
            affiliates.sort_unstable();
            affiliates.dedup();
            if affiliates.len() > MOST_AFFILIATES {
                continue;
            }
            for (place, a) in affiliates.iter().enumerate() {
                let weight = 1.0 / (affiliates.len() - 1).max(1) as f32;
                affiliates[place + 1..].iter().for_each(|b| drop(joint.add(*a, *b, weight)));
            }
        }
        // In order of researchers, so that those of an organisation are.
        for (researcher, latest) in (0..).zip(latest) {
            for member in latest.members {
                let affiliates = &mut members[member as usize].affiliates;
                if affiliates.last() != Some(&researcher) {
                    affiliates.push(researcher);
                }
            }
        }
        let mut by_topic: Vec<Vec<(u32, f32)>> = Vec::new();
        for (number, member) in (0..).zip(&members) {
            for (topic, part) in &member.topics {
                if by_topic.len() <= *topic as usize {
                    by_topic.resize(*topic as usize + 1, Vec::new());
                }
                by_topic[*topic as usize].push((number, *part));
            }
        }
        let affinity = |(a, b): (u16, u16), works: f64| {
            let margin = |country: u16| margins.get(&country).copied().unwrap_or(0.0);
            let expected = if total > 0.0 { margin(a) * margin(b) / total } else { 0.0 };
            ((works + 1.0) / (expected + 1.0)).ln()
        };
        let mut countries: FxHashMap<(u16, u16), f64> = FxHashMap::default();
        for a in margins.keys() {
            for b in margins.keys().filter(|b| *b > a) {
                countries.insert((*a, *b), affinity((*a, *b), together.get(&(*a, *b)).copied().unwrap_or(0.0)));
            }
        }
        let graph = pairs.build();
        let wrote_with: Vec<_> = (0..corpus.members())
            .into_par_iter()
            .map(|member| {
                let others = || graph.of(member).iter().map(|edge| &members[edge.to as usize]);
                let of_affiliates = others().flat_map(|other| &other.affiliates).copied();
                (counted(others().filter_map(|other| other.country)), counted(of_affiliates))
            })
            .collect();
        for (member, (by_country, by_affiliate)) in members.iter_mut().zip(wrote_with) {
            (member.by_country, member.by_affiliate) = (by_country, by_affiliate);
        }
        let circles = members.iter().map(|_| OnceLock::new()).collect();
        let circles_kept = AtomicUsize::new(0);
        Past { until, circles, circles_kept, members, graph, recent: recent.build(), affiliates: joint.build(), by_topic, countries }
    }

    /// The last year known.
    pub fn until(&self) -> i16 {
        self.until
    }

    /// A member.
    ///
    /// # Panics
    /// If the corpus has no such member.
    pub fn member(&self, member: u32) -> &Member {
        &self.members[member as usize]
    }

    /// Members with a work, in order.
    pub fn known(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.members.len() as u32).filter(|member| self.member(*member).works > 0)
    }

    /// Who wrote with whom: the links of a member in a work sum to 1.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The same, with links that fade by a quarter a year.
    pub fn recent(&self) -> &Graph {
        &self.recent
    }

    /// Which affiliates wrote together.
    pub fn affiliates(&self) -> &Graph {
        &self.affiliates
    }

    /// The words of those that a member wrote with.
    pub(crate) fn circle(&self, member: u32) -> Circle {
        let place = &self.circles[member as usize];
        if let Some(circle) = place.get() {
            return circle.clone();
        }
        let circle = self.words_around(member);
        if self.circles_kept.fetch_add(1, Ordering::Relaxed) < MOST_CIRCLES {
            // Another thread may have been quicker, with the same words.
            let _ = place.set(circle.clone());
        }
        circle
    }

    fn words_around(&self, member: u32) -> Circle {
        let mut words: FxHashMap<u32, f32> = FxHashMap::default();
        for edge in self.graph.of(member) {
            self.member(edge.to).words.iter().for_each(|(word, part)| *words.entry(*word).or_default() += edge.weight * part);
        }
        of_length_one(heaviest(words.into_iter().collect(), WORDS_OF_CIRCLE)).into()
    }

    /// Members with works in a topic, with its part, in order.
    pub(crate) fn of_topic(&self, topic: u32) -> &[(u32, f32)] {
        self.by_topic.get(topic as usize).map_or(&[], Vec::as_slice)
    }

    /// How much more than by chance two countries write together, as a logarithm; 0 where nothing says.
    pub(crate) fn affinity(&self, a: u16, b: u16) -> f64 {
        self.countries.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0)
    }

    /// Kilometres between the places of two members, of several the nearest; None where a place is not known.
    pub fn km_apart(&self, a: u32, b: u32) -> Option<f64> {
        let (a, b) = (&self.member(a).places, &self.member(b).places);
        a.iter().flat_map(|a| b.iter().map(|b| km(*a, *b))).min_by(f64::total_cmp)
    }

    /// Whether both countries are known and differ.
    pub fn is_international(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.member(a).country, self.member(b).country);
        a.is_some() && b.is_some() && a != b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_on_the_globe() {
        // A degree along the equator and along a meridian: 6,371 π / 180. Half way round: 6,371 π.
        let degree = 6371.0 * std::f64::consts::PI / 180.0;
        assert!((km([0.0, 10.0], [0.0, 11.0]) - degree).abs() < 1e-6 && (km([35.0, 127.0], [36.0, 127.0]) - degree).abs() < 1e-3);
        assert!((km([0.0, 0.0], [0.0, 180.0]) - 180.0 * degree).abs() < 1e-6);
        assert_eq!(km([37.5, 127.0], [37.5, 127.0]), 0.0);
        // Across the date line.
        assert!((km([0.0, 179.0], [0.0, -179.0]) - 2.0 * degree).abs() < 1e-3);
    }
}
