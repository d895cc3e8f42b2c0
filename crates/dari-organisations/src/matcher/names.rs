//! The names of the register, and what people write instead of them, by key.

use rustc_hash::FxHashMap;

use crate::korean::{romanise, short_form, skeleton};
use crate::organisation::{NameKind, Organisation};
use crate::places::Places;
use crate::register::{Index, Register};
use crate::words::{Join, Key, Role, Words, is_cjk, letters};

/// How a name in the register stands to what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Form {
    /// As in the register.
    Full,
    /// Initials, or another single short word.
    Acronym,
    /// A company's name without the country in brackets.
    Company,
    /// In two segments: `University of California, Berkeley`.
    Split,
    /// A name cut short at its city, its purpose, its parent or a dash, written without spaces, or a Korean one in other Latin letters.
    Loose,
    /// `University of X` for `X University`: often another university.
    Flipped,
    /// With a letter wrong.
    Misspelt,
    /// A web or e-mail domain.
    Domain,
}

/// Number of [`Form`]s.
pub(crate) const FORMS: usize = 8;

/// A name of an organisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub(crate) organisation: Index,
    pub(crate) form: Form,
    /// The key of the rest of a name in two segments.
    pub(crate) rest: Option<Key>,
    pub(crate) words: u8,
    /// Words that tell it apart from others.
    pub(crate) specific: u8,
    /// The display name or an official label, not an alias.
    pub(crate) official: bool,
}

/// The most words of a name that are looked up.
pub(crate) const LONGEST: usize = 16;

/// Names by key.
#[derive(Debug, Default)]
pub(crate) struct Names {
    places: FxHashMap<u64, (u32, u32)>,
    entries: Vec<Entry>,
    /// Names of Korean organisations by the consonants of what tells them apart and the rest of their words.
    pub(crate) skeletons: FxHashMap<u64, Vec<Entry>>,
    /// Organisations by domain.
    pub(crate) domains: FxHashMap<String, Vec<Index>>,
}

impl Names {
    pub(crate) fn new(register: &Register, places: &Places) -> Names {
        let mut collector = Collector { places: Some(places), ..Collector::default() };
        for (index, organisation) in register.all().iter().enumerate() {
            collector.organisation(index as Index, organisation);
            for &parent in register.parents(index as Index) {
                collector.part(index as Index, organisation, register.get(parent));
            }
        }
        collector.prefixes();
        collector.finish()
    }

    /// The names of a key.
    pub(crate) fn get(&self, key: u64) -> &[Entry] {
        self.places.get(&key).map_or(&[], |&(start, end)| &self.entries[start as usize..end as usize])
    }
}

#[derive(Default)]
struct Collector<'p> {
    places: Option<&'p Places>,
    entries: Vec<(u64, Entry)>,
    /// Full names of more than one word, for [`Collector::prefixes`]: entry and the ends of its words.
    full: Vec<(Entry, Words)>,
    names: Names,
    words: Words,
}

impl Collector<'_> {
    fn organisation(&mut self, index: Index, organisation: &Organisation) {
        let korean = organisation.country == Some("KR");
        for name in &organisation.names {
            let official = matches!(name.kind, NameKind::Display | NameKind::Label);
            self.name(index, &name.text, name.kind, official);
            if name.kind != NameKind::Acronym && !organisation.types.iter().any(|kind| kind == "company") {
                let entry = Entry { organisation: index, form: Form::Loose, rest: None, words: 0, specific: 0, official };
                self.without_city(organisation, &name.text, entry);
            }
            if korean {
                self.korean(index, &name.text, official);
            }
        }
        for domain in &organisation.domains {
            self.names.domains.entry(domain.clone()).or_default().push(index);
        }
    }

    fn add(&mut self, entry: Entry) {
        let key = Key::of(&self.words);
        self.entries.push((key.0, Entry { words: self.words.words.len().min(255) as u8, specific: specific(&self.words), ..entry }));
    }

    fn name(&mut self, organisation: Index, text: &str, kind: NameKind, official: bool) {
        self.words.read(text);
        if self.words.words.is_empty() || self.words.text.chars().count() < 2 {
            return;
        }
        let short = self.words.words.len() == 1 && self.words.text.len() <= 6 && !self.words.text.contains(is_cjk);
        let form = if kind == NameKind::Acronym || short { Form::Acronym } else { Form::Full };
        let entry = Entry { organisation, form, rest: None, words: 0, specific: 0, official };
        self.add(entry);
        if form == Form::Acronym {
            return;
        }
        if self.words.words.len() > 2 {
            let entry = Entry { words: self.words.words.len().min(255) as u8, specific: specific(&self.words), ..entry };
            self.full.push((entry, self.words.clone()));
        }
        self.flipped(entry);
        self.university(entry);
        self.without_purpose(entry);
        self.unspaced(text, entry);
        // "Google (United States)": the company's name and, said elsewhere, its country.
        if let Some((name, bracket)) = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("))
            && dari_model::country::find(bracket).is_some()
        {
            self.words.read(name);
            if self.words.text.chars().count() > 1 {
                self.add(Entry { form: Form::Company, ..entry });
            }
            return;
        }
        self.parted(text, entry);
    }

    /// "Stanford" for Stanford University.
    fn university(&mut self, entry: Entry) {
        let words = &self.words;
        if words.words.len() == 2 && words.word(1) == "university" && words.word(0).len() > 3 && self.tells_apart(0) {
            let key = Key::EMPTY.then(words.word(0));
            self.entries.push((key.0, Entry { form: Form::Loose, words: 1, specific: 1, ..entry }));
        }
    }

    /// Whether a word tells a name apart and is not where it is.
    fn tells_apart(&self, word: usize) -> bool {
        let is_place = |places: &Places| places.is_place(Key::EMPTY.then(self.words.word(word)).0);
        self.words.words[word].role == Role::Specific && !self.places.is_some_and(is_place)
    }

    /// A name without what it is for: "Salk Institute" for Salk Institute for Biological Studies.
    fn without_purpose(&mut self, entry: Entry) {
        let words = &self.words.words;
        let Some(end) = (2..words.len()).find(|&word| words[word].joined == Some(Join::Of)) else { return };
        if matches!(words[end - 1].role, Role::Body | Role::Unit) && (0..end).any(|word| self.tells_apart(word)) {
            let key = (0..end).fold(Key::EMPTY, |key, word| key.then(self.words.word(word)));
            self.entries.push((key.0, Entry { form: Form::Loose, words: end.min(255) as u8, specific: 1, ..entry }));
        }
    }

    /// A name written without spaces, small words and all.
    fn unspaced(&mut self, text: &str, entry: Entry) {
        if self.words.words.len() > 2 && !text.contains(is_cjk) {
            let key = unspaced_key(&letters(text));
            let entry = Entry { form: Form::Loose, words: self.words.words.len().min(255) as u8, specific: specific(&self.words), ..entry };
            self.entries.push((key.0, entry));
        }
    }

    /// A name without the city it ends with: "Hebrew University" for Hebrew University of Jerusalem.
    fn without_city(&mut self, organisation: &Organisation, text: &str, entry: Entry) {
        let Some(city) = organisation.city.as_deref() else { return };
        self.words.read(city);
        let (length, city) = (self.words.words.len(), Key::of(&self.words));
        self.words.read(text);
        let all = self.words.words.len();
        if length == 0 || all < length + 2 {
            return;
        }
        let key = |range: std::ops::Range<usize>| range.fold(Key::EMPTY, |key, word| key.then(self.words.word(word)));
        if key(all - length..all) == city {
            let key = key(0..all - length);
            let kept = (0..all - length).filter(|&word| self.words.words[word].role == Role::Specific).count();
            if kept == 0 {
                return;
            }
            let entry = Entry { form: Form::Loose, words: (all - length).min(255) as u8, specific: kept.min(255) as u8, ..entry };
            self.entries.push((key.0, entry));
        }
    }

    /// What is left of a part's name without its parent's: "Computer Science and Artificial Intelligence Laboratory" of MIT.
    fn part(&mut self, index: Index, organisation: &Organisation, parent: &Organisation) {
        let mut parents = Words::default();
        for name in &organisation.names {
            if name.kind == NameKind::Acronym || name.text.contains(is_cjk) {
                continue;
            }
            self.words.read(&name.text);
            let all = self.words.words.len();
            for of in &parent.names {
                parents.read(&of.text);
                let length = parents.words.len();
                if length == 0 || all < length + 2 {
                    continue;
                }
                let key = |range: std::ops::Range<usize>| range.fold(Key::EMPTY, |key, word| key.then(self.words.word(word)));
                let rest = if key(0..length) == Key::of(&parents) {
                    length..all
                } else if key(all - length..all) == Key::of(&parents) {
                    0..all - length
                } else {
                    continue;
                };
                let kept = rest.clone().filter(|&word| self.words.words[word].role == Role::Specific).count();
                let (words, specific) = (rest.len().min(255) as u8, kept.min(255) as u8);
                let entry = Entry { organisation: index, form: Form::Loose, rest: None, words, specific, official: false };
                self.entries.push((key(rest).0, entry));
                break;
            }
        }
    }

    /// "University of X" where the register has "X University", and the other way round.
    fn flipped(&mut self, entry: Entry) {
        let words = &self.words;
        let last = words.words.len() - 1;
        // Of official names alone: "Seoul Daehakgyo" is Seoul National University, "University of Seoul" is another one.
        if last == 0 || last > 3 || !entry.official {
            return;
        }
        let order: Vec<usize> = if words.word(0) == "university" {
            (1..=last).chain([0]).collect()
        } else if words.word(last) == "university" {
            [last].into_iter().chain(0..last).collect()
        } else {
            return;
        };
        let key = order.into_iter().fold(Key::EMPTY, |key, word| key.then(words.word(word)));
        let entry = Entry { form: Form::Flipped, words: (last + 1) as u8, specific: specific(words), ..entry };
        self.entries.push((key.0, entry));
    }

    /// Names of two halves, parted by a comma, a free dash, "at" or brackets: the halves may stand in different segments. What follows a free dash may
    /// be left out.
    fn parted(&mut self, text: &str, entry: Entry) {
        for separator in [", ", " – ", " - ", "–", " at ", " ("] {
            let Some((first, rest)) = text.split_once(separator) else { continue };
            self.words.read(rest.trim_end_matches(')'));
            if self.words.words.is_empty() {
                continue;
            }
            let rest_key = Key::of(&self.words);
            self.words.read(first);
            if self.words.words.is_empty() {
                continue;
            }
            self.add(Entry { form: Form::Split, rest: Some(rest_key), ..entry });
            if separator == " - " || separator == " – " {
                self.add(Entry { form: Form::Loose, ..entry });
            }
        }
    }

    /// What else Korean organisations are called: 서울대 for 서울대학교, and Latin spellings that share their consonants.
    fn korean(&mut self, organisation: Index, text: &str, official: bool) {
        let entry = Entry { organisation, form: Form::Loose, rest: None, words: 0, specific: 0, official };
        if text.contains(is_cjk) {
            if let Some(short) = short_form(text) {
                self.words.read(&short);
                self.add(entry);
            }
            // The Hangul itself, in Latin letters.
            self.words.read(text);
            let latin = romanise(&self.words.text);
            if latin.is_ascii() && latin.len() >= 10 {
                let key = Key::EMPTY.then("korean:").then(&skeleton(&latin));
                self.names.skeletons.entry(key.0).or_default().push(Entry { words: 1, specific: 1, ..entry });
            }
            return;
        }
        self.words.read(text);
        if let Some(key) = skeleton_key(&self.words, 0..self.words.words.len()) {
            let entry = Entry { words: self.words.words.len().min(255) as u8, specific: specific(&self.words), ..entry };
            self.names.skeletons.entry(key.0).or_default().push(entry);
        }
    }

    /// Names that begin with a whole other name: the rest may stand in a segment of its own ("University of Illinois, Urbana-Champaign").
    fn prefixes(&mut self) {
        let known: rustc_hash::FxHashSet<u64> =
            self.entries.iter().filter(|(_, entry)| entry.form == Form::Full).map(|(key, _)| *key).collect();
        for (entry, words) in std::mem::take(&mut self.full) {
            let mut key = Key::EMPTY;
            for end in 1..words.words.len() {
                key = key.then(words.word(end - 1));
                if end > 1 && known.contains(&key.0) {
                    let rest = (end..words.words.len()).fold(Key::EMPTY, |rest, word| rest.then(words.word(word)));
                    self.entries.push((key.0, Entry { form: Form::Split, rest: Some(rest), ..entry }));
                }
            }
        }
    }

    fn finish(mut self) -> Names {
        self.entries.sort_by_key(|(key, entry)| (*key, entry.organisation, entry.form, entry.rest.map(|rest| rest.0), !entry.official));
        self.entries.dedup_by_key(|(key, entry)| (*key, entry.organisation, entry.form, entry.rest.map(|rest| rest.0)));
        let mut names = self.names;
        for (place, (key, entry)) in self.entries.into_iter().enumerate() {
            names.entries.push(entry);
            let range = names.places.entry(key).or_insert((place as u32, place as u32));
            range.1 = place as u32 + 1;
        }
        for entries in names.skeletons.values_mut() {
            entries.sort_by_key(|entry| (entry.organisation, !entry.official));
            entries.dedup_by_key(|entry| entry.organisation);
        }
        names
    }
}

/// The key of a name written without spaces.
pub(crate) fn unspaced_key(letters: &str) -> Key {
    Key::EMPTY.then("unspaced:").then(letters)
}

/// Words that tell a name apart, characters of Chinese, Japanese and Korean counting half.
pub(crate) fn specific(words: &Words) -> u8 {
    let halves: usize = (0..words.words.len())
        .filter(|&word| words.words[word].role == Role::Specific)
        .map(|word| if words.word(word).contains(is_cjk) { 1 } else { 2 })
        .sum();
    halves.div_ceil(2).min(255) as u8
}

/// The key of a Latin spelling of a Korean name: general words as they are, the others by their consonants. None where too little tells it apart.
pub(crate) fn skeleton_key(words: &Words, range: std::ops::Range<usize>) -> Option<Key> {
    let mut key = Key::EMPTY;
    let mut consonants = 0;
    let mut general = 0;
    for word in range {
        if words.words[word].role == Role::Specific {
            let sounds = skeleton(words.word(word));
            consonants += sounds.len();
            key = key.then(&sounds);
        } else {
            general += 1;
            key = key.then("/").then(words.word(word)).then("/");
        }
    }
    (consonants >= 3 && general >= 1).then_some(key)
}
