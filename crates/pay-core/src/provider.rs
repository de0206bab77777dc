//! What a provider crate builds on: operations as data, the judge, and the hooks that differ per provider.

use crate::error::{Error, Kind, Outcome};
use crate::secret::SecretString;

use http::{HeaderMap, HeaderName, Method};
use std::future::Future;
use std::time::{Duration, SystemTime};

pub use crate::auth::{Access, Credentials, Grant, GrantFailure, GrantStep, Tokens};
pub use crate::base_url::{BaseUrl, is_loopback};
pub use crate::builder::{Settings, builder_settings};
pub use crate::decode::{DecodeError, Id, LooseText, json, members};
pub use crate::engine::Engine;
pub use crate::parts::Parts;
pub use crate::retry::{Limit, Scope};
pub use crate::schedule::Schedule;
pub use crate::wire::{Answer, Transport};
pub use http::StatusCode;

/// An HTTP method, as data that fits into a `static`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
            Verb::Patch => Self::PATCH,
            Verb::Delete => Self::DELETE,
        }
    }
}

/// Whether the same bytes may be sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// A read: no effect, so it may be sent again, and its errors are never `Unknown`.
    Safe,
    /// The provider de-duplicates on a reference in the request, and says so.
    Keyed,
    /// Once it may have acted, it is never sent again.
    Never,
}

/// Monotonic time, for polling that paused tests can move.
pub fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}

/// Sleeps, for polling that paused tests can move.
pub fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
    tokio::time::sleep(time)
}

/// What an operation sends to say who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// A token of the call's [`Access`].
    Token,
    /// Nothing.
    None,
}

/// One endpoint, as data.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name in errors, events and limits, such as `purchase`.
    pub name: &'static str,
    /// The HTTP method; a call may override it where a provider's documents disagree.
    pub verb: Verb,
    /// The path below the base URL with `{names}` for values; this is what is logged.
    pub path: &'static str,
    /// Whether the same bytes may be sent twice.
    pub repeat: Repeat,
    /// Who calls.
    pub auth: Auth,
    /// `Accept`.
    pub accept: &'static str,
    /// `Content-Type` that is sent even without a body, for vendor media types on reads.
    pub content_type: Option<&'static str>,
    /// The request is signed by [`Provider::sign`].
    pub sign: bool,
    /// The body is sealed by [`Provider::seal`].
    pub seal: bool,
    /// A documented rate limit.
    pub limit: Option<&'static Limit>,
    /// The answer keeps the token that it was asked with.
    pub keep_token: bool,
}

impl Operation {
    /// An operation that sends and takes JSON with a token.
    pub const fn new(name: &'static str, verb: Verb, path: &'static str, repeat: Repeat) -> Self {
        Self {
            name,
            verb,
            path,
            repeat,
            auth: Auth::Token,
            accept: "application/json",
            content_type: None,
            sign: false,
            seal: false,
            limit: None,
            keep_token: false,
        }
    }

    /// Sent without a token.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.auth = Auth::None;
        self
    }

    /// Other media types than JSON.
    #[must_use]
    pub const fn media(mut self, content_type: Option<&'static str>, accept: &'static str) -> Self {
        self.content_type = content_type;
        self.accept = accept;
        self
    }

    /// Signed.
    #[must_use]
    pub const fn signed(mut self) -> Self {
        self.sign = true;
        self
    }

    /// Sealed.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.seal = true;
        self
    }

    /// With a documented limit.
    #[must_use]
    pub const fn limited(mut self, limit: &'static Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// With the token kept in the answer.
    #[must_use]
    pub const fn keeping_token(mut self) -> Self {
        self.keep_token = true;
        self
    }
}

/// What the provider's facts say about an answer.
#[derive(Debug)]
pub enum Verdict {
    /// It carries what was asked for: decode it.
    Accept,
    /// A documented refusal of the token: nothing acted.
    TokenRefused(Failure),
    /// Anything else.
    Fail(Failure),
}

/// A failed attempt, as the provider's facts class it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What went wrong.
    pub kind: Kind,
    /// What this answer alone says about the money.
    pub outcome: Outcome,
    /// The provider's code.
    pub code: Option<String>,
    /// The provider's message.
    pub message: Option<String>,
    /// The provider's transaction id.
    pub transaction_id: Option<String>,
    /// What to do next.
    pub advice: Option<&'static str>,
    /// Whether the facts say that trying again can help.
    pub again: bool,
    /// Whether this answer settles the reference even after an attempt that may have acted.
    pub authoritative: bool,
}

impl Failure {
    /// A failure that is neither worth repeating nor authoritative.
    pub fn new(kind: Kind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            code: None,
            message: None,
            transaction_id: None,
            advice: None,
            again: false,
            authoritative: false,
        }
    }

    /// With the provider's code and message.
    #[must_use]
    pub fn provider(mut self, code: Option<String>, message: Option<String>) -> Self {
        self.code = code;
        self.message = message;
        self
    }

    /// With the provider's transaction id.
    #[must_use]
    pub fn transaction(mut self, id: Option<String>) -> Self {
        self.transaction_id = id;
        self
    }

    /// With what to do next.
    #[must_use]
    pub fn advice(mut self, advice: &'static str) -> Self {
        self.advice = Some(advice);
        self
    }

    /// Trying again can help.
    #[must_use]
    pub fn again(mut self) -> Self {
        self.again = true;
        self
    }

    /// It settles the reference whatever happened before.
    #[must_use]
    pub fn authoritative(mut self) -> Self {
        self.authoritative = true;
        self
    }
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

    /// Seals a body before it is frozen.
    ///
    /// # Errors
    /// Where a key is missing or unfit; the outcome is `NotDone`.
    fn seal(&self, plain: Vec<u8>, _credentials: &Credentials) -> Result<Vec<u8>, Error> {
        Ok(plain)
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
