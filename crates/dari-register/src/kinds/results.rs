//! What came of it, and notes of one's own.

use super::{Form, Kind, Writer, closed, field, needed, open};

pub(super) const RESULT: Kind = Kind {
    name: "result",
    en: "Result",
    ko: "성과",
    about: "What came of it: a work, award, dataset, patent, a person trained",
    fields: &[
        needed("type", "Type", "종류", Form::Choice(&["work", "award", "dataset", "patent", "person-trained", "other"])),
        field("reference", "DOI, work id, award or patent number", "식별자(DOI, 저작·과제·특허 번호)", Form::Text),
        field("date", "Date", "날짜", Form::Period),
    ],
    states: &[
        open("found", "Found, not yet looked at", "발견", true, &["accepted", "refused"]),
        closed("accepted", "Accepted", "인정", true, &["refused"]),
        closed("refused", "Refused", "제외", true, &["accepted"]),
    ],
    when: Some("date"),
    due: None,
    writer: Writer::Anyone,
};

pub(super) const NOTE: Kind = Kind {
    name: "note",
    en: "Note",
    ko: "메모",
    about: "A note, mostly private to a side",
    fields: &[field("date", "Date", "날짜", Form::Period)],
    states: &[],
    when: Some("date"),
    due: None,
    writer: Writer::Anyone,
};
