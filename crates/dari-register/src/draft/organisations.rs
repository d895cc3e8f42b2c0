//! Organisations that a text names: those of the gazetteer, abbreviations the text itself explains, embassies, and names that can only be organisations.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::Found;
use super::embassies;
use super::fold::Folded;
use super::gazetteer::{Gazetteer, has_edges};
use super::words::patterns;

/// A capitalised word of a name.
const CAP: &str = r"\p{Lu}[\p{L}'’]+(?:-\p{L}+)*";
/// Words before a name at the beginning of a sentence that are no part of it.
const NO_PART: &[&str] = &[
    "The",
    "A",
    "An",
    "At",
    "In",
    "On",
    "From",
    "With",
    "And",
    "Both",
    "By",
    "For",
    "To",
    "Of",
    "While",
    "When",
    "As",
    "After",
    "Before",
    "Meanwhile",
    "Then",
    "But",
    "Our",
    "Their",
    "Its",
    "Each",
    "Professor",
    "Prof",
    "President",
    "Director",
    "Minister",
    "Dr",
    "Another",
    "Also",
    "Since",
    "Under",
    "Between",
    "Researchers",
    "Teams",
    "Since",
    "Last",
    "This",
    "That",
    "Neither",
    "Either",
    "Through",
    "Via",
    "Only",
    "Even",
    "Present",
    "Deputy",
    "Vice",
    "Dean",
    "Rector",
    "Provost",
    "Chancellor",
];

/// Names whose last or first words say that they are organisations, by their last group.
static NAMES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns([
        format!(
            r"(?:{CAP} ){{1,5}}(?:University|Institute of Technology|National Laborator(?:y|ies)|Polytechnic)(?: of (?:Science and Technology|Technology))?"
        ),
        format!(
            r"(?:(?:Technical|Free|Federal|National|{CAP}) )?University of (?:(?:New|North|South|East|West|Western|Eastern|British|Hong|San|Los|Santa|Applied|Science|Technology) (?:and )?)*{CAP}(?: at {CAP})?"
        ),
        format!(
            r"(?:{CAP} ){{0,4}}(?:Institute|Centre|Center|Agency|Council|Foundation|Academy|Laboratory|Ministry|Society|Authority) (?:of|for) (?:the )?{CAP}(?:(?:,? and|,|,? &| of| for)? {CAP})*"
        ),
        format!(
            r"(?:{CAP} ){{1,4}}(?:Agency|Foundation|Research Institute|Research Council|Research Centre|Research Center|Laboratory|Research Authority)"
        ),
        r"(?:한국|국립|국가)[가-힣]{2,12}(?:연구원|연구소|진흥원|평가원|기술원|과학원|재단|학회|협회)".to_owned(),
    ])
});

/// An abbreviation that is explained: "(KIOST)", "(이하 재단)", "(hereinafter 'the Fund')".
static EXPLAINED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns([
        r#"^\s?\((?:이하|약칭|hereinafter|hereafter|or)?[\s,:]*["'‘“「]?(?:the )?([A-Z][A-Za-z0-9&*/.-]{1,11}|[가-힣A-Z]{2,10})["'’”」]?(?:\)|[,;])"#,
    ])
});

/// The organisations a text names, in its order, with their canonical names.
///
/// A name is found with the edges a word has, whatever Korean particles follow; the longest of several is taken.
pub fn organisations(text: &str, gazetteer: &Gazetteer) -> Vec<Found> {
    let folded = Folded::new(text);
    let mut all: Vec<Candidate> = embassies::embassies(&folded.text);
    all.extend(gazetteer.hits(&folded).into_iter().map(|hit| Candidate { name: hit.canonical.to_owned(), range: hit.start..hit.end }));
    all = longest(all);
    let spelled = spelled_out(&folded.text, &all, gazetteer);
    all.extend(spelled);
    all = longest(all);
    let described = described(&folded.text, &all);
    all.extend(described);
    all = longest(all);
    let aliases = aliases(&folded.text, &all, gazetteer);
    let more = occurrences(&folded.text, &aliases);
    all.extend(more);
    longest(all).into_iter().map(|found| Found { name: found.name, range: folded.original(found.range) }).collect()
}

/// An organisation in folded text.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) range: Range<usize>,
}

/// Of names that overlap the first, and of those the longest; of the same range the one that was there first.
fn longest(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.range.end)));
    let mut kept: Vec<Candidate> = Vec::with_capacity(all.len());
    for found in all {
        if kept.last().is_none_or(|last| last.range.end <= found.range.start) {
            kept.push(found);
        }
    }
    kept
}

/// A long name right before the abbreviation of a known organisation: "일본 과학기술진흥기구(JST)", "Fund for Science (FFS)".
static SPELLED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns([
        r"[가-힣·]{2,20}(?:부|청|원|소|처|성|국|실|재단|기구|위원회|협회|대학|대학교|센터|공단|기금|학회|연구회|랩|연합|기관|진흥회|이사회|공사)\s?\($".to_owned(),
        r"(?:\p{Lu}[\p{L}'&-]*(?: (?:of|for|and|the|in|on|to|de|der|für)(?: (?:the|and))?|,(?: and)?)? ){2,12}\($".to_owned(),
    ])
});

fn spelled_out(text: &str, known: &[Candidate], gazetteer: &Gazetteer) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut last = 0;
    for short in known {
        let start = short.range.start;
        let closed = text[short.range.end..].starts_with([')', ',', ';']);
        if closed && text[..start].ends_with('(') && text[short.range.clone()].len() < 12 && gazetteer.knows(&text[short.range.clone()]) {
            let window = super::words::before(text, start, 120);
            let offset = start - window.len();
            for pattern in SPELLED.iter() {
                let Some(hit) = pattern.find(window) else { continue };
                let name = hit.as_str().trim_end_matches('(').trim_end();
                let range = offset + hit.start()..offset + hit.start() + name.len();
                let range = skip(text, range);
                if range.start >= last && has_edges(text, range.start, range.end) {
                    found.push(Candidate { name: short.name.clone(), range });
                    break;
                }
            }
        }
        last = short.range.end;
    }
    found
}

/// The range without words at its beginning that are no part of a name.
fn skip(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start;
    while let Some((word, rest)) = text[start..range.end].split_once(' ') {
        if !NO_PART.contains(&word.trim_end_matches('.')) {
            break;
        }
        start = range.end - rest.len();
    }
    start..range.end
}

/// Names that are in no gazetteer.
fn described(text: &str, known: &[Candidate]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for pattern in NAMES.iter() {
        for hit in pattern.find_iter(text) {
            // "At Tohoku University"
            let start = skip(text, hit.range()).start;
            let name = &text[start..hit.end()];
            // What is left must say more than the kind of organisation: "University", "National Laboratory".
            let plural = name.ends_with("Laboratories") && name.starts_with("National");
            if !name.contains(' ') && name.is_ascii()
                || plural
                || ["National Laboratory", "Research Institute", "Research Foundation", "Research Council"].contains(&name)
            {
                continue;
            }
            // "Associate Laboratory Director" is an office.
            if [" Director", " Head", " Manager", " Officer", " Scientist", " President", " Leader", " Fellow"]
                .iter()
                .any(|title| text[hit.end()..].starts_with(title))
            {
                continue;
            }
            let range = start..hit.end();
            let free = known.partition_point(|other| other.range.end <= range.start);
            if has_edges(text, range.start, range.end) && known.get(free).is_none_or(|other| other.range.start >= range.end) {
                found.push(Candidate { name: name.to_owned(), range });
            }
        }
    }
    found
}

/// Short names that the text explains or that follow from the long one.
fn aliases(text: &str, known: &[Candidate], gazetteer: &Gazetteer) -> Vec<(String, String)> {
    let mut aliases: HashMap<String, String> = HashMap::new();
    let mut offer = |short: &str, name: &str| {
        if !gazetteer.knows(short) && !aliases.contains_key(short) {
            aliases.insert(short.to_owned(), name.to_owned());
        }
    };
    for found in known {
        let rest = &text[found.range.end..];
        let explained =
            EXPLAINED.first().and_then(|pattern| pattern.captures(super::words::behind(rest, 0, 80))).and_then(|groups| groups.get(1));
        if let Some(short) = explained
            && (short.as_str().chars().filter(|sign| sign.is_uppercase()).count() >= 2
                || !short.as_str().is_ascii() && rest.trim_start().starts_with("(이하"))
        {
            offer(short.as_str(), &found.name);
        }
        // A national laboratory is called by its place.
        if let Some(place) = text[found.range.clone()].strip_suffix(" National Laboratory")
            && !place.contains(' ')
        {
            offer(place, &found.name);
        }
    }
    let mut aliases: Vec<(String, String)> = aliases.into_iter().collect();
    aliases.sort_unstable();
    aliases
}

fn occurrences(text: &str, aliases: &[(String, String)]) -> Vec<Candidate> {
    let Ok(search) = AhoCorasick::new(aliases.iter().map(|(short, _)| short)) else { return Vec::new() };
    if aliases.is_empty() {
        return Vec::new();
    }
    search
        .find_overlapping_iter(text)
        .filter(|hit| has_edges(text, hit.start(), hit.end()))
        .map(|hit| Candidate { name: aliases[hit.pattern().as_usize()].1.clone(), range: hit.range() })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        organisations(text, &Gazetteer::shipped().unwrap()).into_iter().map(|found| (text[found.range].to_owned(), found.name)).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(text, name)| ((*text).to_owned(), (*name).to_owned())).collect()
    }

    #[test]
    fn english() {
        assert_eq!(
            found("The Ministry of Science  and ICT (MSIT) met the U.S. Department of Energy's Office of Science."),
            pairs(&[
                ("Ministry of Science  and ICT", "Ministry of Science and ICT"),
                ("MSIT", "Ministry of Science and ICT"),
                ("U.S. Department of Energy", "Department of Energy"),
                ("Office of Science", "Office of Science"),
            ])
        );
        assert_eq!(found("ARPA-E, not ARPA.").len(), 1);
    }

    #[test]
    fn korean_with_particles_and_without_spaces() {
        assert_eq!(
            found("과기정통부는 미국 에너지부와, 한국연구재단은 미국국립과학재단(NSF)과 만났다."),
            pairs(&[
                ("과기정통부", "Ministry of Science and ICT"),
                ("미국 에너지부", "Department of Energy"),
                ("한국연구재단", "National Research Foundation of Korea"),
                ("미국국립과학재단", "National Science Foundation"),
                ("NSF", "National Science Foundation"),
            ])
        );
        assert!(found("산업부문과 환경부담금, 서울대공원").is_empty());
    }

    #[test]
    fn names_that_no_gazetteer_has() {
        assert_eq!(
            found("At Uppsala University and the University of Oslo"),
            pairs(&[("Uppsala University", "Uppsala University"), ("University of Oslo", "University of Oslo")])
        );
        assert!(found("a Midwestern university; National Laboratories; the University").is_empty());
    }

    #[test]
    fn long_names_that_the_text_abbreviates() {
        assert_eq!(
            found("신기술산업종합기구(NEDO)는 The Agency of Fusion and Friends (KFE)"),
            pairs(&[
                ("신기술산업종합기구", "New Energy and Industrial Technology Development Organization"),
                ("NEDO", "New Energy and Industrial Technology Development Organization"),
                ("Agency of Fusion and Friends", "Korea Institute of Fusion Energy"),
                ("KFE", "Korea Institute of Fusion Energy"),
            ])
        );
    }

    #[test]
    fn abbreviations_the_text_explains() {
        assert_eq!(
            found("The Northern Fusion Agency (NoFA) came. NoFA left."),
            pairs(&[
                ("Northern Fusion Agency", "Northern Fusion Agency"),
                ("NoFA", "Northern Fusion Agency"),
                ("NoFA", "Northern Fusion Agency")
            ])
        );
        assert_eq!(found("한국연구재단(이하 재단)은 왔다. 재단은 갔다.").len(), 3);
        assert_eq!(found("Argonne National Laboratory came. Oak Ridge is a town. Argonne left.").len(), 2);
    }
}
