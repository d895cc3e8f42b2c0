//! NCS, FWCI, top x % and OpenAlex's percentile against a slow reference: lists instead of histograms, plain loops, division as done on
//! paper.

use std::collections::BTreeMap;

use dari_indicators::counting::{Exclusions, Selection, TypeSet, WorkFacts, WorkType};
use dari_indicators::impact::{Baseline, Citations, Cohort, Cohorts, OpenAlexRanks, TopShare, UnitSums};
use dari_indicators::statistics::random::generator;
use dari_indicators::{IndicatorError, Period};
use rand::Rng;

#[derive(Debug, Clone, Copy)]
struct Work {
    id: i64,
    facts: WorkFacts,
    subfield: i32,
    citations: u32,
}

/// A world of works of skewed citations in cohorts of very different size, some of one work, some without citations, some works retracted.
fn world(seed: u64, works: usize) -> Vec<Work> {
    let mut rng = generator(seed, "reference world");
    let mut draw = |below: f64| rng.random::<f64>() * below;
    (0..works)
        .map(|id| {
            let skew = draw(1.0);
            let subfield = 1_000 + (skew * skew * 6.0) as i32;
            let facts = WorkFacts {
                year: Some(2_015 + draw(4.0) as i16),
                work_type: WorkType::ALL[draw(8.0) as usize],
                is_retracted: draw(1.0) < 0.02,
                is_expansion: false,
            };
            // Subfield 1005 is never cited; elsewhere counts reach into the thousands.
            let citations = if subfield == 1_005 { 0 } else { (0.6 / (draw(1.0) + 1e-4)) as u32 };
            Work { id: 3 * id as i64 + 1, facts, subfield, citations }
        })
        .collect()
}

/// c / (total / works) to 4 decimals by long division, digit after digit; a fifth decimal of 5 or more rounds up.
fn long_division(citations: u32, works: &[u32]) -> Option<String> {
    let total: u64 = works.iter().map(|citations| u64::from(*citations)).sum();
    if total == 0 {
        return None;
    }
    let mut rest = u64::from(citations) * works.len() as u64;
    let mut digits = rest / total;
    for _ in 0..4 {
        rest = rest % total * 10;
        digits = digits * 10 + rest / total;
    }
    rest = rest % total * 10;
    if rest / total >= 5 {
        digits += 1;
    }
    Some(format!("{}.{:04}", digits / 10_000, digits % 10_000))
}

/// Weights of the works among the top `percent`, found by asking every count of citations in turn whether it is the threshold.
fn top_weights(works: &[u32], percent: u64) -> Vec<f64> {
    let size = works.len() as u64;
    let up_to = |t: u32| works.iter().filter(|citations| **citations <= t).count() as u64;
    let mut t = 0;
    // cum(t) ≥ 1 − x, times 100 × works.
    while up_to(t) * 100 < (100 - percent) * size {
        t += 1;
    }
    let tied = works.iter().filter(|citations| **citations == t).count() as u64;
    let at = (up_to(t) * 100 - (100 - percent) * size) as f64 / (100 * tied) as f64;
    works
        .iter()
        .map(|citations| {
            if *citations > t {
                1.0
            } else if *citations == t {
                at
            } else {
                0.0
            }
        })
        .collect()
}

#[test]
fn agrees_to_the_last_digit() -> Result<(), IndicatorError> {
    let selection = Selection { types: TypeSet::ALL, years: Some(Period { from: 2_015, to: 2_018 }), expansion: false };
    let (mut single, mut uncited, mut checked) = (0, 0, 0);
    for seed in 0..12 {
        let all = world(seed, 1_500);
        let mut exclusions = Exclusions::default();
        let mut cohorts = Cohorts::new();
        let mut lists: BTreeMap<(i16, i32, &str), Vec<Work>> = BTreeMap::new();
        let key = |work: &Work| Cohort { year: work.facts.year.unwrap_or(0), subfield: work.subfield, work_type: work.facts.work_type };
        for work in &all {
            let exclusion = selection.exclusion(&work.facts);
            exclusions.note(exclusion);
            if exclusion.is_none() {
                cohorts.add(key(work), work.citations);
            }
            if !work.facts.is_retracted {
                let (year, of) = (work.facts.year.unwrap_or(0), work.facts.work_type.name());
                lists.entry((year, work.subfield, of)).or_default().push(*work);
            }
        }
        assert_eq!(exclusions.retracted, all.iter().filter(|work| work.facts.is_retracted).count() as u64);
        assert_eq!(exclusions.counted + exclusions.retracted, all.len() as u64);
        let baselines = cohorts.baselines();
        assert_eq!(baselines.len(), lists.len());
        for works in lists.values() {
            let counts: Vec<u32> = works.iter().map(|work| work.citations).collect();
            let mean = counts.iter().map(|citations| f64::from(*citations)).sum::<f64>() / counts.len() as f64;
            let (top_10, top_1) = (top_weights(&counts, 10), top_weights(&counts, 1));
            let mut sorted: Vec<(u32, i64)> = works.iter().map(|work| (work.citations, work.id)).collect();
            sorted.sort_unstable();
            let mut ranks = OpenAlexRanks::new(&counts.iter().copied().collect());
            single += usize::from(works.len() == 1);
            uncited += usize::from(mean == 0.0);
            for (place, work) in works.iter().enumerate() {
                let Some(impact) = baselines.get(&key(work)).map(|baseline| baseline.impact(work.citations)) else {
                    return Err(IndicatorError::Empty);
                };
                let ncs = if mean == 0.0 { 1.0 } else { f64::from(work.citations) / mean };
                assert_eq!((impact.ncs, impact.top_10, impact.top_1), (ncs, top_10[place], top_1[place]), "{work:?}");
                let has = ["article", "conference-paper", "book", "review", "book-chapter"].contains(&work.facts.work_type.name());
                let fwci = if has { long_division(work.citations, &counts) } else { None };
                assert_eq!(impact.fwci.map(|fwci| format!("{fwci:.4}")), fwci, "{work:?}");
                // A number that a decimal of four places was rounded to, not one beside it.
                assert_eq!(impact.fwci, fwci.and_then(|text| text.parse().ok()));
                let below = sorted.iter().take_while(|other| **other < (work.citations, work.id)).count();
                let share = if works.len() == 1 { 0.0 } else { below as f64 / (works.len() - 1) as f64 };
                let percentile = ranks.next(work.id, work.citations)?;
                assert!((percentile.value - share).abs() <= 0.5e-8 + 1e-15, "{percentile:?} {share}");
                assert_eq!((percentile.top_10, percentile.top_1), (share >= 0.9, share >= 0.99));
                checked += 1;
            }
        }
    }
    assert!(single > 20 && uncited > 20 && checked > 17_000, "{single} {uncited} {checked}");
    Ok(())
}

#[test]
fn every_cohort_of_the_world_gives_a_tenth_and_its_mean_is_one() {
    let mut cohorts = Cohorts::new();
    let works = world(99, 4_000);
    let key = |work: &Work| Cohort { year: work.facts.year.unwrap_or(0), subfield: work.subfield, work_type: work.facts.work_type };
    works.iter().for_each(|work| cohorts.add(key(work), work.citations));
    let baselines = cohorts.baselines();
    let mut world = UnitSums::new();
    for (cohort, citations) in cohorts.sorted() {
        let mut sums = UnitSums::new();
        for (count, works) in citations.iter() {
            let impact = baselines.get(&cohort).map(|baseline| baseline.impact(count));
            (0..works).for_each(|_| sums.add(impact.as_ref(), 1.0));
        }
        let found = sums.impact();
        let is = |value: Option<f64>, expected: f64| value.is_some_and(|value| (value - expected).abs() < 1e-12);
        assert!(is(found.mncs, 1.0) && is(found.pp_top_10, 0.1) && is(found.pp_top_1, 0.01), "{cohort:?} {found:?}");
        world.merge(&sums);
    }
    assert!(world.impact().mncs.is_some_and(|mncs| (mncs - 1.0).abs() < 1e-12) && world.impact().works == 4_000);
}

#[test]
fn a_baseline_says_what_its_histogram_says() {
    let citations: Citations = world(5, 900).iter().map(|work| work.citations).collect();
    let Some(baseline) = Baseline::new(&citations, true) else { return assert_eq!(citations.works(), 900) };
    for count in 0..8_000 {
        let impact = baseline.impact(count);
        assert_eq!((impact.ncs, impact.fwci), (citations.ncs(count), citations.fwci(count)));
        assert_eq!((impact.top_10, impact.top_1), (citations.top_weight(count, TopShare::TEN), citations.top_weight(count, TopShare::ONE)));
    }
}
