//! The register: its parties and users, and what a user does in it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use sqlx::{Any, Row, Transaction};

use crate::accounts::may_manage;
use crate::content::Content;
use crate::error::{Error, Result};
use crate::party::{Party, Scope, User};
use crate::store::{Bind, Statement, Store};
use crate::trail::Action;
use crate::unit::Unit;

/// An open register.
#[derive(Debug)]
pub struct Register {
    pub(crate) store: Store,
    parties: Vec<Party>,
}

/// What one user does in a register.
#[derive(Debug)]
pub struct Session<'a> {
    pub(crate) register: &'a Register,
    pub(crate) user: User,
    now: Option<i64>,
}

/// Reading at one instant what a user sees.
pub(crate) struct Reading {
    pub(crate) on: Transaction<'static, Any>,
    /// The scopes that are seen, as text.
    pub(crate) scopes: Vec<String>,
}

/// Milliseconds since 1970-01-01, UTC.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The day (since 1970-01-01, UTC) of a moment in milliseconds.
pub fn day_of(moment: i64) -> i32 {
    i32::try_from(moment.div_euclid(86_400_000)).unwrap_or(i32::MAX)
}

impl Register {
    /// Makes a register for these parties. `place` is a SQLite file, or `postgres://USER@HOST/DATABASE`.
    ///
    /// # Errors
    /// Where there is one already, or the storage cannot be written.
    pub async fn create(place: &str, parties: &[Party]) -> Result<Register> {
        if parties.is_empty() {
            return Err(Error::input("a register needs parties").hint("For example --party KR --party US."));
        }
        let store = Store::open(place, true).await?;
        let mut change = store.change().await?;
        if Statement::new("SELECT value FROM about WHERE name = 'parties'").row(&mut change.transaction).await?.is_some() {
            return Err(
                Error::input(format!("there is a register at '{}' already", without_secret(place))).hint("Open it, or give another place.")
            );
        }
        set_about(&mut change.transaction, "parties", parties).await?;
        change.commit().await?;
        let mut parties = parties.to_vec();
        parties.sort_unstable();
        parties.dedup();
        Ok(Register { store, parties })
    }

    /// Opens a register and brings its tables up to date.
    pub async fn open(place: &str) -> Result<Register> {
        let store = Store::open(place, false).await?;
        let mut on = store.read().await?;
        let parties = parties(&mut on).await?;
        drop(on);
        if parties.is_empty() {
            let place = without_secret(place);
            return Err(
                Error::input(format!("'{place}' is no register yet")).hint("Make one with `dari register init --party KR --party US`.")
            );
        }
        Ok(Register { store, parties })
    }

    /// Its parties.
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// Adds a party, for example a third country.
    pub async fn add_party(&mut self, party: Party) -> Result<()> {
        let mut change = self.store.change().await?;
        let mut parties = parties(&mut change.transaction).await?;
        parties.push(party);
        parties.sort_unstable();
        parties.dedup();
        set_about(&mut change.transaction, "parties", &parties).await?;
        change.commit().await?;
        self.parties = parties;
        Ok(())
    }

    /// The users that are not closed, by name.
    pub async fn users(&self) -> Result<Vec<User>> {
        let mut on = self.store.read().await?;
        let rows = Statement::new("SELECT name, party, role FROM users WHERE active = 1 ORDER BY name").rows(&mut on).await?;
        rows.iter().map(User::of_row).collect()
    }

    /// The user of this name.
    pub async fn user(&self, name: &str) -> Result<User> {
        self.users()
            .await?
            .into_iter()
            .find(|user| user.name == name)
            .ok_or_else(|| Error::input(format!("no user '{name}'")).hint("`dari register users --add NAME:PARTY:ROLE` makes one."))
    }

    /// Makes a user, gives them another party or role, or closes them. It is an event in the chain of their party.
    ///
    /// # Errors
    /// Where the party is not of this register, or `by` is a user who is no administrator of it. Without `by` it is whoever keeps the storage.
    pub async fn set_user(&self, user: &User, active: bool, by: Option<&User>) -> Result<()> {
        if !self.parties.contains(&user.party) {
            let parties: Vec<&str> = self.parties.iter().map(Party::as_str).collect();
            return Err(
                Error::input(format!("'{}' is no party of this register", user.party)).hint(format!("Parties are {}.", parties.join(", ")))
            );
        }
        let scope = Scope::Private(user.party.clone());
        if let Some(by) = by {
            may_manage(by, &user.party)?;
        }
        let mut change = self.store.change().await?;
        let mut unit = Unit::begin(&mut change, vec![scope.text()], [scope.text()].into()).await?;
        let version = unit.events_of(&user_id(user)).await? + 1;
        let mut content = as_content(json!({"role": user.role, "active": active}));
        content.insert("party".to_owned(), Value::String(user.party.to_string()));
        unit.event(
            Action::Edited,
            &user_id(user),
            "user",
            version,
            "",
            None,
            "",
            content,
            by.map_or(("", ""), |by| (&by.name, by.party.as_str())),
            now(),
        )?;
        let values: [Bind; 4] = [user.name.as_str().into(), user.party.as_str().into(), user.role.as_str().into(), active.into()];
        let written = Statement::new("INSERT INTO users (name, party, role, active) VALUES ")
            .list(values)
            .sql(" ON CONFLICT (name) DO UPDATE SET role = excluded.role, active = excluded.active WHERE users.party = excluded.party")
            .run(unit.transaction())
            .await?;
        if written == 0 {
            return Err(Error::input(format!("'{}' is taken", user.name)).hint("Choose another name."));
        }
        if !active {
            // Nothing that let them in lets in whoever may have the name later.
            crate::accounts::forget(unit.transaction(), &user.name).await?;
        }
        unit.flush().await?;
        change.commit().await
    }

    /// What this user does.
    pub fn session(&self, user: User) -> Session<'_> {
        Session { register: self, user, now: None }
    }

    /// Lets go of the storage.
    pub async fn close(self) {
        self.store.close().await;
    }
}

impl Session<'_> {
    /// The user.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Takes this moment (milliseconds since 1970-01-01, UTC) for now, in place of the clock.
    #[must_use]
    pub fn at(mut self, moment: i64) -> Self {
        self.now = Some(moment);
        self
    }

    /// Now, in milliseconds since 1970-01-01, UTC.
    pub fn now(&self) -> i64 {
        self.now.unwrap_or_else(now)
    }

    pub(crate) async fn reading(&self) -> Result<Reading> {
        let mut on = self.register.store.read().await?;
        let scopes = seen(&mut on, &self.user).await?;
        Ok(Reading { on, scopes })
    }
}

/// The scopes that a user sees. All reading starts from them.
pub(crate) async fn seen(on: &mut Transaction<'static, Any>, user: &User) -> Result<Vec<String>> {
    let rows = Statement::new("SELECT scope FROM chains ORDER BY scope").rows(on).await?;
    let mut scopes = Vec::new();
    for row in rows {
        let scope: String = row.try_get("scope")?;
        if user.sees(&Scope::from_text(&scope)?) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

/// The id of the events that say who a user is.
pub(crate) fn user_id(user: &User) -> String {
    Scope::Private(user.party.clone()).id(&format!("~{}", user.name))
}

pub(crate) fn as_content(value: Value) -> Content {
    match value {
        Value::Object(content) => content,
        _ => Content::new(),
    }
}

pub(crate) async fn parties(on: &mut Transaction<'static, Any>) -> Result<Vec<Party>> {
    let Some(row) = Statement::new("SELECT value FROM about WHERE name = 'parties'").row(on).await? else { return Ok(Vec::new()) };
    let text: String = row.try_get("value")?;
    text.split(' ').filter(|party| !party.is_empty()).map(str::parse).collect()
}

pub(crate) async fn set_about(on: &mut Transaction<'static, Any>, name: &str, parties: &[Party]) -> Result<()> {
    let text = parties.iter().map(Party::as_str).collect::<Vec<_>>().join(" ");
    let statement = Statement::new("INSERT INTO about (name, value) VALUES ").list([name.to_owned(), text]);
    statement.sql(" ON CONFLICT (name) DO UPDATE SET value = excluded.value").run(on).await?;
    Ok(())
}

/// A place without the password that an address may hold.
pub fn without_secret(place: &str) -> String {
    let Ok(mut url) = url::Url::parse(place) else { return place.to_owned() };
    if url.password().is_some() && url.set_password(Some("…")).is_ok() { url.to_string() } else { place.to_owned() }
}
