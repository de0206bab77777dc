//! Verifying a delivery: the signature first, on raw bytes, with any of several keys.

use super::event::{Event, Stamp, UnconfirmedEvent};
use super::header::{Signed, parse};
use http::HeaderMap;
use pay_core::provider::Vars;
use pay_core::webhook::{Header, Keys, Receiver, header};
use pay_core::{Error, SecretString, stamp};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The header that carries the signature: <https://dev.pagfast.com/docs/webhook-event-verification>.
pub const HEADER: &str = "X-Webhook-Signature";

/// What a delivery turned out to be. `Unsigned` may be honest: an account without a webhook key is sent events all the same.
pub type Received = pay_core::webhook::Received<Event, UnconfirmedEvent>;

/// Verifies webhooks: `Sign` in [`HEADER`] is the HMAC-SHA256 of `Nonce:TS:body`, with the text of the webhook key as it stands.
///
/// ```
/// use pagfast::webhook::{Event, Received, Webhooks};
/// use std::time::SystemTime;
///
/// # fn answer(body: &[u8], headers: &http::HeaderMap) -> Result<u16, pagfast::Error> {
/// let webhooks = Webhooks::new("the webhook key")?.and_key("the key before it")?;
/// Ok(match webhooks.verify(body, headers, SystemTime::now()) {
///     Received::Verified(Event::Transaction(event)) => { /* keep it; a worker confirms it and acts once */ 200 }
///     Received::Verified(_) => { /* signed, and of no known form: keep the raw body */ 200 }
///     Received::Stale(event) => { /* keep it; only `confirm` opens it */ 200 }
///     Received::Unsigned | Received::Forged => 401,
/// })
/// # }
/// ```
#[derive(Clone)]
pub struct Webhooks {
    keys: Keys,
    tolerance: Option<Duration>,
    unsigned: bool,
    clock: Option<Arc<dyn Fn() -> SystemTime + Send + Sync>>,
}

impl Webhooks {
    /// How far `TS` may lie in the past or the future: a day. Our choice, and generous on purpose: whether a retry is stamped anew is
    /// not documented, and what is stale costs one question.
    pub const TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

    /// With the key of the panel: Integration, Webhook Preferences.
    ///
    /// # Errors
    /// `Kind::Config` where the key is empty, or begins or ends with white space.
    pub fn new(webhook_key: impl Into<SecretString>) -> Result<Self, Error> {
        Keys::new("webhook_key", &webhook_key.into()).map(Self::with)
    }

    /// Reads `PAGFAST_WEBHOOK_KEY`, and where it is set `PAGFAST_PREVIOUS_WEBHOOK_KEY`, which stays good while the key is being
    /// replaced.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        Keys::from_vars(vars, "PAGFAST_WEBHOOK_KEY", "PAGFAST_PREVIOUS_WEBHOOK_KEY").map(Self::with)
    }

    /// With one more key, old or new, while the webhook key is being replaced.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn and_key(self, webhook_key: impl Into<SecretString>) -> Result<Self, Error> {
        Ok(Self { keys: self.keys.and("webhook_key", &webhook_key.into())?, ..self })
    }

    fn with(keys: Keys) -> Self {
        Self { keys, tolerance: Some(Self::TOLERANCE), unsigned: false, clock: None }
    }

    /// Another tolerance. `TS` is the time of sending: PagFast's own sample was sent 30 hours after its transaction.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// No tolerance: nothing is ever stale. A stolen delivery then counts for ever, and only the replay guard stands against it.
    #[must_use]
    pub fn any_age(mut self) -> Self {
        self.tolerance = None;
        self
    }

    /// With another clock, where this verifies by itself (the extractor).
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Takes what is not signed at all as [`Received::Stale`], for accounts whose deliveries carry no signature. **Anybody can send
    /// them.** Nothing of them can be used but through [`confirm`](crate::Client::confirm); still each costs you a request, so bound
    /// how many you take. What is signed wrongly stays `Forged`.
    #[must_use]
    pub fn danger_accept_unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    /// Verifies one delivery: raw bytes, headers, and the time at which it came. Nothing of the body is parsed before the signature is
    /// found right. What is signed, but of no known form, comes as [`Event::Other`] with its raw body.
    pub fn verify(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Received {
        let value = match header(headers, HEADER) {
            Header::Once(value) => value,
            Header::Several => return Received::Forged,
            Header::Missing if self.unsigned => {
                return UnconfirmedEvent::read(body).map_or(Received::Unsigned, Received::Stale);
            }
            Header::Missing => return Received::Unsigned,
        };
        let Some(signed) = parse(value).filter(|signed| self.fits(signed, body)) else { return Received::Forged };
        let event = Event::read(body, Stamp { nonce: signed.nonce.to_owned(), sent_at: signed.at });
        if self.tolerance.is_none_or(|tolerance| stamp::within(signed.at, now, tolerance)) {
            Received::Verified(event)
        } else {
            Received::Stale(UnconfirmedEvent::of(&event))
        }
    }

    fn fits(&self, signed: &Signed<'_>, body: &[u8]) -> bool {
        let parts = [signed.nonce.as_bytes(), b":", signed.ts.as_bytes(), b":", body];
        self.keys.verify(&parts, signed.sign.as_bytes())
    }
}

impl Receiver for Webhooks {
    type Event = Event;
    type Stale = UnconfirmedEvent;

    fn receive(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Received {
        self.verify(body, headers, now)
    }

    fn now(&self) -> SystemTime {
        self.clock.as_ref().map_or_else(SystemTime::now, |clock| clock())
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks")
            .field("keys", &self.keys)
            .field("tolerance", &self.tolerance)
            .field("unsigned", &self.unsigned)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_the_environment_and_are_named_when_they_are_wrong() {
        let build = |key: Option<&str>, previous: Option<&str>| {
            let given = [("PAGFAST_WEBHOOK_KEY", key), ("PAGFAST_PREVIOUS_WEBHOOK_KEY", previous)];
            Webhooks::from_vars(&Vars::table(&[], &given))
                .map_err(|error| error.setting().unwrap_or_default().to_owned())
        };
        assert!(build(Some("k"), None).is_ok() && build(Some("k"), Some("l")).is_ok());
        assert_eq!(build(None, Some("l")).unwrap_err(), "PAGFAST_WEBHOOK_KEY");
        assert_eq!(build(Some(""), None).unwrap_err(), "PAGFAST_WEBHOOK_KEY");
        assert_eq!(build(Some("k"), Some("l\n")).unwrap_err(), "PAGFAST_PREVIOUS_WEBHOOK_KEY");
    }
}
