//! Research awards: what a funder granted, to whom, for what.
//!
//! One module a published form. Awards of the National Science Foundation have the id [`dari_model::id::foreign`]`("nsf", number)` in all
//! three forms, so that one form updates another; the number has seven digits, zeros in front included.

pub mod doe_sheet;
pub mod nsf_json;
pub mod nsf_sheet;
pub mod nsf_xml;
pub mod table;

use dari_model::{Cell, id, table as tables, text};

use crate::Error;
use crate::collector::{Collector, Place, Row, Version};

/// An award on its way to rows.
#[derive(Debug, Default, Clone, PartialEq)]
struct Award {
    source: String,
    key: String,
    updated: Option<i32>,
    title: Option<String>,
    abstract_text: Option<String>,
    amount: Option<f64>,
    currency: Option<String>,
    start: Option<i32>,
    end: Option<i32>,
    open_ended: bool,
    country: Option<&'static str>,
    agency: Option<String>,
    directorate: Option<String>,
    division: Option<String>,
    programme: Option<String>,
    instrument: Option<String>,
    organisations: Vec<Organisation>,
    people: Vec<Person>,
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Organisation {
    name: String,
    city: Option<String>,
    state: Option<String>,
    country: Option<&'static str>,
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Person {
    name: String,
    role: Option<String>,
}

impl Award {
    /// An award of the National Science Foundation.
    fn nsf(number: &str) -> Award {
        Award {
            source: "nsf".to_owned(),
            key: nsf_number(number),
            currency: Some("USD".to_owned()),
            country: Some("US"),
            agency: Some("NSF".to_owned()),
            ..Award::default()
        }
    }

    /// Hands the award's rows to the collector. `hash` is that of the record as it came.
    fn add_to(&self, collector: &mut Collector<'_>, place: &Place, hash: i64) -> Result<(), Error> {
        let id = id::foreign(&self.source, &self.key);
        let currency = self.amount.and(self.currency.as_deref());
        let mut rows: Vec<Row<'_>> = vec![(
            &tables::AWARDS,
            vec![
                id.into(),
                hash.into(),
                self.updated.map_or(Cell::Null, Cell::Date),
                self.source.as_str().into(),
                self.key.as_str().into(),
                self.title.as_deref().into(),
                self.abstract_text.as_deref().into(),
                self.amount.into(),
                currency.into(),
                self.start.map_or(Cell::Null, Cell::Date),
                self.end.map_or(Cell::Null, Cell::Date),
                self.open_ended.into(),
                self.country.into(),
                self.agency.as_deref().into(),
                self.directorate.as_deref().into(),
                self.division.as_deref().into(),
                self.programme.as_deref().into(),
                self.instrument.as_deref().into(),
            ],
        )];
        for (position, organisation) in (1i64..).zip(&self.organisations) {
            let Organisation { name, city, state, country } = organisation;
            let cells =
                vec![id.into(), position.into(), name.as_str().into(), city.as_deref().into(), state.as_deref().into(), (*country).into()];
            rows.push((&tables::AWARD_ORGANISATIONS, cells));
        }
        for (position, person) in (1i64..).zip(&self.people) {
            let cells = vec![id.into(), position.into(), person.name.as_str().into(), person.role.as_deref().into()];
            rows.push((&tables::AWARD_PEOPLE, cells));
        }
        let version = Version { id, updated: self.updated.unwrap_or(i32::MIN), hash };
        collector.add(place, &self.key, version, &rows)
    }
}

/// An award number as the foundation prints it: sheets lose the zeros in front.
fn nsf_number(number: &str) -> String {
    if number.bytes().all(|byte| byte.is_ascii_digit()) { format!("{number:0>7}") } else { number.to_owned() }
}

/// Text of a title or abstract without markup; a line break does not glue the words on its sides together. `None` if nothing is left.
fn plain(markup: &str) -> Option<String> {
    let mut spaced = String::with_capacity(markup.len());
    for piece in markup.split_inclusive('>') {
        spaced.push_str(piece);
        let tag = piece.rfind('<').map_or("", |at| &piece[at..]);
        if ["<br", "<p", "</p", "</li", "</div"]
            .iter()
            .any(|name| tag.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
        {
            spaced.push(' ');
        }
    }
    Some(text::plain(&spaced)).filter(|plain| !plain.is_empty())
}

/// A value without white space at its ends, if any is left.
fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Given name and family name as one, if there is either.
fn full_name(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [given, family].into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_part_words() {
        assert_eq!(
            plain("conference.<br/><br/>The aim: p < 0.05, A&amp;B<i>x</i>").as_deref(),
            Some("conference. The aim: p < 0.05, A&Bx")
        );
        assert_eq!(plain("<p>One</P><p>two</p>").as_deref(), Some("One two"));
        assert_eq!(plain(" <br/> "), None);
    }

    #[test]
    fn numbers_keep_their_zeros() {
        assert_eq!(nsf_number("12345"), "0012345");
        assert_eq!(nsf_number("2540313"), "2540313");
        assert_eq!(nsf_number("X1"), "X1");
    }

    #[test]
    fn names() {
        assert_eq!(full_name(Some("Louis "), Some("Gross")).as_deref(), Some("Louis Gross"));
        assert_eq!(full_name(None, Some("Gross")).as_deref(), Some("Gross"));
        assert_eq!(full_name(Some(" "), None), None);
    }
}
