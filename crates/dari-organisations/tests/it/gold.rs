//! The aims of the matcher on affiliations that were read and labelled apart from what tunes it.

use std::fs::File;

use dari_organisations::evaluate::{Labelled, evaluate, read_labels};
use dari_organisations::matcher::THRESHOLD;

use crate::{MATCHER, SHIPPED};

fn read(name: &str) -> Vec<Labelled> {
    let path = format!("{}/labels/{name}", env!("CARGO_MANIFEST_DIR"));
    read_labels(name, File::open(path).unwrap()).unwrap()
}

#[test]
fn the_aims_are_met_on_the_gold_set() {
    let gold = read("gold.csv");
    assert!(gold.len() >= 1000);
    let found = evaluate(&MATCHER, &SHIPPED, &gold, &[THRESHOLD]);
    let scores = &found.scores[0];
    let value = |share: Option<dari_model::proportion::Proportion>| share.map_or(f64::NAN, |share| share.value);
    assert!(value(scores.precision) >= 0.97, "{:?}", scores.precision);
    assert!(value(scores.recall) >= 0.85, "{:?}", scores.recall);
    assert!(value(scores.false_matches) <= 0.03, "{:?}", scores.false_matches);
    // Calibrated: where there are enough matches of a confidence, as many are right as it says, give or take the interval.
    for bin in found.reliability.iter().filter(|bin| bin.right.of >= 50) {
        assert!((bin.right.low - 0.05..=bin.right.high + 0.05).contains(&bin.confidence), "{bin:?}");
    }
}

#[test]
fn the_gold_set_is_apart_from_what_tunes() {
    let tuning: std::collections::BTreeSet<String> = read("tuning.csv").into_iter().map(|one| one.affiliation.to_lowercase()).collect();
    assert!(read("gold.csv").iter().all(|one| !tuning.contains(&one.affiliation.to_lowercase())));
    let korean = |one: &&Labelled| {
        one.affiliation.contains("Korea")
            || one.expected.iter().any(|ror| SHIPPED.by_ror(ror).is_some_and(|index| SHIPPED.get(index).country == Some("KR")))
    };
    assert!(read("gold.csv").iter().filter(korean).count() >= 400);
}
