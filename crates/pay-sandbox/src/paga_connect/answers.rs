//! OAuth errors as the server is thought to write them, and the few answers beside them.

use crate::json::Node;
use crate::provider::Reply;
use http::header::{CACHE_CONTROL, HeaderName, HeaderValue, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};

/// Why nearly everything here is marked.
pub(super) const OURS: &str = "errors as of the server that this is thought to be";

/// An OAuth error before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    /// The scheme of the challenge, where there is one.
    challenge: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), challenge: None }
    }

    /// 400 `invalid_request`.
    pub(super) fn bad(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// 400 `invalid_grant`: a code or refresh token is not good.
    pub(super) fn grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    /// 401 `invalid_client`: id or secret are not good.
    pub(super) fn client() -> Self {
        Self {
            challenge: Some("Basic"),
            ..Self::new(StatusCode::UNAUTHORIZED, "invalid_client", "Bad client credentials")
        }
    }

    /// 401 `invalid_token`: a bearer token is not good.
    pub(super) fn token(description: impl Into<String>) -> Self {
        Self::bearer(StatusCode::UNAUTHORIZED, "invalid_token", description)
    }

    /// A bearer token does not do.
    pub(super) fn bearer(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { challenge: Some("Bearer"), ..Self::new(status, error, description) }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "No such path: the facts show none like it")
    }

    pub(super) fn reply(self) -> Reply {
        let fields = vec![("error", self.error.into()), ("error_description", Node::text(self.description.clone()))];
        let mut reply = uncached(Reply::json(self.status, &Node::Object(fields))).assume(OURS);
        let challenge = self.challenge.map(|scheme| match scheme {
            "Basic" => "Basic realm=\"oauth2/client\"".to_owned(),
            // A quotation mark in what a client sent ends nothing.
            _ => format!(
                "Bearer realm=\"oauth2-resource\", error=\"{}\", error_description=\"{}\"",
                self.error,
                self.description.replace(['"', '\\'], "")
            ),
        });
        if let Some(Ok(challenge)) = challenge.map(HeaderValue::try_from) {
            reply.headers.push((WWW_AUTHENTICATE, challenge));
        }
        reply
    }
}

/// Token answers are kept by nobody on the way.
pub(super) fn uncached(mut reply: Reply) -> Reply {
    reply.headers.push((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    reply.headers.push((PRAGMA, HeaderValue::from_static("no-cache")));
    reply
}

/// A header as text; empty when there is none.
pub(super) fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
