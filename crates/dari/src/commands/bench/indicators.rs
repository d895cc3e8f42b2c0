//! `dari bench indicators`: cubes of generated worlds beside DuckDB.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

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
    #[arg(long, value_delimiter = ',', default_values_t = [0.3, 1.0, 3.0], value_name = "MILLIONS,…")]
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
}

struct Run {
    tool: &'static str,
    what: String,
    works: u64,
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
        let mut push = |tool, what: &str, measured, differing| runs.push(Run { tool, what: what.to_owned(), works, measured, differing });
        push("dari", "all tables, written to the lake", dari(&lake, &["compute", "--citations", "by-year"])?, None);
        push(
            "dari",
            "a comparison of three countries from the cubes",
            dari(&lake, &["compare", "KR", "US", "JP", "--dataset", "works"])?,
            None,
        );
        if !args.no_duckdb {
            let duckdb = duckdb(&args.python, work, &lake, &out, &[])?;
            let compared = duckdb_compare(&args.python, work, &lake, &out)?;
            push("duckdb", "all tables, written to Parquet", duckdb, Some(compared));
        }
    }
    let rows = Rows::default()
        .text("tool", runs.iter().map(|run| Some(run.tool)))
        .text("what", runs.iter().map(|run| Some(run.what.as_str())))
        .int("works", runs.iter().map(|run| Some(run.works as i64)))
        .float("seconds", runs.iter().map(|run| Some(run.measured.seconds)))
        .float("microseconds_per_work", runs.iter().map(|run| Some(run.measured.seconds * 1e6 / run.works as f64)))
        .float("peak_memory_mb", runs.iter().map(|run| Some(run.measured.peak as f64 / 1e6)))
        .int("cells_that_differ", runs.iter().map(|run| run.differing.map(|count| count as i64)));
    output::write_rows(common.format, rows)?;
    say(
        "dari: the whole `dari compute --citations by-year`, start, reading, merge and commit included; duckdb: the same cubes in SQL over the same Parquet files, compared cell by cell",
    );
    Ok(())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn dari(lake: &Path, args: &[&str]) -> Result<Measured> {
    measure(Command::new(std::env::current_exe()?).arg("--lake").arg(lake).args(args))
}

fn duckdb(python: &Path, work: &Path, lake: &Path, out: &Path, more: &[&str]) -> Result<Measured> {
    let script = work.join("duckdb_cubes.py");
    fs::write(&script, DUCKDB)?;
    let threads = std::thread::available_parallelism().map_or(2, usize::from).to_string();
    measure(Command::new(python).arg(&script).arg(lake).arg(out).arg(threads).args(more))
        .map_err(|failure| failure.hint("Install DuckDB for Python (pip install duckdb), or give --no-duckdb."))
}

/// Cells that are not the same in both, of all cubes.
fn duckdb_compare(python: &Path, work: &Path, lake: &Path, out: &Path) -> Result<u64> {
    let told = duckdb(python, work, lake, out, &["compare"])?.stdout;
    let differing = told.lines().filter_map(|line| line.split_whitespace().nth(2)?.parse::<u64>().ok()).collect::<Vec<_>>();
    if differing.len() == 5 { Ok(differing.iter().sum()) } else { Err(Failure::new(format!("duckdb said '{}'", told.trim()))) }
}
