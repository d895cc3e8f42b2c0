//! `dari sql`: questions in SQL.

use clap::Args;
use dari_lake::Lake;

use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;

/// Arguments of `dari sql`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari sql \"SHOW TABLES\"
  dari sql \"SELECT topic_id, works FROM country_topic_year WHERE country = 'KR' AND year_from = 2020 ORDER BY works DESC LIMIT 10\"
  dari sql --as-of 1 \"SELECT count(*) FROM works\" --format json

Tables and columns: dari status --columns. Statements that change anything are refused.")]
pub(crate) struct SqlArgs {
    /// The query
    query: String,
}

pub(crate) fn run(common: &Common, args: &SqlArgs) -> Result<()> {
    let snapshot = Lake::open(&common.lake)?.snapshot(common.as_of.as_ref())?;
    let batches = snapshot.query(&args.query, &common.options());
    let batches = batches.map_err(|error| {
        let failure = Failure::from(error);
        if failure.hint.is_some() {
            failure
        } else {
            failure.hint("`dari status --columns` lists tables and columns; only reading is possible.")
        }
    })?;
    output::write(common.format, &batches)
}
