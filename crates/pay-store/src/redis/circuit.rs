//! An outage is told once, and costs one wait at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// While Redis is down it is asked this often.
const PAUSE: Duration = Duration::from_secs(5);

/// Closed while Redis answers; open for a pause after it did not.
#[derive(Default)]
pub(crate) struct Circuit {
    /// Never held across an await.
    open_until: Mutex<Option<Instant>>,
}

impl Circuit {
    fn state(&self) -> MutexGuard<'_, Option<Instant>> {
        self.open_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether Redis is worth asking: of all callers one per pause, while it is down.
    pub(crate) fn may_ask(&self) -> bool {
        let mut state = self.state();
        match *state {
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                *state = Some(Instant::now() + PAUSE);
                true
            }
            None => true,
        }
    }

    /// Whether an outage was told, and its end not yet.
    pub(crate) fn is_open(&self) -> bool {
        self.state().is_some()
    }

    /// It answered.
    pub(crate) fn answered(&self) {
        if self.state().take().is_some() {
            tracing::info!(name: "pay.store.redis.back", "pay.store.redis.back");
        }
    }

    /// It did not; told once per outage.
    pub(crate) fn failed(&self, why: &str) {
        let was = self.state().replace(Instant::now() + PAUSE);
        if was.is_none() {
            tracing::warn!(name: "pay.store.redis.down", error = why, "pay.store.redis.down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_question_per_pause_until_it_answers() {
        let circuit = Circuit::default();
        assert!(circuit.may_ask() && circuit.may_ask());
        circuit.failed("refused");
        assert!(!circuit.may_ask());
        tokio::time::sleep(PAUSE).await;
        assert!(circuit.may_ask(), "one looks whether it is back");
        assert!(!circuit.may_ask(), "and the others do not wait for it");
        circuit.answered();
        assert!(circuit.may_ask() && circuit.may_ask());
    }
}
