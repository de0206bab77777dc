//! The one error type: what went wrong, and above all what happened to the money.

use crate::secret::{RawBody, printable};
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
    /// The provider already knows this reference: the first one counts. `Unknown` until it is looked up.
    Duplicate,
    /// The provider has a fault (5xx) or said that it does not know. `Unknown` for a money call.
    Unavailable,
    /// The answer does not parse; its body is kept in [`Error::body`]. `Unknown` for a money call.
    Decode,
    /// A status or code that no document lists. `Unknown` for a money call.
    Unexpected,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Self::Config => "configuration",
            Self::Invalid => "invalid request, not sent",
            Self::Credentials => "credentials could not be read",
            Self::Login => "log-in refused",
            Self::Token => "no token",
            Self::TokenRefused => "token refused",
            Self::ConsentRequired => "the user's consent is required",
            Self::Paced => "over the provider's documented limit, not sent",
            Self::RateLimited => "too many requests",
            Self::Connect => "no connection, not sent",
            Self::Deadline => "deadline passed",
            Self::Timeout => "no answer in time",
            Self::Interrupted => "connection broke before the answer",
            Self::TooLarge => "answer larger than the cap",
            Self::Refused => "refused",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::Duplicate => "reference already used",
            Self::Unavailable => "provider unavailable",
            Self::Decode => "answer does not parse",
            Self::Unexpected => "unexpected answer",
        }
    }
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

/// Building errors: for provider crates.
impl Error {
    /// An error of `kind` in `operation` with its outcome.
    pub fn new(kind: Kind, outcome: Outcome, operation: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            outcome,
            operation,
            setting: None,
            message: None,
            advice: None,
            status: None,
            provider_code: None,
            provider_message: None,
            request_id: None,
            transaction_id: None,
            reference: None,
            retry_after: None,
            attempts: 0,
            body: None,
            source: None,
        }))
    }

    /// A configuration error that names the setting.
    pub fn config(setting: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(Kind::Config, Outcome::NotDone, "build").message(message);
        error.0.setting = Some(setting);
        error
    }

    /// A request that is wrong and was not sent.
    pub fn invalid(operation: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, Outcome::NotDone, operation).message(message)
    }

    /// What is wrong, in our words. Must hold no secret.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// What the caller can do next.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// The same error as an error of another operation: a failed token call seen by the call that needed it.
    #[must_use]
    pub fn in_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = operation;
        self
    }

    /// The caller's reference of the call.
    #[must_use]
    pub fn with_reference(mut self, reference: Option<String>) -> Self {
        self.0.reference = reference.or(self.0.reference);
        self
    }

    /// The provider's transaction id.
    #[must_use]
    pub fn with_transaction_id(mut self, id: Option<String>) -> Self {
        self.0.transaction_id = id.or(self.0.transaction_id);
        self
    }

    /// The provider's code and message.
    #[must_use]
    pub fn with_provider(mut self, code: Option<String>, message: Option<String>) -> Self {
        self.0.provider_code = code;
        self.0.provider_message = message;
        self
    }

    /// Status, request id and body of the answer.
    #[must_use]
    pub fn with_answer(mut self, status: StatusCode, request_id: Option<String>, body: Option<RawBody>) -> Self {
        self.0.status = Some(status);
        self.0.request_id = request_id;
        self.0.body = body;
        self
    }

    /// The wait before another try.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// The cause. It is printed by `{:#}`, so it must hold no secret.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let e = &self.0;
        write!(f, "{}: {}", e.operation, e.kind.text())?;
        if let Some(setting) = e.setting {
            write!(f, ": `{setting}`")?;
        }
        if let Some(message) = &e.message {
            write!(f, ": {}", printable(message))?;
        }
        match (&e.provider_code, &e.provider_message) {
            (Some(code), Some(text)) => write!(f, ": {} \"{}\"", printable(code), printable(text))?,
            (Some(code), None) => write!(f, ": code {}", printable(code))?,
            (None, Some(text)) => write!(f, ": \"{}\"", printable(text))?,
            (None, None) => {}
        }
        let mut details = Vec::new();
        details.extend(e.status.map(|s| format!("status {}", s.as_u16())));
        details.extend(e.request_id.as_deref().map(|id| format!("request {}", printable(id))));
        details.extend(e.reference.as_deref().map(|r| format!("reference {}", printable(r))));
        details.extend(e.transaction_id.as_deref().map(|t| format!("transaction {}", printable(t))));
        if e.attempts > 0 {
            details.push(format!("{} attempt{}", e.attempts, if e.attempts == 1 { "" } else { "s" }));
        }
        details.extend(
            e.retry_after.map(|wait| format!("retry after {} s", wait.as_secs() + u64::from(wait.subsec_nanos() > 0))),
        );
        details.push(format!("outcome: {}", e.outcome));
        write!(f, " ({})", details.join(", "))?;
        if let Some(advice) = &e.advice {
            write!(f, "; {advice}")?;
        }
        if f.alternate() {
            let mut cause = std::error::Error::source(self);
            while let Some(error) = cause {
                write!(f, ": {}", printable(&error.to_string()))?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error {{ kind: {:?}, {self:#}, body: {:?} }}", self.0.kind, self.0.body)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn display_is_one_line_without_the_body() {
        let error = Error::new(Kind::Refused, Outcome::Refused, "purchase")
            .with_provider(Some("1103".into()), Some("Insufficient\nbalance".into()))
            .with_answer(StatusCode::OK, Some("r-1".into()), Some(RawBody::new("PIN-4711")))
            .with_reference(Some("INV-1".into()))
            .with_attempts(2)
            .advice("top up the float");
        let line = error.to_string();
        assert_eq!(
            line,
            "purchase: refused: 1103 \"Insufficient\\u{a}balance\" (status 200, request r-1, reference INV-1, 2 attempts, outcome: refused); top up the float"
        );
        assert!(!format!("{error:?}{error:#}").contains("4711"));
    }

    #[test]
    fn the_alternate_form_adds_the_chain() {
        let cause = std::io::Error::other("broken\u{1b}pipe");
        let error = Error::new(Kind::Interrupted, Outcome::Unknown, "purchase").with_source(cause);
        assert!(!error.to_string().contains("broken"));
        assert!(format!("{error:#}").ends_with(": broken\\u{1b}pipe"));
    }
}
