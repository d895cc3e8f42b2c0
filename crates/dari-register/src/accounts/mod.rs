//! How users prove who they are to the server: passwords, invitations, sessions and access tokens, kept in the register's storage.
//!
//! A user has no password at first. An [invitation](Register::invite) is a code, good once and for some days, with which they set one; it is also how a
//! forgotten password is replaced. Of passwords an Argon2id hash is kept, of every other secret its SHA-256, so that nobody who reads the storage can use them;
//! but for the second factor, whose codes are made of its secret. A provider of identities may vouch for users too ([`Register::identified`]).

mod identities;
mod second_factor;
mod secret;
mod sessions;
mod tokens;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use sqlx::{Any, Row, Transaction};

use crate::error::{Error, Result};
use crate::party::{Party, Role, User, is_user_name};
use crate::register::{Register, now};
use crate::store::Statement;

pub use second_factor::Proposed;
pub use secret::{fingerprint, new_secret};
pub use tokens::Token;

/// Fewest characters of a password (NIST SP 800-63B asks for eight at least, and longer where nothing else is asked for).
pub const SHORTEST_PASSWORD: usize = 10;
/// Longest password in bytes, so that hashing it costs a known time.
const LONGEST_PASSWORD: usize = 1024;
/// Wrong passwords in a row before a name is locked.
const PATIENCE: i64 = 5;
/// How long a name is locked after these; doubled by every further one.
const LOCK: i64 = 60_000;
/// The longest that a name is locked.
const LONGEST_LOCK: i64 = 3_600_000;
/// How long an invitation is good.
const INVITATION: i64 = 7 * 86_400_000;

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The name, the password or both are wrong: which one is not said.
    Wrong,
    /// The password is right; the code of the second factor is needed too.
    CodeNeeded,
    /// Too many wrong passwords: nobody is let in by this name until this moment (milliseconds since 1970-01-01, UTC).
    Locked(i64),
}

/// A code with which a user sets a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The code: it is shown once, and only its fingerprint is kept.
    pub code: String,
    /// Until when it is good: milliseconds since 1970-01-01, UTC.
    pub until: i64,
}

impl Register {
    /// Whether anybody has a password yet.
    pub async fn has_accounts(&self) -> Result<bool> {
        let mut on = self.store.read().await?;
        let statement = Statement::new("SELECT 1 FROM accounts JOIN users ON users.name = accounts.name WHERE users.active = 1 LIMIT 1");
        Ok(statement.row(&mut on).await?.is_some())
    }

    /// The users whom an administrator manages, with whether they have a password.
    ///
    /// # Errors
    /// Where `by` is no administrator.
    pub async fn members(&self, by: &User) -> Result<Vec<(User, bool)>> {
        may_manage(by, &by.party)?;
        let mut on = self.store.read().await?;
        let statement = Statement::new(
            "SELECT users.name, users.party, users.role, accounts.name AS account FROM users LEFT JOIN accounts ON accounts.name = users.name
             WHERE users.active = 1 ORDER BY users.name",
        );
        let mut members = Vec::new();
        for row in statement.rows(&mut on).await? {
            let user = User::of_row(&row)?;
            if user.party.within(&by.party) {
                members.push((user, row.try_get::<Option<String>, _>("account")?.is_some()));
            }
        }
        Ok(members)
    }

    /// An invitation for a user, in place of those given to them before. Without `by` it is whoever keeps the storage.
    ///
    /// # Errors
    /// Where there is no such user, or `by` is no administrator of their party.
    pub async fn invite(&self, name: &str, by: Option<&User>) -> Result<Invitation> {
        let user = self.user(name).await?;
        if let Some(by) = by {
            may_manage(by, &user.party)?;
        }
        let (code, until) = (secret::new_secret()?, now() + INVITATION);
        let mut change = self.store.change().await?;
        Statement::new("DELETE FROM invitations WHERE name = ").bind(name).run(&mut change.transaction).await?;
        let statement = Statement::new("INSERT INTO invitations (code, name, until) VALUES (").bind(secret::fingerprint(&code));
        statement.sql(", ").bind(name).sql(", ").bind(until).sql(")").run(&mut change.transaction).await?;
        change.commit().await?;
        Ok(Invitation { code, until })
    }

    /// Sets the password of the user to whom the code was given. Their sessions end, a second factor is taken away (it may be what was lost), and the code is
    /// used up.
    ///
    /// # Errors
    /// Where the code is not good (any more), or the password too short or too long.
    pub async fn accept(&self, code: &str, password: &str) -> Result<User> {
        check_password(password)?;
        let hash = hash(password.to_owned()).await?;
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        let code = secret::fingerprint(code);
        let statement = Statement::new(
            "SELECT invitations.name AS name FROM invitations JOIN users ON users.name = invitations.name WHERE users.active = 1",
        );
        let statement = statement.sql(" AND invitations.code = ").bind(code.as_str()).sql(" AND invitations.until > ").bind(now());
        let Some(row) = statement.row(on).await? else {
            return Err(Error::input("this invitation is not good (any more)").hint("Ask an administrator for a new one."));
        };
        let name: String = row.try_get("name")?;
        Statement::new("DELETE FROM invitations WHERE code = ").bind(code).run(on).await?;
        Statement::new("DELETE FROM sessions WHERE name = ").bind(name.as_str()).run(on).await?;
        Statement::new("DELETE FROM sign_in_failures WHERE name = ").bind(name.as_str()).run(on).await?;
        let statement = Statement::new("INSERT INTO accounts (name, password) VALUES (").bind(name.as_str()).sql(", ").bind(hash);
        let statement = statement.sql(") ON CONFLICT (name) DO UPDATE SET password = excluded.password, second_factor = NULL");
        statement.sql(", proposed_factor = NULL").run(on).await?;
        change.commit().await?;
        self.user(&name).await
    }

    /// The user of this name, if the password is theirs, and the code where they have a second factor. Wrong ones are counted, and lock the name for a while; names that are not there are treated alike,
    /// in what is answered and in how long it takes.
    pub async fn sign_in(&self, name: &str, password: &str, code: Option<&str>) -> Result<std::result::Result<User, Refusal>> {
        let at = now();
        // What can be no user's name is not counted under it: nobody fills the storage by trying.
        if !is_user_name(name) {
            verified(password.to_owned(), None).await?;
            return Ok(Err(Refusal::Wrong));
        }
        let mut on = self.store.read().await?;
        let statement = Statement::new("SELECT failures, until FROM sign_in_failures WHERE name = ").bind(name);
        let failures = match statement.row(&mut on).await? {
            Some(row) => {
                let (failures, until): (i64, i64) = (row.try_get("failures")?, row.try_get("until")?);
                if failures >= PATIENCE && until > at {
                    return Ok(Err(Refusal::Locked(until)));
                }
                failures
            }
            None => 0,
        };
        let statement = Statement::new(
            "SELECT accounts.password, accounts.second_factor FROM accounts JOIN users ON users.name = accounts.name WHERE users.active = 1",
        );
        let row = statement.sql(" AND accounts.name = ").bind(name).row(&mut on).await?;
        let (stored, factor): (Option<String>, Option<String>) = match row {
            Some(row) => (Some(row.try_get("password")?), row.try_get("second_factor")?),
            None => (None, None),
        };
        drop(on);
        let mut right = verified(password.to_owned(), stored).await?;
        if let (true, Some(factor)) = (right, factor) {
            let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else { return Ok(Err(Refusal::CodeNeeded)) };
            right = self.use_code(name, &factor, code).await?;
        }
        if right {
            if failures > 0 {
                let mut change = self.store.change().await?;
                Statement::new("DELETE FROM sign_in_failures WHERE name = ").bind(name).run(&mut change.transaction).await?;
                change.commit().await?;
            }
            return self.user(name).await.map(Ok);
        }
        self.count_failure(name, at).await?;
        Ok(Err(Refusal::Wrong))
    }

    async fn count_failure(&self, name: &str, at: i64) -> Result<()> {
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        // Names that nobody tried for a day are forgotten: the table does not grow with what is tried.
        Statement::new("DELETE FROM sign_in_failures WHERE until < ").bind(at - 86_400_000).run(on).await?;
        let row = Statement::new("SELECT failures FROM sign_in_failures WHERE name = ").bind(name).row(on).await?;
        let before: i64 = row.map_or(Ok(0), |row| row.try_get("failures"))?;
        let failures = before.saturating_add(1);
        let doublings = u32::try_from((failures - PATIENCE).clamp(0, 16)).unwrap_or_default();
        let until = if failures >= PATIENCE { at + (LOCK << doublings).min(LONGEST_LOCK) } else { at };
        let statement = Statement::new("INSERT INTO sign_in_failures (name, failures, until) VALUES (").bind(name).sql(", ").bind(failures);
        let statement = statement.sql(", ").bind(until);
        statement.sql(") ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, until = excluded.until").run(on).await?;
        change.commit().await
    }
}

/// Takes away all that lets a user in.
pub(crate) async fn forget(on: &mut Transaction<'static, Any>, name: &str) -> Result<()> {
    for table in ["accounts", "invitations", "sessions", "access_tokens", "identities", "sign_in_failures"] {
        Statement::new("DELETE FROM ").sql(table).sql(" WHERE name = ").bind(name).run(on).await?;
    }
    Ok(())
}

/// Whether `by` says who belongs to the party.
pub(crate) fn may_manage(by: &User, party: &Party) -> Result<()> {
    if by.role == Role::Administrator && party.within(&by.party) {
        Ok(())
    } else {
        Err(Error::NotAllowed { role: by.role.as_str(), what: format!("say who belongs to {party}") })
    }
}

fn check_password(password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(
            Error::input(format!("a password has {SHORTEST_PASSWORD} characters at least")).hint("A few words are easy to remember.")
        );
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(Error::input(format!("a password has {LONGEST_PASSWORD} bytes at most")));
    }
    Ok(())
}

fn hashing_failed(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("a password could not be hashed: {error}"))
}

/// The Argon2id hash of a password with the parameters that OWASP recommends (19 MiB, two passes), in the PHC form; on a thread of its own, for it takes a while.
async fn hash(password: String) -> Result<String> {
    let salt = SaltString::encode_b64(&secret::random::<16>()?).map_err(hashing_failed)?;
    let hashing =
        tokio::task::spawn_blocking(move || Argon2::default().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()));
    hashing.await.map_err(hashing_failed)?.map_err(hashing_failed)
}

/// Whether a password is the stored one. Without a stored one it takes as long, and it is not.
async fn verified(password: String, stored: Option<String>) -> Result<bool> {
    if password.len() > LONGEST_PASSWORD {
        return Ok(false);
    }
    let Some(stored) = stored else {
        hash(password).await?;
        return Ok(false);
    };
    let verifying = tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&stored).map_err(hashing_failed)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    verifying.await.map_err(hashing_failed)?
}
