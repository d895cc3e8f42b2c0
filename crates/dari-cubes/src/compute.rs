//! All steps, one after the other, each on all threads.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use dari_indicators::counting::CitationSource;
use dari_indicators::impact::{Baseline, Cohort};
use rustc_hash::FxHashMap;

use crate::Error;
use crate::cells::{Cell, Folder};
use crate::collector::{Collector, bucket};
use crate::output::{CellBatches, NO_TOPIC, Output, cohorts_batch};
use crate::parts::{CohortSums, Known, Parts, Ranges, SplitSums, Splitter};
use crate::rows::Cited;
use crate::spill::Spill;

/// What was counted and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Works counted.
    pub works: u64,
    /// The same by year.
    pub works_by_year: BTreeMap<i16, u64>,
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

/// How far the works are, of how many pieces; asked after each, from any thread.
pub type Watch<'a, E> = &'a (dyn Fn(usize, usize) -> Result<(), E> + Sync);

/// Takes what is computed, on one thread.
pub trait Sink: Send {
    /// Why it cannot go on.
    type Error: From<Error> + Send;

    /// Takes rows of an output (columns: see the tables of the lake). Those of one sink come in order of year and topic, and what they are by.
    ///
    /// # Errors
    /// Stops the computation.
    fn receive(&mut self, output: Output, batch: RecordBatch) -> Result<(), Self::Error>;
}

impl Collector {
    /// Computes everything from what feeders have handed over, on as many threads as there are sinks, and gives the sinks back.
    ///
    /// # Errors
    /// Where the working folder cannot be read or written, or what `watch` or a sink returns.
    pub fn compute<S: Sink>(self, sinks: Vec<S>, watch: Watch<'_, S::Error>) -> Result<(Report, Vec<S>), S::Error> {
        let threads = sinks.len().max(1);
        let taken = std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner));
        let mut organisations = std::mem::take(&mut *self.organisations.lock().unwrap_or_else(PoisonError::into_inner)).ids;
        let organisation_places = places(&organisations);
        organisations.sort_unstable();
        let mut works_by_year: BTreeMap<i16, u64> = BTreeMap::new();
        taken.world.iter().for_each(|((year, _), works)| *works_by_year.entry(*year).or_default() += works);
        let works = works_by_year.values().sum::<u64>();
        let mut report = Report {
            works,
            works_by_year,
            without_topic: taken.world.iter().filter(|((_, topic), _)| *topic == NO_TOPIC).map(|(_, works)| works).sum(),
            retracted: taken.retracted,
            expansion: taken.expansion,
            without_year: taken.without_year,
            ..Report::default()
        };

        let from_references = self.options.citations == CitationSource::References;
        let citing = if from_references { Some(self.citing_years(threads)?) } else { None };
        // Some ranges a thread, so that none is left alone at the end.
        let ranges = Ranges::new(&taken.world, self.options.works_per_bucket.min(works / (4 * threads as u64) + 1));
        let part = || Spill::new(&self.options.folder, ranges.len(), &self.room);
        let parts = Parts { country: part()?, pair: part()?, organisation: part()? };
        let known = Known {
            source: self.options.citations,
            seen: self.options.seen,
            topics: &self.topics,
            organisation_places: &organisation_places,
            ranges: &ranges,
            outputs: &self.options.outputs,
        };
        let next = Next::new(1 << self.bits);
        let done = AtomicUsize::new(0);
        let split = on_threads((0..threads).collect(), |_: usize| -> Result<SplitSums, S::Error> {
            let mut splitter = Splitter::new(&known, &parts);
            while let Some(place) = next.take() {
                let cited = citing.as_ref().unwrap_or(&self.cited).take(place)?;
                splitter.bucket(&self.works.take(place)?, &self.credits.take(place)?, &cited)?;
                watch(done.fetch_add(1, Ordering::Relaxed) + 1, next.count).inspect_err(|_| next.stop())?;
            }
            Ok(splitter.finish()?)
        })?;
        let mut cohorts: FxHashMap<Cohort, CohortSums> = FxHashMap::default();
        for sums in split {
            report.citations += sums.citations;
            report.without_score += sums.without_score;
            report.credits_without_work += sums.credits_without_work;
            for (cohort, sums) in sums.cohorts {
                cohorts.entry(cohort).or_default().merge(&sums);
            }
        }
        report.cohorts = cohorts.len() as u64;
        let baselines: FxHashMap<Cohort, Baseline> =
            cohorts.iter().filter_map(|(cohort, sums)| Some((*cohort, Baseline::new(&sums.all, false)?))).collect();

        let hand = |sink: &mut S, output: Output, batch: RecordBatch| match self.options.outputs.contains(&output) {
            true => sink.receive(output, batch),
            false => Ok(()),
        };
        // Every thread has ranges of all years, in their order: its rows are sorted, and those of a year are read on as many threads again.
        let shares = sinks.into_iter().enumerate().map(|(thread, sink)| ((thread..ranges.len()).step_by(threads), sink));
        let folded = on_threads(shares.collect(), |(share, mut sink)| -> Result<(S, FxHashMap<u64, Cell>), S::Error> {
            let mut folder =
                Folder::new(&baselines, &self.topics, &organisations, &taken.world, self.options.outputs.contains(&Output::CountryWorks));
            for range in share {
                folder.range(&parts, range, &mut |output, batch| hand(&mut sink, output, batch))?;
            }
            let all_topics = folder.finish(&mut |output, batch| hand(&mut sink, output, batch))?;
            Ok((sink, all_topics))
        })?;
        let (mut sinks, mut all_topics) = (Vec::new(), FxHashMap::<u64, Cell>::default());
        for (sink, cells) in folded {
            sinks.push(sink);
            for (key, cell) in cells {
                all_topics.entry(key).or_default().merge(&cell);
            }
        }
        if let Some(sink) = sinks.first_mut() {
            let mut all_topics: Vec<_> = all_topics.into_iter().collect();
            all_topics.sort_unstable_by_key(|(key, _)| *key);
            let mut batches = CellBatches::new(Output::Pair, &self.topics, &organisations, &taken.world);
            for (key, cell) in all_topics {
                if let Some(batch) = batches.push(key, &cell)? {
                    hand(sink, Output::Pair, batch)?;
                }
            }
            hand(sink, Output::Pair, batches.batch()?)?;
            hand(sink, Output::Cohorts, cohorts_batch(cohorts)?)?;
        }
        Ok((report, sinks))
    }

    /// Turns references into citations by year, at the place of the cited work.
    fn citing_years(&self, threads: usize) -> Result<Spill<Cited>, Error> {
        let out = Spill::new(&self.options.folder, 1 << self.bits, &self.room)?;
        let next = Next::new(1 << self.bits);
        on_threads((0..threads).collect(), |_: usize| -> Result<(), Error> {
            let mut writer = out.writer();
            let mut again = self.works.writer();
            while let Some(place) = next.take() {
                let works = self.works.take(place)?;
                let years: FxHashMap<i64, i16> = works.iter().map(|work| (work.id, work.year)).collect();
                for reference in self.references.take(place)? {
                    if let Some(&year) = years.get(&reference.citing) {
                        let cited = Cited { work: reference.cited, year, count: 1, _room: [0; 2] };
                        writer.push(bucket(reference.cited, self.bits), cited)?;
                    }
                }
                works.into_iter().try_for_each(|work| again.push(place, work))?;
            }
            again.finish()?;
            writer.finish()
        })?;
        Ok(out)
    }
}

/// For every id its place in the order of ids.
fn places(ids: &[i64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    order.sort_unstable_by_key(|number| ids[*number as usize]);
    let mut places = vec![0; ids.len()];
    for (place, number) in order.into_iter().enumerate() {
        places[number as usize] = place as u32;
    }
    places
}

/// Places that threads take one after the other.
struct Next {
    next: AtomicUsize,
    count: usize,
}

impl Next {
    fn new(count: usize) -> Next {
        Next { next: AtomicUsize::new(0), count }
    }

    fn take(&self) -> Option<usize> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        (place < self.count).then_some(place)
    }

    /// The others need not go on.
    fn stop(&self) {
        self.next.store(self.count, Ordering::Relaxed);
    }
}

/// Runs `work` on a thread for each of `shares`; gives the results in their order, or an error if there is one.
fn on_threads<W: Send, T: Send, E: From<Error> + Send>(shares: Vec<W>, work: impl Fn(W) -> Result<T, E> + Sync) -> Result<Vec<T>, E> {
    let work = &work;
    std::thread::scope(|scope| {
        let handles: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || work(share))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| Err(Error::Thread.into()))).collect()
    })
}
