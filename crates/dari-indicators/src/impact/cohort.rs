//! Cohorts: the works that a work's citations are compared with.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::{Citations, Threshold, TopShare};
use crate::counting::WorkType;

/// Works of one publication year, primary subfield and type (OpenAlex documentation, "Field-Weighted Citation Impact"; CWTS normalises
/// likewise).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cohort {
    /// Year of publication.
    pub year: i16,
    /// Subfield of the primary topic (ASJC code).
    pub subfield: i32,
    /// Type.
    pub work_type: WorkType,
}

/// What cohorts are told apart by: [`Cohort`], or a finer split such as [`CollaborationCohort`](super::CollaborationCohort).
pub trait CohortKey: Copy + Ord + Hash {
    /// Whether works of the cohort have an FWCI.
    fn has_fwci(&self) -> bool;
}

impl CohortKey for Cohort {
    fn has_fwci(&self) -> bool {
        self.work_type.has_fwci()
    }
}

/// The citations of every cohort of a set of works, the world as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohorts<K: CohortKey = Cohort> {
    cohorts: FxHashMap<K, Citations>,
}

impl<K: CohortKey> Default for Cohorts<K> {
    fn default() -> Self {
        Cohorts { cohorts: FxHashMap::default() }
    }
}

impl<K: CohortKey> Cohorts<K> {
    /// Without works.
    pub fn new() -> Self {
        Cohorts::default()
    }

    /// Adds a work.
    pub fn add(&mut self, cohort: K, citations: u32) {
        self.cohorts.entry(cohort).or_default().add(citations);
    }

    /// Adds the works of another part; the order of parts does not matter.
    pub fn merge(&mut self, other: &Cohorts<K>) {
        for (cohort, citations) in &other.cohorts {
            self.cohorts.entry(*cohort).or_default().merge(citations);
        }
    }

    /// The citations of a cohort; None if it has no works.
    pub fn get(&self, cohort: &K) -> Option<&Citations> {
        self.cohorts.get(cohort)
    }

    /// All cohorts with their citations, in the order of the keys.
    pub fn sorted(&self) -> Vec<(K, &Citations)> {
        let mut all: Vec<_> = self.cohorts.iter().map(|(cohort, citations)| (*cohort, citations)).collect();
        all.sort_unstable_by_key(|(cohort, _)| *cohort);
        all
    }

    /// What each cohort says of its works, made once so that a work is judged in constant time.
    pub fn baselines(&self) -> FxHashMap<K, Baseline> {
        let baseline = |(cohort, citations): (&K, &Citations)| Some((*cohort, Baseline::new(citations, cohort.has_fwci())?));
        self.cohorts.iter().filter_map(baseline).collect()
    }
}

impl Citations {
    /// Normalised citation score of a work of this cohort: citations over the cohort's mean, 0 or more, 1 on average; 1 where the mean is 0
    /// (CWTS Leiden Ranking Open Edition, MNCS).
    pub fn ncs(&self, citations: u32) -> f64 {
        ncs(citations, self.mean())
    }

    /// Field-weighted citation impact of a work of this cohort: citations over the cohort's mean, rounded half up to 4 decimals; None where
    /// the mean is 0 (OpenAlex documentation). For the five types that have one: [`WorkType::has_fwci`].
    pub fn fwci(&self, citations: u32) -> Option<f64> {
        fwci(citations, self.works(), self.total())
    }
}

/// Normalised citation score of a work of a cohort with this mean: [`Citations::ncs`].
pub fn ncs(citations: u32, mean: f64) -> f64 {
    if mean > 0.0 { f64::from(citations) / mean } else { 1.0 }
}

fn fwci(citations: u32, works: u64, total: u64) -> Option<f64> {
    // In whole numbers: a quotient that ends in a 5 at the fifth decimal rounds up on every machine.
    let (works, total) = (u128::from(works), u128::from(total));
    (total > 0).then(|| ((2 * u128::from(citations) * works * 10_000 + total) / (2 * total)) as f64 / 10_000.0)
}

/// What a cohort says of its works. Small, for looking up work by work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    works: u64,
    total: u64,
    mean: f64,
    top_10: Threshold,
    top_1: Threshold,
    has_fwci: bool,
}

/// The normalised impact of one work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorkImpact {
    /// Normalised citation score ([`Citations::ncs`]).
    pub ncs: f64,
    /// Field-weighted citation impact ([`Citations::fwci`]); None where the cohort's mean is 0 or the type has none.
    pub fwci: Option<f64>,
    /// Weight among the top 10 % ([`Citations::top_weight`]), in [0, 1].
    pub top_10: f64,
    /// Weight among the top 1 %, in [0, 1].
    pub top_1: f64,
}

impl Baseline {
    /// Of a cohort; None if it has no works.
    pub fn new(cohort: &Citations, has_fwci: bool) -> Option<Self> {
        let (top_10, top_1) = (cohort.threshold(TopShare::TEN)?, cohort.threshold(TopShare::ONE)?);
        Some(Baseline { works: cohort.works(), total: cohort.total(), mean: cohort.mean(), top_10, top_1, has_fwci })
    }

    /// Of a cohort of which the number of works, their citations and the two thresholds are known; None if it has no works.
    pub fn known(works: u64, total: u64, top_10: Threshold, top_1: Threshold, has_fwci: bool) -> Option<Self> {
        (works > 0).then(|| Baseline { works, total, mean: total as f64 / works as f64, top_10, top_1, has_fwci })
    }

    /// Works of the cohort: of one or few, the cohort says little.
    pub fn works(&self) -> u64 {
        self.works
    }

    /// Mean citations of the cohort.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The impact of a work of the cohort.
    pub fn impact(&self, citations: u32) -> WorkImpact {
        WorkImpact {
            ncs: ncs(citations, self.mean),
            fwci: if self.has_fwci { fwci(citations, self.works, self.total) } else { None },
            top_10: self.top_10.weight(citations),
            top_1: self.top_1.weight(citations),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cohort(year: i16, work_type: WorkType) -> Cohort {
        Cohort { year, subfield: 3_107, work_type }
    }

    #[test]
    fn worked_by_hand() {
        // 0, 1, 2, 9: mean 3. NCS of 2 is 2/3; FWCI 0.6667; of 9 both are 3.
        let works: Citations = [0, 1, 2, 9].into_iter().collect();
        assert_eq!((works.ncs(2), works.fwci(2), works.ncs(9), works.fwci(9)), (2.0 / 3.0, Some(0.6667), 3.0, Some(3.0)));
        assert_eq!((works.ncs(0), works.fwci(0)), (0.0, Some(0.0)));
        // One citation over a mean of 32 is 0.03125, which rounds up.
        let one: Citations = [32].into_iter().collect();
        assert_eq!(one.fwci(1), Some(0.0313));
    }

    #[test]
    fn nobody_cited_and_one_work_alone() {
        let uncited: Citations = [0, 0].into_iter().collect();
        assert_eq!((uncited.ncs(0), uncited.fwci(0)), (1.0, None));
        // A year with one work: it is its own mean, and a tenth of it is the top 10 %.
        let alone: Citations = [5].into_iter().collect();
        assert_eq!((alone.ncs(5), alone.fwci(5)), (1.0, Some(1.0)));
        let impact = Baseline::new(&alone, true).map(|baseline| baseline.impact(5));
        assert_eq!(impact, Some(WorkImpact { ncs: 1.0, fwci: Some(1.0), top_10: 0.1, top_1: 0.01 }));
        assert_eq!(Baseline::new(&Citations::new(), true), None);
    }

    #[test]
    fn types_without_fwci() {
        let mut cohorts = Cohorts::new();
        cohorts.add(cohort(2020, WorkType::Article), 4);
        cohorts.add(cohort(2020, WorkType::Dataset), 4);
        let baselines = cohorts.baselines();
        let fwci = |work_type| baselines.get(&cohort(2020, work_type)).map(|baseline| baseline.impact(4).fwci);
        assert_eq!((fwci(WorkType::Article), fwci(WorkType::Dataset), fwci(WorkType::Book)), (Some(Some(1.0)), Some(None), None));
    }

    proptest! {
        #[test]
        fn an_uncited_work_elsewhere_changes_nothing(works in prop::collection::vec((2018_i16..2022, 0_usize..5, 0_u32..900), 1..80)) {
            let mut cohorts = Cohorts::new();
            for (year, work_type, citations) in &works {
                cohorts.add(cohort(*year, WorkType::ALL[*work_type]), *citations);
            }
            let before = cohorts.baselines();
            let other = Cohort { subfield: 1_000, ..cohort(2018, WorkType::Article) };
            cohorts.add(other, 0);
            let mut after = cohorts.baselines();
            prop_assert!(after.remove(&other).is_some());
            prop_assert_eq!(before, after);
        }

        #[test]
        fn parts_merge_in_any_order(works in prop::collection::vec((2018_i16..2022, 0_usize..5, 0_u32..900), 1..80), parts in 1_usize..5) {
            let of = |works: &mut dyn Iterator<Item = &(i16, usize, u32)>| {
                let mut cohorts = Cohorts::new();
                works.for_each(|(year, work_type, citations)| cohorts.add(cohort(*year, WorkType::ALL[*work_type]), *citations));
                cohorts
            };
            let whole = of(&mut works.iter());
            let pieces: Vec<Cohorts> = (0..parts).map(|part| of(&mut works.iter().skip(part).step_by(parts))).collect();
            let (mut forwards, mut backwards) = (Cohorts::new(), Cohorts::new());
            pieces.iter().for_each(|piece| forwards.merge(piece));
            pieces.iter().rev().for_each(|piece| backwards.merge(piece));
            prop_assert_eq!(forwards.sorted(), whole.sorted());
            prop_assert_eq!(backwards, whole);
        }
    }
}
