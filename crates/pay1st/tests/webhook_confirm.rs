//! Confirming an event: one question, and everything that the answer must agree on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use pay_core::script::{Play, Script};
use pay1st::webhook::{Confirmation, Event, Received, UnconfirmedEvent};
use pay1st::{Client, Kind, Money, PaymentStatus};
use std::time::Duration;
use webhook_support::*;

const TOKEN: &str = r#"{"role":"API_USER","accessToken":"access-1","refreshToken":"refresh-1"}"#;

/// The record that agrees with `BODY` in everything, in the documented shape of the query's answer.
const RECORD: &str = r#"{"countryCode":"NG","currencyCode":"NGN","amount":100,"reference":"C-142710055596150-P","partnerReference":"4a662291-2840-4bcd-aae9-553ab24601ed","products":[{"title":"10Credits","sku":"12345","price":100,"currencyCode":"NGN","quantity":1}],"metadata":[{"key":"customerId","value":"1"}],"status":"SUCCESSFUL"}"#;

fn client(status: u16, record: &str) -> (Client, Script) {
    let record = record.to_owned();
    let script = Script::new(move |sent| {
        if sent.path.contains("/auth/") { Play::answer(200, TOKEN) } else { Play::answer(status, record.clone()) }
    });
    let builder = Client::builder().provider_test().credentials("key", "secret").signing_key(KEY);
    (builder.transport(pay1st::Transport::scripted(&script)).build().unwrap(), script)
}

fn event() -> Event {
    webhooks().verify(BODY.as_bytes(), &deliver(BODY.as_bytes()), moment()).verified().unwrap()
}

fn stale(body: &str) -> UnconfirmedEvent {
    let late = moment() + Duration::from_secs(3600);
    match webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), late) {
        Received::Stale(event) => event,
        other => panic!("{other:?}"),
    }
}

fn price(amount: &str, currency: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: currency.into() }
}

const ORDER: &str = "4a662291-2840-4bcd-aae9-553ab24601ed";

#[tokio::test(start_paused = true)]
async fn a_record_that_agrees_confirms_by_one_question() {
    for record in [RECORD.to_owned(), RECORD.replace("\"amount\":100", "\"amount\":100.00")] {
        let (client, script) = client(200, &record);
        let confirmation = client.confirm(&event()).await.unwrap();
        assert!(matches!(confirmation, Confirmation::Confirmed(_)), "{confirmation:?}");
        assert_eq!(confirmation.key(), Some(event().key()));
        assert!(confirmation.pays(ORDER, &price("100", "NGN")));
        let asked: Vec<_> = script.seen().into_iter().filter(|sent| !sent.path.contains("/auth/")).collect();
        assert_eq!(asked.len(), 1);
        assert!(asked[0].path.ends_with("/api/pay1st/payments?reference=C-142710055596150-P"), "{}", asked[0].path);
    }
}

#[tokio::test(start_paused = true)]
async fn another_status_is_the_records() {
    for (status, paid) in [("PENDING", false), ("NEW", false), ("FAILED", false), ("REFUND", false), ("ODD", false)] {
        let (client, _) = client(200, &RECORD.replace("SUCCESSFUL", status));
        let confirmation = client.confirm(&event()).await.unwrap();
        let Confirmation::OtherStatus(payment) = &confirmation else { panic!("{confirmation:?}") };
        assert_eq!(payment.status, PaymentStatus::from(status));
        assert_eq!(confirmation.pays(ORDER, &price("100", "NGN")), paid, "{status}");
        assert_ne!(confirmation.key(), Some(event().key()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_differs_is_not_believed() {
    for (from, to, members) in [
        (ORDER, "another", &["partnerReference"][..]),
        ("\"amount\":100", "\"amount\":1", &["amount"]),
        ("\"amount\":100", "\"amount\":10000", &["amount"]),
        ("\"currencyCode\":\"NGN\",\"amount\"", "\"currencyCode\":\"ZAR\",\"amount\"", &["currencyCode"]),
        (
            "\"currencyCode\":\"NGN\",\"amount\":100",
            "\"currencyCode\":\"ngn\",\"amount\":99",
            &["amount", "currencyCode"],
        ),
    ] {
        let (client, _) = client(200, &RECORD.replace(from, to));
        let confirmation = client.confirm(&event()).await.unwrap();
        assert_eq!(confirmation, Confirmation::Different(members.to_vec()), "{to}");
        assert!(confirmation.payment().is_none() && confirmation.key().is_none());
        assert!(!confirmation.pays(ORDER, &price("100", "NGN")));
    }
}

#[tokio::test(start_paused = true)]
async fn the_record_of_another_payment_or_none_confirms_nothing() {
    for (status, record) in [
        (200, RECORD.replace("C-142710055596150-P", "C-142710055596151-P")),
        (200, "<html>".to_owned()),
        (200, "{}".to_owned()),
        (404, r#"{"errorMessage":"no such payment","errorCode":"1"}"#.to_owned()),
        (400, "{}".to_owned()),
    ] {
        let (client, _) = client(status, &record);
        assert!(client.confirm(&event()).await.is_err(), "{status} {record}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_your_own_order_is_paid() {
    let (client, _) = client(200, RECORD);
    let confirmation = client.confirm(&event()).await.unwrap();
    for (order, price) in [
        ("another", price("100", "NGN")),
        (ORDER, price("100.01", "NGN")),
        (ORDER, price("1", "NGN")),
        (ORDER, price("100", "ZAR")),
    ] {
        assert!(!confirmation.pays(order, &price), "{order} {price:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stale_event_is_opened_by_the_question_alone() {
    let (client, script) = client(200, RECORD);
    let confirmation = client.confirm(&stale(BODY)).await.unwrap();
    assert!(confirmation.pays(ORDER, &price("100", "NGN")));
    assert_eq!(script.count("/payments"), 1);
    // A replay of an old event finds the record where it stands now.
    let (client, _) = self::client(200, &RECORD.replace("SUCCESSFUL", "CHARGEBACK"));
    assert!(!client.confirm(&stale(BODY)).await.unwrap().pays(ORDER, &price("100", "NGN")));
}

#[tokio::test(start_paused = true)]
async fn about_other_events_no_question_is_known_and_none_is_asked() {
    let (client, script) = client(200, RECORD);
    let body = r#"{"refundReference":"R-1","status":"SUCCESSFUL"}"#;
    let other = webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), moment()).verified().unwrap();
    assert_eq!(client.confirm(&other).await.unwrap(), Confirmation::NoQuestion);
    assert_eq!(client.confirm(&stale(body)).await.unwrap(), Confirmation::NoQuestion);
    assert!(script.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_reference_that_cannot_be_asked_for_is_a_local_error() {
    let body = BODY.replace("C-142710055596150-P", " ");
    let event = webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), moment()).verified().unwrap();
    let (client, script) = client(200, RECORD);
    assert_eq!(client.confirm(&event).await.unwrap_err().kind(), Kind::Invalid);
    assert_eq!(script.count("/payments"), 0);
}
