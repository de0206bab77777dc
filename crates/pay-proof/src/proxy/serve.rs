//! Connections: one request after the other, each passed on or tricked.

use super::toxic::{Passed, pass};
use super::{Direction, End, Shared, Toxic, Trick, alter, forge, head};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Accepts until it is aborted.
pub(super) async fn listen(listener: TcpListener, address: SocketAddr, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let mut listener = Some(listener);
    while let Some(open) = &listener {
        tokio::select! {
            () = shared.down.notified() => {
                listener = None;
                // What is open breaks too, as when the machine goes.
                connections.abort_all();
                if let Some(Trick::Down(Some(time))) = shared.take(|plan| matches!(plan.trick, Trick::Down(_))) {
                    tokio::time::sleep(time).await;
                    listener = super::listen(address).ok();
                }
            }
            accepted = open.accept() => {
                if let Ok((client, _)) = accepted {
                    connections.spawn(connection(client, Arc::clone(&shared)));
                }
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection of a client. Errors are the client's or the server's leaving.
async fn connection(mut client: TcpStream, shared: Arc<Shared>) {
    if let Some(Trick::OnAccept(end)) = shared.take(|plan| matches!(plan.trick, Trick::OnAccept(_))) {
        return finish(client, end);
    }
    while let Ok(Some(request)) = head::read(&mut client).await {
        let meant = |trick: &Trick| !matches!(trick, Trick::OnAccept(_) | Trick::Down(_));
        let trick = shared.take(|plan| meant(&plan.trick) && request.path.ends_with(plan.path));
        match exchange(&mut client, &request, trick, shared.upstream).await {
            Ok(None) => {}
            Ok(Some(end)) => return finish(client, end),
            Err(_) => return,
        }
    }
}

/// One request and its answer; `Some`: the connection ends then.
async fn exchange(
    client: &mut TcpStream,
    request: &head::Request,
    trick: Option<Trick>,
    upstream: SocketAddr,
) -> io::Result<Option<End>> {
    let toxic = |wanted| match trick {
        Some(Trick::Toxic(toxic, direction)) if direction == wanted => Some(toxic),
        _ => None,
    };
    match trick {
        Some(Trick::Before(end)) => return Ok(Some(end)),
        Some(Trick::Forged(forged, false)) => {
            forge::write(forged, client).await?;
            return Ok(Some(End::Close));
        }
        Some(Trick::HalfRequest) => {
            let bytes = head::last_one(request);
            let half = Toxic::LimitData(bytes.len() / 2);
            let mut server = TcpStream::connect(upstream).await?;
            pass(Some(half), &mut server, &bytes).await?;
            // Long enough for the half to be read.
            tokio::time::sleep(Duration::from_millis(20)).await;
            finish(server, End::Reset);
            return Ok(Some(End::Reset));
        }
        _ => {}
    }
    let (passed, answer) = ask(upstream, &head::last_one(request), toxic(Direction::Up)).await?;
    match passed {
        Passed::Whole => {}
        Passed::Closed => return Ok(Some(End::Close)),
        Passed::Reset => return Ok(Some(End::Reset)),
    }
    match trick {
        Some(Trick::After(end)) => Ok(Some(end)),
        Some(Trick::HalfAnswer(end)) => {
            client.write_all(&answer[..answer.len() / 2]).await?;
            // A reset may overtake what was written: the client is to see both.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(Some(end))
        }
        Some(Trick::Forged(forged, true)) => {
            forge::write(forged, client).await?;
            Ok(Some(End::Close))
        }
        Some(Trick::Altered(member)) => {
            client.write_all(&alter::altered(&answer, member)).await?;
            Ok(Some(End::Close))
        }
        Some(Trick::Duplicate) => {
            client.write_all(&head::staying(&answer).repeat(2)).await?;
            Ok(None)
        }
        _ => Ok(Some(match pass(toxic(Direction::Down), client, &answer).await? {
            Passed::Whole | Passed::Closed => End::Close,
            Passed::Reset => End::Reset,
        })),
    }
}

/// The server's whole answer, which ends with its connection.
async fn ask(upstream: SocketAddr, request: &[u8], toxic: Option<Toxic>) -> io::Result<(Passed, Vec<u8>)> {
    let mut server = TcpStream::connect(upstream).await?;
    let passed = pass(toxic, &mut server, request).await?;
    let mut answer = Vec::new();
    match passed {
        Passed::Whole => {
            server.read_to_end(&mut answer).await?;
        }
        Passed::Closed => {}
        Passed::Reset => finish(server, End::Reset),
    }
    Ok((passed, answer))
}

/// Lets go of a connection in one way or the other.
fn finish(stream: TcpStream, end: End) {
    if end == End::Reset {
        // Where even that fails the connection closes in order, which the counts of a table would show.
        let _ = stream.set_zero_linger();
    }
    drop(stream);
}
