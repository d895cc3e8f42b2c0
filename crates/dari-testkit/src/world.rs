//! The world as a whole: everything that is known before the first work is made.

use std::ops::Range;
use std::path::PathBuf;

use crate::Error;
use crate::demo::{Demo, Topic};
use crate::layout::Layout;
use crate::margins::Margins;
use crate::organisations::Organisations;
use crate::planted::Planted;
use crate::random::Alias;
use crate::shape;
use crate::venues::Venues;

/// What world to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// Number of works.
    pub works: u64,
    /// Seed: the same seed and number of works and parts give the same world.
    pub seed: u64,
    /// Number of part files; by default one for every 50,000 works and at least 4.
    pub parts: Option<u64>,
    /// Folder with the real data to follow (`demo`).
    pub demo: PathBuf,
}

/// Most works: ids of works have ten digits.
const MOST_WORKS: u64 = 1_900_000_000;

/// A world: its works can be made one by one, in any order.
#[derive(Debug)]
pub struct World {
    pub(crate) seed: u64,
    pub(crate) topics: Vec<Topic>,
    pub(crate) margins: Margins,
    pub(crate) layout: Layout,
    pub(crate) organisations: Organisations,
    pub(crate) venues: Venues,
    pub(crate) planted: Planted,
    /// The run of topics of each subfield.
    pub(crate) subfields: Vec<Range<usize>>,
    /// The run of subfields of each one's field.
    pub(crate) fields: Vec<Range<usize>>,
    /// The number of each one's field.
    field_numbers: Vec<usize>,
    /// A topic of a subfield's run, per year and subfield.
    pub(crate) topic_draws: Vec<Vec<Alias>>,
    /// The class that a reference goes to.
    pub(crate) cited_class: Alias,
    pub(crate) ages: Alias,
    pub(crate) reference_counts: Vec<u16>,
    pub(crate) types: Alias,
    pub(crate) authors: Alias,
    pub(crate) conference_authors: Alias,
    /// The culture of each country.
    pub(crate) cultures: Vec<usize>,
    /// The name of each country.
    pub(crate) country_names: Vec<&'static str>,
}

impl World {
    /// Reads the real data and fits the world to them.
    ///
    /// # Errors
    /// Where the demo folder cannot be read, or an option is out of range.
    pub fn new(options: &Options) -> Result<World, Error> {
        if options.works == 0 || options.works > MOST_WORKS {
            return Err(Error::Option(format!("a world has from 1 to {MOST_WORKS} works, not {}", options.works)));
        }
        let parts = options.parts.unwrap_or_else(|| (options.works / 50_000).max(4)).min(options.works);
        if parts == 0 || parts > 100_000 || options.works / parts > u64::from(u32::MAX) {
            return Err(Error::Option(format!("{} works cannot be written in {parts} parts", options.works)));
        }
        let demo = Demo::read(&options.demo)?;
        let margins = Margins::new(&demo);
        let subfields = runs(&demo.topics, |topic| topic.subfield.0);
        let firsts: Vec<&Topic> = subfields.iter().map(|run| &demo.topics[run.start]).collect();
        let field_runs = runs(&firsts, |topic| topic.field.0);
        let fields = field_runs.iter().flat_map(|run| std::iter::repeat_n(run.clone(), run.len())).collect();
        let volumes: Vec<Vec<f64>> =
            margins.volumes.iter().map(|year| subfields.iter().map(|run| year[run.clone()].iter().sum()).collect()).collect();
        let topic_draws = margins.volumes.iter().map(|year| subfields.iter().map(|run| Alias::new(&year[run.clone()])).collect()).collect();
        let mut organisations = Organisations::new(options.seed, options.works, &margins);
        let planted = Planted::new(options.seed, &margins, &organisations);
        organisations.prepare(&planted);
        let known = |code: &[u8; 2]| dari_model::country::by_code(std::str::from_utf8(code).unwrap_or_default());
        Ok(World {
            seed: options.seed,
            layout: Layout::new(options.seed, options.works, parts, &volumes),
            organisations,
            venues: Venues::new(options.seed, &firsts, &margins),
            planted,
            subfields,
            fields,
            field_numbers: field_runs.iter().enumerate().flat_map(|(at, run)| std::iter::repeat_n(at, run.len())).collect(),
            topic_draws,
            cited_class: Alias::new(&shape::classes().map(|class| class.share * class.weight)),
            ages: shape::ages(),
            reference_counts: shape::reference_counts(),
            types: Alias::new(&shape::TYPES.map(|(_, share)| share)),
            authors: Alias::new(&shape::AUTHORS),
            conference_authors: Alias::new(&shape::CONFERENCE_AUTHORS),
            cultures: margins.countries.iter().map(|code| crate::names::culture(*code)).collect(),
            country_names: margins.countries.iter().map(|code| known(code).map_or("", |country| country.name_en)).collect(),
            topics: demo.topics,
            margins,
        })
    }

    /// Number of works.
    pub fn works(&self) -> u64 {
        self.layout.works()
    }

    /// Number of part files.
    pub fn parts(&self) -> u64 {
        self.layout.parts()
    }

    /// Two-letter codes of the countries, by which works number them.
    pub fn countries(&self) -> Vec<&str> {
        self.margins.countries.iter().map(|code| std::str::from_utf8(code).unwrap_or_default()).collect()
    }

    pub(crate) fn country(&self, at: usize) -> &str {
        std::str::from_utf8(&self.margins.countries[at]).unwrap_or_default()
    }

    /// How many fields there are.
    pub(crate) fn field_count(&self) -> usize {
        self.field_numbers.last().map_or(0, |last| last + 1)
    }

    /// The number of a subfield's field, from 0 on.
    pub(crate) fn field_number(&self, subfield: usize) -> usize {
        self.field_numbers[subfield]
    }

    /// The id of a field of this number.
    pub(crate) fn field_id(&self, field: usize) -> u32 {
        let subfield = self.field_numbers.partition_point(|number| *number < field);
        self.topics[self.subfields[subfield].start].field.0
    }

    /// What is planted.
    pub fn planted(&self) -> &Planted {
        &self.planted
    }
}

/// The runs of a list whose items agree in a key.
fn runs<T>(items: &[T], key: impl Fn(&T) -> u32) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if key(&items[run.start]) == key(item) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}
