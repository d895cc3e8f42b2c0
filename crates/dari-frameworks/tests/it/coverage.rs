//! What a framework claims of the world's works.

use dari_frameworks::{Fields, Level, Part, Strength, TopicSize, coverage};

use crate::support::sample;

fn topic(id: i32, field: &str, works: u64) -> TopicSize {
    TopicSize { id, name: format!("Topic {id}"), field: field.to_owned(), works }
}

/// Topics 1 to 3 are claimed (4 is not in the list), 5 to 8 are not; 7 and 8 lie in a field that nothing claims.
fn world() -> Vec<TopicSize> {
    [(1, "Energy", 100), (2, "Energy", 40), (3, "Chemistry", 10), (5, "Energy", 5), (6, "Chemistry", 30), (7, "Law", 900), (8, "Law", 15)]
        .map(|(id, field, works)| topic(id, field, works))
        .to_vec()
}

fn part(topics: u64, works: u64) -> Part {
    Part { topics, works }
}

#[test]
fn parts_by_the_strongest_claim() {
    let covered = coverage(&sample(), Level::Technology, &world(), Fields::Claimed).unwrap();
    assert_eq!(covered.world, part(7, 1100));
    // 2 (batteries) and 3 (fuel cells) are core, 1 needs words.
    assert_eq!((covered.core, covered.needs_words, covered.related), (part(2, 50), part(1, 100), part(0, 0)));
    assert_eq!(covered.core_share(), Some(50.0 / 1100.0));
    assert_eq!(covered.claimed_share(), Some(150.0 / 1100.0));
    assert_eq!(covered.missing, [4]);
    let sizes: Vec<_> = covered.technologies.iter().map(|size| (size.id.as_str(), size.core, size.needs_words, size.related)).collect();
    assert_eq!(
        sizes,
        [
            ("energy.batteries", part(1, 40), part(1, 100), part(0, 0)),
            ("energy.fuel-cells", part(1, 10), part(0, 0), part(1, 40)),
            ("quantum", part(0, 0), part(0, 0), part(0, 0)),
        ]
    );
}

#[test]
fn topics_claimed_by_several_and_by_none() {
    let covered = coverage(&sample(), Level::Technology, &world(), Fields::Claimed).unwrap();
    let both = [("energy.batteries".to_owned(), Strength::Core), ("energy.fuel-cells".to_owned(), Strength::Related)];
    assert_eq!(covered.multiple.len(), 1);
    assert_eq!((covered.multiple[0].topic.id, &covered.multiple[0].claims[..]), (2, &both[..]));

    let unclaimed = |fields| -> Vec<i32> {
        coverage(&sample(), Level::Technology, &world(), fields).unwrap().unclaimed.into_iter().map(|topic| topic.id).collect()
    };
    assert_eq!(unclaimed(Fields::Claimed), [6, 5]);
    assert_eq!(unclaimed(Fields::All), [7, 6, 8, 5]);
    assert_eq!(unclaimed(Fields::Named(&["law"])), [7, 8]);
    let message = coverage(&sample(), Level::Field, &world(), Fields::Named(&["Chemistri"])).unwrap_err().to_string();
    assert!(message.contains("did you mean Chemistry"), "{message}");
}

#[test]
fn fields_add_up_to_the_world() {
    let covered = coverage(&sample(), Level::Field, &world(), Fields::Claimed).unwrap();
    let names: Vec<&str> = covered.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(names, ["Chemistry", "Energy", "Law"]);
    assert_eq!((covered.fields[1].world, covered.fields[1].core), (part(3, 145), part(2, 140)));
    assert_eq!(covered.fields.iter().map(|field| field.world.works).sum::<u64>(), covered.world.works);
    // Nothing is twice claimed at the level of fields here.
    assert!(covered.multiple.is_empty());
}

#[test]
fn an_empty_world_has_no_shares() {
    let covered = coverage(&sample(), Level::Field, &[], Fields::All).unwrap();
    assert_eq!((covered.core_share(), covered.claimed_share()), (None, None));
}
