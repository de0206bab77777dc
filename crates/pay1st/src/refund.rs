//! Refunds, which Pay1st calls beta: the request as a plain value, and what it came to.

use crate::generated::operations::{self, REFUND};
use crate::generated::types::{Refund, RefundRequest, RefundStatus};
use pay_core::Amount;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Answer, Parts};
use serde::{Serialize, Serializer};
use std::fmt;

/// The two references of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "two texts whose order nobody should have to know")]
pub struct RefundOf {
    /// Pay1st's reference of the transaction, exactly as it is sent.
    ///
    /// It is said to come from creating a payment, which answers `...-P`, and the example is `...-T`; where a `-T` comes
    /// from, no page says. Nothing is rewritten here.
    pub transaction_reference: String,
    /// Your own unique id of the refund. Pay1st does not require it; this library does, because nothing else could tell later
    /// what became of a lost answer.
    pub partner_refund_reference: String,
}

/// A refund to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRefund {
    request: RefundRequest,
    own: String,
}

impl NewRefund {
    /// All of the payment.
    pub fn full(of: RefundOf) -> Self {
        let RefundOf { transaction_reference, partner_refund_reference: own } = of;
        let request = RefundRequest {
            transaction_reference,
            partner_refund_reference: Some(own.clone()),
            amount: None,
            reason: None,
            refund_webhook_url: None,
        };
        Self { request, own }
    }

    /// A part of it, in the payment's currency and its main unit.
    pub fn partial(of: RefundOf, amount: Amount) -> Self {
        let Self { request, own } = Self::full(of);
        Self { request: request.amount(amount), own }
    }

    /// Why, in free text.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self { request: self.request.reason(reason), ..self }
    }

    /// Where the server is notified of this refund.
    #[must_use]
    pub fn webhook_url(self, url: impl Into<String>) -> Self {
        Self { request: self.request.refund_webhook_url(url), ..self }
    }

    /// Your reference of the refund.
    pub fn partner_refund_reference(&self) -> &str {
        &self.own
    }

    pub(crate) fn parts(&self) -> Parts {
        let empty = |text: &str| text.trim().is_empty();
        let mistake = if empty(&self.request.transaction_reference) {
            "the transaction reference is empty"
        } else if empty(&self.own) {
            "your reference of the refund is empty: nothing else could tell what became of a lost answer"
        } else if self.request.amount.is_some_and(|amount| !amount.is_positive()) {
            "the amount must be greater than zero"
        } else if self.request.refund_webhook_url.as_deref().is_some_and(empty) {
            "the URL is empty: leave it out to use the Console's"
        } else {
            let parts = operations::refund(&self.request);
            // A part is in the payment's currency, which the request does not hold.
            return match self.request.amount {
                Some(amount) => parts.worth(amount, ""),
                None => parts,
            };
        };
        Parts::new(&REFUND).reference(&self.own).mistake(mistake)
    }

    /// Whether an answer is about this refund, by what it holds of the request.
    fn is(&self, refund: &Refund) -> Result<(), DecodeError> {
        let other = |member: &str| Err(DecodeError::new(member, "is not what was asked for"));
        let differs = |came: &Option<String>, asked: &str| came.as_deref().is_some_and(|came| came != asked);
        if differs(&refund.partner_refund_reference, &self.own) {
            other("partnerRefundReference")
        } else if differs(&refund.transaction_reference, &self.request.transaction_reference) {
            other("transactionReference")
        } else if self.request.amount.is_some() && refund.amount.is_some() && refund.amount != self.request.amount {
            other("amount")
        } else {
            Ok(())
        }
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<Refunded, DecodeError> {
        let refund: Refund = json(&answer.body)?;
        self.is(&refund)?;
        Ok(match refund.status {
            RefundStatus::Successful => Refunded::Completed(refund),
            _ => Refunded::Pending(refund),
        })
    }
}

/// What a refund that was taken came to. One that has failed or was rejected is an error with the outcome `Refused`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a refund is usually still pending"]
#[allow(clippy::exhaustive_enums)]
pub enum Refunded {
    /// Done.
    Completed(Refund),
    /// Taken and not finished. No question after it is documented: its webhook tells, whose form is not documented either.
    Pending(Refund),
}

impl Refunded {
    /// The refund, wherever it stands.
    pub fn refund(&self) -> &Refund {
        match self {
            Self::Completed(refund) | Self::Pending(refund) => refund,
        }
    }
}

/// As it is sent.
impl Serialize for NewRefund {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request.serialize(serializer)
    }
}

/// A reason is personal.
impl fmt::Debug for NewRefund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRefund")
            .field("transaction_reference", &self.request.transaction_reference)
            .field("partner_refund_reference", &self.own)
            .field("amount", &self.request.amount)
            .finish_non_exhaustive()
    }
}
