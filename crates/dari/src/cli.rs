//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use dari_lake::AsOf;

use crate::commands;

/// Finds where countries should work together in critical and emerging technologies.
#[derive(Debug, Parser)]
#[command(
    name = "dari",
    version,
    max_term_width = 120,
    after_help = "Examples:
  dari demo                                      load the shipped data and answer the first questions
  dari compare KR US                             both countries in each of Korea's 12 national strategic technologies
  dari opportunities KR US JP --explain quantum  where three should work together, and why in quantum
  dari frameworks cross kr-nst-2023 us-chips-2022
  dari load openalex /data/openalex-snapshot
  dari sql \"SELECT country, sum(works) FROM country_topic_year GROUP BY country ORDER BY 2 DESC LIMIT 5\"

Data go to standard output, all else to standard error. Exit status: 0 done, 1 failed, 2 misuse."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Folder of the lake
    #[arg(long, global = true, env = "DARI_LAKE", default_value = "dari-lake", value_name = "DIR")]
    pub(crate) lake: PathBuf,
    /// Answer from the lake as it was: a version number, a day or a moment (2026-11-22, 2026-11-22T10:00:00Z)
    #[arg(long, global = true, value_name = "VERSION|DATE")]
    pub(crate) as_of: Option<AsOf>,
    /// Form of the answer
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Language of names
    #[arg(long, global = true, env = "DARI_LANG", value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Memory the query engine may use before it spills to disk, for example 2GB; default: half of the machine's
    #[arg(long, global = true, env = "DARI_MEMORY", value_name = "SIZE", value_parser = memory)]
    pub(crate) memory: Option<usize>,
    /// Technology frameworks of your own: a TOML file or a folder of them
    #[arg(long, global = true, env = "DARI_FRAMEWORKS", value_name = "PATH")]
    pub(crate) frameworks: Option<PathBuf>,
    /// Threads that work on a query; none: a thread a core.
    #[arg(skip)]
    pub(crate) threads: Option<usize>,
}

impl Common {
    pub(crate) fn options(&self) -> dari_lake::Options {
        let usual = dari_lake::Options::default();
        dari_lake::Options { memory: self.memory.unwrap_or(usual.memory), threads: self.threads.unwrap_or(usual.threads) }
    }

    /// The options that say where data are and how much memory there is, for another run of the program.
    pub(crate) fn of_place(&self) -> Vec<OsString> {
        let option = |name: &str, value: &OsStr| {
            let mut option = OsString::from(name);
            option.push(value);
            option
        };
        let mut options = vec![option("--lake=", self.lake.as_os_str())];
        options.extend(self.memory.map(|memory| format!("--memory={memory}").into()));
        options.extend(self.frameworks.as_ref().map(|path| option("--frameworks=", path.as_os_str())));
        options
    }

    /// The text of the language asked for.
    pub(crate) fn pick<'a>(&self, en: &'a str, ko: &'a str) -> &'a str {
        match self.lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }
}

pub(crate) fn memory(text: &str) -> Result<usize, String> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match upper[digits.len()..].trim() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        other => return Err(format!("'{other}' is no unit; use KB, MB or GB")),
    };
    let number: usize = digits.parse().map_err(|_| format!("'{text}' is no size; for example 2GB"))?;
    let bytes = number.checked_mul(unit).ok_or_else(|| format!("{text} is too much"))?;
    if bytes < 16 << 20 { Err("at least 16MB are needed".to_owned()) } else { Ok(bytes) }
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.,:/=@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading
    Table,
    /// Comma-separated values with a header
    Csv,
    /// One array of flat objects
    Json,
    /// Parquet
    Parquet,
}

/// Language of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 한국어
    Ko,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load the shipped data into a new lake and answer the first questions
    Demo(commands::demo::DemoArgs),
    /// Load data: OpenAlex, bibliographies, ROR, topics, awards, budgets, aggregates, screening lists
    Load(commands::load::LoadArgs),
    /// What is loaded: tables, rows, versions, sources, dates, warnings
    Status(commands::status::StatusArgs),
    /// Ask the lake in SQL (reading only)
    Sql(commands::sql::SqlArgs),
    /// Technology frameworks: list, show, cross, validate, classify
    Frameworks(commands::frameworks::FrameworksArgs),
    /// Organisations: search, show, match affiliations, evaluate, screen
    Organisations(commands::organisations::OrganisationsArgs),
    /// Groups of organisations and sets of countries: list, show, validate, of
    Groups(commands::groups::GroupsArgs),
    /// Compute cubes from works: counts, citations, normalised scores by country, pair and organisation
    Compute(commands::compute::ComputeArgs),
    /// Compare countries by technology
    Compare(commands::compare::CompareArgs),
    /// Rank technologies by how promising cooperation is
    Opportunities(commands::opportunities::OpportunitiesArgs),
    /// Joint works of countries by year
    Trend(commands::trend::TrendArgs),
    /// Who should work with whom, and how often such advice came true
    Partners(commands::partners::PartnersArgs),
    /// Communities of researchers or organisations, what became of them, and maps for VOSviewer and Gephi
    Networks(commands::networks::NetworksArgs),
    /// Funding by technology, agency, year, country and organisation, in one currency; published budgets
    Awards(commands::awards::AwardsArgs),
    /// The register of cooperation: dialogues, promises, agreements, programmes, exchange, results
    Register(commands::register::RegisterArgs),
    /// Briefings in Korean and English: PDF, DOCX, XLSX, HTML
    Brief(commands::brief::BriefArgs),
    /// The page and the API
    Serve(commands::serve::ServeArgs),
    /// Measure speed beside other tools
    Bench(commands::bench::BenchArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_of_memory() {
        assert_eq!(memory("2GB"), Ok(2 << 30));
        assert_eq!(memory("512 mib"), Ok(512 << 20));
        assert!(memory("2 parsecs").is_err() && memory("").is_err() && memory("1KB").is_err());
    }
}
