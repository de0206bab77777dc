//! What a provider says of itself to be put to the proof.

use crate::Broken;
use crate::faults::Fault;
use crate::leaks::Plant;
use pay_core::Error;
use pay_core::auth::TokenStore;
use pay_core::journal::Journal;
use pay_sandbox::{Ledger, SaleState, Sandbox};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A run of something, boxed so that providers fit in one list.
pub type Run<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Is shown every public value that a session holds in its hands; most harnesses look away.
pub type Eye = dyn Fn(&dyn fmt::Debug) + Send + Sync;

/// What an operation can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it can never end unknown.
    Reads,
    /// Something, but nobody is charged.
    Changes,
    /// Somebody is charged.
    Charges,
    /// The same, with what somebody may have sent before: even a call that sends nothing is then unknown.
    Resends,
    /// Nothing: it finds out what became of a sale, which is made before the fault.
    Settles,
}

impl Effect {
    /// Whether it can charge somebody.
    pub fn money(self) -> bool {
        matches!(self, Self::Charges | Self::Resends)
    }
}

/// One operation of the public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// As the table prints it.
    pub name: &'static str,
    /// What the sandbox calls the request.
    pub request: &'static str,
    /// What the request's path ends in, for the proxy; a query does not count.
    pub path: &'static str,
    /// What it can do.
    pub effect: Effect,
    /// Whether it is sent without a token.
    pub public: bool,
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

/// Where a client keeps its tokens and intents; by default in memory and nowhere.
#[derive(Clone, Default)]
pub struct Kept {
    /// Tokens.
    pub tokens: Option<Arc<dyn TokenStore>>,
    /// Intents.
    pub journal: Option<Arc<dyn Journal>>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
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
    /// Has the token afterwards that `operation` needs.
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>>;
    /// Runs one operation through the public API, and shows `eye` the values that go in and come out. `reference` is for
    /// those that take one.
    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>>;
    /// Buys for `customer` as a shop would: once, and then finding out what became of it. References start with `reference`.
    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said>;
}

/// What the sandbox's books say that a request has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// How often it was done: sold, created, refunded, reported.
    pub times: u32,
    /// Whether that is final, where it can be pending.
    pub finally: bool,
}

/// What becomes of a purchase whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It may be sent again or looked up, as the provider's rules have it: nothing more is predicted than that books agree.
    Repeated,
    /// It can be neither repeated nor looked up: it ends unknown exactly where a fault may have hidden what it did.
    Unknown,
    /// It can be looked up by its own reference, and not be repeated: what was done ends known; unknown is exactly what a fault may
    /// have hidden and nobody finds, because "not found" is not "failed".
    LookedUp,
}

/// Modes of the sandbox that go together: a name to print, then name and value of each.
pub type Modes = (&'static str, &'static [(&'static str, &'static str)]);

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
    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken> {
        let _ = sandbox;
        Ok(())
    }
    /// Sets of modes that the ledger harness tries one after the other, each on top of [`set_up`](Self::set_up): what the
    /// provider's documents leave open or contradict must not move the books.
    fn modes(&self) -> &'static [Modes] {
        &[("as set up", &[])]
    }
    /// A client that reaches the sandbox, or what stands before it, at `origin` (`http://127.0.0.1:1`).
    ///
    /// # Errors
    /// Settings that the client refuses.
    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken>;
    /// Brings about what `operation` needs, undisturbed and through a client of its own: the sale that is looked for.
    fn before<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        session: Arc<dyn Session>,
        operation: &'a Operation,
        reference: &'a str,
    ) -> Run<'a, Result<(), Broken>> {
        let _ = sandbox;
        Box::pin(async move {
            if operation.effect != Effect::Settles {
                return Ok(());
            }
            match session.run(self.purchase().name, reference, &|_| {}).await? {
                Said::Completed | Said::Pending => Ok(()),
                other => Err(format!("an undisturbed sale ended {other:?}").into()),
            }
        })
    }
    /// How often `operation` was done for `reference`, by the sandbox's books.
    fn done(&self, sandbox: &Sandbox, operation: &Operation, reference: &str) -> Done {
        let (_, ledger) = (operation, sandbox.ledger());
        let times = ledger.sales().map(|sale| sale.charges).sum();
        let finally = ledger.sale(reference).is_some_and(|sale| sale.state == SaleState::Completed);
        Done { times, finally }
    }
    /// How often the purchase of `customer`, all of whose references start with `reference`, was charged or paid out, by the books.
    fn moved(&self, ledger: &Ledger, customer: &str, reference: &str) -> u32 {
        let _ = reference;
        ledger.charges_to(customer) + ledger.paid_out_to(customer)
    }
    /// What a shop can do about a purchase whose answer was lost, and so how each must end in the ledger harness.
    fn lost(&self) -> Lost {
        Lost::Repeated
    }
    /// Every secret and personal field, and how a marker comes to stand in it. Without any, leaks cannot be looked for.
    fn plants(&self) -> Vec<Plant> {
        Vec::new()
    }
    /// A client as [`session`](Self::session) makes it, with the markers of [`plants`](Self::plants) in place of the
    /// sandbox's own credentials and customers, and with what is to keep tokens and intents. `marker` gives the marker of a field.
    ///
    /// # Errors
    /// Settings that the client refuses, and a field without a marker.
    fn marked(
        &self,
        sandbox: &Sandbox,
        origin: &str,
        limits: Limits,
        kept: &Kept,
        marker: &dyn Fn(&str) -> String,
    ) -> Result<Arc<dyn Session>, Broken> {
        let _ = (kept, marker);
        self.session(sandbox, origin, limits)
    }
    /// Opens the body of a request that is sealed with the marker of its key. `None`: it is not sealed.
    fn opened(&self, body: &[u8], marker: &dyn Fn(&str) -> String) -> Option<Vec<u8>> {
        let _ = (body, marker);
        None
    }

    /// Receives the provider's webhooks with markers in them, and shows `eye` whatever a receiver holds.
    ///
    /// # Errors
    /// A delivery that was received as something else than it is.
    fn events(&self, marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
        let _ = (marker, eye);
        Ok(())
    }

    /// Looks at the provider's pages as payers and operators would, and gives what they saw: it is searched too.
    fn visit<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        marker: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Run<'a, Result<Vec<Vec<u8>>, Broken>> {
        let _ = (sandbox, marker);
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Answers in the provider's envelopes with `text`, a JSON text without its quotes, wherever a message, code or id
    /// stands: a status and a body each.
    fn hostile(&self, text: &str) -> Vec<(u16, String)> {
        let _ = text;
        Vec::new()
    }
}

impl fmt::Debug for dyn Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
