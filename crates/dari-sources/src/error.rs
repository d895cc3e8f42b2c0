use std::sync::Arc;

/// Why a source could not be read any further.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system or the network failed.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: Arc<str>,
        /// What failed.
        source: std::io::Error,
    },
    /// The file is not what the reader takes.
    #[error("{file}: expected {expected}, found {found}")]
    Format {
        /// The file.
        file: Arc<str>,
        /// What the reader takes.
        expected: String,
        /// What is there.
        found: String,
        /// What the user can do.
        hint: String,
    },
    /// A location that cannot be read from.
    #[error("{location}: {reason}")]
    Location {
        /// As the user gave it.
        location: String,
        /// What is wrong.
        reason: String,
    },
    /// Columns that do not go together: a fault of dari, not of the data.
    #[error("rows could not be put into columns: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The receiver of the chunks failed.
    #[error("{0}")]
    Receiver(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An input-output error of a file.
    pub fn io(file: &Arc<str>, source: std::io::Error) -> Self {
        Error::Io { file: file.clone(), source }
    }

    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Error::Format { hint, .. } => Some(hint),
            _ => None,
        }
    }
}
