//! Answers that no server should give.

use std::io;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// An answer that breaks HTTP, or that never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forged {
    /// The head stops in the middle.
    HalfHead,
    /// No status line at all.
    GarbageStatus,
    /// A megabyte of headers.
    HugeHead,
    /// Fewer bytes than were promised.
    ShortBody,
    /// A chunk whose size is none.
    BadChunk,
    /// Chunks without end.
    EndlessBody,
    /// A gigabyte that was promised.
    HugeBody,
}

const GIGABYTE: usize = 1 << 30;
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// Writes the answer, until it ends or the client has had enough.
pub(super) async fn write(forged: Forged, to: &mut TcpStream) -> io::Result<()> {
    match forged {
        Forged::HalfHead => to.write_all(b"HTTP/1.1 200 OK\r\ncontent-ty").await,
        Forged::GarbageStatus => to.write_all(b"\x00\xff\x13 so sorry\r\n\r\n").await,
        Forged::HugeHead => {
            to.write_all(OK.as_bytes()).await?;
            let line = format!("x-filler: {}\r\n", "f".repeat(1012));
            for _ in 0..1024 {
                to.write_all(line.as_bytes()).await?;
            }
            to.write_all(b"content-length: 2\r\n\r\n[]").await
        }
        Forged::ShortBody => to.write_all(format!("{OK}content-length: 400\r\n\r\n{{\"succ").as_bytes()).await,
        Forged::BadChunk => {
            to.write_all(format!("{OK}transfer-encoding: chunked\r\n\r\nzz\r\n[]\r\n").as_bytes()).await
        }
        Forged::EndlessBody => {
            to.write_all(format!("{OK}transfer-encoding: chunked\r\n\r\n").as_bytes()).await?;
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            loop {
                to.write_all(chunk.as_bytes()).await?;
            }
        }
        Forged::HugeBody => {
            to.write_all(format!("{OK}content-length: {GIGABYTE}\r\n\r\n").as_bytes()).await?;
            let part = vec![b' '; 1 << 16];
            for _ in 0..GIGABYTE / part.len() {
                to.write_all(&part).await?;
            }
            Ok(())
        }
    }
}
