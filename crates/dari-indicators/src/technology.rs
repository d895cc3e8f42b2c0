//! A technology as a weighted set of topics, and its works.

use crate::{Cube, IndicatorError, Reference};

/// The topics that make a technology.
#[derive(Debug, Clone, PartialEq)]
pub struct TechnologyTopics {
    /// Identifier, unique among the technologies of one call.
    pub id: String,
    /// Name, for people.
    pub name: String,
    /// Topics with weights above 0 and up to 1: 1 for core topics, the user's choice for related ones. A work on a topic of weight 0.5 counts half.
    pub topics: Vec<(i32, f64)>,
}

/// A technology's counts in a cube: weighted sums over its topics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TechnologyCounts {
    /// Topics found: (place in the cube, weight).
    pub(crate) topics: Vec<(usize, f64)>,
    /// Topics that the cube does not hold.
    pub(crate) missing: Vec<i32>,
    /// Periods × countries.
    pub(crate) works: Vec<Vec<f64>>,
    /// Per period.
    pub(crate) world: Vec<f64>,
    /// Per period, what countries are compared with.
    pub(crate) reference: Vec<f64>,
}

impl TechnologyCounts {
    pub(crate) fn new(cube: &Cube, technology: &TechnologyTopics, reference: Reference) -> Result<Self, IndicatorError> {
        let fail = |problem: String| IndicatorError::Technology { id: technology.id.clone(), problem };
        let mut wanted = technology.topics.clone();
        wanted.sort_by_key(|topic| topic.0);
        if let Some(twice) = wanted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(fail(format!("topic {} is listed twice, expected once", twice[0].0)));
        }
        if let Some((topic, weight)) = wanted.iter().find(|(_, weight)| !(*weight > 0.0 && *weight <= 1.0)) {
            return Err(fail(format!("topic {topic} has weight {weight}, expected above 0 and up to 1")));
        }
        let topics: Vec<(usize, f64)> = wanted.iter().filter_map(|&(id, weight)| Some((cube.topic(id)?, weight))).collect();
        let missing = wanted.iter().map(|topic| topic.0).filter(|&id| cube.topic(id).is_none()).collect();
        let periods = 0..cube.periods().len();
        let sum = |count: &dyn Fn(usize) -> u64| topics.iter().map(|&(topic, weight)| weight * count(topic) as f64).sum::<f64>();
        let works = periods.clone().map(|p| (0..cube.countries().len()).map(|c| sum(&|topic| cube.works(p, topic)[c])).collect()).collect();
        let world = periods.clone().map(|p| sum(&|topic| cube.world(p, topic))).collect();
        let reference = periods.map(|p| sum(&|topic| cube.reference(reference, p, topic))).collect();
        Ok(TechnologyCounts { topics, missing, works, world, reference })
    }
}

/// A period's works over all topics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Totals {
    /// Per country.
    pub(crate) countries: Vec<f64>,
    /// What countries are compared with.
    pub(crate) reference: f64,
}

impl Totals {
    pub(crate) fn new(cube: &Cube, period: usize, reference: Reference) -> Self {
        let mut countries = vec![0.0; cube.countries().len()];
        let mut all = 0.0;
        for topic in 0..cube.topics().len() {
            for (total, works) in countries.iter_mut().zip(cube.works(period, topic)) {
                *total += *works as f64;
            }
            all += cube.reference(reference, period, topic) as f64;
        }
        Totals { countries, reference: all }
    }
}
