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
use dari_organisations::screening::{LEAST, Lead, Listed, Screener, merge_editions};
use dari_organisations::{Index, Register};

use super::show::find;
use crate::analysis;
use crate::cli::Common;
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
    #[arg(long, default_value_t = LEAST, value_name = "0..1")]
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

struct Decision {
    decision: String,
    why: String,
    who: String,
    on: String,
}

/// Decisions by list, listed name and organisation.
type Decisions = BTreeMap<(String, String, i64), Decision>;

pub(super) fn screen(common: &Common, args: &ScreenArgs) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let register = register(&snapshot, common)?;
    let country = args.country.as_ref().map(|country| analysis::country(country)).transpose()?;
    let asked = args.organisations.iter().map(|id| find(&register, id).map(|index| register.today(index)));
    let asked = asked.collect::<Result<BTreeSet<Index>>>()?;
    let (listed, latest) = entries(&snapshot, common, args.list.as_deref())?;
    let decisions = decisions(&snapshot, common)?;
    let decided = |lead: &Lead| decision(&decisions, &listed, &register, lead);
    let mut leads = Screener::new(&register).leads(&listed);
    leads.retain(|lead| {
        (asked.is_empty() || asked.contains(&lead.organisation))
            && country.is_none_or(|code| register.get(lead.organisation).country == Some(code))
            && lead.score >= args.least
            && !(args.open && decided(lead).is_some())
    });
    let entry = |lead: &Lead| &listed[lead.listed];
    let one = |lead: &Lead| register.get(lead.organisation);
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
    say(&format!(
        "{} leads from {} listed names: names that are alike, for a person to look at; no verdict, and no lead is no clearance",
        leads.len(),
        listed.len()
    ));
    Ok(())
}

fn decision<'d>(decisions: &'d Decisions, listed: &[Listed], register: &Register, lead: &Lead) -> Option<&'d Decision> {
    let entry = &listed[lead.listed];
    decisions.get(&(entry.list.clone(), entry.name.clone(), register.get(lead.organisation).id))
}

/// The latest edition of each list.
type Latest = BTreeMap<String, Option<String>>;

/// Listed names with their editions, and the latest edition of each list.
fn entries(snapshot: &Snapshot, common: &Common, list: Option<&str>) -> Result<(Vec<Listed>, Latest)> {
    let mut all = Vec::new();
    for batch in
        snapshot.query("SELECT list, edition, name, aliases, country FROM screening ORDER BY list, name, edition", &common.options())?
    {
        let columns = (0..5).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
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
                country: text(4, row).and_then(|country| country::find(&country)).map(|country| country.code),
            });
        }
    }
    if all.is_empty() {
        return Err(Failure::new("no screening list loaded").hint("Load one with `dari load screening FILE`."));
    }
    all.retain(|entry| list.is_none_or(|list| entry.list == list));
    let mut latest = Latest::new();
    for entry in &all {
        let newest = latest.entry(entry.list.clone()).or_default();
        *newest = newest.take().max(entry.editions.first().cloned());
    }
    Ok((merge_editions(all), latest))
}

fn decisions(snapshot: &Snapshot, common: &Common) -> Result<Decisions> {
    let mut all = Decisions::new();
    let query = "SELECT list, listed_name, decision, why, who, organisation_id, updated_date FROM screening_decisions";
    for batch in snapshot.query(query, &common.options())? {
        let columns = (0..5).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
        let text = |column: usize, row: usize| columns[column].as_string::<i32>().value(row).to_owned();
        let (organisations, days) = (batch.column(5).as_primitive::<Int64Type>(), batch.column(6).as_primitive::<Date32Type>());
        for row in 0..batch.num_rows() {
            let on = if days.is_null(row) { String::new() } else { date::format(days.value(row)) };
            let decision = Decision { decision: text(2, row), why: text(3, row), who: text(4, row), on };
            all.insert((text(0, row), text(1, row), organisations.value(row)), decision);
        }
    }
    Ok(all)
}

pub(super) fn decide(common: &Common, args: &DecideArgs) -> Result<()> {
    if args.why.trim().is_empty() || args.who.trim().is_empty() {
        return Err(Failure::misuse("a decision needs a reason and a name").hint("Give --why and --who."));
    }
    let lake = Lake::open(&common.lake)?;
    let snapshot = lake.snapshot(None)?;
    let register = register(&snapshot, common)?;
    let organisation = register.today(find(&register, &args.organisation)?);
    let (listed, _) = entries(&snapshot, common, Some(&args.list))?;
    let leads = Screener::new(&register).leads(&listed);
    let is_lead = leads.iter().any(|lead| lead.organisation == organisation && listed[lead.listed].name == args.listed);
    if !is_lead {
        let one = register.get(organisation);
        return Err(Failure::misuse(format!("'{}' of the list {} is no lead on {}", args.listed, args.list, one.name)).hint(format!(
            "`dari organisations screen {}` shows the leads there are; the name is to be given as listed.",
            one.ror.as_deref().unwrap_or_default()
        )));
    }
    let one = register.get(organisation);
    let day = analysis::today();
    let id = foreign("screening-decision", &format!("{}|{}|{}", args.list, args.listed, one.id));
    let hash = record_hash(format!("{}|{}|{}|{day}", args.decision.as_str(), args.why, args.who).as_bytes());
    let mut rows = TableBuilder::new(&SCREENING_DECISIONS);
    rows.push(&[
        Cell::Int(id),
        Cell::Int(hash),
        Cell::Date(day),
        Cell::Text(&args.list),
        Cell::Text(&args.listed),
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
    say(&format!("{} on {}: {}, by {}, {}", args.listed, one.name, args.decision.as_str(), args.who.trim(), date::format(day)));
    Ok(())
}
