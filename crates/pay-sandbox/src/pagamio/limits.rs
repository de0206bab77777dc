//! The documented rate limits, in windows of one minute on the sandbox clock.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// What is limited: which rule, and for whom.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Limited {
    Token(String),
    Refresh(String),
    Purchase(String),
}

const WINDOW: Duration = Duration::from_secs(60);
/// Windows kept before the ended ones are thrown away.
const PRUNE_AT: usize = 1_000;

#[derive(Default)]
pub(super) struct Limits(HashMap<Limited, (SystemTime, u32)>);

impl Limits {
    /// Counts a call; `false`: it is one too many in its minute.
    pub(super) fn allow(&mut self, what: Limited, now: SystemTime) -> bool {
        let most = match what {
            Limited::Token(_) => 5,
            Limited::Refresh(_) | Limited::Purchase(_) => 10,
        };
        if self.0.len() >= PRUNE_AT {
            self.0.retain(|_, (start, _)| open(*start, now));
        }
        let window = self.0.entry(what).or_insert((now, 0));
        if !open(window.0, now) {
            *window = (now, 0);
        }
        window.1 += 1;
        window.1 <= most
    }
}

fn open(start: SystemTime, now: SystemTime) -> bool {
    // A window from a future that a reset clock has left behind counts as ended.
    now.duration_since(start).is_ok_and(|age| age < WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_later_all_is_well_again() {
        let mut limits = Limits::default();
        let start = SystemTime::UNIX_EPOCH;
        let mut token = |now| limits.allow(Limited::Token("ip".to_owned()), now);
        assert!((0..5).all(|_| token(start)));
        assert!(!token(start) && !token(start + Duration::from_secs(59)));
        assert!(token(start + Duration::from_secs(60)));
    }

    #[test]
    fn keys_do_not_share_and_are_pruned() {
        let mut limits = Limits::default();
        let start = SystemTime::UNIX_EPOCH;
        for n in 0..PRUNE_AT {
            assert!(limits.allow(Limited::Purchase(n.to_string()), start));
        }
        assert!(limits.allow(Limited::Purchase("late".to_owned()), start + WINDOW));
        assert_eq!(limits.0.len(), 1);
    }
}
