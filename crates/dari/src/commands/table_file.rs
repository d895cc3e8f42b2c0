//! A table of the user's, read batch by batch and written out again with more columns: CSV (comma, semicolon or tab; plain or gzip) or Parquet.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Failure, Result};

/// Rows in a batch.
const ROWS: usize = 8192;
/// Reasons that are shown.
const SHOWN: usize = 20;

/// The columns to put beside a batch: one vector a name, one value a row.
pub(crate) struct Appended {
    pub(crate) columns: Vec<Vec<Option<String>>>,
}

/// Rows that could not be read.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    pub(crate) count: u64,
    /// The first reasons.
    pub(crate) shown: Vec<String>,
}

/// Reads a table, hands the values of a column to `append` and every batch, with the columns it gives under the names `names`, to `receive`.
///
/// # Errors
/// Where the file cannot be read or has no such column, or what the two return.
pub(crate) fn each_batch(
    path: &Path,
    column: &str,
    names: &[&str],
    mut append: impl FnMut(&StringArray) -> Result<Appended>,
    mut receive: impl FnMut(RecordBatch) -> Result<()>,
) -> Result<Refused> {
    let mut take = |batch: RecordBatch| -> Result<()> {
        let place = find(&batch.schema(), column, path)?;
        let values = cast(batch.column(place), &DataType::Utf8)?;
        let appended = append(values.as_string::<i32>())?;
        let schema = batch.schema();
        let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
        let mut columns = batch.columns().to_vec();
        for (name, values) in names.iter().zip(appended.columns) {
            // A column of that name that is there already is replaced.
            let array: ArrayRef = Arc::new(StringArray::from(values));
            let field = Arc::new(Field::new(*name, DataType::Utf8, true));
            match fields.iter().position(|field| field.name() == name) {
                Some(known) => (fields[known], columns[known]) = (field, array),
                None => {
                    fields.push(field);
                    columns.push(array);
                }
            }
        }
        receive(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    };
    let file = dari_sources::File::local(path)?;
    let mut content = file.open()?;
    if content.fill_buf()?.starts_with(b"PAR1") {
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path)?)?.with_batch_size(ROWS).build()?;
        for batch in reader {
            take(batch?)?;
        }
        return Ok(Refused::default());
    }
    read_csv(path, content, column, &mut take)
}

fn find(schema: &Schema, column: &str, path: &Path) -> Result<usize> {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    names.iter().position(|name| *name == column).ok_or_else(|| {
        Failure::misuse(format!("{} has no column '{column}'", path.display())).hint(format!("It has: {}", names.join(", ")))
    })
}

fn read_csv(
    path: &Path,
    mut content: impl std::io::BufRead,
    column: &str,
    take: &mut dyn FnMut(RecordBatch) -> Result<()>,
) -> Result<Refused> {
    let head = content.fill_buf()?;
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |byte: u8| first.iter().filter(|other| **other == byte).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|byte| (count(*byte), *byte == b',')).unwrap_or(b',');
    let mut csv = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(content);
    let wrong = |error: csv::Error| Failure::new(format!("{}: {error}", path.display()));
    let header: Vec<String> = csv.headers().map_err(wrong)?.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    let schema = Arc::new(Schema::new(header.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>()));
    find(&schema, column, path)?;
    let mut refused = Refused::default();
    let mut refuse = |reason: String| {
        refused.count += 1;
        if refused.shown.len() < SHOWN {
            refused.shown.push(reason);
        }
    };
    let mut columns: Vec<Vec<String>> = vec![Vec::new(); header.len()];
    let mut flush = |columns: &mut Vec<Vec<String>>| -> Result<()> {
        let arrays = columns.iter_mut().map(|column| Arc::new(StringArray::from(std::mem::take(column))) as ArrayRef).collect();
        take(RecordBatch::try_new(schema.clone(), arrays)?)
    };
    let mut record = csv::ByteRecord::new();
    loop {
        match csv.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(wrong(error)),
            Err(error) => {
                refuse(error.to_string());
                continue;
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != header.len() {
            refuse(format!("line {line}: expected {} fields, found {}", header.len(), record.len()));
            continue;
        }
        let Ok(texts) = record.iter().map(std::str::from_utf8).collect::<std::result::Result<Vec<_>, _>>() else {
            refuse(format!("line {line}: expected UTF-8, found other bytes"));
            continue;
        };
        columns.iter_mut().zip(texts).for_each(|(column, text)| column.push(text.to_owned()));
        if columns[0].len() == ROWS {
            flush(&mut columns)?;
        }
    }
    flush(&mut columns)?;
    Ok(refused)
}
