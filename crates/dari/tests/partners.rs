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
