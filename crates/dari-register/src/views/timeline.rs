//! What happened in the world, and what changed in the register.

use serde::Serialize;

use crate::error::Result;
use crate::period::Period;
use crate::read::{LINE, Line, event};
use crate::register::Session;
use crate::store::Statement;
use crate::trail::Event;

/// Something that happened in the world.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The day.
    pub day: i32,
    /// The state that the record came into on this day; nothing for the day on which it happens itself.
    pub became: Option<String>,
    /// The record.
    pub record: Line,
}

/// A change of the register.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The event.
    pub event: Event,
    /// The record as it is now; nothing for changes of users.
    pub record: Option<Line>,
}

impl Session<'_> {
    /// What happened between two days, of what came about through a record where one is named, in order of the days: when records happen, and when they came
    /// into another state.
    pub async fn timeline(&self, span: Period, of: Option<&str>, most: usize) -> Result<Vec<Entry>> {
        let mut reading = self.reading().await?;
        let within = match of {
            Some(id) => {
                if reading.get(id).await?.is_none() {
                    return Err(crate::Error::NotFound(id.to_owned()));
                }
                Some(reading.descendants(id).await?)
            }
            None => None,
        };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let limit = |statement: Statement, column: &str| {
            let statement = match &within {
                Some(ids) => statement.sql(" AND id IN ").list(ids.iter().map(String::as_str)),
                None => statement,
            };
            statement.sql(" ORDER BY ").sql(column).sql(", id LIMIT ").bind(most)
        };
        let statement = reading.records(LINE).sql(" AND begins BETWEEN ").bind(span.from).sql(" AND ").bind(span.to);
        let happening = reading.lines(limit(statement, "begins")).await?;
        let moves = reading.seen(Statement::new("SELECT * FROM events WHERE "), "scope");
        let moves = moves.sql(" AND action = 'moved' AND day BETWEEN ").bind(span.from).sql(" AND ").bind(span.to);
        let moves = limit(moves, "day").rows(&mut reading.on).await?;
        let moves: Vec<Event> = moves.iter().map(|row| event(row).map(|(event, _)| event)).collect::<Result<_>>()?;
        let ids: Vec<String> = moves.iter().map(|event| event.id.clone()).collect();
        let lines = reading.lines_of(&ids).await?;
        let became = moves.into_iter().filter_map(|event| {
            let record = lines.get(&event.id)?.clone();
            Some(Entry { day: event.day?, became: Some(event.state), record })
        });
        let happening = happening.into_iter().filter_map(|record| Some(Entry { day: record.begins?, became: None, record }));
        let mut entries: Vec<Entry> = happening.chain(became).collect();
        entries.sort_by(|a, b| (a.day, &a.record.id, &a.became).cmp(&(b.day, &b.record.id, &b.became)));
        entries.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(entries)
    }

    /// What was changed in the register since a moment (milliseconds since 1970-01-01, UTC), the newest first.
    pub async fn changes(&self, since: i64, most: usize) -> Result<Vec<Change>> {
        let mut reading = self.reading().await?;
        // Scope by scope, each in the order of an index, rather than all sorted together.
        let mut events: Vec<Event> = Vec::new();
        for scope in reading.scopes.clone() {
            let statement = Statement::new("SELECT * FROM events WHERE scope = ").bind(scope).sql(" AND at >= ").bind(since);
            let statement = statement.sql(" ORDER BY at DESC, seq DESC LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
            for row in statement.rows(&mut reading.on).await? {
                events.push(event(&row)?.0);
            }
        }
        events.sort_by(|a, b| (b.at, &a.scope, b.seq).cmp(&(a.at, &b.scope, a.seq)));
        events.truncate(most);
        let ids: Vec<String> = events.iter().map(|event| event.id.clone()).collect();
        let lines = reading.lines_of(&ids).await?;
        Ok(events.into_iter().map(|event| Change { record: lines.get(&event.id).cloned(), event }).collect())
    }
}
