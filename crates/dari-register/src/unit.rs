//! A change in the making: the records it touches, held until all of it is right, then written at once with its events.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::{Any, Row, Transaction};

use crate::content::{Checked, Content, Link, titles};
use crate::error::{Error, Result};
use crate::party::Scope;
use crate::record::{COLUMNS, Record};
use crate::store::{Bind, Change, Statement};
use crate::text::tokens_of;
use crate::trail::{Action, Event, START, canonical_text};
use crate::views::Given;

/// Most values in one statement: SQLite takes 32,766, PostgreSQL 65,535.
const VALUES: usize = 15_000;

pub(crate) struct Unit<'c> {
    change: &'c mut Transaction<'static, Any>,
    /// The scopes whose records the user sees.
    scopes: Vec<String>,
    chains: BTreeMap<String, Chain>,
    records: BTreeMap<String, Option<Entry>>,
    events: Vec<(Event, String)>,
    /// What records were before, since the last [mark](Unit::mark).
    undo: Vec<(String, Option<Entry>)>,
}

/// A point to which a unit can go back.
pub(crate) struct Mark {
    events: usize,
    chains: BTreeMap<String, Chain>,
}

/// The end of a scope's chain.
#[derive(Clone)]
struct Chain {
    length: i64,
    head: String,
}

#[derive(Debug, Clone)]
struct Entry {
    record: Record,
    /// Of what is to be written: what the content says besides.
    checked: Option<Checked>,
    stored: Stored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    AsItIs,
    Changed,
    New,
}

impl<'c> Unit<'c> {
    /// Takes the chains of the scopes that will be written, so that of two changes in one scope the second waits for the first. All take them in the same
    /// order, so that no two wait for each other.
    pub(crate) async fn begin(change: &'c mut Change<'_>, seen: Vec<String>, written: BTreeSet<String>) -> Result<Unit<'c>> {
        let change = &mut change.transaction;
        let mut chains = BTreeMap::new();
        for scope in written {
            let values: [Bind; 3] = [scope.as_str().into(), 0.into(), START.into()];
            Statement::new("INSERT INTO chains (scope, length, head) VALUES ")
                .list(values)
                .sql(" ON CONFLICT DO NOTHING")
                .run(change)
                .await?;
            let row = Statement::new("UPDATE chains SET length = length WHERE scope = ")
                .bind(scope.as_str())
                .sql(" RETURNING length, head")
                .row(change)
                .await?
                .ok_or_else(|| Error::Broken(format!("the chain of '{scope}' is missing")))?;
            chains.insert(scope, Chain { length: row.try_get("length")?, head: row.try_get("head")? });
        }
        Ok(Unit { change, scopes: seen, chains, records: BTreeMap::new(), events: Vec::new(), undo: Vec::new() })
    }

    pub(crate) fn transaction(&mut self) -> &mut Transaction<'static, Any> {
        self.change
    }

    /// Reads records ahead, all at once.
    pub(crate) async fn read(&mut self, ids: impl IntoIterator<Item = &str>) -> Result<()> {
        let missing: BTreeSet<&str> = ids.into_iter().filter(|id| !self.records.contains_key(*id)).collect();
        let missing: Vec<&str> = missing.into_iter().collect();
        for part in missing.chunks(VALUES / 2) {
            let statement = Statement::new("SELECT ").sql(COLUMNS).sql(" FROM records WHERE id IN ").list(part.iter().copied());
            let rows = statement.sql(" AND (scope || '') IN ").list(self.scopes.iter().map(String::as_str)).rows(self.change).await?;
            for row in rows {
                let record = Record::read(&row)?;
                self.records.insert(record.id.clone(), Some(Entry { record, checked: None, stored: Stored::AsItIs }));
            }
            for id in part {
                self.records.entry((*id).to_owned()).or_insert(None);
            }
        }
        Ok(())
    }

    /// A record that the user sees.
    pub(crate) async fn get(&mut self, id: &str) -> Result<Option<&Record>> {
        self.read([id]).await?;
        Ok(self.records.get(id).and_then(Option::as_ref).map(|entry| &entry.record))
    }

    /// A record that the user sees, or the error that there is none.
    pub(crate) async fn need(&mut self, id: &str) -> Result<&Record> {
        self.get(id).await?.ok_or_else(|| Error::NotFound(id.to_owned()))
    }

    /// Records of a kind that the user sees and that name a record in a role, as this change leaves them.
    pub(crate) async fn naming(&mut self, kind: &str, role: &str, target: &str) -> Result<Vec<Record>> {
        let statement = Statement::new("SELECT source FROM links WHERE target = ").bind(target).sql(" AND role = ").bind(role);
        let rows = statement.sql(" AND (scope || '') IN ").list(self.scopes.iter().map(String::as_str)).rows(self.change).await?;
        let ids = rows.iter().map(|row| row.try_get("source")).collect::<std::result::Result<Vec<String>, _>>()?;
        self.read(ids.iter().map(String::as_str)).await?;
        let records = self.records.values().flatten().map(|entry| &entry.record);
        let names = |record: &&Record| record.kind == kind && !record.removed && record.text(role) == Some(target);
        Ok(records.filter(names).cloned().collect())
    }

    /// Holds a record as the change leaves it, with its content as it was checked.
    pub(crate) fn put(&mut self, record: Record, checked: Checked) {
        let stored = match self.records.get(&record.id) {
            Some(Some(entry)) if entry.stored != Stored::New => Stored::Changed,
            _ => Stored::New,
        };
        let id = record.id.clone();
        let before = self.records.insert(id.clone(), Some(Entry { record, checked: Some(checked), stored })).flatten();
        self.undo.push((id, before));
    }

    /// A point to go back to. Earlier marks are given up.
    pub(crate) fn mark(&mut self) -> Mark {
        self.undo.clear();
        Mark { events: self.events.len(), chains: self.chains.clone() }
    }

    /// Undoes what was put since the mark.
    pub(crate) fn back(&mut self, mark: Mark) {
        while let Some((id, before)) = self.undo.pop() {
            self.records.insert(id, before);
        }
        self.events.truncate(mark.events);
        self.chains = mark.chains;
    }

    /// How many events of a record there are.
    pub(crate) async fn events_of(&mut self, id: &str) -> Result<i64> {
        let row = Statement::new("SELECT count(*) AS number FROM events WHERE id = ").bind(id).row(self.change).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("number"))?)
    }

    /// Adds an event to the chain of the record's scope.
    #[expect(clippy::too_many_arguments, reason = "an event has as many fields")]
    pub(crate) fn event(
        &mut self,
        action: Action,
        id: &str,
        kind: &str,
        version: i64,
        state: &str,
        day: Option<i32>,
        why: &str,
        content: Content,
        (who, party): (&str, &str),
        at: i64,
    ) -> Result<()> {
        let scope = Scope::of_id(id)?.text();
        let chain = self.chain(&scope)?;
        let event = Event {
            seq: chain.length + 1,
            scope,
            at,
            who: who.to_owned(),
            party: party.to_owned(),
            action,
            id: id.to_owned(),
            kind: kind.to_owned(),
            version,
            state: state.to_owned(),
            day,
            why: why.to_owned(),
            content,
        };
        let hash = event.hash(&chain.head);
        self.replay(event, hash)
    }

    /// Adds an event as it was, of a file whose chain was proved.
    pub(crate) fn replay(&mut self, event: Event, hash: String) -> Result<()> {
        let chain = self.chain(&event.scope)?;
        chain.length = event.seq;
        chain.head.clone_from(&hash);
        self.events.push((event, hash));
        Ok(())
    }

    fn chain(&mut self, scope: &str) -> Result<&mut Chain> {
        self.chains.get_mut(scope).ok_or_else(|| Error::Broken(format!("a change of '{scope}' without its chain")))
    }

    /// Writes all that was put and all events.
    pub(crate) async fn flush(mut self) -> Result<()> {
        let mut rows = Rows::default();
        for (id, entry) in std::mem::take(&mut self.records) {
            let Some(Entry { record, checked: Some(checked), stored }) = entry else { continue };
            let scope = Scope::of_id(&id)?.text();
            let columns = columns(&record, &scope, &checked);
            if stored == Stored::New {
                rows.records.push(columns);
            } else {
                self.update(&id, columns).await?;
            }
            rows.links.extend(checked.links.iter().map(|link| link_row(&scope, &id, link)));
            rows.tokens.push((scope, id, tokens(&record)));
        }
        self.insert(&format!("records ({})", WRITTEN.join(", ")), rows.records).await?;
        self.insert("links (scope, source, role, target, came_from)", rows.links).await?;
        let keys = self.keys(rows.tokens.iter().map(|(_, id, _)| id.as_str())).await?;
        let tokens = rows.tokens.into_iter().flat_map(|(scope, id, tokens)| {
            let key = keys.get(&id).copied().unwrap_or_default();
            tokens.into_iter().map(move |token| vec![Bind::from(scope.as_str()), token.into(), key.into()])
        });
        let tokens = tokens.collect();
        self.insert("tokens (scope, token, record)", tokens).await?;
        let events = std::mem::take(&mut self.events).into_iter().map(event_row).collect();
        self.insert("events (scope, seq, at, who, party, action, id, kind, version, state, day, why, content, hash)", events).await?;
        for (scope, chain) in &self.chains {
            let statement = Statement::new("UPDATE chains SET length = ").bind(chain.length).sql(", head = ").bind(chain.head.as_str());
            statement.sql(" WHERE scope = ").bind(scope.as_str()).run(self.change).await?;
        }
        Ok(())
    }

    async fn update(&mut self, id: &str, columns: Vec<Bind>) -> Result<()> {
        let mut statement = Statement::new("UPDATE records SET ");
        for (at, (name, value)) in WRITTEN.iter().zip(columns).enumerate() {
            statement = statement.sql(if at > 0 { ", " } else { "" }).sql(name).sql(" = ").bind(value);
        }
        statement.sql(" WHERE id = ").bind(id).run(self.change).await?;
        Statement::new("DELETE FROM links WHERE source = ").bind(id).run(self.change).await?;
        let of = Statement::new("DELETE FROM tokens WHERE record = (SELECT key FROM records WHERE id = ").bind(id);
        of.sql(")").run(self.change).await?;
        Ok(())
    }

    async fn keys(&mut self, ids: impl Iterator<Item = &str>) -> Result<BTreeMap<String, i64>> {
        let ids: Vec<&str> = ids.collect();
        let mut keys = BTreeMap::new();
        for part in ids.chunks(VALUES) {
            let rows = Statement::new("SELECT id, key FROM records WHERE id IN ").list(part.iter().copied()).rows(self.change).await?;
            for row in rows {
                keys.insert(row.try_get("id")?, row.try_get("key")?);
            }
        }
        Ok(keys)
    }

    async fn insert(&mut self, table: &str, rows: Vec<Vec<Bind>>) -> Result<()> {
        let width = rows.first().map_or(1, Vec::len);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut statement = Statement::new("INSERT INTO ").sql(table).sql(" VALUES ");
            for (at, row) in rows.by_ref().take((VALUES / width).max(1)).enumerate() {
                statement = statement.sql(if at > 0 { ", " } else { "" }).list(row);
            }
            statement.run(self.change).await?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Rows {
    records: Vec<Vec<Bind>>,
    links: Vec<Vec<Bind>>,
    tokens: Vec<(String, String, BTreeSet<String>)>,
}

/// The columns of the table of records, as [`columns`] fills them.
const WRITTEN: [&str; 23] = [
    "id",
    "scope",
    "kind",
    "state",
    "open",
    "removed",
    "version",
    "since",
    "begins",
    "ends",
    "due",
    "changed_at",
    "created_by",
    "sides",
    "title_en",
    "title_ko",
    "content",
    "giver",
    "host_side",
    "currency",
    "amount",
    "value_currency",
    "value_amount",
];

fn columns(record: &Record, scope: &str, Checked { when, due, sides, .. }: &Checked) -> Vec<Bind> {
    let (en, ko) = titles(&record.content);
    let Given { giver, host_side, money, value } = Given::of(&record.kind, &record.content);
    let ((currency, amount), (value_currency, value_amount)) = (money.unzip(), value.unzip());
    vec![
        record.id.as_str().into(),
        scope.into(),
        record.kind.as_str().into(),
        record.state.as_str().into(),
        record.is_open().into(),
        record.removed.into(),
        record.version.into(),
        record.since.into(),
        when.map(|period| period.from).into(),
        when.map(|period| period.to).into(),
        due.map(|period| period.to).into(),
        record.changed_at.into(),
        record.created_by.as_str().into(),
        sides.join(" ").into(),
        en.into(),
        ko.into(),
        canonical_text(&record.content).into(),
        giver.into(),
        host_side.into(),
        currency.into(),
        amount.unwrap_or(0.0).into(),
        value_currency.into(),
        value_amount.unwrap_or(0.0).into(),
    ]
}

fn link_row(scope: &str, source: &str, link: &Link) -> Vec<Bind> {
    vec![scope.into(), source.into(), link.role.as_str().into(), link.to.as_str().into(), link.came_from.into()]
}

fn event_row((event, hash): (Event, String)) -> Vec<Bind> {
    vec![
        event.scope.into(),
        event.seq.into(),
        event.at.into(),
        event.who.into(),
        event.party.into(),
        event.action.as_str().into(),
        event.id.into(),
        event.kind.into(),
        event.version.into(),
        event.state.into(),
        event.day.into(),
        event.why.into(),
        canonical_text(&event.content).into(),
        hash.into(),
    ]
}

/// What a record can be found by: all its texts, and its id.
fn tokens(record: &Record) -> BTreeSet<String> {
    fn collect(value: &Value, tokens: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => tokens_of(text, tokens),
            Value::Array(values) => values.iter().for_each(|value| collect(value, tokens)),
            Value::Object(fields) => fields.values().for_each(|value| collect(value, tokens)),
            _ => {}
        }
    }
    let mut tokens = BTreeSet::new();
    if !record.removed {
        tokens_of(&record.id, &mut tokens);
        record.content.values().for_each(|value| collect(value, &mut tokens));
    }
    tokens
}
