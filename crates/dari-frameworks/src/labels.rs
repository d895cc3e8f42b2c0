//! Labelled titles.

use std::collections::BTreeSet;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use serde::Serialize;

use crate::error::Error;
use crate::near::near;

const COLUMNS: [&str; 7] = ["source", "key", "title", "draw", "pass1", "pass2", "label"];

/// A title and what two readings made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelledTitle {
    /// Where the title comes from: `nsf-2017`.
    pub source: String,
    /// Its key there.
    pub key: String,
    /// The title.
    pub title: String,
    /// Why it is in the sample.
    pub draw: Draw,
    /// Labels of the first reading; empty: none applies.
    pub pass1: BTreeSet<String>,
    /// Labels of the second reading.
    pub pass2: BTreeSet<String>,
    /// The labels that count.
    pub label: BTreeSet<String>,
}

/// How a title came into the sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Draw {
    /// By chance.
    Random,
    /// By a search for words of this field.
    Enriched(String),
}

/// Reads a CSV file of the columns `source,key,title,draw,pass1,pass2,label` in any order: labels separated by `;`, or `none`; draws `random`
/// or `enriched:<field>`. `file` names it in errors; `ids` are the labels there can be.
///
/// # Errors
/// [`Error::Labels`] with the line: a column missing or unknown, an unknown label or draw, an empty label, (source, key) twice, no titles.
pub fn read_labels(file: &str, reader: impl Read, ids: &BTreeSet<String>) -> Result<Vec<LabelledTitle>, Error> {
    let fail = |line: u64, message: String| Error::Labels { file: file.to_owned(), line, message };
    let bad_csv = |error: csv::Error| fail(error.position().map_or(1, csv::Position::line), error.to_string());
    let mut csv = ReaderBuilder::new().from_reader(reader);
    let header = csv.headers().map_err(bad_csv)?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        *place = header.iter().position(|column| column == name).ok_or_else(|| fail(1, format!("no column {name}")))?;
    }
    if let Some(column) = header.iter().find(|column| !COLUMNS.contains(column)) {
        return Err(fail(1, format!("unknown column {column}; expected {}", COLUMNS.join(","))));
    }
    let mut titles = Vec::new();
    let mut keys = BTreeSet::new();
    for record in csv.records() {
        let record = record.map_err(bad_csv)?;
        let line = record.position().map_or(0, csv::Position::line);
        let title = title(&record, places, ids).map_err(|message| fail(line, message))?;
        if !keys.insert((title.source.clone(), title.key.clone())) {
            return Err(fail(line, format!("{} {} is there twice", title.source, title.key)));
        }
        titles.push(title);
    }
    if titles.is_empty() { Err(fail(1, "no titles".to_owned())) } else { Ok(titles) }
}

fn title(record: &StringRecord, places: [usize; COLUMNS.len()], ids: &BTreeSet<String>) -> Result<LabelledTitle, String> {
    let [source, key, title, draw, pass1, pass2, label] = places.map(|place| record.get(place).unwrap_or_default().trim());
    let draw = match draw.split_once(':') {
        None if draw == "random" => Draw::Random,
        Some(("enriched", field)) if ids.contains(field) => Draw::Enriched(field.to_owned()),
        _ => return Err(format!("draw: expected random or enriched:<field>, found {draw:?}")),
    };
    Ok(LabelledTitle {
        source: source.to_owned(),
        key: key.to_owned(),
        title: title.to_owned(),
        draw,
        pass1: labels("pass1", pass1, ids)?,
        pass2: labels("pass2", pass2, ids)?,
        label: labels("label", label, ids)?,
    })
}

fn labels(column: &str, text: &str, ids: &BTreeSet<String>) -> Result<BTreeSet<String>, String> {
    if text == "none" {
        return Ok(BTreeSet::new());
    }
    let known = |label: &str| {
        if ids.contains(label) {
            return Ok(label.to_owned());
        }
        let near = near(label, ids.iter().map(|id| (id.as_str(), id.as_str())));
        let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
        Err(format!("{column}: expected ids separated by ; or none, found {label:?}{hint}"))
    };
    text.split(';').map(|label| known(label.trim())).collect()
}
