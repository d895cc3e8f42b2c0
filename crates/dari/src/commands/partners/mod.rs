//! `dari partners`: who should work with whom.

mod eval;
mod names;
mod suggest;

use clap::{Args, Subcommand};

use crate::cli::Common;
use crate::error::Result;

/// Arguments of `dari partners`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners suggest --between KR --and US --technology quantum
  dari partners suggest --who organisations --between group:kr-gri --and DE
  dari partners eval --train-until 2018 --horizon 5 --venue ICRA
  dari partners eval --who organisations --train-until 2018 --horizon 5")]
pub(crate) struct PartnersArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Pairs across two sides that are likely to work together for the first time, with reasons, and what speaks against them
    Suggest(suggest::SuggestArgs),
    /// How often predictions come true: the last years are hidden and foretold, beside the heuristics that others use
    Eval(eval::EvalArgs),
    /// How well researchers told by name agree with the ids of sources
    Names(names::NamesArgs),
}

pub(crate) fn run(common: &Common, args: &PartnersArgs) -> Result<()> {
    match &args.what {
        What::Suggest(args) => suggest::run(common, args),
        What::Eval(args) => eval::run(common, args),
        What::Names(args) => names::run(common, args),
    }
}
