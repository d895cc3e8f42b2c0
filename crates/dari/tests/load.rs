//! Loading: forms of OpenAlex, garbage, interruption, servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{Place, demo, gzip, work};
use rand::{Rng, SeedableRng};

#[test]
fn lines_pages_and_arrays_of_both_schemas() {
    let place = Place::new();
    let (one, two, three) = (work(11, "2026-01-01", "One"), work(12, "2026-01-01", "Two"), work(13, "2026-01-01", "Three"));
    // 2023: one affiliation string an author, concepts, the venue apart, no topics.
    let old = r#"{"id":"https://openalex.org/W14","display_name":"Old","publication_year":2019,"host_venue":{"id":"https://openalex.org/S5","display_name":"Liver"},
        "authorships":[{"author":{"id":"https://openalex.org/A1"},"institutions":[{"id":"https://openalex.org/I1","country_code":"NL"},{"id":"https://openalex.org/I2","country_code":"US"}],
        "raw_affiliation_string":"Utrecht"},{"author":{"id":"https://openalex.org/A2"},"institutions":[],"raw_affiliation_string":"Nowhere"}],"concepts":[{"id":"https://openalex.org/C1","score":"0.5"}],
        "updated_date":"2023-04-06T23:59:58"}"#;
    let files = [
        place.write("lines.jsonl.gz", gzip(format!("{one}\n\n{}\n", old.replace('\n', " ")))),
        place.write("page.json", format!("{{\"meta\": {{\"count\": 1}},\n \"results\": [{two}]}}")),
        place.write("array.json", format!("[{three}]")),
    ];
    for file in &files {
        place.ok(&["load", "openalex", file]);
    }
    assert_eq!(place.number("SELECT count(*) FROM works"), 4.0);
    let rows = place.rows(&["sql", "SELECT country, weight FROM authorships WHERE work_id = 14 ORDER BY position, country"]);
    // Two authors; the first one's half is split over two institutions, the second's is unknown.
    let weights: Vec<_> = rows.iter().map(|row| (row["country"].as_str(), row["weight"].as_f64().unwrap())).collect();
    assert_eq!(weights, [(Some("NL"), 0.25), (Some("US"), 0.25), (None, 0.5)]);
    assert_eq!(place.rows(&["sql", "SELECT venue, title FROM works WHERE id = 14"])[0]["venue"], "Liver");
}

#[test]
fn the_other_kinds_of_records() {
    let place = Place::new();
    let records = [
        (
            "authors",
            r#"{"id":"https://openalex.org/A5","display_name":"Kim Minji","orcid":"https://orcid.org/0000-0001","works_count":7,"cited_by_count":9,"last_known_institutions":[{"id":"https://openalex.org/I3","country_code":"KR"}],"updated_date":"2026-01-01"}"#,
        ),
        (
            "institutions",
            r#"{"id":"https://openalex.org/I3","ror":"https://ror.org/04yr1s766","display_name":"Korea Institute of Fusion Energy","country_code":"KR","type":"facility","geo":{"city":"Daejeon","latitude":36.35,"longitude":127.38},"homepage_url":"https://www.kfe.re.kr/eng","works_count":70,"display_name_acronyms":["KFE"],"display_name_alternatives":["한국핵융합에너지연구원"],"associated_institutions":[{"id":"https://openalex.org/I4","display_name":"NST","relationship":"parent"}]}"#,
        ),
        (
            "sources",
            r#"{"id":"https://openalex.org/S6","display_name":"Nuclear Fusion","type":"journal","issn_l":"0029-5515","host_organization_name":"IOP","country_code":"GB","works_count":3}"#,
        ),
        (
            "funders",
            r#"{"id":"https://openalex.org/F7","display_name":"National Research Foundation of Korea","country_code":"KR","ids":{"ror":"https://ror.org/013aysd81"},"works_count":2}"#,
        ),
        (
            "topics",
            r#"{"id":"https://openalex.org/T10346","display_name":"Magnetic confinement fusion research","keywords":["Tokamak","Plasma"],"subfield":{"id":"https://openalex.org/subfields/3106","display_name":"Nuclear and High Energy Physics"},"field":{"id":"https://openalex.org/fields/31","display_name":"Physics and Astronomy"},"domain":{"id":"https://openalex.org/domains/3","display_name":"Physical Sciences"}}"#,
        ),
    ];
    for (kind, record) in records {
        // Told by the folder of the snapshot, or by the id.
        let name = if kind == "topics" { "any.jsonl".to_owned() } else { format!("data/{kind}/updated_date=2026-01-01/part_000.gz") };
        place.ok(&["load", "openalex", &place.write(&name, gzip(record))]);
    }
    let one = |query: &str| place.rows(&["sql", query])[0].clone();
    assert_eq!(
        one("SELECT id, orcid, last_institution_id, last_country FROM authors"),
        serde_json::json!({"id": 5, "orcid": "0000-0001", "last_institution_id": 3, "last_country": "KR"})
    );
    assert_eq!(
        one("SELECT ror, city, domains, lat FROM organisations"),
        serde_json::json!({"ror": "04yr1s766", "city": "Daejeon", "domains": "kfe.re.kr", "lat": 36.35})
    );
    assert_eq!(place.number("SELECT count(*) FROM organisation_names WHERE organisation_id = 3"), 3.0);
    assert_eq!(one("SELECT relation, related_id FROM organisation_relations"), serde_json::json!({"relation": "parent", "related_id": 4}));
    assert_eq!(one("SELECT issn_l, publisher FROM sources"), serde_json::json!({"issn_l": "0029-5515", "publisher": "IOP"}));
    assert_eq!(one("SELECT id, ror FROM funders"), serde_json::json!({"id": 7, "ror": "013aysd81"}));
    assert_eq!(
        one("SELECT id, subfield_id, field, keywords FROM topics"),
        serde_json::json!({"id": 10346, "subfield_id": 3106, "field": "Physics and Astronomy", "keywords": "Tokamak|Plasma"})
    );
}

/// The same real records as nested Parquet, as the public snapshot has them.
fn to_parquet(json: &str, path: &Path) {
    let (schema, _) = arrow::json::reader::infer_json_schema(json.as_bytes(), None).unwrap();
    let schema = std::sync::Arc::new(schema);
    let reader = arrow::json::ReaderBuilder::new(schema.clone()).with_batch_size(64).build(json.as_bytes()).unwrap();
    let properties = parquet::file::properties::WriterProperties::builder().set_max_row_group_row_count(Some(128)).build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(std::fs::File::create(path).unwrap(), schema, Some(properties)).unwrap();
    for batch in reader {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn parquet_and_json_lines_hold_the_same() {
    let works = dari_sources::File::local(Path::new(&demo("openalex/works.jsonl.gz"))).unwrap();
    let mut json = String::new();
    for line in works.open().unwrap().lines().take(400) {
        let mut work: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        // Words as columns would make a schema of thousands of fields.
        work.as_object_mut().unwrap().remove("abstract_inverted_index");
        json.push_str(&format!("{work}\n"));
    }
    let (by_json, by_parquet) = (Place::new(), Place::new());
    by_json.ok(&["load", "openalex", &by_json.write("works.jsonl", &json)]);
    let path = by_parquet.path("works.parquet");
    to_parquet(&json, &path);
    let run = by_parquet.ok(&["load", "openalex", path.to_str().unwrap()]);
    assert!(run.stderr.contains("read 400, kept 400, rejected 0"), "{}", run.stderr);
    assert!(run.stderr.contains("columns not there, left empty") && run.stderr.contains("abstract_inverted_index"), "{}", run.stderr);
    assert_eq!(by_parquet.hashes(), by_json.hashes());
    // Either form is known for the other.
    let again = by_json.ok(&["load", "openalex", path.to_str().unwrap()]);
    assert!(again.stderr.contains("new 0, replaced 0, unchanged 400"), "{}", again.stderr);
}

#[test]
fn newer_days_replace_deleted_ids_go_and_a_moved_record_stays_one() {
    let place = Place::new();
    let snapshot = place.path("snapshot");
    let part = |day: &str, name: &str| format!("snapshot/data/jsonl/works/updated_date={day}/{name}");
    place.write(&part("2026-01-01", "part_0000.gz"), gzip(format!("{}\n{}\n", work(1, "2026-01-01", "A"), work(2, "2026-01-01", "B"))));
    // The same file name in another partition; work 2 moved there.
    place.write(&part("2026-02-01", "part_0000.gz"), gzip(format!("{}\n{}\n", work(2, "2026-02-01", "B2"), work(3, "2026-02-01", "C"))));
    place.write(
        "snapshot/data/jsonl/works/manifest.json",
        r#"{"entries":[{"url":"s3://openalex/data/jsonl/works/updated_date=2026-03-01/part_0000.gz","meta":{"content_length":1}}]}"#,
    );
    let run = place.ok(&["load", "openalex", snapshot.to_str().unwrap()]);
    assert!(run.stderr.contains("updated_date=2026-03-01/part_0000.gz, which is not there"), "{}", run.stderr);
    let titles = |place: &Place| -> Vec<String> {
        place.rows(&["sql", "SELECT title FROM works ORDER BY id"]).iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&place), ["A", "B2", "C"]);
    let again = place.ok(&["load", "openalex", snapshot.to_str().unwrap()]);
    assert!(again.stderr.contains("2 files were loaded before"), "{}", again.stderr);
    place.write(&part("2026-01-15", "part_0000.gz"), gzip(work(3, "2026-01-15", "too old")));
    place.write("snapshot/data/jsonl/works/deleted_ids.csv", "id,merged_into\nW1,W2\nhttps://openalex.org/W9,\nnonsense,\n");
    let run = place.ok(&["load", "openalex", snapshot.to_str().unwrap()]);
    assert!(run.stderr.contains("deleted 1") && run.stderr.contains("1 lines hold no id"), "{}", run.stderr);
    assert_eq!(titles(&place), ["B2", "C"]);
    assert_eq!(place.number("SELECT count(*) FROM authorships"), 2.0);
    assert_eq!(place.rows(&["sql", "SELECT title FROM works ORDER BY id", "--as-of", "1"]).len(), 3);
}

#[test]
fn the_latest_form_counts_wherever_it_stands() {
    let place = Place::new();
    let lines =
        [work(1, "2026-01-02", "second"), work(1, "2026-01-03", "third"), work(1, "2026-01-01", "first"), work(2, "2026-01-01", "other")];
    place.ok(&["load", "openalex", &place.write("forms.jsonl", lines.join("\n"))]);
    let rows = place.rows(&["sql", "SELECT title FROM works ORDER BY id"]);
    assert_eq!(rows.iter().map(|row| row["title"].as_str().unwrap()).collect::<Vec<_>>(), ["third", "other"]);
    assert_eq!(place.number("SELECT count(*) FROM authorships"), 2.0);
}

#[test]
fn data_sets_are_replaced_by_name_and_kind() {
    let place = Place::new();
    let topics = |works: u32| format!("period,topic_id,country_code,works,world_works\n2020,T10001,KR,{works},100\n");
    let (one, two) = (place.write("one.csv", topics(5)), place.write("two.csv", topics(6)));
    let pairs = place.write("pairs.csv", "year,country_a,country_b,works\n2020,KR,US,7\n");
    let works = "SELECT sum(works) FROM country_topic_year";
    place.ok(&["load", "aggregates", "country-topic", &one, "--name", "mine"]);
    place.ok(&["load", "aggregates", "country-pairs", &pairs, "--name", "mine"]);
    assert_eq!((place.number(works), place.number("SELECT sum(works) FROM country_pair_topic_year")), (5.0, 7.0));
    place.ok(&["load", "aggregates", "country-topic", &two, "--name", "mine"]);
    assert_eq!(place.number(works), 6.0);
    // The first file again is no longer what the lake holds, so it is read.
    place.ok(&["load", "aggregates", "country-topic", &one, "--name", "mine"]);
    assert_eq!(place.number(works), 5.0);
    let again = place.ok(&["load", "aggregates", "country-topic", &one, "--name", "mine"]);
    assert!(again.stderr.contains("passed over"), "{}", again.stderr);
}

#[test]
fn topics_are_inferred_and_taken_back() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    let own = place.write("own.csv", "work_id,title\na,Lithium-ion battery cathode materials\nb,Zzz qqq\n");
    place.ok(&["load", "tables", "--source", "own", "--works", &own]);
    place.ok(&["frameworks", "infer"]);
    let rows = place.rows(&["sql", "SELECT w.source_key, i.topic_id, i.confidence FROM inferred_topics i JOIN works w ON w.id = i.id"]);
    assert_eq!(rows.len(), 1, "nothing is inferred from a title without known words");
    assert_eq!(rows[0]["source_key"], "a");
    assert!(rows[0]["confidence"].as_f64().unwrap() <= 1.0);
    // The work gets another title, of which nothing is known: the inference goes.
    place.write("own.csv", "work_id,title\na,Xxx yyy\nb,Zzz qqq\n");
    place.ok(&["load", "tables", "--source", "own", "--works", &own]);
    place.ok(&["frameworks", "infer"]);
    assert_eq!(place.number("SELECT count(*) FROM inferred_topics"), 0.0);
    assert_eq!(place.run(&["load", "tables", "--source", "openalex", "--works", &own]).status, 2);
}

#[test]
fn garbage_is_named_and_the_good_is_kept() {
    let place = Place::new();
    let good = work(1, "2026-01-01", "Good");
    let mut lines = format!("{good}\n").into_bytes();
    lines.extend_from_slice(b"{\"id\": \"https://openalex.org/W2\", \"title\": \"\xff\xfe\"}\n");
    lines.extend_from_slice(b"{\"id\": \"https://openalex.org/W3\", \"publication_year\": \"2020\"}\n");
    lines.extend_from_slice(b"{\"id\": \"https://openalex.org/A4\"}\nnot json\n{\"title\": \"no id\"}\n");
    lines.extend_from_slice(b"{\"id\": \"https://openalex.org/W5\", \"publication_year\": 99999}\n");
    lines.extend_from_slice(format!("{good}\n{}\n", work(6, "2026-01-01", "Also good")).as_bytes());
    let file = place.write("mixed.jsonl", &lines);
    let rejects = place.path("rejects.csv");
    let run = place.ok(&["load", "openalex", &file, "--rejects", rejects.to_str().unwrap()]);
    assert!(run.stderr.contains("read 9, kept 2, rejected 7"), "{}", run.stderr);
    let listed = std::fs::read_to_string(rejects).unwrap();
    for (line, reason) in
        [(2, "UTF-8"), (3, "publication_year"), (4, "W…"), (5, "not a record"), (6, "found none"), (7, "publication_year"), (8, "same id")]
    {
        let entry =
            listed.lines().find(|entry| entry.contains(&format!("mixed.jsonl,{line},"))).unwrap_or_else(|| panic!("line {line}: {listed}"));
        assert!(entry.contains(reason) || (line == 3 && entry.contains("invalid type")), "{entry}");
    }

    // A gzip cut off in the middle: what was whole is there, the break is told, and the file is read again once it is mended.
    let many: String = (100..3_000).map(|id| work(id, "2026-01-01", "Many") + "\n").collect();
    let whole = gzip(&many);
    let cut = place.write("cut.jsonl.gz", &whole[..whole.len() / 2]);
    let run = place.ok(&["load", "openalex", &cut]);
    assert!(run.stderr.contains("ends early"), "{}", run.stderr);
    let again = place.ok(&["load", "openalex", &cut]);
    assert!(!again.stderr.contains("passed over"), "a file that broke off is read again: {}", again.stderr);
    let half = place.number("SELECT count(*) FROM works WHERE id >= 100");
    assert!(half > 500.0 && half < 2_900.0, "{half}");
    place.write("cut.jsonl.gz", &whole);
    place.ok(&["load", "openalex", &cut]);
    assert_eq!(place.number("SELECT count(*) FROM works WHERE id >= 100"), 2_900.0);

    for (name, bytes) in [("empty.jsonl", &b""[..]), ("noise.bin", &[7u8; 5000][..]), ("cut.parquet", b"PAR1 and no more")] {
        let file = place.write(name, bytes);
        let run = place.run(&["load", "openalex", &file]);
        assert!(run.status == 1 && run.stderr.contains(name), "{name}: {}", run.stderr);
    }
    std::fs::create_dir(place.path("nothing")).unwrap();
    let run = place.run(&["load", "openalex", place.path("nothing").to_str().unwrap()]);
    assert!(run.status == 1 && run.stderr.contains("no files"), "{}", run.stderr);
    let wrong = place.write("wrong.csv", "a,b\n1,2\n");
    for load in [
        vec!["load", "topics", &wrong],
        vec!["load", "aggregates", "country-topic", &wrong],
        vec!["load", "aggregates", "country-pairs", &wrong],
        vec!["load", "screening", &wrong],
        vec!["load", "tables", "--source", "x", "--works", &wrong],
        vec!["load", "awards", "--source", "nsf-sheet", &wrong],
        vec!["load", "awards", "--source", "doe-sheet", &wrong],
        vec!["load", "awards", "--source", "table", &wrong],
        vec!["load", "ror", &wrong],
    ] {
        let run = place.run(&load);
        assert!(run.status == 1 && run.stderr.contains("wrong.csv") && run.stderr.contains("expected"), "{load:?}: {}", run.stderr);
    }
}

#[test]
fn a_line_of_200_mb_is_refused_and_memory_stays_small() {
    let place = Place::new();
    let path = place.path("long.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(file, "{}", work(1, "2026-01-01", "Before")).unwrap();
    write!(file, "{{\"id\":\"https://openalex.org/W2\",\"title\":\"").unwrap();
    for _ in 0..200 {
        file.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    writeln!(file, "\"}}\n{}", work(3, "2026-01-01", "After")).unwrap();
    drop(file);
    let run = place.ok(&["load", "openalex", path.to_str().unwrap()]);
    assert!(
        run.stderr.contains("read 3, kept 2, rejected 1") && run.stderr.contains("record 2: the record is larger than 64 MB"),
        "{}",
        run.stderr
    );
}

#[test]
fn killed_at_any_instant_the_lake_stays_whole_and_the_load_can_go_on() {
    let undisturbed = Place::new();
    let load = ["load", "openalex", &demo("openalex/works.jsonl.gz")];
    let begin = Instant::now();
    undisturbed.ok(&load);
    let length = begin.elapsed();
    let expected = undisturbed.hashes();

    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2026);
    let place = Place::new();
    // A version to fall back to.
    place.ok(&["load", "openalex", &place.write("first.jsonl", work(1, "2020-01-01", "First"))]);
    let first = place.hashes();
    let mut finished = 0;
    for round in 0..50 {
        let mut child = place.command(&load).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(length.mul_f64(random.random_range(0.0..1.1)));
        child.kill().unwrap();
        child.wait().unwrap();
        let works = place.number("SELECT count(*) FROM works");
        assert!(works == 1.0 || works == 5_842.0, "round {round}: {works} works");
        if works == 1.0 {
            assert_eq!(place.hashes(), first, "round {round}");
        } else {
            // Begin again from the first version, so that every round has something to interrupt.
            finished += 1;
            std::fs::remove_dir_all(place.path("lake")).unwrap();
            place.ok(&["load", "openalex", place.path("first.jsonl").to_str().unwrap()]);
        }
    }
    assert!(finished < 50, "no kill hit the load");
    place.ok(&load);
    // Without the extra work the content is that of the undisturbed load.
    place.write("deleted_ids.csv", "W1\n");
    place.ok(&["load", "openalex", place.path("deleted_ids.csv").to_str().unwrap()]);
    assert_eq!(place.hashes(), expected);
}

#[test]
fn two_programs_load_at_once() {
    let place = Place::new();
    let one = place.command(&["load", "openalex", &demo("openalex/works.jsonl.gz")]).spawn().unwrap();
    let other = place.command(&["load", "topics", &demo("topics/openalex_topics.csv")]).spawn().unwrap();
    let third = place.command(&["load", "openalex", &place.write("w.jsonl", work(1, "2026-01-01", "One more"))]).spawn().unwrap();
    for child in [one, other, third] {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(place.number("SELECT count(*) FROM works"), 5_842.0);
    assert_eq!(place.number("SELECT count(*) FROM topics"), 4_516.0);
    assert_eq!(place.rows(&["status", "--versions"]).len(), 3);
}

#[test]
fn from_servers() {
    let place = Place::new();
    let root = place.path("served");
    place.write("served/bucket/works/updated_date=2026-01-01/part_0000.gz", gzip(work(1, "2026-01-01", "On S3") + "\n"));
    place.write("served/bucket/works/updated_date=2026-01-02/part_0000.gz", gzip(work(2, "2026-01-02", "On S3 too") + "\n"));
    place.write("served/folder/updated_date=2026-01-03/part_0.jsonl", work(3, "2026-01-03", "By HTTP"));
    place.write("served/folder/manifest", r#"{"entries":[{"url":"s3://openalex/data/works/updated_date=2026-01-03/part_0.jsonl"}]}"#);
    let address = serve(root);
    let load = |location: &str| {
        let mut command = place.command(&["load", "openalex", location, "--entity", "works"]);
        command.env("AWS_ENDPOINT", &address).env("AWS_ALLOW_HTTP", "true").env_remove("AWS_ACCESS_KEY_ID");
        let run: common::Run = command.output().unwrap().into();
        assert_eq!(run.status, 0, "{location}: {}", run.stderr);
        run
    };
    load("s3://bucket/works");
    load(&format!("{address}/folder/"));
    let again = load("s3://bucket/works");
    assert!(again.stderr.contains("2 files were loaded before"), "{}", again.stderr);
    let titles = place.rows(&["sql", "SELECT title FROM works ORDER BY id"]);
    assert_eq!(titles.iter().map(|row| row["title"].as_str().unwrap()).collect::<Vec<_>>(), ["On S3", "On S3 too", "By HTTP"]);
    // Parquet by ranges.
    let parquet =
        place.command(&["sql", "SELECT 'https://openalex.org/W4' AS id, 'By ranges' AS title", "--format", "parquet"]).output().unwrap();
    place.write("served/folder/part.parquet", parquet.stdout);
    load(&format!("{address}/folder/part.parquet"));
    assert_eq!(place.number("SELECT count(*) FROM works WHERE title = 'By ranges'"), 1.0);
}

/// A file server on the loopback address: HEAD, GET with ranges, and the listing of S3. Ends with the test.
fn serve(root: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let root = root.clone();
            std::thread::spawn(move || while answer(&stream, &root).is_ok_and(|more| more) {});
        }
    });
    address
}

fn answer(stream: &TcpStream, root: &Path) -> std::io::Result<bool> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(false);
    }
    let mut range = None;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("range: bytes=") {
            range = value.trim().split_once('-').map(|(from, to)| (from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap()));
        }
    }
    let mut parts = line.split(' ');
    let (method, target) = (parts.next().unwrap(), parts.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.replace("%3D", "=");
    let mut out = stream;
    if query.contains("list-type=2") {
        let mut files = Vec::new();
        walk(&root.join(path.trim_matches('/')), &mut files);
        let base = root.join(path.trim_matches('/'));
        let entries: String = files
            .iter()
            .map(|file| {
                let key = file.strip_prefix(&base).unwrap().to_string_lossy().into_owned();
                let size = std::fs::metadata(file).unwrap().len();
                format!("<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"{size}\"</ETag><Size>{size}</Size></Contents>")
            })
            .collect();
        let body = format!("<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>");
        write!(out, "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
        return Ok(true);
    }
    let Ok(mut file) = std::fs::File::open(root.join(path.trim_matches('/')))
        .and_then(|file| if file.metadata()?.is_dir() { Err(std::io::Error::other("a folder")) } else { Ok(file) })
    else {
        write!(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
        return Ok(true);
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let dates = "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: \"1\"\r\nAccept-Ranges: bytes";
    let (status, extra, body) = match range {
        Some((from, to)) => {
            let to = to.min(bytes.len() - 1);
            ("206 Partial Content", format!("Content-Range: bytes {from}-{to}/{}\r\n", bytes.len()), &bytes[from..=to])
        }
        None => ("200 OK", String::new(), &bytes[..]),
    };
    write!(out, "HTTP/1.1 {status}\r\n{dates}\r\n{extra}Content-Length: {}\r\n\r\n", body.len())?;
    if method != "HEAD" {
        out.write_all(body)?;
    }
    Ok(true)
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(path).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}
