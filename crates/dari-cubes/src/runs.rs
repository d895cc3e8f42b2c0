//! Sums by key that are too many for memory: each bucket writes its own in order of the keys, and a merge adds up what belongs together.
//!
//! Buckets are added in their order, so that sums of floating-point numbers do not depend on the number of threads.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::Error;
use crate::bucket::{self, Row, Rows};
use crate::rows::array;

/// Values of a cell.
pub(crate) const VALUES: usize = 12;
/// Values of a cell, added up.
pub(crate) type Values = [f64; VALUES];

/// Sums by key.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    cells: FxHashMap<u64, Values>,
}

struct Cell {
    key: u64,
    values: Values,
}

impl Row for Cell {
    const SIZE: usize = 8 + 8 * VALUES;
    fn write(&self, to: &mut [u8]) {
        to[..8].copy_from_slice(&self.key.to_le_bytes());
        for (value, bytes) in self.values.iter().zip(to[8..].chunks_exact_mut(8)) {
            bytes.copy_from_slice(&value.to_le_bytes());
        }
    }
    fn read(from: &[u8]) -> Self {
        let mut values = [0.0; VALUES];
        for (place, value) in values.iter_mut().enumerate() {
            *value = f64::from_le_bytes(array(from, 8 + 8 * place));
        }
        Cell { key: u64::from_le_bytes(array(from, 0)), values }
    }
}

impl Sums {
    pub(crate) fn cell(&mut self, key: u64) -> &mut Values {
        self.cells.entry(key).or_default()
    }

    /// Writes the sums in order of their keys and forgets them.
    pub(crate) fn write(&mut self, path: &Path) -> Result<(), Error> {
        let mut cells: Vec<Cell> = self.cells.drain().map(|(key, values)| Cell { key, values }).collect();
        cells.sort_unstable_by_key(|cell| cell.key);
        bucket::write(path, &cells)
    }
}

/// The most files that are merged at once.
const WIDEST: usize = 200;

/// Merges runs, in the order given, and hands on every key once with the sum of its values, in order of the keys. The runs are removed.
pub(crate) fn merge(runs: Vec<PathBuf>, receive: &mut dyn FnMut(u64, &Values) -> Result<(), Error>) -> Result<(), Error> {
    let mut runs = runs;
    while runs.len() > WIDEST {
        let mut fewer = Vec::new();
        for (number, group) in runs.chunks(WIDEST).enumerate() {
            let path = group[0].with_extension(format!("merged-{number}"));
            let mut cells = bucket::Buckets::create_at(path.clone())?;
            merge_once(group, &mut |key, values| cells.push(0, &Cell { key, values: *values }))?;
            cells.finish()?;
            fewer.push(path);
        }
        runs = fewer;
    }
    merge_once(&runs, receive)
}

fn merge_once(runs: &[PathBuf], receive: &mut dyn FnMut(u64, &Values) -> Result<(), Error>) -> Result<(), Error> {
    let mut open = runs.iter().map(|path| Rows::<Cell>::open(path)).collect::<Result<Vec<_>, Error>>()?;
    let mut heads: Vec<Option<Cell>> = open.iter_mut().map(Rows::next_row).collect::<Result<_, Error>>()?;
    let mut next: BinaryHeap<Reverse<(u64, usize)>> =
        heads.iter().enumerate().filter_map(|(run, head)| Some(Reverse((head.as_ref()?.key, run)))).collect();
    let mut sum: Option<(u64, Values)> = None;
    while let Some(Reverse((key, run))) = next.pop() {
        let following = open[run].next_row()?;
        if let Some(following) = &following {
            next.push(Reverse((following.key, run)));
        }
        let Some(cell) = std::mem::replace(&mut heads[run], following) else { continue };
        match &mut sum {
            Some((known, values)) if *known == key => values.iter_mut().zip(cell.values).for_each(|(sum, value)| *sum += value),
            _ => {
                if let Some((known, values)) = sum.replace((key, cell.values)) {
                    receive(known, &values)?;
                }
            }
        }
    }
    if let Some((known, values)) = sum {
        receive(known, &values)?;
    }
    runs.iter().try_for_each(|path| std::fs::remove_file(path).map_err(Error::io(path)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merged_sums_are_the_sums(rows in prop::collection::vec((0usize..5, 0u64..40, 0u32..1000), 0..300)) {
            let folder = tempfile::tempdir().unwrap();
            let mut expected = std::collections::BTreeMap::new();
            let mut runs: Vec<Sums> = (0..5).map(|_| Sums::default()).collect();
            for (run, key, value) in rows {
                runs[run].cell(key)[3] += f64::from(value);
                *expected.entry(key).or_insert(0.0) += f64::from(value);
            }
            let mut paths = Vec::new();
            for (number, run) in runs.iter_mut().enumerate() {
                paths.push(folder.path().join(format!("run-{number}")));
                run.write(&paths[number]).unwrap();
            }
            let mut found = Vec::new();
            merge(paths, &mut |key, values| {
                found.push((key, values[3]));
                Ok(())
            }).unwrap();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
