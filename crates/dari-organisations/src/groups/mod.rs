//! Groups: named sets of organisations with roles and dated membership, nestable, and sets of countries.
//!
//! A [`Group`] is a TOML file (the format is described in `demo/groups/README.md`). [`Groups`] holds those that ship with dari and the user's own, and
//! answers who belongs to a group on a day, whatever the nesting. Dates are days since 1970-01-01 ([`dari_model::date`]); in files they are TOML dates
//! (`2024-05-26`, without quotes), and both the first and the last day belong to the membership.

mod check;
mod day;
mod file;
mod problem;
mod read;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use dari_model::country::Country;

use crate::Error;
pub use check::check;
pub use day::day;
pub use file::{Bilingual, Entry, Group, Members, Missing, Role, Source, Validity, Who};
pub use problem::{Problem, ProblemKind};
pub use read::not_ror_ko;

/// (file name, text) of every file in `demo/groups/`, sorted by name.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/groups.rs"));

/// Similarity (Jaro-Winkler) below which an id is not worth suggesting.
const NEAR: f64 = 0.75;

/// Groups by id. No group is, through others, a part of itself, and every group named as a member is there.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    groups: BTreeMap<String, Group>,
}

/// What files of groups hold.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// The groups, in the order of the files, without those entries of which something is wrong.
    pub groups: Vec<Group>,
    /// All that is wrong in the files and between groups, in the order of the files and lines.
    pub problems: Vec<Problem>,
}

/// An organisation that belongs to a group on some day.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// ROR id without resolver.
    pub ror: &'a str,
    /// Its name as the file gives it.
    pub name: &'a Bilingual,
    /// Its role: of several ways into the group, the strongest.
    pub role: Role,
    /// The ids of the groups by which it belongs, from the outermost to the one that names it; empty where the group itself does.
    pub via: Vec<&'a str>,
    /// When it belongs in this way.
    pub validity: Validity,
    /// The group whose file names it.
    pub group: &'a Group,
    /// Keys of that group's sources that say so.
    pub sources: &'a [String],
    /// What a reader should know.
    pub note: Option<&'a str>,
}

impl Groups {
    /// The groups that ship with dari.
    ///
    /// # Errors
    /// [`Error::Group`] with what is wrong with one of them; a test keeps the shipped files from ever causing it.
    pub fn shipped() -> Result<Self, Error> {
        let mut groups = Groups::default();
        match groups.add(SHIPPED.iter().map(|(file, text)| read::read(file, text))).problems.into_iter().next() {
            Some(problem) => Err(Error::Group { message: problem.message.en, file: problem.file }),
            None => Ok(groups),
        }
    }

    /// Adds the groups of files, and of all `.toml` files of folders (not of folders in them), unless something is wrong with one of them. All are read
    /// before any is looked at, so that each may have those known already, and any of the others, as members.
    pub fn add_paths(&mut self, paths: &[PathBuf]) -> Added {
        let mut read = Vec::new();
        let mut known = BTreeSet::new();
        for path in paths {
            let files = match files(path) {
                Ok(files) => files,
                Err(message) => {
                    read.push((None, vec![Problem::of_file(&path.display().to_string(), message)]));
                    continue;
                }
            };
            // A file named twice is read once.
            for path in files.into_iter().filter(|path| known.insert(path.canonicalize().unwrap_or_else(|_| path.clone()))) {
                let file = path.display().to_string();
                read.push(match fs::read_to_string(&path) {
                    Ok(text) => read::read(&file, &text),
                    Err(error) => (None, vec![Problem::of_file(&file, unreadable(&error))]),
                });
            }
        }
        self.add(read)
    }

    /// Adds groups as they were read, with what is wrong in their files.
    fn add(&mut self, read: impl IntoIterator<Item = (Option<Group>, Vec<Problem>)>) -> Added {
        let mut all = self.clone();
        let mut added = Added::default();
        let mut order: BTreeMap<String, usize> = BTreeMap::new();
        for (place, (group, problems)) in read.into_iter().enumerate() {
            let sound = problems.is_empty();
            let files = problems.iter().map(|problem| &problem.file).chain(group.iter().map(|group| &group.file));
            order.extend(files.map(|file| (file.clone(), place)));
            added.problems.extend(problems);
            let Some(group) = group else { continue };
            added.groups.push(group.clone());
            let Some(known) = all.groups.get(&group.id) else {
                all.groups.insert(group.id.clone(), group);
                continue;
            };
            // The same file once more, or a file that ships: nothing new.
            let same = Group { file: known.file.clone(), ..group.clone() } == *known;
            if !sound || (same && (group.file == known.file || is_shipped(known))) {
                continue;
            }
            let message = if is_shipped(known) {
                Bilingual::new(
                    format!("a group with the id '{}' ships with dari and is not like this one; choose another id", group.id),
                    format!("id '{}'인 다른 그룹이 dari에 들어 있음; 다른 id를 쓸 것", group.id),
                )
            } else {
                Bilingual::new(
                    format!("the id '{}' is that of {} too; choose another", group.id, known.file),
                    format!("id '{}'는 {}에도 있음; 다른 id를 쓸 것", group.id, known.file),
                )
            };
            added.problems.push(Problem::of_file(&group.file, message));
        }
        added.problems.extend(all.nesting());
        added.problems.sort_by_key(|problem| (order.get(&problem.file).copied(), problem.line));
        if added.problems.is_empty() {
            *self = all;
        }
        added
    }

    /// Groups named as members that are not there or hold countries, and rings of groups.
    fn nesting(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |group: &Group, line: usize, message: Bilingual| {
            problems.push(Problem { line: Some(line), ..Problem::of_file(&group.file, message) });
        };
        for group in self.iter() {
            for entry in group.organisations() {
                let Who::Group(id) = &entry.who else { continue };
                let message = match self.groups.get(id) {
                    None => {
                        let near = self.nearest(id).map_or(Bilingual::default(), |near| {
                            Bilingual::new(format!("; did you mean {near}?"), format!("; {near}의 오기로 보임"))
                        });
                        Bilingual::new(format!("there is no group '{id}'{}", near.en), format!("그룹 '{id}'이(가) 없음{}", near.ko))
                    }
                    Some(Group { members: Members::Countries(_), .. }) => Bilingual::new(
                        format!("'{id}' is a set of countries, not of organisations"),
                        format!("'{id}': 기관이 아니라 국가의 모음"),
                    ),
                    Some(_) => continue,
                };
                report(group, entry.line, message);
            }
        }
        for ring in self.rings() {
            let [group, next, ..] = ring[..] else { continue };
            let path = ring.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(" → ");
            let line = group.organisations().iter().find(|entry| matches!(&entry.who, Who::Group(id) if *id == next.id));
            let message =
                Bilingual::new(format!("a group cannot be a part of itself: {path}"), format!("그룹은 자기 자신을 포함할 수 없음: {path}"));
            report(group, line.map_or(1, |entry| entry.line), message);
        }
        problems
    }

    /// Rings of groups, each group a member of the one before, from a group back to it; no two with a group in common.
    fn rings(&self) -> Vec<Vec<&Group>> {
        let mut rings = Vec::new();
        let mut open: BTreeMap<&str, &Group> = self.groups.iter().map(|(id, group)| (id.as_str(), group)).collect();
        loop {
            // Groups whose groups are all closed are closed; what stays open has a ring below it.
            loop {
                let in_open = |group: &Group| subgroups(group).any(|id| open.contains_key(id));
                let closed: Vec<&str> = open.iter().filter(|(_, group)| !in_open(group)).map(|(id, _)| *id).collect();
                if closed.is_empty() {
                    break;
                }
                closed.iter().for_each(|id| {
                    open.remove(id);
                });
            }
            let Some(mut group) = open.values().next().copied() else { return rings };
            let mut path: Vec<&Group> = Vec::new();
            let start = loop {
                if let Some(start) = path.iter().position(|known| known.id == group.id) {
                    break start;
                }
                path.push(group);
                let Some(next) = subgroups(group).find_map(|id| open.get(id)) else { return rings };
                group = next;
            };
            let mut ring = path.split_off(start);
            ring.iter().for_each(|group| {
                open.remove(group.id.as_str());
            });
            ring.push(group);
            rings.push(ring);
        }
    }

    /// The group of an id, in any case.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`] with an id like it.
    pub fn get(&self, id: &str) -> Result<&Group, Error> {
        let near = || self.nearest(id).map_or(String::new(), |near| format!("; did you mean {near}?"));
        let unknown = || Error::UnknownGroup { asked: id.to_owned(), near: near() };
        self.groups.get(&id.trim().to_ascii_lowercase()).ok_or_else(unknown)
    }

    /// All groups, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The id most like the one asked for, if one is.
    pub fn nearest(&self, asked: &str) -> Option<&str> {
        let asked = asked.trim().to_lowercase();
        let scored = self.groups.keys().map(|id| (strsim::jaro_winkler(&asked, id), id));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score >= NEAR);
        best.map(|(_, id)| id.as_str())
    }

    /// The name that a file gives to the organisation of a ROR id.
    pub fn name(&self, ror: &str) -> Option<&Bilingual> {
        self.iter().flat_map(Group::organisations).find_map(|entry| match &entry.who {
            Who::Organisation { ror: known, name } if known == ror => Some(name),
            _ => None,
        })
    }

    /// When the organisation of a ROR id belongs to a group, in whatever way; stretches may overlap. Empty for a set of countries.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`].
    pub fn periods(&self, id: &str, ror: &str) -> Result<Vec<Validity>, Error> {
        // From the innermost group outwards: `within` has outer groups before inner ones only along one way, so go on until nothing is new.
        let within = self.within(id)?;
        let mut found: BTreeMap<&str, Vec<Validity>> = BTreeMap::new();
        loop {
            let mut new = false;
            for group in within.iter().rev() {
                let mut periods: Vec<Validity> = Vec::new();
                for entry in group.organisations() {
                    let inner = match &entry.who {
                        Who::Organisation { ror: known, .. } if known == ror => vec![Validity::default()],
                        Who::Organisation { .. } => continue,
                        Who::Group(id) => found.get(id.as_str()).cloned().unwrap_or_default(),
                    };
                    for both in inner.into_iter().filter_map(|inner| inner.and(entry.validity)) {
                        if !periods.contains(&both) {
                            periods.push(both);
                        }
                    }
                }
                new |= found.insert(&group.id, periods.clone()).is_none_or(|before| before != periods);
            }
            if !new {
                return Ok(self.get(id).ok().and_then(|group| found.remove(group.id.as_str())).unwrap_or_default());
            }
        }
    }

    /// The organisations that belong to a group on a day, each once, those the group itself names first, else in the order of the files. One that
    /// belongs in several ways has the strongest of its roles; of equal ones the way through the fewest groups counts.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`]; [`Error::Group`] for a set of countries.
    pub fn members(&self, id: &str, day: i32) -> Result<Vec<Member<'_>>, Error> {
        let group = self.get(id)?;
        if matches!(group.members, Members::Countries(_)) {
            return Err(Error::Group {
                file: group.file.clone(),
                message: format!("'{}' is a set of countries, not of organisations", group.id),
            });
        }
        let mut members: Vec<Member<'_>> = Vec::new();
        let mut place: BTreeMap<&str, usize> = BTreeMap::new();
        // Breadth first, so that the way through the fewest groups comes first. A group is entered again only where its members can have a
        // stronger role than before, which bounds the work however the groups are nested.
        let mut entered: BTreeMap<&str, Role> = BTreeMap::new();
        let mut queue = VecDeque::from([(group, Role::Lead, Vec::new(), Validity::default())]);
        while let Some((group, highest, via, within)) = queue.pop_front() {
            if entered.get(group.id.as_str()).is_some_and(|before| *before >= highest) {
                continue;
            }
            entered.insert(&group.id, highest);
            for entry in group.organisations().iter().filter(|entry| entry.validity.holds(day)) {
                let Some(validity) = within.and(entry.validity) else { continue };
                match &entry.who {
                    Who::Group(id) => {
                        let Some(inner) = self.groups.get(id) else { continue };
                        let via = [via.as_slice(), &[id.as_str()]].concat();
                        queue.push_back((inner, entry.role.unwrap_or(Role::Lead).min(highest), via, validity));
                    }
                    Who::Organisation { ror, name } => {
                        let role = entry.role.unwrap_or(Role::Member).min(highest);
                        let (sources, note) = (entry.sources.as_slice(), entry.note.as_deref());
                        let member = Member { ror, name, role, via: via.clone(), validity, group, sources, note };
                        match place.get(ror.as_str()) {
                            None => {
                                place.insert(ror, members.len());
                                members.push(member);
                            }
                            Some(&at) if members[at].role < role => members[at] = member,
                            Some(_) => {}
                        }
                    }
                }
            }
        }
        Ok(members)
    }

    /// The countries of a set on a day, in the order of its file.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`]; [`Error::Group`] for a group of organisations.
    pub fn countries(&self, id: &str, day: i32) -> Result<Vec<&'static Country>, Error> {
        let group = self.get(id)?;
        match &group.members {
            Members::Countries(entries) => Ok(entries.iter().filter(|entry| entry.validity.holds(day)).map(|entry| entry.who).collect()),
            Members::Organisations(_) => {
                let message = format!("'{}' is a group of organisations, not a set of countries", group.id);
                Err(Error::Group { file: group.file.clone(), message })
            }
        }
    }

    /// A group and all groups in it, each once, the outer before the inner.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`].
    pub fn within(&self, id: &str) -> Result<Vec<&Group>, Error> {
        let mut all = vec![self.get(id)?];
        let mut next = 0;
        while let Some(group) = all.get(next) {
            let inner: Vec<&Group> = subgroups(group).filter_map(|id| self.groups.get(id)).collect();
            for group in inner {
                if !all.iter().any(|known| known.id == group.id) {
                    all.push(group);
                }
            }
            next += 1;
        }
        Ok(all)
    }
}

fn subgroups(group: &Group) -> impl Iterator<Item = &str> {
    group.organisations().iter().filter_map(|entry| match &entry.who {
        Who::Group(id) => Some(id.as_str()),
        Who::Organisation { .. } => None,
    })
}

fn is_shipped(group: &Group) -> bool {
    SHIPPED.iter().any(|(file, _)| *file == group.file)
}

/// The file itself, or the `.toml` files of a folder by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, Bilingual> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for file in fs::read_dir(path).map_err(|error| unreadable(&error))? {
        let file = file.map_err(|error| unreadable(&error))?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Bilingual::new(
            "no group in this folder: expected files that end in .toml",
            "폴더에 그룹이 없음: .toml 파일이 있어야 함",
        ));
    }
    Ok(files)
}

fn unreadable(error: &std::io::Error) -> Bilingual {
    Bilingual::new(format!("cannot be read: {error}"), format!("읽을 수 없음: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
