//! Published budgets: a sheet (CSV or Parquet) with these columns, of which `country`, `year`, `amount`, `currency` and `source_title` are
//! needed.
//!
//! | column | meaning |
//! |---|---|
//! | `country` | by code or name |
//! | `agency`, `programme` | as they are to be shown |
//! | `framework`, `technology` | an entry of a technology framework, where the figure is for just that |
//! | `scope` | what the figure is for, in words; `total` for all research money of the country in the year |
//! | `year` | the budget's |
//! | `amount`, `unit`, `currency` | as published: `1.8`, `trillion`, `KRW`; units are `one` (where nothing is said), `thousand`, `million`, `billion`, `trillion`, `억`, `조` |
//! | `source_title`, `source_url`, `source_date` | where it was published |
//! | `note` | proposed or enacted, what it holds |
//!
//! A figure is known by what it is for and by its source: two publications of one budget stand side by side, a correction by the same
//! publication takes the place of what it corrects.

use dari_model::{Cell, id, table};

use crate::collector::{Collector, Version};
use crate::sheet::{Layout, Row, Sheet};
use crate::values::{amount, country_named, field, first_day, needed, year};
use crate::{Emit, Error, File};

static LAYOUT: Layout = Layout {
    what: "budgets",
    required: &["country", "year", "amount", "currency", "source_title"],
    columns: &[
        "country",
        "agency",
        "programme",
        "framework",
        "technology",
        "scope",
        "year",
        "amount",
        "currency",
        "unit",
        "source_title",
        "source_url",
        "source_date",
        "note",
    ],
};

/// Reads budgets.
///
/// # Errors
/// Where the file cannot be read or lacks a column. A row that is no budget or repeats another is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let sheet = Sheet::open(file, &LAYOUT)?;
    let mut collector = Collector::new(table::BUDGETS_GROUP.tables(), emit);
    sheet.read_into(&mut collector, &mut |collector, place, row| match Budget::of(row) {
        Ok(budget) => {
            let key = budget.key(row);
            let version = Version { id: id::foreign("budgets", &key), updated: i32::MIN, hash: row.hash() };
            collector.add(place, &key, version, &[(&table::BUDGETS, budget.cells(row, version))])
        }
        Err(reason) => collector.reject(place, row.get("programme").or(row.get("agency")), reason),
    })?;
    collector.flush()
}

/// What is read from the texts of a row.
struct Budget {
    country: &'static str,
    year: i16,
    amount: f64,
    unit: (&'static str, f64),
    currency: String,
    date: Option<i32>,
}

impl Budget {
    fn of(row: &Row<'_>) -> Result<Budget, String> {
        needed("source_title", row.get("source_title"), "the publication the figure is from", |text| Some(text.len()))?;
        if row.get("technology").is_some() && row.get("framework").is_none() {
            return Err("framework: expected the framework that the technology is an entry of, found nothing".to_owned());
        }
        Ok(Budget {
            country: needed("country", row.get("country"), "a country by ISO 3166-1 code or common name", country_named)?,
            year: needed("year", row.get("year"), "a year", year)?,
            amount: needed("amount", row.get("amount"), "a number", amount)?,
            unit: field("unit", row.get("unit"), "one, thousand, million, billion, trillion, 억 or 조", unit)?.unwrap_or(("one", 1.0)),
            currency: needed("currency", row.get("currency"), "a code of ISO 4217 such as KRW", currency)?,
            date: field("source_date", row.get("source_date"), "a date", first_day)?,
        })
    }

    fn key(&self, row: &Row<'_>) -> String {
        let text = |column: &str| row.get(column).unwrap_or_default();
        let what = [text("agency"), text("programme"), text("framework"), text("technology"), text("scope")].join("|");
        format!("{}|{what}|{}|{}|{}", self.country, self.year, text("source_title"), text("source_url"))
    }

    fn cells<'a>(&'a self, row: &Row<'a>, version: Version) -> Vec<Cell<'a>> {
        vec![
            version.id.into(),
            version.hash.into(),
            Cell::Null,
            self.country.into(),
            row.get("agency").into(),
            row.get("programme").into(),
            row.get("framework").into(),
            row.get("technology").into(),
            row.get("scope").into(),
            self.year.into(),
            self.amount.into(),
            self.unit.0.into(),
            (self.amount * self.unit.1).into(),
            self.currency.as_str().into(),
            row.get("source_title").into(),
            row.get("source_url").into(),
            self.date.map_or(Cell::Null, Cell::Date),
            row.get("note").into(),
        ]
    }
}

fn unit(text: &str) -> Option<(&'static str, f64)> {
    const UNITS: [(&str, f64); 7] =
        [("one", 1.0), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12), ("억", 1e8), ("조", 1e12)];
    UNITS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text))
}

fn currency(text: &str) -> Option<String> {
    (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{damaged, run};

    const SHEET: &str =
        "country,agency,programme,framework,technology,scope,year,amount,currency,unit,source_title,source_url,source_date,note
한국,MSIT,global R&D,,,,2024,1.8,krw,조,Press release,https://x,2024-01-26,said at OSTP
KR,,CET,kr-nst-2023,quantum,,2024,\"1,252\",KRW,억,JST,,,
US,NSF,,,,whole agency,2024,\"9,060,000,000\",USD,,CRA,,2024,
";

    #[test]
    fn figures_as_published_and_in_units_of_the_currency() {
        let all = run(SHEET.as_bytes(), read).unwrap();
        assert!(all.rejects.is_empty(), "{:?}", all.rejects);
        // 1.8 × 10^12; 1,252 × 10^8.
        assert_eq!(
            all.rows("budgets", &["country", "agency", "technology", "year", "amount", "unit", "value", "currency", "source_date"]),
            [
                ["KR", "MSIT", "", "2024", "1.8", "조", "1800000000000.0", "KRW", "2024-01-26"],
                ["KR", "", "quantum", "2024", "1252.0", "억", "125200000000.0", "KRW", ""],
                ["US", "NSF", "", "2024", "9060000000.0", "one", "9060000000.0", "USD", "2024-01-01"],
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let rows = "country,year,amount,currency,unit,source_title,framework,technology,programme
Atlantis,2024,1,USD,,s,,,
KR,2024,1,USD,zillion,s,,,
KR,,1,USD,,s,,,
KR,2024,much,USD,,s,,,
KR,2024,1,dollars,,s,,,
KR,2024,1,USD,,,,,
KR,2024,1,USD,,s,,quantum,
KR,2024,1,USD,,s,,,P
KR,2024,2,USD,,t,,,P
KR,2024,3,USD,,s,,,P
";
        let all = run(rows.as_bytes(), read).unwrap();
        let expected = ["'Atlantis'", "'zillion'", "year", "'much'", "'dollars'", "source_title", "framework", "same key as record 8"];
        assert_eq!(all.rejects.len(), expected.len(), "{:?}", all.rejects);
        for (reason, expected) in all.reasons().iter().zip(expected) {
            assert!(reason.contains(expected), "{reason}: {expected}");
        }
        assert_eq!(all.rows("budgets", &["amount"]), [["1.0"], ["2.0"]], "another source stands beside the first");
    }

    proptest! {
        #[test]
        fn no_damage_panics(at in 0usize..400, byte: u8, how: u8) {
            let _ = run(&damaged(SHEET.as_bytes(), at, byte, how), read);
        }
    }
}
