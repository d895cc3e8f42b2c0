//! Users whom a provider of identities (OpenID Connect) vouches for.

use sqlx::Row;

use crate::error::{Error, Result};
use crate::party::User;
use crate::register::Register;
use crate::store::Statement;

impl Register {
    /// The user whom a provider knows by this subject. At the first time it is the user of this name, which the provider must have checked; from then on the
    /// name may change there, the subject stays.
    ///
    /// # Errors
    /// Where there is no such user, or the provider vouched for them under another subject before.
    pub async fn identified(&self, issuer: &str, subject: &str, name: Option<&str>) -> Result<User> {
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        let statement = Statement::new("SELECT name FROM identities WHERE issuer = ").bind(issuer).sql(" AND subject = ").bind(subject);
        if let Some(row) = statement.row(on).await? {
            let name: String = row.try_get("name")?;
            drop(change);
            return self.user(&name).await;
        }
        let unknown = || Error::input("the provider names nobody who uses this register").hint("An administrator makes users.");
        let name = name.ok_or_else(unknown)?;
        let statement = Statement::new("SELECT 1 FROM users WHERE active = 1 AND name = ").bind(name);
        if statement.row(on).await?.is_none() {
            return Err(unknown());
        }
        let statement = Statement::new("SELECT 1 FROM identities WHERE issuer = ").bind(issuer).sql(" AND name = ").bind(name);
        if statement.row(on).await?.is_some() {
            return Err(Error::input("the provider vouched for this user under another identity before")
                .hint("Whoever keeps the register can take that back: `dari register users --forget-identity NAME`."));
        }
        Statement::new("INSERT INTO identities (issuer, subject, name) VALUES ").list([issuer, subject, name]).run(on).await?;
        change.commit().await?;
        self.user(name).await
    }

    /// Takes back whom providers said that a user is, for one who comes under another identity.
    pub async fn forget_identity(&self, name: &str) -> Result<()> {
        let mut change = self.store.change().await?;
        Statement::new("DELETE FROM identities WHERE name = ").bind(name).run(&mut change.transaction).await?;
        change.commit().await
    }
}
