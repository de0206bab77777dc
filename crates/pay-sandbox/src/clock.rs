//! The sandbox's own clock: real time plus an offset that tests move forward.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use tokio::sync::watch;

/// Real time plus an offset. It moves only the sandbox's own timers: token expiry, rate-limit windows, settlement.
///
/// Clones share one offset, so a client under test may be given the same clock.
#[derive(Clone, Debug)]
pub struct SandboxClock {
    started_at: SystemTime,
    started: Instant,
    /// Watched by what waits on this clock.
    offset: Arc<watch::Sender<Duration>>,
}

impl SandboxClock {
    pub(crate) fn new() -> Self {
        Self {
            started_at: SystemTime::now(),
            started: Instant::now(),
            offset: Arc::new(watch::Sender::new(Duration::ZERO)),
        }
    }

    /// The sandbox's present. A jump of the machine's wall clock after the start does not move it.
    pub fn now(&self) -> SystemTime {
        let since_start = self.started.elapsed().saturating_add(self.offset());
        // A sum outside the range of `SystemTime` cannot be shown; the start is the honest floor.
        self.started_at.checked_add(since_start).unwrap_or(self.started_at)
    }

    /// Moves the clock forward, at once and for every clone.
    pub fn advance(&self, by: Duration) {
        self.offset.send_modify(|offset| *offset = offset.saturating_add(by).min(FARTHEST));
    }

    /// How far the clock stands ahead of real time.
    pub fn offset(&self) -> Duration {
        *self.offset.borrow()
    }

    /// The present in RFC 3339, to the millisecond.
    pub(crate) fn text(&self) -> String {
        Self::text_of(self.now())
    }

    /// A moment in RFC 3339, to the millisecond.
    pub(crate) fn text_of(at: SystemTime) -> String {
        let at = OffsetDateTime::from(at);
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second, milli) = at.to_hms_milli();
        let month = u8::from(month);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }

    /// Sets how far the clock stands ahead of real time: back, too. What happened in a time that is to come once more keeps its date.
    pub fn set_offset(&self, offset: Duration) {
        self.offset.send_replace(offset.min(FARTHEST));
    }

    /// Tells of every move.
    pub(crate) fn moves(&self) -> watch::Receiver<Duration> {
        self.offset.subscribe()
    }
}

/// A hundred years: dates beyond it would not print with four-digit years for long.
pub(crate) const FARTHEST: Duration = Duration::from_secs(100 * 365 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_offset() {
        let clock = SandboxClock::new();
        let clone = clock.clone();
        let before = clone.now();
        clock.advance(Duration::from_secs(1800));
        assert_eq!(clone.offset(), Duration::from_secs(1800));
        let moved = clone.now().duration_since(before).unwrap();
        assert!(moved >= Duration::from_secs(1800));
    }

    #[test]
    fn an_absurd_jump_is_clamped() {
        let clock = SandboxClock::new();
        clock.advance(Duration::MAX);
        assert_eq!(clock.offset(), FARTHEST);
        assert!(clock.now() > SystemTime::now());
    }
}
