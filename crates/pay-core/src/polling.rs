//! Asking again and again until it is known: one loop's time and patience, for each provider's own question.

use crate::error::{Error, Kind, Outcome};
use crate::provider::{now, sleep};
use crate::schedule::Schedule;
use std::fmt;
use std::time::{Duration, Instant};

/// What one question may take at least: asked once, it must still be answered over a slow line, log-in included.
const LEAST: Duration = Duration::from_secs(10);

/// For how long something is asked, and how often. A provider crate's `Settle` holds one beside its question.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Polling {
    /// How long to go on asking.
    pub within: Duration,
    /// The pauses between two questions.
    pub schedule: Schedule,
}

/// The questions of one [`Polling`], from the first on.
#[derive(Debug)]
pub struct Rounds {
    polling: Polling,
    started: Instant,
}

impl Polling {
    /// Five minutes, by this schedule.
    pub fn new(schedule: Schedule) -> Self {
        Self { within: Duration::from_secs(300), schedule }
    }

    /// Begins now; the first question is asked at once.
    pub fn start(self) -> Rounds {
        Rounds { polling: self, started: now() }
    }
}

/// Without the schedule, whose last step ends at a number as long as a card's.
impl fmt::Debug for Polling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polling").field("within", &self.within).finish_non_exhaustive()
    }
}

impl Rounds {
    /// How long the next question may take: what is left of the time, and ten seconds at least, so that it can be answered. The client's own
    /// deadline still holds ([`Call::no_longer_than`](crate::Call::no_longer_than)).
    pub fn left(&self) -> Duration {
        self.polling.within.saturating_sub(self.elapsed()).max(LEAST)
    }

    /// Waits until the next question is due, and says whether there is one: at once `false` where the time would be up before.
    pub async fn next(&mut self) -> bool {
        let elapsed = self.elapsed();
        let pause = self.polling.schedule.pause_after(elapsed);
        if elapsed.saturating_add(pause) > self.polling.within {
            return false;
        }
        sleep(pause).await;
        true
    }

    fn elapsed(&self) -> Duration {
        now().saturating_duration_since(self.started)
    }
}

/// Whether a question that failed so would fail again: it is wrong, or refused. What is not found may only be young.
pub fn is_hopeless(error: &Error) -> bool {
    match error.kind() {
        Kind::NotFound => false,
        Kind::Invalid | Kind::Login | Kind::NoRoute | Kind::Config => true,
        _ => error.outcome() == Outcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn polling(within: Duration) -> Polling {
        let schedule = Schedule::every(seconds(30)).until(seconds(20), seconds(10));
        Polling { within, ..Polling::new(schedule) }
    }

    async fn asked(within: Duration) -> Vec<u64> {
        let started = now();
        let mut rounds = polling(within).start();
        let mut times = Vec::new();
        loop {
            times.push(now().duration_since(started).as_secs());
            if !rounds.next().await {
                return times;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_asks_at_once_and_on_the_schedule_until_the_time_is_up() {
        assert_eq!(asked(seconds(80)).await, [0, 10, 20, 50, 80]);
        assert_eq!(asked(seconds(79)).await, [0, 10, 20, 50]);
        assert_eq!(asked(Duration::ZERO).await, [0]);
        assert_eq!(polling(seconds(1)).start().left(), LEAST);
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_takes_no_longer_than_what_is_left() {
        let mut rounds = polling(seconds(25)).start();
        assert_eq!(rounds.left(), seconds(25));
        assert!(rounds.next().await);
        assert_eq!(rounds.left(), seconds(15));
        sleep(seconds(60)).await;
        assert_eq!(rounds.left(), LEAST);
        assert!(!rounds.next().await);
    }

    #[test]
    fn what_is_wrong_stays_so_and_what_is_not_found_may_come() {
        let error = |kind, outcome| Error::new(kind, outcome, "status");
        for (kind, outcome, hopeless) in [
            (Kind::NotFound, Outcome::Refused, false),
            (Kind::Invalid, Outcome::NotDone, true),
            (Kind::Login, Outcome::NotDone, true),
            (Kind::NoRoute, Outcome::NotDone, true),
            (Kind::Config, Outcome::NotDone, true),
            (Kind::Forbidden, Outcome::Refused, true),
            (Kind::Unavailable, Outcome::NotDone, false),
            (Kind::Timeout, Outcome::NotDone, false),
            (Kind::Token, Outcome::NotDone, false),
        ] {
            assert_eq!(is_hopeless(&error(kind, outcome)), hopeless, "{kind:?}");
        }
    }
}
