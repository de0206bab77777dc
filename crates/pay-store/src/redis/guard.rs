//! The replay guard on Redis.

use super::link::Link;
use crate::hashed;
use crate::nonce::nonce;
use async_trait::async_trait;
use pay_core::Error;
use pay_core::webhook::{Claim, Claimed, Committed, EventKey, GuardError, ReplayGuard};
use redis::Script;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

/// Answers 1 (ours), 0 (held) or 2 (done). Asked twice with one nonce it answers the same.
static CLAIM: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local held = redis.call('GET', KEYS[1])
         if held == 'done' then return 2 end
         if held == ARGV[1] then return 1 end
         if held then return 0 end
         redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
         return 1",
    )
});

static COMMIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
         redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])
         return 1",
    )
});

static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1")
});

/// Which events were acted on, on Redis, for processes that share a webhook's address.
///
/// The effect is elsewhere, so a crash between effect and commit repeats it: make it one that can be repeated, or use
/// `PostgresGuard` in one transaction with the effect. What Redis forgets (a restart without a file, an eviction) may act again: keep an
/// append-only file, and give the database a policy of `noeviction`. While Redis is down every question fails: do not acknowledge, and the
/// provider sends again.
pub struct RedisGuard {
    link: Link,
    prefix: String,
    keep_for: Duration,
}

impl RedisGuard {
    /// A guard at this address. Nothing is sent yet.
    ///
    /// # Errors
    /// `Kind::Config` with the setting `replay_guard`, where the address is none. It is never repeated: it may hold a password.
    pub fn new(url: &str) -> Result<Self, Error> {
        let link = Link::new("replay_guard", url)?;
        // Our choice: no provider's document says for how long it sends an event again.
        Ok(Self { link, prefix: "pay".to_owned(), keep_for: Duration::from_secs(30 * 24 * 3600) })
    }

    /// What keys begin with. Default: `pay`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long an event is remembered as done. Default: 30 days; longer than the provider sends it again.
    #[must_use]
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.keep_for = time;
        self
    }

    async fn ask(&self, script: &Script, key: &EventKey, arguments: [&str; 2], again: bool) -> Result<i64, GuardError> {
        let key = format!("{}:event:{}", self.prefix, hashed(key.as_str()));
        let arguments = arguments.map(str::as_bytes);
        self.link.run(script, &[&key], &arguments, again).await.map_err(|why| GuardError(format!("Redis: {why}")))
    }
}

fn millis(time: Duration) -> String {
    // Redis refuses times beyond its own range.
    time.as_millis().clamp(1, 10_000_000_000_000).to_string()
}

#[async_trait]
impl ReplayGuard for RedisGuard {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claimed, GuardError> {
        let claim = Claim::with_nonce(key.clone(), nonce().map_err(GuardError)?);
        match self.ask(&CLAIM, key, [&claim.nonce.to_string(), &millis(lease)], true).await? {
            1 => Ok(Claimed::Yes(claim)),
            0 => Ok(Claimed::Held),
            _ => Ok(Claimed::Done),
        }
    }

    /// Never asked twice: after a lost answer nobody knows whether it was done.
    async fn commit(&self, claim: &Claim) -> Result<Committed, GuardError> {
        let keep = millis(self.keep_for);
        match self.ask(&COMMIT, &claim.key, [&claim.nonce.to_string(), &keep], false).await? {
            1 => Ok(Committed::Yes),
            _ => Ok(Committed::Lost),
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), GuardError> {
        self.ask(&RELEASE, &claim.key, [&claim.nonce.to_string(), ""], true).await.map(drop)
    }
}

impl fmt::Debug for RedisGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisGuard").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
