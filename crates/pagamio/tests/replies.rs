//! Every shape in which the provider's documents show an answer is read, to the last digit, and its bytes are kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{
    Category, ExposeSecret, Field, Kind, Lease, LoggedIn, Outcome, Page, Pending, Product, Purchased, Receipt, Reply,
    State, Transaction, TransactionQuery, TransactionStatus, Unit,
};
use pay_core::decode::Id;
use pay_core::script::{Play, Script};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use support::{COMPLETED, TRANSACTION_ID, airtime, amount, answering, builder, client, logged_in};

// 3.1: tokens.

async fn log_in(body: &'static str) -> (Lease, LoggedIn) {
    let script = Script::new(move |_| Play::answer(200, body));
    let client = builder(&script).wall_clock(|| UNIX_EPOCH + Duration::from_secs(1_795_000_000)).build().unwrap();
    (client.lease().await.unwrap(), client.check_credentials().await.unwrap())
}

fn lifetime(expires_at: Option<SystemTime>) -> u64 {
    expires_at.unwrap().duration_since(UNIX_EPOCH).unwrap().as_secs() - 1_795_000_000
}

#[tokio::test(start_paused = true)]
async fn a_nested_token_is_read() {
    let (lease, _) =
        log_in(r#"{"successful":true,"data":{"token":"eyJ.a.b","refreshToken":"eyJ.c.d","expiresIn":1800}}"#).await;
    assert_eq!(lease.token.expose_secret(), "eyJ.a.b");
    assert_eq!(lifetime(lease.expires_at), 1800);
}

#[tokio::test(start_paused = true)]
async fn a_token_at_the_top_is_read() {
    let (lease, _) = log_in(r#"{"accessToken":"eyJ.a.b","expiresIn":900}"#).await;
    assert_eq!((lease.token.expose_secret(), lifetime(lease.expires_at)), ("eyJ.a.b", 900));
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_in_text_or_none_at_all_is_read() {
    assert_eq!(lifetime(log_in(r#"{"accessToken":"t","expiresIn":"600"}"#).await.0.expires_at), 600);
    assert_eq!(lifetime(log_in(r#"{"data":{"token":"t"}}"#).await.0.expires_at), 1800, "half an hour, never an hour");
}

#[tokio::test(start_paused = true)]
async fn what_comes_beside_a_token_can_be_read_and_does_not_print() {
    let (_, logged_in) = log_in(
        r#"{"successful":true,"userTypeId":"U-SENTINEL","data":{"token":"t","roles":["MERCHANT"],"amount":10.10}}"#,
    )
    .await;
    let extra: Vec<_> = logged_in.extra.iter().map(|(name, raw)| (name.as_str(), raw.expose_secret())).collect();
    assert_eq!(extra, [("userTypeId", r#""U-SENTINEL""#), ("amount", "10.10"), ("roles", r#"["MERCHANT"]"#)]);
    assert!(!format!("{logged_in:?}").contains("SENTINEL"));
}

#[tokio::test(start_paused = true)]
async fn token_answers_without_a_token_say_nothing_of_their_body() {
    for (status, body, kind) in [
        (200, r#"{"data":{"refreshToken":"SENTINEL"}}"#, Kind::Token),
        (200, r#"{"accessToken":"","note":"SENTINEL"}"#, Kind::Token),
        (200, "SENTINEL", Kind::Token),
        (200, r#"{"accessToken":"SENTINEL","successful":false}"#, Kind::Login),
        (401, r#"{"responseCode":"401","responseMessage":"Unauthorized"}"#, Kind::Login),
        (401, "<html>SENTINEL", Kind::Login),
        (429, r#"{"error":"Too Many Requests","message":"m"}"#, Kind::Token),
        (500, "SENTINEL", Kind::Token),
    ] {
        let script = Script::new(move |_| Play::answer(status, body));
        let error = client(&script).purchase(airtime("R")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotDone), "{status} {body}: {error}");
        assert!(error.body().is_none());
        assert!(!format!("{error:?}{error:#}").contains("SENTINEL"), "{error:?}");
    }
}

// 4.1, 4.2: categories and their fields.

async fn read<T>(
    body: &str,
    call: impl FnOnce(&pagamio::Client) -> pagamio::Call<T>,
) -> Result<Reply<T>, pagamio::Error> {
    let script = answering(vec![Play::answer(200, body.to_owned())]);
    let reply = call(&client(&script)).reply().await?;
    assert_eq!(reply.body.expose_str(), Some(body), "the body as it came");
    Ok(reply)
}

async fn categories(body: &str) -> Vec<Category> {
    read(body, |client| client.categories()).await.unwrap().model
}

#[tokio::test(start_paused = true)]
async fn categories_are_read_as_printed() {
    let body = r#"[ { "id": 2000, "createdById": 1000, "lastModifiedById": 1000,
    "createdDate": "2025-08-01T05:12:32.269743", "lastModifiedDate": "2025-09-07T04:19:29.161137",
    "state": 1, "name": "SMS", "imageUrl": "https://...", "orderOfAppearance": 10, "parentId": null,
    "meta": "{\"fields\":[{\"name\":\"amount\",\"type\":\"number\",\"required\":true}],\"receiptFields\":[\"amount\"]}" } ]"#;
    let category = categories(body).await.remove(0);
    assert_eq!(
        (category.id.clone(), category.name.as_deref(), category.state.clone()),
        (Id::Number(2000), Some("SMS"), Some(State::Active))
    );
    assert_eq!((category.order_of_appearance, category.parent_id.clone()), (Some(10), None));
    assert_eq!(category.created_date.as_deref(), Some("2025-08-01T05:12:32.269743"));
    assert_eq!(category.last_modified_date.as_deref(), Some("2025-09-07T04:19:29.161137"));
    let meta = category.meta_fields().unwrap().unwrap();
    assert_eq!(meta.fields[0].name, "amount");
    assert_eq!((meta.fields[0].kind.as_deref(), meta.fields[0].required), (Some("number"), Some(true)));
    assert_eq!(meta.receipt_fields, ["amount"]);
}

#[tokio::test(start_paused = true)]
async fn categories_with_other_members_or_hardly_any_are_read() {
    let list = categories(r#"[{"id":"C-1","new":{"a":[1]},"parentId":7},{"id":3,"meta":"not json","state":0}]"#).await;
    assert_eq!(list[0].id, Id::Text("C-1".into()));
    assert_eq!(list[0].parent_id, Some(Id::Number(7)));
    assert!(list[0].meta_fields().is_none());
    assert!(list[1].meta_fields().unwrap().is_err());
    assert_eq!(categories("[]").await, []);
}

#[tokio::test(start_paused = true)]
async fn category_fields_are_read_as_printed() {
    let body = r#"{ "fields": [ { "name": "amount", "type": "number", "required": true },
              { "name": "paymentMethod", "type": "string", "required": true } ],
  "receiptFields": [ "voucher.pin", "voucher.serialNumber", "details[0].tokens[0].token" ] }"#;
    let fields = read(body, |client| client.category_fields(2000_u64)).await.unwrap().model;
    assert_eq!(fields.fields.len(), 2);
    assert_eq!(fields.receipt_fields, ["voucher.pin", "voucher.serialNumber", "details[0].tokens[0].token"]);
    // A kind that no document lists, and a field without one.
    let body = r#"{"fields":[{"name":"x","type":"date","hint":1},{"name":"y"}]}"#;
    let fields = read(body, |client| client.category_fields("2000")).await.unwrap().model;
    let kinds: Vec<_> = fields.fields.iter().map(|field: &Field| field.kind.as_deref()).collect();
    assert_eq!(kinds, [Some("date"), None]);
    assert!(fields.receipt_fields.is_empty());
}

// 4.3, 4.4: products.

async fn products(body: &str) -> Vec<Product> {
    read(body, |client| client.products()).await.unwrap().model
}

#[tokio::test(start_paused = true)]
async fn products_are_read_as_printed() {
    let own = products(
        r#"[ { "id": "P9X8Y7", "name": "Vodacom Airtime", "code": "AIR-VOD-001",
    "brandId": "V1A2B3", "brandName": "Vodacom",
    "minAmount": 5, "maxAmount": 1000, "fixedAmount": false, "pinLess": true } ]"#,
    )
    .await
    .remove(0);
    assert_eq!((own.id, own.brand_id), (Some(Id::Text("P9X8Y7".into())), Some(Id::Text("V1A2B3".into()))));
    assert_eq!((own.fixed_amount, own.pin_less), (Some(false), Some(true)));
    assert_eq!((own.min_amount, own.max_amount), (Some(amount("5")), Some(amount("1000"))));

    let of_category = products(
        r#"[ { "name": "Weekly bundle 1GB", "shortName": "1GB weekly", "code": "DAT-CLC-028",
    "minAmount": 19.00, "maxAmount": 19.00, "imageUrl": "https://...", "status": 1, "id": 21450,
    "categoryId": 1002, "categoryName": "Data", "brandId": 2850, "brandName": "Cellc",
    "fixedAmount": true, "pinLess": true } ]"#,
    )
    .await
    .remove(0);
    assert_eq!((of_category.id, of_category.brand_id), (Some(Id::Number(21450)), Some(Id::Number(2850))));
    assert_eq!(of_category.min_amount.unwrap().to_string(), "19.00", "the digits as they came");
    assert_eq!(of_category.short_name.as_deref(), Some("1GB weekly"));
}

#[tokio::test(start_paused = true)]
async fn contradicting_product_members_do_not_matter() {
    let list = products(
        r#"[{"code":"A","fixedAmount":99.00,"pinLess":"yes","minAmount":99.00,"maxAmount":99.0},
            {"code":"B","minAmount":"1234567890123456.78","maxAmount":1e3},{"code":"C"}]"#,
    )
    .await;
    assert_eq!((list[0].fixed_amount, list[0].pin_less), (None, None));
    assert_eq!(list[0].fixed_price(), Some(amount("99")));
    assert_eq!(list[1].min_amount.unwrap().to_string(), "1234567890123456.78");
    assert_eq!(list[1].max_amount.unwrap().to_string(), "1000");
    assert_eq!(list[2].fixed_price(), None);
}

#[tokio::test(start_paused = true)]
async fn a_product_without_its_code_is_an_error_that_names_the_place() {
    let error = read(r#"[{"code":"A"},{"name":"PRIVATE"}]"#, |client| client.products()).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone));
    assert!(error.to_string().contains("[1]"), "{error}");
    assert!(!format!("{error:?}").contains("PRIVATE"));
    assert!(error.body().unwrap().expose_str().unwrap().contains("PRIVATE"), "the body is kept");
}

// 4.5, 4.6: what is not modelled comes raw.

#[tokio::test(start_paused = true)]
async fn raw_answers_come_as_they_are() {
    let bodies = [
        r#"["PENDING","PROCESSING","COMPLETED","FAILED"]"#,
        r#"[{"id":2850,"code":"VM","description":"Vodacom","state":1,"type":"BRAND","parentId":null}]"#,
        r#"{"successful":true,"message":null,"validationReference":"BAL-1","lookUpReceipt":{"amount":10000,"responseCode":0,"transactionId":1000000001}}"#,
    ];
    for body in bodies {
        let reply = read(body, |client| client.raw(pagamio::RawRequest::get("/lookups/brands"))).await.unwrap();
        assert_eq!(reply.model.expose_str(), Some(body));
    }
}

// 4.7: purchases and their receipts.

async fn bought(body: &str) -> Purchased {
    let reply = read(body, |client| client.purchase(airtime("ORDER-1"))).await;
    reply.unwrap_or_else(|error| panic!("{error}: {body}")).model
}

async fn receipt(body: &str) -> Receipt {
    match bought(body).await {
        Purchased::Completed(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

/// A flat answer with this receipt.
async fn with_receipt(json: &str) -> Receipt {
    let body = format!(r#"{{"transactionId":"T","responseCode":"0","successful":true,"receipt":{json}}}"#);
    let receipt = receipt(&body).await;
    assert_eq!(receipt.raw().unwrap().expose_str(), Some(json), "the receipt as it came");
    assert_eq!(receipt.body().expose_str(), Some(body.as_str()));
    receipt
}

#[tokio::test(start_paused = true)]
async fn a_flat_purchase_is_read_as_printed() {
    let receipt = receipt(COMPLETED).await;
    assert_eq!((receipt.reference(), receipt.transaction_id()), ("ORDER-1", Some(TRANSACTION_ID)));
    assert_eq!(receipt.message(), Some("Purchase successful"));
    assert_eq!(receipt.date(), Some("2026-04-21T12:57:51.831786006"));
    assert_eq!(receipt.amount().unwrap().as_received().to_string(), "50.0");
    assert_eq!(receipt.amount_unit(amount("50.0")), Some(Unit::Major));
    assert_eq!(receipt.body().expose_str(), Some(COMPLETED));
}

#[tokio::test(start_paused = true)]
async fn a_nested_purchase_is_read() {
    let receipt = receipt(
        r#"{"success":true,"data":{"transactionId":"T","status":"COMPLETED","responseCode":0,"responseMessage":"m",
            "responseDateTime":"2026-01-01T00:00:00.000Z","receipt":{"amount":5000,"reference":"T","pin":"0012","serialNumber":"S","expiryDate":"2027-01-31"}}}"#,
    )
    .await;
    assert_eq!((receipt.transaction_id(), receipt.message()), (Some("T"), Some("m")));
    assert_eq!(receipt.pins()[0].pin.expose_secret(), "0012");
    assert_eq!(receipt.amount_unit(amount("50.00")), Some(Unit::Minor));
    assert_eq!(receipt.date(), Some("2026-01-01T00:00:00.000Z"));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_under_data_is_read() {
    let receipt = receipt(
        r#"{"transactionId":"T","responseCode":"0","successful":true,"data":{"amount":20000,"meterNumber":"0008958825192","token":"00012345678901234567","units":100,"unitType":"kWh"}}"#,
    )
    .await;
    assert_eq!(receipt.meter_number().as_deref(), Some("0008958825192"));
    assert_eq!(receipt.electricity_tokens()[0].token.expose_secret(), "00012345678901234567");
}

#[tokio::test(start_paused = true)]
async fn a_numeric_code_and_no_receipt_are_read() {
    let receipt = receipt(r#"{"transactionId":"T","responseCode":0,"successful":true,"receipt":null}"#).await;
    assert!(receipt.raw().is_none() && receipt.amount().is_none());
    assert!(receipt.electricity_tokens().is_empty() && receipt.pins().is_empty());
    assert_eq!(receipt.transaction_id(), Some("T"));
}

#[tokio::test(start_paused = true)]
async fn an_airtime_receipt_is_read() {
    let receipt = with_receipt(
        r#"{"rechargeType":"PINLESS","callCentre":"082 135","rechargeVendor":"AirtimeStub","amount":1000,"aggregator":"FLASH"}"#,
    )
    .await;
    assert_eq!(receipt.aggregator().as_deref(), Some("FLASH"));
    assert_eq!(receipt.amount_unit(amount("10.00")), Some(Unit::Minor));
    assert_eq!(receipt.amount_unit(amount("7.00")), Some(Unit::Unknown));
}

#[tokio::test(start_paused = true)]
async fn an_electricity_receipt_with_one_token_is_read() {
    let receipt = with_receipt(
        r#"{"token":"01234567890123456789","units":100.0,"unitType":"kWh","taxAmount":18.42,"amount":3000,"meterNumber":"00001100000"}"#,
    )
    .await;
    let token = receipt.electricity_tokens().remove(0);
    assert_eq!(token.token.expose_secret(), "01234567890123456789");
    assert_eq!(
        (token.quantity.unwrap().as_received().to_string(), token.unit.as_deref()),
        ("100.0".into(), Some("kWh"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_electricity_receipt_with_several_tokens_is_read() {
    let receipt = with_receipt(
        r#"{"amount":20000,"meterNumber":"000001020001","aggregator":"BLUE_LABEL","name":"J","utility":"U",
        "tokens":[{"token":"00000000000000000001","tokenDescription":"Normal sale","quantity":1234567890123456.78,"unit":"kWh","free":false},
                  {"token":"00000000000000000002","tokenDescription":"Free basic","quantity":50,"unit":"kWh","free":true}],
        "fixedCosts":[{"description":"d","amount":1}],"receiptNumber":"77"}"#,
    )
    .await;
    let tokens = receipt.electricity_tokens();
    let digits: Vec<_> = tokens.iter().map(|token| token.token.expose_secret()).collect();
    assert_eq!(digits, ["00000000000000000001", "00000000000000000002"]);
    assert_eq!(tokens[0].quantity.unwrap().as_received().to_string(), "1234567890123456.78");
    assert_eq!((tokens[0].free, tokens[1].free), (Some(false), Some(true)));
    assert_eq!(tokens[1].description.as_deref(), Some("Free basic"));
}

#[tokio::test(start_paused = true)]
async fn a_bill_receipt_is_read() {
    let receipt = with_receipt(
        r#"{"amountDue":97000,"accountHolder":"J","tenderType":"CASH","amount":7000,"serviceProviderFspNumber":"","notes":"","aggregator":"BLUE_LABEL","accountNumber":"93888880","vendorName":"V","serviceProviderName":" DStv"}"#,
    )
    .await;
    assert_eq!(receipt.aggregator().as_deref(), Some("BLUE_LABEL"));
    assert_eq!(receipt.amount_unit(amount("150.00")), Some(Unit::Unknown), "never scaled");
}

#[tokio::test(start_paused = true)]
async fn a_voucher_receipt_is_read() {
    let receipt = with_receipt(
        r#"{"voucher":{"pin":"0000111122223333","serialNumber":"0099","amount":10000,"expiryDate":"2027-12-31","content":{"redemptionInstructions":"r","termsAndConditions":"t"}},
            "details":[{"productInstructions":"p","productAmount":10000,"tokens":[{"token":"0000111122223333","serialNumber":"0099"}]}]}"#,
    )
    .await;
    let pin = receipt.pins().remove(0);
    assert_eq!(pin.pin.expose_secret(), "0000111122223333");
    assert_eq!((pin.serial_number.as_deref(), pin.expiry_date.as_deref()), (Some("0099"), Some("2027-12-31")));
    assert_eq!(receipt.electricity_tokens()[0].token.expose_secret(), "0000111122223333");
}

#[tokio::test(start_paused = true)]
async fn a_pinned_receipt_is_read() {
    let receipt =
        with_receipt(r#"{"amount":50.0,"reference":"T","pin":"0012345","serialNumber":991,"expiryDate":"2027-01-31"}"#)
            .await;
    let pin = receipt.pins().remove(0);
    assert_eq!((pin.pin.expose_secret(), pin.serial_number.as_deref()), ("0012345", Some("991")));
}

#[tokio::test(start_paused = true)]
async fn odd_receipts_never_turn_a_sale_into_an_error() {
    for json in [
        "{}",
        r#"{"amount":"many","tokens":7,"voucher":"x","details":{},"pin":[],"token":{}}"#,
        r#"{"tokens":[null,7,{"token":null},{"token":"1","quantity":"much"}]}"#,
        r#"{"amount":1e400}"#,
    ] {
        let receipt = with_receipt(json).await;
        assert!(receipt.amount().is_none());
    }
    // The same for the rest of the answer.
    for body in [
        r#"{"responseCode":"0","successful":true,"receipt":"text"}"#,
        r#"{"responseCode":"0","successful":true,"receipt":[1],"data":7,"responseDateTime":7,"transactionId":{}}"#,
        r#"{"responseCode":"0","successful":true,"responseMessage":7,"new":{"a":[{"b":1.10}]}}"#,
    ] {
        let receipt = receipt(body).await;
        assert_eq!(receipt.reference(), "ORDER-1");
        assert_eq!(receipt.body().expose_str(), Some(body));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_beside_an_odd_one_is_not_lost() {
    let receipt = with_receipt(
        r#"{"token":"11111111111111111111","units":"100 kWh","tokens":[{"token":"22222222222222222222","quantity":"fifty","unit":7,"free":"no"}]}"#,
    )
    .await;
    let tokens = receipt.electricity_tokens();
    let digits: Vec<_> = tokens.iter().map(|token| token.token.expose_secret()).collect();
    assert_eq!(digits, ["11111111111111111111", "22222222222222222222"], "the customer has paid for both");
    let receipt = with_receipt(r#"{"pin":"0012","serialNumber":{"a":1},"expiryDate":20270131}"#).await;
    assert_eq!(receipt.pins()[0].pin.expose_secret(), "0012");
}

#[tokio::test(start_paused = true)]
async fn a_pending_purchase_keeps_what_came() {
    let body = r#"{"transactionId":"T-1","responseCode":"1","responseMessage":"Transaction pending","status":"PENDING","successful":false}"#;
    let Purchased::Pending(pending): Purchased = bought(body).await else { panic!("not pending") };
    let pending: Pending = pending;
    assert_eq!((pending.reference(), pending.transaction_id()), ("ORDER-1", Some("T-1")));
    assert_eq!(pending.message(), Some("Transaction pending"));
    assert_eq!(pending.body().expose_str(), Some(body));
}

// 4.8: the history.

async fn page(body: &str) -> Page<Transaction> {
    read(body, |client| client.transactions(&TransactionQuery::new(), 0)).await.unwrap().model
}

#[tokio::test(start_paused = true)]
async fn a_page_is_read_as_printed() {
    let page = page(
        r#"{ "content": [ {
    "id": "rec-opaque",
    "status": { "code": 0, "label": "Successful", "description": "...", "badgeColor": "green" },
    "productName": "R10 - R3500 FLASH Group Electricity", "productShortName": "FLASH Group",
    "quantity": 1, "price": 30.0000, "totalAmount": 30.0000,
    "transactionId": "bdf82429-9ab5-4f1a-bb9a-e469f4f05f05",
    "responseDate": "2025-10-21T12:57:51.831899",
    "productImage": "https://...", "brandName": "FLASH Group", "categoryName": "Electricity",
    "channelName": "Default", "merchantName": "M" } ], "page": 0, "size": 20, "totalElements": 1, "totalPages": 1 }"#,
    )
    .await;
    assert_eq!((page.items.len(), page.total), (1, Some(1)));
    let record = &page.items[0];
    assert_eq!(record.id, Some(Id::Text("rec-opaque".into())));
    assert_eq!(record.status, Some(TransactionStatus::Completed));
    assert_eq!(record.status_label.as_deref(), Some("Successful"));
    assert_eq!(record.total_amount.unwrap().to_string(), "30.0000");
    assert_eq!(record.price.unwrap().to_string(), "30.0000");
    assert_eq!((record.quantity, record.transaction_id.as_deref()), (Some(1), Some(TRANSACTION_ID)));
    assert_eq!(record.response_date.as_deref(), Some("2025-10-21T12:57:51.831899"));
    assert_eq!(record.product_name.as_deref(), Some("R10 - R3500 FLASH Group Electricity"));
    assert_eq!(
        (record.brand_name.as_deref(), record.category_name.as_deref()),
        (Some("FLASH Group"), Some("Electricity"))
    );
    assert_eq!(record.merchant_reference, None);
    assert!(record.receipt().is_none());
}

#[tokio::test(start_paused = true)]
async fn records_with_reference_and_receipt_are_read() {
    let page = page(
        r#"{"content":[{"status":{"code":3},"transactionId":"T","merchantReference":"R-1","receipt":{"pin":"0012","amount":5000}}]}"#,
    )
    .await;
    let record = &page.items[0];
    assert_eq!(
        (record.status.as_ref(), record.merchant_reference.as_deref()),
        (Some(&TransactionStatus::Failed), Some("R-1"))
    );
    let receipt = record.receipt().unwrap();
    assert_eq!((receipt.reference(), receipt.transaction_id()), ("R-1", Some("T")));
    assert_eq!(receipt.pins()[0].pin.expose_secret(), "0012");
}

#[tokio::test(start_paused = true)]
async fn an_export_is_a_plain_array() {
    let page =
        page(" [ {\"transactionId\":\"a\"}, {\"transactionId\":\"b\",\"totalAmount\":1234567890123456.78} ]").await;
    assert_eq!((page.items.len(), page.total, page.last), (2, Some(2), Some(true)));
    assert_eq!(page.items[1].total_amount.unwrap().to_string(), "1234567890123456.78");
}

#[tokio::test(start_paused = true)]
async fn every_status_is_read_by_its_number_alone() {
    for (code, status) in [
        ("0", Some(TransactionStatus::Completed)),
        ("1", Some(TransactionStatus::Pending)),
        ("2", Some(TransactionStatus::Processing)),
        ("3", Some(TransactionStatus::Failed)),
        ("\"3\"", Some(TransactionStatus::Failed)),
        ("4", Some(TransactionStatus::Unknown("4".into()))),
        ("0.0", Some(TransactionStatus::Unknown("0.0".into()))),
        ("null", None),
        ("true", None),
    ] {
        let page = page(&format!(r#"[{{"status":{{"code":{code},"label":"Successful"}}}}]"#)).await;
        assert_eq!(page.items[0].status, status, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn odd_records_and_odd_counts_do_not_hide_the_others() {
    let page = page(
        r#"{"content":[{},{"status":"COMPLETED","quantity":"one","responseDate":20251021,"id":7,"partnerName":"p"},
            {"transactionId":"T","status":{"code":0},"brandName":null}],"page":"first","totalElements":3.5,"totalPages":null,"sort":{}}"#,
    )
    .await;
    assert_eq!(page.items.len(), 3);
    assert_eq!(page.items[2].status, Some(TransactionStatus::Completed));
    assert_eq!((page.items[1].status.clone(), page.items[1].quantity), (None, None));
}

#[tokio::test(start_paused = true)]
async fn ids_that_are_numbers_are_read_as_text() {
    let page = page(r#"[{"transactionId":1000000001,"merchantReference":77}]"#).await;
    let record = &page.items[0];
    assert_eq!(
        (record.transaction_id.as_deref(), record.merchant_reference.as_deref()),
        (Some("1000000001"), Some("77"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_without_its_content_is_an_error() {
    let error = read(r#"{"page":0}"#, |client| client.transactions(&TransactionQuery::new(), 0)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone));
}

// What comes beside the model.

#[tokio::test(start_paused = true)]
async fn a_reply_keeps_status_headers_and_body() {
    let script = answering(vec![
        Play::answer(503, ""),
        Play::answer(201, COMPLETED)
            .header("date", "Sat, 21 Nov 2026 10:00:00 GMT")
            .header("set-cookie", "session=SENTINEL")
            .header("x-internal", "SENTINEL"),
    ]);
    let reply = client(&script).purchase(airtime("ORDER-1")).reply().await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.attempts), (201, 2));
    assert_eq!(reply.body.expose_str(), Some(COMPLETED));
    let mut names: Vec<_> = reply.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-type", "date"], "only headers that hold nothing secret");
    assert!(reply.lease.is_none() && reply.request_id.is_none());
    assert!(!format!("{reply:?}").contains("SENTINEL"));
}

#[tokio::test(start_paused = true)]
async fn digits_survive_deeper_than_a_model_looks() {
    let script = logged_in(|_| {
        Play::answer(200, r#"[{"code":"A","minAmount":0.10,"maxAmount":79228162514264337593543950.33}]"#)
    });
    let product = client(&script).products().send().await.unwrap().remove(0);
    assert_eq!(product.min_amount.unwrap().to_string(), "0.10");
    assert_eq!(product.max_amount.unwrap().to_string(), "79228162514264337593543950.33");
    assert_eq!(
        serde_json::to_string(&product.max_amount).unwrap(),
        r#""79228162514264337593543950.33""#,
        "written as text by default"
    );
}
