//! Works with who took part, from the lake.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int16Type, Int32Type, Int64Type};
use clap::{Args, ValueEnum};
use dari_lake::Snapshot;
use dari_partners::{Corpus, Part, Work};
use rustc_hash::FxHashMap;

use crate::analysis::text;
use crate::cli::Common;
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
    /// Works without anyone that is identified.
    pub(super) nobody: usize,
}

/// Numbers for ids, as they come.
#[derive(Default)]
struct Numbers(FxHashMap<i64, u32>);

impl Numbers {
    fn of(&mut self, id: i64) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(id).or_insert(next)
    }
}

/// Reads the works.
pub(super) fn read(snapshot: &Snapshot, common: &Common, args: &CorpusArgs) -> Result<Named> {
    if snapshot.rows("works") == 0 {
        return Err(Failure::new("no works loaded").hint("Load some with `dari load openalex` or `dari load tables`."));
    }
    let topics = if snapshot.rows("inferred_topics") == 0 {
        ("w.primary_topic", "")
    } else {
        (
            "coalesce(w.primary_topic, t.topic_id)",
            "LEFT JOIN (SELECT id, topic_id FROM inferred_topics WHERE record = 'work') t ON t.id = w.id",
        )
    };
    // In order of works, so that numbers do not depend on how the lake's files lie.
    let query = format!(
        "SELECT w.id, w.publication_year, {}, w.venue, w.source, a.author_id, coalesce(a.organisation_id, m.organisation_id, a.institution_id) AS organisation,
                coalesce(r.country, a.country) AS country
         FROM works w {} JOIN authorships a ON a.work_id = w.id
         LEFT JOIN affiliation_organisations m ON m.affiliation_id = a.affiliation_id AND a.organisation_id IS NULL AND a.institution_id IS NULL
         LEFT JOIN organisations r ON r.id = coalesce(a.organisation_id, m.organisation_id, a.institution_id)
         WHERE NOT w.is_retracted AND w.publication_year IS NOT NULL ORDER BY w.id, a.position, organisation",
        topics.0, topics.1
    );
    let (mut members, mut organisations, mut topic_numbers) = (Numbers::default(), Numbers::default(), Numbers::default());
    let mut works: Vec<Work> = Vec::new();
    let (mut last, mut nobody) = (None, 0);
    snapshot.for_each(&query, &common.options(), |batch: RecordBatch| -> Result<()> {
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let years = batch.column(1).as_primitive::<Int16Type>();
        let topics = batch.column(2).as_primitive::<Int32Type>();
        let (venues, sources, countries) = (text(&batch, 3)?, text(&batch, 4)?, text(&batch, 7)?);
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
                nobody += usize::from(works.last().is_some_and(|work| work.parts.is_empty()));
                let topic = (!topics.is_null(row)).then(|| topic_numbers.of(i64::from(topics.value(row))));
                works.push(Work { year: years.value(row), topic, parts: Vec::new() });
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
    Ok(Named { corpus: Corpus::new(works, args.most), nobody })
}

impl Named {
    pub(super) fn tell(&self) {
        let number = |count: usize| crate::output::thousands(&count.to_string());
        say(&format!(
            "{} works, {} researchers or organisations; {} works without any that is identified",
            number(self.corpus.works().len()),
            number(self.corpus.members() as usize),
            number(self.nobody)
        ));
    }
}
