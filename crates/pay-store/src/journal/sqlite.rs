//! SQLite: one thread owns the connection, and what comes at once shares one transaction and one write to the disk.

use super::sql::MIGRATIONS;
use super::{Backend, Cells, Value};
use async_trait::async_trait;
use pay_core::Error;
use pay_core::journal::JournalError;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Marks a file as ours: `paym` as a number.
const APPLICATION: i64 = 0x7061_796d;
/// Statements that share a write at most.
const TOGETHER: usize = 128;

type Reply = Result<Vec<Cells>, JournalError>;

struct Job {
    sql: &'static str,
    values: Vec<Value>,
    reply: oneshot::Sender<Reply>,
}

pub(super) struct Sqlite {
    jobs: mpsc::Sender<Job>,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let named = |why: String| Error::config("journal", format!("{}: {why}", path.display()));
        create(path).map_err(|error| named(error.kind().to_string()))?;
        let connection = connect(path).map_err(named)?;
        let file = File::of(path).map_err(|error| named(error.kind().to_string()))?;
        let (jobs, waiting) = mpsc::channel();
        let worker = move || work(&connection, &file, &waiting);
        std::thread::Builder::new()
            .name("pay-store-sqlite".to_owned())
            .spawn(worker)
            .map_err(|error| named(error.kind().to_string()))?;
        Ok(Self { jobs })
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn run(&self, sql: &'static str, values: Vec<Value>) -> Reply {
        let gone = |_| JournalError::unsure("the journal's thread is gone");
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { sql, values, reply }).map_err(|_| JournalError::not_written("the journal is closed"))?;
        answer.await.map_err(gone)?
    }
}

/// Only its owner may read it.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn connect(path: &Path) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| told(&error))?;
    prepare(&mut connection).map_err(|error| told(&error))??;
    Ok(connection)
}

/// Checks whose file it is, and brings its schema up to date.
fn prepare(connection: &mut Connection) -> rusqlite::Result<Result<(), String>> {
    connection.busy_timeout(Duration::from_secs(5))?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let number = |sql: &str| transaction.query_row(sql, [], |row| row.get::<_, i64>(0));
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let tables = number("SELECT count(*) FROM sqlite_master")?;
    let newest = MIGRATIONS.len() as i64;
    match (application, version, tables) {
        (0, 0, 0) => {}
        (APPLICATION, 1.., _) if version <= newest => {}
        (APPLICATION, _, _) => {
            return Ok(Err(format!("has schema version {version}, and this crate knows {newest}: update the crate")));
        }
        _ => return Ok(Err("belongs to another program: choose a file of its own".to_owned())),
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", newest)?;
    transaction.commit()?;
    // Kept in the file; the write-ahead log lets readers go on, and FULL puts each transaction on the disk.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    // On Apple's systems a plain fsync leaves it in the disk's own memory; elsewhere this changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    Ok(Ok(()))
}

/// Which file is open: one that was removed or replaced would take intents that nobody finds again.
struct File {
    path: PathBuf,
    #[cfg(unix)]
    is: (u64, u64),
}

impl File {
    fn of(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            #[cfg(unix)]
            is: identity(path)?,
        })
    }

    fn is_there(&self) -> bool {
        #[cfg(unix)]
        return identity(&self.path).is_ok_and(|is| is == self.is);
        #[cfg(not(unix))]
        return self.path.exists();
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let data = std::fs::metadata(path)?;
    Ok((data.dev(), data.ino()))
}

fn work(connection: &Connection, file: &File, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        while jobs.len() < TOGETHER
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        let replies = together(connection, file, &jobs);
        for (job, reply) in jobs.into_iter().zip(replies) {
            // Whoever is gone does not hear it; what was written stays.
            let _ = job.reply.send(reply);
        }
    }
}

/// All of them in one transaction: on the disk when this returns, or not at all.
fn together(connection: &Connection, file: &File, jobs: &[Job]) -> Vec<Reply> {
    let all = |error: JournalError| jobs.iter().map(|_| Err(error.clone())).collect();
    if !file.is_there() {
        return all(JournalError::not_written("its file was removed or replaced"));
    }
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return all(JournalError::not_written(told(&error)));
    }
    let mut replies: Vec<Reply> = Vec::with_capacity(jobs.len());
    for job in jobs {
        replies.push(one(connection, job));
        // SQLite itself gave the transaction up, as on a full disk: what came before is gone with it.
        if connection.is_autocommit() {
            let why = replies.pop().and_then(Result::err);
            return all(why.unwrap_or_else(|| JournalError::not_written("the transaction was given up")));
        }
    }
    match connection.execute_batch("COMMIT") {
        Ok(()) => replies,
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            let why = told(&error);
            let broken = error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
            all(if broken { JournalError::unsure(why) } else { JournalError::not_written(why) })
        }
    }
}

fn one(connection: &Connection, job: &Job) -> Reply {
    let read = || -> rusqlite::Result<Vec<Cells>> {
        let mut statement = connection.prepare_cached(job.sql)?;
        let columns = statement.column_count();
        let values = rusqlite::params_from_iter(&job.values);
        let rows = statement.query_map(values, |row| {
            let cells = (0..columns).map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Blob(bytes) => Value::Bytes(Some(bytes.to_vec())),
                    ValueRef::Text(text) => Value::text(String::from_utf8_lossy(text)),
                    // A missing text and missing bytes read alike.
                    ValueRef::Null | ValueRef::Real(_) => Value::Text(None),
                })
            });
            cells.collect::<rusqlite::Result<_>>().map(Cells)
        })?;
        rows.collect()
    };
    read().map_err(|error| JournalError::not_written(told(&error)))
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Text(text) => text.as_deref().map_or(ToSqlOutput::from(rusqlite::types::Null), ToSqlOutput::from),
            Self::Bytes(bytes) => bytes.as_deref().map_or(ToSqlOutput::from(rusqlite::types::Null), ToSqlOutput::from),
            Self::Int(number) => ToSqlOutput::from(*number),
            Self::Bool(yes) => ToSqlOutput::from(*yes),
        })
    }
}

/// What may be printed: SQLite's messages can repeat what a statement holds.
fn told(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        Some(ErrorCode::ReadOnly) => "the file is read-only".to_owned(),
        Some(ErrorCode::NotADatabase) => "is no SQLite file: choose a file of its own".to_owned(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "is locked by another process".to_owned(),
        Some(ErrorCode::CannotOpen) => "the file cannot be opened".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "the file is damaged".to_owned(),
        Some(code) => format!("SQLite: {code:?}"),
        None => "SQLite failed".to_owned(),
    }
}
