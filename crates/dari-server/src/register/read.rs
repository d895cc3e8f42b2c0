//! Reading the register.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dari_model::date;
use dari_register::kinds::KINDS;
use dari_register::{Filter, Period, Session, day_of};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shapes::{Event, KindShown, Line, Record, day, lines, sides};
use super::{period, the_day};
use crate::api::Asked;
use crate::guard::Visitor;
use crate::problem::{Problem, Result};
use crate::state::Shared;

/// Lines of a list where nothing is said, and the most.
const LINES: usize = 100;
const MOST: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(kinds))
        .routes(routes!(list))
        .routes(routes!(record))
        .routes(routes!(history))
        .routes(routes!(named_by))
        .routes(routes!(lineage))
        .routes(routes!(search))
        .routes(routes!(open))
        .routes(routes!(due))
        .routes(routes!(renewals))
        .routes(routes!(balance))
        .routes(routes!(timeline))
        .routes(routes!(changes))
        .routes(routes!(ranking))
        .routes(routes!(matches))
        .routes(routes!(calendar))
        .routes(routes!(verify))
}

pub(super) fn most(limit: Option<usize>) -> usize {
    limit.unwrap_or(LINES).clamp(1, MOST)
}

/// A number of days that a question may reach, at most three hundred years.
fn days(days: Option<u32>) -> i32 {
    i32::try_from(days.unwrap_or(90).min(110_000)).unwrap_or(90)
}

#[derive(Serialize, ToSchema)]
struct Kinds {
    kinds: Vec<KindShown>,
}

/// The kinds of records with their fields and states
#[utoipa::path(get, path = "/register/kinds", tag = "register", responses((status = 200, body = Kinds)))]
async fn kinds(_: Visitor) -> Json<Kinds> {
    Json(Kinds { kinds: KINDS.iter().map(|kind| KindShown::from(*kind)).collect() })
}

/// Which records to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Of this kind.
    kind: Option<String>,
    /// In this state.
    state: Option<String>,
    /// Of these ids, separated by commas.
    id: Option<String>,
    /// That concern this side.
    side: Option<String>,
    /// Those that were removed, instead of the others.
    removed: Option<bool>,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// From here on: `next` of the page before.
    cursor: Option<String>,
}

/// A page of records.
#[derive(Serialize, ToSchema)]
struct Page {
    records: Vec<Line>,
    /// What `cursor` says for the next page; nothing where this is the last.
    #[schema(required)]
    next: Option<String>,
}

/// List records, in order of when they happen and their ids
#[utoipa::path(get, path = "/register/records", tag = "register", params(Which),
    responses((status = 200, body = Page), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn list(State(server): State<Shared>, visitor: Visitor, Asked(which): Asked<Which>) -> Result<Json<Page>> {
    let limit = most(which.limit);
    let after = which.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(cursor).transpose()?;
    let filter = Filter {
        kind: which.kind,
        state: which.state,
        side: which.side,
        ids: which.id.map(|ids| parts(&ids)),
        naming: None,
        removed: which.removed.unwrap_or(false),
        after,
        most: Some(limit + 1),
    };
    let mut found = server.work(&visitor.user)?.list(&filter).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|line| format!("{}~{}", day(line.begins).unwrap_or_default(), line.id));
    Ok(Json(Page { records: lines(found), next }))
}

/// What is separated by commas.
fn parts(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The place in a list that a cursor names: a day, or nothing, and an id.
fn cursor(text: &str) -> Result<(Option<i32>, String)> {
    let wrong = || Problem::bad("this cursor is not one that a page gave").hint("Take `next` of the page before.");
    let (day, id) = text.split_once('~').ok_or_else(wrong)?;
    let day = if day.is_empty() { None } else { Some(date::parse(day).ok_or_else(wrong)?) };
    Ok((day, id.to_owned()))
}

/// A record
#[utoipa::path(get, path = "/register/records/{id}", tag = "register", params(("id" = String, Path, description = "The record")),
    responses((status = 200, body = Record, headers(("etag" = String, description = "Its version"))), (status = 304),
        (status = 404, body = Problem)))]
async fn record(State(server): State<Shared>, visitor: Visitor, headers: HeaderMap, Path(id): Path<String>) -> Result<Response> {
    let record = server.work(&visitor.user)?.get(&id).await?;
    let tag = format!("\"{}\"", record.version);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag)], Json(Record::from(record))).into_response())
}

#[derive(Serialize, ToSchema)]
struct Events {
    events: Vec<Event>,
}

#[derive(Serialize, ToSchema)]
struct NamedBy {
    records: Vec<Line>,
}

/// Records that name a record: the statements of a meeting, the reviews of a proposal
#[utoipa::path(get, path = "/register/records/{id}/named-by", tag = "register", params(("id" = String, Path, description = "The record")),
    responses((status = 200, body = NamedBy), (status = 404, body = Problem)))]
async fn named_by(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<NamedBy>> {
    let filter = Filter { naming: Some(id), most: Some(MOST), ..Filter::default() };
    Ok(Json(NamedBy { records: lines(server.work(&visitor.user)?.list(&filter).await?) }))
}

/// All that happened to a record, from its beginning
#[utoipa::path(get, path = "/register/records/{id}/history", tag = "register", params(("id" = String, Path, description = "The record")),
    responses((status = 200, body = Events), (status = 404, body = Problem)))]
async fn history(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Events>> {
    let events = server.work(&visitor.user)?.history(&id).await?;
    Ok(Json(Events { events: events.into_iter().map(Event::from).collect() }))
}

/// Where a record came from and what came of it.
#[derive(Serialize, ToSchema)]
struct Lineage {
    record: Line,
    /// What it came about through, nearest first.
    back: Vec<Relative>,
    /// What came about through it, nearest first.
    forth: Vec<Relative>,
}

/// A record that another came about through.
#[derive(Serialize, ToSchema)]
struct Relative {
    /// How many steps away, from 1.
    steps: usize,
    /// The record one step nearer.
    by: String,
    record: Line,
}

/// Where a record came from, back to what was said, and what came of it, forth to the results
#[utoipa::path(get, path = "/register/records/{id}/lineage", tag = "register", params(("id" = String, Path, description = "The record")),
    responses((status = 200, body = Lineage), (status = 404, body = Problem)))]
async fn lineage(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Lineage>> {
    let found = server.work(&visitor.user)?.lineage(&id).await?;
    let relatives = |relatives: Vec<dari_register::views::Relative>| {
        relatives.into_iter().map(|one| Relative { steps: one.steps, by: one.by, record: one.record.into() }).collect()
    };
    Ok(Json(Lineage { record: found.record.into(), back: relatives(found.back), forth: relatives(found.forth) }))
}

/// What to search for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Words {
    /// Words in Korean or English.
    q: String,
    /// Only of these kinds, separated by commas.
    kind: Option<String>,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct FoundRecords {
    records: Vec<Line>,
    /// How many there are in all.
    total: usize,
}

/// Search in Korean and English; what technology frameworks call the same in the other language is found too
#[utoipa::path(get, path = "/register/search", tag = "register", params(Words),
    responses((status = 200, body = FoundRecords), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn search(State(server): State<Shared>, visitor: Visitor, Asked(words): Asked<Words>) -> Result<Json<FoundRecords>> {
    let mut queries = vec![words.q];
    queries.extend(server.analyst.other_names(&queries[0]));
    let (found, total) =
        server.work(&visitor.user)?.search(&queries, &words.kind.as_deref().map(parts).unwrap_or_default(), most(words.limit)).await?;
    Ok(Json(FoundRecords { records: lines(found), total }))
}

/// Of what, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Of what came about through this record.
    of: Option<String>,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// What is open.
#[derive(Serialize, ToSchema)]
struct Open {
    /// The meeting before which it is open.
    #[schema(required)]
    meeting: Option<Line>,
    /// The day that ages are counted to: the meeting's, else today.
    day: String,
    /// How much is open, by side, kind and state.
    summary: Vec<Summary>,
    /// The longest open first.
    records: Vec<Line>,
}

/// How much is open.
#[derive(Serialize, ToSchema)]
struct Summary {
    sides: Vec<String>,
    kind: String,
    state: String,
    records: i64,
    /// The day since which the oldest is in this state.
    #[schema(required)]
    oldest: Option<String>,
    /// How many are past their date.
    overdue: i64,
}

/// What is open before the next meeting, of a dialogue where one is named, or before the meeting that is named
#[utoipa::path(get, path = "/register/open", tag = "register", params(Of),
    responses((status = 200, body = Open), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn open(State(server): State<Shared>, visitor: Visitor, Asked(of): Asked<Of>) -> Result<Json<Open>> {
    let found = server.work(&visitor.user)?.open(of.of.as_deref(), most(of.limit)).await?;
    let summary = found.summary.into_iter().map(|one| Summary {
        sides: sides(&one.sides),
        kind: one.kind,
        state: one.state,
        records: one.records,
        oldest: day(one.oldest),
        overdue: one.overdue,
    });
    let summary = summary.collect();
    Ok(Json(Open { meeting: found.meeting.map(Line::from), day: date::format(found.day), summary, records: lines(found.lines) }))
}

/// Within how many days, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Within {
    /// Within so many days: 90 where nothing is said.
    days: Option<u32>,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct Due {
    /// Today, as the server has it (UTC).
    day: String,
    /// In order of the date.
    records: Vec<Line>,
}

fn today(session: &Session<'_>) -> String {
    date::format(day_of(session.now()))
}

/// What is overdue, or due within so many days
#[utoipa::path(get, path = "/register/due", tag = "register", params(Within),
    responses((status = 200, body = Due), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn due(State(server): State<Shared>, visitor: Visitor, Asked(within): Asked<Within>) -> Result<Json<Due>> {
    let session = server.work(&visitor.user)?;
    let found = session.due(days(within.days), most(within.limit)).await?;
    Ok(Json(Due { day: today(&session), records: lines(found) }))
}

#[derive(Serialize, ToSchema)]
struct Renewals {
    /// Today, as the server has it (UTC).
    day: String,
    /// In order of the end.
    records: Vec<Renewal>,
}

/// An agreement that ends soon.
#[derive(Serialize, ToSchema)]
struct Renewal {
    record: Record,
    /// Its last day.
    until: String,
    /// The last day on which notice can be given, where the agreement says so.
    #[schema(required)]
    notice: Option<String>,
}

/// Agreements that end, or whose notice can last be given, within so many days
#[utoipa::path(get, path = "/register/renewals", tag = "register", params(Within),
    responses((status = 200, body = Renewals), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn renewals(State(server): State<Shared>, visitor: Visitor, Asked(within): Asked<Within>) -> Result<Json<Renewals>> {
    let session = server.work(&visitor.user)?;
    let found = session.renewals(days(within.days)).await?.into_iter().take(most(within.limit));
    let records = found.map(|one| Renewal { record: one.record.into(), until: date::format(one.until), notice: day(one.notice) }).collect();
    Ok(Json(Renewals { day: today(&session), records }))
}

/// Balance between sides.
#[derive(Serialize, ToSchema)]
struct Balance {
    /// Exchange of people, by direction and state.
    exchanges: Vec<Exchanges>,
    /// Contributions, by side, state and currency.
    contributions: Vec<Contributions>,
}

/// Exchange of people in one direction.
#[derive(Serialize, ToSchema)]
struct Exchanges {
    /// The side that sends.
    home: String,
    /// The side that hosts.
    host_side: String,
    state: String,
    people: i64,
    /// Days of those whose period is known.
    days: i64,
    /// How many have no period yet.
    without_period: i64,
}

/// Contributions of a side in one currency.
#[derive(Serialize, ToSchema)]
struct Contributions {
    side: String,
    state: String,
    /// Empty for what is in kind and has no value given.
    currency: String,
    records: i64,
    money: f64,
    in_kind: f64,
}

/// The balance of exchange and contributions between sides
#[utoipa::path(get, path = "/register/balance", tag = "register", params(Of),
    responses((status = 200, body = Balance), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn balance(State(server): State<Shared>, visitor: Visitor, Asked(of): Asked<Of>) -> Result<Json<Balance>> {
    let found = server.work(&visitor.user)?.balance(of.of.as_deref()).await?;
    let exchanges = found.exchanges.into_iter().map(|one| Exchanges {
        home: one.home,
        host_side: one.host_side,
        state: one.state,
        people: one.people,
        days: one.days,
        without_period: one.without_period,
    });
    let contributions = found.contributions.into_iter().map(|one| Contributions {
        side: one.side,
        state: one.state,
        currency: one.currency,
        records: one.records,
        money: one.money,
        in_kind: one.in_kind,
    });
    Ok(Json(Balance { exchanges: exchanges.collect(), contributions: contributions.collect() }))
}

/// Between which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Span {
    /// First day, month or year.
    from: Option<String>,
    /// Last day, month or year.
    to: Option<String>,
    /// Of what came about through this record.
    of: Option<String>,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct Timeline {
    /// In order of the days.
    entries: Vec<Entry>,
}

/// Something that happened in the world.
#[derive(Serialize, ToSchema)]
struct Entry {
    day: String,
    /// The state that the record came into on this day; nothing for the day on which it happens itself.
    #[schema(required)]
    became: Option<String>,
    record: Line,
}

/// What happened between two days, in order of time
#[utoipa::path(get, path = "/register/timeline", tag = "register", params(Span),
    responses((status = 200, body = Timeline), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn timeline(State(server): State<Shared>, visitor: Visitor, Asked(span): Asked<Span>) -> Result<Json<Timeline>> {
    let from = the_day("from", span.from.as_deref())?.unwrap_or(i32::MIN);
    let to = period("to", span.to.as_deref())?.map_or(i32::MAX, |period| period.to);
    let entries = server.work(&visitor.user)?.timeline(Period { from, to }, span.of.as_deref(), most(span.limit)).await?;
    let entries = entries.into_iter().map(|one| Entry { day: date::format(one.day), became: one.became, record: one.record.into() });
    Ok(Json(Timeline { entries: entries.collect() }))
}

/// Since when, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Since {
    /// Since this day: 30 days ago where nothing is said.
    since: Option<String>,
    /// At most so many: 100 where nothing is said, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct Changes {
    /// The newest first.
    changes: Vec<ChangeShown>,
}

/// A change of the register.
#[derive(Serialize, ToSchema)]
struct ChangeShown {
    event: Event,
    /// The record as it is now; nothing for changes of users.
    #[schema(required)]
    record: Option<Line>,
}

/// What was changed in the register since a day
#[utoipa::path(get, path = "/register/changes", tag = "register", params(Since),
    responses((status = 200, body = Changes), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn changes(State(server): State<Shared>, visitor: Visitor, Asked(since): Asked<Since>) -> Result<Json<Changes>> {
    let session = server.work(&visitor.user)?;
    let from = the_day("since", since.since.as_deref())?.unwrap_or(day_of(session.now()) - 30);
    let found = session.changes(i64::from(from) * 86_400_000, most(since.limit)).await?;
    let changes = found.into_iter().map(|one| ChangeShown { event: one.event.into(), record: one.record.map(Line::from) });
    Ok(Json(Changes { changes: changes.collect() }))
}

#[derive(Serialize, ToSchema)]
struct Ranking {
    proposals: Vec<Ranked>,
}

/// A proposal's place among those of its call.
#[derive(Serialize, ToSchema)]
struct Ranked {
    /// From 1; equal scores share one. Nothing where no review is in.
    #[schema(required)]
    rank: Option<usize>,
    proposal: Record,
    /// Mean over reviews of the weighted score, from 0 to 1.
    #[schema(required)]
    score: Option<f64>,
    /// The lowest and highest weighted score of a single review.
    #[schema(required)]
    range: Option<[f64; 2]>,
    /// Mean score of each criterion, in its own scale.
    by_criterion: BTreeMap<String, f64>,
    reviews: Reviews,
}

/// Reviews of a proposal.
#[derive(Serialize, ToSchema)]
struct Reviews {
    r#in: usize,
    to_come: usize,
    /// For a conflict of interest.
    given_back: usize,
}

/// The proposals of a call in order of their reviews
#[utoipa::path(get, path = "/register/calls/{id}/ranking", tag = "register", params(("id" = String, Path, description = "The call")),
    responses((status = 200, body = Ranking), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn ranking(State(server): State<Shared>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Ranking>> {
    let found = server.work(&visitor.user)?.ranking(&id).await?;
    let proposals = found.into_iter().map(|one| {
        let [r#in, to_come, given_back] = one.reviews;
        Ranked {
            rank: one.rank,
            proposal: one.proposal.into(),
            score: one.score,
            range: one.range.map(|(low, high)| [low, high]),
            by_criterion: one.by_criterion,
            reviews: Reviews { r#in, to_come, given_back },
        }
    });
    Ok(Json(Ranking { proposals: proposals.collect() }))
}

#[derive(Serialize, ToSchema)]
struct Matches {
    matches: Vec<Fit>,
}

/// A host and a guest who fit.
#[derive(Serialize, ToSchema)]
struct Fit {
    /// The record that offers a place.
    host: Record,
    /// The record of who looks for one.
    guest: Record,
    /// Technologies that both look for.
    shared: Vec<String>,
    /// Days on which both can.
    days: i64,
}

/// Hosts and guests of an exchange who fit
#[utoipa::path(get, path = "/register/matches", tag = "register",
    responses((status = 200, body = Matches), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn matches(State(server): State<Shared>, visitor: Visitor) -> Result<Json<Matches>> {
    let session = server.work(&visitor.user)?;
    let fits = session.matches().await?;
    let records: BTreeMap<String, Record> =
        session.of_kind("exchange").await?.into_iter().map(|record| (record.id.clone(), record.into())).collect();
    let matches = fits.into_iter().filter_map(|fit| {
        let (host, guest) = (records.get(&fit.host)?.clone(), records.get(&fit.guest)?.clone());
        Some(Fit { host, guest, shared: fit.shared, days: fit.days })
    });
    Ok(Json(Matches { matches: matches.collect() }))
}

/// In which language.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Language {
    /// en or ko.
    #[param(inline)]
    lang: Option<Lang>,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Lang {
    En,
    Ko,
}

/// Meetings, workshops and dates as a calendar (iCalendar), for calendar programs to subscribe to with an access token
#[utoipa::path(get, path = "/register/calendar.ics", tag = "register", params(Language),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn calendar(State(server): State<Shared>, visitor: Visitor, Asked(language): Asked<Language>) -> Result<Response> {
    let session = server.work(&visitor.user)?;
    let text = dari_register::calendar::calendar(&session.all().await?, language.lang == Some(Lang::Ko), session.now())?;
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

/// Whether the audit trail is whole.
#[derive(Serialize, ToSchema)]
struct Proofs {
    whole: bool,
    scopes: Vec<Proof>,
}

/// The chain of a scope.
#[derive(Serialize, ToSchema)]
struct Proof {
    /// shared, a party, or a reviewer's reviews.
    scope: String,
    /// How many changes it holds.
    events: i64,
    /// The fingerprint of the last: noted down elsewhere, it shows later that nothing before was changed.
    last: String,
    /// What is wrong.
    faults: Vec<String>,
}

/// Prove that the audit trail of what you see is whole
#[utoipa::path(get, path = "/register/verify", tag = "register",
    responses((status = 200, body = Proofs), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn verify(State(server): State<Shared>, visitor: Visitor) -> Result<Json<Proofs>> {
    let proofs = server.work(visitor.signed_in()?)?.verify(&|_| ()).await?;
    let scopes: Vec<Proof> = proofs
        .into_iter()
        .map(|proof| Proof {
            scope: if proof.scope.is_empty() { "shared".to_owned() } else { proof.scope },
            events: proof.events,
            last: proof.head,
            faults: proof.faults,
        })
        .collect();
    Ok(Json(Proofs { whole: scopes.iter().all(|scope| scope.faults.is_empty()), scopes }))
}
