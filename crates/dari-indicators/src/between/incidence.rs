//! Works that all countries of a set wrote together, against what independence would give.

use std::fmt::Debug;

use super::similarity::observed_over_expected;
use crate::IndicatorError;
use crate::counting::Credit;
use crate::statistics::Estimate;
use crate::statistics::sum::ExactSum;

/// The works among which countries meet by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Universe {
    /// Works of two or more known countries, as for the probabilistic affinity index (Zitt, Bassecoulard & Okubo 2000): how partners are
    /// chosen, given that a work is international.
    #[default]
    International,
    /// All works: how far the countries work with others at all is part of the answer.
    All,
}

/// Counts of one set of countries over works, to be filled work by work and merged: the same whatever the order. Unlike pair counts it
/// knows the works that three or more wrote together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCounts<K> {
    set: Vec<K>,
    universe: Universe,
    works: u64,
    joint: u64,
    fractional_joint: ExactSum,
    members: Vec<Member>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Member {
    // Works of the universe, which the expectation is from.
    margin: u64,
    // All works, which shares are of.
    output: u64,
    fractional_output: ExactSum,
    fractional_joint: ExactSum,
}

impl<K: Copy + Ord + Debug> SetCounts<K> {
    /// Of a set of countries; the order does not matter.
    ///
    /// # Errors
    /// If the set has fewer than two countries or names one twice.
    pub fn new(set: &[K], universe: Universe) -> Result<Self, IndicatorError> {
        let mut sorted = set.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() < 2 || sorted.len() != set.len() {
            return Err(IndicatorError::CountrySet(set.iter().map(|country| format!("{country:?}")).collect()));
        }
        let members = vec![Member::default(); sorted.len()];
        Ok(SetCounts { set: sorted, universe, works: 0, joint: 0, fractional_joint: ExactSum::default(), members })
    }

    /// Adds a work by its credits to countries, one a country in their order ([`Credits`](crate::counting::Credits)).
    pub fn add(&mut self, credits: &[Credit<K>]) {
        let known = credits.iter().filter(|credit| credit.unit.is_some()).count();
        let counts = self.universe == Universe::All || known > 1;
        self.works += u64::from(counts);
        let part =
            |country: K| credits.binary_search_by_key(&Some(country), |credit| credit.unit).ok().map(|place| credits[place].fractional);
        let mut present = 0;
        for (country, member) in self.set.iter().zip(&mut self.members) {
            if let Some(part) = part(*country) {
                present += 1;
                member.margin += u64::from(counts);
                member.output += 1;
                member.fractional_output.add(part);
            }
        }
        if present < self.set.len() {
            return;
        }
        self.joint += 1;
        for (country, member) in self.set.iter().zip(&mut self.members) {
            let part = part(*country).unwrap_or_default();
            member.fractional_joint.add(part);
            self.fractional_joint.add(part);
        }
    }

    /// Adds the counts of other works.
    ///
    /// # Errors
    /// If they are of another set or universe.
    pub fn merge(&mut self, other: &SetCounts<K>) -> Result<(), IndicatorError> {
        if self.set != other.set || self.universe != other.universe {
            return Err(IndicatorError::OtherSet);
        }
        self.works += other.works;
        self.joint += other.joint;
        self.fractional_joint.merge(other.fractional_joint);
        for (member, other) in self.members.iter_mut().zip(&other.members) {
            member.margin += other.margin;
            member.output += other.output;
            member.fractional_output.merge(other.fractional_output);
            member.fractional_joint.merge(other.fractional_joint);
        }
        Ok(())
    }

    /// The figures.
    pub fn figures(&self) -> SetJoint<K> {
        let total = self.works as f64;
        let margins: Vec<f64> = self.members.iter().map(|member| member.margin as f64).collect();
        let expected = if self.works > 0 { margins.iter().fold(total, |product, margin| product * margin / total) } else { 0.0 };
        let share = |joint: f64, output: f64| (output > 0.0).then(|| joint / output);
        let members = self.set.iter().zip(&self.members).map(|(country, member)| MemberJoint {
            country: *country,
            works: member.output,
            fractional_works: member.fractional_output.value(),
            margin: member.margin,
            share: share(self.joint as f64, member.output as f64),
            fractional_joint: member.fractional_joint.value(),
            fractional_share: share(member.fractional_joint.value(), member.fractional_output.value()),
        });
        SetJoint {
            universe: self.universe,
            works: self.works,
            members: members.collect(),
            joint: self.joint,
            fractional_joint: self.fractional_joint.value(),
            expected,
            intensity: if self.works > 0 { observed_over_expected(self.joint as f64, &margins, total) } else { None },
        }
    }
}

/// One country of a set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberJoint<K> {
    /// The country.
    pub country: K,
    /// Its works, full counting, whatever the universe.
    pub works: u64,
    /// Its works, fractional counting.
    pub fractional_works: f64,
    /// Its works within the universe.
    pub margin: u64,
    /// Joint works of the set as a share of its works, in [0, 1]. None without works.
    pub share: Option<f64>,
    /// Its own part of the joint works.
    pub fractional_joint: f64,
    /// That part as a share of its fractional works, in [0, 1]. None without works.
    pub fractional_share: Option<f64>,
}

/// Joint works of a set of two, three or more countries (METHODS.md, "Between countries").
#[derive(Debug, Clone, PartialEq)]
pub struct SetJoint<K> {
    /// The works that the expectation is from.
    pub universe: Universe,
    /// How many they are: N.
    pub works: u64,
    /// The countries in order.
    pub members: Vec<MemberJoint<K>>,
    /// Works of all of them together, full counting; others may have taken part.
    pub joint: u64,
    /// The same in fractional counting: the part of those works that is the set's, the sum of the members' parts. A work of these countries
    /// alone counts 1.
    pub fractional_joint: f64,
    /// Joint works if each country took part independently of the others: N Π (N_k / N).
    pub expected: f64,
    /// Joint works over the expected, with a 95 % interval of the count (Garwood 1936). None if nothing is expected.
    pub intensity: Option<Estimate>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counting::Credits;
    use proptest::prelude::*;

    fn add(counts: &mut SetCounts<&'static str>, works: usize, countries: &[&'static str]) {
        let mut credits = Credits::new();
        let part = 1.0 / countries.len() as f64;
        (0..works)
            .for_each(|_| counts.add(credits.of_rows(countries.iter().map(|code| (Some(*code).filter(|code| !code.is_empty()), part)))));
    }

    #[test]
    fn three_countries_by_hand() -> Result<(), IndicatorError> {
        let filled = |universe| {
            let mut counts = SetCounts::new(&["US", "JP", "KR"], universe)?;
            add(&mut counts, 2, &["JP", "KR", "US"]);
            add(&mut counts, 2, &["CN", "JP", "KR", "US"]);
            add(&mut counts, 6, &["KR", "US"]);
            add(&mut counts, 6, &["JP", "US"]);
            add(&mut counts, 4, &["CN", "DE"]);
            add(&mut counts, 10, &["KR"]);
            // Unknown is no country: a work of KR and unknown is not known to be international.
            add(&mut counts, 10, &["KR", ""]);
            Ok::<_, IndicatorError>(counts.figures())
        };
        // International: N = 20; JP 10, KR 10, US 16. Expected 20·(1/2)(1/2)(4/5) = 4, seen 4. Garwood's interval of 4: 1.0899 to 10.2416.
        let found = filled(Universe::International)?;
        assert_eq!((found.works, found.joint), (20, 4));
        assert_eq!(
            found.members.iter().map(|member| (member.country, member.margin)).collect::<Vec<_>>(),
            [("JP", 10), ("KR", 10), ("US", 16)]
        );
        assert!((found.expected - 4.0).abs() < 1e-12);
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-4;
        assert!(
            found.intensity.is_some_and(|e| close(e.value, 1.0) && close(e.low, 1.0899 / 4.0) && close(e.high, 10.2416 / 4.0)),
            "{found:?}"
        );
        // Fractional: 2 works wholly theirs, 2 of which they have ¾: 3.5. KR's part: 2/3 + 2/4 of its 2/3 + 2/4 + 6/2 + 10 + 10/2.
        let kr = found.members[1];
        assert!(
            close(found.fractional_joint, 3.5) && close(kr.fractional_joint, 7.0 / 6.0) && close(kr.fractional_works, 7.0 / 6.0 + 18.0)
        );
        assert!(kr.share == Some(4.0 / 30.0) && kr.fractional_share.is_some_and(|share| close(share, 7.0 / 6.0 / (7.0 / 6.0 + 18.0))));
        // Over all works: N = 40; JP 10, KR 30, US 16: 40·¼·¾·0.4 = 3.
        let all = filled(Universe::All)?;
        assert!(all.works == 40 && (all.expected - 3.0).abs() < 1e-12 && all.intensity.is_some_and(|e| close(e.value, 4.0 / 3.0)));
        Ok(())
    }

    #[test]
    fn empty_and_wrong_sets() -> Result<(), IndicatorError> {
        assert!(SetCounts::new(&["KR"], Universe::All).is_err() && SetCounts::new(&["KR", "KR"], Universe::All).is_err());
        let mut counts = SetCounts::new(&["KR", "US"], Universe::International)?;
        let found = counts.figures();
        assert_eq!((found.expected, found.intensity, found.members[0].share), (0.0, None, None));
        assert_eq!(counts.merge(&SetCounts::new(&["KR", "JP"], Universe::International)?), Err(IndicatorError::OtherSet));
        assert_eq!(counts.merge(&SetCounts::new(&["KR", "US"], Universe::All)?), Err(IndicatorError::OtherSet));
        Ok(())
    }

    proptest! {
        #[test]
        fn parts_merge_in_any_order_and_shares_are_shares(
            works in prop::collection::vec(prop::collection::vec(0_u8..5, 1..5), 1..60), cut in 0_usize..60,
        ) {
            let of = |works: &[Vec<u8>]| -> Result<SetCounts<u8>, IndicatorError> {
                let (mut counts, mut credits) = (SetCounts::new(&[1, 2, 3], Universe::International)?, Credits::new());
                for work in works {
                    let part = 1.0 / work.len() as f64;
                    counts.add(credits.of_rows(work.iter().map(|code| ((*code > 0).then_some(*code), part))));
                }
                Ok(counts)
            };
            let (whole, cut) = (of(&works)?, cut % works.len());
            let (mut first, mut second) = (of(&works[..cut])?, of(&works[cut..])?);
            let early = first.clone();
            first.merge(&second)?;
            second.merge(&early)?;
            prop_assert_eq!(&first, &whole);
            prop_assert_eq!(&second, &whole);
            let found = whole.figures();
            prop_assert!(found.fractional_joint <= found.joint as f64 + 1e-12);
            for member in found.members {
                prop_assert!(member.margin >= found.joint && member.share.is_none_or(|share| share <= 1.0));
                prop_assert!(member.fractional_share.is_none_or(|share| share <= 1.0 + 1e-12));
            }
        }
    }
}
