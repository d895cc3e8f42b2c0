//! What a framework file may say.

use std::collections::BTreeMap;

use dari_frameworks::{Error, Framework, Status, Strength};
use dari_model::date;

use crate::support::{ENTRIES, HEAD, sample};

/// The message of the error that a change of the sample causes.
fn error_of(from: &str, to: &str) -> String {
    let text = format!("{HEAD}{ENTRIES}");
    assert!(text.contains(from), "{from}");
    Framework::parse("t.toml", &text.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_file_is_read_as_written() {
    let framework = sample();
    assert_eq!((framework.id.as_str(), framework.status), ("t", Status::Official));
    assert_eq!((Some(framework.valid_from), framework.valid_to), (date::parse("2023-08-29"), date::parse("2026-01-01")));
    assert_eq!(framework.name.ko, "시험");
    assert_eq!(framework.sources[0].reference, "Nowhere");
    assert_eq!(framework.entries.len(), 4);
    let batteries = &framework.entries[1];
    assert_eq!((batteries.parent.as_deref(), batteries.topics.len()), (Some("energy"), 2));
    assert!(batteries.topics[0].needs_words && batteries.topics[0].strength == Strength::Core);
    assert_eq!(batteries.topics[1].why.as_deref(), Some("what else"));
    assert_eq!(batteries.words.as_ref().map(|words| words.none.len()), Some(1));
}

#[test]
fn it_holds_from_the_first_day_until_before_the_last() {
    let framework = sample();
    let holds = |day: &str| framework.valid_on(date::parse(day).unwrap());
    assert!(holds("2023-08-29") && holds("2025-12-31"));
    assert!(!holds("2023-08-28") && !holds("2026-01-01"));
}

#[test]
fn errors_name_file_entry_and_field() {
    for (from, to, parts) in [
        ("why = ", "reason = ", &["t.toml, line ", "entry energy.batteries", "reason"][..]),
        ("parent = \"energy\"\nname = { en = \"Fuel", "colour = \"red\"\nname = { en = \"Fuel", &["entry energy.fuel-cells", "colour"]),
        ("\"core\", why", "\"corre\", why", &["entry energy.batteries", "corre"]),
        ("status = \"official\"\n", "", &["status"]),
        ("2023-08-29", "\"2023-08-29\"", &["line 4"]),
        ("2023-08-29", "2023-08-29T10:00:00", &["line 4", "expected a date such as"]),
        ("valid_to = 2026-01-01", "valid_to = 2023-08-29", &["valid_to: must be later"]),
        ("id = \"t\"", "id = \"T\"", &["id: expected lower-case"]),
        (", ko = \"연료전지\"", "", &["entry energy.fuel-cells, name.ko: missing"]),
        ("ko = \"아무도\"", "ko = \" \"", &["authority.ko: missing or empty"]),
        ("id = \"quantum\"", "id = \"energy\"", &["entry energy, id: another entry"]),
        ("id = \"energy.fuel-cells\"", "id = \"fuel-cells\"", &["entry fuel-cells, parent: is \"energy\""]),
        ("id = \"energy.fuel-cells\"", "id = \"other.fuel-cells\"", &["entry other.fuel-cells, parent: is \"energy\""]),
        (
            "id = \"energy.fuel-cells\"\nparent = \"energy\"",
            "id = \"a.b\"\nparent = \"a\"",
            &["entry a.b, parent: there is no entry \"a\""],
        ),
        ("id = \"energy.fuel-cells\"\nparent = \"energy\"", "id = \"energy.b\"", &["entry energy.b, parent: missing: expected \"energy\""]),
        ("topics = [{ id = 4, name = \"Qubits\", strength = \"core\" }]", "", &["entry quantum, topics: neither it nor"]),
        ("id = 3, name = \"Fuel cells\"", "id = 2, name = \"Electrodes\"", &["entry energy.fuel-cells, topics: 2 is there twice"]),
        ("id = 3, name", "id = 4, name", &["entry quantum, topics: 4 is called \"Qubits\" here and \"Fuel cells\" before"]),
        ("strength = \"core\" }]\n[entries", "strength = \"core\", needs_words = true }]\n#[entries", &["entry quantum", "any"]),
        (
            "id = 3, name = \"Fuel cells\"",
            "id = 3, needs_words = true, name = \"Fuel cells\"",
            &["3 has needs_words, but there are no words"],
        ),
        ("\"qubit*\", \"양자*\"", "\"qu*bit\"", &["entry quantum, words.any: \"qu*bit\": \"*\" may stand only at the end"]),
        ("none = [\"battery of tests\"]", "none = [\"-\"]", &["entry energy.batteries, words.none: \"-\" holds no word"]),
        ("any = [\"batter*\"]", "", &["entry energy.batteries, words.any: missing or empty"]),
    ] {
        let message = error_of(from, to);
        for part in parts {
            assert!(message.contains(part), "{from:?} → {to:?}: expected {part:?} in {message}");
        }
    }
}

#[test]
fn the_line_is_the_one_at_fault() {
    // HEAD opens with a line break, so that its second line holds the id.
    let text = format!("{HEAD}{ENTRIES}");
    let line = text.lines().position(|line| line.contains("why = ")).unwrap() + 1;
    let message = error_of("why = ", "reason = ");
    assert!(message.starts_with(&format!("t.toml, line {line}, ")), "{message}");
}

#[test]
fn all_problems_are_told_at_once() {
    let text = format!("{HEAD}{ENTRIES}").replace("ko = \"아무도\"", "ko = \"\"").replace(", ko = \"양자\"", "");
    let Err(Error::Invalid { problems, .. }) = Framework::parse("t.toml", &text) else { unreachable!("it must be refused") };
    assert_eq!(problems.len(), 2);
}

#[test]
fn topics_are_compared_with_the_list() {
    let mut names: BTreeMap<i32, String> =
        [(1, "Storage"), (2, "Electrodes"), (3, "Fuel cells"), (4, "Qubits")].map(|(id, name)| (id, name.to_owned())).into();
    assert!(sample().check_topics("t.toml", &names).is_ok());
    names.insert(3, "Fuel Cells and More".to_owned());
    names.remove(&4);
    let message = sample().check_topics("t.toml", &names).unwrap_err().to_string();
    assert!(
        message.contains("entry energy.fuel-cells, topics: 3 is \"Fuel Cells and More\" in the topic list, here \"Fuel cells\""),
        "{message}"
    );
    assert!(message.contains("entry quantum, topics: the topic list has no 4 (Qubits)"), "{message}");
}
