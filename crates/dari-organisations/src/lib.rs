//! Organisations: who is who, where, since when, and in which group.
//!
//! [`Register`] holds the organisations of ROR (and OpenAlex), found by id and followed to their successors; [`Search`] finds them by any name;
//! [`Matcher`] finds those that a free-text affiliation names, with a calibrated confidence, and the country where no organisation is certain.

mod error;
pub mod evaluate;
pub mod groups;
mod korean;
pub mod matcher;
mod organisation;
mod places;
mod register;
pub mod screening;
pub mod search;
mod spelling;
mod words;

pub use error::Error;
pub use korean::romanise;
pub use matcher::Matcher;
pub use organisation::{Name, NameKind, Organisation, Relation, RelationKind, Status};
pub use places::Evidence;
pub use register::{Builder, Index, Register, Step};
pub use search::Search;
