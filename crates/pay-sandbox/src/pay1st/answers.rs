//! The provider's error envelope, and which of its statuses says what.

use super::modes::{Modes, SessionId};
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;

/// The documents list no value of `errorCode` and no message.
const OURS: &str = "errorCode and errorMessage";

/// A refusal before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Where no document says that this is refused, or that it is refused so.
    assumed: Option<&'static str>,
    /// Where the request breaks the schema.
    violation: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), assumed: None, violation: None }
    }

    /// 400: the payload is wrong.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "SBX-400", message)
    }

    /// 400: signature or timestamp are wrong.
    pub(super) fn unsigned(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "SBX-0400", format!("Invalid signature or timestamp: {why}"))
    }

    /// 401: key and secret, or a token, are wrong.
    pub(super) fn unauthorized(what: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "SBX-401", format!("Unauthorized: {what}"))
    }

    /// 404.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "SBX-404", what)
    }

    pub(super) fn assume(mut self, what: &'static str) -> Self {
        self.assumed = Some(what);
        self
    }

    /// Says where the request breaks the schema, for the log.
    pub(super) fn breaks(mut self, place: String) -> Self {
        self.violation = Some(place);
        self
    }

    pub(super) fn reply(self, modes: &Modes) -> Reply {
        let mut fields = vec![("errorMessage", Node::Text(self.message)), ("errorCode", self.code.into())];
        if modes.session_id == SessionId::Present {
            let session: String = (0..32).map(|_| fastrand::digit(16)).collect();
            fields.push(("sessionId", Node::Text(session)));
        }
        let mut reply = Reply::json(self.status, &Node::Object(fields)).assume(OURS);
        reply.violation = self.violation;
        match self.assumed {
            Some(assumed) => reply.assume(assumed),
            None => reply,
        }
    }
}

/// A path that is none of the readable ones.
pub(super) fn no_such_path() -> Refusal {
    Refusal::not_found("No such resource. Queries of refunds and all chargebacks are documented by title only: the sandbox does not invent their paths")
        .assume("this path, which no readable page shows")
}

/// A wrong method, or a media type that is not the endpoint's: the guidance names both.
pub(super) fn wrong_method() -> Refusal {
    let message = "Method Not Allowed: check the method and the Content-Type";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "SBX-405", message)
}

/// What a fault rule answers with this status, in the provider's envelope.
pub(super) fn by_status(status: StatusCode) -> Refusal {
    let reason = status.canonical_reason().unwrap_or("Error");
    Refusal::new(status, "SBX-FAULT", format!("{reason} (answered by a fault rule of the sandbox)"))
}
