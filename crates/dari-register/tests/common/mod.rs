//! Registers in both storages.
#![allow(dead_code)]

use dari_register::{Content, Register, Session, Step, Written};

/// A place for a register of its own in each storage that can be had: SQLite always, PostgreSQL where one runs or can be started.
pub(crate) fn places() -> Vec<Place> {
    [Some(Place::sqlite()), Place::postgres()].into_iter().flatten().collect()
}

/// Where a register of a test is kept.
pub(crate) struct Place {
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let url = folder.path().join("register.sqlite").display().to_string();
        Place { url, _folder: Some(folder) }
    }

    pub(crate) fn postgres() -> Option<Place> {
        Some(Place { url: dari_testkit::postgres::database()?, _folder: None })
    }
}

/// Fields written as YAML.
pub(crate) fn fields(text: &str) -> Content {
    dari_register::file::content(text).unwrap()
}

/// A step that adds a record.
pub(crate) fn add(kind: &str, id: &str, text: &str) -> Step {
    Step::Add { kind: kind.to_owned(), id: id.to_owned(), content: fields(text), state: None, day: None }
}

/// A step that changes fields.
pub(crate) fn edit(id: &str, version: i64, text: &str) -> Step {
    Step::Edit { id: id.to_owned(), version, content: fields(text) }
}

/// A step that moves a record into another state on a day.
pub(crate) fn to(id: &str, version: i64, state: &str, day: &str) -> Step {
    let day = dari_model::date::parse(day);
    Step::Move { id: id.to_owned(), version, state: state.to_owned(), day, content: Content::new() }
}

/// A new register of KR and US with this place.
pub(crate) async fn register(place: &Place) -> Register {
    let parties = ["KR", "KR/MSIT", "US", "US/DOE"].map(|party| party.parse().unwrap());
    Register::create(&place.url, &parties).await.unwrap()
}

/// What a user (`NAME:PARTY:ROLE`) does, on 26 November 2026.
pub(crate) fn user<'a>(register: &'a Register, user: &str) -> Session<'a> {
    register.session(user.parse().unwrap()).at(1_795_651_200_000)
}

/// Writes, and fails the test where it is refused.
pub(crate) async fn write(session: &Session<'_>, steps: &[Step]) -> Vec<Written> {
    session.write(steps, "test", None).await.unwrap()
}
