//! Accepts connections until told to stop; all of them end with it.

use super::connection::{Connection, FaultyStream};
use super::door::{Door, Greeter};
use super::pipeline;
use crate::sandbox::Shared;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Serves until `stop` fires or its sender is dropped.
pub(crate) async fn serve(plain: Door, tls: Option<Door>, shared: Arc<Shared>, mut stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        let (accepted, door) = tokio::select! {
            _ = &mut stop => break,
            accepted = plain.accept() => (accepted, &plain),
            (accepted, door) = next(tls.as_ref()) => (accepted, door),
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
        };
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(converse(stream, door.greeter(), peer.ip(), Arc::clone(&shared)));
            }
            // Out of descriptors, most likely: wait for connections to end instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    connections.shutdown().await;
}

/// The next connection to a door that need not be there.
async fn next(door: Option<&Door>) -> (io::Result<(TcpStream, SocketAddr)>, &Door) {
    match door {
        Some(door) => (door.accept().await, door),
        None => std::future::pending().await,
    }
}

async fn converse(stream: TcpStream, greeter: Greeter, peer: IpAddr, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let Some(stream) = greeter.greet(stream).await else { return };
    let told = Arc::new(Connection::default());
    let io = TokioIo::new(FaultyStream::new(stream, Arc::clone(&told)));
    let service = service_fn(move |request| pipeline::answer(Arc::clone(&shared), Arc::clone(&told), peer, request));
    // An error here is a fault at work or a client that left: nobody to tell.
    let _ = http1::Builder::new()
        // An idle client keeps its connection: hanging up is for faults to do.
        .header_read_timeout(None)
        .serve_connection(io, service)
        .await;
}
