//! The journal of intents: one schema, on SQLite or PostgreSQL.

mod backend;
mod entry;
mod recovery;
pub(crate) mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

pub(crate) use backend::{Backend, Cells, Value};
pub use entry::{Entry, Listing, to_csv, to_json};
pub use recovery::{Found, Recovery, Report};

use crate::hashed;
use crate::sealer::Sealer;
use async_trait::async_trait;
use pay_core::RawBody;
use pay_core::auth::{SealAtRest, StoreError, TokenKey};
use pay_core::journal::{Ended, Intent, Journal, JournalError, Recover, State, Unsettled};
use sql::Sql;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Intents of money calls, durable before their first byte leaves. Clones share connection and sealing pair.
///
/// Give it to a client's builder with `journal(Arc::new(journal))`. What is kept of a call: account (hashed), provider, operation, reference,
/// amount and transaction id as they are; the frozen request and the answer sealed by your pair, and neither of them for card calls.
#[derive(Clone)]
pub struct IntentJournal {
    backend: Arc<dyn Backend>,
    sql: &'static Sql,
    sealer: Sealer,
    label: String,
}

impl IntentJournal {
    /// A journal in this file, for one machine. SQLite is compiled in; the file and its schema are made where they are missing. Does I/O.
    ///
    /// Each intent is on the disk (`synchronous=FULL`) before its call goes on; intents that come at once share one write.
    ///
    /// # Errors
    /// `Kind::Config` with the setting `journal`: a file that cannot be opened or written, that belongs to another program, or whose
    /// schema is newer than this crate.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(path: impl AsRef<std::path::Path>, pair: Arc<dyn SealAtRest>) -> Result<Self, pay_core::Error> {
        let backend = Arc::new(sqlite::Sqlite::open(path.as_ref())?);
        Ok(Self { backend, sql: &sql::SQLITE, sealer: Sealer::new(pair), label: String::new() })
    }

    /// A journal in this database, for many machines: `postgres://user:password@host/name`. The schema is made or brought up to date.
    ///
    /// The connection is not encrypted by this crate: reach a database on another machine through a tunnel or a local proxy.
    ///
    /// # Errors
    /// `Kind::Config` with the setting `journal`: an address that is none, a database that does not answer, or whose schema is newer than
    /// this crate. The address is never repeated: it may hold a password.
    #[cfg(feature = "postgres")]
    pub async fn postgres(url: &str, pair: Arc<dyn SealAtRest>) -> Result<Self, pay_core::Error> {
        let backend = Arc::new(crate::postgres::Pool::open("journal", url).await?);
        Ok(Self { backend, sql: &sql::POSTGRES, sealer: Sealer::new(pair), label: String::new() })
    }

    /// The same journal for one of several accounts that share a credential id, or have none (Pay Agency's keys). Recoveries under one label
    /// take no intent of another.
    #[must_use]
    pub fn for_account(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Finds out what became of the unsettled intents of this client's account.
    pub fn recover<'a>(&self, client: &'a dyn Recover) -> Recovery<'a> {
        Recovery::new(self.clone(), client)
    }

    /// Intents as they stand, oldest first.
    ///
    /// # Errors
    /// Where the journal does not answer.
    pub async fn list(&self, listing: &Listing) -> Result<Vec<Entry>, JournalError> {
        let rows = self.backend.run(&self.sql.list, listing.values()).await?;
        let unread = || JournalError::not_written("holds an intent that this crate cannot read: update the crate");
        rows.into_iter().map(|row| Entry::read(row).ok_or_else(unread)).collect()
    }

    /// The answer that was kept of an intent: it may hold tokens and PINs.
    ///
    /// # Errors
    /// Where the journal does not answer, or the answer does not open.
    pub async fn reply(&self, id: &str) -> Result<Option<RawBody>, JournalError> {
        let rows = self.backend.run(&self.sql.reply, vec![Value::text(id)]).await?;
        let Some(sealed) = rows.into_iter().next().and_then(|mut row| row.bytes()) else {
            return Ok(None);
        };
        let plain = self.sealer.open(&place(id, "reply"), &sealed).map_err(failed)?;
        Ok(Some(RawBody::new(plain.to_vec())))
    }

    /// Writes what a person found out. `false`: there is no such intent, or it is settled already.
    ///
    /// # Errors
    /// Where it was not written.
    pub async fn resolve(&self, id: &str, state: State, note: &str) -> Result<bool, JournalError> {
        self.write_end(&self.sql.resolve, id, &Ended::new(state).note(note)).await
    }

    /// Deletes settled intents whose last change is longer ago, and answers how many. Unsettled and unanswered ones stay.
    ///
    /// # Errors
    /// Where the journal does not answer.
    pub async fn forget(&self, longer_ago: Duration) -> Result<usize, JournalError> {
        let rows = self.backend.run(&self.sql.forget, vec![Value::millis(longer_ago)]).await?;
        Ok(rows.len())
    }

    pub(crate) fn account(&self, key: &TokenKey) -> String {
        // The length in front keeps label and key apart whatever they hold.
        hashed(&format!("{}:{}{}", self.label.len(), self.label, key.expose()))
    }

    fn sealed_reply(&self, id: &str, ended: &Ended) -> Result<Value, JournalError> {
        let Some(reply) = &ended.reply else { return Ok(Value::Bytes(None)) };
        let sealed = self.sealer.seal(&place(id, "reply"), reply.expose());
        sealed.map(|sealed| Value::Bytes(Some(sealed))).map_err(failed)
    }

    async fn write_end(&self, sql: &'static str, id: &str, ended: &Ended) -> Result<bool, JournalError> {
        let values = vec![
            Value::text(id),
            Value::text(ended.state.as_str()),
            storable(ended.transaction_id.as_deref()),
            self.sealed_reply(id, ended)?,
            storable(ended.note.as_deref()),
        ];
        Ok(!self.backend.run(sql, values).await?.is_empty())
    }

    /// One intent that nobody else has, how long ago it was written, and whether its request opened.
    pub(crate) async fn take(
        &self,
        account: &str,
        claim: &str,
        lease: Duration,
        busy_too: bool,
    ) -> Result<Option<(Unsettled, Duration, bool)>, JournalError> {
        let values = vec![Value::text(claim), Value::millis(lease), Value::text(account), Value::Bool(busy_too)];
        let Some(mut row) = self.backend.run(&self.sql.take, values).await?.into_iter().next() else {
            return Ok(None);
        };
        let (id, operation) = (row.text().unwrap_or_default(), row.text().unwrap_or_default());
        let (reference, transaction_id, sealed) = (row.text(), row.text(), row.bytes());
        let state = row.text().and_then(|text| State::parse(&text)).unwrap_or(State::Unknown);
        let open = |sealed: Vec<u8>| {
            let plain = self.sealer.open(&place(&id, "request"), &sealed).ok()?;
            serde_json::from_slice(&plain).ok()
        };
        let (kept, request) = (sealed.is_some(), sealed.and_then(open));
        let opened = !kept || request.is_some();
        let mut intent = Unsettled::new(id, operation, state, entry::time(row.int()));
        (intent.reference, intent.transaction_id, intent.request) = (reference, transaction_id, request);
        let age_ms = row.int();
        intent.amount = row.text().and_then(|text| text.parse().ok());
        intent.reference_shared = row.bool();
        let age = Duration::from_millis(u64::try_from(age_ms).unwrap_or_default());
        Ok(Some((intent, age, opened)))
    }

    /// Writes what a recovery found out, if its claim still holds.
    pub(crate) async fn finish(
        &self,
        id: &str,
        claim: &str,
        ended: &Ended,
        again_in: Duration,
    ) -> Result<bool, JournalError> {
        let values = vec![
            Value::text(id),
            Value::text(ended.state.as_str()),
            storable(ended.transaction_id.as_deref()),
            self.sealed_reply(id, ended)?,
            storable(ended.note.as_deref()),
            Value::millis(again_in),
            Value::text(claim),
        ];
        Ok(!self.backend.run(&self.sql.finish, values).await?.is_empty())
    }
}

#[async_trait]
impl Journal for IntentJournal {
    async fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        let request = match &intent.request {
            None => None,
            Some(request) => {
                let plain = serde_json::to_vec(request)
                    .map_err(|_| JournalError::not_written("a request that cannot be written"))?;
                let plain = zeroize::Zeroizing::new(plain);
                Some(self.sealer.seal(&place(&intent.id, "request"), &plain).map_err(failed)?)
            }
        };
        let values = vec![
            Value::text(&intent.id),
            Value::text(self.account(&intent.account)),
            Value::text(intent.provider),
            Value::text(intent.operation),
            Value::Text(intent.reference.clone()),
            Value::Bool(intent.keyed),
            Value::Bytes(request),
            Value::millis(intent.busy),
            // As text: a database's numbers would round, or drop zeros.
            Value::Text(intent.amount.map(|amount| amount.to_string())),
            Value::Text(intent.currency.clone()),
        ];
        self.backend.run(&self.sql.begin, values).await.map(drop)
    }

    async fn end(&self, id: &str, ended: &Ended) -> Result<(), JournalError> {
        if self.write_end(&self.sql.end, id, ended).await? {
            return Ok(());
        }
        // Not there: a cancelled intent may yet be written by a server that is slow to see that we are gone.
        Err(JournalError::not_written("no such intent, or a recovery or a person was there before"))
    }
}

impl fmt::Debug for IntentJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntentJournal").field("label", &self.label).finish_non_exhaustive()
    }
}

fn place(id: &str, what: &str) -> String {
    format!("intent {id} {what}")
}

/// PostgreSQL keeps no NUL in a text, and the texts of an end come from the provider: refused, they would leave the intent open for ever.
fn storable(text: Option<&str>) -> Value {
    Value::Text(text.map(|text| text.replace('\0', "")))
}

/// The pair failed: nothing was written.
fn failed(error: StoreError) -> JournalError {
    JournalError::not_written(error.0)
}
