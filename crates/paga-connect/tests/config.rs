//! Settings: nothing is guessed, and whatever is wrong is named before anything is sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{
    BasicEncoding, Builder, Client, Credentials, DetailsShape, DottedValue, Environment, Error, Kind, PaymentForm,
    Scope,
};
use pay_core::script::{Play, Script};
use std::sync::Arc;
use support::{CALLBACK, DETAILS, TOKEN, answering, code, is_token, of};

fn whole() -> Builder {
    Client::builder().provider_test().credentials("client-1", "secret").redirect_uri(CALLBACK)
}

#[track_caller]
fn wrong(builder: Builder, setting: &str) -> Error {
    let error = builder.build().unwrap_err();
    assert_eq!((error.kind(), error.setting()), (Kind::Config, Some(setting)), "{error}");
    error
}

#[test]
fn a_whole_builder_builds_without_a_runtime() {
    whole().build().unwrap();
    whole().production().build().unwrap();
    whole().local("http://127.0.0.1:4080/paga-connect").build().unwrap();
}

#[test]
fn what_is_missing_is_named_and_no_environment_is_a_default() {
    let error = wrong(Client::builder().credentials("c", "s"), "environment");
    assert!(error.to_string().contains("`provider_test()`, `production()` or `local(base_url)`"), "{error}");
    wrong(Client::builder().provider_test(), "credentials");
    wrong(whole().credentials(" ", "s"), "client_id");
    wrong(whole().credentials("c", ""), "client_secret");
}

#[test]
fn addresses_are_checked() {
    for url in
        ["http://beta.mypaga.com", "ftp://x", "beta.mypaga.com", "", "https://u@h", "https://h?x=1", "https://h#f"]
    {
        wrong(whole().base_url(url), "base_url");
        wrong(whole().local(url), "base_url");
        wrong(whole().authorization_url(url), "authorization_url");
    }
    wrong(whole().base_url("https://www.mypaga.com/paga-webservices/oauth2"), "base_url");
    for uri in ["/callback", "http://shop.example/cb", "https://shop.example/cb#x", "https://u:p@h/cb"] {
        wrong(whole().redirect_uri(uri), "redirect_uri");
    }
    for uri in [CALLBACK, "http://localhost:3000/cb", "http://[::1]:3000/cb", "com.shop.app:/callback"] {
        whole().redirect_uri(uri).build().unwrap();
    }
}

#[test]
fn each_environment_has_its_host() {
    for (environment, page) in [
        (Environment::ProviderTest, "https://beta.mypaga.com/paga-webservices/oauth2/authorization?"),
        (Environment::Production, "https://www.mypaga.com/paga-webservices/oauth2/authorization?"),
        (
            Environment::Local { base_url: "http://127.0.0.1:1/paga-connect/".into() },
            "http://127.0.0.1:1/paga-connect/paga-webservices/oauth2/authorization?",
        ),
    ] {
        let (url, _) =
            whole().environment(environment).build().unwrap().consent([Scope::MoneyTransfer]).start().unwrap();
        assert!(url.expose_url().starts_with(page), "{}", url.expose_url());
    }
    let elsewhere = whole().authorization_url("https://id.example/consent").build().unwrap();
    let (url, _) = elsewhere.consent([Scope::MoneyTransfer]).start().unwrap();
    assert!(url.expose_url().starts_with("https://id.example/consent?"), "{}", url.expose_url());
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    wrong(whole().payment_form(PaymentForm::PathV3).dotted_value(DottedValue::SendForm), "dotted_value");
    // A colon ends the id in basic authentication, unless it is encoded first.
    wrong(whole().credentials("a:b", "secret"), "client_id");
    whole().credentials("a:b", "secret").basic_encoding(BasicEncoding::Rfc6749).build().unwrap();
    let client = whole().build().unwrap();
    assert_eq!(client.with_credentials("", "s").unwrap_err().setting(), Some("client_id"));
    assert_eq!(client.with_credentials("a:b", "s").unwrap_err().setting(), Some("client_id"));
    assert_eq!(client.with_credentials("c", "").unwrap_err().setting(), Some("client_secret"));
}

#[test]
fn secrets_do_not_print() {
    let builder = whole().credentials("client-1", "SENTINEL").proxy("http://u:SENTINEL@proxy.example:1");
    let mut printed = format!("{builder:?} {builder:#?}");
    let client = builder.build().unwrap();
    let source = Arc::new(Credentials::new("client-2", "SENTINEL"));
    let second = client.with_credential_source("client-2", source).unwrap();
    let session = second.user("SENTINEL-user");
    printed.push_str(&format!("{client:?} {second:?} {session:?} {:?}", client.consent([Scope::MoneyTransfer])));
    assert!(!printed.contains("SENTINEL"), "{printed}");
}

/// Two client ids of one organisation, each with its own secret and its own tokens of the same user.
#[tokio::test(start_paused = true)]
async fn two_client_ids_never_mix() {
    let script = Script::new(|sent| {
        if !is_token(sent) {
            return Play::answer(200, DETAILS);
        }
        // base64 of `client-1:...` begins so; the other's does not.
        let first = sent.header("authorization").starts_with("Basic Y2xpZW50LTE6");
        Play::answer(200, TOKEN.replace("00000000", if first { "11111111" } else { "22222222" }))
    });
    let first = support::client(&script);
    let second = first.with_credentials("client-2", "other").unwrap();
    let users = [of(&first).await, of(&second).await];
    for user in &users {
        user.user_details(DetailsShape::Bare).send().await.unwrap();
    }
    let seen = support::calls(&script);
    assert!(seen[0].header("authorization").starts_with("Bearer 11111111-"));
    assert!(seen[1].header("authorization").starts_with("Bearer 22222222-"));
}

#[tokio::test(start_paused = true)]
async fn token_calls_and_stores_do_not_wait_as_long_as_payments_may() {
    let script = Script::new(|_| Play::hang());
    let client = support::client(&script);
    let before = tokio::time::Instant::now();
    client.exchange(code(&client)).await.unwrap_err();
    assert_eq!(before.elapsed(), support::secs(25));
    let script = answering(vec![Play::hang()]);
    let user = support::session(&script).await;
    let before = tokio::time::Instant::now();
    user.merchant_payment(support::payment("r")).send().await.unwrap_err();
    assert_eq!(before.elapsed(), support::secs(120));
}
