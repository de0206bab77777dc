//! What the types promise to whoever builds on them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::Play;
use pay1st::{
    Builder, Call, CheckoutLink, Client, CreatedPayment, Customer, Environment, Error, Fulfilment, Item, NewPayment,
    NewRefund, Outcome, Payment, PaymentMethod, PaymentStatus, Prepared, Refund, RefundOf, Refunded, Reply, Settle,
    Settled, Sought,
};
use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use support::{CREATED, answering, client, order, refund};

fn shared<T: Clone + Send + Sync + Debug + 'static>() {}
fn movable<T: Send + Debug + 'static>() {}
fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn error<T: std::error::Error + Clone + Send + Sync + 'static>() {}
fn written<T: serde::Serialize>() {}
fn stored<T: serde::Serialize + for<'a> serde::Deserialize<'a>>() {}
fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn types_can_go_where_they_are_needed() {
    shared::<Client>();
    shared::<CreatedPayment>();
    shared::<CheckoutLink>();
    shared::<Reply<CreatedPayment>>();
    movable::<Builder>();
    movable::<Call<CreatedPayment>>();
    movable::<Settle>();
    movable::<Settled>();
    value::<NewPayment>();
    value::<Customer>();
    value::<Item>();
    value::<NewRefund>();
    value::<RefundOf>();
    value::<Refunded>();
    value::<Fulfilment>();
    value::<Sought>();
    value::<Payment>();
    value::<PaymentMethod>();
    value::<PaymentStatus>();
    value::<Environment>();
    value::<Outcome>();
    written::<NewPayment>();
    written::<NewRefund>();
    written::<Fulfilment>();
    stored::<Payment>();
    stored::<Refund>();
    stored::<Prepared>();
    error::<Error>();
}

#[tokio::test(start_paused = true)]
async fn futures_can_be_spawned() {
    let script = answering(vec![Play::answer(201, CREATED)]);
    let client = client(&script);
    let other = client.clone();
    let created = tokio::spawn(async move { other.create_payment(order("order-1")).send().await }).await.unwrap();
    let created = created.unwrap();
    drop(sent(created.checkout_link().rebuild(&client)));
    drop(sent(client.create_payment(order("order-2")).reply()));
    drop(sent(client.refund(refund()).send()));
    drop(sent(client.payment("r").send()));
    drop(sent(client.payment_methods("NG").send()));
    drop(sent(client.check_credentials()));
    drop(sent(client.checkout_link("r")));
    drop(sent(client.settle(&created).into_future()));
    let mut call = client.create_payment(order("order-3"));
    drop(sent(call.prepare()));
}
