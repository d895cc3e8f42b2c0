//! `dari bench organisations`: look-ups and matching, beside rapidfuzz.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use clap::Args;
use dari_organisations::evaluate::{Labelled, evaluate, read_labels};
use dari_organisations::matcher::{Scratch, THRESHOLD};
use dari_organisations::{Matcher, Register, Search};

use super::process::measure;
use crate::analysis;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::register::register;
use crate::rows::Rows;

const RAPIDFUZZ: &str = include_str!("rapidfuzz_match.py");

/// Arguments of `dari bench organisations`.
#[derive(Debug, Args)]
pub(crate) struct OrganisationsBench {
    /// Labelled affiliations
    #[arg(long, default_value = "crates/dari-organisations/labels/gold.csv", value_name = "FILE")]
    labels: PathBuf,
    /// Affiliations of them that rapidfuzz matches (it compares each with every name)
    #[arg(long, default_value_t = 100, value_name = "N")]
    peer_affiliations: usize,
    /// The least score that counts for rapidfuzz, 0 to 100
    #[arg(long, default_value_t = 90.0, value_name = "SCORE")]
    peer_cutoff: f64,
    /// Python with the package rapidfuzz
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    python: PathBuf,
    /// Measure dari alone
    #[arg(long)]
    no_rapidfuzz: bool,
}

struct Line {
    what: String,
    count: usize,
    seconds: f64,
    precision: Option<f64>,
    recall: Option<f64>,
}

pub(crate) fn run(common: &Common, args: &OrganisationsBench) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let mut lines = Vec::new();
    let mut time = |what: &str, count: usize, begin: Instant| {
        let seconds = begin.elapsed().as_secs_f64();
        lines.push(Line { what: what.to_owned(), count, seconds, precision: None, recall: None });
    };
    let begin = Instant::now();
    let register = register(&snapshot, common)?;
    time("read the register from the lake (organisations)", register.all().len(), begin);
    let begin = Instant::now();
    let search = Search::new(&*register);
    time("build the index of names (organisations)", register.all().len(), begin);
    let begin = Instant::now();
    let matcher = Matcher::new(&register);
    time("build the matcher (organisations)", register.all().len(), begin);

    // Every fifth organisation's names: as they are, the first half of them, with a letter left out.
    let names: Vec<&str> = register.all().iter().step_by(5).flat_map(|one| &one.names).map(|name| name.text.as_str()).collect();
    let half = |name: &str| name.chars().take(name.chars().count().div_ceil(2)).collect::<String>();
    let misspelt = |name: &str| name.chars().enumerate().filter(|(at, _)| *at != 5).map(|(_, c)| c).collect::<String>();
    let whole = |name: &str| name.to_owned();
    let queries = |change: &dyn Fn(&str) -> String| names.iter().map(|name| change(name)).collect::<Vec<String>>();
    for (kind, queries) in [("whole", queries(&whole)), ("begun", queries(&half)), ("misspelt", queries(&misspelt))] {
        let begin = Instant::now();
        let found: usize = queries.iter().map(|query| search.find(query, 10).len()).sum();
        time(&format!("look up {kind} names, one core ({found} found)"), queries.len(), begin);
    }
    let texts = affiliations(common, &snapshot)?;
    if !texts.is_empty() {
        for threads in [1, std::thread::available_parallelism().map_or(2, usize::from)] {
            let begin = Instant::now();
            let found = match_with(&matcher, &texts, threads)?;
            time(&format!("match the lake's affiliations, threads: {threads} ({found} with an organisation)"), texts.len(), begin);
        }
    }
    let shown = args.labels.display().to_string();
    let file = std::fs::File::open(&args.labels)
        .map_err(|error| Failure::new(format!("{shown}: {error}")).hint("Name a labelled file with --labels."))?;
    let labelled = read_labels(&shown, file)?;
    let begin = Instant::now();
    let evaluation = evaluate(&matcher, &register, &labelled, &[THRESHOLD]);
    // The evaluation matches every affiliation twice, the second time for the reliability.
    let scores = &evaluation.scores[0];
    lines.push(Line {
        what: "dari on labelled affiliations, one core".to_owned(),
        count: labelled.len() * 2,
        seconds: begin.elapsed().as_secs_f64(),
        precision: scores.precision.map(|share| share.value),
        recall: scores.recall.map(|share| share.value),
    });
    if !args.no_rapidfuzz {
        // Both on the same affiliations, with the same labels.
        let few = &labelled[..args.peer_affiliations.min(labelled.len())];
        let begin = Instant::now();
        let evaluation = evaluate(&matcher, &register, few, &[THRESHOLD]);
        lines.push(Line {
            what: "dari on those that rapidfuzz matches, one core".to_owned(),
            count: few.len() * 2,
            seconds: begin.elapsed().as_secs_f64(),
            precision: evaluation.scores[0].precision.map(|share| share.value),
            recall: evaluation.scores[0].recall.map(|share| share.value),
        });
        lines.push(peer(args, &register, few)?);
    }
    let rows = Rows::default()
        .text("what", lines.iter().map(|line| Some(line.what.as_str())))
        .int("count", lines.iter().map(|line| Some(line.count as i64)))
        .float("seconds", lines.iter().map(|line| Some(line.seconds)))
        .float("per_second", lines.iter().map(|line| Some(line.count as f64 / line.seconds)))
        .float("precision", lines.iter().map(|line| line.precision))
        .float("recall", lines.iter().map(|line| line.recall));
    output::write_rows(common.format, rows)?;
    say(
        "rapidfuzz: the name with the best WRatio among all names of the register; one organisation an affiliation at most, no knowledge of places",
    );
    Ok(())
}

/// Every different affiliation that authorships print.
fn affiliations(common: &Common, snapshot: &dari_lake::Snapshot) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let query = "SELECT DISTINCT raw_affiliation FROM authorships WHERE raw_affiliation IS NOT NULL";
    snapshot.for_each(query, &common.options(), |batch| -> Result<()> {
        let column = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8)?;
        let column = arrow::array::AsArray::as_string::<i32>(&column);
        texts.extend(column.iter().flatten().map(str::to_owned));
        Ok(())
    })?;
    Ok(texts)
}

fn match_with(matcher: &Matcher<'_>, texts: &[String], threads: usize) -> Result<usize> {
    let part = |texts: &[String]| {
        let mut scratch = Scratch::default();
        texts.iter().filter(|text| !matcher.find(text, THRESHOLD, &mut scratch).organisations.is_empty()).count()
    };
    std::thread::scope(|scope| {
        let part = &part;
        let parts: Vec<_> = texts.chunks(texts.len().div_ceil(threads)).map(|texts| scope.spawn(move || part(texts))).collect();
        let died = |_| Failure::new("a thread that matches stopped unexpectedly");
        parts.into_iter().map(|part| part.join().map_err(died)).sum()
    })
}

fn peer(args: &OrganisationsBench, register: &Register, labelled: &[Labelled]) -> Result<Line> {
    let work = tempfile::tempdir()?;
    let (script, names) = (work.path().join("rapidfuzz_match.py"), work.path().join("names.csv"));
    std::fs::write(&script, RAPIDFUZZ)?;
    let mut csv = csv::Writer::from_path(&names).map_err(|error| Failure::new(error.to_string()))?;
    let mut write = |record: [&str; 2]| csv.write_record(record).map_err(|error| Failure::new(error.to_string()));
    write(["ror", "name"])?;
    for (index, one) in register.all().iter().enumerate() {
        let ror = register.get(register.today(index as u32)).ror.as_deref().unwrap_or_default();
        one.names.iter().try_for_each(|name| write([ror, &name.text]))?;
    }
    csv.flush()?;
    // Labels as dari takes them: organisations that ended stand for those that follow them, in the names above too.
    let labels = work.path().join("labels.csv");
    let mut csv = csv::Writer::from_path(&labels).map_err(|error| Failure::new(error.to_string()))?;
    let today = |ids: &std::collections::BTreeSet<String>| {
        let of = |id: &String| register.by_ror(id).and_then(|index| register.get(register.today(index)).ror.clone());
        ids.iter().filter_map(of).collect::<Vec<_>>().join("|")
    };
    let mut write = |record: [&str; 3]| csv.write_record(record).map_err(|error| Failure::new(error.to_string()));
    write(["affiliation", "ror_ids", "also"])?;
    labelled.iter().try_for_each(|one| write([&one.affiliation, &today(&one.expected), &today(&one.also)]))?;
    csv.flush()?;
    let measured = measure(Command::new(&args.python).arg(&script).arg(&names).arg(&labels).arg(args.peer_cutoff.to_string()))
        .map_err(|failure| failure.hint("Install rapidfuzz for Python (pip install rapidfuzz), or give --no-rapidfuzz."))?;
    let numbers: Vec<f64> = measured.stdout.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let &[count, seconds, precision, recall] = numbers.as_slice() else {
        return Err(Failure::new(format!("rapidfuzz said '{}'", measured.stdout.trim())));
    };
    Ok(Line {
        what: "rapidfuzz on labelled affiliations, one core".to_owned(),
        count: count as usize,
        seconds,
        precision: Some(precision),
        recall: Some(recall),
    })
}
