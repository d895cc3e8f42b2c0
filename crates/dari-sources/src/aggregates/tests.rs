use proptest::prelude::*;

use super::*;
use crate::testing::{Emitted, damaged, gzip, run};

fn topics(bytes: &[u8]) -> Result<Emitted, Error> {
    run(bytes, |file, emit| read(file, Kind::CountryTopic, "openalex-2024", Some("CC0"), emit))
}

fn pairs(bytes: &[u8]) -> Result<Emitted, Error> {
    run(bytes, |file, emit| read(file, Kind::CountryPairs, "pairs", None, emit))
}

const TOPICS: &str =
    "period,topic_id,topic_name,country_code,works,world_works\n2010-2014,T10001,G,KR,173,29341\n2012,10001,G,us,0,\"1,000\"\n";

#[test]
fn cells_of_topics() {
    let all = topics(&gzip(TOPICS.as_bytes())).unwrap();
    assert!(all.rejects.is_empty(), "{:?}", all.rejects);
    let dataset = id::foreign("country-topic", "openalex-2024").to_string();
    assert_eq!(
        all.rows("datasets", &["id", "name", "kind", "description", "cells"]),
        [[&dataset, "openalex-2024", "country-topic", "CC0", "2"]]
    );
    assert_eq!(
        all.rows("country_topic_year", &["dataset_id", "year_from", "year_to", "topic_id", "country", "works", "world_works"]),
        [[&dataset, "2010", "2014", "10001", "KR", "173", "29341"], [&dataset, "2012", "2012", "10001", "US", "0", "1000"]]
    );
    assert_eq!((all.records.len(), all.read), (1, 1));
    let changed = topics(TOPICS.replace("173", "174").as_bytes()).unwrap();
    assert_ne!(all.records[0].hash, changed.records[0].hash);
    assert_eq!(all.records[0].hash, topics(TOPICS.as_bytes()).unwrap().records[0].hash);
}

#[test]
fn cells_of_topics_that_are_wrong() {
    let rows = "2010-2014,T10001,G,KR,173,29341\n2014-2010,T1,G,KR,1,2\n2010,W1,G,KR,1,2\n2010,T1,G,XX,1,2\n2010,T1,G,KR,-1,2\n2010,T1,G,KR,1,-2\n2010,T1,G,KR,3,2\n2010,T1,G,KR,,2\n2010,T1\n";
    let all = topics(format!("{TOPICS}{rows}").as_bytes()).unwrap();
    let places: Vec<_> = all.rejects.iter().map(|reject| reject.record).collect();
    assert_eq!(places, (3..=11).collect::<Vec<_>>());
    assert_eq!(all.reasons()[0], "duplicate of record 1: the same cell again");
    assert_eq!(all.rows("datasets", &["cells"]), [["2"]]);
    assert_eq!(all.rows("country_topic_year", &["works"]).len(), 2);
}

#[test]
fn cells_of_pairs() {
    let csv = "year,country_a,country_b,works,topic_id\n1990,AE,AU,4,\n1990,AE,AU,2,T7\n1990,KR,JP,1,\n1990,KR,KR,1,\n1990,KR,US,x,\n19900,KR,US,1,\n1990,ae,au,9,\n";
    let all = pairs(csv.as_bytes()).unwrap();
    assert_eq!(
        all.rows("country_pair_topic_year", &["year", "country_a", "country_b", "topic_id", "works"]),
        [["1990", "AE", "AU", "", "4"], ["1990", "AE", "AU", "7", "2"]]
    );
    let expected = ["JP", "KR twice", "'x'", "'19900'", "duplicate of record 1"];
    for (reason, expected) in all.reasons().iter().zip(expected) {
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!((all.rejects.len(), all.read), (5, 6));
}

#[test]
fn the_key_comes_once_and_first() {
    let mut csv = String::from("year,country_a,country_b,works\n");
    let codes: Vec<_> = dari_model::country::all().iter().map(|country| country.code).collect();
    for (index, a) in codes.iter().enumerate() {
        codes[index + 1..].iter().for_each(|b| [2001, 2002, 2003].iter().for_each(|year| csv.push_str(&format!("{year},{a},{b},1\n"))));
    }
    let all = pairs(csv.as_bytes()).unwrap();
    // 250 countries: 250 × 249 / 2 pairs in three years.
    assert_eq!(all.rows("datasets", &["cells"]), [["93375"]]);
    assert_eq!(all.batches[0].0.name, "datasets");
    assert!(all.batches.len() > 2, "the cells come in several batches");
    assert_eq!(all.batches.iter().skip(1).map(|(_, batch)| batch.num_rows()).sum::<usize>(), 93_375);
}

#[test]
fn other_files_are_errors() {
    assert!(matches!(topics(b""), Err(Error::Format { .. })));
    assert!(matches!(topics(b"year,country_a\n1,2\n"), Err(Error::Format { .. })));
    assert!(matches!(topics(b"PAR1 not really"), Err(Error::Format { .. })));
    assert!(matches!(topics(&[0xff, 0xfe, 0x00, 0x0a]), Err(Error::Format { .. })));
}

proptest! {
    #[test]
    fn no_damage_panics(at in 0usize..200, byte: u8, how: u8) {
        let _ = topics(&damaged(TOPICS.as_bytes(), at, byte, how));
    }
}
