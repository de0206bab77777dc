//! What every replay guard must do: run it against an implementation of your own.

use super::guard::{Claim, Claimed, Committed, EventKey, ReplayGuard};
use std::future::Future;
use std::task::Poll;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);

/// Runs the suite on fresh keys of one guard. `wait` lets time pass for the guard: a sleep, or a step of a test clock.
///
/// # Errors
/// Names the first rule that is broken.
pub async fn replay_guard<G, W, F>(guard: &G, wait: W) -> Result<(), String>
where
    G: ReplayGuard + ?Sized,
    W: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    let key = |rule: &str| EventKey::new("conformance", &[rule, &format!("{:x}", fastrand::u64(..))]);
    what_is_done_stays_done(guard, key("done"), &wait).await?;
    a_claim_is_exclusive(guard, key("exclusive")).await?;
    an_expired_claim_is_lost(guard, key("expired"), &wait).await?;
    claims_at_once(guard, key("at once")).await?;
    commits_at_once(guard, key("commit")).await?;
    keys_do_not_mix(guard).await
}

fn rule(holds: bool, text: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("broken: {text}")) }
}

async fn ask<G: ReplayGuard + ?Sized>(guard: &G, key: &EventKey, lease: Duration) -> Result<Claimed, String> {
    guard.claim(key, lease).await.map_err(|e| e.to_string())
}

async fn take<G: ReplayGuard + ?Sized>(guard: &G, key: &EventKey, lease: Duration) -> Result<Claim, String> {
    match ask(guard, key, lease).await? {
        Claimed::Yes(claim) => rule(claim.key == *key, "a claim names its event").map(|()| claim),
        other => Err(format!("a free claim was not given: {other:?}")),
    }
}

async fn commit<G: ReplayGuard + ?Sized>(guard: &G, claim: &Claim) -> Result<Committed, String> {
    guard.commit(claim).await.map_err(|e| e.to_string())
}

async fn release<G: ReplayGuard + ?Sized>(guard: &G, claim: &Claim) -> Result<(), String> {
    guard.release(claim).await.map_err(|e| e.to_string())
}

async fn what_is_done_stays_done<G, W, F>(guard: &G, key: EventKey, wait: &W) -> Result<(), String>
where
    G: ReplayGuard + ?Sized,
    W: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    let lease = Duration::from_millis(200);
    let claim = take(guard, &key, lease).await?;
    rule(commit(guard, &claim).await? == Committed::Yes, "a held claim commits")?;
    rule(ask(guard, &key, LONG).await? == Claimed::Done, "what is committed is done")?;
    rule(commit(guard, &claim).await? == Committed::Lost, "a used claim cannot commit again")?;
    release(guard, &claim).await?;
    rule(ask(guard, &key, LONG).await? == Claimed::Done, "what is done cannot be given back")?;
    wait(2 * lease).await;
    rule(ask(guard, &key, LONG).await? == Claimed::Done, "what is done does not end with the lease")
}

async fn a_claim_is_exclusive<G: ReplayGuard + ?Sized>(guard: &G, key: EventKey) -> Result<(), String> {
    let first = take(guard, &key, LONG).await?;
    rule(ask(guard, &key, LONG).await? == Claimed::Held, "a held claim is not given twice")?;
    release(guard, &first).await?;
    let second = take(guard, &key, LONG).await?;
    rule(first.nonce != second.nonce, "two claims of one event have two nonces")?;
    release(guard, &first).await?;
    rule(ask(guard, &key, LONG).await? == Claimed::Held, "an old claim does not release a newer one")?;
    rule(commit(guard, &first).await? == Committed::Lost, "a released claim cannot commit")?;
    rule(ask(guard, &key, LONG).await? == Claimed::Held, "a lost commit changes nothing")?;
    rule(commit(guard, &second).await? == Committed::Yes, "the newer claim commits")
}

async fn an_expired_claim_is_lost<G, W, F>(guard: &G, key: EventKey, wait: &W) -> Result<(), String>
where
    G: ReplayGuard + ?Sized,
    W: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    let slow = take(guard, &key, Duration::from_millis(200)).await?;
    wait(Duration::from_millis(400)).await;
    rule(commit(guard, &slow).await? == Committed::Lost, "an expired claim cannot commit, taken over or not")?;
    let fast = take(guard, &key, LONG).await.map_err(|_| "broken: an expired claim is free".to_owned())?;
    rule(commit(guard, &slow).await? == Committed::Lost, "an expired claim cannot commit")?;
    release(guard, &slow).await?;
    rule(ask(guard, &key, LONG).await? == Claimed::Held, "an expired claim does not release its successor")?;
    rule(commit(guard, &fast).await? == Committed::Yes, "the successor commits")?;
    rule(commit(guard, &slow).await? == Committed::Lost, "nor afterwards")
}

/// Polls all of them in turn until all have answered.
async fn all<T>(asked: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut asked: Vec<_> = asked.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(|context| {
        for slot in &mut asked {
            if let Some(Poll::Ready(answer)) = slot.as_mut().map(|future| future.as_mut().poll(context)) {
                answers.push(answer);
                *slot = None;
            }
        }
        if asked.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers
}

/// A guard that looks first and writes afterwards gives one claim to two.
async fn claims_at_once<G: ReplayGuard + ?Sized>(guard: &G, key: EventKey) -> Result<(), String> {
    let answers = all((0..16).map(|_| guard.claim(&key, LONG)).collect()).await;
    let mut given = 0;
    for answer in answers {
        given += usize::from(matches!(answer.map_err(|e| e.to_string())?, Claimed::Yes(_)));
    }
    rule(given == 1, "of many claims at once exactly one is given")
}

async fn commits_at_once<G: ReplayGuard + ?Sized>(guard: &G, key: EventKey) -> Result<(), String> {
    let claim = take(guard, &key, LONG).await?;
    let answers = all((0..16).map(|_| guard.commit(&claim)).collect()).await;
    let mut kept = 0;
    for answer in answers {
        kept += usize::from(answer.map_err(|e| e.to_string())? == Committed::Yes);
    }
    rule(kept == 1, "of many commits of one claim exactly one holds")
}

async fn keys_do_not_mix<G: ReplayGuard + ?Sized>(guard: &G) -> Result<(), String> {
    let salt = format!("{:x}", fastrand::u64(..));
    // Case, length, quotes, and characters that a store might fold or cut.
    let names = ["a", "A", "ab", "a'b", "a\"b", "a%", "a_", "ä", "a\u{308}", "a ", ""];
    let [long, longer] = ["y", "z"].map(|end| "x".repeat(300) + end);
    let mut claims = Vec::new();
    for name in names.iter().copied().chain([&long[..], &longer]) {
        let key = EventKey::new("conformance", &[&salt, name]);
        let claim =
            take(guard, &key, LONG).await.map_err(|_| "broken: a claim holds for its event alone".to_owned())?;
        claims.push(claim);
    }
    for claim in &claims {
        rule(commit(guard, claim).await? == Committed::Yes, "each event commits for itself")?;
    }
    Ok(())
}
