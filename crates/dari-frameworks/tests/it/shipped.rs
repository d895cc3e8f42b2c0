//! The files in `frameworks/` keep the rules and can be told apart.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::PathBuf;

use dari_frameworks::{Assigner, Claims, CrosswalkOptions, Level, Registry, crosswalk, evaluate, read_labels};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../frameworks")
}

#[test]
fn every_file_ships_under_its_own_id() {
    let registry = Registry::shipped().unwrap();
    let mut files: Vec<String> = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|file| file.ends_with(".toml"));
    files.sort();
    let ids: Vec<String> = registry.iter().map(|framework| format!("{}.toml", framework.id)).collect();
    assert_eq!(ids, files);
    assert!(registry.get("KR-NST-2023").is_ok());
}

#[test]
fn a_framework_meets_itself_fully() {
    for framework in Registry::shipped().unwrap().iter() {
        for level in [Level::Field, Level::Technology] {
            let walk = crosswalk(framework, framework, &CrosswalkOptions { level, ..Default::default() }).unwrap();
            assert!(walk.alone_a.is_empty() && walk.alone_b.is_empty());
            for technology in framework.technologies(level) {
                let own = walk.pairs.iter().find(|pair| pair.a == technology.id && pair.b == technology.id).unwrap();
                assert!((own.similarity - 1.0).abs() < 1e-9, "{} {}", framework.id, technology.id);
            }
        }
    }
}

#[test]
fn an_assigner_compiles_for_every_framework_and_level() {
    for framework in Registry::shipped().unwrap().iter() {
        for level in [Level::Field, Level::Technology, Level::All] {
            let assigner = Assigner::new(framework, level, Claims::CoreAndRelated).unwrap();
            assert_eq!(assigner.technologies().len(), framework.technologies(level).len());
        }
    }
}

/// The sample of titles that the measurements rest on: 360 drawn at random, 360 by keyword (frameworks/labels/README.md).
#[test]
fn the_labelled_titles_can_be_measured_against() {
    let registry = Registry::shipped().unwrap();
    let fields: Vec<String> = registry.get("kr-nst-2023").unwrap().technologies(Level::Field).into_iter().map(|field| field.id).collect();
    let ids: BTreeSet<String> = fields.iter().cloned().collect();
    let file = File::open(folder().join("labels/kr-nst-2023.csv")).unwrap();
    let titles = read_labels("labels/kr-nst-2023.csv", file, &ids).unwrap();
    // Predicting the labels themselves must be perfect.
    let labels: Vec<BTreeSet<String>> = titles.iter().map(|title| title.label.clone()).collect();
    let evaluation = evaluate(&titles, &labels, &fields).unwrap();
    assert_eq!((evaluation.all.titles, evaluation.random.titles), (720, 360));
    assert_eq!((evaluation.all.macro_precision, evaluation.all.macro_recall), (Some(1.0), Some(1.0)));
}
