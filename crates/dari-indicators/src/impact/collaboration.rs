//! Collaboration classes, and cohorts split by them.

use super::cohort::{Cohort, CohortKey};
use crate::counting::Credit;

/// Who wrote a work together (Clarivate, InCites Indicators Handbook, "Collab-CNCI").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Collaboration {
    /// One country, one institution.
    DomesticSingle,
    /// One country, several institutions.
    DomesticMulti,
    /// Two countries.
    Bilateral,
    /// Three countries.
    Trilateral,
    /// Four countries or more.
    Quadrilateral,
    /// The affiliations do not say. No class of Clarivate's, whose addresses always name a country.
    Unknown,
}

/// What unknown parties do to the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownParties {
    /// They are passed over: the class is that of the parties known, as Clarivate's is that of the addresses given.
    #[default]
    PassedOver,
    /// Where one more country or institution would change the class, the class is unknown.
    Decide,
}

/// The different parties of a work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parties {
    /// Different countries known.
    pub countries: usize,
    /// Different institutions known.
    pub institutions: usize,
    /// Whether some affiliation's country is unknown.
    pub unknown_country: bool,
    /// Whether some affiliation's institution is unknown.
    pub unknown_institution: bool,
}

impl Parties {
    /// From a work's credits to countries and to institutions, one credit a unit.
    pub fn of<C, O>(countries: &[Credit<C>], institutions: &[Credit<O>]) -> Self {
        let known = |units: usize, unknown: bool| units - usize::from(unknown);
        let unknown_country = countries.iter().any(|credit| credit.unit.is_none());
        let unknown_institution = institutions.iter().any(|credit| credit.unit.is_none());
        Parties {
            countries: known(countries.len(), unknown_country),
            institutions: known(institutions.len(), unknown_institution),
            unknown_country,
            unknown_institution,
        }
    }
}

impl Collaboration {
    /// The class of a work: by the number of different countries, and in one country by the number of different institutions. Unknown if no
    /// country is known, or one country and none of its institutions.
    pub fn of(parties: &Parties, unknown: UnknownParties) -> Self {
        let open_country = unknown == UnknownParties::Decide && parties.unknown_country;
        let open_institution = unknown == UnknownParties::Decide && parties.unknown_institution;
        match (parties.countries, parties.institutions) {
            (4.., _) => Collaboration::Quadrilateral,
            (0, _) => Collaboration::Unknown,
            _ if open_country => Collaboration::Unknown,
            (3, _) => Collaboration::Trilateral,
            (2, _) => Collaboration::Bilateral,
            (1, 2..) => Collaboration::DomesticMulti,
            (1, 1) if !open_institution => Collaboration::DomesticSingle,
            _ => Collaboration::Unknown,
        }
    }

    /// The classes that are known, in the order of their numbers.
    pub const KNOWN: [Collaboration; 5] = [
        Collaboration::DomesticSingle,
        Collaboration::DomesticMulti,
        Collaboration::Bilateral,
        Collaboration::Trilateral,
        Collaboration::Quadrilateral,
    ];

    /// Its name in the lake: that of the column with its works in `country_topic_year`. None if unknown.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Collaboration::DomesticSingle => "domestic_single",
            Collaboration::DomesticMulti => "domestic_multi",
            Collaboration::Bilateral => "bilateral",
            Collaboration::Trilateral => "trilateral",
            Collaboration::Quadrilateral => "wider",
            Collaboration::Unknown => return None,
        })
    }

    /// The class of a [name](Self::name).
    pub fn of_name(name: &str) -> Option<Collaboration> {
        Collaboration::KNOWN.into_iter().find(|class| class.name() == Some(name))
    }

    /// Whether the work has parties in two countries or more. False where unknown.
    pub fn is_international(self) -> bool {
        matches!(self, Collaboration::Bilateral | Collaboration::Trilateral | Collaboration::Quadrilateral)
    }
}

/// A cohort further split by collaboration class. Collab-CNCI of a work is its [`ncs`](super::Citations::ncs) in this cohort (Clarivate,
/// InCites Indicators Handbook, "Collab-CNCI"). It answers another question than the NCS: how a work fares among works of as many parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollaborationCohort {
    cohort: Cohort,
    collaboration: Collaboration,
}

impl CollaborationCohort {
    /// Of a work; None where the class is unknown, for works of all classes are no baseline for one.
    pub fn new(cohort: Cohort, collaboration: Collaboration) -> Option<Self> {
        (collaboration != Collaboration::Unknown).then_some(CollaborationCohort { cohort, collaboration })
    }

    /// Year, subfield and type.
    pub fn cohort(&self) -> Cohort {
        self.cohort
    }

    /// The class, never unknown.
    pub fn collaboration(&self) -> Collaboration {
        self.collaboration
    }
}

impl CohortKey for CollaborationCohort {
    fn has_fwci(&self) -> bool {
        self.cohort.has_fwci()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counting::{Credits, WorkType};
    use crate::impact::Cohorts;

    #[test]
    fn classes_by_hand() {
        use Collaboration::*;
        let class = |countries, institutions, unknown_country, unknown_institution| {
            let parties = Parties { countries, institutions, unknown_country, unknown_institution };
            (Collaboration::of(&parties, UnknownParties::PassedOver), Collaboration::of(&parties, UnknownParties::Decide))
        };
        assert_eq!(class(1, 1, false, false), (DomesticSingle, DomesticSingle));
        assert_eq!(class(1, 3, false, false), (DomesticMulti, DomesticMulti));
        assert_eq!(class(2, 2, false, false), (Bilateral, Bilateral));
        assert_eq!(class(3, 1, false, false), (Trilateral, Trilateral));
        assert_eq!(class(4, 9, true, true), (Quadrilateral, Quadrilateral));
        assert_eq!(class(11, 9, false, false), (Quadrilateral, Quadrilateral));
        // An affiliation without country might be a second or third one; an unknown institution might make one of one two, not more of two.
        assert_eq!(class(1, 1, true, true), (DomesticSingle, Unknown));
        assert_eq!(class(2, 2, true, true), (Bilateral, Unknown));
        assert_eq!(class(1, 1, false, true), (DomesticSingle, Unknown));
        assert_eq!(class(1, 2, false, true), (DomesticMulti, DomesticMulti));
        assert_eq!(class(0, 0, true, true), (Unknown, Unknown));
        assert_eq!(class(1, 0, false, true), (Unknown, Unknown));
        assert!(Bilateral.is_international() && !DomesticMulti.is_international() && !Unknown.is_international());
    }

    #[test]
    fn parties_come_from_credits() {
        let (mut countries, mut institutions) = (Credits::new(), Credits::new());
        let countries = countries.of_rows([(Some("KR"), 0.5), (None, 0.25), (Some("KR"), 0.25)]);
        let institutions = institutions.of_rows([(Some(1), 0.5), (Some(2), 0.5)]);
        let parties = Parties::of(countries, institutions);
        assert_eq!(parties, Parties { countries: 1, institutions: 2, unknown_country: true, unknown_institution: false });
    }

    #[test]
    fn a_class_has_its_own_mean() {
        // One cohort: domestic works with 1 and 3 citations, bilateral ones with 6 and 10. Among all the mean is 5, among the bilateral 8:
        // a bilateral work with 10 citations has NCS 2 and Collab-CNCI 1.25.
        let cohort = Cohort { year: 2020, subfield: 3_107, work_type: WorkType::Article };
        let (mut all, mut split) = (Cohorts::new(), Cohorts::new());
        for (collaboration, citations) in [
            (Collaboration::DomesticSingle, 1),
            (Collaboration::DomesticSingle, 3),
            (Collaboration::Bilateral, 6),
            (Collaboration::Bilateral, 10),
        ] {
            all.add(cohort, citations);
            CollaborationCohort::new(cohort, collaboration).into_iter().for_each(|of| split.add(of, citations));
        }
        let bilateral = CollaborationCohort::new(cohort, Collaboration::Bilateral);
        assert_eq!(all.get(&cohort).map(|works| works.ncs(10)), Some(2.0));
        assert_eq!(bilateral.and_then(|of| split.get(&of)).map(|works| works.ncs(10)), Some(1.25));
        assert_eq!(CollaborationCohort::new(cohort, Collaboration::Unknown), None);
    }
}
