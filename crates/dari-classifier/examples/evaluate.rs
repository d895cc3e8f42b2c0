//! Prints how well topics are found and how fast:
//! `evaluate TOPICS.csv WORKS.jsonl.gz [--terms] [--calibrate] [--prior X] [--threshold X]
//! [--descriptions] [--titles FILE.csv [COLUMN [SHOWN]]]`.
//!
//! `--descriptions` trains on names and keywords alone for `--titles`; `--terms` adds the technology terms; `--calibrate` fits the calibration on another split and uses it; `--titles` classifies the titles of a CSV file on two threads
//! and shows some of them; if the file has a column `fields` (field ids separated by `;`), it also prints how often the first topic is in one.

use anyhow::{Context, Result, bail};
use dari_classifier::{
    Classifier, Example, Level, Measures, Options, Scratch, Subset, Topic, add_technology_terms, calibrate, evaluate, split,
};
use dari_model::{id::openalex, text::plain};
use rand::{SeedableRng, seq::SliceRandom};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::time::Instant;

/// Weights of a work's topics as training material, by rank.
const WEIGHTS: [f32; 3] = [1.0, 0.2, 0.1];
const SEED: u64 = 1;

/// A CSV file of titles, and how many of them to show.
struct Titles<'a> {
    file: &'a str,
    column: &'a str,
    shown: usize,
}

struct Work {
    title: String,
    abstract_: Option<String>,
    topics: Vec<(i32, f32)>,
}

impl Work {
    fn example(&self) -> Example<'_> {
        Example { title: &self.title, abstract_: self.abstract_.as_deref(), topics: &self.topics }
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [topics, works, rest @ ..] = arguments.as_slice() else { bail!("expected TOPICS.csv WORKS.jsonl.gz") };
    let mut topics = read_topics(topics)?;
    let works = read_works(works)?;
    let examples: Vec<Example> = works.iter().map(Work::example).collect();
    let terms = rest.iter().any(|argument| argument == "--terms");
    if terms {
        add_technology_terms(&mut topics);
    }
    let mut out = std::io::stdout().lock();
    let mut options = Options::default();
    if let Some(threshold) = number(rest, "--threshold")? {
        options.threshold = threshold;
    }
    if let Some(prior) = number(rest, "--prior")? {
        options.prior = prior;
    }
    let (trained_on, asked) = split(&topics, &examples, 0.3, SEED);
    if rest.iter().any(|argument| argument == "--calibrate") {
        // Fitted within the works trained on, so that none of those asked for is seen.
        let (inner, fitted_on) = split(&topics, &trained_on, 0.3, SEED + 1);
        options.calibration = calibrate(&topics, &inner, &fitted_on, options);
        writeln!(out, "fitted {:.3?}", options.calibration)?;
    }
    writeln!(out, "{} topics, {} works, technology terms: {terms}, threshold {}", topics.len(), works.len(), options.threshold)?;
    for row in evaluate(&topics, &trained_on, &asked, options) {
        print_row(&mut out, &row)?;
    }
    let examples = if rest.iter().any(|argument| argument == "--descriptions") { Vec::new() } else { examples };
    if let Some(place) = rest.iter().position(|argument| argument == "--titles") {
        let [file, more @ ..] = &rest[place + 1..] else { bail!("--titles expects a file") };
        let column = more.first().map_or("title", String::as_str);
        let shown = more.get(1).map_or(Ok(0), |count| count.parse())?;
        classify_file(&mut out, &topics, &examples, options, Titles { file, column, shown })?;
    }
    Ok(())
}

fn number(arguments: &[String], name: &str) -> Result<Option<f32>> {
    let Some(place) = arguments.iter().position(|argument| argument == name) else { return Ok(None) };
    let value = arguments.get(place + 1).with_context(|| format!("{name} expects a number"))?;
    Ok(Some(value.parse().with_context(|| format!("{name} expects a number, found {value}"))?))
}

fn print_row(out: &mut impl Write, row: &Measures) -> Result<()> {
    let text = if row.with_abstract { "title+abstract" } else { "title" };
    let subset = if row.subset == Subset::All { "all" } else { "unseen" };
    let percent = |share: f64| 100.0 * share;
    writeln!(
        out,
        "{text:14} {subset:6} {:12} n {:4} | topic {:4.1} /5 {:4.1} any {:4.1} | subfield {:4.1} /5 {:4.1} | field {:4.1} /5 {:4.1} | none {:4.1} \
         precision {:4.1} field {:4.1} | confidence {:4.1}",
        format!("{:?}", row.ranker),
        row.works,
        percent(row.top1),
        percent(row.top5),
        percent(row.any),
        percent(row.subfield),
        percent(row.subfield5),
        percent(row.field),
        percent(row.field5),
        percent(row.none),
        percent(row.precision),
        percent(row.field_precision),
        percent(row.confidence),
    )?;
    Ok(())
}

fn classify_file(out: &mut impl Write, topics: &[Topic], examples: &[Example], options: Options, asked: Titles) -> Result<()> {
    let Titles { file, column, shown } = asked;
    let mut reader = csv::Reader::from_path(file).with_context(|| format!("{file}: cannot be opened"))?;
    let place = reader.headers()?.iter().position(|name| name == column).with_context(|| format!("{file}: no column {column}"))?;
    let titles: Vec<String> = reader.records().map(|record| Ok(plain(&record?[place]))).collect::<Result<_>>()?;
    let start = Instant::now();
    let classifier = Classifier::train(topics, examples.iter().copied(), options);
    let trained = start.elapsed();
    let start = Instant::now();
    let given: usize = std::thread::scope(|scope| {
        let halves: Vec<_> = titles
            .chunks(titles.len().div_ceil(2).max(1))
            .map(|half| {
                scope.spawn(|| {
                    let mut scratch = Scratch::default();
                    half.iter().filter(|title| !classifier.classify(title, None, &mut scratch).is_empty()).count()
                })
            })
            .collect();
        halves.into_iter().map(|half| half.join().unwrap_or(0)).sum()
    });
    let seconds = start.elapsed().as_secs_f64();
    writeln!(
        out,
        "trained in {trained:.2?}; {} titles in {seconds:.2} s on 2 threads, {:.0} titles/s; {:.1} % given a topic",
        titles.len(),
        titles.len() as f64 / seconds,
        100.0 * given as f64 / titles.len().max(1) as f64
    )?;
    if let Some(fields) = csv::Reader::from_path(file)?.headers()?.iter().position(|name| name == "fields") {
        let allowed: Vec<String> =
            csv::Reader::from_path(file)?.records().map(|row| Ok(row?[fields].to_string())).collect::<Result<_>>()?;
        let field_of: HashMap<i32, String> = topics.iter().map(|topic| (topic.id, topic.field.id.to_string())).collect();
        let mut scratch = Scratch::default();
        let (mut inside, mut outside) = (0, 0);
        for (title, allowed) in titles.iter().zip(&allowed) {
            let Some(first) = classifier.classify(title, None, &mut scratch).first() else { continue };
            let found = allowed.split(';').any(|id| field_of.get(&first.topic).is_some_and(|field| field == id));
            if found { inside += 1 } else { outside += 1 }
        }
        let given = inside + outside;
        writeln!(
            out,
            "{given} of {} given, {:.1} % of them in the expected fields",
            titles.len(),
            100.0 * f64::from(inside) / f64::from(given.max(1))
        )?;
    }
    let mut order: Vec<&String> = titles.iter().collect();
    order.shuffle(&mut rand_chacha::ChaCha8Rng::seed_from_u64(SEED));
    let mut scratch = Scratch::default();
    for title in order.into_iter().take(shown) {
        writeln!(out, "{title}")?;
        for ranked in classifier.classify(title, None, &mut scratch).iter().take(2) {
            let name = topics.iter().find(|topic| topic.id == ranked.topic).map_or("", |topic| &topic.name);
            writeln!(out, "      {:.2} {} {name}", ranked.score, ranked.topic)?;
        }
    }
    Ok(())
}

fn read_topics(file: &str) -> Result<Vec<Topic>> {
    let level = |id: &str, name: &str| -> Result<Level> { Ok(Level { id: id.parse()?, name: name.into() }) };
    csv::Reader::from_path(file)
        .with_context(|| format!("{file}: cannot be opened"))?
        .records()
        .map(|record| {
            let record = record?;
            Ok(Topic {
                id: record[0].parse()?,
                name: record[1].into(),
                keywords: record[8].split(';').map(|keyword| keyword.trim().to_string()).collect(),
                subfield: level(&record[2], &record[3])?,
                field: level(&record[4], &record[5])?,
                domain: level(&record[6], &record[7])?,
            })
        })
        .collect()
}

fn read_works(file: &str) -> Result<Vec<Work>> {
    let opened = std::fs::File::open(file).with_context(|| format!("{file}: cannot be opened"))?;
    let mut works = Vec::new();
    for line in BufReader::new(flate2::read::GzDecoder::new(opened)).lines() {
        let work: Value = serde_json::from_str(&line?)?;
        let Some(title) = work["title"].as_str() else { continue };
        let topics = work["topics"].as_array().map(Vec::as_slice).unwrap_or_default();
        let topics = topics.iter().filter_map(|topic| i32::try_from(openalex(b'T', topic["id"].as_str()?)?).ok());
        works.push(Work { title: plain(title), abstract_: abstract_of(&work), topics: topics.zip(WEIGHTS).collect() });
    }
    Ok(works)
}

fn abstract_of(work: &Value) -> Option<String> {
    let index = work["abstract_inverted_index"].as_object()?;
    let places = |places: &Value| places.as_array().into_iter().flatten().filter_map(Value::as_u64).collect::<Vec<_>>();
    let mut words: Vec<(u64, &str)> =
        index.iter().flat_map(|(word, at)| places(at).into_iter().map(move |place| (place, word.as_str()))).collect();
    words.sort_unstable();
    Some(words.into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(" "))
}
