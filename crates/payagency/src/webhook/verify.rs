//! Schemes, keys, and what a delivery turns out to be.

use crate::webhook::{Event, UnverifiedEvent};
use http::HeaderMap;
use pay_core::decode::DecodeError;
use pay_core::mac::MacKey;
use pay_core::{Error, SecretString};

/// The header that carries the hash: <https://docs.pay.agency/docs/webhook>.
pub const HEADER: &str = "fs-webhook-hash";

/// How the hash is thought to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// **A hypothesis**: HMAC-SHA256 of the raw body in hexadecimal digits. One independent integration was written so and never seen
    /// to be checked against a real webhook; the documents of a similar product say the same of the same header. If your first
    /// real webhook is `Forged`, the hypothesis is wrong, or the key is: the documents name both the encryption key and a secret of
    /// your own.
    AssumedHmacSha256Hex,
}

/// Verifies webhooks by a scheme and keys that you choose.
///
/// ```
/// use payagency::webhook::{Received, SignatureScheme, Webhooks};
/// # fn handler(headers: http::HeaderMap, body: &[u8]) -> Result<u16, payagency::Error> {
/// let webhooks = Webhooks::new(SignatureScheme::AssumedHmacSha256Hex).key("the secret of the dashboard")?;
/// Ok(match webhooks.verify(body, &headers) {
///     Received::Verified(event) => { /* store event.key(), then confirm it in the background */ 200 }
///     Received::Unverified(_) => 200, // only after opting in
///     Received::Unsigned | Received::Forged => 401,
///     Received::Unreadable(_) => 400,
/// })
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Webhooks {
    scheme: SignatureScheme,
    keys: Vec<MacKey>,
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
    /// The hash fits a body that is no payment reply.
    Unreadable(DecodeError),
}

impl Webhooks {
    /// Verifies by this scheme. A key is needed, or nothing ever fits.
    pub fn new(scheme: SignatureScheme) -> Self {
        Self { scheme, keys: Vec::new(), unverified: false }
    }

    /// A key, as the text that it is: your own secret, or the encryption key. Several may be given, for rotation and because the
    /// documents name two.
    ///
    /// # Errors
    /// `Kind::Config` where it is empty, or begins or ends with white space.
    pub fn key(mut self, key: impl Into<SecretString>) -> Result<Self, Error> {
        let key = MacKey::new(&key.into()).map_err(|error| Error::config("webhook_key", error.to_string()))?;
        self.keys.push(key);
        Ok(self)
    }

    /// Takes events that nobody has verified, as [`Received::Unverified`]. **Anybody can send them.** They hold nothing that can be
    /// used but through [`confirm`](crate::Client::confirm), which asks the status call; still each costs you a request, so bound
    /// how many you take.
    #[must_use]
    pub fn accept_unverified_events_only_to_confirm_each_by_the_status_call(mut self) -> Self {
        self.unverified = true;
        self
    }

    /// What a delivery is. `body` is the raw bytes as they came: JSON that was read and written again is another text. Compares in
    /// constant time. There is no time stamp in this provider's webhooks, so none is asked for.
    pub fn verify(&self, body: &[u8], headers: &HeaderMap) -> Received {
        let mut hashes = headers.get_all(HEADER).iter();
        let refused = match (hashes.next(), hashes.next()) {
            (Some(hash), None) if self.fits(body, hash.as_bytes()) => {
                return Event::read(body).map_or_else(Received::Unreadable, Received::Verified);
            }
            (None, _) => Received::Unsigned,
            _ => Received::Forged,
        };
        match Event::read(body) {
            Ok(event) if self.unverified => Received::Unverified(UnverifiedEvent::new(event)),
            _ => refused,
        }
    }

    fn fits(&self, body: &[u8], hash: &[u8]) -> bool {
        match self.scheme {
            // Every key is tried, so that the time does not tell which one fits.
            SignatureScheme::AssumedHmacSha256Hex => {
                self.keys.iter().fold(false, |fits, key| key.verify(&[body], hash) | fits)
            }
        }
    }
}
