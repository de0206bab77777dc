//! Two thousand purchases under random faults: what the client says and what the ledger says agree, sale by sale.
//!
//! `PAY_SEED` overrides the seed, which is printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Client, Outcome, Pacing, Prepared, Purchase, Purchased, Reason, Schedule, Settled, Sought};
use pay_sandbox::{Acting, Ends, Fault, FaultRule, RandomFaults, SaleState, Sandbox, StatusFault};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use support::{NUMBER, amount, millis, on, secs};
use tokio::sync::Semaphore;

const PURCHASES: usize = 2_000;
const IN_FLIGHT: usize = 64;

fn seed() -> u64 {
    let seed = std::env::var("PAY_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_121);
    println!("PAY_SEED={seed}");
    seed
}

/// How the client says that a purchase ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Completed,
    Failed,
    Unknown(Reason),
}

/// One purchase as a shop makes it: buy, and settle whatever is not final.
async fn buy(client: Client, reference: String, within: Duration, resend: bool) -> Said {
    let purchase = Purchase::airtime("AIR-VOD-001", amount("10.00"), NUMBER).reference(&reference);
    let mut call = client.purchase(purchase).attempts(3);
    let prepared = call.prepare().await.unwrap();
    let sought = match call.send().await {
        Ok(Purchased::Completed(receipt)) => {
            assert_eq!(receipt.reference(), reference);
            return Said::Completed;
        }
        Ok(Purchased::Pending(pending)) => {
            assert_eq!(pending.reference(), reference);
            Sought::from(&pending)
        }
        Err(error) => {
            assert_eq!(
                error.outcome(),
                Outcome::Unknown,
                "no fault of this test proves that nothing happened: {error}"
            );
            assert_eq!(error.reference(), Some(reference.as_str()));
            Sought::from(&error)
        }
    };
    settle(&client, sought, &reference, within, resend.then_some(prepared)).await
}

async fn settle(client: &Client, sought: Sought, reference: &str, within: Duration, resend: Option<Prepared>) -> Said {
    // What is known by its id sinks while others buy; a reference alone is on no page, so one page says as much.
    let pages = if sought == Sought::reference(reference) { 1 } else { 25 };
    let mut settle = client.settle(sought).schedule(Schedule::every(millis(50))).within(within).pages(pages);
    if let Some(prepared) = resend {
        settle = settle.or_resend(prepared);
    }
    match settle.await {
        Settled::Completed(_) => Said::Completed,
        Settled::Failed(_) => Said::Failed,
        Settled::StillUnknown(unknown) => Said::Unknown(unknown.reason),
    }
}

/// Before acting, after acting, stalled, 5xx before and after, closed, cut, and sales that end later, well or not.
fn sale_faults(seed: u64) -> RandomFaults {
    RandomFaults::new(seed, 42).operations(["purchase"]).kinds([
        Fault::ResetAfterReading,
        Fault::ResetAfterActing,
        Fault::CloseAfterActing,
        Fault::HalfHeaders,
        Fault::TruncatedBody,
        Fault::StallBeforeActing(None),
        Fault::StallAfterActing(None),
        StatusFault::new(503, Acting::Before).into(),
        StatusFault::new(500, Acting::After).into(),
        Fault::Html,
        Fault::Pending { settle_after: millis(150), ends: Ends::Completed },
        Fault::Pending { settle_after: millis(150), ends: Ends::Failed },
    ])
}

fn history_faults(seed: u64) -> RandomFaults {
    RandomFaults::new(seed ^ 1, 42).operations(["transactions"]).kinds([
        Fault::ResetAfterReading,
        Fault::CloseAfterActing,
        Fault::TruncatedBody,
        StatusFault::new(503, Acting::Before).into(),
        StatusFault::new(500, Acting::After).into(),
    ])
}

/// Buys everything and gives back what the client said of each reference.
async fn run(modes: &[(&str, &str)], within: Duration, resend: bool) -> (Sandbox, BTreeMap<String, Said>) {
    let seed = seed();
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("rate_limits", "off")]).unwrap();
    sandbox.set_modes("pagamio", modes).unwrap();
    // Longer than any honest answer on a busy machine: a timeout then means a stalled answer.
    let client = on(&sandbox, sandbox.pagamio().merchant())
        .pacing(Pacing::Off)
        .attempt_timeout(millis(3_000))
        // A question that was disturbed is asked again on the schedule, not before.
        .attempts(1)
        .build()
        .unwrap();
    client.check_credentials().await.unwrap();
    sandbox.add_fault(FaultRule::random("pagamio", sale_faults(seed))).unwrap();
    sandbox.add_fault(FaultRule::random("pagamio", history_faults(seed))).unwrap();

    let slots = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut purchases = Vec::new();
    for n in 0..PURCHASES {
        let (client, slots) = (client.clone(), Arc::clone(&slots));
        purchases.push(tokio::spawn(async move {
            let _slot = slots.acquire().await.unwrap();
            let reference = format!("order-{n}");
            (reference.clone(), buy(client, reference, within, resend).await)
        }));
    }
    let mut said = BTreeMap::new();
    for purchase in purchases {
        let (reference, what) = purchase.await.unwrap();
        said.insert(reference, what);
    }
    // Sales that are still under way when the last purchase ends.
    tokio::time::sleep(millis(300)).await;
    check(&sandbox, &said);
    (sandbox, said)
}

/// What holds in every mode.
fn check(sandbox: &Sandbox, said: &BTreeMap<String, Said>) {
    let ledger = sandbox.ledger();
    assert_eq!(ledger.check(), Vec::<String>::new());
    assert_eq!(said.len(), PURCHASES);
    let mut sold = BTreeMap::new();
    for sale in ledger.sales() {
        assert!(sale.charges <= 1, "charged twice: {sale:?}");
        assert!(sold.insert(sale.reference.clone(), sale.state).is_none(), "two sales of one reference: {sale:?}");
        assert!(said.contains_key(&sale.reference), "a reference that nobody asked for: {sale:?}");
    }
    for (reference, said) in said {
        match said {
            Said::Completed => assert_eq!(sold.get(reference), Some(&SaleState::Completed), "{reference}"),
            Said::Failed => assert_eq!(sold.get(reference), Some(&SaleState::Failed), "{reference}"),
            Said::Unknown(_) => {}
        }
    }
    let requests = sandbox.requests();
    let faulted = requests.iter().filter(|request| request.fault.is_some()).count();
    let share = faulted * 100 / requests.len();
    println!("{} requests kept, {faulted} of them disturbed ({share} %)", requests.len());
    assert!(share >= 36, "{share} % is too little to mean anything");
    for kind in ["reset_after_reading", "reset_after_acting", "close_after_acting", "truncated_body", "status"] {
        assert!(requests.iter().any(|request| request.fault.as_deref() == Some(kind)), "{kind} never came");
    }
    for kind in ["stall_before_acting", "stall_after_acting", "half_headers", "html", "pending"] {
        assert!(requests.iter().any(|request| request.fault.as_deref() == Some(kind)), "{kind} never came");
    }
}

fn references(said: &BTreeMap<String, Said>, wanted: impl Fn(Said) -> bool) -> Vec<String> {
    said.iter().filter(|(_, said)| wanted(**said)).map(|(reference, _)| reference.clone()).collect()
}

/// The references whose every answer was disturbed, or that never became a sale at all, by the ledger alone.
fn never_answered(sandbox: &Sandbox, said: &BTreeMap<String, Said>) -> Vec<String> {
    let ledger = sandbox.ledger();
    let answered = |reference: &str| ledger.sale(reference).is_some_and(|sale| sale.answered > 0);
    said.keys().filter(|reference| !answered(reference)).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn records_without_references_leave_exactly_the_unanswered_unknown() {
    let (sandbox, said) = run(&[("record_reference", "absent")], secs(20), false).await;
    let unknown = references(&said, |said| matches!(said, Said::Unknown(_)));
    // Only the reference is known of them, and the records carry none: there is no question to ask.
    assert_eq!(unknown, references(&said, |said| said == Said::Unknown(Reason::NoQuestion)));
    assert_eq!(unknown, never_answered(&sandbox, &said));
    let ledger = sandbox.ledger();
    let charged = unknown.iter().filter(|reference| ledger.charges(reference) == 1).count();
    println!("{} unknown, {charged} of them charged", unknown.len());
    assert!(charged > 0, "the seed brings no lost sale, so this run shows nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn records_with_references_settle_every_sale() {
    let modes = [("record_reference", "present"), ("transaction_filter", "honoured")];
    let (sandbox, said) = run(&modes, secs(3), false).await;
    let unknown = references(&said, |said| matches!(said, Said::Unknown(_)));
    let ledger = sandbox.ledger();
    let never_sold: Vec<_> = said.keys().filter(|reference| ledger.sale(reference).is_none()).cloned().collect();
    // What never became a sale has no record, and the absence of a record proves nothing.
    assert_eq!(unknown, never_sold);
    // The last question may be one that was disturbed.
    let reasons = [Reason::NotFound, Reason::CannotAsk].map(Said::Unknown);
    assert_eq!(unknown, references(&said, |said| reasons.contains(&said)));
    let lost = never_answered(&sandbox, &said).len();
    println!("{lost} without an answer, {} of them still unknown", unknown.len());
    assert!(lost > unknown.len(), "the seed brings no lost sale, so this run shows nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sent_again_with_the_same_reference_everything_is_known() {
    let (sandbox, said) = run(&[("record_reference", "absent")], secs(40), true).await;
    assert_eq!(references(&said, |said| matches!(said, Said::Unknown(_))), Vec::<String>::new());
    assert_eq!(sandbox.ledger().sales().count(), PURCHASES);
}
