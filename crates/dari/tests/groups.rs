//! Groups through the built program: who belongs to them on a day, with and without a lake, and what is wrong in a user's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo};
use serde_json::Value;

fn texts<'a>(rows: &'a [Value], column: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[column].as_str().unwrap_or("")).collect()
}

#[test]
fn membership_follows_the_day() {
    let place = Place::new();
    let on = |id: &str, day: &str| place.rows(&["groups", "show", id, "--on", day]);
    let (before, after) = (on("kr-gri", "2024-01-29"), on("kr-gri", "2024-06-01"));
    assert_eq!((before.len(), after.len()), (25, 23));
    let left: Vec<_> = before.iter().filter(|row| !texts(&after, "ror").contains(&row["ror"].as_str().unwrap())).collect();
    assert_eq!(left.len(), 2);
    for row in left {
        assert!(["04g2pxh42", "037pqnq23"].contains(&row["ror"].as_str().unwrap()), "KASI and KARI: {row}");
        assert_eq!((row["from"].as_str(), row["to"].as_str()), (Some("2014-06-30"), Some("2024-05-26")));
        assert!(row["sources"].as_str().unwrap().contains("https://www.law.go.kr/"), "{row}");
    }
    assert_eq!((on("eu", "2019-01-01").len(), on("eu", "2024-01-29").len()), (28, 27));
    assert_eq!(texts(&on("kr-us-jp", "2024-01-29"), "country"), ["KR", "US", "JP"]);

    let listed = place.rows(&["groups", "list", "--on", "2024-01-29"]);
    for (id, members) in [("kr-gri", 25), ("us-doe-labs", 17), ("kr-ist", 4), ("eu", 27), ("kr-us", 2)] {
        assert_eq!(listed.iter().find(|row| row["id"] == id).unwrap()["members"], members, "{id}");
    }
    let nested = on("us-nqisrc", "2024-01-29");
    let leads: Vec<_> = nested.iter().filter(|row| row["role"] == "lead").map(|row| row["via"].as_str().unwrap()).collect();
    assert_eq!(leads, ["us-nqisrc-c2qa", "us-nqisrc-qsa", "us-nqisrc-q-next", "us-nqisrc-sqms", "us-nqisrc-qsc"]);

    // The other way round, with a member that left.
    let of = |day: &str| place.rows(&["groups", "of", "https://ror.org/037pqnq23", "--on", day]);
    assert_eq!(texts(&of("2024-05-26"), "group"), ["kr-gri"]);
    assert!(of("2024-05-27").is_empty());

    let none = place.ok(&["groups", "show", "kr-gri", "--on", "2010-01-01"]);
    assert!(none.stderr.contains(": 0 on 2010-01-01") && none.stderr.contains("The first begins on 2014-06-30."), "{}", none.stderr);

    // Without --on the day is today's, and the user is told which.
    let run = place.ok(&["groups", "show", "kr-gri", "--lang", "ko"]);
    assert!(run.stderr.contains("23 on 20") && run.stderr.contains("missing: ") && run.stderr.contains("is not a lake"), "{}", run.stderr);
    assert!(run.stdout.contains("한국핵융합에너지연구원"), "{}", run.stdout);
}

#[test]
fn the_register_gives_names_and_countries() {
    let place = Place::new();
    let record = |id: &str, name: &str, status: &str, relations: &str| {
        format!(
            r#"{{"id":"https://ror.org/{id}","status":"{status}","types":["facility"],"established":1959,"domains":[],"external_ids":[],"links":[],"names":[{{"value":"{name}","lang":"en","types":["ror_display","label"]}},{{"value":"연구원 {id}","lang":"ko","types":["label"]}}],"locations":[{{"geonames_id":1,"geonames_details":{{"name":"Daejeon","lat":36.3,"lng":127.4,"country_code":"KR","country_name":"South Korea"}}}}],"relationships":[{relations}],"admin":{{"created":{{"date":"2018-11-14","schema_version":"1.0"}},"last_modified":{{"date":"2024-05-27","schema_version":"2.0"}}}}}}"#
        )
    };
    let successor = r#"{"id":"https://ror.org/01xb4fs50","label":"Successor","type":"successor"}"#;
    let records = [
        record("01xb4fs50", "Atoms of the Register", "active", ""),
        record("01az7b475", "Standards of the Register", "inactive", successor),
    ];
    let file = place.write("ror.json", format!("[{}]", records.join(",")));
    place.ok(&["load", "ror", &file]);

    let mine = |id: &str, name: &str, more: &str| format!("[[member]]\nror = \"{id}\"\nname = \"{name}\"\n{more}");
    let head = "id = \"mine\"\nname = \"Mine\"\n";
    let good = place
        .write("good.toml", format!("{head}{}{}", mine("01xb4fs50", "Atoms", ""), mine("01az7b475", "Standards", "to = 2020-12-31\n")));
    let run = place.ok(&["groups", "validate", &good]);
    assert!(run.stderr.contains("1 group is sound"), "{}", run.stderr);
    let shown = place.rows(&["groups", "show", "mine", "--groups", &good, "--on", "2024-01-29", "--lang", "ko"]);
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0]["name"], &shown[0]["country"]), (&"연구원 01xb4fs50".into(), &"KR".into()));

    // An id that does not exist, one that has ended, one of somebody else.
    let wrong = [mine("05kzfa883", "KIST", ""), mine("01az7b475", "Standards", ""), mine("01xb4fs50", "Zoo", "")].concat();
    let wrong = place.write("wrong.toml", format!("{head}{wrong}"));
    let run = place.run(&["groups", "validate", &wrong, "--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let problems: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(texts(&problems, "ror"), ["05kzfa883", "01az7b475", "01xb4fs50"]);
    for (problem, told) in problems.iter().zip(["no such ROR id", "its successor is Atoms of the Register (01xb4fs50)", "calls it Atoms"]) {
        assert!(
            problem["file"].as_str().unwrap().ends_with("wrong.toml") && problem["problem"].as_str().unwrap().contains(told),
            "{problem}"
        );
    }
}

#[test]
fn a_group_of_ones_own_builds_on_those_that_ship() {
    let place = Place::new();
    let team = "id = \"team\"\nname = { en = \"Team\", ko = \"팀\" }\n[[member]]\ngroup = \"kr-ist\"\nrole = \"observer\"\n\
                [[member]]\nror = \"01az7b475\"\nname = \"KRISS\"\nrole = \"lead\"\nfrom = 2024-01-01\n";
    place.write("groups/team.toml", team);
    let folder = place.path("groups").to_string_lossy().into_owned();
    let shown = place.rows(&["groups", "show", "team", "--on", "2024-01-29", "--groups", &folder]);
    assert_eq!(texts(&shown, "role"), ["lead", "observer", "observer", "observer", "observer"]);
    assert_eq!(texts(&shown, "via"), ["", "kr-ist", "kr-ist", "kr-ist", "kr-ist"]);
    let mut command = place.command(&["groups", "of", "05apxxy63", "--on", "2024-01-29", "--format", "csv"]);
    let output = command.env("DARI_GROUPS", &folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("team,Team,observer,1981-01-05,,kr-ist\n"), "{text}");
    let bytes = place.command(&["groups", "list", "--format", "parquet"]).output().unwrap().stdout;
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let place = Place::new();
    let head = |id: &str| format!("id = \"{id}\"\nname = \"N\"\n");
    let member = |rest: &str| format!("[[member]]\nror = \"01az7b475\"\nname = \"KRISS\"\n{rest}");
    let a = place.write("ring/a.toml", format!("{}[[member]]\ngroup = \"b\"\n", head("a")));
    place.write("ring/b.toml", format!("{}[[member]]\ngroup = \"a\"\n", head("b")));
    let ring = place.path("ring").to_string_lossy().into_owned();
    let overlap = format!("{}{}{}", head("mine"), member("to = 2024-01-29\n"), member("from = 2024-01-29\n"));
    let overlap = place.write("overlap.toml", overlap);
    let digits = place.write("digits.toml", format!("{}{}", head("mine"), member("").replace("01az7b475", "01az7b476")));
    let shipped = place.write("shipped.toml", format!("{}{}", head("kr-gri"), member("")));
    for (args, status, told) in [
        (vec!["groups", "validate", &ring], 1, vec!["ring", "a → b → a"]),
        (vec!["groups", "validate", &a], 1, vec!["a.toml: line 3", "no group 'b'"]),
        (vec!["groups", "validate", &overlap], 1, vec!["overlap.toml: line 7", "KRISS", "2024-01-29", "must not overlap"]),
        (vec!["groups", "validate", &digits], 1, vec!["digits.toml: line 4", "01az7b476", "README"]),
        (vec!["groups", "list", "--groups", &shipped], 1, vec!["shipped.toml", "'kr-gri' ships with dari"]),
        (vec!["groups", "list", "--groups", "nowhere"], 1, vec!["nowhere"]),
        (vec!["groups", "show", "kr-grl"], 2, vec!["did you mean kr-gri?", "dari groups list"]),
        (vec!["groups", "show", "kr-gri", "--on", "yesterday"], 2, vec!["'yesterday' is no date"]),
        (vec!["groups", "of", "KAIST"], 2, vec!["'KAIST' is no ROR id"]),
    ] {
        let run = place.run(&args);
        assert_eq!(run.status, status, "{args:?}: {}", run.stderr);
        for part in told {
            assert!(run.stderr.contains(part), "{args:?}: {} should hold {part}", run.stderr);
        }
        assert!(run.stdout.is_empty(), "an error is not an answer: {}", run.stdout);
    }
}

#[test]
fn what_ships_is_sound() {
    let place = Place::new();
    let run = place.ok(&["groups", "validate"]);
    assert!(run.stderr.contains("groups are sound") && run.stderr.contains("is not a lake"), "{}", run.stderr);
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    let run = place.ok(&["groups", "validate"]);
    assert!(run.stderr.contains("groups are sound") && run.stdout.lines().count() <= 2, "{}{}", run.stdout, run.stderr);
}
