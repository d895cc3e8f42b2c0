//! `dari bench load`: loading OpenAlex works beside DuckDB.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use super::process::{Measured, measure};
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

const DUCKDB: &str = include_str!("duckdb_load.py");

/// Arguments of `dari bench load`.
#[derive(Debug, Args)]
pub(crate) struct LoadBench {
    /// Sizes of the input in GB of JSON lines
    #[arg(long, value_delimiter = ',', default_values_t = [0.5, 1.0, 2.0], value_name = "GB,…")]
    sizes: Vec<f64>,
    /// Real records to make the input from, again and again with new ids
    #[arg(long, default_value = "demo/openalex/works.jsonl.gz", value_name = "FILE")]
    from: PathBuf,
    /// Folder to make a temporary folder in, on a disk with room [default: the system's]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Python with the package duckdb
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    python: PathBuf,
    /// Measure dari alone, JSON lines only (the Parquet input is made by DuckDB)
    #[arg(long)]
    no_duckdb: bool,
}

struct Run {
    tool: &'static str,
    input: &'static str,
    gigabytes: f64,
    records: u64,
    measured: Measured,
}

pub(crate) fn run(common: &Common, args: &LoadBench) -> Result<()> {
    let workplace = super::workplace(args.work.as_deref())?;
    let work = workplace.path();
    let script = work.join("duckdb_load.py");
    fs::write(&script, DUCKDB)?;
    let mut runs = Vec::new();
    for gigabytes in &args.sizes {
        let json = work.join("works.jsonl");
        let records = generate(&args.from, &json, (gigabytes * 1e9) as u64)?;
        say(&format!(
            "{} records, {:.2} GB of JSON lines",
            output::thousands(&records.to_string()),
            fs::metadata(&json)?.len() as f64 / 1e9
        ));
        let mut inputs = vec![("json lines", json.clone())];
        if !args.no_duckdb {
            let parquet = work.join("works.parquet");
            to_parquet(&args.python, &json, &parquet)?;
            inputs.push(("parquet", parquet));
        }
        for (input, path) in inputs {
            let size = fs::metadata(&path)?.len() as f64 / 1e9;
            let dari = load_with_dari(work, &path)?;
            let mut counts = vec![dari.stdout.clone()];
            runs.push(Run { tool: "dari", input, gigabytes: size, records, measured: dari });
            if !args.no_duckdb {
                let duckdb = load_with_duckdb(&args.python, &script, work, &path)?;
                counts.push(duckdb.stdout.clone());
                runs.push(Run { tool: "duckdb", input, gigabytes: size, records, measured: duckdb });
            }
            compare(&counts)?;
            fs::remove_file(&path)?;
        }
    }
    let rows = Rows::default()
        .text("tool", runs.iter().map(|run| Some(run.tool)))
        .text("input", runs.iter().map(|run| Some(run.input)))
        .float("gigabytes", runs.iter().map(|run| Some(run.gigabytes)))
        .int("records", runs.iter().map(|run| Some(run.records as i64)))
        .float("seconds", runs.iter().map(|run| Some(run.measured.seconds)))
        .float("records_per_second", runs.iter().map(|run| Some(run.records as f64 / run.measured.seconds)))
        .float("megabytes_per_second", runs.iter().map(|run| Some(run.gigabytes * 1000.0 / run.measured.seconds)))
        .float("peak_memory_mb", runs.iter().map(|run| Some(run.measured.peak as f64 / 1e6)));
    output::write_rows(common.format, rows)?;
    say(
        "dari: the whole `dari load openalex --no-abstracts`, commit included; duckdb: the same tables to Parquet, from one pass over the input",
    );
    Ok(())
}

/// Writes real records over and over, each round with new ids, until there are `bytes` of them; gives how many.
fn generate(from: &Path, to: &Path, bytes: u64) -> Result<u64> {
    let file = dari_sources::File::local(from)
        .map_err(|error| Failure::from(error).hint("Name a file of OpenAlex works as JSON lines with --from."))?;
    let lines: Vec<String> = file.open()?.lines().collect::<std::io::Result<_>>()?;
    const OWN: &str = "{\"id\":\"https://openalex.org/W";
    let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let (mut written, mut records) = (0u64, 0u64);
    while written < bytes {
        let before = records;
        for line in &lines {
            let Some(rest) = line.strip_prefix(OWN) else { continue };
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            records += 1;
            let id = 7_000_000_000 + records;
            writeln!(out, "{OWN}{id}{rest}")?;
            written += (OWN.len() + 10 + rest.len() + 1) as u64;
            if written >= bytes {
                break;
            }
        }
        if records == before {
            return Err(
                Failure::new(format!("{}: no line begins with {OWN}…", from.display())).hint("Name a file of OpenAlex works with --from.")
            );
        }
    }
    out.flush()?;
    Ok(records)
}

fn to_parquet(python: &Path, json: &Path, parquet: &Path) -> Result<()> {
    let code = "import sys, duckdb; duckdb.execute(f\"COPY (SELECT * EXCLUDE abstract_inverted_index FROM read_json('{sys.argv[1]}', \
                format='newline_delimited', sample_size=20000, maximum_object_size=67108864, map_inference_threshold=100)) TO '{sys.argv[2]}' (FORMAT parquet)\")";
    measure(Command::new(python).arg("-c").arg(code).arg(json).arg(parquet))
        .map_err(|failure| failure.hint("Install DuckDB for Python (pip install duckdb), or give --no-duckdb."))?;
    Ok(())
}

fn load_with_dari(work: &Path, input: &Path) -> Result<Measured> {
    let lake = work.join("lake");
    if lake.exists() {
        fs::remove_dir_all(&lake)?;
    }
    let program = std::env::current_exe()?;
    let mut measured = measure(
        Command::new(&program).arg("--lake").arg(&lake).args(["load", "openalex", "--no-abstracts", "--entity", "works"]).arg(input),
    )?;
    let status = measure(Command::new(&program).arg("--lake").arg(&lake).args(["status", "--format", "csv"]))?;
    measured.stdout = status.stdout;
    fs::remove_dir_all(&lake)?;
    Ok(measured)
}

fn load_with_duckdb(python: &Path, script: &Path, work: &Path, input: &Path) -> Result<Measured> {
    let out = work.join("duckdb");
    fs::create_dir_all(&out)?;
    let threads = std::thread::available_parallelism().map_or(2, usize::from).to_string();
    let measured = measure(Command::new(python).arg(script).arg(input).arg(&out).arg(threads))?;
    fs::remove_dir_all(&out)?;
    Ok(measured)
}

/// Both must have found the same number of rows in each table.
fn compare(counts: &[String]) -> Result<()> {
    let [dari, duckdb] = counts else { return Ok(()) };
    for line in BufReader::new(duckdb.as_bytes()).lines() {
        let line = line?;
        let Some((table, rows)) = line.split_once(' ') else { continue };
        let ours = dari.lines().find_map(|line| line.strip_prefix(table)?.strip_prefix(',')?.split(',').next());
        if ours != Some(rows) {
            say(&format!("warning: {table} has {} rows by dari, {rows} by duckdb", ours.unwrap_or("no")));
        }
    }
    Ok(())
}
