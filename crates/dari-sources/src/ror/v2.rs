//! Records of ROR schema version 2.

use serde::Deserialize;

use super::{Name, Organisation, Relation, day};

/// A record; fields that dari does not keep are left out.
#[derive(Deserialize)]
pub(super) struct Record {
    id: String,
    names: Vec<NameV2>,
    admin: Option<Admin>,
    #[serde(default)]
    domains: Vec<String>,
    established: Option<i64>,
    #[serde(default)]
    links: Vec<Link>,
    #[serde(default)]
    locations: Vec<Location>,
    #[serde(default)]
    relationships: Vec<Relationship>,
    status: Option<String>,
    #[serde(default)]
    types: Vec<String>,
}

#[derive(Deserialize)]
struct NameV2 {
    value: String,
    lang: Option<String>,
    #[serde(default)]
    types: Vec<String>,
}

#[derive(Deserialize)]
struct Admin {
    last_modified: Option<Modified>,
}

#[derive(Deserialize)]
struct Modified {
    date: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(rename = "type")]
    kind: Option<String>,
    value: String,
}

#[derive(Deserialize)]
struct Location {
    geonames_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    country_code: Option<String>,
    name: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
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
        let modified = record.admin.and_then(|admin| admin.last_modified).and_then(|modified| modified.date);
        let details = record.locations.into_iter().next().and_then(|location| location.geonames_details);
        let (country, city, lat, lng) = details.map_or((None, None, None, None), |d| (d.country_code, d.name, d.lat, d.lng));
        let relation = |r: Relationship| Relation { kind: r.kind, ror: r.id, name: r.label };
        Organisation {
            ror: record.id,
            updated: day(modified.as_deref()),
            names: record.names.into_iter().map(|n| Name { kind: kind(&n.types), text: n.value, language: n.lang }).collect(),
            country,
            city,
            lat,
            lng,
            types: record.types,
            status: record.status,
            established: record.established,
            domains: record.domains,
            website: record.links.into_iter().find(|link| link.kind.as_deref() == Some("website")).map(|link| link.value),
            relations: record.relationships.into_iter().map(relation).collect(),
        }
    }
}

/// A name of several types is filed under the most telling.
fn kind(types: &[String]) -> &'static str {
    [("ror_display", "display"), ("label", "label"), ("acronym", "acronym")]
        .into_iter()
        .find_map(|(name, kind)| types.iter().any(|given| given == name).then_some(kind))
        .unwrap_or("alias")
}
