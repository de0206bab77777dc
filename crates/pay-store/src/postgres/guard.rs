//! The replay guard on PostgreSQL: the commit goes into the transaction of the effect.

use super::pool::Pool;
use crate::hashed;
use crate::journal::sql::POSTGRES_NOW;
use crate::journal::{Backend, Value};
use crate::nonce::nonce;
use async_trait::async_trait;
use pay_core::Error;
use pay_core::webhook::{Claim, Claimed, Committed, EventKey, GuardError, ReplayGuard};
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

/// A free event, one that nobody has, or one whose holder's time is over. The row lock makes a claim wait for a commit under way.
static CLAIM: LazyLock<String> = LazyLock::new(|| {
    with(
        "INSERT INTO pay_event (event, nonce, held_until_ms, done, changed_ms)
         VALUES ($1, $2, {now} + $3, FALSE, {now})
         ON CONFLICT (event) DO UPDATE SET nonce = $2, held_until_ms = {now} + $3, changed_ms = {now}
           WHERE NOT pay_event.done AND pay_event.held_until_ms <= {now}
         RETURNING event",
    )
});
static IS_DONE: &str = "SELECT event FROM pay_event WHERE event = $1 AND done";
static COMMIT: LazyLock<String> = LazyLock::new(|| {
    with(
        "UPDATE pay_event SET done = TRUE, changed_ms = {now}
         WHERE event = $1 AND nonce = $2 AND NOT done AND held_until_ms > {now}",
    )
});
static COMMIT_RETURNING: LazyLock<String> = LazyLock::new(|| format!("{} RETURNING event", *COMMIT));
static RELEASE: &str = "DELETE FROM pay_event WHERE event = $1 AND nonce = $2 AND NOT done RETURNING event";
static FORGET: LazyLock<String> =
    LazyLock::new(|| with("DELETE FROM pay_event WHERE done AND changed_ms < {now} - $1 RETURNING event"));

fn with(sql: &str) -> String {
    sql.replace("{now}", POSTGRES_NOW)
}

/// Which webhook events were acted on, in PostgreSQL.
///
/// Claim before the effect, and commit **inside the transaction of the effect** with [`commit_in`](Self::commit_in): then each event has
/// exactly one effect, whoever dies when. While the database is down every question fails: do not acknowledge, and the provider sends again.
pub struct PostgresGuard {
    pool: Pool,
}

impl PostgresGuard {
    /// A guard in this database; the schema is made or brought up to date. It must be the database that effects go to.
    ///
    /// # Errors
    /// `Kind::Config` with the setting `replay_guard`: an address that is none, a database that does not answer, or whose schema is newer
    /// than this crate. The address is never repeated: it may hold a password.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self { pool: Pool::open("replay_guard", url).await? })
    }

    /// Commits in a transaction of yours: `run` gets one statement with its two parameters, a text and a big integer, executes it **in
    /// your transaction**, and answers how many rows it changed. Where the answer is [`Committed::Lost`], roll back.
    ///
    /// With `tokio-postgres`:
    ///
    /// ```
    /// # async fn f(guard: &pay_store::PostgresGuard, claim: &pay_core::webhook::Claim, client: &mut tokio_postgres::Client)
    /// #     -> Result<(), tokio_postgres::Error> {
    /// use pay_core::webhook::Committed;
    ///
    /// let transaction = client.transaction().await?;
    /// transaction.execute("UPDATE orders SET paid = TRUE WHERE id = 7", &[]).await?;
    /// match guard.commit_in(claim, async |sql, event, nonce| transaction.execute(sql, &[&event, &nonce]).await).await? {
    ///     Committed::Yes => transaction.commit().await?,
    ///     Committed::Lost => transaction.rollback().await?,   // somebody else has acted, or will
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// With `sqlx`:
    ///
    /// ```ignore
    /// let committed = guard
    ///     .commit_in(&claim, async |sql, event, nonce| {
    ///         let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(event).bind(nonce).execute(&mut *transaction).await?;
    ///         Ok::<_, sqlx::Error>(done.rows_affected())
    ///     })
    ///     .await?;
    /// ```
    ///
    /// # Errors
    /// Those of `run`: roll back, and do not acknowledge.
    pub async fn commit_in<E>(
        &self,
        claim: &Claim,
        run: impl AsyncFnOnce(&'static str, String, i64) -> Result<u64, E>,
    ) -> Result<Committed, E> {
        match run(COMMIT.as_str(), hashed(claim.key.as_str()), claim.nonce.cast_signed()).await? {
            0 => Ok(Committed::Lost),
            _ => Ok(Committed::Yes),
        }
    }

    /// Deletes events that were done longer ago, and answers how many. Wait longer than the provider sends an event again.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn forget(&self, longer_ago: Duration) -> Result<usize, GuardError> {
        self.ask(FORGET.as_str(), vec![Value::millis(longer_ago)]).await
    }

    async fn ask(&self, sql: &'static str, values: Vec<Value>) -> Result<usize, GuardError> {
        self.pool.run(sql, values).await.map(|rows| rows.len()).map_err(|error| GuardError(error.message))
    }

    async fn of_claim(&self, sql: &'static str, claim: &Claim) -> Result<usize, GuardError> {
        let values = vec![Value::text(hashed(claim.key.as_str())), Value::Int(claim.nonce.cast_signed())];
        self.ask(sql, values).await
    }
}

#[async_trait]
impl ReplayGuard for PostgresGuard {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claimed, GuardError> {
        let claim = Claim::with_nonce(key.clone(), nonce().map_err(GuardError)?);
        let event = hashed(key.as_str());
        let values = vec![Value::text(&event), Value::Int(claim.nonce.cast_signed()), Value::millis(lease)];
        if self.ask(CLAIM.as_str(), values).await? > 0 {
            return Ok(Claimed::Yes(claim));
        }
        match self.ask(IS_DONE, vec![Value::text(event)]).await? {
            0 => Ok(Claimed::Held),
            _ => Ok(Claimed::Done),
        }
    }

    /// In a transaction of its own: between effect and this a crash repeats the effect. [`PostgresGuard::commit_in`] has no such gap.
    async fn commit(&self, claim: &Claim) -> Result<Committed, GuardError> {
        match self.of_claim(COMMIT_RETURNING.as_str(), claim).await? {
            0 => Ok(Committed::Lost),
            _ => Ok(Committed::Yes),
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), GuardError> {
        self.of_claim(RELEASE, claim).await.map(drop)
    }
}

impl fmt::Debug for PostgresGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresGuard")
    }
}
