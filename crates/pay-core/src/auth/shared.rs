//! A refresh through a shared store: only the claim's holder asks, the others wait and take what it kept.

use super::cell::{Issued, TokenCell};
use super::consent;
use super::flight::{consent_required, fetch, log_in, renew};
use super::source::Credentials;
use super::state::Held;
use super::store::{Claim, Claimed, Saved, StoreError, StoredTokens, TokenStore};
use super::token_call::Failed;
use crate::error::{Error, Kind, Outcome};
use crate::secret::SecretString;
use secrecy::ExposeSecret;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A store that hangs is a store that is down.
pub(super) async fn in_time<T>(
    cell: &TokenCell,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let late = |_| Err(StoreError("no answer in time".to_owned()));
    timeout(cell.core.settings.token_timeout(), asked).await.unwrap_or_else(late)
}

impl TokenCell {
    pub(super) fn store_failed(&self, store: &dyn TokenStore, error: &StoreError) {
        self.core.outage.failed(self.core.provider.name(), store, error);
    }

    pub(super) fn store_works(&self) {
        self.core.outage.over(self.core.provider.name());
    }
}

/// Only the claim's holder refreshes; the others wait and load again.
pub(super) async fn fly(
    cell: &TokenCell,
    store: &dyn TokenStore,
    credentials: Credentials,
    mut previous: Option<Arc<Issued>>,
) -> Result<Issued, Failed> {
    let core = &cell.core;
    let careful = cell.grant.consent_only();
    if careful && let Some((claim, issued)) = consent::unsaved(cell) {
        let kept = consent::keep(cell, store, claim, issued).await?;
        if kept.held.usable(core.clock.now()) {
            return Ok(kept);
        }
        previous = Some(Arc::new(kept));
    }
    let key = cell.key(&credentials);
    let ours = previous.as_ref().map_or(0, |issued| issued.stored_generation);
    let ttl = cell.claim_ttl();
    let give_up = core.clock.now() + ttl * 2;
    loop {
        let stored = match in_time(cell, store.load(&key)).await {
            Ok(stored) => stored,
            Err(error) => return alone(cell, store, credentials, previous, &error).await,
        };
        if let Some(stored) = stored.as_ref().filter(|stored| stored.generation > ours)
            && let Some(issued) = adopt(cell, credentials.id(), stored)
        {
            cell.store_works();
            return Ok(issued);
        }
        // Nobody ever consented, or another process has let the user go.
        if careful && stored.is_none() {
            return Err(consent_required());
        }
        let generation = stored.as_ref().map_or(0, |stored| stored.generation);
        match in_time(cell, store.claim(&key, generation, ttl)).await {
            Ok(Claimed::Yes(claim)) => return with_claim(cell, store, claim, credentials, previous, stored).await,
            Ok(Claimed::Newer) => {}
            Ok(Claimed::Held) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => return alone(cell, store, credentials, previous, &error).await,
        }
        if core.clock.now() >= give_up {
            let error = Error::new(Kind::Token, Outcome::NotDone, "token")
                .message("another holder of the token store's claim did not finish");
            return Err(Failed::transient(error));
        }
    }
}

async fn with_claim(
    cell: &TokenCell,
    store: &dyn TokenStore,
    claim: Claim,
    credentials: Credentials,
    previous: Option<Arc<Issued>>,
    stored: Option<StoredTokens>,
) -> Result<Issued, Failed> {
    let ours = previous.as_ref().map_or(0, |issued| issued.stored_generation);
    let refresh = match &stored {
        Some(stored) if stored.generation >= ours => stored.refresh.clone(),
        _ => previous.and_then(|issued| issued.refresh.clone()),
    };
    let generation = ours.max(claim.generation) + 1;
    let had_refresh = refresh.is_some();
    let fetched = match renew(cell, &credentials, refresh).await {
        Ok(Some(issued)) => Ok(issued),
        Ok(None) => {
            // Refused: another process may have rotated the pair under an expired claim.
            let again = if had_refresh { in_time(cell, store.load(&claim.key)).await } else { Ok(None) };
            let careful = cell.grant.consent_only();
            let told = match again {
                Ok(Some(newer)) if newer.generation != claim.generation => {
                    let adopted = adopt(cell, credentials.id(), &newer);
                    let ended = || StoreError("another process kept a newer pair, which has ended".to_owned());
                    // Its refresh token was not refused: the next call asks with that one.
                    adopted.map(Ok).or_else(|| careful.then(|| Err(consent::store_down(&ended()))))
                }
                Err(error) if careful => Some(Err(consent::store_down(&error))),
                _ => None,
            };
            if let Some(told) = told {
                let _ = in_time(cell, store.release(&claim)).await;
                return told;
            }
            log_in(cell, credentials.clone()).await
        }
        Err(failed) => Err(failed),
    };
    let issued = match fetched {
        // A credential that was rotated to another id has a key of its own: under this one its token would mix accounts.
        Ok(issued) if issued.credential.expose_secret() == credentials.id() => {
            Issued { stored_generation: generation, ..issued }
        }
        other => {
            let _ = in_time(cell, store.release(&claim)).await;
            return other;
        }
    };
    if cell.grant.consent_only() {
        return consent::keep(cell, store, claim, issued).await;
    }
    // Saved before it is handed out: a crash after this line loses nothing.
    match in_time(cell, store.save(&claim, &issued.stored())).await {
        Ok(Saved::Yes) => {
            cell.store_works();
            Ok(issued)
        }
        Ok(Saved::Lost) => match in_time(cell, store.load(&claim.key)).await {
            Ok(Some(newer)) if newer.generation != claim.generation => {
                Ok(adopt(cell, credentials.id(), &newer).unwrap_or(issued))
            }
            _ => Ok(issued),
        },
        Err(error) => {
            cell.store_failed(store, &error);
            // Kept, it would make the others wait for its end.
            let _ = in_time(cell, store.release(&claim)).await;
            Ok(issued)
        }
    }
}

/// The store is down: this process refreshes for itself, so that payments go on. Where the store has the only copy of what
/// a user consented to, it does not: a pair that cannot be kept must not be asked for.
async fn alone(
    cell: &TokenCell,
    store: &dyn TokenStore,
    credentials: Credentials,
    previous: Option<Arc<Issued>>,
    error: &StoreError,
) -> Result<Issued, Failed> {
    cell.store_failed(store, error);
    if cell.grant.consent_only() {
        return Err(consent::store_down(error));
    }
    fetch(cell, credentials, previous.and_then(|issued| issued.refresh.clone())).await
}

/// Takes a pair that another process stored, if its access token is still good for a while.
pub(super) fn adopt(cell: &TokenCell, credential: &str, stored: &StoredTokens) -> Option<Issued> {
    let (now, wall) = (cell.core.clock.now(), cell.core.clock.wall());
    let age = wall.duration_since(stored.issued_at).unwrap_or_default();
    let ttl = match stored.expires_at {
        Some(end) => Some(end.duration_since(stored.issued_at).ok()?),
        None => cell.core.provider.unknown_lifetime(),
    };
    let issued_at = now.checked_sub(age).unwrap_or(now);
    let held = Held::new(issued_at, stored.issued_at, ttl, cell.core.settings.jitter);
    held.hard_at.is_none_or(|hard| now < hard).then(|| Issued {
        held,
        token: stored.access.clone(),
        refresh: stored.refresh.clone(),
        expires_at: stored.expires_at,
        credential: SecretString::from(credential.to_owned()),
        extra: Vec::new(),
        stored_generation: stored.generation,
    })
}
