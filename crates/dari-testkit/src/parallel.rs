//! Parts made by several threads.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::Error;

/// Told how many works were done since the last call; an error ends the making of the world.
pub type Progress<'a> = dyn Fn(u64) -> Result<(), Error> + Sync + 'a;

/// Calls `make` for every part, by `threads` threads; gives the results in the order of parts. The first error ends it.
pub(crate) fn parallel<T: Send>(parts: u64, threads: usize, make: impl Fn(u64) -> Result<T, Error> + Sync) -> Result<Vec<T>, Error> {
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let results: Mutex<Vec<(u64, Result<T, Error>)>> = Mutex::new(Vec::new());
    let died = std::thread::scope(|scope| {
        let work = || {
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part >= parts || failed.load(Ordering::Relaxed) {
                    return;
                }
                let result = make(part);
                if result.is_err() {
                    failed.store(true, Ordering::Relaxed);
                }
                results.lock().unwrap_or_else(PoisonError::into_inner).push((part, result));
            }
        };
        let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        // All are waited for, so that a panic of a later one does not go on from here.
        let ends: Vec<bool> = threads.into_iter().map(|thread| thread.join().is_err()).collect();
        ends.contains(&true)
    });
    if died {
        return Err(Error::Thread);
    }
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(part, _)| *part);
    results.into_iter().map(|(_, result)| result).collect()
}
