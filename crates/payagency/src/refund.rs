//! Refunds: in full, by the provider's transaction id. No source documents an amount.

use crate::generated::types::RefundRequest;
use crate::rules::Rules;
use pay_core::Error;
use serde::{Serialize, Serializer};

/// A refund in full. A part cannot be refunded: no document has an amount here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    pub(crate) transaction_id: String,
    reason: String,
}

impl Refund {
    /// The refund of a payment, by the provider's transaction id: no source says that your order id works. The reason follows
    /// with [`because`](Self::because).
    pub fn of(transaction_id: impl Into<String>) -> Self {
        Self { transaction_id: transaction_id.into(), reason: String::new() }
    }

    /// Why. Required.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.given("transaction_id", &self.transaction_id)?;
        rules.given("reason", &self.reason)
    }

    pub(crate) fn request(&self) -> RefundRequest {
        RefundRequest { transaction_id: self.transaction_id.clone(), reason: self.reason.clone() }
    }
}

impl Serialize for Refund {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request().serialize(serializer)
    }
}

/// Why a refund was refused, where its message is one of the two that the documents print.
///
/// A label for people and reports: the provider has no codes, and its messages may change. What happened to the money stands in
/// the error's outcome, and in `refund` and `chargeback` of [`status`](crate::Client::status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefundRefusal {
    /// It was refunded before.
    AlreadyRefunded,
    /// The payer's bank took it back before.
    ChargedBack,
}

impl RefundRefusal {
    /// The label of an error.
    pub fn of(error: &Error) -> Option<Self> {
        match error.provider_message()?.trim().trim_end_matches('.') {
            "Transaction has already been refunded" => Some(Self::AlreadyRefunded),
            "Transaction has already been charged back" => Some(Self::ChargedBack),
            _ => None,
        }
    }
}
