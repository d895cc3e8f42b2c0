//! `dari organisations match`.

use std::path::PathBuf;
use std::time::Instant;

use arrow::array::{Array, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use clap::Args;
use dari_lake::{Commit, Counts, Lake, Load, Snapshot};
use dari_model::country::Grouping;
use dari_model::id::record_hash;
use dari_model::table::{AFFILIATION_ORGANISATIONS, AFFILIATIONS, AFFILIATIONS_GROUP};
use dari_model::{Cell, Chunk, RecordKey, TableBuilder};
use dari_organisations::matcher::{Matched, Scratch, THRESHOLD};
use dari_organisations::{Matcher, Register};

use super::super::table_file::{self, Appended};
use crate::analysis;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{count_bar, say, stopped};
use crate::register::{name, register};
use crate::rows::Rows;

/// Arguments of `dari organisations match`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari organisations match \"KFE, Daejeon\" \"한국핵융합에너지연구원\"
  dari organisations match --file people.csv --column affiliation --format csv > matched.csv
  dari organisations match --authorships        match what the lake's authorships print, and keep the result in the lake

A confidence is a probability, on the cautious side: of matches between 0.5 and 0.9 somewhat more are right than it says. Affiliations whose organisation is not sure enough
(--threshold) are unknown; their country may still be told. What --authorships finds is in the tables affiliations and affiliation_organisations.")]
pub(super) struct MatchArgs {
    /// Affiliations
    #[arg(value_name = "AFFILIATION", required_unless_present_any = ["file", "authorships"])]
    affiliations: Vec<String>,
    /// CSV or Parquet with a column of affiliations; its rows come out with the organisations beside them
    #[arg(long, value_name = "FILE", conflicts_with = "affiliations", requires = "column")]
    file: Option<PathBuf>,
    /// The column of --file
    #[arg(long, value_name = "NAME", requires = "file")]
    column: Option<String>,
    /// Match the lake's authorships that have an affiliation but no institution from their source
    #[arg(long, conflicts_with_all = ["affiliations", "file"])]
    authorships: bool,
    /// With --authorships: match again what was matched before
    #[arg(long, requires = "authorships")]
    again: bool,
    /// The confidence from which an organisation counts as found
    #[arg(long, default_value_t = THRESHOLD, value_name = "0..1", value_parser = threshold)]
    threshold: f32,
    /// Count countries together, for example HK=CN,MO=CN
    #[arg(long, value_name = "FROM=TO,…", value_parser = Grouping::parse)]
    group_countries: Option<Grouping>,
}

pub(super) fn threshold(text: &str) -> std::result::Result<f32, String> {
    text.parse().ok().filter(|value| (0.05..1.0).contains(value)).ok_or_else(|| "expected a number from 0.05 to below 1".to_owned())
}

pub(super) fn run(common: &Common, args: &MatchArgs) -> Result<()> {
    if args.authorships {
        if common.as_of.is_some() {
            return Err(Failure::misuse("what is matched is kept in the lake as it is now").hint("Leave out --as-of."));
        }
        let matched = match_authorships(common, args.threshold, args.again)?;
        return matched.print(common, args.group_countries.as_ref());
    }
    let register = register(&analysis::snapshot(common)?, common)?;
    let matcher = Matcher::new(&register);
    let grouping = args.group_countries.clone().unwrap_or_default();
    match (&args.file, &args.column) {
        (Some(file), Some(column)) => match_file(common, args, &matcher, &register, &grouping, file, column),
        _ => match_texts(common, args, &matcher, &register, &grouping),
    }
}

/// Matches affiliations on all cores, in order.
fn match_all(matcher: &Matcher<'_>, affiliations: &[&str], threshold: f32) -> Result<Vec<Matched>> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let size = affiliations.len().div_ceil(threads).max(1);
    let part = |affiliations: &[&str]| {
        let mut scratch = Scratch::default();
        affiliations.iter().map(|affiliation| matcher.find(affiliation, threshold, &mut scratch)).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = affiliations.chunks(size).map(|affiliations| scope.spawn(move || part(affiliations))).collect();
        let died = |_| Failure::new("a thread that matches stopped unexpectedly");
        parts.into_iter().map(|part| part.join().map_err(died)).collect::<Result<Vec<_>>>()
    })
    .map(|parts| parts.into_iter().flatten().collect())
}

fn match_texts(common: &Common, args: &MatchArgs, matcher: &Matcher<'_>, register: &Register, grouping: &Grouping) -> Result<()> {
    let texts: Vec<&str> = args.affiliations.iter().map(String::as_str).collect();
    let all = match_all(matcher, &texts, args.threshold)?;
    // A line for each organisation; one without for an affiliation that is unknown.
    let mut lines = Vec::new();
    for (text, matched) in texts.iter().zip(&all) {
        lines.extend(matched.organisations.iter().map(|found| (*text, matched, Some(found))));
        if matched.organisations.is_empty() {
            lines.push((text, matched, None));
        }
    }
    let rows = Rows::default()
        .text("affiliation", lines.iter().map(|(text, ..)| Some(*text)))
        .text("organisation", lines.iter().map(|(.., found)| found.map(|found| name(common, register.get(found.organisation)))))
        .text("ror", lines.iter().map(|(.., found)| found.and_then(|found| register.get(found.organisation).ror.as_deref())))
        .float("confidence", lines.iter().map(|(.., found)| found.map(|found| f64::from(found.confidence))))
        .text(
            "country",
            lines.iter().map(|(_, matched, found)| {
                let own = found.and_then(|found| register.get(found.organisation).country);
                own.or(matched.country.map(|(code, _)| code)).map(|code| grouping.of(code))
            }),
        )
        .text(
            "country_by",
            lines.iter().map(|(_, matched, found)| match found {
                Some(_) => Some("organisation"),
                None => matched.country.map(|(_, by)| by.as_str()),
            }),
        )
        .text(
            "formerly",
            lines.iter().map(|(.., found)| {
                let former = found.filter(|found| found.named != found.organisation);
                former.map(|found| register.get(found.named).name.as_str())
            }),
        );
    output::write_rows(common.format, rows)?;
    say(&format!("matcher {}, register of {} organisations", matcher.version(), register.all().len()));
    Ok(())
}

fn match_file(
    common: &Common,
    args: &MatchArgs,
    matcher: &Matcher<'_>,
    register: &Register,
    grouping: &Grouping,
    file: &std::path::Path,
    column: &str,
) -> Result<()> {
    const COLUMNS: [&str; 5] = ["ror_ids", "organisations", "confidences", "organisation_country", "country_by"];
    let begin = Instant::now();
    let (mut read, mut known) = (0u64, 0u64);
    let mut writer = output::Writer::new(common.format);
    let bar = count_bar("rows");
    let refused = table_file::each_batch(
        file,
        column,
        &COLUMNS,
        |values: &StringArray| {
            let texts: Vec<&str> = values.iter().map(Option::unwrap_or_default).collect();
            let all = match_all(matcher, &texts, args.threshold)?;
            read += texts.len() as u64;
            known += all.iter().filter(|matched| !matched.organisations.is_empty()).count() as u64;
            bar.set_position(read);
            if stopped() {
                return Err(Failure::new("stopped by Ctrl-C"));
            }
            let joined = |text: &dyn Fn(&dari_organisations::matcher::Match) -> String| -> Vec<Option<String>> {
                let one = |matched: &Matched| {
                    (!matched.organisations.is_empty()).then(|| matched.organisations.iter().map(text).collect::<Vec<_>>().join("|"))
                };
                all.iter().map(one).collect()
            };
            Ok(Appended {
                columns: vec![
                    joined(&|found| register.get(found.organisation).ror.clone().unwrap_or_default()),
                    joined(&|found| name(common, register.get(found.organisation)).to_owned()),
                    joined(&|found| format!("{:.3}", found.confidence)),
                    all.iter().map(|matched| matched.country.map(|(code, _)| grouping.of(code).to_owned())).collect(),
                    all.iter().map(|matched| matched.country.map(|(_, by)| by.as_str().to_owned())).collect(),
                ],
            })
        },
        |batch| writer.write(&batch),
    )?;
    bar.finish_and_clear();
    writer.finish()?;
    for reason in &refused.shown {
        say(&format!("refused: {}: {reason}", file.display()));
    }
    if refused.count > refused.shown.len() as u64 {
        say(&format!("… and {} more rows refused", refused.count - refused.shown.len() as u64));
    }
    let seconds = begin.elapsed().as_secs_f64();
    say(&format!(
        "{} rows, {} with an organisation, {:.0} rows a second; {} refused; matcher {}",
        output::thousands(&read.to_string()),
        output::thousands(&known.to_string()),
        read as f64 / seconds.max(1e-9),
        refused.count,
        matcher.version()
    ));
    Ok(())
}

/// What [`match_authorships`] did.
pub(crate) struct MatchedAuthorships {
    /// Affiliations matched in this run, each text once.
    texts: u64,
    /// Seconds the matching took, reading and writing included.
    seconds: f64,
    merged: dari_lake::Merged,
    version: String,
    snapshot: Snapshot,
}

impl MatchedAuthorships {
    /// Prints authorships by country, and how many were matched.
    pub(crate) fn print(&self, common: &Common, grouping: Option<&Grouping>) -> Result<()> {
        let shares = shares(&self.snapshot, common)?;
        let all: i64 = shares.iter().map(|share| share.authorships).sum();
        let matched: i64 = shares.iter().map(|share| share.matched).sum();
        let mut grouped: Vec<Share> = Vec::new();
        for share in shares {
            let country = share.country.map(|code| grouping.map_or(code.clone(), |grouping| grouping.of(&code).to_owned()));
            match grouped.iter_mut().find(|other| other.country == country) {
                Some(other) => {
                    other.authorships += share.authorships;
                    other.matched += share.matched;
                }
                None => grouped.push(Share { country, ..share }),
            }
        }
        grouped.sort_by_key(|share| (share.country.is_none(), std::cmp::Reverse(share.authorships), share.country.clone()));
        let rows = Rows::default()
            .text("country", grouped.iter().map(|share| Some(share.country.as_deref().unwrap_or("unknown"))))
            .int("authorships", grouped.iter().map(|share| Some(share.authorships)))
            .int("with_organisation", grouped.iter().map(|share| Some(share.matched)))
            .float("share_with_organisation", grouped.iter().map(|share| Some(share.matched as f64 / share.authorships as f64)));
        output::write_rows(common.format, rows)?;
        self.tell();
        let percent = |count: i64| count as f64 * 100.0 / all.max(1) as f64;
        let unknown: i64 = grouped.iter().filter(|share| share.country.is_none()).map(|share| share.authorships).sum();
        say(&format!(
            "of {} authorships with an affiliation and no institution from their source, {:.1} % have an organisation, {:.1} % no country",
            output::thousands(&all.to_string()),
            percent(matched),
            percent(unknown)
        ));
        Ok(())
    }

    /// Says in a line what was done.
    pub(crate) fn tell(&self) {
        let number = |count: u64| output::thousands(&count.to_string());
        say(&format!(
            "affiliations matched with the register: {} different texts in {:.1} s; new {}, replaced {}, unchanged {}; matcher {}",
            number(self.texts),
            self.seconds,
            number(self.merged.counts.added),
            number(self.merged.counts.replaced),
            number(self.merged.counts.unchanged),
            self.version
        ));
    }
}

struct Share {
    country: Option<String>,
    authorships: i64,
    matched: i64,
}

fn shares(snapshot: &Snapshot, common: &Common) -> Result<Vec<Share>> {
    let query = "SELECT f.country, count(*), count(o.affiliation_id) FROM authorships a JOIN affiliations f ON f.id = a.affiliation_id
                 LEFT JOIN (SELECT DISTINCT affiliation_id FROM affiliation_organisations) o ON o.affiliation_id = f.id
                 WHERE a.institution_id IS NULL GROUP BY f.country";
    let mut shares = Vec::new();
    for batch in snapshot.query(query, &common.options())? {
        let countries = cast(batch.column(0), &DataType::Utf8)?;
        let countries = countries.as_string::<i32>();
        let (all, matched) = (batch.column(1).as_primitive::<Int64Type>(), batch.column(2).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            let country = (!countries.is_null(row)).then(|| countries.value(row).to_owned());
            shares.push(Share { country, authorships: all.value(row), matched: matched.value(row) });
        }
    }
    Ok(shares)
}

/// Matches every affiliation that authorships without an institution print, and keeps what is found in the lake. Those matched before by the same
/// matcher with the same register stay, unless `again`.
pub(crate) fn match_authorships(common: &Common, threshold: f32, again: bool) -> Result<MatchedAuthorships> {
    let begin = Instant::now();
    let lake = Lake::open(&common.lake)?;
    let snapshot = lake.snapshot(None)?;
    let register = register(&snapshot, common)?;
    let matcher = Matcher::new(&register);
    let version = format!("{} register {:016x} threshold {threshold}", matcher.version(), register.fingerprint());
    // The version is our own text and holds no quotes.
    let known =
        if again { String::new() } else { format!("AND affiliation_id NOT IN (SELECT id FROM affiliations WHERE matcher = '{version}')") };
    let query = format!(
        "SELECT affiliation_id, min(coalesce(raw_affiliation, institution_name)) AS text FROM authorships
         WHERE affiliation_id IS NOT NULL AND institution_id IS NULL {known} GROUP BY affiliation_id"
    );
    let load = Load::begin(&lake, &AFFILIATIONS_GROUP)?;
    let mut writer = load.writer();
    let (mut texts, mut known) = (0u64, 0u64);
    let bar = count_bar("affiliations");
    snapshot.for_each(&query, &common.options(), |batch| -> Result<()> {
        if stopped() {
            return Err(Failure::new("stopped by Ctrl-C").hint("The lake is as it was before."));
        }
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let column = cast(batch.column(1), &DataType::Utf8)?;
        let affiliations: Vec<&str> = column.as_string::<i32>().iter().map(Option::unwrap_or_default).collect();
        let all = match_all(&matcher, &affiliations, threshold)?;
        texts += affiliations.len() as u64;
        known += all.iter().filter(|matched| !matched.organisations.is_empty()).count() as u64;
        bar.set_position(texts);
        let mut chunk = Chunk::default();
        let (mut rows, mut organisations) = (TableBuilder::new(&AFFILIATIONS), TableBuilder::new(&AFFILIATION_ORGANISATIONS));
        for ((&id, text), matched) in ids.values().iter().zip(&affiliations).zip(&all) {
            let hash = record_hash(format!("{version} {matched:?}").as_bytes());
            let country = matched.country;
            let cells = [
                Cell::Int(id),
                Cell::Int(hash),
                Cell::Null,
                Cell::Text(text),
                country.map(|(code, _)| code).into(),
                country.map(|(_, by)| by.as_str()).into(),
                Cell::Text(&version),
            ];
            let wrong = |error: dari_model::RowError| Failure::new(error.to_string());
            rows.push(&cells).map_err(wrong)?;
            for found in &matched.organisations {
                let one = register.get(found.organisation);
                let named = register.get(found.named).id;
                let confidence = Cell::Float(f64::from(found.confidence));
                organisations
                    .push(&[Cell::Int(id), Cell::Int(one.id), one.ror.as_deref().into(), Cell::Int(named), confidence])
                    .map_err(wrong)?;
            }
            chunk.records.push(RecordKey { id, updated: i32::MIN, hash, ordinal: 0 });
        }
        chunk.take(&mut rows)?;
        chunk.take(&mut organisations)?;
        Ok(writer.write(&chunk)?)
    })?;
    bar.finish_and_clear();
    let (units, _) = writer.finish()?;
    let about = Commit {
        what: "affiliations matched with the register of organisations".to_owned(),
        counts: Counts { read: texts, kept: known, ..Counts::default() },
        ..Commit::default()
    };
    let merged = load.merge(units, &[], about)?;
    let version = matcher.version();
    let snapshot = lake.snapshot(None)?;
    Ok(MatchedAuthorships { texts, seconds: begin.elapsed().as_secs_f64(), merged, version, snapshot })
}
