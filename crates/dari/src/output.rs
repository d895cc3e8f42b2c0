//! Answers on standard output, in the form asked for.

use std::io::{self, IsTerminal, Write};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};

use crate::cli::Format;
use crate::error::{Failure, Result};

/// Writes batches of one schema to standard output.
pub(crate) fn write(format: Format, batches: &[RecordBatch]) -> Result<()> {
    let mut out = io::stdout().lock();
    match write_to(format, batches, &mut out).and_then(|()| Ok(out.flush()?)) {
        // The reader has seen enough (`dari … | head`).
        Err(failure) if failure.message.contains("Broken pipe") => Ok(()),
        other => other,
    }
}

/// Writes one batch.
pub(crate) fn write_rows(format: Format, rows: crate::rows::Rows) -> Result<()> {
    write(format, &[rows.batch()?])
}

fn write_to(format: Format, batches: &[RecordBatch], out: &mut impl Write) -> Result<()> {
    match format {
        Format::Table => write_table(batches, out),
        Format::Csv => {
            let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(&mut *out);
            batches.iter().try_for_each(|batch| writer.write(batch))?;
            Ok(())
        }
        Format::Json => {
            let mut writer =
                arrow::json::WriterBuilder::new().with_explicit_nulls(true).build::<_, arrow::json::writer::JsonArray>(&mut *out);
            batches.iter().try_for_each(|batch| writer.write(batch))?;
            writer.finish()?;
            drop(writer);
            Ok(out.write_all(b"\n")?)
        }
        Format::Parquet => {
            if io::stdout().is_terminal() {
                return Err(
                    Failure::misuse("Parquet is not for the terminal").hint("Send it to a file: dari … --format parquet > FILE.parquet")
                );
            }
            let Some(first) = batches.first() else { return Err(Failure::new("the answer has no columns")) };
            let mut bytes = Vec::new();
            let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, first.schema(), None)?;
            batches.iter().try_for_each(|batch| writer.write(batch))?;
            writer.close()?;
            Ok(out.write_all(&bytes)?)
        }
    }
}

fn write_table(batches: &[RecordBatch], out: &mut impl Write) -> Result<()> {
    let Some(first) = batches.first() else { return Ok(()) };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_style(TableComponent::HeaderLines, '─').set_style(TableComponent::MiddleHeaderIntersections, '─');
    if !io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    let schema = first.schema();
    table.set_header(schema.fields().iter().map(|field| field.name()));
    for batch in batches {
        let options = FormatOptions::default().with_null("");
        let formatters =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect::<std::result::Result<Vec<_>, _>>()?;
        // Numbers that name something are not counted in thousands.
        let names: Vec<bool> =
            schema.fields().iter().map(|field| ["id", "version"].iter().any(|end| field.name().ends_with(end))).collect();
        for row in 0..batch.num_rows() {
            let columns = batch.columns().iter().zip(&formatters).zip(&names);
            let cells = columns.map(|((column, formatter), names)| cell(column, formatter, *names, row));
            table.add_row(cells);
        }
    }
    for (index, field) in schema.fields().iter().enumerate() {
        if field.data_type().is_numeric()
            && let Some(column) = table.column_mut(index)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(writeln!(out, "{table}")?)
}

fn cell(column: &dyn Array, formatter: &ArrayFormatter<'_>, names: bool, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Float64 => number(column.as_primitive::<Float64Type>().value(row)),
        DataType::Float32 => number(f64::from(column.as_primitive::<Float32Type>().value(row))),
        DataType::Int64 | DataType::Int32 | DataType::UInt64 if !names => thousands(&formatter.value(row).to_string()),
        _ => crate::progress::printable(&formatter.value(row).to_string()).replace('\n', " "),
    }
}

/// A number for reading: three decimals below 1,000, none above.
fn number(value: f64) -> String {
    if value.abs() >= 1000.0 { thousands(&format!("{value:.0}")) } else { format!("{value:.3}") }
}

/// Digits in groups of three, from 10,000 up (years stay as they are).
pub(crate) fn thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    if digits.len() < 5 {
        return format!("{sign}{digits}");
    }
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    out.push_str(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_groups() {
        for (digits, grouped) in [("2024", "2024"), ("10000", "10,000"), ("-1234567", "-1,234,567"), ("656384", "656,384")] {
            assert_eq!(thousands(digits), grouped);
        }
        assert_eq!(number(0.12345), "0.123");
        assert_eq!(number(12345.6), "12,346");
    }
}
