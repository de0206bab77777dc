//! What a call came to: the fold over its attempts, and what a fault of the wire alone says.

use crate::error::{Error, Kind, Outcome};
use crate::operation::{Operation, Repeat};
use crate::secret::RawBody;
use crate::verdict::Failure;
use crate::wire::{Answer, Fault};
use std::fmt;

/// The outcome of the whole call: once an attempt may have acted, only an answer that settles the reference says otherwise.
pub(crate) fn fold(repeat: Repeat, acted_before: bool, outcome: Outcome, authoritative: bool) -> Outcome {
    match (repeat, outcome) {
        (Repeat::Safe, Outcome::Unknown) => Outcome::NotDone,
        (Repeat::Safe, outcome) => outcome,
        (_, _) if acted_before && !authoritative => Outcome::Unknown,
        (_, outcome) => outcome,
    }
}

pub(crate) fn fault(fault: Fault) -> Failure {
    match fault {
        Fault::NotSent => Failure::new(Kind::Connect, Outcome::NotDone).again(),
        Fault::Timeout => Failure::new(Kind::Timeout, Outcome::Unknown).again(),
        Fault::Interrupted => Failure::new(Kind::Interrupted, Outcome::Unknown).again(),
        Fault::TooLarge => Failure::new(Kind::TooLarge, Outcome::Unknown),
    }
}

pub(crate) fn find_out(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Keyed => {
            "it may have happened: settle it by its reference, or send the same request again with the same reference"
        }
        Repeat::Safe | Repeat::Never => {
            "it may have happened: look it up by its reference before anything is started again"
        }
    }
}

pub(crate) fn deadline(operation: &'static Operation, when: &'static str) -> Error {
    Error::new(Kind::Deadline, Outcome::NotDone, operation.name).message(when)
}

/// Enough of a body to see what came, not enough to fill memory with kept errors.
pub(crate) fn bounded(answer: &Answer) -> RawBody {
    const MOST: usize = 64 * 1024;
    RawBody::new(answer.body.slice(..answer.body.len().min(MOST)))
}

/// A boxed cause as an error of its own.
#[derive(Debug)]
pub(crate) struct Cause(pub(crate) Box<dyn std::error::Error + Send + Sync>);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_fold_over_attempts() {
        use Outcome::{NotDone, Refused, Unknown};
        use Repeat::{Keyed, Never, Safe};
        for (repeat, acted, outcome, authoritative, folded) in [
            (Safe, true, Unknown, false, NotDone),
            (Safe, false, Refused, false, Refused),
            (Keyed, false, NotDone, false, NotDone),
            (Keyed, true, NotDone, false, Unknown),
            (Keyed, true, Refused, false, Unknown),
            (Keyed, true, Refused, true, Refused),
            (Never, false, Unknown, false, Unknown),
            (Never, true, NotDone, false, Unknown),
        ] {
            assert_eq!(
                fold(repeat, acted, outcome, authoritative),
                folded,
                "{repeat:?} {acted} {outcome:?} {authoritative}"
            );
        }
    }
}
