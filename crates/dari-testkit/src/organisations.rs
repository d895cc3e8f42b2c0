//! The organisations of the world: countries have them by their share, sizes follow Zipf's law within a country.

use std::collections::HashSet;

use crate::margins::Margins;
use crate::names;
use crate::planted::Planted;
use crate::random::{Alias, Purpose, Random};

/// The first id of an institution; real ones are below.
pub(crate) const FIRST_ID: u64 = 7_000_000_000;
/// The first id of an author.
pub(crate) const FIRST_AUTHOR: u64 = 6_000_000_000;
/// About how many there are.
const COUNT: f64 = 8000.0;
/// Exponent and shift of Zipf's law.
const ZIPF: (f64, f64) = (0.9, 2.0);

/// An organisation.
#[derive(Debug)]
pub(crate) struct Organisation {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) acronym: String,
    pub(crate) kind: &'static str,
    /// With resolver.
    pub(crate) ror: Option<String>,
    /// Place in [`Margins::countries`].
    pub(crate) country: usize,
    pub(crate) town: String,
    /// Share in the draws of its country.
    pub(crate) share: f64,
    /// The numbers of its authors.
    pub(crate) authors: std::ops::Range<u64>,
}

/// All organisations, by country and size.
#[derive(Debug)]
pub(crate) struct Organisations {
    pub(crate) all: Vec<Organisation>,
    /// The run of each country.
    pub(crate) of_country: Vec<std::ops::Range<usize>>,
    /// The numbers of authors without an organisation.
    pub(crate) others: std::ops::Range<u64>,
    draws: Vec<Alias>,
}

impl Organisations {
    pub(crate) fn new(seed: u64, works: u64, margins: &Margins) -> Organisations {
        let sizes: Vec<f64> = margins.shares.iter().map(|share| share.powf(0.85)).collect();
        let total: f64 = sizes.iter().sum();
        let mut all: Vec<Organisation> = Vec::new();
        let mut of_country = Vec::new();
        let (mut names, mut rors) = (HashSet::new(), HashSet::new());
        let mut author = FIRST_AUTHOR;
        for (country, size) in sizes.iter().enumerate() {
            let count = ((COUNT * size / total).round() as usize).max(3);
            let weight = |rank: usize| (rank as f64 + ZIPF.1).powf(-ZIPF.0);
            let sum: f64 = (0..count).map(weight).sum();
            let first = all.len();
            let culture = names::culture(margins.countries[country]);
            for rank in 0..count {
                let mut random = Random::new(seed, Purpose::Organisation, all.len() as u64);
                let mut town = names::town(culture, &mut random);
                let (mut name, mut kind, mut acronym) = names::organisation(&town, &mut random);
                // Towns are few in some places: others of the name get a second word.
                while !names.insert(name.clone()) {
                    town = format!("{} {}", names::town(culture, &mut random), names::town(culture, &mut random));
                    (name, kind, acronym) = names::organisation(&town, &mut random);
                }
                let share = weight(rank) / sum;
                let pool = (works as f64 * margins.shares[country] * share * 1.6) as u64 + 4;
                let ror = (!random.chance(0.08)).then(|| {
                    loop {
                        let ror = ror(&mut random);
                        if rors.insert(ror.clone()) {
                            break ror;
                        }
                    }
                });
                all.push(Organisation {
                    id: FIRST_ID + all.len() as u64,
                    name,
                    acronym,
                    kind,
                    ror,
                    country,
                    town,
                    share,
                    authors: author..author + pool,
                });
                author += pool;
            }
            of_country.push(first..all.len());
        }
        Organisations { all, of_country, others: author..author + works * 6 / 5 + 10, draws: Vec::new() }
    }

    /// Leaves those out of the plain draw that are drawn by themselves, because their works are cited differently.
    pub(crate) fn prepare(&mut self, planted: &Planted) {
        let weight = |at: usize| if planted.impact_of(at).is_some() { 0.0 } else { self.all[at].share };
        self.draws = self.of_country.iter().map(|run| Alias::new(&run.clone().map(weight).collect::<Vec<_>>())).collect();
    }

    /// Draws an organisation of a country for a work of a class in which `earlier` take part.
    pub(crate) fn draw(&self, planted: &Planted, country: usize, class: usize, earlier: &[u32], random: &mut Random) -> u32 {
        for &one in earlier {
            for partner in planted.partners_of(one as usize) {
                let there = earlier.contains(&(partner.organisation as u32));
                if !there && self.all[partner.organisation].country == country && random.chance(partner.more) {
                    return partner.organisation as u32;
                }
            }
        }
        for impact in planted.impact_in(country) {
            if random.chance(self.all[impact.organisation].share * impact.tilt[class]) {
                return impact.organisation as u32;
            }
        }
        (self.of_country[country].start + self.draws[country].draw(random)) as u32
    }
}

/// A ROR id with resolver that checks and that no real organisation has: real ones go up to 05….
fn ror(random: &mut Random) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    // The first of the six letters is y or z.
    let value = (30 + random.below(2)) * 32u64.pow(5) + random.below(32u64.pow(5));
    let letters: String = (0..6).rev().map(|at| char::from(LETTERS[(value / 32u64.pow(at) % 32) as usize])).collect();
    // What is left of value × 100 + digits when divided by 97 is 1 (ISO 7064, MOD 97-10).
    let check = 98 - value * 100 % 97;
    format!("https://ror.org/0{letters}{check:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ror_ids_check() {
        let mut random = Random::new(1, Purpose::Organisation, 0);
        for _ in 0..2000 {
            let ror = ror(&mut random);
            assert!(dari_model::ror::checked(&ror).is_ok(), "{ror}");
        }
    }
}
