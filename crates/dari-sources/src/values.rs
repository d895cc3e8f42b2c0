//! Values of text fields: numbers, dates, lists. A value that is there but cannot be read is an error, never silently nothing.

use dari_model::{country, date};

/// The value of a field: nothing where it is empty, the reason for a reject where it cannot be read.
pub(crate) fn field<T>(name: &str, text: Option<&str>, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    text.map(|text| parse(text).ok_or_else(|| format!("{name}: expected {expected}, found '{text}'"))).transpose()
}

/// As [`field`] for a field that must not be empty.
pub(crate) fn needed<T>(name: &str, text: Option<&str>, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    field(name, text, expected, parse)?.ok_or_else(|| format!("{name}: expected {expected}, found nothing"))
}

/// A number without its thousands separators; `None` where the commas do not stand before groups of three digits.
fn ungrouped(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    fits.then(|| format!("{}{rest}", whole.replace(',', "")))
}

/// A whole number, with or without thousands separators; `17.0` is 17, as sheets write it.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = ungrouped(text)?;
    let whole = match text.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => &text,
    };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| whole.parse().ok())?
}

/// A sum of money: digits with or without thousands separators and decimals, a sign before them.
pub(crate) fn amount(text: &str) -> Option<f64> {
    let text = ungrouped(text)?;
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.starts_with(|c: char| c.is_ascii_digit());
    plain.then(|| text.parse::<f64>().ok().filter(|value| value.is_finite()))?
}

/// A year from 1000 to 2999.
pub(crate) fn year(text: &str) -> Option<i16> {
    integer(text).filter(|year| (1000..3000).contains(year)).and_then(|year| i16::try_from(year).ok())
}

/// A date, or 1 January of a year.
pub(crate) fn first_day(text: &str) -> Option<i32> {
    date::parse(text).or_else(|| date::days(i32::from(bare_year(text)?), 1, 1))
}

/// A date, or 31 December of a year.
pub(crate) fn last_day(text: &str) -> Option<i32> {
    date::parse(text).or_else(|| date::days(i32::from(bare_year(text)?), 12, 31))
}

fn bare_year(text: &str) -> Option<i16> {
    (text.len() == 4).then(|| year(text))?
}

/// The ISO 3166-1 code of a two-letter code in any case.
pub(crate) fn country_code(text: &str) -> Option<&'static str> {
    country::by_code(text).map(|country| country.code)
}

/// The ISO 3166-1 code of a country by code or common name.
pub(crate) fn country_named(text: &str) -> Option<&'static str> {
    country::find(text).map(|country| country.code)
}

/// The parts of a field that is separated by `|`, without empty ones; too many are the reason for a reject.
pub(crate) fn items<'a>(name: &str, text: Option<&'a str>, limit: usize) -> Result<Vec<&'a str>, String> {
    let text = text.unwrap_or_default();
    let separators = memchr::memchr_iter(b'|', text.as_bytes()).count();
    if separators >= limit {
        return Err(format!("{name}: expected at most {limit} items, found {}", separators + 1));
    }
    Ok(text.split('|').map(str::trim).filter(|item| !item.is_empty()).collect())
}

/// People and organisations of one record at most: positions are numbers of 16 bits.
pub(crate) const MAX_POSITIONS: usize = i16::MAX as usize;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_as_published() {
        assert_eq!(amount("1,060,000"), Some(1_060_000.0));
        assert_eq!(amount("-2,304"), Some(-2304.0));
        assert_eq!(amount("1,234.50"), Some(1234.5));
        for bad in ["", "-", "1,23", "12,34,567", "1.234,50", "NaN", "inf", "1e9", "$5", ",123", "1.2.3", ".5"] {
            assert_eq!(amount(bad), None, "{bad}");
        }
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(integer("17.0"), Some(17));
        assert_eq!(integer("-1,234"), Some(-1234));
        for bad in ["17.5", "", "-", "1e3", "+5", "99999999999999999999", "seventeen"] {
            assert_eq!(integer(bad), None, "{bad}");
        }
    }

    #[test]
    fn years_become_days() {
        assert_eq!(first_day("1970"), Some(0));
        assert_eq!(last_day("1970"), Some(364));
        assert_eq!(last_day("01/02/1970"), Some(1));
        assert_eq!(first_day("70"), None);
        assert_eq!((year("2999"), year("3000"), year("999")), (Some(2999), None, None));
    }

    #[test]
    fn lists_have_an_end() {
        assert_eq!(items("pi", Some(" a||b |"), 4), Ok(vec!["a", "b"]));
        assert_eq!(items("pi", Some("a|b|c"), 2), Err("pi: expected at most 2 items, found 3".to_owned()));
        assert_eq!(items("pi", None, 2), Ok(vec![]));
    }

    #[test]
    fn missing_is_not_wrong() {
        assert_eq!(field("amount", None, "a number", amount), Ok(None));
        assert_eq!(field("amount", Some("x"), "a number", amount), Err("amount: expected a number, found 'x'".to_owned()));
        assert!(needed("amount", None, "a number", amount).is_err());
    }

    proptest! {
        #[test]
        fn separators_change_nothing(value in -999_999_999_999i64..999_999_999_999) {
            let digits = value.unsigned_abs().to_string();
            let mut grouped = String::from(if value < 0 { "-" } else { "" });
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            prop_assert_eq!(integer(&grouped), Some(value));
            prop_assert_eq!(amount(&grouped), Some(value as f64));
        }

        #[test]
        fn any_text_is_safe(text in ".{0,12}") {
            let _ = (integer(&text), amount(&text), year(&text), first_day(&text), last_day(&text));
        }
    }
}
