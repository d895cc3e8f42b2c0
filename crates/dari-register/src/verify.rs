//! Proving the audit trail whole, and that the records are what their events come to.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{Any, Row, Transaction};

use crate::error::Result;
use crate::party::Scope;
use crate::read::event;
use crate::register::{Register, Session};
use crate::store::Statement;
use crate::trail::{Action, START};
use crate::views::Given;

/// Events read at once.
const PAGE: i64 = 5_000;

/// What was found of one scope's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The scope, as [text](crate::Scope::text).
    pub scope: String,
    /// The number of its events.
    pub events: i64,
    /// The fingerprint of the last. Noted down elsewhere, it shows later that nothing before was changed or cut off, even by somebody who can write to the
    /// storage and makes all fingerprints anew.
    pub head: String,
    /// What is wrong; empty where the chain is whole and the records are what it says.
    pub faults: Vec<String>,
}

impl Session<'_> {
    /// Proves the chains of the scopes that the user sees. `progress` is told how many events are proved.
    pub async fn verify(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Proof>> {
        let mut reading = self.reading().await?;
        let scopes = reading.scopes.clone();
        prove_all(&mut reading.on, &scopes, progress).await
    }
}

impl Session<'_> {
    /// Fingerprints that are in none of the chains that the user sees.
    pub async fn missing(&self, noted: &[String]) -> Result<Vec<String>> {
        let mut reading = self.reading().await?;
        let scopes = reading.scopes.clone();
        missing(&mut reading.on, &scopes, noted).await
    }
}

/// Fingerprints that are in none of the chains.
async fn missing(on: &mut Transaction<'static, Any>, scopes: &[String], noted: &[String]) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for hash in noted {
        let statement =
            Statement::new("SELECT seq FROM events WHERE scope IN ").list(scopes.iter().map(String::as_str)).sql(" AND hash = ");
        if statement.bind(hash.trim()).sql(" LIMIT 1").row(on).await?.is_none() {
            missing.push(hash.clone());
        }
    }
    Ok(missing)
}

impl Register {
    /// Fingerprints that are in none of the chains.
    pub async fn missing(&self, noted: &[String]) -> Result<Vec<String>> {
        let mut on = self.store.read().await?;
        let rows = Statement::new("SELECT scope FROM chains").rows(&mut on).await?;
        let scopes = rows.iter().map(|row| row.try_get("scope")).collect::<std::result::Result<Vec<String>, _>>()?;
        missing(&mut on, &scopes, noted).await
    }

    /// Proves the chains of all scopes: for whoever keeps the storage. `progress` is told how many events are proved.
    pub async fn verify(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Proof>> {
        let mut on = self.store.read().await?;
        let rows = Statement::new("SELECT scope FROM chains UNION SELECT scope FROM events UNION SELECT scope FROM records ORDER BY 1")
            .rows(&mut on)
            .await?;
        let scopes = rows.iter().map(|row| row.try_get("scope")).collect::<std::result::Result<Vec<String>, _>>()?;
        prove_all(&mut on, &scopes, progress).await
    }
}

async fn prove_all(on: &mut Transaction<'static, Any>, scopes: &[String], progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Proof>> {
    let mut proofs: Vec<Proof> = Vec::new();
    for scope in scopes {
        let before: i64 = proofs.iter().map(|proof| proof.events).sum();
        proofs.push(prove(on, scope, &|events| progress((before + events).unsigned_abs())).await?);
    }
    Ok(proofs)
}

/// The last event of a record or user.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    version: i64,
    removed: bool,
    user: bool,
}

async fn prove(on: &mut Transaction<'static, Any>, scope: &str, progress: &(dyn Fn(i64) + Sync)) -> Result<Proof> {
    let mut faults = Vec::new();
    let (mut seq, mut head) = (0, START.to_owned());
    // What the last event of every record, and of every user, says.
    let mut last: HashMap<String, Last> = HashMap::new();
    'pages: loop {
        let statement = Statement::new("SELECT * FROM events WHERE scope = ").bind(scope).sql(" AND seq > ").bind(seq);
        let rows = statement.sql(" ORDER BY seq LIMIT ").bind(PAGE).rows(on).await?;
        if rows.is_empty() {
            break;
        }
        progress(seq);
        for row in rows {
            let (event, hash) = match event(&row) {
                Ok(event) => event,
                Err(error) => {
                    faults.push(error.to_string());
                    break 'pages;
                }
            };
            if event.seq != seq + 1 {
                faults.push(format!("event {} is missing", seq + 1));
            }
            if event.hash(&head) != hash {
                faults.push(format!("event {} ('{}', version {}) is not what was written", event.seq, event.id, event.version));
            }
            if Scope::of_id(&event.id).map(|scope| scope.text()).ok().as_deref() != Some(scope) {
                faults.push(format!("event {} is of '{}', which is not of this scope", event.seq, event.id));
            }
            (seq, head) = (event.seq, hash);
            let before = last.get(&event.id).copied().unwrap_or_default();
            if event.version != before.version + 1 {
                faults.push(format!("event {}: version {} of '{}' follows version {}", event.seq, event.version, event.id, before.version));
            }
            let removed = match event.action {
                Action::Removed => true,
                Action::Restored | Action::Added => false,
                Action::Edited | Action::Moved => before.removed,
            };
            last.insert(event.id, Last { version: event.version, removed, user: event.kind == "user" });
            if faults.len() >= 20 {
                faults.push("and perhaps more".to_owned());
                break 'pages;
            }
        }
    }
    let row = Statement::new("SELECT length, head FROM chains WHERE scope = ").bind(scope).row(on).await?;
    let end: Option<(i64, String)> = match row {
        Some(row) => Some((row.try_get("length")?, row.try_get("head")?)),
        None => None,
    };
    if faults.is_empty() && end.as_ref() != Some(&(seq, head.clone())) {
        let length = end.map_or(0, |(length, _)| length);
        faults.push(format!("the chain ends at event {seq}, but {length} were written or its end has another fingerprint"));
    }
    if faults.is_empty() {
        records(on, scope, &last, &mut faults).await?;
    }
    Ok(Proof { scope: scope.to_owned(), events: seq, head, faults })
}

/// Compares the records with the last event of each.
async fn records(on: &mut Transaction<'static, Any>, scope: &str, last: &HashMap<String, Last>, faults: &mut Vec<String>) -> Result<()> {
    let differing = Statement::new(
        "SELECT r.id AS id FROM records r LEFT JOIN events e ON e.id = r.id AND e.version = r.version AND e.scope = r.scope
         WHERE (e.id IS NULL OR e.content <> r.content OR e.state <> r.state OR e.kind <> r.kind OR e.at <> r.changed_at
                OR coalesce(e.day, -999999999) <> coalesce(r.since, -999999999)) AND r.scope = ",
    );
    for row in differing.bind(scope).sql(" ORDER BY r.id LIMIT 20").rows(on).await? {
        faults.push(format!("the record '{}' is not what its last event says", row.try_get::<String, _>("id")?));
    }
    let mut found = 0;
    let mut after = String::new();
    loop {
        let statement =
            Statement::new("SELECT id, version, removed FROM records WHERE scope = ").bind(scope).sql(" AND id > ").bind(after.as_str());
        let rows = statement.sql(" ORDER BY id LIMIT ").bind(PAGE).rows(on).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let (id, version, removed): (String, i64, i64) = (row.try_get("id")?, row.try_get("version")?, row.try_get("removed")?);
            if !last.get(&id).is_some_and(|last| !last.user && (last.version, last.removed) == (version, removed != 0)) {
                faults.push(format!("the record '{id}' is at version {version}, its events say otherwise"));
            }
            found += 1;
            after = id;
        }
    }
    given(on, scope, faults).await?;
    let expected = last.values().filter(|last| !last.user).count();
    if found != expected {
        faults.push(format!("{expected} records have events, {found} are there"));
    }
    Ok(())
}

/// Compares what the balance counts with the contents that it was read out of.
async fn given(on: &mut Transaction<'static, Any>, scope: &str, faults: &mut Vec<String>) -> Result<()> {
    let mut after = String::new();
    loop {
        let statement = Statement::new("SELECT id, kind, content, ").sql(Given::COLUMNS).sql(" FROM records WHERE scope = ").bind(scope);
        let statement = statement.sql(" AND kind IN ('exchange', 'contribution') AND id > ").bind(after.as_str());
        let rows = statement.sql(" ORDER BY id LIMIT ").bind(PAGE).rows(on).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get("id")?;
        for row in rows {
            let (id, kind, content): (String, String, String) = (row.try_get("id")?, row.try_get("kind")?, row.try_get("content")?);
            // A content that cannot be read differs from its event, which is a fault already.
            if serde_json::from_str(&content).is_ok_and(|content| Given::read(&row).is_ok_and(|given| given != Given::of(&kind, &content)))
            {
                faults.push(format!("what '{id}' gives is counted otherwise than its last event says"));
            }
        }
    }
}
