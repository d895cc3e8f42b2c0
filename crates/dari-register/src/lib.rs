//! The register of cooperation: from what was said in a dialogue to what came of it, for two sides and more.
//!
//! A [`Register`] is kept in a SQLite file or in PostgreSQL. A [`User`] of one of its parties works in it through a [`Session`], which sees only what is shared
//! and what is the party's own. Records are of [kinds](kinds::KINDS) with fields and states; every change is an [event](trail::Event) in a chain that
//! [can be proved whole](Session::verify).
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! # let folder = tempfile::tempdir().unwrap();
//! # let place = folder.path().join("register.sqlite").display().to_string();
//! use dari_register::{Register, Step, file};
//!
//! let register = Register::create(&place, &["KR".parse()?, "US".parse()?]).await?;
//! let session = register.session("hong:KR:desk-officer".parse()?);
//! let content = file::content("{date: 2024-01-23, side: KR, text: {ko: 공동 연수회를 제안, en: proposes a workshop}}")?;
//! session.write(&[Step::Add { kind: "statement".into(), id: "workshop".into(), content, state: None, day: None }], "minutes", None).await?;
//! let (found, _) = session.search(&["연수".to_owned()], &[], 10).await?;
//! assert_eq!(found[0].state, "proposed");
//! # Ok::<(), dari_register::Error>(())
//! # }).unwrap();
//! ```

pub mod accounts;
mod backup;
pub mod calendar;
pub mod calls;
pub mod cerif;
mod content;
pub mod draft;
mod error;
mod exports;
pub mod file;
pub mod kinds;
mod party;
mod period;
pub mod raid;
mod read;
mod record;
mod register;
mod rules;
pub mod sheet;
mod store;
mod text;
pub mod trail;
mod unit;
mod verify;
pub mod views;
mod write;

pub use content::{Content, Link, assignments, expected, titles};
pub use error::{Error, Result};
pub use party::{Party, Role, Scope, User};
pub use period::Period;
pub use read::{Filter, Line};
pub use record::Record;
pub use register::{Register, Session, day_of, now, without_secret};
pub use verify::Proof;
pub use write::{Item, Refused, Step, Written};

/// A moment (milliseconds since 1970-01-01, UTC) as `2026-11-26T09:30:00Z`.
pub fn moment(milliseconds: i64) -> String {
    let seconds = milliseconds.div_euclid(1000).rem_euclid(86_400);
    let day = dari_model::date::format(day_of(milliseconds));
    format!("{day}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
