//! Reading records and their history.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::content::Content;
use crate::error::{Error, Result};
use crate::kinds::kind;
use crate::party::Scope;
use crate::record::{COLUMNS, Record};
use crate::register::{Reading, Session};
use crate::store::{Statement, day};
use crate::text::{Sought, sought};
use crate::trail::{Action, Event};

/// Which records to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// That concern this side.
    pub side: Option<String>,
    /// Of these ids.
    pub ids: Option<Vec<String>>,
    /// That name this record.
    pub naming: Option<String>,
    /// Those that were removed, instead of the others.
    pub removed: bool,
    /// Those after this place in the list: when a record happens, and its id.
    pub after: Option<(Option<i32>, String)>,
    /// At most so many.
    pub most: Option<usize>,
}

/// A line of a list: what a record is, without its fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its state; empty where the kind has none.
    pub state: String,
    /// The day since which it is in this state.
    pub since: Option<i32>,
    /// The countries it concerns, in order, with spaces between.
    pub sides: String,
    /// The first day on which it happens.
    pub begins: Option<i32>,
    /// The last.
    pub ends: Option<i32>,
    /// Until when something has to be done, or when it runs out.
    pub due: Option<i32>,
    /// How often it was written.
    pub version: i64,
    /// What it is called, in English and Korean.
    pub title: [Option<String>; 2],
}

pub(crate) const LINE: &str = "id, kind, state, since, sides, begins, ends, due, version, title_en, title_ko";

impl Line {
    pub(crate) fn read(row: &AnyRow) -> Result<Line> {
        Ok(Line {
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            state: row.try_get("state")?,
            since: day(row, "since")?,
            sides: row.try_get("sides")?,
            begins: day(row, "begins")?,
            ends: day(row, "ends")?,
            due: day(row, "due")?,
            version: row.try_get("version")?,
            title: [row.try_get("title_en")?, row.try_get("title_ko")?],
        })
    }

    /// What it is called in the language asked for, in the other where there is none, else by its id.
    pub fn title(&self, korean: bool) -> &str {
        let [en, ko] = &self.title;
        let (first, second) = if korean { (ko, en) } else { (en, ko) };
        first.as_ref().or(second.as_ref()).unwrap_or(&self.id)
    }
}

impl Reading {
    /// ` … scope IN (…)` over the scopes that are seen.
    pub(crate) fn seen(&self, statement: Statement, column: &str) -> Statement {
        statement.sql(column).sql(" IN ").list(self.scopes.iter().map(String::as_str))
    }

    /// The same where records are looked up by their ids or what they name: in a form that no index fits, because SQLite would take one that begins with the scope
    /// and pass over all of it.
    pub(crate) fn seen_by_id(&self, statement: Statement) -> Statement {
        statement.sql("(scope || '') IN ").list(self.scopes.iter().map(String::as_str))
    }

    /// `SELECT` these columns of the records that are seen and not removed, with more conditions to come.
    pub(crate) fn records(&self, columns: &str) -> Statement {
        self.seen(Statement::new("SELECT ").sql(columns).sql(" FROM records WHERE "), "scope").sql(" AND removed = 0")
    }

    /// ` AND id IN (…)`: those that name one of the records of a statement, or the one of an id, in a role.
    pub(crate) fn naming(&self, statement: Statement, role: &str, target: Statement) -> Statement {
        let statement = statement.sql(" AND id IN (SELECT source FROM links WHERE role = ").bind(role).sql(" AND target IN (");
        self.seen(statement.append(target).sql(") AND "), "scope").sql(")")
    }

    pub(crate) async fn lines(&mut self, statement: Statement) -> Result<Vec<Line>> {
        statement.rows(&mut self.on).await?.iter().map(Line::read).collect()
    }

    /// Lines of these ids, as far as they are seen.
    pub(crate) async fn lines_of(&mut self, ids: &[String]) -> Result<BTreeMap<String, Line>> {
        let mut lines = BTreeMap::new();
        for part in ids.chunks(10_000) {
            let statement = self.seen_by_id(Statement::new("SELECT ").sql(LINE).sql(" FROM records WHERE ")).sql(" AND id IN ");
            for line in self.lines(statement.list(part.iter().map(String::as_str))).await? {
                lines.insert(line.id.clone(), line);
            }
        }
        Ok(lines)
    }

    /// Whole records, as far as they are seen.
    pub(crate) async fn whole(&mut self, statement: Statement) -> Result<Vec<Record>> {
        statement.rows(&mut self.on).await?.iter().map(Record::read).collect()
    }

    pub(crate) async fn get(&mut self, id: &str) -> Result<Option<Record>> {
        let statement = self.seen(Statement::new("SELECT ").sql(COLUMNS).sql(" FROM records WHERE "), "scope").sql(" AND id = ").bind(id);
        statement.row(&mut self.on).await?.as_ref().map(Record::read).transpose()
    }
}

/// That there is a kind of this name.
fn known(name: &str) -> Result<()> {
    if kind(name).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = crate::kinds::KINDS.iter().map(|kind| kind.name).collect();
    Err(Error::input(format!("no kind '{name}'")).hint(format!("Kinds are {}.", names.join(", "))))
}

impl Session<'_> {
    /// A record.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or none that the user sees.
    pub async fn get(&self, id: &str) -> Result<Record> {
        self.reading().await?.get(id).await?.ok_or_else(|| Error::NotFound(id.to_owned()))
    }

    /// Whole records of a kind, in order of their ids.
    pub async fn of_kind(&self, name: &str) -> Result<Vec<Record>> {
        let mut reading = self.reading().await?;
        let statement = reading.records(COLUMNS).sql(" AND kind = ").bind(name).sql(" ORDER BY id");
        reading.whole(statement).await
    }

    /// Those of these ids that are there, removed or not, by id.
    pub(crate) async fn here(&self, ids: impl Iterator<Item = &str>) -> Result<BTreeMap<String, Record>> {
        let mut reading = self.reading().await?;
        let ids: Vec<&str> = ids.collect();
        let mut here = BTreeMap::new();
        for part in ids.chunks(10_000) {
            let statement = reading.seen_by_id(Statement::new("SELECT ").sql(COLUMNS).sql(" FROM records WHERE ")).sql(" AND id IN ");
            let records = reading.whole(statement.list(part.iter().copied())).await?;
            here.extend(records.into_iter().map(|record| (record.id.clone(), record)));
        }
        Ok(here)
    }

    /// All whole records, in order of their ids.
    pub async fn all(&self) -> Result<Vec<Record>> {
        let mut reading = self.reading().await?;
        let statement = reading.records(COLUMNS).sql(" ORDER BY id");
        reading.whole(statement).await
    }

    /// All whole records that every party sees, in order of their ids: what may be published.
    pub async fn shared(&self) -> Result<Vec<Record>> {
        let mut records = self.all().await?;
        records.retain(|record| matches!(Scope::of_id(&record.id), Ok(Scope::Shared)));
        Ok(records)
    }

    /// Lines of records, in order of when they happen and their ids.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Line>> {
        let mut reading = self.reading().await?;
        let lines = Statement::new("SELECT ").sql(LINE).sql(" FROM records WHERE ");
        let mut statement = match &filter.ids {
            Some(ids) => reading.seen_by_id(lines).sql(" AND id IN ").list(ids.iter().map(String::as_str)),
            None => reading.seen(lines, "scope"),
        };
        statement = statement.sql(" AND removed = ").bind(filter.removed);
        if let Some(named) = &filter.naming {
            if reading.get(named).await?.is_none() {
                return Err(Error::NotFound(named.clone()));
            }
            statement = statement.sql(" AND id IN (SELECT source FROM links WHERE target = ").bind(named.as_str()).sql(" AND ");
            statement = reading.seen(statement, "scope").sql(")");
        }
        if let Some(name) = &filter.kind {
            known(name)?;
            statement = statement.sql(" AND kind = ").bind(name.as_str());
        }
        if let Some(state) = &filter.state {
            statement = statement.sql(" AND state = ").bind(state.as_str());
        }
        if let Some(side) = &filter.side {
            statement = statement.sql(" AND (' ' || sides || ' ') LIKE ").bind(format!("% {} %", side.replace(['%', '_'], "")));
        }
        match &filter.after {
            Some((Some(day), id)) => {
                let day = i64::from(*day);
                statement = statement.sql(" AND (begins IS NULL OR begins > ").bind(day).sql(" OR (begins = ").bind(day);
                statement = statement.sql(" AND id > ").bind(id.as_str()).sql("))");
            }
            Some((None, id)) => statement = statement.sql(" AND begins IS NULL AND id > ").bind(id.as_str()),
            None => {}
        }
        // Nulls last on both storages.
        statement = statement.sql(" ORDER BY begins IS NULL, begins, id");
        if let Some(most) = filter.most {
            statement = statement.sql(" LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
        }
        reading.lines(statement).await
    }

    /// All that happened to a record, from its beginning.
    pub async fn history(&self, id: &str) -> Result<Vec<Event>> {
        let mut reading = self.reading().await?;
        if reading.get(id).await?.is_none() {
            return Err(Error::NotFound(id.to_owned()));
        }
        let statement =
            reading.seen(Statement::new("SELECT * FROM events WHERE "), "scope").sql(" AND id = ").bind(id).sql(" ORDER BY version");
        statement.rows(&mut reading.on).await?.iter().map(|row| event(row).map(|(event, _)| event)).collect()
    }

    /// Records that hold all words of the query (Korean words anywhere within words, others as their beginning), or of one of the other queries; the newest
    /// first; of some kinds only, where any are named. And how many there are in all.
    pub async fn search(&self, queries: &[String], kinds: &[String], most: usize) -> Result<(Vec<Line>, usize)> {
        let mut reading = self.reading().await?;
        let mut sets = Statement::new("");
        let mut some = false;
        for query in queries {
            let parts = sought(query);
            if parts.is_empty() {
                continue;
            }
            sets = sets.sql(if some { " UNION " } else { "" }).sql("SELECT record FROM (");
            for (at, part) in parts.iter().enumerate() {
                sets = reading.seen(sets.sql(if at > 0 { " INTERSECT " } else { "" }).sql("SELECT record FROM tokens WHERE "), "scope");
                sets = match part {
                    Sought::Exactly(token) => sets.sql(" AND token = ").bind(token.as_str()),
                    Sought::Beginning(token) => {
                        sets.sql(" AND token >= ").bind(token.as_str()).sql(" AND token < ").bind(format!("{token}\u{10FFFF}"))
                    }
                };
            }
            sets = sets.sql(") AS found");
            some = true;
        }
        if !some {
            return Err(Error::input("nothing to search for").hint("Give words in Korean or English."));
        }
        // Which ones first, of indices; only those that are shown are read whole.
        const ORDER: &str = " ORDER BY begins IS NULL, begins DESC, id";
        let statement = Statement::new("WITH found AS MATERIALIZED (").append(sets).sql(") SELECT ").sql(LINE);
        let mut statement = statement.sql(
            ", total FROM (SELECT key, count(*) OVER () AS total FROM records WHERE removed = 0 AND key IN (SELECT record FROM found)",
        );
        if !kinds.is_empty() {
            kinds.iter().try_for_each(|kind| known(kind))?;
            statement = statement.sql(" AND kind IN ").list(kinds.iter().map(String::as_str));
        }
        let statement = statement.sql(ORDER).sql(" LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows = statement.sql(") AS shown JOIN records USING (key)").sql(ORDER).rows(&mut reading.on).await?;
        let total: i64 = rows.first().map_or(Ok(0), |row| row.try_get("total"))?;
        Ok((rows.iter().map(Line::read).collect::<Result<_>>()?, usize::try_from(total).unwrap_or_default()))
    }
}

/// An event and its fingerprint, of a row.
pub(crate) fn event(row: &AnyRow) -> Result<(Event, String)> {
    let (scope, seq): (String, i64) = (row.try_get("scope")?, row.try_get("seq")?);
    let place = || format!("event {seq} of '{scope}'");
    let (action, content): (String, String) = (row.try_get("action")?, row.try_get("content")?);
    let content: Content = serde_json::from_str(&content).map_err(|error| Error::Broken(format!("{}: {error}", place())))?;
    let action = Action::from_name(&action).ok_or_else(|| Error::Broken(format!("{}: no action '{action}'", place())))?;
    let event = Event {
        seq,
        at: row.try_get("at")?,
        who: row.try_get("who")?,
        party: row.try_get("party")?,
        action,
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        version: row.try_get("version")?,
        state: row.try_get("state")?,
        day: day(row, "day")?,
        why: row.try_get("why")?,
        content,
        scope,
    };
    Ok((event, row.try_get("hash")?))
}
