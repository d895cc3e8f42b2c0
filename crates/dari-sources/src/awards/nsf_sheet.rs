//! Awards of the National Science Foundation as a sheet (CSV, plain or gzip, or Parquet) with the columns `award_id`, `program_prefix`,
//! `title_clean`, `pi_first`, `pi_last`, `co_pi_names`, `institution`, `state`, `directorate_full`, `division_full`, `program_name`,
//! `amount_usd`, `transaction_type`, `start_date`, `end_date` and `abstract`.
//!
//! The title is the prefix ("CAREER") and the clean title, parted by a colon as the foundation prints it. The sheet names states of the United
//! States only, so an organisation with a state is in the US; without one its country is unknown.

use dari_model::table;

use super::{Award, Organisation, Person, filled, full_name, plain};
use crate::collector::Collector;
use crate::sheet::{Layout, Row, Sheet};
use crate::values::{amount, field, first_day, last_day, needed};
use crate::{Emit, Error, File};

static LAYOUT: Layout = Layout {
    what: "NSF awards",
    required: &["award_id", "title_clean", "amount_usd"],
    columns: &[
        "award_id",
        "program_prefix",
        "title_clean",
        "pi_first",
        "pi_last",
        "co_pi_names",
        "institution",
        "state",
        "directorate",
        "directorate_full",
        "division",
        "division_full",
        "program_name",
        "amount_usd",
        "transaction_type",
        "start_date",
        "end_date",
        "abstract",
    ],
};

/// Reads awards.
///
/// # Errors
/// Where the file cannot be read or lacks a column. A row that is no award or repeats another is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let sheet = Sheet::open(file, &LAYOUT)?;
    let mut collector = Collector::new(table::AWARDS_GROUP.tables(), emit);
    sheet.read_into(&mut collector, &mut |collector, place, row| match award(row) {
        Ok(award) => award.add_to(collector, place, row.hash()),
        Err(reason) => collector.reject(place, row.get("award_id"), reason),
    })?;
    collector.flush()
}

fn award(row: &Row<'_>) -> Result<Award, String> {
    let text = |column: &str| row.get(column).map(str::to_owned);
    let number = needed("award_id", row.get("award_id"), "an award number", filled)?;
    let title = match (row.get("program_prefix"), row.get("title_clean")) {
        (Some(prefix), Some(title)) => Some(format!("{prefix}: {title}")),
        (prefix, title) => title.or(prefix).map(str::to_owned),
    };
    let state = text("state");
    let country = state.is_some().then_some("US");
    let organisation = text("institution").map(|name| Organisation { name, city: None, state, country });
    let principal = full_name(row.get("pi_first"), row.get("pi_last")).map(|name| Person { name, role: Some("principal".to_owned()) });
    let others = row.get("co_pi_names").unwrap_or_default().split([';', '|']).filter_map(co_principal);
    let day = "a date as MM/DD/YYYY or YYYY-MM-DD";
    Ok(Award {
        title: title.as_deref().and_then(plain),
        abstract_text: row.get("abstract").and_then(plain),
        amount: field("amount_usd", row.get("amount_usd"), "a number", amount)?,
        start: field("start_date", row.get("start_date"), day, first_day)?,
        end: field("end_date", row.get("end_date"), day, last_day)?,
        directorate: text("directorate_full").or_else(|| text("directorate")),
        division: text("division_full").or_else(|| text("division")),
        programme: text("program_name"),
        instrument: text("transaction_type"),
        organisations: organisation.into_iter().collect(),
        people: principal.into_iter().chain(others).collect(),
        ..Award::nsf(&number)
    })
}

/// A co-investigator, who may have left: `William R Hix (Former)`.
fn co_principal(text: &str) -> Option<Person> {
    let (name, role) = match text.trim().strip_suffix("(Former)") {
        Some(name) => (name, "former co-principal"),
        None => (text, "co-principal"),
    };
    filled(name).map(|name| Person { name, role: Some(role.to_owned()) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::{gzip, run};

    const HEADER: &str =
        "award_id,program_prefix,title_clean,pi_first,pi_last,co_pi_names,institution,state,amount_usd,start_date,end_date,abstract\n";

    #[test]
    fn awards_over_several_lines() {
        let rows = "2540313,CAREER,Devices,Jukka,Vayrynen,Bo Kim (Former); Ann Lee,Purdue,IN,\"547,905\",08/01/2026,07/31/2031,\"One\n\ntwo\"\n\
                    12345,,Plain,,,,Abroad,,0,08/01/2026,07/31/2031,x\n";
        let all = run(&gzip(format!("{HEADER}{rows}").as_bytes()), read).unwrap();
        let columns = ["source_key", "title", "abstract", "amount", "start_date", "end_date", "updated_date"];
        assert_eq!(
            all.rows("awards", &columns),
            [
                ["2540313", "CAREER: Devices", "One two", "547905.0", "2026-08-01", "2031-07-31", ""],
                ["0012345", "Plain", "x", "0.0", "2026-08-01", "2031-07-31", ""]
            ]
        );
        assert_eq!(all.rows("award_organisations", &["name", "state", "country"]), [["Purdue", "IN", "US"], ["Abroad", "", ""]]);
        let people = all.rows("award_people", &["name", "role"]);
        assert_eq!(people, [["Jukka Vayrynen", "principal"], ["Bo Kim", "former co-principal"], ["Ann Lee", "co-principal"]]);
    }

    #[test]
    fn rows_that_are_no_awards() {
        let rows = ",,T,,,,,,1,,,\n2,,T,,,,,,abc,,,\n3,,T,,,,,,1,2026-31-01,,\n4,,T,,,,,,,,,\n4,,T,,,,,,,,,\n5,,T\n";
        let all = run(format!("{HEADER}{rows}").as_bytes(), read).unwrap();
        assert_eq!(all.rows("awards", &["source_key", "amount", "currency"]), [["0000004", "", ""]]);
        assert_eq!(all.rejects.iter().map(|reject| reject.record).collect::<Vec<_>>(), [1, 2, 3, 5, 6]);
        assert!(matches!(run(b"award_id\n1\n", read), Err(Error::Format { .. })));
    }
}
