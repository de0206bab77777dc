//! ISO-8601 timestamps of signed requests: read strictly, written as in the documented example.

use std::time::{Duration, SystemTime};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// How far a timestamp may stand from its measure. Documented.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Reads `2025-03-17T08:10:52.544247646Z`: up to nine decimals of a second, `Z` or an offset (both assumed, G16).
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    if !text.is_ascii() || text.len() > 35 {
        return None;
    }
    let (date, rest) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let split = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at(split);
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let nanos = fraction.map_or(Some(0), nanoseconds)?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
    let [hour, minute, second] = [u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?];
    let time = Time::from_hms_nano(hour, minute, second, nanos).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_offset(offset(zone)?).into())
}

fn numbers<const N: usize>(text: &str, between: char, lengths: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(between);
    let mut read = [0; N];
    for (number, length) in read.iter_mut().zip(lengths) {
        *number = digits(parts.next()?, length)?;
    }
    parts.next().is_none().then_some(read)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let whole = (1..=9).contains(&fraction.len()).then(|| format!("{fraction:0<9}"))?;
    digits(&whole, 9)
}

fn offset(zone: &str) -> Option<UtcOffset> {
    if zone == "Z" {
        return Some(UtcOffset::UTC);
    }
    let sign: i8 = if zone.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = numbers(zone.get(1..)?, ':', [2, 2])?;
    let [hours, minutes] = [i8::try_from(hours).ok()?, i8::try_from(minutes).ok()?];
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

/// Whether a timestamp stands within five minutes, both ways.
pub(super) fn is_fresh(stamp: SystemTime, measure: SystemTime) -> bool {
    let apart = stamp.duration_since(measure).unwrap_or_else(|error| error.duration());
    apart <= TOLERANCE
}

/// Writes a moment with nine decimals and `Z`, as the documented example does.
pub(super) fn write(at: SystemTime) -> String {
    let at = OffsetDateTime::from(at);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, nanos) = at.to_hms_nano();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_every_precision() {
        let vector = "2025-03-17T08:10:52.544247646Z";
        assert_eq!(write(parse(vector).unwrap()), vector);
        for (text, same) in [
            ("2025-03-17T08:10:52Z", "2025-03-17T08:10:52.000000000Z"),
            ("2025-03-17T08:10:52.5Z", "2025-03-17T08:10:52.500000000Z"),
            ("2025-03-17T09:10:52.544+01:00", "2025-03-17T08:10:52.544000000Z"),
            ("2025-03-17T00:10:52-08:00", "2025-03-17T08:10:52.000000000Z"),
        ] {
            assert_eq!(write(parse(text).unwrap()), same);
        }
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for text in [
            "",
            "Z",
            "T",
            "2025-03-17",
            "1742199052",
            "2025-03-17T08:10:52",
            "2025-03-17 08:10:52Z",
            "2025-3-17T08:10:52Z",
            "2025-03-17T08:10:52.Z",
            "2025-03-17T08:10:52.1234567890Z",
            "2025-03-17T08:10Z",
            "2025-13-17T08:10:52Z",
            "2025-02-30T08:10:52Z",
            "2025-03-17T24:10:52Z",
            "2025-03-17T08:10:52+1",
            "2025-03-17T08:10:52+25:99",
            "+2025-03-17T08:10:52Z",
            "2025-03-17T08:10:52ZZ",
            "2025-03-17T08:10:52é",
            "-9223372036854775808",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn five_minutes_count_both_ways_and_to_the_last() {
        let now = parse("2025-03-17T08:10:52Z").unwrap();
        for (seconds, fresh) in [(0, true), (299, true), (300, true), (301, false), (86_400, false)] {
            let apart = Duration::from_secs(seconds);
            assert_eq!(is_fresh(now + apart, now), fresh, "{seconds} s ahead");
            assert_eq!(is_fresh(now - apart, now), fresh, "{seconds} s behind");
        }
        assert!(!is_fresh(now + Duration::new(300, 1), now));
    }
}
