//! `dari brief`, through the built program on the shipped data: every kind in both languages and all forms, the same bytes for the same input, what is private,
//! templates, and what changed between two.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use common::{Place, demo, project};
use serde_json::Value;

/// The shipped data and register, for all tests.
static SHIPPED: LazyLock<Place> = LazyLock::new(|| {
    let place = Place::new();
    place.ok(&["demo", "--data", &project().join("demo").to_string_lossy()]);
    place.ok(&["register", "init", "--demo"]);
    place
});

/// Each kind with what it is about.
const KINDS: [&[&str]; 6] = [
    &["--kind", "cooperation", "KR", "US", "--technology", "quantum,fusion,batteries", "--partners", "0"],
    &["--kind", "meeting", "--record", "dialogue.kr-us-science", "KR", "US", "--technology", "quantum", "--partners", "0"],
    &["--kind", "renewal", "--record", "example.agreement"],
    &["--kind", "workshop", "--record", "example.workshop.held"],
    &["--kind", "results", "--record", "example.programme"],
    &["--kind", "country", "KR"],
];
const DAY: [&str; 2] = ["--date", "2026-11-27"];

fn kind(args: &[&'static str]) -> &'static str {
    args[1]
}

/// The parts of a file that is a zip archive.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().to_owned(), bytes)
        })
        .collect()
}

/// Reads XML to its end and gives its text.
fn xml(name: &str, bytes: &[u8]) -> String {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let (mut text, mut buffer) = (String::new(), Vec::new());
    loop {
        match reader.read_event_into(&mut buffer).unwrap_or_else(|error| panic!("{name}: {error}")) {
            quick_xml::events::Event::Eof => return text,
            quick_xml::events::Event::Text(part) => text += &String::from_utf8_lossy(&part),
            _ => {}
        }
        buffer.clear();
    }
}

/// All texts of a value.
fn texts<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, into)),
        _ => {}
    }
}

/// What the program says with its answers is in the document's language, and what a record links is called by its name.
#[test]
fn notes_and_names_are_in_the_language_of_the_document() {
    let place = &*SHIPPED;
    let hangul = |text: &str| text.chars().any(|letter| ('가'..='힣').contains(&letter));
    for args in KINDS {
        for lang in ["en", "ko"] {
            let output = place.path(&format!("said.{}.{lang}.json", kind(args))).to_string_lossy().into_owned();
            place.ok(&[&["brief", "--lang", lang], args, &DAY, &["-o", &output]].concat());
            let kept: Value = serde_json::from_slice(&std::fs::read(&output).unwrap()).unwrap();
            let mut said: Vec<&str> = Vec::new();
            kept["answers"]["tables"].as_array().unwrap().iter().for_each(|table| texts(&table["notes"], &mut said));
            kept["answers"]["unanswered"].as_array().unwrap().iter().for_each(|one| said.push(one["why"].as_str().unwrap()));
            assert!(!said.is_empty(), "{}", kind(args));
            if lang == "ko" {
                assert!(said.iter().all(|text| hangul(text)), "{}: {said:?}", kind(args));
            }
            let mut shown = Vec::new();
            texts(&kept["document"], &mut shown);
            assert!(!shown.iter().any(|text| text.contains("org.kfe")), "{}", kind(args));
            if kind(args) == "workshop" {
                let name = if lang == "ko" { "한국핵융합에너지연구원" } else { "Korea Institute of Fusion Energy" };
                assert!(shown.iter().any(|text| text.contains("Han Ji-woo") && text.contains(name)));
            }
        }
    }
}

/// From the fifth series on bars and dots have stripes, so that they are told apart in grey.
#[test]
fn more_series_than_shades_are_told_apart() {
    let place = &*SHIPPED;
    for (countries, striped) in [(&["KR", "US", "JP", "DE"][..], false), (&["KR", "US", "JP", "DE", "CN"], true)] {
        let output = place.path(&format!("series.{}.html", countries.len())).to_string_lossy().into_owned();
        place.ok(&[&["brief"], countries, &["--technology", "quantum", "--partners", "0"], &DAY, &["-o", &output]].concat());
        assert_eq!(std::fs::read_to_string(&output).unwrap().contains("<pattern"), striped, "{countries:?}");
    }
}

#[test]
fn every_kind_in_both_languages_and_all_forms() {
    let place = &*SHIPPED;
    for args in KINDS {
        let name = kind(args);
        let outputs =
            ["pdf", "docx", "xlsx", "html", "json"].map(|ending| place.path(&format!("{name}.{ending}")).to_string_lossy().into_owned());
        let mut all = [&["brief", "--both"], args, &DAY].concat();
        all.extend(outputs.iter().flat_map(|output| ["-o", output.as_str()]));
        let run = place.ok(&all);
        assert!(!run.stderr.contains("no font has"), "{name}: {}", run.stderr);
        for lang in ["en", "ko"] {
            let read = |ending: &str| std::fs::read(place.path(&format!("{name}.{lang}.{ending}"))).unwrap();
            let kept: Value = serde_json::from_slice(&read("json")).unwrap();
            let title = kept["document"]["title"].as_str().unwrap();
            let tables = kept["document"]["parts"].as_array().unwrap().iter().flat_map(|part| part["blocks"].as_array().unwrap());
            let tables = tables.filter(|block| block["is"] == "table").count();
            // PDF/A-2a and PDF/UA-1 by its own metadata, which stand in it as they are.
            let pdf = read("pdf");
            let text = String::from_utf8_lossy(&pdf);
            let locale = if lang == "en" { "en-GB" } else { "ko-KR" };
            for told in [
                "<pdfaid:part>2<",
                "<pdfaid:conformance>A<",
                "<pdfuaid:part>1<",
                &format!("<rdf:li>{locale}<"),
                "/StructTreeRoot",
                "/Outlines",
                "/Marked true",
            ] {
                assert!(text.starts_with("%PDF-1.7") && text.contains(told), "{name} {lang}: {told}");
            }
            let docx = parts(&read("docx"));
            for (part, bytes) in docx.iter().filter(|(part, _)| part.ends_with(".xml") || part.ends_with(".rels") || part.ends_with(".svg"))
            {
                let text = xml(part, bytes);
                assert!(
                    part != "word/document.xml"
                        || (text.contains(title) && bytes.windows(7).filter(|bytes| bytes == b"<w:tbl>").count() == tables)
                );
            }
            let drawings = docx.iter().filter(|(part, _)| part.ends_with(".svg")).count();
            assert_eq!(drawings, docx.iter().filter(|(part, _)| part.ends_with(".png")).count());
            let html = String::from_utf8(read("html")).unwrap();
            assert!(html.contains(&format!("<html lang=\"{lang}\">")) && html.matches("<table>").count() == tables);
            assert!(!html.contains("src=\"http") && !html.contains("<script") && html.matches("role=\"img\"").count() == drawings);
            let book = parts(&read("xlsx"));
            assert_eq!(book.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet")).count(), tables + 1);
        }
    }
    // The figures are those of the command that is named beside them.
    let kept: Value = serde_json::from_slice(&std::fs::read(place.path("cooperation.en.json")).unwrap()).unwrap();
    let table = kept["answers"]["tables"].as_array().unwrap().iter().find(|table| table["id"] == "position kr-nst-2023 field").unwrap();
    let command = table["command"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let rows = place.rows(&words);
    let columns: Vec<&str> = table["columns"].as_array().unwrap().iter().map(|column| column.as_str().unwrap()).collect();
    assert_eq!(rows.len(), table["rows"].as_array().unwrap().len());
    for (row, kept) in rows.iter().zip(table["rows"].as_array().unwrap()) {
        for (column, cell) in columns.iter().zip(kept.as_array().unwrap()) {
            assert_eq!(row[column], *cell, "{column} of `{command}`");
        }
    }
    // What is overdue is so on the day of the briefing, and what one side alone has to do is told too.
    let of = |id: &str| kept["answers"]["tables"].as_array().unwrap().iter().find(|table| table["id"] == id).unwrap().clone();
    let open = of("open");
    let cell = |row: &Value, name: &str| {
        let column = open["columns"].as_array().unwrap().iter().position(|column| column == name).unwrap();
        row[column].clone()
    };
    let rows = open["rows"].as_array().unwrap();
    for row in rows {
        let (due, overdue) = (cell(row, "due"), cell(row, "overdue"));
        assert_eq!(overdue, due.as_str().is_some_and(|due| due < "2026-11-27"), "{row}");
    }
    assert!(rows.iter().any(|row| cell(row, "overdue") == true) && rows.iter().any(|row| cell(row, "sides") == "US"));
    let said = kept["document"].to_string();
    assert!(said.contains("the last day for notice, 15 August 2026, has passed") && !said.contains("demo/money"));
    // What one framework lacks is taken from another: 핵융합 is none of the fields of 2023.
    assert!(kept["answers"]["tables"].to_string().contains("energy-nuclear.fusion"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let place = &*SHIPPED;
    for ending in ["pdf", "docx", "xlsx", "html", "json"] {
        let write = |name: &str| {
            let file = place.path(&format!("{name}.{ending}"));
            place.ok(&[&["brief", "-o", &file.to_string_lossy()][..], KINDS[0], &DAY].concat());
            std::fs::read(file).unwrap()
        };
        assert!(write("once") == write("again"), "{ending}");
    }
}

/// Three countries: works together are those of each pair, and who is ahead is who the intervals tell apart.
#[test]
fn three_countries_are_told_pair_by_pair() {
    let place = &*SHIPPED;
    let file = place.path("three.json");
    place
        .ok(&[&["brief", "KR", "US", "JP", "--technology", "batteries", "--partners", "0", "-o", &file.to_string_lossy()][..], &DAY]
            .concat());
    let kept: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let of = |id: &str| kept["answers"]["tables"].as_array().unwrap().iter().find(|table| table["id"] == id).unwrap().clone();
    let said = kept["document"].to_string();
    for (pair, words) in
        [("trend KR US", "South Korea and the United States published"), ("trend KR JP", "South Korea and Japan published")]
    {
        let last = of(pair)["rows"].as_array().unwrap().last().unwrap()[1].as_f64().unwrap();
        let works = format!("{},{:03}", last as u64 / 1000, last as u64 % 1000);
        assert!(said.contains(&format!("{words} {works} works")), "{words} {works}");
    }
    assert!(said.contains("In Secondary batteries South Korea puts in more of its research"), "{said}");
    assert!(!said.contains("Japan puts in more of its research than the United States"));
}

/// What a side keeps to itself reaches no briefing but its own that asks for it, of whatever kind.
#[test]
fn what_is_private_stays_private() {
    let place = Place::new();
    place.ok(&["register", "init", "--demo"]);
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    place.ok(&["load", "aggregates", "country-topic", &demo("aggregates/country_topic_2010_2024.parquet")]);
    let add = |args: &[&str]| {
        place.ok(&[&["register", "--user", "hong", "add"], args].concat());
    };
    let secret = "HUSHHUSH";
    let name = format!("name.en={secret}");
    // Of every kind that briefings speak of, and hanging on what they are about.
    let both = "[{side: KR}, {side: US}]";
    for (id, from) in
        [("c1", "commitment.2024.workshop"), ("c2", "example.agreement"), ("c3", "example.workshop.held"), ("c4", "example.programme")]
    {
        let (from, owners) = (format!("from={from}"), format!("owners={both}"));
        add(&["commitment", "--private", "--id", id, &name, &from, "made=2024-02-01", "due=2026-01-01", &owners]);
    }
    let parties = format!("parties={both}");
    add(&["agreement", "--private", "--id", "a", &name, "level=memorandum", "signed=2024-01-01", "until=2027-01-01", &parties]);
    let text = format!("text.en={secret}");
    add(&["statement", "--private", "--id", "s", "date=2024-02-01", "side=KR", "to=US", &text, "meeting=meeting.2024-01-22.arpa-e"]);
    add(&["note", "--private", "--id", "n", &text, "see=example.agreement; example.workshop.held; example.programme"]);
    for args in KINDS {
        let write = |more: &[&str]| {
            let file = place.path("private.json");
            place.ok(&[&["brief", "-o", &file.to_string_lossy()][..], args, &DAY, more].concat());
            std::fs::read_to_string(file).unwrap()
        };
        assert!(!write(&[]).contains(secret), "{}", kind(args));
        assert!(!write(&["--internal", "--user", "smith"]).contains(secret), "{}", kind(args));
        // A name alone asks for nothing private.
        assert!(!write(&["--user", "hong"]).contains(secret), "{}", kind(args));
        let own = write(&["--internal", "--user", "hong"]);
        assert!(own.contains("Internal to KR") && own.contains(secret), "{}", kind(args));
    }
    let run = place.run(&[&["brief", "-o", "x.pdf", "--internal"], KINDS[0]].concat());
    assert!(run.status == 2 && run.stderr.contains("--user"), "{}", run.stderr);
}

#[test]
fn templates_are_files_that_can_be_replaced() {
    let place = &*SHIPPED;
    let folder = place.path("template");
    let folder = folder.to_string_lossy();
    place.ok(&["brief", "--template", &folder, "--begin"]);
    place.ok(&["brief", "--template", &folder, "--check"]);
    let change = |file: &str, from: &str, to: &str| {
        let path = Path::new(folder.as_ref()).join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    };
    // Letterhead, order and wording.
    change("contents.toml", "Prepared with dari", "Ministry of Bridges");
    change("contents.toml", "cooperation = [\"summary\", \"position\",", "cooperation = [\"position\",");
    change("words.en.toml", "{country} publishes {share}", "Of {country} comes {share}");
    place.ok(&["brief", "--template", &folder, "--check"]);
    let file = place.path("own.html");
    place.ok(&[&["brief", "--template", &folder, "-o", &file.to_string_lossy()], KINDS[0], &DAY].concat());
    let html = std::fs::read_to_string(file).unwrap();
    assert!(
        html.contains("Ministry of Bridges") && html.contains("Of South Korea comes 0.9\u{A0}%") && !html.contains(">1. Summary<"),
        "{html}"
    );
    // All that is wrong is told, with its file and place.
    change("words.en.toml", "Of {country} comes {share}", "Of {kountry} comes {share}");
    change("words.ko.toml", "pair = ", "pear = ");
    change("contents.toml", "cooperation = [\"position\",", "cooperation = [\"positions\",");
    let run = place.run(&["brief", "--template", &folder, "--check"]);
    assert_eq!(run.status, 1);
    for told in ["{kountry}", "'partners.pair' is missing", "'partners.pear' is not used", "no part 'positions'"] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
    change("contents.toml", "positions", "position");
    change("words.en.toml", "{kountry}", "{country}");
    change("words.ko.toml", "pear = ", "pair = ");
    change("briefing.typ", "#set par(", "#set pear(");
    let run = place.run(&["brief", "--template", &folder, "--check"]);
    assert!(run.status == 1 && run.stderr.contains("briefing.typ: line"), "{}", run.stderr);
}

#[test]
fn what_changed_is_told_with_why() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    place.ok(&["load", "aggregates", "country-topic", &demo("aggregates/country_topic_2010_2024.parquet")]);
    place.ok(&["register", "init", "--demo"]);
    let write = |name: &str, more: &[&str]| {
        let file = place.path(name).to_string_lossy().into_owned();
        place.ok(&[&["brief", "KR", "US", "--technology", "quantum", "--partners", "0", "-o", &file][..], &DAY, more].concat());
        file
    };
    let diff = |old: &str, new: &str| place.rows(&["brief", "diff", old, new]);
    let (first, again) = (write("first.json", &[]), write("again.json", &[]));
    assert_eq!(diff(&first, &again), Vec::<Value>::new());
    // The register: a commitment is done.
    place.ok(&["register", "--user", "hong", "move", "commitment.2024.workshop", "started", "--on", "2026-11-01"]);
    let moved = write("moved.json", &[]);
    let found = diff(&first, &moved);
    assert!(!found.is_empty() && found.iter().all(|row| row["why"] == "the register"), "{found:?}");
    assert!(
        found.iter().any(|row| row["row"] == "commitment.2024.workshop"
            && row["column"] == "state"
            && row["before"] == "Agreed"
            && row["after"] == "Started"),
        "{found:?}"
    );
    // Other data, and another question.
    place.ok(&["load", "awards", "--source", "doe-sheet", &demo("awards/doe_hep_grants.csv")]);
    let loaded = diff(&moved, &write("loaded.json", &[]));
    assert!(loaded.iter().any(|row| row["why"] == "other data"), "{loaded:?}");
    let other = diff(&first, &write("other.json", &["--framework", "us-chips-2022"]));
    assert!(other.iter().any(|row| row["why"] == "another question" || row["after"] == "gone"), "{other:?}");
    let run = place.run(&["brief", "diff", &first, &place.write("none.json", "{}")]);
    assert!(run.status == 1 && run.stderr.contains("none.json"), "{}", run.stderr);
}

#[test]
fn misuse_says_what_to_do() {
    let place = &*SHIPPED;
    for (args, told) in [
        (&["brief", "KR", "-o", "x.pdf"][..], "two countries"),
        (&["brief", "KR", "US"], "-o"),
        (&["brief", "KR", "US", "-o", "x.odt"], ".docx"),
        (&["brief", "--kind", "renewal", "-o", "x.pdf"], "--record"),
        (&["brief", "KR", "US", "--technology", "alchemy", "-o", "x.pdf"], "alchemy"),
        (&["brief", "KR", "US", "--date", "yesterday", "-o", "x.pdf"], "2024-01-22"),
        (&["brief", "--kind", "renewal", "--record", "nothing", "-o", "x.pdf"], "no record 'nothing'"),
    ] {
        let run = place.run(args);
        assert!(run.status != 0 && run.stderr.contains(told), "{args:?}: {}", run.stderr);
    }
}
