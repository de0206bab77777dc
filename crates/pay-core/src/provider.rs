//! What a provider crate builds on: operations as data, the judge, and the hooks that differ per provider.

use crate::error::Error;
use crate::secret::SecretString;

use http::{HeaderMap, HeaderName, Method};
use std::future::Future;
use std::time::{Duration, SystemTime};

pub use crate::auth::{Access, Credentials, Grant, GrantFailure, GrantStep, OwnTokens, TokenSource, Tokens};
pub use crate::base_url::{BaseUrl, is_loopback};
pub use crate::builder::{Settings, builder_settings};
pub use crate::decode::{DecodeError, Id, LooseText, json, members};
pub use crate::engine::Engine;
pub use crate::operation::{Auth, Operation, Repeat, Verb};
pub use crate::parts::Parts;
pub use crate::polling::{Polling, Rounds, is_hopeless};
pub use crate::retry::{Limit, Scope};
pub use crate::schedule::Schedule;
pub use crate::vars::Vars;
pub use crate::verdict::{Failure, Verdict};
pub use crate::wire::{Answer, Transport};
pub use http::StatusCode;

/// Monotonic time, for polling that paused tests can move.
pub fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}

/// Sleeps, for polling that paused tests can move.
pub fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
    tokio::time::sleep(time)
}

/// What is signed: the frozen bytes, exactly as they are sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct ToSign<'a> {
    /// HTTP method.
    pub method: &'a Method,
    /// Path and query as sent.
    pub path_and_query: &'a str,
    /// The body as sent.
    pub body: &'a [u8],
    /// Wall time of this attempt.
    pub now: SystemTime,
}

/// How a token travels.
#[derive(Debug, Clone)]
pub struct TokenHeader {
    /// Header name.
    pub name: HeaderName,
    /// What stands before the token, such as `"Bearer "`.
    pub prefix: &'static str,
}

/// What differs from provider to provider. Everything here is a pure function of its arguments.
pub trait Provider: Send + Sync + 'static {
    /// The crate's name, for events, token keys and `User-Agent`.
    fn name(&self) -> &'static str;

    /// The crate's version, for `User-Agent`.
    fn version(&self) -> &'static str;

    /// What the facts say about an answer to `operation`.
    fn judge(&self, operation: &'static Operation, answer: &Answer) -> Verdict;

    /// The header that carries the token.
    fn token_header(&self) -> TokenHeader {
        TokenHeader { name: http::header::AUTHORIZATION, prefix: "Bearer " }
    }

    /// The provider's id of a request, from the headers of the answer or its body.
    fn request_id(&self, _answer: &Answer) -> Option<String> {
        None
    }

    /// Headers of a reply that a caller may see.
    fn reply_headers(&self) -> &'static [&'static str] {
        &["content-type", "date", "retry-after"]
    }

    /// Adds the signature to the headers of one attempt.
    ///
    /// # Errors
    /// Where a key is missing or unfit; the outcome is `NotDone`.
    fn sign(&self, _request: &ToSign<'_>, _credentials: &Credentials, _headers: &mut HeaderMap) -> Result<(), Error> {
        Ok(())
    }

    /// Seals a body before it is frozen, and wipes `plain`.
    ///
    /// # Errors
    /// Where a key is missing or unfit; the outcome is `NotDone`.
    fn seal(&self, plain: Vec<u8>, _credentials: &Credentials) -> Result<Vec<u8>, Error> {
        Ok(plain)
    }

    /// What to do about a call of `operation` that may have happened, where the provider has no way to look it up.
    fn find_out(&self, _operation: &'static Operation) -> Option<&'static str> {
        None
    }

    /// How long a token of unknown lifetime is taken as good; `None`: until it is refused.
    fn unknown_lifetime(&self) -> Option<Duration> {
        None
    }

    /// The limit of the token calls of this step, if one is documented.
    fn token_limit(&self, _step: GrantStep) -> Option<&'static Limit> {
        None
    }

    /// Base delay and cap of the backoff between attempts.
    fn backoff(&self) -> (Duration, Duration) {
        (Duration::from_millis(500), Duration::from_secs(20))
    }
}

/// A token handed to the caller, for requests that this library does not send.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Lease {
    /// The token itself.
    pub token: SecretString,
    /// Counts the tokens of this access; a refused one is named by it.
    pub generation: u64,
    /// Wall time at which the provider said that it ends; `None` where it did not say.
    pub expires_at: Option<SystemTime>,
}
