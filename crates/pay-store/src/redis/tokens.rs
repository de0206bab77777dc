//! Tokens on Redis: claims that expire and fence, values that are sealed, errors at once while Redis is down.

use super::circuit::Circuit;
use super::link::Link;
use crate::hashed;
use crate::nonce::nonce;
use crate::sealer::Sealer;
use async_trait::async_trait;
use pay_core::auth::{Claim, Claimed, Saved, SealAtRest, StoreError, StoredTokens, TokenKey, TokenStore};
use pay_core::{Error, ExposeSecret, SecretString};
use redis::Script;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Generation first: one read sees a pair and its generation together.
static LOAD: LazyLock<Script> = LazyLock::new(|| Script::new("return redis.call('HMGET', KEYS[1], 'g', 'v')"));

/// Answers 1 (ours), 0 (held) or 2 (newer). Asked twice with one nonce it answers the same.
static CLAIM: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if (redis.call('HGET', KEYS[1], 'g') or '0') ~= ARGV[1] then return 2 end
         local held = redis.call('GET', KEYS[2])
         if held == ARGV[2] then return 1 end
         if held then return 0 end
         redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
         return 1",
    )
});

/// Only the claim's holder saves, and only over the generation that it claimed: whoever comes late changes nothing. The nonce stays with
/// the pair, so that a save whose answer was lost is not taken for a lost claim.
static SAVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local kept = redis.call('HMGET', KEYS[1], 'g', 'n')
         if kept[1] == ARGV[3] and kept[2] == ARGV[2] then return 1 end
         if redis.call('GET', KEYS[2]) ~= ARGV[2] or (kept[1] or '0') ~= ARGV[1] then return 0 end
         redis.call('HSET', KEYS[1], 'g', ARGV[3], 'v', ARGV[4], 'n', ARGV[2])
         redis.call('DEL', KEYS[2])
         return 1",
    )
});

static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new("if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end return 1")
});

static FORGET: LazyLock<Script> = LazyLock::new(|| Script::new("return redis.call('DEL', KEYS[1], KEYS[2])"));

/// Token pairs on Redis, for processes that share an account.
///
/// Of all processes one refreshes; its claim expires by Redis's clock. A fresh token is in each process's memory, so Redis is asked at a
/// refresh only. While Redis is down each process refreshes for itself, but for pairs that only a user's consent can replace; one event
/// `pay.store.redis.down` tells of an outage, and `pay.store.redis.back` of its end. Values are sealed by your pair, account names are
/// hashed. Give the database a policy of `noeviction`.
pub struct RedisTokens {
    link: Link,
    circuit: Circuit,
    sealer: Sealer,
    prefix: String,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Pair<'a> {
    access: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<&'a str>,
    issued_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_ms: Option<u64>,
}

impl RedisTokens {
    /// Tokens at this address, such as `redis://user:password@127.0.0.1:6379/0`. Nothing is sent yet.
    ///
    /// # Errors
    /// `Kind::Config` with the setting `token_store`, where the address is none. It is never repeated: it may hold a password.
    pub fn new(url: &str, pair: Arc<dyn SealAtRest>) -> Result<Self, Error> {
        let link = Link::new("token_store", url)?;
        Ok(Self { link, circuit: Circuit::default(), sealer: Sealer::new(pair), prefix: "pay".to_owned() })
    }

    /// What keys begin with. Default: `pay`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The braces make both keys of an account live on one server of a cluster.
    fn keys(&self, key: &TokenKey) -> [String; 2] {
        let account = hashed(key.expose());
        ["pair", "claim"].map(|what| format!("{}:token:{{{account}}}:{what}", self.prefix))
    }

    fn place(key: &TokenKey, generation: &str) -> String {
        format!("token {} {generation}", hashed(key.expose()))
    }

    /// Asks Redis, unless it is down: then the answer is an error at once, and the process refreshes for itself.
    async fn ask<T: redis::FromRedisValue>(
        &self,
        script: &Script,
        key: &TokenKey,
        arguments: &[&[u8]],
    ) -> Result<T, StoreError> {
        if !self.circuit.may_ask() {
            return Err(StoreError("Redis did not answer a moment ago".to_owned()));
        }
        let [pair, claim] = self.keys(key);
        match self.link.run(script, &[&pair, &claim], arguments, true).await {
            Ok(answer) => {
                self.circuit.answered();
                Ok(answer)
            }
            Err(why) => {
                self.circuit.failed(&why);
                Err(StoreError(format!("Redis: {why}")))
            }
        }
    }
}

#[async_trait]
impl TokenStore for RedisTokens {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        let kept: (Option<String>, Option<Vec<u8>>) = self.ask(&LOAD, key, &[]).await?;
        let (Some(generation), Some(sealed)) = kept else {
            return Ok(None);
        };
        let plain = self.sealer.open(&Self::place(key, &generation), &sealed)?;
        read(&generation, &plain).map(Some).ok_or_else(|| StoreError("a stored pair is broken".to_owned()))
    }

    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        let nonce = nonce().map_err(StoreError)?;
        let (expected, id, ttl_ms) = (generation.to_string(), nonce.to_string(), millis(ttl).max(1).to_string());
        let arguments = [expected.as_bytes(), id.as_bytes(), ttl_ms.as_bytes()];
        match self.ask::<i64>(&CLAIM, key, &arguments).await? {
            1 => Ok(Claimed::Yes(Claim::new(key.clone(), generation, nonce))),
            0 => Ok(Claimed::Held),
            _ => Ok(Claimed::Newer),
        }
    }

    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        let (expected, id, generation) =
            (claim.generation.to_string(), claim.nonce.to_string(), tokens.generation.to_string());
        let plain = written(tokens).ok_or_else(|| StoreError("a pair that cannot be written".to_owned()))?;
        let sealed = self.sealer.seal(&Self::place(&claim.key, &generation), &plain)?;
        let arguments = [expected.as_bytes(), id.as_bytes(), generation.as_bytes(), &sealed];
        match self.ask::<i64>(&SAVE, &claim.key, &arguments).await? {
            1 => Ok(Saved::Yes),
            _ => Ok(Saved::Lost),
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        let id = claim.nonce.to_string();
        self.ask::<i64>(&RELEASE, &claim.key, &[id.as_bytes()]).await.map(drop)
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        self.ask::<i64>(&FORGET, key, &[]).await.map(drop)
    }

    fn has_told_outage(&self) -> bool {
        self.circuit.is_open()
    }
}

impl fmt::Debug for RedisTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokens").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn since_epoch(time: SystemTime) -> u64 {
    millis(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn written(tokens: &StoredTokens) -> Option<Zeroizing<Vec<u8>>> {
    let pair = Pair {
        access: tokens.access.expose_secret(),
        refresh: tokens.refresh.as_ref().map(|refresh| refresh.expose_secret()),
        issued_ms: since_epoch(tokens.issued_at),
        expires_ms: tokens.expires_at.map(since_epoch),
    };
    serde_json::to_vec(&pair).ok().map(Zeroizing::new)
}

fn read(generation: &str, plain: &[u8]) -> Option<StoredTokens> {
    // Tokens are printable ASCII, and those with a quote or a backslash in them are read as owned text.
    #[derive(Deserialize)]
    struct Owned {
        access: SecretString,
        refresh: Option<SecretString>,
        issued_ms: u64,
        expires_ms: Option<u64>,
    }
    let pair: Owned = serde_json::from_slice(plain).ok()?;
    let at = |ms: u64| UNIX_EPOCH + Duration::from_millis(ms);
    Some(StoredTokens::new(
        generation.parse().ok()?,
        pair.access,
        pair.refresh,
        at(pair.issued_ms),
        pair.expires_ms.map(at),
    ))
}
