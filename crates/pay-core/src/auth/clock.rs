//! Time, from outside: monotonic time decides, wall time is compared where a machine may have slept.

use crate::builder::WallClock;
use std::time::SystemTime;
use tokio::time::Instant;

/// The clocks of one client.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    wall: Option<WallClock>,
}

impl Clock {
    pub(crate) fn new(wall: Option<WallClock>) -> Self {
        Self { wall }
    }

    /// Monotonic time. Tokio's, so that paused tests move it.
    #[inline]
    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }

    /// Wall time, for stamps, signatures and what other processes wrote.
    pub(crate) fn wall(&self) -> SystemTime {
        self.wall.as_ref().map_or_else(SystemTime::now, |wall| wall())
    }
}
