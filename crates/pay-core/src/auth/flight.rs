//! One refresh: with the refresh token if there is one, else with the credentials; through the shared store if there is one.

use super::cell::{Issued, TokenCell};
use super::source::{Credentials, GrantStep, OwnTokens, Tokens};
use super::state::{Held, lifetime};
use super::store::{Claim, Claimed, Saved, StoreError, StoredTokens, TokenKey, TokenStore};
use crate::error::{Error, Kind, Outcome};
use crate::parts::Parts;
use crate::retry::Pacing;
use crate::secret::SecretString;
use crate::telemetry;
use crate::wire::{Answer, Fault};
use bytes::Bytes;
use secrecy::ExposeSecret;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// A refresh that brought nothing.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: Error,
    /// The server said no; everything else is transient.
    pub(super) refused: bool,
    pub(super) wait: Option<Duration>,
}

impl Failed {
    fn transient(error: Error) -> Self {
        Self { wait: error.retry_after(), error, refused: false }
    }

    /// A task that ended without an answer, which says nothing of the provider.
    pub(super) fn stopped() -> Self {
        Self::transient(
            Error::new(Kind::Token, Outcome::NotDone, "token").message("the refresh was stopped without an answer"),
        )
    }
}

pub(super) async fn fly(cell: &TokenCell, previous: Option<Arc<Issued>>) -> Result<Issued, Failed> {
    let credentials = read_credentials(cell).await?;
    // A pair that belongs to another credential is of no use to this one.
    let previous = previous.filter(|issued| issued.credential.expose_secret() == credentials.id());
    match &cell.core.settings.token_store {
        None => fetch(cell, credentials, previous.and_then(|issued| issued.refresh.clone())).await,
        Some(store) => shared(cell, store.as_ref(), credentials, previous).await,
    }
}

async fn read_credentials(cell: &TokenCell) -> Result<Credentials, Failed> {
    let error = Error::new(Kind::Credentials, Outcome::NotDone, "token");
    // A source that hangs must not hang every later call with it.
    match timeout(cell.core.settings.attempt_timeout, cell.source.credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        Ok(Err(cause)) => Err(Failed::transient(error.message("the credential source failed").with_source(cause))),
        Err(_) => Err(Failed::transient(error.message("the credential source did not answer in time"))),
    }
}

/// A store that hangs is a store that is down.
async fn in_time<T>(cell: &TokenCell, asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = |_| Err(StoreError("no answer in time".to_owned()));
    timeout(cell.core.settings.attempt_timeout, asked).await.unwrap_or_else(late)
}

/// Only the claim's holder refreshes; the others wait and load again.
async fn shared(
    cell: &TokenCell,
    store: &dyn TokenStore,
    credentials: Credentials,
    previous: Option<Arc<Issued>>,
) -> Result<Issued, Failed> {
    let core = &cell.core;
    let key = TokenKey::new(core.provider.name(), core.base.as_str(), credentials.id(), cell.user.as_deref());
    let ours = previous.as_ref().map_or(0, |issued| issued.stored_generation);
    // Long enough for a refresh and the log-in after it.
    let ttl = core.settings.attempt_timeout * 2 + Duration::from_secs(5);
    let give_up = core.clock.now() + ttl * 2;
    loop {
        let stored = match in_time(cell, store.load(&key)).await {
            Ok(stored) => stored,
            Err(error) => return alone(cell, credentials, previous, &error).await,
        };
        if let Some(stored) = stored.as_ref().filter(|stored| stored.generation > ours)
            && let Some(issued) = adopt(cell, &credentials, stored)
        {
            return Ok(issued);
        }
        let generation = stored.as_ref().map_or(0, |stored| stored.generation);
        match in_time(cell, store.claim(&key, generation, ttl)).await {
            Ok(Claimed::Yes(claim)) => return with_claim(cell, store, claim, credentials, previous, stored).await,
            Ok(Claimed::Newer) => {}
            Ok(Claimed::Held) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => return alone(cell, credentials, previous, &error).await,
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
            if had_refresh
                && let Ok(Some(newer)) = in_time(cell, store.load(&claim.key)).await
                && newer.generation != claim.generation
                && let Some(issued) = adopt(cell, &credentials, &newer)
            {
                let _ = in_time(cell, store.release(&claim)).await;
                return Ok(issued);
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
    let pair = StoredTokens::new(
        generation,
        issued.token.clone(),
        issued.refresh.clone(),
        issued.held.issued_wall,
        issued.expires_at,
    );
    // Saved before it is handed out: a crash after this line loses nothing.
    match in_time(cell, store.save(&claim, &pair)).await {
        Ok(Saved::Yes) => Ok(issued),
        Ok(Saved::Lost) => match in_time(cell, store.load(&claim.key)).await {
            Ok(Some(newer)) if newer.generation != claim.generation => {
                Ok(adopt(cell, &credentials, &newer).unwrap_or(issued))
            }
            _ => Ok(issued),
        },
        Err(error) => {
            telemetry::store_failed(cell.core.provider.name(), &error);
            // Kept, it would make the others wait for its end.
            let _ = in_time(cell, store.release(&claim)).await;
            Ok(issued)
        }
    }
}

/// The store is down: this process refreshes for itself, so that payments go on.
async fn alone(
    cell: &TokenCell,
    credentials: Credentials,
    previous: Option<Arc<Issued>>,
    error: &StoreError,
) -> Result<Issued, Failed> {
    telemetry::store_failed(cell.core.provider.name(), error);
    fetch(cell, credentials, previous.and_then(|issued| issued.refresh.clone())).await
}

/// Takes a pair that another process stored, if its access token is still good for a while.
fn adopt(cell: &TokenCell, credentials: &Credentials, stored: &StoredTokens) -> Option<Issued> {
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
        credential: SecretString::from(credentials.id().to_owned()),
        extra: Vec::new(),
        stored_generation: stored.generation,
    })
}

/// The token calls themselves.
async fn fetch(cell: &TokenCell, credentials: Credentials, refresh: Option<SecretString>) -> Result<Issued, Failed> {
    match renew(cell, &credentials, refresh).await? {
        Some(issued) => Ok(issued),
        None => log_in(cell, credentials).await,
    }
}

/// With the refresh token; `None` where there is none, or where it was refused.
async fn renew(
    cell: &TokenCell,
    credentials: &Credentials,
    refresh: Option<SecretString>,
) -> Result<Option<Issued>, Failed> {
    if let Some(refresh) = refresh
        && let Some(parts) = cell.grant.refresh(credentials, &refresh)
    {
        match ask(cell, GrantStep::Refresh, parts, credentials).await {
            // Where no new refresh token comes, the old one stays valid.
            Ok(mut issued) => {
                issued.refresh.get_or_insert(refresh);
                return Ok(Some(issued));
            }
            // A refused refresh token falls back to the credentials; a broken server would refuse those too.
            Err(failed) if !failed.refused => return Err(failed),
            Err(_) => {}
        }
    }
    Ok(None)
}

async fn log_in(cell: &TokenCell, credentials: Credentials) -> Result<Issued, Failed> {
    let failed = match login(cell, &credentials).await {
        Err(failed) if failed.refused => failed,
        other => return other,
    };
    // The secret may have been rotated between reading and sending: read once more, and try only if it changed.
    match read_credentials(cell).await {
        Ok(fresh) if fresh.differs(&credentials) => login(cell, &fresh).await,
        _ => Err(failed),
    }
}

async fn login(cell: &TokenCell, credentials: &Credentials) -> Result<Issued, Failed> {
    if let Some(own) = cell.grant.own() {
        return brought(cell, own, credentials).await;
    }
    match cell.grant.login(credentials) {
        Some(parts) => ask(cell, GrantStep::Login, parts, credentials).await,
        None => Err(Failed {
            error: Error::new(Kind::ConsentRequired, Outcome::NotDone, "token")
                .advice("send the user through the provider's consent page again"),
            refused: true,
            wait: None,
        }),
    }
}

/// A token of the caller's own. Its source may be slow or broken, which says nothing of the provider.
async fn brought(cell: &TokenCell, own: OwnTokens<'_>, credentials: &Credentials) -> Result<Issued, Failed> {
    const SOURCE: &str = "token_source";
    let (asked, asked_wall) = (cell.core.clock.now(), cell.core.clock.wall());
    let error = Error::new(Kind::Token, Outcome::NotDone, "token");
    let issued = match timeout(cell.core.settings.attempt_timeout, own).await {
        Ok(Ok(tokens)) => issue(cell, tokens, credentials, asked, asked_wall),
        Ok(Err(cause)) => Err(error.message("the token source failed").with_source(cause)),
        Err(_) => Err(error.message("the token source did not answer in time")),
    };
    telemetry::token_call(cell.core.provider.name(), SOURCE, None, if issued.is_ok() { "ok" } else { "transient" });
    issued.map_err(Failed::transient)
}

async fn ask(cell: &TokenCell, step: GrantStep, mut parts: Parts, credentials: &Credentials) -> Result<Issued, Failed> {
    let core = &cell.core;
    let operation = parts.operation.name;
    pace(cell, step, operation).await?;
    if let Some(error) = parts.take_mistake() {
        return Err(Failed { error, refused: true, wait: None });
    }
    let mut frozen = parts.freeze(&core.base, &core.urls);
    // It holds the password or the refresh token: wiped when its last reader drops it.
    frozen.body = Bytes::from_owner(Zeroizing::new(Vec::from(frozen.body)));
    let (asked, asked_wall) = (core.clock.now(), core.clock.wall());
    let failed = |kind| Error::new(kind, Outcome::NotDone, operation);
    let answer = match core.once(&frozen, frozen.headers.to_map(), core.settings.attempt_timeout).await {
        Ok(answer) => answer,
        Err(error) => {
            let text = match error.fault {
                Fault::NotSent => "the token endpoint cannot be reached",
                Fault::Timeout => "the token endpoint did not answer in time",
                Fault::Interrupted => "the connection to the token endpoint broke",
                Fault::TooLarge => "the token endpoint's answer is too large",
            };
            telemetry::token_call(core.provider.name(), operation, None, "transient");
            return Err(Failed::transient(
                failed(Kind::Token).message(text).with_source(crate::outcome::Cause(error.source)),
            ));
        }
    };
    match cell.grant.read(step, &answer) {
        Ok(tokens) => {
            telemetry::token_call(core.provider.name(), operation, Some(answer.status), "ok");
            issue(cell, tokens, credentials, asked, asked_wall).map_err(Failed::transient)
        }
        Err(failure) => {
            telemetry::token_call(
                core.provider.name(),
                operation,
                Some(answer.status),
                if failure.refused { "refused" } else { "transient" },
            );
            let mut error = failed(if failure.refused { Kind::Login } else { Kind::Token })
                .message(failure.message)
                .with_provider(failure.code, failure.text)
                // No body: a token reply may hold a token.
                .with_answer(answer.status, core.provider.request_id(&answer), None)
                .with_retry_after(retry_after(cell, &answer));
            if let Some(advice) = failure.advice {
                error = error.advice(advice);
            }
            let wait = error.retry_after();
            Err(Failed { error, refused: failure.refused, wait })
        }
    }
}

fn issue(
    cell: &TokenCell,
    tokens: Tokens,
    credentials: &Credentials,
    asked: tokio::time::Instant,
    asked_wall: std::time::SystemTime,
) -> Result<Issued, Error> {
    let token = tokens.access.expose_secret();
    if token.is_empty() || !token.bytes().all(|b| (b'!'..=b'~').contains(&b)) {
        return Err(Error::new(Kind::Token, Outcome::NotDone, "token")
            .message("the token is empty or cannot stand in a header"));
    }
    let ttl = lifetime(&tokens, cell.core.provider.unknown_lifetime());
    Ok(Issued {
        held: Held::new(asked, asked_wall, ttl, cell.core.settings.jitter),
        expires_at: tokens.lifetime.and_then(|ttl| asked_wall.checked_add(ttl)),
        token: tokens.access,
        refresh: tokens.refresh,
        credential: SecretString::from(credentials.id().to_owned()),
        extra: tokens.extra,
        stored_generation: 0,
    })
}

/// Token calls keep the provider's documented limits too: they count per address, so all accounts share them.
async fn pace(cell: &TokenCell, step: GrantStep, operation: &'static str) -> Result<(), Failed> {
    let core = &cell.core;
    let Some(limit) = core.provider.token_limit(step).filter(|_| core.settings.pacing != Pacing::Off) else {
        return Ok(());
    };
    while let Err(wait) = core.pacer.take(limit, core.clock.now()) {
        if core.settings.pacing == Pacing::Refuse {
            let error =
                Error::new(Kind::Paced, Outcome::NotDone, operation).message(limit.name).with_retry_after(Some(wait));
            return Err(Failed { error, refused: false, wait: Some(wait) });
        }
        tokio::time::sleep(wait).await;
    }
    Ok(())
}

fn retry_after(cell: &TokenCell, answer: &Answer) -> Option<Duration> {
    crate::retry::retry_after(answer.header("retry-after")?, cell.core.clock.wall())
}
