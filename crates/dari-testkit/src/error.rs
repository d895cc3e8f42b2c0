//! What can go wrong.

use std::path::PathBuf;

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file of the demo is not as expected.
    #[error("{path}: {reason}")]
    Demo {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder to write to holds something.
    #[error("{0}: the folder is not empty")]
    NotEmpty(PathBuf),
    /// An option has a value that makes no world.
    #[error("{0}")]
    Option(String),
    /// Columns could not be put together.
    #[error(transparent)]
    Arrow(#[from] arrow::error::ArrowError),
    /// Parquet could not be written.
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A thread ended unexpectedly.
    #[error("a thread that makes parts stopped unexpectedly")]
    Thread,
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

/// An [`std::io::Error`] with the file it is about.
pub(crate) fn io(path: &std::path::Path) -> impl Fn(std::io::Error) -> Error + '_ {
    |error| Error::Io { path: path.to_owned(), error }
}
