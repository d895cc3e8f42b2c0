//! The readers on whole published files. Skipped unless the environment variable `DARI_SHARED` names the folder of the shared data (the one
//! with `ror/`, `awards/`, `conferences/` …):
//!
//! ```text
//! DARI_SHARED=… cargo nextest run -p dari-sources --test shared_files
//! ```
//!
//! The counts are those of the data's own description, or were counted from the files with other programs.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use dari_model::{Chunk, Reject};
use dari_sources::aggregates::Kind;
use dari_sources::{Emit, Error, File, aggregates, awards, bibliography, ror, screening, topics};

fn shared(path: &str) -> Option<File> {
    let Some(folder) = std::env::var_os("DARI_SHARED") else {
        eprintln!("skipped: DARI_SHARED is not set");
        return None;
    };
    Some(File::local(&PathBuf::from(folder).join(path)).unwrap())
}

/// What a reader emitted: rows by table, rejects, records.
#[derive(Default)]
struct Loaded {
    rows: BTreeMap<&'static str, usize>,
    rejects: Vec<Reject>,
    records: usize,
    read: u64,
    /// Sum of the weights of each work's authorships.
    weights: BTreeMap<i64, f64>,
    /// Sum of the weights by country, `--` where unknown.
    countries: BTreeMap<String, f64>,
    amounts: f64,
    /// Sum of the counts of works in a cube.
    works: i64,
}

fn load(read: impl FnOnce(Emit<'_>) -> Result<(), Error>) -> Loaded {
    let mut loaded = Loaded::default();
    let mut ids = BTreeSet::new();
    read(&mut |chunk: Chunk| {
        loaded.records += chunk.records.len();
        ids.extend(chunk.records.iter().map(|key| key.id));
        for (table, batch) in &chunk.tables {
            *loaded.rows.entry(table.name).or_default() += batch.num_rows();
            match table.name {
                "authorships" => weigh(&mut loaded, batch),
                "awards" => {
                    let amounts = batch.column_by_name("amount").unwrap().as_primitive::<Float64Type>();
                    loaded.amounts += amounts.iter().flatten().sum::<f64>();
                }
                "country_topic_year" | "country_pair_topic_year" => {
                    loaded.works += batch.column_by_name("works").unwrap().as_primitive::<Int64Type>().iter().flatten().sum::<i64>();
                }
                _ => {}
            }
        }
        loaded.rejects.extend(chunk.rejects);
        loaded.read += chunk.read;
        Ok(())
    })
    .unwrap();
    assert_eq!(ids.len(), loaded.records, "no id twice");
    assert_eq!(loaded.read, (loaded.records + loaded.rejects.len()) as u64);
    loaded
}

fn weigh(loaded: &mut Loaded, batch: &arrow::array::RecordBatch) {
    let works = batch.column_by_name("work_id").unwrap().as_primitive::<Int64Type>();
    let weights = batch.column_by_name("weight").unwrap().as_primitive::<Float64Type>();
    let countries = batch.column_by_name("country").unwrap().as_string::<i32>();
    for row in 0..batch.num_rows() {
        *loaded.weights.entry(works.value(row)).or_default() += weights.value(row);
        let country = if countries.is_null(row) { "--" } else { countries.value(row) };
        *loaded.countries.entry(country.to_owned()).or_default() += weights.value(row);
    }
}

fn weights_sum_to_one(loaded: &Loaded) {
    assert_eq!(loaded.weights.len(), loaded.records);
    assert!(loaded.weights.values().all(|sum| (sum - 1.0).abs() < 1e-9));
}

#[test]
fn ror_schema_2() {
    let Some(file) = shared("ror/ror_partial_schema_v2.json.gz") else { return };
    let loaded = load(|emit| ror::read(&file, emit));
    assert!(loaded.rejects.is_empty(), "{:?}", loaded.rejects);
    assert_eq!(loaded.records, 35_990);
    // Relationships: child 18,992, parent 13,364, related 7,949, successor 532, predecessor 406.
    assert_eq!(loaded.rows["organisation_relations"], 18_992 + 13_364 + 7_949 + 532 + 406);
    assert_eq!(loaded.rows["organisation_names"], 112_405);
}

#[test]
fn ror_schema_1() {
    let Some(file) = shared("ror/ror_partial_schema_v1.json.gz") else { return };
    let loaded = load(|emit| ror::read(&file, emit));
    assert!(loaded.rejects.is_empty(), "{:?}", loaded.rejects);
    assert_eq!(loaded.records, 15_380);
    // Relationships: Parent 4,321, Child 3,055, Related 1,659, Successor 1,458, Predecessor 88.
    assert_eq!(loaded.rows["organisation_names"], 38_585);
    assert_eq!(loaded.rows["organisation_relations"], 4_321 + 3_055 + 1_659 + 1_458 + 88);
}

#[test]
fn openalex_topics() {
    let Some(file) = shared("topics/openalex_topics.csv") else { return };
    let loaded = load(|emit| topics::read(&file, emit));
    assert_eq!((loaded.records, loaded.rejects.len(), loaded.rows["topics"]), (4_516, 0, 4_516));
}

#[test]
fn nsf_2017() {
    let Some(file) = shared("awards/nsf_2017_xml.tar.gz") else { return };
    let loaded = load(|emit| awards::nsf_xml::read(&file, emit));
    // 11,252 files hold 11,249 awards: for three of them there is a second file `…_bk.xml` of the same day, which differs in the programme
    // officer or in the order of the investigators.
    assert_eq!((loaded.read, loaded.records), (11_252, 11_249));
    let numbers: BTreeSet<_> = loaded.rejects.iter().map(|reject| reject.key.as_deref().unwrap_or_default()).collect();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), ["1716066", "1716533", "1716698"]);
    assert!(loaded.rejects.iter().all(|reject| reject.reason.starts_with("same key as record 1 of")), "{:?}", loaded.rejects);
    assert_eq!((loaded.rows["award_organisations"], loaded.rows["award_people"]), (11_249, 18_922));
    assert_eq!(loaded.amounts, 4_042_306_453.0);
}

#[test]
fn nsf_2026() {
    let Some(file) = shared("awards/nsf_fy2026.csv.gz") else { return };
    let loaded = load(|emit| awards::nsf_sheet::read(&file, emit));
    assert_eq!((loaded.records, loaded.rejects.len()), (1_151, 0));
    assert_eq!(loaded.amounts, 573_575_293.0);
}

#[test]
fn doe_high_energy_physics() {
    let Some(file) = shared("awards/doe_hep_grants.csv") else { return };
    let loaded = load(|emit| awards::doe_sheet::read(&file, emit));
    assert!(loaded.rejects.is_empty(), "{:?}", loaded.rejects);
    assert_eq!(loaded.records, 1_079);
    assert_eq!(loaded.amounts, 950_303_625.0);
    // One row has a state and a title only.
    assert_eq!((loaded.rows["award_organisations"], loaded.rows["award_people"]), (1_078, 1_078));
}

#[test]
fn country_topics() {
    let Some(file) = shared("aggregates/country_topic_2010_2024.parquet") else { return };
    let loaded = load(|emit| aggregates::read(&file, Kind::CountryTopic, "openalex", None, emit));
    assert!(loaded.rejects.is_empty(), "{:?}", loaded.rejects);
    assert_eq!((loaded.records, loaded.rows["datasets"], loaded.rows["country_topic_year"]), (1, 1, 354_831));
    assert_eq!(loaded.works, 31_243_573);
}

#[test]
fn country_pairs() {
    let Some(file) = shared("aggregates/country_pairs_1990_2023.parquet") else { return };
    let loaded = load(|emit| aggregates::read(&file, Kind::CountryPairs, "pairs", None, emit));
    assert!(loaded.rejects.is_empty(), "{:?}", loaded.rejects);
    assert_eq!((loaded.records, loaded.rows["country_pair_topic_year"]), (1, 265_281));
    assert_eq!(loaded.works, 33_241_179);
}

#[test]
fn screening_list() {
    let Some(file) = shared("screening/dod_section_1286.csv") else { return };
    let loaded = load(|emit| screening::read(&file, "dod-1286", None, emit));
    assert_eq!((loaded.records, loaded.rejects.len(), loaded.rows["screening"]), (443, 0, 443));
}

#[test]
fn conferences() {
    let (Some(works), Some(authorships)) = (shared("conferences/works.parquet"), shared("conferences/authorships.parquet")) else { return };
    let loaded = load(|emit| bibliography::read(&works, Some(&authorships), "conferences", emit));
    assert!(loaded.rejects.is_empty(), "{:?}", loaded.rejects);
    assert_eq!(loaded.records, 50_217);
    // 192,064 authorships; those with several institutions or countries have several rows. One list begins with an empty item.
    assert_eq!(loaded.rows["authorships"], 205_513 - 1);
    weights_sum_to_one(&loaded);
    for (country, credit) in [("US", 18_230.209411), ("CN", 5_923.626564), ("KR", 1_126.283160), ("--", 6_517.336760)] {
        assert!((loaded.countries[country] - credit).abs() < 1e-5, "{country}: {}", loaded.countries[country]);
    }
}

#[test]
fn quantum() {
    let Some(file) = shared("quantum/quantum_works.csv") else { return };
    let loaded = load(|emit| bibliography::read(&file, None, "quantum", emit));
    assert_eq!((loaded.records, loaded.rejects.len()), (4_000, 0));
    weights_sum_to_one(&loaded);
    // 355 works name neither institution nor country.
    for (country, credit) in [("US", 793.161880), ("CN", 481.665018), ("KR", 45.497558), ("--", 355.0)] {
        assert!((loaded.countries[country] - credit).abs() < 1e-5, "{country}: {}", loaded.countries[country]);
    }
}
