//! Records of one kind as a table: CSV or XLSX, one record a row, one column a field.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader};
use serde_json::Value;

use crate::content::{Content, assign};
use crate::error::{Error, Result};
use crate::kinds::{Form, Kind};
use crate::party::Scope;
use crate::record::Record;
use crate::register::Session;
use crate::write::{Item, Refused, Step, Written};

/// Form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// Comma-separated values in UTF-8.
    Csv,
    /// A workbook of Excel 2007 and later; of one with several sheets the first is read.
    Xlsx,
}

/// What reading a table came to.
#[derive(Debug)]
pub struct Read {
    /// What was written.
    pub written: Vec<Written>,
    /// Rows that were there already as they are.
    pub same: usize,
    /// Rows that were not, with line and why.
    pub refused: Vec<Refused>,
}

/// Columns of a kind: id, state, since, then its fields; a text in two languages has two.
pub fn columns(kind: &'static Kind) -> Vec<String> {
    let mut columns = vec!["id".to_owned()];
    if !kind.states.is_empty() {
        columns.extend(["state".to_owned(), "since".to_owned()]);
    }
    for field in kind.all_fields() {
        match field.form {
            Form::Both => columns.extend(["en", "ko"].map(|language| format!("{}.{language}", field.name))),
            _ => columns.push(field.name.to_owned()),
        }
    }
    columns
}

/// Writes records of a kind.
pub fn write(kind: &'static Kind, records: &[Record], sheet: Sheet) -> Result<Vec<u8>> {
    let columns = columns(kind);
    // Columns that no record fills are left out, so that a person can read the table; id and state stay.
    let rows: Vec<Vec<String>> = records.iter().map(|record| columns.iter().map(|column| cell(record, column)).collect()).collect();
    let filled: Vec<usize> =
        (0..columns.len()).filter(|at| *at < 2 || rows.is_empty() || rows.iter().any(|row| !row[*at].is_empty())).collect();
    let header: Vec<&str> = filled.iter().map(|at| columns[*at].as_str()).collect();
    let row = |row: &'_ Vec<String>| filled.iter().map(|at| row[*at].clone()).collect::<Vec<_>>();
    match sheet {
        Sheet::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            let failed = |error: csv::Error| Error::input(error.to_string());
            writer.write_record(&header).map_err(failed)?;
            for cells in &rows {
                writer.write_record(row(cells)).map_err(failed)?;
            }
            writer.into_inner().map_err(|error| Error::input(error.to_string()))
        }
        Sheet::Xlsx => {
            let failed = |error: rust_xlsxwriter::XlsxError| Error::input(error.to_string());
            let mut book = rust_xlsxwriter::Workbook::new();
            let page = book.add_worksheet().set_name(kind.name).map_err(failed)?;
            let bold = rust_xlsxwriter::Format::new().set_bold();
            for (at, name) in header.iter().enumerate() {
                page.write_string_with_format(0, at as u16, *name, &bold).map_err(failed)?;
            }
            page.set_freeze_panes(1, 1).map_err(failed)?;
            for (at, cells) in rows.iter().enumerate() {
                for (column, text) in row(cells).iter().enumerate() {
                    // As text always: a cell that begins with '=' is no formula, a date stays as it is written.
                    page.write_string(at as u32 + 1, column as u16, text).map_err(failed)?;
                }
            }
            page.autofit();
            book.save_to_buffer().map_err(failed)
        }
    }
}

fn cell(record: &Record, column: &str) -> String {
    let (name, language) = column.split_once('.').map_or((column, None), |(name, language)| (name, Some(language)));
    let value = match (name, language) {
        ("id", _) => return record.id.clone(),
        ("state", _) => return record.state.clone(),
        ("since", _) => return record.since.map(dari_model::date::format).unwrap_or_default(),
        (name, None) => record.content.get(name),
        (name, Some(language)) => record.content.get(name).and_then(|both| both.get(language)),
    };
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) if values.iter().all(|value| value.as_str().is_some_and(|text| !text.contains([';', ',', '[']))) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        // JSON is YAML, which is what is read.
        Some(value) => value.to_string(),
    }
}

impl Session<'_> {
    /// Adds the records of a table, and changes those whose id is there. An empty cell leaves a field as it is. Rows without id get one in `scope`.
    ///
    /// With `keep` off nothing is stored: a rehearsal, which says the same. Rows that break a rule are listed with their line and do not stop the others.
    ///
    /// # Errors
    /// Where it is no such table, or a column is no field of the kind.
    pub async fn read_table(&self, kind: &'static Kind, bytes: &[u8], sheet: Sheet, why: &str, keep: bool, scope: &Scope) -> Result<Read> {
        let made: String = crate::accounts::new_secret()?.chars().take(8).collect();
        let name = |line: usize| scope.id(&format!("{}-{}-{line}", kind.name, made.to_lowercase()));
        let (header, rows) = match sheet {
            Sheet::Csv => csv_rows(bytes)?,
            Sheet::Xlsx => xlsx_rows(bytes)?,
        };
        // A wrong column is wrong in every row: said once.
        for column in &header {
            if !matches!(column.as_str(), "id" | "state" | "since") {
                assign(kind, column, "", &mut Content::new()).map_err(|error| error.at(format!("column '{column}'")))?;
            }
        }
        let id = header.iter().position(|column| column == "id");
        let ids = rows.iter().filter_map(|(_, cells)| cells.get(id?).map(|id| id.trim()));
        let here = self.here(ids).await?;
        let (mut items, mut refused, mut same) = (Vec::new(), Vec::new(), 0);
        for (line, cells) in rows {
            let place = format!("line {line}");
            match row(kind, &header, &cells, &here, || name(line)) {
                Ok(steps) if steps.is_empty() => same += 1,
                Ok(steps) => items.push(Item { place, steps, why: None }),
                Err(error) => refused.push(Refused { place, error }),
            }
        }
        let (written, more) = self.write_each(&items, why, keep).await?;
        refused.extend(more);
        let line = |refused: &Refused| refused.place.rsplit(' ').next().and_then(|line| line.parse::<usize>().ok());
        refused.sort_by_key(line);
        Ok(Read { written, same, refused })
    }
}

/// The steps that a row asks for.
fn row(
    kind: &'static Kind,
    header: &[String],
    cells: &[String],
    here: &BTreeMap<String, Record>,
    name: impl Fn() -> String,
) -> Result<Vec<Step>> {
    let (mut id, mut state, mut day, mut content) = (String::new(), None, None, Content::new());
    for (column, text) in header.iter().zip(cells).filter(|(_, text)| !text.trim().is_empty()) {
        match column.as_str() {
            "id" => text.trim().clone_into(&mut id),
            "state" => state = Some(text.trim().to_owned()),
            "since" => {
                let period =
                    crate::Period::parse(text).ok_or_else(|| Error::input(format!("'since' is '{text}'")).hint("Expected: a day."))?;
                day = Some(period.from);
            }
            _ => assign(kind, column, text, &mut content)?,
        }
    }
    if id.is_empty() {
        id = name();
    }
    let Some(stored) = here.get(&id) else {
        return Ok(vec![Step::Add { kind: kind.name.to_owned(), id, content, state, day }]);
    };
    let mut steps = Vec::new();
    let mut version = stored.version;
    let mut wanted = stored.content.clone();
    for (field, value) in content {
        match (wanted.get_mut(&field), value) {
            // Of two languages the one without a cell stays.
            (Some(Value::Object(old)), Value::Object(new)) if new.keys().all(|key| key == "en" || key == "ko") => old.extend(new),
            (_, value) => {
                wanted.insert(field, value);
            }
        }
    }
    let wanted = crate::content::check(kind, &wanted)?.content;
    if wanted != stored.content {
        steps.push(Step::Edit { id: id.clone(), version, content: wanted });
        version += 1;
    }
    if let Some(state) = state
        && state != stored.state
    {
        steps.push(Step::Move { id, version, state, day, content: Content::new() });
    }
    Ok(steps)
}

type Table = (Vec<String>, Vec<(usize, Vec<String>)>);

fn csv_rows(bytes: &[u8]) -> Result<Table> {
    // Spreadsheets write a mark before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let failed = |error: csv::Error| Error::input(error.to_string()).hint("Expected: CSV in UTF-8 with a header.");
    let header: Vec<String> = reader.headers().map_err(failed)?.iter().map(|name| name.trim().to_owned()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
    }
    Ok((header, rows))
}

fn xlsx_rows(bytes: &[u8]) -> Result<Table> {
    let failed = |error: calamine::XlsxError| Error::input(error.to_string()).hint("Expected: a workbook (.xlsx).");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(failed)?;
    let range = book.worksheet_range_at(0).ok_or_else(|| Error::input("the workbook has no sheet"))?.map_err(failed)?;
    let first = range.start().map_or(0, |(row, _)| row as usize);
    let mut rows = range.rows().enumerate();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::DateTime(moment) => {
            // Days are counted from 1899-12-30.
            let days = moment.as_f64().floor();
            dari_model::date::days(1899, 12, 30).map(|zero| dari_model::date::format(zero.saturating_add(days as i32))).unwrap_or_default()
        }
        other => other.to_string(),
    };
    let header = rows.next().map(|(_, row)| row.iter().map(|cell| text(cell).trim().to_owned()).collect()).unwrap_or_default();
    let rows = rows.map(|(at, row)| (first + at + 1, row.iter().map(text).collect::<Vec<_>>()));
    Ok((header, rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty())).collect()))
}
