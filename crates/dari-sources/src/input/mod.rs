//! Files to read, wherever they are: on this machine, on S3 or behind HTTP; plain or gzip; one by one or packed in tar or zip.

mod archive;
mod remote;

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;
pub use archive::members;
use remote::RemoteFile;

const BUFFER: usize = 1 << 20;

/// A file to read.
#[derive(Debug, Clone)]
pub struct File {
    /// As shown to the user and kept in the lake's log of loaded files.
    pub name: Arc<str>,
    /// Bytes as stored.
    pub size: u64,
    /// Changes whenever the file's content may have changed (size and time of change here; size and entity tag or time on a server).
    pub fingerprint: String,
    place: Place,
    read: Arc<AtomicU64>,
}

#[derive(Debug, Clone)]
enum Place {
    Local(PathBuf),
    Remote(RemoteFile),
}

impl File {
    /// A file of this machine.
    ///
    /// # Errors
    /// Where there is no such file, or it cannot be looked at.
    pub fn local(path: &Path) -> Result<File, Error> {
        let name: Arc<str> = path.to_string_lossy().into();
        let meta = fs::metadata(path).map_err(|error| Error::io(&name, error))?;
        let changed = meta.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let changed = changed.map_or(0, |duration| duration.as_nanos());
        let fingerprint = format!("{}-{changed:x}", meta.len());
        Ok(File { name, size: meta.len(), fingerprint, place: Place::Local(path.to_owned()), read: Arc::default() })
    }

    fn remote(remote: RemoteFile) -> File {
        let fingerprint = format!("{}-{}", remote.size, remote.tag);
        File { name: remote.name.clone(), size: remote.size, fingerprint, place: Place::Remote(remote), read: Arc::default() }
    }

    /// Stored bytes read so far by all readers of this file, for progress.
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The bytes as stored.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn open_stored(&self) -> Result<Box<dyn Read + Send>, Error> {
        let inner: Box<dyn Read + Send> = match &self.place {
            Place::Local(path) => Box::new(fs::File::open(path).map_err(|error| Error::io(&self.name, error))?),
            Place::Remote(remote) => Box::new(remote.open()?),
        };
        Ok(Box::new(Counted { inner, read: self.read.clone() }))
    }

    /// The content: decompressed if it begins as gzip does (several members in a row included).
    ///
    /// # Errors
    /// Where the file cannot be opened or its first bytes not be read.
    pub fn open(&self) -> Result<Box<dyn BufRead + Send>, Error> {
        decompressed(self.open_stored()?).map_err(|error| Error::io(&self.name, error))
    }

    /// The file for reading at any place, as Parquet needs it.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn open_ranges(&self) -> Result<Ranges, Error> {
        Ok(match &self.place {
            Place::Local(path) => Ranges::Local(fs::File::open(path).map_err(|error| Error::io(&self.name, error))?),
            Place::Remote(remote) => Ranges::Remote(remote.clone()),
        })
    }

    /// Whether it is read over the network.
    pub fn is_remote(&self) -> bool {
        matches!(self.place, Place::Remote(_))
    }

    /// Whether the name ends so, in any case (`.parquet`).
    pub fn has_extension(&self, extension: &str) -> bool {
        let name = self.name.as_bytes();
        name.len() >= extension.len() && name[name.len() - extension.len()..].eq_ignore_ascii_case(extension.as_bytes())
    }
}

/// A file open for reading at any place.
#[derive(Debug)]
pub enum Ranges {
    /// On this machine.
    Local(fs::File),
    /// On a server: each read fetches just its range.
    Remote(RemoteFile),
}

impl parquet::file::reader::Length for Ranges {
    fn len(&self) -> u64 {
        match self {
            Ranges::Local(file) => parquet::file::reader::Length::len(file),
            Ranges::Remote(remote) => remote.size,
        }
    }
}

impl parquet::file::reader::ChunkReader for Ranges {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        match self {
            Ranges::Local(file) => Ok(Box::new(file.get_read(start)?)),
            Ranges::Remote(remote) => Ok(Box::new(remote.read_from(start))),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<bytes::Bytes> {
        match self {
            Ranges::Local(file) => file.get_bytes(start, length),
            Ranges::Remote(remote) => {
                remote.range(start, start + length as u64).map_err(|error| parquet::errors::ParquetError::External(Box::new(error)))
            }
        }
    }
}

/// All files of a location, in the order of their names: a file, a folder with everything below it, `s3://bucket/prefix`,
/// `https://host/file` or `https://host/folder/` with a `manifest`.
///
/// # Errors
/// Where the location does not exist, cannot be listed or holds no file.
pub fn files(location: &str) -> Result<Vec<File>, Error> {
    let mut found = if location.contains("://") && !location.starts_with("file://") {
        remote::list(location)?.into_iter().map(File::remote).collect()
    } else {
        let path = Path::new(location.strip_prefix("file://").unwrap_or(location));
        let name: Arc<str> = location.into();
        if !path.exists() {
            return Err(Error::Location { location: location.to_owned(), reason: "there is no such file or folder".to_owned() });
        }
        let mut found = Vec::new();
        walk(path, &mut found).map_err(|error| Error::io(&name, error))?;
        found.iter().map(|path| File::local(path)).collect::<Result<Vec<_>, _>>()?
    };
    if found.is_empty() {
        return Err(Error::Location { location: location.to_owned(), reason: "the folder holds no files".to_owned() });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            walk(&entry.path(), found)?;
        }
    }
    Ok(())
}

/// A buffered reader over the content: decompressed if it begins as gzip does.
fn decompressed(inner: Box<dyn Read + Send>) -> io::Result<Box<dyn BufRead + Send>> {
    let mut buffered = BufReader::with_capacity(BUFFER, inner);
    // One read may give less than two bytes; only an end of file may.
    let head = buffered.fill_buf()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(buffered))))
    } else {
        Ok(Box::new(buffered))
    }
}

/// A fingerprint for content that has no file of its own.
pub fn fingerprint(bytes: &[u8]) -> String {
    format!("{}-{:016x}", bytes.len(), xxh3_64(bytes))
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
