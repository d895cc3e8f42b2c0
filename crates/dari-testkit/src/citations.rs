//! Who cites whom, and how often a work is cited.
//!
//! References are drawn from the citing side (see [`crate::layout`]); a cited work's count is exact all the same. A first pass draws the
//! references of every work and puts each, sorted by the part that holds the cited work, into a file of its part; a part that is to be
//! written adds up what all files hold for it. Memory is that of one part a thread.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::error::io;
use crate::layout::Cell;
use crate::parallel::{Progress, parallel};
use crate::random::{Purpose, Random};
use crate::shape::{self, YEAR_COUNT};
use crate::world::World;

/// Citations a work has in each year of the world.
pub type Counts = [u32; YEAR_COUNT];

/// Share of references that stay within the subfield, and within the field or the subfield.
const NEAR: (f64, f64) = (0.65, 0.88);

impl World {
    /// The day of a work within its year, from 0 on.
    pub(crate) fn day(&self, number: u64) -> u64 {
        Random::new(self.seed, Purpose::Day, number).below(365)
    }

    /// Puts the places of the works that a work cites into `places`, in order.
    pub(crate) fn references(&self, number: u64, cell: Cell, places: &mut Vec<u64>) {
        places.clear();
        let mut random = Random::new(self.seed, Purpose::References, number);
        if random.chance(shape::WITHOUT_REFERENCES) {
            return;
        }
        let mut own_day = None;
        for _ in 0..*random.of(&self.reference_counts) {
            let (age, class, near) = (self.ages.draw(&mut random), self.cited_class.draw(&mut random), random.unit());
            // What is older than the world is cited, but not in it.
            let Some(year) = cell.year.checked_sub(age) else { continue };
            let same = cell.subfield..cell.subfield + 1;
            let field = self.fields[cell.subfield].clone();
            let all = 0..self.subfields.len();
            let first = usize::from(near >= NEAR.0) + usize::from(near >= NEAR.1);
            // Small worlds have cells without works: then the next wider one.
            let mut reach = [same, field, all].into_iter().skip(first).map(|run| self.layout.numbers(year, class, run));
            let numbers = reach.find(|numbers| !numbers.is_empty());
            let Some(numbers) = numbers else { continue };
            let cited = numbers.start + random.below(numbers.end - numbers.start);
            if age == 0 && self.day(cited) >= *own_day.get_or_insert_with(|| self.day(number)) {
                continue;
            }
            places.push(self.layout.place(cited));
        }
        places.sort_unstable();
        places.dedup();
    }
}

/// The citations of all works, in files.
#[derive(Debug)]
pub struct Citations {
    folder: PathBuf,
}

/// Bytes of a citation in a file: the cited work's place in its part, and the year.
const ENTRY: usize = 5;

impl Citations {
    /// Draws all references and writes them to a new folder, which is removed when this goes.
    ///
    /// # Errors
    /// Where the files cannot be written, or `progress` says to stop.
    pub fn collect(world: &World, folder: &Path, threads: usize, progress: &Progress<'_>) -> Result<Citations, Error> {
        fs::create_dir_all(folder).map_err(io(folder))?;
        let citations = Citations { folder: folder.to_owned() };
        parallel(world.parts(), threads, |part| {
            let range = world.layout.range(part);
            let works = range.end - range.start;
            citations.write_part(world, part, range)?;
            progress(works)
        })?;
        Ok(citations)
    }

    fn file(&self, part: u64) -> PathBuf {
        self.folder.join(format!("cited_by_{part:06}"))
    }

    fn write_part(&self, world: &World, part: u64, range: std::ops::Range<u64>) -> Result<(), Error> {
        let mut places = Vec::new();
        let mut all: Vec<(u64, u8)> = Vec::new();
        for place in range {
            let number = world.layout.number(place);
            let cell = world.layout.cell(number);
            world.references(number, cell, &mut places);
            all.extend(places.iter().map(|cited| (*cited, cell.year as u8)));
        }
        // Sorted by counting, since the order within a part does not matter.
        let parts = world.parts() as usize;
        let part_of: Vec<u32> = all.iter().map(|(cited, _)| world.layout.part(*cited) as u32).collect();
        let mut ends = vec![0u64; parts + 1];
        for part in &part_of {
            ends[*part as usize + 1] += 1;
        }
        for at in 0..parts {
            ends[at + 1] += ends[at];
        }
        let mut bytes = vec![0u8; (parts + 1) * 8 + all.len() * ENTRY];
        for (at, end) in ends.iter().enumerate() {
            bytes[at * 8..at * 8 + 8].copy_from_slice(&end.to_le_bytes());
        }
        for ((cited, year), part) in all.iter().zip(part_of) {
            let within = (cited - world.layout.range(u64::from(part)).start) as u32;
            let at = (parts + 1) * 8 + ends[part as usize] as usize * ENTRY;
            bytes[at..at + 4].copy_from_slice(&within.to_le_bytes());
            bytes[at + 4] = *year;
            ends[part as usize] += 1;
        }
        let path = self.file(part);
        File::create(&path).and_then(|mut file| file.write_all(&bytes)).map_err(io(&path))
    }

    /// How often each work of a part is cited, by year, in the order of places.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn of_part(&self, world: &World, part: u64) -> Result<Vec<Counts>, Error> {
        let range = world.layout.range(part);
        let mut counts = vec![[0u32; YEAR_COUNT]; (range.end - range.start) as usize];
        let mut bytes = Vec::new();
        for citing in 0..world.parts() {
            let path = self.file(citing);
            let mut file = File::open(&path).map_err(io(&path))?;
            let mut read = |from: u64, length: u64, bytes: &mut Vec<u8>| {
                bytes.resize(length as usize, 0);
                file.seek(SeekFrom::Start(from)).and_then(|_| file.read_exact(bytes)).map_err(io(&path))
            };
            read(part * 8, 16, &mut bytes)?;
            let bound = |at: usize| bytes[at..at + 8].iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            let (begin, end) = (bound(0), bound(8));
            read((world.parts() + 1) * 8 + begin * ENTRY as u64, (end - begin) * ENTRY as u64, &mut bytes)?;
            for entry in bytes.chunks_exact(ENTRY) {
                let within = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]) as usize;
                if let Some(count) = counts.get_mut(within).and_then(|counts| counts.get_mut(usize::from(entry[4]))) {
                    *count += 1;
                }
            }
        }
        Ok(counts)
    }
}

impl Drop for Citations {
    fn drop(&mut self) {
        // Nothing can be done about a folder that stays.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
