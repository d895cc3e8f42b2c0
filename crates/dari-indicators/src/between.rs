//! Between countries: how much two or more work together, and how their profiles complete each other.

pub mod complementarity;
mod cooperation;
mod expectation;
pub mod incidence;
pub mod similarity;

pub use cooperation::{Basis, PairFigures, SetFigures, cooperation};
pub use expectation::{Expectation, Expected};
