//! One working operation per hard mechanism of the providers, with the exact bytes on the wire.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/mech.rs"]
mod mech;
mod support;

use mech::{FORM, SEALED, SIGNED, World, engine_on, keys, names, ok, open, signature, third_time_lucky, world};
use pay_core::provider::{
    Answer, Credentials, DecodeError, Grant, GrantFailure, GrantStep, Operation, Parts, Repeat, Tokens, Verb, json,
};
use pay_core::script::Play;
use pay_core::{Amount, ExposeSecret, Kind, Outcome};
use serde::Deserialize;
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use support::provider::{AcmeGrant, plain};
use support::server::Server;
use support::{Vault, Wall, millis, secs};
use tokio::time::sleep;

static VENDOR: Operation = Operation::new("vendor", Verb::Get, "/vendor/{id}", Repeat::Safe)
    .media(Some("application/vnd.mech.payment-v2+json"), "application/vnd.mech.receipt-v2+json");
static KEEPS: Operation = Operation::new("keeps", Verb::Post, "/keeps", Repeat::Never).keeping_token();
static TOKEN: Operation =
    Operation::new("token", Verb::Post, "/oauth/token", Repeat::Never).public().media(None, "text/plain");

/// A form in, a bare token out; each user of the client has a token of his own.
struct BareToken {
    user: &'static str,
}

impl Grant for BareToken {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        let pairs = [("client_id", credentials.id()), ("user", self.user), ("scope", "pay & read")];
        Some(Parts::new(&TOKEN).form(&pairs))
    }

    fn read(&self, _: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        let text = std::str::from_utf8(&answer.body).map_err(|_| GrantFailure::transient("no text"))?;
        Ok(Tokens::new(text.trim_end().to_owned()))
    }
}

const BODY: &str = r#"{"amount":"10.10","currency":"NGN"}"#;

#[tokio::test(start_paused = true)]
async fn a_signed_body_is_signed_anew_on_every_attempt_over_the_same_bytes() {
    let World { server, engine, access } = third_time_lucky();
    let parts = Parts::new(&SIGNED).query("z", "1").bytes("application/json", BODY);
    plain(&engine, &access, parts).send().await.unwrap();
    let sent = server.api();
    assert_eq!(sent.len(), 3);
    for attempt in &sent {
        assert_eq!(attempt.text(), BODY);
        assert_eq!((attempt.method.as_str(), attempt.path.as_str()), ("POST", "/v1/signed?z=1"));
        let stamp = attempt.header("x-timestamp");
        let fresh = (UNIX_EPOCH + millis(stamp.parse().unwrap())).duration_since(Wall::start()).unwrap();
        assert_eq!(fresh, attempt.at, "the time of this attempt");
        let expected = signature("signing-key", stamp, "POST", &attempt.path, &attempt.body);
        assert_eq!(attempt.header("x-signature"), expected, "over the bytes that were sent");
        assert_eq!(names(attempt), ["accept", "accesstoken", "content-type", "x-signature", "x-timestamp"]);
    }
    // Calculated elsewhere, with Python's hmac module.
    assert_eq!(sent[0].header("x-timestamp"), "1795000000200");
    assert_eq!(sent[0].header("x-signature"), "76b895ea7aff46f863c6b687a87721c6f5ee03042bec468be73b73a4e70f6300");
    assert!(sent[0].header("x-timestamp") < sent[1].header("x-timestamp"));
    assert!(sent[1].header("x-timestamp") < sent[2].header("x-timestamp"));
}

#[tokio::test(start_paused = true)]
async fn a_rotated_signing_key_counts_from_the_next_attempt() {
    let vault = Vault::holding(keys());
    let rotating = vault.clone();
    let server = Server::with_api(move |sent| {
        rotating.rotate(Credentials::new("a", "a-secret").with_key("signing", "second"));
        if sent.index < 2 { Play::answer(503, "{}") } else { ok() }
    });
    let engine = engine_on(&server);
    let access = engine.access(Arc::new(vault), Some(Arc::new(AcmeGrant::default())), None);
    plain(&engine, &access, Parts::new(&SIGNED).bytes("application/json", BODY)).send().await.unwrap();
    for (attempt, key) in server.api().iter().zip(["signing-key", "second"]) {
        let expected = signature(key, attempt.header("x-timestamp"), "POST", "/v1/signed", BODY.as_bytes());
        assert_eq!(attempt.header("x-signature"), expected, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sealed_body_is_sealed_once_and_sent_as_it_is() {
    let World { server, engine, access } = third_time_lucky();
    let card = r#"{"card":"4111111111111111"}"#;
    let parts = || Parts::new(&SEALED).bytes("application/json", card);
    plain(&engine, &access, parts()).send().await.unwrap();
    let sent = server.api();
    assert_eq!(sent.len(), 3);
    for attempt in &sent {
        // Calculated elsewhere, with OpenSSL.
        assert_eq!(
            attempt.text(),
            r#"{"iv":1,"payload":"bb7ee07e2f000286ed1602a734edd4b8647ae6bcfea270bec0e0c59598c9ead6"}"#
        );
        assert_eq!(open(attempt), card);
        assert_eq!(attempt.header("content-type"), "application/json");
    }
    // Another call is another envelope.
    plain(&engine, &access, parts()).send().await.unwrap();
    assert_eq!(open(&server.api()[3]), card);
    assert_ne!(server.api()[3].body, sent[0].body);
}

#[tokio::test(start_paused = true)]
async fn a_missing_key_names_its_setting_and_sends_nothing() {
    let server = Server::new();
    let engine = engine_on(&server);
    let access = engine.access(Arc::new(Vault::new("a", "a-secret")), None, None);
    for (operation, setting) in [(&SIGNED, "signing_key"), (&SEALED, "sealing_key")] {
        let parts = Parts::new(operation).bytes("application/json", BODY).reference("INV-1");
        let error = plain(&engine, &access, parts).send().await.unwrap_err();
        assert_eq!((error.kind(), error.setting(), error.outcome()), (Kind::Config, Some(setting), Outcome::NotDone));
        assert_eq!((error.operation(), error.reference(), error.attempts()), (operation.name, Some("INV-1"), 0));
    }
    assert!(server.script.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_with_vendor_media_types() {
    let World { server, engine, access } = world(|_| ok());
    plain(&engine, &access, Parts::new(&VENDOR).path_value("id", "a/b c")).send().await.unwrap();
    let sent = server.api().remove(0);
    assert_eq!((sent.method.as_str(), sent.url.as_str()), ("GET", "https://api.acme.example/v1/vendor/a%2Fb%20c"));
    assert_eq!(sent.header("accept"), "application/vnd.mech.receipt-v2+json");
    assert_eq!(sent.header("content-type"), "application/vnd.mech.payment-v2+json");
    assert!(sent.body.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_form_and_a_token_header_of_its_own() {
    let World { server, engine, access } = world(|_| ok());
    let parts = Parts::new(&FORM).form(&[("amount", "10.10"), ("note", "x&y=1 +é")]);
    plain(&engine, &access, parts).send().await.unwrap();
    let sent = server.api().remove(0);
    assert_eq!(sent.text(), "amount=10.10&note=x%26y%3D1+%2B%C3%A9");
    assert_eq!(sent.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(sent.header("accesstoken"), "Bearer a-t1");
    assert_eq!(names(&sent), ["accept", "accesstoken", "content-type"], "no `Authorization` beside it");
    assert!(sent.headers["accesstoken"].is_sensitive());
}

#[derive(Debug, PartialEq)]
enum Paid {
    Receipt { amount: Amount },
    Redirect { url: String },
}

fn paid(answer: &Answer) -> Result<Paid, DecodeError> {
    #[derive(Deserialize)]
    struct Receipt {
        amount: Amount,
    }
    #[derive(Deserialize)]
    struct Redirect {
        redirect_url: String,
    }
    // The error that is told is the first shape's, the usual one.
    json::<Receipt>(&answer.body).map(|receipt| Paid::Receipt { amount: receipt.amount }).or_else(|error| {
        json::<Redirect>(&answer.body).map(|redirect| Paid::Redirect { url: redirect.redirect_url }).map_err(|_| error)
    })
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_one_of_two_shapes() {
    let bodies = [
        r#"{"amount":"10.10"}"#,
        r#"{"amount":10.10}"#,
        r#"{"redirect_url":"https://bank.example"}"#,
        r#"{"other":1}"#,
    ];
    let World { server, engine, access } = world(move |sent| Play::answer(200, bodies[sent.index - 1]));
    let ask = || engine.call(&access, Parts::new(&FORM).reference("INV-1"), paid).reply();
    let amount = || Paid::Receipt { amount: "10.10".parse().unwrap() };
    assert_eq!(ask().await.unwrap().model, amount());
    let reply = ask().await.unwrap();
    assert_eq!(reply.model, amount());
    assert_eq!(reply.body.expose_str(), Some(bodies[1]), "the raw text stands beside the model");
    assert_eq!(ask().await.unwrap().model, Paid::Redirect { url: "https://bank.example".into() });
    let error = ask().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown));
    assert_eq!(server.api().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn bare_text_tokens_of_two_users_on_one_client_never_mix() {
    let server = Server::with_api(|sent| match sent.path.as_str() {
        "/v1/oauth/token" => {
            assert_eq!(sent.header("accept"), "text/plain");
            let user = if sent.text().contains("user=ann") { "ann" } else { "ben" };
            Play::answer(200, format!("{user}-token-{}\n", sent.index)).after(millis(50))
        }
        _ => ok().after(millis(10)),
    });
    let engine = engine_on(&server);
    // One credential, two users: the users tell the tokens apart, in a shared store too.
    let user = |name| {
        engine.access(Arc::new(Vault::holding(keys())), Some(Arc::new(BareToken { user: name })), Some(name.to_owned()))
    };
    let (ann, ben) = (user("ann"), user("ben"));
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..200 {
        let (name, access) = if number % 2 == 0 { ("ann", &ann) } else { ("ben", &ben) };
        calls.spawn(plain(&engine, access, Parts::new(&VENDOR).path_value("id", name)).send());
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let seen = server.script.seen();
    let (tokens, api): (Vec<_>, Vec<_>) = seen.iter().partition(|sent| sent.path.ends_with("/token"));
    assert_eq!((tokens.len(), api.len()), (2, 200));
    assert_eq!(tokens[0].text(), "client_id=a&user=ann&scope=pay+%26+read");
    assert_eq!(tokens[0].header("accesstoken"), "", "a token call carries no token");
    for sent in api {
        let user = sent.path.rsplit('/').next().unwrap();
        assert!(sent.header("accesstoken").starts_with(&format!("Bearer {user}-token-")), "{user}: {sent:?}");
    }
    // A bare token names no lifetime: it stays.
    sleep(secs(1_000_000)).await;
    plain(&engine, &ann, Parts::new(&VENDOR).path_value("id", "ann")).send().await.unwrap();
    assert_eq!(server.script.count("/oauth/token"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_stand_in_a_header_is_no_token() {
    for text in ["", "\n", "two words", "new\nline", "ünï"] {
        let server = Server::with_api(move |_| Play::answer(200, text));
        let engine = engine_on(&server);
        let access = engine.access(Arc::new(keys()), Some(Arc::new(BareToken { user: "ann" })), None);
        let error = plain(&engine, &access, Parts::new(&FORM)).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone), "{text:?}");
        assert!(text.is_empty() || text == "\n" || !format!("{error:?}").contains(text));
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_keeps_the_token_that_it_was_asked_with() {
    let World { server, engine, access } = world(|_| ok().after(secs(2)));
    let ask = || plain(&engine, &access, Parts::new(&KEEPS)).reply();
    let lease = ask().await.unwrap().lease.unwrap();
    assert_eq!((lease.token.expose_secret(), lease.generation), ("a-t1", 1));
    assert_eq!(lease.expires_at, Some(Wall::start() + secs(1800)));
    // In the refresh window the next token lands while the answer is under way.
    sleep(secs(1600)).await;
    let lease = ask().await.unwrap().lease.unwrap();
    assert_eq!((lease.token.expose_secret(), lease.generation), ("a-t1", 1));
    let lease = ask().await.unwrap().lease.unwrap();
    assert_eq!((lease.token.expose_secret(), lease.generation), ("a-t2", 2));
    for sent in server.api() {
        assert!(["Bearer a-t1", "Bearer a-t2"].contains(&sent.header("accesstoken")));
    }
    let other = plain(&engine, &access, Parts::new(&FORM)).reply().await.unwrap();
    assert!(other.lease.is_none(), "others do not");
}

#[tokio::test(start_paused = true)]
async fn a_lease_for_requests_of_ones_own() {
    let World { server, engine, access } = world(|_| ok());
    let lease = engine.lease(&access).await.unwrap();
    assert_eq!(lease.token.expose_secret(), "a-t1");
    assert!(!format!("{lease:?}").contains("a-t1"));
    assert_eq!(engine.lease(&access).await.unwrap().generation, 1);
    assert_eq!(server.logins(), 1);
    let keyless = engine.access(Arc::new(keys()), None, None);
    assert_eq!(engine.lease(&keyless).await.unwrap_err().kind(), Kind::Invalid);
}
