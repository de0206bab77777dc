//! A call that is dropped half-way: what happened is unknown, and one line of the log says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::DetailsShape;
use pay_core::script::Play;
use support::events::Events;
use support::{answering, calls, payment, secs, session, transfer};

#[tokio::test(start_paused = true)]
async fn a_dropped_payment_is_one_warning_with_its_reference() {
    let (events, _guard) = Events::capture();
    let script = answering(vec![Play::hang()]);
    let user = session(&script).await;
    assert!(tokio::time::timeout(secs(1), user.merchant_payment(payment("order-1")).send()).await.is_err());
    assert!(tokio::time::timeout(secs(1), user.money_transfer(transfer("transfer-1")).send()).await.is_err());
    let dropped = events.named("pay.call.dropped");
    let told: Vec<_> = dropped.iter().map(|event| (event.said("reference"), event.said("outcome"))).collect();
    assert_eq!(told, [("order-1", "unknown"), ("transfer-1", "unknown")]);
    assert!(dropped.iter().all(|event| event.level == tracing::Level::WARN));
    assert_eq!(calls(&script).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_question_warns_of_nothing() {
    let (events, _guard) = Events::capture();
    let user = session(&answering(vec![Play::hang()])).await;
    assert!(tokio::time::timeout(secs(1), user.user_details(DetailsShape::Bare).send()).await.is_err());
    assert!(events.named("pay.call.dropped").iter().all(|event| event.level != tracing::Level::WARN));
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_was_never_sent_is_not_told_as_open() {
    let (events, _guard) = Events::capture();
    let script = answering(vec![Play::hang()]);
    let user = session(&script).await;
    drop(user.merchant_payment(payment("order-1")).send());
    drop(user.merchant_payment(payment("order-1")));
    assert!(events.named("pay.call.dropped").is_empty() && calls(&script).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dot_at_the_end_of_a_path_is_one_warning_without_the_value() {
    let (events, _guard) = Events::capture();
    let script = answering(vec![Play::answer(200, support::PAID)]);
    let user = session(&script).await;
    let dotted = || {
        let of = paga_connect::PaymentReferences { reference: "order-1".into(), customer: "ada@example.test".into() };
        paga_connect::MerchantPayment::new(of, support::amount("500"))
    };
    user.merchant_payment(dotted()).send().await.unwrap();
    user.merchant_payment(dotted().product_code("BOOKS")).send().await.unwrap();
    user.merchant_payment(payment("order-1").product_code("BOOKS.1")).send().await.unwrap();
    let warned = events.named("paga_connect.dotted_path_value");
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert_eq!((warned[0].said("operation"), warned[0].said("reference")), ("merchant_payment", "order-1"));
    assert!(!format!("{warned:?}").contains("ada"), "{warned:?}");
}
