//! Files that may be packed in archives: each member as a stream, with what is damaged noted as rejects.

use std::io::BufRead;
use std::sync::Arc;

use crate::collector::{Collector, Place, damage};
use crate::input::members;
use crate::{Error, File};

/// What [`read_members`] calls for the file or each member of the archive.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&mut Collector<'_>, &Arc<str>, &mut dyn BufRead) -> Result<(), Error>;

/// Visits the file or, if it is an archive, each member. Where an archive breaks off, what was read stays and the break becomes a reject.
///
/// # Errors
/// Where the file cannot be opened or read for a cause that is not in its data, or what `visit` returns.
pub(crate) fn read_members(file: &File, collector: &mut Collector<'_>, visit: Visit<'_>) -> Result<(), Error> {
    let mut last = file.name.clone();
    let outcome = members(file, &mut |name, content| {
        last = name.clone();
        visit(collector, &name, content)
    });
    match outcome {
        Err(Error::Io { source, .. }) => {
            let reason = damage(source).map_err(|error| Error::io(&file.name, error))?;
            let reason = if last == file.name { reason } else { format!("behind {last}: {reason}") };
            collector.reject(&Place { file: file.name.clone(), record: 0 }, None, reason)
        }
        outcome => outcome,
    }
}
