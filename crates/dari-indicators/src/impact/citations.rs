//! Citation counts of a set of works, as a histogram.

use std::collections::BTreeMap;

// Counts below this are kept in a dense list: nearly all of them, so that adding one is an increment.
const DENSE: u32 = 512;

/// How many works of a set have how many citations. Counts are whole numbers, so that histograms of parts give the same in whatever order
/// they are filled and merged. Memory: 8 bytes a value up to the largest below 512, about 30 a value above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citations {
    low: Vec<u64>,
    high: BTreeMap<u32, u64>,
    works: u64,
    total: u64,
}

impl Citations {
    /// Of no works.
    pub fn new() -> Self {
        Citations::default()
    }

    /// Adds a work.
    pub fn add(&mut self, citations: u32) {
        self.add_works(citations, 1);
    }

    /// Adds a number of works with as many citations each.
    pub fn add_works(&mut self, citations: u32, works: u64) {
        if works == 0 {
            return;
        }
        self.works += works;
        self.total += u64::from(citations) * works;
        if citations >= DENSE {
            *self.high.entry(citations).or_default() += works;
            return;
        }
        let place = citations as usize;
        if self.low.len() <= place {
            self.low.resize(place + 1, 0);
        }
        self.low[place] += works;
    }

    /// Adds the works of another histogram.
    pub fn merge(&mut self, other: &Citations) {
        other.iter().for_each(|(citations, works)| self.add_works(citations, works));
    }

    /// Number of works.
    pub fn works(&self) -> u64 {
        self.works
    }

    /// Citations of all of them.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Mean citations of a work, 0 or more; 0 without works.
    pub fn mean(&self) -> f64 {
        if self.works == 0 { 0.0 } else { self.total as f64 / self.works as f64 }
    }

    /// (citations, works) by citations, fewest first; no value without works.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> + '_ {
        let low = self.low.iter().enumerate().map(|(citations, works)| (citations as u32, *works));
        low.filter(|(_, works)| *works > 0).chain(self.high.iter().map(|(citations, works)| (*citations, *works)))
    }

    /// Hirsch's index: the largest h such that h works have h or more citations each (Hirsch 2005). Of a country's works it is the country
    /// h, ASPI's second measure of research performance (Critical Technology Tracker). 0 without cited works.
    pub fn h_index(&self) -> u64 {
        let mut above = 0;
        let mut h = 0;
        for (citations, works) in self.iter().rev() {
            // With all works down to this value, h is as far as both the works and the value go.
            above += works;
            h = h.max(above.min(u64::from(citations)));
        }
        h
    }
}

impl FromIterator<u32> for Citations {
    fn from_iter<I: IntoIterator<Item = u32>>(counts: I) -> Self {
        let mut all = Citations::new();
        counts.into_iter().for_each(|citations| all.add(citations));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        let citations: Citations = [3, 0, 700, 3, 1].into_iter().collect();
        assert_eq!(citations.iter().collect::<Vec<_>>(), [(0, 1), (1, 1), (3, 2), (700, 1)]);
        // (3 + 0 + 700 + 3 + 1)/5 = 141.4.
        assert_eq!((citations.works(), citations.total(), citations.mean()), (5, 707, 141.4));
        assert_eq!(Citations::new().mean(), 0.0);
    }

    #[test]
    fn h_by_hand() {
        let h = |counts: &[u32]| counts.iter().copied().collect::<Citations>().h_index();
        // Hirsch's own kind of list: 10, 8, 5, 4, 3: four works with 4 or more, not five with 5.
        assert_eq!(h(&[10, 8, 5, 4, 3]), 4);
        // 25, 8, 5, 3, 3: the fourth has 3 only.
        assert_eq!(h(&[25, 8, 5, 3, 3]), 3);
        // Ties: five works with 5.
        assert_eq!(h(&[5, 5, 5, 5, 5, 5]), 5);
        assert_eq!((h(&[]), h(&[0, 0]), h(&[1_000_000]), h(&[2, 2, 2, 900])), (0, 0, 1, 2));
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same(counts in prop::collection::vec(0_u32..1_500, 0..200), parts in 1_usize..7) {
            let whole: Citations = counts.iter().copied().collect();
            let pieces: Vec<Citations> = (0..parts).map(|part| counts.iter().copied().skip(part).step_by(parts).collect()).collect();
            let (mut forwards, mut backwards) = (Citations::new(), Citations::new());
            pieces.iter().for_each(|piece| forwards.merge(piece));
            pieces.iter().rev().for_each(|piece| backwards.merge(piece));
            prop_assert_eq!(&forwards, &whole);
            prop_assert_eq!(&backwards, &whole);
        }

        #[test]
        fn h_is_what_its_definition_says(counts in prop::collection::vec(0_u32..60, 0..80)) {
            let h = counts.iter().copied().collect::<Citations>().h_index();
            let with = |least: u64| counts.iter().filter(|citations| u64::from(**citations) >= least).count() as u64;
            prop_assert!(with(h) >= h && with(h + 1) < h + 1);
        }
    }
}
