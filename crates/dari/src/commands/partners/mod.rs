//! `dari partners`: who should work with whom.

mod corpus;
mod eval;

use clap::{Args, Subcommand};

use crate::cli::Common;
use crate::error::Result;

/// Arguments of `dari partners`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners eval --train-until 2018 --horizon 5 --venue ICRA
  dari partners eval --who organisations --train-until 2018 --horizon 5")]
pub(crate) struct PartnersArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How often predictions come true: the last years are hidden and foretold, beside the heuristics that others use
    Eval(eval::EvalArgs),
}

pub(crate) fn run(common: &Common, args: &PartnersArgs) -> Result<()> {
    match &args.what {
        What::Eval(args) => eval::run(common, args),
    }
}
