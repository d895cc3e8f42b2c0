//! Sentences of a text, English and Korean, in prose and in lists.

use std::ops::Range;

use crate::text::is_hangul;

/// The columns a line of wrapped text has at least; a shorter one ends because its writer ended it.
const WRAPPED: usize = 60;
/// Signs that open an item of a list when white space follows.
const BULLETS: &str = "-–—•·∙‧□■◦○●◯ㅇᄋ❍▪▫▶▷►※*◆◇❏❑➢➤✓〇o";
/// Bullets that Korean offices also use in the middle of a line, which nothing else begins with.
const INLINE_BULLETS: &str = "□■○●ㅇ❍※";
/// Abbreviations before a name or a number: a sentence does not end with them.
const BEFORE_MORE: &[&str] = &[
    "dr", "mr", "mrs", "ms", "messrs", "prof", "st", "gen", "sen", "rep", "gov", "amb", "hon", "rev", "lt", "col", "sgt", "capt", "vs",
    "cf", "approx", "ca", "fig", "figs", "art", "arts", "sec", "vol", "dept", "univ", "mt", "ft", "e.g", "i.e", "viz",
];
/// Abbreviations that a number follows if the sentence goes on.
const BEFORE_NUMBERS: &[&str] =
    &["no", "nos", "pp", "p", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "para", "ch", "nr"];
/// Abbreviations after which a sentence ends only where the next word is one that sentences begin with.
const MAY_END: &[&str] = &["inc", "ltd", "co", "corp", "jr", "sr", "etc", "al", "ph.d", "a.m", "p.m", "m.sc", "b.sc", "llc", "bldg", "ave"];
/// Words that begin sentences and are seldom part of a name.
const OPENERS: &[&str] = &[
    "the",
    "on",
    "in",
    "it",
    "its",
    "at",
    "a",
    "an",
    "this",
    "these",
    "those",
    "that",
    "they",
    "their",
    "he",
    "she",
    "his",
    "her",
    "we",
    "our",
    "both",
    "two",
    "after",
    "before",
    "during",
    "for",
    "from",
    "with",
    "while",
    "when",
    "as",
    "according",
    "but",
    "and",
    "however",
    "meanwhile",
    "there",
    "under",
    "since",
    "also",
    "to",
    "by",
    "if",
    "each",
    "all",
    "some",
    "more",
    "no",
    "one",
    "three",
    "such",
    "other",
    "another",
    "participants",
    "officials",
    "talks",
    "until",
    "once",
    "although",
    "though",
    "because",
    "then",
    "separately",
    "earlier",
    "later",
    "last",
    "next",
    "today",
    "yesterday",
    "here",
    "what",
    "who",
];

/// The sentences of a text in their order, as byte ranges without the white space around them. A line of a list is a sentence, without the sign it begins with.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for block in blocks(text) {
        split(text, block, &mut found);
    }
    found
}

/// Parts of the text that belong together: paragraphs whose lines were wrapped, and items of lists.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    // Whether the line before goes on in the next.
    let mut open = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let content = trim(text, range);
        if content.is_empty() {
            open = false;
            continue;
        }
        let shown = &text[content.clone()];
        let marker = marker(shown);
        let lower = shown.chars().next().is_some_and(char::is_lowercase);
        match blocks.last_mut() {
            Some(last)
                if marker == 0
                    && (open || (lower && !ends(&text[last.clone()]) && text[last.end..content.start].matches('\n').count() == 1)) =>
            {
                last.end = content.end;
            }
            _ => blocks.push(content.start + marker..content.end),
        }
        open = !ends(shown) && columns(shown) >= WRAPPED;
    }
    blocks
}

/// The bytes of the sign and the white space an item of a list begins with, 0 if it is none.
fn marker(line: &str) -> usize {
    let mut bytes = 0;
    while let Some(length) = sign(&line[bytes..]) {
        bytes += length;
    }
    bytes
}

fn sign(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let numeral = ('①'..='⑳').contains(&first) || ('❶'..='❿').contains(&first);
    let end = if numeral {
        first.len_utf8()
    } else if BULLETS.contains(first) {
        let end = first.len_utf8();
        // A dash or letter needs the white space, or it belongs to the word.
        if !line[end..].starts_with([' ', '\t', '\u{a0}']) && !INLINE_BULLETS.contains(first) {
            return None;
        }
        end
    } else {
        counter(line)?
    };
    let rest = &line[end..];
    let blank = rest.len() - rest.trim_start().len();
    (blank < rest.len()).then_some(end + blank)
}

/// The bytes of `1.`, `1)`, `(1)`, `가.`, `a)` before white space.
fn counter(line: &str) -> Option<usize> {
    let inner = line.strip_prefix('(').unwrap_or(line);
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let length = match digits {
        0 => inner.chars().next().filter(|sign| ('가'..='하').contains(sign) || sign.is_ascii_lowercase())?.len_utf8(),
        1 | 2 => digits,
        _ => return None,
    };
    let closing = inner[length..].chars().next()?;
    let opened = inner.len() < line.len();
    let letter = inner.starts_with(|sign: char| sign.is_ascii_lowercase());
    if closing != ')' && (closing != '.' || opened || letter) {
        return None;
    }
    let end = line.len() - inner.len() + length + 1;
    let rest = &line[end..];
    // "1. 22. (월)" is a date.
    let date = digits > 0 && closing == '.' && rest.trim_start().starts_with(|sign: char| sign.is_ascii_digit());
    (rest.starts_with([' ', '\t']) && !date).then_some(end)
}

fn ends(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '’', '\'', ')', ']', '」', '』']).ends_with(['.', '!', '?', ':', ';', '。', '…'])
}

/// How wide a line is; a Hangul syllable takes two columns.
fn columns(line: &str) -> usize {
    line.chars().map(|sign| if sign >= '\u{1100}' { 2 } else { 1 }).sum()
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    let shown = part.trim();
    start..start + shown.len()
}

fn split(text: &str, block: Range<usize>, into: &mut Vec<Range<usize>>) {
    let mut start = block.start;
    let part = &text[block.clone()];
    let mut push = |range: Range<usize>| {
        let range = trim(text, range);
        if text[range.clone()].chars().any(char::is_alphanumeric) {
            into.push(range);
        }
    };
    let mut signs = part.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let at = block.start + at;
        match sign {
            '.' | '!' | '?' | '。' | '…' => {
                // Several marks and the brackets and quotes behind them belong to the sentence.
                let mut end = at + sign.len_utf8();
                while let Some((next, closing)) = signs.next_if(|(_, sign)| ".!?。…\"”’')]」』".contains(*sign)) {
                    end = block.start + next + closing.len_utf8();
                }
                if is_end(text, start, at, sign, end, block.end) {
                    push(start..end);
                    start = end;
                }
            }
            _ if INLINE_BULLETS.contains(sign) => {
                let before = text[start..at].chars().next_back();
                let after = text[at + sign.len_utf8()..block.end].chars().next();
                if before.is_some_and(char::is_whitespace) && after.is_some_and(char::is_whitespace) {
                    push(start..at);
                    start = at + sign.len_utf8();
                }
            }
            _ => {}
        }
    }
    push(start..block.end);
}

/// Whether the mark at `at` ends the sentence that begins at `start`; `end` is behind the mark and what closes with it.
fn is_end(text: &str, start: usize, at: usize, mark: char, end: usize, limit: usize) -> bool {
    let after = &text[end..limit];
    let Some(next) = after.chars().next() else { return true };
    let before = text[start..at].chars().next_back();
    let hangul = before.is_some_and(is_hangul);
    if !next.is_whitespace() {
        // "했다.그리고": the space was forgotten. A quote that goes on ("…했다."고 말했다) has its particle right behind.
        return mark == '.' && hangul && end == at + 1 && is_hangul(next);
    }
    let following = after.trim_start();
    let Some(first) = following.chars().next() else { return true };
    let quoted = end > at + mark.len_utf8();
    if quoted && ["고 ", "라고", "라며", "며 ", "면서", "는 "].iter().any(|particle| following.starts_with(particle)) {
        return false;
    }
    if mark != '.' {
        // "Really?" she asked.
        return !first.is_lowercase();
    }
    if hangul {
        return true;
    }
    if first.is_lowercase() {
        return false;
    }
    let word = text[start..at].rsplit(|sign: char| sign.is_whitespace() || "([\"“‘'".contains(sign)).next().unwrap_or_default();
    if before.is_some_and(|sign| sign.is_ascii_digit()) {
        // "2024. 1. 22. 워싱턴에서"
        let short = word.trim_end_matches(|sign: char| sign.is_ascii_digit()).is_empty() && word.len() <= 4;
        return !(first.is_ascii_digit() && short || is_hangul(first) && !quoted);
    }
    let lower = word.to_lowercase();
    if BEFORE_MORE.contains(&lower.as_str()) {
        return false;
    }
    if BEFORE_NUMBERS.contains(&lower.as_str()) {
        return !first.is_ascii_digit();
    }
    let initials = word.chars().count() == 1 && word.chars().all(char::is_uppercase)
        || word.contains('.') && word.split('.').all(|part| part.chars().count() <= 2 && part.chars().all(char::is_alphabetic));
    if initials || MAY_END.contains(&lower.as_str()) {
        let opener: String = following.chars().take_while(|sign| sign.is_alphabetic()).collect::<String>().to_lowercase();
        return OPENERS.contains(&opener.as_str()) || is_hangul(first);
    }
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn english_abbreviations_do_not_end_a_sentence() {
        assert_eq!(
            all("Dr. Kim of the U.S. Department of Energy came on Jan. 22 to Washington, D.C. The talks lasted 2.5 hours. See No. 5."),
            ["Dr. Kim of the U.S. Department of Energy came on Jan. 22 to Washington, D.C.", "The talks lasted 2.5 hours.", "See No. 5."]
        );
        assert_eq!(
            all("\"We agree,\" he said. \"It works.\" They met in 2024. Then they left."),
            ["\"We agree,\" he said.", "\"It works.\"", "They met in 2024.", "Then they left."]
        );
    }

    #[test]
    fn korean_endings() {
        assert_eq!(
            all("회의를 열었다. 결과는 2024. 1. 22. 공개했다.이어서 만났어요. 끝."),
            ["회의를 열었다.", "결과는 2024. 1. 22. 공개했다.", "이어서 만났어요.", "끝."]
        );
        assert_eq!(all("그는 \"좋다.\"고 말했다. 끝났다."), ["그는 \"좋다.\"고 말했다.", "끝났다."]);
    }

    #[test]
    fn items_of_lists() {
        assert_eq!(
            all("□ 양자 분야\n ㅇ 워크숍 개최 합의\n - 5월에 열기로 함\n1. 기타\n· 없음"),
            ["양자 분야", "워크숍 개최 합의", "5월에 열기로 함", "기타", "없음"]
        );
        assert_eq!(all("- The first\n- The second, which\n  goes on"), ["The first", "The second, which\n  goes on"]);
        assert_eq!(all("Title\nThe text begins here."), ["Title", "The text begins here."]);
    }

    #[test]
    fn wrapped_lines_belong_together() {
        assert_eq!(
            all("The two sides met for the first time since the agreement was signed in\nWashington and agreed to go on.\nNext."),
            ["The two sides met for the first time since the agreement was signed in\nWashington and agreed to go on.", "Next."]
        );
    }
}
