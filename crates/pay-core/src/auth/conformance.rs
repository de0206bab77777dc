//! What every token store must do: run it against an implementation of your own.

use super::store::{Claim, Claimed, Saved, StoredTokens, TokenKey, TokenStore};
use crate::secret::SecretString;
use std::future::Future;
use std::task::Poll;
use std::time::{Duration, SystemTime};

const LONG: Duration = Duration::from_secs(30);

/// Runs the suite on fresh keys of one store. `wait` lets time pass for the store: a sleep, or a step of a test clock.
///
/// # Errors
/// Names the first rule that is broken.
pub async fn token_store<S, W, F>(store: &S, wait: W) -> Result<(), String>
where
    S: TokenStore + ?Sized,
    W: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    let key = |rule: &str| {
        TokenKey::new("conformance", "https://example.com", rule, Some(&format!("{:x}", fastrand::u64(..))))
    };
    pairs_are_kept_whole(store, key("kept")).await?;
    a_claim_is_exclusive(store, key("exclusive")).await?;
    an_expired_claim_cannot_save(store, key("expired"), wait).await?;
    claims_at_once(store, key("at once")).await?;
    what_is_forgotten_is_gone(store, key("forgotten")).await?;
    keys_do_not_mix(store, key("a"), key("b")).await
}

fn pair(generation: u64) -> StoredTokens {
    let secret = |text: &str| SecretString::from(format!("{text}-{generation}"));
    // Whole seconds: a store may keep no finer time.
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
    StoredTokens::new(generation, secret("access"), Some(secret("refresh")), at(0), Some(at(1800)))
}

async fn take<S: TokenStore + ?Sized>(
    store: &S,
    key: &TokenKey,
    generation: u64,
    ttl: Duration,
) -> Result<Claim, String> {
    match store.claim(key, generation, ttl).await.map_err(|e| e.to_string())? {
        Claimed::Yes(claim) => Ok(claim),
        other => Err(format!("a free claim was not given: {other:?}")),
    }
}

fn rule(holds: bool, text: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("broken: {text}")) }
}

async fn pairs_are_kept_whole<S: TokenStore + ?Sized>(store: &S, key: TokenKey) -> Result<(), String> {
    let load = || async { store.load(&key).await.map_err(|e| e.to_string()) };
    rule(load().await?.is_none(), "a new key has nothing")?;
    let claim = take(store, &key, 0, LONG).await?;
    rule(store.save(&claim, &pair(1)).await.map_err(|e| e.to_string())? == Saved::Yes, "a held claim saves")?;
    rule(load().await? == Some(pair(1)), "what was saved is loaded, whole")?;
    rule(
        store.save(&claim, &pair(2)).await.map_err(|e| e.to_string())? == Saved::Lost,
        "a used claim cannot save again",
    )?;
    rule(load().await? == Some(pair(1)), "a lost save changes nothing")?;
    let claim = take(store, &key, 1, LONG).await?;
    let bare = StoredTokens { refresh: None, expires_at: None, ..pair(2) };
    store.save(&claim, &bare).await.map_err(|e| e.to_string())?;
    rule(load().await? == Some(bare), "missing members stay missing")
}

async fn a_claim_is_exclusive<S: TokenStore + ?Sized>(store: &S, key: TokenKey) -> Result<(), String> {
    let ask = |generation| {
        let key = &key;
        async move { store.claim(key, generation, LONG).await.map_err(|e| e.to_string()) }
    };
    let claim = take(store, &key, 0, LONG).await?;
    rule(matches!(ask(0).await?, Claimed::Held), "a held claim is not given twice")?;
    store.release(&claim).await.map_err(|e| e.to_string())?;
    let second = take(store, &key, 0, LONG).await?;
    store.release(&claim).await.map_err(|e| e.to_string())?;
    rule(matches!(ask(0).await?, Claimed::Held), "an old claim does not release a newer one")?;
    rule(
        store.save(&claim, &pair(1)).await.map_err(|e| e.to_string())? == Saved::Lost,
        "a released claim cannot save",
    )?;
    store.save(&second, &pair(1)).await.map_err(|e| e.to_string())?;
    rule(matches!(ask(0).await?, Claimed::Newer), "a claim on an old generation is told so")
}

async fn what_is_forgotten_is_gone<S: TokenStore + ?Sized>(store: &S, key: TokenKey) -> Result<(), String> {
    let (load, forget) = (|| store.load(&key), || store.forget(&key));
    forget().await.map_err(|e| format!("broken: what is not there can be forgotten: {e}"))?;
    let first = take(store, &key, 0, LONG).await?;
    forget().await.map_err(|e| e.to_string())?;
    rule(
        store.save(&first, &pair(1)).await.map_err(|e| e.to_string())? == Saved::Lost,
        "forgetting ends the claim too",
    )?;
    let claim = take(store, &key, 0, LONG).await?;
    store.save(&claim, &pair(1)).await.map_err(|e| e.to_string())?;
    let under_way = take(store, &key, 1, LONG).await?;
    forget().await.map_err(|e| e.to_string())?;
    rule(load().await.map_err(|e| e.to_string())?.is_none(), "what is forgotten is gone")?;
    rule(
        store.save(&under_way, &pair(2)).await.map_err(|e| e.to_string())? == Saved::Lost,
        "a refresh that was under way brings nothing back",
    )?;
    let claim = take(store, &key, 0, LONG).await.map_err(|_| "broken: a forgotten key is free".to_owned())?;
    store.save(&claim, &pair(9)).await.map_err(|e| e.to_string())?;
    rule(load().await.map_err(|e| e.to_string())? == Some(pair(9)), "a forgotten key can be used again")
}

/// A store that looks first and writes afterwards gives one claim to two.
async fn claims_at_once<S: TokenStore + ?Sized>(store: &S, key: TokenKey) -> Result<(), String> {
    let mut asking: Vec<_> = (0..16).map(|_| Some(Box::pin(store.claim(&key, 0, LONG)))).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(|context| {
        for slot in &mut asking {
            if let Some(Poll::Ready(answer)) = slot.as_mut().map(|claim| claim.as_mut().poll(context)) {
                answers.push(answer);
                *slot = None;
            }
        }
        if asking.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let mut given = 0;
    for answer in answers {
        if let Claimed::Yes(claim) = answer.map_err(|e| e.to_string())? {
            given += 1;
            store.release(&claim).await.map_err(|e| e.to_string())?;
        }
    }
    rule(given == 1, "of many claims at once exactly one is given")
}

async fn an_expired_claim_cannot_save<S, W, F>(store: &S, key: TokenKey, wait: W) -> Result<(), String>
where
    S: TokenStore + ?Sized,
    W: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    let slow = take(store, &key, 0, Duration::from_millis(200)).await?;
    wait(Duration::from_millis(400)).await;
    rule(
        store.save(&slow, &pair(7)).await.map_err(|e| e.to_string())? == Saved::Lost,
        "an expired claim cannot save, taken over or not",
    )?;
    let fast = take(store, &key, 0, LONG).await.map_err(|_| "broken: an expired claim is free".to_owned())?;
    rule(store.save(&slow, &pair(7)).await.map_err(|e| e.to_string())? == Saved::Lost, "an expired claim cannot save")?;
    store.save(&fast, &pair(1)).await.map_err(|e| e.to_string())?;
    rule(
        store.save(&slow, &pair(7)).await.map_err(|e| e.to_string())? == Saved::Lost,
        "nor after the newer holder saved",
    )?;
    rule(store.load(&key).await.map_err(|e| e.to_string())? == Some(pair(1)), "the newer pair stays")
}

async fn keys_do_not_mix<S: TokenStore + ?Sized>(store: &S, a: TokenKey, b: TokenKey) -> Result<(), String> {
    let claim = take(store, &a, 0, LONG).await?;
    take(store, &b, 0, LONG).await.map_err(|_| "broken: a claim holds for its key alone".to_owned())?;
    store.save(&claim, &pair(1)).await.map_err(|e| e.to_string())?;
    rule(store.load(&b).await.map_err(|e| e.to_string())?.is_none(), "a pair belongs to its key alone")
}
