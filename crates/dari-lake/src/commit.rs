//! The lake's own log: which versions of the tables belong together, and where their rows came from.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::Error;

/// A version of the lake.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Commit {
    /// Number of the version, from 1; 0 is the empty lake.
    pub version: u64,
    /// When, in UTC: `2026-11-22T10:00:00Z`.
    pub at: String,
    /// What was loaded, in words: the source and what was asked for.
    pub what: String,
    /// All tables of the lake as of this version.
    pub tables: BTreeMap<String, TableVersion>,
    /// The files this commit brought in, whole.
    pub files: Vec<LoadedFile>,
    /// Records over all of `files`.
    pub counts: Counts,
    /// Remarks on the source.
    pub warnings: Vec<String>,
}

/// A table within a version of the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableVersion {
    /// Version of the Delta table.
    pub version: u64,
    /// Its rows.
    pub rows: u64,
}

/// A file whose records are in the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedFile {
    /// The reader that read it, with what it was told: the same file may be read by two.
    pub reader: String,
    /// Name or address.
    pub name: String,
    /// Changes with the content.
    pub fingerprint: String,
    /// Its records.
    pub counts: Counts,
}

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records in the files.
    pub read: u64,
    /// Records good to keep.
    pub kept: u64,
    /// Records refused, each listed with its reason.
    pub rejected: u64,
    /// Of the kept: new in the lake.
    pub added: u64,
    /// Of the kept: put in place of an older form.
    pub replaced: u64,
    /// Of the kept: as the lake had it, or older than that; left alone.
    pub unchanged: u64,
    /// Records of the lake removed because the source deleted them.
    pub deleted: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.kept += other.kept;
        self.rejected += other.rejected;
        self.added += other.added;
        self.replaced += other.replaced;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
    }
}

/// A version to look at, other than the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AsOf {
    /// By number.
    Version(u64),
    /// The last one made at or before this moment, `2026-11-22T10:00:00Z`; a day alone means its end.
    Moment(String),
}

impl std::str::FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(version) = text.parse() {
            return Ok(AsOf::Version(version));
        }
        let wrong =
            || format!("'{text}' is neither a version number nor a day or moment in UTC such as 2026-11-22 or 2026-11-22T10:00:00Z");
        let day = dari_model::date::format(dari_model::date::parse(text).ok_or_else(wrong)?);
        let time = match text.strip_prefix(&day) {
            Some("") => "23:59:59",
            Some(rest) => rest.trim_start_matches(['T', ' ']).trim_end_matches('Z'),
            None => return Err(wrong()),
        };
        let is_time =
            time.len() == 8 && time.bytes().enumerate().all(|(at, byte)| if at % 3 == 2 { byte == b':' } else { byte.is_ascii_digit() });
        if is_time { Ok(AsOf::Moment(format!("{day}T{time}Z"))) } else { Err(wrong()) }
    }
}

pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("_dari").join("commits")
}

/// The moment now, in UTC, to the second.
pub(crate) fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |duration| duration.as_secs());
    let day = dari_model::date::format(i32::try_from(seconds / 86_400).unwrap_or(i32::MAX));
    let rest = seconds % 86_400;
    format!("{day}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// All commits in order of their version.
pub(crate) fn read_all(root: &Path) -> Result<Vec<Commit>, Error> {
    let folder = folder(root);
    let mut paths = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
        let path = entry.map_err(Error::io(&folder))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<Commit, Error> {
    let bytes = fs::read(path).map_err(Error::io(path))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Commit { path: path.to_owned(), reason: error.to_string() })
}

/// Writes a commit so that it is there whole or not at all, and stays after a power cut.
pub(crate) fn write(root: &Path, commit: &Commit) -> Result<(), Error> {
    let folder = folder(root);
    let path = folder.join(format!("{:012}.json", commit.version));
    let bytes = serde_json::to_vec_pretty(commit).map_err(|error| Error::Commit { path: path.clone(), reason: error.to_string() })?;
    write_atomically(&path, &bytes)
}

pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let part = path.with_extension("part");
    let mut file = fs::File::create(&part).map_err(Error::io(&part))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(&part))?;
    fs::rename(&part, path).map_err(Error::io(path))?;
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
    }
    Ok(())
}

/// Makes names created in a folder last.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Error> {
    fs::File::open(folder).and_then(|file| file.sync_all()).map_err(Error::io(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_end() {
        assert_eq!("12".parse(), Ok(AsOf::Version(12)));
        assert_eq!("2026-11-22".parse(), Ok(AsOf::Moment("2026-11-22T23:59:59Z".to_owned())));
        assert_eq!("2026-11-22T01:00:00Z".parse(), Ok(AsOf::Moment("2026-11-22T01:00:00Z".to_owned())));
        assert_eq!("2026-11-22 01:00:00".parse(), Ok(AsOf::Moment("2026-11-22T01:00:00Z".to_owned())));
        for text in ["yesterday", "11/22/2026", "2026-11-22T01:00:00+09:00", "2026-11-22T01:00", "2026-11-22x"] {
            assert!(text.parse::<AsOf>().is_err(), "{text}");
        }
    }

    #[test]
    fn now_is_a_moment() {
        assert!(matches!(now().parse(), Ok(AsOf::Moment(_))));
    }
}
