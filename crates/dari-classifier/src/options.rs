//! The settings of training.

use crate::Calibration;

/// Least confidence at which a topic is given, unless the options say otherwise; chosen by measurement (see the README).
pub const THRESHOLD: f32 = 0.1;

/// Settings of [`crate::Classifier::train`]; the defaults were chosen by measurement (see the README).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Weight of a word of a topic's name beside one of its keywords.
    pub name_weight: f32,
    /// Weight of a pair of neighbouring words beside a single word, in topics and texts.
    pub pair_weight: f32,
    /// Weight of a word of an abstract beside one of the title.
    pub abstract_weight: f32,
    /// Examples of a topic at which they count as much as its name and keywords.
    pub half_examples: f32,
    /// How many times more frequent than in the average field a term must be in a topic's examples to be learnt from them.
    pub excess: f32,
    /// Share of the parent in the smoothed distribution of a node; kept within 0.01 and 0.99.
    pub smoothing: f32,
    /// Weight of ln(1 + examples) of a topic in its score: topics that were frequent are likelier.
    pub prior: f32,
    /// From scores to confidence.
    pub calibration: Calibration,
    /// Least confidence, in [0, 1], at which a topic is given.
    pub threshold: f32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name_weight: 2.0,
            pair_weight: 0.5,
            abstract_weight: 0.3,
            half_examples: 20.0,
            excess: 2.0,
            smoothing: 0.85,
            prior: 0.2,
            calibration: Calibration([-1.939, 0.314, -0.281, 0.072, 0.233]),
            threshold: THRESHOLD,
        }
    }
}
