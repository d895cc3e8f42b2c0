use std::collections::BTreeMap;
use std::path::Path;

use super::world;
use crate::{Error, Forms, write};

const BOTH: Forms = Forms { parquet: true, jsonl: true };

/// Every file with its bytes.
fn files(folder: &Path, within: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{within}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            files(&path, &name, found);
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

fn made(seed: u64, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    write(&world(3000, seed, Some(5)), folder.path(), BOTH, threads, &|_| Ok(())).unwrap();
    let mut found = BTreeMap::new();
    files(folder.path(), "", &mut found);
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_number_of_threads() {
    let one = made(11, 1);
    // 5 parts of works and 4 other entities in two forms, 5 manifests each, 6 tables of truth.
    assert_eq!(one.len(), 2 * (5 + 4 + 5) + 6, "{:?}", one.keys());
    for threads in [1, 2, 5] {
        let other = made(11, threads);
        for (name, bytes) in &one {
            assert!(other.get(name) == Some(bytes), "{name} with {threads} threads");
        }
        assert_eq!(one.len(), other.len());
    }
    let other = made(12, 2);
    for (name, bytes) in one.iter().filter(|(name, _)| name.contains("/works/updated_date=")) {
        assert!(other[name] != *bytes, "{name} with another seed");
    }
}

#[test]
fn parts_of_one_name_stand_in_several_folders_and_manifests_tell_them() {
    let found = made(3, 2);
    let parts: Vec<&String> = found.keys().filter(|name| name.contains("/parquet/works/") && name.ends_with("part_0000.parquet")).collect();
    assert_eq!(parts.len(), 5);
    let manifest: serde_json::Value = serde_json::from_slice(&found["/data/parquet/works/manifest.json"]).unwrap();
    let entries = manifest["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 5);
    for entry in entries {
        let name = entry["url"].as_str().unwrap().strip_prefix("s3://openalex").unwrap();
        assert_eq!(entry["meta"]["content_length"], found[name].len());
    }
    let records: u64 = entries.iter().map(|entry| entry["meta"]["record_count"].as_u64().unwrap()).sum();
    let truth: serde_json::Value = serde_json::from_slice(&found["/truth/world.json"]).unwrap();
    assert_eq!(records, 3000 + truth["works_in_two_folders"].as_u64().unwrap() + truth["records_without_id"].as_u64().unwrap());
}

#[test]
fn folders_that_are_not_empty_and_odd_numbers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine"), "").unwrap();
    assert!(matches!(write(&world(10, 1, None), folder.path(), BOTH, 1, &|_| Ok(())), Err(Error::NotEmpty(_))));
    let options = |works, parts| crate::Options { works, seed: 1, parts, demo: super::demo() };
    for (works, parts) in [(0, None), (2_000_000_000, None), (10, Some(0))] {
        assert!(matches!(crate::World::new(&options(works, parts)), Err(Error::Option(_))));
    }
    let nowhere = crate::Options { demo: "nowhere".into(), ..options(10, None) };
    assert!(matches!(crate::World::new(&nowhere), Err(Error::Io { .. })));
    // A work alone is a world too.
    for works in [1, 2, 5] {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(&world(works, 1, None), folder.path(), BOTH, 2, &|_| Ok(())).unwrap().works, works);
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(write(&world(10, 1, None), folder.path(), BOTH, 1, &|_| Err(Error::Stopped)), Err(Error::Stopped)));
}
