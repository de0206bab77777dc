//! Wrong settings fail in `build()`, by name, before anything is sent and without a runtime.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::auth::TokenSource;
use pagfast::{Builder, Client, CredentialError, Environment, Error, Kind, Outcome, SecretString};
use pay_core::script::{Play, Script};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use support::{ID, answering, builder, calls, withdrawal};

#[track_caller]
fn refused(built: Result<Client, Error>, setting: &str) -> Error {
    let error = built.unwrap_err();
    assert_eq!(error.setting(), Some(setting), "{error}");
    assert_eq!((error.kind(), error.outcome(), error.operation()), (Kind::Config, Outcome::NotDone, "build"));
    assert!(error.to_string().contains(&format!("`{setting}`")), "{error}");
    error
}

#[track_caller]
fn wrong(change: impl FnOnce(Builder) -> Builder, setting: &str) -> Error {
    refused(change(complete()).build(), setting)
}

/// A complete builder over the real transport.
fn complete() -> Builder {
    Client::builder().local("http://127.0.0.1:4010/pagfast/v1").credentials("k", "s")
}

struct Never;

#[async_trait::async_trait]
impl TokenSource for Never {
    async fn token(&self) -> Result<SecretString, CredentialError> {
        Err(CredentialError("never".into()))
    }
}

#[test]
fn build_needs_no_runtime_and_sends_nothing() {
    assert!(tokio::runtime::Handle::try_current().is_err());
    let client = complete().build().unwrap();
    assert!(format!("{client:?}").contains("http://127.0.0.1:4010/pagfast/v1"));
    client.with_credentials("l", "t").company_credentials("c", "d").build().unwrap();
    client.with_token_source(Arc::new(Never)).build().unwrap();
}

#[test]
fn an_environment_is_never_guessed() {
    let error = refused(Client::builder().credentials("k", "s").build(), "environment");
    for choice in ["assumed_provider_test()", "provider_test(url)", "production(url)", "local(url)"] {
        assert!(error.to_string().contains(choice), "{error}");
    }
}

#[test]
fn what_is_missing_or_empty_is_named() {
    refused(Client::builder().assumed_provider_test().build(), "credentials");
    for empty in ["", " ", "\t"] {
        wrong(|b| b.credentials(empty, "s"), "access_key");
        wrong(|b| b.credentials("k", empty), "secret");
        wrong(|b| b.company_credentials(empty, "s"), "company_access_key");
        wrong(|b| b.company_credentials("k", empty), "company_secret");
        let client = complete().build().unwrap();
        refused(client.with_credentials("k", empty).build(), "secret");
        refused(client.with_credentials("k", "s").company_credentials(empty, "s").build(), "company_access_key");
    }
    complete().credentials("", "").credentials("k", "s").build().unwrap();
}

#[test]
fn base_urls_that_would_send_money_elsewhere_are_refused() {
    for url in [
        "",
        "api.pagfast.com/v1",
        "http://api.pagfast.com/v1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://api.pagfast.com/v1?key=1",
        "https://api.pagfast.com/v1#x",
        "https://u:p@api.pagfast.com/v1",
        // The prefix is a setting of its own, and would stand there twice.
        "https://api.pagfast.com/v1/partners-int",
        "https://api.pagfast.com/v1/partners-int/",
    ] {
        for change in
            [Builder::local, Builder::provider_test, Builder::production] as [fn(Builder, String) -> Builder; 3]
        {
            let error = wrong(|b| change(b, url.to_owned()), "base_url");
            assert!(!error.to_string().contains("u:p"), "{error}");
        }
    }
}

#[test]
fn settings_that_are_assumed_by_default_are_checked() {
    for prefix in ["partners-int", "//x", "/a/../b", "/a?b", "/a b", "https://h/x", "/{x}"] {
        wrong(|b| b.service_prefix(prefix), "service_prefix");
        wrong(|b| b.simulation_prefix(prefix), "simulation_prefix");
        wrong(|b| b.token_path(prefix), "token_path");
    }
    wrong(|b| b.token_path(""), "token_path");
    wrong(|b| b.token_path("/"), "token_path");
    for (key, secret) in [("", "s"), ("k", ""), ("same", "same")] {
        wrong(|b| b.token_fields(key, secret), "token_fields");
    }
    for path in ["", ".", "data.", ".token", "a..b"] {
        wrong(|b| b.token_member(path), "token_member");
    }
}

#[test]
fn tokens_of_the_caller_are_not_kept_in_a_shared_store() {
    let store = || Arc::new(pagfast::auth::MemoryStore::default());
    wrong(|b| b.token_source(Arc::new(Never)).token_store(store()), "token_store");
    complete().token_store(store()).build().unwrap();
    let client = complete().token_store(store()).build().unwrap();
    refused(client.with_token_source(Arc::new(Never)).build(), "token_store");
}

#[test]
fn impossible_times_and_sizes_are_named() {
    let zero = Duration::ZERO;
    wrong(|b| b.connect_timeout(zero), "connect_timeout");
    wrong(|b| b.attempt_timeout(zero), "attempt_timeout");
    wrong(|b| b.deadline(zero), "deadline");
    wrong(|b| b.attempts(0), "attempts");
    wrong(|b| b.max_body(0), "max_body");
    wrong(|b| b.user_agent_suffix("shop\r\nx: y"), "user_agent_suffix");
    let error = wrong(|b| b.proxy("http://u:hunter2@"), "proxy");
    assert!(!format!("{error:?}{error:#}").contains("hunter2"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn production_has_no_simulators_and_its_address_is_the_callers() {
    let script = answering(vec![Play::answer(400, "")]);
    let live = builder(&script).production("https://api.pagfast.example/v9").build().unwrap();
    for error in [live.simulate_pix(ID).await.unwrap_err(), live.simulate_open_finance(ID).await.unwrap_err()] {
        assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Invalid, Outcome::NotDone, 0));
        assert!(error.to_string().contains("production has no simulators"), "{error}");
    }
    assert!(script.seen().is_empty());
    let _ = live.pix_cash_out(withdrawal("o")).send().await;
    assert_eq!(calls(&script)[0].url, "https://api.pagfast.example/v9/partners-int/accounts/pix/cashout");
    assert!(!live.environment().has_simulators());
    for environment in [Environment::AssumedProviderTest, Environment::ProviderTest { base_url: "https://h/v1".into() }]
    {
        let client = builder(&script).environment(environment).build().unwrap();
        let _ = client.simulate_pix(ID).await;
    }
    assert_eq!(calls(&script).len(), 3);
}

#[test]
fn production_is_never_a_default_of_the_environment() {
    // A process of its own, since variables belong to all of a process.
    let this = std::env::current_exe().unwrap();
    let run = |variables: &[(&str, &str)]| {
        let mut command = Command::new(&this);
        command.args(["from_env_in_a_process", "--exact", "--nocapture", "--ignored"]).env_clear();
        command.envs([("PAGFAST_ACCESS_KEY", "k"), ("PAGFAST_SECRET", "s")]);
        command.envs(variables.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(run(&[]).contains("refused PAGFAST_ENVIRONMENT"));
    assert!(run(&[("PAGFAST_ENVIRONMENT", "")]).contains("refused PAGFAST_ENVIRONMENT"));
    assert!(run(&[("PAGFAST_ENVIRONMENT", "production")]).contains("refused PAGFAST_BASE_URL"));
    assert!(run(&[("PAGFAST_ENVIRONMENT", "local")]).contains("refused PAGFAST_BASE_URL"));
    assert!(run(&[("PAGFAST_ENVIRONMENT", "assumed_provider_test")]).contains("built"));
}

#[test]
#[ignore = "run by the test above, with variables of its own"]
fn from_env_in_a_process() {
    match Client::from_env() {
        Ok(_) => println!("built"),
        Err(error) => println!("refused {}", error.setting().unwrap()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_credential_source_is_told() {
    struct Vault;

    #[async_trait::async_trait]
    impl pagfast::CredentialSource for Vault {
        async fn credentials(&self) -> Result<pagfast::Credentials, CredentialError> {
            Err(CredentialError("the vault is sealed".into()))
        }
    }

    let never = Script::new(|_| panic!("something was sent"));
    let client = builder(&never).credential_source(Arc::new(Vault)).build().unwrap();
    let error = client.pix_cash_out(withdrawal("o")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone));
    assert!(format!("{error:#}").contains("the vault is sealed"), "{error:#}");
}

#[test]
fn nothing_of_a_client_or_its_builders_prints_a_key() {
    let builder = complete().credentials("K-SENTINEL", "S-SENTINEL").company_credentials("C-SENTINEL", "D-SENTINEL");
    assert!(!format!("{builder:?}").contains("SENTINEL"));
    let client = builder.build().unwrap();
    let other = client.with_credentials("K-SENTINEL", "S-SENTINEL");
    assert!(!format!("{client:?}{other:?}{:?}", client.companies()).contains("SENTINEL"));
}
