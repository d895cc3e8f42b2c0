//! Who answers questions about the lake.

use std::ffi::OsString;
use std::path::Path;

use arrow::array::RecordBatch;
use dari_register::{Register, User};

/// A question that can be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its address: `partners/suggest`.
    pub path: String,
    /// What it answers.
    pub about: String,
    /// What can be said with it.
    pub parameters: Vec<Parameter>,
    /// Whether the answer is a document of its own form instead of rows.
    pub document: bool,
}

/// A parameter of a question.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it says.
    pub about: String,
    /// What it holds.
    pub shape: Shape,
    /// Whether it takes several values, separated by commas.
    pub many: bool,
    /// Whether the question makes no sense without.
    pub needed: bool,
    /// What holds where nothing is said.
    pub default: Option<String>,
}

/// What a parameter holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or nothing.
    Flag,
    /// One of these words.
    Choice(Vec<String>),
}

/// A question with its parameters, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The question's address.
    pub path: String,
    /// The arguments with which the program gives the answer.
    pub arguments: Vec<String>,
    /// The command that gives the same answer, for people.
    pub command: String,
}

/// What needs the register and the lake together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Works and awards that followed a record, and the comparison before and after.
    Results,
    /// Giving a proposal to reviewers who have no conflict of interest.
    Assign,
}

/// A load with its arguments, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loading {
    /// The arguments with which the program loads the file.
    pub arguments: Vec<OsString>,
    /// The command, for people.
    pub command: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was found.
    pub body: Body,
    /// What has to be known with it.
    pub notes: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone)]
pub enum Body {
    /// Rows: batches of one schema, one at least.
    Rows(Vec<RecordBatch>),
    /// A JSON document.
    Document(String),
}

/// A version of the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeVersion {
    /// Its number.
    pub version: u64,
    /// When it was made (RFC 3339).
    pub at: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The question was wrong.
    Misuse,
    /// It cannot be answered from what there is.
    Impossible,
    /// It is about a record that is not there, or that the user does not see.
    NotFound,
    /// The user's role does not allow it.
    NotAllowed,
}

/// Who answers questions about the lake. All functions may take a while and are called from threads that may wait.
pub trait Analyst: Send + Sync + 'static {
    /// The questions that can be asked.
    fn questions(&self) -> &[Question];

    /// The kinds of files that can be loaded: names, and what they are. The parameters of a kind are those of the command that loads it.
    fn loads(&self) -> &[Question];

    /// The version of the lake, the newest or the one of a number, a day or a moment; none where nothing is loaded yet.
    ///
    /// # Errors
    /// Where there is a lake and it cannot be read, or it has no such version.
    fn lake(&self, as_of: Option<&str>) -> Result<Option<LakeVersion>, Refusal>;

    /// Checks a question.
    ///
    /// # Errors
    /// Where there is no such question or parameter, or a value is not of its shape.
    fn check(&self, path: &str, given: &[(String, String)]) -> Result<Ask, Refusal>;

    /// Answers a question.
    ///
    /// # Errors
    /// Where it cannot be answered.
    fn answer(&self, ask: &Ask) -> Result<Answer, Refusal>;

    /// Does what needs the register and the lake together, as a user of the register. The thread is one of the runtime's that may wait.
    ///
    /// # Errors
    /// Where a parameter is wrong, the user may not, or there is no answer.
    fn together(&self, work: Together, register: &Register, user: &User, given: &[(String, String)]) -> Result<(Ask, Answer), Refusal>;

    /// What can be said of a briefing; none where none are written.
    fn briefing(&self) -> Option<&Question>;

    /// Writes a briefing in a form: pdf, docx, xlsx, html or json. Of the register it holds what all parties share, or with `internal` what the user sees. The thread is
    /// one of the runtime's that may wait.
    ///
    /// # Errors
    /// Where a parameter is wrong, or there is no answer.
    fn brief(&self, given: &[(String, String)], form: &str, register: Option<&Register>, user: &User) -> Result<Vec<u8>, Refusal>;

    /// The arguments with which the program gives the answer to a question as Parquet on standard output.
    fn job(&self, ask: &Ask) -> Vec<OsString>;

    /// Checks a load of a file that was uploaded.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    fn check_load(&self, what: &str, given: &[(String, String)], file: &Path) -> Result<Loading, Refusal>;

    /// What technology frameworks call the same in the other language: 양자 finds quantum.
    fn other_names(&self, words: &str) -> Vec<String>;
}
