//! Wrong settings fail in `build()`, by name, before anything is sent and without a runtime.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Account, AccountBuilder, Builder, Client, Environment, Error, Kind, Outcome, Transport};
use pay_core::script::{Play, Script};
use std::process::Command;
use std::time::Duration;
use support::{answering, bare, builder, calls, client, logged_in, secs};

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
    // Scripts need a runtime's clock only when they are asked.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let script = {
        let _guard = runtime.enter();
        never()
    };
    refused(change(builder(&script)).build(), setting)
}

/// A complete builder over the real transport.
fn complete() -> Builder {
    Client::builder()
        .local("http://127.0.0.1:4010/pagamio/api/v1")
        .credentials("u", "p")
        .account(Account::Merchant("M".into()))
        .channel("C")
}

#[test]
fn build_needs_no_runtime_and_sends_nothing() {
    assert!(tokio::runtime::Handle::try_current().is_err());
    let client = complete().build().unwrap();
    let shown = format!("{client:?}");
    assert!(shown.contains("http://127.0.0.1:4010/pagamio/api/v1"), "{shown}");
    client.with_credentials("v", "q").account(Account::SubMerchant("S".into())).channel("D").build().unwrap();
}

#[test]
fn an_environment_is_never_guessed() {
    let built = Client::builder().credentials("u", "p").account(Account::Merchant("M".into())).channel("C").build();
    let error = refused(built, "environment");
    for choice in ["provider_test()", "production()", "local(url)"] {
        assert!(error.to_string().contains(choice), "{error}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let start = || Client::builder().local("http://127.0.0.1:1/api/v1");
    let account = || Account::Merchant("M".into());
    refused(start().account(account()).channel("C").build(), "credentials");
    refused(start().credentials("u", "p").channel("C").build(), "account");
    refused(start().credentials("u", "p").account(account()).build(), "channel");
    // Without it there is a client; only the history needs it.
    start().credentials("u", "p").account(account()).channel("C").build().unwrap();
}

#[test]
fn what_is_empty_is_named() {
    for empty in ["", " ", "\t"] {
        wrong(|b| b.credentials(empty, "p"), "username");
        wrong(|b| b.account(Account::Merchant(empty.into())), "account");
        wrong(|b| b.account(Account::SubMerchant(empty.into())), "account");
        wrong(|b| b.channel(empty), "channel");
        wrong(|b| b.user_type_id(empty), "user_type_id");
    }
    wrong(|b| b.credentials("u", ""), "password");
    // A password of spaces may be one.
    complete().credentials("u", " ").build().unwrap();
}

#[test]
fn the_last_credentials_count() {
    complete().credentials("", "").credentials("u", "p").build().unwrap();
    wrong(|b| b.credentials("u", "p").credentials("", "p"), "username");
}

#[test]
fn base_urls_that_would_send_money_elsewhere_are_refused() {
    for url in [
        "",
        "vas-api.pagamio.tech/api/v1",
        "http://vas-api.pagamio.tech/api/v1",
        "http://127.0.0.1.example.com/api/v1",
        "http://localhost.example.com/api/v1",
        "ftp://127.0.0.1/api/v1",
        "https://vas-api.pagamio.tech/api/v1?key=1",
        "https://vas-api.pagamio.tech/api/v1#x",
        "https://u:p@vas-api.pagamio.tech/api/v1",
        "https://u@vas-api.pagamio.tech/api/v1",
        // The version is part of the base URL, once.
        "https://vas-api.pagamio.tech",
        "https://vas-api.pagamio.tech/",
        "https://vas-api.pagamio.tech/api",
        "https://vas-api.pagamio.tech/api/v1/api/v1",
        "https://vas-api.pagamio.tech/api/v1/api/v1/",
        "https://vas-api.pagamio.tech/api/v1/purchase",
        "https://vas-api.pagamio.tech/api/v2",
    ] {
        let error = wrong(|b| b.local(url), "base_url");
        assert!(!error.to_string().contains("u:p"), "{error}");
    }
}

#[test]
fn impossible_times_and_sizes_are_named() {
    let zero = Duration::ZERO;
    wrong(|b| b.connect_timeout(zero), "connect_timeout");
    wrong(|b| b.attempt_timeout(zero), "attempt_timeout");
    wrong(|b| b.deadline(zero), "deadline");
    wrong(|b| b.pool_idle_timeout(zero), "pool_idle_timeout");
    wrong(|b| b.deadline(Duration::MAX), "deadline");
    wrong(|b| b.attempts(0), "attempts");
    wrong(|b| b.max_body(0), "max_body");
    wrong(|b| b.user_agent_suffix("shop\r\nx: y"), "user_agent_suffix");
}

#[test]
fn a_bad_proxy_is_named_and_its_password_is_not() {
    for url in ["", "http://", "http://u:hunter2@", "http://u:hunter2@:99999", "::"] {
        let error = refused(complete().proxy(url).build(), "proxy");
        assert!(!format!("{error:?}{error:#}").contains("hunter2"), "{error:?}");
    }
    complete().proxy("http://u:hunter2@127.0.0.1:3128").build().unwrap();
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[test]
fn a_bad_certificate_is_named() {
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = complete().root_certificate_pem(pem).build().unwrap_err();
        assert!(matches!(error.setting(), Some("root_certificate_pem" | "tls")), "{pem:?}: {error}");
        assert_eq!(error.kind(), Kind::Config);
    }
}

#[test]
fn another_account_is_complete_too() {
    let client = complete().build().unwrap();
    let other = |change: fn(AccountBuilder) -> AccountBuilder| {
        let whole = client.with_credentials("v", "q").account(Account::Merchant("N".into())).channel("D");
        change(whole).build()
    };
    other(|b| b).unwrap();
    refused(client.with_credentials("v", "q").channel("D").build(), "account");
    refused(client.with_credentials("v", "q").account(Account::Merchant("N".into())).build(), "channel");
    refused(client.with_credentials("", "q").account(Account::Merchant("N".into())).channel("D").build(), "username");
    refused(client.with_credentials("v", "").account(Account::Merchant("N".into())).channel("D").build(), "password");
    refused(other(|b| b.user_type_id("")), "user_type_id");
    refused(other(|b| b.account(Account::Merchant(" ".into()))), "account");
}

#[tokio::test(start_paused = true)]
async fn a_trailing_slash_makes_no_difference() {
    for url in ["http://127.0.0.1:1/x/api/v1", "http://127.0.0.1:1/x/api/v1/", " http://127.0.0.1:1/x/api/v1// "] {
        let script = answering(vec![Play::answer(200, "[]")]);
        let client = builder(&script).environment(Environment::Local(url.into())).build().unwrap();
        client.categories().send().await.unwrap();
        let sent: Vec<_> = script.seen().into_iter().map(|sent| sent.url).collect();
        let base = "http://127.0.0.1:1/x/api/v1";
        assert_eq!(sent, [format!("{base}/auth/token"), format!("{base}/products/categories")], "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_environment_counts() {
    let script = answering(vec![Play::answer(200, "[]")]);
    let client = builder(&script).production().provider_test().build().unwrap();
    client.categories().send().await.unwrap();
    assert!(calls(&script)[0].url.starts_with("https://vas-sandbox-api.pagamio.tech/api/v1/"));
}

#[tokio::test(start_paused = true)]
async fn a_failing_credential_source_is_told() {
    struct Vault;

    #[async_trait::async_trait]
    impl pagamio::CredentialSource for Vault {
        async fn credentials(&self) -> Result<pagamio::Credentials, pagamio::CredentialError> {
            Err(pagamio::CredentialError("the vault is sealed".into()))
        }
    }

    let script = never();
    let client = bare(&script)
        .credential_source(std::sync::Arc::new(Vault))
        .account(Account::Merchant("M".into()))
        .build()
        .unwrap();
    let error = client.purchase(support::airtime("R-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone), "{error}");
    assert!(format!("{error:#}").contains("the vault is sealed"), "{error:#}");
    assert!(script.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_rotated_password_needs_no_restart() {
    use std::sync::{Arc, Mutex};

    #[derive(Clone)]
    struct Rotating(Arc<Mutex<&'static str>>);

    #[async_trait::async_trait]
    impl pagamio::CredentialSource for Rotating {
        async fn credentials(&self) -> Result<pagamio::Credentials, pagamio::CredentialError> {
            Ok(pagamio::Credentials::new("u", *self.0.lock().unwrap()))
        }
    }

    let script = Script::new(|sent| match sent.path.rsplit('/').next() {
        Some("token") => Play::answer(200, support::TOKEN),
        Some("refresh") => Play::answer(401, r#"{"responseCode":"401","responseMessage":"Unauthorized"}"#),
        _ => Play::answer(200, "[]"),
    });
    let source = Rotating(Arc::new(Mutex::new("first")));
    let account = Account::Merchant("M".into());
    let client = bare(&script).credential_source(Arc::new(source.clone())).account(account).build().unwrap();
    client.categories().send().await.unwrap();
    *source.0.lock().unwrap() = "second";
    // Past the end of both tokens.
    tokio::time::advance(secs(8 * 86_400)).await;
    client.categories().send().await.unwrap();
    let bodies: Vec<_> =
        script.seen().iter().filter(|sent| sent.path.contains("/auth/")).map(|sent| sent.text().to_owned()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"username":"u","password":"first"}"#,
            r#"{"refreshToken":"refresh-1"}"#,
            r#"{"username":"u","password":"second"}"#
        ]
    );
}

// `from_env()` reads the environment of the process, so each case is a process of its own.

const FULL: [(&str, &str); 6] = [
    ("PAGAMIO_ENVIRONMENT", "local"),
    ("PAGAMIO_BASE_URL", "http://127.0.0.1:1/api/v1"),
    ("PAGAMIO_USERNAME", "u"),
    ("PAGAMIO_PASSWORD", "hunter2"),
    ("PAGAMIO_MERCHANT_ID", "M"),
    ("PAGAMIO_CHANNEL_ID", "C"),
];

#[test]
#[ignore = "the other process of the tests of `from_env()`"]
fn child() {
    match Client::from_env() {
        Ok(client) => println!("RESULT ok {client:?}"),
        Err(error) => println!("RESULT {} {error}", error.setting().unwrap_or("none")),
    }
}

/// What `from_env()` says with these variables alone, changed; `None` takes one away.
fn from_env(changes: &[(&str, Option<&str>)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PAGAMIO_")) {
        command.env_remove(name);
    }
    command.envs(FULL);
    for (name, value) in changes {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let at = output.find("RESULT ").unwrap_or_else(|| panic!("{output}"));
    let result = output[at + 7..].lines().next().unwrap().to_owned();
    assert!(!result.contains("hunter2"), "{result}");
    result
}

#[test]
fn a_full_environment_builds() {
    let result = from_env(&[]);
    assert!(result.starts_with("ok ") && result.contains("MERCHANT(M)"), "{result}");
    let result = from_env(&[("PAGAMIO_MERCHANT_ID", None), ("PAGAMIO_SUB_MERCHANT_ID", Some("S"))]);
    assert!(result.starts_with("ok ") && result.contains("SUB_MERCHANT(S)"), "{result}");
    assert!(from_env(&[("PAGAMIO_USER_TYPE_ID", Some("U"))]).starts_with("ok "));
}

#[test]
fn missing_and_wrong_variables_are_named() {
    for (missing, _) in FULL {
        let result = from_env(&[(missing, None)]);
        assert!(result.starts_with(&format!("{missing} ")), "{missing}: {result}");
    }
    let typo = from_env(&[("PAGAMIO_ENVIRONMENT", Some("prod"))]);
    assert!(typo.starts_with("PAGAMIO_ENVIRONMENT "), "{typo}");
    let both = from_env(&[("PAGAMIO_SUB_MERCHANT_ID", Some("S"))]);
    assert!(both.starts_with("PAGAMIO_MERCHANT_ID "), "{both}");
}

#[test]
fn empty_variables_are_refused() {
    for (name, setting) in [
        ("PAGAMIO_ENVIRONMENT", "PAGAMIO_ENVIRONMENT"),
        ("PAGAMIO_BASE_URL", "base_url"),
        ("PAGAMIO_USERNAME", "username"),
        ("PAGAMIO_PASSWORD", "password"),
        ("PAGAMIO_MERCHANT_ID", "account"),
        ("PAGAMIO_CHANNEL_ID", "channel"),
        ("PAGAMIO_USER_TYPE_ID", "user_type_id"),
    ] {
        let result = from_env(&[(name, Some(""))]);
        assert!(result.starts_with(&format!("{setting} ")), "{name}: {result}");
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[test]
fn the_named_environments_are_where_they_are_documented() {
    for (name, host) in [("provider_test", "vas-sandbox-api.pagamio.tech"), ("production", "vas-api.pagamio.tech")] {
        let result = from_env(&[("PAGAMIO_ENVIRONMENT", Some(name)), ("PAGAMIO_BASE_URL", None)]);
        // A machine without CA certificates says so, and that is no mistake of the environment's name.
        let built = result.starts_with("ok ") && result.contains(&format!("https://{host}/api/v1"));
        assert!(built || result.starts_with("tls "), "{result}");
    }
}

#[tokio::test]
async fn a_base_url_that_nobody_listens_on_is_not_done() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
    drop(listener);
    let client = complete().local(url).attempts(1).build().unwrap();
    let error = client.purchase(support::airtime("R-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone), "{error}");
}

#[tokio::test(start_paused = true)]
async fn clones_share_token_and_connections() {
    let script = logged_in(|_| Play::answer(200, "[]"));
    let first = client(&script);
    let clone = first.clone();
    first.categories().send().await.unwrap();
    clone.categories().send().await.unwrap();
    assert_eq!(script.count("/auth/token"), 1);
    let transport = Transport::scripted(&script);
    assert_eq!(format!("{transport:?}"), "Transport");
}
