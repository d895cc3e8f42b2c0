//! A table of the user's, read batch by batch and written out again with more columns: CSV (comma, semicolon or tab; plain or gzip) or Parquet.

use std::cell::RefCell;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchReader, StringArray};
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
        let schema = batch.schema();
        let place = find(&schema, column, path)?;
        let values = cast(batch.column(place), &DataType::Utf8)?;
        let appended = append(values.as_string::<i32>())?;
        let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
        let mut columns = batch.columns().to_vec();
        for (name, values) in names.iter().zip(appended.columns) {
            fields.push(Arc::new(Field::new(free_name(name, &schema), DataType::Utf8, true)));
            columns.push(Arc::new(StringArray::from(values)));
        }
        receive(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    };
    let file = dari_sources::File::local(path)?;
    if file.open()?.fill_buf()?.starts_with(b"PAR1") {
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path)?)?.with_batch_size(ROWS).build()?;
        let schema = reader.schema();
        let mut rows = 0;
        for batch in reader {
            let batch = batch?;
            rows += batch.num_rows();
            take(batch)?;
        }
        if rows == 0 {
            // The columns are part of an empty answer too.
            take(RecordBatch::new_empty(schema))?;
        }
        return Ok(Refused::default());
    }
    read_csv(&file, path, column, &mut take)
}

/// The name, or the first of `matched_name`, `matched_matched_name`, … that the user's table does not have.
fn free_name(name: &str, schema: &Schema) -> String {
    let mut free = name.to_owned();
    while schema.field_with_name(&free).is_ok() {
        free = format!("matched_{free}");
    }
    free
}

fn find(schema: &Schema, column: &str, path: &Path) -> Result<usize> {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    names.iter().position(|name| *name == column).ok_or_else(|| {
        Failure::misuse(format!("{} has no column '{column}'", path.display())).hint(format!("It has: {}", names.join(", ")))
    })
}

fn read_csv(file: &dari_sources::File, path: &Path, column: &str, take: &mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<Refused> {
    let schema: RefCell<Option<Arc<Schema>>> = RefCell::new(None);
    let mut refused = Refused::default();
    let mut columns: Vec<Vec<String>> = Vec::new();
    let mut failed: Option<Failure> = None;
    let mut flush = |columns: &mut Vec<Vec<String>>| -> Result<()> {
        let Some(schema) = schema.borrow().clone() else { return Ok(()) };
        columns.resize(schema.fields().len(), Vec::new());
        let arrays = columns.iter_mut().map(|column| Arc::new(StringArray::from(std::mem::take(column))) as ArrayRef).collect();
        take(RecordBatch::try_new(schema, arrays)?)
    };
    let stop = || dari_sources::Error::Receiver("stopped".into());
    let mut early: Option<Failure> = None;
    let outcome = dari_sources::each_csv_row(
        file,
        &mut |names| {
            let header = Arc::new(Schema::new(names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>()));
            if let Err(failure) = find(&header, column, path) {
                early = Some(failure);
                return Err(stop());
            }
            *schema.borrow_mut() = Some(header);
            Ok(())
        },
        &mut |record, fields| {
            match fields {
                Ok(fields) => {
                    columns.resize(fields.len(), Vec::new());
                    columns.iter_mut().zip(fields).for_each(|(column, text)| column.push((*text).to_owned()));
                }
                Err(reason) => {
                    refused.count += 1;
                    if refused.shown.len() < SHOWN {
                        refused.shown.push(format!("row {record}: {reason}"));
                    }
                }
            }
            if columns.first().is_some_and(|column| column.len() >= ROWS)
                && let Err(failure) = flush(&mut columns)
            {
                failed = Some(failure);
                return Err(stop());
            }
            Ok(())
        },
    );
    if let Some(failure) = early.or(failed) {
        return Err(failure);
    }
    outcome?;
    flush(&mut columns)?;
    Ok(refused)
}
