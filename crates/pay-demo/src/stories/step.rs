//! One step of a story: what was called, what came back, what the ledger says, and what differs from what should be.

use super::progress::Progress;
use std::error::Error;
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// How a step ends: with what it saw, or with what came back instead of that.
pub(crate) type Told<T = ()> = Result<Seen<T>, Box<dyn Error>>;

/// What a step saw, and how that differs from what it should have seen.
#[derive(Debug)]
#[must_use]
pub(crate) struct Seen<T = ()> {
    came_back: String,
    ledger: String,
    differences: Vec<String>,
    value: Option<T>,
}

impl Seen {
    /// What came back. Must hold no secret.
    pub(crate) fn new(came_back: impl Into<String>) -> Self {
        Self { came_back: came_back.into(), ledger: String::new(), differences: Vec::new(), value: None }
    }
}

impl<T> Seen<T> {
    /// Something came back that a story cannot go on with. The text must hold no secret.
    fn wrong(came_back: &dyn Error) -> Self {
        let differences = vec!["something else was expected".to_owned()];
        Self { came_back: came_back.to_string(), ledger: "-".into(), differences, value: None }
    }

    /// A former step brought nothing that this one could go on with.
    pub(crate) fn not_run(missing: &str) -> Self {
        let differences = vec![format!("not run: {missing}")];
        Self { came_back: "-".into(), ledger: "-".into(), differences, value: None }
    }

    /// What the ledger says.
    pub(crate) fn ledger(mut self, text: impl Into<String>) -> Self {
        self.ledger = text.into();
        self
    }

    /// Checks that it is so.
    pub(crate) fn check(mut self, what: &str, is_so: bool) -> Self {
        if !is_so {
            self.differences.push(format!("not so: {what}"));
        }
        self
    }

    /// Checks that what was found is what should be. The values are shown, so they must hold no secret.
    pub(crate) fn same<V: PartialEq + Debug>(mut self, what: &str, found: V, expected: V) -> Self {
        if found != expected {
            self.differences.push(format!("{what}: {found:?} instead of {expected:?}"));
        }
        self
    }

    /// Hands a value to later steps.
    pub(crate) fn with<U>(self, value: U) -> Seen<U> {
        Seen { came_back: self.came_back, ledger: self.ledger, differences: self.differences, value: Some(value) }
    }
}

/// A step that was told.
#[derive(Debug)]
pub(crate) struct Row {
    pub(super) called: String,
    pub(super) came_back: String,
    pub(super) ledger: String,
    pub(super) differences: Vec<String>,
    pub(super) time: Duration,
}

impl Row {
    /// Whether all was as it should be.
    pub(crate) fn is_right(&self) -> bool {
        self.differences.is_empty()
    }

    /// Stands for a story without steps.
    pub(crate) fn untold() -> Self {
        let differences = vec!["the story has no steps".to_owned()];
        Self { called: "-".into(), came_back: "-".into(), ledger: "-".into(), differences, time: Duration::ZERO }
    }
}

/// Tells a story: runs its steps, shows that they run, and keeps what they saw.
#[derive(Debug)]
pub(crate) struct Teller {
    provider: &'static str,
    progress: Progress,
    rows: Vec<Row>,
}

impl Teller {
    pub(crate) fn new(provider: &'static str, progress: Progress) -> Self {
        Self { provider, progress, rows: Vec::new() }
    }

    /// Runs one step; `None` where it brought nothing to go on with.
    pub(crate) async fn step<T>(&mut self, called: &str, work: impl Future<Output = Told<T>>) -> Option<T> {
        let what = format!("{} {}: {called}", self.provider, self.rows.len() + 1);
        let started = Instant::now();
        let told = self.progress.during(&what, work).await;
        let time = started.elapsed();
        let seen = told.unwrap_or_else(|error| Seen::wrong(error.as_ref()));
        self.rows.push(Row {
            called: called.to_owned(),
            came_back: seen.came_back,
            ledger: seen.ledger,
            differences: seen.differences,
            time,
        });
        seen.value
    }

    pub(crate) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}
