//! The error of a call that ended badly: what is known, and what to do next.

use crate::engine::Core;
use crate::error::{Error, Outcome};
use crate::outcome::{Cause, bounded, find_out, fold};
use crate::parts::Frozen;
use crate::provider::Operation;
use crate::retry::retry_after;
use crate::track::Track;
use crate::verdict::Failure;
use crate::wire::{Answer, WireError};

impl Core {
    /// What to do about a call that may have happened: the provider's own word, or what holds for all.
    pub(crate) fn find_out(&self, operation: &'static Operation) -> &'static str {
        self.provider.find_out(operation).unwrap_or_else(|| find_out(operation.repeat))
    }

    /// The error of a call that ends before this attempt was sent: earlier attempts decide whether something may have happened.
    pub(crate) fn before_sending(&self, error: Error, frozen: &Frozen, track: &Track<'_>) -> Error {
        let outcome = fold(frozen.operation.repeat, track.may_have_acted(), error.outcome(), false);
        let error = error.with_outcome(outcome).with_attempts(track.sent()).with_reference(frozen.reference.clone());
        if outcome == Outcome::Unknown { error.advice(self.find_out(frozen.operation)) } else { error }
    }

    pub(crate) fn error(
        &self,
        failure: Failure,
        sent: Result<Answer, WireError>,
        frozen: &Frozen,
        track: &Track<'_>,
    ) -> Error {
        let operation = frozen.operation;
        let outcome = fold(operation.repeat, track.had_acted_before(), failure.outcome, failure.authoritative);
        let mut error = Error::new(failure.kind, outcome, operation.name)
            .with_provider(failure.code, failure.message)
            .with_transaction_id(failure.transaction_id)
            .with_reference(frozen.reference.clone())
            .with_attempts(track.sent());
        match sent {
            Ok(answer) => {
                let wait = answer.header("retry-after").and_then(|value| retry_after(value, self.clock.wall()));
                let request_id = self.provider.request_id(&answer);
                error = error.with_answer(answer.status, request_id, Some(bounded(&answer))).with_retry_after(wait);
            }
            Err(wire) => error = error.with_source(Cause(wire.source)),
        }
        match failure.advice {
            Some(advice) => error.advice(advice),
            None if outcome == Outcome::Unknown => error.advice(self.find_out(operation)),
            None => error,
        }
    }
}
