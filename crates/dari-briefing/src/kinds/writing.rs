//! What all parts are written with.

use super::{Answers, Kind, Request};
use crate::document::{Block, Sentence, Sheet, Shown, ShownColumn, shown};
use crate::error::Result;
use crate::table::{Table, Value};
use crate::template::Template;
use crate::text::{Lang, Shape, number};
use crate::words::{Piece, Words};

pub(super) const WORDING: &[(&str, &[&str])] = &[
    ("page.contents", &[]),
    ("page.source", &[]),
    ("page.said", &[]),
    ("page.table", &[]),
    ("page.chart", &[]),
    ("page.foot", &[]),
    ("page.internal", &["party"]),
    ("page.and", &[]),
    ("fact.date", &[]),
    ("fact.lake", &[]),
    ("fact.version", &["version", "at"]),
    ("fact.framework", &[]),
    ("fact.record", &[]),
    ("title.cooperation", &["countries"]),
    ("title.meeting", &["record"]),
    ("title.renewal", &["record"]),
    ("title.workshop", &["record"]),
    ("title.results", &["record"]),
    ("title.country", &["countries"]),
    ("subtitle.cooperation", &["technologies"]),
    ("subtitle.meeting", &["date"]),
    ("subtitle.renewal", &["date"]),
    ("subtitle.workshop", &["date"]),
    ("subtitle.results", &["date"]),
    ("subtitle.country", &["framework"]),
    ("part.summary", &[]),
    ("part.position", &[]),
    ("part.opportunities", &[]),
    ("part.joint", &[]),
    ("part.partners", &[]),
    ("part.money", &[]),
    ("part.agreements", &[]),
    ("part.open", &[]),
    ("part.since", &[]),
    ("part.agenda", &[]),
    ("part.record", &[]),
    ("part.chain", &[]),
    ("part.results", &[]),
    ("part.effect", &[]),
    ("part.balance", &[]),
    ("part.programme", &[]),
    ("part.invited", &[]),
    ("part.letters", &[]),
    ("part.methods", &[]),
    ("value.unassigned", &[]),
    ("value.break", &[]),
    ("value.work", &[]),
    ("value.award", &[]),
    ("value.accepted", &[]),
    ("value.refused", &[]),
    ("value.exchange", &[]),
    ("value.contribution", &[]),
];

/// A column of a table as a part wants it shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    /// A text.
    Text(&'static str, u32),
    /// A number.
    Number(&'static str, Shape, u32),
    /// A number with its interval in brackets, of the columns with `_low` and `_high` at their ends.
    Interval(&'static str, Shape, u32),
    /// A range of two columns: 2–5.
    Range(&'static str, &'static str, &'static str, u32),
}

/// What a part is written of.
pub(super) struct Writing<'a> {
    pub(super) request: &'a Request,
    pub(super) answers: &'a Answers,
    pub(super) words: &'a Words,
    pub(super) lang: Lang,
    /// Who writes.
    pub(super) from: String,
}

impl<'a> Writing<'a> {
    pub(super) fn new(request: &'a Request, answers: &'a Answers, template: &'a Template) -> Writing<'a> {
        let lang = request.lang;
        Writing { request, answers, words: template.words(lang), lang, from: template.from(lang).to_owned() }
    }

    pub(super) fn table(&self, id: &str) -> Option<&'a Table> {
        self.answers.table(id)
    }

    /// The tables that answer a question for each framework and level.
    pub(super) fn tables(&self, what: &str) -> impl Iterator<Item = &'a Table> {
        self.answers.tables.iter().filter(move |table| table.id.strip_prefix(what).is_some_and(|rest| rest.starts_with(' ')))
    }

    pub(super) fn say(&self, key: &str, pieces: &[(&str, Piece)]) -> Result<Sentence> {
        self.words.say(key, pieces)
    }

    /// A figure of a table for a sentence.
    pub(super) fn figure(&self, table: &Table, row: usize, column: &str, shape: Shape) -> Result<Piece> {
        Ok(table.figure(row, column, shape, self.lang)?.into())
    }

    /// What a country is called in a sentence.
    pub(super) fn country(&self, code: &str) -> String {
        let name = dari_model::country::by_code(code).map(|country| self.lang.pick(country.name_en, country.name_ko));
        in_sentence(name.unwrap_or(code), self.lang)
    }

    /// What the country of a row is called in a sentence.
    pub(super) fn country_of(&self, table: &Table, row: usize) -> Result<Piece> {
        Ok(in_sentence(table.text(row, "country_name")?, self.lang).into())
    }

    /// What countries are called, of a list of codes.
    pub(super) fn countries<'c>(&self, codes: impl Iterator<Item = &'c str>) -> Result<String> {
        let names: Vec<String> = codes.map(|code| self.country(code)).collect();
        match self.lang {
            Lang::Ko => Ok(names.join("\u{b7}")),
            Lang::En => self.joined(&names),
        }
    }

    /// Names joined as the language joins them.
    pub(super) fn joined(&self, names: &[String]) -> Result<String> {
        Ok(match names {
            [] => String::new(),
            [one] => one.clone(),
            [rest @ .., last] => format!("{}{}{last}", rest.join(", "), self.words.title("page.and")?),
        })
    }

    /// The field of the record that the briefing is about.
    pub(super) fn field(&self, name: &str) -> Result<Option<(usize, &'a str)>> {
        let Some(table) = self.table("record") else { return Ok(None) };
        let row = table.rows_with(&[("field", name)])?.into_iter().next();
        row.map(|row| Ok((row, table.text(row, "value")?))).transpose()
    }

    /// What the record is called.
    pub(super) fn record_name(&self) -> Result<String> {
        let (own, other) = self.lang.pick(("name.en", "name.ko"), ("name.ko", "name.en"));
        for field in [own, other, "name", "text.en", "text.ko"] {
            if let Some((_, name)) = self.field(field)? {
                return Ok(name.to_owned());
            }
        }
        Ok(self.request.record.clone().unwrap_or_default())
    }

    /// The title and what stands below it.
    pub(super) fn titles(&self) -> Result<(String, String)> {
        let request = self.request;
        let kind = request.kind.name();
        let countries = self.countries(request.countries.iter().map(String::as_str))?;
        let title = match request.kind {
            Kind::Cooperation | Kind::Country => self.say(&format!("title.{kind}"), &[("countries", countries.into())])?,
            _ => self.say(&format!("title.{kind}"), &[("record", self.record_name()?.into())])?,
        };
        let date = crate::text::day(&request.date, self.lang);
        let subtitle = match request.kind {
            Kind::Cooperation => {
                let mut names: Vec<String> = Vec::new();
                for table in self.tables("position") {
                    for row in 0..table.rows.len() {
                        let name = table.text(row, "technology_name")?;
                        if !names.iter().any(|known| known == name) {
                            names.push(name.to_owned());
                        }
                    }
                }
                self.say("subtitle.cooperation", &[("technologies", self.joined(&names)?.into())])?
            }
            Kind::Country => self.say("subtitle.country", &[("framework", request.framework.as_str().into())])?,
            _ => self.say(&format!("subtitle.{kind}"), &[("date", date.into())])?,
        };
        Ok((title.text, subtitle.text))
    }

    /// A table as it is shown.
    pub(super) fn show(&self, table: &Table, caption: Sentence, columns: &[Column], rows: &[usize], note: &str) -> Result<Block> {
        let mut shown_columns = Vec::new();
        let mut sheet = Sheet { columns: Vec::new(), values: vec![Vec::new(); rows.len()] };
        let mut cells: Vec<Vec<String>> = vec![Vec::new(); rows.len()];
        let dash = || "\u{2013}".to_owned();
        for column in columns {
            let (name, shape, width, number_column) = match *column {
                Column::Text(name, width) => (name, Shape::Plain, width, false),
                Column::Number(name, shape, width) | Column::Interval(name, shape, width) => (name, shape, width, true),
                Column::Range(name, _, _, width) => (name, Shape::Plain, width, true),
            };
            let title = self.words.title(&format!("column.{name}"))?;
            shown_columns.push(ShownColumn { title: title.clone(), shape, number: number_column, width });
            let ends = match *column {
                Column::Interval(name, ..) => Some((format!("{name}_low"), format!("{name}_high"))),
                Column::Range(_, low, high, _) => Some((low.to_owned(), high.to_owned())),
                Column::Text(..) | Column::Number(..) => None,
            };
            let own = !matches!(column, Column::Range(..));
            let mut sheet_column = |suffix: &str| {
                sheet.columns.push(ShownColumn { title: format!("{title}{suffix}"), shape, number: number_column, width });
            };
            if own {
                sheet_column("");
            }
            if ends.is_some() {
                sheet_column(self.lang.pick(" (low)", " (하한)"));
                sheet_column(self.lang.pick(" (high)", " (상한)"));
            }
            for (at, row) in rows.iter().enumerate() {
                let value = if own { table.cell(*row, name)?.clone() } else { Value::Empty };
                let interval = match &ends {
                    Some((low, high)) => Some((table.cell(*row, low)?.clone(), table.cell(*row, high)?.clone())),
                    None => None,
                };
                let text = match (&interval, own) {
                    (Some((low, high)), own) => match (low.number(), high.number()) {
                        (Some(low), Some(high)) if own => {
                            format!("{} ({}\u{2013}{})", shown(&value, shape, self.lang), number(low, shape), number(high, shape))
                        }
                        (Some(low), Some(high)) if low == high => number(low, shape),
                        (Some(low), Some(high)) => format!("{}\u{2013}{}", number(low, shape), number(high, shape)),
                        _ if own => shown(&value, shape, self.lang),
                        _ => dash(),
                    },
                    (None, _) => shown(&value, shape, self.lang),
                };
                // What programs know by a word is named in the language.
                let text = match &value {
                    Value::Text(word) => self.words.get(&format!("value.{word}")).map_or(text, str::to_owned),
                    _ => text,
                };
                cells[at].push(if text.is_empty() { dash() } else { text });
                if own {
                    sheet.values[at].push(value);
                }
                if let Some((low, high)) = interval {
                    sheet.values[at].extend([low, high]);
                }
            }
        }
        Ok(Block::Table(Shown {
            table: table.id.clone(),
            caption: caption.text,
            columns: shown_columns,
            cells,
            sheet,
            note: note.to_owned(),
            source: table.command.clone(),
        }))
    }

    /// All rows of a table.
    pub(super) fn show_all(&self, table: &Table, caption: &str, columns: &[Column], note: &str) -> Result<Block> {
        let rows: Vec<usize> = (0..table.rows.len()).collect();
        self.show(table, self.say(caption, &[])?, columns, &rows, note)
    }
}

/// A country's name in a sentence: English puts an article before some.
fn in_sentence(name: &str, lang: Lang) -> String {
    let article = lang == Lang::En && (name.starts_with("United ") || ["Netherlands", "Philippines"].contains(&name));
    if article { format!("the {name}") } else { name.to_owned() }
}

/// The technologies of a table in the order in which they stand there: id, name, rows.
pub(super) fn by_technology(table: &Table) -> Result<Vec<(String, String, Vec<usize>)>> {
    let mut technologies: Vec<(String, String, Vec<usize>)> = Vec::new();
    for row in 0..table.rows.len() {
        let id = table.text(row, "technology_id")?;
        match technologies.iter_mut().find(|(known, ..)| known == id) {
            Some((.., rows)) => rows.push(row),
            None => technologies.push((id.to_owned(), table.text(row, "technology_name")?.to_owned(), vec![row])),
        }
    }
    Ok(technologies)
}
