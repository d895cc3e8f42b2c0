//! Briefings as files. Their parameters are those of the command line, as with questions.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::ResponseBuilder;
use utoipa::openapi::path::{HttpMethod, PathItem};

use crate::analyst::Question;
use crate::api::{asked, binary, problem};
use crate::guard::Visitor;
use crate::problem::{Problem, Result};
use crate::state::Shared;

/// Forms of a briefing by the endings of their files, the usual one first, with their media types.
const FORMS: [(&str, &str); 5] = [
    ("pdf", "application/pdf"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("html", "text/html; charset=utf-8"),
    ("json", "application/json"),
];
/// How much one request may ask for: countries, technologies, and pairs of partners in each.
const COUNTRIES: usize = 8;
const TECHNOLOGIES: usize = 12;
const PAIRS: usize = 20;

/// A briefing as a file.
pub(crate) async fn write(
    State(server): State<Shared>,
    visitor: Visitor,
    Query(mut given): Query<Vec<(String, String)>>,
) -> Result<Response> {
    given.retain(|(_, value)| !value.is_empty());
    let said = |name: &str| given.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if said("internal").is_some_and(|internal| internal == "true" || internal == "1") && visitor.is_guest() {
        return Err(Problem::forbidden("what is private to a party is for those who sign in").hint("Leave out `internal`, or sign in."));
    }
    let count = |name: &str| said(name).map_or(0, |list| list.split(',').count());
    let pairs = said("partners").and_then(|pairs| pairs.parse::<usize>().ok()).unwrap_or_default();
    if count("countries") > COUNTRIES || count("technology") > TECHNOLOGIES || pairs > PAIRS {
        return Err(Problem::bad(format!(
            "a briefing has {COUNTRIES} countries, {TECHNOLOGIES} technologies and {PAIRS} pairs of partners at most"
        ))
        .hint("Ask for several, or write it with `dari brief`."));
    }
    let kind = said("kind").unwrap_or("cooperation");
    let lang = said("lang").unwrap_or("en");
    let form = said("format").unwrap_or(FORMS[0].0);
    let (ending, media) = FORMS.into_iter().find(|(ending, _)| *ending == form).ok_or_else(|| {
        let endings: Vec<&str> = FORMS.iter().map(|(ending, _)| *ending).collect();
        Problem::bad(format!("no form '{form}'")).hint(format!("Forms are {}.", endings.join(", ")))
    })?;
    let name = format!("attachment; filename=\"dari-{kind}.{lang}.{ending}\"");
    given.retain(|(name, _)| name != "format");
    let place = server.answers.place().await?;
    let writing = Arc::clone(&server);
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        Ok::<_, Problem>(writing.analyst.brief(&given, ending, writing.register.as_ref(), &visitor.user)?)
    });
    let bytes = work.await.map_err(Problem::internal)??;
    // Kind and language are words that the command line took.
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// It in the OpenAPI document.
pub(crate) fn described(question: &Question) -> PathItem {
    let mut file = ResponseBuilder::new().description("The file");
    for (_, media) in FORMS {
        file = file.content(media.split(';').next().unwrap_or(media), binary());
    }
    let mut operation = asked(question, "briefings", FORMS.iter().map(|(ending, _)| *ending)).response("200", file);
    for (status, what) in [
        ("400", "Something is wrong with what is asked for"),
        ("403", "It is not for those who do not sign in"),
        ("404", "There is no such record"),
        ("422", "It cannot be written from what there is"),
    ] {
        operation = operation.response(status, problem(what));
    }
    PathItem::new(HttpMethod::Get, operation)
}
