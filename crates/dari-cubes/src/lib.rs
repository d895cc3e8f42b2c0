//! Cubes that indicators read: works by country, topic and year; joint works by pair of countries; works by organisation; each with full and fractional counts,
//! citations, normalised scores and collaboration classes. With them what finer figures need: every work of every country with its citations, and the cohorts that
//! citations are compared with.
//!
//! The input may be of any size. [`Feeder`]s take batches of works, authorships and citations in any order and put them aside by a hash of their work (`spill`).
//! [`Collector::compute`] then goes through the works, bucket by bucket, each of which fits into memory, and puts every work's part in every cell aside by year and
//! topic (`parts`); with the citations of all cohorts known it adds them up, topic by topic (`cells`). Memory depends on [`Options::works_per_bucket`] and
//! [`Options::room`], on the number of topics, organisations and cohorts, not on the number of works. Sums are exact (`ExactSum`), so that not a bit of the result
//! depends on the order of the input or the number of threads.

mod cells;
mod collector;
mod compute;
mod error;
mod output;
mod parts;
mod rows;
mod spill;

pub use collector::{Collector, Feeder, Options, Topic};
pub use compute::{Report, Sink, Watch};
pub use dari_indicators::counting::CitationSource;
use dari_indicators::counting::CitationWindow;
pub use error::Error;
pub use output::Output;

/// Changes whenever the same works would give other cubes, so that what was computed before is computed again.
pub const METHOD: u32 = 3;

/// The years in which citations count.
pub const WINDOW: CitationWindow = CitationWindow::OPENALEX;

/// The country code under which unknown affiliations are counted.
pub const UNKNOWN_COUNTRY: &str = "ZZ";

/// Number of the unknown country.
pub(crate) const UNKNOWN: u8 = u8::MAX;
