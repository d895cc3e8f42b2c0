//! The Research Organization Registry (ROR): organisations with their names and relations.
//!
//! Reads the published data file (a JSON array; plain, gzip or in the zip as published) and JSON lines, of schema version 1 or 2, which is
//! told for each record from its fields. Records are streamed; the array is never held whole. See <https://ror.readme.io/docs/data-structure>.
//!
//! An organisation's id is [`id::foreign`]`("ror", key)`, its key the last nine characters of the ROR id. Withdrawn and inactive
//! organisations are kept with their status, because affiliations of the past name them and relations lead to their successors. Several
//! locations: the first. Domains: those listed, else the host of the website.

mod v1;
mod v2;

use dari_model::{Cell, date, id, table};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::collector::{Collector, Place, Row, Version};
use crate::packed::read_members;
use crate::values::country_code;
use crate::{Emit, Error, File, json_elements};

/// Reads ROR records.
///
/// # Errors
/// Where the file cannot be opened, or holds no JSON. What is damaged or not a ROR record is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let mut collector = Collector::new(table::ORGANISATIONS_GROUP.tables(), emit);
    let mut recognised = false;
    read_members(file, &mut collector, &mut |collector, name, content| {
        // The published zip holds the same records as CSV, with fewer fields.
        if name.to_ascii_lowercase().ends_with(".csv") {
            return Ok(());
        }
        let mut record = 0;
        let outcome = json_elements::elements(content, &[], &mut |element| {
            record += 1;
            let place = Place { file: name.clone(), record };
            match element {
                Ok(bytes) => add(collector, &place, bytes),
                Err(reason) => collector.reject(&place, None, reason),
            }
        });
        recognised |= outcome.map_err(|failure| failure.into_error(name))?;
        Ok(())
    })?;
    if !recognised && collector.taken() == 0 {
        return Err(Error::Format {
            file: file.name.clone(),
            expected: "ROR records: a JSON array as published by ror.org, schema version 1 or 2".to_owned(),
            found: "no JSON".to_owned(),
            hint: "Give the ROR data dump (zip, json or json.gz).".to_owned(),
        });
    }
    collector.flush()
}

/// An organisation of either schema.
#[derive(Debug, Default, PartialEq)]
struct Organisation {
    ror: String,
    updated: Option<i32>,
    names: Vec<Name>,
    country: Option<String>,
    city: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
    types: Vec<String>,
    status: Option<String>,
    established: Option<i64>,
    domains: Vec<String>,
    website: Option<String>,
    relations: Vec<Relation>,
}

#[derive(Debug, PartialEq)]
struct Name {
    text: String,
    language: Option<String>,
    kind: &'static str,
}

#[derive(Debug, PartialEq)]
struct Relation {
    kind: String,
    ror: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Probe {
    name: Option<IgnoredAny>,
    names: Option<IgnoredAny>,
}

fn add(collector: &mut Collector<'_>, place: &Place, bytes: &[u8]) -> Result<(), Error> {
    match parse(bytes) {
        Ok(organisation) => add_organisation(collector, place, &organisation, id::record_hash(bytes)),
        Err(reason) => collector.reject(place, None, reason),
    }
}

fn parse(bytes: &[u8]) -> Result<Organisation, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not valid UTF-8".to_owned())?;
    let wrong = |error: serde_json::Error| format!("not a ROR record: {error}");
    let probe: Probe = serde_json::from_str(text).map_err(wrong)?;
    match (probe.names, probe.name) {
        (Some(_), _) => Ok(serde_json::from_str::<v2::Record>(text).map_err(wrong)?.into()),
        (None, Some(_)) => Ok(serde_json::from_str::<v1::Record>(text).map_err(wrong)?.into()),
        (None, None) => Err("not a ROR record: expected `names` (schema version 2) or `name` (version 1), found neither".to_owned()),
    }
}

fn add_organisation(collector: &mut Collector<'_>, place: &Place, organisation: &Organisation, hash: i64) -> Result<(), Error> {
    let Some(key) = dari_model::ror::key(&organisation.ror) else {
        let reason = format!("id: expected a ROR id such as https://ror.org/04yr1s766, found '{}'", organisation.ror);
        return collector.reject(place, Some(&organisation.ror), reason);
    };
    let Some(name) = organisation.names.iter().find(|name| name.kind == "display") else {
        return collector.reject(place, Some(&key), "expected a name to display, found none".to_owned());
    };
    let id = id::foreign("ror", &key);
    let types = (!organisation.types.is_empty()).then(|| organisation.types.join("|").to_ascii_lowercase());
    let status = organisation.status.as_deref().map(str::to_ascii_lowercase);
    let domains =
        if organisation.domains.is_empty() { organisation.website.as_deref().and_then(host) } else { Some(organisation.domains.join("|")) };
    let mut rows: Vec<Row<'_>> = vec![(
        &table::ORGANISATIONS,
        vec![
            id.into(),
            hash.into(),
            organisation.updated.map_or(Cell::Null, Cell::Date),
            "ror".into(),
            key.as_str().into(),
            key.as_str().into(),
            name.text.as_str().into(),
            organisation.country.as_deref().and_then(country_code).into(),
            organisation.city.as_deref().into(),
            organisation.lat.into(),
            organisation.lng.into(),
            types.as_deref().into(),
            status.as_deref().into(),
            organisation.established.into(),
            domains.as_deref().into(),
            Cell::Null,
        ],
    )];
    for name in &organisation.names {
        let cells = vec![id.into(), name.text.as_str().into(), name.language.as_deref().into(), name.kind.into()];
        rows.push((&table::ORGANISATION_NAMES, cells));
    }
    let relations: Vec<_> = organisation.relations.iter().map(|relation| (relation.kind.to_ascii_lowercase(), relation)).collect();
    for (kind, relation) in &relations {
        let Some(other) = dari_model::ror::key(&relation.ror) else {
            let reason = format!("relationships: expected a ROR id, found '{}'", relation.ror);
            return collector.reject(place, Some(&key), reason);
        };
        let cells = vec![id.into(), kind.as_str().into(), id::foreign("ror", &other).into(), relation.name.as_deref().into()];
        rows.push((&table::ORGANISATION_RELATIONS, cells));
    }
    let version = Version { id, updated: organisation.updated.unwrap_or(i32::MIN), hash };
    collector.add(place, &key, version, &rows)
}

/// The host of a web address, lower case, without `www.` and port.
fn host(address: &str) -> Option<String> {
    let behind = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let host = behind.split(['/', '?', '#']).next()?.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    host.contains('.').then(|| host.to_owned())
}

/// The day of a date of the register.
fn day(text: Option<&str>) -> Option<i32> {
    text.and_then(date::parse)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
