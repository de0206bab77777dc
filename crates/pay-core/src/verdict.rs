//! What a provider's facts say about an answer.

use crate::error::{Kind, Outcome};

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
