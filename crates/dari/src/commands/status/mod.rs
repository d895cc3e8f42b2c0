//! `dari status`: what is loaded.

mod coverage;

use clap::Args;
use dari_lake::{Lake, Snapshot};
use dari_model::table;

use crate::analysis;
use crate::cli::{Common, Lang};
use crate::error::Result;
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// Arguments of `dari status`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari status                 tables with rows and versions
  dari status --versions      every version of the lake: when, what, how many records
  dari status --columns       every column with its meaning and unit
  dari status --coverage      what each data set of counts covers, beside the others
  dari status --hash          a hash of the content of each table")]
pub(crate) struct StatusArgs {
    /// List the versions of the lake
    #[arg(long, group = "what")]
    versions: bool,
    /// List the files that were loaded
    #[arg(long, group = "what")]
    files: bool,
    /// List remarks on the sources
    #[arg(long, group = "what")]
    warnings: bool,
    /// List the columns of all tables
    #[arg(long, group = "what")]
    columns: bool,
    /// List the topics that a general test finds to swallow works of others
    #[arg(long, group = "what")]
    flags: bool,
    /// What each data set of counts covers in the same years, beside the others
    #[arg(long, group = "what")]
    coverage: bool,
    /// Hash of each table's content: the same whatever the order of rows or files
    #[arg(long, group = "what")]
    hash: bool,
}

pub(crate) fn run(common: &Common, args: &StatusArgs) -> Result<()> {
    if args.columns {
        return columns(common);
    }
    let lake = Lake::open(&common.lake)?;
    let snapshot = lake.snapshot(common.as_of.as_ref())?;
    let commits: Vec<_> = lake.commits()?.into_iter().filter(|commit| commit.version <= snapshot.commit.version).collect();
    if args.versions {
        let number = |value: u64| Some(value as i64);
        let rows = Rows::default()
            .int("version", commits.iter().map(|commit| number(commit.version)))
            .text("at", commits.iter().map(|commit| Some(commit.at.as_str())))
            .text("what", commits.iter().map(|commit| Some(commit.what.as_str())))
            .int("files", commits.iter().map(|commit| Some(commit.files.len() as i64)))
            .int("read", commits.iter().map(|commit| number(commit.counts.read)))
            .int("kept", commits.iter().map(|commit| number(commit.counts.kept)))
            .int("rejected", commits.iter().map(|commit| number(commit.counts.rejected)))
            .int("added", commits.iter().map(|commit| number(commit.counts.added)))
            .int("replaced", commits.iter().map(|commit| number(commit.counts.replaced)))
            .int("unchanged", commits.iter().map(|commit| number(commit.counts.unchanged)))
            .int("deleted", commits.iter().map(|commit| number(commit.counts.deleted)))
            .int("warnings", commits.iter().map(|commit| Some(commit.warnings.len() as i64)));
        return output::write_rows(common.format, rows);
    }
    if args.files {
        let files: Vec<_> = commits.iter().flat_map(|commit| commit.files.iter().map(move |file| (commit.version, file))).collect();
        let rows = Rows::default()
            .int("version", files.iter().map(|(version, _)| Some(*version as i64)))
            .text("reader", files.iter().map(|(_, file)| Some(file.reader.as_str())))
            .text("file", files.iter().map(|(_, file)| Some(file.name.as_str())))
            .int("read", files.iter().map(|(_, file)| Some(file.counts.read as i64)))
            .int("kept", files.iter().map(|(_, file)| Some(file.counts.kept as i64)))
            .int("rejected", files.iter().map(|(_, file)| Some(file.counts.rejected as i64)));
        return output::write_rows(common.format, rows);
    }
    if args.warnings {
        let warnings: Vec<_> = commits.iter().flat_map(|commit| commit.warnings.iter().map(move |warning| (commit, warning))).collect();
        let rows = Rows::default()
            .int("version", warnings.iter().map(|(commit, _)| Some(commit.version as i64)))
            .text("what", warnings.iter().map(|(commit, _)| Some(commit.what.as_str())))
            .text("warning", warnings.iter().map(|(_, warning)| Some(warning.as_str())));
        return output::write_rows(common.format, rows);
    }
    if args.flags {
        return flags(common, &snapshot);
    }
    if args.coverage {
        return coverage::show(common, &snapshot);
    }
    tables(common, args.hash, &snapshot)?;
    let warnings: usize = commits.iter().map(|commit| commit.warnings.len()).sum();
    let rejected: u64 = commits.iter().map(|commit| commit.counts.rejected).sum();
    let (lake, version) = (common.lake.display(), snapshot.commit.version);
    let at = if snapshot.commit.at.is_empty() { common.pick("never", "없음") } else { &snapshot.commit.at };
    say(&match common.lang {
        Lang::En => {
            format!(
                "lake {lake}, version {version} of {at}; {rejected} records rejected, {warnings} notes on sources (--versions, --files, --warnings)"
            )
        }
        Lang::Ko => {
            format!(
                "레이크 {lake}, 버전 {version} ({at}); 거부된 기록 {rejected}건, 자료에 관한 주의 {warnings}건 (--versions, --files, --warnings)"
            )
        }
    });
    Ok(())
}

fn tables(common: &Common, hash: bool, snapshot: &Snapshot) -> Result<()> {
    let loaded: Vec<_> = table::GROUPS
        .iter()
        .flat_map(|group| group.tables())
        .filter_map(|table| snapshot.commit.tables.get(table.name).map(|version| (table, version)))
        .collect();
    let mut rows = Rows::default()
        .text("table", loaded.iter().map(|(table, _)| Some(table.name)))
        .int("rows", loaded.iter().map(|(_, version)| Some(version.rows as i64)))
        .int("table_version", loaded.iter().map(|(_, version)| Some(version.version as i64)));
    if hash {
        let hashes = snapshot.content_hashes()?;
        rows = rows.text("content", loaded.iter().map(|(table, _)| hashes.get(table.name).map(|hash| format!("{hash:016x}"))));
    }
    output::write_rows(common.format, rows.text("what", loaded.iter().map(|(table, _)| Some(table.doc))))
}

fn flags(common: &Common, snapshot: &Snapshot) -> Result<()> {
    let data = analysis::cube(snapshot, common, None)?;
    let name = |topic: i32| data.cube.topic(topic).map(|place| data.cube.topics()[place].name.clone());
    let rows = Rows::default()
        .int("topic_id", data.sinks.iter().map(|sink| Some(i64::from(sink.topic))))
        .text("topic", data.sinks.iter().map(|sink| name(sink.topic)))
        .int("world_works", data.sinks.iter().map(|sink| Some(sink.world as i64)))
        .float("known_share", data.sinks.iter().map(|sink| Some(sink.known_share)))
        .float("neighbours_share", data.sinks.iter().map(|sink| Some(sink.neighbours_share)))
        .float("deviation_of_share", data.sinks.iter().map(|sink| Some(sink.share)))
        .float("deviation_of_size", data.sinks.iter().map(|sink| Some(sink.size)))
        .float("deviation_of_growth", data.sinks.iter().map(|sink| sink.growth));
    output::write_rows(common.format, rows)?;
    say(common.pick(
        "flagged: the countries explain far less of the topic than of its neighbours, and its size or growth is far above theirs (robust deviations)",
        "표시: 국가로 설명되는 몫이 이웃 주제보다 훨씬 작고, 규모나 증가가 이웃보다 훨씬 큰 주제 (강건 편차)",
    ));
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    Ok(())
}

fn columns(common: &Common) -> Result<()> {
    let all =
        || table::GROUPS.iter().flat_map(|group| group.tables()).flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let rows = Rows::default()
        .text("table", all().map(|(table, _)| Some(table.name)))
        .text("column", all().map(|(_, column)| Some(column.name)))
        .text("type", all().map(|(_, column)| Some(format!("{:?}", column.kind))))
        .bool("may_be_empty", all().map(|(_, column)| Some(column.nullable)))
        .text("meaning", all().map(|(_, column)| Some(column.doc)));
    output::write_rows(common.format, rows)
}
