//! Full-jitter backoff and the reading of `Retry-After`.

use std::time::{Duration, SystemTime};

/// Where randomness comes from; fixed in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jitter {
    /// Uniform.
    Random,
    /// This many thousandths of the span.
    #[cfg_attr(not(any(test, feature = "script")), allow(dead_code))]
    Fixed(u32),
}

impl Jitter {
    /// A duration between nothing and `span`.
    pub(crate) fn within(self, span: Duration) -> Duration {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        match self {
            Self::Random => Duration::from_millis(fastrand::u64(0..=millis)),
            Self::Fixed(thousandths) => span.saturating_mul(thousandths) / 1000,
        }
    }
}

/// The wait after `made` attempts: uniform between nothing and the doubled base, capped.
pub(crate) fn backoff(base: Duration, cap: Duration, made: u32, jitter: Jitter) -> Duration {
    let span = base.saturating_mul(1_u32.checked_shl(made.saturating_sub(1)).unwrap_or(u32::MAX)).min(cap);
    jitter.within(span)
}

/// The wait in a `Retry-After` header: seconds or an HTTP date; anything else is no wait at all.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(value).ok()?.duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_double_up_to_the_cap() {
        let s = Duration::from_secs;
        let full: Vec<_> = (1..8).map(|made| backoff(s(1), s(20), made, Jitter::Fixed(1000)).as_secs()).collect();
        assert_eq!(full, [1, 2, 4, 8, 16, 20, 20]);
        assert_eq!(backoff(s(1), s(20), u32::MAX, Jitter::Fixed(1000)), s(20));
        for made in 1..50 {
            assert!(backoff(s(1), s(20), made, Jitter::Random) <= s(20));
        }
    }

    #[test]
    fn retry_after_takes_seconds_and_dates_only() {
        let now = httpdate::parse_http_date("Fri, 20 Nov 2026 10:00:00 GMT").unwrap();
        let wait = |value| retry_after(value, now).map(|d| d.as_secs());
        assert_eq!(wait("17"), Some(17));
        assert_eq!(wait(" 0 "), Some(0));
        assert_eq!(wait("Fri, 20 Nov 2026 10:00:30 GMT"), Some(30));
        for junk in ["", "-1", "soon", "1.5", "99999999999999999999", "Fri, 20 Nov 2026 09:00:00 GMT"] {
            assert_eq!(wait(junk), None, "{junk}");
        }
    }
}
