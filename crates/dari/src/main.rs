//! dari (다리, "bridge"): finds where countries should work together in critical and emerging technologies.

mod analysis;
mod classify;
mod cli;
mod commands;
mod corpus;
mod error;
mod impact;
mod output;
mod progress;
mod register;
mod rows;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use error::{Failure, Sort};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("DARI_LOG").unwrap_or_else(|_| "off".into()))
        .init();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            progress::say(&format!("error: {}", failure.message));
            if let Some(hint) = &failure.hint {
                progress::say(&format!("  hint: {hint}"));
            }
            ExitCode::from(if failure.sort == Sort::Misuse { 2 } else { 1 })
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let common = &cli.common;
    match &cli.command {
        Command::Demo(args) => commands::demo::run(common, args),
        Command::Load(args) => commands::load::run(common, args),
        Command::Status(args) => commands::status::run(common, args),
        Command::Sql(args) => commands::sql::run(common, args),
        Command::Frameworks(args) => commands::frameworks::run(common, args),
        Command::Organisations(args) => commands::organisations::run(common, args),
        Command::Groups(args) => commands::groups::run(common, args),
        Command::Compute(args) => commands::compute::run(common, args),
        Command::Compare(args) => commands::compare::run(common, args),
        Command::Opportunities(args) => commands::opportunities::run(common, args),
        Command::Trend(args) => commands::trend::run(common, args),
        Command::Partners(args) => commands::partners::run(common, args),
        Command::Networks(args) => commands::networks::run(common, args),
        Command::Awards(args) => commands::awards::run(common, args),
        Command::Register(args) => commands::register::run(common, args),
        Command::Brief(args) => commands::brief::run(common, args),
        Command::Serve(args) => commands::serve::run(common, args),
        Command::Bench(args) => commands::bench::run(common, args),
    }
}
