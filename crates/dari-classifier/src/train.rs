//! From topics and examples to the weights of terms.
//!
//! Each topic is a distribution over terms: its name and keywords, mixed with what its examples say more often than the average field does.
//! A subfield, field or domain is the mean of its children. Each node is smoothed with its parent (Jelinek-Mercer), the domains with the
//! frequency of the term overall, p₀. With q the node's own distribution and p its parent's smoothed one, the smoothed distribution is
//! (1 − λ) q + λ p, and a text's log-likelihood ratio of node against parent is, for each of its terms, ln λ + ln(1 + (1 − λ)/λ · q/p).
//! ln λ is the same for every node of a level and drops out, so that a term weighs ≥ 0 and only where it occurs: the index is sparse.

use crate::award::without_labels;
use crate::lexicon::{Lexicon, TokenSpace};
use crate::{Example, Options, Topic};
use rustc_hash::FxHashMap;

/// A distribution over terms, sorted by term.
type Distribution = Vec<(u32, f32)>;

/// The nodes of the hierarchy: domains, fields, subfields, then topics in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Hierarchy {
    /// Parent of each node; a domain is its own.
    pub(crate) parent: Vec<u32>,
    /// Level of each node: 0 domain, 1 field, 2 subfield, 3 topic.
    pub(crate) level: Vec<u8>,
    /// Number of the first topic's node.
    pub(crate) first_topic: usize,
    /// Ids of the topics, from `first_topic` on.
    pub(crate) topics: Vec<i32>,
}

impl Hierarchy {
    fn new(topics: &[&Topic]) -> Self {
        let mut hierarchy = Hierarchy::default();
        let mut nodes: FxHashMap<(u8, i32), u32> = FxHashMap::default();
        for level in 0..3u8 {
            for topic in topics {
                let path = [topic.domain.id, topic.field.id, topic.subfield.id];
                let next = hierarchy.parent.len() as u32;
                let parent = if level == 0 { next } else { nodes[&(level - 1, path[usize::from(level) - 1])] };
                nodes.entry((level, path[usize::from(level)])).or_insert_with(|| {
                    hierarchy.parent.push(parent);
                    hierarchy.level.push(level);
                    next
                });
            }
        }
        hierarchy.first_topic = hierarchy.parent.len();
        for topic in topics {
            hierarchy.parent.push(nodes[&(2, topic.subfield.id)]);
            hierarchy.level.push(3);
            hierarchy.topics.push(topic.id);
        }
        hierarchy
    }
}

/// What training makes: per term its postings (node, weight), nodes ascending.
#[derive(Debug)]
pub(crate) struct Trained {
    pub(crate) lexicon: Lexicon,
    pub(crate) hierarchy: Hierarchy,
    pub(crate) postings: Vec<(u32, u32, f32)>,
    /// Examples of each topic, weighted.
    pub(crate) examples: Vec<f32>,
    /// Rarity −ln p₀ of each term.
    pub(crate) rarity: Vec<f32>,
}

pub(crate) fn train<'a>(topics: &[Topic], examples: impl Iterator<Item = Example<'a>>, options: &Options) -> Trained {
    let mut sorted: Vec<&Topic> = topics.iter().collect();
    sorted.sort_by_key(|topic| topic.id);
    sorted.dedup_by_key(|topic| topic.id);
    let hierarchy = Hierarchy::new(&sorted);
    let place: FxHashMap<i32, u32> = hierarchy.topics.iter().zip(0..).map(|(id, place)| (*id, place)).collect();
    let mut lexicon = Lexicon::new();
    let mut space = TokenSpace::default();

    let mut own: Vec<Distribution> = Vec::with_capacity(sorted.len());
    for topic in &sorted {
        let mut counts = Distribution::new();
        let mut add = |text: &str, weight: f32| {
            lexicon.learn(text, &mut space, |term, pair| counts.push((term, if pair { weight * options.pair_weight } else { weight })));
        };
        add(&topic.name, options.name_weight);
        topic.keywords.iter().for_each(|keyword| add(keyword, 1.0));
        own.push(distribution(counts));
    }

    let mut counts: Vec<Distribution> = vec![Vec::new(); sorted.len()];
    let mut weights = vec![0f32; sorted.len()];
    for example in examples {
        let mut terms = Distribution::new();
        lexicon.learn(without_labels(example.title), &mut space, |term, pair| {
            terms.push((term, if pair { options.pair_weight } else { 1.0 }))
        });
        if let Some(text) = example.abstract_ {
            let scale = options.abstract_weight;
            lexicon.learn(text, &mut space, |term, pair| terms.push((term, scale * if pair { options.pair_weight } else { 1.0 })));
        }
        let terms = distribution(terms);
        for (id, weight) in example.topics {
            let Some(topic) = place.get(id) else { continue };
            weights[*topic as usize] += weight;
            counts[*topic as usize].extend(terms.iter().map(|(term, share)| (*term, share * weight)));
            if counts[*topic as usize].len() > 100_000 {
                merge(&mut counts[*topic as usize]);
            }
        }
    }
    let learnt: Vec<Distribution> = counts.into_iter().map(distribution).collect();

    let background = background(&hierarchy, &learnt, lexicon.len());
    for (topic, (own, learnt)) in own.iter_mut().zip(learnt).enumerate() {
        let weight = weights[topic];
        let part = background.part[topic];
        // Measured against the other topics: a topic's own share of the background would hide what only it says.
        let elsewhere = |term: u32, share: f32| (background.shares[term as usize] - part * share).max(0.0);
        let excess: Distribution = learnt
            .into_iter()
            .map(|(term, share)| (term, share - options.excess * elsewhere(term, share)))
            .filter(|(_, share)| *share > 0.0)
            .collect();
        let excess = distribution(excess);
        if excess.is_empty() {
            continue;
        }
        let alpha = weight / (weight + options.half_examples);
        let mut mixed: Distribution = own.iter().map(|(term, share)| (*term, share * (1.0 - alpha))).collect();
        mixed.extend(excess.into_iter().map(|(term, share)| (term, share * alpha)));
        merge(&mut mixed);
        *own = mixed;
    }

    let nodes = nodes(&hierarchy, own);
    let overall = overall(&hierarchy, &nodes, &background.shares);
    let postings = weigh(&hierarchy, &nodes, &overall, options);
    let rarity = overall.iter().map(|share| -share.ln()).collect();
    Trained { lexicon, hierarchy, postings, examples: weights, rarity }
}

/// Sums what is equal in term.
fn merge(counts: &mut Distribution) {
    counts.sort_by_key(|(term, _)| *term);
    counts.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

/// Counts merged and scaled to sum 1.
fn distribution(mut counts: Distribution) -> Distribution {
    merge(&mut counts);
    let total: f32 = counts.iter().map(|(_, count)| count).sum();
    if total > 0.0 {
        counts.iter_mut().for_each(|(_, count)| *count /= total);
    }
    counts
}

/// How frequent terms are in examples of any topic.
struct Background {
    /// Share of each term.
    shares: Vec<f32>,
    /// How much of it each topic contributed.
    part: Vec<f32>,
}

/// The mean over fields of the mean over their topics with examples, so that a field with many examples does not make its own words common.
fn background(hierarchy: &Hierarchy, learnt: &[Distribution], terms: usize) -> Background {
    let field = |topic: usize| {
        let subfield = hierarchy.parent[hierarchy.first_topic + topic] as usize;
        hierarchy.parent[subfield] as usize
    };
    let mut topics = vec![0f32; hierarchy.first_topic];
    for (topic, _) in learnt.iter().enumerate().filter(|(_, learnt)| !learnt.is_empty()) {
        topics[field(topic)] += 1.0;
    }
    let fields = topics.iter().filter(|count| **count > 0.0).count() as f32;
    let mut background = Background { shares: vec![0.0; terms], part: vec![0.0; learnt.len()] };
    for (topic, learnt) in learnt.iter().enumerate().filter(|(_, learnt)| !learnt.is_empty()) {
        let part = 1.0 / topics[field(topic)] / fields;
        background.part[topic] = part;
        learnt.iter().for_each(|(term, share)| background.shares[*term as usize] += part * share);
    }
    background
}

/// The distribution of every node: a topic's own, above that the mean of the children.
fn nodes(hierarchy: &Hierarchy, topics: Vec<Distribution>) -> Vec<Distribution> {
    let mut nodes: Vec<Distribution> = vec![Vec::new(); hierarchy.first_topic];
    nodes.extend(topics);
    let mut children = vec![0f32; hierarchy.first_topic];
    for node in (0..nodes.len()).rev() {
        if node < hierarchy.first_topic {
            let total = children[node];
            merge(&mut nodes[node]);
            nodes[node].iter_mut().for_each(|(_, share)| *share /= total);
        }
        let parent = hierarchy.parent[node] as usize;
        if parent != node {
            children[parent] += 1.0;
            let (above, below) = nodes.split_at_mut(node);
            above[parent].extend_from_slice(&below[0]);
        }
    }
    nodes
}

/// p₀: the mean over the topics, or the frequency in the examples where that is higher, so that the words of every abstract weigh little.
fn overall(hierarchy: &Hierarchy, nodes: &[Distribution], background: &[f32]) -> Vec<f32> {
    let mut overall = vec![0f32; background.len()];
    for node in &nodes[hierarchy.first_topic..] {
        for (term, share) in node {
            overall[*term as usize] += share / hierarchy.topics.len() as f32;
        }
    }
    for (overall, background) in overall.iter_mut().zip(background) {
        *overall = overall.max(*background).max(1e-9);
    }
    overall
}

/// The weights of all terms at all nodes, sorted by term and node.
fn weigh(hierarchy: &Hierarchy, nodes: &[Distribution], overall: &[f32], options: &Options) -> Vec<(u32, u32, f32)> {
    let lambda = options.smoothing.clamp(0.01, 0.99);
    let mut smoothed: Vec<Distribution> = Vec::with_capacity(hierarchy.first_topic);
    let mut postings = Vec::new();
    for (node, own) in nodes.iter().enumerate() {
        let parent = hierarchy.parent[node] as usize;
        let level = usize::from(hierarchy.level[node]);
        let mut kept = Distribution::with_capacity(if level < 3 { own.len() } else { 0 });
        for (term, share) in own {
            let above = if parent == node {
                overall[*term as usize]
            } else {
                // A node's terms are among its parent's.
                let place = smoothed[parent].partition_point(|(other, _)| other < term);
                smoothed[parent].get(place).map_or(overall[*term as usize], |(_, share)| *share)
            };
            let weight = ((1.0 - lambda) / lambda * share / above).ln_1p();
            if weight > 0.01 {
                postings.push((*term, node as u32, weight));
            }
            if level < 3 {
                kept.push((*term, (1.0 - lambda) * share + lambda * above));
            }
        }
        if level < 3 {
            smoothed.push(kept);
        }
    }
    postings.sort_by_key(|(term, node, _)| (*term, *node));
    postings
}
