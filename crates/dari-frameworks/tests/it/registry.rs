//! Finding frameworks, and adding one's own.

use std::fs;

use dari_frameworks::Registry;
use dari_model::date;

use crate::support::{ENTRIES, HEAD};

fn file(id: &str, status: &str) -> String {
    format!("{HEAD}{ENTRIES}").replace("id = \"t\"", &format!("id = \"{id}\"")).replace("\"official\"", &format!("\"{status}\""))
}

#[test]
fn a_folder_adds_and_replaces_by_id() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.toml"), file("one", "official")).unwrap();
    fs::write(folder.path().join("b.toml"), file("two", "official")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not a framework").unwrap();
    let mut registry = Registry::default();
    assert_eq!(registry.load(folder.path()).unwrap(), ["one", "two"]);

    let own = folder.path().join("own.toml");
    fs::write(&own, file("two", "draft")).unwrap();
    assert_eq!(registry.load(&own).unwrap(), ["two"]);
    let statuses: Vec<String> = registry.iter().map(|framework| format!("{} {:?}", framework.id, framework.status)).collect();
    assert_eq!(statuses, ["one Official", "two Draft"]);

    // Now two files of the folder hold it, which is more likely a slip than a wish.
    let message = registry.load(folder.path()).unwrap_err().to_string();
    assert!(message.contains("framework two is in two files") && message.contains("own.toml"), "{message}");
}

#[test]
fn a_bad_file_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.toml"), file("one", "official")).unwrap();
    fs::write(folder.path().join("b.toml"), file("two", "invented")).unwrap();
    let mut registry = Registry::default();
    let message = registry.load(folder.path()).unwrap_err().to_string();
    assert!(message.contains("b.toml, line 3") && message.contains("invented"), "{message}");
    assert_eq!(registry.iter().count(), 0);
}

#[test]
fn an_empty_folder_and_a_missing_file_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = Registry::default();
    assert!(registry.load(folder.path()).unwrap_err().to_string().contains("no framework in"));
    assert!(registry.load(&folder.path().join("none.toml")).unwrap_err().to_string().contains("none.toml"));
}

#[test]
fn an_unknown_id_lists_the_known_and_the_nearest() {
    let registry = Registry::shipped().unwrap();
    let message = registry.get("kr-nst-2032").unwrap_err().to_string();
    assert!(message.contains("did you mean kr-nst-2023"), "{message}");
    assert!(registry.iter().all(|framework| message.contains(&framework.id)), "{message}");
}

#[test]
fn a_date_tells_which_hold() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.toml"), file("old", "official")).unwrap();
    fs::write(
        folder.path().join("b.toml"),
        file("new", "draft").replace("valid_to = 2026-01-01\n", "").replace("2023-08-29", "2026-01-01"),
    )
    .unwrap();
    let mut registry = Registry::default();
    registry.load(folder.path()).unwrap();
    let at =
        |day: &str| -> Vec<&str> { registry.at(date::parse(day).unwrap()).into_iter().map(|framework| framework.id.as_str()).collect() };
    assert!(at("2020-01-01").is_empty());
    assert_eq!(at("2025-12-31"), ["old"]);
    assert_eq!(at("2026-01-01"), ["new"]);
}
