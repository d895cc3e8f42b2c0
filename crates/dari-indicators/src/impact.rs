//! Citation impact: cohorts and what they say of a work, units and what their works say of them.

pub mod citations;
pub mod cohort;
pub mod collaboration;
pub mod percentile;
pub mod top;
pub mod unit;
pub mod unit_works;

pub use citations::Citations;
pub use cohort::{Baseline, Cohort, Cohorts, WorkImpact, ncs};
pub use collaboration::{Collaboration, CollaborationCohort, Parties, UnknownParties};
pub use percentile::{OpenAlexPercentile, OpenAlexRanks, Percentile};
pub use top::{Threshold, TopShare};
pub use unit::{UnitImpact, UnitSums};
pub use unit_works::{UnitFigures, UnitWork, UnitWorks};
