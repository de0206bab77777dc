//! What a caller gets from a token at a moment: a pure function of state and time.

use super::source::Tokens;
use crate::retry::Jitter;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// The times of the token that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    /// Counts the tokens of this cell; given when the token lands.
    pub(crate) generation: u64,
    pub(crate) issued: Instant,
    pub(crate) issued_wall: SystemTime,
    /// From here on one task refreshes in the background. `None`: the lifetime is not known.
    pub(crate) soft_at: Option<Instant>,
    /// From here on the token is not used any more.
    pub(crate) hard_at: Option<Instant>,
    /// The provider refused it.
    pub(crate) revoked: bool,
}

/// All that decides.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    pub(crate) held: Option<Held>,
    pub(crate) flying: bool,
    pub(crate) cool_until: Option<Instant>,
}

/// What a caller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The token that is held.
    Use,
    /// The token that is held; and one refresh starts in the background.
    UseAndRefresh,
    /// The result of the refresh that is under way.
    Join,
    /// The result of a refresh that starts now.
    Start,
    /// The error of the last refresh, at once.
    Cool,
}

pub(crate) fn decide(state: &State, now: Instant) -> Step {
    let cooling = state.cool_until.is_some_and(|until| now < until);
    let passed = |at: Option<Instant>| at.is_some_and(|at| now >= at);
    match state.held {
        Some(held) if held.usable(now) => {
            if passed(held.soft_at) && !state.flying && !cooling {
                Step::UseAndRefresh
            } else {
                Step::Use
            }
        }
        _ if state.flying => Step::Join,
        _ if cooling => Step::Cool,
        _ => Step::Start,
    }
}

impl Held {
    /// The times of a token asked for at `asked`: refreshed early by up to 5 minutes or a third of its life, given up
    /// 20 seconds or a tenth of it before its end.
    pub(crate) fn new(asked: Instant, asked_wall: SystemTime, lifetime: Option<Duration>, jitter: Jitter) -> Self {
        let times = lifetime.map(|ttl| {
            let lead = (ttl / 3).min(Duration::from_secs(300));
            // Earlier by up to a tenth of the lead, so that many processes do not refresh in the same second.
            let soft = ttl.saturating_sub(lead).saturating_sub(jitter.within(lead / 10));
            let hard = ttl.saturating_sub((ttl / 10).min(Duration::from_secs(20)));
            (asked + soft, asked + hard)
        });
        Self {
            generation: 0,
            issued: asked,
            issued_wall: asked_wall,
            soft_at: times.map(|t| t.0),
            hard_at: times.map(|t| t.1),
            revoked: false,
        }
    }

    /// Whether a call may still take it.
    pub(crate) fn usable(&self, now: Instant) -> bool {
        !self.revoked && self.hard_at.is_none_or(|hard| now < hard)
    }

    /// Its age by whichever clock says more: monotonic time stands still while a machine sleeps.
    pub(crate) fn age(&self, now: Instant, wall: SystemTime) -> Duration {
        now.saturating_duration_since(self.issued).max(wall.duration_since(self.issued_wall).unwrap_or_default())
    }

    /// Until when a caller may take the token without looking at anything else.
    pub(crate) fn quiet_until(&self, state: &State, now: Instant) -> Instant {
        // Far enough to mean never, near enough to add safely.
        let never = now + Duration::from_secs(60 * 60 * 24 * 365);
        if self.revoked {
            return now;
        }
        let hard = self.hard_at.unwrap_or(never);
        if state.flying { hard } else { self.soft_at.unwrap_or(never).max(state.cool_until.unwrap_or(now)).min(hard) }
    }
}

/// Sane bounds for what a provider says about a lifetime: a year at most.
pub(crate) fn lifetime(tokens: &Tokens, unknown: Option<Duration>) -> Option<Duration> {
    tokens.lifetime.or(unknown).map(|ttl| ttl.min(Duration::from_secs(60 * 60 * 24 * 365)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(ttl: u64) -> (Instant, Held) {
        let now = Instant::now();
        (now, Held::new(now, SystemTime::UNIX_EPOCH, Some(Duration::from_secs(ttl)), Jitter::Fixed(0)))
    }

    #[test]
    fn half_an_hour_is_refreshed_at_25_minutes_and_given_up_20_seconds_early() {
        let (start, held) = held(1800);
        assert_eq!(held.soft_at.unwrap() - start, Duration::from_secs(1500));
        assert_eq!(held.hard_at.unwrap() - start, Duration::from_secs(1780));
        let short = self::held(30).1;
        assert_eq!(short.soft_at.unwrap() - short.issued, Duration::from_secs(20));
        assert_eq!(short.hard_at.unwrap() - short.issued, Duration::from_secs(27));
    }

    #[test]
    fn jitter_only_refreshes_earlier_and_by_little() {
        let now = Instant::now();
        let late = Held::new(now, SystemTime::UNIX_EPOCH, Some(Duration::from_secs(1800)), Jitter::Fixed(1000));
        assert_eq!(late.soft_at.unwrap() - now, Duration::from_secs(1470));
    }

    #[test]
    fn every_row_of_the_table() {
        let (start, token) = held(1800);
        let at = |seconds| start + Duration::from_secs(seconds);
        let ask = |held: Option<Held>, flying, cool: Option<u64>, now| {
            decide(&State { held, flying, cool_until: cool.map(at) }, at(now))
        };
        let revoked = Held { revoked: true, ..token };
        for (held, flying, cool, now, step) in [
            (Some(token), false, None, 0, Step::Use),
            (Some(token), false, None, 1499, Step::Use),
            (Some(token), false, None, 1500, Step::UseAndRefresh),
            (Some(token), true, None, 1500, Step::Use),
            (Some(token), false, Some(1600), 1500, Step::Use),
            (Some(token), false, Some(1600), 1600, Step::UseAndRefresh),
            (Some(token), false, None, 1780, Step::Start),
            (Some(token), true, None, 1780, Step::Join),
            (Some(token), false, Some(1800), 1780, Step::Cool),
            (Some(token), true, Some(1800), 1780, Step::Join),
            (Some(revoked), false, None, 10, Step::Start),
            (Some(revoked), true, None, 10, Step::Join),
            (Some(revoked), false, Some(20), 10, Step::Cool),
            (None, false, None, 0, Step::Start),
            (None, true, None, 0, Step::Join),
            (None, false, Some(5), 0, Step::Cool),
        ] {
            assert_eq!(ask(held, flying, cool, now), step, "{held:?} flying {flying} cool {cool:?} at {now}");
        }
    }

    #[test]
    fn an_unknown_lifetime_is_fresh_until_refused() {
        let now = Instant::now();
        let token = Held::new(now, SystemTime::UNIX_EPOCH, None, Jitter::Random);
        let state = State { held: Some(token), ..State::default() };
        assert_eq!(decide(&state, now + Duration::from_secs(1_000_000)), Step::Use);
    }

    #[test]
    fn age_is_what_either_clock_says() {
        let (start, token) = held(1800);
        let slept = SystemTime::UNIX_EPOCH + Duration::from_secs(900);
        assert_eq!(token.age(start + Duration::from_secs(5), slept), Duration::from_secs(900));
        assert_eq!(token.age(start + Duration::from_secs(5), SystemTime::UNIX_EPOCH), Duration::from_secs(5));
    }
}
