//! Changing the register.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dari_register::accounts::{fingerprint, new_secret};
use dari_register::{Content, Item, Scope, Session, Step, User, Written};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shapes::Record;
use super::the_day;
use crate::api::{Asked, Given};
use crate::guard::Visitor;
use crate::problem::{Problem, Result};
use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(edit, remove))
        .routes(routes!(bring))
        .routes(routes!(restore))
        .routes(routes!(share))
}

/// Whether to only try.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Rehearse {
    /// Check it and store nothing: 204 where it would be stored.
    #[serde(default)]
    #[param(required = false)]
    pub(super) rehearse: bool,
}

/// Refuses what changes the register to a guest without sign-in.
pub(super) fn refuse_guests(user: &User) -> Result<()> {
    if user.name.is_empty() {
        return Err(
            Problem::forbidden("without sign-in the register is for reading").hint("Serve with accounts: `dari serve`, and sign in.")
        );
    }
    Ok(())
}

/// Makes the change, or with `rehearse` says whether it could be made.
async fn change(session: &Session<'_>, step: Step, why: &str, headers: &HeaderMap, rehearse: bool) -> Result<Option<Vec<Written>>> {
    refuse_guests(session.user())?;
    if rehearse {
        let item = Item { place: step.id().to_owned(), steps: vec![step], why: None };
        let (_, mut refused) = session.write_each(&[item], why, false).await?;
        return match refused.pop() {
            Some(refused) => Err(refused.error.into()),
            None => Ok(None),
        };
    }
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    match session.write(&[step], why, key).await {
        Ok(written) => Ok(Some(written)),
        Err(error) => {
            let stored = match &error {
                dari_register::Error::Stale { id, .. } => Some(session.get(id).await?),
                _ => None,
            };
            let problem = Problem::from(error);
            Err(match stored {
                Some(record) => problem.stored(serde_json::to_value(Record::from(record)).map_err(Problem::internal)?),
                None => problem,
            })
        }
    }
}

/// The answer to a change: the record as it is now.
async fn changed(session: &Session<'_>, written: Option<Vec<Written>>, status: StatusCode) -> Result<Response> {
    let Some(first) = written.and_then(|written| written.into_iter().next()) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let record = session.get(&first.id).await?;
    Ok((status, [(header::ETAG, format!("\"{}\"", record.version))], Json(Record::from(record))).into_response())
}

/// The version that a change starts from.
fn version(headers: &HeaderMap) -> Result<i64> {
    let Some(given) = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()) else {
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "from which version?")
            .hint("Send If-Match with the version of the record, as ETag gives it."));
    };
    let digits = given.trim().trim_start_matches("W/").trim_matches('"');
    digits.parse().map_err(|_| Problem::bad(format!("If-Match is {given:?}")).hint("Send the version of the record, for example \"3\"."))
}

/// A new record.
#[derive(Deserialize, ToSchema)]
struct NewRecord {
    kind: String,
    /// Letters, digits and `-_.`; where nothing is said, one is made of the name.
    id: Option<String>,
    /// The fields, as `GET /register/kinds` describes them.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    content: Content,
    /// Where nothing is said, the first that a record of the kind may begin in.
    state: Option<String>,
    /// The day since which it is in this state.
    day: Option<String>,
    /// Whether only one's own party sees it.
    #[serde(default)]
    private: bool,
    #[serde(default)]
    why: String,
}

/// Add a record
#[utoipa::path(post, path = "/register/records", tag = "register", params(Rehearse, ("idempotency-key" = Option<String>, Header, description = "Makes the request one that may be sent twice")),
    request_body = NewRecord, responses((status = 201, body = Record), (status = 204), (status = 400, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem), (status = 415, body = Problem)))]
async fn add(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Asked(rehearse): Asked<Rehearse>,
    Given(new): Given<NewRecord>,
) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let name = match new.id.filter(|id| !id.is_empty()) {
        Some(id) => id,
        None => name(&new.kind, &new.content, ending(&visitor.user.name, &headers)?),
    };
    let id = if new.private && !name.contains(':') { Scope::Private(visitor.user.party.clone()).id(&name) } else { name };
    let state = new.state.filter(|state| !state.is_empty());
    let step = Step::Add { kind: new.kind, id, content: new.content, state, day: the_day("day", new.day.as_deref())? };
    let written = change(&session, step, &new.why, &headers, rehearse.rehearse).await?;
    changed(&session, written, StatusCode::CREATED).await
}

/// Letters of a name that an id is made of.
const OF_NAME: usize = 40;

/// An id of a record's name, with an ending of its own, for names repeat.
fn name(kind: &str, content: &Content, ending: String) -> String {
    let (en, ko) = dari_register::titles(content);
    let mut id = String::from(kind);
    let mut gap = true;
    for letter in en.or(ko).unwrap_or_default().chars().take(OF_NAME).flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            if gap {
                id.push('-');
            }
            id.push(letter);
        }
        gap = !letter.is_alphanumeric();
    }
    format!("{id}-{ending}")
}

/// The ending of a made id: the same for a request that is sent twice, so that it is known again.
fn ending(user: &str, headers: &HeaderMap) -> Result<String> {
    let secret = match headers.get("idempotency-key") {
        Some(key) => fingerprint(&format!("{user} {}", String::from_utf8_lossy(key.as_bytes()))),
        None => new_secret()?,
    };
    Ok(secret.chars().take(6).collect())
}

/// Changes of fields.
#[derive(Deserialize, ToSchema)]
struct Edit {
    /// Those that are not named stay; null empties one.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    content: Content,
    #[serde(default)]
    why: String,
}

/// Change fields of a record
#[utoipa::path(patch, path = "/register/records/{id}", tag = "register", request_body = Edit,
    params(("id" = String, Path, description = "The record"), ("if-match" = String, Header, description = "The version it starts from"), Rehearse),
    responses((status = 200, body = Record), (status = 204), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 415, body = Problem), (status = 428, body = Problem)))]
async fn edit(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Asked(rehearse): Asked<Rehearse>,
    Given(edit): Given<Edit>,
) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let step = Step::Edit { id, version: version(&headers)?, content: edit.content };
    let written = change(&session, step, &edit.why, &headers, rehearse.rehearse).await?;
    changed(&session, written, StatusCode::OK).await
}

/// Another state.
#[derive(Deserialize, ToSchema)]
struct Move {
    state: String,
    /// The day from which it is in this state; today where nothing is said.
    day: Option<String>,
    /// Fields that change with it.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    content: Content,
    #[serde(default)]
    why: String,
}

/// Bring a record into another state
#[utoipa::path(post, path = "/register/records/{id}/move", tag = "register", request_body = Move,
    params(("id" = String, Path, description = "The record"), ("if-match" = String, Header, description = "The version it starts from"), Rehearse),
    responses((status = 200, body = Record), (status = 204), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 415, body = Problem), (status = 428, body = Problem)))]
async fn bring(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Asked(rehearse): Asked<Rehearse>,
    Given(given): Given<Move>,
) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let day = the_day("day", given.day.as_deref())?;
    let step = Step::Move { id, version: version(&headers)?, state: given.state, day, content: given.content };
    let written = change(&session, step, &given.why, &headers, rehearse.rehearse).await?;
    changed(&session, written, StatusCode::OK).await
}

/// A reason.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Reason {
    /// Why.
    #[serde(default)]
    why: String,
}

/// Take a record out of sight, with a reason; nothing is lost
#[utoipa::path(delete, path = "/register/records/{id}", tag = "register",
    params(("id" = String, Path, description = "The record"), ("if-match" = String, Header, description = "The version it starts from"), Reason),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 428, body = Problem)))]
async fn remove(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Asked(reason): Asked<Reason>,
) -> Result<StatusCode> {
    let session = server.work(&visitor.user)?;
    change(&session, Step::Remove { id, version: version(&headers)? }, &reason.why, &headers, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why something is brought back.
#[derive(Deserialize, ToSchema)]
struct Why {
    why: String,
}

/// Bring back a record that was removed
#[utoipa::path(post, path = "/register/records/{id}/restore", tag = "register", request_body = Why,
    params(("id" = String, Path, description = "The record"), ("if-match" = String, Header, description = "The version it starts from")),
    responses((status = 200, body = Record), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 415, body = Problem), (status = 428, body = Problem)))]
async fn restore(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Given(given): Given<Why>,
) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let written = change(&session, Step::Restore { id, version: version(&headers)? }, &given.why, &headers, false).await?;
    changed(&session, written, StatusCode::OK).await
}

/// How something is shared.
#[derive(Deserialize, ToSchema)]
struct Share {
    /// The id of the shared record; the private one's without the party where nothing is said.
    to: Option<String>,
    #[serde(default)]
    why: String,
}

/// Share with all parties what was private
#[utoipa::path(post, path = "/register/records/{id}/share", tag = "register", request_body = Share,
    params(("id" = String, Path, description = "The record"), ("if-match" = String, Header, description = "The version it starts from")),
    responses((status = 200, body = Record), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 415, body = Problem), (status = 428, body = Problem)))]
async fn share(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Given(given): Given<Share>,
) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let own = id.split_once(':').map_or(id.as_str(), |(_, name)| name).to_owned();
    let to = given.to.filter(|to| !to.is_empty()).unwrap_or(own);
    let written = change(&session, Step::Share { id, version: version(&headers)?, to }, &given.why, &headers, false).await?;
    changed(&session, written, StatusCode::OK).await
}
