//! Sends one event over plain HTTP/1.1: no pool, no redirects, no proxy.

use super::target::{Guard, Host, Target, is_local};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;

/// Why there is no answer. Says nothing that the receiver or the event could have put into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The guard says no.
    Refused(&'static str),
    /// The network or the receiver failed.
    Broken(&'static str),
}

/// More of an answer than this is not read.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Posts a body and answers the receiver's status, whatever it is: a redirect is an answer like any other.
pub(super) async fn post(
    guard: &Guard,
    target: &Target,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
) -> Result<u16, Failure> {
    let stream = connect(guard, target).await?;
    let broken = |_| Failure::Broken("the connection broke before an answer");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Dropped with this call, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let mut request = Request::post(&target.path).body(Full::new(body)).map_err(|_| Failure::Refused("not a URL"))?;
    let own = request.headers_mut();
    own.insert(HOST, HeaderValue::from_str(&target.authority()).map_err(|_| Failure::Refused("not a host name"))?);
    own.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    own.insert(USER_AGENT, HeaderValue::from_static(concat!("pay-sandbox/", env!("CARGO_PKG_VERSION"))));
    own.insert(CONNECTION, HeaderValue::from_static("close"));
    own.extend(headers);
    let answer = sender.send_request(request).await.map_err(broken)?;
    let status = answer.status().as_u16();
    // A receiver that is cut off in the middle of its answer would see an error of ours as its own.
    let _ = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
    Ok(status)
}

async fn connect(guard: &Guard, target: &Target) -> Result<TcpStream, Failure> {
    let addresses: Vec<SocketAddr> = match &target.host {
        Host::Address(address) => vec![SocketAddr::new(*address, target.port)],
        Host::Name(name) if is_local(name) => {
            vec![(Ipv4Addr::LOCALHOST, target.port).into(), (Ipv6Addr::LOCALHOST, target.port).into()]
        }
        Host::Name(name) => {
            let found = lookup_host((name.as_str(), target.port)).await;
            found.map_err(|_| Failure::Broken("the host's name is not known"))?.collect()
        }
    };
    guard.resolved(target, &addresses).map_err(Failure::Refused)?;
    // To the very addresses that were judged: a second look-up might answer others.
    let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|_| Failure::Broken("no connection"))?;
    let peer = stream.peer_addr().map_err(|_| Failure::Broken("no connection"))?;
    guard.may_connect(&target.host, peer).map_err(Failure::Refused)?;
    Ok(stream)
}
