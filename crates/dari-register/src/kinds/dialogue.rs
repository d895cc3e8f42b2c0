//! What was said, where and by whom, and what was promised.

use super::{Field, Form, Kind, Line, State, Writer, closed, field, needed, open};

pub(super) const DIALOGUE: Kind = Kind {
    name: "dialogue",
    en: "Dialogue",
    ko: "대화",
    about: "A standing channel between sides, with its meetings",
    fields: &[needed("sides", "Sides", "참여국", Form::Sides), field("began", "Began", "시작", Form::Period)],
    states: &[open("standing", "Standing", "지속", true, &["ended"]), closed("ended", "Ended", "종료", true, &["standing"])],
    when: Some("began"),
    due: None,
    writer: Writer::Desk,
};

const ITEM: &[Field] = &[needed("text", "Item", "의제", Form::Both), field("technologies", "Technologies", "기술", Form::Texts)];

/// Someone who takes part.
const PARTICIPANT: &[Field] = &[
    needed("side", "Side", "측", Form::Side),
    field("person", "Person", "사람", Form::Link(&["person"], Line::Mentions)),
    field("office", "Office", "직위", Form::Link(&["office"], Line::Mentions)),
    field("organisation", "Organisation", "기관", Form::Link(&["organisation"], Line::Mentions)),
    field("head", "Heads the delegation", "단장", Form::Flag),
];

pub(super) const MEETING: Kind = Kind {
    name: "meeting",
    en: "Meeting",
    ko: "회의",
    about: "A meeting of a dialogue: when, where, who, about what",
    fields: &[
        field("dialogue", "Dialogue", "대화", Form::Link(&["dialogue"], Line::CameFrom)),
        needed("date", "Date", "날짜", Form::Period),
        field("place", "Place", "장소", Form::Both),
        field("sides", "Sides", "참여국", Form::Sides),
        field("agenda", "Agenda", "의제", Form::Rows(ITEM)),
        field("participants", "Participants", "참석자", Form::Rows(PARTICIPANT)),
    ],
    states: &[
        open("planned", "Planned", "예정", true, &["held", "cancelled"]),
        closed("held", "Held", "개최", true, &[]),
        closed("cancelled", "Cancelled", "취소", false, &["planned"]),
    ],
    when: Some("date"),
    due: None,
    writer: Writer::Desk,
};

/// From what was proposed to what came of it. A lapsed or declined matter may be taken up again.
const STATEMENT_STATES: &[State] = &[
    open("proposed", "Proposed", "제안", true, &["to_be_considered", "agreed", "declined", "lapsed"]),
    open("to_be_considered", "To be considered", "검토", true, &["agreed", "declined", "lapsed"]),
    open("agreed", "Agreed", "합의", true, &["started", "done", "lapsed", "declined"]),
    open("started", "Started", "착수", true, &["done", "lapsed"]),
    closed("done", "Done", "완료", true, &[]),
    closed("lapsed", "Lapsed", "소멸", true, &["proposed", "agreed"]),
    closed("declined", "Declined", "거절", true, &["proposed", "to_be_considered", "agreed"]),
];

pub(super) const STATEMENT: Kind = Kind {
    name: "statement",
    en: "Statement",
    ko: "발언",
    about: "What was said: by whom, when, where, with the exact reference. Not yet a promise",
    fields: &[
        field("meeting", "Meeting", "회의", Form::Link(&["meeting"], Line::CameFrom)),
        needed("date", "Date", "날짜", Form::Period),
        field("side", "Side that said it", "발언측", Form::Side),
        field("sides", "Sides it concerns, where no one side said it", "관련국", Form::Sides),
        field("speaker", "Who said it", "발언자", Form::Link(&["person", "office", "organisation"], Line::Mentions)),
        field("to", "Side it was said to", "상대측", Form::Side),
        field("quote", "In the words of the source", "원문", Form::Text),
        field("reply", "What was replied", "답변", Form::Both),
        field("period", "When it is to happen", "시행 시기", Form::Period),
    ],
    states: STATEMENT_STATES,
    when: Some("date"),
    due: Some("period"),
    writer: Writer::Desk,
};

const OWNER: &[Field] = &[
    needed("side", "Side", "측", Form::Side),
    field("person", "Person", "사람", Form::Link(&["person"], Line::Mentions)),
    field("office", "Office", "직위", Form::Link(&["office"], Line::Mentions)),
    field("organisation", "Organisation", "기관", Form::Link(&["organisation"], Line::Mentions)),
];

pub(super) const COMMITMENT: Kind = Kind {
    name: "commitment",
    en: "Commitment",
    ko: "약속",
    about: "What a side has promised: who sees to it on each side, by when, the next step",
    fields: &[
        field("owners", "Who sees to it", "담당", Form::Rows(OWNER)),
        field("made", "Made on", "약속일", Form::Period),
        field("due", "Due", "기한", Form::Period),
        field("next", "Next step", "다음 단계", Form::Both),
    ],
    states: &[
        open("agreed", "Agreed", "합의", true, &["started", "done", "lapsed", "declined"]),
        open("started", "Started", "착수", true, &["done", "lapsed", "declined"]),
        closed("done", "Done", "완료", true, &[]),
        closed("lapsed", "Lapsed", "소멸", true, &["agreed", "started"]),
        closed("declined", "Withdrawn", "철회", true, &["agreed"]),
    ],
    when: Some("made"),
    due: Some("due"),
    writer: Writer::Desk,
};
