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
    for (day, told) in [
        ("2024-05-26", "Korea Aerospace Research Institute: in 1 group on 2024-05-26"),
        ("2024-05-27", "Korea Aerospace Research Institute: in 0 groups on 2024-05-27\nwas in kr-gri until 2024-05-26\n"),
        ("2010-01-01", "Korea Aerospace Research Institute: in 0 groups on 2010-01-01\nis in kr-gri from 2014-06-30\n"),
    ] {
        let run = place.ok(&["groups", "of", "037pqnq23", "--on", day]);
        assert!(run.stderr.contains(told) && (day == "2024-05-26") == run.stderr.ends_with("group on 2024-05-26\n"), "{}", run.stderr);
    }

    let none = place.ok(&["groups", "show", "kr-gri", "--on", "2010-01-01"]);
    assert!(none.stderr.contains(": 0 on 2010-01-01") && none.stderr.contains("The first begins on 2014-06-30."), "{}", none.stderr);

    // Without --on the day is today's, and the user is told which.
    let run = place.ok(&["groups", "show", "kr-gri"]);
    assert!(run.stderr.contains("23 on 20") && run.stderr.contains("missing: ") && run.stderr.contains("is not a lake"), "{}", run.stderr);
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
    for (problem, told) in problems.iter().zip([
        "no such ROR id",
        "its successor is Atoms of the Register (01xb4fs50)",
        "the register has 01xb4fs50 as Atoms of the Register",
    ]) {
        assert!(
            problem["file"].as_str().unwrap().ends_with("wrong.toml") && problem["problem"].as_str().unwrap().contains(told),
            "{problem}"
        );
    }

    // What is wrong in the form of one file hides nothing of another, nor what the register says of the rest of it.
    let form = place.write("form.toml", format!("{head}{}", mine("01xb4fs50", "Zoo", "role = \"boss\"\n")).replace("mine", "form"));
    let run = place.run(&["groups", "validate", &form, &wrong, "--format", "json"]);
    let problems: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(texts(&problems, "ror"), ["01xb4fs50", "05kzfa883", "01az7b475", "01xb4fs50"]);
    assert!(run.stderr.contains("4 problems in 2 files"), "{}", run.stderr);

    // Ids of organisations: those of the register, and what it does not have.
    let run = place.run(&["groups", "of", "037pqnq23", "--on", "2024-01-29"]);
    assert!(
        run.status == 0 && run.stderr.contains("note: the register has no organisation 037pqnq23"),
        "in a group all the same: {}",
        run.stderr
    );
    for (id, told) in [("02catss52", "the register has no organisation 02catss52"), ("I12345", "the register has no organisation I12345")] {
        let run = place.run(&["groups", "of", id]);
        assert!(run.status == 2 && run.stderr.contains(told) && run.stderr.contains("dari organisations search NAME"), "{}", run.stderr);
    }
    let institution = r#"{"id":"https://openalex.org/I12345","ror":"https://ror.org/01xb4fs50","display_name":"Atoms","country_code":"KR","type":"facility","updated_date":"2024-01-01T00:00:00","display_name_alternatives":[],"display_name_acronyms":[],"geo":{},"lineage":[]}"#;
    place.write("openalex/institutions/updated_date=2024-01-01/part_000.jsonl", institution);
    place.ok(&["load", "openalex", &place.path("openalex").to_string_lossy()]);
    let run = place.ok(&["groups", "of", "https://openalex.org/I12345", "--on", "2024-01-29", "--groups", &good]);
    assert!(run.stdout.contains("mine") && run.stderr.contains("Atoms of the Register: in 2 groups"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn names_of_others_are_found_in_the_register() {
    let place = Place::new();
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    let mixed = [
        ("02jbv0t02", "Brookhaven National Laboratory", "Lawrence Berkeley National Laboratory", "02ex6cf31"),
        ("05gvnxz63", "Oak Ridge National Laboratory", "Argonne National Laboratory", "01qz5mb56"),
        ("04h9pn542", "Yonsei University", "Seoul National University", "01wjejq96"),
        ("05kzfa883", "Korea Advanced Institute of Science and Technology", "Korea Institute of Science and Technology", "05apxxy63"),
    ];
    let members: String = mixed.iter().map(|(ror, name, ..)| format!("[[member]]\nror = \"{ror}\"\nname = \"{name}\"\n")).collect();
    let file = place.write("mixed.toml", format!("id = \"mixed\"\nname = \"M\"\n{members}"));
    let run = place.run(&["groups", "validate", &file, "--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let problems: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(problems.len(), 4, "{}", run.stdout);
    for (problem, (ror, name, is, other)) in problems.iter().zip(mixed) {
        assert_eq!(problem["problem"], format!("the register has {ror} as {is}; {name} is {other}"));
    }
}

#[test]
fn tables_show_notes_and_speak_korean() {
    let place = Place::new();
    let run = place.ok(&["groups", "show", "us-doe-labs"]);
    assert!(run.stdout.lines().next().unwrap().contains("note") && run.stdout.contains("steward: Office of Science"), "{}", run.stdout);
    assert!(run.stderr.contains("The sources of each member come with --format csv."), "{}", run.stderr);
    let run = place.ok(&["groups", "show", "kr-us"]);
    assert!(!run.stdout.contains("note"), "no country has a note: {}", run.stdout);

    let head = |args: &[&str]| {
        let run = place.ok(&[args, &["--lang", "ko", "--on", "2024-01-29"]].concat());
        (run.stdout.lines().next().unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>(), run)
    };
    let (columns, run) = head(&["groups", "show", "us-nqisrc-c2qa"]);
    assert_eq!(columns, ["역할", "이름", "ROR", "국가", "시작일", "종료일", "경유", "비고"]);
    assert!(run.stdout.contains("주관") && run.stdout.contains("회원") && !run.stdout.contains("member"), "{}", run.stdout);
    let (columns, run) = head(&["groups", "list"]);
    assert_eq!(columns, ["그룹", "이름", "구성", "구성원", "수", "누락", "파일"]);
    assert!(run.stderr.contains("2024-01-29 기준 구성원"), "{}", run.stderr);
    let (columns, run) = head(&["groups", "of", "037pqnq23"]);
    assert_eq!(columns, ["그룹", "이름", "역할", "시작일", "종료일", "경유"]);
    assert!(run.stderr.contains("한국항공우주연구원: 2024-01-29 기준 그룹 1개에 속함"), "{}", run.stderr);
    let (columns, _) = head(&["groups", "show", "eu"]);
    assert_eq!(columns[..4], ["국가", "이름", "시작일", "종료일"]);
    let run = place.ok(&["groups", "show", "kr-gri", "--lang", "ko", "--on", "2024-06-01"]);
    assert!(run.stdout.contains("한국핵융합에너지연구원"), "{}", run.stdout);
    for line in run.stderr.lines() {
        assert!(line.chars().any(|c| ('가'..='힣').contains(&c)), "not in Korean: {line}");
    }
    for part in ["레이크가 아님", "2024-06-01 기준 23개 기관", "출처: ", "누락: ", "구성원별 출처: --format csv"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    // Programs find the same columns and values in every language.
    let run = place.ok(&["groups", "show", "us-nqisrc-c2qa", "--lang", "ko", "--on", "2024-01-29", "--format", "csv"]);
    assert!(run.stdout.starts_with("role,name,ror,country,from,to,via,sources,note\nlead,"), "{}", run.stdout);

    let file = place.write("mine.toml", "id = \"mine\"\nname = \"M\"\n[[member]]\nror = \"KRISS\"\nname = \"K\"\nrole = \"boss\"\n");
    let run = place.run(&["groups", "validate", &file, "--lang", "ko"]);
    assert!(run.stdout.contains("'KRISS': ROR id가 아님") && run.stdout.contains("주관") && run.stdout.contains("문제"), "{}", run.stdout);
    assert!(run.stderr.contains("파일 1개에서 문제 2건"), "{}", run.stderr);
    for (args, told) in [
        (&["groups", "show", "kr-grl"][..], "혹시 kr-gri?"),
        (&["groups", "show", "eu", "--on", "03/04/2024"], "연도가 먼저 오는 날짜가 아님"),
        (&["groups", "of", "KARI"], "찾기: `dari organisations search NAME`"),
        (&["groups", "of", "I12345"], "등록부가 레이크에 없음"),
    ] {
        let run = place.run(&[args, &["--lang", "ko"]].concat());
        assert!(run.status == 2 && run.stderr.contains(told), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn days_are_read_with_the_year_first() {
    let place = Place::new();
    let told = |day: &str| place.run(&["groups", "show", "kr-us", "--on", day]);
    for day in ["2024-01-09", "2024/01/09", "2024.1.9", "2024-1-9", "20240109"] {
        let run = told(day);
        assert!(run.status == 0 && run.stderr.contains(": 2 on 2024-01-09"), "{day}: {}", run.stderr);
    }
    for day in ["03/04/2024", "2024-02-30", "yesterday", "01-09-2024"] {
        let run = told(day);
        assert!(run.status == 2 && run.stderr.contains(day) && run.stderr.contains("--on 2024-01-29"), "{day}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{}", run.stdout);
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
    let b = place.path("ring/b.toml").to_string_lossy().into_owned();
    let quotes =
        place.write("quotes.toml", format!("{}{}", head("mine"), member("from = \"2020-02-03\"\nto = 2023-02-29\nrole = \"boss\"\n")));
    let open = place.write("open.toml", "id = \"open\"\nname = \"O\n");
    // Files given together are read together, and all that is wrong in them is told.
    for (files, told) in [
        (vec![&ring], vec![("a.toml", 3, "a → b → a")]),
        (vec![&a, &b], vec![("a.toml", 3, "a → b → a")]),
        (vec![&a], vec![("a.toml", 3, "there is no group 'b'")]),
        (vec![&overlap], vec![("overlap.toml", 7, "must not overlap")]),
        (
            vec![&quotes, &open, &digits],
            vec![
                ("quotes.toml", 6, "write the date without quotes: 2020-02-03"),
                ("quotes.toml", 7, "there is no day 2023-02-29"),
                ("quotes.toml", 8, "role must be lead, member or observer, found boss"),
                ("open.toml", 2, "this is not TOML"),
                ("digits.toml", 4, "01az7b476"),
            ],
        ),
    ] {
        let args: Vec<&str> =
            ["groups", "validate", "--format", "json"].into_iter().chain(files.iter().map(|file| file.as_str())).collect();
        let run = place.run(&args);
        assert!(run.status == 1 && run.stderr.contains("README") && !run.stderr.contains("dari groups validate"), "{}", run.stderr);
        let problems: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
        assert!(problems.len() >= told.len(), "{}", run.stdout);
        for (file, line, message) in told {
            let is = |problem: &&Value| {
                let text = |column: &str| problem[column].as_str().unwrap_or_default();
                text("file").ends_with(file) && problem["line"] == line && text("problem").contains(message)
            };
            assert!(problems.iter().any(|problem| is(&problem)), "{file}, {line}: {message}: {}", run.stdout);
        }
    }
    for (args, status, told) in [
        (
            vec!["groups", "list", "--groups", &overlap],
            1,
            vec!["overlap.toml: line 7", "KRISS", "2024-01-29", "must not overlap", "README"],
        ),
        (
            vec!["groups", "list", "--groups", &quotes],
            1,
            vec!["quotes.toml: line 6", "quotes.toml: line 8", "`dari groups validate FILE` checks"],
        ),
        (vec!["groups", "list", "--groups", &shipped], 1, vec!["shipped.toml", "'kr-gri' ships with dari"]),
        (vec!["groups", "list", "--groups", "nowhere"], 1, vec!["nowhere"]),
        (vec!["groups", "show", "kr-grl"], 2, vec!["did you mean kr-gri?", "dari groups list"]),
        (vec!["groups", "of", "KAIST"], 2, vec!["'KAIST' is no ROR id", "find one with `dari organisations search NAME`"]),
        (vec!["groups", "of", "I12345"], 2, vec!["I12345", "no lake with the register"]),
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
