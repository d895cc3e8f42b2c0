//! Bring your own works: a sheet of works (CSV, plain or gzip, or Parquet) and, in a second sheet or in the same, who signed them.
//!
//! **Works**: `work_id`, `title` (both needed), `publication_year`, `publication_date`, `venue`, `type`, `language`, `doi`, `abstract`,
//! `cited_by_count`. A work's id is [`dari_model::id::foreign`]`(source, work_id)`.
//!
//! **Authorships** in a sheet of their own: `work_id`, `author_position` (from 1; both needed), `author_id`, `author_name`,
//! `raw_affiliation`, `normalised_affiliation` (institutions) and `country_codes`, the last two with `|` between several. An author with
//! several affiliations has several rows of one position. An author's id is `foreign(source + ":author", author_id)`. An authorship has the
//! weight 1/authors × 1/affiliations of the author × 1/institutions of the affiliation (fractional counting; see [`dari_model::table`]).
//! Countries meet institutions so:
//! - as many countries as institutions: in order;
//! - one country, or none: it is that of every institution;
//! - no institution: the countries share the affiliation;
//! - otherwise who belongs where is not said: every institution stands with every country, so that institutions share the affiliation
//!   equally and so do countries.
//!
//! **Authorships in columns of the works sheet**: `author_names`, `institution_names` and `country_codes`, each with `|` between several,
//! which do not say who belongs where. So an author is a row with the position in the list, no country and weight 0; a country is a row of
//! position 0 with weight 1/countries; an institution is a row of position 0 without country and weight 0. A single institution stands in
//! the row of its single country. Where institutions are parted by commas, which names hold too, the text stays whole as `raw_affiliation` of
//! the countries' rows.
//!
//! `Unknown Country`, `Unknown Institution` and codes that ISO 3166-1 does not know are unknown. The weights of a work sum to 1; a work
//! whose authors are nowhere named has one row of position 0 with nothing known. Only where there are neither an authorship sheet nor such
//! columns has a work no row.
//!
//! Works are handed on in the order of their sheet, with their authorships in the same chunk. The authorship sheet may be in any order: it is
//! sorted on disk (128 MB in memory at most). What is held in memory of each work is its id, hash and place.

mod authorships;
mod columns;
mod external_sort;
mod shares;
mod works;

use dari_model::{Cell, id, table};
use rustc_hash::FxHashMap;

use crate::collector::{Collector, Place, Row, Version};
use crate::sheet::{Row as SheetRow, Sheet};
use crate::{Emit, Error, File};
use authorships::Authorships;
use shares::{Credit, UnknownCodes};

/// Reads works of a source whose name the user gives, with authorships from a sheet of their own or, without one, from the columns of the
/// works sheet.
///
/// # Errors
/// Where a file cannot be read or lacks a column, or no temporary file can be written. A row that is no work or authorship, repeats another,
/// or an authorship of a work that is not in the works sheet is a reject.
pub fn read(works: &File, authorships: Option<&File>, source: &str, emit: Emit<'_>) -> Result<(), Error> {
    let mut collector = Collector::new(table::WORKS_GROUP.tables(), emit);
    let sheet = Sheet::open(works, &works::LAYOUT)?;
    let in_columns = ["author_names", "institution_names", "country_codes"].iter().any(|column| sheet.has(column));
    let mut separate = match authorships {
        Some(file) => Some(Authorships::read(file, &places(works)?, &mut collector)?),
        None => None,
    };
    if separate.is_some() && in_columns {
        collector.warn(format!("{}: authors, institutions and countries are taken from the authorship sheet", works.name));
    }
    let mut unknown = UnknownCodes::default();
    sheet.read_into(&mut collector, &mut |collector, place, row| {
        let mut canonical = row.canonical();
        let signed = match &mut separate {
            Some(authorships) => match authorships.of_work(place.record, collector, &mut unknown)? {
                Ok(signed) => {
                    canonical.extend(signed.canonical);
                    Signed { authors: signed.authors, credits: signed.credits }
                }
                Err(reason) => return collector.reject(place, row.get("work_id"), reason),
            },
            None if in_columns => match columns::credits(row, &mut unknown) {
                Ok((authors, credits)) => Signed { authors, credits },
                Err(reason) => return collector.reject(place, row.get("work_id"), reason),
            },
            None => Signed::default(),
        };
        add(collector, place, row, source, &signed, id::record_hash(&canonical))
    })?;
    for remark in unknown.remarks() {
        collector.warn(format!("{}: {remark}", authorships.unwrap_or(works).name));
    }
    collector.flush()
}

/// Who signed a work.
#[derive(Default)]
struct Signed {
    authors: i64,
    credits: Vec<Credit>,
}

/// The place in the sheet of each work, the first one where a key stands twice.
fn places(works: &File) -> Result<FxHashMap<i64, u64>, Error> {
    let mut places = FxHashMap::default();
    Sheet::open(works, &works::LAYOUT)?.rows(&mut |record, row| {
        if let Some(key) = row.ok().and_then(|row| row.get("work_id")) {
            places.entry(work_key(key)).or_insert(record);
        }
        Ok(())
    })?;
    Ok(places)
}

/// A work's key as a number, to find its place.
fn work_key(key: &str) -> i64 {
    id::foreign("", key)
}

fn add(collector: &mut Collector<'_>, place: &Place, row: &SheetRow<'_>, source: &str, signed: &Signed, hash: i64) -> Result<(), Error> {
    let work = match works::Work::of(row) {
        Ok(work) => work,
        Err(reason) => return collector.reject(place, row.get("work_id"), reason),
    };
    let version = Version { id: id::foreign(source, &work.key), updated: i32::MIN, hash };
    let mut rows: Vec<Row<'_>> = vec![(&table::WORKS, work.cells(version, source, signed.authors))];
    if let Some(text) = &work.abstract_text {
        rows.push((&table::ABSTRACTS, vec![version.id.into(), text.as_str().into()]));
    }
    let authors = format!("{source}:author");
    for credit in &signed.credits {
        let author = credit.author_id.as_deref().map(|key| id::foreign(&authors, key));
        let cells = vec![
            version.id.into(),
            credit.position.into(),
            author.into(),
            credit.author_name.as_deref().into(),
            Cell::Null,
            credit.institution.as_deref().into(),
            Cell::Null,
            credit.country.into(),
            credit.weight.into(),
            credit.raw_affiliation.as_deref().into(),
            credit.raw_affiliation.as_deref().or(credit.institution.as_deref()).map(id::affiliation).into(),
        ];
        rows.push((&table::AUTHORSHIPS, cells));
    }
    collector.add(place, &work.key, version, &rows)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
