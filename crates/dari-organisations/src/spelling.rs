//! Words with one letter wrong, found by what remains when a letter is taken away (after Garbe's "symmetric delete" spelling correction, 2012).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::register::Register;
use crate::words::{Key, Role, Words, is_cjk, known_forms};

/// Words of fewer letters are not kept for correction: too many others are near them.
const SHORTEST: usize = 4;

/// The words of the register's names.
#[derive(Debug, Default)]
pub(crate) struct Spelling {
    known: FxHashSet<u64>,
    /// Places in `words` by the key of a word with one letter taken away.
    near: FxHashMap<u64, Vec<u32>>,
    /// A word as it may be written, and in its one form.
    words: Vec<(Box<str>, Box<str>)>,
}

impl Spelling {
    pub(crate) fn new(register: &Register) -> Spelling {
        let mut spelling = Spelling::default();
        let mut words = Words::default();
        for name in register.all().iter().flat_map(|organisation| &organisation.names) {
            words.read(&name.text);
            for index in 0..words.words.len() {
                let word = words.word(index);
                if words.words[index].role != Role::Number {
                    spelling.add(word, word);
                }
            }
        }
        for (word, form) in known_forms() {
            spelling.add(word, form);
        }
        spelling
    }

    fn add(&mut self, word: &str, form: &str) {
        if !self.known.insert(Key::EMPTY.then(word).0) || word.chars().count() < SHORTEST || word.contains(is_cjk) {
            return;
        }
        let place = self.words.len() as u32;
        self.words.push((word.into(), form.into()));
        self.near.entry(Key::EMPTY.then(word).0).or_default().push(place);
        for_each_shorter(word, |key| self.near.entry(key).or_default().push(place));
    }

    /// Whether a word stands in any name.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.known.contains(&Key::EMPTY.then(word).0)
    }

    /// The words, in their one form, that differ from one that is in no name by one letter added, missing, wrong or two swapped; at most `most`.
    /// Words of fewer than `shortest` letters are left as they are.
    pub(crate) fn near(&self, word: &str, shortest: usize, most: usize) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        if word.chars().count() < shortest || word.contains(is_cjk) || word.bytes().any(|byte| byte.is_ascii_digit()) {
            return found;
        }
        let mut take = |key: u64| {
            for &place in self.near.get(&key).into_iter().flatten() {
                let (other, form) = &self.words[place as usize];
                if found.len() < most && !found.contains(&&**form) && strsim::osa_distance(word, other) == 1 {
                    found.push(form);
                }
            }
        };
        take(Key::EMPTY.then(word).0);
        for_each_shorter(word, take);
        found
    }
}

/// Calls with the key of the word without its first letter, without its second, and so on.
fn for_each_shorter(word: &str, mut call: impl FnMut(u64)) {
    for (at, c) in word.char_indices() {
        call(Key::EMPTY.then(&word[..at]).then(&word[at + c.len_utf8()..]).0);
    }
}
