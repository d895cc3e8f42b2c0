//! Finding organisations by name: any name of theirs, in any case, with or without accents, whole, begun, by some of its words or with a letter wrong.

use std::ops::Deref;

use rustc_hash::FxHashMap;

use crate::korean::short_form;
use crate::organisation::{Name, Status};
use crate::register::{Index, Register};
use crate::spelling::Spelling;
use crate::words::{Words, is_cjk};

/// How a name fits a query, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The same words.
    Exact,
    /// It begins with the query.
    Prefix,
    /// It has all words of the query, the last perhaps begun.
    Words,
    /// As before, with a letter of the query corrected.
    Fuzzy,
}

impl Fit {
    /// The fit in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Fit::Exact => "exact",
            Fit::Prefix => "prefix",
            Fit::Words => "words",
            Fit::Fuzzy => "fuzzy",
        }
    }
}

/// An organisation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The organisation.
    pub organisation: Index,
    /// The name that fits, as the register writes it.
    pub name: String,
    /// How.
    pub fit: Fit,
}

/// A name, numbered by how prominent its organisation is: number 0 belongs to the most prominent one.
#[derive(Debug)]
struct Row {
    /// Words parted by spaces.
    text: Box<str>,
    organisation: Index,
    /// Place among the organisation's names.
    name: u16,
    words: u8,
}

/// Candidates looked at for each way of fitting; more prominent ones come first.
const MOST: usize = 256;
/// Shorter words are not corrected: too many others are near them.
const SHORTEST: usize = 4;
/// Words that a begun word may stand for.
const MOST_WORDS: usize = 512;

/// An index over all names of a register. Building it takes a moment; a look-up takes some microseconds.
#[derive(Debug)]
pub struct Search<R> {
    register: R,
    rows: Vec<Row>,
    /// Rows in order of their text.
    sorted: Vec<u32>,
    /// Words in order, each with the rows that have it.
    vocabulary: Vec<(Box<str>, Vec<u32>)>,
    spelling: Spelling,
}

/// A query or name as it is compared: words parted by spaces, characters of Chinese, Japanese and Korean as pairs.
#[derive(Default)]
struct Terms {
    text: String,
    terms: Vec<String>,
}

impl Terms {
    fn read(&mut self, words: &mut Words, text: &str) {
        words.read(text);
        self.text.clear();
        self.terms.clear();
        let mut before: Option<char> = None;
        for index in 0..words.words.len() {
            let word = words.word(index);
            let cjk = word.chars().next().filter(|c| is_cjk(*c));
            match (before, cjk) {
                (Some(before), Some(c)) => self.terms.push([before, c].iter().collect()),
                (None, Some(_)) if !self.text.is_empty() => self.text.push(' '),
                (_, Some(_)) => {}
                (_, None) => {
                    if !self.text.is_empty() {
                        self.text.push(' ');
                    }
                    self.terms.push(word.to_owned());
                }
            }
            self.text.push_str(word);
            before = cjk;
        }
        if self.terms.is_empty() && !self.text.is_empty() {
            // A single character.
            self.terms.push(self.text.clone());
        }
    }
}

impl<R: Deref<Target = Register>> Search<R> {
    /// An index over the names of a register, borrowed or shared.
    pub fn new(register: R) -> Search<R> {
        let mut order: Vec<Index> = (0..register.all().len() as Index).collect();
        let prominence = |index: &Index| {
            let one = register.get(*index);
            (one.status != Status::Active, std::cmp::Reverse(one.relations.len() * 2 + one.names.len()), one.id)
        };
        order.sort_by_key(prominence);
        let (mut words, mut terms) = (Words::default(), Terms::default());
        let mut rows = Vec::new();
        let mut by_word: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for organisation in order {
            let names = &register.get(organisation).names;
            let texts = names.iter().enumerate().map(|(number, name)| (number, name.text.clone()));
            // In Korean every university goes by its name cut short: 서울대 for 서울대학교.
            let short = |(number, name): (usize, &Name)| Some((number, short_form(&name.text)?));
            for (number, text) in texts.chain(names.iter().enumerate().filter_map(short)) {
                terms.read(&mut words, &text);
                if terms.text.is_empty() {
                    continue;
                }
                let row = rows.len() as u32;
                for term in &terms.terms {
                    let of = by_word.entry(term.clone()).or_default();
                    if of.last() != Some(&row) {
                        of.push(row);
                    }
                }
                rows.push(Row {
                    text: terms.text.as_str().into(),
                    organisation,
                    name: number as u16,
                    words: terms.terms.len().min(255) as u8,
                });
            }
        }
        let mut sorted: Vec<u32> = (0..rows.len() as u32).collect();
        sorted.sort_by(|a, b| (&rows[*a as usize].text, a).cmp(&(&rows[*b as usize].text, b)));
        let mut vocabulary: Vec<(Box<str>, Vec<u32>)> = by_word.into_iter().map(|(word, rows)| (word.into(), rows)).collect();
        vocabulary.sort();
        let spelling = Spelling::new(&register);
        Search { register, rows, sorted, vocabulary, spelling }
    }

    /// The organisations whose names fit a query best, at most `most`, each once, with the name that fits.
    pub fn find(&self, query: &str, most: usize) -> Vec<Found> {
        self.find_among(query, most, &|_| true)
    }

    /// As [`find`](Self::find), among the organisations that `wanted` accepts.
    pub fn find_among(&self, query: &str, most: usize, wanted: &dyn Fn(Index) -> bool) -> Vec<Found> {
        let (mut words, mut terms) = (Words::default(), Terms::default());
        terms.read(&mut words, query);
        if terms.text.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(Fit, u32)> = Vec::new();
        let begins = self.begins_with(&terms.text, wanted);
        found.extend(begins.iter().map(|&row| (if *self.rows[row as usize].text == *terms.text { Fit::Exact } else { Fit::Prefix }, row)));
        found.extend(self.with_words(&terms.terms, wanted).into_iter().map(|row| (Fit::Words, row)));
        if found.len() < most {
            for corrected in self.corrected(&terms.terms) {
                found.extend(self.with_words(&corrected, wanted).into_iter().map(|row| (Fit::Fuzzy, row)));
            }
        }
        let words_asked = terms.terms.len() as u8;
        // Of names that fit alike, the one with the fewest other words, then the more prominent organisation; initials only where they are the query.
        found.sort_by_key(|&(fit, row)| {
            let one = &self.rows[row as usize];
            let ended = self.register.get(one.organisation).status != Status::Active;
            let more = one.words.saturating_sub(words_asked);
            (
                fit,
                ended,
                if fit == Fit::Exact {
                    0
                } else if fit == Fit::Fuzzy {
                    more
                } else {
                    more / 2
                },
                row,
            )
        });
        let mut out: Vec<Found> = Vec::new();
        for (fit, row) in found {
            let row = &self.rows[row as usize];
            if out.len() == most {
                break;
            }
            if !out.iter().any(|other| other.organisation == row.organisation) {
                let name = self.register.get(row.organisation).names[usize::from(row.name)].text.clone();
                out.push(Found { organisation: row.organisation, name, fit });
            }
        }
        out
    }

    /// Rows whose text begins with a prefix: those equal to it, then the most prominent others.
    fn begins_with(&self, prefix: &str, wanted: &dyn Fn(Index) -> bool) -> Vec<u32> {
        let text = |row: &u32| &*self.rows[*row as usize].text;
        let first = self.sorted.partition_point(|row| text(row) < prefix);
        let equal = self.sorted[first..].partition_point(|row| text(row) == prefix);
        let all = self.sorted[first..].partition_point(|row| text(row).starts_with(prefix));
        let accepted =
            |rows: &[u32]| -> Vec<u32> { rows.iter().copied().filter(|row| wanted(self.rows[*row as usize].organisation)).collect() };
        let mut found = accepted(&self.sorted[first..first + equal]);
        let mut others = accepted(&self.sorted[first + equal..first + all]);
        if others.len() > MOST {
            others.select_nth_unstable(MOST);
            others.truncate(MOST);
        }
        found.truncate(MOST);
        found.extend(others);
        found
    }

    fn rows_of(&self, word: &str) -> &[u32] {
        let place = self.vocabulary.binary_search_by(|(other, _)| (**other).cmp(word));
        place.map_or(&[], |place| &self.vocabulary[place].1)
    }

    /// Rows that have all words, the last perhaps begun.
    fn with_words(&self, words: &[String], wanted: &dyn Fn(Index) -> bool) -> Vec<u32> {
        let Some((last, whole)) = words.split_last() else { return Vec::new() };
        let first = self.vocabulary.partition_point(|(word, _)| **word < **last);
        let begun = self.vocabulary[first..].iter().take_while(|(word, _)| word.starts_with(last.as_str())).take(MOST_WORDS);
        let mut lists: Vec<&[u32]> = whole.iter().map(|word| self.rows_of(word)).collect();
        lists.sort_by_key(|list| list.len());
        let mut found = Vec::new();
        for (_, ends) in begun {
            let (shortest, others): (&[u32], Vec<&[u32]>) = match lists.split_first() {
                Some((rarest, rest)) if rarest.len() < ends.len() => (rarest, rest.iter().copied().chain([ends.as_slice()]).collect()),
                _ => (ends, lists.clone()),
            };
            let accepted = shortest.iter().filter(|row| wanted(self.rows[**row as usize].organisation));
            let all = accepted.filter(|row| others.iter().all(|list| list.binary_search(row).is_ok()));
            found.extend(all.take(MOST).copied());
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(MOST);
        found
    }

    /// The query with words replaced by those near them; a word that stands in some name may be right as it is.
    fn corrected(&self, words: &[String]) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = vec![Vec::new()];
        let mut changed = false;
        for word in words {
            let mut choices = self.spelling.near(word, SHORTEST, 3);
            changed |= !choices.is_empty();
            if !self.rows_of(word).is_empty() || choices.is_empty() {
                choices.push(word);
            }
            all = all.iter().flat_map(|begun| choices.iter().map(|choice| [begun.as_slice(), &[(*choice).to_owned()]].concat())).collect();
            all.truncate(64);
        }
        if changed { all } else { Vec::new() }
    }
}
