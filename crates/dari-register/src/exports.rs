//! What files for other systems (CERIF-XML, RAiD, calendars) share: texts with their language, and identifiers as their systems write them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::content::{Content, titles};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::record::Record;
use crate::text::shortened;

/// What is said of a record that is invented.
pub(crate) const EXAMPLE: &str = "Invented, to show how it works";

pub(crate) fn is_example(record: &Record) -> bool {
    record.content.get("example").and_then(Value::as_bool) == Some(true)
}

/// Whether someone of a team leads their side.
pub(crate) fn leads_side(row: &Content) -> bool {
    row.get("lead").and_then(Value::as_bool) == Some(true)
}

/// The record that a field of a row names, where it is given.
pub(crate) fn linked<'a>(row: &Content, field: &str, given: &BTreeMap<&str, &'a Record>) -> Option<&'a Record> {
    given.get(row.get(field)?.as_str()?).copied()
}

/// The period that a field holds.
pub(crate) fn period(record: &Record, field: &str) -> Result<Option<Period>> {
    let Some(text) = record.text(field) else { return Ok(None) };
    Period::parse(text).map(Some).ok_or_else(|| Error::input(format!("'{}': {field} '{}' is no date", record.id, shortened(text, 60))))
}

/// The texts of a field in two languages, English first, with their language.
pub(crate) fn both<'a>(content: &'a Content, field: &str) -> impl Iterator<Item = (&'static str, &'a str)> {
    let field = content.get(field);
    ["en", "ko"].into_iter().filter_map(move |language| Some((language, field?.get(language)?.as_str()?)))
}

/// The names of a record with their language; of one without a name, the beginning of its text.
pub(crate) fn names(record: &Record) -> Vec<(&'static str, String)> {
    let names: Vec<_> = both(&record.content, "name").map(|(language, name)| (language, name.to_owned())).collect();
    if !names.is_empty() {
        return names;
    }
    let (en, ko) = titles(&record.content);
    [("en", en), ("ko", ko)].into_iter().filter_map(|(language, title)| Some((language, title?))).collect()
}

/// An address of the web.
pub(crate) fn web(text: &str) -> Option<&str> {
    let text = text.trim();
    (text.starts_with("https://") || text.starts_with("http://")).then_some(text).filter(|text| !text.contains(char::is_whitespace))
}

/// What stands behind one of these hosts in an address, else the text.
fn behind<'a>(text: &'a str, hosts: &[&str]) -> &'a str {
    let text = text.trim();
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    hosts.iter().find_map(|host| bare.strip_prefix(host)?.strip_prefix('/')).unwrap_or(text)
}

/// A DOI without resolver: `10.1234/abc`.
pub(crate) fn doi(text: &str) -> Option<String> {
    let text = behind(text, &["doi.org", "dx.doi.org", "www.doi.org"]);
    let text = text.strip_prefix("doi:").or_else(|| text.strip_prefix("DOI:")).unwrap_or(text).trim_start();
    let (prefix, suffix) = text.strip_prefix("10.")?.split_once('/')?;
    let mut parts = prefix.split('.');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = parts.next().is_some_and(|first| first.len() >= 4 && digits(first)) && parts.all(digits);
    (fits && !suffix.is_empty() && !suffix.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// A ROR id as an address.
pub(crate) fn ror(text: &str) -> Option<String> {
    dari_model::ror::checked(text).ok().map(|id| format!("https://ror.org/{id}"))
}

/// An ORCID as an address, where its last character is the check of the others (ISO 7064, MOD 11-2).
pub(crate) fn orcid(text: &str) -> Option<String> {
    let id = behind(text, &["orcid.org", "www.orcid.org"]);
    let hyphens = id.len() == 19 && id.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 9 | 14));
    let (digits, check) = id.split_at_checked(id.len().checked_sub(1)?)?;
    let mut sum = 0;
    for digit in digits.chars().filter(|letter| *letter != '-') {
        sum = (sum + digit.to_digit(10)?) * 2 % 11;
    }
    let expected = match (12 - sum) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10)?,
    };
    (hyphens && check.starts_with(expected)).then(|| format!("https://orcid.org/{id}"))
}

/// A RAiD as an address: a prefix of digits and points, a suffix of letters and digits.
pub(crate) fn address(text: &str) -> Option<String> {
    let name = behind(text, &["raid.org", "raid.org.au", "doi.org", "hdl.handle.net"]);
    let (prefix, suffix) = name.split_once('/')?;
    let parts = prefix.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    (parts && prefix.contains('.') && !suffix.is_empty() && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then(|| format!("https://raid.org/{name}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_as_people_write_them() {
        for text in [
            "10.1234/abc(1)",
            "https://doi.org/10.1234/abc(1)",
            "http://dx.doi.org/10.1234/abc(1)",
            "doi:10.1234/abc(1)",
            "DOI: 10.1234/abc(1)",
        ] {
            assert_eq!(doi(text).as_deref(), Some("10.1234/abc(1)"), "{text}");
        }
        assert_eq!(doi("10.1234.5/a/b").as_deref(), Some("10.1234.5/a/b"));
        for text in ["", "W123", "10.123/a", "10.1234/", "10.1234./a", "10.1234/a b", "https://example.org/10.1234/a"] {
            assert_eq!(doi(text), None, "{text}");
        }
        for text in ["05a28rw58", "https://ror.org/05a28rw58", "ror.org/05A28RW58 "] {
            assert_eq!(ror(text).as_deref(), Some("https://ror.org/05a28rw58"), "{text}");
        }
        for text in ["", "15a28rw58", "05a28rw5", "05i28rw58", "05a28rwx8", "0"] {
            assert_eq!(ror(text), None, "{text}");
        }
        for text in ["10.25.10.1234/a1b2c", "https://raid.org/10.25.10.1234/a1b2c", "https://doi.org/10.25.10.1234/a1b2c"] {
            assert_eq!(address(text).as_deref(), Some("https://raid.org/10.25.10.1234/a1b2c"), "{text}");
        }
        for text in ["", "planned", "10.1234", "10.1234/", "10/a", "10.1234/a b"] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn orcids_are_checked() {
        // Add a digit and double, fifteen times: after seven zeros 2, 1, 8, 2, 5, 0, 0, 9 give 4, 10, 36, 76, 162, 324, 648, 1314. 1314 modulo 11 is 5, and
        // 12 − 5 is 7, the last digit.
        assert_eq!(orcid("https://orcid.org/0000-0002-1825-0097").as_deref(), Some("https://orcid.org/0000-0002-1825-0097"));
        // 2, 1, 6, 9, 4, 2, 3, 3 give 4, 10, 32, 82, 172, 348, 702, 1410. 1410 modulo 11 is 2, and 12 − 2 is ten, written X.
        assert_eq!(orcid("0000-0002-1694-233X").as_deref(), Some("https://orcid.org/0000-0002-1694-233X"));
        for text in ["", "0000-0002-1825-0098", "0000000218250097", "0000-0002-1825-009", "0000-0002-1825-00-7", "한-0002-1825-0097"] {
            assert_eq!(orcid(text), None, "{text}");
        }
    }
}
