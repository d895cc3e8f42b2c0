//! What is known up to a year.

use dari_network::{Graph, GraphBuilder};
use rustc_hash::FxHashMap;

use crate::Corpus;

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
    pub organisations: Vec<u32>,
    /// (topic, part of the works), in order of topics; the squares sum to 1.
    pub topics: Vec<(u32, f32)>,
}

/// What is left of a link's weight after a year.
const FADING: f32 = 0.75;

/// A corpus up to a year.
pub struct Past {
    until: i16,
    members: Vec<Member>,
    graph: Graph,
    recent: Graph,
    organisations: Graph,
    /// Members by topic, with their part.
    by_topic: Vec<Vec<(u32, f32)>>,
    /// Logarithm of joint works of two countries over what independence would give, both counted with one work more.
    countries: FxHashMap<(u16, u16), f64>,
}

impl Past {
    /// What the works up to a year say.
    pub fn new(corpus: &Corpus, until: i16) -> Past {
        let works = corpus.between(i16::MIN, until);
        let mut members = vec![Member::default(); corpus.members() as usize];
        let mut topics: Vec<FxHashMap<u32, f32>> = vec![FxHashMap::default(); members.len()];
        let (mut pairs, mut recent) = (GraphBuilder::new(corpus.members()), GraphBuilder::new(corpus.members()));
        let mut joint = GraphBuilder::new(corpus.organisations());
        let mut together: FxHashMap<(u16, u16), f64> = FxHashMap::default();
        let mut margins: FxHashMap<u16, f64> = FxHashMap::default();
        let mut total = 0.0;
        for work in works {
            let count = work.members().count();
            for parts in work.parts.chunk_by(|a, b| a.member == b.member) {
                let Some(first) = parts.first() else { continue };
                let member = &mut members[first.member as usize];
                member.works += 1;
                member.recent += u32::from(i32::from(until) - i32::from(work.year) < 3);
                if member.works == 1 {
                    member.first = work.year;
                }
                member.last = work.year;
                // Works come in order of years, so that the last word counts.
                let countries: Vec<u16> = parts.iter().filter_map(|part| part.country).collect();
                let often = |country: &u16| (countries.iter().filter(|other| *other == country).count(), std::cmp::Reverse(*country));
                member.country = countries.iter().copied().max_by_key(often).or(member.country);
                let mut organisations: Vec<u32> = parts.iter().filter_map(|part| part.organisation).collect();
                organisations.dedup();
                if !organisations.is_empty() {
                    member.organisations = organisations;
                }
                if let Some(topic) = work.topic {
                    *topics[first.member as usize].entry(topic).or_default() += 1.0;
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
            let mut organisations: Vec<u32> = work.parts.iter().filter_map(|part| part.organisation).collect();
            organisations.sort_unstable();
            organisations.dedup();
            let mut countries: Vec<u16> = work.parts.iter().filter_map(|part| part.country).collect();
            countries.sort_unstable();
            countries.dedup();
            for (place, a) in organisations.iter().enumerate() {
                let weight = 1.0 / (organisations.len() - 1).max(1) as f32;
                organisations[place + 1..].iter().for_each(|b| drop(joint.add(*a, *b, weight)));
            }
            if countries.len() > 1 {
                total += 1.0;
                for (place, a) in countries.iter().enumerate() {
                    *margins.entry(*a).or_default() += 1.0;
                    countries[place + 1..].iter().for_each(|b| *together.entry((*a, *b)).or_default() += 1.0);
                }
            }
        }
        let mut by_topic: Vec<Vec<(u32, f32)>> = Vec::new();
        for (number, (member, topics)) in members.iter_mut().zip(topics).enumerate() {
            let length = topics.values().map(|works| works * works).sum::<f32>().sqrt();
            member.topics = topics.into_iter().map(|(topic, works)| (topic, works / length)).collect();
            member.topics.sort_unstable_by_key(|(topic, _)| *topic);
            for (topic, part) in &member.topics {
                if by_topic.len() <= *topic as usize {
                    by_topic.resize(*topic as usize + 1, Vec::new());
                }
                by_topic[*topic as usize].push((number as u32, *part));
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
        Past { until, members, graph: pairs.build(), recent: recent.build(), organisations: joint.build(), by_topic, countries }
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

    /// Which organisations wrote together.
    pub fn organisations(&self) -> &Graph {
        &self.organisations
    }

    /// Members with works in a topic, with its part.
    pub(crate) fn of_topic(&self, topic: u32) -> &[(u32, f32)] {
        self.by_topic.get(topic as usize).map_or(&[], Vec::as_slice)
    }

    /// How much more than by chance two countries write together, as a logarithm; 0 where nothing says.
    pub(crate) fn affinity(&self, a: u16, b: u16) -> f64 {
        self.countries.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0)
    }

    /// Whether both countries are known and differ.
    pub fn is_international(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.member(a).country, self.member(b).country);
        a.is_some() && b.is_some() && a != b
    }
}
