//! Accepts connections until told to stop; all of them end with it.

use super::connection::{Connection, FaultyStream};
use super::pipeline;
use crate::sandbox::Shared;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Serves until `stop` fires or its sender is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    let shared = Arc::clone(&shared);
                    connections.spawn(async move {
                        let told = Arc::new(Connection::default());
                        let io = TokioIo::new(FaultyStream::new(stream, Arc::clone(&told)));
                        let service = service_fn(move |request| {
                            pipeline::answer(Arc::clone(&shared), Arc::clone(&told), peer.ip(), request)
                        });
                        // An error here is a fault at work or a client that left: nobody to tell.
                        let _ = http1::Builder::new()
                            // An idle client keeps its connection: hanging up is for faults to do.
                            .header_read_timeout(None)
                            .serve_connection(io, service)
                            .await;
                    });
                }
                // Out of descriptors, most likely: wait for connections to end instead of spinning.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    connections.shutdown().await;
}
