//! Position of a country in a technology: share, activity index, growth, momentum, rank, monopoly risk.

pub mod activity;
pub mod growth;
pub mod monopoly;

use activity::Activity;
use growth::growth;

use crate::statistics::Estimate;
use crate::statistics::gamma_poisson::GammaPrior;
use crate::technology::{TechnologyCounts, Totals};
use crate::{Cube, IndicatorError, Period, Reference, TechnologyTopics};

/// All countries' positions in one technology.
#[derive(Debug, Clone, PartialEq)]
pub struct TechnologyPosition {
    /// The technology's id.
    pub technology: String,
    /// The latest period, to which works and shares belong.
    pub period: Period,
    /// What activity and momentum are measured against.
    pub reference: Reference,
    /// Works of the world in the period (full counting, topics weighted), countries unknown included.
    pub world_works: f64,
    /// Sum of the countries' works over the world's. A joint work counts once per country, so it may exceed 1. None if the world has none.
    pub known_share: Option<f64>,
    /// 1 − [`known_share`](Self::known_share), not below 0: the share of the world's works that no country of the cube explains. Joint works
    /// make this a lower bound.
    pub unknown_share: Option<f64>,
    /// Growth of the reference: annualised difference of log counts. None with one period.
    pub reference_growth: Option<Estimate>,
    /// Topics of the technology that the cube does not hold.
    pub missing_topics: Vec<i32>,
    /// Countries by works, most first; of equal works by code.
    pub countries: Vec<CountryPosition>,
}

/// A country's position.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryPosition {
    /// Two-letter code.
    pub country: &'static str,
    /// 1 + the number of countries with more works.
    pub rank: usize,
    /// Works in the technology in the latest period.
    pub works: f64,
    /// Works over all topics in that period.
    pub total_works: f64,
    /// Works over the world's. None if the world has none.
    pub share: Option<f64>,
    /// Activity index, raw and shrunk. None if the technology or the reference has no works.
    pub activity: Option<Activity>,
    /// Annualised growth of the log counts. None with one period.
    pub growth: Option<Estimate>,
    /// The country's growth minus the reference's. None with one period.
    pub momentum: Option<Estimate>,
}

/// Positions of all countries of the cube in a technology (METHODS.md, "Position of a country in a technology"): world share, activity index
/// (Balassa 1965) and its symmetric form (Laursen 2015), growth and momentum between the periods.
///
/// # Errors
/// If the technology lists a topic twice or with a weight outside (0, 1].
pub fn positions(cube: &Cube, technology: &TechnologyTopics, reference: Reference) -> Result<TechnologyPosition, IndicatorError> {
    let counts = TechnologyCounts::new(cube, technology, reference)?;
    let last = cube.periods().len() - 1;
    let totals = Totals::new(cube, last, reference);
    let works = &counts.works[last];
    let world = counts.world[last];
    let of_world = |works: f64| (world > 0.0).then(|| works / world);
    let expected = |c: usize| activity::expected(totals.countries[c], counts.reference[last], totals.reference);
    let prior = GammaPrior::fit(works.iter().enumerate().map(|(c, works)| (*works, expected(c))));
    let series = |c: usize| counts.works.iter().map(|period| period[c]).collect::<Vec<f64>>();
    let mut countries: Vec<CountryPosition> = (0..works.len())
        .map(|c| CountryPosition {
            country: cube.countries()[c],
            rank: 1 + works.iter().filter(|other| **other > works[c]).count(),
            works: works[c],
            total_works: totals.countries[c],
            share: of_world(works[c]),
            activity: prior.map(|prior| Activity::new(prior, works[c], expected(c))),
            growth: growth(cube.periods(), &series(c), None),
            momentum: growth(cube.periods(), &series(c), Some(&counts.reference)),
        })
        .collect();
    countries.sort_by_key(|position| (position.rank, position.country));
    let known_share = of_world(works.iter().sum());
    Ok(TechnologyPosition {
        technology: technology.id.clone(),
        period: cube.periods()[last],
        reference,
        world_works: world,
        known_share,
        unknown_share: known_share.map(|share| (1.0 - share).max(0.0)),
        reference_growth: growth(cube.periods(), &counts.reference, None),
        missing_topics: counts.missing,
        countries,
    })
}
