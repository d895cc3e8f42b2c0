//! Records and rejects gathered into chunks of bounded size, each id at most once a chunk.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use dari_model::{Cell, Chunk, RecordKey, Reject, Table, TableBuilder};
use rustc_hash::FxHashMap;

use crate::{CHUNK_RECORDS, Emit, Error};

/// The largest record that is read, in bytes; a larger one is a reject.
pub(crate) const MAX_RECORD_BYTES: usize = 64 << 20;
/// A chunk is handed on when its texts reach this size, whatever the number of records.
const CHUNK_BYTES: usize = 32 << 20;
/// Reasons and keys are for people: no longer than this many characters.
const REASON_CHARACTERS: usize = 400;

/// Where a record stands: the file (or `archive!member`) and its place there from 1; 0 for the file as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) record: u64,
}

/// What identifies a record and its state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version {
    pub(crate) id: i64,
    /// As [`RecordKey::updated`].
    pub(crate) updated: i32,
    pub(crate) hash: i64,
}

/// A row and the table it belongs to.
pub(crate) type Row<'a> = (&'static Table, Vec<Cell<'a>>);

struct Seen {
    updated: i32,
    hash: i64,
    ordinal: u64,
    place: Place,
}

/// Gathers records of one file. Every record is counted as read exactly once: kept or rejected.
pub(crate) struct Collector<'a> {
    emit: Emit<'a>,
    chunk: Chunk,
    builders: Vec<TableBuilder>,
    seen: FxHashMap<i64, Seen>,
    next_ordinal: u64,
    chunk_start: u64,
    bytes: usize,
    taken: u64,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(tables: impl Iterator<Item = &'static Table>, emit: Emit<'a>) -> Self {
        let builders = tables.map(TableBuilder::new).collect();
        Collector {
            emit,
            chunk: Chunk::default(),
            builders,
            seen: FxHashMap::default(),
            next_ordinal: 0,
            chunk_start: 0,
            bytes: 0,
            taken: 0,
        }
    }

    /// Records taken in so far, kept or not.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Keeps a record with its rows in all tables, or rejects it whole: where a row does not fit, or where the file already gave a record
    /// of this id that is as new.
    pub(crate) fn add(&mut self, place: &Place, key: &str, version: Version, rows: &[Row<'_>]) -> Result<(), Error> {
        if let Some(reason) = rows.iter().find_map(|(table, cells)| self.builder(table)?.check(cells).err()) {
            return self.reject(place, Some(key), reason.to_string());
        }
        if let Some(seen) = self.seen.get(&version.id) {
            if let Some(reason) = repetition(seen, &version, place) {
                return self.reject(place, Some(key), reason);
            }
            if seen.ordinal >= self.chunk_start {
                self.flush()?;
            }
        }
        let ordinal = self.next_ordinal;
        self.next_ordinal += 1;
        let Version { id, updated, hash } = version;
        self.seen.insert(id, Seen { updated, hash, ordinal, place: place.clone() });
        self.chunk.records.push(RecordKey { id, updated, hash, ordinal });
        for row in rows {
            if let Err(reason) = self.push_row(row)? {
                // Ruled out by the check above; said rather than lost should that ever change.
                self.chunk.warnings.push(format!("{}: record {}: {reason}", place.file, place.record));
            }
        }
        self.count()
    }

    /// Adds a row that belongs to a record of an earlier chunk or of this one. The inner error says why the row does not fit.
    pub(crate) fn push_row(&mut self, (table, cells): &Row<'_>) -> Result<Result<(), String>, Error> {
        let texts = cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 8 }).sum::<usize>();
        let Some(builder) = self.builders.iter_mut().find(|builder| builder.table().name == table.name) else {
            return Ok(Err(format!("no rows of table {} were expected", table.name)));
        };
        if let Err(reason) = builder.push(cells) {
            return Ok(Err(reason.to_string()));
        }
        self.bytes += texts;
        Ok(Ok(()))
    }

    /// Notes a record that is not kept.
    pub(crate) fn reject(&mut self, place: &Place, key: Option<&str>, reason: String) -> Result<(), Error> {
        let reject = Reject { file: place.file.clone(), record: place.record, key: key.map(clip), reason: clip(&reason) };
        self.chunk.rejects.push(reject);
        self.count()
    }

    /// Notes a remark about the source.
    pub(crate) fn warn(&mut self, remark: String) {
        self.chunk.warnings.push(remark);
    }

    fn builder(&self, table: &Table) -> Option<&TableBuilder> {
        self.builders.iter().find(|builder| builder.table().name == table.name)
    }

    fn count(&mut self) -> Result<(), Error> {
        self.chunk.read += 1;
        self.taken += 1;
        if self.chunk.read >= CHUNK_RECORDS as u64 { self.flush() } else { self.flush_if_full() }
    }

    /// Hands the chunk on if its texts have grown large.
    pub(crate) fn flush_if_full(&mut self) -> Result<(), Error> {
        if self.bytes >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands on what has been gathered, if anything.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        for builder in &mut self.builders {
            self.chunk.take(builder)?;
        }
        self.bytes = 0;
        self.chunk_start = self.next_ordinal;
        if self.chunk.is_empty() {
            return Ok(());
        }
        (self.emit)(std::mem::take(&mut self.chunk))
    }
}

/// Why a further record of an id is not kept; `None` if it is newer than the one seen.
fn repetition(seen: &Seen, version: &Version, place: &Place) -> Option<String> {
    let Place { file, record } = &seen.place;
    let first = if *file == place.file { format!("record {record}") } else { format!("record {record} of {file}") };
    if seen.hash == version.hash {
        Some(format!("duplicate of {first}"))
    } else if seen.updated > version.updated {
        Some(format!("same key as {first}, which is newer"))
    } else if seen.updated == version.updated {
        Some(format!("same key as {first} but different content, and no later date; the first is kept"))
    } else {
        None
    }
}

/// How the reason of a reject begins that stands for the rest of its file.
const BREAKS_OFF: [&str; 2] = ["the file ends early", "the file is damaged from here on"];

/// Whether a reject stands for the rest of its file, which ends early or is damaged from there on; such a file is worth reading again.
pub fn breaks_off(reject: &Reject) -> bool {
    BREAKS_OFF.iter().any(|beginning| reject.reason.starts_with(beginning))
}

/// What a failed read means: the reason for a reject where the data itself ends early or is damaged, the error where reading failed for
/// another cause and may succeed another time.
pub(crate) fn damage(error: io::Error) -> Result<String, io::Error> {
    match error.kind() {
        ErrorKind::UnexpectedEof => Ok("the file ends early, in the middle of its data; fetch it again".to_owned()),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::FileTooLarge => {
            Ok(format!("the file is damaged from here on ({error}); fetch it again"))
        }
        ErrorKind::Other if !from_network(&error) => Ok(format!("the file is damaged from here on ({error}); fetch it again")),
        _ => Err(error),
    }
}

fn from_network(error: &io::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = next {
        if current.is::<object_store::Error>() {
            return true;
        }
        // `source` of an io::Error skips the error it wraps.
        next = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    false
}

/// The first characters of a text that may be of any length.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(REASON_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dari_model::table;

    fn rows(id: i64) -> Vec<Row<'static>> {
        vec![(&table::CITATIONS, vec![Cell::Int(id), Cell::Int(1)])]
    }

    fn place(record: u64) -> Place {
        Place { file: "f".into(), record }
    }

    #[derive(Default)]
    struct Outcome {
        /// The ids of each chunk.
        chunks: Vec<Vec<i64>>,
        reasons: Vec<String>,
        read: u64,
    }

    fn run(versions: &[(i64, i32, i64)]) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let mut emit = |chunk: Chunk| {
            outcome.chunks.push(chunk.records.iter().map(|key| key.id).collect());
            outcome.reasons.extend(chunk.rejects.into_iter().map(|reject| reject.reason));
            outcome.read += chunk.read;
            Ok(())
        };
        let mut collector = Collector::new([&table::CITATIONS].into_iter(), &mut emit);
        for (record, (id, updated, hash)) in (1..).zip(versions) {
            collector.add(&place(record), "k", Version { id: *id, updated: *updated, hash: *hash }, &rows(*id))?;
        }
        collector.flush()?;
        Ok(outcome)
    }

    #[test]
    fn repeated_ids() -> Result<(), Error> {
        let Outcome { chunks, reasons, read } = run(&[(1, 5, 10), (1, 5, 10), (1, 4, 11), (1, 5, 12), (1, 6, 13), (2, 0, 1)])?;
        // Records 2, 3 and 4 repeat the first; the fifth is newer, so it starts a chunk of its own.
        assert_eq!(chunks, vec![vec![1], vec![1, 2]]);
        assert_eq!(read, 6);
        assert_eq!(reasons[0], "duplicate of record 1");
        assert!(reasons[1].contains("newer") && reasons[2].contains("first is kept"));
        Ok(())
    }

    #[test]
    fn chunks_hold_no_more_than_the_limit() -> Result<(), Error> {
        let versions: Vec<_> = (0..CHUNK_RECORDS as i64 + 1).map(|id| (id, 0, id)).collect();
        let Outcome { chunks, read, .. } = run(&versions)?;
        assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), vec![CHUNK_RECORDS, 1]);
        assert_eq!(read, versions.len() as u64);
        Ok(())
    }

    #[test]
    fn a_row_that_does_not_fit_rejects_the_record() -> Result<(), Error> {
        let mut seen = Vec::new();
        let mut emit = |chunk: Chunk| {
            seen.push((chunk.records.len(), chunk.tables.len(), chunk.rejects.len()));
            Ok(())
        };
        let mut collector = Collector::new([&table::CITATIONS].into_iter(), &mut emit);
        let bad: Vec<Row<'_>> =
            vec![(&table::CITATIONS, vec![Cell::Int(1), Cell::Int(1)]), (&table::CITATIONS, vec![Cell::Null, Cell::Int(1)])];
        collector.add(&place(1), "k", Version { id: 1, updated: 0, hash: 0 }, &bad)?;
        collector.flush()?;
        assert_eq!(seen, vec![(0, 0, 1)]);
        Ok(())
    }

    #[test]
    fn network_failures_are_not_damage() {
        let lost = io::Error::other(object_store::Error::NotImplemented { operation: "get".into(), implementer: "test".into() });
        assert!(damage(lost).is_err());
        assert!(damage(io::Error::other("numeric field was not a number")).is_ok());
        assert!(damage(ErrorKind::UnexpectedEof.into()).is_ok());
        assert!(damage(ErrorKind::PermissionDenied.into()).is_err());
    }

    #[test]
    fn reasons_stay_short() {
        assert_eq!(clip(&"다".repeat(500)).chars().count(), REASON_CHARACTERS + 1);
    }
}
