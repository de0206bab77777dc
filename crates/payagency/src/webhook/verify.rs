//! Schemes, keys, and what a delivery turns out to be.

use super::event::{Event, PaymentEvent, UnverifiedEvent};
use http::HeaderMap;
use pay_core::webhook::{self, Header, Keys, Receiver, header};
use pay_core::{Error, SecretString};
use std::time::SystemTime;

/// The header that carries the hash: <https://docs.pay.agency/docs/webhook>.
pub const HEADER: &str = "fs-webhook-hash";

/// How the hash is thought to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// **A hypothesis**: HMAC-SHA256 of the raw body in hexadecimal digits. One independent integration was written so, and was not
    /// seen to be checked against a real webhook; the documents of a similar product say the same of the same header. If your
    /// first real webhook is `Forged`, the hypothesis is wrong, or the key is: the documents name both the encryption key and a
    /// secret of your own.
    AssumedHmacSha256Hex,
}

/// Verifies webhooks by a scheme and keys that you choose.
///
/// ```
/// use payagency::webhook::{Received, SignatureScheme, Webhooks};
/// # fn handler(headers: http::HeaderMap, body: &[u8]) -> Result<u16, payagency::Error> {
/// let webhooks = Webhooks::new(SignatureScheme::AssumedHmacSha256Hex, "the secret of the dashboard")?;
/// Ok(match webhooks.verify(body, &headers) {
///     Received::Verified(event) => 200,   // keep event.key(), answer, and confirm it afterwards
///     Received::Unverified(event) => 200, // comes only after opting in; confirm it
///     Received::Unsigned | Received::Forged => 401,
/// })
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Webhooks {
    scheme: SignatureScheme,
    keys: Keys,
    unverified: bool,
}

/// What a delivery turns out to be.
#[derive(Debug, Clone)]
#[must_use = "an unsigned or forged delivery is nothing to act on"]
#[allow(clippy::exhaustive_enums)]
pub enum Received {
    /// The hash fits. There is no time in it, so an old delivery fits for ever: `confirm` it all the same.
    Verified(Event),
    /// The hash does not fit or is missing, and you asked for such events: they can be confirmed, and nothing else.
    Unverified(UnverifiedEvent),
    /// No hash.
    Unsigned,
    /// A hash that does not fit, or several.
    Forged,
}

impl Webhooks {
    /// Verifies by this scheme with this key, as the text that it is: your own secret, or the encryption key.
    ///
    /// # Errors
    /// `Kind::Config` where the key is empty, or begins or ends with white space.
    pub fn new(scheme: SignatureScheme, key: impl Into<SecretString>) -> Result<Self, Error> {
        let keys = Keys::new(&key.into()).map_err(|error| Error::config("webhook_key", error.to_string()))?;
        Ok(Self { scheme, keys, unverified: false })
    }

    /// And with another key: while one is being replaced, and because the documents name two.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn and_key(mut self, key: impl Into<SecretString>) -> Result<Self, Error> {
        self.keys = self.keys.and(&key.into()).map_err(|error| Error::config("webhook_key", error.to_string()))?;
        Ok(self)
    }

    /// Takes events that nobody has verified, as [`Received::Unverified`]. **Anybody can send them.** Nothing of them can be used but
    /// through [`confirm`](crate::Client::confirm), which asks the status call; still each costs you a request, so bound how many
    /// you take.
    #[must_use]
    pub fn accept_unverified_events_only_to_confirm_each_by_the_status_call(mut self) -> Self {
        self.unverified = true;
        self
    }

    /// What a delivery is. `body` is the raw bytes as they came: JSON that was read and written again is another text. Compares in
    /// constant time, and parses nothing before the hash is found right. The provider stamps nothing, so no clock is asked for.
    pub fn verify(&self, body: &[u8], headers: &HeaderMap) -> Received {
        let refused = match header(headers, HEADER) {
            Header::Once(hash) if self.fits(body, hash) => return Received::Verified(Event::read(body)),
            Header::Missing => Received::Unsigned,
            Header::Once(_) | Header::Several => Received::Forged,
        };
        if !self.unverified {
            return refused;
        }
        PaymentEvent::read(body).map_or(refused, |event| Received::Unverified(UnverifiedEvent(event)))
    }

    fn fits(&self, body: &[u8], hash: &[u8]) -> bool {
        match self.scheme {
            SignatureScheme::AssumedHmacSha256Hex => self.keys.verify(&[body], hash),
        }
    }
}

/// For the extractor of the feature `axum-08`. What is `Unverified` here comes as `Stale` there: both can be confirmed and no more.
impl Receiver for Webhooks {
    type Event = Event;
    type Stale = UnverifiedEvent;

    fn receive(
        &self,
        body: &[u8],
        headers: &HeaderMap,
        _now: SystemTime,
    ) -> webhook::Received<Self::Event, Self::Stale> {
        match self.verify(body, headers) {
            Received::Verified(event) => webhook::Received::Verified(event),
            Received::Unverified(event) => webhook::Received::Stale(event),
            Received::Unsigned => webhook::Received::Unsigned,
            Received::Forged => webhook::Received::Forged,
        }
    }
}
