//! A workbook: what it is about, what it says, and a sheet a table with real numbers.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::parts_of_day;
use crate::document::{Block, Document, Shown};
use crate::error::{Error, Result};
use crate::table::Value;
use crate::template::Template;
use crate::text::Shape;

pub(super) fn xlsx(template: &Template, document: &Document) -> Result<Vec<u8>> {
    let words = template.words(document.lang);
    let (year, month, day) = parts_of_day(&document.date)?;
    let titles = Titles { source: words.title("page.source")?, said: words.title("page.said")? };
    let year = u16::try_from(year).map_err(|_| Error::render("XLSX", "a year before our era"))?;
    book(document, &titles, (year, month, day), template.from(document.lang)).map_err(|error| Error::render("XLSX", error))
}

struct Titles {
    source: String,
    said: String,
}

fn book(document: &Document, titles: &Titles, (year, month, day): (u16, u8, u8), from: &str) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same input gives the same bytes: the day is the document's.
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    book.set_properties(&DocProperties::new().set_title(&document.title).set_author(from).set_creation_datetime(&made));
    let title = Format::new().set_bold().set_font_size(16);
    let head = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet().set_name(&titles.said)?;
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 110)?;
    sheet.write_with_format(0, 0, &document.title, &title)?;
    sheet.write(1, 0, &document.subtitle)?;
    let mut row = 3;
    if !document.marking.is_empty() {
        sheet.write_with_format(row, 0, &document.marking, &head)?;
        row += 1;
    }
    for (name, said) in &document.facts {
        sheet.write(row, 0, name)?;
        sheet.write_with_format(row, 1, said, &wrapped)?;
        row += 1;
    }
    for part in &document.parts {
        let points: Vec<String> = part.blocks.iter().flat_map(sentences).collect();
        if points.is_empty() {
            continue;
        }
        row += 1;
        sheet.write_with_format(row, 0, &part.title, &head)?;
        for point in points {
            row += 1;
            sheet.write_with_format(row, 1, cut(&point), &wrapped)?;
        }
        row += 1;
    }
    for (at, shown) in document.tables().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_header(format!("&L{}&R{}", document.title.replace('&', "&&"), document.marking.replace('&', "&&")));
        table(sheet, at + 1, shown, titles)?;
    }
    book.save_to_buffer()
}

/// What a block says, a line a paragraph or point.
fn sentences(block: &Block) -> Vec<String> {
    let joined = |sentences: &[crate::document::Sentence]| sentences.iter().map(|one| one.text.as_str()).collect::<Vec<_>>().join(" ");
    match block {
        Block::Paragraph { sentences } | Block::Callout { sentences } => vec![joined(sentences)],
        Block::Points { points, .. } => points.iter().map(|point| joined(point)).collect(),
        Block::Heading { .. } | Block::Table(_) | Block::Chart(_) => Vec::new(),
    }
}

/// Rows above the head of a table: what it is, where it comes from, an empty one.
const ABOVE: u32 = 4;

fn table(sheet: &mut Worksheet, number: usize, shown: &Shown, titles: &Titles) -> std::result::Result<(), XlsxError> {
    // Names of sheets have at most 31 letters and none of []:*?/\.
    let name: String =
        format!("{number} {}", shown.table).chars().map(|letter| if "[]:*?/\\".contains(letter) { '-' } else { letter }).take(31).collect();
    sheet.set_name(name)?;
    let bold = Format::new().set_bold();
    sheet.write_with_format(0, 0, &shown.caption, &bold)?;
    sheet.write(1, 0, format!("{}: {}", titles.source, shown.source))?;
    sheet.write(2, 0, &shown.note)?;
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Bottom).set_border_bottom(FormatBorder::Thin);
    let whole = f64::from(shown.sheet.columns.iter().map(|column| column.width).sum::<u32>().max(1));
    for (at, column) in shown.sheet.columns.iter().enumerate() {
        let at = at as u16;
        sheet.write_with_format(ABOVE, at, &column.title, &head)?;
        sheet.set_column_width(at, if column.number { 13.0 } else { 10.0 + 100.0 * f64::from(column.width) / whole })?;
    }
    let formats: Vec<Format> = shown.sheet.columns.iter().map(|column| Format::new().set_num_format(number_format(column.shape))).collect();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, values) in shown.sheet.values.iter().enumerate() {
        let row = ABOVE + 1 + row as u32;
        for (at, value) in values.iter().enumerate() {
            let format = formats.get(at).unwrap_or(&wrapped);
            let (column, shape) = (at as u16, shown.sheet.columns.get(at).map(|column| column.shape));
            match (value, shape) {
                (Value::Empty, _) => {}
                (Value::Bool(value), _) => drop(sheet.write(row, column, *value)?),
                // A growth in logarithms is shown as the per cent that people know.
                (Value::Float(value), Some(Shape::Growth)) => drop(sheet.write_with_format(row, column, value.exp_m1(), format)?),
                (Value::Float(value), _) if value.is_finite() => drop(sheet.write_with_format(row, column, *value, format)?),
                (Value::Float(_), _) => {}
                (Value::Int(value), _) => drop(sheet.write_with_format(row, column, *value as f64, format)?),
                // As text always: a cell that begins with '=' is no formula.
                (Value::Text(text), _) => drop(sheet.write_string_with_format(row, column, cut(text), &wrapped)?),
            }
        }
    }
    sheet.set_freeze_panes(ABOVE + 1, 1)?;
    Ok(())
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> String {
    /// Letters of a cell, in units of UTF-16.
    const CELL: usize = 32_767;
    let mut units = 0;
    let fits = |letter: &char| {
        units += letter.len_utf16();
        units <= CELL
    };
    text.chars().take_while(fits).collect()
}

fn number_format(shape: Shape) -> &'static str {
    match shape {
        Shape::Plain => "#,##0.##",
        Shape::Percent | Shape::Growth => "0.0%",
        Shape::One => "#,##0.0",
        Shape::Two => "#,##0.00",
        Shape::Millions => "#,##0.0,,",
        Shape::Name => "0",
    }
}
