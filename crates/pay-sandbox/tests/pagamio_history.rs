//! Pagamio: the transaction history, its filters, its pages, and what it ignores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Client, login, merchant, sandbox, send};
use pay_sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value, json};

async fn with_sales(sandbox: &Sandbox, count: usize) -> Client {
    let client = merchant(sandbox).await;
    for n in 0..count {
        assert_eq!(client.purchase(&client.airtime(&format!("r-{n}"))).await.code(), "0");
    }
    client
}

#[tokio::test]
async fn pages_count_from_zero_or_one_by_mode() {
    let sandbox = sandbox().await;
    let client = with_sales(&sandbox, 5).await;
    let ids = |page: &Value| -> Vec<Value> {
        page["content"].as_array().unwrap().iter().map(|it| it["transactionId"].clone()).collect()
    };
    let all = client.history("").await.json();
    assert_eq!((&all["page"], &all["size"], &all["totalElements"]), (&json!(0), &json!(20), &json!(5)));
    assert_eq!(all["totalPages"], 1);
    let newest = sandbox.ledger().sale("r-4").unwrap().transaction_id.clone();
    assert_eq!(ids(&all)[0], json!(newest));
    let second = client.history("&page=1&size=2").await.json();
    assert_eq!((ids(&second), &second["totalPages"]), (ids(&all)[2..4].to_vec(), &json!(3)));
    assert!(ids(&client.history("&page=9&size=2").await.json()).is_empty());

    sandbox.pagamio().set_mode("page_base", "1").unwrap();
    let first = client.history("&page=1&size=2").await.json();
    assert_eq!((ids(&first), &first["page"]), (ids(&all)[..2].to_vec(), &json!(1)));
    assert_eq!(client.history("").await.json()["page"], 1);

    let export = client.history("&exportAll=true&page=7").await.json();
    assert_eq!(export.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn documented_filters_filter() {
    let sandbox = sandbox().await;
    let client = with_sales(&sandbox, 2).await;
    client.purchase(&client.electricity("000001020001", "e")).await;
    for (filter, found) in [
        ("&categoryName=Electricity", 1),
        ("&categoryName=Airtime", 2),
        ("&brandName=Vodacom", 2),
        ("&brandName=Nobody", 0),
        ("&aggregatorName=BLUE_LABEL", 1),
        ("&status=0", 3),
        ("&status=3", 0),
        ("&keyWord=flash", 1),
        ("&keyWord=r-0", 0),
        ("&categoryName=Airtime&aggregatorName=BLUE_LABEL", 0),
    ] {
        assert_eq!(client.history(filter).await.json()["totalElements"], found, "{filter}");
    }
}

#[tokio::test]
async fn a_filter_that_no_document_lists_is_ignored_unless_the_mode_honours_it() {
    let sandbox = sandbox().await;
    let client = with_sales(&sandbox, 3).await;
    let oldest = sandbox.ledger().sale("r-0").unwrap().transaction_id.clone();
    let ask = async |by: &str| {
        let answer = client.history(by).await;
        (answer.json()["content"][0]["transactionId"] == json!(oldest), answer.json()["totalElements"].clone())
    };
    for by in [format!("&transactionId={oldest}"), "&merchantReference=r-0".to_owned()] {
        assert_eq!(ask(&by).await, (false, json!(3)), "{by}");
    }
    sandbox.pagamio().set_mode("transaction_filter", "honoured").unwrap();
    for by in [format!("&transactionId={oldest}"), "&merchantReference=r-0".to_owned()] {
        assert_eq!(ask(&by).await, (true, json!(1)), "{by}");
    }
    assert_eq!(client.history("").await.assumed, None);
    assert!(client.history("&merchantReference=x").await.assumed.is_some());
}

#[tokio::test]
async fn records_carry_reference_and_receipt_by_mode_only() {
    let sandbox = sandbox().await;
    let client = with_sales(&sandbox, 1).await;
    let record = async || client.history("").await.json()["content"][0].clone();
    let plain = record().await;
    assert_eq!((&plain["merchantReference"], &plain["receipt"]), (&Value::Null, &Value::Null));
    assert_eq!(plain["status"]["label"], "Successful");
    assert_eq!(plain["responseDate"].as_str().unwrap().len(), "2025-10-21T12:57:51.831899".len());
    sandbox.set_modes("pagamio", &[("record_reference", "present"), ("record_receipt", "present")]).unwrap();
    let full = record().await;
    assert_eq!((&full["merchantReference"], &full["receipt"]["amount"]), (&json!("r-0"), &json!(1000)));
}

#[tokio::test]
async fn everyone_sees_their_own_hierarchy_only() {
    let sandbox = sandbox().await;
    let pagamio = sandbox.pagamio();
    with_sales(&sandbox, 2).await;
    let sub = login(&sandbox, pagamio.sub_merchant()).await;
    assert_eq!(sub.purchase(&sub.airtime("s-0")).await.code(), "0");
    let see = async |viewer, subject: pay_sandbox::pagamio::Account| {
        let viewer = login(&sandbox, viewer).await;
        let path =
            format!("/transactions?userType={}&userTypeId={}", subject.role().user_type(), subject.user_type_id());
        let answer = send(viewer.request(Method::POST, &path)).await;
        (answer.status, answer.json()["totalElements"].clone())
    };
    assert_eq!(see(pagamio.merchant(), pagamio.merchant()).await, (200, json!(2)));
    assert_eq!(see(pagamio.merchant(), pagamio.sub_merchant()).await, (200, json!(1)));
    assert_eq!(see(pagamio.vendor(), pagamio.merchant()).await, (200, json!(2)));
    assert_eq!(see(pagamio.partner(), pagamio.sub_merchant()).await, (200, json!(1)));
    assert_eq!(see(pagamio.sub_merchant(), pagamio.merchant()).await, (403, Value::Null));
    assert_eq!(see(pagamio.other_merchant(), pagamio.merchant()).await, (403, Value::Null));
}

#[tokio::test]
async fn missing_and_malformed_parameters_are_refused() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let bare = send(client.request(Method::POST, "/transactions")).await;
    assert_eq!(bare.code(), "1001");
    let vendor = send(client.request(Method::POST, "/transactions?userType=VENDOR&userTypeId=x")).await;
    assert_eq!(vendor.code(), "1008");
    for wrong in ["&page=x", "&size=0", "&page=-1"] {
        assert_eq!(client.history(wrong).await.code(), "1008", "{wrong}");
    }
}
