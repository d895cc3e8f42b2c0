//! A second factor: codes of six digits that change every thirty seconds (RFC 6238), from an app on the user's telephone.

use sqlx::Row;
use totp_rs::{Builder, Secret, Totp};

use super::secret;
use crate::error::{Error, Result};
use crate::party::User;
use crate::register::{Register, now};
use crate::store::Statement;

/// Bytes of the secret that the app and the register share: those of SHA-1, as RFC 4226 recommends.
const SECRET: usize = 20;

/// What an app is given to make codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The secret, to be typed into the app.
    pub secret: String,
    /// The same as an address that the app opens: `otpauth://totp/…`.
    pub url: String,
}

impl Register {
    /// Whether a user is asked for a code.
    pub async fn has_second_factor(&self, user: &User) -> Result<bool> {
        let mut on = self.store.read().await?;
        let statement = Statement::new("SELECT 1 FROM accounts WHERE second_factor IS NOT NULL AND name = ").bind(user.name.as_str());
        Ok(statement.row(&mut on).await?.is_some())
    }

    /// Proposes a second factor. It is asked for from the moment that a code of it was [confirmed](Self::confirm_second_factor).
    ///
    /// # Errors
    /// Where the user has no password, or a second factor already.
    pub async fn propose_second_factor(&self, user: &User) -> Result<Proposed> {
        let secret = Secret::from(secret::random::<SECRET>()?).to_base32();
        let url = totp(&secret, &user.name)?.to_url().map_err(broken)?;
        let mut change = self.store.change().await?;
        let statement = Statement::new("UPDATE accounts SET proposed_factor = ").bind(secret.as_str());
        let statement = statement.sql(" WHERE second_factor IS NULL AND name = ").bind(user.name.as_str());
        if statement.run(&mut change.transaction).await? == 0 {
            return Err(Error::input("there is a second factor already, or no password").hint("End the one there is first."));
        }
        change.commit().await?;
        Ok(Proposed { secret, url })
    }

    /// Begins to ask for the second factor that was proposed, if the code is one of it.
    ///
    /// # Errors
    /// Where none was proposed, or the code is not one of it.
    pub async fn confirm_second_factor(&self, user: &User, code: &str) -> Result<()> {
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        let row = Statement::new("SELECT proposed_factor FROM accounts WHERE name = ").bind(user.name.as_str()).row(on).await?;
        let proposed: Option<String> = row.map_or(Ok(None), |row| row.try_get("proposed_factor"))?;
        let proposed = proposed.ok_or_else(|| Error::input("no second factor was proposed").hint("Begin anew."))?;
        let step = step(&proposed, &user.name, code)?.ok_or_else(wrong_code)?;
        let statement = Statement::new("UPDATE accounts SET second_factor = ").bind(proposed).sql(", proposed_factor = NULL, last_step = ");
        statement.bind(step).sql(" WHERE name = ").bind(user.name.as_str()).run(on).await?;
        change.commit().await
    }

    /// Ends the second factor of a user, if the code is one of it.
    ///
    /// # Errors
    /// Where there is none, or the code is not one of it.
    pub async fn end_second_factor(&self, user: &User, code: &str) -> Result<()> {
        let mut on = self.store.read().await?;
        let row = Statement::new("SELECT second_factor FROM accounts WHERE name = ").bind(user.name.as_str()).row(&mut on).await?;
        drop(on);
        let factor: Option<String> = row.map_or(Ok(None), |row| row.try_get("second_factor"))?;
        let factor = factor.ok_or_else(|| Error::input("there is no second factor"))?;
        if !self.use_code(&user.name, &factor, code).await? {
            return Err(wrong_code());
        }
        let mut change = self.store.change().await?;
        let statement = Statement::new("UPDATE accounts SET second_factor = NULL WHERE name = ").bind(user.name.as_str());
        statement.run(&mut change.transaction).await?;
        change.commit().await
    }

    /// Whether a code is good; it is used up by that.
    pub(super) async fn use_code(&self, name: &str, factor: &str, code: &str) -> Result<bool> {
        let Some(step) = step(factor, name, code)? else { return Ok(false) };
        let mut change = self.store.change().await?;
        let statement = Statement::new("UPDATE accounts SET last_step = ").bind(step).sql(" WHERE name = ").bind(name);
        let used = statement.sql(" AND last_step < ").bind(step).run(&mut change.transaction).await? > 0;
        change.commit().await?;
        Ok(used)
    }
}

fn wrong_code() -> Error {
    Error::input("this code is not good").hint("Codes change every thirty seconds, and each is good once; is the telephone's clock right?")
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("the second factor: {error}"))
}

/// What makes codes: six digits, thirty seconds, the step before and after also good.
fn totp(secret: &str, name: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret).map_err(broken)?;
    Builder::new().with_secret(secret).with_account_name(name).with_issuer(Some("dari")).build().map_err(broken)
}

/// The step of time that a code is of.
fn step(secret: &str, name: &str, code: &str) -> Result<Option<i64>> {
    let seconds = u64::try_from(now() / 1000).unwrap_or_default();
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    Ok(totp(secret, name)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}
