//! Faults: rules that make the sandbox misbehave on purpose, one request at a time.

mod book;
mod kind;
mod parse;
mod random;
mod rule;

pub(crate) use book::{FaultBook, Subject};
pub(crate) use kind::Behaviour;
pub use kind::{Acting, Ends, Fault, StatusFault};
pub(crate) use parse::rules;
pub use random::RandomFaults;
pub use rule::{FaultRule, FaultStatus};
