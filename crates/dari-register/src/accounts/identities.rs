//! Users whom a provider of identities (OpenID Connect) vouches for.

use sqlx::Row;

use crate::error::{Error, Result};
use crate::party::{Party, User};
use crate::register::Register;
use crate::store::Statement;

impl Register {
    /// The user of a party whom the party's provider knows by this subject. At the first time it is the user of this name, which the provider must have checked;
    /// from then on the name may change there, the subject stays. A provider says nothing of the users of other parties.
    ///
    /// # Errors
    /// Where there is no such user of the party, they have a password already, or the provider vouched for them under another subject before.
    pub async fn identified(&self, issuer: &str, subject: &str, name: Option<&str>, party: &Party) -> Result<User> {
        let user = self.bound(issuer, subject, name, party).await?;
        if user.party.within(party) { Ok(user) } else { Err(unknown()) }
    }

    async fn bound(&self, issuer: &str, subject: &str, name: Option<&str>, party: &Party) -> Result<User> {
        let mut change = self.store.change().await?;
        let on = &mut change.transaction;
        let statement = Statement::new("SELECT name FROM identities WHERE issuer = ").bind(issuer).sql(" AND subject = ").bind(subject);
        if let Some(row) = statement.row(on).await? {
            let name: String = row.try_get("name")?;
            drop(change);
            return self.user(&name).await;
        }
        let name = name.ok_or_else(unknown)?;
        let statement = Statement::new("SELECT name, party, role FROM users WHERE active = 1 AND name = ").bind(name);
        let user = statement.row(on).await?.map(|row| User::of_row(&row)).transpose()?;
        if !user.is_some_and(|user| user.party.within(party)) {
            return Err(unknown());
        }
        // Whoever has a password is not taken for another by a name alone.
        if Statement::new("SELECT 1 FROM accounts WHERE name = ").bind(name).row(on).await?.is_some() {
            return Err(
                Error::input("this user signs in with a password").hint("Sign in with it, or ask an administrator to make the user anew.")
            );
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

fn unknown() -> Error {
    Error::input("the provider names nobody who uses this register").hint("An administrator makes users.")
}
