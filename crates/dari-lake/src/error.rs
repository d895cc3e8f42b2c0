use std::path::{Path, PathBuf};

/// Why the lake could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What failed.
        source: std::io::Error,
    },
    /// There is no lake there.
    #[error("{} is not a lake: it has no folder _dari", .0.display())]
    NotALake(PathBuf),
    /// A commit of the lake's log cannot be read.
    #[error("{}: not a commit of the lake's log: {reason}", path.display())]
    Commit {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The version asked for is not there.
    #[error("the lake has no version {asked}; {known}")]
    NoVersion {
        /// As asked for.
        asked: String,
        /// The versions there are.
        known: String,
    },
    /// A table could not be read or written.
    #[error("table {table}: {source}")]
    Delta {
        /// The table.
        table: String,
        /// What failed.
        source: Box<deltalake::DeltaTableError>,
    },
    /// A data file could not be read or written.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: parquet::errors::ParquetError,
    },
    /// Columns that do not go together.
    #[error("{0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A thread stopped unexpectedly.
    #[error("a thread that reads the lake stopped unexpectedly")]
    Thread,
    /// A query took longer than it may.
    #[error("the query took longer than {} s and was stopped", .0.as_secs())]
    TooLong(std::time::Duration),
    /// An answer is larger than it may be.
    #[error("the answer is larger than {} MB and was stopped", .0 >> 20)]
    TooLarge(usize),
    /// A query failed.
    #[error("{0}")]
    Query(#[from] datafusion::error::DataFusionError),
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.to_owned(), source }
    }

    pub(crate) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Error + '_ {
        move |source| Error::Parquet { path: path.to_owned(), source }
    }

    pub(crate) fn delta(table: &str) -> impl FnOnce(deltalake::DeltaTableError) -> Error + '_ {
        move |source| Error::Delta { table: table.to_owned(), source: Box::new(source) }
    }

    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::NotALake(_) => Some("Name a lake with --lake DIR, or make one with `dari load …` or `dari demo`."),
            Error::NoVersion { .. } => Some("`dari status` lists the versions."),
            Error::TooLong(_) | Error::TooLarge(_) => Some("Ask for less: fewer rows, a smaller table, a filter."),
            Error::Commit { .. } => Some("Restore the lake's folder _dari from a backup."),
            _ => None,
        }
    }
}
