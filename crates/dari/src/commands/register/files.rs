//! Records as files: YAML, JSON, tables, calendars, CERIF-XML, RAiD.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dari_register::file::Form;
use dari_register::sheet::{self, Sheet};
use dari_register::{Record, Refused, Scope};

use super::Desk;
use crate::error::{Failure, Result};
use crate::output::WholeFile;
use crate::progress::say;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileForm {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// File to write; without one, standard output
    file: Option<PathBuf>,
    /// Form; without one, by the file's name, else YAML
    #[arg(long = "as", value_enum)]
    form: Option<FileForm>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// File to read (.yaml, .yml or .json)
    file: PathBuf,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Why, for the audit trail
    #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
    why: String,
}

#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    /// Kind of records
    kind: String,
    /// Write the records of the kind into this file (.csv or .xlsx)
    #[arg(long, value_name = "FILE", conflicts_with = "read")]
    write: Option<PathBuf>,
    /// Read records of the kind from this file (.csv or .xlsx); the header names fields (`dari register kinds KIND`), text.en and text.ko for languages
    #[arg(long, value_name = "FILE")]
    read: Option<PathBuf>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Private to your party: the rows get ids that begin with it
    #[arg(long)]
    private: bool,
    /// Why, for the audit trail
    #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
    why: String,
}

#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    /// File to write (.ics); without one, standard output
    file: Option<PathBuf>,
    /// Only this record and what came about through it
    #[arg(long, value_name = "ID")]
    of: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CerifArgs {
    /// File to write (.xml); without one, standard output
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RaidArgs {
    /// Project
    project: String,
}

impl Desk<'_> {
    pub(super) async fn export(&self, args: &ExportArgs) -> Result<()> {
        let form = match (args.form, &args.file) {
            (Some(FileForm::Json), _) => Form::Json,
            (None, Some(file)) if ends(file, "json") => Form::Json,
            _ => Form::Yaml,
        };
        write(args.file.as_deref(), self.session().export(form).await?.as_bytes())
    }

    pub(super) async fn import(&self, args: &ImportArgs) -> Result<()> {
        let text = String::from_utf8(read(&args.file)?).map_err(|_| Failure::new(format!("{}: not in UTF-8", args.file.display())))?;
        let form = if ends(&args.file, "json") { Form::Json } else { Form::Yaml };
        let report = self.session().import(&text, form, &args.why, !args.dry_run).await;
        let report = report.map_err(|error| {
            let failure = Failure::from(error);
            Failure { message: format!("{}: {}", args.file.display(), failure.message), ..failure }
        })?;
        told(&args.file, report.written.len(), report.same, &report.refused, args.dry_run)
    }

    pub(super) async fn table(&self, args: &TableArgs) -> Result<()> {
        let kind = dari_register::kinds::kind(&args.kind)
            .ok_or_else(|| Failure::misuse(format!("no kind '{}'", args.kind)).hint("`dari register kinds` lists them."))?;
        match (&args.write, &args.read) {
            (_, Some(file)) => {
                let scope = if args.private { Scope::Private(self.user.party.clone()) } else { Scope::Shared };
                let session = self.session();
                let report = session.read_table(kind, &read(file)?, form(file)?, &args.why, !args.dry_run, &scope).await?;
                told(file, report.written.len(), report.same, &report.refused, args.dry_run)
            }
            (Some(file), None) => write(Some(file), &sheet::write(kind, &self.session().of_kind(kind.name).await?, form(file)?)?),
            (None, None) => write(None, &sheet::write(kind, &self.session().of_kind(kind.name).await?, Sheet::Csv)?),
        }
    }

    pub(super) async fn calendar(&self, args: &CalendarArgs) -> Result<()> {
        let session = self.session();
        let records = self.records(args.of.as_deref()).await?;
        write(args.file.as_deref(), dari_register::calendar::calendar(&records, self.korean(), session.now())?.as_bytes())
    }

    pub(super) async fn cerif(&self, args: &CerifArgs) -> Result<()> {
        let session = self.session();
        write(args.file.as_deref(), dari_register::cerif::cerif(&session.shared().await?, session.now())?.as_bytes())
    }

    pub(super) async fn raid(&self, args: &RaidArgs) -> Result<()> {
        let project = self.session().get(&args.project).await?;
        let related = self.records(None).await?;
        let metadata = dari_register::raid::raid(&project, &related)?;
        let text = serde_json::to_string_pretty(&metadata).map_err(|error| Failure::new(error.to_string()))?;
        write(None, format!("{text}\n").as_bytes())
    }

    /// All records that the user sees, or one with what came about through it.
    async fn records(&self, of: Option<&str>) -> Result<Vec<Record>> {
        let session = self.session();
        let within: Option<std::collections::BTreeSet<String>> = match of {
            Some(id) => {
                let lineage = session.lineage(id).await?;
                Some(lineage.forth.into_iter().map(|relative| relative.record.id).chain([lineage.record.id]).collect())
            }
            None => None,
        };
        let records = session.all().await?;
        Ok(records.into_iter().filter(|record| within.as_ref().is_none_or(|ids| ids.contains(&record.id))).collect())
    }
}

/// Says what an import came to; what was refused is the failure.
fn told(file: &Path, written: usize, same: usize, refused: &[Refused], dry_run: bool) -> Result<()> {
    let verb = if dry_run { "changes would be written" } else { "changes written" };
    say(&format!("{}: {written} {verb}, {same} records as they were, {} refused", file.display(), refused.len()));
    const SHOWN: usize = 50;
    for Refused { place, error } in refused.iter().take(SHOWN) {
        let advice = error.advice().map(|advice| format!(" ({advice})")).unwrap_or_default();
        say(&format!("  {place}: {error}{advice}"));
    }
    if refused.len() > SHOWN {
        say(&format!("  and {} more", refused.len() - SHOWN));
    }
    match refused.len() {
        0 => Ok(()),
        1 => Err(Failure::new("1 record was refused").hint("Mend it and read the file again: what is there already stays as it is.")),
        many => Err(Failure::new(format!("{many} records were refused"))
            .hint("Mend them and read the file again: what is there already stays as it is.")),
    }
}

fn ends(file: &Path, with: &str) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(with))
}

fn form(file: &Path) -> Result<Sheet> {
    match (ends(file, "csv"), ends(file, "xlsx")) {
        (true, _) => Ok(Sheet::Csv),
        (_, true) => Ok(Sheet::Xlsx),
        _ => Err(Failure::misuse(format!("{} is neither .csv nor .xlsx", file.display()))),
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

/// Writes a file whole or not at all, or to standard output.
fn write(file: Option<&Path>, bytes: &[u8]) -> Result<()> {
    let Some(file) = file else {
        let mut out = std::io::stdout().lock();
        return match out.write_all(bytes).and_then(|()| out.flush()) {
            // The reader has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        };
    };
    let mut whole = WholeFile::begin(file)?;
    whole.write_all(bytes)?;
    whole.finish()
}
