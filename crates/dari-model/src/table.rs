//! The tables of the lake: every schema in this one place, each column with its meaning and unit.

use arrow::datatypes::{DataType, Field, Schema};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole number of 16 bits: years, positions.
    Int16,
    /// Whole number of 32 bits: topic ids, counts.
    Int32,
    /// Whole number of 64 bits: record ids, hashes.
    Int64,
    /// Floating-point number of 32 bits.
    Float32,
    /// Floating-point number of 64 bits.
    Float64,
    /// Text in UTF-8.
    Text,
    /// True or false.
    Bool,
    /// Day, as days since 1970-01-01.
    Date,
}

impl Kind {
    /// The Arrow type.
    pub const fn data_type(self) -> DataType {
        match self {
            Kind::Int16 => DataType::Int16,
            Kind::Int32 => DataType::Int32,
            Kind::Int64 => DataType::Int64,
            Kind::Float32 => DataType::Float32,
            Kind::Float64 => DataType::Float64,
            Kind::Text => DataType::Utf8,
            Kind::Bool => DataType::Boolean,
            Kind::Date => DataType::Date32,
        }
    }

    /// The kind in words, for error texts.
    pub const fn describe(self) -> &'static str {
        match self {
            Kind::Int16 => "a whole number from -32,768 to 32,767",
            Kind::Int32 => "a whole number of 32 bits",
            Kind::Int64 => "a whole number",
            Kind::Float32 | Kind::Float64 => "a number",
            Kind::Text => "text",
            Kind::Bool => "true or false",
            Kind::Date => "a date",
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in the lake and in SQL.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Meaning and unit.
    pub doc: &'static str,
}

/// A table of the lake.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Name in the lake and in SQL.
    pub name: &'static str,
    /// What one row is.
    pub doc: &'static str,
    /// The column that holds the id of the record a row belongs to; a record's rows are replaced together.
    pub key: &'static str,
    /// The columns in order.
    pub columns: &'static [Column],
}

impl Table {
    /// The Arrow schema; a column's meaning is its field's `comment`.
    pub fn schema(&self) -> Schema {
        let field = |column: &Column| {
            Field::new(column.name, column.kind.data_type(), column.nullable)
                .with_metadata([("comment".to_string(), column.doc.to_string())].into())
        };
        Schema::new(self.columns.iter().map(field).collect::<Vec<_>>())
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// Tables that are written together: the primary table has one row a record (with `id`, `record_hash`, `updated_date`), the others any number.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// What the records are.
    pub name: &'static str,
    /// The table with one row a record.
    pub primary: &'static Table,
    /// The tables with the rest.
    pub children: &'static [&'static Table],
}

impl Group {
    /// All tables, the primary first.
    pub fn tables(&self) -> impl Iterator<Item = &'static Table> + use<> {
        std::iter::once(self.primary).chain(self.children.iter().copied())
    }
}

const fn req(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column { name, kind, nullable: false, doc }
}

const fn opt(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column { name, kind, nullable: true, doc }
}

const WORKS_FRACTIONAL: Column = opt("works_fractional", Kind::Float64, "Works, fractional counting; empty in published aggregates");
const CITATIONS_COUNTED: Column = opt("citations", Kind::Int64, "Citations these works received in the window");
const SCORED_WEIGHT: Column =
    opt("scored_weight", Kind::Float64, "The part of works_fractional with a normalised score: the denominator of means and shares");
const NCS_SUM: Column = opt("ncs_sum", Kind::Float64, "Normalised citation scores, weighted: over scored_weight the MNCS");
const TOP10_SUM: Column =
    opt("top10_sum", Kind::Float64, "Weight among the 10 % most cited of their cohorts: over scored_weight the PP(top 10 %)");
const TOP1_SUM: Column = opt("top1_sum", Kind::Float64, "The same for the 1 % most cited");
const HASH: Column = req("record_hash", Kind::Int64, "Hash of the record as it came; equal means unchanged");
const UPDATED: Column = opt("updated_date", Kind::Date, "Day the source last changed the record");
const SOURCE: Column = req("source", Kind::Text, "Where the record is from: openalex, ror, nsf, doe or the name given when loading");
const SOURCE_KEY: Column = opt("source_key", Kind::Text, "The record's key in its source; empty for OpenAlex, whose number is the id");

/// Research works.
pub static WORKS: Table = Table {
    name: "works",
    doc: "One row a work: article, conference paper, book, dataset, …",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "OpenAlex number (W123 is 123), or from 2^62 up for other sources"),
        HASH,
        UPDATED,
        SOURCE,
        SOURCE_KEY,
        opt("doi", Kind::Text, "DOI without resolver, lower case"),
        opt("title", Kind::Text, "Title without markup"),
        opt("publication_year", Kind::Int16, "Year of publication"),
        opt("publication_date", Kind::Date, "Day of publication"),
        opt("type", Kind::Text, "Type of work as OpenAlex names it: article, conference-paper, book, …"),
        opt("language", Kind::Text, "ISO 639-1 code"),
        req("is_retracted", Kind::Bool, "Retracted works are left out of indicators and counted apart"),
        req("is_expansion", Kind::Bool, "Belongs to OpenAlex's expansion corpus (is_xpac)"),
        opt("venue_id", Kind::Int64, "OpenAlex source of the primary location"),
        opt("venue", Kind::Text, "Name of the journal, conference or repository"),
        opt("cited_by_count", Kind::Int32, "Citations received, as the source counts them"),
        opt("fwci", Kind::Float64, "Field-weighted citation impact as published by OpenAlex"),
        opt("references_count", Kind::Int32, "Works it refers to"),
        req("authors_count", Kind::Int32, "Authors listed"),
        opt("primary_topic", Kind::Int32, "OpenAlex topic the source gives as the main one"),
    ],
};

/// Who signed a work, from where.
pub static AUTHORSHIPS: Table = Table {
    name: "authorships",
    doc: "One row per author, affiliation and institution of a work; an author without affiliation has one row",
    key: "work_id",
    columns: &[
        req("work_id", Kind::Int64, "The work"),
        req("position", Kind::Int16, "Place in the list of authors, from 1; 0 where the source names institutions but not whose"),
        opt("author_id", Kind::Int64, "The author, where the source identifies authors"),
        opt("author_name", Kind::Text, "Name as on the work"),
        opt("institution_id", Kind::Int64, "OpenAlex institution; empty: unknown"),
        opt("institution_name", Kind::Text, "Name of the institution as the source gives it"),
        opt("organisation_id", Kind::Int64, "Organisation in the table organisations, where the source gives its ROR id"),
        opt("country", Kind::Text, "ISO 3166-1 two-letter code; empty: unknown"),
        req("weight", Kind::Float64, "Fractional counting: 1/authors × 1/affiliations × 1/institutions; the weights of a work sum to 1"),
        opt("raw_affiliation", Kind::Text, "Affiliation as printed"),
        opt(
            "affiliation_id",
            Kind::Int64,
            "Affiliation in the table affiliations: a number of the text as printed or, without one, of the institution's name",
        ),
    ],
};

/// What a work is about.
pub static WORK_TOPICS: Table = Table {
    name: "work_topics",
    doc: "One row per work and OpenAlex topic that its source gives",
    key: "work_id",
    columns: &[
        req("work_id", Kind::Int64, "The work"),
        req("topic_id", Kind::Int32, "OpenAlex topic (T10018 is 10018)"),
        req("rank", Kind::Int16, "1 for the main topic"),
        opt("score", Kind::Float32, "Confidence from 0 to 1"),
    ],
};

/// Topics that dari infers.
pub static INFERRED_TOPICS: Table = Table {
    name: "inferred_topics",
    doc: "One row per work or award without topics of its own: the topic that dari's classifier infers from title and abstract",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "The work or award"),
        HASH,
        UPDATED,
        req("record", Kind::Text, "work or award"),
        req("topic_id", Kind::Int32, "OpenAlex topic"),
        req("confidence", Kind::Float32, "Calibrated probability, from the threshold to 1, that the topic is right"),
        req("classifier", Kind::Text, "Version of the classifier"),
    ],
};

/// References between works.
pub static CITATIONS: Table = Table {
    name: "citations",
    doc: "One row per reference from a work to another",
    key: "citing",
    columns: &[req("citing", Kind::Int64, "The work that refers"), req("cited", Kind::Int64, "The work referred to, loaded or not")],
};

/// Citations a work received, by year.
pub static CITATIONS_BY_YEAR: Table = Table {
    name: "citations_by_year",
    doc: "One row per work and year, as the source counts citations; OpenAlex counts the last ten years or so",
    key: "work_id",
    columns: &[
        req("work_id", Kind::Int64, "The work"),
        req("year", Kind::Int16, "Year of the works that cite it"),
        req("citations", Kind::Int32, "Citations received in that year"),
    ],
};

/// Funding a work acknowledges.
pub static WORK_FUNDING: Table = Table {
    name: "work_funding",
    doc: "One row per work and funder or award it acknowledges",
    key: "work_id",
    columns: &[
        req("work_id", Kind::Int64, "The work"),
        opt("funder_id", Kind::Int64, "OpenAlex funder"),
        opt("funder_name", Kind::Text, "Name of the funder"),
        opt("award_key", Kind::Text, "Award number as acknowledged"),
    ],
};

/// Abstracts, apart because they are large.
pub static ABSTRACTS: Table = Table {
    name: "abstracts",
    doc: "One row per work that has an abstract",
    key: "work_id",
    columns: &[req("work_id", Kind::Int64, "The work"), req("abstract", Kind::Text, "Plain text")],
};

/// Authors as OpenAlex knows them.
pub static AUTHORS: Table = Table {
    name: "authors",
    doc: "One row per author",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "OpenAlex number"),
        HASH,
        UPDATED,
        opt("name", Kind::Text, "Display name"),
        opt("orcid", Kind::Text, "ORCID without resolver"),
        opt("works_count", Kind::Int32, "Works"),
        opt("cited_by_count", Kind::Int32, "Citations"),
        opt("last_institution_id", Kind::Int64, "Last known institution"),
        opt("last_country", Kind::Text, "Its country"),
    ],
};

/// Organisations from OpenAlex or ROR.
pub static ORGANISATIONS: Table = Table {
    name: "organisations",
    doc: "One row per organisation and source (OpenAlex institutions, ROR records)",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "OpenAlex number, or from 2^62 up for ROR records"),
        HASH,
        UPDATED,
        SOURCE,
        SOURCE_KEY,
        opt("ror", Kind::Text, "ROR id without resolver: 04yr1s766"),
        req("name", Kind::Text, "Display name"),
        opt("country", Kind::Text, "ISO 3166-1 two-letter code"),
        opt("city", Kind::Text, "City"),
        opt("lat", Kind::Float64, "Latitude in degrees"),
        opt("lng", Kind::Float64, "Longitude in degrees"),
        opt("types", Kind::Text, "Types, separated by |: education, facility, government, …"),
        opt("status", Kind::Text, "active, inactive or withdrawn"),
        opt("established", Kind::Int16, "Year of foundation"),
        opt("domains", Kind::Text, "Web domains, separated by |"),
        opt("works_count", Kind::Int32, "Works, as the source counts them"),
    ],
};

/// Names of organisations.
pub static ORGANISATION_NAMES: Table = Table {
    name: "organisation_names",
    doc: "One row per name of an organisation",
    key: "organisation_id",
    columns: &[
        req("organisation_id", Kind::Int64, "The organisation"),
        req("name", Kind::Text, "The name"),
        opt("language", Kind::Text, "ISO 639-1 code"),
        req("kind", Kind::Text, "display, label, alias or acronym"),
    ],
};

/// Relations between organisations.
pub static ORGANISATION_RELATIONS: Table = Table {
    name: "organisation_relations",
    doc: "One row per relation of an organisation to another",
    key: "organisation_id",
    columns: &[
        req("organisation_id", Kind::Int64, "The organisation"),
        req("relation", Kind::Text, "parent, child, related, predecessor or successor: what the other is to it"),
        req("related_id", Kind::Int64, "The other"),
        opt("related_name", Kind::Text, "Its name as given"),
    ],
};

/// Affiliations that were matched with the register of organisations.
pub static AFFILIATIONS: Table = Table {
    name: "affiliations",
    doc: "One row per affiliation, as printed, that was matched with the register; those without rows in affiliation_organisations are unknown",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "Number of the text; authorships.affiliation_id"),
        HASH,
        UPDATED,
        req("text", Kind::Text, "The affiliation as printed"),
        opt("country", Kind::Text, "ISO 3166-1 two-letter code; empty: unknown"),
        opt("country_by", Kind::Text, "What the country was told from: organisation, named, mentioned, city or candidates"),
        req("matcher", Kind::Text, "Version of the matcher"),
    ],
};

/// The organisations of matched affiliations.
pub static AFFILIATION_ORGANISATIONS: Table = Table {
    name: "affiliation_organisations",
    doc: "One row per affiliation and organisation found in it",
    key: "affiliation_id",
    columns: &[
        req("affiliation_id", Kind::Int64, "The affiliation"),
        req("organisation_id", Kind::Int64, "The organisation as it is today"),
        opt("ror", Kind::Text, "Its ROR id without resolver"),
        req("named_id", Kind::Int64, "The organisation that is named: another one where it has ended and organisation_id follows it"),
        req("confidence", Kind::Float32, "Probability, from the threshold to 1 and on the cautious side, that it is right"),
    ],
};

/// Journals, conferences, repositories.
pub static VENUES: Table = Table {
    name: "sources",
    doc: "One row per journal, conference series or repository (OpenAlex: sources)",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "OpenAlex number"),
        HASH,
        UPDATED,
        req("name", Kind::Text, "Display name"),
        opt("type", Kind::Text, "journal, conference, repository, …"),
        opt("issn_l", Kind::Text, "Linking ISSN"),
        opt("publisher", Kind::Text, "Host organisation"),
        opt("country", Kind::Text, "ISO 3166-1 two-letter code"),
        opt("works_count", Kind::Int32, "Works"),
    ],
};

/// Funders.
pub static FUNDERS: Table = Table {
    name: "funders",
    doc: "One row per funder",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "OpenAlex number"),
        HASH,
        UPDATED,
        req("name", Kind::Text, "Display name"),
        opt("country", Kind::Text, "ISO 3166-1 two-letter code"),
        opt("ror", Kind::Text, "ROR id without resolver"),
        opt("works_count", Kind::Int32, "Works"),
    ],
};

/// OpenAlex topics.
pub static TOPICS: Table = Table {
    name: "topics",
    doc: "One row per OpenAlex topic",
    key: "id",
    columns: &[
        req("id", Kind::Int32, "Topic number (T10018 is 10018)"),
        HASH,
        UPDATED,
        req("name", Kind::Text, "Name"),
        req("subfield_id", Kind::Int32, "Subfield (ASJC code)"),
        req("subfield", Kind::Text, "Its name"),
        req("field_id", Kind::Int32, "Field"),
        req("field", Kind::Text, "Its name"),
        req("domain_id", Kind::Int32, "Domain"),
        req("domain", Kind::Text, "Its name"),
        opt("keywords", Kind::Text, "Keywords, separated by |"),
    ],
};

/// Research awards.
pub static AWARDS: Table = Table {
    name: "awards",
    doc: "One row per award",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "From 2^62 up"),
        HASH,
        UPDATED,
        SOURCE,
        SOURCE_KEY,
        opt("title", Kind::Text, "Title without markup"),
        opt("abstract", Kind::Text, "Plain text"),
        opt("amount", Kind::Float64, "Amount in `currency`, as published; may be negative (de-obligation)"),
        opt("currency", Kind::Text, "ISO 4217 code"),
        opt("start_date", Kind::Date, "First day; 1 January where only the year is known"),
        opt("end_date", Kind::Date, "Last day; 31 December where only the year is known"),
        req("open_ended", Kind::Bool, "The source says that it goes on"),
        opt("country", Kind::Text, "Country of the funder"),
        opt("agency", Kind::Text, "Agency, short: NSF, DOE"),
        opt("directorate", Kind::Text, "Directorate or office"),
        opt("division", Kind::Text, "Division"),
        opt("programme", Kind::Text, "Programme elements, separated by |"),
        opt("instrument", Kind::Text, "Standard grant, cooperative agreement, …"),
    ],
};

/// Organisations that hold awards.
pub static AWARD_ORGANISATIONS: Table = Table {
    name: "award_organisations",
    doc: "One row per award and organisation",
    key: "award_id",
    columns: &[
        req("award_id", Kind::Int64, "The award"),
        req("position", Kind::Int16, "From 1"),
        req("name", Kind::Text, "Name as published"),
        opt("city", Kind::Text, "City"),
        opt("state", Kind::Text, "State or region, as published"),
        opt("country", Kind::Text, "ISO 3166-1 two-letter code"),
    ],
};

/// People who lead awards.
pub static AWARD_PEOPLE: Table = Table {
    name: "award_people",
    doc: "One row per award and investigator",
    key: "award_id",
    columns: &[
        req("award_id", Kind::Int64, "The award"),
        req("position", Kind::Int16, "From 1"),
        req("name", Kind::Text, "Given name and family name"),
        opt("role", Kind::Text, "principal or co-principal; former principal, former co-principal"),
    ],
};

/// Published budgets.
pub static BUDGETS: Table = Table {
    name: "budgets",
    doc: "One row per published figure of a budget: what a country or agency plans or has to spend, with its source",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "From 2^62 up"),
        HASH,
        UPDATED,
        req("country", Kind::Text, "ISO 3166-1 two-letter code"),
        opt("agency", Kind::Text, "Agency, short: MSIT, NSF"),
        opt("programme", Kind::Text, "Programme or account, as published"),
        opt("framework", Kind::Text, "Technology framework that `technology` is an entry of"),
        opt("technology", Kind::Text, "Entry of the framework that the figure is for, and for nothing else"),
        opt("scope", Kind::Text, "What the figure is for, in words; total: all research money of the country in the year"),
        req("year", Kind::Int16, "Year of the budget (fiscal years by the year they end in)"),
        req("amount", Kind::Float64, "Figure as published, in `unit` of `currency`"),
        req("unit", Kind::Text, "one, thousand, million, billion, trillion, 억 or 조"),
        req("value", Kind::Float64, "`amount` in whole units of `currency`"),
        req("currency", Kind::Text, "ISO 4217 code"),
        req("source_title", Kind::Text, "Publication the figure is from"),
        opt("source_url", Kind::Text, "Its address"),
        opt("source_date", Kind::Date, "Day of publication"),
        opt("note", Kind::Text, "Remarks: proposed, enacted, what it holds"),
    ],
};

/// Entries of screening lists.
pub static SCREENING: Table = Table {
    name: "screening",
    doc: "One row per entry of a screening list and edition: a lead for a person, never a verdict",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "From 2^62 up"),
        HASH,
        UPDATED,
        req("list", Kind::Text, "The list's short name"),
        opt("edition", Kind::Text, "Date or year of the edition"),
        req("name", Kind::Text, "Name as listed"),
        opt("aliases", Kind::Text, "Other names, separated by |"),
        opt("kind", Kind::Text, "company, organisation, person, …"),
        opt("country", Kind::Text, "Countries as listed, separated by |"),
        opt("programme", Kind::Text, "Legal basis"),
        opt("authority", Kind::Text, "Who lists"),
        opt("start_date", Kind::Text, "Start as listed"),
        opt("end_date", Kind::Text, "End as listed"),
        opt("notes", Kind::Text, "Remarks as listed"),
        opt("url", Kind::Text, "The published list"),
    ],
};

/// Decisions of people on leads from screening lists.
pub static SCREENING_DECISIONS: Table = Table {
    name: "screening_decisions",
    doc: "One row per listed name and organisation: what a person decided; earlier decisions stay in earlier versions of the lake",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "From 2^62 up"),
        HASH,
        UPDATED,
        req("list", Kind::Text, "The list's short name"),
        req("listed_name", Kind::Text, "Name as listed"),
        req("organisation_id", Kind::Int64, "The organisation"),
        opt("ror", Kind::Text, "Its ROR id without resolver"),
        req("decision", Kind::Text, "cleared or confirmed"),
        req("why", Kind::Text, "The reason given"),
        req("who", Kind::Text, "The person who decided"),
    ],
};

/// Aggregates that were loaded as such.
pub static DATASETS: Table = Table {
    name: "datasets",
    doc: "One row per loaded aggregate: the data set that cells of a cube come from",
    key: "id",
    columns: &[
        req("id", Kind::Int64, "From 2^62 up"),
        HASH,
        UPDATED,
        req("name", Kind::Text, "Name given when loading"),
        req("kind", Kind::Text, "country-topic, country-pairs, organisation-topic, country-works or citation-cohorts"),
        opt("description", Kind::Text, "Source and licence, as given when loading; for a computed one how it was computed"),
        req("cells", Kind::Int64, "Cells"),
        opt("year", Kind::Int16, "Year of a data set that dari computes, one a year under the same name; empty for published aggregates"),
    ],
};

/// Works by country, topic and period.
pub static COUNTRY_TOPIC_YEAR: Table = Table {
    name: "country_topic_year",
    doc: "One row per data set, country, topic and period: works with at least one author of the country (full counting)",
    key: "dataset_id",
    columns: &[
        req("dataset_id", Kind::Int64, "The data set"),
        req("year_from", Kind::Int16, "First year of the period"),
        req("year_to", Kind::Int16, "Last year of the period"),
        req("topic_id", Kind::Int32, "OpenAlex topic"),
        req("country", Kind::Text, "ISO 3166-1 two-letter code"),
        req("works", Kind::Int64, "Works of the country"),
        req("world_works", Kind::Int64, "Works of the world, countries unknown included"),
        WORKS_FRACTIONAL,
        CITATIONS_COUNTED,
        SCORED_WEIGHT,
        NCS_SUM,
        TOP10_SUM,
        TOP1_SUM,
        opt("domestic_single", Kind::Int64, "Works of one country and one organisation"),
        opt("domestic_multi", Kind::Int64, "Works of one country and several organisations"),
        opt("bilateral", Kind::Int64, "Works of two countries"),
        opt("trilateral", Kind::Int64, "Works of three countries"),
        opt("wider", Kind::Int64, "Works of four and more countries"),
    ],
};

/// Works by organisation, topic and year.
pub static ORGANISATION_TOPIC_YEAR: Table = Table {
    name: "organisation_topic_year",
    doc: "One row per data set, organisation, topic and year: works with at least one author of the organisation (full counting); computed from works",
    key: "dataset_id",
    columns: &[
        req("dataset_id", Kind::Int64, "The data set"),
        req("year", Kind::Int16, "Year of publication"),
        req("topic_id", Kind::Int32, "OpenAlex topic"),
        req("organisation_id", Kind::Int64, "Organisation of the table organisations, or OpenAlex institution without a ROR id"),
        req("works", Kind::Int64, "Works of the organisation"),
        WORKS_FRACTIONAL,
        CITATIONS_COUNTED,
        SCORED_WEIGHT,
        NCS_SUM,
        TOP10_SUM,
        TOP1_SUM,
        opt("international", Kind::Int64, "Works of two and more countries"),
    ],
};

/// Joint works of pairs of countries.
pub static COUNTRY_PAIR_TOPIC_YEAR: Table = Table {
    name: "country_pair_topic_year",
    doc: "One row per data set, pair of countries, year and topic (or all topics): works with authors of both (full counting)",
    key: "dataset_id",
    columns: &[
        req("dataset_id", Kind::Int64, "The data set"),
        req("year", Kind::Int16, "Year of publication"),
        req("country_a", Kind::Text, "The alphabetically first code"),
        req("country_b", Kind::Text, "The other"),
        opt("topic_id", Kind::Int32, "OpenAlex topic; empty: all topics together"),
        req("works", Kind::Int64, "Joint works"),
        opt("works_fractional", Kind::Float64, "Joint works, each weighing 1 / (its countries - 1); empty in published aggregates"),
        CITATIONS_COUNTED,
        opt("scored_weight", Kind::Float64, "The part of works_fractional with a normalised score"),
        NCS_SUM,
        TOP10_SUM,
        TOP1_SUM,
    ],
};

/// Works of countries.
pub static COUNTRY_WORKS: Table = Table {
    name: "country_works",
    doc: "One row per data set, work with a topic and country of its authors (ZZ: unknown): what figures of sets of works are computed from; in order of year, topic, country",
    key: "dataset_id",
    columns: &[
        req("dataset_id", Kind::Int64, "The data set"),
        req("year", Kind::Int16, "Year of publication"),
        req("topic_id", Kind::Int32, "OpenAlex topic"),
        req("country", Kind::Text, "ISO 3166-1 two-letter code"),
        req("work_id", Kind::Int64, "The work"),
        req("type", Kind::Text, "Type of work, as OpenAlex names it"),
        opt(
            "collaboration",
            Kind::Text,
            "Who wrote it: domestic_single, domestic_multi, bilateral, trilateral or wider, as in country_topic_year; empty: not known",
        ),
        opt("citations", Kind::Int32, "Citations in the window; empty: not known, so that the work has no normalised score"),
        req("weight", Kind::Float64, "The country's part of the work; those of a work sum to 1"),
    ],
};

/// Cohorts that citations are compared with.
pub static CITATION_COHORTS: Table = Table {
    name: "citation_cohorts",
    doc: "One row per data set and cohort (year, subfield, type) of the works whose citations are compared, whole and by collaboration class",
    key: "dataset_id",
    columns: &[
        req("dataset_id", Kind::Int64, "The data set"),
        req("year", Kind::Int16, "Year of publication"),
        req("subfield_id", Kind::Int32, "Subfield of the primary topic (ASJC)"),
        req("type", Kind::Text, "Type of work, as OpenAlex names it"),
        opt("collaboration", Kind::Text, "Works of this class alone, for Collab-CNCI; empty: all works of the cohort"),
        req("works", Kind::Int64, "Works"),
        req("citations", Kind::Int64, "Their citations in the window"),
        opt("top10_threshold", Kind::Int32, "Citations from which on a work is among the top 10 %"),
        opt("top10_at_threshold", Kind::Float64, "Weight of a work with exactly as many, so that the weights sum to 10 %"),
        opt("top1_threshold", Kind::Int32, "Citations from which on a work is among the top 1 %"),
        opt("top1_at_threshold", Kind::Float64, "Weight of a work with exactly as many, so that the weights sum to 1 %"),
    ],
};

/// Works with authorships, topics, references, funding and abstracts.
pub static WORKS_GROUP: Group = Group {
    name: "works",
    primary: &WORKS,
    children: &[&AUTHORSHIPS, &WORK_TOPICS, &CITATIONS, &WORK_FUNDING, &ABSTRACTS, &CITATIONS_BY_YEAR],
};
/// Authors.
pub static AUTHORS_GROUP: Group = Group { name: "authors", primary: &AUTHORS, children: &[] };
/// Organisations with names and relations.
pub static ORGANISATIONS_GROUP: Group =
    Group { name: "organisations", primary: &ORGANISATIONS, children: &[&ORGANISATION_NAMES, &ORGANISATION_RELATIONS] };
/// Journals, conferences, repositories.
pub static VENUES_GROUP: Group = Group { name: "sources", primary: &VENUES, children: &[] };
/// Funders.
pub static FUNDERS_GROUP: Group = Group { name: "funders", primary: &FUNDERS, children: &[] };
/// Topics.
pub static TOPICS_GROUP: Group = Group { name: "topics", primary: &TOPICS, children: &[] };
/// Awards with organisations and people.
pub static AWARDS_GROUP: Group = Group { name: "awards", primary: &AWARDS, children: &[&AWARD_ORGANISATIONS, &AWARD_PEOPLE] };
/// Published budgets.
pub static BUDGETS_GROUP: Group = Group { name: "budgets", primary: &BUDGETS, children: &[] };
/// Inferred topics.
pub static INFERRED_TOPICS_GROUP: Group = Group { name: "inferred-topics", primary: &INFERRED_TOPICS, children: &[] };
/// Matched affiliations with their organisations.
pub static AFFILIATIONS_GROUP: Group = Group { name: "affiliations", primary: &AFFILIATIONS, children: &[&AFFILIATION_ORGANISATIONS] };
/// Decisions on leads.
pub static SCREENING_DECISIONS_GROUP: Group = Group { name: "screening-decisions", primary: &SCREENING_DECISIONS, children: &[] };
/// Screening lists.
pub static SCREENING_GROUP: Group = Group { name: "screening", primary: &SCREENING, children: &[] };
/// Aggregates with their cells.
pub static AGGREGATES_GROUP: Group = Group {
    name: "aggregates",
    primary: &DATASETS,
    children: &[&COUNTRY_TOPIC_YEAR, &COUNTRY_PAIR_TOPIC_YEAR, &ORGANISATION_TOPIC_YEAR, &COUNTRY_WORKS, &CITATION_COHORTS],
};

/// Every group of the lake.
pub static GROUPS: [&Group; 13] = [
    &WORKS_GROUP,
    &INFERRED_TOPICS_GROUP,
    &AFFILIATIONS_GROUP,
    &AUTHORS_GROUP,
    &ORGANISATIONS_GROUP,
    &VENUES_GROUP,
    &FUNDERS_GROUP,
    &TOPICS_GROUP,
    &AWARDS_GROUP,
    &BUDGETS_GROUP,
    &SCREENING_GROUP,
    &SCREENING_DECISIONS_GROUP,
    &AGGREGATES_GROUP,
];

/// The table of a name.
pub fn by_name(name: &str) -> Option<&'static Table> {
    GROUPS.iter().flat_map(|group| group.tables()).find(|table| table.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_key_and_no_column_twice() {
        for table in GROUPS.iter().flat_map(|group| group.tables()) {
            let key = table.column(table.key);
            assert!(key.is_some_and(|k| !table.columns[k].nullable), "{}", table.name);
            for (index, column) in table.columns.iter().enumerate() {
                assert_eq!(table.column(column.name), Some(index), "{}.{}", table.name, column.name);
                assert!(!column.doc.is_empty());
            }
            assert_eq!(by_name(table.name), Some(table));
        }
    }

    #[test]
    fn every_primary_table_says_whether_a_record_changed() {
        for group in GROUPS {
            assert_eq!(group.primary.key, "id");
            for column in ["id", "record_hash", "updated_date"] {
                assert!(group.primary.column(column).is_some(), "{}.{column}", group.name);
            }
        }
    }
}
