//! The journal of intents: what is durable before the first byte of a money call leaves, and what came of it afterwards.
//!
//! The engine writes to a [`Journal`] that the builder was given; without one a call costs nothing more. `pay-store` has journals on
//! SQLite and PostgreSQL; a client that implements [`Recover`] says what became of what a dead process left behind.

mod record;

use crate::auth::TokenKey;
use crate::error::{Error, Outcome};
use crate::money::Amount;
use crate::prepared::Prepared;
use crate::secret::RawBody;
use async_trait::async_trait;
pub(crate) use record::Entry;
use std::fmt;
use std::time::{Duration, SystemTime};

/// What is known of a money call before its first byte leaves. It may hold personal data; it never holds card data.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Intent {
    /// Tells it from every other: 32 hexadecimal digits, made at random.
    pub id: String,
    /// Whose call it is. Hash it where others can read it.
    pub account: TokenKey,
    /// The crate, such as `pagamio`.
    pub provider: &'static str,
    /// The operation, such as `purchase`.
    pub operation: &'static str,
    /// The caller's reference.
    pub reference: Option<String>,
    /// How much it moves, in the currency's main unit, where the request says it.
    pub amount: Option<Amount>,
    /// The amount's currency, where the request says it; a crypto currency where coins are sold.
    pub currency: Option<String>,
    /// Whether the same bytes may be sent again.
    pub keyed: bool,
    /// The frozen request; `None` for card calls, for calls on behalf of users, and for what cannot be prepared.
    pub request: Option<Prepared>,
    /// How long the call may still run: nobody else may take the intent before.
    pub busy: Duration,
}

/// What became of a money call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)]
pub enum State {
    /// Begun, and no outcome was written: the process may have died.
    Open,
    /// The provider accepted it, and it is not final.
    Pending,
    /// Done.
    Completed,
    /// No effect.
    NotDone,
    /// The provider said no.
    Refused,
    /// It may have happened.
    Unknown,
    /// It may have happened, and the provider has no question to ask: a person must look.
    Unanswered,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Open, Self::Pending, Self::Completed, Self::NotDone, Self::Refused, Self::Unknown, Self::Unanswered];

    /// As it is written: `open`, `pending`, `completed`, `not_done`, `refused`, `unknown`, `unanswered`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::NotDone => "not_done",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Unanswered => "unanswered",
        }
    }

    /// Read back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether somebody still has to find out: `Open`, `Pending` and `Unknown`.
    pub fn is_unsettled(self) -> bool {
        matches!(self, Self::Open | Self::Pending | Self::Unknown)
    }
}

impl From<Outcome> for State {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotDone => Self::NotDone,
            Outcome::Refused => Self::Refused,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// What is written after a call, or after a recovery.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ended {
    /// What became of it.
    pub state: State,
    /// The provider's id, by which it can be asked for.
    pub transaction_id: Option<String>,
    /// The answer, which may hold tokens and PINs: kept sealed or not at all. `None` for card calls.
    pub reply: Option<RawBody>,
    /// Why, in a few words without personal data, such as the kind of an error.
    pub note: Option<String>,
}

impl Ended {
    /// An end of this state.
    pub fn new(state: State) -> Self {
        Self { state, transaction_id: None, reply: None, note: None }
    }

    /// What an error says. An error of *asking* says nothing of the payment: use this for the call itself only.
    pub fn of(error: &Error) -> Self {
        let note = match error.provider_code() {
            Some(code) => format!("{:?}, code {}", error.kind(), crate::secret::printable(code)),
            None => format!("{:?}", error.kind()),
        };
        Self::new(error.outcome().into()).transaction(error.transaction_id().map(str::to_owned)).note(note)
    }

    /// With the provider's id.
    #[must_use]
    pub fn transaction(mut self, id: Option<String>) -> Self {
        self.transaction_id = id.or(self.transaction_id);
        self
    }

    /// With the answer.
    #[must_use]
    pub fn reply(mut self, body: Option<RawBody>) -> Self {
        self.reply = body;
        self
    }

    /// With a few words.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// What an accepted answer says, for provider crates: see [`Call::progress`](crate::Call::progress).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// The provider's id, by which it can be asked for.
    pub transaction_id: Option<String>,
}

impl Progress {
    /// An answer of this state.
    pub fn new(state: State, transaction_id: Option<&str>) -> Self {
        Self { state, transaction_id: transaction_id.map(str::to_owned) }
    }
}

/// Why a journal did not write. The text is printed: it must hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalError {
    /// What went wrong.
    pub message: String,
    /// Whether it may have been written all the same: the connection broke while it was.
    pub unsure: bool,
}

impl JournalError {
    /// Nothing was written.
    pub fn not_written(message: impl Into<String>) -> Self {
        Self { message: message.into(), unsure: false }
    }

    /// It may have been written.
    pub fn unsure(message: impl Into<String>) -> Self {
        Self { message: message.into(), unsure: true }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "journal: {}", self.message)
    }
}

impl std::error::Error for JournalError {}

/// Keeps intents. When `begin` returns, the intent must survive the machine.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Writes an intent, before the first byte of its call leaves. Where it fails, nothing is sent.
    ///
    /// # Errors
    /// Where it was not written, or may not have been.
    async fn begin(&self, intent: &Intent) -> Result<(), JournalError>;

    /// Writes what became of it. Where it fails, the intent stays open, and the caller still gets the outcome; where a recovery may send
    /// the request, a call that did nothing is then `Unknown`. So `NotDone` and `Refused` must fail for an intent that a recovery has taken.
    ///
    /// # Errors
    /// Where it was not written.
    async fn end(&self, id: &str, ended: &Ended) -> Result<(), JournalError>;
}

/// An intent that somebody has to find out about.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unsettled {
    /// Its id.
    pub id: String,
    /// The operation, such as `purchase`.
    pub operation: String,
    /// The caller's reference.
    pub reference: Option<String>,
    /// The provider's id, where an answer had one.
    pub transaction_id: Option<String>,
    /// How much it moves, where the request said it: a record of another amount is not its record.
    pub amount: Option<Amount>,
    /// Another call of this operation had the same reference, and may have had an effect: a record that is found by it may be of either.
    pub reference_shared: bool,
    /// The frozen request, where it was kept.
    pub request: Option<Prepared>,
    /// `Open`, `Pending` or `Unknown`.
    pub state: State,
    /// When it was written, by the journal's clock: no byte had left before.
    pub begun: SystemTime,
}

impl Unsettled {
    /// An unsettled intent.
    pub fn new(id: impl Into<String>, operation: impl Into<String>, state: State, begun: SystemTime) -> Self {
        let (id, operation) = (id.into(), operation.into());
        Self {
            id,
            operation,
            reference: None,
            transaction_id: None,
            amount: None,
            reference_shared: false,
            request: None,
            state,
            begun,
        }
    }
}

/// A client that can find out about its own intents. Every client of this workspace implements it.
#[async_trait]
pub trait Recover: Send + Sync {
    /// Whose intents it can find out about.
    ///
    /// # Errors
    /// Where the credential source fails.
    async fn account(&self) -> Result<TokenKey, Error>;

    /// Finds out: sends again what the provider de-duplicates, asks for the rest. `Unsettled` states mean "not yet, ask again
    /// later"; [`State::Unanswered`] that the facts offer no question.
    async fn recover(&self, intent: &Unsettled) -> Ended;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("Open"), None);
    }
}
