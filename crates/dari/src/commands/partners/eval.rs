//! `dari partners eval`.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use dari_indicators::statistics::Estimate;
use dari_partners::{EvaluationOptions, Foretold, Hardness, Kind, LEAST, Links, Measure, Model, Past, Score, Sides, evaluate, learn};

use super::plot;
use super::sides::Names;
use crate::analysis;
use crate::cli::{Common, Format, Lang};
use crate::corpus::{self, CorpusArgs};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{reach, say, units_bar};
use crate::rows::Rows;

/// Arguments of `dari partners eval`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners eval --train-until 2018 --horizon 5 --venue ICRA
  dari partners eval --who organisations --train-until 2018 --horizon 5 --format csv > eval.csv
  dari partners eval --train-until 2018 --venue ICRA --chances --plot chances.svg
  dari partners eval --train-until 2018 --who organisations --sides KR US
  dari partners eval --train-until 2018 --venue ICRA --without words,topics      what titles and topics are worth

Everything up to --train-until is known; pairs that work together for the first time in the --horizon years after are to be found
among pairs that do not: random ones, and hard ones that heuristics rank first. The model learns from the years before in the same
way. Hits@50, MRR (a pair among those of both its sides), average precision and NDCG@20 (a member's list) with 95 % intervals; and how far dari is ahead of
each heuristic on the very same pairs.")]
pub(super) struct EvalArgs {
    #[command(flatten)]
    corpus: CorpusArgs,
    /// The last year that is known
    #[arg(long, value_parser = clap::value_parser!(i16).range(1..=3000), value_name = "YEAR")]
    train_until: i16,
    /// Years in which first joint works are to be found
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i16).range(1..=100), value_name = "YEARS")]
    horizon: i16,
    /// The most pairs to be found, drawn from all; as many again from international ones
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(30..), value_name = "N")]
    pairs: u32,
    /// Only pairs between these two sides, as `dari partners suggest` takes them: KR US, group:kr-gri US, KR,JP US
    #[arg(long, num_args = 2, value_names = ["SIDE", "SIDE"])]
    sides: Option<Vec<String>>,
    /// Learn without features of these kinds, to see what they are worth
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND,…")]
    without: Vec<KindArg>,
    /// Show instead how often pairs came together that were foretold with about the same chance
    #[arg(long)]
    chances: bool,
    /// Draw chances beside what came into this file (SVG)
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Seed of all draws: the same seed gives the same answer
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Resamples behind the intervals
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(40..), value_name = "N")]
    resamples: u32,
}

/// Kinds of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// How the two hang together through others
    Links,
    /// How much the two do, and with how many
    Size,
    /// Topics of their works
    Topics,
    /// Words of their titles
    Words,
    /// When they worked
    Time,
    /// Their organisations (of organisations: their researchers)
    Affiliates,
    /// Their countries, and how international they are
    Countries,
    /// How near their organisations lie to each other
    Places,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Kind {
        match kind {
            KindArg::Links => Kind::Links,
            KindArg::Size => Kind::Size,
            KindArg::Topics => Kind::Topics,
            KindArg::Words => Kind::Words,
            KindArg::Time => Kind::Time,
            KindArg::Affiliates => Kind::Affiliates,
            KindArg::Countries => Kind::Countries,
            KindArg::Places => Kind::Places,
        }
    }
}

pub(super) fn run(common: &Common, args: &EvalArgs, groups: Option<&PathBuf>) -> Result<()> {
    let begin = Instant::now();
    let snapshot = analysis::snapshot(common)?;
    let named = corpus::read(&snapshot, common, &args.corpus)?;
    named.tell(common);
    let names = Names::new(common, &snapshot, groups)?;
    let sides =
        args.sides.as_ref().map(|sides| sides.iter().map(|side| names.side(side, &named)).collect::<Result<Vec<_>>>()).transpose()?;
    let members = |past: &Past| {
        let of = |side: usize| sides.as_ref().map_or_else(Vec::new, |sides| names.members(&sides[side], &named, past, None));
        [of(0), of(1)]
    };
    let without: Vec<Kind> = args.without.iter().map(|kind| (*kind).into()).collect();
    let read = begin.elapsed();
    let options = EvaluationOptions {
        pairs: args.pairs as usize,
        seed: args.seed,
        resamples: args.resamples,
        ..EvaluationOptions::new(args.train_until, args.horizon)
    };
    let few = |error: dari_partners::Error| {
        Failure::new(error.to_string()).hint("Choose another --train-until or a longer --horizon, or load more works.")
    };
    let bar = units_bar(common.pick("members whose pairs are learned", "학습 대상"));
    let model = learn(&named.corpus, &options, &without, &|done, of| reach(&bar, done, of)).map_err(few)?;
    bar.set_message(common.pick("members whose pairs are foretold", "예측 대상"));
    bar.reset();
    let between: Option<Sides<'_>> = sides.is_some().then_some(&members);
    let found = evaluate(&named.corpus, &model, &options, between, &|done, of| reach(&bar, done, of)).map_err(few)?;
    bar.finish_and_clear();
    if let Some(path) = &args.plot {
        plot::chances(common, path, &found.foretold)?;
    }
    let kind = |links: Links| match links {
        Links::All => common.pick("all", "전체"),
        Links::International => common.pick("international", "국제"),
        Links::Between => common.pick("between the sides", "두 쪽 사이"),
    };
    let links = |score: &Score| kind(score.links);
    let hardness = |score: &Score| match score.hardness {
        Hardness::Random => common.pick("random", "무작위"),
        Hardness::Hard => common.pick("hard", "어려움"),
    };
    let measure = |score: &Score| match score.measure {
        Measure::Hits50 => "Hits@50",
        Measure::Mrr => "MRR",
        Measure::AveragePrecision => "average precision",
        Measure::Ndcg20 => "NDCG@20",
    };
    let scores = &found.scores;
    let rows = Rows::default()
        .text("links", scores.iter().map(|score| Some(links(score))))
        .text("negatives", scores.iter().map(|score| Some(hardness(score))))
        .text("measure", scores.iter().map(|score| Some(measure(score))))
        .text("method", scores.iter().map(|score| Some(score.method)));
    let rows = if common.format == Format::Table {
        let shown = |of: &Estimate| format!("{:.3} ({:.3} to {:.3})", of.value, of.low, of.high);
        rows.text("value (95 %)", scores.iter().map(|score| Some(shown(&score.value))))
            .text("dari is ahead by (95 %)", scores.iter().map(|score| Some(score.ahead.as_ref().map_or_else(String::new, shown))))
    } else {
        let ahead = |of: fn(&Estimate) -> f64| scores.iter().map(move |score| score.ahead.as_ref().map(of)).collect::<Vec<_>>();
        rows.float("value", scores.iter().map(|score| Some(score.value.value)))
            .float("low", scores.iter().map(|score| Some(score.value.low)))
            .float("high", scores.iter().map(|score| Some(score.value.high)))
            .float("ahead", ahead(|of| of.value))
            .float("ahead_low", ahead(|of| of.low))
            .float("ahead_high", ahead(|of| of.high))
    };
    if args.chances {
        show_foretold(common, &found.foretold)?;
    } else {
        output::write_rows(common.format, rows)?;
    }
    for sample in &found.samples {
        let [drawn, of] = [sample.drawn, sample.of].map(|count| output::thousands(&count.to_string()));
        let kind = kind(sample.links);
        let few = if sample.drawn < LEAST { common.pick(": too few for figures", ": 수치를 내기에 너무 적음") } else { "" };
        let (from, to) = (args.train_until + 1, args.train_until + args.horizon);
        say(&match common.lang {
            Lang::En => {
                format!("{kind}: {drawn} pairs to be found, drawn from {of} that came together for the first time in {from} to {to}{few}")
            }
            Lang::Ko => format!("{kind}: {from}-{to}년에 처음 함께한 {of}쌍 중 {drawn}쌍을 뽑아 예측{few}"),
        });
    }
    let (read, evaluated) = (read.as_secs_f64(), (begin.elapsed() - read).as_secs_f64());
    say(&match common.lang {
        Lang::En => format!(
            "learned from pairs of {} years up to {} and from the same two and four years earlier; read in {read:.1} s, learned and evaluated in {evaluated:.1} s",
            args.horizon, args.train_until
        ),
        Lang::Ko => format!(
            "{}년까지 {}년간의 쌍과 그보다 2년·4년 앞선 쌍으로 학습; 읽기 {read:.1}초, 학습·평가 {evaluated:.1}초",
            args.train_until, args.horizon
        ),
    });
    say(&important(common, &model));
    Ok(())
}

/// What moves a model most.
pub(super) fn important(common: &Common, model: &Model) -> String {
    let most = model.importance().into_iter().take(8).map(|(of, moved)| format!("{} {moved:.2}", common.pick(of.en, of.ko)));
    let what = common.pick("what moves the logarithm of the odds, and how far", "로그 오즈를 움직이는 요인과 크기");
    format!("{what}: {}", most.collect::<Vec<_>>().join(", "))
}

/// Chances that were foretold, beside what came.
fn show_foretold(common: &Common, foretold: &[Foretold]) -> Result<()> {
    let rows = if common.format == Format::Table {
        let percent = |of: &Foretold| format!("{} % - {} %", of.from * 100.0, of.to * 100.0);
        Rows::default().text("chance", foretold.iter().map(|of| Some(percent(of))))
    } else {
        Rows::default()
            .float("chance_from", foretold.iter().map(|of| Some(of.from)))
            .float("chance_to", foretold.iter().map(|of| Some(of.to)))
    };
    let rows = rows
        .int("pairs", foretold.iter().map(|of| Some(of.pairs.round() as i64)))
        .float("expected", foretold.iter().map(|of| Some((of.expected * 10.0).round() / 10.0)))
        .int("came_together", foretold.iter().map(|of| Some(of.together.round() as i64)))
        .float("came_over_expected", foretold.iter().map(|of| (of.expected > 0.0).then_some(of.together / of.expected)));
    output::write_rows(common.format, rows)?;
    say(common.pick(
        "pairs and expected are estimated from a sample of all pairs that had not worked together; came_together counts all that did",
        "pairs와 expected는 함께 일한 적 없는 모든 쌍의 표본에서 추정; came_together는 실제로 함께한 모든 쌍",
    ));
    Ok(())
}
