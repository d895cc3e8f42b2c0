//! Where frameworks meet.

use std::collections::BTreeMap;

use dari_frameworks::{CrosswalkOptions, Level, Outdated, TopicWeight, crosswalk};
use dari_model::date;
use proptest::prelude::*;

use crate::support::{flat, sample};

#[test]
fn similarity_by_hand() {
    // e0 of a: 1 core, 2 related, 3 core; e0 of b: 2 core, 3 core, 4 related.
    // minima: 0.5 (2) + 1 (3) = 1.5; maxima: 1 (1) + 1 (2) + 1 (3) + 0.5 (4) = 3.5; 1.5 / 3.5.
    let a = flat(&[vec![(1, true), (2, false), (3, true)], vec![(9, true)]]);
    let b = flat(&[vec![(2, true), (3, true), (4, false)], vec![(1, true)], vec![(8, true)]]);
    let walk = crosswalk(&a, &b, &CrosswalkOptions::default()).unwrap();
    let found: Vec<(&str, &str, f64)> = walk.pairs.iter().map(|pair| (pair.a.as_str(), pair.b.as_str(), pair.similarity)).collect();
    // With e1 of b: 1 / 2.5 = 0.4.
    assert_eq!(found, [("e0", "e0", 1.5 / 3.5), ("e0", "e1", 0.4)]);
    let shared: Vec<(i32, f64)> = walk.pairs[0].shared.iter().map(|topic| (topic.topic, topic.weight)).collect();
    assert_eq!(shared, [(3, 1.0), (2, 0.5)]);
    assert_eq!(walk.pairs[0].shared[0].name, "Topic 3");
    assert_eq!((walk.alone_a, walk.alone_b), (vec!["e1".to_owned()], vec!["e2".to_owned()]));
}

#[test]
fn works_shift_the_weights() {
    // Topic 2 has 10 works, 3 has 2, 1 and 4 none: minima 0.5 × 10 + 2 = 7, maxima 10 + 2 = 12. Topic 1 alone joins e0 and e1: no pair.
    let a = flat(&[vec![(1, true), (2, false), (3, true)]]);
    let b = flat(&[vec![(2, true), (3, true), (4, false)], vec![(1, true)]]);
    let works = BTreeMap::from([(1, 0), (2, 10), (3, 2)]);
    let walk = crosswalk(&a, &b, &CrosswalkOptions { weight: TopicWeight::Works(&works), ..Default::default() }).unwrap();
    assert_eq!(walk.pairs.len(), 1);
    assert!((walk.pairs[0].similarity - 7.0 / 12.0).abs() < 1e-12);
    assert_eq!(walk.pairs[0].shared.iter().map(|topic| topic.topic).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(walk.alone_b, ["e1"]);
}

#[test]
fn levels_change_what_is_paired() {
    let walk = |level| crosswalk(&sample(), &sample(), &CrosswalkOptions { level, ..Default::default() }).unwrap();
    assert_eq!(walk(Level::Field).pairs.len(), 2);
    // Batteries and fuel cells share topic 2, so that each meets itself and the other; quantum meets itself.
    let pairs = walk(Level::Technology).pairs;
    assert_eq!(pairs.len(), 5);
    // Batteries {1: 1, 2: 1}, fuel cells {2: 0.5, 3: 1}: 0.5 / 3.
    assert!(pairs[3].a == "energy.batteries" && pairs[3].b == "energy.fuel-cells" && (pairs[3].similarity - 0.5 / 3.0).abs() < 1e-12);
}

#[test]
fn a_date_refuses_or_flags() {
    let day = date::parse("2026-01-01");
    let refused = crosswalk(&sample(), &sample(), &CrosswalkOptions { day, ..Default::default() }).unwrap_err().to_string();
    assert_eq!(refused, "t is not valid on 2026-01-01: it holds from 2023-08-29 until before 2026-01-01");
    let flagged = crosswalk(&sample(), &sample(), &CrosswalkOptions { day, outdated: Outdated::Flag, ..Default::default() }).unwrap();
    assert_eq!((flagged.not_valid, flagged.pairs.len()), (vec!["t".to_owned()], 2));
    let fine = CrosswalkOptions { day: date::parse("2025-12-31"), ..Default::default() };
    assert!(crosswalk(&sample(), &sample(), &fine).unwrap().not_valid.is_empty());
}

fn entries() -> impl Strategy<Value = Vec<Vec<(i32, bool)>>> {
    let topics = prop::collection::btree_map(1i32..12, any::<bool>(), 1..6).prop_map(|topics| topics.into_iter().collect());
    prop::collection::vec(topics, 1..5)
}

proptest! {
    #[test]
    fn symmetric_within_bounds_and_one_against_itself(x in entries(), y in entries(), sizes in prop::collection::btree_map(1i32..12, 0u64..1000, 0..12), sized in any::<bool>()) {
        let (a, b) = (flat(&x), flat(&y));
        let weight = if sized { TopicWeight::Works(&sizes) } else { TopicWeight::Equal };
        let options = CrosswalkOptions { weight, ..Default::default() };
        let (there, back) = (crosswalk(&a, &b, &options).unwrap(), crosswalk(&b, &a, &options).unwrap());
        let key = |pair: &dari_frameworks::Pair| (pair.a.clone(), pair.b.clone(), pair.similarity);
        let mut forth: Vec<_> = there.pairs.iter().map(key).collect();
        let mut turned: Vec<_> = back.pairs.iter().map(key).map(|(b, a, similarity)| (a, b, similarity)).collect();
        forth.sort_by(|p, q| (&p.0, &p.1).cmp(&(&q.0, &q.1)));
        turned.sort_by(|p, q| (&p.0, &p.1).cmp(&(&q.0, &q.1)));
        prop_assert_eq!(forth.len(), turned.len());
        for (p, q) in forth.iter().zip(&turned) {
            prop_assert!(p.0 == q.0 && p.1 == q.1 && (p.2 - q.2).abs() < 1e-12);
        }
        prop_assert!(there.pairs.iter().all(|pair| pair.similarity > 0.0 && pair.similarity <= 1.0 + 1e-12));
        prop_assert!(there.pairs.is_sorted_by(|p, q| p.similarity >= q.similarity));
        prop_assert_eq!(&there.alone_a, &back.alone_b);

        // Each entry is in a pair or alone, never both.
        for entry in &a.entries {
            prop_assert_ne!(there.pairs.iter().any(|pair| pair.a == entry.id), there.alone_a.contains(&entry.id));
        }
        for pair in crosswalk(&a, &a, &options).unwrap().pairs.iter().filter(|pair| pair.a == pair.b) {
            prop_assert!((pair.similarity - 1.0).abs() < 1e-12);
        }
    }
}
