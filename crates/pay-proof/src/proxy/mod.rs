//! A loopback TCP proxy that breaks connections as networks do, which no mock server can.

mod alter;
mod forge;
mod guise;
mod head;
mod serve;
mod toxic;

pub use forge::Forged;
pub(crate) use guise::{Guise, MARKERS_OF_A_FIELD, UNMODELLED};
pub use toxic::Toxic;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Which way the bytes go that a toxic spoils.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In order (FIN).
    Close,
    /// With a reset (RST).
    Reset,
}

/// What the proxy does to a request or its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Nobody listens any more: for a while, or for good.
    Down(Option<Duration>),
    /// The connection ends as soon as it stands.
    OnAccept(End),
    /// The request is read and does not reach the server.
    Before(End),
    /// Half of the request reaches the server.
    HalfRequest,
    /// The server answers, and the client gets nothing of it.
    After(End),
    /// The server answers, and the client gets half of it.
    HalfAnswer(End),
    /// The client gets an answer that the server never gave; `reached`: the server had the request nevertheless.
    Forged(Forged, bool),
    /// The same answer twice, on a connection that stays open.
    Duplicate,
    /// The server's answer, with another value in every JSON member of this name.
    Altered(&'static str),
    /// One of the toxics.
    Toxic(Toxic, Direction),
}

/// Which requests a trick is played on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    trick: Trick,
    path: &'static str,
    left: u32,
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    plan: Mutex<Option<Plan>>,
    struck: AtomicU32,
    down: Notify,
}

/// A running proxy. It stops when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
    /// Holds the port while nobody listens: else another server would be given it, and be taken for this one.
    _place: TcpSocket,
}

fn place(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Listens at an address that is held already.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    place(address)?.listen(1024)
}

impl Proxy {
    /// Listens on a free port and passes everything on to `upstream`, until a trick is armed.
    ///
    /// # Errors
    /// No port could be had.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let place = place((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = place.local_addr()?;
        let listener = listen(address)?;
        let (plan, struck, down) = (Mutex::new(None), AtomicU32::new(0), Notify::new());
        let shared = Arc::new(Shared { upstream, plan, struck, down });
        let task = tokio::spawn(serve::listen(listener, address, Arc::clone(&shared)));
        Ok(Self { address, shared, task, _place: place })
    }

    /// Where it listens, as the start of a URL.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Plays the trick on the next `times` requests whose path ends in `path`.
    pub fn arm(&self, trick: Trick, path: &'static str, times: u32) {
        *self.shared.lock() = Some(Plan { trick, path, left: times });
        if matches!(trick, Trick::Down(_)) {
            self.shared.down.notify_one();
        }
    }

    /// How often a trick was played.
    pub fn struck(&self) -> u32 {
        self.shared.struck.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Plan>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The trick, where it is for such a moment; one use of it is then gone.
    fn take(&self, wanted: impl Fn(&Plan) -> bool) -> Option<Trick> {
        let mut plan = self.lock();
        let plan = plan.as_mut().filter(|plan| plan.left > 0 && wanted(plan))?;
        plan.left -= 1;
        self.struck.fetch_add(1, Ordering::SeqCst);
        Some(plan.trick)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("address", &self.address).finish_non_exhaustive()
    }
}
