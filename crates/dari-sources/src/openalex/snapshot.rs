//! The layout of the public snapshot: parts in folders by day of change, manifests, lists of deleted works.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Entity;
use crate::{Error, File, input};

/// What a location holds.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Files of records by kind, older days of change first.
    pub parts: BTreeMap<Entity, Vec<File>>,
    /// Lists of ids that OpenAlex deleted or merged into others.
    pub deleted: Vec<File>,
    /// Files that manifests name and that are not there, and other oddities.
    pub warnings: Vec<String>,
}

/// Looks through a location: a file, or a folder or address with the snapshot or a part of it. `entity` forces the kind; `since` leaves out
/// parts whose folder says that they changed before that day (`2026-06-01`).
///
/// # Errors
/// Where the location cannot be listed or a file's kind cannot be told.
pub fn find(location: &str, entity: Option<Entity>, since: Option<&str>) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::default();
    let mut listed = Vec::new();
    let mut manifests = Vec::new();
    let mut failed = None;
    if let Some(since) = since
        && dari_model::date::parse(since).is_none()
    {
        return Err(Error::Location { location: location.to_owned(), reason: format!("'{since}' is no day such as 2026-06-01") });
    }
    for file in input::files(location)? {
        let base = file.name.rsplit('/').next().unwrap_or_default().to_owned();
        if base.starts_with("manifest") {
            manifests.push(file);
        } else if base.starts_with("deleted_ids") {
            snapshot.deleted.push(file);
        } else if base.ends_with(".md") || base.ends_with(".txt") || base == "_SUCCESS" {
            continue;
        } else {
            listed.push(file);
        }
    }
    for manifest in &manifests {
        check_manifest(manifest, &listed, &mut snapshot.warnings);
    }
    for file in listed {
        if let (Some(since), Some(day)) = (since, updated(&file.name))
            && day < since
        {
            continue;
        }
        let kind = match entity {
            Some(entity) => entity,
            None => match Entity::of(&file) {
                Ok(entity) => entity,
                Err(error) => {
                    failed.get_or_insert(error);
                    continue;
                }
            },
        };
        snapshot.parts.entry(kind).or_default().push(file);
    }
    match failed {
        Some(error) if snapshot.parts.is_empty() => return Err(error),
        Some(error) => snapshot.warnings.push(format!("passed over, as may be others: {error}")),
        None => {}
    }
    for files in snapshot.parts.values_mut() {
        files.sort_by(|a, b| (updated(&a.name), &a.name).cmp(&(updated(&b.name), &b.name)));
    }
    Ok(snapshot)
}

fn updated(name: &str) -> Option<&str> {
    name.split('/').find_map(|folder| folder.strip_prefix("updated_date="))
}

/// Remarks on files that the manifest names but that are not there, or have another size.
fn check_manifest(manifest: &File, there: &[File], warnings: &mut Vec<String>) {
    #[derive(Deserialize)]
    struct Manifest {
        entries: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        url: String,
        meta: Option<Meta>,
    }
    #[derive(Deserialize)]
    struct Meta {
        content_length: Option<u64>,
    }
    let read = manifest.open().and_then(|content| {
        serde_json::from_reader::<_, Manifest>(content).map_err(|error| Error::io(&manifest.name, std::io::Error::other(error)))
    });
    let manifest = match read {
        Ok(manifest) => manifest,
        Err(error) => return warnings.push(format!("manifest not understood: {error}")),
    };
    for entry in manifest.entries {
        // Kind, day and file tell one part from another of the same name.
        let parts: Vec<&str> = entry.url.split('/').collect();
        let tail = parts[parts.len().saturating_sub(3)..].join("/");
        let size = entry.meta.and_then(|meta| meta.content_length);
        match there.iter().find(|file| file.name.ends_with(&tail)) {
            None => warnings.push(format!("the manifest names {}, which is not there", entry.url)),
            Some(file) if size.is_some_and(|size| size != file.size) => {
                warnings.push(format!("{}: {} bytes, the manifest says {}", file.name, file.size, size.unwrap_or_default()));
            }
            Some(_) => {}
        }
    }
}

/// The ids in a list of deleted works: one a line, as number, short or full id, in the first column or the one headed `id` or `work_id`; lines that hold
/// none are counted.
///
/// # Errors
/// Where the list cannot be read.
pub fn read_deleted(file: &File) -> Result<(Vec<i64>, u64), Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.open()?);
    let mut column = 0;
    let (mut ids, mut strange) = (Vec::new(), 0);
    let mut record = csv::StringRecord::new();
    let mut first = true;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok((ids, strange)),
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(Error::io(&file.name, std::io::Error::other(error))),
            Err(_) => {
                strange += 1;
                continue;
            }
        }
        if std::mem::take(&mut first)
            && let Some(at) = record.iter().position(|name| matches!(name.trim(), "id" | "work_id" | "deleted_id"))
        {
            column = at;
            continue;
        }
        match record.get(column).and_then(|id| dari_model::id::openalex(b'W', id.trim())) {
            Some(id) => ids.push(id),
            None => strange += 1,
        }
    }
}
