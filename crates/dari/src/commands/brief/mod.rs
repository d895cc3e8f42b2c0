//! `dari brief`: documents to leave with.

mod ask;

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use dari_briefing::{Document, Form, Kept, Kind, Request, Template};
use dari_register::{Register, User};

pub(crate) use ask::Known;
use ask::{Asker, technologies};

use crate::analysis;
use crate::cli::{Common, Lang};
use crate::commands::register as register_command;
use crate::error::{Failure, Result};
use crate::output::{self, WholeFile};
use crate::progress::say;
use crate::rows::Rows;

/// Arguments of `dari brief`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  dari brief KR US --technology quantum,fusion,batteries -o kr-us.pdf
  dari brief KR US --both -o kr-us.docx                          kr-us.en.docx and kr-us.ko.docx
  dari brief --kind meeting --record dialogue.kr-us-science -o meeting.pdf --lang ko
  dari brief --kind renewal --record example.agreement -o renewal.docx
  dari brief --kind workshop KR US --technology quantum --record example.workshop.next -o workshop.pdf
  dari brief KR US -o kr-us.pdf -o kr-us.json && dari brief diff older.json kr-us.json
  dari brief --template our-template --begin                     the shipped template, for changing it
  dari brief --template our-template --check

What is private to a party stays out unless --internal asks for it, and then every page says so. The same input gives the same bytes; --date says the day."
)]
pub(crate) struct BriefArgs {
    #[command(subcommand)]
    what: Option<What>,
    /// Countries: codes or names
    #[arg(num_args = 1.., value_name = "COUNTRY")]
    countries: Vec<String>,
    /// Kind of briefing
    #[arg(long, value_parser = kinds(), default_value = Kind::Cooperation.name())]
    kind: Kind,
    /// The record of the register that it is about: a dialogue or meeting, an agreement, a workshop, a programme
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// Technology framework (`dari frameworks list` shows them)
    #[arg(long, default_value = "kr-nst-2023", value_name = "ID")]
    framework: String,
    /// Technologies by id or name, separated by commas; those that the framework lacks are looked for in the others. Without any, the three that rank first
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    technology: Vec<String>,
    /// Pairs of partners in a technology; 0 leaves them out
    #[arg(long, default_value_t = 5, value_name = "N")]
    partners: usize,
    /// Its day; today where nothing is said
    #[arg(long, value_name = "DAY")]
    date: Option<String>,
    /// In both languages: NAME.en.pdf and NAME.ko.pdf
    #[arg(long)]
    both: bool,
    /// File to write: .pdf, .docx, .xlsx, .html, or .json, which keeps it for `dari brief diff`; several may be given
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Folder of a template: letterhead, order of parts, wording, look
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,
    /// Check the template, and write nothing
    #[arg(long, requires = "template", conflicts_with = "begin")]
    check: bool,
    /// Write the shipped template into the folder, for changing it
    #[arg(long, requires = "template")]
    begin: bool,
    /// With what is private to the party of --user, and marked so
    #[arg(long, requires = "user")]
    internal: bool,
    /// The register: a SQLite file, or postgres://USER@HOST/DATABASE
    #[arg(long, env = "DARI_REGISTER", default_value = register_command::DEFAULT, value_name = "FILE|URL", hide_env_values = true)]
    register: String,
    /// The user whose private records are taken in with --internal
    #[arg(long, env = "DARI_USER", value_name = "NAME")]
    user: Option<String>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What changed from one kept briefing to another, and why
    Diff(DiffArgs),
}

#[derive(Debug, Args)]
struct DiffArgs {
    /// The older one (.json)
    old: PathBuf,
    /// The newer one (.json)
    new: PathBuf,
}

/// Kinds of briefings by their names.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(|kind| PossibleValue::new(kind.name()).help(kind.about())))
        .try_map(|name| Kind::named(&name).ok_or("no kind of briefing"))
}

pub(crate) fn run(common: &Common, args: &BriefArgs) -> Result<()> {
    if let Some(What::Diff(args)) = &args.what {
        return diff(common, args);
    }
    if let (true, Some(folder)) = (args.begin, &args.template) {
        let written = Template::begin(folder)?;
        say(&format!("{}: {}", folder.display(), if written.is_empty() { "nothing new".to_owned() } else { written.join(", ") }));
        return Ok(());
    }
    if let (true, Some(folder)) = (args.check, &args.template) {
        return check(&Template::read(folder)?);
    }
    let template = template(args.template.as_deref())?;
    let outputs: Vec<(PathBuf, Option<Form>)> = args.output.iter().map(|file| Ok((file.clone(), form(file)?))).collect::<Result<_>>()?;
    if outputs.is_empty() {
        return Err(Failure::misuse("where should it go?").hint("Name a file with -o: briefing.pdf, .docx, .xlsx, .html or .json."));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    // A register that was not named and is not there is none: what needs it is told in the briefing.
    let missing = !args.register.contains("://") && !Path::new(&args.register).exists();
    let register = match missing && args.register == register_command::DEFAULT && args.user.is_none() {
        true => None,
        false => Some(runtime.block_on(Register::open(&args.register)).map_err(Failure::from)?),
    };
    let _guard = runtime.enter();
    let user = match (&register, &args.user, args.internal) {
        (Some(register), Some(name), true) => Some(runtime.block_on(register.user(name))?),
        _ => None,
    };
    let languages = if args.both { vec![Lang::En, Lang::Ko] } else { vec![common.lang] };
    for lang in languages {
        let common = Common { lang, ..common.clone() };
        let kept = kept(&common, args, register.as_ref(), user.as_ref(), &template, None)?;
        for (file, form) in &outputs {
            let file = if args.both { in_language(file, lang) } else { file.clone() };
            store(&template, &kept, &file, *form)?;
        }
    }
    Ok(())
}

/// The template of a folder, else the shipped one; one with faults is refused before anything is asked.
pub(crate) fn template(folder: Option<&Path>) -> Result<Template> {
    let Some(folder) = folder else { return Ok(Template::shipped()?) };
    let template = Template::read(folder)?;
    match template.faults().first() {
        None => Ok(template),
        Some(fault) => {
            let check = format!("`dari brief --template {} --check` says all that is wrong.", folder.display());
            Err(Failure::new(format!("{}: {fault}", folder.display())).hint(check))
        }
    }
}

/// A briefing with all that it was made of. Of the register it holds what all parties share, or with `--internal` what the user sees; a server knows answers that
/// were found before. The thread is one of a runtime that works on several, and may wait.
pub(crate) fn kept(
    common: &Common,
    args: &BriefArgs,
    register: Option<&Register>,
    user: Option<&User>,
    template: &Template,
    known: Option<&Known>,
) -> Result<Kept> {
    let date = match &args.date {
        Some(text) => dari_model::date::parse(text)
            .ok_or_else(|| Failure::misuse(format!("--date: '{text}' is no day")).hint("For example 2024-01-22."))?,
        None => dari_register::day_of(dari_register::now()),
    };
    let user = user.filter(|_| args.internal);
    let request = Request {
        kind: args.kind,
        lang: if common.lang == Lang::Ko { dari_briefing::Lang::Ko } else { dari_briefing::Lang::En },
        date: dari_model::date::format(date),
        countries: analysis::some_countries(&args.countries)?.into_iter().map(str::to_owned).collect(),
        framework: args.framework.clone(),
        technologies: technologies(common, &args.framework, &args.technology)?,
        record: args.record.clone(),
        partners: args.partners,
        internal: user.map(|user| user.party.to_string()),
    };
    let guest = register.and_then(|register| Some(User::guest(register.parties().first()?.clone())));
    Asker::new(common, register.zip(user.or(guest.as_ref())), known)?.kept(&request, template)
}

/// The form of a file by its name; nothing of one that keeps the briefing.
fn form(file: &Path) -> Result<Option<Form>> {
    if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return Ok(None);
    }
    Form::of(file).map(Some).ok_or_else(|| {
        Failure::misuse(format!("{}: of what form?", file.display())).hint("The name ends with .pdf, .docx, .xlsx, .html or .json.")
    })
}

/// `briefing.pdf` as `briefing.ko.pdf`.
fn in_language(file: &Path, lang: Lang) -> PathBuf {
    let code = if lang == Lang::Ko { "ko" } else { "en" };
    match file.extension() {
        Some(ending) => file.with_extension(format!("{code}.{}", ending.to_string_lossy())),
        None => file.to_owned(),
    }
}

/// A briefing in a form, or as it is kept; with its pages where it has them.
pub(crate) fn written(template: &Template, kept: &Kept, form: Option<Form>) -> Result<(Vec<u8>, Option<usize>)> {
    let Some(form) = form else {
        return Ok((serde_json::to_vec_pretty(kept).map_err(|error| Failure::new(error.to_string()))?, None));
    };
    let rendered = dari_briefing::render(template, &kept.document, form)?;
    rendered.warnings.iter().for_each(|warning| say(warning));
    Ok((rendered.bytes, rendered.pages))
}

/// Writes a briefing into a file, whole or not at all.
fn store(template: &Template, kept: &Kept, file: &Path, form: Option<Form>) -> Result<()> {
    let (bytes, pages) = written(template, kept, form)?;
    let mut whole = WholeFile::begin(file)?;
    std::io::Write::write_all(&mut whole, &bytes)?;
    whole.finish()?;
    let pages = pages.map(|pages| format!(", {pages} pages")).unwrap_or_default();
    say(&format!("{}: {} kB{pages}", file.display(), bytes.len().div_ceil(1024)));
    Ok(())
}

/// Says all that is wrong with a template, its look included.
fn check(template: &Template) -> Result<()> {
    let mut faults = template.faults();
    if faults.is_empty() {
        for lang in [dari_briefing::Lang::En, dari_briefing::Lang::Ko] {
            let sample: Document = dari_briefing::sample(lang);
            faults.extend(
                Form::ALL
                    .into_iter()
                    .filter_map(|form| dari_briefing::render(template, &sample, form).err())
                    .map(|error| error.to_string()),
            );
        }
    }
    faults.dedup();
    if faults.is_empty() {
        say("the template is right");
        return Ok(());
    }
    faults.iter().for_each(|fault| say(fault));
    Err(Failure::new(format!("{} faults", faults.len()))
        .hint("`dari brief --template DIR --begin` writes the shipped files that are missing."))
}

fn read(file: &Path) -> Result<Kept> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display())).hint("Give a briefing that was kept: dari brief … -o FILE.json")
    })
}

fn diff(common: &Common, args: &DiffArgs) -> Result<()> {
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let found = dari_briefing::difference(&old, &new);
    let rows = Rows::default()
        .text("table", found.iter().map(|one| Some(one.table.as_str())))
        .text("row", found.iter().map(|one| Some(one.row.as_str())))
        .text("column", found.iter().map(|one| Some(one.column.as_str())))
        .text("before", found.iter().map(|one| Some(one.before.as_str())))
        .text("after", found.iter().map(|one| Some(one.after.as_str())))
        .text("why", found.iter().map(|one| Some(one.why)));
    output::write_rows(common.format, rows)?;
    let version = |kept: &Kept| kept.answers.lake.as_ref().map_or("none".to_owned(), |(version, at)| format!("{version} ({at})"));
    say(&format!("lake: version {} and {}; program: {} and {}", version(&old), version(&new), old.program, new.program));
    Ok(())
}
