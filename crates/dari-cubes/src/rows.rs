//! The rows that go through buckets.

use crate::bucket::Row;

/// A work as far as cubes need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) id: i64,
    pub(crate) year: i16,
    /// Place of its topic among the topics given; `u16::MAX` without one.
    pub(crate) topic: u16,
    /// Its type, as a number of [`WorkType::ALL`](dari_indicators::counting::WorkType::ALL).
    pub(crate) kind: u8,
    /// Citations received in the window; before they are counted, those the source says in all.
    pub(crate) citations: u32,
    /// Whether its citations are known: a work whose source does not count them in a way that compares has no normalised score.
    pub(crate) counted: bool,
}

impl Row for Work {
    const SIZE: usize = 18;
    fn write(&self, to: &mut [u8]) {
        to[..8].copy_from_slice(&self.id.to_le_bytes());
        to[8..10].copy_from_slice(&self.year.to_le_bytes());
        to[10..12].copy_from_slice(&self.topic.to_le_bytes());
        to[12] = self.kind;
        to[13..17].copy_from_slice(&self.citations.to_le_bytes());
        to[17] = u8::from(self.counted);
    }
    fn read(from: &[u8]) -> Self {
        Work {
            id: i64::from_le_bytes(array(from, 0)),
            year: i16::from_le_bytes(array(from, 8)),
            topic: u16::from_le_bytes(array(from, 10)),
            kind: from[12],
            citations: u32::from_le_bytes(array(from, 13)),
            counted: from[17] != 0,
        }
    }
}

/// A row of a work's authorships.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Credit {
    pub(crate) work: i64,
    /// Number of the organisation; `u32::MAX` for none.
    pub(crate) organisation: u32,
    /// Number of the country; [`crate::UNKNOWN`] for none.
    pub(crate) country: u8,
    pub(crate) weight: f64,
}

impl Row for Credit {
    const SIZE: usize = 21;
    fn write(&self, to: &mut [u8]) {
        to[..8].copy_from_slice(&self.work.to_le_bytes());
        to[8..12].copy_from_slice(&self.organisation.to_le_bytes());
        to[12] = self.country;
        to[13..21].copy_from_slice(&self.weight.to_le_bytes());
    }
    fn read(from: &[u8]) -> Self {
        Credit {
            work: i64::from_le_bytes(array(from, 0)),
            organisation: u32::from_le_bytes(array(from, 8)),
            country: from[12],
            weight: f64::from_le_bytes(array(from, 13)),
        }
    }
}

/// A reference, in the bucket of the work that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) citing: i64,
    pub(crate) cited: i64,
}

impl Row for Reference {
    const SIZE: usize = 16;
    fn write(&self, to: &mut [u8]) {
        to[..8].copy_from_slice(&self.citing.to_le_bytes());
        to[8..16].copy_from_slice(&self.cited.to_le_bytes());
    }
    fn read(from: &[u8]) -> Self {
        Reference { citing: i64::from_le_bytes(array(from, 0)), cited: i64::from_le_bytes(array(from, 8)) }
    }
}

/// Citations of a work in a year, in the bucket of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) work: i64,
    pub(crate) year: i16,
    pub(crate) count: u32,
}

impl Row for Cited {
    const SIZE: usize = 14;
    fn write(&self, to: &mut [u8]) {
        to[..8].copy_from_slice(&self.work.to_le_bytes());
        to[8..10].copy_from_slice(&self.year.to_le_bytes());
        to[10..14].copy_from_slice(&self.count.to_le_bytes());
    }
    fn read(from: &[u8]) -> Self {
        Cited {
            work: i64::from_le_bytes(array(from, 0)),
            year: i16::from_le_bytes(array(from, 8)),
            count: u32::from_le_bytes(array(from, 10)),
        }
    }
}

/// `N` bytes from a place; rows are cut to size before they are read.
pub(crate) fn array<const N: usize>(from: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&from[at..at + N]);
    bytes
}
