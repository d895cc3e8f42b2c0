//! What the classifier is measured against: counting a topic's keywords and name words in the text.

use crate::{Ranked, TOP, Topic};
use dari_model::text::normalise;
use rustc_hash::FxHashMap;

/// The longest keyword, in words, that is looked for.
const LONGEST: usize = 6;

/// Keywords (as whole phrases) and the words of names of four letters or more.
pub(crate) struct Baseline {
    phrases: FxHashMap<String, Vec<i32>>,
}

impl Baseline {
    pub(crate) fn new(topics: &[Topic]) -> Self {
        let mut phrases: FxHashMap<String, Vec<i32>> = FxHashMap::default();
        for topic in topics {
            let name = normalise(&topic.name);
            let words = name.split(' ').filter(|word| word.chars().count() >= 4).map(str::to_string);
            let mut own: Vec<String> = topic.keywords.iter().map(|keyword| normalise(keyword)).chain(words).collect();
            own.sort_unstable();
            own.dedup();
            own.into_iter().for_each(|phrase| phrases.entry(phrase).or_default().push(topic.id));
        }
        Baseline { phrases }
    }

    /// The topics with most phrases in the text, ties to the smaller id; the score is the count.
    pub(crate) fn rank(&self, text: &str) -> Vec<Ranked> {
        let text = normalise(text);
        let words: Vec<&str> = text.split(' ').collect();
        let mut found: Vec<String> = Vec::new();
        for start in 0..words.len() {
            let end = (start + LONGEST).min(words.len());
            found.extend((start + 1..=end).map(|end| words[start..end].join(" ")).filter(|phrase| self.phrases.contains_key(phrase)));
        }
        found.sort_unstable();
        found.dedup();
        let mut counts: FxHashMap<i32, u32> = FxHashMap::default();
        found.iter().filter_map(|phrase| self.phrases.get(phrase)).flatten().for_each(|topic| *counts.entry(*topic).or_default() += 1);
        let mut ranked: Vec<(u32, i32)> = counts.into_iter().map(|(topic, count)| (count, topic)).collect();
        ranked.sort_unstable_by_key(|(count, topic)| (std::cmp::Reverse(*count), *topic));
        ranked.into_iter().take(TOP).map(|(count, topic)| Ranked { topic, score: count as f32 }).collect()
    }
}
