//! Typed rows on their way to the user.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;

/// One column of an answer.
#[derive(Debug)]
enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
    Bool(Vec<Option<bool>>),
}

/// An answer, column by column.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    columns: Vec<(&'static str, Column)>,
}

impl Rows {
    /// A column of text; values that are empty text stay empty text, `None` is no value.
    pub(crate) fn text<T: Into<String>>(mut self, name: &'static str, values: impl IntoIterator<Item = Option<T>>) -> Self {
        self.columns.push((name, Column::Text(values.into_iter().map(|value| value.map(Into::into)).collect())));
        self
    }

    /// A column of whole numbers.
    pub(crate) fn int(mut self, name: &'static str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.columns.push((name, Column::Int(values.into_iter().collect())));
        self
    }

    /// A column of numbers; what is not a number is no value.
    pub(crate) fn float(mut self, name: &'static str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        self.columns.push((name, Column::Float(values.into_iter().map(finite).collect())));
        self
    }

    /// A column of yes and no.
    pub(crate) fn bool(mut self, name: &'static str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        self.columns.push((name, Column::Bool(values.into_iter().collect())));
        self
    }

    /// The rows as a batch.
    pub(crate) fn batch(self) -> Result<RecordBatch, ArrowError> {
        let columns = self.columns.into_iter().map(|(name, column)| {
            let array: ArrayRef = match column {
                Column::Text(values) => Arc::new(StringArray::from(values)),
                Column::Int(values) => Arc::new(Int64Array::from(values)),
                Column::Float(values) => Arc::new(Float64Array::from(values)),
                Column::Bool(values) => Arc::new(BooleanArray::from(values)),
            };
            (name, array, true)
        });
        RecordBatch::try_from_iter_with_nullable(columns)
    }
}
