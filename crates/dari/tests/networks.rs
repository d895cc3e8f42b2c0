//! `dari networks`, through the built program, on the shipped conference papers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Place;
use serde_json::Value;

#[test]
fn communities_their_members_and_their_maps() {
    let place = Place::new();
    place.load_conferences();
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

    // Its countries are those of its members, by hand from the list.
    let of_korea = members.iter().filter(|member| member["country"] == "KR").count() as f64 / members.len() as f64;
    let said = if of_korea > 0.5 { format!("KR {:.0} %", of_korea * 100.0) } else { format!("US {:.0} %", (1.0 - of_korea) * 100.0) };
    assert!(alone[0]["countries"].as_str().unwrap().starts_with(&said), "{said} {}", alone[0]);
    assert_eq!(alone[0]["binational"].as_bool(), Some((0.2..=0.8).contains(&of_korea)));
    // Every word that names a community is of three titles at least, asked of the lake.
    for word in alone[0]["words"].as_str().unwrap().split(", ") {
        let titles =
            format!("SELECT count(*) FROM works WHERE venue = 'ICRA' AND publication_year >= 2011 AND lower(title) LIKE '%{word}%'");
        assert!(place.number(&titles) >= 3.0, "{word}");
    }
    let korean = place.ok(&[&asked[..], &later, &["--members", "1", "--lang", "ko", "--format", "table"]].concat());
    assert!(korean.stdout.contains("연결 강도"), "{}", korean.stdout);

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
        (["--periods", "2011-2023,2000-2010"], 2, "does not begin after"),
        (["--periods", "2000-2010,2010-2023"], 2, "do not overlap"),
        (["--map", "no/such/folder.json"], 1, "can be written to"),
        (["--members", "99999"], 2, "no community 99999"),
        (["--from", "2030"], 1, "nobody wrote together"),
        (["--resolution", "0"], 2, "resolution"),
    ] {
        let run = place.run(&[&asked[..], &more].concat());
        assert!(run.status == status && run.stderr.contains(expected), "{more:?} {} {}", run.status, run.stderr);
    }
}

#[test]
fn the_bench_measures_what_it_says() {
    let place = Place::new();
    // Ten circles of 50, five links of a node drawn inside and two anywhere: the circles themselves have about 5.2/7 of the links inside, less 1/10.
    let rows = place.rows(&["bench", "networks", "--sizes", "500", "--sources", "5", "--no-peer"]);
    assert_eq!(rows.len(), 4);
    for row in &rows[..2] {
        assert!((0.6..0.75).contains(&row["dari_figure"].as_f64().unwrap()) && row["peer_seconds"].is_null(), "{row}");
    }
    // Katz of five nodes: about 13 neighbours each at 0.005, and longer paths less.
    let katz = rows[2]["dari_figure"].as_f64().unwrap();
    assert!((0.3..0.5).contains(&katz), "{katz}");
    // At a node itself a walk ends with 0.15 at least.
    assert!((0.75..1.5).contains(&rows[3]["dari_figure"].as_f64().unwrap()), "{}", rows[3]);
    // Two circles of three with a link between: published as one cluster they are worse than what is found, published as two the same.
    for (clusters, worse) in [([1, 1, 1, 1, 1, 1], true), ([1, 1, 1, 2, 2, 2], false)] {
        let item = |(at, cluster): (usize, &u32)| format!(r#"{{"id": "n{at}", "label": "", "cluster": {cluster}}}"#);
        let items: Vec<String> = clusters.iter().enumerate().map(item).collect();
        let link = |(a, b): (u32, u32)| format!(r#"{{"source_id": "n{a}", "target_id": "n{b}", "strength": 1}}"#);
        let links: Vec<String> = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)].map(link).to_vec();
        let map = place.path("published.json");
        let text = format!("\u{feff}{{\"network\": {{\"items\": [{}], \"links\": [{}]}}}}", items.join(","), links.join(","));
        std::fs::write(&map, text).unwrap();
        let rows = place.rows(&["bench", "networks", "--published", map.to_str().unwrap()]);
        let usual = rows.iter().find(|row| row["resolution"] == 1.0).unwrap();
        let [published, dari] = ["published_quality", "dari_quality"].map(|column| usual[column].as_f64().unwrap());
        assert_eq!(
            (usual["links"].as_i64(), usual["dari_clusters"].as_i64(), dari > published + 1e-6),
            (Some(7), Some(2), worse),
            "{usual}"
        );
    }
    let broken = place.path("broken.json");
    std::fs::write(&broken, r#"{"network": {"items": [{"id": 1, "cluster": 1}], "links": [{"source_id": 1, "target_id": 2}]}}"#).unwrap();
    let run = place.run(&["bench", "networks", "--published", broken.to_str().unwrap()]);
    assert!(run.status == 1 && run.stderr.contains("a link names 2") && run.stderr.contains("VOSviewer"), "{}", run.stderr);
    let run = place.run(&["bench", "networks", "--sizes", "10", "--no-peer"]);
    assert!(run.status == 2 && run.stderr.contains("--sizes"), "{}", run.stderr);
}
