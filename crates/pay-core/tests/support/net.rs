//! Listeners on loopback that behave as a test says, and a private certificate authority.

#![allow(dead_code, unreachable_pub, missing_debug_implementations)]

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A listener: where it is, how many connections it had, and which requests they carried.
#[derive(Clone)]
pub struct Listener {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// Runs `serve` for every connection.
    pub async fn start<F, R>(serve: F) -> Self
    where
        F: Fn(TcpStream, Self) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let this =
            Self { address: listener.local_addr().unwrap(), connections: Arc::default(), requests: Arc::default() };
        let own = this.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                own.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, own.clone()));
            }
        });
        this
    }

    /// Reads one request per connection, writes `answer` and closes.
    pub async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(move |mut stream, own| {
            let answer = Arc::clone(&answer);
            async move {
                if own.request(&mut stream).await.is_some() {
                    let _ = stream.write_all(&answer).await;
                    let _ = stream.shutdown().await;
                }
            }
        })
        .await
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Reads a whole request and keeps it; `None` when the other side hung up.
    pub async fn request(&self, stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= content_length(head)
            {
                self.requests.lock().unwrap().push(text.clone());
                return Some(text);
            }
            match stream.read(&mut buffer).await {
                Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
                _ => return None,
            }
        }
    }
}

fn content_length(head: &str) -> usize {
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    length.unwrap_or(0)
}

pub const DONE: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{\"id\":\"done\"}";

/// A certificate authority that no machine knows.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "a private root");
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// TLS with a certificate of this authority for `host`, valid or long expired.
    pub fn tls(&self, host: &str, expired: bool) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        if expired {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        acceptor(&certificate, &key)
    }
}

/// TLS with a certificate for `host` that no authority signed.
pub fn self_signed(host: &str) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    acceptor(&CertificateParams::new(vec![host.to_owned()]).unwrap().self_signed(&key).unwrap(), &key)
}

fn acceptor(certificate: &Certificate, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Named, because the short form would install it for the whole program, the client under test included.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// A server that speaks TLS and answers every request with [`DONE`].
pub async fn tls_server(tls: TlsAcceptor) -> Listener {
    Listener::start(move |stream, own| {
        let tls = tls.clone();
        async move {
            if let Ok(mut stream) = tls.accept(stream).await {
                while own.request(&mut stream).await.is_some() {
                    if stream.write_all(DONE.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        }
    })
    .await
}

/// A proxy that connects every `CONNECT` to `target`, whatever name it is for.
pub async fn connect_proxy(target: SocketAddr) -> Listener {
    Listener::start(move |mut stream, own| async move {
        if own.request(&mut stream).await.is_none() {
            return;
        }
        let mut out = TcpStream::connect(target).await.unwrap();
        if stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut out).await;
        }
    })
    .await
}

/// Writes `text` and then nothing more, with the connection open.
pub async fn stall(mut stream: impl AsyncWrite + Unpin, text: &str) {
    let _ = stream.write_all(text.as_bytes()).await;
    std::future::pending::<()>().await;
}
