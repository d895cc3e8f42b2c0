//! The authorships of a work and the fractional weight of each of their parts.

/// Fractional weight of one (author, affiliation, institution) of a work: 1/authors × 1/affiliations of that author × 1/institutions of
/// that affiliation, in (0, 1] (CWTS Leiden Ranking Open Edition, "Counting method"). A number of 0 is one part that is unknown and counts
/// as 1.
pub fn fractional_weight(authors: usize, affiliations: usize, institutions: usize) -> f64 {
    let part = |parts: usize| 1.0 / parts.max(1) as f64;
    part(authors) * part(affiliations) * part(institutions)
}

/// Who signed a work, from where, in order: authors, the affiliations of each, the institutions of each affiliation. `P` is what is known
/// of an institution (a number, a country, both).
///
/// Made to be refilled: [`clear`](Self::clear) keeps the memory, so that a stream of works allocates only for the largest.
#[derive(Debug, Clone, PartialEq)]
pub struct Authorships<P> {
    // Where the affiliations of each author end, and the institutions of each affiliation.
    authors: Vec<usize>,
    affiliations: Vec<usize>,
    institutions: Vec<P>,
}

impl<P> Default for Authorships<P> {
    fn default() -> Self {
        Authorships { authors: Vec::new(), affiliations: Vec::new(), institutions: Vec::new() }
    }
}

impl<P: Copy> Authorships<P> {
    /// Of a work without authors.
    pub fn new() -> Self {
        Authorships::default()
    }

    /// Forgets the work.
    pub fn clear(&mut self) {
        self.authors.clear();
        self.affiliations.clear();
        self.institutions.clear();
    }

    /// Begins the next author; what follows belongs to this one.
    pub fn author(&mut self) {
        self.authors.push(self.affiliations.len());
    }

    /// Begins the next affiliation of the author. Before any author it begins the first: a source may name affiliations but not whose.
    pub fn affiliation(&mut self) {
        if self.authors.is_empty() {
            self.author();
        }
        self.affiliations.push(self.institutions.len());
        if let Some(end) = self.authors.last_mut() {
            *end = self.affiliations.len();
        }
    }

    /// Adds an institution to the affiliation. To an author without affiliation it adds one.
    pub fn institution(&mut self, institution: P) {
        let before = self.authors.len().checked_sub(2).map_or(0, |index| self.authors[index]);
        if self.affiliations.len() == before {
            self.affiliation();
        }
        self.institutions.push(institution);
        if let Some(end) = self.affiliations.last_mut() {
            *end = self.institutions.len();
        }
    }

    /// Number of authors.
    pub fn authors(&self) -> usize {
        self.authors.len()
    }

    /// Calls `each` with every (institution, weight) in order; the institution is None where it is unknown: an affiliation without
    /// institution, an author without affiliation, a work without authors. The weights are in (0, 1] and sum to 1 ([`fractional_weight`]).
    pub fn for_each(&self, mut each: impl FnMut(Option<P>, f64)) {
        if self.authors.is_empty() {
            each(None, 1.0);
        }
        let (mut affiliation, mut institution) = (0, 0);
        for &affiliations_end in &self.authors {
            let affiliations = affiliations_end - affiliation;
            if affiliations == 0 {
                each(None, fractional_weight(self.authors.len(), 0, 0));
            }
            for &institutions_end in &self.affiliations[affiliation..affiliations_end] {
                let named = &self.institutions[institution..institutions_end];
                let weight = fractional_weight(self.authors.len(), affiliations, named.len());
                if named.is_empty() {
                    each(None, weight);
                }
                named.iter().for_each(|place| each(Some(*place), weight));
                institution = institutions_end;
            }
            affiliation = affiliations_end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weights(work: &Authorships<u32>) -> Vec<(Option<u32>, f64)> {
        let mut all = Vec::new();
        work.for_each(|institution, weight| all.push((institution, weight)));
        all
    }

    #[test]
    fn authors_with_several_affiliations_by_hand() {
        let mut work = Authorships::new();
        // Author 1: affiliation of institutions 7 and 8, affiliation of 7. Author 2: affiliation without institution. Author 3: none at
        // all.
        work.author();
        work.affiliation();
        work.institution(7);
        work.institution(8);
        work.affiliation();
        work.institution(7);
        work.author();
        work.affiliation();
        work.author();
        // 1/3·1/2·1/2 twice, 1/3·1/2·1, 1/3·1·1 unknown, 1/3 unknown: 1/12 + 1/12 + 2/12 + 4/12 + 4/12 = 1.
        let parts = |twelfths: f64| twelfths / 12.0;
        let expected = [(Some(7), parts(1.0)), (Some(8), parts(1.0)), (Some(7), parts(2.0)), (None, parts(4.0)), (None, parts(4.0))];
        let found = weights(&work);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-15, "{found:?} {expected:?}");
        }
        assert_eq!(work.authors(), 3);
    }

    #[test]
    fn nothing_known_is_one_unknown() {
        let mut work = Authorships::new();
        assert_eq!(weights(&work), [(None, 1.0)]);
        // Institutions without an author are of one author; the second author's own institution does not join the first's affiliation.
        work.institution(5);
        work.institution(6);
        assert_eq!(weights(&work), [(Some(5), 0.5), (Some(6), 0.5)]);
        work.author();
        work.institution(6);
        assert_eq!(weights(&work), [(Some(5), 0.25), (Some(6), 0.25), (Some(6), 0.5)]);
        work.clear();
        assert_eq!(work, Authorships::new());
    }

    #[test]
    fn three_thousand_authors() {
        // Author k signs from institution k mod 300, every tenth from nowhere: 300 are unknown, 0.1 of the work.
        let mut work = Authorships::new();
        for k in 0..3_000 {
            work.author();
            if k % 10 != 0 {
                work.institution(k % 300);
            }
        }
        let found = weights(&work);
        let unknown: f64 = found.iter().filter(|part| part.0.is_none()).map(|part| part.1).sum();
        let one: f64 = found.iter().filter(|part| part.0 == Some(1)).map(|part| part.1).sum();
        assert!((unknown - 0.1).abs() < 1e-12 && (one - 10.0 / 3_000.0).abs() < 1e-15);
        assert!((found.iter().map(|part| part.1).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    // Authors, their affiliations, the institutions of each.
    fn works() -> impl Strategy<Value = Vec<Vec<Vec<u32>>>> {
        prop::collection::vec(prop::collection::vec(prop::collection::vec(0_u32..9, 0..4), 0..4), 0..40)
    }

    proptest! {
        #[test]
        fn weights_of_a_work_sum_to_one(work in works()) {
            let mut authorships = Authorships::new();
            for author in &work {
                authorships.author();
                for affiliation in author {
                    authorships.affiliation();
                    affiliation.iter().for_each(|institution| authorships.institution(*institution));
                }
            }
            let found = weights(&authorships);
            prop_assert!((found.iter().map(|part| part.1).sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(found.iter().all(|part| part.1 > 0.0 && part.1 <= 1.0));
            let named = work.iter().flatten().map(Vec::len).sum::<usize>();
            prop_assert_eq!(found.iter().filter(|part| part.0.is_some()).count(), named);
        }
    }
}
