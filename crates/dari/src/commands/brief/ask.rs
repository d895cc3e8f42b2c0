//! Answers a briefing's questions with the commands of the program.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::Parser;
use dari_briefing::{Answers, Kept, Question, Request, Source, Table, Template, Unanswered, Value};
use dari_lake::{Error as LakeError, Lake};
use dari_register::{Register, User};

use crate::analysis;
use crate::cli::{Cli, Command, Common, Format, quoted};
use crate::commands::register as register_command;
use crate::error::{Failure, Result};
use crate::output::{self, Taken};
use crate::progress::say;

/// Technologies as `framework/entry`: those that the framework lacks are looked for in the others.
pub(super) fn technologies(common: &Common, framework: &str, asked: &[String]) -> Result<Vec<String>> {
    let registry = analysis::registry(common)?;
    let own = registry.get(framework).map_err(|error| Failure::from(error).into_misuse())?;
    let find = |text: &String| {
        if let Some((framework, entry)) = text.split_once('/') {
            let framework = registry.get(framework).map_err(|error| Failure::from(error).into_misuse())?;
            let technology = framework.find(entry).map_err(|error| Failure::from(error).into_misuse())?;
            return Ok(format!("{}/{}", framework.id, technology.id));
        }
        let missing = match own.find(text) {
            Ok(technology) => return Ok(format!("{}/{}", own.id, technology.id)),
            Err(error) => error,
        };
        let other = registry.iter().find_map(|other| Some((other, other.find(text).ok()?)));
        let (other, technology) = other.ok_or_else(|| Failure::from(missing).into_misuse())?;
        say(&format!("{text}: {} lacks it; taken from {} ({})", own.id, other.id, technology.id));
        Ok(format!("{}/{}", other.id, technology.id))
    };
    asked.iter().map(find).collect()
}

/// Who answers.
pub(super) struct Asker<'a> {
    common: Common,
    /// The register and who reads it.
    register: Option<(&'a Register, &'a User)>,
    lake: Option<(u64, String)>,
    known: Option<&'a Known>,
    /// Questions that are worked on at once.
    at_once: usize,
}

/// Answers of the lake that were found before, by their commands, each of which names the version of the lake: they stay true.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<String, Table>>);

impl Known {
    /// Tables that are kept.
    const MOST: usize = 256;

    fn get(&self, command: &str, id: &str) -> Option<Table> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(command).map(|table| Table { id: id.to_owned(), ..table.clone() })
    }

    fn keep(&self, table: &Table) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= Known::MOST {
            known.clear();
        }
        known.insert(table.command.clone(), table.clone());
    }
}

impl<'a> Asker<'a> {
    /// On the version of the lake that is asked for, else the newest.
    pub(super) fn new(common: &Common, register: Option<(&'a Register, &'a User)>, known: Option<&'a Known>) -> Result<Asker<'a>> {
        let lake = match Lake::open(&common.lake) {
            Ok(lake) => Some(lake.snapshot(common.as_of.as_ref())?.commit),
            Err(LakeError::NotALake(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let lake = lake.map(|commit| (commit.version, commit.at));
        // Alone, one after the other: it takes half a second more and a briefing stays under 200 MB. A server has the memory, and people wait.
        let at_once = if known.is_some() { 2 } else { 1 };
        // They share the memory that one question would have.
        let memory = common.options().memory / at_once;
        Ok(Asker { common: Common { memory: Some(memory), ..common.clone() }, register, lake, known, at_once })
    }

    /// A briefing with all that it was made of.
    pub(super) fn kept(&self, request: &Request, template: &Template) -> Result<Kept> {
        let mut answers = Answers { lake: self.lake.clone(), ..Answers::default() };
        loop {
            let questions = dari_briefing::questions(request, &answers)?;
            if questions.is_empty() {
                break;
            }
            for (question, answer) in questions.iter().zip(self.answers(&questions)) {
                match answer {
                    Ok(table) => answers.tables.push(table),
                    Err(failure) if question.needed => return Err(failure),
                    Err(failure) => {
                        let why = without_folders(failure.message.lines().next().unwrap_or_default());
                        answers.unanswered.push(Unanswered { id: question.id.clone(), command: self.command(question), why });
                    }
                }
            }
        }
        let document = dari_briefing::write(request, &answers, template)?;
        Ok(Kept { program: env!("CARGO_PKG_VERSION").to_owned(), request: request.clone(), answers, document })
    }

    /// Answers to questions in their order.
    fn answers(&self, questions: &[Question]) -> Vec<Result<Table>> {
        let runtime = tokio::runtime::Handle::try_current().ok();
        let next = AtomicUsize::new(0);
        let found: Vec<OnceLock<Result<Table>>> = questions.iter().map(|_| OnceLock::new()).collect();
        let work = || {
            let _runtime = runtime.as_ref().map(tokio::runtime::Handle::enter);
            while let Some((question, place)) = questions.iter().zip(&found).nth(next.fetch_add(1, Ordering::Relaxed)) {
                let _ = place.set(self.answer(question));
            }
        };
        std::thread::scope(|scope| {
            (0..self.at_once.min(questions.len())).for_each(|_| drop(scope.spawn(work)));
        });
        found.into_iter().map(|place| place.into_inner().unwrap_or_else(|| Err(Failure::new("a question was not answered")))).collect()
    }

    /// The version of the lake that a question is answered from, where it is.
    fn version(&self) -> Option<String> {
        self.lake.as_ref().map(|(version, _)| format!("--as-of={version}"))
    }

    /// The command for people.
    fn command(&self, question: &Question) -> String {
        let mut line = String::from("dari");
        let version = self.lake.as_ref().map(|(version, _)| vec!["--as-of".to_owned(), version.to_string()]).unwrap_or_default();
        for word in question.arguments.iter().chain(&version) {
            line.push(' ');
            line.push_str(&quoted(word));
        }
        line
    }

    fn answer(&self, question: &Question) -> Result<Table> {
        // What the register says changes without a version.
        let known = self.known.filter(|_| question.source == Source::Lake && self.lake.is_some());
        if let Some(table) = known.and_then(|known| known.get(&self.command(question), &question.id)) {
            return Ok(table);
        }
        let table = self.ask(question)?;
        if let Some(known) = known {
            known.keep(&table);
        }
        Ok(table)
    }

    fn ask(&self, question: &Question) -> Result<Table> {
        let mut arguments: Vec<OsString> = vec!["dari".into()];
        arguments.extend(self.common.of_place());
        arguments.extend(self.version().map(Into::into));
        arguments.extend(question.arguments.iter().map(Into::into));
        let mut cli = Cli::try_parse_from(arguments).map_err(|error| Failure::misuse(error.to_string()))?;
        cli.common.format = if question.worded { Format::Table } else { Format::Json };
        cli.common.threads = Some(1);
        let Taken { batches, notes } = match (question.source, &cli.command) {
            (Source::Register, Command::Register(args)) => {
                let (register, user) = self.register.ok_or_else(|| {
                    Failure::new("there is no register").hint("Name one with --register, or make one: dari register init --demo")
                })?;
                output::take(|| register_command::run_as(&cli.common, args, register, user))?
            }
            _ => output::take(|| crate::run(&cli))?,
        };
        let notes = notes.iter().map(|note| without_folders(note)).collect();
        table(&question.id, self.command(question), notes, &batches)
    }
}

/// A text with the names of files, but not their folders: how a machine keeps its files is nobody's business who reads the document.
fn without_folders(text: &str) -> String {
    let short = |word: &str| match word.rsplit_once('/') {
        Some((folders, file)) if !word.contains("://") && (folders.starts_with('/') || file.contains('.')) => file.to_owned(),
        _ => word.to_owned(),
    };
    text.split(' ').map(short).collect::<Vec<_>>().join(" ")
}

/// A briefing's table of what a command answered.
fn table(id: &str, command: String, notes: Vec<String>, batches: &[RecordBatch]) -> Result<Table> {
    let schema = batches.first().map(RecordBatch::schema).ok_or_else(|| Failure::new(format!("`{command}` answered nothing")))?;
    let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter().map(|column| values(column)).collect::<Result<Vec<_>>>()?;
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()));
    }
    Ok(Table { id: id.to_owned(), command, notes, columns, rows })
}

fn values(column: &dyn Array) -> Result<Vec<Value>> {
    let rows = 0..column.len();
    let filled = |value: fn(&dyn Array, usize) -> Value| {
        rows.clone().map(|row| if column.is_null(row) { Value::Empty } else { value(column, row) }).collect()
    };
    Ok(match column.data_type() {
        DataType::Int64 => filled(|column, row| Value::Int(column.as_primitive::<Int64Type>().value(row))),
        DataType::Float64 => filled(|column, row| Value::Float(column.as_primitive::<Float64Type>().value(row))),
        DataType::Boolean => filled(|column, row| Value::Bool(column.as_boolean().value(row))),
        _ => {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(column, &options)?;
            let text = |row: usize| if column.is_null(row) { Value::Empty } else { Value::Text(formatter.value(row).to_string()) };
            rows.map(text).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::without_folders;

    #[test]
    fn folders_stay_at_home() {
        assert_eq!(without_folders("rates: demo/money/rates.csv (0.1.0)"), "rates: rates.csv (0.1.0)");
        assert_eq!(without_folders("/home/hong/lake: no lake"), "lake: no lake");
        assert_eq!(without_folders("kr-nst-2023/quantum of https://a.kr/b.csv, 1/2"), "kr-nst-2023/quantum of https://a.kr/b.csv, 1/2");
    }
}
