//! The real data whose margins the world follows, as they ship in `demo/`.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::Error;
use crate::error::io;

/// A two-letter country code.
pub(crate) type Code = [u8; 2];

/// A topic of OpenAlex with what it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) keywords: Vec<String>,
    pub(crate) subfield: (u32, String),
    pub(crate) field: (u32, String),
    pub(crate) domain: (u32, String),
}

/// Works of a country on a topic in a period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Margin {
    /// 0 for 2010-2014, 1 for 2020-2024.
    pub(crate) period: usize,
    pub(crate) topic: u32,
    pub(crate) country: Code,
    pub(crate) works: f64,
    /// Works of the world on the topic in the period.
    pub(crate) world: f64,
}

/// Joint works of two countries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) year: i32,
    pub(crate) countries: (Code, Code),
    pub(crate) works: f64,
}

/// What is taken from the demo.
#[derive(Debug)]
pub(crate) struct Demo {
    /// By field, subfield, id, so that each field and subfield is one run.
    pub(crate) topics: Vec<Topic>,
    pub(crate) margins: Vec<Margin>,
    pub(crate) pairs: Vec<Pair>,
}

impl Demo {
    /// Reads topics and both aggregates from the demo folder.
    pub(crate) fn read(folder: &Path) -> Result<Demo, Error> {
        let topics = topics(&folder.join("topics/openalex_topics.csv"))?;
        let mut margins = Vec::new();
        each_row(
            &folder.join("aggregates/country_topic_2010_2024.parquet"),
            ["period", "topic_id", "country_code"],
            ["works", "world_works"],
            |texts, numbers| {
                let period = match texts[0] {
                    "2010-2014" => 0,
                    "2020-2024" => 1,
                    _ => return None,
                };
                let topic = texts[1].strip_prefix('T')?.parse().ok()?;
                margins.push(Margin { period, topic, country: code(texts[2])?, works: numbers[0] as f64, world: numbers[1] as f64 });
                Some(())
            },
        )?;
        let mut pairs = Vec::new();
        each_row(
            &folder.join("aggregates/country_pairs_1990_2023.parquet"),
            ["country_a", "country_b", "country_b"],
            ["year", "works"],
            |texts, numbers| {
                pairs.push(Pair { year: numbers[0] as i32, countries: (code(texts[0])?, code(texts[1])?), works: numbers[1] as f64 });
                Some(())
            },
        )?;
        Ok(Demo { topics, margins, pairs })
    }
}

fn code(text: &str) -> Option<Code> {
    dari_model::country::by_code(text)?.code.as_bytes().try_into().ok()
}

fn topics(path: &Path) -> Result<Vec<Topic>, Error> {
    let mut reader = csv::Reader::from_reader(File::open(path).map_err(io(path))?);
    let wrong = |reason: String| Error::Demo { path: path.to_owned(), reason };
    let headers: HashMap<String, usize> =
        reader.headers().map_err(|error| wrong(error.to_string()))?.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    let mut topics = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let text = |name: &str| headers.get(name).and_then(|at| record.get(*at)).unwrap_or_default().to_owned();
        let number = |name: &str| text(name).parse().map_err(|_| wrong(format!("{name}: no number in record {}", topics.len() + 1)));
        topics.push(Topic {
            id: number("topic_id")?,
            name: text("topic_name"),
            keywords: text("keywords").split(';').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect(),
            subfield: (number("subfield_id")?, text("subfield_name")),
            field: (number("field_id")?, text("field_name")),
            domain: (number("domain_id")?, text("domain_name")),
        });
    }
    if topics.is_empty() {
        return Err(wrong("no topics".to_owned()));
    }
    topics.sort_by_key(|topic| (topic.field.0, topic.subfield.0, topic.id));
    Ok(topics)
}

/// Calls `each` with the texts and numbers of every row; a row for which it gives `None` is passed over.
fn each_row(
    path: &Path,
    texts: [&str; 3],
    numbers: [&str; 2],
    mut each: impl FnMut([&str; 3], [i64; 2]) -> Option<()>,
) -> Result<(), Error> {
    let wrong = |reason: String| Error::Demo { path: path.to_owned(), reason };
    let file = File::open(path).map_err(io(path))?;
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build()).map_err(|error| wrong(error.to_string()))?;
    for batch in reader {
        let batch = batch?;
        let as_type =
            |name: &str, kind: &DataType| cast(&batch, name, kind).ok_or_else(|| wrong(format!("no column {name} of the kind expected")));
        let text_columns = [as_type(texts[0], &DataType::Utf8)?, as_type(texts[1], &DataType::Utf8)?, as_type(texts[2], &DataType::Utf8)?];
        let number_columns = [as_type(numbers[0], &DataType::Int64)?, as_type(numbers[1], &DataType::Int64)?];
        let text_columns = [0, 1, 2].map(|at| text_columns[at].as_string::<i32>());
        let number_columns = [0, 1].map(|at| number_columns[at].as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            each([0, 1, 2].map(|at| text_columns[at].value(row)), [0, 1].map(|at| number_columns[at].value(row)));
        }
    }
    Ok(())
}

/// A column as text or as whole numbers, whatever its width.
fn cast(batch: &RecordBatch, name: &str, kind: &DataType) -> Option<arrow::array::ArrayRef> {
    let column = batch.column_by_name(name)?;
    let column = arrow::compute::cast(column, kind).ok()?;
    (column.null_count() == 0).then_some(column)
}
