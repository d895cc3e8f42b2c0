//! What is in a table, as one number.

use std::path::PathBuf;

use arrow::row::{RowConverter, SortField};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Error, parquet_file};

/// Sum of the hashes of all rows: the same whatever their order and however they are spread over files.
pub(crate) fn hash(files: &[PathBuf]) -> Result<u64, Error> {
    let mut sum = 0u64;
    for path in files {
        for batch in parquet_file::read(path, &[])? {
            let batch = batch?;
            let fields = batch.schema().fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
            let rows = RowConverter::new(fields)?.convert_columns(batch.columns())?;
            for row in &rows {
                sum = sum.wrapping_add(xxh3_64(row.data()));
            }
        }
    }
    Ok(sum)
}
