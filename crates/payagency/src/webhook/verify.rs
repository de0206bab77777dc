//! Schemes, keys, and what a delivery turns out to be.

use super::event::{Event, PaymentEvent, UnconfirmedEvent};
use http::HeaderMap;
use pay_core::provider::Vars;
use pay_core::webhook::{Header, Keys, Receiver, header};
use pay_core::{Error, SecretString};
use std::time::SystemTime;

/// The header that carries the hash: <https://docs.pay.agency/docs/webhook>.
pub const HEADER: &str = "fs-webhook-hash";

/// What a delivery turned out to be. `Verified` is never fresher than its body: there is no time in it, so an old delivery fits for
/// ever. `Stale` comes only after opting in to events that nobody has verified; both can be confirmed.
pub type Received = pay_core::webhook::Received<Event, UnconfirmedEvent>;

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
///     Received::Verified(event) => { /* keep it; a worker confirms it and acts once */ 200 }
///     Received::Stale(event) => { /* only after opting in: nobody verified it; only `confirm` opens it */ 200 }
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

impl Webhooks {
    /// Verifies by this scheme with this key, as the text that it is: your own secret, or the encryption key.
    ///
    /// # Errors
    /// `Kind::Config` where the key is empty, or begins or ends with white space.
    pub fn new(scheme: SignatureScheme, webhook_key: impl Into<SecretString>) -> Result<Self, Error> {
        Ok(Self::with(scheme, Keys::new("webhook_key", &webhook_key.into())?))
    }

    /// Reads `PAYAGENCY_WEBHOOK_SCHEME` (`assumed_hmac_sha256_hex`, the only one there is), `PAYAGENCY_WEBHOOK_KEY`, and where it is
    /// set `PAYAGENCY_PREVIOUS_WEBHOOK_KEY`, which stays good while the key is being replaced; or the other of the two that the
    /// documents name.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        const SCHEME: &str = "PAYAGENCY_WEBHOOK_SCHEME";
        let scheme = match vars.required(SCHEME)?.as_str() {
            "assumed_hmac_sha256_hex" => SignatureScheme::AssumedHmacSha256Hex,
            _ => return Err(Error::config(SCHEME, "must be `assumed_hmac_sha256_hex`")),
        };
        let keys = Keys::from_vars(vars, "PAYAGENCY_WEBHOOK_KEY", "PAYAGENCY_PREVIOUS_WEBHOOK_KEY")?;
        Ok(Self::with(scheme, keys))
    }

    /// And with another key: while one is being replaced, and because the documents name two.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn and_key(self, webhook_key: impl Into<SecretString>) -> Result<Self, Error> {
        Ok(Self { keys: self.keys.and("webhook_key", &webhook_key.into())?, ..self })
    }

    fn with(scheme: SignatureScheme, keys: Keys) -> Self {
        Self { scheme, keys, unverified: false }
    }

    /// Takes events that nobody has verified, as `Received::Stale`. **Anybody can send them.** Nothing of them can be used but through
    /// [`confirm`](crate::Client::confirm), which asks the status call; still each costs you a request, so bound how many you take.
    #[must_use]
    pub fn danger_accept_unverified(mut self) -> Self {
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
        PaymentEvent::read(body).map_or(refused, |event| Received::Stale(UnconfirmedEvent(event)))
    }

    fn fits(&self, body: &[u8], hash: &[u8]) -> bool {
        match self.scheme {
            SignatureScheme::AssumedHmacSha256Hex => self.keys.verify(&[body], hash),
        }
    }
}

/// For the extractor of the feature `axum-08`.
impl Receiver for Webhooks {
    type Event = Event;
    type Stale = UnconfirmedEvent;

    fn receive(&self, body: &[u8], headers: &HeaderMap, _now: SystemTime) -> Received {
        self.verify(body, headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_named_and_the_key_is_there() {
        let build = |scheme: Option<&str>, key: Option<&str>, other: Option<&str>| {
            let given = [
                ("PAYAGENCY_WEBHOOK_SCHEME", scheme),
                ("PAYAGENCY_WEBHOOK_KEY", key),
                ("PAYAGENCY_PREVIOUS_WEBHOOK_KEY", other),
            ];
            Webhooks::from_vars(&Vars::table(&[], &given))
                .map_err(|error| error.setting().unwrap_or_default().to_owned())
        };
        let scheme = Some("assumed_hmac_sha256_hex");
        assert!(build(scheme, Some("k"), None).is_ok() && build(scheme, Some("k"), Some("l")).is_ok());
        assert_eq!(build(None, Some("k"), None).unwrap_err(), "PAYAGENCY_WEBHOOK_SCHEME");
        assert_eq!(build(Some("hmac"), Some("k"), None).unwrap_err(), "PAYAGENCY_WEBHOOK_SCHEME");
        assert_eq!(build(scheme, None, None).unwrap_err(), "PAYAGENCY_WEBHOOK_KEY");
        assert_eq!(build(scheme, Some("k"), Some("l\n")).unwrap_err(), "PAYAGENCY_PREVIOUS_WEBHOOK_KEY");
    }
}
