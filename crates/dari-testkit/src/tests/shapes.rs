use std::collections::{HashMap, HashSet};

use super::{each, quantile, real, world};
use crate::layout::FIRST_ID;
use crate::random::Alias;
use crate::shape;

#[test]
fn distilled_numbers_are_those_of_the_shipped_works() {
    let real = real::read();
    for (at, works) in shape::AUTHORS.iter().enumerate() {
        let counted = real.authors.iter().filter(|count| if at == 12 { **count > 12.0 } else { **count == at as f64 + 1.0 }).count();
        assert_eq!(counted as f64, *works, "{} authors", at + 1);
    }
    for (at, works) in shape::PARTNERS.iter().enumerate().take(6) {
        assert_eq!(real.countries.iter().filter(|count| **count == at + 2).count() as f64, *works, "{} countries", at + 2);
    }
    assert!((real.without_author / real.authorships - shape::WITHOUT_AUTHOR).abs() < 0.002);
}

#[test]
fn authors_and_citations_are_spread_as_in_the_shipped_works() {
    let mut real = real::read();
    let world = world(50_000, 2, None);
    let (mut authors, mut cited) = (Vec::new(), Vec::new());
    let (mut known, mut several_affiliations, mut several_organisations) = (0.0, 0.0, 0.0);
    let mut largest = 0;
    each(&world, |work| {
        largest = largest.max(work.authors());
        if work.authors() > 0 && work.kind != "conference-paper" {
            authors.push(work.authors() as f64);
        }
        // Old enough to have their citations, as the shipped works of 2010 to 2016 have.
        if work.year() <= 2012 {
            cited.push(f64::from(work.cited_by.iter().sum::<u32>()));
        }
        for authorship in work.authorships.iter().filter(|authorship| !authorship.institutions.is_empty()) {
            known += 1.0;
            several_affiliations += f64::from(u8::from(authorship.affiliations.len() > 1));
            several_organisations += f64::from(u8::from(authorship.institutions.len() > 1));
        }
    });
    assert!(largest >= 1000, "no work has thousands of authors: {largest}");
    for (part, allowed) in [(0.1, 0.0), (0.25, 1.0), (0.5, 0.0), (0.75, 0.0), (0.9, 1.0), (0.99, 4.0)] {
        let (wanted, found) = (quantile(&mut real.authors, part), quantile(&mut authors, part));
        assert!((found - wanted).abs() <= allowed, "authors at {part}: {found}, really {wanted}");
    }
    // Citations over their mean, since the shipped works are of one discipline.
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let (real_mean, own_mean) = (mean(&real.cited), mean(&cited));
    let uncited = |numbers: &[f64]| numbers.iter().filter(|count| **count == 0.0).count() as f64 / numbers.len() as f64;
    assert!((uncited(&cited) - uncited(&real.cited)).abs() < 0.1, "uncited {} {}", uncited(&cited), uncited(&real.cited));
    for (part, allowed) in [(0.5, 0.12), (0.75, 0.25), (0.9, 0.4), (0.99, 3.0)] {
        let (wanted, found) = (quantile(&mut real.cited, part) / real_mean, quantile(&mut cited, part) / own_mean);
        assert!((found - wanted).abs() <= allowed, "citations at {part}: {found}, really {wanted}");
    }
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 0.06;
    assert!(near(several_affiliations / known, real.several_affiliations / real.known), "{}", several_affiliations / known);
    assert!(near(several_organisations / known, real.several_organisations / real.known), "{}", several_organisations / known);
}

#[test]
fn counts_of_citations_are_those_of_the_references() {
    // Parts of different sizes, so that works of one part are cited from all.
    let world = world(20_011, 5, Some(7));
    let (mut given, mut got) = (HashMap::<(u64, i32), u32>::new(), HashMap::<(u64, i32), u32>::new());
    let mut days = HashMap::new();
    let mut references = Vec::new();
    each(&world, |work| {
        days.insert(work.place, (work.year(), world.day(world.layout.number(work.place))));
        assert!(work.references.windows(2).all(|pair| pair[0] < pair[1]));
        for cited in &work.references {
            *given.entry((*cited, work.year())).or_default() += 1;
            references.push((work.place, *cited));
        }
        for (year, count) in work.counts_by_year() {
            got.insert((work.place, year), count);
        }
    });
    assert_eq!(given, got);
    assert!(references.len() as f64 / 20_011.0 > 11.0 && (references.len() as f64 / 20_011.0) < 18.0, "{}", references.len());
    assert!(references.iter().all(|(citing, cited)| days[cited] < days[citing]), "a work cites a later one");
}

#[test]
fn a_part_of_the_world_is_the_same_by_itself() {
    let world = world(4000, 9, None);
    let (mut first, mut again) = (crate::Work::default(), crate::Work::default());
    world.make(17, &mut first);
    for place in [3999, 41, 0, 17] {
        world.make(place, &mut again);
    }
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
}

#[test]
fn works_hold_the_errors_that_real_ones_have() {
    let world = world(30_000, 4, None);
    let mut found: HashSet<&str> = HashSet::new();
    let (mut markup, mut retracted, mut known_authors) = (0.0, 0.0, HashSet::new());
    each(&world, |work| {
        let title = work.title.as_ref().map(|title| work.text(title));
        for (error, there) in [
            ("no title", title.is_none()),
            ("empty title", title == Some("")),
            ("no date", work.date.is_none()),
            ("no authors", work.authorships.is_empty()),
            ("short ids", work.short_ids),
            ("no location", !work.location),
            ("no source", work.location && work.source.is_none()),
            ("no language", work.language.is_none()),
            ("no DOI", !work.doi),
            ("empty name", work.authorships.iter().any(|authorship| authorship.raw_name.is_empty())),
            ("unknown author", work.authorships.iter().any(|authorship| authorship.author.is_none())),
            ("empty affiliation", work.affiliations.iter().any(|affiliation| affiliation.raw.is_empty())),
            ("affiliation of nobody", work.affiliations.iter().any(|affiliation| affiliation.institutions.is_empty())),
        ] {
            if there {
                found.insert(error);
            }
        }
        markup += f64::from(u8::from(title.is_some_and(|title| title.contains('<') || title.contains('&'))));
        retracted += f64::from(u8::from(work.retracted));
        known_authors.extend(work.authorships.iter().filter_map(|authorship| authorship.author.as_ref().map(|(author, _)| *author)));
        assert_eq!(work.id, FIRST_ID + work.place);
    });
    assert_eq!(found.len(), 13, "{found:?}");
    assert!((markup / 30_000.0 - shape::MARKUP).abs() < 0.006, "{markup}");
    assert!((1.0..30.0).contains(&retracted), "{retracted}");
    assert!(known_authors.len() > 20_000 && known_authors.len() < 140_000, "authors have several works: {}", known_authors.len());
}

#[test]
fn ages_begin_with_few_and_fall() {
    let ages: Alias = shape::ages();
    let mut random = crate::random::Random::new(1, crate::random::Purpose::References, 1);
    let mut counts = [0u32; 31];
    for _ in 0..100_000 {
        counts[ages.draw(&mut random)] += 1;
    }
    assert!(counts[0] < counts[1] && counts[3] > counts[8] && counts[8] > counts[20], "{counts:?}");
}
