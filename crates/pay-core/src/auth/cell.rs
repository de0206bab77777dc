//! The token cell: hands out the token that is held, and starts or joins the one refresh.

use super::flight::{self, Flight};
use super::source::{CredentialSource, Grant};
use super::state::{Held, State, Step, decide};
use super::store::Claim;
use super::token_call::Failed;
use crate::engine::Core;
use crate::error::{Error, Kind, Outcome};
use crate::provider::Lease;
use crate::retry::Pacer;
use crate::secret::SecretString;
use crate::telemetry;
use arc_swap::ArcSwap;
use http::HeaderValue;
use secrecy::ExposeSecret;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument;
use zeroize::Zeroizing;

/// A token that was given out, and what came with it.
pub(crate) struct Issued {
    pub(crate) held: Held,
    pub(crate) token: SecretString,
    pub(crate) refresh: Option<SecretString>,
    pub(crate) expires_at: Option<SystemTime>,
    /// The credential that it belongs to: a refresh token is never used with another.
    pub(crate) credential: SecretString,
    pub(crate) extra: Vec<(String, SecretString)>,
    /// What a shared store calls this pair; 0 for one that it does not have.
    pub(crate) stored_generation: u64,
}

/// What every caller reads, without a lock.
struct Snapshot {
    quiet_until: Instant,
    generation: u64,
    header: Zeroizing<Vec<u8>>,
    issued: Option<Arc<Issued>>,
    /// While the token is gone and a refresh has failed: the shared error, until then.
    cool: Option<(Instant, Error)>,
}

/// What a call takes along: the header's bytes, copied, and whose they are.
pub(crate) struct Ticket {
    pub(crate) value: HeaderValue,
    pub(crate) generation: u64,
}

pub(super) type Landing = Option<Result<Arc<Issued>, Error>>;

#[derive(Default)]
struct Inner {
    held: Option<Held>,
    issued: Option<Arc<Issued>>,
    flight: Option<watch::Receiver<Landing>>,
    cool: Option<(Instant, Error)>,
    failures: u32,
    generation: u64,
    /// Counts what came from outside (a new consent, a farewell): a refresh that began before has nothing to say about it.
    epoch: u64,
}

impl Inner {
    fn state(&self) -> State {
        State {
            held: self.held,
            flying: self.flight.is_some(),
            cool_until: self.cool.as_ref().map(|(until, _)| *until),
        }
    }
}

/// One account's token.
pub(crate) struct TokenCell {
    snapshot: ArcSwap<Snapshot>,
    /// Never held across an await: every use is in a function that is not async.
    inner: Mutex<Inner>,
    /// A pair that the store could not take, with the claim that it was made under: saved before anything else is asked.
    pub(super) unsaved: Mutex<Option<(Claim, Issued)>>,
    /// A task offers it to the store.
    pub(super) rescuing: AtomicBool,
    pub(super) core: Arc<Core>,
    pub(super) grant: Arc<dyn Grant>,
    pub(super) source: Arc<dyn CredentialSource>,
    pub(super) user: Option<String>,
    pub(crate) pacer: Pacer,
}

impl TokenCell {
    pub(crate) fn new(
        core: Arc<Core>,
        grant: Arc<dyn Grant>,
        source: Arc<dyn CredentialSource>,
        user: Option<String>,
    ) -> Arc<Self> {
        let nothing = Snapshot {
            quiet_until: core.clock.now(),
            generation: 0,
            header: Zeroizing::default(),
            issued: None,
            cool: None,
        };
        Arc::new(Self {
            snapshot: ArcSwap::from_pointee(nothing),
            inner: Mutex::default(),
            unsaved: Mutex::default(),
            rescuing: AtomicBool::new(false),
            core,
            grant,
            source,
            user,
            pacer: Pacer::default(),
        })
    }

    /// The hot path: a fresh token is borrowed from the snapshot and its header copied; nothing shared is written.
    pub(crate) fn fresh(&self, now: Instant) -> Option<Result<Ticket, Error>> {
        let snapshot = self.snapshot.load();
        if now < snapshot.quiet_until && snapshot.issued.is_some() {
            return ticket(&snapshot.header, snapshot.generation).map(Ok);
        }
        let (until, error) = snapshot.cool.as_ref()?;
        (now < *until).then(|| Err(error.clone().with_retry_after(Some(*until - now))))
    }

    /// The header of a fresh token, shown to `read` where it lies: nothing is copied. Gives `read` back where none is fresh.
    pub(crate) fn with_fresh<R, F: FnOnce(&[u8]) -> R>(&self, read: F) -> Result<R, F> {
        let now = self.core.clock.now();
        let snapshot = self.snapshot.load();
        if now < snapshot.quiet_until && snapshot.issued.is_some() { Ok(read(&snapshot.header)) } else { Err(read) }
    }

    /// The same for a caller who wants the token itself.
    pub(crate) fn fresh_lease(&self) -> Option<Lease> {
        let now = self.core.clock.now();
        let snapshot = self.snapshot.load();
        snapshot.issued.as_deref().filter(|_| now < snapshot.quiet_until).map(Self::lease)
    }

    /// A token for a call: the one that is held, or the result of the refresh. `keep` adds it for the answer: later it may
    /// have been replaced.
    pub(crate) async fn ticket(self: &Arc<Self>, keep: bool) -> Result<(Ticket, Option<Lease>), Error> {
        let issued = self.issued().await?;
        let ticket = ticket(&self.header(&issued.token), issued.held.generation).ok_or_else(|| {
            Error::new(Kind::Token, Outcome::NotDone, "token").message("the token cannot stand in a header")
        })?;
        Ok((ticket, keep.then(|| Self::lease(&issued))))
    }

    /// The token with all that came with it.
    pub(crate) async fn issued(self: &Arc<Self>) -> Result<Arc<Issued>, Error> {
        for _ in 0..3 {
            let mut landing = match self.step() {
                Next::Held(issued) => return Ok(issued),
                Next::Failed(error) => return Err(error),
                Next::Wait(landing) => landing,
            };
            if let Ok(landed) = landing.wait_for(Option::is_some).await
                && let Some(result) = landed.clone()
            {
                return result;
            }
            // The flight died without an answer: start or join the next.
        }
        Err(self.stopped())
    }

    /// A refresh that dies every time must not be started again by every call.
    fn stopped(&self) -> Error {
        let failed = Failed::stopped();
        let error = failed.error.clone();
        let mut inner = self.lock();
        let now = self.core.clock.now();
        if let Some((until, error)) = inner.cool.as_ref().filter(|(until, _)| now < *until) {
            return error.clone().with_retry_after(Some(*until - now));
        }
        let wait = self.cool_down(&mut inner, &failed, now);
        self.publish(&inner);
        error.with_retry_after(Some(wait))
    }

    /// A refresh ended without an answer (panic, dying runtime). With no token it is no failure: who waits starts the next.
    /// With one that is still good nobody waits, so the next early refresh comes after a cool-down, not with every call.
    pub(super) fn died(&self) {
        let now = self.core.clock.now();
        let mut inner = self.lock();
        inner.flight = None;
        if let Some(held) = inner.held.filter(|held| held.usable(now)) {
            self.cool_down(&mut inner, &Failed::stopped(), now);
            // No later than the token's end: from then on callers need the next refresh.
            if let (Some((until, _)), Some(hard)) = (&mut inner.cool, held.hard_at) {
                *until = hard.min(*until);
            }
        }
        self.publish(&inner);
    }

    pub(crate) fn lease(issued: &Issued) -> Lease {
        Lease { token: issued.token.clone(), generation: issued.held.generation, expires_at: issued.expires_at }
    }

    /// The provider refused this generation. Answers whether a replay makes sense: not when the token is so new that a
    /// log-in would only give another of the same.
    pub(crate) fn revoke(&self, generation: u64) -> bool {
        const NEW: Duration = Duration::from_secs(30);
        let (now, wall) = (self.core.clock.now(), self.core.clock.wall());
        let mut inner = self.lock();
        let Some(held) = &mut inner.held else { return true };
        if held.generation != generation || held.revoked {
            return true;
        }
        if held.age(now, wall) < NEW {
            return false;
        }
        held.revoked = true;
        self.publish(&inner);
        true
    }

    fn step(self: &Arc<Self>) -> Next {
        let now = self.core.clock.now();
        let mut launch = None;
        let mut inner = self.lock();
        let step = decide(&inner.state(), now);
        let next = match (step, &inner.issued, &inner.flight, &inner.cool) {
            (Step::Use, Some(issued), ..) => Next::Held(Arc::clone(issued)),
            (Step::UseAndRefresh, Some(issued), ..) => {
                let issued = Arc::clone(issued);
                launch = Some(self.launch(&mut inner).0);
                Next::Held(issued)
            }
            (Step::Join, _, Some(landing), _) => Next::Wait(landing.clone()),
            (Step::Cool, _, _, Some((until, error))) => {
                Next::Failed(error.clone().with_retry_after(Some(until.saturating_duration_since(now))))
            }
            // The other steps name what is not there: not reached, as `held` is set with `issued`.
            _ => {
                let (flight, landing) = self.launch(&mut inner);
                launch = Some(flight);
                Next::Wait(landing)
            }
        };
        drop(inner);
        if let Some(flight) = launch {
            // Not under the lock: a dying runtime drops the task here and now, and its end takes the lock.
            tokio::spawn(flight.fly().instrument(telemetry::token_span(self.core.provider.name())));
        }
        next
    }

    fn launch(self: &Arc<Self>, inner: &mut Inner) -> (Flight, watch::Receiver<Landing>) {
        let (sender, landing) = watch::channel(None);
        inner.flight = Some(landing.clone());
        self.publish(inner);
        let flight = Flight {
            cell: Arc::clone(self),
            previous: inner.issued.clone(),
            epoch: inner.epoch,
            sender,
            landed: false,
        };
        (flight, landing)
    }

    /// Takes in a pair that came by a user's consent, or, with `None`, lets go of the one that is held.
    pub(super) fn start_over(&self, issued: Option<Issued>) {
        let mut inner = self.lock();
        inner.epoch += 1;
        inner.generation += 1;
        let generation = inner.generation;
        inner.issued = issued.map(|mut issued| {
            issued.held.generation = generation;
            Arc::new(issued)
        });
        inner.held = inner.issued.as_ref().map(|issued| issued.held);
        inner.cool = None;
        inner.failures = 0;
        self.publish(&inner);
    }

    /// Takes in what a refresh brought. A failure never replaces a token that is still good.
    pub(super) fn land(&self, result: Result<Issued, Failed>, epoch: u64) -> Result<Arc<Issued>, Error> {
        let now = self.core.clock.now();
        let mut inner = self.lock();
        inner.flight = None;
        if inner.epoch != epoch {
            // Meanwhile the user consented anew, or was forgotten: that counts.
            self.publish(&inner);
            return inner.issued.clone().ok_or_else(|| flight::consent_required().error);
        }
        let result = match result {
            Ok(mut issued) => {
                inner.generation += 1;
                issued.held.generation = inner.generation;
                let issued = Arc::new(issued);
                inner.held = Some(issued.held);
                inner.issued = Some(Arc::clone(&issued));
                inner.cool = None;
                inner.failures = 0;
                Ok(issued)
            }
            Err(failed) => {
                let wait = self.cool_down(&mut inner, &failed, now);
                Err(failed.error.with_retry_after(Some(wait)))
            }
        };
        self.publish(&inner);
        result
    }

    /// Nothing is asked again before the wait that it answers.
    fn cool_down(&self, inner: &mut Inner, failed: &Failed, now: Instant) -> Duration {
        // Just over half a minute: a wrong password then costs at most two log-ins in any minute.
        const REFUSED: Duration = Duration::from_secs(31);
        const LONGEST: Duration = Duration::from_secs(30);
        let doubled = Duration::from_secs(1).saturating_mul(1 << inner.failures.min(5)).min(LONGEST);
        let wait = if failed.refused {
            REFUSED
        } else {
            // A server may ask for more, but not for for ever.
            doubled.max(failed.wait.unwrap_or_default().min(Duration::from_secs(300)))
        };
        inner.failures = inner.failures.saturating_add(1);
        inner.cool = Some((now + wait, failed.error.clone()));
        telemetry::cool_down(self.core.provider.name(), wait, &failed.error);
        wait
    }

    fn publish(&self, inner: &Inner) {
        let now = self.core.clock.now();
        let state = inner.state();
        let usable = inner.held.filter(|held| !held.revoked);
        let snapshot = Snapshot {
            quiet_until: usable.map_or(now, |held| held.quiet_until(&state, now)),
            generation: usable.map_or(0, |held| held.generation),
            header: match &inner.issued {
                Some(issued) if usable.is_some() => self.header(&issued.token),
                _ => Zeroizing::default(),
            },
            issued: inner.issued.clone().filter(|_| usable.is_some()),
            // With a token that is still good, a failure is nobody's error.
            cool: inner.cool.clone().filter(|_| usable.is_none() && inner.flight.is_none()),
        };
        self.snapshot.store(Arc::new(snapshot));
    }

    fn header(&self, token: &SecretString) -> Zeroizing<Vec<u8>> {
        let prefix = self.core.token_header.prefix.as_bytes();
        let token = token.expose_secret().as_bytes();
        let mut bytes = Zeroizing::new(Vec::with_capacity(prefix.len() + token.len()));
        bytes.extend_from_slice(prefix);
        bytes.extend_from_slice(token);
        bytes
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Next {
    Held(Arc<Issued>),
    Wait(watch::Receiver<Landing>),
    Failed(Error),
}

fn ticket(header: &[u8], generation: u64) -> Option<Ticket> {
    let mut value = HeaderValue::from_bytes(header).ok()?;
    value.set_sensitive(true);
    Some(Ticket { value, generation })
}
