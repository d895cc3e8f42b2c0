//! Changing records.

use std::path::PathBuf;

use clap::Args;
use dari_register::kinds::kind;
use dari_register::{Content, Record, Scope, Step, Written, assignments};

use super::{Desk, the_day};
use crate::error::{Failure, Result};
use crate::progress::say;

/// What every change may say.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// Why, for the audit trail
    #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
    why: String,
    /// A key of your own: the same command given again with it changes nothing
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// Fields of a record.
#[derive(Debug, Args)]
pub(super) struct Fields {
    /// FIELD=VALUE; text.en= and text.ko= for the languages; lists with ';' between; rows and groups of fields as YAML; an empty value empties the field
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// Fields of a YAML or JSON file
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Kind (`dari register kinds`)
    kind: String,
    #[command(flatten)]
    fields: Fields,
    /// Id; without one it is made up
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Private to your party, or to your agency if you belong to one
    #[arg(long)]
    private: bool,
    /// State; without one, the first of the kind
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// The day since which it is in this state; without one, the day it happens, else today
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// Record
    id: String,
    #[command(flatten)]
    fields: Fields,
    /// The version that you started from; without one, the one that is stored now
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// Record
    id: String,
    /// State
    state: String,
    #[command(flatten)]
    fields: Fields,
    /// The day from which it is in this state; without one, today
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// The version that you started from; without one, the one that is stored now
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Record
    id: String,
    /// Bring back what was removed
    #[arg(long)]
    undo: bool,
    /// The version that you started from; without one, the one that is stored now
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, Args)]
pub(crate) struct ShareArgs {
    /// Private record
    id: String,
    /// Id that all parties will see; without one, the private one without its party
    #[arg(long, value_name = "ID")]
    to: Option<String>,
    /// The version that you started from; without one, the one that is stored now
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    #[command(flatten)]
    why: Why,
}

impl Desk<'_> {
    pub(super) async fn add(&self, args: &AddArgs) -> Result<()> {
        let content = args.fields.of(&args.kind)?;
        let name = args.id.clone().unwrap_or_else(|| format!("{}-{:08x}", args.kind, rand::random::<u32>()));
        let id = if args.private { Scope::Private(self.user.party.clone()).id(&name) } else { name };
        let day = args.on.as_deref().map(the_day).transpose()?;
        self.write(Step::Add { kind: args.kind.clone(), id, content, state: args.state.clone(), day }, &args.why).await
    }

    pub(super) async fn edit(&self, args: &EditArgs) -> Result<()> {
        let record = self.session().get(&args.id).await?;
        let content = merged(&record, args.fields.of(&record.kind)?);
        if content.is_empty() {
            return Err(Failure::misuse("nothing to change").hint("Give fields: dari register edit ID reply.en='…'"));
        }
        let version = args.version.unwrap_or(record.version);
        self.write(Step::Edit { id: record.id, version, content }, &args.why).await
    }

    pub(super) async fn move_on(&self, args: &MoveArgs) -> Result<()> {
        let record = self.session().get(&args.id).await?;
        let content = merged(&record, args.fields.of(&record.kind)?);
        let (version, day) = (args.version.unwrap_or(record.version), args.on.as_deref().map(the_day).transpose()?);
        self.write(Step::Move { id: record.id, version, state: args.state.clone(), day, content }, &args.why).await
    }

    pub(super) async fn remove(&self, args: &RemoveArgs) -> Result<()> {
        let Record { id, version, .. } = self.session().get(&args.id).await?;
        let version = args.version.unwrap_or(version);
        self.write(if args.undo { Step::Restore { id, version } } else { Step::Remove { id, version } }, &args.why).await
    }

    pub(super) async fn share(&self, args: &ShareArgs) -> Result<()> {
        let Record { id, version, .. } = self.session().get(&args.id).await?;
        let version = args.version.unwrap_or(version);
        let to = args.to.clone().unwrap_or_else(|| id.rsplit(':').next().unwrap_or_default().to_owned());
        self.write(Step::Share { id, version, to }, &args.why).await
    }

    pub(super) async fn write(&self, step: Step, why: &Why) -> Result<()> {
        let written = self.session().write(&[step], &why.why, why.key.as_deref()).await?;
        for Written { id, version } in written {
            say(&format!("{id}: {} {version}", self.common.pick("version", "버전")));
        }
        Ok(())
    }
}

/// Of a text in two languages the one that is not named stays.
fn merged(record: &Record, mut content: Content) -> Content {
    for (name, value) in &mut content {
        if let (Some(new), Some(old)) = (value.as_object_mut(), record.content.get(name).and_then(|old| old.as_object()))
            && new.keys().all(|language| matches!(language.as_str(), "en" | "ko"))
        {
            for (language, text) in old {
                new.entry(language.clone()).or_insert_with(|| text.clone());
            }
        }
    }
    content
}

impl Fields {
    fn of(&self, kind_name: &str) -> Result<Content> {
        let kind =
            kind(kind_name).ok_or_else(|| Failure::misuse(format!("no kind '{kind_name}'")).hint("`dari register kinds` lists them."))?;
        let mut content = match &self.file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
                dari_register::file::content(&text)?
            }
            None => Content::new(),
        };
        content.extend(assignments(kind, &self.fields)?);
        Ok(content)
    }
}
