//! Processes killed with -9 in the middle of payments: after a recovery none was made twice, none is forgotten, and unknown is only what
//! nobody can ask.
//!
//! `PAY_KILLS` says how often processes are killed on each database; 500 without it.
#![cfg(all(feature = "sqlite", feature = "postgres"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod shops;
mod support;

use pay_core::journal::State;
use pay_sandbox::{Fault, FaultRule, RandomFaults, Sandbox};
use pay_store::{Entry, IntentJournal, Listing};
use shops::Shops;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use support::postgres::Postgres;
use support::process::{Worker, commands, is_worker, setting};
use support::{sandbox, sealer, secs};

const LANES: u64 = 4;
const SEED: u64 = 20_261_121;

/// Run by the tests below in processes of their own: buys and pays until it is killed.
#[test]
fn worker() {
    if !is_worker() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let shops = runtime.block_on(async {
        let shops = Arc::new(Shops::from_env(open(&setting("JOURNAL")).await));
        shops.log_in().await;
        shops
    });
    let name = setting("NAME");
    // Most processes get no further than a few operations: each begins with another.
    let first = setting("RUN").parse::<usize>().unwrap();
    // It says that it is ready, and goes on while it waits for commands that never come.
    runtime.spawn(async move {
        for task in 0..3 {
            let (shops, name) = (Arc::clone(&shops), name.clone());
            tokio::spawn(async move {
                for n in task.. {
                    shops.operate(first + n, &format!("{name}-{task}-{n}")).await;
                }
            });
        }
    });
    commands().for_each(drop);
}

async fn open(journal: &str) -> IntentJournal {
    match journal.strip_prefix("sqlite:") {
        Some(path) => IntentJournal::sqlite(path, sealer()).unwrap(),
        None => IntentJournal::postgres(journal, sealer()).await.unwrap(),
    }
}

fn kills() -> u64 {
    std::env::var("PAY_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(500)
}

/// Answers come late now and then, so that a kill meets every point of a call.
fn slow(sandbox: &Sandbox) {
    for (provider, operations) in shops::OPERATIONS {
        let some = Some(Duration::from_millis(15));
        let kinds = vec![Fault::StallBeforeActing(some), Fault::StallAfterActing(some)];
        let faults = RandomFaults::new(SEED, 60).operations(operations.iter().copied()).kinds(kinds);
        sandbox.add_fault(FaultRule::random(provider, faults)).unwrap();
    }
}

async fn kill_all_along(sandbox: &Sandbox, tokens: &Path, journal: &str) {
    let environment = Arc::new(shops::environment(sandbox, tokens));
    let lanes: Vec<_> = (0..LANES)
        .map(|lane| {
            let (environment, journal) = (Arc::clone(&environment), journal.to_owned());
            tokio::task::spawn_blocking(move || {
                let mut random = support::Random(SEED + lane);
                for run in 0..kills().div_ceil(LANES) {
                    let name = format!("w{lane}-{run}");
                    let run = run.to_string();
                    let mut all = vec![("JOURNAL", journal.as_str()), ("NAME", name.as_str()), ("RUN", run.as_str())];
                    all.extend(environment.iter().map(|(name, value)| (*name, value.as_str())));
                    let worker = Worker::start(&all);
                    std::thread::sleep(Duration::from_micros(random.below(60_000)));
                    worker.kill();
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
}

async fn all(journal: &IntentJournal) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let mut listing = Listing::new();
        if let Some(last) = entries.last() {
            listing = listing.after(last);
        }
        let page = journal.list(&listing).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

async fn proven(journal: &str) {
    let sandbox = sandbox().await;
    shops::set_up(&sandbox);
    let tokens = tempfile::tempdir().unwrap();
    let tokens = tokens.path().join("tokens");
    let opened = open(journal).await;
    let shops = Shops::of(&sandbox, &tokens, opened.clone());
    shops::consent(&sandbox, &shops).await;
    slow(&sandbox);
    kill_all_along(&sandbox, &tokens, journal).await;
    sandbox.clear_faults();

    // What a dead process had sent is still being worked on for a moment.
    tokio::time::sleep(secs(1)).await;
    let before = all(&opened).await;
    let ledger = shops::made(&sandbox);
    let predicted: HashMap<String, State> = before
        .iter()
        .map(|entry| (entry.id.clone(), predicted(entry, ledger.contains_key(reference(entry)))))
        .collect();
    shops.log_in().await;
    // Twice: two workers share it.
    let (one, two) = tokio::join!(shops.recover(), shops.recover());
    let after = all(&opened).await;
    let unsettled = before.iter().filter(|entry| entry.state.is_unsettled()).count();
    println!(
        "{} intents, {unsettled} unsettled by kills; the workers took {one} and {two}; then {:?}",
        before.len(),
        tally(after.iter().map(|entry| (entry.operation.as_str(), entry.state)))
    );
    assert!(before.iter().any(|entry| entry.state == State::Open), "the kills met calls on their way");
    assert!(one > 0 && two > 0 && one + two == unsettled, "both worked, and each intent was handled once");
    judge(&sandbox, &after);
    for entry in &after {
        assert_eq!(entry.state, predicted[&entry.id], "{entry:?}");
    }
    let expected = before.iter().map(|entry| (entry.operation.as_str(), predicted[&entry.id]));
    let found = after.iter().map(|entry| (entry.operation.as_str(), entry.state));
    assert_eq!(tally(found), tally(expected), "as many of each as the ledger predicts");
}

fn tally<'a>(states: impl Iterator<Item = (&'a str, State)>) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for (operation, state) in states {
        *tally.entry(format!("{operation} {}", state.as_str())).or_default() += 1;
    }
    tally
}

fn reference(entry: &Entry) -> &str {
    entry.reference.as_deref().unwrap()
}

/// What a recovery must come to: by what the providers' documents offer, and whether the ledger has it.
fn predicted(entry: &Entry, made: bool) -> State {
    match (entry.operation.as_str(), entry.state) {
        (_, State::Completed) if made => State::Completed,
        // Keyed: sent again where it had not arrived.
        ("purchase", State::Open) => State::Completed,
        // Looked up by the order id; not found is no answer.
        ("card" | "payout", State::Open) if made => State::Completed,
        // Nobody pays here, and nothing is paid out so soon.
        ("apm" | "pix_cash_in" | "pix_cash_out", State::Open | State::Pending) if made => State::Pending,
        ("card" | "payout" | "apm" | "pix_cash_in" | "pix_cash_out", State::Open) => State::Unknown,
        // With an answer there is a question, and nobody pays here.
        ("create_payment", State::Pending) if made => State::Pending,
        // Without an answer there is no question, made or not.
        ("create_payment" | "merchant_payment", State::Open) => State::Unanswered,
        _ => panic!("{entry:?}, made: {made}"),
    }
}

/// Every intent against the books.
fn judge(sandbox: &Sandbox, entries: &[Entry]) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
    let made = shops::made(sandbox);
    let known: HashMap<&str, &Entry> = entries.iter().map(|entry| (reference(entry), entry)).collect();
    assert_eq!(known.len(), entries.len(), "one intent per reference");
    for (reference, times) in &made {
        assert_eq!(*times, 1, "{reference} was made {times} times");
        assert!(known.contains_key(reference.as_str()), "{reference} was made and is forgotten");
    }
    for entry in entries {
        if matches!(entry.state, State::Completed | State::Pending) {
            assert!(made.contains_key(reference(entry)), "{entry:?} was not made");
        }
        let worth = match entry.operation.as_str() {
            "purchase" => "50.00 ZAR",
            "create_payment" => "100 NGN",
            "card" | "apm" => "12.50 GBP",
            "payout" => "12.50 USD",
            "merchant_payment" => "1 NGN",
            _ => "12.50 BRL",
        };
        assert_eq!(format!("{} {}", entry.amount.unwrap(), entry.currency.as_deref().unwrap()), worth, "{entry:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn on_sqlite_none_is_made_twice_and_none_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intents.db");
    proven(&format!("sqlite:{}", path.display())).await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let kept = |condition: &str| {
        let sql =
            format!("SELECT count(*) FROM pay_intent WHERE (request IS NOT NULL OR reply IS NOT NULL) AND {condition}");
        database.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(kept("operation IN ('card', 'payout')"), 0, "of card calls the intent alone is kept");
    assert_eq!(kept("operation = 'merchant_payment' AND request IS NOT NULL"), 0, "and of a user's calls");
    assert!(kept("operation = 'purchase'") > 0);
    for secret in [support::NUMBER.to_owned(), shops::PAID.replace(' ', ""), "ada@example.com".to_owned()] {
        assert!(!support::holds(folder.path(), secret.as_bytes()), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn on_postgres_none_is_made_twice_and_none_forgotten() {
    let Some(server) = Postgres::start("kills on PostgreSQL") else { return };
    proven(&server.database()).await;
    tokio::time::sleep(secs(0)).await;
    for secret in [support::NUMBER.to_owned(), shops::PAID.replace(' ', ""), "ada@example.com".to_owned()] {
        assert!(!support::holds(server.folder.path(), secret.as_bytes()), "{secret}");
    }
}
