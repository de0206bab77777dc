//! The listener and the path of one request through it.

mod body;
mod connection;
mod listen;
mod pipeline;
mod visitor;

pub(crate) use listen::serve;
