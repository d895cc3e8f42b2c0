use std::collections::HashMap;

use super::{each, world};
use crate::random::{Purpose, Random};

/// Joint works of planted partners over what unplanted organisations of the same countries and sizes have, and impact over that of works
/// of the same year and subfield, are as planted.
#[test]
fn what_is_planted_is_found() {
    let world = world(400_000, 3, None);
    let planted = world.planted();
    assert!(planted.partners.len() >= 30 && planted.impacts.len() >= 12 && planted.cells.len() >= 12);
    let country = |organisation: usize| world.organisations.all[organisation].country;
    let mut joint: HashMap<(usize, usize), f64> = HashMap::new();
    let truth = each(&world, |work| {
        if work.authors() >= 500 {
            return;
        }
        let organisations = work.organisations();
        for (at, one) in organisations.iter().enumerate() {
            for two in &organisations[at + 1..] {
                let (a, b) = (country(*one as usize), country(*two as usize));
                *joint.entry((a.min(b), a.max(b))).or_default() += 1.0;
            }
        }
    });
    let works = truth.organisation_works();
    let size = |organisation: usize| f64::from(works[organisation]);
    for (pair, together) in planted.partners.iter().zip(truth.joint_works()) {
        let (one, two) = pair.organisations;
        *joint.entry((country(one).min(country(two)), country(one).max(country(two)))).or_default() -= f64::from(*together);
    }
    let (mut observed, mut expected) = (HashMap::<(u64, bool), f64>::new(), HashMap::<(u64, bool), f64>::new());
    for (pair, together) in planted.partners.iter().zip(truth.joint_works()) {
        let (one, two) = pair.organisations;
        let (a, b) = (country(one), country(two));
        let sum = |country: usize| world.organisations.of_country[country].clone().map(size).sum::<f64>();
        let squares = |country: usize| world.organisations.of_country[country].clone().map(|at| size(at) * size(at)).sum::<f64>();
        let possible = if a == b { (sum(a) * sum(a) - squares(a)) / 2.0 } else { sum(a) * sum(b) };
        let key = (pair.times as u64, a == b);
        *observed.entry(key).or_default() += f64::from(*together);
        *expected.entry(key).or_default() += size(one) * size(two) * joint[&(a.min(b), a.max(b))] / possible;
    }
    for (key, expected) in &expected {
        let (times, found) = (key.0 as f64, observed[key] / expected);
        // A third, and three standard deviations of the count.
        let allowed = times * (0.33 + 3.0 / observed[key].max(1.0).sqrt());
        assert!((found - times).abs() < allowed, "{key:?}: {found} from {} works", observed[key]);
    }
    // Pooled: what was found over what was planted.
    let weighed: f64 = expected.iter().map(|(key, expected)| expected * key.0 as f64).sum();
    let all: f64 = observed.values().sum();
    assert!(all > 200.0 && (all / weighed - 1.0).abs() < 0.25, "{all} joint works, planted {weighed}");

    let factors: Vec<f64> =
        planted.impacts.iter().map(|planted| planted.factor).chain(planted.cells.iter().map(|planted| planted.factor)).collect();
    let (impact, works) = (truth.impact(), truth.impact_works());
    for (run, name) in [(0..planted.impacts.len(), "organisations"), (planted.impacts.len()..factors.len(), "cells")] {
        for factor in [0.5, 1.5, 2.0, 3.0] {
            let chosen: Vec<usize> = run.clone().filter(|at| factors[*at] == factor).collect();
            let weight: f64 = chosen.iter().map(|at| f64::from(works[*at])).sum();
            let found = chosen.iter().map(|at| impact[*at] * f64::from(works[*at])).sum::<f64>() / weight;
            // Citations of one work vary by about twice their mean.
            let allowed = factor * (0.1 + 3.0 * 2.0 / weight.sqrt());
            assert!((found - factor).abs() < allowed, "{name} with {factor}: {found} from {weight} works");
        }
    }
}

/// The draws alone, many of them: a planted partner comes as many times as often as its share says.
#[test]
fn a_planted_partner_is_drawn_as_often_as_planted() {
    let world = world(1000, 3, None);
    for pair in world.planted().partners.iter().take(8) {
        let (one, two) = pair.organisations;
        let organisation = &world.organisations.all[two];
        let mut random = Random::new(1, Purpose::Work, one as u64);
        let count = 200_000;
        let drawn = (0..count)
            .filter(|_| world.organisations.draw(&world.planted, organisation.country, 3, &[one as u32], &mut random) == two as u32)
            .count() as f64;
        // Those drawn for their planted impact leave the others' shares larger or smaller by a few parts in a hundred.
        let wanted = organisation.share * pair.times * f64::from(count);
        assert!((drawn - wanted).abs() < 0.12 * wanted + 4.0 * wanted.sqrt(), "{drawn} {wanted}");
    }
}
