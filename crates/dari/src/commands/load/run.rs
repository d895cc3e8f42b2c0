//! Running a load: files in batches, each batch a version of the lake.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use dari_lake::{Commit, Counts, Lake, Load, LoadedFile, UnitWriter};
use dari_model::table::AGGREGATES_GROUP;
use dari_model::{Chunk, Group, Reject};
use dari_sources::{Error as SourceError, File, breaks_off};
use indicatif::ProgressBar;

use super::rejects::Rejects;
use crate::error::{Failure, Result};
use crate::output::thousands;
use crate::progress::{bytes_bar, say, stopped};

/// Records after which the files read so far become a version of the lake, so that a load that is cut off loses little and the keys held in memory stay few.
const BATCH_RECORDS: u64 = 2_000_000;

/// What to load and how.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) lake: PathBuf,
    /// The load in words, for the lake's log.
    pub(crate) what: String,
    /// The reader with what it is told: a file is passed over if this reader has read it before.
    pub(crate) reader: String,
    pub(crate) group: &'static Group,
    pub(crate) force: bool,
    pub(crate) rejects: Option<PathBuf>,
    pub(crate) threads: usize,
}

/// What a load did.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) names: Vec<String>,
    pub(crate) counts: Counts,
    skipped: usize,
    failed: usize,
    /// Rows read, by table.
    rows: BTreeMap<&'static str, u64>,
    version: u64,
    warnings: Vec<String>,
    rejects: Vec<(PathBuf, Vec<Reject>)>,
}

/// What one thread of a reader hands its chunks to.
pub(crate) type Receiver<'a> = Box<dyn FnMut(Chunk) -> std::result::Result<(), SourceError> + Send + 'a>;

/// What all threads of a load write to.
struct Shared<'a> {
    rejects: &'a Mutex<Rejects>,
    told: &'a Mutex<Told>,
}

/// What the chunks of one file said.
#[derive(Default)]
struct Told {
    counts: Counts,
    remarks: Vec<String>,
    /// The file ends early or is damaged.
    damaged: bool,
    /// Rows by table.
    rows: BTreeMap<&'static str, u64>,
}

impl Job {
    /// Runs a reader of one thread.
    pub(crate) fn run_simple(
        &self,
        files: Vec<File>,
        read: impl Fn(&File, dari_sources::Emit<'_>) -> std::result::Result<(), SourceError>,
    ) -> Result<Report> {
        self.run(files, &[], Vec::new(), |file, receivers| match receivers.first_mut() {
            Some(receiver) => read(file, receiver),
            None => Ok(()),
        })
    }

    /// Loads files that are not in the lake yet; `deleted` are ids to remove; `read` reads one file into as many receivers as it is given.
    pub(crate) fn run(
        &self,
        files: Vec<File>,
        deleted: &[i64],
        warnings: Vec<String>,
        read: impl Fn(&File, &mut [Receiver<'_>]) -> std::result::Result<(), SourceError>,
    ) -> Result<Report> {
        let lake = Lake::open_or_create(&self.lake)?;
        let known = self.known(&lake)?;
        let all = files.len();
        let files: Vec<File> = files.into_iter().filter(|file| self.force || known.get(&*file.name) != Some(&file.fingerprint)).collect();
        let mut report = Report { names: vec![self.what.clone()], skipped: all - files.len(), warnings, ..Report::default() };
        let mut noted = 0;
        let bar = bytes_bar(files.iter().map(|file| file.size).sum());
        let rejects = Mutex::new(Rejects::new(self.rejects.as_deref(), &self.lake, self.group.name));
        let mut files = files.into_iter().peekable();
        let mut undeleted = !deleted.is_empty();
        let mut failures: Vec<Failure> = Vec::new();
        while files.peek().is_some() || undeleted {
            let load = Load::begin(&lake, self.group)?;
            let mut batch =
                Batch { writers: (0..self.threads).map(|_| load.writer()).collect(), files: Vec::new(), counts: Counts::default() };
            let mut place = 0u64;
            while batch.counts.read < BATCH_RECORDS
                && let Some(file) = files.next()
            {
                bar.set_message(short(&file.name));
                let told = Mutex::new(Told::default());
                let shared = Shared { rejects: &rejects, told: &told };
                let result = receive(&mut batch.writers, &shared, &bar, &file, place, &read);
                let Told { counts, remarks, damaged, rows } = told.into_inner().unwrap_or_else(PoisonError::into_inner);
                for (table, count) in rows {
                    *report.rows.entry(table).or_default() += count;
                }
                place += 1;
                report.warnings.extend(remarks);
                match result {
                    // A file that breaks off is not among the loaded ones either: what was read of it is kept, and it is read again next time.
                    Ok(()) if damaged => batch.counts += counts,
                    Ok(()) => {
                        batch.counts += counts;
                        batch.files.push(LoadedFile {
                            reader: self.reader.clone(),
                            name: file.name.to_string(),
                            fingerprint: file.fingerprint.clone(),
                            counts,
                        });
                    }
                    Err(error @ SourceError::Receiver(_)) => return Err(self.interrupted(error.into(), &report)),
                    Err(error) => {
                        // One bad file does not lose the others; not being among the loaded files, it is read again next time.
                        batch.counts += counts;
                        let failed = Reject { file: file.name.clone(), record: 0, key: None, reason: error.to_string() };
                        rejects.lock().unwrap_or_else(PoisonError::into_inner).add(&[failed])?;
                        failures.push(Failure::from(error));
                    }
                }
            }
            bar.set_message("merging");
            let (mut units, mut repeated) = (Vec::new(), 0);
            for writer in batch.writers {
                let (of, twice) = writer.finish()?;
                units.extend(of);
                repeated += twice;
            }
            let mut counts = batch.counts;
            counts.unchanged += repeated;
            let about = Commit {
                what: self.what.clone(),
                files: batch.files,
                counts,
                warnings: report.warnings[noted..].to_vec(),
                ..Commit::default()
            };
            if stopped() {
                return Err(self.interrupted(Failure::new("stopped by Ctrl-C"), &report));
            }
            noted = report.warnings.len();
            let merged = load.merge(units, deleted, about)?;
            undeleted = false;
            counts += merged.counts;
            report.counts += counts;
            report.version = merged.version;
        }
        bar.finish_and_clear();
        let rejects = rejects.into_inner().unwrap_or_else(PoisonError::into_inner);
        if rejects.count > 0 {
            report.rejects.push((rejects.path().to_owned(), rejects.first));
        }
        report.failed = failures.len();
        match failures.into_iter().next() {
            Some(failure) if report.counts.kept + report.counts.deleted == 0 => Err(failure),
            _ => Ok(report),
        }
    }

    /// Files that need no reading: what this reader made of them is in the lake, and no other reader has been at them since. Of a data set,
    /// which a later file replaces whole, that is the last file alone.
    fn known(&self, lake: &Lake) -> Result<HashMap<String, String>> {
        let mut known = HashMap::new();
        for file in lake.commits()?.into_iter().flat_map(|commit| commit.files) {
            if file.reader != self.reader {
                known.remove(&file.name);
                continue;
            }
            if self.group == &AGGREGATES_GROUP {
                known.clear();
            }
            known.insert(file.name, file.fingerprint);
        }
        Ok(known)
    }

    fn interrupted(&self, failure: Failure, report: &Report) -> Failure {
        let kept = match report.counts.kept {
            0 => "The lake is as it was before.".to_owned(),
            kept => format!("{} records are safely in the lake.", thousands(&kept.to_string())),
        };
        let hint = failure.hint.clone().unwrap_or_else(|| "Give the same command again to go on.".to_owned());
        failure.hint(format!("{kept} {hint}"))
    }
}

struct Batch<'a> {
    writers: Vec<UnitWriter<'a>>,
    files: Vec<LoadedFile>,
    counts: Counts,
}

/// Reads one file into the writers, one receiver a writer.
fn receive(
    writers: &mut [UnitWriter<'_>],
    shared: &Shared<'_>,
    bar: &ProgressBar,
    file: &File,
    place: u64,
    read: impl Fn(&File, &mut [Receiver<'_>]) -> std::result::Result<(), SourceError>,
) -> std::result::Result<(), SourceError> {
    let before = bar.position();
    let mut receivers: Vec<Receiver<'_>> = Vec::with_capacity(writers.len());
    for writer in writers {
        receivers.push(Box::new(move |chunk| take(&mut *writer, shared, bar, file, before, place, chunk)));
    }
    let result = read(file, &mut receivers);
    drop(receivers);
    bar.set_position(before + file.size);
    result
}

fn take(
    writer: &mut UnitWriter<'_>,
    shared: &Shared<'_>,
    bar: &ProgressBar,
    file: &File,
    before: u64,
    place: u64,
    mut chunk: Chunk,
) -> std::result::Result<(), SourceError> {
    let fail = |message: String| SourceError::Receiver(message.into());
    if stopped() {
        return Err(fail("stopped by Ctrl-C".to_owned()));
    }
    for record in &mut chunk.records {
        record.ordinal |= place << 40;
    }
    {
        let mut told = shared.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.counts.read += chunk.read;
        told.counts.kept += chunk.records.len() as u64;
        told.counts.rejected += chunk.rejects.len() as u64;
        told.remarks.append(&mut chunk.warnings);
        told.damaged |= chunk.rejects.iter().any(breaks_off);
        for (table, batch) in &chunk.tables {
            *told.rows.entry(table.name).or_default() += batch.num_rows() as u64;
        }
    }
    if !chunk.rejects.is_empty() {
        let mut rejects = shared.rejects.lock().unwrap_or_else(PoisonError::into_inner);
        rejects.add(&chunk.rejects).map_err(|failure| fail(failure.message))?;
    }
    writer.write(&chunk).map_err(|error| fail(error.to_string()))?;
    bar.set_position(before + file.bytes_read().min(file.size));
    Ok(())
}

fn short(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

impl Report {
    /// Joins the report of another load to this one.
    pub(crate) fn add(&mut self, other: Report) {
        self.names.extend(other.names);
        self.counts += other.counts;
        self.skipped += other.skipped;
        self.failed += other.failed;
        for (table, count) in other.rows {
            *self.rows.entry(table).or_default() += count;
        }
        self.version = self.version.max(other.version);
        self.warnings.extend(other.warnings);
        self.rejects.extend(other.rejects);
    }

    /// Tells the user.
    ///
    /// # Errors
    /// If a file could not be read, after all has been told.
    pub(crate) fn print(&self) -> Result<()> {
        let number = |value: u64| thousands(&value.to_string());
        let counts = &self.counts;
        say(&format!(
            "{}: read {}, kept {}, rejected {}; new {}, replaced {}, unchanged {}, deleted {}",
            self.names.join("; "),
            number(counts.read),
            number(counts.kept),
            number(counts.rejected),
            number(counts.added),
            number(counts.replaced),
            number(counts.unchanged),
            number(counts.deleted)
        ));
        if self.rows.len() > 1 {
            let rows: Vec<String> = self.rows.iter().map(|(table, count)| format!("{table} {}", number(*count))).collect();
            say(&format!("  rows: {}", rows.join(", ")));
        }
        if self.skipped > 0 {
            let (files, were) = if self.skipped == 1 { ("file", "was") } else { ("files", "were") };
            say(&format!("  {} {files} {were} loaded before and passed over (--force reads again)", self.skipped));
        }
        if self.failed > 0 {
            say(&format!("  {} files could not be read (record 0 in the list of rejected records)", self.failed));
        }
        for warning in self.warnings.iter().take(10) {
            say(&format!("  note: {warning}"));
        }
        if self.warnings.len() > 10 {
            say(&format!("  and {} notes more (`dari status --warnings`)", self.warnings.len() - 10));
        }
        for (path, first) in &self.rejects {
            for reject in first {
                let key = reject.key.as_deref().map(|key| format!(" ({key})")).unwrap_or_default();
                say(&format!("  rejected: {} record {}{key}: {}", reject.file, reject.record, reject.reason));
            }
            say(&format!("  all rejected records with reasons: {}", path.display()));
        }
        match self.failed {
            0 if counts.kept + counts.deleted == 0 && counts.rejected > 0 => Err(Failure::new("no record could be kept")),
            0 => Ok(()),
            failed => Err(Failure::new(format!("{failed} files could not be read; the others are loaded (lake version {})", self.version))),
        }
    }
}
