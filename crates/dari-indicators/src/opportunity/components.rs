//! The components of an opportunity from the counts of a technology.

use super::{Evidence, Investment};
use crate::between::complementarity::{ProfileTopic, adds, complementarity_of_set, profile};
use crate::position::activity::{Activity, expected};
use crate::position::growth::growth;
use crate::statistics::Estimate;
use crate::statistics::gamma_poisson::GammaPrior;
use crate::technology::{TechnologyCounts, Totals};
use crate::{Cube, IndicatorError, Period, Reference, TechnologyTopics};

/// The components, each in [0, 1]; None where the data do not say. None of them depends on which other technologies are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Components {
    /// The weaker side's [`Side::strength`].
    pub strength: Option<f64>,
    /// Complementarity of the sides' profiles over the topics ([`complementarity_of_set`]); 0 for a single topic, where nobody can add what
    /// the other lacks. None without topics.
    pub complementarity: Option<f64>,
    /// Logistic of the sides' mean momentum m: 1 / (1 + exp(−m / 0.05)). ½ where the sides grow with the reference, 0.73 at five points a year more.
    pub momentum: Option<f64>,
    /// Unrealised cooperation ([`SetFigures::unrealised`](crate::between::SetFigures::unrealised)).
    pub unrealised: Option<f64>,
    /// Weaker side's r / (1 + r), where r is the technology's share of the side's money over its share of the reference's works (an activity
    /// index of money; Balassa 1965). ½ where money goes as the works of the reference do. Sides without award data are left out.
    pub investment: Option<f64>,
    /// How far the sides' own frameworks list the technology, as passed in.
    pub policy: Option<f64>,
}

impl Components {
    /// In the order of the fields.
    pub fn values(&self) -> [Option<f64>; 6] {
        [self.strength, self.complementarity, self.momentum, self.unrealised, self.investment, self.policy]
    }
}

/// A side of an opportunity.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Two-letter code.
    pub country: &'static str,
    /// Works in the technology in the latest period.
    pub works: f64,
    /// Share of the country's own works that are in the technology.
    pub share_of_own: Option<f64>,
    /// Activity index. None if nobody has works in the technology.
    pub activity: Option<Activity>,
    /// Standing: share of the cube's other countries with fewer works in the technology, ties half; in [0, 1].
    pub standing: f64,
    /// √(specialisation · standing), where specialisation is RCA / (1 + RCA) of the shrunk activity index: ½ at the reference's effort. In [0, 1]:
    /// a country is strong where it does much, for its size and in the world.
    pub strength: Option<f64>,
    /// Growth minus the reference's.
    pub momentum: Option<Estimate>,
}

const MOMENTUM_SCALE: f64 = 0.05;

/// The counts of a technology for a set of countries, ready to be drawn anew.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    periods: Vec<Period>,
    set: Vec<&'static str>,
    /// Weights of the topics.
    weights: Vec<f64>,
    /// Periods × sides × topics, as counted.
    counts: Vec<Vec<Vec<f64>>>,
    topics: Vec<ProfileTopic>,
    /// The sides' works over all topics in the latest period.
    totals: Vec<f64>,
    /// Works a side would have in the technology at the reference's effort.
    expected: Vec<f64>,
    prior: Option<GammaPrior>,
    /// Works in the technology of the other countries, per side (the other sides are others too).
    others: Vec<Vec<f64>>,
    reference: Vec<f64>,
    reference_share: Option<f64>,
    missing: Vec<i32>,
}

impl Profile {
    /// Of a technology for a set in alphabetical order.
    ///
    /// # Errors
    /// A technology that cannot be used or a country that the cube does not hold.
    pub(super) fn new(
        cube: &Cube,
        technology: &TechnologyTopics,
        set: &[&'static str],
        reference: Reference,
    ) -> Result<Self, IndicatorError> {
        let places = set.iter().map(|code| cube.country(code)).collect::<Result<Vec<_>, _>>()?;
        let all = TechnologyCounts::new(cube, technology, reference)?;
        let last = cube.periods().len() - 1;
        let totals = Totals::new(cube, last, reference);
        let expect = |c: usize| expected(totals.countries[c], all.reference[last], totals.reference);
        let prior = GammaPrior::fit(all.works[last].iter().enumerate().map(|(c, works)| (*works, expect(c))));
        let topic = |&(topic, weight): &(usize, f64)| {
            let on_topic = weight * cube.reference(reference, last, topic) as f64;
            let within = |c: usize| expected(all.works[last][c], on_topic, all.reference[last]);
            let units = cube.works(last, topic).iter().enumerate().map(|(c, works)| (weight * *works as f64, within(c)));
            ProfileTopic { reference: on_topic, prior: GammaPrior::fit(units) }
        };
        let count = |period: usize| {
            let side = |&c: &usize| all.topics.iter().map(|&(topic, _)| cube.works(period, topic)[c] as f64).collect();
            places.iter().map(side).collect()
        };
        let others = |&side: &usize| {
            let mut others: Vec<f64> = (0..cube.countries().len()).filter(|&c| c != side).map(|c| all.works[last][c]).collect();
            others.sort_unstable_by(f64::total_cmp);
            others
        };
        Ok(Profile {
            periods: cube.periods().to_vec(),
            set: set.to_vec(),
            weights: all.topics.iter().map(|topic| topic.1).collect(),
            counts: (0..=last).map(count).collect(),
            topics: all.topics.iter().map(topic).collect(),
            totals: places.iter().map(|&c| totals.countries[c]).collect(),
            expected: places.iter().map(|&c| expect(c)).collect(),
            prior,
            others: places.iter().map(others).collect(),
            reference_share: (totals.reference > 0.0).then(|| all.reference[last] / totals.reference),
            reference: all.reference,
            missing: all.missing,
        })
    }

    /// Topics of the technology that the cube does not hold.
    pub(super) fn missing_topics(&self) -> Vec<i32> {
        self.missing.clone()
    }

    /// The topics as the basis of profiles.
    pub(super) fn topics(&self) -> &[ProfileTopic] {
        &self.topics
    }

    /// What every topic brings to complementarity: the sum over the pairs of what both sides add there, times the topic's share of the reference.
    pub(super) fn adds(&self) -> Vec<f64> {
        let works = self.weighted(&self.counts);
        let profiles: Vec<Vec<f64>> = works[works.len() - 1].iter().map(|works| profile(&self.topics, works)).collect();
        let all: f64 = self.topics.iter().map(|topic| topic.reference).sum();
        let pairs = || (0..profiles.len()).flat_map(|a| (a + 1..profiles.len()).map(move |b| (a, b)));
        let on = |(topic, basis): (usize, &ProfileTopic)| {
            let sum: f64 = pairs().map(|(a, b)| (profiles[a][topic], profiles[b][topic])).map(|(a, b)| adds(a, b) + adds(b, a)).sum();
            if all > 0.0 { basis.reference / all * sum } else { 0.0 }
        };
        self.topics.iter().enumerate().map(on).collect()
    }

    /// Components (all but unrealised cooperation) and sides as counted.
    ///
    /// # Errors
    /// Evidence out of range, or of a country that is no side.
    pub(super) fn base(&self, evidence: &Evidence) -> Result<(Components, Vec<Side>), IndicatorError> {
        let range = |what: &str, found, expected| IndicatorError::Range { what: what.to_owned(), found, expected };
        if let Some(policy) = evidence.policy.filter(|policy| !(0.0..=1.0).contains(policy)) {
            return Err(range("policy, the share of sides that list a technology", policy, "0 to 1"));
        }
        for (country, Investment { technology, total }) in &evidence.investment {
            if !self.set.contains(&country.as_str()) {
                return Err(IndicatorError::CountryAbsent(country.clone()));
            }
            if !(*total > 0.0 && total.is_finite()) {
                return Err(range("a side's investment in all", *total, "above 0"));
            }
            if !(*technology >= 0.0 && technology.is_finite()) {
                return Err(range(
                    "a side's investment in a technology",
                    *technology,
                    "0 or more; count de-obligations with the award they belong to",
                ));
            }
        }
        let investment = self.reference_share.filter(|share| *share > 0.0).and_then(|share| {
            let ratios = evidence.investment.values().map(|money| money.technology / money.total / share);
            ratios.map(|ratio| ratio / (1.0 + ratio)).reduce(f64::min)
        });
        let works = self.weighted(&self.counts);
        let sides = (0..self.set.len()).map(|side| self.side(side, &works)).collect::<Vec<_>>();
        Ok((Components { investment, policy: evidence.policy, ..self.components(&works) }, sides))
    }

    /// Components with the sides' counts drawn anew by `draw`; what does not depend on counts is taken from `base`.
    pub(super) fn drawn(&self, base: &Components, mut draw: impl FnMut(f64) -> f64) -> Components {
        let mut counts = self.counts.clone();
        counts.iter_mut().flatten().flatten().for_each(|count| *count = draw(*count));
        let Components { unrealised, investment, policy, .. } = *base;
        Components { unrealised, investment, policy, ..self.components(&self.weighted(&counts)) }
    }

    fn weighted(&self, counts: &[Vec<Vec<f64>>]) -> Vec<Vec<Vec<f64>>> {
        let weigh = |topics: &Vec<f64>| topics.iter().zip(&self.weights).map(|(count, weight)| count * weight).collect();
        counts.iter().map(|sides| sides.iter().map(weigh).collect()).collect()
    }

    fn components(&self, works: &[Vec<Vec<f64>>]) -> Components {
        let sides = 0..self.set.len();
        let strength = sides.clone().map(|side| self.strength(side, works)).reduce(|a, b| a.zip(b).map(|(a, b)| a.min(b))).flatten();
        let momenta: Option<Vec<f64>> = sides.map(|side| self.momentum(side, works).map(|momentum| momentum.value)).collect();
        let momentum = momenta.map(|all| {
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            1.0 / (1.0 + (-mean / MOMENTUM_SCALE).exp())
        });
        let complementarity = (!self.topics.is_empty() && self.prior.is_some()).then(|| {
            let profiles: Vec<Vec<f64>> = works[works.len() - 1].iter().map(|works| profile(&self.topics, works)).collect();
            complementarity_of_set(&self.topics, &profiles)
        });
        Components { strength, complementarity, momentum, ..Components::default() }
    }

    fn works(&self, side: usize, works: &[Vec<Vec<f64>>]) -> f64 {
        works[works.len() - 1][side].iter().sum()
    }

    fn standing(&self, side: usize, works: f64) -> f64 {
        let others = &self.others[side];
        let fewer = others.partition_point(|other| *other < works);
        let ties = others.partition_point(|other| *other <= works) - fewer;
        if others.is_empty() { 0.5 } else { (fewer as f64 + 0.5 * ties as f64) / others.len() as f64 }
    }

    fn strength(&self, side: usize, works: &[Vec<Vec<f64>>]) -> Option<f64> {
        let works = self.works(side, works);
        let activity = self.prior?.mean(works, self.expected[side]);
        Some((activity / (1.0 + activity) * self.standing(side, works)).sqrt())
    }

    fn momentum(&self, side: usize, works: &[Vec<Vec<f64>>]) -> Option<Estimate> {
        self.prior?;
        let series: Vec<f64> = works.iter().map(|sides| sides[side].iter().sum()).collect();
        growth(&self.periods, &series, Some(&self.reference))
    }

    fn side(&self, side: usize, works: &[Vec<Vec<f64>>]) -> Side {
        let total = self.works(side, works);
        Side {
            country: self.set[side],
            works: total,
            share_of_own: (self.totals[side] > 0.0).then(|| total / self.totals[side]),
            activity: self.prior.map(|prior| Activity::new(prior, total, self.expected[side])),
            standing: self.standing(side, total),
            strength: self.strength(side, works),
            momentum: self.momentum(side, works),
        }
    }
}

/// Geometric mean of the shares of their own works that the sides give to the technology; 0 if one has no works.
pub(super) fn joint_share(sides: &[Side]) -> f64 {
    let product: f64 = sides.iter().map(|side| side.share_of_own.unwrap_or(0.0)).product();
    product.powf(1.0 / sides.len() as f64)
}
