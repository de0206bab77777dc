//! What the two databases have in common: a statement with plain values in, rows of plain values out.

use async_trait::async_trait;
use pay_core::journal::JournalError;
use std::collections::VecDeque;
use std::time::Duration;

/// A value of a statement or a row.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Int(i64),
    Bool(bool),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }

    pub(crate) fn millis(time: Duration) -> Self {
        // Some hundred years: added to now it still fits.
        Self::Int(i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(10_000_000_000_000))
    }
}

/// A row, read from left to right.
pub(crate) struct Cells(pub(crate) VecDeque<Value>);

impl Cells {
    pub(crate) fn text(&mut self) -> Option<String> {
        match self.0.pop_front() {
            Some(Value::Text(text)) => text,
            _ => None,
        }
    }

    pub(crate) fn bytes(&mut self) -> Option<Vec<u8>> {
        match self.0.pop_front() {
            Some(Value::Bytes(bytes)) => bytes,
            _ => None,
        }
    }

    /// A database without booleans answers a number.
    pub(crate) fn bool(&mut self) -> bool {
        matches!(self.0.pop_front(), Some(Value::Bool(true) | Value::Int(1)))
    }

    pub(crate) fn int(&mut self) -> i64 {
        match self.0.pop_front() {
            Some(Value::Int(number)) => number,
            _ => 0,
        }
    }
}

/// A database. Every statement is a transaction of its own; one that changes rows answers their ids.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    async fn run(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Cells>, JournalError>;
}
