//! A program run to its end, with its time and its peak of memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Failure, Result};

/// What a run took.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) seconds: f64,
    /// Peak of resident memory in bytes, 0 where the system does not tell.
    pub(super) peak: u64,
    pub(super) stdout: String,
}

/// Runs a program and looks at its peak of memory all the while.
pub(super) fn measure(command: &mut Command) -> Result<Measured> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = tempfile::NamedTempFile::new()?;
    let begin = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(out.reopen()?)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("{name}: {error}")))?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        if let Ok(text) = std::fs::read_to_string(&status_file) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kibibytes = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
            peak = peak.max(kibibytes.unwrap_or(0) * 1024);
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = begin.elapsed().as_secs_f64();
    if !status.success() {
        let mut told = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut told)?;
        }
        return Err(Failure::new(format!("{name} failed: {}", told.trim())));
    }
    Ok(Measured { seconds, peak, stdout: std::fs::read_to_string(out.path())? })
}
