//! The page and the API of dari on one address: questions about the lake, the register, sign-in and long work as jobs.
//!
//! The server knows nothing of how questions are answered: it asks an [`Analyst`], which tells what questions there are and with which parameters, and it
//! describes them in the OpenAPI document, caches their answers and gives them in the form asked for. The register it works in itself, as the user who is
//! signed in. `guard.rs` says who may ask at all.

mod analyst;
mod answers;
mod api;
mod briefing;
mod forms;
mod guard;
mod headers;
mod jobs;
mod lake;
mod openid;
mod page;
mod problem;
mod register;
mod session;
mod state;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use dari_register::Register;

pub use analyst::{Analyst, Answer, Ask, Body, LakeVersion, Loading, Parameter, Question, Reason, Refusal, Shape, Together};
pub use guard::Mode;
pub use jobs::{BAR, PROGRESS};
pub use openid::{Claim, OpenId};

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen.
    pub address: SocketAddr,
    /// Certificate chain and private key (PEM files); without them a proxy before the server speaks TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Who may come in.
    pub mode: Mode,
    /// Who else says who somebody is.
    pub openid: Option<OpenId>,
    /// Requests a second that one user may make.
    pub rate: u32,
    /// Whether a proxy before the server says, as the last of `X-Forwarded-For`, whose requests it passes on.
    pub proxy: bool,
    /// Bytes of a file that may be uploaded.
    pub upload: u64,
    /// Folder for jobs, their answers and uploads.
    pub jobs: PathBuf,
    /// The program that does jobs: this one.
    pub program: PathBuf,
}

/// Why the server could not be started or went down.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened to.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate or key cannot be used.
    #[error("{path}: {source}")]
    Tls {
        /// The certificate.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder for jobs cannot be used.
    #[error("{path}: {source}")]
    Jobs {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What is read without sign-in must not leave the machine.
    #[error("without sign-in the server listens on the loopback address only, not on {0}")]
    Open(SocketAddr),
    /// Serving failed.
    #[error("{0}")]
    Serve(#[from] std::io::Error),
}

/// How long requests under way may take to end when the server is stopped.
const LEAVE: Duration = Duration::from_secs(5);

/// Serves until `stop` is done. `ready` is told the address, which says the port where 0 was asked for.
///
/// # Errors
/// Where it cannot listen, read the certificate or use the folder for jobs.
pub async fn serve(
    options: Options,
    analyst: Arc<dyn Analyst>,
    register: Option<Register>,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    if options.mode == Mode::Demo && !options.address.ip().is_loopback() {
        return Err(Error::Open(options.address));
    }
    // One of the two providers of cryptography that the dependencies bring has to be named; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let state = state::Server::new(&options, analyst, register).map_err(|source| Error::Jobs { path: options.jobs.clone(), source })?;
    tokio::spawn(lake::warm(Arc::clone(&state)));
    let app = api::application(state).into_make_service_with_connect_info::<SocketAddr>();
    let cannot_listen = |source| Error::Listen { address: options.address, source };
    let listener = std::net::TcpListener::bind(options.address).map_err(cannot_listen)?;
    listener.set_nonblocking(true).map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    let handle = axum_server::Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            stop.await;
            handle.graceful_shutdown(Some(LEAVE));
        }
    });
    if let Some((certificate, key)) = &options.tls {
        let tls = RustlsConfig::from_pem_file(certificate, key).await;
        let tls = tls.map_err(|source| Error::Tls { path: certificate.clone(), source })?;
        ready(address);
        axum_server::from_tcp_rustls(listener, tls)?.handle(handle).serve(app).await?;
    } else {
        ready(address);
        axum_server::from_tcp(listener)?.handle(handle).serve(app).await?;
    }
    Ok(())
}

/// The OpenAPI document of the server of an analyst, as JSON.
pub fn document(analyst: &dyn Analyst) -> String {
    api::document(analyst)
}
