//! Lists: rows, dates, and cursors that are there even where no page is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::Sandbox;
use payagency_common::*;
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/api/v1/{env}-transactions";

fn orders(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|row| row["order_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_row_has_the_documented_members_and_a_masked_card() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let id = merchant.paid("order-1").await;
    merchant.post("/api/v1/{env}/apm", &page("order-2")).await;
    merchant.refund(&id).await;
    agency.charge_back(&id).unwrap();
    let list = merchant.get(LIST).await.json();
    assert_eq!(list["message"], "Transactions fetched successfully");
    let (newest, row) = (&list["data"][0], &list["data"][1]);
    assert_eq!((&newest["order_id"], &newest["transaction_type"]), (&json!("order-2"), &json!("APM")));
    assert!(newest["card_number"].is_null() && newest["refund_date"].is_null(), "{newest}");
    for (name, value) in [
        ("first_name", "Ada"),
        ("email", "ada@example.com"),
        ("country", "GB"),
        ("transaction_id", id.as_str()),
        ("amount", "100"),
        ("currency", "GBP"),
        ("converted_amount", "100"),
        ("status", "SUCCESS"),
        ("card_type", "VISA"),
        ("card_number", "411111XXXXXX1111"),
        ("transaction_type", "CARD"),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    for name in ["created_at", "transaction_date", "refund_date", "chargeback_date"] {
        assert!(row[name].as_str().unwrap().ends_with('Z'), "{name}: {row}");
    }
    assert!(row["merchant_connector"]["name"].is_string() && row["user"]["user_kyc"]["name"].is_string());
    assert_eq!(live(&sandbox).get(LIST).await.json()["data"], json!([]));
}

#[tokio::test]
async fn cursors_lead_both_ways_and_are_there_without_a_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    for at in 1..=45 {
        merchant.paid(&format!("order-{at}")).await;
    }
    let first = merchant.get(LIST).await.json();
    let meta = |page: &Value, name: &str| page["meta"][name].clone();
    assert_eq!(first["data"].as_array().unwrap().len(), 20);
    assert_eq!(first["data"][0]["order_id"], "order-45", "newest first");
    assert_eq!((meta(&first, "totalCount"), meta(&first, "hasPreviousPage")), (json!(45), json!(false)));
    assert_eq!(meta(&first, "nextCursor"), "MjY=", "base64 of 26, the last row's number");
    assert_eq!(meta(&first, "prevCursor"), "NDU=", "there, although no page comes before");
    let mut seen = orders(&first);
    let mut page = first.clone();
    while meta(&page, "hasNextPage") == true {
        let cursor = meta(&page, "nextCursor").as_str().unwrap().replace('=', "%3D");
        page = merchant.get(&format!("{LIST}?nextCursor={cursor}")).await.json();
        seen.extend(orders(&page));
    }
    let expected: Vec<String> = (1..=45).rev().map(|at| format!("order-{at}")).collect();
    assert_eq!(seen, expected, "each once");
    assert_eq!((orders(&page).len(), meta(&page, "nextCursor")), (5, json!("MQ==")), "there, although no page follows");
    let cursor = meta(&page, "prevCursor").as_str().unwrap().replace('=', "%3D");
    let back = merchant.get(&format!("{LIST}?prevCursor={cursor}")).await.json();
    assert_eq!(orders(&back), expected[20..40]);
    assert_eq!((meta(&back, "hasNextPage"), meta(&back, "hasPreviousPage")), (json!(true), json!(true)));
    for wrong in ["x", "MA%3D%3D", "eA%3D%3D"] {
        assert_eq!(merchant.get(&format!("{LIST}?nextCursor={wrong}")).await.fields(), ["nextCursor"]);
    }
}

#[tokio::test]
async fn an_empty_list_has_no_cursor() {
    let sandbox = Sandbox::start().await.unwrap();
    for list in [LIST, "/api/v1/{env}-wallet-transactions"] {
        let answer = merchant(&sandbox).get(list).await.json();
        let meta = json!({
            "hasNextPage": false, "hasPreviousPage": false, "nextCursor": null, "prevCursor": null, "totalCount": 0
        });
        assert_eq!((&answer["data"], &answer["meta"]), (&json!([]), &meta));
    }
}

#[tokio::test]
async fn dates_cut_the_list_on_both_sides() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    merchant.paid("today").await;
    let today = merchant.get(LIST).await.json()["data"][0]["created_at"].as_str().unwrap()[..10].to_owned();
    sandbox.clock().advance(Duration::from_secs(3 * 86_400));
    merchant.paid("later").await;
    let later = merchant.get(LIST).await.json()["data"][0]["created_at"].as_str().unwrap()[..10].to_owned();
    for (query, expected) in [
        (format!("transaction_start_date={later}"), vec!["later"]),
        (format!("transaction_end_date={today}"), vec!["today"]),
        (format!("transaction_start_date={today}&transaction_end_date={later}"), vec!["later", "today"]),
        (format!("transaction_start_date={later}&transaction_end_date={today}"), vec![]),
    ] {
        let page = merchant.get(&format!("{LIST}?{query}")).await.json();
        assert_eq!(orders(&page), expected, "{query}");
        assert_eq!(page["meta"]["totalCount"], expected.len());
    }
    let wrong = merchant.get(&format!("{LIST}?transaction_start_date=yesterday")).await;
    assert_eq!((wrong.status, wrong.fields()), (400, vec!["transaction_start_date".to_owned()]));
}

#[tokio::test]
async fn a_live_payout_shows_its_wallet() {
    let sandbox = Sandbox::start().await.unwrap();
    let live = live(&sandbox);
    let body = payout("WAL9624595711777741", PAYOUT, "po-1", "10");
    assert_eq!(live.post("/api/v1/{env}/payout", &body).await.word(), "SUCCESS");
    let row = live.get("/api/v1/{env}-wallet-transactions").await.json()["data"][0].clone();
    assert_eq!(row["wallet_id"], "WAL9624595711777741");
    assert!(row["transaction_date"].is_string(), "{row}");
}
