//! The kinds of briefings: what each asks, and the parts it is written of.

mod annex;
mod figures;
mod records;
mod summary;
mod writing;

use serde::{Deserialize, Serialize};

use crate::document::{Block, Document, Part};
use crate::error::{Error, Result};
use crate::table::Table;
use crate::template::Template;
use crate::text::{self, Lang};
use writing::Writing;

/// A kind of briefing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Where countries should work together, and with whom.
    Cooperation,
    /// Before a meeting of a dialogue.
    Meeting,
    /// Whether an agreement should be renewed.
    Renewal,
    /// A workshop: programme, list, letters.
    Workshop,
    /// What came of a programme.
    Results,
    /// A country.
    Country,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] = [Kind::Cooperation, Kind::Meeting, Kind::Renewal, Kind::Workshop, Kind::Results, Kind::Country];

    /// Its name in templates and commands.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Cooperation => "cooperation",
            Kind::Meeting => "meeting",
            Kind::Renewal => "renewal",
            Kind::Workshop => "workshop",
            Kind::Results => "results",
            Kind::Country => "country",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it is about, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Kind::Cooperation => "Where countries should work together, and with whom",
            Kind::Meeting => "Before a meeting of a dialogue",
            Kind::Renewal => "Whether an agreement should be renewed",
            Kind::Workshop => "A workshop: programme, list, letters",
            Kind::Results => "What came of a programme",
            Kind::Country => "A country",
        }
    }

    /// The parts it may have.
    pub fn parts(self) -> &'static [&'static str] {
        match self {
            Kind::Cooperation => {
                &["summary", "position", "opportunities", "joint", "partners", "money", "agreements", "open", "agenda", "methods"]
            }
            Kind::Meeting => &["summary", "record", "open", "since", "agreements", "position", "opportunities", "agenda", "methods"],
            Kind::Renewal => &["summary", "record", "chain", "results", "effect", "agenda", "methods"],
            Kind::Workshop => &["summary", "record", "programme", "invited", "letters", "chain", "methods"],
            Kind::Results => &["summary", "record", "chain", "results", "effect", "balance", "methods"],
            Kind::Country => &["summary", "position", "money", "agreements", "open", "methods"],
        }
    }
}

/// What a briefing is asked to be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its kind.
    pub kind: Kind,
    /// Its language.
    pub lang: Lang,
    /// Its day (`2024-01-22`): what is counted to a day is counted to this one.
    pub date: String,
    /// The sides, as the program takes countries: `KR`, `US`.
    pub countries: Vec<String>,
    /// Framework of the technologies.
    pub framework: String,
    /// Technologies, as the program takes them; none for those that rank first.
    pub technologies: Vec<String>,
    /// The record of the register that it is about.
    pub record: Option<String>,
    /// Pairs of partners in a technology; 0 for none.
    pub partners: usize,
    /// The party for whose eyes it is, with its private records; nothing for what all parties share.
    pub internal: Option<String>,
}

/// Where a question is answered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The lake.
    Lake,
    /// The register, with the lake where the command needs it.
    Register,
}

/// A question that a briefing needs answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What the briefing calls the answer.
    pub id: String,
    /// Arguments of the program: `compare`, `KR`, `US`.
    pub arguments: Vec<String>,
    /// Where it is answered from.
    pub source: Source,
    /// Whether there is no briefing without an answer.
    pub needed: bool,
    /// Whether kinds, states and fields of the register are to be named as people read them.
    pub worded: bool,
}

/// A question that could not be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    /// The question's id.
    pub id: String,
    /// The command.
    pub command: String,
    /// Why.
    pub why: String,
}

/// The answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Tables in the order of the questions.
    pub tables: Vec<Table>,
    /// What could not be answered.
    pub unanswered: Vec<Unanswered>,
    /// The version of the lake that was asked, and when it was made.
    pub lake: Option<(u64, String)>,
}

impl Answers {
    /// The table of an id.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    fn has(&self, id: &str) -> bool {
        self.table(id).is_some() || self.unanswered.iter().any(|one| one.id == id)
    }
}

/// Sides that a joint question can be about.
const SIDES: usize = 2;
/// Technologies that are taken where none are named: those that rank first.
const FIRST: usize = 3;
/// Records that a list of the register holds at most.
const MOST: &str = "5000";
/// Days before its end from which an agreement is said to end.
const ENDING: &str = "365";

/// The questions that are still to be answered; asked again with their answers there may be more, until there are none.
///
/// # Errors
/// Where the request lacks what its kind needs.
pub fn questions(request: &Request, answers: &Answers) -> Result<Vec<Question>> {
    check(request)?;
    let mut all = Asked { request, questions: Vec::new() };
    match request.kind {
        Kind::Cooperation | Kind::Country => {
            all.figures(answers, true)?;
            all.of_sides(&[]);
        }
        Kind::Meeting => {
            let record = request.record.clone().unwrap_or_default();
            all.register("record", &["show", &record], true);
            all.register("record-shown", &["show", &record], true);
            all.of_sides(&[&record]);
            all.register("since", &["timeline", &record, "--until", &request.date, "--most", MOST], true);
            if request.countries.len() >= SIDES {
                all.figures(answers, false)?;
            }
        }
        Kind::Renewal | Kind::Results => {
            let record = request.record.clone().unwrap_or_default();
            all.register("record", &["show", &record], true);
            all.register("record-shown", &["show", &record], true);
            all.register("chain", &["chain", &record], true);
            all.register("chain-known", &["chain", &record], true);
            all.register("results", &["results", &record], false);
            all.register("effect", &["results", &record, "--effect"], false);
            if request.kind == Kind::Results {
                all.register("balance", &["balance", &record], false);
            }
        }
        Kind::Workshop => {
            let record = request.record.clone().unwrap_or_default();
            all.register("record", &["show", &record], true);
            all.register("record-shown", &["show", &record], true);
            all.register("chain", &["chain", &record], true);
            if let [one, other, ..] = request.countries.as_slice() {
                let mut arguments = vec!["partners", "workshop", "--between", one, "--and", other];
                if let Some(technology) = request.technologies.first() {
                    let (framework, entry) = technology.split_once('/').unwrap_or((&request.framework, technology));
                    arguments.extend(["--framework", framework, "--technology", entry]);
                }
                all.lake("invited", &arguments, false);
            }
        }
    }
    all.lake("coverage", &["status", "--coverage"], false);
    all.questions.retain(|question| !answers.has(&question.id));
    Ok(all.questions)
}

/// What a kind cannot do without.
fn check(request: &Request) -> Result<()> {
    let missing = |what: &str, hint: &str| Err(Error::input(format!("a briefing of the kind {} needs {what}", request.kind.name()), hint));
    if request.record.as_ref().is_some_and(|record| record.starts_with('-')) {
        return missing("a record of the register", "No id begins with a hyphen.");
    }
    match request.kind {
        Kind::Cooperation if request.countries.len() < SIDES => missing("two countries or more", "For example: dari brief KR US"),
        Kind::Country if request.countries.len() != 1 => missing("one country", "For example: dari brief --kind country KR"),
        Kind::Meeting | Kind::Renewal | Kind::Workshop | Kind::Results if request.record.is_none() => {
            missing("a record of the register", "Name it with --record; `dari register list` shows what there is.")
        }
        _ => Ok(()),
    }
}

/// Questions as they are put together.
struct Asked<'a> {
    request: &'a Request,
    questions: Vec<Question>,
}

impl Asked<'_> {
    fn lake(&mut self, id: &str, arguments: &[&str], needed: bool) {
        self.ask(id, arguments, Source::Lake, needed);
    }

    fn register(&mut self, id: &str, arguments: &[&str], needed: bool) {
        self.ask(id, &[&["register"], arguments].concat(), Source::Register, needed);
    }

    fn ask(&mut self, id: &str, arguments: &[&str], source: Source, needed: bool) {
        let lang: &[&str] = if self.request.lang == Lang::Ko { &["--lang", "ko"] } else { &[] };
        let arguments = arguments.iter().chain(lang).map(|argument| (*argument).to_owned()).collect();
        // What is looked up by the names that programs know, and results that are told apart by what was decided.
        let worded = source == Source::Register && !["record", "chain-known", "results", "effect"].contains(&id);
        self.questions.push(Question { id: id.to_owned(), arguments, source, needed, worded });
    }

    /// What is open and agreed between the sides, or of a dialogue or meeting.
    fn of_sides(&mut self, of: &[&str]) {
        let date = self.request.date.as_str();
        let needed = !of.is_empty();
        self.register("open", &[&["open"], of, &["--on", date, "--most", MOST]].concat(), needed);
        self.register("open-summary", &[&["open"], of, &["--summary"]].concat(), needed);
        self.register("agreements", &["list", "agreement", "--most", MOST], false);
        self.register("renewals", &["renewals", "--days", ENDING, "--on", date], false);
    }

    /// What is asked of the lake about countries and technologies: all of it, or where each side stands and what is promising.
    fn figures(&mut self, answers: &Answers, whole: bool) -> Result<()> {
        let request = self.request;
        let countries: Vec<&str> = request.countries.iter().map(String::as_str).collect();
        let several = countries.len() >= SIDES;
        for group in groups(request, answers)? {
            let Group { framework, level, technologies } = &group;
            let entries = ["--framework", framework, "--level", level];
            if several {
                self.lake(&group.id("opportunities"), &[&["opportunities"], countries.as_slice(), &entries].concat(), whole);
            }
            if several && technologies.is_empty() {
                continue;
            }
            let chosen = technologies.join(",");
            let technology = if chosen.is_empty() { vec![] } else { vec!["--technology", &chosen] };
            self.lake(&group.id("position"), &[&["compare"], countries.as_slice(), &entries, &technology].concat(), whole);
            for country in countries.iter().filter(|_| whole) {
                let money = ["awards", "--by", "technology,agency", "--missing-years", "nearest", "--country", country];
                self.lake(&format!("money {country} {framework} {level}"), &[money.as_slice(), &entries, &technology].concat(), false);
            }
            if let (true, [one, other, ..]) = (whole && request.partners > 0, countries.as_slice()) {
                let pairs = request.partners.to_string();
                for technology in technologies {
                    let sides = ["partners", "suggest", "--between", one, "--and", other, "--who", "organisations", "--of-one", "2"];
                    let of = ["--pairs", &pairs, "--framework", framework, "--technology", technology];
                    self.lake(&format!("partners {framework}/{technology}"), &[sides.as_slice(), &of].concat(), false);
                }
            }
        }
        if whole {
            // Works of three together are counted pair by pair.
            for (at, one) in countries.iter().enumerate() {
                countries[at + 1..].iter().for_each(|other| self.lake(&format!("trend {one} {other}"), &["trend", one, other], false));
            }
            self.lake("budgets", &["awards", "--budgets", "--missing-years", "nearest", "--framework", &request.framework], false);
        }
        Ok(())
    }
}

/// Technologies of one framework and level, which are ranked against the others of it.
struct Group {
    framework: String,
    /// `field` or `technology`.
    level: &'static str,
    technologies: Vec<String>,
}

impl Group {
    fn id(&self, what: &str) -> String {
        format!("{what} {} {}", self.framework, self.level)
    }
}

/// The technologies that a briefing is about, by framework and level: those that were named, else the fields of its framework that rank first.
fn groups(request: &Request, answers: &Answers) -> Result<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    for named in &request.technologies {
        let (framework, entry) = named.split_once('/').unwrap_or((&request.framework, named));
        // Entries within a field have its name before theirs.
        let level = if entry.contains('.') { "technology" } else { "field" };
        match groups.iter_mut().find(|group| group.framework == framework && group.level == level) {
            Some(group) => group.technologies.push(entry.to_owned()),
            None => groups.push(Group { framework: framework.to_owned(), level, technologies: vec![entry.to_owned()] }),
        }
    }
    if groups.is_empty() {
        let mut group = Group { framework: request.framework.clone(), level: "field", technologies: Vec::new() };
        if let Some(table) = answers.table(&group.id("opportunities")) {
            let ranked = (0..table.rows.len()).filter(|row| table.number(*row, "rank").is_ok_and(|rank| rank.is_some()));
            group.technologies = ranked.take(FIRST).map(|row| Ok(table.text(row, "technology_id")?.to_owned())).collect::<Result<_>>()?;
        }
        groups.push(group);
    }
    Ok(groups)
}

/// The wording that a template has to have: keys, and the names in braces that each may use.
pub fn wording() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let all = [writing::WORDING, summary::WORDING, figures::WORDING, records::WORDING, annex::WORDING];
    all.into_iter().flatten().copied()
}

/// Writes a briefing of answers.
///
/// # Errors
/// Where an answer lacks what is needed, or the template lacks a sentence.
pub fn write(request: &Request, answers: &Answers, template: &Template) -> Result<Document> {
    let writing = Writing::new(request, answers, template);
    let mut parts = Vec::new();
    for id in template.parts(request.kind) {
        let blocks = part(&writing, id)?;
        if !blocks.is_empty() {
            parts.push(Part { id: id.clone(), title: writing.words.title(&format!("part.{id}"))?, blocks });
        }
    }
    let mut facts = vec![(writing.words.title("fact.date")?, text::day(&request.date, request.lang))];
    if let Some((version, at)) = &answers.lake {
        facts.push((
            writing.words.title("fact.lake")?,
            writing.say("fact.version", &[("version", version.to_string().into()), ("at", at.as_str().into())])?.text,
        ));
    }
    if !request.countries.is_empty() {
        facts.push((writing.words.title("fact.framework")?, request.framework.clone()));
    }
    facts
        .extend(request.record.iter().map(|record| Ok((writing.words.title("fact.record")?, record.clone()))).collect::<Result<Vec<_>>>()?);
    let marking = match &request.internal {
        Some(party) => writing.say("page.internal", &[("party", party.as_str().into())])?.text,
        None => String::new(),
    };
    let (title, subtitle) = writing.titles()?;
    Ok(Document { lang: request.lang, title, subtitle, date: request.date.clone(), facts, marking, parts })
}

/// A part of a briefing; nothing where there is nothing to say.
fn part(writing: &Writing<'_>, id: &str) -> Result<Vec<Block>> {
    match id {
        "summary" => summary::summary(writing),
        "agenda" => summary::agenda(writing),
        "position" => figures::position(writing),
        "opportunities" => figures::opportunities(writing),
        "joint" => figures::joint(writing),
        "partners" => figures::partners(writing),
        "money" => figures::money(writing),
        "agreements" => records::agreements(writing),
        "open" => records::open(writing),
        "since" => records::since(writing),
        "record" => records::record(writing),
        "chain" => records::chain(writing),
        "results" => records::results(writing),
        "effect" => records::effect(writing),
        "balance" => records::balance(writing),
        "programme" => records::programme(writing),
        "invited" => records::invited(writing),
        "letters" => records::letters(writing),
        "methods" => annex::methods(writing),
        other => Err(Error::template("contents.toml", format!("there is no part '{other}'"))),
    }
}
