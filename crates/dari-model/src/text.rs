//! Text made comparable: lower case, no accents, words only.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Writes `text` in comparable form into `out` (cleared first): compatibility-decomposed, without combining marks, lower case, every run of
/// characters that are neither letters nor digits as one space, no space at the ends. Hangul syllables stay whole.
///
/// ```
/// let mut out = String::new();
/// dari_model::text::normalise_into("  Université – Côte d'Azur: Li₂S/양자컴퓨팅", &mut out);
/// assert_eq!(out, "universite cote d azur li2s 양자컴퓨팅");
/// ```
pub fn normalise_into(text: &str, out: &mut String) {
    out.clear();
    let mut push = |c: char| {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    };
    if text.is_ascii() {
        text.chars().for_each(&mut push);
    } else {
        // Decompose to drop accents, then compose again so that Hangul stays in syllables.
        text.nfkd().filter(|c| !is_combining_mark(*c)).nfc().for_each(&mut push);
    }
    if out.ends_with(' ') {
        out.pop();
    }
}

/// [`normalise_into`] with a string of its own.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    normalise_into(text, &mut out);
    out
}

/// A title as people read it: markup tags such as `<i>` removed, entities of the five kinds XML knows resolved, white space folded.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some(end) = tag_end(rest)
        {
            rest = &rest[end..];
            continue;
        }
        if c == '&'
            && let Some((plain, length)) = entity(rest)
        {
            out.push(plain);
            rest = &rest[length..];
            continue;
        }
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn tag_end(text: &str) -> Option<usize> {
    let body = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let end = body.find('>')?;
    let name = &body[..end];
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 60 && !name.contains('<'))
        .then(|| text.len() - body.len() + end + 1)
}

fn entity(text: &str) -> Option<(char, usize)> {
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')]
        .into_iter()
        .find_map(|(name, plain)| text.starts_with(name).then_some((plain, name.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_goes_and_meaning_stays() {
        assert_eq!(plain("<i>Quantum</i>  Computation &amp; <sub>2</sub>"), "Quantum Computation & 2");
        assert_eq!(plain("p < 0.05 and q > 3 &c"), "p < 0.05 and q > 3 &c");
        assert_eq!(plain("<br/>A<"), "A<");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in ".{0,60}") {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once.clone());
            prop_assert!(!once.contains("  ") && once.trim() == once);
        }

        #[test]
        fn plain_never_panics_and_never_grows(text in "[<>/&a-z; 한é]{0,40}") {
            prop_assert!(plain(&text).len() <= text.len());
        }
    }
}
