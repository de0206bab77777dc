//! What became of a purchase, as far as anybody can say.

use crate::generated::types::TransactionStatus;
use crate::receipt::Receipt;
use crate::transaction::Transaction;
use pay_core::Error;

/// What became of a purchase.
#[derive(Debug)]
#[must_use = "a purchase can still be unknown"]
#[allow(clippy::exhaustive_enums)]
pub enum Settled {
    /// Delivered.
    Completed(Settlement),
    /// It failed, and nothing was sold. Another try is a new purchase with a new reference.
    Failed(Settlement),
    /// Nobody can say yet. "Not found" is among the reasons and never means that it failed.
    StillUnknown(StillUnknown),
}

/// What is known of a settled purchase.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Settlement {
    /// The record that settled it, if a record did.
    pub record: Option<Transaction>,
    /// The receipt, where the record or the resent purchase carried one.
    pub receipt: Option<Receipt>,
    /// The refusal, where a resent purchase was refused.
    pub refusal: Option<Error>,
}

/// Why a purchase is still unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The time was up while it was still on its way.
    StillOpen,
    /// The time was up and no record of it had appeared.
    NotFound,
    /// Only the reference is known, and the records carry no reference: there is no question to ask. Send the same purchase
    /// again with the same reference, or ask Pagamio's support.
    NoQuestion,
    /// The history could not be read; the last error says why.
    CannotAsk,
}

/// A purchase that nobody can say anything final about.
#[derive(Debug)]
#[non_exhaustive]
pub struct StillUnknown {
    /// Why.
    pub reason: Reason,
    /// How often the history was asked.
    pub asked: u32,
    /// The status that was last seen.
    pub last_status: Option<TransactionStatus>,
    /// The transaction id, where it is known.
    pub transaction_id: Option<String>,
    /// The error of the last question, if it had one. It is an error of *asking*: it says nothing of the purchase.
    pub error: Option<Error>,
}
