//! Who takes part, and who may see and do what.
//!
//! A register has parties: countries (`KR`, `US`) and agencies within (`KR/MSIT`). What is recorded lies in a *scope*: shared by all parties, private to
//! one, or the reviews of one reviewer. A person sees the scopes that their party, and where it comes to reviews their role, opens to them, and nothing of
//! the others: all reading starts from the list of scopes that are seen.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::error::{Error, Result};

/// A party: a country's code, or an agency within (`KR/MSIT`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Party(String);

impl Party {
    /// As written: `KR/MSIT`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the other or an agency within.
    pub(crate) fn within(&self, other: &Party) -> bool {
        self == other || self.0.strip_prefix(&other.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The side it belongs to: `KR` of `KR/MSIT`.
    pub fn side(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl FromStr for Party {
    type Err = Error;

    fn from_str(text: &str) -> Result<Party> {
        let fits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() <= 2 && parts.iter().all(|part| fits(part)) {
            Ok(Party(text.to_owned()))
        } else {
            Err(Error::input(format!("'{text}' is no party")).hint("A party is a country's code, or an agency within: KR, US, KR/MSIT."))
        }
    }
}

impl TryFrom<String> for Party {
    type Error = Error;

    fn try_from(text: String) -> Result<Party> {
        text.parse()
    }
}

impl From<Party> for String {
    fn from(party: Party) -> String {
        party.0
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a record lies, which decides who sees it. An id says its scope: `KR:note-1` is private to KR, `ostp-2024` shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All parties see it.
    Shared,
    /// Only this party sees it; what is KR's is seen by its agencies, what is an agency's by that agency alone.
    Private(Party),
    /// Reviews that this user writes: seen by them, and by those who run calls.
    Reviews(String),
}

impl Scope {
    /// As the storage writes it: empty for shared, `KR/MSIT`, `~NAME`.
    pub fn text(&self) -> String {
        match self {
            Scope::Shared => String::new(),
            Scope::Private(party) => party.to_string(),
            Scope::Reviews(user) => format!("~{user}"),
        }
    }

    /// The scope that the storage wrote.
    pub fn from_text(text: &str) -> Result<Scope> {
        Ok(match text.strip_prefix('~') {
            _ if text.is_empty() => Scope::Shared,
            Some(user) => Scope::Reviews(user.to_owned()),
            None => Scope::Private(text.parse()?),
        })
    }

    /// The scope of a record's id.
    pub fn of_id(id: &str) -> Result<Scope> {
        match id.rsplit_once(':') {
            None => Ok(Scope::Shared),
            Some((scope, _)) => Scope::from_text(scope),
        }
    }

    /// An id in this scope.
    pub fn id(&self, name: &str) -> String {
        match self {
            Scope::Shared => name.to_owned(),
            other => format!("{}:{name}", other.text()),
        }
    }

    /// Whether everyone who sees this scope also sees `other`: only then may a record here speak of one there.
    pub fn within(&self, other: &Scope) -> bool {
        match (self, other) {
            (_, Scope::Shared) => true,
            (Scope::Private(mine), Scope::Private(theirs)) => mine.within(theirs),
            (Scope::Reviews(mine), Scope::Reviews(theirs)) => mine == theirs,
            _ => false,
        }
    }
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads.
    Reader,
    /// Besides, writes notes, results and drafts of proposals, and edits what they wrote.
    Contributor,
    /// Besides, writes all that belongs to dialogue, agreements, activities and exchange.
    DeskOfficer,
    /// Besides, runs programmes and calls: reviewers, decisions.
    ProgrammeManager,
    /// Reads what is shared, writes the reviews given to them.
    Reviewer,
    /// All that a programme manager does; and who belongs to their party.
    Administrator,
    /// Reads all that their party sees, and reviews; proves the audit trail; writes nothing.
    Auditor,
    /// Reads what is shared between all parties, and nothing else.
    Guest,
}

impl Role {
    /// All roles with their names.
    pub const ALL: [(Role, &str); 8] = [
        (Role::Reader, "reader"),
        (Role::Contributor, "contributor"),
        (Role::DeskOfficer, "desk-officer"),
        (Role::ProgrammeManager, "programme-manager"),
        (Role::Reviewer, "reviewer"),
        (Role::Administrator, "administrator"),
        (Role::Auditor, "auditor"),
        (Role::Guest, "guest"),
    ];

    /// As written.
    pub fn as_str(self) -> &'static str {
        Role::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }

    /// Whether it sees reviews that others wrote.
    fn sees_reviews(self) -> bool {
        matches!(self, Role::ProgrammeManager | Role::Administrator | Role::Auditor)
    }

    /// Whether it runs calls.
    pub fn runs_calls(self) -> bool {
        matches!(self, Role::ProgrammeManager | Role::Administrator)
    }

    /// Whether it writes all that a desk writes.
    pub fn keeps_the_desk(self) -> bool {
        self == Role::DeskOfficer || self.runs_calls()
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Role> {
        Role::ALL.iter().find(|(_, name)| *name == text.replace('_', "-")).map(|(role, _)| *role).ok_or_else(|| {
            let names: Vec<&str> = Role::ALL.iter().map(|(_, name)| *name).collect();
            Error::input(format!("'{text}' is no role")).hint(format!("Roles are {}.", names.join(", ")))
        })
    }
}

/// A person who uses the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Short name, unique in the register: `hong`.
    pub name: String,
    /// The party they belong to.
    pub party: Party,
    /// What they may do.
    pub role: Role,
}

/// Whether it can be the name of a user.
pub(crate) fn is_user_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

impl User {
    /// A user; the name is of letters, digits, `-`, `_` and `.`.
    pub fn new(name: &str, party: Party, role: Role) -> Result<User> {
        if !is_user_name(name) {
            return Err(Error::input(format!("'{name}' is no user's name")).hint("Letters, digits, '-', '_' and '.', at most 64 bytes."));
        }
        Ok(User { name: name.to_owned(), party, role })
    }

    /// The user of a row with name, party and role.
    pub(crate) fn of_row(row: &AnyRow) -> Result<User> {
        User::new(row.try_get("name")?, row.try_get::<String, _>("party")?.parse()?, row.try_get::<String, _>("role")?.parse()?)
    }

    /// Somebody who is not signed in: a guest of a party, by a name that no user can have.
    pub fn guest(party: Party) -> User {
        User { name: String::new(), party, role: Role::Guest }
    }

    /// Whether what lies in the scope is seen.
    pub fn sees(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Shared => true,
            Scope::Private(party) => !matches!(self.role, Role::Reviewer | Role::Guest) && self.party.within(party),
            Scope::Reviews(user) => self.role != Role::Guest && (*user == self.name || self.role.sees_reviews()),
        }
    }
}

impl FromStr for User {
    type Err = Error;

    /// `NAME:PARTY:ROLE`, for example `hong:KR/MSIT:desk-officer`.
    fn from_str(text: &str) -> Result<User> {
        match text.split(':').collect::<Vec<_>>().as_slice() {
            [name, party, role] => User::new(name, party.parse()?, role.parse()?),
            _ => Err(Error::input(format!("'{text}' is no user")).hint("NAME:PARTY:ROLE, for example hong:KR/MSIT:desk-officer.")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn user(text: &str) -> User {
        text.parse().unwrap()
    }

    fn private(party: &str) -> Scope {
        Scope::Private(party.parse().unwrap())
    }

    #[test]
    fn who_sees_what() {
        let (desk, ministry, other) = (user("a:KR:desk-officer"), user("b:KR/MSIT:reader"), user("c:US:administrator"));
        let cases = [
            (Scope::Shared, [true, true, true]),
            (private("KR"), [true, true, false]),
            (private("KR/MSIT"), [false, true, false]),
            (private("KR/MOTIE"), [false, false, false]),
            (private("US"), [false, false, true]),
            (Scope::Reviews("r".to_owned()), [false, false, true]),
        ];
        for (scope, sees) in cases {
            assert_eq!([&desk, &ministry, &other].map(|user| user.sees(&scope)), sees, "{scope:?}");
            assert_eq!(Scope::from_text(&scope.text()).unwrap(), scope);
            assert_eq!(Scope::of_id(&scope.id("x")).unwrap(), scope);
        }
        let reviewer = user("r:KR:reviewer");
        assert!(
            reviewer.sees(&Scope::Reviews("r".to_owned()))
                && !reviewer.sees(&Scope::Reviews("s".to_owned()))
                && !reviewer.sees(&private("KR"))
        );
    }

    #[test]
    fn a_record_speaks_only_of_what_its_readers_see() {
        assert!(private("KR/MSIT").within(&private("KR")) && private("KR").within(&Scope::Shared));
        assert!(
            !private("KR").within(&private("KR/MSIT")) && !private("KR").within(&private("US")) && !Scope::Shared.within(&private("KR"))
        );
        // A country whose code another begins with is not within it.
        assert!(!private("KRX").within(&private("KR")));
    }

    #[test]
    fn what_is_no_party_role_or_user() {
        for text in ["", "kr", "KR/", "KR/A/B", "~KR", "K:R"] {
            assert!(text.parse::<Party>().is_err(), "{text}");
        }
        assert!("king".parse::<Role>().is_err() && "a:KR".parse::<User>().is_err() && "a b:KR:reader".parse::<User>().is_err());
    }
}
