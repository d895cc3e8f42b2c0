//! Whom to invite to a workshop.

use std::collections::BTreeMap;

use dari_indicators::statistics::random::generator;
use rand::seq::SliceRandom;

/// Someone who could be invited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The member.
    pub member: u32,
    /// How much is to be expected of an invitation, 0 or above: first joint works with members of the other side, for instance.
    pub merit: f64,
    /// First works are recent.
    pub early: bool,
    /// Has not worked with anyone of the other side.
    pub newcomer: bool,
    /// Number of an organisation, if known.
    pub organisation: Option<u32>,
    /// Number of a field of work, if known.
    pub field: Option<u32>,
}

/// How a side is put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InviteOptions {
    /// How many are invited.
    pub places: usize,
    /// The least share of those early in their career.
    pub early: f64,
    /// The least share of newcomers.
    pub newcomers: f64,
    /// The most of one organisation.
    pub of_organisation: usize,
    /// The largest share of one field.
    pub of_field: f64,
    /// Seed of the lot between those of equal merit.
    pub seed: u64,
}

impl Default for InviteOptions {
    /// Ten places: three at least for those early in their career and for newcomers, two at most of an organisation, half of a field.
    fn default() -> Self {
        InviteOptions { places: 10, early: 0.3, newcomers: 0.3, of_organisation: 2, of_field: 0.5, seed: 1 }
    }
}

/// Why someone is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Of those left, the one of whom most is to be expected, whom no limit kept out.
    Merit,
    /// A place was kept for someone early in the career.
    Early,
    /// A place was kept for a newcomer.
    Newcomer,
    /// A place was kept for someone who is both.
    EarlyNewcomer,
    /// Nobody was left within the limits of an organisation and field.
    BeyondLimits,
}

/// Places that take in a number of people early in their career and of newcomers, where so many are both.
fn places_needed(early: usize, newcomers: usize, both: usize) -> usize {
    early + newcomers - early.min(newcomers).min(both)
}

/// Chooses whom to invite of one side, in the order in which places are given. Places go by merit, except that the last ones are kept for those early in their
/// career and for newcomers as far as too few of them came in by merit; whoever would be one too many of an organisation or field is passed over. Limits give way
/// where nobody else is left. Between equals a lot decides, drawn with the seed.
pub fn invite(candidates: &[Candidate], options: &InviteOptions) -> Vec<(Candidate, Why)> {
    let mut left = candidates.to_vec();
    // In an order of their own first, so that the lot does not depend on the order given.
    left.sort_unstable_by_key(|candidate| candidate.member);
    left.dedup_by_key(|candidate| candidate.member);
    left.shuffle(&mut generator(options.seed, "workshop"));
    left.sort_by(|a, b| b.merit.total_cmp(&a.merit));
    let places = options.places.min(left.len());
    let share = |share: f64| (share * places as f64).ceil() as usize;
    let (mut early, mut newcomers) = (share(options.early).min(places), share(options.newcomers).min(places));
    let most_of_field = share(options.of_field).max(1);
    let (mut organisations, mut fields): (BTreeMap<u32, usize>, BTreeMap<u32, usize>) = Default::default();
    let mut invited: Vec<(Candidate, Why)> = Vec::new();
    while invited.len() < places {
        let free = places - invited.len();
        // As many as there still can be.
        let there = |of: fn(&Candidate) -> bool| left.iter().filter(|candidate| of(candidate)).count();
        (early, newcomers) = (early.min(there(|one| one.early)), newcomers.min(there(|one| one.newcomer)));
        let both = there(|one| one.early && one.newcomer);
        let needed = places_needed(early, newcomers, both);
        // Whoever comes next may not make what is still missing more than the places left after.
        let meets = |candidate: &Candidate| {
            let less = |count: usize, is: bool| count.saturating_sub(usize::from(is));
            let is_both = candidate.early && candidate.newcomer;
            needed < free || places_needed(less(early, candidate.early), less(newcomers, candidate.newcomer), less(both, is_both)) < needed
        };
        let within = |candidate: &Candidate| {
            let few = |counts: &BTreeMap<u32, usize>, of: Option<u32>, most: usize| {
                of.is_none_or(|of| counts.get(&of).is_none_or(|count| *count < most))
            };
            few(&organisations, candidate.organisation, options.of_organisation.max(1)) && few(&fields, candidate.field, most_of_field)
        };
        let best = |wanted: &dyn Fn(&Candidate) -> bool| left.iter().position(wanted);
        let first = best(&within);
        let Some((place, is_within)) = best(&|one| meets(one) && within(one))
            .map(|place| (place, true))
            .or_else(|| first.map(|place| (place, true)))
            .or_else(|| best(&meets).or(Some(0)).map(|place| (place, false)))
        else {
            break;
        };
        let candidate = left.remove(place);
        let why = match (is_within, Some(place) == first, candidate.early && early > 0, candidate.newcomer && newcomers > 0) {
            (false, ..) => Why::BeyondLimits,
            (_, true, ..) | (_, _, false, false) => Why::Merit,
            (_, _, true, false) => Why::Early,
            (_, _, false, true) => Why::Newcomer,
            (_, _, true, true) => Why::EarlyNewcomer,
        };
        early = early.saturating_sub(usize::from(candidate.early));
        newcomers = newcomers.saturating_sub(usize::from(candidate.newcomer));
        candidate.organisation.into_iter().for_each(|of| *organisations.entry(of).or_default() += 1);
        candidate.field.into_iter().for_each(|of| *fields.entry(of).or_default() += 1);
        invited.push((candidate, why));
    }
    invited
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(member: u32, merit: f64) -> Candidate {
        Candidate { member, merit, early: false, newcomer: false, organisation: None, field: None }
    }

    #[test]
    fn by_hand() {
        // Five by merit; 3 is early, 4 a newcomer. Of three places one is kept for either.
        let mut all: Vec<Candidate> = (0..5).map(|member| candidate(member, 5.0 - f64::from(member))).collect();
        (all[3].early, all[4].newcomer) = (true, true);
        let options = InviteOptions { places: 3, ..InviteOptions::default() };
        let chosen = |all: &[Candidate]| invite(all, &options).iter().map(|(one, why)| (one.member, *why)).collect::<Vec<_>>();
        assert_eq!(chosen(&all), [(0, Why::Merit), (3, Why::Early), (4, Why::Newcomer)]);
        // One who is both leaves a place more to merit, and takes the last one.
        all[4].early = true;
        assert_eq!(chosen(&all), [(0, Why::Merit), (1, Why::Merit), (4, Why::EarlyNewcomer)]);
        // Of an organisation two at most, unless nobody else is left.
        all.iter_mut().for_each(|one| (one.early, one.newcomer, one.organisation) = (true, true, Some(u32::from(one.member == 4))));
        assert_eq!(chosen(&all), [(0, Why::Merit), (1, Why::Merit), (4, Why::Merit)]);
        all.iter_mut().for_each(|one| one.organisation = Some(7));
        assert_eq!(chosen(&all), [(0, Why::Merit), (1, Why::Merit), (2, Why::BeyondLimits)]);
        assert!(chosen(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn places_are_filled_with_different_people_and_minima_are_kept_where_they_can_be(
            given in prop::collection::vec((0u32..30, 0u8..4, any::<bool>(), any::<bool>(), prop::option::of(0u32..6), prop::option::of(0u32..4)), 0..30),
            places in 1usize..12,
            seed in 0u64..4,
        ) {
            let mut all: Vec<Candidate> = given
                .iter()
                .map(|(member, merit, early, newcomer, organisation, field)| Candidate {
                    member: *member, merit: f64::from(*merit), early: *early, newcomer: *newcomer, organisation: *organisation, field: *field,
                })
                .collect();
            all.sort_by_key(|one| one.member);
            all.dedup_by_key(|one| one.member);
            let options = InviteOptions { places, seed, ..InviteOptions::default() };
            let invited = invite(&all, &options);
            let mut members: Vec<u32> = invited.iter().map(|(one, _)| one.member).collect();
            members.sort_unstable();
            members.dedup();
            prop_assert_eq!(members.len(), places.min(all.len()));
            // The order given does not matter.
            let mut back = all.clone();
            back.reverse();
            prop_assert_eq!(&invite(&back, &options), &invited);
            // Without limits of organisations and fields the minima hold wherever there are as many, as far as places suffice for both.
            let free = InviteOptions { of_organisation: 99, of_field: 1.0, early: 0.3, newcomers: 0.3, ..options };
            let invited = invite(&all, &free);
            let least = (0.3 * places.min(all.len()) as f64).ceil() as usize;
            let early = |among: &mut dyn Iterator<Item = &Candidate>| among.filter(|one| one.early).count();
            let newcomers = |among: &mut dyn Iterator<Item = &Candidate>| among.filter(|one| one.newcomer).count();
            let (least_early, least_new) = (least.min(early(&mut all.iter())), least.min(newcomers(&mut all.iter())));
            if least_early + least_new <= places {
                let came = || invited.iter().map(|(one, _)| one);
                prop_assert!(early(&mut came()) >= least_early && newcomers(&mut came()) >= least_new, "{:?}", invited);
            }
        }
    }
}
