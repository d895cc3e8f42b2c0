//! Which works count.

use super::{TypeSet, WorkType};
use crate::Period;

/// What decides whether a work counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkFacts {
    /// Year of publication, where known.
    pub year: Option<i16>,
    /// Type.
    pub work_type: WorkType,
    /// Retracted.
    pub is_retracted: bool,
    /// Belongs to OpenAlex's expansion corpus (`is_xpac`).
    pub is_expansion: bool,
}

/// Which works count (METHODS.md, "Counting"). Retracted works never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// Types that count.
    pub types: TypeSet,
    /// Years of publication that count. Without it every year counts, and works of an unknown year do too.
    pub years: Option<Period>,
    /// Whether OpenAlex's expansion corpus counts.
    pub expansion: bool,
}

/// Why a work does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// Its year is unknown or outside the years asked for.
    Year,
    /// Its type is not asked for.
    Type,
    /// It belongs to the expansion corpus, which is not asked for.
    Expansion,
    /// It would count, had it not been retracted.
    Retracted,
}

impl Selection {
    /// None if the work counts, else the first reason against it in the order of [`Exclusion`]: retraction comes last, so that "retracted"
    /// is the number of works that the figure lost by it, not of all retracted works anywhere.
    pub fn exclusion(&self, work: &WorkFacts) -> Option<Exclusion> {
        let in_years = |years: Period| work.year.is_some_and(|year| years.from <= year && year <= years.to);
        if !self.years.is_none_or(in_years) {
            return Some(Exclusion::Year);
        }
        if !self.types.contains(work.work_type) {
            return Some(Exclusion::Type);
        }
        if work.is_expansion && !self.expansion {
            return Some(Exclusion::Expansion);
        }
        work.is_retracted.then_some(Exclusion::Retracted)
    }
}

/// How many works counted and how many did not, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exclusions {
    /// Works that count.
    pub counted: u64,
    /// Works of another year or none.
    pub year: u64,
    /// Works of another type.
    pub work_type: u64,
    /// Works of the expansion corpus.
    pub expansion: u64,
    /// Retracted works that would count otherwise.
    pub retracted: u64,
}

impl Exclusions {
    /// Notes what [`Selection::exclusion`] said of a work.
    pub fn note(&mut self, exclusion: Option<Exclusion>) {
        match exclusion {
            None => self.counted += 1,
            Some(Exclusion::Year) => self.year += 1,
            Some(Exclusion::Type) => self.work_type += 1,
            Some(Exclusion::Expansion) => self.expansion += 1,
            Some(Exclusion::Retracted) => self.retracted += 1,
        }
    }

    /// Adds the numbers of another part of the works.
    pub fn merge(&mut self, other: &Exclusions) {
        self.counted += other.counted;
        self.year += other.year;
        self.work_type += other.work_type;
        self.expansion += other.expansion;
        self.retracted += other.retracted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retracted_works_are_counted_apart() {
        let selection = Selection { types: TypeSet::FWCI, years: Some(Period { from: 2020, to: 2024 }), expansion: false };
        let sound = WorkFacts { year: Some(2020), work_type: WorkType::Article, is_retracted: false, is_expansion: false };
        let works = [
            sound,
            WorkFacts { year: Some(2024), ..sound },
            WorkFacts { is_retracted: true, ..sound },
            // Retracted, but it would not count anyway: of another year, another type, the expansion corpus.
            WorkFacts { year: Some(2019), is_retracted: true, ..sound },
            WorkFacts { work_type: WorkType::Preprint, is_retracted: true, ..sound },
            WorkFacts { is_expansion: true, is_retracted: true, ..sound },
            WorkFacts { year: None, ..sound },
        ];
        let (mut halves, mut whole) = ([Exclusions::default(); 2], Exclusions::default());
        for (index, work) in works.iter().enumerate() {
            halves[index % 2].note(selection.exclusion(work));
            whole.note(selection.exclusion(work));
        }
        assert_eq!(whole, Exclusions { counted: 2, year: 2, work_type: 1, expansion: 1, retracted: 1 });
        halves[0].merge(&halves[1].clone());
        assert_eq!(halves[0], whole);
        let any = Selection { types: TypeSet::ALL, years: None, expansion: true };
        assert_eq!(works.map(|work| any.exclusion(&work).is_none()), [true, true, false, false, false, false, true]);
    }
}
