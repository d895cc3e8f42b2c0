//! `dari networks`, through the built program, on the shipped conference papers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo};
use serde_json::Value;

#[test]
fn communities_their_members_and_their_maps() {
    let place = Place::new();
    let (works, authorships) = (demo("conferences/works.parquet"), demo("conferences/authorships.parquet"));
    place.ok(&["load", "tables", "--source", "conferences", "--works", &works, "--authorships", &authorships]);
    let asked = ["networks", "--venue", "ICRA", "--countries", "KR,US"];
    let json = place.path("map.json");
    let rows = place.rows(&[&asked[..], &["--periods", "2000-2010,2011-2023", "--map", json.to_str().unwrap(), "--items", "60"]].concat());
    assert_eq!(rows.len(), 30);
    let of = |row: &Value, column: &str| row[column].as_i64();
    for period in ["2000-2010", "2011-2023"] {
        let sizes: Vec<i64> = rows.iter().filter(|row| row["period"] == period).map(|row| of(row, "members").unwrap()).collect();
        assert!(sizes.len() == 15 && sizes.windows(2).all(|two| two[0] >= two[1]), "{sizes:?}");
    }
    // The first period has nothing to go on from; later some communities have.
    assert!(rows.iter().filter(|row| row["period"] == "2000-2010").all(|row| row["goes_on_from"].is_null()));
    let goes_on: Vec<&Value> = rows.iter().filter(|row| !row["goes_on_from"].is_null()).collect();
    assert!(!goes_on.is_empty() && goes_on.iter().all(|row| row["share_of_returning"].as_f64() >= Some(0.3)), "{rows:?}");

    // Whoever is in a community of the last period is of these countries and had a work then: asked of the lake itself.
    let later = ["--from", "2011", "--to", "2023"];
    let members = place.rows(&[&asked[..], &later, &["--members", "1"]].concat());
    let alone = place.rows(&[&asked[..], &later].concat());
    assert_eq!(Some(members.len() as i64), of(&alone[0], "members"));
    for member in members.iter().take(3) {
        assert!(member["country"] == "KR" || member["country"] == "US", "{member}");
        let works = format!(
            "SELECT count(DISTINCT w.id) FROM authorships a JOIN works w ON w.id = a.work_id
             WHERE a.author_id = {} AND w.venue = 'ICRA' AND w.publication_year BETWEEN 2011 AND 2023",
            member["id"].as_str().unwrap()
        );
        assert_eq!(place.number(&works), member["works"].as_f64().unwrap(), "{member}");
    }

    // The map holds the members with the strongest links, each link between two of them.
    let map: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    let (items, links) = (map["network"]["items"].as_array().unwrap(), map["network"]["links"].as_array().unwrap());
    assert!(items.len() == 60 && !links.is_empty());
    assert!(items.iter().all(|item| item["x"].is_number() && !item["label"].as_str().unwrap().is_empty()));
    let is_item = |id: &Value| (1..=60).contains(&id.as_i64().unwrap());
    assert!(links.iter().all(|link| is_item(&link["source_id"]) && is_item(&link["target_id"]) && link["strength"].as_f64() > Some(0.0)));
    for (name, element) in [("map.graphml", "<graphml"), ("map.gexf", "<gexf")] {
        let path = place.path(name);
        place.ok(&[&asked[..], &["--quality", "cpm", "--map", path.to_str().unwrap(), "--items", "20"]].concat());
        assert!(std::fs::read_to_string(&path).unwrap().contains(element));
    }

    for (more, status, expected) in [
        (["--map", "map.doc"], 2, "maps are .json"),
        (["--periods", "2023-2000"], 2, "is no span of years"),
        (["--members", "99999"], 2, "no community 99999"),
        (["--from", "2030"], 1, "nobody wrote together"),
        (["--resolution", "0"], 2, "resolution"),
    ] {
        let run = place.run(&[&asked[..], &more].concat());
        assert!(run.status == status && run.stderr.contains(expected), "{more:?} {} {}", run.status, run.stderr);
    }
}
