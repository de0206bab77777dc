//! Token calls outside of a cell, and what their failures tell: a kind of their own, a body that may be shown, a time of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_core::provider::{
    Answer, BaseUrl, Credentials, Engine, Failure, Grant, GrantFailure, GrantStep, Operation, Parts, Provider, Repeat,
    Settings, Tokens, Verb, Verdict,
};
use pay_core::script::{Play, Script};
use pay_core::{ExposeSecret, Kind, Outcome, SecretString, Transport};
use std::sync::Arc;
use std::time::Duration;

static TOKEN: Operation = Operation::new("token", Verb::Post, "/token", Repeat::Never).public();
static READ: Operation = Operation::new("read", Verb::Get, "/read", Repeat::Safe);

struct Codes;

impl Provider for Codes {
    fn name(&self) -> &'static str {
        "codes"
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn judge(&self, _: &'static Operation, _: &Answer) -> Verdict {
        Verdict::Fail(Failure::new(Kind::Unexpected, Outcome::Unknown))
    }
}

/// A code for a token; a refused code is a lost consent, and the body is shown without its secret.
struct Code;

impl Grant for Code {
    fn login(&self, _: &Credentials) -> Option<Parts> {
        None
    }

    fn refresh(&self, _: &Credentials, _: &SecretString) -> Option<Parts> {
        Some(parts())
    }

    fn read(&self, _: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        match answer.status.as_u16() {
            200 => Ok(Tokens::new("access")),
            400 => Err(GrantFailure::refused("used").kind(Kind::ConsentRequired).body("code: [hidden]")),
            401 => Err(GrantFailure::client_refused("who?")),
            _ => Err(GrantFailure::transient("unwell")),
        }
    }
}

fn parts() -> Parts {
    Parts::new(&TOKEN).form(&[("code", "SENTINEL")])
}

fn engine(play: Play) -> (Engine, Script) {
    let script = Script::new(move |_| play.clone());
    (engine_on(&script), script)
}

fn engine_on(script: &Script) -> Engine {
    let mut settings = Settings::default();
    settings.transport = Some(Transport::scripted(script));
    settings.token_timeout = Some(Duration::from_secs(3));
    settings.attempt_timeout = Duration::from_secs(50);
    Engine::new(Arc::new(Codes), BaseUrl::parse("base_url", "https://h").unwrap(), settings).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_code_is_sent_once_and_its_failures_are_told_apart() {
    let (good, script) = engine(Play::answer(200, ""));
    let tokens = good.token_call(&Code, GrantStep::Login, parts()).await.unwrap();
    assert_eq!((tokens.access.expose_secret(), script.seen()[0].text()), ("access", "code=SENTINEL"));
    for (play, kind, body) in [
        (Play::answer(400, "SENTINEL"), Kind::ConsentRequired, Some("code: [hidden]")),
        (Play::answer(401, "SENTINEL"), Kind::Login, None),
        (Play::answer(500, "SENTINEL"), Kind::Token, None),
        (Play::lost(), Kind::Token, None),
        (Play::hang(), Kind::Token, None),
    ] {
        let (bad, script) = engine(play);
        let error = bad.token_call(&Code, GrantStep::Login, parts()).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.operation()), (kind, Outcome::NotDone, "token"), "{error}");
        assert_eq!(error.body().map(|body| body.expose_str().unwrap()), body);
        assert_eq!(script.seen().len(), 1, "it may have been used up");
        assert!(!format!("{error} {error:#} {error:?}").contains("SENTINEL"));
    }
    let wrong = parts().mistake("no code");
    let error = good.token_call(&Code, GrantStep::Login, wrong).await.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (Kind::Invalid, 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_is_not_used_up_and_tried_again() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let script = Script::new(move |_| {
        let call = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if call < 2 { Play::not_sent() } else { Play::answer(200, "") }
    });
    engine_on(&script).token_call(&Code, GrantStep::Login, parts()).await.unwrap();
    assert_eq!(script.seen().len(), 3);
    assert!(script.seen().iter().all(|sent| sent.text() == "code=SENTINEL"));
    let (bad, script) = engine(Play::not_sent());
    let before = tokio::time::Instant::now();
    let error = bad.token_call(&Code, GrantStep::Login, parts()).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone));
    assert!((2..=5).contains(&script.seen().len()) && before.elapsed() <= Duration::from_secs(3));
    // A lost answer after that may have used it up.
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let script = Script::new(move |_| {
        let call = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if call == 0 { Play::not_sent() } else { Play::lost() }
    });
    engine_on(&script).token_call(&Code, GrantStep::Login, parts()).await.unwrap_err();
    assert_eq!(script.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_call_has_a_time_of_its_own() {
    let (engine, _) = engine(Play::hang());
    let before = tokio::time::Instant::now();
    engine.token_call(&Code, GrantStep::Login, parts()).await.unwrap_err();
    assert_eq!(before.elapsed(), Duration::from_secs(3));
    let access = engine.access(Arc::new(Credentials::new("id", "secret")), None, None);
    let before = tokio::time::Instant::now();
    engine.call(&access, Parts::new(&READ), |_| Ok(())).attempts(1).send().await.unwrap_err();
    assert_eq!(before.elapsed(), Duration::from_secs(50));
}
