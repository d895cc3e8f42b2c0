//! Texts: shortened for titles, cut into what is looked up.

use std::collections::BTreeSet;

use dari_model::text::normalise;

/// Whether a letter is Hangul: a syllable, or a letter by itself (ㄱ).
pub(crate) fn is_hangul(letter: char) -> bool {
    ('가'..='힣').contains(&letter) || ('ㄱ'..='ㆎ').contains(&letter)
}

/// The beginning of a text, at most so many letters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        None => line,
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
    }
}

/// Adds what a text can be found by: words, and of Hangul every pair of neighbouring syllables and the last syllable of each word.
///
/// Korean is written with endings on its words (양자를, 양자컴퓨터): pairs of syllables find the word whatever stands around it, without a dictionary.
pub(crate) fn tokens_of(text: &str, tokens: &mut BTreeSet<String>) {
    for word in normalise(text).split(' ').filter(|word| !word.is_empty()) {
        for run in runs(word) {
            if run.chars().next().is_some_and(is_hangul) {
                let syllables: Vec<char> = run.chars().collect();
                tokens.extend(syllables.windows(2).map(|pair| pair.iter().collect::<String>()));
                tokens.extend(syllables.last().map(char::to_string));
            } else {
                tokens.insert(shortened_token(run));
            }
        }
    }
}

/// What a query asks for: every one must be there. A word of letters is looked up as the beginning of one (`semicon` finds semiconductor).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sought {
    /// Just this.
    Exactly(String),
    /// What begins so.
    Beginning(String),
}

/// The parts of a query.
pub(crate) fn sought(query: &str) -> BTreeSet<Sought> {
    let mut sought = BTreeSet::new();
    for word in normalise(query).split(' ').filter(|word| !word.is_empty()) {
        for run in runs(word) {
            let syllables: Vec<char> = run.chars().collect();
            match syllables.as_slice() {
                [first, _, ..] if is_hangul(*first) => {
                    sought.extend(syllables.windows(2).map(|pair| Sought::Exactly(pair.iter().collect())));
                }
                _ => {
                    sought.insert(Sought::Beginning(shortened_token(run)));
                }
            }
        }
    }
    sought
}

/// Stretches of Hangul and of all else within a word.
fn runs(word: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, letter) in word.char_indices() {
        let hangul = is_hangul(letter);
        if before.is_some_and(|before| before != hangul) {
            runs.push(&word[start..at]);
            start = at;
        }
        before = Some(hangul);
    }
    runs.push(&word[start..]);
    runs
}

/// Long words (addresses) are known by their beginning.
fn shortened_token(word: &str) -> String {
    word.chars().take(32).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn korean_is_found_whatever_stands_around_it() {
        let mut tokens = BTreeSet::new();
        tokens_of("양자컴퓨터를 KSTAR에서 Joint Workshop", &mut tokens);
        for query in ["양자", "컴퓨터", "kstar", "work", "joint workshop", "서", "를"] {
            assert!(
                sought(query).iter().all(|part| match part {
                    Sought::Exactly(token) => tokens.contains(token),
                    Sought::Beginning(token) => tokens.iter().any(|other| other.starts_with(token)),
                }),
                "{query}: {tokens:?}"
            );
        }
        assert!(sought("양성").iter().any(|part| *part == Sought::Exactly("양성".to_owned())) && !tokens.contains("양성"));
        assert!(sought("  -- ").is_empty());
    }

    #[test]
    fn titles_are_cut_at_a_letter() {
        assert_eq!(shortened("a  b\nc", 10), "a b c");
        assert_eq!(shortened("가나다라", 2), "가나…");
    }
}
