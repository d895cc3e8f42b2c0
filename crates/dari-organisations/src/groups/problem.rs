//! What is wrong with a group.

use std::fmt;

use crate::groups::Bilingual;

/// Something wrong in a group's file, between groups, or in a group that the register does not bear out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The group's file.
    pub file: String,
    /// The line, from 1; `None`: it is of the file as a whole.
    pub line: Option<usize>,
    /// The ROR id of the member, as the file has it.
    pub ror: Option<String>,
    /// The name of the member, as the file has it.
    pub name: Option<String>,
    /// What is wrong.
    pub kind: ProblemKind,
    /// The same for readers.
    pub message: Bilingual,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file is not as it should be, or groups do not fit together.
    Form,
    /// The register has no such ROR id.
    Unknown,
    /// The organisation has ended, the membership has not.
    Ended,
    /// The organisation has no name like that of the member.
    Name,
}

impl Problem {
    /// A problem of a whole file.
    pub(super) fn of_file(file: &str, message: Bilingual) -> Self {
        Problem { file: file.to_owned(), line: None, ror: None, name: None, kind: ProblemKind::Form, message }
    }

    /// The problem with its place and member, on one line.
    pub fn text(&self) -> Bilingual {
        let who: Vec<&str> = [&self.ror, &self.name].into_iter().flatten().map(String::as_str).collect();
        let who = if who.is_empty() { String::new() } else { format!(", {}", who.join(" ")) };
        let place = |line: String| format!("{}: {line}{who}", self.file);
        let Bilingual { en, ko } = &self.message;
        match self.line {
            Some(line) => {
                Bilingual::new(format!("{}: {en}", place(format!("line {line}"))), format!("{}: {ko}", place(format!("{line}행"))))
            }
            None => Bilingual::new(format!("{}: {en}", self.file), format!("{}: {ko}", self.file)),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}
