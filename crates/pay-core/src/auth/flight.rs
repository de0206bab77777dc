//! One refresh: a task of its own that asks with the refresh token if there is one, else with the credentials.

use super::cell::{Issued, Landing, TokenCell};
use super::consent;
use super::shared;
use super::source::{Credentials, GrantStep, OwnTokens, Tokens};
use super::state::{Held, lifetime};
use super::token_call::{Asked, Failed, token_call};
use crate::error::{Error, Kind, Outcome};
use crate::parts::Parts;
use crate::secret::SecretString;
use crate::telemetry;
use secrecy::ExposeSecret;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::timeout;

/// The refresh, as a task of its own: a cancelled caller cancels nothing.
pub(super) struct Flight {
    pub(super) cell: Arc<TokenCell>,
    pub(super) previous: Option<Arc<Issued>>,
    pub(super) epoch: u64,
    pub(super) sender: watch::Sender<Landing>,
    pub(super) landed: bool,
}

impl Flight {
    pub(super) async fn fly(mut self) {
        let result = fly(&self.cell, self.previous.take()).await;
        if consent::is_unsaved(&self.cell) {
            tokio::spawn(consent::rescue(Arc::clone(&self.cell)));
        }
        if result.is_err() {
            telemetry::no_token();
        }
        let result = self.cell.land(result, self.epoch);
        self.landed = true;
        let _ = self.sender.send(Some(result));
    }
}

/// However the task ends, the cell hears of it; then the sender drops, and whoever waits looks again.
impl Drop for Flight {
    fn drop(&mut self) {
        if !self.landed {
            self.cell.died();
        }
    }
}

async fn fly(cell: &TokenCell, previous: Option<Arc<Issued>>) -> Result<Issued, Failed> {
    let credentials = read_credentials(cell).await?;
    // A pair that belongs to another credential is of no use to this one.
    let previous = previous.filter(|issued| issued.credential.expose_secret() == credentials.id());
    match &cell.core.settings.token_store {
        None => fetch(cell, credentials, previous.and_then(|issued| issued.refresh.clone())).await,
        Some(store) => shared::fly(cell, store.as_ref(), credentials, previous).await,
    }
}

pub(super) async fn read_credentials(cell: &TokenCell) -> Result<Credentials, Failed> {
    let error = Error::new(Kind::Credentials, Outcome::NotDone, "token");
    // A source that hangs must not hang every later call with it.
    match timeout(cell.core.settings.token_timeout(), cell.source.credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        Ok(Err(cause)) => Err(Failed::transient(error.message("the credential source failed").with_source(cause))),
        Err(_) => Err(Failed::transient(error.message("the credential source did not answer in time"))),
    }
}

/// The token calls themselves.
pub(super) async fn fetch(
    cell: &TokenCell,
    credentials: Credentials,
    refresh: Option<SecretString>,
) -> Result<Issued, Failed> {
    match renew(cell, &credentials, refresh).await? {
        Some(issued) => Ok(issued),
        None => log_in(cell, credentials).await,
    }
}

/// With the refresh token; `None` where there is none, or where it was refused.
pub(super) async fn renew(
    cell: &TokenCell,
    credentials: &Credentials,
    refresh: Option<SecretString>,
) -> Result<Option<Issued>, Failed> {
    if let Some(refresh) = refresh
        && let Some(parts) = cell.grant.refresh(credentials, &refresh)
    {
        match refresh_as(cell, credentials, parts, &refresh).await {
            // Where no new refresh token comes, the old one stays valid.
            Ok(mut issued) => {
                issued.refresh.get_or_insert(refresh);
                return Ok(Some(issued));
            }
            // A refused refresh token falls back to the credentials; a broken server would refuse those too, and a client
            // that is refused itself has learnt nothing about its refresh token.
            Err(failed) if !failed.refused || failed.client => return Err(failed),
            Err(_) => {}
        }
    }
    Ok(None)
}

/// With the credentials that were read; if the client itself is refused, once more with those that replaced them meanwhile.
async fn refresh_as(
    cell: &TokenCell,
    credentials: &Credentials,
    parts: Parts,
    refresh: &SecretString,
) -> Result<Issued, Failed> {
    let failed = match ask(cell, GrantStep::Refresh, parts, credentials).await {
        Err(failed) if failed.client => failed,
        other => return other,
    };
    match read_credentials(cell).await {
        // A refresh token belongs to its client id.
        Ok(fresh) if fresh.differs(credentials) && fresh.id() == credentials.id() => {
            match cell.grant.refresh(&fresh, refresh) {
                Some(parts) => ask(cell, GrantStep::Refresh, parts, &fresh).await,
                None => Err(failed),
            }
        }
        _ => Err(failed),
    }
}

pub(super) async fn log_in(cell: &TokenCell, credentials: Credentials) -> Result<Issued, Failed> {
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
        None => Err(consent_required()),
    }
}

/// A token of the caller's own. Its source may be slow or broken, which says nothing of the provider.
async fn brought(cell: &TokenCell, own: OwnTokens<'_>, credentials: &Credentials) -> Result<Issued, Failed> {
    const SOURCE: &str = "token_source";
    let (asked, asked_wall) = (cell.core.clock.now(), cell.core.clock.wall());
    let error = Error::new(Kind::Token, Outcome::NotDone, "token");
    let issued = match timeout(cell.core.settings.token_timeout(), own).await {
        Ok(Ok(tokens)) => issue(cell, tokens, credentials, asked, asked_wall),
        Ok(Err(cause)) => Err(error.message("the token source failed").with_source(cause)),
        Err(_) => Err(error.message("the token source did not answer in time")),
    };
    telemetry::token_call(cell.core.provider.name(), SOURCE, None, if issued.is_ok() { "ok" } else { "transient" });
    issued.map_err(Failed::transient)
}

pub(super) fn consent_required() -> Failed {
    let error = Error::new(Kind::ConsentRequired, Outcome::NotDone, "token")
        .advice("send the user through the provider's consent page again");
    Failed::refused(error)
}

async fn ask(cell: &TokenCell, step: GrantStep, parts: Parts, credentials: &Credentials) -> Result<Issued, Failed> {
    let Asked { tokens, at, wall } = token_call(&cell.core, cell.grant.as_ref(), step, parts).await?;
    issue(cell, tokens, credentials, at, wall).map_err(Failed::transient)
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
