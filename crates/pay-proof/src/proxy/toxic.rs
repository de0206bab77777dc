//! The toxics: what a bad network does to bytes on their way.

use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// The toxics of Toxiproxy but for `down`, which is [`Trick::Down`](super::Trick::Down).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toxic {
    /// Everything comes later.
    Latency(Duration),
    /// So many bytes a second.
    Bandwidth(u32),
    /// Everything comes, and the connection stays open for a while after it.
    SlowClose(Duration),
    /// Nothing comes; then the connection closes.
    Timeout(Duration),
    /// Nothing comes; then the connection is reset.
    ResetPeer(Duration),
    /// Everything comes in slices of so many bytes with a pause between them.
    Slicer(usize, Duration),
    /// So many bytes come, and then the connection closes.
    LimitData(usize),
}

/// What became of bytes on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    Whole,
    Closed,
    Reset,
}

/// Writes `bytes` to `to`, spoilt by a toxic or not.
pub(super) async fn pass(toxic: Option<Toxic>, to: &mut TcpStream, bytes: &[u8]) -> io::Result<Passed> {
    match toxic {
        None => to.write_all(bytes).await?,
        Some(Toxic::Latency(time)) => {
            sleep(time).await;
            to.write_all(bytes).await?;
        }
        Some(Toxic::Bandwidth(rate)) => {
            slices(to, bytes, (rate / 50).max(1) as usize, Duration::from_millis(20)).await?
        }
        Some(Toxic::SlowClose(time)) => {
            to.write_all(bytes).await?;
            sleep(time).await;
        }
        Some(Toxic::Timeout(time)) => {
            sleep(time).await;
            return Ok(Passed::Closed);
        }
        Some(Toxic::ResetPeer(time)) => {
            sleep(time).await;
            return Ok(Passed::Reset);
        }
        Some(Toxic::Slicer(size, pause)) => slices(to, bytes, size.max(1), pause).await?,
        Some(Toxic::LimitData(most)) => {
            to.write_all(&bytes[..most.min(bytes.len())]).await?;
            return Ok(if most < bytes.len() { Passed::Closed } else { Passed::Whole });
        }
    }
    Ok(Passed::Whole)
}

async fn slices(to: &mut TcpStream, bytes: &[u8], size: usize, pause: Duration) -> io::Result<()> {
    for slice in bytes.chunks(size) {
        to.write_all(slice).await?;
        sleep(pause).await;
    }
    Ok(())
}
