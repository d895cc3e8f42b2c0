//! Records of ROR schema version 1.

use serde::Deserialize;

use super::{Name, Organisation, Relation};

/// A record; fields that dari does not keep are left out. Version 1 does not say when a record was changed.
#[derive(Deserialize)]
pub(super) struct Record {
    id: String,
    name: String,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    acronyms: Vec<String>,
    established: Option<i64>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    addresses: Vec<Address>,
    country: Option<Country>,
    #[serde(default)]
    relationships: Vec<Relationship>,
    status: Option<String>,
    #[serde(default)]
    types: Vec<String>,
}

#[derive(Deserialize)]
struct Label {
    label: String,
    iso639: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    city: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
}

#[derive(Deserialize)]
struct Country {
    country_code: Option<String>,
}

#[derive(Deserialize)]
struct Relationship {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    label: Option<String>,
}

impl From<Record> for Organisation {
    fn from(record: Record) -> Self {
        let name = |text, language, kind| Name { text, language, kind };
        let mut names = vec![name(record.name, None, "display")];
        names.extend(record.labels.into_iter().map(|label| name(label.label, label.iso639, "label")));
        names.extend(record.aliases.into_iter().map(|text| name(text, None, "alias")));
        names.extend(record.acronyms.into_iter().map(|text| name(text, None, "acronym")));
        let address = record.addresses.into_iter().next();
        let (city, lat, lng) = address.map_or((None, None, None), |a| (a.city, a.lat, a.lng));
        Organisation {
            ror: record.id,
            updated: None,
            names,
            country: record.country.and_then(|country| country.country_code),
            city,
            lat,
            lng,
            types: record.types,
            status: record.status,
            established: record.established,
            domains: Vec::new(),
            website: record.links.into_iter().next(),
            relations: record.relationships.into_iter().map(|r| Relation { kind: r.kind, ror: r.id, name: r.label }).collect(),
        }
    }
}
