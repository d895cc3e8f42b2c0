//! Countries by ISO 3166-1 code, with English and Korean names and a centre for maps.

use std::sync::LazyLock;

/// A country or territory of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Country {
    /// Two-letter code, upper case: `KR`.
    pub code: &'static str,
    /// Three-letter code, upper case: `KOR`.
    pub alpha3: &'static str,
    /// Common English name.
    pub name_en: &'static str,
    /// Common Korean name.
    pub name_ko: &'static str,
    /// Continent-sized region in English; empty where none is given.
    pub region: &'static str,
    /// Latitude of the centre in degrees.
    pub lat: f32,
    /// Longitude of the centre in degrees.
    pub lng: f32,
}

// mledoze/countries (ODbL 1.0); see demo/README.md.
static CSV: &str = include_str!("../data/countries.csv");

static ALL: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let mut all: Vec<Country> = CSV.lines().skip(1).filter_map(parse_line).collect();
    all.sort_by_key(|country| country.code);
    all
});

fn parse_line(line: &'static str) -> Option<Country> {
    // The names hold commas in quotes ("Korea, …" forms); no field holds a quote.
    let mut fields = Vec::with_capacity(8);
    let mut rest = line;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            fields.push(&quoted[..end]);
            match quoted[end + 1..].strip_prefix(',') {
                Some(next) => rest = next,
                None => break,
            }
        } else if let Some((field, next)) = rest.split_once(',') {
            fields.push(field);
            rest = next;
        } else {
            fields.push(rest);
            break;
        }
    }
    match fields[..] {
        [code, alpha3, name_en, name_ko, region, _, lat, lng] => {
            Some(Country { code, alpha3, name_en, name_ko, region, lat: lat.parse().ok()?, lng: lng.parse().ok()? })
        }
        _ => None,
    }
}

/// All countries, ordered by code.
pub fn all() -> &'static [Country] {
    &ALL
}

/// The country of a two-letter code in any case.
pub fn by_code(code: &str) -> Option<&'static Country> {
    ALL.get(place(code)?)
}

/// The place of a country of a two-letter code among [`all`].
pub fn place(code: &str) -> Option<usize> {
    // By the two letters, for cells come by the million.
    static PLACES: LazyLock<[Option<usize>; 26 * 26]> = LazyLock::new(|| {
        let mut places = [None; 26 * 26];
        for (number, country) in ALL.iter().enumerate() {
            if let Some(place) = letters(country.code).and_then(|place| places.get_mut(place)) {
                *place = Some(number);
            }
        }
        places
    });
    PLACES.get(letters(code)?).copied().flatten()
}

/// A number for two letters.
fn letters(code: &str) -> Option<usize> {
    let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
    let [a, b] = letters.map(|letter| letter.to_ascii_uppercase());
    (a.is_ascii_uppercase() && b.is_ascii_uppercase()).then(|| usize::from(a - b'A') * 26 + usize::from(b - b'A'))
}

/// Names in common use beside the common one, in English, Korean, the country's own language, and abbreviated.
const ALIASES: &[(&str, &str)] = &[
    ("대한민국", "KR"),
    ("남한", "KR"),
    ("Korea", "KR"),
    ("Republic of Korea", "KR"),
    ("Rep. of Korea", "KR"),
    ("Korea, South", "KR"),
    ("S. Korea", "KR"),
    ("ROK", "KR"),
    ("조선민주주의인민공화국", "KP"),
    ("북한", "KP"),
    ("DPRK", "KP"),
    ("DPR", "KP"),
    ("DPR Korea", "KP"),
    ("D.P.R. of Korea", "KP"),
    ("PDR Korea", "KP"),
    ("N. Korea", "KP"),
    ("Korea, North", "KP"),
    ("Democratic People's Republic", "KP"),
    ("Democratic People's Republic of Korea", "KP"),
    ("미합중국", "US"),
    ("United States of America", "US"),
    ("USA", "US"),
    ("U.S.", "US"),
    ("America", "US"),
    ("UK", "GB"),
    ("U.K.", "GB"),
    ("Britain", "GB"),
    ("Great Britain", "GB"),
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("Holland", "NL"),
    ("The Netherlands", "NL"),
    ("Nederland", "NL"),
    ("Czech Republic", "CZ"),
    ("Türkiye", "TR"),
    ("Macao", "MO"),
    ("Macau SAR", "MO"),
    ("Macao SAR", "MO"),
    ("Hong Kong SAR", "HK"),
    ("HKSAR", "HK"),
    ("香港", "HK"),
    ("Taiwan R.O.C.", "TW"),
    ("R.O.C.", "TW"),
    ("Republic of China", "TW"),
    ("Chinese Taipei", "TW"),
    ("臺灣", "TW"),
    ("台灣", "TW"),
    ("P.R. China", "CN"),
    ("PR China", "CN"),
    ("PRC", "CN"),
    ("People's Republic of China", "CN"),
    ("Mainland China", "CN"),
    ("中国", "CN"),
    ("中國", "CN"),
    ("日本", "JP"),
    ("Viet Nam", "VN"),
    ("UAE", "AE"),
    ("U.A.E.", "AE"),
    ("Russian Federation", "RU"),
    ("Deutschland", "DE"),
    ("España", "ES"),
    ("Italia", "IT"),
    ("Brasil", "BR"),
    ("Österreich", "AT"),
    ("Schweiz", "CH"),
    ("Suisse", "CH"),
    ("Svizzera", "CH"),
    ("Belgique", "BE"),
    ("België", "BE"),
    ("Polska", "PL"),
    ("Sverige", "SE"),
    ("Norge", "NO"),
    ("Danmark", "DK"),
    ("Suomi", "FI"),
    ("Kingdom of Saudi Arabia", "SA"),
    ("KSA", "SA"),
];

/// Every name [`find`] knows, with its country: common English and Korean names, then others in use.
pub fn names() -> impl Iterator<Item = (&'static str, &'static Country)> {
    let common = ALL.iter().flat_map(|country| [(country.name_en, country), (country.name_ko, country)]);
    common.chain(ALIASES.iter().filter_map(|(alias, code)| Some((*alias, by_code(code)?))))
}

/// The country a person means: a two- or three-letter code, or its common English or Korean name or one of a few other names in use, in any case.
///
/// ```
/// use dari_model::country::find;
/// assert_eq!(find("kor").map(|c| c.code), Some("KR"));
/// assert_eq!(find("미국").map(|c| c.code), Some("US"));
/// assert_eq!(find("Atlantis"), None);
/// ```
pub fn find(text: &str) -> Option<&'static Country> {
    let text = text.trim();
    by_code(text)
        .or_else(|| {
            ALL.iter().find(|country| {
                country.alpha3.eq_ignore_ascii_case(text) || country.name_en.eq_ignore_ascii_case(text) || country.name_ko == text
            })
        })
        .or_else(|| {
            let (_, code) = ALIASES.iter().find(|(alias, _)| alias.to_lowercase() == text.to_lowercase())?;
            by_code(code)
        })
}

/// Countries that are counted as others, for those who want Hong Kong, Macao or Taiwan counted otherwise than by ISO code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grouping {
    pairs: Vec<(&'static str, &'static str)>,
}

impl Grouping {
    /// Reads `HK=CN,MO=CN`.
    ///
    /// # Errors
    /// What is wrong, in words.
    ///
    /// ```
    /// let grouping = dari_model::country::Grouping::parse("HK=CN,MO=CN").unwrap();
    /// assert_eq!((grouping.of("HK"), grouping.of("TW")), ("CN", "TW"));
    /// assert!(dari_model::country::Grouping::parse("HK").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Grouping, String> {
        let country = |text: &str| find(text).map(|country| country.code).ok_or_else(|| format!("'{text}' is no country"));
        let pair = |pair: &str| {
            let (from, to) = pair.split_once('=').ok_or_else(|| format!("expected FROM=TO, found '{pair}'"))?;
            Ok((country(from)?, country(to)?))
        };
        Ok(Grouping { pairs: text.split(',').map(pair).collect::<Result<_, String>>()? })
    }

    /// The country that a code is counted as.
    pub fn of<'a>(&self, code: &'a str) -> &'a str {
        self.pairs.iter().find(|(from, _)| *from == code).map_or(code, |(_, to)| *to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_country() {
        assert_eq!(all().len(), CSV.lines().filter(|line| !line.is_empty()).count() - 1);
        assert_eq!(all().len(), 250);
        for country in all() {
            assert_eq!(by_code(country.code), Some(country));
            assert!(!country.name_ko.is_empty() && !country.name_en.is_empty(), "{country:?}");
        }
    }

    #[test]
    fn found_by_code_and_name() {
        assert_eq!(by_code("kr").map(|c| c.name_en), Some("South Korea"));
        assert_eq!(find("United States").map(|c| c.code), Some("US"));
        assert_eq!(find("한국").map(|c| c.code), Some("KR"));
        for (alias, code) in ALIASES {
            assert_eq!(find(&alias.to_lowercase()).map(|c| c.code), Some(*code), "{alias}");
        }
        assert_eq!(by_code("XX"), None);
        assert_eq!(by_code("한"), None);
    }
}
