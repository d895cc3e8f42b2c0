//! Running a call: reviewers, ranking, hosts and guests.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use clap::Args;
use dari_register::calls::{Conflict, Reviewer};
use dari_register::{Content, Scope, Step};

use super::{Desk, of_lake};
use crate::analysis;
use crate::cli::Lang;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

#[derive(Debug, Args)]
pub(crate) struct AssignArgs {
    /// Proposal
    proposal: String,
    /// A reviewer: USER, or USER@ORGANISATION, or USER@ORGANISATION/AUTHOR with the ids of their organisation in the register and of the author in the lake
    #[arg(long = "to", value_name = "REVIEWER", required = true)]
    to: Vec<String>,
    /// Day by which the review is due
    #[arg(long, value_name = "DAY")]
    due: Option<String>,
    /// Say who has a conflict of interest, and give nothing out
    #[arg(long)]
    check: bool,
    /// Why, for the audit trail
    #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
    why: String,
}

#[derive(Debug, Args)]
pub(crate) struct RankingArgs {
    /// Call
    call: String,
}

#[derive(Debug, Args)]
pub(crate) struct MatchArgs {}

/// Years in which joint works are a conflict of interest where the call says nothing.
const YEARS: f64 = 3.0;

impl Desk<'_> {
    pub(super) async fn assign(&self, args: &AssignArgs) -> Result<()> {
        let session = self.session();
        let case = session.case(&args.proposal).await?;
        let reviewers: Vec<Reviewer> = args.to.iter().map(|text| reviewer(text)).collect();
        for reviewer in &reviewers {
            self.register.user(&reviewer.user).await?;
            if let Some(organisation) = &reviewer.organisation {
                session.get(organisation).await?;
            }
        }
        // Joint works are looked up in the lake, as far as authors are known there.
        let years = case.call.number("conflict_years").unwrap_or(YEARS);
        let closes = case.call.text("closes").and_then(dari_register::Period::parse).map(|period| period.to);
        let (year, _, _) = dari_model::date::civil(closes.unwrap_or_else(|| dari_register::day_of(session.now())));
        let since = year - years as i32;
        let authors: BTreeSet<&str> = reviewers
            .iter()
            .filter_map(|reviewer| reviewer.author.as_deref())
            .chain(case.authors.iter().map(|(_, author)| author.as_str()))
            .collect();
        let joint = if reviewers.iter().any(|reviewer| reviewer.author.is_some()) && !case.authors.is_empty() {
            of_lake(|| self.joint_works(&authors, since))?
        } else {
            BTreeMap::new()
        };
        let count = |one: &str, other: &str| joint.get(&(one.min(other).to_owned(), one.max(other).to_owned())).copied().unwrap_or(0);
        let conflicts: Vec<Vec<Conflict>> = reviewers.iter().map(|reviewer| case.conflicts(reviewer, count)).collect();
        let told = |conflict: &Conflict| match conflict {
            Conflict::SameOrganisation(id) => format!("same organisation: {id}"),
            Conflict::JointWorks(person, 0) => format!("is {person} of the team"),
            Conflict::JointWorks(person, works) => format!("{works} joint works since {since} with {person}"),
            Conflict::Declared(why) => format!("declared: {why}"),
            Conflict::Assigned => "has it already".to_owned(),
        };
        let rows = Rows::default()
            .text("reviewer", reviewers.iter().map(|reviewer| Some(reviewer.user.as_str())))
            .bool("free", conflicts.iter().map(|found| Some(found.is_empty())))
            .text("conflicts", conflicts.iter().map(|found| Some(found.iter().map(told).collect::<Vec<_>>().join("; "))));
        output::write_rows(self.common.format, rows)?;
        for reviewer in reviewers.iter().filter(|reviewer| reviewer.author.is_none() || case.authors.is_empty()) {
            let why = if reviewer.author.is_none() {
                self.common.pick("no author id was given (USER@ORGANISATION/AUTHOR)", "저자 id 없음 (USER@ORGANISATION/AUTHOR)")
            } else {
                self.common.pick("nobody of the team has an author id in the register", "등록부에 저자 id가 있는 팀원 없음")
            };
            let what = self.common.pick("joint works are not looked up", "공동 논문을 찾지 않음");
            say(&format!("{}: {what}: {why}", reviewer.user));
        }
        if args.check {
            return Ok(());
        }
        let mut steps = Vec::new();
        for (reviewer, _) in reviewers.iter().zip(&conflicts).filter(|(_, conflicts)| conflicts.is_empty()) {
            let mut fields = vec![format!("proposal={}", args.proposal), format!("reviewer={}", reviewer.user)];
            fields.extend(reviewer.organisation.iter().map(|id| format!("organisation={id}")));
            fields.extend(args.due.iter().map(|due| format!("due={due}")));
            let content: Content = match dari_register::kinds::kind("review") {
                Some(kind) => dari_register::assignments(kind, &fields)?,
                None => Content::new(),
            };
            let id = Scope::Reviews(reviewer.user.clone()).id(&args.proposal);
            steps.push(Step::Add { kind: "review".to_owned(), id, content, state: None, day: None });
        }
        if steps.is_empty() {
            return Err(Failure::new("nobody is free of conflicts of interest").hint("Choose others with --to."));
        }
        for written in session.write(&steps, &args.why, None).await? {
            say(&format!("{}: {}", written.id, self.common.pick("given out", "배정됨")));
        }
        Ok(())
    }

    /// How many works each two of these authors have together since a year, whole numbers of the lake (with or without the `A` before them).
    fn joint_works(&self, authors: &BTreeSet<&str>, since: i32) -> Result<BTreeMap<(String, String), usize>> {
        let number = |text: &str| text.trim_start_matches(['A', 'a']).parse::<i64>().ok();
        let names: BTreeMap<i64, &str> = authors.iter().filter_map(|text| Some((number(text)?, *text))).collect();
        let list = names.keys().map(i64::to_string).collect::<Vec<_>>().join(", ");
        if list.is_empty() {
            return Ok(BTreeMap::new());
        }
        let snapshot = analysis::snapshot(self.common)?;
        let query = format!(
            "SELECT CAST(a.author_id AS BIGINT), CAST(b.author_id AS BIGINT), count(DISTINCT a.work_id) FROM authorships a
             JOIN authorships b ON a.work_id = b.work_id AND a.author_id < b.author_id JOIN works w ON w.id = a.work_id
             WHERE a.author_id IN ({list}) AND b.author_id IN ({list}) AND w.publication_year >= {since} GROUP BY a.author_id, b.author_id"
        );
        let mut joint = BTreeMap::new();
        snapshot.for_each(&query, &self.common.options(), |batch| -> Result<()> {
            let column = |at: usize| batch.column(at).as_primitive::<Int64Type>();
            let (one, other, works) = (column(0), column(1), column(2));
            for row in 0..batch.num_rows() {
                if let (Some(one), Some(other)) = (names.get(&one.value(row)), names.get(&other.value(row))) {
                    let key = ((*one.min(other)).to_owned(), (*one.max(other)).to_owned());
                    joint.insert(key, usize::try_from(works.value(row)).unwrap_or_default());
                }
            }
            Ok(())
        })?;
        Ok(joint)
    }

    pub(super) async fn ranking(&self, args: &RankingArgs) -> Result<()> {
        let ranked = self.session().ranking(&args.call).await?;
        let korean = self.korean();
        let criteria = |line: &dari_register::calls::Ranked| {
            line.by_criterion.iter().map(|(name, score)| format!("{name} {score:.2}")).collect::<Vec<_>>().join(", ")
        };
        let rows = Rows::default()
            .int("rank", ranked.iter().map(|line| line.rank.map(|rank| rank as i64)))
            .text("proposal", ranked.iter().map(|line| Some(line.proposal.id.as_str())))
            .text("state", ranked.iter().map(|line| Some(self.state("proposal", &line.proposal.state))))
            .float("score", ranked.iter().map(|line| line.score))
            .float("lowest", ranked.iter().map(|line| line.range.map(|(low, _)| low)))
            .float("highest", ranked.iter().map(|line| line.range.map(|(_, high)| high)))
            .text("criteria", ranked.iter().map(|line| Some(criteria(line))))
            .int("reviews", ranked.iter().map(|line| Some(line.reviews[0] as i64)))
            .int("to_come", ranked.iter().map(|line| Some(line.reviews[1] as i64)))
            .int("conflicts", ranked.iter().map(|line| Some(line.reviews[2] as i64)))
            .text("title", ranked.iter().map(|line| Some(line.proposal.title(korean))));
        output::write_rows(self.common.format, rows)?;
        let to_come: usize = ranked.iter().map(|line| line.reviews[1]).sum();
        if to_come > 0 {
            say(&match self.common.lang {
                Lang::En => format!("{to_come} reviews are still to come"),
                Lang::Ko => format!("남은 평가 {to_come}건"),
            });
        }
        say(self.common.pick(
            "score: mean over reviews of the weighted score, from 0 to 1; `dari register move PROPOSAL selected` decides",
            "점수: 평가별 가중 점수의 평균(0~1); `dari register move PROPOSAL selected`로 선정",
        ));
        Ok(())
    }

    pub(super) async fn match_exchanges(&self, _: &MatchArgs) -> Result<()> {
        let fits = self.session().matches().await?;
        let rows = Rows::default()
            .text("host", fits.iter().map(|fit| Some(fit.host.as_str())))
            .text("guest", fits.iter().map(|fit| Some(fit.guest.as_str())))
            .int("common", fits.iter().map(|fit| Some(fit.shared.len() as i64)))
            .text("technologies", fits.iter().map(|fit| Some(fit.shared.join("; "))))
            .int("days", fits.iter().map(|fit| Some(fit.days)));
        output::write_rows(self.common.format, rows)
    }
}

fn reviewer(text: &str) -> Reviewer {
    let (user, rest) = text.split_once('@').map_or((text, None), |(user, rest)| (user, Some(rest)));
    let (organisation, author) = match rest.map(|rest| rest.split_once('/').map_or((rest, None), |(id, author)| (id, Some(author)))) {
        Some((organisation, author)) => (Some(organisation), author),
        None => (None, None),
    };
    let some = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    Reviewer { user: user.to_owned(), organisation: some(organisation), author: some(author) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviewers_as_written() {
        let read = |text| {
            let Reviewer { user, organisation, author } = reviewer(text);
            (user, organisation, author)
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(read("garcia"), ("garcia".to_owned(), None, None));
        assert_eq!(read("garcia@org.mit/A12"), ("garcia".to_owned(), text("org.mit"), text("A12")));
        assert_eq!(read("garcia@/A12"), ("garcia".to_owned(), None, text("A12")));
    }
}
