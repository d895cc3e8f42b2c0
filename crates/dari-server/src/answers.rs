//! Answers to questions about the lake: found once for each version of it, and kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dari_register::accounts::fingerprint;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::analyst::{Analyst, Answer, Ask, LakeVersion};
use crate::forms::{self, Form};
use crate::problem::{Problem, Result};

/// Bytes of answers that are kept.
const KEPT: u64 = 256 << 20;
/// How long the lake's version is believed.
const FRESH: Duration = Duration::from_millis(500);

/// An answer as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) bytes: axum::body::Bytes,
    pub(crate) tag: String,
    pub(crate) form: Form,
}

/// What an answer depends on: the program, the lake, the question, the form, and the day, which some questions take for granted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    lake: Option<u64>,
    arguments: Vec<String>,
    form: Form,
    day: i32,
}

impl Key {
    fn tag(&self) -> String {
        let text = format!("{} {self:?}", env!("CARGO_PKG_VERSION"));
        format!("\"{:.24}\"", fingerprint(&text))
    }
}

#[derive(Debug, Clone)]
struct Size;

impl Weighter<Key, Arc<Written>> for Size {
    fn weight(&self, key: &Key, answer: &Arc<Written>) -> u64 {
        (answer.bytes.len() + key.arguments.iter().map(String::len).sum::<usize>() + 256) as u64
    }
}

/// When the lake was last looked at, and its version.
type Looked = (Instant, Option<LakeVersion>);

pub(crate) struct Answers {
    kept: Cache<Key, Arc<Written>, Size>,
    /// As many questions are worked on at once as the machine has cores; the others wait.
    at_work: Arc<Semaphore>,
    lake: Mutex<Option<Looked>>,
}

impl Answers {
    pub(crate) fn new() -> Answers {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Answers { kept: Cache::with_weighter(1_000, KEPT, Size), at_work: Arc::new(Semaphore::new(cores.max(2))), lake: Mutex::new(None) }
    }

    /// The version of the lake, looked up at most twice a second.
    pub(crate) async fn lake(&self, analyst: &Arc<dyn Analyst>) -> Result<Option<LakeVersion>> {
        let before = self.lake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((when, version)) = before
            && when.elapsed() < FRESH
        {
            return Ok(version);
        }
        let analyst = Arc::clone(analyst);
        let version = tokio::task::spawn_blocking(move || analyst.lake(None)).await.map_err(Problem::internal)??;
        *self.lake.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), version.clone()));
        Ok(version)
    }

    /// A place among the questions that are worked on at once; it is given back when it is dropped.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.at_work).acquire_owned().await.map_err(Problem::internal)
    }

    /// The tag of an answer, without the answer.
    pub(crate) fn tag(ask: &Ask, lake: Option<&LakeVersion>, form: Form) -> String {
        key(ask, lake, form).tag()
    }

    /// The answer, if it is kept.
    pub(crate) fn kept(&self, ask: &Ask, lake: Option<&LakeVersion>, form: Form) -> Option<Arc<Written>> {
        self.kept.get(&key(ask, lake, form))
    }

    /// The answer; several who ask the same at once wait for one piece of work.
    pub(crate) async fn answer(
        &self,
        analyst: &Arc<dyn Analyst>,
        ask: &Ask,
        lake: Option<&LakeVersion>,
        form: Form,
    ) -> Result<Arc<Written>> {
        let key = key(ask, lake, form);
        let tag = key.tag();
        let work = async {
            let place = self.place().await?;
            let (analyst, ask, lake) = (Arc::clone(analyst), ask.clone(), lake.cloned());
            // The place is given back when the work ends, also if whoever asked has left by then.
            let work = tokio::task::spawn_blocking(move || {
                let _place = place;
                let answer = analyst.answer(&ask)?;
                forms::write(form, &ask, lake.as_ref(), &answer)
            });
            let bytes = work.await.map_err(Problem::internal)??;
            Ok::<_, Problem>(Arc::new(Written { bytes: bytes.into(), tag, form }))
        };
        self.kept.get_or_insert_async(&key, work).await
    }

    /// Writes an answer that a job has found, and keeps it for others where it is one of today.
    pub(crate) fn of_job(&self, ask: &Ask, lake: Option<&LakeVersion>, form: Form, answer: &Answer, today: bool) -> Result<Arc<Written>> {
        let key = key(ask, lake, form);
        let tag = if today { key.tag() } else { format!("\"job {}\"", key.tag().trim_matches('"')) };
        let written = Arc::new(Written { bytes: forms::write(form, ask, lake, answer)?.into(), tag, form });
        if today {
            self.kept.insert(key, Arc::clone(&written));
        }
        Ok(written)
    }
}

fn key(ask: &Ask, lake: Option<&LakeVersion>, form: Form) -> Key {
    let day = dari_register::day_of(dari_register::now());
    // What is asked for in several forms differs in its path too: a map and its table have the same arguments.
    let arguments = std::iter::once(&ask.path).chain(&ask.arguments).cloned().collect();
    Key { lake: lake.map(|lake| lake.version), arguments, form, day }
}
