//! `dari partners names`.

use clap::Args;

use crate::analysis;
use crate::cli::Common;
use crate::corpus::{self, CorpusArgs};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// Arguments of `dari partners names`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners names --venue ICRA

Researchers without an id are told by name, co-authors and organisation. Here those with an id are told so too, and compared: precision is the share of pairs
of authorships of one person found that have the same id, recall the share of pairs of one id that are one person. Ids of sources have faults of their own.")]
pub(super) struct NamesArgs {
    #[command(flatten)]
    corpus: CorpusArgs,
}

pub(super) fn run(common: &Common, args: &NamesArgs) -> Result<()> {
    let found = corpus::names_agree(&analysis::snapshot(common)?, common, &args.corpus)?.ok_or_else(|| {
        Failure::new("no researcher with an id has two works here").hint("Choose a --venue or --source with ids of authors.")
    })?;
    let rows = Rows::default()
        .float("precision", [Some(found.precision)])
        .float("recall", [Some(found.recall)])
        .int("authorships", [Some(found.mentions as i64)])
        .int("ids", [Some(found.ids as i64)])
        .int("persons", [Some(found.persons as i64)]);
    output::write_rows(common.format, rows)?;
    say(common.pick(
        "told by name without ids, then compared with them over pairs of authorships",
        "식별자 없이 이름으로 구별한 뒤 저자 표기 쌍 단위로 식별자와 비교",
    ));
    Ok(())
}
