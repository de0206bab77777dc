//! Payments and refunds under random faults: what the client says and what the sandbox holds agree, one by one.
//!
//! `PAY_SEED` overrides the seed, which is printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_sandbox::{Acting, Fault, FaultRule, RandomFaults, Sandbox, StatusFault};
use pay1st::{Client, NewRefund, Outcome, RefundOf};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{amount, millis, on, order};
use tokio::sync::Semaphore;

const PAYMENTS: usize = 300;
const IN_FLIGHT: usize = 32;

/// How the client says that something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Done,
    NotDone,
    Unknown,
}

impl From<Outcome> for Said {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotDone | Outcome::Refused => Self::NotDone,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// Before acting, after acting, stalled, 5xx before and after, closed, cut, no JSON, and too many.
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
    FaultRule::random("pay1st", RandomFaults::new(seed, 40).operations([operation]).kinds(kinds))
}

/// Runs one task for each name, some at a time.
async fn all<F: Future<Output = Said> + Send + 'static>(
    names: impl Iterator<Item = String>,
    run: impl Fn(String) -> F,
) -> BTreeMap<String, Said> {
    let slots = Arc::new(Semaphore::new(IN_FLIGHT));
    let tasks: Vec<_> = names
        .map(|name| {
            let (slots, one) = (Arc::clone(&slots), run(name.clone()));
            tokio::spawn(async move {
                let _slot = slots.acquire().await.unwrap();
                (name, one.await)
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
fn agree(said: &BTreeMap<String, Said>, stands: &BTreeMap<String, usize>) -> (usize, usize) {
    let (mut unknown, mut of_those) = (0, 0);
    for (name, how) in said {
        let count = stands.get(name).copied().unwrap_or_default();
        assert!(count <= 1, "{name} stands {count} times");
        match how {
            Said::Done => assert_eq!(count, 1, "{name} is said to be done"),
            Said::NotDone => assert_eq!(count, 0, "{name} is said not to be done"),
            Said::Unknown => {
                unknown += 1;
                of_those += count;
            }
        }
    }
    (unknown, of_those)
}

fn counted(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    counts
}

/// Requests of an operation that met a fault whose answer says nothing: every one of them, and nothing else, is unknown.
fn unanswered(sandbox: &Sandbox, operation: &str) -> usize {
    let requests = sandbox.requests();
    let of_it = requests.iter().filter(|request| request.operation == Some(operation));
    of_it.filter(|request| request.fault.is_some() && request.status != Some(429)).count()
}

async fn create(client: Client, reference: String) -> Said {
    match client.create_payment(order(&reference)).send().await {
        Ok(created) => {
            assert_eq!(created.partner_reference(), reference);
            Said::Done
        }
        Err(error) => {
            assert_eq!(error.reference(), Some(reference.as_str()));
            error.outcome().into()
        }
    }
}

async fn refund(client: Client, transaction: String, own: String) -> Said {
    let of = RefundOf { transaction_reference: transaction, partner_refund_reference: own };
    match client.refund(NewRefund::partial(of, amount("10.00"))).send().await {
        Ok(_) => Said::Done,
        Err(error) => error.outcome().into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_created_or_refunded_twice_and_what_is_unknown_is_counted() {
    let seed = std::env::var("PAY_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_121);
    println!("PAY_SEED={seed}");
    let sandbox = Sandbox::start().await.unwrap();
    // Longer than any honest answer on a busy machine: a timeout then means a stalled answer.
    let client = on(&sandbox).attempt_timeout(millis(2_000)).attempts(8).build().unwrap();
    client.check_credentials().await.unwrap();

    let rule = sandbox.add_fault(faults(seed, "create_payment")).unwrap();
    let names = (0..PAYMENTS).map(|n| format!("order-{n}"));
    let said = all(names, |name| create(client.clone(), name)).await;
    sandbox.remove_fault(rule);
    let payments = sandbox.pay1st().payments();
    let stands = counted(payments.iter().map(|payment| payment.partner_reference.clone()));
    let (unknown, of_those) = agree(&said, &stands);
    assert!(of_those > 10 && unknown > of_those, "{of_those} of {unknown}");
    assert_eq!(unknown, unanswered(&sandbox, "create_payment"), "Pay1st has no question by the partner's reference");
    assert_eq!(said.values().filter(|how| **how == Said::NotDone).count(), 0, "too many is tried again");

    // Each payment that stands is paid, and a part of it refunded.
    payments.iter().for_each(|payment| assert!(sandbox.pay1st().pay(&payment.reference).is_ok()));
    sandbox.add_fault(faults(seed ^ 1, "refund")).unwrap();
    let by_name: BTreeMap<String, String> =
        payments.iter().map(|p| (format!("refund-{}", p.partner_reference), p.transaction_reference.clone())).collect();
    let refunds = all(by_name.keys().cloned(), |own| refund(client.clone(), by_name[&own].clone(), own)).await;
    let made = sandbox.pay1st().refunds();
    let stands = counted(made.iter().filter_map(|refund| refund.partner_refund_reference.clone()));
    let (unknown, of_those) = agree(&refunds, &stands);
    assert!(of_those > 10 && unknown > of_those, "{of_those} of {unknown}");
    assert_eq!(unknown, unanswered(&sandbox, "refund"), "no question after refunds is documented");

    assert!(sandbox.pay1st().payments().iter().all(|payment| payment.charges == 1));
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
