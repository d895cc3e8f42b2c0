//! What went wrong and what to do about it.

/// A failure as the user sees it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong.
    pub(crate) message: String,
    /// What the user can do.
    pub(crate) hint: Option<String>,
    /// Of what sort it is.
    pub(crate) sort: Sort,
}

/// Sort of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// It could not be done (exit status 1).
    Failed,
    /// The request itself was wrong (exit status 2).
    Misuse,
    /// There is no such record in the register, or none that the user sees.
    NotFound,
    /// The user's role does not allow it.
    NotAllowed,
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), hint: None, sort: Sort::Failed }
    }

    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Failure::new(message).into_misuse()
    }

    /// The same, of a request that was wrong.
    pub(crate) fn into_misuse(self) -> Self {
        Failure { sort: Sort::Misuse, ..self }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<dari_lake::Error> for Failure {
    fn from(error: dari_lake::Error) -> Self {
        Failure { hint: error.hint().map(str::to_owned), ..Failure::new(error.to_string()) }
    }
}

impl From<dari_sources::Error> for Failure {
    fn from(error: dari_sources::Error) -> Self {
        Failure { hint: error.hint().map(str::to_owned), ..Failure::new(error.to_string()) }
    }
}

impl From<dari_organisations::Error> for Failure {
    fn from(error: dari_organisations::Error) -> Self {
        Failure { hint: error.hint().map(str::to_owned), ..Failure::new(error.to_string()) }
    }
}

impl From<dari_register::Error> for Failure {
    fn from(error: dari_register::Error) -> Self {
        let mut message = error.to_string();
        // Both versions of what was changed at once, field by field.
        if let dari_register::Error::Stale { wanted, stored, .. } = &error {
            let names: std::collections::BTreeSet<&String> = wanted.keys().chain(stored.keys()).collect();
            for name in names.into_iter().filter(|name| wanted.get(*name) != stored.get(*name)) {
                let text = |value: Option<&serde_json::Value>| value.map_or_else(|| "-".to_owned(), ToString::to_string);
                message.push_str(&format!("\n  {name}: yours {}, stored {}", text(wanted.get(name)), text(stored.get(name))));
            }
        }
        let sort = match &error {
            dari_register::Error::NotFound(_) => Sort::NotFound,
            dari_register::Error::NotAllowed { .. } => Sort::NotAllowed,
            _ => Sort::Failed,
        };
        Failure { hint: error.advice(), sort, ..Failure::new(message) }
    }
}

impl From<dari_briefing::Error> for Failure {
    fn from(error: dari_briefing::Error) -> Self {
        let sort = if matches!(error, dari_briefing::Error::Input { .. }) { Sort::Misuse } else { Sort::Failed };
        Failure { hint: error.hint().map(str::to_owned), sort, ..Failure::new(error.to_string()) }
    }
}

macro_rules! plain {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure::new(error.to_string())
            }
        })*
    };
}
plain!(
    std::io::Error,
    dari_cubes::Error,
    arrow::error::ArrowError,
    parquet::errors::ParquetError,
    dari_frameworks::Error,
    dari_indicators::IndicatorError
);
