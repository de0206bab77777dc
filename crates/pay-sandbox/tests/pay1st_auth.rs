//! Pay1st's tokens over raw HTTP: issued, refreshed, refused, ended.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::Sandbox;
use pay1st_common::*;
use reqwest::Method;
use std::time::Duration;

#[tokio::test]
async fn key_and_secret_give_two_opaque_tokens() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let answer = send(partner.login()).await;
    assert_eq!(answer.json()["role"], "API_USER");
    for name in ["accessToken", "refreshToken"] {
        let token = answer.text(name);
        assert!(token.ends_with('=') && token.contains('+') && token.contains('/'), "forces escaping bugs out");
        assert_eq!(token.len(), 684);
    }
    assert_ne!(answer.text("accessToken"), partner.access);
    assert_eq!(answer.json().as_object().unwrap().len(), 3, "no lifetime is published");
    // Several may live at once.
    assert_eq!(send(partner.get(&format!("{METHODS}?countryCode=NG"), CHANNEL)).await.status, 200);
}

#[tokio::test]
async fn a_login_that_is_not_right_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (key, secret) = (partner.pay1st.api_key(), partner.pay1st.api_secret());
    let bare = |body: &str| partner.bare(Method::POST, TOKEN, AUTH).body(body.to_owned());
    let role = r#"{"role":"API_USER"}"#;
    for (request, status) in [
        (bare(role), 401),
        (bare(role).basic_auth(key, Some("wrong")), 401),
        (bare(role).basic_auth("wrong", Some(secret)), 401),
        (bare(role).basic_auth(key, None::<&str>), 401),
        (bare(role).bearer_auth(&partner.access), 401),
        (bare(r#"{"role":"ADMIN"}"#).basic_auth(key, Some(secret)), 400),
        (bare(r#"{"role":7}"#).basic_auth(key, Some(secret)), 400),
        (bare("{}").basic_auth(key, Some(secret)), 400),
        (bare("").basic_auth(key, Some(secret)), 400),
        (bare("[]").basic_auth(key, Some(secret)), 400),
    ] {
        let answer = send(request).await;
        assert!(answer.is_error(status), "{answer:?}");
        assert!(answer.assumed.contains("errorCode"), "no value of it is documented");
    }
}

#[tokio::test]
async fn every_endpoint_takes_its_own_media_type_and_method_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    for (method, path, media) in [
        (Method::POST, TOKEN, AUTH),
        (Method::POST, REFRESH, AUTH),
        (Method::GET, METHODS, CHANNEL),
        (Method::POST, CREATE, PAYMENT),
        (Method::GET, QUERY, PAYMENT),
        (Method::POST, FULFIL, PAYMENT),
        (Method::POST, REFUNDS, REFUND),
    ] {
        let ask = |method: &Method, media: &str| send(partner.bare(method.clone(), path, media).body("{}"));
        for wrong in
            ["application/json", "", &format!("{media}; charset=utf-8"), if media == AUTH { PAYMENT } else { AUTH }]
        {
            let answer = ask(&method, wrong).await;
            assert!(answer.is_error(405), "{path} {wrong}: {answer:?}");
        }
        let other = if method == Method::GET { Method::POST } else { Method::GET };
        assert!(ask(&other, media).await.is_error(405), "{path}");
        assert_ne!(ask(&method, media).await.status, 405, "{path}");
    }
    sandbox.pay1st().set_mode("media_type", "lenient").unwrap();
    let with_charset = partner.bare(Method::POST, TOKEN, &format!("{AUTH}; charset=utf-8")).body("{}");
    assert_eq!(send(with_charset).await.status, 401);
}

#[tokio::test]
async fn a_refresh_rotates_both_tokens_with_or_without_basic() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let first = send(partner.refresh(&partner.refresh)).await;
    assert_eq!((first.status, first.assumed.contains("older tokens")), (200, true));
    assert_ne!(first.text("refreshToken"), partner.refresh);
    assert!(send(partner.refresh(&partner.refresh)).await.is_error(401), "used once");
    let basic =
        |request: reqwest::RequestBuilder, secret: &str| request.basic_auth(partner.pay1st.api_key(), Some(secret));
    let secret = partner.pay1st.api_secret();
    let second = send(basic(partner.refresh(&first.text("refreshToken")), secret)).await;
    assert_eq!(second.status, 200);
    let token = second.text("refreshToken");
    assert!(send(basic(partner.refresh(&token), "wrong")).await.is_error(401));
    for body in [r#"{"role":"API_USER"}"#, r#"{"role":"USER","refreshToken":"x"}"#, r#"{"refreshToken":"x"}"#, "x"] {
        assert!(send(partner.bare(Method::POST, REFRESH, AUTH).body(body)).await.is_error(400), "{body}");
    }
    sandbox.pay1st().set_mode("refresh_basic", "required").unwrap();
    assert!(send(partner.refresh(&token)).await.is_error(401));
    assert_eq!(send(basic(partner.refresh(&token), secret)).await.status, 200);
}

#[tokio::test]
async fn modes_say_what_becomes_of_older_tokens() {
    for (mode, call) in [("live", 200), ("dead_in_links", 200), ("dead", 401)] {
        let sandbox = Sandbox::start().await.unwrap();
        let partner = partner(&sandbox).await;
        partner.pay1st.set_mode("old_access_tokens", mode).unwrap();
        partner.pay1st.set_mode("old_refresh_token", "valid").unwrap();
        assert_eq!(send(partner.refresh(&partner.refresh)).await.status, 200);
        assert_eq!(send(partner.refresh(&partner.refresh)).await.status, 200, "valid for ever");
        let answer = send(partner.get(&format!("{METHODS}?countryCode=NG"), CHANNEL)).await;
        assert_eq!(answer.status, call, "{mode}");
    }
}

#[tokio::test]
async fn tokens_live_as_long_as_they_are_told_to() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.pay1st().set_token_lives(Duration::from_secs(100), Duration::from_secs(200));
    let partner = partner(&sandbox).await;
    let ask = || send(partner.get(&format!("{METHODS}?countryCode=NG"), CHANNEL));
    sandbox.clock().advance(Duration::from_secs(90));
    assert_eq!(ask().await.status, 200);
    sandbox.clock().advance(Duration::from_secs(10));
    assert!(ask().await.is_error(401));
    let refreshed = send(partner.refresh(&partner.refresh)).await;
    assert_eq!(refreshed.status, 200);
    sandbox.clock().advance(Duration::from_secs(200));
    assert!(send(partner.refresh(&refreshed.text("refreshToken"))).await.is_error(401));
}

#[tokio::test]
async fn the_token_stands_in_a_header_of_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let bare = || partner.bare(Method::GET, &format!("{METHODS}?countryCode=NG"), CHANNEL);
    for request in [
        bare(),
        bare().bearer_auth(&partner.access),
        bare().header("AccessToken", &partner.access),
        bare().header("AccessToken", format!("Bearer {}x", partner.access)),
        bare().header("AccessToken", format!("Bearer {}", partner.refresh)),
        bare().header("AccessToken", "Bearer "),
    ] {
        assert!(send(request).await.is_error(401));
    }
    sandbox.pay1st().end_access_tokens();
    assert!(
        send(partner.get(&format!("{METHODS}?countryCode=NG"), CHANNEL)).await.is_error(401),
        "in the middle of a flow"
    );
}

#[tokio::test]
async fn the_sandbox_knows_its_secrets_in_a_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let basic = "c2FuZGJveC1wYXkxc3QtYXBpLWtleTpzYW5kYm94LXBheTFzdC1hcGktc2VjcmV0";
    for (text, whose) in [
        (partner.pay1st.api_secret(), "the API secret of Pay1st"),
        (basic, "the Basic header of Pay1st"),
        (&partner.pay1st.signing_key(), "the signing key of Pay1st"),
        (&partner.access, "an access token of Pay1st"),
        (&partner.refresh, "a refresh token of Pay1st"),
    ] {
        assert_eq!(sandbox.leaks(&format!("log: {text};")), [whose]);
    }
    assert_eq!(sandbox.leaks("nothing"), Vec::<String>::new());
    let log = serde_json::to_string(&sandbox.requests()).unwrap();
    assert_eq!(sandbox.leaks(&log), Vec::<String>::new());
}
