//! `google-cloud-auth`'s user credentials with a token endpoint on this machine.

use crate::Result;
use crate::scenarios::{Cache, Endpoint};
use google_cloud_auth::credentials::{Credentials, user_account};
use std::net::TcpListener;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The credential.
#[derive(Clone)]
pub(crate) struct Google(Credentials);

impl Google {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&endpoint)));
            }
        });
        let user = serde_json::json!({
            "type": "authorized_user", "client_id": "client", "client_secret": "secret", "refresh_token": "refresh",
        });
        let credentials =
            user_account::Builder::new(user).with_token_uri(format!("http://127.0.0.1:{port}/token")).build()?;
        Ok(Self(credentials))
    }
}

impl Cache for Google {
    async fn get(&self) -> bool {
        self.0.headers(http::Extensions::new()).await.is_ok()
    }
}

/// Answers one request per connection.
async fn serve(mut stream: TcpStream, endpoint: Arc<Endpoint>) -> std::io::Result<()> {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    while !whole(&request) {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&piece[..read]);
    }
    let (status, body) = match endpoint.ask().await {
        Some(life) => {
            let (token, seconds) = (crate::TOKEN, life.as_secs());
            ("200 OK", format!(r#"{{"access_token":"{token}","expires_in":{seconds},"token_type":"Bearer"}}"#))
        }
        None => ("401 Unauthorized", r#"{"error":"invalid_grant"}"#.to_owned()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await?;
    stream.shutdown().await
}

/// Whether head and body are there.
fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
