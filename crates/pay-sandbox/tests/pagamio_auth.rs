//! Pagamio: logging in, refreshing, expiry, roles, and the documented rate limits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{login, merchant, sandbox, send, token_request};
use pay_sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn refresh(sandbox: &Sandbox, token: &str) -> common::Answer {
    let url = format!("{}/auth/token/refresh", sandbox.pagamio().base_url());
    send(reqwest::Client::new().post(url).json(&json!({ "refreshToken": token }))).await
}

async fn pair(sandbox: &Sandbox) -> Value {
    let pagamio = sandbox.pagamio();
    let account = pagamio.merchant();
    let http = reqwest::Client::new();
    send(token_request(&http, &pagamio, account.username(), account.password())).await.json()
}

#[tokio::test]
async fn the_token_answer_has_the_documented_shape() {
    let sandbox = sandbox().await;
    let answer = pair(&sandbox).await;
    assert_eq!(answer["successful"], true);
    assert_eq!(answer["data"]["expiresIn"], 1800);
    let (token, refresh) = (&answer["data"]["token"], &answer["data"]["refreshToken"]);
    assert!(token.as_str().unwrap().len() > 60 && refresh.as_str().unwrap().len() > 60);
    assert_ne!(token, refresh);
}

#[tokio::test]
async fn token_modes_change_the_answer() {
    let sandbox = sandbox().await;
    let modes = [("token_shape", "access_token"), ("refresh_token", "off"), ("expires_in", "absent")];
    sandbox.set_modes("pagamio", &modes).unwrap();
    let answer = pair(&sandbox).await;
    let fields: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["accessToken"]);
}

#[tokio::test]
async fn a_bad_login_is_401_and_an_incomplete_one_400() {
    let sandbox = sandbox().await;
    let (http, pagamio) = (reqwest::Client::new(), sandbox.pagamio());
    let username = pagamio.merchant().username();
    let wrong = send(token_request(&http, &pagamio, username, "wrong")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "401"));
    assert!(wrong.assumed.unwrap().contains("login"));
    let empty = send(token_request(&http, &pagamio, username, "")).await;
    assert_eq!((empty.status, empty.code().as_str()), (400, "1001"));
    let url = format!("{}/auth/token", pagamio.base_url());
    let form = send(http.post(&url).body("username=a&password=b")).await;
    assert_eq!(form.status, 400);
    let text = send(http.post(&url).header("content-type", "application/json").body("[]")).await;
    assert_eq!(text.status, 400);
}

#[tokio::test]
async fn access_tokens_live_1800_seconds_of_sandbox_time() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    sandbox.clock().advance(Duration::from_secs(1795));
    assert_eq!(client.get("/products/categories").await.status, 200);
    sandbox.clock().advance(Duration::from_secs(10));
    let dead = client.get("/products/categories").await;
    assert_eq!(dead.status, 401);
    assert_eq!(dead.json(), json!({ "responseCode": "401", "responseMessage": "Unauthorized" }));
    assert_eq!(dead.assumed, None);
}

#[tokio::test]
async fn strangers_get_401() {
    let sandbox = sandbox().await;
    let mut client = merchant(&sandbox).await;
    let url = format!("{}/products/categories", client.pagamio.base_url());
    assert_eq!(send(client.http.get(&url)).await.status, 401);
    let basic = client.http.get(&url).header("authorization", format!("Basic {}", client.token));
    assert_eq!(send(basic).await.status, 401);
    client.token.push('x');
    assert_eq!(client.get("/products/categories").await.status, 401);
}

#[tokio::test]
async fn refresh_rotates_both_tokens_and_voids_the_old_one() {
    let sandbox = sandbox().await;
    let first = pair(&sandbox).await;
    let old = first["data"]["refreshToken"].as_str().unwrap();
    let second = refresh(&sandbox, old).await;
    assert_eq!(second.status, 200);
    assert!(second.assumed.as_deref().unwrap().contains("old refresh token"));
    let second = second.json();
    assert_ne!(second["data"]["token"], first["data"]["token"]);
    assert_ne!(second["data"]["refreshToken"], first["data"]["refreshToken"]);
    assert_eq!(refresh(&sandbox, old).await.status, 401);
    let access = first["data"]["token"].as_str().unwrap();
    assert_eq!(refresh(&sandbox, access).await.status, 401, "an access token refreshes nothing");
}

#[tokio::test]
async fn the_old_refresh_token_may_stay_valid_by_mode() {
    let sandbox = sandbox().await;
    sandbox.pagamio().set_mode("old_refresh_token", "valid").unwrap();
    let first = pair(&sandbox).await;
    let old = first["data"]["refreshToken"].as_str().unwrap();
    assert_eq!(refresh(&sandbox, old).await.status, 200);
    assert_eq!(refresh(&sandbox, old).await.status, 200);
}

#[tokio::test]
async fn refresh_works_for_seven_days_and_no_longer() {
    let sandbox = sandbox().await;
    sandbox.pagamio().set_mode("old_refresh_token", "valid").unwrap();
    let first = pair(&sandbox).await;
    let token = first["data"]["refreshToken"].as_str().unwrap();
    sandbox.clock().advance(Duration::from_secs(7 * 86_400 - 5));
    assert_eq!(refresh(&sandbox, token).await.status, 200);
    sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(refresh(&sandbox, token).await.status, 401);
    assert_eq!(pair(&sandbox).await["successful"], true);
}

#[tokio::test]
async fn administrators_read_everything_and_buy_nothing() {
    let sandbox = sandbox().await;
    for account in [sandbox.pagamio().vendor(), sandbox.pagamio().partner()] {
        let client = login(&sandbox, account).await;
        for path in ["/products/categories", "/products/category/1001", "/lookups/brands"] {
            assert_eq!(client.get(path).await.status, 200, "{path}");
        }
        let refused = client.purchase(&client.airtime("r-1")).await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.json(), json!({ "responseCode": "403", "responseMessage": "Access denied" }));
    }
    assert_eq!(sandbox.ledger().sales().count(), 0);
}

#[tokio::test]
async fn the_documented_rate_limits_hold_per_address_and_per_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut clients = Vec::new();
    for _ in 0..2 {
        clients.push(merchant(&sandbox).await);
    }
    for n in 0..11 {
        let answer = clients[0].purchase(&clients[0].airtime(&format!("r-{n}"))).await;
        assert_eq!(answer.status, if n < 10 { 200 } else { 429 }, "purchase {n}");
        if n == 10 {
            let json = answer.json();
            assert_eq!(json["error"], "Too Many Requests");
            assert!(json["message"].as_str().unwrap().contains("/api/v1/purchase"));
            assert_eq!((answer.retry_after, answer.assumed), (None, None));
        }
    }
    // Another token has a limit of its own; reads have none.
    assert_eq!(clients[1].purchase(&clients[1].airtime("other")).await.status, 200);
    assert_eq!(clients[0].get("/products/categories").await.status, 200);

    let (http, pagamio) = (reqwest::Client::new(), sandbox.pagamio());
    for n in 2..7 {
        let answer = send(token_request(&http, &pagamio, "nobody", "wrong")).await;
        assert_eq!(answer.status, if n < 5 { 401 } else { 429 }, "login {n}");
    }
    for n in 0..12 {
        let status = refresh(&sandbox, "nonsense").await.status;
        assert_eq!(status, if n < 10 { 401 } else { 429 }, "refresh {n}");
    }
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(pair(&sandbox).await["successful"], true);
    assert_eq!(clients[0].purchase(&clients[0].airtime("r-10")).await.code(), "0");
    assert_eq!(sandbox.ledger().charges("r-10"), 1);
}

#[tokio::test]
async fn wrong_paths_and_methods_are_refused_in_the_providers_style() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    for path in ["/users/forgotpassword", "/users/resetpassword", "/auth/login", "/balance"] {
        let answer = client.post(path, &json!({})).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "404"), "{path}");
    }
    for (method, path) in
        [(Method::GET, "/purchase"), (Method::GET, "/transactions"), (Method::POST, "/products/categories")]
    {
        let answer = send(client.request(method, path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (405, "405"), "{path}");
    }
    sandbox.pagamio().set_mode("reads", "post").unwrap();
    assert_eq!(client.get("/products/categories").await.status, 405);
    assert_eq!(client.post("/products/categories", &json!({})).await.status, 200);
}
