use std::path::{Path, PathBuf};

/// Why cubes could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the working folder cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: std::io::Error,
    },
    /// A batch lacks a column or has another kind in it: a fault of dari, not of the data.
    #[error("a batch has no column {column} of the kind expected")]
    Column {
        /// The column.
        column: &'static str,
    },
    /// Columns could not be converted.
    #[error("columns could not be read: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// More topics or organisations than keys have room for.
    #[error("{what}: found {found}, there is room for {room}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many.
        found: usize,
        /// The most.
        room: usize,
    },
    /// A thread stopped unexpectedly.
    #[error("a thread that computes cubes stopped unexpectedly")]
    Thread,
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.to_owned(), source }
    }
}
