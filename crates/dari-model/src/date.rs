//! Dates as days since 1970-01-01 (the lake's `Date` columns).

/// Days since 1970-01-01 of a proleptic Gregorian date, `None` where there is no such day.
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.)
pub fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) || !(-9999..=9999).contains(&year) {
        return None;
    }
    let y = i64::from(if month <= 2 { year - 1 } else { year });
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).ok()
}

/// The (year, month, day) of days since 1970-01-01.
pub fn civil(days: i32) -> (i32, u32, u32) {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    let year = (year_of_era + era * 400 + i64::from(month <= 2)) as i32;
    (year, month, day)
}

/// Parses `2026-11-22`, with or without a time behind it (`2026-11-22T10:00:00`), and the American `11/22/2026`.
///
/// ```
/// assert_eq!(dari_model::date::parse("1970-01-02"), Some(1));
/// assert_eq!(dari_model::date::parse("01/02/1970"), Some(1));
/// assert_eq!(dari_model::date::parse("1970-13-02"), None);
/// ```
pub fn parse(text: &str) -> Option<i32> {
    let text = text.trim();
    if text.contains('/') {
        let mut parts = text.split('/');
        let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
        return days(year.get(..4)?.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    }
    let date = text.get(..10)?;
    if text.len() > 10 && !matches!(text.as_bytes()[10], b'T' | b' ') {
        return None;
    }
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    days(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Writes days since 1970-01-01 as `2026-11-22`.
pub fn format(value: i32) -> String {
    let (year, month, day) = civil(value);
    format!("{year:04}-{month:02}-{day:02}")
}

fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(2000, 2, 29), Some(11_016));
        assert_eq!(days(1900, 2, 29), None);
        assert_eq!(parse("2024-01-29T08:00:00.123"), Some(19_751));
        assert_eq!(parse("2024-01-29x"), None);
        assert_eq!(parse("2024-1-29"), None);
        assert_eq!(parse("è2024-01-29"), None);
    }

    proptest! {
        #[test]
        fn civil_undoes_days(value in -700_000i32..700_000) {
            let (year, month, day) = civil(value);
            prop_assert_eq!(days(year, month, day), Some(value));
            if (0..=9999).contains(&year) {
                prop_assert_eq!(parse(&format(value)), Some(value));
            }
        }
    }
}
