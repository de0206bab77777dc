//! The one engine: every call of every provider runs through `run`, and reading it gives the order of the layers.
//!
//! Write the parts → seal the body and freeze the bytes → per attempt: pace, lease a token, sign the frozen bytes, send →
//! judge → repeat or end. Decoding is the caller's last step, in `call`.

use crate::auth::{Access, Clock, CredentialSource, Grant, Outage, TokenCell};
use crate::base_url::BaseUrl;
use crate::builder::Settings;
use crate::error::{Error, Kind, Outcome};
use crate::journal::Entry;
use crate::outcome::{deadline, fault};
use crate::parts::{Frozen, Parts};
use crate::provider::{Auth, Failure, Lease, Operation, Provider, ToSign, TokenHeader, Verdict};
use crate::retry::{Attempted, Budget, Pacer, Pacing, Policy, Scope, next, retry_after};
use crate::telemetry;
use crate::track::Track;
use crate::urls::Urls;
use crate::wire::{Answer, Sending, Transport, WireRequest};
use http::HeaderMap;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span};

/// Runs the calls of one provider. Clones share connections, limits and the retry budget.
#[derive(Clone)]
pub struct Engine {
    pub(crate) core: Arc<Core>,
}

pub(crate) struct Core {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) base: BaseUrl,
    pub(crate) urls: Urls,
    pub(crate) transport: Transport,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    /// Limits that the provider counts by address.
    pub(crate) pacer: Pacer,
    pub(crate) token_header: TokenHeader,
    /// Whether an access of this engine belongs to a user of its credential.
    pub(crate) has_users: AtomicBool,
    pub(crate) outage: Outage,
    budget: Budget,
    host: Option<String>,
    port: Option<u16>,
}

impl Engine {
    /// An engine for one provider at one base URL. No network, no runtime needed.
    ///
    /// # Errors
    /// A configuration error that names the setting.
    pub fn new(provider: Arc<dyn Provider>, base: BaseUrl, settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        let mut user_agent = format!("{}-rust/{}", provider.name(), provider.version());
        if let Some(suffix) = &settings.user_agent_suffix {
            user_agent.push(' ');
            user_agent.push_str(suffix);
        }
        let transport = match &settings.transport {
            Some(transport) => transport.clone(),
            None => Transport::connect(&settings, &user_agent, base.is_plain())?,
        };
        let url = base.url();
        let core = Core {
            clock: Clock::new(settings.wall.clone()),
            token_header: provider.token_header(),
            pacer: Pacer::default(),
            has_users: AtomicBool::new(false),
            outage: Outage::default(),
            budget: Budget::new(),
            urls: Urls::default(),
            host: url.host_str().map(str::to_owned),
            port: url.port_or_known_default(),
            provider,
            base,
            transport,
            settings,
        };
        Ok(Self { core: Arc::new(core) })
    }

    /// An account of this engine: its credentials and, with a grant, its own token. `user` tells users of one credential apart.
    pub fn access(
        &self,
        source: Arc<dyn CredentialSource>,
        grant: Option<Arc<dyn Grant>>,
        user: Option<String>,
    ) -> Access {
        if user.is_some() {
            self.core.has_users.store(true, Ordering::Relaxed);
        }
        let cell = grant.map(|grant| TokenCell::new(Arc::clone(&self.core), grant, Arc::clone(&source), user));
        Access { source, cell }
    }

    /// The base URL.
    pub fn base_url(&self) -> &BaseUrl {
        &self.core.base
    }

    /// Wall time, as this client sees it.
    pub fn wall(&self) -> std::time::SystemTime {
        self.core.clock.wall()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("provider", &self.core.provider.name())
            .field("base_url", &self.core.base.as_str())
            .field("settings", &self.core.settings)
            .finish_non_exhaustive()
    }
}

/// Per-call options; what is not set comes from the client.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempts: Option<u32>,
    pub(crate) pacing: Option<Pacing>,
    /// The request holds card data: a journal keeps the intent alone.
    pub(crate) card: bool,
}

/// An accepted answer, and how many requests it took.
pub(crate) struct Ran {
    pub(crate) answer: Answer,
    pub(crate) attempts: u32,
    /// The intent in the journal, whose end is still to be written.
    pub(crate) entry: Option<Entry>,
}

/// What one attempt is sent with.
struct Ready {
    headers: HeaderMap,
    /// What is left of the call's time.
    left: Duration,
    generation: Option<u64>,
    /// For operations that keep their token in the answer.
    lease: Option<Lease>,
}

impl Core {
    /// When a call that starts now must have ended.
    pub(crate) fn end(&self, options: Options) -> Instant {
        // At most a day, as in the settings: a longer time could be more than the clock can hold.
        self.clock.now() + options.deadline.unwrap_or(self.settings.deadline).min(Duration::from_secs(24 * 3600))
    }

    /// Seals the body where the operation says so.
    pub(crate) async fn seal(&self, access: &Access, parts: &mut Parts, end: Instant) -> Result<(), Error> {
        if parts.seal && !parts.body.is_empty() {
            let name = |error: Error, parts: &Parts| {
                error.in_operation(parts.operation.name).with_reference(parts.reference.clone())
            };
            let credentials = self.credentials(access, parts.operation, end).await.map_err(|e| name(e, parts))?;
            let plain = std::mem::take(&mut *parts.body);
            parts.body = self.provider.seal(plain, &credentials).map_err(|e| name(e, parts))?.into();
        }
        Ok(())
    }

    /// Freezes the bytes: nothing changes them any more.
    pub(crate) fn freeze(&self, parts: Parts) -> Frozen {
        parts.freeze(&self.base, &self.urls)
    }

    /// Sends once. Token calls come here too.
    pub(crate) fn once(&self, frozen: &Frozen, headers: HeaderMap, timeout: Duration) -> Sending {
        let request = WireRequest {
            method: frozen.method.clone(),
            url: frozen.url.clone(),
            headers,
            body: frozen.body.clone(),
            timeout,
        };
        self.transport.send(request)
    }

    /// One call with all its attempts, inside its span and under the guard that reports a dropped money call. The span
    /// comes along, open: decoding can still fail.
    pub(crate) async fn run(
        &self,
        access: &Access,
        frozen: &Frozen,
        options: Options,
        end: Instant,
    ) -> Result<(Ran, Span), Error> {
        let operation = frozen.operation;
        let span =
            telemetry::call_span(self.provider.name(), operation, &frozen.method, self.host.as_deref(), self.port);
        let mut track =
            Track::new(&span, self.provider.name(), operation, frozen.reference.as_deref()).resent(frozen.resent);
        // Pinned here, so that wrapping it moves a pointer and not the whole future.
        let mut entry = None;
        let result =
            pin!(self.attempts(access, frozen, options, end, &mut track, &mut entry)).instrument(span.clone()).await;
        let sent = track.finish();
        let (result, entry) = match (result, entry) {
            (Err(error), Some(entry)) => (Err(entry.failed(error).await), None),
            both => both,
        };
        telemetry::ended(&span, sent, &result.as_ref().map(|ran| ran.answer.status));
        result.map(|ran| (Ran { entry, ..ran }, span))
    }

    async fn attempts(
        &self,
        access: &Access,
        frozen: &Frozen,
        options: Options,
        end: Instant,
        track: &mut Track<'_>,
        entry: &mut Option<Entry>,
    ) -> Result<Ran, Error> {
        let operation = frozen.operation;
        let (base, cap) = self.provider.backoff();
        let policy = Policy { attempts: options.attempts.unwrap_or(self.settings.attempts).max(1), base, cap };
        let mut replayed = false;
        let mut repeats = 0;
        loop {
            let ready = self.prepare_attempt(access, frozen, options, end, track.sent() > 0).await;
            let Ready { headers, left, generation, lease } =
                ready.map_err(|error| self.before_sending(error, frozen, track))?;

            // The last thing before the first byte: a call that cannot leave writes nothing.
            let left = match &self.settings.journal {
                Some(journal) if entry.is_none() && frozen.is_recorded() => {
                    *entry = Some(self.recorded(journal, access, frozen, options, end, track).await?);
                    end.saturating_duration_since(self.clock.now())
                }
                _ => left,
            };
            if left.is_zero() || entry.as_ref().is_some_and(|entry| entry.is_over(&self.clock)) {
                return Err(self.before_sending(deadline(operation, "before anything could be sent"), frozen, track));
            }
            track.sending();
            let sent = self.once(frozen, headers, left.min(self.settings.attempt_timeout)).await;
            let verdict = match &sent {
                Ok(answer) => self.provider.judge(operation, answer),
                Err(error) => Verdict::Fail(fault(error.fault)),
            };
            let status = sent.as_ref().ok().map(|answer| answer.status);

            let (failure, sent) = match (verdict, sent) {
                (Verdict::Accept, Ok(mut answer)) => {
                    telemetry::attempt(operation, track.sent(), status, "accepted");
                    track.answered(Outcome::NotDone);
                    self.budget.deposit(repeats);
                    answer.lease = lease;
                    return Ok(Ran { answer, attempts: track.sent(), entry: None });
                }
                (Verdict::TokenRefused(failure), sent) => {
                    telemetry::attempt(operation, track.sent(), status, "token refused");
                    track.answered(Outcome::NotDone);
                    // Nothing acted, so even a `never` call is replayed, once, with another token.
                    if !replayed && revoke(access, generation) {
                        replayed = true;
                        continue;
                    }
                    return Err(self.error(failure, sent, frozen, track));
                }
                (Verdict::Fail(failure), sent) => (failure, sent),
                // A judge sees answers only.
                (Verdict::Accept, error) => (Failure::new(Kind::Interrupted, Outcome::Unknown), error),
            };
            telemetry::attempt(operation, track.sent(), status, "failed");
            track.answered(failure.outcome);

            let wait =
                sent.as_ref().ok().and_then(|answer| retry_after(answer.header("retry-after")?, self.clock.wall()));
            let attempted = Attempted { outcome: failure.outcome, again: failure.again, wait };
            let made = track.sent() - u32::from(replayed);
            let left = end.saturating_duration_since(self.clock.now());
            let Some(delay) = next(policy, operation.repeat, attempted, made, left, self.settings.jitter) else {
                return Err(self.error(failure, sent, frozen, track));
            };
            if !self.budget.withdraw() {
                telemetry::budget_empty(operation);
                return Err(self.error(failure, sent, frozen, track));
            }
            repeats += 1;
            tokio::time::sleep(delay).await;
        }
    }

    /// Everything that comes before the bytes leave: pace, lease, sign.
    async fn prepare_attempt(
        &self,
        access: &Access,
        frozen: &Frozen,
        options: Options,
        end: Instant,
        repeat: bool,
    ) -> Result<Ready, Error> {
        let operation = frozen.operation;
        self.pace(access, operation, options, end, repeat).await?;
        // One look at the clock serves the token and the deadline, unless something was waited for in between.
        let mut now = self.clock.now();
        let mut headers = frozen.headers.to_map();
        let (mut generation, mut lease) = (None, None);
        if operation.auth == Auth::Token
            && let Some(cell) = &access.cell
        {
            let fresh = if operation.keep_token { None } else { cell.fresh(now) };
            let leased = match fresh {
                Some(fresh) => fresh.map(|ticket| (ticket, None)),
                None => {
                    // Boxed: it is rare, and would make the future of every call larger.
                    let leased = Box::pin(timeout_at(end, cell.ticket(operation.keep_token))).await;
                    now = self.clock.now();
                    leased.unwrap_or_else(|_| Err(deadline(operation, "while waiting for a token")))
                }
            };
            let (ticket, kept) = leased.map_err(|error| error.in_operation(operation.name))?;
            lease = kept;
            headers.insert(self.token_header.name.clone(), ticket.value);
            generation = Some(ticket.generation);
        }
        if frozen.sign {
            let credentials = self.credentials(access, operation, end).await?;
            now = self.clock.now();
            let to_sign = ToSign {
                method: &frozen.method,
                path_and_query: frozen.path_and_query(),
                body: &frozen.body,
                now: self.clock.wall(),
            };
            self.provider
                .sign(&to_sign, &credentials, &mut headers)
                .map_err(|error| error.in_operation(operation.name))?;
        }
        let left = end.saturating_duration_since(now);
        Ok(Ready { headers, left, generation, lease })
    }

    async fn pace(
        &self,
        access: &Access,
        operation: &'static Operation,
        options: Options,
        end: Instant,
        repeat: bool,
    ) -> Result<(), Error> {
        let pacing = options.pacing.unwrap_or(self.settings.pacing);
        let Some(limit) = operation.limit.filter(|_| pacing != Pacing::Off) else {
            return Ok(());
        };
        let pacer = match (limit.scope, &access.cell) {
            (Scope::Token, Some(cell)) => &cell.pacer,
            _ => &self.pacer,
        };
        loop {
            let now = self.clock.now();
            let Err(wait) = pacer.take(limit, now) else {
                return Ok(());
            };
            // A repeat waits for its turn: the caller is better served by an answer than by `Unknown`.
            if (pacing == Pacing::Refuse && !repeat) || now + wait >= end {
                return Err(Error::new(Kind::Paced, Outcome::NotDone, operation.name)
                    .message(limit.name)
                    .with_retry_after(Some(wait))
                    .advice("start it again after the wait, or let calls wait with `.pacing(Pacing::Wait)` and a deadline that is long enough"));
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn credentials(
        &self,
        access: &Access,
        operation: &'static Operation,
        end: Instant,
    ) -> Result<crate::auth::Credentials, Error> {
        match timeout_at(end, access.source.credentials()).await {
            Ok(credentials) => credentials.map_err(|error| {
                Error::new(Kind::Credentials, Outcome::NotDone, operation.name)
                    .message("the credential source failed")
                    .with_source(error)
            }),
            Err(_) => Err(deadline(operation, "while reading credentials")),
        }
    }
}

fn revoke(access: &Access, generation: Option<u64>) -> bool {
    match (&access.cell, generation) {
        (Some(cell), Some(generation)) => cell.revoke(generation),
        _ => false,
    }
}
