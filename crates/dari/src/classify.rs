//! Topics for works that have none: the classifier trained from the lake.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use dari_classifier::{Classifier, Example, Level, Options, Scratch, Topic};
use dari_lake::{Commit, Counts, Lake, Load, Snapshot};
use dari_model::id::record_hash;
use dari_model::table::{INFERRED_TOPICS, INFERRED_TOPICS_GROUP};
use dari_model::{Cell, Chunk, RecordKey, TableBuilder};

use crate::analysis::own;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::progress::{count_bar, stopped};

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

/// What the first, second and third topic of a work count for in training.
const RANK_WEIGHTS: [f32; 3] = [1.0, 0.2, 0.1];

/// Trains a classifier from the topics of the lake, with terms of the technologies, and from the works whose topics their source gives, once
/// these cover a quarter of the topics: works of one field alone would draw everything towards it (crates/dari-classifier/README.md).
pub(crate) fn train(snapshot: &Snapshot, common: &Common) -> Result<Classifier> {
    let mut topics = topics(snapshot, common)?;
    dari_classifier::add_technology_terms(&mut topics);
    let works = if covers_topics(snapshot, common, topics.len())? { labelled_works(snapshot, common)? } else { Vec::new() };
    let examples = works.iter().map(|work| Example { title: &work.title, abstract_: work.abstract_text.as_deref(), topics: &work.topics });
    Ok(Classifier::train(&topics, examples, Options::default()))
}

/// Whether the works that carry topics cover enough of them to be learnt from.
fn covers_topics(snapshot: &Snapshot, common: &Common, topics: usize) -> Result<bool> {
    let batches = snapshot.query("SELECT count(DISTINCT primary_topic) FROM works", &common.options())?;
    let covered = batches.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
    Ok(covered as usize * 4 >= topics)
}

/// Works with the topics their source gives.
fn labelled_works(snapshot: &Snapshot, common: &Common) -> Result<Vec<Work>> {
    let [title, text] = ["w.title", "a.abstract"].map(own);
    let query = format!(
        "SELECT w.id, {title}, {text}, t.topic_id
         FROM (SELECT id, title FROM works WHERE title IS NOT NULL AND primary_topic IS NOT NULL ORDER BY id LIMIT {EXAMPLES}) w
         JOIN work_topics t ON t.work_id = w.id LEFT JOIN abstracts a ON a.work_id = w.id ORDER BY w.id, t.rank"
    );
    let mut works: Vec<Work> = Vec::new();
    let mut last = None;
    for batch in snapshot.query(&query, &common.options())? {
        let (titles, abstracts) = (cast(batch.column(1), &DataType::Utf8)?, cast(batch.column(2), &DataType::Utf8)?);
        let (titles, abstracts) = (titles.as_string::<i32>(), abstracts.as_string::<i32>());
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let of = batch.column(3).as_primitive::<Int32Type>();
        for row in 0..batch.num_rows() {
            if last != Some(ids.value(row)) {
                last = Some(ids.value(row));
                let abstract_text = (!abstracts.is_null(row)).then(|| abstracts.value(row).to_owned());
                works.push(Work { title: titles.value(row).to_owned(), abstract_text, topics: Vec::new() });
            }
            if let Some(work) = works.last_mut() {
                let weight = RANK_WEIGHTS.get(work.topics.len()).copied().unwrap_or(0.1);
                work.topics.push((of.value(row), weight));
            }
        }
    }
    Ok(works)
}

/// The topic the classifier holds for the main one, if it is sure enough.
pub(crate) fn main_topic(classifier: &Classifier, title: &str, abstract_text: Option<&str>, space: &mut Scratch) -> Option<i32> {
    classifier.classify(title, abstract_text, space).first().map(|ranked| ranked.topic)
}

/// Version of the classifier, kept with every topic it infers.
const VERSION: &str = concat!("dari ", env!("CARGO_PKG_VERSION"));

/// What [`infer`] did.
pub(crate) struct Inferred {
    /// Works and awards that have no topics of their own.
    pub(crate) read: u64,
    /// Of these: given a topic; the others are left without one.
    pub(crate) given: u64,
    pub(crate) merged: dari_lake::Merged,
}

/// Gives a topic to every work and award that has none of its own, where the classifier is sure enough, and keeps them in the lake's table
/// `inferred_topics`.
pub(crate) fn infer(common: &Common) -> Result<Inferred> {
    let lake = Lake::open(&common.lake)?;
    let snapshot = lake.snapshot(None)?;
    let classifier = train(&snapshot, common)?;
    let load = Load::begin(&lake, &INFERRED_TOPICS_GROUP)?;
    let mut writer = load.writer();
    let mut read = 0;
    let mut given = 0;
    // Inferences that no longer hold: the work is gone, has topics of its own by now, or the classifier is less sure.
    let mut stale: BTreeSet<i64> = BTreeSet::new();
    snapshot.for_each("SELECT id FROM inferred_topics", &common.options(), |batch| -> Result<()> {
        stale.extend(batch.column(0).as_primitive::<Int64Type>().values());
        Ok(())
    })?;
    let bar = count_bar("works and awards");
    let sources = [
        (
            "work",
            "SELECT w.id, w.title, a.abstract FROM works w LEFT JOIN abstracts a ON a.work_id = w.id WHERE w.primary_topic IS NULL AND w.title IS NOT NULL",
        ),
        ("award", "SELECT id, title, abstract FROM awards WHERE title IS NOT NULL"),
    ];
    for (record, query) in sources {
        snapshot.for_each(query, &common.options(), |batch| {
            if stopped() {
                return Err(Failure::new("stopped by Ctrl-C").hint("The lake is as it was before."));
            }
            read += batch.num_rows() as u64;
            bar.set_position(read);
            for chunk in classify_batch(&classifier, record, &batch)? {
                given += chunk.records.len() as u64;
                for record in &chunk.records {
                    stale.remove(&record.id);
                }
                writer.write(&chunk)?;
            }
            Ok(())
        })?;
    }
    bar.finish_and_clear();
    let (units, _) = writer.finish()?;
    let about = Commit {
        what: "topics inferred from titles and abstracts".to_owned(),
        counts: Counts { read, kept: given, ..Counts::default() },
        ..Commit::default()
    };
    Ok(Inferred { read, given, merged: load.merge(units, &stale.into_iter().collect::<Vec<_>>(), about)? })
}

/// Classifies the rows (id, title, abstract) of a batch on all cores; a chunk for each.
fn classify_batch(classifier: &Classifier, record: &str, batch: &RecordBatch) -> Result<Vec<Chunk>> {
    let ids = batch.column(0).as_primitive::<Int64Type>();
    let (titles, abstracts) = (cast(batch.column(1), &DataType::Utf8)?, cast(batch.column(2), &DataType::Utf8)?);
    let (titles, abstracts) = (titles.as_string::<i32>(), abstracts.as_string::<i32>());
    let part = |rows: std::ops::Range<usize>| -> Result<Chunk> {
        let (mut chunk, mut builder, mut space) = (Chunk::default(), TableBuilder::new(&INFERRED_TOPICS), Scratch::default());
        for row in rows {
            let abstract_text = (!abstracts.is_null(row)).then(|| abstracts.value(row));
            let Some(best) = classifier.classify(titles.value(row), abstract_text, &mut space).first() else { continue };
            let id = ids.value(row);
            let hash = record_hash(format!("{record} {} {} {VERSION}", best.topic, best.score).as_bytes());
            let cells = [
                Cell::Int(id),
                Cell::Int(hash),
                Cell::Null,
                Cell::Text(record),
                Cell::from(best.topic),
                Cell::Float(f64::from(best.score)),
                Cell::Text(VERSION),
            ];
            builder.push(&cells).map_err(|error| Failure::new(error.to_string()))?;
            chunk.records.push(RecordKey { id, updated: i32::MIN, hash, ordinal: 0 });
        }
        chunk.take(&mut builder)?;
        Ok(chunk)
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let size = batch.num_rows().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let starts = (0..batch.num_rows()).step_by(size);
        let part = &part;
        let parts: Vec<_> = starts.map(|start| scope.spawn(move || part(start..(start + size).min(batch.num_rows())))).collect();
        let died = || Err(Failure::new("a thread that classifies stopped unexpectedly"));
        parts.into_iter().map(|part| part.join().unwrap_or_else(|_| died())).collect()
    })
}
