//! What is open, what is due, what has to be renewed.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row;

use crate::error::{Error, Result};
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
                statement = reading.naming(statement, "dialogue", Statement::value(dialogue));
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
        // By scope too, which is the order of the index; scopes are put together here.
        let counts = Statement::new("SELECT scope, sides, kind, state, count(*) AS records, min(since) AS oldest, count(CASE WHEN due < ")
            .bind(day)
            .sql(" THEN 1 END) AS overdue FROM records WHERE ");
        let counts = condition(reading.seen(counts, "scope").sql(" AND removed = 0")).sql(" GROUP BY scope, sides, kind, state");
        let mut summary: BTreeMap<[String; 3], Summary> = BTreeMap::new();
        for row in counts.rows(&mut reading.on).await? {
            let [sides, kind, state]: [String; 3] = [row.try_get("sides")?, row.try_get("kind")?, row.try_get("state")?];
            let line = summary.entry([sides.clone(), kind.clone(), state.clone()]).or_insert_with(|| Summary {
                sides,
                kind,
                state,
                records: 0,
                oldest: None,
                overdue: 0,
            });
            line.records += row.try_get::<i64, _>("records")?;
            line.oldest = line.oldest.into_iter().chain(crate::store::day(&row, "oldest")?).min();
            line.overdue += row.try_get::<i64, _>("overdue")?;
        }
        let summary = summary.into_values().collect();
        // Which ones first, of an index, then the records: to put all in order that are open would read all of them.
        let first =
            condition(reading.records("id")).sql(" ORDER BY since IS NULL, since, id LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
        let statement = reading
            .seen_by_id(Statement::new("SELECT ").sql(LINE).sql(" FROM records WHERE "))
            .sql(" AND id IN (")
            .append(first)
            .sql(") ORDER BY since IS NULL, since, id");
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
            let notice = record.number("notice_months").and_then(|months| crate::Period::day(until).months_before(months));
            (notice.unwrap_or(until).min(until) <= today.saturating_add(days)).then_some(Renewal { record, until, notice })
        });
        Ok(renewals.collect())
    }
}
