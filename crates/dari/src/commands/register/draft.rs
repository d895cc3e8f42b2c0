//! Press releases and minutes as drafts, each stored only with a person's yes.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::PathBuf;

use clap::Args;
use dari_register::draft::{About, Draft, DraftKind, Gazetteer, Proposed, characters};
use dari_register::{Scope, Step};

use super::{Desk, the_day};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{printable, say};
use crate::rows::Rows;

#[derive(Debug, Args)]
#[command(
    after_help = "Without --store nothing is stored: the drafts are shown with where their sentence stands. With --store dari asks for each, and stores those that
you say yes to; --yes NUMBER,… says it beforehand for those numbers."
)]
pub(crate) struct DraftArgs {
    /// Text file, Korean or English; - for standard input
    file: PathBuf,
    /// Day on which it was published, for dates such as 'the 22nd' or 'within the year'; without one, a line 'published: DAY' at its beginning
    #[arg(long, value_name = "DAY")]
    published: Option<String>,
    /// Ask for each draft whether to store it
    #[arg(long)]
    store: bool,
    /// Store the drafts of these numbers
    #[arg(long, value_delimiter = ',', value_name = "N", requires = "store")]
    yes: Vec<usize>,
    /// Meeting that the statements are of
    #[arg(long, value_name = "ID")]
    meeting: Option<String>,
    /// Name of the text, for the source of what is stored
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Address of the text
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Private to your party
    #[arg(long)]
    private: bool,
}

/// Letters of a sentence in a table for reading.
const SENTENCE: usize = 90;

impl Desk<'_> {
    pub(super) async fn draft(&self, args: &DraftArgs) -> Result<()> {
        let text = if args.file.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        } else {
            std::fs::read_to_string(&args.file).map_err(|error| Failure::new(format!("{}: {error}", args.file.display())))?
        };
        let published = match &args.published {
            Some(day) => Some(the_day(day)?),
            None => text.lines().next().and_then(|line| line.strip_prefix("published:")).map(|day| the_day(day.trim())).transpose()?,
        };
        if published.is_none() {
            say("no day of publication is known (--published): dates without a year are left out");
        }
        let organisations = self.session().of_kind("organisation").await?;
        let gazetteer = Gazetteer::shipped().map_err(|error| Failure::new(error.to_string()))?.with_records(&organisations);
        let drafts = dari_register::draft::draft(&text, published, &gazetteer);
        self.print(&text, &drafts)?;
        if !args.store || drafts.is_empty() {
            return Ok(());
        }
        let chosen = self.chosen(args, &text, &drafts)?;
        let meeting = match &args.meeting {
            Some(id) => Some(self.session().get(id).await?),
            None => None,
        };
        let title = args.title.clone().unwrap_or_else(|| args.file.display().to_string());
        let about = About { title: &title, url: args.url.as_deref(), published, meeting: meeting.as_ref() };
        let today = dari_register::day_of(self.session().now());
        let made = format!("{:08x}", rand::random::<u32>());
        let mut steps = Vec::new();
        for (at, draft) in drafts.iter().enumerate().filter(|(at, _)| chosen.contains(&(at + 1))) {
            let Proposed { state, day, content } = draft.record(&text, &about, &organisations, today);
            if !content.contains_key("date") {
                return Err(match draft.kind {
                    DraftKind::Meeting => {
                        Failure::new(format!("draft {}: no date of the meeting", at + 1)).hint("Add it with `dari register add meeting`.")
                    }
                    DraftKind::Statement => Failure::misuse("when was it said?").hint("Give --meeting or --published."),
                });
            }
            let kind = draft.kind.as_str();
            let name = format!("draft-{made}-{}", at + 1);
            let id = if args.private { Scope::Private(self.user.party.clone()).id(&name) } else { name };
            steps.push(Step::Add { kind: kind.to_owned(), id, content, state: Some(state.to_owned()), day });
        }
        if steps.is_empty() {
            say("nothing was stored");
            return Ok(());
        }
        for written in self.session().write(&steps, "from a text, confirmed one by one", None).await? {
            say(&format!("{}: stored", written.id));
        }
        Ok(())
    }

    fn print(&self, text: &str, drafts: &[Draft]) -> Result<()> {
        let stands = |draft: &Draft| characters(text, draft.sentence.clone());
        let sentence = |draft: &Draft| {
            let whole = printable(text.get(draft.sentence.clone()).unwrap_or_default().trim()).replace('\n', " ");
            match whole.char_indices().nth(SENTENCE) {
                Some((end, _)) if self.common.format == crate::cli::Format::Table => format!("{}…", &whole[..end]),
                _ => whole,
            }
        };
        let names = |found: &[dari_register::draft::Found]| found.iter().map(|found| found.name.clone()).collect::<Vec<_>>().join("; ");
        let dates = |draft: &Draft| {
            let spans = draft.dates.iter().map(|found| dari_register::Period { from: found.from, to: found.to }.to_string());
            spans.collect::<Vec<_>>().join("; ")
        };
        let rows = Rows::default()
            .int("number", (1..).take(drafts.len()).map(Some))
            .text("kind", drafts.iter().map(|draft| Some(self.kind(draft.kind.as_str()))))
            .text("state", drafts.iter().map(|draft| draft.state.map(|state| self.state("statement", state.as_str()))))
            .text("dates", drafts.iter().map(|draft| Some(dates(draft))))
            .text("organisations", drafts.iter().map(|draft| Some(names(&draft.organisations))))
            .text("offices", drafts.iter().map(|draft| Some(names(&draft.offices))))
            .int("from_character", drafts.iter().map(|draft| Some(stands(draft).start as i64 + 1)))
            .int("to_character", drafts.iter().map(|draft| Some(stands(draft).end as i64)))
            .text("sentence", drafts.iter().map(|draft| Some(sentence(draft))));
        output::write_rows(self.common.format, rows)
    }

    /// The numbers that a person says yes to.
    fn chosen(&self, args: &DraftArgs, text: &str, drafts: &[Draft]) -> Result<Vec<usize>> {
        if !args.yes.is_empty() {
            if let Some(wrong) = args.yes.iter().find(|number| !(1..=drafts.len()).contains(*number)) {
                return Err(Failure::misuse(format!("there is no draft {wrong}")).hint(format!("Drafts are 1 to {}.", drafts.len())));
            }
            return Ok(args.yes.clone());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::misuse("nobody is there to be asked").hint("Say which with --yes 1,3,4."));
        }
        let mut chosen = Vec::new();
        let mut answers = std::io::stdin().lock().lines();
        for (at, draft) in drafts.iter().enumerate() {
            let sentence = text.get(draft.sentence.clone()).unwrap_or_default().trim();
            write!(
                std::io::stderr(),
                "\n{}\n  {} {}: {}? [y/N] ",
                printable(sentence),
                at + 1,
                draft.kind.as_str(),
                self.common.pick("store it", "저장할까요")
            )?;
            let Some(answer) = answers.next() else { break };
            if matches!(answer?.trim(), "y" | "Y" | "yes" | "예" | "네") {
                chosen.push(at + 1);
            }
        }
        Ok(chosen)
    }
}
