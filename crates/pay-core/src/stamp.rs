//! Timestamps that travel with signatures: written, read, and compared with a clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Wall time as ISO 8601 in UTC with milliseconds, such as `2025-03-17T08:10:52.544Z`.
///
/// `None` outside of the years 0 to 9999.
pub fn iso_millis(at: SystemTime) -> Option<String> {
    let nanos = match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).ok()?,
        Err(before) => -i128::try_from(before.duration().as_nanos()).ok()?,
    };
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.to_offset(UtcOffset::UTC);
    if !(0..=9999).contains(&at.year()) {
        return None;
    }
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, milli) = at.to_hms_milli();
    Some(format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z", u8::from(month)))
}

/// Reads ISO 8601 as RFC 3339 narrows it: date, `T`, time with seconds, at most nine digits of a second, and `Z` or
/// an offset such as `+02:00`. Anything else is `None`.
///
/// No valid stamp begins with another valid stamp. That matters where a stamp is signed with no separator between it
/// and what follows: a byte that moves over the border leaves no stamp.
pub fn iso(text: &str) -> Option<SystemTime> {
    let bytes = text.as_bytes();
    // The library also takes lower case, another letter for `T`, and endless fractions.
    let fits = bytes.len() <= 35 && bytes.get(10) == Some(&b'T') && !bytes.contains(&b'z');
    let fraction = text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    if !fits || fraction > 9 {
        return None;
    }
    from_nanos(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp_nanos())
}

/// Reads seconds since 1970 as plain digits, at most twelve. Anything else, a sign too, is `None`.
pub fn unix_seconds(text: &str) -> Option<SystemTime> {
    let fits = (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = if fits { text.parse().ok()? } else { return None };
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn from_nanos(nanos: i128) -> Option<SystemTime> {
    let size = nanos.unsigned_abs();
    let seconds = u64::try_from(size / 1_000_000_000).ok()?;
    let rest = u32::try_from(size % 1_000_000_000).ok()?;
    let size = Duration::new(seconds, rest);
    if nanos < 0 { UNIX_EPOCH.checked_sub(size) } else { UNIX_EPOCH.checked_add(size) }
}

/// Whether two times lie at most `tolerance` apart, whichever is the earlier: exactly `tolerance` still counts.
pub fn within(stamp: SystemTime, now: SystemTime, tolerance: Duration) -> bool {
    match now.duration_since(stamp) {
        Ok(age) => age <= tolerance,
        Err(ahead) => ahead.duration() <= tolerance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: u64, nanos: u32) -> SystemTime {
        UNIX_EPOCH + Duration::new(seconds, nanos)
    }

    #[test]
    fn stamps_are_read_to_the_nanosecond() {
        // `date -ud 2025-03-17T08:10:52Z +%s`
        let base = 1_742_199_052;
        for (text, nanos) in [
            ("2025-03-17T08:10:52Z", 0),
            ("2025-03-17T08:10:52.5Z", 500_000_000),
            ("2025-03-17T08:10:52.544Z", 544_000_000),
            ("2025-03-17T08:10:52.544247646Z", 544_247_646),
            ("2025-03-17T10:10:52.000000001+02:00", 1),
            ("2025-03-17T02:40:52-05:30", 0),
            ("2025-03-17T08:10:52-00:00", 0),
        ] {
            assert_eq!(iso(text), Some(at(base, nanos)), "{text}");
        }
        assert_eq!(iso("1969-12-31T23:59:59.5Z"), UNIX_EPOCH.checked_sub(Duration::from_millis(500)));
        assert!(iso("0000-01-01T00:00:00Z").is_some() && iso("9999-12-31T23:59:59.999999999Z").is_some());
    }

    #[test]
    fn other_text_is_no_stamp() {
        for text in [
            "",
            "Z",
            "T",
            "2025",
            "2025-03-17",
            "2025-03-17T08:10:52",
            "2025-03-17T08:10:52.Z",
            "2025-03-17T08:10Z",
            "2025-03-17 08:10:52Z",
            "2025-03-17t08:10:52Z",
            "2025-03-17T08:10:52z",
            "2025-03-17T08:10:52+0200",
            "2025-03-17T08:10:52+02",
            "2025-03-17T08:10:52 Z",
            " 2025-03-17T08:10:52Z",
            "2025-03-17T08:10:52Z ",
            "2025-03-17T08:10:52Z\n",
            "2025-03-17T08:10:52ZZ",
            "2025-02-30T08:10:52Z",
            "2025-13-17T08:10:52Z",
            "2025-03-17T25:10:52Z",
            "2025-03-17T08:61:52Z",
            "2025-03-17T08:10:52+99:00",
            "20250317T081052Z",
            "2025-W12-1T08:10:52Z",
            "2025-03-17T08:10:52.1234567890Z",
            "2025-03-17T08:10:52,5Z",
            "+2025-03-17T08:10:52Z",
            "-2025-03-17T08:10:52Z",
            "99999-03-17T08:10:52Z",
            "1742199052",
            "-9223372036854775808",
            "170141183460469231731687303715884105727",
            "٢٠٢٥-03-17T08:10:52Z",
            "2025-03-17T08:10:52.\u{0}Z",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_are_plain_digits() {
        assert_eq!(unix_seconds("1684633816"), Some(at(1_684_633_816, 0)));
        assert_eq!(unix_seconds("0"), Some(UNIX_EPOCH));
        assert!(unix_seconds("999999999999").is_some());
        for text in ["", "-1", "+1", "1.5", " 1", "1 ", "0x1", "1e9", "1000000000000", "-9223372036854775808", "١"] {
            assert_eq!(unix_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn the_tolerance_holds_both_ways_and_takes_its_own_end() {
        let now = at(1_742_199_052, 0);
        let tolerance = Duration::from_secs(300);
        let nano = Duration::from_nanos(1);
        for (seconds, fits) in [(0, true), (299, true), (300, true), (301, false)] {
            let away = Duration::from_secs(seconds);
            assert_eq!(within(now - away, now, tolerance), fits, "{seconds} s ago");
            assert_eq!(within(now + away, now, tolerance), fits, "{seconds} s ahead");
        }
        assert!(!within(now - tolerance - nano, now, tolerance) && !within(now + tolerance + nano, now, tolerance));
    }

    #[test]
    fn stamps_are_written_in_utc() {
        assert_eq!(iso_millis(at(1_742_199_052, 544_247_646)).as_deref(), Some("2025-03-17T08:10:52.544Z"));
        assert_eq!(iso_millis(UNIX_EPOCH - Duration::from_millis(500)).as_deref(), Some("1969-12-31T23:59:59.500Z"));
        assert_eq!(iso_millis(at(300_000_000_000, 0)), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in 0_u64..253_402_300_799, milli in 0_u32..1000) {
            let at = at(seconds, milli * 1_000_000);
            prop_assert_eq!(iso(&iso_millis(at).unwrap()), Some(at));
        }

        #[test]
        fn any_text_is_read_or_not(text in "\\PC*", stamp in "[0-9+:TZ.-]{0,40}") {
            let _ = (iso(&text), iso(&stamp), unix_seconds(&text), unix_seconds(&stamp));
        }

        #[test]
        fn no_stamp_begins_with_another(fraction in "([.][0-9]{1,9})?", zone in "Z|[+-][01][0-9]:[0-5][0-9]", more in "[ -~]{1,20}") {
            let stamp = format!("2025-03-17T08:10:52{fraction}{zone}");
            prop_assert!(iso(&stamp).is_some());
            prop_assert_eq!(iso(&format!("{stamp}{more}")), None);
            for end in 0..stamp.len() {
                prop_assert_eq!(iso(&stamp[..end]), None);
            }
        }

        #[test]
        fn any_two_times_compare(a in 0_u64..1 << 60, b in 0_u64..1 << 60, tolerance: u64) {
            let tolerance = Duration::from_secs(tolerance);
            let fits = a.abs_diff(b) <= tolerance.as_secs();
            prop_assert_eq!(within(at(a, 0), at(b, 0), tolerance), fits);
        }
    }
}
