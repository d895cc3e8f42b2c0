//! A cell of a data set: checked, and told from those before it.

use dari_model::{Cell, id, table};
use rustc_hash::FxHashMap;

use super::Kind;
use crate::sheet::Row;
use crate::values::{country_code, field, integer, needed, year};

/// The cells seen so far, by what they count, with their rows.
#[derive(Default)]
pub(super) struct Cells {
    seen: FxHashMap<u128, u64>,
}

impl Cells {
    /// The row's cells, without the data set's id, or the reason why it is none.
    pub(super) fn take(&mut self, kind: Kind, row: &Row<'_>, record: u64) -> Result<Vec<Cell<'static>>, String> {
        let (key, cells) = match kind {
            Kind::CountryTopic => country_topic(row)?,
            Kind::CountryPairs => country_pair(row)?,
        };
        if let Some(first) = self.seen.get(&key) {
            return Err(format!("duplicate of record {first}: the same cell again"));
        }
        self.seen.insert(key, record);
        Ok(cells)
    }
}

fn country_topic(row: &Row<'_>) -> Result<(u128, Vec<Cell<'static>>), String> {
    let (from, to) = needed("period", row.get("period"), "a year or a period such as 2010-2014", period)?;
    let topic = needed("topic_id", row.get("topic_id"), TOPIC, topic)?;
    let country = country(row, "country_code")?;
    let (works, world) = (count(row, "works")?, count(row, "world_works")?);
    if works > world {
        return Err(format!("world_works: expected at least the {works} works of the country, found {world}"));
    }
    let key = key(&[from as u16, to as u16], topic, &[country]);
    let mut cells = vec![Cell::Null, from.into(), to.into(), topic.into(), country.into(), works.into(), world.into()];
    // Published aggregates count works and nothing else.
    cells.resize(table::COUNTRY_TOPIC_YEAR.columns.len(), Cell::Null);
    Ok((key, cells))
}

fn country_pair(row: &Row<'_>) -> Result<(u128, Vec<Cell<'static>>), String> {
    let year = needed("year", row.get("year"), "a year", year)?;
    let (a, b) = (country(row, "country_a")?, country(row, "country_b")?);
    if a == b {
        return Err(format!("country_a and country_b: expected two countries, found {a} twice"));
    }
    if a > b {
        return Err(format!("expected country_a before country_b in the alphabet, found {a} and {b}"));
    }
    let topic = field("topic_id", row.get("topic_id"), TOPIC, topic)?;
    let works = count(row, "works")?;
    let key = key(&[year as u16], topic.unwrap_or(0), &[a, b]);
    let mut cells = vec![Cell::Null, year.into(), a.into(), b.into(), topic.into(), works.into()];
    cells.resize(table::COUNTRY_PAIR_TOPIC_YEAR.columns.len(), Cell::Null);
    Ok((key, cells))
}

const TOPIC: &str = "a topic id such as T10001 or 10001";

fn topic(text: &str) -> Option<i32> {
    id::openalex(b'T', text).and_then(|topic| i32::try_from(topic).ok())
}

fn country(row: &Row<'_>, column: &str) -> Result<&'static str, String> {
    needed(column, row.get(column), "a two-letter code of ISO 3166-1", country_code)
}

fn count(row: &Row<'_>, column: &str) -> Result<i64, String> {
    needed(column, row.get(column), "a count of works, 0 or more", |text| integer(text).filter(|count| *count >= 0))
}

/// `2010-2014`, or `2012` for one year.
fn period(text: &str) -> Option<(i16, i16)> {
    let (from, to) = text.split_once(['-', '–']).unwrap_or((text, text));
    let (from, to) = (year(from.trim())?, year(to.trim())?);
    (from <= to).then_some((from, to))
}

/// What a cell counts, in one number without loss: two years, a topic, two countries of two letters.
fn key(years: &[u16], topic: i32, countries: &[&str]) -> u128 {
    let years = years.iter().flat_map(|year| year.to_be_bytes());
    let countries = countries.iter().flat_map(|code| code.bytes());
    years.chain(topic.to_be_bytes()).chain(countries).fold(0, |key, byte| key << 8 | u128::from(byte))
}
