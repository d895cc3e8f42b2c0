//! What changed between two kept briefings, and why.

use serde::Serialize;

use crate::table::{Table, Value};
use crate::{Kept, document};

/// A change between two kept briefings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The row: the texts that name it.
    pub row: String,
    /// The column; empty where the whole row is new or gone.
    pub column: String,
    /// As it was.
    pub before: String,
    /// As it is.
    pub after: String,
    /// Why: another question, other data, another program, or the register.
    pub why: &'static str,
}

/// What changed from one briefing to another, cell by cell.
pub fn difference(old: &Kept, new: &Kept) -> Vec<Difference> {
    let mut found = Vec::new();
    let lang = new.request.lang;
    let mut ids: Vec<&str> = old.answers.tables.iter().chain(&new.answers.tables).map(|table| table.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let (before, after) = (old.answers.table(id), new.answers.table(id));
        let why = why(old, new, before, after);
        let mut tell = |row: String, column: &str, before: String, after: String| {
            found.push(Difference { table: id.to_owned(), row, column: column.to_owned(), before, after, why });
        };
        let (before_rows, after_rows) = (before.map(rows).unwrap_or_default(), after.map(rows).unwrap_or_default());
        for (name, row) in &before_rows {
            let (Some(before), Some(other)) = (before, after_rows.iter().find(|(known, _)| known == name)) else {
                tell(name.clone(), "", "there".to_owned(), "gone".to_owned());
                continue;
            };
            let Some(after) = after else { continue };
            for (at, column) in before.columns.iter().enumerate() {
                let Some(place) = after.columns.iter().position(|known| known == column) else { continue };
                let (was, is) = (&before.rows[*row][at], &after.rows[other.1][place]);
                if !same(was, is) {
                    let shown = |value: &Value| document::shown(value, crate::Shape::Plain, lang);
                    tell(name.clone(), column, shown(was), shown(is));
                }
            }
        }
        for (name, _) in after_rows.iter().filter(|(name, _)| !before_rows.iter().any(|(known, _)| known == name)) {
            tell(name.clone(), "", "not there".to_owned(), "new".to_owned());
        }
    }
    found
}

/// Rows by the texts that name them; rows of the same texts are told apart by their order.
fn rows(table: &Table) -> Vec<(String, usize)> {
    // Texts name a row as far as they do not change by themselves; of records the id does.
    let named: Vec<usize> = match table.columns.iter().position(|column| column == "id") {
        Some(id) => vec![id],
        None => (0..table.columns.len())
            .filter(|at| {
                let column = table.columns[*at].as_str();
                let naming = [
                    "technology_id",
                    "country",
                    "agency",
                    "year",
                    "topic",
                    "a_id",
                    "b_id",
                    "reference",
                    "field",
                    "sides",
                    "kind",
                    "state",
                    "version",
                    "what",
                ];
                naming.contains(&column)
            })
            .collect(),
    };
    let mut names: Vec<(String, usize)> = Vec::new();
    for (row, cells) in table.rows.iter().enumerate() {
        let parts = named.iter().filter_map(|at| cells.get(*at)).map(|value| document::shown(value, crate::Shape::Name, crate::Lang::En));
        let name = parts.collect::<Vec<_>>().join(" / ");
        let again = names.iter().filter(|(known, _)| *known == name || known.starts_with(&format!("{name} #"))).count();
        names.push((if again == 0 { name } else { format!("{name} #{}", again + 1) }, row));
    }
    names
}

/// Numbers that differ by rounding alone are the same.
fn same(was: &Value, is: &Value) -> bool {
    match (was.number(), is.number()) {
        (Some(was), Some(is)) => (was - is).abs() <= 1e-9 * was.abs().max(is.abs()).max(1.0),
        _ => was == is,
    }
}

/// Why a table differs.
fn why(old: &Kept, new: &Kept, before: Option<&Table>, after: Option<&Table>) -> &'static str {
    let command = |table: Option<&Table>| table.map(|table| table.command.clone());
    let of_register = before.or(after).is_some_and(|table| table.command.starts_with("dari register"));
    // Versions and days are not what was asked, but of when.
    let pinned = |text: Option<String>| {
        let text = text?;
        let mut words = text.split(' ');
        let mut kept = Vec::new();
        while let Some(word) = words.next() {
            match word {
                "--as-of" | "--on" | "--until" => drop(words.next()),
                word => kept.push(word),
            }
        }
        Some(kept.join(" "))
    };
    let lake_too = before.or(after).is_some_and(|table| ["results", "effect"].contains(&table.id.as_str()));
    let other_lake = old.answers.lake.as_ref().map(|lake| lake.0) != new.answers.lake.as_ref().map(|lake| lake.0);
    // What could not be answered once was asked all the same, where the request is the same.
    let asked_anew = match (before, after) {
        (Some(_), Some(_)) => pinned(command(before)) != pinned(command(after)),
        _ => old.request != new.request,
    };
    if asked_anew {
        "another question"
    } else if of_register && !(lake_too && other_lake) {
        "the register"
    } else if other_lake {
        "other data"
    } else if old.program != new.program {
        "another program"
    } else {
        "not known"
    }
}
