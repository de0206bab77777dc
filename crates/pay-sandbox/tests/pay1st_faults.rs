//! Pay1st disturbed: faults on the wire, in the provider's envelope, and what the ledger knows of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::{Acting, Fault, FaultRule, Sandbox, StatusFault};
use pay1st_common::*;
use std::time::Duration;

#[tokio::test]
async fn statuses_on_demand_come_in_the_providers_envelope() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    for (code, acting) in [(429, Acting::Before), (500, Acting::Before), (500, Acting::After), (503, Acting::After)] {
        let own = format!("order-{code}-{acting:?}");
        add_fault(&sandbox, "create_payment", StatusFault::new(code, acting).retry_after("7"));
        let answer = partner.create(&order(&own, "")).await;
        assert!(answer.is_error(code), "{answer:?}");
        assert_eq!(answer.retry_after.as_deref(), Some("7"));
        assert_eq!(sandbox.ledger().sale(&own).is_some(), acting == Acting::After, "{own}");
    }
    add_fault(&sandbox, "payment", StatusFault::new(500, Acting::Before).body("<html>").content_type("text/html"));
    let answer = partner.query("x").await;
    assert_eq!((answer.status, answer.text.as_str()), (500, "<html>"), "what a rule says itself goes first");
}

#[tokio::test]
async fn a_connection_dropped_after_the_commit_leaves_a_payment() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    for (fault, made) in [
        (Fault::ResetAfterActing, true),
        (Fault::CloseAfterActing, true),
        (Fault::TruncatedBody, true),
        (Fault::ResetAfterReading, false),
        (Fault::ResetBeforeReading, false),
    ] {
        let own = format!("order-{}", fault.name());
        add_fault(&sandbox, "create_payment", fault);
        assert!(try_send(partner.signed(CREATE, PAYMENT, &order(&own, ""))).await.is_err(), "{own}");
        let sale = sandbox.ledger().sale(&own).cloned();
        assert_eq!(sale.is_some(), made, "{own}");
        if let Some(sale) = sale {
            assert_eq!((sale.attempts, sale.answered, sale.charges), (1, 0, 0));
            // The partner has no reference to ask for, and may not use its own again.
            assert!(partner.create(&order(&own, "")).await.is_error(400));
        }
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_slow_answer_comes_and_a_good_token_is_refused_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    add_fault(&sandbox, "create_payment", Fault::StallAfterActing(Some(Duration::from_millis(30))));
    assert_eq!(partner.create(&order("order-1", "")).await.status, 201);
    add_fault(&sandbox, "create_payment", Fault::SlowDrip { chunk_bytes: 16, pause: Duration::from_millis(1) });
    assert_eq!(partner.create(&order("order-2", "")).await.status, 201);
    let rule = FaultRule::new("pay1st", Fault::Unauthorized).operation("create_payment").reference("order-3");
    sandbox.add_fault(rule).unwrap();
    assert!(partner.create(&order("order-3", "")).await.is_error(401));
    assert_eq!(partner.create(&order("order-3", "")).await.status, 201);
    assert_eq!(sandbox.ledger().sale("order-3").unwrap().attempts, 2);
}

#[tokio::test]
async fn faults_find_their_call_by_its_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let reference = partner.paid("order-1").await;
    let refund = format!(r#"{{"transactionReference":"{reference}","partnerRefundReference":"refund-1","amount":1}}"#);
    let report = format!(
        r#"{{"reference":"{reference}","products":[{{"sku":"12345","fulfilmentStatus":"FULFILLED","quantity":1}}]}}"#
    );
    for (operation, named) in [("refund", "refund-1"), ("report_fulfilment", &reference), ("payment", &reference)] {
        for name in [named, "another"] {
            let fault = StatusFault::new(500, Acting::Before);
            sandbox.add_fault(FaultRule::new("pay1st", fault).operation(operation).reference(name)).unwrap();
        }
        let answer = match operation {
            "refund" => partner.refund(&refund).await,
            "report_fulfilment" => partner.fulfil(&report).await,
            _ => partner.query(&reference).await,
        };
        assert!(answer.is_error(500), "{operation}: {answer:?}");
    }
    assert_eq!(sandbox.faults().iter().map(|fault| fault.taken).sum::<u64>(), 3);
    assert!(sandbox.pay1st().refunds().is_empty());
}

#[tokio::test]
async fn a_token_that_ends_mid_flow_ends_every_call() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = partner(&sandbox).await;
    let reference = first.paid("order-1").await;
    sandbox.pay1st().end_access_tokens();
    assert!(first.create(&order("order-2", "")).await.is_error(401));
    assert!(first.query(&reference).await.is_error(401));
    assert!(first.refund("{}").await.is_error(401), "before anything else is looked at");
    let again = partner(&sandbox).await;
    assert_eq!(again.create(&order("order-2", "")).await.status, 201);
}
