//! What sides give each other: places for people, money, things.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::Result;
use crate::period::Period;
use crate::record::{COLUMNS, Record};
use crate::register::Session;

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
        let statement = reading.records(COLUMNS).sql(" AND kind IN ('exchange', 'contribution') ORDER BY id");
        let records = reading.whole(statement).await?;
        Ok(balance(records.iter().filter(|record| within.as_ref().is_none_or(|ids| ids.contains(&record.id)))))
    }
}

fn balance<'a>(records: impl Iterator<Item = &'a Record>) -> Balance {
    let mut exchanges: BTreeMap<[&str; 3], Exchanges> = BTreeMap::new();
    let mut contributions: BTreeMap<[&str; 3], Contributions> = BTreeMap::new();
    for record in records {
        let text = |field: &str| record.text(field).unwrap_or_default();
        if record.kind == "exchange" {
            let key = [text("home"), text("host_side"), &record.state];
            let line = exchanges.entry(key).or_insert_with(|| Exchanges {
                home: key[0].to_owned(),
                host_side: key[1].to_owned(),
                state: key[2].to_owned(),
                people: 0,
                days: 0,
                without_period: 0,
            });
            line.people += 1;
            match Period::parse(text("period")) {
                Some(period) => line.days += period.days(),
                None => line.without_period += 1,
            }
            continue;
        }
        let money = |field: &str| {
            let money = record.content.get(field)?.as_object()?;
            Some((money.get("currency")?.as_str()?, money.get("amount")?.as_f64()?))
        };
        let mut parts: Vec<(&str, f64, f64)> = Vec::new();
        parts.extend(money("money").map(|(currency, amount)| (currency, amount, 0.0)));
        parts.extend(money("value").map(|(currency, amount)| (currency, 0.0, amount)));
        if parts.is_empty() {
            parts.push(("", 0.0, 0.0));
        }
        let mut counted = BTreeSet::new();
        for (currency, amount, in_kind) in parts {
            let key = [text("side"), record.state.as_str(), currency];
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

    fn record(kind: &str, state: &str, content: serde_json::Value) -> Record {
        Record {
            id: "x".to_owned(),
            kind: kind.to_owned(),
            state: state.to_owned(),
            since: None,
            version: 1,
            changed_at: 0,
            created_by: String::new(),
            removed: false,
            content: crate::register::as_content(content),
        }
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
        let balance = balance(records.iter());
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
