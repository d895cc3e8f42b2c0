//! Rows put into files by a hash of their work, so that everything about a work is found in one file that fits into memory.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// The bucket of a work, of 2^`bits`.
pub(crate) fn bucket(id: i64, bits: u32) -> usize {
    if bits == 0 {
        return 0;
    }
    // Fibonacci hashing: the high bits of the product are well mixed whatever the ids.
    ((id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}

/// A row of fixed size.
pub(crate) trait Row: Sized {
    /// Its bytes.
    const SIZE: usize;
    fn write(&self, to: &mut [u8]);
    fn read(from: &[u8]) -> Self;
}

/// One file a bucket.
pub(crate) struct Buckets {
    files: Vec<BufWriter<File>>,
    paths: Vec<PathBuf>,
}

impl Buckets {
    pub(crate) fn create(folder: &Path, name: &str, count: usize) -> Result<Buckets, Error> {
        let paths: Vec<PathBuf> = (0..count).map(|bucket| folder.join(format!("{name}-{bucket:05}"))).collect();
        let files = paths.iter().map(|path| Ok(BufWriter::with_capacity(BUFFER, File::create(path).map_err(Error::io(path))?)));
        let files = files.collect::<Result<_, Error>>()?;
        Ok(Buckets { files, paths })
    }

    /// A single file.
    pub(crate) fn create_at(path: PathBuf) -> Result<Buckets, Error> {
        let file = File::create(&path).map_err(Error::io(&path))?;
        Ok(Buckets { files: vec![BufWriter::with_capacity(BUFFER, file)], paths: vec![path] })
    }

    pub(crate) fn push<R: Row>(&mut self, bucket: usize, row: &R) -> Result<(), Error> {
        let mut bytes = [0u8; 128];
        row.write(&mut bytes[..R::SIZE]);
        self.files[bucket].write_all(&bytes[..R::SIZE]).map_err(Error::io(&self.paths[bucket]))
    }

    /// Closes the files.
    pub(crate) fn finish(self) -> Result<Vec<PathBuf>, Error> {
        for (mut file, path) in self.files.into_iter().zip(&self.paths) {
            file.flush().map_err(Error::io(path))?;
        }
        Ok(self.paths)
    }
}

/// All rows of a file, which is removed: no bucket is read twice.
pub(crate) fn take<R: Row>(path: &Path) -> Result<Vec<R>, Error> {
    let rows = read(path)?;
    std::fs::remove_file(path).map_err(Error::io(path))?;
    Ok(rows)
}

/// All rows of a file.
pub(crate) fn read<R: Row>(path: &Path) -> Result<Vec<R>, Error> {
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    Ok(bytes.chunks_exact(R::SIZE).map(R::read).collect())
}

/// Writes rows to a file.
pub(crate) fn write<R: Row>(path: &Path, rows: &[R]) -> Result<(), Error> {
    let mut bytes = vec![0u8; rows.len() * R::SIZE];
    for (row, bytes) in rows.iter().zip(bytes.chunks_exact_mut(R::SIZE)) {
        row.write(bytes);
    }
    std::fs::write(path, bytes).map_err(Error::io(path))
}

/// Rows of a file one after the other.
pub(crate) struct Rows<R> {
    file: BufReader<File>,
    path: PathBuf,
    row: std::marker::PhantomData<R>,
}

impl<R: Row> Rows<R> {
    pub(crate) fn open(path: &Path) -> Result<Rows<R>, Error> {
        let file = File::open(path).map_err(Error::io(path))?;
        Ok(Rows { file: BufReader::with_capacity(BUFFER, file), path: path.to_owned(), row: std::marker::PhantomData })
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<R>, Error> {
        let mut bytes = [0u8; 128];
        let bytes = &mut bytes[..R::SIZE];
        match self.file.read_exact(bytes) {
            Ok(()) => Ok(Some(R::read(bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Error::io(&self.path)(error)),
        }
    }
}
