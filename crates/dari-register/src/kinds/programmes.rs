//! Programmes, their calls, what teams propose, how it is judged, and what runs: projects and time at facilities.

use super::{BY_SIDE, Field, Form, Kind, Line, Writer, closed, field, needed, open};

pub(super) const PROGRAMME: Kind = Kind {
    name: "programme",
    en: "Programme",
    ko: "사업",
    about: "A joint programme with its calls and projects",
    fields: &[
        field("sides", "Sides", "참여국", Form::Sides),
        field("under", "Under", "근거 협정", Form::Link(&["agreement"], Line::CameFrom)),
        field("period", "Runs", "기간", Form::Period),
        field("budgets", "Budget of each side", "측별 예산", Form::Rows(BY_SIDE)),
    ],
    states: &[
        open("proposed", "Proposed", "제안", true, &["agreed", "declined"]),
        open("agreed", "Agreed", "합의", true, &["running", "declined"]),
        open("running", "Running", "진행", true, &["ended"]),
        closed("ended", "Ended", "종료", true, &[]),
        closed("declined", "Declined", "무산", true, &["proposed"]),
    ],
    when: Some("period"),
    due: None,
    writer: Writer::Desk,
};

const CRITERION: &[Field] = &[
    needed("name", "Name", "이름", Form::Text),
    needed("weight", "Weight", "가중치", Form::Number),
    needed("most", "Highest score", "만점", Form::Number),
];

pub(super) const CALL: Kind = Kind {
    name: "call",
    en: "Call",
    ko: "공모",
    about: "A call for proposals: who may propose, money of each side, dates, criteria",
    fields: &[
        field("programme", "Programme", "사업", Form::Link(&["programme"], Line::CameFrom)),
        field("sides_required", "Sides that every team must have", "필수 참여국", Form::Sides),
        field("eligibility", "Who may propose", "신청 자격", Form::Both),
        field("budgets", "Budget of each side", "측별 예산", Form::Rows(BY_SIDE)),
        field("opens", "Opens", "접수 시작", Form::Period),
        needed("closes", "Closes", "접수 마감", Form::Period),
        needed("criteria", "Criteria", "평가 기준", Form::Rows(CRITERION)),
        field("reviews_each", "Reviews of each proposal", "과제당 평가자 수", Form::Number),
        field("conflict_years", "Years in which joint works are a conflict of interest", "이해충돌 공동저술 기간(년)", Form::Number),
    ],
    states: &[
        open("draft", "Draft", "초안", true, &["open", "cancelled"]),
        open("open", "Open", "접수 중", true, &["in_review", "cancelled"]),
        open("in_review", "In review", "평가 중", true, &["decided", "cancelled"]),
        closed("decided", "Decided", "선정 완료", true, &[]),
        closed("cancelled", "Cancelled", "취소", false, &["draft"]),
    ],
    when: Some("opens"),
    due: Some("closes"),
    writer: Writer::Programme,
};

const MEMBER: &[Field] = &[
    needed("side", "Side", "측", Form::Side),
    needed("organisation", "Organisation", "기관", Form::Link(&["organisation"], Line::Mentions)),
    field("person", "Person", "사람", Form::Link(&["person"], Line::Mentions)),
    field("lead", "Leads their side", "책임자", Form::Flag),
];

pub(super) const PROPOSAL: Kind = Kind {
    name: "proposal",
    en: "Proposal",
    ko: "신청 과제",
    about: "What a joint team proposes to a call",
    fields: &[
        needed("call", "Call", "공모", Form::Link(&["call"], Line::CameFrom)),
        needed("team", "Team", "연구팀", Form::Rows(MEMBER)),
        field("asks", "Money asked of each side", "측별 신청액", Form::Rows(BY_SIDE)),
        field("facility_days", "Days at a facility", "시설 사용일", Form::Number),
        field("submitted", "Submitted", "제출일", Form::Period),
        field("rank", "Rank", "순위", Form::Number),
    ],
    states: &[
        open("draft", "Draft", "초안", true, &["submitted", "withdrawn"]),
        open("submitted", "Submitted", "제출", false, &["selected", "reserve", "not_selected", "withdrawn"]),
        open("reserve", "Reserve", "예비", false, &["selected", "not_selected", "withdrawn"]),
        closed("selected", "Selected", "선정", false, &["withdrawn"]),
        closed("not_selected", "Not selected", "탈락", false, &[]),
        closed("withdrawn", "Withdrawn", "철회", false, &[]),
    ],
    when: Some("submitted"),
    due: None,
    writer: Writer::Anyone,
};

pub(super) const REVIEW: Kind = Kind {
    name: "review",
    en: "Review",
    ko: "평가",
    about: "One reviewer's judgement of one proposal; seen by that reviewer and those who run calls",
    fields: &[
        needed("proposal", "Proposal", "과제", Form::Link(&["proposal"], Line::Mentions)),
        needed("reviewer", "Reviewer (a user's name)", "평가자", Form::Text),
        field("organisation", "Reviewer's organisation", "평가자 소속", Form::Link(&["organisation"], Line::Mentions)),
        field("due", "Due", "기한", Form::Period),
        field("scores", "Scores by criterion", "기준별 점수", Form::Scores),
        field("conflict", "Conflict of interest", "이해충돌", Form::Text),
    ],
    states: &[
        open("assigned", "Assigned", "배정", true, &["submitted", "conflict", "released"]),
        closed("submitted", "Submitted", "제출", false, &[]),
        closed("conflict", "Conflict declared", "이해충돌 신고", false, &[]),
        closed("released", "Released", "해제", false, &[]),
    ],
    when: None,
    due: Some("due"),
    writer: Writer::Reviewer,
};

pub(super) const PROJECT: Kind = Kind {
    name: "project",
    en: "Project",
    ko: "과제",
    about: "Research that runs: of a selected proposal or of an agreement",
    fields: &[
        field("proposal", "Proposal", "신청 과제", Form::Link(&["proposal"], Line::CameFrom)),
        field("programme", "Programme", "사업", Form::Link(&["programme"], Line::CameFrom)),
        field("raid", "RAiD", "RAiD", Form::Text),
        field("team", "Team", "연구팀", Form::Rows(MEMBER)),
        field("period", "Runs", "기간", Form::Period),
        field("budgets", "Money of each side", "측별 연구비", Form::Rows(BY_SIDE)),
    ],
    states: &[
        open("planned", "Planned", "예정", true, &["running", "stopped"]),
        open("running", "Running", "진행", true, &["ended", "stopped"]),
        closed("ended", "Ended", "종료", true, &[]),
        closed("stopped", "Stopped", "중단", true, &["running"]),
    ],
    when: Some("period"),
    due: None,
    writer: Writer::Desk,
};

pub(super) const FACILITY: Kind = Kind {
    name: "facility",
    en: "Facility",
    ko: "시설",
    about: "A large facility whose time is given out",
    fields: &[
        field("side", "Side", "측", Form::Side),
        field("operator", "Operated by", "운영 기관", Form::Link(&["organisation"], Line::Mentions)),
        field("unit", "What time is counted in", "시간 단위", Form::Text),
    ],
    states: &[],
    when: None,
    due: None,
    writer: Writer::Desk,
};

pub(super) const FACILITY_TIME: Kind = Kind {
    name: "facility-time",
    en: "Facility time",
    ko: "시설 사용 시간",
    about: "Time at a facility: asked for, granted, used",
    fields: &[
        needed("facility", "Facility", "시설", Form::Link(&["facility"], Line::Mentions)),
        field("project", "For", "대상", Form::Link(&["project", "proposal"], Line::CameFrom)),
        field("side", "Side that uses it", "사용측", Form::Side),
        field("period", "Period", "기간", Form::Period),
        needed("requested", "Requested", "신청", Form::Number),
        field("granted", "Granted", "배정", Form::Number),
        field("used", "Used", "사용", Form::Number),
    ],
    states: &[
        open("requested", "Requested", "신청", true, &["granted", "refused"]),
        open("granted", "Granted", "배정", true, &["used", "returned"]),
        closed("used", "Used", "사용", true, &[]),
        closed("returned", "Returned unused", "반납", true, &[]),
        closed("refused", "Refused", "거절", true, &[]),
    ],
    when: Some("period"),
    due: None,
    writer: Writer::Programme,
};
