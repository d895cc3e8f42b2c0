//! Answers the server's questions with the commands of the program.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

use clap::{Command, Parser};
use dari_briefing::{Form, Template};
use dari_lake::{AsOf, Error as LakeError, Lake};
use dari_register::{Register, User};
use dari_server::{Analyst, Answer, Ask, Body, LakeVersion, Loading, Question, Reason, Refusal, Together};

use super::questions::{self, Arguments, MAP, SQL, wrong};
use crate::cli::{self, Cli, Common, Format};
use crate::commands::{brief, register as register_command};
use crate::error::{Failure, Sort};
use crate::output::{self, Taken};

/// Questions and jobs among which the memory is divided where nothing is said of it.
const AT_ONCE: usize = 4;
/// Rows that a question in SQL gets where it does not say, and at most.
const ROWS: usize = 10_000;
const MOST_ROWS: usize = 100_000;
/// Seconds that it may take, likewise.
const SECONDS: u64 = 30;
const MOST_SECONDS: u64 = 60;
/// What its answer may take in memory.
const SIZE: &str = "1GB";

pub(super) struct Program {
    common: Common,
    cli: Command,
    questions: Vec<Question>,
    loads: Vec<Question>,
    briefing: Option<Question>,
    /// How briefings are worded and look.
    template: Template,
    /// What briefings have asked before.
    known: brief::Known,
    /// What technologies are called, and what frameworks call the same in the other language.
    names: OnceLock<BTreeMap<String, Vec<String>>>,
}

impl Program {
    pub(super) fn new(common: &Common, template: Template) -> Program {
        // Several questions and jobs are worked on at once, each with memory of its own.
        let memory = common.memory.or_else(|| Some(dari_lake::Options::default().memory / AT_ONCE));
        Program {
            common: Common { memory, ..common.clone() },
            cli: questions::command_line(),
            questions: questions::questions(),
            loads: questions::loads(),
            briefing: questions::briefing(),
            template,
            known: brief::Known::default(),
            names: OnceLock::new(),
        }
    }

    /// The arguments with the server's own, checked by the command line.
    fn parse(&self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Cli, Refusal> {
        let arguments = arguments.into_iter().map(Into::into);
        let all = std::iter::once("dari".into()).chain(self.common.of_place()).chain(arguments);
        Cli::try_parse_from(all).map_err(|error| {
            let told = error.render().to_string();
            // After the first empty line comes how the command is used on a command line.
            let what = told.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
            let lines: Vec<&str> = what.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            wrong(lines.join(" "), None)
        })
    }
}

fn option(name: &str, value: &std::ffi::OsStr) -> OsString {
    let mut option = OsString::from(name);
    option.push(value);
    option
}

fn refused(failure: Failure) -> Refusal {
    let reason = match failure.sort {
        Sort::Failed => Reason::Impossible,
        Sort::Misuse => Reason::Misuse,
        Sort::NotFound => Reason::NotFound,
        Sort::NotAllowed => Reason::NotAllowed,
    };
    Refusal { message: failure.message, hint: failure.hint, reason }
}

impl Analyst for Program {
    fn questions(&self) -> &[Question] {
        &self.questions
    }

    fn loads(&self) -> &[Question] {
        &self.loads
    }

    fn lake(&self, as_of: Option<&str>) -> Result<Option<LakeVersion>, Refusal> {
        let lake = match Lake::open(&self.common.lake) {
            Ok(lake) => lake,
            Err(LakeError::NotALake(_)) => return Ok(None),
            Err(error) => return Err(refused(error.into())),
        };
        let commit = match as_of {
            Some(as_of) => {
                let as_of: AsOf = as_of.parse().map_err(|error| wrong(format!("as-of: {error}"), None))?;
                Some(lake.snapshot(Some(&as_of)).map_err(|error| refused(Failure::from(error).into_misuse()))?.commit)
            }
            None => lake.commits().map_err(|error| refused(error.into()))?.pop(),
        };
        Ok(commit.map(|commit| LakeVersion { version: commit.version, at: commit.at }))
    }

    fn check(&self, path: &str, given: &[(String, String)]) -> Result<Ask, Refusal> {
        let mut given = given.to_vec();
        if path == SQL {
            let mut within = |name: &str, default: u64, most: u64| {
                let said = given.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.parse().ok());
                given.retain(|(known, _)| known != name);
                given.push((name.to_owned(), said.unwrap_or(default).min(most).to_string()));
            };
            within("limit", ROWS as u64, MOST_ROWS as u64);
            within("time-limit", SECONDS, MOST_SECONDS);
        }
        let words: Vec<&str> = if path == MAP { vec!["networks"] } else { path.split('/').collect() };
        let mut arguments = Arguments::of(&self.cli, &words, &given, None)?;
        if path == SQL {
            arguments.option(format!("--size-limit={SIZE}"));
        }
        let program = arguments.program();
        self.parse(&program)?;
        if path == MAP {
            arguments.option("--map=map.json");
        }
        Ok(Ask { path: path.to_owned(), arguments: program, command: arguments.for_people() })
    }

    fn answer(&self, ask: &Ask) -> Result<Answer, Refusal> {
        if ask.path == MAP {
            let file = tempfile::Builder::new().suffix(".json").tempfile().map_err(|error| refused(error.into()))?;
            let mut arguments: Vec<OsString> = ask.arguments.iter().map(Into::into).collect();
            arguments.push(option("--map=", file.path().as_os_str()));
            let Taken { notes, .. } = self.run(arguments)?;
            let document = std::fs::read_to_string(file.path()).map_err(|error| refused(error.into()))?;
            return Ok(Answer { body: Body::Document(document), notes });
        }
        let Taken { batches, notes } = self.run(&ask.arguments)?;
        Ok(Answer { body: Body::Rows(batches), notes })
    }

    fn check_load(&self, what: &str, given: &[(String, String)], file: &Path) -> Result<Loading, Refusal> {
        let Some(kind) = self.loads.iter().find(|kind| kind.path == what) else {
            let known: Vec<&str> = self.loads.iter().map(|kind| kind.path.as_str()).collect();
            return Err(wrong(format!("nothing is loaded as '{what}'"), Some(format!("Kinds are {}.", known.join(", ")))));
        };
        questions::known_alone(kind, given)?;
        let file = file.to_str().ok_or_else(|| wrong("the folder for uploads has a name that is no text", None))?;
        let words = ["load", what];
        let arguments = Arguments::of(&self.cli, &words, given, Some(file))?.program();
        self.parse(&arguments)?;
        let command = Arguments::of(&self.cli, &words, given, Some("FILE"))?.for_people();
        let arguments = self.common.of_place().into_iter().chain(arguments.into_iter().map(Into::into)).collect();
        Ok(Loading { arguments, command })
    }

    fn together(&self, work: Together, register: &Register, user: &User, given: &[(String, String)]) -> Result<(Ask, Answer), Refusal> {
        let words = ["register", if work == Together::Results { "results" } else { "assign" }];
        let arguments = Arguments::of(&self.cli, &words, given, None)?;
        let program = arguments.program();
        let mut cli = self.parse(&program)?;
        cli.common.format = Format::Json;
        let cli::Command::Register(args) = &cli.command else { return Err(wrong("this is no work of the register", None)) };
        let Taken { batches, notes } = output::take(|| register_command::run_as(&cli.common, args, register, user)).map_err(refused)?;
        let ask = Ask { path: words.join("/"), arguments: program, command: arguments.for_people() };
        Ok((ask, Answer { body: Body::Rows(batches), notes }))
    }

    fn briefing(&self) -> Option<&Question> {
        self.briefing.as_ref()
    }

    fn brief(&self, given: &[(String, String)], form: &str, register: Option<&Register>, user: &User) -> Result<Vec<u8>, Refusal> {
        self.briefing.iter().try_for_each(|briefing| questions::known_alone(briefing, given))?;
        let mut arguments = Arguments::of(&self.cli, &["brief"], given, None)?;
        // Whose private records are meant is said by who asks.
        arguments.option(format!("--user={}", user.name));
        let cli = self.parse(arguments.program())?;
        let cli::Command::Brief(args) = &cli.command else { return Err(wrong("this is no briefing", None)) };
        let known = Some(&self.known);
        brief::kept(&cli.common, args, register, Some(user), &self.template, known)
            .and_then(|kept| Ok(brief::written(&self.template, &kept, Form::named(form))?.0))
            .map_err(refused)
    }

    fn job(&self, ask: &Ask) -> Vec<OsString> {
        let own = self.common.of_place().into_iter().chain(["--format=parquet".into()]);
        own.chain(ask.arguments.iter().map(Into::into)).collect()
    }

    fn other_names(&self, words: &str) -> Vec<String> {
        let names = self.names.get_or_init(|| register_command::other_names(&self.common).unwrap_or_default());
        names.get(&dari_model::text::normalise(words)).cloned().unwrap_or_default()
    }
}

impl Program {
    fn run(&self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Taken, Refusal> {
        let mut cli = self.parse(arguments)?;
        cli.common.format = Format::Json;
        output::take(|| crate::run(&cli)).map_err(refused)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    /// The contract with other programs changes only where somebody means it to: the kept document is the one that is served.
    #[test]
    fn the_api_is_as_described() {
        let common = Cli::try_parse_from(["dari", "status"]).unwrap().common;
        let now = dari_server::document(&Program::new(&common, Template::shipped().unwrap())) + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dari-server/openapi.json");
        if std::env::var_os("DARI_KEEP_OPENAPI").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some((at, (now, kept))) = now.lines().zip(kept.lines()).enumerate().find(|(_, (now, kept))| now != kept) {
            panic!(
                "line {}: {now} instead of {kept}; if that is meant, keep it: DARI_KEEP_OPENAPI=1 cargo test the_api_is_as_described",
                at + 1
            );
        }
        assert_eq!(
            now.lines().count(),
            kept.lines().count(),
            "keep the new document: DARI_KEEP_OPENAPI=1 cargo test the_api_is_as_described"
        );
    }
}
