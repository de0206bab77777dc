//! Wallets, estimates and payouts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::{Fault, Sandbox};
use payagency_common::*;
use serde_json::{Value, json};
use std::time::Duration;

const ESTIMATE: &str = "/api/v1/wallet/estimate-payout";
const POOR: &str = "Insufficient wallet balance to complete the transaction.";

async fn balance(merchant: &Merchant, wallet: &str) -> Value {
    let wallets = merchant.get("/api/v1/wallet").await.json();
    let found = wallets["data"].as_array().unwrap().iter().find(|row| row["wallet_id"] == wallet).cloned();
    found.unwrap_or_else(|| panic!("no {wallet}: {wallets}"))["amount"].clone()
}

#[tokio::test]
async fn wallets_belong_to_the_profile_of_the_key() {
    let sandbox = Sandbox::start().await.unwrap();
    let wallets = merchant(&sandbox).get("/api/v1/wallet").await.json();
    let row = json!({
        "wallet_id": WALLET, "currency": "USD", "amount": 10000, "payment_method": "card", "status": "Active"
    });
    assert_eq!(wallets["data"][0], row);
    assert_eq!(wallets["data"][1]["status"], "Inactive");
    let live = live(&sandbox).get("/api/v1/wallet").await.json();
    assert_ne!(live["data"][0]["wallet_id"], WALLET);
}

#[tokio::test]
async fn the_documented_estimate_comes_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    agency.set_wallet(WALLET, "1000").unwrap();
    let body = json!({ "wallet_id": WALLET, "amount": 200, "card_number": PAYOUT });
    let answer = merchant.post_plain(ESTIMATE, &body).await;
    assert_eq!(answer.text, r#"{"data":{"amount_requried":211.5,"wallet_balance":1000,"total_fee":11.5}}"#);
    agency.set_mode("estimate_key", "amount_required").unwrap();
    assert!(merchant.post_plain(ESTIMATE, &body).await.text.contains(r#""amount_required":211.5"#));
    agency.set_wallet(WALLET, "211.49").unwrap();
    let poor = merchant.post_plain(ESTIMATE, &body).await;
    assert_eq!((poor.status, poor.message().as_str()), (400, POOR));
    agency.set_wallet(WALLET, "211.50").unwrap();
    assert_eq!(merchant.post_plain(ESTIMATE, &body).await.status, 200);
    for name in ["wallet_id", "amount", "card_number"] {
        assert_eq!(merchant.post_plain(ESTIMATE, &without(&body, name)).await.fields(), [name]);
    }
    let unknown = with(&body, json!({ "wallet_id": "WAL1" }));
    assert_eq!(merchant.post_plain(ESTIMATE, &unknown).await.message(), "Wallet not found.");
    assert!(agency.set_wallet(WALLET, "x").is_err() && agency.set_wallet("WAL1", "1").is_err());
}

#[tokio::test]
async fn a_payout_takes_what_was_estimated_and_is_found_by_both_ids() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let answer = merchant.payout(PAYOUT, "po-1", "200").await;
    assert_eq!((answer.status, answer.word().as_str()), (200, "SUCCESS"), "{answer:?}");
    let data = answer.json()["data"].clone();
    assert!(data.get("refund").is_none() && data.get("chargeback").is_none() && data["amount"] == 200, "{data}");
    assert_eq!(balance(&merchant, WALLET).await, json!(9788.5));
    for id in ["po-1", &answer.id()] {
        let status = merchant.payout_status(id).await;
        assert_eq!((status.word().as_str(), &status.json()["data"]["amount"]), ("SUCCESS", &json!("200")));
        assert_eq!(status.message(), "Transaction processed successfully!");
    }
    assert_eq!(merchant.status("po-1").await.status, 404, "a payout is no payment");
    assert_eq!(merchant.payout_status("po-2").await.status, 404);
    let books = sandbox.ledger();
    assert_eq!((books.paid_out("po-1"), books.paid_out_to("ada@example.com"), books.charges("po-1")), (1, 1, 0));
    let rows = merchant.get("/api/v1/{env}-wallet-transactions").await.json();
    let row = &rows["data"][0];
    assert_eq!(
        (&row["amount"], &row["fee"], &row["card_number"]),
        (&json!("200"), &json!("11.5"), &json!("422222XXXXXX2222"))
    );
    assert!(row.get("wallet_id").is_none() && row.get("transaction_date").is_none(), "absent in test: {row}");
    assert_eq!(rows["message"], "Transactions fetched successfully ");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn wallets_run_out_and_never_below() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let body = |order: &str| payout(POOR_WALLET, PAYOUT, order, "8");
    assert_eq!(merchant.post("/api/v1/{env}/payout", &body("po-1")).await.word(), "SUCCESS");
    assert_eq!(merchant.post("/api/v1/{env}/payout", &body("po-2")).await.word(), "SUCCESS");
    let poor = merchant.post("/api/v1/{env}/payout", &body("po-3")).await;
    assert_eq!((poor.status, poor.message().as_str()), (400, POOR));
    assert_eq!(balance(&merchant, POOR_WALLET).await, json!(0.2));
    assert_eq!(merchant.payout_status("po-3").await.status, 404);
    let many: Vec<_> = (0..20).map(|at| payout(WALLET, PAYOUT, &format!("many-{at}"), "1000")).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for body in many {
        let merchant = merchant.clone();
        tasks.spawn(async move { merchant.post("/api/v1/{env}/payout", &body).await.status });
    }
    let paid = tasks.join_all().await.into_iter().filter(|status| *status == 200).count();
    assert_eq!(paid, 9, "9 times 1051.50 out of 10000");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn pending_payouts_settle_and_failed_ones_give_the_money_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    for (order, card, mode, end) in [
        ("mode", PAYOUT, "PENDING", "SUCCESS"),
        ("card", PENDING, "SUCCESS", "SUCCESS"),
        ("declined", DECLINED, "SUCCESS", "FAILED"),
    ] {
        agency.set_mode("payout_answer", mode).unwrap();
        agency.set_wallet(WALLET, "1000").unwrap();
        assert_eq!(merchant.payout(card, order, "100").await.word(), "PENDING", "{order}");
        assert_eq!(merchant.payout_status(order).await.word(), "PENDING");
        assert_eq!(balance(&merchant, WALLET).await, json!(893.5), "it is held");
        assert_eq!(sandbox.ledger().paid_out(order), 0);
        sandbox.clock().advance(Duration::from_secs(60));
        assert_eq!(merchant.payout_status(order).await.word(), end);
        let (left, paid) = if end == "SUCCESS" { (json!(893.5), 1) } else { (json!(1000), 0) };
        assert_eq!((balance(&merchant, WALLET).await, sandbox.ledger().paid_out(order)), (left, paid), "{order}");
        assert_sound(&sandbox);
    }
    agency.set_mode("payout_answer", "PENDING").unwrap();
    agency.set_mode("payout_ends", "FAILED").unwrap();
    merchant.payout(PAYOUT, "fails", "100").await;
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(merchant.payout_status("fails").await.word(), "FAILED");
    assert_eq!(merchant.payout(BLOCKED, "blocked", "100").await.word(), "BLOCKED");
    assert_eq!(balance(&merchant, WALLET).await, json!(1000), "nothing was taken");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn what_a_payout_must_have_and_what_it_does_not_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let path = "/api/v1/{env}/payout";
    let body = payout(WALLET, PAYOUT, "po-1", "10");
    for name in body.as_object().unwrap().keys().filter(|name| *name != "order_id") {
        let answer = merchant.post(path, &without(&body, name)).await;
        assert_eq!((answer.status, answer.fields()), (400, vec![name.clone()]));
    }
    let inactive = payout(INACTIVE_WALLET, PAYOUT, "po-1", "10");
    for body in [inactive, with(&body, json!({ "currency": "EUR" })), with(&body, json!({ "wallet_id": "WAL1" }))] {
        let answer = merchant.post(path, &body).await;
        assert!(answer.status == 400 && answer.assumed.contains("wallet"), "{answer:?}");
    }
    // One sample of one SDK sends check digits (C16): they are not looked at.
    let answer = merchant.post(path, &with(&body, json!({ "card_cvv": "x", "terminal_id": "T12345" }))).await;
    assert_eq!(answer.word(), "SUCCESS");
    assert_eq!(merchant.post(path, &body).await.status, 409);
    sandbox.payagency().set_mode("duplicate_order", "first").unwrap();
    assert_eq!(merchant.post(path, &body).await.id(), answer.id());
    assert_eq!(sandbox.ledger().paid_out("po-1"), 1);
    // An order id of a payment is none of a payout.
    merchant.paid("both").await;
    assert_eq!(merchant.payout(PAYOUT, "both", "10").await.word(), "SUCCESS");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_payout_whose_answer_is_lost_was_paid_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    add_fault(&sandbox, "payout", Fault::ResetAfterActing);
    let body = payout(WALLET, PAYOUT, "po-1", "10");
    try_send(merchant.sealed("/api/v1/{env}/payout", &body)).await.unwrap_err();
    assert_eq!(merchant.payout_status("po-1").await.word(), "SUCCESS");
    let books = sandbox.ledger();
    let payouts = &books.providers["payagency"].payouts;
    assert_eq!((payouts.len(), payouts[0].paid_out, payouts[0].attempts, payouts[0].answered), (1, 1, 1, 0));
    assert_sound(&sandbox);
}
