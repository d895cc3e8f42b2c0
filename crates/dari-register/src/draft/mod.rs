//! Drafts for the register out of a text: a press release, minutes, a report. What is found is not yet confirmed by anybody and nothing is stored; every draft is
//! tied to its sentence by offset, so that the one who confirms it can see where it comes from.
//!
//! Organisations come from a gazetteer ([`Gazetteer`]), offices, dates, meetings and statements from patterns in English and Korean. All of it is linear in the
//! length of the text. `tests/drafts.rs` measures precision and recall of each on annotated texts.

mod dates;
mod embassies;
mod fold;
mod gazetteer;
mod meetings;
mod offices;
mod organisations;
mod record;
mod sentences;
mod statements;
mod words;

use std::ops::Range;

pub use dates::{FoundDate, dates};
pub use gazetteer::{Gazetteer, GazetteerError};
pub use meetings::is_meeting;
pub use offices::offices;
pub use organisations::organisations;
pub use record::{About, Proposed};
pub use sentences::sentences;
pub use statements::{State, state};

/// What a draft is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftKind {
    /// People of several sides meet, have met or will.
    Meeting,
    /// Something was proposed, promised, begun, ended or refused.
    Statement,
}

impl DraftKind {
    /// The name of the register's kind.
    pub fn as_str(self) -> &'static str {
        match self {
            DraftKind::Meeting => "meeting",
            DraftKind::Statement => "statement",
        }
    }
}

/// What a sentence says, not yet confirmed by anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is of.
    pub kind: DraftKind,
    /// What kind of statement; none for a meeting.
    pub state: Option<State>,
    /// The sentence, in bytes of the text.
    pub sentence: Range<usize>,
    /// The organisations the sentence names.
    pub organisations: Vec<Found>,
    /// The offices the sentence names.
    pub offices: Vec<Found>,
    /// The dates the sentence gives.
    pub dates: Vec<FoundDate>,
}

/// A name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The canonical name.
    pub name: String,
    /// Where it is written, in bytes.
    pub range: Range<usize>,
}

/// The drafts of a text, in its order; a sentence may give a meeting and a statement.
///
/// `published`: the day the text is of, in days since 1970-01-01, which relative dates and dates without a year refer to.
pub fn draft(text: &str, published: Option<i32>, gazetteer: &Gazetteer) -> Vec<Draft> {
    let organisations = organisations(text, gazetteer);
    let offices = offices(text);
    let dates = dates(text, published);
    let mut drafts = Vec::new();
    for sentence in sentences(text) {
        let given = within(&dates, |date| &date.range, &sentence);
        let state = state(&text[sentence.clone()], given, published);
        let meeting = is_meeting(&text[sentence.clone()]);
        let kinds = [meeting.then_some((DraftKind::Meeting, None)), state.map(|state| (DraftKind::Statement, Some(state)))];
        for (kind, state) in kinds.into_iter().flatten() {
            drafts.push(Draft {
                kind,
                state,
                sentence: sentence.clone(),
                organisations: within(&organisations, |found| &found.range, &sentence).to_vec(),
                offices: within(&offices, |found| &found.range, &sentence).to_vec(),
                dates: given.to_vec(),
            });
        }
    }
    drafts
}

/// The part of a list in the order of the text that lies in a sentence.
fn within<'a, T>(all: &'a [T], range: impl Fn(&T) -> &Range<usize>, sentence: &Range<usize>) -> &'a [T] {
    let first = all.partition_point(|found| range(found).start < sentence.start);
    let last = all.partition_point(|found| range(found).end <= sentence.end);
    all.get(first..last.max(first)).unwrap_or_default()
}

/// The range in characters of a range in bytes, for those who count so. A byte within a character counts as that character's beginning.
pub fn characters(text: &str, bytes: Range<usize>) -> Range<usize> {
    let count = |from: usize, to: usize| text[from..to].chars().count();
    let (start, end) = (words::floor(text, bytes.start), words::floor(text, bytes.end.max(bytes.start)));
    let first = count(0, start);
    first..first + count(start, end)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_has_what_its_sentence_names() {
        let text = "MSIT and DOE met in Seoul on 22 January 2024. ARPA-E proposed an exchange of programme managers. The weather was good.";
        let drafts = draft(text, None, &Gazetteer::shipped().unwrap());
        assert_eq!(drafts.len(), 2);
        assert_eq!(
            (drafts[0].kind, drafts[0].state, drafts[0].organisations.len(), drafts[0].dates.len()),
            (DraftKind::Meeting, None, 2, 1)
        );
        assert_eq!((drafts[1].kind, drafts[1].state, drafts[1].organisations.len()), (DraftKind::Statement, Some(State::Proposed), 1));
        assert_eq!(&text[drafts[1].sentence.clone()], "ARPA-E proposed an exchange of programme managers.");
    }

    #[test]
    fn characters_of_bytes() {
        assert_eq!(characters("가나 ab", 3..7), 1..3);
        assert_eq!(characters("가나", 1..100), 0..2);
    }

    /// A generator that is the same everywhere (xorshift).
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        fn below(&mut self, limit: usize) -> usize {
            (self.next() % limit as u64) as usize
        }
    }

    #[test]
    fn any_text_gives_ranges_on_boundaries_within_their_sentences() {
        let gazetteer = Gazetteer::shipped().unwrap();
        let pieces = [
            "과기정통부",
            "는 ",
            "DOE",
            "와 ",
            "제안",
            "했다",
            ".",
            " ",
            "\n",
            "- ",
            "□ ",
            "2024",
            "년 ",
            "1월 ",
            "22일",
            "~",
            "23",
            "까지",
            "(",
            ")",
            "May",
            "-",
            "June ",
            "last ",
            "Director",
            " for ",
            "Energy",
            "the end of ",
            "by ",
            "차관",
            "agreed to ",
            "consider",
            "\"",
            "“",
            "”",
            "U.S.",
            "’24. 1. 22.",
            "안에",
            "국장",
            "주미대사관",
            "Embassy of Korea",
            "이하",
            "é",
            "ㅇ",
            "\u{a0}",
            "지난",
            "3.13 ",
            "제1",
            " 담당 ",
            "·",
        ];
        let mut numbers = Numbers(88_172_645_463_325_252);
        for round in 0..600 {
            let length = numbers.below(120);
            let text: String = match round % 3 {
                0 => String::from_utf8_lossy(&(0..length).map(|_| numbers.next() as u8).collect::<Vec<u8>>()).into_owned(),
                1 => (0..length).map(|_| pieces[numbers.below(pieces.len())]).collect(),
                _ => (0..length)
                    .map(|_| match numbers.below(4) {
                        0 => char::from(numbers.below(128) as u8),
                        1 => char::from_u32(0xAC00 + numbers.below(11_172) as u32).unwrap_or(' '),
                        2 => pieces[numbers.below(pieces.len())].chars().next().unwrap_or(' '),
                        _ => char::from_u32(numbers.below(0x3000) as u32).unwrap_or(' '),
                    })
                    .collect(),
            };
            let published = (round % 2 == 0).then(|| numbers.below(40_000) as i32 - 5_000);
            let on = |range: &Range<usize>| text.get(range.clone()).is_some_and(|part| !part.is_empty());
            let mut last = 0;
            for sentence in sentences(&text) {
                assert!(on(&sentence) && sentence.start >= last, "{text:?}");
                last = sentence.end;
            }
            let mut ends = (0, 0, 0);
            for found in organisations(&text, &gazetteer) {
                assert!(on(&found.range) && found.range.start >= ends.0, "{text:?} {found:?}");
                ends.0 = found.range.end;
            }
            for found in offices(&text) {
                assert!(on(&found.range) && found.range.start >= ends.1, "{text:?} {found:?}");
                ends.1 = found.range.end;
            }
            for found in dates(&text, published) {
                assert!(on(&found.range) && found.range.start >= ends.2 && found.from <= found.to, "{text:?} {found:?}");
                ends.2 = found.range.end;
            }
            for draft in draft(&text, published, &gazetteer) {
                let inside = |range: &Range<usize>| range.start >= draft.sentence.start && range.end <= draft.sentence.end;
                assert!(draft.organisations.iter().chain(&draft.offices).all(|found| inside(&found.range)), "{text:?}");
                assert!(draft.dates.iter().all(|date| inside(&date.range)), "{text:?}");
                assert_eq!(draft.state.is_some(), draft.kind == DraftKind::Statement);
            }
        }
    }
}
