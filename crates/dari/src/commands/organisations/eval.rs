//! `dari organisations eval`.

use std::path::PathBuf;

use clap::Args;
use dari_model::proportion::Proportion;
use dari_organisations::evaluate::{Evaluation, evaluate, read_labels};
use dari_organisations::matcher::THRESHOLD;
use dari_organisations::{Index, Matcher};

use super::{matching::threshold, plot};
use crate::analysis;
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::register::register;
use crate::rows::Rows;

/// Arguments of `dari organisations eval`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari organisations eval crates/dari-organisations/labels/gold.csv
  dari organisations eval gold.csv --thresholds 0.5,0.8 --plot reliability.svg
  dari organisations eval gold.csv --errors --format csv > errors.csv

The file has the columns affiliation and ror_ids: ids separated by '|', or none. A column also may hold ids that count neither for nor against.
precision: share of matches that are right; recall: share of the expected organisations, as far as the register holds them, that were found;
false_matches: share of the affiliations without an organisation in the register that were given one; accuracy: affiliations with exactly what is expected.")]
pub(super) struct EvalArgs {
    /// Labelled affiliations (CSV)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Confidences from which a match counts
    #[arg(long, value_delimiter = ',', default_values_t = [THRESHOLD, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95], value_name = "0..1,…", value_parser = threshold)]
    thresholds: Vec<f32>,
    /// Show what was missed or wrong at the first threshold instead of figures
    #[arg(long)]
    errors: bool,
    /// Draw the reliability of confidences as SVG
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &EvalArgs) -> Result<()> {
    let shown = args.file.display().to_string();
    let file = std::fs::File::open(&args.file).map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    let labelled = read_labels(&shown, file)?;
    let register = register(&analysis::snapshot(common)?, common)?;
    let matcher = Matcher::new(&register);
    let evaluation = evaluate(&matcher, &register, &labelled, &args.thresholds);
    if args.errors {
        let names = |indices: &mut dyn Iterator<Item = Index>| {
            let one = |index: Index| format!("{} ({})", register.get(index).name, register.get(index).ror.as_deref().unwrap_or_default());
            indices.map(one).collect::<Vec<_>>().join("; ")
        };
        let misses = &evaluation.misses;
        let rows = Rows::default()
            .text("affiliation", misses.iter().map(|miss| Some(miss.affiliation.as_str())))
            .text("missed", misses.iter().map(|miss| Some(names(&mut miss.missed.iter().copied()))))
            .text("wrong", misses.iter().map(|miss| Some(names(&mut miss.wrong.iter().map(|(index, _)| *index)))))
            .float("wrong_confidence", misses.iter().map(|miss| miss.wrong.first().map(|(_, confidence)| f64::from(*confidence))));
        output::write_rows(common.format, rows)?;
    } else {
        print(common, &evaluation)?;
    }
    if let Some(path) = &args.plot {
        plot::reliability(path, &evaluation.reliability)?;
        say(&format!("reliability: {}", path.display()));
    }
    Ok(())
}

fn print(common: &Common, evaluation: &Evaluation) -> Result<()> {
    let scores = &evaluation.scores;
    let part = |pick: fn(&dari_organisations::evaluate::Scores) -> Option<Proportion>, of: fn(&Proportion) -> f64| {
        scores.iter().map(move |score| pick(score).map(|share| of(&share)))
    };
    let mut rows =
        Rows::default().float("threshold", scores.iter().map(|score| Some((f64::from(score.threshold) * 1000.0).round() / 1000.0)));
    type Pick = fn(&dari_organisations::evaluate::Scores) -> Option<Proportion>;
    let columns: [([&'static str; 3], Pick); 4] = [
        (["accuracy", "accuracy_low", "accuracy_high"], |score| score.accuracy),
        (["precision", "precision_low", "precision_high"], |score| score.precision),
        (["recall", "recall_low", "recall_high"], |score| score.recall),
        (["false_matches", "false_matches_low", "false_matches_high"], |score| score.false_matches),
    ];
    for ([value, low, high], pick) in columns {
        rows = rows.float(value, part(pick, |share| share.value));
        if common.format != Format::Table {
            rows = rows.float(low, part(pick, |share| share.low)).float(high, part(pick, |share| share.high));
        }
    }
    output::write_rows(common.format, rows)?;
    say(&format!(
        "{} affiliations; {} labels name organisations that the register does not hold and are left out of account",
        evaluation.affiliations, evaluation.not_in_register
    ));
    if let Some(first) = scores.first() {
        let tell = |share: Option<Proportion>| {
            share.map_or("none".to_owned(), |share| {
                format!("{:.3} ({:.3}-{:.3}, {} of {})", share.value, share.low, share.high, share.hits, share.of)
            })
        };
        say(&format!(
            "at {}: precision {}, recall {}, accuracy {}, false matches {}",
            first.threshold,
            tell(first.precision),
            tell(first.recall),
            tell(first.accuracy),
            tell(first.false_matches)
        ));
    }
    say("reliability: of matches of a confidence, how many are right");
    for bin in &evaluation.reliability {
        let bar = "█".repeat((bin.right.value * 40.0).round() as usize);
        say(&format!("  {:.2}  {bar:<40}  {:.2} of {}", bin.confidence, bin.right.value, bin.right.of));
    }
    Ok(())
}
