//! `dari organisations`: who is who.

mod eval;
mod matching;
mod plot;
pub(crate) mod screening;
mod search;
pub(crate) mod show;

use clap::{Args, Subcommand};

use crate::cli::Common;
use crate::error::Result;

/// Arguments of `dari organisations`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari organisations search 핵융합
  dari organisations show 013yz9b19 --lang ko
  dari organisations match \"Dept. of Mech. Eng., Seoul Nat'l Univ., Korea\"
  dari organisations match --file people.csv --column affiliation --format csv > matched.csv
  dari organisations match --authorships
  dari organisations eval crates/dari-organisations/labels/gold.csv --plot reliability.svg
  dari organisations screen 00wk2mp56")]
pub(crate) struct OrganisationsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Find organisations by any of their names: whole, begun, some words of it, or with a letter wrong
    Search(search::SearchArgs),
    /// One organisation with names, relations and what became of it
    Show(show::ShowArgs),
    /// Find the organisations that affiliations name
    Match(matching::MatchArgs),
    /// Accuracy, precision, recall and reliability of the matcher on a labelled file
    Eval(eval::EvalArgs),
    /// Leads from screening lists: for a person to look at, never a verdict
    Screen(screening::ScreenArgs),
    /// Remember what a person decided on a lead
    Decide(screening::DecideArgs),
}

pub(crate) fn run(common: &Common, args: &OrganisationsArgs) -> Result<()> {
    match &args.what {
        What::Search(args) => search::run(common, args),
        What::Show(args) => show::run(common, args),
        What::Match(args) => matching::run(common, args),
        What::Eval(args) => eval::run(common, args),
        What::Screen(args) => screening::screen(common, args),
        What::Decide(args) => screening::decide(common, args),
    }
}

pub(crate) use matching::match_authorships;
