//! What kind of statement a sentence makes: the verbs that propose, promise, begin, end or refuse, with what blocks them. Of several about the same matter the
//! answer decides, not what was answered.

mod english;
mod korean;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::FoundDate;
use crate::text::is_hangul;

/// The state of what a statement speaks of, by the names that the register uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// One side wants it.
    Proposed,
    /// The other side will think about it.
    ToBeConsidered,
    /// All sides want it.
    Agreed,
    /// It is under way.
    Started,
    /// It is finished as it was meant to be.
    Done,
    /// It ended or never came, without being finished.
    Lapsed,
    /// A side does not want it.
    Declined,
}

impl State {
    /// All states.
    pub const ALL: [State; 7] =
        [State::Proposed, State::ToBeConsidered, State::Agreed, State::Started, State::Done, State::Lapsed, State::Declined];

    /// The name of the register's state.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Proposed => "proposed",
            State::ToBeConsidered => "to_be_considered",
            State::Agreed => "agreed",
            State::Started => "started",
            State::Done => "done",
            State::Lapsed => "lapsed",
            State::Declined => "declined",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    english: BTreeMap<String, Vec<String>>,
    korean: KoreanData,
}

#[derive(Debug, Default, Deserialize)]
struct KoreanData {
    stems: BTreeMap<String, Vec<String>>,
    phrases: BTreeMap<String, Vec<String>>,
}

static DATA: LazyLock<Data> = LazyLock::new(|| toml::from_str(include_str!("../../../data/draft-statements.toml")).unwrap_or_default());

/// A verb that says a state.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    at: usize,
    end: usize,
    state: State,
    /// It is said in passing, in a clause that depends on another.
    weak: bool,
}

/// The state a sentence says something to be in; none if it is no statement.
///
/// `dates`: those the sentence gives, which tell what is long past when the text appears (`published`).
pub fn state(sentence: &str, dates: &[FoundDate], published: Option<i32>) -> Option<State> {
    if sentence.len() > LONGEST {
        return None;
    }
    let text = without_quotes(sentence);
    let found = if sentence.chars().any(is_hangul) { korean::state(&text) } else { english::state(&text) }?;
    (found == State::Lapsed || !is_background(dates, published)).then_some(found)
}

/// The longest sentence that is read, in bytes; what is longer is a table or no text at all, and would cost more than it is worth.
const LONGEST: usize = 6000;
/// Days after which what a sentence dates is history and no news.
const HISTORY: i32 = 2 * 366;

fn is_background(dates: &[FoundDate], published: Option<i32>) -> bool {
    let Some(published) = published else { return false };
    !dates.is_empty() && dates.iter().all(|date| date.to < published - HISTORY)
}

/// The sentence with blanks for what stands in quotation marks, in bytes of the same places. Short quotes are names and stay.
fn without_quotes(sentence: &str) -> String {
    let mut bytes = sentence.as_bytes().to_vec();
    let mut open: Option<(usize, char)> = None;
    for (at, sign) in sentence.char_indices() {
        match open {
            None => {
                let closing = match sign {
                    '"' => '"',
                    '“' => '”',
                    '「' => '」',
                    '『' => '』',
                    _ => continue,
                };
                open = Some((at + sign.len_utf8(), closing));
            }
            Some((start, closing)) if sign == closing => {
                bytes[start..at].fill(b' ');
                open = None;
            }
            Some(_) => {}
        }
    }
    // Blanks replace whole characters, so it is still text.
    String::from_utf8(bytes).unwrap_or_else(|_| sentence.to_owned())
}

/// One pattern for all of a state.
fn any_of(patterns: &[String], replace: impl Fn(&str) -> String) -> Option<Regex> {
    let parts: Vec<String> = patterns.iter().map(|pattern| replace(pattern)).collect();
    if parts.is_empty() { None } else { Regex::new(&format!("(?:{})", parts.join("|"))).ok() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn of(sentence: &str) -> Option<&'static str> {
        state(sentence, &[], None).map(State::as_str)
    }

    #[test]
    fn all_states_have_patterns_that_compile() {
        for state in State::ALL {
            assert!(
                DATA.english.contains_key(state.as_str())
                    && DATA.korean.stems.contains_key(state.as_str())
                    && DATA.korean.phrases.contains_key(state.as_str()),
                "{}",
                state.as_str()
            );
            for pattern in DATA.english[state.as_str()].iter().chain(&DATA.korean.phrases[state.as_str()]) {
                assert!(Regex::new(&pattern.replace("{adv}", "")).is_ok(), "{pattern}");
            }
        }
        assert_eq!(english::PATTERNS.len(), 7);
        assert_eq!(korean::PHRASES.len(), 7);
    }

    #[test]
    fn english_states() {
        for (sentence, expected) in [
            ("Korea proposed a joint centre.", "proposed"),
            ("Korea proposed X and the US agreed to review it positively.", "to_be_considered"),
            ("The two sides agreed to consider a joint call.", "to_be_considered"),
            ("The agencies signed a memorandum of understanding.", "agreed"),
            ("Both sides agreed to hold a workshop in May.", "agreed"),
            ("MSIT and NSF launched a joint programme.", "started"),
            ("The first phase has been completed.", "done"),
            ("The arrangement expired in March.", "lapsed"),
            ("The arrangement was not renewed.", "lapsed"),
            ("DOE turned the request down.", "declined"),
            ("NSF was not able to accept the proposal.", "declined"),
            ("The proposal is still under review.", "to_be_considered"),
            ("The agreement ended in June.", "lapsed"),
            ("The exchange ended in June.", "done"),
        ] {
            assert_eq!(of(sentence), Some(expected), "{sentence}");
        }
    }

    #[test]
    fn english_sentences_that_state_nothing() {
        for sentence in [
            "The laboratory was established in 1990 and has 3,000 staff.",
            "The agreed schedule is attached.",
            "No agreement was signed.",
            "\"We agreed to everything,\" he joked.",
            "If the programme were approved, work could be started.",
            "The sides did not sign the text yet.",
            "The projects will be launched later.",
            "A panel will rank the proposals.",
            "They met to discuss fusion.",
        ] {
            assert_eq!(of(sentence), None, "{sentence}");
        }
        let old = FoundDate { from: 7000, to: 7000, range: 0..1 };
        assert_eq!(state("The laboratory began operating in 1989.", &[old], Some(19_000)), None);
    }

    #[test]
    fn korean_states() {
        for (sentence, expected) in [
            ("한국은 공동연구센터 설립을 제안했다.", "proposed"),
            ("우리 측이 공동연구를 제안하였고 미측은 긍정적으로 검토하기로 했다.", "to_be_considered"),
            ("양측은 5월에 워크숍을 열기로 했다.", "agreed"),
            ("양 기관은 양해각서를 체결하였다.", "agreed"),
            ("공동 워크숍 개최 합의", "agreed"),
            ("두 기관은 지난달 과제에 착수했다.", "started"),
            ("1단계 사업을 완료하였음", "done"),
            ("협정은 3월에 만료되었다.", "lapsed"),
            ("협정이 종료되었다.", "lapsed"),
            ("파견이 종료되었다.", "done"),
            ("미국 측은 예산을 이유로 거절했다.", "declined"),
            ("수용하기 어렵다는 입장을 밝혔다.", "declined"),
            ("일본 측은 검토 중이라고 답했다.", "to_be_considered"),
            ("함께 연구하자고 제안했다.", "proposed"),
        ] {
            assert_eq!(of(sentence), Some(expected), "{sentence}");
        }
    }

    #[test]
    fn korean_sentences_that_state_nothing() {
        for sentence in [
            "연구원은 1990년에 설립되었으며 직원은 3천 명이다.",
            "합의문은 누리집에서 볼 수 있다.",
            "양측은 아직 합의하지 못했다.",
            "그는 \"이미 합의했다\"고 웃었다.",
            "제안서 양식은 공고문에 있다.",
            "새로운 방법을 제안하는 논문이 나왔다.",
            "국회는 예산안에 합의했다.",
        ] {
            assert_eq!(of(sentence), None, "{sentence}");
        }
    }
}
