//! Every reader on any bytes: none may panic, and what it hands on must add up.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use dari_model::Chunk;
use dari_sources::openalex::{self, Entity};
use dari_sources::{Error, File, aggregates, awards, bibliography, ror, screening, topics};

/// The readers.
pub(crate) const READERS: usize = 19;

/// Runs reader number `which` (modulo [`READERS`]) on a file of these bytes, in `folder`.
pub(crate) fn drive(which: usize, bytes: &[u8], folder: &std::path::Path) {
    let path = folder.join(format!("input-{}", which % READERS));
    std::fs::write(&path, bytes).unwrap();
    let file = File::local(&path).unwrap();
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut emit = |chunk: Chunk| {
        chunks.push(chunk);
        Ok(())
    };
    let emit: dari_sources::Emit<'_> = &mut emit;
    // A file that is refused as a whole is fine; a panic is not.
    let _: Result<(), Error> = match which % READERS {
        entity @ 0..6 => {
            let options = openalex::Options { abstracts: true };
            let mut receivers = [|chunk: Chunk| emit_from(&mut chunks, chunk)];
            openalex::read(&file, Entity::ALL[entity], options, &mut receivers)
        }
        6 => Entity::of(&file).map(|_| ()),
        7 => openalex::snapshot::read_deleted(&file).map(|_| ()),
        8 => ror::read(&file, emit),
        9 => topics::read(&file, emit),
        10 => awards::nsf_xml::read(&file, emit),
        11 => awards::nsf_json::read(&file, emit),
        12 => awards::nsf_sheet::read(&file, emit),
        13 => awards::doe_sheet::read(&file, emit),
        14 => awards::table::read(&file, "own", emit),
        15 => aggregates::read(&file, aggregates::Kind::CountryTopic, "a", None, emit),
        16 => aggregates::read(&file, aggregates::Kind::CountryPairs, "b", None, emit),
        17 => screening::read(&file, "list", None, emit),
        _ => bibliography::read(&file, None, "own", emit),
    };
    for chunk in &chunks {
        let ids: HashSet<i64> = chunk.records.iter().map(|record| record.id).collect();
        assert_eq!(ids.len(), chunk.records.len(), "an id twice in a chunk");
        for (table, batch) in &chunk.tables {
            assert_eq!(batch.num_columns(), table.columns.len());
        }
        for reject in &chunk.rejects {
            assert!(!reject.reason.is_empty() && reject.file.contains("input-"));
        }
    }
    let read: u64 = chunks.iter().map(|chunk| chunk.read).sum();
    let told: u64 = chunks.iter().map(|chunk| (chunk.records.len() + chunk.rejects.len()) as u64).sum();
    assert_eq!(read, told, "reader {}: every record read is kept or rejected", which % READERS);
}

fn emit_from(chunks: &mut Vec<Chunk>, chunk: Chunk) -> Result<(), Error> {
    chunks.push(chunk);
    Ok(())
}
