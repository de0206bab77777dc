//! Answer bodies: whole, dripping, or far too large.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum AnswerBody {
    /// Everything at once.
    Whole(Bytes),
    /// A few bytes after each pause.
    Drip { left: Bytes, chunk: usize, pause: Duration, wait: Pin<Box<Sleep>> },
    /// This many bytes of spaces, in pieces, without a `Content-Length`.
    Oversized { left: u64 },
}

impl AnswerBody {
    pub(crate) fn drip(left: Bytes, chunk: usize, pause: Duration) -> Self {
        Self::Drip { left, chunk, pause, wait: Box::pin(sleep(pause)) }
    }
}

/// JSON allows leading spaces, so a reader without a limit goes on reading.
static FILLER: [u8; 64 * 1024] = [b' '; 64 * 1024];

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = match &mut *self {
            Self::Whole(bytes) => std::mem::take(bytes),
            Self::Drip { left, chunk, pause, wait } if !left.is_empty() => {
                ready!(wait.as_mut().poll(cx));
                wait.as_mut().reset(tokio::time::Instant::now() + *pause);
                left.split_to((*chunk).clamp(1, left.len()))
            }
            Self::Drip { .. } => Bytes::new(),
            Self::Oversized { left } => {
                let length = usize::try_from(*left).map_or(FILLER.len(), |left| left.min(FILLER.len()));
                *left -= length as u64;
                Bytes::from_static(&FILLER[..length])
            }
        };
        let frame = (!data.is_empty()).then(|| Ok(Frame::data(data)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(left) | Self::Drip { left, .. } => left.is_empty(),
            Self::Oversized { left } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(left) | Self::Drip { left, .. } => SizeHint::with_exact(left.len() as u64),
            Self::Oversized { .. } => SizeHint::default(),
        }
    }
}
