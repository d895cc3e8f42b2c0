//! `dari partners`, through the built program, on the shipped conference papers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo};
use serde_json::Value;

#[test]
fn predictions_are_measured_beside_heuristics() {
    let place = Place::new();
    let (works, authorships) = (demo("conferences/works.parquet"), demo("conferences/authorships.parquet"));
    place.ok(&["load", "tables", "--source", "conferences", "--works", &works, "--authorships", &authorships]);
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
    // The same again, byte for byte.
    let csv = [&asked[..], &["--format", "csv"]].concat();
    assert_eq!(place.ok(&csv).stdout, place.ok(&csv).stdout);

    // Nobody had worked by then: said, not computed.
    let run = place.run(&["partners", "eval", "--train-until", "1985", "--venue", "ICRA"]);
    assert!(run.status == 1 && run.stderr.contains("pairs came together for the first time in 1981 to 1985"), "{}", run.stderr);
    let run = place.run(&["partners", "eval", "--train-until", "2018", "--venue", "no such venue"]);
    assert!(run.status == 1 && run.stderr.contains("no works of this venue"), "{}", run.stderr);
    let run = place.run(&["partners", "eval", "--train-until", "32767"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}
