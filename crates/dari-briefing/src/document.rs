//! A briefing before it has a look: parts with sentences, tables and charts, each of which says which figures it was made of.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::table::{Table, Value};
use crate::text::{self, Lang, Shape};

/// A figure in a sentence: the cell of a table and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The table's id.
    pub table: String,
    /// The row, from 0.
    pub row: usize,
    /// The column.
    pub column: String,
    /// As it is shown.
    pub shown: String,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// The key of its wording.
    pub key: String,
    /// As it is read.
    pub text: String,
    /// What it was made of.
    pub figures: Vec<Figure>,
}

/// What stands in a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Block {
    /// A heading within the part.
    Heading {
        /// The heading.
        text: String,
    },
    /// Sentences that are read one after the other.
    Paragraph {
        /// The sentences.
        sentences: Vec<Sentence>,
    },
    /// Points of one sentence or more.
    Points {
        /// The points.
        points: Vec<Vec<Sentence>>,
        /// Whether their order counts.
        numbered: bool,
    },
    /// What a reader must not overlook.
    Callout {
        /// The sentences.
        sentences: Vec<Sentence>,
    },
    /// A table.
    Table(Shown),
    /// A chart.
    Chart(Chart),
}

/// A table as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The table that it shows.
    pub table: String,
    /// What it shows.
    pub caption: String,
    /// Columns.
    pub columns: Vec<ShownColumn>,
    /// Cells as they are read, by row.
    pub cells: Vec<Vec<String>>,
    /// The same for programs that calculate: intervals as columns of their own, numbers as they are.
    pub sheet: Sheet,
    /// What has to be known to read it.
    pub note: String,
    /// The command that gives its figures, and from which version of the lake.
    pub source: String,
}

/// A table as a spreadsheet has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Columns.
    pub columns: Vec<ShownColumn>,
    /// Cells by row.
    pub values: Vec<Vec<Value>>,
}

/// A column of a table as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownColumn {
    /// Its title.
    pub title: String,
    /// How its numbers are shown; texts stand left, numbers right.
    pub shape: Shape,
    /// Whether it holds numbers.
    pub number: bool,
    /// Width against the others.
    pub width: u32,
}

/// A chart, drawn alike in every form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows.
    pub caption: String,
    /// The same in words, for those who cannot see it.
    pub alternative: String,
    /// What the axis measures.
    pub axis: String,
    /// How numbers are shown.
    pub shape: Shape,
    /// The series, named where there are several.
    pub series: Vec<String>,
    /// A line a row of the chart.
    pub lines: Vec<ChartLine>,
    /// How it is drawn.
    pub drawn: Drawn,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Drawn {
    /// A bar a value.
    Bars,
    /// A dot a value with its interval, on an axis.
    Intervals,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartLine {
    /// What it is of.
    pub label: String,
    /// A mark for each series.
    pub marks: Vec<Option<Mark>>,
}

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The value.
    pub value: f64,
    /// The ends of its interval, where it has one.
    pub interval: Option<(f64, f64)>,
}

/// A part of a briefing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the template: `summary`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A briefing in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its language.
    pub lang: Lang,
    /// Its title.
    pub title: String,
    /// What it is about, in a line.
    pub subtitle: String,
    /// Its date (`2024-01-22`).
    pub date: String,
    /// Facts below the title: a name and what it says.
    pub facts: Vec<(String, String)>,
    /// Words on every page: for whom it is, or nothing.
    pub marking: String,
    /// Its parts in order.
    pub parts: Vec<Part>,
}

impl Document {
    /// All sentences.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.parts.iter().flat_map(|part| &part.blocks).flat_map(|block| -> Vec<&Sentence> {
            match block {
                Block::Paragraph { sentences } | Block::Callout { sentences } => sentences.iter().collect(),
                Block::Points { points, .. } => points.iter().flatten().collect(),
                Block::Heading { .. } | Block::Table(_) | Block::Chart(_) => Vec::new(),
            }
        })
    }

    /// All tables as they are shown.
    pub fn tables(&self) -> impl Iterator<Item = &Shown> {
        self.parts.iter().flat_map(|part| &part.blocks).filter_map(|block| if let Block::Table(shown) = block { Some(shown) } else { None })
    }

    /// All charts.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.parts.iter().flat_map(|part| &part.blocks).filter_map(|block| if let Block::Chart(chart) = block { Some(chart) } else { None })
    }
}

impl Table {
    /// A figure for a sentence.
    ///
    /// # Errors
    /// Where there is no such column.
    pub(crate) fn figure(&self, row: usize, column: &str, shape: Shape, lang: Lang) -> Result<Figure> {
        let shown = shown(self.cell(row, column)?, shape, lang);
        Ok(Figure { table: self.id.clone(), row, column: column.to_owned(), shown })
    }
}

/// A cell as it is read.
pub(crate) fn shown(value: &Value, shape: Shape, lang: Lang) -> String {
    match value {
        Value::Empty => "\u{2013}".to_owned(),
        Value::Text(text) if text.is_empty() => "\u{2013}".to_owned(),
        Value::Bool(true) => lang.pick("yes", "예").to_owned(),
        Value::Bool(false) => lang.pick("no", "아니요").to_owned(),
        Value::Int(number) => text::number(*number as f64, shape),
        Value::Float(number) => text::number(*number, shape),
        Value::Text(text) => text::day(text, lang),
    }
}
