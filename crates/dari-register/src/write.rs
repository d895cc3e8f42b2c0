//! Changing the register: every change checked against the rules, all of a request or nothing, each with who, when and why.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Row;

use crate::content::{Content, Link, check, is_name, kinds_of_role, refuse_zero};
use crate::error::{Error, Result};
use crate::kinds::{Kind, Writer, kind};
use crate::party::{Role, Scope, User};
use crate::record::Record;
use crate::register::{Session, day_of, seen};
use crate::rules;
use crate::store::{Bind, Change, Statement};
use crate::trail::{Action, canonical};
use crate::unit::Unit;

/// One change of one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Step {
    /// Begins a record.
    Add {
        /// The kind's name.
        kind: String,
        /// The id, with its scope where it is private: `KR:note-1`.
        id: String,
        /// The fields.
        content: Content,
        /// The state; where nothing is said, the first that a record of the kind may begin in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
        /// The day since which it is in this state; where nothing is said, the day it happens, else today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day: Option<i32>,
    },
    /// Changes fields; those that are not named stay, `null` empties one.
    Edit {
        /// The record.
        id: String,
        /// The version that the change starts from.
        version: i64,
        /// The fields.
        content: Content,
    },
    /// Brings a record into another state, and may change fields with it.
    Move {
        /// The record.
        id: String,
        /// The version that the change starts from.
        version: i64,
        /// The state.
        state: String,
        /// The day from which it is in this state; where nothing is said, today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day: Option<i32>,
        /// Fields that change with it.
        #[serde(default, skip_serializing_if = "Content::is_empty")]
        content: Content,
    },
    /// Takes a record out of sight. It needs a reason, and nothing is lost.
    Remove {
        /// The record.
        id: String,
        /// The version that the change starts from.
        version: i64,
    },
    /// Brings back what was removed.
    Restore {
        /// The record.
        id: String,
        /// The version that the change starts from.
        version: i64,
    },
    /// Shares what was private: all parties get a copy under the new id, and the private record is removed.
    Share {
        /// The private record.
        id: String,
        /// The version that the change starts from.
        version: i64,
        /// The id of the shared one.
        to: String,
    },
}

impl Step {
    /// The id and kind of what it adds.
    fn added(&self) -> Option<(&str, &str)> {
        match self {
            Step::Add { id, kind, .. } => Some((id, kind)),
            _ => None,
        }
    }

    /// The record that it changes.
    pub fn id(&self) -> &str {
        match self {
            Step::Add { id, .. }
            | Step::Edit { id, .. }
            | Step::Move { id, .. }
            | Step::Remove { id, .. }
            | Step::Restore { id, .. }
            | Step::Share { id, .. } => id,
        }
    }
}

/// Changes that belong together, of many in one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where they stand in what was given: a line, a record.
    pub place: String,
    /// The changes, all of them or none.
    pub steps: Vec<Step>,
    /// Why, where it is another reason than the request's.
    pub why: Option<String>,
}

/// An item that was not written.
#[derive(Debug)]
pub struct Refused {
    /// Where it stands in what was given.
    pub place: String,
    /// Why.
    pub error: Error,
}

/// Records that the same request adds: id and kind.
type Coming<'a> = BTreeMap<&'a str, &'a str>;

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The record.
    pub id: String,
    /// Its version now.
    pub version: i64,
}

impl Session<'_> {
    /// Makes changes: all of them, or none where one is not allowed.
    ///
    /// `key` makes the request one that may be sent twice (after a lost answer): the second time it gets the first one's answer and changes nothing.
    ///
    /// # Errors
    /// [`Error::Stale`] where a record has changed since the version a step starts from; [`Error::NotFound`] where there is no such record or the user does
    /// not see it; [`Error::NotAllowed`] by the user's role; [`Error::Input`] for what breaks a rule. The message says which step it was.
    pub async fn write(&self, steps: &[Step], why: &str, key: Option<&str>) -> Result<Vec<Written>> {
        let mut change = self.register.store.change().await?;
        let written = self.write_in(&mut change, steps, why.trim(), key).await?;
        change.commit().await?;
        self.register.store.settle(written.len()).await;
        Ok(written)
    }

    async fn write_in(&self, change: &mut Change<'_>, steps: &[Step], why: &str, key: Option<&str>) -> Result<Vec<Written>> {
        let request = fingerprint(steps, why);
        let mut unit = self.unit(change, steps.iter()).await?;
        if let Some(key) = key
            && let Some(answer) = self.answered(&mut unit, key, &request).await?
        {
            return Ok(answer);
        }
        let mut written = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            let outcome = self.step(&mut unit, step, why, &BTreeMap::new()).await;
            written.extend(
                outcome.map_err(|error| if steps.len() > 1 { error.at(format!("change {} ('{}')", at + 1, step.id())) } else { error })?,
            );
        }
        if let Some(key) = key {
            let answer = serde_json::to_string(&written).unwrap_or_default();
            let values: [Bind; 4] = [self.user.name.as_str().into(), key.into(), request.into(), answer.into()];
            Statement::new("INSERT INTO requests (who, key, request, answer) VALUES ").list(values).run(unit.transaction()).await?;
        }
        unit.flush().await?;
        Ok(written)
    }

    /// Makes the changes of each item as far as the rules allow: what one item breaks does not stop the others. The items of one request may name each other.
    ///
    /// Returns what was written, and the items that were not, with why. With `keep` off nothing is stored: a rehearsal.
    pub async fn write_each(&self, items: &[Item], why: &str, keep: bool) -> Result<(Vec<Written>, Vec<Refused>)> {
        let mut refused: BTreeMap<usize, Error> = BTreeMap::new();
        // Items that name a refused one are refused in the next round, until a round refuses nothing.
        loop {
            let left: Vec<(usize, &Item)> = items.iter().enumerate().filter(|(at, _)| !refused.contains_key(at)).collect();
            let coming: BTreeMap<&str, &str> = left.iter().flat_map(|(_, item)| item.steps.iter().filter_map(Step::added)).collect();
            let mut change = self.register.store.change().await?;
            let mut unit = self.unit(&mut change, left.iter().flat_map(|(_, item)| &item.steps)).await?;
            let mut written = Vec::new();
            let before = refused.len();
            for (at, item) in left {
                let mark = unit.mark();
                let mut outcomes = Vec::new();
                let mut outcome = Ok(());
                for step in &item.steps {
                    match self.step(&mut unit, step, item.why.as_deref().unwrap_or(why), &coming).await {
                        Ok(done) => outcomes.extend(done),
                        Err(error) => {
                            outcome = Err(error);
                            break;
                        }
                    }
                }
                match outcome {
                    Ok(()) => written.extend(outcomes),
                    Err(error @ (Error::Storage(_) | Error::Broken(_))) => return Err(error),
                    Err(error) => {
                        unit.back(mark);
                        refused.insert(at, error);
                    }
                }
            }
            if refused.len() > before {
                continue;
            }
            unit.flush().await?;
            if keep {
                change.commit().await?;
                self.register.store.settle(written.len()).await;
            }
            let refused = refused.into_iter().map(|(at, error)| Refused { place: items[at].place.clone(), error });
            return Ok((written, refused.collect()));
        }
    }

    /// Begins a change with the chains it needs and the records it names.
    async fn unit<'c, 's>(&self, change: &'c mut Change<'_>, steps: impl Iterator<Item = &'s Step> + Clone) -> Result<Unit<'c>> {
        let mut touched = BTreeSet::new();
        for step in steps.clone() {
            let Ok(scope) = Scope::of_id(step.id()) else { continue };
            // Of what is not seen there is nothing to change: those steps are refused later, like ids that are not there.
            if self.user.sees(&scope) {
                touched.insert(scope.text());
            }
            if let Step::Share { .. } = step {
                touched.insert(Scope::Shared.text());
            }
        }
        let mut scopes = seen(&mut change.transaction, &self.user).await?;
        scopes.extend(touched.iter().cloned());
        scopes.sort_unstable();
        scopes.dedup();
        let mut unit = Unit::begin(change, scopes, touched).await?;
        unit.read(steps.flat_map(ids_of)).await?;
        Ok(unit)
    }

    /// The answer that a request with this key got before.
    async fn answered(&self, unit: &mut Unit<'_>, key: &str, request: &str) -> Result<Option<Vec<Written>>> {
        let statement =
            Statement::new("SELECT request, answer FROM requests WHERE who = ").bind(self.user.name.as_str()).sql(" AND key = ").bind(key);
        let Some(row) = statement.row(unit.transaction()).await? else { return Ok(None) };
        let (before, answer): (String, String) = (row.try_get("request")?, row.try_get("answer")?);
        if before != request {
            return Err(Error::input(format!("the key '{key}' was used for another request")).hint("Give every request a key of its own."));
        }
        serde_json::from_str(&answer).map(Some).map_err(|error| Error::Broken(format!("the answer kept for '{key}': {error}")))
    }

    async fn step(&self, unit: &mut Unit<'_>, step: &Step, why: &str, coming: &Coming<'_>) -> Result<Vec<Written>> {
        if !Scope::of_id(step.id()).is_ok_and(|scope| self.user.sees(&scope)) {
            return Err(Error::NotFound(step.id().to_owned()));
        }
        if let Step::Add { content, .. } | Step::Edit { content, .. } | Step::Move { content, .. } = step {
            refuse_zero(content)?;
        }
        match step {
            Step::Add { kind, id, content, state, day } => {
                let kind = known(kind)?;
                let record = self.begin(unit, kind, id, content, state.as_deref(), *day).await?;
                self.keep(unit, None, record, Action::Added, why, coming).await.map(|written| vec![written])
            }
            Step::Edit { id, version, content } => {
                let before = unit.need(id).await?.clone();
                let mut record = before.clone();
                overlay(&mut record.content, content);
                fresh(&before, *version, &record)?;
                alive(&before)?;
                self.keep(unit, Some(&before), record, Action::Edited, why, coming).await.map(|written| vec![written])
            }
            Step::Move { id, version, state, day, content } => {
                let before = unit.need(id).await?.clone();
                let mut record = before.clone();
                overlay(&mut record.content, content);
                record.state.clone_from(state);
                record.since = Some(day.unwrap_or_else(|| day_of(self.now())));
                fresh(&before, *version, &record)?;
                alive(&before)?;
                legal(before.kind()?, &before, &record)?;
                self.keep(unit, Some(&before), record, Action::Moved, why, coming).await.map(|written| vec![written])
            }
            Step::Remove { id, version } | Step::Restore { id, version } => {
                let removed = matches!(step, Step::Remove { .. });
                let before = unit.need(id).await?.clone();
                let record = Record { removed, ..before.clone() };
                fresh(&before, *version, &record)?;
                if before.removed == removed {
                    let state = if removed { "removed already" } else { "not removed" };
                    return Err(Error::input(format!("'{id}' is {state}")));
                }
                if why.is_empty() {
                    return Err(Error::input("why?").hint("Removing and restoring need a reason: --why TEXT."));
                }
                let action = if removed { Action::Removed } else { Action::Restored };
                self.keep(unit, Some(&before), record, action, why, coming).await.map(|written| vec![written])
            }
            Step::Share { id, version, to } => {
                let before = unit.need(id).await?.clone();
                let gone = Record { removed: true, ..before.clone() };
                fresh(&before, *version, &gone)?;
                alive(&before)?;
                if Scope::of_id(to)? != Scope::Shared || !matches!(Scope::of_id(id)?, Scope::Private(_)) {
                    return Err(Error::input(format!("'{id}' cannot be shared as '{to}'"))
                        .hint("Only what is private can be shared, under an id without a party."));
                }
                let mut shared = self.begin(unit, before.kind()?, to, &before.content, None, before.since).await?;
                shared.state.clone_from(&before.state);
                let gone = self.keep(unit, Some(&before), gone, Action::Removed, &format!("shared as {to}. {why}"), coming).await?;
                Ok(vec![self.keep(unit, None, shared, Action::Added, why, coming).await?, gone])
            }
        }
    }

    /// A new record, not yet checked against the rules of its kind.
    async fn begin(
        &self,
        unit: &mut Unit<'_>,
        kind: &'static Kind,
        id: &str,
        content: &Content,
        state: Option<&str>,
        day: Option<i32>,
    ) -> Result<Record> {
        let name = id.rsplit_once(':').map_or(id, |(_, name)| name);
        if !is_name(name) {
            return Err(Error::input(format!("'{id}' is no id")).hint("Letters, digits, '-', '_' and '.', at most 120 bytes."));
        }
        if unit.get(id).await?.is_some() {
            return Err(Error::input(format!("there is a record '{id}' already")).hint("Edit it, or choose another id."));
        }
        let checked = check(kind, content)?;
        let state = match state.map(|name| kind.state(name).filter(|state| state.first).ok_or(name)) {
            None => kind.first_state().map_or("", |state| state.name),
            Some(Ok(state)) => state.name,
            Some(Err(name)) => {
                let names: Vec<&str> = kind.states.iter().filter(|state| state.first).map(|state| state.name).collect();
                let hint = if names.is_empty() { "It has no states.".to_owned() } else { format!("It may begin as {}.", names.join(", ")) };
                return Err(Error::input(format!("a record of the kind {} cannot begin as '{name}'", kind.name)).hint(hint));
            }
        };
        let since = (!kind.states.is_empty()).then(|| day.or(checked.when.map(|when| when.from)).unwrap_or_else(|| day_of(self.now())));
        Ok(Record {
            id: id.to_owned(),
            kind: kind.name.to_owned(),
            state: state.to_owned(),
            since,
            version: 0,
            changed_at: 0,
            created_by: self.user.name.clone(),
            removed: false,
            content: checked.content,
        })
    }

    /// Checks a record against the rules and holds it, with the event, for storing.
    async fn keep(
        &self,
        unit: &mut Unit<'_>,
        before: Option<&Record>,
        mut record: Record,
        action: Action,
        why: &str,
        coming: &Coming<'_>,
    ) -> Result<Written> {
        let kind = record.kind()?;
        allowed(&self.user, kind, before, &record, action)?;
        let checked = check(kind, &record.content)?;
        record.content.clone_from(&checked.content);
        if action != Action::Removed {
            links(unit, kind, &record.id, &checked.links, coming).await?;
            rules::check(unit, kind, before, &record, day_of(self.now())).await?;
        }
        record.version += 1;
        record.changed_at = self.now();
        let written = Written { id: record.id.clone(), version: record.version };
        let by = (self.user.name.as_str(), self.user.party.as_str());
        unit.event(
            action,
            &record.id,
            kind.name,
            record.version,
            &record.state,
            record.since,
            why,
            record.content.clone(),
            by,
            record.changed_at,
        )?;
        unit.put(record, checked);
        Ok(written)
    }
}

fn known(name: &str) -> Result<&'static Kind> {
    kind(name).ok_or_else(|| {
        let names: Vec<&str> = crate::kinds::KINDS.iter().map(|kind| kind.name).collect();
        Error::input(format!("no kind '{name}'")).hint(format!("Kinds are {}.", names.join(", ")))
    })
}

/// The ids that a step names, to be read ahead.
fn ids_of(step: &Step) -> Vec<&str> {
    fn collect<'a>(value: &'a Value, ids: &mut Vec<&'a str>) {
        match value {
            Value::String(text) if crate::content::is_id(text) => ids.push(text),
            Value::Array(values) => values.iter().for_each(|value| collect(value, ids)),
            Value::Object(fields) => fields.values().for_each(|value| collect(value, ids)),
            _ => {}
        }
    }
    let mut ids = vec![step.id()];
    if let Step::Add { content, .. } | Step::Edit { content, .. } | Step::Move { content, .. } = step {
        content.values().for_each(|value| collect(value, &mut ids));
    }
    ids
}

fn overlay(content: &mut Content, with: &Content) {
    for (name, value) in with {
        if value.is_null() {
            content.remove(name);
        } else {
            content.insert(name.clone(), value.clone());
        }
    }
}

/// Refuses a change that starts from a version which is not the last.
fn fresh(before: &Record, version: i64, wanted: &Record) -> Result<()> {
    if before.version == version {
        return Ok(());
    }
    Err(Error::Stale {
        id: before.id.clone(),
        yours: version,
        theirs: before.version,
        when: crate::moment(before.changed_at),
        wanted: Box::new(wanted.content.clone()),
        stored: Box::new(before.content.clone()),
    })
}

fn alive(record: &Record) -> Result<()> {
    if record.removed { Err(Error::input(format!("'{}' is removed", record.id)).hint("Restore it first.")) } else { Ok(()) }
}

fn legal(kind: &Kind, before: &Record, after: &Record) -> Result<()> {
    let next = kind.state(&before.state).map_or(&[][..], |state| state.next);
    if !next.contains(&after.state.as_str()) {
        let hint = match next {
            [] if kind.states.is_empty() => format!("A record of the kind {} has no states.", kind.name),
            [] => format!("Nothing follows '{}'.", before.state),
            next => format!("From '{}' it may go to {}.", before.state, next.join(", ")),
        };
        return Err(Error::input(format!("'{}' cannot go from '{}' to '{}'", before.id, before.state, after.state)).hint(hint));
    }
    if let (Some(from), Some(to)) = (before.since, after.since)
        && to < from
    {
        let (from, to) = (dari_model::date::format(from), dari_model::date::format(to));
        return Err(Error::input(format!("'{}' is '{}' since {from}, it cannot be '{}' from {to}", before.id, before.state, after.state))
            .hint("Give a day that is not earlier: --on DAY."));
    }
    Ok(())
}

/// Whether the user's role allows the change.
fn allowed(user: &User, kind: &Kind, before: Option<&Record>, record: &Record, action: Action) -> Result<()> {
    let mine = before.is_none_or(|before| before.created_by == user.name);
    let may = match kind.writer {
        Writer::Anyone => user.role.keeps_the_desk() || (user.role == Role::Contributor && mine && contributes(kind, record, action)),
        Writer::Desk => user.role.keeps_the_desk(),
        Writer::Programme => user.role.runs_calls(),
        Writer::Reviewer => match before {
            None => user.role.runs_calls(),
            // Whoever judges does so alone; those who run the call may take the task back.
            Some(_) if record.text("reviewer") == Some(&user.name) => record.state != "released",
            Some(_) => user.role.runs_calls() && (record.state == "released" || action == Action::Removed),
        },
    };
    // What decides on a proposal is for those who run the call.
    let decides = kind.name == "proposal" && matches!(record.state.as_str(), "selected" | "reserve" | "not_selected");
    if may && (!decides || user.role.runs_calls()) {
        return Ok(());
    }
    let verb = match action {
        Action::Added => "add",
        Action::Edited => "edit",
        Action::Moved => "move on",
        Action::Removed => "remove",
        Action::Restored => "restore",
    };
    Err(Error::NotAllowed { role: user.role.as_str(), what: format!("{verb} this {}", kind.en.to_lowercase()) })
}

/// Contributors hand in proposals and withdraw them, and write down what they found; whether it counts is for the desk.
fn contributes(kind: &Kind, record: &Record, action: Action) -> bool {
    match kind.name {
        "proposal" => matches!(record.state.as_str(), "draft" | "submitted" | "withdrawn"),
        "result" => record.state == "found",
        _ => action != Action::Moved,
    }
}

/// Links lead to records that are there, of the right kind, and that everyone who sees this one sees too.
async fn links(unit: &mut Unit<'_>, kind: &Kind, id: &str, links: &[Link], coming: &Coming<'_>) -> Result<()> {
    let scope = Scope::of_id(id)?;
    for link in links {
        let kinds = kinds_of_role(kind, &link.role);
        let there = unit.get(&link.to).await?.map(|target| target.kind.clone());
        let Some(target) = there.or_else(|| coming.get(link.to.as_str()).map(|kind| (*kind).to_owned())) else {
            return Err(
                Error::input(format!("'{}' names '{}', which is not there", link.role, link.to)).hint("Add it first, or mend the id.")
            );
        };
        if !kinds.is_empty() && !kinds.contains(&target.as_str()) {
            let hint = format!("Expected: {}.", kinds.join(" or "));
            return Err(Error::input(format!("'{}' names '{}', which is of the kind {}", link.role, link.to, target)).hint(hint));
        }
        if link.to == id {
            return Err(Error::input(format!("'{}' names the record itself", link.role)));
        }
        if !scope.within(&Scope::of_id(&link.to)?) {
            return Err(Error::input(format!("'{id}' would speak of '{}' to those who do not see it", link.to))
                .hint("Share that record first, or keep this one private to the same party."));
        }
    }
    Ok(())
}

fn fingerprint(steps: &[Step], why: &str) -> String {
    let mut text = String::new();
    canonical(&serde_json::to_value((steps, why)).unwrap_or_default(), &mut text);
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
