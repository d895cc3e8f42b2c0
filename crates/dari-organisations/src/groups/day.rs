//! Days as people write them, the year first.

use dari_model::date;

use crate::groups::Bilingual;

/// The day that a text names, as days since 1970-01-01: `2024-01-29`, `2024/1/29`, `2024.1.29`, `20240129`. The year comes first, for 03/04/2024 is a day of
/// March to some and of April to others.
///
/// # Errors
/// What is wrong with the text, as a sentence without a full stop.
pub fn day(text: &str) -> Result<i32, Bilingual> {
    if let Some((year, month, of_month)) = year_first(text) {
        let none = || Bilingual::new(format!("there is no day {text}"), format!("{text}: 없는 날짜"));
        return date::days(year, month, of_month).ok_or_else(none);
    }
    if is_year_last(text) {
        return Err(Bilingual::new(format!("'{text}' is no date with the year first"), format!("'{text}': 연도가 먼저 오는 날짜가 아님")));
    }
    Err(Bilingual::new(format!("'{text}' is no date"), format!("'{text}': 날짜가 아님")))
}

/// Year, month and day of a text that has the form of a day, whether there is such a day or not.
pub(super) fn year_first(text: &str) -> Option<(i32, u32, u32)> {
    let text = text.trim();
    let (year, month, day) = match parts(text)[..] {
        [whole] if whole.len() == 8 && text.is_ascii() => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => (year, month, day),
        _ => return None,
    };
    Some((number(year)? as i32, number(month)?, number(day)?))
}

/// Whether a text has the form of a day with the year at its end.
pub(super) fn is_year_last(text: &str) -> bool {
    let parts = parts(text.trim());
    matches!(parts[..], [a, b, year] if a.len() <= 2 && b.len() <= 2 && year.len() == 4) && parts.iter().all(|part| number(part).is_some())
}

/// The parts between the first of the usual separators that there is.
fn parts(text: &str) -> Vec<&str> {
    match text.find(['-', '/', '.']).and_then(|at| text[at..].chars().next()) {
        Some(separator) => text.split(separator).collect(),
        None => vec![text],
    }
}

fn number(digits: &str) -> Option<u32> {
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}
