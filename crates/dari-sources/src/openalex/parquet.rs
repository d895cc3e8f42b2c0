//! Parquet parts: only the columns dari reads are fetched; rows become the same records as JSON does.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use dari_model::Chunk;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::schema::types::SchemaDescriptor;
use serde::Deserialize;
use serde_arrow::Deserializer as ArrowDeserializer;

use super::record::{Author, Funder, InvertedIndex, Organisation, Skipped, Topic, Venue, Work};
use super::rows::{Refusal, Rows};
use super::{Entity, Options, entities, work};
use crate::{Error, File};

/// Rows in a batch: few, for a work may have thousands of authors.
const BATCH_ROWS: usize = 1024;

/// The columns read of each kind; all others are left in the file.
fn wanted(entity: Entity, options: Options) -> &'static [&'static str] {
    const WORKS: [&str; 24] = [
        "id",
        "doi",
        "title",
        "display_name",
        "publication_year",
        "publication_date",
        "type",
        "language",
        "is_retracted",
        "is_xpac",
        "primary_location",
        "cited_by_count",
        "counts_by_year",
        "fwci",
        "referenced_works_count",
        "referenced_works",
        "authorships",
        "topics",
        "primary_topic",
        "funders",
        "awards",
        "grants",
        "updated_date",
        "abstract_inverted_index",
    ];
    match entity {
        Entity::Works if options.abstracts => &WORKS,
        Entity::Works => &WORKS[..23],
        Entity::Authors => &[
            "id",
            "display_name",
            "orcid",
            "works_count",
            "cited_by_count",
            "last_known_institutions",
            "last_known_institution",
            "updated_date",
        ],
        Entity::Institutions => &[
            "id",
            "ror",
            "display_name",
            "country_code",
            "type",
            "geo",
            "homepage_url",
            "works_count",
            "display_name_acronyms",
            "display_name_alternatives",
            "associated_institutions",
            "updated_date",
        ],
        Entity::Sources => {
            &["id", "display_name", "type", "issn_l", "host_organization_name", "country_code", "works_count", "updated_date"]
        }
        Entity::Funders => &["id", "display_name", "country_code", "ids", "works_count", "updated_date"],
        Entity::Topics => &["id", "display_name", "keywords", "subfield", "field", "domain", "updated_date"],
    }
}

fn damaged(file: &File) -> impl Fn(parquet::errors::ParquetError) -> Error + '_ {
    |error| Error::Format {
        file: file.name.clone(),
        expected: "a Parquet file".to_owned(),
        found: error.to_string(),
        hint: "Fetch the file again; it may have been cut off.".to_owned(),
    }
}

pub(super) fn first_id(file: &File) -> Result<String, Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Id {
        id: Option<String>,
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.open_ranges()?).map_err(damaged(file))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["id"]);
    let mut reader = builder.with_projection(mask).with_batch_size(1).build().map_err(damaged(file))?;
    let Some(batch) = reader.next().transpose()? else { return Ok(String::new()) };
    let ids: Vec<Id> = serde_arrow::from_record_batch(&batch).unwrap_or_default();
    Ok(ids.into_iter().next().and_then(|id| id.id).unwrap_or_default())
}

pub(super) fn read<R>(file: &File, entity: Entity, options: Options, receivers: &mut [R]) -> Result<(), Error>
where
    R: FnMut(Chunk) -> Result<(), Error> + Send,
{
    let metadata = ArrowReaderMetadata::load(&file.open_ranges()?, Default::default()).map_err(damaged(file))?;
    if let Some(receiver) = receivers.first_mut() {
        missing(file, entity, options, metadata.schema())?.hand_on(receiver)?;
    }
    let mut starts = vec![0u64];
    for group in metadata.metadata().row_groups() {
        starts.push(starts[starts.len() - 1] + group.num_rows().max(0) as u64);
    }
    // Threads take row groups in turn.
    let next = AtomicUsize::new(0);
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = receivers
            .iter_mut()
            .map(|receiver| {
                let (metadata, next, starts) = (metadata.clone(), &next, &starts);
                scope.spawn(move || {
                    loop {
                        let group = next.fetch_add(1, Ordering::Relaxed);
                        if group + 1 >= starts.len() {
                            return Ok(());
                        }
                        read_group(file, entity, options, metadata.clone(), (group, starts[group]), receiver)?;
                    }
                })
            })
            .collect();
        let died = || Err(Error::io(&file.name, std::io::Error::other("a thread that parses records stopped unexpectedly")));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| died())).collect::<Vec<Result<(), Error>>>()
    });
    results.into_iter().collect()
}

fn read_group<R>(
    file: &File,
    entity: Entity,
    options: Options,
    metadata: ArrowReaderMetadata,
    (group, start): (usize, u64),
    receiver: &mut R,
) -> Result<(), Error>
where
    R: FnMut(Chunk) -> Result<(), Error>,
{
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file.open_ranges()?, metadata);
    let mask = projection(builder.parquet_schema(), wanted(entity, options));
    let reader = builder.with_row_groups(vec![group]).with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(damaged(file))?;
    let mut place = start;
    for batch in reader {
        let mut rows = Rows::new(file.name.clone(), entity.group());
        match batch {
            Ok(batch) => {
                add_batch(&mut rows, &batch, place, entity, options);
                place += batch.num_rows() as u64;
                rows.hand_on(receiver)?;
            }
            Err(error) => {
                if file.is_remote() {
                    // The server may have failed, not the file.
                    return Err(Error::io(&file.name, std::io::Error::other(error)));
                }
                rows.count_read();
                rows.refuse(place + 1, None, format!("the file is damaged from here on (row group {group}: {error})"));
                rows.hand_on(receiver)?;
                break;
            }
        }
    }
    Ok(())
}

fn projection(schema: &SchemaDescriptor, wanted: &[&str]) -> ProjectionMask {
    let roots = schema.root_schema().get_fields().iter().enumerate();
    let roots = roots.filter(|(_, field)| wanted.contains(&field.name())).map(|(at, _)| at);
    ProjectionMask::roots(schema, roots)
}

/// A remark on the columns that should be there and are not.
fn missing(file: &File, entity: Entity, options: Options, schema: &Schema) -> Result<Rows, Error> {
    let there: BTreeSet<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let old = ["grants", "last_known_institution", "title"];
    let missing: Vec<_> = wanted(entity, options).iter().filter(|name| !there.contains(*name) && !old.contains(name)).copied().collect();
    if missing.contains(&"id") {
        return Err(Error::Format {
            file: file.name.clone(),
            expected: format!("OpenAlex {} with a column id", entity.name()),
            found: format!("the columns {}", there.into_iter().collect::<Vec<_>>().join(", ")),
            hint: "For other bibliographies use `dari load tables`.".to_owned(),
        });
    }
    let mut rows = Rows::new(file.name.clone(), entity.group());
    if !missing.is_empty() {
        rows.warn(format!("{}: columns not there, left empty: {}", file.name, missing.join(", ")));
    }
    Ok(rows)
}

fn add_batch(rows: &mut Rows, batch: &RecordBatch, start: u64, entity: Entity, options: Options) {
    match entity {
        Entity::Works if options.abstracts => each::<Work<'_, InvertedIndex<'_>>>(rows, batch, start, work::add),
        Entity::Works => each::<Work<'_, Skipped>>(rows, batch, start, work::add),
        Entity::Authors => each::<Author<'_>>(rows, batch, start, |rows, place, record| entities::add_author(rows, place, &record)),
        Entity::Institutions => {
            each::<Organisation<'_>>(rows, batch, start, |rows, place, record| entities::add_organisation(rows, place, &record));
        }
        Entity::Sources => each::<Venue<'_>>(rows, batch, start, |rows, place, record| entities::add_venue(rows, place, &record)),
        Entity::Funders => each::<Funder<'_>>(rows, batch, start, |rows, place, record| entities::add_funder(rows, place, &record)),
        Entity::Topics => each::<Topic<'_>>(rows, batch, start, |rows, place, record| entities::add_topic(rows, place, &record)),
    }
}

fn each<'b, T: Deserialize<'b>>(
    rows: &mut Rows,
    batch: &'b RecordBatch,
    start: u64,
    mut add: impl FnMut(&mut Rows, u64, T) -> Result<(), Refusal>,
) {
    let whole = |rows: &mut Rows, reason: String| {
        for place in start + 1..=start + batch.num_rows() as u64 {
            rows.count_read();
            rows.refuse(place, None, reason.clone());
        }
    };
    let records = match ArrowDeserializer::from_record_batch(batch) {
        Ok(records) => records,
        Err(error) => return whole(rows, format!("columns of unknown kinds: {error}")),
    };
    for (item, place) in records.iter().zip(start + 1..) {
        rows.count_read();
        let added = T::deserialize(item)
            .map_err(|error| Refusal(format!("not a record of this kind: {error}")))
            .and_then(|record| add(rows, place, record));
        if let Err(Refusal(reason)) = added {
            rows.refuse(place, None, reason);
        }
    }
}
