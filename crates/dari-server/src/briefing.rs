//! Briefings as files.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::analyst::BriefingWanted;
use crate::api::Asked;
use crate::guard::Visitor;
use crate::problem::{Problem, Result};
use crate::register::Lang;
use crate::state::Shared;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(briefing))
}

/// What it is about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct About {
    /// cooperation (where nothing is said), meeting, renewal, workshop, results or country.
    #[param(inline)]
    kind: Option<Kind>,
    /// Countries, separated by commas; 8 at most.
    countries: Option<String>,
    /// Technology framework; kr-nst-2023 where nothing is said.
    framework: Option<String>,
    /// Technologies, separated by commas, 12 at most; without any, the three that rank first.
    technology: Option<String>,
    /// The record of the register that it is about.
    record: Option<String>,
    /// Pairs of partners in a technology, 20 at most; none where nothing is said.
    #[param(maximum = 20)]
    partners: Option<usize>,
    /// Its day; today where nothing is said.
    date: Option<String>,
    /// en or ko.
    #[param(inline)]
    lang: Option<Lang>,
    /// With what is private to one's own party, and marked so.
    #[serde(default)]
    #[param(required = false)]
    internal: bool,
    /// pdf (where nothing is said), docx, xlsx, html or json.
    #[param(inline)]
    format: Option<Form>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Cooperation,
    Meeting,
    Renewal,
    Workshop,
    Results,
    Country,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Cooperation => "cooperation",
            Kind::Meeting => "meeting",
            Kind::Renewal => "renewal",
            Kind::Workshop => "workshop",
            Kind::Results => "results",
            Kind::Country => "country",
        }
    }
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Form {
    Pdf,
    Docx,
    Xlsx,
    Html,
    Json,
}

impl Form {
    /// The ending of its files, and its media type.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Form::Pdf => ("pdf", "application/pdf"),
            Form::Docx => ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            Form::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            Form::Html => ("html", "text/html; charset=utf-8"),
            Form::Json => ("json", "application/json"),
        }
    }
}

/// Pairs of partners, countries and technologies at most.
const PAIRS: usize = 20;
const COUNTRIES: usize = 8;
const TECHNOLOGIES: usize = 12;

/// A briefing as a file: PDF, DOCX, XLSX, HTML, or what it was made of
#[utoipa::path(get, path = "/briefing", tag = "briefings", params(About),
    responses((status = 200, description = "The file", content((Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/html"), (Object = "application/json"))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn briefing(State(server): State<Shared>, visitor: Visitor, Asked(about): Asked<About>) -> Result<Response> {
    if about.internal && visitor.is_guest() {
        return Err(Problem::forbidden("what is private to a party is for those who sign in").hint("Leave out `internal`, or sign in."));
    }
    let list = |text: Option<String>| -> Vec<String> {
        text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (countries, technologies) = (list(about.countries), list(about.technology));
    if countries.len() > COUNTRIES || technologies.len() > TECHNOLOGIES {
        return Err(Problem::bad(format!("a briefing is about {COUNTRIES} countries and {TECHNOLOGIES} technologies at most"))
            .hint("Ask for several, or write it with `dari brief`."));
    }
    let kind = about.kind.unwrap_or(Kind::Cooperation).name();
    let (ending, media) = about.format.unwrap_or(Form::Pdf).told();
    let korean = about.lang == Some(Lang::Ko);
    let wanted = BriefingWanted {
        kind: kind.to_owned(),
        countries,
        framework: about.framework.filter(|framework| !framework.is_empty()),
        technologies,
        record: about.record.filter(|record| !record.is_empty()),
        partners: about.partners.unwrap_or_default().min(PAIRS),
        date: about.date.filter(|date| !date.is_empty()),
        korean,
        internal: about.internal,
        form: ending.to_owned(),
    };
    let place = server.answers.place().await?;
    let writing = Arc::clone(&server);
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        Ok::<_, Problem>(writing.analyst.brief(&wanted, writing.register.as_ref(), &visitor.user)?)
    });
    let bytes = work.await.map_err(Problem::internal)??;
    let lang = if korean { "ko" } else { "en" };
    let name = format!("attachment; filename=\"dari-{kind}.{lang}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
