//! Entries resolved and found.

use dari_frameworks::{Level, Strength};

use crate::support::sample;

#[test]
fn levels() {
    let ids = |level| -> Vec<String> { sample().technologies(level).into_iter().map(|technology| technology.id).collect() };
    assert_eq!(ids(Level::Field), ["energy", "quantum"]);
    // A field without children is a technology too.
    assert_eq!(ids(Level::Technology), ["energy.batteries", "energy.fuel-cells", "quantum"]);
    assert_eq!(ids(Level::All), ["energy", "energy.batteries", "energy.fuel-cells", "quantum"]);
}

#[test]
fn a_parent_has_its_childrens_topics_and_the_stronger_claim_wins() {
    let energy = &sample().technologies(Level::Field)[0];
    let claims: Vec<_> = energy.topics.iter().map(|(topic, claim)| (*topic, claim.strength, claim.needs_words)).collect();
    // 1: related of its own, core with words from batteries; 2: core from batteries, related from fuel cells.
    assert_eq!(claims, [(1, Strength::Core, true), (2, Strength::Core, false), (3, Strength::Core, false)]);
    assert_eq!(energy.words.len(), 1);
    let fuel_cells = sample().find("energy.fuel-cells").unwrap();
    assert_eq!(fuel_cells.topics.keys().copied().collect::<Vec<_>>(), [2, 3]);
    assert_eq!(fuel_cells.topics[&2].strength, Strength::Related);
    assert!(fuel_cells.words.is_empty());
}

#[test]
fn found_by_id_last_part_and_name_in_either_language() {
    for (asked, id) in [
        ("energy.batteries", "energy.batteries"),
        (" Batteries ", "energy.batteries"),
        ("SECONDARY  BATTERIES", "energy.batteries"),
        ("이차전지", "energy.batteries"),
        ("energie storage", "energy"),
        ("Fuel cells", "energy.fuel-cells"),
        ("양자", "quantum"),
    ] {
        assert_eq!(sample().find(asked).unwrap().id, id, "{asked}");
    }
    let message = sample().find("quantom").unwrap_err().to_string();
    assert!(message.contains("did you mean quantum"), "{message}");
    assert!(sample().find("").is_err());
}

#[test]
fn what_may_be_several_is_not_guessed() {
    let mut framework = sample();
    framework.entries[3].name.en = "Fuel Cells".to_owned();
    let message = framework.find("fuel cells").unwrap_err().to_string();
    assert!(message.contains("energy.fuel-cells or quantum"), "{message}");
    // The last part of an id is surer than a name.
    assert_eq!(framework.find("fuel-cells").unwrap().id, "energy.fuel-cells");
}
