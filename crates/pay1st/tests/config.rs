//! Wrong settings fail in `build()`, by name, before anything is sent and without a runtime.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Play, Script};
use pay1st::{Builder, Client, CredentialError, Environment, Error, Kind, Outcome};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use support::{answering, builder, calls, logged_in, order, secs};

fn never() -> Script {
    Script::new(|_| panic!("something was sent"))
}

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
    Client::builder()
        .local("http://127.0.0.1:4010/pay1st", "http://127.0.0.1:4010/pay1st")
        .credentials("k", "s")
        .signing_key("sign")
}

#[test]
fn build_needs_no_runtime_and_sends_nothing() {
    assert!(tokio::runtime::Handle::try_current().is_err());
    let client = complete().build().unwrap();
    assert!(format!("{client:?}").contains("http://127.0.0.1:4010/pay1st"));
    client.with_credentials("l", "t").signing_key("other").build().unwrap();
}

#[test]
fn an_environment_is_never_guessed() {
    let error = refused(Client::builder().credentials("k", "s").signing_key("x").build(), "environment");
    for choice in ["provider_test()", "production()", "local("] {
        assert!(error.to_string().contains(choice), "{error}");
    }
}

#[test]
fn what_is_missing_or_empty_is_named() {
    let start = || Client::builder().provider_test();
    refused(start().signing_key("x").build(), "credentials");
    refused(start().credentials("k", "s").build(), "signing_key");
    for empty in ["", " ", "\t"] {
        wrong(|b| b.credentials(empty, "s"), "api_key");
    }
    wrong(|b| b.credentials("a:b", "s"), "api_key");
    wrong(|b| b.credentials("k", ""), "api_secret");
    for key in ["", " ", "key\n", " key"] {
        let error = wrong(|b| b.signing_key(key), "signing_key");
        assert!(!format!("{error:?}").contains("key\\n"));
    }
    complete().credentials("k", " ").build().unwrap();
}

#[test]
fn the_last_credentials_count() {
    struct Vault;

    #[async_trait::async_trait]
    impl pay1st::CredentialSource for Vault {
        async fn credentials(&self) -> Result<pay1st::Credentials, CredentialError> {
            Err(CredentialError("sealed".into()))
        }
    }

    complete().credentials("", "").credentials("k", "s").build().unwrap();
    // What a source holds is seen when it is read.
    complete().credentials("", "").credential_source(Arc::new(Vault)).build().unwrap();
    wrong(|b| b.credential_source(Arc::new(Vault)).credentials("", "s"), "api_key");
}

#[test]
fn base_urls_that_would_send_money_elsewhere_are_refused() {
    for url in [
        "",
        "api-gateway.carry1st.com",
        "http://api-gateway.carry1st.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://api-gateway.carry1st.com?key=1",
        "https://api-gateway.carry1st.com#x",
        "https://u:p@api-gateway.carry1st.com",
    ] {
        for (setting, built) in [
            ("base_url", complete().base_url(url).build()),
            ("checkout_url", complete().checkout_url(url).build()),
            ("base_url", complete().local(url, "https://pay.example").build()),
            ("checkout_url", complete().local("https://api.example", url).build()),
        ] {
            let error = refused(built, setting);
            assert!(!error.to_string().contains("u:p"), "{error}");
        }
    }
    wrong(|b| b.base_url("https://h/api/pay1st"), "base_url");
    wrong(|b| b.base_url("https://h/api/pay1st/"), "base_url");
    wrong(|b| b.checkout_url("https://h/checkout"), "checkout_url");
}

#[test]
fn a_tokens_age_stays_below_five_minutes() {
    for age in [Duration::ZERO, secs(300), secs(301), Duration::MAX] {
        wrong(|b| b.token_max_age(age), "token_max_age");
    }
    complete().token_max_age(secs(299)).build().unwrap();
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

#[test]
fn another_partner_is_complete_too() {
    let client = complete().build().unwrap();
    refused(client.with_credentials("k", "s").build(), "signing_key");
    refused(client.with_credentials("", "s").signing_key("x").build(), "api_key");
    refused(client.with_credentials("k", "").signing_key("x").build(), "api_secret");
    refused(client.with_credentials("k", "s").signing_key("").build(), "signing_key");
}

#[tokio::test(start_paused = true)]
async fn each_environment_has_its_hosts() {
    for (environment, api, checkout) in [
        (
            Environment::ProviderTest,
            "https://api-gateway.platform.stage.carry1st.com",
            "https://pay.stage.carry1st.com",
        ),
        (Environment::Production, "https://api-gateway.carry1st.com", "https://pay.carry1st.com"),
        (
            Environment::Local {
                base_url: "http://[::1]:1/x/api".into(),
                checkout_url: "http://localhost:2/y/".into(),
            },
            "http://[::1]:1/x",
            "http://localhost:2/y",
        ),
    ] {
        let script = answering(vec![Play::answer(201, support::CREATED)]);
        let client = builder(&script).production().environment(environment).build().unwrap();
        let created = client.create_payment(order("order-1")).send().await.unwrap();
        assert_eq!(calls(&script)[0].url, format!("{api}/api/pay1st/payments/create"));
        assert!(created.checkout_link().expose_url().starts_with(&format!("{checkout}/checkout?reference=")));
    }
}

#[tokio::test(start_paused = true)]
async fn productions_printed_address_is_taken() {
    // One page prints it so, and every path begins with `/api`.
    let script = logged_in(|_| Play::answer(200, "[]"));
    let client = builder(&script).production().base_url("https://api-gateway.carry1st.com/api").build().unwrap();
    client.payment_methods("NG").send().await.unwrap();
    let urls: Vec<_> = script.seen().into_iter().map(|sent| sent.url).collect();
    let base = "https://api-gateway.carry1st.com/api/pay1st";
    assert_eq!(urls, [format!("{base}/auth/token"), format!("{base}/payments/methods?countryCode=NG")]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_credential_source_is_told() {
    struct Vault;

    #[async_trait::async_trait]
    impl pay1st::CredentialSource for Vault {
        async fn credentials(&self) -> Result<pay1st::Credentials, CredentialError> {
            Err(CredentialError("the vault is sealed".into()))
        }
    }

    let client = builder(&never()).credential_source(Arc::new(Vault)).build().unwrap();
    let error = client.create_payment(order("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone));
    assert!(format!("{error:#}").contains("the vault is sealed"), "{error:#}");
}

#[test]
fn production_is_never_a_default_of_the_environment() {
    // A process of its own, since variables belong to all of a process.
    let this = std::env::current_exe().unwrap();
    let run = |environment: Option<&str>| {
        let mut command = Command::new(&this);
        command.args(["from_env_in_a_process", "--exact", "--nocapture", "--ignored"]).env_clear();
        command.envs([("PAY1ST_API_KEY", "k"), ("PAY1ST_API_SECRET", "s"), ("PAY1ST_SIGNING_KEY", "x")]);
        command.envs(environment.map(|value| ("PAY1ST_ENVIRONMENT", value)));
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(None).contains("refused PAY1ST_ENVIRONMENT"));
    assert!(run(Some("")).contains("refused PAY1ST_ENVIRONMENT"));
    assert!(run(Some("local")).contains("refused PAY1ST_BASE_URL"));
    assert!(run(Some("provider_test")).contains("built"));
}

#[test]
#[ignore = "run by the test above, with variables of its own"]
fn from_env_in_a_process() {
    match Client::from_env() {
        Ok(_) => println!("built"),
        Err(error) => println!("refused {}", error.setting().unwrap()),
    }
}

#[test]
fn nothing_of_a_client_or_its_builders_prints_a_key() {
    let builder = complete().credentials("K-SENTINEL", "S-SENTINEL").signing_key("X-SENTINEL");
    assert!(!format!("{builder:?}").contains("SENTINEL"));
    let client = builder.build().unwrap();
    let other = client.with_credentials("K-SENTINEL", "S-SENTINEL").signing_key("X-SENTINEL");
    assert!(!format!("{client:?}{other:?}").contains("SENTINEL"));
}
