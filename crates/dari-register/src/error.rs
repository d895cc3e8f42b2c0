//! What can go wrong, with what to do about it.

use serde_json::{Map, Value};

/// Result of the register's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given is wrong.
    #[error("{message}")]
    Input {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// There is no such record, or none that the user sees: the two cannot be told apart.
    #[error("no record '{0}'")]
    NotFound(String),
    /// The user's role does not allow it.
    #[error("a {role} may not {what}")]
    NotAllowed {
        /// The user's role.
        role: &'static str,
        /// What was wanted.
        what: String,
    },
    /// The record has changed since the version that the change starts from.
    #[error("'{id}' has changed: you started from version {yours}, it is at version {theirs} ({when})")]
    Stale {
        /// The record.
        id: String,
        /// The version that the change starts from.
        yours: i64,
        /// The version that is stored.
        theirs: i64,
        /// When it was written (UTC).
        when: String,
        /// The content that the change would have made.
        wanted: Box<Map<String, Value>>,
        /// The content that is stored.
        stored: Box<Map<String, Value>>,
    },
    /// The audit trail is not what was written.
    #[error("the audit trail is broken: {0}")]
    Broken(String),
    /// The storage failed.
    #[error("the register's storage: {0}")]
    Storage(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the register's storage could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn input(message: impl Into<String>) -> Error {
        Error::Input { message: message.into(), hint: None }
    }

    pub(crate) fn hint(self, text: impl Into<String>) -> Error {
        match self {
            Error::Input { message, .. } => Error::Input { message, hint: Some(text.into()) },
            other => other,
        }
    }

    /// Says before the message where it was.
    pub(crate) fn at(self, place: impl std::fmt::Display) -> Error {
        match self {
            Error::Input { message, hint } => Error::Input { message: format!("{place}: {message}"), hint },
            other => other,
        }
    }

    /// What the user can do.
    pub fn advice(&self) -> Option<String> {
        match self {
            Error::Input { hint, .. } => hint.clone(),
            Error::NotFound(_) => Some("`dari register list KIND` and `dari register search WORDS` show what there is.".to_owned()),
            Error::NotAllowed { .. } => Some("`dari register users` shows who may do what.".to_owned()),
            Error::Stale { .. } => Some("Look at both versions and give the change again, from the newer one.".to_owned()),
            Error::Broken(_) => Some("Keep the file as it is and restore the last backup into a new register.".to_owned()),
            Error::Storage(_) | Error::Migration(_) | Error::File { .. } => None,
        }
    }
}

/// The number and shape of what a value is, for messages.
pub(crate) fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a group of fields",
    }
}
