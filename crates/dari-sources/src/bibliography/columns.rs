//! Authors, institutions and countries from columns of the works sheet, which do not say who belongs where.

use super::shares::{Credit, UnknownCodes, countries, institutions};
use crate::sheet::Row;
use crate::values::{MAX_POSITIONS, items};

/// The number of authors and the rows of a work; see the module's text for how they are made.
pub(super) fn credits(row: &Row<'_>, unknown: &mut UnknownCodes) -> Result<(i64, Vec<Credit>), String> {
    let mut credits: Vec<Credit> = (1i64..)
        .zip(items("author_names", row.get("author_names"), MAX_POSITIONS)?)
        .map(|(position, name)| Credit { position, author_name: Some(name.to_owned()), ..Credit::default() })
        .collect();
    let authors = credits.len() as i64;
    let named: Vec<&str> = institutions("institution_names", row.get("institution_names"))?.into_iter().flatten().collect();
    let countries = countries(row.get("country_codes"), unknown)?;
    let countries = if countries.is_empty() { vec![None] } else { countries };
    let (single, several, raw) = match named[..] {
        [text] if text.contains(", ") => (None, &[][..], Some(text)),
        [name] if countries.len() == 1 => (Some(name), &[][..], None),
        _ => (None, &named[..], None),
    };
    let weight = 1.0 / countries.len() as f64;
    credits.extend(countries.into_iter().map(|country| Credit {
        country,
        weight,
        institution: single.map(str::to_owned),
        raw_affiliation: raw.map(str::to_owned),
        ..Credit::default()
    }));
    credits.extend(several.iter().map(|name| Credit { institution: Some((*name).to_owned()), ..Credit::default() }));
    Ok((authors, credits))
}
