//! Words and pairs of neighbouring words as integers.

use crate::stem::stem;
use dari_model::text::normalise_into;
use rustc_hash::FxHashMap;

/// Words that carry no subject: English function words and the set phrases of titles and awards.
const STOPWORDS: &str = "a about above across after against all also among an and any are as at be been before being below between both but by \
    can could did do does done down due during each et al every few first for from further had has have having he her here his how however if in \
    into is it its itself just may might more most much must no non nor not of off on once one only or other our out over own per same several \
    she should since so some such than that the their them then there therefore these they this those three through thus to too toward towards \
    two under until up upon us use used using via very was we well were what when where whether which while who whom whose why will with within \
    without would yet you your \
    career collaborative eager grfp rapid reu rui sbir sttr workshop conference symposium proceedings annual postdoctoral fellowship award \
    proposal project phase program programme support student travel \
    paper study approach novel new towards based case results introduction review overview survey chapter preface editorial erratum \
    corrigendum contents contributors";

/// Reused space of reading text.
#[derive(Debug, Default)]
pub struct TokenSpace {
    normalised: String,
    word: String,
}

/// The known words and pairs; a pair's id comes from the same numbers as a word's.
#[derive(Debug)]
pub struct Lexicon {
    words: FxHashMap<Box<str>, u32>,
    pairs: FxHashMap<(u32, u32), u32>,
    terms: u32,
}

/// What a stopword is numbered as.
const STOP: u32 = u32::MAX;

impl Default for Lexicon {
    fn default() -> Self {
        Lexicon::new()
    }
}

impl Lexicon {
    /// A lexicon that knows the stopwords alone.
    pub fn new() -> Self {
        let words = STOPWORDS.split_whitespace().map(|word| (Box::from(word), STOP)).collect();
        Lexicon { words, pairs: FxHashMap::default(), terms: 0 }
    }

    /// How many terms are known; their ids lie below.
    pub fn len(&self) -> usize {
        self.terms as usize
    }

    /// Whether no term is known.
    pub fn is_empty(&self) -> bool {
        self.terms == 0
    }

    /// Hands the known terms of `text` to `out`, as often as they occur; the flag tells pairs of neighbours from single words.
    pub fn read(&self, text: &str, space: &mut TokenSpace, mut out: impl FnMut(u32, bool)) {
        let TokenSpace { normalised, word } = space;
        normalise_into(text, normalised);
        let mut before = None;
        for raw in normalised.split(' ') {
            let Some(stemmed) = stemmed(raw, word) else { continue };
            let id = if self.words.get(raw) == Some(&STOP) { None } else { self.words.get(stemmed).copied().filter(|id| *id != STOP) };
            if let Some(id) = id {
                out(id, false);
                if let Some(pair) = before.and_then(|before| self.pairs.get(&(before, id))) {
                    out(*pair, true);
                }
            }
            before = id;
        }
    }

    /// [`Lexicon::read`], learning what is new.
    pub fn learn(&mut self, text: &str, space: &mut TokenSpace, mut out: impl FnMut(u32, bool)) {
        let TokenSpace { normalised, word } = space;
        normalise_into(text, normalised);
        let mut before = None;
        for raw in normalised.split(' ') {
            let Some(stemmed) = stemmed(raw, word) else { continue };
            if self.words.get(raw) == Some(&STOP) {
                before = None;
                continue;
            }
            let id = match self.words.get(stemmed) {
                Some(id) => *id,
                None => {
                    let id = self.terms;
                    self.terms += 1;
                    self.words.insert(Box::from(stemmed), id);
                    id
                }
            };
            if id == STOP {
                before = None;
                continue;
            }
            out(id, false);
            if let Some(before) = before {
                let terms = &mut self.terms;
                let pair = *self.pairs.entry((before, id)).or_insert_with(|| {
                    *terms += 1;
                    *terms - 1
                });
                out(pair, true);
            }
            before = Some(id);
        }
    }
}

/// The stem of a word worth reading: single letters and bare numbers say nothing.
fn stemmed<'a>(raw: &str, word: &'a mut String) -> Option<&'a str> {
    if raw.len() < 2 || raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    word.clear();
    word.push_str(raw);
    stem(word);
    Some(word)
}
