//! A replay guard on a table with a unique key, in the database in which the effects are kept: here SQLite.
//!
//! What it needs of a database is a unique key and transactions, so the same statements do in PostgreSQL.

use async_trait::async_trait;
use pay1st::webhook::{Claim, Claimed, Committed, EventKey, GuardError, ReplayGuard};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `until` is the end of a claim in milliseconds; an event that is done has none.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS webhook_events (
    key TEXT NOT NULL PRIMARY KEY,
    nonce INTEGER NOT NULL,
    until INTEGER
) WITHOUT ROWID";

/// One statement, so that of two processes one wins: whoever looks first and writes afterwards gives one claim to two.
const CLAIM: &str = "INSERT INTO webhook_events (key, nonce, until) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET nonce = excluded.nonce, until = excluded.until
    WHERE webhook_events.until IS NOT NULL AND webhook_events.until <= ?4";

const COMMIT: &str =
    "UPDATE webhook_events SET until = NULL WHERE key = ?1 AND nonce = ?2 AND until IS NOT NULL AND until > ?3";

const RELEASE: &str = "DELETE FROM webhook_events WHERE key = ?1 AND nonce = ?2 AND until IS NOT NULL";

/// A guard on one connection. Each process opens its own.
#[derive(Clone)]
pub(crate) struct TableGuard(Arc<Mutex<Connection>>);

impl TableGuard {
    /// Opens the database and makes the table where it is not there yet.
    pub(crate) fn open(path: &Path) -> Result<Self, GuardError> {
        let open = || {
            let mut connection = Connection::open(path)?;
            // Another process may be writing: wait for it. What begins with a read, such as a change of the journal's
            // mode, would not wait.
            connection.busy_timeout(Duration::from_secs(30))?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute(TABLE, [])?;
            transaction.commit()?;
            Ok(connection)
        };
        open().map(|connection| Self(Arc::new(Mutex::new(connection)))).map_err(failed)
    }

    /// Commits within the caller's transaction. On `Lost` roll it back, and the effect with it.
    pub(crate) fn commit_in(transaction: &Transaction<'_>, claim: &Claim) -> Result<Committed, GuardError> {
        let changed = transaction.execute(COMMIT, params![claim.key.as_str(), nonce(claim), millis()?]);
        Ok(if changed.map_err(failed)? == 1 { Committed::Yes } else { Committed::Lost })
    }

    /// Runs `work` in one transaction, away from the async threads. It is kept where `work` says so.
    pub(crate) async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<(T, bool), GuardError> + Send + 'static,
    ) -> Result<T, GuardError> {
        let connection = self.0.clone();
        let run = move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            // Immediate: a transaction that reads first and writes later could fail halfway for another's sake.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            let (value, keep) = work(&transaction)?;
            if keep { transaction.commit() } else { transaction.rollback() }.map_err(failed)?;
            Ok(value)
        };
        tokio::task::spawn_blocking(run).await.map_err(|error| GuardError(error.to_string()))?
    }
}

#[async_trait]
impl ReplayGuard for TableGuard {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claimed, GuardError> {
        let claim = Claim::new(key.clone());
        self.transaction(move |transaction| {
            let now = millis()?;
            let until = now.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
            let key = claim.key.as_str();
            if transaction.execute(CLAIM, params![key, nonce(&claim), until, now]).map_err(failed)? == 1 {
                return Ok((Claimed::Yes(claim), true));
            }
            let find = "SELECT until FROM webhook_events WHERE key = ?1";
            let until: Option<Option<i64>> =
                transaction.query_row(find, [key], |row| row.get(0)).optional().map_err(failed)?;
            Ok((if until == Some(None) { Claimed::Done } else { Claimed::Held }, false))
        })
        .await
    }

    async fn commit(&self, claim: &Claim) -> Result<Committed, GuardError> {
        let claim = claim.clone();
        self.transaction(move |transaction| Ok((Self::commit_in(transaction, &claim)?, true))).await
    }

    async fn release(&self, claim: &Claim) -> Result<(), GuardError> {
        let claim = claim.clone();
        let remove = move |transaction: &Transaction<'_>| {
            transaction.execute(RELEASE, params![claim.key.as_str(), nonce(&claim)]).map_err(failed)?;
            Ok(((), true))
        };
        self.transaction(remove).await
    }
}

fn failed(error: rusqlite::Error) -> GuardError {
    GuardError(error.to_string())
}

/// SQLite's integers have a sign.
fn nonce(claim: &Claim) -> i64 {
    claim.nonce.cast_signed()
}

/// The clock of this machine. Processes on several machines take the database's own clock instead.
fn millis() -> Result<i64, GuardError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| GuardError(error.to_string()))?;
    i64::try_from(since.as_millis()).map_err(|error| GuardError(error.to_string()))
}
