//! What the tests of all readers share: files with given bytes, and everything a reader emitted.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use dari_model::{Chunk, RecordKey, Reject, Table};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{Error, File};

/// A file with these bytes; it is gone when the path is dropped.
pub(crate) fn file(bytes: &[u8]) -> (tempfile::TempPath, File) {
    let mut temporary = tempfile::NamedTempFile::new().unwrap();
    temporary.write_all(bytes).unwrap();
    let path = temporary.into_temp_path();
    let file = File::local(&path).unwrap();
    (path, file)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Everything a reader emitted.
#[derive(Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) records: Vec<RecordKey>,
    pub(crate) batches: Vec<(&'static Table, RecordBatch)>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) warnings: Vec<String>,
    pub(crate) read: u64,
}

impl Emitted {
    /// The values of some columns of a table, row by row, empty as "".
    pub(crate) fn rows(&self, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (_, batch) in self.batches.iter().filter(|(of, _)| of.name == table) {
            for row in 0..batch.num_rows() {
                let value = |name: &&str| array_value_to_string(batch.column_by_name(name).unwrap(), row).unwrap();
                rows.push(columns.iter().map(value).collect());
            }
        }
        rows
    }

    pub(crate) fn reasons(&self) -> Vec<&str> {
        self.rejects.iter().map(|reject| reject.reason.as_str()).collect()
    }
}

/// Runs a reader over bytes and checks what holds of every reader: each record read is kept or rejected, an id stands once in a chunk,
/// places rise.
pub(crate) fn run(bytes: &[u8], read: impl FnOnce(&File, crate::Emit<'_>) -> Result<(), Error>) -> Result<Emitted, Error> {
    let (_path, file) = file(bytes);
    run_file(&file, read)
}

pub(crate) fn run_file(file: &File, read: impl FnOnce(&File, crate::Emit<'_>) -> Result<(), Error>) -> Result<Emitted, Error> {
    let mut all = Emitted::default();
    let outcome = read(file, &mut |chunk: Chunk| {
        assert!(!chunk.is_empty() && chunk.records.len() <= crate::CHUNK_RECORDS);
        let mut ids: Vec<_> = chunk.records.iter().map(|key| key.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), chunk.records.len(), "an id twice in a chunk");
        all.records.extend(chunk.records);
        all.batches.extend(chunk.tables);
        all.rejects.extend(chunk.rejects);
        all.warnings.extend(chunk.warnings);
        all.read += chunk.read;
        Ok(())
    });
    assert_eq!(all.read, all.records.len() as u64 + all.rejects.len() as u64);
    assert!(all.records.iter().zip(0..).all(|(key, ordinal)| key.ordinal == ordinal));
    outcome.map(|()| all)
}

/// Texts that are near a valid input: with a byte changed, a stretch left out, or cut off.
pub(crate) fn damaged(valid: &[u8], at: usize, byte: u8, how: u8) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    let at = at % (bytes.len() + 1);
    match how % 3 {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..(at + usize::from(byte)).min(valid.len()))),
        _ => bytes.splice(at..(at + 1).min(valid.len()), [byte]).for_each(drop),
    }
    bytes
}
