//! The shipped works, as far as the shapes of the world were taken from them.

use std::io::{BufRead, BufReader};

use serde_json::Value;

/// What is counted in the shipped works.
#[derive(Default)]
pub(super) struct Real {
    /// Authors of each work.
    pub(super) authors: Vec<f64>,
    /// Countries of each work that has any.
    pub(super) countries: Vec<usize>,
    /// Citations of articles of 2010 to 2016.
    pub(super) cited: Vec<f64>,
    /// Authorships with organisations; with several of the affiliations; with several organisations.
    pub(super) known: f64,
    pub(super) several_affiliations: f64,
    pub(super) several_organisations: f64,
    pub(super) without_author: f64,
    pub(super) authorships: f64,
}

pub(super) fn read() -> Real {
    let file = std::fs::File::open(super::demo().join("openalex/works.jsonl.gz")).unwrap();
    let mut real = Real::default();
    for line in BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines() {
        let work: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let empty = Vec::new();
        let list = |value: &Value, name: &str| value[name].as_array().map_or(0, Vec::len);
        let authorships = work["authorships"].as_array().unwrap_or(&empty);
        real.authors.push(authorships.len() as f64);
        let mut countries: Vec<&str> =
            authorships.iter().flat_map(|one| one["countries"].as_array().unwrap_or(&empty)).filter_map(Value::as_str).collect();
        countries.sort_unstable();
        countries.dedup();
        if !countries.is_empty() {
            real.countries.push(countries.len());
        }
        if work["type"] == "article" && (2010..=2016).contains(&work["publication_year"].as_i64().unwrap_or(0)) {
            real.cited.push(work["cited_by_count"].as_f64().unwrap());
        }
        for authorship in authorships {
            real.authorships += 1.0;
            real.without_author += f64::from(u8::from(authorship["author"]["id"].is_null()));
            if list(authorship, "institutions") > 0 {
                real.known += 1.0;
                real.several_affiliations += f64::from(u8::from(list(authorship, "affiliations") > 1));
                real.several_organisations += f64::from(u8::from(list(authorship, "institutions") > 1));
            }
        }
    }
    real
}
