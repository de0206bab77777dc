//! The provider's envelopes: `Done` with data, and `Error` with a name, a message and details.

use super::modes::{ErrorDetails, ErrorStatus, Modes};
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;

/// No document gives a status for an error.
const STATUS: &str = "HTTP status of errors";
/// Names and reasons beyond the two documented ones begin with `Sandbox`, so that nobody takes them for the provider's.
const REASON: &str = "name, reason and message of this error";

/// One entry of `details`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Detail {
    pub(super) reason: Option<&'static str>,
    pub(super) external_reason: Option<&'static str>,
    pub(super) message: Option<String>,
    pub(super) path: Option<String>,
    pub(super) code: Option<String>,
    pub(super) missing: Option<String>,
    pub(super) allowed: Vec<String>,
}

/// A refusal before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    name: &'static str,
    message: String,
    details: Vec<Detail>,
    /// Whether the documents show details of this kind as a list.
    is_list: bool,
    assumed: Vec<&'static str>,
    violation: Option<String>,
}

impl Refusal {
    fn new(status: StatusCode, name: &'static str, message: impl Into<String>, detail: Detail) -> Self {
        let assumed = vec![STATUS];
        Self { status, name, message: message.into(), details: vec![detail], is_list: false, assumed, violation: None }
    }

    /// A token that is missing, expired or not ours.
    pub(super) fn token() -> Self {
        let detail = Detail { reason: Some("AuthenticationTokenInvalid"), ..Detail::default() };
        Self::new(StatusCode::UNAUTHORIZED, "AuthenticationError", "The authentication token is invalid", detail)
    }

    /// A key that nobody has approved, or that is not one of ours.
    pub(super) fn key(reason: &'static str, message: &'static str) -> Self {
        let detail = Detail { reason: Some(reason), ..Detail::default() };
        Self::new(StatusCode::UNAUTHORIZED, "AuthenticationError", message, detail).assume(REASON)
    }

    /// A body or query that is not as it should be: a list, as documented.
    pub(super) fn format(details: Vec<Detail>) -> Self {
        let message = "The request is not in the expected format";
        Self {
            details,
            is_list: true,
            ..Self::new(StatusCode::BAD_REQUEST, "InvalidRequestFormatError", message, Detail::default())
        }
    }

    /// One member that is wrong in a way that no document speaks of.
    pub(super) fn member(path: &str, code: &'static str, message: &str) -> Self {
        let (path, message) = (Some(path.to_owned()), Some(message.to_owned()));
        Self::format(vec![Detail { path, code: Some(code.to_owned()), message, ..Detail::default() }])
            .assume("what is checked of a member, and its code")
    }

    /// What the rules of the business forbid; `reason` is ours.
    pub(super) fn business(reason: &'static str, message: &str) -> Self {
        let detail = Detail { reason: Some(reason), ..Detail::default() };
        Self::new(StatusCode::CONFLICT, "SandboxBusinessError", message, detail).assume(REASON)
    }

    /// A Pix key that is not the recipient's, or nobody's: the bank says so.
    pub(super) fn pix_key(external_reason: &'static str) -> Self {
        let mut refusal = Self::business("SandboxPixKeyRefused", "The Pix key was refused");
        for detail in &mut refusal.details {
            detail.external_reason = Some(external_reason);
        }
        refusal
    }

    pub(super) fn not_found(message: &str) -> Self {
        let detail = Detail { reason: Some("SandboxNotFound"), ..Detail::default() };
        Self::new(StatusCode::NOT_FOUND, "SandboxNotFoundError", message, detail).assume(REASON)
    }

    pub(super) fn wrong_method() -> Self {
        Self { status: StatusCode::METHOD_NOT_ALLOWED, ..Self::not_found("There is nothing here for this method") }
    }

    /// What the provider is known to have, at a path that is not known.
    pub(super) fn path_not_known() -> Self {
        let message = "PagFast describes this step of payments to companies, but not its path: \
                       the sandbox does not invent it. Your account manager has it";
        let detail = Detail { reason: Some("SandboxPathNotKnown"), ..Detail::default() };
        Self::new(StatusCode::NOT_IMPLEMENTED, "SandboxNotImplemented", message, detail).assume(REASON)
    }

    /// The documented answer of a simulator that cannot call the webhook URL; only its body is ours.
    pub(super) fn unreachable(status: StatusCode) -> Self {
        let detail = Detail { reason: Some("SandboxWebhookUnreachable"), ..Detail::default() };
        let message = "The webhook URL could not be called";
        Self { assumed: vec![REASON], ..Self::new(status, "SandboxWebhookError", message, detail) }
    }

    /// What a fault rule answers with this status.
    pub(super) fn by_status(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        let message = format!("{reason} (answered by a fault rule of the sandbox)");
        let detail = Detail { reason: Some("SandboxFault"), ..Detail::default() };
        Self::new(status, "SandboxFault", message, detail).assume(REASON)
    }

    pub(super) fn assume(mut self, what: &'static str) -> Self {
        self.assumed.push(what);
        self
    }

    /// Says where the request breaks the schema, for the log.
    pub(super) fn breaks(mut self, place: String) -> Self {
        self.violation = Some(place);
        self
    }

    /// The answer with its own status, whatever the modes.
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
        let is_list = match modes.error_details {
            ErrorDetails::AsDocumented => self.is_list,
            ErrorDetails::Object => false,
            ErrorDetails::List => true,
        };
        let mut details = self.details.into_iter().map(Detail::into_node);
        let details = if is_list { Node::List(details.collect()) } else { details.next().unwrap_or(Node::Null) };
        let error =
            Node::Object(vec![("name", self.name.into()), ("message", Node::Text(self.message)), ("details", details)]);
        let body = Node::Object(vec![("statusCode", "Error".into()), ("error", error)]);
        let mut reply = self.assumed.into_iter().fold(Reply::json(status, &body), Reply::assume);
        reply.violation = self.violation;
        reply
    }
}

impl Detail {
    /// In the order of the documented shape; what is not there is left out.
    fn into_node(self) -> Node {
        let mut fields = Vec::new();
        let mut add = |name: &'static str, value: Option<Node>| fields.extend(value.map(|value| (name, value)));
        add("reason", self.reason.map(Node::from));
        add("externalReason", self.external_reason.map(Node::from));
        add("path", self.path.map(Node::Text));
        add("code", self.code.map(Node::Text));
        add("message", self.message.map(Node::Text));
        let mut info = Vec::new();
        info.extend(self.missing.map(|name| ("missingProperty", Node::Text(name))));
        if !self.allowed.is_empty() {
            info.push(("allowedValues", Node::List(self.allowed.into_iter().map(Node::Text).collect())));
        }
        add("info", (!info.is_empty()).then_some(Node::Object(info)));
        Node::Object(fields)
    }
}

/// A success.
pub(super) fn done(status: StatusCode, data: Node) -> Reply {
    Reply::json(status, &Node::Object(vec![("statusCode", "Done".into()), ("data", data)]))
}
