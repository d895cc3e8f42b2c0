//! The questions and loads of the API, told by the command line itself: options, parameters of the API and the command that gives the same answer are one.

use std::any::TypeId;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, CommandFactory};
use dari_server::{Parameter, Question, Reason, Refusal, Shape};

use crate::cli::{Cli, quoted};

/// The commands that are questions, by their words.
const QUESTIONS: [&[&str]; 20] = [
    &["compare"],
    &["opportunities"],
    &["trend"],
    &["awards"],
    &["organisations", "search"],
    &["organisations", "show"],
    &["organisations", "match"],
    &["organisations", "screen"],
    &["groups", "list"],
    &["groups", "show"],
    &["groups", "of"],
    &["partners", "suggest"],
    &["partners", "packages"],
    &["partners", "workshop"],
    &["networks"],
    &["frameworks", "list"],
    &["frameworks", "show"],
    &["frameworks", "cross"],
    &["frameworks", "classify"],
    &["status"],
];
/// The question in SQL: its rows and time have limits.
pub(super) const SQL: &str = "sql";
/// The map of a network: a document.
pub(super) const MAP: &str = "networks/map";

/// Options that are the server's own: where data are, what is written, and what changes the lake. Files that the machine holds are never named from outside
/// either, by whatever option.
const HELD: [&str; 9] = ["help", "version", "lake", "format", "memory", "authorships", "again", "column", "size_limit"];
/// Positional arguments that take several values, separated by commas; others are texts, in which commas are commas.
const SEVERAL: [&str; 2] = ["COUNTRY", "ID"];
/// What the file of a load is given to.
const FILE: [&str; 2] = ["location", "works"];

/// The whole command line, with the options of every command at each.
pub(super) fn command_line() -> Command {
    let mut cli = Cli::command();
    cli.build();
    cli
}

/// The questions that can be asked.
pub(super) fn questions() -> Vec<Question> {
    let cli = command_line();
    let tables = QUESTIONS.iter().copied().chain([&[SQL][..]]);
    let mut questions: Vec<Question> = tables.filter_map(|words| question(&cli, words, words.join("/"))).collect();
    questions.extend(question(&cli, &["networks"], MAP.to_owned()).map(|question| Question {
        about: "A map of who wrote with whom, in VOSviewer's form".to_owned(),
        document: true,
        ..question
    }));
    questions
}

/// The kinds of files that can be loaded.
pub(super) fn loads() -> Vec<Question> {
    let cli = command_line();
    let Some(load) = cli.find_subcommand("load") else { return Vec::new() };
    let kinds = load.get_subcommands().filter(|kind| kind.get_name() != "help");
    kinds.filter_map(|kind| question(&cli, &["load", kind.get_name()], kind.get_name().to_owned())).map(without_file).collect()
}

fn without_file(mut kind: Question) -> Question {
    kind.parameters
        .retain(|parameter| !FILE.contains(&parameter.name.as_str()) && !["threads", "as-of", "lang"].contains(&parameter.name.as_str()));
    kind
}

/// What can be said of a briefing: who asks for it and where it goes is the server's.
pub(super) fn briefing() -> Option<Question> {
    const OWN: [&str; 6] = ["register", "user", "both", "check", "begin", "as-of"];
    let mut briefing = question(&command_line(), &["brief"], "briefing".to_owned())?;
    briefing.parameters.retain(|parameter| !OWN.contains(&parameter.name.as_str()));
    Some(briefing)
}

/// Refuses what a question has no parameter for.
pub(super) fn known_alone(question: &Question, given: &[(String, String)]) -> Result<(), Refusal> {
    match given.iter().find(|(name, _)| !question.parameters.iter().any(|parameter| parameter.name == *name)) {
        None => Ok(()),
        Some((name, _)) => {
            let known: Vec<&str> = question.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            Err(wrong(format!("no parameter '{name}'"), Some(format!("Parameters are {}.", known.join(", ")))))
        }
    }
}

fn find<'a>(cli: &'a Command, words: &[&str]) -> Option<&'a Command> {
    words.iter().try_fold(cli, |command, word| command.find_subcommand(word))
}

fn question(cli: &Command, words: &[&str], path: String) -> Option<Question> {
    let command = find(cli, words)?;
    let parameters = command.get_arguments().filter(|argument| may_be_set(argument)).map(parameter).collect();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    Some(Question { path, about, parameters, document: false })
}

/// Whether whoever asks may set it.
fn may_be_set(argument: &Arg) -> bool {
    let is_path = argument.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    !is_path && !argument.is_hide_set() && !HELD.contains(&argument.get_id().as_str())
}

/// The name of an argument: that of its option, else that of its field.
fn name(argument: &Arg) -> String {
    argument.get_long().unwrap_or(argument.get_id().as_str()).to_owned()
}

fn takes_several(argument: &Arg) -> bool {
    if argument.is_positional() {
        let named = argument.get_value_names().is_some_and(|names| names.iter().any(|name| SEVERAL.contains(&name.as_str())));
        return named && argument.get_num_args().is_some_and(|count| count.max_values() > 1);
    }
    argument.get_value_delimiter().is_some()
}

fn parameter(argument: &Arg) -> Parameter {
    let kind = argument.get_value_parser().type_id();
    let is = |types: &[TypeId]| types.iter().any(|one| kind == *one);
    let words: Vec<String> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let shape = if matches!(argument.get_action(), ArgAction::SetTrue) {
        Shape::Flag
    } else if !words.is_empty() {
        Shape::Choice(words)
    } else if is(&[
        TypeId::of::<i16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
        TypeId::of::<i64>(),
        TypeId::of::<i32>(),
    ]) {
        Shape::Integer
    } else if is(&[TypeId::of::<f64>(), TypeId::of::<f32>()]) {
        Shape::Number
    } else {
        Shape::Text
    };
    let defaults: Vec<String> = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let said = !defaults.is_empty() && !argument.is_hide_default_value_set() && shape != Shape::Flag;
    Parameter {
        name: name(argument),
        about: argument.get_help().map(ToString::to_string).unwrap_or_default(),
        shape,
        many: takes_several(argument),
        needed: argument.is_required_set(),
        default: said.then(|| defaults.join(",")),
    }
}

/// Arguments of a command: its words, then options, then what stands without a name.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    words: Vec<String>,
    options: Vec<String>,
    positional: Vec<String>,
}

impl Arguments {
    /// Those of a command of these words with what was given; a file where one is loaded.
    pub(super) fn of(cli: &Command, words: &[&str], given: &[(String, String)], file: Option<&str>) -> Result<Arguments, Refusal> {
        let command = find(cli, words).ok_or_else(|| wrong(format!("there is nothing at {}", words.join("/")), None))?;
        let arguments: Vec<&Arg> = command.get_arguments().filter(|argument| may_be_set(argument)).collect();
        for (at, (given_name, _)) in given.iter().enumerate() {
            if !arguments.iter().any(|argument| name(argument) == *given_name) {
                let known: Vec<String> = arguments.iter().map(|argument| name(argument)).collect();
                return Err(wrong(format!("no parameter '{given_name}'"), Some(format!("Parameters are {}.", known.join(", ")))));
            }
            let repeats = arguments.iter().any(|argument| name(argument) == *given_name && repeats(argument));
            if !repeats && given.iter().take(at).any(|(before, _)| before == given_name) {
                return Err(wrong(format!("'{given_name}' is given twice"), None));
            }
        }
        let mut out = Arguments { words: words.iter().map(|word| (*word).to_owned()).collect(), ..Arguments::default() };
        for argument in command.get_arguments() {
            let name = name(argument);
            if let Some(file) = file.filter(|_| FILE.contains(&name.as_str())) {
                out.push(argument, file);
                continue;
            }
            if !may_be_set(argument) {
                continue;
            }
            for (_, value) in given.iter().filter(|(given_name, _)| *given_name == name) {
                if matches!(argument.get_action(), ArgAction::SetTrue) {
                    match value.as_str() {
                        "true" | "1" => out.options.push(format!("--{name}")),
                        "false" | "0" => {}
                        other => return Err(wrong(format!("'{name}' is '{other}'"), Some("Expected true or false.".to_owned()))),
                    }
                } else if argument.is_positional() && takes_several(argument) {
                    value.split(',').map(str::trim).filter(|part| !part.is_empty()).for_each(|part| out.push(argument, part));
                } else {
                    out.push(argument, value);
                }
            }
        }
        Ok(out)
    }

    fn push(&mut self, argument: &Arg, value: &str) {
        if argument.is_positional() {
            self.positional.push(value.to_owned());
        } else {
            self.options.push(format!("--{}={value}", name(argument)));
        }
    }

    /// Adds an option of the server's own.
    pub(super) fn option(&mut self, option: impl Into<String>) {
        self.options.push(option.into());
    }

    /// As the program takes them.
    pub(super) fn program(&self) -> Vec<String> {
        let mut all = self.words.clone();
        all.extend(self.options.iter().cloned());
        if !self.positional.is_empty() {
            all.push("--".to_owned());
            all.extend(self.positional.iter().cloned());
        }
        all
    }

    /// As people type them.
    pub(super) fn for_people(&self) -> String {
        let mut line = String::from("dari");
        let guarded = self.positional.iter().any(|value| value.starts_with('-'));
        let (before, after) = if guarded { (&[][..], &self.positional[..]) } else { (&self.positional[..], &[][..]) };
        let options = self.options.iter().map(|option| match option.split_once('=') {
            Some((name, value)) => format!("{name} {}", quoted(value)),
            None => option.clone(),
        });
        let parts = self.words.iter().cloned().chain(before.iter().map(|value| quoted(value))).chain(options);
        for part in parts.chain(guarded.then(|| "--".to_owned())).chain(after.iter().map(|value| quoted(value))) {
            line.push(' ');
            line.push_str(&part);
        }
        line
    }
}

/// Whether it may be given several times.
fn repeats(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Append) || argument.get_num_args().is_some_and(|count| count.max_values() > 1)
}

/// A question that is wrong.
pub(super) fn wrong(message: impl Into<String>, hint: Option<String>) -> Refusal {
    Refusal { message: message.into(), hint, reason: Reason::Misuse }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use clap::Parser;

    fn given(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn no_question_names_files_of_the_machine_or_changes_the_lake() {
        let all = questions();
        assert_eq!(all.len(), QUESTIONS.len() + 2);
        for question in all {
            let names: Vec<&str> = question.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            for held in ["lake", "memory", "frameworks", "groups", "file", "map", "rates", "deflators", "authorships", "format", "plot"] {
                assert!(!names.contains(&held), "{}: {held}", question.path);
            }
            assert!(!question.about.is_empty(), "{}", question.path);
        }
    }

    #[test]
    fn what_was_given_is_what_the_program_is_told() {
        let cli = command_line();
        let all = given(&[("countries", "KR,US"), ("technology", "quantum,batteries"), ("explain", "true"), ("lang", "ko")]);
        let arguments = Arguments::of(&cli, &["compare"], &all, None).unwrap();
        assert_eq!(arguments.for_people(), "dari compare KR US --technology quantum,batteries --explain --lang ko");
        Cli::try_parse_from(std::iter::once("dari".to_owned()).chain(arguments.program())).unwrap();
        // In a name a comma is a comma, and nothing that is given turns into an option.
        let arguments = Arguments::of(&cli, &["organisations", "search"], &given(&[("name", "--lake=/etc, it's")]), None).unwrap();
        assert_eq!(arguments.program(), ["organisations", "search", "--", "--lake=/etc, it's"]);
        assert_eq!(arguments.for_people(), "dari organisations search -- '--lake=/etc, it'\\''s'");
        for (words, wrong) in [
            (&["compare"][..], given(&[("lake", "/etc")])),
            (&["organisations", "match"], given(&[("file", "/etc/passwd")])),
            (&["compare"], given(&[("framework", "a"), ("framework", "b")])),
            (&["compare"], given(&[("explain", "maybe")])),
        ] {
            assert!(Arguments::of(&cli, words, &wrong, None).is_err(), "{wrong:?}");
        }
    }
}
