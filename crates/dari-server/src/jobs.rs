//! Long work: the program itself, run beside the server, with its progress told, its end kept on disk, and a way to stop it.
//!
//! A job that was under way when the server went down is told to have failed when it comes up again. A server that is stopped takes its jobs with it; one that
//! is killed may leave a load running to its end, which is whole or not there.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dari_register::accounts::new_secret;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::{Notify, Semaphore, watch};
use utoipa::ToSchema;

use crate::analyst::{Answer, Ask, Body, LakeVersion};
use crate::problem::{Problem, Result, log};

/// Jobs that run at once; the others wait.
const AT_ONCE: usize = 2;
/// Jobs that one user may have waiting or running.
const OF_ONE: usize = 8;
/// Lines of progress that are kept of a job.
const LINES: usize = 500;
/// Jobs that have ended and are kept.
const KEPT: usize = 200;
/// What the name of an uploaded file begins with.
const UPLOAD: &str = "upload-";
/// The environment variable that asks the program for its progress as lines.
pub const PROGRESS: &str = "DARI_PROGRESS";
/// What a line of progress begins with that the next one takes the place of.
pub const BAR: &str = "… ";

/// What has become of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// It waits or works.
    Running,
    /// It is done.
    Done,
    /// It could not be done.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// Long work.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Job {
    /// What it is called by.
    pub(crate) id: String,
    /// The command that does the same.
    pub(crate) command: String,
    pub(crate) state: State,
    /// What it said, the newest last.
    pub(crate) progress: Vec<String>,
    /// When it was asked for (RFC 3339).
    pub(crate) begun: String,
    /// When it ended.
    #[schema(required)]
    pub(crate) ended: Option<String>,
    /// Why it could not be done.
    #[schema(required)]
    pub(crate) error: Option<String>,
}

/// What is kept of a job, on disk too.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    job: Job,
    user: String,
    /// The question, where it is one.
    ask: Option<(String, Vec<String>)>,
    lake: Option<(u64, String)>,
    /// The day on which it was asked, and the program that was.
    asked: (i32, String),
}

/// The day, and the version of the program.
fn asked_now() -> (i32, String) {
    (dari_register::day_of(dari_register::now()), env!("CARGO_PKG_VERSION").to_owned())
}

/// A job with who waits for it.
struct Entry {
    kept: Mutex<Kept>,
    /// Told of whatever changes.
    changed: watch::Sender<()>,
    stop: Notify,
}

impl Entry {
    fn new(kept: Kept) -> Arc<Entry> {
        Arc::new(Entry { kept: Mutex::new(kept), changed: watch::Sender::new(()), stop: Notify::new() })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line that the program said: one of progress takes the place of the one before.
    fn say(&self, line: String) {
        let mut kept = self.kept();
        let progress = &mut kept.job.progress;
        if line.starts_with(BAR) && progress.last().is_some_and(|last| last.starts_with(BAR)) {
            progress.pop();
        }
        if progress.len() >= LINES {
            progress.remove(0);
        }
        progress.push(line);
        drop(kept);
        self.changed.send_replace(());
    }
}

/// What a job begins with.
pub(crate) struct Work {
    pub(crate) arguments: Vec<OsString>,
    pub(crate) command: String,
    pub(crate) user: String,
    /// The question, where it is one.
    pub(crate) ask: Option<Ask>,
    pub(crate) lake: Option<LakeVersion>,
    /// A file that was uploaded for it, removed when it ends.
    pub(crate) upload: Option<tempfile::TempPath>,
}

/// All jobs.
pub(crate) struct Jobs {
    /// Held as long as the server runs: another on the same lake would take its jobs for cut off.
    _lock: File,
    folder: PathBuf,
    program: PathBuf,
    all: Mutex<BTreeMap<String, Arc<Entry>>>,
    places: Arc<Semaphore>,
}

impl Jobs {
    /// The jobs kept in a folder.
    pub(crate) fn open(folder: &Path, program: &Path) -> io::Result<Jobs> {
        std::fs::create_dir_all(folder)?;
        let lock = File::options().create(true).append(true).open(folder.join("lock"))?;
        lock.try_lock().map_err(|_| io::Error::other("another server uses this lake; stop it, or serve another lake"))?;
        let mut all = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // Uploads and what was being written when the server went down are of no use.
            if [UPLOAD, ".tmp"].iter().any(|begins| name.starts_with(begins)) {
                std::fs::remove_file(&path)?;
                continue;
            }
            if !name.ends_with(".json") {
                continue;
            }
            let Ok(mut kept) = serde_json::from_slice::<Kept>(&std::fs::read(&path)?) else { continue };
            if kept.job.state == State::Running {
                kept.job.state = State::Failed;
                kept.job.ended = Some(now());
                kept.job.error = Some(
                    "the server went down while it was under way; a load may be whole or not there, what is loaded says; ask again"
                        .to_owned(),
                );
                write(&path, &kept)?;
            }
            all.insert(kept.job.id.clone(), Entry::new(kept));
        }
        let jobs = Jobs {
            _lock: lock,
            folder: folder.to_owned(),
            program: program.to_owned(),
            all: Mutex::new(all),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        };
        jobs.forget_old();
        Ok(jobs)
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Entry>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new file for an upload, in the same folder.
    pub(crate) fn upload(&self, extension: &str) -> io::Result<tempfile::NamedTempFile> {
        tempfile::Builder::new().prefix(UPLOAD).suffix(extension).tempfile_in(&self.folder)
    }

    /// Begins a job, or finds the one of this user that does the same.
    pub(crate) fn begin(&self, work: Work) -> Result<Job> {
        let mut all = self.all();
        let ask = work.ask.map(|ask| (ask.path, ask.arguments));
        let mut running = 0;
        for entry in all.values() {
            let kept = entry.kept();
            if kept.job.state != State::Running || kept.user != work.user {
                continue;
            }
            if ask.is_some() && kept.ask == ask {
                return Ok(kept.job.clone());
            }
            running += 1;
        }
        if running >= OF_ONE {
            return Err(Problem::new(axum::http::StatusCode::TOO_MANY_REQUESTS, format!("{running} jobs of yours are under way"))
                .hint("Wait for one, or stop it.")
                .after(5));
        }
        let id: String = new_secret()?.chars().take(16).collect();
        let job = Job {
            id: id.clone(),
            command: work.command,
            state: State::Running,
            progress: Vec::new(),
            begun: now(),
            ended: None,
            error: None,
        };
        let lake = work.lake.map(|lake| (lake.version, lake.at));
        let kept = Kept { job: job.clone(), user: work.user, ask, lake, asked: asked_now() };
        write(&self.record(&id), &kept).map_err(Problem::internal)?;
        let entry = Entry::new(kept);
        all.insert(id.clone(), Arc::clone(&entry));
        drop(all);
        self.forget_old();
        let (places, out, record) = (Arc::clone(&self.places), self.answer_file(&id), self.record(&id));
        let mut command = Command::new(&self.program);
        command.args(&work.arguments).env(PROGRESS, "lines").stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let upload = work.upload;
        tokio::spawn(async move {
            let outcome = run(&entry, &places, command, &out).await;
            drop(upload);
            let mut kept = entry.kept();
            (kept.job.state, kept.job.error) = outcome;
            kept.job.ended = Some(now());
            if kept.job.state != State::Done {
                let _ = std::fs::remove_file(&out);
            }
            if let Err(error) = write(&record, &kept) {
                log(format!("{}: {error}", record.display()));
            }
            drop(kept);
            entry.changed.send_replace(());
        });
        Ok(job)
    }

    /// Jobs of a user, the newest first.
    pub(crate) fn of(&self, user: &str) -> Vec<Job> {
        let all = self.all();
        let mut jobs: Vec<Job> =
            all.values().map(|entry| entry.kept()).filter(|kept| kept.user == user).map(|kept| kept.job.clone()).collect();
        jobs.sort_by(|a, b| (&b.begun, &b.id).cmp(&(&a.begun, &a.id)));
        jobs
    }

    fn entry(&self, id: &str, user: &str) -> Result<Arc<Entry>> {
        let found = self.all().get(id).cloned().filter(|entry| entry.kept().user == user);
        found.ok_or_else(|| Problem::not_found(format!("no job '{id}' of yours")))
    }

    /// A job of a user.
    pub(crate) fn get(&self, id: &str, user: &str) -> Result<Job> {
        Ok(self.entry(id, user)?.kept().job.clone())
    }

    /// Stops a job; one that has ended stays as it is.
    pub(crate) fn stop(&self, id: &str, user: &str) -> Result<()> {
        self.entry(id, user)?.stop.notify_one();
        Ok(())
    }

    /// What a job says from now on, and said before: each line, then how it ended.
    pub(crate) fn follow(&self, id: &str, user: &str) -> Result<impl futures::Stream<Item = Told> + use<>> {
        let entry = self.entry(id, user)?;
        let changed = entry.changed.subscribe();
        let follower = Follower { entry, changed, told: 0, last: String::new() };
        Ok(futures::stream::unfold(Some(follower), |follower| async {
            let mut follower = follower?;
            loop {
                follower.changed.mark_unchanged();
                if let Some(line) = follower.line() {
                    return Some((Told::Progress(line), Some(follower)));
                }
                let job = Some(follower.entry.kept()).filter(|kept| kept.job.state != State::Running).map(|kept| kept.job.clone());
                if let Some(job) = job {
                    return Some((Told::End(Box::new(job)), None));
                }
                follower.changed.changed().await.ok()?;
            }
        }))
    }

    /// The answer that a job found, with its question, and whether this program would answer the same today.
    pub(crate) fn answer(&self, id: &str, user: &str) -> Result<(Ask, Option<LakeVersion>, Answer, bool)> {
        let kept = self.entry(id, user)?.kept().clone();
        let Some((path, arguments)) = kept.ask else {
            return Err(Problem::not_found("this job is no question: what it did is told in its progress"));
        };
        match kept.job.state {
            State::Done => {}
            State::Running => return Err(Problem::new(axum::http::StatusCode::CONFLICT, "this job is under way").after(1)),
            State::Failed | State::Cancelled => {
                return Err(Problem::new(
                    axum::http::StatusCode::CONFLICT,
                    kept.job.error.unwrap_or_else(|| "this job was stopped".to_owned()),
                ));
            }
        }
        let read = || -> std::result::Result<Vec<_>, Box<dyn std::error::Error>> {
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(self.answer_file(id))?)?;
            let empty = arrow::array::RecordBatch::new_empty(Arc::clone(reader.schema()));
            let mut batches = reader.build()?.collect::<std::result::Result<Vec<_>, _>>()?;
            if batches.is_empty() {
                batches.push(empty);
            }
            Ok(batches)
        };
        let rows = read().map_err(Problem::internal)?;
        let notes = kept.job.progress.into_iter().filter(|line| !line.starts_with(BAR)).collect();
        let ask = Ask { path, arguments, command: kept.job.command };
        let lake = kept.lake.map(|(version, at)| LakeVersion { version, at });
        Ok((ask, lake, Answer { body: Body::Rows(rows), notes }, kept.asked == asked_now()))
    }

    fn record(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn answer_file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.parquet"))
    }

    /// Forgets the oldest of those that have ended, beyond the number that is kept.
    fn forget_old(&self) {
        let mut all = self.all();
        let mut ended: Vec<(String, String)> = all
            .values()
            .map(|entry| entry.kept())
            .filter(|kept| kept.job.state != State::Running)
            .map(|kept| (kept.job.begun.clone(), kept.job.id.clone()))
            .collect();
        ended.sort_unstable();
        for (_, id) in ended.iter().take(ended.len().saturating_sub(KEPT)) {
            all.remove(id);
            // What cannot be removed now is tried again the next time.
            let _ = std::fs::remove_file(self.answer_file(id));
            let _ = std::fs::remove_file(self.record(id));
        }
    }
}

/// What a job tells those who follow it.
pub(crate) enum Told {
    Progress(String),
    End(Box<Job>),
}

struct Follower {
    entry: Arc<Entry>,
    changed: watch::Receiver<()>,
    /// How many lines were told, and the last of them.
    told: usize,
    last: String,
}

impl Follower {
    /// The next line that was not told; one of progress that took the place of the last is one too.
    fn line(&mut self) -> Option<String> {
        let kept = self.entry.kept();
        let progress = &kept.job.progress;
        let line = match progress.get(self.told) {
            Some(line) => {
                self.told += 1;
                line
            }
            None => progress.last().filter(|last| **last != self.last)?,
        };
        self.last.clone_from(line);
        Some(self.last.clone())
    }
}

/// Runs the program when there is a place, and says how it ended.
async fn run(entry: &Entry, places: &Semaphore, mut command: Command, out: &Path) -> (State, Option<String>) {
    let stopped = (State::Cancelled, None);
    let failed = |error: String| (State::Failed, Some(error));
    let place = tokio::select! {
        place = places.acquire() => place,
        () = entry.stop.notified() => return stopped,
    };
    if place.is_err() {
        return stopped;
    }
    let out = match File::create(out) {
        Ok(out) => out,
        Err(error) => return failed(error.to_string()),
    };
    let mut child = match command.stdout(out).spawn() {
        Ok(child) => child,
        Err(error) => return failed(format!("the program could not be started: {error}")),
    };
    let Some(stderr) = child.stderr.take() else { return failed("the program cannot be listened to".to_owned()) };
    let mut said = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        tokio::select! {
            read = said.read_until(b'\n', &mut line) => match read {
                Ok(0) | Err(_) => break,
                Ok(_) => entry.say(String::from_utf8_lossy(&std::mem::take(&mut line)).trim_end().to_owned()),
            },
            () = entry.stop.notified() => {
                return match child.kill().await {
                    Ok(()) => stopped,
                    Err(error) => failed(error.to_string()),
                };
            }
        }
    }
    let ended = tokio::select! {
        ended = child.wait() => ended,
        () = entry.stop.notified() => return match child.kill().await {
            Ok(()) => stopped,
            Err(error) => failed(error.to_string()),
        },
    };
    match ended {
        Ok(status) if status.success() => (State::Done, None),
        Ok(status) => {
            let kept = entry.kept();
            let told: Vec<&str> = kept.job.progress.iter().map(String::as_str).skip_while(|line| !line.starts_with("error: ")).collect();
            if told.is_empty() {
                failed(format!("the program ended with {status}"))
            } else {
                failed(told.join("\n").replacen("error: ", "", 1))
            }
        }
        Err(error) => failed(error.to_string()),
    }
}

fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, kept)?;
    file.persist(path)?;
    Ok(())
}

fn now() -> String {
    dari_register::moment(dari_register::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_follows_is_told_every_line_and_the_newest_of_a_bar() {
        let job = Job {
            id: "1".to_owned(),
            command: String::new(),
            state: State::Running,
            progress: Vec::new(),
            begun: now(),
            ended: None,
            error: None,
        };
        let entry = Entry::new(Kept { job, user: String::new(), ask: None, lake: None, asked: asked_now() });
        let mut follower = Follower { changed: entry.changed.subscribe(), entry: Arc::clone(&entry), told: 0, last: String::new() };
        let mut told = |lines: &[&str]| {
            lines.iter().for_each(|line| entry.say((*line).to_owned()));
            std::iter::from_fn(|| follower.line()).collect::<Vec<_>>()
        };
        assert_eq!(told(&["reading", "reading on"]), ["reading", "reading on"]);
        // A bar takes the place of the one before, also of one that was told.
        assert_eq!(told(&["… 1 of 3", "… 2 of 3"]), ["… 2 of 3"]);
        assert_eq!(told(&["… 3 of 3"]), ["… 3 of 3"]);
        assert_eq!(told(&["done", "done"]), ["done", "done"]);
        assert_eq!(told(&[]), Vec::<String>::new());
        // Of very many the newest are told.
        let many: Vec<String> = (0..2 * LINES).map(|line| line.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(told(&many).last().map(String::as_str), many.last().copied());
        assert_eq!(told(&["the end"]), ["the end"]);
    }
}
