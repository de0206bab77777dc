//! Pagamio: buying, its refusals, its receipts, and one sale per reference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Answer, add_fault, assert_sound, login, merchant, sandbox, send};
use pay_sandbox::{Ends, Fault, SaleState};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

#[tokio::test]
async fn ten_rand_of_airtime_answers_a_thousand_and_records_ten() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let before = sandbox.pagamio().float_cents(client.account.account_id()).unwrap();
    let answer = client.purchase(&client.airtime("r-1")).await;
    assert_eq!((answer.status, answer.code().as_str(), answer.assumed.as_deref()), (200, "0", None));
    let json = answer.json();
    assert_eq!((&json["successful"], &json["responseMessage"]), (&json!(true), &json!("Purchase successful")));
    let receipt = &json["receipt"];
    assert_eq!((&receipt["amount"], &receipt["aggregator"]), (&json!(1000), &json!("FLASH")));
    assert_eq!((&receipt["rechargeType"], &receipt["rechargeVendor"]), (&json!("PINLESS"), &json!("AirtimeStub")));
    assert_eq!(receipt["reference"], json["transactionId"]);
    assert_eq!(json["transactionId"].as_str().unwrap().len(), 36);
    assert_eq!(json["responseDateTime"].as_str().unwrap().len(), "2026-04-21T12:57:51.831786006".len());

    let history = client.history("").await;
    assert!(history.text.contains(r#""price":10.0000,"totalAmount":10.0000"#), "{}", history.text);
    assert_eq!(history.json()["content"][0]["transactionId"], json["transactionId"]);
    assert_eq!(sandbox.pagamio().float_cents(client.account.account_id()), Some(before - 1000));
    let ledger = sandbox.ledger();
    let sale = ledger.sale("r-1").unwrap();
    assert_eq!((sale.state, sale.charges, sale.attempts, sale.answered), (SaleState::Completed, 1, 1, 1));
    assert_eq!(ledger.charges_to("+27821234567"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn electricity_gives_tokens_by_meter() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let buy = async |meter: &str| client.purchase(&client.electricity(meter, &format!("r-{meter}"))).await;
    let kinds = |answer: &Answer| -> Vec<(bool, String)> {
        let receipt = answer.json()["receipt"].clone();
        assert_eq!((&receipt["amount"], &receipt["aggregator"]), (&json!(20000), &json!("BLUE_LABEL")));
        let tokens = receipt["tokens"].as_array().unwrap().clone();
        for token in &tokens {
            let digits = token["token"].as_str().unwrap();
            assert!(digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
        tokens.iter().map(|it| (it["free"].as_bool().unwrap(), it["unit"].as_str().unwrap().to_owned())).collect()
    };
    let plain = buy("000001020001").await;
    assert_eq!(kinds(&plain), [(false, "kWh".to_owned())]);
    assert!(plain.text.contains(r#""quantity":100.0"#));
    assert_eq!(kinds(&buy("00001100000").await), [(false, "kWh".to_owned()), (true, "kWh".to_owned())]);
    assert_eq!(kinds(&buy("00001000000").await), [(true, "kWh".to_owned())]);
    assert_eq!(kinds(&buy("000000000100").await), [(false, "kl".to_owned())]);
    assert_eq!(buy("0008958825192").await.code(), "0");
    assert_eq!(buy("999999999999").await.code(), "1104");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn bills_and_vouchers_have_their_own_receipts() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let bill = client.order("BIL-DST-001", "150.00", r#""accountNumber":"93888880","#, "bill");
    let bill = client.purchase(&bill).await.json();
    let receipt = &bill["receipt"];
    assert_eq!((&receipt["amount"], &receipt["amountDue"]), (&json!(15000), &json!(15000)));
    assert_eq!((&receipt["tenderType"], &receipt["accountNumber"]), (&json!("CASH"), &json!("93888880")));
    assert!(receipt["serviceProviderName"].as_str().unwrap().starts_with(' '));
    let unknown = client.order("BIL-DST-001", "150.00", r#""accountNumber":"1","#, "bill-2");
    assert_eq!(client.purchase(&unknown).await.code(), "1100");

    let voucher = client.order("VCH-STM-001", "100", "", "voucher");
    let answer = client.purchase(&voucher).await;
    assert!(answer.assumed.as_deref().unwrap().contains("voucher receipt"));
    let voucher = &answer.json()["receipt"]["voucher"];
    assert_eq!(voucher["pin"].as_str().unwrap().len(), 16);
    assert_eq!(voucher["pin"], answer.json()["receipt"]["details"][0]["tokens"][0]["token"]);
    assert_eq!(voucher["amount"], 10000);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_fixed_price_bundle_has_one_price() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let bundle =
        |amount, reference| client.order("DAT-CLC-028", amount, r#""mobileNumber":"+27821234567","#, reference);
    assert_eq!(client.purchase(&bundle("20.00", "wrong")).await.code(), "1004");
    assert_eq!(client.purchase(&bundle("19", "right")).await.code(), "0");
    assert_eq!(sandbox.ledger().sales().count(), 1, "a refused order is no sale");
    // A refusal before the sale leaves the reference free.
    assert_eq!(client.purchase(&bundle("19.00", "wrong")).await.code(), "0");
}

#[tokio::test]
async fn an_inactive_product_answers_200_or_403_by_mode() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let order = client.order("DAT-MTN-002", "10", r#""mobileNumber":"+27821234567","#, "r");
    let answer = client.purchase(&order).await;
    assert_eq!((answer.status, answer.code().as_str()), (200, "1009"));
    sandbox.pagamio().set_mode("not_available_status", "403").unwrap();
    let answer = client.purchase(&order).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "1009"));
    let other = login(&sandbox, sandbox.pagamio().other_merchant()).await;
    let voucher = other.order("VCH-STM-001", "100", "", "r");
    assert_eq!(other.purchase(&voucher).await.code(), "1009");
}

#[tokio::test]
async fn an_empty_float_refuses_until_it_is_filled() {
    let sandbox = sandbox().await;
    let pagamio = sandbox.pagamio();
    let client = login(&sandbox, pagamio.poor_merchant()).await;
    let answer = client.purchase(&client.airtime("r-1")).await;
    assert_eq!((answer.status, answer.code().as_str()), (200, "1103"));
    assert_eq!(answer.json()["responseMessage"], "Insufficient balance. Available: R5.00");
    assert_eq!(answer.json()["transactionId"], Value::Null);
    assert_eq!(sandbox.ledger().charges("r-1"), 0);

    assert_eq!(pagamio.set_float(client.account.account_id(), "10.00").unwrap(), 1000);
    let again = client.purchase(&client.airtime("r-1")).await;
    assert_eq!(again.code(), "1103", "a failed sale is final");
    assert!(again.assumed.unwrap().contains("stays used"));
    assert_eq!(client.purchase(&client.airtime("r-2")).await.code(), "0");
    assert_eq!(pagamio.float_cents(client.account.account_id()), Some(0));
    assert_eq!(client.history("&status=3").await.json()["totalElements"], 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn the_same_reference_is_the_same_sale() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let order = client.electricity("00001100000", "r-1");
    let first = client.purchase(&order).await;
    let reworded = order.replace("200.00", "200").replace("\"additionalInfo\"", " \"additionalInfo\"");
    let second = client.purchase(&reworded).await;
    assert_eq!(first.text, second.text, "tokens included");
    let other = client.purchase(&order.replace("200.00", "210.00")).await;
    assert_eq!((other.status, other.code().as_str()), (409, "1006"));
    assert!(other.assumed.unwrap().contains("conflict"));
    let ledger = sandbox.ledger();
    let sale = ledger.sale("r-1").unwrap();
    assert_eq!((sale.charges, sale.attempts, sale.answered, sale.amount_cents), (1, 3, 3, 20000));
    // The scope of a reference is the account.
    let other = login(&sandbox, sandbox.pagamio().other_merchant()).await;
    assert_eq!(other.purchase(&other.airtime("r-1")).await.code(), "0");
    assert_sound(&sandbox);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_sends_of_one_reference_at_once_make_one_sale() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let order = client.electricity("000001020001", "r-1");
    let sends: Vec<_> = (0..50)
        .map(|_| {
            let (client, order) = (client.clone(), order.clone());
            tokio::spawn(async move { client.purchase(&order).await })
        })
        .collect();
    let mut answers = HashSet::new();
    for send in sends {
        answers.insert(send.await.unwrap().text);
    }
    assert_eq!(answers.len(), 1);
    let ledger = sandbox.ledger();
    assert_eq!((ledger.sales().count(), ledger.charges("r-1")), (1, 1));
    assert_eq!(ledger.sale("r-1").unwrap().attempts, 50);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn failures_come_in_every_envelope_and_status() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let pagamio = sandbox.pagamio();
    let order = client.airtime("r").replace("10.00", "1.00");
    let refused = async || client.purchase(&order).await;
    let a = refused().await;
    let message = "Invalid purchase amount";
    let expected = json!({ "responseCode": "1004", "responseMessage": message, "successful": false });
    assert_eq!((a.status, a.json()), (200, expected));
    pagamio.set_mode("response_code", "number").unwrap();
    assert_eq!(refused().await.json()["responseCode"], 1004);
    pagamio.set_mode("response_code", "string").unwrap();
    pagamio.set_mode("failure_status", "400").unwrap();
    pagamio.set_mode("error_envelope", "B").unwrap();
    let b = refused().await;
    assert_eq!((b.status, b.json()), (400, json!({ "responseCode": "1004", "responseMessage": message })));
    pagamio.set_mode("error_envelope", "C").unwrap();
    let expected = json!({ "success": false, "error": { "code": 1004, "message": message } });
    assert_eq!(refused().await.json(), expected);
    pagamio.set_mode("error_envelope", "D").unwrap();
    let d = refused().await;
    assert_eq!((d.status, &d.json()["errorCode"], &d.json()["path"]), (400, &json!(1004), &json!("/api/v1/purchase")));
}

#[tokio::test]
async fn successes_come_flat_and_nested_in_cents_and_rand() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let modes = [("purchase_answer", "nested"), ("receipt_amount", "rand")];
    sandbox.set_modes("pagamio", &modes).unwrap();
    let answer = client.purchase(&client.airtime("r-1")).await;
    let json = answer.json();
    assert_eq!((&json["success"], &json["data"]["status"]), (&json!(true), &json!("COMPLETED")));
    assert_eq!(json["data"]["responseCode"], 0);
    assert!(answer.text.contains(r#""amount":10.0,"#), "{}", answer.text);
    sandbox.set_modes("pagamio", &[("purchase_answer", "flat"), ("response_code", "number")]).unwrap();
    assert_eq!(client.purchase(&client.airtime("r-2")).await.json()["responseCode"], 0);
    sandbox.pagamio().set_mode("timestamps", "milliseconds_z").unwrap();
    let date = client.purchase(&client.airtime("r-3")).await.json()["responseDateTime"].clone();
    assert!(date.as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn bodies_that_are_not_json_are_400() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for body in ["", "{", "[]", "amount=10"] {
        assert_eq!(client.purchase(body).await.status, 400, "{body}");
    }
    let request = client.request(reqwest::Method::POST, "/purchase").body(client.airtime("r"));
    assert_eq!(send(request).await.status, 400, "without a content type");
    assert_eq!(client.purchase("{}").await.code(), "1001");
    assert_eq!(sandbox.ledger().sales().count(), 0);
}

#[tokio::test]
async fn a_pending_sale_settles_on_the_sandbox_clock() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let account = client.account.account_id();
    let float = sandbox.pagamio().float_cents(account).unwrap();
    for (reference, ends, code, charges) in [("good", Ends::Completed, 0, 1), ("bad", Ends::Failed, 3, 0)] {
        let settle_after = Duration::from_secs(600);
        add_fault(&sandbox, "purchase", Fault::Pending { settle_after, ends });
        let order = client.electricity("000001020001", reference);
        let first = client.purchase(&order).await;
        assert_eq!((first.status, &first.json()["successful"]), (200, &json!(false)));
        assert!(first.assumed.as_deref().unwrap().contains("pending purchase answer"));
        assert_eq!(first.json()["receipt"], Value::Null);
        let id = first.json()["transactionId"].clone();
        let status = async || {
            let record = client.history("").await.json()["content"][0].clone();
            assert_eq!(record["transactionId"], id);
            record["status"]["code"].clone()
        };
        assert_eq!(status().await, 1);
        assert_eq!(sandbox.pagamio().float_cents(account), Some(float - 20_000), "held while pending");
        assert_sound(&sandbox);
        sandbox.clock().advance(Duration::from_secs(300));
        assert_eq!(status().await, 2);
        let replay = client.purchase(&order).await;
        assert_eq!((&replay.json()["transactionId"], &replay.json()["successful"]), (&id, &json!(false)));
        sandbox.clock().advance(Duration::from_secs(300));
        assert_eq!(status().await, code);
        assert_eq!(sandbox.ledger().charges(reference), charges);
        let replay = client.purchase(&order).await;
        assert_eq!(replay.code(), if charges == 1 { "0" } else { "1203" });
        sandbox.pagamio().set_mode("replay_answer", "first").unwrap();
        assert_eq!(client.purchase(&order).await.json()["receipt"], Value::Null);
        sandbox.pagamio().set_mode("replay_answer", "current").unwrap();
        assert_sound(&sandbox);
        sandbox.pagamio().set_float(account, "1000000.00").unwrap();
    }
    let sales: Vec<_> = sandbox.ledger().sales().map(|sale| sale.state).collect();
    assert_eq!(sales, [SaleState::Completed, SaleState::Failed]);
}

#[tokio::test]
async fn pending_answers_have_three_assumed_shapes() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let mut shapes = HashSet::new();
    for shape in ["code_1", "code_0", "status_object"] {
        sandbox.pagamio().set_mode("pending_answer", shape).unwrap();
        let settle_after = Duration::from_secs(600);
        add_fault(&sandbox, "purchase", Fault::Pending { settle_after, ends: Ends::Completed });
        let answer = client.purchase(&client.airtime(shape)).await;
        assert!(answer.assumed.is_some());
        let json = answer.json();
        shapes.insert(format!("{} {}", json["responseCode"], json["status"]));
    }
    let expected = [r#""1" "PENDING""#, r#""0" "PENDING""#, r#"null {"code":1,"label":"Pending"}"#];
    assert_eq!(shapes, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn a_provider_timeout_settles_either_way() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for (reference, ends, charges) in [("late", Ends::Completed, 1), ("lost", Ends::Failed, 0)] {
        let settle_after = Duration::from_secs(60);
        add_fault(&sandbox, "purchase", Fault::ProviderTimeout { settle_after, ends });
        let order = client.airtime(reference);
        assert_eq!(client.purchase(&order).await.code(), "1204");
        assert_eq!(client.purchase(&order).await.code(), "1204");
        assert_eq!(sandbox.ledger().charges(reference), 1, "held");
        sandbox.clock().advance(Duration::from_secs(60));
        assert_eq!(client.purchase(&order).await.code(), if charges == 1 { "0" } else { "1203" });
        assert_eq!(sandbox.ledger().charges(reference), charges);
    }
    // A client that answers a timeout with a new reference charges its customer again.
    assert_eq!(client.purchase(&client.airtime("late-2")).await.code(), "0");
    assert_eq!(sandbox.ledger().charges_to("+27821234567"), 2);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_scripted_code_fails_the_sale_and_charges_nothing() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fault = Fault::Code { response_code: "1206".to_owned(), message: "Out of stock".to_owned() };
    add_fault(&sandbox, "purchase", fault);
    let answer = client.purchase(&client.airtime("r-1")).await;
    assert_eq!((answer.code().as_str(), &answer.json()["responseMessage"]), ("1206", &json!("Out of stock")));
    let ledger = sandbox.ledger();
    let sale = ledger.sale("r-1").unwrap();
    assert_eq!((sale.state, sale.charges), (SaleState::Failed, 0));
    assert_eq!(client.purchase(&client.airtime("r-1")).await.code(), "1206", "its reference stays used");
    assert_eq!(client.purchase(&client.airtime("r-2")).await.code(), "0");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn every_token_and_pin_is_new() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let mut tokens = HashSet::new();
    for n in 0..60 {
        let answer = client.purchase(&client.electricity("000001020001", &format!("r-{n}"))).await;
        tokens.insert(answer.json()["receipt"]["tokens"][0]["token"].as_str().unwrap().to_owned());
    }
    assert_eq!(tokens.len(), 60);
    assert!(tokens.iter().any(|token| !token.starts_with('0')));
    assert_sound(&sandbox);
}
