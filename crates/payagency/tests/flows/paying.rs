//! What a shop does, written against the client alone.

use payagency::{
    Amount, Card, CardPayment, Client, Cvv, Expiry, Money, Order, PagePayment, Pan, Payer, Payment, Payout, PayoutCard,
    Record, Schedule, Settled,
};
use std::time::Duration;

/// Public test numbers in groups: paid at once, through 3-D Secure, declined, blocked.
pub const PAID: &str = "4111 1111 1111 1111";
pub const THREE_DS: &str = "4012 8888 8888 1881";
pub const DECLINED: &str = "4000 0000 0000 0002";
pub const BLOCKED: &str = "4100 0000 0000 0019";
pub const BACK: &str = "https://shop.example/back";

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn payer() -> Payer {
    let address =
        Payer::builder().address("1 Analytical Row").country("GB").city("London").state("LND").zip("SW1A 1AA");
    let person = address.first_name("Ada").last_name("Byron").email("ada@example.com");
    person.ip_address("203.0.113.7").phone_number("7000000001").build().unwrap()
}

pub fn order(id: &str, currency: &str) -> Order {
    Order::new(id, Money { amount: amount("12.50"), currency: currency.to_owned() })
}

pub fn by_card(order: Order, number: &str) -> CardPayment {
    let expiry = Expiry::new(12, 2039).unwrap();
    let card = Card::new(Pan::new(number).unwrap(), expiry, Cvv::new("029").unwrap());
    CardPayment::new(order, payer(), card, BACK)
}

pub fn on_a_page(id: &str) -> PagePayment {
    PagePayment::new(order(id, "GBP"), payer(), BACK)
}

pub fn payout(id: &str, wallet_id: &str) -> Payout {
    // The test number that was seen in use has no right check digit.
    let card = PayoutCard::new(Pan::unchecked("4222 2222 2222 2222").unwrap(), Expiry::new(10, 2039).unwrap());
    Payout::new(wallet_id, order(id, "USD"), payer(), card)
}

/// Pays, and gives what was answered.
pub async fn pay(client: &Client, id: &str, number: &str) -> Payment {
    client.card(by_card(order(id, "GBP"), number)).send().await.unwrap()
}

/// The payment is on a page; its id.
#[track_caller]
pub fn redirected(payment: &Payment) -> String {
    let Payment::Redirect(redirect) = payment else { panic!("{payment:?}") };
    assert!(redirect.url().starts_with("http"), "{redirect:?}");
    payment.transaction_id().unwrap().to_owned()
}

/// What became of an order, by its own id.
pub async fn settled(client: &Client, id: &str) -> Settled {
    let schedule = Schedule::every(Duration::from_millis(50));
    client.settle(id).schedule(schedule).within(Duration::from_millis(300)).await
}

pub async fn completed(client: &Client, id: &str) -> Record {
    match settled(client, id).await {
        Settled::Completed(record) => record,
        other => panic!("{id}: {other:?}"),
    }
}
