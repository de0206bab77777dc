//! Paga Connect's control plane: what its back office and its users would do, over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod paga_connect_common;

use paga_connect_common::*;
use pay_sandbox::Sandbox;
use serde_json::{Value, json};
use std::time::Duration;

async fn control(sandbox: &Sandbox, path: &str, body: Option<Value>) -> Answer {
    let url = format!("{}/paga-connect{path}", sandbox.control_url());
    let http = reqwest::Client::new();
    match body {
        None => send(http.get(url)).await,
        Some(body) => send(http.post(url).body(body.to_string())).await,
    }
}

#[tokio::test]
async fn consent_without_a_browser_is_a_switch_that_is_off() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    let url = shop.url(&shop.asks());
    let ask = |user: &str, approve: Option<bool>| {
        let mut body = json!({ "url": url, "user": user });
        if let Some(approve) = approve {
            body["approve"] = json!(approve);
        }
        body
    };
    let off = control(&sandbox, "/consent", Some(ask("ada", None))).await;
    assert_eq!((off.status, off.text("field").as_str()), (400, "consent_without_browser"), "{off:?}");
    assert!(shop.paga.approve(&url, "ada").is_err() && shop.paga.decline(&url, "ada").is_err());
    sandbox.set_modes("paga-connect", &[("consent_without_browser", "on")]).unwrap();
    let approved = control(&sandbox, "/consent", Some(ask("ada", None))).await.text("redirect");
    let back = parameters(&approved, shop.redirect());
    assert_eq!((back["state"].as_str(), back["code"].len()), ("state-1", 6));
    assert_eq!(send(shop.exchange(&back["code"])).await.status, 200);
    let declined = control(&sandbox, "/consent", Some(ask("ada", Some(false)))).await.text("redirect");
    let back = parameters(&declined, shop.redirect());
    assert_eq!((back["error"].as_str(), back["state"].as_str(), back.get("code")), ("access_denied", "state-1", None));
    assert_eq!(parameters(&shop.paga.decline(&url, "ada").unwrap(), shop.redirect())["error"], "access_denied");
    for (user, field) in [("nobody", "user"), ("bola", "user")] {
        let refused = control(&sandbox, "/consent", Some(ask(user, None))).await;
        assert_eq!((refused.status, refused.text("field").as_str()), (400, field), "{refused:?}");
    }
    // The URL is read as the page reads it.
    let mut asks = shop.asks();
    asks[0] = ("client_id", "unknown");
    assert!(shop.paga.approve(&shop.url(&asks), "ada").unwrap_err().to_string().contains("client_id"));
    asks[0] = ("client_id", &shop.id);
    asks[2] = ("redirect_uri", "https://evil.example");
    assert!(shop.paga.approve(&shop.url(&asks), "ada").unwrap_err().to_string().contains("redirect_uri"));
    assert!(shop.paga.approve("http://127.0.0.1/else?client_id=x", "ada").is_err());
    asks[2] = ("redirect_uri", shop.redirect());
    asks[3] = ("scope", "ROOT");
    let back = shop.paga.approve(&shop.url(&asks), "ada").unwrap();
    assert_eq!(parameters(&back, shop.redirect())["error"], "invalid_scope");
}

#[tokio::test]
async fn redirects_and_secrets_are_registered_and_replaced() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let mine = "http://127.0.0.1:39999/callback?shop=1";
    let path = format!("/clients/{}/redirect_uris", shop.id);
    let client = control(&sandbox, &path, Some(json!({ "redirect_uri": mine }))).await;
    assert!(client.text.contains(mine) && !client.text.contains(&shop.secret), "{client:?}");
    let mut asks = shop.asks();
    asks[2] = ("redirect_uri", mine);
    let back = shop.paga.approve(&shop.url(&asks), "ada").unwrap();
    assert!(back.starts_with("http://127.0.0.1:39999/callback?shop=1&code="), "{back}");
    for bad in [
        "",
        "/callback",
        "javascript:alert(1)",
        "http://shop.example/#x",
        "http://user@shop.example/",
        "http://shop.example/../x",
    ] {
        assert_eq!(control(&sandbox, &path, Some(json!({ "redirect_uri": bad }))).await.status, 400, "{bad}");
        assert!(shop.paga.register_redirect_uri(&shop.id, bad).is_err(), "{bad}");
    }
    assert!(shop.paga.register_redirect_uri("unknown", mine).is_err());
    shop.paga.register_redirect_uri(&shop.id, mine).unwrap();
    let known = shop.paga.clients().into_iter().find(|client| client.client_id == shop.id).unwrap();
    assert_eq!(known.redirect_uris.iter().filter(|uri| *uri == mine).count(), 1);
    let path = format!("/clients/{}/secret", shop.id);
    let changed = control(&sandbox, &path, Some(json!({ "secret": "another" }))).await;
    assert!(changed.status == 200 && !changed.text.contains("another"), "{changed:?}");
    assert!(send(shop.refresh("x")).await.is_error(401, "invalid_client"));
    assert_eq!(shop.paga.client_secret(&shop.id).as_deref(), Some("another"));
    shop.paga.set_client_secret(&shop.id, &shop.secret).unwrap();
    assert!(send(shop.refresh("x")).await.is_error(400, "invalid_grant"));
    assert!(shop.paga.set_client_secret(&shop.id, "").is_err() && shop.paga.client_secret("unknown").is_none());
}

#[tokio::test]
async fn users_are_locked_paid_in_revoked_and_counted() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let ada = shop.connect("ada").await;
    send(shop.refresh(&ada.refresh)).await;
    let users = control(&sandbox, "/users", None).await.json();
    assert_eq!(
        users[0],
        json!({ "username": "ada", "locked": false, "balance_cents": 25_000_000, "refreshes": 1, "refused_refreshes": 0, "consents": 1 })
    );
    assert_eq!(users[3]["locked"], true, "bola");
    for secret in [shop.paga.password("ada").unwrap(), "08000000001", "ada.obi@paga.example"] {
        assert!(!users.to_string().contains(secret), "{secret}");
    }
    assert_eq!(control(&sandbox, "/users/emeka/lock", Some(json!({}))).await.json()["locked"], true);
    assert_eq!(control(&sandbox, "/users/emeka/unlock", Some(json!({}))).await.json()["locked"], false);
    assert_eq!(control(&sandbox, "/users/nobody/lock", Some(json!({}))).await.status, 400);
    let paid_in = control(&sandbox, "/balance", Some(json!({ "account": "emeka", "amount": "12.50" }))).await;
    assert_eq!(paid_in.json(), json!({ "account": "emeka", "balance_cents": 1250 }));
    for (account, amount) in [("nobody", "1"), ("emeka", "-1"), ("emeka", "x")] {
        assert_eq!(
            control(&sandbox, "/balance", Some(json!({ "account": account, "amount": amount }))).await.status,
            400
        );
    }
    assert_sound(&sandbox);
    let consents = control(&sandbox, "/consents", None).await.json();
    assert_eq!((consents[0]["username"].as_str(), consents[0]["refreshes"].as_u64()), (Some("ada"), Some(1)));
    assert!(!consents.to_string().contains(&ada.access) && !consents.to_string().contains(&ada.refresh));
    let other = shop.paga.awkward_client_id();
    let of_other = control(&sandbox, "/users/ada/revoke", Some(json!({ "client_id": other }))).await;
    assert_eq!(of_other.json()["revoked"], 0);
    assert_eq!(control(&sandbox, "/users/ada/revoke", Some(json!({}))).await.json()["revoked"], 1);
    assert!(send(shop.refresh(&ada.refresh)).await.is_error(400, "invalid_grant"));
    assert_eq!(control(&sandbox, "/users", None).await.json()[0]["refused_refreshes"], 1);
}

#[tokio::test]
async fn lives_are_set_and_access_tokens_ended() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let settings = control(&sandbox, "/settings", None).await.json();
    assert_eq!(
        (settings["code_seconds"].as_f64(), settings["access_token_seconds"].as_f64(), settings["evidence"].as_str()),
        (Some(300.0), Some(43_200.0), Some("assumed"))
    );
    control(&sandbox, "/settings", Some(json!({ "access_token_seconds": 60, "code_seconds": 5 }))).await;
    let (ada, ngozi) = (shop.connect("ada").await, shop.connect("ngozi").await);
    let late = shop.code("ada");
    sandbox.clock().advance(Duration::from_secs(5));
    assert!(send(shop.exchange(&late)).await.is_error(400, "invalid_grant"));
    control(&sandbox, "/end_access_tokens", Some(json!({ "user": "ada" }))).await;
    assert!(send(shop.secured(&ada.access, "/getUserDetails")).await.is_error(401, "invalid_token"));
    assert_eq!(send(shop.secured(&ngozi.access, "/getUserDetails")).await.status, 200);
    control(&sandbox, "/end_access_tokens", Some(json!({}))).await;
    assert!(send(shop.secured(&ngozi.access, "/getUserDetails")).await.is_error(401, "invalid_token"));
    assert_eq!(control(&sandbox, "/settings", Some(json!({ "else": 1 }))).await.status, 400);
    assert_eq!(control(&sandbox, "/settings", Some(json!({ "code_seconds": -1 }))).await.status, 400);
    for (path, post) in [("/users", true), ("/consent", false), ("/balance", false), ("/users/ada/revoke", false)] {
        assert_eq!(control(&sandbox, path, post.then(|| json!({}))).await.status, 405, "{path}");
    }
    assert_eq!(control(&sandbox, "/else", None).await.status, 404);
    sandbox.reset();
    assert_eq!((shop.paga.consents().len(), shop.paga.user("emeka").unwrap().balance_cents), (0, 0));
    assert!(send(shop.refresh(&ada.refresh)).await.is_error(400, "invalid_grant"));
}
