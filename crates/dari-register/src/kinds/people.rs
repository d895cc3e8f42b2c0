//! Organisations, people, and the offices that outlive them.

use super::{Field, Form, Kind, Line, Writer, field, needed};

pub(super) const ORGANISATION: Kind = Kind {
    name: "organisation",
    en: "Organisation",
    ko: "기관",
    about: "A ministry, agency, institute, laboratory, university or company",
    fields: &[
        field("side", "Side", "측", Form::Side),
        field("ror", "ROR id", "ROR 식별자", Form::Text),
        field("short", "Short name", "약칭", Form::Text),
        field("parent", "Part of", "상위 기관", Form::Link(&["organisation"], Line::Mentions)),
    ],
    states: &[],
    when: None,
    due: None,
    writer: Writer::Desk,
};

pub(super) const PERSON: Kind = Kind {
    name: "person",
    en: "Person",
    ko: "사람",
    about: "A person, with the organisation they belong to",
    fields: &[
        field("side", "Side", "측", Form::Side),
        field("organisation", "Organisation", "소속", Form::Link(&["organisation"], Line::Mentions)),
        field("orcid", "ORCID", "ORCID", Form::Text),
        field("author", "Author id in the lake (A…)", "저자 식별자(A…)", Form::Text),
    ],
    states: &[],
    when: None,
    due: None,
    writer: Writer::Desk,
};

const HOLDER: &[Field] =
    &[needed("person", "Person", "사람", Form::Link(&["person"], Line::Mentions)), field("period", "From, until", "기간", Form::Period)];

pub(super) const OFFICE: Kind = Kind {
    name: "office",
    en: "Office",
    ko: "직위",
    about: "An office that outlives the people who hold it",
    fields: &[
        field("organisation", "Organisation", "기관", Form::Link(&["organisation"], Line::Mentions)),
        field("holders", "Held by", "재임자", Form::Rows(HOLDER)),
    ],
    states: &[],
    when: None,
    due: None,
    writer: Writer::Desk,
};
