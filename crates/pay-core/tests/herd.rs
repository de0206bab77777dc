//! Many tasks, one token: exact numbers of token requests on paused time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::provider::{Access, Answer, Credentials, Engine, Grant, GrantFailure, GrantStep, Parts, Tokens};
use pay_core::{Error, Kind, Outcome, SecretString};
use std::future::{Future, poll_fn};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;
use support::provider::{AcmeGrant, CHARGE, READ, call};
use support::server::{Endpoint, Server, token_of};
use support::{Vault, access, client, engine, millis, secs, settings};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// `tasks` calls at once; each answers with its result and how long it took.
async fn herd(engine: &Engine, access: &Access, tasks: usize) -> Vec<(Result<(), Error>, Duration)> {
    let mut set = JoinSet::new();
    for _ in 0..tasks {
        let call = call(engine, access, &READ, "a");
        set.spawn(async move {
            let start = Instant::now();
            let result = call.send().await.map(drop);
            (result, start.elapsed())
        });
    }
    set.join_all().await
}

/// The most of `times` that fall into any span shorter than a minute.
fn most_in_a_minute(times: &[Duration]) -> usize {
    times.iter().map(|from| times.iter().filter(|t| *t >= from && **t < *from + secs(60)).count()).max().unwrap_or(0)
}

fn token_times(server: &Server) -> Vec<Duration> {
    server.script.seen().iter().filter(|sent| support::server::is_token(sent)).map(|sent| sent.at).collect()
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_tasks_on_an_expired_token_cause_one_request() {
    let (server, engine, access) = client();
    herd(&engine, &access, 1).await;
    sleep(secs(3600)).await;
    let results = herd(&engine, &access, 10_000).await;
    assert!(results.iter().all(|(result, took)| result.is_ok() && *took == millis(200)), "all within one latency");
    assert_eq!(server.logins(), 2, "one for the first call, one for the ten thousand");
    assert_eq!(server.api().iter().filter(|sent| token_of(sent) == "a-t2").count(), 10_000);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_tasks_in_the_refresh_window_wait_for_nothing() {
    let (server, engine, access) = client();
    herd(&engine, &access, 1).await;
    sleep(secs(1600)).await;
    let results = herd(&engine, &access, 10_000).await;
    assert!(results.iter().all(|(result, took)| result.is_ok() && took.is_zero()));
    sleep(secs(1)).await;
    assert_eq!(server.logins(), 2);
    assert_eq!(server.api().iter().filter(|sent| token_of(sent) == "a-t1").count(), 10_001, "all used the old one");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_share_one_failure() {
    for (endpoint, kind) in
        [(Endpoint::Fails, Kind::Token), (Endpoint::Refuses, Kind::Login), (Endpoint::Down, Kind::Token)]
    {
        let (server, engine, access) = client();
        server.set(|s| s.login = endpoint);
        let results = herd(&engine, &access, 1000).await;
        assert_eq!(server.token_requests(), 1, "{endpoint:?}");
        for (result, took) in results {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotDone));
            assert_eq!(error.operation(), "read");
            assert_eq!(took, millis(200), "{endpoint:?}: nobody waits for a second request");
        }
        assert!(server.api().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_first_caller_cancels_nothing() {
    let (server, engine, access) = client();
    let first = tokio::spawn(call(&engine, &access, &READ, "a").send());
    sleep(millis(50)).await;
    let mut rest = JoinSet::new();
    for _ in 0..100 {
        rest.spawn(call(&engine, &access, &READ, "a").send());
    }
    sleep(millis(50)).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let start = Instant::now();
    assert!(rest.join_all().await.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), millis(100), "the request that was under way went on");
    assert_eq!((server.logins(), server.api().len()), (1, 100));
}

#[tokio::test(start_paused = true)]
async fn with_every_caller_gone_the_token_still_lands() {
    let (server, engine, access) = client();
    let only = tokio::spawn(call(&engine, &access, &READ, "a").send());
    sleep(millis(50)).await;
    only.abort();
    sleep(secs(1)).await;
    let (result, took) = herd(&engine, &access, 1).await.remove(0);
    assert!(result.is_ok());
    assert_eq!(took, Duration::ZERO);
    assert_eq!(server.logins(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_early_refresh_costs_no_caller() {
    let (server, engine, access) = client();
    herd(&engine, &access, 1).await;
    server.set(|s| s.login = Endpoint::Fails);
    let mut calls = 1;
    for second in (1500..1780).step_by(5) {
        tokio::time::sleep_until(Instant::now() + secs(if second == 1500 { 1500 } else { 5 })).await;
        for (result, took) in herd(&engine, &access, 20).await {
            assert!(result.is_ok(), "at {second}: {result:?}");
            assert_eq!(took, Duration::ZERO);
            calls += 1;
        }
    }
    assert_eq!(server.api().len(), calls);
    let tried = server.logins() - 1;
    assert!((2..=20).contains(&tried), "cool-downs: {tried} early refreshes for {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn permanently_refused_calls_cost_two_token_requests_a_minute() {
    // A wrong password; then good tokens that the API will not have.
    for wrong_password in [true, false] {
        let (server, engine, access) = client();
        server.set(|s| {
            s.token_latency = millis(5);
            s.login = if wrong_password { Endpoint::Refuses } else { Endpoint::Works };
            s.refuses_all = true;
        });
        for _ in 0..1000 {
            let error = call(&engine, &access, &CHARGE, "a").send().await.unwrap_err();
            assert_eq!(error.outcome(), Outcome::NotDone);
            assert_eq!(error.kind(), if wrong_password { Kind::Login } else { Kind::TokenRefused });
            sleep(millis(317)).await;
        }
        let times = token_times(&server);
        assert!(times.len() >= 10, "it tries again for as long as there are calls: {}", times.len());
        assert!(most_in_a_minute(&times) <= 2, "wrong password {wrong_password}: {times:?}");
    }
}

/// Panics in those readings of a token reply that are named.
struct Fragile {
    inner: AcmeGrant,
    panics: Range<u32>,
    readings: AtomicU32,
}

impl Grant for Fragile {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        self.inner.login(credentials)
    }

    fn refresh(&self, _: &Credentials, _: &SecretString) -> Option<Parts> {
        None
    }

    fn read(&self, step: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        let reading = self.readings.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics.contains(&reading), "a panic that the test wants");
        self.inner.read(step, answer)
    }
}

fn fragile(panics: Range<u32>) -> (Server, Engine, Access) {
    let server = Server::new();
    let engine = engine(settings(&server));
    let grant = Fragile { inner: AcmeGrant::default(), panics, readings: AtomicU32::new(0) };
    let access = engine.access(Arc::new(Vault::new("a", "a-secret")), Some(Arc::new(grant)), None);
    (server, engine, access)
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_panics_is_no_failure() {
    let (server, engine, access) = fragile(0..1);
    let results = herd(&engine, &access, 100).await;
    assert!(results.iter().all(|(result, took)| result.is_ok() && *took == millis(400)), "{results:?}");
    assert_eq!(server.logins(), 2, "one that panicked, one that all joined");
}

#[tokio::test(start_paused = true)]
async fn refreshes_that_keep_panicking_cool_down_and_then_recover() {
    let (server, engine, access) = fragile(0..3);
    for (result, _) in herd(&engine, &access, 10).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone));
    }
    assert_eq!(server.logins(), 3);
    assert!(herd(&engine, &access, 1000).await.iter().all(|(result, _)| result.is_err()));
    assert_eq!(server.logins(), 3, "nothing is started before the cool-down ends");
    tokio::time::advance(millis(1000)).await;
    assert!(herd(&engine, &access, 10).await.iter().all(|(result, _)| result.is_ok()));
    assert_eq!(server.logins(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_early_refresh_that_panics_costs_no_caller_and_is_started_again() {
    let (server, engine, access) = fragile(1..2);
    herd(&engine, &access, 1).await;
    sleep(secs(1600)).await;
    for logins in [2, 3] {
        assert!(herd(&engine, &access, 10).await.iter().all(|(result, took)| result.is_ok() && took.is_zero()));
        sleep(secs(10)).await;
        assert_eq!(server.logins(), logins);
    }
    // Long before the old token ends, there is a new one.
    assert!(herd(&engine, &access, 10).await.iter().all(|(result, took)| result.is_ok() && took.is_zero()));
    assert_eq!(server.api().iter().filter(|sent| token_of(sent) == "a-t3").count(), 10);
    assert_eq!(server.logins(), 3);
}

#[tokio::test(start_paused = true)]
async fn early_refreshes_that_keep_panicking_cool_down() {
    let (server, engine, access) = fragile(1..8);
    herd(&engine, &access, 1).await;
    sleep(secs(1600)).await;
    // Calls all the time, up to the token's last second.
    for _ in 0..358 {
        assert!(herd(&engine, &access, 2).await.iter().all(|(result, took)| result.is_ok() && took.is_zero()));
        sleep(millis(500)).await;
    }
    // A second after the first, then 2, 4, 8, 16 and 30: seven in the first 91 s, and 30 s between those that follow.
    let tried = server.logins() - 1;
    assert!((7..=10).contains(&tried), "{tried} early refreshes");
}

#[tokio::test(start_paused = true)]
async fn the_cool_down_of_a_refresh_that_panicked_ends_with_the_token() {
    let (server, engine, access) = fragile(1..2);
    let start = Instant::now();
    herd(&engine, &access, 1).await;
    // It panics 200 ms later; a second of cool-down would end 200 ms after the token.
    for at in [millis(1_779_000), millis(1_780_100)] {
        tokio::time::sleep_until(start + at).await;
        let results = herd(&engine, &access, 10).await;
        assert!(results.iter().all(|(result, _)| result.is_ok()), "at {at:?}: {results:?}");
    }
    assert_eq!(server.logins(), 3);
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn wait_for_logins(server: &Server, count: usize) {
    while server.logins() < count {
        std::thread::yield_now();
    }
}

#[test]
fn a_runtime_that_dies_with_the_refresh_hands_it_to_the_waiters_elsewhere() {
    let server = Server::new();
    server.set(|s| s.login = Endpoint::Hangs);
    let engine = engine(settings(&server));
    let access = access(&engine, "a");
    let (first, second) = (runtime(), runtime());
    first.spawn(call(&engine, &access, &READ, "a").send());
    wait_for_logins(&server, 1);
    let mut joined = Box::pin(call(&engine, &access, &READ, "a").send());
    let pending = second.block_on(poll_fn(|context| Poll::Ready(joined.as_mut().poll(context).is_pending())));
    assert!(pending, "it waits for the refresh of the other runtime");
    server.set(|s| s.login = Endpoint::Works);
    first.shutdown_background();
    assert!(second.block_on(joined).is_ok());
    assert_eq!(server.logins(), 2, "the dead refresh was replaced by one");
}

#[test]
fn a_runtime_that_dies_with_an_early_refresh_delays_no_later_one() {
    let server = Server::new();
    let engine = engine(settings(&server));
    let access = access(&engine, "a");
    let paused = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let one_call_at = |runtime: &Runtime, at: u64| {
        runtime.block_on(async {
            tokio::time::advance(secs(at)).await;
            let result = call(&engine, &access, &READ, "a").send().await;
            // Until the refresh has been sent, and answered if it is.
            sleep(secs(1)).await;
            result.is_ok()
        })
    };
    let (first, second) = (paused(), paused());
    assert!(one_call_at(&first, 0));
    server.set(|s| s.login = Endpoint::Hangs);
    assert!(one_call_at(&first, 1600));
    assert_eq!(server.logins(), 2, "the early refresh is under way");
    drop(first);
    server.set(|s| s.login = Endpoint::Works);
    assert!(one_call_at(&second, 1610));
    assert_eq!(server.logins(), 3, "and started again");
}

#[test]
fn a_runtime_that_died_unseen_blocks_no_later_caller() {
    let server = Server::new();
    server.set(|s| s.login = Endpoint::Hangs);
    let engine = engine(settings(&server));
    let access = access(&engine, "a");
    let (first, second) = (runtime(), runtime());
    first.spawn(call(&engine, &access, &READ, "a").send());
    wait_for_logins(&server, 1);
    drop(first);
    server.set(|s| s.login = Endpoint::Works);
    assert!(second.block_on(call(&engine, &access, &READ, "a").send()).is_ok());
    assert_eq!(server.logins(), 2);
}
