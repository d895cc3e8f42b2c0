//! The crate seen from outside: hand-worked cases, properties, and the shipped files.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod assign;
mod coverage;
mod crosswalk;
mod evaluate;
mod parse;
mod registry;
mod shipped;
mod support;
mod technology;
