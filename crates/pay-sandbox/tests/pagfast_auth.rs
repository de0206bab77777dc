//! PagFast's keys and tokens, its prefixes, and the switch to production, over raw HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pagfast_common;

use pagfast_common::*;
use pay_sandbox::Sandbox;
use pay_sandbox::pagfast::KeyStatus;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// The claims of a token, read without checking it.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = 0_u32;
    let mut bytes = Vec::new();
    for (place, letter) in payload.chars().enumerate() {
        bits = bits << 6 | u32::try_from(digits.find(letter).unwrap()).unwrap();
        if place % 4 != 0 {
            bytes.push(u8::try_from(bits >> (6 - 2 * (place % 4)) & 0xff).unwrap());
        }
    }
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_key_is_pending_until_it_is_approved() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let pagfast = sandbox.pagfast();
    let pending = pagfast.pending_key();
    assert_eq!(pending.status, KeyStatus::Pending);
    let refused = shop.login(&pending.access_key, &pending.secret).await;
    assert!(refused.is(401, "AuthenticationError", "SandboxAccessKeyPending"), "{refused:?}");
    assert!(refused.text.contains("Pending") && refused.assumed.contains("the whole token endpoint"), "{refused:?}");
    pagfast.approve_key(&pending.access_key).unwrap();
    let account = merchant_with(&sandbox, &pending).await;
    assert_eq!(account.get(&format!("{RECEIVERS}?dataset.limit=5&dataset.offset=0")).await.data()["total"], 0);
    // A key of one's own, made in the panel.
    let made = pagfast.create_key(pagfast.second_account()).unwrap();
    assert_eq!(shop.login(&made.access_key, &made.secret).await.status, 401);
    pagfast.approve_key(&made.access_key).unwrap();
    assert_eq!(shop.login(&made.access_key, &made.secret).await.status, 201);
    pagfast.suspend_key(&made.access_key).unwrap();
    assert_eq!(shop.login(&made.access_key, &made.secret).await.status, 401);
    for (key, secret) in [("", ""), (pagfast.access_key().as_str(), "wrong"), ("wrong", pagfast.secret().as_str())] {
        let refused = shop.login(key, secret).await;
        assert!(refused.is(401, "AuthenticationError", "SandboxAccessKeyInvalid"), "{refused:?}");
    }
    let refused = send(shop.bare(Method::POST, LOGIN).json(&json!({ "accessKey": "x" }))).await;
    assert!(refused.is(400, "InvalidRequestFormatError", "required"), "{refused:?}");
    assert_eq!(refused.detail()["info"]["missingProperty"], "secret");
    assert!(pagfast.create_key("none").is_err() && pagfast.approve_key("none").is_err());
}

#[tokio::test]
async fn a_token_is_a_jwt_that_expires_on_the_sandbox_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let parts: Vec<&str> = shop.token.split('.').collect();
    assert_eq!((parts.len(), parts[0]), (3, "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9"));
    let claims = claims(&shop.token);
    assert_eq!(claims.as_object().unwrap().keys().collect::<Vec<_>>(), ["exp", "iat", "uid"]);
    assert_eq!(claims["uid"].as_str().unwrap().len(), 36);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let list = list("none", -60, 60, "5", "0");
    sandbox.clock().advance(Duration::from_secs(3_595));
    assert_eq!(shop.get(&list).await.status, 200);
    sandbox.clock().advance(Duration::from_secs(6));
    assert!(shop.get(&list).await.is_token_refusal());
    let again = merchant(&sandbox).await;
    assert_eq!(again.get(&list).await.status, 200);
    sandbox.pagfast().end_tokens();
    assert!(again.get(&list).await.is_token_refusal(), "ended in the middle of what was going on");
    sandbox.pagfast().set_token_life(Duration::from_secs(90));
    let short = merchant(&sandbox).await;
    sandbox.clock().advance(Duration::from_secs(91));
    assert!(short.get(&list).await.is_token_refusal());
}

#[tokio::test]
async fn every_bad_token_gets_the_documented_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let path = format!("{TRANSACTIONS}/x");
    let parts: Vec<&str> = shop.token.split('.').collect();
    let mut wrong = vec![String::new(), "Bearer".to_owned(), "Bearer x".to_owned(), format!("Basic {}", shop.token)];
    wrong.push(shop.token.clone());
    wrong.push(format!("Bearer {}.{}.", parts[0], parts[1]));
    wrong.push(format!("Bearer {}.{}.{}", parts[0], parts[1], parts[1]));
    wrong.push(format!("Bearer eyJhbGciOiJub25lIn0.{}.", parts[1]));
    for header in wrong {
        let answer = send(shop.bare(Method::GET, &path).header("authorization", &header)).await;
        assert!(answer.is_token_refusal(), "{header}: {answer:?}");
        assert!(answer.json()["error"]["details"].is_object(), "an object, as in the documented example");
        assert_eq!(answer.assumed, "HTTP status of errors");
    }
    assert!(send(shop.bare(Method::GET, &path)).await.is_token_refusal());
    // Every endpoint asks for it before it looks at anything else.
    for (method, path) in [
        (Method::POST, CASH_IN),
        (Method::POST, CASH_OUT),
        (Method::POST, INITIATION),
        (Method::GET, TRANSACTIONS),
        (Method::GET, RECEIVERS),
        (Method::PUT, "/partners-int/sandbox/transactions/complete/x"),
        (Method::POST, "/partners-int/sandbox/payment-initiation/complete/x"),
        (Method::GET, "/partners-int/receivers/x/accounts"),
    ] {
        assert!(send(shop.bare(method, path)).await.is_token_refusal(), "{path}");
    }
}

#[tokio::test]
async fn the_token_answer_has_seven_shapes() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let login = async || shop.login(&pagfast.access_key(), &pagfast.secret()).await;
    assert_eq!(login().await.content_type, "text/plain; charset=utf-8");
    for (shape, pointer) in [
        ("json_text", ""),
        ("data", "/data"),
        ("data_token", "/data/token"),
        ("token", "/token"),
        ("accessToken", "/accessToken"),
        ("access_token", "/access_token"),
    ] {
        pagfast.set_mode("login_answer", shape).unwrap();
        let answer = login().await;
        let token = answer.json().pointer(pointer).unwrap().as_str().unwrap().to_owned();
        assert_eq!((answer.status, token.split('.').count()), (201, 3), "{shape}");
        let asked = send(shop.bare(Method::GET, &list("x", -60, 60, "5", "0")).bearer_auth(token)).await;
        assert_eq!(asked.status, 200, "{shape}");
    }
    pagfast.set_mode("login_status", "200").unwrap();
    assert_eq!(login().await.status, 200);
}

#[tokio::test]
async fn prefixes_are_modes() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let id = shop.created(CASH_IN, &with(&shop.deposit("a", "1"), json!({ "webhook": null }))).await;
    let root = format!("/sandbox/transactions/complete/{id}");
    assert!(send(shop.request(Method::PUT, &root)).await.is(404, "SandboxNotFoundError", "SandboxNotFound"));
    pagfast.set_mode("simulation_prefix", "root").unwrap();
    assert_eq!(shop.simulate(&id, None).await.status, 404);
    assert_eq!(send(shop.request(Method::PUT, &root)).await.status, 200);
    pagfast.set_mode("service_prefix", "absent").unwrap();
    assert_eq!(shop.get(&format!("/accounts/transactions/pix/{id}")).await.status, 200);
    assert_eq!(shop.get(&format!("{TRANSACTIONS}/{id}")).await.status, 404);
    assert_eq!(shop.get(&format!("{RECEIVERS}?dataset.limit=5&dataset.offset=0")).await.status, 200);
}

#[tokio::test]
async fn production_has_no_simulators() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    pagfast.set_mode("environment", "production").unwrap();
    let shop = merchant(&sandbox).await;
    let (pix, open) = (
        shop.created(CASH_IN, &shop.deposit("a", "5")).await,
        shop.created(INITIATION, &shop.initiation("b", "5")).await,
    );
    assert!(shop.simulate(&pix, None).await.is(404, "SandboxNotFoundError", "SandboxNotFound"));
    assert!(shop.simulate_open_finance(&open).await.is(404, "SandboxNotFoundError", "SandboxNotFound"));
    assert_eq!((shop.state(&pix).await.as_str(), shop.state(&open).await.as_str()), ("Registered", "Registered"));
    // Payers pay there too.
    pagfast.complete(&pix).unwrap();
    let voucher = shop.transaction(&pix).await["receiptVoucher"].as_str().unwrap().to_owned();
    assert!(voucher.len() == 32 && voucher.starts_with('E'), "{voucher}");
}

#[tokio::test]
async fn accounts_see_nothing_of_each_other() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = merchant(&sandbox).await;
    let second = merchant_with(&sandbox, &sandbox.pagfast().second_key()).await;
    let companies = merchant_with(&sandbox, &sandbox.pagfast().companies_key()).await;
    let id = first.created(CASH_IN, &first.deposit("same", "5")).await;
    second.created(CASH_IN, &second.deposit("same", "7")).await;
    assert_eq!(second.get(&format!("{TRANSACTIONS}/{id}")).await.status, 404);
    assert_eq!(second.simulate(&id, None).await.status, 404);
    assert_eq!(
        (first.listed("same").await.len(), second.listed("same").await[0]["amount"].clone()),
        (1, json!("7.000000"))
    );
    assert_eq!(companies.state(&id).await, "Registered", "the second key of the same account");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn errors_have_other_statuses_and_details_by_mode() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let unknown = format!("{TRANSACTIONS}/none");
    for (mode, status) in [("by_kind", 404), ("400", 400), ("200", 200)] {
        pagfast.set_mode("error_status", mode).unwrap();
        let answer = shop.get(&unknown).await;
        assert_eq!((answer.status, answer.json()["statusCode"].clone()), (status, json!("Error")), "{mode}");
    }
    pagfast.set_mode("error_status", "by_kind").unwrap();
    let bad = with(&shop.deposit("a", "5"), json!({ "payment": { "payer": { "cpf": null } } }));
    for (mode, one, many) in [("as_documented", true, true), ("object", true, false), ("list", false, true)] {
        pagfast.set_mode("error_details", mode).unwrap();
        let details = |answer: Answer| answer.json()["error"]["details"].clone();
        assert_eq!(details(shop.get(&unknown).await).is_object(), one, "{mode}");
        assert_eq!(details(shop.post(CASH_IN, &bad).await).is_array(), many, "{mode}");
    }
    // No such path, and no such method.
    assert!(shop.get("/partners-int/accounts/balance").await.is(404, "SandboxNotFoundError", "SandboxNotFound"));
    assert_eq!(shop.get(CASH_IN).await.status, 405);
    assert_eq!(shop.post(TRANSACTIONS, &json!({})).await.status, 405);
}
