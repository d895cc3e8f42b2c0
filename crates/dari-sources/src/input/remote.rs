//! Files on S3 (without credentials, unless the environment gives some) or behind HTTP.

use std::io::{self, BufReader, Read};
use std::sync::{Arc, LazyLock};

use bytes::{Buf, Bytes};
use futures::TryStreamExt;
use futures::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectMeta, ObjectStore, ObjectStoreExt};
use url::Url;

use crate::Error;

/// Readers are synchronous, so each waits here for its bytes.
static RUNTIME: LazyLock<io::Result<tokio::runtime::Runtime>> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build());

fn wait<T>(future: impl Future<Output = Result<T, object_store::Error>>) -> io::Result<T> {
    let runtime = RUNTIME.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))?;
    runtime.block_on(future).map_err(io::Error::other)
}

/// A file on a server.
#[derive(Clone)]
pub struct RemoteFile {
    store: Arc<dyn ObjectStore>,
    path: Path,
    pub(super) name: Arc<str>,
    pub(super) size: u64,
    pub(super) tag: String,
}

impl std::fmt::Debug for RemoteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteFile").field("name", &self.name).field("size", &self.size).finish_non_exhaustive()
    }
}

impl RemoteFile {
    fn new(store: &Arc<dyn ObjectStore>, base: &str, meta: ObjectMeta) -> Self {
        let tag = meta.e_tag.unwrap_or_else(|| meta.last_modified.to_rfc3339());
        let name = format!("{base}/{}", meta.location).into();
        RemoteFile { store: store.clone(), path: meta.location, name, size: meta.size, tag }
    }

    pub(super) fn open(&self) -> Result<RemoteReader, Error> {
        let result = wait(self.store.get(&self.path)).map_err(|error| Error::io(&self.name, error))?;
        Ok(RemoteReader { stream: result.into_stream(), rest: Bytes::new() })
    }

    /// The bytes from a place on, fetched piece by piece as they are read.
    pub(super) fn read_from(&self, start: u64) -> impl Read + Send + use<> {
        BufReader::with_capacity(PIECE, FromPlace { file: self.clone(), place: start })
    }

    pub(super) fn range(&self, start: u64, end: u64) -> io::Result<Bytes> {
        wait(self.store.get_range(&self.path, start..end))
    }
}

/// Bytes fetched at once where Parquet does not say how many it wants.
const PIECE: usize = 256 << 10;

struct FromPlace {
    file: RemoteFile,
    place: u64,
}

impl Read for FromPlace {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.file.size.min(self.place + buffer.len() as u64);
        if end <= self.place {
            return Ok(0);
        }
        let bytes = self.file.range(self.place, end)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.place += bytes.len() as u64;
        Ok(bytes.len())
    }
}

/// The bytes of a remote file in order.
pub(super) struct RemoteReader {
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    rest: Bytes,
}

impl Read for RemoteReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match wait(self.stream.try_next())? {
                Some(bytes) => self.rest = bytes,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.rest.len());
        self.rest.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

/// All files below a location.
pub(super) fn list(location: &str) -> Result<Vec<RemoteFile>, Error> {
    let name: Arc<str> = location.into();
    let wrong = |reason: String| Error::Location { location: location.to_owned(), reason };
    let url = Url::parse(location).map_err(|error| wrong(format!("not an address: {error}")))?;
    let found = match url.scheme() {
        "s3" => {
            let store = s3(&url).map_err(|error| wrong(error.to_string()))?;
            let base = format!("s3://{}", url.host_str().unwrap_or_default());
            let prefix = Path::from(url.path());
            // A full key names one object, which a listing by prefix would not give.
            let metas = match wait(store.head(&prefix)) {
                Ok(meta) => vec![meta],
                Err(_) => wait(store.list(Some(&prefix)).try_collect::<Vec<_>>()).map_err(|error| Error::io(&name, error))?,
            };
            metas.into_iter().map(|meta| RemoteFile::new(&store, &base, meta)).collect()
        }
        "http" | "https" => {
            let mut base = url.clone();
            base.set_path("");
            let options = ClientOptions::new().with_allow_http(true);
            let store = HttpBuilder::new().with_url(base.as_str()).with_client_options(options).build();
            let store: Arc<dyn ObjectStore> = Arc::new(store.map_err(|error| wrong(error.to_string()))?);
            let base = base.as_str().trim_end_matches('/').to_owned();
            if location.ends_with('/') { http_folder(&store, &base, &url, location)? } else { vec![http_file(&store, &base, url.path())?] }
        }
        other => return Err(wrong(format!("'{other}' is not supported; use a path, s3:// or https://"))),
    };
    Ok(found)
}

fn s3(url: &Url) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(url.host_str().unwrap_or_default());
    if std::env::var_os("AWS_ACCESS_KEY_ID").is_none() {
        builder = builder.with_skip_signature(true);
    }
    if std::env::var_os("AWS_REGION").is_none() && std::env::var_os("AWS_DEFAULT_REGION").is_none() {
        builder = builder.with_region("us-east-1");
    }
    Ok(Arc::new(builder.build()?))
}

fn http_file(store: &Arc<dyn ObjectStore>, base: &str, path: &str) -> Result<RemoteFile, Error> {
    let path = Path::from(path);
    let name: Arc<str> = format!("{base}/{path}").into();
    let meta = wait(store.head(&path)).map_err(|error| Error::io(&name, error))?;
    Ok(RemoteFile::new(store, base, meta))
}

/// HTTP has no listing: the snapshot's `manifest` (or `manifest.json`) names the files, by address or by path.
fn http_folder(store: &Arc<dyn ObjectStore>, base: &str, url: &Url, location: &str) -> Result<Vec<RemoteFile>, Error> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        entries: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        url: String,
    }
    let read = |file: &str| {
        let path = Path::from(format!("{}{file}", url.path()));
        wait(async { store.get(&path).await?.bytes().await })
    };
    let bytes = read("manifest").or_else(|_| read("manifest.json")).map_err(|error| Error::Location {
        location: location.to_owned(),
        reason: format!("a folder behind http needs a `manifest` that lists its files ({error})"),
    })?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| Error::Format {
        file: format!("{location}manifest").into(),
        expected: "a manifest: {\"entries\": [{\"url\": …}, …]}".to_owned(),
        found: error.to_string(),
        hint: "Give the address of a file instead, or repair the manifest.".to_owned(),
    })?;
    let entry = |entry: &Entry| {
        // Manifests name s3 addresses; the folder they stand in is this one.
        let tail = entry.url.find("/updated_date=").map_or(entry.url.rsplit('/').next().unwrap_or_default(), |at| &entry.url[at + 1..]);
        http_file(store, base, &format!("{}{tail}", url.path()))
    };
    manifest.entries.iter().map(entry).collect()
}
