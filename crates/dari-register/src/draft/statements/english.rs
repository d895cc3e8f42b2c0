//! Statements in English.

use std::sync::LazyLock;

use regex::Regex;

use super::{DATA, Said, State, any_of};
use crate::draft::words::{before, behind};

const ADVERBS: &str = r"(?:[a-z]+ly |also |further |then |now |already |again |both |therefore |still |first |in turn |soon |next )?";

pub(super) static PATTERNS: LazyLock<Vec<(State, Regex)>> = LazyLock::new(|| {
    State::ALL
        .into_iter()
        .filter_map(|state| {
            let patterns = DATA.english.get(state.as_str())?;
            // ASCII edges and letters: the others make the search five times slower.
            any_of(patterns, |pattern| {
                format!("(?-u:\\b){}", pattern.replace("{adv}", ADVERBS).replace("\\b", "(?-u:\\b)").replace("[\\w-]", "[a-z0-9-]"))
            })
            .map(|regex| (state, regex))
        })
        .collect()
});

struct Blocks {
    /// Right before a verb: it did not happen.
    negated: Regex,
    /// Right before a verb: it may happen.
    possible: Regex,
    /// Before a participle that only describes.
    describing: Regex,
    /// A noun whose participle follows: "the memorandum signed in …".
    noun: Regex,
    /// A clause that depends on another begins here.
    dependent: Regex,
    /// Who is not a side of any cooperation.
    others: Regex,
    /// What a state does by itself.
    domestic: Regex,
    /// Something between sides.
    mutual: Regex,
    /// A text that is in force until it ends.
    in_force: Regex,
    /// Talks that end and are no undertaking.
    talks: Regex,
}

static BLOCKS: LazyLock<Option<Blocks>> = LazyLock::new(|| {
    let end = |pattern: &str| Regex::new(&format!("(?-u:\\b){pattern}$")).ok();
    let anywhere = |pattern: &str| Regex::new(&format!("(?-u:\\b)(?:{pattern})(?-u:\\b)")).ok();
    Some(Blocks {
        negated: Regex::new(r"(?:(?-u:\b)(?:not|never|nor|neither|without|cannot|yet to|fail(?:ed|s|ing) to|hardly|rather than|instead of)|n't|n’t) (?:(?:yet|been|be|having|have|ever|formally|being|so far) )*$|(?-u:\b)(?:no|neither|none|nothing|nobody|few)(?: [a-z-]+){0,5} (?:(?:was|were|has|have|had|is|are) )?(?:been |yet |ever )*$").ok()?,
        possible: end(r"(?:(?:if|unless|whether|would|could|might|may|should|can|must|will|shall|to|expected|hopes?|hoped|be|once|until|till|as|than|having|before being|after being|when being)(?: [a-z]+ly| be| have| been| not)*) ")?,
        describing: end(r"(?:the|a|an|its|their|this|these|those|our|his|her|any|of|in|for|with|from|such|other|various|several|many|most|some|newly|internationally|generally|widely)(?: (?:newly|previously|recently|jointly|already|first|freshly|long|now|widely|mutually|originally))? ")?,
        noun: end(r"(?:agreements?|memorandum|memoranda|understanding|mous?|arrangements?|treaty|accord|letters?|intent|contract|document|protocol|deal|pact|plans?|programmes?|programs?|projects?|calls?|proposals?|schedule|text|terms|dialogue|initiative|workshop|centre|center|items|points|measures|requests?|idea|offer|strategy|act|framework|scheme|exchange|statement|talks|partnership|one|ones|those|activities|network|institute|laborator(?:y|ies)|fund|committee|group|papers?|studies|instruments?|data|work) ")?,
        dependent: anywhere(r"after|since|although|though|because|which|who|whose|when|where|while|until|before|given that|now that|whereas|as soon as|following")?,
        others: anywhere(r"congress|lawmakers?|parliament|parliamentarians|senators?|senate|house of representatives|critics|observers|press|newspapers?|journalists?|reporters?|industry|opposition|voters|residents|economists|analysts|start-ups|startups|vendors|suppliers|theorists|campaigners|commentators|experts|unions?|courts?|compan(?:y|ies)|firms?|manufacturers?|shareholders|investors|national assembly|legislators?|protesters|neighbours|neighbors|tourists|visitors|authors?|reviewers?|referees")?,
        domestic: anywhere(r"national (?:strategy|plan|budget|programme|program|roadmap|law|initiative)|budget|legislation|bill|act|law|election|elections|cabinet|domestic|government's|taxpayers|appropriations?|prime minister|reforms?|university fund|white paper|tax|own")?,
        mutual: anywhere(r"both|two|three|joint|jointly|sides?|bilateral|trilateral|mutual|partners?|counterparts?|together|parties|delegations?|exchange|between|cooperation|collaboration|korea-[a-z.]+|korean-[a-z]+|us-[a-z]+|u\.s\.-[a-z]+")?,
        in_force: anywhere(r"agreements?|memorand(?:um|a)|mous?|arrangements?|accord|treaty|contract|protocol|letter of intent|validity|mandate|licen[cs]e|understanding|annex|term")?,
        talks: end(r"(?:talks|meetings?|sessions?|dialogues?|conference|forum|discussions?|visit|consultations|summit|day|ceremony|seminar|event|trip|tour) (?:(?:was|were|has|have|had|been) )?")?,
    })
});

/// Verbs whose past form is that of a participle which may only describe.
fn is_participle(word: &str) -> bool {
    let first = word.split(' ').next().unwrap_or_default();
    first.ends_with("ed") || ["begun", "put", "set", "carried", "brought", "shelved", "inked"].contains(&first)
}

pub(super) fn state(sentence: &str) -> Option<State> {
    let text = sentence.to_ascii_lowercase();
    let blocks = BLOCKS.as_ref()?;
    let mut all: Vec<Said> = Vec::new();
    for (state, pattern) in PATTERNS.iter() {
        for hit in pattern.find_iter(&text) {
            if let Some(said) = read(&text, *state, hit.start(), hit.end(), blocks) {
                all.push(said);
            }
        }
    }
    // "was not renewed" is lapsed, "not accepted" declined, whatever else the words say.
    let refusals: Vec<(usize, usize)> =
        all.iter().filter(|said| matches!(said.state, State::Declined | State::Lapsed)).map(|said| (said.at, said.end)).collect();
    all.retain(|said| {
        matches!(said.state, State::Declined | State::Lapsed) || !refusals.iter().any(|(at, end)| said.at >= *at && said.at < *end)
    });
    let found = decide(&text, all)?;
    let one_sided = blocks.domestic.is_match(&text) && !blocks.mutual.is_match(&text);
    (!(one_sided && matches!(found, State::Agreed | State::Started | State::Done))).then_some(found)
}

/// What a verb says where it stands; none if something blocks it.
fn read(text: &str, state: State, at: usize, end: usize, blocks: &Blocks) -> Option<Said> {
    let previous = before(text, at, 72);
    let matched = &text[at..end];
    let next = behind(text, end, 40);
    let word = previous.trim_end().rsplit(' ').next().unwrap_or_default();
    let negated = blocks.negated.is_match(previous) && !previous.ends_with("not only ");
    // Patterns of these states hold their own "not" and "will".
    let free = matches!(state, State::ToBeConsidered)
        || matched.starts_with("not ")
        || matched.contains(" not ")
        || matched.contains("n't ")
        || matched.starts_with("no ")
        || matched.starts_with("never");
    if negated && !free {
        return None;
    }
    if state != State::ToBeConsidered && blocks.possible.is_match(previous) && (is_participle(matched) || !free) {
        // "has to be", "is expected to be": not yet. "had to decline" is refused all the same, but has no past form.
        return None;
    }
    if let Some(clause) = previous.rfind("if ").filter(|at| *at == 0 || previous[..*at].ends_with(' '))
        && !previous[clause..].contains(',')
        && !previous[..clause].ends_with("as ")
    {
        return None;
    }
    let mut weak = false;
    if is_participle(matched) {
        let single = !matched.contains(' ');
        if single && blocks.describing.is_match(previous) && !(word == "its" || previous.is_empty()) {
            return None;
        }
        let auxiliary =
            ["was", "were", "been", "be", "is", "are", "being", "and", "or", "had", "has", "have"].contains(&word) || word.ends_with("ly");
        if !auxiliary && next.starts_with(" by ") && single && !matched.starts_with("began") {
            return None;
        }
        let describes = [
            " in ",
            " at ",
            " between ",
            " on ",
            " last ",
            " earlier ",
            " during ",
            " with ",
            " under ",
            " for ",
            " two ",
            " three ",
            " as ",
            " from ",
            " there",
            ",",
            ".",
        ];
        if !auxiliary
            && blocks.noun.is_match(previous)
            && describes.iter().any(|after| next.starts_with(after))
            && !is_intransitive(matched)
        {
            return None;
        }
        weak |= previous.ends_with(", ") && single && previous.len() > 2;
    }
    if matched == "concluded"
        && (next.starts_with(" that") || next.starts_with(" from") || next.starts_with(" by") || blocks.talks.is_match(previous))
    {
        return None;
    }
    if (matched == "began" || matched == "started")
        && (next.starts_with(" as ") || next.starts_with(" life") || next.starts_with(" out ") || next.starts_with(" with "))
    {
        return None;
    }
    if ["opened", "ended", "began", "started", "kicked off", "finished", "resumed"].contains(&matched) && blocks.talks.is_match(previous) {
        return None;
    }
    // A study suggests what is so, not what to do.
    let study = [
        "data",
        "results",
        "measurements",
        "analysis",
        "study",
        "studies",
        "evidence",
        "figures",
        "models",
        "survey",
        "paper",
        "theory",
        "calculations",
    ];
    if matched == "suggested" && previous.split(|sign: char| !sign.is_alphanumeric()).any(|word| study.contains(&word)) {
        return None;
    }
    // Formalities of a meeting.
    let formal = |part: &str| {
        ["agenda", "minutes", "session", "meeting", "talks", "workshop", "discussion", "conference", "ceremony", "forum", "seminar"]
            .iter()
            .any(|noun| part.contains(noun))
    };
    if matched == "adopted" && (formal(previous) || formal(next))
        || matched == "opened" && formal(next)
        || matched == "approved" && (previous.contains("minutes") || next.contains("minutes"))
    {
        return None;
    }
    // Figures agree with each other.
    let physical =
        ["data", "simulation", "simulations", "theory", "measurements", "results", "models", "values", "calculations", "predictions"]
            .iter()
            .any(|noun| previous.ends_with(&format!("{noun} ")));
    if matched == "agreed" && (physical || next.starts_with(" within") || next.starts_with(" to within") || next.starts_with(" closely")) {
        return None;
    }
    let clause = previous.rfind([',', ';', ':', '—']).map_or(previous, |at| &previous[at..]);
    if blocks.others.is_match(clause) && !blocks.mutual.is_match(clause) {
        return None;
    }
    // "which had expired", "when … took up": in passing.
    weak |= blocks.dependent.find_iter(clause).last().is_some_and(|found| {
        let between = &clause[found.end()..];
        !between.contains(" that ") || between.len() < 20
    });
    let state = if state == State::Done && (["ended", "concluded"].contains(&matched) || matched.ends_with(" end")) {
        if blocks.in_force.is_match(clause) { State::Lapsed } else { state }
    } else {
        state
    };
    Some(Said { at, end, state, weak })
}

/// Verbs that a thing does by itself: "the programme started in May".
fn is_intransitive(matched: &str) -> bool {
    [
        "started",
        "ended",
        "finished",
        "commenced",
        "expired",
        "lapsed",
        "opened",
        "ceased",
        "concluded",
        "resumed",
        "elapsed",
        "terminated",
        "petered",
        "fizzled",
    ]
    .iter()
    .any(|verb| matched.starts_with(verb))
}

/// The last answer; a proposal only if there is none.
fn decide(text: &str, mut all: Vec<Said>) -> Option<State> {
    if all.iter().any(|said| !said.weak) {
        all.retain(|said| !said.weak);
    }
    all.sort_by_key(|said| (said.at, said.end));
    let answers: Vec<&Said> = all.iter().filter(|said| said.state != State::Proposed).collect();
    let Some(last) = answers.last() else { return all.first().map(|said| said.state) };
    // "The request will be reviewed, the sides agreed."
    if last.state == State::Agreed
        && let Some(open) = answers.iter().rev().find(|said| said.state == State::ToBeConsidered)
    {
        let between = text.get(open.end..last.at).unwrap_or_default();
        let separate = [" and ", " but ", ";", " while ", " whereas "].iter().any(|word| between.contains(word));
        if !separate {
            return Some(State::ToBeConsidered);
        }
    }
    Some(last.state)
}
