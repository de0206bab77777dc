//! TLS on loopback, the same under every TLS feature: what proves itself is spoken to, all else gets nothing.

#![cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/client.rs"]
mod client;
#[path = "support/net.rs"]
mod net;
mod support;

use client::{Builder, charge, is, nobody_listens};
use net::{Authority, DONE, Listener, connect_proxy, self_signed, tls_server};
use pay_core::{Kind, Outcome};
use support::millis;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Whether the program has to bring the cryptography.
const BRING_YOUR_OWN: bool =
    cfg!(all(feature = "rustls-no-provider", not(any(feature = "rustls", feature = "native-tls"))));

/// What a program does first under `rustls-no-provider`; the other features need nothing.
fn prepare() {
    if BRING_YOUR_OWN {
        use tokio_rustls::rustls::crypto::aws_lc_rs;
        // Another test of this program may have been first.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

const HOST: &str = "api.private.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_and_a_private_root_work_through_the_builder() {
    prepare();
    let authority = Authority::new();
    let server = tls_server(authority.tls(HOST, false)).await;
    let proxy = connect_proxy(server.address).await;
    let engine = Builder::default()
        .proxy(format!("http://shop:hunter2@{}", proxy.address))
        .root_certificate_pem(authority.pem())
        .build(&format!("https://{HOST}/v1"));
    assert_eq!(charge(&engine).send().await.unwrap().id, "done");

    let connect = proxy.requests().remove(0);
    assert!(connect.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), "{connect}");
    // `shop:hunter2`, for the proxy alone.
    assert!(connect.to_ascii_lowercase().contains("proxy-authorization: basic c2hvcdpodw50zxiy"), "{connect}");
    assert!(!connect.contains("account"), "the proxy sees nothing of the request");
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /v1/charge HTTP/1.1\r\n") && request.contains("\"account\""), "{request}");
    assert!(!request.to_ascii_lowercase().contains("proxy-authorization"), "{request}");
    assert!(!format!("{engine:?}").contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_prove_nothing_are_refused_before_anything_is_sent() {
    prepare();
    let (known, unknown) = (Authority::new(), Authority::new());
    for (what, tls) in [
        ("an unknown root", unknown.tls("localhost", false)),
        ("another host", known.tls("other.example", false)),
        ("an expired certificate", known.tls("localhost", true)),
        ("a certificate that signs itself", self_signed("localhost")),
    ] {
        let server = tls_server(tls).await;
        let engine = Builder::default()
            .root_certificate_pem(known.pem())
            .attempts(2)
            .build(&format!("https://localhost:{}", server.address.port()));
        let error = charge(&engine).send().await.expect_err(what);
        is(&error, Kind::Connect, Outcome::NotDone, 2);
        assert!(server.requests().is_empty(), "{what}");
        assert_eq!(server.connections(), 2, "{what}: as many connections as attempts");
        assert!(format!("{error:#}").to_ascii_lowercase().contains("certificate"), "{what}: {error:#}");
    }
    let good = tls_server(known.tls("localhost", false)).await;
    let engine = Builder::default()
        .root_certificate_pem(known.pem())
        .build(&format!("https://localhost:{}", good.address.port()));
    charge(&engine).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_gets_nothing() {
    prepare();
    // One that answers in clear, and one that waits for the end of what it takes for a request.
    let clear = Listener::start(|mut stream, _| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
    })
    .await;
    let waiting = Listener::answering(DONE).await;
    for server in [clear, waiting] {
        let engine = Builder::default()
            .connect_timeout(millis(300))
            .attempts(2)
            .build(&format!("https://localhost:{}", server.address.port()));
        is(&charge(&engine).send().await.unwrap_err(), Kind::Connect, Outcome::NotDone, 2);
        assert!(server.requests().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_is_none_is_a_configuration_error() {
    prepare();
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = Builder::default().root_certificate_pem(pem).try_build("https://localhost").unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Config, Outcome::NotDone), "{pem:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_or_is_gone_has_sent_nothing_and_names_no_password() {
    prepare();
    let refusing = Listener::answering("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    let (_port, nobody) = nobody_listens();
    for proxy in [refusing.address.to_string(), nobody.replace("http://", "")] {
        let engine = Builder::default()
            .proxy(format!("http://shop:hunter2@{proxy}"))
            .attempts(2)
            .build(&format!("https://{HOST}"));
        let error = charge(&engine).send().await.unwrap_err();
        is(&error, Kind::Connect, Outcome::NotDone, 2);
        let text = format!("{error} {error:#} {error:?} {engine:?}");
        for secret in ["hunter2", "c2hvcDpodW50ZXIy"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    assert_eq!(refusing.requests().len(), 2);
    let error = Builder::default().proxy("http://shop:hunter2@[nonsense").try_build("https://localhost").unwrap_err();
    assert_eq!((error.kind(), error.setting()), (Kind::Config, Some("proxy")));
    assert!(!format!("{error:?}{error:#}").contains("hunter2"));
}

/// In a program of its own, since a provider is installed once and for all of it.
#[test]
fn without_a_provider_building_says_what_to_do_and_does_not_panic() {
    const ALONE: &str = "PAY_TEST_TLS_ALONE";
    if !BRING_YOUR_OWN {
        return;
    }
    if std::env::var_os(ALONE).is_some() {
        let error = Builder::default().try_build("https://localhost").unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.setting()), (Kind::Config, Outcome::NotDone, Some("tls")));
        assert!(format!("{error}").contains("install_default"), "{error}");
        prepare();
        Builder::default().root_certificate_pem(Authority::new().pem()).build("https://localhost");
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "without_a_provider_building_says_what_to_do_and_does_not_panic"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
