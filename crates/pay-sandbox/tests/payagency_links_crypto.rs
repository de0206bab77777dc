//! Links, templates, ramps, crypto pay-ins and currencies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::Sandbox;
use pay_sandbox::payagency::{CryptoPaid, Status};
use payagency_common::*;
use serde_json::{Value, json};

const LINK: &str = "/api/v1/payment-link";
const INVALID: &str = "Invalid Payment Template ID or Connector Terminal ID.";

#[tokio::test]
async fn templates_show_their_urls() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    agency.set_template_urls(TEMPLATE, "https://merchant.example/back", "http://127.0.0.1:9/hook").unwrap();
    let templates = merchant.get("/api/v1/payment-templates").await.json();
    let first = &templates["data"][0];
    let members = ["template_id", "template_name", "payment_template_id", "template_screenshot", "redirect_url"];
    assert!(members.iter().all(|name| first[name].is_string()), "{first}");
    assert_eq!(first["payment_template_id"], TEMPLATE);
    assert_eq!(first["webhook_url"], "http://127.0.0.1:9/hook");
    assert!(agency.set_template_urls("PLI1", "", "").is_err());
}

#[tokio::test]
async fn a_link_names_a_template_with_a_live_key_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let (test, live, agency) = (merchant(&sandbox), live(&sandbox), sandbox.payagency());
    let plain = json!({ "amount": 10, "currency": "GBP" });
    let named = with(&plain, json!({ "payment_template_id": TEMPLATE }));
    let unknown = with(&plain, json!({ "payment_template_id": "PLI1" }));
    let terminal = with(&plain, json!({ "terminal_id": "T12345" }));
    let answer = test.post_plain(LINK, &plain).await;
    assert_eq!(answer.message(), "Payment link created successfully.");
    let url = answer.json()["data"].as_str().unwrap().to_owned();
    let id = url.strip_prefix(&format!("{}/pay/", agency.base_url())).unwrap();
    let digits = id.strip_prefix("PAY_LINK_").unwrap();
    assert!(digits.len() == 17 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{url}");
    let expected = [
        ("by_key", [200, 400, 400, 400], [400, 200, 400, 400]),
        ("required", [400, 200, 400, 400], [400, 200, 400, 400]),
        ("optional", [200, 200, 400, 200], [200, 200, 400, 200]),
    ];
    for (mode, with_test, with_live) in expected {
        agency.set_mode("link_template", mode).unwrap();
        for (merchant, statuses) in [(&test, with_test), (&live, with_live)] {
            for (body, status) in [&plain, &named, &unknown, &terminal].into_iter().zip(statuses) {
                let answer = merchant.post_plain(LINK, body).await;
                assert_eq!(answer.status, status, "{mode} {body}: {answer:?}");
                assert!(status == 200 || answer.message() == INVALID, "{answer:?}");
            }
        }
    }
    let bad = with(&named, json!({ "terminal_id": "connector" }));
    assert_eq!(live.post_plain(LINK, &bad).await.message(), INVALID);
}

#[tokio::test]
async fn what_a_link_says_is_checked() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    for (body, field) in [
        (json!({ "amount": 0 }), "amount"),
        (json!({ "amount": "10" }), "amount"),
        (json!({ "currency": "pounds" }), "currency"),
        (json!({ "order_id": "ab" }), "order_id"),
        (json!({ "expiry_date": "2030-02-30" }), "expiry_date"),
        (json!({ "expiry_date": "01-02-2030" }), "expiry_date"),
    ] {
        let answer = merchant.post_plain(LINK, &body).await;
        assert_eq!((answer.status, answer.fields()), (400, vec![field.to_owned()]), "{body}");
    }
    let link = json!({ "order_id": "order-1", "expiry_date": "2090-12-31" });
    assert_eq!(merchant.post_plain(LINK, &link).await.status, 200, "the payer says how much");
    assert_eq!(merchant.post_plain(LINK, &link).await.status, 409);
    assert_eq!(merchant.card(PAID, "order-1").await.status, 409, "a link has taken the order id");
    assert_eq!(merchant.get("/api/test/status/order-1").await.status, 404, "nobody has opened it");
    assert_eq!(sandbox.payagency().links()[0].order_id.as_deref(), Some("order-1"));
}

fn ramp(direction: &str, order: &str) -> Value {
    let amount = if direction == "OFFRAMP" { json!({ "crypto_amount": "0.5" }) } else { json!({ "fiat_amount": 100 }) };
    let body = json!({
        "transaction_type": direction, "first_name": "Ada", "last_name": "Byron", "phone_number": "+441234567890",
        "email": "ada@example.com", "ip_address": "203.0.113.7", "country": "GB", "fiat_currency": "USD",
        "crypto_currency": "BTC", "crypto_network": "BITCOIN", "wallet_address": "bc1qsandbox",
        "redirect_url": "https://merchant.example/return", "order_id": order
    });
    with(&body, amount)
}

#[tokio::test]
async fn ramps_go_both_ways_with_one_amount_each() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let path = "/api/v1/{env}/crypto";
    let on = merchant.post(path, &ramp("ONRAMP", "on-1")).await;
    assert_eq!((on.status, on.word().as_str()), (200, "REDIRECT"), "{on:?}");
    assert_eq!(on.json()["redirect_url"], format!("{}/v1/test/crypto/ramp/{}", agency.base_url(), on.id()));
    let data = on.json()["data"].clone();
    assert_eq!((&data["fiat"], &data["fiat_amount"], &data["crypto"]), (&json!("USD"), &json!(100), &json!("BTC")));
    assert_eq!(data["crypto_amount"], json!(0.002));
    assert!(on.assumed.contains("exchange rate"), "{on:?}");
    let off = merchant.post(path, &ramp("OFFRAMP", "off-1")).await;
    let data = off.json()["data"].clone();
    assert_eq!((&data["fiat_amount"], &data["crypto_amount"]), (&json!(25000), &json!(0.5)));
    let number = with(&ramp("OFFRAMP", "off-2"), json!({ "crypto_amount": 0.25 }));
    assert_eq!(merchant.post(path, &number).await.json()["data"]["crypto_amount"], json!(0.25));
    agency.set_mode("crypto_amounts", "string").unwrap();
    assert_eq!(merchant.post(path, &ramp("OFFRAMP", "off-3")).await.json()["data"]["crypto_amount"], "0.5");
    for (body, field) in [
        (with(&ramp("ONRAMP", "x-1"), json!({ "crypto_amount": "1" })), "crypto_amount"),
        (with(&ramp("OFFRAMP", "x-1"), json!({ "fiat_amount": 1 })), "fiat_amount"),
        (without(&ramp("ONRAMP", "x-1"), "fiat_amount"), "fiat_amount"),
        (without(&ramp("OFFRAMP", "x-1"), "crypto_amount"), "crypto_amount"),
        (with(&ramp("OFFRAMP", "x-1"), json!({ "crypto_amount": "-1" })), "crypto_amount"),
        (with(&ramp("ONRAMP", "x-1"), json!({ "transaction_type": "PAYIN" })), "transaction_type"),
        (with(&ramp("ONRAMP", "x-1"), json!({ "first_name": "Al" })), "first_name"),
        (with(&ramp("ONRAMP", "x-1"), json!({ "last_name": "By-ron" })), "last_name"),
        (with(&ramp("ONRAMP", "x-1"), json!({ "phone_number": "1234567" })), "phone_number"),
        (with(&ramp("ONRAMP", "x-1"), json!({ "country": "GBR" })), "country"),
        (without(&ramp("ONRAMP", "x-1"), "wallet_address"), "wallet_address"),
        (without(&ramp("ONRAMP", "x-1"), "crypto_network"), "crypto_network"),
    ] {
        let answer = merchant.post(path, &body).await;
        assert_eq!((answer.status, answer.fields()), (400, vec![field.to_owned()]), "{body}");
    }
    assert_eq!(agency.approve(&on.id()).unwrap(), Status::Success);
    assert_eq!(agency.pay_under(&off.id()).unwrap(), Status::Redirect, "that is for pay-ins");
    assert_eq!(merchant.status("on-1").await.word(), "SUCCESS");
    assert_eq!(merchant.refund(&on.id()).await.message(), "Transaction cannot be refunded.");
    assert_sound(&sandbox);
}

fn payin(order: &str) -> Value {
    let body = without(&payer(), "city");
    let body = without(&without(&body, "state"), "zip");
    with(&body, json!({ "crypto_currency": "ETH", "crypto_network": "ETHEREUM", "order_id": order }))
}

#[tokio::test]
async fn a_payin_is_paid_exactly_too_little_or_too_much() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let path = "/api/v1/{env}/crypto/payin";
    let started = async |order: &str| merchant.post(path, &payin(order)).await;
    let first = started("exact").await;
    assert_eq!((first.status, first.word().as_str()), (200, "REDIRECT"), "{first:?}");
    assert_eq!(first.json()["redirect_url"], format!("{}/v1/test/crypto/payin/{}", agency.base_url(), first.id()));
    let data = first.json()["data"].clone();
    assert_eq!((&data["crypto_currency"], &data["crypto_network"]), (&json!("ETH"), &json!("ETHEREUM")));
    for absent in ["refund", "chargeback", "crypto_payment_status"] {
        assert!(data.get(absent).is_none(), "{absent}: {data}");
    }
    agency.approve(&first.id()).unwrap();
    agency.pay_under(&started("under").await.id()).unwrap();
    agency.pay_over(&started("over").await.id()).unwrap();
    let words = [("exact", "PAID"), ("under", "UNDERPAID"), ("over", "OVERPAID")];
    for (order, word) in words {
        let status = merchant.status(order).await;
        assert_eq!(
            (status.word().as_str(), &status.json()["data"]["crypto_payment_status"]),
            ("SUCCESS", &json!(word))
        );
    }
    assert_eq!(agency.payment("under").unwrap().crypto_paid, Some(CryptoPaid::Under));
    agency.set_mode("crypto_words", "lower").unwrap();
    assert_eq!(merchant.status("over").await.json()["data"]["crypto_payment_status"], "overpaid");
    agency.set_mode("crypto_words", "absent").unwrap();
    assert!(merchant.status("over").await.json()["data"].get("crypto_payment_status").is_none());
    agency.set_mode("underpaid", "FAILED").unwrap();
    let failed = started("under-2").await.id();
    assert_eq!(agency.pay_under(&failed).unwrap(), Status::Failed);
    assert_eq!(agency.payment(&failed).unwrap().crypto_paid, Some(CryptoPaid::Under));
    assert_eq!(sandbox.ledger().charges("under-2"), 0);
    agency.set_mode("payin_answer", "PENDING").unwrap();
    let pending = started("pending").await;
    assert_eq!(pending.word(), "PENDING");
    assert_eq!(agency.decline(&pending.id()).unwrap(), Status::Failed);
    assert_eq!(merchant.post(path, &without(&payin("x"), "order_id")).await.fields(), ["order_id"]);
    agency.set_mode("payin_order_id", "optional").unwrap();
    assert_eq!(merchant.post(path, &without(&payin("x"), "order_id")).await.status, 200);
    for name in ["crypto_network", "country", "address", "redirect_url", "amount"] {
        assert_eq!(merchant.post(path, &without(&payin("x-1"), name)).await.fields(), [name]);
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn currencies_are_a_read_by_post() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let path = "/api/v1/{env}/crypto/currencies";
    let answer = merchant.post_plain(path, &json!({ "country": "GB", "amount": 100 })).await;
    assert_eq!(answer.json()["data"][0], json!({ "name": "Bitcoin", "code": "BTC", "symbol": "₿" }));
    assert_eq!(merchant.post_plain(path, &json!({ "country": "GBR", "amount": 100 })).await.fields(), ["country"]);
    assert_eq!(merchant.post_plain(path, &json!({ "country": "GB" })).await.fields(), ["amount"]);
}

#[tokio::test]
async fn crypto_links_say_their_environment() {
    let sandbox = Sandbox::start().await.unwrap();
    let path = "/api/v1/crypto/payment-link";
    let body = json!({
        "payment_template_id": TEMPLATE, "transaction_type": "PAYIN", "fiat_amount": 10,
        "fiat_currency": "USD", "crypto_currency": "BTC"
    });
    for (merchant, segment) in [(merchant(&sandbox), "/test/"), (live(&sandbox), "/live/")] {
        let answer = merchant.post_plain(path, &body).await;
        assert!(answer.status == 200 && answer.json()["data"].as_str().unwrap().contains(segment), "{answer:?}");
    }
    let merchant = merchant(&sandbox);
    let off = with(&without(&body, "fiat_amount"), json!({ "transaction_type": "OFFRAMP", "crypto_amount": "0.1" }));
    assert_eq!(merchant.post_plain(path, &off).await.status, 200);
    for (body, field) in [
        (with(&body, json!({ "crypto_amount": "1" })), "crypto_amount"),
        (with(&off, json!({ "fiat_amount": 1 })), "fiat_amount"),
        (without(&body, "fiat_amount"), "fiat_amount"),
        (without(&body, "fiat_currency"), "fiat_currency"),
        (without(&body, "crypto_currency"), "crypto_currency"),
        (with(&body, json!({ "transaction_type": "SWAP" })), "transaction_type"),
    ] {
        assert_eq!(merchant.post_plain(path, &body).await.fields(), [field], "{body}");
    }
    let unknown = with(&body, json!({ "payment_template_id": "PLI1" }));
    assert_eq!(merchant.post_plain(path, &unknown).await.message(), INVALID);
}
