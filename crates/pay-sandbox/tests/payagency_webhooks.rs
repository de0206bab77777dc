//! Pay Agency's webhooks as a merchant's server sees them: signed by the hypothesis, tried again, spoilt by rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;
mod payagency_common;

use pay_sandbox::payagency::{Environment, Status};
use pay_sandbox::{DeliveryState, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use pay1st_common::{Arrived, Receiver, idle};
use payagency_common::*;
use serde_json::{Value, json};
use std::time::Duration;

const HASH: &str = "fs-webhook-hash";

struct Shop {
    merchant: Merchant,
    receiver: Receiver,
}

impl Shop {
    async fn open(sandbox: &Sandbox, answers: &[&'static str]) -> Self {
        Self { merchant: merchant(sandbox), receiver: Receiver::start(answers).await }
    }

    fn told(&self, body: &Value) -> Value {
        with(body, json!({ "webhook_url": self.receiver.url() }))
    }

    async fn card(&self, number: &str, order: &str) -> Answer {
        self.merchant.post("/api/v1/{env}/card", &self.told(&card(number, order))).await
    }
}

fn body(event: &Arrived) -> Value {
    serde_json::from_str(&event.body).unwrap()
}

#[tokio::test]
async fn an_event_is_the_payment_reply_and_its_hash_is_over_these_bytes() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::open(&sandbox, &[]).await;
    let id = shop.card(PAID, "order-1").await.id();
    idle(&sandbox).await;
    let arrived = shop.receiver.arrived();
    assert_eq!(arrived.len(), 1);
    let event = &arrived[0];
    assert_eq!(
        (event.head.as_str(), event.headers["content-type"].as_str()),
        ("POST /hook HTTP/1.1", "application/json")
    );
    assert_eq!(
        event.body,
        format!(
            r#"{{"status":"SUCCESS","message":"Transaction processed successfully!.","data":{{"amount":100,"currency":"GBP","order_id":"order-1","transaction_id":"{id}","customer":{{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"}},"refund":{{"status":false,"refund_date":null}},"chargeback":{{"status":false,"chargeback_date":null}}}}}}"#
        )
    );
    let agency = sandbox.payagency();
    assert_eq!(event.headers[HASH], hash(&agency.webhook_secret(), &event.body));
    // The log knows of it, without the customer and without the hash.
    let delivery = sandbox.deliveries().remove(0);
    assert_eq!((delivery.state, delivery.event.as_str(), delivery.subject), (DeliveryState::Delivered, "SUCCESS", id));
    let log = serde_json::to_string(&sandbox.deliveries()).unwrap();
    assert!(!log.contains("ada@example.com") && !log.contains("Byron") && !log.contains(&event.headers[HASH]), "{log}");
    // The other key of the same page (C9).
    agency.set_mode("webhook_key", "encryption_key").unwrap();
    shop.card(PAID, "order-2").await;
    idle(&sandbox).await;
    let event = shop.receiver.arrived().remove(1);
    assert_eq!(event.headers[HASH], hash(&agency.encryption_key(Environment::Test), &event.body));
    agency.set_mode("webhook_key", "secret").unwrap();
    agency.set_webhook_secret("another");
    shop.card(PAID, "order-3").await;
    idle(&sandbox).await;
    let event = shop.receiver.arrived().remove(2);
    assert_eq!(event.headers[HASH], hash("another", &event.body));
}

#[tokio::test]
async fn only_final_statuses_are_told_and_only_where_a_url_was_given() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, agency) = (Shop::open(&sandbox, &[]).await, sandbox.payagency());
    shop.merchant.card(PAID, "no-url").await;
    let three_ds = shop.card(THREE_DS, "three-ds").await.id();
    let closed = shop.card(THREE_DS, "closed").await.id();
    agency.abandon(&closed).unwrap();
    idle(&sandbox).await;
    assert_eq!(shop.receiver.statuses(), [] as [&str; 0], "REDIRECT and ABANDONED are not told");
    shop.card(DECLINED, "declined").await;
    shop.card(BLOCKED, "blocked").await;
    agency.approve(&three_ds).unwrap();
    agency.approve(&three_ds).unwrap();
    idle(&sandbox).await;
    let mut statuses = shop.receiver.statuses();
    statuses.sort();
    assert_eq!(statuses, ["BLOCKED", "FAILED", "SUCCESS"]);
    shop.card(PENDING, "pending").await;
    idle(&sandbox).await;
    assert_eq!(shop.receiver.statuses().len(), 3);
    sandbox.clock().advance(Duration::from_secs(60));
    idle(&sandbox).await;
    assert_eq!(body(&shop.receiver.arrived()[3])["data"]["order_id"], "pending");
}

#[tokio::test]
async fn what_no_source_tells_of_is_a_mode() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, agency) = (Shop::open(&sandbox, &[]).await, sandbox.payagency());
    let arrived = async || {
        idle(&sandbox).await;
        shop.receiver.arrived()
    };
    let id = shop.card(PAID, "order-1").await.id();
    assert_eq!(arrived().await.len(), 1);
    shop.merchant.refund(&id).await;
    agency.charge_back(&id).unwrap();
    assert_eq!(arrived().await.len(), 1, "off by default");
    for mode in ["refund_event", "chargeback_event"] {
        agency.set_mode(mode, "on").unwrap();
    }
    let id = shop.card(PAID, "order-2").await.id();
    shop.merchant.refund(&id).await;
    agency.charge_back(&id).unwrap();
    let events = arrived().await;
    assert_eq!(events.len(), 4);
    let flags = |event: &Arrived| {
        let data = body(event)["data"].clone();
        (data["refund"]["status"].clone(), data["chargeback"]["status"].clone())
    };
    assert_eq!(
        events[1..].iter().map(flags).collect::<Vec<_>>(),
        [(json!(false), json!(false)), (json!(true), json!(false)), (json!(true), json!(true))]
    );
    let payout = |order: &str| shop.told(&payout(WALLET, PAYOUT, order, "10"));
    shop.merchant.post("/api/v1/{env}/payout", &payout("po-1")).await;
    let event = arrived().await.remove(4);
    assert!(body(&event)["data"].get("refund").is_none() && body(&event)["data"]["order_id"] == "po-1", "{event:?}");
    assert_eq!(event.headers[HASH], hash(&agency.webhook_secret(), &event.body));
    agency.set_mode("payout_event", "off").unwrap();
    shop.merchant.post("/api/v1/{env}/payout", &payout("po-2")).await;
    assert_eq!(arrived().await.len(), 5);
}

#[tokio::test]
async fn a_payin_event_says_how_much_came_in() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, agency) = (Shop::open(&sandbox, &[]).await, sandbox.payagency());
    let payin = with(&page("in-1"), json!({ "crypto_currency": "TRX", "crypto_network": "TRON" }));
    let id = shop.merchant.post("/api/v1/{env}/crypto/payin", &shop.told(&payin)).await.id();
    agency.pay_under(&id).unwrap();
    idle(&sandbox).await;
    let data = body(&shop.receiver.arrived()[0])["data"].clone();
    assert_eq!((&data["crypto_currency"], &data["crypto_network"]), (&json!("TRX"), &json!("TRON")));
    assert_eq!(data["crypto_payment_status"], "UNDERPAID");
}

#[tokio::test]
async fn three_retries_and_then_it_is_given_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::open(&sandbox, &["500 No"; 8]).await;
    let waits = [10, 60, 300].map(Duration::from_secs);
    sandbox.set_webhook_policy(WebhookPolicy::new().retries(waits));
    shop.card(PAID, "order-1").await;
    for (attempts, wait) in (1..).zip(waits) {
        idle(&sandbox).await;
        assert_eq!(shop.receiver.arrived().len(), attempts);
        sandbox.clock().advance(wait);
    }
    idle(&sandbox).await;
    sandbox.clock().advance(Duration::from_secs(86_400));
    idle(&sandbox).await;
    assert_eq!(shop.receiver.arrived().len(), 4, "the first and three more");
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::GivenUp);
    let first = shop.receiver.arrived().remove(0);
    assert!(shop.receiver.arrived().iter().all(|it| it.body == first.body && it.headers[HASH] == first.headers[HASH]));
    // Down for two attempts only.
    let shop = Shop::open(&sandbox, &["500 No", "302 Found"]).await;
    shop.card(PAID, "order-2").await;
    for wait in waits {
        idle(&sandbox).await;
        sandbox.clock().advance(wait);
    }
    idle(&sandbox).await;
    assert_eq!(shop.receiver.arrived().len(), 3);
    assert_eq!(sandbox.deliveries()[1].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn rules_spoil_events() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::open(&sandbox, &[]).await;
    let key = sandbox.payagency().webhook_secret();
    let mut seen = 0;
    for fault in [WebhookFault::Tamper, WebhookFault::BadSignature, WebhookFault::Unsigned, WebhookFault::Duplicate(2)]
    {
        let name = fault.name();
        sandbox.add_webhook_rule(WebhookRule::new("payagency", fault)).unwrap();
        shop.card(PAID, &format!("order-{name}")).await;
        idle(&sandbox).await;
        let arrived = shop.receiver.arrived().split_off(seen);
        seen += arrived.len();
        let event = &arrived[0];
        let signed = event.headers.get(HASH).map(|given| *given == hash(&key, &event.body));
        match name {
            "tamper" => assert!(signed == Some(false) && body(event)["data"]["amount"] == 9100, "{event:?}"),
            "bad_signature" => assert!(signed == Some(false) && body(event)["data"]["amount"] == 100),
            "unsigned" => assert_eq!(signed, None),
            _ => assert!(arrived.len() == 3 && signed == Some(true), "{arrived:?}"),
        }
    }
}

#[tokio::test]
async fn a_webhook_to_another_host_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    for url in ["http://192.0.2.1/hook", "https://merchant.example/hook", &sandbox.control_url()] {
        let body = with(&card(PAID, &format!("to {url}")), json!({ "webhook_url": url }));
        assert_eq!(merchant.post("/api/v1/{env}/card", &body).await.word(), "SUCCESS");
        idle(&sandbox).await;
        let delivery = sandbox.deliveries().pop().unwrap();
        assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::Refused, 0), "{url}");
    }
}

#[tokio::test]
async fn the_control_plane_does_as_payers_operators_and_merchants_do() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let control = async |method: reqwest::Method, path: &str, body: Value| {
        let url = format!("{}/payagency{path}", sandbox.control_url());
        send(merchant.http.request(method, url).body(body.to_string())).await
    };
    let post = async |path: &str, body: Value| control(reqwest::Method::POST, path, body).await;
    let get = async |path: &str| control(reqwest::Method::GET, path, json!({})).await.json();
    let id = merchant.card(THREE_DS, "order-1").await.id();
    let acted = post(&format!("/payments/{id}/approve"), json!({})).await.json();
    assert_eq!(acted["status"], "SUCCESS");
    assert_eq!((&acted["changed"], &acted["redirect"]), (&json!(true), &json!("https://merchant.example/return")));
    assert_eq!(post(&format!("/payments/{id}/decline"), json!({})).await.json()["changed"], false);
    assert_eq!(post(&format!("/payments/{id}/charge_back"), json!({})).await.json()["changed"], true);
    assert_eq!(post(&format!("/payments/{id}/vanish"), json!({})).await.json()["field"], "action");
    assert_eq!(post("/payments/PA0/approve", json!({})).await.json()["field"], "transaction_id");
    assert_eq!(get("/payments").await[0]["card"], "401288XXXXXX1881");
    assert_eq!(post(&format!("/wallets/{WALLET}"), json!({ "amount": "12.34" })).await.json()["cents"], 1_234);
    assert_eq!(post(&format!("/wallets/{WALLET}"), json!({ "amount": 12 })).await.status, 400);
    let template =
        post(&format!("/templates/{TEMPLATE}"), json!({ "redirect_url": "http://127.0.0.1:9/" })).await.json();
    assert_eq!(template["redirect_url"], "http://127.0.0.1:9/");
    assert_eq!(post("/settings", json!({ "pending_seconds": 5 })).await.json()["pending_seconds"], 5.0);
    assert_eq!(post("/keys", json!({ "environment": "test", "secret_key": "PA_TEST_x" })).await.json()["set"], true);
    assert_eq!(merchant.get("/api/v1/wallet").await.json()["data"][0]["amount"], json!(12.34));
    assert_eq!(post("/keys", json!({ "environment": "prod" })).await.json()["field"], "environment");
    for path in ["/payouts", "/wallets", "/links", "/templates", "/settings"] {
        assert!(!get(path).await.is_null(), "{path}");
        assert_eq!(post("/payouts", json!({})).await.status, 405);
    }
    assert_eq!(sandbox.payagency().payment(&id).unwrap().status, Status::Success);
}
