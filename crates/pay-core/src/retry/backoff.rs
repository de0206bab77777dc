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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_number_of_seconds_is_read(seconds: u64, left in "[ \t]{0,3}", right in "[ \t]{0,3}") {
            let wait = retry_after(&format!("{left}{seconds}{right}"), SystemTime::UNIX_EPOCH);
            prop_assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn a_date_is_as_far_away_as_it_says(now in 0_u64..4_000_000_000, ahead in 0_u64..100_000_000) {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
            let ahead = Duration::from_secs(ahead);
            prop_assert_eq!(retry_after(&httpdate::fmt_http_date(now + ahead), now), Some(ahead));
            if !ahead.is_zero() {
                prop_assert_eq!(retry_after(&httpdate::fmt_http_date(now), now + ahead), None);
            }
        }

        #[test]
        fn anything_else_is_no_wait(value in "\\PC*[a-zA-Z.-]\\PC{0,5}") {
            prop_assume!(httpdate::parse_http_date(value.trim()).is_err());
            prop_assert_eq!(retry_after(&value, SystemTime::UNIX_EPOCH), None);
        }
    }
}
