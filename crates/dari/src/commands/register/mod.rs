//! `dari register`: from what was said in a dialogue to what came of it.

mod calls;
mod change;
mod desk;
mod draft;
mod files;
mod keep;
mod results;
mod show;

use clap::{Args, Subcommand};
use dari_register::{Register, Session, User};

pub(crate) use keep::make_shipped;
pub(crate) use show::other_names;

use crate::cli::{Common, Lang};
use crate::error::{Failure, Result};

/// Arguments of `dari register`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari register init --demo                        a register of Korea and the United States with the shipped record
  dari register init --party KR --party US --member hong:KR:desk-officer
  dari register open dialogue.kr-us-science        what is open before the next meeting
  dari register add statement --id battery date=2024-01-22 side=KR text.ko='이차전지 공동연구를 제안' text.en='proposes joint research on batteries'
  dari register move battery to_be_considered --on 2024-01-22 --why 'minutes, p. 2'
  dari register chain battery                      where it came from, what came of it
  dari register search 핵융합
  dari register backup register.jsonl

Without --register the register is the file dari-register.sqlite; teams keep it in PostgreSQL: --register postgres://USER@HOST/DATABASE. A register whose only
user you are needs no --user. What is private to a party lies under ids that begin with it (KR:note-1) and is seen by nobody else. Dates are days of UTC.")]
pub(crate) struct RegisterArgs {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    place: Place,
}

/// Where the register is if nothing is said.
pub(crate) const DEFAULT: &str = "dari-register.sqlite";

/// Where the register is, and who works in it.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The register: a SQLite file, or postgres://USER@HOST/DATABASE
    #[arg(
        long,
        global = true,
        env = "DARI_REGISTER",
        default_value = DEFAULT,
        value_name = "FILE|URL",
        hide_env_values = true
    )]
    register: String,
    /// The user who works in it
    #[arg(long, global = true, env = "DARI_USER", value_name = "NAME")]
    user: Option<String>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a register for parties, or one with the shipped record (--demo)
    Init(keep::InitArgs),
    /// Who uses the register; add and close users
    Users(keep::UsersArgs),
    /// Prove that the audit trail is whole
    Verify(keep::VerifyArgs),
    /// Write the whole register into one file
    Backup(keep::BackupArgs),
    /// Make a register of a backup
    Restore(keep::RestoreArgs),
    /// The kinds of records with their fields and states
    Kinds(show::KindsArgs),
    /// List records
    List(show::ListArgs),
    /// Show a record with all its fields
    Show(show::ShowArgs),
    /// All that happened to a record
    History(show::HistoryArgs),
    /// Search in Korean and English
    Search(show::SearchArgs),
    /// Add a record
    Add(change::AddArgs),
    /// Change fields of a record
    Edit(change::EditArgs),
    /// Bring a record into another state
    Move(change::MoveArgs),
    /// Take a record out of sight, with a reason, or bring it back
    Remove(change::RemoveArgs),
    /// Share with all parties what was private
    Share(change::ShareArgs),
    /// What is open before the next meeting, by side and age
    Open(desk::OpenArgs),
    /// What is overdue, or due within so many days
    Due(desk::DueArgs),
    /// Agreements that end soon
    Renewals(desk::RenewalsArgs),
    /// The balance of exchange and contributions between sides
    Balance(desk::BalanceArgs),
    /// The line from what was said to what came of it, from any record
    Chain(desk::ChainArgs),
    /// What happened, in order of time
    Timeline(desk::TimelineArgs),
    /// What was changed in the register since a day
    Changes(desk::ChangesArgs),
    /// Give a proposal to reviewers, without conflicts of interest
    Assign(calls::AssignArgs),
    /// Rank the proposals of a call by their reviews
    Ranking(calls::RankingArgs),
    /// Match hosts and guests of an exchange
    Match(calls::MatchArgs),
    /// Write records as YAML or JSON
    Export(files::ExportArgs),
    /// Read records of YAML or JSON
    Import(files::ImportArgs),
    /// Write or read records of one kind as a table (CSV, XLSX)
    Table(files::TableArgs),
    /// Meetings, workshops and dates as an iCalendar file
    Calendar(files::CalendarArgs),
    /// Organisations, projects, events and outputs as CERIF-XML
    Cerif(files::CerifArgs),
    /// Metadata of a project as RAiD
    Raid(files::RaidArgs),
    /// What a press release or minutes say, as drafts; each is stored only with your yes
    Draft(draft::DraftArgs),
    /// Works and awards that followed an agreement, programme or commitment
    Results(results::ResultsArgs),
}

pub(crate) fn run(common: &Common, args: &RegisterArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let place = &args.place;
    runtime.block_on(async {
        match &args.what {
            What::Init(args) => keep::init(common, place, args).await,
            What::Users(args) => keep::users(common, place, args).await,
            What::Verify(args) => keep::verify(common, place, args).await,
            What::Backup(args) => keep::backup(place, args).await,
            What::Restore(args) => keep::restore(place, args).await,
            What::Kinds(args) => show::kinds(common, args),
            other => {
                let register = Register::open(&place.register).await?;
                let user = who(&register, place).await?;
                let done = Desk { common, register: &register, user }.run(other).await;
                register.close().await;
                done
            }
        }
    })
}

/// Runs a command in a register that is open already, as a user of it. The thread may wait, and is one of a runtime that works on several.
pub(crate) fn run_as(common: &Common, args: &RegisterArgs, register: &Register, user: &User) -> Result<()> {
    let desk = Desk { common, register, user: user.clone() };
    tokio::runtime::Handle::current().block_on(desk.run(&args.what))
}

/// The user who works in a register from the command line.
async fn who(register: &Register, place: &Place) -> Result<User> {
    if let Some(name) = &place.user {
        return Ok(register.user(name).await?);
    }
    let mut users = register.users().await?;
    match (users.pop(), users.is_empty()) {
        (Some(user), true) => Ok(user),
        (None, _) => Err(Failure::misuse("the register has no users yet").hint("Make one: dari register users --add hong:KR:desk-officer")),
        (Some(last), false) => {
            let names: Vec<String> = users.into_iter().chain([last]).map(|user| user.name).collect();
            Err(Failure::misuse("who are you?").hint(format!("Give --user, or set DARI_USER: {}.", names.join(", "))))
        }
    }
}

/// An open register and the user who works in it.
pub(super) struct Desk<'a> {
    common: &'a Common,
    register: &'a Register,
    user: User,
}

impl Desk<'_> {
    fn session(&self) -> Session<'_> {
        self.register.session(self.user.clone())
    }

    /// Reading as of a day instead of today.
    fn session_on(&self, day: Option<&str>) -> Result<Session<'_>> {
        /// Milliseconds of a day.
        const DAY: i64 = 86_400_000;
        let session = self.session();
        Ok(match day {
            Some(day) => session.at(i64::from(the_day(day)?) * DAY),
            None => session,
        })
    }

    fn korean(&self) -> bool {
        self.common.lang == Lang::Ko
    }

    async fn run(&self, what: &What) -> Result<()> {
        match what {
            What::Init(_) | What::Users(_) | What::Verify(_) | What::Backup(_) | What::Restore(_) | What::Kinds(_) => Ok(()),
            What::List(args) => self.list(args).await,
            What::Show(args) => self.show(args).await,
            What::History(args) => self.history(args).await,
            What::Search(args) => self.search(args).await,
            What::Add(args) => self.add(args).await,
            What::Edit(args) => self.edit(args).await,
            What::Move(args) => self.move_on(args).await,
            What::Remove(args) => self.remove(args).await,
            What::Share(args) => self.share(args).await,
            What::Open(args) => self.what_is_open(args).await,
            What::Due(args) => self.due(args).await,
            What::Renewals(args) => self.renewals(args).await,
            What::Balance(args) => self.balance(args).await,
            What::Chain(args) => self.chain(args).await,
            What::Timeline(args) => self.timeline(args).await,
            What::Changes(args) => self.changes(args).await,
            What::Assign(args) => self.assign(args).await,
            What::Ranking(args) => self.ranking(args).await,
            What::Match(args) => self.match_exchanges(args).await,
            What::Export(args) => self.export(args).await,
            What::Import(args) => self.import(args).await,
            What::Table(args) => self.table(args).await,
            What::Calendar(args) => self.calendar(args).await,
            What::Cerif(args) => self.cerif(args).await,
            What::Raid(args) => self.raid(args).await,
            What::Draft(args) => self.draft(args).await,
            What::Results(args) => self.results(args).await,
        }
    }
}

/// Asks the lake, whose interface is synchronous, from within the register's.
pub(super) fn of_lake<T>(ask: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(ask)
}

/// A day for reading.
pub(super) fn date(day: Option<i32>) -> Option<String> {
    day.map(dari_model::date::format)
}

/// A day that the user gave.
pub(super) fn the_day(text: &str) -> Result<i32> {
    let period = dari_register::Period::parse(text);
    period.map(|period| period.from).ok_or_else(|| Failure::misuse(format!("'{text}' is no day")).hint("For example 2024-01-23."))
}
