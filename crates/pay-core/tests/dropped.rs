//! A money call dropped at any await point says once what is known of its outcome.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::Pacing;
use pay_core::provider::{Limit, Operation, Repeat, Scope, Verb};
use pay_core::script::Play;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::sync::Mutex;
use std::task::Poll;
use std::time::Duration;
use support::events::Events;
use support::provider::call;
use support::server::Server;
use support::{Vault, access_of, engine, millis, secs, settings};
use tokio::time::{Instant, sleep};
use tracing::Level;

static LIMIT: Limit = Limit { name: "one a minute", max: 1, per: Duration::from_secs(60), scope: Scope::Token };
static NEVER: Operation =
    Operation::new("never", Verb::Post, "/never", Repeat::Never).signed().sealed().limited(&LIMIT);
static KEYED: Operation =
    Operation::new("keyed", Verb::Post, "/keyed", Repeat::Keyed).signed().sealed().limited(&LIMIT);
static READ: Operation = Operation::new("read", Verb::Get, "/things/{id}", Repeat::Safe).signed().limited(&LIMIT);

const LATENCY: Duration = Duration::from_millis(100);

/// Polls `future` so many times at most, and drops it right after the last.
async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let (mut future, mut left) = (Some(Box::pin(future)), times);
    poll_fn(move |context| {
        if left > 0 {
            left -= 1;
            if let Some(Poll::Ready(output)) = future.as_mut().map(|f| f.as_mut().poll(context)) {
                return Poll::Ready(Some(output));
            }
        }
        if left > 0 {
            return Poll::Pending;
        }
        future = None;
        Poll::Ready(None)
    })
    .await
}

/// One answer of the server, and whether the request may have acted although the answer is no success.
type Act = (Play, bool);

struct Case {
    operation: &'static Operation,
    ttl: u64,
    acts: Vec<Act>,
    /// Whether the call ends well when it is not dropped.
    ends_well: bool,
}

/// Drops the call after 0, 1, 2, … polls until it completes; answers how often which outcome was told.
async fn sweep(case: &Case) -> (usize, usize) {
    let (mut not_done, mut unknown) = (0, 0);
    for polls in 0.. {
        assert!(polls < 500, "it does not end");
        let origin = Instant::now();
        let plays: Mutex<VecDeque<Play>> =
            Mutex::new(case.acts.iter().map(|(play, _)| play.clone().after(LATENCY)).collect());
        let server = Server::with_api(move |sent| match sent.at.as_secs() {
            0 => Play::answer(200, r#"{"id":"done"}"#),
            _ => plays.lock().unwrap().pop_front().unwrap(),
        });
        server.set(|s| s.ttl = Some(case.ttl));
        let mut settings = settings(&server);
        settings.pacing = Pacing::Wait;
        settings.set_fixed_jitter(1000);
        let engine = engine(settings);
        let access = access_of(&engine, Vault::slow("a", "a-secret", millis(50)));
        // The limit is used up, and the token's age is 40 s.
        call(&engine, &access, case.operation, "a").send().await.unwrap();
        sleep(secs(40) - origin.elapsed()).await;
        let before = server.api().len();

        let (events, guard) = Events::capture();
        let send = call(&engine, &access, case.operation, "a").deadline(secs(600)).send();
        let ended = polled(send, polls).await;
        drop(guard);
        let now = origin.elapsed();
        let told = events.named("pay.call.dropped");
        if let Some(result) = ended {
            assert!(told.is_empty(), "a call that ended was not dropped: {told:?}");
            assert_eq!(result.is_ok(), case.ends_well, "{result:?}");
            assert_eq!(server.api().len() - before, case.acts.len(), "all answers were used");
            return (not_done, unknown);
        }
        if polls == 0 || case.operation.repeat == Repeat::Safe {
            assert!(told.is_empty(), "{polls}: {told:?}");
            continue;
        }
        let sent = &server.api()[before..];
        let may_have_acted = sent.iter().zip(&case.acts).any(|(sent, (_, acted))| now < sent.at + LATENCY || *acted);
        assert_eq!(told.len(), 1, "after {polls} polls at {now:?}: {told:?}");
        let told = &told[0];
        assert_eq!(told.level, Level::WARN);
        assert_eq!(told.field("provider"), Some("acme"));
        assert_eq!(told.field("operation"), Some(case.operation.name));
        assert_eq!(told.field("reference"), Some("INV-1"));
        let expected = if may_have_acted { "unknown" } else { "not done" };
        assert_eq!(told.field("outcome"), Some(expected), "after {polls} polls at {now:?}, sent {sent:?}");
        *(if may_have_acted { &mut unknown } else { &mut not_done }) += 1;
    }
    unreachable!()
}

#[tokio::test(start_paused = true)]
async fn a_call_without_repeats() {
    let case =
        Case { operation: &NEVER, ttl: 30, acts: vec![(Play::answer(200, r#"{"id":"x"}"#), false)], ends_well: true };
    let (not_done, unknown) = sweep(&case).await;
    assert!(not_done >= 4, "sealing, pacing, lease, signing: {not_done}");
    assert!(unknown >= 1, "sending: {unknown}");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_repeats_leave_no_doubt() {
    let acts =
        vec![(Play::not_sent(), false), (Play::answer(429, "{}"), false), (Play::answer(200, r#"{"id":"x"}"#), false)];
    let (not_done, unknown) = sweep(&Case { operation: &NEVER, ttl: 30, acts, ends_well: true }).await;
    assert!(not_done >= 12, "each attempt has its own waits: {not_done}");
    assert!(unknown >= 3, "each attempt is in doubt while it has no answer: {unknown}");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_first_attempt_was_lost_stays_in_doubt() {
    let acts = vec![
        (Play::lost(), true),
        (Play::not_sent(), false),
        (Play::answer(429, "{}"), false),
        (Play::answer(200, r#"{"id":"x"}"#), false),
    ];
    let (not_done, unknown) = sweep(&Case { operation: &KEYED, ttl: 30, acts, ends_well: true }).await;
    assert!((4..12).contains(&not_done), "only before the first attempt: {not_done}");
    assert!(unknown >= 12, "{unknown}");
}

#[tokio::test(start_paused = true)]
async fn a_replay_after_a_refused_token_leaves_no_doubt() {
    let acts = vec![(Play::answer(401, "token refused"), false), (Play::answer(200, r#"{"id":"x"}"#), false)];
    let (not_done, unknown) = sweep(&Case { operation: &NEVER, ttl: 1800, acts, ends_well: true }).await;
    assert!(not_done >= 6 && unknown >= 2, "{not_done} {unknown}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_in_an_error_was_not_dropped() {
    let acts = vec![(Play::lost(), true)];
    let (not_done, unknown) = sweep(&Case { operation: &NEVER, ttl: 30, acts, ends_well: false }).await;
    assert!(not_done >= 4 && unknown >= 1, "{not_done} {unknown}");
}

#[tokio::test(start_paused = true)]
async fn a_read_says_nothing() {
    let acts = vec![(Play::lost(), true), (Play::answer(200, r#"{"id":"x"}"#), false)];
    assert_eq!(sweep(&Case { operation: &READ, ttl: 30, acts, ends_well: true }).await, (0, 0));
}
