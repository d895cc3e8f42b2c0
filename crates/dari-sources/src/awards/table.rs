//! Award files of one's own: CSV (plain or gzip) or Parquet with these columns, of which `award_id` and `title` are needed.
//!
//! | column | meaning |
//! |---|---|
//! | `award_id` | the award's key in its source |
//! | `title`, `abstract` | markup is removed |
//! | `amount`, `currency` | a number, thousands separators allowed; ISO 4217 code, needed where there is an amount |
//! | `start_date`, `end_date` | YYYY-MM-DD, MM/DD/YYYY or a year (its first or last day); `ongoing` as an end |
//! | `country` | of the funder, by code or name |
//! | `agency`, `directorate`, `division`, `instrument` | as they are to be shown |
//! | `programme` | several separated by `\|` |
//! | `organisation`, `organisation_country` | several separated by `\|`; one country for all, or one for each |
//! | `pi` | principal investigators, several separated by `\|` |

use dari_model::table;

use super::{Award, Organisation, Person, filled, plain};
use crate::collector::Collector;
use crate::sheet::{Layout, Row, Sheet};
use crate::values::{MAX_POSITIONS, amount, country_named, field, first_day, items, last_day, needed};
use crate::{Emit, Error, File};

static LAYOUT: Layout = Layout {
    what: "awards",
    required: &["award_id", "title"],
    columns: &[
        "award_id",
        "title",
        "abstract",
        "amount",
        "currency",
        "start_date",
        "end_date",
        "country",
        "agency",
        "directorate",
        "division",
        "programme",
        "instrument",
        "organisation",
        "organisation_country",
        "pi",
    ],
};

/// Reads awards of a source whose name the user gives; an award's id is [`dari_model::id::foreign`]`(source, award_id)`.
///
/// # Errors
/// Where the file cannot be read or lacks a column. A row that is no award or repeats another is a reject.
pub fn read(file: &File, source: &str, emit: Emit<'_>) -> Result<(), Error> {
    let sheet = Sheet::open(file, &LAYOUT)?;
    let mut collector = Collector::new(table::AWARDS_GROUP.tables(), emit);
    sheet.read_into(&mut collector, &mut |collector, place, row| match award(row, source) {
        Ok(award) => award.add_to(collector, place, row.hash()),
        Err(reason) => collector.reject(place, row.get("award_id"), reason),
    })?;
    collector.flush()
}

fn award(row: &Row<'_>, source: &str) -> Result<Award, String> {
    let text = |column: &str| row.get(column).map(str::to_owned);
    let open_ended = row.get("end_date").is_some_and(|end| end.eq_ignore_ascii_case("ongoing"));
    let end = row.get("end_date").filter(|_| !open_ended);
    let amount = field("amount", row.get("amount"), "a number", amount)?;
    let currency = field("currency", row.get("currency"), "a code of ISO 4217 such as KRW", currency)?;
    if amount.is_some() && currency.is_none() {
        return Err("currency: expected a code of ISO 4217 beside the amount, found nothing".to_owned());
    }
    let people = items("pi", row.get("pi"), MAX_POSITIONS)?
        .into_iter()
        .map(|name| Person { name: name.to_owned(), role: Some("principal".to_owned()) });
    Ok(Award {
        source: source.to_owned(),
        key: needed("award_id", row.get("award_id"), "a key", filled)?,
        title: row.get("title").and_then(plain),
        abstract_text: row.get("abstract").and_then(plain),
        amount,
        currency,
        start: field("start_date", row.get("start_date"), "a date or year", first_day)?,
        end: field("end_date", end, "a date, a year or ongoing", last_day)?,
        open_ended,
        country: field("country", row.get("country"), COUNTRY, country_named)?,
        agency: text("agency"),
        directorate: text("directorate"),
        division: text("division"),
        programme: text("programme"),
        instrument: text("instrument"),
        organisations: organisations(row.get("organisation"), row.get("organisation_country"))?,
        people: people.collect(),
        updated: None,
    })
}

const COUNTRY: &str = "a country by ISO 3166-1 code or common name";

fn organisations(names: Option<&str>, countries: Option<&str>) -> Result<Vec<Organisation>, String> {
    let names = items("organisation", names, MAX_POSITIONS)?;
    // An empty place between separators is an organisation of unknown country.
    let countries: Vec<&str> = countries.map(|text| text.split('|').map(str::trim).collect()).unwrap_or_default();
    if countries.len() > 1 && countries.len() != names.len() {
        return Err(format!(
            "organisation_country: expected one country, or {} as there are organisations, found {}",
            names.len(),
            countries.len()
        ));
    }
    let organisation = |(at, name): (usize, &&str)| {
        let given = if countries.len() == 1 { countries.first() } else { countries.get(at) };
        let country = field("organisation_country", given.copied().filter(|text| !text.is_empty()), COUNTRY, country_named)?;
        Ok(Organisation { name: (*name).to_owned(), country, ..Organisation::default() })
    };
    names.iter().enumerate().map(organisation).collect()
}

fn currency(text: &str) -> Option<String> {
    (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use dari_model::id;

    use super::*;
    use crate::testing::run;

    const HEADER: &str = "award_id;title;amount;currency;start_date;end_date;country;agency;organisation;organisation_country;pi\n";

    fn rows(rows: &str) -> crate::testing::Emitted {
        run(format!("\u{feff}{HEADER}{rows}").as_bytes(), |file, emit| read(file, "nrf", emit)).unwrap()
    }

    #[test]
    fn awards_with_semicolons_and_a_mark_of_byte_order() {
        let all = rows("A-1;양자;1,000,000;krw;2024;Ongoing;한국;NRF;KAIST|MIT;KR|us;김|Lee\nA-2;T;;;;2025-03-01;KOR;;X|Y;Japan;\n");
        assert!(all.rejects.is_empty(), "{:?}", all.rejects);
        let columns = ["source", "source_key", "amount", "currency", "start_date", "end_date", "open_ended", "country"];
        assert_eq!(
            all.rows("awards", &columns),
            [["nrf", "A-1", "1000000.0", "KRW", "2024-01-01", "", "true", "KR"], ["nrf", "A-2", "", "", "", "2025-03-01", "false", "KR"]]
        );
        let organisations = all.rows("award_organisations", &["position", "name", "country"]);
        assert_eq!(organisations, [["1", "KAIST", "KR"], ["2", "MIT", "US"], ["1", "X", "JP"], ["2", "Y", "JP"]]);
        assert_eq!(all.rows("award_people", &["name"]), [["김"], ["Lee"]]);
        assert_eq!(all.records[0].id, id::foreign("nrf", "A-1"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let all = rows(
            "1;T;5;;;;;;;;\n2;T;5;dollars;;;;;;;\n3;T;;;;;Atlantis;;;;\n4;T;;;;;;;A|B|C;KR|US;\n5;T;;;2024-13-01;;;;;;\n;T;;;;;;;;;\n7;T;;;;;;;A;XX;\n8;T;;;;;;;;;\n8;T2;;;;;;;;;\n",
        );
        assert_eq!(all.rows("awards", &["source_key"]), [["8"]]);
        let expected = [
            "currency: expected",
            "found 'dollars'",
            "'Atlantis'",
            "or 3 as there are",
            "start_date",
            "award_id",
            "'XX'",
            "same key as record 8",
        ];
        for (reason, expected) in all.reasons().iter().zip(expected) {
            assert!(reason.contains(expected), "{reason}: {expected}");
        }
        assert_eq!(all.rejects.len(), expected.len());
    }
}
