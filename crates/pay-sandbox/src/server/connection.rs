//! A stream that can be told to reset, or to stop in the middle of an answer.

use super::stream::Stream;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where an answer is to be cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// In the middle of its head.
    Head,
    /// After this many bytes of its body.
    Body(usize),
}

/// What the handler tells the connection on which it answers.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    reset: AtomicBool,
    cut: Mutex<Option<Cut>>,
}

impl Connection {
    /// Makes the close that follows a TCP reset.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Ordering::Release);
    }

    /// Cuts the next answer off.
    pub(crate) fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }

    fn take_cut(&self) -> Option<Cut> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The stream, and what it was told.
#[derive(Debug)]
pub(crate) struct FaultyStream {
    inner: Stream,
    told: Arc<Connection>,
    /// Bytes that may still be written, once a cut is in force.
    left: Option<usize>,
}

impl FaultyStream {
    pub(crate) fn new(inner: Stream, told: Arc<Connection>) -> Self {
        Self { inner, told, left: None }
    }
}

impl Drop for FaultyStream {
    fn drop(&mut self) {
        if self.told.reset.load(Ordering::Acquire) {
            self.inner.close_by_reset();
        }
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(cut) = self.told.take_cut() {
            self.left = Some(allowed(cut, buf));
        }
        let end = self.left.unwrap_or(buf.len()).min(buf.len());
        if end == 0 && !buf.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &buf[..end]))?;
        self.left = self.left.map(|left| left - written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// How much of an answer may pass. Its first buffer holds the whole head: writes are not vectored.
fn allowed(cut: Cut, first: &[u8]) -> usize {
    let head = first.windows(4).position(|window| window == b"\r\n\r\n").map_or(first.len(), |end| end + 4);
    match cut {
        Cut::Head => head / 2,
        Cut::Body(bytes) => head + bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_stand_where_they_should() {
        let answer = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n{\"a\":1}";
        assert_eq!(allowed(Cut::Head, answer), 12);
        assert_eq!(allowed(Cut::Body(3), answer), 25 + 3);
    }
}
