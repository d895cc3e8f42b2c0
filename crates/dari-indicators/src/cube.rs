//! Works by period, topic and country, with the world's.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt;

use crate::{IndicatorError, country_code};

/// Years from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// First year.
    pub from: i16,
    /// Last year.
    pub to: i16,
}

impl Period {
    /// Number of years.
    pub fn years(self) -> f64 {
        f64::from(self.to) - f64::from(self.from) + 1.0
    }

    /// The point in time halfway: 2012 for 2010-2014.
    pub fn midpoint(self) -> f64 {
        (f64::from(self.from) + f64::from(self.to)) / 2.0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

/// A topic and where it stands in the classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Topic number (T10018 is 10018).
    pub id: i32,
    /// Name.
    pub name: String,
    /// Subfield (ASJC code).
    pub subfield: i32,
    /// Field.
    pub field: i32,
}

/// What a country is compared with.
///
/// Where many affiliations are unknown the two differ much: the 46 countries of the shipped table explain from 1 % to nearly all of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reference {
    /// All works, countries unknown included (METHODS.md, "Position of a country").
    #[default]
    World,
    /// The sum over the countries of the cube: a joint work counts once per country. A topic whose affiliations are mostly unknown then makes
    /// no country look weak, and one whose affiliations are well known makes none look strong.
    Countries,
}

/// A row of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CubeRow<'a> {
    /// The period counted.
    pub period: Period,
    /// The topic.
    pub topic: i32,
    /// ISO 3166-1 two-letter code.
    pub country: &'a str,
    /// Works with at least one author of the country (full counting).
    pub works: i64,
    /// Works of the world on this topic in this period, countries unknown included.
    pub world: i64,
}

/// Works by period × topic × country. A cell without a row counts no works.
#[derive(Debug, Clone, PartialEq)]
pub struct Cube {
    periods: Vec<Period>,
    countries: Vec<&'static str>,
    topics: Vec<Topic>,
    /// Periods × topics × countries, the countries of a topic beside each other.
    works: Vec<u64>,
    /// Periods × topics.
    world: Vec<u64>,
}

impl Cube {
    /// Periods, earliest first; they share no year.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// Country codes, alphabetical.
    pub fn countries(&self) -> &[&'static str] {
        &self.countries
    }

    /// Topics by id.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// Place of a country in [`countries`](Self::countries).
    ///
    /// # Errors
    /// If the cube does not hold the country.
    pub fn country(&self, code: &str) -> Result<usize, IndicatorError> {
        self.countries.binary_search(&code).map_err(|_| IndicatorError::CountryAbsent(code.to_owned()))
    }

    /// Place of a topic in [`topics`](Self::topics).
    pub fn topic(&self, id: i32) -> Option<usize> {
        self.topics.binary_search_by_key(&id, |topic| topic.id).ok()
    }

    /// Works of every country (in the order of [`countries`](Self::countries)) on the topic at a place in the period at a place.
    pub fn works(&self, period: usize, topic: usize) -> &[u64] {
        let start = (period * self.topics.len() + topic) * self.countries.len();
        &self.works[start..start + self.countries.len()]
    }

    /// Works of the world on the topic at a place in the period at a place.
    pub fn world(&self, period: usize, topic: usize) -> u64 {
        self.world[period * self.topics.len() + topic]
    }

    /// Works on a topic of what countries are compared with.
    pub fn reference(&self, reference: Reference, period: usize, topic: usize) -> u64 {
        match reference {
            Reference::World => self.world(period, topic),
            Reference::Countries => self.works(period, topic).iter().sum(),
        }
    }

    /// The cube without some topics, as if they had never been counted: no country's and not the world's total holds them.
    #[must_use]
    pub fn without(&self, topics: &[i32]) -> Cube {
        let kept: Vec<usize> = (0..self.topics.len()).filter(|&t| !topics.contains(&self.topics[t].id)).collect();
        let cells = (0..self.periods.len()).flat_map(|p| kept.iter().map(move |&t| (p, t)));
        Cube {
            periods: self.periods.clone(),
            countries: self.countries.clone(),
            topics: kept.iter().map(|&t| self.topics[t].clone()).collect(),
            works: cells.clone().flat_map(|(p, t)| self.works(p, t)).copied().collect(),
            world: cells.map(|(p, t)| self.world(p, t)).collect(),
        }
    }
}

/// Collects rows into a [`Cube`] and refuses what contradicts itself.
#[derive(Debug, Default)]
pub struct CubeBuilder {
    topics: BTreeMap<i32, Topic>,
    world: FxHashMap<(Period, i32), u64>,
    works: FxHashMap<(Period, i32, &'static str), u64>,
}

impl CubeBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        CubeBuilder::default()
    }

    /// Describes a topic; must come before its rows. Saying the same twice is allowed.
    ///
    /// # Errors
    /// If the topic was described otherwise before.
    pub fn topic(&mut self, topic: Topic) -> Result<(), IndicatorError> {
        match self.topics.get(&topic.id) {
            Some(known) if *known != topic => Err(IndicatorError::TopicTwice(topic.id)),
            _ => {
                self.topics.insert(topic.id, topic);
                Ok(())
            }
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// A count below zero, a country above the world, a topic not described or with another world count in the period, a second row for the
    /// cell, a period that runs backwards, a code that is no country.
    pub fn row(&mut self, row: CubeRow<'_>) -> Result<(), IndicatorError> {
        let CubeRow { period, topic, country, .. } = row;
        if period.from > period.to {
            return Err(IndicatorError::Period(period));
        }
        let country = country_code(country)?;
        if !self.topics.contains_key(&topic) {
            return Err(IndicatorError::UnknownTopic(topic));
        }
        let cell = || format!("topic {topic}, {country}, {period}");
        let count = |found: i64| u64::try_from(found).map_err(|_| IndicatorError::Negative { what: cell(), found });
        let (works, world) = (count(row.works)?, count(row.world)?);
        if works > world {
            return Err(IndicatorError::MoreThanWorld { what: cell(), works, world });
        }
        let first = *self.world.entry((period, topic)).or_insert(world);
        if first != world {
            return Err(IndicatorError::World { topic, period, first, second: world });
        }
        match self.works.insert((period, topic, country), works) {
            None => Ok(()),
            Some(_) => Err(IndicatorError::Twice(cell())),
        }
    }

    /// The cube of all rows so far.
    ///
    /// # Errors
    /// If there are no rows, or two periods share a year.
    pub fn build(self) -> Result<Cube, IndicatorError> {
        let periods: BTreeSet<Period> = self.world.keys().map(|key| key.0).collect();
        let periods: Vec<Period> = periods.into_iter().collect();
        if periods.is_empty() {
            return Err(IndicatorError::Empty);
        }
        for pair in periods.windows(2) {
            if pair[1].from <= pair[0].to {
                return Err(IndicatorError::Overlap(pair[0], pair[1]));
            }
        }
        let countries: FxHashSet<&'static str> = self.works.keys().map(|key| key.2).collect();
        let mut countries: Vec<&'static str> = countries.into_iter().collect();
        countries.sort_unstable();
        let topics: Vec<Topic> = self.topics.into_values().collect();
        let mut cube = Cube {
            works: vec![0; periods.len() * topics.len() * countries.len()],
            world: vec![0; periods.len() * topics.len()],
            periods,
            countries,
            topics,
        };
        let mut topic_places: FxHashMap<(Period, i32), usize> = FxHashMap::default();
        for ((period, topic), world) in self.world {
            let at = cube.periods.binary_search(&period).unwrap_or_default() * cube.topics.len() + cube.topic(topic).unwrap_or_default();
            cube.world[at] = world;
            topic_places.insert((period, topic), at);
        }
        let country_places: FxHashMap<&str, usize> = cube.countries.iter().enumerate().map(|(place, code)| (*code, place)).collect();
        for ((period, topic, country), works) in self.works {
            let places = topic_places.get(&(period, topic)).zip(country_places.get(country));
            if let Some((topic, country)) = places {
                cube.works[topic * cube.countries.len() + country] = works;
            }
        }
        Ok(cube)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Period = Period { from: 2020, to: 2024 };

    fn topic(id: i32) -> Topic {
        Topic { id, name: format!("topic {id}"), subfield: 1, field: 1 }
    }

    fn row(topic: i32, country: &str, works: i64, world: i64) -> CubeRow<'_> {
        CubeRow { period: NOW, topic, country, works, world }
    }

    #[test]
    fn rows_that_contradict_are_refused() -> Result<(), IndicatorError> {
        let mut builder = CubeBuilder::new();
        builder.topic(topic(1))?;
        assert_eq!(builder.topic(Topic { subfield: 2, ..topic(1) }), Err(IndicatorError::TopicTwice(1)));
        builder.row(row(1, "KR", 3, 10))?;
        assert!(matches!(builder.row(row(1, "US", 3, 11)), Err(IndicatorError::World { first: 10, second: 11, .. })));
        assert!(matches!(builder.row(row(1, "KR", 3, 10)), Err(IndicatorError::Twice(_))));
        assert!(matches!(builder.row(row(1, "US", -1, 10)), Err(IndicatorError::Negative { found: -1, .. })));
        assert!(matches!(builder.row(row(1, "US", 11, 10)), Err(IndicatorError::MoreThanWorld { works: 11, world: 10, .. })));
        assert_eq!(builder.row(row(2, "US", 1, 10)), Err(IndicatorError::UnknownTopic(2)));
        assert!(matches!(builder.row(row(1, "kr", 1, 10)), Err(IndicatorError::Country(_))));
        let overlapping = CubeRow { period: Period { from: 2024, to: 2025 }, ..row(1, "KR", 1, 10) };
        builder.row(overlapping)?;
        assert!(matches!(builder.build(), Err(IndicatorError::Overlap(..))));
        assert_eq!(CubeBuilder::new().build(), Err(IndicatorError::Empty));
        Ok(())
    }

    #[test]
    fn cells_are_found_where_they_were_put() -> Result<(), IndicatorError> {
        let mut builder = CubeBuilder::new();
        builder.topic(topic(7))?;
        builder.topic(topic(3))?;
        builder.row(row(7, "US", 5, 20))?;
        builder.row(row(3, "KR", 2, 10))?;
        builder.row(CubeRow { period: Period { from: 2010, to: 2014 }, ..row(7, "KR", 1, 9) })?;
        let cube = builder.build()?;
        assert_eq!(cube.countries(), ["KR", "US"]);
        let (t3, t7) = (cube.topic(3).unwrap_or(9), cube.topic(7).unwrap_or(9));
        assert_eq!((cube.works(1, t3), cube.works(1, t7), cube.works(0, t7)), (&[2, 0][..], &[0, 5][..], &[1, 0][..]));
        assert_eq!((cube.world(1, t7), cube.world(0, t7), cube.world(0, t3)), (20, 9, 0));
        assert_eq!((cube.reference(Reference::Countries, 1, t7), cube.reference(Reference::World, 1, t7)), (5, 20));
        let less = cube.without(&[3]);
        assert_eq!((less.topics().len(), less.topic(3), less.works(1, 0), less.world(0, 0)), (1, None, &[0, 5][..], 9));
        Ok(())
    }
}
