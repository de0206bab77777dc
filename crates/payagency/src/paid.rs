//! What became of a payment: completed, refused, on a page, or pending.

use crate::generated::types::{PaymentData, PaymentReply, PaymentStatus};
use crate::reply::without_card_numbers;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Answer, members};
use pay_core::{RawBody, printable};
use std::collections::BTreeMap;
use std::fmt;

/// What became of a payment, a payout, a refund or a ramp.
///
/// This is what the provider *answered*; an error says what happened where it did not. Only the status call decides: what a
/// creation or a webhook says is a hint.
#[derive(Debug, Clone)]
#[must_use = "a payment may be refused or still open"]
#[allow(clippy::exhaustive_enums)]
pub enum Payment {
    /// `SUCCESS`.
    Completed(Record),
    /// `FAILED` or `BLOCKED`: no money moved.
    Refused(Record),
    /// The payer's browser must go to a page: 3-D Secure, the card page, another method's, or crypto's.
    Redirect(Redirect),
    /// Everything else, for ever: `PENDING`, words that no document lists, and crypto whose payment you must look at.
    Pending(Record),
}

/// What is known of a payment.
#[derive(Clone)]
#[non_exhaustive]
pub struct Record {
    /// The provider's word.
    pub status: PaymentStatus,
    /// The provider's message, for logs and not for payers; long runs of digits are masked.
    pub message: Option<String>,
    /// What came with it.
    pub data: PaymentData,
    body: RawBody,
}

/// A page to send the payer's browser to.
#[derive(Clone)]
#[non_exhaustive]
pub struct Redirect {
    url: String,
    record: Record,
}

/// What was asked for, which the answer must be.
pub(crate) enum Asked {
    /// Created under this order id.
    Order(String),
    /// By the provider's id or yours.
    Id(String),
    /// A refund of this transaction.
    Refund(String),
}

impl Payment {
    /// What is known of it.
    pub fn record(&self) -> &Record {
        match self {
            Self::Completed(record) | Self::Refused(record) | Self::Pending(record) => record,
            Self::Redirect(redirect) => &redirect.record,
        }
    }

    /// The provider's word.
    pub fn status(&self) -> &PaymentStatus {
        &self.record().status
    }

    /// The provider's id.
    pub fn transaction_id(&self) -> Option<&str> {
        self.record().transaction_id()
    }

    /// Your order id.
    pub fn order_id(&self) -> Option<&str> {
        self.record().order_id()
    }

    pub(crate) fn of(reply: PaymentReply, body: RawBody) -> Self {
        let PaymentReply { status, message, redirect_url, data } = reply;
        let record = Record { status, message: message.map(|text| without_card_numbers(&text)), data, body };
        match (&record.status, redirect_url) {
            // Too little or too much may have been paid: https://docs.pay.agency/docs/crypto/crypto-payin/payin
            (PaymentStatus::Success, _) if record.data.crypto_payment_status.is_some() => Self::Pending(record),
            (PaymentStatus::Success, _) => Self::Completed(record),
            (PaymentStatus::Failed | PaymentStatus::Blocked, _) => Self::Refused(record),
            (PaymentStatus::Redirect, Some(url)) if !url.is_empty() => Self::Redirect(Redirect { url, record }),
            _ => Self::Pending(record),
        }
    }
}

/// Reads what the judge has accepted, and holds it against what was asked for.
pub(crate) fn read(answer: &Answer, asked: &Asked) -> Result<Payment, DecodeError> {
    let payment = Payment::of(json(&answer.body)?, RawBody::new(answer.body.clone()));
    let same = |known: Option<&str>, id: &str| known.map(|known| known == id);
    match asked {
        Asked::Order(id) if same(payment.order_id(), id) == Some(false) => {
            Err(DecodeError::new("data.order_id", "another order than the one that was sent"))
        }
        Asked::Order(_) => Ok(payment),
        Asked::Id(id) if [payment.transaction_id(), payment.order_id()].contains(&Some(id.as_str())) => Ok(payment),
        Asked::Id(_) => Err(DecodeError::new("data", "not the payment that was asked for")),
        Asked::Refund(id) if same(payment.transaction_id(), id) == Some(false) => {
            Err(DecodeError::new("data.transaction_id", "another payment than the one to be refunded"))
        }
        // A refund is completed when the payment is refunded.
        Asked::Refund(_) => Ok(match payment {
            Payment::Completed(record) if !record.is_refunded() => Payment::Pending(record),
            other => other,
        }),
    }
}

impl Record {
    /// The provider's id; opaque.
    pub fn transaction_id(&self) -> Option<&str> {
        self.data.transaction_id.as_deref()
    }

    /// Your order id.
    pub fn order_id(&self) -> Option<&str> {
        self.data.order_id.as_deref()
    }

    /// Whether it was refunded.
    pub fn is_refunded(&self) -> bool {
        self.data.refund.as_ref().is_some_and(|refund| refund.status == Some(true))
    }

    /// Whether the payer's bank took it back.
    pub fn is_charged_back(&self) -> bool {
        self.data.chargeback.as_ref().is_some_and(|chargeback| chargeback.status == Some(true))
    }

    /// Members of `data` that no readable document names, as raw JSON: the crypto amounts are among them. They may be personal.
    pub fn extra(&self) -> BTreeMap<String, RawBody> {
        let known = serde_json::to_vec(&self.data).ok().and_then(|known| members(&known).ok()).unwrap_or_default();
        let outer = members(self.body.expose()).unwrap_or_default();
        let data = outer.get("data").and_then(|data| members(data.get().as_bytes()).ok()).unwrap_or_default();
        data.into_iter()
            .filter(|(name, _)| !known.contains_key(name))
            .map(|(name, value)| (name, RawBody::new(value.get().to_owned())))
            .collect()
    }

    /// The answer as it came. It holds personal data.
    pub fn body(&self) -> &RawBody {
        &self.body
    }
}

impl Redirect {
    /// Where to send the payer's browser: an opaque address. That the browser comes back proves nothing: ask the status.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What is known of the payment.
    pub fn record(&self) -> &Record {
        &self.record
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("status", &self.status)
            .field("message", &self.message.as_deref().map(printable))
            .field("data", &self.data)
            .field("body", &self.body)
            .finish()
    }
}

/// Whoever has the address sees the payer's page.
impl fmt::Debug for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redirect").field("record", &self.record).finish_non_exhaustive()
    }
}
