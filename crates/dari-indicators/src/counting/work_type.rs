//! Types of works.

/// Type of a work as OpenAlex names it (OpenAlex documentation, "Work types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WorkType {
    /// `article`: in a journal, or of a kind not told apart from that.
    Article,
    /// `conference-paper`: in the proceedings of a conference.
    ConferencePaper,
    /// `book`: a whole book.
    Book,
    /// `review`: a survey of what others published.
    Review,
    /// `book-chapter`: part of a book.
    BookChapter,
    /// `preprint`: posted before review.
    Preprint,
    /// `dissertation`: for a degree.
    Dissertation,
    /// `dataset`: data, published as such.
    Dataset,
    /// `conference-abstract`: the summary of a talk or poster.
    ConferenceAbstract,
    /// `report`: published by an institution.
    Report,
    /// `letter`: to the editor of a journal.
    Letter,
    /// `editorial`: by the editor of a journal or a guest.
    Editorial,
    /// `erratum`: the correction of another work.
    Erratum,
    /// `retraction`: the notice that a work is withdrawn.
    Retraction,
    /// `peer-review`: a referee's published opinion.
    PeerReview,
    /// `reference-entry`: an entry of an encyclopedia or dictionary.
    ReferenceEntry,
    /// `standard`: a technical standard.
    Standard,
    /// `software`: a program, published as such.
    Software,
    /// `database`: a database, published as such.
    Database,
    /// `supplementary-materials`: what goes with another work.
    SupplementaryMaterials,
    /// `libguides`: a library's guide to sources.
    Libguides,
    /// `grant`: an award, registered as a work.
    Grant,
    /// `paratext`: of a journal rather than in it, such as covers and tables of contents.
    Paratext,
    /// `other`, and every name that is none of the above.
    Other,
}

impl WorkType {
    /// Every type, in the order of the numbers.
    pub const ALL: [WorkType; 24] = [
        WorkType::Article,
        WorkType::ConferencePaper,
        WorkType::Book,
        WorkType::Review,
        WorkType::BookChapter,
        WorkType::Preprint,
        WorkType::Dissertation,
        WorkType::Dataset,
        WorkType::ConferenceAbstract,
        WorkType::Report,
        WorkType::Letter,
        WorkType::Editorial,
        WorkType::Erratum,
        WorkType::Retraction,
        WorkType::PeerReview,
        WorkType::ReferenceEntry,
        WorkType::Standard,
        WorkType::Software,
        WorkType::Database,
        WorkType::SupplementaryMaterials,
        WorkType::Libguides,
        WorkType::Grant,
        WorkType::Paratext,
        WorkType::Other,
    ];

    /// The type's name in OpenAlex.
    pub fn name(self) -> &'static str {
        match self {
            WorkType::Article => "article",
            WorkType::ConferencePaper => "conference-paper",
            WorkType::Book => "book",
            WorkType::Review => "review",
            WorkType::BookChapter => "book-chapter",
            WorkType::Preprint => "preprint",
            WorkType::Dissertation => "dissertation",
            WorkType::Dataset => "dataset",
            WorkType::ConferenceAbstract => "conference-abstract",
            WorkType::Report => "report",
            WorkType::Letter => "letter",
            WorkType::Editorial => "editorial",
            WorkType::Erratum => "erratum",
            WorkType::Retraction => "retraction",
            WorkType::PeerReview => "peer-review",
            WorkType::ReferenceEntry => "reference-entry",
            WorkType::Standard => "standard",
            WorkType::Software => "software",
            WorkType::Database => "database",
            WorkType::SupplementaryMaterials => "supplementary-materials",
            WorkType::Libguides => "libguides",
            WorkType::Grant => "grant",
            WorkType::Paratext => "paratext",
            WorkType::Other => "other",
        }
    }

    /// The type of that name. New types appear in OpenAlex now and then: a name not known here is [`WorkType::Other`], not an error.
    pub fn of(name: &str) -> WorkType {
        WorkType::ALL.into_iter().find(|of| of.name() == name).unwrap_or(WorkType::Other)
    }

    /// Whether OpenAlex gives works of the type an FWCI and a percentile: article, conference-paper, book, review, book-chapter.
    pub fn has_fwci(self) -> bool {
        TypeSet::FWCI.contains(self)
    }
}

/// A set of types of works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeSet(u32);

impl TypeSet {
    /// Every type.
    pub const ALL: TypeSet = TypeSet(u32::MAX);
    /// The five types with an FWCI (OpenAlex documentation, "Field-Weighted Citation Impact").
    pub const FWCI: TypeSet =
        TypeSet::of(&[WorkType::Article, WorkType::ConferencePaper, WorkType::Book, WorkType::Review, WorkType::BookChapter]);

    /// The set of these types.
    pub const fn of(types: &[WorkType]) -> TypeSet {
        let (mut bits, mut index) = (0, 0);
        while index < types.len() {
            bits |= 1 << types[index] as u32;
            index += 1;
        }
        TypeSet(bits)
    }

    /// Whether the type is in the set.
    pub const fn contains(self, of: WorkType) -> bool {
        self.0 >> of as u32 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sets() {
        for (number, of) in WorkType::ALL.into_iter().enumerate() {
            assert_eq!((WorkType::of(of.name()), of as usize), (of, number));
        }
        assert_eq!(WorkType::of("poster"), WorkType::Other);
        let with: Vec<&str> = WorkType::ALL.into_iter().filter(|of| of.has_fwci()).map(WorkType::name).collect();
        assert_eq!(with, ["article", "conference-paper", "book", "review", "book-chapter"]);
        assert!(TypeSet::of(&[WorkType::Other]).contains(WorkType::Other) && !TypeSet::of(&[]).contains(WorkType::Article));
    }
}
