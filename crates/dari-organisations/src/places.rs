//! Countries and cities that a text names: from names and common abbreviations in English, Korean and some other languages, states and provinces, cities of
//! the register's organisations, and domains.

use dari_model::country;
use rustc_hash::FxHashMap;

use crate::matcher::segments::{Segment, Segmented};
use crate::register::Register;
use crate::words::{Key, Role, Words};

/// How sure a country is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A city that organisations of the country have, or a two-letter code.
    City,
    /// Its name among other words, or the end of a domain.
    Mention,
    /// Its name, or that of a state or province, in a segment that says where and nothing else.
    Named,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Country(&'static str),
    Region(&'static str),
    /// The country that has nine in ten of the register's organisations in cities of this name, if one has.
    City(Option<&'static str>),
}

/// The most words the name of a place has.
const LONGEST: usize = 5;

/// Names of places.
#[derive(Debug, Default)]
pub(crate) struct Places {
    names: FxHashMap<u64, Place>,
}

/// What a part of an affiliation says of where.
#[derive(Debug, Default)]
pub(crate) struct Where {
    /// Countries with the best evidence of each.
    pub(crate) countries: Vec<(&'static str, Evidence)>,
    /// Keys of the cities and regions named in segments that name nothing else.
    pub(crate) cities: Vec<u64>,
    /// All places named, in order.
    pub(crate) mentions: Vec<Mention>,
}

/// A place that is named somewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    pub(crate) words: (usize, usize),
    pub(crate) country: Option<&'static str>,
    evidence: Evidence,
    pub(crate) key: u64,
}

impl Where {
    fn add(&mut self, code: &'static str, evidence: Evidence) {
        match self.countries.iter_mut().find(|(other, _)| *other == code) {
            Some((_, best)) => *best = evidence.max(*best),
            None => self.countries.push((code, evidence)),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.countries.clear();
        self.cities.clear();
        self.mentions.clear();
    }

    /// The best evidence there is.
    pub(crate) fn best(&self) -> Option<Evidence> {
        self.countries.iter().map(|(_, evidence)| *evidence).max()
    }

    /// The one country that the best evidence names; none if it names several.
    pub(crate) fn only(&self) -> Option<(&'static str, Evidence)> {
        let best = self.best()?;
        let mut named = self.countries.iter().filter(|(_, evidence)| *evidence == best);
        let only = named.next()?;
        named.next().is_none().then_some(*only)
    }

    /// Leaves out countries that are only named because another is: "Hong Kong, China", "Korea (DPR)", "Puerto Rico, USA".
    pub(crate) fn settle(&mut self) {
        for (inner, outer) in [("HK", "CN"), ("MO", "CN"), ("TW", "CN"), ("PR", "US"), ("GU", "US"), ("KP", "KR")] {
            let evidence = |code: &str| self.countries.iter().find(|(other, _)| *other == code).map(|(_, evidence)| *evidence);
            // Of the two Koreas whatever is said of the North says which one; elsewhere the smaller place is to be named as clearly as the larger.
            let settled = evidence(inner).is_some_and(|own| inner == "KP" || Some(own) >= evidence(outer));
            if settled {
                self.countries.retain(|(code, _)| *code != outer);
            }
        }
    }
}

/// Two-letter codes of the states of the US and the provinces of Canada.
const STATES: &str = "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc";
/// Two letters that are a word or an abbreviation more often than a code; with a number beside them they are codes.
const NO_CODES: &str = "ai cs ee ml cv hr it is no at by so to tv id me my be as am do in or ok hi pm sr la st eu ms al";
const PROVINCES: &str = "on qc bc ab mb sk ns nb nl";

impl Places {
    pub(crate) fn new(register: &Register) -> Places {
        let mut places = Places::default();
        let mut words = Words::default();
        let mut key = |text: &str| {
            words.read(text);
            (!words.words.is_empty()).then(|| Key::of(&words).0)
        };
        let mut cities: FxHashMap<u64, FxHashMap<&'static str, u32>> = FxHashMap::default();
        for organisation in register.all() {
            if let (Some(city), Some(code)) = (organisation.city.as_deref().and_then(&mut key), organisation.country) {
                *cities.entry(city).or_default().entry(code).or_default() += 1;
            }
        }
        for (city, counts) in cities {
            let all: u32 = counts.values().sum();
            let most = counts.iter().max_by_key(|(code, count)| (**count, **code));
            places.names.insert(city, Place::City(most.filter(|(_, count)| **count * 10 >= all * 9).map(|(code, _)| *code)));
        }
        for line in include_str!("../data/regions.csv").lines().skip(1) {
            let Some((name, code)) = line.rsplit_once(',') else { continue };
            if let (Some(key), Some(country)) = (key(name), country::by_code(code)) {
                places.names.insert(key, Place::Region(country.code));
            }
        }
        for (name, country) in country::names() {
            // Georgia is a state as well: what else is said decides. America may be any part of it.
            if name != "Georgia"
                && name != "America"
                && let Some(key) = key(name)
            {
                places.names.insert(key, Place::Country(country.code));
            }
        }
        places
    }

    /// Whether a text names a place and nothing else.
    pub(crate) fn is_place(&self, key: u64) -> bool {
        self.names.contains_key(&key)
    }

    /// Reads what a segment says of where; `true` if it says nothing else.
    /// `alone`: the part has no other segment.
    pub(crate) fn read(&self, text: &Segmented, segment: &Segment, alone: bool, into: &mut Where) -> bool {
        let words = &text.words;
        let first = into.mentions.len();
        let mut at = segment.words.start;
        let mut only = true;
        let numbered = segment.words.clone().any(|word| words.words[word].role == Role::Number);
        while at < segment.words.end {
            if let Some((end, key, place)) = self.longest(words, at, segment.words.end) {
                let (country, evidence) = match place {
                    Place::Country(code) => (Some(code), Evidence::Named),
                    Place::Region(code) => (Some(code), Evidence::Mention),
                    Place::City(code) => (code, Evidence::City),
                };
                into.mentions.push(Mention { words: (at, end), country, evidence, key });
                at = end;
                continue;
            }
            if words.words[at].role != Role::Number {
                // A code says something beside a place or a number ("Pittsburgh, PA 15213"), and in a segment of its own beside others ("Paris, FR").
                let alone = segment.words.len() == 1 && alone;
                match self.code(words.word(at), numbered).filter(|_| !alone) {
                    Some(code) => {
                        into.mentions.push(Mention { words: (at, at + 1), country: Some(code), evidence: Evidence::City, key: 0 })
                    }
                    None => only = false,
                }
            }
            at += 1;
        }
        for place in first..into.mentions.len() {
            let Mention { country, evidence, key, .. } = into.mentions[place];
            if only {
                into.cities.push(key);
            }
            // Among other words the name of a country still says something; a city or a state may be part of anything.
            let region = evidence == Evidence::Mention;
            let evidence = match (only, region) {
                (true, true) => Evidence::Named,
                (true, false) => evidence,
                (false, _) => evidence.min(Evidence::Mention),
            };
            if let Some(code) = country
                && (only || into.mentions[place].evidence == Evidence::Named)
            {
                into.add(code, evidence);
            }
        }
        only
    }

    fn longest(&self, words: &Words, at: usize, end: usize) -> Option<(usize, u64, Place)> {
        let mut key = Key::EMPTY;
        let mut found = None;
        for to in at..end.min(at + LONGEST) {
            key = key.then(words.word(to));
            if let Some(place) = self.names.get(&key.0) {
                found = Some((to + 1, key.0, *place));
            }
        }
        found
    }

    /// The country of a two-letter code as addresses have them: of a state, of a province, or its own.
    fn code(&self, word: &str, numbered: bool) -> Option<&'static str> {
        if word.len() != 2 || !word.is_ascii() {
            return None;
        }
        let listed = |list: &str| list.split(' ').any(|code| code == word);
        if listed(NO_CODES) && !numbered {
            return None;
        }
        if listed(STATES) {
            return Some("US");
        }
        if listed(PROVINCES) {
            return Some("CA");
        }
        country::by_code(word).map(|country| country.code)
    }

    /// Takes what the end of a domain says: `.kr`, `.edu`.
    pub(crate) fn read_domain(&self, domain: &str, into: &mut Where) {
        let code = match domain.rsplit('.').next() {
            Some("uk") => Some("GB"),
            Some("edu" | "gov" | "mil") => Some("US"),
            // Used as words by anyone.
            Some("ai" | "io" | "co" | "me" | "tv" | "eu" | "cc" | "to") | None => None,
            Some(end) if end.len() == 2 => country::by_code(end).map(|country| country.code),
            Some(_) => None,
        };
        if let Some(code) = code {
            into.add(code, Evidence::Mention);
        }
    }
}
