//! Token stores: the conformance suite and what it catches; and engines that share one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/shelf.rs"]
mod shelf;
mod support;

use pay_core::auth::{MemoryStore, StoredTokens, TokenStore, conformance};
use pay_core::provider::{Access, Credentials, Engine};
use pay_core::{ExposeSecret, Kind, Outcome, SecretString};
use shelf::{Flaw, Shelf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::events::Events;
use support::provider::{AcmeGrant, READ, call};
use support::server::{Endpoint, Server, token_of};
use support::{Vault, Wall, engine, millis, secs, settings};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn the_store_in_memory_conforms() {
    conformance::token_store(&MemoryStore::new(), sleep).await.unwrap();
    conformance::token_store(&Shelf::default(), sleep).await.unwrap();
    let boxed: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
    conformance::token_store(boxed.as_ref(), sleep).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_suite_catches_every_broken_rule() {
    for (flaw, rule) in [
        (Flaw::InventsPairs, "a new key has nothing"),
        (Flaw::SavesNothing, "a held claim saves"),
        (Flaw::LosesRefreshTokens, "what was saved is loaded, whole"),
        (Flaw::RoundsExpiry, "what was saved is loaded, whole"),
        (Flaw::ClaimsStayAfterSaving, "a used claim cannot save again"),
        (Flaw::LostSavesWrite, "a lost save changes nothing"),
        (Flaw::InventsExpiry, "missing members stay missing"),
        (Flaw::GivesHeldClaims, "a held claim is not given twice"),
        (Flaw::LooksThenClaims, "of many claims at once exactly one is given"),
        (Flaw::NeverReleases, "a free claim was not given: Held"),
        (Flaw::AnyoneReleases, "an old claim does not release a newer one"),
        (Flaw::AnyHeldClaimSaves, "a released claim cannot save"),
        (Flaw::ForgetsClaimsAlone, "what is forgotten is gone"),
        (Flaw::ForgetsTokensAlone, "forgetting ends the claim too"),
        (Flaw::IgnoresGenerations, "a claim on an old generation is told so"),
        (Flaw::ClaimsNeverExpire, "an expired claim is free"),
        (Flaw::ExpiredClaimsSave, "an expired claim cannot save, taken over or not"),
        (Flaw::OwnExpiredClaimsSave, "an expired claim cannot save, taken over or not"),
        (Flaw::TakenOverClaimsSave, "broken: an expired claim cannot save"),
        (Flaw::ExpiredClaimsSaveLater, "nor after the newer holder saved"),
        (Flaw::OneClaimForAllKeys, "a claim holds for its key alone"),
        (Flaw::OnePairForAllKeys, "a free claim was not given: Newer"),
        (Flaw::Down, "token store: connection refused"),
        (Flaw::CannotSave, "token store: read-only"),
    ] {
        let error = conformance::token_store(&Shelf::with(flaw), sleep).await.expect_err(&format!("{flaw:?}"));
        assert!(error.contains(rule), "{flaw:?}: {error}");
    }
}

/// An engine as another process would have it: its own cell, the same store and account.
fn process(server: &Server, store: &Arc<dyn TokenStore>, wall: &Wall) -> (Engine, Access) {
    process_of(server, store, wall, Vault::new("a", "a-secret"), AcmeGrant::default())
}

fn process_of(
    server: &Server,
    store: &Arc<dyn TokenStore>,
    wall: &Wall,
    vault: Vault,
    grant: AcmeGrant,
) -> (Engine, Access) {
    let mut settings = settings(server);
    let wall = wall.clone();
    settings.set_wall_clock(move || wall.now());
    settings.token_store = Some(Arc::clone(store));
    let engine = engine(settings);
    let access = engine.access(Arc::new(vault), Some(Arc::new(grant)), None);
    (engine, access)
}

/// Calls of all processes at once; all must end well.
async fn herd(processes: &[&(Engine, Access)], each: usize) {
    let mut set = JoinSet::new();
    for (engine, access) in processes {
        for _ in 0..each {
            set.spawn(call(engine, access, &READ, "a").send());
        }
    }
    for result in set.join_all().await {
        result.unwrap();
    }
}

fn tokens(server: &Server, from: usize) -> Vec<String> {
    let mut tokens: Vec<_> = server.api()[from..].iter().map(|sent| token_of(sent).to_owned()).collect();
    tokens.sort();
    tokens.dedup();
    tokens
}

fn dyn_store(store: impl TokenStore + 'static) -> Arc<dyn TokenStore> {
    Arc::new(store)
}

#[tokio::test(start_paused = true)]
async fn processes_that_share_a_store_share_one_token() {
    let (server, wall, start) = (Server::new(), Wall::new(), Instant::now());
    server.set(|s| s.gives_refresh_tokens = true);
    let store = dyn_store(MemoryStore::new());
    let (one, two) = (process(&server, &store, &wall), process(&server, &store, &wall));
    herd(&[&one, &two], 50).await;
    assert_eq!((server.logins(), server.refreshes()), (1, 0));
    // In the refresh window: one of them refreshes, the other takes what it brought.
    for (at, refreshes) in [(1500, 1), (1502, 1), (1504, 1)] {
        sleep_until(start + secs(at)).await;
        herd(&[&one, &two], 50).await;
        sleep(secs(1)).await;
        assert_eq!((server.logins(), server.refreshes()), (1, refreshes), "at {at}");
    }
    let from = server.api().len();
    herd(&[&one, &two], 50).await;
    assert_eq!(tokens(&server, from), ["a-t2"]);
    // Expired in both.
    sleep_until(start + secs(4000)).await;
    let from = server.api().len();
    herd(&[&one, &two], 50).await;
    assert_eq!((server.logins(), server.refreshes()), (1, 2));
    assert_eq!(tokens(&server, from), ["a-t3"]);
    // A process that starts now needs no token call at all.
    let three = process(&server, &store, &wall);
    herd(&[&three], 50).await;
    assert_eq!((server.logins(), server.refreshes()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_refused_to_one_process_is_replaced_once_for_all() {
    let (server, wall) = (Server::new(), Wall::new());
    server.set(|s| s.gives_refresh_tokens = true);
    let store = dyn_store(MemoryStore::new());
    let (one, two) = (process(&server, &store, &wall), process(&server, &store, &wall));
    herd(&[&one, &two], 1).await;
    sleep(secs(100)).await;
    server.set(|s| {
        s.refused.insert("a-t1".to_owned());
        s.api_latency = millis(50);
    });
    herd(&[&one, &two], 10).await;
    assert_eq!((server.logins(), server.refreshes()), (1, 1));
    let from = server.api().len();
    herd(&[&one, &two], 10).await;
    assert_eq!(tokens(&server, from), ["a-t2"]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_gives_its_claim_back() {
    let (server, wall) = (Server::new(), Wall::new());
    let store = dyn_store(MemoryStore::new());
    let (one, two) = (process(&server, &store, &wall), process(&server, &store, &wall));
    server.set(|s| s.login = Endpoint::Fails);
    let error = call(&one.0, &one.1, &READ, "a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone));
    server.set(|s| s.login = Endpoint::Works);
    let start = Instant::now();
    herd(&[&two], 1).await;
    assert_eq!(start.elapsed(), millis(200), "it does not wait for the end of a claim");
}

#[tokio::test(start_paused = true)]
async fn without_its_store_each_process_refreshes_for_itself_and_says_so_once() {
    for (flaw, wait, text) in [
        (Flaw::Down, millis(200), "connection refused"),
        (Flaw::Hangs, secs(25) + millis(200), "no answer in time"),
        (Flaw::CannotSave, millis(200), "read-only"),
    ] {
        let (server, wall) = (Server::new(), Wall::new());
        server.set(|s| s.gives_refresh_tokens = true);
        let store = dyn_store(Shelf::with(flaw));
        for number in 1..=2 {
            let process = process(&server, &store, &wall);
            let (events, guard) = Events::capture();
            let start = Instant::now();
            herd(&[&process], 50).await;
            drop(guard);
            assert_eq!(start.elapsed(), wait, "{flaw:?}");
            assert_eq!(server.logins(), number, "{flaw:?}");
            let told = events.named("pay.token.store");
            assert_eq!(told.len(), 1, "{flaw:?}: {told:?}");
            assert_eq!((told[0].level, told[0].field("provider")), (Level::WARN, Some("acme")));
            assert!(told[0].field("error").unwrap().contains(text), "{told:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_store_is_told_once_whichever_account_meets_it() {
    for tells in [false, true] {
        let (server, wall) = (Server::new(), Wall::new());
        let shelf = Arc::new(Shelf::that_tells(tells));
        let mut settings = settings(&server);
        let clock = wall.clone();
        settings.set_wall_clock(move || clock.now());
        settings.token_store = Some(shelf.clone());
        let engine = engine(settings);
        let accounts: Vec<_> = (0..5).map(|n| (format!("m{n}"), support::access(&engine, &format!("m{n}")))).collect();
        let (events, _guard) = Events::capture();
        for _ in 0..2 {
            for (flaw, refreshes) in [(Flaw::Down, 3), (Flaw::CannotSave, 3), (Flaw::None, 2)] {
                shelf.set(flaw);
                for _ in 0..refreshes {
                    for (id, access) in &accounts {
                        call(&engine, access, &READ, id).send().await.unwrap();
                    }
                    sleep(secs(1800)).await;
                }
            }
        }
        let count = |name| events.named(name).len();
        let (warned, back) = if tells { (0, 0) } else { (2, 2) };
        assert_eq!((count("pay.token.store"), count("pay.token.store.back")), (warned, back), "tells: {tells}");
        assert_eq!(count("pay.token.store.still"), 2 * 6 * 5 - warned, "each refresh without the store");
        let warnings = events.all().into_iter().filter(|seen| seen.level == Level::WARN).count();
        assert_eq!(warnings, warned, "and nothing else warns");
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_whose_claim_ended_overwrites_nothing_and_takes_the_newer_pair() {
    let (server, wall) = (Server::new(), Wall::new());
    let shelf = Arc::new(Shelf::with_claims_of(secs(1)));
    let store: Arc<dyn TokenStore> = shelf.clone();
    let (slow, fast) = (process(&server, &store, &wall), process(&server, &store, &wall));
    server.set(|s| s.token_latency = secs(5));
    let (engine, access) = slow.clone();
    let waiting = tokio::spawn(async move { call(&engine, &access, &READ, "a").send().await });
    sleep(secs(2)).await;
    server.set(|s| s.token_latency = millis(200));
    herd(&[&fast], 1).await;
    let newer = shelf.only();
    assert_eq!(newer.access.expose_secret(), "a-t2");
    waiting.await.unwrap().unwrap();
    assert!(shelf.only() == newer, "the slow one, which was given a-t1, left it alone");
    assert_eq!(tokens(&server, 0), ["a-t2"], "and uses it itself");
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_is_looked_up_once_more_before_anything_else() {
    // With a consent grant there is no log-in to fall back to; with the other there is, and it is not needed.
    for consent in [true, false] {
        let (server, wall) = (Server::new(), Wall::new());
        server.set(|s| s.gives_refresh_tokens = true);
        let shelf = Arc::new(Shelf::default());
        let store: Arc<dyn TokenStore> = shelf.clone();
        let first = process(&server, &store, &wall);
        herd(&[&first], 1).await;
        let process = process_of(&server, &store, &wall, Vault::new("a", "a-secret"), AcmeGrant { consent });
        herd(&[&process], 1).await;

        // While the refresh is under way, another process has rotated the pair.
        sleep(secs(1600)).await;
        let (other, now) = (Arc::clone(&shelf), wall.clone());
        server.set(|s| {
            s.on_token_request = Some(Arc::new(move |s| {
                let pair =
                    StoredTokens::new(7, secret("a-other"), Some(secret("r")), now.now(), Some(now.now() + secs(1800)));
                other.put(pair);
                s.refresh = Endpoint::Refuses;
            }));
        });
        sleep(secs(190)).await;
        let from = server.api().len();
        let loads = shelf.loads.load(Ordering::SeqCst);
        herd(&[&process], 10).await;
        assert_eq!(tokens(&server, from), ["a-other"], "consent {consent}");
        assert_eq!((server.logins(), server.refreshes()), (1, 1), "consent {consent}");
        assert_eq!(shelf.loads.load(Ordering::SeqCst) - loads, 2, "once before, once after");
        assert_eq!(shelf.only().access.expose_secret(), "a-other");
    }
}

/// A process that slept over its claim's end asks with an old refresh token, while the pair of another one has grown old as well.
#[tokio::test(start_paused = true)]
async fn a_newer_pair_that_has_ended_is_refreshed_next_and_nobody_is_sent_to_consent() {
    let (server, wall) = (Server::new(), Wall::new());
    server.set(|s| s.gives_refresh_tokens = true);
    let shelf = Arc::new(Shelf::default());
    let store: Arc<dyn TokenStore> = shelf.clone();
    herd(&[&process(&server, &store, &wall)], 1).await;
    let newer = shelf.only().refresh.unwrap();
    let process = process_of(&server, &store, &wall, Vault::new("a", "a-secret"), AcmeGrant { consent: true });
    herd(&[&process], 1).await;
    sleep(secs(1790)).await;
    let (other, now) = (Arc::clone(&shelf), wall.clone());
    server.set(|s| {
        s.on_token_request = Some(Arc::new(move |s| {
            let ended = now.now() - secs(60);
            other.put(StoredTokens::new(7, secret("ended"), Some(newer.clone()), ended - secs(60), Some(ended)));
            s.refresh = Endpoint::Refuses;
        }));
    });
    let error = call(&process.0, &process.1, &READ, "a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone), "{error}");
    server.set(|s| (s.on_token_request, s.refresh) = (None, Endpoint::Works));
    sleep(secs(5)).await;
    herd(&[&process], 1).await;
    assert_eq!((server.logins(), server.refreshes(), shelf.only().generation), (1, 2, 8));
}

#[tokio::test(start_paused = true)]
async fn without_a_newer_pair_a_refused_refresh_token_needs_log_in_or_consent() {
    for consent in [false, true] {
        let (server, wall) = (Server::new(), Wall::new());
        server.set(|s| s.gives_refresh_tokens = true);
        let store = dyn_store(MemoryStore::new());
        herd(&[&process(&server, &store, &wall)], 1).await;
        let process = process_of(&server, &store, &wall, Vault::new("a", "a-secret"), AcmeGrant { consent });
        herd(&[&process], 1).await;
        sleep(secs(1790)).await;
        server.set(|s| s.refresh = Endpoint::Refuses);
        let result = call(&process.0, &process.1, &READ, "a").send().await;
        assert_eq!(server.refreshes(), 1);
        if consent {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone));
            assert_eq!(server.logins(), 1);
        } else {
            result.unwrap();
            assert_eq!(server.logins(), 2);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_and_users_have_keys_of_their_own() {
    let (server, wall) = (Server::new(), Wall::new());
    let shelf = Arc::new(Shelf::default());
    let store: Arc<dyn TokenStore> = shelf.clone();
    let (engine, a) = process(&server, &store, &wall);
    let account = |id: &str, user: Option<&str>| {
        let vault = Vault::new(id, &format!("{id}-secret"));
        engine.access(Arc::new(vault), Some(Arc::new(AcmeGrant::default())), user.map(str::to_owned))
    };
    let (b, ann, ben) = (account("b", None), account("a", Some("ann")), account("a", Some("ben")));
    for access in [&a, &b, &ann, &ben] {
        call(&engine, access, &READ, "a").send().await.unwrap();
    }
    assert_eq!(server.logins(), 4);
    let mut all: Vec<_> = shelf.all().into_iter().map(|(_, tokens)| tokens.access.expose_secret().to_owned()).collect();
    all.sort();
    assert_eq!(all, ["a-t1", "a-t2", "a-t3", "b-t1"]);
}

#[tokio::test(start_paused = true)]
async fn a_credential_rotated_to_another_id_leaves_no_token_under_the_old_one() {
    let (server, wall) = (Server::new(), Wall::new());
    let shelf = Arc::new(Shelf::default());
    let store: Arc<dyn TokenStore> = shelf.clone();
    let vault = Vault::new("a", "a-secret");
    let process = process_of(&server, &store, &wall, vault.clone(), AcmeGrant::default());
    // Between reading and sending `a` is replaced by `b`.
    server.set(|s| {
        s.secrets.insert("a".to_owned(), "closed".to_owned());
        s.on_token_request = Some(Arc::new(move |_| vault.rotate(Credentials::new("b", "b-secret"))));
    });
    herd(&[&process], 1).await;
    assert_eq!(tokens(&server, 0), ["b-t1"], "no call fails");
    for (key, tokens) in shelf.all() {
        assert!(!key.contains("1:a|"), "{key} has {}", tokens.access.expose_secret());
    }
    // And the claim of the old key is free again.
    let other = process_of(&server, &store, &wall, Vault::new("a", "closed"), AcmeGrant::default());
    let start = Instant::now();
    herd(&[&other], 1).await;
    assert_eq!(start.elapsed(), millis(200));
}
