//! How the credit for a work is shared among authors, institutions and countries.

use std::collections::BTreeMap;

use crate::values::{country_code, items};

/// A list in one field holds no more items than this.
const MAX_ITEMS: usize = 200;
/// Different unknown codes that are remarked on.
const MAX_REMARKS: usize = 20;

/// A row of the table `authorships`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Credit {
    pub(super) position: i64,
    pub(super) author_id: Option<String>,
    pub(super) author_name: Option<String>,
    pub(super) institution: Option<String>,
    pub(super) country: Option<&'static str>,
    pub(super) weight: f64,
    pub(super) raw_affiliation: Option<String>,
}

/// The institution, the country and the part of the whole that each pair is credited with; the parts sum to 1. See the module's text.
pub(super) fn shares<'a>(
    institutions: &[Option<&'a str>],
    countries: &[Option<&'static str>],
) -> Vec<(Option<&'a str>, Option<&'static str>, f64)> {
    let unknown = [None];
    let institutions = if institutions.is_empty() { &unknown } else { institutions };
    let none = [None];
    let countries = if countries.is_empty() { &none } else { countries };
    if institutions.len() == countries.len() {
        let part = 1.0 / institutions.len() as f64;
        return institutions.iter().zip(countries).map(|(institution, country)| (*institution, *country, part)).collect();
    }
    let part = 1.0 / (institutions.len() * countries.len()) as f64;
    institutions.iter().flat_map(|institution| countries.iter().map(move |country| (*institution, *country, part))).collect()
}

/// The institutions of a field; those that are `Unknown Institution` keep their place as `None`. Empty if none is known.
pub(super) fn institutions<'a>(column: &str, text: Option<&'a str>) -> Result<Vec<Option<&'a str>>, String> {
    list(column, text, |name| (name != "Unknown Institution").then_some(name))
}

/// The countries of a field; those that are not known keep their place as `None`. Empty if none is known.
pub(super) fn countries(text: Option<&str>, unknown: &mut UnknownCodes) -> Result<Vec<Option<&'static str>>, String> {
    list("country_codes", text, |code| {
        let known = country_code(code);
        if known.is_none() && code != "Unknown Country" {
            unknown.note(code);
        }
        known
    })
}

fn list<'a, T>(column: &str, text: Option<&'a str>, mut known: impl FnMut(&'a str) -> Option<T>) -> Result<Vec<Option<T>>, String> {
    let items: Vec<Option<T>> = items(column, text, MAX_ITEMS)?.into_iter().map(&mut known).collect();
    Ok(if items.iter().any(Option::is_some) { items } else { Vec::new() })
}

/// Country codes that ISO 3166-1 does not know, with how often they were met.
#[derive(Default)]
pub(super) struct UnknownCodes(BTreeMap<String, u64>);

impl UnknownCodes {
    fn note(&mut self, code: &str) {
        if self.0.len() < MAX_REMARKS || self.0.contains_key(code) {
            *self.0.entry(crate::collector::clip(code)).or_default() += 1;
        }
    }

    pub(super) fn remarks(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(code, times)| format!("'{code}' is no country code of ISO 3166-1; taken as unknown, {times} times"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KR: Option<&str> = Some("KR");
    const US: Option<&str> = Some("US");

    #[test]
    fn pairs_of_institutions_and_countries() {
        let (a, b, c) = (Some("A"), Some("B"), Some("C"));
        assert_eq!(shares(&[], &[]), [(None, None, 1.0)]);
        assert_eq!(shares(&[a, b], &[KR, US]), [(a, KR, 0.5), (b, US, 0.5)]);
        assert_eq!(shares(&[a, b], &[KR]), [(a, KR, 0.5), (b, KR, 0.5)]);
        assert_eq!(shares(&[a, b], &[]), [(a, None, 0.5), (b, None, 0.5)]);
        assert_eq!(shares(&[], &[KR, US]), [(None, KR, 0.5), (None, US, 0.5)]);
        // Three institutions in two countries: sixths, so that each institution has a third and each country a half.
        assert_eq!(shares(&[a, b, c], &[KR, US]).iter().filter(|share| share.2 == 1.0 / 6.0).count(), 6);
    }

    #[test]
    fn unknown_is_empty() {
        let mut unknown = UnknownCodes::default();
        assert_eq!(countries(Some("kr|XX| US|Unknown Country|"), &mut unknown), Ok(vec![KR, None, US, None]));
        assert_eq!(countries(Some("Unknown Country"), &mut unknown), Ok(vec![]));
        assert_eq!(countries(None, &mut unknown), Ok(vec![]));
        assert_eq!(unknown.remarks().count(), 1);
        assert_eq!(institutions("i", Some("Unknown Institution|A")), Ok(vec![None, Some("A")]));
        assert!(institutions("i", Some(&"|".repeat(MAX_ITEMS))).is_err());
    }

    proptest! {
        #[test]
        fn the_whole_is_shared(institutions in 0usize..9, countries in 0usize..9) {
            let shares = shares(&vec![Some("A"); institutions], &vec![KR; countries]);
            prop_assert!((shares.iter().map(|share| share.2).sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}
