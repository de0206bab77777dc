//! A port, and what a connection to it must do before it is spoken to.

use super::stream::Stream;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};

/// A port that is open.
pub(crate) struct Door {
    listener: TcpListener,
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsAcceptor>,
}

impl Door {
    /// One that speaks HTTP.
    pub(crate) fn plain(listener: TcpListener) -> Self {
        Self {
            listener,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// One that speaks HTTPS.
    #[cfg(feature = "tls")]
    pub(crate) fn tls(listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor) -> Self {
        Self { listener, tls: Some(acceptor) }
    }

    pub(super) async fn accept(&self) -> std::io::Result<(TcpStream, SocketAddr)> {
        self.listener.accept().await
    }

    /// How its connections begin.
    pub(super) fn greeter(&self) -> Greeter {
        Greeter {
            #[cfg(feature = "tls")]
            tls: self.tls.clone(),
        }
    }
}

/// Does a handshake, where one is due.
pub(super) struct Greeter {
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsAcceptor>,
}

impl Greeter {
    /// `None`: the handshake failed or took too long.
    pub(super) async fn greet(self, stream: TcpStream) -> Option<Stream> {
        #[cfg(feature = "tls")]
        if let Some(acceptor) = self.tls {
            let limit = std::time::Duration::from_secs(10);
            let stream = tokio::time::timeout(limit, acceptor.accept(stream)).await.ok()?.ok()?;
            return Some(Stream::Tls(Box::new(stream)));
        }
        Some(Stream::Plain(stream))
    }
}
