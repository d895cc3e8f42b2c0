//! Merging staged rows into the tables: a record's rows are replaced together, in all tables of its group, or not at all.
//!
//! Which staged records win is decided from their keys alone (id, day of last change, hash). Tables' files that hold no replaced record stay as
//! they are, so that a first load only adds files and an update rewrites just the files it touches.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Int64Type};
use dari_model::Table;
use deltalake::DeltaTable;
use deltalake::kernel::Add;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::commit::{self, Commit, Counts, LoadedFile, TableVersion};
use crate::parquet_file::{self, DataFile};
use crate::{Error, Load, Unit, delta};

/// What a merge did.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// Version of the lake after it.
    pub version: u64,
    /// Records added, replaced, unchanged and deleted; reading is not counted here.
    pub counts: Counts,
}

/// The staged form of a record that goes into the lake unless the lake's own is as new.
struct Winner {
    unit: usize,
    updated: i32,
    hash: i64,
    ordinal: u64,
}

impl Load {
    /// Merges staged units into the lake as one new version of it.
    ///
    /// `deleted` are ids that the source has withdrawn. `about` says what the version is: `what`, `files`, `counts` and `warnings` are taken from
    /// it, with the counts of the merge added. A merge that changes nothing and brings no file makes no version.
    ///
    /// # Errors
    /// Where a file cannot be read or written; the lake is then as it was.
    pub fn merge(&self, units: Vec<Unit>, deleted: &[i64], about: Commit) -> Result<Merged, Error> {
        crate::lake::wait(self.merge_units(units, deleted, about))
    }

    async fn merge_units(&self, units: Vec<Unit>, deleted: &[i64], about: Commit) -> Result<Merged, Error> {
        let _lock = self.lake.lock().await?;
        let before = self.lake.newest()?;
        let mut tables = Vec::new();
        for table in self.group.tables() {
            tables.push((table, delta::open_or_create(self.lake.root(), table).await?));
        }
        let (mut winners, losers) = winners(&units, deleted);
        let repeated: usize = losers.iter().map(FxHashSet::len).sum();
        let mut losers = losers;
        let known = tables.first().map(|(primary, delta)| self.compare(primary, delta, &mut winners, &mut losers, deleted)).transpose()?;
        let known = known.unwrap_or_default();
        let counts = Counts {
            added: (winners.len() - known.replaced.len()) as u64,
            replaced: known.replaced.len() as u64,
            unchanged: repeated as u64 + known.unchanged,
            deleted: known.deleted.len() as u64,
            ..Counts::default()
        };
        let changes = counts.added + counts.replaced + counts.deleted > 0;
        if !changes && about.files.is_empty() {
            return Ok(Merged { version: before.version, counts });
        }
        let gone = |id: i64| known.replaced.contains(&id) || known.deleted.contains(&id);
        let mut pending = Vec::new();
        let mut plans = Vec::new();
        for (table, delta) in tables {
            let plan = self.plan(table, &delta, &units, &losers, &gone, !known.replaced.is_empty() || !known.deleted.is_empty())?;
            pending.extend(plan.adds.iter().map(|file| relative(table, file)));
            plans.push((table, delta, plan));
        }
        self.lake.write_pending(&pending)?;
        let mut after = before.clone();
        for (table, delta, plan) in plans {
            let entry = self.apply(table, delta, plan).await?;
            after.tables.insert(table.name.to_owned(), entry);
        }
        let mut total = about.counts;
        total += counts;
        let mut files: Vec<LoadedFile> = about.files;
        if let [file] = files.as_mut_slice() {
            file.counts = total;
        }
        let commit = Commit {
            version: before.version + 1,
            at: commit::now(),
            what: about.what,
            tables: after.tables,
            files,
            counts: total,
            warnings: about.warnings,
        };
        commit::write(self.lake.root(), &commit)?;
        self.lake.clear_pending()?;
        Ok(Merged { version: commit.version, counts })
    }

    /// Looks the winners up in the lake; those it has already in the same or a newer form become losers.
    fn compare(
        &self,
        primary: &'static Table,
        delta: &DeltaTable,
        winners: &mut FxHashMap<i64, Winner>,
        losers: &mut [FxHashSet<i64>],
        deleted: &[i64],
    ) -> Result<Known, Error> {
        let mut known = Known::default();
        let deleted: FxHashSet<i64> = deleted.iter().copied().collect();
        let least = winners.keys().chain(&deleted).min().copied();
        let (Some(least), Some(most)) = (least, winners.keys().chain(&deleted).max().copied()) else { return Ok(known) };
        let folder = delta::folder(self.lake.root(), primary.name);
        for add in delta::files(delta)? {
            if delta::key_range(&add, primary.key).is_some_and(|(low, high)| high < least || low > most) {
                continue;
            }
            for batch in parquet_file::read(&folder.join(&add.path), &[primary.key, "record_hash", "updated_date"])? {
                let batch = batch?;
                let ids = parquet_file::keys(&batch, 0)?;
                let hashes = batch.column(1).as_primitive::<Int64Type>();
                let days = batch.column(2).as_primitive::<Date32Type>();
                for (row, id) in ids.values().iter().enumerate() {
                    if deleted.contains(id) {
                        known.deleted.insert(*id);
                    }
                    let Some(winner) = winners.get(id) else { continue };
                    let day = if days.is_null(row) { i32::MIN } else { days.value(row) };
                    if (winner.hash == hashes.value(row) && !self.replaces_equal) || day > winner.updated {
                        losers[winner.unit].insert(*id);
                        winners.remove(id);
                        known.unchanged += 1;
                    } else {
                        known.replaced.insert(*id);
                    }
                }
            }
        }
        Ok(known)
    }

    /// Decides which files a table loses and gains; files to gain are made, outside the table.
    fn plan(
        &self,
        table: &'static Table,
        delta: &DeltaTable,
        units: &[Unit],
        losers: &[FxHashSet<i64>],
        gone: &dyn Fn(i64) -> bool,
        any_gone: bool,
    ) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        let folder = delta::folder(self.lake.root(), table.name);
        if any_gone {
            for add in delta::files(delta)? {
                let path = folder.join(&add.path);
                if parquet_file::holds_any(table, &path, gone)? {
                    let to = self.staging.join(self.file_name());
                    plan.adds.extend(parquet_file::rewrite_without(table, &path, to, gone)?);
                    plan.removes.push(add);
                }
            }
        }
        for (unit, losers) in units.iter().zip(losers) {
            for (_, file) in unit.files.iter().filter(|(of, _)| *of == table) {
                let lost = |id: i64| losers.contains(&id);
                if losers.is_empty() || !parquet_file::holds_any(table, &file.path, &lost)? {
                    plan.adds.push(file.clone());
                } else {
                    let to = self.staging.join(self.file_name());
                    plan.adds.extend(parquet_file::rewrite_without(table, &file.path, to, &lost)?);
                }
            }
        }
        Ok(plan)
    }

    /// Moves a plan's files among the table's and commits it as a version of the table.
    async fn apply(&self, table: &'static Table, mut delta: DeltaTable, plan: Plan) -> Result<TableVersion, Error> {
        if !plan.adds.is_empty() || !plan.removes.is_empty() {
            let folder = delta::folder(self.lake.root(), table.name);
            let mut adds = Vec::new();
            for file in &plan.adds {
                let to = folder.join(file.path.file_name().unwrap_or_default());
                fs::rename(&file.path, &to).map_err(Error::io(&to))?;
                adds.push(delta::add(table, file));
            }
            commit::sync_folder(&folder)?;
            delta::commit(table.name, &mut delta, adds, plan.removes.iter().map(delta::remove).collect()).await?;
        }
        Ok(TableVersion { version: delta.version().unwrap_or(0), rows: delta::rows(&delta)? })
    }
}

#[derive(Default)]
struct Known {
    replaced: FxHashSet<i64>,
    deleted: FxHashSet<i64>,
    unchanged: u64,
}

#[derive(Default)]
struct Plan {
    adds: Vec<DataFile>,
    removes: Vec<Add>,
}

fn relative(table: &Table, file: &DataFile) -> PathBuf {
    Path::new(table.name).join(file.path.file_name().unwrap_or_default())
}

/// Of every staged record the form that counts: the one with the latest day, among those the first; and per unit the ids that lost.
fn winners(units: &[Unit], deleted: &[i64]) -> (FxHashMap<i64, Winner>, Vec<FxHashSet<i64>>) {
    let mut winners: FxHashMap<i64, Winner> = FxHashMap::default();
    winners.reserve(units.iter().map(Unit::len).sum());
    let mut losers = vec![FxHashSet::default(); units.len()];
    for (unit, staged) in units.iter().enumerate() {
        for record in &staged.records {
            let this = Winner { unit, updated: record.updated, hash: record.hash, ordinal: record.ordinal };
            match winners.entry(record.id) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(this);
                }
                std::collections::hash_map::Entry::Occupied(mut taken) => {
                    let other = taken.get();
                    let better = (this.updated, std::cmp::Reverse(this.ordinal)) > (other.updated, std::cmp::Reverse(other.ordinal));
                    let loser = if better { taken.insert(this).unit } else { unit };
                    losers[loser].insert(record.id);
                }
            }
        }
    }
    for id in deleted {
        if let Some(winner) = winners.remove(id) {
            losers[winner.unit].insert(*id);
        }
    }
    (winners, losers)
}
