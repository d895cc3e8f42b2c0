//! Answers on standard output, in the form asked for.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};

use crate::cli::Format;
use crate::error::{Failure, Result};

/// A file that is written whole or not at all: beside its place, for its owner's eyes, until it is finished.
pub(crate) struct WholeFile {
    out: io::BufWriter<tempfile::NamedTempFile>,
    path: PathBuf,
}

impl WholeFile {
    pub(crate) fn begin(path: &Path) -> Result<WholeFile> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(folder).map_err(|error| cannot_write(path, &error))?;
        Ok(WholeFile { out: io::BufWriter::new(file), path: path.to_owned() })
    }

    /// Puts it in place.
    pub(crate) fn finish(self) -> Result<()> {
        let file = self.out.into_inner().map_err(|error| cannot_write(&self.path, error.error()))?;
        file.as_file().sync_all().map_err(|error| cannot_write(&self.path, &error))?;
        file.persist(&self.path).map_err(|error| cannot_write(&self.path, &error.error))?;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display())).hint("Name a file in a folder that is there and can be written to.")
}

/// What a command answered: rows and what has to be known with them.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) notes: Vec<String>,
}

thread_local! {
    /// Where answers go that are taken instead of written: those of the server's questions.
    static TAKEN: RefCell<Option<Taken>> = const { RefCell::new(None) };
}

/// Runs a command and takes what it would write to standard output and standard error.
pub(crate) fn take(command: impl FnOnce() -> Result<()>) -> Result<Taken> {
    /// Leaves nothing behind on the thread, also where a command panics.
    struct Clear;
    impl Drop for Clear {
        fn drop(&mut self) {
            TAKEN.take();
        }
    }
    TAKEN.set(Some(Taken::default()));
    let _clear = Clear;
    command()?;
    Ok(TAKEN.take().unwrap_or_default())
}

/// Keeps a note where answers are taken; says whether they are.
pub(crate) fn note(line: &str) -> bool {
    TAKEN.with_borrow_mut(|taken| taken.as_mut().map(|taken| taken.notes.push(line.to_owned())).is_some())
}

/// Whether answers are taken on this thread.
pub(crate) fn is_taken() -> bool {
    TAKEN.with_borrow(Option::is_some)
}

/// Writes batches of one schema to standard output.
pub(crate) fn write(format: Format, batches: &[RecordBatch]) -> Result<()> {
    let mut writer = Writer::new(format);
    batches.iter().try_for_each(|batch| writer.write(batch))?;
    writer.finish()
}

/// Writes one batch.
pub(crate) fn write_rows(format: Format, rows: crate::rows::Rows) -> Result<()> {
    write(format, &[rows.batch()?])
}

/// Writes batches of one schema to standard output as they come; only tables for reading wait for the last, to know the widths of their columns.
pub(crate) struct Writer {
    form: Form,
}

enum Form {
    Table(Vec<RecordBatch>),
    Csv(arrow::csv::Writer<Out>),
    Json(arrow::json::Writer<Out, arrow::json::writer::JsonArray>),
    Parquet(Option<Box<parquet::arrow::ArrowWriter<Out>>>),
    /// Answers are taken ([`take`]).
    Taken,
    /// The reader has seen enough (`dari … | head`).
    Closed,
}

type Out = io::BufWriter<io::Stdout>;

impl Writer {
    pub(crate) fn new(format: Format) -> Writer {
        if is_taken() {
            return Writer { form: Form::Taken };
        }
        let out = io::BufWriter::new(io::stdout());
        let form = match format {
            Format::Table => Form::Table(Vec::new()),
            Format::Csv => Form::Csv(arrow::csv::WriterBuilder::new().with_header(true).build(out)),
            Format::Json => Form::Json(arrow::json::WriterBuilder::new().with_explicit_nulls(true).build(out)),
            Format::Parquet => Form::Parquet(None),
        };
        Writer { form }
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let outcome = match &mut self.form {
            Form::Table(batches) => {
                batches.push(batch.clone());
                Ok(())
            }
            Form::Csv(writer) => writer.write(batch).map_err(Failure::from),
            Form::Json(writer) => writer.write(batch).map_err(Failure::from),
            Form::Parquet(Some(writer)) => writer.write(batch).map_err(Failure::from),
            Form::Parquet(none) => {
                if io::stdout().is_terminal() {
                    return Err(Failure::misuse("Parquet is not for the terminal")
                        .hint("Send it to a file: dari … --format parquet > FILE.parquet"));
                }
                let out = io::BufWriter::new(io::stdout());
                let writer = none.insert(Box::new(parquet::arrow::ArrowWriter::try_new(out, batch.schema(), None)?));
                writer.write(batch).map_err(Failure::from)
            }
            Form::Taken => {
                TAKEN.with_borrow_mut(|taken| taken.as_mut().map(|taken| taken.batches.push(batch.clone())));
                Ok(())
            }
            Form::Closed => Ok(()),
        };
        self.unless_closed(outcome)
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        let outcome = match std::mem::replace(&mut self.form, Form::Closed) {
            Form::Table(batches) => {
                let mut out = io::stdout().lock();
                write_table(&batches, &mut out).and_then(|()| Ok(out.flush()?))
            }
            Form::Csv(writer) => writer.into_inner().flush().map_err(Failure::from),
            Form::Json(mut writer) => writer.finish().map_err(Failure::from).and_then(|()| {
                let mut out = writer.into_inner();
                out.write_all(b"\n").and_then(|()| out.flush()).map_err(Failure::from)
            }),
            Form::Parquet(Some(mut writer)) => writer.finish().map_err(Failure::from).and_then(|_| Ok(writer.inner_mut().flush()?)),
            Form::Parquet(None) => Err(Failure::new("the answer has no columns")),
            Form::Taken | Form::Closed => Ok(()),
        };
        self.unless_closed(outcome)
    }

    fn unless_closed(&mut self, outcome: Result<()>) -> Result<()> {
        match outcome {
            Err(failure) if failure.message.contains("Broken pipe") => {
                self.form = Form::Closed;
                Ok(())
            }
            other => other,
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
