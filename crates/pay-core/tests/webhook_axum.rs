//! The extractor: raw bytes within bounds, refusals by status, and nothing but signed deliveries for the handler.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, FromRequest};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::IntoResponse;
use pay_core::mac::MacKey;
use pay_core::webhook::{Accepted, Header, Keys, Received, Receiver, Refusal, Webhook, header};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const MOST: usize = 100;

/// Takes the signature of the body alone; a header `old` makes a delivery stale.
struct Hooks(Keys);

impl Receiver for Hooks {
    type Event = Vec<u8>;
    type Stale = ();

    fn receive(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Received<Vec<u8>, ()> {
        assert_eq!(now, SystemTime::UNIX_EPOCH, "the receiver's own clock");
        match header(headers, "signature") {
            Header::Missing => Received::Unsigned,
            Header::Once(hex) if self.0.verify(&[body], hex) => {
                let old = headers.contains_key("old");
                if old { Received::Stale(()) } else { Received::Verified(body.to_vec()) }
            }
            Header::Once(_) | Header::Several => Received::Forged,
        }
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn largest_body(&self) -> usize {
        MOST
    }
}

#[derive(Clone)]
struct App(Arc<Hooks>);

impl FromRef<App> for Arc<Hooks> {
    fn from_ref(app: &App) -> Self {
        app.0.clone()
    }
}

type Extracted = Result<Webhook<Hooks>, Refusal>;

async fn extract(request: Request<Body>) -> Extracted {
    let app = App(Arc::new(Hooks(Keys::new("key", &"secret".into()).unwrap())));
    Webhook::from_request(request, &app).await
}

fn signed(body: &[u8]) -> axum::http::request::Builder {
    let key = MacKey::new(&"secret".into()).unwrap();
    Request::post("/hook").header("Signature", key.sign(&[body]).as_str())
}

fn refused(extracted: Extracted) -> Refusal {
    match extracted {
        Ok(webhook) => panic!("taken: {webhook:?}"),
        Err(refusal) => refusal,
    }
}

#[tokio::test(start_paused = true)]
async fn signed_bytes_come_through_as_they_are() {
    // Not UTF-8, not JSON: nothing parses before the signature is found right.
    for body in [&b"{ \"a\" : 1 }\n"[..], b"\xff\x00", b"", &[b'x'; MOST]] {
        let extracted = extract(signed(body).body(body.to_vec().into()).unwrap()).await;
        assert!(matches!(extracted, Ok(Webhook(Accepted::Verified(read))) if read == body));
    }
    let old = signed(b"{}").header("old", "1").body("{}".into()).unwrap();
    assert!(matches!(extract(old).await, Ok(Webhook(Accepted::Stale(())))));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_signed_is_refused_alike_and_without_a_word() {
    let forged = signed(b"{}").body("{} ".into()).unwrap();
    let doubled = signed(b"{}").header("signature", "x").body("{}".into()).unwrap();
    let unsigned = Request::post("/hook").body("{}".into()).unwrap();
    for (request, reason) in [(forged, Refusal::Forged), (doubled, Refusal::Forged), (unsigned, Refusal::Unsigned)] {
        let refusal = refused(extract(request).await);
        assert_eq!(refusal, reason);
        let response = refusal.into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(to_bytes(response.into_body(), 1).await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_too_large_too_slow_or_cut_is_refused() {
    let large = vec![b'x'; MOST + 1];
    let refusal = refused(extract(signed(&large).body(large.clone().into()).unwrap()).await);
    assert_eq!((refusal, refusal.status()), (Refusal::TooLarge, StatusCode::PAYLOAD_TOO_LARGE));

    let endless = Body::new(Endless { every: None });
    let refusal = refused(extract(signed(b"").body(endless).unwrap()).await);
    assert_eq!(refusal, Refusal::TooLarge, "without a length, too");

    let started = tokio::time::Instant::now();
    let slow = Body::new(Endless { every: Some(Box::pin(tokio::time::sleep(Duration::from_secs(3)))) });
    let refusal = refused(extract(signed(b"").body(slow).unwrap()).await);
    assert_eq!((refusal, refusal.status()), (Refusal::TooSlow, StatusCode::REQUEST_TIMEOUT));
    assert_eq!(started.elapsed(), Duration::from_secs(10), "on the paused clock");

    let refusal = refused(extract(signed(b"").body(Body::new(Broken)).unwrap()).await);
    assert_eq!((refusal, refusal.status()), (Refusal::Unreadable, StatusCode::BAD_REQUEST));
}

/// A body without an end: a byte at a time, at once or every three seconds.
struct Endless {
    every: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
}

impl http_body::Body for Endless {
    type Data = axum::body::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        if let Some(sleep) = &mut self.every {
            std::task::ready!(std::future::Future::poll(sleep.as_mut(), context));
            sleep.as_mut().reset(tokio::time::Instant::now() + Duration::from_secs(3));
        }
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data("x".into()))))
    }
}

/// A connection that breaks.
struct Broken;

impl http_body::Body for Broken {
    type Data = axum::body::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
