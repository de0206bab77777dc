//! Over real sockets: what the HTTP library adds and does, and answers that a strict sandbox would not give.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use httpmock::prelude::*;
use payagency::{Client, Kind, Outcome, Payment};
use support::{ENCRYPTION, SECRET, card_payment, paid};

fn client(server: &MockServer) -> Client {
    Client::builder().credentials(SECRET, ENCRYPTION).local(server.url("/payagency")).build().unwrap()
}

#[tokio::test]
async fn a_payment_goes_out_once_and_sealed() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.method(POST)
            .path("/payagency/api/v1/test/card")
            .header("authorization", format!("Bearer {SECRET}"))
            .header("content-type", "application/json")
            .body_matches(r#"^\{"payload":"[0-9a-f]{32}:([0-9a-f]{32})+"\}$"#);
        then.status(200).header("content-type", "application/json").body(paid("ORDER-1"));
    });
    let payment = client(&server).card(card_payment("ORDER-1")).send().await.unwrap();
    assert!(matches!(payment, Payment::Completed(_)));
    assert_eq!(mock.calls(), 1);
}

#[tokio::test]
async fn a_redirect_of_http_is_not_followed() {
    let server = MockServer::start();
    let elsewhere = server.mock(|when, then| {
        when.path("/elsewhere");
        then.status(200).body(paid("ORDER-1"));
    });
    server.mock(|when, then| {
        when.path("/payagency/api/v1/test/card");
        then.status(307).header("location", server.url("/elsewhere"));
    });
    let error = client(&server).card(card_payment("ORDER-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Unexpected, Outcome::Unknown));
    assert_eq!(elsewhere.calls(), 0);
}

#[tokio::test]
async fn a_fault_of_the_server_is_not_answered_by_a_second_payment() {
    for status in [500, 502, 503, 504] {
        let server = MockServer::start();
        let mock = server.mock(|when, then| {
            when.method(POST).path("/payagency/api/v1/test/card");
            then.status(status).header("retry-after", "0").body("<html>");
        });
        let error = client(&server).card(card_payment("ORDER-1")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Unavailable, Outcome::Unknown), "{status}");
        assert_eq!(mock.calls(), 1, "{status}");
    }
}

#[tokio::test]
async fn nobody_listening_is_not_done() {
    let client = Client::builder()
        .credentials(SECRET, ENCRYPTION)
        .local("http://127.0.0.1:1/payagency")
        .attempts(1)
        .build()
        .unwrap();
    let error = client.card(card_payment("ORDER-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Connect, Outcome::NotDone));
}
