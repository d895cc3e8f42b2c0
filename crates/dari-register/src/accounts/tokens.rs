//! Access tokens: with what a program of a user's asks in their name.

use serde::Serialize;
use sqlx::Row;

use super::secret;
use crate::error::{Error, Result};
use crate::party::User;
use crate::register::{Register, now};
use crate::store::Statement;

/// What an access token begins with, so that one that leaked is known for what it is.
const PREFIX: &str = "dari_";
/// Longest that a token is good, in days.
const LONGEST: i64 = 366;
/// Most tokens of a user.
const MOST: i64 = 50;

/// An access token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// What it is called by.
    pub id: String,
    /// What its user says it is for.
    pub about: String,
    /// Whether it changes the register, or only reads.
    pub writes: bool,
    /// When it was made: milliseconds since 1970-01-01, UTC.
    pub begun: i64,
    /// Until when it is good.
    pub until: i64,
}

impl Register {
    /// Makes an access token, good for some days: what it is, and its secret, which is shown once.
    ///
    /// # Errors
    /// Where it would be good for no day or more than a year, or the user has too many.
    pub async fn make_token(&self, user: &User, about: &str, writes: bool, days: i64) -> Result<(Token, String)> {
        if !(1..=LONGEST).contains(&days) {
            return Err(Error::input(format!("a token is good for 1 to {LONGEST} days")));
        }
        let about = about.trim();
        if about.is_empty() || about.len() > 200 {
            return Err(Error::input("a token needs a word on what it is for").hint("At most 200 bytes."));
        }
        let secret = format!("{PREFIX}{}", secret::new_secret()?);
        let id: String = secret::new_secret()?.chars().take(12).collect();
        let begun = now();
        let token = Token { id, about: about.to_owned(), writes, begun, until: begun + days * 86_400_000 };
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        Statement::new("DELETE FROM access_tokens WHERE until < ").bind(begun).run(on).await?;
        let counted = Statement::new("SELECT count(*) AS tokens FROM access_tokens WHERE name = ").bind(user.name.as_str()).row(on).await?;
        if counted.map_or(Ok(0), |row| row.try_get::<i64, _>("tokens"))? >= MOST {
            return Err(Error::input(format!("there are {MOST} tokens already")).hint("End those that are not used."));
        }
        let statement = Statement::new("INSERT INTO access_tokens (secret, id, name, about, writes, begun, until) VALUES (");
        let statement = statement.bind(secret::fingerprint(&secret)).sql(", ").bind(token.id.as_str()).sql(", ").bind(user.name.as_str());
        let statement = statement.sql(", ").bind(token.about.as_str()).sql(", ").bind(writes).sql(", ").bind(begun);
        statement.sql(", ").bind(token.until).sql(")").run(on).await?;
        change.commit().await?;
        Ok((token, secret))
    }

    /// The tokens of a user that are good, the newest first.
    pub async fn tokens(&self, user: &User) -> Result<Vec<Token>> {
        let mut on = self.store.read().await?;
        let statement = Statement::new("SELECT id, about, writes, begun, until FROM access_tokens WHERE name = ").bind(user.name.as_str());
        let rows = statement.sql(" AND until > ").bind(now()).sql(" ORDER BY begun DESC, id").rows(&mut on).await?;
        rows.iter()
            .map(|row| {
                Ok(Token {
                    id: row.try_get("id")?,
                    about: row.try_get("about")?,
                    writes: row.try_get::<i64, _>("writes")? != 0,
                    begun: row.try_get("begun")?,
                    until: row.try_get("until")?,
                })
            })
            .collect()
    }

    /// Ends a token of a user.
    ///
    /// # Errors
    /// Where they have none of this id.
    pub async fn end_token(&self, user: &User, id: &str) -> Result<()> {
        let mut change = self.store.change().await?;
        let statement = Statement::new("DELETE FROM access_tokens WHERE name = ").bind(user.name.as_str()).sql(" AND id = ").bind(id);
        if statement.run(&mut change.transaction).await? == 0 {
            return Err(Error::NotFound(id.to_owned()));
        }
        change.commit().await
    }

    /// The user of a token that is good, if they were not closed, and whether it writes.
    pub async fn token_user(&self, secret: &str) -> Result<Option<(User, bool)>> {
        let mut on = self.store.read().await?;
        let statement = Statement::new(
            "SELECT users.name, users.party, users.role, access_tokens.writes FROM access_tokens JOIN users ON users.name = access_tokens.name
             WHERE users.active = 1 AND access_tokens.secret = ",
        );
        let row = statement.bind(secret::fingerprint(secret)).sql(" AND access_tokens.until > ").bind(now()).row(&mut on).await?;
        row.map(|row| Ok((User::of_row(&row)?, row.try_get::<i64, _>("writes")? != 0))).transpose()
    }
}
