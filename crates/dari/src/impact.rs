//! Citation impact and joint works in technologies, from the works of countries that `dari compute` keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int16Type, Int32Type, Int64Type};
use dari_cubes::UNKNOWN_COUNTRY;
use dari_indicators::between::incidence::{SetCounts, SetJoint, Universe};
use dari_indicators::counting::{Credits, WorkType};
use dari_indicators::impact::{
    Baseline, Citations, Cohort, Collaboration, CollaborationCohort, OpenAlexPercentile, OpenAlexRanks, Percentile, Threshold, UnitFigures,
    UnitWork, UnitWorks, WorkImpact, ncs,
};
use dari_indicators::position::monopoly::{InstitutionTop, Monopoly, monopoly};
use dari_indicators::statistics::bootstrap::Bootstrap;
use dari_indicators::statistics::sum::ExactSum;
use dari_indicators::{Period, TechnologyTopics};
use dari_lake::Snapshot;
use rayon::prelude::*;

use crate::analysis::{CubeData, Dataset, text};
use crate::cli::Common;
use crate::error::Result;

/// A work in a technology, once for each of its countries.
#[derive(Debug, Clone)]
pub(crate) struct CountryWork {
    /// Places of the technologies that its topic is at the core of.
    pub(crate) technologies: Arc<[usize]>,
    pub(crate) country: &'static str,
    pub(crate) work: i64,
    pub(crate) topic: i32,
    pub(crate) year: i16,
    pub(crate) work_type: WorkType,
    pub(crate) collaboration: Option<Collaboration>,
    pub(crate) citations: Option<u32>,
    pub(crate) weight: f64,
    pub(crate) impact: Option<WorkImpact>,
    /// NCS among works of its collaboration class.
    pub(crate) class_ncs: Option<f64>,
    pub(crate) percentile: Option<OpenAlexPercentile>,
}

/// The works and what they are compared with.
pub(crate) struct Works<'a> {
    snapshot: &'a Snapshot,
    common: &'a Common,
    dataset: &'a Dataset,
    period: Period,
    /// Places of technologies by topic.
    by_topic: BTreeMap<i32, Arc<[usize]>>,
    subfields: BTreeMap<i32, i32>,
    baselines: BTreeMap<Cohort, Baseline>,
    class_means: BTreeMap<CollaborationCohort, f64>,
}

impl<'a> Works<'a> {
    /// Reads the cohorts of the technologies' topics in a period; None if works are not kept under this name.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        common: &'a Common,
        data: &'a CubeData,
        period: Period,
        technologies: &[&TechnologyTopics],
    ) -> Result<Option<Works<'a>>> {
        let set = |kind: &str| data.datasets.named(kind, &data.name);
        let (Some(dataset), Some(cohorts)) = (set("country-works"), set("citation-cohorts")) else { return Ok(None) };
        let mut by_topic: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for (place, technology) in technologies.iter().enumerate() {
            technology.topics.iter().for_each(|(topic, _)| by_topic.entry(*topic).or_default().push(place));
        }
        let by_topic: BTreeMap<i32, Arc<[usize]>> = by_topic.into_iter().map(|(topic, places)| (topic, places.into())).collect();
        let subfield = |topic: &i32| Some((*topic, data.cube.topics()[data.cube.topic(*topic)?].subfield));
        let subfields: BTreeMap<i32, i32> = by_topic.keys().filter_map(subfield).collect();
        let (baselines, class_means) = (BTreeMap::new(), BTreeMap::new());
        let mut works = Works { snapshot, common, dataset, period, by_topic, subfields, baselines, class_means };
        if works.subfields.is_empty() {
            return Ok(Some(works));
        }
        let query = format!(
            "SELECT year, subfield_id, type, collaboration, works, citations, top10_threshold, top10_at_threshold, top1_threshold, top1_at_threshold
             FROM citation_cohorts WHERE {} AND subfield_id IN ({})",
            of_period(cohorts, period),
            list(works.subfields.values().collect::<BTreeSet<_>>())
        );
        each(snapshot, common, &query, |batch| {
            let (years, subfields) = (batch.column(0).as_primitive::<Int16Type>(), int32(batch, 1));
            let (types, classes) = (text(batch, 2)?, text(batch, 3)?);
            let (counts, totals) = (batch.column(4).as_primitive::<Int64Type>(), batch.column(5).as_primitive::<Int64Type>());
            for row in 0..batch.num_rows() {
                let work_type = WorkType::of(types.as_string::<i32>().value(row));
                let cohort = Cohort { year: years.value(row), subfield: subfields.value(row), work_type };
                let (count, total) = (counts.value(row).max(0) as u64, totals.value(row).max(0) as u64);
                if !classes.is_null(row) {
                    let class = Collaboration::of_name(classes.as_string::<i32>().value(row));
                    if let Some(of_class) = class.and_then(|class| CollaborationCohort::new(cohort, class)) {
                        works.class_means.insert(of_class, total as f64 / count.max(1) as f64);
                    }
                    continue;
                }
                let threshold = |column: usize| Threshold {
                    citations: int32(batch, column).value(row).max(0) as u32,
                    at: batch.column(column + 1).as_primitive::<Float64Type>().value(row),
                };
                if let Some(baseline) = Baseline::known(count, total, threshold(6), threshold(8), work_type.has_fwci()) {
                    works.baselines.insert(cohort, baseline);
                }
            }
            Ok(())
        })?;
        Ok(Some(works))
    }

    fn each(&self, query: &str, receive: impl FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        each(self.snapshot, self.common, query, receive)
    }

    fn topics(&self) -> String {
        list(self.by_topic.keys())
    }

    fn of_period(&self) -> String {
        of_period(self.dataset, self.period)
    }

    /// The works of some countries, in order of topic, year and work.
    pub(crate) fn read(&self, countries: &[&str]) -> Result<Vec<CountryWork>> {
        let (mut all, nowhere): (Vec<CountryWork>, Arc<[usize]>) = (Vec::new(), Arc::from([]));
        if self.by_topic.is_empty() {
            return Ok(all);
        }
        let query = format!(
            "SELECT year, topic_id, country, work_id, type, collaboration, citations, weight FROM country_works
             WHERE {} AND topic_id IN ({}) AND country IN ({})",
            self.of_period(),
            self.topics(),
            // Codes are dari's own.
            countries.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ")
        );
        self.each(&query, |batch| {
            let (years, topics) = (batch.column(0).as_primitive::<Int16Type>(), int32(batch, 1));
            let (codes, types, classes) = (text(batch, 2)?, text(batch, 4)?, text(batch, 5)?);
            let (ids, citations) = (batch.column(3).as_primitive::<Int64Type>(), int32(batch, 6));
            let weights = batch.column(7).as_primitive::<Float64Type>();
            for row in 0..batch.num_rows() {
                let (year, topic) = (years.value(row), topics.value(row));
                let work_type = WorkType::of(types.as_string::<i32>().value(row));
                let collaboration =
                    (!classes.is_null(row)).then(|| Collaboration::of_name(classes.as_string::<i32>().value(row))).flatten();
                let citations = (!citations.is_null(row)).then(|| citations.value(row).max(0) as u32);
                let cohort = self.subfields.get(&topic).map(|subfield| Cohort { year, subfield: *subfield, work_type });
                let counted = cohort.zip(citations);
                let impact = counted.and_then(|(cohort, citations)| Some(self.baselines.get(&cohort)?.impact(citations)));
                let class_ncs = counted.zip(collaboration).and_then(|((cohort, citations), class)| {
                    let mean = self.class_means.get(&CollaborationCohort::new(cohort, class)?)?;
                    Some(ncs(citations, *mean))
                });
                all.push(CountryWork {
                    technologies: self.by_topic.get(&topic).cloned().unwrap_or_else(|| nowhere.clone()),
                    country: dari_model::country::by_code(codes.as_string::<i32>().value(row))
                        .map_or(UNKNOWN_COUNTRY, |country| country.code),
                    work: ids.value(row),
                    topic,
                    year,
                    work_type,
                    collaboration,
                    citations,
                    weight: weights.value(row),
                    impact,
                    class_ncs,
                    percentile: None,
                });
            }
            Ok(())
        })?;
        all.sort_unstable_by(|a, b| (a.topic, a.year, a.work, a.country).cmp(&(b.topic, b.year, b.work, b.country)));
        Ok(all)
    }

    /// Joint works of sets of countries in every technology, from the works of all countries; these pass by, work by work.
    pub(crate) fn joint(
        &self,
        sets: &[Vec<&'static str>],
        universe: Universe,
        technologies: usize,
    ) -> Result<Vec<Vec<SetJoint<&'static str>>>> {
        let sets = sets.iter().map(|set| SetCounts::new(set, universe)).collect::<std::result::Result<Vec<_>, _>>()?;
        let mut all = vec![sets; technologies];
        if !self.by_topic.is_empty() {
            let query = format!(
                "SELECT topic_id, year, work_id, country, weight FROM country_works WHERE {} AND topic_id IN ({}) ORDER BY topic_id, year, work_id",
                self.of_period(),
                self.topics()
            );
            let mut credits = Credits::new();
            let mut count = |topic: i32, rows: &mut Vec<(Option<&'static str>, f64)>| {
                let credits = credits.of_rows(rows.drain(..));
                for place in self.by_topic.get(&topic).map_or(&[][..], |places| places) {
                    all[*place].iter_mut().for_each(|counts| counts.add(credits));
                }
            };
            let (mut last, mut rows): (Option<(i32, i16, i64)>, _) = (None, Vec::new());
            self.each(&query, |batch| {
                let (topics, years) = (int32(batch, 0), batch.column(1).as_primitive::<Int16Type>());
                let (ids, codes) = (batch.column(2).as_primitive::<Int64Type>(), text(batch, 3)?);
                let weights = batch.column(4).as_primitive::<Float64Type>();
                for row in 0..batch.num_rows() {
                    let this = (topics.value(row), years.value(row), ids.value(row));
                    if let Some((topic, ..)) = last.filter(|last| *last != this) {
                        count(topic, &mut rows);
                    }
                    last = Some(this);
                    // Unknown countries stand under ZZ, which is none.
                    let country = dari_model::country::by_code(codes.as_string::<i32>().value(row)).map(|country| country.code);
                    rows.push((country, weights.value(row)));
                }
                Ok(())
            })?;
            if let Some((topic, ..)) = last {
                count(topic, &mut rows);
            }
        }
        Ok(all.iter().map(|sets| sets.iter().map(SetCounts::figures).collect()).collect())
    }

    /// Gives works their percentiles as OpenAlex publishes them, and the weights among the top 10 % and 1 % that follow.
    pub(crate) fn rank_as_openalex(&self, works: &mut [CountryWork]) -> Result<()> {
        if works.is_empty() {
            return Ok(());
        }
        // The whole of every cohort, each work once.
        let of_cohorts = format!(
            "FROM (SELECT DISTINCT c.year, t.subfield_id, c.type, c.citations, c.work_id FROM country_works c JOIN topics t ON t.id = c.topic_id
                   WHERE {} AND t.subfield_id IN ({}) AND c.citations IS NOT NULL)",
            self.of_period(),
            list(self.subfields.values().collect::<BTreeSet<_>>())
        );
        let mut distributions: BTreeMap<Cohort, Citations> = BTreeMap::new();
        let query = format!("SELECT year, subfield_id, type, citations, count(*) {of_cohorts} GROUP BY year, subfield_id, type, citations");
        self.each(&query, |batch| {
            let counts = batch.column(4).as_primitive::<Int64Type>();
            for (row, cohort) in cohorts(batch)?.into_iter().enumerate() {
                let citations = int32(batch, 3).value(row).max(0) as u32;
                distributions.entry(cohort).or_default().add_works(citations, counts.value(row).max(0) as u64);
            }
            Ok(())
        })?;
        let mut ranks: BTreeMap<Cohort, OpenAlexRanks> =
            distributions.iter().map(|(cohort, citations)| (*cohort, OpenAlexRanks::new(citations))).collect();
        let mut wanted: BTreeMap<i64, Option<OpenAlexPercentile>> = works.iter().map(|work| (work.work, None)).collect();
        let query = format!("SELECT year, subfield_id, type, citations, work_id {of_cohorts} ORDER BY work_id");
        self.snapshot.for_each(&query, &self.common.options(), |batch| -> Result<()> {
            let ids = batch.column(4).as_primitive::<Int64Type>();
            for (row, cohort) in cohorts(&batch)?.into_iter().enumerate() {
                let Some(ranks) = ranks.get_mut(&cohort) else { continue };
                let percentile = ranks.next(ids.value(row), int32(&batch, 3).value(row).max(0) as u32)?;
                if let Some(place) = wanted.get_mut(&ids.value(row)) {
                    *place = Some(percentile);
                }
            }
            Ok(())
        })?;
        for work in works {
            work.percentile = wanted.get(&work.work).copied().flatten().filter(|_| work.impact.is_some());
            if let (Some(impact), Some(percentile)) = (&mut work.impact, &work.percentile) {
                (impact.top_10, impact.top_1) = (f64::from(u8::from(percentile.top_10)), f64::from(u8::from(percentile.top_1)));
            }
        }
        Ok(())
    }

    /// Technology monopoly risk of every technology.
    pub(crate) fn monopolies(&self, technologies: &[&TechnologyTopics], data: &CubeData) -> Result<Vec<Option<Monopoly>>> {
        let mut countries: Vec<BTreeMap<String, ExactSum>> = vec![BTreeMap::new(); technologies.len()];
        let mut institutions: Vec<Institutions> = vec![BTreeMap::new(); technologies.len()];
        if self.by_topic.is_empty() {
            return Ok(vec![None; technologies.len()]);
        }
        let set = |kind: &str| data.datasets.named(kind, &data.name);
        let (Some(by_country), Some(by_organisation)) = (set("country-topic"), set("organisation-topic")) else {
            return Ok(vec![None; technologies.len()]);
        };
        let among = |set: &Dataset, year: &str| {
            format!(
                "dataset_id IN ({}) AND {year} BETWEEN {} AND {} AND topic_id IN ({}) AND top10_sum > 0",
                set.list(),
                self.period.from,
                self.period.to,
                self.topics()
            )
        };
        let query = format!("SELECT topic_id, country, top10_sum FROM country_topic_year WHERE {}", among(by_country, "year_from"));
        self.each(&query, |batch| {
            let (codes, sums) = (text(batch, 1)?, batch.column(2).as_primitive::<Float64Type>());
            for row in 0..batch.num_rows() {
                for place in self.by_topic.get(&int32(batch, 0).value(row)).map_or(&[][..], |places| places) {
                    countries[*place].entry(codes.as_string::<i32>().value(row).to_owned()).or_default().add(sums.value(row));
                }
            }
            Ok(())
        })?;
        let query = format!(
            "SELECT c.topic_id, c.organisation_id, o.country, c.top10_sum FROM organisation_topic_year c JOIN organisations o ON o.id = c.organisation_id
             WHERE {} AND o.country IS NOT NULL",
            among(by_organisation, "year")
        );
        self.each(&query, |batch| {
            let (ids, codes) = (batch.column(1).as_primitive::<Int64Type>(), text(batch, 2)?);
            let sums = batch.column(3).as_primitive::<Float64Type>();
            for row in 0..batch.num_rows() {
                let code = codes.as_string::<i32>().value(row);
                if dari_model::country::by_code(code).is_none() {
                    continue;
                }
                for place in self.by_topic.get(&int32(batch, 0).value(row)).map_or(&[][..], |places| places) {
                    institutions[*place]
                        .entry(ids.value(row))
                        .or_insert_with(|| (code.to_owned(), ExactSum::default()))
                        .1
                        .add(sums.value(row));
                }
            }
            Ok(())
        })?;
        let of = |(countries, institutions): (&BTreeMap<String, ExactSum>, &Institutions)| {
            let mut world = ExactSum::default();
            countries.values().for_each(|sum| world.merge(*sum));
            let known = countries.iter().filter(|(code, _)| *code != UNKNOWN_COUNTRY);
            let known: Vec<(&str, f64)> = known.map(|(code, sum)| (code.as_str(), sum.value())).collect();
            let institution = |(id, (country, sum)): (&i64, &(String, ExactSum))| (*id, country.clone(), sum.value());
            let institutions: Vec<_> = institutions.iter().map(institution).collect();
            let tops = institutions.iter().map(|(institution, country, top_10)| InstitutionTop {
                institution: *institution,
                country,
                top_10: *top_10,
            });
            Ok(monopoly(&tops.collect::<Vec<_>>(), &known, world.value())?)
        };
        countries.iter().zip(&institutions).map(of).collect()
    }
}

/// Works among the top 10 % by institution, with its country.
type Institutions = BTreeMap<i64, (String, ExactSum)>;

/// Figures by technology and country.
pub(crate) type Figures = BTreeMap<(usize, &'static str), UnitFigures>;

/// How figures are computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FigureOptions {
    /// Resamples behind stability intervals; 0 for none.
    pub(crate) resamples: u32,
    pub(crate) seed: u64,
    pub(crate) percentile: Percentile,
}

/// The figures of countries in technologies.
pub(crate) fn figures(technologies: &[&TechnologyTopics], works: &[CountryWork], options: &FigureOptions) -> Result<Figures> {
    let mut units: BTreeMap<(usize, &'static str), UnitWorks> = BTreeMap::new();
    for work in works {
        for place in work.technologies.iter() {
            let unit = units.entry((*place, work.country)).or_default();
            let of_unit =
                UnitWork { weight: work.weight, citations: work.citations, impact: work.impact.as_ref(), class_ncs: work.class_ncs };
            unit.add(&of_unit)?;
        }
    }
    let bootstrap = (options.resamples > 0).then(|| Bootstrap { resamples: options.resamples, ..Bootstrap::new(options.seed) });
    let units: Vec<_> = units.into_iter().collect();
    let figures = |((place, country), unit): &((usize, &'static str), UnitWorks)| -> Result<((usize, &'static str), UnitFigures)> {
        let name = format!("{} {country}", technologies[*place].id);
        Ok(((*place, *country), unit.figures(bootstrap.as_ref(), &name)?))
    };
    units.par_iter().map(figures).collect()
}

/// Runs a query and hands on its batches.
fn each(snapshot: &Snapshot, common: &Common, query: &str, mut receive: impl FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
    snapshot.for_each(query, &common.options(), |batch| receive(&batch))
}

fn of_period(set: &Dataset, period: Period) -> String {
    format!("dataset_id IN ({}) AND year BETWEEN {} AND {}", set.list(), period.from, period.to)
}

fn cohorts(batch: &RecordBatch) -> Result<Vec<Cohort>> {
    let (years, subfields, types) = (batch.column(0).as_primitive::<Int16Type>(), int32(batch, 1), text(batch, 2)?);
    let cohort = |row: usize| Cohort {
        year: years.value(row),
        subfield: subfields.value(row),
        work_type: WorkType::of(types.as_string::<i32>().value(row)),
    };
    Ok((0..batch.num_rows()).map(cohort).collect())
}

fn int32(batch: &RecordBatch, column: usize) -> &arrow::array::Int32Array {
    batch.column(column).as_primitive::<Int32Type>()
}

/// Numbers of dari's own for SQL.
fn list<T: ToString>(numbers: impl IntoIterator<Item = T>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}
