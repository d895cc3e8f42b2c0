//! The classifier on worlds small enough to work out by hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use dari_classifier::{Classifier, Example, Level, Options, Ranked, Ranker, Scratch, Subset, TOP, Topic, evaluate, split};
use proptest::prelude::*;

fn topic(id: i32, name: &str, keywords: &[&str], subfield: i32) -> Topic {
    let level = |id: i32| Level { id, name: format!("level {id}") };
    Topic {
        id,
        name: name.into(),
        keywords: keywords.iter().map(|keyword| keyword.to_string()).collect(),
        subfield: level(subfield),
        field: level(subfield / 100),
        domain: level(1),
    }
}

fn topics() -> Vec<Topic> {
    vec![
        topic(3, "Tokamak plasmas", &["Divertor", "Edge modes"], 3106),
        topic(1, "Quantum computing", &["Qubits", "Quantum error correction"], 1702),
        topic(2, "Lithium batteries", &["Anodes", "Cathodes"], 2208),
        topic(4, "Quantum gravity", &["Black holes"], 3106),
    ]
}

fn open() -> Options {
    Options { threshold: 0.0, ..Options::default() }
}

fn ask(classifier: &Classifier, title: &str) -> Vec<Ranked> {
    classifier.classify(title, None, &mut Scratch::default()).to_vec()
}

#[test]
fn topics_are_found_by_forms_of_their_words() {
    let classifier = Classifier::train(&topics(), std::iter::empty(), open());
    for (title, topic) in [
        ("Computation with a qubit", 1),
        ("A cathode for the lithium battery", 2),
        ("Heat on tokamak divertors", 3),
        ("Black-hole gravity", 4),
        ("CAREER: Anodes", 2),
    ] {
        assert_eq!(ask(&classifier, title)[0].topic, topic, "{title}");
    }
}

#[test]
fn a_word_of_two_topics_ranks_both_and_ties_go_to_the_smaller_id() {
    let twins = [topic(9, "Alpha", &["Shared"], 100), topic(5, "Gamma", &["Shared"], 100)];
    let classifier = Classifier::train(&twins, std::iter::empty(), open());
    let ranked: Vec<i32> = ask(&classifier, "shared").iter().map(|ranked| ranked.topic).collect();
    assert_eq!(ranked, [5, 9]);
}

#[test]
fn nothing_known_gives_nothing() {
    let classifier = Classifier::train(&topics(), std::iter::empty(), open());
    for title in ["", "12 34", "of the and", "Zebra crossings", "한국어"] {
        assert!(ask(&classifier, title).is_empty(), "{title}");
    }
    let strict = Classifier::train(&topics(), std::iter::empty(), Options { threshold: 1.0, ..Options::default() });
    assert!(ask(&strict, "Qubits").is_empty());
    let empty = Classifier::train(&[], std::iter::empty(), open());
    assert!(ask(&empty, "Qubits").is_empty());
}

#[test]
fn examples_teach_words_that_no_description_has() {
    let topics = topics();
    assert!(ask(&Classifier::train(&topics, std::iter::empty(), open()), "Transmon").is_empty());
    let known = [(1, 1.0), (999, 1.0)];
    let examples: Vec<Example> = ["Transmon lifetimes", "Coupled transmons", "The transmon again"]
        .iter()
        .map(|title| Example { title, abstract_: None, topics: &known })
        .chain([Example { title: "Sulfur electrodes", abstract_: None, topics: &[(2, 1.0)] }])
        .collect();
    let classifier = Classifier::train(&topics, examples.into_iter(), open());
    assert_eq!(ask(&classifier, "A transmon")[0].topic, 1);
    assert_eq!(ask(&classifier, "Sulfur")[0].topic, 2);
}

#[test]
fn the_abstract_counts_where_the_title_is_silent_and_less_than_the_title() {
    let classifier = Classifier::train(&topics(), std::iter::empty(), open());
    let mut scratch = Scratch::default();
    assert_eq!(classifier.classify("Progress", Some("We cool qubits."), &mut scratch)[0].topic, 1);
    assert_eq!(classifier.classify("Tokamak", Some("We cool qubits."), &mut scratch)[0].topic, 3);
}

#[test]
fn evaluation_tells_seen_from_unseen_and_beats_chance_where_titles_are_plain() {
    let topics = topics();
    let labels: [[(i32, f32); 1]; 4] = [[(1, 1.0)], [(2, 1.0)], [(3, 1.0)], [(4, 1.0)]];
    let words = ["qubits", "cathodes", "divertor", "black holes"];
    let titles: Vec<String> = (0..40).map(|n| format!("{} number{n}", words[n % 4])).collect();
    let works: Vec<Example> =
        titles.iter().enumerate().map(|(n, title)| Example { title, abstract_: None, topics: &labels[n % 4] }).collect();
    let (trained_on, asked) = split(&topics, &works, 0.5, 7);
    assert!(asked.iter().all(|one| trained_on.iter().all(|other| one.title != other.title)));
    let rows = evaluate(&topics, &trained_on, &asked, open());
    for row in rows.iter().filter(|row| !row.with_abstract && row.subset == Subset::All) {
        // Every title names its topic, so each of the 20 is found by each ranker.
        assert_eq!((row.works, row.top1, row.field, row.none, row.precision), (20, 1.0, 1.0, 0.0, 1.0), "{:?}", row.ranker);
    }
    let unseen = rows.iter().find(|row| row.subset == Subset::Unseen && row.ranker == Ranker::Examples).unwrap();
    // Ten works a topic, twenty asked for: seed 7 leaves works of each topic to train on.
    assert_eq!(unseen.works, 0);
    // No work has an abstract.
    assert!(rows.iter().filter(|row| row.with_abstract).all(|row| row.works == 0));
    assert_eq!(rows, evaluate(&topics, &trained_on, &asked, open()));
}

proptest! {
    #[test]
    fn any_text_gives_few_topics_in_order_and_the_same_again(title in ".{0,60}", text in proptest::option::of("[a-z ]{0,80}")) {
        let classifier = Classifier::train(&topics(), std::iter::empty(), open());
        let mut scratch = Scratch::default();
        classifier.classify("qubit cathode divertor", Some("black holes"), &mut scratch);
        let ranked = classifier.classify(&title, text.as_deref(), &mut scratch).to_vec();
        prop_assert!(ranked.len() <= TOP);
        prop_assert!(ranked.iter().all(|ranked| (0.0..=1.0).contains(&ranked.score)));
        prop_assert!(ranked.is_sorted_by(|a, b| a.score >= b.score));
        prop_assert_eq!(ranked, classifier.classify(&title, text.as_deref(), &mut Scratch::default()).to_vec());
    }
}
