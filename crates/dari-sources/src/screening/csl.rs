//! The Consolidated Screening List of the United States as JSON, as the International Trade Administration publishes it (`consolidated.json`, or answers of its
//! search API): an object with `results`, or an array. Fields: <https://developer.trade.gov> "Consolidated Screening List API".
//!
//! Each entry names the list it is from, such as `Entity List (EL) - Bureau of Industry and Security`; what stands in brackets becomes part of the list's short name
//! here: `us-csl-el`. The file does not say its edition; the user gives it.

use dari_model::{Cell, id, table};
use serde::Deserialize;

use crate::collector::{Collector, Place, Version};
use crate::{Emit, Error, File, json_elements};

/// An entry; fields that dari does not keep are left out.
#[derive(Deserialize)]
struct Entry {
    id: Option<String>,
    source: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    alt_names: Option<Vec<String>>,
    #[serde(default)]
    addresses: Option<Vec<Address>>,
    country: Option<String>,
    #[serde(default)]
    programs: Option<Vec<String>>,
    start_date: Option<String>,
    end_date: Option<String>,
    remarks: Option<String>,
    license_policy: Option<String>,
    source_list_url: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    country: Option<String>,
}

/// Reads the list under the short name `list`, to which that of each entry's own list is added.
///
/// # Errors
/// Where the file cannot be read. What is damaged or has no name is a reject.
pub(super) fn read(file: &File, list: &str, edition: Option<&str>, emit: Emit<'_>) -> Result<(), Error> {
    let mut collector = Collector::new(table::SCREENING_GROUP.tables(), emit);
    if edition.is_none() {
        collector
            .warn(format!("{}: no edition given; name the day of the file with --edition, so that editions can be told apart", file.name));
    }
    let mut content = file.open()?;
    let mut record = 0;
    let outcome = json_elements::enveloped_elements(&mut content, &["results"], &mut |element| {
        record += 1;
        let place = Place { file: file.name.clone(), record };
        match element {
            Ok(bytes) => add(&mut collector, &place, bytes, list, edition),
            Err(reason) => collector.reject(&place, None, reason),
        }
    });
    outcome.map_err(|failure| failure.into_error(&file.name))?;
    collector.flush()
}

fn add(collector: &mut Collector<'_>, place: &Place, bytes: &[u8], list: &str, edition: Option<&str>) -> Result<(), Error> {
    let entry: Entry = match serde_json::from_slice(bytes) {
        Ok(entry) => entry,
        Err(error) => return collector.reject(place, None, format!("not an entry of the Consolidated Screening List: {error}")),
    };
    let Some(name) = entry.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) else {
        return collector.reject(place, entry.id.as_deref(), "name: expected a name, found none".to_owned());
    };
    let source = entry.source.as_deref().unwrap_or_default();
    let own = short_name(source);
    let list = if own.is_empty() { list.to_owned() } else { format!("{list}-{own}") };
    let key = entry.id.as_deref().unwrap_or(name);
    let id = id::foreign("screening", &format!("{list}|{}|{key}", edition.unwrap_or_default()));
    let version = Version { id, updated: i32::MIN, hash: id::record_hash(bytes) };
    let text = |value: &'_ Option<String>| value.clone().filter(|text| !text.trim().is_empty());
    let aliases: Vec<&str> = entry.alt_names.iter().flatten().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let aliases = (!aliases.is_empty()).then(|| aliases.join("|"));
    let mut countries: Vec<String> = text(&entry.country).into_iter().collect();
    countries.extend(entry.addresses.iter().flatten().filter_map(|address| text(&address.country)));
    countries.sort();
    countries.dedup();
    let country = (!countries.is_empty()).then(|| countries.join("|"));
    let programmes = entry.programs.as_ref().filter(|programmes| !programmes.is_empty()).map(|programmes| programmes.join("; "));
    let kind = text(&entry.kind).map(|kind| kind.to_lowercase());
    let notes = [text(&entry.remarks), text(&entry.license_policy)].into_iter().flatten().collect::<Vec<_>>().join("; ");
    let cells = vec![
        version.id.into(),
        version.hash.into(),
        Cell::Null,
        list.as_str().into(),
        edition.into(),
        name.into(),
        aliases.as_deref().into(),
        kind.as_deref().into(),
        country.as_deref().into(),
        programmes.as_deref().into(),
        (!source.is_empty()).then_some(source).into(),
        entry.start_date.as_deref().filter(|day| !day.is_empty()).into(),
        entry.end_date.as_deref().filter(|day| !day.is_empty()).into(),
        (!notes.is_empty()).then_some(notes.as_str()).into(),
        entry.source_list_url.as_deref().into(),
    ];
    collector.add(place, key, version, &[(&table::SCREENING, cells)])
}

/// What stands in brackets in the name of a list, lower case: `el` of `Entity List (EL) - Bureau of Industry and Security`.
fn short_name(source: &str) -> String {
    let inside = source.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    inside.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::testing::run;

    // In the documented form, with names made up.
    const LIST: &str = r#"{"total":3,"sources":[],"results":[
        {"id":"a1","source":"Entity List (EL) - Bureau of Industry and Security","entity_number":null,"type":null,"programs":[],"name":"Example Institute 9",
         "alt_names":["Ninth Example Institute","EI9"],"addresses":[{"address":"1 Road","city":"Chengdu","state":null,"postal_code":null,"country":"CN"}],
         "federal_register_notice":"99 FR 1","start_date":"2024-01-29","end_date":null,"license_requirement":"All items","license_policy":"Presumption of denial",
         "source_list_url":"https://example.org/el","ids":[{"type":"x","number":"1"}]},
        {"id":"b2","source":"Specially Designated Nationals (SDN) - Treasury Department","type":"Individual","programs":["NPWMD","IRAN"],"name":"Doe, Jane",
         "alt_names":null,"addresses":null,"remarks":"r"},
        {"id":"c3","source":"Unverified List (UVL) - Bureau of Industry and Security","name":" "},
        {"id":"d4","name":17}]}"#;

    #[test]
    fn entries_of_each_list() {
        let all = run(LIST.as_bytes(), |file, emit| super::super::read(file, "us-csl", Some("2024-11-01"), emit)).unwrap();
        assert_eq!(
            all.rows("screening", &["list", "edition", "name", "aliases", "kind", "country", "programme", "start_date", "notes"]),
            [
                [
                    "us-csl-el",
                    "2024-11-01",
                    "Example Institute 9",
                    "Ninth Example Institute|EI9",
                    "",
                    "CN",
                    "",
                    "2024-01-29",
                    "Presumption of denial"
                ],
                ["us-csl-sdn", "2024-11-01", "Doe, Jane", "", "individual", "", "NPWMD; IRAN", "", "r"]
            ]
        );
        let reasons = all.reasons();
        assert_eq!(reasons.len(), 2);
        assert!(reasons[0].contains("expected a name") && reasons[1].contains("not an entry"), "{reasons:?}");
        assert!(all.warnings.is_empty());
    }

    #[test]
    fn without_an_edition_there_is_a_remark() {
        let all = run(LIST.as_bytes(), |file, emit| super::super::read(file, "us-csl", None, emit)).unwrap();
        assert!(all.warnings[0].contains("--edition"), "{:?}", all.warnings);
    }
}
