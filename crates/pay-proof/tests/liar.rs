//! The fault table finds clients that say what is not so, and calls that do not end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_core::Error;
use pay_proof::faults::Fault;
use pay_proof::subjects::Pagamio;
use pay_proof::table::{self, Cell};
use pay_proof::{Broken, Effect, Eye, Limits, Operation, Run, Said, Session, Subject};
use pay_sandbox::Sandbox;
use std::sync::Arc;
use std::time::Duration;

const OPERATIONS: [Operation; 1] =
    [Operation { name: "purchase", request: "purchase", path: "/purchase", effect: Effect::Charges, public: false }];

/// What a client does wrong.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    AlwaysCompleted,
    PaysTwice,
    Panics,
    NeverEnds,
}

struct Liar(Wrong);

struct Lies(Wrong, Arc<dyn Session>);

impl Subject for Liar {
    fn name(&self) -> &'static str {
        Pagamio.name()
    }
    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }
    fn token(&self) -> Operation {
        Pagamio.token()
    }
    fn purchase(&self) -> Operation {
        Pagamio.purchase()
    }
    fn own_faults(&self) -> Vec<Fault> {
        Vec::new()
    }
    fn customer(&self, n: usize) -> String {
        Pagamio.customer(n)
    }
    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken> {
        Pagamio.set_up(sandbox)
    }
    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Lies(self.0, Pagamio.session(sandbox, origin, limits)?)))
    }
}

impl Session for Lies {
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>> {
        self.1.log_in(operation)
    }
    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        Box::pin(async move {
            let ended = self.1.run(operation, reference, eye).await;
            match (self.0, &ended) {
                (_, Ok(_)) => ended,
                (Wrong::AlwaysCompleted, _) => Ok(Said::Completed),
                (Wrong::PaysTwice, _) => self.1.run(operation, "another", eye).await,
                // Without the panic hook, which would print hundreds of them.
                (Wrong::Panics, _) => std::panic::resume_unwind(Box::new("on purpose")),
                (Wrong::NeverEnds, _) => {
                    tokio::time::sleep(Duration::from_secs(3600)).await;
                    ended
                }
            }
        })
    }
    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        self.1.buy(customer, reference)
    }
}

async fn found(wrong: Wrong, words: &str) {
    let cells: Vec<Cell> = table::run(Arc::new(Liar(wrong))).await.unwrap();
    let with = |words: &str| cells.iter().filter(|cell| cell.wrong.iter().any(|wrong| wrong.contains(words))).count();
    println!("{words}: {} of {}", with(words), cells.len());
    assert!(with(words) > 5, "{}", table::render(&cells));
    assert!(cells.iter().any(|cell| cell.wrong.is_empty()), "what is well is still said to be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_false_success_is_found() {
    found(Wrong::AlwaysCompleted, "said completed, and the ledger does not").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_second_charge_is_found() {
    found(Wrong::PaysTwice, "charged 2 times").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_panic_is_found() {
    found(Wrong::Panics, "panicked").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_without_an_end_is_found() {
    found(Wrong::NeverEnds, "not over in its time").await;
}
