//! Documented rate limits, kept before anything is sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::provider::{Access, Engine, Limit, Operation, Repeat, Scope, Verb};
use pay_core::script::Play;
use pay_core::{Kind, Outcome, Pacing};
use std::time::Duration;
use support::provider::{Acme, PACED, READ, call};
use support::server::Server;
use support::{access, engine, engine_of, millis, secs, settings};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

static BY_ADDRESS: Limit = Limit { name: "POST /shared", max: 10, per: Duration::from_secs(60), scope: Scope::Address };
static SHARED: Operation = Operation::new("shared", Verb::Post, "/shared", Repeat::Never).limited(&BY_ADDRESS);

async fn client(pacing: Pacing) -> (Server, Engine, Access) {
    let server = Server::new();
    let mut settings = settings(&server);
    settings.pacing = pacing;
    let engine = engine(settings);
    let access = access(&engine, "a");
    // The token is there before anything is counted.
    call(&engine, &access, &READ, "a").send().await.unwrap();
    (server, engine, access)
}

async fn many(engine: &Engine, access: &Access, calls: usize, deadline: Duration) -> Vec<Result<(), pay_core::Error>> {
    let mut set = JoinSet::new();
    for _ in 0..calls {
        let call = call(engine, access, &PACED, "a").deadline(deadline);
        set.spawn(async move { call.send().await.map(drop) });
    }
    set.join_all().await
}

fn sent(server: &Server) -> Vec<Duration> {
    server.script.seen().iter().filter(|sent| sent.path.ends_with("/paced")).map(|sent| sent.at).collect()
}

#[tokio::test(start_paused = true)]
async fn unless_asked_a_call_over_the_limit_fails_locally_with_the_wait() {
    let (server, engine, access) = client(Pacing::default()).await;
    let start = Instant::now();
    for number in 0..25 {
        sleep_until(start + secs(2 * number)).await;
        let result = call(&engine, &access, &PACED, "a").send().await;
        assert_eq!(start.elapsed(), secs(2 * number), "nobody waits");
        if number < 10 {
            result.unwrap();
        } else {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Paced, Outcome::NotDone, 0));
            assert_eq!(error.retry_after(), Some(secs(60 - 2 * number)));
            assert!(error.to_string().contains("POST /paced"), "{error}");
            assert_eq!(error.reference(), Some("INV-1"));
        }
    }
    assert_eq!(sent(&server).len(), 10);
    // The wait that was told is enough.
    sleep_until(start + secs(60)).await;
    call(&engine, &access, &PACED, "a").send().await.unwrap();
    call(&engine, &access, &PACED, "a").send().await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn asked_to_wait_all_are_sent_and_no_minute_has_more_than_ten() {
    let (server, engine, access) = client(Pacing::Wait).await;
    assert!(many(&engine, &access, 25, secs(200)).await.iter().all(Result::is_ok));
    let times = sent(&server);
    let start = times[0];
    let at = |from: usize, to: usize| times[from..to].iter().map(|t| *t - start).collect::<Vec<_>>();
    assert_eq!(at(0, 10), [Duration::ZERO; 10]);
    assert_eq!(at(10, 20), [secs(60); 10]);
    assert_eq!(at(20, 25), [secs(120); 5]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_does_not_fit_the_deadline_is_refused_at_once() {
    let (server, engine, access) = client(Pacing::Wait).await;
    let start = Instant::now();
    let results = many(&engine, &access, 25, secs(30)).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    let refused: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!((refused.len(), sent(&server).len()), (15, 10));
    assert!(refused.iter().all(|error| error.kind() == Kind::Paced && error.outcome() == Outcome::NotDone));
}

#[tokio::test(start_paused = true)]
async fn off_sends_everything() {
    let (server, engine, access) = client(Pacing::Off).await;
    assert!(many(&engine, &access, 25, secs(30)).await.iter().all(Result::is_ok));
    assert_eq!(sent(&server).len(), 25);
}

#[tokio::test(start_paused = true)]
async fn a_call_has_its_own_pacing() {
    let (server, engine, access) = client(Pacing::Refuse).await;
    many(&engine, &access, 10, secs(30)).await;
    call(&engine, &access, &PACED, "a").pacing(Pacing::Off).send().await.unwrap();
    call(&engine, &access, &PACED, "a").send().await.unwrap_err();
    let start = Instant::now();
    call(&engine, &access, &PACED, "a").pacing(Pacing::Wait).deadline(secs(100)).send().await.unwrap();
    assert_eq!(start.elapsed(), secs(60));
    assert_eq!(sent(&server).len(), 12);
}

#[tokio::test(start_paused = true)]
async fn limits_count_by_token_or_by_address() {
    let (_, engine, a) = client(Pacing::Refuse).await;
    let b = access(&engine, "b");
    for _ in 0..10 {
        call(&engine, &a, &PACED, "a").send().await.unwrap();
        call(&engine, &a, &SHARED, "a").send().await.unwrap();
    }
    call(&engine, &a, &PACED, "a").send().await.unwrap_err();
    call(&engine, &b, &PACED, "b").send().await.unwrap();
    let error = call(&engine, &b, &SHARED, "b").send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Paced);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_waits_for_its_turn_instead_of_ending_the_call() {
    let server = Server::with_api(|sent| match sent.at.as_secs() {
        0..30 if sent.path.ends_with("/paced") => Play::answer(429, "{}"),
        _ => Play::answer(200, r#"{"id":"done"}"#),
    });
    let engine = engine(settings(&server));
    let access = access(&engine, "a");
    call(&engine, &access, &READ, "a").send().await.unwrap();
    for _ in 0..9 {
        call(&engine, &access, &PACED, "a").attempts(1).send().await.unwrap_err();
    }
    let start = Instant::now();
    call(&engine, &access, &PACED, "a").deadline(secs(100)).send().await.unwrap();
    assert_eq!(start.elapsed(), secs(60));
    // Without time for that, it ends with what is known.
    let server = Server::with_api(|_| Play::answer(429, "{}"));
    let engine = support::engine(settings(&server));
    let access = support::access(&engine, "a");
    let start = Instant::now();
    let error = call(&engine, &access, &PACED, "a").attempts(50).deadline(secs(20)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Paced, Outcome::NotDone, 10));
    assert!(start.elapsed() < secs(20));
    assert_eq!(error.retry_after(), Some(secs(60) - (start.elapsed())));
    assert_eq!(server.api().len(), 10);
}

static LOGINS: Limit = Limit { name: "POST /login", max: 2, per: Duration::from_secs(60), scope: Scope::Address };

#[tokio::test(start_paused = true)]
async fn token_calls_keep_their_own_limit_over_all_accounts() {
    for pacing in [Pacing::Refuse, Pacing::Wait, Pacing::Off] {
        let server = Server::new();
        let mut settings = settings(&server);
        settings.pacing = pacing;
        let engine = engine_of(Acme { token_limit: Some(&LOGINS), ..Acme::default() }, settings);
        for id in ["a", "b"] {
            call(&engine, &access(&engine, id), &READ, id).send().await.unwrap();
        }
        let (start, third) = (Instant::now(), access(&engine, "c"));
        let result = call(&engine, &third, &READ, "c").deadline(secs(100)).send().await;
        match pacing {
            Pacing::Refuse => {
                let error = result.unwrap_err();
                assert_eq!((error.kind(), error.outcome()), (Kind::Paced, Outcome::NotDone));
                // The first log-in was 400 ms ago.
                assert_eq!(error.retry_after(), Some(secs(60) - millis(400)));
                assert_eq!((server.logins(), start.elapsed()), (2, Duration::ZERO));
                // The wait that was told is enough.
                sleep_until(start + secs(60)).await;
                call(&engine, &third, &READ, "c").send().await.unwrap();
            }
            Pacing::Wait => {
                result.unwrap();
                assert_eq!((server.logins(), start.elapsed()), (3, secs(60) - millis(400) + millis(200)));
            }
            Pacing::Off => {
                result.unwrap();
                assert_eq!((server.logins(), start.elapsed()), (3, millis(200)));
            }
        }
    }
}
