use proptest::prelude::*;

use super::*;
use crate::testing::{damaged, gzip, run};

const V2: &str = r#"{"admin":{"created":{"date":"2018-11-14"},"last_modified":{"date":"2026-02-24"}},"domains":["Kaist.ac.kr","kaist.edu"],
"established":1971,"external_ids":[],"id":"https://ror.org/05apxxy63","links":[{"type":"website","value":"https://www.kaist.edu"}],
"locations":[{"geonames_details":{"country_code":"KR","lat":36.5,"lng":127.25,"name":"Daejeon"},"geonames_id":1835235},
{"geonames_details":{"country_code":"US","name":"X"}}],
"names":[{"lang":null,"types":["acronym"],"value":"KAIST"},{"lang":"ko","types":["label"],"value":"한국과학기술원"},
{"lang":"en","types":["label","ror_display"],"value":"Korea Advanced Institute of Science and Technology"},{"types":["alias"],"value":"KIT"}],
"relationships":[{"label":"Daedeok","type":"child","id":"https://ror.org/000000k01"}],"status":"active","types":["education","funder"]}"#;

const V1: &str = r#"{"id":"https://ror.org/000050t83","name":"Electronic Navigation Research Institute","established":null,"types":["Facility"],
"relationships":[{"type":"Successor","id":"https://ror.org/000000k02","label":"MPAT"}],"addresses":[{"lat":35.5,"lng":139.75,"city":"Tokyo"}],
"links":["https://www.ENRI.go.jp:8080/en?x"],"aliases":["Denshi Koho"],"acronyms":["ENRI"],"status":"Withdrawn",
"labels":[{"label":"電子航法研究所","iso639":"ja"}],"country":{"country_name":"Japan","country_code":"JP"}}"#;

const COLUMNS: [&str; 14] = [
    "source",
    "source_key",
    "ror",
    "name",
    "country",
    "city",
    "lat",
    "lng",
    "types",
    "status",
    "established",
    "domains",
    "updated_date",
    "works_count",
];

#[test]
fn both_schemas_in_one_array() {
    let all = run(format!("[{V2},{V1}]").as_bytes(), read).unwrap();
    assert!(all.rejects.is_empty(), "{:?}", all.rejects);
    let organisations = all.rows("organisations", &COLUMNS);
    assert_eq!(
        organisations[0],
        [
            "ror",
            "05apxxy63",
            "05apxxy63",
            "Korea Advanced Institute of Science and Technology",
            "KR",
            "Daejeon",
            "36.5",
            "127.25",
            "education|funder",
            "active",
            "1971",
            "Kaist.ac.kr|kaist.edu",
            "2026-02-24",
            ""
        ]
    );
    assert_eq!(
        organisations[1],
        [
            "ror",
            "000050t83",
            "000050t83",
            "Electronic Navigation Research Institute",
            "JP",
            "Tokyo",
            "35.5",
            "139.75",
            "facility",
            "withdrawn",
            "",
            "enri.go.jp",
            "",
            ""
        ]
    );
    assert_eq!(all.records[0].id, id::foreign("ror", "05apxxy63"));
    assert_eq!((Some(all.records[0].updated), all.records[1].updated), (date::parse("2026-02-24"), i32::MIN));
    let names = all.rows("organisation_names", &["name", "language", "kind"]);
    assert_eq!(names[0], ["KAIST", "", "acronym"]);
    assert_eq!(names[2], ["Korea Advanced Institute of Science and Technology", "en", "display"]);
    assert_eq!(names[5], ["電子航法研究所", "ja", "label"]);
    assert_eq!(
        names.iter().map(|name| name[2].as_str()).collect::<Vec<_>>(),
        ["acronym", "label", "display", "alias", "display", "label", "alias", "acronym"]
    );
    let relations = all.rows("organisation_relations", &["organisation_id", "relation", "related_id", "related_name"]);
    assert_eq!(relations[0][1..], ["child".to_owned(), id::foreign("ror", "000000k01").to_string(), "Daedeok".to_owned()]);
    assert_eq!(relations[1][..2], [id::foreign("ror", "000050t83").to_string(), "successor".to_owned()]);
}

#[test]
fn lines_gzip_and_zip() {
    assert_eq!(run(&gzip(format!("{}\n{}", V2.replace('\n', ""), V1.replace('\n', "")).as_bytes()), read).unwrap().records.len(), 2);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [("v2.json", format!("[{V2}]")), ("v1.json", format!("[{V1}]")), ("v2.csv", "id,name\n1,2".to_owned())] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, content.as_bytes()).unwrap();
    }
    let all = run(&zip.finish().unwrap().into_inner(), read).unwrap();
    assert_eq!((all.records.len(), all.rejects.len()), (2, 0));
}

#[test]
fn bad_records_cost_only_themselves() {
    let text = |id: &str, rest: &str| format!(r#"{{"id":"{id}","name":"n"{rest}}}"#);
    let records = [
        V2.to_owned(),
        text("https://ror.org/x", ""),
        text("https://ror.org/000000k03", r#","established":"1961""#),
        text("https://ror.org/000000k03", r#","established":99999"#),
        "17".to_owned(),
        r#"{"id":"https://ror.org/000000k03"}"#.to_owned(),
        V2.to_owned(),
        V2.replace("2026-02-24", "2026-02-25"),
        text("https://ror.org/000000k04", ""),
    ];
    let mut bytes = format!("[{}", records.join(",")).into_bytes();
    bytes.extend(b",{\"id\":\"https://ror.org/000000k05\",\"name\":\"\xff\"}]");
    let all = run(&bytes, read).unwrap();
    assert_eq!(all.records.len(), 3, "the record, its newer version and the last good one");
    let places: Vec<_> = all.rejects.iter().map(|reject| reject.record).collect();
    assert_eq!(places, [2, 3, 4, 5, 6, 7, 10]);
    assert_eq!(all.rejects[5].reason, "duplicate of record 1");
    assert_eq!(all.rejects[6].reason, "not valid UTF-8");
    assert!(all.rejects[1].reason.contains("expected i64"), "{}", all.rejects[1].reason);
}

#[test]
fn what_is_cut_off_keeps_what_was_whole() {
    let whole = gzip(format!("[{V1},{V2}]").as_bytes());
    let all = run(&format!("[{V1},{V2}").as_bytes()[..V1.len() + 100], read).unwrap();
    assert_eq!((all.records.len(), all.rejects.len(), all.rejects[0].record), (1, 1, 2));
    assert!(all.rejects[0].reason.contains("ends early"));
    let all = run(&whole[..whole.len() - 12], read).unwrap();
    assert_eq!(all.rejects.len(), 1);
    for other in [&b""[..], b"id,name\n1,2\n", b"<xml/>"] {
        assert!(matches!(run(other, read), Err(Error::Format { .. })));
    }
}

#[test]
fn hosts() {
    assert_eq!(host("https://www.kaist.edu/x"), Some("kaist.edu".to_owned()));
    assert_eq!(host("user@Example.org:80"), Some("example.org".to_owned()));
    assert_eq!(host("https://"), None);
}

proptest! {
    #[test]
    fn no_damage_panics(at in 0usize..4000, byte: u8, how: u8) {
        let _ = run(&damaged(format!("[{V2},{V1}]").as_bytes(), at, byte, how), read);
    }
}
