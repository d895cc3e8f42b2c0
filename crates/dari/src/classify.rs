//! Topics for works that have none: the classifier trained from the lake.

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type, Int32Type, Int64Type};
use dari_classifier::{Classifier, Example, Level, Options, Scratch, Topic};
use dari_lake::Snapshot;

use crate::cli::Common;
use crate::error::{Failure, Result};

/// Works that carry topics, at most: enough to learn the words of topics, few enough to hold in memory.
const EXAMPLES: usize = 200_000;

/// The topics loaded, in order of their id.
pub(crate) fn topics(snapshot: &Snapshot, common: &Common) -> Result<Vec<Topic>> {
    let query = "SELECT id, subfield_id, field_id, domain_id, name, subfield, field, domain, keywords FROM topics ORDER BY id";
    let mut topics = Vec::new();
    for batch in snapshot.query(query, &common.options())? {
        let texts = (4..9).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
        let number = |column: usize, row: usize| batch.column(column).as_primitive::<Int32Type>().value(row);
        let text = |column: usize, row: usize| {
            let column = texts[column - 4].as_string::<i32>();
            if column.is_null(row) { String::new() } else { column.value(row).to_owned() }
        };
        for row in 0..batch.num_rows() {
            let level = |column: usize| Level { id: number(column, row), name: text(column + 4, row) };
            topics.push(Topic {
                id: number(0, row),
                name: text(4, row),
                keywords: text(8, row).split('|').filter(|keyword| !keyword.is_empty()).map(str::to_owned).collect(),
                subfield: level(1),
                field: level(2),
                domain: level(3),
            });
        }
    }
    if topics.is_empty() {
        return Err(Failure::new("no topics loaded").hint("Load them with `dari load topics FILE`."));
    }
    Ok(topics)
}

struct Work {
    title: String,
    abstract_text: Option<String>,
    topics: Vec<(i32, f32)>,
}

/// Trains a classifier from the topics of the lake and the works whose topics their source gives.
pub(crate) fn train(snapshot: &Snapshot, common: &Common) -> Result<Classifier> {
    let topics = topics(snapshot, common)?;
    let query = format!(
        "SELECT w.id, w.title, a.abstract, t.topic_id, t.score
         FROM (SELECT id, title FROM works WHERE title IS NOT NULL AND primary_topic IS NOT NULL ORDER BY id LIMIT {EXAMPLES}) w
         JOIN work_topics t ON t.work_id = w.id AND t.origin = 'source' LEFT JOIN abstracts a ON a.work_id = w.id ORDER BY w.id, t.rank"
    );
    let mut works: Vec<Work> = Vec::new();
    let mut last = None;
    for batch in snapshot.query(&query, &common.options())? {
        let (titles, abstracts) = (cast(batch.column(1), &DataType::Utf8)?, cast(batch.column(2), &DataType::Utf8)?);
        let (titles, abstracts) = (titles.as_string::<i32>(), abstracts.as_string::<i32>());
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let (of, scores) = (batch.column(3).as_primitive::<Int32Type>(), batch.column(4).as_primitive::<Float32Type>());
        for row in 0..batch.num_rows() {
            if last != Some(ids.value(row)) {
                last = Some(ids.value(row));
                let abstract_text = (!abstracts.is_null(row)).then(|| abstracts.value(row).to_owned());
                works.push(Work { title: titles.value(row).to_owned(), abstract_text, topics: Vec::new() });
            }
            if let Some(work) = works.last_mut() {
                work.topics.push((of.value(row), if scores.is_null(row) { 1.0 } else { scores.value(row) }));
            }
        }
    }
    let examples = works.iter().map(|work| Example { title: &work.title, abstract_: work.abstract_text.as_deref(), topics: &work.topics });
    Ok(Classifier::train(&topics, examples, Options::default()))
}

/// The topic the classifier holds for the main one, if it is sure enough.
pub(crate) fn main_topic(classifier: &Classifier, title: &str, abstract_text: Option<&str>, space: &mut Scratch) -> Option<i32> {
    classifier.classify(title, abstract_text, space).first().map(|ranked| ranked.topic)
}
