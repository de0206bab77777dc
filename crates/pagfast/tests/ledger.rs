//! Withdrawals under random faults: none is paid twice and none is lost; what nobody can know is counted.
//!
//! `PAY_SEED` overrides the seed, which is printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{Client, Outcome, Reason, Settled, Sought};
use pay_sandbox::{Acting, Fault, FaultRule, RandomFaults, Sandbox, StatusFault};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;
use support::{millis, on, secs, withdrawal};
use tokio::sync::Semaphore;

const WITHDRAWALS: usize = 300;
const IN_FLIGHT: usize = 32;

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
    FaultRule::random("pagfast", RandomFaults::new(seed, 40).operations([operation]).kinds(kinds))
}

/// What one withdrawal's program knows at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knows {
    Paid,
    NotDone,
    /// Nobody shows it: for this provider that is the end of what can be asked.
    NotFound,
}

/// As a careful program does it: keep, send, and look up what is not known.
async fn withdraw(client: Client, sandbox: Arc<Sandbox>, order_id: String) -> Knows {
    let new = withdrawal(&order_id);
    let lost = new.sought(SystemTime::now());
    let sought = match client.pix_cash_out(new).send().await {
        Ok(made) => Sought::from(&made),
        Err(error) => {
            assert_eq!(error.reference(), Some(order_id.as_str()));
            match error.outcome() {
                Outcome::Unknown => lost,
                _ => return Knows::NotDone,
            }
        }
    };
    // The bank's part.
    for one in sandbox.pagfast().transactions() {
        if one.order_id.as_ref() == Some(&order_id) {
            sandbox.pagfast().complete(&one.id).unwrap();
        }
    }
    match client.settle(sought).within(millis(400)).schedule(pagfast::Schedule::every(millis(100))).await {
        Settled::Completed(record) => {
            assert_eq!(record.transaction.order_id.as_deref(), Some(order_id.as_str()));
            Knows::Paid
        }
        Settled::StillUnknown(why) if why.reason == Reason::NotFound => Knows::NotFound,
        other => panic!("{order_id}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_withdrawal_is_paid_twice_and_none_is_lost() {
    let seed = std::env::var("PAY_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_121);
    println!("PAY_SEED={seed}");
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    // Longer than any honest answer on a busy machine: a timeout then means a stalled answer.
    let client = on(&sandbox).attempt_timeout(millis(2_000)).attempts(8).deadline(secs(60)).build().unwrap();
    client.check_credentials().await.unwrap();
    sandbox.add_fault(faults(seed, "pix_cash_out")).unwrap();

    let slots = Arc::new(Semaphore::new(IN_FLIGHT));
    let tasks: Vec<_> = (0..WITHDRAWALS)
        .map(|n| {
            let (slots, client, sandbox) = (Arc::clone(&slots), client.clone(), Arc::clone(&sandbox));
            tokio::spawn(async move {
                let _slot = slots.acquire().await.unwrap();
                let order_id = format!("saque-{n}");
                (order_id.clone(), withdraw(client, sandbox, order_id).await)
            })
        })
        .collect();
    let mut known = BTreeMap::new();
    for task in tasks {
        let (order_id, knows) = task.await.unwrap();
        known.insert(order_id, knows);
    }

    let ledger = sandbox.ledger();
    for (order_id, knows) in &known {
        let paid = ledger.paid_out(order_id);
        assert_eq!(paid, u32::from(*knows == Knows::Paid), "{order_id}: {knows:?}, paid out {paid} times");
    }
    let count = |wanted| known.values().filter(|knows| **knows == wanted).count();
    let (paid, not_found) = (count(Knows::Paid), count(Knows::NotFound));
    // Every fault that acted was found again, and every one that answered nothing and did nothing is what stays unknown.
    let requests = sandbox.requests();
    let sent = requests.iter().filter(|request| request.operation == Some("pix_cash_out")).count();
    assert!(paid > WITHDRAWALS / 2 && not_found > 10, "{paid} paid, {not_found} not found");
    assert!(sent <= WITHDRAWALS, "{sent} requests for {WITHDRAWALS} withdrawals");
    assert_eq!(sandbox.pagfast().transactions().len(), paid);
    assert_eq!(ledger.check(), Vec::<String>::new());
}
