//! Purchases that are dropped before their end: the one event that says so, and whether the ledger agrees with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Client, Pacing, Purchase, Purchased};
use pay_sandbox::{Acting, Fault, FaultRule, Sandbox, StatusFault};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;
use support::events::{Events, Seen};
use support::{NUMBER, amount, millis, on};
use tracing::Level;

async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.pagamio().set_mode("rate_limits", "off").unwrap();
    sandbox
}

/// A client without connections and without a token, as at a program's start.
fn cold(sandbox: &Sandbox) -> Client {
    on(sandbox, sandbox.pagamio().merchant()).pacing(Pacing::Off).attempt_timeout(millis(2_000)).build().unwrap()
}

async fn buy(client: Client, reference: String) -> Result<Purchased, pagamio::Error> {
    client.purchase(Purchase::airtime("AIR-VOD-001", amount("10.00"), NUMBER).reference(reference)).send().await
}

/// Polls until the future has waited `polls` times, and then drops it where it waits. `Some`: it ended before.
async fn until<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // Dropped right here, where it waits, and not when it would go on.
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// What was done with each reference: `true`, it ended; `false`, it was dropped.
type Done = HashMap<String, bool>;

/// The events, the ledger, and what was done agree. Gives back how many were dropped, and how many of those were charged.
fn agree(sandbox: &Sandbox, events: &Events, done: &Done) -> (usize, usize) {
    let ledger = sandbox.ledger();
    assert_eq!(ledger.check(), Vec::<String>::new());
    let mut by_reference: HashMap<String, Vec<Seen>> = HashMap::new();
    for event in events.named("pay.call.dropped") {
        assert_eq!(event.level, Level::WARN);
        assert_eq!((event.said("provider"), event.said("operation")), ("pagamio", "purchase"), "{event:?}");
        by_reference.entry(event.said("reference").to_owned()).or_default().push(event);
    }
    let (mut dropped, mut charged_and_dropped) = (0, 0);
    for (reference, ended) in done {
        let seen = by_reference.remove(reference).unwrap_or_default();
        let charges = ledger.charges(reference);
        assert!(charges <= 1, "{reference}");
        if *ended {
            assert!(seen.is_empty(), "an event for a call that ended: {seen:?}");
            continue;
        }
        dropped += 1;
        assert_eq!(seen.len(), 1, "one event for each dropped call: {reference} {seen:?}");
        match seen[0].said("outcome") {
            "not done" => assert_eq!(charges, 0, "{reference} is charged, and the event says that it is not"),
            "unknown" => charged_and_dropped += usize::try_from(charges).unwrap(),
            other => panic!("{other}"),
        }
    }
    assert!(by_reference.is_empty(), "events for calls that nobody made: {by_reference:?}");
    (dropped, charged_and_dropped)
}

/// Lets the sandbox finish what it has already read.
async fn quiet() {
    tokio::time::sleep(millis(300)).await;
}

/// Drops purchases after one wait, after two, and so on, until one ends; `client` makes the client of each.
async fn at_every_wait(sandbox: &Sandbox, client: impl Fn() -> Client, fault: Option<Fault>) -> Done {
    let mut done = Done::new();
    for polls in 1..200 {
        let reference = format!("d-{polls}");
        sandbox.clear_faults();
        if let Some(fault) = &fault {
            sandbox.add_fault(FaultRule::new("pagamio", fault.clone()).operation("purchase")).unwrap();
        }
        let ended = until(buy(client(), reference.clone()), polls).await.is_some();
        done.insert(reference, ended);
        // What is on its way must not take the next purchase's fault.
        tokio::time::sleep(millis(5)).await;
        if ended {
            return done;
        }
    }
    panic!("it never ends");
}

#[tokio::test]
async fn dropped_at_every_wait_with_a_token() {
    let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
    let client = cold(&sandbox);
    client.check_credentials().await.unwrap();
    let done = at_every_wait(&sandbox, || client.clone(), None).await;
    quiet().await;
    let (dropped, _) = agree(&sandbox, &events, &done);
    assert!(dropped >= 1, "{done:?}");
}

#[tokio::test]
async fn dropped_at_every_wait_from_a_cold_start() {
    let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
    let done = at_every_wait(&sandbox, || cold(&sandbox), None).await;
    quiet().await;
    let (dropped, _) = agree(&sandbox, &events, &done);
    assert!(dropped >= 2, "while it waits for the token, and while it waits for the answer: {done:?}");
    // The first wait is for the token: nothing was sent.
    let first = events.named("pay.call.dropped").into_iter().find(|event| event.said("reference") == "d-1").unwrap();
    assert_eq!(first.said("outcome"), "not done");
    assert_eq!(sandbox.ledger().charges("d-1"), 0);
}

#[tokio::test]
async fn dropped_at_every_wait_with_an_answer_that_is_lost() {
    for fault in [Fault::ResetAfterActing, Fault::Html, StatusFault::new(500, Acting::After).into()] {
        let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
        let client = cold(&sandbox);
        client.check_credentials().await.unwrap();
        let done = at_every_wait(&sandbox, || client.clone(), Some(fault)).await;
        quiet().await;
        let (_, charged) = agree(&sandbox, &events, &done);
        assert!(charged >= 1, "a purchase that was charged, and dropped while it waited to be sent again: {done:?}");
    }
}

#[tokio::test]
async fn dropped_while_it_waits_after_a_refusal_that_did_nothing_is_not_done() {
    let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
    let client = cold(&sandbox);
    client.check_credentials().await.unwrap();
    let mut done = Done::new();
    for n in 0..5 {
        // A wait of ten seconds, so that the drop falls into it.
        let busy = StatusFault::new(429, Acting::Before).retry_after("10");
        sandbox.add_fault(FaultRule::new("pagamio", busy).operation("purchase")).unwrap();
        let reference = format!("b-{n}");
        let call = tokio::time::timeout(millis(500), buy(client.clone(), reference.clone())).await;
        done.insert(reference, call.is_ok());
    }
    agree(&sandbox, &events, &done);
    let outcomes: Vec<_> =
        events.named("pay.call.dropped").iter().map(|seen| seen.said("outcome").to_owned()).collect();
    assert_eq!(outcomes, ["not done"; 5]);
}

#[tokio::test]
async fn dropped_after_real_times() {
    let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
    let client = cold(&sandbox);
    client.check_credentials().await.unwrap();
    let mut done = Done::new();
    let slow = Some(millis(8));
    for (kind, fault) in [
        ("plain", None),
        ("before", Some(Fault::StallBeforeActing(slow))),
        ("after", Some(Fault::StallAfterActing(slow))),
        ("drip", Some(Fault::SlowDrip { chunk_bytes: 64, pause: millis(2) })),
    ] {
        for micros in (0..24_000).step_by(600) {
            let reference = format!("{kind}-{micros}");
            sandbox.clear_faults();
            if let Some(fault) = &fault {
                sandbox.add_fault(FaultRule::new("pagamio", fault.clone()).operation("purchase")).unwrap();
            }
            let time = Duration::from_micros(micros);
            let call = tokio::time::timeout(time, buy(client.clone(), reference.clone())).await;
            done.insert(reference, call.is_ok());
            tokio::time::sleep(millis(2)).await;
        }
    }
    quiet().await;
    let (dropped, charged) = agree(&sandbox, &events, &done);
    println!("{} purchases, {dropped} dropped, {charged} of those charged", done.len());
    assert!(dropped >= 10 && charged >= 1, "{dropped} {charged}");
    assert!(done.values().any(|ended| *ended), "none ended");
}

#[tokio::test]
async fn what_was_never_started_says_nothing() {
    let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
    let client = cold(&sandbox);
    drop(buy(client.clone(), "never".into()));
    let call = client.purchase(Purchase::new("VCH-STM-001", amount("100")).reference("unsent"));
    drop(call);
    // A mistake is found before anything starts, and a read has no effect to speak of.
    let _ = client.purchase(Purchase::new("", amount("1")).reference("wrong")).send().await.unwrap_err();
    assert!(until(client.categories().send(), 1).await.is_none());
    let _ = buy(client, "ended".into()).await.unwrap();
    assert!(events.named("pay.call.dropped").is_empty());
    assert_eq!(sandbox.ledger().sales().count(), 1);
}

#[tokio::test]
async fn a_dropped_purchase_is_settled_by_its_reference() {
    let (sandbox, (events, _guard)) = (sandbox().await, Events::capture());
    sandbox.pagamio().set_mode("record_reference", "present").unwrap();
    let client = cold(&sandbox);
    client.check_credentials().await.unwrap();
    let stall = Fault::StallAfterActing(None);
    sandbox.add_fault(FaultRule::new("pagamio", stall).operation("purchase")).unwrap();
    let call = tokio::time::timeout(millis(300), buy(client.clone(), "left".into())).await;
    assert!(call.is_err());
    let event = events.named("pay.call.dropped").remove(0);
    assert_eq!(event.said("outcome"), "unknown");
    let settled = client.settle(event.said("reference")).within(millis(1)).await;
    assert!(matches!(settled, pagamio::Settled::Completed(_)), "{settled:?}");
}
