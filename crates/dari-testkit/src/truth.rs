//! What is true of a world: counts as the records were made, and what is planted in it.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::Error;
use crate::error::io;
use crate::shape::{YEAR_COUNT, YEARS};
use crate::work::Work;
use crate::world::World;

/// A world in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Works, each once.
    pub works: u64,
    /// Authors of works.
    pub authorships: u64,
    /// References, which are citations too.
    pub references: u64,
    /// Citations that works get.
    pub citations: u64,
    /// Works of which no country is known.
    pub without_country: u64,
    /// Works that stand in an older folder too.
    pub doubles: u64,
    /// Records without an id.
    pub without_id: u64,
}

/// Counts over works.
#[derive(Debug, Clone)]
pub struct Truth {
    summary: Summary,
    pub(crate) doubles: u64,
    pub(crate) without_id: u64,
    pub(crate) organisation_works: Vec<u32>,
    pub(crate) source_works: Vec<u32>,
    pub(crate) funder_works: Vec<u32>,
    pub(crate) topic_works: Vec<u32>,
    /// Works by country, field and year, one after the other; full counting.
    countries: Vec<u32>,
    /// Works and citations by year and subfield.
    cohorts: Vec<(u32, u64)>,
    /// Joint works of planted partners.
    joint: Vec<u32>,
    /// Works and citations of what has planted impact (organisations, then cells).
    impact: Vec<(u32, u64)>,
    /// The works of these by year and subfield.
    impact_cohorts: Vec<Vec<u32>>,
}

impl Truth {
    /// Nothing counted yet.
    pub fn new(world: &World) -> Truth {
        let cohorts = YEAR_COUNT * world.subfields.len();
        let planted = world.planted.impacts.len() + world.planted.cells.len();
        Truth {
            summary: Summary::default(),
            doubles: 0,
            without_id: 0,
            organisation_works: vec![0; world.organisations.all.len()],
            source_works: vec![0; world.venues.sources.len()],
            funder_works: vec![0; world.venues.funders.len()],
            topic_works: vec![0; world.topics.len()],
            countries: vec![0; world.margins.countries.len() * world.field_count() * YEAR_COUNT],
            cohorts: vec![(0, 0); cohorts],
            joint: vec![0; world.planted.partners.len()],
            impact: vec![(0, 0); planted],
            impact_cohorts: vec![vec![0; cohorts]; planted],
        }
    }

    /// Counts a work with the citations it has.
    pub fn count(&mut self, world: &World, work: &Work) {
        let Some(cell) = work.cell else { return };
        let citations: u64 = work.cited_by.iter().map(|count| u64::from(*count)).sum();
        self.summary.works += 1;
        self.summary.authorships += work.authorships.len() as u64;
        self.summary.references += work.references.len() as u64;
        self.summary.citations += citations;
        self.summary.without_country += u64::from(work.countries.is_empty());
        for at in &work.organisations {
            self.organisation_works[*at as usize] += 1;
        }
        if let Some(at) = work.source {
            self.source_works[at] += 1;
        }
        for at in &work.funders {
            self.funder_works[*at] += 1;
        }
        self.topic_works[work.topic()] += 1;
        let field = world.field_number(cell.subfield);
        for country in &work.countries {
            self.countries[(usize::from(*country) * world.field_count() + field) * YEAR_COUNT + cell.year] += 1;
        }
        let cohort = cell.year * world.subfields.len() + cell.subfield;
        self.cohorts[cohort].0 += 1;
        self.cohorts[cohort].1 += citations;
        let has = |organisation: usize| work.organisations.contains(&(organisation as u32));
        if work.organisations.len() > 1 {
            for (joint, pair) in self.joint.iter_mut().zip(&world.planted.partners) {
                *joint += u32::from(has(pair.organisations.0) && has(pair.organisations.1));
            }
        }
        let mut add = |at: usize| {
            self.impact[at].0 += 1;
            self.impact[at].1 += citations;
            self.impact_cohorts[at][cohort] += 1;
        };
        for organisation in &work.organisations {
            if let Some(at) = world.planted.impact_of(*organisation as usize) {
                add(at);
            }
        }
        if world.planted.cell_of(work.topic()).is_some() {
            for (at, cell) in world.planted.cells.iter().enumerate() {
                if cell.topic == work.topic() && work.countries.contains(&(cell.country as u16)) {
                    add(world.planted.impacts.len() + at);
                }
            }
        }
    }

    /// Adds the counts of others.
    pub fn add(&mut self, other: &Truth) {
        let (own, others) = (&mut self.summary, &other.summary);
        own.works += others.works;
        own.authorships += others.authorships;
        own.references += others.references;
        own.citations += others.citations;
        own.without_country += others.without_country;
        self.doubles += other.doubles;
        self.without_id += other.without_id;
        let sum = |own: &mut Vec<u32>, other: &Vec<u32>| own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        sum(&mut self.organisation_works, &other.organisation_works);
        sum(&mut self.source_works, &other.source_works);
        sum(&mut self.funder_works, &other.funder_works);
        sum(&mut self.topic_works, &other.topic_works);
        sum(&mut self.countries, &other.countries);
        sum(&mut self.joint, &other.joint);
        for (own, other) in self.impact_cohorts.iter_mut().zip(&other.impact_cohorts) {
            sum(own, other);
        }
        for (own, other) in self.cohorts.iter_mut().chain(&mut self.impact).zip(other.cohorts.iter().chain(&other.impact)) {
            own.0 += other.0;
            own.1 += other.1;
        }
    }

    /// The world in numbers.
    pub fn summary(&self) -> Summary {
        Summary { doubles: self.doubles, without_id: self.without_id, ..self.summary.clone() }
    }

    /// Works by organisation.
    pub fn organisation_works(&self) -> &[u32] {
        &self.organisation_works
    }

    /// Joint works of the planted partners, in their order.
    pub fn joint_works(&self) -> &[u32] {
        &self.joint
    }

    /// Citations of works with planted impact, over those that works of the same years and subfields have on average; organisations, then
    /// cells.
    pub fn impact(&self) -> Vec<f64> {
        let expected = |cohorts: &Vec<u32>| -> f64 {
            let mean = |(works, citations): (u32, u64)| if works > 0 { citations as f64 / f64::from(works) } else { 0.0 };
            cohorts.iter().zip(&self.cohorts).map(|(works, cohort)| f64::from(*works) * mean(*cohort)).sum()
        };
        self.impact
            .iter()
            .zip(&self.impact_cohorts)
            .map(|((_, citations), cohorts)| *citations as f64 / expected(cohorts).max(1e-9))
            .collect()
    }

    /// Works of what has planted impact, in the order of [`Truth::impact`].
    pub fn impact_works(&self) -> Vec<u32> {
        self.impact.iter().map(|(works, _)| *works).collect()
    }

    /// Writes the truth as JSON and CSV.
    pub(crate) fn write(&self, world: &World, folder: &Path) -> Result<Summary, Error> {
        fs::create_dir_all(folder).map_err(io(folder))?;
        let summary = self.summary();
        let text = json!({
            "works": summary.works,
            "seed": world.seed,
            "parts": world.parts(),
            "authorships": summary.authorships,
            "references": summary.references,
            "citations": summary.citations,
            "works_without_country": summary.without_country,
            "works_in_two_folders": summary.doubles,
            "records_without_id": summary.without_id,
            "organisations": world.organisations.all.len(),
            "counts_by_year": "exact: the references of all works of the world, counted",
        });
        let path = folder.join("world.json");
        fs::write(&path, format!("{text:#}\n")).map_err(io(&path))?;
        self.write_planted(world, folder)?;
        self.write_counts(world, folder)?;
        Ok(summary)
    }

    fn write_planted(&self, world: &World, folder: &Path) -> Result<(), Error> {
        let organisation = |at: usize| &world.organisations.all[at];
        let partners = world.planted.partners.iter().zip(&self.joint).map(|(pair, joint)| {
            let (one, two) = pair.organisations;
            let of = |at: usize| {
                [organisation(at).id.to_string(), organisation(at).name.clone(), world.country(organisation(at).country).to_owned()]
            };
            let counts = [
                pair.times.to_string(),
                self.organisation_works[one].to_string(),
                self.organisation_works[two].to_string(),
                joint.to_string(),
            ];
            of(one).into_iter().chain(of(two)).chain(counts).collect()
        });
        let header = "organisation_a,name_a,country_a,organisation_b,name_b,country_b,times,works_a,works_b,joint_works";
        table(&folder.join("partners.csv"), header, partners)?;
        let impact = self.impact();
        let count = world.planted.impacts.len();
        let numbers = |at: usize| [self.impact[at].0.to_string(), self.impact[at].1.to_string(), format!("{:.4}", impact[at])];
        let organisations = world.planted.impacts.iter().enumerate().map(|(at, planted)| {
            let of = organisation(planted.organisation);
            let own = [of.id.to_string(), of.name.clone(), world.country(of.country).to_owned(), planted.factor.to_string()];
            own.into_iter().chain(numbers(at)).collect()
        });
        table(&folder.join("impact_organisations.csv"), "organisation,name,country,factor,works,citations,found", organisations)?;
        let cells = world.planted.cells.iter().enumerate().map(|(at, planted)| {
            let topic = &world.topics[planted.topic];
            let own = [world.country(planted.country).to_owned(), topic.id.to_string(), topic.name.clone(), planted.factor.to_string()];
            own.into_iter().chain(numbers(count + at)).collect()
        });
        table(&folder.join("impact_cells.csv"), "country,topic_id,topic,factor,works,citations,found", cells)
    }

    fn write_counts(&self, world: &World, folder: &Path) -> Result<(), Error> {
        let fields = world.field_count();
        let rows = self.countries.iter().enumerate().filter(|(_, works)| **works > 0).map(|(at, works)| {
            let (country, field, year) = (at / YEAR_COUNT / fields, at / YEAR_COUNT % fields, at % YEAR_COUNT);
            vec![
                world.country(country).to_owned(),
                world.field_id(field).to_string(),
                (YEARS.start() + year as i32).to_string(),
                works.to_string(),
            ]
        });
        table(&folder.join("country_field_year.csv"), "country,field_id,year,works", rows)?;
        let rows = self.cohorts.iter().enumerate().filter(|(_, (works, _))| *works > 0).map(|(at, (works, citations))| {
            let (year, subfield) = (at / world.subfields.len(), at % world.subfields.len());
            let id = world.topics[world.subfields[subfield].start].subfield.0;
            vec![(YEARS.start() + year as i32).to_string(), id.to_string(), works.to_string(), citations.to_string()]
        });
        table(&folder.join("subfield_year.csv"), "year,subfield_id,works,citations", rows)
    }
}

fn table(path: &Path, header: &str, rows: impl Iterator<Item = Vec<String>>) -> Result<(), Error> {
    let wrong = |error: csv::Error| Error::Io { path: path.to_owned(), error: std::io::Error::other(error) };
    let mut writer = csv::Writer::from_path(path).map_err(wrong)?;
    writer.write_record(header.split(',')).map_err(wrong)?;
    for row in rows {
        writer.write_record(row).map_err(wrong)?;
    }
    writer.flush().map_err(io(path))
}
