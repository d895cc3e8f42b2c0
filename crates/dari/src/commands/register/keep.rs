//! What whoever keeps the register does: make it, say who uses it, prove it, back it up.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;
use dari_register::file::Form;
use dari_register::{Party, Proof, Register, User};

use super::{Place, who};
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output::{self, WholeFile};
use crate::progress::{count_bar, say};
use crate::rows::Rows;

const RECORD: &str = include_str!("../../../../../demo/register/korea-us.yaml");
const EXAMPLES: &str = include_str!("../../../../../demo/register/examples.yaml");
const EXAMPLES_OF: [(&str, &str); 2] = [
    ("kim", include_str!("../../../../../demo/register/examples-kr.yaml")),
    ("miller", include_str!("../../../../../demo/register/examples-us.yaml")),
];

/// The users of the shipped register: one of each role that takes part in its scenarios.
const MEMBERS: [&str; 9] = [
    "hong:KR:desk-officer",
    "kim:KR:programme-manager",
    "yoon:KR:auditor",
    "choi:KR:contributor",
    "smith:US:desk-officer",
    "miller:US:programme-manager",
    "jones:US:contributor",
    "garcia:US:reviewer",
    "park:KR:reviewer",
];

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// A party: a country's code, or an agency within (KR/MSIT); give it again for each
    #[arg(long, value_name = "PARTY", required_unless_present = "demo")]
    party: Vec<Party>,
    /// A user: NAME:PARTY:ROLE; give it again for each
    #[arg(long, value_name = "USER")]
    member: Vec<User>,
    /// With the shipped record of Korea and the United States, examples, and users for both sides
    #[arg(long, conflicts_with_all = ["party", "member"])]
    demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UsersArgs {
    /// Make a user or give them another role: NAME:PARTY:ROLE, for example hong:KR/MSIT:desk-officer
    #[arg(long, value_name = "USER")]
    add: Vec<User>,
    /// Close a user; what they wrote stays
    #[arg(long, value_name = "NAME")]
    close: Vec<String>,
    /// Give a user a code with which they set a (new) password for the page, once, within a week
    #[arg(long, value_name = "NAME")]
    invite: Vec<String>,
    /// Take back whom a provider of identities (OpenID Connect) said that a user is, for one who comes under another identity
    #[arg(long, value_name = "NAME")]
    forget_identity: Vec<String>,
    /// Take in another party, for example a third country; it sees what is shared
    #[arg(long, value_name = "PARTY")]
    add_party: Vec<Party>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A fingerprint noted down before: prove that it is still in its chain's past
    #[arg(long, value_name = "FINGERPRINT")]
    noted: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// File to write; it holds what all parties keep private
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Backup to read
    file: PathBuf,
}

pub(super) async fn init(common: &Common, place: &Place, args: &InitArgs) -> Result<()> {
    if !args.demo {
        let register = Register::create(&place.register, &args.party).await?;
        for user in &args.member {
            register.set_user(user, true, None).await?;
        }
        register.close().await;
        say(&format!("a register of {} in {}", parties(&args.party), dari_register::without_secret(&place.register)));
        return Ok(());
    }
    let records = make_shipped(&place.register).await?;
    say(&format!("{records} records in {}", dari_register::without_secret(&place.register)));
    say(common.pick(
        "users: kim (KR, programme manager), hong (KR, desk officer), smith (US, desk officer) and others: `dari register users`",
        "사용자: kim(KR, 사업 관리자), hong(KR, 담당관), smith(US, 담당관) 등: `dari register users`",
    ));
    say(common.pick(
        "next: dari register open dialogue.kr-us-science --user hong",
        "다음: dari register open dialogue.kr-us-science --user hong",
    ));
    Ok(())
}

/// Makes a register with the shipped record, and says how many records it holds.
pub(crate) async fn make_shipped(place: &str) -> Result<usize> {
    let parties: Vec<Party> = ["KR", "US"].iter().map(|party| party.parse()).collect::<std::result::Result<_, _>>()?;
    let register = Register::create(place, &parties).await?;
    for user in MEMBERS {
        register.set_user(&user.parse()?, true, None).await?;
    }
    let mut records = 0;
    for (user, text) in [("kim", RECORD), ("kim", EXAMPLES)].into_iter().chain(EXAMPLES_OF) {
        let session = register.session(register.user(user).await?);
        let report = session.import(text, Form::Yaml, "shipped with dari", true).await?;
        if let Some(refused) = report.refused.first() {
            return Err(Failure::new(format!("the shipped register: {}: {}", refused.place, refused.error)));
        }
        records += report.written.iter().filter(|written| written.version == 1).count();
    }
    register.close().await;
    Ok(records)
}

pub(super) async fn users(common: &Common, place: &Place, args: &UsersArgs) -> Result<()> {
    let mut register = Register::open(&place.register).await?;
    // Named, an administrator acts for their party; not named, whoever keeps the register.
    let by = match &place.user {
        Some(name) => Some(register.user(name).await?),
        None => None,
    };
    if let (Some(by), false) = (&by, args.add_party.is_empty()) {
        return Err(
            Failure::misuse(format!("'{}' cannot take in a party", by.name)).hint("Whoever keeps the register does, without --user.")
        );
    }
    for party in &args.add_party {
        register.add_party(party.clone()).await?;
    }
    for user in &args.add {
        register.set_user(user, true, by.as_ref()).await?;
    }
    for name in &args.close {
        let user = register.user(name).await?;
        register.set_user(&user, false, by.as_ref()).await?;
    }
    if let (Some(by), false) = (&by, args.forget_identity.is_empty()) {
        return Err(
            Failure::misuse(format!("'{}' cannot take back an identity", by.name)).hint("Whoever keeps the register does, without --user.")
        );
    }
    for name in &args.forget_identity {
        register.forget_identity(name).await?;
    }
    for name in &args.invite {
        let invitation = register.invite(name, by.as_ref()).await?;
        say(&format!(
            "{name}: /welcome?code={} ({} {})",
            invitation.code,
            common.pick("after the address of `dari serve`, until", "`dari serve` 주소 뒤에 붙입니다. 기한:"),
            dari_register::moment(invitation.until)
        ));
    }
    let users = register.users().await?;
    // A user sees who else is of their side.
    let users: Vec<User> = users.into_iter().filter(|user| by.as_ref().is_none_or(|by| by.party.side() == user.party.side())).collect();
    register.close().await;
    let rows = Rows::default()
        .text("name", users.iter().map(|user| Some(user.name.as_str())))
        .text("party", users.iter().map(|user| Some(user.party.as_str())))
        .text("role", users.iter().map(|user| Some(user.role.as_str())));
    output::write_rows(common.format, rows)
}

pub(super) async fn verify(common: &Common, place: &Place, args: &VerifyArgs) -> Result<()> {
    // Named, a user proves what they see; not named, whoever keeps the register proves all of it.
    let bar = count_bar("events proved");
    let proved = |events| bar.set_position(events);
    let register = Register::open(&place.register).await?;
    let (proofs, missing) = if place.user.is_some() {
        let session = register.session(who(&register, place).await?);
        (session.verify(&proved).await?, session.missing(&args.noted).await?)
    } else {
        (register.verify(&proved).await?, register.missing(&args.noted).await?)
    };
    bar.finish_and_clear();
    let rows = Rows::default()
        .text("scope", proofs.iter().map(|proof| Some(scope(proof))))
        .int("events", proofs.iter().map(|proof| Some(proof.events)))
        .bool("whole", proofs.iter().map(|proof| Some(proof.faults.is_empty())))
        .text("fingerprint", proofs.iter().map(|proof| Some(proof.head.as_str())));
    output::write_rows(common.format, rows)?;
    let faults: Vec<String> =
        proofs.iter().flat_map(|proof| proof.faults.iter().map(|fault| format!("{}: {fault}", scope(proof)))).collect();
    if let Some(noted) = missing.first() {
        return Err(Failure::new(format!("the fingerprint {noted} is in no chain: what was written by then has been changed or cut off")));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("the audit trail is broken:\n  {}", faults.join("\n  ")))
        .hint("Keep the register as it is, and restore the last backup into a new one."))
}

fn scope(proof: &Proof) -> String {
    if proof.scope.is_empty() { "shared".to_owned() } else { proof.scope.clone() }
}

pub(super) async fn backup(place: &Place, args: &BackupArgs) -> Result<()> {
    let register = Register::open(&place.register).await?;
    let mut file = WholeFile::begin(&args.file)?;
    let bar = count_bar("events written");
    let events = register.backup(&mut file, &|events| bar.set_position(events)).await?;
    bar.finish_and_clear();
    file.finish()?;
    register.close().await;
    say(&format!("{events} events in {}", args.file.display()));
    Ok(())
}

pub(super) async fn restore(place: &Place, args: &RestoreArgs) -> Result<()> {
    let file = File::open(&args.file).map_err(|error| Failure::new(format!("{}: {error}", args.file.display())))?;
    let bar = count_bar("events restored");
    let (register, events) = Register::restore(&place.register, &mut BufReader::new(file), &|events| bar.set_position(events)).await?;
    bar.finish_and_clear();
    register.close().await;
    say(&format!("{events} events in {}, all fingerprints proved", dari_register::without_secret(&place.register)));
    Ok(())
}

fn parties(parties: &[Party]) -> String {
    parties.iter().map(Party::as_str).collect::<Vec<_>>().join(", ")
}
