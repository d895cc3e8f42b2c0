use dari_organisations::evaluate::{evaluate, read_labels};
use dari_organisations::{Error, Matcher, Register};

use crate::organisation;

#[test]
fn figures_by_hand() {
    let register = Register::new(vec![
        organisation(1, "KR", "Seoul", "Seoul National University", &[]),
        organisation(2, "US", "Stanford", "Stanford University", &[]),
        organisation(3, "CN", "Nanjing", "Nanjing University", &[]),
    ]);
    let matcher = Matcher::new(&register);
    // 1: right. 2: one of two found. 3: found, but none expected. 4: none expected, none found. 5: what is found is allowed as another level, and what is expected is
    // not in the register, so nothing counts. 6: expected and not found.
    let labels = "affiliation,ror_ids,also\n\
        Seoul National University,000000001,\n\
        Stanford University,000000002|000000003,\n\
        Nanjing University,none,\n\
        Independent researcher,none,\n\
        Nanjing University,000000009,000000003\n\
        Nowhere,https://ror.org/000000001,\n";
    let labelled = read_labels("labels.csv", labels.as_bytes()).unwrap();
    let found = evaluate(&matcher, &register, &labelled, &[0.5]);
    assert_eq!((found.affiliations, found.not_in_register), (6, 1));
    let share = |share: Option<dari_model::proportion::Proportion>| share.map(|share| (share.hits, share.of));
    let scores = &found.scores[0];
    // Matches that count: Seoul, Stanford right, Nanjing of the third wrong.
    assert_eq!(share(scores.precision), Some((2, 3)));
    // Expected: Seoul, Stanford, Nanjing of the second, Seoul of the last.
    assert_eq!(share(scores.recall), Some((2, 4)));
    // Exactly as expected: the first, the fourth, the fifth.
    assert_eq!(share(scores.accuracy), Some((3, 6)));
    // Without an organisation in the register: the third, the fourth, the fifth.
    assert_eq!(share(scores.false_matches), Some((1, 3)));
    assert_eq!(
        found.misses.iter().map(|miss| miss.affiliation.as_str()).collect::<Vec<_>>(),
        ["Stanford University", "Nanjing University", "Nowhere"]
    );
    let of: u64 = found.reliability.iter().map(|bin| bin.right.of).sum();
    assert_eq!(of, 3);
}

#[test]
fn labels_that_are_wrong_say_where() {
    let read = |text: &str| read_labels("labels.csv", text.as_bytes());
    for (text, line, says) in [
        ("text,ror_ids\n", 1, "no column affiliation"),
        ("affiliation,ids\n", 1, "no column ror_ids"),
        ("affiliation,ror_ids\n", 1, "no labelled affiliations"),
        ("affiliation,ror_ids\nx,none\ny,\n", 3, "expected ROR ids or none"),
        ("affiliation,ror_ids\nx,04h9\n", 2, "'04h9' is no ROR id"),
        ("affiliation,ror_ids\nx,none,more\n", 2, "fields"),
    ] {
        match read(text) {
            Err(Error::Labels { line: at, message, .. }) => assert!(at == line && message.contains(says), "{text:?}: line {at}: {message}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
    assert_eq!(read("affiliation,ror_id\nx,04h9pn542\n").unwrap()[0].expected.len(), 1);
}
