//! When to ask again: a provider's documented polling schedule.

use std::time::Duration;

/// A polling schedule: `(until, every)` steps, each valid while less than `until` has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    steps: Vec<(Duration, Duration)>,
}

impl Schedule {
    /// The same pause for ever.
    pub fn every(pause: Duration) -> Self {
        Self { steps: vec![(Duration::MAX, pause)] }
    }

    /// Adds a step before the last: `pause` while less than `until` has passed.
    #[must_use]
    pub fn until(mut self, until: Duration, pause: Duration) -> Self {
        self.steps.push((until, pause));
        self.steps.sort_by_key(|(until, _)| *until);
        self
    }

    /// The pause after `elapsed` since the first question.
    pub fn pause_after(&self, elapsed: Duration) -> Duration {
        let step = self.steps.iter().find(|(until, _)| elapsed < *until).or(self.steps.last());
        // A pause of nothing would ask without end.
        step.map_or(Duration::from_secs(1), |(_, pause)| (*pause).max(Duration::from_millis(10)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_the_time_passed() {
        let s = Duration::from_secs;
        let schedule = Schedule::every(s(300)).until(s(300), s(30)).until(s(60), s(5));
        let pauses: Vec<_> = [0, 59, 60, 299, 300, 9000].map(|t| schedule.pause_after(s(t)).as_secs()).into();
        assert_eq!(pauses, [5, 5, 30, 30, 300, 300]);
    }
}
