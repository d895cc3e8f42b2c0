//! Precision and recall of what drafts are made of, on annotated texts (`texts/`): `dev-*` are those the rules were written with, `held-*` those nobody who
//! wrote rules has seen. `cargo test -p dari-register --test drafts -- --nocapture` prints the table.
//!
//! An organisation is right if it overlaps one of the annotation with the same canonical name (in any case), an office if it overlaps, a date if it overlaps and
//! has the same first and last day, a statement if it is of the same sentence and in the same state, a meeting if it is of the same sentence. Every annotation is
//! met once at most; `sentences` is the figure of statements whatever their state.
//!
//! `DRAFT_ONLY=dev` leaves the other texts unread, `DRAFT_MISSES=dev` prints what has no partner: what is held out is not for looking at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use dari_model::date;
use dari_register::draft::{DraftKind, Gazetteer, dates, draft, offices, organisations};
use serde::Deserialize;

/// What is measured, with the least F1 on the texts the rules were written with and on the others, in percent, English and Korean.
const FLOORS: &[(&str, [u32; 2], [u32; 2])] = &[
    ("organisations", [96, 96], [92, 86]),
    ("offices", [96, 96], [96, 96]),
    ("dates", [96, 96], [86, 94]),
    ("statements", [94, 94], [68, 84]),
    ("sentences", [94, 94], [73, 84]),
    ("meetings", [94, 94], [68, 73]),
];

#[derive(Deserialize)]
struct Gold {
    #[serde(default)]
    organisation: Vec<Named>,
    #[serde(default)]
    office: Vec<Named>,
    #[serde(default)]
    date: Vec<Dated>,
    #[serde(default)]
    statement: Vec<Stated>,
    #[serde(default)]
    meeting: Vec<Stated>,
}

#[derive(Deserialize)]
struct Named {
    text: String,
    nth: usize,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Dated {
    text: String,
    nth: usize,
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Stated {
    sentence: String,
    #[serde(default)]
    state: String,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    right: usize,
    found: usize,
    wanted: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.right += other.right;
        self.found += other.found;
        self.wanted += other.wanted;
    }

    fn percent(part: usize, whole: usize) -> f64 {
        if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
    }

    /// Harmonic mean of precision and recall, 2 × right / (found + wanted).
    fn f1(&self) -> f64 {
        Counts::percent(2 * self.right, self.found + self.wanted)
    }
}

/// Pairs what was found with the annotation, each once; `DRAFT_MISSES=dev` prints what has no partner.
fn pair<F: std::fmt::Debug, W: std::fmt::Debug>(
    what: &str,
    file: &str,
    found: &[F],
    wanted: &[W],
    same: impl Fn(&F, &W) -> bool,
) -> Counts {
    let mut met = vec![false; wanted.len()];
    let mut right = 0;
    let show = std::env::var("DRAFT_MISSES").is_ok_and(|prefix| file.starts_with(&prefix));
    for one in found {
        match (0..wanted.len()).find(|place| !met[*place] && same(one, &wanted[*place])) {
            Some(place) => {
                met[place] = true;
                right += 1;
            }
            None if show => println!("{file}: {what}: not annotated: {one:?}"),
            None => {}
        }
    }
    if show {
        for (place, one) in wanted.iter().enumerate().filter(|(place, _)| !met[*place]) {
            println!("{file}: {what}: not found: {place} {one:?}");
        }
    }
    Counts { right, found: found.len(), wanted: wanted.len() }
}

/// Where the nth occurrence of a part of a text is.
fn place(file: &str, text: &str, part: &str, nth: usize) -> Range<usize> {
    let at = text.match_indices(part).nth(nth.saturating_sub(1)).unwrap_or_else(|| panic!("{file}: no {nth}. '{part}'")).0;
    at..at + part.len()
}

fn overlap(first: &Range<usize>, second: &Range<usize>) -> bool {
    first.start < second.end && second.start < first.end
}

fn plain(sentence: &str) -> String {
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same_sentence(first: &str, second: &str) -> bool {
    first.contains(second) || second.contains(first)
}

fn measure(file: &str, text: &str, published: Option<i32>, gold: &Gold, gazetteer: &Gazetteer) -> BTreeMap<&'static str, Counts> {
    let mut all = BTreeMap::new();
    let found: Vec<_> = organisations(text, gazetteer).into_iter().map(|found| (found.range, found.name)).collect();
    let wanted: Vec<_> = gold.organisation.iter().map(|named| (place(file, text, &named.text, named.nth), named.name.clone())).collect();
    all.insert(
        "organisations",
        pair("organisations", file, &found, &wanted, |found, wanted| {
            overlap(&found.0, &wanted.0) && found.1.to_lowercase() == wanted.1.to_lowercase()
        }),
    );
    let found: Vec<_> = offices(text).into_iter().map(|found| (found.range, found.name)).collect();
    let wanted: Vec<_> = gold.office.iter().map(|named| (place(file, text, &named.text, named.nth), named.text.clone())).collect();
    all.insert("offices", pair("offices", file, &found, &wanted, |found, wanted| overlap(&found.0, &wanted.0)));
    let found: Vec<_> = dates(text, published)
        .into_iter()
        .map(|found| (found.range.clone(), date::format(found.from), date::format(found.to), text[found.range].to_owned()))
        .collect();
    let wanted: Vec<_> = gold
        .date
        .iter()
        .map(|dated| (place(file, text, &dated.text, dated.nth), dated.from.clone(), dated.to.clone(), dated.text.clone()))
        .collect();
    all.insert(
        "dates",
        pair("dates", file, &found, &wanted, |found, wanted| {
            overlap(&found.0, &wanted.0) && (&found.1, &found.2) == (&wanted.1, &wanted.2)
        }),
    );
    let drafts = draft(text, published, gazetteer);
    let sentence = |range: &Range<usize>| plain(&text[range.clone()]);
    let found: Vec<_> = drafts.iter().filter_map(|draft| Some((sentence(&draft.sentence), draft.state?.as_str().to_owned()))).collect();
    let wanted: Vec<_> = gold.statement.iter().map(|stated| (plain(&stated.sentence), stated.state.clone())).collect();
    all.insert(
        "statements",
        pair("statements", file, &found, &wanted, |found, wanted| same_sentence(&found.0, &wanted.0) && found.1 == wanted.1),
    );
    all.insert("sentences", pair("sentences", "", &found, &wanted, |found, wanted| same_sentence(&found.0, &wanted.0)));
    let found: Vec<_> = drafts.iter().filter(|draft| draft.kind == DraftKind::Meeting).map(|draft| sentence(&draft.sentence)).collect();
    let wanted: Vec<_> = gold.meeting.iter().map(|stated| plain(&stated.sentence)).collect();
    all.insert("meetings", pair("meetings", file, &found, &wanted, |found, wanted| same_sentence(found, wanted)));
    all
}

#[test]
fn precision_and_recall_on_annotated_texts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts");
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("the annotated texts")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| name.starts_with("dev-") || name.starts_with("held-"))
        .filter(|name| !std::env::var("DRAFT_ONLY").is_ok_and(|prefix| !name.starts_with(&prefix)))
        .collect();
    files.sort();
    let gazetteer = Gazetteer::shipped().unwrap();
    let mut totals: BTreeMap<(String, String, &str), Counts> = BTreeMap::new();
    for file in &files {
        let gold: Gold = toml::from_str(&std::fs::read_to_string(folder.join(format!("{file}.toml"))).unwrap())
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let content = std::fs::read_to_string(folder.join(format!("{file}.txt"))).unwrap();
        let (head, text) = content.split_once("\n\n").expect("a head");
        let published = date::parse(head.trim().strip_prefix("published: ").expect("the day of publication"));
        assert!(published.is_some(), "{file}: {head}");
        let mut parts = file.split('-');
        let (split, language) = (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned());
        for (what, counts) in measure(file, text, published, &gold, &gazetteer) {
            totals.entry((split.clone(), language.clone(), what)).or_default().add(counts);
        }
    }
    println!("{:<6}{:<4}{:<15}{:>7}{:>7}{:>7}{:>11}{:>8}{:>7}", "split", "", "", "wanted", "found", "right", "precision", "recall", "F1");
    for ((split, language, what), counts) in &totals {
        println!(
            "{split:<6}{language:<4}{what:<15}{:>7}{:>7}{:>7}{:>11.1}{:>8.1}{:>7.1}",
            counts.wanted,
            counts.found,
            counts.right,
            Counts::percent(counts.right, counts.found),
            Counts::percent(counts.right, counts.wanted),
            counts.f1()
        );
    }
    for (what, dev, held) in FLOORS {
        for (split, floors) in [("dev", dev), ("held", held)] {
            for (language, floor) in ["en", "ko"].iter().zip(floors) {
                if let Some(counts) = totals.get(&(split.to_owned(), (*language).to_owned(), what)) {
                    assert!(counts.f1() >= f64::from(*floor), "{what} of {split}-{language}: F1 {:.1}, at least {floor}", counts.f1());
                }
            }
        }
    }
}
