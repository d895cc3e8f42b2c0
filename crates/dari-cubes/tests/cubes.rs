//! Cubes of small random worlds against plain code that holds everything in memory, and the properties that figures rest on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, Float64Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Float64Type, Int16Type, Int32Type, Int64Type};
use dari_cubes::{CitationSource, Collector, Error, Options, Output, Report, Sink, Topic, UNKNOWN_COUNTRY};
use dari_indicators::Period;
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const TOPICS: [Topic; 4] =
    [Topic { id: 10, subfield: 1 }, Topic { id: 20, subfield: 1 }, Topic { id: 30, subfield: 2 }, Topic { id: 40, subfield: 3 }];

#[derive(Debug, Clone)]
struct Work {
    id: i64,
    year: Option<i16>,
    kind: &'static str,
    topic: Option<i32>,
    total: i32,
    retracted: bool,
    expansion: bool,
    /// (organisation, country, weight)
    credits: Vec<(Option<i64>, Option<&'static str>, f64)>,
    references: Vec<i64>,
    by_year: Vec<(i16, i32)>,
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    source: CitationSource,
    per_bucket: u64,
    threads: usize,
    /// Bytes that stay in memory.
    room: u64,
}

const PLAIN: Settings = Settings { source: CitationSource::Total, per_bucket: 1_000_000, threads: 1, room: 0 };

/// Cells by cube, (year, topic, by what) and column.
type Cells = BTreeMap<(&'static str, i16, Option<i32>, String), BTreeMap<String, f64>>;

fn compute(works: &[Work], settings: Settings) -> (Cells, Report) {
    compute_years(works, settings, None)
}

fn compute_years(works: &[Work], settings: Settings, years: Option<BTreeSet<i16>>) -> (Cells, Report) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(folder.path().to_owned(), works.len() as u64, settings.source);
    (options.works_per_bucket, options.room) = (settings.per_bucket, settings.room);
    let seen = works.iter().flat_map(|work| work.by_year.iter().map(|(year, _)| *year));
    options.years = years;
    options.seen = seen.clone().min().zip(seen.max()).map(|(from, to)| Period { from, to });
    let collector = Collector::new(options, TOPICS.to_vec()).unwrap();
    // Two that feed, and authorships first: the order of the input does not matter.
    let (mut feeder, mut other) = (collector.feeder(), collector.feeder());
    for part in works.chunks(7) {
        feeder.authorships(&authorships(part)).unwrap();
        std::mem::swap(&mut feeder, &mut other);
    }
    for part in works.chunks(5) {
        feeder.works(&batch(part)).unwrap();
        std::mem::swap(&mut feeder, &mut other);
    }
    let pairs: Vec<(i64, i64)> = works.iter().flat_map(|work| work.references.iter().map(|cited| (work.id, *cited))).collect();
    let column = |of: fn(&(i64, i64)) -> i64| Arc::new(pairs.iter().map(of).collect::<Int64Array>()) as _;
    feeder.references(&RecordBatch::try_from_iter([("citing", column(|pair| pair.0)), ("cited", column(|pair| pair.1))]).unwrap()).unwrap();
    let counts: Vec<(i64, i16, i32)> =
        works.iter().flat_map(|work| work.by_year.iter().map(|(year, count)| (work.id, *year, *count))).collect();
    let by_year = RecordBatch::try_from_iter([
        ("work_id", Arc::new(counts.iter().map(|row| row.0).collect::<Int64Array>()) as _),
        ("year", Arc::new(counts.iter().map(|row| row.1).collect::<Int16Array>()) as _),
        ("citations", Arc::new(counts.iter().map(|row| row.2).collect::<Int32Array>()) as _),
    ]);
    other.citations_by_year(&by_year.unwrap()).unwrap();
    feeder.finish().unwrap();
    other.finish().unwrap();
    let (report, sinks) = collector.compute((0..settings.threads).map(|_| Reader::default()).collect(), &|_, _| Ok(())).unwrap();
    let mut cells = Cells::new();
    for (key, cell) in sinks.into_iter().flat_map(|sink| sink.0) {
        assert!(cells.insert(key, cell).is_none(), "a cell twice");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    (cells, report)
}

fn batch(works: &[Work]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([
        ("id", Arc::new(works.iter().map(|work| work.id).collect::<Int64Array>()) as _, false),
        ("publication_year", Arc::new(works.iter().map(|work| work.year).collect::<Int16Array>()) as _, true),
        ("type", Arc::new(works.iter().map(|work| Some(work.kind)).collect::<StringArray>()) as _, true),
        ("topic_id", Arc::new(works.iter().map(|work| work.topic).collect::<Int32Array>()) as _, true),
        ("cited_by_count", Arc::new(works.iter().map(|work| Some(work.total)).collect::<Int32Array>()) as _, true),
        ("is_retracted", Arc::new(works.iter().map(|work| Some(work.retracted)).collect::<BooleanArray>()) as _, false),
        ("is_expansion", Arc::new(works.iter().map(|work| Some(work.expansion)).collect::<BooleanArray>()) as _, false),
    ])
    .unwrap()
}

fn authorships(works: &[Work]) -> RecordBatch {
    let rows: Vec<_> = works.iter().flat_map(|work| work.credits.iter().map(|credit| (work.id, *credit))).collect();
    RecordBatch::try_from_iter_with_nullable([
        ("work_id", Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>()) as _, false),
        ("organisation_id", Arc::new(rows.iter().map(|row| row.1.0).collect::<Int64Array>()) as _, true),
        ("country", Arc::new(rows.iter().map(|row| row.1.1).collect::<StringArray>()) as _, true),
        ("weight", Arc::new(rows.iter().map(|row| row.1.2).collect::<Float64Array>()) as _, false),
    ])
    .unwrap()
}

#[derive(Default)]
struct Reader(Cells);

impl Sink for Reader {
    type Error = Error;

    fn receive(&mut self, output: Output, batch: RecordBatch) -> Result<(), Error> {
        let text = |column: &str, row: usize| batch.column_by_name(column).unwrap().as_string::<i32>().value(row).to_owned();
        let class = |row: usize| match batch.column_by_name("collaboration").unwrap() {
            column if column.is_null(row) => "-".to_owned(),
            _ => text("collaboration", row),
        };
        let number = |column: &str, row: usize| batch.column_by_name(column).unwrap().as_primitive::<Int64Type>().value(row);
        for row in 0..batch.num_rows() {
            let (name, by) = match output {
                Output::Country => ("country", text("country", row)),
                Output::Pair => ("pair", format!("{}-{}", text("country_a", row), text("country_b", row))),
                Output::Organisation => ("organisation", number("organisation_id", row).to_string()),
                Output::CountryWorks => {
                    ("work", format!("{} {} {} {}", text("country", row), number("work_id", row), text("type", row), class(row)))
                }
                Output::Cohorts => ("cohort", format!("{} {}", text("type", row), class(row))),
            };
            let year = batch.column_by_name("year").unwrap().as_primitive::<Int16Type>().value(row);
            let topics = batch.column_by_name("topic_id").or(batch.column_by_name("subfield_id")).unwrap().as_primitive::<Int32Type>();
            let topic = (!topics.is_null(row)).then(|| topics.value(row));
            let schema = batch.schema();
            let values = schema.fields().iter().zip(batch.columns()).filter_map(|(field, column)| match field.data_type() {
                _ if field.name() == "year" || field.name().ends_with("_id") || column.is_null(row) => None,
                arrow::datatypes::DataType::Int32 => Some((field.name().clone(), f64::from(column.as_primitive::<Int32Type>().value(row)))),
                arrow::datatypes::DataType::Int64 => Some((field.name().clone(), column.as_primitive::<Int64Type>().value(row) as f64)),
                arrow::datatypes::DataType::Float64 => Some((field.name().clone(), column.as_primitive::<Float64Type>().value(row))),
                _ => None,
            });
            let known = self.0.insert((name, year, topic, by), values.collect());
            assert!(known.is_none(), "a cell twice");
        }
        Ok(())
    }
}

fn put(cells: &mut Cells, key: (&'static str, i16, Option<i32>, String), values: impl Iterator<Item = (&'static str, f64)>) {
    let cell = cells.entry(key).or_default();
    values.for_each(|(column, value)| *cell.entry(column.to_owned()).or_default() += value);
}

/// The same in plain code.
fn reference(works: &[Work], source: CitationSource) -> Cells {
    const SCORED: [&str; 5] = ["article", "conference-paper", "book", "review", "book-chapter"];
    let counted: Vec<&Work> = works.iter().filter(|work| work.year.is_some() && !work.retracted && !work.expansion).collect();
    let seen = works.iter().flat_map(|work| work.by_year.iter().map(|(year, _)| *year));
    let seen = (seen.clone().min(), seen.max());
    let known = |work: &Work| -> bool {
        let year = work.year.unwrap();
        let in_sight = seen.0.is_some_and(|from| from <= year) && seen.1.is_some_and(|to| year <= to);
        source != CitationSource::CountsByYear || (in_sight && (!work.by_year.is_empty() || work.total == 0))
    };
    let citations = |work: &Work| -> f64 {
        let year = work.year.unwrap();
        let inside = |citing: i16| (year..=year + 3).contains(&citing);
        match source {
            CitationSource::Total => f64::from(work.total),
            CitationSource::CountsByYear if !known(work) => 0.0,
            CitationSource::CountsByYear => work.by_year.iter().filter(|(year, _)| inside(*year)).map(|(_, count)| f64::from(*count)).sum(),
            CitationSource::References => {
                let cites = |citing: &&&Work| inside(citing.year.unwrap());
                counted.iter().filter(cites).map(|citing| citing.references.iter().filter(|cited| **cited == work.id).count() as f64).sum()
            }
        }
    };
    let subfield = |work: &Work| TOPICS.iter().find(|topic| Some(topic.id) == work.topic).map(|topic| topic.subfield);
    let scored = |work: &&&Work| SCORED.contains(&work.kind) && subfield(work).is_some() && known(work);
    let cohort = |work: &Work| -> Vec<f64> {
        let same = |other: &&&Work| other.year == work.year && other.kind == work.kind && subfield(other) == subfield(work);
        counted.iter().filter(scored).filter(same).map(|other| citations(other)).collect()
    };
    // Works above t weigh 1, those on it share what is left of x.
    let threshold = |all: &[f64], x: f64| -> (f64, f64) {
        let n = all.len() as f64;
        let cumulative = |t: f64| all.iter().filter(|c| **c <= t).count() as f64 / n;
        let mut values = all.to_vec();
        values.sort_by(f64::total_cmp);
        let t = *values.iter().find(|t| cumulative(**t) >= 1.0 - x - 1e-12).unwrap();
        let on = all.iter().filter(|c| **c == t).count() as f64 / n;
        (t, (cumulative(t) - (1.0 - x)) / on)
    };
    let top = |all: &[f64], own: f64, x: f64| -> f64 {
        let (t, at) = threshold(all, x);
        if own > t {
            1.0
        } else if own == t {
            at
        } else {
            0.0
        }
    };
    let mut cells = Cells::new();
    for work in &counted {
        let year = work.year.unwrap();
        let topic = TOPICS.iter().map(|topic| topic.id).find(|id| Some(*id) == work.topic);
        let is_scored = scored(&work);
        let (mut ncs, mut top10, mut top1, own) = (0.0, 0.0, 0.0, citations(work));
        if is_scored {
            let all = cohort(work);
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            ncs = if mean == 0.0 { 1.0 } else { own / mean };
            (top10, top1) = (top(&all, own, 0.1), top(&all, own, 0.01));
        }
        let mut by_country: BTreeMap<&str, f64> = BTreeMap::new();
        let mut by_organisation: BTreeMap<i64, f64> = BTreeMap::new();
        for (organisation, country, weight) in &work.credits {
            if let Some(organisation) = organisation {
                *by_organisation.entry(*organisation).or_default() += weight;
            }
            // Of weight 0 are rows that say nothing of a country.
            if *weight == 0.0 {
                continue;
            }
            *by_country.entry(country.unwrap_or(UNKNOWN_COUNTRY)).or_default() += weight;
        }
        if by_country.is_empty() {
            by_country.insert(UNKNOWN_COUNTRY, 1.0);
        }
        let countries: Vec<&str> = by_country.keys().copied().filter(|code| *code != UNKNOWN_COUNTRY).collect();
        let class = match (countries.len(), by_organisation.len()) {
            (0, _) | (1, 0) => None,
            (1, 1) => Some("domestic_single"),
            (1, _) => Some("domestic_multi"),
            (2, _) => Some("bilateral"),
            (3, _) => Some("trilateral"),
            _ => Some("wider"),
        };
        let values = |weight: f64| {
            let part = if is_scored { weight } else { 0.0 };
            [
                ("works", 1.0),
                ("works_fractional", weight),
                ("citations", own),
                ("scored_weight", part),
                ("ncs_sum", part * ncs),
                ("top10_sum", part * top10),
                ("top1_sum", part * top1),
            ]
        };
        let name = class.unwrap_or("-");
        let kind = if work.kind == "new-type" { "other" } else { work.kind };
        if is_scored {
            let of = |class: &str| ("cohort", year, subfield(work), format!("{kind} {class}"));
            if class.is_some() {
                put(&mut cells, of(name), [("works", 1.0), ("citations", own)].into_iter());
            }
            put(&mut cells, of("-"), [("works", 1.0), ("citations", own)].into_iter());
            let all = cohort(work);
            for (column, (t, at)) in [("top10", threshold(&all, 0.1)), ("top1", threshold(&all, 0.01))] {
                let cell = cells.get_mut(&of("-")).unwrap();
                cell.insert(format!("{column}_threshold"), t);
                cell.insert(format!("{column}_at_threshold"), at);
            }
        }
        for (country, weight) in by_country.iter().filter(|_| topic.is_some()) {
            let citations = known(work).then_some(("citations", own));
            let by = format!("{country} {} {kind} {name}", work.id);
            put(&mut cells, ("work", year, topic, by), citations.into_iter().chain([("weight", *weight)]));
        }
        if topic.is_some() {
            let world = counted.iter().filter(|other| other.year == work.year && other.topic == work.topic).count() as f64;
            for (country, weight) in &by_country {
                let classes = ["domestic_single", "domestic_multi", "bilateral", "trilateral", "wider"];
                let of_class = |name: &'static str| (name, f64::from(u8::from(class == Some(name) && *country != UNKNOWN_COUNTRY)));
                let key = ("country", year, topic, (*country).to_owned());
                put(&mut cells, key.clone(), values(*weight).into_iter().chain(classes.map(of_class)));
                cells.get_mut(&key).unwrap().insert("world_works".to_owned(), world);
            }
            for (organisation, weight) in &by_organisation {
                let international = ("international", f64::from(u8::from(countries.len() > 1)));
                put(
                    &mut cells,
                    ("organisation", year, topic, organisation.to_string()),
                    values(*weight).into_iter().chain([international]),
                );
            }
        }
        for (place, a) in countries.iter().enumerate() {
            for b in &countries[place + 1..] {
                let link = 1.0 / (countries.len() - 1) as f64;
                let topics: BTreeSet<Option<i32>> = [None, topic].into_iter().collect();
                for topic in topics {
                    put(&mut cells, ("pair", year, topic, format!("{a}-{b}")), values(link).into_iter());
                }
            }
        }
    }
    cells
}

fn world(seed: u64, count: usize) -> Vec<Work> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let kinds = ["article", "article", "review", "book", "dataset", "new-type"];
    let countries = ["KR", "US", "JP", "DE", "CN"];
    let mut works: Vec<Work> = (0..count)
        .map(|number| {
            let authors = rng.random_range(0..6);
            let credits = (0..authors)
                .flat_map(|_| {
                    let affiliations = rng.random_range(1..3);
                    (0..affiliations)
                        .map(|_| {
                            let country = (rng.random_range(0..5) > 0).then(|| countries[rng.random_range(0..5)]);
                            let organisation = country.filter(|_| rng.random_range(0..4) > 0).map(|_| rng.random_range(100..112));
                            (organisation, country, 1.0 / f64::from(authors) / f64::from(affiliations))
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
            // Now and then the source lists authors and institutions apart from countries.
            let mut credits: Vec<(Option<i64>, Option<&str>, f64)> = credits;
            if rng.random_range(0..4) == 0 {
                credits.push((None, None, 0.0));
                credits.push((Some(rng.random_range(100..112)), Some(countries[rng.random_range(0..5)]), 0.0));
            }
            let year = (rng.random_range(0..20) > 0).then(|| rng.random_range(2018..2023));
            Work {
                id: 1 + number as i64 * 37,
                year,
                kind: kinds[rng.random_range(0..kinds.len())],
                topic: (rng.random_range(0..8) > 0).then(|| [10, 20, 30, 40, 99][rng.random_range(0..5)]),
                total: rng.random_range(0..8) * rng.random_range(0..4),
                retracted: rng.random_range(0..20) == 0,
                expansion: rng.random_range(0..20) == 0,
                credits,
                references: (0..rng.random_range(0..5)).map(|_| 1 + rng.random_range(0..count as i64 + 3) * 37).collect(),
                by_year: (0..rng.random_range(0..4)).map(|_| (rng.random_range(2016..2027), rng.random_range(0..9))).collect(),
            }
        })
        .collect();
    // A work that refers to another twice refers to it once in the lake.
    for work in &mut works {
        work.references.sort_unstable();
        work.references.dedup();
    }
    works
}

fn close(found: &Cells, expected: &Cells) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (key, cell) in expected {
        for (column, value) in cell {
            let other = found[key][column];
            assert!((other - value).abs() < 1e-9 * value.abs().max(1.0), "{key:?} {column}: {other} instead of {value}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn as_in_plain_code(seed: u64, count in 1usize..120, source in 0usize..3) {
        let works = world(seed, count);
        let source = [CitationSource::Total, CitationSource::CountsByYear, CitationSource::References][source];
        let (found, report) = compute(&works, Settings { source, per_bucket: 16, threads: 2, room: 4_000 });
        close(&found, &reference(&works, source));
        let retracted = works.iter().filter(|work| work.retracted).count() as u64;
        prop_assert_eq!(report.retracted, retracted);
    }

    #[test]
    fn neither_order_nor_buckets_nor_threads_matter(seed: u64, count in 2usize..150) {
        let works = world(seed, count);
        let settings = Settings { source: CitationSource::References, ..PLAIN };
        let (first, _) = compute(&works, Settings { per_bucket: 20, ..settings });
        let mut shuffled = works.clone();
        shuffled.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        shuffled.iter_mut().for_each(|work| work.credits.reverse());
        let (second, _) = compute(&shuffled, Settings { per_bucket: 20, threads: 3, ..settings });
        // To the last bit.
        let differing = first.iter().find(|(key, cell)| second.get(*key) != Some(cell));
        prop_assert!(differing.is_none() && first.len() == second.len(), "{:?}", differing);
        let (third, _) = compute(&works, Settings { room: 1 << 20, ..settings });
        prop_assert!(third == first, "in one bucket");
    }

    #[test]
    fn shares_sum_to_the_world_and_the_world_scores_one(seed: u64, count in 1usize..150) {
        let (cells, report) = compute(&world(seed, count), Settings { per_bucket: 30, threads: 2, ..PLAIN });
        let sum = |column: &str| cells.iter().filter(|(key, _)| key.0 == "country").map(|(_, cell)| cell[column]).sum::<f64>();
        let counted = (report.works - report.without_topic) as f64;
        prop_assert!((sum("works_fractional") - counted).abs() < 1e-9 * counted.max(1.0));
        let scored = (report.works - report.without_score) as f64;
        prop_assert!((sum("scored_weight") - scored).abs() < 1e-9 * scored.max(1.0));
        prop_assert!((sum("ncs_sum") - scored).abs() < 1e-9 * scored.max(1.0), "MNCS of the world");
        prop_assert!((sum("top10_sum") - 0.1 * scored).abs() < 1e-9 * scored.max(1.0), "PP(top 10 %) of the world");
    }
}

#[test]
fn works_of_other_years_only_cite() {
    let works = world(7, 400);
    let settings = Settings { source: CitationSource::References, per_bucket: 50, threads: 2, ..PLAIN };
    let (all, _) = compute(&works, settings);
    let wanted = |year: i16| (2019..=2020).contains(&year);
    let (some, report) = compute_years(&works, settings, Some((2019..=2020).collect()));
    assert_eq!(some, all.into_iter().filter(|((_, year, ..), _)| wanted(*year)).collect());
    let counted = works.iter().filter(|work| !work.retracted && !work.expansion && work.year.is_some_and(wanted)).count();
    assert_eq!((report.works, report.works_by_year.len()), (counted as u64, 2));
}

#[test]
fn a_work_by_hand() {
    // Two articles of 2020 in subfield 1, cited 3 times and once: mean 2, scores 1.5 and 0.5. The first is of KR (weight 3/4, two organisations) and US (1/4).
    let work = |id, total, credits: Vec<(Option<i64>, Option<&'static str>, f64)>| Work {
        id,
        year: Some(2020),
        kind: "article",
        topic: Some(10),
        total,
        retracted: false,
        expansion: false,
        credits,
        references: vec![],
        by_year: vec![],
    };
    let first = work(1, 3, vec![(Some(7), Some("KR"), 0.5), (Some(8), Some("KR"), 0.25), (None, Some("US"), 0.25)]);
    let second = work(2, 1, vec![]);
    let (cells, _) = compute(&[first, second], PLAIN);
    let cell = |name: &'static str, by: &str| &cells[&(name, 2020, Some(10), by.to_owned())];
    assert_eq!((cell("country", "KR")["works_fractional"], cell("country", "KR")["ncs_sum"]), (0.75, 0.75 * 1.5));
    assert_eq!((cell("country", "ZZ")["works"], cell("country", "ZZ")["ncs_sum"]), (1.0, 0.5));
    assert_eq!(
        (cell("country", "US")["bilateral"], cell("country", "US")["citations"], cell("country", "US")["world_works"]),
        (1.0, 3.0, 2.0)
    );
    assert_eq!((cell("organisation", "7")["works_fractional"], cell("organisation", "7")["international"]), (0.5, 1.0));
    assert_eq!((cell("pair", "KR-US")["works"], cell("pair", "KR-US")["works_fractional"]), (1.0, 1.0));
    // Of two works the top 10 % is a fifth of one: the one cited more weighs 0.2, three quarters of it Korean.
    assert!((cell("country", "KR")["top10_sum"] - 0.75 * 0.2).abs() < 1e-12);
}

#[test]
fn three_thousand_authors() {
    let credits = (0..3000).map(|author| (Some(100 + author % 40), Some(["KR", "US", "JP"][author as usize % 3]), 1.0 / 3000.0)).collect();
    let work = Work {
        id: 5,
        year: Some(2021),
        kind: "article",
        topic: Some(30),
        total: 9,
        retracted: false,
        expansion: false,
        credits,
        references: vec![],
        by_year: vec![],
    };
    let (cells, _) = compute(&[work], PLAIN);
    let of = |name: &str| cells.iter().filter(|(key, _)| key.0 == name).map(|(_, cell)| cell["works_fractional"]).sum::<f64>();
    assert!((of("country") - 1.0).abs() < 1e-12 && (of("organisation") - 1.0).abs() < 1e-12);
    assert_eq!(cells[&("country", 2021, Some(30), "JP".to_owned())]["trilateral"], 1.0);
    assert_eq!(cells.iter().filter(|(key, _)| key.0 == "organisation").count(), 40);
}

#[test]
fn nothing_gives_nothing() {
    let (cells, report) = compute(&[], PLAIN);
    assert_eq!(cells, Cells::new());
    assert_eq!(report, Report::default());
}
