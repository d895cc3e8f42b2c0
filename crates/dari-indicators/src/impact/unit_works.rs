//! The figures of a unit that need its single works: stability intervals, Collab-CNCI, h-index.

use super::{Citations, UnitImpact, UnitSums, WorkImpact};
use crate::IndicatorError;
use crate::statistics::Estimate;
use crate::statistics::bootstrap::{Bootstrap, WeightedValues};
use crate::statistics::sum::ExactSum;

/// The works of a unit (a country in a technology, say), to be filled work by work.
#[derive(Debug, Clone, Default)]
pub struct UnitWorks {
    sums: UnitSums,
    ncs: WeightedValues,
    top_10: WeightedValues,
    top_1: WeightedValues,
    classed_weight: ExactSum,
    classed_ncs: ExactSum,
    citations: Citations,
}

/// A work as a unit counts it.
#[derive(Debug, Clone, Copy)]
pub struct UnitWork<'a> {
    /// The unit's part of it, above 0 and at most 1.
    pub weight: f64,
    /// Citations in the window; None where not known.
    pub citations: Option<u32>,
    /// Its normalised impact; None where it has no cohort.
    pub impact: Option<&'a WorkImpact>,
    /// Its NCS in the cohort of its collaboration class ([`CollaborationCohort`](super::CollaborationCohort)); None where the class is unknown.
    pub class_ncs: Option<f64>,
}

/// Figures of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitFigures {
    /// The indicators.
    pub impact: UnitImpact,
    /// MNCS with its 95 % stability interval. None without covered works, or where no intervals were asked for.
    pub mncs: Option<Estimate>,
    /// PP(top 10 %) with its interval.
    pub pp_top_10: Option<Estimate>,
    /// PP(top 1 %) with its interval.
    pub pp_top_1: Option<Estimate>,
    /// Collab-CNCI: mean NCS of works among those of as many parties, 1 for the world (Clarivate, InCites Indicators Handbook). None without works whose
    /// class is known.
    pub collab_cnci: Option<f64>,
    /// h-index of the works, each counted whole ([`Citations::h_index`]).
    pub h_index: u64,
}

impl UnitWorks {
    /// Adds a work.
    ///
    /// # Errors
    /// If the weight is not above 0.
    pub fn add(&mut self, work: &UnitWork<'_>) -> Result<(), IndicatorError> {
        let weight = work.weight;
        self.sums.add(work.impact, weight);
        if let Some(citations) = work.citations {
            self.citations.add(citations);
        }
        if let Some(impact) = work.impact {
            self.ncs.add(impact.ncs, weight)?;
            self.top_10.add(impact.top_10, weight)?;
            self.top_1.add(impact.top_1, weight)?;
        }
        if let Some(ncs) = work.class_ncs {
            self.classed_weight.add(weight);
            self.classed_ncs.add(weight * ncs);
        }
        Ok(())
    }

    /// The figures; intervals only with a bootstrap. `unit` names the unit, so that its draws do not depend on which others are computed.
    ///
    /// # Errors
    /// If the bootstrap has too few resamples.
    pub fn figures(&self, bootstrap: Option<&Bootstrap>, unit: &str) -> Result<UnitFigures, IndicatorError> {
        let interval = |values: &WeightedValues, indicator: &str| match bootstrap {
            Some(bootstrap) => bootstrap.interval(values, &format!("{unit} {indicator}")),
            None => Ok(None),
        };
        let classed = self.classed_weight.value();
        Ok(UnitFigures {
            impact: self.sums.impact(),
            mncs: interval(&self.ncs, "MNCS")?,
            pp_top_10: interval(&self.top_10, "PP(top 10 %)")?,
            pp_top_1: interval(&self.top_1, "PP(top 1 %)")?,
            collab_cnci: (classed > 0.0).then(|| self.classed_ncs.value() / classed),
            h_index: self.citations.h_index(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() -> Result<(), IndicatorError> {
        // Weights ½, ½, 1; the third has no cohort. MNCS (½·3 + ½·1)/1 = 2. Collab-CNCI: ½·1.5 and 1·0.5 over 1.5: 1.25/1.5 = 5/6.
        // Citations 6, 2 and one unknown: h = 2.
        let impact = |ncs, top_10| WorkImpact { ncs, fwci: Some(ncs), top_10, top_1: 0.0 };
        let (first, second) = (impact(3.0, 1.0), impact(1.0, 0.0));
        let mut unit = UnitWorks::default();
        unit.add(&UnitWork { weight: 0.5, citations: Some(6), impact: Some(&first), class_ncs: Some(1.5) })?;
        unit.add(&UnitWork { weight: 0.5, citations: Some(2), impact: Some(&second), class_ncs: None })?;
        unit.add(&UnitWork { weight: 1.0, citations: None, impact: None, class_ncs: Some(0.5) })?;
        let found = unit.figures(Some(&Bootstrap::new(1)), "KR")?;
        assert_eq!((found.impact.works, found.impact.weight, found.impact.mncs), (3, 2.0, Some(2.0)));
        assert!(found.collab_cnci.is_some_and(|value| (value - 5.0 / 6.0).abs() < 1e-12));
        assert_eq!(found.h_index, 2);
        // Two works give resamples of 1, 2 and 3.
        assert_eq!(found.mncs, Some(Estimate { value: 2.0, low: 1.0, high: 3.0 }));
        assert_eq!(found.pp_top_10, Some(Estimate { value: 0.5, low: 0.0, high: 1.0 }));
        assert_eq!(unit.figures(None, "KR")?.mncs, None);
        assert!(unit.add(&UnitWork { weight: 0.0, citations: None, impact: Some(&first), class_ncs: None }).is_err());
        Ok(())
    }

    #[test]
    fn nothing_says_nothing() -> Result<(), IndicatorError> {
        let found = UnitWorks::default().figures(Some(&Bootstrap::new(1)), "KR")?;
        assert_eq!((found.impact.mncs, found.mncs, found.collab_cnci, found.h_index), (None, None, None, 0));
        Ok(())
    }
}
