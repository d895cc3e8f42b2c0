//! What is counted, and with which weight: types and selection of works, authorships to credits, windows of citations.

pub mod authorships;
pub mod credits;
pub mod selection;
pub mod window;
pub mod work_type;

pub use authorships::{Authorships, fractional_weight};
pub use credits::{Counting, Credit, Credits};
pub use selection::{Exclusion, Exclusions, Selection, WorkFacts};
pub use window::{CitationSource, CitationSources, CitationWindow, CountedCitations};
pub use work_type::{TypeSet, WorkType};
