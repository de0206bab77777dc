//! The provider's envelopes: how it says no, in each of the documented shapes.

use super::modes::{ErrorEnvelope, FailureStatus, Modes, NotAvailableStatus, ResponseCode, Timestamps};
use super::state::NotJson;
use super::timestamps::timestamp;
use crate::json::Node;
use crate::provider::Reply;
use crate::schema::Flaw;
use http::StatusCode;
use std::time::SystemTime;

/// A business failure: the provider's code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
    /// Where no document says that this is refused.
    pub(super) assumed: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), assumed: None }
    }
}

pub(super) fn missing(fields: &str) -> Refusal {
    Refusal::new("1001", format!("Required fields missing: {fields}"))
}

pub(super) fn bad_amount() -> Refusal {
    Refusal::new("1004", "Invalid purchase amount")
}

pub(super) fn bad_phone() -> Refusal {
    Refusal::new("1005", "Invalid phone number format")
}

pub(super) fn bad_format(field: &str) -> Refusal {
    Refusal::new("1008", format!("Invalid fields format: {field}"))
}

/// What breaks the document's schema, in the provider's own codes.
pub(super) fn against_schema(flaw: &Flaw) -> Refusal {
    match flaw {
        Flaw::Missing(fields) => missing(&fields.join(", ")),
        Flaw::Wrong(field) => match field.as_str() {
            "amount" => bad_amount(),
            "mobileNumber" => bad_phone(),
            _ => bad_format(field),
        },
    }
}

/// A response code as the mode wants it; a code that is no number stays a text.
pub(super) fn code_node(code: &str, modes: &Modes) -> Node {
    match (modes.response_code, code.parse()) {
        (ResponseCode::Number, Ok(number)) => Node::Int(number),
        _ => code.into(),
    }
}

/// A business failure in the envelope and with the status that the modes ask for.
pub(super) fn refuse(refusal: &Refusal, modes: &Modes, path: &str, now: SystemTime) -> Reply {
    if modes.error_envelope == ErrorEnvelope::D {
        return envelope_d(refusal, modes, path, now);
    }
    assume(refuse_flat(refusal, modes), refusal)
}

fn refuse_flat(refusal: &Refusal, modes: &Modes) -> Reply {
    let status = match (refusal.code.as_str(), modes.not_available_status, modes.failure_status) {
        ("1009", NotAvailableStatus::Forbidden, _) => StatusCode::FORBIDDEN,
        (_, _, FailureStatus::BadRequest) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let message = ("responseMessage", Node::text(&refusal.message));
    let code = ("responseCode", code_node(&refusal.code, modes));
    Reply::json(
        status,
        &match modes.error_envelope {
            ErrorEnvelope::A => Node::Object(vec![code, message, ("successful", Node::Bool(false))]),
            ErrorEnvelope::B | ErrorEnvelope::D => Node::Object(vec![code, message]),
            ErrorEnvelope::C => Node::Object(vec![
                ("success", Node::Bool(false)),
                (
                    "error",
                    Node::Object(vec![("code", number(&refusal.code)), ("message", Node::text(&refusal.message))]),
                ),
            ]),
        },
    )
}

/// The lookups' own envelope, always with status 400.
pub(super) fn envelope_d(refusal: &Refusal, modes: &Modes, path: &str, now: SystemTime) -> Reply {
    let is_account = refusal.code == "1100";
    let error = if is_account { "INVALID_ACCOUNT" } else { "INVALID_REQUEST" };
    let reply = Reply::json(
        StatusCode::BAD_REQUEST,
        &Node::Object(vec![
            ("timestamp", timestamp(now, modes.timestamps, Timestamps::Nanoseconds).as_str().into()),
            ("status", "BAD_REQUEST".into()),
            ("error", error.into()),
            ("errorCode", number(&refusal.code)),
            ("message", Node::text(&refusal.message)),
            ("path", path.into()),
        ]),
    );
    let reply = if is_account { reply } else { reply.assume("error name of this code") };
    assume(reply, refusal)
}

fn assume(reply: Reply, refusal: &Refusal) -> Reply {
    match refusal.assumed {
        Some(assumed) => reply.assume(assumed),
        None => reply,
    }
}

fn number(code: &str) -> Node {
    code.parse().map_or_else(|_| code.into(), Node::Int)
}

/// The documented answer to a missing, unknown or expired token.
pub(super) fn unauthorized() -> Reply {
    by_status(StatusCode::UNAUTHORIZED, "Unauthorized")
}

/// The documented answer to a role or account that may not do this.
pub(super) fn forbidden() -> Reply {
    by_status(StatusCode::FORBIDDEN, "Access denied")
}

/// Wrong path or id; only the status is documented.
pub(super) fn not_found() -> Reply {
    by_status(StatusCode::NOT_FOUND, "Not found").assume("body of this status")
}

/// An endpoint of which the documents give the name alone.
pub(super) fn undocumented() -> Reply {
    not_found().assume("this endpoint, of which only the name is documented")
}

/// Wrong method; nothing on it is documented.
pub(super) fn wrong_method() -> Reply {
    by_status(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").assume("body of this status")
}

/// A body that is no JSON object, or not called one; only the status is documented.
pub(super) fn not_json(why: NotJson) -> Reply {
    by_status(StatusCode::BAD_REQUEST, why.0).assume("body of this status")
}

fn by_status(status: StatusCode, message: &str) -> Reply {
    Reply::json(
        status,
        &Node::Object(vec![("responseCode", status.as_str().into()), ("responseMessage", message.into())]),
    )
}

/// Envelope E. No `Retry-After`: the documents say that none is sent.
pub(super) fn too_many(path: &str) -> Reply {
    Reply::json(
        StatusCode::TOO_MANY_REQUESTS,
        &Node::Object(vec![
            ("error", "Too Many Requests".into()),
            ("message", Node::text(format!("Rate limit exceeded for {path}"))),
        ]),
    )
}
