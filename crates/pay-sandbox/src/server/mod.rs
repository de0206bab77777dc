//! The listener and the path of one request through it.

mod body;
mod connection;
mod door;
mod listen;
mod pipeline;
mod stream;
#[cfg(feature = "tls")]
pub(crate) mod tls;
mod visitor;

pub(crate) use door::Door;
pub(crate) use listen::serve;
