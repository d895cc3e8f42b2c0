//! Taking works, authorships and citations in.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, AsArray, RecordBatch, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Float64Type, Int16Type, Int32Type, Int64Type};
use dari_indicators::Period;
use dari_indicators::counting::{CitationSource, WorkType};
use dari_model::country;
use rustc_hash::FxHashMap;

use crate::output::{LAST_YEAR, NO_TOPIC, Output};
use crate::rows::{Cited, Credit, Reference, Work};
use crate::spill::{Room, Spill, SpillWriter};
use crate::{Error, UNKNOWN};

/// How cubes are computed.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where rows are put that do not stay in memory, in files without names that are gone at the end.
    pub folder: PathBuf,
    /// Works expected, for the number of places that they are put aside at.
    pub works: u64,
    /// Works that may be in memory at once, for each thread.
    pub works_per_bucket: u64,
    /// Bytes that need not be put into files.
    pub room: u64,
    /// What citations are counted from.
    pub citations: CitationSource,
    /// Years whose works are counted, None for all; works of other years are taken in only for whom they cite.
    pub years: Option<BTreeSet<i16>>,
    /// First and last year of all counts by year that the source gives. Needed where citations are counted from [`CitationSource::CountsByYear`].
    pub seen: Option<Period>,
    /// Count works of OpenAlex's expansion corpus too.
    pub expansion: bool,
    /// What is computed.
    pub outputs: Vec<Output>,
}

impl Options {
    /// Defaults for a number of works.
    pub fn new(folder: PathBuf, works: u64, citations: CitationSource) -> Options {
        Options {
            folder,
            works,
            works_per_bucket: 250_000,
            room: 256 << 20,
            citations,
            years: None,
            seen: None,
            expansion: false,
            outputs: Output::ALL.to_vec(),
        }
    }

    fn bits(&self) -> u32 {
        let buckets = self.works.div_ceil(self.works_per_bucket.max(1)).max(1);
        buckets.next_power_of_two().trailing_zeros().min(16)
    }
}

/// A topic that works may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// Its id.
    pub id: i32,
    /// Its subfield, which is part of a cohort.
    pub subfield: i32,
}

/// Holds what was taken in, by a hash of the work.
pub struct Collector {
    pub(crate) options: Options,
    pub(crate) bits: u32,
    pub(crate) room: Room,
    pub(crate) topics: Vec<Topic>,
    topic_places: FxHashMap<i32, u16>,
    pub(crate) organisations: Mutex<Organisations>,
    pub(crate) works: Spill<Work>,
    pub(crate) credits: Spill<Credit>,
    pub(crate) references: Spill<Reference>,
    pub(crate) cited: Spill<Cited>,
    pub(crate) taken: Mutex<Taken>,
}

/// Organisations, numbered as they come.
#[derive(Default)]
pub(crate) struct Organisations {
    pub(crate) ids: Vec<i64>,
    numbers: FxHashMap<i64, u32>,
}

/// What was counted on the way in.
#[derive(Default)]
pub(crate) struct Taken {
    /// Works by year and topic, those without topic included: all that count.
    pub(crate) world: FxHashMap<(i16, u16), u64>,
    pub(crate) retracted: u64,
    pub(crate) expansion: u64,
    pub(crate) without_year: u64,
}

/// The place of a work among 2^`bits`.
pub(crate) fn bucket(id: i64, bits: u32) -> usize {
    if bits == 0 {
        return 0;
    }
    // Fibonacci hashing: the high bits of the product are well mixed whatever the ids.
    ((id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}

impl Collector {
    /// A collector for works with these topics.
    ///
    /// # Errors
    /// Where the folder cannot be written to, or there are more topics than keys have room for.
    pub fn new(options: Options, topics: Vec<Topic>) -> Result<Collector, Error> {
        let room = usize::from(NO_TOPIC);
        if topics.len() > room {
            return Err(Error::TooMany { what: "topics", found: topics.len(), room });
        }
        let bits = options.bits();
        std::fs::create_dir_all(&options.folder).map_err(Error::io(&options.folder))?;
        let (places, path) = (1 << bits, options.folder.as_path());
        let room: Room = Arc::new(AtomicI64::new(i64::try_from(options.room).unwrap_or(i64::MAX)));
        Ok(Collector {
            works: Spill::new(path, places, &room)?,
            credits: Spill::new(path, places, &room)?,
            references: Spill::new(path, places, &room)?,
            cited: Spill::new(path, places, &room)?,
            topic_places: topics.iter().enumerate().map(|(place, topic)| (topic.id, place as u16)).collect(),
            organisations: Mutex::default(),
            taken: Mutex::default(),
            bits,
            room,
            topics,
            options,
        })
    }

    /// Takes batches in; every thread has its own.
    pub fn feeder(&self) -> Feeder<'_> {
        Feeder {
            collector: self,
            works: self.works.writer(),
            credits: self.credits.writer(),
            references: self.references.writer(),
            cited: self.cited.writer(),
            organisations: FxHashMap::default(),
            taken: Taken::default(),
        }
    }

    /// The number of an organisation.
    fn organisation(&self, id: i64) -> Result<u32, Error> {
        let mut all = self.organisations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = all.numbers.get(&id) {
            return Ok(*number);
        }
        let (number, room) = (all.ids.len(), u32::MAX as usize);
        if number >= room {
            return Err(Error::TooMany { what: "organisations", found: number, room });
        }
        all.ids.push(id);
        all.numbers.insert(id, number as u32);
        Ok(number as u32)
    }
}

/// Takes works, authorships and citations, in any order. Nothing counts before [`finish`](Feeder::finish).
pub struct Feeder<'a> {
    collector: &'a Collector,
    works: SpillWriter<'a, Work>,
    credits: SpillWriter<'a, Credit>,
    references: SpillWriter<'a, Reference>,
    cited: SpillWriter<'a, Cited>,
    /// Numbers of the organisations that this one has seen.
    organisations: FxHashMap<i64, u32>,
    taken: Taken,
}

impl Feeder<'_> {
    /// Takes works: `id`, `publication_year`, `type`, `topic_id`, `cited_by_count`, `is_retracted`, `is_expansion`; every work once. Retracted works, works
    /// without a year from 0 to 4,095 and, unless asked for, those of the expansion corpus are counted and left out.
    ///
    /// # Errors
    /// Where a column is missing or a file cannot be written.
    pub fn works(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let ids = primitive::<Int64Type>(batch, "id")?;
        let years = primitive::<Int16Type>(batch, "publication_year")?;
        let topics = primitive::<Int32Type>(batch, "topic_id")?;
        let counts = primitive::<Int32Type>(batch, "cited_by_count")?;
        let types = text(batch, "type")?;
        let (retracted, expansion) = (boolean(batch, "is_retracted")?, boolean(batch, "is_expansion")?);
        let years_counted = self.collector.options.years.as_ref();
        for row in 0..batch.num_rows() {
            let counted = years.is_null(row) || years_counted.is_none_or(|counted| counted.contains(&years.value(row)));
            if retracted.value(row) {
                self.taken.retracted += u64::from(counted);
            } else if expansion.value(row) && !self.collector.options.expansion {
                self.taken.expansion += u64::from(counted);
            } else if years.is_null(row) || !(0..=LAST_YEAR).contains(&years.value(row)) {
                self.taken.without_year += 1;
            } else {
                let topic = if topics.is_null(row) { None } else { self.collector.topic_places.get(&topics.value(row)).copied() };
                let work = Work {
                    id: ids.value(row),
                    total: if counts.is_null(row) { 0 } else { counts.value(row).max(0) as u32 },
                    year: years.value(row),
                    topic: topic.unwrap_or(NO_TOPIC),
                    kind: WorkType::of(if types.is_null(row) { "" } else { types.value(row) }) as u8,
                    has_total: u8::from(!counts.is_null(row)),
                    is_counted: u8::from(counted),
                    _room: [0; 5],
                };
                self.works.push(bucket(work.id, self.collector.bits), work)?;
                if !counted {
                    continue;
                }
                *self.taken.world.entry((work.year, work.topic)).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Takes rows of authorships: `work_id`, `organisation_id`, `country`, `weight`. The weights of a work sum to 1, unknown affiliations included; works without
    /// any row are wholly unknown.
    ///
    /// # Errors
    /// As [`works`](Self::works); or there are more organisations than keys have room for.
    pub fn authorships(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let works = primitive::<Int64Type>(batch, "work_id")?;
        let organisations = primitive::<Int64Type>(batch, "organisation_id")?;
        let countries = text(batch, "country")?;
        let weights = primitive::<Float64Type>(batch, "weight")?;
        for row in 0..batch.num_rows() {
            let organisation = if organisations.is_null(row) { u32::MAX } else { self.organisation(organisations.value(row))? };
            let country = if countries.is_null(row) { UNKNOWN } else { country_number(countries.value(row)) };
            let credit = Credit { work: works.value(row), organisation, country, weight: weights.value(row), _room: [0; 3] };
            self.credits.push(bucket(credit.work, self.collector.bits), credit)?;
        }
        Ok(())
    }

    fn organisation(&mut self, id: i64) -> Result<u32, Error> {
        if let Some(number) = self.organisations.get(&id) {
            return Ok(*number);
        }
        let number = self.collector.organisation(id)?;
        self.organisations.insert(id, number);
        Ok(number)
    }

    /// Takes references: `citing`, `cited`. Needed where citations are counted from [`CitationSource::References`].
    ///
    /// # Errors
    /// As [`works`](Self::works).
    pub fn references(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let (citing, cited) = (primitive::<Int64Type>(batch, "citing")?, primitive::<Int64Type>(batch, "cited")?);
        for (&citing, &cited) in citing.values().iter().zip(cited.values()) {
            self.references.push(bucket(citing, self.collector.bits), Reference { citing, cited })?;
        }
        Ok(())
    }

    /// Takes counts by year: `work_id`, `year`, `citations`. Needed where citations are counted from [`CitationSource::CountsByYear`].
    ///
    /// # Errors
    /// As [`works`](Self::works).
    pub fn citations_by_year(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let works = primitive::<Int64Type>(batch, "work_id")?;
        let years = primitive::<Int16Type>(batch, "year")?;
        let counts = primitive::<Int32Type>(batch, "citations")?;
        for row in 0..batch.num_rows() {
            let cited = Cited { work: works.value(row), year: years.value(row), count: counts.value(row).max(0) as u32, _room: [0; 2] };
            self.cited.push(bucket(cited.work, self.collector.bits), cited)?;
        }
        Ok(())
    }

    /// Hands everything taken to the collector.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn finish(self) -> Result<(), Error> {
        self.works.finish()?;
        self.credits.finish()?;
        self.references.finish()?;
        self.cited.finish()?;
        let mut all = self.collector.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for (cell, works) in self.taken.world {
            *all.world.entry(cell).or_default() += works;
        }
        all.retracted += self.taken.retracted;
        all.expansion += self.taken.expansion;
        all.without_year += self.taken.without_year;
        Ok(())
    }
}

/// The number of a country: its place among all; what is no country is unknown.
fn country_number(code: &str) -> u8 {
    country::place(code).map_or(UNKNOWN, |place| place as u8)
}

fn column(batch: &RecordBatch, name: &'static str, kind: &DataType) -> Result<arrow::array::ArrayRef, Error> {
    Ok(cast(batch.column_by_name(name).ok_or(Error::Column { column: name })?, kind)?)
}

fn primitive<T: ArrowPrimitiveType>(batch: &RecordBatch, name: &'static str) -> Result<arrow::array::PrimitiveArray<T>, Error> {
    Ok(column(batch, name, &T::DATA_TYPE)?.as_primitive::<T>().clone())
}

fn text(batch: &RecordBatch, name: &'static str) -> Result<StringViewArray, Error> {
    Ok(column(batch, name, &DataType::Utf8View)?.as_string_view().clone())
}

fn boolean(batch: &RecordBatch, name: &'static str) -> Result<arrow::array::BooleanArray, Error> {
    Ok(column(batch, name, &DataType::Boolean)?.as_boolean().clone())
}
