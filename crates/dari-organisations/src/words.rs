//! Words of names and affiliations in one form: lower case, no accents, the usual abbreviations and foreign forms of *university*, *institute* and the like as
//! one word, small words dropped, initials with points as one word, characters of Chinese, Japanese and Korean as words of their own.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What part a word plays in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A kind of organisation: university, institute, hospital.
    Body,
    /// A kind of part of one: department, laboratory, group.
    Unit,
    /// What many names have: science, research, medical.
    General,
    /// What makes one name out of another: new, north, national, state.
    Modifier,
    /// Digits in it.
    Number,
    /// Anything else: what tells names apart.
    Specific,
}

/// Small words between words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// of, for, de …: what follows belongs to what went before.
    Of,
    /// the, la, der …: says nothing of what follows.
    Article,
    /// and, at …: what follows may be something else.
    Other,
}

/// A word; its text is `Words::text[start..end]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) role: Role,
    /// The small word that was dropped right before it.
    pub(crate) joined: Option<Join>,
    /// A character of Chinese, Japanese or Korean right behind another, where no word need begin.
    pub(crate) glued: bool,
}

/// The words of a text. Reused, it allocates nothing.
#[derive(Debug, Default, Clone)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) words: Vec<Word>,
    raw: String,
    composed: String,
}

struct Known {
    canonical: &'static str,
    /// `None`: a legal form, dropped.
    role: Option<Role>,
}

static KNOWN: LazyLock<FxHashMap<&'static str, Known>> = LazyLock::new(|| {
    let lines = include_str!("../data/words.csv").lines().skip(1);
    let known = |line: &'static str| {
        let (word, rest) = line.split_once(',')?;
        let (canonical, role) = rest.split_once(',')?;
        let role = match role {
            "body" => Some(Role::Body),
            "unit" => Some(Role::Unit),
            "general" => Some(Role::General),
            "modifier" => Some(Role::Modifier),
            "specific" => Some(Role::Specific),
            _ => None,
        };
        Some((word, Known { canonical, role }))
    };
    lines.filter_map(known).collect()
});

static DROPPED: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| include_str!("../data/dropped_words.txt").lines().collect());

const OF: [&str; 11] = ["of", "for", "de", "du", "des", "fur", "fuer", "di", "del", "do", "da"];

const ARTICLES: [&str; 11] = ["the", "a", "an", "la", "le", "les", "el", "il", "der", "die", "das"];

/// Characters that are words of their own, since their languages put few or no spaces.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3130}'..='\u{318f}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{02bb}' | '\u{02bc}')
}

/// Accents that stand as characters of their own, as texts taken out of PDF have them.
fn is_detached_accent(c: char) -> bool {
    matches!(c, '\u{00a8}' | '\u{00b4}' | '`' | '\u{02dc}' | '\u{02c6}' | '\u{00b8}' | '\u{02da}')
}

/// A word without the mark of a footnote that sticks to it: "Toronto5", "1Department".
fn without_footnote(word: &str) -> &str {
    let behind = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if behind.len() < word.len()
        && word.len() - behind.len() <= 2
        && behind.len() >= 4
        && behind.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return behind;
    }
    let before = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if word.len() - before.len() <= 2 && before.len() >= 4 && before.bytes().all(|byte| byte.is_ascii_alphabetic()) { before } else { word }
}

/// All letters and digits of a text in one piece, for names written without spaces.
pub(crate) fn letters(text: &str) -> String {
    text.chars().map(fold).nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words that have another form, with it.
pub(crate) fn known_forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    KNOWN.iter().filter(|(_, known)| known.role.is_some()).map(|(word, known)| (*word, known.canonical))
}

impl Words {
    /// Takes the words of a text, replacing those of the last.
    pub(crate) fn read(&mut self, text: &str) {
        self.text.clear();
        self.words.clear();
        self.append(text);
    }

    /// Takes the words of a text behind those that are there.
    pub(crate) fn append(&mut self, text: &str) {
        let mut composed = std::mem::take(&mut self.composed);
        composed.clear();
        if text.is_ascii() {
            composed.extend(text.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            // Decompose to drop accents, then compose again so that Hangul stays in syllables.
            let marked = |c: char| if is_detached_accent(c) { '`' } else { fold(c) };
            let decomposed = text.chars().map(marked).nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
            for c in decomposed.nfc() {
                if c == 'ß' { composed.push_str("ss") } else { composed.push(c) }
            }
        }
        let mut joined = None;
        let mut glued = false;
        let mut chars = composed.chars().peekable();
        // The letter of the initials so far, if the word is made of single letters with points between.
        while let Some(c) = chars.next() {
            if c.is_whitespace() && chars.peek().is_some_and(|next| next.is_whitespace()) {
                continue;
            }
            if c.is_whitespace() && chars.peek().is_some_and(|next| is_detached_accent(*next)) {
                // "Universit ´e": an accent that came apart from its letter.
                chars.next();
                continue;
            }
            if is_detached_accent(c) {
                continue;
            }
            if is_cjk(c) {
                self.flush(&mut joined);
                self.raw.push(c);
                self.flush(&mut joined);
                if let Some(word) = self.words.last_mut() {
                    word.glued = glued;
                }
                glued = true;
                continue;
            }
            glued = false;
            if c.is_alphanumeric() {
                self.raw.push(c);
            } else if c == '&' {
                self.flush(&mut joined);
                joined = Some(Join::Other);
            } else if is_apostrophe(c) {
            } else if c == '.' && self.is_initials() && chars.peek().is_some_and(|next| next.is_alphanumeric() && !is_cjk(*next)) {
                // "M.I.T." and "U.S.A." go on; "J.Smith" does as well, which harms no name.
                self.raw.push('.');
            } else {
                self.flush(&mut joined);
            }
        }
        self.flush(&mut joined);
        self.composed = composed;
    }

    /// Whether the word under way consists of single letters parted by points.
    fn is_initials(&self) -> bool {
        let mut letters = 0;
        for c in self.raw.chars() {
            letters = if c == '.' { 0 } else { letters + 1 };
            if letters > 1 {
                return false;
            }
        }
        letters == 1
    }

    fn flush(&mut self, joined: &mut Option<Join>) {
        if self.raw.is_empty() {
            return;
        }
        self.raw.retain(|c| c != '.');
        if DROPPED.contains(self.raw.as_str()) {
            // Of several ("of the") the first says more.
            let join = match self.raw.as_str() {
                of if OF.contains(&of) => Join::Of,
                article if ARTICLES.contains(&article) => Join::Article,
                _ => Join::Other,
            };
            joined.get_or_insert(join);
            self.raw.clear();
            return;
        }
        let word = without_footnote(&self.raw);
        let (canonical, role) = match KNOWN.get(word) {
            Some(Known { role: None, .. }) => {
                self.raw.clear();
                return;
            }
            Some(Known { canonical, role: Some(role) }) => (*canonical, *role),
            None if word.bytes().any(|byte| byte.is_ascii_digit()) => (word, Role::Number),
            None => (word, Role::Specific),
        };
        let start = self.text.len() as u32;
        self.text.push_str(canonical);
        self.words.push(Word { start, end: self.text.len() as u32, role, joined: std::mem::take(joined), glued: false });
        self.raw.clear();
    }

    /// A word's text.
    pub(crate) fn word(&self, index: usize) -> &str {
        let Word { start, end, .. } = self.words[index];
        &self.text[start as usize..end as usize]
    }
}

/// Letters that decomposition leaves alone.
fn fold(c: char) -> char {
    match c {
        'ł' | 'Ł' => 'l',
        'ø' | 'Ø' => 'o',
        'đ' | 'Đ' => 'd',
        'ı' => 'i',
        // Greek has another small sigma at the end of words, but one capital.
        'ς' => 'σ',
        other => other,
    }
}

/// A key of words without the spaces between them, so that "Jiao Tong" and "Jiaotong" are one (FNV-1a over their bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) u64);

impl Key {
    pub(crate) const EMPTY: Key = Key(0xcbf2_9ce4_8422_2325);

    /// The key of these words and `text` behind them.
    pub(crate) fn then(self, text: &str) -> Key {
        Key(text.bytes().fold(self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    /// The key of all words of a text.
    pub(crate) fn of(words: &Words) -> Key {
        Key::EMPTY.then(&words.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Words::default();
        words.read(text);
        (0..words.words.len()).map(|index| words.word(index).to_owned()).collect()
    }

    #[test]
    fn one_form() {
        assert_eq!(
            words("Dept. of Mech. Eng., Seoul Nat'l Univ."),
            ["department", "mech", "engineering", "seoul", "national", "university"]
        );
        assert_eq!(words("Université de Montréal"), ["university", "montreal"]);
        assert_eq!(words("M.I.T., U.S.A. and King’s College"), ["mit", "usa", "kings", "college"]);
        assert_eq!(words("Google Inc."), ["google"]);
        assert_eq!(words("서울 대학교"), ["서", "울", "대", "학", "교"]);
        assert_eq!(words("Wrocław"), ["wroclaw"]);
    }

    #[test]
    fn keys_know_no_spaces() {
        let key = |text: &str| {
            let mut words = Words::default();
            words.read(text);
            Key::of(&words)
        };
        assert_eq!(key("Shanghai Jiao Tong University"), key("SHANGHAI JIAOTONG UNIV"));
        assert_eq!(key("서울대학교"), key("서울 대학교"));
        assert_ne!(key("Nanjing University"), key("Nanjing University of Aeronautics"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in ".{0,80}") {
            let mut words = Words::default();
            words.read(&text);
            for index in 0..words.words.len() {
                prop_assert!(!words.word(index).is_empty());
            }
        }
    }
}
