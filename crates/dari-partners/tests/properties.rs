//! What must hold of any corpus, and what is found in worlds with a known rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dari_indicators::statistics::random::generator;
use dari_partners::{
    Between, Corpus, Describer, Error, Evaluation, EvaluationOptions, Features, Foretold, Hardness, Heuristic, Links, Measure, Part, Past,
    SuggestOptions, Who, Work, evaluate, learn, part_within, suggest,
};
use proptest::prelude::*;
use rand::Rng;

fn part(member: u32, country: u16, affiliate: u32) -> Part {
    Part { member, country: Some(country), affiliate: Some(affiliate) }
}

fn works() -> impl Strategy<Value = Vec<Work>> {
    let part = (0u32..20, prop::option::of(0u16..3), prop::option::of(0u32..5));
    let work = (2000i16..2010, prop::option::of(0u32..4), prop::collection::vec(part, 1..5));
    prop::collection::vec(work, 1..60).prop_map(|works| {
        let parts = |parts: Vec<_>| parts.into_iter().map(|(member, country, affiliate)| Part { member, country, affiliate }).collect();
        works
            .into_iter()
            .map(|(year, topic, of)| Work { id: 0, year, topic, words: topic.into_iter().collect(), parts: parts(of) })
            .collect()
    })
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![Just(Who::Researchers), Just(Who::Organisations)]
}

fn described(past: &Past, a: u32, b: u32) -> Features {
    let mut describer = Describer::new(past);
    describer.turn_to(a);
    describer.features(b)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// A leak is planted: everyone works with everyone after the cut. Nothing that describes a pair may change.
    #[test]
    fn nothing_from_after_the_cut(works in works(), who in who(), a in 0u32..20, b in 0u32..20) {
        // Later works exist in both, so that members are as many.
        let silent = Work { year: 2009, topic: None, parts: vec![part(19, 0, 4)], ..Work::default() };
        let party = Work { id: 0, year: 2006, topic: Some(1), words: vec![1, 3], parts: (0..20).map(|member| part(member, 1, 2)).collect() };
        let before = Corpus::new([works.clone(), vec![silent.clone()]].concat(), who, 50);
        let leaking = Corpus::new([works, vec![silent, party]].concat(), who, 50);
        let (before, leaking) = (Past::new(&before, 2005), Past::new(&leaking, 2005));
        prop_assume!(a != b);
        prop_assert_eq!(described(&before, a, b), described(&leaking, a, b));
        for member in 0..20 {
            prop_assert_eq!(before.member(member), leaking.member(member));
        }
    }

    #[test]
    fn pairs_are_the_same_from_both_sides_and_in_any_order(mut works in works(), who in who(), a in 0u32..20, b in 0u32..20) {
        prop_assume!(a != b);
        works.push(Work { year: 2009, topic: None, parts: vec![part(19, 0, 4)], ..Work::default() });
        let corpus = Corpus::new(works.clone(), who, 50);
        let past = Past::new(&corpus, 2008);
        let (there, back) = (described(&past, a, b), described(&past, b, a));
        for (feature, (there, back)) in there.iter().zip(back).enumerate() {
            // Walks are followed to a tolerance.
            let tolerance = if (6..8).contains(&feature) { 0.2 } else { 1e-5 };
            prop_assert!((there - back).abs() <= tolerance * there.abs().max(1.0), "{} {} {}", dari_partners::FEATURES[feature].en, there, back);
        }
        works.reverse();
        let again = Corpus::new(works, who, 50);
        prop_assert_eq!(described(&Past::new(&again, 2008), a, b), there);
    }

    #[test]
    fn likely_members_are_allowed_and_never_oneself(works in works(), member in 0u32..20) {
        let corpus = Corpus::new([works, vec![Work { year: 2009, topic: None, parts: vec![part(19, 0, 4)], ..Work::default() }]].concat(), Who::Researchers, 50);
        let past = Past::new(&corpus, 2009);
        let mut describer = Describer::new(&past);
        describer.turn_to(member);
        let found = describer.likely(7, |other| other % 2 == 0);
        prop_assert!(found.len() <= 7 && found.iter().all(|other| other % 2 == 0 && *other != member));
        let mut unique = found.clone();
        unique.sort_unstable();
        unique.dedup();
        prop_assert_eq!(unique.len(), found.len());
    }
}

/// Members of six circles work within their circle; two circles are of one country and share a topic, and only those meet across.
fn circles(seed: u64) -> Corpus {
    let mut rng = generator(seed, "circles");
    let mut works = Vec::new();
    for year in 2000..2015 {
        for _ in 0..120 {
            let circle = rng.random_range(0..6u32);
            // Now and then someone of the circle with the same topic takes part.
            let other = if rng.random_range(0..4) == 0 { (circle + 3) % 6 } else { circle };
            let mut parts = vec![part(circle * 30 + rng.random_range(0..30), circle as u16, circle)];
            parts.push(part(circle * 30 + rng.random_range(0..30), circle as u16, circle));
            parts.push(part(other * 30 + rng.random_range(0..30), other as u16, other));
            works.push(Work { id: 0, year, topic: Some(circle % 3), words: Vec::new(), parts });
        }
    }
    Corpus::new(works, Who::Researchers, 50)
}

fn evaluated(corpus: &Corpus, options: &EvaluationOptions) -> Result<Evaluation, Error> {
    let model = learn(corpus, options, &[], &|_, _| ())?;
    evaluate(corpus, &model, options, None, &|_, _| ())
}

#[test]
fn a_planted_rule_is_found_and_the_answer_is_the_same_again() {
    let corpus = circles(1);
    let options = EvaluationOptions { pairs: 300, resamples: 200, negatives: 50, ..EvaluationOptions::new(2009, 5) };
    let found = evaluated(&corpus, &options).unwrap();
    let of = |method: &str| {
        let is = |score: &&dari_partners::Score| {
            score.method == method
                && score.links == Links::International
                && score.hardness == Hardness::Random
                && score.measure == Measure::AveragePrecision
        };
        found.scores.iter().find(is).unwrap().value
    };
    // Across the border only circles with one topic meet: a fifth of those that random pairs come from.
    let chance = of("common neighbours");
    assert!(of("dari").value > chance.high, "{:?} {chance:?}", of("dari"));
    let [all, international] = found.samples.as_slice() else { panic!("two samples") };
    assert!(all.drawn == 300 && all.of > 300 && international.drawn > 30 && international.drawn <= international.of);
    for heuristic in Heuristic::ALL {
        assert!(of(heuristic.name()).value > 0.0);
    }
    assert_eq!(evaluated(&circles(1), &options).unwrap(), found);
}

#[test]
fn too_little_to_learn_from_is_said() {
    let corpus = Corpus::new(
        vec![Work { year: 2000, topic: None, parts: vec![part(0, 0, 0), part(1, 0, 0)], ..Work::default() }],
        Who::Researchers,
        50,
    );
    let refused = evaluated(&corpus, &EvaluationOptions::new(2005, 3)).unwrap_err().to_string();
    assert!(refused.contains("0 pairs came together for the first time in 2003 to 2005"), "{refused}");
}

#[test]
fn suggestions_are_the_same_from_both_sides_and_new() {
    let corpus = circles(1);
    let options = EvaluationOptions { negatives: 50, ..EvaluationOptions::new(2009, 5) };
    let model = learn(&corpus, &options, &[], &|_, _| ()).unwrap();
    let past = Past::new(&corpus, 2009);
    // Two circles that meet, the sides sharing ten members.
    let (a, b): (Vec<u32>, Vec<u32>) = ((0..40).collect(), (30..120).collect());
    for candidates in [5, 200] {
        let wanted = SuggestOptions { pairs: 50, of_one: 4, candidates };
        let there = suggest(&past, &model, [&a, &b], None, &wanted, &|_, _| ());
        let back = suggest(&past, &model, [&b, &a], None, &wanted, &|_, _| ());
        let pairs = |found: &Between| {
            found.suggestions.iter().map(|pair| (pair.a.min(pair.b), pair.a.max(pair.b), pair.chance.to_bits())).collect::<Vec<_>>()
        };
        assert_eq!(pairs(&there), pairs(&back));
        assert_eq!((there.looked_at, there.together.len()), (back.looked_at, back.together.len()));
        assert!(there.suggestions.len() == 50 && !there.together.is_empty());
        for pair in &there.suggestions {
            assert!(pair.a != pair.b && a.contains(&pair.a) && b.contains(&pair.b), "{pair:?}");
            assert!(past.graph().weight(pair.a, pair.b).is_none() && (0.0..=1.0).contains(&pair.chance));
            let linked = |x: u32, y: u32| past.graph().weight(x, y).is_some();
            assert!(pair.introducers.iter().all(|other| linked(pair.a, *other) && linked(*other, pair.b)), "{pair:?}");
            let steps: Vec<u32> = [&[pair.a][..], &pair.way, &[pair.b]].concat();
            assert!(pair.way.is_empty() || steps.windows(2).all(|step| linked(step[0], step[1])), "{pair:?}");
            assert!(pair.introducers.is_empty() || pair.way.is_empty());
            let of = |member: u32| there.suggestions.iter().filter(|pair| pair.a == member || pair.b == member).count();
            assert!(of(pair.a) <= 4 && of(pair.b) <= 4);
        }
        assert!(there.suggestions.windows(2).all(|two| two[0].chance >= two[1].chance));
        assert!(there.together.iter().all(|(x, y, weight)| past.graph().weight(*x, *y) == Some(*weight)));
    }
}

#[test]
fn in_a_technology_pairs_of_it_come_first() {
    let corpus = circles(1);
    let options = EvaluationOptions { negatives: 50, ..EvaluationOptions::new(2009, 5) };
    let model = learn(&corpus, &options, &[], &|_, _| ()).unwrap();
    let past = Past::new(&corpus, 2009);
    let (a, b): (Vec<u32>, Vec<u32>) = ((0..90).collect(), (90..180).collect());
    let topics = [1].into_iter().collect();
    let wanted = SuggestOptions { pairs: 30, ..SuggestOptions::default() };
    let found = suggest(&past, &model, [&a, &b], Some(&topics), &wanted, &|_, _| ());
    assert_eq!(found.suggestions.len(), 30);
    // Topic 1 is that of the circles 30..60 and 120..150.
    for pair in &found.suggestions {
        assert!((30..60).contains(&pair.a) && (120..150).contains(&pair.b), "{pair:?}");
        assert_eq!(pair.within, Some(part_within(&past, pair.b, pair.a, &topics)));
        assert!(pair.within > Some(0.5) && pair.within <= Some(1.0 + 1e-6));
    }
    let ranked_by = |pair: &dari_partners::Suggestion| pair.chance * pair.within.unwrap();
    assert!(found.suggestions.windows(2).all(|two| ranked_by(&two[0]) >= ranked_by(&two[1])));
    // Of all topics the part is all; of none, nothing.
    let (all, none) = ((0..3).collect(), Default::default());
    assert!((part_within(&past, 0, 100, &all) - 1.0).abs() < 1e-6 && part_within(&past, 0, 100, &none) == 0.0);
}

#[test]
fn chances_come_true_in_a_world_that_stays_the_same() {
    let corpus = circles(1);
    let options = EvaluationOptions { pairs: 100, resamples: 40, negatives: 50, ..EvaluationOptions::new(2009, 5) };
    let found = evaluated(&corpus, &options).unwrap();
    let sum = |of: fn(&Foretold) -> f64| found.foretold.iter().map(of).sum::<f64>();
    let (expected, together) = (sum(|of| of.expected), sum(|of| of.together));
    // All first links of the years foretold, of 180 members; new pairs become fewer as circles fill up.
    assert_eq!(together, found.samples[0].of as f64);
    assert!((0.5..2.0).contains(&(expected / together)), "{expected} expected, {together} came");
    assert!((sum(|of| of.pairs) / (180.0 * 179.0 / 2.0) - 1.0).abs() < 0.2, "{}", sum(|of| of.pairs));
}
