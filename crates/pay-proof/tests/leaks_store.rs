//! Leaks into what is kept: nothing secret stands in Redis, in SQLite, in PostgreSQL or in a journal's lists, whatever a provider's calls met.
//!
//! `cargo test -p pay-proof --features store --test leaks_store`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../pay-store/tests/support/machine.rs"]
#[allow(unreachable_pub)]
mod machine;
#[path = "../../pay-store/tests/support/postgres.rs"]
#[allow(dead_code, unreachable_pub, missing_debug_implementations)]
mod postgres;
#[path = "../../pay-store/tests/support/redis.rs"]
#[allow(dead_code, unreachable_pub, missing_debug_implementations)]
mod redis;
mod shelves;

use async_trait::async_trait;
use machine::{free_port, not_run};
use pay_core::auth::{SealAtRest, StoreError};
use pay_core::journal::{Ended, Intent, Journal, JournalError};
use pay_proof::faults::{Fault, catalogue};
use pay_proof::leaks::{self, Report, Sink};
use pay_proof::subjects::{self, PagaConnect, Pagamio, PayAgency};
use postgres::Postgres;
use shelves::{PART, Shelves};
use std::sync::Arc;
use std::time::Duration;

const STORES: [Sink; 5] = [Sink::Redis, Sink::Sqlite, Sink::Postgres, Sink::Csv, Sink::Json];

/// Answers that are lost, refusals, and tokens that are refused: each end that a journal writes.
const FAULTS: [&str; 4] = ["reset after acting", "500 after acting", "401 on a good token", "truncated JSON"];

fn faults() -> Vec<Fault> {
    let all = catalogue(Duration::from_millis(300)).into_iter();
    let some: Vec<_> = all.filter(|fault| FAULTS.contains(&fault.name.as_str())).collect();
    assert_eq!(some.len(), FAULTS.len());
    some
}

/// A pair for tests: not a cipher, but nothing stands in it as it was.
struct Flip;

impl SealAtRest for Flip {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.iter().zip((0_u8..=255).cycle()).map(|(byte, at)| byte ^ at ^ 0xa5).collect())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal(sealed)
    }
}

/// The sealing is off.
struct Open;

impl SealAtRest for Open {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.to_vec())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(sealed.to_vec())
    }
}

/// Which fields are found where.
fn leaks_in(report: &Report, sink: Sink) -> Vec<&str> {
    report.rows[&sink].leaks.iter().map(|leak| leak.field.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_secret_is_kept_by_any_store_whatever_the_calls_met() {
    let Some(server) = Postgres::start(PART) else { return };
    for subject in subjects::all() {
        let name = subject.name();
        let Some(shelves) = Shelves::open(&server, Arc::new(Flip), |journal| journal).await else { return };
        let report = leaks::stored(subject, faults(), &shelves).await.unwrap();
        let text = leaks::render(&report);
        println!("{text}");
        assert!(report.well(), "{text}");
        // What was searched was there: an intent of every call that moves money, and tokens where a provider has any.
        for sink in STORES {
            assert!(report.rows[&sink].bytes > 0 || (sink == Sink::Redis && name == "payagency"), "{name}: {sink:?}");
        }
        assert!(shelves.intents().await >= report.operations / 4, "{name}: {} intents", shelves.intents().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_sealing_tokens_and_personal_data_are_found_in_each_store() {
    let Some(server) = Postgres::start(PART) else { return };
    let Some(shelves) = Shelves::open(&server, Arc::new(Open), |journal| journal).await else { return };
    let report = leaks::stored(Arc::new(Pagamio), Vec::new(), &shelves).await.unwrap();
    assert!(!report.well());
    for (sink, field) in [
        (Sink::Redis, "access token"),
        (Sink::Redis, "refresh token"),
        (Sink::Sqlite, "phone number"),
        (Sink::Sqlite, "serial number of a PIN"),
        (Sink::Postgres, "meter number"),
        (Sink::Postgres, "electricity token"),
        (Sink::Postgres, "note to a purchase"),
    ] {
        let found = leaks_in(&report, sink);
        assert!(found.contains(&field), "{sink:?}: {found:?}");
    }
    assert!(leaks_in(&report, Sink::Csv).is_empty() && leaks_in(&report, Sink::Json).is_empty());
}

/// Card calls and calls on behalf of a user are kept as intents alone, so that no sealing has to be trusted with them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_sealing_no_card_and_no_users_call_is_kept() {
    let Some(server) = Postgres::start(PART) else { return };
    let Some(shelves) = Shelves::open(&server, Arc::new(Open), |journal| journal).await else { return };
    let report = leaks::stored(Arc::new(PayAgency), faults(), &shelves).await.unwrap();
    assert!(shelves.intents().await >= 8, "{}", shelves.intents().await);
    for sink in STORES {
        let found = leaks_in(&report, sink);
        assert!(!found.iter().any(|field| field.contains("card") || field.contains("CVV")), "{sink:?}: {found:?}");
    }
    // The pages' payers are there, so cards would have been found.
    assert!(leaks_in(&report, Sink::Sqlite).contains(&"e-mail address"), "{}", leaks::render(&report));
    let Some(shelves) = Shelves::open(&server, Arc::new(Open), |journal| journal).await else { return };
    let report = leaks::stored(Arc::new(PagaConnect), faults(), &shelves).await.unwrap();
    assert!(shelves.intents().await >= 8, "{}", shelves.intents().await);
    // Its users' tokens are kept to be used again: sealed, where the sealing is on.
    assert!(leaks_in(&report, Sink::Redis).contains(&"access token"));
    for sink in &STORES[1..] {
        assert!(leaks_in(&report, *sink).is_empty(), "{sink:?}: {}", leaks::render(&report));
    }
}

/// A journal whose writer takes the account's name for the reference.
struct Careless(Arc<dyn Journal>);

#[async_trait]
impl Journal for Careless {
    async fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        let mut intent = intent.clone();
        intent.reference = Some(intent.account.expose().to_owned());
        self.0.begin(&intent).await
    }

    async fn end(&self, id: &str, ended: &Ended) -> Result<(), JournalError> {
        self.0.end(id, ended).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_stands_in_a_column_as_it_is_is_found_in_the_databases_and_lists() {
    let Some(server) = Postgres::start(PART) else { return };
    let Some(shelves) = Shelves::open(&server, Arc::new(Flip), |journal| Arc::new(Careless(journal))).await else {
        return;
    };
    let report = leaks::stored(Arc::new(Pagamio), Vec::new(), &shelves).await.unwrap();
    for sink in &STORES[1..] {
        let found = leaks_in(&report, *sink);
        assert!(found.contains(&"user name"), "{sink:?}: {found:?}");
    }
}
