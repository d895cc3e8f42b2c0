//! A lake and its versions.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use arrow::array::RecordBatch;
use dari_model::table;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tokio::sync::OnceCell;

use crate::commit::{self, AsOf, Commit, TableVersion};
use crate::{Error, Options, content, delta, engine};

/// How far an answer may go; nothing said is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Rows: what is beyond is left out.
    pub rows: Option<usize>,
    /// Bytes in memory, counted as the engine does: too much is an error.
    pub bytes: Option<usize>,
    /// Time: too long is an error.
    pub time: Option<Duration>,
}

/// A folder of tables with versions.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
}

/// The lake is asked from ordinary code; each question waits here for the engine, whose own work is asynchronous. (Keeping its futures inside this
/// crate also keeps them out of the types, and the compile time, of every caller.)
static RUNTIME: LazyLock<std::io::Result<tokio::runtime::Runtime>> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build());

/// Runs the engine's work to its end. Not to be called from asynchronous code; there, use a blocking task.
pub(crate) fn wait<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match RUNTIME.as_ref() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => Err(Error::Io { path: PathBuf::new(), source: std::io::Error::new(error.kind(), error.to_string()) }),
    }
}

/// Held while tables are changed; other loads wait for it.
#[derive(Debug)]
pub(crate) struct WriteLock(#[expect(dead_code, reason = "held for its lock, which the operating system frees with the file")] File);

impl Lake {
    /// The lake at `root`.
    ///
    /// # Errors
    /// [`Error::NotALake`] where there is none.
    pub fn open(root: &Path) -> Result<Lake, Error> {
        if !commit::folder(root).is_dir() {
            return Err(Error::NotALake(root.to_owned()));
        }
        Ok(Lake { root: root.to_owned() })
    }

    /// The lake at `root`, made empty if there is none.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn open_or_create(root: &Path) -> Result<Lake, Error> {
        let folder = commit::folder(root);
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        Lake::open(root)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All versions, oldest first.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn commits(&self) -> Result<Vec<Commit>, Error> {
        commit::read_all(&self.root)
    }

    pub(crate) fn newest(&self) -> Result<Commit, Error> {
        Ok(self.commits()?.pop().unwrap_or_default())
    }

    /// The lake as of a version, by default the newest.
    ///
    /// # Errors
    /// Where there is no such version.
    pub fn snapshot(&self, as_of: Option<&AsOf>) -> Result<Snapshot, Error> {
        let commits = self.commits()?;
        let commit = match as_of {
            None => commits.last().cloned().unwrap_or_default(),
            Some(asked) => pick(&commits, asked)?,
        };
        Ok(Snapshot { root: self.root.clone(), commit, context: OnceCell::new() })
    }

    /// Waits for the right to change the tables, then clears up what a load that was cut off left behind.
    pub(crate) async fn lock(&self) -> Result<WriteLock, Error> {
        let path = self.root.join("_dari").join("lock");
        let file = File::options().create(true).append(true).open(&path).map_err(Error::io(&path))?;
        file.lock().map_err(Error::io(&path))?;
        self.clear_up().await?;
        Ok(WriteLock(file))
    }

    fn pending(&self) -> PathBuf {
        self.root.join("_dari").join("pending.json")
    }

    /// Notes which files a merge is about to put among the tables' own, so that they can be cleared up if it is cut off.
    pub(crate) fn write_pending(&self, files: &[PathBuf]) -> Result<(), Error> {
        let path = self.pending();
        let bytes = serde_json::to_vec(files).map_err(|error| Error::Commit { path: path.clone(), reason: error.to_string() })?;
        commit::write_atomically(&path, &bytes)
    }

    pub(crate) fn clear_pending(&self) -> Result<(), Error> {
        let path = self.pending();
        fs::remove_file(&path).map_err(Error::io(&path))
    }

    async fn clear_up(&self) -> Result<(), Error> {
        let path = self.pending();
        let Ok(bytes) = fs::read(&path) else { return Ok(()) };
        let files: Vec<PathBuf> =
            serde_json::from_slice(&bytes).map_err(|error| Error::Commit { path: path.clone(), reason: error.to_string() })?;
        let newest = self.newest()?;
        for table in table::GROUPS.iter().flat_map(|group| group.tables()) {
            if delta::folder(&self.root, table.name).join("_delta_log").join("00000000000000000000.json").exists() {
                delta::roll_back(&self.root, table.name, newest.tables.get(table.name).map(|table| table.version)).await?;
            }
        }
        // A cut between the commit and the removal of the note leaves files that are in use; these stay.
        let used = self.snapshot(None)?.paths().await?;
        for file in files {
            let file = self.root.join(file);
            if !used.contains(&file) && file.exists() {
                fs::remove_file(&file).map_err(Error::io(&file))?;
            }
        }
        self.clear_pending()
    }
}

fn pick(commits: &[Commit], asked: &AsOf) -> Result<Commit, Error> {
    let found = match asked {
        AsOf::Version(version) => commits.iter().find(|commit| commit.version == *version),
        AsOf::Moment(moment) => commits.iter().rfind(|commit| commit.at.as_str() <= moment.as_str()),
    };
    found.cloned().ok_or_else(|| Error::NoVersion {
        asked: match asked {
            AsOf::Version(version) => version.to_string(),
            AsOf::Moment(moment) => format!("of {moment} or before"),
        },
        known: match (commits.first(), commits.last()) {
            (Some(first), Some(last)) => format!("it has {} ({}) to {} ({})", first.version, first.at, last.version, last.at),
            _ => "it is empty".to_owned(),
        },
    })
}

/// The lake as of one version; what is loaded later does not show in it.
pub struct Snapshot {
    root: PathBuf,
    /// The version.
    pub commit: Commit,
    /// The engine, with the options that it was made for and the tables that queries have asked for so far.
    context: OnceCell<(Options, SessionContext)>,
}

impl Snapshot {
    /// Rows of a table; 0 for one that was never loaded.
    pub fn rows(&self, table: &str) -> u64 {
        self.commit.tables.get(table).map_or(0, |table| table.rows)
    }

    /// An engine with the tables that a query names, those never loaded as empty ones: opening all of them takes longer than most answers. One that asks
    /// what tables there are sees them all.
    async fn context(&self, query: &str, options: &Options) -> Result<SessionContext, Error> {
        let (made_for, context) = self.context.get_or_try_init(async || Ok::<_, Error>((*options, engine::context(options)?))).await?;
        let context = if made_for == options { context.clone() } else { engine::context(options)? };
        let query = query.to_lowercase();
        let all = ["information_schema", "show ", "describe "].iter().any(|word| query.contains(word));
        for table in table::GROUPS.iter().flat_map(|group| group.tables()) {
            if !(all || query.contains(table.name)) || context.table_exist(table.name)? {
                continue;
            }
            let provider: Arc<dyn TableProvider> = match self.commit.tables.get(table.name) {
                Some(TableVersion { version, .. }) => delta::open(&self.root, table.name, Some(*version)).await?.table_provider().await?,
                None => Arc::new(MemTable::try_new(Arc::new(table.schema()), vec![vec![]])?),
            };
            context.register_table(table.name, provider)?;
        }
        Ok(context)
    }

    /// Answers a query. Only reading is possible: statements that change data or settings, or reach files outside the lake, are refused.
    ///
    /// # Errors
    /// Where the query is wrong, is not a query, or runs out of memory and room to spill.
    pub fn query(&self, query: &str, options: &Options) -> Result<Vec<RecordBatch>, Error> {
        wait(async {
            let context = self.context(query, options).await?;
            let answer = engine::read_only(&context, query).await?;
            let schema = answer.schema().inner().clone();
            let mut batches = answer.collect().await?;
            if batches.is_empty() {
                // The columns are part of an empty answer too.
                batches.push(RecordBatch::new_empty(schema));
            }
            Ok(batches)
        })
    }

    /// Answers a query within limits, and says whether there are more rows than were asked for.
    ///
    /// # Errors
    /// As [`query`](Self::query), [`Error::TooLong`] or [`Error::TooLarge`].
    pub fn query_within(&self, query: &str, options: &Options, limits: &Limits) -> Result<(Vec<RecordBatch>, bool), Error> {
        let answer = async {
            let context = self.context(query, options).await?;
            let mut stream = engine::read_only(&context, query).await?.execute_stream().await?;
            let (mut batches, mut left, mut bytes) = (vec![RecordBatch::new_empty(stream.schema())], limits.rows, 0);
            while let Some(batch) = stream.next().await {
                let batch = batch?;
                bytes += batch.get_array_memory_size();
                if let Some(most) = limits.bytes.filter(|most| bytes > *most) {
                    return Err(Error::TooLarge(most));
                }
                if let Some(left) = &mut left {
                    if batch.num_rows() > *left {
                        batches.push(batch.slice(0, *left));
                        return Ok((batches, true));
                    }
                    *left -= batch.num_rows();
                }
                batches.push(batch);
            }
            Ok((batches, false))
        };
        match limits.time {
            Some(time) => wait(async { tokio::time::timeout(time, answer).await.unwrap_or(Err(Error::TooLong(time))) }),
            None => wait(answer),
        }
    }

    /// Answers a query batch by batch, so that an answer of any size fits into memory.
    ///
    /// # Errors
    /// As [`query`](Self::query), or what `receive` returns.
    pub fn for_each<E: From<Error>>(
        &self,
        query: &str,
        options: &Options,
        mut receive: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut refused = None;
        wait(async {
            let context = self.context(query, options).await?;
            let mut batches = engine::read_only(&context, query).await?.execute_stream().await?;
            while let Some(batch) = batches.next().await {
                if let Err(error) = receive(batch?) {
                    refused = Some(error);
                    break;
                }
            }
            Ok(())
        })?;
        refused.map_or(Ok(()), Err)
    }

    /// Answers a query on as many threads as there are receivers, each of which takes a part of the batches, in no particular order. Gives the receivers back.
    ///
    /// # Errors
    /// As [`query`](Self::query), or what a receiver returns.
    pub fn for_each_part<E: From<Error> + Send, R: FnMut(RecordBatch) -> Result<(), E> + Send>(
        &self,
        query: &str,
        options: &Options,
        receivers: Vec<R>,
    ) -> Result<Vec<R>, E> {
        let options = Options { threads: receivers.len(), ..*options };
        let streams =
            wait(async { Ok(engine::read_only(&self.context(query, &options).await?, query).await?.execute_stream_partitioned().await?) })?;
        let mut shares: Vec<Vec<_>> = receivers.iter().map(|_| Vec::new()).collect();
        let count = shares.len().max(1);
        for (number, stream) in streams.into_iter().enumerate() {
            if let Some(share) = shares.get_mut(number % count) {
                share.push(stream);
            }
        }
        std::thread::scope(|scope| {
            let part = |share, mut receiver: R| {
                let mut refused = None;
                wait(async {
                    // All at once: parts of one query may wait for each other.
                    let mut batches = futures::stream::select_all::<Vec<_>>(share);
                    while let Some(batch) = batches.next().await {
                        if let Err(error) = receiver(batch?) {
                            refused = Some(error);
                            break;
                        }
                    }
                    Ok(())
                })?;
                refused.map_or(Ok(receiver), Err)
            };
            let threads: Vec<_> =
                shares.into_iter().zip(receivers).map(|(share, receiver)| scope.spawn(move || part(share, receiver))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(Error::Thread.into()))).collect()
        })
    }

    /// A hash of the content of each table that does not depend on the order of rows or on how they are spread over files.
    ///
    /// # Errors
    /// Where a data file cannot be read.
    pub fn content_hashes(&self) -> Result<BTreeMap<String, u64>, Error> {
        let mut hashes = BTreeMap::new();
        for name in self.commit.tables.keys() {
            hashes.insert(name.clone(), content::hash(&self.files(name)?)?);
        }
        Ok(hashes)
    }

    /// The data files of a table, for a reader of Parquet: the table's folder may hold files of older versions too. None for one that was never loaded.
    ///
    /// # Errors
    /// Where the table's log cannot be read.
    pub fn files(&self, table: &str) -> Result<Vec<PathBuf>, Error> {
        wait(self.paths_of(table))
    }

    async fn paths_of(&self, name: &str) -> Result<Vec<PathBuf>, Error> {
        let Some(TableVersion { version, .. }) = self.commit.tables.get(name) else { return Ok(Vec::new()) };
        let (folder, table) = (delta::folder(&self.root, name), delta::open(&self.root, name, Some(*version)).await?);
        Ok(delta::files(&table)?.into_iter().map(|add| folder.join(add.path)).collect())
    }

    async fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        let mut paths = Vec::new();
        for name in self.commit.tables.keys() {
            paths.extend(self.paths_of(name).await?);
        }
        Ok(paths)
    }
}
