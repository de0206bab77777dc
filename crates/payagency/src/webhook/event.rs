//! What a webhook says: a payment reply, without id, time or name of the event.

use super::standing::Standing;
use crate::generated::types::PaymentReply;
use crate::paid::{Payment, Record};
use crate::settle::Sought;
use pay_core::RawBody;
use pay_core::decode::{DecodeError, json};
use pay_core::webhook::{EventKey, OtherEvent};
use std::fmt;

const PROVIDER: &str = "payagency";

/// What a delivery says, once its hash is found right.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A payment has a status.
    Payment(PaymentEvent),
    /// The hash fits, but it is no payment reply with a transaction: what payouts and ramps send is shown nowhere.
    Other(OtherEvent),
}

impl Event {
    pub(super) fn read(body: &[u8]) -> Self {
        match PaymentEvent::read(body) {
            Ok(event) => Self::Payment(event),
            Err(problem) => Self::Other(OtherEvent::new(PROVIDER, RawBody::new(body.to_vec()), problem)),
        }
    }

    /// What one effect belongs to.
    pub fn key(&self) -> EventKey {
        match self {
            Self::Payment(event) => event.key(),
            Self::Other(event) => event.key(),
        }
    }
}

/// A payment has a status. Source: <https://docs.pay.agency/docs/webhook>.
///
/// Sent when a payment reaches `SUCCESS`, `FAILED` or `BLOCKED`; whether refunds and chargebacks send one is not documented. It comes
/// up to four times and in any order. It is a hint: confirm it before goods go out.
#[derive(Debug, Clone)]
pub struct PaymentEvent {
    payment: Box<Payment>,
    transaction_id: String,
}

impl PaymentEvent {
    pub(super) fn read(body: &[u8]) -> Result<Self, DecodeError> {
        let reply: PaymentReply = json(body)?;
        let payment = Box::new(Payment::of(reply, RawBody::new(body.to_vec())));
        let transaction_id = payment.transaction_id().filter(|id| !id.is_empty());
        let missing = || DecodeError::new("data.transaction_id", "missing");
        let transaction_id = transaction_id.ok_or_else(missing)?.to_owned();
        Ok(Self { payment, transaction_id })
    }

    /// What it says became of the payment.
    pub fn payment(&self) -> &Payment {
        &self.payment
    }

    /// What it says of the payment.
    pub fn record(&self) -> &Record {
        self.payment.record()
    }

    /// The provider's transaction id.
    pub fn transaction_id(&self) -> &str {
        &self.transaction_id
    }

    /// Where it says that the payment stands.
    pub fn standing(&self) -> Standing {
        Standing::of(self.record())
    }

    /// What one effect belongs to: transaction, status, refund and chargeback. Keep it with what you did about it.
    pub fn key(&self) -> EventKey {
        let Standing { status, refunded, charged_back } = self.standing();
        let flag = |set| if set { "yes" } else { "no" };
        EventKey::new(PROVIDER, &[&self.transaction_id, status.as_str(), flag(refunded), flag(charged_back)])
    }
}

/// A delivery that anybody may have sent. Nothing of it can be read; [`confirm`](crate::Client::confirm) asks the status call about
/// it.
///
/// ```compile_fail
/// fn open(event: payagency::webhook::UnconfirmedEvent) -> payagency::webhook::PaymentEvent {
///     event.0
/// }
/// ```
#[derive(Clone)]
pub struct UnconfirmedEvent(pub(super) PaymentEvent);

impl UnconfirmedEvent {
    pub(crate) fn sought(&self) -> Sought {
        Sought::from(&self.0)
    }
}

impl fmt::Debug for UnconfirmedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnconfirmedEvent(..)")
    }
}
