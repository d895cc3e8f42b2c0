//! The list of records that were refused.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use dari_model::Reject;

use crate::error::{Failure, Result};

/// Writes refused records to a CSV file, which is made with the first of them; a file that is there goes on.
#[derive(Debug)]
pub(super) struct Rejects {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    /// The first few, to be shown.
    pub(super) first: Vec<Reject>,
    pub(super) count: u64,
}

impl Rejects {
    pub(super) fn new(asked: Option<&Path>, lake: &Path, group: &str) -> Self {
        let path = asked.map_or_else(
            || {
                let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis());
                lake.join("_dari").join("rejects").join(format!("{seconds}-{group}.csv"))
            },
            Path::to_owned,
        );
        Rejects { path, writer: None, first: Vec::new(), count: 0 }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn add(&mut self, rejects: &[Reject]) -> Result<()> {
        for reject in rejects {
            if self.first.len() < 5 {
                self.first.push(reject.clone());
            }
            self.count += 1;
            let writer = match &mut self.writer {
                Some(writer) => writer,
                none => none.insert(create(&self.path)?),
            };
            let place = reject.record.to_string();
            let row = [&*reject.file, &place, reject.key.as_deref().unwrap_or_default(), &reject.reason];
            writer.write_record(row).map_err(|error| Failure::new(format!("{}: {error}", self.path.display())))?;
        }
        if let Some(writer) = &mut self.writer {
            writer.flush()?;
        }
        Ok(())
    }
}

fn create(path: &Path) -> Result<csv::Writer<File>> {
    let fail = |error: String| Failure::new(format!("{}: {error}", path.display())).hint("Name another file with --rejects FILE.");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| fail(error.to_string()))?;
    }
    let file = File::options().create(true).append(true).open(path).map_err(|error| fail(error.to_string()))?;
    let new = file.metadata().map_err(|error| fail(error.to_string()))?.len() == 0;
    let mut writer = csv::Writer::from_writer(file);
    if new {
        writer.write_record(["file", "record", "key", "reason"]).map_err(|error| fail(error.to_string()))?;
    }
    Ok(writer)
}
