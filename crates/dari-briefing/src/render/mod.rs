//! A briefing in the forms in which it leaves.

mod docx;
mod html;
mod typst;
mod xlsx;

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::document::{Chart, Document, Drawn};
use crate::error::{Error, Result};
use crate::template::Template;
use crate::text::{self, Shape};

/// Form of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PDF/A-2a, tagged as PDF/UA-1 asks.
    Pdf,
    /// A document for Word and LibreOffice.
    Docx,
    /// A workbook: a sheet a table.
    Xlsx,
    /// A page that holds all it needs.
    Html,
}

impl Form {
    /// All forms.
    pub const ALL: [Form; 4] = [Form::Pdf, Form::Docx, Form::Xlsx, Form::Html];

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Pdf => "pdf",
            Form::Docx => "docx",
            Form::Xlsx => "xlsx",
            Form::Html => "html",
        }
    }

    /// The form of a file by its name.
    pub fn of(file: &Path) -> Option<Form> {
        Form::named(&file.extension()?.to_str()?.to_lowercase())
    }

    /// The form of an ending.
    pub fn named(ending: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.ending() == ending)
    }
}

/// A document in one form.
#[derive(Debug)]
pub struct Rendered {
    /// The file.
    pub bytes: Vec<u8>,
    /// What a reader will miss: characters that no font has.
    pub warnings: Vec<String>,
    /// Pages, where the form has them.
    pub pages: Option<usize>,
}

/// Writes a document in a form.
///
/// # Errors
/// Where the template is wrong, or the document cannot be written in this form.
pub fn render(template: &Template, document: &Document, form: Form) -> Result<Rendered> {
    let whole = |bytes| Rendered { bytes, warnings: Vec::new(), pages: None };
    match form {
        Form::Pdf => typst::pdf(template, document),
        Form::Docx => docx::docx(template, document).map(whole),
        Form::Xlsx => xlsx::xlsx(template, document).map(whole),
        Form::Html => html::html(template, document).map(whole),
    }
}

/// Year, month and day of a date.
fn parts_of_day(date: &str) -> Result<(i32, u8, u8)> {
    let (year, month, day) = dari_model::date::parse(date)
        .map(dari_model::date::civil)
        .ok_or_else(|| Error::input(format!("'{date}' is no day"), "For example 2024-01-22."))?;
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    Ok((year, small(month), small(day)))
}

/// What the template's own code sees: the document with the words around it.
fn data(template: &Template, document: &Document) -> Result<Json> {
    let words = template.words(document.lang);
    let mut data = serde_json::to_value(document).map_err(|error| Error::render("PDF", error))?;
    let (year, month, day) = parts_of_day(&document.date)?;
    let around = json!({
        "from": template.from(document.lang),
        "logo": template.logo(),
        "day": [year, month, day],
        "foot": words.title("page.foot")?,
        "words": { "contents": words.title("page.contents")?, "source": words.title("page.source")? },
    });
    if let (Some(data), Json::Object(around)) = (data.as_object_mut(), around) {
        data.extend(around);
    }
    let blocks = data.get_mut("parts").and_then(Json::as_array_mut).into_iter().flatten();
    let blocks = blocks.filter_map(|part| part.get_mut("blocks")?.as_array_mut()).flatten();
    let charts = blocks.filter(|block| block.get("is").is_some_and(|is| is == "chart"));
    for (block, chart) in charts.zip(document.charts()) {
        let axis = Axis::of(chart);
        let ticks: Vec<Json> = axis.ticks.iter().map(|at| json!({ "at": at, "shown": text::number(*at, chart.shape) })).collect();
        if let Some(block) = block.as_object_mut() {
            block.insert("from".to_owned(), json!(axis.from));
            block.insert("to".to_owned(), json!(axis.to));
            block.insert("ticks".to_owned(), json!(ticks));
        }
        let marks = block.get_mut("lines").and_then(Json::as_array_mut).into_iter().flatten();
        for mark in marks.filter_map(|line| line.get_mut("marks")?.as_array_mut()).flatten() {
            let value = mark.get("value").and_then(Json::as_f64);
            if let (Some(value), Some(mark)) = (value, mark.as_object_mut()) {
                mark.insert("shown".to_owned(), json!(text::number(value, chart.shape)));
            }
        }
    }
    Ok(data)
}

/// The axis of a chart.
#[derive(Debug, PartialEq)]
struct Axis {
    from: f64,
    to: f64,
    ticks: Vec<f64>,
}

impl Axis {
    /// Round numbers around all values and intervals; bars begin at nothing.
    fn of(chart: &Chart) -> Axis {
        let marks = chart.lines.iter().flat_map(|line| line.marks.iter().flatten());
        let values = marks.flat_map(|mark| {
            let (low, high) = mark.interval.unwrap_or((mark.value, mark.value));
            [mark.value, low, high]
        });
        let (mut low, mut high) =
            values.filter(|value| value.is_finite()).fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        if chart.drawn == Drawn::Bars || low > high {
            (low, high) = if low > high { (0.0, 1.0) } else { (low.min(0.0), high.max(0.0)) };
        }
        if high - low < 1e-12 {
            high = low + if low == 0.0 { 1.0 } else { low.abs() };
        }
        /// Ticks that one likes to see.
        const TICKS: f64 = 5.0;
        let raw = (high - low) / TICKS;
        let magnitude = 10_f64.powf(raw.log10().floor());
        // What is counted has no halves.
        let magnitude = if chart.shape == Shape::Plain { magnitude.max(1.0) } else { magnitude };
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * magnitude).find(|step| *step >= raw).unwrap_or(10.0 * magnitude);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let count = (last - first) as usize;
        Axis { from: first * step, to: last * step, ticks: (0..=count).map(|at| (first + at as f64) * step).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ChartLine, Mark};

    fn chart(drawn: Drawn, values: &[(f64, Option<(f64, f64)>)]) -> Chart {
        let lines = values
            .iter()
            .map(|(value, interval)| ChartLine { label: String::new(), marks: vec![Some(Mark { value: *value, interval: *interval })] });
        Chart {
            caption: String::new(),
            alternative: String::new(),
            axis: String::new(),
            shape: Shape::Two,
            series: Vec::new(),
            lines: lines.collect(),
            drawn,
        }
    }

    #[test]
    fn axes_have_round_numbers_around_all_values() {
        let axis = Axis::of(&chart(Drawn::Bars, &[(0.11, None), (0.93, None)]));
        assert_eq!((axis.from, axis.to, axis.ticks.len()), (0.0, 1.0, 6));
        let axis = Axis::of(&chart(Drawn::Intervals, &[(3.0, Some((1.0, 12.0)))]));
        assert!(axis.from <= 1.0 && axis.to >= 12.0 && axis.ticks.len() <= 8, "{axis:?}");
        let counted = Chart { shape: Shape::Plain, ..chart(Drawn::Intervals, &[(2.0, Some((1.0, 3.0)))]) };
        assert!(Axis::of(&counted).ticks.iter().all(|tick| tick.fract() == 0.0));
        let axis = Axis::of(&chart(Drawn::Intervals, &[(2.0, None)]));
        assert!(axis.from < axis.to, "{axis:?}");
        let axis = Axis::of(&chart(Drawn::Bars, &[]));
        assert!(axis.from < axis.to, "{axis:?}");
        let axis = Axis::of(&chart(Drawn::Bars, &[(-0.2, None), (0.1, None)]));
        assert!(axis.from <= -0.2 && axis.to >= 0.1, "{axis:?}");
    }
}
