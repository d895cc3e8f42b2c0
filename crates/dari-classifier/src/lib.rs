//! OpenAlex topics for works that have none, from title and abstract.
//!
//! [`Classifier::train`] takes the topic list and texts whose topics are known, a second's work for thousands of them; [`Classifier::classify`]
//! ranks topics with a calibrated confidence and gives none where nothing is likely enough. How well that goes is in the README, measured by
//! [`evaluate()`]. No input or output happens here.

mod award;
mod baseline;
mod calibration;
mod classifier;
mod evaluate;
mod lexicon;
mod options;
mod stem;
mod technology;
mod topic;
mod train;

pub use calibration::Calibration;
pub use classifier::{Classifier, Ranked, Scratch, TOP};
pub use evaluate::{Measures, Ranker, Subset, calibrate, evaluate, split};
pub use lexicon::{Lexicon, TokenSpace};
pub use options::{Options, THRESHOLD};
pub use technology::add_technology_terms;
pub use topic::{Example, Level, Topic};
