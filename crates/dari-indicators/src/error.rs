//! What can be wrong with the input.

use crate::cube::Period;

/// Input that the figures cannot be computed from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IndicatorError {
    /// A code that is no ISO 3166-1 two-letter code.
    #[error("{0:?} is no country: expected an ISO 3166-1 two-letter code in capitals such as KR; map regions and old codes before loading")]
    Country(String),
    /// A country that the data do not hold.
    #[error("the data hold nothing of {0}: choose among the countries of the data")]
    CountryAbsent(String),
    /// A set of countries that is too small or names one twice.
    #[error("expected two or more different countries, found {0:?}")]
    CountrySet(Vec<String>),
    /// A period that ends before it begins.
    #[error("period {0}: expected the first year not to be after the last")]
    Period(Period),
    /// Two periods that share a year: growth between them has no meaning.
    #[error("periods {0} and {1} overlap: expected periods that share no year; load them as different data sets")]
    Overlap(Period, Period),
    /// A row of a topic that was not described first.
    #[error("topic {0} has counts but no description: add the topic before its rows")]
    UnknownTopic(i32),
    /// A topic described twice in different words.
    #[error("topic {0} is described twice: expected one name, subfield and field")]
    TopicTwice(i32),
    /// A count below zero.
    #[error("{what}: found {found} works, expected 0 or more")]
    Negative {
        /// The cell.
        what: String,
        /// The count.
        found: i64,
    },
    /// A topic with two world counts in one period.
    #[error(
        "topic {topic}, {period}: world works are {first} in one row and {second} in another, expected one number; was the table joined from two versions?"
    )]
    World {
        /// The topic.
        topic: i32,
        /// The period.
        period: Period,
        /// The count seen first.
        first: u64,
        /// The count seen later.
        second: u64,
    },
    /// A country with more works than the world.
    #[error("{what}: {works} works of the country, but {world} of the world")]
    MoreThanWorld {
        /// The cell.
        what: String,
        /// Works of the country.
        works: u64,
        /// Works of the world.
        world: u64,
    },
    /// Two rows for one cell.
    #[error("{0}: found two rows, expected one; add them up or choose one data set before loading")]
    Twice(String),
    /// No rows at all.
    #[error("no rows: expected at least one")]
    Empty,
    /// A technology whose topics or weights cannot be used.
    #[error("technology {id}: {problem}")]
    Technology {
        /// The technology.
        id: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// A number outside its range.
    #[error("{what}: found {found}, expected {expected}")]
    Range {
        /// The parameter.
        what: String,
        /// The value.
        found: f64,
        /// The range.
        expected: &'static str,
    },
    /// A window without a year of the data.
    #[error("no data in {0}: choose a window within the years of the data")]
    Window(Period),
    /// An option with a value that it does not have.
    #[error("{what}={found}: expected {expected}")]
    Option {
        /// The option.
        what: &'static str,
        /// The value.
        found: String,
        /// The values it has.
        expected: &'static str,
    },
    /// Records that do not come in the order of their ids.
    #[error("{what} {found} comes after one with the same or a higher id: expected the order of the ids, each once; sort before ranking")]
    Order {
        /// The kind of record.
        what: &'static str,
        /// The id.
        found: i64,
    },
    /// A work ranked in a cohort whose citations were counted without it.
    #[error("work {id} with {citations} citations is not of the cohort: expected the works that the cohort was counted from")]
    NotOfCohort {
        /// The work.
        id: i64,
        /// Its citations.
        citations: u32,
    },
    /// Counts of two different sets of countries.
    #[error("counts of different sets cannot be added: expected the same countries on both sides")]
    OtherSet,
}
