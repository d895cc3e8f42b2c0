//! `dari bench world`: a generated research world to load and measure with.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::{Args, ValueEnum};
use dari_testkit::{Forms, Options, World};

use crate::error::{Failure, Result};
use crate::output::thousands;
use crate::progress::{count_bar, say, stopped};

/// Arguments of `dari bench world`.
#[derive(Debug, Args)]
pub(crate) struct WorldBench {
    /// Number of works
    #[arg(long, value_name = "N")]
    works: u64,
    /// The same seed, works and parts give the same bytes, whatever the number of threads
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Folder to write to, which must be empty or not be there: data/FORMAT/ENTITY as in the OpenAlex snapshot, and truth/
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Form of the records (`--format` is the form of answers)
    #[arg(long, value_enum, default_value_t = Form::Parquet)]
    form: Form,
    /// Part files of works [default: one for every 50,000, at least 4]
    #[arg(long, value_name = "N")]
    parts: Option<u64>,
    /// Threads [default: as many as the machine has]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Folder with the real data to follow
    #[arg(long, default_value = "demo", value_name = "DIR")]
    demo: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Parquet,
    Jsonl,
    Both,
}

pub(crate) fn run(args: &WorldBench) -> Result<()> {
    let begin = Instant::now();
    let options = Options { works: args.works, seed: args.seed, parts: args.parts, demo: args.demo.clone() };
    let world = World::new(&options).map_err(failure)?;
    let prepared = begin.elapsed().as_secs_f64();
    let forms = Forms { parquet: !matches!(args.form, Form::Jsonl), jsonl: !matches!(args.form, Form::Parquet) };
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let bar = count_bar("works");
    let done = AtomicU64::new(0);
    // Told of every work twice: when its references are drawn, and when it is written.
    let progress = |works: u64| {
        bar.set_position(done.fetch_add(works, Ordering::Relaxed).saturating_add(works) / 2);
        if stopped() { Err(dari_testkit::Error::Stopped) } else { Ok(()) }
    };
    let summary = dari_testkit::write(&world, &args.out, forms, threads, &progress).map_err(failure)?;
    bar.finish_and_clear();
    let seconds = begin.elapsed().as_secs_f64();
    let count = |number: u64| thousands(&number.to_string());
    say(&format!(
        "{} works in {} parts, {} authorships, {} references, {} works without a country, {} in two folders, {} records without an id",
        count(summary.works),
        count(world.parts()),
        count(summary.authorships),
        count(summary.references),
        count(summary.without_country),
        count(summary.doubles),
        count(summary.without_id),
    ));
    say(&format!(
        "{seconds:.1} seconds, {prepared:.1} of them for fitting; {} works a second",
        count((summary.works as f64 / (seconds - prepared).max(0.001)) as u64)
    ));
    Ok(())
}

fn failure(error: dari_testkit::Error) -> Failure {
    use dari_testkit::Error;
    let hint = match &error {
        Error::NotEmpty(_) => "Give a folder that is empty or not there with --out.",
        Error::Demo { .. } => "Name the folder with the data that ship with dari with --demo.",
        Error::Io { error, .. } if error.kind() == std::io::ErrorKind::NotFound => {
            "Name the folder with the data that ship with dari with --demo."
        }
        _ => return if matches!(error, Error::Option(_)) { Failure::misuse(error.to_string()) } else { Failure::new(error.to_string()) },
    };
    Failure::new(error.to_string()).hint(hint)
}
