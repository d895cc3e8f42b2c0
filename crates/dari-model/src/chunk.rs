//! Rows on their way from a source to the lake.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float32Builder, Float64Builder, Int16Builder, Int32Builder, Int64Builder, RecordBatch,
    StringBuilder,
};
use arrow::datatypes::Schema;

use crate::table::{Kind, Table};

/// What the lake must know of a record to decide whether it is new, changed or stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordKey {
    /// The record's id: the value of the key column in every table of its group.
    pub id: i64,
    /// The day the source last changed it, as days since 1970-01-01; `i32::MIN` where the source does not say.
    pub updated: i32,
    /// Hash of the record as it came ([`crate::id::record_hash`]).
    pub hash: i64,
    /// Place in the load: later records have higher numbers. Decides between records of one id and one day: the first is kept.
    pub ordinal: u64,
}

/// A record that was not kept, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The file, as the user named it; inside an archive `archive!member`.
    pub file: Arc<str>,
    /// The record's place in the file, from 1: line of a line-based file, row (without header) of a table, element of an array. 0: the file as a whole.
    pub record: u64,
    /// The record's own key, as far as it could be read.
    pub key: Option<String>,
    /// What was expected and what was found instead.
    pub reason: String,
}

/// A piece of a source: rows for one or more tables, the keys of the records they belong to, and what was not kept.
#[derive(Debug, Default)]
pub struct Chunk {
    /// One key per kept record, each id at most once in a chunk.
    pub records: Vec<RecordKey>,
    /// Rows, at most one batch a table.
    pub tables: Vec<(&'static Table, RecordBatch)>,
    /// Records that were not kept.
    pub rejects: Vec<Reject>,
    /// Records read, kept or not.
    pub read: u64,
    /// Remarks that are about the source, not about one record (an unknown column, a missing one).
    pub warnings: Vec<String>,
}

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// For `Int16`, `Int32` and `Int64` columns.
    Int(i64),
    /// For `Float32` and `Float64` columns.
    Float(f64),
    /// For `Text` columns.
    Text(&'a str),
    /// For `Bool` columns.
    Bool(bool),
    /// Days since 1970-01-01, for `Date` columns.
    Date(i32),
}

impl From<i64> for Cell<'_> {
    fn from(value: i64) -> Self {
        Cell::Int(value)
    }
}
impl From<i32> for Cell<'_> {
    fn from(value: i32) -> Self {
        Cell::Int(i64::from(value))
    }
}
impl From<i16> for Cell<'_> {
    fn from(value: i16) -> Self {
        Cell::Int(i64::from(value))
    }
}
impl From<f64> for Cell<'_> {
    fn from(value: f64) -> Self {
        Cell::Float(value)
    }
}
impl From<bool> for Cell<'_> {
    fn from(value: bool) -> Self {
        Cell::Bool(value)
    }
}
impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Cell::Text(value)
    }
}
impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

/// A row that does not fit its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The number of cells is not the number of columns.
    #[error("a row of table {table} has {found} cells, expected {expected}")]
    Width {
        /// The table.
        table: &'static str,
        /// Columns of the table.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A cell's value cannot stand in its column.
    #[error("{table}.{column}: {found} does not fit, expected {expected}")]
    Cell {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What the column takes.
        expected: &'static str,
        /// The value.
        found: String,
    },
}

#[derive(Debug)]
enum Builder {
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Text(StringBuilder),
    Bool(BooleanBuilder),
    Date(Date32Builder),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Int16 => Builder::Int16(Int16Builder::new()),
            Kind::Int32 => Builder::Int32(Int32Builder::new()),
            Kind::Int64 => Builder::Int64(Int64Builder::new()),
            Kind::Float32 => Builder::Float32(Float32Builder::new()),
            Kind::Float64 => Builder::Float64(Float64Builder::new()),
            Kind::Text => Builder::Text(StringBuilder::new()),
            Kind::Bool => Builder::Bool(BooleanBuilder::new()),
            Kind::Date => Builder::Date(Date32Builder::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Builder::Int16(b), Cell::Null) => b.append_null(),
            (Builder::Int32(b), Cell::Null) => b.append_null(),
            (Builder::Int64(b), Cell::Null) => b.append_null(),
            (Builder::Float32(b), Cell::Null) => b.append_null(),
            (Builder::Float64(b), Cell::Null) => b.append_null(),
            (Builder::Text(b), Cell::Null) => b.append_null(),
            (Builder::Bool(b), Cell::Null) => b.append_null(),
            (Builder::Date(b), Cell::Null) => b.append_null(),
            (Builder::Int64(b), Cell::Int(v)) => b.append_value(v),
            (Builder::Float32(b), Cell::Float(v)) => b.append_value(v as f32),
            (Builder::Float64(b), Cell::Float(v)) => b.append_value(v),
            (Builder::Text(b), Cell::Text(v)) => b.append_value(v),
            (Builder::Bool(b), Cell::Bool(v)) => b.append_value(v),
            (Builder::Date(b), Cell::Date(v)) => b.append_value(v),
            (Builder::Int16(b), Cell::Int(v)) => match i16::try_from(v) {
                Ok(v) => b.append_value(v),
                Err(_) => return false,
            },
            (Builder::Int32(b), Cell::Int(v)) => match i32::try_from(v) {
                Ok(v) => b.append_value(v),
                Err(_) => return false,
            },
            _ => return false,
        }
        true
    }

    fn fits(kind: Kind, cell: Cell<'_>) -> bool {
        match (kind, cell) {
            (Kind::Int16, Cell::Int(v)) => i16::try_from(v).is_ok(),
            (Kind::Int32, Cell::Int(v)) => i32::try_from(v).is_ok(),
            (Kind::Int64, Cell::Int(_))
            | (Kind::Float32 | Kind::Float64, Cell::Float(_))
            | (Kind::Text, Cell::Text(_))
            | (Kind::Bool, Cell::Bool(_))
            | (Kind::Date, Cell::Date(_)) => true,
            _ => false,
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Int16(b) => Arc::new(b.finish()),
            Builder::Int32(b) => Arc::new(b.finish()),
            Builder::Int64(b) => Arc::new(b.finish()),
            Builder::Float32(b) => Arc::new(b.finish()),
            Builder::Float64(b) => Arc::new(b.finish()),
            Builder::Text(b) => Arc::new(b.finish()),
            Builder::Bool(b) => Arc::new(b.finish()),
            Builder::Date(b) => Arc::new(b.finish()),
        }
    }
}

/// Collects rows of one table into a batch, column by column.
#[derive(Debug)]
pub struct TableBuilder {
    table: &'static Table,
    schema: Arc<Schema>,
    builders: Vec<Builder>,
    rows: usize,
}

impl TableBuilder {
    /// An empty builder.
    pub fn new(table: &'static Table) -> Self {
        let builders = table.columns.iter().map(|column| Builder::new(column.kind)).collect();
        TableBuilder { table, schema: Arc::new(table.schema()), builders, rows: 0 }
    }

    /// The table the rows are for.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Rows pushed since the last [`finish`](Self::finish).
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Checks a row without keeping it: the right number of cells, each of its column's kind and range, none empty that must not be.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn check(&self, row: &[Cell<'_>]) -> Result<(), RowError> {
        if row.len() != self.table.columns.len() {
            return Err(RowError::Width { table: self.table.name, expected: self.table.columns.len(), found: row.len() });
        }
        for (column, cell) in self.table.columns.iter().zip(row) {
            let fits = if *cell == Cell::Null { column.nullable } else { Builder::fits(column.kind, *cell) };
            if !fits {
                let expected = column.kind.describe();
                return Err(RowError::Cell { table: self.table.name, column: column.name, expected, found: format!("{cell:?}") });
            }
        }
        Ok(())
    }

    /// Adds a row; the cells stand in the order of the table's columns.
    ///
    /// # Errors
    /// As [`check`](Self::check); the row is then not added, not even in part.
    pub fn push(&mut self, row: &[Cell<'_>]) -> Result<(), RowError> {
        self.check(row)?;
        for (builder, cell) in self.builders.iter_mut().zip(row) {
            builder.push(*cell);
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows so far as a batch of the table's schema; the builder is empty again.
    ///
    /// # Errors
    /// Only if the columns came out of step, which [`push`](Self::push) rules out.
    pub fn finish(&mut self) -> Result<RecordBatch, arrow::error::ArrowError> {
        self.rows = 0;
        let columns = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(self.schema.clone(), columns)
    }
}

impl Chunk {
    /// Adds the rows of `builder` unless there are none, and empties it.
    ///
    /// # Errors
    /// As [`TableBuilder::finish`].
    pub fn take(&mut self, builder: &mut TableBuilder) -> Result<(), arrow::error::ArrowError> {
        if builder.rows() > 0 {
            self.tables.push((builder.table(), builder.finish()?));
        }
        Ok(())
    }

    /// Whether there is nothing in it at all.
    pub fn is_empty(&self) -> bool {
        self.read == 0 && self.records.is_empty() && self.tables.is_empty() && self.rejects.is_empty() && self.warnings.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table;

    #[test]
    fn a_row_that_does_not_fit_leaves_no_trace() -> Result<(), arrow::error::ArrowError> {
        let mut builder = TableBuilder::new(&table::CITATIONS);
        assert!(builder.push(&[Cell::Int(1), Cell::Text("2")]).is_err());
        assert!(builder.push(&[Cell::Int(1)]).is_err());
        assert!(builder.push(&[Cell::Null, Cell::Int(2)]).is_err());
        assert_eq!(builder.push(&[Cell::Int(1), Cell::Int(2)]), Ok(()));
        let batch = builder.finish()?;
        assert_eq!((batch.num_rows(), batch.num_columns()), (1, 2));
        assert_eq!(builder.rows(), 0);
        Ok(())
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let builder = TableBuilder::new(&table::COUNTRY_PAIR_TOPIC_YEAR);
        let mut row = vec![Cell::Int(1), Cell::Int(2020), Cell::Text("KR"), Cell::Text("US"), Cell::Null, Cell::Int(5)];
        row.resize(table::COUNTRY_PAIR_TOPIC_YEAR.columns.len(), Cell::Null);
        assert_eq!(builder.check(&row), Ok(()));
        row[1] = Cell::Int(70_000);
        assert!(matches!(builder.check(&row), Err(RowError::Cell { column: "year", .. })));
    }
}
