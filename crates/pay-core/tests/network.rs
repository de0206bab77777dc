//! Real sockets on loopback: proxies, redirects, and what broken connections say about the money.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/client.rs"]
mod client;
#[path = "support/net.rs"]
mod net;
mod support;

use client::{Builder, charge, is, nobody_listens, read};
use net::{DONE, Listener, stall};
use pay_core::{Error, Kind, Outcome};
use std::time::Duration;
use support::millis;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn charge_at(listener: &Listener, builder: Builder) -> Error {
    charge(&builder.build(&listener.url())).send().await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_say_who_sends_them_and_share_a_connection() {
    let server = Listener::start(|mut stream, own| async move {
        while own.request(&mut stream).await.is_some() {
            stream.write_all(DONE.as_bytes()).await.unwrap();
        }
    })
    .await;
    let engine = Builder::default().user_agent_suffix("shop/1.2").build(&server.url());
    for _ in 0..50 {
        assert_eq!(charge(&engine).send().await.unwrap().id, "done");
    }
    assert_eq!(server.requests().len(), 50);
    // A call that starts before the connection is back in the pool may open another.
    assert!(server.connections() < 25, "{} connections for 50 calls", server.connections());
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /charge HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"account\":\"a\"}"), "{request}");
    assert!(request.contains("user-agent: acme-rust/1.2.3 shop/1.2\r\n"), "{request}");
    for header in ["referer", "cookie", "accept-encoding", "authorization"] {
        assert!(!request.to_ascii_lowercase().contains(&format!("{header}:")), "{request}");
    }
}

/// The environment names a proxy where nobody listens: what passes without it must pass with it.
#[cfg(not(feature = "system-proxy"))]
#[tokio::test]
async fn no_proxy_is_read_from_the_environment() {
    let (_port, nobody) = nobody_listens();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "requests_say_who_sends_them_and_share_a_connection"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, &nobody);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_clear_leaves_the_machine() {
    for base in ["http://example.com", "http://127.0.0.1.example.com", "http://10.0.0.1"] {
        let error = Builder::default().try_build(base).unwrap_err();
        assert_eq!((error.kind(), error.setting()), (Kind::Config, Some("base_url")), "{base}");
    }
    let through = |proxy: &str| Builder::default().proxy(proxy).try_build("http://127.0.0.1:1");
    assert_eq!(through("http://proxy.example:3128").unwrap_err().setting(), Some("proxy"));
    let proxy = Listener::answering(DONE).await;
    charge(&through(&proxy.url()).unwrap()).send().await.unwrap();
    assert!(proxy.requests()[0].starts_with("POST http://127.0.0.1:1/charge HTTP/1.1\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed_and_carry_nothing() {
    let other = Listener::answering(DONE).await;
    for status in [301, 302, 303, 307, 308] {
        let server = Listener::answering(format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {}/charge\r\ncontent-length: 0\r\n\r\n",
            other.url()
        ))
        .await;
        let error = charge_at(&server, Builder::default()).await;
        is(&error, Kind::Unexpected, Outcome::Unknown, 1);
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(server.requests().len(), 1);
        read(&Builder::default().build(&server.url())).send().await.unwrap_err();
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_larger_than_the_cap_is_not_read() {
    let told = format!("HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n{}", " ".repeat(101));
    let chunk = format!("32\r\n{}\r\n", " ".repeat(50));
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(3));
    let claimed = "HTTP/1.1 200 OK\r\ncontent-length: 9000000000\r\n\r\n".to_owned();
    for answer in [told, chunked, claimed] {
        let server = Listener::answering(answer).await;
        is(&charge_at(&server, Builder::default().max_body(100)).await, Kind::TooLarge, Outcome::Unknown, 1);
        let engine = Builder::default().max_body(100).build(&server.url());
        is(&read(&engine).send().await.unwrap_err(), Kind::TooLarge, Outcome::NotDone, 1);
    }
    // A body that never ends does not fill the memory.
    let endless = Listener::start(move |mut stream, own| {
        let chunk = chunk.clone();
        async move {
            own.request(&mut stream).await;
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut open = stream.write_all(head.as_bytes()).await.is_ok();
            while open {
                open = stream.write_all(chunk.as_bytes()).await.is_ok();
            }
        }
    })
    .await;
    is(&charge_at(&endless, Builder::default().max_body(100_000)).await, Kind::TooLarge, Outcome::Unknown, 1);
    let exact = format!("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{{\"id\":\"x\"}}{}", " ".repeat(90));
    let server = Listener::answering(exact).await;
    charge(&Builder::default().max_body(100).build(&server.url())).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_port_is_not_done_and_tried_again() {
    let (_port, nobody) = nobody_listens();
    let engine = Builder::default().build(&nobody);
    is(&charge(&engine).send().await.unwrap_err(), Kind::Connect, Outcome::NotDone, 5);
    let error = charge(&engine).attempts(1).send().await.unwrap_err();
    is(&error, Kind::Connect, Outcome::NotDone, 1);
    assert!(!format!("{error:#}").contains("/charge"), "no URL in it: {error:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_after_the_request_was_read_is_unknown() {
    // Closed, closed at once, reset, half a header, half a body, and what is no HTTP.
    let reset = Listener::start(|mut stream, _| async move {
        // What is left unread when a socket closes makes a reset of it.
        let _ = stream.read(&mut [0; 16]).await;
    })
    .await;
    let at_once = Listener::start(|stream, _| async move { drop(stream) }).await;
    is(&charge_at(&reset, Builder::default()).await, Kind::Interrupted, Outcome::Unknown, 1);
    let error = charge_at(&at_once, Builder::default()).await;
    is(&error, Kind::Interrupted, Outcome::Unknown, 1);
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"id\"",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n{}\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "HTTP/9.9 banana\r\n\r\n",
    ] {
        let server = Listener::answering(answer).await;
        is(&charge_at(&server, Builder::default()).await, Kind::Interrupted, Outcome::Unknown, 1);
        assert_eq!(server.requests().len(), 1, "{answer:?}: never sent again");
        let engine = Builder::default().attempts(3).build(&server.url());
        is(&read(&engine).send().await.unwrap_err(), Kind::Interrupted, Outcome::NotDone, 3);
        assert_eq!(server.requests().len(), 4, "{answer:?}: a read is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stalls_is_left_after_the_attempt_time() {
    for start in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"id\"",
    ] {
        let server = Listener::start(move |mut stream, own| async move {
            own.request(&mut stream).await;
            stall(stream, start).await;
        })
        .await;
        is(
            &charge_at(&server, Builder::default().attempt_timeout(millis(200))).await,
            Kind::Timeout,
            Outcome::Unknown,
            1,
        );
        assert_eq!(server.requests().len(), 1);
        // The deadline of the call does the same.
        let engine = Builder::default().build(&server.url());
        is(&charge(&engine).deadline(millis(200)).send().await.unwrap_err(), Kind::Timeout, Outcome::Unknown, 1);
    }
    // Drop by drop is no faster.
    let dripping = Listener::start(|mut stream, own| async move {
        own.request(&mut stream).await;
        let mut open = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").await.is_ok();
        while open {
            tokio::time::sleep(Duration::from_millis(20)).await;
            open = stream.write_all(b" ").await.is_ok();
        }
    })
    .await;
    is(
        &charge_at(&dripping, Builder::default().attempt_timeout(millis(300))).await,
        Kind::Timeout,
        Outcome::Unknown,
        1,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_page_is_an_answer_that_does_not_parse() {
    let html = "<html>hello</html>";
    let server = Listener::answering(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{html}", html.len())).await;
    let error = charge_at(&server, Builder::default()).await;
    is(&error, Kind::Decode, Outcome::Unknown, 1);
    assert_eq!(error.body().unwrap().expose_str(), Some(html));
}
