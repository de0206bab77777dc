//! PagFast's part of the control plane, and what nobody but the API's own answers may show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pagfast_common;

use pagfast_common::*;
use pay_sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value, json};

async fn control(sandbox: &Sandbox, method: Method, path: &str, body: Value) -> Answer {
    let request = http().request(method.clone(), format!("{}/pagfast{path}", sandbox.control_url()));
    send(if method == Method::GET { request } else { request.json(&body) }).await
}

async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let answer = control(sandbox, Method::POST, path, body).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

#[tokio::test]
async fn everything_that_rust_does_is_done_over_http() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let id = shop
        .created(
            CASH_IN,
            &with(&shop.deposit("a", "5"), json!({ "payment": { "payer": null, "value": { "editable": true } } })),
        )
        .await;
    let payment = json!({ "name": "Bia Sandbox", "tax_number": BIA, "amount": "6.50" });
    let moved = post(&sandbox, &format!("/transactions/{id}/complete"), payment).await;
    assert_eq!((moved["state"].clone(), moved["changed"].clone()), (json!("Completed"), json!(true)));
    assert!(moved["delivery"].is_number() && moved["redirect"].is_null());
    let again = post(&sandbox, &format!("/transactions/{id}/cancel"), json!({})).await;
    assert_eq!((again["state"].clone(), again["changed"].clone()), (json!("Completed"), json!(false)));
    assert_eq!(post(&sandbox, &format!("/transactions/{id}/reverse"), json!({})).await["state"], "Reversed");
    let open = shop.created(INITIATION, &shop.initiation("of", "5")).await;
    let refused = post(&sandbox, &format!("/transactions/{open}/pay_as_someone_else"), json!({})).await;
    assert_eq!(
        (refused["state"].clone(), refused["redirect"].clone()),
        (json!("Error"), json!("https://shop.example/back?x=1#top"))
    );
    let out = shop.created(CASH_OUT, &shop.withdrawal("out", "5")).await;
    for (name, changed) in
        [("complete", true), ("send_back", true), ("send_back", false), ("fail", false), ("register", false)]
    {
        assert_eq!(
            post(&sandbox, &format!("/transactions/{out}/{name}"), json!({})).await["changed"],
            changed,
            "{name}"
        );
    }
    let all = control(&sandbox, Method::GET, "/transactions", json!({})).await.json();
    assert_eq!(
        (all[0]["states"].clone(), all[0]["paid_cents"].clone()),
        (json!(["Created", "Registered", "Completed", "Reversed"]), json!(650))
    );
    assert!(all[1]["refunded"].is_string() && all[2]["sent_back"].is_string());

    let key = post(&sandbox, "/keys", json!({ "account": "PFA02" })).await;
    let (access_key, secret) = (key["access_key"].as_str().unwrap(), key["secret"].as_str().unwrap());
    for (path, status, login) in [("/keys/approve", "Active", 201), ("/keys/suspend", "Pending", 401)] {
        assert_eq!(post(&sandbox, path, json!({ "access_key": access_key })).await["status"], status);
        assert_eq!(shop.login(access_key, secret).await.status, login);
    }
    assert_eq!(post(&sandbox, "/wallet", json!({ "account": "PFA02", "amount": "1.05" })).await["float_cents"], 105);
    post(&sandbox, "/webhook_key", json!({ "account": "PFA02", "key": "k" })).await;
    assert_eq!(sandbox.pagfast().webhook_key_of("PFA02").unwrap(), "k");
    post(&sandbox, "/pix_keys", json!({ "type": "EVP", "value": "x", "owner": BIA })).await;
    let to = with(&shop.withdrawal("evp", "5"), json!({ "payment": { "key": { "type": "EVP", "value": "x" } } }));
    assert_eq!(shop.post(CASH_OUT, &to).await.status, 409);
    assert_eq!(control(&sandbox, Method::GET, "/settings", json!({})).await.json()["token_seconds"], 3600);
    assert_eq!(post(&sandbox, "/settings", json!({ "token_seconds": 5 })).await["token_seconds"], 5);
    post(&sandbox, "/end_tokens", json!({})).await;
    assert!(shop.get(&list("a", -60, 60, "5", "0")).await.is_token_refusal());
    let accounts = control(&sandbox, Method::GET, "/accounts", json!({})).await;
    assert_eq!(
        (accounts.json()[1]["wallet_cents"].clone(), accounts.json()[1]["keys"].clone()),
        (json!(105), json!(["Active", "Pending"]))
    );
    assert!(sandbox.leaks(&accounts.text).is_empty());
    assert_sound(&sandbox);
    sandbox.reset();
    assert!(sandbox.pagfast().transactions().is_empty() && sandbox.pagfast().keys().len() == 4);
}

#[tokio::test]
async fn wrong_input_names_its_field() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let id = shop.created(CASH_IN, &with(&shop.deposit("a", "5"), json!({ "payment": { "payer": null } }))).await;
    let complete = format!("/transactions/{id}/complete");
    for (path, body, field) in [
        ("/transactions/none/complete", json!({}), "id"),
        (&format!("/transactions/{id}/nothing"), json!({}), "action"),
        (&format!("/transactions/{id}"), json!({}), "action"),
        (&complete, json!({}), "tax_number"),
        (&complete, json!({ "name": "Bia" }), "tax_number"),
        (&complete, json!({ "tax_number": "1" }), "tax_number"),
        (&complete, json!({ "tax_number": BIA, "amount": "7" }), "amount"),
        (&complete, json!({ "cpf": BIA }), "cpf"),
        (&format!("/transactions/{id}/cancel"), json!({ "why": "x" }), "why"),
        ("/keys", json!({ "account": "none" }), "account"),
        ("/keys/approve", json!({}), "access_key"),
        ("/keys/approve", json!({ "access_key": "none" }), "access_key"),
        ("/wallet", json!({ "account": "PFA01", "amount": 5 }), "amount"),
        ("/wallet", json!({ "account": "PFA01", "amount": "-1" }), "amount"),
        ("/webhook_key", json!({ "account": "PFA01", "key": "" }), "key"),
        ("/pix_keys", json!({ "type": "EVP" }), "value"),
        ("/settings", json!({ "token_seconds": "x" }), "token_seconds"),
        ("/end_tokens", json!({ "x": 1 }), "x"),
    ] {
        let answer = control(&sandbox, Method::POST, path, body).await;
        assert_eq!((answer.status, answer.json()["field"].clone()), (400, json!(field)), "{path}: {answer:?}");
    }
    assert_eq!(shop.state(&id).await, "Registered");
    assert_eq!(control(&sandbox, Method::GET, "/keys", json!({})).await.status, 405);
    assert_eq!(control(&sandbox, Method::GET, "/nothing", json!({})).await.status, 404);
    assert!(sandbox.pagfast().set_mode("none", "x").is_err() && sandbox.pagfast().set_mode("stamps", "x").is_err());
}

/// Everything that the sandbox shows anybody but the merchant.
async fn shown(sandbox: &Sandbox) -> String {
    let pagfast = sandbox.pagfast();
    let mut all = format!(
        "{:?}{:?}{:?}{:?}{pagfast:?}",
        sandbox.ledger(),
        sandbox.requests(),
        sandbox.deliveries(),
        sandbox.modes()
    );
    all += &format!("{:?}{:?}", pagfast.transactions(), pagfast.keys());
    for path in [
        "/ledger",
        "/requests",
        "/faults",
        "/modes",
        "/webhooks/deliveries",
        "/pagfast/transactions",
        "/pagfast/accounts",
        "/pagfast/settings",
        "/pages/requests",
        "/pages/deliveries",
        "/pages/pagfast/transactions",
        "/pages/pagfast/accounts",
    ] {
        let answer = send(http().get(format!("{}{path}", sandbox.control_url()))).await;
        assert_eq!(answer.status, 200, "{path}");
        all += &answer.text;
    }
    all
}

#[tokio::test]
async fn no_secret_and_no_person_stands_anywhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let pix = shop.created(CASH_IN, &shop.deposit("a", "5")).await;
    shop.simulate(&pix, Some(&json!({ "name": "Bia Sandbox", "taxNumber": BIA }))).await;
    let to = with(
        &shop.withdrawal("b", "5"),
        json!({ "payment": { "key": { "type": "EMAIL", "value": "ana.sandbox@example.com" } } }),
    );
    shop.created(CASH_OUT, &to).await;
    shop.created(INITIATION, &shop.initiation("c", "5")).await;
    // Refused ones, and secrets where they do not belong.
    shop.post(CASH_IN, &with(&shop.deposit("d", "5"), json!({ "payment": { "payer": { "cpf": format!("{ANA}1") } } })))
        .await;
    shop.get(&format!("{TRANSACTIONS}/4111111111111111")).await;
    shop.get(&format!("/partners-int/{}", shop.token)).await;
    shop.get(&format!("/partners-int/accounts/{ANA}")).await;
    let all = shown(&sandbox).await;
    for secret in [
        &pagfast.access_key(),
        &pagfast.secret(),
        &pagfast.webhook_key(),
        &shop.token,
        ANA,
        BIA,
        "Ana Sandbox",
        "Bia Sandbox",
        "ana.sandbox@",
        "shop-secret-1",
        "Depósito de Ana",
        "4111111111111111",
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(sandbox.leaks(&all).is_empty(), "{:?}", sandbox.leaks(&all));
    // And each of them is found where it stands.
    for (secret, whose) in [
        (pagfast.access_key(), "an access key of PagFast"),
        (pagfast.pending_key().secret, "a secret of PagFast"),
        (pagfast.webhook_key(), "a webhook key of PagFast"),
        (shop.token.clone(), "an access token of PagFast"),
        (ANA.to_owned(), "a CPF of PagFast"),
        (BIA.to_owned(), "a CPF of PagFast"),
        ("Ana Sandbox".to_owned(), "a person's name of PagFast"),
        ("ana.sandbox@example.com".to_owned(), "a Pix key of PagFast"),
        ("shop-secret-1".to_owned(), "the value of a webhook's header of PagFast"),
    ] {
        assert_eq!(sandbox.leaks(&format!("log: {secret}!")), [whose], "{secret}");
    }
}
