//! What both languages need: Korean particles, edges of words, patterns.

use regex::Regex;

use crate::text::is_hangul;

/// What may follow a name in the same Korean word: particles, and nouns that lean on it.
const SUFFIXES: &[&str] = &[
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "와",
    "과",
    "도",
    "만",
    "에",
    "에서",
    "에게",
    "께",
    "께서",
    "로",
    "으로",
    "라",
    "이라",
    "라고",
    "이라고",
    "라는",
    "이라는",
    "란",
    "이란",
    "이며",
    "며",
    "이자",
    "자",
    "이나",
    "나",
    "이고",
    "고",
    "인",
    "부터",
    "까지",
    "보다",
    "처럼",
    "조차",
    "마저",
    "뿐",
    "하고",
    "한테",
    "였다",
    "이다",
    "이었다",
    "입니다",
    "임",
    "등",
    "및",
    "측",
    "간",
    "내",
    "들",
    "님",
    "산하",
    "소속",
    "장관",
    "차관",
    "장",
    "원장",
    "총장",
    "이사장",
    "소장",
    "청장",
    "위원장",
    "본부",
    "관계자",
    "연구진",
    "연구팀",
    "교수",
    "박사",
    "대표단",
    "서",
    "써",
    "로서",
    "으로서",
];
/// The longest run of syllables behind a name that is looked at.
const LONGEST: usize = 9;

/// Compiles patterns of ours; the tests see to it that none is faulty.
pub(super) fn patterns(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Regex> {
    texts.into_iter().filter_map(|text| Regex::new(text.as_ref()).ok()).collect()
}

/// Whether a Korean or Latin name that ends before `rest` ends there: what follows is no syllable, or particles only.
pub(super) fn ends_name(rest: &str) -> bool {
    let length: usize = rest.chars().take_while(|sign| is_hangul(*sign)).take(LONGEST + 1).map(char::len_utf8).sum();
    let run = &rest[..length];
    run.chars().count() <= LONGEST && chain(run)
}

fn chain(run: &str) -> bool {
    run.is_empty() || SUFFIXES.iter().any(|suffix| run.strip_prefix(suffix).is_some_and(chain))
}

/// The byte offset of the character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text of at most `bytes` before `at`.
pub(super) fn before(text: &str, at: usize, bytes: usize) -> &str {
    let mut start = at.saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start.min(at)..at]
}

/// The text of at most `bytes` from `at` on.
pub(super) fn behind(text: &str, at: usize, bytes: usize) -> &str {
    &text[at..floor(text, at.saturating_add(bytes)).max(at)]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn particles_end_a_name_and_other_syllables_do_not() {
        for rest in ["", " 와", "와 ", "에서는", "측과", "으로부터 ", "장관은", "(주)", "의"] {
            assert!(ends_name(rest), "{rest}");
        }
        for rest in ["기획평가원", "대학교", "장비를", "정책"] {
            assert!(!ends_name(rest), "{rest}");
        }
    }

    #[test]
    fn windows_are_on_boundaries() {
        assert_eq!(before("가나다", 6, 4), "나");
        assert_eq!(behind("가나다", 3, 4), "나");
        assert_eq!(behind("가나다", 9, 4), "");
        assert_eq!(before("가나다", 0, 4), "");
    }
}
