//! Embassies: named by the country that sends and the country or capital that receives, in many ways.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::gazetteer::has_edges;
use super::organisations::Candidate;

#[derive(Deserialize)]
struct Countries {
    country: Vec<Country>,
}

#[derive(Deserialize)]
struct Country {
    /// As in the canonical name of an embassy, with its article.
    name: String,
    english: Vec<String>,
    korean: Vec<String>,
    capital: Vec<String>,
}

struct Embassies {
    countries: Vec<Country>,
    /// With the groups `from` and `to`.
    patterns: Vec<Regex>,
}

static EMBASSIES: LazyLock<Option<Embassies>> = LazyLock::new(|| {
    let countries: Countries = toml::from_str(include_str!("../../data/draft-countries.toml")).ok()?;
    let countries = countries.country;
    let any = |pick: fn(&Country) -> Vec<&String>| {
        let mut names: Vec<String> = countries.iter().flat_map(pick).map(|name| regex::escape(name)).collect();
        // The longest first, for the first alternative that matches is taken.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        names.join("|")
    };
    let english = any(|country| country.english.iter().collect());
    let english_place = any(|country| country.english.iter().chain(&country.capital).collect());
    let korean = any(|country| country.korean.iter().collect());
    let korean_long = any(|country| country.korean.iter().filter(|name| name.chars().count() > 1).collect());
    let patterns = super::words::patterns([
        format!(r"Embassy of (?:the )?(?P<from>{english})(?:,? (?:in|to|at) (?:the )?(?P<to>{english_place})|, (?P<at>{english_place}))?"),
        format!(r"(?P<from>{english}) Embassy(?:,? (?:in|to|at) (?:the )?(?P<to>{english_place})|,? (?P<at>{english_place}))?"),
        format!(r"주(?P<to>{korean})\s?(?P<from>{korean_long})\s?대사관"),
        format!(r"주(?P<to>{korean})\s?대사관"),
        format!(r"(?P<from>{korean_long})\s?대사관"),
    ]);
    Some(Embassies { countries, patterns })
});

/// The embassies that a folded text names. Korea's own is meant where a Korean text names no sender.
pub(super) fn embassies(text: &str) -> Vec<Candidate> {
    let Some(embassies) = EMBASSIES.as_ref() else { return Vec::new() };
    let country = |name: &str| {
        embassies
            .countries
            .iter()
            .find(|country| country.english.iter().chain(&country.korean).chain(&country.capital).any(|other| other == name))
    };
    let mut found = Vec::new();
    if !text.contains("Embassy") && !text.contains("대사관") {
        return found;
    }
    for pattern in &embassies.patterns {
        for groups in pattern.captures_iter(text) {
            let Some(whole) = groups.get(0) else { continue };
            if !has_edges(text, whole.start(), whole.end()) {
                continue;
            }
            let from = groups
                .name("from")
                .map_or(Some("the Republic of Korea"), |from| country(from.as_str()).map(|country| country.name.as_str()));
            let to = groups.name("to").or_else(|| groups.name("at")).and_then(|to| country(to.as_str()));
            let Some(from) = from else { continue };
            let name = match to {
                Some(to) => format!("Embassy of {from} in {}", to.name),
                None => format!("Embassy of {from}"),
            };
            found.push(Candidate { name, range: whole.range() });
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn senders_and_receivers() {
        let name =
            |text: &str| embassies(text).into_iter().max_by_key(|found| found.range.len()).map(|found| found.name).unwrap_or_default();
        assert_eq!(EMBASSIES.as_ref().map(|embassies| embassies.patterns.len()), Some(5));
        assert_eq!(name("the Embassy of the Republic of Korea in Ottawa"), "Embassy of the Republic of Korea in Canada");
        assert_eq!(name("the Korean Embassy in Washington, D.C. said"), "Embassy of the Republic of Korea in the United States");
        assert_eq!(name("the U.S. Embassy Seoul"), "Embassy of the United States in the Republic of Korea");
        assert_eq!(name("주미대사관은"), "Embassy of the Republic of Korea in the United States");
        assert_eq!(name("주미국 대한민국 대사관"), "Embassy of the Republic of Korea in the United States");
        assert_eq!(name("주한 미국대사관에서"), "Embassy of the United States in the Republic of Korea");
        assert_eq!(name("주캐나다한국대사관"), "Embassy of the Republic of Korea in Canada");
        assert_eq!(name("신임 대사관"), "");
    }
}
