//! Records as a file that people read and write: YAML or JSON.

use std::collections::{BTreeMap, HashMap};

use dari_model::date;
use serde_json::{Map, Value, json};

use crate::content::{Content, Link, check};
use crate::error::{Error, Result, shape};
use crate::kinds::kind;
use crate::period::Period;
use crate::read::event;
use crate::record::{COLUMNS, Record};
use crate::register::{Session, as_content};
use crate::store::Statement;
use crate::trail::Event;
use crate::write::{Item, Refused, Step, Written};

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    /// Records that were written.
    pub written: Vec<Written>,
    /// How many were there already as they are.
    pub same: usize,
    /// Records that were not, with why.
    pub refused: Vec<Refused>,
}

/// What says which form a file has.
const HEAD: &str = "dari-register";

impl Session<'_> {
    /// All records that the user sees, with the states they went through, in order of kind and id. What was removed is left out.
    pub async fn export(&self, form: Form) -> Result<String> {
        let mut reading = self.reading().await?;
        let statement = reading.records(COLUMNS).sql(" ORDER BY id");
        let records = reading.whole(statement).await?;
        let statement = reading
            .seen(Statement::new("SELECT * FROM events WHERE "), "scope")
            .sql(" AND action IN ('added', 'moved') ORDER BY id, version");
        let mut states: HashMap<String, Vec<Event>> = HashMap::new();
        for row in statement.rows(&mut reading.on).await? {
            let (event, _) = event(&row)?;
            states.entry(event.id.clone()).or_default().push(event);
        }
        let order = |record: &Record| crate::kinds::KINDS.iter().position(|kind| kind.name == record.kind);
        let mut records: Vec<(Option<usize>, Record)> = records.into_iter().map(|record| (order(&record), record)).collect();
        records.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        let records = records.into_iter().map(|(_, record)| {
            let states = states.remove(&record.id).unwrap_or_default();
            written(record, &states)
        });
        let parties: Vec<&str> = self.register.parties().iter().map(crate::Party::as_str).collect();
        let document = json!({HEAD: 1, "parties": parties, "records": records.collect::<Vec<_>>()});
        match form {
            Form::Json => serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(|error| Error::input(error.to_string())),
            Form::Yaml => serde_saphyr::to_string(&document).map_err(|error| Error::input(error.to_string())),
        }
    }

    /// Adds the records of a file, and changes those that are there with another content or state. With `keep` off nothing is stored: a rehearsal.
    ///
    /// # Errors
    /// Where the text is no such file. A record that breaks a rule is listed and does not stop the others.
    pub async fn import(&self, text: &str, form: Form, why: &str, keep: bool) -> Result<Imported> {
        let document: Value = match form {
            Form::Json => serde_json::from_str(text).map_err(|error| Error::input(error.to_string()))?,
            Form::Yaml => value(text)?,
        };
        let wrong =
            |what: &str| Error::input(what.to_owned()).hint(format!("The file begins with '{HEAD}: 1' and has a list of 'records'."));
        let fields = document.as_object().ok_or_else(|| wrong("no file of a register"))?;
        if fields.get(HEAD) != Some(&json!(1)) {
            return Err(wrong("no file of a register, or of a later version"));
        }
        let records = fields.get("records").and_then(Value::as_array).ok_or_else(|| wrong("no 'records'"))?;
        let (mut given, mut refused) = (Vec::new(), Vec::new());
        for (at, value) in records.iter().enumerate() {
            let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
            let place = format!("record {} ('{id}')", at + 1);
            match read(value) {
                Ok(record) => given.push((place, record)),
                Err(error) => refused.push(Refused { place, error }),
            }
        }
        let given = in_order(given);
        let here = self.here(given.iter().map(|(_, record)| record.id.as_str())).await?;
        let mut same = 0;
        let mut items = Vec::new();
        for (place, record) in given {
            let steps = match here.get(&record.id) {
                None => record.steps(),
                Some(stored) => record.steps_from(stored),
            };
            if steps.is_empty() {
                same += 1;
            } else {
                items.push(Item { place, steps, why: None });
            }
        }
        let (written, more) = self.write_each(&items, why, keep).await?;
        refused.extend(more);
        Ok(Imported { written, same, refused })
    }
}

/// A record as it stands in the file.
fn written(record: Record, states: &[Event]) -> Value {
    let mut fields = Map::new();
    fields.insert("id".to_owned(), record.id.into());
    fields.insert("kind".to_owned(), record.kind.into());
    if !record.state.is_empty() {
        fields.insert("state".to_owned(), record.state.into());
        fields.insert("since".to_owned(), record.since.map(date::format).into());
    }
    if let [earlier @ .., _] = states
        && !earlier.is_empty()
    {
        let earlier = earlier.iter().map(|event| json!({"state": event.state, "since": event.day.map(date::format)}));
        fields.insert("history".to_owned(), earlier.collect::<Vec<_>>().into());
    }
    fields.extend(record.content);
    Value::Object(fields)
}

/// A record of a file.
#[derive(Debug)]
struct Given {
    id: String,
    kind: &'static str,
    /// The states it went through with their days, the last being the one it is in.
    states: Vec<(String, Option<i32>)>,
    content: Content,
    links: Vec<Link>,
}

fn read(value: &Value) -> Result<Given> {
    let mut fields = value.as_object().cloned().ok_or_else(|| Error::input(format!("expected a record, found {}", shape(value))))?;
    let mut text = |name: &str| match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Error::input(format!("'{name}' is {}", shape(&other))).hint("Expected: a text.")),
    };
    let id = text("id")?.ok_or_else(|| Error::input("'id' is missing"))?;
    let name = text("kind")?.ok_or_else(|| Error::input("'kind' is missing"))?;
    let kind = kind(&name).ok_or_else(|| Error::input(format!("no kind '{name}'")).hint("`dari register kinds` lists them."))?;
    let last = (text("state")?, text("since")?);
    let mut states = Vec::new();
    for earlier in fields.remove("history").as_ref().and_then(Value::as_array).into_iter().flatten() {
        let of = |name: &str| earlier.get(name).and_then(Value::as_str).map(str::to_owned);
        let state = of("state").ok_or_else(|| Error::input("a line of 'history' without 'state'"))?;
        states.push((state, of("since").map(|since| the_day(&since)).transpose()?));
    }
    match last {
        (Some(state), since) => states.push((state, since.map(|since| the_day(&since)).transpose()?)),
        (None, _) if !states.is_empty() => return Err(Error::input("'history' without 'state'")),
        (None, _) => {}
    }
    let checked = check(kind, &fields)?;
    Ok(Given { id, kind: kind.name, states, content: checked.content, links: checked.links })
}

fn the_day(text: &str) -> Result<i32> {
    let period = Period::parse(text).ok_or_else(|| Error::input(format!("'{text}' is no day")).hint("For example 2024-01-23."))?;
    Ok(period.from)
}

impl Given {
    /// Steps that make it anew.
    fn steps(self) -> Vec<Step> {
        let mut states = self.states.into_iter();
        let (state, day) = states.next().map_or((None, None), |(state, day)| (Some(state), day));
        let id = self.id;
        let mut steps = vec![Step::Add { kind: self.kind.to_owned(), id: id.clone(), content: self.content, state, day }];
        for (version, (state, day)) in states.enumerate() {
            steps.push(Step::Move { id: id.clone(), version: version as i64 + 1, state, day, content: Content::new() });
        }
        steps
    }

    /// Steps that make what is stored like it; none where it is.
    fn steps_from(self, stored: &Record) -> Vec<Step> {
        let (id, mut version) = (self.id, stored.version);
        let mut steps = Vec::new();
        if stored.removed {
            steps.push(Step::Restore { id: id.clone(), version });
            version += 1;
        }
        if self.content != stored.content {
            let mut content = self.content;
            for name in stored.content.keys() {
                content.entry(name.clone()).or_insert(Value::Null);
            }
            steps.push(Step::Edit { id: id.clone(), version, content });
            version += 1;
        }
        if let Some((state, day)) = self.states.into_iter().next_back()
            && state != stored.state
        {
            steps.push(Step::Move { id, version, state, day, content: Content::new() });
        }
        steps
    }
}

/// Records in an order in which each comes after those it names, as far as they do not name each other in a ring.
fn in_order(given: Vec<(String, Given)>) -> Vec<(String, Given)> {
    let place: HashMap<&str, usize> = given.iter().enumerate().map(|(at, (_, record))| (record.id.as_str(), at)).collect();
    let names: Vec<Vec<usize>> =
        given.iter().map(|(_, record)| record.links.iter().filter_map(|link| place.get(link.to.as_str()).copied()).collect()).collect();
    let mut order = Vec::with_capacity(given.len());
    let mut seen = vec![false; given.len()];
    for start in 0..given.len() {
        // Depth first, without recursion: a file may hold a long chain.
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 && std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match names[at].get(next) {
                Some(&named) => {
                    stack.push((at, next + 1));
                    if !seen[named] {
                        stack.push((named, 0));
                    }
                }
                None => order.push(at),
            }
        }
    }
    let mut given: BTreeMap<usize, (String, Given)> = given.into_iter().enumerate().collect();
    order.into_iter().filter_map(|at| given.remove(&at)).collect()
}

/// The fields of a record that a person gave as JSON or YAML text: an object.
pub fn content(text: &str) -> Result<Content> {
    let value = self::value(text)?;
    if value.is_object() { Ok(as_content(value)) } else { Err(Error::input(format!("expected fields, found {}", shape(&value)))) }
}

/// Only `true` and `false` are yes and no: `y`, `no` and `on` are texts.
pub(crate) fn value(text: &str) -> Result<Value> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| Error::input(error.to_string()))
}
