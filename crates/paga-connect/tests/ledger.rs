//! Payments and transfers under random faults: what the client says and what the sandbox holds agree, one by one.
//!
//! `PAY_SEED` overrides the seed, which is printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{Error, MoneyTransfer, Outcome, TransferTo, UserSession};
use pay_sandbox::{Acting, Fault, FaultRule, RandomFaults, Sandbox, StatusFault};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{amount, everything, join, on, payment, secs};
use tokio::sync::Semaphore;

const EACH: usize = 150;
const IN_FLIGHT: usize = 16;

/// How the client says that something ended: `None` is done.
type Said = Option<Outcome>;

/// Before acting, after acting, stalled, 5xx before and after, closed, cut, no JSON, too many.
fn faults(seed: u64, operation: &'static str) -> FaultRule {
    let kinds = [
        Fault::ResetBeforeReading,
        Fault::ResetAfterReading,
        Fault::ResetAfterActing,
        Fault::CloseAfterActing,
        Fault::HalfHeaders,
        Fault::TruncatedBody,
        Fault::StallAfterActing(None),
        StatusFault::new(503, Acting::Before).into(),
        StatusFault::new(500, Acting::After).into(),
        Fault::Html,
        StatusFault::new(429, Acting::Before).into(),
    ];
    FaultRule::random("paga-connect", RandomFaults::new(seed, 40).operations([operation]).kinds(kinds))
}

/// Runs one task for each name, some at a time.
async fn all<F: Future<Output = Result<(), Error>> + Send + 'static>(
    names: impl Iterator<Item = String>,
    run: impl Fn(String) -> F,
) -> BTreeMap<String, Said> {
    let slots = Arc::new(Semaphore::new(IN_FLIGHT));
    let tasks: Vec<_> = names
        .map(|name| {
            let (slots, one) = (Arc::clone(&slots), run(name.clone()));
            tokio::spawn(async move {
                let _slot = slots.acquire().await.unwrap();
                let said = one.await.err();
                assert!(said.as_ref().is_none_or(|error| error.reference() == Some(&name)));
                (name, said.map(|error| error.outcome()))
            })
        })
        .collect();
    let mut said = BTreeMap::new();
    for task in tasks {
        let (name, how) = task.await.unwrap();
        assert_eq!(said.insert(name, how), None);
    }
    said
}

/// Each reference stands at most once, and what is known is so. Gives back how many are unknown, and how many of those stand.
#[track_caller]
fn agree(said: &BTreeMap<String, Said>, stands: impl Fn(&str) -> u32) -> (usize, u32) {
    let (mut unknown, mut of_those) = (0, 0);
    for (name, how) in said {
        let count = stands(name);
        assert!(count <= 1, "{name} stands {count} times");
        match how {
            None => assert_eq!(count, 1, "{name} is said to be done"),
            Some(Outcome::NotDone | Outcome::Refused) => assert_eq!(count, 0, "{name} is said not to be done"),
            Some(Outcome::Unknown) => {
                unknown += 1;
                of_those += count;
            }
        }
    }
    (unknown, of_those)
}

/// Requests of an operation that met a fault whose answer says nothing: every one of them, and nothing else, is unknown.
fn unanswered(sandbox: &Sandbox, operation: &str) -> usize {
    let requests = sandbox.requests();
    let of_it = requests.iter().filter(|request| request.operation == Some(operation));
    of_it.filter(|request| request.fault.is_some() && request.status != Some(429)).count()
}

async fn pay(user: UserSession, reference: String) -> Result<(), Error> {
    user.merchant_payment(payment(&reference)).send().await.map(drop)
}

async fn give(user: UserSession, reference: String, recipient: &'static str) -> Result<(), Error> {
    let to = TransferTo { reference, recipient: recipient.into() };
    user.money_transfer(MoneyTransfer::new(to, amount("10"))).send().await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_charged_or_given_twice_and_what_is_unknown_is_counted() {
    let seed = std::env::var("PAY_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_121);
    println!("PAY_SEED={seed}");
    let sandbox = Sandbox::start().await.unwrap();
    let paga = sandbox.paga_connect();
    // Longer than any honest answer on a busy machine: a timeout then means a stalled answer.
    let client = on(&sandbox).attempt_timeout(secs(2)).build().unwrap();
    let ada = join(&sandbox, everything(&client), &client, "ada").await;

    for operation in ["merchant_payment", "money_transfer"] {
        let rule = sandbox.add_fault(faults(seed, operation)).unwrap();
        let names = (0..EACH).map(|n| format!("{operation}-{n}"));
        let ledger;
        let (unknown, of_those) = if operation == "merchant_payment" {
            let said = all(names, |name| pay(ada.clone(), name)).await;
            ledger = sandbox.ledger();
            agree(&said, |name| ledger.charges(name))
        } else {
            let said = all(names, |name| give(ada.clone(), name, paga.recipient())).await;
            ledger = sandbox.ledger();
            agree(&said, |name| ledger.paid_out(name))
        };
        sandbox.remove_fault(rule);
        println!("{operation}: {unknown} of {EACH} unknown, {of_those} of them stand");
        assert!(of_those > 5 && unknown > of_those as usize, "{of_those} of {unknown}");
        assert_eq!(unknown, unanswered(&sandbox, operation), "there is no question by reference");
    }
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
    assert_eq!(paga.refreshes("ada"), Some(0));
}
