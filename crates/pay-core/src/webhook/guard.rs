//! The replay guard: of all deliveries of one event, one acts.

use async_trait::async_trait;
use std::fmt;
use std::future::Future;
use std::time::Duration;

/// What one effect belongs to: a provider's event, however often it is delivered. Each provider crate says which
/// parts make it, such as reference and status. Holds no secret.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey(String);

impl EventKey {
    /// A key of these parts. Where one store serves several accounts, the account belongs to the parts.
    pub fn new(provider: &str, parts: &[&str]) -> Self {
        let mut key = provider.to_owned();
        for part in parts {
            // Lengths in front keep two events apart whatever characters their parts hold.
            key.push_str(&format!("|{}:{part}", part.len()));
        }
        Self(key)
    }

    /// A key of the bytes themselves, for events that name nothing of their own: the same bytes are the same event.
    pub fn of_bytes(provider: &str, bytes: &[u8]) -> Self {
        Self::new(provider, &["sha-256", crate::mac::Signature::digest(bytes).as_str()])
    }

    /// The key as text, for a column with a unique index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventKey({})", crate::secret::printable(&self.0))
    }
}

/// The right to act on one event, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// The event.
    pub key: EventKey,
    /// Tells this claim from every other of the same event.
    pub nonce: u64,
}

impl Claim {
    /// A claim with a random nonce.
    pub fn new(key: EventKey) -> Self {
        Self::with_nonce(key, fastrand::u64(..))
    }

    /// A claim; `nonce` must be unlike that of every other claim of the event.
    pub fn with_nonce(key: EventKey, nonce: u64) -> Self {
        Self { key, nonce }
    }
}

/// What came of asking for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Claimed {
    /// Act, then commit.
    Yes(Claim),
    /// Another delivery of the event is being handled and may yet fail: answer so that the provider sends again.
    Held,
    /// Done before: answer as to a success.
    Done,
}

/// What came of committing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Committed {
    /// The event is done for good.
    Yes,
    /// The claim had expired, was given back or taken over: nothing was changed. An effect in the same transaction
    /// must be rolled back.
    Lost,
}

/// Why a guard did not answer. The text is printed: it must hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("replay guard: {0}")]
pub struct GuardError(
    /// What went wrong.
    pub String,
);

/// Remembers which events were acted on: claim, act, commit.
///
/// The claim is the first write. A process that dies between claim and commit holds nobody up for longer than the
/// lease: its claim expires, and the next delivery acts.
///
/// **Effect and commit belong in one transaction.** A guard that keeps its keys in the same database as the
/// effect commits within the caller's transaction (its own method beside this trait), and then each event has exactly
/// one effect. With a guard elsewhere, or an effect elsewhere (a call, an e-mail), a crash between effect and commit
/// repeats the effect: make it one that can be repeated.
///
/// `pay_core::webhook::conformance` tests an implementation.
#[async_trait]
pub trait ReplayGuard: Send + Sync {
    /// Asks for the right to act on an event within `lease`.
    ///
    /// # Errors
    /// Where the store does not answer. Nothing may be done then.
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claimed, GuardError>;

    /// Says that the event is done, if the claim still holds; else it changes nothing.
    ///
    /// # Errors
    /// Where the store does not answer: whether the event is done is not known.
    async fn commit(&self, claim: &Claim) -> Result<Committed, GuardError>;

    /// Gives a claim back, so that the next delivery acts at once. A claim that no longer holds changes nothing.
    ///
    /// # Errors
    /// Where the store does not answer; the claim then ends by itself.
    async fn release(&self, claim: &Claim) -> Result<(), GuardError>;
}

/// What came of [`once`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Once<T> {
    /// Acted, now.
    Acted(T),
    /// Acted, but the claim had ended before it could be committed: another delivery may act, too.
    ActedLate(T),
    /// Done by an earlier delivery.
    DoneBefore,
    /// Being done by another delivery, which may yet fail: let the provider send again.
    Held,
}

/// Claims an event, acts, and commits; where the effect fails, the claim is given back.
///
/// For effects that can be repeated: between effect and commit a crash is possible. An effect in a database belongs
/// in one transaction with the commit; see [`ReplayGuard`]. Where the future is dropped or panics, the claim ends with
/// its lease.
///
/// # Errors
/// Those of the effect, and those of the guard.
pub async fn once<T, E, F>(
    guard: &dyn ReplayGuard,
    key: &EventKey,
    lease: Duration,
    effect: impl FnOnce() -> F,
) -> Result<Once<T>, E>
where
    E: From<GuardError>,
    F: Future<Output = Result<T, E>>,
{
    let claim = match guard.claim(key, lease).await? {
        Claimed::Yes(claim) => claim,
        Claimed::Held => return Ok(Once::Held),
        Claimed::Done => return Ok(Once::DoneBefore),
    };
    match effect().await {
        Ok(value) => match guard.commit(&claim).await? {
            Committed::Yes => Ok(Once::Acted(value)),
            Committed::Lost => Ok(Once::ActedLate(value)),
        },
        Err(error) => {
            // The claim also ends by itself; the effect's own error says more.
            let _ = guard.release(&claim).await;
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_run_into_each_other() {
        let keys = [["a", "b|1:c"], ["a|1:b", "c"], ["ab", "c"], ["a", "bc"], ["", "abc"], ["abc", ""]];
        let distinct: std::collections::HashSet<_> = keys.iter().map(|parts| EventKey::new("p", parts)).collect();
        assert_eq!(distinct.len(), keys.len());
        assert_ne!(EventKey::of_bytes("p", b"a"), EventKey::of_bytes("p", b"b"));
        assert_eq!(format!("{:?}", EventKey::new("p", &["a\nb"])), "EventKey(p|3:a\\u{a}b)");
    }
}
