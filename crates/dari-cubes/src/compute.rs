//! Going through the files, bucket by bucket.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use dari_indicators::Period;
use dari_indicators::counting::{CitationSource, CitationWindow, WorkType};
use dari_indicators::impact::{Baseline, Cohort, Cohorts};
use rustc_hash::FxHashMap;

use crate::bucket::{self, Buckets, bucket};
use crate::collector::Collector;
use crate::output::{ALL_TOPICS, Batches, Cube, NO_TOPIC, country_key, organisation_key, pair_key};
use crate::rows::{Cited, Credit, Reference, Work};
use crate::runs::{Sums, merge};
use crate::{Error, UNKNOWN};

/// What was counted and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Works counted.
    pub works: u64,
    /// Of these: without a topic. They are in no cell but in the pairs' over all topics.
    pub without_topic: u64,
    /// Of these: of a type that has no normalised score, without a subfield, or with citations that are not known.
    pub without_score: u64,
    /// Retracted works, left out.
    pub retracted: u64,
    /// Works of the expansion corpus, left out.
    pub expansion: u64,
    /// Works without a year, left out.
    pub without_year: u64,
    /// Authorship rows whose work is not among those counted.
    pub credits_without_work: u64,
    /// Cohorts (year, subfield, type).
    pub cohorts: u64,
    /// Citations counted in the window.
    pub citations: u64,
}

/// The years in which citations count.
const WINDOW: CitationWindow = CitationWindow::OPENALEX;

impl Collector {
    /// Computes the cubes and hands their cells on in batches (columns: see the tables of the lake), each cube's in order of year, topic and what it is by.
    ///
    /// # Errors
    /// Where the working folder cannot be read or written, or what `receive` returns.
    pub fn compute<E: From<Error>>(self, mut receive: impl FnMut(Cube, RecordBatch) -> Result<(), E>) -> Result<Report, E> {
        let Collector { options, bits, folder, topics, organisations, works, credits, references, cited, .. } = self;
        let mut report = Report {
            works: self.taken,
            retracted: self.retracted,
            expansion: self.expansion,
            without_year: self.without_year,
            ..Report::default()
        };
        let seen = self.seen.map(|(from, to)| Period { from, to });
        let (works, credits) = (works.finish()?, credits.finish()?);
        let (references, cited) = (references.finish()?, cited.finish()?);
        // References are turned into citations by year of the cited work; a file a thread and bucket, for no thread waits for another.
        let from_references = options.citations == CitationSource::References;
        let citing_years: Vec<Vec<PathBuf>> = if from_references {
            in_parallel(options.threads, works.len(), |thread, next| {
                let mut out = Buckets::create(folder.path(), &format!("citations-{thread}"), 1 << bits)?;
                while let Some(place) = next() {
                    let years: FxHashMap<i64, i16> = bucket::read::<Work>(&works[place])?.iter().map(|work| (work.id, work.year)).collect();
                    for Reference { citing, cited } in bucket::take(&references[place])? {
                        if let Some(&year) = years.get(&citing) {
                            out.push(bucket(cited, bits), &Cited { work: cited, year, count: 1 })?;
                        }
                    }
                }
                out.finish()
            })?
        } else {
            vec![cited]
        };

        // The citations of every work in its window, and their distribution in every cohort.
        let cohorts = in_parallel(options.threads, works.len(), |_, next| {
            let mut cohorts = Cohorts::new();
            let (mut citations, mut without_score) = (0u64, 0u64);
            while let Some(place) = next() {
                let mut all: Vec<Work> = bucket::read(&works[place])?;
                if options.citations != CitationSource::Total {
                    let mut rows: FxHashMap<usize, Vec<(i16, u32)>> = FxHashMap::default();
                    let places: FxHashMap<i64, usize> = all.iter().enumerate().map(|(place, work)| (work.id, place)).collect();
                    for files in &citing_years {
                        for Cited { work, year, count } in bucket::take(&files[place])? {
                            if let Some(&place) = places.get(&work) {
                                rows.entry(place).or_default().push((year, count));
                            }
                        }
                    }
                    for (place, work) in all.iter_mut().enumerate() {
                        let rows = rows.get(&place).map_or(&[][..], Vec::as_slice);
                        let counted = match options.citations {
                            CitationSource::References => {
                                Some(rows.iter().filter(|(year, _)| WINDOW.holds(work.year, *year)).map(|(_, count)| count).sum())
                            }
                            // A source that says a work is cited but not when does not count by year.
                            _ if !work.counted || (rows.is_empty() && work.citations > 0) => None,
                            _ => seen
                                .and_then(|seen| WINDOW.from_counts_by_year(work.year, rows.iter().copied(), seen))
                                .map(|counted| counted.citations),
                        };
                        (work.citations, work.counted) = (counted.unwrap_or(0), counted.is_some());
                    }
                    bucket::write(&works[place], &all)?;
                }
                for work in &all {
                    citations += u64::from(work.citations);
                    match cohort_of(work, &topics) {
                        Some(cohort) => cohorts.add(cohort, work.citations),
                        None => without_score += 1,
                    }
                }
            }
            Ok((cohorts, citations, without_score))
        })?;
        let mut distributions = Cohorts::new();
        for (part, citations, without_score) in cohorts {
            report.citations += citations;
            report.without_score += without_score;
            distributions.merge(&part);
        }
        let baselines = distributions.baselines();
        report.cohorts = baselines.len() as u64;
        drop(distributions);

        // The sums of every bucket.
        let runs =
            |name: &str| -> Vec<PathBuf> { (0..works.len()).map(|place| folder.path().join(format!("{name}-{place:05}"))).collect() };
        let (by_country, by_pair, by_organisation) = (runs("country"), runs("pair"), runs("organisation"));
        let parts = in_parallel(options.threads, works.len(), |_, next| {
            let mut tally = Tally::default();
            while let Some(place) = next() {
                let mut all: Vec<Work> = bucket::take(&works[place])?;
                // In an order of their own, so that sums do not depend on the order of the input.
                all.sort_unstable_by_key(|work| work.id);
                let credits: Vec<Credit> = bucket::take(&credits[place])?;
                tally.bucket(&all, credits, &|work| baselines.get(&cohort_of(work, &topics)?));
                tally.country.write(&by_country[place])?;
                tally.pair.write(&by_pair[place])?;
                tally.organisation.write(&by_organisation[place])?;
            }
            Ok((tally.world, tally.without_topic, tally.credits_without_work))
        })?;
        let mut world: FxHashMap<(i16, u16), u64> = FxHashMap::default();
        for (part, without_topic, credits_without_work) in parts {
            report.without_topic += without_topic;
            report.credits_without_work += credits_without_work;
            for (key, works) in part {
                *world.entry(key).or_default() += works;
            }
        }

        for (cube, runs) in [(Cube::Country, by_country), (Cube::Pair, by_pair), (Cube::Organisation, by_organisation)] {
            let mut batches = Batches::new(cube, &topics, &organisations, &world);
            let mut refused = None;
            let merged = merge(runs, &mut |key, values| {
                if let Some(batch) = batches.push(key, values)?
                    && let Err(error) = receive(cube, batch)
                {
                    refused = Some(error);
                    return Err(Error::Thread);
                }
                Ok(())
            });
            if let Some(error) = refused {
                return Err(error);
            }
            merged?;
            receive(cube, batches.batch()?)?;
        }
        Ok(report)
    }
}

/// The cohort of a work: none without a topic or known citations, or for types that have no normalised scores.
fn cohort_of(work: &Work, topics: &[crate::Topic]) -> Option<Cohort> {
    let subfield = topics.get(usize::from(work.topic)).filter(|_| work.topic != NO_TOPIC)?.subfield;
    let work_type = *WorkType::ALL.get(usize::from(work.kind))?;
    (work.counted && work_type.has_fwci()).then_some(Cohort { year: work.year, subfield, work_type })
}

/// Runs `work` on some threads; each takes the next of `count` places until there are none, and gives one result.
fn in_parallel<T: Send>(
    threads: usize,
    count: usize,
    work: impl Fn(usize, &mut dyn FnMut() -> Option<usize>) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    let (next, failed, work) = (&next, &failed, &work);
    let results = std::thread::scope(|scope| {
        let run = |thread: usize| {
            move || {
                let mut take = || {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    (place < count).then_some(place)
                };
                work(thread, &mut take).map_err(|error| {
                    // The others need not go on.
                    next.store(count, Ordering::Relaxed);
                    if let Ok(mut failed) = failed.lock() {
                        failed.get_or_insert(error);
                    }
                })
            }
        };
        let handles: Vec<_> = (0..threads.max(1)).map(|thread| scope.spawn(run(thread))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or(Err(()))).collect::<Result<Vec<T>, ()>>()
    });
    match (results, failed.lock().ok().and_then(|mut failed| failed.take())) {
        (Ok(results), None) => Ok(results),
        (_, Some(error)) => Err(error),
        (Err(()), None) => Err(Error::Thread),
    }
}

/// The sums of a bucket, and room for counting.
#[derive(Default)]
struct Tally {
    country: Sums,
    pair: Sums,
    organisation: Sums,
    world: FxHashMap<(i16, u16), u64>,
    without_topic: u64,
    credits_without_work: u64,
    countries: Vec<(u8, f64)>,
    organisations: Vec<(u32, f64)>,
}

/// What a work counts for beside its weight.
struct Score {
    citations: f64,
    /// 1 where the work has a normalised score.
    scored: f64,
    ncs: f64,
    top10: f64,
    top1: f64,
}

impl Score {
    /// The values of a cell that the work adds with a weight in the fractional sums.
    fn add(&self, values: &mut crate::runs::Values, weight: f64) {
        values[0] += 1.0;
        values[1] += weight;
        values[2] += self.citations;
        values[3] += weight * self.scored;
        values[4] += weight * self.ncs;
        values[5] += weight * self.top10;
        values[6] += weight * self.top1;
    }
}

impl Tally {
    fn bucket<'c>(&mut self, works: &[Work], credits: Vec<Credit>, baseline: &dyn Fn(&Work) -> Option<&'c Baseline>) {
        // Credits in order of their works: counted, then put into place.
        let places: FxHashMap<i64, u32> = works.iter().enumerate().map(|(place, work)| (work.id, place as u32)).collect();
        let mut starts = vec![0u32; works.len() + 1];
        let of: Vec<u32> = credits.iter().map(|credit| places.get(&credit.work).copied().unwrap_or(u32::MAX)).collect();
        for &place in &of {
            match starts.get_mut(place as usize + 1) {
                Some(count) if place != u32::MAX => *count += 1,
                _ => self.credits_without_work += 1,
            }
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut order = vec![0u32; starts[works.len()] as usize];
        let mut ends = starts.clone();
        for (row, &place) in of.iter().enumerate().filter(|(_, place)| **place != u32::MAX) {
            order[ends[place as usize] as usize] = row as u32;
            ends[place as usize] += 1;
        }
        for (place, work) in works.iter().enumerate() {
            let rows = &mut order[starts[place] as usize..starts[place + 1] as usize];
            rows.sort_by_key(|row| {
                // Not by organisation: organisations are numbered as they come.
                let Credit { country, weight, .. } = credits[*row as usize];
                (country, weight.to_bits())
            });
            self.gather(rows.iter().map(|row| &credits[*row as usize]));
            self.work(work, baseline(work));
        }
    }

    /// Adds up the weights of a work's countries and organisations.
    fn gather<'a>(&mut self, credits: impl Iterator<Item = &'a Credit>) {
        self.countries.clear();
        self.organisations.clear();
        let mut sum = 0.0;
        for credit in credits {
            sum += credit.weight;
            match self.countries.iter_mut().find(|(country, _)| *country == credit.country) {
                Some((_, weight)) => *weight += credit.weight,
                None => self.countries.push((credit.country, credit.weight)),
            }
            if credit.organisation != u32::MAX {
                self.organisations.push((credit.organisation, credit.weight));
            }
        }
        if sum == 0.0 {
            self.countries.clear();
            self.countries.push((UNKNOWN, 1.0));
        }
        self.countries.sort_unstable_by_key(|(country, _)| *country);
        self.organisations.sort_by_key(|(organisation, _)| *organisation);
        self.organisations.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 += next.1;
            }
            same
        });
    }

    fn work(&mut self, work: &Work, baseline: Option<&Baseline>) {
        let impact = baseline.map(|baseline| baseline.impact(work.citations));
        let score = Score {
            citations: f64::from(work.citations),
            scored: f64::from(u8::from(impact.is_some())),
            ncs: impact.map_or(0.0, |impact| impact.ncs),
            top10: impact.map_or(0.0, |impact| impact.top_10),
            top1: impact.map_or(0.0, |impact| impact.top_1),
        };
        let (year, topic) = (work.year, work.topic);
        if topic == NO_TOPIC {
            self.without_topic += 1;
        } else {
            *self.world.entry((year, topic)).or_default() += 1;
        }
        let known = self.countries.iter().filter(|(country, _)| *country != UNKNOWN).count();
        let class = match (known, self.organisations.len()) {
            (0, _) => None,
            // Without a known organisation nobody can say whether there were several.
            (1, 0) => None,
            (1, 1) => Some(7),
            (1, _) => Some(8),
            (2, _) => Some(9),
            (3, _) => Some(10),
            _ => Some(11),
        };
        if topic != NO_TOPIC {
            for &(country, weight) in &self.countries {
                let values = self.country.cell(country_key(year, topic, country));
                score.add(values, weight);
                if let Some(class) = class.filter(|_| country != UNKNOWN) {
                    values[class] += 1.0;
                }
            }
            for &(organisation, weight) in &self.organisations {
                let values = self.organisation.cell(organisation_key(year, topic, organisation));
                score.add(values, weight);
                values[7] += f64::from(u8::from(known > 1));
            }
        }
        // Links of a work weigh 1 / (countries - 1), so that those of each of its countries sum to 1 (Perianes-Rodriguez, Waltman & van Eck 2016).
        let link = 1.0 / (known.max(2) - 1) as f64;
        for (place, &(a, _)) in self.countries.iter().enumerate().filter(|(_, (country, _))| *country != UNKNOWN) {
            for &(b, _) in self.countries[place + 1..].iter().filter(|(country, _)| *country != UNKNOWN) {
                score.add(self.pair.cell(pair_key(year, ALL_TOPICS, a, b)), link);
                if topic != NO_TOPIC {
                    score.add(self.pair.cell(pair_key(year, topic, a, b)), link);
                }
            }
        }
    }
}
