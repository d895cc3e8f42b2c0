//! Who fits the work packages of a programme: by works that are about them.

use rustc_hash::FxHashMap;

use crate::Corpus;

/// What is left of what a work says of today after a year.
pub const FADING: f64 = 0.75;
/// Years that are recent.
const RECENT: i16 = 5;

/// How well a member fits a package.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// The member.
    pub member: u32,
    /// Σ over its works in the package: how much of the work is about it (0 to 1), divided by the work's members, less a quarter for every year since.
    pub fit: f64,
    /// Works in the package.
    pub works: u32,
    /// Those of the last five years.
    pub recent: u32,
    /// The part of the member's works that is in the package, works divided by their members: from 0 to 1.
    pub share: f64,
    /// The last year with a work in the package.
    pub last: i16,
}

/// Members that fit each of a number of packages, the best first, by works up to a year. `of_work` says which packages a work is about, each once, and how much.
///
/// # Panics
/// If a work is about a package beyond their number.
pub fn fits<'w>(corpus: &Corpus, until: i16, packages: usize, of_work: impl Fn(i64) -> &'w [(usize, f64)]) -> Vec<Vec<Fit>> {
    let mut found: Vec<FxHashMap<u32, Fit>> = vec![FxHashMap::default(); packages];
    let mut all = vec![0.0; corpus.members() as usize];
    for work in corpus.between(i16::MIN, until) {
        let members: Vec<u32> = work.members().collect();
        let part = 1.0 / members.len().max(1) as f64;
        members.iter().for_each(|member| all[*member as usize] += part);
        let age = until.saturating_sub(work.year);
        for (package, strength) in of_work(work.id) {
            for member in &members {
                let new = Fit { member: *member, fit: 0.0, works: 0, recent: 0, share: 0.0, last: work.year };
                let fit = found[*package].entry(*member).or_insert(new);
                fit.fit += strength * part * FADING.powi(i32::from(age));
                fit.works += 1;
                fit.recent += u32::from(age < RECENT);
                fit.share += strength * part;
                // Works come in order of years.
                fit.last = work.year;
            }
        }
    }
    let ranked = |fits: FxHashMap<u32, Fit>| {
        let share = |fit: Fit| Fit { share: fit.share / all[fit.member as usize], ..fit };
        let mut fits: Vec<Fit> = fits.into_values().map(share).collect();
        fits.sort_unstable_by(|a, b| b.fit.total_cmp(&a.fit).then(a.member.cmp(&b.member)));
        fits
    };
    found.into_iter().map(ranked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, Who, Work};

    #[test]
    fn by_hand() {
        let work = |id: i64, year: i16, members: &[u32]| {
            let parts = members.iter().map(|member| Part { member: *member, country: None, affiliate: None }).collect();
            Work { id, year, parts, ..Work::default() }
        };
        // Member 0: one work alone in 2020, one with 1 in 2018; member 1 also one of 2010 that is about nothing asked for.
        let works = vec![work(1, 2020, &[0]), work(2, 2018, &[0, 1]), work(3, 2010, &[1]), work(4, 2021, &[0])];
        let corpus = Corpus::new(works, Who::Researchers, 50);
        let about = |id: i64| -> &'static [(usize, f64)] {
            match id {
                1 => &[(0, 1.0)],
                2 => &[(0, 0.5), (1, 1.0)],
                4 => &[(0, 1.0)],
                _ => &[],
            }
        };
        let found = fits(&corpus, 2020, 3, about);
        // The work of 2021 is not known by then.
        let first = Fit { member: 0, fit: 1.0 + 0.5 * 0.5 * 0.5625, works: 2, recent: 2, share: 1.25 / 1.5, last: 2020 };
        let second = Fit { member: 1, fit: 0.5 * 0.5 * 0.5625, works: 1, recent: 1, share: 0.25 / 1.5, last: 2018 };
        assert_eq!(found[0], [first, second]);
        // In the other package both have the same half: the lower number first.
        assert_eq!(found[1].iter().map(|fit| (fit.member, fit.fit)).collect::<Vec<_>>(), [(0, 0.28125), (1, 0.28125)]);
        assert!(found[2].is_empty());
    }
}
