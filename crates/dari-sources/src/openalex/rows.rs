//! The rows of the records of one chunk.

use arrow::error::ArrowError;
use dari_model::id::record_hash;
use dari_model::{Cell, Chunk, Group, RecordKey, Reject, RowError, TableBuilder};
use std::collections::HashMap;
use std::sync::Arc;

use super::record::Text;
use crate::Error;

/// Collects rows record by record. A record's rows are kept together or, if one does not fit, not at all.
pub(super) struct Rows {
    file: Arc<str>,
    builders: Vec<TableBuilder>,
    chunk: Chunk,
    /// Records of the chunk with their days.
    ids: HashMap<i64, Option<i32>>,
    /// Chunks that were closed because a newer form of one of their records came.
    closed: Vec<Chunk>,
    /// The cells of the record at hand as bytes, to be hashed.
    canonical: Vec<u8>,
}

/// The rows of one record beyond its primary one: their cells in one run, so that a row costs no memory of its own.
#[derive(Default)]
pub(super) struct Children<'a> {
    cells: Vec<Cell<'a>>,
    /// Each row's table (numbered as in the group) and the end of its cells.
    rows: Vec<(usize, usize)>,
}

impl<'a> Children<'a> {
    pub(super) fn push(&mut self, table: usize, row: &[Cell<'a>]) {
        self.cells.extend_from_slice(row);
        self.rows.push((table, self.cells.len()));
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[Cell<'a>])> {
        let mut start = 0;
        self.rows.iter().map(move |&(table, end)| (table, &self.cells[std::mem::replace(&mut start, end)..end]))
    }
}

/// Why a record is not kept.
pub(super) struct Refusal(pub(super) String);

impl From<ArrowError> for Refusal {
    fn from(error: ArrowError) -> Self {
        Refusal(error.to_string())
    }
}

impl From<RowError> for Refusal {
    fn from(error: RowError) -> Self {
        Refusal(error.to_string())
    }
}

impl Rows {
    pub(super) fn new(file: Arc<str>, group: &'static Group) -> Self {
        let builders = group.tables().map(TableBuilder::new).collect();
        Rows { file, builders, chunk: Chunk::default(), ids: HashMap::new(), closed: Vec::new(), canonical: Vec::new() }
    }

    pub(super) fn refuse(&mut self, place: u64, key: Option<String>, reason: String) {
        self.chunk.rejects.push(Reject { file: self.file.clone(), record: place, key, reason });
    }

    pub(super) fn count_read(&mut self) {
        self.chunk.read += 1;
    }

    pub(super) fn warn(&mut self, warning: String) {
        self.chunk.warnings.push(warning);
    }

    /// Adds a record: `primary` is its row of the group's first table, in which the hash is filled in here. The hash is over the cells, so that the same record in another form (JSON or Parquet) has the same hash.
    pub(super) fn add(
        &mut self,
        place: u64,
        id: i64,
        updated: Option<i32>,
        primary: &mut [Cell<'_>],
        children: &Children<'_>,
    ) -> Result<(), Refusal> {
        match self.ids.get(&id) {
            Some(day) if updated > *day => self.close()?,
            Some(_) => {
                return Err(Refusal("the same id stands in an earlier record of the same day or a later one; that one is kept".to_owned()));
            }
            None => {}
        }
        self.canonical.clear();
        for cell in primary.iter().chain(&children.cells) {
            canonical(*cell, &mut self.canonical);
        }
        let hash = record_hash(&self.canonical);
        primary[1] = Cell::Int(hash);
        let fits =
            self.builders[0].check(primary).and_then(|()| children.iter().try_for_each(|(table, row)| self.builders[table].check(row)));
        fits?;
        self.ids.insert(id, updated);
        self.builders[0].push(primary)?;
        for (table, row) in children.iter() {
            self.builders[table].push(row)?;
        }
        self.chunk.records.push(RecordKey { id, updated: updated.unwrap_or(i32::MIN), hash, ordinal: place });
        Ok(())
    }

    fn close(&mut self) -> Result<(), ArrowError> {
        for builder in &mut self.builders {
            self.chunk.take(builder)?;
        }
        self.ids.clear();
        self.closed.push(std::mem::take(&mut self.chunk));
        Ok(())
    }

    /// Gives everything to a receiver: as a rule one chunk.
    pub(super) fn hand_on(mut self, receiver: &mut impl FnMut(Chunk) -> Result<(), Error>) -> Result<(), Error> {
        self.close()?;
        self.closed.into_iter().try_for_each(receiver)
    }
}

/// Cells as bytes that differ where the cells do.
fn canonical(cell: Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Null => out.push(0),
        Cell::Int(value) => {
            out.push(1);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Cell::Float(value) => {
            out.push(2);
            out.extend_from_slice(&value.to_bits().to_le_bytes());
        }
        Cell::Text(value) => {
            out.push(3);
            out.extend_from_slice(&(value.len() as u64).to_le_bytes());
            out.extend_from_slice(value.as_bytes());
        }
        Cell::Bool(value) => out.extend_from_slice(&[4, u8::from(value)]),
        Cell::Date(value) => {
            out.push(5);
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// A text cell; empty text is no value.
pub(super) fn text<'a>(value: &'a Option<Text<'_>>) -> Cell<'a> {
    value.as_deref().filter(|text| !text.is_empty()).into()
}

/// The number of an id that must be there.
pub(super) fn required_id(prefix: u8, id: Option<&str>) -> Result<i64, Refusal> {
    let letter = char::from(prefix);
    let found = match id {
        None => return Err(Refusal(format!("id: expected https://openalex.org/{letter}…, found none"))),
        Some(text) => dari_model::id::openalex(prefix, text),
    };
    found.ok_or_else(|| Refusal(format!("id: expected https://openalex.org/{letter}…, found '{}'", id.unwrap_or_default())))
}

/// The number of an id, if it is one.
pub(super) fn id<'a>(prefix: u8, id: &Option<Text<'_>>) -> Cell<'a> {
    id.as_deref().and_then(|text| dari_model::id::openalex(prefix, text)).into()
}

/// A country's code, if it is one of ISO 3166-1 (or Kosovo's XK).
pub(super) fn country<'a>(code: &Option<Text<'_>>) -> Cell<'a> {
    code.as_deref().and_then(country_code).into()
}

pub(super) fn country_code(code: &str) -> Option<&'static str> {
    dari_model::country::by_code(code).map(|country| country.code)
}

/// The part of an address after the resolver: `https://orcid.org/0000-…` → `0000-…`.
pub(super) fn last_part<'a>(address: &'a Option<Text<'_>>) -> Cell<'a> {
    address.as_deref().and_then(|text| text.rsplit('/').next()).filter(|text| !text.is_empty()).into()
}

/// The day of a date; `None` where there is none or it is none.
pub(super) fn day(date: &Option<Text<'_>>) -> Option<i32> {
    date.as_deref().and_then(dari_model::date::parse)
}

/// The same as a cell.
pub(super) fn date<'a>(date: &Option<Text<'_>>) -> Cell<'a> {
    day(date).map_or(Cell::Null, Cell::Date)
}
