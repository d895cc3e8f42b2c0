//! Rows of Parquet, as text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, AsArray, LargeStringArray, RecordBatch};
use arrow::compute::{can_cast_types, cast};
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Each, Failure, Layout, Row};
use crate::collector::MAX_RECORD_BYTES;
use crate::input::Ranges;

const BATCH_ROWS: usize = 1024;

/// Parquet whose footer has been read.
pub(super) struct ParquetRows {
    builder: ParquetRecordBatchReaderBuilder<Ranges>,
}

impl ParquetRows {
    /// Reads the footer; the column names, or what is wrong with the file.
    pub(super) fn open(source: Ranges) -> Result<(Vec<String>, ParquetRows), String> {
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(source).map_err(|error| error.to_string()))?;
        let header = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok((header, ParquetRows { builder }))
    }

    /// Whether the wanted columns can be read as text; else what is there.
    pub(super) fn check(&self, places: &[Option<usize>]) -> Result<(), String> {
        for place in places.iter().flatten() {
            let field = self.builder.schema().field(*place);
            if field.data_type().is_nested() || !can_cast_types(field.data_type(), &DataType::LargeUtf8) {
                return Err(format!("a column {} of {}, which is neither text, numbers nor dates", field.name(), field.data_type()));
            }
        }
        Ok(())
    }

    pub(super) fn each(self, layout: &'static Layout, places: &[Option<usize>], each: Each<'_>) -> Result<(), Failure> {
        let mut record = 0;
        let mut reader = match guarded(|| projected(self.builder, places)) {
            Ok(reader) => reader,
            Err(reason) => return Ok(each(1, Err(reason))?),
        };
        loop {
            let batch = guarded(|| reader.next().transpose().map_err(|error| error.to_string()));
            let columns = match batch.and_then(|batch| batch.map(|batch| guarded(|| texts(&batch))).transpose()) {
                Ok(None) => return Ok(()),
                Ok(Some(columns)) => columns,
                Err(reason) => return Ok(each(record + 1, Err(format!("the file is damaged from here on ({reason}); fetch it again")))?),
            };
            for row in 0..columns.rows {
                record += 1;
                each(record, columns.row(layout, places, row))?;
            }
        }
    }
}

/// Reads only the columns that are wanted.
fn projected(builder: ParquetRecordBatchReaderBuilder<Ranges>, places: &[Option<usize>]) -> Result<ParquetRecordBatchReader, String> {
    let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().flatten().copied());
    builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(|error| error.to_string())
}

struct Texts {
    rows: usize,
    /// As they were, to tell what was empty from what could not be read as text.
    columns: Vec<(LargeStringArray, arrow::array::ArrayRef)>,
}

fn texts(batch: &RecordBatch) -> Result<Texts, String> {
    let columns = batch.columns().iter().map(|column| {
        let text = cast(column, &DataType::LargeUtf8).map_err(|error| error.to_string())?;
        Ok((text.as_string::<i64>().clone(), column.clone()))
    });
    Ok(Texts { rows: batch.num_rows(), columns: columns.collect::<Result<_, String>>()? })
}

impl Texts {
    fn row(&self, layout: &'static Layout, places: &[Option<usize>], row: usize) -> Result<Row<'_>, String> {
        let mut bytes = 0;
        let mut values = Vec::with_capacity(places.len());
        for (name, place) in layout.columns.iter().zip(places) {
            // The projection keeps the file's order of columns.
            let at = place.map(|place| distinct_below(places, place));
            let Some((text, original)) = at.and_then(|at| self.columns.get(at)) else {
                values.push(None);
                continue;
            };
            if text.is_null(row) {
                if !original.is_null(row) {
                    return Err(format!("{name}: not valid UTF-8"));
                }
                values.push(None);
                continue;
            }
            let value = text.value(row);
            bytes += value.len();
            values.push(Some(value.trim()).filter(|value| !value.is_empty()));
        }
        if bytes > MAX_RECORD_BYTES {
            return Err(format!("a record larger than {MAX_RECORD_BYTES} bytes"));
        }
        Ok(Row { layout, values })
    }
}

/// How many of the wanted columns stand before a place.
fn distinct_below(places: &[Option<usize>], place: usize) -> usize {
    places.iter().flatten().filter(|other| **other < place).count()
}

/// Damaged pages can make the decoder panic; that is a damaged file, not the end of the program.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("its pages do not decode".to_owned()))
}
