//! Where two frameworks meet.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Error;
use crate::framework::{Framework, Strength};
use crate::technology::{Level, Technology};

/// How much a topic weighs beside its strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TopicWeight<'a> {
    /// Each topic the same.
    #[default]
    Equal,
    /// Its works; a topic that the map lacks weighs nothing.
    Works(&'a BTreeMap<i32, u64>),
}

/// What to do with a framework that does not hold at the date asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outdated {
    /// An error.
    #[default]
    Refuse,
    /// Go on and name it in [`Crosswalk::not_valid`].
    Flag,
}

/// Variants of a crosswalk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options<'a> {
    /// Which entries to pair.
    pub level: Level,
    /// What a topic weighs.
    pub weight: TopicWeight<'a>,
    /// The day at which both must hold (days since 1970-01-01); `None`: any.
    pub day: Option<i32>,
    /// What if one does not.
    pub outdated: Outdated,
}

/// All pairs of technologies of two frameworks that share a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crosswalk {
    /// The first framework's id.
    pub a: String,
    /// The second framework's id.
    pub b: String,
    /// The frameworks among the two that do not hold at the date asked for.
    pub not_valid: Vec<String>,
    /// Pairs that meet, most similar first, then in the order of the files.
    pub pairs: Vec<Pair>,
    /// Ids of the technologies of `a` that meet nothing, in the order of the file.
    pub alone_a: Vec<String>,
    /// The same of `b`.
    pub alone_b: Vec<String>,
}

/// Two technologies that share a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// Id of the technology of the first framework.
    pub a: String,
    /// Id of the technology of the second framework.
    pub b: String,
    /// Weighted Jaccard similarity over topics, from 0 to 1.
    pub similarity: f64,
    /// The topics that make them meet, largest weight first, then by id.
    pub shared: Vec<SharedTopic>,
}

/// A topic that both technologies of a pair claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedTopic {
    /// OpenAlex topic.
    pub topic: i32,
    /// Its name.
    pub name: String,
    /// The claim of the first technology.
    pub in_a: Strength,
    /// The claim of the second technology.
    pub in_b: Strength,
    /// The smaller of the two strengths' weights times the topic's.
    pub weight: f64,
}

/// Pairs the technologies of two frameworks by weighted Jaccard similarity: sum of min(x_t, y_t) over sum of max(x_t, y_t), where x_t is the
/// weight of topic t in a technology, 1 (core) or 0.5 (related) times the topic's own ([`TopicWeight`]) and 0 where it is not claimed.
/// Pairs share at least one topic of weight above 0. (Ružička similarity; Ioffe 2010, "Improved Consistent Sampling, Weighted Minhash and L1
/// Sketching", names it the weighted Jaccard.)
///
/// # Errors
/// [`Error::NotValid`] for a framework that does not hold at the date, unless [`Outdated::Flag`].
pub fn crosswalk(a: &Framework, b: &Framework, options: &Options<'_>) -> Result<Crosswalk, Error> {
    let mut not_valid = Vec::new();
    if let Some(day) = options.day {
        for framework in [a, b].into_iter().filter(|framework| !framework.valid_on(day)) {
            let (valid_from, valid_to) = (framework.valid_from, framework.valid_to);
            if options.outdated == Outdated::Refuse {
                return Err(Error::NotValid { framework: framework.id.clone(), day, valid_from, valid_to });
            }
            if !not_valid.contains(&framework.id) {
                not_valid.push(framework.id.clone());
            }
        }
    }
    let (of_a, of_b) = (a.technologies(options.level), b.technologies(options.level));
    let mut pairs = Vec::new();
    let (mut met_a, mut met_b) = (vec![false; of_a.len()], vec![false; of_b.len()]);
    for (index_a, x) in of_a.iter().enumerate() {
        for (index_b, y) in of_b.iter().enumerate() {
            if let Some(pair) = pair(x, y, options.weight) {
                (met_a[index_a], met_b[index_b]) = (true, true);
                pairs.push(pair);
            }
        }
    }
    // Stable, so that equals keep the order of the files.
    pairs.sort_by(|p, q| q.similarity.total_cmp(&p.similarity));
    let alone = |technologies: &[Technology], met: &[bool]| {
        technologies.iter().zip(met).filter(|(_, met)| !**met).map(|(technology, _)| technology.id.clone()).collect()
    };
    Ok(Crosswalk { a: a.id.clone(), b: b.id.clone(), not_valid, pairs, alone_a: alone(&of_a, &met_a), alone_b: alone(&of_b, &met_b) })
}

fn pair(x: &Technology, y: &Technology, weight: TopicWeight<'_>) -> Option<Pair> {
    let own = |topic: i32| match weight {
        TopicWeight::Equal => 1.0,
        TopicWeight::Works(works) => works.get(&topic).map_or(0.0, |works| *works as f64),
    };
    let total =
        |technology: &Technology| -> f64 { technology.topics.values().map(|claim| claim.strength.weight() * own(claim.topic)).sum() };
    let mut shared: Vec<SharedTopic> = Vec::new();
    for (topic, in_x) in &x.topics {
        let Some(in_y) = y.topics.get(topic) else { continue };
        let weight = in_x.strength.min(in_y.strength).weight() * own(*topic);
        if weight > 0.0 {
            shared.push(SharedTopic { topic: *topic, name: in_x.name.clone(), in_a: in_x.strength, in_b: in_y.strength, weight });
        }
    }
    if shared.is_empty() {
        return None;
    }
    // min + max = x + y, topic by topic.
    let minima: f64 = shared.iter().map(|topic| topic.weight).sum();
    let similarity = minima / (total(x) + total(y) - minima);
    shared.sort_by(|p, q| q.weight.total_cmp(&p.weight).then(p.topic.cmp(&q.topic)));
    Some(Pair { a: x.id.clone(), b: y.id.clone(), similarity, shared })
}
