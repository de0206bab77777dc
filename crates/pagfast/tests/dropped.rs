//! Calls that are dropped before their end: the one event that says so, and what the sandbox then has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{Reason, Settled};
use pay_core::script::{Play, Script};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use std::time::Duration;
use support::events::Events;
use support::{ID, answering, client, deposit, on, open_finance, transaction, withdrawal};
use tokio::time::timeout;
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn a_dropped_call_that_makes_something_is_told_and_a_read_is_not() {
    let (events, _guard) = Events::capture();
    let script = answering(vec![Play::hang()]);
    let client = client(&script);
    client.lease().await.unwrap();
    let soon = Duration::from_secs(1);
    assert!(timeout(soon, client.pix_cash_out(withdrawal("order-1")).send()).await.is_err());
    assert!(timeout(soon, client.pix_cash_in(deposit("order-2")).send()).await.is_err());
    assert!(timeout(soon, client.open_finance_cash_in(open_finance("order-3")).send()).await.is_err());
    assert!(timeout(soon, client.transaction(ID).send()).await.is_err());
    let told: Vec<_> = events
        .named("pay.call.dropped")
        .iter()
        .map(|seen| {
            assert_eq!((seen.level, seen.said("provider")), (Level::WARN, "pagfast"));
            ["operation", "reference", "outcome"].map(|name| seen.said(name).to_owned())
        })
        .collect();
    let wanted = [
        ["pix_cash_out", "order-1", "unknown"],
        ["pix_cash_in", "order-2", "unknown"],
        ["open_finance_cash_in", "order-3", "unknown"],
    ];
    assert_eq!(told, wanted);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_yet_is_not_done() {
    let (events, _guard) = Events::capture();
    let script = Script::new(|_| Play::hang());
    let call = client(&script).pix_cash_out(withdrawal("order-1"));
    assert!(timeout(Duration::from_secs(1), call.send()).await.is_err());
    assert_eq!(events.named("pay.call.dropped")[0].said("outcome"), "not done", "it waited for a token");
    // A call that is never sent is none.
    drop(client(&script).pix_cash_out(withdrawal("order-2")));
    let script = answering(vec![Play::answer(200, transaction("o", "Completed", "1"))]);
    client(&script).transaction(ID).send().await.unwrap();
    assert_eq!(events.named("pay.call.dropped").len(), 1);
}

#[tokio::test]
async fn a_withdrawal_may_stand_although_its_call_was_dropped() {
    let (events, _guard) = Events::capture();
    let sandbox = Sandbox::start().await.unwrap();
    let client = on(&sandbox).build().unwrap();
    client.lease().await.unwrap();
    let stall = Fault::StallAfterActing(None);
    sandbox.add_fault(FaultRule::new("pagfast", stall).operation("pix_cash_out")).unwrap();
    let new = withdrawal("saque-1");
    let sought = new.sought(sandbox.clock().now());
    assert!(timeout(Duration::from_millis(700), client.pix_cash_out(new).send()).await.is_err());
    let told = events.named("pay.call.dropped");
    assert_eq!((told.len(), told[0].said("outcome")), (1, "unknown"));
    // It stands, and its order id finds it.
    let Settled::StillUnknown(why) = client.settle(sought).within(Duration::ZERO).await else { panic!() };
    assert_eq!((why.reason, why.records.len()), (Reason::StillOpen, 1));
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
