//! The ledger harness: a sound client passes, and one that pays twice is found, with the shortest script that shows it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_core::Error;
use pay_proof::faults::Fault;
use pay_proof::subjects::{PagFast, PagaConnect, Pagamio, Pay1st, PayAgency};
use pay_proof::{Broken, Eye, Limits, Operation, Run, Said, Session, Subject, ledger};
use pay_sandbox::Sandbox;
use std::sync::Arc;

const SEED: u64 = 20_261_121;

async fn two_thousand_purchases_agree_with_the_books(subject: impl Subject + 'static) {
    let report = ledger::run(Arc::new(subject), 2_000, SEED).await.unwrap();
    println!("{report}");
    assert!(report.books.is_empty() && report.counterexamples.is_empty() && report.charged_twice == 0);
    assert_eq!(report.completed + report.failed + report.unknown, 2_000);
    assert!(report.completed > report.unknown, "most purchases survive the faults");
    assert!(report.disturbed > 600, "only {} requests disturbed", report.disturbed);
}

// One test each, so that they run beside each other: most of it is waiting.

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pagamios_purchases_agree_with_the_books() {
    two_thousand_purchases_agree_with_the_books(Pagamio).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pay1sts_payments_agree_with_the_books() {
    two_thousand_purchases_agree_with_the_books(Pay1st).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pay_agencys_payments_agree_with_the_books() {
    two_thousand_purchases_agree_with_the_books(PayAgency).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pagfasts_withdrawals_agree_with_the_books() {
    two_thousand_purchases_agree_with_the_books(PagFast).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn paga_connects_payments_agree_with_the_books() {
    two_thousand_purchases_agree_with_the_books(PagaConnect).await;
}

/// A shop that takes any end but success for a failure, and buys again under a new reference.
struct Twice;

struct Impatient(Arc<dyn Session>);

impl Subject for Twice {
    fn name(&self) -> &'static str {
        Pagamio.name()
    }
    fn operations(&self) -> &'static [Operation] {
        Pagamio.operations()
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
        Pagamio.set_up(sandbox)?;
        // Nobody can settle here, so a lost answer stays unknown.
        Ok(sandbox.set_modes("pagamio", &[("record_reference", "absent")])?)
    }
    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        let limits = Limits { attempts: 1, ..limits };
        Ok(Arc::new(Impatient(Pagamio.session(sandbox, origin, limits)?)))
    }
}

impl Session for Impatient {
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>> {
        self.0.log_in(operation)
    }
    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        self.0.run(operation, reference, eye)
    }
    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            for attempt in ["a", "b", "c"] {
                if self.0.buy(customer, &format!("{reference}{attempt}")).await == Said::Completed {
                    return Said::Completed;
                }
            }
            Said::Unknown
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_pays_twice_is_found_with_the_shortest_script() {
    let report = ledger::run(Arc::new(Twice), 60, SEED).await.unwrap();
    println!("{report}");
    assert!(report.charged_twice > 0 && !report.counterexamples.is_empty());
    for example in &report.counterexamples {
        assert!(example.wrong.starts_with("charged"), "{example:?}");
        assert!((1..=2).contains(&example.shortest.len()), "{example:?}");
        assert!(example.shortest.iter().all(|step| example.recorded.contains(step)));
    }
    assert!(report.counterexamples.iter().any(|example| example.shortest.len() < example.recorded.len()));
}
