//! The impact of a unit: a country, an organisation, a group, the world.

use super::WorkImpact;
use crate::statistics::sum::ExactSum;

/// Sums over the works of a unit, to be filled work by work and merged: the same whatever the order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitSums {
    works: u64,
    weight: ExactSum,
    covered_works: u64,
    covered_weight: ExactSum,
    ncs: ExactSum,
    top_10: ExactSum,
    top_1: ExactSum,
    fwci_works: u64,
    fwci_weight: ExactSum,
    fwci: ExactSum,
}

impl UnitSums {
    /// Without works.
    pub fn new() -> Self {
        UnitSums::default()
    }

    /// Adds a work with its weight for the unit: 1 in full counting, the unit's part of it in fractional counting
    /// ([`Credit::weight`](crate::counting::Credit::weight)). `impact` is None where the work is not covered: it has no cohort because its
    /// year or primary subfield is unknown, or cohorts of its type are not computed. Such works count among the works, not in the averages.
    pub fn add(&mut self, impact: Option<&WorkImpact>, weight: f64) {
        self.works += 1;
        self.weight.add(weight);
        let Some(impact) = impact else { return };
        self.covered_works += 1;
        self.covered_weight.add(weight);
        self.ncs.add(weight * impact.ncs);
        self.top_10.add(weight * impact.top_10);
        self.top_1.add(weight * impact.top_1);
        if let Some(fwci) = impact.fwci {
            self.fwci_works += 1;
            self.fwci_weight.add(weight);
            self.fwci.add(weight * fwci);
        }
    }

    /// Adds the sums of another part of the unit's works.
    pub fn merge(&mut self, other: &UnitSums) {
        self.works += other.works;
        self.weight.merge(other.weight);
        self.covered_works += other.covered_works;
        self.covered_weight.merge(other.covered_weight);
        self.ncs.merge(other.ncs);
        self.top_10.merge(other.top_10);
        self.top_1.merge(other.top_1);
        self.fwci_works += other.fwci_works;
        self.fwci_weight.merge(other.fwci_weight);
        self.fwci.merge(other.fwci);
    }

    /// The indicators.
    pub fn impact(&self) -> UnitImpact {
        let ratio = |sum: ExactSum, weight: ExactSum| (weight.value() > 0.0).then(|| sum.value() / weight.value());
        UnitImpact {
            works: self.works,
            weight: self.weight.value(),
            covered_works: self.covered_works,
            covered_weight: self.covered_weight.value(),
            mncs: ratio(self.ncs, self.covered_weight),
            tncs: self.ncs.value(),
            p_top_10: self.top_10.value(),
            pp_top_10: ratio(self.top_10, self.covered_weight),
            p_top_1: self.top_1.value(),
            pp_top_1: ratio(self.top_1, self.covered_weight),
            fwci_works: self.fwci_works,
            mean_fwci: ratio(self.fwci, self.fwci_weight),
        }
    }
}

/// Works, each with its impact (None: not covered) and its weight for the unit.
impl<'a> FromIterator<(Option<&'a WorkImpact>, f64)> for UnitSums {
    fn from_iter<I: IntoIterator<Item = (Option<&'a WorkImpact>, f64)>>(works: I) -> Self {
        let mut sums = UnitSums::new();
        works.into_iter().for_each(|(impact, weight)| sums.add(impact, weight));
        sums
    }
}

/// Indicators of a unit (CWTS Leiden Ranking Open Edition, "Indicators"; mean FWCI: OpenAlex documentation). Ratios are None without
/// covered works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitImpact {
    /// Works of the unit.
    pub works: u64,
    /// Their weight: P, in works.
    pub weight: f64,
    /// Works with a cohort, which the indicators rest on.
    pub covered_works: u64,
    /// Their weight.
    pub covered_weight: f64,
    /// MNCS: mean normalised citation score, 0 or more; 1 for the world.
    pub mncs: Option<f64>,
    /// TNCS: total normalised citation score, MNCS × covered weight.
    pub tncs: f64,
    /// P(top 10 %): works among the top 10 % of their cohorts, weighted.
    pub p_top_10: f64,
    /// PP(top 10 %): their share of the covered weight, in [0, 1]; 0.1 for the world.
    pub pp_top_10: Option<f64>,
    /// P(top 1 %).
    pub p_top_1: f64,
    /// PP(top 1 %), in [0, 1]; 0.01 for the world.
    pub pp_top_1: Option<f64>,
    /// Covered works with an FWCI, which its mean rests on.
    pub fwci_works: u64,
    /// Mean FWCI of the works that have one, 0 or more.
    pub mean_fwci: Option<f64>,
}

impl UnitImpact {
    /// Share of the unit's weight that the indicators rest on, in [0, 1]. None without works.
    pub fn coverage(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.covered_weight / self.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counting::WorkType;
    use crate::impact::{Cohort, Cohorts};
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        let impact = |ncs, fwci, top_10, top_1| WorkImpact { ncs, fwci, top_10, top_1 };
        let (strong, weak, null) = (impact(3.0, Some(3.0), 1.0, 0.2), impact(0.5, Some(0.5), 0.0, 0.0), impact(1.0, None, 0.1, 0.01));
        let works = [(Some(&strong), 0.5), (Some(&weak), 0.25), (Some(&null), 0.25), (None, 1.0)];
        let unit = works.into_iter().collect::<UnitSums>().impact();
        assert_eq!((unit.works, unit.weight, unit.covered_works, unit.covered_weight, unit.coverage()), (4, 2.0, 3, 1.0, Some(0.5)));
        // TNCS 1.5 + 0.125 + 0.25 = 1.875 over a weight of 1; top 10 %: 0.5 + 0.025; top 1 %: 0.1 + 0.0025.
        assert_eq!((unit.tncs, unit.mncs), (1.875, Some(1.875)));
        assert!((unit.p_top_10 - 0.525).abs() < 1e-15 && unit.pp_top_10.is_some_and(|pp| (pp - 0.525).abs() < 1e-15));
        assert!((unit.p_top_1 - 0.1025).abs() < 1e-15 && unit.pp_top_1.is_some_and(|pp| (pp - 0.1025).abs() < 1e-15));
        // FWCI over the two that have one: (1.5 + 0.125)/0.75.
        assert!(unit.fwci_works == 2 && unit.mean_fwci.is_some_and(|mean| (mean - 1.625 / 0.75).abs() < 1e-15));
        let empty = UnitSums::new().impact();
        assert_eq!((empty.mncs, empty.pp_top_10, empty.mean_fwci, empty.coverage(), empty.tncs), (None, None, None, None, 0.0));
    }

    proptest! {
        // The world in fractional counting: every work is split among countries, `unknown` included, with weights that sum to 1.
        #[test]
        fn the_world_is_one_and_a_tenth(works in prop::collection::vec((2018_i16..2021, 0_usize..2, 0_u32..40, 1_usize..8), 1..120)) {
            let cohort = |year, work_type: usize| Cohort { year, subfield: 3_107, work_type: WorkType::ALL[work_type] };
            let mut cohorts = Cohorts::new();
            works.iter().for_each(|(year, work_type, citations, _)| cohorts.add(cohort(*year, *work_type), *citations));
            let baselines = cohorts.baselines();
            let (mut world, mut parts) = (UnitSums::new(), [UnitSums::new(); 7]);
            for (year, work_type, citations, countries) in &works {
                let impact = baselines.get(&cohort(*year, *work_type)).map(|baseline| baseline.impact(*citations));
                for part in parts.iter_mut().take(*countries) {
                    world.add(impact.as_ref(), 1.0 / *countries as f64);
                    part.add(impact.as_ref(), 1.0 / *countries as f64);
                }
            }
            let found = world.impact();
            let is = |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 1e-12);
            prop_assert!(is(found.mncs, 1.0) && is(found.pp_top_10, 0.1) && is(found.pp_top_1, 0.01), "{found:?}");
            prop_assert!(is(Some(found.tncs), works.len() as f64) || (found.tncs - works.len() as f64).abs() < 1e-10);
            // Merged in either order the countries give the world to the last bit.
            let merged = |order: &mut dyn Iterator<Item = &UnitSums>| order.fold(UnitSums::new(), |mut all, part| { all.merge(part); all });
            prop_assert_eq!(merged(&mut parts.iter()), world);
            prop_assert_eq!(merged(&mut parts.iter().rev()), world);
        }
    }
}
