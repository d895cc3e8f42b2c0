//! Works as nested columns.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StringBuilder,
    StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::Error;
use crate::layout::Layout;
use crate::work::Work;
use crate::world::World;
use crate::write_jsonl::{RESOLVER, author_position, push_award, push_day, push_id, push_number, push_updated};

/// Rows made into columns at once.
pub(crate) const BATCH: usize = 1024;
/// Rows in a row group.
const GROUP: usize = 16 * 1024;

/// Lists by where they end.
#[derive(Debug)]
struct Lists(Vec<i32>);

impl Lists {
    fn new() -> Lists {
        Lists(vec![0])
    }

    fn add(&mut self, length: usize) {
        self.0.push(self.0[self.0.len() - 1] + length as i32);
    }

    fn finish(&mut self, items: ArrayRef) -> ArrayRef {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(&mut self.0, vec![0])));
        let field = Field::new("element", items.data_type().clone(), true);
        Arc::new(ListArray::new(Arc::new(field), offsets, items, None))
    }
}

fn texts(builder: &mut StringBuilder) -> ArrayRef {
    Arc::new(builder.finish())
}

fn structure(fields: Vec<(&str, ArrayRef)>, there: Option<Vec<bool>>) -> ArrayRef {
    let (names, columns): (Vec<_>, Vec<ArrayRef>) = fields.into_iter().unzip();
    let fields: Fields = names.iter().zip(&columns).map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    Arc::new(StructArray::new(fields, columns, there.map(NullBuffer::from)))
}

/// Topics: of works in lists, or the main one.
#[derive(Debug, Default)]
struct Topics {
    ids: StringBuilder,
    names: StringBuilder,
    scores: Vec<f64>,
    levels: [(StringBuilder, StringBuilder); 3],
}

impl Topics {
    fn add(&mut self, world: &World, short: bool, (topic, score): (usize, f64), scratch: &mut String) {
        let topic = &world.topics[topic];
        add_id(&mut self.ids, scratch, short, 'T', topic.id.into());
        self.names.append_value(&topic.name);
        self.scores.push(score);
        let levels = [("subfields/", &topic.subfield), ("fields/", &topic.field), ("domains/", &topic.domain)];
        for ((ids, names), (plural, (number, name))) in self.levels.iter_mut().zip(levels) {
            scratch.clear();
            scratch.push_str(RESOLVER);
            scratch.push_str(plural);
            push_number(scratch, (*number).into());
            ids.append_value(&*scratch);
            names.append_value(name);
        }
    }

    fn finish(&mut self) -> ArrayRef {
        let [subfield, field, domain] = &mut self.levels;
        let level =
            |(ids, names): &mut (StringBuilder, StringBuilder)| structure(vec![("id", texts(ids)), ("display_name", texts(names))], None);
        structure(
            vec![
                ("id", texts(&mut self.ids)),
                ("display_name", texts(&mut self.names)),
                ("score", Arc::new(Float64Array::from(std::mem::take(&mut self.scores)))),
                ("subfield", level(subfield)),
                ("field", level(field)),
                ("domain", level(domain)),
            ],
            None,
        )
    }
}

fn add_id(builder: &mut StringBuilder, scratch: &mut String, short: bool, letter: char, number: u64) {
    scratch.clear();
    push_id(scratch, short, letter, number);
    builder.append_value(&*scratch);
}

/// Columns in the making.
#[derive(Debug)]
struct Columns {
    rows: usize,
    scratch: String,
    ids: StringBuilder,
    dois: StringBuilder,
    titles: StringBuilder,
    years: Vec<i32>,
    dates: StringBuilder,
    kinds: StringBuilder,
    languages: StringBuilder,
    retracted: BooleanBuilder,
    xpac: BooleanBuilder,
    locations: Vec<bool>,
    sources: Vec<bool>,
    source_ids: StringBuilder,
    source_names: StringBuilder,
    source_issns: StringBuilder,
    source_kinds: StringBuilder,
    authorships: Lists,
    positions: StringBuilder,
    authors: StringBuilder,
    author_names: StringBuilder,
    raw_names: StringBuilder,
    institutions: Lists,
    institution_ids: StringBuilder,
    institution_names: StringBuilder,
    institution_rors: StringBuilder,
    institution_countries: StringBuilder,
    institution_kinds: StringBuilder,
    countries: Lists,
    country_codes: StringBuilder,
    raws: Lists,
    raw_texts: StringBuilder,
    affiliations: Lists,
    affiliation_texts: StringBuilder,
    affiliated: Lists,
    affiliated_ids: StringBuilder,
    cited: Vec<i64>,
    by_year: Lists,
    by_year_years: Vec<i32>,
    by_year_counts: Vec<i64>,
    reference_counts: Vec<i64>,
    references: Lists,
    reference_ids: StringBuilder,
    topics: Lists,
    topic_items: Topics,
    main: Topics,
    funders: Lists,
    funder_ids: StringBuilder,
    funder_names: StringBuilder,
    awards: Lists,
    award_numbers: StringBuilder,
    award_funders: StringBuilder,
    award_funder_names: StringBuilder,
    updated: StringBuilder,
}

impl Columns {
    fn new() -> Columns {
        let texts = StringBuilder::new;
        Columns {
            rows: 0,
            scratch: String::new(),
            ids: texts(),
            dois: texts(),
            titles: texts(),
            years: Vec::new(),
            dates: texts(),
            kinds: texts(),
            languages: texts(),
            retracted: BooleanBuilder::new(),
            xpac: BooleanBuilder::new(),
            locations: Vec::new(),
            sources: Vec::new(),
            source_ids: texts(),
            source_names: texts(),
            source_issns: texts(),
            source_kinds: texts(),
            authorships: Lists::new(),
            positions: texts(),
            authors: texts(),
            author_names: texts(),
            raw_names: texts(),
            institutions: Lists::new(),
            institution_ids: texts(),
            institution_names: texts(),
            institution_rors: texts(),
            institution_countries: texts(),
            institution_kinds: texts(),
            countries: Lists::new(),
            country_codes: texts(),
            raws: Lists::new(),
            raw_texts: texts(),
            affiliations: Lists::new(),
            affiliation_texts: texts(),
            affiliated: Lists::new(),
            affiliated_ids: texts(),
            cited: Vec::new(),
            by_year: Lists::new(),
            by_year_years: Vec::new(),
            by_year_counts: Vec::new(),
            reference_counts: Vec::new(),
            references: Lists::new(),
            reference_ids: texts(),
            topics: Lists::new(),
            topic_items: Topics::default(),
            main: Topics::default(),
            funders: Lists::new(),
            funder_ids: texts(),
            funder_names: texts(),
            awards: Lists::new(),
            award_numbers: texts(),
            award_funders: texts(),
            award_funder_names: texts(),
            updated: texts(),
        }
    }

    fn add(&mut self, world: &World, work: &Work) {
        self.rows += 1;
        let short = work.short_ids;
        if work.id == 0 {
            self.ids.append_null()
        } else {
            add_id(&mut self.ids, &mut self.scratch, short, 'W', work.id)
        }
        if work.doi {
            self.scratch.clear();
            self.scratch.push_str("https://doi.org/10.55555/world.");
            push_number(&mut self.scratch, work.id);
            self.dois.append_value(&self.scratch);
        } else {
            self.dois.append_null();
        }
        self.titles.append_option(work.title.as_ref().map(|title| work.text(title)));
        self.years.push(work.year);
        match work.date {
            Some(date) => {
                self.scratch.clear();
                push_day(&mut self.scratch, date);
                self.dates.append_value(&self.scratch);
            }
            None => self.dates.append_null(),
        }
        self.kinds.append_value(work.kind);
        self.languages.append_option(work.language);
        self.retracted.append_value(work.retracted);
        self.xpac.append_value(work.xpac);
        self.locations.push(work.location);
        let source = work.source.map(|at| &world.venues.sources[at]);
        self.sources.push(source.is_some());
        match source {
            Some(source) => add_id(&mut self.source_ids, &mut self.scratch, short, 'S', source.id),
            None => self.source_ids.append_null(),
        }
        self.source_names.append_option(source.map(|source| &source.name));
        self.source_issns.append_option(source.and_then(|source| source.issn.as_ref()));
        self.source_kinds.append_option(source.map(|source| source.kind));
        self.add_authorships(world, work);
        self.cited.push(work.cited_by.iter().map(|count| i64::from(*count)).sum());
        let before = self.by_year_years.len();
        for (year, count) in work.counts_by_year() {
            self.by_year_years.push(year);
            self.by_year_counts.push(count.into());
        }
        self.by_year.add(self.by_year_years.len() - before);
        self.reference_counts.push(work.references.len() as i64);
        self.references.add(work.references.len());
        for place in &work.references {
            add_id(&mut self.reference_ids, &mut self.scratch, short, 'W', Layout::id(*place));
        }
        self.topics.add(work.topics.len());
        for topic in &work.topics {
            self.topic_items.add(world, short, *topic, &mut self.scratch);
        }
        let main = work.topics.first().copied().unwrap_or_default();
        self.main.add(world, short, main, &mut self.scratch);
        self.funders.add(work.funders.len());
        for at in &work.funders {
            let funder = &world.venues.funders[*at];
            add_id(&mut self.funder_ids, &mut self.scratch, short, 'F', funder.id);
            self.funder_names.append_value(&funder.name);
        }
        self.awards.add(work.awards.len());
        for (at, award) in &work.awards {
            let funder = &world.venues.funders[*at];
            self.scratch.clear();
            push_award(&mut self.scratch, funder.id, *award);
            self.award_numbers.append_value(&self.scratch);
            add_id(&mut self.award_funders, &mut self.scratch, short, 'F', funder.id);
            self.award_funder_names.append_value(&funder.name);
        }
        self.scratch.clear();
        push_updated(&mut self.scratch, work.updated);
        self.updated.append_value(&self.scratch);
    }

    fn add_authorships(&mut self, world: &World, work: &Work) {
        let short = work.short_ids;
        let of = work.authorships.len();
        self.authorships.add(of);
        for (at, authorship) in work.authorships.iter().enumerate() {
            self.positions.append_value(author_position(at, of));
            match &authorship.author {
                Some((author, name)) => {
                    add_id(&mut self.authors, &mut self.scratch, short, 'A', *author);
                    self.author_names.append_value(work.text(name));
                }
                None => {
                    self.authors.append_null();
                    self.author_names.append_null();
                }
            }
            self.raw_names.append_value(work.text(&authorship.raw_name));
            self.institutions.add(authorship.institutions.len());
            for at in &work.institutions[authorship.institutions.clone()] {
                let organisation = &world.organisations.all[*at as usize];
                add_id(&mut self.institution_ids, &mut self.scratch, short, 'I', organisation.id);
                self.institution_names.append_value(&organisation.name);
                self.institution_rors.append_option(organisation.ror.as_ref());
                self.institution_countries.append_value(world.country(organisation.country));
                self.institution_kinds.append_value(organisation.kind);
            }
            self.countries.add(authorship.countries.len());
            for at in &work.author_countries[authorship.countries.clone()] {
                self.country_codes.append_value(world.country(usize::from(*at)));
            }
            let affiliations = &work.affiliations[authorship.affiliations.clone()];
            self.raws.add(affiliations.len());
            self.affiliations.add(affiliations.len());
            for affiliation in affiliations {
                self.raw_texts.append_value(work.text(&affiliation.raw));
                self.affiliation_texts.append_value(work.text(&affiliation.raw));
                self.affiliated.add(affiliation.institutions.len());
                for at in &work.affiliated[affiliation.institutions.clone()] {
                    add_id(&mut self.affiliated_ids, &mut self.scratch, short, 'I', world.organisations.all[*at as usize].id);
                }
            }
        }
    }

    fn finish(&mut self) -> Result<RecordBatch, Error> {
        let titles = self.titles.finish();
        let author_count = self.authors.len();
        let orcids: ArrayRef = Arc::new(StringArray::new_null(author_count));
        let source = structure(
            vec![
                ("id", texts(&mut self.source_ids)),
                ("display_name", texts(&mut self.source_names)),
                ("issn_l", texts(&mut self.source_issns)),
                ("type", texts(&mut self.source_kinds)),
            ],
            Some(std::mem::take(&mut self.sources)),
        );
        let institution = structure(
            vec![
                ("id", texts(&mut self.institution_ids)),
                ("display_name", texts(&mut self.institution_names)),
                ("ror", texts(&mut self.institution_rors)),
                ("country_code", texts(&mut self.institution_countries)),
                ("type", texts(&mut self.institution_kinds)),
            ],
            None,
        );
        let affiliated = texts(&mut self.affiliated_ids);
        let affiliation = structure(
            vec![("raw_affiliation_string", texts(&mut self.affiliation_texts)), ("institution_ids", self.affiliated.finish(affiliated))],
            None,
        );
        let author =
            structure(vec![("id", texts(&mut self.authors)), ("display_name", texts(&mut self.author_names)), ("orcid", orcids)], None);
        let authorship = structure(
            vec![
                ("author_position", texts(&mut self.positions)),
                ("author", author),
                ("institutions", self.institutions.finish(institution)),
                ("countries", self.countries.finish(texts(&mut self.country_codes))),
                ("raw_author_name", texts(&mut self.raw_names)),
                ("raw_affiliation_strings", self.raws.finish(texts(&mut self.raw_texts))),
                ("affiliations", self.affiliations.finish(affiliation)),
            ],
            None,
        );
        let by_year = structure(
            vec![
                ("year", Arc::new(Int32Array::from(std::mem::take(&mut self.by_year_years)))),
                ("cited_by_count", Arc::new(Int64Array::from(std::mem::take(&mut self.by_year_counts)))),
            ],
            None,
        );
        let funder = structure(vec![("id", texts(&mut self.funder_ids)), ("display_name", texts(&mut self.funder_names))], None);
        let award = structure(
            vec![
                ("funder_award_id", texts(&mut self.award_numbers)),
                ("funder_id", texts(&mut self.award_funders)),
                ("funder_display_name", texts(&mut self.award_funder_names)),
            ],
            None,
        );
        let topic = self.topic_items.finish();
        let rows = std::mem::take(&mut self.rows);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", texts(&mut self.ids)),
            ("doi", texts(&mut self.dois)),
            ("title", Arc::new(titles.clone())),
            ("display_name", Arc::new(titles)),
            ("publication_year", Arc::new(Int32Array::from(std::mem::take(&mut self.years)))),
            ("publication_date", texts(&mut self.dates)),
            ("type", texts(&mut self.kinds)),
            ("language", texts(&mut self.languages)),
            ("is_retracted", Arc::new(self.retracted.finish())),
            ("is_xpac", Arc::new(self.xpac.finish())),
            ("primary_location", structure(vec![("source", source)], Some(std::mem::take(&mut self.locations)))),
            ("authorships", self.authorships.finish(authorship)),
            ("cited_by_count", Arc::new(Int64Array::from(std::mem::take(&mut self.cited)))),
            ("fwci", Arc::new(Float64Array::new_null(rows))),
            ("counts_by_year", self.by_year.finish(by_year)),
            ("referenced_works_count", Arc::new(Int64Array::from(std::mem::take(&mut self.reference_counts)))),
            ("referenced_works", self.references.finish(texts(&mut self.reference_ids))),
            ("topics", self.topics.finish(topic)),
            ("primary_topic", self.main.finish()),
            ("funders", self.funders.finish(funder)),
            ("awards", self.awards.finish(award)),
            ("abstract_inverted_index", Arc::new(StringArray::new_null(rows))),
            ("updated_date", texts(&mut self.updated)),
        ];
        let fields: Vec<Field> = columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, column)| column).collect())?)
    }
}

/// Properties of the files: columns whose values are nearly all different get no dictionary.
pub(crate) fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(GROUP))
        .set_created_by("dari".to_owned());
    for path in [
        "id",
        "doi",
        "title",
        "display_name",
        "updated_date",
        "referenced_works.list.element",
        "authorships.list.element.author.id",
        "authorships.list.element.author.display_name",
        "authorships.list.element.raw_author_name",
        "authorships.list.element.raw_affiliation_strings.list.element",
        "authorships.list.element.affiliations.list.element.raw_affiliation_string",
        "awards.list.element.funder_award_id",
    ] {
        let path = ColumnPath::from(path.split('.').map(str::to_owned).collect::<Vec<_>>());
        properties =
            properties.set_column_dictionary_enabled(path.clone(), false).set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    properties.build()
}

/// Writes works to a Parquet file.
pub(crate) struct Writer<W: std::io::Write + Send> {
    columns: Columns,
    writer: ArrowWriter<W>,
}

impl<W: std::io::Write + Send> Writer<W> {
    pub(crate) fn new(out: W) -> Result<Writer<W>, Error> {
        let mut columns = Columns::new();
        let schema = columns.finish()?.schema();
        Ok(Writer { columns, writer: ArrowWriter::try_new(out, schema, Some(properties()))? })
    }

    pub(crate) fn add(&mut self, world: &World, work: &Work) -> Result<(), Error> {
        self.columns.add(world, work);
        if self.columns.rows >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let batch = self.columns.finish()?;
        Ok(self.writer.write(&batch)?)
    }

    /// Ends the file and gives back what was written to.
    pub(crate) fn finish(mut self) -> Result<W, Error> {
        if self.columns.rows > 0 {
            self.flush()?;
        }
        Ok(self.writer.into_inner()?)
    }
}
