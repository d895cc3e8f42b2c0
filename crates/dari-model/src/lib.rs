//! The words every part of dari shares: identifiers, countries, dates, text normalisation, the schemas of the lake's tables and
//! the rows on their way there. No input or output happens here.

pub mod chunk;
pub mod country;
pub mod date;
pub mod id;
pub mod proportion;
pub mod ror;
pub mod table;
pub mod text;

pub use chunk::{Cell, Chunk, RecordKey, Reject, RowError, TableBuilder};
pub use country::Country;
pub use table::{Column, Group, Kind, Table};
