//! TLS to both servers: one whose certificate proves nothing gets nothing, and an address that asks for TLS is not served without.
#![cfg(all(feature = "redis-rustls", feature = "postgres-rustls"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::auth::conformance;
use pay_store::{IntentJournal, Listing, RedisTokens};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use support::postgres::Postgres;
use support::process::{Worker, commands, is_worker, say};
use support::redis::Redis;
use support::sealer;

/// Run by the tests below in processes of their own, since the roots are read from a file that the environment names. It says what came of
/// the address that it is given.
#[test]
fn worker() {
    if !is_worker() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for url in commands() {
        let said = runtime.block_on(async {
            if url.starts_with("rediss:") {
                let tokens = RedisTokens::new(&url, sealer()).unwrap();
                return conformance::token_store(&tokens, tokio::time::sleep).await;
            }
            let journal = IntentJournal::postgres(&url, sealer()).await.map_err(|error| error.to_string())?;
            journal.list(&Listing::new()).await.map(drop).map_err(|error| error.to_string())
        });
        say(&said.err().unwrap_or_else(|| "well".to_owned()));
    }
}

/// What a process says that trusts this authority.
fn asked(trusted: &str, url: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    std::fs::write(&file, trusted).unwrap();
    let mut worker = Worker::start(&[("SSL_CERT_FILE", file.to_str().unwrap())]);
    worker.tell(url);
    worker.answer()
}

/// An authority's certificate, and certificate and key of a server at 127.0.0.1.
fn authority() -> (String, String, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &root).unwrap();
    (root.pem(), server.pem(), key.serialize_pem())
}

#[test]
fn redis_proves_itself_or_gets_nothing() {
    let ((root, certificate, key), (other, ..)) = (authority(), authority());
    let Some(redis) = Redis::with_tls("Redis over TLS", &certificate, &key) else { return };
    assert_eq!(asked(&root, &redis.url()), "well");
    let error = asked(&other, &redis.url());
    assert!(error.starts_with("token store: Redis: "), "{error}");
    let elsewhere = redis.url().replace("127.0.0.1", "localhost");
    assert_ne!(asked(&root, &elsewhere), "well", "a certificate for another name");
}

#[test]
fn postgres_proves_itself_or_gets_nothing() {
    let ((root, certificate, key), (other, ..)) = (authority(), authority());
    let Some(server) = Postgres::with_tls("PostgreSQL over TLS", &certificate, &key) else { return };
    let url = format!("{}?sslmode=require", server.database());
    // Whoever comes without TLS from now on is sent away, so what goes well goes over TLS.
    server.only_tls();
    assert_eq!(asked(&root, &url), "well");
    let error = asked(&other, &url);
    assert!(error.contains("journal") && error.contains("certificate"), "{error}");
    let elsewhere = url.replace("127.0.0.1", "localhost");
    assert!(asked(&root, &elsewhere).contains("certificate"), "a certificate for another name");
    let plain = url.replace("?sslmode=require", "");
    assert!(asked(&root, &plain).contains("no encryption"), "the server takes no other");
}

#[test]
fn an_address_that_asks_for_tls_is_not_served_without() {
    let Some(server) = Postgres::start("PostgreSQL without TLS") else { return };
    let (root, ..) = authority();
    let error = asked(&root, &format!("{}?sslmode=require", server.database()));
    assert!(error.contains("journal") && error.contains("TLS"), "{error}");
}
