//! Pagamio: categories, fields, products, enumerations, and the lookups before a sale.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{login, merchant, sandbox};
use serde_json::{Value, json};

#[tokio::test]
async fn categories_are_a_bare_array_with_metadata_as_text() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let list = client.get("/products/categories").await.json();
    let sms = list.as_array().unwrap().iter().find(|it| it["name"] == "SMS").unwrap();
    assert_eq!((&sms["id"], &sms["state"], &sms["parentId"]), (&json!(2000), &json!(1), &Value::Null));
    assert_eq!(sms["createdDate"], "2025-08-01T05:12:32.269743");
    let meta: Value = serde_json::from_str(sms["meta"].as_str().unwrap()).unwrap();
    let fields = client.get("/products/categories/2000/fields").await.json();
    assert_eq!(meta, fields, "both places tell the same");
    let names: Vec<_> = fields["fields"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["amount", "mobileNumber", "paymentMethod"]);
    assert_eq!(fields["receiptFields"][0], "rechargeDetails.rechargeType");
}

#[tokio::test]
async fn receipt_paths_are_rooted_by_mode() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for (mode, airtime, electricity) in [
        ("as_documented", "rechargeDetails.rechargeType", "receipt.token"),
        ("unrooted", "rechargeDetails.rechargeType", "token"),
        ("rooted", "receipt.rechargeDetails.rechargeType", "receipt.token"),
    ] {
        sandbox.pagamio().set_mode("receipt_fields", mode).unwrap();
        for (id, path) in [(1001, airtime), (1003, electricity)] {
            let fields = client.get(&format!("/products/categories/{id}/fields")).await.json();
            assert_eq!(fields["receiptFields"][0], path, "{mode}");
        }
    }
}

#[tokio::test]
async fn product_prices_and_ids_have_the_documented_forms() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let answer = client.get("/products/category/1002").await;
    assert!(answer.text.contains(r#""minAmount":19.00,"maxAmount":19.00"#), "{}", answer.text);
    let bundle = &answer.json()[0];
    assert_eq!((&bundle["id"], &bundle["brandId"]), (&json!(21450), &json!(2850)));
    assert_eq!((&bundle["code"], &bundle["fixedAmount"]), (&json!("DAT-CLC-028"), &json!(true)));

    let own = format!("/merchants/{}/products", client.account.account_id());
    let airtime = &client.get(&own).await.json()[0];
    assert_eq!((&airtime["id"], &airtime["brandId"]), (&json!("P9X8Y7"), &json!("V1A2B3")));

    sandbox.pagamio().set_mode("ids", "numbers").unwrap();
    assert_eq!(client.get(&own).await.json()[0]["id"], 21400);
    sandbox.pagamio().set_mode("ids", "strings").unwrap();
    let answer = client.get("/products/category/1002").await;
    assert_eq!(answer.json()[0]["id"], "21450");
    assert_eq!(answer.assumed.as_deref(), Some("form of ids"));
}

#[tokio::test]
async fn the_own_product_list_is_what_can_be_bought() {
    let sandbox = sandbox().await;
    let pagamio = sandbox.pagamio();
    let client = merchant(&sandbox).await;
    let codes = |list: Value| -> Vec<String> {
        let list = list.as_array().unwrap().clone();
        list.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    };
    let own = codes(client.get(&format!("/merchants/{}/products", client.account.account_id())).await.json());
    assert!(own.contains(&"VCH-STM-001".to_owned()));
    assert!(!own.contains(&"DAT-MTN-002".to_owned()) && !own.contains(&"DAT-MTN-037".to_owned()));

    let sub = login(&sandbox, pagamio.sub_merchant()).await;
    let path = format!("/sub-merchants/{}/products", sub.account.account_id());
    assert_eq!(codes(sub.get(&path).await.json()), own, "inherited from the parent");
    assert_eq!(client.get(&path).await.status, 403, "not even the parent");
    let as_merchant = format!("/merchants/{}/products", sub.account.account_id());
    assert_eq!(sub.get(&as_merchant).await.status, 403);

    let other = login(&sandbox, pagamio.other_merchant()).await;
    let path = format!("/merchants/{}/products", other.account.account_id());
    assert!(!codes(other.get(&path).await.json()).contains(&"VCH-STM-001".to_owned()));
    assert_eq!(client.get(&path).await.status, 403);
}

#[tokio::test]
async fn wrong_ids_are_404() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for path in ["/products/categories/7/fields", "/products/category/x", "/lookups/nothing", "/products/category/9999"]
    {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn all_twelve_enumerations_answer() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let status = client.get("/lookups/transaction-status").await;
    assert_eq!(status.json(), json!(["PENDING", "PROCESSING", "COMPLETED", "FAILED"]));
    let brands = client.get("/lookups/brands").await.json();
    assert_eq!((&brands[0]["id"], &brands[0]["code"], &brands[0]["state"]), (&json!(2848), &json!("VM"), &json!(1)));
    let providers = client.get("/lookups/providers").await.json();
    assert_eq!((&providers[0]["code"], &providers[0]["state"]), (&json!("VOD"), &json!("ACTIVE")));
    for name in ["channel-types", "environments"] {
        assert_eq!(client.get(&format!("/lookups/{name}")).await.assumed, None, "{name}");
    }
    for name in [
        "transaction-item-status",
        "partner-types",
        "funding-methods",
        "funding-request-status",
        "integrations",
        "authentication-types",
        "simple-entity-types",
    ] {
        let answer = client.get(&format!("/lookups/{name}")).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "[]"), "{name}");
        assert!(answer.assumed.is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_bill_lookup_answers_in_its_own_shapes() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let body = json!({ "accountNumber": "93888880", "productCode": "BIL-DST-001" });
    let found = client.post("/lookup/bill-payment", &body).await;
    assert_eq!((found.status, found.assumed.as_deref()), (200, None));
    let found = found.json();
    let receipt = &found["lookUpReceipt"];
    assert_eq!((&receipt["amount"], &receipt["responseCode"]), (&json!(10000), &json!(0)));
    assert!(receipt["transactionId"].is_number());
    assert_eq!(found["validationReference"], receipt["reference"]);

    let unknown = json!({ "accountNumber": "11111111", "productCode": "BIL-DST-001" });
    let unknown = client.post("/lookup/bill-payment", &unknown).await;
    assert_eq!((unknown.status, unknown.assumed.as_deref()), (400, None));
    let unknown = unknown.json();
    assert_eq!((&unknown["status"], &unknown["error"]), (&json!("BAD_REQUEST"), &json!("INVALID_ACCOUNT")));
    assert_eq!((&unknown["errorCode"], &unknown["path"]), (&json!(1100), &json!("/api/v1/lookup/bill-payment")));

    for (body, code) in [
        (json!({ "accountNumber": "93888880" }), 1001),
        (json!({ "accountNumber": 93888880, "productCode": "BIL-DST-001" }), 1008),
        (json!({ "accountNumber": "93888880", "productCode": "AIR-VOD-001" }), 1000),
    ] {
        let answer = client.post("/lookup/bill-payment", &body).await;
        assert_eq!((answer.status, &answer.json()["errorCode"]), (400, &json!(code)));
    }
}

#[tokio::test]
async fn the_undocumented_lookups_say_that_they_are_assumed() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let meter = client.post("/lookup/electricity", &json!({ "meterNumber": "00001100000" })).await;
    assert_eq!((meter.status, meter.assumed.as_deref()), (200, Some("electricity lookup")));
    let unlisted = client.post("/lookup/electricity", &json!({ "meterNumber": "123" })).await;
    assert_eq!((unlisted.status, &unlisted.json()["errorCode"]), (400, &json!(1104)));
    let transfer = client.post("/lookup/money-transfer", &json!({ "accountNumber": "27821234567" })).await;
    assert_eq!((transfer.status, transfer.assumed.as_deref()), (200, Some("money-transfer lookup")));
    let wrong = client.post("/lookup/money-transfer", &json!({ "accountNumber": "+2782" })).await;
    assert_eq!((wrong.status, &wrong.json()["errorCode"]), (400, &json!(1008)));
}
