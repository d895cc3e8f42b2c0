//! Sorting of more than fits in memory: sorted runs in unnamed temporary files, merged when read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// An item: sorted by (group, sequence); both together are unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) group: u64,
    pub(super) sequence: u64,
    pub(super) payload: Vec<u8>,
}

/// What an item costs in memory beside its payload.
const OVERHEAD: usize = size_of::<Item>() + 16;

/// Takes items in any order.
pub(super) struct Sorter {
    limit: usize,
    held: usize,
    items: Vec<Item>,
    runs: Vec<File>,
}

impl Sorter {
    /// A sorter that holds about `limit` bytes in memory.
    pub(super) fn new(limit: usize) -> Sorter {
        Sorter { limit, held: 0, items: Vec::new(), runs: Vec::new() }
    }

    pub(super) fn push(&mut self, item: Item) -> io::Result<()> {
        self.held += item.payload.len() + OVERHEAD;
        self.items.push(item);
        if self.held > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.items.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile()?);
        for item in self.items.drain(..) {
            run.write_all(&item.group.to_le_bytes())?;
            run.write_all(&item.sequence.to_le_bytes())?;
            run.write_all(&(item.payload.len() as u64).to_le_bytes())?;
            run.write_all(&item.payload)?;
        }
        let mut file = run.into_inner()?;
        file.rewind()?;
        self.runs.push(file);
        self.held = 0;
        Ok(())
    }

    /// The items in order.
    pub(super) fn finish(mut self) -> io::Result<Sorted> {
        self.items.sort_unstable();
        let mut runs = vec![Run::Memory(self.items.into_iter())];
        runs.extend(self.runs.into_iter().map(|file| Run::File(BufReader::new(file))));
        let mut sorted = Sorted { runs, next: BinaryHeap::new() };
        for index in 0..sorted.runs.len() {
            sorted.refill(index)?;
        }
        Ok(sorted)
    }
}

enum Run {
    Memory(std::vec::IntoIter<Item>),
    File(BufReader<File>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Item>> {
        let file = match self {
            Run::Memory(items) => return Ok(items.next()),
            Run::File(file) => file,
        };
        let mut number = [0; 8];
        match file.read_exact(&mut number) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            outcome => outcome?,
        }
        let group = u64::from_le_bytes(number);
        file.read_exact(&mut number)?;
        let sequence = u64::from_le_bytes(number);
        file.read_exact(&mut number)?;
        let mut payload = Vec::new();
        file.take(u64::from_le_bytes(number)).read_to_end(&mut payload)?;
        Ok(Some(Item { group, sequence, payload }))
    }
}

/// The items in order.
pub(super) struct Sorted {
    runs: Vec<Run>,
    next: BinaryHeap<Reverse<(Item, usize)>>,
}

impl Sorted {
    /// The group of the next item.
    pub(super) fn group(&self) -> Option<u64> {
        self.next.peek().map(|Reverse((item, _))| item.group)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Item>> {
        let Some(Reverse((item, run))) = self.next.pop() else { return Ok(None) };
        self.refill(run)?;
        Ok(Some(item))
    }

    fn refill(&mut self, run: usize) -> io::Result<()> {
        if let Some(item) = self.runs[run].next()? {
            self.next.push(Reverse((item, run)));
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
        fn sorted_whatever_fits_in_memory(groups in prop::collection::vec(0u64..20, 0..80), limit in 1usize..4000) {
            let item = |(sequence, group): (usize, &u64)| Item { group: *group, sequence: sequence as u64, payload: vec![7; sequence % 5] };
            let mut expected: Vec<_> = groups.iter().enumerate().map(item).collect();
            let mut sorter = Sorter::new(limit);
            for item in &expected {
                sorter.push(item.clone()).unwrap();
            }
            expected.sort();
            let mut sorted = sorter.finish().unwrap();
            for item in expected {
                prop_assert_eq!(sorted.group(), Some(item.group));
                prop_assert_eq!(sorted.next().unwrap(), Some(item));
            }
            prop_assert_eq!(sorted.next().unwrap(), None);
        }
    }
}
