//! What may have happened so far in one call; it speaks up when a money call is dropped before its end.

use crate::error::Outcome;
use crate::provider::{Operation, Repeat};
use crate::telemetry;
use tracing::Span;

pub(crate) struct Track<'a> {
    span: &'a Span,
    provider: &'static str,
    operation: &'static Operation,
    reference: Option<&'a str>,
    sent: u32,
    /// An attempt is on the wire and has no answer yet.
    in_flight: bool,
    /// Whether the last answered attempt may have acted.
    last_acted: bool,
    /// Whether one before it may have.
    before_acted: bool,
    /// The intent of a keyed call may stand in a journal.
    recorded: bool,
    done: bool,
}

impl<'a> Track<'a> {
    pub(crate) fn new(
        span: &'a Span,
        provider: &'static str,
        operation: &'static Operation,
        reference: Option<&'a str>,
    ) -> Self {
        Self {
            span,
            provider,
            operation,
            reference,
            sent: 0,
            in_flight: false,
            last_acted: false,
            before_acted: false,
            recorded: false,
            done: false,
        }
    }

    /// An earlier process may have sent this request already.
    pub(crate) fn resent(mut self, resent: bool) -> Self {
        self.before_acted = resent;
        self
    }

    pub(crate) fn sent(&self) -> u32 {
        self.sent
    }

    /// The intent is being written: dropped from now on, it may stand there, and a recovery may send it.
    pub(crate) fn recording(&mut self) {
        self.recorded = self.operation.repeat == Repeat::Keyed;
    }

    pub(crate) fn sending(&mut self) {
        self.sent += 1;
        self.in_flight = true;
        self.before_acted |= self.last_acted;
        self.last_acted = false;
    }

    pub(crate) fn answered(&mut self, outcome: Outcome) {
        self.in_flight = false;
        self.last_acted = outcome == Outcome::Unknown;
    }

    /// Whether an attempt before the last one may have acted.
    pub(crate) fn had_acted_before(&self) -> bool {
        self.before_acted
    }

    /// Whether any attempt may have acted.
    pub(crate) fn may_have_acted(&self) -> bool {
        self.in_flight || self.last_acted || self.before_acted
    }

    /// The call has ended; answers how many requests it sent.
    pub(crate) fn finish(mut self) -> u32 {
        self.done = true;
        self.sent
    }
}

impl Drop for Track<'_> {
    fn drop(&mut self) {
        if !self.done && self.operation.repeat != Repeat::Safe {
            let outcome = if self.may_have_acted() || self.recorded { Outcome::Unknown } else { Outcome::NotDone };
            telemetry::dropped(self.span, self.provider, self.operation, self.reference, outcome);
        }
    }
}
