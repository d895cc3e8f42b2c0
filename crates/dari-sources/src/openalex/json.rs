//! JSON records: one thread cuts the file into blocks, the others parse them.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use dari_model::Chunk;
use serde::Deserialize;

use super::blocks::{Block, Blocks};
use super::record::{self, Text};
use super::rows::{Refusal, Rows};
use super::{Entity, Options, entities, work};
use crate::collector::damage;
use crate::{Error, File};

pub(super) fn first_id(file: &File) -> Result<String, Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Id<'a> {
        #[serde(borrow)]
        id: Option<Text<'a>>,
    }
    let fail = |error| Error::io(&file.name, error);
    let mut blocks = Blocks::new(file.open()?).map_err(fail)?;
    while let Some(block) = blocks.next().map_err(fail)? {
        // The first record may be a bad one.
        let ids = block.records().filter_map(|(_, record)| serde_json::from_slice::<Id<'_>>(record?).ok()?.id.map(|id| id.to_string()));
        if let Some(id) = ids.into_iter().next() {
            return Ok(id);
        }
    }
    Ok(String::new())
}

pub(super) fn read<R>(file: &File, entity: Entity, options: Options, receivers: &mut [R]) -> Result<(), Error>
where
    R: FnMut(Chunk) -> Result<(), Error> + Send,
{
    let mut blocks = Blocks::new(file.open()?).map_err(|error| Error::io(&file.name, error))?;
    let (send, receive) = sync_channel::<Block>(receivers.len());
    let receive = Arc::new(Mutex::new(receive));
    let mut broken = None;
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = receivers
            .iter_mut()
            .map(|receiver| {
                let receive = receive.clone();
                scope.spawn(move || parse_blocks(file, entity, options, &receive, receiver))
            })
            .collect();
        // Only the threads hold the receiving end, so that sending fails once all have stopped.
        drop(receive);
        loop {
            match blocks.next() {
                Ok(Some(block)) => {
                    if send.send(block).is_err() {
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    broken = Some((blocks.place + 1, error));
                    break;
                }
            }
        }
        drop(send);
        let died = || Err(Error::io(&file.name, std::io::Error::other("a thread that parses records stopped unexpectedly")));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| died())).collect::<Vec<_>>()
    });
    results.into_iter().collect::<Result<Vec<()>, Error>>()?;
    if let (Some((place, error)), Some(receiver)) = (broken, receivers.first_mut()) {
        let reason = damage(error).map_err(|error| Error::io(&file.name, error))?;
        let mut rows = Rows::new(file.name.clone(), entity.group());
        rows.count_read();
        rows.refuse(place, None, reason);
        rows.hand_on(receiver)?;
    }
    Ok(())
}

fn parse_blocks<R>(file: &File, entity: Entity, options: Options, blocks: &Mutex<Receiver<Block>>, receiver: &mut R) -> Result<(), Error>
where
    R: FnMut(Chunk) -> Result<(), Error>,
{
    loop {
        // The lock is held while waiting, not while parsing.
        let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(block) = next else { return Ok(()) };
        let mut rows = Rows::new(file.name.clone(), entity.group());
        for (place, record) in block.records() {
            let Some(bytes) = record else {
                rows.count_read();
                rows.refuse(place, None, "the record is larger than 64 MB".to_owned());
                continue;
            };
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            rows.count_read();
            if let Err(Refusal(reason)) = add(&mut rows, place, bytes, entity, options) {
                rows.refuse(place, id_of(bytes), reason);
            }
        }
        rows.hand_on(receiver)?;
    }
}

fn add(rows: &mut Rows, place: u64, bytes: &[u8], entity: Entity, options: Options) -> Result<(), Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| Refusal(format!("not UTF-8 text: {error}")))?;
    match entity {
        Entity::Works if options.abstracts => work::add(rows, place, parse::<record::Work<'_, record::InvertedIndex<'_>>>(text)?),
        Entity::Works => work::add(rows, place, parse::<record::Work<'_, record::Skipped>>(text)?),
        Entity::Authors => entities::add_author(rows, place, &parse::<record::Author<'_>>(text)?),
        Entity::Institutions => entities::add_organisation(rows, place, &parse::<record::Organisation<'_>>(text)?),
        Entity::Sources => entities::add_venue(rows, place, &parse::<record::Venue<'_>>(text)?),
        Entity::Funders => entities::add_funder(rows, place, &parse::<record::Funder<'_>>(text)?),
        Entity::Topics => entities::add_topic(rows, place, &parse::<record::Topic<'_>>(text)?),
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal(format!("not a record of this kind: {error}")))
}

/// The id as far as it can be seen in a record that could not be parsed.
fn id_of(bytes: &[u8]) -> Option<String> {
    let start = memchr::memmem::find(bytes, b"https://openalex.org/")?;
    let rest = &bytes[start..];
    let end = rest.iter().position(|byte| *byte == b'"').filter(|end| *end < 64)?;
    std::str::from_utf8(&rest[..end]).ok().map(str::to_owned)
}
