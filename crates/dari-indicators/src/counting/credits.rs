//! What a work gives to each country or organisation.

use super::Authorships;

/// How a work is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counting {
    /// Every country (organisation, author) on the work is credited once.
    Full,
    /// Every country (organisation, author) is credited with its part of the work (CWTS Leiden Ranking Open Edition, "Counting method").
    Fractional,
}

/// What one unit gets of one work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credit<K> {
    /// The country or organisation; None is `unknown`.
    pub unit: Option<K>,
    /// The unit's part of the work, in (0, 1].
    pub fractional: f64,
}

impl<K> Credit<K> {
    /// The weight of the work for the unit: 1, or the unit's part of it.
    pub fn weight(&self, counting: Counting) -> f64 {
        match counting {
            Counting::Full => 1.0,
            Counting::Fractional => self.fractional,
        }
    }
}

/// The credits of one work to units of one kind, added up. Made to be refilled: the memory is kept from work to work.
#[derive(Debug, Clone)]
pub struct Credits<K> {
    rows: Vec<(Option<K>, f64)>,
    credits: Vec<Credit<K>>,
}

impl<K> Default for Credits<K> {
    fn default() -> Self {
        Credits { rows: Vec::new(), credits: Vec::new() }
    }
}

impl<K: Copy + Ord> Credits<K> {
    /// Of no work yet.
    pub fn new() -> Self {
        Credits::default()
    }

    /// The credits of a work described by its authorships, one a unit, `unknown` first, then by unit. `unit` says which country or
    /// organisation an institution belongs to. The fractional parts sum to 1.
    pub fn of<P: Copy>(&mut self, work: &Authorships<P>, unit: impl Fn(P) -> Option<K>) -> &[Credit<K>] {
        self.rows.clear();
        work.for_each(|institution, weight| self.rows.push((institution.and_then(&unit), weight)));
        self.settle()
    }

    /// The credits of a work whose weights were computed before (the lake's `authorships.weight`): rows of (unit, weight).
    pub fn of_rows(&mut self, rows: impl IntoIterator<Item = (Option<K>, f64)>) -> &[Credit<K>] {
        self.rows.clear();
        self.rows.extend(rows);
        self.settle()
    }

    fn settle(&mut self) -> &[Credit<K>] {
        // Sorted by weight within a unit, so that the sum does not depend on the order in which the rows of the work were read.
        self.rows.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        self.credits.clear();
        for &(unit, weight) in &self.rows {
            match self.credits.last_mut() {
                Some(credit) if credit.unit == unit => credit.fractional += weight,
                _ => self.credits.push(Credit { unit, fractional: weight }),
            }
        }
        &self.credits
    }

    /// The credits of the last work.
    pub fn get(&self) -> &[Credit<K>] {
        &self.credits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn countries_and_organisations_of_a_work_by_hand() {
        // Two authors. The first: institution 10 in KR and 20 in US, two affiliations. The second: one affiliation of 11 in KR and of an
        // institution without country.
        let mut work = Authorships::new();
        work.author();
        work.institution((10, Some("KR")));
        work.affiliation();
        work.institution((20, Some("US")));
        work.author();
        work.institution((11, Some("KR")));
        work.institution((30, None));
        // KR ¼ + ¼, US ¼, unknown ¼; organisations ¼ each.
        let mut countries = Credits::new();
        let found = countries.of(&work, |(_, country)| country).to_vec();
        let credit = |unit, fractional| Credit { unit, fractional };
        assert_eq!(found, [credit(None, 0.25), credit(Some("KR"), 0.5), credit(Some("US"), 0.25)]);
        assert_eq!(found.iter().map(|credit| credit.weight(Counting::Full)).sum::<f64>(), 3.0);
        assert_eq!(found.iter().map(|credit| credit.weight(Counting::Fractional)).sum::<f64>(), 1.0);
        let mut organisations = Credits::new();
        assert!(organisations.of(&work, |(organisation, _)| Some(organisation)).iter().all(|credit| credit.fractional == 0.25));
        assert_eq!(organisations.get().len(), 4);
        // The next work finds nothing of the one before.
        assert_eq!(countries.of_rows([(Some("JP"), 1.0)]), [credit(Some("JP"), 1.0)]);
    }

    proptest! {
        #[test]
        fn the_order_of_the_rows_does_not_matter(
            mut rows in prop::collection::vec((prop::option::of(0_u16..5), 0.0_f64..1.0), 1..60), seed in 0_usize..60,
        ) {
            let (mut a, mut b) = (Credits::new(), Credits::new());
            let first = a.of_rows(rows.iter().copied()).to_vec();
            let turn = seed % rows.len();
            rows.rotate_left(turn);
            rows.reverse();
            prop_assert_eq!(first.as_slice(), b.of_rows(rows.iter().copied()));
            let total: f64 = rows.iter().map(|row| row.1).sum();
            prop_assert!((first.iter().map(|credit| credit.fractional).sum::<f64>() - total).abs() < 1e-12);
        }
    }
}
