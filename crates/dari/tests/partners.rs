//! `dari partners`, through the built program, on the shipped conference papers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo};
use serde_json::Value;

#[test]
fn predictions_are_measured_beside_heuristics() {
    let place = Place::new();
    place.load_conferences();
    let asked = ["partners", "eval", "--train-until", "2018", "--venue", "icra", "--pairs", "400", "--resamples", "100"];
    let rows = place.rows(&asked);
    // Seven methods, four measures, two kinds of negatives, all and international links.
    assert_eq!(rows.len(), 7 * 4 * 2 * 2);
    let value = |method: &str, links: &str, negatives: &str, measure: &str| {
        let is =
            |row: &&Value| row["method"] == method && row["links"] == links && row["negatives"] == negatives && row["measure"] == measure;
        let row = rows.iter().find(is).unwrap();
        let of = |column: &str| row[column].as_f64().unwrap();
        assert!(0.0 <= of("low") && of("low") <= of("value") && of("value") <= of("high") && of("high") <= 1.0, "{row}");
        of("value")
    };
    // Of researchers the model is ahead of what others rank by.
    for heuristic in ["common neighbours", "Adamic-Adar", "resource allocation", "Katz", "personalised PageRank", "topic cosine"] {
        for measure in ["Hits@50", "MRR", "average precision", "NDCG@20"] {
            let (ours, theirs) = (value("dari", "all", "random", measure), value(heuristic, "all", "random", measure));
            assert!(ours > theirs, "{measure}: {ours} and {theirs} of {heuristic}");
        }
    }
    // The same again on one thread, byte for byte.
    let csv = [&asked[..], &["--format", "csv"]].concat();
    let on_one_thread = place.command(&csv).env("RAYON_NUM_THREADS", "1").output().unwrap();
    assert_eq!(place.ok(&csv).stdout, String::from_utf8(on_one_thread.stdout).unwrap());

    // Nobody had worked by then: said, not computed.
    let run = place.run(&["partners", "eval", "--train-until", "1985", "--venue", "ICRA"]);
    assert!(run.status == 1 && run.stderr.contains("pairs came together for the first time in 1981 to 1985"), "{}", run.stderr);
    let run = place.run(&["partners", "eval", "--train-until", "2018", "--venue", "no such venue"]);
    assert!(run.status == 1 && run.stderr.contains("no works of this venue"), "{}", run.stderr);
    let run = place.run(&["partners", "eval", "--train-until", "32767"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[test]
fn pairs_are_suggested_with_reasons_and_never_those_who_know_each_other() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    place.load_conferences();
    let asked = ["partners", "suggest", "--venue", "ICRA", "--until", "2018", "--between"];
    let rows = place.rows(&[&asked[..], &["KR", "--and", "United States"]].concat());
    assert_eq!(rows.len(), 20);
    for row in &rows {
        assert_eq!((row["a_country"].as_str(), row["b_country"].as_str()), (Some("KR"), Some("US")), "{row}");
        assert!((0.0..=1.0).contains(&row["chance"].as_f64().unwrap()) && !row["reasons"].as_str().unwrap().is_empty(), "{row}");
        assert!(!row["a_to_read"].as_str().unwrap().is_empty() && row["a_last_year"].as_i64().unwrap() <= 2018, "{row}");
        // Whether they have a joint work by then is asked of the lake itself.
        let (a, b) = (row["a_id"].as_str().unwrap(), row["b_id"].as_str().unwrap());
        assert_eq!((row["a_known_by"].as_str(), row["b_known_by"].as_str()), (Some("id"), Some("id")));
        let joint = format!(
            "SELECT count(*) FROM authorships x JOIN authorships y ON x.work_id = y.work_id JOIN works w ON w.id = x.work_id
             WHERE x.author_id = {a} AND y.author_id = {b} AND w.venue = 'ICRA' AND w.publication_year <= 2018"
        );
        assert_eq!(place.number(&joint), 0.0, "{row}");
    }
    let chances = |rows: &[Value]| rows.iter().map(|row| row["chance"].as_f64().unwrap()).collect::<Vec<_>>();
    let back = place.rows(&[&asked[..], &["US", "--and", "KR"]].concat());
    assert_eq!(chances(&rows), chances(&back));
    // From one researcher, and those who work together already.
    let one = format!("researcher:{}", rows[0]["a_id"].as_str().unwrap());
    let of_one = place.rows(&[&asked[..], &[&one, "--and", "US", "--of-one", "9", "--pairs", "9"]].concat());
    assert!(of_one.len() == 9 && of_one.iter().all(|row| row["a_id"] == rows[0]["a_id"] && row["b_country"] == "US"), "{of_one:?}");
    let together = place.rows(&[&asked[..], &["KR", "--and", "US", "--together"]].concat());
    assert!(!together.is_empty() && together.iter().all(|row| row["joint_works"].as_i64() >= Some(1)), "{together:?}");
    for (side, expected) in
        [("Atlantis", "organisation"), ("XX", "is no country"), ("researcher:Nobody At All", "no researcher"), ("group:nope", "nope")]
    {
        let run = place.run(&[&asked[..], &[side, "--and", "US"]].concat());
        assert!(run.status != 0 && run.stderr.contains(expected), "{side}: {}", run.stderr);
    }
}

#[test]
fn organisations_are_suggested_too() {
    let place = Place::new();
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    place.load_conferences();
    place.ok(&["organisations", "match", "--authorships"]);
    let asked = ["partners", "suggest", "--who", "organisations", "--venue", "ICRA", "--until", "2018", "--between"];
    let rows = place.rows(&[&asked[..], &["KR", "--and", "US"]].concat());
    assert_eq!(rows.len(), 20);
    let matched = "SELECT DISTINCT a.work_id, coalesce(a.organisation_id, o.organisation_id, a.institution_id) AS organisation_id
                   FROM authorships a LEFT JOIN affiliation_organisations o USING (affiliation_id) JOIN works w ON w.id = a.work_id WHERE w.venue = 'ICRA' AND w.publication_year <= 2018";
    for row in &rows {
        // Organisations are of no organisation, and of these two the lake has no joint work.
        assert!(row["a_organisations"] == "" && row["b_organisations"] == "" && row["a_id"] != row["b_id"], "{row}");
        assert!(!row["a"].as_str().unwrap().is_empty() && !row["reasons"].as_str().unwrap().is_empty(), "{row}");
        let [a, b] = ["a_id", "b_id"].map(|column| row[column].as_str().unwrap());
        let joint = format!(
            "WITH m AS ({matched}) SELECT count(*) FROM m a JOIN m b USING (work_id) WHERE a.organisation_id = {a} AND b.organisation_id = {b}"
        );
        assert_eq!(place.number(&joint), 0.0, "{row}");
    }
    place.ok(&[&asked[..], &["KR", "--and", "US", "--format", "table"]].concat());
    // Awards speak for organisations in work packages: as many as `dari awards` counts, those without works here among them.
    place.ok(&["load", "awards", "--source", "doe-sheet", &demo("awards/doe_hep_grants.csv")]);
    let fits = place.rows(&[
        "partners",
        "packages",
        "eic-2021",
        "--of",
        "US",
        "--who",
        "organisations",
        "--package",
        "accelerator.srf",
        "--best",
        "99",
    ]);
    let held = place.rows(&["awards", "--by", "organisation", "--framework", "eic-2021", "--technology", "accelerator.srf"]);
    let count = |rows: &[Value], name: &str| {
        rows.iter()
            .map(|row| (row[name].as_str().unwrap_or_default().to_owned(), row["awards"].as_i64()))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let (fits_by_name, mut held_by_name) = (count(&fits, "name"), count(&held, "organisation"));
    held_by_name.retain(|name, _| !name.is_empty());
    assert!(held_by_name.len() >= 5 && fits.iter().all(|row| row["works"] == 0), "{fits:?}");
    assert_eq!(fits_by_name, held_by_name);
    let run = place.run(&[&asked[..], &["researcher:Han-Lim Choi", "--and", "US"]].concat());
    assert!(run.status == 2 && run.stderr.contains("no side of pairs of organisations"), "{}", run.stderr);
}

#[test]
fn researchers_without_ids_are_told_by_name() {
    let place = Place::new();
    place.load_conferences();
    // Where the source has ids, most that is told by name is so by id too; without a register only whole affiliations and co-authors tell.
    let agreed = &place.rows(&["partners", "names", "--venue", "ICRA"])[0];
    let of = |column: &str| agreed[column].as_f64().unwrap();
    assert!(of("precision") > 0.94 && of("recall") > 0.3 && of("authorships") == 67_070.0 && of("ids") == 32_166.0, "{agreed}");
    let run = place.run(&["partners", "names", "--venue", "CVPR"]);
    assert!(run.status == 1 && run.stderr.contains("no researcher with an id"), "{}", run.stderr);
    // CVPR has none: pairs are of people told by name, and say so; one of them can be asked for by what stands in a_id.
    let asked = ["partners", "suggest", "--venue", "CVPR", "--until", "2017", "--horizon", "3", "--between"];
    let rows = place.rows(&[&asked[..], &["CN", "--and", "US"]].concat());
    assert_eq!(rows.len(), 20);
    assert!(rows.iter().all(|row| row["a_known_by"] == "name" && !row["a"].as_str().unwrap().is_empty()), "{rows:?}");
    let of_one = place.rows(&[&asked[..], &[&format!("researcher:{}", rows[0]["a_id"].as_str().unwrap()), "--and", "US"]].concat());
    assert!(!of_one.is_empty() && of_one.iter().all(|row| row["a"] == rows[0]["a"] && row["a_id"] == rows[0]["a_id"]), "{of_one:?}");
    let table = place.ok(&[&asked[..], &["CN", "--and", "US", "--lang", "ko"]].concat());
    assert!(table.stdout.contains("이름으로 식별"), "{}", table.stdout);
}

#[test]
fn links_between_two_sides_are_foretold_too() {
    let place = Place::new();
    place.load_conferences();
    let plot = place.path("chances.svg");
    let asked = ["partners", "eval", "--train-until", "2018", "--venue", "ICRA", "--pairs", "400", "--resamples", "100"];
    let between = place.rows(&[&asked[..], &["--sides", "KR", "US", "--plot", plot.to_str().unwrap()]].concat());
    assert_eq!(between.len(), 7 * 4 * 2);
    let value = |rows: &[Value], method: &str, negatives: &str, measure: &str| {
        let is = |row: &&Value| row["method"] == method && row["negatives"] == negatives && row["measure"] == measure;
        rows.iter().find(is).unwrap()["value"].as_f64().unwrap()
    };
    for row in &between {
        assert_eq!(row["links"], "between the sides");
        let [method, negatives, measure] = ["method", "negatives", "measure"].map(|column| row[column].as_str().unwrap());
        if method == "dari" {
            assert!(row["ahead"].is_null());
            continue;
        }
        // The mean of differences is the difference of means, and lies in its interval.
        let difference = value(&between, "dari", negatives, measure) - value(&between, method, negatives, measure);
        let of = |column: &str| row[column].as_f64().unwrap();
        assert!((of("ahead") - difference).abs() < 1e-9 && of("ahead_low") <= of("ahead") && of("ahead") <= of("ahead_high"), "{row}");
    }
    // A group of countries, the other way round, is the same as its countries.
    let drawing = std::fs::read_to_string(&plot).unwrap();
    assert!(drawing.starts_with("<svg") && drawing.matches("<circle").count() >= 4, "{drawing}");
    let back = place.rows(&[&asked[..], &["--sides", "US", "KR", "--without", "links,places"]].concat());
    let same = |method: &str| ["random", "hard"].iter().all(|of| value(&back, method, of, "MRR") == value(&between, method, of, "MRR"));
    // Heuristics do not learn, so that nothing changes for them; the model without what it learned from links does.
    assert!(same("Katz") && same("topic cosine") && !same("dari"));
    // Of sides that hardly meet nothing is said.
    let run = place.run(&[&asked[..], &["--sides", "KR", "ZA"]].concat());
    assert!(run.status == 0 && run.stderr.contains("too few for figures"), "{}", run.stderr);
}

#[test]
fn a_model_is_kept_and_sides_may_be_sets_of_countries() {
    let place = Place::new();
    place.load_conferences();
    let asked = ["partners", "suggest", "--venue", "ICRA", "--until", "2015", "--between", "KR", "--and", "US,JP", "--format", "csv"];
    let first = place.ok(&asked);
    assert!(first.stderr.contains("learned in"), "{}", first.stderr);
    let second = place.ok(&asked);
    assert!(second.stderr.contains("kept from an earlier question"), "{}", second.stderr);
    assert_eq!(first.stdout, second.stdout);
    let again = place.ok(&[&asked[..], &["--again"]].concat());
    assert!(again.stderr.contains("learned in") && again.stdout == first.stdout, "{}", again.stderr);
    // A model of other works, or one that is broken, is not used.
    let other = place.ok(&[&asked[..], &["--horizon", "4"]].concat());
    assert!(other.stderr.contains("learned in"), "{}", other.stderr);
    let kept = std::fs::read_dir(place.path("lake").join("_dari").join("partners"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>();
    assert_eq!(kept.len(), 2);
    for path in &kept {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() - 3]).unwrap();
    }
    let mended = place.ok(&asked);
    assert!(mended.stderr.contains("learned in") && mended.stdout == first.stdout, "{}", mended.stderr);
    // A set of countries by name is its countries; a set of one's own too.
    let own = place.path("own.toml");
    let text = "id = \"own\"\n[name]\nen = \"Own\"\nko = \"자체\"\n[[source]]\nkey = \"s\"\ntitle = \"S\"\n[[country]]\ncode = \"JP\"\nsource = [\"s\"]\n[[country]]\ncode = \"US\"\nsource = [\"s\"]\n";
    std::fs::write(&own, text).unwrap();
    let mut by_group = asked.to_vec();
    by_group[9] = "group:own";
    let of_group = place.ok(&[&by_group[..], &["--groups", own.to_str().unwrap()]].concat());
    assert_eq!(of_group.stdout, first.stdout);
    let run = place.run(&by_group);
    assert!(run.status == 2 && run.stderr.contains("own"), "{}", run.stderr);
    // Reasons in Korean.
    let mut korean = asked.to_vec();
    korean[11] = "json";
    let korean: Vec<Value> = serde_json::from_str(&place.ok(&[&korean[..], &["--lang", "ko"]].concat()).stdout).unwrap();
    assert!(korean.iter().all(|row| row["reasons"].as_str().unwrap().split("; ").all(|reason| !reason.as_bytes()[0].is_ascii())));
}

#[test]
fn a_workshop_is_balanced() {
    let place = Place::new();
    place.load_conferences();
    let asked = ["partners", "workshop", "--venue", "ICRA", "--until", "2018", "--between", "KR", "--and", "US", "--places", "16"];
    let rows = place.rows(&asked);
    assert_eq!(rows.len(), 16);
    let guests: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let names: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(guests.len(), 16);
    for (side, other) in [("KR", "US"), ("US", "KR")] {
        let of_side: Vec<&Value> = rows.iter().filter(|row| row["side"] == side).collect();
        assert!(of_side.len() == 8 && of_side.iter().all(|row| row["country"] == side));
        // 30 % of eight are three.
        let count = |column: &str| of_side.iter().filter(|row| row[column] == true).count();
        assert!(count("early_career") >= 3 && count("newcomer") >= 3, "{of_side:?}");
        for row in of_side {
            assert!(
                row["first_joint_works_expected"].as_f64() >= Some(0.0) && row["first_year"].as_i64() >= Some(2010)
                    || row["early_career"] == false
            );
            let met = row["to_meet"].as_str().unwrap().split("; ").filter(|met| !met.is_empty());
            assert!(met.map(|met| met.rsplit_once(" (").unwrap().0).all(|name| names.contains(name)), "{row}");
            if row["newcomer"] == true {
                // The lake knows of no joint work with anyone who was last of the other side.
                let id = row["id"].as_str().unwrap();
                let joint = format!(
                    "SELECT count(*) FROM authorships x JOIN authorships y ON x.work_id = y.work_id JOIN works w ON w.id = x.work_id
                     WHERE x.author_id = {id} AND y.author_id <> {id} AND y.country = '{other}' AND w.venue = 'ICRA' AND w.publication_year BETWEEN 2016 AND 2018
                       AND NOT EXISTS (SELECT 1 FROM authorships z JOIN works v ON v.id = z.work_id WHERE z.author_id = y.author_id AND v.venue = 'ICRA'
                                       AND v.publication_year <= 2018 AND z.country IS NOT NULL AND z.country <> '{other}')"
                );
                assert_eq!(place.number(&joint), 0.0, "{row}");
            }
        }
    }
    assert_eq!(place.rows(&asked), rows);
    let run = place.run(&[&asked[..], &["--who", "organisations"]].concat());
    assert!(run.status == 2 && run.stderr.contains("people are invited"), "{}", run.stderr);
    let run = place.run(&[&asked[..], &["--early", "1.5"]].concat());
    assert!(run.status == 2 && run.stderr.contains("from 0 to 1"), "{}", run.stderr);
    place.ok(&[&asked[..], &["--lang", "ko", "--format", "table"]].concat());
}

#[test]
fn packages_say_who_fits_and_what_is_not_covered() {
    let place = Place::new();
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    place.load_conferences();
    let file = place.path("station.toml");
    let text = r#"
id = "station-2020"
status = "draft"
valid_from = 2020-01-01
name = { en = "A station", ko = "기지" }
authority = { en = "Nobody", ko = "없음" }
[[entries]]
id = "grip"
name = { en = "Humanoids", ko = "인간형 로봇" }
topics = [{ id = 10653, name = "Robot Manipulation and Learning", strength = "core", needs_words = true }]
[entries.words]
any = ["humanoid*"]
[[entries]]
id = "dig"
name = { en = "Digging for ice", ko = "얼음 굴착" }
topics = [{ id = 10653, name = "Robot Manipulation and Learning", strength = "core", needs_words = true }]
[entries.words]
any = ["perforated moonberry*"]
"#;
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let asked =
        ["partners", "packages", "station-2020", "--frameworks", file, "--venue", "ICRA", "--until", "2020", "--of", "KR", "--in", "US"];
    let rows = place.rows(&asked);
    assert!(
        rows.len() == 5 && rows.iter().all(|row| row["package_id"] == "grip" && row["country"] == "KR" && row["already_in"] == false),
        "{rows:?}"
    );
    for row in &rows {
        let id = row["id"].as_str().unwrap();
        let count = |more: &str| {
            place.number(&format!(
                "SELECT count(DISTINCT w.id) FROM works w JOIN authorships a ON a.work_id = w.id WHERE w.venue = 'ICRA' AND w.publication_year <= 2020
                 AND a.author_id = {id} {more}"
            ))
        };
        let about = "AND regexp_like(lower(w.title), '(^|[^a-z])humanoid')";
        assert_eq!(row["works"].as_f64(), Some(count(about)), "{row}");
        assert_eq!(row["recent_works"].as_f64(), Some(count(&format!("{about} AND w.publication_year > 2015"))), "{row}");
        let of = |column: &str| row[column].as_f64().unwrap();
        assert!(of("fit") > 0.0 && of("fit") <= of("works") && 0.0 < of("share_of_its_works") && of("share_of_its_works") <= 1.0, "{row}");
    }
    assert!(rows.windows(2).all(|two| two[0]["fit"].as_f64() >= two[1]["fit"].as_f64()));
    assert!(rows.iter().any(|row| row["chance"].as_f64() > Some(0.0)));
    let coverage = place.rows(&[&asked[..], &["--coverage"]].concat());
    assert_eq!(coverage.iter().map(|row| row["package_id"].as_str().unwrap()).collect::<Vec<_>>(), ["grip", "dig"]);
    let loaded = place.number(
        "SELECT count(*) FROM works WHERE venue = 'ICRA' AND publication_year <= 2020 AND regexp_like(lower(title), '(^|[^a-z])humanoid')",
    );
    assert_eq!(coverage[0]["works_loaded"].as_f64(), Some(loaded), "{coverage:?}");
    assert!(coverage[0]["covered"] != "not covered" && coverage[0]["already_in_with_any"].as_i64() > Some(10), "{coverage:?}");
    // What no work is about is not said to be covered by nobody.
    assert_eq!((coverage[1]["covered"].as_str(), coverage[1]["works_loaded"].as_i64()), (Some("too few works loaded to say"), Some(0)));
    let told = place.ok(&[&asked[..], &["--format", "table", "--lang", "ko"]].concat());
    assert!(told.stdout.contains("인간형 로봇") && told.stderr.contains("얼음 굴착"), "{} {}", told.stdout, told.stderr);
    let run = place.run(&["partners", "packages", "no-such-thing", "--of", "KR"]);
    assert!(run.status == 2 && run.stderr.contains("no framework"), "{}", run.stderr);
    // The shipped programme is read too; the conferences have next to nothing about it.
    let shipped = place.rows(&["partners", "packages", "eic-2021", "--of", "US", "--coverage"]);
    assert_eq!(shipped.len(), 22);
}

#[test]
fn the_bench_measures_a_generated_world() {
    let place = Place::new();
    let rows = place.rows(&["bench", "partners", "--sizes", "0.01", "--sources", "5", "--no-peer", "--demo", &demo("")]);
    assert_eq!(rows.len(), 5, "{rows:?}");
    let is_number = |row: &Value, column: &str| row[column].as_f64().is_some_and(|number| number > 0.0);
    assert!(rows.iter().all(|row| row["of"] == "10,000 generated works" && is_number(row, "seconds") && row["peer_seconds"].is_null()));
    // Of what runs as a program of its own the memory, of heuristics the figure that a peer's is compared with.
    assert!(rows[..2].iter().all(|row| is_number(row, "peak_memory_mb")) && rows[2..].iter().all(|row| is_number(row, "figure")));
}
