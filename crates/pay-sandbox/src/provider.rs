//! The seam between the frame and a provider's module: one request in, one reply out.

use crate::faults::Behaviour;
use crate::json::Node;
use crate::{Error, ModeState, ProviderLedger};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use std::net::IpAddr;

/// A request whose body was read, with the path as it stands after the provider's prefix.
/// No `Debug`: it holds credentials and personal data.
pub(crate) struct ProviderRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// The query as it came: a page may care how it was escaped.
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
}

/// What a provider answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<String>,
    /// Further headers, such as where a page redirects.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The delivery that is to be tried before this reply goes out.
    pub(crate) wait_for: Option<u64>,
    pub(crate) body: Bytes,
    /// What in this reply no document backs; shown in a header and the log.
    pub(crate) assumed: Vec<&'static str>,
    /// Where the request breaks the provider's schema; shown in the log.
    pub(crate) violation: Option<String>,
}

impl Reply {
    pub(crate) fn json(status: StatusCode, body: &Node) -> Self {
        Self {
            status,
            content_type: "application/json".to_owned(),
            retry_after: None,
            headers: Vec::new(),
            wait_for: None,
            body: body.to_bytes().into(),
            assumed: Vec::new(),
            violation: None,
        }
    }

    pub(crate) fn ok(body: &Node) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// Marks a part of the reply as assumed.
    pub(crate) fn assume(mut self, what: &'static str) -> Self {
        if !self.assumed.contains(&what) {
            self.assumed.push(what);
        }
        self
    }
}

/// A path that the provider knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownPath {
    pub(crate) operation: &'static str,
    pub(crate) template: &'static str,
}

/// One provider's part of the sandbox. All methods are synchronous: what acts, acts whole or not at all.
pub(crate) trait Provider: Send + Sync {
    /// Also the first path segment.
    fn name(&self) -> &'static str;
    /// Names of all operations, for fault rules.
    fn operations(&self) -> Vec<&'static str>;
    /// Which operation a path (after the prefix) belongs to.
    fn known_path(&self, path: &str) -> Option<KnownPath>;
    /// The caller's own reference in a request, where the operation carries one.
    fn reference(&self, operation: &str, request: &ProviderRequest) -> Option<String>;
    /// Counts a request that arrived with a reference, whatever becomes of it.
    fn note_attempt(&self, operation: &str, reference: &str);
    /// Counts an answer that went out undisturbed.
    fn note_answered(&self, operation: &str, reference: &str);
    /// Acts on a request.
    fn handle(&self, request: &ProviderRequest, behaviour: Option<&Behaviour>) -> Reply;
    /// The answer that goes out once a delivery that it waited for was tried, or took too long.
    fn after_delivery(&self, _: u64, reply: Reply) -> Reply {
        reply
    }
    /// The documented answer to a dead token.
    fn unauthorized(&self) -> Reply;
    /// A failure with this status in the provider's own envelope, where it has one envelope for all.
    fn failure(&self, _: StatusCode) -> Option<Reply> {
        None
    }
    /// Every mode.
    fn modes(&self) -> Vec<ModeState>;
    /// Sets modes: all of them, or none when one is wrong.
    fn set_modes(&self, modes: &[(&str, &str)]) -> Result<(), Error>;
    /// The books.
    fn ledger(&self) -> ProviderLedger;
    /// Which secrets that it has given out or knows stand in a text; never the secrets themselves.
    fn leaks(&self, text: &str) -> Vec<String>;
    /// Forgets everything and seeds anew.
    fn reset(&self);
}
