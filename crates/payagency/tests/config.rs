//! What a client can be built with: the key says the environment, and what is missing or wrong is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use async_trait::async_trait;
use pay_core::script::Play;
use payagency::{
    AmountUnit, Builder, Client, CredentialError, CredentialSource, Credentials, Environment, Kind, Outcome, Transport,
    credentials,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use support::{ENCRYPTION, LIVE, SECRET, always, answering, client, page_payment, paid, redirect};

fn wrong(builder: Builder) -> &'static str {
    let error = builder.build().unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Config, Outcome::NotDone), "{error}");
    for secret in ["made_up", ENCRYPTION] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
    error.setting().unwrap()
}

#[test]
fn keys_are_required_and_checked() {
    let keys = |secret: &str, encryption: &str| Client::builder().credentials(secret.to_owned(), encryption.to_owned());
    assert_eq!(wrong(Client::builder()), "credentials");
    for secret in
        ["", "PA_TEST_", "PA_LIVE_", "made_up", "pa_test_made_up", "sk_live_made_up", "PA_TEST_made_up\n", "PA_TEST_é"]
    {
        assert_eq!(wrong(keys(secret, ENCRYPTION)), "secret_key", "{secret:?}");
    }
    for encryption in ["", "made_up", &ENCRYPTION[1..], &format!("{ENCRYPTION}0"), &ENCRYPTION[..16], &ENCRYPTION[..24]]
    {
        assert_eq!(wrong(keys(SECRET, encryption)), "encryption_key", "{encryption:?}");
    }
    assert_eq!(keys(SECRET, ENCRYPTION).build().unwrap().environment(), Environment::ProviderTest);
}

#[test]
fn a_live_key_needs_to_know_what_amounts_mean() {
    let keys = || Client::builder().credentials(LIVE, ENCRYPTION);
    assert_eq!(wrong(keys()), "amounts");
    for unit in [AmountUnit::Major, AmountUnit::Minor] {
        let client = keys().amounts(unit).build().unwrap();
        assert_eq!((client.environment(), client.amounts()), (Environment::Production, Some(unit)));
    }
    let test = Client::builder().credentials(SECRET, ENCRYPTION).build().unwrap();
    assert_eq!(test.amounts(), None);
    // Nor does a second profile slip through.
    let error = test.with_credentials(LIVE, ENCRYPTION).unwrap_err();
    assert_eq!(error.setting(), Some("amounts"));
}

#[test]
fn what_the_builder_is_told_must_be_what_the_key_says() {
    assert_eq!(wrong(Client::builder().credentials(SECRET, ENCRYPTION).production()), "secret_key");
    assert_eq!(
        wrong(Client::builder().credentials(LIVE, ENCRYPTION).amounts(AmountUnit::Major).provider_test()),
        "secret_key"
    );
    assert!(Client::builder().credentials(SECRET, ENCRYPTION).provider_test().build().is_ok());
}

#[test]
fn hosts_and_paths_are_checked() {
    let base = |url: &str| Client::builder().credentials(SECRET, ENCRYPTION).local(url);
    for url in [
        "http://backend.pay.example",
        "backend.pay.example",
        "https://x.example/api/v1/live",
        "https://x.example/TEST",
        "https://u:p@x.example",
    ] {
        assert_eq!(wrong(base(url)), "base_url", "{url}");
    }
    assert!(base("http://127.0.0.1:1/payagency").build().is_ok());
    let path = |operation: &str, path: &str| Client::builder().credentials(SECRET, ENCRYPTION).path(operation, path);
    for (operation, text) in [
        ("cards", "/api/v1/test/card"),
        ("card", "api/v1/test/card"),
        ("card", "//api/v1/test/card"),
        ("card", "/api/../card"),
        ("card", "/api/v1/live/card"),
        ("card", "/api/v1/live-card"),
        ("card", "/api/v1/%6cive/card"),
        ("card", "/api/card?x=1"),
        ("card", "/api/card#x"),
        ("card", "/api/{id}/card"),
        ("card", "/api/{x}/card"),
        ("card", "/api/{environment}/{environment}/card"),
        ("card", "/api/v1/test/card/"),
        ("status", "/api/test/status"),
        ("status", "/api/test/{id}/{id}"),
    ] {
        assert_eq!(wrong(path(operation, text)), "path", "{operation} {text}");
    }
    assert!(path("status", "/api/v2/{environment}/status/{id}").build().is_ok());
    assert!(path("card", "/api/v1/test/card").build().is_ok());
}

/// A source whose keys can be changed.
struct Vault(Mutex<(String, String)>, AtomicUsize);

#[async_trait]
impl CredentialSource for Vault {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let (secret, encryption) = self.0.lock().unwrap().clone();
        Ok(credentials(secret, encryption))
    }
}

#[tokio::test]
async fn rotated_keys_are_used_at_once_and_stay_in_their_environment() {
    let vault = Arc::new(Vault(Mutex::new((SECRET.into(), ENCRYPTION.into())), AtomicUsize::new(0)));
    let script = answering(vec![Play::answer(200, redirect("ORDER-1"))]);
    let client = Client::builder()
        .credential_source(Environment::ProviderTest, Arc::clone(&vault) as Arc<dyn CredentialSource>)
        .transport(Transport::scripted(&script))
        .build()
        .unwrap();
    assert_eq!(vault.1.load(Ordering::SeqCst), 0, "building asks nothing");
    let _ = client.hosted_card(page_payment("ORDER-1")).send().await.unwrap();
    let other = "00112233445566778899aabbccddeeff";
    *vault.0.lock().unwrap() = ("PA_TEST_rotated".into(), other.into());
    let _ = client.hosted_card(page_payment("ORDER-1")).send().await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[1].header("authorization"), "Bearer PA_TEST_rotated");
    if support::openssl::there("payagency rotation") {
        assert!(support::openssl::unsealed(other, seen[1].text()).contains("Ada"));
        assert!(support::openssl::unsealed(ENCRYPTION, seen[0].text()).contains("Ada"));
    }
    for keys in [(LIVE, ENCRYPTION), ("rubbish", ENCRYPTION), (SECRET, "short")] {
        *vault.0.lock().unwrap() = (keys.0.into(), keys.1.into());
        for error in [
            client.hosted_card(page_payment("ORDER-1")).send().await.unwrap_err(),
            client.wallets().send().await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone), "{error}");
            assert!(!format!("{error:#} {error:?}").contains("made_up"));
        }
    }
    assert_eq!(script.seen().len(), 2, "nothing was sent with keys of another environment");
}

#[tokio::test]
async fn two_profiles_never_mix() {
    let script = always(200, paid("ORDER-1"));
    let one = client(&script);
    let other = one.with_credentials("PA_TEST_other", "00112233445566778899aabbccddeeff").unwrap();
    let _ = one.status("ORDER-1").send().await.unwrap();
    let _ = other.status("ORDER-1").send().await.unwrap();
    let keys: Vec<_> = script.seen().iter().map(|sent| sent.header("authorization").to_owned()).collect();
    assert_eq!(keys, [format!("Bearer {SECRET}"), "Bearer PA_TEST_other".to_owned()]);
}

#[tokio::test]
async fn credentials_are_checked_by_a_read() {
    let script = answering(vec![
        Play::answer(200, r#"{"message":"m","data":[]}"#),
        Play::answer(401, r#"{"message":"Invalid Secret Key."}"#),
    ]);
    let client = client(&script);
    client.check_credentials().await.unwrap();
    let error = client.check_credentials().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone));
    assert!(error.to_string().contains("check the secret key, its environment, and the base URL"));
    assert!(script.seen().iter().all(|sent| sent.method == "GET"));
}
