//! The query engine: DataFusion within a bound of memory, for reading only.

use std::sync::Arc;

use datafusion::dataframe::DataFrame;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::Error;

/// How queries run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes the engine may hold before it spills to disk.
    pub memory: usize,
    /// Threads that work on a query.
    pub threads: usize,
}

impl Default for Options {
    /// Half of the machine's memory, or 2 GiB where that cannot be told; a thread a core.
    fn default() -> Self {
        let total = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
            line.split_whitespace().nth(1)?.parse::<usize>().ok()
        });
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Options { memory: total.map_or(2 << 30, |kibibytes| kibibytes * 512), threads }
    }
}

pub(crate) fn context(options: &Options) -> Result<SessionContext, Error> {
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(options.memory))).build_arc()?;
    let config = SessionConfig::new().with_information_schema(true).with_target_partitions(options.threads.max(1));
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// Plans a query that can only read.
pub(crate) async fn read_only(context: &SessionContext, query: &str) -> Result<DataFrame, Error> {
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    Ok(context.sql_with_options(query, reading).await?)
}
