//! Sheets: rows with named columns, from CSV (plain or gzip; comma, semicolon or tab) or Parquet, every value as text.

mod csv_rows;
mod parquet_rows;

use std::io::{BufRead, Read};
use std::sync::Arc;

use dari_model::id::record_hash;

use crate::collector::{Collector, Place, clip, damage};
use crate::input::Ranges;
use crate::{Error, File};
use csv_rows::CsvRows;
use parquet_rows::ParquetRows;

/// The columns a reader takes.
#[derive(Debug)]
pub(crate) struct Layout {
    /// What the sheet holds, for error texts: "awards".
    pub(crate) what: &'static str,
    /// Columns without which nothing can be read.
    pub(crate) required: &'static [&'static str],
    /// All columns, the required ones included.
    pub(crate) columns: &'static [&'static str],
}

/// A row: the layout's columns in order, trimmed, empty ones as `None`.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    layout: &'static Layout,
    values: Vec<Option<&'a str>>,
}

impl<'a> Row<'a> {
    /// The value of a column; `None` where it is empty or the sheet has no such column.
    pub(crate) fn get(&self, column: &str) -> Option<&'a str> {
        let index = self.layout.columns.iter().position(|name| *name == column);
        debug_assert!(index.is_some(), "the layout has no column {column}");
        self.values.get(index?).copied().flatten()
    }

    /// The row in one byte string, the same whether it came from CSV or Parquet.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for value in &self.values {
            bytes.extend_from_slice(value.unwrap_or_default().as_bytes());
            bytes.push(0x1f);
        }
        bytes
    }

    /// The hash of the columns the reader takes.
    pub(crate) fn hash(&self) -> i64 {
        record_hash(&self.canonical())
    }
}

/// What is called with a row's number (from 1, without the header) and the row, or the reason why it cannot be read.
type Each<'e> = &'e mut dyn FnMut(u64, Result<Row<'_>, String>) -> Result<(), Error>;

/// An open sheet whose columns are known to suffice.
pub(crate) struct Sheet {
    name: Arc<str>,
    layout: &'static Layout,
    /// For each column of the layout its place in the sheet.
    places: Vec<Option<usize>>,
    unused: Vec<String>,
    content: Content,
}

enum Content {
    Csv(CsvRows),
    Parquet(ParquetRows),
}

impl Sheet {
    /// Opens a sheet and looks for the columns.
    ///
    /// # Errors
    /// Where the file cannot be read, is neither CSV nor Parquet, or lacks a required column.
    pub(crate) fn open(file: &File, layout: &'static Layout) -> Result<Sheet, Error> {
        let mut content = file.open()?;
        let head = content.fill_buf().map_err(|error| unreadable(file, layout, error))?;
        let (header, content) = if head.starts_with(b"PAR1") {
            let (header, rows) = ParquetRows::open(parquet_source(file, content)?).map_err(|reason| wrong(file, layout, reason))?;
            (header, Content::Parquet(rows))
        } else {
            let (header, rows) = CsvRows::open(content).map_err(|error| unreadable(file, layout, error))?;
            (header.map_err(|reason| wrong(file, layout, reason))?, Content::Csv(rows))
        };
        let header: Vec<String> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        let places: Vec<_> = layout.columns.iter().map(|column| header.iter().position(|name| name == column)).collect();
        let lacking = layout.required.iter().any(|column| !header.iter().any(|name| name == column));
        if lacking {
            return Err(wrong(file, layout, format!("the columns {}", clip(&header.join(", ")))));
        }
        if let Content::Parquet(rows) = &content {
            rows.check(&places).map_err(|reason| wrong(file, layout, reason))?;
        }
        let unused = header.into_iter().enumerate().filter(|(at, _)| !places.contains(&Some(*at))).map(|(_, name)| name).collect();
        Ok(Sheet { name: file.name.clone(), layout, places, unused, content })
    }

    /// Whether the sheet has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.layout.columns.iter().zip(&self.places).any(|(name, place)| *name == column && place.is_some())
    }

    /// A remark about columns that are not used, if there are any.
    pub(crate) fn remark(&self) -> Option<String> {
        (!self.unused.is_empty()).then(|| format!("{}: columns not used: {}", self.name, clip(&self.unused.join(", "))))
    }

    /// Calls `each` for each row in order; where the file breaks off, once more with the reason.
    ///
    /// # Errors
    /// What `each` returns, or a failure of reading that is not the data's.
    pub(crate) fn rows(self, each: Each<'_>) -> Result<(), Error> {
        let outcome = match self.content {
            Content::Csv(rows) => rows.each(self.layout, &self.places, each),
            Content::Parquet(rows) => rows.each(self.layout, &self.places, each),
        };
        outcome.map_err(|failure| match failure {
            Failure::Read(error) => Error::io(&self.name, error),
            Failure::Receiver(error) => error,
        })
    }

    /// As [`rows`](Self::rows), with rows that cannot be read noted as rejects.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub(crate) fn read_into(self, collector: &mut Collector<'_>, each: EachInto<'_>) -> Result<(), Error> {
        if let Some(remark) = self.remark() {
            collector.warn(remark);
        }
        let file = self.name.clone();
        self.rows(&mut |record, row| {
            let place = Place { file: file.clone(), record };
            match row {
                Ok(row) => each(collector, &place, &row),
                Err(reason) => collector.reject(&place, None, reason),
            }
        })
    }
}

/// What [`each_csv_row`] calls with a record's number and its fields, or why it cannot be read.
pub type EachWhole<'e> = &'e mut dyn FnMut(u64, Result<&[&str], String>) -> Result<(), Error>;

/// Reads CSV (plain or gzip; comma, semicolon or tab) whatever its columns: `header` gets their names, `each` the number of every record (from 1, without the
/// header) and its fields, or why it cannot be read.
///
/// # Errors
/// Where the file cannot be read or has no header, or what the two return.
pub fn each_csv_row(file: &File, header: &mut dyn FnMut(&[String]) -> Result<(), Error>, each: EachWhole<'_>) -> Result<(), Error> {
    let format = |found: String| Error::Format {
        file: file.name.clone(),
        expected: "CSV with a header".to_owned(),
        found,
        hint: "Give CSV (comma, semicolon or tab; plain or gzip) or Parquet.".to_owned(),
    };
    let (names, rows) = CsvRows::open(file.open()?).map_err(|error| Error::io(&file.name, error))?;
    header(&names.map_err(format)?)?;
    rows.each_whole(each).map_err(|failure| match failure {
        Failure::Read(error) => Error::io(&file.name, error),
        Failure::Receiver(error) => error,
    })
}

/// What [`Sheet::read_into`] calls for each row that can be read.
pub(crate) type EachInto<'e> = &'e mut dyn FnMut(&mut Collector<'_>, &Place, &Row<'_>) -> Result<(), Error>;

/// Why reading rows ended.
enum Failure {
    Read(std::io::Error),
    Receiver(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Receiver(error)
    }
}

/// Parquet is read at any place. One that is packed in gzip is unpacked to an unnamed temporary file first; so is one on a server, because
/// the Parquet reader does not tell a lost connection from a damaged page.
fn parquet_source(file: &File, mut content: Box<dyn BufRead + Send>) -> Result<Ranges, Error> {
    let fail = |error| Error::io(&file.name, error);
    let mut head = Vec::new();
    file.open_stored()?.take(2).read_to_end(&mut head).map_err(fail)?;
    let local = file.open_ranges()?;
    if head != [0x1f, 0x8b] && matches!(local, Ranges::Local(_)) {
        return Ok(local);
    }
    let mut copy = tempfile::tempfile().map_err(fail)?;
    std::io::copy(&mut content, &mut copy).map_err(fail)?;
    Ok(Ranges::Local(copy))
}

fn unreadable(file: &File, layout: &Layout, error: std::io::Error) -> Error {
    match damage(error) {
        Ok(reason) => wrong(file, layout, format!("no header that could be read: {reason}")),
        Err(error) => Error::io(&file.name, error),
    }
}

fn wrong(file: &File, layout: &Layout, found: String) -> Error {
    Error::Format {
        file: file.name.clone(),
        expected: format!("{} as CSV in UTF-8 or as Parquet, with the columns {}", layout.what, layout.required.join(", ")),
        found,
        hint: format!("Name the columns so; further columns that are read: {}.", layout.columns.join(", ")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
