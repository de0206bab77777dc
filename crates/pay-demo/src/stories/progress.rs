//! Progress on standard error: a live line on a terminal, one plain line per step elsewhere.

use crate::term;
use std::io::IsTerminal as _;
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::time::interval;

/// Shows what runs.
#[derive(Debug)]
pub(crate) enum Progress {
    /// A line that moves.
    Live,
    /// One line per step.
    Lines,
    /// Nothing: for tests of the frame.
    #[cfg(test)]
    Silent,
}

impl Progress {
    pub(crate) fn new() -> Self {
        if std::io::stderr().is_terminal() { Self::Live } else { Self::Lines }
    }

    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        Self::Silent
    }

    /// Runs `work` and shows `what` meanwhile.
    pub(crate) async fn during<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        match self {
            Self::Live => {}
            Self::Lines => {
                term::err(&format!("... {what}\n"));
                return work.await;
            }
            #[cfg(test)]
            Self::Silent => return work.await,
        }
        let started = Instant::now();
        let mut tick = interval(Duration::from_secs(1));
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => {
                    term::err("\r\x1b[2K");
                    return done;
                }
                _ = tick.tick() => term::err(&format!("\r\x1b[2K... {what} ({} s)", started.elapsed().as_secs())),
            }
        }
    }
}
