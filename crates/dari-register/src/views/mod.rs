//! What the desk needs to see.

mod balance;
mod lineage;
mod open;
mod timeline;

pub(crate) use balance::Given;
pub use balance::{Balance, Contributions, Exchanges};
pub use lineage::{Lineage, Relative};
pub use open::{Open, Renewal, Summary};
pub use timeline::{Change, Entry};
