//! What speaks for and against a candidate.

use crate::matcher::names::{FORMS, Form};

/// Number of features, the constant among them.
pub const FEATURES: usize = 38;

/// Names of the features, in order, for the file of the model.
pub const NAMES: [&str; FEATURES] = [
    "constant",
    "words",
    "specific_none",
    "specific_one",
    "official",
    "namesakes",
    "outranked",
    "heads_namesakes",
    "branch",
    "prominence",
    "country_agrees",
    "country_named_otherwise",
    "country_mentioned_otherwise",
    "country_unsaid",
    "city_agrees",
    "city_other",
    "parent_named",
    "part_named",
    "other_name_too",
    "neighbour_near",
    "neighbour_abroad",
    "left_unit",
    "left_modifier",
    "left_other",
    "right_unit",
    "right_joined",
    "right_joined_place",
    "right_place",
    "right_other",
    "right_body",
    "whole_segment",
    "only_segment",
    "place",
    "short",
    "common_word",
    "education",
    "company",
    "ended",
];

/// The features of a candidate.
pub type Features = [f32; FEATURES];

/// Words of English and other languages that are also initials or short names of organisations.
pub(super) fn is_common(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

static COMMON: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
    let mut words: Vec<&str> = include_str!("../../data/common_words.txt").lines().collect();
    words.sort_unstable();
    words
});

/// The model: a logistic regression for each form of name, fitted by `examples/train.rs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Version, kept with every match.
    pub version: String,
    weights: [Features; FORMS],
}

impl Model {
    /// The model that ships.
    pub fn shipped() -> Model {
        Model::parse(include_str!("../../data/model.csv"))
    }

    /// A model of weights by form.
    pub fn new(version: String, weights: [Features; FORMS]) -> Model {
        Model { version, weights }
    }

    /// The version and a fingerprint of the weights, so that models that differ never pass for one.
    pub fn fingerprint(&self) -> String {
        // The lists of words and places decide as much as the weights do.
        let lists = [
            include_str!("../../data/words.csv"),
            include_str!("../../data/dropped_words.txt"),
            include_str!("../../data/common_words.txt"),
            include_str!("../../data/regions.csv"),
            include_str!("../../data/additional_names.csv"),
        ];
        let hash = dari_model::id::record_hash((self.write() + &lists.concat()).as_bytes());
        format!("{} {:08x}", self.version, hash as u32)
    }

    /// Reads what [`write`](Model::write) wrote; what is missing weighs nothing.
    pub fn parse(text: &str) -> Model {
        let mut model = Model { version: String::new(), weights: [[0.0; FEATURES]; FORMS] };
        for line in text.lines() {
            if let Some(version) = line.strip_prefix("# version ") {
                model.version = version.trim().to_owned();
            }
            let mut fields = line.split(',');
            let Some(feature) = fields.next().and_then(|name| NAMES.iter().position(|known| *known == name)) else { continue };
            for (form, field) in fields.enumerate().take(FORMS) {
                model.weights[form][feature] = field.trim().parse().unwrap_or(0.0);
            }
        }
        model
    }

    /// The model as a table, a line a feature and a column a form.
    pub fn write(&self) -> String {
        let mut out = format!("# version {}\nfeature,full,acronym,company,split,loose,flipped,misspelt,domain\n", self.version);
        for (feature, name) in NAMES.iter().enumerate() {
            out.push_str(name);
            for weights in &self.weights {
                out.push_str(&format!(",{:.4}", weights[feature]));
            }
            out.push('\n');
        }
        out
    }

    /// The probability that a candidate is right.
    pub(crate) fn confidence(&self, form: Form, features: &Features) -> f32 {
        let sum: f32 = self.weights[form as usize].iter().zip(features).map(|(weight, value)| weight * value).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}
