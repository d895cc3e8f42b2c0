//! What is computed, on its way out.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Float64Builder, Int16Array, Int16Builder, Int32Array, Int32Builder, Int64Array, Int64Builder, RecordBatch,
    StringArray, StringBuilder,
};
use dari_indicators::counting::WorkType;
use dari_indicators::impact::{Cohort, Collaboration, Threshold, TopShare};
use dari_model::country;
use rustc_hash::FxHashMap;

use crate::cells::Cell;
use crate::collector::Topic;
use crate::parts::CohortSums;
use crate::rows::Part;
use crate::{Error, UNKNOWN, UNKNOWN_COUNTRY};

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// Works by country, topic and year.
    Country,
    /// Joint works by pair of countries, topic and year; and over all topics, those of works without one included.
    Pair,
    /// Works by organisation, topic and year.
    Organisation,
    /// Every work with a topic, once for each of its countries.
    CountryWorks,
    /// The cohorts that citations are compared with, whole and by collaboration class.
    Cohorts,
}

impl Output {
    /// Everything.
    pub const ALL: [Output; 5] = [Output::Country, Output::Pair, Output::Organisation, Output::CountryWorks, Output::Cohorts];
}

/// The topic number of works without one; in the cube of pairs, of all topics together.
pub(crate) const NO_TOPIC: u16 = u16::MAX;

/// The last year that keys have room for.
pub(crate) const LAST_YEAR: i16 = 0xfff;

// Years are from 0 to LAST_YEAR: others are not taken in.
pub(crate) fn country_key(year: i16, topic: u16, country: u8) -> u64 {
    ((year as u64) << 24) | (u64::from(topic) << 8) | u64::from(country)
}

pub(crate) fn pair_key(year: i16, topic: u16, a: u8, b: u8) -> u64 {
    ((year as u64) << 32) | (u64::from(topic) << 16) | (u64::from(a) << 8) | u64::from(b)
}

pub(crate) fn organisation_key(year: i16, topic: u16, organisation: u32) -> u64 {
    ((year as u64) << 48) | (u64::from(topic) << 32) | u64::from(organisation)
}

/// The year and the topic of a key.
pub(crate) fn year_and_topic(output: Output, key: u64) -> (i16, u16) {
    let shift = match output {
        Output::Pair => 16,
        Output::Organisation => 32,
        _ => 8,
    };
    ((key >> (shift + 16)) as i16, (key >> shift) as u16)
}

fn code(number: u8) -> &'static str {
    if number == UNKNOWN {
        UNKNOWN_COUNTRY
    } else {
        country::all().get(usize::from(number)).map_or(UNKNOWN_COUNTRY, |country| country.code)
    }
}

/// Rows of a batch.
const ROWS: usize = 65_536;

/// Gathers cells of a cube into batches.
pub(crate) struct CellBatches<'a> {
    output: Output,
    topics: &'a [Topic],
    organisations: &'a [i64],
    /// Works of the world by year and topic.
    world: &'a FxHashMap<(i16, u16), u64>,
    years: Int16Builder,
    topic_ids: Int32Builder,
    first: StringBuilder,
    second: StringBuilder,
    ids: Int64Builder,
    whole: [Int64Builder; 2],
    sums: [Float64Builder; 5],
    classes: [Int64Builder; Collaboration::KNOWN.len()],
    rows: usize,
}

impl<'a> CellBatches<'a> {
    pub(crate) fn new(
        output: Output,
        topics: &'a [Topic],
        organisations: &'a [i64],
        world: &'a FxHashMap<(i16, u16), u64>,
    ) -> CellBatches<'a> {
        CellBatches {
            output,
            topics,
            organisations,
            world,
            years: Int16Builder::new(),
            topic_ids: Int32Builder::new(),
            first: StringBuilder::new(),
            second: StringBuilder::new(),
            ids: Int64Builder::new(),
            whole: Default::default(),
            sums: Default::default(),
            classes: Default::default(),
            rows: 0,
        }
    }

    /// Adds a cell; gives a batch when there are enough.
    pub(crate) fn push(&mut self, key: u64, cell: &Cell) -> Result<Option<RecordBatch>, Error> {
        let (year, topic) = year_and_topic(self.output, key);
        self.years.append_value(year);
        self.topic_ids.append_option(self.topics.get(usize::from(topic)).map(|topic| topic.id));
        match self.output {
            Output::Pair => {
                self.first.append_value(code((key >> 8) as u8));
                self.second.append_value(code(key as u8));
            }
            Output::Organisation => self.ids.append_value(self.organisations[key as u32 as usize]),
            _ => {
                self.first.append_value(code(key as u8));
                self.ids.append_value(self.world.get(&(year, topic)).copied().unwrap_or(0) as i64);
            }
        }
        self.whole[0].append_value(cell.works as i64);
        self.whole[1].append_value(cell.citations as i64);
        for (builder, sum) in self.sums.iter_mut().zip([cell.weight, cell.scored, cell.ncs, cell.top_10, cell.top_1]) {
            builder.append_value(sum.value());
        }
        for (builder, works) in self.classes.iter_mut().zip(cell.classes) {
            builder.append_value(works as i64);
        }
        self.rows += 1;
        if self.rows < ROWS { Ok(None) } else { self.batch().map(Some) }
    }

    /// What is left.
    pub(crate) fn batch(&mut self) -> Result<RecordBatch, Error> {
        self.rows = 0;
        let mut columns: Vec<(&'static str, ArrayRef)> =
            vec![("year", Arc::new(self.years.finish())), ("topic_id", Arc::new(self.topic_ids.finish()))];
        match self.output {
            Output::Pair => {
                columns.push(("country_a", Arc::new(self.first.finish())));
                columns.push(("country_b", Arc::new(self.second.finish())));
            }
            Output::Organisation => columns.push(("organisation_id", Arc::new(self.ids.finish()))),
            _ => {
                columns.push(("country", Arc::new(self.first.finish())));
                columns.push(("world_works", Arc::new(self.ids.finish())));
            }
        }
        for (name, builder) in ["works", "citations"].into_iter().zip(&mut self.whole) {
            columns.push((name, Arc::new(builder.finish())));
        }
        for (name, builder) in ["works_fractional", "scored_weight", "ncs_sum", "top10_sum", "top1_sum"].into_iter().zip(&mut self.sums) {
            columns.push((name, Arc::new(builder.finish())));
        }
        let classes: Vec<Int64Array> = self.classes.iter_mut().map(Int64Builder::finish).collect();
        match self.output {
            Output::Country => {
                let names = Collaboration::KNOWN.into_iter().filter_map(Collaboration::name);
                columns.extend(names.zip(classes).map(|(name, works)| (name, Arc::new(works) as ArrayRef)));
            }
            Output::Organisation => {
                let international = |row: usize| {
                    Collaboration::KNOWN
                        .iter()
                        .zip(&classes)
                        .filter(|(class, _)| class.is_international())
                        .map(|(_, works)| works.value(row))
                        .sum::<i64>()
                };
                let rows = classes.first().map_or(0, |works| works.values().len());
                columns.push(("international", Arc::new((0..rows).map(international).collect::<Int64Array>())));
            }
            _ => {}
        }
        Ok(RecordBatch::try_from_iter(columns)?)
    }
}

/// Gathers the works of countries into batches.
pub(crate) struct WorkBatches<'a> {
    topics: &'a [Topic],
    years: Int16Builder,
    topic_ids: Int32Builder,
    countries: StringBuilder,
    works: Int64Builder,
    types: StringBuilder,
    classes: StringBuilder,
    citations: Int32Builder,
    weights: Float64Builder,
    rows: usize,
}

impl<'a> WorkBatches<'a> {
    pub(crate) fn new(topics: &'a [Topic]) -> WorkBatches<'a> {
        WorkBatches {
            topics,
            years: Int16Builder::new(),
            topic_ids: Int32Builder::new(),
            countries: StringBuilder::new(),
            works: Int64Builder::new(),
            types: StringBuilder::new(),
            classes: StringBuilder::new(),
            citations: Int32Builder::new(),
            weights: Float64Builder::new(),
            rows: 0,
        }
    }

    /// Adds a work of a country; gives a batch when there are enough.
    pub(crate) fn push(&mut self, part: &Part) -> Result<Option<RecordBatch>, Error> {
        let (year, topic) = year_and_topic(Output::Country, part.key);
        self.years.append_value(year);
        self.topic_ids.append_value(self.topics[usize::from(topic)].id);
        self.countries.append_value(code(part.key as u8));
        self.works.append_value(part.work);
        self.types.append_value(WorkType::ALL.get(usize::from(part.kind)).map_or("other", |kind| kind.name()));
        self.classes.append_option(Collaboration::KNOWN.get(usize::from(part.class)).and_then(|class| class.name()));
        self.citations.append_option((part.counted != 0).then_some(part.citations.min(i32::MAX as u32) as i32));
        self.weights.append_value(part.weight);
        self.rows += 1;
        if self.rows < ROWS { Ok(None) } else { self.batch().map(Some) }
    }

    /// What is left.
    pub(crate) fn batch(&mut self) -> Result<RecordBatch, Error> {
        self.rows = 0;
        let columns: [(&'static str, ArrayRef, bool); 8] = [
            ("year", Arc::new(self.years.finish()), false),
            ("topic_id", Arc::new(self.topic_ids.finish()), false),
            ("country", Arc::new(self.countries.finish()), false),
            ("work_id", Arc::new(self.works.finish()), false),
            ("type", Arc::new(self.types.finish()), false),
            ("collaboration", Arc::new(self.classes.finish()), true),
            ("citations", Arc::new(self.citations.finish()), true),
            ("weight", Arc::new(self.weights.finish()), false),
        ];
        Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
    }
}

/// The cohorts, in order of year, subfield and type: first whole, then by class.
pub(crate) fn cohorts_batch(cohorts: FxHashMap<Cohort, CohortSums>) -> Result<RecordBatch, Error> {
    let mut sorted: Vec<(Cohort, CohortSums)> = cohorts.into_iter().collect();
    sorted.sort_unstable_by_key(|(cohort, _)| *cohort);
    type Row = (Cohort, Option<Collaboration>, u64, u64, Option<[Threshold; 2]>);
    let mut rows: Vec<Row> = Vec::new();
    for (cohort, sums) in &sorted {
        let thresholds = sums.all.threshold(TopShare::TEN).zip(sums.all.threshold(TopShare::ONE)).map(|(ten, one)| [ten, one]);
        rows.push((*cohort, None, sums.all.works(), sums.all.total(), thresholds));
        let classes = Collaboration::KNOWN.into_iter().zip(sums.classes).filter(|(_, (works, _))| *works > 0);
        rows.extend(classes.map(|(class, (works, total))| (*cohort, Some(class), works, total, None)));
    }
    let citations = |place: usize| -> ArrayRef {
        let value = |row: &Row| row.4.map(|thresholds| thresholds[place].citations.min(i32::MAX as u32) as i32);
        Arc::new(rows.iter().map(value).collect::<Int32Array>())
    };
    let at = |place: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row.4.map(|thresholds| thresholds[place].at)).collect::<Float64Array>())
    };
    let columns: [(&'static str, ArrayRef, bool); 10] = [
        ("year", Arc::new(rows.iter().map(|row| row.0.year).collect::<Int16Array>()), false),
        ("subfield_id", Arc::new(rows.iter().map(|row| row.0.subfield).collect::<Int32Array>()), false),
        ("type", Arc::new(rows.iter().map(|row| Some(row.0.work_type.name())).collect::<StringArray>()), false),
        ("collaboration", Arc::new(rows.iter().map(|row| row.1.and_then(Collaboration::name)).collect::<StringArray>()), true),
        ("works", Arc::new(rows.iter().map(|row| row.2 as i64).collect::<Int64Array>()), false),
        ("citations", Arc::new(rows.iter().map(|row| row.3 as i64).collect::<Int64Array>()), false),
        ("top10_threshold", citations(0), true),
        ("top10_at_threshold", at(0), true),
        ("top1_threshold", citations(1), true),
        ("top1_at_threshold", at(1), true),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}
