//! A calendar (iCalendar, RFC 5545) of what happens and of what is due.
//!
//! Lines are folded and texts escaped here: the crate icalendar 0.17 leaves a last line of 76 octets where RFC 5545 allows 75, and gives alarms a new
//! identifier and the time of day at every writing. Its reader checks the result in the tests.

use crate::content::{Content, titles};
use crate::error::Result;
use crate::exports::{EXAMPLE, both, is_example, period, web};
use crate::kinds::{Kind, kind};
use crate::party::Scope;
use crate::period::Period;
use crate::record::Record;

/// Most octets of a line, without its end.
const LINE: usize = 75;

/// A calendar of records as iCalendar (RFC 5545), texts in Korean or English where there are such, else in the other language. `made` is the moment at which
/// it is made, in milliseconds since 1970-01-01, UTC. Records that are removed or have no such date are passed over, and so are all other kinds.
///
/// - Meetings, workshops and exchanges last as long as they are said to: a meeting of which only the month is known, the month.
/// - Due dates of commitments, closing dates of calls and the end of agreements are on the last day on which they are met. Of an agreement the last day for
///   notice is an event of its own: many calendars drop the alarms of what they subscribe to.
///
/// Every event lasts whole days (`DTEND` is the day after the last), makes nobody busy (`TRANSP`), and has an identifier that stays when
/// the calendar is made anew (`ID@dari`, `ID+notice@dari`), the record's version (`SEQUENCE`) and the time of its last change. `STATUS` is `TENTATIVE` of what
/// is planned, offered, proposed or a draft, `CANCELLED` of what is cancelled, terminated, abandoned, lapsed or declined, else `CONFIRMED`. What is private to
/// a side is marked so (`CLASS`).
///
/// # Errors
/// Where a date cannot be read.
pub fn calendar(records: &[Record], korean: bool, made: i64) -> Result<String> {
    let mut out = Lines::default();
    out.put("BEGIN:VCALENDAR");
    out.put("VERSION:2.0");
    out.put("PRODID:-//DARI//Register//EN");
    out.put("CALSCALE:GREGORIAN");
    out.put("METHOD:PUBLISH");
    out.put("X-WR-CALNAME:DARI");
    for record in records.iter().filter(|record| !record.removed) {
        let Some(kind) = kind(&record.kind) else { continue };
        for event in events(kind, record, korean)? {
            event.write(kind, record, korean, made, &mut out);
        }
    }
    out.put("END:VCALENDAR");
    Ok(out.0)
}

struct Event {
    /// What its identifier ends in.
    mark: &'static str,
    when: Period,
    /// What happens, where it is not the record itself.
    what: Option<&'static str>,
}

fn events(kind: &Kind, record: &Record, korean: bool) -> Result<Vec<Event>> {
    let happens = match kind.name {
        "meeting" | "workshop" | "exchange" => true,
        "commitment" | "call" | "agreement" => false,
        _ => return Ok(Vec::new()),
    };
    let Some(field) = (if happens { kind.when } else { kind.due }) else { return Ok(Vec::new()) };
    let Some(when) = period(record, field)? else { return Ok(Vec::new()) };
    if happens {
        return Ok(vec![Event { mark: "", when, what: None }]);
    }
    let mut out = vec![Event { mark: "", when: Period::day(when.to), what: label(kind, field, korean) }];
    if let Some(day) = record.number("notice_months").and_then(|months| Period::day(when.to).months_before(months)) {
        out.push(Event {
            mark: "+notice", when: Period::day(day), what: Some(if korean { "통보 마감일" } else { "Last day for notice" })
        });
    }
    Ok(out)
}

/// What a field is called.
fn label(kind: &Kind, name: &str, korean: bool) -> Option<&'static str> {
    kind.all_fields().find(|field| field.name == name).map(|field| if korean { field.ko } else { field.en })
}

fn status(state: &str) -> &'static str {
    match state {
        "planned" | "offered" | "proposed" | "draft" => "TENTATIVE",
        "cancelled" | "terminated" | "abandoned" | "lapsed" | "declined" => "CANCELLED",
        _ => "CONFIRMED",
    }
}

/// The text of a field in the language asked for, else in the other, with its language.
fn one<'a>(content: &'a Content, field: &str, korean: bool) -> Option<(&'static str, &'a str)> {
    let wanted = if korean { "ko" } else { "en" };
    both(content, field).max_by_key(|(language, _)| *language == wanted)
}

impl Event {
    fn write(&self, kind: &Kind, record: &Record, korean: bool, made: i64, out: &mut Lines) {
        let (en, ko) = titles(&record.content);
        let language = if (korean && ko.is_some()) || en.is_none() { "ko" } else { "en" };
        let title = record.title(korean);
        out.put("BEGIN:VEVENT");
        out.text("UID", &format!("{}{}@dari", record.id, self.mark));
        out.put(&format!("DTSTAMP:{}", moment(made)));
        out.put(&format!("LAST-MODIFIED:{}", moment(record.changed_at)));
        out.put(&format!("SEQUENCE:{}", (record.version - 1).max(0)));
        out.put(&format!("DTSTART;VALUE=DATE:{}", day(self.when.from)));
        // Years have four digits: what lasts until the last day of the last year has no day after it. A day without an end lasts one day.
        let end = self.when.to.saturating_add(1);
        let end = if dari_model::date::civil(end).0 > 9999 { self.when.to } else { end };
        if end > self.when.from {
            out.put(&format!("DTEND;VALUE=DATE:{}", day(end)));
        }
        match self.what {
            Some(what) => out.text(&format!("SUMMARY;LANGUAGE={language}"), &format!("{what}: {title}")),
            None => out.text(&format!("SUMMARY;LANGUAGE={language}"), &title),
        }
        if let Some((language, place)) = one(&record.content, "place", korean) {
            out.text(&format!("LOCATION;LANGUAGE={language}"), place);
        }
        let description = description(kind, record, korean);
        if !description.is_empty() {
            out.text(&format!("DESCRIPTION;LANGUAGE={}", if korean { "ko" } else { "en" }), &description);
        }
        out.put(&format!("STATUS:{}", status(&record.state)));
        out.text("CATEGORIES", if korean { kind.ko } else { kind.en });
        out.put("TRANSP:TRANSPARENT");
        if Scope::of_id(&record.id).is_ok_and(|scope| scope != Scope::Shared) {
            out.put("CLASS:PRIVATE");
        }
        out.put("END:VEVENT");
    }
}

/// Purpose, text, agenda or programme, next step, state and sources, a line or several each.
fn description(kind: &Kind, record: &Record, korean: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(["purpose", "text"].iter().filter_map(|field| one(&record.content, field, korean)).map(|(_, text)| text.to_owned()));
    for field in ["agenda", "programme"] {
        for row in record.rows(field) {
            let said = |name: &str| row.get(name).and_then(|value| value.as_str());
            let parts = [said("at"), one(row, "text", korean).map(|(_, text)| text), said("speaker")];
            lines.push(format!("- {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        }
    }
    if let (Some(label), Some((_, next))) = (label(kind, "next", korean), one(&record.content, "next", korean)) {
        lines.push(format!("{label}: {next}"));
    }
    if let Some(state) = kind.state(&record.state) {
        lines.push(if korean { format!("상태: {}", state.ko) } else { format!("State: {}", state.en) });
    }
    for source in record.rows("sources") {
        let said = |name: &str| source.get(name).and_then(|value| value.as_str());
        let parts = [said("title"), said("url").and_then(web)];
        lines.push(parts.into_iter().flatten().collect::<Vec<_>>().join(": "));
    }
    if is_example(record) {
        let korean = korean.then(|| label(kind, "example", true)).flatten();
        lines.push(korean.unwrap_or(EXAMPLE).to_owned());
    }
    lines.join("\n")
}

fn day(day: i32) -> String {
    let (year, month, day) = dari_model::date::civil(day);
    format!("{year:04}{month:02}{day:02}")
}

fn moment(milliseconds: i64) -> String {
    crate::moment(milliseconds).replace(['-', ':'], "")
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Writes a line, folded: further lines begin with a space, and none has more than 75 octets or ends within a letter.
    fn put(&mut self, line: &str) {
        let mut left = LINE;
        for letter in line.chars() {
            if letter.len_utf8() > left {
                self.0.push_str("\r\n ");
                left = LINE - 1;
            }
            self.0.push(letter);
            left -= letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Writes a property whose value is a text, escaped.
    fn text(&mut self, name: &str, text: &str) {
        let mut line = format!("{name}:");
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' | ';' | ',' => line.extend(['\\', letter]),
                '\r' if letters.peek() == Some(&'\n') => {}
                '\r' | '\n' => line.push_str("\\n"),
                '\t' => line.push('\t'),
                control if control.is_control() => {}
                other => line.push(other),
            }
        }
        self.put(&line);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_fold_whatever_they_hold(text in "\\PC{0,300}") {
            let mut lines = Lines::default();
            lines.put(&text);
            prop_assert!(lines.0.ends_with("\r\n"));
            let written: Vec<&str> = lines.0.trim_end_matches("\r\n").split("\r\n").collect();
            prop_assert!(written.iter().all(|line| line.len() <= 75));
            prop_assert_eq!(lines.0.replace("\r\n ", ""), text + "\r\n");
        }
    }
}
