//! Money of awards and budgets: one currency and price level, spread over years, added up with what is below zero apart.
//!
//! The rule, [`RULE`]: an award's amount is spread over its days from the first to the last, both included ([`spread`]), each year's part
//! is converted at the yearly average rate of that year, then brought to the prices of the base year with the deflator of the currency it
//! is now in ([`Money::convert`]).

mod money;
mod spread;
mod tally;

pub use money::{Converted, DeflatorTable, FundingError, MissingYears, Money, Prices, RateTable, deflator_country};
pub use spread::{AwardMoney, OpenEnded, Part, Spread, Unplaced, spread};
pub use tally::Tally;

/// Name of the rule amounts are made comparable by.
pub const RULE: &str = "convert-then-deflate";
