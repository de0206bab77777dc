//! A few connections to PostgreSQL, made when they are needed and made anew when they broke.

use crate::journal::sql::MIGRATIONS;
use crate::journal::{Backend, Cells, Value};
use async_trait::async_trait;
use pay_core::Error;
use pay_core::journal::JournalError;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Row, Socket};

/// Our choices: statements of one connection run one after the other, so a few of them share the waits for the disk.
const CONNECTIONS: usize = 8;
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// With it off, a crash of the server forgets intents whose calls have left; every other setting waits at least for the server's own disk.
const DURABLE: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
/// Held while the schema is made: any number that nobody else takes.
const SCHEMA_LOCK: i64 = 0x7061_796d;

pub(crate) struct Pool {
    config: Config,
    #[cfg(feature = "postgres-rustls")]
    tls: Option<tokio_postgres_rustls::MakeRustlsConnect>,
    /// Held while connecting, so that all wait for one connection; answers are waited for outside.
    slots: Vec<Mutex<Option<Arc<Client>>>>,
    next: AtomicUsize,
}

impl Pool {
    /// Connects, and makes the schema or brings it up to date.
    pub(crate) async fn open(setting: &'static str, url: &str) -> Result<Self, Error> {
        let config = url.parse::<Config>().map_err(|_| {
            Error::config(setting, "is no address of PostgreSQL, such as `postgres://user@127.0.0.1:5432/name`")
        })?;
        // Without the word there is none: a certificate that is checked is worth more than one that may be left out.
        let encrypted = config.get_ssl_mode() == SslMode::Require;
        #[cfg(not(feature = "postgres-rustls"))]
        if encrypted {
            return Err(Error::config(
                setting,
                "asks for TLS (`sslmode=require`), which needs the feature `postgres-rustls`",
            ));
        }
        #[cfg(feature = "postgres-rustls")]
        let tls = encrypted.then(super::tls::connector).transpose().map_err(|why| Error::config(setting, why))?;
        let slots = (0..CONNECTIONS).map(|_| Mutex::new(None)).collect();
        let pool = Self {
            config,
            #[cfg(feature = "postgres-rustls")]
            tls,
            slots,
            next: AtomicUsize::new(0),
        };
        let client = pool.connection(0).await.map_err(|why| Error::config(setting, why))?;
        migrate(&client).await.map_err(|why| Error::config(setting, why))?;
        Ok(pool)
    }

    async fn connection(&self, slot: usize) -> Result<Arc<Client>, String> {
        let mut held = self.slots[slot % CONNECTIONS].lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.connect().await.map_err(|why| format!("PostgreSQL cannot be reached: {why}"))?);
        *held = Some(Arc::clone(&client));
        Ok(client)
    }

    async fn connect(&self) -> Result<Client, String> {
        #[cfg(feature = "postgres-rustls")]
        if let Some(tls) = &self.tls {
            return self.connect_over(tls.clone()).await;
        }
        self.connect_over(NoTls).await
    }

    async fn connect_over<T>(&self, tls: T) -> Result<Client, String>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let connect = async {
            let (client, connection) = self.config.connect(tls).await?;
            // It ends when its client is dropped or the server goes away; the client then says that it is closed.
            tokio::spawn(async move { drop(connection.await) });
            client.batch_execute(DURABLE).await?;
            Ok(client)
        };
        match timeout(CONNECT, connect).await {
            Ok(client) => client.map_err(|error: tokio_postgres::Error| told(&error)),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, JournalError> {
        let slot = self.next.fetch_add(1, Ordering::Relaxed);
        let client = self.connection(slot).await.map_err(JournalError::not_written)?;
        let parameters: Vec<_> = values.iter().map(parameter).collect();
        match timeout(ANSWER, client.query_typed(sql, &parameters)).await {
            Ok(Ok(rows)) => Ok(rows),
            // The server said no: nothing was written.
            Ok(Err(error)) if error.as_db_error().is_some() && !client.is_closed() => {
                Err(JournalError::not_written(format!("PostgreSQL: {}", told(&error))))
            }
            Ok(Err(error)) => Err(JournalError::unsure(format!("PostgreSQL: {}", told(&error)))),
            Err(_) => {
                // Whoever comes next does not wait behind it.
                *self.slots[slot % CONNECTIONS].lock().await = None;
                Err(JournalError::unsure("PostgreSQL: no answer in time"))
            }
        }
    }
}

#[async_trait]
impl Backend for Pool {
    async fn run(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Cells>, JournalError> {
        self.query(sql, &values).await?.iter().map(cells).collect()
    }
}

fn parameter(value: &Value) -> (&(dyn ToSql + Sync), Type) {
    match value {
        Value::Text(text) => (text, Type::TEXT),
        Value::Bytes(bytes) => (bytes, Type::BYTEA),
        Value::Int(number) => (number, Type::INT8),
        Value::Bool(yes) => (yes, Type::BOOL),
    }
}

fn cells(row: &Row) -> Result<Cells, JournalError> {
    let one = |(at, column): (usize, &tokio_postgres::Column)| match *column.type_() {
        Type::BYTEA => row.try_get(at).map(Value::Bytes),
        Type::INT8 => row.try_get(at).map(Value::Int),
        Type::BOOL => row.try_get(at).map(Value::Bool),
        _ => row.try_get(at).map(Value::Text),
    };
    let cells: Result<VecDeque<_>, _> = row.columns().iter().enumerate().map(one).collect();
    cells.map(Cells).map_err(|_| JournalError::not_written("PostgreSQL: the schema is not ours"))
}

/// One process at a time; in one transaction, so that a crash leaves the version before.
async fn migrate(client: &Client) -> Result<(), String> {
    let batch =
        async |sql: &str| client.batch_execute(sql).await.map_err(|error| format!("PostgreSQL: {}", told(&error)));
    batch(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock({SCHEMA_LOCK}); CREATE TABLE IF NOT EXISTS pay_schema (version BIGINT NOT NULL)"
    ))
    .await?;
    let made = make(client).await;
    batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    made
}

async fn make(client: &Client) -> Result<(), String> {
    let said = |error: tokio_postgres::Error| format!("PostgreSQL: {}", told(&error));
    let rows = client.query("SELECT max(version) FROM pay_schema", &[]).await.map_err(said)?;
    let version = rows.first().and_then(|row| row.try_get::<_, Option<i64>>(0).ok().flatten()).unwrap_or(0);
    let newest = MIGRATIONS.len();
    let Some(missing) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..)) else {
        return Err(format!(
            "the database has schema version {version}, and this crate knows {newest}: update the crate"
        ));
    };
    for migration in missing {
        client.batch_execute(migration).await.map_err(said)?;
    }
    if !missing.is_empty() {
        let version = i64::try_from(newest).unwrap_or(i64::MAX);
        client.execute("INSERT INTO pay_schema (version) VALUES ($1)", &[&version]).await.map_err(said)?;
    }
    Ok(())
}

/// With its causes, on one line: they come from the other side.
fn printable(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}").replace(char::is_control, " ")
}

/// What may be printed: the server's message and code without its details, which can repeat values.
fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None if error.is_closed() => "connection closed".to_owned(),
        // It names the certificate's flaw, or says that the server has no TLS.
        None if error.to_string().contains("TLS") => printable(error),
        None => "connection broken".to_owned(),
    }
}
