//! Topics that swallow works which do not belong to them.

use std::collections::BTreeMap;

use crate::statistics::robust::RobustCentre;
use crate::{Cube, Period};

/// How a sink is told from an ordinary topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SinkOptions {
    /// Robust deviations by which the known share must lie below that of the neighbours.
    pub share: f64,
    /// Robust deviations above the neighbours' size from which the size alone counts as broken.
    pub size: f64,
    /// Robust deviations from the neighbours' growth from which growth counts as broken, in a topic that is
    /// [`large`](Self::large).
    pub growth: f64,
    /// Robust deviations above the neighbours' size from which broken growth matters.
    pub large: f64,
    /// Topics that a subfield must have to be compared within; else the field is.
    pub neighbours: usize,
}

impl Default for SinkOptions {
    /// 3.5 deviations of share (Iglewicz & Hoaglin 1993) and 2.5 of size, or 3.5 of growth and 1 of size; 8 neighbours.
    fn default() -> Self {
        SinkOptions { share: 3.5, size: 2.5, growth: 3.5, large: 1.0, neighbours: 8 }
    }
}

/// With whom a topic was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Neighbourhood {
    /// Topics of the same subfield.
    Subfield(i32),
    /// Topics of the same field, the subfield being too small.
    Field(i32),
}

/// A topic against its neighbours in the latest period.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicTest {
    /// Topic number.
    pub topic: i32,
    /// The period.
    pub period: Period,
    /// Works of the world.
    pub world: u64,
    /// Sum of the countries' works over the world's; may exceed 1, a joint work counting once per country.
    pub known_share: f64,
    /// Median known share of the neighbours.
    pub neighbours_share: f64,
    /// With whom it was compared.
    pub neighbourhood: Neighbourhood,
    /// Log known share in robust deviations from the neighbours'.
    pub share: f64,
    /// Log world works in robust deviations from the neighbours'.
    pub size: f64,
    /// Log growth of the world's works from the first period to the latest, in robust deviations from the neighbours'. None with one period.
    pub growth: Option<f64>,
    /// Known share far below the neighbours', and size or growth broken.
    pub sink: bool,
}

impl TopicTest {
    /// Works that the countries' works do not account for at the neighbours' known share: roughly what was swallowed. Not below 0.
    pub fn unexplained(&self) -> f64 {
        let known = self.known_share * self.world as f64;
        (self.world as f64 - known / self.neighbours_share).max(0.0)
    }
}

// A spread of logs below this is taken for a coincidence of few neighbours.
const MINIMUM_SCALE: f64 = 0.1;

/// Tests every topic with works in the latest period; in order of topic. Sinks are those with [`TopicTest::sink`].
///
/// A sink is a topic whose known-country share lies far below its neighbours' and whose size or growth is out of line with theirs too (METHODS.md,
/// "Data that lie"; robust z by median and MAD, Hampel 1974, Iglewicz & Hoaglin 1993). Shares compare by their logarithm: unlike
/// a logit it also stands for sums above 1. A low share alone is no sign: a topic of countries that the cube does not hold has one honestly.
pub fn test_topics(cube: &Cube, options: &SinkOptions) -> Vec<TopicTest> {
    let last = cube.periods().len() - 1;
    let log = |count: u64| (count as f64 + 0.5).ln();
    let topics: Vec<usize> = (0..cube.topics().len()).filter(|&topic| cube.world(last, topic) > 0).collect();
    let measures = |topic: usize| {
        let world = cube.world(last, topic);
        let known: u64 = cube.works(last, topic).iter().sum();
        [log(known) - log(world), log(world), log(world) - log(cube.world(0, topic))]
    };
    let mut members: BTreeMap<Neighbourhood, Vec<[f64; 3]>> = BTreeMap::new();
    for &topic in &topics {
        for place in [Neighbourhood::Subfield(cube.topics()[topic].subfield), Neighbourhood::Field(cube.topics()[topic].field)] {
            members.entry(place).or_default().push(measures(topic));
        }
    }
    let centres: BTreeMap<Neighbourhood, [Option<RobustCentre>; 3]> = members
        .iter()
        .filter(|(place, members)| members.len() >= options.neighbours || matches!(place, Neighbourhood::Field(_)))
        .map(|(place, members)| {
            (*place, [0, 1, 2].map(|measure| RobustCentre::of(&mut members.iter().map(|m| m[measure]).collect::<Vec<_>>())))
        })
        .collect();
    let test = |&topic: &usize| {
        let described = &cube.topics()[topic];
        let subfield = Neighbourhood::Subfield(described.subfield);
        let neighbourhood = if centres.contains_key(&subfield) { subfield } else { Neighbourhood::Field(described.field) };
        let [Some(share), Some(size), Some(growth)] = *centres.get(&neighbourhood)? else { return None };
        let own = measures(topic);
        let [share_z, size_z, growth_z] =
            [(share, own[0]), (size, own[1]), (growth, own[2])].map(|(centre, own)| centre.z(own, MINIMUM_SCALE));
        let grew = (last > 0).then_some(growth_z);
        let broken = size_z > options.size || (size_z > options.large && grew.is_some_and(|z| z.abs() > options.growth));
        let known: u64 = cube.works(last, topic).iter().sum();
        Some(TopicTest {
            topic: described.id,
            period: cube.periods()[last],
            world: cube.world(last, topic),
            known_share: known as f64 / cube.world(last, topic) as f64,
            neighbours_share: share.median.exp(),
            neighbourhood,
            share: share_z,
            size: size_z,
            growth: grew,
            sink: share_z < -options.share && broken,
        })
    };
    topics.iter().filter_map(test).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CubeBuilder, CubeRow, IndicatorError, Topic};

    /// Ten topics of a subfield with (works of KR, of the world) in two periods.
    fn cube(change: impl Fn(i32) -> Option<[(i64, i64); 2]>) -> Result<Cube, IndicatorError> {
        let mut builder = CubeBuilder::new();
        for id in 0..10 {
            builder.topic(Topic { id, name: String::new(), subfield: 1, field: 1 })?;
            // Worlds of 1,000 to 1,900 growing by half, half of it known, give or take.
            let world = 1_000 + 100 * i64::from(id);
            let ordinary = [(world / 2 + i64::from(id % 3) * 20, world), (world * 3 / 4 + i64::from(id % 4) * 20, world * 3 / 2)];
            for (place, (works, world)) in change(id).unwrap_or(ordinary).into_iter().enumerate() {
                let period = [Period { from: 2010, to: 2014 }, Period { from: 2020, to: 2024 }][place];
                builder.row(CubeRow { period, topic: id, country: "KR", works, world })?;
            }
        }
        builder.build()
    }

    fn sinks(cube: &Cube) -> Vec<i32> {
        test_topics(cube, &SinkOptions::default()).iter().filter(|test| test.sink).map(|test| test.topic).collect()
    }

    #[test]
    fn large_and_unknown_is_a_sink_large_or_unknown_is_not() -> Result<(), IndicatorError> {
        assert_eq!(sinks(&cube(|_| None)?), Vec::<i32>::new());
        assert_eq!(sinks(&cube(|id| (id == 4).then_some([(700, 60_000), (1_000, 90_000)]))?), [4]);
        assert_eq!(sinks(&cube(|id| (id == 4).then_some([(30_000, 60_000), (45_000, 90_000)]))?), Vec::<i32>::new());
        assert_eq!(sinks(&cube(|id| (id == 4).then_some([(20, 1_400), (30, 2_100)]))?), Vec::<i32>::new());
        // Grown from 60 to 3,300 and unknown: larger than its neighbours, not by enough to count alone.
        assert_eq!(sinks(&cube(|id| (id == 4).then_some([(30, 60), (50, 3_300)]))?), [4]);
        Ok(())
    }

    #[test]
    fn the_unexplained_by_hand() -> Result<(), IndicatorError> {
        let cube = cube(|id| (id == 4).then_some([(700, 60_000), (1_000, 90_000)]))?;
        let tests = test_topics(&cube, &SinkOptions::default());
        let found = &tests[4];
        // 1,000 works at the neighbours' share of about ½ explain about 2,000 of 90,000.
        assert_eq!((found.world, found.neighbourhood), (90_000, Neighbourhood::Subfield(1)));
        assert!((found.known_share - 1.0 / 90.0).abs() < 1e-12 && (found.neighbours_share - 0.5).abs() < 0.03);
        assert!((found.unexplained() - 88_000.0).abs() < 120.0, "{}", found.unexplained());
        // A subfield of fewer topics than asked for is compared within its field.
        let options = SinkOptions { neighbours: 11, ..SinkOptions::default() };
        assert_eq!(test_topics(&cube, &options)[4].neighbourhood, Neighbourhood::Field(1));
        Ok(())
    }
}
