//! Answers to questions, of which every figure of a briefing is taken.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

impl Value {
    /// The number it is, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Empty | Value::Bool(_) | Value::Text(_) => None,
        }
    }

    /// The text it is, empty where it is none.
    pub fn text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            _ => "",
        }
    }
}

/// The answer to a question: rows of named columns, and how they came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What the briefing calls it: `position`.
    pub id: String,
    /// The command that gives the same answer.
    pub command: String,
    /// What has to be known with it.
    pub notes: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, each with a cell a column.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// The place of a column.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn column(&self, name: &str) -> Result<usize> {
        let found = self.columns.iter().position(|column| column == name);
        found.ok_or_else(|| Error::Column { command: self.command.clone(), column: name.to_owned() })
    }

    /// A cell.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn cell(&self, row: usize, column: &str) -> Result<&Value> {
        let column = self.column(column)?;
        Ok(self.rows.get(row).and_then(|row| row.get(column)).unwrap_or(&Value::Empty))
    }

    /// The text of a cell, empty where it holds none.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn text(&self, row: usize, column: &str) -> Result<&str> {
        Ok(self.cell(row, column)?.text())
    }

    /// The number of a cell.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn number(&self, row: usize, column: &str) -> Result<Option<f64>> {
        Ok(self.cell(row, column)?.number())
    }

    /// Rows in which the columns hold these texts.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn rows_with(&self, wanted: &[(&str, &str)]) -> Result<Vec<usize>> {
        let wanted = wanted.iter().map(|(column, text)| Ok((self.column(column)?, *text))).collect::<Result<Vec<_>>>()?;
        let fits = |row: &[Value]| wanted.iter().all(|(column, text)| row.get(*column).is_some_and(|value| value.text() == *text));
        Ok((0..self.rows.len()).filter(|row| fits(&self.rows[*row])).collect())
    }
}
