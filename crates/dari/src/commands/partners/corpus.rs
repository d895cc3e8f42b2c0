//! Works with who took part, from the lake.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int16Type, Int32Type, Int64Type};
use clap::{Args, ValueEnum};
use dari_classifier::{Lexicon, TokenSpace};
use dari_lake::Snapshot;
use dari_partners::{Corpus, Part, Work};
use rustc_hash::FxHashMap;

use crate::analysis::{text, topic_of_works};
use crate::cli::{Common, Lang};
use crate::error::{Failure, Result};
use crate::progress::say;

/// Whose pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Who {
    /// Researchers that the source identifies
    Researchers,
    /// Organisations: those that the source gives, or that affiliations were matched with
    Organisations,
}

/// Which works count.
#[derive(Debug, Args)]
pub(super) struct CorpusArgs {
    /// Pairs of researchers or of organisations
    #[arg(long, value_enum, default_value_t = Who::Researchers)]
    pub(super) who: Who,
    /// Only works of this journal or conference, as the lake names it
    #[arg(long, value_name = "NAME")]
    venue: Option<String>,
    /// Only works of this source: conferences, openalex, …
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Leave out works of more researchers (organisations) than this: they need not know each other
    #[arg(long, default_value_t = 50, value_name = "N")]
    most: usize,
}

/// A corpus with what its numbers stand for.
pub(super) struct Named {
    pub(super) corpus: Corpus,
    /// Ids in the lake by the corpus' numbers.
    pub(super) members: Vec<i64>,
    pub(super) organisations: Vec<i64>,
    pub(super) topics: Vec<i64>,
    /// Works without anyone that is identified.
    nobody: usize,
    /// Works left out because too many took part.
    too_many: usize,
    pub(super) who: Who,
}

/// Numbers for ids, as they come.
#[derive(Default)]
struct Numbers(FxHashMap<i64, u32>);

impl Numbers {
    fn of(&mut self, id: i64) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(id).or_insert(next)
    }

    /// The ids in order of their numbers.
    fn ids(self) -> Vec<i64> {
        let mut ids = vec![0; self.0.len()];
        self.0.into_iter().for_each(|(id, number)| ids[number as usize] = id);
        ids
    }
}

/// Reads the works.
pub(super) fn read(snapshot: &Snapshot, common: &Common, args: &CorpusArgs) -> Result<Named> {
    if snapshot.rows("works") == 0 {
        return Err(Failure::new("no works loaded").hint("Load some with `dari load openalex` or `dari load tables`."));
    }
    let (topic, topics) = topic_of_works(snapshot);
    // In order of works, so that numbers do not depend on how the lake's files lie.
    let query = format!(
        "SELECT w.id, w.publication_year, {topic}, w.venue, w.source, a.author_id, coalesce(a.organisation_id, m.organisation_id, a.institution_id) AS organisation,
                coalesce(r.country, a.country) AS country, w.title
         FROM works w {topics} JOIN authorships a ON a.work_id = w.id
         LEFT JOIN affiliation_organisations m ON m.affiliation_id = a.affiliation_id AND a.organisation_id IS NULL AND a.institution_id IS NULL
         LEFT JOIN organisations r ON r.id = coalesce(a.organisation_id, m.organisation_id, a.institution_id)
         WHERE NOT w.is_retracted AND NOT w.is_expansion AND w.publication_year IS NOT NULL ORDER BY w.id, a.position, organisation"
    );
    let (mut members, mut organisations, mut topic_numbers) = (Numbers::default(), Numbers::default(), Numbers::default());
    let mut works: Vec<Work> = Vec::new();
    let (mut lexicon, mut space) = (Lexicon::new(), TokenSpace::default());
    let mut last = None;
    snapshot.for_each(&query, &common.options(), |batch: RecordBatch| -> Result<()> {
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let years = batch.column(1).as_primitive::<Int16Type>();
        let topics = batch.column(2).as_primitive::<Int32Type>();
        let (venues, sources, countries) = (text(&batch, 3)?, text(&batch, 4)?, text(&batch, 7)?);
        let titles = text(&batch, 8)?;
        let titles = titles.as_string::<i32>();
        let (authors, of) = (batch.column(5).as_primitive::<Int64Type>(), batch.column(6).as_primitive::<Int64Type>());
        let is = |asked: &Option<String>, column: &arrow::array::ArrayRef, row: usize| {
            asked.as_ref().is_none_or(|asked| !column.is_null(row) && column.as_string::<i32>().value(row).eq_ignore_ascii_case(asked))
        };
        for row in 0..batch.num_rows() {
            if !is(&args.venue, &venues, row) || !is(&args.source, &sources, row) {
                continue;
            }
            if last != Some(ids.value(row)) {
                last = Some(ids.value(row));
                let topic = (!topics.is_null(row)).then(|| topic_numbers.of(i64::from(topics.value(row))));
                let mut words = Vec::new();
                if !titles.is_null(row) {
                    lexicon.learn(titles.value(row), &mut space, |term, _| words.push(term));
                }
                works.push(Work { id: ids.value(row), year: years.value(row), topic, words, parts: Vec::new() });
            }
            let organisation = (!of.is_null(row)).then(|| of.value(row));
            let member = match args.who {
                Who::Researchers => (!authors.is_null(row)).then(|| authors.value(row)),
                Who::Organisations => organisation,
            };
            let country = (!countries.is_null(row)).then(|| dari_model::country::place(countries.as_string::<i32>().value(row))).flatten();
            if let (Some(member), Some(work)) = (member, works.last_mut()) {
                work.parts.push(Part {
                    member: members.of(member),
                    country: country.map(|place| place as u16),
                    organisation: organisation.filter(|_| args.who == Who::Researchers).map(|organisation| organisations.of(organisation)),
                });
            }
        }
        Ok(())
    })?;
    if works.is_empty() {
        return Err(Failure::new("no works of this venue and source are loaded")
            .hint("`dari sql \"SELECT DISTINCT source, venue FROM works\"` lists them."));
    }
    let nobody = works.iter().filter(|work| work.parts.is_empty()).count();
    let all = works.len();
    let corpus = Corpus::new(works, args.most);
    Ok(Named {
        too_many: all - corpus.works().len(),
        corpus,
        members: members.ids(),
        organisations: organisations.ids(),
        topics: topic_numbers.ids(),
        nobody,
        who: args.who,
    })
}

impl Named {
    pub(super) fn tell(&self, common: &Common) {
        let number = |count: usize| crate::output::thousands(&count.to_string());
        let [works, members, nobody, too_many] = [self.corpus.works().len(), self.members.len(), self.nobody, self.too_many].map(number);
        let who = match self.who {
            Who::Researchers => common.pick("researchers", "연구자"),
            Who::Organisations => common.pick("organisations", "기관"),
        };
        say(&match common.lang {
            Lang::En => format!(
                "{works} works, {members} {who}; {nobody} works name none that is identified; {too_many} works of too many are left out (--most)"
            ),
            Lang::Ko => format!(
                "논문 {works}편, {who} {members}; 식별된 참여자가 없는 논문 {nobody}편; 참여자가 너무 많아 뺀 논문 {too_many}편 (--most)"
            ),
        });
    }
}
