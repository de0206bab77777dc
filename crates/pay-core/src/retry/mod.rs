//! One policy for repeating: what may be sent again, when, and how often. Pure: sleep and clock come from outside.

mod backoff;
mod budget;
mod pace;

pub(crate) use backoff::{Jitter, backoff, retry_after};
pub(crate) use budget::Budget;
pub(crate) use pace::Pacer;
pub use pace::{Limit, Pacing, Scope};

use crate::error::Outcome;
use crate::provider::Repeat;
use std::time::Duration;

/// What one attempt came to, as the policy sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempted {
    /// What this attempt alone did to the money.
    pub(crate) outcome: Outcome,
    /// Whether trying again can help.
    pub(crate) again: bool,
    /// The wait that the provider asked for.
    pub(crate) wait: Option<Duration>,
}

/// How often and how fast an operation is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) attempts: u32,
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
}

/// The wait before the next attempt, or `None` to end. `made` attempts are behind us; `left` is what remains of the deadline.
pub(crate) fn next(
    policy: Policy,
    repeat: Repeat,
    attempt: Attempted,
    made: u32,
    left: Duration,
    jitter: Jitter,
) -> Option<Duration> {
    let allowed = match (repeat, attempt.outcome) {
        (_, Outcome::Refused) => false,
        (_, Outcome::NotDone) => true,
        // It may have acted: only a read, or a request that the provider de-duplicates, may go out again.
        (Repeat::Safe | Repeat::Keyed, Outcome::Unknown) => true,
        (Repeat::Never, Outcome::Unknown) => false,
    };
    if !allowed || !attempt.again || made >= policy.attempts {
        return None;
    }
    // A hostile or mistaken wait never sleeps beyond the deadline: it ends the call instead.
    let delay = backoff(policy.base, policy.cap, made, jitter).max(attempt.wait.unwrap_or_default());
    (delay < left).then_some(delay)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { attempts: 3, base: Duration::from_secs(1), cap: Duration::from_secs(60) };

    fn ask(repeat: Repeat, outcome: Outcome, again: bool, made: u32, wait: u64, left: u64) -> Option<u64> {
        let attempt = Attempted { outcome, again, wait: (wait > 0).then(|| Duration::from_secs(wait)) };
        next(POLICY, repeat, attempt, made, Duration::from_secs(left), Jitter::Fixed(1000)).map(|d| d.as_secs())
    }

    #[test]
    fn the_whole_table() {
        use Outcome::{NotDone, Refused, Unknown};
        use Repeat::{Keyed, Never, Safe};
        for (repeat, outcome, expected) in [
            (Safe, NotDone, true),
            (Safe, Unknown, true),
            (Safe, Refused, false),
            (Keyed, NotDone, true),
            (Keyed, Unknown, true),
            (Keyed, Refused, false),
            (Never, NotDone, true),
            (Never, Unknown, false),
            (Never, Refused, false),
        ] {
            assert_eq!(ask(repeat, outcome, true, 1, 0, 99).is_some(), expected, "{repeat:?} {outcome:?}");
            assert_eq!(ask(repeat, outcome, false, 1, 0, 99), None);
            assert_eq!(ask(repeat, outcome, true, 3, 0, 99), None, "attempts used up");
        }
    }

    #[test]
    fn waits_are_obeyed_within_the_deadline_only() {
        assert_eq!(ask(Repeat::Safe, Outcome::NotDone, true, 1, 7, 60), Some(7));
        assert_eq!(ask(Repeat::Safe, Outcome::NotDone, true, 2, 0, 60), Some(2));
        assert_eq!(ask(Repeat::Safe, Outcome::NotDone, true, 1, 999_999_999, 60), None);
    }
}
