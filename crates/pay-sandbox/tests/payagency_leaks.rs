//! Card data: nothing that could be a card number, no check digits and no person stand anywhere but in the API's own answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::payagency::Environment;
use pay_sandbox::{FaultRule, RandomFaults, Sandbox};
use payagency_common::*;
use serde_json::json;

/// Everything that the sandbox shows anybody but the merchant.
async fn shown(sandbox: &Sandbox, merchant: &Merchant) -> String {
    let mut all =
        format!("{:?}{:?}{:?}{:?}", sandbox.ledger(), sandbox.requests(), sandbox.deliveries(), sandbox.modes());
    let agency = sandbox.payagency();
    all +=
        &format!("{:?}{:?}{:?}{:?}{agency:?}", agency.payments(), agency.payouts(), agency.links(), agency.wallets());
    for path in [
        "/ledger",
        "/requests",
        "/faults",
        "/modes",
        "/webhooks/deliveries",
        "/payagency/payments",
        "/payagency/payouts",
        "/payagency/wallets",
        "/payagency/links",
        "/payagency/templates",
        "/payagency/settings",
        "/pages/requests",
        "/pages/deliveries",
        "/pages/payagency/payments",
        "/pages/payagency/wallets",
    ] {
        let answer = send(merchant.http.get(format!("{}{path}", sandbox.control_url()))).await;
        assert_eq!(answer.status, 200, "{path}");
        all += &answer.text;
    }
    all
}

#[tokio::test]
async fn no_card_number_stands_anywhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let mut answers = String::new();
    let cards =
        [PAID, THREE_DS, THREE_DS_DECLINED, DECLINED, BLOCKED, PENDING, PAYOUT, "5555555555554444", "378282246310005"];
    for number in cards {
        let body =
            with(&card(number, &format!("order-{}", &number[12..])), json!({ "webhook_url": "http://127.0.0.1:9/" }));
        answers += &merchant.post("/api/v1/{env}/card", &body).await.text;
        answers += &merchant.payout(number, &format!("payout-{}", &number[12..]), "10").await.text;
        // Refused ones, and numbers where they do not belong.
        answers += &merchant.post("/api/v1/{env}/card", &without(&body, "card_cvv")).await.text;
        answers += &merchant
            .post("/api/v1/{env}/card", &with(&body, json!({ "card_number": format!("{number}1") })))
            .await
            .text;
        answers += &merchant.post_plain("/api/v1/{env}/card", &body).await.text;
        answers += &merchant
            .post_plain(
                "/api/v1/wallet/estimate-payout",
                &json!({ number: number, "wallet_id": WALLET, "amount": 1, "card_number": number }),
            )
            .await
            .text;
        answers += &merchant.get(&format!("/api/v1/nothing/{number}?q={number}&{number}=1")).await.text;
        answers += &merchant.post_plain("/api/v1/{env}/refund", &json!({ number: 1, "reason": number })).await.text;
    }
    let rule = RandomFaults::new(7, 40);
    sandbox.add_fault(FaultRule::random("payagency", rule)).unwrap();
    for at in 0..40 {
        let _ = try_send(merchant.sealed("/api/v1/{env}/card", &card(PAID, &format!("order-{at}")))).await;
    }
    sandbox.clear_faults();
    for list in ["/api/v1/{env}-transactions", "/api/v1/{env}-wallet-transactions"] {
        answers += &merchant.get(list).await.text;
    }
    let shown = shown(&sandbox, &merchant).await;
    assert!(shown.contains("411111XXXXXX1111") && answers.contains("411111XXXXXX1111"), "masked cards are there");
    assert_eq!(card_numbers(&shown), Vec::<String>::new());
    assert_eq!(card_numbers(&answers), Vec::<String>::new());
    for (what, text) in [
        ("check digits", "987"),
        ("e-mail", "ada@example.com"),
        ("name", "Byron"),
        ("address", "Analytical"),
        ("IP", "203.0.113.7"),
        ("phone", "7000000001"),
    ] {
        // Ids may hold any three digits.
        let found =
            if text == "987" { shown.contains("\"987\"") || shown.contains(":987") } else { shown.contains(text) };
        assert!(!found, "{what}");
    }
    assert_eq!(sandbox.leaks(&shown), Vec::<String>::new());
    assert_sound(&sandbox);
    let key = merchant.agency.secret_key(Environment::Test);
    assert_eq!(sandbox.leaks(&format!("{shown}{key}")), ["a secret key of Pay Agency"]);
}

#[tokio::test]
async fn ids_are_never_card_numbers() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    for at in 0..100 {
        merchant.paid(&format!("order-{at}")).await;
        merchant.post_plain("/api/v1/payment-link", &json!({})).await;
    }
    let ids = format!("{:?}{:?}", merchant.agency.payments(), merchant.agency.links());
    assert_eq!(card_numbers(&ids), Vec::<String>::new());
}

#[test]
fn a_planted_number_is_found() {
    for planted in ["4111111111111111", "id-994111111111111111", "{\"n\":378282246310005}"] {
        assert!(!card_numbers(planted).is_empty(), "{planted}");
    }
    assert!(card_numbers("411111XXXXXX1111 WAL5260181590830166").is_empty());
}

#[tokio::test]
async fn faults_leave_every_order_charged_at_most_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    sandbox.add_fault(FaultRule::random("payagency", RandomFaults::new(11, 36))).unwrap();
    let (mut asked, mut charged) = (0, 0);
    for at in 0..150 {
        let order = format!("order-{at}");
        // A careless client: it sends again whatever it does not understand.
        for _ in 0..4 {
            let sent = try_send(merchant.sealed("/api/v1/{env}/card", &card(PAID, &order))).await;
            asked += 1;
            if sent.is_ok_and(|answer| answer.status == 200 && answer.text.starts_with("{\"status\"")) {
                break;
            }
        }
        let charges = sandbox.ledger().charges(&order);
        assert!(charges <= 1, "{order}");
        charged += charges;
    }
    assert!(asked > 150 && charged > 140, "{asked} asked, {charged} charged");
    assert_sound(&sandbox);
}
