//! What the sandbox tells of itself: its control plane, and the values that a test holds.

use super::caught::{self, Sink};
use pay_sandbox::Sandbox;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// All that is read of the control plane. None of it may hold a secret; that `pay-sandbox serve` prints the credentials of
/// its fixtures, for clients to be configured with, is on purpose and is not looked at.
const PATHS: [(&str, Sink); 11] = [
    ("/_sandbox/requests", Sink::RequestLog),
    ("/_sandbox/ledger", Sink::Ledger),
    ("/_sandbox/pages/requests", Sink::Pages),
    ("/_sandbox/pages", Sink::Pages),
    ("/_sandbox/webhooks/deliveries", Sink::Control),
    ("/_sandbox/webhooks/rules", Sink::Control),
    ("/_sandbox/faults", Sink::Control),
    ("/_sandbox/modes", Sink::Control),
    ("/_sandbox/health", Sink::Control),
    ("/_sandbox/clock", Sink::Control),
    (NOTHING, Sink::Control),
];

const NOTHING: &str = "/_sandbox/nothing-here";

/// Reads all of it.
pub(crate) async fn show(sandbox: &Sandbox) -> std::io::Result<()> {
    let address = sandbox.url().trim_start_matches("http://").parse().map_err(std::io::Error::other)?;
    for (path, sink) in PATHS {
        let answer = ask(address, "GET", path, b"").await?;
        // An answer that is a refusal would show nothing.
        if !answer.starts_with(b"HTTP/1.1 200") && path != NOTHING {
            return Err(std::io::Error::other(format!("{path} cannot be read")));
        }
        caught::add(sink, &answer);
    }
    caught::add(Sink::RequestLog, format!("{:?}", sandbox.requests()).as_bytes());
    caught::add(Sink::Ledger, format!("{:?}", sandbox.ledger()).as_bytes());
    caught::add(Sink::Control, format!("{sandbox:?} {:?}", sandbox.faults()).as_bytes());
    Ok(())
}

/// One request to it; the answer with its head.
pub(crate) async fn ask(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&[head.as_bytes(), body].concat()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
