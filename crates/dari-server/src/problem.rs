//! What went wrong, as the API says it (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::analyst::{Reason, Refusal};

pub(crate) type Result<T> = std::result::Result<T, Problem>;

/// What went wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16)]
    pub(crate) status: StatusCode,
    /// What is wrong.
    pub(crate) detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// The record as it is stored, where another was faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::register::shapes::Record>)]
    stored: Option<Box<Value>>,
    /// Seconds after which it is worth trying again.
    #[serde(skip)]
    after: Option<u64>,
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let title = status.canonical_reason().unwrap_or("Problem");
        Problem { kind: "about:blank", title, status, detail: detail.into(), hint: None, stored: None, after: None }
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, detail)
    }

    /// What failed here; what it was is for whoever keeps the server.
    pub(crate) fn internal(what: impl std::fmt::Display) -> Problem {
        log(what);
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not do it").hint("Its log says more.")
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// Names the kind of problem, for programs that do something about it.
    pub(crate) fn of_kind(mut self, kind: &'static str) -> Problem {
        self.kind = kind;
        self
    }

    pub(crate) fn after(mut self, seconds: u64) -> Problem {
        self.after = Some(seconds);
        self
    }

    pub(crate) fn stored(mut self, record: Value) -> Problem {
        self.stored = Some(Box::new(record));
        self
    }
}

/// Tells whoever keeps the server what failed.
pub(crate) fn log(what: impl std::fmt::Display) {
    // Nobody is left to tell if standard error is closed.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("error: {what}\n").as_bytes());
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let status = match refusal.reason {
            Reason::Misuse => StatusCode::BAD_REQUEST,
            Reason::Impossible => StatusCode::UNPROCESSABLE_ENTITY,
            Reason::NotFound => StatusCode::NOT_FOUND,
            Reason::NotAllowed => StatusCode::FORBIDDEN,
        };
        Problem { hint: refusal.hint, ..Problem::new(status, refusal.message) }
    }
}

impl From<dari_register::Error> for Problem {
    fn from(error: dari_register::Error) -> Problem {
        use dari_register::Error;
        let status = match &error {
            Error::Input { .. } => StatusCode::BAD_REQUEST,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::NotAllowed { .. } => StatusCode::FORBIDDEN,
            Error::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Error::Broken(_) | Error::Storage(_) | Error::Migration(_) | Error::File { .. } => return Problem::internal(error),
        };
        let hint = match &error {
            Error::Input { hint, .. } => hint.clone(),
            Error::Stale { .. } => Some("Look at both versions and give the change again, from the newer one.".to_owned()),
            _ => None,
        };
        Problem { hint, ..Problem::new(status, error.to_string()) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
