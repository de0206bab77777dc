//! Where a request ends: as much of HTTP/1.1 as that takes.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// One whole request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) bytes: Vec<u8>,
    /// Without the query.
    pub(super) path: String,
}

const LARGEST: usize = 4 << 20;

/// Reads one request; `None` when the client leaves before it is whole.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = whole(&bytes) {
            return Ok(Some(request));
        }
        if from.read_buf(&mut bytes).await? == 0 || bytes.len() > LARGEST {
            return Ok(None);
        }
    }
}

fn whole(bytes: &[u8]) -> Option<Request> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let ended = match (value("transfer-encoding"), value("content-length")) {
        (Some(_), _) => bytes.ends_with(b"0\r\n\r\n"),
        (None, Some(length)) => bytes.len() >= head + length.parse::<usize>().unwrap_or(0),
        (None, None) => true,
    };
    let target = String::from_utf8_lossy(&bytes[..head]);
    let target = target.split_whitespace().nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    ended.then(|| Request { bytes: bytes.to_vec(), path })
}

/// The request with the wish that the server closes after its answer, which then ends where the connection does.
pub(super) fn last_one(request: &Request) -> Vec<u8> {
    let line = request.bytes.windows(2).position(|two| two == b"\r\n").map_or(0, |at| at + 2);
    let (first, rest) = request.bytes.split_at(line);
    [first, b"connection: close\r\n", rest].concat()
}

/// The answer without the word that the connection ends with it.
pub(super) fn staying(answer: &[u8]) -> Vec<u8> {
    const CLOSE: &[u8] = b"connection: close\r\n";
    match answer.windows(CLOSE.len()).position(|part| part == CLOSE) {
        Some(at) => [&answer[..at], &answer[at + CLOSE.len()..]].concat(),
        None => answer.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_where_http_says() {
        assert!(whole(b"GET /a HTTP/1.1\r\nhost: b\r\n").is_none());
        assert_eq!(whole(b"GET /a?b=/c HTTP/1.1\r\nhost: b\r\n\r\n").unwrap().path, "/a");
        assert!(whole(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab").is_none());
        assert!(whole(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc").is_some());
        assert!(whole(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").is_none());
        assert!(whole(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").is_some());
    }

    #[test]
    fn the_server_is_asked_to_close_and_the_client_need_not_know() {
        let request = whole(b"GET / HTTP/1.1\r\nhost: b\r\n\r\n").unwrap();
        assert_eq!(last_one(&request), b"GET / HTTP/1.1\r\nconnection: close\r\nhost: b\r\n\r\n");
        assert_eq!(staying(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"), b"HTTP/1.1 200 OK\r\n\r\n");
    }
}
