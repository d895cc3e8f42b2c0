//! What a pasted text says, as drafts of records. Nothing is stored.

use axum::Json;
use axum::extract::State;
use dari_register::draft::{About, Gazetteer};
use dari_register::{Content, Period};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::the_day;
use crate::api::Given;
use crate::guard::Visitor;
use crate::problem::{Problem, Result};
use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(drafts))
}

/// A press release, minutes, a report.
#[derive(Deserialize, ToSchema)]
struct PastedText {
    /// In Korean or English.
    #[schema(max_length = 400_000)]
    text: String,
    /// The day on which it was published, for dates without a year.
    published: Option<String>,
    /// The meeting that the statements are of.
    meeting: Option<String>,
    /// What the text is called, for the source of what is stored.
    title: Option<String>,
    /// Its address.
    url: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Drafts {
    drafts: Vec<DraftShown>,
}

/// A record that a sentence gives.
#[derive(Serialize, ToSchema)]
struct DraftShown {
    kind: String,
    state: String,
    /// The day since which it is in this state.
    #[schema(required)]
    day: Option<String>,
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    content: Content,
    /// The sentence.
    quote: String,
    /// Its first and last character, from 1.
    characters: [usize; 2],
    found: FoundNames,
}

/// What a sentence names.
#[derive(Serialize, ToSchema)]
struct FoundNames {
    organisations: Vec<String>,
    offices: Vec<String>,
    dates: Vec<String>,
}

/// Bytes of a text.
const LONGEST: usize = 400_000;

/// What a press release or minutes say, as drafts; nothing is stored
#[utoipa::path(post, path = "/register/drafts", tag = "register", request_body = PastedText,
    responses((status = 200, body = Drafts), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem)))]
async fn drafts(State(server): State<Shared>, visitor: Visitor, Given(pasted): Given<PastedText>) -> Result<Json<Drafts>> {
    if pasted.text.len() > LONGEST {
        return Err(Problem::bad(format!("the text has more than {LONGEST} bytes")).hint("Give it in parts."));
    }
    let session = server.work(visitor.signed_in()?)?;
    let published = the_day("published", pasted.published.as_deref())?;
    let meeting = match pasted.meeting.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(session.get(id).await?),
        None => None,
    };
    let organisations = session.of_kind("organisation").await?;
    let today = dari_register::day_of(session.now());
    let found = tokio::task::spawn_blocking(move || {
        let gazetteer = Gazetteer::shipped().map_err(Problem::internal)?.with_records(&organisations);
        let about = About {
            title: pasted.title.as_deref().unwrap_or_default(),
            url: pasted.url.as_deref().filter(|url| !url.is_empty()),
            published,
            meeting: meeting.as_ref(),
        };
        let names = |found: &[dari_register::draft::Found]| found.iter().map(|found| found.name.clone()).collect();
        let drafts = dari_register::draft::draft(&pasted.text, published, &gazetteer).into_iter().map(|draft| {
            let record = draft.record(&pasted.text, &about, &organisations, today);
            let characters = dari_register::draft::characters(&pasted.text, draft.sentence.clone());
            DraftShown {
                kind: draft.kind.as_str().to_owned(),
                state: record.state.to_owned(),
                day: super::shapes::day(record.day),
                content: record.content,
                quote: pasted.text.get(draft.sentence.clone()).unwrap_or_default().trim().to_owned(),
                characters: [characters.start + 1, characters.end],
                found: FoundNames {
                    organisations: names(&draft.organisations),
                    offices: names(&draft.offices),
                    dates: draft.dates.iter().map(|date| Period { from: date.from, to: date.to }.to_string()).collect(),
                },
            }
        });
        Ok::<_, Problem>(drafts.collect())
    });
    Ok(Json(Drafts { drafts: found.await.map_err(Problem::internal)?? }))
}
