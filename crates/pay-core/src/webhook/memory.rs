//! The replay guard in one process's memory: for tests, and where a restart may repeat an effect.

use super::guard::{Claim, Claimed, Committed, EventKey, GuardError, ReplayGuard};
use async_trait::async_trait;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Remembers a bounded number of events in memory. A second process, or this one after a restart, remembers nothing.
pub struct MemoryGuard {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    events: HashMap<EventKey, Event>,
    /// What is done, oldest first: it goes when there is no more room.
    done: VecDeque<EventKey>,
}

enum Event {
    Claimed { nonce: u64, until: Instant },
    Done,
}

impl MemoryGuard {
    /// A guard that remembers at most so many events, at least one. The oldest that is done is forgotten first; a
    /// claim that holds never is.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets what may be forgotten, until one more fits.
    fn make_room(&mut self, most: usize, now: Instant) -> Result<(), GuardError> {
        if self.events.len() >= most {
            if let Some(oldest) = self.done.pop_front() {
                self.events.remove(&oldest);
            } else {
                self.events.retain(|_, event| !matches!(event, Event::Claimed { until, .. } if *until <= now));
            }
        }
        let full = self.events.len() >= most;
        if full { Err(GuardError(format!("all {most} events that fit are claimed"))) } else { Ok(()) }
    }

    fn holds(&self, claim: &Claim, now: Instant) -> bool {
        let event = self.events.get(&claim.key);
        matches!(event, Some(Event::Claimed { nonce, until }) if *nonce == claim.nonce && now < *until)
    }
}

#[async_trait]
impl ReplayGuard for MemoryGuard {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claimed, GuardError> {
        let now = Instant::now();
        let mut state = self.state();
        match state.events.get(key) {
            Some(Event::Done) => return Ok(Claimed::Done),
            Some(Event::Claimed { until, .. }) if now < *until => return Ok(Claimed::Held),
            Some(Event::Claimed { .. }) => {}
            None => state.make_room(self.most, now)?,
        }
        let claim = Claim::new(key.clone());
        // A lease without an end that the clock can hold is one for ever; a year is longer than any process waits.
        let until = now.checked_add(lease).unwrap_or(now + Duration::from_secs(365 * 24 * 3600));
        state.events.insert(key.clone(), Event::Claimed { nonce: claim.nonce, until });
        Ok(Claimed::Yes(claim))
    }

    async fn commit(&self, claim: &Claim) -> Result<Committed, GuardError> {
        let mut state = self.state();
        if !state.holds(claim, Instant::now()) {
            return Ok(Committed::Lost);
        }
        state.events.insert(claim.key.clone(), Event::Done);
        state.done.push_back(claim.key.clone());
        Ok(Committed::Yes)
    }

    async fn release(&self, claim: &Claim) -> Result<(), GuardError> {
        let mut state = self.state();
        if state.holds(claim, Instant::now()) {
            state.events.remove(&claim.key);
        }
        Ok(())
    }
}

impl fmt::Debug for MemoryGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryGuard").field("most", &self.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    fn key(name: usize) -> EventKey {
        EventKey::new("test", &[&name.to_string()])
    }

    async fn act(guard: &MemoryGuard, name: usize) -> Claimed {
        let claimed = guard.claim(&key(name), LEASE).await.unwrap();
        if let Claimed::Yes(claim) = &claimed {
            assert_eq!(guard.commit(claim).await.unwrap(), Committed::Yes);
        }
        claimed
    }

    #[tokio::test(start_paused = true)]
    async fn it_keeps_every_rule() {
        super::super::conformance::replay_guard(&MemoryGuard::new(1000), tokio::time::sleep).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_that_is_done_goes_first_and_a_claim_never() {
        let guard = MemoryGuard::new(3);
        let Claimed::Yes(held) = guard.claim(&key(0), LEASE).await.unwrap() else { panic!("free") };
        for name in 1..100 {
            assert!(matches!(act(&guard, name).await, Claimed::Yes(_)));
            assert_eq!(act(&guard, name).await, Claimed::Done);
            assert!(guard.state().events.len() <= 3 && guard.state().done.len() <= 3);
        }
        assert_eq!(guard.claim(&key(0), LEASE).await.unwrap(), Claimed::Held);
        assert_eq!(guard.commit(&held).await.unwrap(), Committed::Yes);
        assert!(matches!(act(&guard, 1).await, Claimed::Yes(_)), "the first was forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn full_of_claims_it_says_so_until_they_end() {
        let guard = MemoryGuard::new(2);
        for name in 0..2 {
            assert!(matches!(guard.claim(&key(name), LEASE).await.unwrap(), Claimed::Yes(_)));
        }
        assert!(guard.claim(&key(2), LEASE).await.unwrap_err().to_string().contains("all 2 events"));
        tokio::time::sleep(LEASE).await;
        assert!(matches!(guard.claim(&key(2), Duration::MAX).await.unwrap(), Claimed::Yes(_)));
        assert_eq!(guard.claim(&key(2), LEASE).await.unwrap(), Claimed::Held);
    }
}
