//! `dari awards`: funding by technology, agency, year, country and organisation, in one currency and price level.

mod assigned;
mod budgets;
mod grouped;
pub(crate) mod investment;
mod list;
mod tables;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dari_indicators::funding::{MissingYears, Money, OpenEnded, Prices, RULE};

use crate::analysis::{self, LevelArg};
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::progress::say;
use assigned::Loaded;

/// Arguments of `dari awards`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari awards
  dari awards --by technology,year --from 2018 --to 2020 --format csv
  dari awards --by organisation --technology quantum
  dari awards --technology quantum --list
  dari awards --currency KRW --prices 2024 --missing-years nearest
  dari awards --budgets --currency USD

An award is spread over its days; each year's part is converted at that year's average rate and brought to the prices of the
base year. An award in several technologies counts fully in each (--split divides it), so that rows may add up to more than
all awards. What could not be assigned has rows of its own. Amounts below zero (money taken back) are in the amount and shown apart.")]
pub(crate) struct AwardsArgs {
    /// What to group by
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [By::Technology, By::Agency], value_name = "…")]
    by: Vec<By>,
    /// Technology framework (`dari frameworks list` shows them)
    #[arg(long, default_value = "kr-nst-2023", value_name = "ID")]
    framework: String,
    /// Level of the framework's entries
    #[arg(long, value_enum, default_value_t = LevelArg::Field)]
    level: LevelArg,
    /// Only these technologies, by id or name, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    technology: Vec<String>,
    /// Texts whose words give an award a technology; topics are always inferred from title and abstract
    #[arg(long, value_enum, default_value_t = WordsIn::Title)]
    words: WordsIn,
    /// Divide an award among its technologies (and organisations) instead of counting it fully in each
    #[arg(long)]
    split: bool,
    /// Only awards of funders of this country
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Only awards of this source: nsf, doe or the name given when loading
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Currency of the answer, ISO 4217
    #[arg(long, default_value = "USD", value_name = "CODE", value_parser = currency)]
    currency: String,
    /// Price level of the answer: a year, or nominal
    #[arg(long, default_value = "nominal", value_name = "YEAR|nominal", value_parser = prices)]
    prices: Prices,
    /// First year of spending
    #[arg(long, value_name = "YEAR")]
    from: Option<i16>,
    /// Last year of spending
    #[arg(long, value_name = "YEAR")]
    to: Option<i16>,
    /// Awards without an end: spread over so many years (3y), up to a day (2025-12-31), or not at all (unplaced)
    #[arg(long, default_value = "3y", value_name = "3y|DATE|unplaced", value_parser = open_ended)]
    open_ended: OpenEnded,
    /// Years that the tables of rates or deflators do not have: an error, or the nearest year there is
    #[arg(long, value_enum, default_value_t = Missing::Error)]
    missing_years: Missing,
    /// Exchange rates of your own: CSV with year,currency,per_usd,source
    #[arg(long, value_name = "FILE")]
    rates: Option<PathBuf>,
    /// Deflators of your own: CSV with year,country,index,source
    #[arg(long, value_name = "FILE")]
    deflators: Option<PathBuf>,
    /// List single awards with amounts and why they were assigned
    #[arg(long, conflicts_with = "budgets")]
    list: bool,
    /// Show published budgets instead of awards
    #[arg(long)]
    budgets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum By {
    /// Technology of the framework
    Technology,
    /// Funding agency
    Agency,
    /// Year of spending
    Year,
    /// Country of the funder
    Country,
    /// Organisation that holds the award, found in the register
    Organisation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WordsIn {
    /// The title
    Title,
    /// Title and abstract: finds more, and more that only mention a technology
    Abstract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Missing {
    /// An error that names the year
    Error,
    /// The nearest year stands in, and how often it does is told
    Nearest,
}

fn currency(text: &str) -> std::result::Result<String, String> {
    let fits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if fits { Ok(text.to_ascii_uppercase()) } else { Err("expected a code of ISO 4217 such as USD or KRW".to_owned()) }
}

fn prices(text: &str) -> std::result::Result<Prices, String> {
    match text.parse() {
        Ok(year @ 1900..2200) => Ok(Prices::Of(year)),
        _ if text.eq_ignore_ascii_case("nominal") => Ok(Prices::Nominal),
        _ => Err("expected a year such as 2024, or nominal".to_owned()),
    }
}

fn open_ended(text: &str) -> std::result::Result<OpenEnded, String> {
    let years = text.strip_suffix(['y', 'Y']).and_then(|years| years.parse().ok()).filter(|years| (1..=50).contains(years));
    match (years, dari_model::date::parse(text)) {
        (Some(years), _) => Ok(OpenEnded::Years(years)),
        (None, Some(day)) => Ok(OpenEnded::Until(day)),
        (None, None) if text.eq_ignore_ascii_case("unplaced") => Ok(OpenEnded::Unplaced),
        _ => Err("expected years (3y), a day (2025-12-31) or unplaced".to_owned()),
    }
}

impl AwardsArgs {
    /// The years asked for.
    fn window(&self) -> Option<(i16, i16)> {
        (self.from.is_some() || self.to.is_some()).then(|| (self.from.unwrap_or(i16::MIN), self.to.unwrap_or(i16::MAX)))
    }

    fn in_window(&self, year: i16) -> bool {
        self.window().is_none_or(|(from, to)| (from..=to).contains(&year))
    }

    fn open_ended_words(&self) -> String {
        match self.open_ended {
            OpenEnded::Years(years) => format!("{years}y"),
            OpenEnded::Until(day) => dari_model::date::format(day),
            OpenEnded::Unplaced => "unplaced".to_owned(),
        }
    }
}

/// Rates and deflators with what the answer is to be in.
struct Tables {
    money: Money,
    /// Where they are from, for the foot.
    rates: tables::Origin,
    deflators: tables::Origin,
}

pub(crate) fn run(common: &Common, args: &AwardsArgs) -> Result<()> {
    if args.window().is_some_and(|(from, to)| from > to) {
        return Err(Failure::misuse("--from is after --to"));
    }
    let (rates, rates_from) = tables::rates(args.rates.as_deref())?;
    let (deflators, deflators_from) = tables::deflators(args.deflators.as_deref())?;
    let missing = if args.missing_years == Missing::Nearest { MissingYears::Nearest } else { MissingYears::Refuse };
    let money = Money { rates, deflators, currency: args.currency.clone(), prices: args.prices, missing };
    let tables = Tables { money, rates: rates_from, deflators: deflators_from };
    let registry = analysis::registry(common)?;
    let framework = registry.get(&args.framework).map_err(|error| Failure::from(error).into_misuse())?;
    let snapshot = analysis::snapshot(common)?;
    let version = format!("{} {} {}", common.pick("lake version", "레이크 버전"), snapshot.commit.version, snapshot.commit.at);
    if args.budgets {
        return budgets::print(common, args, framework, &snapshot, &tables, &version);
    }
    let loaded = Loaded::read(common, args, framework, &snapshot, &tables.money)?;
    if args.list {
        list::print(common, args, &loaded)?
    } else {
        grouped::print(common, args, &loaded)?
    }
    foot(common, args, &loaded, &tables, &version);
    Ok(())
}

/// What the figures rest on, on standard error.
fn foot(common: &Common, args: &AwardsArgs, loaded: &Loaded, tables: &Tables, version: &str) {
    loaded.tell_unassigned(common, args);
    let prices = match args.prices {
        Prices::Nominal => common.pick("nominal", "경상").to_owned(),
        Prices::Of(year) => format!("{year}{}", common.pick(" prices", "년 불변")),
    };
    let counting = if args.split {
        common.pick("an award in several technologies is divided among them", "여러 기술에 속한 과제는 나누어 계산")
    } else {
        common.pick(
            "an award in several technologies counts fully in each, so that rows may add up to more than all awards (--split divides)",
            "여러 기술에 속한 과제는 각 기술에 전액 계산하므로 합계가 전체를 넘을 수 있음 (--split: 나누어 계산)",
        )
    };
    say(&format!(
        "{}: {}, {prices}; {} {RULE}; {} {}; {counting}",
        common.pick("method", "방법"),
        args.currency,
        common.pick("spread over the days of an award,", "과제 기간의 일수로 배분,"),
        common.pick("without an end:", "종료일 없는 과제:"),
        args.open_ended_words(),
    ));
    tables::tell(common, tables, &loaded.currencies(), &loaded.years());
    say(&format!("{}: {version}", common.pick("data", "자료")));
}
