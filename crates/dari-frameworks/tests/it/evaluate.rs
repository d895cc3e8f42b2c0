//! Predictions against labels.

use std::collections::BTreeSet;

use dari_frameworks::{Draw, Error, LabelledTitle, evaluate, read_labels};

fn ids() -> BTreeSet<String> {
    ["ai", "quantum", "robotics"].map(str::to_owned).into()
}

fn read(text: &str) -> Result<Vec<LabelledTitle>, Error> {
    read_labels("labels.csv", text.as_bytes(), &ids())
}

const LABELS: &str = "source,key,title,draw,pass1,pass2,label
s,1,\"Learning, to grasp\",random,ai;robotics,ai,ai;robotics
s,2,Qubits,random,quantum,quantum,quantum
s,3,A tale,enriched:ai,none,ai,none
s,4,Nets,enriched:ai,ai,ai,ai
";

fn sets(of: &[&[&str]]) -> Vec<BTreeSet<String>> {
    of.iter().map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()).collect()
}

#[test]
fn labels_are_read() {
    let titles = read(LABELS).unwrap();
    assert_eq!(titles[0].title, "Learning, to grasp");
    assert_eq!(titles[0].label.iter().cloned().collect::<Vec<_>>(), ["ai", "robotics"]);
    assert!(titles[2].pass1.is_empty() && titles[2].draw == Draw::Enriched("ai".to_owned()));
    assert_eq!(titles[1].draw, Draw::Random);
}

#[test]
fn figures_by_hand() {
    let titles = read(LABELS).unwrap();
    // ai: predicted for 1, 3, 4; labelled 1, 4: tp 2, fp 1, fn 0. quantum: predicted for none, labelled 2: fn 1. robotics: tp 1.
    let predictions = sets(&[&["ai", "robotics"], &[], &["ai"], &["ai"]]);
    let order = ["robotics", "quantum", "ai"].map(str::to_owned);
    let evaluation = evaluate(&titles, &predictions, &order).unwrap();
    let all = &evaluation.all;
    let counts: Vec<_> = all
        .technologies
        .iter()
        .map(|score| (score.id.as_str(), score.true_positives, score.false_positives, score.false_negatives))
        .collect();
    assert_eq!(counts, [("robotics", 1, 0, 0), ("quantum", 0, 0, 1), ("ai", 2, 1, 0)]);
    let value = |share: Option<dari_frameworks::Proportion>| share.map(|share| share.value);
    assert_eq!(value(all.technologies[1].precision), None);
    assert_eq!(value(all.technologies[1].recall), Some(0.0));
    assert_eq!(value(all.technologies[2].precision), Some(2.0 / 3.0));
    // Pooled: tp 3, fp 1, fn 1. Means: precision (1 + 2/3) / 2, recall (1 + 0 + 1) / 3.
    assert_eq!((value(all.micro_precision), value(all.micro_recall)), (Some(0.75), Some(0.75)));
    assert!(all.macro_precision.is_some_and(|mean| (mean - 5.0 / 6.0).abs() < 1e-12));
    assert!(all.macro_recall.is_some_and(|mean| (mean - 2.0 / 3.0).abs() < 1e-12));
    // The readings agree on titles 2 and 4.
    assert_eq!(value(all.passes_equal), Some(0.5));
    // ai: both 2, second alone 1, neither 1; p_o 3/4, p_e 2/4 × 3/4 + 2/4 × 1/4 = 1/2; kappa 1/2. quantum: 1.
    // robotics: first alone 1; p_o 3/4, p_e 3/4: kappa 0.
    let kappas: Vec<_> = all.technologies.iter().map(|score| score.kappa).collect();
    assert_eq!(kappas, [Some(0.0), Some(1.0), Some(0.5)]);
    assert_eq!(all.macro_kappa, Some(0.5));

    let random = &evaluation.random;
    assert_eq!((random.titles, value(random.micro_precision), value(random.micro_recall)), (2, Some(1.0), Some(2.0 / 3.0)));
}

#[test]
fn one_prediction_per_title() {
    let titles = read(LABELS).unwrap();
    assert!(matches!(evaluate(&titles, &[], &[]), Err(Error::Predictions { predictions: 0, titles: 4 })));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_line() {
    for (from, to, part) in [
        (
            "quantum,quantum,quantum",
            "quantum,quantun,quantum",
            "line 3: pass2: expected ids separated by ; or none, found \"quantun\"; did you mean quantum?",
        ),
        ("none,ai,none", "none,ai,", "line 4: label: expected"),
        ("none,ai,none", "none,ai,ai;none", "line 4: label: expected"),
        ("random,quantum", "drawn,quantum", "line 3: draw: expected random"),
        ("enriched:ai,none", "enriched:xy,none", "line 4: draw: expected"),
        ("s,4", "s,3", "line 5: s 3 is there twice"),
        (",pass2", ",second", "line 1: no column pass2"),
        (",label\n", ",label,note\n", "line 1: unknown column note"),
        ("Qubits,random,", "Qubits,", "line 3"),
    ] {
        let message = read(&LABELS.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(message.starts_with("labels.csv, ") && message.contains(part), "{from:?} → {to:?}: {message}");
    }
    assert!(read("source,key,title,draw,pass1,pass2,label\n").unwrap_err().to_string().contains("no titles"));
}
