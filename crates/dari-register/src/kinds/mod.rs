//! The kinds of records: their fields, their states and which state may follow which. One table for checks, sheets, help and forms.

mod agreements;
mod dialogue;
mod exchange;
mod people;
mod programmes;
mod results;

/// A kind of record.
#[derive(Debug)]
pub struct Kind {
    /// Name in files and commands: `statement`.
    pub name: &'static str,
    /// In English, for people.
    pub en: &'static str,
    /// In Korean.
    pub ko: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Fields besides those that [all kinds](COMMON) have.
    pub fields: &'static [Field],
    /// States; empty for what has none (a person, a note).
    pub states: &'static [State],
    /// The field that says when it happens, for the timeline.
    pub when: Option<&'static str>,
    /// The field that says until when something has to be done, or what runs out.
    pub due: Option<&'static str>,
    /// Who writes it.
    pub writer: Writer,
}

/// Who may write records of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Everyone who writes at all; contributors edit only what they wrote.
    Anyone,
    /// Desk officers and those who run programmes.
    Desk,
    /// Those who run programmes.
    Programme,
    /// The reviewer it was given to; those who run programmes give it to them.
    Reviewer,
}

/// A field of a kind.
#[derive(Debug)]
pub struct Field {
    /// Name in files and commands.
    pub name: &'static str,
    /// In English, for people.
    pub en: &'static str,
    /// In Korean.
    pub ko: &'static str,
    /// What it holds.
    pub form: Form,
    /// Whether a record must have it.
    pub needed: bool,
}

/// What a field holds.
#[derive(Debug)]
pub enum Form {
    /// One text.
    Text,
    /// Several texts.
    Texts,
    /// A text in English, Korean or both: `{en: …, ko: …}`.
    Both,
    /// A day or a span of days.
    Period,
    /// A number that is not negative.
    Number,
    /// An amount of money: `{amount: 1000000, currency: KRW}`.
    Money,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A side: a country's code.
    Side,
    /// Several sides.
    Sides,
    /// Yes or no.
    Flag,
    /// Numbers by name: `{excellence: 4}`.
    Scores,
    /// The id of a record of one of these kinds (any, where none is named), from which this one came about or not.
    Link(&'static [&'static str], Line),
    /// Several such ids.
    Links(&'static [&'static str], Line),
    /// Rows of fields.
    Rows(&'static [Field]),
}

/// Whether a link is part of the line from what was said to what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// The record came about through the one it names.
    CameFrom,
    /// It only mentions it.
    Mentions,
}

/// A state that a record can be in.
#[derive(Debug)]
pub struct State {
    /// Name in files and commands: `to_be_considered`.
    pub name: &'static str,
    /// In English, for people.
    pub en: &'static str,
    /// In Korean.
    pub ko: &'static str,
    /// States that may follow.
    pub next: &'static [&'static str],
    /// Whether a record may begin in it.
    pub first: bool,
    /// Whether something is still to be done.
    pub open: bool,
}

const fn field(name: &'static str, en: &'static str, ko: &'static str, form: Form) -> Field {
    Field { name, en, ko, form, needed: false }
}

const fn needed(name: &'static str, en: &'static str, ko: &'static str, form: Form) -> Field {
    Field { name, en, ko, form, needed: true }
}

/// A state with something still to be done.
const fn open(name: &'static str, en: &'static str, ko: &'static str, first: bool, next: &'static [&'static str]) -> State {
    State { name, en, ko, next, first, open: true }
}

/// A state in which nothing is left to do.
const fn closed(name: &'static str, en: &'static str, ko: &'static str, first: bool, next: &'static [&'static str]) -> State {
    State { name, en, ko, next, first, open: false }
}

const SOURCE: &[Field] = &[
    needed("title", "Title", "제목", Form::Text),
    field("publisher", "Publisher", "발행처", Form::Text),
    field("url", "Address", "주소", Form::Text),
    field("date", "Date", "날짜", Form::Period),
    field("reference", "Place within (page, paragraph)", "위치(쪽, 문단)", Form::Text),
];

/// An amount that a side gives or asks for.
const BY_SIDE: &[Field] = &[
    needed("side", "Side", "측", Form::Side),
    needed("money", "Amount", "금액", Form::Money),
    field("text", "Remark", "비고", Form::Text),
];

/// Fields that all kinds have.
pub const COMMON: &[Field] = &[
    field("name", "Name", "이름", Form::Both),
    field("text", "Text", "내용", Form::Both),
    field("sources", "Source documents", "출처", Form::Rows(SOURCE)),
    field("organisations", "Organisations", "기관", Form::Links(&["organisation"], Line::Mentions)),
    field("groups", "Groups of organisations", "기관 묶음", Form::Texts),
    field("technologies", "Technologies (framework/entry)", "기술(체계/항목)", Form::Texts),
    field("people", "People and offices", "사람과 직위", Form::Links(&["person", "office"], Line::Mentions)),
    field("from", "Came about through", "비롯된 기록", Form::Links(&[], Line::CameFrom)),
    field("see", "See also", "관련 기록", Form::Links(&[], Line::Mentions)),
    field("example", "Invented, to show how it works", "예시(가상)", Form::Flag),
];

/// All kinds, in the order from dialogue to result.
pub const KINDS: &[&Kind] = &[
    &people::ORGANISATION,
    &people::PERSON,
    &people::OFFICE,
    &dialogue::DIALOGUE,
    &dialogue::MEETING,
    &dialogue::STATEMENT,
    &dialogue::COMMITMENT,
    &agreements::AGREEMENT,
    &programmes::PROGRAMME,
    &programmes::CALL,
    &programmes::PROPOSAL,
    &programmes::REVIEW,
    &programmes::PROJECT,
    &programmes::FACILITY,
    &programmes::FACILITY_TIME,
    &exchange::WORKSHOP,
    &exchange::EXCHANGE,
    &exchange::CONTRIBUTION,
    &results::RESULT,
    &results::NOTE,
];

/// The kind of this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

impl Kind {
    /// Its fields, those of all kinds first.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        COMMON.iter().chain(self.fields)
    }

    /// The state of this name.
    pub fn state(&self, name: &str) -> Option<&'static State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// The state that a record begins in where nothing else is said: the first that one may begin in.
    pub fn first_state(&self) -> Option<&'static State> {
        self.states.iter().find(|state| state.first)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_kinds_is_consistent() {
        for (at, kind) in KINDS.iter().enumerate() {
            assert!(KINDS[..at].iter().all(|other| other.name != kind.name), "{} is there twice", kind.name);
            let names: Vec<&str> = kind.all_fields().map(|field| field.name).collect();
            for (at, name) in names.iter().enumerate() {
                // What stands beside the fields in files and sheets.
                assert!(!["id", "kind", "state", "since", "history"].contains(name), "{}.{name} stands for something else", kind.name);
                assert!(!names[..at].contains(name), "{}.{name} is there twice", kind.name);
            }
            for named in [kind.when, kind.due].into_iter().flatten() {
                let field =
                    kind.fields.iter().find(|field| field.name == named).unwrap_or_else(|| panic!("{}.{named} is missing", kind.name));
                assert!(matches!(field.form, Form::Period), "{}.{named} is no date", kind.name);
            }
            for state in kind.states {
                for next in state.next {
                    assert!(kind.state(next).is_some() && *next != state.name, "{}: {} leads to {next}", kind.name, state.name);
                }
                assert!(
                    state.first || kind.states.iter().any(|other| other.next.contains(&state.name)),
                    "{}: nothing leads to {}",
                    kind.name,
                    state.name
                );
            }
            assert!(kind.states.is_empty() || kind.first_state().is_some(), "{} begins nowhere", kind.name);
            check_links(kind.name, kind.fields);
        }
        check_links("all", COMMON);
    }

    fn check_links(owner: &str, fields: &[Field]) {
        for field in fields {
            match &field.form {
                Form::Link(kinds, _) | Form::Links(kinds, _) => {
                    assert!(kinds.iter().all(|name| kind(name).is_some()), "{owner}.{} names a kind that is not there", field.name);
                }
                Form::Rows(fields) => check_links(owner, fields),
                _ => {}
            }
        }
    }
}
