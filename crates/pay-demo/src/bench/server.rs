//! One thread that plays a provider's token call, one read and one purchase, as fast as hyper can: what is measured is the client.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// A JSON web token of the length that providers give out.
pub(crate) const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkJlbmNoIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

/// Pagamio's categories as its page prints one.
pub(crate) const CATEGORIES: &str = r#"[{"id":21450,"createdById":1,"lastModifiedById":1,"createdDate":"2024-08-27T10:15:30","lastModifiedDate":"2024-08-27T10:15:30","state":1,"name":"Airtime","imageUrl":"https://example.com/airtime.png","orderOfAppearance":1,"parentId":null,"meta":"{}"}]"#;

/// A purchase that was made.
const BOUGHT: &str =
    r#"{"transactionId":"t-1","responseCode":"0","responseMessage":"Approved","successful":true,"receipt":{}}"#;

/// How token calls are answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens {
    pub(crate) latency: Duration,
    /// Seconds that the first token lives, and all others an hour; `None`: the credentials are refused.
    pub(crate) life: Option<u32>,
}

/// The server; its thread lives as long as the program.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) base_url: String,
    token_calls: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(tokens: Tokens) -> Result<Self, String> {
        let token_calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&token_calls);
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
                let _ = sender.send(listener.local_addr()?.port());
                serve(listener, tokens, counter).await
            })
        });
        let port = receiver.recv_timeout(Duration::from_secs(10)).map_err(|_| "no server on 127.0.0.1")?;
        Ok(Self { base_url: format!("http://127.0.0.1:{port}/api/v1"), token_calls })
    }

    pub(crate) fn token_calls(&self) -> usize {
        self.token_calls.load(Ordering::Relaxed)
    }
}

async fn serve(listener: tokio::net::TcpListener, tokens: Tokens, counter: Arc<AtomicUsize>) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let counter = Arc::clone(&counter);
        let service = service_fn(move |request: Request<Incoming>| {
            let counter = Arc::clone(&counter);
            async move {
                let path = request.uri().path();
                let (read, bought) = (path.ends_with("/categories"), path.ends_with("/purchase"));
                if !read {
                    // To its end, so that the connection is kept.
                    let _ = request.into_body().collect().await;
                }
                let (status, body) = if read {
                    (200, Bytes::from_static(CATEGORIES.as_bytes()))
                } else if bought {
                    (200, Bytes::from_static(BOUGHT.as_bytes()))
                } else {
                    let before = counter.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(tokens.latency).await;
                    token_answer(tokens.life.map(|first| if before == 0 { first } else { 3600 }))
                };
                let answer = Response::builder().status(status).header("content-type", "application/json");
                Ok::<_, Infallible>(answer.body(Full::new(body)).unwrap_or_default())
            }
        });
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

fn token_answer(life: Option<u32>) -> (u16, Bytes) {
    match life {
        Some(life) => (200, format!(r#"{{"successful":true,"data":{{"token":"{TOKEN}","expiresIn":{life}}}}}"#).into()),
        None => (401, Bytes::from_static(br#"{"responseCode":"401","responseMessage":"Unauthorized"}"#)),
    }
}
