//! The main job on the shipped data, and its answers checked against the files themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs::File;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use common::{Place, demo, project};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

/// Works of a country (or, of the world) in 2020-2024 in the topics, and in all topics, summed straight from the shipped Parquet file.
fn from_file(country: &str, topics: &[i64]) -> (i64, i64, i64, i64) {
    let file = File::open(demo("aggregates/country_topic_2010_2024.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let (mut of_country, mut of_world) = (0, 0);
    let mut world = std::collections::BTreeMap::new();
    let mut total = 0;
    for batch in reader {
        let batch = batch.unwrap();
        let text = |name: &str| arrow::compute::cast(batch.column_by_name(name).unwrap(), &arrow::datatypes::DataType::Utf8).unwrap();
        let (period, topic, code) = (text("period"), text("topic_id"), text("country_code"));
        let (period, topic, code) = (period.as_string::<i32>(), topic.as_string::<i32>(), code.as_string::<i32>());
        let works = batch.column_by_name("works").unwrap().as_primitive::<Int64Type>();
        let all = batch.column_by_name("world_works").unwrap().as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            if period.value(row) != "2020-2024" {
                continue;
            }
            let id: i64 = topic.value(row).trim_start_matches('T').parse().unwrap();
            world.insert(id, all.value(row));
            if code.value(row) == country {
                total += works.value(row);
                if topics.contains(&id) {
                    of_country += works.value(row);
                }
            }
        }
    }
    of_world += topics.iter().filter_map(|topic| world.get(topic)).sum::<i64>();
    (of_country, of_world, total, world.values().sum())
}

fn find<'a>(rows: &'a [Value], technology: &str, country: &str) -> &'a Value {
    rows.iter().find(|row| row["technology_id"] == technology && row["country"] == country).unwrap()
}

fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} instead of {expected}");
}

#[test]
fn the_demo_loads_everything_and_its_answers_hold() {
    let place = Place::new();
    let run = place.ok(&["demo", "--data", &demo("")]);
    for part in ["Secondary batteries", "Quantum", "joint works of KR, US", "CHIPS and Science Act", "flag: break"] {
        assert!(run.stdout.contains(part) || run.stderr.contains(part), "{part}");
    }

    // Counts as in demo/README.md.
    for (query, expected) in [
        ("SELECT count(*) FROM topics", 4_516),
        ("SELECT count(*) FROM country_topic_year", 354_831),
        ("SELECT count(*) FROM country_pair_topic_year", 265_281),
        ("SELECT count(*) FROM works WHERE source = 'openalex'", 5_841),
        ("SELECT count(*) FROM works WHERE source = 'conferences'", 50_217),
        ("SELECT count(*) FROM works WHERE source = 'quantum'", 4_000),
    ] {
        assert_eq!(place.number(query), f64::from(expected), "{query}");
    }
    // Weights of a work sum to one.
    let off = "SELECT count(*) FROM (SELECT work_id, sum(weight) s FROM authorships GROUP BY work_id) WHERE abs(s - 1) > 1e-9";
    assert_eq!(place.number(off), 0.0);

    // KR in batteries, by hand from the file and the framework's own definition.
    let topics = place.rows(&["frameworks", "show", "kr-nst-2023", "--topics", "batteries"]);
    let core: Vec<i64> = topics
        .iter()
        .filter(|topic| topic["strength"] == "core" && topic["needs_words"] == false)
        .map(|topic| topic["topic_id"].as_i64().unwrap())
        .collect();
    assert!(!core.is_empty());
    let compared = place.rows(&["compare", "KR", "US"]);
    assert_eq!(compared.len(), 24, "a row for each of 12 fields and 2 countries");
    for country in ["KR", "US"] {
        let (works, world, total, all) = from_file(country, &core);
        let row = find(&compared, "batteries", country);
        close(&row["works"], works as f64);
        close(&row["world_works"], world as f64);
        close(&row["world_share"], works as f64 / world as f64);
        let index = (works as f64 / total as f64) / (world as f64 / all as f64);
        close(&row["activity_index_raw"], index);
        let (low, shrunk, high) = (&row["activity_index_low"], &row["activity_index"], &row["activity_index_high"]);
        assert!(low.as_f64() < shrunk.as_f64() && shrunk.as_f64() < high.as_f64());
        assert!((shrunk.as_f64().unwrap() / index - 1.0).abs() < 0.01, "thousands of works are hardly shrunk");
    }

    let ranked = place.rows(&["opportunities", "KR", "US"]);
    assert_eq!(ranked.len(), 12);
    for row in &ranked {
        let (low, rank, high) = (row["rank_low"].as_i64(), row["rank_median"].as_i64(), row["rank_high"].as_i64());
        assert!(low <= rank && rank <= high && row["score"].as_f64().unwrap() <= 1.0, "{row}");
        assert!(row["investment"].is_null(), "no awards are assigned: empty, not zero");
    }
    let three = place.rows(&["opportunities", "JP", "US", "KR", "--framework", "us-chips-2022"]);
    assert_eq!(three.len(), 10);
    assert_eq!(
        place.rows(&["opportunities", "KR", "US", "JP", "--framework", "us-chips-2022"]),
        three,
        "the order of countries does not matter"
    );
    assert_eq!(place.rows(&["opportunities", "KR", "US"]), ranked, "the same seed gives the same ranks");
    assert!(!place.rows(&["opportunities", "KR", "US", "--explain", "양자"]).is_empty());

    let course = place.rows(&["trend", "KR", "US"]);
    let flagged: Vec<i64> = course.iter().filter(|row| row["flag"] == "break").map(|row| row["year"].as_i64().unwrap()).collect();
    assert_eq!(flagged, [2020]);
    let year = course.iter().find(|row| row["year"] == 2020).unwrap();
    assert_eq!(year["works"], 23_409);
    assert!(year["works_without_break"].as_f64().unwrap() < 17_000.0);

    // The fusion sink is flagged wherever it is counted.
    let fusion = ["compare", "KR", "US", "--framework", "kr-nst-2026-draft", "--technology", "energy-nuclear.fusion", "--with-polluted"];
    let fusion = place.rows(&fusion);
    assert!(fusion[0]["flagged_topics"].as_str().unwrap().contains("T10346"), "{}", fusion[0]);
    assert!(fusion[0]["works_without_flagged"].as_f64() < fusion[0]["works"].as_f64());

    // The same question of an older version of the lake.
    assert_eq!(place.number("SELECT count(*) FROM works"), 60_058.0);
    let before = place.rows(&["sql", "SELECT count(*) AS n FROM works", "--as-of", "1"]);
    assert_eq!(before[0]["n"], 0);

    let labels = project().join("frameworks/labels/kr-nst-2023.csv");
    let scores = place.rows(&["frameworks", "validate", "kr-nst-2023", "--labels", &labels.to_string_lossy()]);
    assert_eq!(scores.len(), 12);

    // Works are put in order with their authors and titles in little memory: it once took more than ten times as much.
    let communities = place.rows(&["--memory", "300MB", "networks", "--venue", "ICRA", "--countries", "KR", "--from", "2015"]);
    assert!(!communities.is_empty());

    // Loading the same again changes nothing.
    let hashes = place.hashes();
    let again = place.ok(&["load", "openalex", &demo("openalex/works.jsonl.gz"), "--force"]);
    assert!(again.stderr.contains("new 0, replaced 0, unchanged 5841"), "{}", again.stderr);
    assert_eq!(place.hashes(), hashes);
}

#[test]
fn any_two_frameworks_can_be_crossed() {
    let place = Place::new();
    let ids = ["aspi-2024", "eic-2021", "eu-ct-2023", "kr-nst-2023", "kr-nst-2026-draft", "us-cet-2022", "us-cet-2024", "us-chips-2022"];
    let known: Vec<String> = place.rows(&["frameworks", "list"]).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(known, ids);
    for a in ids {
        for b in ids {
            let pairs = place.rows(&["frameworks", "cross", a, b, "--least", "0"]);
            assert!(!pairs.is_empty());
            for pair in pairs {
                let similarity = pair["similarity"].as_f64().unwrap();
                assert!(similarity > 0.0 && similarity <= 1.0 && !pair["topics"].as_str().unwrap().is_empty());
            }
        }
    }
    let late = place.run(&["frameworks", "cross", "us-cet-2022", "us-cet-2024", "--date", "2023-01-01"]);
    assert_eq!(late.status, 1);
    assert!(late.stderr.contains("us-cet-2024"));
}

#[test]
fn misuse_is_told_with_what_to_do() {
    let place = Place::new();
    for (args, status, told) in [
        (vec!["compare"], 2, "COUNTRY"),
        (vec!["opportunities", "KR"], 2, "COUNTRY"),
        (vec!["compare", "KR", "Atlantis"], 2, "Atlantis"),
        (vec!["compare", "KR", "KR"], 2, "twice"),
        (vec!["compare", "KR", "US", "--framework", "kr-nst-2033"], 2, "kr-nst-2023"),
        (vec!["compare", "KR", "US"], 1, "--lake"),
        (vec!["trend", "KR", "US"], 1, "is not a lake"),
        (vec!["sql", "SELECT 1", "--as-of", "yesterday"], 2, "yesterday"),
        (vec!["load", "openalex", "nowhere"], 1, "no such file"),
    ] {
        let run = place.run(&args);
        assert_eq!(run.status, status, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(told), "{args:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "an error is not an answer: {}", run.stdout);
    }
}

#[test]
fn queries_only_read_and_come_in_every_form() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let query = "SELECT id, name FROM topics WHERE id IN (10001, 10002) ORDER BY id";
    assert_eq!(
        place.ok(&["sql", query, "--format", "csv"]).stdout,
        "id,name\n10001,Geological and Geochemical Analysis\n10002,Advanced Chemical Physics Studies\n"
    );
    let json: Value = serde_json::from_str(&place.ok(&["sql", query, "--format", "json"]).stdout).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{"id": 10001, "name": "Geological and Geochemical Analysis"}, {"id": 10002, "name": "Advanced Chemical Physics Studies"}])
    );
    let parquet = place.command(&["sql", query, "--format", "parquet"]).output().unwrap().stdout;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    assert_eq!(place.rows(&["sql", "SELECT id FROM topics WHERE id < 0"]), Vec::<Value>::new());
    for query in ["DELETE FROM topics", "DROP TABLE topics", "COPY topics TO 'x.csv'", "SELECT * FROM '/etc/passwd'"] {
        assert_eq!(place.run(&["sql", query]).status, 1, "{query}");
    }
    assert_eq!(place.number("SELECT count(*) FROM topics"), 4_516.0);
}
