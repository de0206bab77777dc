//! What a webhook says: a payment reply, without id, time or name of the event.

use crate::generated::types::PaymentReply;
use crate::paid::{Payment, Record};
use crate::settle::Sought;
use crate::webhook::Standing;
use pay_core::RawBody;
use pay_core::decode::{DecodeError, json};
use std::fmt;

/// A webhook whose hash fits the scheme that you chose.
///
/// Sent when a payment reaches `SUCCESS`, `FAILED` or `BLOCKED`; whether refunds, chargebacks, payouts and ramps send one is not
/// documented. It comes up to four times and in any order: keep [`key`](Self::key), and answer 200 at once.
#[derive(Debug, Clone)]
pub struct Event {
    payment: Payment,
}

impl Event {
    pub(crate) fn read(body: &[u8]) -> Result<Self, DecodeError> {
        let reply: PaymentReply = json(body)?;
        Ok(Self { payment: Payment::of(reply, RawBody::new(body.to_vec())) })
    }

    /// What it says became of the payment: a hint, until [`confirm`](crate::Client::confirm) says the same.
    pub fn payment(&self) -> &Payment {
        &self.payment
    }

    /// What it says of the payment.
    pub fn record(&self) -> &Record {
        self.payment.record()
    }

    /// Where it says that the payment stands.
    pub fn standing(&self) -> Standing {
        Standing::of(self.record())
    }

    /// What tells it from other events: keep it with what you did about it. `None` where it names no transaction.
    pub fn key(&self) -> Option<EventKey> {
        let record = self.record();
        let transaction_id = record.transaction_id().filter(|id| !id.is_empty())?.to_owned();
        Some(EventKey { transaction_id, standing: self.standing() })
    }
}

/// Transaction, status, refund and chargeback: an event that has all four in common with an earlier one is a repeat.
///
/// Its text is for a unique column: `PA...:SUCCESS:refund=false:chargeback=false`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EventKey {
    transaction_id: String,
    standing: Standing,
}

impl EventKey {
    /// The provider's transaction id.
    pub fn transaction_id(&self) -> &str {
        &self.transaction_id
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Standing { status, refunded, charged_back } = &self.standing;
        let status = status.as_str().to_ascii_uppercase();
        write!(f, "{}:{status}:refund={refunded}:chargeback={charged_back}", self.transaction_id)
    }
}

/// A webhook that anybody may have sent. It says nothing but what to ask the status call about:
/// [`confirm`](crate::Client::confirm) takes it.
#[derive(Debug, Clone)]
pub struct UnverifiedEvent {
    event: Event,
}

impl UnverifiedEvent {
    pub(crate) fn new(event: Event) -> Self {
        Self { event }
    }

    pub(crate) fn sought(&self) -> Sought {
        Sought::from(self.event.record())
    }
}
