//! From parts to cells: a range of years and topics after the other, sorted and added up.

use arrow::array::RecordBatch;
use dari_indicators::counting::WorkType;
use dari_indicators::impact::{Baseline, Cohort, Collaboration, WorkImpact};
use dari_indicators::statistics::sum::ExactSum;
use rustc_hash::FxHashMap;

use crate::collector::Topic;
use crate::output::{CellBatches, NO_TOPIC, Output, WorkBatches, year_and_topic};
use crate::parts::{Parts, cohort};
use crate::rows::Part;
use crate::{Error, UNKNOWN};

/// A cell of a cube.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) works: u64,
    pub(crate) citations: u64,
    pub(crate) weight: ExactSum,
    /// The part of `weight` that has a normalised score.
    pub(crate) scored: ExactSum,
    pub(crate) ncs: ExactSum,
    pub(crate) top_10: ExactSum,
    pub(crate) top_1: ExactSum,
    pub(crate) classes: [u64; Collaboration::KNOWN.len()],
}

impl Cell {
    fn add(&mut self, part: &Part, impact: Option<&WorkImpact>) {
        self.works += 1;
        self.citations += u64::from(part.citations);
        self.weight.add(part.weight);
        if let Some(impact) = impact {
            self.scored.add(part.weight);
            self.ncs.add(part.weight * impact.ncs);
            self.top_10.add(part.weight * impact.top_10);
            self.top_1.add(part.weight * impact.top_1);
        }
        if let Some(class) = self.classes.get_mut(usize::from(part.class)) {
            *class += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: &Cell) {
        self.works += other.works;
        self.citations += other.citations;
        for (sum, other) in [
            (&mut self.weight, other.weight),
            (&mut self.scored, other.scored),
            (&mut self.ncs, other.ncs),
            (&mut self.top_10, other.top_10),
            (&mut self.top_1, other.top_1),
        ] {
            sum.merge(other);
        }
        for (class, other) in self.classes.iter_mut().zip(other.classes) {
            *class += other;
        }
    }
}

/// What the scores of works of one year and topic are computed from, by type.
struct Judge<'a> {
    baselines: &'a FxHashMap<Cohort, Baseline>,
    topics: &'a [Topic],
    at: Option<(i16, u16)>,
    by_type: [Option<Baseline>; WorkType::ALL.len()],
}

impl Judge<'_> {
    fn turn_to(&mut self, year: i16, topic: u16) {
        if self.at != Some((year, topic)) {
            self.at = Some((year, topic));
            for (kind, baseline) in self.by_type.iter_mut().enumerate() {
                *baseline = cohort(year, topic, kind as u8, self.topics).and_then(|cohort| self.baselines.get(&cohort).copied());
            }
        }
    }

    fn impact(&self, part: &Part) -> Option<WorkImpact> {
        let baseline = self.by_type.get(usize::from(part.kind))?.filter(|_| part.counted != 0)?;
        Some(baseline.impact(part.citations))
    }
}

/// One thread's part of the ranges.
pub(crate) struct Folder<'a> {
    judge: Judge<'a>,
    country: CellBatches<'a>,
    pair: CellBatches<'a>,
    organisation: CellBatches<'a>,
    works: WorkBatches<'a>,
    works_wanted: bool,
    /// Pairs over all topics, by the key of their works without one.
    pub(crate) all_topics: FxHashMap<u64, Cell>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(
        baselines: &'a FxHashMap<Cohort, Baseline>,
        topics: &'a [Topic],
        organisations: &'a [i64],
        world: &'a FxHashMap<(i16, u16), u64>,
        works_wanted: bool,
    ) -> Folder<'a> {
        let cells = |output| CellBatches::new(output, topics, organisations, world);
        Folder {
            judge: Judge { baselines, topics, at: None, by_type: [None; WorkType::ALL.len()] },
            country: cells(Output::Country),
            pair: cells(Output::Pair),
            organisation: cells(Output::Organisation),
            works: WorkBatches::new(topics),
            works_wanted,
            all_topics: FxHashMap::default(),
        }
    }

    /// Adds up the parts of a range.
    pub(crate) fn range<E: From<Error>>(
        &mut self,
        parts: &Parts,
        range: usize,
        receive: &mut dyn FnMut(Output, RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut country = parts.country.take(range)?;
        country.sort_unstable_by_key(|part| (part.key, part.work));
        for part in country.iter().filter(|_| self.works_wanted) {
            if let Some(batch) = self.works.push(part)? {
                receive(Output::CountryWorks, batch)?;
            }
        }
        fold(&mut self.judge, Output::Country, &country, |key, cell| match self.country.push(key, cell)? {
            Some(batch) => receive(Output::Country, batch),
            None => Ok(()),
        })?;
        drop(country);
        let mut pair = parts.pair.take(range)?;
        pair.sort_unstable_by_key(|part| part.key);
        fold(&mut self.judge, Output::Pair, &pair, |key, cell| {
            self.all_topics.entry(key | u64::from(NO_TOPIC) << 16).or_default().merge(cell);
            match if year_and_topic(Output::Pair, key).1 == NO_TOPIC { None } else { self.pair.push(key, cell)? } {
                Some(batch) => receive(Output::Pair, batch),
                None => Ok(()),
            }
        })?;
        drop(pair);
        let mut organisation = parts.organisation.take(range)?;
        organisation.sort_unstable_by_key(|part| part.key);
        fold(&mut self.judge, Output::Organisation, &organisation, |key, cell| match self.organisation.push(key, cell)? {
            Some(batch) => receive(Output::Organisation, batch),
            None => Ok(()),
        })
    }

    /// What is left.
    pub(crate) fn finish<E: From<Error>>(
        mut self,
        receive: &mut dyn FnMut(Output, RecordBatch) -> Result<(), E>,
    ) -> Result<FxHashMap<u64, Cell>, E> {
        receive(Output::CountryWorks, self.works.batch()?)?;
        receive(Output::Country, self.country.batch()?)?;
        receive(Output::Pair, self.pair.batch()?)?;
        receive(Output::Organisation, self.organisation.batch()?)?;
        Ok(self.all_topics)
    }
}

/// Adds up parts in the order of their keys and hands on cell by cell.
fn fold<E>(judge: &mut Judge<'_>, output: Output, parts: &[Part], mut receive: impl FnMut(u64, &Cell) -> Result<(), E>) -> Result<(), E> {
    for parts in parts.chunk_by(|a, b| a.key == b.key) {
        let Some(first) = parts.first() else { continue };
        let (year, topic) = year_and_topic(output, first.key);
        judge.turn_to(year, topic);
        let mut cell = Cell::default();
        parts.iter().for_each(|part| cell.add(part, judge.impact(part).as_ref()));
        if output == Output::Country && first.key as u8 == UNKNOWN {
            // Unknown is no country: what it is of is not counted by class.
            cell.classes = Default::default();
        }
        receive(first.key, &cell)?;
    }
    Ok(())
}
