//! `dari bench register`: views of a large register, reading tables into it, and many writers at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use dari_indicators::statistics::random::generator;
use dari_register::file::content;
use dari_register::sheet::Sheet;
use dari_register::{Error, Filter, Period, Register, Scope, Session, Step, User};
use rand::Rng;

use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{say, stopped, units_bar};
use crate::rows::Rows;

/// Arguments of `dari bench register`.
#[derive(Debug, Args)]
pub(crate) struct RegisterBench {
    /// Records of the register that views are asked of
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..), value_name = "N")]
    records: u32,
    /// Records besides that another side keeps private, to see whether they cost others time
    #[arg(long, default_value_t = 0, value_name = "N")]
    private: u32,
    /// Rows of the table that is read
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    rows: u32,
    /// Writers at once
    #[arg(long, default_value_t = 200, value_name = "N")]
    writers: u64,
    /// Seconds that they write
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u64,
    /// Times that each view is asked
    #[arg(long, default_value_t = 20, value_name = "N")]
    times: usize,
    /// Where: postgres://USER@HOST/DATABASE, a new database; without it, a SQLite file in a temporary folder
    #[arg(long, value_name = "URL")]
    place: Option<String>,
}

/// Records written in one request while the register is made.
const AT_ONCE: usize = 5_000;

struct Line {
    what: &'static str,
    rows: usize,
    median: f64,
    longest: f64,
}

pub(crate) fn run(common: &Common, args: &RegisterBench) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let work = super::workplace(None)?;
    let place = args.place.clone().unwrap_or_else(|| work.path().join("register.sqlite").display().to_string());
    runtime.block_on(async {
        let parties = ["KR", "US"].iter().map(|party| party.parse()).collect::<std::result::Result<Vec<_>, _>>()?;
        let register = Arc::new(Register::create(&place, &parties).await?);
        let mut lines = Vec::new();
        fill(&register, args).await?;
        let desk = register.session(user("hong:KR:programme-manager")?);
        views(&desk, args, &mut lines).await?;
        table(&desk, args, &mut lines).await?;
        writers(&register, args, &mut lines).await?;
        let begun = Instant::now();
        let proofs = register.verify(&|_| ()).await?;
        let events = proofs.iter().map(|proof| proof.events).sum::<i64>();
        lines.push(once("verify: events proved", usize::try_from(events).unwrap_or_default(), begun));
        if let Some(fault) = proofs.iter().flat_map(|proof| &proof.faults).next() {
            return Err(Failure::new(format!("the audit trail is broken: {fault}")));
        }
        let rows = Rows::default()
            .text("what", lines.iter().map(|line| Some(line.what)))
            .int("rows", lines.iter().map(|line| Some(line.rows as i64)))
            .float("median_ms", lines.iter().map(|line| Some(line.median * 1000.0)))
            .float("longest_ms", lines.iter().map(|line| Some(line.longest * 1000.0)));
        output::write_rows(common.format, rows)
    })
}

fn user(text: &str) -> Result<User> {
    Ok(text.parse()?)
}

fn once(what: &'static str, rows: usize, begun: Instant) -> Line {
    let seconds = begun.elapsed().as_secs_f64();
    Line { what, rows, median: seconds, longest: seconds }
}

/// A register such as a ministry might have after long years: half of the records closed, dates over fifteen years, texts in both languages.
async fn fill(register: &Register, args: &RegisterBench) -> Result<()> {
    let bar = units_bar("records written");
    bar.set_length(u64::from(args.records + args.private));
    for (who, scope, records) in [("hong:KR:programme-manager", "", args.records), ("smith:US:programme-manager", "US:", args.private)] {
        let session = register.session(user(who)?);
        let mut random = generator(1, "register");
        let mut steps = Vec::new();
        for number in 0..records {
            if stopped() {
                return Err(Failure::new("stopped"));
            }
            steps.push(record(scope, number, &mut random)?);
            if steps.len() == AT_ONCE || number + 1 == records {
                session.write(&steps, "bench", None).await?;
                bar.inc(steps.len() as u64);
                steps.clear();
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

const WORDS: [(&str, &str); 8] = [
    ("quantum computing", "양자컴퓨팅"),
    ("fusion with KSTAR", "핵융합 공동실험"),
    ("secondary batteries", "이차전지"),
    ("semiconductors", "반도체"),
    ("biomanufacturing", "바이오파운드리"),
    ("artificial intelligence", "인공지능"),
    ("space and aeronautics", "우주항공"),
    ("hydrogen", "수소"),
];

/// One record: each refers to some before it, so that lines run from meetings to results.
fn record(scope: &str, number: u32, random: &mut impl Rng) -> Result<Step> {
    let id = |number: u32| format!("{scope}r{number}");
    let (year, month, day) = (2012 + random.random_range(0..14), random.random_range(1..=12), random.random_range(1..=28));
    let date = format!("{year}-{month:02}-{day:02}");
    let (en, ko) = WORDS[random.random_range(0..WORDS.len())];
    let text = format!("text: {{en: 'On {en}, matter {number} of the two sides', ko: '{ko} 관련 양측 협의 사항 {number}호'}}");
    // Every hundred records are one line: a meeting, what was said there, what came of it.
    let root = number - number % 100;
    let side = if random.random_bool(0.5) { "KR" } else { "US" };
    let (kind, fields, states): (&str, String, &[&str]) = match number % 100 {
        0 => ("meeting", format!("date: {date}, sides: [KR, US]"), &["held"]),
        1..=39 => (
            "statement",
            format!("meeting: '{}', date: {date}, side: {side}, period: {year}", id(root)),
            &["proposed", "to_be_considered", "agreed", "done", "lapsed", "declined"],
        ),
        40..=59 => (
            "commitment",
            format!("from: ['{}'], made: {date}, due: {}-{month:02}, owners: [{{side: {side}}}]", id(root + number % 39 + 1), year + 1),
            &["agreed", "started", "done", "lapsed"],
        ),
        60..=64 => (
            "agreement",
            format!("level: memorandum, signed: {date}, until: {}-{month:02}, notice_months: 6", year + 5),
            &["in_force", "expired"],
        ),
        65..=74 => (
            "exchange",
            format!("home: {side}, host_side: {}, period: {date}, from: ['{}']", if side == "KR" { "US" } else { "KR" }, id(root + 40)),
            &["offered", "completed"],
        ),
        75..=79 => {
            ("contribution", format!("side: {side}, money: {{amount: {number}, currency: KRW}}, date: {date}"), &["pledged", "given"])
        }
        80..=89 => ("result", format!("type: work, reference: W{number}, date: {date}, from: ['{}']", id(root + 45)), &["accepted"]),
        _ => ("note", format!("date: {date}, see: ['{}']", id(root)), &[]),
    };
    let state = (!states.is_empty()).then(|| states[random.random_range(0..states.len())].to_owned());
    Ok(Step::Add {
        kind: kind.to_owned(),
        id: id(number),
        content: content(&format!("{{{fields}, {text}}}"))?,
        state,
        day: dari_model::date::parse(&date),
    })
}

async fn views(desk: &Session<'_>, args: &RegisterBench, lines: &mut Vec<Line>) -> Result<()> {
    let span = |text: &str| Period::parse(text).unwrap_or(Period { from: i32::MIN, to: i32::MAX });
    // The middle meeting, and what is common to many texts.
    let middle = format!("r{}", args.records / 200 * 100);
    let since = desk.now() - 86_400_000;
    macro_rules! view {
        ($what:literal, $ask:expr, $count:expr) => {{
            let mut times = Vec::new();
            let mut rows = 0;
            for _ in 0..args.times.max(1) {
                let begun = Instant::now();
                let answer = $ask.await?;
                times.push(begun.elapsed().as_secs_f64());
                rows = $count(&answer);
            }
            times.sort_by(f64::total_cmp);
            lines.push(Line { what: $what, rows, median: times[times.len() / 2], longest: times[times.len() - 1] });
        }};
    }
    view!("show", desk.get(&middle), |_: &_| 1);
    view!(
        "list: a kind, 200",
        desk.list(&Filter { kind: Some("commitment".to_owned()), most: Some(200), ..Filter::default() }),
        |lines: &Vec<_>| lines.len()
    );
    view!("open: all, 200 and counts", desk.open(None, 200), |open: &dari_register::views::Open| open
        .summary
        .iter()
        .map(|line| line.records as usize)
        .sum());
    view!("open: before a meeting", desk.open(Some(&middle), 200), |open: &dari_register::views::Open| open.lines.len());
    view!("due: 30 days, 200", desk.due(30, 200), |lines: &Vec<_>| lines.len());
    view!("renewals: a year", desk.renewals(365), |lines: &Vec<_>| lines.len());
    view!("balance: all", desk.balance(None), |balance: &dari_register::views::Balance| balance.exchanges.len()
        + balance.contributions.len());
    view!("chain: from a meeting", desk.lineage(&middle), |lineage: &dari_register::views::Lineage| lineage.forth.len());
    view!("timeline: a year, 500", desk.timeline(span("2024"), None, 500), |entries: &Vec<_>| entries.len());
    view!("changes: 200", desk.changes(since, 200), |changes: &Vec<_>| changes.len());
    view!("search: 양자", desk.search(&["양자".to_owned()], &[], 50), |found: &(Vec<_>, usize)| found.1);
    view!("search: hydrogen sides", desk.search(&["hydrogen sides".to_owned()], &[], 50), |found: &(Vec<_>, usize)| found.1);
    view!("search: one matter", desk.search(&[format!("matter {}", args.records / 2)], &[], 50), |found: &(Vec<_>, usize)| found.1);
    Ok(())
}

async fn table(desk: &Session<'_>, args: &RegisterBench, lines: &mut Vec<Line>) -> Result<()> {
    let mut csv = String::from("id,state,date,side,text.en,text.ko,sources\n");
    for row in 0..args.rows {
        let _ = writeln!(
            csv,
            "row{row},proposed,2024-01-22,KR,Proposes matter {row} of cooperation,협력 사항 {row}호를 제안,\"[{{title: Release {row}, date: 2024-01-26}}]\""
        );
    }
    let Some(kind) = dari_register::kinds::kind("statement") else { return Ok(()) };
    for (what, keep) in [("table: rehearsed", false), ("table: read", true)] {
        let begun = Instant::now();
        let read = desk.read_table(kind, csv.as_bytes(), Sheet::Csv, "bench", keep, &Scope::Shared).await?;
        if let Some(refused) = read.refused.first() {
            return Err(Failure::new(format!("{}: {}", refused.place, refused.error)));
        }
        lines.push(once(what, read.written.len(), begun));
    }
    Ok(())
}

/// Writers at once, half of what they do on five records that all of them edit. Every confirmed change must be there at the end.
async fn writers(register: &Arc<Register>, args: &RegisterBench, lines: &mut Vec<Line>) -> Result<()> {
    let desk = register.session(user("hong:KR:desk-officer")?);
    for number in 0..5 {
        let step = Step::Add {
            kind: "note".to_owned(),
            id: format!("counter{number}"),
            content: content("{text: x, groups: [start]}")?,
            state: None,
            day: None,
        };
        desk.write(&[step], "bench", None).await?;
    }
    say(&format!("{} writers for {} seconds", args.writers, args.seconds));
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let tasks: Vec<_> = (0..args.writers)
        .map(|writer| {
            let register = Arc::clone(register);
            tokio::spawn(async move { write_until(&register, writer, until).await })
        })
        .collect();
    let (mut times, mut edits, mut added, mut stale) = (Vec::new(), BTreeMap::<u32, i64>::new(), 0, 0);
    for task in tasks {
        let done = task.await.map_err(|error| Failure::new(error.to_string()))??;
        times.extend(done.times);
        stale += done.stale;
        added += done.added;
        for (counter, number) in done.edits {
            *edits.entry(counter).or_default() += number;
        }
    }
    for (counter, number) in &edits {
        let record = desk.get(&format!("counter{counter}")).await?;
        if (record.version, record.texts("groups").count() as i64) != (number + 1, number + 1) {
            return Err(Failure::new(format!(
                "counter{counter}: {number} edits were confirmed, {} are there: updates were lost",
                record.version - 1
            )));
        }
    }
    let found = desk.search(&["writer".to_owned()], &[], 1).await?.1;
    if found != added {
        return Err(Failure::new(format!("{added} records were confirmed, {found} are there")));
    }
    times.sort_by(f64::total_cmp);
    if let (Some(median), Some(longest)) = (times.get(times.len() / 2), times.last()) {
        lines.push(Line { what: "writers: changes confirmed", rows: times.len(), median: *median, longest: *longest });
    }
    lines.push(Line { what: "writers: stale changes refused", rows: stale, median: f64::NAN, longest: f64::NAN });
    Ok(())
}

#[derive(Default)]
struct Done {
    times: Vec<f64>,
    edits: BTreeMap<u32, i64>,
    added: usize,
    stale: usize,
}

async fn write_until(register: &Register, writer: u64, until: Instant) -> Result<Done> {
    let mut random = generator(writer, "writers");
    let session = register.session(user(&format!("w{writer}:{}:desk-officer", if writer.is_multiple_of(2) { "KR" } else { "US" }))?);
    let mut done = Done::default();
    while Instant::now() < until {
        let (counter, step) = if random.random_bool(0.5) {
            let fields = content(&format!("{{text: 'writer {writer} wrote {}'}}", done.added))?;
            (None, Step::Add { kind: "note".to_owned(), id: format!("w{writer}-{}", done.added), content: fields, state: None, day: None })
        } else {
            let counter = random.random_range(0..5);
            let id = format!("counter{counter}");
            let record = session.get(&id).await?;
            let groups: Vec<&str> = record.texts("groups").chain(["more"]).collect();
            let fields = dari_register::file::content(&format!("{{groups: {groups:?}}}"))?;
            (Some(counter), Step::Edit { id, version: record.version, content: fields })
        };
        let begun = Instant::now();
        match session.write(&[step], "bench", None).await {
            Ok(_) => {
                done.times.push(begun.elapsed().as_secs_f64());
                match counter {
                    Some(counter) => *done.edits.entry(counter).or_default() += 1,
                    None => done.added += 1,
                }
            }
            Err(Error::Stale { .. }) => done.stale += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(done)
}
