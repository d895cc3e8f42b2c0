//! Positions in a small world whose figures can be worked by hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use dari_indicators::position::positions;
use dari_indicators::{Cube, CubeBuilder, CubeRow, Period, Reference, TechnologyTopics, Topic};
use proptest::prelude::*;

const THEN: Period = Period { from: 2010, to: 2014 };
const NOW: Period = Period { from: 2020, to: 2024 };

/// Topics 1 and 2 with worlds of (500, 1,000) and (4,500, 9,000) works; KR (50 → 200, 450 → 800), US (100 → 300, 900 → 2,700).
fn world() -> Cube {
    let mut builder = CubeBuilder::new();
    for id in [1, 2] {
        builder.topic(Topic { id, name: format!("topic {id}"), subfield: 1, field: 1 }).unwrap();
    }
    for (period, topic, world, kr, us) in
        [(THEN, 1, 500, 50, 100), (THEN, 2, 4_500, 450, 900), (NOW, 1, 1_000, 200, 300), (NOW, 2, 9_000, 800, 2_700)]
    {
        builder.row(CubeRow { period, topic, country: "KR", works: kr, world }).unwrap();
        builder.row(CubeRow { period, topic, country: "US", works: us, world }).unwrap();
    }
    builder.build().unwrap()
}

fn technology(topics: &[(i32, f64)]) -> TechnologyTopics {
    TechnologyTopics { id: "t".to_owned(), name: "T".to_owned(), topics: topics.to_vec() }
}

#[test]
fn shares_activity_growth_and_rank() {
    let found = positions(&world(), &technology(&[(1, 1.0), (77, 1.0)]), Reference::World).unwrap();
    assert_eq!((found.period, found.world_works, found.missing_topics), (NOW, 1_000.0, vec![77]));
    // 200 + 300 of 1,000 are known.
    assert_eq!((found.known_share, found.unknown_share), (Some(0.5), Some(0.5)));
    assert_eq!(found.countries.len(), 2);
    let (us, kr) = (&found.countries[0], &found.countries[1]);
    assert_eq!((us.country, us.rank, kr.country, kr.rank), ("US", 1, "KR", 2));
    assert_eq!((kr.works, kr.total_works, kr.share), (200.0, 1_000.0, Some(0.2)));
    // (200/1,000)/(1,000/10,000) = 2; (300/3,000)/(1/10) = 1.
    let (kr_activity, us_activity) = (kr.activity.unwrap(), us.activity.unwrap());
    assert_eq!((kr_activity.raw, us_activity.raw), (Some(2.0), Some(1.0)));
    // Prior: O 200, 300; E 100, 300: m = 500/400 = 1.25; s² = (100·0.75² + 300·0.25²)/400 = 0.1875; A = 0.1875 − 1.25·2/400 = 0.18125;
    // rate m/A = 6.8966, shape 8.6207. KR: (8.6207 + 200)/(6.8966 + 100) = 1.95162.
    assert!((kr_activity.shrunk.value - 1.951_61).abs() < 1e-4, "{kr_activity:?}");
    assert!((kr_activity.symmetric.value - 0.951_61 / 2.951_61).abs() < 1e-4);
    // ln(200.5/50.5)/10 against ln(1000.5/500.5)/10.
    let (own, world) = ((200.5_f64 / 50.5).ln() / 10.0, (1_000.5_f64 / 500.5).ln() / 10.0);
    assert!((kr.growth.unwrap().value - own).abs() < 1e-12 && (kr.momentum.unwrap().value - (own - world)).abs() < 1e-12);
    assert!((found.reference_growth.unwrap().value - world).abs() < 1e-12);
}

#[test]
fn weights_reference_and_leaving_out_topics() {
    // Half of topic 2 joins: KR 200 + 400.
    let half = positions(&world(), &technology(&[(1, 1.0), (2, 0.5)]), Reference::World).unwrap();
    assert_eq!((half.countries[1].works, half.world_works), (600.0, 5_500.0));
    // Against the two countries together: (200/1,000)/(500/4,000) = 1.6.
    let countries = positions(&world(), &technology(&[(1, 1.0)]), Reference::Countries).unwrap();
    assert!((countries.countries[1].activity.unwrap().raw.unwrap() - 1.6).abs() < 1e-12);
    assert_eq!(countries.world_works, 1_000.0);
    // Without topic 2 the technology is all there is: every index is 1.
    let alone = positions(&world().without(&[2]), &technology(&[(1, 1.0)]), Reference::World).unwrap();
    assert_eq!(alone.countries[1].activity.unwrap().raw, Some(1.0));
    // Nothing left: no figures, no failure.
    let nothing = positions(&world().without(&[1]), &technology(&[(1, 1.0)]), Reference::World).unwrap();
    assert_eq!((nothing.known_share, nothing.countries[0].activity, nothing.countries[0].share), (None, None, None));
}

#[test]
fn technologies_that_cannot_be_used() {
    for topics in [&[(1, 1.0), (1, 0.5)][..], &[(1, 0.0)], &[(1, 1.5)], &[(1, f64::NAN)]] {
        assert!(positions(&world(), &technology(topics), Reference::World).is_err(), "{topics:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_and_unknown_add_up_and_order_of_rows_does_not_matter(cells in prop::collection::vec((0_i64..50, 0_i64..50, 0_i64..50), 1..6)) {
        let build = |reverse: bool| {
            let mut builder = CubeBuilder::new();
            let mut rows = Vec::new();
            for (id, (jp, kr, us)) in (0..).zip(&cells) {
                builder.topic(Topic { id, name: String::new(), subfield: 1, field: 1 }).unwrap();
                for (country, works) in [("JP", *jp), ("KR", *kr), ("US", *us)] {
                    rows.push(CubeRow { period: NOW, topic: id, country, works, world: jp + kr + us + 7 });
                }
            }
            if reverse { rows.reverse() }
            rows.into_iter().for_each(|row| builder.row(row).unwrap());
            builder.build().unwrap()
        };
        let all = technology(&(0..cells.len() as i32).map(|id| (id, 1.0)).collect::<Vec<_>>());
        let found = positions(&build(false), &all, Reference::World).unwrap();
        let shares: f64 = found.countries.iter().map(|country| country.share.unwrap()).sum();
        prop_assert!((shares + found.unknown_share.unwrap() - 1.0).abs() < 1e-9);
        for activity in found.countries.iter().filter_map(|country| country.activity) {
            let symmetric = activity.symmetric;
            prop_assert!(-1.0 <= symmetric.low && symmetric.low <= symmetric.value && symmetric.value <= symmetric.high && symmetric.high <= 1.0);
        }
        prop_assert_eq!(positions(&build(true), &all, Reference::World).unwrap(), found);
    }
}
