//! `dari bench networks`: communities and nearness, beside python-igraph, scipy and scikit-network.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;
use dari_indicators::statistics::random::generator;
use dari_network::{CommunityOptions, Graph, GraphBuilder, Nearness, Quality, Walk, communities};
use rand::Rng;

use super::process::measure;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

const PEER: &str = include_str!("networks_peer.py");

/// Arguments of `dari bench networks`.
#[derive(Debug, Args)]
pub(crate) struct NetworksBench {
    /// Nodes of the planted graphs
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,50000,200000", value_name = "N,…")]
    sizes: Vec<u32>,
    /// Nodes that nearness is computed of
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    sources: u32,
    /// Seed of the graphs
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Python with the packages igraph, scipy and scikit-network
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    python: PathBuf,
    /// Measure dari alone
    #[arg(long)]
    no_peer: bool,
    /// Compare communities with the clusters of these published maps instead (VOSviewer's JSON)
    #[arg(long, num_args = 1.., value_name = "FILE")]
    published: Vec<PathBuf>,
    /// Starts that the best communities are taken of, beside published maps (VOSviewer takes ten unless told otherwise)
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000), value_name = "N", requires = "published")]
    starts: u32,
}

/// Nodes of a planted circle, links of a node inside and outside.
const CIRCLE: u32 = 50;
const INSIDE: u32 = 5;
const OUTSIDE: u32 = 2;

struct Line {
    nodes: u32,
    links: usize,
    what: String,
    seconds: f64,
    figure: f64,
    peer: Option<(f64, f64)>,
}

pub(crate) fn run(common: &Common, args: &NetworksBench) -> Result<()> {
    if !args.published.is_empty() {
        return super::published::run(common, &args.published, args.starts, args.seed);
    }
    let work = super::workplace(None)?;
    let mut lines = Vec::new();
    for nodes in &args.sizes {
        if *nodes < 2 * CIRCLE || *nodes < args.sources {
            return Err(Failure::misuse(format!("{nodes} nodes are too few")).hint(format!(
                "Give --sizes of at least {}, and of no fewer than --sources ({}).",
                2 * CIRCLE,
                args.sources
            )));
        }
        let (graph, edges) = planted(*nodes, args.seed)?;
        say(&format!("{nodes} nodes, {} links; at 200,000 this takes a minute or two", edges.len()));
        let peers = if args.no_peer { Vec::new() } else { peer(args, work.path(), *nodes, &edges)? };
        let mut line = |what: &str, seconds: f64, figure: f64| {
            let peer = peers.iter().find(|(name, ..)| name == what).map(|(_, seconds, figure)| (*seconds, *figure));
            lines.push(Line { nodes: *nodes, links: graph.edges(), what: what.to_owned(), seconds, figure, peer });
        };
        let quality = Quality::Modularity { resolution: 1.0 };
        for (what, passes) in [("communities, two passes", 2), ("communities, until converged", 100)] {
            let begin = Instant::now();
            let found = communities(&graph, &CommunityOptions { passes, ..CommunityOptions::new(quality) });
            let found = found.map_err(|error| Failure::new(error.to_string()))?;
            line(what, begin.elapsed().as_secs_f64(), found.quality(&graph, quality));
        }
        let sources: Vec<u32> = (0..args.sources).map(|source| source * (nodes / args.sources)).collect();
        let begin = Instant::now();
        let mut nearness = Nearness::new(&graph);
        let katz: f64 = sources.iter().flat_map(|source| nearness.of(*source)).map(|near| near.katz).sum();
        line("nearness of three steps", begin.elapsed().as_secs_f64(), katz);
        let begin = Instant::now();
        let mut walk = Walk::new(&graph, 1e-5);
        let most = |source: &u32| walk.of(*source).into_iter().map(|(_, rank)| rank).fold(0.0, f64::max);
        let total: f64 = sources.iter().map(most).sum();
        line("personalised PageRank", begin.elapsed().as_secs_f64(), total);
    }
    let rows = Rows::default()
        .int("nodes", lines.iter().map(|line| Some(i64::from(line.nodes))))
        .int("links", lines.iter().map(|line| Some(line.links as i64)))
        .text("what", lines.iter().map(|line| Some(line.what.as_str())))
        .float("dari_seconds", lines.iter().map(|line| Some(line.seconds)))
        .float("dari_figure", lines.iter().map(|line| Some(line.figure)))
        .float("peer_seconds", lines.iter().map(|line| line.peer.map(|(seconds, _)| seconds)))
        .float("peer_figure", lines.iter().map(|line| line.peer.map(|(_, figure)| figure)))
        .float("times_as_fast", lines.iter().map(|line| line.peer.map(|(seconds, _)| seconds / line.seconds)));
    output::write_rows(common.format, rows)?;
    say(
        "figure: modularity of communities, Σ Katz of nearness, Σ largest rank of PageRank; one core each; peers: python-igraph, scipy, scikit-network (power iteration)",
    );
    Ok(())
}

/// A graph of circles that know each other well, and some others.
fn planted(nodes: u32, seed: u64) -> Result<(Graph, Vec<(u32, u32)>)> {
    let mut rng = generator(seed, "planted circles");
    let mut edges = std::collections::BTreeSet::new();
    for node in 0..nodes {
        let circle = node / CIRCLE * CIRCLE;
        let size = CIRCLE.min(nodes - circle);
        let inside: Vec<u32> = (0..INSIDE).map(|_| circle + rng.random_range(0..size)).collect();
        let outside: Vec<u32> = (0..OUTSIDE).map(|_| rng.random_range(0..nodes)).collect();
        inside.into_iter().chain(outside).filter(|other| *other != node).for_each(|other| {
            edges.insert((node.min(other), node.max(other)));
        });
    }
    let mut builder = GraphBuilder::new(nodes);
    for (a, b) in &edges {
        builder.add(*a, *b, 1.0).map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok((builder.build(), edges.into_iter().collect()))
}

/// What the peer measures: name, seconds, figure.
fn peer(args: &NetworksBench, work: &Path, nodes: u32, edges: &[(u32, u32)]) -> Result<Vec<(String, f64, f64)>> {
    let (script, file) = (work.join("networks_peer.py"), work.join("edges.csv"));
    std::fs::write(&script, PEER)?;
    let mut csv = String::from("a,b\n");
    edges.iter().for_each(|(a, b)| csv.push_str(&format!("{a},{b}\n")));
    std::fs::write(&file, csv)?;
    let mut command = Command::new(&args.python);
    command.arg(&script).arg(&file).arg(nodes.to_string()).arg(args.sources.to_string()).arg(args.seed.to_string());
    let measured = measure(&mut command).map_err(|failure| failure.hint("pip install igraph scipy scikit-network, or --no-peer."))?;
    let line = |line: &str| -> Option<(String, f64, f64)> {
        let mut parts = line.split('\t');
        Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    measured.stdout.lines().map(|text| line(text).ok_or_else(|| Failure::new(format!("the peer said '{text}'")))).collect()
}
