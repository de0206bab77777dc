//! Pagamio: whole stories, from logging in to the receipt.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Answer, Client, add_fault, assert_sound, login, merchant, sandbox, send};
use pay_sandbox::{Acting, Fault, Sandbox, StatusFault};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Walks a documented path such as `voucher.pin` or `details[0].tokens[0].token`.
fn resolve<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer = path.replace("[", ".").replace(']', "").replace('.', "/");
    root.pointer(&format!("/{pointer}"))
}

/// What a client prints: the paths of the category, from the answer's root or from the receipt; unknown ones skipped.
fn printed(fields: &Value, answer: &Value) -> Vec<String> {
    let paths = fields["receiptFields"].as_array().unwrap().iter().map(|path| path.as_str().unwrap());
    let resolved = paths.filter_map(|path| {
        let value = resolve(answer, path).or_else(|| resolve(&answer["receipt"], path))?;
        Some(format!("{path}={value}"))
    });
    resolved.collect()
}

async fn category(client: &Client, name: &str) -> Value {
    let categories = client.get("/products/categories").await.json();
    let category = categories.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
    client.get(&format!("/products/categories/{}/fields", category["id"])).await.json()
}

async fn newest(client: &Client) -> Value {
    client.history("").await.json()["content"][0].clone()
}

#[tokio::test]
async fn airtime_from_the_catalogue_to_the_printed_receipt() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fields = category(&client, "Airtime").await;
    let own = client.get(&format!("/merchants/{}/products", client.account.account_id())).await.json();
    assert!(own.as_array().unwrap().iter().any(|product| product["code"] == "AIR-VOD-001"));
    let answer = client.purchase(&client.airtime("air")).await;
    assert_eq!((answer.code().as_str(), &answer.json()["receipt"]["aggregator"]), ("0", &json!("FLASH")));
    let record = newest(&client).await;
    assert_eq!((&record["status"]["code"], &record["categoryName"]), (&json!(0), &json!("Airtime")));
    assert!(client.history("").await.text.contains(r#""totalAmount":10.0000"#));
    // The documented paths stand under `rechargeDetails`, which the observed receipt does not have.
    assert_eq!(
        printed(&fields, &answer.json()),
        ["amount=1000".to_owned(), format!("reference={}", record["transactionId"])]
    );
    assert_sound(&sandbox);
}

#[tokio::test]
async fn electricity_is_looked_up_bought_and_read() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let looked_up = client.post("/lookup/electricity", &json!({ "meterNumber": "00001100000" })).await;
    assert_eq!((looked_up.status, looked_up.assumed.as_deref()), (200, Some("electricity lookup")));
    let answer = client.purchase(&client.electricity("00001100000", "light")).await.json();
    let tokens = answer["receipt"]["tokens"].as_array().unwrap().clone();
    assert_eq!(tokens.iter().map(|token| token["free"].clone()).collect::<Vec<_>>(), [false, true]);
    let fields = category(&client, "Electricity").await;
    assert_eq!(printed(&fields, &answer), ["receipt.amount=20000", r#"receipt.meterNumber="00001100000""#]);
    assert_eq!(client.purchase(&client.electricity("123", "dark")).await.code(), "1104");
}

#[tokio::test]
async fn a_bill_is_looked_up_and_paid() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fields = category(&client, "Pay Bills").await;
    assert!(fields["fields"].as_array().unwrap().iter().any(|field| field["name"] == "accountNumber"));
    for account in ["81715524", "93888880"] {
        let found = client
            .post("/lookup/bill-payment", &json!({ "accountNumber": account, "productCode": "BIL-DST-001" }))
            .await
            .json();
        assert!(found["validationReference"].as_str().unwrap().starts_with("BAL-"));
        let order = client.order("BIL-DST-001", "150.00", &format!(r#""accountNumber":"{account}","#), account);
        assert_eq!(client.purchase(&order).await.json()["receipt"]["accountNumber"], account);
    }
    assert_eq!(sandbox.ledger().charges_to("81715524"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_voucher_needs_no_number_and_prints_its_pin() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fields = category(&client, "Voucher").await;
    assert!(!fields["fields"].to_string().contains("mobileNumber"));
    let answer = client.purchase(&client.order("VCH-STM-001", "100.00", "", "game")).await.json();
    let printed = printed(&fields, &answer);
    assert_eq!(printed.len(), fields["receiptFields"].as_array().unwrap().len(), "{printed:?}");
    assert!(printed[0].starts_with("voucher.pin=\""));
}

async fn pair(sandbox: &Sandbox, request: (&str, Value)) -> Answer {
    let url = format!("{}{}", sandbox.pagamio().base_url(), request.0);
    send(reqwest::Client::new().post(url).json(&request.1)).await
}

#[tokio::test]
async fn a_token_that_dies_before_a_purchase_is_refreshed_and_the_sale_made_once() {
    let sandbox = sandbox().await;
    let account = sandbox.pagamio().merchant();
    let password = json!({ "username": account.username(), "password": account.password() });
    let first = pair(&sandbox, ("/auth/token", password)).await.json();
    let mut client = login(&sandbox, account).await;
    client.token = first["data"]["token"].as_str().unwrap().to_owned();
    let order = client.airtime("late");
    sandbox.clock().advance(Duration::from_secs(1801));
    let dead = client.purchase(&order).await;
    assert_eq!((dead.status, dead.code().as_str()), (401, "401"));
    assert_eq!(sandbox.ledger().sales().count(), 0, "a refused token buys nothing");
    let body = json!({ "refreshToken": first["data"]["refreshToken"] });
    let second = pair(&sandbox, ("/auth/token/refresh", body)).await.json();
    client.token = second["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(client.purchase(&order).await.code(), "0");
    assert_eq!((sandbox.ledger().charges("late"), sandbox.ledger().sale("late").unwrap().attempts), (1, 2));
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_charged_once() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let order = client.electricity("000001020001", "lost");
    for fault in
        [Fault::ResetAfterActing, Fault::Html, Fault::TruncatedBody, StatusFault::new(500, Acting::After).into()]
    {
        add_fault(&sandbox, "purchase", fault);
        let lost = common::try_send(client.purchase_request(&order)).await;
        assert!(lost.is_err() || !lost.unwrap().text.contains("receipt"));
    }
    let answer = client.purchase(&order).await;
    assert_eq!((answer.code().as_str(), sandbox.ledger().charges("lost")), ("0", 1));
    assert_eq!(sandbox.ledger().sale("lost").unwrap().attempts, 5);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn amounts_are_booked_from_their_text_to_the_cent_or_not_at_all() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for (index, (amount, cents)) in [
        ("10.07", Some(1007)),
        ("8.2", Some(820)),
        ("1.005e1", Some(1005)),
        ("1.0005e1", None),
        ("100.10e0", Some(10_010)),
        ("10.000000000000000000000000000000000000", None),
        ("10.0000000000000001", None),
        ("10.00000000000000000000000000000000001e0", None),
        ("1e400", None),
        ("179769313486231570000000000000000000000", None),
    ]
    .into_iter()
    .enumerate()
    {
        let reference = format!("r-{index}");
        let answer = client.purchase(&client.airtime(&reference).replace("10.00", amount)).await;
        let booked = sandbox.ledger().sale(&reference).map(|sale| sale.amount_cents);
        assert_eq!(booked, cents, "{amount}: {answer:?}");
        assert_eq!(answer.code(), if cents.is_some() { "0" } else { "1004" }, "{amount}");
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn the_history_takes_get_or_body_parameters_by_mode() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    client.purchase(&client.airtime("r-1")).await;
    client.purchase(&client.electricity("000001020001", "r-2")).await;
    let query = format!("/transactions?userType=MERCHANT&userTypeId={}", client.account.user_type_id());
    let body = json!({ "userType": "MERCHANT", "userTypeId": client.account.user_type_id(),
        "categoryName": "Airtime", "page": 0, "size": "5" });
    let by = async |method: Method, path: &str| send(client.request(method, path).json(&body)).await;

    let plain = by(Method::POST, &query).await.json();
    assert_eq!(plain["totalElements"], 2, "a body counts for nothing");
    assert_eq!(by(Method::GET, &query).await.status, 405);

    sandbox.pagamio().set_mode("transactions_method", "get").unwrap();
    let got = client.get(&query).await;
    assert_eq!((got.status, got.assumed.as_deref(), &got.json()["totalElements"]), (200, None, &json!(2)));
    assert_eq!(by(Method::POST, &query).await.status, 405);
    sandbox.pagamio().set_mode("transactions_method", "post").unwrap();

    sandbox.pagamio().set_mode("transactions_parameters", "body").unwrap();
    let answer = by(Method::POST, "/transactions").await;
    assert_eq!(answer.assumed.as_deref(), Some("parameters in the body"));
    assert_eq!((&answer.json()["totalElements"], &answer.json()["size"]), (&json!(1), &json!(5)));
    let ignored = send(client.request(Method::POST, &query).json(&json!({}))).await;
    assert_eq!(ignored.code(), "1001", "a query counts for nothing");
    let mut wrong = body.clone();
    wrong["page"] = json!("first");
    let wrong = send(client.request(Method::POST, "/transactions").json(&wrong)).await;
    assert_eq!(wrong.code(), "1008");
    assert_eq!(send(client.request(Method::POST, "/transactions")).await.status, 400, "no JSON at all");
}

#[tokio::test]
async fn undocumented_endpoints_say_so() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for path in ["/users/forgotpassword", "/users/resetpassword"] {
        let answer = client.post(path, &json!({})).await;
        assert_eq!(answer.status, 404);
        assert!(answer.assumed.unwrap().contains("only the name is documented"), "{path}");
    }
    // The bodies of these two are undocumented as well, but there is something to play: any JSON is taken.
    for body in [json!({}), json!([]), json!({ "anything": { "goes": [1] } })] {
        for path in ["/lookup/electricity", "/lookup/money-transfer"] {
            let answer = client.post(path, &body).await;
            assert_eq!((answer.status, answer.assumed.is_some()), (200, true), "{path}: {body}");
        }
    }
}
