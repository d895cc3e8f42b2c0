//! What is put aside while cubes are computed: plain numbers of fixed size.

use bytemuck::{Pod, Zeroable};

/// A work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Work {
    pub(crate) id: i64,
    /// Citations the source says in all.
    pub(crate) total: u32,
    pub(crate) year: i16,
    /// Place of its topic among the topics given; [`NO_TOPIC`](crate::output::NO_TOPIC) without one.
    pub(crate) topic: u16,
    /// Its type, as a number of [`WorkType::ALL`](dari_indicators::counting::WorkType::ALL).
    pub(crate) kind: u8,
    /// Whether `total` is known.
    pub(crate) has_total: u8,
    /// Whether it is of a year whose works are counted.
    pub(crate) is_counted: u8,
    pub(crate) _room: [u8; 5],
}

/// A row of a work's authorships.
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Credit {
    pub(crate) work: i64,
    pub(crate) weight: f64,
    /// Number of the organisation; `u32::MAX` for none.
    pub(crate) organisation: u32,
    /// Number of the country; [`UNKNOWN`](crate::UNKNOWN) for none.
    pub(crate) country: u8,
    pub(crate) _room: [u8; 3],
}

/// A reference, at the place of the work that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Reference {
    pub(crate) citing: i64,
    pub(crate) cited: i64,
}

/// Citations of a work in a year, at the place of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Cited {
    pub(crate) work: i64,
    pub(crate) count: u32,
    pub(crate) year: i16,
    pub(crate) _room: [u8; 2],
}

/// A work's part in a cell of a cube, at the place of the cell's year and topic.
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Part {
    /// The cell: see `output::{country_key, pair_key, organisation_key}`.
    pub(crate) key: u64,
    pub(crate) work: i64,
    pub(crate) weight: f64,
    /// Citations in the window.
    pub(crate) citations: u32,
    /// The work's type.
    pub(crate) kind: u8,
    /// Whether its citations are known.
    pub(crate) counted: u8,
    /// Its collaboration class, as a number of [`Collaboration::KNOWN`](dari_indicators::impact::Collaboration::KNOWN); beyond them unknown.
    pub(crate) class: u8,
    pub(crate) _room: u8,
}
