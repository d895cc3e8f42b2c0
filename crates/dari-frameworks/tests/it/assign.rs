//! Works and awards get their technologies.

use dari_frameworks::{Assigner, Claims, How, Level, Scratch};
use proptest::prelude::*;

use crate::support::sample;

fn assigned(level: Level, counted: Claims, title: &str, topics: &[i32]) -> Vec<(String, How)> {
    let assigner = Assigner::new(&sample(), level, counted).unwrap();
    let found = assigner.assign(title, topics, &mut Scratch::default()).to_vec();
    found.into_iter().map(|(index, how)| (assigner.technologies()[index].id.clone(), how)).collect()
}

fn all(title: &str, topics: &[i32]) -> Vec<(String, How)> {
    assigned(Level::All, Claims::Core, title, topics)
}

fn expect(of: &[(&str, How)]) -> Vec<(String, How)> {
    of.iter().map(|(id, how)| ((*id).to_owned(), *how)).collect()
}

#[test]
fn by_topic_by_words_and_by_both() {
    assert_eq!(all("A title", &[2]), expect(&[("energy", How::Topic(2)), ("energy.batteries", How::Topic(2))]));
    assert_eq!(all("Batteries", &[]), expect(&[("energy", How::Words), ("energy.batteries", How::Words)]));
    assert_eq!(all("A qubit", &[4]), expect(&[("quantum", How::TopicAndWords(4))]));
    assert_eq!(all("", &[99]), []);
}

#[test]
fn needs_words_needs_words() {
    assert_eq!(all("Pumped hydro", &[1]), []);
    assert_eq!(all("A battery", &[1]), expect(&[("energy", How::TopicAndWords(1)), ("energy.batteries", How::TopicAndWords(1))]));
    // Words of another entry are not its words.
    assert_eq!(all("Qubits", &[1]), expect(&[("quantum", How::Words)]));
}

#[test]
fn a_veto_bars_words_but_not_topics() {
    assert_eq!(all("A battery of tests", &[1]), []);
    assert_eq!(all("A battery of tests", &[2]), expect(&[("energy", How::Topic(2)), ("energy.batteries", How::Topic(2))]));
}

#[test]
fn related_counts_only_when_asked() {
    assert_eq!(assigned(Level::Technology, Claims::Core, "", &[2]), expect(&[("energy.batteries", How::Topic(2))]));
    assert_eq!(
        assigned(Level::Technology, Claims::CoreAndRelated, "", &[2]),
        expect(&[("energy.batteries", How::Topic(2)), ("energy.fuel-cells", How::Topic(2))])
    );
    // Energy itself claims 1 as related without condition, which counts although its child's stronger claim needs words.
    assert_eq!(assigned(Level::Field, Claims::CoreAndRelated, "", &[1]), expect(&[("energy", How::Topic(1))]));
}

#[test]
fn the_first_topic_that_counts_is_named() {
    assert_eq!(all("", &[99, 1, 3, 2])[0], ("energy".to_owned(), How::Topic(3)));
}

proptest! {
    #[test]
    fn a_work_of_an_entry_is_a_work_of_its_parent(
        title in "(battery|batteries|of|tests|qubit|x)( (battery|batteries|of|tests|qubit|x)){0,4}",
        topics in prop::collection::vec(1i32..6, 0..4),
        related in any::<bool>(),
    ) {
        let counted = if related { Claims::CoreAndRelated } else { Claims::Core };
        let found = assigned(Level::All, counted, &title, &topics);
        let has = |id: &str| found.iter().any(|(found, _)| found == id);
        prop_assert!(has("energy") || !(has("energy.batteries") || has("energy.fuel-cells")));
        // Levels are views of the same assignment.
        for level in [Level::Field, Level::Technology] {
            let ids: Vec<String> = sample().technologies(level).into_iter().map(|technology| technology.id).collect();
            let view: Vec<_> = found.iter().filter(|(id, _)| ids.contains(id)).cloned().collect();
            prop_assert_eq!(assigned(level, counted, &title, &topics), view);
        }
        // Asking for related never takes away.
        let core = assigned(Level::All, Claims::Core, &title, &topics);
        prop_assert!(core.iter().all(|(id, _)| !related || has(id)));
    }

    #[test]
    fn used_room_remembers_nothing(titles in prop::collection::vec(("[a-z 양자]{0,12}|battery|qubits", prop::collection::vec(1i32..6, 0..3)), 1..6)) {
        let assigner = Assigner::new(&sample(), Level::All, Claims::Core).unwrap();
        let mut used = Scratch::default();
        for (title, topics) in &titles {
            let mut fresh = Scratch::default();
            prop_assert_eq!(assigner.assign(title, topics, &mut used), assigner.assign(title, topics, &mut fresh));
        }
    }
}
