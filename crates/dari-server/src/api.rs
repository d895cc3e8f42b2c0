//! All addresses, and the OpenAPI document that describes them.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, SecurityRequirement};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::analyst::{Analyst, Parameter, Question, Shape};
use crate::forms::Form;
use crate::guard::{self, COOKIE, Visitor};
use crate::problem::Problem;
use crate::state::Shared;
use crate::{briefing, headers, lake, openid, page, register, session};

/// Where the API is.
const BASE: &str = "/api/v1";
/// Bytes that a request may carry; uploads of files have a bound of their own.
const LARGEST: usize = 8 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "dari",
        description = "Where countries should work together in critical and emerging technologies, who with whom, and what came of it.\n\n\
            Questions about the lake are asked with the parameters of the command line, whose `--help` says more. They answer in JSON, CSV, Parquet, Arrow or \
            XLSX, by `Accept` or `format`; with `Prefer: respond-async` as a job. What changes the register says with `If-Match` from which version it starts."
    ),
    components(schemas(Problem, AnswerOfRows)),
    tags(
        (name = "questions", description = "Questions about the lake"),
        (name = "jobs", description = "Long work and loads"),
        (name = "register", description = "The register of cooperation"),
        (name = "briefings", description = "Documents to leave with"),
        (name = "session", description = "Signing in, users, access tokens"),
        (name = "server", description = "The server itself")
    )
)]
struct Document;

/// An answer to a question about the lake.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerOfRows {
    /// The command that gives the same answer.
    command: String,
    /// The version of the lake that was asked; nothing where there is none.
    #[schema(required)]
    lake: Option<AnsweredFrom>,
    columns: Vec<AnswerColumn>,
    /// A member for each column.
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
    /// What has to be known with it.
    notes: Vec<String>,
}

/// A version of the lake.
#[derive(Serialize, ToSchema)]
struct AnsweredFrom {
    version: u64,
    /// When it was made.
    at: String,
}

/// A column of an answer.
#[derive(Serialize, ToSchema)]
struct AnswerColumn {
    name: String,
    /// int, float, text, bool or date.
    r#type: String,
}

/// Parameters of an address; wrong ones are told as a problem.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked.map(|asked| Asked(asked.0)).map_err(|error: QueryRejection| Problem::bad(error.body_text()))
    }
}

/// What a request carries as JSON; what is wrong with it is told as a problem.
pub(crate) struct Given<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Given<T>, Problem> {
        let given = Json::<T>::from_request(request, state).await;
        given.map(|given| Given(given.0)).map_err(|error: JsonRejection| {
            // A body that is JSON but not what is asked for is a wrong request like others.
            let status = if error.status() == StatusCode::UNPROCESSABLE_ENTITY { StatusCode::BAD_REQUEST } else { error.status() };
            Problem::new(status, error.body_text())
        })
    }
}

/// What a request carries as text.
pub(crate) struct Text(pub(crate) String);

/// What a request carries as bytes.
pub(crate) struct Raw(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Raw, Problem> {
        let bytes = Bytes::from_request(request, state).await;
        bytes.map(Raw).map_err(|error| Problem::new(error.status(), error.body_text()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Text, Problem> {
        let text = String::from_request(request, state).await;
        text.map(Text).map_err(|error| Problem::new(error.status(), error.body_text()))
    }
}

/// That the server is there
#[utoipa::path(get, path = "/health", tag = "server", responses((status = 200, body = Health)))]
async fn health(State(server): State<Shared>) -> Result<Json<Health>, Problem> {
    let lake = server.answers.lake(&server.analyst).await?.map(|lake| lake.version);
    Ok(Json(Health { program: env!("CARGO_PKG_VERSION"), lake, register: server.register.is_some() }))
}

/// That the server is there.
#[derive(Serialize, ToSchema)]
struct Health {
    /// The version of the program.
    program: &'static str,
    /// The version of the lake; nothing where nothing is loaded.
    #[schema(required)]
    lake: Option<u64>,
    /// Whether there is a register.
    register: bool,
}

fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .merge(lake::routes())
        .merge(session::routes())
        .merge(openid::routes())
        .merge(register::routes())
}

/// All that is served.
pub(crate) fn application(server: Shared) -> Router {
    let description: Arc<str> = document(server.analyst.as_ref()).into();
    let (mut api, _) = routes().split_for_parts();
    api = api.layer(DefaultBodyLimit::max(LARGEST));
    for question in server.analyst.questions() {
        let (path, document): (Arc<str>, bool) = (question.path.as_str().into(), question.document);
        let ask = move |State(server): State<Shared>, visitor: Visitor, headers: HeaderMap, given: Query<Vec<(String, String)>>| {
            lake::ask(server, (Arc::clone(&path), document), visitor, headers, given)
        };
        api = api.route(&format!("/{}", question.path), get(ask));
    }
    if server.analyst.briefing().is_some() {
        api = api.route("/briefing", get(briefing::write));
    }
    let described = move || async move { ([(header::CONTENT_TYPE, "application/json")], description.to_string()).into_response() };
    let api = api
        .route("/openapi.json", get(described))
        .method_not_allowed_fallback(|| async { Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not do this") })
        .fallback(|| async { Problem::not_found("nothing at this address").hint("/api/v1/openapi.json tells what there is.") })
        .layer(middleware::from_fn_with_state(Arc::clone(&server), guard::enter));
    Router::new()
        .nest(BASE, api)
        .fallback(page::file)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(&server), headers::add))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| -> Response<Body> {
            Problem::internal("a request stopped unexpectedly").into_response()
        }))
        .with_state(server)
}

/// The OpenAPI document.
pub(crate) fn document(analyst: &dyn Analyst) -> String {
    let (_, mut document) = OpenApiRouter::with_openapi(Document::openapi()).nest(BASE, routes()).split_for_parts();
    for question in analyst.questions() {
        document.paths.paths.insert(format!("{BASE}/{}", question.path), described(question));
    }
    if let Some(question) = analyst.briefing() {
        document.paths.paths.insert(format!("{BASE}/{}", question.path), briefing::described(question));
    }
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert("session".to_owned(), SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))));
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An access token: dari_…")).build();
    components.security_schemes.insert("token".to_owned(), SecurityScheme::Http(token));
    let any = ["session", "token"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    document.security = Some(any.into_iter().chain([SecurityRequirement::default()]).collect());
    document.paths.paths.values_mut().for_each(with_problems);
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.to_pretty_json().unwrap_or_default()
}

/// What handlers do not say of themselves: in which media type problems are sent, and those that whoever stands before all of them answers with.
fn with_problems(path: &mut PathItem) {
    let operations = [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
    for (at, operation) in operations.into_iter().enumerate() {
        let Some(operation) = operation else { continue };
        let responses = &mut operation.responses.responses;
        for (status, response) in responses.iter_mut() {
            if let RefOr::T(response) = response
                && status.starts_with(['4', '5'])
                && let Some(content) = response.content.swap_remove("application/json")
            {
                response.content.insert("application/problem+json".to_owned(), content);
            }
        }
        // Reading is refused to nobody for want of the session's token.
        let changes = (at > 0).then_some(("403", "It may not be done, or the request does not carry the session's token"));
        for (status, what) in [("401", "Nobody is signed in"), ("429", "Too many requests")].into_iter().chain(changes) {
            responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(what)));
        }
    }
}

pub(crate) fn problem(what: &str) -> utoipa::openapi::Response {
    ResponseBuilder::new().description(what).content("application/problem+json", of("Problem")).build()
}

/// A question's parameters in the document, with the forms in which it is answered.
pub(crate) fn asked<'f>(question: &Question, tag: &str, forms: impl Iterator<Item = &'f str>) -> OperationBuilder {
    let format = Parameter {
        name: "format".to_owned(),
        about: "Form of the answer, instead of Accept".to_owned(),
        shape: Shape::Choice(forms.map(str::to_owned).collect()),
        many: false,
        needed: false,
        default: None,
    };
    let operation =
        OperationBuilder::new().tag(tag).operation_id(Some(question.path.replace('/', "_"))).summary(Some(question.about.clone()));
    question.parameters.iter().chain([&format]).fold(operation, |operation, parameter| operation.parameter(parameter_of(parameter)))
}

/// A file.
pub(crate) fn binary() -> utoipa::openapi::Content {
    let format = SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Binary);
    ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build())).build()
}

/// A question in the document.
fn described(question: &Question) -> PathItem {
    let mut operation = asked(question, "questions", Form::names());
    let prefer = ParameterBuilder::new()
        .name("prefer")
        .parameter_in(ParameterIn::Header)
        .description(Some("respond-async: answer with a job, unless the answer is known already"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    let mut answer = ResponseBuilder::new().description("The answer");
    for media in Form::media_types() {
        let content = match (question.document, media) {
            (true, "application/json") => ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::Object).build())),
            (true, _) => continue,
            (false, "application/json") => ContentBuilder::new().schema(Some(Ref::from_schema_name("AnswerOfRows"))),
            (false, "text/csv") => ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String).build())),
            _ => {
                answer = answer.content(media, binary());
                continue;
            }
        };
        answer = answer.content(media, content.build());
    }
    operation = operation
        .parameter(prefer)
        .response("200", answer)
        .response("202", ResponseBuilder::new().description("A job that will have the answer").content("application/json", of("Job")))
        .response("304", ResponseBuilder::new().description("It is as it was"));
    for (status, what) in
        [("400", "The question is wrong"), ("406", "There is no such form"), ("422", "The question cannot be answered from what is loaded")]
    {
        operation = operation.response(status, problem(what));
    }
    PathItem::new(HttpMethod::Get, operation)
}

fn of(schema: &str) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

fn parameter_of(parameter: &Parameter) -> ParameterBuilder {
    let one = match &parameter.shape {
        Shape::Text => ObjectBuilder::new().schema_type(Type::String),
        Shape::Integer => ObjectBuilder::new().schema_type(Type::Integer),
        Shape::Number => ObjectBuilder::new().schema_type(Type::Number),
        Shape::Flag => ObjectBuilder::new().schema_type(Type::Boolean),
        Shape::Choice(words) => ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.clone())),
    };
    let schema: RefOr<Schema> = if parameter.many { ArrayBuilder::new().items(one).into() } else { one.into() };
    let about = match &parameter.default {
        Some(default) => format!("{} [default: {default}]", parameter.about),
        None => parameter.about.clone(),
    };
    let built = ParameterBuilder::new()
        .name(&parameter.name)
        .parameter_in(ParameterIn::Query)
        .required(if parameter.needed { Required::True } else { Required::False })
        .description(Some(about))
        .schema(Some(schema));
    // Several values are separated by commas.
    if parameter.many { built.style(Some(utoipa::openapi::path::ParameterStyle::Form)).explode(Some(false)) } else { built }
}
