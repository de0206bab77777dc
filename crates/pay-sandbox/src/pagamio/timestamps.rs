//! The four timestamp formats of the documents.

use super::modes::Timestamps;
use std::time::SystemTime;
use time::{OffsetDateTime, UtcOffset};

/// Writes a moment; `documented` is the format that the documents show at this place.
pub(super) fn timestamp(moment: SystemTime, mode: Timestamps, documented: Timestamps) -> String {
    let mode = match mode {
        Timestamps::AsDocumented => documented,
        mode => mode,
    };
    let utc = OffsetDateTime::from(moment);
    // Offset-less times are taken for South African time (UTC+2); the documents do not say.
    let local = UtcOffset::from_hms(2, 0, 0).map_or(utc, |offset| utc.to_offset(offset));
    let at = if mode == Timestamps::MillisecondsZ { utc } else { local };
    let (year, month, day) = at.to_calendar_date();
    let month = u8::from(month);
    let (hour, minute, second, nano) = at.to_hms_nano();
    let date = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    match mode {
        Timestamps::MillisecondsZ => format!("{date}.{:03}Z", nano / 1_000_000),
        Timestamps::Microseconds => format!("{date}.{:06}", nano / 1_000),
        Timestamps::Slashed => {
            format!("{day:02}/{month:02}/{year:04} {hour:02}:{minute:02}:{second:02} +02:00")
        }
        Timestamps::Nanoseconds | Timestamps::AsDocumented => format!("{date}.{nano:09}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_four_formats() {
        let moment = SystemTime::UNIX_EPOCH + Duration::new(1_776_769_071, 831_786_006);
        let shown = |mode| timestamp(moment, mode, Timestamps::Nanoseconds);
        assert_eq!(shown(Timestamps::AsDocumented), "2026-04-21T12:57:51.831786006");
        assert_eq!(shown(Timestamps::Microseconds), "2026-04-21T12:57:51.831786");
        assert_eq!(shown(Timestamps::MillisecondsZ), "2026-04-21T10:57:51.831Z");
        assert_eq!(shown(Timestamps::Slashed), "21/04/2026 12:57:51 +02:00");
    }
}
