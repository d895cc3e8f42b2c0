//! Keys are integers.
//!
//! OpenAlex ids keep their number (`W123` → 123). A record of any other source gets a number of its own space, hashed from (source, key)
//! into the range from 2^62 up, so that the two never meet; tables keep `source` and `source_key` beside it. (Two keys of other sources sharing a
//! number is possible and not detected; docs/adr/0002-keys.md has the odds.)

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// The lowest id of the space of sources other than OpenAlex.
pub const FOREIGN_BASE: i64 = 1 << 62;

/// The number of an OpenAlex id, given as URL (`https://openalex.org/W123`), short (`W123`) or bare (`123`).
///
/// `prefix` is the entity's letter (`W` works, `A` authors, `I` institutions, `S` sources, `F` funders, `T` topics). Returns `None` for
/// anything else, for zero, and for numbers at or above 2^62.
///
/// ```
/// use dari_model::id::openalex;
/// assert_eq!(openalex(b'W', "https://openalex.org/W2181906270"), Some(2181906270));
/// assert_eq!(openalex(b'T', "https://openalex.org/topics/T10018"), Some(10018));
/// assert_eq!(openalex(b'W', "A12"), None);
/// ```
pub fn openalex(prefix: u8, text: &str) -> Option<i64> {
    let short = text.rsplit('/').next().unwrap_or(text).as_bytes();
    let digits = match short.first() {
        Some(letter) if letter.eq_ignore_ascii_case(&prefix) => &short[1..],
        Some(letter) if letter.is_ascii_digit() => short,
        _ => return None,
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut number = 0i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    (number > 0).then_some(number)
}

/// The number of a record of a source other than OpenAlex: 62 bits of a hash of (source, key), from 2^62 up.
pub fn foreign(source: &str, key: &str) -> i64 {
    let mut hash = Xxh3::new();
    hash.update(source.as_bytes());
    hash.update(&[0]);
    hash.update(key.as_bytes());
    FOREIGN_BASE | (hash.digest() >> 2) as i64
}

/// The number of an affiliation's text as printed.
pub fn affiliation(text: &str) -> i64 {
    foreign("affiliation", text)
}

/// The hash of a record's bytes as it came from its source; equal bytes mean an unchanged record.
pub fn record_hash(bytes: &[u8]) -> i64 {
    xxh3_64(bytes) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_in_all_forms() {
        for text in ["W7", "w7", "7", "https://openalex.org/W7", "https://api.openalex.org/works/W7"] {
            assert_eq!(openalex(b'W', text), Some(7), "{text}");
        }
        for text in ["", "W", "A7", "W7x", "W-7", "W0", "W9999999999999999999", "https://openalex.org/"] {
            assert_eq!(openalex(b'W', text), None, "{text}");
        }
    }

    #[test]
    fn source_and_key_do_not_run_together() {
        assert_ne!(foreign("ab", "c"), foreign("a", "bc"));
    }

    proptest! {
        #[test]
        fn spaces_never_meet(number in 1i64..FOREIGN_BASE / 5, source in ".{0,8}", key in ".{0,20}") {
            prop_assert_eq!(openalex(b'W', &format!("W{number}")), Some(number));
            prop_assert!(foreign(&source, &key) >= FOREIGN_BASE);
        }
    }
}
