//! Exchange rates and deflators: the tables that ship with dari, or the user's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dari_indicators::funding::{DeflatorTable, FundingError, Prices, RateTable, deflator_country};

use super::Tables;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::progress::say;

const RATES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/money/rates.csv"));
const DEFLATORS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/money/deflators.csv"));

/// Where a table is from, and what years it has.
pub(super) struct Origin {
    name: String,
    years: BTreeMap<String, (i16, i16)>,
}

impl Origin {
    fn words(&self, what: &str) -> String {
        let years = self.years.get(what).map_or_else(String::new, |(from, to)| format!(" {from}-{to}"));
        format!("{what}{years}")
    }
}

/// The exchange rates.
pub(super) fn rates(file: Option<&Path>) -> Result<(RateTable, Origin)> {
    let mut table = RateTable::default();
    let origin = read(file, ("demo/money/rates.csv", RATES), ["currency", "per_usd"], |year, what, value| table.add(year, what, value))?;
    Ok((table, origin))
}

/// The deflators.
pub(super) fn deflators(file: Option<&Path>) -> Result<(DeflatorTable, Origin)> {
    let mut table = DeflatorTable::default();
    let origin =
        read(file, ("demo/money/deflators.csv", DEFLATORS), ["country", "index"], |year, what, value| table.add(year, what, value))?;
    Ok((table, origin))
}

/// Reads a table line by line. A line that is wrong is an error: a rate that is missing unseen would make figures wrong.
fn read(
    file: Option<&Path>,
    shipped: (&str, &str),
    columns: [&str; 2],
    mut add: impl FnMut(i16, &str, f64) -> std::result::Result<(), FundingError>,
) -> Result<Origin> {
    let (name, text) = match file {
        None => (format!("{} ({})", shipped.0, env!("CARGO_PKG_VERSION")), shipped.1.to_owned()),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| Failure::misuse(format!("{}: {error}", path.display())))?;
            (path.display().to_string(), text)
        }
    };
    let [what, value] = columns;
    let wrong = |line: u64, problem: &str| {
        Failure::misuse(format!("{name}: line {line}: {problem}"))
            .hint(format!("Expected CSV with the columns year,{what},{value},source; demo/money/ has an example."))
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().map_err(|error| wrong(1, &error.to_string()))?.clone();
    let place = |name: &str| header.iter().position(|column| column == name).ok_or_else(|| wrong(1, &format!("no column {name}")));
    let (year_at, what_at, value_at) = (place("year")?, place(what)?, place(value)?);
    let mut years: BTreeMap<String, (i16, i16)> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.position().map_or(0, csv::Position::line), &error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize| record.get(at).unwrap_or_default();
        let year = field(year_at).parse().map_err(|_| wrong(line, &format!("'{}' is no year", field(year_at))))?;
        let number = field(value_at).parse().map_err(|_| wrong(line, &format!("'{}' is no number", field(value_at))))?;
        let key = field(what_at).to_ascii_uppercase();
        if key.is_empty() {
            return Err(wrong(line, &format!("no {what}")));
        }
        add(year, &key, number).map_err(|error| wrong(line, &error.to_string()))?;
        let (from, to) = years.entry(key).or_insert((year, year));
        (*from, *to) = ((*from).min(year), (*to).max(year));
    }
    Ok(Origin { name, years })
}

/// Rates that are told one by one; of more, only the years that the table has.
const TOLD: usize = 12;

/// Says which rates and deflators an answer in these currencies and years used.
pub(super) fn tell(common: &Common, tables: &Tables, currencies: &BTreeSet<String>, years: &BTreeSet<i16>) {
    let money = &tables.money;
    let mut used: Vec<String> = Vec::new();
    if currencies.iter().any(|currency| *currency != money.currency) {
        let all: BTreeSet<&str> = currencies.iter().map(String::as_str).chain([money.currency.as_str()]).collect();
        let foreign = || all.iter().copied().filter(|currency| *currency != "USD");
        let rate = |currency: &str, year: i16| {
            let (rate, of) = money.rates.per_usd(currency, year, money.missing).ok()?;
            Some(if of == year { format!("{currency} {year} {rate}") } else { format!("{currency} {year} {rate} ({of})") })
        };
        let single = foreign().count() * years.len() <= TOLD;
        let rates: Vec<String> = if single {
            foreign().flat_map(|currency| years.iter().filter_map(move |year| rate(currency, *year))).collect()
        } else {
            foreign().map(|currency| tables.rates.words(currency)).collect()
        };
        let unit = common.pick("per US dollar", "미국 달러당");
        used.push(format!("{} ({unit}: {})", tables.rates.name, rates.join(", ")));
    }
    if let Prices::Of(base) = money.prices {
        let country = deflator_country(&money.currency).unwrap_or_default();
        let index = |year: i16| money.deflators.index(country, year, money.missing).ok().map(|(index, _)| format!("{year} {index}"));
        let years: Vec<i16> = years.iter().copied().chain([base]).collect::<BTreeSet<_>>().into_iter().collect();
        let single = years.len() <= TOLD;
        let told =
            if single { years.into_iter().filter_map(index).collect::<Vec<_>>().join(", ") } else { tables.deflators.words(country) };
        used.push(format!("{} ({}{told})", tables.deflators.name, if single { format!("{country}: ") } else { String::new() }));
    }
    let none = common.pick("none needed: one currency, nominal", "필요 없음: 단일 통화, 경상 가격");
    say(&format!(
        "{}: {}",
        common.pick("rates and deflators", "환율과 디플레이터"),
        if used.is_empty() { none.to_owned() } else { used.join("; ") }
    ));
}

/// A failure to convert, with what the user can do.
pub(super) fn failure(error: &FundingError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        FundingError::NoRate { .. } => {
            failure.hint("Give a table that has it with --rates FILE, or let the nearest year stand in with --missing-years nearest.")
        }
        FundingError::NoDeflator { .. } => failure.hint(
            "Give a table that has it with --deflators FILE, let the nearest year stand in with --missing-years nearest, end earlier with --to YEAR, or ask for nominal amounts.",
        ),
        FundingError::NoCurrency(_) => failure.hint("Give a table that has it with --rates FILE."),
        _ => failure.into_misuse(),
    }
}
