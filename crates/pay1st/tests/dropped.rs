//! Calls that are dropped before their end: the one event that says so, and what the sandbox then has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::Play;
use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay1st::{FulfilledProduct, Fulfilment, FulfilmentStatus};
use std::time::Duration;
use support::events::Events;
use support::{REFERENCE, answering, client, order, payment, refund};
use tokio::time::timeout;
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn a_dropped_call_that_changes_something_is_told_and_a_read_is_not() {
    let (events, _guard) = Events::capture();
    let script = answering(vec![Play::hang()]);
    let client = client(&script);
    client.lease().await.unwrap();
    let soon = Duration::from_secs(1);
    let product = FulfilledProduct::new("1", FulfilmentStatus::Fulfilled, 1);
    assert!(timeout(soon, client.create_payment(order("order-1")).send()).await.is_err());
    assert!(timeout(soon, client.refund(refund()).send()).await.is_err());
    assert!(timeout(soon, client.report_fulfilment(Fulfilment::new(REFERENCE, product)).send()).await.is_err());
    assert!(timeout(soon, client.payment(REFERENCE).send()).await.is_err());
    let told: Vec<_> = events
        .named("pay.call.dropped")
        .iter()
        .map(|seen| {
            assert_eq!((seen.level, seen.said("provider")), (Level::WARN, "pay1st"));
            ["operation", "reference", "outcome"].map(|name| seen.said(name).to_owned())
        })
        .collect();
    let wanted = [
        ["create_payment", "order-1", "unknown"],
        ["refund", "P-12345", "unknown"],
        ["report_fulfilment", REFERENCE, "unknown"],
    ];
    assert_eq!(told, wanted);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_yet_is_not_done() {
    let (events, _guard) = Events::capture();
    let script = pay_core::script::Script::new(|_| Play::hang());
    let call = client(&script).create_payment(order("order-1"));
    assert!(timeout(Duration::from_secs(1), call.send()).await.is_err());
    assert_eq!(events.named("pay.call.dropped")[0].said("outcome"), "not done", "it waited for a token");
    // A call that is never sent is none.
    drop(client(&script).create_payment(order("order-2")));
    let script = answering(vec![Play::answer(200, payment("NEW"))]);
    client(&script).payment(REFERENCE).send().await.unwrap();
    assert_eq!(events.named("pay.call.dropped").len(), 1);
}

#[tokio::test]
async fn a_payment_may_stand_although_its_call_was_dropped() {
    let (events, _guard) = Events::capture();
    let sandbox = Sandbox::start().await.unwrap();
    let client = support::on(&sandbox).build().unwrap();
    client.lease().await.unwrap();
    let stall = Fault::StallAfterActing(None);
    sandbox.add_fault(FaultRule::new("pay1st", stall).operation("create_payment")).unwrap();
    let call = client.create_payment(order("order-1")).send();
    assert!(timeout(Duration::from_millis(700), call).await.is_err());
    let told = events.named("pay.call.dropped");
    assert_eq!((told.len(), told[0].said("outcome")), (1, "unknown"));
    let stands = sandbox.pay1st().payments();
    assert_eq!((stands.len(), stands[0].charges), (1, 0));
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
