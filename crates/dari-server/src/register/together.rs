//! What needs the register and the lake together: results that followed, and reviewers without conflicts of interest.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use dari_register::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::read::Lang;
use super::write::refuse_guests;
use crate::analyst::Together;
use crate::api::{AnswerOfRows, Asked, Given};
use crate::forms::{self, Form};
use crate::guard::Visitor;
use crate::lake::in_form;
use crate::problem::{Problem, Result};
use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(results, decide)).routes(routes!(conflicts)).routes(routes!(assign)).routes(routes!(reviewers))
}

/// Does the work with what is given, on the newest version of the lake.
async fn done(server: Shared, visitor: Visitor, work: Together, mut given: Vec<(&'static str, String)>, form: Form) -> Result<Response> {
    let lake = server.answers.lake(&server.analyst).await?;
    given.extend(lake.as_ref().map(|lake| ("as-of", lake.version.to_string())));
    let place = server.answers.place().await?;
    let version = lake.clone();
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        let given: Vec<(String, String)> = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let (ask, answer) = server.analyst.together(work, server.register()?, &visitor.user, &given)?;
        let bytes = forms::write(form, &ask, version.as_ref(), &answer)?;
        Ok::<_, Problem>((ask, bytes))
    });
    let (ask, bytes) = work.await.map_err(Problem::internal)??;
    Ok(in_form(&ask, lake.as_ref(), form, bytes.into()))
}

/// The language as the program takes it.
fn spoken(lang: Lang) -> (&'static str, String) {
    ("lang", if lang == Lang::Ko { "ko" } else { "en" }.to_owned())
}

/// Which results.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Instead of results the comparison of joint works before and after with pairs that the record does not link.
    #[serde(default)]
    #[param(required = false)]
    effect: bool,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Form of the answer, instead of Accept: json, csv, parquet, arrow or xlsx.
    format: Option<String>,
    /// en or ko.
    #[param(inline)]
    lang: Option<Lang>,
}

/// Works and awards that followed an agreement, programme, commitment or project: found by organisations, time and technology
#[utoipa::path(get, path = "/register/records/{id}/results", tag = "register", params(("id" = String, Path, description = "The record"), Wanted),
    responses((status = 200, body = AnswerOfRows), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 406, body = Problem), (status = 422, body = Problem)))]
async fn results(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response> {
    let form = Form::wanted(wanted.format.as_deref(), &headers)?;
    let mut given = vec![("id", id), ("most", super::read::most(wanted.limit).to_string())];
    given.extend(wanted.effect.then(|| ("effect", "true".to_owned())));
    given.extend(wanted.lang.map(spoken));
    done(server, visitor, Together::Results, given, form).await
}

/// What a person says of results that were found: references of the list.
#[derive(Deserialize, ToSchema)]
struct Decision {
    /// They came of it.
    #[serde(default)]
    accept: Vec<String>,
    /// They did not.
    #[serde(default)]
    refuse: Vec<String>,
}

/// Say which results came of a record and which did not; each is kept as a record of its own
#[utoipa::path(post, path = "/register/records/{id}/results", tag = "register", request_body = Decision,
    params(("id" = String, Path, description = "The record")),
    responses((status = 200, body = AnswerOfRows), (status = 400, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
async fn decide(
    State(server): State<Shared>,
    visitor: Visitor,
    Path(id): Path<String>,
    Given(decision): Given<Decision>,
) -> Result<Response> {
    refuse_guests(&visitor.user)?;
    let mut given = vec![("id", id), ("most", super::read::most(None).to_string())];
    for (name, references) in [("accept", decision.accept), ("refuse", decision.refuse)] {
        given.extend(references.into_iter().map(|reference| (name, reference)));
    }
    done(server, visitor, Together::Results, given, Form::Json).await
}

/// Who might review.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct To {
    /// Reviewers, separated by commas: USER, USER@ORGANISATION or USER@ORGANISATION/AUTHOR.
    to: String,
    /// Form of the answer, instead of Accept: json, csv, parquet, arrow or xlsx.
    format: Option<String>,
    /// en or ko.
    #[param(inline)]
    lang: Option<Lang>,
}

/// Conflicts of interest that reviewers would have with a proposal: their organisation, joint works, what they declared
#[utoipa::path(get, path = "/register/records/{id}/conflicts", tag = "register", params(("id" = String, Path, description = "The proposal"), To),
    responses((status = 200, body = AnswerOfRows), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 406, body = Problem), (status = 422, body = Problem)))]
async fn conflicts(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Asked(asked): Asked<To>,
) -> Result<Response> {
    let form = Form::wanted(asked.format.as_deref(), &headers)?;
    let mut given = vec![("proposal", id), ("check", "true".to_owned())];
    given.extend(asked.to.split(',').map(str::trim).filter(|one| !one.is_empty()).map(|one| ("to", one.to_owned())));
    given.extend(asked.lang.map(spoken));
    done(server, visitor, Together::Assign, given, form).await
}

/// Who shall review a proposal.
#[derive(Deserialize, ToSchema)]
struct Assignment {
    to: Vec<Reviewer>,
    /// The day by which the reviews are due.
    due: Option<String>,
    #[serde(default)]
    why: String,
}

/// Somebody who shall review.
#[derive(Deserialize, ToSchema)]
struct Reviewer {
    /// The user.
    user: String,
    /// Their organisation in the register.
    organisation: Option<String>,
    /// Their id as an author in the lake.
    author: Option<String>,
}

impl Reviewer {
    fn written_out(self) -> String {
        let author = self.author.filter(|author| !author.is_empty()).map(|author| format!("/{author}")).unwrap_or_default();
        let organisation = self.organisation.unwrap_or_default();
        if organisation.is_empty() && author.is_empty() { self.user } else { format!("{}@{organisation}{author}", self.user) }
    }
}

/// Give a proposal to reviewers. Who has a conflict of interest does not get it, and is told in the answer
#[utoipa::path(post, path = "/register/records/{id}/reviewers", tag = "register", request_body = Assignment,
    params(("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = AnswerOfRows), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
async fn assign(
    State(server): State<Shared>,
    visitor: Visitor,
    Path(id): Path<String>,
    Given(assignment): Given<Assignment>,
) -> Result<Response> {
    refuse_guests(&visitor.user)?;
    let mut given = vec![("proposal", id)];
    given.extend(assignment.to.into_iter().map(|reviewer| ("to", reviewer.written_out())));
    given.extend(assignment.due.filter(|due| !due.is_empty()).map(|due| ("due", due)));
    given.extend((!assignment.why.is_empty()).then_some(("why", assignment.why)));
    done(server, visitor, Together::Assign, given, Form::Json).await
}

/// Users who review.
#[derive(Serialize, ToSchema)]
struct Reviewers {
    reviewers: Vec<Named>,
}

/// A user who reviews.
#[derive(Serialize, ToSchema)]
struct Named {
    name: String,
    party: String,
}

/// The users who review proposals, for those who run calls
#[utoipa::path(get, path = "/register/reviewers", tag = "register",
    responses((status = 200, body = Reviewers), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn reviewers(State(server): State<Shared>, visitor: Visitor) -> Result<Json<Reviewers>> {
    let register = server.register()?;
    if !visitor.user.role.runs_calls() {
        return Err(Problem::forbidden(format!("a {} may not give out reviews", visitor.user.role.as_str())));
    }
    let users = register.users().await?.into_iter().filter(|user| user.role == Role::Reviewer);
    Ok(Json(Reviewers { reviewers: users.map(|user| Named { name: user.name, party: user.party.to_string() }).collect() }))
}
