//! `dari bench`: measurements that anyone can repeat.

mod indicators;
mod load;
mod networks;
mod organisations;
mod partners;
mod process;
mod published;
mod register;
mod world;

use std::path::Path;

use clap::{Args, Subcommand};
use tempfile::TempDir;

use crate::cli::Common;
use crate::error::{Failure, Result};

/// Arguments of `dari bench`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari bench load                        0.5, 1 and 2 GB of JSON lines and Parquet, beside DuckDB (pip install duckdb)
  dari bench load --sizes 0.1 --no-duckdb
  dari bench indicators --sizes 0.3,1    cubes of generated worlds, beside DuckDB, compared cell by cell
  dari bench networks                    communities and nearness, beside python-igraph, scipy and scikit-network
  dari bench networks --published map.json   communities beside the clusters of a map that VOSviewer made
  dari bench partners                    answers from a warm graph, heuristics beside scipy and scikit-network
  dari bench organisations               look-ups and matching in the lake's register, beside rapidfuzz (pip install rapidfuzz)
  dari bench register                    views of 100,000 records, 10,000 rows read, 200 writers for a minute
  dari bench world --works 1000000 --seed 1 --out world
                                         a million works to load with: dari load openalex world/data/parquet")]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Cubes of generated worlds: seconds, memory and cost a work, beside DuckDB computing the same, compared cell by cell
    Indicators(indicators::IndicatorsBench),
    /// Loading OpenAlex works: records a second and peak memory, beside DuckDB doing the same extraction to Parquet
    Load(load::LoadBench),
    /// Communities and nearness in planted graphs, beside python-igraph, scipy and scikit-network
    Networks(networks::NetworksBench),
    /// Organisations: look-ups a second, affiliations matched a second, precision and recall beside rapidfuzz
    Organisations(organisations::OrganisationsBench),
    /// Partners: answers from a warm graph, learning and memory in generated worlds, heuristics beside scipy and scikit-network
    Partners(partners::PartnersBench),
    /// The register: views of many records, tables read, many writers at once
    Register(register::RegisterBench),
    /// A generated research world as an OpenAlex snapshot, after the real data, with what is planted in it written beside it
    World(world::WorldBench),
}

pub(crate) fn run(common: &Common, args: &BenchArgs) -> Result<()> {
    match &args.what {
        What::Indicators(args) => indicators::run(common, args),
        What::Load(args) => load::run(common, args),
        What::Networks(args) => networks::run(common, args),
        What::Organisations(args) => organisations::run(common, args),
        What::Partners(args) => partners::run(common, args),
        What::Register(args) => register::run(common, args),
        What::World(args) => world::run(args),
    }
}

/// A new folder to work in, removed at the end, inside the folder given or the system's temporary one: what already stands there, a lake
/// perhaps, is never touched.
fn workplace(within: Option<&Path>) -> Result<TempDir> {
    let Some(within) = within else { return Ok(tempfile::tempdir()?) };
    std::fs::create_dir_all(within)
        .and_then(|()| TempDir::with_prefix_in("dari-bench-", within))
        .map_err(|error| Failure::new(format!("{}: {error}", within.display())).hint("Name a folder that can be written to with --work."))
}
