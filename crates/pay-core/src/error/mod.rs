//! The one error type: what went wrong, and above all what happened to the money.

mod build;
mod show;

use crate::secret::RawBody;
use http::StatusCode;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What happened to the money, or to whatever the call was to change.
///
/// Exhaustive on purpose: code that takes money must decide all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No effect: it is safe to start again.
    NotDone,
    /// The provider said no: nothing happened, and repeating the same will not help.
    Refused,
    /// It may have happened. Find out before anything else: `settle` where the provider has a question to ask.
    Unknown,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotDone => "not done",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        })
    }
}

/// What kind of thing went wrong. Each kind names the [`Outcome`] that it usually comes with; the error's own
/// [`outcome`](Error::outcome) counts, because it folds over all attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A setting is missing or wrong; [`Error::setting`] names it. `NotDone`.
    Config,
    /// The request itself is wrong and was not sent. `NotDone`.
    Invalid,
    /// The credential source failed. `NotDone`.
    Credentials,
    /// The journal could not write the intent; [`Error::setting`] is `journal`. Nothing was sent: `NotDone`, or `Unknown` where the
    /// intent may stand there and a recovery may send it.
    Journal,
    /// The provider refused the log-in. `NotDone`.
    Login,
    /// No token could be had: the token endpoint is down, slow or answers nonsense. `NotDone`.
    Token,
    /// The provider refused the token of the call itself. `NotDone`: nothing acted.
    TokenRefused,
    /// The user's consent is missing, revoked or expired. `NotDone`.
    ConsentRequired,
    /// Over a documented limit, seen locally before sending; [`Error::retry_after`] has the wait. `NotDone`.
    Paced,
    /// The provider answered that there were too many requests. `NotDone` where the facts say so.
    RateLimited,
    /// No connection: nothing was sent. `NotDone`.
    Connect,
    /// The total deadline passed. `NotDone` if nothing was sent, else `Unknown` for a money call.
    Deadline,
    /// An attempt got no answer in its time. `Unknown` for a money call.
    Timeout,
    /// The connection broke before the whole answer came. `Unknown` for a money call.
    Interrupted,
    /// The answer is larger than the cap. `Unknown` for a money call.
    TooLarge,
    /// The provider said no, with a code or a status that is documented as final. `Refused`.
    Refused,
    /// The caller may not do this. `Refused`.
    Forbidden,
    /// No such path or object. `Refused`.
    NotFound,
    /// The provider has no such path at this host: base URL or path are wrong. `NotDone`.
    NoRoute,
    /// The provider already knows this reference: the first one counts. `Unknown` until it is looked up.
    Duplicate,
    /// The provider has a fault (5xx) or said that it does not know. `Unknown` for a money call.
    Unavailable,
    /// The answer does not parse; its body is kept in [`Error::body`]. `Unknown` for a money call.
    Decode,
    /// A status or code that no document lists. `Unknown` for a money call.
    Unexpected,
}

/// An error of any call, one machine word wide.
///
/// `Display` is one line and never holds a body, a header or a secret; `{:#}` adds the chain of causes.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    outcome: Outcome,
    operation: &'static str,
    setting: Option<&'static str>,
    message: Option<Cow<'static, str>>,
    advice: Option<Cow<'static, str>>,
    status: Option<StatusCode>,
    provider_code: Option<String>,
    provider_message: Option<String>,
    request_id: Option<String>,
    transaction_id: Option<String>,
    reference: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    body: Option<RawBody>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What went wrong, what happened, and what is known about it.
impl Error {
    /// What kind of thing went wrong.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What happened to the money, folded over all attempts of the call.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The operation, such as `purchase`; `build` for configuration errors.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The setting that is missing or wrong, for [`Kind::Config`].
    pub fn setting(&self) -> Option<&'static str> {
        self.0.setting
    }

    /// HTTP status of the last answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The provider's own code, as text.
    pub fn provider_code(&self) -> Option<&str> {
        self.0.provider_code.as_deref()
    }

    /// The provider's own message, as received: escape it before it goes into a log or a page.
    pub fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_deref()
    }

    /// The provider's id of the request, where it sends one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The provider's id of the transaction, where the answer had one.
    pub fn transaction_id(&self) -> Option<&str> {
        self.0.transaction_id.as_deref()
    }

    /// The caller's reference of the call, to look it up by.
    pub fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// How long to wait before trying again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many requests were sent, or tried to be, for this call.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The body of the last answer, bounded and never printed.
    pub fn body(&self) -> Option<&RawBody> {
        self.0.body.as_ref()
    }
}
