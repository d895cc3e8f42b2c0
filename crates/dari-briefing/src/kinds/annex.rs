//! The annex: how the figures came about, of which data, and the commands that give them again.

use super::writing::{Column, Writing};
use crate::document::Block;
use crate::error::Result;
use crate::table::{Table, Value};
use crate::text::Shape;

pub(super) const WORDING: &[(&str, &[&str])] = &[
    ("methods.lead", &[]),
    ("methods.share", &[]),
    ("methods.index", &[]),
    ("methods.growth", &[]),
    ("methods.rank", &[]),
    ("methods.chance", &[]),
    ("methods.register", &[]),
    ("methods.private", &["party"]),
    ("methods.shared", &[]),
    ("methods.commands", &[]),
    ("methods.coverage", &[]),
    ("methods.unanswered", &["command", "why"]),
    ("methods.heading-data", &[]),
    ("methods.heading-open", &[]),
    ("methods.heading-notes", &[]),
    ("methods.note", &["note"]),
    ("column.id", &[]),
    ("column.command", &[]),
    ("column.counts", &[]),
    ("column.data_set", &[]),
    ("column.origin", &[]),
    ("column.period", &[]),
    ("column.countries", &[]),
    ("column.topics", &[]),
];

pub(super) fn methods(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut points = Vec::new();
    let mut tell = |key: &str| -> Result<()> {
        points.push(vec![writing.say(key, &[])?]);
        Ok(())
    };
    if writing.tables("position").next().is_some() {
        ["methods.share", "methods.index", "methods.growth"].into_iter().try_for_each(&mut tell)?;
    }
    if writing.tables("opportunities").next().is_some() {
        tell("methods.rank")?;
    }
    if writing.tables("partners").next().is_some() || writing.table("invited").is_some() {
        tell("methods.chance")?;
    }
    if writing.table("open").is_some() || writing.table("record").is_some() {
        tell("methods.register")?;
    }
    points.push(vec![match &writing.request.internal {
        Some(party) => writing.say("methods.private", &[("party", party.as_str().into())])?,
        None => writing.say("methods.shared", &[])?,
    }]);
    let mut blocks =
        vec![Block::Paragraph { sentences: vec![writing.say("methods.lead", &[])?] }, Block::Points { points, numbered: false }];
    // What the program said with its answers, each once.
    let mut notes: Vec<&str> = Vec::new();
    for note in writing.answers.tables.iter().filter(|table| table.id != "results" && table.id != "effect").flat_map(|table| &table.notes) {
        if !note.trim().is_empty() && !notes.contains(&note.as_str()) {
            notes.push(note);
        }
    }
    if !notes.is_empty() {
        blocks.push(Block::Heading { text: writing.words.title("methods.heading-notes")? });
        let points = notes.into_iter().map(|note| Ok(vec![writing.say("methods.note", &[("note", note.trim().into())])?]));
        blocks.push(Block::Points { points: points.collect::<Result<_>>()?, numbered: false });
    }
    blocks.push(Block::Heading { text: writing.words.title("methods.heading-data")? });
    if let Some(table) = writing.table("coverage").filter(|table| !table.rows.is_empty()) {
        let columns = [
            Column::Text("counts", 5),
            Column::Text("data_set", 4),
            Column::Text("origin", 3),
            Column::Text("period", 3),
            Column::Number("countries", Shape::Plain, 2),
            Column::Number("topics", Shape::Plain, 2),
            Column::Number("works", Shape::Plain, 3),
            Column::Number("unknown_share", Shape::Percent, 3),
        ];
        blocks.push(writing.show_all(table, "methods.coverage", &columns, "")?);
    }
    if !writing.answers.unanswered.is_empty() {
        blocks.push(Block::Heading { text: writing.words.title("methods.heading-open")? });
        let points = writing.answers.unanswered.iter().map(|one| {
            Ok(vec![writing.say("methods.unanswered", &[("command", one.command.as_str().into()), ("why", one.why.as_str().into())])?])
        });
        blocks.push(Block::Points { points: points.collect::<Result<_>>()?, numbered: false });
    }
    let text = |text: &str| Value::Text(text.to_owned());
    let commands = Table {
        id: "commands".to_owned(),
        command: "dari brief".to_owned(),
        notes: Vec::new(),
        columns: vec!["id".to_owned(), "command".to_owned()],
        rows: writing.answers.tables.iter().map(|table| vec![text(&table.id), text(&table.command)]).collect(),
    };
    blocks.push(writing.show_all(&commands, "methods.commands", &[Column::Text("id", 3), Column::Text("command", 9)], "")?);
    Ok(blocks)
}
