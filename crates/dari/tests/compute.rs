//! `dari compute` and what reads its cubes, through the built program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo};
use serde_json::Value;

/// Works of two years in one topic, with institutions, counts by year, one retracted.
fn works() -> String {
    let work = |id: u64, year: i32, cited: &[(i32, i32)], countries: &[&str], more: &str| {
        let institutions: Vec<String> = countries
            .iter()
            .enumerate()
            .map(|(number, code)| {
                format!(r#"{{"id":"https://openalex.org/I{}","display_name":"{code}","country_code":"{code}"}}"#, number + 1)
            })
            .collect();
        let authors: Vec<String> = institutions
            .iter()
            .map(|institution| format!(r#"{{"author":{{"id":"https://openalex.org/A{id}"}},"institutions":[{institution}]}}"#))
            .collect();
        let counts: Vec<String> = cited.iter().map(|(year, count)| format!(r#"{{"year":{year},"cited_by_count":{count}}}"#)).collect();
        let total: i32 = cited.iter().map(|(_, count)| count).sum();
        format!(
            r#"{{"id":"https://openalex.org/W{id}","title":"T","publication_year":{year},"type":"article","updated_date":"2026-01-01","cited_by_count":{total},"authorships":[{}],"topics":[{{"id":"https://openalex.org/T10018","score":1.0}}],"counts_by_year":[{}]{more}}}"#,
            authors.join(","),
            counts.join(",")
        )
    };
    [
        // Cited 3 times in the window and 9 times behind it.
        work(1, 2015, &[(2015, 1), (2018, 2), (2019, 9)], &["KR", "US"], ""),
        work(2, 2015, &[(2016, 1)], &["KR"], ""),
        work(3, 2015, &[], &["US"], ""),
        work(4, 2020, &[(2021, 5)], &["KR", "US", "JP"], ""),
        work(5, 2020, &[(2021, 5)], &["US"], r#","is_retracted":true"#),
        work(6, 2020, &[(2022, 1)], &[], ""),
    ]
    .join("\n")
}

fn lake() -> Place {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let file = place.write("works.jsonl", works());
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    place
}

fn cell(place: &Place, country: &str, year: i32) -> Value {
    let query = format!("SELECT * FROM country_topic_year WHERE country = '{country}' AND year_from = {year}");
    let rows = place.rows(&["sql", &query]);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

#[test]
fn cubes_by_hand() {
    let place = lake();
    let run = place.ok(&["compute"]);
    assert!(
        run.stderr.contains("5 works of 2 years") && run.stderr.contains("1 retracted") && run.stderr.contains("counts by year"),
        "{}",
        run.stderr
    );
    // 2015: citations in the window 3, 1, 0; mean 4/3; scores 9/4, 3/4, 0. KR: half of the first and the second: (9/8 + 3/4) / 1.5.
    let kr = cell(&place, "KR", 2015);
    let close = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-9, "{value} instead of {expected}");
    close(&kr["works"], 2.0);
    close(&kr["works_fractional"], 1.5);
    close(&kr["citations"], 4.0);
    close(&kr["ncs_sum"], 9.0 / 8.0 + 0.75);
    close(&kr["world_works"], 3.0);
    // Top 10 % of three works is 0.3 of one: the first weighs 0.3, half of it Korean.
    close(&kr["top10_sum"], 0.15);
    close(&kr["bilateral"], 1.0);
    close(&kr["domestic_single"], 1.0);
    // The work without authors is wholly unknown.
    close(&cell(&place, "ZZ", 2020)["works_fractional"], 1.0);
    // Each country of three has two links of one half.
    let rows = place.rows(&[
        "sql",
        "SELECT sum(works_fractional) AS links, count(*) AS pairs FROM country_pair_topic_year WHERE year = 2020 AND topic_id IS NULL",
    ]);
    assert_eq!((rows[0]["links"].as_f64(), rows[0]["pairs"].as_i64()), (Some(1.5), Some(3)));
    let rows = place.rows(&["sql", "SELECT works, international FROM organisation_topic_year WHERE organisation_id = 1 AND year = 2015"]);
    assert_eq!((rows[0]["works"].as_i64(), rows[0]["international"].as_i64()), (Some(3), Some(1)));

    // What reads the cube need not know: of few years two halves.
    let rows = place.rows(&["compare", "KR", "US", "--technology", "batteries", "--dataset", "works"]);
    let kr = rows.iter().find(|row| row["country"] == "KR").unwrap();
    assert_eq!(kr["period"], "2018-2020");
    close(&kr["works"], 1.0);
    close(&kr["works_fractional"], 1.0 / 3.0);
    let trend = place.rows(&["trend", "KR", "US", "--dataset", "works"]);
    assert_eq!(trend.iter().map(|row| row["works"].as_i64().unwrap()).sum::<i64>(), 2);
}

#[test]
fn only_what_changed_is_computed_again() {
    let place = lake();
    place.ok(&["compute"]);
    let before = place.hashes();
    let run = place.ok(&["compute"]);
    assert!(run.stderr.contains("0 works of 0 years") && run.stderr.contains("2 years as they were"), "{}", run.stderr);
    assert_eq!(place.hashes(), before);
    let version = place.rows(&["status", "--versions"]).last().unwrap()["version"].as_i64().unwrap().to_string();
    let asked = ["compare", "KR", "US", "--technology", "batteries", "--dataset", "works", "--format", "csv"];
    let first = place.ok(&asked).stdout;

    // One more work of 2020: that year alone is computed, and the old answer stays to be asked for.
    let more = works().lines().nth(3).unwrap().replace("W4", "W7").replace("A4", "A7");
    let file = place.write("more.jsonl", more);
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    let run = place.ok(&["compute"]);
    assert!(run.stderr.contains("of 1 years") && run.stderr.contains("1 years as they were"), "{}", run.stderr);
    let now = place.ok(&asked).stdout;
    let then = place.ok(&[&asked[..], &["--as-of", &version]].concat()).stdout;
    assert_ne!(now, first);
    assert_eq!(then, first);

    // All at once gives the same as step by step.
    let other = Place::new();
    other.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    for (name, text) in [("a.jsonl", works()), ("b.jsonl", works().lines().nth(3).unwrap().replace("W4", "W7").replace("A4", "A7"))] {
        let file = other.write(name, text);
        other.ok(&["load", "openalex", &file, "--entity", "works"]);
    }
    other.ok(&["compute"]);
    let cubes = |place: &Place| place.hashes().into_iter().filter(|(table, _)| table.ends_with("_topic_year")).collect::<Vec<_>>();
    assert_eq!(cubes(&place), cubes(&other));
}

#[test]
fn without_works_or_topics_it_says_what_to_load() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let run = place.run(&["compute"]);
    assert!(run.status == 1 && run.stderr.contains("no works loaded"), "{}", run.stderr);
}
