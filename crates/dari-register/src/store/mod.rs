//! Where the register is kept: a SQLite file, or PostgreSQL by its URL. The statements are the same for both; only the tables are made by files of each.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Row, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Result};

const ACCOUNTS: (i64, &str, &str) = (2, "accounts", include_str!("migrations/0002_accounts.sql"));
const SQLITE: &[(i64, &str, &str)] = &[
    (1, "first tables", include_str!("migrations/sqlite_0001.sql")),
    ACCOUNTS,
    (3, "what the balance counts, what is open", include_str!("migrations/sqlite_0003.sql")),
];
const POSTGRES: &[(i64, &str, &str)] = &[
    (1, "first tables", include_str!("migrations/postgres_0001.sql")),
    ACCOUNTS,
    (3, "what the balance counts, what is open", include_str!("migrations/postgres_0003.sql")),
];

/// Most connections that reading and writing may use.
const CONNECTIONS: u32 = 16;
/// How long a writer waits for others.
const PATIENCE: Duration = Duration::from_secs(60);

/// The open storage.
#[derive(Debug)]
pub(crate) struct Store {
    pool: AnyPool,
    /// SQLite lets one write at a time, and those who wait ask again and again at random: in line here, all have their turn.
    line: Option<Mutex<()>>,
}

/// A change in the making: all of it is stored, or nothing.
pub(crate) struct Change<'a> {
    pub(crate) transaction: Transaction<'static, Any>,
    _turn: Option<MutexGuard<'a, ()>>,
}

impl Change<'_> {
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }
}

impl Store {
    /// Opens the storage and brings its tables up to date. A SQLite file is made where `create` says so.
    pub(crate) async fn open(place: &str, create: bool) -> Result<Store> {
        sqlx::any::install_default_drivers();
        let postgres = place.starts_with("postgres://") || place.starts_with("postgresql://");
        let (url, migrations) = if postgres { (place.to_owned(), POSTGRES) } else { (sqlite_url(place, create)?, SQLITE) };
        let options: AnyConnectOptions = url.parse()?;
        let mut pool = AnyPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        if !postgres {
            pool = pool.after_connect(|connection, _| {
                Box::pin(async move {
                    // What was confirmed is on the disk, also when the machine loses power.
                    let settings =
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 60000; PRAGMA cache_size = -64000";
                    sqlx::raw_sql(settings).execute(connection).await?;
                    Ok(())
                })
            });
        }
        // A pool asks again and again; what is no database at all is said at once.
        let mut first = AnyConnection::connect_with(&options).await?;
        if !postgres {
            sqlx::raw_sql("PRAGMA schema_version").execute(&mut first).await?;
        }
        first.close().await?;
        let pool = pool.connect_with(options).await?;
        migrator(migrations).run(&pool).await?;
        Ok(Store { pool, line: (!postgres).then(Mutex::default) })
    }

    /// Begins a change.
    pub(crate) async fn change(&self) -> Result<Change<'_>> {
        match &self.line {
            Some(line) => {
                let turn = line.lock().await;
                // At once a writer: a reader that turns into one could find that others wrote in between.
                Ok(Change { transaction: self.pool.begin_with("BEGIN IMMEDIATE").await?, _turn: Some(turn) })
            }
            None => Ok(Change { transaction: self.pool.begin().await?, _turn: None }),
        }
    }

    /// Begins to read: all that is read is of one instant.
    pub(crate) async fn read(&self) -> Result<Transaction<'static, Any>> {
        let statement = if self.line.is_some() { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        Ok(self.pool.begin_with(statement).await?)
    }

    /// After many changes at once: PostgreSQL counts what is there, which it would do by itself some minutes later; until then it reads in ways that are slow.
    /// Where it will not, it stays slow for those minutes: what was written is confirmed all the same.
    pub(crate) async fn settle(&self, changes: usize) {
        const MANY: usize = 1_000;
        if self.line.is_none() && changes >= MANY {
            let _ = sqlx::raw_sql("VACUUM (ANALYZE) records, links, tokens, events").execute(&self.pool).await;
        }
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

fn sqlite_url(place: &str, create: bool) -> Result<String> {
    let path = place.strip_prefix("sqlite://").or_else(|| place.strip_prefix("sqlite:")).unwrap_or(place);
    if place.contains("://") && !place.starts_with("sqlite://") {
        let scheme = place.split("://").next().unwrap_or_default();
        return Err(
            Error::input(format!("no register is kept at {scheme}://")).hint("Give a SQLite file, or postgres://USER@HOST/DATABASE.")
        );
    }
    if !Path::new(path).exists() {
        if !create {
            return Err(
                Error::input(format!("there is no register at '{path}'")).hint("Make one with `dari register init --party KR --party US`.")
            );
        }
        create_private(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    }
    let mut url = String::from("sqlite://");
    url.extend(url::form_urlencoded::byte_serialize(path.as_bytes()).map(|part| part.replace('+', "%20").replace("%2F", "/")));
    Ok(url)
}

/// A new file that only its owner can read: private notes stay private on a machine that others use too.
fn create_private(path: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn migrator(list: &'static [(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = list.iter().map(|(version, about, sql)| {
        Migration::new(*version, Cow::Borrowed(*about), MigrationType::Simple, sqlx::SqlStr::from_static(sql), false)
    });
    Migrator { migrations: migrations.collect(), ..Migrator::DEFAULT }
}

/// A value for a statement.
#[derive(Debug, Clone)]
pub(crate) enum Bind {
    Text(String),
    Number(i64),
    Real(f64),
    NoText,
    NoNumber,
}

impl From<&str> for Bind {
    fn from(text: &str) -> Bind {
        Bind::Text(text.to_owned())
    }
}

impl From<String> for Bind {
    fn from(text: String) -> Bind {
        Bind::Text(text)
    }
}

impl From<i64> for Bind {
    fn from(number: i64) -> Bind {
        Bind::Number(number)
    }
}

impl From<i32> for Bind {
    fn from(number: i32) -> Bind {
        Bind::Number(number.into())
    }
}

impl From<bool> for Bind {
    fn from(flag: bool) -> Bind {
        Bind::Number(flag.into())
    }
}

impl From<Option<i32>> for Bind {
    fn from(number: Option<i32>) -> Bind {
        number.map_or(Bind::NoNumber, Bind::from)
    }
}

impl From<f64> for Bind {
    fn from(number: f64) -> Bind {
        Bind::Real(number)
    }
}

impl From<Option<String>> for Bind {
    fn from(text: Option<String>) -> Bind {
        text.map_or(Bind::NoText, Bind::Text)
    }
}

/// A statement in the making: its text, with values always bound and never part of it.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    sql: String,
    binds: Vec<Bind>,
}

/// Where a value goes, until it is known which storage the statement is for.
const VALUE: char = '\u{1}';

impl Statement {
    pub(crate) fn new(sql: &str) -> Statement {
        Statement { sql: sql.to_owned(), binds: Vec::new() }
    }

    /// A value alone.
    pub(crate) fn value(value: &str) -> Statement {
        Statement::default().bind(value)
    }

    /// Adds text of our own.
    pub(crate) fn sql(mut self, sql: &str) -> Statement {
        self.sql.push_str(sql);
        self
    }

    /// Adds a value.
    pub(crate) fn bind(mut self, value: impl Into<Bind>) -> Statement {
        self.binds.push(value.into());
        self.sql.push(VALUE);
        self
    }

    /// Adds `(a, b, c)`.
    pub(crate) fn list<V: Into<Bind>>(mut self, values: impl IntoIterator<Item = V>) -> Statement {
        self = self.sql("(");
        let mut first = true;
        for value in values {
            if !std::mem::take(&mut first) {
                self = self.sql(", ");
            }
            self = self.bind(value);
        }
        if first { self.sql("NULL)") } else { self.sql(")") }
    }

    /// Adds another statement's text and values.
    pub(crate) fn append(mut self, other: Statement) -> Statement {
        self.sql.push_str(&other.sql);
        self.binds.extend(other.binds);
        self
    }

    fn query(self, on: &Transaction<'static, Any>) -> Result<sqlx::query::Query<'static, Any, sqlx::any::AnyArguments>> {
        // SQLite looks every numbered value up among all before it: with thousands of them its own sign is far faster.
        let numbered = on.backend_name() != "SQLite";
        // PostgreSQL fails on such a text, wherever it stands.
        if numbered && self.binds.iter().any(|bind| matches!(bind, Bind::Text(text) if text.contains('\0'))) {
            return Err(Error::input("a text holds the letter U+0000").hint("Take it out: no text has it."));
        }
        let mut sql = String::with_capacity(self.sql.len() + 4 * self.binds.len());
        for (at, part) in self.sql.split(VALUE).enumerate() {
            match at {
                0 => {}
                _ if numbered => sql.push_str(&format!("${at}")),
                _ => sql.push('?'),
            }
            sql.push_str(part);
        }
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for bind in self.binds {
            query = match bind {
                Bind::Text(text) => query.bind(text),
                Bind::Number(number) => query.bind(number),
                Bind::Real(number) => query.bind(number),
                Bind::NoText => query.bind(None::<String>),
                Bind::NoNumber => query.bind(None::<i64>),
            };
        }
        Ok(query)
    }

    /// All rows.
    pub(crate) async fn rows(self, on: &mut Transaction<'static, Any>) -> Result<Vec<AnyRow>> {
        Ok(self.query(on)?.fetch_all(&mut **on).await?)
    }

    /// The first row, if there is one.
    pub(crate) async fn row(self, on: &mut Transaction<'static, Any>) -> Result<Option<AnyRow>> {
        Ok(self.query(on)?.fetch_optional(&mut **on).await?)
    }

    /// The number of the rows that were changed.
    pub(crate) async fn run(self, on: &mut Transaction<'static, Any>) -> Result<u64> {
        Ok(self.query(on)?.execute(&mut **on).await?.rows_affected())
    }
}

/// A day of a row.
pub(crate) fn day(row: &AnyRow, column: &str) -> Result<Option<i32>> {
    let day: Option<i64> = row.try_get(column)?;
    Ok(day.and_then(|day| i32::try_from(day).ok()))
}
