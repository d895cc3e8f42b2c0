//! `dari groups`: named sets of organisations and of countries, with who belongs to them on a day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use std::sync::Arc;

use dari_lake::{Error as LakeError, Lake};
use dari_model::country::Country;
use dari_model::{date, ror};
use dari_organisations::groups::{self, Added, Bilingual, Entry, Group, Groups, Member, Members, Problem, Role, Validity};
use dari_organisations::{Error, Register};

use crate::analysis;
use crate::cli::{Common, Format, Lang};
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

Without --on the day is today's (UTC); a day is written with the year first: 2024-01-29, 2024/1/29, 2024.1.29 or 20240129. Sources of each member come
with --format csv, json and parquet. Groups work without a lake; with one that holds the register of organisations (`dari load ror`) names and countries are
those of the register, and `of` takes OpenAlex institutions too. The format of a group is described in demo/groups/README.md.")]
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
        /// Files of groups, or folders, read together; without one all groups at hand
        files: Vec<PathBuf>,
    },
    /// The groups that an organisation belongs to
    Of {
        /// ROR id (04h9pn542, with or without its address) or, with a register, OpenAlex institution (I12345)
        organisation: String,
        /// On this day
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
}

pub(crate) fn run(common: &Common, args: &GroupsArgs) -> Result<()> {
    if let Action::Validate { files } = &args.action {
        let mut groups = Groups::shipped()?;
        let paths: Vec<PathBuf> = files.iter().chain(&args.groups).cloned().collect();
        let added = groups.add_paths(&paths);
        return validate(common, &groups, &added, files);
    }
    let groups = at_hand(common, args.groups.as_ref())?;
    match &args.action {
        Action::List { on } => list(common, &groups, day(common, on.as_deref())?),
        Action::Show { id, on } => {
            let day = day(common, on.as_deref())?;
            let group = groups.get(id).map_err(|error| no_group(common, &groups, error))?;
            match &group.members {
                Members::Organisations(_) => show(common, &groups, group, day),
                Members::Countries(entries) => show_countries(common, group, entries, day),
            }
        }
        Action::Of { organisation, on } => of(common, &groups, organisation, day(common, on.as_deref())?),
        // Done above.
        Action::Validate { .. } => Ok(()),
    }
}

/// The groups that ship with dari and the user's own.
pub(crate) fn at_hand(common: &Common, own: Option<&PathBuf>) -> Result<Groups> {
    let mut groups = Groups::shipped()?;
    if let Some(path) = own {
        let added = groups.add_paths(std::slice::from_ref(path));
        if !added.problems.is_empty() {
            let told: Vec<String> = added.problems.iter().map(|problem| pick(common, &problem.text()).to_owned()).collect();
            return Err(Failure::new(told.join("\n")).hint(common.pick(
                "The format is described in demo/groups/README.md; `dari groups validate FILE` checks a file.",
                "형식 설명: demo/groups/README.md; 파일 검사: `dari groups validate FILE`",
            )));
        }
    }
    Ok(groups)
}

/// The day asked for, or today.
fn day(common: &Common, on: Option<&str>) -> Result<i32> {
    let Some(text) = on else { return Ok(analysis::today()) };
    groups::day(text).map_err(|wrong| {
        Failure::misuse(pick(common, &wrong)).hint(common.pick("Give it like this: --on 2024-01-29", "이렇게 쓰세요: --on 2024-01-29"))
    })
}

/// That there is no group of an id.
fn no_group(common: &Common, groups: &Groups, error: Error) -> Failure {
    match (&error, common.lang) {
        (Error::UnknownGroup { asked, .. }, Lang::Ko) => {
            let near = groups.nearest(asked).map_or(String::new(), |near| format!("; 혹시 {near}?"));
            Failure::misuse(format!("그룹 '{asked}'이(가) 없습니다{near}"))
                .hint("목록: `dari groups list`; 직접 만든 그룹 추가: `--groups PATH`")
        }
        _ => Failure::from(error).into_misuse(),
    }
}

/// The register of the lake; `None` where there is no lake or no register in it, with a word to the user on what that means, if any.
fn register_at_hand(common: &Common, without: Option<(&str, &str)>) -> Result<Option<Arc<Register>>> {
    let note = |en: String, ko: String| {
        if let Some((without_en, without_ko)) = without {
            tell(common, &format!("note: {en}; {without_en}"), &format!("참고: {ko}; {without_ko}"));
        }
    };
    let lake = match Lake::open(&common.lake) {
        Err(LakeError::NotALake(path)) => {
            let path = path.display();
            note(format!("{path} is not a lake"), format!("{path}: 레이크가 아님"));
            return Ok(None);
        }
        lake => lake?,
    };
    let snapshot = lake.snapshot(common.as_of.as_ref())?;
    if snapshot.rows("organisations") == 0 {
        note(
            "the lake holds no organisations (`dari load ror FILE` loads them)".to_owned(),
            "레이크에 기관 등록부가 없음 (`dari load ror FILE`로 적재)".to_owned(),
        );
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

fn tell(common: &Common, en: &str, ko: &str) {
    say(common.pick(en, ko));
}

/// The head of a column: in the language asked for in tables, a name that programs can rely on elsewhere.
fn head(common: &Common, name: &'static str, ko: &'static str) -> &'static str {
    if common.format == Format::Table { common.pick(name, ko) } else { name }
}

fn role(common: &Common, role: Role) -> &'static str {
    let ko = match role {
        Role::Lead => "주관",
        Role::Member => "회원",
        Role::Observer => "참관",
    };
    head(common, role.as_str(), ko)
}

/// Columns of sources and notes: sources only where nobody reads them in a terminal, notes there only if there are any.
fn with_notes(common: &Common, rows: Rows, sources: Vec<String>, notes: Vec<Option<&str>>) -> Rows {
    if common.format != Format::Table {
        return rows.text("sources", sources.into_iter().map(Some)).text("note", notes);
    }
    if notes.iter().any(Option::is_some) { rows.text(head(common, "note", "비고"), notes) } else { rows }
}

fn list(common: &Common, groups: &Groups, day: i32) -> Result<()> {
    let mut counts = Vec::new();
    for group in groups.iter() {
        counts.push(match &group.members {
            Members::Organisations(_) => groups.members(&group.id, day)?.len(),
            Members::Countries(_) => groups.countries(&group.id, day)?.len(),
        });
    }
    let kind = |group: &Group| match &group.members {
        Members::Countries(_) => head(common, "countries", "국가"),
        Members::Organisations(_) => head(common, "organisations", "기관"),
    };
    let rows = Rows::default()
        .text(head(common, "id", "그룹"), groups.iter().map(|group| Some(group.id.as_str())))
        .text(head(common, "name", "이름"), groups.iter().map(|group| Some(pick(common, &group.name))))
        .text(head(common, "of", "구성"), groups.iter().map(|group| Some(kind(group))))
        .int(head(common, "members", "구성원 수"), counts.iter().map(|count| Some(*count as i64)))
        .int(head(common, "missing", "누락"), groups.iter().map(|group| Some(group.missing.len() as i64)))
        .text(head(common, "file", "파일"), groups.iter().map(|group| Some(group.file.as_str())));
    output::write_rows(common.format, rows)?;
    let day = date::format(day);
    tell(common, &format!("members on {day}"), &format!("{day} 기준 구성원"));
    Ok(())
}

fn show(common: &Common, groups: &Groups, group: &Group, day: i32) -> Result<()> {
    let without = ("names are those of the group's file, countries are left out", "이름은 그룹 파일의 것이고 국가는 비워 둠");
    let register = register_at_hand(common, Some(without))?;
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
    let rows = Rows::default()
        .text(head(common, "role", "역할"), members.iter().map(|member| Some(role(common, member.role))))
        .text(head(common, "name", "이름"), members.iter().map(|member| Some(name(member))))
        .text(head(common, "ror", "ROR"), members.iter().map(|member| Some(member.ror)))
        .text(head(common, "country", "국가"), members.iter().map(|member| known(member).and_then(|known| known.country)))
        .text(head(common, "from", "시작일"), members.iter().map(|member| first(member.validity)))
        .text(head(common, "to", "종료일"), members.iter().map(|member| last(member.validity)))
        .text(head(common, "via", "경유"), members.iter().map(|member| (!member.via.is_empty()).then(|| member.via.join(" > "))));
    let sources = members.iter().map(|member| urls(member.group, member.sources)).collect();
    let notes = members.iter().map(|member| member.note).collect();
    output::write_rows(common.format, with_notes(common, rows, sources, notes))?;
    let within = groups.within(&group.id)?;
    let begin = within.iter().flat_map(|group| group.organisations()).filter_map(|entry| entry.validity.from);
    foot(common, group, day, members.len(), begin);
    for inner in within.iter().skip(1) {
        for missing in &inner.missing {
            let (id, name, why) = (&inner.id, &missing.name, &missing.why);
            tell(common, &format!("missing in {id}: {name}: {why}"), &format!("{id}에서 누락: {name}: {why}"));
        }
    }
    if within.len() > 1 {
        tell(
            common,
            "The sources of the groups in it are shown with each of them (`dari groups show ID`).",
            "하위 그룹의 출처는 각 그룹에서 표시 (`dari groups show ID`)",
        );
    }
    sources_elsewhere(common);
    Ok(())
}

fn show_countries(common: &Common, group: &Group, entries: &[Entry<&'static Country>], day: i32) -> Result<()> {
    let begin = entries.iter().filter_map(|entry| entry.validity.from);
    let entries: Vec<_> = entries.iter().filter(|entry| entry.validity.holds(day)).collect();
    let rows = Rows::default()
        .text(head(common, "country", "국가"), entries.iter().map(|entry| Some(entry.who.code)))
        .text(head(common, "name", "이름"), entries.iter().map(|entry| Some(common.pick(entry.who.name_en, entry.who.name_ko))))
        .text(head(common, "from", "시작일"), entries.iter().map(|entry| first(entry.validity)))
        .text(head(common, "to", "종료일"), entries.iter().map(|entry| last(entry.validity)));
    let sources = entries.iter().map(|entry| urls(group, &entry.sources)).collect();
    let notes = entries.iter().map(|entry| entry.note.as_deref()).collect();
    output::write_rows(common.format, with_notes(common, rows, sources, notes))?;
    foot(common, group, day, entries.len(), begin);
    sources_elsewhere(common);
    Ok(())
}

/// Where the sources of each member are, for those who see a table.
fn sources_elsewhere(common: &Common) {
    if common.format == Format::Table {
        tell(common, "The sources of each member come with --format csv.", "구성원별 출처: --format csv");
    }
}

/// The addresses of sources, the keys of those that have none, parted by spaces.
fn urls(group: &Group, keys: &[String]) -> String {
    let url = |key: &String| group.sources.iter().find(|source| source.key == *key)?.url.clone();
    keys.iter().map(|key| url(key).unwrap_or_else(|| key.clone())).collect::<Vec<_>>().join(" ")
}

/// What a group is, with its sources and what it lacks; `begin`: the days on which members begin.
fn foot(common: &Common, group: &Group, day: i32, count: usize, begin: impl Iterator<Item = i32>) {
    let name = pick(common, &group.name);
    let on = date::format(day);
    let unit = if matches!(group.members, Members::Countries(_)) { "개국" } else { "개 기관" };
    tell(common, &format!("{name}: {count} on {on}"), &format!("{name}: {on} 기준 {count}{unit}"));
    if let Some(next) = begin.filter(|begin| *begin > day).min().filter(|_| count == 0) {
        let next = date::format(next);
        tell(common, &format!("The first begins on {next}."), &format!("첫 소속 시작일: {next}"));
    }
    if !group.about.en.is_empty() {
        say(pick(common, &group.about));
    }
    for source in &group.sources {
        let day = source.date.map_or(String::new(), |day| format!(", {}", date::format(day)));
        let url = source.url.as_ref().map_or(String::new(), |url| format!(", {url}"));
        say(&format!("{}: {}{day}{url}", common.pick("source", "출처"), source.title));
    }
    for missing in &group.missing {
        say(&format!("{}: {}: {}", common.pick("missing", "누락"), missing.name, missing.why));
    }
}

/// Shows what is wrong with the groups of files, or with all groups where no file is named.
fn validate(common: &Common, groups: &Groups, added: &Added, files: &[PathBuf]) -> Result<()> {
    let chosen = |group: &&Group| files.iter().any(|file| Path::new(&group.file).starts_with(file));
    let groups: Vec<&Group> = if files.is_empty() { groups.iter().collect() } else { added.groups.iter().filter(chosen).collect() };
    let without = ("ROR ids were checked for their form only", "ROR id는 형식만 검사함");
    let register = register_at_hand(common, Some(without))?;
    let mut problems = added.problems.clone();
    problems.extend(register.map(|register| groups::check(groups.iter().copied(), &register)).unwrap_or_default());
    // File by file, each from top to bottom.
    let mut order: Vec<String> = Vec::new();
    for problem in &problems {
        if !order.contains(&problem.file) {
            order.push(problem.file.clone());
        }
    }
    problems.sort_by_key(|problem| (order.iter().position(|file| *file == problem.file), problem.line));
    output::write_rows(common.format, problem_rows(common, &problems))?;
    if problems.is_empty() {
        let count = groups.len();
        let en = format!("{count} {} sound", if count == 1 { "group is" } else { "groups are" });
        tell(common, &en, &format!("그룹 {count}개 이상 없음"));
        return Ok(());
    }
    let in_files = problems.iter().map(|problem| problem.file.as_str()).collect::<BTreeSet<_>>().len();
    let en = format!("{} in {}", counted(problems.len(), "problem"), counted(in_files, "file"));
    let hint = if added.problems.is_empty() {
        common.pick(
            "Mend the file, or load a newer register with `dari load ror FILE`.",
            "파일을 고치거나 `dari load ror FILE`로 새 등록부를 적재하세요.",
        )
    } else {
        common.pick("The format is described in demo/groups/README.md.", "형식 설명: demo/groups/README.md")
    };
    Err(Failure::new(common.pick(&en, &format!("파일 {in_files}개에서 문제 {}건", problems.len()))).hint(hint))
}

/// A number of things, in English.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn problem_rows(common: &Common, problems: &[Problem]) -> Rows {
    Rows::default()
        .text(head(common, "file", "파일"), problems.iter().map(|problem| Some(problem.file.as_str())))
        .int(head(common, "line", "행"), problems.iter().map(|problem| problem.line.map(|line| line as i64)))
        .text(head(common, "ror", "ROR"), problems.iter().map(|problem| problem.ror.as_deref()))
        .text(head(common, "member", "구성원"), problems.iter().map(|problem| problem.name.as_deref()))
        .text(head(common, "problem", "문제"), problems.iter().map(|problem| Some(pick(common, &problem.message))))
}

fn of(common: &Common, groups: &Groups, organisation: &str, day: i32) -> Result<()> {
    let register = register_at_hand(common, None)?;
    let ror = asked(common, register.as_deref(), organisation)?;
    let known = register.as_ref().and_then(|register| Some(register.get(register.by_ror(&ror)?)));
    let given = groups.name(&ror);
    if register.is_some() && known.is_none() {
        let (en, ko) = (format!("the register has no organisation {ror}"), format!("등록부에 없는 기관: {ror}"));
        if given.is_none() {
            return Err(Failure::misuse(common.pick(&en, &ko)).hint(find_hint(common)));
        }
        tell(common, &format!("note: {en}"), &format!("참고: {ko}"));
    }
    let mut found: Vec<(&Group, Member<'_>)> = Vec::new();
    let mut other_days: Vec<(&Group, Validity)> = Vec::new();
    for group in groups.iter().filter(|group| matches!(group.members, Members::Organisations(_))) {
        let member = groups.members(&group.id, day)?.into_iter().find(|member| member.ror == ror);
        found.extend(member.map(|member| (group, member)));
        other_days.extend(groups.periods(&group.id, &ror)?.into_iter().map(|period| (group, period)));
    }
    let rows = Rows::default()
        .text(head(common, "group", "그룹"), found.iter().map(|(group, _)| Some(group.id.as_str())))
        .text(head(common, "name", "이름"), found.iter().map(|(group, _)| Some(pick(common, &group.name))))
        .text(head(common, "role", "역할"), found.iter().map(|(_, member)| Some(role(common, member.role))))
        .text(head(common, "from", "시작일"), found.iter().map(|(_, member)| first(member.validity)))
        .text(head(common, "to", "종료일"), found.iter().map(|(_, member)| last(member.validity)))
        .text(head(common, "via", "경유"), found.iter().map(|(_, member)| (!member.via.is_empty()).then(|| member.via.join(" > "))));
    output::write_rows(common.format, rows)?;
    let name = match common.lang {
        Lang::En => known.map(|known| known.name.as_str()).or(given.map(|given| given.en.as_str())),
        Lang::Ko => {
            known.and_then(|known| known.name_ko()).or(given.map(|given| given.ko.as_str())).or(known.map(|known| known.name.as_str()))
        }
    };
    let (name, on, count) = (name.unwrap_or(&ror), date::format(day), found.len());
    tell(common, &format!("{name}: in {} on {on}", counted(count, "group")), &format!("{name}: {on} 기준 그룹 {count}개에 속함"));
    if found.is_empty() {
        not_today(common, day, &other_days);
    }
    Ok(())
}

/// In which groups an organisation was before a day, and will be after it.
fn not_today(common: &Common, day: i32, periods: &[(&Group, Validity)]) {
    let mut was: BTreeMap<&str, i32> = BTreeMap::new();
    let mut will: BTreeMap<&str, i32> = BTreeMap::new();
    for (group, period) in periods {
        if let Some(to) = period.to.filter(|to| *to < day) {
            let last = was.entry(&group.id).or_insert(to);
            *last = to.max(*last);
        }
        if let Some(from) = period.from.filter(|from| *from > day) {
            let first = will.entry(&group.id).or_insert(from);
            *first = from.min(*first);
        }
    }
    for (id, to) in was {
        let to = date::format(to);
        tell(common, &format!("was in {id} until {to}"), &format!("{to}까지 {id}에 속함"));
    }
    for (id, from) in will {
        let from = date::format(from);
        // Of a day asked for with --on that lies behind us, what came after it came to pass.
        let en = if date::parse(&from).is_some_and(|from| from <= analysis::today()) { "is" } else { "will be" };
        tell(common, &format!("{en} in {id} from {from}"), &format!("{from}부터 {id}에 속함"));
    }
}

/// The ROR id that is asked for, if need be by its OpenAlex institution.
fn asked(common: &Common, register: Option<&Register>, text: &str) -> Result<String> {
    let text = text.trim();
    let last = text.rsplit('/').next().unwrap_or(text);
    let openalex =
        last.strip_prefix(['I', 'i']).is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if !openalex {
        return ror::checked(text).map_err(|en| Failure::misuse(common.pick(&en, &groups::not_ror_ko(text))).hint(find_hint(common)));
    }
    let Some(register) = register else {
        return Err(Failure::misuse(common.pick(
            &format!("{last} is an OpenAlex institution, and no lake with the register of organisations is at hand to tell its ROR id"),
            &format!("{last}: OpenAlex 기관의 ROR id를 찾을 등록부가 레이크에 없음"),
        ))
        .hint(common.pick(
            "Load the register and the institutions with `dari load`, or give the ROR id.",
            "`dari load`로 등록부와 OpenAlex 기관을 적재하거나 ROR id를 쓰세요.",
        )));
    };
    let found = register.by_openalex(last).map(|index| register.get(index));
    let wrong = match found {
        Some(one) => match &one.ror {
            Some(ror) => return Ok(ror.clone()),
            None => (format!("{} ({last}) has no ROR id", one.name), format!("{}({last}): ROR id가 없음", one.name)),
        },
        None => (format!("the register has no organisation {last}"), format!("등록부에 없는 기관: {last}")),
    };
    Err(Failure::misuse(common.pick(&wrong.0, &wrong.1)).hint(find_hint(common)))
}

fn find_hint(common: &Common) -> &'static str {
    common.pick(
        "Ids are ROR ids (04h9pn542) or OpenAlex institutions (I12345); find one with `dari organisations search NAME`.",
        "ROR id(04h9pn542)나 OpenAlex 기관(I12345)을 쓰세요; 찾기: `dari organisations search NAME`",
    )
}
