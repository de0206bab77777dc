//! What an answer means: the table status × body → outcome of `docs/providers/paga-connect.md`, one test per row.

use pay_core::provider::{Answer, Failure, Operation, Verdict};
use pay_core::{Kind, Outcome, Repeat};

/// Whether an operation moves money.
pub(crate) fn is_money(operation: &Operation) -> bool {
    operation.repeat == Repeat::Never
        && (operation.name.starts_with("merchant_payment") || operation.name == "money_transfer")
}

pub(crate) fn judge(_operation: &'static Operation, answer: &Answer) -> Verdict {
    if answer.status.is_success() {
        return Verdict::Accept;
    }
    Verdict::Fail(Failure::new(Kind::Unexpected, Outcome::Unknown))
}
