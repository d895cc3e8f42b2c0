//! Published aggregates: tables of counts for which no single works are at hand, as a sheet (CSV, plain or gzip, or Parquet).
//!
//! | kind | columns | one row |
//! |---|---|---|
//! | country-topic | `period` (`2010-2014` or `2012`), `topic_id` (`T10001` or `10001`), `country_code`, `works`, `world_works` | works of a country in a topic and period, and the world's |
//! | country-pairs | `year`, `country_a`, `country_b` (`country_a` < `country_b`), `works`, and `topic_id` where there are topics | joint works of two countries |
//!
//! The whole file is one record, the data set; its key is in the first chunk, later chunks hold cells only. The record's hash is over all its
//! rows, so the file is read twice. A cell that is wrong or repeats another is a reject with its row. `Chunk::read` counts the data set and the
//! cells rejected. To tell repetitions, 24 bytes a cell are held in memory.

mod cells;

use dari_model::{Cell, Table, id, table};
use xxhash_rust::xxh3::Xxh3;

use crate::collector::{Collector, Place, Version};
use crate::sheet::{Layout, Row, Sheet};
use crate::{CHUNK_RECORDS, Emit, Error, File};
use cells::Cells;

/// What the cells of a data set count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Works by country, topic and period.
    CountryTopic,
    /// Joint works by pair of countries and year.
    CountryPairs,
}

impl Kind {
    /// The kind's name on the command line and in the table `datasets`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::CountryTopic => "country-topic",
            Kind::CountryPairs => "country-pairs",
        }
    }

    const fn table(self) -> &'static Table {
        match self {
            Kind::CountryTopic => &table::COUNTRY_TOPIC_YEAR,
            Kind::CountryPairs => &table::COUNTRY_PAIR_TOPIC_YEAR,
        }
    }

    const fn layout(self) -> &'static Layout {
        match self {
            Kind::CountryTopic => &COUNTRY_TOPIC,
            Kind::CountryPairs => &COUNTRY_PAIRS,
        }
    }
}

static COUNTRY_TOPIC: Layout = Layout {
    what: "works by country, topic and period",
    required: &["period", "topic_id", "country_code", "works", "world_works"],
    columns: &["period", "topic_id", "country_code", "works", "world_works"],
};

static COUNTRY_PAIRS: Layout = Layout {
    what: "joint works by pair of countries and year",
    required: &["year", "country_a", "country_b", "works"],
    columns: &["year", "country_a", "country_b", "works", "topic_id"],
};

/// Cells handed on at a time.
const BATCH: u64 = 16 * CHUNK_RECORDS as u64;

/// Reads a data set under the name the user gives; its id is [`id::foreign`]`(kind, name)`. `description` says where it is from and
/// under which licence.
///
/// # Errors
/// Where the file cannot be read or lacks a column.
pub fn read(file: &File, kind: Kind, name: &str, description: Option<&str>, emit: Emit<'_>) -> Result<(), Error> {
    let mut hash = Xxh3::new();
    let mut count = 0i64;
    scan(file, kind, &mut |_, row, cell| {
        hash.update(&row.map(Row::canonical).unwrap_or_default());
        count += i64::from(cell.is_ok());
        Ok(())
    })?;
    hash.update(description.unwrap_or_default().as_bytes());
    let dataset = id::foreign(kind.name(), name);
    let hash = hash.digest() as i64;
    let mut collector = Collector::new([&table::DATASETS, kind.table()].into_iter(), emit);
    let cells =
        vec![dataset.into(), hash.into(), Cell::Null, name.into(), kind.name().into(), description.into(), count.into(), Cell::Null];
    let whole = Place { file: file.name.clone(), record: 0 };
    collector.add(&whole, name, Version { id: dataset, updated: i32::MIN, hash }, &[(&table::DATASETS, cells)])?;
    let mut pending = 0;
    scan(file, kind, &mut |record, _, cell| {
        let place = Place { file: file.name.clone(), record };
        let outcome = match cell {
            Ok(mut cells) => {
                cells[0] = dataset.into();
                collector.push_row(&(kind.table(), cells))?
            }
            Err(reason) => Err(reason),
        };
        if let Err(reason) = outcome {
            return collector.reject(&place, None, reason);
        }
        pending += 1;
        if pending % BATCH == 0 { collector.flush() } else { Ok(()) }
    })?;
    collector.flush()
}

/// Called with a row's number, the row if it could be read, and its cells (the data set's id left empty) or the reason why it is none.
type Each<'e> = &'e mut dyn FnMut(u64, Option<&Row<'_>>, Result<Vec<Cell<'_>>, String>) -> Result<(), Error>;

fn scan(file: &File, kind: Kind, each: Each<'_>) -> Result<(), Error> {
    let mut cells = Cells::default();
    Sheet::open(file, kind.layout())?.rows(&mut |record, row| match row {
        Ok(row) => each(record, Some(&row), cells.take(kind, &row, record)),
        Err(reason) => each(record, None, Err(reason)),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
