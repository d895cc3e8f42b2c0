//! Taking works, authorships and citations in.

use std::path::PathBuf;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Float64Type, Int16Type, Int32Type, Int64Type};
use dari_indicators::counting::{CitationSource, WorkType};
use dari_model::country;
use rustc_hash::FxHashMap;
use tempfile::TempDir;

use crate::bucket::{Buckets, bucket};
use crate::rows::{Cited, Credit, Reference, Work};
use crate::{Error, UNKNOWN};

/// How cubes are computed.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where files are put while the computation runs; they are removed at its end.
    pub folder: PathBuf,
    /// Works expected, for the number of files.
    pub works: u64,
    /// Works that may be in memory at once, for each thread.
    pub works_per_bucket: u64,
    /// Threads that compute.
    pub threads: usize,
    /// What citations are counted from.
    pub citations: CitationSource,
    /// Count works of OpenAlex's expansion corpus too.
    pub expansion: bool,
}

impl Options {
    /// Defaults for a number of works.
    pub fn new(folder: PathBuf, works: u64, citations: CitationSource) -> Options {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Options { folder, works, works_per_bucket: 250_000, threads, citations, expansion: false }
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

/// Takes everything in.
pub struct Collector {
    pub(crate) options: Options,
    pub(crate) bits: u32,
    pub(crate) folder: TempDir,
    pub(crate) topics: Vec<Topic>,
    topic_places: FxHashMap<i32, u16>,
    pub(crate) organisations: Vec<i64>,
    organisation_places: FxHashMap<i64, u32>,
    pub(crate) works: Buckets,
    pub(crate) credits: Buckets,
    pub(crate) references: Buckets,
    pub(crate) cited: Buckets,
    /// First and last year of counts by year.
    pub(crate) seen: Option<(i16, i16)>,
    pub(crate) retracted: u64,
    pub(crate) expansion: u64,
    pub(crate) without_year: u64,
    pub(crate) taken: u64,
}

impl Collector {
    /// A collector for works with these topics.
    ///
    /// # Errors
    /// Where the folder cannot be written to, or there are more topics than keys have room for.
    pub fn new(options: Options, topics: Vec<Topic>) -> Result<Collector, Error> {
        let room = usize::from(u16::MAX) - 2;
        if topics.len() > room {
            return Err(Error::TooMany { what: "topics", found: topics.len(), room });
        }
        let bits = options.bits();
        std::fs::create_dir_all(&options.folder).map_err(Error::io(&options.folder))?;
        let folder = TempDir::new_in(&options.folder).map_err(Error::io(&options.folder))?;
        let buckets = |name: &str| Buckets::create(folder.path(), name, 1 << bits);
        let (works, credits, references, cited) = (buckets("works")?, buckets("credits")?, buckets("references")?, buckets("cited")?);
        let topic_places = topics.iter().enumerate().map(|(place, topic)| (topic.id, place as u16)).collect();
        Ok(Collector {
            bits,
            folder,
            topics,
            topic_places,
            organisations: Vec::new(),
            organisation_places: FxHashMap::default(),
            works,
            credits,
            references,
            cited,
            seen: None,
            retracted: 0,
            expansion: 0,
            without_year: 0,
            taken: 0,
            options,
        })
    }

    /// Takes works: `id`, `publication_year`, `type`, `topic_id`, `cited_by_count`, `is_retracted`, `is_expansion`; every work once. Retracted works, works
    /// without a year and, unless asked for, those of the expansion corpus are counted and left out.
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
        for row in 0..batch.num_rows() {
            if retracted.value(row) {
                self.retracted += 1;
            } else if expansion.value(row) && !self.options.expansion {
                self.expansion += 1;
            } else if years.is_null(row) {
                self.without_year += 1;
            } else {
                let topic = if topics.is_null(row) { None } else { self.topic_places.get(&topics.value(row)).copied() };
                let work = Work {
                    id: ids.value(row),
                    year: years.value(row),
                    topic: topic.unwrap_or(u16::MAX),
                    kind: WorkType::of(if types.is_null(row) { "" } else { types.value(row) }) as u8,
                    citations: if counts.is_null(row) { 0 } else { counts.value(row).max(0) as u32 },
                    counted: self.options.citations == CitationSource::References || !counts.is_null(row),
                };
                self.works.push(bucket(work.id, self.bits), &work)?;
                self.taken += 1;
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
            let credit = Credit { work: works.value(row), organisation, country, weight: weights.value(row) };
            self.credits.push(bucket(credit.work, self.bits), &credit)?;
        }
        Ok(())
    }

    fn organisation(&mut self, id: i64) -> Result<u32, Error> {
        if let Some(place) = self.organisation_places.get(&id) {
            return Ok(*place);
        }
        let place = self.organisations.len();
        let room = u32::MAX as usize;
        if place >= room {
            return Err(Error::TooMany { what: "organisations", found: place, room });
        }
        self.organisations.push(id);
        self.organisation_places.insert(id, place as u32);
        Ok(place as u32)
    }

    /// Takes references: `citing`, `cited`. Needed where citations are counted from [`CitationSource::References`].
    ///
    /// # Errors
    /// As [`works`](Self::works).
    pub fn references(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let (citing, cited) = (primitive::<Int64Type>(batch, "citing")?, primitive::<Int64Type>(batch, "cited")?);
        for (&citing, &cited) in citing.values().iter().zip(cited.values()) {
            self.references.push(bucket(citing, self.bits), &Reference { citing, cited })?;
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
            self.seen = self.seen.map_or(Some((years.value(row), years.value(row))), |(from, to)| {
                Some((from.min(years.value(row)), to.max(years.value(row))))
            });
            let cited = Cited { work: works.value(row), year: years.value(row), count: counts.value(row).max(0) as u32 };
            self.cited.push(bucket(cited.work, self.bits), &cited)?;
        }
        Ok(())
    }
}

/// The number of a country: its place among all; what is no country is unknown.
fn country_number(code: &str) -> u8 {
    let all = country::all();
    all.binary_search_by(|country| country.code.cmp(code)).map_or(UNKNOWN, |place| place as u8)
}

fn column(batch: &RecordBatch, name: &'static str, kind: &DataType) -> Result<arrow::array::ArrayRef, Error> {
    Ok(cast(batch.column_by_name(name).ok_or(Error::Column { column: name })?, kind)?)
}

fn primitive<T: ArrowPrimitiveType>(batch: &RecordBatch, name: &'static str) -> Result<arrow::array::PrimitiveArray<T>, Error> {
    Ok(column(batch, name, &T::DATA_TYPE)?.as_primitive::<T>().clone())
}

fn text(batch: &RecordBatch, name: &'static str) -> Result<StringArray, Error> {
    Ok(column(batch, name, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn boolean(batch: &RecordBatch, name: &'static str) -> Result<arrow::array::BooleanArray, Error> {
    Ok(column(batch, name, &DataType::Boolean)?.as_boolean().clone())
}
