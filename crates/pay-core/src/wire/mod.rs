//! The seam to the network: one request out, one answer or one fault back. Private until 1.0.

mod reqwest;
#[cfg(any(test, feature = "script"))]
pub mod script;

use crate::builder::Settings;
use crate::error::Error;
use crate::provider::Lease;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// One attempt, ready to go out.
pub(crate) struct WireRequest {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// From the start of the attempt to the last byte of the answer.
    pub(crate) timeout: Duration,
}

/// Why there is no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection: nothing was sent.
    NotSent,
    /// The time was up.
    Timeout,
    /// The connection broke, or what came was not HTTP.
    Interrupted,
    /// The answer is larger than the cap.
    TooLarge,
}

pub(crate) struct WireError {
    pub(crate) fault: Fault,
    pub(crate) source: Box<dyn std::error::Error + Send + Sync>,
}

/// A provider's answer as it came: status, headers, body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The token that it was asked with, for operations that keep it.
    pub lease: Option<Lease>,
}

impl Answer {
    /// An answer, for tests of a judge or a decoder.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: body.into(), lease: None }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The body can hold anything, so it is not shown.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Connections to one provider, shared by every client that is made with a clone of it.
#[derive(Clone)]
pub struct Transport(Wire);

/// What answers.
#[derive(Clone)]
enum Wire {
    Reqwest(Arc<reqwest::ReqwestWire>),
    #[cfg(any(test, feature = "script"))]
    Script(script::Script),
}

impl Transport {
    pub(crate) fn connect(settings: &Settings, user_agent: &str, plain_http: bool) -> Result<Self, Error> {
        Ok(Self(Wire::Reqwest(Arc::new(reqwest::ReqwestWire::new(settings, user_agent, plain_http)?))))
    }

    /// A transport without sockets: `script` answers.
    #[cfg(any(test, feature = "script"))]
    pub fn scripted(script: &script::Script) -> Self {
        Self(Wire::Script(script.clone()))
    }

    /// Not async itself, nor is what it calls: the request goes to the HTTP library at once, and no future carries copies of it.
    pub(crate) fn send(&self, request: WireRequest) -> Sending {
        match &self.0 {
            Wire::Reqwest(wire) => Box::pin(wire.send(request)),
            #[cfg(any(test, feature = "script"))]
            Wire::Script(script) => {
                let script = script.clone();
                Box::pin(async move { script.send(request).await })
            }
        }
    }
}

/// What is waited for. Boxed once, small: as a part of the call's own future it would be moved several times.
pub(crate) type Sending = Pin<Box<dyn Future<Output = Result<Answer, WireError>> + Send>>;

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}
