//! Offices that people hold, in English and Korean: the title with what it is for. Names of the people are no part of it.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::Found;
use super::words::{before, ends_name};
use crate::text::is_hangul;

/// Words before a title that say its rank.
const RANKS: &str = "Acting|Interim|First|Second|Third|Deputy|Vice|Senior|Principal|Associate|Assistant|Executive|Managing|Under|Chief|Founding|Co|Parliamentary|Prime|Permanent|Special|General|Lead|State|Joint";
/// Words before a title that say of what it is.
const FIELDS: &str = "Science|Scientific|Technology|Technical|Program|Programme|Project|Laboratory|Lab|Research|Policy|Economic|Commercial|Political|Cultural|Country|Division|Center|Centre|Department|Section|Team|Group|Facility|Operations|Operating|Financial|Information|Innovation|Energy|Affairs|Cooperation|Collaboration|Partnership|Partnerships|International|Regional|Global|Strategic|Strategy|Mission|Foreign|Trade|Industry|Nuclear|Space|Climate|Health|Education|Digital|Cyber|Quantum|Fusion|Office|Bureau|Branch|Unit|Desk|Liaison|Grants|Portfolio|Data|Safety|Security|Legal|Press|Cabinet|Commission|Committee|Council|Board|Staff|Planning|Development|Academic|User|Beamline|Experiment|Detector|Physics|Engineering|Engagement|Industrial|Public|Communications|Outreach|Corporate|Business";
/// Titles that stand alone.
const TITLES: &str = "Director[- ]General|Directors[- ]General|Secretary[- ]General|Director|Minister|Undersecretary|Secretary of State|Secretary|President|Chairman|Chairwoman|Chairperson|Chairholder|Chair|Ambassador|Commissioner|Counsellor|Counselor|Attaché|Attache|Administrator|Provost|Rector|Chancellor|Dean|Envoy|Governor|Commander|Spokesperson|Spokesman|Spokeswoman|Ombudsman|Consul[- ]General|Consul|Registrar|Comptroller|Chargé d'Affaires";
/// Titles that need a word before.
const LEANING: &str = "Manager|Officer|Scientist|Investigator|Representative|Coordinator|Adviser|Advisor|Leader|Lead|Head|Engineer|Fellow|Editor|Analyst|Specialist|Technologist|Economist|Negotiator|Delegate|Executive|Liaison|Convener|Convenor|Curator|Superintendent|Inspector|Of Staff";
/// Words of what an office is for, as in "for International Cooperation".
const SUBJECTS: &str = "International|Foreign|Global|Regional|Bilateral|Multilateral|European|Asian|American|Asia|Pacific|Indo-Pacific|Asia-Pacific|Europe|Science|Sciences|Technology|Technologies|Tech|ICT|Research|Innovation|Innovations|Development|Energy|Environment|Environmental|Economic|Economy|Growth|Business|Trade|Industry|Industrial|Affairs|Cooperation|Co-operation|Collaboration|Collaborations|Relations|Partnership|Partnerships|Engagement|Policy|Policies|Strategy|Strategic|Planning|Programs|Programmes|Program|Programme|Projects|Operations|Management|Administration|Education|Higher|Health|Security|Safety|Defense|Defence|Space|Quantum|Fusion|Nuclear|Physics|Biology|Chemistry|Materials|Mathematics|Mathematical|Computing|Computer|Computational|Engineering|Information|Digital|Data|Infrastructure|Infrastructures|Facilities|Facility|Mission|Critical|Emerging|Advanced|Basic|Applied|Frontier|Future|Fundamental|National|Public|Communications|Communication|Legal|Finance|Financial|Budget|Human|Resources|Talent|Training|Academic|Student|Graduate|Culture|Sports|Labor|Labour|State|Commerce|Interior|Climate|Clean|Renewable|Transport|Agriculture|Food|Biotechnology|Bio|Semiconductor|Semiconductors|AI|Artificial|Intelligence|Physical|Life|Earth|Polar|Ocean|Oceans|Marine|Strategy|Standards|Metrology|Grants|Awards|Staff|Exchange|Exchanges|Mobility|Delegation|Transfer|Commercialization|Commercialisation|Entrepreneurship|SMEs|Startups|User|Services|Systems|Laboratory|Laboratories|Labs|Investment|Corporate|External|General|Institutional|Internal|Knowledge|Evaluation|Review|Implementation|Coordination|Directorate|Division|Section|Office|Department|Unit|Center|Centre|Institute|Bureau|Support|Infrastructure";

static ENGLISH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        concat!(
            r"(?:(?:(?:{ranks})[- ](?:and )?)|(?:(?:{fields})(?:,| &| and)? ))*",
            r"(?:Chief of Staff|Head of (?:the )?(?:Korean |U\.S\. |Japanese |[A-Z][a-z]+ )?Delegation|(?:{titles})|(?P<leaning>{leaning}))",
            r"(?P<for>(?:,? for| of|,) (?:the )?(?:{subjects})(?:(?:,? and|,? &|,| of| of the| for|/)? ?(?:{subjects}))*)?",
        ),
        ranks = RANKS,
        fields = FIELDS,
        titles = TITLES,
        leaning = LEANING,
        subjects = SUBJECTS
    ))
    .ok()
});

/// Korean titles; what precedes in the word says of what.
const KOREAN: &str = "차관보|부차관보|부차관|차관|부장관|장관|본부장|조정관|부국장|국장|부실장|실장|과장|팀장|정책관|협력관|기획관|심의관|담당관|사무관|서기관|주무관|비서관|보좌관|수석비서관|행정관|위원장|부위원장|집행위원|원장|부원장|연구소장|소장|부소장|이사장|사무총장|사무국장|사무차장|총장|부총장|학장|단장|사업단장|총영사|대사|참사관|주재관|과학관|서기관|영사|대표이사|회장|부회장|사장|부사장|처장|청장|차장|센터장|부장|그룹장|부문장|의장|부의장|총리|부총리|대통령|특사|지원관|정책보좌관|감독관|분석관|연구위원장|교육원장|총괄관|혁신관|대변인|공보관|기술관|안보실장|책임관|감사관|국제관|통상관";
/// Words that end like a title and are none.
const NO_TITLES: &[&str] = &[
    "신진대사",
    "고대사",
    "현대사",
    "근대사",
    "중세사",
    "서명식장",
    "방사장",
    "회의장",
    "행사장",
    "전시회장",
    "박람회장",
    "대회장",
    "강연회장",
    "성과장",
];
/// The longest word that is looked at, in syllables.
const LONGEST_WORD: usize = 24;

static KOREAN_TITLES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(KOREAN.split('|')).ok());

/// The offices a text names, in its order. `name` is the office as written.
pub fn offices(text: &str) -> Vec<Found> {
    let mut found: Vec<Range<usize>> = english(text);
    found.extend(korean(text));
    found.sort_by_key(|range| range.start);
    found.into_iter().map(|range| Found { name: text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" "), range }).collect()
}

fn english(text: &str) -> Vec<Range<usize>> {
    let Some(pattern) = ENGLISH.as_ref() else { return Vec::new() };
    pattern
        .captures_iter(text)
        .filter_map(|groups| {
            let whole = groups.get(0)?;
            let (start, mut end) = (whole.start(), whole.end());
            if text[..start].ends_with(|sign: char| sign.is_alphanumeric() || sign == '-' || sign == '_') {
                return None;
            }
            // The subject may have begun within a longer word: "of Energyworks".
            if let Some(subject) = groups.name("for") {
                let inner = |end: usize| text[end..].starts_with(|sign: char| sign.is_alphanumeric());
                while end > subject.start() && inner(end) {
                    end = subject.start() + text[subject.start()..end].rfind([' ', '/']).unwrap_or(0);
                }
                // ", Energy" after a plain title is more often a list than a subject, unless the title leans on nothing else: "Vice-President, Research".
                let listed = subject.as_str().starts_with(", ") && !subject.as_str().starts_with(", for");
                let plain = !text[start..subject.start()].contains([' ', '-']);
                if listed && plain {
                    end = subject.start();
                }
                end = start + text[start..end].trim_end_matches(|sign: char| !sign.is_alphanumeric()).len();
            }
            let title = &text[start..end];
            if text[end..].starts_with(|sign: char| sign.is_alphanumeric() || sign == '_') && !text[end..].starts_with(is_hangul) {
                return None;
            }
            // "Head" and the like need a word of rank or field before, or what they are for behind.
            let leaning = groups.name("leaning");
            if leaning.is_some_and(|leaning| {
                leaning.start() == start
                    && (leaning.as_str() != "Head" || groups.name("for").is_none_or(|subject| !subject.as_str().starts_with(" of")))
            }) {
                return None;
            }
            // "Office of the President", "Chair" as furniture and "Ministerial" are none; "the Secretary" of a body without a name is.
            (!before(text, start, 14).ends_with("Office of the ")).then_some(())?;
            (!(title == "Lead" || title == "Of Staff")).then_some(start..end)
        })
        .collect()
}

fn korean(text: &str) -> Vec<Range<usize>> {
    let Some(titles) = KOREAN_TITLES.as_ref() else { return Vec::new() };
    let mut found: Vec<Range<usize>> = Vec::new();
    for hit in titles.find_overlapping_iter(text) {
        let end = hit.end();
        let start = word_start(text, hit.start());
        let known = found.last().is_some_and(|last| last.end > start);
        if known || !ends_name(&text[end..]) || !is_office(&text[start..end], &text[end..]) {
            continue;
        }
        let mut start = qualified(text, start);
        // "장관·차관" is one mention of both.
        while let Some(last) = found.pop_if(|last| last.end > start) {
            start = last.start;
        }
        found.push(start..end);
    }
    found
}

/// Where the run of syllables that goes on at `at` begins.
fn word_start(text: &str, at: usize) -> usize {
    let run: usize = text[..at].chars().rev().take(LONGEST_WORD).take_while(|sign| is_hangul(*sign)).map(char::len_utf8).sum();
    at - run
}

/// The start of a title with the number or the words "… 담당" before it.
fn qualified(text: &str, start: usize) -> usize {
    let head = &text[..start];
    if head.ends_with(|sign: char| sign.is_ascii_digit()) {
        let head = &head[..head.len() - 1];
        return head.trim_end_matches(' ').strip_suffix('제').unwrap_or(head).len();
    }
    if head.ends_with(['·', 'ㆍ', '∙', '・']) {
        // "과학·혁신국장"; "장·차관" is one mention.
        let head = head.trim_end_matches(['·', 'ㆍ', '∙', '・']);
        return word_start(text, head.len());
    }
    let Some(field) = head.strip_suffix(' ').and_then(|head| head.strip_suffix("담당")) else { return start };
    let field = field.trim_end_matches(' ');
    let joined: usize =
        field.chars().rev().take(LONGEST_WORD).take_while(|sign| is_hangul(*sign) || "·ㆍ∙・".contains(*sign)).map(char::len_utf8).sum();
    field.len() - joined
}

/// Whether a word that ends like a title is one; `rest` is what follows.
fn is_office(word: &str, rest: &str) -> bool {
    // "과장되다", "사장하다" are verbs.
    let verb = ["된", "되", "한 ", "하여", "했", "됐"].iter().any(|ending| rest.starts_with(ending));
    !verb && !NO_TITLES.iter().any(|other| word.ends_with(other))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        offices(text).into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn patterns_compile() {
        assert!(ENGLISH.is_some());
        assert!(KOREAN_TITLES.is_some());
    }

    #[test]
    fn english_titles_with_what_they_are_for() {
        assert_eq!(
            found(
                "Vice Minister Noh met Deputy Director for International Affairs Marion Halloway, Under Secretary for Science Evan Castellane and Director General Seo."
            ),
            ["Vice Minister", "Deputy Director for International Affairs", "Under Secretary for Science", "Director General"]
        );
        assert_eq!(found("Vice-President, Emerging Technologies Gordon Lafleur"), ["Vice-President, Emerging Technologies"]);
        assert_eq!(
            found("Senior Programme Officer, JST; Project Scientist Delia; Head of Delegation"),
            ["Senior Programme Officer", "Project Scientist", "Head of Delegation"]
        );
        assert_eq!(
            found("The Secretary of Energy and the Chief of Staff; the President of KIST"),
            ["Secretary of Energy", "Chief of Staff", "President"]
        );
        assert_eq!(found("Director, Energy and others; programme directors; the chair; Presidential; Manager; Heads of state").len(), 1);
    }

    #[test]
    fn korean_titles() {
        assert_eq!(found("류승민 과학기술혁신본부장이 로런 매켄지 과학 담당 차관과 만났다."), ["과학기술혁신본부장", "과학 담당 차관"]);
        assert_eq!(found("도예슬 국제협력관, 제1차관은, 배현우 이사장, 김 대사와"), ["국제협력관", "제1차관", "이사장", "대사"]);
        assert_eq!(found("장관회의와 국장급 회의, 대사관, 시장, 현장, 입장, 성장, 확장, 과장된 표현"), Vec::<String>::new());
        assert_eq!(found("과학기술정보통신부 장관이"), ["장관"]);
    }
}
