//! An event as a provider hands it over: what is to be sent, where to, and how it is signed.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Signs an event the provider's way.
pub(crate) trait Signer: Send + Sync {
    /// The headers that go with this body, stamped with this moment.
    fn headers(&self, body: &[u8], at: SystemTime) -> Vec<(HeaderName, HeaderValue)>;
    /// The body with one fact changed, as somebody who has no key would change it.
    fn tampered(&self, body: &[u8]) -> Bytes;
}

/// An event to be sent. No `Debug`: it holds what the merchant alone may see.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) provider: &'static str,
    /// What it is about. Events on one subject are sent in turn, never side by side.
    pub(crate) subject: String,
    /// What it says, such as a status.
    pub(crate) name: String,
    /// Where it goes; `None`: nobody has said where.
    pub(crate) target: Option<String>,
    pub(crate) body: Bytes,
    /// The body as the delivery log may show it.
    pub(crate) shown: String,
    pub(crate) signer: Arc<dyn Signer>,
    /// Headers that go with it beside the signature's, whatever a rule does to those.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether a retry carries a stamp and signature of its own.
    pub(crate) restamp: bool,
    /// Whether stamps follow the sandbox clock instead of wall time.
    pub(crate) sandbox_stamps: bool,
    /// How long it waits before its first attempt, on the sandbox clock.
    pub(crate) after: Duration,
}
