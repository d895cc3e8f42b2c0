//! `dari organisations` through the built program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo, gzip, project};
use serde_json::Value;

const AUTHORSHIPS: &str = "work_id,author_position,author_name,raw_affiliation\n\
    w1,1,Kim,\"School of Computing, KAIST, Daejeon, Korea\"\n\
    w1,2,Ann,\"Department of Physics, Stanford University, Stanford, CA\"\n\
    w2,1,Lee,\"School of Computing, KAIST, Daejeon, Korea\"\n\
    w2,2,Bob,\"Some Laboratory, Hong Kong\"\n\
    w2,3,Eve,Independent researcher\n";

/// A lake with the shipped register and two works.
fn place() -> Place {
    let place = Place::new();
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    let works = place.write("works.csv", "work_id,title,publication_year\nw1,A,2020\nw2,B,2021\n");
    let authorships = place.write("authorships.csv", AUTHORSHIPS);
    place.ok(&["load", "tables", "--source", "own", "--works", &works, "--authorships", &authorships]);
    place
}

fn texts<'a>(rows: &'a [Value], column: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[column].as_str().unwrap_or("")).collect()
}

#[test]
fn search_and_show() {
    let place = place();
    let rows = place.rows(&["organisations", "search", "핵융합", "--lang", "ko"]);
    assert_eq!(texts(&rows, "organisation"), ["한국핵융합에너지연구원"]);
    assert_eq!((texts(&rows, "ror"), texts(&rows, "country")), (vec!["013yz9b19"], vec!["KR"]));
    let rows = place.rows(&["organisations", "search", "Stanford", "Univ", "--country", "US", "--limit", "3"]);
    assert_eq!(rows.len(), 3);
    assert_eq!(texts(&rows, "organisation")[0], "Stanford University");

    let rows = place.rows(&["organisations", "show", "https://ror.org/013yz9b19"]);
    let value =
        |what: &str| rows.iter().filter(|row| row["what"] == what).map(|row| row["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(value("name"), ["Korea Institute of Fusion Energy"]);
    assert_eq!(value("parent"), ["National Research Council of Science and Technology"]);
    assert!(value("other_name").contains(&"KFE".to_owned()));

    let run = place.run(&["organisations", "show", "04h9pn54"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no id of an organisation") && run.stderr.contains("dari organisations search"), "{}", run.stderr);
}

#[test]
fn without_a_register_it_says_what_to_load() {
    let place = Place::new();
    let works = place.write("works.csv", "work_id,title\nw1,A\n");
    place.ok(&["load", "tables", "--source", "own", "--works", &works]);
    let run = place.run(&["organisations", "match", "KAIST"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("no organisations loaded") && run.stderr.contains("dari load ror"), "{}", run.stderr);
}

#[test]
fn strings_are_matched() {
    let place = place();
    let rows = place.rows(&[
        "organisations",
        "match",
        "Korea Inst. of Fusion Energy, Daejeon",
        "Seoul National University + Google Research",
        "Some Laboratory, Macau",
        "Nanjing University of Aeronautics",
    ]);
    assert_eq!(texts(&rows, "ror")[0], "013yz9b19");
    assert!(rows[0]["confidence"].as_f64().unwrap() > 0.9);
    let of_second: Vec<&str> = rows
        .iter()
        .filter(|row| row["affiliation"].as_str().unwrap().starts_with("Seoul"))
        .map(|row| row["ror"].as_str().unwrap())
        .collect();
    assert_eq!(of_second.len(), 2);
    assert!(of_second.contains(&"04h9pn542") && of_second.contains(&"00njsd438"));
    let unknown = &rows[rows.len() - 2];
    assert_eq!((&unknown["ror"], &unknown["country"], &unknown["country_by"]), (&Value::Null, &Value::from("MO"), &Value::from("named")));
    assert_eq!(rows[rows.len() - 1]["ror"], Value::Null);

    let rows = place.rows(&["organisations", "match", "Some Laboratory, Macau", "--group-countries", "HK=CN,MO=CN"]);
    assert_eq!(rows[0]["country"], "CN");
    let run = place.run(&["organisations", "match", "x", "--group-countries", "HK"]);
    assert_eq!(run.status, 2);
}

#[test]
fn a_column_of_a_file_is_matched_and_the_rest_stays() {
    let place = place();
    let csv = "name;where;note\nKim;\"KAIST; Daejeon\";a\nAnn;Stanford University;\nBob;too;many;fields\nEve;;none\n";
    let path = place.write("people.csv.gz", gzip(csv));
    let run = place.ok(&["organisations", "match", "--file", &path, "--column", "where", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(texts(&rows, "name"), ["Kim", "Ann", "Eve"]);
    assert_eq!(texts(&rows, "note"), ["a", "", "none"]);
    assert_eq!(texts(&rows, "ror_ids"), ["05apxxy63", "00f54p054", ""]);
    assert_eq!(texts(&rows, "organisation_country"), ["KR", "US", ""]);
    assert!(
        run.stderr.contains("row 3: expected 3 fields as in the header, found 4") && run.stderr.contains("1 refused"),
        "{}",
        run.stderr
    );

    // A quotation mark left open is told.
    let open = place.write("open.csv", "name,where\nKim,KAIST\nAnn,\"Stanford University\nBob,KAIST\n");
    let run = place.ok(&["organisations", "match", "--file", &open, "--column", "where", "--format", "csv"]);
    assert!(run.stderr.contains("row 2: the file ends within quotation marks") && run.stderr.contains("1 refused"), "{}", run.stderr);

    // The answer as Parquet is a table to match again; columns of the user's that have our names stay.
    let mut command = place.command(&["organisations", "match", "--file", &path, "--column", "where", "--format", "parquet"]);
    let parquet = place.path("out.parquet");
    std::fs::write(&parquet, command.output().unwrap().stdout).unwrap();
    let again = place.rows(&["organisations", "match", "--file", parquet.to_str().unwrap(), "--column", "where"]);
    assert_eq!((texts(&again, "ror_ids"), texts(&again, "matched_ror_ids")), (texts(&rows, "ror_ids"), texts(&rows, "ror_ids")));

    let run = place.run(&["organisations", "match", "--file", &path, "--column", "place"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no column 'place'") && run.stderr.contains("name, where, note"), "{}", run.stderr);
}

#[test]
fn authorships_are_matched_and_kept() {
    let place = place();
    let rows = place.rows(&["organisations", "match", "--authorships"]);
    let share = |country: &str| {
        let row = rows.iter().find(|row| row["country"] == country).unwrap_or_else(|| panic!("{country}: {rows:?}"));
        (row["authorships"].as_i64().unwrap(), row["with_organisation"].as_i64().unwrap())
    };
    assert_eq!((share("KR"), share("US"), share("HK"), share("unknown")), ((2, 2), (1, 1), (1, 0), (1, 0)));
    let joined =
        "SELECT a.author_name, o.ror FROM authorships a JOIN affiliation_organisations o ON o.affiliation_id = a.affiliation_id ORDER BY 1";
    let rows = place.rows(&["sql", joined]);
    assert_eq!(
        (texts(&rows, "author_name"), texts(&rows, "ror")),
        (vec!["Ann", "Kim", "Lee"], vec!["00f54p054", "05apxxy63", "05apxxy63"])
    );
    let rows = place.rows(&["sql", "SELECT DISTINCT matcher FROM affiliations"]);
    assert!(rows.len() == 1 && texts(&rows, "matcher")[0].contains("register"), "{rows:?}");

    // Nothing new, nothing done; again, and everything is as it was.
    let hashes = place.hashes();
    let run = place.ok(&["organisations", "match", "--authorships"]);
    assert!(run.stderr.contains(": 0 different texts"), "{}", run.stderr);
    let run = place.ok(&["organisations", "match", "--authorships", "--again"]);
    assert!(run.stderr.contains("new 0, replaced 0, unchanged 4"), "{}", run.stderr);
    assert_eq!(place.hashes(), hashes);
    // A stricter threshold is another result and replaces the first.
    let run = place.ok(&["organisations", "match", "--authorships", "--threshold", "0.99"]);
    assert!(run.stderr.contains("replaced 4"), "{}", run.stderr);
}

#[test]
fn an_openalex_work_names_its_organisations_by_ror() {
    let place = Place::new();
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    let work = r#"{"id":"https://openalex.org/W1","title":"A","publication_year":2024,"authorships":[{"author":{"id":"https://openalex.org/A1"},
        "institutions":[{"id":"https://openalex.org/I2","display_name":"KFE","ror":"https://ror.org/013yz9b19","country_code":"KR"}]}]}"#;
    let file = place.write("works.jsonl", work.replace('\n', ""));
    place.ok(&["load", "openalex", &file, "--entity", "works"]);
    let rows = place.rows(&["sql", "SELECT o.name FROM authorships a JOIN organisations o ON o.id = a.organisation_id"]);
    assert_eq!(texts(&rows, "name"), ["Korea Institute of Fusion Energy"]);
}

#[test]
fn the_matcher_is_evaluated_on_a_labelled_file() {
    let place = place();
    let gold = project().join("crates/dari-organisations/labels/gold.csv");
    let plot = place.path("reliability.svg");
    let rows = place.rows(&["organisations", "eval", gold.to_str().unwrap(), "--thresholds", "0.5,0.9", "--plot", plot.to_str().unwrap()]);
    assert_eq!(rows.len(), 2);
    assert!(rows[0]["precision"].as_f64().unwrap() >= 0.97 && rows[0]["recall"].as_f64().unwrap() >= 0.85, "{rows:?}");
    assert!(rows[1]["precision"].as_f64().unwrap() >= rows[0]["precision"].as_f64().unwrap());
    assert!(std::fs::read_to_string(plot).unwrap().contains("<svg"));

    let labels = place.write("labels.csv", "affiliation,ror_ids\n\"KAIST, Daejeon\",05apxxy63\nKAIST,none\n");
    let rows = place.rows(&["organisations", "eval", &labels, "--errors"]);
    assert_eq!(
        (texts(&rows, "affiliation"), texts(&rows, "wrong")),
        (vec!["KAIST"], vec!["Korea Advanced Institute of Science and Technology (05apxxy63)"])
    );
    let wrong = place.write("wrong.csv", "affiliation,ror_ids\nKAIST,5\n");
    let run = place.run(&["organisations", "eval", &wrong]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("wrong.csv, line 2: '5' is no ROR id"), "{}", run.stderr);
}

#[test]
fn leads_and_what_people_decide() {
    let place = Place::new();
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    let run = place.run(&["organisations", "screen"]);
    assert!(run.status == 1 && run.stderr.contains("dari load screening"), "{}", run.stderr);
    place.ok(&["load", "screening", &demo("screening/dod_section_1286.csv")]);
    let csl = r#"{"results":[{"id":"x","source":"Entity List (EL) - Bureau of Industry and Security","name":"Stanford University","addresses":[{"country":"KR"}]}]}"#;
    let csl = place.write("csl.json", csl);
    place.ok(&["load", "screening", &csl, "--list", "us-csl", "--edition", "2024-01-29"]);

    let rows = place.rows(&["organisations", "screen", "--list", "us-dod-1286"]);
    let lead = rows.iter().find(|row| row["listed"] == "Air Force Engineering University").unwrap();
    assert_eq!(
        (lead["score"].as_f64(), lead["likeness"].as_str(), lead["editions"].as_str()),
        (Some(1.0), Some("same name"), Some("2023, 2024, 2025"))
    );
    let ror = lead["ror"].as_str().unwrap().to_owned();
    // The listed one is in another country: half the score, shown only to those who ask for it.
    assert!(place.rows(&["organisations", "screen", "00f54p054"]).is_empty());

    let decide = |decision: &str, why: &str| {
        let args =
            ["organisations", "decide", "--list", "us-dod-1286", "--listed", "Air Force Engineering University", "--organisation", &ror];
        place.run(&[&args[..], &["--decision", decision, "--why", why, "--who", "K. Lee"]].concat())
    };
    assert_eq!(decide("confirmed", " ").status, 2);
    assert_eq!(decide("confirmed", "same address").status, 0);
    let version = place.number("SELECT count(*) FROM screening_decisions");
    assert_eq!(version, 1.0);
    let rows = place.rows(&["organisations", "screen", &ror]);
    let decided = rows.iter().find(|row| row["listed"] == "Air Force Engineering University").unwrap();
    assert_eq!(
        (decided["decision"].as_str(), decided["why"].as_str(), decided["who"].as_str()),
        (Some("confirmed"), Some("same address"), Some("K. Lee"))
    );
    assert!(place.rows(&["organisations", "screen", &ror, "--open"]).iter().all(|row| row["listed"] != "Air Force Engineering University"));

    // A later decision replaces the earlier one, which stays in the earlier version.
    let before = place.rows(&["status", "--versions"]).last().unwrap()["version"].as_i64().unwrap().to_string();
    assert_eq!(decide("cleared", "a namesake").status, 0);
    let now = place.rows(&["sql", "SELECT decision FROM screening_decisions"]);
    let then = place.rows(&["sql", "SELECT decision FROM screening_decisions", "--as-of", &before]);
    assert_eq!((texts(&now, "decision"), texts(&then, "decision")), (vec!["cleared"], vec!["confirmed"]));

    let run = place.run(&[
        "organisations",
        "decide",
        "--list",
        "us-dod-1286",
        "--listed",
        "Nobody",
        "--organisation",
        &ror,
        "--decision",
        "cleared",
        "--why",
        "x",
        "--who",
        "y",
    ]);
    assert!(run.status == 2 && run.stderr.contains("is no lead"), "{}", run.stderr);
}
