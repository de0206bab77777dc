//! What came out, by the place where it came out, until it is searched.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Where text comes out that may be read by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sink {
    /// Logs at `trace`, one line for each event.
    LogText,
    /// The same as JSON.
    LogJson,
    /// The same over several lines.
    LogPretty,
    /// `{:?}` of public values.
    Debug,
    /// `{:#?}` of public values.
    DebugPretty,
    /// `{}` of errors.
    Display,
    /// `{:#}` of errors.
    DisplayAlternate,
    /// `{}` and `{:?}` of the causes of errors.
    Chain,
    /// What a panic prints where such values meet an `unwrap`.
    Panic,
    /// The sandbox's request log.
    RequestLog,
    /// The sandbox's ledger.
    Ledger,
    /// Its pages for people.
    Pages,
    /// All other answers of its control plane, and its own values' `Debug`.
    Control,
    /// The files that published crates are packed with.
    Packed,
    /// Redis: its log of all that was ever written to it, and its keys and values as they stand.
    Redis,
    /// The files of a journal on SQLite.
    Sqlite,
    /// Every table of a journal on PostgreSQL.
    Postgres,
    /// A journal's list as CSV.
    Csv,
    /// The same as JSON.
    Json,
}

impl Sink {
    /// As the table prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LogText => "log, lines",
            Self::LogJson => "log, JSON",
            Self::LogPretty => "log, pretty",
            Self::Debug => "Debug",
            Self::DebugPretty => "Debug, pretty",
            Self::Display => "Display of errors",
            Self::DisplayAlternate => "Display, alternate",
            Self::Chain => "causes of errors",
            Self::Panic => "panic messages",
            Self::RequestLog => "sandbox: request log",
            Self::Ledger => "sandbox: ledger",
            Self::Pages => "sandbox: pages",
            Self::Control => "sandbox: other answers",
            Self::Packed => "packed files",
            Self::Redis => "Redis",
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Csv => "journal, CSV",
            Self::Json => "journal, JSON",
        }
    }

    /// Whether the sandbox writes it, which knows its own values instead of markers.
    pub(crate) fn of_sandbox(self) -> bool {
        matches!(self, Self::RequestLog | Self::Ledger | Self::Pages | Self::Control)
    }
}

/// Texts of one sink.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// How many.
    pub count: usize,
    /// All of them, one after the other, each ended by a zero byte.
    pub bytes: Vec<u8>,
}

impl Texts {
    /// One by one.
    pub fn each(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.split(|byte| *byte == 0).filter(|text| !text.is_empty())
    }
}

/// Subscribers, panic hooks and tasks of the runtime write to it from anywhere, so there is one in a process.
static CAUGHT: Mutex<BTreeMap<Sink, Texts>> = Mutex::new(BTreeMap::new());

/// Keeps a text until it is taken.
pub(crate) fn add(sink: Sink, text: &[u8]) {
    let mut caught = CAUGHT.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = caught.entry(sink).or_default();
    texts.count += 1;
    texts.bytes.extend_from_slice(text);
    texts.bytes.push(0);
}

/// Everything since the last time.
pub(crate) fn take() -> BTreeMap<Sink, Texts> {
    std::mem::take(&mut *CAUGHT.lock().unwrap_or_else(PoisonError::into_inner))
}
