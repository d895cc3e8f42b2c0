//! Agreements, from the umbrella to the annex.

use super::{Field, Form, Kind, Line, Writer, closed, field, needed, open};

const PARTY: &[Field] = &[
    needed("side", "Side", "측", Form::Side),
    field("organisation", "Organisation", "기관", Form::Link(&["organisation"], Line::Mentions)),
    field("signatory", "Signed by", "서명자", Form::Link(&["person", "office"], Line::Mentions)),
];

pub(super) const AGREEMENT: Kind = Kind {
    name: "agreement",
    en: "Agreement",
    ko: "협정",
    about: "An agreement of governments, an implementing arrangement or memorandum under it, an annex",
    fields: &[
        needed("level", "Level", "단계", Form::Choice(&["umbrella", "implementing-arrangement", "memorandum", "annex"])),
        field("under", "Under", "상위 협정", Form::Link(&["agreement"], Line::CameFrom)),
        field("parties", "Parties", "당사자", Form::Rows(PARTY)),
        field("signed", "Signed", "서명일", Form::Period),
        field("in_force", "In force from", "발효일", Form::Period),
        field("until", "Valid until", "만료일", Form::Period),
        field("renewal", "Renewal", "갱신 방식", Form::Choice(&["automatic", "by-agreement", "none"])),
        field("renewal_years", "Years of a renewal", "갱신 기간(년)", Form::Number),
        field("notice_months", "Notice, months before the end", "통보 기간(개월)", Form::Number),
        field("languages", "Languages", "언어", Form::Texts),
        field("documents", "Documents", "문서", Form::Texts),
    ],
    states: &[
        open("proposed", "Proposed", "제안", true, &["signed", "abandoned"]),
        open("signed", "Signed", "서명", true, &["in_force", "abandoned"]),
        closed("in_force", "In force", "발효", true, &["expired", "terminated"]),
        closed("expired", "Expired", "만료", true, &["in_force"]),
        closed("terminated", "Terminated", "종료", true, &[]),
        closed("abandoned", "Abandoned", "무산", true, &["proposed"]),
    ],
    when: Some("signed"),
    due: Some("until"),
    writer: Writer::Desk,
};
