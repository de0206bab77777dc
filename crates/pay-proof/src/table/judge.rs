//! What may be said of a call, seen beside the ledger.

use super::Times;
use crate::faults::{Acts, Fault};
use crate::{Done, Effect, Operation, Said};
use pay_core::{Error, Outcome};
use pay_sandbox::Ledger;

/// A call that ended, with all that is known of it.
pub(super) struct Seen<'a> {
    pub(super) operation: Operation,
    pub(super) fault: &'a Fault,
    pub(super) times: Times,
    pub(super) struck: bool,
    pub(super) ended: &'a Result<Said, Error>,
    pub(super) expected: &'a Said,
    pub(super) reference: &'a str,
    /// How often it was done, by the books.
    pub(super) done: Done,
    /// Whether a request of the operation arrived, as far as the sandbox knows.
    pub(super) reached: bool,
    /// Sales before the call.
    pub(super) sales: usize,
}

/// Everything that should not have been.
pub(super) fn wrong(seen: &Seen<'_>, ledger: &Ledger) -> Vec<String> {
    let mut wrong = ledger.check();
    let mut unless = |well: bool, words: String| {
        if !well {
            wrong.push(words);
        }
    };
    unless(seen.struck, "the fault never struck, so this shows nothing".into());
    match seen.operation.effect {
        Effect::Charges | Effect::Resends => money(seen, &mut unless),
        Effect::Settles => settled(seen, ledger, &mut unless),
        Effect::Reads | Effect::Changes => {
            match seen.ended {
                Ok(said) => unless(said == seen.expected, "a success with another answer than the true one".into()),
                Err(error) => {
                    let may = seen.operation.effect == Effect::Changes || error.outcome() != Outcome::Unknown;
                    unless(may, format!("a read ended unknown: {error}"));
                }
            }
            unless(ledger.sales().count() == seen.sales, "it sold something".into());
        }
    }
    let ends = if seen.times == Times::Always { seen.fault.ends } else { &[] };
    let end = word(seen.ended);
    unless(
        ends.is_empty() || ends.contains(&end.as_str()),
        format!("ended {end}, and may end only {}", ends.join(", ")),
    );
    wrong
}

/// Whether too little happened to show anything: on a machine without processor time to spare, a fault may find no request.
pub(super) fn starved(seen: &Seen<'_>) -> bool {
    let acted = seen.fault.acts != Acts::Yes || !seen.operation.effect.money() || seen.done.times > 0;
    !(seen.struck && seen.reached && acted)
}

/// How a call ended, in a word.
pub(super) fn word(ended: &Result<Said, Error>) -> String {
    match ended {
        Ok(Said::Read(_)) => "read".to_owned(),
        Ok(said) => format!("{said:?}").to_lowercase(),
        Err(error) => error.outcome().to_string(),
    }
}

/// The sale was made before the fault: whoever looks for it finds it done, or cannot say.
fn settled(seen: &Seen<'_>, ledger: &Ledger, unless: &mut impl FnMut(bool, String)) {
    let done = ledger.charges(seen.reference) + ledger.paid_out(seen.reference);
    unless(done == 1, "finding out changed the books".into());
    let may = matches!(seen.ended, Ok(Said::Completed | Said::Unknown));
    unless(may, format!("a completed sale was said to be {}", word(seen.ended)));
}

fn money(seen: &Seen<'_>, unless: &mut impl FnMut(bool, String)) {
    let Done { times: charges, finally } = seen.done;
    let again = seen.operation.effect == Effect::Resends;
    unless(charges <= 1, format!("charged {charges} times"));
    match seen.ended {
        Ok(Said::Completed) => {
            unless(charges == 1 && finally, "said completed, and the ledger does not".into());
        }
        Ok(Said::Pending) => {
            unless(charges == 1 || seen.fault.acts != Acts::No, "said pending, and the ledger knows of nothing".into())
        }
        Ok(other) => unless(false, format!("said {other:?}")),
        Err(error) => match error.outcome() {
            Outcome::NotDone if again => {
                unless(false, format!("nobody knows whether it was sent before, but it said not done: {error}"));
            }
            Outcome::NotDone => unless(charges == 0, format!("said not done, and it was charged: {error}")),
            Outcome::Refused => unless(charges == 0, format!("said refused, and it was charged: {error}")),
            Outcome::Unknown => {
                unless(seen.reached || again, format!("nothing arrived, but it said unknown: {error}"));
            }
        },
    }
    // The catalogue has to be right too: what it says of acting is what the ledger shows.
    match (seen.fault.acts, seen.times) {
        (Acts::No, Times::Always) => unless(charges == 0, "the catalogue says that nothing acts, but it did".into()),
        (Acts::Yes, _) => unless(charges == 1, format!("the catalogue says that it acts, but {charges} charges")),
        _ => {}
    }
}
