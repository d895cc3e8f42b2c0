//! The figures of science that a country × topic cube and series of country pairs can carry: what a country's position in a technology is,
//! what lies between countries, where cooperation is promising, and where the data lie.
//!
//! Pure: typed input in ([`Cube`], [`PairSeries`], [`TechnologyTopics`]), typed results out. No files, no clock, no global state; random
//! numbers come from a seed. Every figure is computed with or without some topics by giving it the cube or [`Cube::without`] them.
//!
//! | module | figures |
//! |---|---|
//! | [`counting`] | full and fractional weights, which works count, windows of citations |
//! | [`impact`] | cohorts, NCS, FWCI, top x %, percentile, Collab-CNCI, h; MNCS, TNCS and PP(top x %) of a unit |
//! | [`position`] | share, activity index, growth and momentum, rank, monopoly risk |
//! | [`between`] | Salton, Jaccard, affinity, observed over expected, complementarity |
//! | [`opportunity`] | components, score, how the rank moves, the topics behind it |
//! | [`effects`] | synthetic control, difference-in-differences, placebo tests of what followed an agreement |
//! | [`trend`] | a pair's or set's series, growth with and without broken years |
//! | [`quality`] | broken years, sink topics |
//! | [`statistics`] | intervals (bootstrap, Poisson, shrinkage), robust lines, seeded draws |

pub mod between;
pub mod counting;
pub mod cube;
pub mod effects;
mod error;
pub mod funding;
pub mod impact;
pub mod opportunity;
pub mod pairs;
pub mod position;
pub mod quality;
pub mod statistics;
pub mod technology;
pub mod trend;

pub use cube::{Cube, CubeBuilder, CubeRow, Period, Reference, Topic};
pub use error::IndicatorError;
pub use pairs::{PairCounts, PairSeries, PairSeriesBuilder};
pub use technology::TechnologyTopics;

/// A country's two-letter code if it is one of ISO 3166-1.
pub(crate) fn country_code(code: &str) -> Result<&'static str, IndicatorError> {
    match dari_model::country::by_code(code) {
        Some(country) if country.code == code => Ok(country.code),
        _ => Err(IndicatorError::Country(code.to_owned())),
    }
}

/// The codes of a set of two or more different countries in alphabetical order, so that no figure of a set depends on how it was written.
pub(crate) fn country_set(codes: &[&str]) -> Result<Vec<&'static str>, IndicatorError> {
    let mut set = codes.iter().map(|code| country_code(code)).collect::<Result<Vec<_>, _>>()?;
    set.sort_unstable();
    set.dedup();
    if set.len() < 2 || set.len() != codes.len() {
        return Err(IndicatorError::CountrySet(codes.iter().map(|code| (*code).to_owned()).collect()));
    }
    Ok(set)
}
