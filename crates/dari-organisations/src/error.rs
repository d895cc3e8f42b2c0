/// What can go wrong with organisations.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Columns are not those of the lake's tables.
    #[error("the table {table} has no column {column} of the kind expected")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Columns could not be converted: a fault of dari, not of the data.
    #[error("columns could not be read: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A file that cannot be read.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What failed.
        source: std::io::Error,
    },
    /// A file of groups or country sets that is not as it should be.
    #[error("{file}: {message}")]
    Group {
        /// The file.
        file: String,
        /// What is wrong, with its place.
        message: String,
    },
    /// No group or set of that id.
    #[error("there is no group '{asked}'{near}")]
    UnknownGroup {
        /// As asked.
        asked: String,
        /// What may have been meant, as a clause.
        near: String,
    },
    /// A labelled file that is not as it should be.
    #[error("{file}, line {line}: {message}")]
    Labels {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// What is wrong.
        message: String,
    },
}

impl Error {
    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::Group { .. } => Some("The format is described in demo/groups/README.md; `dari groups validate FILE` checks a file."),
            Error::UnknownGroup { .. } => Some("`dari groups list` shows those there are; `--groups PATH` adds your own."),
            Error::Labels { .. } => {
                Some("Expected CSV with the columns affiliation,ror_ids (ids separated by |, or none) and, if you like, also.")
            }
            _ => None,
        }
    }
}
