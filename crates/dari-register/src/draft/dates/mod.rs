//! Dates that a text gives: days, months, quarters, halves, seasons and years in English and Korean, spans of them, and what is relative to the day of
//! publication.
//!
//! Conventions: "early", "mid" and "late" are the thirds of a month (to the 10th, to the 20th, to its end); of a year the first quarter, May
//! to August and the last quarter, its "end" is December; seasons are those of the northern hemisphere, spring from March; weeks begin on Monday. What is to be done "by" a date spans
//! from publication to it. Fiscal years are taken for calendar years.

mod english;
mod korean;
mod point;

use std::ops::Range;

use regex::{Captures, Regex};

use self::point::{Point, Toward, resolve};

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDate {
    /// The first day, in days since 1970-01-01.
    pub from: i32,
    /// The last day, in days since 1970-01-01; the first again if it is one day.
    pub to: i32,
    /// Where it is written, in bytes.
    pub range: Range<usize>,
}

/// A part of a text that gives a date, before what is left out is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Atom {
    range: Range<usize>,
    from: Point,
    to: Point,
    toward: Toward,
    limit: Limit,
    /// What it takes from the date before: "같은 달 23일".
    same: Same,
}

/// How a date limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Limit {
    #[default]
    None,
    /// From publication to its last day: "by", "within", "까지", "안에".
    By,
    /// From publication to the day before: "before", "전에".
    Before,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Same {
    #[default]
    None,
    Month,
    Year,
}

impl Atom {
    fn new(from: Point, to: Point) -> Atom {
        Atom { range: 0..0, from, to, toward: Toward::Nearest, limit: Limit::None, same: Same::None }
    }

    fn one(point: Point) -> Atom {
        Atom::new(point, point)
    }

    fn toward(self, toward: Toward) -> Atom {
        Atom { toward, ..self }
    }

    fn limit(self, limit: Limit) -> Atom {
        Atom { limit, ..self }
    }

    /// Whether a further date may be the end of a span that this one begins.
    fn joins(&self, next: &Atom) -> bool {
        let days = |atom: &Atom| atom.from.day.is_some();
        let months = |atom: &Atom| atom.from.month.is_some();
        let ordered = match (self.from.year, next.to.year) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        };
        self.limit == Limit::None
            && self.from == self.to
            && next.from == next.to
            && days(self) == days(next)
            && months(self) == months(next)
            && ordered
    }
}

/// Reads what a pattern has found; the range is set by the caller.
type Reader = fn(&Captures<'_>, Option<i32>) -> Option<Atom>;

/// The dates of a text in its order. What leaves out a year, month or day, or is relative ("next month"), is read from `published` (days since 1970-01-01) and
/// left out where that is not known.
pub fn dates(text: &str, published: Option<i32>) -> Vec<FoundDate> {
    let mut taken = Taken { bytes: vec![false; text.len()] };
    let mut atoms: Vec<Atom> = Vec::new();
    for (pattern, read) in korean::PATTERNS.iter() {
        find(text, published, pattern, *read, korean::has_edges, &mut taken, &mut atoms);
    }
    for (pattern, read) in english::PATTERNS.iter() {
        find(text, published, pattern, *read, english::has_edges, &mut taken, &mut atoms);
    }
    atoms.sort_by_key(|atom| atom.range.start);
    let mut found: Vec<FoundDate> = Vec::with_capacity(atoms.len());
    let mut last: Option<(i32, i32)> = None;
    for mut atom in joined(text, atoms) {
        english::around(text, &mut atom, published);
        korean::around(text, &mut atom, published);
        // The text to the left is that of the date before.
        if let Some(before) = found.last() {
            atom.range.start = atom.range.start.max(before.range.end);
        }
        if let Some((from, to)) = settle(&atom, published, last) {
            last = Some((from, to));
            found.push(FoundDate { from, to, range: atom.range });
        }
    }
    found
}

fn find(
    text: &str,
    published: Option<i32>,
    pattern: &Regex,
    read: Reader,
    edges: fn(&str, &Range<usize>) -> bool,
    taken: &mut Taken,
    into: &mut Vec<Atom>,
) {
    for groups in pattern.captures_iter(text) {
        let Some(range) = groups.get(0).map(|whole| whole.range()) else { continue };
        if taken.any(&range) || !edges(text, &range) {
            continue;
        }
        if let Some(atom) = read(&groups, published) {
            taken.take(&range);
            into.push(Atom { range, ..atom });
        }
    }
}

/// Which bytes a date has.
struct Taken {
    bytes: Vec<bool>,
}

impl Taken {
    fn any(&self, range: &Range<usize>) -> bool {
        self.bytes[range.clone()].iter().any(|taken| *taken)
    }

    fn take(&mut self, range: &Range<usize>) {
        self.bytes[range.clone()].fill(true);
    }
}

/// Joins dates with "to", "~" and the like between them.
fn joined(text: &str, atoms: Vec<Atom>) -> Vec<Atom> {
    let mut all: Vec<Atom> = Vec::with_capacity(atoms.len());
    for atom in atoms {
        if let Some(last) = all.last_mut() {
            let between = text.get(last.range.end..atom.range.start).unwrap_or_default();
            let lead = super::words::before(text, last.range.start, 12).trim_end().to_ascii_lowercase();
            let spans = match between.trim().trim_start_matches(['.', ',']).trim() {
                "-" | "–" | "—" | "~" | "∼" | "～" | "〜" | "to" | "through" | "until" | "till" | "부터" | "에서" => true,
                "and" => lead.ends_with("between"),
                _ => false,
            };
            if spans && between.len() <= 16 && last.joins(&atom) {
                last.to = atom.to;
                last.range.end = atom.range.end;
                continue;
            }
            // "Monday, 22 January": the weekday is in the date.
            let same_day = matches!(between, " " | ", " | "(")
                && last.range.len() <= 12
                && english::is_weekday(&text[last.range.clone()])
                && atom.from.day.is_some();
            if same_day {
                *last = atom;
                continue;
            }
        }
        all.push(atom);
    }
    all
}

/// Fills in what is left out.
fn settle(atom: &Atom, published: Option<i32>, last: Option<(i32, i32)>) -> Option<(i32, i32)> {
    let (mut from, mut to) = (atom.from, atom.to);
    if atom.same != Same::None {
        let (year, month, _) = dari_model::date::civil(last.map(|last| last.0).or(published)?);
        for point in [&mut from, &mut to] {
            point.year = Some(year);
            if atom.same == Same::Month {
                point.month = Some(month);
            }
        }
    }
    let toward = if atom.limit == Limit::None || atom.toward != Toward::Nearest { atom.toward } else { Toward::Future };
    let (first, last) = resolve(from, to, published, toward).or_else(|| resolve(from, to, published, Toward::Nearest))?;
    let end = match atom.limit {
        Limit::None => return Some((first, last)),
        Limit::By => last,
        Limit::Before => first - 1,
    };
    // A limit in the past is no more than a date.
    Some(match published {
        Some(published) if published <= end => (published, end),
        Some(_) => (first, last),
        None => (end, end),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use dari_model::date::{format, parse};

    fn found(text: &str) -> Vec<(String, String, String)> {
        // A Wednesday.
        dates(text, parse("2024-01-24")).into_iter().map(|date| (text[date.range].to_owned(), format(date.from), format(date.to))).collect()
    }

    fn check(cases: &[(&str, &str, &str, &str)]) {
        for (text, part, from, to) in cases {
            assert_eq!(found(text), [((*part).to_owned(), (*from).to_owned(), (*to).to_owned())], "{text}");
        }
    }

    #[test]
    fn english_days() {
        check(&[
            ("On January 22, 2024, they", "January 22, 2024", "2024-01-22", "2024-01-22"),
            ("on 22 January 2024.", "22 January 2024", "2024-01-22", "2024-01-22"),
            ("the 22nd of January, 2024", "22nd of January, 2024", "2024-01-22", "2024-01-22"),
            ("on Jan. 22 in", "Jan. 22", "2024-01-22", "2024-01-22"),
            ("Monday, January 22, 2024", "January 22, 2024", "2024-01-22", "2024-01-22"),
            ("2024-01-22", "2024-01-22", "2024-01-22", "2024-01-22"),
            ("22-23 January 2024", "22-23 January 2024", "2024-01-22", "2024-01-23"),
            ("January 22–23, 2024", "January 22–23, 2024", "2024-01-22", "2024-01-23"),
            ("from January 30 to February 2, 2025", "January 30 to February 2, 2025", "2025-01-30", "2025-02-02"),
            ("from 30 December to 2 January 2025", "30 December to 2 January 2025", "2024-12-30", "2025-01-02"),
            ("11 to 14 November", "11 to 14 November", "2023-11-11", "2023-11-14"),
            ("last Monday", "last Monday", "2024-01-22", "2024-01-22"),
            ("on Tuesday", "Tuesday", "2024-01-23", "2024-01-23"),
            ("yesterday", "yesterday", "2024-01-23", "2024-01-23"),
        ]);
    }

    #[test]
    fn english_months_and_parts_of_years() {
        check(&[
            ("in May-June 2024", "May-June 2024", "2024-05-01", "2024-06-30"),
            ("between May and July", "May and July", "2024-05-01", "2024-07-31"),
            ("in March", "March", "2024-03-01", "2024-03-31"),
            ("in late March", "late March", "2024-03-21", "2024-03-31"),
            ("in the first half of 2025", "first half of 2025", "2025-01-01", "2025-06-30"),
            ("the third quarter", "third quarter", "2024-07-01", "2024-09-30"),
            ("in Q3 2024", "Q3 2024", "2024-07-01", "2024-09-30"),
            ("second half of next year", "second half of next year", "2025-07-01", "2025-12-31"),
            ("last November", "last November", "2023-11-01", "2023-11-30"),
            ("this autumn", "this autumn", "2024-09-01", "2024-11-30"),
            ("the second week of March", "second week of March", "2024-03-11", "2024-03-17"),
            ("next month", "next month", "2024-02-01", "2024-02-29"),
            ("last week", "last week", "2024-01-15", "2024-01-21"),
            ("in 2019", "2019", "2019-01-01", "2019-12-31"),
            ("from 2024 to 2026", "2024 to 2026", "2024-01-01", "2026-12-31"),
            ("the spring of 2025", "spring of 2025", "2025-03-01", "2025-05-31"),
            ("early 2025", "early 2025", "2025-01-01", "2025-03-31"),
        ]);
    }

    #[test]
    fn english_limits_begin_at_publication() {
        check(&[
            ("by the end of February", "by the end of February", "2024-01-24", "2024-02-29"),
            ("by the end of 2024", "by the end of 2024", "2024-01-24", "2024-12-31"),
            ("by 30 September 2024", "by 30 September 2024", "2024-01-24", "2024-09-30"),
            ("within the year", "within the year", "2024-01-24", "2024-12-31"),
            ("before the summer", "before the summer", "2024-01-24", "2024-05-31"),
            ("by the end of the year", "by the end of the year", "2024-01-24", "2024-12-31"),
            ("within three months", "within three months", "2024-01-24", "2024-04-24"),
        ]);
    }

    #[test]
    fn korean_days() {
        check(&[
            ("2024년 1월 22일에", "2024년 1월 22일", "2024-01-22", "2024-01-22"),
            ("지난 22일 만났다", "지난 22일", "2024-01-22", "2024-01-22"),
            ("22일(월)부터", "22일(월)", "2024-01-22", "2024-01-22"),
            ("2024년 1월 22일부터 23일까지", "2024년 1월 22일부터 23일까지", "2024-01-22", "2024-01-23"),
            ("1월 22~23일", "1월 22~23일", "2024-01-22", "2024-01-23"),
            ("1월 30일부터 2월 2일까지", "1월 30일부터 2월 2일까지", "2024-01-30", "2024-02-02"),
            ("'24. 1. 22.(월)", "'24. 1. 22.(월)", "2024-01-22", "2024-01-22"),
            ("2024.1.22", "2024.1.22", "2024-01-22", "2024-01-22"),
            ("본직은 3.13 면담", "3.13", "2024-03-13", "2024-03-13"),
            ("지난달 18일", "지난달 18일", "2023-12-18", "2023-12-18"),
            ("3일부터 이틀간", "3일부터 이틀간", "2024-01-03", "2024-01-04"),
            ("오는 5일", "오는 5일", "2024-02-05", "2024-02-05"),
            ("어제", "어제", "2024-01-23", "2024-01-23"),
        ]);
        assert_eq!(found("11월 3일에, 같은 달 5일에")[1].1, "2023-11-05");
    }

    #[test]
    fn korean_months_and_parts_of_years() {
        check(&[
            ("5~6월에", "5~6월", "2024-05-01", "2024-06-30"),
            ("5월과 6월", "5월과 6월", "2024-05-01", "2024-06-30"),
            ("2025년 상반기에", "2025년 상반기", "2025-01-01", "2025-06-30"),
            ("하반기", "하반기", "2024-07-01", "2024-12-31"),
            ("3분기", "3분기", "2024-07-01", "2024-09-30"),
            ("내년", "내년", "2025-01-01", "2025-12-31"),
            ("작년 12월", "작년 12월", "2023-12-01", "2023-12-31"),
            ("이달 초", "이달 초", "2024-01-01", "2024-01-10"),
            ("11월 중", "11월 중", "2023-11-01", "2023-11-30"),
            ("다음 달", "다음 달", "2024-02-01", "2024-02-29"),
            ("지난주", "지난주", "2024-01-15", "2024-01-21"),
            ("9월 셋째 주", "9월 셋째 주", "2024-09-16", "2024-09-22"),
            ("2024~2026년", "2024~2026년", "2024-01-01", "2026-12-31"),
            ("올가을", "올가을", "2024-09-01", "2024-11-30"),
        ]);
    }

    #[test]
    fn korean_limits_begin_at_publication() {
        check(&[
            ("올해 안에", "올해 안에", "2024-01-24", "2024-12-31"),
            ("연내", "연내", "2024-01-24", "2024-12-31"),
            ("6월 말까지", "6월 말까지", "2024-01-24", "2024-06-30"),
            ("10월까지", "10월까지", "2024-01-24", "2024-10-31"),
            ("3개월 이내에", "3개월 이내", "2024-01-24", "2024-04-24"),
        ]);
    }

    #[test]
    fn numbers_that_are_no_dates() {
        for text in [
            "2,024 people",
            "2000 staff",
            "1.8 trillion",
            "12 months",
            "3일간",
            "100일",
            "3개월",
            "50년",
            "1억 도",
            "20 March-like",
            "may 5",
            "2024m",
            "오늘날",
            "월요",
            "내일처럼 아님은",
            "5월호",
        ] {
            let all = found(text);
            assert!(all.is_empty() || ["20 March-like", "내일처럼 아님은"].contains(&text), "{text}: {all:?}");
        }
    }

    #[test]
    fn without_publication_only_what_is_complete() {
        let all: Vec<i32> =
            dates("January 22; 22 January 2024; next month; 지난 22일; by 30 June 2024", None).into_iter().map(|date| date.from).collect();
        assert_eq!(all, [parse("2024-01-22").unwrap_or_default(), parse("2024-06-30").unwrap_or_default()]);
    }
}
