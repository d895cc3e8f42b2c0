//! Phrases in titles: all phrases of a framework in one automaton, so that a title is read once.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use dari_model::text::{normalise, normalise_into};

use crate::error::Error;
use crate::framework::Words;

/// A phrase in comparable form ([`dari_model::text::normalise`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// Runs of words; between two runs, the last word of the first may go on.
    runs: Vec<String>,
    /// The last word may go on.
    open: bool,
}

impl Phrase {
    /// Reads a phrase of a framework file; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = text.split('*').peekable();
        let mut runs = Vec::new();
        let mut open = false;
        while let Some(piece) = pieces.next() {
            let last = pieces.peek().is_none();
            let ends_in_word = piece.chars().next_back().is_some_and(char::is_alphanumeric);
            let goes_on_after_star = !runs.is_empty() && piece.starts_with(char::is_alphanumeric);
            if goes_on_after_star || (!last && !ends_in_word) {
                return Err(format!("{text:?}: \"*\" may stand only at the end of a word"));
            }
            let run = normalise(piece);
            if last && !runs.is_empty() && run.is_empty() {
                open = true;
            } else if run.is_empty() {
                return Err(format!("{text:?} holds no word"));
            } else {
                runs.push(run);
            }
        }
        Ok(Phrase { runs, open })
    }

    /// What the automaton looks for, in a text with a space at either end.
    fn pattern(&self) -> String {
        let ends = if self.runs.len() > 1 || self.open { "" } else { " " };
        format!(" {}{ends}", self.runs[0])
    }

    /// Whether the runs after the first follow in `rest`, the text behind the pattern.
    fn follows(&self, mut rest: &str) -> bool {
        for (index, run) in self.runs.iter().enumerate().skip(1) {
            let Some(behind) = rest.find(' ').and_then(|space| rest[space + 1..].strip_prefix(run.as_str())) else { return false };
            let word_may_go_on = self.open || index + 1 < self.runs.len();
            if !word_may_go_on && !behind.starts_with(' ') {
                return false;
            }
            rest = behind;
        }
        true
    }
}

/// A place where a pattern leads to.
#[derive(Debug, Clone)]
struct Target {
    block: usize,
    veto: bool,
    /// Checked behind the pattern where the phrase has more than one run.
    more: Option<Phrase>,
}

/// Which of several [`Words`] a title matches.
#[derive(Debug, Clone)]
pub struct WordMatcher {
    automaton: AhoCorasick,
    targets: Vec<Vec<Target>>,
    blocks: usize,
}

/// Room for reading titles, to be used again and again.
#[derive(Debug, Clone, Default)]
pub struct Titles {
    text: String,
    any: Vec<bool>,
    vetoed: Vec<bool>,
    matched: Vec<usize>,
}

impl WordMatcher {
    /// Compiles the blocks. Phrases that break the rules of a framework file are left out (a validated framework has none).
    ///
    /// # Errors
    /// [`Error::Automaton`] if the phrases have billions of characters.
    pub fn new<'a>(blocks: impl IntoIterator<Item = &'a Words>) -> Result<Self, Error> {
        let mut patterns: BTreeMap<String, Vec<Target>> = BTreeMap::new();
        let mut count = 0;
        for (block, words) in blocks.into_iter().enumerate() {
            count = block + 1;
            for (veto, phrases) in [(false, &words.any), (true, &words.none)] {
                for phrase in phrases.iter().filter_map(|text| Phrase::parse(text).ok()) {
                    let more = (phrase.runs.len() > 1).then(|| phrase.clone());
                    patterns.entry(phrase.pattern()).or_default().push(Target { block, veto, more });
                }
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns.keys())?;
        Ok(WordMatcher { automaton, targets: patterns.into_values().collect(), blocks: count })
    }

    /// The indices of the blocks a title matches, ascending: it holds one of the block's `any` and none of its `none`.
    pub fn matches<'t>(&self, title: &str, titles: &'t mut Titles) -> &'t [usize] {
        let Titles { text, any, vetoed, matched } = titles;
        matched.clear();
        normalise_into(title, text);
        // A space at either end makes the first and the last word like any other.
        text.insert(0, ' ');
        text.push(' ');
        for flags in [&mut *any, &mut *vetoed] {
            flags.clear();
            flags.resize(self.blocks, false);
        }
        for found in self.automaton.find_overlapping_iter(text.as_str()) {
            for target in &self.targets[found.pattern().as_usize()] {
                if target.more.as_ref().is_none_or(|phrase| phrase.follows(&text[found.end()..])) {
                    let flags = if target.veto { &mut *vetoed } else { &mut *any };
                    flags[target.block] = true;
                }
            }
        }
        matched.extend((0..self.blocks).filter(|&block| any[block] && !vetoed[block]));
        matched
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(any: &[&str], none: &[&str]) -> Words {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Words { any: owned(any), none: owned(none) }
    }

    fn hit(any: &[&str], none: &[&str], title: &str) -> bool {
        let matcher = WordMatcher::new([&words(any, none)]).unwrap();
        !matcher.matches(title, &mut Titles::default()).is_empty()
    }

    #[test]
    fn whole_words_only_and_a_star_leaves_the_end_open() {
        assert!(hit(&["fuel cell"], &[], "Fuel-Cell membranes"));
        assert!(!hit(&["fuel cell"], &[], "Fuel cells"));
        assert!(!hit(&["fuel cell"], &[], "Biofuel cell"));
        assert!(hit(&["fuel cell*"], &[], "On fuel cells"));
        assert!(hit(&["fuel cell*"], &[], "On a fuel cell"));
        assert!(!hit(&["fuel cell*"], &[], "fuel, cost and cells"));
        assert!(hit(&["양자*"], &[], "고체 양자컴퓨팅의 전망"));
        assert!(!hit(&["양자"], &[], "고체 양자컴퓨팅의 전망"));
    }

    #[test]
    fn a_star_may_end_a_word_within_the_phrase() {
        assert!(hit(&["quantum* comput*"], &[], "Quantums computing"));
        assert!(hit(&["quantum* computer"], &[], "a quantum computer"));
        assert!(!hit(&["quantum* computer"], &[], "a quantum computers"));
        assert!(!hit(&["quantum* computer"], &[], "quantum error computer"));
        assert!(hit(&["li* ion* batter*"], &[], "Lithium-ion batteries"));
    }

    #[test]
    fn a_veto_counts_for_its_own_block_alone() {
        let blocks = [words(&["batter*"], &["lead acid"]), words(&["batter*"], &[]), words(&["lead-acid batter*"], &["lead"])];
        let matcher = WordMatcher::new(&blocks).unwrap();
        let mut titles = Titles::default();
        assert_eq!(matcher.matches("Lead–acid batteries", &mut titles), [1]);
        // The room remembers nothing of the title before.
        assert_eq!(matcher.matches("A battery", &mut titles), [0, 1]);
        assert!(matcher.matches("", &mut titles).is_empty());
    }

    #[test]
    fn overlapping_phrases_are_all_found() {
        let blocks = [words(&["solid state"], &[]), words(&["state battery"], &[]), words(&["solid state battery"], &[])];
        let matcher = WordMatcher::new(&blocks).unwrap();
        assert_eq!(matcher.matches("solid state battery", &mut Titles::default()), [0, 1, 2]);
    }

    #[test]
    fn phrases_that_mean_nothing_are_refused() {
        for text in ["", " ", "*", "* cell", "batt*ry", "fuel *", "a**", "-", "fuel cell* *"] {
            assert!(Phrase::parse(text).is_err(), "{text:?}");
        }
        for text in ["x", "x*", "li-ion*", "li* ion", "lithium*-sulfur", "Co²⁺*x"] {
            // The last one: a letter may not follow the star.
            assert_eq!(Phrase::parse(text).is_ok(), text != "Co²⁺*x", "{text:?}");
        }
    }

    #[test]
    fn no_blocks_match_nothing() {
        let matcher = WordMatcher::new([]).unwrap();
        assert!(matcher.matches("anything", &mut Titles::default()).is_empty());
    }

    /// The rule written out word by word: some run of the title's words equals the phrase's, an open word by its beginning.
    fn naive(phrase: &str, title: &str) -> bool {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        let title: Vec<&str> = title.split(' ').collect();
        title.windows(phrase.len()).any(|words| {
            words.iter().zip(&phrase).all(|(word, part)| match part.strip_suffix('*') {
                Some(beginning) => word.starts_with(beginning),
                None => word == part,
            })
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_rule_written_out(
            phrases in prop::collection::vec("[ab]{1,3}[*]?( [ab]{1,2}[*]?){0,2}", 1..6),
            title in "[ab]{1,4}( [ab]{1,4}){0,6}",
        ) {
            let blocks: Vec<Words> = phrases.iter().map(|phrase| words(&[phrase], &[])).collect();
            let matcher = WordMatcher::new(&blocks).unwrap();
            let expected: Vec<usize> = (0..phrases.len()).filter(|&index| naive(&phrases[index], &title)).collect();
            let mut titles = Titles::default();
            prop_assert_eq!(matcher.matches(&title, &mut titles), expected);
        }

        #[test]
        fn case_accents_and_spacing_do_not_matter(title in "(uber|cafe|naive|a|zz)( (uber|cafe|naive|a|zz)){0,5}", space in "[ \t,;–-]{1,3}") {
            let blocks = [words(&["uber cafe"], &[]), words(&["naiv* a"], &["zz"])];
            let matcher = WordMatcher::new(&blocks).unwrap();
            let dressed = title.replace("uber", "Über").replace("cafe", "CAFÉ").replace("naive", "nai\u{308}ve").replace(' ', &space);
            let mut titles = Titles::default();
            let plain = matcher.matches(&title, &mut titles).to_vec();
            prop_assert_eq!(matcher.matches(&dressed, &mut titles), plain);
        }

        #[test]
        fn parsing_never_panics(text in ".{0,12}", title in ".{0,30}") {
            if Phrase::parse(&text).is_ok() {
                let matcher = WordMatcher::new([&words(&[&text], &[])]).unwrap();
                matcher.matches(&title, &mut Titles::default());
            }
        }
    }
}
