//! Building errors, for the engine and for provider crates.

use super::{Error, Inner, Kind, Outcome};
use crate::secret::RawBody;
use http::StatusCode;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

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

    pub(crate) fn with_setting(mut self, setting: &'static str) -> Self {
        self.0.setting = Some(setting);
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
