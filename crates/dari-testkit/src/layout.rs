//! Where a work stands: its number in the world tells its year, how much it is cited and its subfield; its place in the files follows from
//! it.
//!
//! Works are numbered by (year, class of citations, subfield), each such cell having as many as its share says. So a reference can be
//! drawn by choosing a cell and a number within it, and nothing of the cited work needs to be known or made. Places in files are the
//! numbers multiplied by a number near N / golden ratio, modulo N: every part holds all years, classes and subfields in the same mixture.

use crate::random::{Purpose, Random};
use crate::shape::{self, CLASSES, YEAR_COUNT};

/// The first id of a work.
pub(crate) const FIRST_ID: u64 = 8_000_000_000;

/// The cell of a work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Years after 2005.
    pub(crate) year: usize,
    /// Place in [`shape::classes`].
    pub(crate) class: usize,
    /// Place in the list of subfields.
    pub(crate) subfield: usize,
}

/// Numbers of works, cells and places in files.
#[derive(Debug)]
pub(crate) struct Layout {
    works: u64,
    subfields: usize,
    /// Where each cell begins, and the end.
    starts: Vec<u64>,
    multiplier: u64,
    inverse: u64,
    shift: u64,
    parts: u64,
}

impl Layout {
    /// `volumes[year][subfield]` sum to 1.
    pub(crate) fn new(seed: u64, works: u64, parts: u64, volumes: &[Vec<f64>]) -> Layout {
        let subfields = volumes[0].len();
        let mut starts = Vec::with_capacity(YEAR_COUNT * CLASSES * subfields + 1);
        let mut sum = 0.0;
        for year in volumes {
            for class in shape::classes() {
                for volume in year {
                    starts.push((sum * works as f64).round() as u64);
                    sum += volume * class.share;
                }
            }
        }
        for start in &mut starts {
            *start = (*start).min(works);
        }
        starts.push(works);
        let mut random = Random::new(seed, Purpose::Order, 0);
        let mut multiplier = ((works as f64 * 0.618_033_988_749_895) as u64).max(1) + random.below(works / 100 + 1);
        while gcd(multiplier, works) != 1 {
            multiplier += 1;
        }
        let inverse = inverse(multiplier % works, works);
        Layout { works, subfields, starts, multiplier: multiplier % works, inverse, shift: random.below(works), parts }
    }

    pub(crate) fn works(&self) -> u64 {
        self.works
    }

    pub(crate) fn parts(&self) -> u64 {
        self.parts
    }

    /// The number of the work at a place.
    pub(crate) fn number(&self, place: u64) -> u64 {
        multiply(place, self.multiplier, self.shift, self.works)
    }

    /// The place of a work.
    pub(crate) fn place(&self, number: u64) -> u64 {
        multiply((number + self.works - self.shift) % self.works, self.inverse, 0, self.works)
    }

    /// The id of the work at a place.
    pub(crate) fn id(place: u64) -> u64 {
        FIRST_ID + place
    }

    /// The places in a part.
    pub(crate) fn range(&self, part: u64) -> std::ops::Range<u64> {
        // Two billion works in 100,000 parts fit by far.
        let at = |part: u64| part * self.works / self.parts;
        at(part)..at(part + 1)
    }

    /// The part that holds a place.
    pub(crate) fn part(&self, place: u64) -> u64 {
        let part = place * self.parts / self.works;
        // Rounding may put the place one part further.
        if self.range(part).contains(&place) { part } else { part + 1 }
    }

    pub(crate) fn cell(&self, number: u64) -> Cell {
        let at = self.starts.partition_point(|start| *start <= number) - 1;
        Cell { year: at / (CLASSES * self.subfields), class: at / self.subfields % CLASSES, subfield: at % self.subfields }
    }

    /// The numbers of the works of a year and class in a run of subfields.
    pub(crate) fn numbers(&self, year: usize, class: usize, subfields: std::ops::Range<usize>) -> std::ops::Range<u64> {
        let first = (year * CLASSES + class) * self.subfields;
        self.starts[first + subfields.start]..self.starts[first + subfields.end]
    }
}

fn multiply(a: u64, b: u64, shift: u64, modulus: u64) -> u64 {
    // Below 2^32 the product fits.
    if modulus <= u64::from(u32::MAX) {
        (a * b + shift) % modulus
    } else {
        ((u128::from(a) * u128::from(b) + u128::from(shift)) % u128::from(modulus)) as u64
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The number that, multiplied by `a`, leaves 1 when divided by `modulus` (extended Euclid); they have no common divisor.
fn inverse(a: u64, modulus: u64) -> u64 {
    let (mut old, mut now) = (i128::from(a), i128::from(modulus));
    let (mut old_factor, mut factor) = (1i128, 0i128);
    while now != 0 {
        let quotient = old / now;
        (old, now) = (now, old - quotient * now);
        (old_factor, factor) = (factor, old_factor - quotient * factor);
    }
    old_factor.rem_euclid(i128::from(modulus)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(works: u64, parts: u64) -> Layout {
        let volumes = vec![vec![1.0 / (YEAR_COUNT * 10) as f64; 10]; YEAR_COUNT];
        Layout::new(5, works, parts, &volumes)
    }

    #[test]
    fn places_and_numbers_undo_each_other() {
        for works in [1, 2, 7, 1000, 99_991] {
            let layout = layout(works, 1);
            let mut seen = vec![false; works as usize];
            for place in 0..works {
                let number = layout.number(place);
                assert_eq!(layout.place(number), place, "{works}");
                assert!(!std::mem::replace(&mut seen[number as usize], true));
            }
        }
        let large = layout(6_000_000_011, 3);
        for place in [0, 1, 5_999_999_999] {
            assert_eq!(large.place(large.number(place)), place);
        }
    }

    #[test]
    fn every_place_is_in_one_part() {
        let layout = layout(1003, 7);
        for part in 0..7 {
            for place in layout.range(part) {
                assert_eq!(layout.part(place), part);
            }
        }
        assert_eq!(layout.range(6).end, 1003);
    }

    #[test]
    fn cells_hold_the_numbers_they_say() {
        let layout = layout(50_000, 1);
        for number in (0..50_000).step_by(37) {
            let cell = layout.cell(number);
            assert!(layout.numbers(cell.year, cell.class, cell.subfield..cell.subfield + 1).contains(&number));
        }
    }
}
