//! What sides give each other: places for people, money, things.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::content::Content;
use crate::error::Result;
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

/// What the balance counts of a record; it stands in columns of its own beside the content.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Given {
    /// The side that gives: of an exchange, the one that sends.
    pub(crate) giver: Option<String>,
    /// The side that hosts.
    pub(crate) host_side: Option<String>,
    /// Money, its currency first.
    pub(crate) money: Option<(String, f64)>,
    /// The value of what is given in kind.
    pub(crate) value: Option<(String, f64)>,
}

impl Given {
    /// The columns that [`Given::read`] needs.
    pub(crate) const COLUMNS: &str = "giver, host_side, currency, amount, value_currency, value_amount";

    /// As it is stored. An amount without a currency is none.
    pub(crate) fn read(row: &AnyRow) -> Result<Given> {
        Ok(Given {
            giver: row.try_get("giver")?,
            host_side: row.try_get("host_side")?,
            money: money(row, "currency", "amount")?,
            value: money(row, "value_currency", "value_amount")?,
        })
    }

    /// Of a record's content, which was checked. Nothing where the kind is not one that sides give.
    pub(crate) fn of(kind: &str, content: &Content) -> Given {
        let text = |field: &str| content.get(field).and_then(Value::as_str).map(str::to_owned);
        let money = |field: &str| {
            let money = content.get(field)?;
            Some((money.get("currency")?.as_str()?.to_owned(), money.get("amount")?.as_f64()?))
        };
        match kind {
            "exchange" => Given { giver: text("home"), host_side: text("host_side"), ..Given::default() },
            "contribution" => Given { giver: text("side"), money: money("money"), value: money("value"), ..Given::default() },
            _ => Given::default(),
        }
    }
}

impl Session<'_> {
    /// The balance between sides, of what came about through a record where one is named.
    pub async fn balance(&self, of: Option<&str>) -> Result<Balance> {
        let mut reading = self.reading().await?;
        // Amounts are added as decimals, so that the sum does not hang on their order.
        let mut statement = reading.records(
            "kind, state, giver, host_side, currency, value_currency, count(*) AS records,
             CAST(sum(ends - begins + 1) AS BIGINT) AS days, count(CASE WHEN begins IS NULL OR ends IS NULL THEN 1 END) AS without_period,
             CAST(sum(CAST(amount AS NUMERIC)) AS DOUBLE PRECISION) AS money, CAST(sum(CAST(value_amount AS NUMERIC)) AS DOUBLE PRECISION) AS value",
        );
        statement = statement.sql(" AND kind IN ('exchange', 'contribution')");
        if let Some(id) = of {
            if reading.get(id).await?.is_none() {
                return Err(crate::Error::NotFound(id.to_owned()));
            }
            let within = reading.descendants(id).await?;
            statement = statement.sql(" AND id IN ").list(within.iter().map(String::as_str));
        }
        let statement = statement.sql(" GROUP BY kind, state, giver, host_side, currency, value_currency");
        let groups = statement.rows(&mut reading.on).await?.iter().map(Group::read).collect::<Result<Vec<_>>>()?;
        Ok(balance(&groups))
    }
}

/// Records of one kind, state, side and currency.
struct Group {
    exchange: bool,
    state: String,
    giver: String,
    host_side: String,
    records: i64,
    days: i64,
    without_period: i64,
    money: Option<(String, f64)>,
    value: Option<(String, f64)>,
}

impl Group {
    fn read(row: &AnyRow) -> Result<Group> {
        let text = |column: &str| row.try_get::<Option<String>, _>(column);
        Ok(Group {
            exchange: row.try_get::<String, _>("kind")? == "exchange",
            state: row.try_get("state")?,
            giver: text("giver")?.unwrap_or_default(),
            host_side: text("host_side")?.unwrap_or_default(),
            records: row.try_get("records")?,
            days: row.try_get::<Option<i64>, _>("days")?.unwrap_or_default(),
            without_period: row.try_get("without_period")?,
            money: money(row, "currency", "money")?,
            value: money(row, "value_currency", "value")?,
        })
    }
}

fn money(row: &AnyRow, currency: &str, amount: &str) -> Result<Option<(String, f64)>> {
    Ok(match row.try_get(currency)? {
        Some(currency) => Some((currency, row.try_get(amount)?)),
        None => None,
    })
}

fn balance(groups: &[Group]) -> Balance {
    let mut exchanges: BTreeMap<[&str; 3], Exchanges> = BTreeMap::new();
    let mut contributions: BTreeMap<[&str; 3], Contributions> = BTreeMap::new();
    for group in groups {
        if group.exchange {
            let key = [group.giver.as_str(), &group.host_side, &group.state];
            let line = exchanges.entry(key).or_insert_with(|| Exchanges {
                home: key[0].to_owned(),
                host_side: key[1].to_owned(),
                state: key[2].to_owned(),
                people: 0,
                days: 0,
                without_period: 0,
            });
            line.people += group.records;
            line.days += group.days;
            line.without_period += group.without_period;
            continue;
        }
        let mut parts: Vec<(&str, f64, f64)> = Vec::new();
        parts.extend(group.money.as_ref().map(|(currency, amount)| (currency.as_str(), *amount, 0.0)));
        parts.extend(group.value.as_ref().map(|(currency, amount)| (currency.as_str(), 0.0, *amount)));
        if parts.is_empty() {
            parts.push(("", 0.0, 0.0));
        }
        let mut counted = BTreeSet::new();
        for (currency, amount, in_kind) in parts {
            let key = [group.giver.as_str(), &group.state, currency];
            let line = contributions.entry(key).or_insert_with(|| Contributions {
                side: key[0].to_owned(),
                state: key[1].to_owned(),
                currency: key[2].to_owned(),
                records: 0,
                money: 0.0,
                in_kind: 0.0,
            });
            // Money and value in one currency are one record in its line.
            if counted.insert(currency) {
                line.records += group.records;
            }
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

    #[test]
    fn what_is_given_by_whom() {
        let given = |kind: &str, content: Value| Given::of(kind, content.as_object().unwrap());
        let text = |text: &str| Some(text.to_owned());
        let exchange = given("exchange", json!({"home": "KR", "host_side": "US", "money": {"amount": 1, "currency": "KRW"}}));
        assert_eq!(exchange, Given { giver: text("KR"), host_side: text("US"), ..Given::default() });
        let contribution = given(
            "contribution",
            json!({"side": "US", "money": {"amount": 5, "currency": "USD"}, "value": {"amount": 2.5, "currency": "KRW"}}),
        );
        let expected =
            Given { giver: text("US"), host_side: None, money: Some(("USD".to_owned(), 5.0)), value: Some(("KRW".to_owned(), 2.5)) };
        assert_eq!(contribution, expected);
        assert_eq!(given("statement", json!({"side": "US", "home": "KR"})), Given::default());
    }

    #[test]
    fn money_and_value_of_one_currency_are_one_record() {
        let group = |records, money: Option<(&str, f64)>, value: Option<(&str, f64)>| {
            let owned = |part: Option<(&str, f64)>| part.map(|(currency, amount)| (currency.to_owned(), amount));
            let (giver, state, host_side) = ("KR".to_owned(), "given".to_owned(), String::new());
            Group {
                exchange: false,
                state,
                giver,
                host_side,
                records,
                days: 0,
                without_period: 0,
                money: owned(money),
                value: owned(value),
            }
        };
        let groups =
            [group(2, Some(("KRW", 5.0)), Some(("KRW", 2.5))), group(1, Some(("KRW", 1.0)), Some(("USD", 7.0))), group(1, None, None)];
        let balance = balance(&groups);
        let lines: Vec<_> =
            balance.contributions.iter().map(|line| (line.currency.as_str(), line.records, line.money, line.in_kind)).collect();
        assert_eq!(lines, [("", 1, 0.0, 0.0), ("KRW", 3, 6.0, 2.5), ("USD", 1, 0.0, 7.0)]);
    }
}
