//! Authorships from a sheet of their own, brought into the order of the works.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::external_sort::{Item, Sorted, Sorter};
use super::shares::{Credit, UnknownCodes, countries, institutions, shares};
use super::work_key;
use crate::collector::{Collector, MAX_RECORD_BYTES, Place};
use crate::sheet::{Layout, Row, Sheet};
use crate::values::{integer, needed};
use crate::{Error, File};

static LAYOUT: Layout = Layout {
    what: "authorships",
    required: &["work_id", "author_position"],
    columns: &["work_id", "author_position", "author_id", "author_name", "raw_affiliation", "country_codes", "normalised_affiliation"],
};

/// Memory for sorting, in bytes.
const SORT_BYTES: usize = 128 << 20;

/// Rows of one work at most; the largest collaborations have some ten thousand.
const MAX_CREDITS: usize = 1 << 18;

/// The authorships of a sheet in the order of the works.
pub(super) struct Authorships {
    file: Arc<str>,
    sorted: Sorted,
}

/// The authorships of a work.
pub(super) struct OfWork {
    pub(super) authors: i64,
    pub(super) credits: Vec<Credit>,
    /// For the work's hash.
    pub(super) canonical: Vec<u8>,
}

impl Authorships {
    /// Reads the sheet. `places` has the place of each work in its sheet; an authorship of any other work is a reject.
    pub(super) fn read(file: &File, places: &FxHashMap<i64, u64>, collector: &mut Collector<'_>) -> Result<Authorships, Error> {
        let mut sorter = Sorter::new(SORT_BYTES);
        let sheet = Sheet::open(file, &LAYOUT)?;
        sheet.read_into(collector, &mut |collector, place, row| {
            let signature = match Signature::of(row) {
                Ok(signature) => signature,
                Err(reason) => return collector.reject(place, row.get("work_id"), reason),
            };
            let Some(work) = places.get(&work_key(row.get("work_id").unwrap_or_default())) else {
                let reason = "an authorship of a work that is not in the works sheet".to_owned();
                return collector.reject(place, row.get("work_id"), reason);
            };
            let item = Item { group: *work, sequence: place.record, payload: signature.encode() };
            sorter.push(item).map_err(|error| Error::io(&place.file, error))
        })?;
        let sorted = sorter.finish().map_err(|error| Error::io(&file.name, error))?;
        Ok(Authorships { file: file.name.clone(), sorted })
    }

    /// The authorships of the work at a place of the works sheet, which must be asked for in order. Authorships that repeat or contradict
    /// another are rejects; the inner error is the reason to reject the work.
    pub(super) fn of_work(
        &mut self,
        work: u64,
        collector: &mut Collector<'_>,
        unknown: &mut UnknownCodes,
    ) -> Result<Result<OfWork, String>, Error> {
        let mut rows: Vec<(u64, Signature)> = Vec::new();
        let mut bytes = 0;
        while self.sorted.group().is_some_and(|group| group <= work) {
            let item = self.sorted.next().map_err(|error| Error::io(&self.file, error))?;
            let Some(item) = item.filter(|item| item.group == work) else { continue };
            bytes += item.payload.len();
            if bytes <= MAX_RECORD_BYTES {
                rows.extend(Signature::decode(&item.payload).map(|signature| (item.sequence, signature)));
            }
        }
        if bytes > MAX_RECORD_BYTES {
            return Ok(Err(format!("authorships larger than {MAX_RECORD_BYTES} bytes")));
        }
        rows.sort_by_key(|(record, signature)| (signature.position, *record));
        let mut kept: Vec<(u64, Signature)> = Vec::new();
        let mut seen = SeenAuthor::default();
        for (record, signature) in rows {
            match seen.conflict(record, &signature) {
                Some(reason) => collector.reject(&Place { file: self.file.clone(), record }, signature.name.as_deref(), reason)?,
                None => kept.push((record, signature)),
            }
        }
        Ok(credits(&kept, unknown))
    }
}

/// The affiliations of the author whose rows are being looked at, with their records.
#[derive(Default)]
struct SeenAuthor {
    first: Option<(u64, Signature)>,
    affiliations: FxHashMap<Signature, u64>,
}

impl SeenAuthor {
    /// Why a row cannot stand beside those before it. Rows come in the order of positions.
    fn conflict(&mut self, record: u64, signature: &Signature) -> Option<String> {
        match &self.first {
            Some((first, author)) if author.position == signature.position => {
                if (&author.id, &author.name) != (&signature.id, &signature.name) {
                    let [there, here] =
                        [author, signature].map(|author| author.name.as_deref().or(author.id.as_deref()).unwrap_or("nobody"));
                    return Some(format!("author_position {} is '{there}' in record {first}, found '{here}'", signature.position));
                }
            }
            _ => {
                self.first = Some((record, signature.clone()));
                self.affiliations.clear();
            }
        }
        match self.affiliations.entry(signature.clone()) {
            Entry::Occupied(same) => Some(format!("duplicate of record {}", same.get())),
            Entry::Vacant(new) => {
                new.insert(record);
                None
            }
        }
    }
}

fn credits(rows: &[(u64, Signature)], unknown: &mut UnknownCodes) -> Result<OfWork, String> {
    let by_author = || rows.chunk_by(|(_, a), (_, b)| a.position == b.position);
    let authors = by_author().count();
    let mut of_work = OfWork { authors: authors as i64, credits: Vec::new(), canonical: Vec::new() };
    for affiliations in by_author() {
        let weight = 1.0 / authors as f64 / affiliations.len() as f64;
        for (_, signature) in affiliations {
            of_work.canonical.extend(signature.encode());
            let institutions = institutions("normalised_affiliation", signature.institutions.as_deref())?;
            let countries = countries(signature.countries.as_deref(), unknown)?;
            of_work.credits.extend(shares(&institutions, &countries).into_iter().map(|(institution, country, part)| Credit {
                position: signature.position,
                author_id: signature.id.clone(),
                author_name: signature.name.clone(),
                institution: institution.map(str::to_owned),
                country,
                weight: weight * part,
                raw_affiliation: signature.raw.clone(),
            }));
            if of_work.credits.len() > MAX_CREDITS {
                return Err(format!("more than {MAX_CREDITS} authors, affiliations and institutions"));
            }
        }
    }
    if rows.is_empty() {
        of_work.credits.push(Credit { weight: 1.0, ..Credit::default() });
    }
    Ok(of_work)
}

/// One row of the sheet: an author with one affiliation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Signature {
    position: i64,
    id: Option<String>,
    name: Option<String>,
    raw: Option<String>,
    countries: Option<String>,
    institutions: Option<String>,
}

impl Signature {
    fn of(row: &Row<'_>) -> Result<Signature, String> {
        let text = |column: &str| row.get(column).map(str::to_owned);
        needed("work_id", row.get("work_id"), "a key", |key| Some(key.len()))?;
        let expected = "a place in the list of authors from 1 to 32,767";
        let position = |text: &str| integer(text).filter(|position| (1..=i64::from(i16::MAX)).contains(position));
        let signature = Signature {
            position: needed("author_position", row.get("author_position"), expected, position)?,
            id: text("author_id"),
            name: text("author_name"),
            raw: text("raw_affiliation"),
            countries: text("country_codes"),
            institutions: text("normalised_affiliation"),
        };
        // Lists that are too long are the fault of this row, not of its work.
        institutions("normalised_affiliation", signature.institutions.as_deref())?;
        countries(signature.countries.as_deref(), &mut UnknownCodes::default())?;
        Ok(signature)
    }

    fn texts(&self) -> [Option<&str>; 5] {
        [&self.id, &self.name, &self.raw, &self.countries, &self.institutions].map(|text| text.as_deref())
    }

    /// The position, then each text with its length before it.
    fn encode(&self) -> Vec<u8> {
        let mut bytes = self.position.to_le_bytes().to_vec();
        for text in self.texts().map(Option::unwrap_or_default) {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes
    }

    /// What [`encode`](Self::encode) wrote; a text is never empty, so an empty one was none.
    fn decode(bytes: &[u8]) -> Option<Signature> {
        let (position, mut rest) = bytes.split_first_chunk::<8>()?;
        let mut text = || {
            let (length, behind) = rest.split_first_chunk::<8>()?;
            let (text, behind) = behind.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
            rest = behind;
            Some(String::from_utf8(text.to_vec()).ok()).map(|text| text.filter(|text| !text.is_empty()))
        };
        let (id, name, raw, countries, institutions) = (text()?, text()?, text()?, text()?, text()?);
        Some(Signature { position: i64::from_le_bytes(*position), id, name, raw, countries, institutions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_survive_the_disk() {
        let whole = Signature {
            position: 3,
            id: Some("x".into()),
            name: Some("김".into()),
            institutions: Some("A|B".into()),
            ..Signature::default()
        };
        assert_eq!(Signature::decode(&whole.encode()), Some(whole.clone()));
        assert_eq!(Signature::decode(&whole.encode()[..20]), None);
    }
}
