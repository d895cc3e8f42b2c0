//! Groups: named sets of organisations with roles and dated membership, nestable, and sets of countries.
//!
//! A [`Group`] is a TOML file (the format is described in `demo/groups/README.md`). [`Groups`] holds those that ship with dari and the user's own, and
//! answers who belongs to a group on a day, whatever the nesting. Dates are days since 1970-01-01 ([`dari_model::date`]); in files they are TOML dates
//! (`2024-05-26`, without quotes), and both the first and the last day belong to the membership.

mod check;
mod file;

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use dari_model::country::Country;

use crate::Error;
pub use check::{Problem, ProblemKind};
pub use file::{Bilingual, Entry, Group, Members, Missing, Role, Source, Validity, Who};

/// (file name, text) of every file in `demo/groups/`, sorted by name.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/groups.rs"));

/// Similarity (Jaro-Winkler) below which an id is not worth suggesting.
const NEAR: f64 = 0.75;

/// Groups by id. No group is, through others, a part of itself, and every group named as a member is there.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    groups: BTreeMap<String, Group>,
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
    /// Those of [`Group::parse`]; a test keeps the shipped files from ever causing them.
    pub fn shipped() -> Result<Self, Error> {
        let mut groups = Groups::default();
        groups.add(SHIPPED.iter().map(|(file, text)| Group::parse(file, text)).collect::<Result<_, _>>()?)?;
        Ok(groups)
    }

    /// Adds the group of a file, or those of all `.toml` files of a folder (not of folders in it). Nothing is added if one of them is not valid. A group may
    /// have those known already, and others of the folder, as members. Returns the ids in the order of the file names.
    ///
    /// # Errors
    /// What cannot be read or is not a valid group, an id that is known already, groups that are not there or are in the end a part of themselves.
    pub fn add_path(&mut self, path: &Path) -> Result<Vec<String>, Error> {
        let mut read = Vec::new();
        for path in files(path)? {
            let file = path.display().to_string();
            let text = fs::read_to_string(&path).map_err(|source| Error::Io { file: file.clone(), source })?;
            read.push(Group::parse(&file, &text)?);
        }
        let ids = read.iter().map(|group| group.id.clone()).collect();
        self.add(read)?;
        Ok(ids)
    }

    fn add(&mut self, new: Vec<Group>) -> Result<(), Error> {
        let mut all = self.clone();
        for group in new {
            let Some(known) = all.groups.get(&group.id) else {
                all.groups.insert(group.id.clone(), group);
                continue;
            };
            // The same file once more, or a file that ships: nothing new.
            let same = Group { file: known.file.clone(), ..group.clone() } == *known;
            if same && (group.file == known.file || is_shipped(known)) {
                continue;
            }
            let message = if is_shipped(known) {
                format!("a group with the id '{}' ships with dari and is not like this one; choose another id", group.id)
            } else {
                format!("the id '{}' is that of {} too; choose another", group.id, known.file)
            };
            return Err(Error::Group { file: group.file, message });
        }
        all.check_nesting()?;
        *self = all;
        Ok(())
    }

    /// Every group named as a member is there and holds organisations, and none is in the end a part of itself.
    fn check_nesting(&self) -> Result<(), Error> {
        for group in self.iter() {
            for entry in group.organisations() {
                let Who::Group(id) = &entry.who else { continue };
                let message = match self.groups.get(id) {
                    None => format!("there is no group '{id}'{}", self.near(id)),
                    Some(Group { members: Members::Countries(_), .. }) => format!("'{id}' is a set of countries, not of organisations"),
                    Some(_) => continue,
                };
                return Err(Error::Group { file: group.file.clone(), message: format!("line {}: {message}", entry.line) });
            }
        }
        match self.cycle() {
            Some((group, cycle)) => {
                let message = format!("a group cannot be a part of itself: {}", cycle.join(" → "));
                Err(Error::Group { file: group.file.clone(), message })
            }
            None => Ok(()),
        }
    }

    /// A ring of groups, each a member of the one before, from a group back to it.
    fn cycle(&self) -> Option<(&Group, Vec<&str>)> {
        // Groups whose groups are all closed are closed; what stays open has a ring below it.
        let mut open: BTreeMap<&str, &Group> = self.groups.iter().map(|(id, group)| (id.as_str(), group)).collect();
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
        let mut group = *open.values().next()?;
        let mut path: Vec<&str> = Vec::new();
        loop {
            if let Some(start) = path.iter().position(|id| *id == group.id) {
                path.drain(..start);
                path.push(&group.id);
                return Some((group, path));
            }
            path.push(&group.id);
            group = subgroups(group).find_map(|id| open.get(id))?;
        }
    }

    /// The group of an id, in any case.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`] with an id like it.
    pub fn get(&self, id: &str) -> Result<&Group, Error> {
        let unknown = || Error::UnknownGroup { asked: id.to_owned(), near: self.near(id) };
        self.groups.get(&id.trim().to_ascii_lowercase()).ok_or_else(unknown)
    }

    /// All groups, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// A clause that names the id most like the one asked for, if one is.
    fn near(&self, asked: &str) -> String {
        let asked = asked.trim().to_lowercase();
        let scored = self.groups.keys().map(|id| (strsim::jaro_winkler(&asked, id), id));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score >= NEAR);
        best.map_or(String::new(), |(_, id)| format!("; did you mean {id}?"))
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
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let wrong = |source| Error::Io { file: path.display().to_string(), source };
    let mut files = Vec::new();
    for file in fs::read_dir(path).map_err(wrong)? {
        let file = file.map_err(wrong)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let message = "no group in this folder: expected files that end in .toml".to_owned();
        return Err(Error::Group { file: path.display().to_string(), message });
    }
    Ok(files)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
