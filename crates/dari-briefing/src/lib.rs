//! Briefings in Korean and English.
//!
//! A briefing is made in three steps, each of which can be looked at alone. [`questions`] says what has to be asked, as arguments of the program `dari`;
//! whoever has the lake and the register answers with [`Table`]s. [`write()`] makes sentences, tables and charts of the answers: a [`Document`], in which every
//! figure names the cell it is of. [`render`] gives it a form: PDF, DOCX, XLSX or HTML. How it is worded and what it looks like is said by a [`Template`],
//! whose files a ministry can replace.

mod difference;
mod document;
mod error;
mod kinds;
mod render;
mod table;
mod template;
mod text;
mod words;

pub use difference::{Difference, difference};
pub use document::{Block, Chart, ChartLine, Document, Drawn, Figure, Mark, Part, Sentence, Sheet, Shown, ShownColumn};
pub use error::{Error, Result};
pub use kinds::{Answers, Kind, Question, Request, Source, Unanswered, questions, wording, write};
pub use render::{Form, Rendered, render};
pub use table::{Table, Value};
pub use template::Template;
pub use text::{Lang, Shape};

use serde::{Deserialize, Serialize};

/// A briefing as it is kept: what was asked, what was answered, and what was written of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The program's version that made it.
    pub program: String,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub answers: Answers,
    /// What was written.
    pub document: Document,
}

/// A document with every kind of block, for trying a template.
pub fn sample(lang: Lang) -> Document {
    let sentence = |text: &str| Sentence { key: String::new(), text: text.to_owned(), figures: Vec::new() };
    let told = lang.pick("A sentence with 1,234 and 5.6 %.", "숫자 1,234와 5.6 %가 든 문장이다.");
    let column = |title: &str, number| ShownColumn { title: title.to_owned(), shape: Shape::Plain, number, width: 1 };
    let columns = vec![column(lang.pick("Name", "이름"), false), column(lang.pick("Works", "논문"), true)];
    let mark = |value| Some(Mark { value, interval: Some((value - 1.0, value + 1.0)) });
    let chart = |drawn| Chart {
        caption: lang.pick("A chart", "그림").to_owned(),
        alternative: told.to_owned(),
        axis: lang.pick("works", "논문").to_owned(),
        shape: Shape::Plain,
        series: vec!["KR".to_owned(), "US".to_owned()],
        lines: vec![ChartLine { label: lang.pick("Quantum", "양자").to_owned(), marks: vec![mark(2.0), mark(4.0)] }],
        drawn,
    };
    let blocks = vec![
        Block::Paragraph { sentences: vec![sentence(told)] },
        Block::Heading { text: lang.pick("Heading", "소제목").to_owned() },
        Block::Points { points: vec![vec![sentence(told)]], numbered: false },
        Block::Points { points: vec![vec![sentence(told)]], numbered: true },
        Block::Callout { sentences: vec![sentence(told)] },
        Block::Table(Shown {
            table: "sample".to_owned(),
            caption: lang.pick("A table", "표").to_owned(),
            sheet: Sheet { columns: columns.clone(), values: vec![vec![Value::Text("KIST".to_owned()), Value::Int(1234)]] },
            columns,
            cells: vec![vec!["KIST".to_owned(), "1,234".to_owned()]],
            note: String::new(),
            source: "dari compare KR US".to_owned(),
        }),
        Block::Chart(chart(Drawn::Bars)),
        Block::Chart(chart(Drawn::Intervals)),
    ];
    Document {
        lang,
        title: lang.pick("A sample", "견본").to_owned(),
        subtitle: told.to_owned(),
        date: "2024-01-22".to_owned(),
        facts: vec![(lang.pick("As of", "기준일").to_owned(), text::day("2024-01-22", lang))],
        marking: String::new(),
        parts: vec![Part { id: "summary".to_owned(), title: lang.pick("Summary", "요약").to_owned(), blocks }],
    }
}
