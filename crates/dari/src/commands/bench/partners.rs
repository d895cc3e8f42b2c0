//! `dari bench partners`: answers from a warm graph, and the heuristics of generated worlds beside scipy and scikit-network.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;
use dari_lake::Lake;
use dari_network::{Nearness, Walk};
use dari_partners::{EvaluationOptions, Past, SuggestOptions, TopicCosines, learn, suggest};
use rustc_hash::FxHashSet;

use super::process::measure;
use crate::analysis;
use crate::cli::Common;
use crate::corpus::{self, CorpusArgs, Named, Who};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

const PEER: &str = include_str!("partners_peer.py");

/// Arguments of `dari bench partners`.
#[derive(Debug, Args)]
pub(crate) struct PartnersBench {
    /// Sizes of the generated worlds in millions of works; 0: none, only the lake
    #[arg(long, value_delimiter = ',', default_values_t = [0.3, 1.0], value_name = "MILLIONS,…")]
    sizes: Vec<f64>,
    /// Conference or journal of the lake whose researchers are asked about
    #[arg(long, default_value = "ICRA", value_name = "NAME")]
    venue: String,
    /// The two countries asked about
    #[arg(long, num_args = 2, default_values = ["KR", "US"], value_names = ["COUNTRY", "COUNTRY"])]
    between: Vec<String>,
    /// Researchers that heuristics are computed of
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    sources: u32,
    /// Those of them that personalised PageRank is computed of, which takes the peer long
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    walkers: u32,
    /// Folder to make a temporary folder in, on a disk with room [default: the system's]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Folder with the real data that worlds follow
    #[arg(long, default_value = "demo", value_name = "DIR")]
    demo: PathBuf,
    /// Python with the packages scipy and scikit-network
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    python: PathBuf,
    /// Measure dari alone
    #[arg(long)]
    no_peer: bool,
}

/// Links foretold: years.
const HORIZON: i16 = 5;

/// A measurement.
struct Line {
    /// Of what.
    of: String,
    what: String,
    seconds: f64,
    peak: Option<u64>,
    figure: Option<f64>,
    peer: Option<(f64, f64)>,
}

impl Line {
    fn new(of: &str, what: impl Into<String>, seconds: f64) -> Line {
        Line { of: of.to_owned(), what: what.into(), seconds, peak: None, figure: None, peer: None }
    }
}

pub(crate) fn run(common: &Common, args: &PartnersBench) -> Result<()> {
    let mut lines = Vec::new();
    match Lake::open(&common.lake) {
        Ok(_) => warm(common, args, &mut lines)?,
        Err(error) => say(&format!("note: only generated worlds: {error}")),
    }
    let work = super::workplace(args.work.as_deref())?;
    for millions in args.sizes.iter().filter(|millions| **millions > 0.0) {
        world(common, args, work.path(), (millions * 1e6).round() as u64, &mut lines)?;
    }
    let rows = Rows::default()
        .text("of", lines.iter().map(|line| Some(line.of.as_str())))
        .text("what", lines.iter().map(|line| Some(line.what.as_str())))
        .float("seconds", lines.iter().map(|line| Some(line.seconds)))
        .float("peak_memory_mb", lines.iter().map(|line| line.peak.map(|peak| peak as f64 / 1e6)))
        .float("peer_seconds", lines.iter().map(|line| line.peer.map(|peer| peer.0)))
        .float("times_as_fast", lines.iter().map(|line| line.peer.map(|peer| peer.0 / line.seconds)))
        .float("figure", lines.iter().map(|line| line.figure))
        .float("peer_figure", lines.iter().map(|line| line.peer.map(|peer| peer.1)));
    output::write_rows(common.format, rows)
}

fn corpus_args(who: Who, venue: Option<&str>) -> CorpusArgs {
    CorpusArgs { who, venue: venue.map(str::to_owned), source: None, most: 50 }
}

/// Members of a country.
fn of_country(past: &Past, code: &str) -> Result<Vec<u32>> {
    let place = dari_model::country::place(analysis::country(code)?).and_then(|place| u16::try_from(place).ok());
    Ok(past.known().filter(|member| place.is_some() && past.member(*member).country == place).collect())
}

/// Answers from works, graph and model that are in memory already.
fn warm(common: &Common, args: &PartnersBench, lines: &mut Vec<Line>) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let last = analysis::last_year(&snapshot);
    let prepared = |who: Who, venue: Option<&str>, lines: &mut Vec<Line>| -> Result<(Named, Past, dari_partners::Model)> {
        let begin = Instant::now();
        let named = corpus::read(&snapshot, common, &corpus_args(who, venue))?;
        let until = named.corpus.works().iter().rev().map(|work| work.year).find(|year| *year <= last).unwrap_or(last);
        let past = Past::new(&named.corpus, until);
        let of = match who {
            Who::Researchers => format!("researchers of {}", venue.unwrap_or("the lake")),
            Who::Organisations => "organisations of the lake".to_owned(),
        };
        lines.push(Line::new(&of, "works read and graph built", begin.elapsed().as_secs_f64()));
        say(&format!("{of}: works read; learning takes up to half a minute"));
        let begin = Instant::now();
        let model = learn(&named.corpus, &EvaluationOptions::new(until, HORIZON), &[], &|_, _| ())
            .map_err(|error| Failure::new(error.to_string()).hint("Choose another --venue, or load more works."))?;
        lines.push(Line::new(&of, "model learned", begin.elapsed().as_secs_f64()));
        Ok((named, past, model))
    };
    let [one, other] = [&args.between[0], &args.between[1]];
    let (_, past, model) = prepared(Who::Researchers, Some(&args.venue), lines)?;
    let of = format!("researchers of {}", args.venue);
    let (own, others) = (of_country(&past, one)?, of_country(&past, other)?);
    let step = (own.len() / args.sources as usize).max(1);
    let wanted = SuggestOptions { pairs: 50, of_one: 50, ..SuggestOptions::default() };
    let mut took: Vec<f64> = Vec::new();
    for member in own.iter().step_by(step) {
        let begin = Instant::now();
        let found = suggest(&past, &model, [&[*member], &others], None, &wanted, &|_, _| ());
        took.push(begin.elapsed().as_secs_f64());
        drop(found);
    }
    took.sort_unstable_by(f64::total_cmp);
    if let (Some(half), Some(longest)) = (took.get(took.len() / 2), took.last()) {
        let what = |kind: &str| format!("the likeliest 50 of {other} for one of {one}, reasons included: {kind} of {}", took.len());
        lines.push(Line::new(&of, what("median"), *half));
        lines.push(Line::new(&of, what("longest"), *longest));
    }
    let begin = Instant::now();
    let found = suggest(&past, &model, [&own, &others], None, &SuggestOptions::default(), &|_, _| ());
    lines.push(Line::new(
        &of,
        format!("{} x {}: {} pairs looked at", own.len(), others.len(), found.looked_at),
        begin.elapsed().as_secs_f64(),
    ));
    if snapshot.rows("organisations") == 0 {
        say("note: no organisations loaded: only researchers");
        return Ok(());
    }
    let (named, past, model) = prepared(Who::Organisations, None, lines)?;
    let (own, others) = (of_country(&past, one)?, of_country(&past, other)?);
    let mut longest: Option<Line> = None;
    for technology in analysis::registry(common)?.get("kr-nst-2023").map_err(Failure::from)?.technologies(dari_frameworks::Level::Field) {
        let topics: FxHashSet<u32> = (0..)
            .zip(&named.topics)
            .filter(|(_, id)| i32::try_from(**id).is_ok_and(|id| technology.topics.contains_key(&id)))
            .map(|(number, _)| number)
            .collect();
        let within = |side: &[u32]| {
            let is_in = |member: &u32| past.member(*member).topics.iter().any(|(topic, _)| topics.contains(topic));
            side.iter().copied().filter(is_in).collect::<Vec<u32>>()
        };
        let (own, others) = (within(&own), within(&others));
        let begin = Instant::now();
        let found = suggest(&past, &model, [&own, &others], Some(&topics), &SuggestOptions::default(), &|_, _| ());
        let seconds = begin.elapsed().as_secs_f64();
        if longest.as_ref().is_none_or(|longest| seconds > longest.seconds) {
            let what = format!(
                "all pairs in a technology, the longest of twelve ({}: {} x {}, {} pairs)",
                technology.id,
                own.len(),
                others.len(),
                found.looked_at
            );
            longest = Some(Line::new("organisations of the lake", what, seconds));
        }
    }
    lines.extend(longest);
    Ok(())
}

/// A generated world: learning and foretelling through the program, and the heuristics beside the peer's.
fn world(common: &Common, args: &PartnersBench, work: &Path, works: u64, lines: &mut Vec<Line>) -> Result<()> {
    let (world, lake) = (work.join("world"), work.join("lake"));
    for folder in [&world, &lake] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    let dari = |more: &[&str]| measure(Command::new(std::env::current_exe()?).arg("--lake").arg(&lake).args(more));
    let text = |path: &Path| path.to_string_lossy().into_owned();
    dari(&["bench", "world", "--works", &works.to_string(), "--out", &text(&world), "--demo", &text(&args.demo)])?;
    dari(&["load", "openalex", "--no-abstracts", &text(&world.join("data").join("parquet"))])?;
    fs::remove_dir_all(&world)?;
    let of = format!("{} generated works", output::thousands(&works.to_string()));
    say(&format!("{of}: loaded"));
    let question = ["partners", "suggest", "--between", &args.between[0], "--and", &args.between[1]];
    for what in ["read, learned and foretold", "read and foretold with the model kept"] {
        let measured = dari(&question)?;
        lines.push(Line { peak: Some(measured.peak), ..Line::new(&of, what, measured.seconds) });
    }
    let common = Common { lake: lake.clone(), as_of: None, frameworks: None, ..common.clone() };
    let snapshot = analysis::snapshot(&common)?;
    let named = corpus::read(&snapshot, &common, &corpus_args(Who::Researchers, None))?;
    let past = Past::new(&named.corpus, analysis::last_year(&snapshot));
    drop(named);
    let graph = past.graph();
    let linked: Vec<u32> = past.known().filter(|member| graph.degree(*member) > 0).collect();
    let step = (linked.len() / args.sources as usize).max(1);
    let sources: Vec<u32> = linked.iter().copied().step_by(step).take(args.sources as usize).collect();
    let walkers: Vec<u32> = sources.iter().copied().take(args.walkers as usize).collect();
    let peers = if args.no_peer { Vec::new() } else { peer(args, work, &past, &sources, &walkers)? };
    let mut line = |what: &str, seconds: f64, figure: f64| {
        let peer = peers.iter().find(|(name, ..)| name == what).map(|(_, seconds, figure)| (*seconds, *figure));
        lines.push(Line { figure: Some(figure), peer, ..Line::new(&of, what, seconds) });
    };
    let begin = Instant::now();
    let mut nearness = Nearness::new(graph);
    let katz: f64 = sources.iter().map(|source| nearness.of(*source).iter().map(|near| near.katz).sum::<f64>()).sum();
    line("nearness of three steps", begin.elapsed().as_secs_f64(), katz);
    let begin = Instant::now();
    let mut topics = TopicCosines::new(&past);
    let cosines: f64 = sources.iter().map(|source| topics.of(*source).map(|(_, cosine)| cosine).sum::<f64>()).sum();
    line("topic cosine", begin.elapsed().as_secs_f64(), cosines);
    let begin = Instant::now();
    let mut walk = Walk::new(graph, 1e-5);
    let largest: f64 = walkers.iter().map(|walker| walk.of(*walker).iter().map(|(_, rank)| *rank).fold(0.0, f64::max)).sum();
    line("personalised PageRank", begin.elapsed().as_secs_f64(), largest);
    Ok(())
}

/// Runs the peer; gives name, seconds and figure of each measurement.
fn peer(args: &PartnersBench, work: &Path, past: &Past, sources: &[u32], walkers: &[u32]) -> Result<Vec<(String, f64, f64)>> {
    let graph = past.graph();
    let write = |name: &str, numbers: &mut dyn Iterator<Item = [u8; 4]>| -> Result<()> {
        let mut file = std::io::BufWriter::new(fs::File::create(work.join(name))?);
        for number in numbers {
            file.write_all(&number)?;
        }
        Ok(file.flush()?)
    };
    let links =
        || (0..graph.nodes()).flat_map(|node| graph.of(node).iter().filter(move |edge| edge.to > node).map(move |edge| (node, *edge)));
    let topics = || (0..graph.nodes()).flat_map(|node| past.member(node).topics.iter().map(move |(topic, part)| (node, *topic, *part)));
    write("ends", &mut links().flat_map(|(node, edge)| [node.to_le_bytes(), edge.to.to_le_bytes()]))?;
    write("weights", &mut links().map(|(_, edge)| edge.weight.to_le_bytes()))?;
    write("members", &mut topics().map(|(node, ..)| node.to_le_bytes()))?;
    write("topics", &mut topics().map(|(_, topic, _)| topic.to_le_bytes()))?;
    write("parts", &mut topics().map(|(.., part)| part.to_le_bytes()))?;
    write("sources", &mut sources.iter().map(|number| number.to_le_bytes()))?;
    write("walkers", &mut walkers.iter().map(|number| number.to_le_bytes()))?;
    let script = work.join("partners_peer.py");
    fs::write(&script, PEER)?;
    let measured = measure(Command::new(&args.python).arg(&script).arg(work).arg(graph.nodes().to_string()))
        .map_err(|failure| failure.hint("Install the packages (pip install scipy scikit-network), or give --no-peer."))?;
    let parsed = measured.stdout.lines().map(|line| {
        let mut cells = line.split('\t');
        let (name, seconds, figure) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        Some((name.to_owned(), seconds, figure))
    });
    parsed.collect::<Option<Vec<_>>>().ok_or_else(|| Failure::new(format!("the peer said: {}", measured.stdout)))
}
