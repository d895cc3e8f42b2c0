//! The matcher, the search and the evaluation on the register that ships and on small ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod evaluation;
mod gold;
mod matching;
mod register;
mod search;
#[path = "../support/mod.rs"]
mod support;

use std::sync::LazyLock;

use dari_organisations::{Matcher, Name, NameKind, Organisation, Register, Relation, RelationKind};

/// The register that ships; read once.
static SHIPPED: LazyLock<Register> = LazyLock::new(|| support::shipped().unwrap());
static MATCHER: LazyLock<Matcher<'static>> = LazyLock::new(|| Matcher::new(&SHIPPED));

/// An organisation with a name to display and others.
fn organisation(id: i64, country: &'static str, city: &str, name: &str, others: &[&str]) -> Organisation {
    let named = |text: &str, kind| Name { text: text.to_owned(), language: None, kind };
    let acronym = |text: &str| text.len() <= 6 && text.chars().all(|c| c.is_ascii_uppercase());
    let mut names = vec![named(name, NameKind::Display)];
    names.extend(others.iter().map(|text| named(text, if acronym(text) { NameKind::Acronym } else { NameKind::Alias })));
    Organisation {
        id,
        ror: Some(format!("0{id:08}")),
        name: name.to_owned(),
        names,
        country: Some(country),
        city: (!city.is_empty()).then(|| city.to_owned()),
        types: vec!["education".to_owned()],
        ..Organisation::default()
    }
}

fn relation(kind: RelationKind, other: i64) -> Relation {
    Relation { kind, other, name: None }
}
