//! Institutions, sources, funders and topics as records.

use std::io::Write;
use std::sync::Arc;

use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema_from_iterator;
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use crate::Error;
use crate::random::{Purpose, Random};
use crate::truth::Truth;
use crate::world::World;
use crate::write_jsonl::RESOLVER;
use crate::write_parquet::properties;

/// The records of each kind.
pub(crate) fn all(world: &World, truth: &Truth, day: &str) -> [(&'static str, Vec<Value>); 4] {
    let updated = format!("{day}T00:00:00.123456");
    [
        ("institutions", institutions(world, truth, &updated)),
        ("sources", sources(world, truth, &updated)),
        ("funders", funders(world, truth, &updated)),
        ("topics", topics(world, truth, &updated)),
    ]
}

fn institutions(world: &World, truth: &Truth, updated: &str) -> Vec<Value> {
    let record = |(at, organisation): (usize, &crate::organisations::Organisation)| {
        let code = world.country(organisation.country);
        let mut random = Random::new(world.seed, Purpose::Organisation, u64::MAX - at as u64);
        let centre = dari_model::country::by_code(code).map_or((0.0, 0.0), |country| (country.lat, country.lng));
        let mut near = |degrees: f32| ((f64::from(degrees) + random.unit() * 4.0 - 2.0) * 1e4).round() / 1e4;
        json!({
            "id": format!("{RESOLVER}I{}", organisation.id),
            "ror": organisation.ror,
            "display_name": organisation.name,
            "country_code": code,
            "type": organisation.kind,
            "homepage_url": format!("https://www.org{at}.example.org/"),
            "display_name_acronyms": if organisation.acronym.len() > 1 { vec![&organisation.acronym] } else { vec![] },
            "display_name_alternatives": if at % 5 == 0 { vec![format!("{} ({})", organisation.name, organisation.town)] } else { vec![] },
            "geo": {"city": organisation.town, "country_code": code, "latitude": near(centre.0), "longitude": near(centre.1)},
            "works_count": truth.organisation_works[at],
            "updated_date": updated,
        })
    };
    world.organisations.all.iter().enumerate().map(record).collect()
}

fn sources(world: &World, truth: &Truth, updated: &str) -> Vec<Value> {
    let record = |(at, source): (usize, &crate::venues::Source)| {
        json!({
            "id": format!("{RESOLVER}S{}", source.id),
            "display_name": source.name,
            "type": source.kind,
            "issn_l": source.issn,
            "host_organization_name": (source.kind != "repository").then_some("World Press"),
            "country_code": world.country(source.country),
            "works_count": truth.source_works[at],
            "updated_date": updated,
        })
    };
    world.venues.sources.iter().enumerate().map(record).collect()
}

fn funders(world: &World, truth: &Truth, updated: &str) -> Vec<Value> {
    let record = |(at, funder): (usize, &crate::venues::Funder)| {
        json!({
            "id": format!("{RESOLVER}F{}", funder.id),
            "display_name": funder.name,
            "country_code": world.country(funder.country),
            "works_count": truth.funder_works[at],
            "updated_date": updated,
        })
    };
    world.venues.funders.iter().enumerate().map(record).collect()
}

fn topics(world: &World, truth: &Truth, updated: &str) -> Vec<Value> {
    let record = |(at, topic): (usize, &crate::demo::Topic)| {
        let above = |plural: &str, (id, name): &(u32, String)| json!({"id": format!("{RESOLVER}{plural}/{id}"), "display_name": name});
        json!({
            "id": format!("{RESOLVER}T{}", topic.id),
            "display_name": topic.name,
            "keywords": topic.keywords,
            "subfield": above("subfields", &topic.subfield),
            "field": above("fields", &topic.field),
            "domain": above("domains", &topic.domain),
            "works_count": truth.topic_works[at],
            "updated_date": updated,
        })
    };
    world.topics.iter().enumerate().map(record).collect()
}

/// Writes records as lines.
pub(crate) fn write_lines(records: &[Value], mut out: impl Write) -> std::io::Result<()> {
    for record in records {
        writeln!(out, "{record}")?;
    }
    out.flush()
}

/// Writes records as Parquet with nested columns.
pub(crate) fn write_parquet(records: &[Value], out: impl Write + Send) -> Result<(), Error> {
    let schema = Arc::new(infer_json_schema_from_iterator(records.iter().map(Ok::<_, arrow::error::ArrowError>))?);
    let mut decoder = ReaderBuilder::new(schema.clone()).with_batch_size(1024).build_decoder()?;
    let mut writer = ArrowWriter::try_new(out, schema, Some(properties()))?;
    for some in records.chunks(1024) {
        decoder.serialize(some)?;
        if let Some(batch) = decoder.flush()? {
            writer.write(&batch)?;
        }
    }
    writer.close()?;
    Ok(())
}
