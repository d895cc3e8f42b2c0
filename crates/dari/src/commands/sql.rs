//! `dari sql`: questions in SQL.

use std::time::Duration;

use arrow::array::RecordBatch;
use clap::Args;
use dari_lake::{Lake, Limits};

use crate::cli::{Common, memory};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;

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
    /// The most rows; what is beyond is told, not shown [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Stop the query after so many seconds [default: never]
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
    /// Stop the query where its answer is larger than this in memory, for example 1GB [default: never]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    size_limit: Option<usize>,
}

pub(crate) fn run(common: &Common, args: &SqlArgs) -> Result<()> {
    let snapshot = Lake::open(&common.lake)?.snapshot(common.as_of.as_ref())?;
    let limits = Limits { rows: args.limit, bytes: args.size_limit, time: args.time_limit.map(Duration::from_secs) };
    let found = snapshot.query_within(&args.query, &common.options(), &limits);
    let (batches, more) = found.map_err(|error| {
        let failure = Failure::from(error);
        if failure.hint.is_some() {
            failure
        } else {
            failure.hint("`dari status --columns` lists tables and columns; only reading is possible.")
        }
    })?;
    output::write(common.format, &batches)?;
    if more {
        let shown: usize = batches.iter().map(RecordBatch::num_rows).sum();
        say(&format!("{}: {shown}", common.pick("there are more rows; shown are the first", "행이 더 있습니다. 표시한 행")));
    }
    Ok(())
}
