//! What the engine does with a journal: one intent before the first byte, one end after the last.

use super::{Ended, Intent, Journal, JournalError};
use crate::auth::{Access, Clock, TokenKey};
use crate::engine::{Core, Engine, Options};
use crate::error::{Error, Kind, Outcome};
use crate::parts::Frozen;
use crate::prepared::Prepared;
use crate::provider::Repeat;
use crate::telemetry;
use crate::track::Track;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout, timeout_at};

/// Time for a write that tidies up after the call: the caller waits for it with an answer in hand.
const TIDY: Duration = Duration::from_secs(5);

/// An intent that was written and has no end yet.
pub(crate) struct Entry {
    journal: Arc<dyn Journal>,
    id: String,
    provider: &'static str,
    /// Until when nobody else takes it, by the wall: monotonic time stands still while a machine sleeps.
    until: SystemTime,
    /// Whether a recovery may send its request.
    can_be_sent: bool,
}

impl Entry {
    /// Whether it may be in the hands of a recovery, or of a person who was told that nothing comes any more.
    pub(crate) fn is_over(&self, clock: &Clock) -> bool {
        clock.wall() > self.until
    }

    /// Writes the end. What cannot be written is found out by a recovery, so it fails no call.
    ///
    /// In a task of its own: the outcome is known now, also where the caller is dropped. Answers whether it was written.
    pub(crate) async fn end(self, ended: Ended) -> bool {
        let write = async move {
            let written = self.write(&ended).await;
            if let Err(error) = &written {
                telemetry::journal_failed(self.provider, error);
            }
            written.is_ok()
        };
        // A runtime that shuts down leaves it to a recovery.
        tokio::spawn(write).await.unwrap_or(false)
    }

    /// Writes the end of a call that failed. An intent that stays open can be sent by a recovery: then it is not true that nothing will
    /// happen, and a new reference would pay twice.
    pub(crate) async fn failed(self, error: Error) -> Error {
        let can_be_sent = self.can_be_sent;
        let written = self.end(Ended::of(&error)).await;
        if written || !can_be_sent || error.outcome() == Outcome::Unknown {
            return error;
        }
        error.with_outcome(Outcome::Unknown).advice(
            "its intent is still open in the journal, and a recovery may send it: start again with the same reference only",
        )
    }

    async fn write(&self, ended: &Ended) -> Result<(), JournalError> {
        let late = |_| Err(JournalError::unsure("no answer in time"));
        timeout(TIDY, self.journal.end(&self.id, ended)).await.unwrap_or_else(late)
    }
}

impl Core {
    /// Whether neither request nor answer is kept: of cards, and of users, since what one began must not be sent with another one's token.
    pub(crate) fn intent_alone(&self, options: Options) -> bool {
        options.card || self.has_users.load(Ordering::Relaxed)
    }

    /// Whose call it is: the credential's. Which of its users, is not known here.
    pub(crate) async fn account(
        &self,
        access: &Access,
        operation: &'static str,
        end: Instant,
    ) -> Result<TokenKey, Error> {
        let failed = |message| Error::new(Kind::Credentials, Outcome::NotDone, operation).message(message);
        let credentials = timeout_at(end, access.source.credentials())
            .await
            .map_err(|_| failed("the credential source did not answer in time"))?
            .map_err(|cause| failed("the credential source failed").with_source(cause))?;
        Ok(TokenKey::new(self.provider.name(), self.base.as_str(), credentials.id(), None))
    }

    /// Writes the intent of a money call. Boxed: the future of a call without a journal stays as small as it was.
    pub(crate) fn recorded<'a>(
        &'a self,
        journal: &'a Arc<dyn Journal>,
        access: &'a Access,
        frozen: &'a Frozen,
        options: Options,
        end: Instant,
        track: &'a mut Track<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<Entry, Error>> + Send + 'a>> {
        Box::pin(async move {
            track.recording();
            self.begin(journal, access, frozen, options, end).await
        })
    }

    async fn begin(
        &self,
        journal: &Arc<dyn Journal>,
        access: &Access,
        frozen: &Frozen,
        options: Options,
        end: Instant,
    ) -> Result<Entry, Error> {
        let operation = frozen.operation;
        let account = self.account(access, operation.name, end).await?;
        let intent = Intent {
            id: format!("{:032x}", fastrand::u128(..)),
            account,
            provider: self.provider.name(),
            operation: operation.name,
            reference: frozen.reference.clone(),
            amount: frozen.worth.map(|worth| worth.amount),
            currency: frozen.worth.and_then(|worth| worth.currency().map(str::to_owned)),
            keyed: operation.repeat == Repeat::Keyed,
            // What cannot be prepared can still be looked up.
            request: if self.intent_alone(options) { None } else { Prepared::from_frozen(frozen).ok() },
            busy: end.saturating_duration_since(self.clock.now()),
        };
        let entry = Entry {
            journal: Arc::clone(journal),
            id: intent.id.clone(),
            provider: intent.provider,
            until: self.clock.wall() + intent.busy,
            can_be_sent: intent.keyed && intent.request.is_some(),
        };
        let late = |_| Err(JournalError::unsure("no answer in time"));
        let Err(error) = timeout_at(end, journal.begin(&intent)).await.unwrap_or_else(late) else {
            return Ok(entry);
        };
        let failed = |outcome| {
            Error::new(Kind::Journal, outcome, operation.name)
                .with_setting("journal")
                .message(error.message.clone())
                .with_reference(frozen.reference.clone())
        };
        let cancelled = !error.unsure || entry.write(&Ended::new(super::State::NotDone)).await.is_ok();
        // An intent that may stand there can be sent by a recovery: then it is not true that nothing will happen.
        if cancelled || !entry.can_be_sent {
            return Err(failed(Outcome::NotDone).advice("nothing was sent: mend the journal and start again"));
        }
        Err(failed(Outcome::Unknown).advice(
            "nothing was sent, but the journal may hold the intent, and a recovery may send it: start again with the same reference only",
        ))
    }
}

impl Engine {
    /// Whose calls an access makes, for [`Recover::account`](super::Recover::account).
    ///
    /// # Errors
    /// Where the credential source fails; the outcome is always `NotDone`.
    pub async fn account(&self, access: &Access) -> Result<TokenKey, Error> {
        let end = self.core.clock.now() + self.core.settings.deadline;
        self.core.account(access, "recover", end).await
    }
}
