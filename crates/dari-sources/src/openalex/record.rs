//! OpenAlex records as they are written, as far as dari reads them. Texts are borrowed from the input where it allows.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Text, borrowed from the input unless it holds escapes. (A bare `Cow` within `Option` or `Vec` would always be copied.)
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A list that may be `null` and may hold `null`, which is passed over.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Vec<T>, D::Error> {
    struct List<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list or null")
        }

        fn visit_none<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_unit<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<Vec<T>, D::Error> {
            input.deserialize_seq(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
            while let Some(item) = seq.next_element::<Option<T>>()? {
                items.extend(item);
            }
            Ok(items)
        }
    }
    input.deserialize_option(List(std::marker::PhantomData))
}

/// A work, with its abstract read as `A`: an [`InvertedIndex`], or [`Skipped`] where abstracts are not wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound = "A: Abstract, 'de: 'a, A: Deserialize<'de>")]
pub(super) struct Work<'a, A> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) doi: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    pub(super) publication_year: Option<i64>,
    #[serde(borrow)]
    pub(super) publication_date: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) language: Option<Text<'a>>,
    pub(super) is_retracted: Option<bool>,
    pub(super) is_xpac: Option<bool>,
    #[serde(borrow)]
    pub(super) primary_location: Option<Location<'a>>,
    /// The venue in the schema of 2023.
    #[serde(borrow)]
    pub(super) host_venue: Option<Named<'a>>,
    pub(super) cited_by_count: Option<i64>,
    #[serde(deserialize_with = "list")]
    pub(super) counts_by_year: Vec<YearCount>,
    pub(super) fwci: Option<f64>,
    pub(super) referenced_works_count: Option<i64>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) referenced_works: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) authorships: Vec<Authorship<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) topics: Vec<WorkTopic<'a>>,
    #[serde(borrow)]
    pub(super) primary_topic: Option<WorkTopic<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) funders: Vec<Named<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) awards: Vec<FundedBy<'a>>,
    /// Awards before 2026.
    #[serde(borrow, deserialize_with = "list")]
    pub(super) grants: Vec<FundedBy<'a>>,
    pub(super) abstract_inverted_index: Option<A>,
    #[serde(borrow)]
    pub(super) updated_date: Option<Text<'a>>,
}

/// Citations received in a year.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct YearCount {
    pub(super) year: Option<i64>,
    pub(super) cited_by_count: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Location<'a> {
    #[serde(borrow)]
    pub(super) source: Option<Named<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Authorship<'a> {
    #[serde(borrow)]
    pub(super) author: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) raw_author_name: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) institutions: Vec<Institution<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) countries: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) affiliations: Vec<Affiliation<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) raw_affiliation_strings: Vec<Text<'a>>,
    /// In the schema of 2023.
    #[serde(borrow)]
    pub(super) raw_affiliation_string: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Institution<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) ror: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) country_code: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Affiliation<'a> {
    #[serde(borrow)]
    pub(super) raw_affiliation_string: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) institution_ids: Vec<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WorkTopic<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    pub(super) score: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FundedBy<'a> {
    /// Today `funder_id`, formerly `funder`.
    #[serde(borrow, alias = "funder")]
    pub(super) funder_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) funder_display_name: Option<Text<'a>>,
    /// Today `funder_award_id`, formerly `award_id`.
    #[serde(borrow, alias = "award_id")]
    pub(super) funder_award_id: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Author<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) orcid: Option<Text<'a>>,
    pub(super) works_count: Option<i64>,
    pub(super) cited_by_count: Option<i64>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) last_known_institutions: Vec<Institution<'a>>,
    /// In the schema of 2023.
    #[serde(borrow)]
    pub(super) last_known_institution: Option<Institution<'a>>,
    #[serde(borrow)]
    pub(super) updated_date: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Organisation<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) ror: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) country_code: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) geo: Option<Geo<'a>>,
    #[serde(borrow)]
    pub(super) homepage_url: Option<Text<'a>>,
    pub(super) works_count: Option<i64>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) display_name_acronyms: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) display_name_alternatives: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) associated_institutions: Vec<Associated<'a>>,
    #[serde(borrow)]
    pub(super) updated_date: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Geo<'a> {
    #[serde(borrow)]
    pub(super) city: Option<Text<'a>>,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Associated<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) relationship: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Venue<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) issn_l: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) host_organization_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) country_code: Option<Text<'a>>,
    pub(super) works_count: Option<i64>,
    #[serde(borrow)]
    pub(super) updated_date: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Funder<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) country_code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) ids: Option<FunderIds<'a>>,
    pub(super) works_count: Option<i64>,
    #[serde(borrow)]
    pub(super) updated_date: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FunderIds<'a> {
    #[serde(borrow)]
    pub(super) ror: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Topic<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(super) keywords: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(super) subfield: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) field: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) domain: Option<Named<'a>>,
    #[serde(borrow)]
    pub(super) updated_date: Option<Text<'a>>,
}

/// An abstract as OpenAlex writes it: each word with the places where it stands. In Parquet it may be the same as text.
#[derive(Debug, Default)]
pub(super) struct InvertedIndex<'a>(Vec<(u32, Text<'a>)>);

/// What is made of an abstract.
pub(super) trait Abstract: Default {
    /// The words in order, with one space between.
    fn into_text(self) -> String;
}

/// An abstract that is passed over.
#[derive(Debug, Default)]
pub(super) struct Skipped;

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(input).map(|_| Skipped)
    }
}

impl Abstract for Skipped {
    fn into_text(self) -> String {
        String::new()
    }
}

impl Abstract for InvertedIndex<'_> {
    fn into_text(mut self) -> String {
        self.0.sort_by_key(|(place, _)| *place);
        let mut text = String::with_capacity(self.0.iter().map(|(_, word)| word.len() + 1).sum());
        for (_, word) in &self.0 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }
}

struct Places<'v, 'a>(&'v mut Vec<(u32, Text<'a>)>, Text<'a>);

impl<'de> serde::de::DeserializeSeed<'de> for Places<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Places<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the places of a word")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut places: A) -> Result<(), A::Error> {
        while let Some(place) = places.next_element()? {
            self.0.push((place, self.1.clone()));
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for InvertedIndex<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = InvertedIndex<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an inverted index: {word: [places]}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = map.next_key::<Text<'de>>()? {
                    map.next_value_seed(Places(&mut words, word))?;
                }
                Ok(InvertedIndex(words))
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                serde_json::from_str(text).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(InvertedIndex::default())
            }
        }
        input.deserialize_any(Words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_in_order() -> Result<(), serde_json::Error> {
        let index: InvertedIndex<'_> = serde_json::from_str(r#"{"bridge": [1, 4], "A": [0], "is": [2], "a\n": [3]}"#)?;
        assert_eq!(index.into_text(), "A bridge is a\n bridge");
        Ok(())
    }

    #[test]
    fn null_and_missing_are_the_same() -> Result<(), serde_json::Error> {
        let work: Work<'_, Skipped> = serde_json::from_str(
            r#"{"id": "W1", "authorships": null, "title": null, "new_field": [1], "referenced_works": [null, "W2"]}"#,
        )?;
        assert_eq!(work.referenced_works.len(), 1);
        assert!(work.authorships.is_empty() && work.title.is_none() && work.topics.is_empty());
        Ok(())
    }
}
