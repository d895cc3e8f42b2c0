//! Loading, versions, interrupted and simultaneous loads, on real files.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use dari_lake::{AsOf, Commit, Lake, Load, Merged, Options, Unit};
use dari_model::table::{CITATIONS, WORKS, WORKS_GROUP};
use dari_model::{Cell, Chunk, RecordKey, TableBuilder};

/// A work `(id, day, hash)` with two references: to `id + 1` and to `hash`.
fn chunk(works: &[(i64, i32, i64)]) -> Chunk {
    let mut chunk = Chunk::default();
    let (mut rows, mut citations) = (TableBuilder::new(&WORKS), TableBuilder::new(&CITATIONS));
    for (ordinal, &(id, updated, hash)) in works.iter().enumerate() {
        let mut row = vec![Cell::Null; WORKS.columns.len()];
        for (name, cell) in [
            ("id", Cell::Int(id)),
            ("record_hash", Cell::Int(hash)),
            ("updated_date", Cell::Date(updated)),
            ("source", Cell::Text("openalex")),
            ("is_retracted", Cell::Bool(false)),
            ("is_expansion", Cell::Bool(false)),
            ("authors_count", Cell::Int(0)),
        ] {
            row[WORKS.column(name).unwrap()] = cell;
        }
        rows.push(&row).unwrap();
        citations.push(&[Cell::Int(id), Cell::Int(id + 1)]).unwrap();
        citations.push(&[Cell::Int(id), Cell::Int(hash)]).unwrap();
        chunk.records.push(RecordKey { id, updated, hash, ordinal: ordinal as u64 });
    }
    chunk.take(&mut rows).unwrap();
    chunk.take(&mut citations).unwrap();
    chunk
}

fn stage(load: &Load, chunks: &[Chunk]) -> Vec<Unit> {
    let mut writer = load.writer();
    for chunk in chunks {
        writer.write(chunk).unwrap();
    }
    writer.finish().unwrap().0
}

fn merge(lake: &Lake, works: &[(i64, i32, i64)], deleted: &[i64]) -> Merged {
    let load = Load::begin(lake, &WORKS_GROUP).unwrap();
    let units = stage(&load, &[chunk(works)]);
    load.merge(units, deleted, Commit { what: "test".to_owned(), ..Commit::default() }).unwrap()
}

fn numbers(lake: &Lake, as_of: Option<&AsOf>, query: &str) -> Vec<i64> {
    let batches: Vec<RecordBatch> = lake.snapshot(as_of).unwrap().query(query, &Options::default()).unwrap();
    batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect()
}

const WORKS_BY_ID: &str = "SELECT record_hash FROM works ORDER BY id";
const CITED: &str = "SELECT cited FROM citations ORDER BY citing, cited";

fn new_lake(folder: &Path) -> Lake {
    Lake::open_or_create(&folder.join("lake")).unwrap()
}

#[test]
fn newer_forms_replace_older_ones_with_all_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let lake = new_lake(folder.path());
    let first = merge(&lake, &[(1, 10, 101), (2, 10, 102), (3, 10, 103)], &[]);
    assert_eq!((first.version, first.counts.added), (1, 3));
    // 1 unchanged, 2 newer, 3 older than the lake's, 4 new.
    let second = merge(&lake, &[(1, 10, 101), (2, 11, 202), (3, 9, 203), (4, 10, 104)], &[]);
    assert_eq!((second.version, second.counts.added, second.counts.replaced, second.counts.unchanged), (2, 1, 1, 2));
    assert_eq!(numbers(&lake, None, WORKS_BY_ID), [101, 202, 103, 104]);
    assert_eq!(numbers(&lake, None, CITED), [2, 101, 3, 202, 4, 103, 5, 104]);
    assert_eq!(numbers(&lake, Some(&AsOf::Version(1)), WORKS_BY_ID), [101, 102, 103]);
    let third = merge(&lake, &[], &[2, 9]);
    assert_eq!((third.version, third.counts.deleted), (3, 1));
    assert_eq!(numbers(&lake, None, WORKS_BY_ID), [101, 103, 104]);
    assert_eq!(lake.snapshot(None).unwrap().rows("citations"), 6);
}

#[test]
fn the_same_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lake = new_lake(folder.path());
    merge(&lake, &[(1, 10, 101), (2, i32::MIN, 102)], &[]);
    let hashes = lake.snapshot(None).unwrap().content_hashes().unwrap();
    let again = merge(&lake, &[(2, i32::MIN, 102), (1, 10, 101)], &[]);
    assert_eq!((again.version, again.counts.unchanged), (1, 2));
    assert_eq!(lake.snapshot(None).unwrap().content_hashes().unwrap(), hashes);
}

#[test]
fn of_records_that_come_twice_the_latest_and_then_the_first_counts() {
    let folder = tempfile::tempdir().unwrap();
    let lake = new_lake(folder.path());
    let load = Load::begin(&lake, &WORKS_GROUP).unwrap();
    let mut late = chunk(&[(1, 5, 11), (2, 5, 12)]);
    late.records.iter_mut().for_each(|record| record.ordinal += 100);
    // One writer: same day (left out), later day (wins).
    let mut units = stage(&load, &[chunk(&[(1, 5, 1), (2, 5, 2), (3, 5, 3)]), late, chunk(&[(3, 6, 33)])]);
    // Another: an earlier place for 2 wins over the first writer's, which has ordinal 1.
    let mut other = chunk(&[(2, 5, 22)]);
    other.records[0].ordinal = 0;
    units.extend(stage(&load, &[other]));
    load.merge(units, &[], Commit::default()).unwrap();
    assert_eq!(numbers(&lake, None, WORKS_BY_ID), [1, 22, 33]);
    assert_eq!(numbers(&lake, None, CITED), [1, 2, 3, 22, 4, 33]);
}

#[test]
fn the_content_hash_does_not_depend_on_order_or_files() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (Lake::open_or_create(&folder.path().join("a")).unwrap(), Lake::open_or_create(&folder.path().join("b")).unwrap());
    merge(&one, &[(1, 1, 1), (2, 1, 2), (3, 1, 3)], &[]);
    merge(&other, &[(3, 1, 3)], &[]);
    merge(&other, &[(2, 0, 7), (1, 1, 1)], &[]);
    let before = other.snapshot(None).unwrap().content_hashes().unwrap();
    merge(&other, &[(2, 1, 2)], &[]);
    let hashes = one.snapshot(None).unwrap().content_hashes().unwrap();
    assert_ne!(before["works"], hashes["works"]);
    assert_eq!(other.snapshot(None).unwrap().content_hashes().unwrap(), hashes);
}

#[test]
fn a_merge_that_was_cut_off_is_undone_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let lake = new_lake(folder.path());
    merge(&lake, &[(1, 1, 1)], &[]);
    let commit = lake.root().join("_dari/commits/000000000002.json");
    merge(&lake, &[(1, 2, 9), (2, 1, 2)], &[]);
    // As if it had been cut between the tables' commits and the lake's: no commit, the note of pending files still there.
    std::fs::remove_file(&commit).unwrap();
    let parts: Vec<_> = std::fs::read_dir(lake.root().join("works")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let pending: Vec<_> =
        parts.iter().filter(|name| name.to_string_lossy().starts_with("part-")).map(|name| Path::new("works").join(name)).collect();
    std::fs::write(lake.root().join("_dari/pending.json"), serde_json::to_vec(&pending).unwrap()).unwrap();
    assert_eq!(numbers(&lake, None, WORKS_BY_ID), [1], "a reader sees the last whole version");
    let merged = merge(&lake, &[(3, 1, 3)], &[]);
    assert_eq!(merged.version, 2);
    assert_eq!(numbers(&lake, None, WORKS_BY_ID), [1, 3]);
    assert_eq!(numbers(&lake, None, CITED), [1, 2, 3, 4]);
    assert!(!lake.root().join("_dari/pending.json").exists());
}

#[test]
fn two_loads_at_once_both_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let lake = new_lake(folder.path());
    std::thread::scope(|scope| {
        for task in 0..4i64 {
            let lake = &lake;
            scope.spawn(move || {
                for round in 0..3i64 {
                    merge(lake, &[(task * 10 + round, 1, task), (1_000, round as i32, 1_000 + round)], &[]);
                }
            });
        }
    });
    assert_eq!(numbers(&lake, None, "SELECT count(*) FROM works"), [13]);
    assert_eq!(numbers(&lake, None, "SELECT record_hash FROM works WHERE id = 1000"), [1_002]);
    assert!(std::fs::read_dir(lake.root().join("_dari/staging")).unwrap().next().is_none(), "nothing staged stays behind");
}

#[test]
fn queries_can_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let lake = new_lake(folder.path());
    merge(&lake, &[(1, 1, 1)], &[]);
    let snapshot = lake.snapshot(None).unwrap();
    for query in [
        "DROP TABLE works",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO works SELECT * FROM works",
        "COPY (SELECT 1) TO '/tmp/dari-copy.csv'",
        "SET datafusion.execution.batch_size = 1",
        "CREATE EXTERNAL TABLE p STORED AS CSV LOCATION '/etc/passwd'",
        "SELECT * FROM '/etc/passwd'",
    ] {
        assert!(snapshot.query(query, &Options::default()).is_err(), "{query}");
    }
    assert_eq!(numbers(&lake, None, "SELECT count(*) FROM authors"), [0], "a table never loaded is empty, not missing");
}
