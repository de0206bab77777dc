//! What comes after a payment, over raw HTTP: fulfilments, refunds, and the ledger's word on them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::Sandbox;
use pay1st_common::*;
use serde_json::{Value, json};
use std::time::Duration;

fn fulfilment(reference: &str, sku: &str) -> String {
    format!(
        r#"{{"reference":"{reference}","products":[{{"sku":"{sku}","fulfilmentStatus":"FULFILLED","quantity":1}}]}}"#
    )
}

fn refund(reference: &str, own: &str, amount: &str) -> String {
    format!(r#"{{"transactionReference":"{reference}","partnerRefundReference":"{own}"{amount},"reason":"asked for"}}"#)
}

#[tokio::test]
async fn a_paid_payment_is_fulfilled_with_an_empty_answer() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let reference = partner.paid("order-1").await;
    let answer = partner.fulfil(&fulfilment(&reference, "12345")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert!(answer.assumed.contains("success status"), "{answer:?}");
    assert_eq!(sandbox.pay1st().payment(&reference).unwrap().fulfilments, 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn what_cannot_be_fulfilled_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (paid, open) = (partner.paid("order-1").await, partner.created("order-2").await);
    let failed = partner.created("order-3").await;
    sandbox.pay1st().fail(&failed).unwrap();
    let good = fulfilment(&paid, "12345");
    for (body, status, assumed) in [
        (fulfilment(&open, "12345"), 400, "unpaid"),
        (fulfilment(&failed, "12345"), 400, "unpaid"),
        (fulfilment(&paid, "54321"), 400, "unknown SKUs"),
        (fulfilment("C-000000000000000-P", "12345"), 404, "unknown reference"),
        (good.replace("\"reference\"", "\"gone\""), 400, ""),
        (good.replace("\"fulfilmentStatus\"", "\"gone\""), 400, ""),
        (good.replace("\"quantity\":1", "\"quantity\":\"1\""), 400, ""),
        (good.replace("\"quantity\":1", "\"quantity\":-1"), 400, ""),
        (format!(r#"{{"reference":"{paid}","products":[]}}"#), 400, ""),
        (String::new(), 400, ""),
    ] {
        let answer = partner.fulfil(&body).await;
        assert!(answer.is_error(status) && answer.assumed.contains(assumed), "{body}: {answer:?}");
    }
    let unsigned = partner.signed(FULFIL, PAYMENT, &good).body(format!("{good} "));
    assert!(send(unsigned).await.is_error(400));
    assert_eq!(sandbox.pay1st().payment(&paid).unwrap().fulfilments, 0);
}

#[tokio::test]
async fn a_refund_goes_its_way_by_the_sandbox_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let reference = partner.paid("order-1").await;
    let answer = partner.refund(&refund(&reference, "refund-1", r#","amount":50.00"#)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(answer.text.contains(r#""amount":50.00,"#), "as it was written");
    let shown = answer.json();
    assert!(answer.text("refundReference").strip_prefix("R-").unwrap().bytes().all(|byte| byte.is_ascii_digit()));
    for (name, value) in [
        ("transactionReference", json!(reference)),
        ("partnerReference", json!("order-1")),
        ("partnerRefundReference", json!("refund-1")),
        ("currencyCode", json!("NGN")),
        ("status", json!("PENDING")),
        ("handlingType", json!("PSP_API")),
        ("fullRefund", json!(false)),
        ("reason", json!("asked for")),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    assert_eq!(shown["createdDate"].as_str().unwrap().len(), "2026-01-01T00:00:00.000Z".len());
    let status = || sandbox.pay1st().refunds()[0].status;
    let refunded = || sandbox.ledger().refunded_cents("order-1");
    assert_eq!((status(), refunded()), ("PENDING", 0));
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!((status(), refunded()), ("PROCESSING", 0));
    sandbox.clock().advance(Duration::from_secs(540));
    assert_eq!((status(), refunded()), ("SUCCESSFUL", 5000));
    assert_eq!(partner.query(&reference).await.json()["status"], "SUCCESSFUL", "a payment stays what it was");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_refund_without_amount_is_a_full_one_and_takes_either_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, pay1st) = (partner(&sandbox).await, sandbox.pay1st());
    for (mode, by_payment, by_transaction) in [("both", 201, 201), ("payment", 201, 400), ("transaction", 400, 201)] {
        pay1st.set_mode("refund_takes", mode).unwrap();
        for (kind, status) in [("payment", by_payment), ("transaction", by_transaction)] {
            let own = format!("{mode}-{kind}");
            let payment = partner.paid(&own).await;
            let transaction = pay1st.payment(&payment).unwrap().transaction_reference;
            assert_eq!(transaction, payment.replace("-P", "-T"));
            let named = if kind == "payment" { payment } else { transaction };
            let answer = partner.refund(&refund(&named, &own, "")).await;
            assert_eq!(answer.status, status, "{mode} {kind}: {answer:?}");
            if status == 201 {
                assert_eq!(answer.text("transactionReference"), named, "never rewritten (C7)");
                assert_eq!(answer.json()["fullRefund"], true);
                assert!(answer.text.contains(r#""amount":100.50,"#), "{}", answer.text);
            }
        }
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn modes_say_how_a_refund_is_handled_and_ends() {
    for (ends, back) in [("SUCCESSFUL", 10_050), ("FAILED", 0), ("REJECTED", 0)] {
        for handling in ["PSP_API", "PSP_MANUAL", "NO_REFUND"] {
            let sandbox = Sandbox::start().await.unwrap();
            let (partner, pay1st) = (partner(&sandbox).await, sandbox.pay1st());
            let modes = [("refund_ends", ends), ("refund_handling", handling), ("refund_dates", "zoneless")];
            sandbox.set_modes("pay1st", &modes).unwrap();
            pay1st.set_refund_times(Duration::ZERO, Duration::from_secs(5));
            let reference = partner.paid("order-1").await;
            let answer = partner.refund(&refund(&reference, "refund-1", "")).await;
            assert_eq!(
                (answer.text("handlingType").as_str(), answer.text("status").as_str()),
                (handling, "PROCESSING")
            );
            let date = answer.text("createdDate");
            assert!(date.len() == 19 && date.as_bytes()[10] == b' ', "{date}");
            sandbox.clock().advance(Duration::from_secs(5));
            assert_eq!((pay1st.refunds()[0].status, sandbox.ledger().refunded_cents("order-1")), (ends, back));
            // What did not go back may be asked for again.
            let again = partner.refund(&refund(&reference, "refund-2", "")).await;
            assert_eq!(again.status, if back == 0 { 201 } else { 400 });
            assert_sound(&sandbox);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_refunded_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (paid, open) = (partner.paid("order-1").await, partner.created("order-2").await);
    assert_eq!(partner.refund(&refund(&paid, "refund-1", r#","amount":60"#)).await.status, 201);
    for (body, assumed) in [
        (refund(&paid, "refund-2", r#","amount":40.51"#), "more than was paid"),
        (refund(&paid, "refund-2", ""), "more than was paid"),
        (refund(&open, "refund-2", ""), "unpaid"),
        (refund("C-000000000000000-P", "refund-2", ""), "unknown reference"),
        (refund(&paid, "refund-1", r#","amount":1"#), "repeated refund reference"),
        (refund(&paid, "refund-2", r#","amount":0"#), ""),
        (refund(&paid, "refund-2", r#","amount":-1"#), ""),
        (refund(&paid, "refund-2", r#","amount":"1""#), ""),
        (refund(&paid, "refund-2", r#","amount":1.001"#), ""),
        (refund(&paid, "refund-2", r#","refundWebhookUrl":7"#), ""),
        (r#"{"amount":1}"#.to_owned(), ""),
    ] {
        let answer = partner.refund(&body).await;
        assert!(answer.is_error(400) && answer.assumed.contains(assumed), "{body}: {answer:?}");
    }
    assert_eq!(partner.refund(&refund(&paid, "refund-2", r#","amount":40.50"#)).await.status, 201, "what is left");
    let total: i64 = sandbox.ledger().providers["pay1st"].refunds.iter().map(|refund| refund.amount_cents).sum();
    assert_eq!(total, 10_050);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_refund_event_and_a_transaction_reference_come_where_modes_ask_for_them() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = (partner(&sandbox).await, Receiver::start(&[]).await);
    let reference =
        partner.create(&order("order-1", &format!(r#","webhookUrl":"{}""#, receiver.url()))).await.text("reference");
    sandbox.set_modes("pay1st", &[("refund_event", "on"), ("transaction_reference", "present")]).unwrap();
    sandbox.pay1st().pay(&reference).unwrap();
    assert_eq!(partner.refund(&refund(&reference, "refund-1", "")).await.status, 201);
    idle(&sandbox).await;
    assert_eq!(receiver.statuses(), ["SUCCESSFUL"]);
    sandbox.clock().advance(Duration::from_secs(600));
    idle(&sandbox).await;
    assert_eq!(receiver.statuses(), ["SUCCESSFUL", "REFUND"]);
    let event: Value = serde_json::from_str(&receiver.arrived()[1].body).unwrap();
    let transaction = reference.replace("-P", "-T");
    assert_eq!(event["transactionReference"], json!(transaction));
    assert_eq!(partner.query(&reference).await.text("transactionReference"), transaction);
}

#[tokio::test]
async fn what_a_request_did_not_say_is_left_out_of_answers_and_never_null() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let reference = partner.paid("order-1").await;
    let asked = partner.query(&reference).await.json();
    assert_eq!(asked["partnerSettings"], json!({ "partnerId": sandbox.pay1st().partner_id() }));
    let refunded = partner.refund(&format!(r#"{{"transactionReference":"{reference}"}}"#)).await;
    assert_eq!(refunded.status, 201, "{refunded:?}");
    let members = refunded.json();
    assert!(members.get("reason").is_none() && members.get("partnerRefundReference").is_none(), "{members}");
    assert!(members.as_object().unwrap().values().all(|value| !value.is_null()), "{members}");
}
