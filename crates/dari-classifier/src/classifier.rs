//! Ranking the topics of a text.

use crate::award::without_labels;
use crate::calibration::Features;
use crate::lexicon::{Lexicon, TokenSpace};
use crate::train::{Hierarchy, Trained, train};
use crate::{Example, Options, Topic};

/// How many topics are ranked at most.
pub const TOP: usize = 5;

/// A topic with the confidence that it is the text's main one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Topic number.
    pub topic: i32,
    /// Calibrated confidence in [0, 1].
    pub score: f32,
}

/// Reused space of classification: one per thread.
#[derive(Debug, Default)]
pub struct Scratch {
    tokens: TokenSpace,
    terms: Vec<(u32, f32)>,
    above: Vec<f32>,
    topics: Vec<f32>,
    touched: Vec<u32>,
    candidates: Vec<(u32, f32)>,
    ranked: Vec<Ranked>,
}

/// A trained classifier; it is only read while classifying and may be shared between threads, each with its own [`Scratch`].
#[derive(Debug)]
pub struct Classifier {
    lexicon: Lexicon,
    hierarchy: Hierarchy,
    /// Postings of term t: `postings[starts[t]..starts[t + 1]]`, nodes ascending.
    starts: Vec<usize>,
    postings: Vec<(u32, f32)>,
    examples: Vec<f32>,
    rarity: Vec<f32>,
    options: Options,
}

impl Classifier {
    /// Trains from topics and, if there are any, texts whose topics are known. Without topics, no text gets one. A topic id that occurs twice
    /// counts once.
    pub fn train<'a>(topics: &[Topic], examples: impl Iterator<Item = Example<'a>>, options: Options) -> Self {
        let Trained { lexicon, hierarchy, postings, examples, rarity } = train(topics, examples, &options);
        let mut starts = vec![0; lexicon.len() + 1];
        for (term, _, _) in &postings {
            starts[*term as usize + 1] += 1;
        }
        for term in 1..starts.len() {
            starts[term] += starts[term - 1];
        }
        let postings = postings.into_iter().map(|(_, node, weight)| (node, weight)).collect();
        Classifier { lexicon, hierarchy, starts, postings, examples, rarity, options }
    }

    /// Up to [`TOP`] topics of a text, the most confident first, none of them below the threshold; empty where nothing is confident enough.
    ///
    /// `title` and `abstract_` are plain text (`dari_model::text::plain`); labels such as "CAREER:" before an award's title are passed over.
    /// Two topics of equal score rank by their ids. The confidence of each is that of being *the* main topic.
    pub fn classify<'s>(&self, title: &str, abstract_: Option<&str>, scratch: &'s mut Scratch) -> &'s [Ranked] {
        scratch.ranked.clear();
        self.rank(title, abstract_, scratch, |scratch, topic, features| {
            let score = self.options.calibration.confidence(features);
            if score >= self.options.threshold {
                scratch.push(Ranked { topic, score });
            }
        });
        scratch.ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        &scratch.ranked
    }

    /// Hands the likeliest topics to `out`, best first, whatever their confidence.
    pub(crate) fn rank(
        &self,
        title: &str,
        abstract_: Option<&str>,
        scratch: &mut Scratch,
        mut out: impl FnMut(&mut Vec<Ranked>, i32, Features),
    ) {
        self.read(title, abstract_, scratch);
        let rarity = self.score(scratch);
        let Scratch { candidates, ranked, .. } = scratch;
        let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        let best = candidates.iter().map(|(_, score)| *score).fold(0.0, f32::max);
        if candidates.len() > TOP {
            candidates.select_nth_unstable_by(TOP, order);
        }
        let total: f32 = candidates.iter().map(|(_, score)| (score - best).exp()).sum();
        candidates.truncate(TOP);
        candidates.sort_unstable_by(order);
        for (topic, score) in candidates.iter() {
            let topic = *topic as usize;
            let features = Features {
                share: (score - best).exp() / total,
                density: score / rarity.max(1.0),
                with_abstract: abstract_.is_some(),
                examples: self.examples[topic],
            };
            out(ranked, self.hierarchy.topics[topic], features);
        }
    }

    /// The terms of the text with their weights: 1 for a term of the title, a logarithm of the count times less for one of the abstract.
    fn read(&self, title: &str, abstract_: Option<&str>, scratch: &mut Scratch) {
        let Scratch { tokens, terms, .. } = scratch;
        let weight = |pair| if pair { self.options.pair_weight } else { 1.0 };
        terms.clear();
        self.lexicon.read(without_labels(title), tokens, |term, pair| terms.push((term, weight(pair))));
        terms.sort_unstable_by_key(|(term, _)| *term);
        terms.dedup_by_key(|(term, _)| *term);
        let Some(text) = abstract_ else { return };
        let title_end = terms.len();
        self.lexicon.read(text, tokens, |term, pair| terms.push((term, self.options.abstract_weight * weight(pair))));
        terms[title_end..].sort_unstable_by_key(|(term, _)| *term);
        let (mut kept, mut at) = (title_end, title_end);
        while at < terms.len() {
            let (term, once) = terms[at];
            let run = terms[at..].iter().take_while(|(other, _)| *other == term).count();
            terms[kept] = (term, once * (1.0 + (run as f32).ln()));
            kept += 1;
            at += run;
        }
        terms.truncate(kept);
    }

    /// Scores every topic that shares a term with the text into `candidates` and returns the rarity of the text, Σ weight × −ln p₀.
    fn score(&self, scratch: &mut Scratch) -> f32 {
        let Scratch { terms, above, topics, touched, candidates, .. } = scratch;
        let first = self.hierarchy.first_topic;
        above.clear();
        above.resize(first, 0.0);
        topics.clear();
        topics.resize(self.hierarchy.topics.len(), 0.0);
        touched.clear();
        let mut rarity = 0.0;
        for (term, weight) in terms.iter() {
            let term = *term as usize;
            rarity += weight * self.rarity[term];
            for (node, evidence) in &self.postings[self.starts[term]..self.starts[term + 1]] {
                let node = *node as usize;
                if node < first {
                    above[node] += weight * evidence;
                    continue;
                }
                let sum = &mut topics[node - first];
                if *sum == 0.0 {
                    touched.push((node - first) as u32);
                }
                *sum += weight * evidence;
            }
        }
        // Parents come before their children, so one pass carries each sum down.
        for node in 0..first {
            let parent = self.hierarchy.parent[node] as usize;
            if parent != node {
                above[node] += above[parent];
            }
        }
        candidates.clear();
        candidates.extend(touched.iter().map(|topic| {
            let place = *topic as usize;
            let prior = self.options.prior * self.examples[place].ln_1p();
            (*topic, topics[place] + above[self.hierarchy.parent[first + place] as usize] + prior)
        }));
        rarity
    }
}
