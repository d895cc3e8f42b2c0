//! ROR ids: a zero, six letters of Crockford's base 32 and two digits that check them.

use crate::id::foreign;

/// The nine characters of a ROR id with or without resolver, lower case. `None` for what does not look like one; the digits are not checked, since
/// what a source publishes is taken as it is. For what people write there is [`checked`].
///
/// ```
/// assert_eq!(dari_model::ror::key("https://ror.org/04H9PN542"), Some("04h9pn542".to_owned()));
/// assert_eq!(dari_model::ror::key("4h9pn542"), None);
/// ```
pub fn key(text: &str) -> Option<String> {
    let last = text.trim().rsplit('/').next()?;
    let fits = last.len() == 9 && last.starts_with('0') && last.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| last.to_ascii_lowercase())
}

/// The number, in the lake's table `organisations`, of the organisation that a ROR id names.
pub fn organisation(text: &str) -> Option<i64> {
    key(text).map(|key| foreign("ror", &key))
}

/// The letters of Crockford's base 32, by value.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The short form (`04h9pn542`) of a ROR id with or without resolver, in any case. An id is a zero, six letters of Crockford's base 32 and two
/// digits that check them: with n the value of the zero and the letters, n × 100 + digits leaves 1 when divided by 97 (ISO 7064, MOD 97-10;
/// <https://ror.readme.io/docs/identifier>).
///
/// # Errors
/// What is wrong with the text, as a sentence without a full stop.
pub fn checked(text: &str) -> Result<String, String> {
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let id = bare.strip_prefix("ror.org/").unwrap_or(bare);
    let malformed = || format!("'{text}' is no ROR id; one looks like https://ror.org/04h9pn542");
    let [b'0', middle @ .., tens, ones] = id.as_bytes() else { return Err(malformed()) };
    if middle.len() != 6 || !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return Err(malformed());
    }
    let mut value = 0u64;
    for letter in middle {
        let digit = LETTERS.iter().position(|known| known == letter).ok_or_else(malformed)?;
        value = value * 32 + digit as u64;
    }
    let check = u64::from(tens - b'0') * 10 + u64::from(ones - b'0');
    if (value * 100 + check) % 97 != 1 {
        return Err(format!("'{text}' is no ROR id: its last two digits do not check, so a letter or digit of it is wrong"));
    }
    Ok(id.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_two_digits_check_the_letters() {
        // 4 h 9 p n 5 are 4 17 9 22 21 5: ((((4 × 32 + 17) × 32 + 9) × 32 + 22) × 32 + 21) × 32 + 5 = 152,361,637;
        // 100 times that is 97 × 157,073,852 + 56, and 56 + 42 = 98 = 97 + 1.
        let value: u64 = [4u64, 17, 9, 22, 21, 5].iter().fold(0, |value, digit| value * 32 + digit);
        assert_eq!((value, value * 100 % 97), (152_361_637, 56));
        for text in ["04h9pn542", "https://ror.org/04h9pn542", "ror.org/04H9PN542", " http://ror.org/04h9pn542 "] {
            assert_eq!(checked(text).as_deref(), Ok("04h9pn542"));
        }
        // Too short, too long, not begun with a zero, a letter Crockford leaves out (i, l, o, u), a letter among the digits, another resolver.
        for text in ["", "04h9pn54", "04h9pn5421", "14h9pn542", "04h9on542", "04h9pn5x2", "https://ror.com/04h9pn542", "04h9pñ42"] {
            assert!(checked(text).is_err_and(|error| error.contains("one looks like")), "{text}");
        }
        for text in ["04h9pn543", "04h9np542", "04h9pm542"] {
            assert!(checked(text).is_err_and(|error| error.contains("do not check")), "{text}");
        }
    }

    proptest! {
        /// Any value with its two digits is an id; with one letter changed it is none.
        #[test]
        fn one_letter_wrong_is_found(letters in proptest::collection::vec(0usize..32, 6), place in 0usize..6, other in 0usize..32) {
            let text = |letters: &[usize]| letters.iter().map(|&at| char::from(LETTERS[at])).collect::<String>();
            let value = letters.iter().fold(0u64, |value, &digit| value * 32 + digit as u64);
            let check = 98 - value * 100 % 97;
            let id = |letters: &[usize]| format!("0{}{check:02}", text(letters));
            prop_assert!(checked(&id(&letters)).is_ok());
            let mut wrong = letters.clone();
            wrong[place] = other;
            prop_assert_eq!(checked(&id(&wrong)).is_ok(), wrong == letters);
        }
    }
}
