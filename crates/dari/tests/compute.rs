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
    let institution = |(number, code)| {
        format!(r#"{{"id":"https://openalex.org/I{number}","display_name":"{code}","country_code":"{code}","updated_date":"2026-01-01"}}"#)
    };
    let institutions: Vec<String> = [(1, "KR"), (2, "US"), (3, "JP")].into_iter().map(institution).collect();
    let file = place.write("institutions.jsonl", institutions.join("\n"));
    place.ok(&["load", "openalex", &file, "--entity", "institutions"]);
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
    // 2020: citations 5 and 1, mean 3. The work of three countries scores 5/3 and is a fifth of it among the top 10 % of two works. Alone it does not vary;
    // among the works of three countries it is its own mean; one work with 5 citations has h 1.
    for (column, expected) in [("mncs", 5.0 / 3.0), ("mncs_low", 5.0 / 3.0), ("mncs_high", 5.0 / 3.0), ("pp_top10", 0.2), ("pp_top1", 0.02)]
    {
        close(&kr[column], expected);
    }
    for (column, expected) in [("mean_fwci", 1.6667), ("collab_cnci", 1.0), ("h_index", 1.0), ("monopoly_institutions_in_lead", 1.0)] {
        close(&kr[column], expected);
    }
    // Three countries lead alike: the first by code stands for them, and nobody is far ahead.
    assert_eq!((kr["monopoly_risk"].as_str(), kr["monopoly_lead"].as_str()), (Some("low"), Some("JP")));
    let without = place.rows(&["compare", "KR", "US", "--technology", "batteries", "--dataset", "works", "--resamples", "0"]);
    assert!(without[0]["mncs_low"].is_null() && without[0]["mncs"].is_number(), "{without:?}");
    // As OpenAlex ranks two works, the one cited more is at 1 and in both tops.
    let ranked = ["compare", "KR", "US", "--technology", "batteries", "--dataset", "works", "--percentile", "openalex"];
    close(&place.rows(&ranked)[0]["pp_top1"], 1.0);
    let listed = place.rows(&[&ranked[..], &["--works"]].concat());
    assert_eq!(listed.len(), 2, "{listed:?}");
    for (column, expected) in
        [("work_id", 4.0), ("citations", 5.0), ("ncs", 5.0 / 3.0), ("fwci", 1.6667), ("class_ncs", 1.0), ("percentile", 1.0)]
    {
        close(&listed[0][column], expected);
    }
    let trend = place.rows(&["trend", "KR", "US", "--dataset", "works"]);
    assert_eq!(trend.iter().map(|row| row["works"].as_i64().unwrap()).sum::<i64>(), 2);
}

#[test]
fn coverage_tells_data_sets_apart() {
    let place = lake();
    place.ok(&["load", "aggregates", "country-topic", &demo("aggregates/country_topic_2010_2024.parquet")]);
    place.ok(&["compute"]);
    let rows = place.rows(&["status", "--coverage"]);
    let row = |set: &str, period: &str| {
        rows.iter().find(|row| row["data_set"] == set && row["period"] == period && row["counts"] == "works by country and topic").unwrap()
    };
    // The source has 46 countries and 42,709,016 works of the world (docs/guide.md, "Recompute a figure by hand").
    let published = row("country-topic", "2020-2024");
    assert_eq!((published["countries"].as_i64(), published["works"].as_i64()), (Some(46), Some(42_709_016)));
    assert_eq!((published["unknown_share_is"].as_str(), published["against_largest"].as_f64()), (Some("at least"), None));
    // Of two works of 2020 one has no known country; the other is of three.
    let computed = row("works", "2020-2024");
    assert_eq!((computed["countries"].as_i64(), computed["works"].as_i64(), computed["topics"].as_i64()), (Some(3), Some(2), Some(1)));
    assert_eq!((computed["unknown_share"].as_f64(), computed["unknown_share_is"].as_str()), (Some(0.5), Some("exact")));
    // It holds one of the five years: there is nothing that counts the same.
    assert_eq!((computed["years"].as_str(), published["years"].as_str()), (Some("2020"), Some("2020-2024")));
    assert!(computed["against_largest"].is_null(), "{computed}");
    // With works of the other years too there is.
    let more = |year: i32| {
        works()
            .lines()
            .nth(3)
            .unwrap()
            .replace("W4", &format!("W{year}"))
            .replace(r#""publication_year":2020"#, &format!(r#""publication_year":{year}"#))
    };
    let file = place.write("more.jsonl", (2021..=2024).map(more).collect::<Vec<_>>().join("\n"));
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    place.ok(&["compute"]);
    let rows = place.rows(&["status", "--coverage"]);
    let computed = rows.iter().find(|row| row["data_set"] == "works" && row["period"] == "2020-2024").unwrap();
    assert_eq!(computed["years"], "2020-2024");
    assert!((computed["against_largest"].as_f64().unwrap() - 6.0 / 42_709_016.0).abs() < 1e-15, "{computed}");
    // An answer says that there are others.
    let run = place.ok(&["compare", "KR", "US", "--dataset", "works"]);
    assert!(run.stderr.contains("dari status --coverage"), "{}", run.stderr);
}

#[test]
fn joint_works_by_hand() {
    // One line of many works like it, by their countries; the last are of KR and nobody known.
    let groups: [(usize, &[&str]); 7] = [
        (2, &["JP", "KR", "US"]),
        (2, &["CN", "JP", "KR", "US"]),
        (6, &["KR", "US"]),
        (6, &["JP", "US"]),
        (4, &["CN", "DE"]),
        (10, &["KR"]),
        (10, &["KR", ""]),
    ];
    let mut lines = Vec::new();
    for countries in groups.iter().flat_map(|(count, countries)| std::iter::repeat_n(countries, *count)) {
        let author = |code: &&str| match *code {
            "" => r#"{"author":{"id":"https://openalex.org/A1"},"institutions":[]}"#.to_owned(),
            code => format!(
                r#"{{"author":{{"id":"https://openalex.org/A1"}},"institutions":[{{"id":"https://openalex.org/I9","display_name":"X","country_code":"{code}"}}]}}"#
            ),
        };
        let authors: Vec<String> = countries.iter().map(author).collect();
        lines.push(format!(
            r#"{{"id":"https://openalex.org/W{}","title":"T","publication_year":2020,"type":"article","updated_date":"2026-01-01","cited_by_count":0,"authorships":[{}],"topics":[{{"id":"https://openalex.org/T10018","score":1.0}}]}}"#,
            lines.len() + 1,
            authors.join(",")
        ));
    }
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let file = place.write("works.jsonl", lines.join("\n"));
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    place.ok(&["compute", "--citations", "total"]);
    let rows = place.rows(&["compare", "US", "JP", "KR", "--technology", "batteries", "--dataset", "works", "--joint"]);
    let row = |countries: &str, country: &str| {
        let found: Vec<_> = rows.iter().filter(|row| row["countries"] == countries && row["country"] == country).collect();
        assert_eq!(found.len(), 1, "{countries} {country}: {rows:?}");
        found[0].clone()
    };
    let close = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-4, "{value} instead of {expected}");
    // International works: 20; JP in 10, KR in 10, US in 16. All three: 20 · ½ · ½ · 4/5 = 4 expected, 4 seen; Garwood's interval of 4 is 1.0899 to 10.2416.
    let all = row("JP-KR-US", "KR");
    for (column, expected) in [("joint_works", 4.0), ("universe_works", 20.0), ("expected", 4.0), ("observed_over_expected", 1.0)] {
        close(&all[column], expected);
    }
    close(&all["observed_over_expected_low"], 1.0899 / 4.0);
    close(&all["observed_over_expected_high"], 10.2416 / 4.0);
    // Two works wholly theirs, two of which they have ¾.
    close(&all["joint_works_fractional"], 3.5);
    assert!(all["salton"].is_null());
    // KR has 30 works, US 16, 10 of them joint: 10/√480, 10/36; a third of KR's. Expected 20 · ½ · 4/5 = 8.
    let pair = row("KR-US", "KR");
    for (column, expected) in
        [("works", 30.0), ("joint_works", 10.0), ("share", 1.0 / 3.0), ("salton", 10.0 / 480f64.sqrt()), ("jaccard", 10.0 / 36.0)]
    {
        close(&pair[column], expected);
    }
    close(&pair["observed_over_expected"], 1.25);
    close(&row("KR-US", "US")["share"], 10.0 / 16.0);
    // Among all 40 works: 40 · ¾ · 0.4 = 12 expected.
    let rows = place.rows(&["compare", "US", "KR", "--technology", "batteries", "--dataset", "works", "--joint", "--universe", "all"]);
    close(&rows[0]["expected"], 12.0);
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
fn a_year_without_works_goes_and_doubts_are_computed_away() {
    let place = lake();
    place.ok(&["compute"]);
    let datasets = place.number("SELECT count(*) FROM datasets");
    // Equal cubes are put in the place of what is there when asked for.
    let run = place.ok(&["compute", "--again"]);
    assert!(run.stderr.contains("5 works of 2 years"), "{}", run.stderr);
    let version = place.rows(&["status", "--versions"]).pop().unwrap();
    assert_eq!((version["replaced"].as_f64(), version["read"].as_f64()), (Some(datasets), Some(5.0)));
    assert_eq!(place.number("SELECT count(*) FROM datasets"), datasets);
    assert_eq!(cell(&place, "KR", 2015)["works"].as_f64(), Some(2.0));

    // The works of 2020 turn out to have no year; nothing else changes.
    let later = |line: &str| line.replace(r#""publication_year":2020,"#, "").replace("2026-01-01", "2026-02-01");
    let file = place.write("later.jsonl", works().lines().skip(3).map(later).collect::<Vec<_>>().join("\n"));
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    let run = place.ok(&["compute"]);
    assert!(run.stderr.contains("0 works of 0 years") && run.stderr.contains("1 years as they were"), "{}", run.stderr);
    for table in ["datasets WHERE year = 2020", "country_topic_year WHERE year_from = 2020", "country_works WHERE year = 2020"] {
        assert_eq!(place.number(&format!("SELECT count(*) FROM {table}")), 0.0, "{table}");
    }
    assert_eq!(cell(&place, "KR", 2015)["works"].as_f64(), Some(2.0));
}

#[test]
fn counts_of_later_years_change_open_windows() {
    let place = lake();
    place.ok(&["compute"]);
    // Until now the source counted up to 2022; with a count of 2024 the window of 2020 is closed and that of 2015 is as it was.
    let more = works().lines().nth(3).unwrap().replace("W4", "W9").replace(r#""publication_year":2020"#, r#""publication_year":2023"#);
    let file = place.write("more.jsonl", more.replace(r#""year":2021"#, r#""year":2024"#));
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    let run = place.ok(&["compute"]);
    assert!(run.stderr.contains("3 works of 2 years") && run.stderr.contains("1 years as they were"), "{}", run.stderr);
}

#[test]
fn a_year_that_cannot_be_moves_no_period() {
    let place = lake();
    let more = works().lines().nth(3).unwrap().replace("W4", "W9").replace(r#""publication_year":2020"#, r#""publication_year":2099"#);
    let file = place.write("more.jsonl", more);
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    place.ok(&["compute"]);
    let run = place.ok(&["compare", "KR", "US", "--technology", "batteries", "--dataset", "works", "--format", "csv"]);
    assert!(run.stdout.contains("2018-2020") && !run.stdout.contains("2099"), "{}", run.stdout);
    assert!(run.stderr.contains("without works said to be of 2099"), "{}", run.stderr);
    let years: Vec<_> = place.rows(&["trend", "KR", "US", "--dataset", "works"]).iter().map(|row| row["year"].as_i64().unwrap()).collect();
    assert_eq!(years.iter().max(), Some(&2020));
}

#[test]
fn authors_and_countries_listed_apart_leave_nothing_unknown() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let works = place.write(
        "works.csv",
        "work_id,title,publication_year,author_names,institution_names,country_codes,cited_by_count\n\
         a,Solid electrolytes for lithium-ion batteries,2020,Kim|Lee|Sato,KAIST|Kyoto,KR|JP,4\n",
    );
    place.ok(&["load", "tables", "--source", "own", "--works", &works]);
    place.ok(&["frameworks", "infer"]);
    place.ok(&["compute", "--citations", "total"]);
    let rows = place.rows(&["sql", "SELECT country, works, works_fractional, bilateral FROM country_topic_year ORDER BY country"]);
    let line =
        |row: &Value| format!("{} {} {} {}", row["country"].as_str().unwrap(), row["works"], row["works_fractional"], row["bilateral"]);
    assert_eq!(rows.iter().map(line).collect::<Vec<_>>(), ["JP 1 0.5 1", "KR 1 0.5 1"]);
    let listed = place.rows(&["compare", "KR", "JP", "--level", "all", "--dataset", "works", "--works"]);
    assert!(!listed.is_empty() && listed.iter().all(|row| row["weight"] == 0.5 && row["collaboration"] == "bilateral"), "{listed:?}");
}

#[test]
fn without_works_or_topics_it_says_what_to_load() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let run = place.run(&["compute"]);
    assert!(run.status == 1 && run.stderr.contains("no works loaded"), "{}", run.stderr);
}
