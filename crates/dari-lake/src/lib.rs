//! The lake: where loaded data live.
//!
//! A lake is a folder with one Delta table per entry of [`dari_model::table`] and, beside them, a log of [`Commit`]s. A commit names the
//! version of every table that belongs together, so that a reader always sees a whole load or none of it, although Delta itself is atomic for
//! one table only. Loading goes through [`Load`]: rows are staged outside the tables by any number of writers, then merged under a lock.
//!
//! ```no_run
//! # fn example() -> Result<(), dari_lake::Error> {
//! let lake = dari_lake::Lake::open("dari-lake".as_ref())?;
//! let snapshot = lake.snapshot(None)?;
//! let batches = snapshot.query("SELECT count(*) FROM works", &Default::default())?;
//! # Ok(()) }
//! ```

mod commit;
mod content;
mod delta;
mod engine;
mod error;
mod lake;
mod load;
mod merge;
mod parquet_file;

pub use commit::{AsOf, Commit, Counts, LoadedFile, TableVersion};
pub use engine::Options;
pub use error::Error;
pub use lake::{Lake, Limits, Snapshot};
pub use load::{Load, Unit, UnitWriter};
pub use merge::Merged;
