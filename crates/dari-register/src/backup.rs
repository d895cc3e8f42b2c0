//! Backup and restore of a whole register, from either storage into either: JSON, one event a line, with all fingerprints.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::content::check;
use crate::error::{Error, Result};
use crate::party::{Party, Role, User};
use crate::read::event;
use crate::record::Record;
use crate::register::{Register, set_about};
use crate::store::{Bind, Statement};
use crate::trail::{Action, Event, START};
use crate::unit::Unit;

/// Events read or written at once.
const PAGE: i64 = 2_000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    /// The first line.
    DariRegisterBackup {
        version: u32,
        parties: Vec<Party>,
    },
    Event(Box<Event>, String),
    /// The last line: how many events there are, so that a file cut off is noticed.
    End(u64),
}

impl Register {
    /// Writes the whole register, all scopes; the number of events. `progress` is told how many are written.
    ///
    /// It holds what all parties keep private: whoever keeps the storage may see it anyway, nobody else should.
    pub async fn backup(&self, out: &mut impl Write, progress: &(dyn Fn(u64) + Sync)) -> Result<u64> {
        let failed = |source: std::io::Error| Error::File { path: "the backup".to_owned(), source };
        let mut write = |line: &Line| {
            serde_json::to_writer(&mut *out, line).map_err(|error| failed(error.into()))?;
            out.write_all(b"\n").map_err(failed)
        };
        let mut on = self.store.read().await?;
        write(&Line::DariRegisterBackup { version: 1, parties: self.parties().to_vec() })?;
        let mut events = 0;
        let scopes = Statement::new("SELECT scope FROM chains ORDER BY scope").rows(&mut on).await?;
        for row in scopes {
            let scope: String = row.try_get("scope")?;
            let mut seq = 0;
            loop {
                let statement = Statement::new("SELECT * FROM events WHERE scope = ").bind(scope.as_str()).sql(" AND seq > ").bind(seq);
                let rows = statement.sql(" ORDER BY seq LIMIT ").bind(PAGE).rows(&mut on).await?;
                if rows.is_empty() {
                    break;
                }
                for row in rows {
                    let (event, hash) = event(&row)?;
                    seq = event.seq;
                    events += 1;
                    write(&Line::Event(Box::new(event), hash))?;
                }
                progress(events);
            }
        }
        write(&Line::End(events))?;
        out.flush().map_err(failed)?;
        Ok(events)
    }

    /// Makes a register of a backup, in a place where there is none; the number of events. Every chain is proved on the way. `progress` is told how many are
    /// in.
    ///
    /// # Errors
    /// Where there is a register already, or the backup is broken or cut off: then nothing is kept.
    pub async fn restore(place: &str, from: &mut impl BufRead, progress: &(dyn Fn(u64) + Sync)) -> Result<(Register, u64)> {
        let mut lines = from.lines().enumerate();
        let mut next = || -> Result<Option<(usize, Line)>> {
            let Some((at, line)) = lines.next() else { return Ok(None) };
            let line = line.map_err(|source| Error::File { path: "the backup".to_owned(), source })?;
            let line = serde_json::from_str(&line).map_err(|error| Error::input(format!("line {} of the backup: {error}", at + 1)))?;
            Ok(Some((at + 1, line)))
        };
        let Some((_, Line::DariRegisterBackup { version: 1, parties })) = next()? else {
            return Err(Error::input("no backup of a register, or of a later version").hint("`dari register backup FILE` makes one."));
        };
        let register = Register::create(place, &parties).await?;
        let mut change = register.store.change().await?;
        set_about(&mut change.transaction, "parties", &parties).await?;
        let mut heads: BTreeMap<String, (i64, String)> = BTreeMap::new();
        let mut total = 0;
        let mut users = BTreeMap::new();
        let mut page: Vec<(Event, String)> = Vec::new();
        loop {
            let line = next()?;
            if let Some((at, Line::Event(event, hash))) = line {
                let head = heads.entry(event.scope.clone()).or_insert_with(|| (0, START.to_owned()));
                if event.seq != head.0 + 1 || event.hash(&head.1) != hash {
                    return Err(Error::Broken(format!(
                        "line {at} of the backup: event {} of '{}' is not what was written",
                        event.seq, event.scope
                    )));
                }
                *head = (event.seq, hash.clone());
                total += 1;
                if event.kind == "user" {
                    users.insert(event.id.clone(), (*event).clone());
                }
                page.push((*event, hash));
                if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                    continue;
                }
                replay(&mut change, std::mem::take(&mut page)).await?;
                progress(total);
            } else {
                replay(&mut change, std::mem::take(&mut page)).await?;
                match line {
                    Some((_, Line::End(events))) if events == total => break,
                    _ => return Err(Error::Broken(format!("the backup is cut off after {total} events"))),
                }
            }
        }
        for event in users.values() {
            let user = user(event)?;
            let active = event.content.get("active") == Some(&serde_json::Value::Bool(true));
            let values: [Bind; 4] = [user.name.into(), user.party.to_string().into(), user.role.as_str().into(), active.into()];
            Statement::new("INSERT INTO users (name, party, role, active) VALUES ").list(values).run(&mut change.transaction).await?;
        }
        change.commit().await?;
        register.store.settle(usize::MAX).await;
        Ok((register, total))
    }
}

async fn replay(change: &mut crate::store::Change<'_>, page: Vec<(Event, String)>) -> Result<()> {
    let scopes: BTreeSet<String> = page.iter().map(|(event, _)| event.scope.clone()).collect();
    let mut unit = Unit::begin(change, scopes.iter().cloned().collect(), scopes).await?;
    unit.read(page.iter().map(|(event, _)| event.id.as_str())).await?;
    for (event, hash) in page {
        if event.kind != "user" {
            let before = unit.get(&event.id).await?.cloned();
            let removed = match event.action {
                Action::Removed => true,
                Action::Added | Action::Restored => false,
                Action::Edited | Action::Moved => before.as_ref().is_some_and(|before| before.removed),
            };
            let record = Record {
                id: event.id.clone(),
                kind: event.kind.clone(),
                state: event.state.clone(),
                since: event.day,
                version: event.version,
                changed_at: event.at,
                created_by: before.map_or_else(|| event.who.clone(), |before| before.created_by),
                removed,
                content: event.content.clone(),
            };
            let checked = check(record.kind()?, &record.content)?;
            unit.put(record, checked);
        }
        unit.replay(event, hash)?;
    }
    unit.flush().await
}

fn user(event: &Event) -> Result<User> {
    let text = |name: &str| event.content.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let name = event.id.rsplit_once('~').map_or("", |(_, name)| name);
    User::new(name, text("party").parse()?, text("role").parse::<Role>()?)
}
