//! A generated research world of any size, in the native forms of OpenAlex, with its truth known.
//!
//! The margins of country, topic and period and the ties of countries are fitted to the real data in `demo/` ([`World::new`]); authors a
//! work, skew of citations and missing affiliations follow what was counted in the works there. Planted in it are organisations that work
//! together more often than others, and organisations and countries on topics whose works are cited more or less than others
//! ([`Planted`]).
//!
//! Nothing of the world is held: a work is made from seed and place alone ([`World::make`]), in any order, so that parts are made by as
//! many threads as there are and the bytes are the same for any number of them. Memory does not grow with the number of works.
//!
//! What is simpler than in reality: who leads a work, how many take part and how it is cited are independent of each other, its type and
//! its organisations, but for what is planted; ties of countries are the same on all topics; organisations work on all topics alike.

mod citations;
mod demo;
mod entities;
mod error;
mod layout;
mod margins;
mod names;
mod organisations;
mod parallel;
mod planted;
pub mod postgres;
mod random;
mod shape;
mod snapshot;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod truth;
mod venues;
mod work;
mod works;
mod world;
mod write_jsonl;
mod write_parquet;

pub use citations::{Citations, Counts};
pub use error::Error;
pub use parallel::Progress;
pub use planted::{CellImpact, Impact, Partners, Planted};
pub use snapshot::{Forms, write};
pub use truth::{Summary, Truth};
pub use work::Work;
pub use world::{Options, World};
