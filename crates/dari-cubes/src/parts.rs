//! From works to their parts in cells: bucket by bucket, put aside by year and topic.

use dari_indicators::Period;
use dari_indicators::counting::{CitationSource, WorkType};
use dari_indicators::impact::{Citations, Cohort, Collaboration, Parties, UnknownParties};
use dari_indicators::statistics::sum::ExactSum;
use rustc_hash::FxHashMap;

use crate::collector::Topic;
use crate::output::{NO_TOPIC, Output, country_key, organisation_key, pair_key};
use crate::rows::{Cited, Credit, Part, Work};
use crate::spill::{Spill, SpillWriter};
use crate::{Error, UNKNOWN, WINDOW};

/// Years and topics in order, cut into ranges of about as many works.
pub(crate) struct Ranges {
    /// The first year and topic of every range.
    firsts: Vec<(i16, u16)>,
}

impl Ranges {
    /// Ranges of at most `most` works, unless a topic has more of them in a year.
    pub(crate) fn new(world: &FxHashMap<(i16, u16), u64>, most: u64) -> Ranges {
        let mut cells: Vec<_> = world.iter().map(|(cell, works)| (*cell, *works)).collect();
        cells.sort_unstable();
        let (mut firsts, mut sum) = (Vec::new(), u64::MAX);
        for (cell, works) in cells {
            sum = sum.saturating_add(works);
            if sum > most {
                firsts.push(cell);
                sum = works;
            }
        }
        Ranges { firsts }
    }

    pub(crate) fn len(&self) -> usize {
        self.firsts.len()
    }

    fn of(&self, year: i16, topic: u16) -> usize {
        self.firsts.partition_point(|first| *first <= (year, topic)).saturating_sub(1)
    }
}

/// The parts of works in the cells of every cube, by ranges of years and topics.
pub(crate) struct Parts {
    pub(crate) country: Spill<Part>,
    pub(crate) pair: Spill<Part>,
    pub(crate) organisation: Spill<Part>,
}

/// Citations of a cohort, and works and citations of each collaboration class in it.
#[derive(Default)]
pub(crate) struct CohortSums {
    pub(crate) all: Citations,
    pub(crate) classes: [(u64, u64); Collaboration::KNOWN.len()],
}

impl CohortSums {
    pub(crate) fn merge(&mut self, other: &CohortSums) {
        self.all.merge(&other.all);
        for (sums, other) in self.classes.iter_mut().zip(other.classes) {
            *sums = (sums.0 + other.0, sums.1 + other.1);
        }
    }
}

/// What all threads need to know.
pub(crate) struct Known<'a> {
    pub(crate) source: CitationSource,
    /// The years that counts by year were given for.
    pub(crate) seen: Option<Period>,
    pub(crate) topics: &'a [Topic],
    /// The place of an organisation, by its number, in the order of ids.
    pub(crate) organisation_places: &'a [u32],
    pub(crate) ranges: &'a Ranges,
    pub(crate) outputs: &'a [Output],
}

/// One thread's part of the works.
pub(crate) struct Splitter<'a> {
    known: &'a Known<'a>,
    country: SpillWriter<'a, Part>,
    pair: SpillWriter<'a, Part>,
    organisation: SpillWriter<'a, Part>,
    sums: SplitSums,
    countries: Vec<(u8, ExactSum)>,
    organisations: Vec<(u32, ExactSum)>,
}

/// What a thread found out.
#[derive(Default)]
pub(crate) struct SplitSums {
    pub(crate) cohorts: FxHashMap<Cohort, CohortSums>,
    pub(crate) without_score: u64,
    pub(crate) citations: u64,
    pub(crate) credits_without_work: u64,
}

impl<'a> Splitter<'a> {
    pub(crate) fn new(known: &'a Known<'a>, parts: &'a Parts) -> Splitter<'a> {
        Splitter {
            known,
            country: parts.country.writer(),
            pair: parts.pair.writer(),
            organisation: parts.organisation.writer(),
            sums: SplitSums::default(),
            countries: Vec::new(),
            organisations: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> Result<SplitSums, Error> {
        self.country.finish()?;
        self.pair.finish()?;
        self.organisation.finish()?;
        Ok(self.sums)
    }

    /// Splits the works of a bucket, to which all the credits and citations given belong.
    pub(crate) fn bucket(&mut self, works: &[Work], credits: &[Credit], cited: &[Cited]) -> Result<(), Error> {
        let places: FxHashMap<i64, u32> = works.iter().enumerate().map(|(place, work)| (work.id, place as u32)).collect();
        let credits_of = Grouped::new(&places, credits.iter().map(|credit| credit.work));
        let cited_of = Grouped::new(&places, cited.iter().map(|cited| cited.work));
        self.sums.credits_without_work += credits_of.strays;
        for (place, work) in works.iter().enumerate().filter(|(_, work)| work.is_counted != 0) {
            let counted = self.citations(work, cited_of.of(place).map(|row| (cited[row].year, cited[row].count)));
            self.gather(credits_of.of(place).map(|row| &credits[row]));
            self.work(work, counted)?;
        }
        Ok(())
    }

    /// The citations of a work in its window; None where they are not known.
    fn citations(&self, work: &Work, by_year: impl ExactSizeIterator<Item = (i16, u32)>) -> Option<u32> {
        match self.known.source {
            CitationSource::Total => (work.has_total != 0).then_some(work.total),
            CitationSource::References => Some(by_year.filter(|(year, _)| WINDOW.holds(work.year, *year)).map(|(_, count)| count).sum()),
            // A source that says a work is cited but not when does not count by year.
            CitationSource::CountsByYear if work.has_total == 0 || (by_year.len() == 0 && work.total > 0) => None,
            CitationSource::CountsByYear => Some(WINDOW.from_counts_by_year(work.year, by_year, self.known.seen?)?.citations),
        }
    }

    /// Adds up the weights of a work's countries and organisations.
    fn gather<'c>(&mut self, credits: impl Iterator<Item = &'c Credit>) {
        self.countries.clear();
        self.organisations.clear();
        for credit in credits {
            let mut weight = ExactSum::default();
            weight.add(credit.weight);
            if let Some(place) = self.known.organisation_places.get(credit.organisation as usize) {
                self.organisations.push((*place, weight));
            }
            // A source that lists authors, institutions and countries apart gives the first two rows of weight 0: they say nothing of a country.
            if weight == ExactSum::default() {
                continue;
            }
            match self.countries.iter_mut().find(|(country, _)| *country == credit.country) {
                Some((_, sum)) => sum.merge(weight),
                None => self.countries.push((credit.country, weight)),
            }
        }
        if self.countries.is_empty() {
            let mut whole = ExactSum::default();
            whole.add(1.0);
            self.countries.push((UNKNOWN, whole));
        }
        self.countries.sort_unstable_by_key(|(country, _)| *country);
        self.organisations.sort_unstable_by_key(|(organisation, _)| *organisation);
        self.organisations.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1.merge(next.1);
            }
            same
        });
    }

    /// Hands on the parts of a work whose countries and organisations are gathered.
    fn work(&mut self, work: &Work, counted: Option<u32>) -> Result<(), Error> {
        let Work { id, year, topic, kind, .. } = *work;
        let countries = self.countries.iter().filter(|(country, _)| *country != UNKNOWN).count();
        let parties = Parties { countries, institutions: self.organisations.len(), ..Parties::default() };
        let class = Collaboration::of(&parties, UnknownParties::PassedOver);
        let citations = counted.unwrap_or(0);
        self.sums.citations += u64::from(citations);
        match cohort(year, topic, kind, self.known.topics).filter(|_| counted.is_some()) {
            Some(cohort) => {
                let sums = self.sums.cohorts.entry(cohort).or_default();
                sums.all.add(citations);
                if let Some((works, total)) = sums.classes.get_mut(class as usize) {
                    (*works, *total) = (*works + 1, *total + u64::from(citations));
                }
            }
            None => self.sums.without_score += 1,
        }
        let part = |key: u64, weight: f64| Part {
            key,
            work: id,
            weight,
            citations,
            kind,
            counted: u8::from(counted.is_some()),
            class: class as u8,
            _room: 0,
        };
        let range = self.known.ranges.of(year, topic);
        let wanted = |outputs: &[Output]| outputs.iter().any(|output| self.known.outputs.contains(output));
        if topic != NO_TOPIC && wanted(&[Output::Country, Output::CountryWorks]) {
            for &(country, weight) in &self.countries {
                self.country.push(range, part(country_key(year, topic, country), weight.value()))?;
            }
        }
        if topic != NO_TOPIC && wanted(&[Output::Organisation]) {
            for &(organisation, weight) in &self.organisations {
                self.organisation.push(range, part(organisation_key(year, topic, organisation), weight.value()))?;
            }
        }
        if !wanted(&[Output::Pair]) {
            return Ok(());
        }
        // Links of a work weigh 1 / (countries - 1), so that those of each of its countries sum to 1 (Perianes-Rodriguez, Waltman & van Eck 2016).
        let link = 1.0 / (countries.max(2) - 1) as f64;
        for (place, &(a, _)) in self.countries.iter().enumerate().filter(|(_, (country, _))| *country != UNKNOWN) {
            for &(b, _) in self.countries[place + 1..].iter().filter(|(country, _)| *country != UNKNOWN) {
                self.pair.push(range, part(pair_key(year, topic, a, b), link))?;
            }
        }
        Ok(())
    }
}

/// The cohort of works of a topic and type: none without a topic, or for types that have no normalised scores.
pub(crate) fn cohort(year: i16, topic: u16, kind: u8, topics: &[Topic]) -> Option<Cohort> {
    let subfield = topics.get(usize::from(topic))?.subfield;
    let work_type = *WorkType::ALL.get(usize::from(kind))?;
    work_type.has_fwci().then_some(Cohort { year, subfield, work_type })
}

/// Rows in order of the works they belong to: counted, then put into place.
struct Grouped {
    order: Vec<u32>,
    starts: Vec<u32>,
    /// Rows of no work.
    strays: u64,
}

impl Grouped {
    fn new(places: &FxHashMap<i64, u32>, works: impl ExactSizeIterator<Item = i64>) -> Grouped {
        let of: Vec<u32> = works.map(|work| places.get(&work).copied().unwrap_or(u32::MAX)).collect();
        let mut ends = vec![0u32; places.len() + 1];
        let mut strays = 0;
        for place in &of {
            match ends.get_mut(*place as usize) {
                Some(count) => *count += 1,
                None => strays += 1,
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            (*end, sum) = (sum, sum + *end);
        }
        let starts = ends.clone();
        let mut order = vec![0u32; sum as usize];
        for (row, place) in of.iter().enumerate().filter(|(_, place)| **place != u32::MAX) {
            order[ends[*place as usize] as usize] = row as u32;
            ends[*place as usize] += 1;
        }
        Grouped { order, starts, strays }
    }

    /// The rows of the work at a place.
    fn of(&self, place: usize) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.order[self.starts[place] as usize..self.starts[place + 1] as usize].iter().map(|row| *row as usize)
    }
}
