//! Groups against the register.

use crate::groups::{Group, Groups, Who};
use crate::organisation::Status;
use crate::register::{Index, Register};

/// Likeness (Sørensen-Dice over pairs of letters) to the best of the register's names below which a name is reported.
const LIKE: f64 = 0.5;

/// Something in a group that the register does not bear out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The group's file.
    pub file: String,
    /// The line of the member, from 1.
    pub line: usize,
    /// The group.
    pub group: String,
    /// The member's ROR id.
    pub ror: String,
    /// The member's name in the file.
    pub name: String,
    /// What is wrong.
    pub kind: ProblemKind,
    /// The same for readers.
    pub message: String,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The register has no such ROR id.
    Unknown,
    /// The organisation has ended, the membership has not.
    Ended,
    /// The organisation has no name like that of the member.
    Name,
}

impl Groups {
    /// What the register does not bear out: ROR ids that it does not have, organisations that ended while their membership goes on (with the one that
    /// follows), names unlike all that the organisation has.
    pub fn check(&self, register: &Register) -> Vec<Problem> {
        self.iter().flat_map(|group| check(group, register)).collect()
    }
}

fn check(group: &Group, register: &Register) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in group.organisations() {
        let Who::Organisation { ror, name } = &entry.who else { continue };
        let mut report = |kind, message| {
            problems.push(Problem {
                file: group.file.clone(),
                line: entry.line,
                group: group.id.clone(),
                ror: ror.clone(),
                name: name.en.clone(),
                kind,
                message,
            });
        };
        let Some(index) = register.by_ror(ror) else {
            report(ProblemKind::Unknown, "the register has no such ROR id".to_owned());
            continue;
        };
        let organisation = register.get(index);
        // It ended on the day its record last changed, or before; a membership that ended by then is history, not a fault.
        let goes_on = entry.validity.to.is_none_or(|to| organisation.updated.is_some_and(|ended| to > ended));
        if organisation.status != Status::Active && goes_on {
            report(ProblemKind::Ended, format!("{} is {}{}", organisation.name, organisation.status.as_str(), successor(register, index)));
        }
        if !like(register, index, &name.en) {
            report(ProblemKind::Name, format!("the register calls it {}", organisation.name));
        }
    }
    problems
}

/// The organisation that follows one that has ended, as a clause.
fn successor(register: &Register, index: Index) -> String {
    let today = register.today(index);
    if today == index {
        return "; it has no single successor".to_owned();
    }
    let organisation = register.get(today);
    let ror = organisation.ror.as_ref().map_or(String::new(), |ror| format!(" ({ror})"));
    format!("; its successor is {}{ror}", organisation.name)
}

/// Whether a name is roughly one of the organisation's: to find ids that were mixed up, not to correct spelling.
fn like(register: &Register, index: Index, name: &str) -> bool {
    let organisation = register.get(index);
    let name = name.to_lowercase();
    let names = organisation.names.iter().map(|name| name.text.as_str()).chain([organisation.name.as_str()]);
    names.map(str::to_lowercase).any(|known| known.contains(&name) || name.contains(&known) || strsim::sorensen_dice(&known, &name) >= LIKE)
}
