//! A load generator: connections that are kept, each asking again as soon as it has its answer.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    Time(Duration),
    /// Answers of all connections together.
    Count(usize),
}

/// Answers with status 200 per second.
pub(crate) async fn per_second(
    port: u16,
    path: &str,
    authorization: &str,
    connections: usize,
    until: Until,
) -> Result<f64, String> {
    let from = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (path, authorization) = (path.to_owned(), authorization.to_owned());
        tasks.spawn(async move {
            let mut connection = connect(port).await?;
            let mut answers = 0_usize;
            while match until {
                Until::Time(time) => from.elapsed() < time,
                Until::Count(count) => answers < count / connections,
            } {
                let request = request(Method::GET, &path, Some(&authorization)).body(Full::new(Bytes::new()));
                let (status, _) = send(&mut connection, request.map_err(|error| error.to_string())?).await?;
                if status != StatusCode::OK {
                    return Err(format!("GET {path}: {status}"));
                }
                answers += 1;
            }
            Ok::<_, String>(answers)
        });
    }
    let mut answers = 0;
    while let Some(done) = tasks.join_next().await {
        answers += done.map_err(|error| error.to_string())??;
    }
    Ok(answers as f64 / from.elapsed().as_secs_f64())
}

/// One request on a connection of its own.
pub(crate) async fn once(port: u16, method: Method, path: &str, json: &str) -> Result<(StatusCode, Bytes), String> {
    let mut connection = connect(port).await?;
    let request = request(method, path, None).header("content-type", "application/json");
    let request = request.body(Full::new(Bytes::from(json.to_owned())));
    send(&mut connection, request.map_err(|error| error.to_string())?).await
}

fn request(method: Method, path: &str, authorization: Option<&str>) -> hyper::http::request::Builder {
    let request =
        Request::builder().method(method).uri(path).header("host", "127.0.0.1").header("accept", "application/json");
    match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    }
}

async fn connect(port: u16) -> Result<SendRequest<Full<Bytes>>, String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| error.to_string())?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn send(
    connection: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), String> {
    connection.ready().await.map_err(|error| error.to_string())?;
    let answer = connection.send_request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|error| error.to_string())?;
    Ok((status, body.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::super::server::{Server, Tokens};
    use super::*;

    #[tokio::test]
    async fn answers_are_counted_and_errors_end_it() {
        let server = Server::start(Tokens { latency: Duration::ZERO, life: None }).unwrap();
        let port = server.base_url.trim_end_matches("/api/v1").rsplit_once(':').unwrap().1.parse().unwrap();
        let load = |path, until| per_second(port, path, "Bearer t", 2, until);
        assert!(load("/categories", Until::Count(20)).await.unwrap() > 0.0);
        assert!(load("/categories", Until::Time(Duration::from_millis(5))).await.unwrap() > 0.0);
        assert!(load("/token", Until::Count(2)).await.unwrap_err().contains("401"));
        let (status, body) = once(port, Method::POST, "/token", "{}").await.unwrap();
        assert_eq!((status, body.is_empty()), (StatusCode::UNAUTHORIZED, false));
    }
}
