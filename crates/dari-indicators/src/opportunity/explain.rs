//! The topics behind the components of an opportunity.

use super::components::Profile;
use crate::position::activity::{Activity, expected};
use crate::position::growth::growth;
use crate::statistics::Estimate;
use crate::technology::TechnologyCounts;
use crate::{Cube, IndicatorError, Reference, TechnologyTopics, country_set};

/// A side's numbers on a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct SideTopic {
    /// Two-letter code.
    pub country: &'static str,
    /// Works in every period, earliest first (unweighted).
    pub works: Vec<u64>,
    /// Share of the world's works in the latest period. None if the world has none.
    pub share: Option<f64>,
    /// Activity index on the topic within the technology: how the side's effort in the technology is spread (Balassa 1965). None if nobody works on it.
    pub activity: Option<Activity>,
    /// Annualised growth of log counts. None with one period.
    pub growth: Option<Estimate>,
}

/// A topic of a technology.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicExplanation {
    /// Topic number.
    pub topic: i32,
    /// Its name.
    pub name: String,
    /// Weight in the technology.
    pub weight: f64,
    /// World works in every period, earliest first.
    pub world: Vec<u64>,
    /// Sum of the countries' works over the world's in the latest period; may exceed 1.
    pub known_share: Option<f64>,
    /// Growth of the reference. None with one period.
    pub reference_growth: Option<Estimate>,
    /// The sides, alphabetical.
    pub sides: Vec<SideTopic>,
}

/// How much a topic drives a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driver {
    /// Topic number.
    pub topic: i32,
    /// Its contribution, in the unit that [`Explanation`] gives for the component.
    pub value: f64,
}

/// The topics behind the components of a technology for a set of countries. Unrealised cooperation, investment and policy have no topics.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The technology's id.
    pub technology: String,
    /// Topics by works of the world, most first.
    pub topics: Vec<TopicExplanation>,
    /// Where the sides' strength is: the least share that the topic has in a side's works in the technology. Largest first.
    pub strength: Vec<Driver>,
    /// Where the sides complete each other: the topic's part in what both sides add (A + B of
    /// [`complementarity`](crate::between::complementarity::complementarity)), summed over the pairs. Largest first.
    pub complementarity: Vec<Driver>,
    /// What moved the sides against the reference: mean over the sides of the topic's part in the relative growth of their works a year from the first
    /// period to the latest, minus its part in the reference's. The parts of all topics add up to the difference of the relative growths.
    /// By size, most of either sign first. Empty with one period.
    pub momentum: Vec<Driver>,
}

/// The topics that drive the components of [`opportunities`](super::opportunities), with their numbers for every side.
///
/// # Errors
/// A set or technology that cannot be used; a country that the cube does not hold.
pub fn explain(cube: &Cube, technology: &TechnologyTopics, set: &[&str], reference: Reference) -> Result<Explanation, IndicatorError> {
    let set = country_set(set)?;
    let counts = TechnologyCounts::new(cube, technology, reference)?;
    let profile = Profile::new(cube, technology, &set, reference)?;
    let places = set.iter().map(|code| cube.country(code)).collect::<Result<Vec<_>, _>>()?;
    let (periods, last) = (cube.periods(), cube.periods().len() - 1);
    let id = |topic: usize| cube.topics()[topic].id;

    let mut topics: Vec<TopicExplanation> = counts
        .topics
        .iter()
        .zip(profile.topics())
        .map(|(&(topic, weight), basis)| {
            let world: Vec<u64> = (0..=last).map(|p| cube.world(p, topic)).collect();
            let of_world = |works: u64| (world[last] > 0).then(|| works as f64 / world[last] as f64);
            let side = |&c: &usize| {
                let works: Vec<u64> = (0..=last).map(|p| cube.works(p, topic)[c]).collect();
                let within = expected(counts.works[last][c], basis.reference, counts.reference[last]);
                SideTopic {
                    country: cube.countries()[c],
                    share: of_world(works[last]),
                    activity: basis.prior.map(|prior| Activity::new(prior, weight * works[last] as f64, within)),
                    growth: growth(periods, &works.iter().map(|works| *works as f64).collect::<Vec<_>>(), None),
                    works,
                }
            };
            let compared: Vec<f64> = (0..=last).map(|p| cube.reference(reference, p, topic) as f64).collect();
            TopicExplanation {
                topic: id(topic),
                name: cube.topics()[topic].name.clone(),
                weight,
                known_share: of_world(cube.works(last, topic).iter().sum()),
                reference_growth: growth(periods, &compared, None),
                sides: places.iter().map(side).collect(),
                world,
            }
        })
        .collect();
    topics.sort_by_key(|topic| (std::cmp::Reverse(topic.world[last]), topic.topic));

    // A topic's part in a relative growth a year; 0 where nothing was there to grow from.
    let part = |now: f64, then: f64, base: f64| {
        let (first, latest) = (periods[0], periods[last]);
        let years = latest.midpoint() - first.midpoint();
        if base > 0.0 { (now / latest.years() - then / first.years()) / (base / first.years()) / years } else { 0.0 }
    };
    let driver = |value: &dyn Fn(usize, f64) -> f64| -> Vec<Driver> {
        counts.topics.iter().map(|&(topic, weight)| Driver { topic: id(topic), value: value(topic, weight) }).collect()
    };
    let strength = driver(&|topic, weight| {
        let share =
            |&c: &usize| if counts.works[last][c] > 0.0 { weight * cube.works(last, topic)[c] as f64 / counts.works[last][c] } else { 0.0 };
        places.iter().map(share).fold(f64::INFINITY, f64::min)
    });
    let adds = profile.adds();
    let complementarity = counts.topics.iter().zip(adds).map(|(&(topic, _), value)| Driver { topic: id(topic), value }).collect();
    let momentum = driver(&|topic, weight| {
        let side = |&c: &usize| {
            let at = |p: usize| weight * cube.works(p, topic)[c] as f64;
            part(at(last), at(0), counts.works[0][c])
        };
        let at = |p: usize| weight * cube.reference(reference, p, topic) as f64;
        places.iter().map(side).sum::<f64>() / places.len() as f64 - part(at(last), at(0), counts.reference[0])
    });
    Ok(Explanation {
        technology: technology.id.clone(),
        topics,
        strength: largest_first(strength),
        complementarity: largest_first(complementarity),
        momentum: if last > 0 { largest_first(momentum) } else { Vec::new() },
    })
}

fn largest_first(mut drivers: Vec<Driver>) -> Vec<Driver> {
    drivers.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()).then(a.topic.cmp(&b.topic)));
    drivers
}
