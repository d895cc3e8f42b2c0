//! How well topics are found again: held-out works, with and without examples, beside counting keywords.

use crate::baseline::Baseline;
use crate::calibration::Features;
use crate::{Calibration, Classifier, Example, Options, Ranked, Scratch, Topic};
use dari_model::text::normalise;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rustc_hash::{FxHashMap, FxHashSet};

/// What ranked the topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranker {
    /// Counting keywords and name words.
    Baseline,
    /// The classifier, trained on names and keywords alone: no labelled work was seen.
    Descriptions,
    /// The classifier, trained on the examples too.
    Examples,
}

/// Which works were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subset {
    /// All held-out works.
    All,
    /// Those whose main topic is on none of the works trained on.
    Unseen,
}

/// Figures of one ranker on one kind of text; shares in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// What ranked.
    pub ranker: Ranker,
    /// Whether the abstract was read too; then only works that have one are counted.
    pub with_abstract: bool,
    /// Which works.
    pub subset: Subset,
    /// Works asked for.
    pub works: usize,
    /// The first-ranked topic is the main one, whatever its confidence. So are the next four.
    pub top1: f64,
    /// The main topic is among the first five.
    pub top5: f64,
    /// The first-ranked topic is any of the work's own.
    pub any: f64,
    /// The first-ranked topic's subfield is the main topic's.
    pub subfield: f64,
    /// A subfield of the first five is.
    pub subfield5: f64,
    /// The same of fields.
    pub field: f64,
    /// A field of the first five is.
    pub field5: f64,
    /// Share of works whose first-ranked topic is below the threshold; for the baseline, of those where nothing was found.
    pub none: f64,
    /// Of the others: share whose first-ranked topic is the main one.
    pub precision: f64,
    /// Of the others: share whose first-ranked topic is in the main one's field.
    pub field_precision: f64,
    /// Mean confidence of the first-ranked topics, to set beside `top1`; 0 for the baseline.
    pub confidence: f64,
}

/// Measures each ranker on the works `asked` for, of which [`split()`] makes sure that none is among those `trained_on`.
pub fn evaluate(topics: &[Topic], trained_on: &[Example], asked: &[Example], options: Options) -> Vec<Measures> {
    let by_id: FxHashMap<i32, &Topic> = topics.iter().map(|topic| (topic.id, topic)).collect();
    let seen: FxHashSet<i32> = trained_on.iter().filter_map(|work| work.topics.first()).map(|(topic, _)| *topic).collect();
    let baseline = Baseline::new(topics);
    let open = Options { threshold: 0.0, ..options };
    let descriptions = Classifier::train(topics, std::iter::empty(), open);
    let examples = Classifier::train(topics, trained_on.iter().copied(), open);
    let mut scratch = Scratch::default();
    let mut measures = Vec::new();
    for with_abstract in [false, true] {
        for subset in [Subset::All, Subset::Unseen] {
            let asked: Vec<&Example> = asked
                .iter()
                .filter(|work| !with_abstract || work.abstract_.is_some())
                .filter(|work| subset == Subset::All || work.topics.first().is_none_or(|(topic, _)| !seen.contains(topic)))
                .collect();
            for ranker in [Ranker::Baseline, Ranker::Descriptions, Ranker::Examples] {
                let mut tally = Tally::default();
                for work in &asked {
                    let text = work.abstract_.filter(|_| with_abstract);
                    let ranked = match ranker {
                        Ranker::Baseline => baseline.rank(&format!("{} {}", work.title, text.unwrap_or_default())),
                        Ranker::Descriptions => descriptions.classify(work.title, text, &mut scratch).to_vec(),
                        Ranker::Examples => examples.classify(work.title, text, &mut scratch).to_vec(),
                    };
                    let threshold = if ranker == Ranker::Baseline { 0.0 } else { options.threshold };
                    tally.add(work, &ranked, &by_id, threshold);
                }
                let mut row = tally.measures(ranker, with_abstract, subset);
                if ranker == Ranker::Baseline {
                    row.confidence = 0.0;
                }
                measures.push(row);
            }
        }
    }
    measures
}

/// Fits the calibration on works held out from those `trained_on`: the first five topics of each, from title and from title with abstract, by a
/// classifier trained on descriptions alone and one trained on the examples too. Measure it on works that it was not fitted on.
pub fn calibrate(topics: &[Topic], trained_on: &[Example], asked: &[Example], options: Options) -> Calibration {
    let mut samples: Vec<(Features, bool)> = Vec::new();
    let mut scratch = Scratch::default();
    for classifier in
        [Classifier::train(topics, std::iter::empty(), options), Classifier::train(topics, trained_on.iter().copied(), options)]
    {
        for work in asked {
            let main = work.topics.first().map(|(topic, _)| *topic);
            for text in [None, work.abstract_] {
                classifier.rank(work.title, text, &mut scratch, |_, topic, features| samples.push((features, Some(topic) == main)));
            }
        }
    }
    Calibration::fit(&samples)
}

/// Works to train on and works to ask for: a share `held_out` (in [0, 1]) of `works`, at random by `seed`.
///
/// The first of an example's topics is taken as its main one; works without one in `topics` are left out, and so are all but the first work of
/// a title, so that no title is on both sides.
pub fn split<'a>(topics: &[Topic], works: &[Example<'a>], held_out: f64, seed: u64) -> (Vec<Example<'a>>, Vec<Example<'a>>) {
    let topics: FxHashSet<i32> = topics.iter().map(|topic| topic.id).collect();
    let mut titles = FxHashSet::default();
    let mut usable: Vec<Example> = works
        .iter()
        .filter(|work| work.topics.first().is_some_and(|(main, _)| topics.contains(main)) && titles.insert(normalise(work.title)))
        .copied()
        .collect();
    usable.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let asked = (usable.len() as f64 * held_out.clamp(0.0, 1.0)).round() as usize;
    let trained_on = usable.split_off(asked);
    (trained_on, usable)
}

/// Counts on the way to [`Measures`].
#[derive(Default)]
struct Tally {
    works: usize,
    given: usize,
    given_right: usize,
    given_field: usize,
    hits: [usize; 7],
    confidence: f64,
}

impl Tally {
    fn add(&mut self, work: &Example, ranked: &[Ranked], topics: &FxHashMap<i32, &Topic>, threshold: f32) {
        self.works += 1;
        let Some((main, _)) = work.topics.first() else { return };
        let Some(truth) = topics.get(main) else { return };
        let Some(first) = ranked.first() else { return };
        let subfield = |ranked: &Ranked| topics.get(&ranked.topic).is_some_and(|topic| topic.subfield.id == truth.subfield.id);
        let field = |ranked: &Ranked| topics.get(&ranked.topic).is_some_and(|topic| topic.field.id == truth.field.id);
        let hits = [
            first.topic == *main,
            ranked.iter().any(|ranked| ranked.topic == *main),
            work.topics.iter().any(|(own, _)| *own == first.topic),
            subfield(first),
            ranked.iter().any(subfield),
            field(first),
            ranked.iter().any(field),
        ];
        self.hits.iter_mut().zip(hits).for_each(|(sum, hit)| *sum += usize::from(hit));
        self.confidence += f64::from(first.score);
        if first.score >= threshold {
            self.given += 1;
            self.given_right += usize::from(hits[0]);
            self.given_field += usize::from(hits[5]);
        }
    }

    fn measures(&self, ranker: Ranker, with_abstract: bool, subset: Subset) -> Measures {
        let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
        let [top1, top5, any, subfield, subfield5, field, field5] = self.hits.map(|hits| share(hits, self.works));
        Measures {
            ranker,
            with_abstract,
            subset,
            works: self.works,
            top1,
            top5,
            any,
            subfield,
            subfield5,
            field,
            field5,
            none: share(self.works - self.given, self.works),
            precision: share(self.given_right, self.given),
            field_precision: share(self.given_field, self.given),
            confidence: if self.works == 0 { 0.0 } else { self.confidence / self.works as f64 },
        }
    }
}
