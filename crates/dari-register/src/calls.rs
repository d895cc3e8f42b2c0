//! Running a call: who may review what, how proposals rank, which hosts and guests fit.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::period::Period;
use crate::record::{COLUMNS, Record};
use crate::register::{Reading, Session};
use crate::store::Statement;

/// Somebody who may review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// The user's name.
    pub user: String,
    /// Their organisation in the register.
    pub organisation: Option<String>,
    /// Their id as an author in the lake.
    pub author: Option<String>,
}

/// Why somebody may not review a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Conflict {
    /// Their organisation, or one that it is part of or that is part of it, is in the team.
    SameOrganisation(String),
    /// They have joint works with somebody of the team: (the person, how many).
    JointWorks(String, usize),
    /// They declared one for this proposal before.
    Declared(String),
    /// They have it already.
    Assigned,
}

/// What is needed to say who may review a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The proposal.
    pub proposal: Record,
    /// Its call.
    pub call: Record,
    /// Reviews of it so far.
    pub reviews: Vec<Record>,
    /// The people of the team who have an author id in the lake: (record, author id).
    pub authors: Vec<(String, String)>,
    /// Organisations of the team, what they are part of, and what is part of them.
    pub organisations: BTreeSet<String>,
}

/// A proposal's place among those of its call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// The place, from 1; equal scores share one. Nothing where no review is in.
    pub rank: Option<usize>,
    /// The proposal.
    pub proposal: Record,
    /// Mean over reviews of the weighted score, from 0 to 1: each score is divided by the criterion's highest, and weights by their sum.
    pub score: Option<f64>,
    /// The lowest and highest weighted score of a single review.
    pub range: Option<(f64, f64)>,
    /// Mean score of each criterion, in its own scale.
    pub by_criterion: BTreeMap<String, f64>,
    /// Reviews that are in, still to come, and given back for a conflict.
    pub reviews: [usize; 3],
}

/// A host and a guest who fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// The record that offers a place.
    pub host: String,
    /// The record of who looks for one.
    pub guest: String,
    /// Technologies that both look for.
    pub shared: Vec<String>,
    /// Days on which both can.
    pub days: i64,
}

impl Session<'_> {
    /// What is needed to say who may review a proposal.
    pub async fn case(&self, proposal: &str) -> Result<Case> {
        if !self.user.role.runs_calls() {
            return Err(Error::NotAllowed { role: self.user.role.as_str(), what: "give out reviews".to_owned() });
        }
        let mut reading = self.reading().await?;
        let found = reading.get(proposal).await?.ok_or_else(|| Error::NotFound(proposal.to_owned()))?;
        if found.kind != "proposal" {
            return Err(Error::input(format!("'{proposal}' is of the kind {}", found.kind)).hint("Give a proposal."));
        }
        let call = found.text("call").unwrap_or_default().to_owned();
        let call = reading.get(&call).await?.ok_or(Error::NotFound(call))?;
        let statement = reading.naming(reading.records(COLUMNS).sql(" AND kind = 'review'"), "proposal", Statement::value(proposal));
        let reviews = reading.whole(statement.sql(" ORDER BY id")).await?;
        let of = |field: &str| found.rows("team").filter_map(|row| row.get(field)?.as_str().map(str::to_owned)).collect::<BTreeSet<_>>();
        let statement = reading.records(COLUMNS).sql(" AND kind = 'organisation'");
        let all = reading.whole(statement).await?;
        let parents: BTreeMap<&str, &str> = all.iter().filter_map(|record| Some((record.id.as_str(), record.text("parent")?))).collect();
        let mut organisations = of("organisation");
        for record in &all {
            if ancestors(&record.id, &parents).any(|id| organisations.contains(id)) {
                organisations.insert(record.id.clone());
            }
        }
        for id in of("organisation") {
            organisations.extend(ancestors(&id, &parents).map(str::to_owned));
        }
        let mut authors = Vec::new();
        for person in of("person") {
            let author = reading.get(&person).await?.and_then(|record| record.text("author").map(str::to_owned));
            authors.extend(author.map(|author| (person, author)));
        }
        Ok(Case { proposal: found, call, reviews, authors, organisations })
    }

    /// The proposals of a call in order of their reviews.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for who does not see the reviews.
    pub async fn ranking(&self, call: &str) -> Result<Vec<Ranked>> {
        if !self.user.sees(&crate::Scope::Reviews(String::new())) {
            return Err(Error::NotAllowed { role: self.user.role.as_str(), what: "see reviews".to_owned() });
        }
        let mut reading = self.reading().await?;
        let call = reading.get(call).await?.ok_or_else(|| Error::NotFound(call.to_owned()))?;
        if call.kind != "call" {
            return Err(Error::input(format!("'{}' is of the kind {}", call.id, call.kind)).hint("Give a call."));
        }
        let of_call = |reading: &Reading, columns: &str| {
            reading.naming(reading.records(columns).sql(" AND kind = 'proposal'"), "call", Statement::value(&call.id))
        };
        let proposals = reading.whole(of_call(&reading, COLUMNS).sql(" ORDER BY id")).await?;
        let statement = reading.naming(reading.records(COLUMNS).sql(" AND kind = 'review'"), "proposal", of_call(&reading, "id"));
        let reviews = reading.whole(statement.sql(" ORDER BY id")).await?;
        Ok(rank(&call, proposals, &reviews))
    }

    /// Exchanges that fit each other: one that offers a place with a host, and one of the same direction whose guest has no host yet, with a technology that
    /// both look for or days on which both can.
    pub async fn matches(&self) -> Result<Vec<Fit>> {
        let mut reading = self.reading().await?;
        let statement = reading.records(COLUMNS).sql(" AND kind = 'exchange' AND state = 'offered' ORDER BY id");
        Ok(fits(&reading.whole(statement).await?))
    }
}

fn ancestors<'a>(id: &'a str, parents: &BTreeMap<&'a str, &'a str>) -> impl Iterator<Item = &'a str> {
    let parents = parents.clone();
    // A ring of parents would go on for ever.
    std::iter::successors(parents.get(id).copied(), move |id| parents.get(id).copied()).take(20)
}

impl Case {
    /// Why a reviewer may not review the proposal; `joint_works` says how many works they have with an author, since when the call asks.
    pub fn conflicts(&self, reviewer: &Reviewer, joint_works: impl Fn(&str, &str) -> usize) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        if let Some(organisation) = &reviewer.organisation
            && self.organisations.contains(organisation)
        {
            conflicts.push(Conflict::SameOrganisation(organisation.clone()));
        }
        if let Some(author) = &reviewer.author {
            for (person, other) in &self.authors {
                let works = joint_works(author, other);
                if author == other || works > 0 {
                    conflicts.push(Conflict::JointWorks(person.clone(), works));
                }
            }
        }
        for review in self.reviews.iter().filter(|review| review.text("reviewer") == Some(&reviewer.user)) {
            conflicts.push(match review.state.as_str() {
                "conflict" => Conflict::Declared(review.text("conflict").unwrap_or_default().to_owned()),
                _ => Conflict::Assigned,
            });
        }
        conflicts
    }
}

fn rank(call: &Record, proposals: Vec<Record>, reviews: &[Record]) -> Vec<Ranked> {
    let criteria: Vec<(&str, f64, f64)> = call
        .rows("criteria")
        .filter_map(|row| Some((row.get("name")?.as_str()?, row.get("weight")?.as_f64()?, row.get("most")?.as_f64()?)))
        .collect();
    let weights: f64 = criteria.iter().map(|(_, weight, _)| weight).sum();
    let judged = proposals.into_iter().filter(|proposal| !matches!(proposal.state.as_str(), "draft" | "withdrawn"));
    let mut ranked: Vec<Ranked> = judged
        .map(|proposal| {
            let of: Vec<&Record> = reviews.iter().filter(|review| review.text("proposal") == Some(&proposal.id)).collect();
            let count = |state: &str| of.iter().filter(|review| review.state == state).count();
            let counts = [count("submitted"), count("assigned"), count("conflict")];
            let scores = |review: &&&Record| {
                let scores = review.content.get("scores")?.as_object()?;
                criteria.iter().map(|(name, _, _)| scores.get(*name)?.as_f64()).collect::<Option<Vec<f64>>>()
            };
            let scores: Vec<Vec<f64>> =
                of.iter().filter(|review| review.state == "submitted").filter_map(|review| scores(&review)).collect();
            let each: Vec<f64> = scores
                .iter()
                .map(|scores| scores.iter().zip(&criteria).map(|(score, (_, weight, most))| weight / weights * score / most).sum())
                .collect();
            let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / scores.len() as f64;
            let some = !each.is_empty() && weights > 0.0;
            let by_criterion = criteria.iter().enumerate().filter(|_| some);
            Ranked {
                rank: None,
                score: some.then(|| mean(&mut each.iter().copied())),
                range: some.then(|| (each.iter().copied().fold(f64::MAX, f64::min), each.iter().copied().fold(f64::MIN, f64::max))),
                by_criterion: by_criterion
                    .map(|(at, (name, _, _))| ((*name).to_owned(), mean(&mut scores.iter().map(|scores| scores[at]))))
                    .collect(),
                reviews: counts,
                proposal,
            }
        })
        .collect();
    ranked.sort_by(|a, b| b.score.unwrap_or(-1.0).total_cmp(&a.score.unwrap_or(-1.0)).then_with(|| a.proposal.id.cmp(&b.proposal.id)));
    for at in 0..ranked.len() {
        // Scores that differ by less than rounding are equal.
        let equal = at > 0 && ranked[at].score.zip(ranked[at - 1].score).is_some_and(|(one, other)| (one - other).abs() < 1e-12);
        ranked[at].rank = if equal { ranked[at - 1].rank } else { ranked[at].score.map(|_| at + 1) };
    }
    ranked
}

fn fits(offered: &[Record]) -> Vec<Fit> {
    let wishes = |record: &Record| record.texts("wishes").chain(record.texts("technologies")).map(str::to_owned).collect::<BTreeSet<_>>();
    let period = |record: &Record| record.text("period").and_then(Period::parse);
    let mut found = Vec::new();
    for host in offered.iter().filter(|record| record.text("host").is_some() && record.text("guest").is_none()) {
        for guest in offered.iter().filter(|record| record.text("guest").is_some() && record.text("host").is_none()) {
            if ["home", "host_side"].iter().any(|field| host.text(field) != guest.text(field)) {
                continue;
            }
            let shared: Vec<String> = wishes(host).intersection(&wishes(guest)).cloned().collect();
            let days = match (period(host), period(guest)) {
                (Some(one), Some(other)) => i64::from(one.to.min(other.to)) - i64::from(one.from.max(other.from)) + 1,
                // Of one that can at any time, all days of the other.
                (Some(one), None) | (None, Some(one)) => one.days(),
                (None, None) => 0,
            };
            let both_dated = period(host).is_some() && period(guest).is_some();
            if days <= 0 && (both_dated || shared.is_empty()) {
                continue;
            }
            found.push(Fit { host: host.id.clone(), guest: guest.id.clone(), shared, days });
        }
    }
    found.sort_by(|a, b| {
        b.shared.len().cmp(&a.shared.len()).then(b.days.cmp(&a.days)).then_with(|| (&a.host, &a.guest).cmp(&(&b.host, &b.guest)))
    });
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(id: &str, kind: &str, state: &str, content: serde_json::Value) -> Record {
        Record {
            id: id.to_owned(),
            kind: kind.to_owned(),
            state: state.to_owned(),
            since: None,
            version: 1,
            changed_at: 0,
            created_by: String::new(),
            removed: false,
            content: crate::register::as_content(content),
        }
    }

    #[test]
    fn proposals_rank_by_weighted_scores() {
        let call = record(
            "c",
            "call",
            "in_review",
            json!({"criteria": [{"name": "a", "weight": 3, "most": 5}, {"name": "b", "weight": 1, "most": 10}]}),
        );
        let proposal = |id: &str, state: &str| record(id, "proposal", state, json!({"call": "c"}));
        let review = |id: &str, of: &str, state: &str, a: f64, b: f64| {
            record(id, "review", state, json!({"proposal": of, "scores": {"a": a, "b": b}}))
        };
        let reviews = [
            review("1", "p", "submitted", 4.0, 10.0),
            review("2", "p", "submitted", 2.0, 5.0),
            review("3", "p", "assigned", 5.0, 5.0),
            review("4", "q", "submitted", 5.0, 10.0),
            review("5", "q", "conflict", 0.0, 0.0),
            review("6", "r", "submitted", 3.0, 7.5),
        ];
        let proposals = ["p", "q", "r", "s"].map(|id| proposal(id, "submitted")).into_iter().chain([proposal("d", "draft")]).collect();
        let ranked = rank(&call, proposals, &reviews);
        // p: (3/4 x 4/5 + 1/4 x 10/10 + 3/4 x 2/5 + 1/4 x 5/10) / 2 = (0.85 + 0.425) / 2 = 0.6375; q: 1; r: 3/4 x 3/5 + 1/4 x 7.5/10 = 0.6375.
        let told: Vec<_> = ranked.iter().map(|line| (line.proposal.id.as_str(), line.rank, line.reviews)).collect();
        assert_eq!(told, [("q", Some(1), [1, 0, 1]), ("p", Some(2), [2, 1, 0]), ("r", Some(2), [1, 0, 0]), ("s", None, [0, 0, 0])]);
        assert!((ranked[1].score.unwrap() - 0.6375).abs() < 1e-12);
        let (low, high) = ranked[1].range.unwrap();
        assert!((low - 0.425).abs() < 1e-12 && (high - 0.85).abs() < 1e-12);
        assert_eq!(ranked[1].by_criterion, BTreeMap::from([("a".to_owned(), 3.0), ("b".to_owned(), 7.5)]));
    }

    #[test]
    fn conflicts_of_interest() {
        let case = Case {
            proposal: record("p", "proposal", "submitted", json!({})),
            call: record("c", "call", "open", json!({})),
            reviews: vec![
                record("~x:p", "review", "conflict", json!({"reviewer": "x", "conflict": "former student"})),
                record("~y:p", "review", "assigned", json!({"reviewer": "y"})),
            ],
            authors: vec![("person.lee".to_owned(), "A1".to_owned())],
            organisations: ["kfe", "nst"].map(str::to_owned).into(),
        };
        let reviewer = |user: &str, organisation: Option<&str>, author: Option<&str>| Reviewer {
            user: user.to_owned(),
            organisation: organisation.map(str::to_owned),
            author: author.map(str::to_owned),
        };
        let joint = |one: &str, other: &str| usize::from((one, other) == ("A2", "A1")) * 3;
        let conflicts = |who: Reviewer| case.conflicts(&who, joint);
        assert_eq!(conflicts(reviewer("a", Some("kfe"), Some("A9"))), [Conflict::SameOrganisation("kfe".to_owned())]);
        assert_eq!(conflicts(reviewer("a", Some("mit"), Some("A2"))), [Conflict::JointWorks("person.lee".to_owned(), 3)]);
        assert_eq!(conflicts(reviewer("a", None, Some("A1"))), [Conflict::JointWorks("person.lee".to_owned(), 0)]);
        assert_eq!(conflicts(reviewer("x", None, None)), [Conflict::Declared("former student".to_owned())]);
        assert_eq!(conflicts(reviewer("y", None, None)), [Conflict::Assigned]);
        assert_eq!(conflicts(reviewer("z", Some("mit"), Some("A3"))), []);
    }

    #[test]
    fn hosts_and_guests() {
        let exchange = |id: &str, content: serde_json::Value| record(id, "exchange", "offered", content);
        let offered = [
            exchange(
                "host",
                json!({"home": "KR", "host_side": "US", "host": "mit", "wishes": ["quantum", "fusion"], "period": "2027-01/2027-03"}),
            ),
            exchange("other-way", json!({"home": "US", "host_side": "KR", "host": "kfe", "wishes": ["fusion"]})),
            exchange(
                "guest",
                json!({"home": "KR", "host_side": "US", "guest": "lee", "wishes": ["fusion"], "period": "2027-03-30/2027-05-01"}),
            ),
            exchange("too-late", json!({"home": "KR", "host_side": "US", "guest": "kim", "wishes": ["fusion"], "period": "2028"})),
            exchange("any-time", json!({"home": "KR", "host_side": "US", "guest": "choi"})),
        ];
        let fits = fits(&offered);
        // Both can on 30 and 31 March; whoever can at any time, on the 90 days of January to March.
        let told: Vec<_> = fits.iter().map(|fit| (fit.host.as_str(), fit.guest.as_str(), fit.shared.len(), fit.days)).collect();
        assert_eq!(told, [("host", "guest", 1, 2), ("host", "any-time", 0, 90)]);
    }
}
