//! What the types promise to whoever builds on them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use payagency::webhook::{Event, PaymentEvent, Received, Standing, UnconfirmedEvent, Webhooks};
use payagency::{
    Builder, Call, Card, CardCall, CardPayment, Client, Coin, CryptoLink, Cvv, Environment, Error, Estimate, Expiry,
    Intent, ListPages, ListQuery, Order, PagePayment, Pan, Payer, Payin, Payment, PaymentLink, Payout, Prepared, Ramp,
    Record, Refund, Reply, Settle, Settled, Sought, Transaction,
};
use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use support::{card_payment, client, page_payment, payout};

fn shared<T: Clone + Send + Sync + Debug + 'static>() {}
fn movable<T: Send + Debug + 'static>() {}
fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn written<T: Clone + PartialEq + Debug + serde::Serialize>() {}
fn stored<T: serde::Serialize + for<'a> serde::Deserialize<'a>>() {}
fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn types_can_go_where_they_are_needed() {
    shared::<Client>();
    shared::<Webhooks>();
    shared::<Payment>();
    shared::<Record>();
    shared::<Reply<Payment>>();
    shared::<Transaction>();
    shared::<Event>();
    shared::<PaymentEvent>();
    shared::<UnconfirmedEvent>();
    shared::<Error>();
    // Requests with card data are values too, that can be neither compared nor written.
    shared::<CardPayment>();
    shared::<Payout>();
    shared::<Estimate>();
    shared::<Card>();
    shared::<Pan>();
    shared::<Cvv>();
    movable::<Builder>();
    movable::<Call<Payment>>();
    movable::<CardCall<Payment>>();
    movable::<ListPages<Transaction>>();
    movable::<Settle>();
    movable::<Settled>();
    movable::<Received>();
    value::<Order>();
    value::<Payer>();
    value::<Coin>();
    value::<Expiry>();
    value::<Sought>();
    value::<ListQuery>();
    value::<Environment>();
    value::<Standing>();
    written::<PagePayment>();
    written::<Refund>();
    written::<PaymentLink>();
    written::<CryptoLink>();
    written::<Ramp>();
    written::<Payin>();
    stored::<Prepared>();
    stored::<Intent>();
}

#[tokio::test]
async fn futures_can_be_spawned_and_pages_prepared() {
    let script = support::always(200, support::redirect("ORDER-1"));
    let client = client(&script);
    let other = client.clone();
    let payment = tokio::spawn(async move { other.card(card_payment("ORDER-1")).send().await }).await.unwrap();
    assert!(matches!(payment, Ok(Payment::Redirect(_))));
    drop(sent(client.payout(payout("ORDER-1")).reply()));
    drop(sent(client.settle("ORDER-1").into_future()));
    drop(sent(client.check_credentials()));
    let mut pages = client.transaction_pages(ListQuery::new());
    drop(sent(pages.next()));
    let mut call = client.hosted_card(page_payment("ORDER-1"));
    let prepared = call.prepare().await.unwrap();
    assert_eq!((prepared.reference(), prepared.may_be_resent()), (Some("ORDER-1"), false));
    let _ = call.send().await.unwrap();
    // What was frozen is what was sent, byte for byte, and no key is in it.
    let seen = script.seen();
    assert_eq!(prepared.body(), seen[1].body.as_ref());
    let kept = serde_json::to_string(&prepared).unwrap();
    assert!(!kept.contains("made_up") && !kept.contains("Ada"), "{kept}");
}
