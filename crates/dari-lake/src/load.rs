//! Bringing rows in: staged apart from the tables first, then merged.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use dari_model::{Chunk, Group, RecordKey, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use uuid::Uuid;

use crate::parquet_file::{DataFile, DataFileWriter, FILE_ROWS, keys};
use crate::{Error, Lake};

/// A load under way: a folder of its own for staged files, removed when it is dropped, or by the next load if this one is cut off.
#[derive(Debug)]
pub struct Load {
    pub(crate) lake: Lake,
    pub(crate) group: &'static Group,
    pub(crate) staging: PathBuf,
    pub(crate) name: String,
    /// Whether records take the place of equal ones.
    pub(crate) replaces_equal: bool,
    sequence: AtomicU64,
    _alive: File,
}

impl Load {
    /// Starts a load of one group of tables.
    ///
    /// # Errors
    /// Where the lake's folder cannot be written to.
    pub fn begin(lake: &Lake, group: &'static Group) -> Result<Load, Error> {
        let parent = lake.root().join("_dari").join("staging");
        fs::create_dir_all(&parent).map_err(Error::io(&parent))?;
        remove_abandoned(&parent)?;
        let name = Uuid::new_v4().simple().to_string();
        let staging = parent.join(&name);
        // The mark is locked before it is put into the folder, so that no other load takes the folder for abandoned.
        let path = parent.join(format!("{name}.alive"));
        let alive = File::create(&path).map_err(Error::io(&path))?;
        alive.lock().map_err(Error::io(&path))?;
        fs::create_dir(&staging).map_err(Error::io(&staging))?;
        fs::rename(&path, staging.join("alive")).map_err(Error::io(&staging))?;
        Ok(Load { lake: lake.clone(), group, staging, name, replaces_equal: false, sequence: AtomicU64::new(0), _alive: alive })
    }

    /// The load, whose records take the place of those in the lake even where the hash says that they are the same: for rows that are made anew because what
    /// is there is in doubt.
    pub fn replacing_equal(mut self) -> Load {
        self.replaces_equal = true;
        self
    }

    /// A writer of staged rows; several may write at once.
    pub fn writer(&self) -> UnitWriter<'_> {
        UnitWriter {
            load: self,
            open: FxHashMap::default(),
            unit: Unit::default(),
            seen: FxHashMap::default(),
            units: Vec::new(),
            repeated: 0,
        }
    }

    /// A name for a data file that no other has.
    pub(crate) fn file_name(&self) -> String {
        format!("part-{}-{:05}.parquet", self.name, self.sequence.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // What stays behind is removed by the next load.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

fn remove_abandoned(parent: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(parent).map_err(Error::io(parent))? {
        let folder = entry.map_err(Error::io(parent))?.path();
        // A folder whose mark is not there belongs to a load that starts at this moment or, an hour later, to none.
        let abandoned = match File::open(folder.join("alive")) {
            Ok(alive) => alive.try_lock().is_ok(),
            Err(_) => {
                folder.metadata().and_then(|meta| meta.modified()).is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() > 3600))
            }
        };
        if abandoned {
            // Another load may be removing it too.
            let _ = if folder.is_dir() { fs::remove_dir_all(&folder) } else { fs::remove_file(&folder) };
        }
    }
    Ok(())
}

/// Staged rows in which every record occurs once.
#[derive(Debug, Default)]
pub struct Unit {
    pub(crate) records: Vec<RecordKey>,
    pub(crate) files: Vec<(&'static Table, DataFile)>,
}

impl Unit {
    /// Records in it.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no record is in it.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Makes one of units that were staged side by side and in which no record occurs twice. The rows of a record may be in one and the record in another.
    pub fn join(units: impl IntoIterator<Item = Unit>) -> Unit {
        units.into_iter().fold(Unit::default(), |mut all, unit| {
            all.records.extend(unit.records);
            all.files.extend(unit.files);
            all
        })
    }
}

/// Stages rows into data files.
pub struct UnitWriter<'a> {
    load: &'a Load,
    open: FxHashMap<&'static str, (&'static Table, DataFileWriter)>,
    unit: Unit,
    /// Id and day of the records of the unit so far.
    seen: FxHashMap<i64, i32>,
    units: Vec<Unit>,
    repeated: u64,
}

impl UnitWriter<'_> {
    /// Adds the rows of a chunk. A record that this writer has had already with the same or a later day is left out; one with an earlier day gives
    /// way when units are merged.
    ///
    /// # Errors
    /// Where a staged file cannot be written.
    pub fn write(&mut self, chunk: &Chunk) -> Result<(), Error> {
        let mut stale = FxHashSet::default();
        let mut newer = false;
        for record in &chunk.records {
            match self.seen.get(&record.id) {
                Some(day) if record.updated > *day => newer = true,
                Some(_) => {
                    stale.insert(record.id);
                }
                None => {}
            }
        }
        if newer {
            self.close_unit()?;
        }
        self.repeated += stale.len() as u64;
        for (table, batch) in &chunk.tables {
            if stale.is_empty() { self.write_batch(table, batch)? } else { self.write_batch(table, &without(table, batch, &stale)?)? }
        }
        for record in chunk.records.iter().filter(|record| !stale.contains(&record.id)) {
            self.seen.insert(record.id, record.updated);
            self.unit.records.push(*record);
        }
        Ok(())
    }

    fn write_batch(&mut self, table: &'static Table, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if !self.open.contains_key(table.name) {
            let path = self.load.staging.join(self.load.file_name());
            self.open.insert(table.name, (table, DataFileWriter::create(table, path)?));
        }
        let full = match self.open.get_mut(table.name) {
            Some((_, writer)) => {
                writer.write(batch)?;
                writer.rows() >= FILE_ROWS
            }
            None => false,
        };
        if full && let Some((table, writer)) = self.open.remove(table.name) {
            self.unit.files.push((table, writer.finish()?));
        }
        Ok(())
    }

    fn close_unit(&mut self) -> Result<(), Error> {
        for (_, (table, writer)) in self.open.drain() {
            self.unit.files.push((table, writer.finish()?));
        }
        self.seen.clear();
        let unit = std::mem::take(&mut self.unit);
        if !unit.records.is_empty() || !unit.files.is_empty() {
            self.units.push(unit);
        }
        Ok(())
    }

    /// Records staged so far.
    pub fn len(&self) -> usize {
        self.unit.len() + self.units.iter().map(Unit::len).sum::<usize>()
    }

    /// Whether nothing was staged yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Closes the files; gives what was staged and how many records were left out because they came twice.
    ///
    /// # Errors
    /// Where a staged file cannot be written.
    pub fn finish(mut self) -> Result<(Vec<Unit>, u64), Error> {
        self.close_unit()?;
        Ok((self.units, self.repeated))
    }
}

fn without(table: &Table, batch: &RecordBatch, gone: &FxHashSet<i64>) -> Result<RecordBatch, Error> {
    let stay: BooleanArray =
        keys(batch, table.column(table.key).unwrap_or(0))?.values().iter().map(|key| Some(!gone.contains(key))).collect();
    Ok(filter_record_batch(batch, &stay)?)
}
