//! `dari groups`: named sets of organisations and of countries, with who belongs to them on a day.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use dari_lake::{Error as LakeError, Lake};
use dari_model::country::Country;
use dari_model::{date, ror};
use dari_organisations::Register;
use dari_organisations::groups::{Bilingual, Entry, Group, Groups, Member, Members, Problem, Validity};

use crate::analysis;
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::register;
use crate::rows::Rows;

/// Arguments of `dari groups`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari groups list
  dari groups show kr-gri --on 2024-01-29
  dari groups show us-nqisrc --lang ko
  dari groups show eu --on 2019-01-01
  dari groups of https://ror.org/037pqnq23 --on 2024-06-01
  dari groups validate my-groups.toml

Without --on the day is today's (UTC). Sources and notes of each member come with --format csv, json and parquet. Groups work without a lake; with one that
holds the register of organisations (`dari load ror`) names and countries are those of the register. The format of a group is described in
demo/groups/README.md.")]
pub(crate) struct GroupsArgs {
    #[command(subcommand)]
    action: Action,
    /// Groups of your own: a TOML file or a folder of them
    #[arg(long, global = true, env = "DARI_GROUPS", value_name = "PATH")]
    groups: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The groups at hand
    List {
        /// Count the members of this day
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
    /// Who belongs to a group, in which role, since when and by which group in it; what is missing
    Show {
        /// Group
        id: String,
        /// The members of this day
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
    /// Check groups: their form and, where a lake holds the register, their organisations
    Validate {
        /// Files of groups, or folders; without one all groups at hand
        files: Vec<PathBuf>,
    },
    /// The groups that an organisation belongs to
    Of {
        /// ROR id
        organisation: String,
        /// On this day
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
}

pub(crate) fn run(common: &Common, args: &GroupsArgs) -> Result<()> {
    let mut groups = Groups::shipped()?;
    if let Some(path) = &args.groups {
        groups.add_path(path)?;
    }
    match &args.action {
        Action::List { on } => list(common, &groups, day(on.as_deref())?),
        Action::Show { id, on } => {
            let day = day(on.as_deref())?;
            let group = groups.get(id).map_err(|error| Failure { misuse: true, ..error.into() })?;
            match &group.members {
                Members::Organisations(_) => show(common, &groups, group, day),
                Members::Countries(entries) => show_countries(common, group, entries, day),
            }
        }
        Action::Validate { files } => {
            let mut ids = Vec::new();
            for file in files {
                ids.extend(groups.add_path(file)?);
            }
            validate(common, &groups, &ids)
        }
        Action::Of { organisation, on } => of(common, &groups, organisation, day(on.as_deref())?),
    }
}

/// The day asked for, or today.
fn day(on: Option<&str>) -> Result<i32> {
    match on {
        Some(text) => {
            date::parse(text).ok_or_else(|| Failure::misuse(format!("'{text}' is no date")).hint("Give it like this: --on 2024-01-29"))
        }
        None => Ok(analysis::today()),
    }
}

/// The register of the lake; `None`, and a word to the user, where there is no lake or no register in it.
fn register_at_hand(common: &Common, without: &str) -> Result<Option<Register>> {
    let lake = match Lake::open(&common.lake) {
        Err(LakeError::NotALake(path)) => {
            say(&format!("note: {} is not a lake; {without}", path.display()));
            return Ok(None);
        }
        lake => lake?,
    };
    let snapshot = lake.snapshot(common.as_of.as_ref())?;
    if snapshot.rows("organisations") == 0 {
        say(&format!("note: the lake holds no organisations (`dari load ror FILE` loads them); {without}"));
        return Ok(None);
    }
    register::register(&snapshot, common).map(Some)
}

fn first(validity: Validity) -> Option<String> {
    validity.from.map(date::format)
}

fn last(validity: Validity) -> Option<String> {
    validity.to.map(date::format)
}

fn pick<'a>(common: &Common, text: &'a Bilingual) -> &'a str {
    common.pick(&text.en, &text.ko)
}

fn list(common: &Common, groups: &Groups, day: i32) -> Result<()> {
    let mut counts = Vec::new();
    for group in groups.iter() {
        counts.push(match &group.members {
            Members::Organisations(_) => groups.members(&group.id, day)?.len(),
            Members::Countries(_) => groups.countries(&group.id, day)?.len(),
        });
    }
    let kind = |group: &Group| if matches!(group.members, Members::Countries(_)) { "countries" } else { "organisations" };
    let rows = Rows::default()
        .text("id", groups.iter().map(|group| Some(group.id.as_str())))
        .text("name", groups.iter().map(|group| Some(pick(common, &group.name))))
        .text("of", groups.iter().map(|group| Some(kind(group))))
        .int("members", counts.iter().map(|count| Some(*count as i64)))
        .int("missing", groups.iter().map(|group| Some(group.missing.len() as i64)))
        .text("file", groups.iter().map(|group| Some(group.file.as_str())));
    output::write_rows(common.format, rows)?;
    say(&format!("members on {}", date::format(day)));
    Ok(())
}

fn show(common: &Common, groups: &Groups, group: &Group, day: i32) -> Result<()> {
    let register = register_at_hand(common, "names are those of the group's file, countries are left out")?;
    let members = groups.members(&group.id, day)?;
    let known = |member: &Member<'_>| {
        let register = register.as_ref()?;
        Some(register.get(register.by_ror(member.ror)?))
    };
    let name = |member: &Member<'_>| {
        let known = known(member);
        let (en, ko) = (known.map(|known| known.name.as_str()), known.and_then(|known| known.name_ko()));
        common.pick(en.unwrap_or(&member.name.en), ko.unwrap_or(&member.name.ko)).to_owned()
    };
    let mut rows = Rows::default()
        .text("role", members.iter().map(|member| Some(member.role.as_str())))
        .text("name", members.iter().map(|member| Some(name(member))))
        .text("ror", members.iter().map(|member| Some(member.ror)))
        .text("country", members.iter().map(|member| known(member).and_then(|known| known.country)))
        .text("from", members.iter().map(|member| first(member.validity)))
        .text("to", members.iter().map(|member| last(member.validity)))
        .text("via", members.iter().map(|member| (!member.via.is_empty()).then(|| member.via.join(" > "))));
    if common.format != Format::Table {
        let keys = |member: &Member<'_>| member.sources.iter().map(|key| url(member.group, key)).collect::<Vec<_>>().join(" ");
        rows = rows.text("sources", members.iter().map(|member| Some(keys(member)))).text("note", members.iter().map(|member| member.note));
    }
    output::write_rows(common.format, rows)?;
    let within = groups.within(&group.id)?;
    let begin = within.iter().flat_map(|group| group.organisations()).filter_map(|entry| entry.validity.from);
    foot(common, group, day, members.len(), begin);
    for inner in within.iter().skip(1) {
        for missing in &inner.missing {
            say(&format!("missing in {}: {}: {}", inner.id, missing.name, missing.why));
        }
    }
    if within.len() > 1 {
        say("The sources of the groups in it are shown with each of them (`dari groups show ID`).");
    }
    Ok(())
}

fn show_countries(common: &Common, group: &Group, entries: &[Entry<&'static Country>], day: i32) -> Result<()> {
    let begin = entries.iter().filter_map(|entry| entry.validity.from);
    let entries: Vec<_> = entries.iter().filter(|entry| entry.validity.holds(day)).collect();
    let mut rows = Rows::default()
        .text("country", entries.iter().map(|entry| Some(entry.who.code)))
        .text("name", entries.iter().map(|entry| Some(common.pick(entry.who.name_en, entry.who.name_ko))))
        .text("from", entries.iter().map(|entry| first(entry.validity)))
        .text("to", entries.iter().map(|entry| last(entry.validity)));
    if common.format != Format::Table {
        let keys = |sources: &[String]| sources.iter().map(|key| url(group, key)).collect::<Vec<_>>().join(" ");
        rows = rows
            .text("sources", entries.iter().map(|entry| Some(keys(&entry.sources))))
            .text("note", entries.iter().map(|entry| entry.note.as_deref()));
    }
    output::write_rows(common.format, rows)?;
    foot(common, group, day, entries.len(), begin);
    Ok(())
}

/// The address of a source, else its key.
fn url<'a>(group: &'a Group, key: &'a str) -> &'a str {
    group.sources.iter().find(|source| source.key == key).and_then(|source| source.url.as_deref()).unwrap_or(key)
}

/// What a group is, with its sources and what it lacks; `begin`: the days on which members begin.
fn foot(common: &Common, group: &Group, day: i32, count: usize, begin: impl Iterator<Item = i32>) {
    say(&format!("{}: {count} on {}", pick(common, &group.name), date::format(day)));
    if let Some(next) = begin.filter(|begin| *begin > day).min().filter(|_| count == 0) {
        say(&format!("The first begins on {}.", date::format(next)));
    }
    if !group.about.en.is_empty() {
        say(pick(common, &group.about));
    }
    for source in &group.sources {
        let day = source.date.map_or(String::new(), |day| format!(", {}", date::format(day)));
        let url = source.url.as_ref().map_or(String::new(), |url| format!(", {url}"));
        say(&format!("source: {}{day}{url}", source.title));
    }
    for missing in &group.missing {
        say(&format!("missing: {}: {}", missing.name, missing.why));
    }
}

fn validate(common: &Common, groups: &Groups, ids: &[String]) -> Result<()> {
    let chosen = |id: &String| ids.is_empty() || ids.contains(id);
    let register = register_at_hand(common, "ROR ids were checked for their form only")?;
    let problems = register.map(|register| groups.check(&register)).unwrap_or_default();
    let problems: Vec<_> = problems.into_iter().filter(|problem| chosen(&problem.group)).collect();
    let count = groups.iter().filter(|group| chosen(&group.id)).count();
    if problems.is_empty() {
        say(&format!("{count} {} sound", if count == 1 { "group is" } else { "groups are" }));
        return output::write_rows(common.format, problem_rows(&problems));
    }
    output::write_rows(common.format, problem_rows(&problems))?;
    Err(Failure::new(format!("{} of the members of {count} groups are not as the register has them", problems.len()))
        .hint("Mend the file, or load a newer register with `dari load ror FILE`."))
}

fn problem_rows(problems: &[Problem]) -> Rows {
    Rows::default()
        .text("file", problems.iter().map(|problem| Some(problem.file.as_str())))
        .int("line", problems.iter().map(|problem| Some(problem.line as i64)))
        .text("ror", problems.iter().map(|problem| Some(problem.ror.as_str())))
        .text("member", problems.iter().map(|problem| Some(problem.name.as_str())))
        .text("problem", problems.iter().map(|problem| Some(problem.message.as_str())))
}

fn of(common: &Common, groups: &Groups, organisation: &str, day: i32) -> Result<()> {
    let ror = ror::checked(organisation).map_err(Failure::misuse)?;
    let mut found: Vec<(&Group, Member<'_>)> = Vec::new();
    for group in groups.iter().filter(|group| matches!(group.members, Members::Organisations(_))) {
        let member = groups.members(&group.id, day)?.into_iter().find(|member| member.ror == ror);
        found.extend(member.map(|member| (group, member)));
    }
    let rows = Rows::default()
        .text("group", found.iter().map(|(group, _)| Some(group.id.as_str())))
        .text("name", found.iter().map(|(group, _)| Some(pick(common, &group.name))))
        .text("role", found.iter().map(|(_, member)| Some(member.role.as_str())))
        .text("from", found.iter().map(|(_, member)| first(member.validity)))
        .text("to", found.iter().map(|(_, member)| last(member.validity)))
        .text("via", found.iter().map(|(_, member)| (!member.via.is_empty()).then(|| member.via.join(" > "))));
    output::write_rows(common.format, rows)?;
    let name = found.first().map_or(ror.as_str(), |(_, member)| pick(common, member.name));
    say(&format!("{name}: in {} groups on {}", found.len(), date::format(day)));
    Ok(())
}
