//! Works with who took part, from the lake, and what they are called: what `dari partners` and `dari networks` share.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int16Type, Int32Type, Int64Type};
use clap::{Args, ValueEnum};
use dari_classifier::{Lexicon, TokenSpace};
use dari_lake::Snapshot;
use dari_organisations::Register;
use dari_partners::{Agreement, Corpus, Mention, Part, Place, Work, agreement, name_key, who_is_who};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::{self, Chosen, text, topic_of_works};
use crate::cli::{Common, Lang};
use crate::error::{Failure, Result};
use crate::progress::{count_bar, say};
use crate::register;

/// Whose pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Who {
    /// Researchers: those that the source identifies, and others told by name, co-authors and organisation
    Researchers,
    /// Organisations: those that the source gives, or that affiliations were matched with
    Organisations,
}

impl From<Who> for dari_partners::Who {
    fn from(who: Who) -> Self {
        match who {
            Who::Researchers => dari_partners::Who::Researchers,
            Who::Organisations => dari_partners::Who::Organisations,
        }
    }
}

/// Which works count.
#[derive(Debug, Args)]
pub(crate) struct CorpusArgs {
    /// Pairs of researchers or of organisations
    #[arg(long, value_enum, default_value_t = Who::Researchers)]
    pub(crate) who: Who,
    /// Only works of this journal or conference, as the lake names it
    #[arg(long, value_name = "NAME")]
    pub(crate) venue: Option<String>,
    /// Only works of this source: conferences, openalex, …
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Leave out works of more researchers (organisations) than this: they need not know each other
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) most: usize,
}

/// Who a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Identity {
    /// By its id in the lake.
    Id(i64),
    /// The researcher told by name whose first work is this, at this place.
    Name(i64, i16),
}

/// A corpus with what its numbers stand for.
pub(crate) struct Named {
    pub(crate) corpus: Corpus,
    /// Who the corpus' members are.
    pub(crate) members: Vec<Identity>,
    /// Names of researchers as printed most often; empty for organisations.
    pub(crate) names: Vec<String>,
    pub(crate) organisations: Vec<i64>,
    pub(crate) topics: Vec<i64>,
    /// Works without anyone that is identified.
    nobody: usize,
    /// Works left out because too many took part.
    too_many: usize,
    pub(crate) who: Who,
}

/// Numbers for keys, as they come.
struct Numbers<K>(FxHashMap<K, u32>);

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Numbers(FxHashMap::default())
    }
}

impl<K: std::hash::Hash + Eq + Clone + Default> Numbers<K> {
    fn of(&mut self, key: K) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(key).or_insert(next)
    }

    /// The keys in order of their numbers.
    fn keys(self) -> Vec<K> {
        let mut keys = vec![K::default(); self.0.len()];
        self.0.into_iter().for_each(|(key, number)| keys[number as usize] = key);
        keys
    }
}

/// Authors of works in order of time.
#[derive(Default)]
struct Authors {
    mentions: Vec<Mention>,
    /// Place in the list of authors and number of the name as printed, of every mention.
    printed: Vec<(i16, u32)>,
    forms: Numbers<String>,
    keys: Numbers<String>,
}

impl Authors {
    /// The mention that a row is about: the last one, or a new one; None if nobody is named.
    fn of(&mut self, work: i64, position: i16, id: Option<i64>, name: Option<&str>) -> Option<u32> {
        let is_new = self.mentions.last().is_none_or(|last| last.work != work) || self.printed.last().is_none_or(|last| last.0 != position);
        if is_new {
            let key = name.and_then(name_key);
            if id.is_none() && key.is_none() {
                return None;
            }
            let spelled = key.as_ref().is_some_and(|(_, spelled)| *spelled);
            let name_number = key.map(|(key, _)| self.keys.of(key));
            self.mentions.push(Mention { work, id, name: name_number, spelled, organisations: Vec::new() });
            self.printed.push((position, self.forms.of(name.unwrap_or_default().to_owned())));
        }
        Some(self.mentions.len() as u32 - 1)
    }

    /// Who the persons are, and what they are called.
    fn persons(self, of: &[Option<u32>]) -> (Vec<Identity>, Vec<String>) {
        let count = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let mut identities: Vec<Option<Identity>> = vec![None; count];
        let mut used: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for ((person, mention), (position, form)) in of.iter().zip(&self.mentions).zip(&self.printed) {
            let Some(person) = person else { continue };
            let identity = &mut identities[*person as usize];
            match (mention.id, &identity) {
                (Some(id), _) => *identity = Some(Identity::Id(id)),
                (None, None) => *identity = Some(Identity::Name(mention.work, *position)),
                _ => {}
            }
            *used.entry((*person, *form)).or_default() += 1;
        }
        let forms = self.forms.keys();
        // Of several forms the one used most often, then the longest.
        let mut best: Vec<Option<(u32, &str)>> = vec![None; count];
        for ((person, form), times) in used {
            let (best, form) = (&mut best[person as usize], forms[form as usize].as_str());
            let order = |(times, form): (u32, &'_ str)| (times, form.len(), std::cmp::Reverse(form.to_owned()));
            if best.is_none_or(|best| order((times, form)) > order(best)) {
                *best = Some((times, form));
            }
        }
        let names = best.iter().map(|best| best.map_or_else(String::new, |(_, form)| form.to_owned())).collect();
        // Every person has a mention.
        (identities.into_iter().map(|identity| identity.unwrap_or(Identity::Id(0))).collect(), names)
    }
}

/// What the lake says.
struct Rows {
    works: Vec<Work>,
    authors: Authors,
    organisations: Numbers<i64>,
    topics: Numbers<i64>,
}

/// Reads works in order of time, with parts whose `member` is the number of a mention and whose `affiliate` is that of an organisation.
fn rows(snapshot: &Snapshot, common: &Common, args: &CorpusArgs) -> Result<Rows> {
    if snapshot.rows("works") == 0 {
        return Err(Failure::new("no works loaded").hint("Load some with `dari load openalex` or `dari load tables`."));
    }
    let (topic, topics) = topic_of_works(snapshot);
    let [venue, source, country, title, name] =
        ["w.venue", "w.source", "coalesce(r.country, a.country)", "w.title", "a.author_name"].map(analysis::own);
    // In order of years, so that who someone is does not depend on later works; then of works, so that numbers do not depend on how the lake's files lie.
    let query = format!(
        "SELECT w.id, w.publication_year, {topic}, {venue}, {source}, a.author_id, coalesce(a.organisation_id, m.organisation_id, a.institution_id) AS organisation,
                {country} AS country, {title}, a.position, {name}, a.affiliation_id
         FROM works w {topics} JOIN authorships a ON a.work_id = w.id
         LEFT JOIN affiliation_organisations m ON m.affiliation_id = a.affiliation_id AND a.organisation_id IS NULL AND a.institution_id IS NULL
         LEFT JOIN organisations r ON r.id = coalesce(a.organisation_id, m.organisation_id, a.institution_id)
         WHERE NOT w.is_retracted AND NOT w.is_expansion AND w.publication_year IS NOT NULL
         ORDER BY w.publication_year, w.id, a.position, organisation"
    );
    let mut rows = Rows { works: Vec::new(), authors: Authors::default(), organisations: Numbers::default(), topics: Numbers::default() };
    let (mut lexicon, mut space) = (Lexicon::new(), TokenSpace::default());
    let mut last = None;
    let bar = count_bar(common.pick("works read", "논문 읽음"));
    snapshot.for_each(&query, &common.options(), |batch: RecordBatch| -> Result<()> {
        let numbers = |column: usize| batch.column(column).as_primitive::<Int64Type>();
        let (ids, authors, of, affiliations) = (numbers(0), numbers(5), numbers(6), numbers(11));
        let years = batch.column(1).as_primitive::<Int16Type>();
        let topics = batch.column(2).as_primitive::<Int32Type>();
        let positions = batch.column(9).as_primitive::<Int16Type>();
        let [venues, sources, countries, titles, names] =
            [text(&batch, 3)?, text(&batch, 4)?, text(&batch, 7)?, text(&batch, 8)?, text(&batch, 10)?];
        let [venues, sources, countries, titles, names] =
            [&venues, &sources, &countries, &titles, &names].map(|column| column.as_string::<i32>());
        let given = |column: &arrow::array::Int64Array, row: usize| (!column.is_null(row)).then(|| column.value(row));
        let is = |asked: &Option<String>, column: &arrow::array::StringArray, row: usize| {
            asked.as_ref().is_none_or(|asked| !column.is_null(row) && column.value(row).eq_ignore_ascii_case(asked))
        };
        for row in 0..batch.num_rows() {
            if !is(&args.venue, venues, row) || !is(&args.source, sources, row) {
                continue;
            }
            let id = ids.value(row);
            if last != Some(id) {
                last = Some(id);
                let topic = (!topics.is_null(row)).then(|| rows.topics.of(i64::from(topics.value(row))));
                let mut words = Vec::new();
                if !titles.is_null(row) {
                    lexicon.learn(titles.value(row), &mut space, |term, _| words.push(term));
                }
                rows.works.push(Work { id, year: years.value(row), topic, words, parts: Vec::new() });
            }
            let name = (!names.is_null(row)).then(|| names.value(row));
            let mention = rows.authors.of(id, positions.value(row), given(authors, row), name);
            let organisation = given(of, row);
            // A text that no organisation was found in still says where someone is; its numbers are below 0.
            let place = organisation.or_else(|| given(affiliations, row).map(|text| -1 - text));
            if let (Some(place), Some(mention)) = (place, mention.and_then(|mention| rows.authors.mentions.get_mut(mention as usize))) {
                mention.organisations.push(place);
            }
            let country = (!countries.is_null(row)).then(|| dari_model::country::place(countries.value(row))).flatten();
            if let Some(work) = rows.works.last_mut() {
                work.parts.push(Part {
                    member: mention.unwrap_or(u32::MAX),
                    country: country.map(|place| place as u16),
                    affiliate: organisation.map(|organisation| rows.organisations.of(organisation)),
                });
            }
        }
        bar.set_position(rows.works.len() as u64);
        Ok(())
    })?;
    bar.finish_and_clear();
    if rows.works.is_empty() {
        return Err(Failure::new("no works of this venue and source are loaded")
            .hint("`dari sql \"SELECT DISTINCT source, venue FROM works\"` lists them."));
    }
    Ok(rows)
}

/// Reads the works with those who took part.
pub(crate) fn read(snapshot: &Snapshot, common: &Common, args: &CorpusArgs) -> Result<Named> {
    let Rows { mut works, authors, organisations, topics } = rows(snapshot, common, args)?;
    let persons = who_is_who(&authors.mentions);
    let person = |mention: u32| persons.get(mention as usize).copied().flatten();
    for work in &mut works {
        let parts = work.parts.drain(..).filter_map(|part| match args.who {
            Who::Researchers => Some(Part { member: person(part.member)?, ..part }),
            Who::Organisations => Some(Part { member: part.affiliate?, affiliate: person(part.member), ..part }),
        });
        work.parts = parts.collect::<Vec<_>>();
    }
    let (identities, names) = authors.persons(&persons);
    let organisations = organisations.keys();
    let (members, names, organisations) = match args.who {
        Who::Researchers => (identities, names, organisations),
        Who::Organisations => (organisations.into_iter().map(Identity::Id).collect(), Vec::new(), Vec::new()),
    };
    let nobody = works.iter().filter(|work| work.parts.is_empty()).count();
    let all = works.len();
    let places = places(snapshot, common)?;
    let place = |id: i64| places.get(&id).copied();
    let of_numbers = match args.who {
        Who::Researchers => organisations.iter().map(|id| place(*id)).collect(),
        Who::Organisations => members.iter().map(|identity: &Identity| place(identity.id()?)).collect(),
    };
    let corpus = Corpus::new(works, args.who.into(), args.most).with_places(of_numbers);
    Ok(Named { too_many: all - corpus.works().len(), corpus, members, names, organisations, topics: topics.keys(), nobody, who: args.who })
}

/// Where organisations are, by id.
fn places(snapshot: &Snapshot, common: &Common) -> Result<FxHashMap<i64, Place>> {
    let mut places = FxHashMap::default();
    let query = "SELECT id, lat, lng FROM organisations WHERE lat IS NOT NULL AND lng IS NOT NULL";
    snapshot.for_each(query, &common.options(), |batch| -> Result<()> {
        let degrees = |column: usize| batch.column(column).as_primitive::<Float64Type>();
        let (ids, lat, lng) = (batch.column(0).as_primitive::<Int64Type>(), degrees(1), degrees(2));
        places.extend((0..batch.num_rows()).map(|row| (ids.value(row), [lat.value(row) as f32, lng.value(row) as f32])));
        Ok(())
    })?;
    Ok(places)
}

/// How well researchers told by name agree with the source's numbers.
pub(crate) fn names_agree(snapshot: &Snapshot, common: &Common, args: &CorpusArgs) -> Result<Option<Agreement>> {
    Ok(agreement(&rows(snapshot, common, args)?.authors.mentions))
}

impl Identity {
    /// The id in the lake, if there is one.
    pub(crate) fn id(self) -> Option<i64> {
        match self {
            Identity::Id(id) => Some(id),
            Identity::Name(..) => None,
        }
    }
}

/// What a researcher is asked for by, `researcher:` before it: the id, or WORK/PLACE.
impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Identity::Id(id) => write!(f, "{id}"),
            Identity::Name(work, place) => write!(f, "{work}/{place}"),
        }
    }
}

impl std::str::FromStr for Identity {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Identity, Self::Err> {
        match text.split_once('/') {
            Some((work, place)) => Ok(Identity::Name(work.parse()?, place.parse()?)),
            None => Ok(Identity::Id(text.parse()?)),
        }
    }
}

/// A column of a table by id, for these ids; both names are the program's own.
pub(crate) fn texts(
    snapshot: &Snapshot,
    common: &Common,
    table: &str,
    column: &str,
    ids: &BTreeSet<i64>,
) -> Result<FxHashMap<i64, String>> {
    let mut found = FxHashMap::default();
    if ids.is_empty() {
        return Ok(found);
    }
    let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let query = format!("SELECT CAST(id AS BIGINT), {column} FROM {table} WHERE id IN ({list}) AND {column} IS NOT NULL");
    snapshot.for_each(&query, &common.options(), |batch| -> Result<()> {
        let (ids, texts) = (batch.column(0).as_primitive::<Int64Type>(), text(&batch, 1)?);
        (0..batch.num_rows()).for_each(|row| drop(found.insert(ids.value(row), texts.as_string::<i32>().value(row).to_owned())));
        Ok(())
    })?;
    Ok(found)
}

/// The code of a country of a corpus.
pub(crate) fn country_code(country: Option<u16>) -> Option<&'static str> {
    Some(dari_model::country::all().get(usize::from(country?))?.code)
}

/// What an organisation of the lake is called; its id where the register does not have it.
pub(crate) fn organisation_name(common: &Common, register: Option<&Register>, id: i64) -> String {
    let known = register.and_then(|register| Some((register, register.by_id(id)?)));
    known.map_or_else(|| id.to_string(), |(register, index)| register::name(common, register.get(index)).to_owned())
}

impl Named {
    /// What a member is called.
    pub(crate) fn name(&self, common: &Common, register: Option<&Register>, number: u32) -> String {
        match (self.who, self.members[number as usize]) {
            (Who::Organisations, Identity::Id(id)) => organisation_name(common, register, id),
            _ => self.names[number as usize].clone(),
        }
    }

    /// The topic of a work.
    pub(crate) fn topic(&self, work: &Work) -> Option<i64> {
        self.topics.get(work.topic? as usize).copied()
    }

    /// Numbers of the topics at the core of the technologies that were named; None if none were.
    pub(crate) fn technology_topics(&self, common: &Common, chosen: &Chosen) -> Result<Option<FxHashSet<u32>>> {
        if !chosen.names_any() {
            return Ok(None);
        }
        let registry = analysis::registry(common)?;
        let framework = registry.get(&chosen.framework).map_err(|error| Failure::from(error).into_misuse())?;
        let numbers: FxHashMap<i64, u32> = (0..).zip(&self.topics).map(|(number, id)| (*id, number)).collect();
        let technologies = chosen.technologies(framework)?;
        let topics = technologies.iter().flat_map(|technology| chosen.topics(technology, common).0.topics);
        Ok(Some(topics.filter_map(|(topic, _)| numbers.get(&i64::from(topic)).copied()).collect()))
    }

    pub(crate) fn tell(&self, common: &Common) {
        let number = |count: usize| crate::output::thousands(&count.to_string());
        let by_name = self.members.iter().filter(|member| member.id().is_none()).count();
        let [works, members, by_name, nobody, too_many] =
            [self.corpus.works().len(), self.members.len(), by_name, self.nobody, self.too_many].map(number);
        let who = match (self.who, common.lang) {
            (Who::Researchers, Lang::En) => format!("{members} researchers ({by_name} told by name)"),
            (Who::Researchers, Lang::Ko) => format!("연구자 {members}명(이름으로 식별 {by_name}명)"),
            (Who::Organisations, Lang::En) => format!("{members} organisations"),
            (Who::Organisations, Lang::Ko) => format!("기관 {members}곳"),
        };
        say(&match common.lang {
            Lang::En => {
                format!(
                    "{works} works, {who}; {nobody} works name none that is identified; {too_many} works of too many are left out (--most)"
                )
            }
            Lang::Ko => {
                format!("논문 {works}편, {who}; 식별된 참여자가 없는 논문 {nobody}편; 참여자가 너무 많아 뺀 논문 {too_many}편 (--most)")
            }
        });
    }
}
