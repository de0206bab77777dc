//! One token call: what is sent once, without a token of its own, and what its answer means.

use super::source::{Grant, GrantStep, Tokens};
use crate::engine::{Core, Engine};
use crate::error::{Error, Kind, Outcome};
use crate::parts::Parts;
use crate::provider::Repeat;
use crate::retry::{Attempted, Pacing, Policy, next};
use crate::telemetry;
use crate::wire::{Answer, Fault};
use bytes::Bytes;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use tracing::Instrument;
use zeroize::Zeroizing;

/// A token call, or a whole refresh, that brought nothing.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: Error,
    /// The server said no; everything else is transient.
    pub(super) refused: bool,
    /// To the client itself, not to its refresh token.
    pub(super) client: bool,
    /// No connection could be made: whatever was to be used up is not.
    unsent: bool,
    pub(super) wait: Option<Duration>,
}

impl Failed {
    pub(super) fn transient(error: Error) -> Self {
        Self { wait: error.retry_after(), error, refused: false, client: false, unsent: false }
    }

    /// Final until something else changes.
    pub(super) fn refused(error: Error) -> Self {
        Self { error, refused: true, client: false, unsent: false, wait: None }
    }

    /// A task that ended without an answer, which says nothing of the provider.
    pub(super) fn stopped() -> Self {
        Self::transient(
            Error::new(Kind::Token, Outcome::NotDone, "token").message("the refresh was stopped without an answer"),
        )
    }
}

/// Tokens, and when they were asked for.
pub(super) struct Asked {
    pub(super) tokens: Tokens,
    pub(super) at: Instant,
    pub(super) wall: SystemTime,
}

/// One token call, of a cell or of a code that starts one.
pub(super) async fn token_call(
    core: &Core,
    grant: &dyn Grant,
    step: GrantStep,
    mut parts: Parts,
) -> Result<Asked, Failed> {
    let operation = parts.operation.name;
    pace(core, step, operation).await?;
    if let Some(error) = parts.take_mistake() {
        return Err(Failed::refused(error));
    }
    let mut frozen = parts.freeze(&core.base, &core.urls);
    // It holds the password or the refresh token: wiped when its last reader drops it.
    frozen.body = Bytes::from_owner(Zeroizing::new(Vec::from(frozen.body)));
    let (at, wall) = (core.clock.now(), core.clock.wall());
    let failed = |kind| Error::new(kind, Outcome::NotDone, operation);
    let answer = match core.once(&frozen, frozen.headers.to_map(), core.settings.token_timeout()).await {
        Ok(answer) => answer,
        Err(error) => {
            let text = match error.fault {
                Fault::NotSent => "the token endpoint cannot be reached",
                Fault::Timeout => "the token endpoint did not answer in time",
                Fault::Interrupted => "the connection to the token endpoint broke",
                Fault::TooLarge => "the token endpoint's answer is too large",
            };
            telemetry::token_call(core.provider.name(), operation, None, "transient");
            let told = failed(Kind::Token).message(text).with_source(crate::outcome::Cause(error.source));
            return Err(Failed { unsent: error.fault == Fault::NotSent, ..Failed::transient(told) });
        }
    };
    match grant.read(step, &answer) {
        Ok(tokens) => {
            telemetry::token_call(core.provider.name(), operation, Some(answer.status), "ok");
            Ok(Asked { tokens, at, wall })
        }
        Err(failure) => {
            telemetry::token_call(
                core.provider.name(),
                operation,
                Some(answer.status),
                if failure.refused { "refused" } else { "transient" },
            );
            let usual = if failure.refused { Kind::Login } else { Kind::Token };
            let mut error = failed(failure.kind.unwrap_or(usual))
                .message(failure.message)
                .with_provider(failure.code, failure.text)
                // Never the body as it came: a token reply may hold a token.
                .with_answer(answer.status, core.provider.request_id(&answer), failure.body)
                .with_retry_after(retry_after(core, &answer));
            if let Some(advice) = failure.advice {
                error = error.advice(advice);
            }
            let wait = error.retry_after();
            Err(Failed { error, refused: failure.refused, client: failure.client, unsent: false, wait })
        }
    }
}

impl Engine {
    /// A token call outside of any cell: a grant that is used once, such as an authorization code. Sent once; it is tried again only
    /// where no connection could be made.
    ///
    /// # Errors
    /// `Kind::Login` where the server said no, else `Kind::Token`, or what the grant says; the outcome is always `NotDone`: no money moves here.
    pub async fn token_call(&self, grant: &dyn Grant, step: GrantStep, parts: Parts) -> Result<Tokens, Error> {
        let asked = async {
            let asked = self.until_sent(grant, step, parts).await;
            if asked.is_err() {
                telemetry::no_token();
            }
            asked
        };
        match asked.instrument(telemetry::token_span(self.core.provider.name())).await {
            Ok(asked) => Ok(asked.tokens),
            Err(failed) => Err(failed.error),
        }
    }

    async fn until_sent(&self, grant: &dyn Grant, step: GrantStep, parts: Parts) -> Result<Asked, Failed> {
        let core = &self.core;
        let (base, cap) = core.provider.backoff();
        let policy = Policy { attempts: core.settings.attempts, base, cap };
        let unsent = Attempted { outcome: Outcome::NotDone, again: true, wait: None };
        let end = core.clock.now() + core.settings.token_timeout();
        for made in 1.. {
            let failed = match token_call(core, grant, step, parts.clone()).await {
                Err(failed) if failed.unsent => failed,
                other => return other,
            };
            let left = end.saturating_duration_since(core.clock.now());
            match next(policy, Repeat::Never, unsent, made, left, core.settings.jitter) {
                Some(delay) => tokio::time::sleep(delay).await,
                None => return Err(failed),
            }
        }
        Err(Failed::stopped())
    }
}

/// Token calls keep the provider's documented limits too: they count per address, so all accounts share them.
async fn pace(core: &Core, step: GrantStep, operation: &'static str) -> Result<(), Failed> {
    let Some(limit) = core.provider.token_limit(step).filter(|_| core.settings.pacing != Pacing::Off) else {
        return Ok(());
    };
    while let Err(wait) = core.pacer.take(limit, core.clock.now()) {
        if core.settings.pacing == Pacing::Refuse {
            let error =
                Error::new(Kind::Paced, Outcome::NotDone, operation).message(limit.name).with_retry_after(Some(wait));
            return Err(Failed::transient(error));
        }
        tokio::time::sleep(wait).await;
    }
    Ok(())
}

fn retry_after(core: &Core, answer: &Answer) -> Option<Duration> {
    crate::retry::retry_after(answer.header("retry-after")?, core.clock.wall())
}
