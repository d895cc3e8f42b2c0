//! The record that a draft would be.

use serde_json::{Value, json};

use super::{Draft, DraftKind, Gazetteer, characters};
use crate::content::Content;
use crate::period::Period;
use crate::record::Record;

/// What is known of a text.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Its address.
    pub url: Option<&'a str>,
    /// The day on which it was published (days since 1970-01-01).
    pub published: Option<i32>,
    /// The meeting that its statements are of.
    pub meeting: Option<&'a Record>,
}

/// A record that a person may say yes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    /// The state it would begin in.
    pub state: &'static str,
    /// The day since which it would be in it.
    pub day: Option<i32>,
    /// Its fields. `date` is missing where the text does not tell when the meeting was or the statement was made.
    pub content: Content,
}

impl Gazetteer {
    /// With the names of a register's organisations.
    #[must_use]
    pub fn with_records(self, organisations: &[Record]) -> Gazetteer {
        self.with(organisations.iter().flat_map(|record| {
            let names = ["en", "ko"].into_iter().filter_map(|language| record.content.get("name")?.get(language)?.as_str());
            names.chain(record.text("short")).map(|name| (record.id.clone(), name.to_owned())).collect::<Vec<_>>()
        }))
    }
}

impl Draft {
    /// The record that it would be, with the sentence as its text and the text as its source.
    pub fn record(&self, text: &str, about: &About<'_>, organisations: &[Record], today: i32) -> Proposed {
        let quote = text.get(self.sentence.clone()).unwrap_or_default().trim();
        let written = |day: Option<i32>| day.map(dari_model::date::format);
        let stands = characters(text, self.sentence.clone());
        let reference = format!("characters {}-{}", stands.start + 1, stands.end);
        let known = |name: &str| {
            organisations
                .iter()
                .find(|record| record.id == name || record.content.get("name").and_then(|both| both.get("en")) == Some(&json!(name)))
        };
        let ids: Vec<Value> = self.organisations.iter().filter_map(|found| Some(known(&found.name)?.id.clone().into())).collect();
        let mut content = Content::new();
        content.insert("text".to_owned(), quote.into());
        content.insert("organisations".to_owned(), ids.into());
        let source = json!({"title": about.title, "url": about.url, "date": written(about.published), "reference": reference});
        content.insert("sources".to_owned(), json!([source]));
        let day = self.dates.first().map(|found| found.from).or(about.published);
        let state = match self.kind {
            DraftKind::Meeting => {
                content.insert("date".to_owned(), written(day).into());
                if day.is_some_and(|day| day > today) { "planned" } else { "held" }
            }
            DraftKind::Statement => {
                // What the sentence's own date says is when it is to happen; when it was said is when the meeting was, or when it was published.
                let said = match about.meeting {
                    Some(meeting) => meeting.text("date").map(str::to_owned),
                    None => written(about.published),
                };
                let period = self.dates.first().map(|found| Period { from: found.from, to: found.to }.to_string());
                content.insert("date".to_owned(), said.into());
                content.insert("meeting".to_owned(), about.meeting.map(|meeting| meeting.id.clone()).into());
                content.insert("quote".to_owned(), quote.into());
                content.insert("period".to_owned(), period.into());
                self.state.map_or("proposed", super::State::as_str)
            }
        };
        content.retain(|_, value| !value.is_null());
        Proposed { state, day, content }
    }
}
