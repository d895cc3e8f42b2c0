//! Cubes that indicators read: works by country, topic and year; joint works by pair of countries; works by organisation; each with full and fractional counts,
//! citations, normalised scores and collaboration classes.
//!
//! The input may be of any size. A [`Collector`] takes batches of works, authorships and citations in any order and puts them into files by a hash of their work
//! (`bucket`). [`Collector::compute`] then goes through the files, each of which fits into memory: first for the distribution of citations
//! in every cohort, then for the sums (`runs`), which are merged in order of their keys. Memory depends on [`Options::works_per_bucket`], on the number of topics,
//! organisations and cohorts, not on the number of works. The result does not depend on the order of the input or the number of threads.

mod bucket;
mod collector;
mod compute;
mod error;
mod output;
mod rows;
mod runs;

pub use collector::{Collector, Options, Topic};
pub use compute::Report;
pub use dari_indicators::counting::CitationSource;
pub use error::Error;
pub use output::{Cube, NO_TOPIC};

/// Changes whenever the same works would give other cubes, so that what was computed before is computed again.
pub const METHOD: u32 = 1;

/// The country code under which unknown affiliations are counted.
pub const UNKNOWN_COUNTRY: &str = "ZZ";

/// Number of the unknown country.
pub(crate) const UNKNOWN: u8 = u8::MAX;
