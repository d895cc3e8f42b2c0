//! Prediction of first joint works between researchers, or between organisations (METHODS.md, "Partners").
//!
//! A [`Corpus`] holds works by year with who took part. [`Past`] is what is known of it up to a year: nothing later enters, whatever the corpus holds. [`Describer`]
//! turns pairs into features that are the same from both sides; [`Model`] is the model, which [`learn`] makes from pairs that came together afterwards;
//! [`suggest()`] finds pairs between two sides, with reasons; [`fits`] says who fits the packages of a programme, [`invite`] whom to invite to a workshop; [`evaluate`] hides the last years and measures how well they are foretold, beside the heuristics that
//! others use.

mod corpus;
mod describe;
mod evaluate;
mod learn;
mod model;
mod names;
mod packages;
mod pairs;
mod past;
mod suggest;
mod workshop;

pub use corpus::{Corpus, Part, Place, Who, Work};
pub use describe::{Describer, FEATURES, Feature, Features, Heuristic, Kind, TopicCosines};
pub use evaluate::{Evaluation, EvaluationOptions, Foretold, Hardness, Links, Measure, Sample, Score, Sides, evaluate};
pub use learn::{LEAST, learn};
pub use model::{Example, Model};
pub use names::{Agreement, Mention, agreement, name_key, who_is_who};
pub use packages::{FADING, Fit, fits};
pub use pairs::Watch;
pub use past::{Member, Past};
pub use suggest::{Between, SuggestOptions, Suggestion, chances_between, part_within, suggest};
pub use workshop::{Candidate, InviteOptions, Why, invite};

/// Why pairs could not be learned or foretold.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Error {
    /// Too few pairs came together for the first time in the years asked for.
    #[error("{found} pairs came together for the first time in {from} to {to}; at least {least} are needed")]
    FewPairs {
        /// How many.
        found: usize,
        /// First year.
        from: i16,
        /// Last year.
        to: i16,
        /// The least.
        least: usize,
    },
}
