//! Grants of the US Department of Energy, Office of Science, as a sheet with the columns `state`, `institution`, `amount`, `start`, `end`,
//! `pi` and `title`.
//!
//! Start and end are years (1 January and 31 December stand for them) or `Ongoing`. The sheet has no award number, so a grant's key is the
//! hash of institution, title, start, amount and investigator, in lower case with white space folded; a row that repeats another is a reject.

use dari_model::{id, table, text};

use super::{Award, Organisation, Person};
use crate::collector::Collector;
use crate::sheet::{Layout, Row, Sheet};
use crate::values::{amount, field, first_day, last_day};
use crate::{Emit, Error, File};

static LAYOUT: Layout = Layout {
    what: "DOE grants",
    required: &["institution", "amount", "start", "end", "title"],
    columns: &["state", "institution", "amount", "start", "end", "pi", "title"],
};

/// Reads grants.
///
/// # Errors
/// Where the file cannot be read or lacks a column. A row that is no grant or repeats another is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let sheet = Sheet::open(file, &LAYOUT)?;
    let mut collector = Collector::new(table::AWARDS_GROUP.tables(), emit);
    sheet.read_into(&mut collector, &mut |collector, place, row| match grant(row) {
        Ok(grant) => grant.add_to(collector, place, row.hash()),
        Err(reason) => collector.reject(place, row.get("title"), reason),
    })?;
    collector.flush()
}

fn grant(row: &Row<'_>) -> Result<Award, String> {
    let title = row.get("title").ok_or_else(|| "expected a title, found none".to_owned())?;
    let state = row.get("state").map(str::to_owned);
    let organisation = row.get("institution").map(|name| Organisation { name: name.to_owned(), city: None, state, country: Some("US") });
    // "Mirov, Sergey" or "Jenkins".
    let person =
        row.get("pi").map(|pi| pi.split_once(',').map_or(pi.to_owned(), |(family, given)| format!("{} {}", given.trim(), family.trim())));
    let open_ended = row.get("end").is_some_and(|end| end.eq_ignore_ascii_case("ongoing"));
    let end = row.get("end").filter(|_| !open_ended);
    Ok(Award {
        source: "doe".to_owned(),
        key: key(row),
        title: Some(text::plain(title)),
        amount: field("amount", row.get("amount"), "a number", amount)?,
        currency: Some("USD".to_owned()),
        start: field("start", row.get("start"), "a year or date", first_day)?,
        end: field("end", end, "a year, a date or Ongoing", last_day)?,
        open_ended,
        country: Some("US"),
        agency: Some("DOE".to_owned()),
        directorate: Some("Office of Science".to_owned()),
        organisations: organisation.into_iter().collect(),
        people: person.map(|name| Person { name, role: Some("principal".to_owned()) }).into_iter().collect(),
        ..Award::default()
    })
}

fn key(row: &Row<'_>) -> String {
    let fields = ["institution", "title", "start", "amount", "pi"];
    let folded = fields.map(|column| row.get(column).unwrap_or_default().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "));
    format!("{:016x}", id::record_hash(folded.join("|").as_bytes()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::run;

    const HEADER: &str = "state,institution,amount,start,end,pi,title\n";

    #[test]
    fn grants_as_published() {
        let rows = "AL,University of Alabama,\"1,060,000\",2017,2020,\"Mirov, Sergey\",Lasers\nPA,CMU,\"-2,304\",2014,Ongoing,Paulini,\"Physics, all\"\nOK,,,,,,Colliders\n";
        let all = run(format!("{HEADER}{rows}").as_bytes(), read).unwrap();
        assert!(all.rejects.is_empty(), "{:?}", all.rejects);
        let columns = ["source", "title", "amount", "currency", "start_date", "end_date", "open_ended", "agency"];
        assert_eq!(
            all.rows("awards", &columns),
            [
                ["doe", "Lasers", "1060000.0", "USD", "2017-01-01", "2020-12-31", "false", "DOE"],
                ["doe", "Physics, all", "-2304.0", "USD", "2014-01-01", "", "true", "DOE"],
                ["doe", "Colliders", "", "", "", "", "false", "DOE"]
            ]
        );
        assert_eq!(all.rows("award_people", &["name"]), [["Sergey Mirov"], ["Paulini"]]);
        assert_eq!(
            all.rows("award_organisations", &["name", "state", "country"]),
            [["University of Alabama", "AL", "US"], ["CMU", "PA", "US"]]
        );
    }

    #[test]
    fn repetitions_and_rubbish() {
        let rows = "AL,U,1,2017,2020,P,T\nAL,U,1,2017,2020,P,T\nAL,U,1,2017,2021,P,T\nAL,U,2,2017,2020,P,T\nAL,U,1.2.3,2017,2020,P,T\nAL,U,1,2017,soon,P,T\nAL,U,1,2017,2020,P,\n";
        let all = run(format!("{HEADER}{rows}").as_bytes(), read).unwrap();
        assert_eq!(all.records.len(), 2);
        let reasons = all.reasons();
        assert_eq!(reasons[0], "duplicate of record 1");
        assert!(reasons[1].contains("same key as record 1"));
        assert_eq!(
            reasons[2..],
            [
                "amount: expected a number, found '1.2.3'",
                "end: expected a year, a date or Ongoing, found 'soon'",
                "expected a title, found none"
            ]
        );
    }
}
