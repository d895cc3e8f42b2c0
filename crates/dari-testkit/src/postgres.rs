//! A PostgreSQL server for tests: one that runs, or one started for them.

use std::io::{Error, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The address of a new database of a server that all tests of a program share: the one at `DARI_TEST_POSTGRES` (`postgres://USER@HOST`, without a database),
/// else one of Debian's started in a temporary folder, which ends with the program. Nothing, and loud words on standard error, where neither can be had.
pub fn database() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(|| {
        Server::find().map_err(|why| {
            let told = format!("\n*** NOT TESTED ON POSTGRESQL: {why}. Install Debian's `postgresql`, or set DARI_TEST_POSTGRES=postgres://USER@HOST ***\n");
            drop(writeln!(std::io::stderr(), "{told}"));
        })
        .ok()
    });
    let server = server.as_ref()?;
    let name = format!("dari_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let made = Command::new(&server.psql).args([&format!("{}/postgres", server.url), "-qc", &format!("CREATE DATABASE {name}")]).status();
    made.is_ok_and(|status| status.success()).then(|| format!("{}/{name}", server.url))
}

struct Server {
    url: String,
    psql: PathBuf,
}

impl Server {
    fn find() -> Result<Server, String> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
        let bin = installed.filter(|bin| bin.join("initdb").exists()).max();
        let psql = bin.as_ref().map_or_else(|| PathBuf::from("psql"), |bin| bin.join("psql"));
        match (std::env::var("DARI_TEST_POSTGRES"), bin) {
            (Ok(url), _) => Ok(Server { url, psql }),
            (Err(_), Some(bin)) => Ok(Server { url: start(&bin)?, psql }),
            (Err(_), None) => Err("none is installed".to_owned()),
        }
    }
}

fn start(bin: &Path) -> Result<String, String> {
    let failed = |error: Error| error.to_string();
    let folder = tempfile::Builder::new().prefix("dari-postgres-").tempdir().map_err(failed)?.keep();
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(failed)?.port().to_string();
    // The server refuses to run as root.
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    let (data, socket) = (folder.join("data").display().to_string(), folder.display().to_string());
    let run = |program: &str, arguments: &[&str]| {
        let program = bin.join(program).display().to_string();
        let mut command = Command::new(if root { "setpriv" } else { &program });
        if root {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", &program]);
        }
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    if root && !Command::new("chown").args(["postgres:postgres", &socket]).status().is_ok_and(|status| status.success()) {
        return Err("there is no user 'postgres'".to_owned());
    }
    let made = run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]).status().map_err(failed)?;
    if !made.success() {
        return Err("initdb failed".to_owned());
    }
    let server = run("postgres", &["-D", &data, "-p", &port, "-k", &socket, "-h", "127.0.0.1", "-c", "max_connections=200"])
        .spawn()
        .map_err(failed)?;
    watch(server.id(), &socket);
    for _ in 0..200 {
        let ready = Command::new(bin.join("pg_isready")).args(["-h", "127.0.0.1", "-p", &port, "-q"]).status();
        if ready.is_ok_and(|status| status.success()) {
            return Ok(format!("postgres://postgres@127.0.0.1:{port}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("it did not answer within 10 seconds".to_owned())
}

/// A process that waits for this program to end, stops the server and removes its folder: also when the tests are stopped from outside.
fn watch(server: u32, folder: &str) {
    let script =
        format!("while kill -0 {} 2>/dev/null; do sleep 0.2; done; kill -INT {server}; sleep 2; rm -rf '{folder}'", std::process::id());
    let watcher =
        Command::new("setsid").args(["sh", "-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    drop(watcher);
}
