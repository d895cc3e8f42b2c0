//! The cells of cubes on their way out.

use arrow::array::{ArrayRef, Float64Builder, Int16Builder, Int32Builder, Int64Builder, RecordBatch, StringBuilder};
use std::sync::Arc;

use dari_model::country;

use crate::collector::Topic;
use crate::runs::Values;
use crate::{Error, UNKNOWN, UNKNOWN_COUNTRY};

/// The cubes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cube {
    /// Works by country, topic and year.
    Country,
    /// Joint works by pair of countries, topic and year; and over all topics, those of works without one included.
    Pair,
    /// Works by organisation, topic and year.
    Organisation,
}

/// The topic number of works without one.
pub const NO_TOPIC: u16 = u16::MAX;
/// The topic number of all topics together, in the cube of pairs.
pub(crate) const ALL_TOPICS: u16 = u16::MAX - 1;

/// Years that keys have room for, from 0 to 4095.
const YEARS: u64 = 0xfff;

pub(crate) fn country_key(year: i16, topic: u16, country: u8) -> u64 {
    (year_bits(year) << 24) | (u64::from(topic) << 8) | u64::from(country)
}

pub(crate) fn pair_key(year: i16, topic: u16, a: u8, b: u8) -> u64 {
    (year_bits(year) << 32) | (u64::from(topic) << 16) | (u64::from(a) << 8) | u64::from(b)
}

pub(crate) fn organisation_key(year: i16, topic: u16, organisation: u32) -> u64 {
    (year_bits(year) << 48) | (u64::from(topic) << 32) | u64::from(organisation)
}

pub(crate) fn year_bits(year: i16) -> u64 {
    (year.max(0) as u64).min(YEARS)
}

fn code(number: u64) -> &'static str {
    if number == u64::from(UNKNOWN) {
        UNKNOWN_COUNTRY
    } else {
        country::all().get(number as usize).map_or(UNKNOWN_COUNTRY, |country| country.code)
    }
}

/// Gathers cells into batches.
pub(crate) struct Batches<'a> {
    cube: Cube,
    topics: &'a [Topic],
    organisations: &'a [i64],
    /// Works of the world by year and topic.
    world: &'a rustc_hash::FxHashMap<(i16, u16), u64>,
    years: Int16Builder,
    topic_ids: Int32Builder,
    first: StringBuilder,
    second: StringBuilder,
    ids: Int64Builder,
    counts: Vec<Int64Builder>,
    sums: Vec<Float64Builder>,
    rows: usize,
}

/// Rows of a batch.
const ROWS: usize = 65_536;
/// Values that are whole numbers: works, and from here on classes of collaboration (or works with other countries).
const WHOLE: [usize; 7] = [0, 2, 7, 8, 9, 10, 11];
const SUMS: [usize; 5] = [1, 3, 4, 5, 6];

impl<'a> Batches<'a> {
    pub(crate) fn new(
        cube: Cube,
        topics: &'a [Topic],
        organisations: &'a [i64],
        world: &'a rustc_hash::FxHashMap<(i16, u16), u64>,
    ) -> Batches<'a> {
        Batches {
            cube,
            topics,
            organisations,
            world,
            years: Int16Builder::new(),
            topic_ids: Int32Builder::new(),
            first: StringBuilder::new(),
            second: StringBuilder::new(),
            ids: Int64Builder::new(),
            counts: WHOLE.iter().map(|_| Int64Builder::new()).collect(),
            sums: SUMS.iter().map(|_| Float64Builder::new()).collect(),
            rows: 0,
        }
    }

    /// Adds a cell; gives a batch when there are enough.
    pub(crate) fn push(&mut self, key: u64, values: &Values) -> Result<Option<RecordBatch>, Error> {
        let (year, topic) = match self.cube {
            Cube::Country => (key >> 24, key >> 8),
            Cube::Pair => (key >> 32, key >> 16),
            Cube::Organisation => (key >> 48, key >> 32),
        };
        let (year, topic) = ((year & YEARS) as i16, (topic & 0xffff) as u16);
        if topic == NO_TOPIC {
            return Ok(None);
        }
        self.years.append_value(year);
        self.topic_ids.append_option((topic != ALL_TOPICS).then(|| self.topics[usize::from(topic)].id));
        match self.cube {
            Cube::Country => {
                self.first.append_value(code(key & 0xff));
                self.ids.append_value(self.world.get(&(year, topic)).copied().unwrap_or(0) as i64);
            }
            Cube::Pair => {
                self.first.append_value(code((key >> 8) & 0xff));
                self.second.append_value(code(key & 0xff));
            }
            Cube::Organisation => self.ids.append_value(self.organisations[(key & 0xffff_ffff) as usize]),
        }
        for (builder, place) in self.counts.iter_mut().zip(WHOLE) {
            builder.append_value(values[place].round() as i64);
        }
        for (builder, place) in self.sums.iter_mut().zip(SUMS) {
            builder.append_value(values[place]);
        }
        self.rows += 1;
        if self.rows < ROWS { Ok(None) } else { self.batch().map(Some) }
    }

    /// What is left.
    pub(crate) fn batch(&mut self) -> Result<RecordBatch, Error> {
        self.rows = 0;
        let mut columns: Vec<(&'static str, ArrayRef)> =
            vec![("year", Arc::new(self.years.finish())), ("topic_id", Arc::new(self.topic_ids.finish()))];
        let counts: Vec<ArrayRef> = self.counts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let sums: Vec<ArrayRef> = self.sums.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        match self.cube {
            Cube::Country => {
                columns.push(("country", Arc::new(self.first.finish())));
                columns.push(("world_works", Arc::new(self.ids.finish())));
            }
            Cube::Pair => {
                columns.push(("country_a", Arc::new(self.first.finish())));
                columns.push(("country_b", Arc::new(self.second.finish())));
            }
            Cube::Organisation => columns.push(("organisation_id", Arc::new(self.ids.finish()))),
        }
        let whole = |place: usize| counts[place].clone();
        columns.extend([("works", whole(0)), ("citations", whole(1))]);
        for (name, sum) in ["works_fractional", "scored_weight", "ncs_sum", "top10_sum", "top1_sum"].into_iter().zip(sums) {
            columns.push((name, sum));
        }
        match self.cube {
            Cube::Country => {
                for (place, name) in ["domestic_single", "domestic_multi", "bilateral", "trilateral", "wider"].into_iter().enumerate() {
                    columns.push((name, whole(2 + place)));
                }
            }
            Cube::Organisation => columns.push(("international", whole(2))),
            Cube::Pair => {}
        }
        Ok(RecordBatch::try_from_iter(columns)?)
    }
}
