//! What a shop does, written against the client alone.

use crate::support::naira;
use pay1st::{
    Client, CreatedPayment, Customer, FulfilledProduct, Fulfilment, FulfilmentStatus, Item, Money, NewPayment, Payment,
    Settled, Sought,
};
use std::time::Duration;

/// A price of 100 in the first currency that a country's examples have.
pub fn order(reference: &str) -> NewPayment {
    let item = Item { title: "10 Credits".into(), sku: "12345".into(), price: naira("100.00"), quantity: 1 };
    NewPayment::new(reference, naira("100.00"), Customer { id: "c-1".into(), country: "NG".into() }, item)
        .success_url("https://shop.example/done?order=1")
        .metadata("shop", "7")
}

pub fn priced(reference: &str, amount: &str) -> NewPayment {
    let price = || Money { amount: amount.parse().unwrap(), currency: "NGN".into() };
    let item = Item { title: "Credits".into(), sku: "12345".into(), price: price(), quantity: 1 };
    NewPayment::new(reference, price(), Customer { id: "c-1".into(), country: "NG".into() }, item)
}

/// Creates one, and asks after it: the question repeats what was asked for.
pub async fn create(client: &Client, reference: &str) -> CreatedPayment {
    let created = client.create_payment(order(reference)).send().await.unwrap();
    assert_eq!((created.partner_reference(), created.status().as_str()), (reference, "NEW"));
    let found = client.payment(created.reference()).send().await.unwrap();
    assert_eq!(found.amount, "100".parse().unwrap());
    assert!(found.status.is_open());
    created
}

pub async fn settled(client: &Client, sought: impl Into<Sought>) -> Settled {
    client.settle(sought).within(Duration::from_secs(3)).await
}

pub async fn paid(client: &Client, created: &CreatedPayment) -> Payment {
    match settled(client, created).await {
        Settled::Completed(payment) => payment,
        other => panic!("{other:?}"),
    }
}

pub async fn deliver(client: &Client, payment: &Payment) {
    let sku = payment.products[0].sku.clone().unwrap();
    let product = FulfilledProduct::new(sku, FulfilmentStatus::Fulfilled, 1).fulfilment_time("2026-11-21T04:00:00Z");
    client.report_fulfilment(Fulfilment::new(payment.reference.as_str(), product)).send().await.unwrap();
}
