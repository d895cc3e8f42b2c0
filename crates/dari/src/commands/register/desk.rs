//! What the desk needs to see.

use clap::Args;
use dari_register::Period;
use dari_register::views::{Open, Relative};

use super::{Desk, date, the_day};
use crate::cli::{Format, Lang};
use crate::error::Result;
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// A dialogue (before its next meeting) or a meeting; without one, all that is open
    of: Option<String>,
    /// Counts by side, kind and state, in place of records
    #[arg(long)]
    summary: bool,
    /// Days, and what is overdue, are counted to this day instead of the next meeting's
    #[arg(long, value_name = "DAY", conflicts_with = "summary")]
    on: Option<String>,
    /// At most so many records
    #[arg(long, default_value_t = 200, value_name = "N")]
    most: usize,
}

#[derive(Debug, Args)]
pub(crate) struct DueArgs {
    /// Days from today
    #[arg(long, default_value_t = 30, value_name = "N")]
    days: i32,
    /// Counted from this day instead of today
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// At most so many records
    #[arg(long, default_value_t = 200, value_name = "N")]
    most: usize,
}

#[derive(Debug, Args)]
pub(crate) struct RenewalsArgs {
    /// Days from today
    #[arg(long, default_value_t = 365, value_name = "N")]
    days: i32,
    /// Counted from this day instead of today
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// Of what came about through this record; without one, all
    of: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ChainArgs {
    /// Record
    id: String,
}

#[derive(Debug, Args)]
pub(crate) struct TimelineArgs {
    /// Of what came about through this record; without one, all
    of: Option<String>,
    /// From this day
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Until this day
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 500, value_name = "N")]
    most: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ChangesArgs {
    /// Since this day; without one, of the last seven days
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 200, value_name = "N")]
    most: usize,
}

impl Desk<'_> {
    pub(super) async fn what_is_open(&self, args: &OpenArgs) -> Result<()> {
        let open = self.session_on(args.on.as_deref())?.open(args.of.as_deref(), args.most).await?;
        let Open { meeting, day, summary, lines } = &open;
        let day = &args.on.as_deref().map(the_day).transpose()?.unwrap_or(*day);
        match meeting {
            Some(meeting) => {
                let next = date(meeting.begins).unwrap_or_default();
                say(&format!("{} {next}: {}", self.common.pick("next meeting", "다음 회의"), meeting.title(self.korean())));
            }
            None => say(self.common.pick("no meeting is planned; ages are as of today", "예정된 회의 없음; 경과일은 오늘 기준")),
        }
        if args.summary {
            let kinds = summary.iter().map(|line| Some(self.kind(&line.kind)));
            let rows = Rows::default()
                .text("sides", summary.iter().map(|line| Some(line.sides.as_str())))
                .text("kind", kinds)
                .text("state", summary.iter().map(|line| Some(self.state(&line.kind, &line.state))))
                .int("records", summary.iter().map(|line| Some(line.records)))
                .text("oldest", summary.iter().map(|line| date(line.oldest)))
                .int("overdue", summary.iter().map(|line| Some(line.overdue)));
            return output::write_rows(self.common.format, rows);
        }
        let rows = self
            .lines(lines)
            .int("days", lines.iter().map(|line| line.since.map(|since| i64::from(*day) - i64::from(since))))
            .bool("overdue", lines.iter().map(|line| Some(line.due.is_some_and(|due| due < *day))));
        output::write_rows(self.common.format, rows)?;
        let total: i64 = summary.iter().map(|line| line.records).sum();
        if total > lines.len() as i64 {
            let shown = lines.len();
            say(&match self.common.lang {
                Lang::En => format!("{shown} of {total} are shown; --most shows more, --summary counts all"),
                Lang::Ko => format!("{total}건 중 {shown}건 표시; 더 보기: --most, 전체 집계: --summary"),
            });
        }
        Ok(())
    }

    pub(super) async fn due(&self, args: &DueArgs) -> Result<()> {
        let session = self.session_on(args.on.as_deref())?;
        let lines = session.due(args.days, args.most).await?;
        let today = dari_register::day_of(session.now());
        let left = lines.iter().map(|line| line.due.map(|due| i64::from(due) - i64::from(today)));
        output::write_rows(self.common.format, self.lines(&lines).int("days_left", left))
    }

    pub(super) async fn renewals(&self, args: &RenewalsArgs) -> Result<()> {
        let session = self.session_on(args.on.as_deref())?;
        let renewals = session.renewals(args.days).await?;
        let today = dari_register::day_of(session.now());
        let korean = self.korean();
        let rows = Rows::default()
            .text("id", renewals.iter().map(|renewal| Some(renewal.record.id.as_str())))
            .text("until", renewals.iter().map(|renewal| date(Some(renewal.until))))
            .int("days_left", renewals.iter().map(|renewal| Some(i64::from(renewal.until) - i64::from(today))))
            .text("notice_by", renewals.iter().map(|renewal| date(renewal.notice)))
            .bool("notice_passed", renewals.iter().map(|renewal| renewal.notice.map(|notice| notice < today)))
            .text("renewal", renewals.iter().map(|renewal| renewal.record.text("renewal")))
            .text("title", renewals.iter().map(|renewal| Some(renewal.record.title(korean))));
        output::write_rows(self.common.format, rows)
    }

    pub(super) async fn balance(&self, args: &BalanceArgs) -> Result<()> {
        let balance = self.session().balance(args.of.as_deref()).await?;
        let (people, money) = (&balance.exchanges, &balance.contributions);
        // Both in one table, so that the answer is one for programs too.
        let rows = Rows::default()
            .text("what", people.iter().map(|_| Some("exchange")).chain(money.iter().map(|_| Some("contribution"))))
            .text("from", people.iter().map(|line| &line.home).chain(money.iter().map(|line| &line.side)).map(|side| Some(side.as_str())))
            .text("to", people.iter().map(|line| Some(line.host_side.as_str())).chain(money.iter().map(|_| None)))
            .text(
                "state",
                people
                    .iter()
                    .map(|line| Some(self.state("exchange", &line.state)))
                    .chain(money.iter().map(|line| Some(self.state("contribution", &line.state)))),
            )
            .int("records", people.iter().map(|line| Some(line.people)).chain(money.iter().map(|line| Some(line.records))))
            .int("person_days", people.iter().map(|line| Some(line.days)).chain(money.iter().map(|_| None)))
            .text("currency", people.iter().map(|_| None).chain(money.iter().map(|line| Some(line.currency.as_str()))))
            .float("money", people.iter().map(|_| None).chain(money.iter().map(|line| Some(line.money))))
            .float("in_kind", people.iter().map(|_| None).chain(money.iter().map(|line| Some(line.in_kind))));
        output::write_rows(self.common.format, rows)?;
        let without: i64 = people.iter().map(|line| line.without_period).sum();
        if without > 0 {
            say(&match self.common.lang {
                Lang::En => format!("{without} exchanges have no period yet: their days are not counted"),
                Lang::Ko => format!("기간이 아직 없는 인력 교류 {without}건: 일수에 넣지 않음"),
            });
        }
        Ok(())
    }

    pub(super) async fn chain(&self, args: &ChainArgs) -> Result<()> {
        let lineage = self.session().lineage(&args.id).await?;
        let back = lineage.back.iter().rev().map(|relative| (-(relative.steps as i64), relative.by.as_str(), &relative.record));
        let forth = lineage.forth.iter().map(|Relative { steps, by, record }| (*steps as i64, by.as_str(), record));
        let all: Vec<_> = back.chain([(0, "", &lineage.record)]).chain(forth).collect();
        let lines: Vec<_> = all.iter().map(|(_, _, record)| (*record).clone()).collect();
        let rows = Rows::default()
            .int("step", all.iter().map(|(steps, _, _)| Some(*steps)))
            .text("through", all.iter().map(|(_, by, _)| Some(*by)));
        let rows = if self.common.format == Format::Table {
            // For reading, what came of it stands further in.
            let title = |steps: i64, title: &str| format!("{}{title}", "  ".repeat(steps.max(0).unsigned_abs() as usize));
            rows.text("record", all.iter().map(|(steps, _, line)| Some(title(*steps, &line.id))))
                .text("kind", lines.iter().map(|line| Some(self.kind(&line.kind))))
                .text("state", lines.iter().map(|line| Some(self.state(&line.kind, &line.state))))
                .text("since", lines.iter().map(|line| date(line.since)))
                .text("title", lines.iter().map(|line| Some(line.title(self.korean()))))
        } else {
            rows.text("id", lines.iter().map(|line| Some(line.id.as_str())))
                .text("kind", lines.iter().map(|line| Some(line.kind.as_str())))
                .text("state", lines.iter().map(|line| Some(line.state.as_str())))
                .text("since", lines.iter().map(|line| date(line.since)))
                .text("title", lines.iter().map(|line| Some(line.title(self.korean()))))
        };
        output::write_rows(self.common.format, rows)
    }

    pub(super) async fn timeline(&self, args: &TimelineArgs) -> Result<()> {
        let day = |text: &Option<String>, otherwise: i32| text.as_deref().map_or(Ok(otherwise), the_day);
        let span = Period { from: day(&args.from, i32::MIN)?, to: day(&args.until, i32::MAX)? };
        let entries = self.session().timeline(span, args.of.as_deref(), args.most).await?;
        let rows = Rows::default()
            .text("day", entries.iter().map(|entry| date(Some(entry.day))))
            .text("became", entries.iter().map(|entry| entry.became.as_deref().map(|state| self.state(&entry.record.kind, state))))
            .text("kind", entries.iter().map(|entry| Some(self.kind(&entry.record.kind))))
            .text("id", entries.iter().map(|entry| Some(entry.record.id.as_str())))
            .text("sides", entries.iter().map(|entry| Some(entry.record.sides.as_str())))
            .text("title", entries.iter().map(|entry| Some(entry.record.title(self.korean()))));
        output::write_rows(self.common.format, rows)?;
        if entries.len() == args.most {
            say(&match self.common.lang {
                Lang::En => format!("the first {} are shown; --from, --until and --most show others", args.most),
                Lang::Ko => format!("처음 {}건 표시; 다른 것: --from, --until, --most", args.most),
            });
        }
        Ok(())
    }

    pub(super) async fn changes(&self, args: &ChangesArgs) -> Result<()> {
        let session = self.session();
        let since = match &args.since {
            Some(text) => i64::from(the_day(text)?) * 86_400_000,
            None => session.now() - 7 * 86_400_000,
        };
        let changes = session.changes(since, args.most).await?;
        let title = |change: &dari_register::views::Change| match &change.record {
            Some(record) => record.title(self.korean()).to_owned(),
            None => change.event.id.clone(),
        };
        let rows = Rows::default()
            .text("recorded", changes.iter().map(|change| Some(dari_register::moment(change.event.at))))
            .text("who", changes.iter().map(|change| Some(format!("{} ({})", change.event.who, change.event.party))))
            .text("action", changes.iter().map(|change| Some(change.event.action.as_str())))
            .text("kind", changes.iter().map(|change| Some(self.kind(&change.event.kind))))
            .text("id", changes.iter().map(|change| Some(change.event.id.as_str())))
            .text("state", changes.iter().map(|change| Some(self.state(&change.event.kind, &change.event.state))))
            .text("title", changes.iter().map(|change| Some(title(change))))
            .text("why", changes.iter().map(|change| Some(change.event.why.as_str())));
        output::write_rows(self.common.format, rows)?;
        if changes.len() == args.most {
            say(&match self.common.lang {
                Lang::En => format!("the newest {} are shown; --most shows more", args.most),
                Lang::Ko => format!("최근 {}건 표시; 더 보기: --most", args.most),
            });
        }
        Ok(())
    }
}
