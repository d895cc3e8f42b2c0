//! `dari partners`: who should work with whom.

mod eval;
mod names;
mod packages;
mod plot;
mod ready;
mod sides;
mod suggest;
mod workshop;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::Common;
use crate::error::Result;

/// Arguments of `dari partners`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners suggest --between KR --and US --technology quantum
  dari partners suggest --who organisations --between group:kr-gri --and DE
  dari partners packages eic-2021 --of KR --in group:eic --who organisations
  dari partners workshop --between KR --and US --venue ICRA
  dari partners eval --train-until 2018 --horizon 5 --venue ICRA
  dari partners eval --who organisations --train-until 2018 --horizon 5")]
pub(crate) struct PartnersArgs {
    #[command(subcommand)]
    what: What,
    /// Groups of your own: a TOML file or a folder of them
    #[arg(long, global = true, env = "DARI_GROUPS", value_name = "PATH")]
    groups: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Pairs across two sides that are likely to work together for the first time, with reasons, and what speaks against them
    Suggest(suggest::SuggestArgs),
    /// The work packages of a programme: who of a side fits each, who is in already, what nobody covers
    Packages(packages::PackagesArgs),
    /// An invitation list for two sides, balanced by career, newcomers, organisations and topics, with reasons
    Workshop(workshop::WorkshopArgs),
    /// How often predictions come true: the last years are hidden and foretold, beside the heuristics that others use
    Eval(eval::EvalArgs),
    /// How well researchers told by name agree with the ids of sources
    Names(names::NamesArgs),
}

pub(crate) fn run(common: &Common, args: &PartnersArgs) -> Result<()> {
    let groups = args.groups.as_ref();
    match &args.what {
        What::Suggest(args) => suggest::run(common, args, groups),
        What::Eval(args) => eval::run(common, args, groups),
        What::Packages(args) => packages::run(common, args, groups),
        What::Workshop(args) => workshop::run(common, args, groups),
        What::Names(args) => names::run(common, args),
    }
}
