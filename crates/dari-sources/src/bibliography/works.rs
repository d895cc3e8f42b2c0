//! A work from a row.

use dari_model::{Cell, date, text};

use crate::collector::Version;
use crate::sheet::{Layout, Row};
use crate::values::{field, integer, needed, year};

pub(super) static LAYOUT: Layout = Layout {
    what: "works",
    required: &["work_id", "title"],
    columns: &[
        "work_id",
        "title",
        "publication_year",
        "publication_date",
        "venue",
        "type",
        "language",
        "doi",
        "abstract",
        "cited_by_count",
        "author_names",
        "institution_names",
        "country_codes",
    ],
};

pub(super) struct Work {
    pub(super) key: String,
    title: Option<String>,
    year: Option<i16>,
    date: Option<i32>,
    venue: Option<String>,
    kind: Option<String>,
    language: Option<String>,
    doi: Option<String>,
    cited_by: Option<i64>,
    pub(super) abstract_text: Option<String>,
}

impl Work {
    /// The work, or the reason why the row is none. A work may lack its title, as some published ones do, but not its key.
    pub(super) fn of(row: &Row<'_>) -> Result<Work, String> {
        let text = |column: &str| row.get(column).map(str::to_owned);
        let plain = |column: &str| row.get(column).map(text::plain).filter(|text| !text.is_empty());
        let date = field("publication_date", row.get("publication_date"), "a date as YYYY-MM-DD", date::parse)?;
        let year = field("publication_year", row.get("publication_year"), "a year from 1000 to 2999", year)?;
        Ok(Work {
            key: needed("work_id", row.get("work_id"), "a key", |key| Some(key.to_owned()))?,
            title: plain("title"),
            year: year.or_else(|| date.and_then(|date| i16::try_from(date::civil(date).0).ok())),
            date,
            venue: text("venue"),
            kind: text("type"),
            language: row.get("language").map(str::to_lowercase),
            doi: row.get("doi").and_then(doi),
            cited_by: field("cited_by_count", row.get("cited_by_count"), "a count of citations, 0 or more", |text| {
                integer(text).filter(|count| *count >= 0)
            })?,
            abstract_text: plain("abstract"),
        })
    }

    pub(super) fn cells<'a>(&'a self, version: Version, source: &'a str, authors: i64) -> Vec<Cell<'a>> {
        vec![
            version.id.into(),
            version.hash.into(),
            Cell::Null,
            source.into(),
            self.key.as_str().into(),
            self.doi.as_deref().into(),
            self.title.as_deref().into(),
            self.year.into(),
            self.date.map_or(Cell::Null, Cell::Date),
            self.kind.as_deref().into(),
            self.language.as_deref().into(),
            false.into(),
            false.into(),
            Cell::Null,
            self.venue.as_deref().into(),
            self.cited_by.into(),
            Cell::Null,
            Cell::Null,
            authors.into(),
            Cell::Null,
        ]
    }
}

/// A DOI without resolver, lower case; `None` for what is no DOI.
fn doi(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = lower.find("10.")?;
    lower[at..].contains('/').then(|| lower[at..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::doi;

    #[test]
    fn dois_in_all_forms() {
        for text in ["https://doi.org/10.1/ABC", "doi:10.1/abc", "10.1/aBc"] {
            assert_eq!(doi(text).as_deref(), Some("10.1/abc"));
        }
        assert_eq!(doi("unknown"), None);
        assert_eq!(doi("10.1"), None);
    }
}
