//! What is open, what is due, what has to be renewed.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row;

use crate::error::{Error, Result};
use crate::kinds::KINDS;
use crate::read::{LINE, Line};
use crate::record::{COLUMNS, Record};
use crate::register::{Session, day_of};
use crate::store::Statement;

/// What is open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Open {
    /// The meeting before which it is open: the next that is planned, or the one asked for.
    pub meeting: Option<Line>,
    /// The day that ages are counted to: the meeting's, else today.
    pub day: i32,
    /// How much is open, by side, kind and state.
    pub summary: Vec<Summary>,
    /// The records, the longest open first.
    pub lines: Vec<Line>,
}

/// How much is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The countries it concerns, in order, with spaces between.
    pub sides: String,
    /// The kind.
    pub kind: String,
    /// The state.
    pub state: String,
    /// How many records.
    pub records: i64,
    /// The day since which the oldest is in this state.
    pub oldest: Option<i32>,
    /// How many are past their date.
    pub overdue: i64,
}

/// An agreement that ends soon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Renewal {
    /// The agreement.
    pub record: Record,
    /// Its last day.
    pub until: i32,
    /// The last day on which notice can be given, where the agreement says so.
    pub notice: Option<i32>,
}

/// The kinds that a dialogue goes through, one by one, at its next meeting.
const TO_TALK_ABOUT: [&str; 7] = ["statement", "commitment", "agreement", "programme", "call", "exchange", "contribution"];

impl Session<'_> {
    /// What is open before the next meeting, of a dialogue where one is named, or before the meeting that is named.
    ///
    /// Of a dialogue, what came about through it. At most `most` records are listed; the summary counts all.
    pub async fn open(&self, of: Option<&str>, most: usize) -> Result<Open> {
        let mut reading = self.reading().await?;
        let today = day_of(self.now());
        let (mut dialogue, mut meeting) = (None, None);
        if let Some(id) = of {
            let record = reading.get(id).await?.ok_or_else(|| Error::NotFound(id.to_owned()))?;
            match record.kind.as_str() {
                "dialogue" => dialogue = Some(record.id),
                "meeting" => {
                    dialogue = record.text("dialogue").map(str::to_owned);
                    meeting = reading.lines_of(&[record.id]).await?.into_values().next();
                }
                other => return Err(Error::input(format!("'{id}' is of the kind {other}")).hint("Give a dialogue or a meeting.")),
            }
        }
        if meeting.is_none() {
            let mut statement = reading.records(LINE).sql(" AND kind = 'meeting' AND state = 'planned' AND begins >= ").bind(today);
            if let Some(dialogue) = &dialogue {
                statement = statement
                    .sql(" AND id IN (SELECT source FROM links WHERE role = 'dialogue' AND target = ")
                    .bind(dialogue.as_str())
                    .sql(")");
            }
            meeting = reading.lines(statement.sql(" ORDER BY begins, id LIMIT 1")).await?.pop();
        }
        let day = meeting.as_ref().and_then(|meeting| meeting.begins).unwrap_or(today);
        let within = match &dialogue {
            Some(dialogue) => Some(reading.descendants(dialogue).await?),
            None => None,
        };
        let condition = |statement: Statement| {
            let statement = statement.sql(" AND open = 1 AND kind IN ").list(TO_TALK_ABOUT);
            match &within {
                Some(ids) => statement.sql(" AND id IN ").list(ids.iter().map(String::as_str)),
                None => statement,
            }
        };
        let counts = Statement::new("SELECT sides, kind, state, count(*) AS records, min(since) AS oldest, count(CASE WHEN due < ")
            .bind(day)
            .sql(" THEN 1 END) AS overdue FROM records WHERE ");
        let counts = condition(reading.seen(counts, "scope").sql(" AND removed = 0"))
            .sql(" GROUP BY sides, kind, state ORDER BY sides, kind, state");
        let mut summary = Vec::new();
        for row in counts.rows(&mut reading.on).await? {
            summary.push(Summary {
                sides: row.try_get("sides")?,
                kind: row.try_get("kind")?,
                state: row.try_get("state")?,
                records: row.try_get("records")?,
                oldest: crate::store::day(&row, "oldest")?,
                overdue: row.try_get("overdue")?,
            });
        }
        let statement =
            condition(reading.records(LINE)).sql(" ORDER BY since IS NULL, since, id LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
        let lines = reading.lines(statement).await?;
        Ok(Open { meeting, day, summary, lines })
    }

    /// What is overdue, or due within so many days: what has to be done and is not, in order of the date.
    pub async fn due(&self, days: i32, most: usize) -> Result<Vec<Line>> {
        let mut reading = self.reading().await?;
        let until = day_of(self.now()).saturating_add(days);
        let statement = reading.records(LINE).sql(" AND open = 1 AND due <= ").bind(until).sql(" ORDER BY due, id LIMIT ");
        reading.lines(statement.bind(i64::try_from(most).unwrap_or(i64::MAX))).await
    }

    /// Agreements signed or in force that end, or whose notice can last be given, within so many days (those past their end too), in order of the end.
    pub async fn renewals(&self, days: i32) -> Result<Vec<Renewal>> {
        let mut reading = self.reading().await?;
        let today = day_of(self.now());
        let statement = reading
            .records(COLUMNS)
            .sql(" AND kind = 'agreement' AND state IN ('signed', 'in_force') AND due IS NOT NULL ORDER BY due, id");
        let records = reading.whole(statement).await?;
        let renewals = records.into_iter().filter_map(|record| {
            let until = crate::Period::parse(record.text("until")?)?.to;
            let notice = record.number("notice_months").map(|months| months_before(until, months.min(12_000.0) as i32));
            (notice.unwrap_or(until).min(until) <= today.saturating_add(days)).then_some(Renewal { record, until, notice })
        });
        Ok(renewals.collect())
    }

    /// How many records of each kind and state there are.
    pub async fn count(&self) -> Result<BTreeMap<(&'static str, String), i64>> {
        let mut reading = self.reading().await?;
        let rows = reading.records("kind, state, count(*) AS records").sql(" GROUP BY kind, state").rows(&mut reading.on).await?;
        let mut counts = BTreeMap::new();
        for row in rows {
            let name: String = row.try_get("kind")?;
            if let Some(kind) = KINDS.iter().find(|kind| kind.name == name) {
                counts.insert((kind.name, row.try_get("state")?), row.try_get("records")?);
            }
        }
        Ok(counts)
    }
}

/// The same day of the month so many months before; the month's last day where it has no such day.
fn months_before(day: i32, months: i32) -> i32 {
    let (year, month, of_month) = dari_model::date::civil(day);
    let index = year * 12 + i32::try_from(month).unwrap_or(1) - 1 - months;
    let (year, month) = (index.div_euclid(12), u32::try_from(index.rem_euclid(12)).unwrap_or(0) + 1);
    (1..=of_month).rev().find_map(|of_month| dari_model::date::days(year, month, of_month)).unwrap_or(day)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use dari_model::date::parse;

    #[test]
    fn months_end_where_they_end() {
        for (day, months, before) in [
            ("2024-08-31", 6, "2024-02-29"),
            ("2033-12-30", 6, "2033-06-30"),
            ("2024-01-15", 13, "2022-12-15"),
            ("2024-03-31", 0, "2024-03-31"),
        ] {
            assert_eq!(months_before(parse(day).unwrap(), months), parse(before).unwrap());
        }
    }
}
