//! The provider's error bodies: a message, and for wrong fields a list beside it.

use super::modes::{ErrorStatus, FieldErrors, MissingKeyMessage, Modes};
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;

/// No document gives a status.
const STATUS: &str = "HTTP status of errors";
/// Where the message itself is ours too.
const MESSAGE: &str = "message of this error";

/// A field, and what is wrong with it.
pub(crate) type FieldError = (&'static str, &'static str);

/// A refusal before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    errors: Vec<(String, String)>,
    /// Whether a document shows the message.
    known: bool,
    /// Where no document says that this is refused.
    assumed: Option<&'static str>,
    /// Where the request breaks the schema.
    violation: Option<String>,
    /// What this is when it hangs on the mode of the message.
    missing_key: bool,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>, known: bool) -> Self {
        let message = message.into();
        Self { status, message, errors: Vec::new(), known, assumed: None, violation: None, missing_key: false }
    }

    /// 400 with a message that a document shows.
    pub(super) fn known(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message, true)
    }

    /// 400 with a message of ours.
    pub(super) fn ours(message: impl Into<String>, assumed: &'static str) -> Self {
        Self { assumed: Some(assumed), ..Self::new(StatusCode::BAD_REQUEST, message, false) }
    }

    /// No key at all.
    pub(super) fn no_key() -> Self {
        Self { missing_key: true, ..Self::new(StatusCode::UNAUTHORIZED, "", true) }
    }

    /// A key that is not one of ours, or not of this environment.
    pub(super) fn invalid_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Invalid Secret Key.", true)
    }

    /// A path or method that is not there.
    pub(super) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Route not found", true)
    }

    /// A transaction that is not there.
    pub(super) fn no_transaction() -> Self {
        let what = "message and status of an unknown transaction";
        Self { assumed: Some(what), ..Self::new(StatusCode::NOT_FOUND, "Transaction not found.", false) }
    }

    /// One answer for everything that can be wrong with a sealed body, so that nothing tells how far it came.
    pub(super) fn sealed() -> Self {
        Self::ours("Invalid payload (sandbox: the body could not be opened).", "answer to a body that cannot be opened")
    }

    /// Members that are required and not there.
    pub(super) fn missing(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let errors = names.into_iter().map(|name| (name.into(), "is required".to_owned())).collect();
        Self { errors, ..Self::known("Please pass all mandatory fields") }
    }

    /// Members that are wrong.
    pub(super) fn wrong(errors: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let errors = errors.into_iter().map(|(name, why)| (name.into(), why.into())).collect();
        Self { errors, ..Self::ours("Validation failed.", "what is checked of a member, and its message") }
    }

    /// An `order_id` that was used before.
    pub(super) fn duplicate() -> Self {
        let message = "Order id was used before (sandbox: what the provider does is not known).";
        Self { status: StatusCode::CONFLICT, ..Self::ours(message, "answer to a repeated order id") }
    }

    /// What a fault rule answers with this status.
    pub(super) fn by_status(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        Self::new(status, format!("{reason} (answered by a fault rule of the sandbox)"), false)
    }

    /// Says where the request breaks the schema, for the log.
    pub(super) fn breaks(mut self, place: String) -> Self {
        self.violation = Some(place);
        self
    }

    /// The answer with its own status, whatever the modes: for faults.
    pub(super) fn unmodified(self, modes: &Modes) -> Reply {
        let status = self.status;
        Reply { status, ..self.reply(modes) }
    }

    pub(super) fn reply(self, modes: &Modes) -> Reply {
        let status = match modes.error_status {
            ErrorStatus::ByKind => self.status,
            ErrorStatus::Always400 => StatusCode::BAD_REQUEST,
            ErrorStatus::Always200 => StatusCode::OK,
        };
        let message = match (self.missing_key, modes.missing_key_message) {
            (false, _) => self.message,
            (true, MissingKeyMessage::Token) => "Authentication token is missing.".to_owned(),
            (true, MissingKeyMessage::SecretKey) => "Authentication Secret Key is missing.".to_owned(),
        };
        let mut body = vec![("message", Node::Text(message))];
        if !self.errors.is_empty() && modes.field_errors == FieldErrors::Present {
            let error =
                |(field, message)| Node::Object(vec![("field", Node::Text(field)), ("message", Node::Text(message))]);
            body.push(("errors", Node::List(self.errors.into_iter().map(error).collect())));
        }
        let mut reply = Reply::json(status, &Node::Object(body)).assume(STATUS);
        reply.violation = self.violation;
        if !self.known {
            reply = reply.assume(MESSAGE);
        }
        match self.assumed {
            Some(assumed) => reply.assume(assumed),
            None => reply,
        }
    }
}
