//! What sides give each other: places for people, money, things.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::error::{Error, Result};
use crate::period::Period;
use crate::register::Session;
use crate::store::day;

/// Balance between sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Balance {
    /// Exchange of people, by direction and state.
    pub exchanges: Vec<Exchanges>,
    /// Contributions, by side, state and currency.
    pub contributions: Vec<Contributions>,
}

/// Exchange of people in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchanges {
    /// The side that sends.
    pub home: String,
    /// The side that hosts.
    pub host_side: String,
    /// The state.
    pub state: String,
    /// How many.
    pub people: i64,
    /// Days of those whose period is known.
    pub days: i64,
    /// How many have no period yet.
    pub without_period: i64,
}

/// Contributions of a side in one currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contributions {
    /// The side that gives.
    pub side: String,
    /// The state.
    pub state: String,
    /// The currency; empty for what is in kind and has no value given.
    pub currency: String,
    /// How many records.
    pub records: i64,
    /// Money.
    pub money: f64,
    /// Value of what is given in kind.
    pub in_kind: f64,
}

impl Session<'_> {
    /// The balance between sides, of what came about through a record where one is named.
    pub async fn balance(&self, of: Option<&str>) -> Result<Balance> {
        let mut reading = self.reading().await?;
        let within: Option<BTreeSet<String>> = match of {
            Some(id) => {
                if reading.get(id).await?.is_none() {
                    return Err(crate::Error::NotFound(id.to_owned()));
                }
                Some(reading.descendants(id).await?)
            }
            None => None,
        };
        let statement = reading.records("id, kind, state, begins, ends, content").sql(" AND kind IN ('exchange', 'contribution')");
        let mut given = Vec::new();
        for row in statement.rows(&mut reading.on).await? {
            let id: String = row.try_get("id")?;
            if within.as_ref().is_some_and(|ids| !ids.contains(&id)) {
                continue;
            }
            let period = day(&row, "begins")?.zip(day(&row, "ends")?).map(|(from, to)| Period { from, to });
            let content: String = row.try_get("content")?;
            let content = serde_json::from_str(&content).map_err(|error| Error::Broken(format!("content of '{id}': {error}")))?;
            given.push(Given { exchange: row.try_get::<String, _>("kind")? == "exchange", state: row.try_get("state")?, period, content });
        }
        Ok(balance(&given))
    }
}

/// What counts of a record: nothing else of it is read.
struct Given {
    exchange: bool,
    state: String,
    period: Option<Period>,
    content: Counted,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Counted {
    home: String,
    host_side: String,
    side: String,
    money: Option<Money>,
    value: Option<Money>,
}

#[derive(Deserialize)]
struct Money {
    amount: f64,
    currency: String,
}

fn balance(given: &[Given]) -> Balance {
    let mut exchanges: BTreeMap<[&str; 3], Exchanges> = BTreeMap::new();
    let mut contributions: BTreeMap<[&str; 3], Contributions> = BTreeMap::new();
    for Given { exchange, state, period, content } in given {
        if *exchange {
            let key = [content.home.as_str(), &content.host_side, state];
            let line = exchanges.entry(key).or_insert_with(|| Exchanges {
                home: key[0].to_owned(),
                host_side: key[1].to_owned(),
                state: key[2].to_owned(),
                people: 0,
                days: 0,
                without_period: 0,
            });
            line.people += 1;
            match period {
                Some(period) => line.days += period.days(),
                None => line.without_period += 1,
            }
            continue;
        }
        let mut parts: Vec<(&str, f64, f64)> = Vec::new();
        parts.extend(content.money.as_ref().map(|money| (money.currency.as_str(), money.amount, 0.0)));
        parts.extend(content.value.as_ref().map(|money| (money.currency.as_str(), 0.0, money.amount)));
        if parts.is_empty() {
            parts.push(("", 0.0, 0.0));
        }
        let mut counted = BTreeSet::new();
        for (currency, amount, in_kind) in parts {
            let key = [content.side.as_str(), state, currency];
            let line = contributions.entry(key).or_insert_with(|| Contributions {
                side: key[0].to_owned(),
                state: key[1].to_owned(),
                currency: key[2].to_owned(),
                records: 0,
                money: 0.0,
                in_kind: 0.0,
            });
            line.records += i64::from(counted.insert(currency));
            line.money += amount;
            line.in_kind += in_kind;
        }
    }
    Balance { exchanges: exchanges.into_values().collect(), contributions: contributions.into_values().collect() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(kind: &str, state: &str, content: serde_json::Value) -> Given {
        let period = content.get("period").and_then(|period| Period::parse(period.as_str()?));
        Given { exchange: kind == "exchange", state: state.to_owned(), period, content: serde_json::from_value(content).unwrap() }
    }

    #[test]
    fn by_direction_and_currency() {
        let records = [
            record("exchange", "completed", json!({"home": "KR", "host_side": "US", "period": "2024-03-01/2024-03-10"})),
            record("exchange", "completed", json!({"home": "KR", "host_side": "US", "period": "2024-03"})),
            record("exchange", "offered", json!({"home": "US", "host_side": "KR"})),
            record(
                "contribution",
                "given",
                json!({"side": "KR", "money": {"amount": 5, "currency": "KRW"}, "value": {"amount": 2.5, "currency": "KRW"}}),
            ),
            record("contribution", "given", json!({"side": "KR", "money": {"amount": 7, "currency": "USD"}})),
            record("contribution", "pledged", json!({"side": "US", "in_kind": {"en": "beam time"}})),
        ];
        let balance = balance(&records);
        let exchanges: Vec<_> = balance
            .exchanges
            .iter()
            .map(|line| (line.home.as_str(), line.state.as_str(), line.people, line.days, line.without_period))
            .collect();
        // 10 days and the 31 of March.
        assert_eq!(exchanges, [("KR", "completed", 2, 41, 0), ("US", "offered", 1, 0, 1)]);
        let contributions: Vec<_> = balance
            .contributions
            .iter()
            .map(|line| (line.side.as_str(), line.currency.as_str(), line.records, line.money, line.in_kind))
            .collect();
        assert_eq!(contributions, [("KR", "KRW", 1, 5.0, 2.5), ("KR", "USD", 1, 7.0, 0.0), ("US", "", 1, 0.0, 0.0)]);
    }
}
