//! Learning from the years before.

use dari_indicators::statistics::random::generator;
use rand::seq::IndexedRandom;
use rustc_hash::FxHashSet;

use crate::model::chances;
use crate::pairs::{Strangers, by_source, drawn, first_links, for_sources, sample};
use crate::{Corpus, Error, EvaluationOptions, Example, Kind, Links, Model, Past, Watch};

/// Pairs without which nothing can be learned or said.
pub const LEAST: usize = 30;
/// Pairs that did not come together to learn from, for each that did: hard ones and random ones.
const LEARNED_HARD: usize = 20;
const LEARNED_RANDOM: usize = 40;
/// Years that are learned from as if they were the last, and how far they lie apart.
const CUTS: i16 = 3;
const APART: i16 = 2;

/// Learns from pairs that came together in the `horizon` years up to `until`, described by what was known before; and from the same of years that end two and four
/// years earlier, as far as there are enough. Chances are then set right on the latest years, as a model foretells them that knows the earlier ones alone: what a
/// model says of pairs that it has learned from is too sure.
///
/// Features of the kinds `without` are not learned from: what a model is worth without them says what they are worth.
///
/// # Errors
/// If there are too few.
pub fn learn(corpus: &Corpus, options: &EvaluationOptions, without: &[Kind], watch: Watch<'_>) -> Result<Model, Error> {
    let (mut examples, mut earlier): (Vec<Example>, Vec<Example>) = Default::default();
    let mut latest = None;
    for number in 0..CUTS {
        let until = options.until.saturating_sub(number * APART);
        let from = until.saturating_sub(options.horizon);
        let past = Past::new(corpus, from);
        let pairs = first_links(corpus, &past, from.saturating_add(1), until);
        let of = pairs.len();
        let pairs = drawn(pairs, options.learned, options.seed, "learned pairs");
        if pairs.len() < LEAST {
            if latest.is_none() {
                return Err(Error::FewPairs { found: pairs.len(), from: from.saturating_add(1), to: until, least: LEAST });
            }
            break;
        }
        let strangers = Strangers::new(corpus, &past, from.saturating_add(1), until);
        let described = describe(&past, &strangers, &pairs, options, watch);
        if latest.is_none() {
            let stands_for = of as f64 / pairs.len() as f64;
            let together = described.iter().filter(|example| example.together).map(|example| Example { weight: stands_for, ..*example });
            let mut all: Vec<Example> = together.collect();
            let others = sample(&past, &strangers, options.negatives, options.seed, watch);
            all.extend(others.into_iter().map(|(features, weight)| Example { features, together: false, weight }));
            latest = Some(all);
        } else {
            earlier.extend(&described);
        }
        examples.extend(described);
    }
    let mut model = Model::learn(&examples, without);
    let of_earlier = if earlier.is_empty() { None } else { Some(Model::learn(&earlier, without)) };
    let judge = of_earlier.as_ref().unwrap_or(&model);
    let latest: Vec<(f64, bool, f64)> =
        latest.unwrap_or_default().iter().map(|pair| (judge.log_odds(&pair.features), pair.together, pair.weight)).collect();
    model.set_chances(chances(&latest));
    Ok(model)
}

/// Pairs that came together and, for each, some that did not.
fn describe(past: &Past, strangers: &Strangers<'_>, pairs: &[(u32, u32)], options: &EvaluationOptions, watch: Watch<'_>) -> Vec<Example> {
    // Each pair from one of its sides, in turn.
    let sources = by_source(pairs.iter().enumerate().map(|(number, (a, b))| if number % 2 == 0 { (*a, *b) } else { (*b, *a) }));
    let examples: Vec<Vec<Example>> = for_sources(past, &sources, watch, |describer, source, others| {
        let mut rng = generator(options.seed, &format!("learned from {source}"));
        let mut rows: Vec<Example> = Vec::new();
        // Against pairs of the same kind, so that it is not learned that most pairs are of one country.
        let (international, domestic): (Vec<u32>, Vec<u32>) = others.iter().partition(|other| past.is_international(source, **other));
        for (links, others) in [(Links::International, international), (Links::All, domestic)] {
            if others.is_empty() {
                continue;
            }
            let likely = describer.likely(options.negatives, |other| strangers.allows(source, other, links));
            let is_likely: FxHashSet<u32> = likely.iter().copied().collect();
            for other in others {
                rows.push(Example { features: describer.features(other), together: true, weight: 1.0 });
                // Few stand for many: those drawn from the likely ones for these, those drawn from the others for all others.
                let hard: Vec<u32> = likely.choose_multiple(&mut rng, LEARNED_HARD).copied().collect();
                let (random, there) = strangers.random(source, links, LEARNED_RANDOM, &mut rng, |other| !is_likely.contains(&other));
                for (strangers, there) in [(hard, likely.len() as f64), (random, there)] {
                    let weight = there / strangers.len().max(1) as f64;
                    let example = |stranger| Example { features: describer.features(stranger), together: false, weight };
                    rows.extend(strangers.into_iter().map(example));
                }
            }
        }
        rows
    });
    examples.concat()
}
