//! The assignment measured against labelled titles.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::error::Error;
use crate::labels::{Draw, LabelledTitle};
use dari_model::proportion::{Proportion, kappa};

/// How well predictions meet labels, and how well the two readings meet each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Over all titles: describes the file.
    pub all: Report,
    /// Over the titles drawn at random: describes the sources they were drawn from.
    pub random: Report,
}

/// Figures over a set of titles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Titles.
    pub titles: u64,
    /// Per technology, in the order asked for.
    pub technologies: Vec<TechnologyScore>,
    /// True positives over predictions, all technologies pooled. (The interval takes the decisions as independent.)
    pub micro_precision: Option<Proportion>,
    /// True positives over labels, all technologies pooled.
    pub micro_recall: Option<Proportion>,
    /// Mean precision of the technologies that have one.
    pub macro_precision: Option<f64>,
    /// Mean recall of the technologies that have one.
    pub macro_recall: Option<f64>,
    /// The share of titles that both readings gave exactly the same labels.
    pub passes_equal: Option<Proportion>,
    /// Mean kappa of the technologies that have one.
    pub macro_kappa: Option<f64>,
}

/// Figures of one technology.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TechnologyScore {
    /// The technology's id.
    pub id: String,
    /// Predicted and labelled.
    pub true_positives: u64,
    /// Predicted, not labelled.
    pub false_positives: u64,
    /// Labelled, not predicted.
    pub false_negatives: u64,
    /// Share of predictions that are right; `None` without predictions.
    pub precision: Option<Proportion>,
    /// Share of labels that were predicted; `None` without labels.
    pub recall: Option<Proportion>,
    /// Cohen's kappa of the two readings; `None` where neither or both always gave the label.
    pub kappa: Option<f64>,
}

/// Compares predictions, one set of ids per title in the same order, with labels, for the technologies of `ids`. Predictions of other ids are
/// left out of account.
///
/// # Errors
/// [`Error::Predictions`] if there is not one set per title.
pub fn evaluate(titles: &[LabelledTitle], predictions: &[BTreeSet<String>], ids: &[String]) -> Result<Evaluation, Error> {
    if titles.len() != predictions.len() {
        return Err(Error::Predictions { predictions: predictions.len(), titles: titles.len() });
    }
    let all: Vec<_> = titles.iter().zip(predictions).collect();
    let random: Vec<_> = all.iter().filter(|(title, _)| title.draw == Draw::Random).copied().collect();
    Ok(Evaluation { all: report(&all, ids), random: report(&random, ids) })
}

type Case<'a> = (&'a LabelledTitle, &'a BTreeSet<String>);

fn report(cases: &[Case<'_>], ids: &[String]) -> Report {
    let technologies: Vec<TechnologyScore> = ids.iter().map(|id| score(cases, id)).collect();
    let total = |count: fn(&TechnologyScore) -> u64| technologies.iter().map(count).sum::<u64>();
    let hits = total(|score| score.true_positives);
    let equal = cases.iter().filter(|(title, _)| title.pass1 == title.pass2).count() as u64;
    Report {
        titles: cases.len() as u64,
        micro_precision: Proportion::wilson(hits, hits + total(|score| score.false_positives)),
        micro_recall: Proportion::wilson(hits, hits + total(|score| score.false_negatives)),
        macro_precision: mean(technologies.iter().filter_map(|score| score.precision.map(|share| share.value))),
        macro_recall: mean(technologies.iter().filter_map(|score| score.recall.map(|share| share.value))),
        passes_equal: Proportion::wilson(equal, cases.len() as u64),
        macro_kappa: mean(technologies.iter().filter_map(|score| score.kappa)),
        technologies,
    }
}

fn score(cases: &[Case<'_>], id: &str) -> TechnologyScore {
    let count = |wanted: &dyn Fn(&Case<'_>) -> bool| cases.iter().filter(|case| wanted(case)).count() as u64;
    let hits = count(&|(title, predicted)| predicted.contains(id) && title.label.contains(id));
    let false_positives = count(&|(title, predicted)| predicted.contains(id) && !title.label.contains(id));
    let false_negatives = count(&|(title, predicted)| !predicted.contains(id) && title.label.contains(id));
    let readings = |first: bool, second: bool| count(&|(title, _)| title.pass1.contains(id) == first && title.pass2.contains(id) == second);
    TechnologyScore {
        id: id.to_owned(),
        true_positives: hits,
        false_positives,
        false_negatives,
        precision: Proportion::wilson(hits, hits + false_positives),
        recall: Proportion::wilson(hits, hits + false_negatives),
        kappa: kappa(readings(true, true), readings(true, false), readings(false, true), readings(false, false)),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
