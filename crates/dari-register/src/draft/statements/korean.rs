//! Statements in Korean: the ending of a verb tells whether it asserts, describes, denies or plans.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{DATA, Said, State, any_of};
use crate::draft::words::{before, behind};
use crate::text::is_hangul;

struct Stems {
    search: AhoCorasick,
    states: Vec<State>,
}

static STEMS: LazyLock<Option<Stems>> = LazyLock::new(|| {
    let mut words: Vec<&String> = Vec::new();
    let mut states = Vec::new();
    for state in State::ALL {
        for stem in DATA.korean.stems.get(state.as_str())? {
            words.push(stem);
            states.push(state);
        }
    }
    Some(Stems { search: AhoCorasick::new(words).ok()?, states })
});

pub(super) static PHRASES: LazyLock<Vec<(State, Regex)>> = LazyLock::new(|| {
    State::ALL
        .into_iter()
        .filter_map(|state| {
            any_of(DATA.korean.phrases.get(state.as_str())?, |pattern| pattern.replace("\\b", "").replace("\\s", "[ \n]"))
                .map(|regex| (state, regex))
        })
        .collect()
});

/// How a verb ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It happened or happens: 했다, 함, 하고, or the noun alone at the end.
    Asserted,
    /// It is going on: 하고 있다, 중이다.
    Going,
    /// It is promised: 하기로, 하겠다, 할 예정.
    Promised,
    /// 하지 않았다, 할 수 없다, 하기 어렵다.
    Denied,
    /// 하는, 한, 할 before a noun, 하려고, 하도록, 하면, or the noun with a particle.
    Other,
}

static REST: LazyLock<Option<Rest>> = LazyLock::new(|| {
    let start = |pattern: &str| Regex::new(&format!("^(?:{pattern})")).ok();
    Some(Rest {
        denied: start(r"(?:하|되|받|시키)?(?:지|지는|지도|지를)\s?(?:아니|않|못|말)|(?:할|될)\s?수(?:는|가)?\s?없|하기(?:는|가|에는)?\s?(?:어렵|곤란|힘들)|에\s?이르지\s?못|(?:을|를)\s?(?:하지|이루지|보지|내지)\s?(?:않|못)|(?:이|가)\s?(?:되지|이뤄지지|이루어지지)\s?(?:않|못)|하지를")?,
        promised: start(r"(?:하|되|받)?기로|하겠|(?:할|될)\s?(?:예정|계획|방침|것으로|것이|것임|것을\s?약속|것이라|전망)|(?:해|하여)\s?(?:보|나가|나갈|가)(?:기로|겠|ㄹ|\s?기로)|해\s?볼|해\s?나갈|해나가|해보|해\s?보|하려\s?한다|\s?(?:예정|계획)(?:이|임|$|\.)")?,
        going: start(r"(?:하고|되고|해\s?오고|해)\s?있|(?:하는|되는)\s?중|\s?중(?:이|임|에|인|\s*$|\.)|돼\s?있|되어\s?있|해\s?(?:오고|왔|옴)")?,
        other: start(
            r"(?:하자|하자고|하자는|하자며)(?:고|는|며)|(?:하려|하고자|하도록|되도록|하기\s?위|하기\s?전|하면\s|하면,|되면\s|되면,|할지|될지|할\s?때|할\s?경우|하는지|되는지|하더라도|하려면|했는지|됐는지|했으면|하게\s?하|하라고|하는\s?것|하는\s?방|한다면|할\s?수\s?있|될\s?수\s?있|하기를|하길|되기를|되길|하기\s|하기에|하기는|하는\s?데|한\s?적)|(?:한|하는|할|된|되는|될|했던|하던|됐던|받은|받는|시킨|하게|해야|돼야|되어야|하여야|하였던|되었던|한다는|했다는|된다는|됐다는|하겠다는|하려는|하자는|해\s?온|해온|하지)(?:\s|$|[,.])",
        )?,
        told: start(r"(?:한|된)\s?(?:것으로|바\s?있|상태|셈)|하자[,\s]|(?:한|하는|된)\s?(?:데\s?이어|데\s?대해\s?동의)")?,
        asserted: start(r"하|했|한다|함|해|되|됐|된다|됨|돼|받았|받아|받음|시키|시켰|시킴|이다|였다|임\b")?,
        end: start(r"(?:\s*[.,;)\]·/]|\s*$|\s*\()")?,
        reported: Regex::new(r"(?:소개|설명|보도|전망|평가|분석|자평|홍보|언급|강조)(?:했|하였|함|한다|되|됐)").ok()?,
        others: Regex::new(r"(?:정계|의회|국회|의원들?|언론|학계|업계|정치권|시민단체|주민들?|전문가들?|여야|여당|야당|상원|하원|법원|노조|기업들|업체들|투자자들?|누리꾼|유권자|대통령실|국무회의|당국자들|논문|보고서)(?:은|는|이|가|에서는|에서|도|의)?\s").ok()?,
        domestic: Regex::new(r"국내\s|정부는|기본계획|법\s?개정|법안|개정안|예산안|추경|국정과제|내각|총선|대선|자체\s|전략을\s?(?:발표|수립|확정)|종합계획|로드맵을\s?(?:발표|수립|확정)|정부가").ok()?,
        mutual: Regex::new(r"양측|양국|양\s기관|양\s?부처|두\s|세\s|3국|삼국|공동|상호|한미|한·미|한일|한·일|한중|한·중|한[-·\s]?EU|미측|일측|중측|상대|협력|함께|교류").ok()?,
        in_force: Regex::new(r"협정|약정|양해각서|MOU|각서|계약|효력|유효기간|의향서|부속서|협약|조약|의정서|합의서").ok()?,
    })
});

struct Rest {
    denied: Regex,
    promised: Regex,
    going: Regex,
    other: Regex,
    /// Looks like `other` and asserts.
    told: Regex,
    asserted: Regex,
    end: Regex,
    /// Verbs that tell of something and do nothing.
    reported: Regex,
    /// Who is not a side of any cooperation.
    others: Regex,
    /// What a state does by itself.
    domestic: Regex,
    /// Something between sides.
    mutual: Regex,
    /// A text that is in force until it ends.
    in_force: Regex,
}

pub(super) fn state(text: &str) -> Option<State> {
    let (stems, rest) = (STEMS.as_ref()?, REST.as_ref()?);
    let mut all: Vec<Said> = Vec::new();
    for hit in stems.search.find_overlapping_iter(text) {
        let state = stems.states[hit.pattern().as_usize()];
        let next = behind(text, hit.end(), 60);
        let word = &text[hit.range()];
        let ending = ending(next, rest);
        let Some(state) = meaning(state, ending, word, &text[..hit.start()], rest) else { continue };
        let run: usize = next.chars().take_while(|sign| is_hangul(*sign)).map(char::len_utf8).sum();
        // "…었음을 소개함", "…했다고 설명했다": told of, not done here.
        let tail = behind(text, hit.end() + run, 200);
        let told = next[..run].ends_with("음을")
            || next[..run].ends_with("다고")
            || next[..run].ends_with("다며")
            || next[..run].ends_with("다는");
        if told && matches!(state, State::Started | State::Done | State::Agreed) && rest.reported.is_match(tail) {
            continue;
        }
        all.push(Said { at: hit.start(), end: hit.end() + run, state, weak: false });
    }
    for (state, pattern) in PHRASES.iter() {
        for hit in pattern.find_iter(text) {
            if describes(text, hit.end()) {
                continue;
            }
            // A phrase begins with the stem it is about; what it says goes further than the stem alone.
            all.retain(|said| {
                said.at < hit.start()
                    || said.at >= hit.end()
                    || *state == State::Agreed
                    || *state == State::Proposed && said.state != State::Proposed
            });
            all.push(Said { at: hit.start(), end: hit.end(), state: *state, weak: false });
        }
    }
    let found = decide(all)?;
    let first_clause = text.split(',').next().unwrap_or(text);
    let subject = rest.others.find(first_clause).is_some_and(|found| found.start() < 40 && !rest.mutual.is_match(&text[..found.start()]));
    if subject {
        return None;
    }
    let one_sided = rest.domestic.is_match(text) && !rest.mutual.is_match(text);
    (!(one_sided && matches!(found, State::Agreed | State::Started | State::Done))).then_some(found)
}

fn ending(next: &str, rest: &Rest) -> Ending {
    if rest.denied.is_match(next) {
        Ending::Denied
    } else if rest.told.is_match(next) {
        Ending::Asserted
    } else if rest.promised.is_match(next) {
        Ending::Promised
    } else if rest.going.is_match(next) {
        Ending::Going
    } else if rest.other.is_match(next) {
        Ending::Other
    } else if rest.asserted.is_match(next) || rest.end.is_match(next) && is_last(next) {
        Ending::Asserted
    } else {
        Ending::Other
    }
}

/// Whether a noun stands at the end, as it does in the style of lists.
fn is_last(next: &str) -> bool {
    let rest = next.trim_start_matches(|sign: char| sign.is_whitespace() || ".,;)]".contains(sign));
    rest.is_empty() || next.trim_start().starts_with('(') && next.trim_end_matches('.').ends_with(')')
}

/// What a stem says with its ending.
fn meaning(state: State, ending: Ending, word: &str, head: &str, rest: &Rest) -> Option<State> {
    match (state, ending) {
        (State::ToBeConsidered, Ending::Promised | Ending::Going) => Some(state),
        // "판단하고 있다" is an opinion.
        (State::ToBeConsidered, _) => None,
        (State::Agreed, Ending::Denied) if ["수락", "수용", "동의", "승인"].contains(&word) => Some(State::Declined),
        (_, Ending::Denied | Ending::Other) => None,
        (State::Declined, Ending::Promised) => Some(state),
        // "제안하기로": the phrase with 기로 says so. Plans are not yet anything.
        (_, Ending::Promised) => None,
        (State::Done, _) if word == "종료" => {
            let clause = before(head, head.len(), 90);
            Some(if rest.in_force.is_match(clause) { State::Lapsed } else { State::Done })
        }
        (_, Ending::Asserted | Ending::Going) => Some(state),
    }
}

/// Whether a phrase only describes the noun that follows: "…기로 한 사업", "맺은 약정".
fn describes(text: &str, end: usize) -> bool {
    let next = behind(text, end, 24);
    let run: usize = next.chars().take_while(|sign| is_hangul(*sign)).map(char::len_utf8).sum();
    matches!(&next[..run], "던" | "한" | "된" | "은" | "인")
        && next[run..].starts_with(' ')
        && !next[run..].trim_start().starts_with("것으로")
        && !next[run..].trim_start().starts_with("바 있")
}

/// The last verb decides; "검토하기로 합의했다" is to be considered, "받지 않기로 했다" declined, "검토가 진행 중" not yet begun.
fn decide(mut all: Vec<Said>) -> Option<State> {
    all.sort_by_key(|said| (said.at, said.end));
    let over: Vec<Said> =
        all.iter().filter(|said| matches!(said.state, State::ToBeConsidered | State::Declined | State::Lapsed)).cloned().collect();
    let signed: Vec<(usize, usize)> = all.iter().filter(|said| said.state == State::Agreed).map(|said| (said.at, said.end)).collect();
    all.retain(|said| match said.state {
        State::Agreed => !over.iter().any(|open| said.at >= open.at && said.at <= open.end + LEANS),
        // "서명을 마쳤다" agrees.
        State::Done if signed.iter().any(|(at, end)| said.at > *at && said.at < *end) => false,
        State::Started | State::Done => !over.iter().any(|open| said.at >= open.at && said.at < open.end),
        _ => true,
    });
    all.last().map(|said| said.state)
}

/// How many bytes behind "검토하기로" an "합의했다" may be that belongs to it.
const LEANS: usize = 14;
