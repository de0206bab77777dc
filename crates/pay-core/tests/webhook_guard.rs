//! The replay guard: what `once` does with it, and that the conformance suite finds every broken rule.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use async_trait::async_trait;
use pay_core::webhook::conformance::replay_guard;
use pay_core::webhook::{Claim, Claimed, Committed, EventKey, GuardError, MemoryGuard, Once, ReplayGuard, once};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(30);

fn key() -> EventKey {
    EventKey::new("test", &["C-1", "SUCCESSFUL"])
}

#[derive(Debug, PartialEq)]
enum Failed {
    Effect,
    Guard,
}

impl From<GuardError> for Failed {
    fn from(_: GuardError) -> Self {
        Self::Guard
    }
}

#[tokio::test(start_paused = true)]
async fn one_delivery_acts_and_a_failed_one_lets_the_next_act() {
    let guard = MemoryGuard::new(10);
    let failed = once(&guard, &key(), LEASE, || async { Err::<(), _>(Failed::Effect) }).await;
    assert_eq!(failed, Err(Failed::Effect));
    assert_eq!(once(&guard, &key(), LEASE, || async { Ok::<_, Failed>(7) }).await, Ok(Once::Acted(7)));
    let again = once(&guard, &key(), LEASE, || async { panic!("a second effect") }).await;
    assert_eq!(again, Ok::<Once<()>, Failed>(Once::DoneBefore));
}

#[tokio::test(start_paused = true)]
async fn an_effect_that_outlives_its_lease_says_so_and_a_dropped_one_frees_the_event_in_time() {
    let (guard, key) = (MemoryGuard::new(10), key());
    let slow = once(&guard, &key, LEASE, || async {
        tokio::time::sleep(2 * LEASE).await;
        Ok::<_, Failed>(())
    });
    assert_eq!(slow.await, Ok(Once::ActedLate(())));
    let never = once(&guard, &key, LEASE, std::future::pending::<Result<(), Failed>>);
    assert!(tokio::time::timeout(LEASE / 2, never).await.is_err());
    let act = || once(&guard, &key, LEASE, || async { Ok::<_, Failed>(()) });
    assert_eq!(act().await, Ok(Once::Held));
    tokio::time::sleep(LEASE / 2).await;
    assert_eq!(act().await, Ok(Once::Acted(())));
}

#[tokio::test(start_paused = true)]
async fn where_the_guard_does_not_answer_nothing_is_done() {
    let acted = AtomicUsize::new(0);
    let effect = || async {
        acted.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Failed>(())
    };
    assert_eq!(once(&Crooked::new("claim fails"), &key(), LEASE, effect).await, Err(Failed::Guard));
    assert_eq!(acted.load(Ordering::Relaxed), 0);
}

/// A guard with one rule broken, named by `fault`.
struct Crooked {
    fault: &'static str,
    events: Mutex<HashMap<EventKey, (u64, tokio::time::Instant, bool)>>,
}

impl Crooked {
    fn new(fault: &'static str) -> Self {
        Self { fault, events: Mutex::default() }
    }

    fn folded(&self, key: &EventKey) -> EventKey {
        match self.fault {
            "keys fold case" => EventKey::new("", &[&key.as_str().to_lowercase()]),
            "keys are cut" => EventKey::new("", &[&key.as_str().chars().take(255).collect::<String>()]),
            _ => key.clone(),
        }
    }
}

#[async_trait]
impl ReplayGuard for Crooked {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claimed, GuardError> {
        if self.fault == "claim fails" {
            return Err(GuardError("no answer".into()));
        }
        let now = tokio::time::Instant::now();
        let found = self.events.lock().unwrap().get(&self.folded(key)).copied();
        match found {
            Some((_, until, true)) if self.fault != "done ends" || now < until => return Ok(Claimed::Done),
            Some(_) if self.fault == "claims are shared" => {}
            Some((_, until, false)) if now < until || self.fault == "claims never end" => return Ok(Claimed::Held),
            _ => {}
        }
        if self.fault == "looks, then writes" {
            tokio::task::yield_now().await;
        }
        let claim = Claim::with_nonce(key.clone(), if self.fault == "one nonce" { 1 } else { fastrand::u64(..) });
        self.events.lock().unwrap().insert(self.folded(key), (claim.nonce, now + lease, false));
        Ok(Claimed::Yes(claim))
    }

    async fn commit(&self, claim: &Claim) -> Result<Committed, GuardError> {
        let now = tokio::time::Instant::now();
        let mut events = self.events.lock().unwrap();
        let Some((nonce, until, done)) = events.get_mut(&self.folded(&claim.key)) else { return Ok(Committed::Lost) };
        let ours = *nonce == claim.nonce || self.fault == "any commit counts";
        let holds = ours && (now < *until || self.fault == "late commits count");
        if !holds || (*done && self.fault != "commits repeat") {
            return Ok(Committed::Lost);
        }
        *done = true;
        Ok(Committed::Yes)
    }

    async fn release(&self, claim: &Claim) -> Result<(), GuardError> {
        let mut events = self.events.lock().unwrap();
        let key = self.folded(&claim.key);
        let remove = match events.get(&key) {
            Some((_, _, true)) => self.fault == "done is given back",
            Some((nonce, _, false)) => *nonce == claim.nonce || self.fault == "anybody releases",
            None => false,
        };
        if remove && self.fault != "nothing is released" {
            events.remove(&key);
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_suite_passes_a_good_guard_and_finds_each_broken_rule() {
    replay_guard(&Crooked::new("none"), tokio::time::sleep).await.unwrap();
    let faults = [
        ("done ends", "what is done does not end with the lease"),
        ("claims never end", "an expired claim is free"),
        ("claims are shared", "a held claim is not given twice"),
        ("looks, then writes", "of many claims at once exactly one is given"),
        ("one nonce", "two claims of one event have two nonces"),
        ("any commit counts", "a released claim cannot commit"),
        ("late commits count", "an expired claim cannot commit"),
        ("commits repeat", "a used claim cannot commit again"),
        ("done is given back", "what is done cannot be given back"),
        ("anybody releases", "an old claim does not release a newer one"),
        ("nothing is released", "a free claim was not given"),
        ("keys fold case", "a claim holds for its event alone"),
        ("keys are cut", "a claim holds for its event alone"),
    ];
    for (fault, broken) in faults {
        let found = replay_guard(&Crooked::new(fault), tokio::time::sleep).await;
        assert!(found.as_ref().is_err_and(|text| text.contains(broken)), "{fault}: {found:?}");
    }
}
