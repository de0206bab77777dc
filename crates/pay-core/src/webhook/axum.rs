//! The extractor for axum 0.8: raw bytes first, and only what is signed reaches the handler.

use super::received::{Received, Receiver};
use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How long a body may take. Providers send a few hundred bytes.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// A signed delivery, as the argument of a handler. The state holds an `Arc` of the receiver.
///
/// Reads the raw bytes up to [`Receiver::largest_body`], and verifies them before anything is parsed. What is unsigned,
/// forged, too large or too slow is answered with a [`Refusal`], and the handler does not run.
pub struct Webhook<R: Receiver>(
    /// What was delivered.
    pub Accepted<R::Event, R::Stale>,
);

/// A delivery whose signature is right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Accepted<E, S> {
    /// Stamped within the tolerance.
    Verified(E),
    /// Stamped too long ago or too far ahead: ask the provider before anything is done.
    Stale(S),
}

/// Why a delivery was refused. The answer has the status alone, and no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No signature: 401.
    #[error("the webhook is not signed")]
    Unsigned,
    /// Not signed with one of the keys: 401, as above, so that the answer tells nothing.
    #[error("the webhook's signature is wrong")]
    Forged,
    /// Larger than the receiver takes: 413.
    #[error("the webhook's body is too large")]
    TooLarge,
    /// The body did not come within ten seconds: 408.
    #[error("the webhook's body took too long")]
    TooSlow,
    /// The connection broke: 400.
    #[error("the webhook's body could not be read")]
    Unreadable,
}

impl Refusal {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unsigned | Self::Forged => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unreadable => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

impl<R, S> FromRequest<S> for Webhook<R>
where
    R: Receiver,
    S: Send + Sync,
    Arc<R>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let receiver = Arc::<R>::from_ref(state);
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(READ_WITHIN, read(body, receiver.largest_body()))
            .await
            .map_err(|_| Refusal::TooSlow)??;
        match receiver.receive(&body, &head.headers, receiver.now()) {
            Received::Verified(event) => Ok(Self(Accepted::Verified(event))),
            Received::Stale(stale) => Ok(Self(Accepted::Stale(stale))),
            Received::Unsigned => Err(Refusal::Unsigned),
            Received::Forged => Err(Refusal::Forged),
        }
    }
}

async fn read(body: Body, most: usize) -> Result<Bytes, Refusal> {
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Err(_) => Err(Refusal::Unreadable),
    }
}

impl<R: Receiver> fmt::Debug for Webhook<R>
where
    R::Event: fmt::Debug,
    R::Stale: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Webhook").field(&self.0).finish()
    }
}
