//! HTTPS: a client that trusts the printed CA and nothing else.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::{Error, Fault, Sandbox};
use payagency_common::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A directory of this test's own, gone with it.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pay-sandbox-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn start(directory: &Path) -> Sandbox {
    Sandbox::builder().tls(0, directory).start().await.unwrap()
}

/// A client that trusts these CAs only.
fn trusting(certificates: &[&Path]) -> reqwest::Client {
    let read = |path: &&Path| reqwest::Certificate::from_pem(&fs::read(path).unwrap()).unwrap();
    let builder = reqwest::Client::builder().tls_certs_only(certificates.iter().map(read));
    builder.timeout(Duration::from_secs(20)).build().unwrap()
}

async fn pay(sandbox: &Sandbox, http: &reqwest::Client, order: &str) -> Result<Answer, reqwest::Error> {
    let merchant = merchant(sandbox);
    let key = merchant.agency.encryption_key(merchant.environment);
    let body = payload(&envelope(&key, [5; 16], &card(PAID, order).to_string()));
    let url = format!("{}/payagency/api/v1/test/card", sandbox.tls().unwrap().url);
    let request = http.post(url).bearer_auth(merchant.agency.secret_key(merchant.environment));
    try_send(request.header("content-type", "application/json").body(body)).await
}

#[tokio::test]
async fn a_card_is_paid_by_a_client_that_trusts_the_ca_only() {
    let (directory, other) = (Directory::new("one"), Directory::new("other"));
    let sandbox = start(&directory.0).await;
    let tls = sandbox.tls().unwrap().clone();
    assert!(tls.url.starts_with("https://localhost:") && tls.ca.is_absolute(), "{tls:?}");
    let http = trusting(&[&tls.ca]);
    assert_eq!(pay(&sandbox, &http, "order-1").await.unwrap().word(), "SUCCESS");
    for host in ["127.0.0.1", "localhost"] {
        let url = tls.url.replace("localhost", host);
        assert_eq!(send(http.get(format!("{url}/_sandbox/health"))).await.status, 200, "{host}");
    }
    // Nobody who does not trust it talks to it, and another sandbox's CA is another.
    let stranger = start(&other.0).await;
    let strange = trusting(&[&stranger.tls().unwrap().ca]);
    pay(&sandbox, &strange, "order-2").await.unwrap_err();
    assert_eq!(sandbox.ledger().charges("order-2"), 0);
    assert_eq!(sandbox.ledger().charges("order-1"), 1);
    // HTTP goes on beside it, and the HTTPS port speaks no HTTP.
    assert_eq!(merchant(&sandbox).card(PAID, "order-3").await.word(), "SUCCESS");
    let plain = tls.url.replace("https", "http");
    http.get(plain).send().await.unwrap_err();
}

#[tokio::test]
async fn the_ca_outlives_the_sandbox_and_its_key_is_the_owners() {
    let directory = Directory::new("kept");
    let sandbox = start(&directory.0).await;
    let ca = sandbox.tls().unwrap().ca.clone();
    let (first, http) = (fs::read(&ca).unwrap(), trusting(&[&ca]));
    sandbox.stop().await;
    let sandbox = start(&directory.0).await;
    assert_eq!(fs::read(&ca).unwrap(), first, "the CA that was trusted before");
    assert_eq!(pay(&sandbox, &http, "order-1").await.unwrap().word(), "SUCCESS");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(directory.0.join("ca.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Half of a CA is none: both are made anew.
    fs::remove_file(&ca).unwrap();
    let sandbox = start(&directory.0).await;
    assert_ne!(fs::read(&ca).unwrap(), first);
    assert_eq!(pay(&sandbox, &trusting(&[&ca]), "order-1").await.unwrap().word(), "SUCCESS");
    // What cannot be read is an error, not a new CA.
    fs::write(directory.0.join("ca.key"), "nonsense").unwrap();
    let broken = Sandbox::builder().tls(0, &directory.0).start().await;
    assert!(matches!(broken, Err(Error::Tls { .. })), "{broken:?}");
}

#[tokio::test]
async fn faults_strike_under_tls_too() {
    let directory = Directory::new("faults");
    let sandbox = start(&directory.0).await;
    let http = trusting(&[&sandbox.tls().unwrap().ca]);
    for (fault, charged) in [
        (Fault::ResetAfterActing, 1),
        (Fault::CloseAfterActing, 1),
        (Fault::HalfHeaders, 1),
        (Fault::TruncatedBody, 1),
        (Fault::ResetAfterReading, 0),
    ] {
        let order = format!("order-{}", fault.name());
        add_fault(&sandbox, "card", fault);
        pay(&sandbox, &http, &order).await.unwrap_err();
        assert_eq!(sandbox.ledger().charges(&order), charged, "{order}");
    }
    assert_eq!(pay(&sandbox, &http, "order-after").await.unwrap().word(), "SUCCESS");
    assert_sound(&sandbox);
}
