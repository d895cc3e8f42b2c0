//! Dates in English, and the numeric ones.

use std::ops::Range;
use std::sync::LazyLock;

use dari_model::date::{civil, days};
use regex::{Captures, Regex};

use super::point::{Point, Toward, end_of_month, shifted};
use super::{Atom, Limit, Reader};
use crate::draft::words::{before, behind};

const MONTH: &str = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept\.?|Sep\.?|Oct\.?|Nov\.?|Dec\.?)";
const DAY: &str = r"[0-9]{1,2}(?:st|nd|rd|th)?";
/// A year, or one told from that of publication.
const YEAR: &str = r"(?:(?:19|20)[0-9]{2}|(?:this|next|last|the following|the coming|the same) year)";
const TO: &str = r"\s?(?:-|–|—|~|to|through|until|and|&)\s?";
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAY: &str = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
const SEASON: &str = "(?:spring|summer|autumn|fall|winter|Spring|Summer|Autumn|Fall|Winter)";

/// In the order they are tried; what one has taken the next does not see.
pub(super) static PATTERNS: LazyLock<Vec<(Regex, Reader)>> = LazyLock::new(|| {
    let all: Vec<(String, Reader)> = vec![
        (r"(?P<y>(?:19|20)[0-9]{2})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})".to_owned(), numeric),
        (r"(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})/(?P<y>(?:19|20)[0-9]{2})".to_owned(), slashes),
        (format!(r"(?P<m>{MONTH})\s(?P<d>{DAY}){TO}(?P<e>{DAY})(?:,?\s(?:of )?(?P<y>{YEAR}))?"), day),
        (format!(r"(?P<d>{DAY}){TO}(?P<e>{DAY})\s(?:of )?(?P<m>{MONTH})(?:,?\s(?:of )?(?P<y>{YEAR}))?"), day),
        (format!(r"(?P<m>{MONTH})\s(?P<d>{DAY})(?:,?\s(?:of )?(?P<y>{YEAR}))?"), day),
        (format!(r"(?P<d>{DAY})\s(?:of )?(?P<m>{MONTH})(?:,?\s(?:of )?(?P<y>{YEAR}))?"), day),
        (format!(r"(?P<m>{MONTH})(?:\s?(?:-|–|—|/|~|to|through|until|and|or)\s?)(?P<n>{MONTH})(?:,?\s(?:of )?(?P<y>{YEAR}))?"), months),
        (format!(r"(?P<w>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ll]ast)\s(?P<k>week|half)\s(?:of|in)\s(?P<m>{MONTH})(?:,?\s(?:of )?(?P<y>{YEAR}))?"), part_of_month),
        (format!(r"(?P<m>{MONTH}),?\s(?:of )?(?P<y>{YEAR})"), months),
        (format!(r"(?P<q>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ll]ast|1st|2nd|3rd|4th)\squarter(?:\sof\s(?:the\s)?(?:fiscal\s(?:year\s)?)?(?P<y>{YEAR}|year))?"), quarter),
        (format!(r"Q(?P<q>[1-4])(?:\sof|,)?(?:\s?(?P<y>{YEAR}))?"), quarter),
        (r"(?P<y>(?:19|20)[0-9]{2})\s?Q(?P<q>[1-4])".to_owned(), quarter),
        (format!(r"(?P<h>[Ff]irst|[Ss]econd|[Ll]atter|1st|2nd)\shalf(?:\sof\s(?:the\s)?(?:fiscal\s(?:year\s)?)?(?P<y>{YEAR}|year))?"), half),
        (format!(r"H(?P<h>[12])(?:\sof|,)?\s?(?P<y>{YEAR})"), half),
        (r"(?P<y>(?:19|20)[0-9]{2})\s?H(?P<h>[12])".to_owned(), half),
        (format!(r"(?P<s>{SEASON})(?:\sof|,)?\s(?P<y>{YEAR})"), season),
        (format!(r"(?P<r>[Tt]his|[Nn]ext|[Ll]ast|coming|past)\s(?P<s>{SEASON})"), season),
        (format!(r"the\s(?P<s>{SEASON})"), season),
        (r"(?P<r>[Tt]his|[Nn]ext|[Ll]ast|[Tt]he coming|[Tt]he current|[Tt]he following|[Pp]revious)\s(?P<u>year|month|week|quarter)".to_owned(), relative),
        (r"(?P<l>[Ww]ithin|(?:in|over) the course of|before the end of|by the end of|(?:later|late) in|in the remainder of)\sthe\s(?P<u>year|month|week|quarter)".to_owned(), within),
        (r"(?P<l>by|before)\s(?:year[- ]end|year's end|year’s end|the year's end|the year’s end)".to_owned(), year_end),
        (r"[Ww]ithin\s(?:the\s(?:next|coming)\s)?(?P<n>[0-9]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s(?P<u>days|weeks|months|week|month|years|year)".to_owned(), duration),
        (format!(r"(?:(?P<r>[Tt]his|[Nn]ext|[Ll]ast|[Cc]oming|[Pp]ast)\s)?(?P<w>{WEEKDAY})"), weekday),
        (r"(?P<t>[Tt]oday|[Yy]esterday|[Tt]omorrow)".to_owned(), around_today),
        (format!(r"(?P<m>{MONTH})"), months),
        (r"(?P<y>(?:19|20)[0-9]{2})\s?[-–/]\s?(?P<z>[0-9]{2})".to_owned(), short_years),
        (r"(?:FY\s?|[Ff]iscal (?:[Yy]ear )?)?(?P<y>(?:19|20)[0-9]{2})".to_owned(), year),
        (r"the\s(?P<d>[0-9]{1,2})(?:st|nd|rd|th)".to_owned(), ordinal),
    ];
    all.into_iter().filter_map(|(pattern, reader)| Some((Regex::new(&pattern).ok()?, reader))).collect()
});

/// What makes a year between 1900 and 2099 a number of something.
const UNITS: &[&str] = &[
    "people",
    "staff",
    "researchers",
    "scientists",
    "students",
    "employees",
    "participants",
    "members",
    "users",
    "papers",
    "publications",
    "articles",
    "patents",
    "projects",
    "companies",
    "firms",
    "organisations",
    "organizations",
    "institutions",
    "km",
    "kilometres",
    "kilometers",
    "metres",
    "meters",
    "miles",
    "tonnes",
    "tons",
    "won",
    "dollars",
    "euros",
    "pounds",
    "yen",
    "million",
    "billion",
    "trillion",
    "percent",
    "per",
    "hours",
    "days",
    "nodes",
    "qubits",
    "mw",
    "gw",
    "kw",
    "mwh",
    "gwh",
    "ev",
    "kev",
    "mev",
    "gev",
    "tev",
    "hz",
    "khz",
    "mhz",
    "ghz",
    "degrees",
    "k",
    "kg",
    "nm",
    "mm",
    "cm",
    "m",
    "gpus",
    "chips",
    "cells",
    "square",
    "cubic",
    "seats",
    "visitors",
    "engineers",
    "experts",
    "attendees",
    "delegates",
    "proposals",
    "applications",
    "grants",
    "awards",
    "teams",
    "groups",
    "sensors",
    "modules",
    "magnets",
    "samples",
    "cycles",
    "times",
    "pages",
    "genomes",
    "patients",
    "genes",
    "schools",
    "volunteers",
    "workers",
    "jobs",
    "vehicles",
    "satellites",
    "mentors",
    "fellows",
    "laboratories",
];

/// Whether what surrounds a match lets it be a date.
pub(super) fn has_edges(text: &str, range: &Range<usize>) -> bool {
    let matched = &text[range.clone()];
    let previous = before(text, range.start, 24);
    let next = behind(text, range.end, 24);
    let digit_first = matched.starts_with(|sign: char| sign.is_ascii_digit());
    let digit_last = matched.ends_with(|sign: char| sign.is_ascii_digit());
    let left = previous.chars().next_back();
    if left.is_some_and(|sign| sign.is_ascii_alphanumeric() || sign == '_') {
        return false;
    }
    // Parts of numbers, amounts and codes: "1,2024", "$2024", "10.2024", "A-2024".
    if digit_first
        && (previous.ends_with(['$', '€', '£', '¥', '₩', '#', '/', '@', '№'])
            || previous.ends_with(['.', ',', '-'])
                && previous.trim_end_matches(['.', ',', '-']).ends_with(|sign: char| sign.is_ascii_alphanumeric()))
    {
        return false;
    }
    if next.starts_with(|sign: char| sign.is_alphanumeric() && !crate::text::is_hangul(sign)) || next.starts_with('_') {
        return false;
    }
    if digit_last
        && (next.starts_with('%') || next.starts_with(['.', ',', '/', ':']) && next[1..].starts_with(|sign: char| sign.is_ascii_digit()))
    {
        return false;
    }
    if digit_last && next.starts_with(|sign: char| crate::text::is_hangul(sign)) && matched.len() == 4 && digit_first {
        // "2000명", "2030을": Korean years have their 년.
        return false;
    }
    if matched.len() == 4 && digit_first {
        let name = [
            "Horizon ", "Vision ", "Agenda ", "No. ", "ISO ", "비전 ", "about ", "some ", "than ", "nearly ", "almost ", "over ",
            "roughly ", "around ",
        ];
        let unit =
            next.trim_start_matches([' ', '-']).split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
        if name.iter().any(|name| previous.ends_with(name)) || (next.starts_with([' ', '-']) && UNITS.contains(&unit.as_str())) {
            return false;
        }
    }
    match matched {
        // A name, a verb, a word at the beginning of a sentence.
        "May" | "March" | "Mar" | "Jun" | "Jan" | "Dec" | "Sep" | "April" | "June" | "August" => {
            let word = previous.trim_end_matches([' ', ',']).rsplit([' ', '-', '(', '\n']).next().unwrap_or_default().to_lowercase();
            previous.is_empty() && matched != "May"
                || MONTH_LEADS.contains(&word.as_str())
                || next.starts_with(['-', '–', '/']) && matched.len() > 3
        }
        _ if matched.starts_with("the ") && is_season(matched) => {
            let lead = [
                "by ", "before ", "in ", "after ", "during ", "until ", "over ", "since ", "In ", "By ", "Before ", "During ", "After ",
                "Over ", "of ", "for ",
            ];
            lead.iter().any(|lead| previous.ends_with(lead)) && !next.starts_with(" school")
        }
        _ if matched.starts_with("the ") && matched.ends_with(['h', 't', 'd']) && matched.len() < 9 => {
            next.is_empty()
                || next.starts_with(['.', ',', ';', ')'])
                || [" and ", " to ", " of this month", " in ", " at ", " with "].iter().any(|after| next.starts_with(after))
        }
        _ => true,
    }
}

const MONTH_LEADS: &[&str] = &[
    "in",
    "of",
    "by",
    "until",
    "till",
    "since",
    "last",
    "next",
    "this",
    "from",
    "early",
    "late",
    "mid",
    "during",
    "for",
    "to",
    "and",
    "through",
    "between",
    "before",
    "after",
    "end",
    "coming",
    "past",
    "every",
    "each",
    "around",
    "on",
    "or",
    "starting",
    "beginning",
    "scheduled",
    "within",
];

fn is_season(matched: &str) -> bool {
    ["spring", "summer", "autumn", "fall", "winter"].iter().any(|season| matched.to_ascii_lowercase().ends_with(season))
}

pub(super) fn is_weekday(matched: &str) -> bool {
    WEEKDAYS.iter().any(|day| matched.ends_with(day))
}

fn text_of<'a>(groups: &'a Captures<'_>, name: &str) -> Option<&'a str> {
    groups.name(name).map(|group| group.as_str())
}

fn number(text: &str) -> Option<u32> {
    text.trim_end_matches(|sign: char| !sign.is_ascii_digit()).parse().ok()
}

fn month_of(text: &str) -> Option<u32> {
    let key = text.get(..3)?;
    let all = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    all.iter().position(|month| *month == key).map(|place| place as u32 + 1)
}

/// The year of a group: `Ok(None)` if none is given, `Err` if it cannot be known.
fn year_of(groups: &Captures<'_>, published: Option<i32>) -> Result<Option<i32>, ()> {
    let Some(text) = text_of(groups, "y") else { return Ok(None) };
    if let Ok(year) = text.parse() {
        return Ok(Some(year));
    }
    let (year, ..) = civil(published.ok_or(())?);
    Ok(Some(match text.split(' ').next() {
        Some("next") => year + 1,
        Some("last") => year - 1,
        _ if text.ends_with("following year") || text.ends_with("coming year") => year + 1,
        _ => year,
    }))
}

fn numeric(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    let (year, month, day) = (text_of(groups, "y")?.parse().ok()?, number(text_of(groups, "m")?)?, number(text_of(groups, "d")?)?);
    days(year, month, day)?;
    Some(Atom::one(Point::day(Some(year), Some(month), day)))
}

/// American order, unless it cannot be.
fn slashes(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    let (first, second) = (number(text_of(groups, "a")?)?, number(text_of(groups, "b")?)?);
    let year = text_of(groups, "y")?.parse().ok()?;
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    days(year, month, day)?;
    Some(Atom::one(Point::day(Some(year), Some(month), day)))
}

fn day(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let year = year_of(groups, published).ok()?;
    let month = month_of(text_of(groups, "m")?)?;
    let first = number(text_of(groups, "d")?)?;
    let last = match text_of(groups, "e") {
        Some(last) => number(last)?,
        None => first,
    };
    // 2024 is a leap year.
    days(2024, month, first)?;
    days(2024, month, last)?;
    (first <= last).then(|| Atom::new(Point::day(year, Some(month), first), Point::day(year, Some(month), last)))
}

fn months(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let year = year_of(groups, published).ok()?;
    let first = month_of(text_of(groups, "m")?)?;
    let last = match text_of(groups, "n") {
        Some(last) => month_of(last)?,
        None => first,
    };
    let from = if last < first { None } else { year };
    Some(Atom::new(Point::month(from, first), Point::month(year, last)))
}

/// "the second week of October", the week that has so many of its Thursdays; "the first half of May", to its 15th.
fn part_of_month(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let year = year_of(groups, published).ok()?;
    let month = month_of(text_of(groups, "m")?)?;
    let place = ["first", "second", "third", "fourth"]
        .iter()
        .position(|word| text_of(groups, "w").is_some_and(|group| group.eq_ignore_ascii_case(word)));
    if text_of(groups, "k")? == "half" {
        let (first, last) = if place? == 0 { (Some(1), Some(15)) } else { (Some(16), None) };
        let point = |day| Point { year, month: Some(month), day };
        return Some(Atom::new(point(first), point(last)));
    }
    week_of_month(year, month, place.map(|place| place as i32), published)
}

/// The week of a month that has so many Thursdays of it before its own; the last if no place is given.
pub(super) fn week_of_month(year: Option<i32>, month: u32, place: Option<i32>, published: Option<i32>) -> Option<Atom> {
    let (from, to) = super::resolve(Point::month(year, month), Point::month(year, month), published, Toward::Nearest)?;
    let thursday = from + (3 - weekday_number(from)).rem_euclid(7);
    let weeks = (to - thursday) / 7;
    let place = place.unwrap_or(weeks);
    (place <= weeks).then(|| Atom::new(Point::of(thursday + 7 * place - 3), Point::of(thursday + 7 * place + 3)))
}

fn quarter(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let year = year_of(groups, published).ok()?;
    let quarter = match text_of(groups, "q")?.to_lowercase().as_str() {
        "first" | "1st" | "1" => 1,
        "second" | "2nd" | "2" => 2,
        "third" | "3rd" | "3" => 3,
        "last" if year.is_none() => return None,
        _ => 4,
    };
    Some(Atom::new(Point::month(year, quarter * 3 - 2), Point::month(year, quarter * 3)))
}

fn half(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let year = year_of(groups, published).ok()?;
    let first = matches!(text_of(groups, "h")?, "first" | "First" | "1st" | "1");
    Some(if first {
        Atom::new(Point::month(year, 1), Point::month(year, 6))
    } else {
        Atom::new(Point::month(year, 7), Point::month(year, 12))
    })
}

fn season(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let year = year_of(groups, published).ok()?;
    let (first, last) = match text_of(groups, "s")?.to_lowercase().as_str() {
        "spring" => (3, 5),
        "summer" => (6, 8),
        "autumn" | "fall" => (9, 11),
        _ => (12, 2),
    };
    let (year, toward) = match text_of(groups, "r").map(str::to_lowercase).as_deref() {
        Some("this") => (Some(civil(published?).0), Toward::Nearest),
        Some("next" | "coming") => (None, Toward::Future),
        Some("last" | "past") => (None, Toward::Past),
        _ => (year, Toward::Nearest),
    };
    Some(Atom::new(Point::month(year, first), Point::month(year.map(|year| year + i32::from(last < first)), last)).toward(toward))
}

fn relative(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let published = published?;
    let by = match text_of(groups, "r")?.to_lowercase().as_str() {
        "this" | "the current" => 0,
        "last" | "previous" => -1,
        _ => 1,
    };
    Some(unit(text_of(groups, "u")?, by, published))
}

/// The year, quarter, month or week so many from that of a day.
pub(super) fn unit(name: &str, by: i32, published: i32) -> Atom {
    let (year, month, _) = civil(published);
    match name {
        "year" => Atom::one(Point::year(year + by)),
        "month" => {
            let (year, month) = shifted(year, month, by);
            Atom::one(Point::month(Some(year), month))
        }
        "quarter" => {
            let (year, month) = shifted(year, (month - 1) / 3 * 3 + 1, by * 3);
            Atom::new(Point::month(Some(year), month), Point::month(Some(year), month + 2))
        }
        _ => {
            let monday = published - weekday_number(published) + 7 * by;
            Atom::new(Point::of(monday), Point::of(monday + 6))
        }
    }
}

/// 0 for Monday. 1970-01-01 was a Thursday.
pub(super) fn weekday_number(day: i32) -> i32 {
    (day + 3).rem_euclid(7)
}

fn within(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    Some(unit(text_of(groups, "u")?, 0, published?).limit(Limit::By))
}

fn year_end(_: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    Some(unit("year", 0, published?).limit(Limit::By))
}

fn duration(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let written = text_of(groups, "n")?;
    let count = words.iter().position(|word| *word == written).map(|place| place as i32 + 1).or_else(|| written.parse().ok())?;
    after(published?, count, text_of(groups, "u")?.trim_end_matches('s'))
}

/// From a day to so many days, weeks, months or years later.
pub(super) fn after(published: i32, count: i32, name: &str) -> Option<Atom> {
    let (year, month, day) = civil(published);
    let end = match name {
        "day" => published + count,
        "week" => published + 7 * count,
        _ => {
            let (year, month) = shifted(year, month, if name == "year" { 12 * count } else { count });
            days(year, month, day).unwrap_or_else(|| end_of_month(year, month))
        }
    };
    Some(Atom::new(Point::of(published), Point::of(end)))
}

fn weekday(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let published = published?;
    let day = text_of(groups, "w")?;
    let number = WEEKDAYS.iter().position(|name| *name == day)? as i32;
    let back = (weekday_number(published) - number).rem_euclid(7);
    let found = match text_of(groups, "r").map(str::to_lowercase).as_deref() {
        Some("next" | "coming") => published - back + 7,
        Some("last" | "past") if back == 0 => published - 7,
        Some("this") => published - weekday_number(published) + number,
        _ => published - back,
    };
    Some(Atom::one(Point::of(found)))
}

fn around_today(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let by = match text_of(groups, "t")?.to_lowercase().as_str() {
        "today" => 0,
        "yesterday" => -1,
        _ => 1,
    };
    Some(Atom::one(Point::of(published? + by)))
}

fn short_years(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    let first: i32 = text_of(groups, "y")?.parse().ok()?;
    let last = first / 100 * 100 + text_of(groups, "z")?.parse::<i32>().ok()?;
    (first < last && last - first < 30).then(|| Atom::new(Point::year(first), Point::year(last)))
}

fn year(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    Some(Atom::one(Point::year(text_of(groups, "y")?.parse().ok()?)))
}

fn ordinal(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    let day = number(text_of(groups, "d")?)?;
    (1..=31).contains(&day).then(|| Atom::one(Point::day(None, None, day)))
}

static LEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<lead>(?:by|before|until|till|up to|(?:no|not) later than|prior to|ahead of|up until)\s)?(?:the\s)?",
        r"(?P<part>(?:(?:very\s)?(?:beginning|start|middle|end|close|early part|latter part)\sof\s(?:the\s)?|(?:early|late|mid)(?:\sin\s|[\s-])))?(?:the\s)?",
        r"(?P<way>(?:last|this past|this|next|the coming|coming|upcoming)\s)?$"
    ))
    .ok()
});

/// Takes in the words before a date that change it: "by the end of", "early", "last".
pub(super) fn around(text: &str, atom: &mut Atom, published: Option<i32>) {
    let previous = before(text, atom.range.start, 48);
    if previous.ends_with("since ") || previous.ends_with("Since ") {
        atom.toward = Toward::Past;
    }
    // "will … on Thursday"
    let matched = &text[atom.range.clone()];
    if let (Some(published), Some(day), true) = (published, atom.from.first(), is_weekday(matched) && !matched.contains(' ')) {
        let sentence = before(text, atom.range.start, 160).rsplit(['.', '\n']).next().unwrap_or_default();
        if day < published && [" will ", " is to ", " are to ", " shall "].iter().any(|future| sentence.contains(future)) {
            (atom.from, atom.to) = (Point::of(day + 7), Point::of(day + 7));
        }
    }
    let Some(groups) = LEAD.as_ref().and_then(|lead| lead.captures(previous)) else { return };
    let edge = |at: usize| !previous[..at].ends_with(|sign: char| sign.is_alphanumeric());
    let (lead, part, way) = (groups.name("lead"), groups.name("part"), groups.name("way"));
    let mut start = previous.len();
    let days = atom.from != atom.to && atom.from.day.is_some();
    let bare_month = atom.from.year.is_none() && atom.from.month.is_some();
    if let Some(way) = way
        && edge(way.start())
        && bare_month
    {
        let word = way.as_str().trim().to_lowercase();
        atom.toward = match word.as_str() {
            "last" | "this past" => Toward::Past,
            "this" => Toward::Nearest,
            _ => Toward::Future,
        };
        start = way.start();
    } else if way.is_some_and(|way| edge(way.start())) {
        return;
    }
    if let Some(part) = part
        && edge(part.start())
    {
        let word = part.as_str().to_lowercase();
        let third = match word.split([' ', '-']).find(|word| *word != "very") {
            Some("early") => Part::Early,
            Some("beginning" | "start") => Part::Start,
            Some("mid" | "middle") => Part::Mid,
            Some("late") => Part::Late,
            _ => Part::End,
        };
        narrow(atom, third);
        start = part.start();
    } else if part.is_some() {
        return trim(atom, previous.len() - start);
    }
    if let Some(lead) = lead
        && edge(lead.start())
    {
        let word = lead.as_str().trim().to_lowercase();
        if atom.limit == Limit::None && !(word == "by" && days) {
            atom.limit = if ["before", "prior to", "ahead of"].contains(&word.as_str()) { Limit::Before } else { Limit::By };
            start = lead.start();
        }
    }
    trim(atom, previous.len() - start);
}

fn trim(atom: &mut Atom, bytes: usize) {
    atom.range.start -= bytes;
}

/// A part of a month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Start,
    Early,
    Mid,
    Late,
    End,
}

/// A part of a month or year. Other spans stay as they are.
pub(super) fn narrow(atom: &mut Atom, part: Part) {
    if atom.from != atom.to || atom.from.day.is_some() {
        return;
    }
    let (from, to) = (&mut atom.from, &mut atom.to);
    if from.month.is_some() {
        (from.day, to.day) = match part {
            Part::Start | Part::Early => (Some(1), Some(10)),
            Part::Mid => (Some(11), Some(20)),
            Part::Late | Part::End => (Some(21), None),
        };
    } else {
        (from.month, to.month) = match part {
            Part::Start => (Some(1), Some(1)),
            Part::Early => (Some(1), Some(3)),
            Part::Mid => (Some(5), Some(8)),
            Part::Late => (Some(10), Some(12)),
            Part::End => (Some(12), Some(12)),
        };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert_eq!(PATTERNS.len(), 28);
        assert!(LEAD.is_some());
    }

    #[test]
    fn weeks() {
        // 2024-01-22 was a Monday.
        assert_eq!(weekday_number(19_744), 0);
        assert_eq!(civil(19_744), (2024, 1, 22));
    }
}
