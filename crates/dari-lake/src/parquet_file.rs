//! Data files: writing them with what Delta wants to know of them, reading some of their columns, rewriting them without some records.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, Int64Type};
use dari_model::{Kind, Table};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::Error;

/// A row group is closed at this many encoded bytes, so that memory does not grow with the file.
const ROW_GROUP_BYTES: usize = 8 << 20;
/// A file is closed at this many rows; the next goes on.
pub(crate) const FILE_ROWS: u64 = 20_000_000;

/// How a table is written. Ids and texts that hardly repeat gain nothing from a dictionary, and building one is what writing would spend most time on.
fn properties(table: &Table) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_created_by("dari".to_owned());
    for column in table.columns {
        let repeats = match column.kind {
            Kind::Int64 | Kind::Float64 => false,
            Kind::Text => REPEATING.contains(&column.name),
            _ => true,
        };
        if !repeats {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column.name), false);
            if column.kind == Kind::Int64 {
                properties = properties.set_column_encoding(ColumnPath::from(column.name), Encoding::DELTA_BINARY_PACKED);
            }
        }
    }
    properties.build()
}

/// Text columns of few values.
const REPEATING: [&str; 13] = [
    "source",
    "type",
    "language",
    "venue",
    "country",
    "country_a",
    "country_b",
    "kind",
    "agency",
    "currency",
    "relation",
    "list",
    "collaboration",
];

/// A finished data file.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    pub(crate) path: PathBuf,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// Least and greatest key in it.
    pub(crate) keys: (i64, i64),
}

/// Writes rows of one table to one file.
pub(crate) struct DataFileWriter {
    path: PathBuf,
    key: usize,
    writer: ArrowWriter<File>,
    rows: u64,
    keys: (i64, i64),
}

impl DataFileWriter {
    pub(crate) fn create(table: &Table, path: PathBuf) -> Result<Self, Error> {
        let file = File::create_new(&path).map_err(Error::io(&path))?;
        let writer = ArrowWriter::try_new(file, Arc::new(table.schema()), Some(properties(table))).map_err(Error::parquet(&path))?;
        let key = table.column(table.key).unwrap_or(0);
        Ok(DataFileWriter { path, key, writer, rows: 0, keys: (i64::MAX, i64::MIN) })
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for key in keys(batch, self.key)?.values() {
            self.keys = (self.keys.0.min(*key), self.keys.1.max(*key));
        }
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).map_err(Error::parquet(&self.path))?;
        if self.writer.in_progress_size() > ROW_GROUP_BYTES {
            self.writer.flush().map_err(Error::parquet(&self.path))?;
        }
        Ok(())
    }

    /// Closes the file; on return it is safely on the disk.
    pub(crate) fn finish(self) -> Result<DataFile, Error> {
        let file = self.writer.into_inner().map_err(Error::parquet(&self.path))?;
        file.sync_all().map_err(Error::io(&self.path))?;
        let bytes = file.metadata().map_err(Error::io(&self.path))?.len();
        Ok(DataFile { path: self.path, rows: self.rows, bytes, keys: self.keys })
    }
}

/// The key column as 64-bit numbers.
pub(crate) fn keys(batch: &RecordBatch, column: usize) -> Result<Int64Array, Error> {
    let wide = cast(batch.column(column), &DataType::Int64)?;
    Ok(wide.as_primitive::<Int64Type>().clone())
}

/// Reads the named columns of a file (all if none are named), batch by batch.
pub(crate) fn read(path: &Path, columns: &[&str]) -> Result<ParquetRecordBatchReader, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet(path))?;
    let mask =
        if columns.is_empty() { ProjectionMask::all() } else { ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()) };
    builder.with_projection(mask).with_batch_size(16_384).build().map_err(Error::parquet(path))
}

/// Whether a file holds rows of a record for which `gone` is true.
pub(crate) fn holds_any(table: &Table, path: &Path, gone: &dyn Fn(i64) -> bool) -> Result<bool, Error> {
    for batch in read(path, &[table.key])? {
        if keys(&batch?, 0)?.values().iter().any(|key| gone(*key)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the file at `from` anew at `to` without the rows of records for which `gone` is true; `None` if none are left.
pub(crate) fn rewrite_without(table: &Table, from: &Path, to: PathBuf, gone: &dyn Fn(i64) -> bool) -> Result<Option<DataFile>, Error> {
    let mut writer = DataFileWriter::create(table, to)?;
    let key = table.column(table.key).unwrap_or(0);
    let schema = Arc::new(table.schema());
    for batch in read(from, &[])? {
        let batch = batch?.with_schema(schema.clone())?;
        let stay: BooleanArray = keys(&batch, key)?.values().iter().map(|key| Some(!gone(*key))).collect();
        let rest = if stay.true_count() == stay.len() { batch } else { filter_record_batch(&batch, &stay)? };
        if rest.num_rows() > 0 {
            writer.write(&rest)?;
        }
    }
    if writer.rows() > 0 {
        return writer.finish().map(Some);
    }
    let path = writer.path.clone();
    drop(writer);
    fs::remove_file(&path).map_err(Error::io(&path))?;
    Ok(None)
}
