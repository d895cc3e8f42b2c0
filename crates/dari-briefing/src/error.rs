//! What can go wrong, with what to do about it.

/// Result of the briefing's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for is wrong.
    #[error("{message}")]
    Input {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A file of the template is wrong.
    #[error("{file}: {message}")]
    Template {
        /// The file in the template's folder.
        file: String,
        /// What is wrong, with its place where it is known.
        message: String,
    },
    /// A table lacks what a briefing needs of it.
    #[error("the answer to `{command}` has no column '{column}'")]
    Column {
        /// The command that was asked.
        command: String,
        /// The column.
        column: String,
    },
    /// A document could not be written.
    #[error("the {form} could not be written: {message}")]
    Render {
        /// PDF, DOCX, XLSX or HTML.
        form: &'static str,
        /// Why.
        message: String,
    },
    /// A file could not be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::Input { message: message.into(), hint: hint.into() }
    }

    pub(crate) fn template(file: &str, message: impl std::fmt::Display) -> Error {
        Error::Template { file: file.to_owned(), message: message.to_string() }
    }

    pub(crate) fn render(form: &'static str, message: impl std::fmt::Display) -> Error {
        Error::Render { form, message: message.to_string() }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Error::Input { hint, .. } => Some(hint),
            Error::Template { .. } => Some(
                "`dari brief --template DIR --check` says all that is wrong with a template; the shipped one is written by `dari brief --template DIR --begin`.",
            ),
            Error::Column { .. } | Error::Render { .. } | Error::File { .. } => None,
        }
    }
}
