//! Records: kinds, lists, single ones, their history, search.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use dari_register::kinds::{Form, KINDS, Kind, Writer, kind};
use dari_register::{Filter, Line, Record, expected};
use serde_json::Value;

use super::{Desk, date};
use crate::cli::{Common, Format, Lang};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{printable, say};
use crate::rows::Rows;

#[derive(Debug, Args)]
pub(crate) struct KindsArgs {
    /// Kind: its fields and states
    kind: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Kind; without one, all
    kind: Option<String>,
    /// State
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Country that it concerns
    #[arg(long, value_name = "SIDE")]
    side: Option<String>,
    /// What was removed, instead of what is there
    #[arg(long)]
    removed: bool,
    /// At most so many
    #[arg(long, default_value_t = 200, value_name = "N")]
    most: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Record
    id: String,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Record
    id: String,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words in Korean or English, all of which must be there
    #[arg(required = true)]
    words: Vec<String>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_name = "N")]
    most: usize,
    /// Only of these kinds, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "KIND,…")]
    kind: Vec<String>,
}

pub(super) fn kinds(common: &Common, args: &KindsArgs) -> Result<()> {
    let korean = common.lang == crate::cli::Lang::Ko;
    let Some(name) = &args.kind else {
        let states = |kind: &Kind| kind.states.iter().map(|state| state.name).collect::<Vec<_>>().join(", ");
        let rows = Rows::default()
            .text("kind", KINDS.iter().map(|kind| Some(kind.name)))
            .text("name", KINDS.iter().map(|kind| Some(if korean { kind.ko } else { kind.en })))
            .text("states", KINDS.iter().map(|kind| Some(states(kind))))
            .text("about", KINDS.iter().map(|kind| Some(kind.about)));
        return output::write_rows(common.format, rows);
    };
    let kind = kind(name).ok_or_else(|| Failure::misuse(format!("no kind '{name}'")).hint("`dari register kinds` lists them."))?;
    let fields: Vec<_> = kind.all_fields().collect();
    let rows = Rows::default()
        .text("field", fields.iter().map(|field| Some(field.name)))
        .text("name", fields.iter().map(|field| Some(if korean { field.ko } else { field.en })))
        .bool("needed", fields.iter().map(|field| Some(field.needed)))
        .text("expected", fields.iter().map(|field| Some(expected(&field.form))));
    output::write_rows(common.format, rows)?;
    if common.format == Format::Table {
        for state in kind.states {
            let next = if state.next.is_empty() { "-".to_owned() } else { state.next.join(", ") };
            let first = if state.first { common.pick("may begin so; ", "처음 상태 가능; ") } else { "" };
            say(&format!("{} ({}): {first}{} {next}", state.name, if korean { state.ko } else { state.en }, common.pick("then", "다음:")));
        }
        let writer = match kind.writer {
            Writer::Anyone => common.pick("written by contributors too", "기여자도 작성"),
            Writer::Desk => common.pick("written by desk officers and programme managers", "담당관과 사업 관리자가 작성"),
            Writer::Programme => common.pick("written by programme managers", "사업 관리자가 작성"),
            Writer::Reviewer => {
                common.pick("given out by programme managers, written by the reviewer", "사업 관리자가 배정, 평가자가 작성")
            }
        };
        say(writer);
    }
    Ok(())
}

impl Desk<'_> {
    pub(super) async fn list(&self, args: &ListArgs) -> Result<()> {
        let filter = Filter {
            kind: args.kind.clone(),
            state: args.state.clone(),
            side: args.side.clone(),
            removed: args.removed,
            ids: None,
            naming: None,
            after: None,
            most: Some(args.most),
        };
        let lines = self.session().list(&filter).await?;
        self.write_lines(&lines)?;
        if lines.len() == args.most {
            say(&match self.common.lang {
                Lang::En => format!("the first {} are shown; --most shows more", args.most),
                Lang::Ko => format!("처음 {}건 표시; 더 보기: --most", args.most),
            });
        }
        Ok(())
    }

    /// Lines of records.
    pub(super) fn write_lines(&self, lines: &[Line]) -> Result<()> {
        output::write_rows(self.common.format, self.lines(lines))
    }

    /// Lines of records as columns, for more to be added.
    pub(super) fn lines(&self, lines: &[Line]) -> Rows {
        Rows::default()
            .text("id", lines.iter().map(|line| Some(line.id.as_str())))
            .text("kind", lines.iter().map(|line| Some(self.kind(&line.kind))))
            .text("state", lines.iter().map(|line| Some(self.state(&line.kind, &line.state))))
            .text("since", lines.iter().map(|line| date(line.since)))
            .text("sides", lines.iter().map(|line| Some(line.sides.as_str())))
            .text("begins", lines.iter().map(|line| date(line.begins)))
            .text("due", lines.iter().map(|line| date(line.due)))
            .text("title", lines.iter().map(|line| Some(line.title(self.korean()))))
    }

    /// A kind for reading; where programs read on, its name in the files.
    pub(super) fn kind<'n>(&self, name: &'n str) -> &'n str {
        match kind(name) {
            Some(kind) if self.common.format == Format::Table => self.common.pick(kind.en, kind.ko),
            _ => name,
        }
    }

    /// A state for reading; where programs read on, its name in the files.
    pub(super) fn state<'n>(&self, of: &str, name: &'n str) -> &'n str {
        match kind(of).and_then(|kind| kind.state(name)) {
            Some(state) if self.common.format == Format::Table => self.common.pick(state.en, state.ko),
            _ => name,
        }
    }

    pub(super) async fn show(&self, args: &ShowArgs) -> Result<()> {
        let record = self.session().get(&args.id).await?;
        let fields = fields(self.common, &record, &self.names(&record).await?);
        let rows = Rows::default()
            .text("field", fields.iter().map(|(field, _)| Some(field.as_str())))
            .text("value", fields.iter().map(|(_, value)| Some(value.as_str())));
        output::write_rows(self.common.format, rows)?;
        if record.removed {
            say(self.common.pick("it was removed; `dari register history` says why", "삭제된 기록입니다. 까닭: `dari register history`"));
        }
        Ok(())
    }

    /// What the records are called that a record links, for reading; nothing where programs read on.
    async fn names(&self, record: &Record) -> Result<BTreeMap<String, String>> {
        if self.common.format != Format::Table {
            return Ok(BTreeMap::new());
        }
        let mut ids = Vec::new();
        record.kind()?.all_fields().for_each(|field| linked(&field.form, record.content.get(field.name), &mut ids));
        let lines = self.session().list(&Filter { ids: Some(ids), ..Filter::default() }).await?;
        Ok(lines.iter().map(|line| (line.id.clone(), line.title(self.korean()).to_owned())).collect())
    }

    pub(super) async fn history(&self, args: &HistoryArgs) -> Result<()> {
        let events = self.session().history(&args.id).await?;
        let changed = events.iter().enumerate().map(|(at, event)| {
            let before = at.checked_sub(1).map(|before| &events[before].content);
            let names = event.content.keys().chain(before.into_iter().flat_map(|before| before.keys()));
            let mut names: Vec<&str> =
                names.map(String::as_str).filter(|name| before.and_then(|before| before.get(*name)) != event.content.get(*name)).collect();
            names.sort_unstable();
            names.dedup();
            Some(names.join(", "))
        });
        let rows = Rows::default()
            .int("version", events.iter().map(|event| Some(event.version)))
            .text("recorded", events.iter().map(|event| Some(dari_register::moment(event.at))))
            .text("who", events.iter().map(|event| Some(format!("{} ({})", event.who, event.party))))
            .text("action", events.iter().map(|event| Some(event.action.as_str())))
            .text("state", events.iter().map(|event| Some(self.state(&event.kind, &event.state))))
            .text("since", events.iter().map(|event| date(event.day)))
            .text("fields", changed)
            .text("why", events.iter().map(|event| Some(event.why.as_str())));
        output::write_rows(self.common.format, rows)
    }

    pub(super) async fn search(&self, args: &SearchArgs) -> Result<()> {
        let query = args.words.join(" ");
        let mut queries = vec![query.clone()];
        queries.extend(other_names(self.common)?.remove(&dari_model::text::normalise(&query)).unwrap_or_default());
        let (lines, total) = self.session().search(&queries, &args.kind, args.most).await?;
        self.write_lines(&lines)?;
        if queries.len() > 1 {
            say(&format!("{}: {}", self.common.pick("also searched for", "함께 찾은 말"), queries[1..].join("; ")));
        }
        if total > lines.len() {
            let shown = lines.len();
            say(&match self.common.lang {
                Lang::En => format!("{shown} of {total} are shown; --most shows more"),
                Lang::Ko => format!("{total}건 중 {shown}건 표시; 더 보기: --most"),
            });
        }
        Ok(())
    }
}

/// What technologies are called, and what frameworks call the same in the other language: 양자 finds quantum.
pub(crate) fn other_names(common: &Common) -> Result<BTreeMap<String, Vec<String>>> {
    let registry = crate::analysis::registry(common)?;
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in registry.iter().flat_map(|framework| &framework.entries) {
        let [en, ko] = [&entry.name.en, &entry.name.ko].map(|name| dari_model::text::normalise(name));
        for (own, other) in [(&en, &ko), (&ko, &en)] {
            if !own.is_empty() && !other.is_empty() && own != other {
                names.entry(own.clone()).or_default().insert(other.clone());
            }
        }
    }
    Ok(names.into_iter().map(|(name, others)| (name, others.into_iter().collect())).collect())
}

/// The fields of a record for reading, with the names of fields in the language asked for.
/// The ids of the records that a value links.
fn linked(form: &Form, value: Option<&Value>, ids: &mut Vec<String>) {
    match (form, value) {
        (Form::Link(..), Some(Value::String(id))) => ids.push(id.clone()),
        (Form::Links(..), Some(Value::Array(several))) => ids.extend(several.iter().filter_map(|id| id.as_str().map(str::to_owned))),
        (Form::Rows(fields), Some(Value::Array(rows))) => {
            rows.iter().for_each(|row| fields.iter().for_each(|field| linked(&field.form, row.get(field.name), ids)));
        }
        _ => {}
    }
}

/// The fields of a record; links by what they are called, where `names` has them.
fn fields(common: &Common, record: &Record, names: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let of = kind(&record.kind);
    let mut fields = vec![("id".to_owned(), record.id.clone()), ("kind".to_owned(), record.kind.clone())];
    if !record.state.is_empty() {
        let label = of.and_then(|kind| kind.states.iter().find(|state| state.name == record.state));
        let state = match label {
            Some(state) if common.format == Format::Table => common.pick(state.en, state.ko),
            _ => &record.state,
        };
        fields.push(("state".to_owned(), state.to_owned()));
        fields.extend(date(record.since).map(|since| ("since".to_owned(), since)));
    }
    fields.push(("version".to_owned(), record.version.to_string()));
    let name = |name: &str| match of.and_then(|kind| kind.all_fields().find(|field| field.name == name)) {
        Some(field) if common.format == Format::Table => common.pick(field.en, field.ko).to_owned(),
        _ => name.to_owned(),
    };
    // In the order of the kind's fields.
    let order: Vec<&str> = of.map(|kind| kind.all_fields().map(|field| field.name).collect()).unwrap_or_default();
    let mut content: Vec<(&String, &Value)> = record.content.iter().collect();
    content.sort_by_key(|(name, _)| order.iter().position(|other| other == name));
    for (field, value) in content {
        let form = of.and_then(|kind| kind.all_fields().find(|one| one.name == field)).map(|field| &field.form);
        match value {
            Value::Object(parts) => {
                for (part, value) in parts {
                    fields.push((format!("{}.{part}", name(field)), text(value, None, names)));
                }
            }
            Value::Array(rows) => fields.extend(rows.iter().map(|row| (name(field), text(row, form, names)))),
            value => fields.push((name(field), text(value, form, names))),
        }
    }
    fields
}

fn text(value: &Value, form: Option<&Form>, names: &BTreeMap<String, String>) -> String {
    match (value, form) {
        (Value::String(id), Some(Form::Link(..) | Form::Links(..))) => printable(names.get(id).unwrap_or(id)).into_owned(),
        (Value::String(text), _) => printable(text).into_owned(),
        (Value::Object(parts), form) => {
            let of = |name: &str| match form {
                Some(Form::Rows(fields)) => fields.iter().find(|field| field.name == name).map(|field| &field.form),
                _ => None,
            };
            parts.iter().map(|(name, value)| format!("{name}: {}", text(value, of(name), names))).collect::<Vec<_>>().join(", ")
        }
        (Value::Array(values), form) => values.iter().map(|value| text(value, form, names)).collect::<Vec<_>>().join(", "),
        (value, _) => value.to_string(),
    }
}
