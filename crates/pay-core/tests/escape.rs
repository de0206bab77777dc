//! The escape hatch, and requests that are prepared for an outbox: what leaves is exactly what was asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/mech.rs"]
mod mech;
mod support;

use http::{HeaderName, Method};
use mech::{FORM, SEALED, SIGNED, World, names, ok, open, signature, world};
use pay_core::provider::{Parts, Repeat};
use pay_core::script::Play;
use pay_core::{Kind, Outcome, Prepared, RawRequest};
use support::provider::plain;
use support::secs;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn the_escape_hatch_signs_and_seals_as_operations_do() {
    let World { server, engine, access } = world(|_| Play::answer(200, "as it came"));
    let request = RawRequest::new(Method::PUT, "/any/thing", Repeat::Keyed)
        .query("q", "a b&c")
        .body("application/vnd.mech+json", r#"{"pin":"1234"}"#)
        .accept("text/plain")
        .reference("RAW-1")
        .signed()
        .sealed();
    let body = engine.raw(&access, request).send().await.unwrap();
    assert_eq!(body.expose_str(), Some("as it came"));
    let sent = server.api().remove(0);
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("PUT", "/v1/any/thing?q=a+b%26c"));
    assert_eq!(open(&sent), r#"{"pin":"1234"}"#);
    let expected = signature("signing-key", sent.header("x-timestamp"), "PUT", &sent.path, &sent.body);
    assert_eq!(sent.header("x-signature"), expected, "the sealed bytes are what is signed");
    assert_eq!(sent.header("content-type"), "application/vnd.mech+json");
    assert_eq!(sent.header("accept"), "text/plain");
    assert_eq!(sent.header("accesstoken"), "Bearer a-t1");

    engine.raw(&access, RawRequest::get("/plain")).send().await.unwrap();
    let sent = server.api().remove(1);
    assert_eq!(names(&sent), ["accept", "accesstoken"], "neither signed nor sealed unless asked");
    assert_eq!((sent.method.as_str(), sent.path.as_str(), sent.body.len()), ("GET", "/v1/plain", 0));
}

#[tokio::test(start_paused = true)]
async fn the_escape_hatch_repeats_as_it_is_told_and_stays_below_the_base_url() {
    for (repeat, attempts, outcome) in [
        (Repeat::Safe, 5, Outcome::NotDone),
        (Repeat::Keyed, 5, Outcome::Unknown),
        (Repeat::Never, 1, Outcome::Unknown),
    ] {
        let World { server, engine, access } = world(|_| Play::lost());
        let request = RawRequest::new(Method::POST, "/x", repeat).reference("RAW-1");
        let error = engine.raw(&access, request).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts(), server.api().len()), (outcome, attempts, attempts as usize));
        assert_eq!((error.operation(), error.reference()), ("raw", Some("RAW-1")));
    }
    let World { server, engine, access } = world(|_| ok());
    for path in ["", "x", "//evil.example/x", "/../x", "/a/%2e%2E/x", "/a\\..\\x", "/a?b=c", "/a#b", "/a\r\nb"] {
        let error = engine.raw(&access, RawRequest::get(path)).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone), "{path:?}");
    }
    assert!(server.script.seen().is_empty());
}

async fn prepare(world: &World, parts: Parts) -> Prepared {
    plain(&world.engine, &world.access, parts).prepare().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_prepared_request_survives_the_disk_and_goes_out_byte_for_byte() {
    let key = HeaderName::from_static("idempotency-key");
    for operation in [&SIGNED, &SEALED] {
        let world = world(|_| ok());
        let parts = Parts::new(operation)
            .query("q", "ü&1")
            .header(key.clone(), "K-1")
            .bytes("application/vnd.mech+json", r#"{"amount":"10.10","note":"é\"\\"}"#)
            .reference("INV-1");
        let mut call = plain(&world.engine, &world.access, parts);
        let prepared = call.prepare().await.unwrap();
        assert!(world.server.script.seen().is_empty(), "nothing was sent");
        assert_eq!((prepared.operation(), prepared.method()), (operation.name, "POST"));
        assert_eq!((prepared.reference(), prepared.may_be_resent()), (Some("INV-1"), true));
        let stored = serde_json::to_string(&prepared).unwrap();
        assert!(!stored.contains("a-t1") && !stored.contains("signature"), "neither token nor signature: {stored}");
        call.send().await.unwrap();

        // Another process, later.
        let back: Prepared = serde_json::from_str(&stored).unwrap();
        assert_eq!(back, prepared);
        sleep(secs(100)).await;
        let again = world.engine.resend(&world.access, operation, &back, |answer| Ok(answer.status));
        again.send().await.unwrap();
        let sent = world.server.api();
        assert_eq!(sent.len(), 2);
        for sent in &sent {
            assert_eq!(&sent.body[..], prepared.body());
            assert_eq!(sent.url, prepared.url());
            assert_eq!(sent.header("content-type"), "application/vnd.mech+json");
            assert_eq!(sent.header("accept"), "application/json");
            assert_eq!(sent.header("idempotency-key"), "K-1");
        }
        assert_eq!(names(&sent[0]), names(&sent[1]));
        if operation.sign {
            let (first, second) = (sent[0].header("x-timestamp"), sent[1].header("x-timestamp"));
            assert_ne!(first, second, "signed anew");
            let expected = signature("signing-key", second, "POST", &sent[1].path, &sent[1].body);
            assert_eq!(sent[1].header("x-signature"), expected);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_prepared_request_is_sent_only_where_it_belongs() {
    let world = world(|_| ok());
    let never = prepare(&world, Parts::new(&FORM).form(&[("a", "1")]).reference("INV-1")).await;
    assert!(!never.may_be_resent());
    let keyed = prepare(&world, Parts::new(&SIGNED).json("x").reference("INV-1")).await;
    let moved = |from: &str, to: &str| -> Prepared {
        let text = serde_json::to_string(&keyed).unwrap();
        assert!(text.contains(from));
        serde_json::from_str(&text.replace(from, to)).unwrap()
    };
    let forged: Prepared =
        serde_json::from_str(&serde_json::to_string(&never).unwrap().replace("false", "true")).unwrap();
    for (operation, prepared, why) in [
        (&FORM, never.clone(), "one that is never repeated"),
        (&FORM, forged, "its operation decides, not what is written in it"),
        (&SEALED, keyed.clone(), "another operation"),
        (&SIGNED, moved("api.acme.example", "evil.example"), "another host"),
        (&SIGNED, moved("https://", "http://"), "in clear"),
        (&SIGNED, moved("/v1/signed", "/v2/signed"), "another path"),
        (&SIGNED, moved("/v1/signed", "/v1x/signed"), "a path that only begins so"),
        (&SIGNED, moved("/v1/signed", "/v1/../admin"), "a path that leaves by dots"),
        (&SIGNED, moved("/v1/signed", "/v1/%2e%2e/admin"), "a path that leaves by encoded dots"),
        (&SIGNED, moved("api.acme.example/v1", "api.acme.example/v1@evil.example"), "user info"),
        (&SIGNED, moved("acme.example/v1", "acme.example:8443/v1"), "another port"),
        (&SIGNED, moved("https://api.acme.example/v1/signed", "nonsense"), "no URL"),
        (&SIGNED, moved("POST", "PO ST"), "no method"),
    ] {
        let call = world.engine.resend(&world.access, operation, &prepared, |answer| Ok(answer.status));
        let error = call.send().await.expect_err(why);
        // Nothing was sent, but whether an earlier process sent it, nobody here knows.
        assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::Unknown), "{why}: {error}");
        assert_eq!(error.reference(), Some("INV-1"), "{why}");
    }
    assert!(world.server.script.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_resent_request_may_have_acted_before_it_came_here() {
    for (status, outcome) in [(429, Outcome::Unknown), (403, Outcome::Unknown), (410, Outcome::Refused)] {
        let world = world(move |_| Play::answer(status, "{}"));
        let keyed = prepare(&world, Parts::new(&SIGNED).json("x").reference("INV-1")).await;
        let again = world.engine.resend(&world.access, &SIGNED, &keyed, |answer| Ok(answer.status));
        assert_eq!(again.send().await.unwrap_err().outcome(), outcome, "{status}");
    }
    let world = world(|_| Play::not_sent());
    let keyed = prepare(&world, Parts::new(&SIGNED).json("x").reference("INV-1")).await;
    let again = world.engine.resend(&world.access, &SIGNED, &keyed, |answer| Ok(answer.status)).attempts(1);
    let error = again.send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Connect, Outcome::Unknown));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_exactly_is_not_prepared() {
    let World { server, engine, access } = world(|_| ok());
    let bytes = vec![0xff, 0x00, 0xfe];
    let request = || RawRequest::new(Method::POST, "/x", Repeat::Keyed).body("application/octet-stream", bytes.clone());
    let error = engine.raw(&access, request()).prepare().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone));
    engine.raw(&access, request()).send().await.unwrap();
    assert_eq!(server.api()[0].body, bytes, "sent as it is, it is exact");

    // Sent again without its header it would be another request, and with it the secret would be on the disk.
    let secret = HeaderName::from_static("x-secret-key");
    let parts = || Parts::new(&SIGNED).secret_header(secret.clone(), b"KEY-4711").json("x").reference("INV-1");
    let mut call = plain(&engine, &access, parts());
    let error = call.prepare().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.reference()), (Kind::Invalid, Outcome::NotDone, Some("INV-1")));
    assert!(!format!("{error} {error:?}").contains("4711"));
    call.send().await.unwrap();
    assert_eq!(server.api()[1].header("x-secret-key"), "KEY-4711", "it can still be sent");

    let request = || RawRequest::new(Method::POST, "/x", Repeat::Keyed).body("text/plain; name=\u{e9}", "x");
    let error = engine.raw(&access, request()).prepare().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone));
}
