//! Finding out what became of intents that were left behind: each by one worker, each once per run.

use super::IntentJournal;
use crate::nonce::nonce;
use pay_core::Error;
use pay_core::journal::{Ended, JournalError, Recover, State, Unsettled};
use std::collections::HashSet;
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;

/// What a recovery came to, by intent.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// Settled now: completed, refused or not done.
    pub settled: Vec<Found>,
    /// Still pending or unknown: a later recovery asks again.
    pub waiting: Vec<Found>,
    /// The facts offer no question: a person must look, and writes the result with [`IntentJournal::resolve`].
    pub unanswered: Vec<Found>,
}

/// One intent of a recovery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Its id.
    pub id: String,
    /// The operation.
    pub operation: String,
    /// Your reference.
    pub reference: Option<String>,
    /// What it came to.
    pub state: State,
    /// Why, in a few words.
    pub note: Option<String>,
}

/// A recovery that is to be run.
#[must_use = "nothing is asked until it is run"]
pub struct Recovery<'a> {
    journal: IntentJournal,
    client: &'a dyn Recover,
    lease: Duration,
    again_in: Duration,
    resend_within: Duration,
    busy_too: bool,
    most: usize,
}

impl<'a> Recovery<'a> {
    pub(super) fn new(journal: IntentJournal, client: &'a dyn Recover) -> Self {
        let seconds = Duration::from_secs;
        Self {
            journal,
            client,
            lease: seconds(300),
            again_in: seconds(60),
            resend_within: seconds(24 * 3600),
            busy_too: false,
            most: usize::MAX,
        }
    }

    /// How long a worker may take for one intent, before another takes it. Default: 5 minutes; longer than the client's deadline.
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time;
        self
    }

    /// When an intent that is still pending or unknown may be taken again. Default: a minute.
    pub fn again_in(mut self, time: Duration) -> Self {
        self.again_in = time;
        self
    }

    /// For how long after it was written an intent may be sent again, where the provider de-duplicates it; afterwards it is asked for only.
    /// Default: a day, our choice: no document says how long a reference is remembered, and one that is forgotten would pay twice.
    pub fn resend_within(mut self, time: Duration) -> Self {
        self.resend_within = time;
        self
    }

    /// Takes intents too whose calls could still be running: only where you know that their process is gone. By default an intent is left
    /// alone until its call's deadline has passed.
    pub fn even_if_busy(mut self) -> Self {
        self.busy_too = true;
        self
    }

    /// At most so many intents.
    pub fn at_most(mut self, intents: usize) -> Self {
        self.most = intents;
        self
    }

    /// Takes one intent after the other, until none is left to this worker. Other workers may run at the same time.
    ///
    /// # Errors
    /// Where the account cannot be told or the journal does not answer; what was found out before is written.
    pub async fn run(self) -> Result<Report, Error> {
        let account = self.journal.account(&self.client.account().await?);
        let failed = |error: JournalError| Error::config("journal", error.message);
        let (mut report, mut seen) = (Report::default(), HashSet::new());
        for _ in 0..self.most {
            let number = || nonce().map_err(|why| Error::config("journal", why));
            let claim = format!("{:016x}{:016x}", number()?, number()?);
            let taken = self.journal.take(&account, &claim, self.lease, self.busy_too).await.map_err(failed)?;
            let Some((mut intent, age, opened)) = taken else { break };
            if age > self.resend_within {
                intent.request = None;
            }
            // It came round again: once per run is enough.
            let again = !seen.insert(intent.id.clone());
            let ended = match (again, opened) {
                (true, _) => Ended::new(intent.state).note("asked in this run"),
                // Nothing is asked without what could be sent: one wrong pair would make a keyed intent one that nobody can answer.
                (false, false) => Ended::new(intent.state).note("what was kept does not open"),
                // Whoever takes it after that must not meet this worker at it.
                (false, true) => timeout(self.lease, self.client.recover(&intent)).await.unwrap_or_else(|_| {
                    Ended::new(if intent.state == State::Open { State::Unknown } else { intent.state })
                        .note("asking took longer than the claim")
                }),
            };
            // A call's own end may have come meanwhile: it counts, and is not reported here.
            if self.journal.finish(&intent.id, &claim, &ended, self.again_in).await.map_err(failed)? {
                if again {
                    break;
                }
                report.add(intent, ended);
            }
        }
        Ok(report)
    }
}

impl Report {
    fn add(&mut self, intent: Unsettled, ended: Ended) {
        let Unsettled { id, operation, reference, .. } = intent;
        let Ended { state, note, .. } = ended;
        let list = match state {
            State::Unanswered => &mut self.unanswered,
            state if state.is_unsettled() => &mut self.waiting,
            _ => &mut self.settled,
        };
        list.push(Found { id, operation, reference, state, note });
    }
}

impl fmt::Debug for Recovery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovery").field("journal", &self.journal).finish_non_exhaustive()
    }
}
