//! Opportunities in a small world whose figures can be worked by hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use dari_indicators::opportunity::{Evidence, Investment, Level, Opportunity, OpportunityOptions, Weights, explain, opportunities};
use dari_indicators::{Cube, CubeBuilder, CubeRow, PairCounts, PairSeriesBuilder, Period, Reference, TechnologyTopics, Topic};

const THEN: Period = Period { from: 2010, to: 2014 };
const NOW: Period = Period { from: 2020, to: 2024 };

/// Six topics of 10,000 works now and 5,000 then; CN holds still, KR and US mirror each other on topics 1 and 2 and are alike on the rest.
fn world() -> Cube {
    let mut builder = CubeBuilder::new();
    for id in 1..=6 {
        builder.topic(Topic { id, name: format!("topic {id}"), subfield: 1, field: 1 }).unwrap();
        let (kr, us) = match id {
            1 => (900, 300),
            2 => (300, 900),
            3 => (600, 600),
            4 => (50, 60),
            5 => (6, 5),
            _ => (600, 2_000),
        };
        for (country, works) in [("CN", 500), ("JP", 400), ("KR", kr), ("US", us)] {
            builder.row(CubeRow { period: NOW, topic: id, country, works, world: 10_000 }).unwrap();
            let then = if country == "CN" { works } else { works / 2 };
            builder.row(CubeRow { period: THEN, topic: id, country, works: then, world: 5_000 }).unwrap();
        }
    }
    builder.build().unwrap()
}

fn technologies() -> Vec<TechnologyTopics> {
    [("a", vec![1, 2]), ("b", vec![3, 6]), ("c", vec![4, 5]), ("d", vec![3]), ("e", vec![99])]
        .into_iter()
        .map(|(id, topics)| TechnologyTopics {
            id: id.to_owned(),
            name: id.to_uppercase(),
            topics: topics.into_iter().map(|topic| (topic, 1.0)).collect(),
        })
        .collect()
}

fn pairs(rows: &[(&str, &str, i64)]) -> PairCounts {
    let mut builder = PairSeriesBuilder::new();
    rows.iter().for_each(|(a, b, works)| builder.row(2023, a, b, *works).unwrap());
    builder.build().unwrap().window(Period { from: 2023, to: 2023 }, None).unwrap()
}

fn all_topics() -> PairCounts {
    pairs(&[("CN", "JP", 100), ("CN", "KR", 200), ("CN", "US", 300), ("JP", "KR", 200), ("JP", "US", 300), ("KR", "US", 100)])
}

fn run(technologies: &[TechnologyTopics], set: &[&str], options: &OpportunityOptions) -> Vec<Opportunity> {
    opportunities(&world(), technologies, set, Some(&all_topics()), &BTreeMap::new(), options).unwrap()
}

fn find<'a>(all: &'a [Opportunity], id: &str) -> &'a Opportunity {
    all.iter().find(|opportunity| opportunity.technology == id).unwrap()
}

#[test]
fn components_are_what_the_data_say() {
    let options = OpportunityOptions { reference: Reference::World, ..OpportunityOptions::default() };
    let found = run(&technologies(), &["US", "KR"], &options);
    let a = find(&found, "a");
    // Works 1,200 each, CN 1,000, JP 800: each stands above two of three and ties with one: (2 + ½)/3.
    for side in &a.sides {
        let activity = side.activity.unwrap().shrunk.value;
        assert!((side.standing - 2.5 / 3.0).abs() < 1e-12);
        assert!((side.strength.unwrap() - (activity / (1.0 + activity) * 2.5 / 3.0).sqrt()).abs() < 1e-12);
    }
    let strengths: Vec<f64> = a.sides.iter().map(|side| side.strength.unwrap()).collect();
    assert_eq!(a.components.strength, Some(strengths[0].min(strengths[1])));
    // Both sides doubled as the world did: momentum 0 (up to the ½), component ½.
    assert!((a.components.momentum.unwrap() - 0.5).abs() < 0.01, "{:?}", a.components);
    // Mirrored shares of ¾ and ¼ would give √(0.2/3) = 0.26 unshrunk; alike profiles (c) give next to nothing.
    assert!(a.components.complementarity.unwrap() > 0.2 && a.components.complementarity.unwrap() < 0.26);
    assert!(find(&found, "c").components.complementarity.unwrap() < 0.1);
    // A single topic: nobody can add what the other lacks.
    assert_eq!(find(&found, "d").components.complementarity, Some(0.0));
    assert_eq!((a.components.investment, a.components.policy), (None, None));
    // Nothing is known of e but the cooperation over all topics.
    let e = find(&found, "e");
    assert_eq!((e.components.strength, e.components.momentum, &e.missing_topics), (None, None, &vec![99]));
    assert_eq!((e.score, e.rank), (None, None), "cooperation and policy alone do not rank a technology");
}

#[test]
fn unrealised_cooperation_says_its_level() {
    let mut evidence = BTreeMap::new();
    let own = pairs(&[("CN", "JP", 40), ("CN", "KR", 10), ("CN", "US", 10), ("JP", "KR", 10), ("JP", "US", 10), ("KR", "US", 40)]);
    evidence.insert("b".to_owned(), Evidence { pairs: Some(own), ..Evidence::default() });
    let options = OpportunityOptions { draws: 10, ..OpportunityOptions::default() };
    let found = opportunities(&world(), &technologies(), &["KR", "US"], Some(&all_topics()), &evidence, &options).unwrap();
    let (a, b, c) = (find(&found, "a"), find(&found, "b"), find(&found, "c"));
    let level = |o: &Opportunity| o.cooperation.as_ref().map(|cooperation| cooperation.level);
    assert_eq!((level(a), level(b), level(c)), (Some(Level::AllTopics), Some(Level::Technology), Some(Level::AllTopics)));
    assert_eq!(a.components.unrealised, c.components.unrealised);
    // KR and US work together less than expected over all. In b every margin is 60, so every pair is expected to have 20; 40 are 2 times that.
    assert!(a.components.unrealised.unwrap() > 0.5 && (b.components.unrealised.unwrap() - 1.0 / 3.0).abs() < 1e-9);
    // a holds 1,200 of KR's 2,456 works and of 3,865 of the US: the shortfall over all times the root of the product of the shares.
    let cooperation = a.cooperation.as_ref().unwrap();
    let share = (1_200.0_f64 / 2_456.0 * 1_200.0 / 3_865.0).sqrt();
    assert!((cooperation.potential_per_year - cooperation.figures.shortfall_per_year() * share).abs() < 1e-9);
    assert!(cooperation.potential_per_year > 0.0);
    let none = opportunities(&world(), &technologies(), &["KR", "US"], None, &BTreeMap::new(), &options).unwrap();
    assert_eq!((find(&none, "a").components.unrealised, &find(&none, "a").cooperation, find(&none, "e").score), (None, &None, None));
    assert_eq!((find(&none, "e").rank, find(&none, "e").rank_by_weights, none[4].technology.as_str()), (None, None, "e"));
}

#[test]
fn investment_and_policy() {
    let money = |technology, total| Investment { technology, total };
    let with = |evidence: Evidence| {
        let evidence = BTreeMap::from([("a".to_owned(), evidence)]);
        let options = OpportunityOptions { reference: Reference::World, draws: 1, ..OpportunityOptions::default() };
        opportunities(&world(), &technologies(), &["KR", "US"], None, &evidence, &options)
    };
    // a has a third of the world's works. KR gives it two thirds of its money: r = 2, 2/3; the US a sixth: r = ½, 1/3. The weaker counts.
    let both = BTreeMap::from([("KR".to_owned(), money(2e9, 3e9)), ("US".to_owned(), money(1.0, 6.0))]);
    let found = with(Evidence { investment: both, policy: Some(0.5), ..Evidence::default() }).unwrap();
    let components = find(&found, "a").components;
    assert!((components.investment.unwrap() - 1.0 / 3.0).abs() < 1e-12 && components.policy == Some(0.5));
    assert!(with(Evidence { policy: Some(1.5), ..Evidence::default() }).is_err());
    for (country, wrong) in [("JP", money(1.0, 2.0)), ("KR", money(-1.0, 2.0)), ("KR", money(1.0, 0.0))] {
        assert!(with(Evidence { investment: BTreeMap::from([(country.to_owned(), wrong)]), ..Evidence::default() }).is_err());
    }
}

#[test]
fn neither_order_nor_company_changes_a_technology() {
    let options = OpportunityOptions::default();
    let found = run(&technologies(), &["KR", "US"], &options);
    assert_eq!(run(&technologies(), &["US", "KR"], &options), found);
    let mut reversed = technologies();
    reversed.reverse();
    assert_eq!(run(&reversed, &["KR", "US"], &options), found);
    let alone = run(&technologies()[..1], &["KR", "US"], &options);
    let a = find(&found, "a");
    assert_eq!((alone[0].score, &alone[0].components, &alone[0].sides), (a.score, &a.components, &a.sides));
    assert_eq!((alone[0].rank, alone[0].rank_by_weights.unwrap().high), (Some(1), 1));
    assert_eq!(run(&technologies(), &["JP", "KR", "US"], &options), run(&technologies(), &["US", "JP", "KR"], &options));
}

#[test]
fn ranges_repeat_with_the_seed_and_widen_with_doubt() {
    let options = OpportunityOptions::default();
    let found = run(&technologies(), &["KR", "US"], &options);
    assert_eq!(run(&technologies(), &["KR", "US"], &options), found);
    for opportunity in found.iter().filter(|opportunity| opportunity.rank.is_some()) {
        for range in [opportunity.rank_by_weights.unwrap(), opportunity.rank_by_counts.unwrap()] {
            assert!(1 <= range.low && range.low <= range.median && range.median <= range.high && range.high <= found.len(), "{range:?}");
        }
    }
    // One weight only: nothing to draw, every rank is certain.
    let one = Weights { strength: 1.0, complementarity: 0.0, momentum: 0.0, unrealised: 0.0, investment: 0.0, policy: 0.0 };
    for opportunity in run(&technologies(), &["KR", "US"], &OpportunityOptions { weights: one, ..options }) {
        let certain = opportunity.rank_by_weights.map(|range| (range.low, range.high));
        assert_eq!(certain, opportunity.rank.map(|rank| (rank, rank)));
    }
    // A technology that one framework lists and one that none does change places with the weight of policy.
    let policy = |share| Evidence { policy: Some(share), ..Evidence::default() };
    let evidence = BTreeMap::from([("a".to_owned(), policy(0.0)), ("c".to_owned(), policy(1.0))]);
    let torn = opportunities(&world(), &technologies(), &["KR", "US"], None, &evidence, &options).unwrap();
    assert!(torn.iter().filter_map(|opportunity| opportunity.rank_by_weights).any(|range| range.low < range.high));
}

#[test]
fn input_that_cannot_be_used() {
    let refuse = |technologies: &[TechnologyTopics], set: &[&str], weights: Weights| {
        let options = OpportunityOptions { weights, ..OpportunityOptions::default() };
        opportunities(&world(), technologies, set, None, &BTreeMap::new(), &options).is_err()
    };
    let twice = [technologies().remove(0), technologies().remove(0)];
    assert!(refuse(&twice, &["KR", "US"], Weights::default()));
    assert!(refuse(&technologies(), &["KR"], Weights::default()));
    assert!(refuse(&technologies(), &["KR", "KR"], Weights::default()));
    assert!(refuse(&technologies(), &["DE", "KR"], Weights::default()));
    assert!(refuse(&technologies(), &["KR", "US"], Weights { policy: -1.0, ..Weights::default() }));
}

#[test]
fn the_topics_behind_a_technology() {
    let found = explain(&world(), &technologies()[1], &["US", "KR"], Reference::Countries).unwrap();
    // Topics 3 and 6: KR 600 and 600, US 600 and 2,000. Least shares: ½ against 600/2,600 on 3; ½ against 2,000/2,600 on 6.
    let strength: Vec<(i32, f64)> = found.strength.iter().map(|driver| (driver.topic, driver.value)).collect();
    assert_eq!(strength, [(6, 0.5), (3, 600.0 / 2_600.0)]);
    let topic = found.topics.iter().find(|topic| topic.topic == 6).unwrap();
    assert_eq!((topic.name.as_str(), &topic.world, topic.known_share), ("topic 6", &vec![5_000, 10_000], Some(0.35)));
    let us = &topic.sides[1];
    assert_eq!((us.country, &us.works, us.share), ("US", &vec![1_000, 2_000], Some(0.2)));
    // Within the technology: (2,000/2,600) / (3,500/5,600) against the four countries' 3,500 of 5,600.
    assert!((us.activity.unwrap().raw.unwrap() - 2_000.0 / 2_600.0 * 5_600.0 / 3_500.0).abs() < 1e-9);
    // KR is strong on 3 where the US is weak and the other way round on 6: both topics drive complementarity.
    assert!(found.complementarity.iter().all(|driver| driver.value > 0.0), "{:?}", found.complementarity);
    // Sides doubled in ten years: 0.1 a year. The four countries had 500 + 200 + 300 + 300 works on 3 then and 500 + 200 + 300 + 1,000 on 6.
    let sum: f64 = found.momentum.iter().map(|driver| driver.value).sum();
    let then = 500.0 + 200.0 + 300.0 + 300.0 + 500.0 + 200.0 + 300.0 + 1_000.0;
    assert!((sum - (0.1 - (5_600.0 / then - 1.0) / 10.0)).abs() < 1e-12, "{sum}");
}
