//! What the questions about countries and technologies have in common: the cube and the pair series of the lake, the frameworks, the flags.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int16Type, Int32Type, Int64Type};
use clap::{Args, ValueEnum};
use dari_frameworks::{Framework, Level, Registry, Strength, Technology};
use dari_indicators::cube::Topic;
use dari_indicators::quality::breaks::{BreakOptions, Breaks};
use dari_indicators::quality::sinks::{SinkOptions, TopicTest, test_topics};
use dari_indicators::{Cube, CubeBuilder, CubeRow, PairSeries, PairSeriesBuilder, Period, TechnologyTopics};
use dari_lake::{Lake, Snapshot};
use rustc_hash::FxHashMap;

use crate::cli::{Common, Lang};
use crate::error::{Failure, Result};

/// The choice of technologies, the same in every command that asks for one.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Technology framework (`dari frameworks` lists them)
    #[arg(long, default_value = "kr-nst-2023", value_name = "ID")]
    pub(crate) framework: String,
    /// Level of the framework's entries
    #[arg(long, value_enum, default_value_t = LevelArg::Field)]
    level: LevelArg,
    /// Only these technologies, by id or name, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    technology: Vec<String>,
    /// Topics to count: those a technology is at the core of, or also related ones
    #[arg(long, value_enum, default_value_t = Claims::Core)]
    claims: Claims,
    /// Count also topics whose works would need a look at their titles (too coarse or polluted; left out by default, for counts by topic have no titles)
    #[arg(long)]
    with_polluted: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LevelArg {
    /// The broad fields
    Field,
    /// The finest entries
    Technology,
    /// All
    All,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Field => Level::Field,
            LevelArg::Technology => Level::Technology,
            LevelArg::All => Level::All,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Claims {
    /// Most of the topic's works are about the technology
    Core,
    /// Also topics of which a sizeable minority is; each work counts whole
    Related,
}

/// The frameworks that ship with dari and the user's own.
pub(crate) fn registry(common: &Common) -> Result<Registry> {
    let mut registry = Registry::shipped()?;
    if let Some(path) = &common.frameworks {
        registry.load(path)?;
    }
    Ok(registry)
}

impl Default for Chosen {
    /// As on a command line that says nothing of it.
    fn default() -> Self {
        Chosen {
            framework: "kr-nst-2023".to_owned(),
            level: LevelArg::Field,
            technology: Vec::new(),
            claims: Claims::Core,
            with_polluted: false,
        }
    }
}

impl Chosen {
    /// One technology of a framework.
    pub(crate) fn one(framework: &str, technology: &str) -> Chosen {
        Chosen { framework: framework.to_owned(), technology: vec![technology.to_owned()], ..Chosen::default() }
    }

    /// Whether technologies were named.
    pub(crate) fn names_any(&self) -> bool {
        !self.technology.is_empty()
    }

    /// The technologies asked for.
    pub(crate) fn technologies(&self, framework: &Framework) -> Result<Vec<Technology>> {
        if self.technology.is_empty() {
            return Ok(framework.technologies(self.level.into()));
        }
        self.technology.iter().map(|asked| framework.find(asked).map_err(|error| Failure::from(error).into_misuse())).collect()
    }

    /// The topics that count for a technology, and how many were left out because their works would need a look at their titles.
    pub(crate) fn topics(&self, technology: &Technology, common: &Common) -> (TechnologyTopics, usize) {
        let asked = technology.topics.values().filter(|claim| claim.strength == Strength::Core || self.claims == Claims::Related);
        let (counted, left_out): (Vec<_>, Vec<_>) = asked.partition(|claim| self.with_polluted || !claim.needs_words);
        let topics = TechnologyTopics {
            id: technology.id.clone(),
            name: common.pick(&technology.name.en, &technology.name.ko).to_owned(),
            topics: counted.iter().map(|claim| (claim.topic, 1.0)).collect(),
        };
        (topics, left_out.len())
    }
}

/// The day by the system's clock, in UTC, as days since 1970-01-01.
pub(crate) fn today() -> i32 {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i32::try_from(seconds / 86_400).unwrap_or(i32::MAX)
}

/// The country a person means.
pub(crate) fn country(text: &str) -> Result<&'static str> {
    dari_model::country::find(text).map(|country| country.code).ok_or_else(|| {
        Failure::misuse(format!("'{text}' is no country")).hint("Give two-letter codes such as KR US, or names in English or Korean.")
    })
}

/// The countries a person means, two or more.
pub(crate) fn countries(asked: &[String]) -> Result<Vec<&'static str>> {
    let found = some_countries(asked)?;
    if found.len() < 2 {
        return Err(Failure::misuse("two or more countries are needed").hint("For example: KR US"));
    }
    Ok(found)
}

/// The codes of countries, one or more.
pub(crate) fn some_countries(asked: &[String]) -> Result<Vec<&'static str>> {
    let mut found: Vec<&'static str> = Vec::new();
    for text in asked {
        let code = country(text)?;
        if found.contains(&code) {
            return Err(Failure::misuse(format!("{code} is named twice")));
        }
        found.push(code);
    }
    Ok(found)
}

/// The name of a country in the language asked for.
pub(crate) fn country_name(common: &Common, code: &str) -> &'static str {
    dari_model::country::by_code(code).map_or("", |country| match common.lang {
        Lang::En => country.name_en,
        Lang::Ko => country.name_ko,
    })
}

/// SQL for a column of texts that is sorted along with others: with bytes of its own. Texts as they are read are views into whole pages of a file, and the engine
/// counts the pages anew for every batch that it sorts: 60,000 works with their authors asked for more than 3 GB.
pub(crate) fn own(column: &str) -> String {
    format!("arrow_cast({column}, 'Utf8')")
}

/// SQL for the topic of a work `w`: an expression, and a join that it needs. The source's own before one that was inferred.
pub(crate) fn topic_of_works(snapshot: &Snapshot) -> (&'static str, &'static str) {
    if snapshot.rows("inferred_topics") == 0 {
        return ("w.primary_topic", "");
    }
    ("coalesce(w.primary_topic, t.topic_id)", "LEFT JOIN (SELECT id, topic_id FROM inferred_topics WHERE record = 'work') t ON t.id = w.id")
}

/// The last year that works of a lake can be of: the one after its newest load, since journals print ahead. Later ones are wrong.
pub(crate) fn last_year(snapshot: &Snapshot) -> i16 {
    let year = snapshot.commit.at.get(..4).and_then(|year| year.parse::<i16>().ok());
    year.map_or(i16::MAX, |year| year.saturating_add(1))
}

/// The lake as of the version asked for.
pub(crate) fn snapshot(common: &Common) -> Result<Snapshot> {
    Ok(Lake::open(&common.lake)?.snapshot(common.as_of.as_ref())?)
}

/// The country × topic cube with its sinks.
pub(crate) struct CubeData {
    pub(crate) cube: Cube,
    /// Topics that swallow works which do not belong to them.
    pub(crate) sinks: Vec<TopicTest>,
    /// The cube without them.
    pub(crate) clean: Cube,
    /// The data set and the lake's version, for the foot of an answer.
    pub(crate) source: String,
    /// The name of the data set.
    pub(crate) name: String,
    /// All data sets of the lake.
    pub(crate) datasets: Datasets,
}

/// The joint works of pairs with their broken years.
pub(crate) struct PairData {
    pub(crate) series: PairSeries,
    pub(crate) breaks: Breaks,
    pub(crate) source: String,
}

/// A data set: one record if it was published as a whole, one a year if it was computed from works.
pub(crate) struct Dataset {
    kind: String,
    ids: Vec<i64>,
    /// Whether it has one record a year.
    is_yearly: bool,
    /// Then the years that have cells, up to the [last](last_year) that can be, with their ids.
    years: Vec<(i16, i64)>,
    /// Years with cells that cannot be: their works are wrong, and left out.
    beyond: Vec<i16>,
    name: String,
    description: String,
}

impl CubeData {
    /// Whether other data sets count works by country and topic too.
    pub(crate) fn has_others(&self) -> bool {
        self.datasets.of("country-topic").count() > 1
    }
}

impl Dataset {
    /// The ids for SQL: numbers of the lake's own.
    pub(crate) fn list(&self) -> String {
        self.ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
    }

    /// The data set and the lake's version, for the foot of an answer.
    fn source(&self, snapshot: &Snapshot) -> String {
        let about = if self.description.is_empty() { String::new() } else { format!(" ({})", self.description) };
        let beyond = match self.beyond.as_slice() {
            [] => String::new(),
            years => format!(", without works said to be of {}", years.iter().map(i16::to_string).collect::<Vec<_>>().join(", ")),
        };
        format!("{}{about}{beyond}, lake version {} of {}", self.name, snapshot.commit.version, snapshot.commit.at)
    }
}

/// The data sets of the lake.
pub(crate) struct Datasets(Vec<Dataset>);

impl Datasets {
    /// Reads them.
    pub(crate) fn read(snapshot: &Snapshot, common: &Common) -> Result<Datasets> {
        let query = "SELECT id, name, description, year, kind, cells FROM datasets ORDER BY kind, name, year";
        let last_year = last_year(snapshot);
        let mut found: Vec<Dataset> = Vec::new();
        for batch in &snapshot.query(query, &common.options())? {
            let (ids, years) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(3).as_primitive::<Int16Type>());
            let (names, descriptions, kinds) = (text(batch, 1)?, text(batch, 2)?, text(batch, 4)?);
            let cells = batch.column(5).as_primitive::<Int64Type>();
            let (names, descriptions, kinds) = (names.as_string::<i32>(), descriptions.as_string::<i32>(), kinds.as_string::<i32>());
            for row in 0..batch.num_rows() {
                let year = (!years.is_null(row)).then(|| years.value(row));
                let (id, kind, name) = (ids.value(row), kinds.value(row), names.value(row));
                if !found.last().is_some_and(|last| last.kind == kind && last.name == name && year.is_some()) {
                    found.push(Dataset {
                        kind: kind.to_owned(),
                        ids: Vec::new(),
                        is_yearly: year.is_some(),
                        years: Vec::new(),
                        beyond: Vec::new(),
                        name: name.to_owned(),
                        description: if descriptions.is_null(row) { String::new() } else { descriptions.value(row).to_owned() },
                    });
                }
                let Some(set) = found.last_mut() else { continue };
                set.ids.push(id);
                match year.filter(|_| cells.value(row) > 0) {
                    Some(year) if year > last_year => set.beyond.push(year),
                    Some(year) => set.years.push((year, id)),
                    None => {}
                }
            }
        }
        Ok(Datasets(found))
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &Dataset> {
        self.0.iter().filter(move |set| set.kind == kind)
    }

    /// The data set of a kind and name, if there is one.
    pub(crate) fn named(&self, kind: &str, name: &str) -> Option<&Dataset> {
        self.of(kind).find(|set| set.name == name)
    }

    /// The data set of a kind: the one named, else the only one that was published, else the only one that was computed.
    fn choose(&self, kind: &str, name: Option<&str>) -> Result<Option<&Dataset>> {
        let names = || self.of(kind).map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(name) = name {
            let missing = || Failure::misuse(format!("no data set '{name}' of kind {kind}")).hint(format!("Loaded: {}", names()));
            return self.named(kind, name).map(Some).ok_or_else(missing);
        }
        let published: Vec<&Dataset> = self.of(kind).filter(|set| !set.is_yearly).collect();
        match (published.as_slice(), self.of(kind).count()) {
            (_, 0) => Ok(None),
            ([], 1) => Ok(self.of(kind).next()),
            ([only], _) => Ok(Some(only)),
            _ => Err(Failure::misuse(format!("several data sets of kind {kind} are loaded"))
                .hint(format!("Choose one with --dataset (joint works: --pairs-dataset): {}", names()))),
        }
    }
}

pub(crate) fn text(batch: &RecordBatch, column: usize) -> Result<arrow::array::ArrayRef> {
    Ok(cast(batch.column(column), &DataType::Utf8)?)
}

/// Reads the cube.
pub(crate) fn cube(snapshot: &Snapshot, common: &Common, name: Option<&str>) -> Result<CubeData> {
    let datasets = Datasets::read(snapshot, common)?;
    let Some(set) = datasets.choose("country-topic", name)? else {
        let message = common.pick("no works by country and topic loaded", "국가·주제별 논문 자료가 적재되지 않음");
        return Err(
            Failure::new(message).hint("Load some with `dari load aggregates country-topic FILE`, or all that ships with `dari demo`.")
        );
    };
    let mut builder = CubeBuilder::new();
    for batch in snapshot.query("SELECT id, name, subfield_id, field_id FROM topics", &common.options())? {
        let names = text(&batch, 1)?;
        let number = |column: usize, row: usize| batch.column(column).as_primitive::<Int32Type>().value(row);
        for row in 0..batch.num_rows() {
            let name = names.as_string::<i32>().value(row).to_owned();
            builder.topic(Topic { id: number(0, row), name, subfield: number(2, row), field: number(3, row) })?;
        }
    }
    if set.is_yearly && set.years.is_empty() {
        return Err(Failure::new(format!("the data set {} counts no works of any topic", set.name))
            .hint("Infer topics of works that have none with `dari frameworks infer`, then run `dari compute`."));
    }
    let periods = periods(&set.years.iter().map(|(year, _)| *year).collect::<Vec<_>>());
    let row = |builder: &mut CubeBuilder, row: CubeRow<'_>| {
        builder.row(row).map_err(|error| match error {
            dari_indicators::IndicatorError::UnknownTopic(_) => {
                Failure::new(error.to_string()).hint("Load the topics first: `dari load topics FILE`.")
            }
            other => other.into(),
        })
    };
    if periods.is_empty() {
        cells(snapshot, common, &set.list(), |cell| {
            let period = Period { from: cell.from, to: cell.to };
            row(&mut builder, CubeRow { period, topic: cell.topic, country: cell.country, works: cell.works, world: cell.world })
        })?;
    } else {
        // Works of the world stand in the row of every country; years in which a country has none count for the world all the same.
        let mut world: FxHashMap<(i16, i32), i64> = FxHashMap::default();
        let countries = dari_model::country::all();
        let mut places: FxHashMap<(usize, i32), usize> = FxHashMap::default();
        let mut works: Vec<((usize, i32), Vec<i64>)> = Vec::new();
        // Cells of a year and topic come together as a rule.
        let (mut last, mut at) = (None, 0);
        let within = |year: i16| periods.iter().position(|period| (period.from..=period.to).contains(&year));
        let ids = set.years.iter().filter(|(year, _)| within(*year).is_some()).map(|(_, id)| id.to_string());
        cells(snapshot, common, &ids.collect::<Vec<_>>().join(", "), |cell| {
            let Some(period) = within(cell.from) else { return Ok(()) };
            if last != Some((cell.from, cell.topic)) {
                last = Some((cell.from, cell.topic));
                world.insert((cell.from, cell.topic), cell.world);
                at = *places.entry((period, cell.topic)).or_insert(works.len());
                if at == works.len() {
                    works.push(((period, cell.topic), vec![0; countries.len()]));
                }
            }
            if let Some(place) = dari_model::country::place(cell.country) {
                works[at].1[place] += cell.works;
            }
            Ok(())
        })?;
        let mut of_period: FxHashMap<(usize, i32), i64> = FxHashMap::default();
        for ((year, topic), works) in world {
            *of_period.entry((within(year).unwrap_or_default(), topic)).or_default() += works;
        }
        for ((period, topic), works) in works {
            let world = of_period.get(&(period, topic)).copied().unwrap_or_default();
            for (country, works) in countries.iter().zip(works).filter(|(_, works)| *works > 0) {
                row(&mut builder, CubeRow { period: periods[period], topic, country: country.code, works, world })?;
            }
        }
    }
    let cube = builder.build()?;
    let sinks: Vec<TopicTest> = test_topics(&cube, &SinkOptions::default()).into_iter().filter(|test| test.sink).collect();
    let clean = cube.without(&sinks.iter().map(|test| test.topic).collect::<Vec<_>>());
    Ok(CubeData { cube, sinks, clean, source: set.source(snapshot), name: set.name.clone(), datasets })
}

/// The periods that years are put together into: the last five, and the five that end ten years before; of fewer years the first and the second half.
fn periods(years: &[i16]) -> Vec<Period> {
    let (Some(&first), Some(&last)) = (years.first(), years.last()) else { return Vec::new() };
    if first == last {
        return vec![Period { from: first, to: last }];
    }
    if last.saturating_sub(14) >= first {
        return vec![Period { from: last - 14, to: last - 10 }, Period { from: last - 4, to: last }];
    }
    let middle = first + (last - first) / 2;
    vec![Period { from: first, to: middle }, Period { from: middle + 1, to: last }]
}

/// A cell of the lake's cube.
struct CubeCell<'a> {
    from: i16,
    to: i16,
    topic: i32,
    country: &'a str,
    works: i64,
    world: i64,
}

/// Hands on the cells of data sets.
fn cells(snapshot: &Snapshot, common: &Common, ids: &str, mut receive: impl FnMut(CubeCell<'_>) -> Result<()>) -> Result<()> {
    let query =
        format!("SELECT year_from, year_to, topic_id, country, works, world_works FROM country_topic_year WHERE dataset_id IN ({ids})");
    for batch in snapshot.query(&query, &common.options())? {
        let countries = cast(batch.column(3), &DataType::Utf8View)?;
        let countries = countries.as_string_view();
        let (from, to) = (batch.column(0).as_primitive::<Int16Type>(), batch.column(1).as_primitive::<Int16Type>());
        let topics = batch.column(2).as_primitive::<Int32Type>();
        let (works, world) = (batch.column(4).as_primitive::<Int64Type>(), batch.column(5).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            receive(CubeCell {
                from: from.value(row),
                to: to.value(row),
                topic: topics.value(row),
                country: countries.value(row),
                works: works.value(row),
                world: world.value(row),
            })?;
        }
    }
    Ok(())
}

/// Reads the joint works of pairs over all topics; `None` if none are loaded.
pub(crate) fn pairs(snapshot: &Snapshot, common: &Common, name: Option<&str>) -> Result<Option<PairData>> {
    let datasets = Datasets::read(snapshot, common)?;
    let Some(set) = datasets.choose("country-pairs", name)? else { return Ok(None) };
    let mut builder = PairSeriesBuilder::new();
    let query = format!(
        "SELECT year, country_a, country_b, works FROM country_pair_topic_year WHERE dataset_id IN ({}) AND topic_id IS NULL AND year <= {}",
        set.list(),
        last_year(snapshot)
    );
    for batch in snapshot.query(&query, &common.options())? {
        let (a, b) = (text(&batch, 1)?, text(&batch, 2)?);
        let (a, b) = (a.as_string::<i32>(), b.as_string::<i32>());
        let (years, works) = (batch.column(0).as_primitive::<Int16Type>(), batch.column(3).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            builder.row(years.value(row), a.value(row), b.value(row), works.value(row))?;
        }
    }
    let series = builder.build()?;
    let breaks = Breaks::find(&series, &BreakOptions::default());
    Ok(Some(PairData { series, breaks, source: set.source(snapshot) }))
}
