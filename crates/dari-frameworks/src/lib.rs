//! Technology frameworks: official lists of critical and emerging technologies, each technology tied to OpenAlex topics and to words.
//!
//! A [`Registry`] holds the frameworks that ship with dari and those a user adds. A [`Framework`] is a tree of entries that resolves into
//! [`Technology`]s; [`crosswalk()`] says where two frameworks meet, an [`Assigner`] gives works and awards their technologies, [`coverage()`]
//! says what part of the world's works a framework claims, and [`evaluate()`] measures the assignment against labelled titles.

mod assign;
mod coverage;
mod crosswalk;
mod error;
mod evaluate;
mod framework;
mod labels;
mod near;
mod registry;
mod technology;
mod validate;
mod words;

pub use assign::{Assigner, Claims, How, Scratch};
pub use coverage::{Coverage, FieldCoverage, Fields, MultiplyClaimed, Part, TechnologySize, TopicSize, coverage};
pub use crosswalk::{Crosswalk, Options as CrosswalkOptions, Outdated, Pair, SharedTopic, TopicWeight, crosswalk};
pub use dari_model::proportion::Proportion;
pub use error::{Error, Problem};
pub use evaluate::{Evaluation, Report, TechnologyScore, evaluate};
pub use framework::{Bilingual, Entry, Framework, Source, Status, Strength, TopicClaim, Words};
pub use labels::{Draw, LabelledTitle, read_labels};
pub use registry::Registry;
pub use technology::{Level, Technology};
pub use words::{Titles, WordMatcher};
