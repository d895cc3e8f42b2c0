//! `dari compute`: cubes from works.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{Int16Type, Int32Type, Int64Type};
use clap::{Args, ValueEnum};
use dari_cubes::{CitationSource, Collector, Feeder, Options, Output, Report, Sink, Topic, WINDOW};
use dari_indicators::Period;
use dari_lake::{Commit, Counts, Lake, Load, Snapshot, Unit, UnitWriter};
use dari_model::id::{foreign, record_hash};
use dari_model::table::{
    AGGREGATES_GROUP, CITATION_COHORTS, COUNTRY_PAIR_TOPIC_YEAR, COUNTRY_TOPIC_YEAR, COUNTRY_WORKS, DATASETS, ORGANISATION_TOPIC_YEAR,
};
use dari_model::{Cell, Chunk, RecordKey, Table, TableBuilder};

use crate::analysis::{self, topic_of_works};
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{count_bar, reach, say, stopped, units_bar};
use crate::rows::Rows;

/// Arguments of `dari compute`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari compute                          cubes of all works, of the years that changed since the last time
  dari compute --citations by-year      citations as the source counts them by year
  dari compute --again                  all years, changed or not

The cubes are the tables country_topic_year, country_pair_topic_year and organisation_topic_year under the data set `works` (--name): full and fractional
counts, citations from the year of publication to the third year after, normalised citation scores, weights in the most cited 10 % and 1 %, classes of
collaboration; unknown countries under ZZ. With them country_works has every work of every country with its citations, and citation_cohorts what these are
compared with. Afterwards: dari compare KR US --dataset works")]
pub(crate) struct ComputeArgs {
    /// Name of the data set
    #[arg(long, default_value = "works", value_name = "NAME")]
    name: String,
    /// What citations are counted from
    #[arg(long, value_enum, default_value_t = Citations::Auto)]
    citations: Citations,
    /// Count works of OpenAlex's expansion corpus too
    #[arg(long)]
    expansion: bool,
    /// Compute years again that have not changed, and put them in the place of what is kept
    #[arg(long)]
    again: bool,
    /// Works that are in memory at once, for each thread
    #[arg(long, default_value_t = 250_000, value_name = "N")]
    works_in_memory: u64,
    /// Compute these tables alone, by the kind of their data sets (for measurements: what reads one table may need the others)
    #[arg(long, value_delimiter = ',', value_name = "KIND,…", hide = true)]
    only: Vec<String>,
}

impl ComputeArgs {
    fn outputs(&self) -> Result<Vec<(Output, &'static str, &'static Table)>> {
        if self.only.is_empty() {
            return Ok(OUTPUTS.to_vec());
        }
        let find = |asked: &String| {
            let known = || OUTPUTS.map(|(_, kind, _)| kind).join(", ");
            let found = OUTPUTS.into_iter().find(|(_, kind, _)| kind == asked);
            found.ok_or_else(|| Failure::misuse(format!("'{asked}' is no kind of data set")).hint(format!("There are: {}", known())))
        };
        self.only.iter().map(find).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Citations {
    /// References where those loaded account for at least half of the citations that works are said to have, else counts by year, else totals
    Auto,
    /// References between the works that are loaded
    References,
    /// The source's counts by year
    ByYear,
    /// The source's totals, whatever the year
    Total,
}

/// What is computed, with what a data set of each is called and the table it is in.
const OUTPUTS: [(Output, &str, &Table); 5] = [
    (Output::Country, "country-topic", &COUNTRY_TOPIC_YEAR),
    (Output::Pair, "country-pairs", &COUNTRY_PAIR_TOPIC_YEAR),
    (Output::Organisation, "organisation-topic", &ORGANISATION_TOPIC_YEAR),
    (Output::CountryWorks, "country-works", &COUNTRY_WORKS),
    (Output::Cohorts, "citation-cohorts", &CITATION_COHORTS),
];

/// What [`compute`] did.
pub(crate) struct Computed {
    report: Report,
    citations: CitationSource,
    years: BTreeSet<i16>,
    unchanged: usize,
    cells: BTreeMap<&'static str, u64>,
    seconds: f64,
}

pub(crate) fn run(common: &Common, args: &ComputeArgs) -> Result<()> {
    let computed = compute(common, args)?;
    let rows = Rows::default()
        .text("cube", computed.cells.keys().map(|name| Some(*name)))
        .int("cells", computed.cells.values().map(|cells| Some(*cells as i64)));
    output::write_rows(common.format, rows)?;
    computed.tell();
    Ok(())
}

impl Computed {
    fn tell(&self) {
        let number = |count: u64| output::thousands(&count.to_string());
        let Report {
            works,
            without_topic,
            without_score,
            retracted,
            expansion,
            without_year,
            credits_without_work,
            cohorts,
            citations,
            ..
        } = self.report;
        say(&format!(
            "{} works of {} years in {:.1} s; {} years as they were",
            number(works),
            self.years.len(),
            self.seconds,
            self.unchanged
        ));
        say(&format!(
            "left out: {} retracted, {} of the expansion corpus, {} without a year; counted without a topic: {}, without a normalised score: {}",
            number(retracted),
            number(expansion),
            number(without_year),
            number(without_topic),
            number(without_score)
        ));
        say(&format!("{} citations from {}; {} cohorts", number(citations), words(self.citations), number(cohorts)));
        if credits_without_work > 0 {
            say(&format!("{} rows of authorships belong to works that are left out", number(credits_without_work)));
        }
    }
}

/// What citations were counted from, for the foot of an answer.
fn words(source: CitationSource) -> &'static str {
    match source {
        CitationSource::References => "references between the works loaded, publication year to third year after",
        CitationSource::CountsByYear => "the source's counts by year, publication year to third year after",
        CitationSource::Total => "the source's totals, no window",
    }
}

/// Computes the cubes of the years whose works changed and keeps them in the lake.
pub(crate) fn compute(common: &Common, args: &ComputeArgs) -> Result<Computed> {
    let begin = Instant::now();
    let lake = Lake::open(&common.lake)?;
    let snapshot = lake.snapshot(None)?;
    if snapshot.rows("works") == 0 {
        return Err(Failure::new("no works loaded").hint("Load some with `dari load openalex` or `dari load tables`."));
    }
    let source = citation_source(&snapshot, common, args.citations)?;
    let outputs = args.outputs()?;
    let about = format!(
        "computed from works; citations: {}; {}{}method {}",
        words(source),
        if args.only.is_empty() { String::new() } else { format!("{} alone; ", args.only.join(" and ")) },
        if args.expansion { "expansion corpus included; " } else { "" },
        dari_cubes::METHOD
    );
    let seen = if source == CitationSource::CountsByYear { years_counted(&snapshot, common)? } else { None };
    let fingerprints = fingerprints(&snapshot, common, source, seen, &about)?;
    let known = known(&snapshot, common, outputs[0].1, &args.name)?;
    let changed: BTreeSet<i16> =
        fingerprints.iter().filter(|(year, hash)| args.again || known.get(year) != Some(hash)).map(|(year, _)| *year).collect();
    let gone: Vec<i16> = known.keys().filter(|year| !fingerprints.contains_key(year)).copied().collect();
    let unchanged = fingerprints.len() - changed.len();
    if changed.is_empty() && gone.is_empty() {
        let seconds = begin.elapsed().as_secs_f64();
        return Ok(Computed { report: Report::default(), citations: source, years: changed, unchanged, cells: BTreeMap::new(), seconds });
    }

    let load = Load::begin(&lake, &AGGREGATES_GROUP)?;
    let load = if args.again { load.replacing_equal() } else { load };
    let dataset = |kind: &str, year: i16| foreign(kind, &format!("{}|{year}", args.name));
    let (report, sinks) = if changed.is_empty() {
        (Report::default(), Vec::new())
    } else {
        let mut options = Options::new(lake.root().join("_dari").join("cubes"), snapshot.rows("works"), source);
        (options.expansion, options.works_per_bucket) = (args.expansion, args.works_in_memory.max(1));
        options.outputs = outputs.iter().map(|(output, ..)| *output).collect();
        (options.years, options.seen) = (Some(changed.clone()), seen);
        let collector = Collector::new(options, topics(&snapshot, common)?)?;
        let threads = common.options().threads.max(1);
        feed(&snapshot, common, source, &Years { counted: &changed, all: &fingerprints }, &collector, threads)?;
        let (works, cells) = (units_bar("parts of the works"), count_bar("cells"));
        let sink = |_| CellSink { writer: load.writer(), dataset: &dataset, bar: cells.clone(), cells: BTreeMap::new() };
        let watch = |done: usize, of: usize| {
            reach(&works, done, of);
            check()
        };
        let computed = collector.compute((0..threads).map(sink).collect(), &watch)?;
        works.finish_and_clear();
        cells.finish_and_clear();
        computed
    };
    let mut cells: BTreeMap<(&'static str, i16), u64> = BTreeMap::new();
    let mut units = Vec::new();
    for sink in sinks {
        units.extend(sink.writer.finish()?.0);
        for (cell, count) in sink.cells {
            *cells.entry(cell).or_default() += count;
        }
    }
    let mut writer = load.writer();
    writer.write(&records(args, &outputs, &about, &changed, &fingerprints, &cells, &dataset)?)?;
    units.extend(writer.finish()?.0);
    let units = vec![Unit::join(units)];
    let removed: Vec<i64> = gone.iter().flat_map(|year| OUTPUTS.map(|(_, kind, _)| dataset(kind, *year))).collect();
    let commit = Commit {
        what: format!("cubes of {} years computed from works ({})", changed.len(), args.name),
        counts: Counts { read: report.works, kept: report.works, ..Counts::default() },
        ..Commit::default()
    };
    load.merge(units, &removed, commit)?;
    let mut by_cube = BTreeMap::new();
    for ((kind, _), count) in cells {
        *by_cube.entry(kind).or_default() += count;
    }
    Ok(Computed { report, citations: source, years: changed, unchanged, cells: by_cube, seconds: begin.elapsed().as_secs_f64() })
}

/// A record a table and year: what it is and what it was computed from.
fn records(
    args: &ComputeArgs,
    outputs: &[(Output, &'static str, &Table)],
    about: &str,
    changed: &BTreeSet<i16>,
    fingerprints: &BTreeMap<i16, i64>,
    cells: &BTreeMap<(&'static str, i16), u64>,
    dataset: &dyn Fn(&str, i16) -> i64,
) -> Result<Chunk> {
    let (mut chunk, mut rows) = (Chunk::default(), TableBuilder::new(&DATASETS));
    for &(_, kind, _) in outputs {
        for &year in changed {
            let (id, hash) = (dataset(kind, year), fingerprints.get(&year).copied().unwrap_or(0));
            let count = cells.get(&(kind, year)).copied().unwrap_or(0) as i64;
            let cells = [
                Cell::Int(id),
                Cell::Int(hash),
                Cell::Null,
                Cell::Text(&args.name),
                Cell::Text(kind),
                Cell::Text(about),
                Cell::Int(count),
                Cell::from(year),
            ];
            rows.push(&cells).map_err(|error| Failure::new(error.to_string()))?;
            chunk.records.push(RecordKey { id, updated: i32::MIN, hash, ordinal: 0 });
        }
    }
    chunk.take(&mut rows)?;
    Ok(chunk)
}

/// Stages what is computed.
struct CellSink<'a, D> {
    writer: UnitWriter<'a>,
    dataset: &'a D,
    bar: indicatif::ProgressBar,
    /// Cells by kind and year.
    cells: BTreeMap<(&'static str, i16), u64>,
}

impl<D: Fn(&str, i16) -> i64 + Sync> Sink for CellSink<'_, D> {
    type Error = Failure;

    fn receive(&mut self, output: Output, batch: RecordBatch) -> Result<()> {
        check()?;
        let Some((_, kind, table)) = OUTPUTS.iter().find(|(of, ..)| *of == output) else { return Ok(()) };
        let years = batch.column_by_name("year").ok_or_else(|| Failure::new("cells without a year"))?.as_primitive::<Int16Type>();
        let mut ids = Vec::with_capacity(batch.num_rows());
        for years in years.values().chunk_by(|a, b| a == b) {
            let Some(&year) = years.first() else { continue };
            ids.resize(ids.len() + years.len(), (self.dataset)(kind, year));
            *self.cells.entry((kind, year)).or_default() += years.len() as u64;
        }
        let ids: ArrayRef = Arc::new(Int64Array::from(ids));
        let column = |column: &dari_model::Column| -> Result<ArrayRef> {
            let from = match column.name {
                "dataset_id" => return Ok(ids.clone()),
                "year_from" | "year_to" => "year",
                name => name,
            };
            match batch.column_by_name(from) {
                Some(values) => Ok(cast(values, &column.kind.data_type())?),
                None => Ok(new_null_array(&column.kind.data_type(), batch.num_rows())),
            }
        };
        let columns = table.columns.iter().map(column).collect::<Result<Vec<_>>>()?;
        self.bar.inc(batch.num_rows() as u64);
        let batch = RecordBatch::try_new(Arc::new(table.schema()), columns)?;
        Ok(self.writer.write(&Chunk { tables: vec![(table, batch)], ..Chunk::default() })?)
    }
}

fn topics(snapshot: &Snapshot, common: &Common) -> Result<Vec<Topic>> {
    let mut topics = Vec::new();
    for batch in snapshot.query("SELECT id, subfield_id FROM topics ORDER BY id", &common.options())? {
        let (ids, subfields) = (batch.column(0).as_primitive::<Int32Type>(), batch.column(1).as_primitive::<Int32Type>());
        topics.extend(ids.values().iter().zip(subfields.values()).map(|(&id, &subfield)| Topic { id, subfield }));
    }
    if topics.is_empty() {
        return Err(Failure::new("no topics loaded").hint("Load them with `dari load topics FILE`."));
    }
    Ok(topics)
}

/// What citations are counted from, where the user leaves it open.
fn citation_source(snapshot: &Snapshot, common: &Common, asked: Citations) -> Result<CitationSource> {
    Ok(match asked {
        Citations::References => CitationSource::References,
        Citations::ByYear => CitationSource::CountsByYear,
        Citations::Total => CitationSource::Total,
        Citations::Auto => {
            let number = |query: &str| -> Result<i64> {
                let batches = snapshot.query(query, &common.options())?;
                let value = batches.first().filter(|batch| batch.num_rows() > 0 && !batch.column(0).is_null(0));
                Ok(value.map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0)))
            };
            let said = number("SELECT CAST(sum(CAST(cited_by_count AS BIGINT)) AS BIGINT) FROM works")?;
            let inside = || number("SELECT count(*) FROM citations c JOIN works w ON w.id = c.cited");
            // References are loaded in earnest only where they account for much of what works are cited; a few works of a large literature cite mostly others.
            if snapshot.rows("citations") as i64 * 2 >= said.max(1) && inside()? * 2 >= said.max(1) {
                CitationSource::References
            } else if snapshot.rows("citations_by_year") > 0 {
                CitationSource::CountsByYear
            } else {
                CitationSource::Total
            }
        }
    })
}

/// The first and last year that the source gives counts by year for. Years beyond that of the lake's newest load are wrong.
fn years_counted(snapshot: &Snapshot, common: &Common) -> Result<Option<Period>> {
    let query = format!("SELECT min(year), max(year) FROM citations_by_year WHERE year <= {}", analysis::last_year(snapshot));
    let batches = snapshot.query(&query, &common.options())?;
    let known = batches.first().filter(|batch| batch.num_rows() > 0 && !batch.column(0).is_null(0));
    let year = |batch: &RecordBatch, column: usize| batch.column(column).as_primitive::<Int16Type>().value(0);
    Ok(known.map(|batch| Period { from: year(batch, 0), to: year(batch, 1) }))
}

/// What the cubes of each year depend on, in a number: its works with their authorships, where citations come from references the works of the window's years
/// too and where they come from counts by year which years of the window are counted, the inferred topics and matched affiliations of the lake, and how they are
/// computed.
fn fingerprints(
    snapshot: &Snapshot,
    common: &Common,
    source: CitationSource,
    seen: Option<Period>,
    about: &str,
) -> Result<BTreeMap<i16, i64>> {
    let mut works: BTreeMap<i16, (i64, i64)> = BTreeMap::new();
    let query =
        "SELECT publication_year, count(*), bit_xor(record_hash) FROM works WHERE publication_year IS NOT NULL GROUP BY publication_year";
    for batch in snapshot.query(query, &common.options())? {
        let years = batch.column(0).as_primitive::<Int16Type>();
        let (counts, hashes) = (batch.column(1).as_primitive::<Int64Type>(), batch.column(2).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            works.insert(years.value(row), (counts.value(row), hashes.value(row)));
        }
    }
    let mut tables = vec!["topics", "inferred_topics", "affiliations", "affiliation_organisations"];
    if snapshot.rows("affiliation_organisations") > 0 {
        // The country of an organisation that an affiliation was matched with.
        tables.push("organisations");
    }
    let versions: Vec<_> = tables.iter().map(|table| snapshot.commit.tables.get(*table).map(|table| table.version)).collect();
    let hash = |year: i16| {
        let window = WINDOW.years(year);
        let years: Vec<_> = works.range(year..=if source == CitationSource::References { window.to } else { year }).collect();
        let seen: Vec<i16> =
            (window.from..=window.to).filter(|year| seen.is_some_and(|seen| seen.from <= *year && *year <= seen.to)).collect();
        record_hash(format!("{years:?} {seen:?} {versions:?} {about}").as_bytes())
    };
    Ok(works.keys().map(|year| (*year, hash(*year))).collect())
}

/// The fingerprints of the years that are in the lake.
fn known(snapshot: &Snapshot, common: &Common, kind: &'static str, name: &str) -> Result<BTreeMap<i16, i64>> {
    let mut known = BTreeMap::new();
    let query = format!("SELECT name, year, record_hash FROM datasets WHERE kind = '{kind}' AND year IS NOT NULL");
    for batch in snapshot.query(&query, &common.options())? {
        let names = cast(batch.column(0), &arrow::datatypes::DataType::Utf8)?;
        let (years, hashes) = (batch.column(1).as_primitive::<Int16Type>(), batch.column(2).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            if names.as_string::<i32>().value(row) == name {
                known.insert(years.value(row), hashes.value(row));
            }
        }
    }
    Ok(known)
}

/// The years whose works are counted, among all.
struct Years<'a> {
    counted: &'a BTreeSet<i16>,
    all: &'a BTreeMap<i16, i64>,
}

impl Years<'_> {
    /// A condition on a column with a work: it is of one of these years, or of one that follows within `window`. Nothing where that is so of all works.
    fn of(&self, work: &str, window: i16) -> String {
        let wanted: BTreeSet<i16> = self.counted.iter().flat_map(|year| *year..=year.saturating_add(window)).collect();
        if self.all.keys().all(|year| wanted.contains(year)) {
            return String::new();
        }
        let list = wanted.iter().map(i16::to_string).collect::<Vec<_>>().join(", ");
        format!(" WHERE {work} IN (SELECT id FROM works WHERE publication_year IS NULL OR publication_year IN ({list}))")
    }
}

/// Hands the works of the years asked for, and what belongs to them, to the collector.
fn feed(
    snapshot: &Snapshot,
    common: &Common,
    source: CitationSource,
    years: &Years<'_>,
    collector: &Collector,
    threads: usize,
) -> Result<()> {
    // Works of the years after them cite them.
    let window = if source == CitationSource::References { i16::from(WINDOW.years_after) } else { 0 };
    let (topic, topics) = topic_of_works(snapshot);
    let works = format!(
        "SELECT w.id, w.publication_year, w.type, {topic} AS topic_id, w.cited_by_count, w.is_retracted, w.is_expansion FROM works w {topics}{}",
        years.of("w.id", window)
    );
    let authorships = if snapshot.rows("affiliation_organisations") == 0 {
        "SELECT a.work_id, coalesce(a.organisation_id, a.institution_id) AS organisation_id, a.country, a.weight FROM authorships a"
            .to_owned()
    } else {
        // An affiliation of several organisations gives each an equal part.
        "SELECT a.work_id, coalesce(a.organisation_id, m.organisation_id, a.institution_id) AS organisation_id,
                coalesce(m.country, a.country, f.country) AS country, a.weight / coalesce(m.organisations, 1) AS weight
         FROM authorships a
         LEFT JOIN affiliations f ON f.id = a.affiliation_id AND a.institution_id IS NULL
         LEFT JOIN (SELECT o.affiliation_id, o.organisation_id, r.country, count(*) OVER (PARTITION BY o.affiliation_id) AS organisations
                    FROM affiliation_organisations o LEFT JOIN organisations r ON r.id = o.organisation_id) m
              ON m.affiliation_id = a.affiliation_id AND a.institution_id IS NULL AND a.organisation_id IS NULL"
            .to_owned()
    };
    let take = |what, query: &str, into| take(snapshot, common, collector, threads, what, query, into);
    take("works", &works, Feeder::works)?;
    take("authorships", &format!("{authorships}{}", years.of("a.work_id", 0)), Feeder::authorships)?;
    match source {
        CitationSource::References => {
            take("references", &format!("SELECT citing, cited FROM citations{}", years.of("citing", window)), Feeder::references)
        }
        CitationSource::CountsByYear => {
            let query = format!("SELECT work_id, year, citations FROM citations_by_year{}", years.of("work_id", 0));
            take("counts by year", &query, Feeder::citations_by_year)
        }
        CitationSource::Total => Ok(()),
    }
}

/// Hands the answer to a query to the collector, on several threads.
fn take<'c>(
    snapshot: &Snapshot,
    common: &Common,
    collector: &'c Collector,
    threads: usize,
    what: &'static str,
    query: &str,
    into: fn(&mut Feeder<'c>, &RecordBatch) -> std::result::Result<(), dari_cubes::Error>,
) -> Result<()> {
    let bar = count_bar(what);
    let mut feeders: Vec<Feeder<'c>> = (0..threads).map(|_| collector.feeder()).collect();
    let bar_of_all = &bar;
    let receivers = feeders.iter_mut().map(|feeder| {
        move |batch: RecordBatch| -> Result<()> {
            bar_of_all.inc(batch.num_rows() as u64);
            check()?;
            Ok(into(feeder, &batch)?)
        }
    });
    snapshot.for_each_part(query, &common.options(), receivers.collect())?;
    bar.finish_and_clear();
    feeders.into_iter().try_for_each(|feeder| Ok(feeder.finish()?))
}

fn check() -> Result<()> {
    if stopped() { Err(Failure::new("stopped by Ctrl-C").hint("The lake is as it was before.")) } else { Ok(()) }
}
