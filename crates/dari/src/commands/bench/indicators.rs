//! `dari bench indicators`: cubes of generated worlds beside DuckDB.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use dari_lake::Lake;

use super::process::{Measured, measure};
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

const DUCKDB: &str = include_str!("duckdb_cubes.py");

/// Arguments of `dari bench indicators`.
#[derive(Debug, Args)]
pub(crate) struct IndicatorsBench {
    /// Sizes of the worlds in millions of works
    #[arg(long, value_delimiter = ',', default_values_t = [0.3, 1.0, 3.0, 10.0], value_name = "MILLIONS,…")]
    sizes: Vec<f64>,
    /// Folder to make a temporary folder in, on a disk with room [default: the system's]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Folder with the real data that worlds follow
    #[arg(long, default_value = "demo", value_name = "DIR")]
    demo: PathBuf,
    /// Python with the package duckdb
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    python: PathBuf,
    /// Measure dari alone
    #[arg(long)]
    no_duckdb: bool,
    /// Measure each table by itself too
    #[arg(long)]
    tables: bool,
}

/// Tables with the kind of their data sets.
const TABLES: [(&str, &str); 5] = [
    ("country_topic_year", "country-topic"),
    ("country_pair_topic_year", "country-pairs"),
    ("organisation_topic_year", "organisation-topic"),
    ("country_works", "country-works"),
    ("citation_cohorts", "citation-cohorts"),
];
/// Tables that everything is computed from.
const INPUT: [&str; 4] = ["works", "authorships", "citations_by_year", "topics"];

struct Run {
    tool: &'static str,
    what: String,
    works: u64,
    input: u64,
    measured: Measured,
    differing: Option<u64>,
}

pub(crate) fn run(common: &Common, args: &IndicatorsBench) -> Result<()> {
    let workplace = super::workplace(args.work.as_deref())?;
    let work = workplace.path();
    let mut runs = Vec::new();
    for millions in &args.sizes {
        let works = (millions * 1e6).round() as u64;
        let (world, lake, out) = (work.join("world"), work.join("lake"), work.join("duckdb"));
        for folder in [&world, &lake, &out] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        fs::create_dir_all(&out)?;
        dari(&lake, &["bench", "world", "--works", &works.to_string(), "--out", &text(&world), "--demo", &text(&args.demo)])?;
        dari(&lake, &["load", "openalex", "--no-abstracts", &text(&world.join("data").join("parquet"))])?;
        fs::remove_dir_all(&world)?;
        say(&format!("{} works generated and loaded", output::thousands(&works.to_string())));
        let input = files(&lake, &INPUT)?.values().flatten().map(|path| Ok(fs::metadata(path)?.len())).sum::<Result<u64>>()?;
        let mut push =
            |tool, what: &str, measured, differing| runs.push(Run { tool, what: what.to_owned(), works, input, measured, differing });
        push("dari", "all tables, written to the lake", dari(&lake, &["compute", "--citations", "by-year"])?, None);
        let compare = ["compare", "KR", "US", "JP", "--dataset", "works"];
        push("dari", "a comparison of three countries", dari(&lake, &[&compare[..], &["--resamples", "0"]].concat())?, None);
        push("dari", "the same with stability intervals", dari(&lake, &compare)?, None);
        if !args.no_duckdb {
            let duckdb = duckdb(&args.python, work, &lake, &out, &[])?;
            let compared = duckdb_compare(&args.python, work, &lake, &out)?;
            push("duckdb", "all tables, written to Parquet", duckdb, Some(compared));
        }
        for (table, kind) in TABLES.into_iter().filter(|_| args.tables) {
            let compute = ["compute", "--citations", "by-year", "--name", kind, "--only", kind];
            push("dari", &format!("{table} alone"), dari(&lake, &compute)?, None);
            if !args.no_duckdb {
                push("duckdb", &format!("{table} alone"), self::duckdb(&args.python, work, &lake, &out, &[table])?, None);
            }
        }
    }
    let rows = Rows::default()
        .text("tool", runs.iter().map(|run| Some(run.tool)))
        .text("what", runs.iter().map(|run| Some(run.what.as_str())))
        .int("works", runs.iter().map(|run| Some(run.works as i64)))
        .float("seconds", runs.iter().map(|run| Some(run.measured.seconds)))
        .float("microseconds_per_work", runs.iter().map(|run| Some(run.measured.seconds * 1e6 / run.works as f64)))
        .float("input_mb", runs.iter().map(|run| Some(run.input as f64 / 1e6)))
        .float("peak_memory_mb", runs.iter().map(|run| Some(run.measured.peak as f64 / 1e6)))
        .int("cells_that_differ", runs.iter().map(|run| run.differing.map(|count| count as i64)));
    output::write_rows(common.format, rows)?;
    say(
        "dari: the whole `dari compute --citations by-year`, start, reading, merge and commit included; duckdb: the same cubes in SQL over the same Parquet files, compared cell by cell",
    );
    Ok(())
}

/// The data files of tables, as the newest version of the lake has them.
fn files(lake: &Path, tables: &[&'static str]) -> Result<BTreeMap<&'static str, Vec<PathBuf>>> {
    let snapshot = Lake::open(lake)?.snapshot(None)?;
    tables.iter().map(|table| Ok((*table, snapshot.files(table)?))).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn dari(lake: &Path, args: &[&str]) -> Result<Measured> {
    measure(Command::new(std::env::current_exe()?).arg("--lake").arg(lake).args(args))
}

fn duckdb(python: &Path, work: &Path, lake: &Path, out: &Path, more: &[&str]) -> Result<Measured> {
    let (script, list) = (work.join("duckdb_cubes.py"), work.join("files.json"));
    fs::write(&script, DUCKDB)?;
    let tables: Vec<&'static str> = INPUT.into_iter().chain(TABLES.map(|(table, _)| table)).collect();
    let json = serde_json::to_vec(&files(lake, &tables)?).map_err(|error| Failure::new(error.to_string()))?;
    fs::write(&list, json)?;
    let threads = std::thread::available_parallelism().map_or(2, usize::from).to_string();
    measure(Command::new(python).arg(&script).arg(&list).arg(out).arg(threads).args(more))
        .map_err(|failure| failure.hint("Install DuckDB for Python (pip install duckdb), or give --no-duckdb."))
}

/// Cells that are not the same in both, of all cubes.
fn duckdb_compare(python: &Path, work: &Path, lake: &Path, out: &Path) -> Result<u64> {
    let told = duckdb(python, work, lake, out, &["compare"])?.stdout;
    let differing = told.lines().filter_map(|line| line.split_whitespace().nth(2)?.parse::<u64>().ok()).collect::<Vec<_>>();
    if differing.len() == 5 { Ok(differing.iter().sum()) } else { Err(Failure::new(format!("duckdb said '{}'", told.trim()))) }
}
