//! Payments over raw HTTP: by card, on pages, what becomes of them, refunds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::payagency::{Environment, Kind, Status};
use pay_sandbox::{Fault, Sandbox};
use payagency_common::*;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_card_is_paid_at_once_and_found_by_both_ids() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let answer = merchant.card(PAID, "order-1").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.id();
    assert!(id.starts_with("PA") && id.len() == 18, "{id}");
    assert_eq!(
        answer.json(),
        json!({
            "status": "SUCCESS", "message": "Transaction processed successfully!.",
            "data": {
                "amount": 100, "currency": "GBP", "order_id": "order-1", "transaction_id": id,
                "customer": { "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com" },
                "refund": { "status": false, "refund_date": null },
                "chargeback": { "status": false, "chargeback_date": null }
            }
        })
    );
    for asked in [id.as_str(), "order-1"] {
        let status = merchant.status(asked).await;
        assert_eq!((status.word(), status.id()), ("SUCCESS".to_owned(), id.clone()));
        assert_eq!(status.json()["data"]["amount"], "100", "a text in status calls");
        assert_eq!(status.message(), "Transaction processed successfully!");
    }
    let books = sandbox.ledger();
    assert_eq!((books.charges("order-1"), books.charges_to("ada@example.com")), (1, 1));
    let sale = books.sale("order-1").unwrap();
    assert_eq!((sale.amount_cents, sale.attempts, sale.answered), (10_000, 1, 1));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn an_order_id_may_be_left_out_and_amounts_keep_their_digits() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let body =
        card(PAID, "x").to_string().replace("\"amount\":100", "\"amount\":12.50").replace(",\"order_id\":\"x\"", "");
    let key = merchant.agency.encryption_key(Environment::Test);
    let request = merchant.keyed(reqwest::Method::POST, "/api/v1/{env}/card");
    let answer = send(request.body(payload(&envelope(&key, [7; 16], &body)))).await;
    assert!(answer.text.contains(r#""amount":12.50,"#), "{answer:?}");
    assert!(answer.json()["data"]["order_id"].is_null());
    let status = merchant.status(&answer.id()).await;
    assert!(status.text.contains(r#""amount":"12.50""#), "{status:?}");
    assert_eq!(sandbox.ledger().sale(&answer.id()).unwrap().amount_cents, 1_250);
}

#[tokio::test]
async fn three_d_secure_ends_as_the_payer_decides_and_only_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let started = async |number: &str, order: &str| {
        let answer = merchant.card(number, order).await;
        assert_eq!((answer.status, answer.word().as_str()), (200, "REDIRECT"));
        assert_eq!(answer.message(), "Please redirect user to complete the payment.");
        let url = answer.json()["redirect_url"].as_str().unwrap().to_owned();
        assert_eq!(url, format!("{}/v1/test/card/checkout/{}", agency.base_url(), answer.id()));
        assert_eq!(merchant.status(order).await.word(), "PENDING");
        answer.id()
    };
    let approved = started(THREE_DS, "approved").await;
    assert_eq!(agency.approve(&approved).unwrap(), Status::Success);
    assert_eq!(agency.decline(&approved).unwrap(), Status::Success, "it has ended");
    let declined = started(THREE_DS, "declined").await;
    assert_eq!(agency.decline(&declined).unwrap(), Status::Failed);
    assert_eq!(agency.approve(&declined).unwrap(), Status::Failed, "it has ended");
    let stubborn = started(THREE_DS_DECLINED, "stubborn").await;
    assert_eq!(agency.approve(&stubborn).unwrap(), Status::Failed, "the bank says no all the same");
    let closed = started(THREE_DS, "closed").await;
    assert_eq!(agency.abandon(&closed).unwrap(), Status::Abandoned);
    started(THREE_DS, "forgotten").await;
    sandbox.clock().advance(Duration::from_secs(1799));
    assert_eq!(merchant.status("forgotten").await.word(), "PENDING");
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(merchant.status("forgotten").await.word(), "ABANDONED");
    for (order, word, charges) in [
        ("approved", "SUCCESS", 1),
        ("declined", "FAILED", 0),
        ("closed", "ABANDONED", 0),
        ("forgotten", "ABANDONED", 0),
    ] {
        assert_eq!(merchant.status(order).await.word(), word);
        assert_eq!(sandbox.ledger().charges(order), charges, "{order}");
    }
    assert!(agency.approve("PA0").is_err());
    assert_sound(&sandbox);
}

#[tokio::test]
async fn cards_are_declined_blocked_and_pending_by_number() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    for (number, order, word) in [(DECLINED, "declined", "FAILED"), (BLOCKED, "blocked", "BLOCKED")] {
        let answer = merchant.card(number, order).await;
        assert_eq!((answer.status, answer.word().as_str()), (200, word), "a result, with data");
        assert!(answer.assumed.contains("test card"), "{answer:?}");
        assert_eq!(merchant.status(order).await.word(), word);
        assert_eq!(sandbox.ledger().charges(order), 0);
    }
    let pending = merchant.card(PENDING, "pending").await;
    assert_eq!(pending.word(), "PENDING");
    assert_eq!(sandbox.payagency().decline(&pending.id()).unwrap(), Status::Pending, "nobody is asked");
    assert_eq!(sandbox.ledger().charges("pending"), 0);
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(merchant.status("pending").await.word(), "SUCCESS");
    assert_eq!(sandbox.ledger().charges("pending"), 1);
    sandbox.payagency().set_mode("declined_status", "400").unwrap();
    let answer = merchant.card(DECLINED, "declined-400").await;
    assert_eq!((answer.status, answer.word().as_str()), (400, "FAILED"));
    for (value, word) in [("three_ds", "REDIRECT"), ("decline", "FAILED"), ("success", "SUCCESS")] {
        sandbox.payagency().set_mode("other_cards", value).unwrap();
        assert_eq!(merchant.card("6011111111111117", value).await.word(), word);
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn hosted_card_and_apm_always_redirect_first() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    for (path, page_path, kind) in [
        ("/api/v1/{env}/hosted/card", "/v1/test/card/hosted/", Kind::HostedCard),
        ("/api/v1/{env}/apm", "/v1/test/apm/", Kind::Apm),
    ] {
        let answer = merchant.post(path, &with(&page(path), json!({ "payment_method": "paypal" }))).await;
        assert_eq!((answer.status, answer.word().as_str()), (200, "REDIRECT"), "{answer:?}");
        let id = answer.id();
        assert_eq!(answer.json()["redirect_url"], format!("{}{page_path}{id}", agency.base_url()));
        assert_eq!(agency.payment(&id).unwrap().kind, kind);
        assert_eq!(agency.approve(&id).unwrap(), Status::Success);
        assert_eq!(merchant.status(&id).await.word(), "SUCCESS");
    }
    agency.set_mode("hosted_url", "page").unwrap();
    let answer = merchant.post("/api/v1/{env}/hosted/card", &page("doc-url")).await;
    let url = answer.json()["redirect_url"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("{}/api/v1/test/card/hosted//{}", agency.base_url(), answer.id()));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_repeated_order_id_gets_what_the_mode_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let first = merchant.paid("order-1").await;
    let again = merchant.card(PAID, "order-1").await;
    assert_eq!(again.status, 409, "{again:?}");
    assert!(again.assumed.contains("repeated order id"), "{again:?}");
    assert_eq!(merchant.post("/api/v1/{env}/apm", &page("order-1")).await.status, 409);
    agency.set_mode("duplicate_order", "first").unwrap();
    assert_eq!(merchant.card(PAID, "order-1").await.id(), first);
    assert_eq!(sandbox.ledger().charges("order-1"), 1);
    assert_eq!(sandbox.ledger().sale("order-1").unwrap().attempts, 4);
    assert_sound(&sandbox);
    // Another environment has order ids of its own.
    assert_ne!(live(&sandbox).card(PAID, "order-1").await.id(), first);
    agency.set_mode("duplicate_order", "accepted").unwrap();
    assert_ne!(merchant.card(PAID, "order-1").await.id(), first);
    assert!(sandbox.ledger().check().join(" ").contains("two sales for reference order-1"), "the books tell");
}

#[tokio::test]
async fn a_refund_is_full_and_there_is_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let id = merchant.paid("order-1").await;
    let answer = merchant.refund(&id).await;
    assert_eq!((answer.status, answer.word().as_str()), (200, "SUCCESS"), "{answer:?}");
    assert_eq!(answer.message(), "Transaction marked as refunded.");
    let json = answer.json();
    assert_eq!((&json["data"]["refund"]["status"], &json["data"]["amount"]), (&json!(true), &json!(100)));
    let date = json["data"]["refund"]["refund_date"].as_str().unwrap().to_owned();
    assert!(date.len() == 24 && date.ends_with('Z'), "{date}");
    assert_eq!(merchant.status("order-1").await.json()["data"]["refund"]["refund_date"], date.as_str());
    let again = merchant.refund(&id).await;
    assert_eq!((again.status, again.message().as_str()), (400, "Transaction has already been refunded."));
    assert_eq!(sandbox.ledger().refunded_cents("order-1"), 10_000);
    for unknown in ["order-1", "PA0000000000000000"] {
        assert_eq!(merchant.refund(unknown).await.status, 404, "only the provider's id");
    }
    assert_eq!(live(&sandbox).refund(&id).await.status, 404, "another environment");
    let open = merchant.card(THREE_DS, "open").await.id();
    assert_eq!(merchant.refund(&open).await.message(), "Transaction cannot be refunded.");
    let charged_back = merchant.paid("order-2").await;
    assert!(agency.charge_back(&open).is_err());
    assert!(agency.charge_back(&charged_back).unwrap() && !agency.charge_back(&charged_back).unwrap());
    let refused = merchant.refund(&charged_back).await;
    assert_eq!((refused.status, refused.message().as_str()), (400, "Transaction has already been charged back."));
    assert_eq!(merchant.status("order-2").await.json()["data"]["chargeback"]["status"], true);
    let empty = merchant.post_plain("/api/v1/{env}/refund", &json!({ "transaction_id": id, "reason": "" })).await;
    assert_eq!((empty.status, empty.fields()), (400, vec!["reason".to_owned()]));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn an_amount_in_a_refund_is_ignored_or_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let id = merchant.paid("order-1").await;
    let body = json!({ "transaction_id": id, "reason": "returned", "amount": "10.00" });
    sandbox.payagency().set_mode("refund_amount", "refused").unwrap();
    assert_eq!(merchant.post_plain("/api/v1/{env}/refund", &body).await.status, 400);
    assert_eq!(sandbox.ledger().refunded_cents("order-1"), 0);
    sandbox.payagency().set_mode("refund_amount", "ignored").unwrap();
    let answer = merchant.post_plain("/api/v1/{env}/refund", &body).await;
    assert!(answer.status == 200 && answer.assumed.contains("amount in a refund"), "{answer:?}");
    assert_eq!(sandbox.ledger().refunded_cents("order-1"), 10_000, "in full");
}

#[tokio::test]
async fn modes_change_units_countries_words_and_amounts() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let alpha_3 = |order: &str| with(&card(PAID, order), json!({ "country": "GBR" }));
    assert_eq!(merchant.post("/api/v1/{env}/card", &alpha_3("c-1")).await.fields(), ["country"]);
    agency.set_mode("country_codes", "alpha_3").unwrap();
    assert_eq!(merchant.post("/api/v1/{env}/card", &alpha_3("c-2")).await.word(), "SUCCESS");
    assert_eq!(merchant.card(PAID, "c-3").await.fields(), ["country"]);
    agency.set_mode("country_codes", "both").unwrap();
    assert_eq!(merchant.card(PAID, "c-4").await.word(), "SUCCESS");
    agency.set_mode("money_unit", "minor").unwrap();
    merchant.paid("m-1").await;
    assert_eq!(sandbox.ledger().sale("m-1").unwrap().amount_cents, 100);
    let fraction = with(&card(PAID, "m-2"), json!({ "amount": 1.5 }));
    assert_eq!(merchant.post("/api/v1/{env}/card", &fraction).await.fields(), ["amount"]);
    agency.set_mode("reply_amounts", "numbers").unwrap();
    assert_eq!(merchant.status("m-1").await.json()["data"]["amount"], 100);
    agency.set_mode("reply_amounts", "strings").unwrap();
    assert_eq!(merchant.card(PAID, "r-1").await.json()["data"]["amount"], "100");
    merchant.card(THREE_DS, "open").await;
    for (value, word) in [("INIT", "INIT"), ("REDIRECT", "REDIRECT"), ("PENDING", "PENDING")] {
        agency.set_mode("open_status", value).unwrap();
        assert_eq!(merchant.status("open").await.word(), word);
    }
    agency.set_mode("status_case", "lower").unwrap();
    assert_eq!(merchant.card(PAID, "l-1").await.word(), "success");
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_one_charge_behind() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    add_fault(&sandbox, "card", Fault::ResetAfterActing);
    try_send(merchant.sealed("/api/v1/{env}/card", &card(PAID, "order-1"))).await.unwrap_err();
    assert_eq!(merchant.status("order-1").await.word(), "SUCCESS");
    assert_eq!(merchant.card(PAID, "order-1").await.status, 409);
    let sale = sandbox.ledger().sale("order-1").unwrap().clone();
    assert_eq!((sale.charges, sale.attempts, sale.answered), (1, 2, 1));
    add_fault(&sandbox, "card", Fault::ResetAfterReading);
    try_send(merchant.sealed("/api/v1/{env}/card", &card(PAID, "order-2"))).await.unwrap_err();
    assert_eq!(merchant.status("order-2").await.status, 404);
    add_fault(&sandbox, "card", Fault::Unauthorized);
    let refused = merchant.card(PAID, "order-3").await;
    assert_eq!((refused.status, refused.message().as_str()), (401, "Invalid Secret Key."));
    let reference = &sandbox.requests()[0];
    assert_eq!((reference.reference.as_deref(), reference.operation), (Some("order-1"), Some("card")));
    assert_sound(&sandbox);
}
