//! Which countries a work is from: the shares of countries in topics and periods and the ties of countries, fitted to the real data.
//!
//! A work has a leading country or none. With a probability of its own, a leading country seeks partners: k of them are drawn (see
//! [`shape::PARTNERS`]) from its ties, and those drawn twice count once. Ties and probabilities are fitted so that the expected joint
//! works of every pair of countries and the expected works of every country on every topic are the real ones.

use std::collections::HashMap;

use crate::demo::{Code, Demo};
use crate::random::{Alias, Random};
use crate::shape;

/// Countries kept: the 46 of the table of topics and those others that have most joint works.
const COUNTRIES: usize = 100;
/// Rounds of fitting; more change nothing that shows.
const ROUNDS: usize = 24;
/// The least part of a country's works that it leads.
const LEAST_LEAD: f64 = 0.15;

/// Countries, topics and how they meet.
#[derive(Debug)]
pub(crate) struct Margins {
    /// Codes, by number of works.
    pub(crate) countries: Vec<Code>,
    /// Share of each country in all works of the world (2020-2024; full counting).
    pub(crate) shares: Vec<f64>,
    /// Works on a topic in a year over all works of the world's years: `volumes[year][topic]`.
    pub(crate) volumes: Vec<Vec<f64>>,
    /// Per period and topic: a country, or none as the last outcome.
    leads: [Vec<Alias>; 2],
    /// Per period and country: seeking partners, and whom.
    partners: [Vec<(f64, Alias)>; 2],
    partner_counts: Alias,
    /// Per period, topic and country: the share of works on the topic.
    topic_shares: [Vec<Vec<f32>>; 2],
}

impl Margins {
    pub(crate) fn new(demo: &Demo) -> Margins {
        let at_topic: HashMap<u32, usize> = demo.topics.iter().enumerate().map(|(at, topic)| (topic.id, at)).collect();
        let mut worlds = [vec![0.0; demo.topics.len()], vec![0.0; demo.topics.len()]];
        let mut totals: HashMap<Code, [f64; 2]> = HashMap::new();
        for margin in &demo.margins {
            let Some(&topic) = at_topic.get(&margin.topic) else { continue };
            worlds[margin.period][topic] = margin.world;
            totals.entry(margin.country).or_default()[margin.period] += margin.works;
        }
        let sums = [worlds[0].iter().sum::<f64>(), worlds[1].iter().sum()];
        let (countries, pairs) = ties(demo, &totals, sums);
        let mut leads = [Vec::new(), Vec::new()];
        let mut partners = [Vec::new(), Vec::new()];
        let mut topic_shares = [Vec::new(), Vec::new()];
        let mut world_shares = Vec::new();
        for period in 0..2 {
            let shares = shares_on_topics(demo, period, &countries, &at_topic, &totals, &pairs[period], sums[period]);
            let weights: Vec<f64> = worlds[period].iter().map(|works| works / sums[period]).collect();
            let totals: Vec<f64> = (0..countries.len())
                .map(|country| shares.iter().zip(&weights).map(|(shares, weight)| f64::from(shares[country]) * weight).sum())
                .collect();
            let fitted = fit(&pairs[period], &totals);
            leads[period] = shares.iter().map(|shares| lead(shares, &fitted.joining)).collect();
            partners[period] = fitted.seek.iter().zip(&fitted.ties).map(|(seek, ties)| (*seek, Alias::new(ties))).collect();
            topic_shares[period] = shares;
            world_shares = totals;
        }
        Margins {
            countries,
            shares: world_shares,
            volumes: volumes(&worlds),
            leads,
            partners,
            partner_counts: Alias::new(&partner_counts()),
            topic_shares,
        }
    }

    /// The period whose margins a work of a year follows: between the two, in turn.
    pub(crate) fn period(year: usize, random: &mut Random) -> usize {
        // 2012 is the middle of the first period, 2022 of the second.
        usize::from(random.chance((year as f64 - 7.0) / 10.0))
    }

    /// A leading country for a work on a topic, if any is known.
    pub(crate) fn lead(&self, period: usize, topic: usize, random: &mut Random) -> Option<usize> {
        let country = self.leads[period][topic].draw(random);
        (country < self.countries.len()).then_some(country)
    }

    /// Adds the partners of a leading country to `countries`.
    pub(crate) fn add_partners(&self, period: usize, lead: usize, random: &mut Random, countries: &mut Vec<u16>) {
        let (seek, ties) = &self.partners[period][lead];
        if random.chance(*seek) {
            let at = self.partner_counts.draw(random);
            let count = if at < shape::PARTNERS.len() { at + 1 } else { shape::CONSORTIA.0 };
            self.add_drawn(ties, count, random, countries);
        }
    }

    /// Adds the many partners of a work with thousands of authors.
    pub(crate) fn add_many(&self, lead: usize, random: &mut Random, countries: &mut Vec<u16>) {
        let (_, ties) = &self.partners[1][lead];
        self.add_drawn(ties, 30, random, countries);
    }

    fn add_drawn(&self, ties: &Alias, count: usize, random: &mut Random, countries: &mut Vec<u16>) {
        for _ in 0..count {
            let country = ties.draw(random) as u16;
            if !countries.contains(&country) {
                countries.push(country);
            }
        }
    }

    /// A country's share in the works on a topic in a year, as the real data say.
    pub(crate) fn share(&self, year: usize, topic: usize, country: usize) -> f64 {
        let later = ((year as f64 - 7.0) / 10.0).clamp(0.0, 1.0);
        let of = |period: usize| f64::from(self.topic_shares[period][topic][country]);
        of(0) * (1.0 - later) + of(1) * later
    }
}

/// Joint works over all works of the world, `[country][country]`, both ways.
type Pairs = Vec<Vec<f64>>;

/// The countries kept and, per period, their joint works over all works of the world.
fn ties(demo: &Demo, totals: &HashMap<Code, [f64; 2]>, sums: [f64; 2]) -> (Vec<Code>, [Pairs; 2]) {
    let mut ends: HashMap<Code, f64> = HashMap::new();
    for pair in &demo.pairs {
        if (2010..=2023).contains(&pair.year) {
            *ends.entry(pair.countries.0).or_default() += pair.works;
            *ends.entry(pair.countries.1).or_default() += pair.works;
        }
    }
    let mut countries: Vec<Code> = totals.keys().copied().collect();
    countries.sort_by(|a, b| totals[b][1].total_cmp(&totals[a][1]).then(a.cmp(b)));
    let mut others: Vec<Code> = ends.keys().copied().filter(|code| !totals.contains_key(code)).collect();
    others.sort_by(|a, b| ends[b].total_cmp(&ends[a]).then(a.cmp(b)));
    others.truncate(COUNTRIES.saturating_sub(countries.len()));
    countries.extend(others);
    let at: HashMap<Code, usize> = countries.iter().enumerate().map(|(at, code)| (*code, at)).collect();
    let empty = || vec![vec![0.0; countries.len()]; countries.len()];
    let mut pairs = [empty(), empty()];
    for pair in &demo.pairs {
        let (Some(&a), Some(&b)) = (at.get(&pair.countries.0), at.get(&pair.countries.1)) else { continue };
        // The pairs end with 2023: four years stand for the five of the second period.
        let (period, scale) = match pair.year {
            2010..=2014 => (0, 1.0),
            2020..=2023 => (1, 1.25),
            _ => continue,
        };
        pairs[period][a][b] += pair.works * scale / sums[period];
        pairs[period][b][a] += pair.works * scale / sums[period];
    }
    (countries, pairs)
}

/// The share of each country in the works on each topic. The works of countries that the table of topics leaves out are estimated: as many
/// per joint work as others have, spread over topics like the works that no country of the table has part in.
fn shares_on_topics(
    demo: &Demo,
    period: usize,
    countries: &[Code],
    at_topic: &HashMap<u32, usize>,
    totals: &HashMap<Code, [f64; 2]>,
    pairs: &Pairs,
    sum: f64,
) -> Vec<Vec<f32>> {
    let at_country: HashMap<Code, usize> = countries.iter().enumerate().map(|(at, code)| (*code, at)).collect();
    let mut shares = vec![vec![0f32; countries.len()]; demo.topics.len()];
    for margin in demo.margins.iter().filter(|margin| margin.period == period && margin.world > 0.0) {
        if let (Some(&topic), Some(&country)) = (at_topic.get(&margin.topic), at_country.get(&margin.country)) {
            shares[topic][country] = (margin.works / margin.world) as f32;
        }
    }
    let (mut known, mut ends) = (0.0, 0.0);
    for (code, pairs) in countries.iter().zip(pairs) {
        if let Some(totals) = totals.get(code) {
            known += totals[period] / sum;
            ends += pairs.iter().sum::<f64>();
        }
    }
    for shares in &mut shares {
        let rest = (1.0 - shares.iter().sum::<f32>()).clamp(0.02, 1.0);
        for (share, (code, pairs)) in shares.iter_mut().zip(countries.iter().zip(pairs)) {
            if !totals.contains_key(code) {
                let works = pairs.iter().sum::<f64>() * known / ends.max(1e-9);
                *share = (works / (1.0 - known).max(0.1)) as f32 * rest;
            }
        }
    }
    shares
}

struct Fitted {
    /// Probability of seeking partners.
    seek: Vec<f64>,
    /// Weight of each country among the partners drawn.
    ties: Pairs,
    /// Probability that a work led by the first has the second as a partner.
    joining: Pairs,
}

/// How many partners are drawn, as weights from 1 on; consortia come last.
fn partner_counts() -> [f64; shape::PARTNERS.len() + 1] {
    std::array::from_fn(|at| shape::PARTNERS.get(at).copied().unwrap_or(shape::CONSORTIA.1))
}

/// The probability generating function of the number of partners drawn.
fn generating(x: f64) -> f64 {
    let all: f64 = partner_counts().iter().sum();
    let few = shape::PARTNERS.iter().rev().fold(0.0, |sum, count| sum * x + count) * x;
    (few + x.powi(shape::CONSORTIA.0 as i32) * shape::CONSORTIA.1) / all
}

/// Fits ties and probabilities to joint works by proportional steps.
fn fit(goal: &Pairs, totals: &[f64]) -> Fitted {
    let n = goal.len();
    let mut seek = vec![0.3; n];
    let mut weights: Pairs = goal.clone();
    let mut leads: Vec<f64> = totals.iter().map(|total| total * 0.7).collect();
    let mut joining = vec![vec![0.0; n]; n];
    for round in 0..=ROUNDS {
        let mut expected = vec![vec![0.0; n]; n];
        for lead in 0..n {
            let total: f64 = weights[lead].iter().sum();
            let tie = |country: usize| if total > 0.0 { weights[lead][country] / total } else { 0.0 };
            let ties: Vec<f64> = (0..n).map(tie).collect();
            let without: Vec<f64> = ties.iter().map(|tie| generating(1.0 - tie)).collect();
            for a in 0..n {
                joining[lead][a] = seek[lead] * (1.0 - without[a]);
                expected[lead][a] += leads[lead] * joining[lead][a];
                expected[a][lead] += leads[lead] * joining[lead][a];
                if ties[a] == 0.0 {
                    continue;
                }
                for b in 0..a {
                    // Both are drawn: not neither, not only one.
                    let both = 1.0 - without[a] - without[b] + generating(1.0 - ties[a] - ties[b]);
                    expected[a][b] += leads[lead] * seek[lead] * both;
                    expected[b][a] += leads[lead] * seek[lead] * both;
                }
            }
        }
        if round == ROUNDS {
            break;
        }
        for a in 0..n {
            for b in 0..n {
                let step = if goal[a][b] > 0.0 { (goal[a][b] / expected[a][b].max(1e-15)).clamp(0.2, 5.0).powf(0.6) } else { 0.0 };
                weights[a][b] *= step;
            }
            let (goal, expected) = (goal[a].iter().sum::<f64>(), expected[a].iter().sum::<f64>());
            seek[a] = (seek[a] * (goal / expected.max(1e-15)).clamp(0.2, 5.0).powf(0.6)).clamp(0.005, 0.9);
        }
        let joined = joined(&leads, &joining);
        for a in 0..n {
            leads[a] = (leads[a] + (totals[a] - joined[a]).max(LEAST_LEAD * totals[a])) / 2.0;
        }
    }
    Fitted { seek, ties: weights, joining }
}

/// Works in which each country is a partner.
fn joined(leads: &[f64], joining: &Pairs) -> Vec<f64> {
    let mut joined = vec![0.0; leads.len()];
    for (lead, row) in leads.iter().zip(joining) {
        for (joined, part) in joined.iter_mut().zip(row) {
            *joined += lead * part;
        }
    }
    joined
}

/// Who leads works on a topic, so that leading and joining together give each country its share; none is the last outcome.
fn lead(shares: &[f32], joining: &Pairs) -> Alias {
    let shares: Vec<f64> = shares.iter().map(|share| f64::from(*share)).collect();
    let mut leads: Vec<f64> = shares.iter().map(|share| share * 0.7).collect();
    for _ in 0..6 {
        let joined = joined(&leads, joining);
        for at in 0..leads.len() {
            leads[at] = (leads[at] + (shares[at] - joined[at]).max(LEAST_LEAD * shares[at])) / 2.0;
        }
    }
    let known: f64 = leads.iter().sum();
    leads.push((1.0 - known).max(0.02));
    Alias::new(&leads)
}

/// Works by year and topic: within a period and between the two a topic grows or shrinks evenly; the two periods have what the data say.
fn volumes(worlds: &[Vec<f64>; 2]) -> Vec<Vec<f64>> {
    let mut volumes = vec![vec![0.0; worlds[0].len()]; shape::YEAR_COUNT];
    for topic in 0..worlds[0].len() {
        let (first, second) = (worlds[0][topic].max(1.0), worlds[1][topic].max(1.0));
        let growth = (second / first).clamp(0.25, 6.0);
        let at = |year: usize| growth.powf((year as f64 - 7.0) / 10.0);
        let within = |from: usize| (from..from + 5).map(at).sum::<f64>();
        let (one, two) = (first / within(5), second / within(15));
        for (year, volumes) in volumes.iter_mut().enumerate() {
            let later = ((year as f64 - 9.5) / 5.0).clamp(0.0, 1.0);
            volumes[topic] = at(year) * (one * (1.0 - later) + two * later);
        }
    }
    let all: f64 = volumes.iter().flatten().sum();
    for volume in volumes.iter_mut().flatten() {
        *volume /= all;
    }
    volumes
}
