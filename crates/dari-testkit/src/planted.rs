//! What is planted: organisations that work together more often than their sizes say, and works that are cited more or less than others.

use std::collections::{HashMap, HashSet};

use crate::margins::Margins;
use crate::organisations::Organisations;
use crate::random::{Purpose, Random};
use crate::shape::{self, CLASSES};

/// Two organisations that work together `times` more often than organisations of their countries and sizes do.
#[derive(Debug, Clone, Copy)]
pub struct Partners {
    /// Places of the two.
    pub(crate) organisations: (usize, usize),
    /// How many times more often.
    pub times: f64,
}

/// A planted partner as seen from the other one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Partner {
    pub(crate) organisation: usize,
    /// Probability with which it is taken before the plain draw, so that it is drawn `times` as often in all.
    pub(crate) more: f64,
}

/// An organisation whose works are cited `factor` times the mean of their year and subfield.
#[derive(Debug, Clone, Copy)]
pub struct Impact {
    pub(crate) organisation: usize,
    /// Citations over the mean.
    pub factor: f64,
    pub(crate) tilt: [f64; CLASSES],
}

/// A country's works on a topic that are cited `factor` times the mean of their year and subfield.
#[derive(Debug, Clone, Copy)]
pub struct CellImpact {
    pub(crate) country: usize,
    pub(crate) topic: usize,
    /// Citations over the mean.
    pub factor: f64,
    pub(crate) tilt: [f64; CLASSES],
}

/// All that is planted.
#[derive(Debug, Default)]
pub struct Planted {
    /// Pairs of partners.
    pub partners: Vec<Partners>,
    /// Organisations.
    pub impacts: Vec<Impact>,
    /// Countries on topics.
    pub cells: Vec<CellImpact>,
    partners_of: HashMap<usize, Vec<Partner>>,
    impact_of: HashMap<usize, usize>,
    impact_in: Vec<Vec<Impact>>,
    cell_of: HashMap<usize, CellImpact>,
}

const PARTNERS: usize = 40;
const TIMES: [f64; 4] = [3.0, 5.0, 8.0, 12.0];
const IMPACTS: usize = 16;
const CELLS: usize = 16;
const FACTORS: [f64; 4] = [0.5, 1.5, 2.0, 3.0];

impl Planted {
    pub(crate) fn new(seed: u64, margins: &Margins, organisations: &Organisations) -> Planted {
        let mut planted = Planted { impact_in: vec![Vec::new(); margins.countries.len()], ..Planted::default() };
        let mut random = Random::new(seed, Purpose::Planted, 0);
        let mut used = HashSet::new();
        planted.plant_impacts(organisations, &mut random, &mut used);
        planted.plant_partners(organisations, &mut random, &mut used);
        planted.plant_cells(margins, &mut random);
        planted
    }

    fn plant_impacts(&mut self, organisations: &Organisations, random: &mut Random, used: &mut HashSet<usize>) {
        for at in 0..IMPACTS * 8 {
            if self.impacts.len() == IMPACTS {
                break;
            }
            // Among the larger organisations of the larger countries, so that there are works to see it in.
            let country = at % 16;
            let run = &organisations.of_country[country];
            let organisation = run.start + random.below(run.len().min(12) as u64) as usize;
            let factor = FACTORS[self.impacts.len() % FACTORS.len()];
            let Some(tilt) = shape::tilt(factor, 0.6 / organisations.all[organisation].share) else { continue };
            if used.insert(organisation) {
                let impact = Impact { organisation, factor, tilt };
                self.impact_of.insert(organisation, self.impacts.len());
                self.impact_in[country].push(impact);
                self.impacts.push(impact);
            }
        }
    }

    fn plant_partners(&mut self, organisations: &Organisations, random: &mut Random, used: &mut HashSet<usize>) {
        for at in 0..PARTNERS * 20 {
            if self.partners.len() == PARTNERS {
                break;
            }
            let country = at % 14;
            // Every second pair is of two countries.
            let other = if self.partners.len().is_multiple_of(2) { country } else { random.below(14) as usize };
            let times = TIMES[self.partners.len() / 2 % TIMES.len()];
            let pick = |country: usize, random: &mut Random| {
                let run = &organisations.of_country[country];
                run.start + random.below(run.len().min(25) as u64) as usize
            };
            let (one, two) = (pick(country, random), pick(other, random));
            let share = |at: usize| organisations.all[at].share;
            if one == two || (self.partners.len() % 2 == 1 && other == country) || times * share(one).max(share(two)) > 0.6 {
                continue;
            }
            if used.contains(&one) || used.contains(&two) {
                continue;
            }
            used.extend([one, two]);
            for (from, to) in [(one, two), (two, one)] {
                // Taken first with probability x, else drawn with its share p: x + (1 - x) p = times × p.
                let more = (times - 1.0) * share(to) / (1.0 - share(to));
                self.partners_of.entry(from).or_default().push(Partner { organisation: to, more });
            }
            self.partners.push(Partners { organisations: (one, two), times });
        }
    }

    fn plant_cells(&mut self, margins: &Margins, random: &mut Random) {
        const YEAR: usize = 17;
        let mut candidates = Vec::new();
        for topic in 0..margins.volumes[YEAR].len() {
            for country in 0..margins.countries.len().min(46) {
                let share = margins.share(YEAR, topic, country);
                if (0.02..0.15).contains(&share) {
                    candidates.push((share * margins.volumes[YEAR][topic], topic, country));
                }
            }
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        candidates.truncate(400);
        for _ in 0..CELLS * 50 {
            if self.cells.len() == CELLS || candidates.is_empty() {
                break;
            }
            let &(_, topic, country) = random.of(&candidates);
            let factor = FACTORS[self.cells.len() % FACTORS.len()];
            let highest = (0..shape::YEAR_COUNT).map(|year| margins.share(year, topic, country)).fold(0.0, f64::max);
            let Some(tilt) = shape::tilt(factor, 0.9 / highest) else { continue };
            if let std::collections::hash_map::Entry::Vacant(free) = self.cell_of.entry(topic) {
                let cell = CellImpact { country, topic, factor, tilt };
                free.insert(cell);
                self.cells.push(cell);
            }
        }
    }

    pub(crate) fn partners_of(&self, organisation: usize) -> &[Partner] {
        self.partners_of.get(&organisation).map_or(&[], Vec::as_slice)
    }

    /// The place in `impacts` of an organisation.
    pub(crate) fn impact_of(&self, organisation: usize) -> Option<usize> {
        self.impact_of.get(&organisation).copied()
    }

    pub(crate) fn impact_in(&self, country: usize) -> &[Impact] {
        &self.impact_in[country]
    }

    pub(crate) fn cell_of(&self, topic: usize) -> Option<&CellImpact> {
        self.cell_of.get(&topic)
    }
}
