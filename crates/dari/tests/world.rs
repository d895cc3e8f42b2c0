//! A generated world, made and loaded by the built program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::{Place, project};
use serde_json::Value;

/// Makes a world of this many works in both forms; gives its folder and what is true of it.
fn make(place: &Place, works: u64, more: &[&str]) -> (String, Value) {
    let folder = place.path("world");
    let (demo, works) = (project().join("demo"), works.to_string());
    let out = folder.to_str().unwrap();
    let args = ["bench", "world", "--works", &works, "--seed", "7", "--out", out, "--demo", demo.to_str().unwrap()];
    place.ok(&[&args, more].concat());
    let truth = serde_json::from_str(&std::fs::read_to_string(folder.join("truth/world.json")).unwrap()).unwrap();
    (out.to_owned(), truth)
}

#[test]
fn both_forms_of_a_world_hold_the_same_and_what_is_true_of_it() {
    let (by_parquet, by_json) = (Place::new(), Place::new());
    let (world, truth) = make(&by_parquet, 6000, &["--form", "both", "--parts", "6"]);
    let count = |name: &str| truth[name].as_u64().unwrap();
    let run = by_parquet.ok(&["load", "openalex", &format!("{world}/data/parquet")]);
    assert!(!run.stderr.contains("manifest") && !run.stderr.contains("passed over"), "{}", run.stderr);
    by_json.ok(&["load", "openalex", &format!("{world}/data/jsonl")]);
    assert_eq!(by_parquet.hashes(), by_json.hashes());

    // One record of each part has no id; nothing else is refused.
    assert_eq!(count("records_without_id"), 6);
    for (form, place) in [("parquet", Place::new()), ("jsonl", Place::new())] {
        let rejects = place.path("rejects.csv");
        let run = place.ok(&["load", "openalex", &format!("{world}/data/{form}/works"), "--rejects", rejects.to_str().unwrap()]);
        let listed = std::fs::read_to_string(rejects).unwrap();
        assert_eq!(listed.lines().skip(1).filter(|line| line.contains("found none")).count(), 6, "{listed}");
        assert_eq!(listed.lines().count(), 7, "{listed}");
        assert!(!run.stderr.contains("left empty"), "{}", run.stderr);
    }

    // Each work is there once, in its latest form, with all that it has.
    let number = |query: &str| by_parquet.number(query) as u64;
    assert!(count("works_in_two_folders") > 0);
    assert_eq!(number("SELECT count(*) FROM works"), 6000);
    assert_eq!(number("SELECT count(*) FROM citations"), count("references"));
    assert_eq!(number("SELECT sum(cited_by_count) FROM works"), count("citations"));
    assert_eq!(number("SELECT count(*) FROM (SELECT DISTINCT work_id, position FROM authorships)"), count("authorships"));
    assert_eq!(
        number("SELECT count(*) FROM (SELECT DISTINCT work_id FROM authorships WHERE country IS NOT NULL)"),
        6000 - count("works_without_country")
    );
    assert_eq!(number("SELECT count(*) FROM organisations"), count("organisations"));
    assert_eq!(number("SELECT count(*) FROM topics"), 4516);
    let dangling = "SELECT count(*) FROM authorships a LEFT JOIN organisations o ON o.id = a.institution_id \
                    WHERE a.institution_id IS NOT NULL AND (o.id IS NULL OR o.country <> a.country)";
    assert_eq!(number(dangling), 0);
    // Counts are those of the references that the world holds.
    let counted = "SELECT count(*) FROM works w LEFT JOIN (SELECT cited, count(*) AS n FROM citations GROUP BY cited) c ON c.cited = w.id \
                   WHERE w.cited_by_count <> coalesce(c.n, 0)";
    assert_eq!(number(counted), 0);
    assert_eq!(number("SELECT max(authors_count) FROM works") / 1000, number("SELECT max(position) FROM authorships") / 1000);
    assert!(number("SELECT max(position) FROM authorships") >= 1000);
    let weights = "SELECT count(*) FROM (SELECT work_id, sum(weight) AS w FROM authorships GROUP BY work_id) WHERE abs(w - 1) > 1e-9";
    assert_eq!(number(weights), 0);

    // Countries by field and year as written beside the data.
    let mut reader = csv::Reader::from_path(format!("{world}/truth/country_field_year.csv")).unwrap();
    let mut told: Vec<(String, u64, u64, u64)> = reader.deserialize().map(|row| row.unwrap()).collect();
    told.sort();
    let rows = by_parquet.rows(&[
        "sql",
        "SELECT country, field_id, publication_year AS year, count(*) AS works FROM (SELECT DISTINCT work_id, country FROM authorships \
         WHERE country IS NOT NULL) a JOIN works w ON w.id = a.work_id JOIN topics t ON t.id = w.primary_topic GROUP BY 1, 2, 3",
    ]);
    let mut found: Vec<(String, u64, u64, u64)> = rows
        .iter()
        .map(|row| {
            let number = |name: &str| row[name].as_u64().unwrap();
            (row["country"].as_str().unwrap().to_owned(), number("field_id"), number("year"), number("works"))
        })
        .collect();
    found.sort();
    assert_eq!(found, told);
}

#[test]
fn a_world_is_loaded_from_its_folder_as_it_is() {
    let place = Place::new();
    let (world, _) = make(&place, 500, &["--threads", "3"]);
    let run = place.ok(&["load", "openalex", &world]);
    assert_eq!(place.number("SELECT count(*) FROM works"), 500.0, "{}", run.stderr);
    // A second world does not overwrite it.
    let run = place.run(&["bench", "world", "--works", "5", "--out", &world, "--demo", project().join("demo").to_str().unwrap()]);
    assert!(run.status == 1 && run.stderr.contains("not empty"), "{}", run.stderr);
    let run = place.run(&["bench", "world", "--works", "5", "--out", place.path("other").to_str().unwrap(), "--demo", "nowhere"]);
    assert!(run.status == 1 && run.stderr.contains("--demo"), "{}", run.stderr);
    let run = place.run(&["bench", "world", "--works", "0", "--out", place.path("other").to_str().unwrap()]);
    assert!(run.status == 2 && run.stderr.contains("works"), "{}", run.stderr);
}

#[test]
fn a_measurement_leaves_what_stands_in_its_folder_alone() {
    let place = Place::new();
    let (within, demo) = (place.path("room"), project().join("demo"));
    for folder in ["lake", "world", "duckdb"] {
        std::fs::create_dir_all(within.join(folder)).unwrap();
        std::fs::write(within.join(folder).join("kept"), folder).unwrap();
    }
    let at = within.to_str().unwrap();
    let from = demo.join("openalex/works.jsonl.gz");
    place.ok(&["bench", "load", "--sizes", "0.005", "--no-duckdb", "--work", at, "--from", from.to_str().unwrap()]);
    place.ok(&["bench", "indicators", "--sizes", "0.001", "--no-duckdb", "--work", at, "--demo", demo.to_str().unwrap()]);
    for folder in ["lake", "world", "duckdb"] {
        assert_eq!(std::fs::read_to_string(within.join(folder).join("kept")).unwrap(), folder);
    }
    assert_eq!(std::fs::read_dir(&within).unwrap().count(), 3, "the temporary folder is gone");
}

/// FWCI and percentile as OpenAlex documents them, in plain code over every work of the lake: from (year, subfield, type, citations) by work.
fn plainly(cohort_of: &BTreeMap<i64, (i64, i64, String)>, citations: &BTreeMap<i64, i64>) -> BTreeMap<i64, (Option<f64>, f64)> {
    let mut found = BTreeMap::new();
    for (work, cohort) in cohort_of {
        let mut of_cohort: Vec<(i64, i64)> = cohort_of.iter().filter(|(_, of)| *of == cohort).map(|(id, _)| (citations[id], *id)).collect();
        of_cohort.sort_unstable();
        let mean = of_cohort.iter().map(|(count, _)| *count as f64).sum::<f64>() / of_cohort.len() as f64;
        let fwci = (mean > 0.0).then(|| (citations[work] as f64 / mean * 1e4).round() / 1e4);
        let place = of_cohort.iter().position(|(_, id)| id == work).unwrap() as f64;
        let percentile = if of_cohort.len() == 1 { 0.0 } else { place / (of_cohort.len() - 1) as f64 };
        found.insert(*work, (fwci, (percentile * 1e8).round() / 1e8));
    }
    found
}

#[test]
fn fwci_and_percentile_agree_with_plain_code_to_the_last_digit() {
    let place = Place::new();
    let (world, _) = make(&place, 12_000, &["--form", "parquet", "--parts", "3"]);
    place.ok(&["load", "openalex", "--no-abstracts", &format!("{world}/data/parquet")]);
    place.ok(&["compute", "--citations", "by-year"]);

    const TYPES: [&str; 5] = ["article", "conference-paper", "book", "review", "book-chapter"];
    let query = "SELECT w.id, w.publication_year, t.subfield_id, w.type, w.cited_by_count, c.citations, c.rows FROM works w JOIN topics t ON t.id = w.primary_topic
                 LEFT JOIN (SELECT y.work_id, count(*) AS rows, sum(CASE WHEN y.year BETWEEN v.publication_year AND v.publication_year + 3 THEN y.citations ELSE 0 END) AS citations
                            FROM citations_by_year y JOIN works v ON v.id = y.work_id GROUP BY y.work_id) c ON c.work_id = w.id
                 WHERE NOT w.is_retracted AND NOT w.is_expansion";
    let first = place.number("SELECT min(year) FROM citations_by_year");
    let (mut cohort_of, mut citations) = (BTreeMap::new(), BTreeMap::new());
    for row in place.rows(&["sql", query]) {
        let number = |column: &str| row[column].as_i64();
        let (id, year, kind) = (number("id").unwrap(), number("publication_year").unwrap(), row["type"].as_str().unwrap());
        // A source that says a work is cited but not when does not count by year.
        let known = year >= first as i64 && (number("rows").is_some() || number("cited_by_count") == Some(0));
        if known && TYPES.contains(&kind) {
            cohort_of.insert(id, (year, number("subfield_id").unwrap(), kind.to_owned()));
            citations.insert(id, number("citations").unwrap_or(0));
        }
    }
    let expected = plainly(&cohort_of, &citations);
    let listed = place.rows(&[
        "compare",
        "US",
        "CN",
        "DE",
        "JP",
        "GB",
        "IN",
        "--dataset",
        "works",
        "--works",
        "--percentile",
        "openalex",
        "--with-polluted",
        "--claims",
        "related",
    ]);
    assert!(listed.len() > 150, "{}", listed.len());
    let mut scored = 0;
    for row in &listed {
        let found = (row["fwci"].as_f64(), row["percentile"].as_f64());
        match expected.get(&row["work_id"].as_i64().unwrap()) {
            Some((fwci, percentile)) => assert_eq!(found, (*fwci, Some(*percentile)), "{row}"),
            None => assert_eq!(found, (None, None), "{row}"),
        }
        scored += usize::from(found.1.is_some());
    }
    assert!(scored > 80 && scored < listed.len(), "{scored} of {}", listed.len());
}
