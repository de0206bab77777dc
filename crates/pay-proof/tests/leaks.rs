//! Leaks: none under any fault, a redaction less is found, and no text of a provider forges a line. Here of Pagamio; the others have
//! files of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_core::Error;
use pay_proof::faults::Fault;
use pay_proof::leaks::{self, Plant, Sink, injection};
use pay_proof::subjects::Pagamio;
use pay_proof::{Broken, Eye, Kept, Limits, Operation, Run, Said, Session, Subject};
use pay_sandbox::Sandbox;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_secret_comes_out_of_any_operation_under_any_fault() {
    let report = leaks::run(Arc::new(Pagamio)).await.unwrap();
    let text = leaks::render(&report);
    println!("{text}");
    assert!(report.well(), "{text}");
    assert!(report.fields >= 12 && report.rows.len() == 14, "{text}");
    assert!(report.struck * 10 > report.cells * 9, "most faults struck\n{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_text_of_a_provider_forges_a_line_or_a_colour() {
    let report = injection::run(Arc::new(Pagamio)).await.unwrap();
    println!("{} answers, {} texts, {} forged", report.answers, report.texts, report.forged.len());
    assert!(report.answers > 500 && report.texts > 5_000, "{report:?}");
    assert!(report.forged.is_empty(), "{:#?}", report.forged);
}

/// What a careless client does with its password and phone number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Careless {
    /// A type whose `Debug` is derived.
    Derives,
    /// The same, with bytes in place of a text.
    DerivesBytes,
    /// A log line.
    Logs,
    /// The same, cut off where a log's lines are.
    LogsHalf,
    /// The sandbox's log, by way of a reference.
    Refers,
}

struct Loose(Careless);

struct LooseSession {
    careless: Careless,
    password: String,
    phone: String,
    inner: Arc<dyn Session>,
}

#[derive(Debug)]
struct Login<T> {
    #[expect(dead_code, reason = "only `Debug` reads it")]
    password: T,
}

const OPERATIONS: [Operation; 1] = [Operation {
    name: "purchase",
    request: "purchase",
    path: "/purchase",
    effect: pay_proof::Effect::Charges,
    public: false,
}];

impl Subject for Loose {
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
        Pagamio.session(sandbox, origin, limits)
    }
    fn plants(&self) -> Vec<Plant> {
        Pagamio.plants()
    }
    fn marked(
        &self,
        sandbox: &Sandbox,
        origin: &str,
        limits: Limits,
        kept: &Kept,
        marker: &dyn Fn(&str) -> String,
    ) -> Result<Arc<dyn Session>, Broken> {
        let inner = Pagamio.marked(sandbox, origin, limits, kept, marker)?;
        let (password, phone) = (marker("password"), marker("phone number"));
        Ok(Arc::new(LooseSession { careless: self.0, password, phone, inner }))
    }
}

impl Session for LooseSession {
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>> {
        self.inner.log_in(operation)
    }
    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        match self.careless {
            Careless::Derives => eye(&Login { password: self.password.clone() }),
            Careless::DerivesBytes => eye(&Login { password: self.password.clone().into_bytes() }),
            Careless::Logs => tracing::debug!(password = %self.password, "logging in"),
            Careless::LogsHalf => tracing::debug!("phone {}", &self.phone[..16]),
            Careless::Refers => {}
        }
        let reference = if self.careless == Careless::Refers { self.phone.trim_start_matches('+') } else { reference };
        self.inner.run(operation, reference, eye)
    }
    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        self.inner.buy(customer, reference)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redaction_less_is_found_where_it_tells() {
    let cases = [
        (Careless::Derives, "password", &[Sink::Debug, Sink::DebugPretty, Sink::Panic][..]),
        (Careless::DerivesBytes, "password", &[Sink::Debug, Sink::DebugPretty, Sink::Panic]),
        (Careless::Logs, "password", &[Sink::LogText, Sink::LogJson, Sink::LogPretty]),
        (Careless::LogsHalf, "phone number", &[Sink::LogText, Sink::LogJson, Sink::LogPretty]),
        (Careless::Refers, "phone number", &[Sink::RequestLog, Sink::Ledger]),
    ];
    for (careless, field, sinks) in cases {
        let report = leaks::under(Arc::new(Loose(careless)), Vec::new()).await.unwrap();
        assert!(!report.well(), "{careless:?}");
        for sink in sinks {
            let leaks = &report.rows[sink].leaks;
            assert!(leaks.iter().any(|leak| leak.field == field), "{careless:?} in {sink:?}: {leaks:?}");
        }
        let shown = leaks::render(&report);
        assert!(shown.contains(&format!("LEAK {field} in ")), "{shown}");
    }
}
