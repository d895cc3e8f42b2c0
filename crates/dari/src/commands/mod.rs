//! One module a subcommand: each reads its arguments, asks the crates, and prints.

pub(crate) mod awards;
pub(crate) mod bench;
pub(crate) mod brief;
pub(crate) mod compare;
pub(crate) mod compute;
pub(crate) mod demo;
pub(crate) mod frameworks;
pub(crate) mod groups;
pub(crate) mod load;
pub(crate) mod networks;
pub(crate) mod opportunities;
pub(crate) mod organisations;
pub(crate) mod partners;
pub(crate) mod register;
pub(crate) mod serve;
pub(crate) mod sql;
pub(crate) mod status;
pub(crate) mod table_file;
pub(crate) mod trend;
