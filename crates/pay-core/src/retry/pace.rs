//! Pacing to documented limits: at most so many requests in any window, counted before anything is sent.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A documented rate limit.
#[derive(Debug)]
pub struct Limit {
    /// What it is called in messages, such as `POST /purchase`.
    pub name: &'static str,
    /// Requests allowed in the window.
    pub max: usize,
    /// The window.
    pub per: Duration,
    /// What the provider counts by.
    pub scope: Scope,
}

/// What a provider counts requests by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The caller's address: shared by all accounts of a client.
    Address,
    /// The token: each account has its own.
    Token,
}

/// What happens to a call that is over a documented limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pacing {
    /// It fails locally with `Kind::Paced` and the wait: nothing was sent.
    #[default]
    Refuse,
    /// It waits for its turn, within its deadline.
    Wait,
    /// Limits are not counted here; the provider's own answer decides.
    Off,
}

/// The requests of the last window, per limit.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    windows: Mutex<HashMap<&'static str, VecDeque<Instant>>>,
}

impl Pacer {
    /// Takes a place in the window, or says how long to wait for one.
    ///
    /// A sliding window never exceeds the limit however the provider counts: fixed windows or a bucket.
    pub(crate) fn take(&self, limit: &'static Limit, now: Instant) -> Result<(), Duration> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(limit.name).or_default();
        while window.front().is_some_and(|first| now.duration_since(*first) >= limit.per) {
            window.pop_front();
        }
        if window.len() < limit.max {
            window.push_back(now);
            return Ok(());
        }
        let first = window.front().copied().unwrap_or(now);
        Err(limit.per.saturating_sub(now.duration_since(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TEN: Limit = Limit { name: "POST /purchase", max: 10, per: Duration::from_secs(60), scope: Scope::Token };

    #[test]
    fn a_window_holds_its_maximum_and_tells_the_wait() {
        let pacer = Pacer::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        for second in 0..10 {
            assert!(pacer.take(&TEN, at(second)).is_ok());
        }
        assert_eq!(pacer.take(&TEN, at(20)), Err(Duration::from_secs(40)));
        assert!(pacer.take(&TEN, at(60)).is_ok());
        assert_eq!(pacer.take(&TEN, at(60)), Err(Duration::from_secs(1)));
    }
}
