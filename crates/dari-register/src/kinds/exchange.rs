//! Workshops and events, exchange of people, what sides contribute.

use super::{Field, Form, Kind, Line, Writer, closed, field, needed, open};

const SESSION: &[Field] = &[
    needed("text", "Session", "세션", Form::Both),
    field("at", "When", "일시", Form::Text),
    field("speaker", "Speaker", "발표자", Form::Text),
];

const INVITATION: &[Field] = &[
    needed("name", "Name", "이름", Form::Text),
    needed("side", "Side", "측", Form::Side),
    field("person", "Person in the register", "등록된 사람", Form::Link(&["person"], Line::Mentions)),
    field("organisation", "Organisation", "기관", Form::Link(&["organisation"], Line::Mentions)),
    field("answer", "Answer", "답변", Form::Choice(&["invited", "accepted", "declined"])),
    field("attended", "Attended", "참석", Form::Flag),
];

const FOLLOW_UP: &[Field] = &[
    needed("text", "What", "내용", Form::Both),
    field("side", "Side", "측", Form::Side),
    field("due", "Due", "기한", Form::Period),
    field("done", "Done", "완료", Form::Flag),
];

pub(super) const WORKSHOP: Kind = Kind {
    name: "workshop",
    en: "Workshop or event",
    ko: "워크숍·행사",
    about: "A workshop or other event: purpose, programme, invitations, who came, what follows",
    fields: &[
        field("purpose", "Purpose", "목적", Form::Both),
        needed("date", "Date", "날짜", Form::Period),
        field("place", "Place", "장소", Form::Both),
        field("programme", "Programme", "일정", Form::Rows(SESSION)),
        field("invitations", "Invitations", "초청", Form::Rows(INVITATION)),
        field("follow_ups", "What follows", "후속 조치", Form::Rows(FOLLOW_UP)),
    ],
    states: &[
        open("planned", "Planned", "예정", true, &["announced", "held", "cancelled"]),
        open("announced", "Announced", "공고", true, &["held", "cancelled"]),
        closed("held", "Held", "개최", true, &[]),
        closed("cancelled", "Cancelled", "취소", false, &["planned"]),
    ],
    when: Some("date"),
    due: None,
    writer: Writer::Desk,
};

pub(super) const EXCHANGE: Kind = Kind {
    name: "exchange",
    en: "Exchange",
    ko: "인력 교류",
    about: "A place for a guest of one side with a host of the other",
    fields: &[
        field("call", "Call or programme", "공모·사업", Form::Link(&["call", "programme"], Line::CameFrom)),
        needed("home", "Side that sends", "파견측", Form::Side),
        needed("host_side", "Side that hosts", "초청측", Form::Side),
        field("host", "Host", "초청 기관", Form::Link(&["organisation", "person"], Line::Mentions)),
        field("guest", "Guest", "방문자", Form::Link(&["person"], Line::Mentions)),
        field("period", "Period", "기간", Form::Period),
        field("wishes", "What host or guest look for (technologies)", "희망 기술", Form::Texts),
    ],
    states: &[
        open("offered", "Offered", "제공", true, &["matched", "cancelled"]),
        open("matched", "Matched", "연결", true, &["underway", "cancelled"]),
        open("underway", "Under way", "진행", true, &["completed", "cancelled"]),
        closed("completed", "Completed", "완료", true, &[]),
        closed("cancelled", "Cancelled", "취소", false, &["offered"]),
    ],
    when: Some("period"),
    due: None,
    writer: Writer::Desk,
};

pub(super) const CONTRIBUTION: Kind = Kind {
    name: "contribution",
    en: "Contribution",
    ko: "기여",
    about: "What a side gives: money in its own currency, or in kind",
    fields: &[
        needed("side", "Side", "측", Form::Side),
        field("to", "To", "대상", Form::Links(&["programme", "project", "workshop", "agreement", "call"], Line::CameFrom)),
        field("money", "Money", "금액", Form::Money),
        field("in_kind", "In kind", "현물", Form::Both),
        field("value", "Value of what is given in kind", "현물 평가액", Form::Money),
        field("date", "Date", "날짜", Form::Period),
    ],
    states: &[
        open("pledged", "Pledged", "약정", true, &["given", "withdrawn"]),
        closed("given", "Given", "이행", true, &[]),
        closed("withdrawn", "Withdrawn", "철회", true, &["pledged"]),
    ],
    when: Some("date"),
    due: None,
    writer: Writer::Desk,
};
