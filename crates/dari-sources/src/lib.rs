//! Readers of published research data, one module a source: bytes in, [`Chunk`]s of rows for the lake's tables out.
//!
//! A reader takes a [`File`] and hands on chunk after chunk. One bad record never loses the rest: it becomes a
//! [`Reject`](dari_model::Reject) with its place and the reason. A reader fails as a whole only where nothing sensible can follow (the file
//! cannot be opened, a needed column is missing).

pub mod aggregates;
pub mod awards;
pub mod bibliography;
pub mod budgets;
mod collector;
mod error;
pub mod input;
mod json_elements;
pub mod openalex;
mod packed;
pub mod ror;
pub mod screening;
mod sheet;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod testing;
pub mod topics;
mod values;
mod xml_elements;

pub use collector::breaks_off;
use dari_model::Chunk;
pub use error::Error;
pub use input::File;
pub use sheet::{EachWhole, each_csv_row};

/// Where a reader hands its chunks; an error from it (the lake's disk is full, the user pressed Ctrl-C) ends the reading.
pub type Emit<'a> = &'a mut dyn FnMut(Chunk) -> Result<(), Error>;

/// Records in a chunk at most, so that memory stays flat whatever a file's size.
pub const CHUNK_RECORDS: usize = 4096;
