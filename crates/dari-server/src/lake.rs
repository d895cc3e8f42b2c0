//! Questions about the lake, jobs and loads.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::analyst::{Ask, LakeVersion};
use crate::answers::{Answers, Written};
use crate::forms::Form;
use crate::guard::{Administrator, Visitor};
use crate::jobs::{Job, Told, Work};
use crate::problem::{Problem, Result};
use crate::state::Shared;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(jobs))
        .routes(routes!(job, stop))
        .routes(routes!(follow))
        .routes(routes!(answer_of))
        // An upload is counted while it is read, and nothing of it is kept in memory.
        .merge(OpenApiRouter::new().routes(routes!(kinds_of_loads, load)).layer(DefaultBodyLimit::disable()))
}

/// Bytes of what is said beside a file.
const LONGEST_FIELD: usize = 16 << 10;

/// Parameters as they were given, in their order.
type Given = Query<Vec<(String, String)>>;

/// Answers a question of this path, which may be one that is answered by a document.
pub(crate) async fn ask(
    server: Shared,
    (path, document): (Arc<str>, bool),
    visitor: Visitor,
    headers: HeaderMap,
    Query(mut given): Given,
) -> Result<Response> {
    let mut form = None;
    given.retain(|(name, value)| {
        let is_form = name == "format";
        if is_form {
            form = Some(value.clone());
        }
        !is_form && !value.is_empty()
    });
    let form = Form::wanted(form.as_deref(), &headers)?;
    let lake = match given.iter().find(|(name, _)| name == "as-of") {
        Some((_, as_of)) => {
            let (analyst, as_of) = (Arc::clone(&server.analyst), as_of.clone());
            tokio::task::spawn_blocking(move || analyst.lake(Some(&as_of))).await.map_err(Problem::internal)??
        }
        None => server.answers.lake(&server.analyst).await?,
    };
    // The answer is of the version that was looked up, also if another is loaded meanwhile.
    if let Some(lake) = &lake {
        given.retain(|(name, _)| name != "as-of");
        given.push(("as-of".to_owned(), lake.version.to_string()));
    }
    let ask = server.analyst.check(&path, &given)?;
    let tag = Answers::tag(&ask, lake.as_ref(), form);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes() || given == "*") {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let wants_job = headers.get_all("prefer").iter().any(|value| value.to_str().is_ok_and(|value| value.contains("respond-async")));
    if let Some(kept) = server.answers.kept(&ask, lake.as_ref(), form) {
        return Ok(sent(&ask, lake.as_ref(), &kept));
    }
    if wants_job && !document {
        let arguments = server.analyst.job(&ask);
        let work = Work { arguments, command: ask.command.clone(), user: visitor.user.name.clone(), ask: Some(ask), lake, upload: None };
        return Ok(begun(server.jobs.begin(work)?));
    }
    let written = server.answers.answer(&server.analyst, &ask, lake.as_ref(), form).await?;
    Ok(sent(&ask, lake.as_ref(), &written))
}

/// What the page asks first of all: answered before anybody does, the first visitor of the day waits for nothing.
const FIRST: [(&str, &[(&str, &str)]); 2] = [
    ("opportunities", &[("countries", "KR,US"), ("framework", "kr-nst-2023")]),
    ("compare", &[("countries", "KR,US"), ("framework", "kr-nst-2023"), ("resamples", "0")]),
];

/// Answers what the page asks first, in both languages. What cannot be answered is told to whoever asks.
pub(crate) async fn warm(server: Shared) {
    let Ok(Some(lake)) = server.answers.lake(&server.analyst).await else { return };
    for (path, parameters) in FIRST {
        for lang in ["en", "ko"] {
            let more = [("lang", lang.to_owned()), ("as-of", lake.version.to_string())];
            let given = parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).chain(more);
            let given: Vec<(String, String)> = given.map(|(name, value)| (name.to_owned(), value)).collect();
            if let Ok(ask) = server.analyst.check(path, &given) {
                let _ = server.answers.answer(&server.analyst, &ask, Some(&lake), Form::Json).await;
            }
        }
    }
}

fn begun(job: Job) -> Response {
    let place = format!("/api/v1/jobs/{}", job.id);
    (StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(job)).into_response()
}

fn sent(ask: &Ask, lake: Option<&LakeVersion>, written: &Written) -> Response {
    let mut response = in_form(ask, lake, written.form, written.bytes.clone());
    if let Ok(tag) = HeaderValue::from_str(&written.tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// An answer in the form that was asked for.
pub(crate) fn in_form(ask: &Ask, lake: Option<&LakeVersion>, form: Form, bytes: axum::body::Bytes) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, cookie, authorization"));
    if let Some(lake) = lake {
        headers.insert("dari-lake-version", HeaderValue::from(lake.version));
    }
    if form != Form::Json {
        let name = format!("attachment; filename=\"dari-{}.{}\"", ask.path.replace('/', "-"), form.name());
        if let Ok(name) = HeaderValue::from_str(&name) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
    }
    response
}

/// Jobs of a user.
#[derive(Serialize, ToSchema)]
struct JobList {
    /// The newest first.
    jobs: Vec<Job>,
}

/// Your jobs
#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, body = JobList)))]
async fn jobs(State(server): State<Shared>, visitor: Visitor) -> Json<JobList> {
    Json(JobList { jobs: server.jobs.of(&visitor.user.name) })
}

/// A job
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = Job), (status = 404, body = Problem)))]
async fn job(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Job>> {
    Ok(Json(server.jobs.get(&id, &visitor.user.name)?))
}

/// Stop a job
#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "The job")),
    responses((status = 204), (status = 404, body = Problem)))]
async fn stop(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<StatusCode> {
    server.jobs.stop(&id, &visitor.user.name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follow a job: server-sent events `progress` with a line each, and `end` with the job, also for those who come late
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "jobs", params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 404, body = Problem)))]
async fn follow(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let told = server.jobs.follow(&id, &visitor.user.name)?.map(|told| {
        let event = match told {
            Told::Progress(line) => Event::default().event("progress").data(line.replace(['\n', '\r'], " ")),
            Told::End(job) => Event::default().event("end").data(serde_json::to_string(&job).unwrap_or_default()),
        };
        Ok::<_, Infallible>(event)
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// The answer that a job found, in any form
#[utoipa::path(get, path = "/jobs/{id}/answer", tag = "jobs", params(("id" = String, Path, description = "The job"), ("format" = Option<String>, Query, description = "Form")),
    responses((status = 200, body = super::api::AnswerOfRows), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 406, body = Problem), (status = 409, body = Problem)))]
async fn answer_of(
    State(server): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(given): Given,
) -> Result<Response> {
    let named = given.iter().find(|(name, _)| name == "format").map(|(_, value)| value.as_str());
    let form = Form::wanted(named, &headers)?;
    let reading = Arc::clone(&server);
    let read = tokio::task::spawn_blocking(move || {
        let (ask, lake, answer, today) = reading.jobs.answer(&id, &visitor.user.name)?;
        let written = reading.answers.of_job(&ask, lake.as_ref(), form, &answer, today)?;
        Ok::<_, Problem>((ask, lake, written))
    });
    let (ask, lake, written) = read.await.map_err(Problem::internal)??;
    Ok(sent(&ask, lake.as_ref(), &written))
}

/// What can be loaded.
#[derive(Serialize, ToSchema)]
struct KindsOfLoads {
    kinds: Vec<KindOfLoad>,
}

/// A kind of file that can be loaded.
#[derive(Serialize, ToSchema)]
struct KindOfLoad {
    /// What `what` says.
    name: String,
    /// What it is.
    about: String,
    /// What else can be said.
    parameters: Vec<ParameterOfLoad>,
}

/// A parameter of a load.
#[derive(Serialize, ToSchema)]
struct ParameterOfLoad {
    name: String,
    about: String,
    needed: bool,
    /// The words it takes; any text where there are none.
    choices: Vec<String>,
    /// What holds where nothing is said.
    #[schema(required)]
    default: Option<String>,
}

/// The kinds of files that can be loaded
#[utoipa::path(get, path = "/loads", tag = "jobs", responses((status = 200, body = KindsOfLoads)))]
async fn kinds_of_loads(State(server): State<Shared>, _: Visitor) -> Json<KindsOfLoads> {
    let kinds = server.analyst.loads().iter().map(|kind| KindOfLoad {
        name: kind.path.clone(),
        about: kind.about.clone(),
        parameters: kind
            .parameters
            .iter()
            .map(|parameter| ParameterOfLoad {
                name: parameter.name.clone(),
                about: parameter.about.clone(),
                needed: parameter.needed,
                choices: match &parameter.shape {
                    crate::analyst::Shape::Choice(words) => words.clone(),
                    _ => Vec::new(),
                },
                default: parameter.default.clone(),
            })
            .collect(),
    });
    Json(KindsOfLoads { kinds: kinds.collect() })
}

/// What a load is given, as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
struct Load {
    /// The kind of file, as `GET /loads` tells them, before the file.
    what: String,
    /// The file.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Load a file: what it holds, its parameters, and the file last. An administrator may
#[utoipa::path(post, path = "/loads", tag = "jobs", request_body(content = Load, content_type = "multipart/form-data"),
    responses((status = 202, body = Job), (status = 400, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem)))]
async fn load(
    State(server): State<Shared>,
    Administrator(visitor): Administrator,
    form: std::result::Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response> {
    let mut form = form
        .map_err(|error| Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error.body_text()).hint("Send a form (multipart/form-data)."))?;
    let (mut what, mut given, mut file) = (None, Vec::new(), None);
    let unreadable = |error: axum::extract::multipart::MultipartError| Problem::new(error.status(), error.body_text());
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let mut value = Vec::new();
            while let Some(part) = field.chunk().await.map_err(unreadable)? {
                value.extend_from_slice(&part);
                if value.len() > LONGEST_FIELD {
                    return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("'{name}' is too long")));
                }
            }
            let value = String::from_utf8(value).map_err(|_| Problem::bad(format!("'{name}' is no text")))?;
            if name == "what" {
                what = Some(value);
            } else if !value.is_empty() {
                given.push((name, value));
            }
            continue;
        }
        // Of the name that was given only its endings are taken, for readers tell the form by them.
        let endings = endings(field.file_name().unwrap_or_default());
        let mut kept = server.jobs.upload(&endings).map_err(Problem::internal)?;
        let mut bytes = 0_u64;
        while let Some(part) = field.chunk().await.map_err(unreadable)? {
            bytes += part.len() as u64;
            if bytes > server.upload {
                let most = server.upload >> 20;
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the file is larger than {most} MB"))
                    .hint("Load it with `dari load` on the server's machine, or serve with --upload."));
            }
            kept = tokio::task::spawn_blocking(move || kept.write_all(&part).map(|()| kept))
                .await
                .map_err(Problem::internal)?
                .map_err(Problem::internal)?;
        }
        file = Some(kept.into_temp_path());
    }
    let what = what.ok_or_else(|| Problem::bad("'what' is missing").hint("GET /api/v1/loads tells the kinds of files."))?;
    let file = file.ok_or_else(|| Problem::bad("'file' is missing").hint("Send the file in the field 'file'."))?;
    let loading = server.analyst.check_load(&what, &given, &file)?;
    let work = Work {
        arguments: loading.arguments,
        command: loading.command,
        user: visitor.user.name.clone(),
        ask: None,
        lake: None,
        upload: Some(file),
    };
    Ok(begun(server.jobs.begin(work)?))
}

/// The last two endings of a file's name, as far as they are letters and digits: `.csv.gz`.
fn endings(name: &str) -> String {
    let parts: Vec<&str> = name.rsplit('.').collect();
    let fits = |part: &&&str| !part.is_empty() && part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mut kept: Vec<&str> = parts.iter().take(parts.len().saturating_sub(1)).take(2).take_while(fits).copied().collect();
    kept.reverse();
    kept.iter().map(|part| format!(".{part}")).collect()
}

#[cfg(test)]
mod tests {
    use super::endings;

    #[test]
    fn only_endings_of_a_name_are_kept() {
        assert_eq!(endings("works.csv.gz"), ".csv.gz");
        assert_eq!(endings("../../etc/pass wd.CSV"), ".CSV");
        assert_eq!(endings("a.b/c.parquet"), ".parquet");
        assert_eq!(endings("no ending"), "");
        assert_eq!(endings("x.2024.works.csv"), ".works.csv");
    }
}
