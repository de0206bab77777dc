//! Helpers: clients over a scripted wire, requests like the ones of the documents, and answers in the documented shapes.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

#[path = "../../../pay-core/tests/support/events.rs"]
pub mod events;
pub mod openssl;
pub mod scan;

use pay_core::script::{Play, Script, Sent};
use payagency::{
    Amount, Builder, Card, CardPayment, Client, Cvv, Expiry, Money, Order, PagePayment, Pan, Payer, Payout, PayoutCard,
    Transport,
};
use std::time::Duration;

/// Made up; the shape is that of the documents.
pub const SECRET: &str = "PA_TEST_made_up_secret";
pub const LIVE: &str = "PA_LIVE_made_up_secret";
pub const ENCRYPTION: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// Test numbers that everybody knows, in parts: no file of this repository holds a card number as one run of digits.
pub const PAN: &str = "4111 1111 1111 1111";
pub const PAYEE_PAN: &str = "4222 2222 2222 2222";

pub const TRANSACTION: &str = "PA0000000000000001";

pub fn digits(pan: &str) -> String {
    pan.replace(' ', "")
}

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn money(text: &str, currency: &str) -> Money {
    Money { amount: amount(text), currency: currency.to_owned() }
}

pub fn payer() -> Payer {
    Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("ada@example.com")
        .address("1 Analytical Row")
        .country("GB")
        .city("London")
        .state("LND")
        .zip("SW1A 1AA")
        .ip_address("203.0.113.7")
        .phone_number("7000000001")
        .build()
        .unwrap()
}

pub fn payee() -> Payer {
    Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("ada@example.com")
        .address("1 Analytical Row")
        .country("US")
        .city("Newport")
        .state("RI")
        .zip("02840")
        .ip_address("203.0.113.7")
        .phone_number("7000000001")
        .build()
        .unwrap()
}

pub fn order(id: &str) -> Order {
    Order::new(id, money("100", "GBP"))
}

pub fn card() -> Card {
    Card::new(Pan::new(PAN).unwrap(), Expiry::new(12, 2030).unwrap(), Cvv::new("123").unwrap())
}

pub fn card_payment(id: &str) -> CardPayment {
    CardPayment::new(order(id), payer(), card(), "https://merchant.example/return")
}

pub fn page_payment(id: &str) -> PagePayment {
    PagePayment::new(order(id), payer(), "https://merchant.example/return")
}

pub fn payout(id: &str) -> Payout {
    // Test numbers of the provider need not pass the check of real ones.
    let card = PayoutCard::new(Pan::unchecked(PAYEE_PAN).unwrap(), Expiry::new(10, 2030).unwrap());
    Payout::new("WAL1234567890", Order::new(id, money("12.5", "USD")), payee(), card)
}

/// A payment reply; `order_id` and `more` are raw JSON.
pub fn reply(status: &str, order_id: &str, more: &str) -> String {
    format!(
        r#"{{"status":"{status}","message":"Transaction processed successfully!.","data":{{"amount":100,"currency":"GBP","order_id":{order_id},"transaction_id":"{TRANSACTION}","customer":{{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"}}{more}}}}}"#
    )
}

/// With refund and chargeback, as cards and alternative methods have them.
pub fn paid(order_id: &str) -> String {
    flagged("SUCCESS", order_id, false, false)
}

pub fn flagged(status: &str, order_id: &str, refunded: bool, charged_back: bool) -> String {
    let date = |set: bool| if set { "\"2025-03-29T10:02:16.525Z\"" } else { "null" };
    let more = format!(
        r#","refund":{{"status":{refunded},"refund_date":{}}},"chargeback":{{"status":{charged_back},"chargeback_date":{}}}"#,
        date(refunded),
        date(charged_back)
    );
    reply(status, &format!("\"{order_id}\""), &more)
}

pub fn redirect(order_id: &str) -> String {
    let reply = reply("REDIRECT", &format!("\"{order_id}\""), "");
    reply.replacen('{', r#"{"redirect_url":"https://front.example/v1/test/card/hosted/1","#, 1)
}

/// A script that answers one by one; the last answer repeats.
pub fn answering(plays: Vec<Play>) -> Script {
    Script::new(move |sent| plays[sent.index.min(plays.len() - 1)].clone())
}

pub fn always(status: u16, body: impl Into<String>) -> Script {
    let body = body.into();
    Script::new(move |_| Play::answer(status, body.clone()))
}

pub fn builder(script: &Script) -> Builder {
    Client::builder().credentials(SECRET, ENCRYPTION).transport(Transport::scripted(script))
}

pub fn live(script: &Script) -> Builder {
    Client::builder()
        .credentials(LIVE, ENCRYPTION)
        .amounts(payagency::AmountUnit::Major)
        .transport(Transport::scripted(script))
}

pub fn client(script: &Script) -> Client {
    builder(script).build().unwrap()
}

/// The one request that was sent.
#[track_caller]
pub fn only(script: &Script) -> Sent {
    let seen = script.seen();
    assert_eq!(seen.len(), 1, "{seen:?}");
    seen[0].clone()
}
