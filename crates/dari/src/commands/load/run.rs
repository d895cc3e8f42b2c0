//! Running a load: files in batches, each batch a version of the lake.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use dari_lake::{Commit, Counts, Lake, Load, LoadedFile, UnitWriter};
use dari_model::{Chunk, Group, Reject};
use dari_sources::{Error as SourceError, File};
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
    version: u64,
    warnings: Vec<String>,
    rejects: Vec<(PathBuf, Vec<Reject>)>,
}

/// What one thread of a reader hands its chunks to.
pub(crate) type Receiver<'a> = Box<dyn FnMut(Chunk) -> std::result::Result<(), SourceError> + Send + 'a>;

/// What all threads of a load write to.
struct Shared<'a> {
    rejects: &'a Mutex<Rejects>,
    counts: &'a Mutex<(Counts, Vec<String>)>,
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
        let known: HashSet<(String, String)> = lake
            .commits()?
            .into_iter()
            .flat_map(|commit| commit.files)
            .filter(|file| file.reader == self.reader)
            .map(|file| (file.name, file.fingerprint))
            .collect();
        let all = files.len();
        let files: Vec<File> = if self.force {
            files
        } else {
            files.into_iter().filter(|file| !known.contains(&(file.name.to_string(), file.fingerprint.clone()))).collect()
        };
        let mut report = Report { names: vec![self.what.clone()], skipped: all - files.len(), warnings, ..Report::default() };
        let mut noted = 0;
        let bar = bytes_bar(files.iter().map(|file| file.size).sum());
        let rejects = Mutex::new(Rejects::new(self.rejects.as_deref(), &self.lake, self.group.name));
        let mut files = files.into_iter().peekable();
        let mut deleted = deleted;
        let mut failures: Vec<Failure> = Vec::new();
        while files.peek().is_some() || !deleted.is_empty() {
            let load = Load::begin(&lake, self.group)?;
            let mut batch =
                Batch { writers: (0..self.threads).map(|_| load.writer()).collect(), files: Vec::new(), counts: Counts::default() };
            let mut place = 0u64;
            while batch.counts.read < BATCH_RECORDS
                && let Some(file) = files.next()
            {
                bar.set_message(short(&file.name));
                let counts = Mutex::new((Counts::default(), Vec::new()));
                let shared = Shared { rejects: &rejects, counts: &counts };
                let result = receive(&mut batch.writers, &shared, &bar, &file, place, &read);
                let (counts, remarks) = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
                place += 1;
                report.warnings.extend(remarks);
                match result {
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
            deleted = &[];
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
            Some(failure) if report.counts.kept == 0 => Err(failure),
            _ => Ok(report),
        }
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
        let mut counts = shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.0.read += chunk.read;
        counts.0.kept += chunk.records.len() as u64;
        counts.0.rejected += chunk.rejects.len() as u64;
        counts.1.append(&mut chunk.warnings);
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
        self.version = self.version.max(other.version);
        self.warnings.extend(other.warnings);
        self.rejects.extend(other.rejects);
    }

    /// Tells the user.
    pub(crate) fn print(&self) {
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
    }
}
