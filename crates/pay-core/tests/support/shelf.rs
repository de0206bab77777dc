//! A token store that a test can break in one way at a time, and look into.

#![allow(dead_code, unreachable_pub)]

use pay_core::SecretString;
use pay_core::auth::{Claim, Claimed, Saved, StoreError, StoredTokens, TokenKey, TokenStore};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flaw {
    #[default]
    None,
    /// Has a pair for keys that it never saw.
    InventsPairs,
    SavesNothing,
    LosesRefreshTokens,
    RoundsExpiry,
    ClaimsStayAfterSaving,
    LostSavesWrite,
    InventsExpiry,
    GivesHeldClaims,
    /// Looks whether a claim is free, and writes it afterwards.
    LooksThenClaims,
    NeverReleases,
    AnyoneReleases,
    /// The pair stays.
    ForgetsClaimsAlone,
    /// A refresh that was under way saves after all.
    ForgetsTokensAlone,
    AnyHeldClaimSaves,
    IgnoresGenerations,
    ClaimsNeverExpire,
    ExpiredClaimsSave,
    /// Until another holder comes.
    OwnExpiredClaimsSave,
    /// While another holder refreshes.
    TakenOverClaimsSave,
    ExpiredClaimsSaveLater,
    OneClaimForAllKeys,
    OnePairForAllKeys,
    /// Every question fails.
    Down,
    /// No question is answered.
    Hangs,
    /// Reads work, writes fail.
    CannotSave,
}

#[derive(Default)]
struct Entry {
    tokens: Option<StoredTokens>,
    claim: Option<(u64, Instant)>,
    spent: HashSet<u64>,
}

#[derive(Default)]
pub struct Shelf {
    flaw: Mutex<Flaw>,
    /// Tells of its own outages.
    tells: bool,
    /// Claims end after this, whatever was asked for.
    shortest: Option<Duration>,
    entries: Mutex<HashMap<String, Entry>>,
    nonces: AtomicU64,
    pub loads: AtomicU64,
}

impl Shelf {
    pub fn with(flaw: Flaw) -> Self {
        Self { flaw: Mutex::new(flaw), ..Self::default() }
    }

    pub fn that_tells(tells: bool) -> Self {
        Self { tells, ..Self::default() }
    }

    pub fn with_claims_of(shortest: Duration) -> Self {
        Self { shortest: Some(shortest), ..Self::default() }
    }

    /// From now on this is wrong with it.
    pub fn set(&self, flaw: Flaw) {
        *self.flaw.lock().unwrap() = flaw;
    }

    fn flaw(&self) -> Flaw {
        *self.flaw.lock().unwrap()
    }

    /// What is stored for the only key.
    pub fn only(&self) -> StoredTokens {
        let entries = self.entries.lock().unwrap();
        assert_eq!(entries.len(), 1, "one key");
        entries.values().next().unwrap().tokens.clone().unwrap()
    }

    /// What is stored, by key.
    pub fn all(&self) -> Vec<(String, StoredTokens)> {
        let entries = self.entries.lock().unwrap();
        entries.iter().filter_map(|(key, entry)| Some((key.clone(), entry.tokens.clone()?))).collect()
    }

    /// Another process puts a pair there, past all claims.
    pub fn put(&self, tokens: StoredTokens) {
        self.entries.lock().unwrap().values_mut().next().unwrap().tokens = Some(tokens);
    }

    fn entry<R>(&self, key: &TokenKey, act: impl FnOnce(&mut Entry) -> R) -> R {
        let key = if self.flaw() == Flaw::OnePairForAllKeys { "all" } else { key.expose() };
        act(self.entries.lock().unwrap().entry(key.to_owned()).or_default())
    }

    async fn up(&self) -> Result<(), StoreError> {
        match self.flaw() {
            Flaw::Down => Err(StoreError("connection refused".to_owned())),
            Flaw::Hangs => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl TokenStore for Shelf {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.up().await?;
        let mut tokens = self.entry(key, |entry| entry.tokens.clone());
        if let Some(tokens) = &mut tokens {
            match self.flaw() {
                Flaw::LosesRefreshTokens => tokens.refresh = None,
                Flaw::RoundsExpiry => tokens.expires_at = tokens.expires_at.map(|end| end + Duration::from_secs(1)),
                Flaw::InventsExpiry => tokens.expires_at = tokens.expires_at.or(Some(tokens.issued_at)),
                _ => {}
            }
        } else if self.flaw() == Flaw::InventsPairs {
            let now = std::time::SystemTime::UNIX_EPOCH;
            return Ok(Some(StoredTokens::new(9, SecretString::from("x".to_owned()), None, now, None)));
        }
        Ok(tokens)
    }

    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        self.up().await?;
        let now = Instant::now();
        let held = |entry: &Entry| match self.flaw() {
            Flaw::GivesHeldClaims => false,
            Flaw::ClaimsNeverExpire => entry.claim.is_some(),
            _ => entry.claim.is_some_and(|(_, until)| now < until),
        };
        if self.flaw() == Flaw::OneClaimForAllKeys && self.entries.lock().unwrap().values().any(held) {
            return Ok(Claimed::Held);
        }
        let seen_free = self.entry(key, |entry| !held(entry));
        if self.flaw() == Flaw::LooksThenClaims {
            tokio::task::yield_now().await;
        }
        Ok(self.entry(key, |entry| {
            let stored = entry.tokens.as_ref().map_or(0, |tokens| tokens.generation);
            if stored != generation && self.flaw() != Flaw::IgnoresGenerations {
                return Claimed::Newer;
            }
            if held(entry) && !(self.flaw() == Flaw::LooksThenClaims && seen_free) {
                return Claimed::Held;
            }
            let nonce = self.nonces.fetch_add(1, Ordering::SeqCst) + 1;
            entry.claim = Some((nonce, now + self.shortest.unwrap_or(ttl)));
            Claimed::Yes(Claim::new(key.clone(), generation, nonce))
        }))
    }

    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        self.up().await?;
        if self.flaw() == Flaw::CannotSave {
            return Err(StoreError("read-only".to_owned()));
        }
        let now = Instant::now();
        Ok(self.entry(&claim.key, |entry| {
            let valid = entry.claim.is_some_and(|(nonce, until)| nonce == claim.nonce && now < until);
            let spent = entry.spent.contains(&claim.nonce);
            let saves = match self.flaw() {
                Flaw::SavesNothing => false,
                Flaw::AnyHeldClaimSaves => entry.claim.is_some(),
                Flaw::ExpiredClaimsSave => !spent,
                Flaw::OwnExpiredClaimsSave => entry.claim.is_some_and(|(nonce, _)| nonce == claim.nonce),
                Flaw::TakenOverClaimsSave => {
                    valid || entry.claim.is_some_and(|(nonce, _)| nonce > claim.nonce && !spent)
                }
                Flaw::ExpiredClaimsSaveLater => valid || (entry.claim.is_none() && !spent),
                _ => valid,
            };
            if saves || self.flaw() == Flaw::LostSavesWrite {
                entry.tokens = Some(tokens.clone());
            }
            if !saves {
                return Saved::Lost;
            }
            if self.flaw() != Flaw::ClaimsStayAfterSaving {
                entry.claim = None;
                entry.spent.insert(claim.nonce);
            }
            Saved::Yes
        }))
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        self.up().await?;
        self.entry(&claim.key, |entry| {
            let own = entry.claim.is_some_and(|(nonce, _)| nonce == claim.nonce);
            if self.flaw() == Flaw::AnyoneReleases || (own && self.flaw() != Flaw::NeverReleases) {
                entry.claim = None;
            }
            entry.spent.insert(claim.nonce);
        });
        Ok(())
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        self.up().await?;
        self.entry(key, |entry| match self.flaw() {
            Flaw::ForgetsClaimsAlone => entry.claim = None,
            Flaw::ForgetsTokensAlone => entry.tokens = None,
            _ => *entry = Entry::default(),
        });
        Ok(())
    }

    fn has_told_outage(&self) -> bool {
        self.tells
    }
}
