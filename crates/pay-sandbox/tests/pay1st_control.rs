//! Pay1st and its webhooks from the control plane: what a test in another language does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::Sandbox;
use pay1st_common::*;
use serde_json::{Value, json};

async fn control(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>) -> Answer {
    let url = format!("{}{path}", sandbox.control_url());
    let request = http().request(method.parse().unwrap(), url);
    send(match body {
        Some(body) => request.body(body.to_string()),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_whole_sale_without_a_browser() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = (partner(&sandbox).await, Receiver::start(&[]).await);
    let ask = |method: &'static str, path: String, body: Option<Value>| {
        let sandbox = &sandbox;
        async move { control(sandbox, method, &path, body).await }
    };
    let console = json!({ "webhook_url": receiver.url(), "success_url": "http://127.0.0.1:9/ok", "pending_url": "http://127.0.0.1:9/later" });
    let set = ask("POST", "/pay1st/console".into(), Some(console)).await;
    assert_eq!((set.status, &set.json()["cancel_url"]), (200, &Value::Null));
    let reference = partner.created("order-1").await;
    let later =
        ask("POST", format!("/pay1st/payments/{reference}/pay_later"), Some(json!({ "channel_id": 4 }))).await.json();
    assert_eq!((&later["status"], &later["redirect"]), (&json!("PENDING"), &json!("http://127.0.0.1:9/later")));
    let paid = ask("POST", format!("/pay1st/payments/{reference}/pay"), None).await.json();
    assert_eq!((&paid["status"], &paid["changed"]), (&json!("SUCCESSFUL"), &json!(true)));
    assert_eq!(paid["redirect"], "http://127.0.0.1:9/ok");
    let again = ask("POST", format!("/pay1st/payments/{reference}/fail"), None).await.json();
    assert_eq!((&again["status"], &again["changed"]), (&json!("SUCCESSFUL"), &json!(false)));
    let event =
        ask("POST", format!("/pay1st/payments/{reference}/event"), Some(json!({ "status": "CHARGEBACK" }))).await;
    assert_eq!(event.json(), json!({ "delivery": 3 }));
    idle(&sandbox).await;
    assert_eq!(receiver.statuses(), ["PENDING", "SUCCESSFUL", "CHARGEBACK"]);
    let payments = ask("GET", "/pay1st/payments".into(), None).await.json();
    assert_eq!((&payments[0]["status"], &payments[0]["channel_id"]), (&json!("SUCCESSFUL"), &json!(4)));
    assert_eq!((&payments[0]["amount"], &payments[0]["charges"]), (&json!("100.50"), &json!(1)));
    assert_eq!(partner.query(&reference).await.text("channelName"), "Opay QR");
    let refund = format!(r#"{{"transactionReference":"{reference}","partnerRefundReference":"r-1"}}"#);
    assert_eq!(partner.refund(&refund).await.status, 201);
    let refunds = ask("GET", "/pay1st/refunds".into(), None).await.json();
    assert_eq!((&refunds[0]["amount"], &refunds[0]["status"]), (&json!("100.50"), &json!("PENDING")));
    let ledger = ask("GET", "/ledger".into(), None).await.json();
    let books = &ledger["providers"]["pay1st"];
    assert_eq!((&books["sales"][0]["charges"], &books["refunds"][0]["amount_cents"]), (&json!(1), &json!(10_050)));
    assert_eq!(ledger["violations"], json!([]));
    let deliveries = ask("GET", "/webhooks/deliveries".into(), None).await.json();
    assert_eq!((deliveries.as_array().unwrap().len(), &deliveries[0]["state"]), (3, &json!("delivered")));
    assert_eq!(ask("POST", "/webhooks/deliveries/1/resend".into(), None).await.json(), json!({ "resent": 1 }));
    idle(&sandbox).await;
    assert_eq!(receiver.arrived().len(), 4);
}

#[tokio::test]
async fn settings_keys_and_tokens_are_set() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let settings =
        control(&sandbox, "POST", "/pay1st/settings", Some(json!({ "access_token_seconds": 7 }))).await.json();
    assert_eq!(settings["access_token_seconds"].to_string(), "7.0");
    assert_eq!(
        (settings["refund_final_seconds"].to_string().as_str(), &settings["evidence"]),
        ("600.0", &json!("invented"))
    );
    assert_eq!(control(&sandbox, "GET", "/pay1st/settings", None).await.json(), settings);
    let key = control(&sandbox, "POST", "/pay1st/signing_key", Some(json!({ "key": "new key" }))).await;
    assert_eq!((key.json(), sandbox.pay1st().signing_key().as_str()), (json!({ "set": true }), "new key"));
    assert_eq!(control(&sandbox, "POST", "/pay1st/end_access_tokens", None).await.status, 200);
    assert!(partner.query("x").await.is_error(401));
    let policy = json!({ "retry_after_seconds": [1, 2.5], "timeout_seconds": 3 });
    let policy = control(&sandbox, "POST", "/webhooks/policy", Some(policy)).await.json();
    assert_eq!(policy.to_string(), r#"{"evidence":"invented","retry_after_seconds":[1.0,2.5],"timeout_seconds":3.0}"#);
    let hosts = control(&sandbox, "POST", "/webhooks/hosts", Some(json!({ "allow": "Shop.Example" }))).await.json();
    assert_eq!(hosts, json!({ "allowed": ["shop.example"] }));
    assert_eq!(control(&sandbox, "GET", "/webhooks/hosts", None).await.json(), hosts);
    assert_eq!(control(&sandbox, "POST", "/reset", None).await.status, 200);
    assert_eq!(control(&sandbox, "GET", "/webhooks/hosts", None).await.json(), json!({ "allowed": [] }));
    assert_ne!(sandbox.pay1st().signing_key(), "new key");
}

#[tokio::test]
async fn webhook_rules_are_written_and_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let rules = json!([
        { "provider": "pay1st", "fault": "tamper" },
        { "provider": "pay1st", "fault": { "kind": "duplicate", "copies": 2 }, "event": "FAILED", "times": 3 },
        { "provider": "pay1st", "fault": { "kind": "delay", "seconds": 5 }, "subject": "C-1-P", "skip": 1 },
        { "provider": "pay1st", "fault": "stale" },
        { "provider": "pay1st", "fault": "reorder" },
        { "provider": "pay1st", "fault": "bad_signature" },
        { "provider": "pay1st", "fault": "unsigned" },
        { "provider": "pay1st", "fault": "drop" },
    ]);
    let added = control(&sandbox, "POST", "/webhooks/rules", Some(rules)).await.json();
    assert_eq!(added, json!({ "ids": [1, 2, 3, 4, 5, 6, 7, 8] }));
    let shown = control(&sandbox, "GET", "/webhooks/rules", None).await.json();
    assert_eq!(shown[1]["fault"], json!({ "kind": "duplicate", "copies": 2 }));
    assert_eq!((&shown[1]["event"], &shown[1]["times"], &shown[2]["skip"]), (&json!("FAILED"), &json!(3), &json!(1)));
    assert_eq!(shown[3]["fault"]["seconds"].to_string(), "3600.0");
    assert_eq!(control(&sandbox, "DELETE", "/webhooks/rules", None).await.json(), json!([]));
}

#[tokio::test]
async fn wrong_input_names_its_field() {
    let sandbox = Sandbox::start().await.unwrap();
    let reference = partner(&sandbox).await.created("order-1").await;
    for (path, body, field) in [
        ("/pay1st/console", json!({ "webhook": "x" }), "webhook"),
        ("/pay1st/console", json!({ "webhook_url": 7 }), "webhook_url"),
        ("/pay1st/settings", json!({ "access_token_seconds": -1 }), "access_token_seconds"),
        ("/pay1st/signing_key", json!({ "key": "" }), "key"),
        ("/pay1st/end_access_tokens", json!({ "now": true }), "now"),
        ("/pay1st/payments/C-1-P/pay", json!({}), "reference"),
        (&format!("/pay1st/payments/{reference}/steal"), json!({}), "action"),
        (&format!("/pay1st/payments/{reference}/event"), json!({ "status": "PAID" }), "status"),
        (&format!("/pay1st/payments/{reference}/event"), json!({}), "status"),
        ("/webhooks/rules", json!({ "provider": "pay1st", "fault": "explode" }), "fault.kind"),
        ("/webhooks/rules", json!({ "provider": "pay1st" }), "fault"),
        ("/webhooks/rules", json!({ "provider": "nobody", "fault": "drop" }), "provider"),
        ("/webhooks/rules", json!({ "provider": "pay1st", "fault": "delay" }), "fault.seconds"),
        ("/webhooks/policy", json!({ "retry_after_seconds": ["x"] }), "retry_after_seconds"),
        ("/webhooks/hosts", json!({ "allow": "0x7f.1" }), "host"),
        ("/webhooks/hosts", json!({}), "allow"),
        ("/webhooks/deliveries/9/resend", json!({}), "id"),
        ("/webhooks/deliveries/x/resend", json!({}), "path"),
    ] {
        let answer = control(&sandbox, "POST", path, Some(body)).await;
        assert_eq!((answer.status, answer.json()["field"].as_str().unwrap()), (400, field), "{path}: {answer:?}");
    }
    for (method, path, status) in [
        ("DELETE", "/pay1st/payments", 405),
        ("GET", "/pay1st/signing_key", 405),
        ("POST", "/webhooks/deliveries", 405),
        ("GET", "/pay1st/nothing", 404),
        ("GET", "/webhooks/nothing", 404),
        ("GET", "/webhooks", 404),
    ] {
        assert_eq!(control(&sandbox, method, path, None).await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn redirects_follow_status_and_modes() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let callbacks = |scheme: &str| {
        let url = |name: &str| format!(r#","callback{name}Url":"{scheme}shop.example/{name}?o=1#top""#);
        ["Success", "Failure", "Pending", "Cancel"].map(url).concat()
    };
    let mut number = 0;
    for (mode, value, scheme, action, expected) in [
        ("redirect_reference", "absent", "https://", "pay", Some("Success?o=1#top")),
        ("redirect_reference", "absent", "https://", "fail", Some("Failure?o=1#top")),
        ("redirect_reference", "absent", "https://", "pay_later", Some("Pending?o=1#top")),
        ("redirect_reference", "absent", "https://", "cancel", Some("Cancel?o=1#top")),
        ("redirect_reference", "absent", "https://", "expire", None),
        ("redirect_reference", "absent", "javascript:", "pay", None),
        ("redirect_reference", "absent", "<https://", "pay", None),
        ("redirect_reference", "absent", "https://\\n", "pay", None),
        ("paid_redirect", "failure", "https://", "pay", Some("Failure?o=1#top")),
        ("redirect_reference", "appended", "https://", "fail", Some("Failure?o=1&reference=REFERENCE#top")),
    ] {
        number += 1;
        sandbox.pay1st().set_mode(mode, value).unwrap();
        let reference = partner.create(&order(&format!("order-{number}"), &callbacks(scheme))).await.text("reference");
        let acted = control(&sandbox, "POST", &format!("/pay1st/payments/{reference}/{action}"), None).await.json();
        let expected = expected.map(|path| format!("https://shop.example/{}", path.replace("REFERENCE", &reference)));
        assert_eq!(acted["redirect"], json!(expected), "{mode} {value} {scheme} {action}");
    }
    assert_eq!(sandbox.ledger().charges("order-9"), 1, "the lying redirect: paid all the same");
}

#[tokio::test]
async fn nothing_that_can_be_looked_at_holds_a_secret_or_a_customer() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = (partner(&sandbox).await, Receiver::start(&["500 Internal Server Error"]).await);
    let url = receiver.url().replace("//", "//name:password@");
    let reference =
        partner.create(&order("order-1", &format!(r#","webhookUrl":"{}?token=hidden""#, receiver.url()))).await;
    let reference = reference.text("reference");
    sandbox.pay1st().pay(&reference).unwrap();
    let refused = partner.create(&order("order-2", &format!(r#","webhookUrl":"{url}""#))).await.text("reference");
    sandbox.pay1st().pay(&refused).unwrap();
    partner.query(&partner.access.replace('+', "%2B")).await;
    partner.create("{").await;
    let path = format!("/api/pay1st/{}", partner.access);
    send(partner.get(&path, PAYMENT)).await;
    idle(&sandbox).await;
    let signature = receiver.arrived()[0].headers["x-signature"].clone();
    let mut seen = String::new();
    for path in [
        "/requests",
        "/webhooks/deliveries",
        "/ledger",
        "/faults",
        "/pay1st/payments",
        "/pay1st/refunds",
        "/pay1st/settings",
    ] {
        let answer = control(&sandbox, "GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}");
        seen += &answer.text;
    }
    seen += &format!("{:?}{:?}{:?}", sandbox.requests(), sandbox.deliveries(), sandbox.ledger());
    assert!(seen.contains("order-1") && seen.contains("[redacted]"), "there is something to look at");
    assert_eq!(sandbox.leaks(&seen), Vec::<String>::new());
    for secret in [&signature, "customer-order-1", "hidden", "password@", &partner.access[..64], &partner.refresh[..64]]
    {
        assert!(!seen.contains(secret), "{secret}");
    }
}
