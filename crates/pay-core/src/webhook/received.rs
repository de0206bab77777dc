//! What comes of checking a delivery.

use http::HeaderMap;
use std::time::SystemTime;

/// What a delivery turned out to be. `E` is the event; `S` is the event that only a question to the provider opens.
///
/// Exhaustive on purpose: whoever receives webhooks decides about each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Received<E, S> {
    /// Signed with one of the keys, and stamped within the tolerance.
    Verified(E),
    /// Signed with one of the keys, but stamped too long ago or too far ahead: perhaps a late retry, perhaps a replay.
    /// Ask the provider before anything is done.
    Stale(S),
    /// No signature, or no part of what it needs. Who sent it is not known.
    Unsigned,
    /// A signature that none of the keys made over these bytes, or headers that can be read in two ways.
    Forged,
}

impl<E, S> Received<E, S> {
    /// The event, where it is verified and fresh.
    pub fn verified(self) -> Option<E> {
        match self {
            Self::Verified(event) => Some(event),
            Self::Stale(_) | Self::Unsigned | Self::Forged => None,
        }
    }
}

/// What a provider crate implements, so that one extractor serves all.
pub trait Receiver: Send + Sync + 'static {
    /// The verified event.
    type Event: Send;
    /// The event that was signed right, but too long ago; uninhabited where a provider stamps nothing.
    type Stale: Send;

    /// Checks raw bytes and headers against the clock. Nothing is parsed before the signature is found right.
    fn receive(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Received<Self::Event, Self::Stale>;

    /// Wall time.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// The largest body that is read, in bytes.
    fn largest_body(&self) -> usize {
        64 * 1024
    }
}
