//! `dari organisations screen` and `decide`.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use clap::{Args, ValueEnum};
use dari_lake::{Commit, Counts, Lake, Load, Snapshot};
use dari_model::id::{foreign, record_hash};
use dari_model::table::{SCREENING_DECISIONS, SCREENING_DECISIONS_GROUP};
use dari_model::{Cell, Chunk, RecordKey, TableBuilder, country, date};
use dari_organisations::screening::{LEAST, Lead, Listed, Screener, listed_key, merge_editions};
use dari_organisations::{Index, Register};

use super::show::find;
use crate::analysis;
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::register::{name, register};
use crate::rows::Rows;

/// Arguments of `dari organisations screen`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari organisations screen                          all leads
  dari organisations screen 00wk2mp56 03cve4549      leads on two organisations
  dari organisations screen --country CN --open      leads nobody has decided on
  dari organisations decide --list us-dod-1286 --listed \"Beihang University\" --organisation 00wk2mp56 \\
      --decision confirmed --why \"same address\" --who \"K. Lee\"

A lead says that names are alike. Whether the listed one is meant, and what follows, is for a person to decide.")]
pub(super) struct ScreenArgs {
    /// ROR ids or OpenAlex institutions [default: all]
    #[arg(value_name = "ID")]
    organisations: Vec<String>,
    /// Only organisations of this country
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Only this list
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
    /// The least likeness of names
    #[arg(long, default_value_t = LEAST, value_name = "0..1", value_parser = share)]
    least: f64,
    /// Only leads without a decision
    #[arg(long)]
    open: bool,
}

/// Arguments of `dari organisations decide`.
#[derive(Debug, Args)]
pub(super) struct DecideArgs {
    /// Short name of the list
    #[arg(long)]
    list: String,
    /// Name as listed
    #[arg(long, value_name = "NAME")]
    listed: String,
    /// The organisation
    #[arg(long, value_name = "ID")]
    organisation: String,
    /// cleared: another one is meant; confirmed: it is the one
    #[arg(long, value_enum)]
    decision: Verdict,
    /// The reason
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    who: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Verdict {
    Cleared,
    Confirmed,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Verdict::Cleared => "cleared",
            Verdict::Confirmed => "confirmed",
        }
    }
}

fn share(text: &str) -> std::result::Result<f64, String> {
    text.parse().ok().filter(|value| (0.0..=1.0).contains(value)).ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

struct Decision {
    decision: String,
    why: String,
    who: String,
    on: String,
}

/// Decisions by list, listed name however it is written, and organisation as it is today.
type Decisions = BTreeMap<(String, u64, Index), Decision>;

/// Organisations on which there are leads that nobody has cleared, with the lists; none where no list is loaded.
pub(crate) fn open_leads(snapshot: &Snapshot, common: &Common, register: &Register) -> Result<BTreeMap<Index, BTreeSet<String>>> {
    let mut open: BTreeMap<Index, BTreeSet<String>> = BTreeMap::new();
    if snapshot.rows("screening") == 0 {
        return Ok(open);
    }
    let (listed, _) = entries(snapshot, common, None)?;
    let decisions = decisions(snapshot, common, register)?;
    for lead in Screener::new(register).leads(&listed, LEAST) {
        let entry = &listed[lead.listed];
        if decision(&decisions, entry, lead.organisation).is_none_or(|decision| decision.decision != Verdict::Cleared.as_str()) {
            open.entry(lead.organisation).or_default().insert(entry.list.clone());
        }
    }
    Ok(open)
}

pub(super) fn screen(common: &Common, args: &ScreenArgs) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let register = register(&snapshot, common)?;
    let country = args.country.as_ref().map(|country| analysis::country(country)).transpose()?;
    let asked = args.organisations.iter().map(|id| find(&register, id).map(|index| register.today(index)));
    let asked = asked.collect::<Result<BTreeSet<Index>>>()?;
    let (listed, latest) = entries(&snapshot, common, args.list.as_deref())?;
    let decisions = decisions(&snapshot, common, &register)?;
    let decided = |lead: &Lead| decision(&decisions, &listed[lead.listed], lead.organisation);
    let mut leads = Screener::new(&register).leads(&listed, args.least);
    leads.retain(|lead| {
        (asked.is_empty() || asked.contains(&lead.organisation))
            && country.is_none_or(|code| register.get(lead.organisation).country == Some(code))
            && !(args.open && decided(lead).is_some())
    });
    let entry = |lead: &Lead| &listed[lead.listed];
    let one = |lead: &Lead| register.get(lead.organisation);
    if common.format == Format::Table {
        let decision = |lead: &Lead| decided(lead).map(|one| format!("{} ({}, {})", one.decision, one.who, one.on));
        let rows = Rows::default()
            .text(common.pick("listed", "등재명"), leads.iter().map(|lead| Some(entry(lead).name.as_str())))
            .text(common.pick("editions", "판"), leads.iter().map(|lead| Some(span(&entry(lead).editions))))
            .text(common.pick("organisation", "기관"), leads.iter().map(|lead| Some(name(common, one(lead)))))
            .text("ror", leads.iter().map(|lead| one(lead).ror.as_deref()))
            .text(common.pick("likeness", "유사성"), leads.iter().map(|lead| Some(lead.likeness.as_str())))
            .float(common.pick("score", "점수"), leads.iter().map(|lead| Some(lead.score)))
            .text(common.pick("decision", "판단"), leads.iter().map(decision));
        output::write_rows(common.format, rows)?;
        return foot(common, leads.len(), listed.len());
    }
    let rows = Rows::default()
        .text("list", leads.iter().map(|lead| Some(entry(lead).list.as_str())))
        .text("listed", leads.iter().map(|lead| Some(entry(lead).name.as_str())))
        .text("editions", leads.iter().map(|lead| Some(entry(lead).editions.join(", "))))
        .bool(
            "in_latest_edition",
            leads.iter().map(|lead| {
                let newest = latest.get(&entry(lead).list)?.as_ref()?;
                Some(entry(lead).editions.contains(newest))
            }),
        )
        .text("ended", leads.iter().map(|lead| entry(lead).ended.as_deref()))
        .text("organisation", leads.iter().map(|lead| Some(name(common, one(lead)))))
        .text("ror", leads.iter().map(|lead| one(lead).ror.as_deref()))
        .text("country", leads.iter().map(|lead| one(lead).country))
        .text("listed_name", leads.iter().map(|lead| Some(lead.listed_name.as_str())))
        .text("own_name", leads.iter().map(|lead| Some(lead.own_name.as_str())))
        .text("likeness", leads.iter().map(|lead| Some(lead.likeness.as_str())))
        .float("score", leads.iter().map(|lead| Some(lead.score)))
        .text("decision", leads.iter().map(|lead| decided(lead).map(|decision| decision.decision.as_str())))
        .text("why", leads.iter().map(|lead| decided(lead).map(|decision| decision.why.as_str())))
        .text("who", leads.iter().map(|lead| decided(lead).map(|decision| decision.who.as_str())))
        .text("decided_on", leads.iter().map(|lead| decided(lead).map(|decision| decision.on.as_str())));
    output::write_rows(common.format, rows)?;
    foot(common, leads.len(), listed.len())
}

fn foot(common: &Common, leads: usize, listed: usize) -> Result<()> {
    say(&common.pick(
        "LEADS leads from LISTED listed names: names that are alike, for a person to look at; no verdict, and no lead is no clearance. All columns: --format csv",
        "등재명 LISTED개에서 단서 LEADS개: 이름이 비슷하다는 뜻일 뿐이며 판단은 사람이 합니다. 단서가 없다고 해서 문제가 없다는 뜻은 아닙니다. 모든 열: --format csv",
    ).replace("LEADS", &leads.to_string()).replace("LISTED", &listed.to_string()));
    Ok(())
}

/// The first and the last of some editions.
fn span(editions: &[String]) -> String {
    match editions {
        [] => String::new(),
        [only] => only.clone(),
        [first, .., last] => format!("{first}-{last}"),
    }
}

fn decision<'d>(decisions: &'d Decisions, entry: &Listed, organisation: Index) -> Option<&'d Decision> {
    decisions.get(&(entry.list.clone(), listed_key(&entry.name), organisation))
}

/// The latest edition of each list.
type Latest = BTreeMap<String, Option<String>>;

/// Listed names with their editions, and the latest edition of each list.
fn entries(snapshot: &Snapshot, common: &Common, list: Option<&str>) -> Result<(Vec<Listed>, Latest)> {
    let mut all = Vec::new();
    for batch in
        snapshot.query("SELECT list, edition, name, aliases, country, end_date FROM screening WHERE kind IS NULL OR kind <> 'individual' ORDER BY list, name, edition, id", &common.options())?
    {
        let columns = (0..6).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
        let text = |column: usize, row: usize| {
            let column = columns[column].as_string::<i32>();
            (!column.is_null(row)).then(|| column.value(row).to_owned())
        };
        for row in 0..batch.num_rows() {
            all.push(Listed {
                list: text(0, row).unwrap_or_default(),
                editions: text(1, row).into_iter().collect(),
                name: text(2, row).unwrap_or_default(),
                aliases: text(3, row).unwrap_or_default().split('|').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
                countries: (text(4, row).unwrap_or_default().split('|')).filter_map(|name| country::find(name).map(|country| country.code)).collect(),
                ended: text(5, row).filter(|day| !day.is_empty()),
            });
        }
    }
    if all.is_empty() {
        return Err(Failure::new("no screening list loaded").hint("Load one with `dari load screening FILE`."));
    }
    if let Some(list) = list.filter(|list| all.iter().all(|entry| entry.list != **list)) {
        let known: BTreeSet<&str> = all.iter().map(|entry| entry.list.as_str()).collect();
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::misuse(format!("no screening list '{list}' is loaded")).hint(format!("Loaded: {known}")));
    }
    all.retain(|entry| list.is_none_or(|list| entry.list == list));
    let mut latest = Latest::new();
    for entry in &all {
        let newest = latest.entry(entry.list.clone()).or_default();
        *newest = newest.take().max(entry.editions.first().cloned());
    }
    Ok((merge_editions(all), latest))
}

fn decisions(snapshot: &Snapshot, common: &Common, register: &Register) -> Result<Decisions> {
    let mut all = Decisions::new();
    let query = "SELECT list, listed_name, decision, why, who, organisation_id, updated_date FROM screening_decisions";
    for batch in snapshot.query(query, &common.options())? {
        let columns = (0..5).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
        let text = |column: usize, row: usize| columns[column].as_string::<i32>().value(row).to_owned();
        let (organisations, days) = (batch.column(5).as_primitive::<Int64Type>(), batch.column(6).as_primitive::<Date32Type>());
        for row in 0..batch.num_rows() {
            let on = if days.is_null(row) { String::new() } else { date::format(days.value(row)) };
            let decision = Decision { decision: text(2, row), why: text(3, row), who: text(4, row), on };
            // Who has been succeeded since is known by the one that follows.
            if let Some(index) = register.by_id(organisations.value(row)) {
                all.insert((text(0, row), listed_key(&text(1, row)), register.today(index)), decision);
            }
        }
    }
    Ok(all)
}

pub(super) fn decide(common: &Common, args: &DecideArgs) -> Result<()> {
    if common.as_of.is_some() {
        return Err(Failure::misuse("a decision is written to the lake as it is now").hint("Leave out --as-of."));
    }
    if args.why.trim().is_empty() || args.who.trim().is_empty() {
        return Err(Failure::misuse("a decision needs a reason and a name").hint("Give --why and --who."));
    }
    let lake = Lake::open(&common.lake)?;
    let snapshot = lake.snapshot(None)?;
    let register = register(&snapshot, common)?;
    let organisation = register.today(find(&register, &args.organisation)?);
    let (listed, _) = entries(&snapshot, common, Some(&args.list))?;
    let leads = Screener::new(&register).leads(&listed, 0.0);
    let asked = listed_key(&args.listed);
    let entry = leads
        .iter()
        .filter(|lead| lead.organisation == organisation)
        .map(|lead| &listed[lead.listed])
        .find(|entry| listed_key(&entry.name) == asked);
    let Some(entry) = entry else {
        let one = register.get(organisation);
        return Err(Failure::misuse(format!("'{}' of the list {} is no lead on {}", args.listed, args.list, one.name)).hint(format!(
            "`dari organisations screen {}` shows the leads there are; the name is to be given as listed.",
            one.ror.as_deref().unwrap_or_default()
        )));
    };
    let earlier = decisions(&snapshot, common, &register)?;
    let earlier = decision(&earlier, entry, organisation);
    let one = register.get(organisation);
    let day = analysis::today();
    let id = foreign("screening-decision", &format!("{}|{asked:016x}|{}", args.list, one.id));
    let hash = record_hash(format!("{}|{}|{}|{day}", args.decision.as_str(), args.why, args.who).as_bytes());
    let mut rows = TableBuilder::new(&SCREENING_DECISIONS);
    rows.push(&[
        Cell::Int(id),
        Cell::Int(hash),
        Cell::Date(day),
        Cell::Text(&args.list),
        Cell::Text(&entry.name),
        Cell::Int(one.id),
        one.ror.as_deref().into(),
        Cell::Text(args.decision.as_str()),
        Cell::Text(args.why.trim()),
        Cell::Text(args.who.trim()),
    ])
    .map_err(|error| Failure::new(error.to_string()))?;
    let mut chunk = Chunk { records: vec![RecordKey { id, updated: day, hash, ordinal: 0 }], ..Chunk::default() };
    chunk.take(&mut rows)?;
    let load = Load::begin(&lake, &SCREENING_DECISIONS_GROUP)?;
    let mut writer = load.writer();
    writer.write(&chunk)?;
    let (units, _) = writer.finish()?;
    let about = Commit {
        what: format!("decision on a lead: {} ({})", one.name, args.list),
        counts: Counts { read: 1, kept: 1, ..Counts::default() },
        ..Commit::default()
    };
    load.merge(units, &[], about)?;
    if let Some(earlier) = earlier {
        say(&format!("replaces: {}, by {}, {} ({})", earlier.decision, earlier.who, earlier.on, earlier.why));
    }
    say(&format!("{} on {}: {}, by {}, {}", entry.name, one.name, args.decision.as_str(), args.who.trim(), date::format(day)));
    Ok(())
}
