//! Works among the top x % of their cohort, with ties treated exactly.

use super::Citations;
use crate::IndicatorError;

/// The x of PP(top x %), in ten-thousandths, so that what lies on the threshold is decided in whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopShare(u16);

impl TopShare {
    const WHOLE: u16 = 10_000;
    /// Top 1 %.
    pub const ONE: TopShare = TopShare(100);
    /// Top 5 %.
    pub const FIVE: TopShare = TopShare(500);
    /// Top 10 %.
    pub const TEN: TopShare = TopShare(1_000);
    /// Top 50 %.
    pub const FIFTY: TopShare = TopShare(5_000);

    /// Of ten-thousandths: 1,000 is the top 10 %.
    ///
    /// # Errors
    /// If it is not from 1 to 9,999.
    pub fn of_ten_thousandths(x: u16) -> Result<Self, IndicatorError> {
        if x == 0 || x >= Self::WHOLE {
            return Err(IndicatorError::Range {
                what: "share of top works in ten-thousandths".to_owned(),
                found: f64::from(x),
                expected: "1 to 9,999",
            });
        }
        Ok(TopShare(x))
    }

    /// As a share, in (0, 1).
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }
}

/// From how many citations on a work of a cohort is among the top x %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// t, the least number of citations whose cumulative share of the works is at least 1 − x.
    pub citations: u32,
    /// Weight of a work with exactly t citations: (cum(t) − (1 − x)) / prop(t), in [0, 1].
    pub at: f64,
}

impl Threshold {
    /// Weight of a work among the top x %: 1 above the threshold, [`at`](Self::at) on it, 0 below.
    pub fn weight(&self, citations: u32) -> f64 {
        match citations.cmp(&self.citations) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => self.at,
            std::cmp::Ordering::Less => 0.0,
        }
    }
}

impl Citations {
    /// The threshold of the top x % of these works. Works on it count as many times as it takes for the weights of the cohort to sum to
    /// exactly x of its works (CWTS Leiden Ranking, PP(top x %); Waltman & Schreiber 2013). None without works.
    pub fn threshold(&self, x: TopShare) -> Option<Threshold> {
        let (whole, below) = (u128::from(TopShare::WHOLE), u128::from(TopShare::WHOLE - x.0) * u128::from(self.works()));
        let mut cumulative = 0_u128;
        for (citations, works) in self.iter() {
            cumulative += u128::from(works);
            if cumulative * whole >= below {
                // Both sides times the number of works × 10,000: one division, one rounding.
                let at = (cumulative * whole - below) as f64 / (u128::from(works) * whole) as f64;
                return Some(Threshold { citations, at });
            }
        }
        None
    }

    /// Weight, in [0, 1], of a work of these with `citations` among the top x % ([`threshold`](Self::threshold)). 0 without works.
    pub fn top_weight(&self, citations: u32, x: TopShare) -> f64 {
        self.threshold(x).map_or(0.0, |threshold| threshold.weight(citations))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_across_the_threshold_by_hand() {
        // Twenty works: 15 with 0, 4 with 2, 1 with 9. Top 10 % is 2 works. Cumulative 15/20, 19/20, 20/20; 1 − x = 18/20, so t = 2 and the
        // four share what is left: (19/20 − 18/20)/(4/20) = ¼. 1 + 4·¼ = 2 works.
        let mut cohort = Citations::new();
        cohort.add_works(0, 15);
        cohort.add_works(2, 4);
        cohort.add_works(9, 1);
        assert_eq!(cohort.threshold(TopShare::TEN), Some(Threshold { citations: 2, at: 0.25 }));
        let weights = [0, 1, 2, 3, 9].map(|citations| cohort.top_weight(citations, TopShare::TEN));
        assert_eq!(weights, [0.0, 0.0, 0.25, 1.0, 1.0]);
        // Top 5 % is exactly the one: cum(2) = 19/20 reaches 1 − x, and those on the threshold weigh (19/20 − 19/20)/(4/20) = 0.
        assert_eq!(cohort.threshold(TopShare::FIVE), Some(Threshold { citations: 2, at: 0.0 }));
        // Top 1 % is a fifth of a work: (1 − 0.99)/(1/20) = 0.2.
        assert_eq!(cohort.threshold(TopShare::ONE), Some(Threshold { citations: 9, at: 0.2 }));
    }

    #[test]
    fn cohorts_of_one_work_of_zeros_and_of_none() {
        // One work: cum = 1 ≥ 0.9, so it weighs (1 − 0.9)/1.
        assert_eq!([7].into_iter().collect::<Citations>().top_weight(7, TopShare::TEN), 0.1);
        // Nobody is cited: all are on the threshold and weigh x each.
        assert_eq!([0, 0, 0].into_iter().collect::<Citations>().top_weight(0, TopShare::TEN), 0.1);
        assert_eq!(Citations::new().threshold(TopShare::TEN), None);
        assert_eq!(TopShare::of_ten_thousandths(1_000).ok(), Some(TopShare::TEN));
        assert!(TopShare::of_ten_thousandths(0).is_err() && TopShare::of_ten_thousandths(10_000).is_err());
    }

    proptest! {
        #[test]
        fn every_cohort_gives_exactly_x(counts in prop::collection::vec((0_u32..700, 1_u64..2_000), 1..40), x in 1_u16..10_000) {
            let mut cohort = Citations::new();
            counts.iter().for_each(|(citations, works)| cohort.add_works(*citations, *works));
            let x = TopShare::of_ten_thousandths(x)?;
            let top: f64 = cohort.iter().map(|(citations, works)| works as f64 * cohort.top_weight(citations, x)).sum();
            let share = top / cohort.works() as f64;
            prop_assert!((share - x.share()).abs() < 1e-12, "{share} {x:?}");
            prop_assert!(cohort.threshold(x).is_some_and(|threshold| (0.0..=1.0).contains(&threshold.at)));
        }
    }
}
