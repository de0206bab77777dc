//! Verifying a delivery: the signature first, on raw bytes, with any of several keys.

use super::event::Event;
use super::unconfirmed::UnconfirmedEvent;
use http::HeaderMap;
use pay_core::provider::Vars;
use pay_core::webhook::{Header, Keys, Receiver, header};
use pay_core::{Error, SecretString, stamp};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What a delivery turned out to be.
pub type Received = pay_core::webhook::Received<Event, UnconfirmedEvent>;

/// Verifies payment webhooks: `X-SIGNATURE` is the HMAC-SHA256 of `X-TIMESTAMP` and the raw body, with the signing key as
/// it stands (assumed; see the [module](crate::webhook)).
///
/// ```
/// use pay1st::webhook::{Event, Received, Webhooks};
/// use std::time::SystemTime;
///
/// # fn answer(body: &[u8], headers: &http::HeaderMap) -> Result<u16, pay1st::Error> {
/// let webhooks = Webhooks::new("the signing key")?.and_key("the key before it")?;
/// Ok(match webhooks.verify(body, headers, SystemTime::now()) {
///     Received::Verified(Event::Payment(event)) => { /* keep it; a worker confirms it and acts once */ 200 }
///     Received::Verified(_) => { /* a refund, a chargeback or what is not known: keep the raw body */ 200 }
///     Received::Stale(event) => { /* keep it; only `confirm` opens it */ 200 }
///     Received::Unsigned | Received::Forged => 401,
/// })
/// # }
/// ```
#[derive(Clone)]
pub struct Webhooks {
    keys: Keys,
    tolerance: Duration,
    unverified: bool,
    clock: Option<Arc<dyn Fn() -> SystemTime + Send + Sync>>,
}

impl Webhooks {
    /// The tolerance of the documents: five minutes, past and future.
    pub const TOLERANCE: Duration = Duration::from_secs(300);

    /// With the signing key of the Console.
    ///
    /// # Errors
    /// `Kind::Config` where the key is empty, or begins or ends with white space.
    pub fn new(signing_key: impl Into<SecretString>) -> Result<Self, Error> {
        Keys::new("signing_key", &signing_key.into()).map(Self::with)
    }

    /// Reads `PAY1ST_SIGNING_KEY`, and where it is set `PAY1ST_PREVIOUS_SIGNING_KEY`, which stays good while the key is
    /// being replaced.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        Keys::from_vars(vars, "PAY1ST_SIGNING_KEY", "PAY1ST_PREVIOUS_SIGNING_KEY").map(Self::with)
    }

    /// With one more key, old or new, while the signing key is being replaced.
    ///
    /// # Errors
    /// `Kind::Config` where the key is empty, or begins or ends with white space.
    pub fn and_key(self, signing_key: impl Into<SecretString>) -> Result<Self, Error> {
        Ok(Self { keys: self.keys.and("signing_key", &signing_key.into())?, ..self })
    }

    fn with(keys: Keys) -> Self {
        Self { keys, tolerance: Self::TOLERANCE, unverified: false, clock: None }
    }

    /// How far a timestamp may lie in the past or the future before an event is stale. Whether a retry has the
    /// timestamp of the first try is not documented.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// With another clock, such as a sandbox's, where this verifies by itself (the extractor).
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// **Insecure.** Takes what is unsigned or forged as [`Received::Stale`], so that anybody can make this program
    /// ask the API, as often as they like. For finding out how an account's webhooks are signed; even so an
    /// event is opened by [`confirm`](crate::Client::confirm) alone.
    #[must_use]
    pub fn danger_accept_unverified(mut self) -> Self {
        self.unverified = true;
        self
    }

    /// Verifies one delivery: raw bytes, headers, and the time at which it came. Nothing is parsed before the signature
    /// is found right. What is signed, but not a payment event, comes as [`Event::Other`] with its raw body.
    pub fn verify(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Received {
        match self.check(body, headers, now) {
            Check::Fresh => Received::Verified(Event::read(body)),
            Check::Stale => Received::Stale(UnconfirmedEvent(Event::read(body))),
            Check::Unsigned | Check::Forged if self.unverified => Received::Stale(UnconfirmedEvent(Event::read(body))),
            Check::Unsigned => Received::Unsigned,
            Check::Forged => Received::Forged,
        }
    }

    fn check(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Check {
        let (signature, stamp) = match (header(headers, "x-signature"), header(headers, "x-timestamp")) {
            (Header::Several, _) | (_, Header::Several) => return Check::Forged,
            (Header::Missing, _) | (_, Header::Missing) => return Check::Unsigned,
            (Header::Once(signature), Header::Once(stamp)) => (signature, stamp),
        };
        // No separator stands between timestamp and body, so one that does not parse could be a part of either.
        let Some(at) = std::str::from_utf8(stamp).ok().and_then(stamp::iso) else { return Check::Forged };
        if !self.keys.verify(&[stamp, body], signature) {
            return Check::Forged;
        }
        if stamp::within(at, now, self.tolerance) { Check::Fresh } else { Check::Stale }
    }
}

enum Check {
    Fresh,
    Stale,
    Unsigned,
    Forged,
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
            .field("unverified", &self.unverified)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_the_environment_and_are_named_when_they_are_wrong() {
        let build = |key: Option<&str>, previous: Option<&str>| {
            let given = [("PAY1ST_SIGNING_KEY", key), ("PAY1ST_PREVIOUS_SIGNING_KEY", previous)];
            Webhooks::from_vars(&Vars::table(&[], &given))
                .map_err(|error| error.setting().unwrap_or_default().to_owned())
        };
        assert!(build(Some("k"), None).is_ok() && build(Some("k"), Some("l")).is_ok());
        assert_eq!(build(None, Some("l")).unwrap_err(), "PAY1ST_SIGNING_KEY");
        assert_eq!(build(Some("k"), Some("l\n")).unwrap_err(), "PAY1ST_PREVIOUS_SIGNING_KEY");
    }
}
