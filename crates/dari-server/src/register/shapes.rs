//! Records and lines as the API shows them.

use dari_model::date;
use dari_register::kinds::{COMMON, Field, Form, Kind, Writer};
use dari_register::{Content, Scope, moment, titles};
use serde::Serialize;
use utoipa::ToSchema;

/// What something is called, in both languages; empty where it has no name in one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Bilingual {
    pub(crate) en: String,
    pub(crate) ko: String,
}

/// A record in a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// Empty where the kind has none.
    pub(crate) state: String,
    /// The day since which it is in this state.
    #[schema(required)]
    pub(crate) since: Option<String>,
    /// The countries that it concerns.
    pub(crate) sides: Vec<String>,
    /// The first day on which it happens.
    #[schema(required)]
    pub(crate) begins: Option<String>,
    /// The last.
    #[schema(required)]
    pub(crate) ends: Option<String>,
    /// Until when something has to be done, or when it runs out.
    #[schema(required)]
    pub(crate) due: Option<String>,
    /// How often it was written.
    pub(crate) version: i64,
    pub(crate) title: Bilingual,
    /// Whose it is, where it is not shared by all parties: a party, or the reviewer's name.
    #[schema(required)]
    pub(crate) private: Option<String>,
}

/// A day as it is written.
pub(crate) fn day(day: Option<i32>) -> Option<String> {
    day.map(date::format)
}

fn bilingual(en: Option<String>, ko: Option<String>, id: &str) -> Bilingual {
    if en.is_none() && ko.is_none() {
        return Bilingual { en: id.to_owned(), ko: id.to_owned() };
    }
    Bilingual { en: en.unwrap_or_default(), ko: ko.unwrap_or_default() }
}

fn private(id: &str) -> Option<String> {
    match Scope::of_id(id).ok()? {
        Scope::Shared => None,
        Scope::Private(party) => Some(party.to_string()),
        Scope::Reviews(user) => Some(user),
    }
}

pub(crate) fn sides(sides: &str) -> Vec<String> {
    sides.split_whitespace().map(str::to_owned).collect()
}

impl From<dari_register::Line> for Line {
    fn from(line: dari_register::Line) -> Line {
        let [en, ko] = line.title;
        Line {
            private: private(&line.id),
            title: bilingual(en, ko, &line.id),
            sides: sides(&line.sides),
            since: day(line.since),
            begins: day(line.begins),
            ends: day(line.ends),
            due: day(line.due),
            id: line.id,
            kind: line.kind,
            state: line.state,
            version: line.version,
        }
    }
}

/// Lines as the API shows them.
pub(crate) fn lines(lines: Vec<dari_register::Line>) -> Vec<Line> {
    lines.into_iter().map(Line::from).collect()
}

/// A record with all its fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// Empty where the kind has none.
    pub(crate) state: String,
    /// The day since which it is in this state.
    #[schema(required)]
    pub(crate) since: Option<String>,
    /// How often it was written; `If-Match` says it with every change.
    pub(crate) version: i64,
    pub(crate) title: Bilingual,
    /// Whose it is, where it is not shared by all parties.
    #[schema(required)]
    pub(crate) private: Option<String>,
    /// When it was last written.
    pub(crate) changed_at: String,
    /// The user who began it.
    pub(crate) created_by: String,
    /// Whether it was taken out of sight.
    pub(crate) removed: bool,
    /// The fields, as `GET /register/kinds` describes them.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub(crate) content: Content,
}

impl From<dari_register::Record> for Record {
    fn from(record: dari_register::Record) -> Record {
        let (en, ko) = titles(&record.content);
        Record {
            private: private(&record.id),
            title: bilingual(en, ko, &record.id),
            since: day(record.since),
            changed_at: moment(record.changed_at),
            id: record.id,
            kind: record.kind,
            state: record.state,
            version: record.version,
            created_by: record.created_by,
            removed: record.removed,
            content: record.content,
        }
    }
}

/// A change of a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Event {
    /// When it was recorded.
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) party: String,
    /// added, edited, moved, removed or restored.
    pub(crate) action: String,
    pub(crate) id: String,
    pub(crate) kind: String,
    /// The record's version after it.
    pub(crate) version: i64,
    /// The record's state after it.
    pub(crate) state: String,
    /// The day from which it was in this state, in the world.
    #[schema(required)]
    pub(crate) day: Option<String>,
    pub(crate) why: String,
    /// The record's fields after it.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub(crate) content: Content,
}

impl From<dari_register::trail::Event> for Event {
    fn from(event: dari_register::trail::Event) -> Event {
        Event {
            at: moment(event.at),
            who: event.who,
            party: event.party,
            action: event.action.as_str().to_owned(),
            id: event.id,
            kind: event.kind,
            version: event.version,
            state: event.state,
            day: day(event.day),
            why: event.why,
            content: event.content,
        }
    }
}

/// A kind of record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KindShown {
    name: String,
    label: Bilingual,
    about: String,
    /// Who writes it: anyone, desk, programme, reviewer.
    writer: &'static str,
    /// The field that says when it happens.
    #[schema(required)]
    when: Option<String>,
    /// The field that says until when something has to be done.
    #[schema(required)]
    due: Option<String>,
    fields: Vec<FieldShown>,
    states: Vec<StateShown>,
}

/// A field of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldShown {
    name: String,
    label: Bilingual,
    /// text, texts, both, period, number, money, choice, side, sides, flag, scores, link, links, rows.
    form: &'static str,
    needed: bool,
    /// The words of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<&'static str>>,
    /// The kinds of records that a link may name; any, where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    kinds: Option<Vec<&'static str>>,
    /// The fields of a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    fields: Option<Vec<FieldShown>>,
}

/// A state that a record can be in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateShown {
    name: &'static str,
    label: Bilingual,
    /// States that may follow.
    next: Vec<&'static str>,
    /// Whether a record may begin in it.
    first: bool,
    /// Whether something is still to be done.
    open: bool,
}

fn label(en: &str, ko: &str) -> Bilingual {
    Bilingual { en: en.to_owned(), ko: ko.to_owned() }
}

impl From<&'static Kind> for KindShown {
    fn from(kind: &'static Kind) -> KindShown {
        KindShown {
            name: kind.name.to_owned(),
            label: label(kind.en, kind.ko),
            about: kind.about.to_owned(),
            writer: match kind.writer {
                Writer::Anyone => "anyone",
                Writer::Desk => "desk",
                Writer::Programme => "programme",
                Writer::Reviewer => "reviewer",
            },
            when: kind.when.map(str::to_owned),
            due: kind.due.map(str::to_owned),
            // What makes a kind comes first, then what all have.
            fields: COMMON.iter().take(2).chain(kind.fields).chain(COMMON.iter().skip(2)).map(FieldShown::from).collect(),
            states: kind
                .states
                .iter()
                .map(|state| StateShown {
                    name: state.name,
                    label: label(state.en, state.ko),
                    next: state.next.to_vec(),
                    first: state.first,
                    open: state.open,
                })
                .collect(),
        }
    }
}

impl From<&'static Field> for FieldShown {
    fn from(field: &'static Field) -> FieldShown {
        let form = match field.form {
            Form::Text => "text",
            Form::Texts => "texts",
            Form::Both => "both",
            Form::Period => "period",
            Form::Number => "number",
            Form::Money => "money",
            Form::Choice(_) => "choice",
            Form::Side => "side",
            Form::Sides => "sides",
            Form::Flag => "flag",
            Form::Scores => "scores",
            Form::Link(..) => "link",
            Form::Links(..) => "links",
            Form::Rows(_) => "rows",
        };
        FieldShown {
            name: field.name.to_owned(),
            label: label(field.en, field.ko),
            form,
            needed: field.needed,
            choices: match field.form {
                Form::Choice(words) => Some(words.to_vec()),
                _ => None,
            },
            kinds: match field.form {
                Form::Link(kinds, _) | Form::Links(kinds, _) => Some(kinds.to_vec()),
                _ => None,
            },
            fields: match field.form {
                Form::Rows(fields) => Some(fields.iter().map(FieldShown::from).collect()),
                _ => None,
            },
        }
    }
}
