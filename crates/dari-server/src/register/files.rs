//! The register as files: tables, CERIF-XML, RAiD, YAML and JSON, and what is read from them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use dari_register::file::Form;
use dari_register::kinds::Kind;
use dari_register::sheet::{self, Sheet};
use dari_register::{Refused, Scope, Written};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::write::Rehearse;
use crate::api::{Asked, Raw, Text};
use crate::guard::Visitor;
use crate::problem::{Problem, Result};
use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(export))
        .routes(routes!(import))
        .routes(routes!(table, read_table))
        .routes(routes!(cerif))
        .routes(routes!(raid))
}

/// A file for keeping.
fn file(media: &'static str, name: &str, bytes: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], bytes)
        .into_response()
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileForm {
    /// yaml or json; yaml where nothing is said.
    #[param(inline)]
    form: Option<FormName>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum FormName {
    Yaml,
    Json,
}

/// All records that you see, as a file that people read and `POST /register/import` takes
#[utoipa::path(get, path = "/register/export", tag = "register", params(FileForm),
    responses((status = 200, content((Object = "application/yaml"), (Object = "application/json"))), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn export(State(server): State<Shared>, visitor: Visitor, Asked(form): Asked<FileForm>) -> Result<Response> {
    let (form, media, name) = match form.form {
        Some(FormName::Json) => (Form::Json, "application/json", "register.json"),
        _ => (Form::Yaml, "application/yaml", "register.yaml"),
    };
    Ok(file(media, name, server.work(&visitor.user)?.export(form).await?))
}

/// What an import came to.
#[derive(Serialize, ToSchema)]
struct Imported {
    written: Vec<WrittenRecord>,
    /// How many were there already as they are.
    same: usize,
    refused: Vec<RefusedRecord>,
}

/// A record that was written.
#[derive(Serialize, ToSchema)]
struct WrittenRecord {
    id: String,
    version: i64,
}

/// A record that was not.
#[derive(Serialize, ToSchema)]
struct RefusedRecord {
    /// Where it stands in the file.
    place: String,
    detail: String,
    #[schema(required)]
    hint: Option<String>,
}

impl Imported {
    fn of(written: Vec<Written>, same: usize, refused: Vec<Refused>) -> Imported {
        let refused = refused.into_iter().map(|one| {
            let problem = Problem::from(one.error);
            RefusedRecord { place: one.place, detail: problem.detail, hint: problem.hint }
        });
        let written = written.into_iter().map(|one| WrittenRecord { id: one.id, version: one.version });
        Imported { written: written.collect(), same, refused: refused.collect() }
    }
}

/// Read records of a file in YAML or JSON; what one record breaks does not stop the others
#[utoipa::path(post, path = "/register/import", tag = "register", params(Rehearse), request_body(content = String, content_type = "application/yaml"),
    responses((status = 200, body = Imported), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem)))]
async fn import(
    State(server): State<Shared>,
    visitor: Visitor,
    Asked(rehearse): Asked<Rehearse>,
    Text(text): Text,
) -> Result<Json<Imported>> {
    let session = server.work(visitor.signed_in()?)?;
    let form = if text.trim_start().starts_with(['{', '[']) { Form::Json } else { Form::Yaml };
    let found = session.import(&text, form, "imported", !rehearse.rehearse).await?;
    Ok(Json(Imported::of(found.written, found.same, found.refused)))
}

/// The kind of this name.
fn kind(name: &str) -> Result<&'static Kind> {
    dari_register::kinds::kind(name)
        .ok_or_else(|| Problem::not_found(format!("no kind '{name}'")).hint("GET /api/v1/register/kinds tells them."))
}

/// In which form a table is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TableForm {
    /// csv or xlsx; csv where nothing is said.
    #[param(inline)]
    form: Option<TableName>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum TableName {
    Csv,
    Xlsx,
}

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The records of a kind that you see as a table, with a column for each field; `POST` takes it again
#[utoipa::path(get, path = "/register/tables/{kind}", tag = "register", params(("kind" = String, Path, description = "The kind"), TableForm),
    responses((status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn table(
    State(server): State<Shared>,
    visitor: Visitor,
    Path(name): Path<String>,
    Asked(form): Asked<TableForm>,
) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let kind = kind(&name)?;
    let (sheet, media, ending) = match form.form {
        Some(TableName::Xlsx) => (Sheet::Xlsx, XLSX, "xlsx"),
        _ => (Sheet::Csv, CSV, "csv"),
    };
    let records = session.of_kind(kind.name).await?;
    let bytes = tokio::task::spawn_blocking(move || sheet::write(kind, &records, sheet)).await.map_err(Problem::internal)??;
    Ok(file(media, &format!("{}.{ending}", kind.name), bytes))
}

/// Whose the rows of a table are.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Whether rows without an id become private to one's own party.
    #[serde(default)]
    #[param(required = false)]
    private: bool,
}

/// What an XLSX file begins with.
const ZIP: &[u8] = b"PK";

/// Read records of a kind from a table (CSV or XLSX); its header names fields. What one row breaks does not stop the others
#[utoipa::path(post, path = "/register/tables/{kind}", tag = "register", params(("kind" = String, Path, description = "The kind"), Rehearse, Whose),
    request_body(content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = Imported), (status = 400, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem)))]
async fn read_table(
    State(server): State<Shared>,
    visitor: Visitor,
    Path(name): Path<String>,
    Asked(rehearse): Asked<Rehearse>,
    Asked(whose): Asked<Whose>,
    Raw(bytes): Raw,
) -> Result<Json<Imported>> {
    let user = visitor.signed_in()?;
    let session = server.work(user)?;
    let kind = kind(&name)?;
    let sheet = if bytes.starts_with(ZIP) { Sheet::Xlsx } else { Sheet::Csv };
    let scope = if whose.private { Scope::Private(user.party.clone()) } else { Scope::Shared };
    let read = session.read_table(kind, &bytes, sheet, "imported", !rehearse.rehearse, &scope).await?;
    Ok(Json(Imported::of(read.written, read.same, read.refused)))
}

/// Organisations, people, projects, events and outputs that all parties share, as CERIF-XML
#[utoipa::path(get, path = "/register/cerif.xml", tag = "register",
    responses((status = 200, body = String, content_type = "application/xml"), (status = 404, body = Problem)))]
async fn cerif(State(server): State<Shared>, visitor: Visitor) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    Ok(file("application/xml", "register.cerif.xml", dari_register::cerif::cerif(&session.shared().await?, session.now())?))
}

/// The metadata of a project as RAiD describes them
#[utoipa::path(get, path = "/register/records/{id}/raid", tag = "register", params(("id" = String, Path, description = "The project")),
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn raid(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<serde_json::Value>> {
    let session = server.work(&visitor.user)?;
    Ok(Json(dari_register::raid::raid(&session.get(&id).await?, &session.all().await?)?))
}
