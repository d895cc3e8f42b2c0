//! A record as it is now.

use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::content::{Content, titles};
use crate::error::{Error, Result};
use crate::kinds::{Kind, kind};
use crate::store::day;

/// A record as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Its id, which says its [scope](crate::Scope).
    pub id: String,
    /// The name of its kind.
    pub kind: String,
    /// Its state; empty where the kind has none.
    pub state: String,
    /// The day since which it is in this state (days since 1970-01-01).
    pub since: Option<i32>,
    /// How often it was written.
    pub version: i64,
    /// When it was last written: milliseconds since 1970-01-01, UTC.
    pub changed_at: i64,
    /// The user who began it.
    pub created_by: String,
    /// Whether it was taken out of sight.
    pub removed: bool,
    /// Its fields.
    pub content: Content,
}

/// The columns that [`Record::read`] needs.
pub(crate) const COLUMNS: &str = "id, kind, state, since, version, changed_at, created_by, removed, content";

impl Record {
    pub(crate) fn read(row: &AnyRow) -> Result<Record> {
        let content: String = row.try_get("content")?;
        let id: String = row.try_get("id")?;
        let content = serde_json::from_str(&content).map_err(|error| Error::Broken(format!("content of '{id}': {error}")))?;
        Ok(Record {
            id,
            kind: row.try_get("kind")?,
            state: row.try_get("state")?,
            since: day(row, "since")?,
            version: row.try_get("version")?,
            changed_at: row.try_get("changed_at")?,
            created_by: row.try_get("created_by")?,
            removed: row.try_get::<i64, _>("removed")? != 0,
            content,
        })
    }

    /// Its kind.
    pub fn kind(&self) -> Result<&'static Kind> {
        kind(&self.kind).ok_or_else(|| Error::Broken(format!("'{}' is of the unknown kind '{}'", self.id, self.kind)))
    }

    /// What it is called in the language asked for, in the other where there is none, else by its id.
    pub fn title(&self, korean: bool) -> String {
        let (en, ko) = titles(&self.content);
        let (first, second) = if korean { (ko, en) } else { (en, ko) };
        first.or(second).unwrap_or_else(|| self.id.clone())
    }

    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.content.get(field)?.as_str()
    }

    /// The number of a field.
    pub fn number(&self, field: &str) -> Option<f64> {
        self.content.get(field)?.as_f64()
    }

    /// The rows of a field.
    pub fn rows(&self, field: &str) -> impl Iterator<Item = &Content> {
        self.content.get(field).and_then(|value| value.as_array()).into_iter().flatten().filter_map(|row| row.as_object())
    }

    /// The texts of a list.
    pub fn texts(&self, field: &str) -> impl Iterator<Item = &str> {
        self.content.get(field).and_then(|value| value.as_array()).into_iter().flatten().filter_map(|text| text.as_str())
    }

    /// Whether something is still to be done.
    pub fn is_open(&self) -> bool {
        kind(&self.kind).and_then(|kind| kind.state(&self.state)).is_some_and(|state| state.open)
    }
}
