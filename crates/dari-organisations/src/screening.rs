//! Names on screening lists against the register: leads for a person to look at, never a verdict.

use rustc_hash::FxHashMap;

use crate::organisation::NameKind;
use crate::register::{Index, Register};
use crate::search::{Fit, Search};
use crate::words::{Key, Role, Words};

/// A name on a list, with all editions that have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The list's short name.
    pub list: String,
    /// Editions that have the name, in order.
    pub editions: Vec<String>,
    /// Name as listed.
    pub name: String,
    /// Other names as listed.
    pub aliases: Vec<String>,
    /// ISO 3166-1 codes of the countries listed with it; none: not said.
    pub countries: Vec<&'static str>,
    /// Ends as listed, where the entry has ended.
    pub ended: Option<String>,
}

/// Why an organisation is a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// A name of it has the same words as a listed one.
    SameName,
    /// Initials of it are listed.
    SameInitials,
    /// A part of it is listed: the listed name begins with its name.
    PartListed,
    /// A name of it is near a listed one.
    NearName,
}

impl Likeness {
    /// The likeness in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Likeness::SameName => "same name",
            Likeness::SameInitials => "same initials",
            Likeness::PartListed => "a part is listed",
            Likeness::NearName => "near name",
        }
    }
}

/// A lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Place of the listed name.
    pub listed: usize,
    /// The listed name or alias that fits.
    pub listed_name: String,
    /// The organisation as it is today.
    pub organisation: Index,
    /// Its name that fits.
    pub own_name: String,
    /// Why.
    pub likeness: Likeness,
    /// How alike the names are, from 0 to 1: 1 for the same words. Halved where the list names other countries alone. Not a probability.
    pub score: f64,
}

/// The least score of a lead.
pub const LEAST: f64 = 0.7;
/// The score of the same initials alone: many share them.
const INITIALS: f64 = 0.7;
/// The score of an organisation of which a part is listed.
const PART: f64 = 0.8;

/// What tells listed names apart: their words, without initials in brackets at the end ("Moscow Institute of Physics and Technology (MIPT)").
pub fn listed_key(name: &str) -> u64 {
    let initials = |bracket: &str| bracket.len() <= 10 && bracket.chars().all(|c| c.is_uppercase() || !c.is_alphabetic());
    let whole = name.trim().strip_suffix(')').and_then(|name| name.rsplit_once('(')).filter(|(_, bracket)| initials(bracket));
    let mut words = Words::default();
    words.read(whole.map_or(name, |(name, _)| name));
    Key::of(&words).0
}

/// Puts entries of the same list and name together, however the name is written; the spelling of the latest edition stays, the others become other names.
pub fn merge_editions(entries: impl IntoIterator<Item = Listed>) -> Vec<Listed> {
    let mut merged: Vec<Listed> = Vec::new();
    let mut places: FxHashMap<(String, u64), usize> = FxHashMap::default();
    for entry in entries {
        let key = (entry.list.clone(), listed_key(&entry.name));
        match places.get(&key) {
            Some(&place) => {
                let known = &mut merged[place];
                if entry.editions.iter().max() > known.editions.iter().max() {
                    known.aliases.push(std::mem::replace(&mut known.name, entry.name));
                    known.ended = entry.ended;
                } else {
                    known.aliases.push(entry.name);
                }
                known.editions.extend(entry.editions);
                known.aliases.extend(entry.aliases);
                known.countries.extend(entry.countries);
            }
            None => {
                places.insert(key, merged.len());
                merged.push(entry);
            }
        }
    }
    for entry in &mut merged {
        entry.editions.sort();
        entry.editions.dedup();
        entry.aliases.sort();
        entry.aliases.dedup();
        entry.aliases.retain(|alias| *alias != entry.name);
        entry.countries.sort_unstable();
        entry.countries.dedup();
    }
    merged
}

/// Finds leads.
#[derive(Debug)]
pub struct Screener<'r> {
    register: &'r Register,
    search: Search<&'r Register>,
    names: FxHashMap<u64, Vec<(Index, u16)>>,
}

impl<'r> Screener<'r> {
    /// A screener over a register.
    pub fn new(register: &'r Register) -> Screener<'r> {
        let mut names: FxHashMap<u64, Vec<(Index, u16)>> = FxHashMap::default();
        let mut words = Words::default();
        for (index, organisation) in register.all().iter().enumerate() {
            for (number, name) in organisation.names.iter().enumerate() {
                words.read(&name.text);
                if !words.words.is_empty() {
                    names.entry(Key::of(&words).0).or_default().push((index as Index, number as u16));
                }
            }
        }
        Screener { register, search: Search::new(register), names }
    }

    /// Leads from listed names: for each organisation and listed entry the best one, from a score of `least` up ([`LEAST`] by default).
    pub fn leads(&self, listed: &[Listed], least: f64) -> Vec<Lead> {
        let mut leads = Vec::new();
        for (place, entry) in listed.iter().enumerate() {
            let mut best: FxHashMap<Index, Lead> = FxHashMap::default();
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                self.leads_of(place, entry, name, &mut |lead| match best.get_mut(&lead.organisation) {
                    Some(known) if known.score >= lead.score => {}
                    Some(known) => *known = lead,
                    None => {
                        best.insert(lead.organisation, lead);
                    }
                });
            }
            let mut best: Vec<Lead> = best.into_values().filter(|lead| lead.score >= least).collect();
            best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.organisation.cmp(&b.organisation)));
            leads.extend(best);
        }
        leads
    }

    fn leads_of(&self, place: usize, entry: &Listed, name: &str, give: &mut dyn FnMut(Lead)) {
        let mut words = Words::default();
        words.read(name);
        if words.words.is_empty() {
            return;
        }
        let mut lead = |organisation: Index, own_name: &str, likeness, score: f64| {
            let country = self.register.get(organisation).country;
            let elsewhere = !entry.countries.is_empty() && country.is_some_and(|country| !entry.countries.contains(&country));
            give(Lead {
                listed: place,
                listed_name: name.to_owned(),
                organisation: self.register.today(organisation),
                own_name: own_name.to_owned(),
                likeness,
                score: if elsewhere { score / 2.0 } else { score },
            });
        };
        let same = |key: Key| {
            self.names
                .get(&key.0)
                .into_iter()
                .flatten()
                .map(|(index, number)| (*index, &self.register.get(*index).names[usize::from(*number)]))
        };
        for (organisation, own) in same(Key::of(&words)) {
            if own.kind == NameKind::Acronym || words.words.len() == 1 && words.text.len() <= 6 {
                lead(organisation, &own.text, Likeness::SameInitials, INITIALS);
            } else {
                lead(organisation, &own.text, Likeness::SameName, 1.0);
            }
        }
        if let Some((whole, _)) = name.split_once([',', '(', ';']) {
            words.read(whole);
            for (organisation, own) in same(Key::of(&words)).filter(|(_, own)| own.kind != NameKind::Acronym) {
                lead(organisation, &own.text, Likeness::PartListed, PART);
            }
        }
        for found in self.search.find(name, 5).into_iter().filter(|found| found.fit != Fit::Exact) {
            lead(found.organisation, &found.name, Likeness::NearName, likeness(name, &found.name));
        }
    }
}

/// What two names share of their words, 0 to 1; a word that tells names apart counts twice.
fn likeness(a: &str, b: &str) -> f64 {
    let read = |text: &str| {
        let mut words = Words::default();
        words.read(text);
        let weigh = |word: usize| (words.word(word).to_owned(), if words.words[word].role == Role::Specific { 2.0 } else { 1.0 });
        (0..words.words.len()).map(weigh).collect::<std::collections::BTreeMap<String, f64>>()
    };
    let (a, b) = (read(a), read(b));
    let sum = |words: &std::collections::BTreeMap<String, f64>| words.values().sum::<f64>();
    let shared: f64 = a.iter().filter(|(word, _)| b.contains_key(*word)).map(|(_, weight)| weight).sum();
    let all = sum(&a) + sum(&b) - shared;
    if all > 0.0 { shared / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::{Name, Organisation};

    fn organisation(id: i64, country: &'static str, names: &[(&str, NameKind)]) -> Organisation {
        Organisation {
            id,
            ror: Some(format!("0{id:08}")),
            name: names[0].0.to_owned(),
            names: names.iter().map(|(text, kind)| Name { text: (*text).to_owned(), language: None, kind: *kind }).collect(),
            country: Some(country),
            ..Organisation::default()
        }
    }

    fn listed(name: &str, country: Option<&'static str>) -> Listed {
        Listed { list: "l".to_owned(), name: name.to_owned(), countries: country.into_iter().collect(), ..Listed::default() }
    }

    #[test]
    fn likeness_by_hand() {
        // beihang (2), university (1) shared of beihang, university, astronautics (general, 1): 3 / 4.
        assert!((likeness("Beihang University", "Beihang University of Astronautics") - 0.75).abs() < 1e-12);
        assert_eq!(likeness("Beihang University", "BEIHANG UNIV."), 1.0);
        assert_eq!(likeness("", "x"), 0.0);
    }

    #[test]
    fn leads_say_why() {
        let register = Register::new(vec![
            organisation(1, "CN", &[("Beihang University", NameKind::Display), ("BUAA", NameKind::Acronym)]),
            organisation(2, "US", &[("Beihang University", NameKind::Display)]),
            organisation(3, "CN", &[("Academy of Military Medical Sciences", NameKind::Display)]),
            organisation(4, "KR", &[("Seoul National University", NameKind::Display)]),
        ]);
        let screener = Screener::new(&register);
        let all = [
            listed("Beihang Univ.", Some("CN")),
            listed("Academy of Military Medical Sciences, Institute of Hygiene", None),
            listed("BUAA", None),
        ];
        let leads = screener.leads(&all, LEAST);
        let found: Vec<_> = leads.iter().map(|lead| (lead.listed, register.get(lead.organisation).id, lead.likeness, lead.score)).collect();
        // The namesake in another country than the listed one scores half, below the least.
        assert_eq!(found, [(0, 1, Likeness::SameName, 1.0), (1, 3, Likeness::PartListed, 0.8), (2, 1, Likeness::SameInitials, 0.7)]);
    }

    #[test]
    fn one_of_several_countries_is_enough() {
        let register = Register::new(vec![organisation(1, "US", &[("Stanford University", NameKind::Display)])]);
        let entry = |countries: &[&'static str]| Listed { countries: countries.to_vec(), ..listed("Stanford University", None) };
        let score = |entry: Listed| Screener::new(&register).leads(&[entry], 0.1).first().map(|lead| lead.score);
        assert_eq!((score(entry(&["AE", "US"])), score(entry(&["AE"])), score(entry(&[]))), (Some(1.0), Some(0.5), Some(1.0)));
    }

    #[test]
    fn editions_come_together() {
        let entry = |edition: &str| Listed { editions: vec![edition.to_owned()], ..listed("A", None) };
        let merged = merge_editions([entry("2024"), entry("2022"), entry("2024"), listed("B", None)]);
        assert_eq!(merged.len(), 2);
        assert_eq!(merged[0].editions, ["2022", "2024"]);
        // However the name is written.
        let named = |name: &str, edition: &str| Listed { editions: vec![edition.to_owned()], ..listed(name, None) };
        let merged = merge_editions([named("Sun Yat-Sen University (SYSU)", "2022"), named("Sun Yat-sen University", "2025")]);
        assert_eq!(merged.len(), 1);
        assert_eq!(
            (merged[0].name.as_str(), &merged[0].aliases),
            ("Sun Yat-sen University", &vec!["Sun Yat-Sen University (SYSU)".to_owned()])
        );
    }
}
