//! OpenAlex: works, authors, institutions, sources, funders and topics in native form.
//!
//! Taken are the public snapshot's files (gzip JSON lines or Parquet), saved API pages (`{"meta": …, "results": [ … ]}`) and plain JSON lines, of
//! today's schema and of that of 2023 (concepts instead of topics, one affiliation string an author). Fields are read by name: unknown ones are passed over,
//! missing ones leave the column empty.

mod blocks;
mod entities;
mod json;
mod parquet;
mod record;
mod rows;
pub mod snapshot;
mod work;

use std::io::BufRead;

use dari_model::table::{AUTHORS_GROUP, FUNDERS_GROUP, ORGANISATIONS_GROUP, TOPICS_GROUP, VENUES_GROUP, WORKS_GROUP};
use dari_model::{Chunk, Group};

use crate::{Error, File};

/// The name the lake keeps for rows from here.
pub const SOURCE: &str = "openalex";

/// A kind of OpenAlex record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// Works.
    Works,
    /// Authors.
    Authors,
    /// Institutions.
    Institutions,
    /// Sources: journals, conferences, repositories.
    Sources,
    /// Funders.
    Funders,
    /// Topics.
    Topics,
}

impl Entity {
    /// Every kind.
    pub const ALL: [Entity; 6] = [Entity::Works, Entity::Authors, Entity::Institutions, Entity::Sources, Entity::Funders, Entity::Topics];

    /// Name as in the snapshot's folders.
    pub fn name(self) -> &'static str {
        match self {
            Entity::Works => "works",
            Entity::Authors => "authors",
            Entity::Institutions => "institutions",
            Entity::Sources => "sources",
            Entity::Funders => "funders",
            Entity::Topics => "topics",
        }
    }

    /// The first letter of its ids.
    pub fn prefix(self) -> u8 {
        self.name().as_bytes()[0].to_ascii_uppercase()
    }

    /// The tables it fills.
    pub fn group(self) -> &'static Group {
        match self {
            Entity::Works => &WORKS_GROUP,
            Entity::Authors => &AUTHORS_GROUP,
            Entity::Institutions => &ORGANISATIONS_GROUP,
            Entity::Sources => &VENUES_GROUP,
            Entity::Funders => &FUNDERS_GROUP,
            Entity::Topics => &TOPICS_GROUP,
        }
    }

    /// The kind that a file's folder in the snapshot (`works/updated_date=…`) or its first record tells.
    ///
    /// # Errors
    /// Where the file cannot be opened, or neither tells.
    pub fn of(file: &File) -> Result<Entity, Error> {
        let above = file.name.find("/updated_date=").and_then(|at| file.name[..at].rsplit('/').next());
        if let Some(entity) = Entity::ALL.into_iter().find(|entity| above == Some(entity.name())) {
            return Ok(entity);
        }
        let first = if is_parquet(file)? { parquet::first_id(file)? } else { json::first_id(file)? };
        let short = first.rsplit('/').next().unwrap_or_default();
        let letter = short.bytes().next().unwrap_or_default();
        Entity::ALL.into_iter().find(|entity| entity.prefix() == letter.to_ascii_uppercase()).ok_or_else(|| Error::Format {
            file: file.name.clone(),
            expected: "OpenAlex records with an id such as https://openalex.org/W123".to_owned(),
            found: if first.is_empty() { "no id".to_owned() } else { format!("the id '{first}'") },
            hint: "Give the kind of record with --entity works|authors|institutions|sources|funders|topics if the file is from OpenAlex; for other \
                   bibliographies use `dari load tables`."
                .to_owned(),
        })
    }
}

impl std::str::FromStr for Entity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Entity::ALL.into_iter().find(|entity| entity.name() == text);
        found.ok_or_else(|| format!("'{text}' is none of works, authors, institutions, sources, funders, topics"))
    }
}

fn is_parquet(file: &File) -> Result<bool, Error> {
    let head = file.open()?.fill_buf().map(|head| head.starts_with(b"PAR1"));
    head.map_err(|error| Error::io(&file.name, error))
}

/// What is taken from records.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Keep abstracts.
    pub abstracts: bool,
}

/// Reads a file with as many threads as there are receivers; each receiver gets the chunks of one thread. A record's ordinal is its place in the file.
///
/// # Errors
/// Where the file cannot be opened or is of no known form, or what a receiver returns. A file that breaks off is no error: what was read whole is
/// handed on and the break is a reject.
pub fn read<R>(file: &File, entity: Entity, options: Options, receivers: &mut [R]) -> Result<(), Error>
where
    R: FnMut(Chunk) -> Result<(), Error> + Send,
{
    if is_parquet(file)? { parquet::read(file, entity, options, receivers) } else { json::read(file, entity, options, receivers) }
}
