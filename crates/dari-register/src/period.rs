//! Days and spans of days as people say them: "2024-01-23", "2024-05/2024-06", "May-June 2024", "2024년 5~6월".

use std::fmt;

use dari_model::date;

/// First and last day, both within, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: i32,
    /// The last day.
    pub to: i32,
}

impl Period {
    /// One day.
    pub fn day(day: i32) -> Period {
        Period { from: day, to: day }
    }

    /// Reads a day, month, year, or span of them, in the form of ISO 8601 (`2024-01-23`, `2024-05`, `2024`, `2024-05/2024-06`) or as an English
    /// or Korean text says it. `None` where the text is no date, or says more than a date.
    ///
    /// ```
    /// use dari_register::Period;
    /// let period = Period::parse("2024-05/2024-06").unwrap();
    /// assert_eq!(period.to_string(), "2024-05/2024-06");
    /// assert_eq!(Period::parse("May-June 2024"), Some(period));
    /// assert_eq!(Period::parse("2024년 5~6월"), Some(period));
    /// assert_eq!(Period::parse("soon"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Period> {
        let text = text.trim();
        iso(text).or_else(|| match crate::draft::dates(text, None).as_slice() {
            [found] if found.range == (0..text.len()) => Some(Period { from: found.from, to: found.to }),
            _ => None,
        })
    }

    /// The last day, so many months before: the same day of the month, or the month's last where it has no such day. Nothing beyond the years that are written.
    pub(crate) fn months_before(self, months: f64) -> Option<i32> {
        let (year, month, of_month) = date::civil(self.to);
        let index = i64::from(year) * 12 + i64::from(month) - 1 - (months as i64).min(100_000);
        let (year, month) = (i32::try_from(index.div_euclid(12)).ok()?, u32::try_from(index.rem_euclid(12)).ok()? + 1);
        (1..=of_month).rev().find_map(|of_month| date::days(year, month, of_month)).filter(|_| year > 0)
    }

    /// Number of days.
    pub fn days(self) -> i64 {
        i64::from(self.to) - i64::from(self.from) + 1
    }
}

/// The shortest ISO 8601 form that says the same: years, months, else days; spans with a solidus.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            return write!(f, "{}", date::format(self.from));
        }
        let (first, last) = (date::civil(self.from), date::civil(self.to));
        let whole_months = first.2 == 1 && date::civil(self.to + 1).2 == 1;
        let part = |f: &mut fmt::Formatter<'_>, (year, month, _): (i32, u32, u32), years: bool| {
            if years { write!(f, "{year:04}") } else { write!(f, "{year:04}-{month:02}") }
        };
        if !whole_months {
            return write!(f, "{}/{}", date::format(self.from), date::format(self.to));
        }
        let whole_years = first.1 == 1 && last.1 == 12;
        part(f, first, whole_years)?;
        if if whole_years { first.0 == last.0 } else { (first.0, first.1) == (last.0, last.1) } {
            return Ok(());
        }
        write!(f, "/")?;
        part(f, last, whole_years)
    }
}

fn iso(text: &str) -> Option<Period> {
    let (from, to) = match text.split_once('/').or_else(|| text.split_once("..")) {
        Some((from, to)) => (iso_part(from.trim())?, iso_part(to.trim())?),
        None => {
            let part = iso_part(text)?;
            (part, part)
        }
    };
    (from.from <= to.to).then_some(Period { from: from.from, to: to.to })
}

/// `2024`, `2024-05` or `2024-05-03`.
fn iso_part(text: &str) -> Option<Period> {
    if text.starts_with('-') || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    match text.len() {
        4 => {
            let year = text.parse().ok()?;
            Some(Period { from: date::days(year, 1, 1)?, to: date::days(year, 12, 31)? })
        }
        7 => {
            let (year, month) = text.split_once('-')?;
            let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
            let next = if month == 12 { date::days(year + 1, 1, 1) } else { date::days(year, month + 1, 1) };
            Some(Period { from: date::days(year, month, 1)?, to: next? - 1 })
        }
        10 => date::parse(text).map(Period::day),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_one_span() {
        // 2024-05-01 is day 19,844 and 2024-06-30 day 19,904 (61 days, both within).
        let span = Period { from: 19_844, to: 19_904 };
        assert_eq!(span.days(), 61);
        for text in ["2024-05/2024-06", "2024-05..2024-06", "2024-05-01/2024-06-30", "May-June 2024", "2024년 5~6월"] {
            assert_eq!(Period::parse(text), Some(span), "{text}");
        }
        assert_eq!(Period::parse("2024").map(|year| year.to_string()).as_deref(), Some("2024"));
        assert_eq!(Period::parse("2023-12").map(|month| month.to_string()).as_deref(), Some("2023-12"));
        assert_eq!(Period::parse("2024-02-29").map(|day| day.to_string()).as_deref(), Some("2024-02-29"));
        for text in ["", "2023-02-29", "2024-13", "2024-06/2024-05", "20 24", "-024", "it was 2024 then"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_day_months_before() {
        let days = |text| date::parse(text).unwrap();
        for (day, months, before) in [
            ("2029-02-28", 6.0, "2028-08-28"),
            ("2024-08-31", 6.0, "2024-02-29"),
            ("2033-12-30", 6.0, "2033-06-30"),
            ("2024-01-15", 13.0, "2022-12-15"),
            ("2024-03-31", 0.0, "2024-03-31"),
            ("2024-03-31", 1.0, "2024-02-29"),
            ("2024-05-31", 18.0, "2022-11-30"),
        ] {
            assert_eq!(Period::day(days(day)).months_before(months), Some(days(before)));
        }
        // Years have four digits and no sign; a number beyond all measure is none of them either.
        assert_eq!(
            [25_000.0, f64::MAX, f64::NAN.max(1e300)].map(|months| Period::day(days("2029-02-28")).months_before(months)),
            [None; 3]
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(from in -20_000i32..60_000, days in 0i32..2_000) {
            let period = Period { from, to: from + days };
            prop_assert_eq!(Period::parse(&period.to_string()), Some(period));
        }
    }
}
