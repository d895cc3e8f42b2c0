//! The candidates of a part of an affiliation, each with its features.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Matcher;
use super::features::{FEATURES, Features, is_common};
use super::names::{Entry, Form, LONGEST, skeleton_key, unspaced_key};
use super::segments::{Segment, Segmented};
use crate::organisation::RelationKind;
use crate::organisation::Status;
use crate::places::{Evidence, Mention, Where};
use crate::register::Index;
use crate::words::{Join, Key, Role, Words};

/// An organisation that a run of words may name.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) organisation: Index,
    pub(super) form: Form,
    pub(super) features: Features,
    pub(super) confidence: f32,
    /// A longer name holds its words.
    pub(super) covered: bool,
    spans: [Span; 2],
}

/// A run of words; empty for a domain.
type Span = (usize, usize);

fn meet(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

impl Candidate {
    /// Words it takes up.
    pub(super) fn length(&self) -> usize {
        self.spans.iter().map(|span| span.1 - span.0).sum()
    }

    /// Whether a small word other than *of* and *the* joins the two: "X and Y", "X & Y".
    pub(super) fn listed_with(&self, other: &Candidate, text: &Segmented) -> bool {
        let ([first, _], [second, _]) = (self.spans, other.spans);
        let (before, behind) = if first.0 < second.0 { (first, second) } else { (second, first) };
        before.1 == behind.0 && text.words.words.get(behind.0).is_some_and(|word| word.joined == Some(Join::Other))
    }

    pub(super) fn overlaps(&self, other: &Candidate) -> bool {
        self.spans.iter().any(|span| other.spans.iter().any(|theirs| meet(*span, *theirs)))
    }
}

/// A name found at a run of words.
#[derive(Debug, Clone, Copy)]
struct Hit {
    span: Span,
    rest: Span,
    segment: usize,
    entry: Entry,
}

/// Finds candidates; its room is reused.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// What the part says of where.
    pub(super) place: Where,
    /// Segments that say where and nothing else.
    place_only: Vec<bool>,
    hits: Vec<Hit>,
    /// Organisations with a hit.
    hit: FxHashSet<Index>,
    /// Runs of words by key, for second halves of names.
    runs: FxHashMap<u64, Span>,
}

/// The most words of the second half of a name.
const LONGEST_REST: usize = 8;
/// How much better known than another an organisation is to be meant by a looser form of its name (in logarithms of relations and names).
const FAR: f32 = 1.0;
/// A word of fewer letters is no name written without spaces.
const SHORTEST_UNSPACED: usize = 12;
/// Words of fewer letters are not corrected: in running text they are more often other words than misspelt ones.
const SHORTEST_CORRECTED: usize = 6;
/// How many words a misspelt one may stand for at most.
const MOST_CORRECTIONS: usize = 4;

impl Finder {
    /// Fills `out` with the candidates of a part.
    pub(super) fn run(&mut self, matcher: &Matcher<'_>, text: &Segmented, part: usize, out: &mut Vec<Candidate>) {
        out.clear();
        self.hits.clear();
        self.hit.clear();
        self.runs.clear();
        self.place.clear();
        self.place_only.clear();
        let range = text.parts[part].clone();
        let segments = &text.segments[range];
        for segment in segments {
            let only = matcher.places.read(text, segment, segments.len() == 1, &mut self.place);
            self.place_only.push(only);
        }
        let domains = || text.domains.iter().filter(|(of, _)| *of == part).map(|(_, domain)| domain.as_str());
        domains().for_each(|domain| matcher.places.read_domain(domain, &mut self.place));
        self.place.settle();
        for (number, segment) in segments.iter().enumerate() {
            self.look_up(matcher, text, segments, number, segment);
        }
        domains().enumerate().for_each(|(number, domain)| self.domain(matcher, number, domain));
        self.hits.retain(|hit| !goes_on(matcher, text, segments, hit));
        self.hit.extend(self.hits.iter().map(|hit| matcher.today[hit.entry.organisation as usize]));
        for place in 0..self.hits.len() {
            let hit = self.hits[place];
            let features = self.features(matcher, text, segments, &hit);
            out.push(Candidate {
                organisation: hit.entry.organisation,
                form: hit.entry.form,
                confidence: matcher.model.confidence(hit.entry.form, &features),
                features,
                covered: self.is_covered(&hit),
                spans: [hit.span, hit.rest],
            });
        }
    }

    fn look_up(&mut self, matcher: &Matcher<'_>, text: &Segmented, segments: &[Segment], number: usize, segment: &Segment) {
        let words = &text.words;
        let before = self.hits.len();
        if self.place_only[number] {
            // A city may be the name of an organisation too ("Mila"), a part of what says where is not.
            let key = segment.words.clone().fold(Key::EMPTY, |key, word| key.then(words.word(word)));
            self.take(matcher, text, segments, number, (segment.words.start, segment.words.end), key, None);
            self.hits.retain(|hit| hit.segment != number || matches!(hit.entry.form, Form::Full | Form::Acronym | Form::Company));
            return;
        }
        for start in segment.words.clone() {
            if words.words[start].glued {
                continue;
            }
            let mut key = Key::EMPTY;
            for end in start + 1..=segment.words.end.min(start + LONGEST) {
                key = key.then(words.word(end - 1));
                self.take(matcher, text, segments, number, (start, end), key, None);
            }
        }
        let form = |hit: &Hit| matches!(hit.entry.form, Form::Full | Form::Company | Form::Split);
        let sure = |hit: &Hit| form(hit) && hit.entry.specific > 0 && words_of(hit.span) > 1;
        if !self.hits[before..].iter().any(sure) {
            self.look_up_spellings(matcher, text, segments, number, segment);
        }
    }

    /// Names without spaces, with one word misspelt, and Korean names in other Latin letters.
    fn look_up_spellings(&mut self, matcher: &Matcher<'_>, text: &Segmented, segments: &[Segment], number: usize, segment: &Segment) {
        let words = &text.words;
        for long in segment.words.clone().filter(|&word| words.word(word).len() >= SHORTEST_UNSPACED) {
            self.take(matcher, text, segments, number, (long, long + 1), unspaced_key(words.word(long)), None);
        }
        for wrong in segment.words.clone().filter(|&word| !matcher.spelling.knows(words.word(word))) {
            if let Some(right) = misread(words.word(wrong)) {
                let key = Key::EMPTY.then(&right);
                self.take(matcher, text, segments, number, (wrong, wrong + 1), key, Some(Form::Misspelt));
            }
            for right in matcher.spelling.near(words.word(wrong), SHORTEST_CORRECTED, MOST_CORRECTIONS) {
                for start in segment.words.start.max(wrong.saturating_sub(LONGEST))..=wrong {
                    let mut key = Key::EMPTY;
                    for end in start + 1..=segment.words.end.min(start + LONGEST) {
                        key = key.then(if end - 1 == wrong { right } else { words.word(end - 1) });
                        if end > wrong {
                            self.take(matcher, text, segments, number, (start, end), key, Some(Form::Misspelt));
                        }
                    }
                }
            }
        }
        let elsewhere = self.place.best() > Some(Evidence::City) && !self.place.countries.iter().any(|(code, _)| *code == "KR");
        if elsewhere {
            return;
        }
        for start in segment.words.clone() {
            for end in start + 1..=segment.words.end.min(start + LONGEST) {
                if let Some(key) = skeleton_key(words, start..end) {
                    self.take_skeleton(matcher, number, (start, end), key);
                }
            }
        }
        let latin = segment.words.clone().fold(String::new(), |text, word| text + words.word(word));
        if latin.is_ascii() && latin.len() >= 10 {
            let key = Key::EMPTY.then("korean:").then(&crate::korean::skeleton(&latin));
            self.take_skeleton(matcher, number, (segment.words.start, segment.words.end), key);
        }
    }

    fn take_skeleton(&mut self, matcher: &Matcher<'_>, segment: usize, span: Span, key: Key) {
        let entries = matcher.names.skeletons.get(&key.0).map_or(&[][..], Vec::as_slice);
        for &entry in entries {
            let known = |hit: &Hit| hit.span == span && hit.entry.organisation == entry.organisation;
            if !self.hits.iter().any(known) {
                self.hits.push(Hit { span, rest: (0, 0), segment, entry });
            }
        }
    }

    /// Takes the names of a key found at a run of words.
    #[expect(clippy::too_many_arguments, reason = "one call in two loops; a struct for it would have no other use")]
    fn take(
        &mut self,
        matcher: &Matcher<'_>,
        text: &Segmented,
        segments: &[Segment],
        segment: usize,
        span: Span,
        key: Key,
        as_form: Option<Form>,
    ) {
        for &entry in matcher.names.get(key.0) {
            let mut rest = (0, 0);
            if let Some(key) = entry.rest {
                match self.rest(text, segments, key, span) {
                    Some(found) => rest = found,
                    None => continue,
                }
            }
            // Initials with a letter wrong are other initials, unless it is one that reading machines mix up.
            if as_form.is_some() && entry.form == Form::Acronym && words_of(span) > 1 {
                continue;
            }
            let entry = Entry { form: as_form.unwrap_or(entry.form), ..entry };
            // An organisation that goes by several names that are written alike: the best form of them.
            match self.hits.iter_mut().find(|hit| hit.span == span && hit.entry.organisation == entry.organisation && hit.rest == rest) {
                Some(known) if entry.form < known.entry.form => known.entry = entry,
                Some(known) => known.entry.official |= entry.official && known.entry.form == entry.form,
                None => self.hits.push(Hit { span, rest, segment, entry }),
            }
        }
    }

    /// Where the second half of a name stands, apart from its first.
    fn rest(&mut self, text: &Segmented, segments: &[Segment], key: Key, first: Span) -> Option<Span> {
        if self.runs.is_empty() {
            for segment in segments {
                // It begins its segment, and is all of it or tells something apart.
                let (start, mut key, mut specific) = (segment.words.start, Key::EMPTY, false);
                for end in start + 1..=segment.words.end.min(start + LONGEST_REST) {
                    key = key.then(text.words.word(end - 1));
                    specific |= text.words.words[end - 1].role == Role::Specific;
                    if specific || end == segment.words.end {
                        self.runs.entry(key.0).or_insert((start, end));
                    }
                }
            }
        }
        self.runs.get(&key.0).copied().filter(|rest| !meet(*rest, first))
    }

    /// Names of the organisations that have a domain; each domain is a segment of its own behind all others.
    fn domain(&mut self, matcher: &Matcher<'_>, number: usize, domain: &str) {
        let mut rest = domain;
        loop {
            if let Some(organisations) = matcher.names.domains.get(rest) {
                for &organisation in organisations {
                    // A domain tells as much apart as a whole official name.
                    let entry = Entry { organisation, form: Form::Domain, rest: None, words: 3, specific: 2, official: true };
                    self.hits.push(Hit { span: (0, 0), rest: (0, 0), segment: usize::MAX - number, entry });
                }
                return;
            }
            match rest.split_once('.') {
                Some((_, shorter)) if shorter.contains('.') => rest = shorter,
                _ => return,
            }
        }
    }

    /// Whether a longer name holds all words of this one, or the same words with a second half elsewhere.
    fn is_covered(&self, hit: &Hit) -> bool {
        let longer = |other: &&Hit| {
            let length = |hit: &Hit| hit.span.1 - hit.span.0 + hit.rest.1 - hit.rest.0;
            let holds = |span: Span| other_holds(other.span, span) || other_holds(other.rest, span);
            hit.span != (0, 0)
                && matches!(other.entry.form, Form::Full | Form::Company | Form::Split)
                && length(other) > length(hit)
                && holds(hit.span)
        };
        self.hits.iter().any(|other| longer(&other))
    }

    /// How well an organisation fits to what is said of where: the country twice, the city once.
    fn fit(&self, matcher: &Matcher<'_>, organisation: Index, beside: &[Mention]) -> (i32, bool, bool) {
        let one = matcher.register.get(organisation);
        let said =
            |code| self.place.countries.iter().any(|(other, _)| *other == code) || beside.iter().any(|place| place.country == Some(code));
        let agrees = one.country.is_some_and(said);
        let city = matcher.cities[organisation as usize];
        let city = city != 0 && (self.place.cities.contains(&city) || beside.iter().any(|place| place.key == city));
        (i32::from(agrees) * 2 + i32::from(city), agrees, city)
    }

    fn features(&self, matcher: &Matcher<'_>, text: &Segmented, segments: &[Segment], hit: &Hit) -> Features {
        let organisation = hit.entry.organisation;
        let today = matcher.today[organisation as usize];
        let one = matcher.register.get(organisation);
        let words = &text.words;
        // What stands right behind the name in its segment says where as well: "LMU Munich".
        let segment = segments.get(hit.segment);
        let behind = |place: &&Mention| segment.is_some_and(|segment| place.words.0 >= hit.span.1 && place.words.1 <= segment.words.end);
        let beside: Vec<Mention> = self.place.mentions.iter().filter(behind).copied().collect();
        let (fit, agrees, city) = self.fit(matcher, organisation, &beside);
        let mut set = Setter([0.0; FEATURES]);
        set.value("constant", 1.0);
        set.value("words", f32::from(hit.entry.words.max(1)).ln());
        set.flag("specific_none", hit.entry.specific == 0);
        set.flag("specific_one", hit.entry.specific == 1);
        set.flag("official", hit.entry.official);

        // Namesakes: other organisations that the same words may name, as far as they fit no worse.
        let same = |other: &&Hit| other.span == hit.span && other.rest == hit.rest && other.segment == hit.segment;
        let mut namesakes = 0;
        let mut outranked = false;
        let mut heads = false;
        let mut rival = f32::NEG_INFINITY;
        let mut seen: Vec<Index> = vec![today];
        for other in self.hits.iter().filter(same) {
            let theirs = matcher.today[other.entry.organisation as usize];
            if seen.contains(&theirs) {
                continue;
            }
            seen.push(theirs);
            let (their_fit, ..) = self.fit(matcher, other.entry.organisation, &beside);
            // A looser form of a name counts as much where its organisation is far better known.
            let known = matcher.prominence[today as usize] - matcher.prominence[theirs as usize];
            let better = other.entry.form < hit.entry.form && known < FAR;
            let equal = other.entry.form == hit.entry.form || (known.abs() >= FAR && other.entry.form != Form::Acronym);
            if their_fit > fit || (their_fit == fit && better) {
                outranked = true;
            } else if their_fit == fit && equal && matcher.register.parents(theirs).contains(&today) {
                heads = true;
            } else if their_fit == fit && equal {
                namesakes += 1;
                rival = rival.max(matcher.prominence[theirs as usize]);
            }
        }
        set.value("namesakes", (1.0 + namesakes as f32).ln());
        set.flag("outranked", outranked);
        set.flag("heads_namesakes", heads);
        // The branch of a company in a country that is not said.
        let branch = hit.entry.form == Form::Company && one.relations.iter().any(|relation| relation.kind == RelationKind::Parent);
        set.flag("branch", branch && !agrees);
        if namesakes > 0 {
            set.value("prominence", (matcher.prominence[today as usize] - rival).clamp(-3.0, 3.0));
        }

        let best = self.place.best();
        set.flag("country_agrees", agrees);
        set.flag("country_unsaid", best.is_none());
        set.flag("country_named_otherwise", !agrees && best == Some(Evidence::Named));
        set.flag("country_mentioned_otherwise", !agrees && best.is_some_and(|best| best < Evidence::Named));
        set.flag("city_agrees", city);
        set.flag("city_other", !city && !self.place.cities.is_empty());

        let parents = matcher.register.parents(organisation);
        set.flag("parent_named", parents.iter().any(|parent| *parent != today && self.hit.contains(&matcher.today[*parent as usize])));
        set.flag(
            "part_named",
            self.hits
                .iter()
                .any(|other| !meet(other.span, hit.span) && matcher.register.parents(other.entry.organisation).contains(&organisation)),
        );
        set.flag(
            "other_name_too",
            self.hits.iter().any(|other| {
                matcher.today[other.entry.organisation as usize] == today && !meet(other.span, hit.span) && other.span != hit.span
            }),
        );

        // Other names in the part that leave little doubt: where their organisations are.
        let sure = |other: &&Hit| {
            other.entry.form == Form::Full && other.entry.words > 1 && other.entry.specific > 0 && !meet(other.span, hit.span)
        };
        let mut neighbours =
            self.hits.iter().filter(sure).filter_map(|other| matcher.register.get(other.entry.organisation).country).peekable();
        if neighbours.peek().is_some() {
            let near = neighbours.any(|country| one.country == Some(country));
            set.flag("neighbour_near", near);
            set.flag("neighbour_abroad", !near);
        }

        if let Some(segment) = segments.get(hit.segment) {
            set.flag("place", self.place_only[hit.segment]);
            self.context(matcher, words, segment, hit, &mut set);
            let others = (0..segments.len()).filter(|&number| number != hit.segment && !self.place_only[number]);
            set.flag("only_segment", others.count() == 0);
            if hit.span.1 - hit.span.0 == 1 {
                let word = words.word(hit.span.0);
                let letters = word.chars().count();
                set.value(
                    "short",
                    if letters <= 2 {
                        1.0
                    } else if letters == 3 {
                        0.5
                    } else {
                        0.0
                    },
                );
                set.flag("common_word", is_common(word));
            }
        }
        if hit.entry.form == Form::Domain {
            // An address is an organisation's own, whole as it stands.
            set.flag("whole_segment", true);
        }
        set.flag("education", one.types.iter().any(|kind| kind == "education"));
        set.flag("company", one.types.iter().any(|kind| kind == "company"));
        set.flag("ended", one.status != Status::Active);
        set.0
    }

    /// What stands left and right of a name in its segment.
    fn context(&self, matcher: &Matcher<'_>, words: &Words, segment: &Segment, hit: &Hit, set: &mut Setter) {
        let (start, end) = hit.span;
        let role = |word: usize| words.words[word].role;
        let full = |other: &&Hit| other.segment == hit.segment && !meet(other.span, hit.span) && other.entry.specific > 0;
        let ends_here = self.hits.iter().filter(full).any(|other| other.span.1 == start);
        let begins_here = self.hits.iter().filter(full).any(|other| other.span.0 == end);
        let left = segment.words.start..start;
        if !left.is_empty() && !ends_here {
            let unit = left.clone().any(|word| matches!(role(word), Role::Unit | Role::Body));
            let number = left.clone().all(|word| role(word) == Role::Number);
            set.flag("left_unit", unit);
            set.flag("left_modifier", role(start - 1) == Role::Modifier);
            set.flag("left_other", !unit && !number);
        }
        let right = end..segment.words.end;
        if !right.is_empty() && !begins_here {
            let place = is_place(matcher, words, right.clone());
            let unit = right.clone().any(|word| role(word) == Role::Unit);
            set.flag("right_place", place);
            set.flag("right_unit", unit && !place);
            set.flag("right_joined", words.words[end].joined.is_some() && !place);
            set.flag("right_joined_place", words.words[end].joined.is_some() && place);
            set.flag("right_body", role(end) == Role::Body);
            set.flag("right_other", !unit && !place);
        }
        set.flag("whole_segment", segment.words == (start..end));
    }
}

fn other_holds(outer: Span, inner: Span) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

/// Whether the name goes on behind the words found: "Nanjing University" in "Nanjing University of Aeronautics".
fn goes_on(matcher: &Matcher<'_>, text: &Segmented, segments: &[Segment], hit: &Hit) -> bool {
    let Some(segment) = segments.get(hit.segment) else { return false };
    let right = hit.span.1..segment.words.end;
    !right.is_empty() && text.words.words[right.start].joined == Some(Join::Of) && !is_place(matcher, &text.words, right)
}

fn words_of(span: Span) -> usize {
    span.1 - span.0
}

/// Initials with a letter that reading machines take for another: "KAlST".
fn misread(word: &str) -> Option<String> {
    if !(3..=6).contains(&word.len()) || !word.is_ascii() {
        return None;
    }
    let right: String = word
        .chars()
        .map(|c| {
            if matches!(c, 'l' | '1') {
                'i'
            } else if c == '0' {
                'o'
            } else {
                c
            }
        })
        .collect();
    (right != word).then_some(right)
}

/// Whether words name a place, numbers left aside.
fn is_place(matcher: &Matcher<'_>, words: &Words, range: std::ops::Range<usize>) -> bool {
    let mut at = range.start;
    while at < range.end {
        if words.words[at].role == Role::Number {
            at += 1;
            continue;
        }
        let mut key = Key::EMPTY;
        let mut longest = None;
        for end in at + 1..=range.end {
            key = key.then(words.word(end - 1));
            if matcher.places.is_place(key.0) {
                longest = Some(end);
            }
        }
        match longest {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

/// Sets features by name; the places of the names are found once.
struct Setter(Features);

impl Setter {
    fn value(&mut self, name: &str, value: f32) {
        if let Some(place) = super::features::NAMES.iter().position(|known| *known == name) {
            self.0[place] = value;
        }
    }

    fn flag(&mut self, name: &str, on: bool) {
        if on {
            self.value(name, 1.0);
        }
    }
}
