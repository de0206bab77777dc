//! Card numbers: one that nobody planted is found in every output that it gets into, by its check digit alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_core::Error;
use pay_proof::faults::Fault;
use pay_proof::leaks::{self, Plant, Sink};
use pay_proof::subjects::PayAgency;
use pay_proof::{Broken, Eye, Kept, Limits, Operation, Run, Said, Session, Subject};
use pay_sandbox::Sandbox;
use std::sync::Arc;

/// A shop that writes down card numbers: in its log, in a value that prints, and as an order id.
struct Loose;

struct LooseSession(Arc<dyn Session>);

/// A public test number, which is no marker; in parts, so that this file does not hold it.
fn number() -> String {
    ["5555"; 3].concat() + "4444"
}

#[derive(Debug)]
struct Paid {
    #[expect(dead_code, reason = "only `Debug` reads it")]
    with: String,
}

impl Subject for Loose {
    fn name(&self) -> &'static str {
        PayAgency.name()
    }
    fn operations(&self) -> &'static [Operation] {
        &PayAgency.operations()[2..3]
    }
    fn token(&self) -> Operation {
        PayAgency.token()
    }
    fn purchase(&self) -> Operation {
        PayAgency.purchase()
    }
    fn own_faults(&self) -> Vec<Fault> {
        Vec::new()
    }
    fn customer(&self, n: usize) -> String {
        PayAgency.customer(n)
    }
    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken> {
        PayAgency.set_up(sandbox)
    }
    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        PayAgency.session(sandbox, origin, limits)
    }
    fn plants(&self) -> Vec<Plant> {
        PayAgency.plants()
    }
    fn opened(&self, body: &[u8], marker: &dyn Fn(&str) -> String) -> Option<Vec<u8>> {
        PayAgency.opened(body, marker)
    }
    fn visit<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        marker: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Run<'a, Result<Vec<Vec<u8>>, Broken>> {
        Box::pin(async move { PayAgency.visit(sandbox, marker).await })
    }
    fn marked(
        &self,
        sandbox: &Sandbox,
        origin: &str,
        limits: Limits,
        kept: &Kept,
        marker: &dyn Fn(&str) -> String,
    ) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(LooseSession(PayAgency.marked(sandbox, origin, limits, kept, marker)?)))
    }
}

impl Session for LooseSession {
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>> {
        self.0.log_in(operation)
    }
    fn run<'a>(&'a self, operation: &'a str, _: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        Box::pin(async move {
            let number = number();
            tracing::debug!("paying with {number}");
            eye(&Paid { with: number.clone() });
            self.0.run(operation, &number, eye).await
        })
    }
    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        self.0.buy(customer, reference)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_card_number_is_found_wherever_it_comes_out() {
    let report = leaks::under(Arc::new(Loose), Vec::new()).await.unwrap();
    let shown = leaks::render(&report);
    assert!(!report.well(), "{shown}");
    let sinks = [
        Sink::LogText,
        Sink::LogJson,
        Sink::LogPretty,
        Sink::Debug,
        Sink::DebugPretty,
        Sink::Panic,
        Sink::RequestLog,
        Sink::Ledger,
        Sink::Pages,
    ];
    for sink in sinks {
        let leaks = &report.rows[&sink].leaks;
        assert!(leaks.iter().any(|leak| leak.field.starts_with("a card number")), "{sink:?}: {leaks:?}\n{shown}");
    }
    assert!(!shown.contains(&number()), "the report repeats it");
}
