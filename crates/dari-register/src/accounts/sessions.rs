//! Who is signed in.

use sqlx::Row;

use super::secret;
use crate::error::Result;
use crate::party::User;
use crate::register::{Register, now};
use crate::store::Statement;

/// A session that is not used ends after this long (milliseconds).
const IDLE: i64 = 12 * 3_600_000;
/// A session ends after this long, used or not.
const LONGEST: i64 = 7 * 86_400_000;

impl Register {
    /// Begins a session of a user: the secret that their browser keeps.
    pub async fn begin_session(&self, user: &User) -> Result<String> {
        let (secret, at) = (secret::new_secret()?, now());
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        Statement::new("DELETE FROM sessions WHERE until < ").bind(at).run(on).await?;
        let statement = Statement::new("INSERT INTO sessions (secret, name, until, ends) VALUES (").bind(secret::fingerprint(&secret));
        let statement = statement.sql(", ").bind(user.name.as_str()).sql(", ").bind(at + IDLE).sql(", ").bind(at + LONGEST).sql(")");
        statement.run(on).await?;
        change.commit().await?;
        Ok(secret)
    }

    /// The user of a session, if it has not ended and they were not closed.
    pub async fn session_user(&self, secret: &str) -> Result<Option<User>> {
        let (fingerprint, at) = (secret::fingerprint(secret), now());
        let mut on = self.store.read().await?;
        let statement = Statement::new(
            "SELECT users.name, users.party, users.role, sessions.until, sessions.ends FROM sessions JOIN users ON users.name = sessions.name
             WHERE users.active = 1 AND sessions.secret = ",
        );
        let Some(row) = statement.bind(fingerprint.as_str()).sql(" AND sessions.until > ").bind(at).row(&mut on).await? else {
            return Ok(None);
        };
        drop(on);
        let (until, ends): (i64, i64) = (row.try_get("until")?, row.try_get("ends")?);
        let later = (at + IDLE).min(ends);
        // Not with every request: reading stays reading.
        if later - until > IDLE / 10 {
            let mut change = self.store.change().await?;
            let statement = Statement::new("UPDATE sessions SET until = ").bind(later).sql(" WHERE secret = ").bind(fingerprint);
            statement.run(&mut change.transaction).await?;
            change.commit().await?;
        }
        User::of_row(&row).map(Some)
    }

    /// Ends a session.
    pub async fn end_session(&self, secret: &str) -> Result<()> {
        let mut change = self.store.change().await?;
        Statement::new("DELETE FROM sessions WHERE secret = ").bind(secret::fingerprint(secret)).run(&mut change.transaction).await?;
        change.commit().await
    }
}
