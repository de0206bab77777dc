//! What an error says about the money, over all attempts of a call; waits, budgets and limits that end calls.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::provider::{Access, Credentials, Engine, Operation, Repeat, Verb};
use pay_core::script::Play;
use pay_core::{CredentialError, CredentialSource, Error, Kind, Outcome};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::provider::{Acme, AcmeGrant, CHARGE, Done, PAY, READ, call};
use support::server::{Endpoint, Server};
use support::{Wall, access, engine_of, millis, secs, settings};
use tokio::time::{Instant, sleep, timeout};

/// A server whose API answers with these, in order, and then well.
fn server(plays: &[Play]) -> Server {
    let plays = Mutex::new(VecDeque::from(plays.to_vec()));
    Server::with_api(move |_| plays.lock().unwrap().pop_front().unwrap_or_else(done))
}

fn done() -> Play {
    Play::answer(200, r#"{"id":"done"}"#)
}

fn status(status: u16) -> Play {
    Play::answer(status, "{}")
}

fn client(server: &Server) -> (Engine, Access) {
    let wall = Wall::new();
    let mut settings = settings(server);
    settings.set_wall_clock(move || wall.now());
    let engine = engine_of(Acme::default(), settings);
    let access = access(&engine, "a");
    (engine, access)
}

async fn send(operation: &'static Operation, plays: &[Play]) -> (Result<Done, Error>, usize) {
    let server = server(plays);
    let (engine, access) = client(&server);
    let result = call(&engine, &access, operation, "a").send().await;
    (result, server.api().len())
}

#[tokio::test(start_paused = true)]
async fn the_outcome_folds_over_all_attempts() {
    use Kind as K;
    use Outcome::{NotDone, Refused, Unknown};
    let (lost, unsent, hang) = (Play::lost, Play::not_sent, Play::hang);
    let html = || Play::answer(200, "<html>");
    let token_refused = || Play::answer(401, "token refused");
    let many = |play: fn() -> Play| vec![play(); 9];
    let rows: Vec<(&'static Operation, Vec<Play>, Kind, Outcome, u32)> = vec![
        // One attempt that may have acted.
        (&PAY, vec![status(409)], K::Duplicate, Unknown, 1),
        (&PAY, vec![status(500)], K::Unavailable, Unknown, 1),
        (&PAY, vec![status(302)], K::Unexpected, Unknown, 1),
        (&CHARGE, vec![lost()], K::Interrupted, Unknown, 1),
        (&CHARGE, vec![hang()], K::Timeout, Unknown, 1),
        (&CHARGE, vec![status(503)], K::Unavailable, Unknown, 1),
        (&CHARGE, vec![html()], K::Decode, Unknown, 1),
        // One that did not.
        (&CHARGE, vec![status(402)], K::Refused, Refused, 1),
        (&CHARGE, vec![status(401)], K::Forbidden, Refused, 1),
        (&CHARGE, vec![token_refused()], K::TokenRefused, NotDone, 1),
        (&CHARGE, many(unsent), K::Connect, NotDone, 5),
        (&CHARGE, many(|| status(429)), K::RateLimited, NotDone, 5),
        // Once one may have acted, a later answer about itself says nothing about the first.
        (&PAY, vec![lost(), status(429), status(429), status(429), status(429)], K::RateLimited, Unknown, 5),
        (&PAY, vec![lost(), unsent(), unsent(), unsent(), unsent()], K::Connect, Unknown, 5),
        (&PAY, vec![lost(), status(402)], K::Refused, Unknown, 2),
        (&PAY, vec![lost(), status(409)], K::Duplicate, Unknown, 2),
        (&PAY, vec![lost(), token_refused()], K::TokenRefused, Unknown, 2),
        (&PAY, vec![status(503), status(429), status(402)], K::Refused, Unknown, 3),
        (&PAY, vec![lost(), html()], K::Decode, Unknown, 2),
        (&PAY, many(lost), K::Interrupted, Unknown, 5),
        // Except one that the facts call authoritative for the reference.
        (&PAY, vec![lost(), status(410)], K::Refused, Refused, 2),
        (&PAY, vec![lost(), status(429), status(410)], K::Refused, Refused, 3),
        // Attempts that did not act are repeated, and leave no doubt.
        (&CHARGE, vec![unsent(), status(402)], K::Refused, Refused, 2),
        (&CHARGE, vec![unsent(), status(429), lost()], K::Interrupted, Unknown, 3),
        (&PAY, vec![status(429), status(402)], K::Refused, Refused, 2),
        // Reads are never `Unknown`.
        (&READ, many(lost), K::Interrupted, NotDone, 5),
        (&READ, vec![status(500)], K::Unavailable, NotDone, 1),
        (&READ, vec![status(302)], K::Unexpected, NotDone, 1),
        (&READ, vec![lost(), html()], K::Decode, NotDone, 2),
        (&READ, vec![lost(), status(402)], K::Refused, Refused, 2),
    ];
    for (number, (operation, plays, kind, outcome, attempts)) in rows.into_iter().enumerate() {
        let (result, sent) = send(operation, &plays).await;
        let error = result.unwrap_err();
        let found = (error.kind(), error.outcome(), error.attempts(), sent);
        assert_eq!(found, (kind, outcome, attempts, attempts as usize), "row {number}: {plays:?}");
        assert_eq!(error.reference(), (operation.repeat != Repeat::Safe).then_some("INV-1"), "row {number}");
        assert_eq!(error.operation(), operation.name);
        let advice = error.to_string().contains("it may have happened");
        assert_eq!(advice, outcome == Outcome::Unknown, "row {number}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_answer_after_lost_ones_is_a_good_answer() {
    for (operation, plays) in [
        (&PAY, vec![Play::lost(), status(503), Play::not_sent(), status(429)]),
        (&CHARGE, vec![Play::not_sent(), status(429)]),
        (&READ, vec![Play::lost(), Play::lost()]),
    ] {
        let server = server(&plays);
        let (engine, access) = client(&server);
        let reply = call(&engine, &access, operation, "a").reply().await.unwrap();
        assert_eq!(reply.model.id, "done");
        assert_eq!(reply.attempts as usize, plays.len() + 1);
        let bodies: Vec<_> = server.api().into_iter().map(|sent| sent.body).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "every attempt sends the same bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn no_status_makes_a_read_unknown() {
    for code in 100..600 {
        for body in ["", "{}", "token refused"] {
            if let Err(error) = send(&READ, &vec![Play::answer(code, body); 5]).await.0 {
                assert_ne!(error.outcome(), Outcome::Unknown, "{code} {body:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_parse_is_kept_and_not_printed() {
    let body = r#"{"pin":"PIN-4711"}"#;
    for operation in [&PAY, &CHARGE] {
        let play = Play::answer(200, body).header("x-request-id", "R-7");
        let error = send(operation, &[play]).await.0.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown));
        assert_eq!(error.body().unwrap().expose_str(), Some(body));
        assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (200, Some("R-7")));
        assert!(!format!("{error}{error:#}{error:?}").contains("4711"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_says_what_the_answer_said() {
    let play = status(402).header("x-request-id", "R-7").header("retry-after", "17");
    let error = send(&CHARGE, &[play]).await.0.unwrap_err();
    assert_eq!((error.provider_code(), error.provider_message()), (Some("E402"), Some("insufficient balance")));
    assert_eq!((error.request_id(), error.retry_after()), (Some("R-7"), Some(secs(17))));
    assert_eq!(
        error.to_string(),
        "charge: refused: E402 \"insufficient balance\" (status 402, request R-7, reference INV-1, 1 attempt, \
         retry after 17 s, outcome: refused)"
    );
    let error = send(&PAY, &[status(410)]).await.0.unwrap_err();
    assert_eq!(error.transaction_id(), Some("T-9"));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_while_waiting_for_a_token_sends_nothing() {
    for operation in [&READ, &PAY, &CHARGE] {
        let server = server(&[]);
        server.set(|s| s.login = Endpoint::Hangs);
        let (engine, access) = client(&server);
        let start = Instant::now();
        let error = call(&engine, &access, operation, "a").deadline(secs(5)).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Deadline, Outcome::NotDone, 0));
        assert_eq!(start.elapsed(), secs(5));
        assert!(server.api().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_while_waiting_for_a_token_after_a_lost_attempt_is_unknown() {
    for (operation, outcome) in [(&PAY, Outcome::Unknown), (&READ, Outcome::NotDone)] {
        let server = server(&[done(), Play::lost().after(millis(1500))]);
        server.set(|s| s.ttl = Some(30));
        let (engine, access) = client(&server);
        call(&engine, &access, operation, "a").send().await.unwrap();
        // The token is given up at 27 s: between the lost attempt and the next.
        sleep(secs(26)).await;
        server.set(|s| s.login = Endpoint::Hangs);
        let start = Instant::now();
        let error = call(&engine, &access, operation, "a").deadline(secs(8)).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Deadline, outcome, 1));
        assert_eq!(start.elapsed(), secs(8));
        assert_eq!(error.to_string().contains("it may have happened"), outcome == Outcome::Unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_log_in_after_a_lost_attempt_is_unknown() {
    let server = server(&[done(), Play::lost().after(millis(1500))]);
    server.set(|s| s.ttl = Some(30));
    let (engine, access) = client(&server);
    call(&engine, &access, &PAY, "a").send().await.unwrap();
    sleep(secs(26)).await;
    server.set(|s| s.login = Endpoint::Refuses);
    let error = call(&engine, &access, &PAY, "a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Login, Outcome::Unknown, 1));
    assert_eq!(error.reference(), Some("INV-1"));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_cuts_the_attempt_that_is_under_way() {
    let server = server(&[Play::hang(), Play::hang()]);
    let (engine, access) = client(&server);
    let start = Instant::now();
    let error = call(&engine, &access, &CHARGE, "a").deadline(secs(3)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Timeout, Outcome::Unknown));
    assert_eq!(start.elapsed(), secs(3));
    let error = call(&engine, &access, &CHARGE, "a").deadline(Duration::ZERO).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Deadline, Outcome::NotDone, 0));
    assert_eq!(server.api().len(), 1);
}

/// On paused time: who asks for as long as is left never outstays the client's own promise.
#[tokio::test(start_paused = true)]
async fn no_longer_than_shortens_the_clients_deadline_and_never_stretches_it() {
    let server = server(&[Play::hang(), Play::hang()]);
    let mut settings = settings(&server);
    settings.deadline = secs(5);
    let engine = engine_of(Acme::default(), settings);
    let access = access(&engine, "a");
    for (asked, took) in [(secs(3), secs(3)), (secs(60), secs(5))] {
        let start = Instant::now();
        let error = call(&engine, &access, &CHARGE, "a").no_longer_than(asked).send().await.unwrap_err();
        assert_eq!((error.kind(), start.elapsed()), (Kind::Timeout, took));
    }
}

#[tokio::test(start_paused = true)]
async fn odd_options_of_a_call_do_no_harm() {
    let server = server(&vec![Play::lost(); 9]);
    let (engine, access) = client(&server);
    // Longer than any clock can hold.
    let error = call(&engine, &access, &READ, "a").deadline(Duration::MAX).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Interrupted, 5));
    let error = call(&engine, &access, &READ, "a").attempts(0).send().await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    let error = call(&engine, &access, &READ, "a").attempts(2).send().await.unwrap_err();
    assert_eq!(error.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_reasonable_retry_after_is_obeyed_to_the_second() {
    let date = httpdate::fmt_http_date(Wall::start() + secs(10));
    for (value, wait) in [("2", millis(2000)), (" 7 ", millis(7000)), (&date, millis(9800)), ("0", Duration::ZERO)] {
        let server = server(&[status(429).header("retry-after", value)]);
        let (engine, access) = client(&server);
        let start = Instant::now();
        call(&engine, &access, &CHARGE, "a").send().await.unwrap();
        assert_eq!(start.elapsed(), millis(200) + wait, "{value:?}: the log-in, then the wait");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hostile_retry_after_never_sleeps_beyond_the_deadline() {
    let far = httpdate::fmt_http_date(Wall::start() + secs(86_400));
    for value in ["61", "3600", "999999999", "18446744073709551615", &far] {
        let server = server(&vec![status(429).header("retry-after", value); 9]);
        let (engine, access) = client(&server);
        let start = Instant::now();
        let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::RateLimited, 1), "{value}");
        assert_eq!(start.elapsed(), millis(200), "{value}: it ends at once instead");
        assert!(error.retry_after().unwrap() > secs(60), "{value}: and the caller is told");
        assert!(error.to_string().contains("retry after"));
    }
    let past = httpdate::fmt_http_date(Wall::start() - secs(86_400));
    for value in ["-1", "1.5", "soon", "", "99999999999999999999", "0x10", "1e9", &past] {
        let server = server(&vec![status(429).header("retry-after", value); 9]);
        let (engine, access) = client(&server);
        let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
        assert_eq!((error.attempts(), error.retry_after()), (5, None), "{value:?} is no wait");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_that_fit_one_by_one_end_with_the_deadline() {
    let server = server(&vec![status(429).header("retry-after", "25"); 9]);
    let (engine, access) = client(&server);
    let start = Instant::now();
    let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
    assert_eq!(error.attempts(), 3, "at 0, 25 and 50 s; a fourth would start after the deadline");
    assert_eq!(start.elapsed(), millis(50_200));
}

#[tokio::test(start_paused = true)]
async fn an_outage_costs_fifty_repeats_however_many_calls_fail() {
    let down = Arc::new(AtomicBool::new(true));
    let state = Arc::clone(&down);
    let server = Server::with_api(move |_| if state.load(Ordering::SeqCst) { status(503) } else { done() });
    let (engine, access) = client(&server);
    for _ in 0..500 {
        call(&engine, &access, &READ, "a").send().await.unwrap_err();
    }
    let other = support::access(&engine, "b");
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..500 {
        set.spawn(call(&engine, &other, &PAY, "b").send());
    }
    assert!(set.join_all().await.iter().all(Result::is_err));
    assert_eq!(server.api().len(), 1050, "1,000 calls, and 50 repeats shared by all accounts of the client");

    // Ten good calls pay for one repeat.
    down.store(false, Ordering::SeqCst);
    for _ in 0..10 {
        call(&engine, &access, &READ, "a").send().await.unwrap();
    }
    down.store(true, Ordering::SeqCst);
    let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
    assert_eq!(error.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replayed_once_however_long_the_answers_take() {
    let server = server(&[]);
    server.set(|s| {
        s.refuses_all = true;
        // Longer than a new token is spared: each refusal alone would allow another log-in.
        s.api_latency = secs(40);
    });
    let mut settings = settings(&server);
    settings.attempt_timeout = secs(60);
    let engine = engine_of(Acme::default(), settings);
    let call = call(&engine, &access(&engine, "a"), &CHARGE, "a").deadline(secs(600));
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::TokenRefused, Outcome::NotDone, 2));
    assert_eq!((server.logins(), server.api().len()), (2, 2));
}

static SIGNED: Operation = Operation::new("signed", Verb::Post, "/signed", Repeat::Never).signed();
static SEALED: Operation = Operation::new("sealed", Verb::Post, "/sealed", Repeat::Never).sealed();

/// A source that does not answer, or fails, until it is mended.
struct Broken {
    mended: Arc<AtomicBool>,
    hangs: bool,
}

#[async_trait::async_trait]
impl CredentialSource for Broken {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        if self.mended.load(Ordering::SeqCst) {
            return Ok(Credentials::new("a", "a-secret"));
        }
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Err(CredentialError("the vault is sealed".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_source_that_hangs_holds_no_call_beyond_its_deadline() {
    // For the log-in, for a signature, for sealing.
    for (operation, token) in [(&CHARGE, true), (&SIGNED, false), (&SEALED, false)] {
        let server = server(&[]);
        let (engine, _) = client(&server);
        let mended = Arc::new(AtomicBool::new(false));
        let source = Broken { mended: Arc::clone(&mended), hangs: true };
        let grant = token.then(|| Arc::new(AcmeGrant::default()) as Arc<dyn pay_core::provider::Grant>);
        let access = engine.access(Arc::new(source), grant, None);
        let start = Instant::now();
        let sent = timeout(secs(3600), call(&engine, &access, operation, "a").deadline(secs(5)).send()).await;
        let error = sent.unwrap_or_else(|_| panic!("{} hangs", operation.name)).unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotDone, 0), "{error}");
        assert_eq!(error.reference(), Some("INV-1"), "{error}");
        assert_eq!(start.elapsed(), secs(5), "{}", operation.name);

        // And it is not for ever: the source is asked again once it works.
        mended.store(true, Ordering::SeqCst);
        sleep(secs(120)).await;
        let sent = call(&engine, &access, operation, "a").deadline(secs(5)).send().await;
        assert!(sent.is_ok(), "{}: {sent:?}", operation.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_source_that_fails_is_not_done() {
    for (operation, token) in [(&CHARGE, true), (&SIGNED, false), (&SEALED, false)] {
        let server = server(&[]);
        let (engine, _) = client(&server);
        let source = Broken { mended: Arc::default(), hangs: false };
        let grant = token.then(|| Arc::new(AcmeGrant::default()) as Arc<dyn pay_core::provider::Grant>);
        let access = engine.access(Arc::new(source), grant, None);
        let error = call(&engine, &access, operation, "a").send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone));
        assert_eq!((error.operation(), error.reference()), (operation.name, Some("INV-1")));
        assert!(format!("{error:#}").contains("the vault is sealed"));
        assert!(server.script.seen().is_empty());
    }
}
