//! Archives: the members of a tar (plain or gzip) or zip, one after another.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::File;
use crate::Error;

/// What [`members`] calls for each member: its name (`archive!member`, or the file's own name if it is no archive) and its content, decompressed.
pub(super) type Visit<'a> = &'a mut dyn FnMut(Arc<str>, &mut dyn BufRead) -> Result<(), Error>;

/// Visits the members of a tar, tar.gz or zip archive in their order, or the file itself if it is none of these. What kind of file it is
/// shows from its content, not from its name.
///
/// # Errors
/// Where the archive cannot be read any further (members visited until then stay visited), or what `visit` returns.
pub fn members(file: &File, visit: Visit<'_>) -> Result<(), Error> {
    let fail = |error| Error::io(&file.name, error);
    let mut content = file.open()?;
    // One read may give less than the beginning of a tar, which is 512 bytes.
    let mut head = Vec::with_capacity(512);
    content.by_ref().take(512).read_to_end(&mut head).map_err(fail)?;
    let mut content = Cursor::new(head.clone()).chain(content);
    if head.starts_with(b"PK\x03\x04") {
        return zip_members(file, content, visit);
    }
    if head.len() > 262 && &head[257..262] == b"ustar" {
        let mut archive = tar::Archive::new(content);
        for entry in archive.entries().map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path().map_err(fail)?.to_string_lossy().into_owned();
            let name: Arc<str> = format!("{}!{path}", file.name).into();
            visit(name, &mut BufReader::new(entry))?;
        }
        return Ok(());
    }
    visit(file.name.clone(), &mut content)
}

/// A zip's directory is at its end, so it is copied to an unnamed temporary file first.
fn zip_members(file: &File, mut content: impl BufRead, visit: Visit<'_>) -> Result<(), Error> {
    let fail = |error| Error::io(&file.name, error);
    let mut copy = tempfile::tempfile().map_err(fail)?;
    io::copy(&mut content, &mut copy).map_err(fail)?;
    copy.seek(SeekFrom::Start(0)).map_err(fail)?;
    let mut archive = zip::ZipArchive::new(BufReader::new(copy)).map_err(|error| fail(error.into()))?;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| fail(error.into()))?;
        if !member.is_file() {
            continue;
        }
        let name: Arc<str> = format!("{}!{}", file.name, member.name()).into();
        visit(name, &mut BufReader::new(member))?;
    }
    Ok(())
}
