//! One table of the lake as a Delta table.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use dari_model::Table;
use deltalake::kernel::engine::arrow_conversion::TryFromArrow;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, LogicalFileView, Remove, StructType};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder};
use url::Url;

use crate::Error;
use crate::parquet_file::DataFile;

/// Where a table's files are.
pub(crate) fn folder(root: &Path, table: &str) -> PathBuf {
    root.join(table)
}

fn address(root: &Path, table: &str) -> Result<Url, Error> {
    let folder = std::path::absolute(folder(root, table)).map_err(Error::io(root))?;
    Url::from_directory_path(&folder).map_err(|()| Error::NotALake(folder))
}

/// The table at a version, or its newest.
pub(crate) async fn open(root: &Path, table: &str, version: Option<u64>) -> Result<DeltaTable, Error> {
    let mut builder = DeltaTableBuilder::from_url(address(root, table)?).map_err(Error::delta(table))?;
    if let Some(version) = version {
        builder = builder.with_version(version);
    }
    builder.load().await.map_err(Error::delta(table))
}

/// The table's newest version; made empty if it is not there.
pub(crate) async fn open_or_create(root: &Path, table: &'static Table) -> Result<DeltaTable, Error> {
    let folder = folder(root, table.name);
    if folder.join("_delta_log").join("00000000000000000000.json").exists() {
        return open(root, table.name, None).await;
    }
    fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    let schema = StructType::try_from_arrow(&table.schema())?;
    DeltaTable::try_from_url(address(root, table.name)?)
        .await
        .map_err(Error::delta(table.name))?
        .create()
        .with_table_name(table.name)
        .with_comment(table.doc)
        .with_columns(schema.fields().cloned())
        .await
        .map_err(Error::delta(table.name))
}

/// The files of a table's version.
pub(crate) fn files(table: &DeltaTable) -> Result<Vec<Add>, Error> {
    let snapshot = table.snapshot().map_err(Error::delta("?"))?;
    let file = |file: LogicalFileView| Add {
        path: file.path().into_owned(),
        size: file.size(),
        modification_time: file.modification_time(),
        data_change: true,
        stats: file.stats(),
        ..Add::default()
    };
    Ok(snapshot.log_data().into_iter().map(file).collect())
}

/// Rows of a table's version, as its files say.
pub(crate) fn rows(table: &DeltaTable) -> Result<u64, Error> {
    let snapshot = table.snapshot().map_err(Error::delta("?"))?;
    Ok(snapshot.log_data().into_iter().map(|file| file.num_records().unwrap_or(0) as u64).sum())
}

/// Least and greatest key of a file, as its statistics say.
pub(crate) fn key_range(add: &Add, key: &str) -> Option<(i64, i64)> {
    let stats: serde_json::Value = serde_json::from_str(add.stats.as_deref()?).ok()?;
    Some((stats["minValues"][key].as_i64()?, stats["maxValues"][key].as_i64()?))
}

/// A file as an action that adds it.
pub(crate) fn add(table: &Table, file: &DataFile) -> Add {
    let stats = serde_json::json!({
        "numRecords": file.rows,
        "minValues": { table.key: file.keys.0 },
        "maxValues": { table.key: file.keys.1 },
        "nullCount": { table.key: 0 },
    });
    Add {
        path: file.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        modification_time: millis(),
        data_change: true,
        stats: Some(stats.to_string()),
        ..Add::default()
    }
}

/// A file as an action that removes it.
pub(crate) fn remove(add: &Add) -> Remove {
    Remove {
        path: add.path.clone(),
        data_change: true,
        deletion_timestamp: Some(millis()),
        extended_file_metadata: Some(true),
        partition_values: Some(HashMap::new()),
        size: Some(add.size),
        ..Remove::default()
    }
}

fn millis() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// Commits additions and removals as one version of a table; gives that version. Delta's log is kept whole, for old versions of the lake need it.
pub(crate) async fn commit(name: &str, table: &mut DeltaTable, adds: Vec<Add>, removes: Vec<Remove>) -> Result<u64, Error> {
    let actions = removes.into_iter().map(Action::Remove).chain(adds.into_iter().map(Action::Add)).collect();
    let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
    let snapshot = table.snapshot().map_err(Error::delta(name))?;
    let done = CommitBuilder::from(CommitProperties::default().with_cleanup_expired_logs(Some(false)))
        .with_actions(actions)
        .build(Some(snapshot), table.log_store(), operation)
        .await
        .map_err(Error::delta(name))?;
    let version = done.version();
    table.update_state().await.map_err(Error::delta(name))?;
    Ok(version)
}

/// Puts the newest version back to the content of `version` (as one more version) if it is past it: the rest of a load that was cut off.
pub(crate) async fn roll_back(root: &Path, name: &str, version: Option<u64>) -> Result<(), Error> {
    let mut newest = open(root, name, None).await?;
    if newest.version() == version {
        return Ok(());
    }
    let wanted = match version {
        Some(version) => files(&open(root, name, Some(version)).await?)?,
        None => Vec::new(),
    };
    let there = files(&newest)?;
    let missing = |from: &[Add], path: &str| !from.iter().any(|add| add.path == path);
    let removes: Vec<Remove> = there.iter().filter(|add| missing(&wanted, &add.path)).map(remove).collect();
    let adds: Vec<Add> = wanted.iter().filter(|add| missing(&there, &add.path)).cloned().collect();
    if !removes.is_empty() || !adds.is_empty() {
        commit(name, &mut newest, adds, removes).await?;
    }
    Ok(())
}
