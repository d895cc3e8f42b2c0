//! Answers in the form that was asked for.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use axum::http::{HeaderMap, StatusCode, header};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use serde_json::json;

use crate::analyst::{Answer, Ask, Body, LakeVersion};
use crate::problem::{Problem, Result};

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    Json,
    Csv,
    Parquet,
    Arrow,
    Xlsx,
}

const FORMS: [(Form, &str, &str); 5] = [
    (Form::Json, "json", "application/json"),
    (Form::Csv, "csv", "text/csv"),
    (Form::Parquet, "parquet", "application/vnd.apache.parquet"),
    (Form::Arrow, "arrow", "application/vnd.apache.arrow.stream"),
    (Form::Xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

impl Form {
    /// All names that `format` takes.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        FORMS.iter().map(|(_, name, _)| *name)
    }

    /// All media types.
    pub(crate) fn media_types() -> impl Iterator<Item = &'static str> {
        FORMS.iter().map(|(_, _, media)| *media)
    }

    pub(crate) fn media_type(self) -> &'static str {
        FORMS.iter().find(|(form, ..)| *form == self).map_or("application/json", |(_, _, media)| media)
    }

    pub(crate) fn name(self) -> &'static str {
        FORMS.iter().find(|(form, ..)| *form == self).map_or("json", |(_, name, _)| name)
    }

    /// The form that `format` names, else the first of `Accept` that there is.
    pub(crate) fn wanted(named: Option<&str>, headers: &HeaderMap) -> Result<Form> {
        if let Some(name) = named {
            let found = FORMS.iter().find(|(_, known, _)| *known == name).map(|(form, ..)| *form);
            let names: Vec<&str> = Form::names().collect();
            return found.ok_or_else(|| Problem::bad(format!("no form '{name}'")).hint(format!("Forms are {}.", names.join(", "))));
        }
        let accepted: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        if accepted.is_empty() {
            return Ok(Form::Json);
        }
        for wanted in accepted.iter().flat_map(|value| value.split(',')) {
            let wanted = wanted.split(';').next().unwrap_or_default().trim();
            if matches!(wanted, "*/*" | "application/*") {
                return Ok(Form::Json);
            }
            if let Some((form, ..)) = FORMS.iter().find(|(_, _, media)| *media == wanted) {
                return Ok(*form);
            }
        }
        let media: Vec<&str> = Form::media_types().collect();
        Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "none of the forms accepted can be given")
            .hint(format!("Ask for {}.", media.join(", "))))
    }
}

/// The bytes of an answer.
pub(crate) fn write(form: Form, ask: &Ask, lake: Option<&LakeVersion>, answer: &Answer) -> Result<Vec<u8>> {
    let batches = match &answer.body {
        Body::Document(document) if form == Form::Json => return Ok(document.clone().into_bytes()),
        Body::Document(_) => return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "this answer is a JSON document, not rows")),
        Body::Rows(batches) => batches,
    };
    let Some(schema) = batches.first().map(RecordBatch::schema) else {
        return Err(Problem::internal(format!("{}: an answer without columns", ask.command)));
    };
    match form {
        Form::Json => json_of(ask, lake, answer, &schema, batches),
        Form::Csv => csv_of(batches).map_err(Problem::internal),
        Form::Parquet => parquet_of(&schema, batches).map_err(Problem::internal),
        Form::Arrow => arrow_of(&schema, batches).map_err(Problem::internal),
        Form::Xlsx => {
            let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
            if rows > SHEET {
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("a sheet holds {SHEET} rows, the answer has {rows}"))
                    .hint("Ask for CSV, Parquet or Arrow."));
            }
            xlsx_of(ask, lake, answer, &schema, batches).map_err(Problem::internal)
        }
    }
}

/// Rows of a sheet below its head.
const SHEET: usize = 1_048_575;
/// Letters of a cell, in units of UTF-16.
const CELL: usize = 32_767;

/// The type of a column in words of the API.
fn column_type(data: &DataType) -> &'static str {
    match data {
        DataType::Boolean => "bool",
        DataType::Float16 | DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) | DataType::Decimal256(..) => "float",
        data if data.is_integer() => "int",
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => "date",
        _ => "text",
    }
}

fn json_of(ask: &Ask, lake: Option<&LakeVersion>, answer: &Answer, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<u8>> {
    let columns: Vec<_> =
        schema.fields().iter().map(|field| json!({ "name": field.name(), "type": column_type(field.data_type()) })).collect();
    let lake = lake.map(|lake| json!({ "version": lake.version, "at": lake.at }));
    let head = json!({ "command": ask.command, "lake": lake, "columns": columns, "notes": answer.notes });
    let mut out = serde_json::to_vec(&head).map_err(Problem::internal)?;
    // The rows are written by the library that knows all types of columns, as one more member of the object.
    out.pop();
    out.extend_from_slice(b",\"rows\":");
    let mut writer = arrow::json::WriterBuilder::new().with_explicit_nulls(true).build::<_, arrow::json::writer::JsonArray>(&mut out);
    batches.iter().try_for_each(|batch| writer.write(batch)).map_err(Problem::internal)?;
    writer.finish().map_err(Problem::internal)?;
    drop(writer);
    out.push(b'}');
    Ok(out)
}

fn csv_of(batches: &[RecordBatch]) -> std::result::Result<Vec<u8>, arrow::error::ArrowError> {
    let mut out = Vec::new();
    let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(&mut out);
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    drop(writer);
    Ok(out)
}

fn parquet_of(schema: &SchemaRef, batches: &[RecordBatch]) -> std::result::Result<Vec<u8>, parquet::errors::ParquetError> {
    let mut out = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, Arc::clone(schema), None)?;
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    writer.close()?;
    Ok(out)
}

fn arrow_of(schema: &SchemaRef, batches: &[RecordBatch]) -> std::result::Result<Vec<u8>, arrow::error::ArrowError> {
    let mut out = Vec::new();
    let mut writer = arrow::ipc::writer::StreamWriter::try_new(&mut out, schema)?;
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    writer.finish()?;
    drop(writer);
    Ok(out)
}

/// A workbook: the rows, and on a sheet of their own where they come from.
fn xlsx_of(
    ask: &Ask,
    lake: Option<&LakeVersion>,
    answer: &Answer,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("answer")?;
    for (column, field) in (0_u16..).zip(schema.fields()) {
        sheet.write_with_format(0, column, field.name(), &bold)?;
    }
    let (mut row, mut cut) = (1, 0);
    for batch in batches {
        for (at, column) in (0_u16..).zip(batch.columns()) {
            cut += write_column(sheet, row, at, column)?;
        }
        row += u32::try_from(batch.num_rows())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    let how = book.add_worksheet().set_name("how")?;
    let lake = lake.map_or_else(String::new, |lake| format!("{} ({})", lake.version, lake.at));
    for (at, (name, value)) in (0_u32..).zip([("command", ask.command.as_str()), ("data version", lake.as_str())]) {
        how.write_with_format(at, 0, name, &bold)?;
        how.write(at, 1, value)?;
    }
    let cut = (cut > 0).then(|| format!("{cut} texts are longer than a cell holds and were cut: ask for CSV or Parquet"));
    for (at, note) in (2_u32..).zip(answer.notes.iter().chain(&cut)) {
        how.write(at, 1, note)?;
    }
    how.autofit();
    Ok(book.save_to_buffer()?)
}

/// Writes a column, and says how many texts had to be cut.
fn write_column(sheet: &mut Worksheet, first: u32, at: u16, column: &dyn Array) -> std::result::Result<usize, Box<dyn std::error::Error>> {
    let numbers = matches!(column_type(column.data_type()), "int" | "float");
    let floats = if numbers { Some(arrow::compute::cast(column, &DataType::Float64)?) } else { None };
    let options = FormatOptions::default().with_null("");
    let text = ArrayFormatter::try_new(column, &options)?;
    let mut cut = 0;
    for (row, at_row) in (first..).zip(0..column.len()) {
        if column.is_null(at_row) {
            continue;
        }
        if let Some(floats) = &floats {
            sheet.write_number(row, at, floats.as_primitive::<Float64Type>().value(at_row))?;
            continue;
        }
        let mut written = text.value(at_row).to_string();
        if written.len() > CELL && written.encode_utf16().count() > CELL {
            let mut units = 0;
            written = written.chars().take_while(|letter| (units += letter.len_utf16(), units < CELL).1).collect::<String>() + "…";
            cut += 1;
        }
        sheet.write_string(row, at, written)?;
    }
    Ok(cut)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow::array::StringArray;

    #[test]
    fn texts_longer_than_a_cell_are_cut_and_counted() {
        let texts = StringArray::from(vec!["short".to_owned(), "가".repeat(CELL), "가".repeat(CELL + 1), "🌉".repeat(CELL)]);
        let batch = RecordBatch::try_from_iter([("text", Arc::new(texts) as Arc<dyn Array>)]).unwrap();
        let mut sheet = Worksheet::new();
        assert_eq!(write_column(&mut sheet, 1, 0, batch.column(0)).unwrap(), 2);
        let ask = Ask { path: "sql".to_owned(), arguments: Vec::new(), command: "dari sql".to_owned() };
        let answer = Answer { body: Body::Rows(vec![batch]), notes: Vec::new() };
        assert!(write(Form::Xlsx, &ask, None, &answer).is_ok());
    }
}
