//! A transport without sockets: a closure answers, so that tests run on paused time and count exactly.

use super::{Answer, Fault, WireError, WireRequest};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A request as the script sees it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Sent {
    /// HTTP method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The whole URL.
    pub url: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// When it was sent, since the script was made.
    pub at: Duration,
    /// How many requests the script saw before this one.
    pub index: usize,
}

impl Sent {
    /// A header as text, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text, or the empty text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sent({} {})", self.method, self.path)
    }
}

/// What the script does with a request.
#[derive(Debug, Clone)]
pub struct Play {
    latency: Duration,
    end: End,
}

#[derive(Debug, Clone)]
enum End {
    Answer(Answer),
    Fault(Fault),
    Hang,
}

impl Play {
    /// Answers with a status and a body.
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { latency: Duration::ZERO, end: End::Answer(Answer::new(status, headers, body)) }
    }

    /// The connection cannot be made: nothing was sent.
    pub fn not_sent() -> Self {
        Self { latency: Duration::ZERO, end: End::Fault(Fault::NotSent) }
    }

    /// The connection breaks after the request was sent.
    pub fn lost() -> Self {
        Self { latency: Duration::ZERO, end: End::Fault(Fault::Interrupted) }
    }

    /// No answer ever; the attempt times out.
    pub fn hang() -> Self {
        Self { latency: Duration::ZERO, end: End::Hang }
    }

    /// Waits before it ends.
    #[must_use]
    pub fn after(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Adds a header to an answer.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let (End::Answer(answer), Ok(value)) = (&mut self.end, HeaderValue::from_str(value)) {
            answer.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }
}

type Handler = dyn Fn(&Sent) -> Play + Send + Sync;

/// A scripted transport; clones share what was seen.
#[derive(Clone)]
pub struct Script {
    handler: Arc<Handler>,
    seen: Arc<Mutex<Vec<Sent>>>,
    start: Instant,
}

impl Script {
    /// A script that asks `handler` for every request.
    pub fn new(handler: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Self {
        Self { handler: Arc::new(handler), seen: Arc::default(), start: Instant::now() }
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Sent> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests so far went to a path that ends in `path`.
    pub fn count(&self, path: &str) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|sent| sent.path.split('?').next().is_some_and(|p| p.ends_with(path))).count()
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    pub(super) async fn send(&self, request: WireRequest) -> Result<Answer, WireError> {
        let sent = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let sent = Sent {
                method: request.method,
                path: request.url[url::Position::BeforePath..].to_owned(),
                url: request.url.as_str().to_owned(),
                headers: request.headers,
                body: request.body,
                at: self.start.elapsed(),
                index: seen.len(),
            };
            seen.push(sent.clone());
            sent
        };
        let play = (self.handler)(&sent);
        let fault = |fault| WireError { fault, source: "scripted".into() };
        let run = async {
            tokio::time::sleep(play.latency).await;
            match play.end {
                End::Answer(answer) => Ok(answer),
                End::Fault(kind) => Err(fault(kind)),
                End::Hang => std::future::pending().await,
            }
        };
        tokio::time::timeout(request.timeout, run).await.unwrap_or_else(|_| Err(fault(Fault::Timeout)))
    }
}
