//! What a provider says of itself to be put to the proof.

use crate::Broken;
use crate::faults::Fault;
use pay_core::Error;
use pay_sandbox::Sandbox;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A run of something, boxed so that providers fit in one list.
pub type Run<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One operation of the public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// As the table prints it.
    pub name: &'static str,
    /// What the sandbox calls the request.
    pub request: &'static str,
    /// What the request's path ends in, for the proxy; a query does not count.
    pub path: &'static str,
    /// Whether it can charge somebody.
    pub money: bool,
    /// Whether it sends what somebody may have sent before: even a call that sends nothing is then unknown.
    pub again: bool,
}

/// How patient and how greedy a client is.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For one attempt.
    pub attempt: Duration,
    /// For the whole call.
    pub deadline: Duration,
    /// Attempts at most.
    pub attempts: u32,
    /// Bytes of an answer at most.
    pub max_body: usize,
}

/// What a client says came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Money: it is done.
    Completed,
    /// Money: accepted, and still on its way.
    Pending,
    /// Money: it did not happen, for good.
    Failed,
    /// Money: nobody can say.
    Unknown,
    /// A read, as text that differs where the answers do.
    Read(String),
}

/// A client of the provider, set up for one run.
pub trait Session: Send + Sync {
    /// Has a token afterwards.
    fn log_in(&self) -> Run<'_, Result<(), Error>>;
    /// Runs one operation through the public API. `reference` is for those that take one.
    fn run<'a>(&'a self, operation: &'a str, reference: &'a str) -> Run<'a, Result<Said, Error>>;
    /// Buys for `customer` as a shop would: once, and then finding out what became of it. References start with `reference`.
    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said>;
}

/// A provider, put to the proof.
pub trait Subject: Send + Sync {
    /// The crate's name, which is the sandbox's name for it too.
    fn name(&self) -> &'static str;
    /// Every operation.
    fn operations(&self) -> &'static [Operation];
    /// The request that brings a token.
    fn token(&self) -> Operation;
    /// The operation that buys, for the ledger harness.
    fn purchase(&self) -> Operation;
    /// Faults that only this provider can have, such as bodies in its own envelopes.
    fn own_faults(&self) -> Vec<Fault>;
    /// The number of a customer, distinct for distinct `n`.
    fn customer(&self, n: usize) -> String;
    /// The sandbox as the harness needs it.
    ///
    /// # Errors
    /// A mode that the sandbox does not know.
    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken>;
    /// A client that reaches the sandbox, or what stands before it, at `origin` (`http://127.0.0.1:1`).
    ///
    /// # Errors
    /// Settings that the client refuses.
    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken>;
}

impl fmt::Debug for dyn Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
