//! Rows put aside by place (a bucket of works, a range of topics), so that the rows of a place can be taken back together: in memory as long as there is room, then
//! in one file, however many places there are.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytemuck::Pod;

use crate::Error;

/// Bytes that a writer gathers before it puts them aside, over all places.
const GATHERED: usize = 16 << 20;
/// Bytes of a place that are put aside at once: few enough for many places, enough for the disk.
const LEAST: usize = 4 << 10;
const MOST: usize = 256 << 10;

/// Bytes that may stay in memory, shared by everything that is put aside.
pub(crate) type Room = Arc<AtomicI64>;

/// Rows by place.
pub(crate) struct Spill<R> {
    /// Where the file is, for errors.
    folder: PathBuf,
    /// The file, which has no name and is gone when the program ends, however it ends; and its end.
    file: Mutex<(File, u64)>,
    room: Room,
    places: Vec<Mutex<Vec<Block<R>>>>,
}

enum Block<R> {
    Memory(Vec<R>),
    File { at: u64, rows: usize },
}

impl<R: Pod> Spill<R> {
    pub(crate) fn new(folder: &Path, places: usize, room: &Room) -> Result<Spill<R>, Error> {
        let file = tempfile::tempfile_in(folder).map_err(Error::io(folder))?;
        let places = (0..places).map(|_| Mutex::new(Vec::new())).collect();
        Ok(Spill { folder: folder.to_owned(), file: Mutex::new((file, 0)), room: room.clone(), places })
    }

    /// A writer; every thread has its own.
    pub(crate) fn writer(&self) -> SpillWriter<'_, R> {
        let bytes = (GATHERED / self.places.len().max(1)).clamp(LEAST, MOST);
        SpillWriter { spill: self, rows: self.places.iter().map(|_| Vec::new()).collect(), most: bytes / size_of::<R>() }
    }

    /// Puts rows aside and leaves `rows` empty.
    fn put(&self, place: usize, rows: &mut Vec<R>) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let bytes = (rows.len() * size_of::<R>()) as i64;
        let block = if self.room.fetch_sub(bytes, Ordering::Relaxed) >= bytes {
            rows.shrink_to_fit();
            Block::Memory(std::mem::take(rows))
        } else {
            self.room.fetch_add(bytes, Ordering::Relaxed);
            let mut file = held(&self.file);
            let at = file.1;
            file.0.seek(SeekFrom::Start(at)).and_then(|_| file.0.write_all(bytemuck::cast_slice(rows))).map_err(Error::io(&self.folder))?;
            file.1 += bytes as u64;
            let block = Block::File { at, rows: rows.len() };
            rows.clear();
            block
        };
        held(&self.places[place]).push(block);
        Ok(())
    }

    /// All rows of a place, in no particular order. They are forgotten.
    pub(crate) fn take(&self, place: usize) -> Result<Vec<R>, Error> {
        let blocks = std::mem::take(&mut *held(&self.places[place]));
        let count = |block: &Block<R>| match block {
            Block::Memory(rows) => rows.len(),
            Block::File { rows, .. } => *rows,
        };
        let mut all: Vec<R> = Vec::with_capacity(blocks.iter().map(count).sum());
        for block in blocks {
            match block {
                Block::Memory(rows) => {
                    all.extend_from_slice(&rows);
                    self.room.fetch_add((rows.len() * size_of::<R>()) as i64, Ordering::Relaxed);
                }
                Block::File { at, rows } => {
                    let from = all.len();
                    all.resize(from + rows, R::zeroed());
                    let mut file = held(&self.file);
                    let read = file.0.seek(SeekFrom::Start(at)).and_then(|_| file.0.read_exact(bytemuck::cast_slice_mut(&mut all[from..])));
                    read.map_err(Error::io(&self.folder))?;
                }
            }
        }
        Ok(all)
    }
}

/// A thread that panics while it holds one of these has changed nothing half.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gathers rows on their way to their places.
pub(crate) struct SpillWriter<'a, R> {
    spill: &'a Spill<R>,
    rows: Vec<Vec<R>>,
    most: usize,
}

impl<R: Pod> SpillWriter<'_, R> {
    pub(crate) fn push(&mut self, place: usize, row: R) -> Result<(), Error> {
        let rows = &mut self.rows[place];
        if rows.len() >= self.most {
            self.spill.put(place, rows)?;
        }
        rows.push(row);
        Ok(())
    }

    /// Puts aside what is left.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        for (place, rows) in self.rows.iter_mut().enumerate() {
            self.spill.put(place, rows)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_put_aside_comes_back(rows in prop::collection::vec((0usize..5, any::<u64>()), 0..4_000), room in 0i64..40_000) {
            let folder = tempfile::tempdir().unwrap();
            let room = Arc::new(AtomicI64::new(room));
            let before = room.load(Ordering::Relaxed);
            let spill: Spill<u64> = Spill::new(folder.path(), 5, &room).unwrap();
            let mut writers = [spill.writer(), spill.writer()];
            writers.iter_mut().for_each(|writer| writer.most = 100);
            for (number, (place, row)) in rows.iter().enumerate() {
                writers[number % 2].push(*place, *row).unwrap();
            }
            writers.into_iter().for_each(|writer| writer.finish().unwrap());
            for place in 0..5 {
                let mut expected: Vec<u64> = rows.iter().filter(|(at, _)| *at == place).map(|(_, row)| *row).collect();
                let mut found = spill.take(place).unwrap();
                expected.sort_unstable();
                found.sort_unstable();
                prop_assert_eq!(found, expected);
                prop_assert!(spill.take(place).unwrap().is_empty());
            }
            prop_assert_eq!(room.load(Ordering::Relaxed), before);
        }
    }
}
