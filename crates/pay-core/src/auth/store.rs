//! Where tokens are kept when more than one process shares them; and the store in memory.

use crate::secret::SecretString;
use async_trait::async_trait;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// What a token belongs to: crate, base URL, credential id and user.
///
/// The credential id is part of it, so a store that writes keys where others can read them should hash them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenKey(String);

impl TokenKey {
    /// The key of one account of one provider.
    pub fn new(provider: &str, base_url: &str, credential: &str, user: Option<&str>) -> Self {
        // Lengths in front keep two accounts apart whatever characters their names hold.
        let user = user.unwrap_or_default();
        Self(format!("{provider}|{base_url}|{}:{credential}|{}:{user}", credential.len(), user.len()))
    }

    /// The key as text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey([REDACTED])")
    }
}

/// A token pair as a store keeps it.
#[derive(Clone)]
#[non_exhaustive]
pub struct StoredTokens {
    /// Counts up with every new pair of this key.
    pub generation: u64,
    /// The access token.
    pub access: SecretString,
    /// The refresh token.
    pub refresh: Option<SecretString>,
    /// When the pair was asked for, wall time.
    pub issued_at: SystemTime,
    /// When the access token ends, wall time; `None` where that is not known.
    pub expires_at: Option<SystemTime>,
}

impl StoredTokens {
    /// A token pair.
    pub fn new(
        generation: u64,
        access: SecretString,
        refresh: Option<SecretString>,
        issued_at: SystemTime,
        expires_at: Option<SystemTime>,
    ) -> Self {
        Self { generation, access, refresh, issued_at, expires_at }
    }
}

impl fmt::Debug for StoredTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredTokens")
            .field("generation", &self.generation)
            .field("refresh", &self.refresh.is_some())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl PartialEq for StoredTokens {
    fn eq(&self, other: &Self) -> bool {
        let refresh = |t: &Self| t.refresh.as_ref().map(|r| r.expose_secret().to_owned());
        self.generation == other.generation
            && self.access.expose_secret() == other.access.expose_secret()
            && refresh(self) == refresh(other)
            && self.issued_at == other.issued_at
            && self.expires_at == other.expires_at
    }
}

/// The right to replace one generation of one key, for a time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Claim {
    /// The key.
    pub key: TokenKey,
    /// The generation that may be replaced; 0 where nothing was stored.
    pub generation: u64,
    /// Tells this claim from every other.
    pub nonce: u64,
}

impl Claim {
    /// A claim; `nonce` must be unlike that of every other claim of the key.
    pub fn new(key: TokenKey, generation: u64, nonce: u64) -> Self {
        Self { key, generation, nonce }
    }
}

/// What came of asking for a claim.
#[derive(Debug)]
pub enum Claimed {
    /// It is ours.
    Yes(Claim),
    /// Another holder refreshes: wait, then load again.
    Held,
    /// The store already has another generation: load it.
    Newer,
}

/// What came of saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Kept; the claim is used up.
    Yes,
    /// The claim had expired or was taken over: nothing was changed.
    Lost,
}

/// Why a store did not answer. The text is printed: it must hold no secret.
#[derive(Debug, Clone)]
pub struct StoreError(
    /// What went wrong.
    pub String,
);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "token store: {}", self.0)
    }
}

impl std::error::Error for StoreError {}

/// Keeps token pairs for processes that share an account. `pay_core::auth::conformance` tests an implementation.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The newest pair of this key.
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError>;

    /// Asks for the right to replace `generation` (0: nothing stored) within `ttl`.
    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError>;

    /// Replaces the pair, if the claim still holds; an expired claim changes nothing.
    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError>;

    /// Gives the claim back after a refresh that failed, so that others need not wait for its end.
    async fn release(&self, claim: &Claim) -> Result<(), StoreError>;

    /// Removes what is kept of this key, and ends the claim on it, whoever holds it: that holder saves nothing any more.
    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError>;

    /// Whether it is in an outage that it has told of itself: then clients do not warn of it once more. Default: no.
    fn has_told_outage(&self) -> bool {
        false
    }
}

/// Tokens in this process's memory: for clients that share an account without sharing a builder.
#[derive(Default)]
pub struct MemoryStore {
    entries: Mutex<HashMap<TokenKey, Entry>>,
}

#[derive(Default)]
struct Entry {
    tokens: Option<StoredTokens>,
    claim: Option<(u64, Instant)>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<R>(&self, key: &TokenKey, act: impl FnOnce(&mut Entry) -> R) -> R {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        act(entries.entry(key.clone()).or_default())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        Ok(self.with(key, |entry| entry.tokens.clone()))
    }

    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        let now = Instant::now();
        Ok(self.with(key, |entry| {
            if entry.tokens.as_ref().map_or(0, |tokens| tokens.generation) != generation {
                return Claimed::Newer;
            }
            if entry.claim.is_some_and(|(_, until)| now < until) {
                return Claimed::Held;
            }
            let nonce = fastrand::u64(..);
            entry.claim = Some((nonce, now + ttl));
            Claimed::Yes(Claim::new(key.clone(), generation, nonce))
        }))
    }

    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        let now = Instant::now();
        Ok(self.with(&claim.key, |entry| {
            if !entry.claim.is_some_and(|(nonce, until)| nonce == claim.nonce && now < until) {
                return Saved::Lost;
            }
            entry.claim = None;
            entry.tokens = Some(tokens.clone());
            Saved::Yes
        }))
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        self.with(&claim.key, |entry| entry.claim.take_if(|(nonce, _)| *nonce == claim.nonce));
        Ok(())
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        Ok(())
    }
}
