//! PagFast's webhooks as a merchant's server sees them: signed, with the merchant's own header, spoilt by rule, or not taken at all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pagfast_common;
mod pay1st_common;

use hmac::{Hmac, KeyInit, Mac};
use pagfast_common::*;
use pay_sandbox::{DeliveryState, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use pay1st_common::{Arrived, Receiver, idle};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;

const SIGNATURE: &str = "x-webhook-signature";

async fn shop(sandbox: &Sandbox, answers: &[&'static str]) -> (Merchant, Receiver) {
    let receiver = Receiver::start(answers).await;
    let shop = Merchant { hook: receiver.url(), ..merchant(sandbox).await };
    (shop, receiver)
}

fn body(event: &Arrived) -> Value {
    serde_json::from_str(&event.body).unwrap()
}

fn states(receiver: &Receiver) -> Vec<String> {
    receiver.arrived().iter().map(|it| body(it)["transactionState"].as_str().unwrap().to_owned()).collect()
}

/// Sign, nonce and stamp of a header in any of its forms.
fn parts(header: &str) -> (String, String, u64) {
    let list = header.strip_prefix("HMAC-SHA256 ").unwrap_or(header);
    let part = |name: &str| {
        let found = list.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_else(|| panic!("no {name}: {header}")).to_owned()
    };
    (part("Sign"), part("Nonce"), part("TS").parse().unwrap())
}

/// The signature of 5.3, made here and not by the sandbox.
fn is_signed(event: &Arrived, key: &str) -> bool {
    let (sign, nonce, stamp) = parts(&event.headers[SIGNATURE]);
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{nonce}:{stamp}:{}", event.body).as_bytes());
    sign == mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect::<String>()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn a_deposit_is_told_twice_whole_and_signed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, receiver) = shop(&sandbox, &[]).await;
    let id = shop.created(CASH_IN, &shop.deposit("order-1", "50")).await;
    assert_eq!(shop.simulate(&id, None).await.status, 200);
    // The simulator answers once the webhook was tried.
    assert_eq!(states(&receiver), ["Registered", "Completed"]);
    let key = sandbox.pagfast().webhook_key();
    for event in receiver.arrived() {
        assert_eq!(
            (event.head.as_str(), event.headers["content-type"].as_str()),
            ("POST /hook HTTP/1.1", "application/json")
        );
        assert_eq!(event.headers["x-shop"], "shop-secret-1", "the merchant's own header");
        assert!(is_signed(&event, &key) && !is_signed(&event, &key.to_uppercase()));
        let header = &event.headers[SIGNATURE];
        let (sign, nonce, stamp) = parts(header);
        assert_eq!(*header, format!("HMAC-SHA256 Sign={sign},Nonce={nonce},TS={stamp}"));
        assert!(sign.len() == 64 && nonce.len() == 36 && now() - stamp < 60);
    }
    let record = shop.transaction(&id).await;
    let registered = body(&receiver.arrived()[0]);
    assert!(registered.get("transactionReceipt").is_none() && registered["stateCompletedDate"].is_null());
    let event = body(&receiver.arrived()[1]);
    assert_eq!(event["id"], json!(id));
    for (member, other) in [
        ("transactionDate", "date"),
        ("transactionOrderId", "orderId"),
        ("transactionOrderDescription", "orderDescription"),
        ("transactionReceipt", "receiptUrl"),
        ("transactionReceiptDate", "receiptDate"),
        ("transactionReceiptVoucher", "receiptVoucher"),
        ("transactionAmount", "amount"),
        ("transactionType", "type"),
        ("transactionPaymentType", "paymentType"),
        ("stateRegisteredDate", "stateRegisteredDate"),
        ("stateCompletedDate", "stateCompletedDate"),
        ("stateErrorCause", "stateErrorCause"),
        ("payer", "payer"),
        ("recipient", "recipient"),
    ] {
        assert_eq!(event[member], record[other], "{member}");
    }
    assert_eq!(
        (event["transactionAmount"].clone(), event["webhookUrl"].clone()),
        (json!("50.000000"), json!(receiver.url()))
    );
    // The log knows of it, without the people, the signature and the merchant's secret.
    let delivery = sandbox.deliveries().remove(1);
    assert_eq!(
        (delivery.state, delivery.event.as_str(), delivery.subject),
        (DeliveryState::Delivered, "Completed", id.clone())
    );
    let log = serde_json::to_string(&sandbox.deliveries()).unwrap();
    for hidden in [ANA, "Ana Sandbox", "Depósito", "shop-secret-1", &parts(&receiver.arrived()[1].headers[SIGNATURE]).0]
    {
        assert!(!log.contains(hidden), "{hidden}");
    }
    assert_eq!(record["state"], "Completed");
    let answer = shop.get(&format!("{TRANSACTIONS}/{id}")).await;
    assert_eq!(
        answer.data()["webhook"],
        json!({ "url": receiver.url(), "customHeaderName": "X-Shop", "deliveryStatus": "Delivered" })
    );
    assert!(!answer.text.contains("shop-secret-1"));
}

#[tokio::test]
async fn every_state_but_created_is_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, receiver) = shop(&sandbox, &[]).await;
    let pagfast = sandbox.pagfast();
    pagfast.set_mode("registration", "by_hand").unwrap();
    let id = shop.created(CASH_OUT, &shop.withdrawal("out", "5")).await;
    idle(&sandbox).await;
    assert_eq!(states(&receiver), [""; 0]);
    pagfast.register(&id).unwrap();
    pagfast.complete(&id).unwrap();
    pagfast.reverse(&id).unwrap();
    idle(&sandbox).await;
    assert_eq!(states(&receiver), ["Registered", "Completed", "Reversed"], "in turn, though caused at once");
    let event = body(&receiver.arrived()[2]);
    assert_eq!(
        (event["transactionType"].clone(), event["recipient"]["taxNumber"].clone()),
        (json!("Debit"), json!(ANA))
    );
    assert!(event["stateReversedDate"].is_string() && event["stateCompletedDate"].is_string());
    for (order, end) in [("a", "Cancelled"), ("b", "Error")] {
        let id = shop.created(INITIATION, &shop.initiation(order, "5")).await;
        if end == "Error" { pagfast.fail(&id) } else { pagfast.cancel(&id) }.unwrap();
        idle(&sandbox).await;
        let event = body(receiver.arrived().last().unwrap());
        assert_eq!(
            (event["transactionState"].clone(), event["transactionPaymentType"].clone()),
            (json!(end), json!("PIX"))
        );
        assert_eq!(event["stateErrorCause"].is_string(), end == "Error");
    }
    let mismatch = shop.created(CASH_IN, &shop.deposit("c", "5")).await;
    let answer = shop.simulate(&mismatch, Some(&json!({ "name": "Bia Sandbox", "taxNumber": BIA }))).await;
    assert_eq!(answer.data()["transactionState"], "Error");
    let event = body(receiver.arrived().last().unwrap());
    assert_eq!((event["payer"]["taxNumber"].clone(), event["stateErrorDate"].is_string()), (json!(BIA), true));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn modes_change_header_id_amount_and_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, receiver) = shop(&sandbox, &[]).await;
    let pagfast = sandbox.pagfast();
    let last = async |order: &str| {
        let id = shop.created(CASH_IN, &shop.deposit(order, "5")).await;
        idle(&sandbox).await;
        (id, receiver.arrived().pop().unwrap())
    };
    for (form, start) in [("spaced", "HMAC-SHA256 Sign="), ("bare", "Sign=")] {
        pagfast.set_mode("signature_form", form).unwrap();
        let (_, event) = last(form).await;
        let header = &event.headers[SIGNATURE];
        assert!(header.starts_with(start) && header.contains(", ") == (form == "spaced"), "{header}");
        assert!(is_signed(&event, &pagfast.webhook_key()));
    }
    pagfast.set_mode("webhook_id", "event").unwrap();
    pagfast.set_mode("amounts", "numbers").unwrap();
    let (id, event) = last("event").await;
    assert!(body(&event)["id"] != json!(id) && event.body.contains(r#""transactionAmount":5.00"#), "{}", event.body);
    // Stamps are of wall time, whatever the sandbox's clock says.
    sandbox.clock().advance(Duration::from_secs(86_400));
    let stamp = |event: &Arrived| parts(&event.headers[SIGNATURE]).2;
    // The token has expired meanwhile.
    let shop = Merchant { hook: shop.hook.clone(), ..merchant(&sandbox).await };
    for (mode, ahead) in [("wall_time", 0), ("sandbox_clock", 86_400)] {
        pagfast.set_mode("stamps", mode).unwrap();
        shop.created(CASH_IN, &shop.deposit(mode, "5")).await;
        idle(&sandbox).await;
        let event = receiver.arrived().pop().unwrap();
        assert!(stamp(&event).abs_diff(now() + ahead) < 60, "{mode}");
    }
}

#[tokio::test]
async fn a_key_is_rotated_and_accounts_have_their_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, receiver) = shop(&sandbox, &[]).await;
    let pagfast = sandbox.pagfast();
    let old = pagfast.webhook_key();
    shop.created(CASH_IN, &shop.deposit("a", "5")).await;
    pagfast.set_webhook_key(pagfast.account(), "a new key of the panel").unwrap();
    shop.created(CASH_IN, &shop.deposit("b", "5")).await;
    let second = Merchant { hook: shop.hook.clone(), ..merchant_with(&sandbox, &pagfast.second_key()).await };
    second.created(CASH_IN, &second.deposit("c", "5")).await;
    idle(&sandbox).await;
    let mut signed: Vec<(String, bool, bool, bool)> = receiver
        .arrived()
        .iter()
        .map(|event| {
            let order = body(event)["transactionOrderId"].as_str().unwrap().to_owned();
            let other = pagfast.webhook_key_of(pagfast.second_account()).unwrap();
            (order, is_signed(event, &old), is_signed(event, "a new key of the panel"), is_signed(event, &other))
        })
        .collect();
    signed.sort();
    let row = |order: &str, old, new, other| (order.to_owned(), old, new, other);
    assert_eq!(signed, [row("a", true, false, false), row("b", false, true, false), row("c", false, false, true)]);
    assert!(pagfast.set_webhook_key("none", "x").is_err() && pagfast.set_webhook_key("PFA01", "").is_err());
}

#[tokio::test]
async fn rules_spoil_what_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, receiver) = shop(&sandbox, &[]).await;
    let key = sandbox.pagfast().webhook_key();
    let sent = async |order: &str, fault: WebhookFault| {
        let seen = receiver.arrived().len();
        sandbox.add_webhook_rule(WebhookRule::new("pagfast", fault).event("Registered")).unwrap();
        let id = shop.created(CASH_IN, &shop.deposit(order, "5")).await;
        idle(&sandbox).await;
        (id, receiver.arrived().split_off(seen))
    };
    let (_, twice) = sent("duplicate", WebhookFault::Duplicate(1)).await;
    assert!(twice.len() == 2 && twice[0].body == twice[1].body && twice.iter().all(|it| is_signed(it, &key)));
    assert_ne!(twice[0].headers[SIGNATURE], twice[1].headers[SIGNATURE], "a nonce is used once");
    let (_, tampered) = sent("tamper", WebhookFault::Tamper).await;
    assert!(!is_signed(&tampered[0], &key) && body(&tampered[0])["transactionAmount"] == "95.000000");
    let (_, forged) = sent("forged", WebhookFault::BadSignature).await;
    assert!(!is_signed(&forged[0], &key) && body(&forged[0])["transactionAmount"] == "5.000000");
    let (_, unsigned) = sent("unsigned", WebhookFault::Unsigned).await;
    assert!(!unsigned[0].headers.contains_key(SIGNATURE));
    assert_eq!(unsigned[0].headers["x-shop"], "shop-secret-1", "the merchant's own header is no signature");
    let (_, stale) = sent("stale", WebhookFault::Stale(Duration::from_secs(7_200))).await;
    assert!(is_signed(&stale[0], &key) && now() - parts(&stale[0].headers[SIGNATURE]).2 > 7_000);
    let (dropped, none) = sent("drop", WebhookFault::Drop).await;
    assert!(none.is_empty());
    let answer = shop.get(&format!("{TRANSACTIONS}/{dropped}")).await;
    assert_eq!(answer.data()["webhook"]["deliveryStatus"], "Failed");
    let (late, none) = sent("delay", WebhookFault::Delay(Duration::from_secs(60))).await;
    assert!(none.is_empty());
    let (held, none) = sent("reorder", WebhookFault::Reorder).await;
    assert!(none.is_empty());
    let seen = receiver.arrived().len();
    assert_eq!(shop.simulate(&held, None).await.status, 200);
    idle(&sandbox).await;
    assert_eq!(states(&receiver).split_off(seen), ["Completed", "Registered"]);
    sandbox.clock().advance(Duration::from_secs(61));
    idle(&sandbox).await;
    assert_eq!(body(receiver.arrived().last().unwrap())["id"], json!(late));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_simulator_does_not_wait_for_what_a_rule_withholds() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, receiver) = shop(&sandbox, &[]).await;
    for (leaves, fault) in [
        ("completed", WebhookFault::Drop),
        ("registered", WebhookFault::Drop),
        ("completed", WebhookFault::Delay(Duration::from_secs(600))),
        ("registered", WebhookFault::Delay(Duration::from_secs(600))),
    ] {
        sandbox.pagfast().set_mode("unreachable_leaves", leaves).unwrap();
        let id = shop.created(CASH_IN, &shop.deposit(&format!("{leaves} {}", fault.name()), "5")).await;
        sandbox.add_webhook_rule(WebhookRule::new("pagfast", fault).event("Completed").subject(&id)).unwrap();
        let answer = shop.simulate(&id, None).await;
        assert_eq!((answer.status, shop.state(&id).await.as_str()), (200, "Completed"), "{leaves}");
    }
    idle(&sandbox).await;
    assert_eq!(states(&receiver), ["Registered"; 4]);
    sandbox.clock().advance(Duration::from_secs(601));
    idle(&sandbox).await;
    assert_eq!(states(&receiver).split_off(4), ["Completed"; 2], "told once each");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_simulator_answers_404_or_500_when_nobody_listens() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    // Port 9 has no listener.
    let shop = merchant(&sandbox).await;
    for (number, (status, leaves, state, charges)) in [
        ("404", "completed", "Completed", 1),
        ("500", "completed", "Completed", 1),
        ("404", "registered", "Registered", 0),
        ("500", "registered", "Registered", 0),
    ]
    .into_iter()
    .enumerate()
    {
        pagfast.set_mode("webhook_unreachable", status).unwrap();
        pagfast.set_mode("unreachable_leaves", leaves).unwrap();
        let order = format!("order-{number}");
        let pix = shop.created(CASH_IN, &shop.deposit(&order, "5")).await;
        let refused = shop.simulate(&pix, None).await;
        assert!(refused.is(status.parse().unwrap(), "SandboxWebhookError", "SandboxWebhookUnreachable"), "{refused:?}");
        assert!(
            !refused.assumed.contains("HTTP status") && refused.assumed.contains("where this leaves"),
            "{refused:?}"
        );
        assert_eq!((shop.state(&pix).await.as_str(), sandbox.ledger().charges(&order)), (state, charges), "{leaves}");
        let delivery = sandbox.deliveries().pop().unwrap();
        assert_eq!((delivery.event.as_str(), delivery.attempts.len()), ("Completed", 1));
        // One that left nothing behind is not tried again.
        let waits = if leaves == "registered" { DeliveryState::GivenUp } else { DeliveryState::Waiting };
        assert_eq!(delivery.state, waits, "{leaves}");
        let open = shop.created(INITIATION, &shop.initiation(&format!("of-{number}"), "5")).await;
        assert_eq!(shop.simulate_open_finance(&open).await.status.to_string(), status);
        assert_eq!(shop.state(&open).await, state);
    }
    // Once it is reachable it goes through, in either mode.
    let receiver = Receiver::start(&[]).await;
    let reachable = Merchant { hook: receiver.url(), ..shop.clone() };
    let id = reachable.created(CASH_OUT, &reachable.withdrawal("out", "5")).await;
    assert_eq!(reachable.simulate(&id, None).await.data()["transactionState"], "Completed");
    assert_eq!(
        (states(&receiver), sandbox.ledger().paid_out("out")),
        (vec!["Registered".to_owned(), "Completed".to_owned()], 1)
    );
    assert_eq!(reachable.simulate(&id, None).await.status, 409);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_receiver_that_complains_was_called_all_the_same() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([Duration::from_secs(10)]));
    let (shop, receiver) = shop(&sandbox, &["200 OK", "503 Service Unavailable"]).await;
    let id = shop.created(CASH_IN, &shop.deposit("a", "5")).await;
    idle(&sandbox).await;
    assert_eq!(shop.simulate(&id, None).await.status, 200);
    let answer = shop.get(&format!("{TRANSACTIONS}/{id}")).await;
    assert_eq!(answer.data()["webhook"]["deliveryStatus"], "Pending");
    sandbox.clock().advance(Duration::from_secs(11));
    idle(&sandbox).await;
    let events = receiver.arrived();
    assert_eq!(events.len(), 3);
    assert!(events[1].body == events[2].body && events[1].headers[SIGNATURE] != events[2].headers[SIGNATURE]);
    // A target that may not be called is not reachable either.
    let far = with(&shop.deposit("b", "5"), json!({ "webhook": { "url": "https://shop.example/hook" } }));
    let id = shop.created(CASH_IN, &far).await;
    assert_eq!(shop.simulate(&id, None).await.status, 404);
    assert_eq!(sandbox.deliveries().pop().unwrap().state, DeliveryState::Refused);
}

#[tokio::test]
async fn what_has_no_webhook_is_told_to_nobody() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    for leaves in ["completed", "registered"] {
        sandbox.pagfast().set_mode("unreachable_leaves", leaves).unwrap();
        let id = shop.created(CASH_IN, &with(&shop.deposit(leaves, "5"), json!({ "webhook": null }))).await;
        assert_eq!(shop.simulate(&id, None).await.status, 200);
        assert_eq!(sandbox.ledger().charges(leaves), 1);
    }
    assert!(sandbox.deliveries().is_empty());
}
