//! Tokens and the replay guard on a real Redis.
#![cfg(feature = "redis")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::auth::{Claimed, Saved, SealAtRest, StoreError, StoredTokens, TokenKey, TokenStore, conformance};
use pay_core::webhook::{EventKey, ReplayGuard};
use pay_store::{RedisGuard, RedisTokens};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use support::redis::Redis;
use support::{airtime, count, holds, merchant, sandbox, sealer, secs};
use tokio::time::sleep;

const LONG: Duration = Duration::from_secs(30);

fn key(name: &str) -> TokenKey {
    TokenKey::new("acme", "https://example.com", name, None)
}

fn pair(generation: u64) -> StoredTokens {
    let access = format!("ACCESS-{generation}");
    StoredTokens::new(generation, access.into(), Some("REFRESH-7".into()), SystemTime::now(), None)
}

#[tokio::test]
async fn tokens_keep_every_rule() {
    let Some(redis) = Redis::start("tokens on Redis") else { return };
    let tokens = RedisTokens::new(&redis.url(), sealer()).unwrap();
    conformance::token_store(&tokens, sleep).await.unwrap();
}

#[tokio::test]
async fn the_guard_keeps_every_rule() {
    let Some(redis) = Redis::start("replay guard on Redis") else { return };
    let guard = RedisGuard::new(&redis.url()).unwrap();
    pay_core::webhook::conformance::replay_guard(&guard, sleep).await.unwrap();
}

#[tokio::test]
async fn keys_of_one_account_live_on_one_server_of_a_cluster() {
    let Some(redis) = Redis::cluster("Redis Cluster") else { return };
    assert!(redis.cli(&["MGET", "a", "b"]).contains("CROSSSLOT"), "it looks at slots");
    let tokens = RedisTokens::new(&redis.url(), sealer()).unwrap();
    conformance::token_store(&tokens, sleep).await.unwrap();
    let guard = RedisGuard::new(&redis.url()).unwrap();
    pay_core::webhook::conformance::replay_guard(&guard, sleep).await.unwrap();
}

#[tokio::test]
async fn a_stale_holder_never_wins() {
    let Some(redis) = Redis::start("fencing on Redis") else { return };
    let [slow, fast] = [(); 2].map(|()| RedisTokens::new(&redis.url(), sealer()).unwrap());
    let key = key("fenced");
    let Claimed::Yes(stale) = slow.claim(&key, 0, Duration::from_millis(200)).await.unwrap() else { panic!("free") };
    sleep(Duration::from_millis(300)).await;
    let Claimed::Yes(claim) = fast.claim(&key, 0, LONG).await.unwrap() else { panic!("expired") };
    assert_eq!(slow.save(&stale, &pair(1)).await.unwrap(), Saved::Lost, "before the newer holder saved");
    assert_eq!(fast.save(&claim, &pair(1)).await.unwrap(), Saved::Yes);
    assert_eq!(slow.save(&stale, &pair(9)).await.unwrap(), Saved::Lost, "and after");
    slow.release(&stale).await.unwrap();
    assert_eq!(slow.load(&key).await.unwrap().unwrap().generation, 1);
    // A save whose answer was lost is asked again, and is no lost claim.
    assert_eq!(fast.save(&claim, &pair(1)).await.unwrap(), Saved::Yes);
}

#[tokio::test]
async fn redis_sees_neither_tokens_nor_accounts() {
    let Some(redis) = Redis::start("what Redis sees") else { return };
    let tokens = RedisTokens::new(&redis.url(), sealer()).unwrap();
    let key = key("SHOP-4711");
    let Claimed::Yes(claim) = tokens.claim(&key, 0, LONG).await.unwrap() else { panic!("free") };
    tokens.save(&claim, &pair(1)).await.unwrap();
    let guard = RedisGuard::new(&redis.url()).unwrap();
    let _ = guard.claim(&EventKey::new("acme", &["ORDER-4712"]), LONG).await.unwrap();
    assert!(redis.cli(&["KEYS", "*"]).contains("pay:token:{"));
    for secret in ["ACCESS-1", "REFRESH-7", "SHOP-4711", "ORDER-4712"] {
        assert!(!holds(redis.folder.path(), secret.as_bytes()), "{secret}");
        assert!(!format!("{tokens:?} {guard:?}").contains(secret));
    }
    assert!(holds(redis.folder.path(), b"pay:token:"), "the search finds what is there");

    // Another pair of functions does not open it, and says so without a word of it.
    let other = RedisTokens::new(&redis.url(), Arc::new(Nonsense)).unwrap();
    let error = other.load(&key).await.unwrap_err().to_string();
    assert!(error.contains("another pair sealed it"), "{error}");
    // A pair that was copied to another account does not open there.
    let names = redis.cli(&["KEYS", "*:pair"]);
    let elsewhere = self::key("SHOP-4713");
    let hashed = pay_store::hashed(elsewhere.expose());
    redis.cli(&["COPY", names.trim(), &format!("pay:token:{{{hashed}}}:pair")]);
    assert!(tokens.load(&elsewhere).await.is_err());
}

/// Another pair.
struct Nonsense;

impl SealAtRest for Nonsense {
    fn seal(&self, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        Err(StoreError("no".to_owned()))
    }

    fn open(&self, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(b"nonsense".to_vec())
    }
}

#[tokio::test]
async fn a_wrong_address_is_named_and_not_repeated() {
    let error = RedisTokens::new("rediss:/user:PASSWORD-1@", sealer()).unwrap_err();
    assert_eq!(error.setting(), Some("token_store"));
    assert!(!format!("{error} {error:?} {error:#}").contains("PASSWORD-1"));
    assert_eq!(RedisGuard::new("nonsense").unwrap_err().setting(), Some("replay_guard"));
}

#[tokio::test]
async fn a_fresh_lease_never_asks_redis() {
    let Some(redis) = Redis::start("fresh leases") else { return };
    let sandbox = sandbox().await;
    let store = Arc::new(RedisTokens::new(&redis.url(), sealer()).unwrap());
    let client = merchant(&sandbox).token_store(store).build().unwrap();
    client.lease().await.unwrap();
    redis.cli(&["CONFIG", "RESETSTAT"]);
    for _ in 0..1000 {
        client.lease().await.unwrap();
    }
    let stats = redis.cli(&["INFO", "commandstats"]);
    assert!(!stats.contains("eval"), "{stats}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_redis_is_down_each_process_refreshes_for_itself_and_no_payment_fails() {
    let Some(mut redis) = Redis::start("Redis down") else { return };
    let sandbox = sandbox().await;
    let store = || Arc::new(RedisTokens::new(&redis.url(), sealer()).unwrap());
    // Two processes, as far as Redis can tell.
    let (first, second) = (store(), store());
    let client = |store: &Arc<RedisTokens>| merchant(&sandbox).token_store(Arc::clone(store) as _).build().unwrap();
    let buy = async |store: &Arc<RedisTokens>, name: &str| {
        // A new client has no token in memory: each of them asks the store.
        for n in 0..5 {
            let client = client(store);
            let _ = client.purchase(airtime(&format!("{name}-{n}"))).send().await.unwrap();
        }
    };
    buy(&first, "up-a").await;
    buy(&second, "up-b").await;
    assert_eq!(count(&sandbox, "token"), 1, "one log-in for both");

    redis.kill();
    buy(&first, "down-a").await;
    buy(&second, "down-b").await;
    assert_eq!(count(&sandbox, "token"), 11, "each client for itself");

    redis.restart();
    sleep(secs(6)).await;
    buy(&first, "again-a").await;
    buy(&second, "again-b").await;
    assert_eq!(count(&sandbox, "token"), 11, "what Redis has is good still");
    assert_eq!(sandbox.ledger().charges_to(support::NUMBER), 30);
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

/// Twelve processes behind one address hold a token that turns old while Redis is down. Pagamio documents ten refreshes and five log-ins a
/// minute and address, and the sandbox counts them. What becomes of a refresh token that was used, no page says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_down_the_documented_limits_fail_no_call() {
    tokio::join!(
        // Ten refresh, the others are refused and wait with their old token.
        twelve_on_an_old_token("valid", 10, 1),
        // One refreshes; the others' refresh token is void, and of the five log-ins of the minute one was used.
        twelve_on_an_old_token("void", 1, 5),
    );
}

async fn twelve_on_an_old_token(old_refresh_token: &str, refreshes: usize, log_ins: usize) {
    let Some(mut redis) = Redis::start("limits while Redis is down") else { return };
    let sandbox = pay_sandbox::Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("old_refresh_token", old_refresh_token)]).unwrap();
    let tokens = || RedisTokens::new(&redis.url(), sealer()).unwrap();
    merchant(&sandbox).token_store(Arc::new(tokens())).build().unwrap().lease().await.unwrap();
    // The pair is put back as one that is due in a few seconds, and good for half a minute after.
    let (store, pagamio) = (tokens(), sandbox.pagamio());
    let key = TokenKey::new("pagamio", pagamio.base_url(), pagamio.merchant().username(), None);
    let pair = store.load(&key).await.unwrap().unwrap();
    let Claimed::Yes(claim) = store.claim(&key, pair.generation, LONG).await.unwrap() else { panic!("free") };
    let now = SystemTime::now();
    let old = StoredTokens::new(pair.generation + 1, pair.access, pair.refresh, now - secs(74), Some(now + secs(46)));
    assert_eq!(store.save(&claim, &old).await.unwrap(), Saved::Yes);
    let clients: Vec<_> =
        (0..12).map(|_| merchant(&sandbox).token_store(Arc::new(tokens())).build().unwrap()).collect();
    for client in &clients {
        client.lease().await.unwrap();
    }
    assert_eq!((count(&sandbox, "token"), count(&sandbox, "refresh")), (1, 0), "all have the one that is kept");

    redis.kill();
    sleep(secs(7)).await;
    for _ in 0..2 {
        for client in &clients {
            assert!(!client.products().send().await.unwrap().is_empty());
        }
        sleep(secs(2)).await;
    }
    let answered = |operation, status| {
        let asked = |request: &&pay_sandbox::RequestRecord| {
            (request.operation, request.status) == (Some(operation), Some(status))
        };
        sandbox.requests().iter().filter(asked).count()
    };
    let limited = answered("refresh", 429) + answered("token", 429);
    assert_eq!((answered("refresh", 200), answered("token", 200)), (refreshes, log_ins), "{old_refresh_token}");
    assert!(limited >= 2, "some were refused for now, {old_refresh_token}: {limited}");
}

#[tokio::test]
async fn a_guard_that_is_down_lets_nothing_pass() {
    let Some(mut redis) = Redis::start("guard down") else { return };
    let guard = RedisGuard::new(&redis.url()).unwrap();
    let event = EventKey::new("acme", &["1"]);
    let pay_core::webhook::Claimed::Yes(claim) = guard.claim(&event, LONG).await.unwrap() else { panic!("free") };
    redis.kill();
    assert!(guard.claim(&EventKey::new("acme", &["2"]), LONG).await.is_err());
    let error = guard.commit(&claim).await.unwrap_err().to_string();
    assert!(error.starts_with("replay guard: Redis: "), "{error}");
    redis.restart();
    // With an append-only file the claim is still there.
    assert_eq!(guard.claim(&event, LONG).await.unwrap(), pay_core::webhook::Claimed::Held);
}

/// Machines that were started from one snapshot draw the same numbers: their claims must be told apart all the same.
#[tokio::test]
async fn two_copies_of_one_process_do_not_share_a_claim() {
    let Some(redis) = Redis::start("copies of a process") else { return };
    let tokens = RedisTokens::new(&redis.url(), sealer()).unwrap();
    let guard = RedisGuard::new(&redis.url()).unwrap();
    let event = EventKey::new("acme", &["ORDER-1"]);
    let (mut holders, mut actors) = (0, 0);
    for _ in 0..2 {
        fastrand::seed(7);
        holders += u32::from(matches!(tokens.claim(&key("copied"), 0, LONG).await.unwrap(), Claimed::Yes(_)));
        fastrand::seed(7);
        let claimed = guard.claim(&event, LONG).await.unwrap();
        actors += u32::from(matches!(claimed, pay_core::webhook::Claimed::Yes(_)));
    }
    assert_eq!((holders, actors), (1, 1));
}
