//! Data that lie: years and topics that do not behave as their neighbours do. The tests are general; no topic, pair or year is named.

pub mod breaks;
pub mod sinks;
